/** What `angarium peer` and `angarium vasp` have in common: list, show, state, queue. */
import type { Command } from 'commander';
import type { FarSideView, StoredObjectView } from '#operator';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { countOption, octetsText, plain, say, sayJson, table } from './terminal.js';

export type FarSideKind = 'peer' | 'vasp';
type WithReason = ObjectOptions & { readonly reason?: string };

const because = ({ reason }: WithReason): { readonly reason?: string } => (reason === undefined ? {} : { reason });

/** The written object, key by key. */
export function objectText({ kind, name, object, revision, changedAt, changedBy }: StoredObjectView): string {
  const rows: string[][] = [
    [kind, name],
    ['revision', `${revision}, by ${plain(changedBy)} at ${changedAt}`],
  ];
  const add = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [key, inner] of Object.entries(value)) add(path === '' ? key : `${path}.${key}`, inner);
    else rows.push([path, plain(JSON.stringify(value))]);
  };
  add('', object);
  return table(rows);
}

const stateCommands = [
  ['pause', 'paused', 'hold what is for it, put off what it sends'],
  ['drain', 'draining', 'let what waits go out, take nothing new'],
  ['resume', 'active', 'take part in traffic again, both ways'],
] as const;

const queueCommands = [
  ['reroute', 'make the routing decision anew for what waits for it'],
  ['requeue', 'try what waits for it now'],
  ['expire', 'end what waits for it; the senders get their reports'],
] as const;

async function list(kind: FarSideKind, options: ObjectOptions): Promise<void> {
  const [{ askObjects, queueText }, { farSidesView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const { farSides } = await askObjects(options, farSidesView, { path: `/v1/${kind}s` });
  if (options.json) sayJson(farSides);
  else if (farSides.length === 0) process.stderr.write(`no ${kind}s\n`);
  else say(table(farSides.map(({ name, state, queue }: FarSideView) => [name, state, queueText(queue)])));
}

async function show(kind: FarSideKind, name: string, options: ObjectOptions): Promise<void> {
  const [{ askObjects, part, queueText, troublesText }, { farSideView, storedObjectView }] = await Promise.all([
    import('./ask-objects.js'),
    import('#operator'),
  ]);
  const object = await askObjects(options, storedObjectView, { path: `/v1/objects/${kind}/${part(name)}` });
  const { queue, troubles } = await askObjects(options, farSideView, { path: `/v1/${kind}s/${part(name)}` });
  if (options.json) sayJson({ ...object, queue, troubles });
  else say(`${objectText(object)}\n\n${queueText(queue)}\n${troublesText(troubles)}`);
}

/** Changes the state of a peer, a VASP or a route. */
export async function setState(kind: FarSideKind | 'route', name: string, state: string, options: WithReason): Promise<void> {
  const [{ askObjects, part }, { changedView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const path = `/v1/${kind}s/${part(name)}/state`;
  const changed = await askObjects(options, changedView, { method: 'PUT', path, body: { state, ...because(options) } });
  if (options.json) sayJson(changed);
  else say(changed.text);
}

async function queue(kind: FarSideKind, name: string, options: ObjectOptions & { readonly limit: number }): Promise<void> {
  const [{ askObjects, part, queueText }, { waitingView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const path = `/v1/${kind}s/${part(name)}/queue?limit=${options.limit}`;
  const waiting = await askObjects(options, waitingView, { path });
  if (options.json) return sayJson(waiting);
  say(queueText(waiting.queue));
  const rows = waiting.deliveries.map(({ message, acceptedAt, sender, recipient, size, state, attempts, dueAt, reason }) => [
    message,
    acceptedAt,
    plain(sender),
    plain(recipient),
    octetsText(size),
    state,
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    [dueAt === undefined ? '' : `next at ${dueAt}`, reason === undefined ? '' : plain(reason)]
      .filter((text) => text !== '')
      .join(', '),
  ]);
  if (rows.length > 0) say(table(rows));
}

async function act(
  kind: FarSideKind,
  name: string,
  action: string,
  options: WithReason & { readonly message?: readonly string[] },
): Promise<void> {
  const [{ askObjects, part }, { queueActionView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const { message } = options;
  const body = { action, ...because(options), ...(message === undefined ? {} : { messages: message }) };
  const done = await askObjects(options, queueActionView, { method: 'POST', path: `/v1/${kind}s/${part(name)}/queue`, body });
  if (options.json) sayJson(done);
  else say(`${done.deliveries} ${done.deliveries === 1 ? 'delivery' : 'deliveries'}`);
}

/** Adds the common commands to a group; others may be added to it before and after. */
export function addFarSideCommands(group: Command, kind: FarSideKind): void {
  whereOptions(group.command('list').description(`list ${kind}s with state and queue`)).action((options: ObjectOptions) =>
    list(kind, options),
  );
  whereOptions(group.command('show').description(`show one ${kind}: keys as written, queue, last troubles`))
    .argument('<name>')
    .action((name: string, options: ObjectOptions) => show(kind, name, options));
  for (const [command, state, about] of stateCommands) {
    whereOptions(group.command(command).description(about))
      .argument('<name>')
      .option('--reason <text>', 'why, for the history')
      .action((name: string, options: WithReason) => setState(kind, name, state, options));
  }
  whereOptions(group.command('queue').description('what waits for it, oldest first'))
    .argument('<name>')
    .option('--limit <count>', 'how many', countOption, 50)
    .action((name: string, options: ObjectOptions & { limit: number }) => queue(kind, name, options));
  for (const [action, about] of queueCommands) {
    whereOptions(group.command(action).description(about))
      .argument('<name>')
      .option('--message <ids...>', 'only deliveries of these messages')
      .option('--reason <text>', 'why')
      .action((name: string, options: WithReason & { message?: readonly string[] }) => act(kind, name, action, options));
  }
}
