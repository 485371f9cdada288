/** `angarium subscriber`: what is said of single subscribers. */
import type { Command } from 'commander';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { objectText } from './far-sides.js';
import { numberOption, say, sayJson, WrongUse } from './terminal.js';

async function show(number: string, options: ObjectOptions): Promise<void> {
  const [{ askObjects }, { storedObjectView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const object = await askObjects(options, storedObjectView, { path: `/v1/objects/subscriber/${number}` });
  if (options.json) sayJson(object);
  else say(objectText(object));
}

/** The object with `key=value` written into it; `key=` takes the key away. Keys of tables have dots. */
function assigned(
  object: Record<string, unknown>,
  assignments: readonly string[],
  meant: (path: readonly string[], text: string) => unknown,
): Record<string, unknown> {
  const result = structuredClone(object);
  for (const assignment of assignments) {
    const [, path, text] = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*)=(.*)$/s.exec(assignment) ?? [];
    if (path === undefined || text === undefined)
      throw new WrongUse(`"${assignment}": expected key=value, for instance state=barred`);
    const keys = path.split('.');
    const steps = keys.slice(0, -1);
    const last = keys.at(-1)!;
    let table = result;
    for (const step of steps) {
      const inner = table[step];
      const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {};
      table[step] = next;
      table = next;
    }
    if (text === '') delete table[last];
    else table[last] = meant(keys, text);
  }
  return result;
}

async function set(
  number: string,
  assignments: readonly string[],
  options: ObjectOptions & { readonly reason?: string },
): Promise<void> {
  const [{ askObjects, NotThere, part }, { changedView, storedObjectView }, { writtenValue }] = await Promise.all([
    import('./ask-objects.js'),
    import('#operator'),
    import('#directory'),
  ]);
  const path = `/v1/objects/subscriber/${part(number)}`;
  const found = await askObjects(options, storedObjectView, { path }).catch((e: unknown) => {
    if (e instanceof NotThere) return undefined;
    throw e;
  });
  const object = assigned(found?.object ?? {}, assignments, (keys, text) => writtenValue('subscriber', keys, text));
  const body = { seen: found?.revision ?? 0, object, ...(options.reason === undefined ? {} : { reason: options.reason }) };
  const changed = await askObjects(options, changedView, { method: 'PUT', path, body });
  if (options.json) sayJson(changed);
  else say(changed.text);
}

export function addSubscriberCommands(program: Command): void {
  const subscriber = program.command('subscriber').description('what is said of single subscribers: show, set');
  whereOptions(subscriber.command('show').description('show what is said of one'))
    .argument('<number>', 'in international form', numberOption)
    .action(show);
  whereOptions(subscriber.command('set').description('say something of one, the rest stays as it is'))
    .argument('<number>', 'in international form', numberOption)
    .argument('<key=value...>', 'keys of docs/objects.md; `key=` takes one away')
    .option('--reason <text>', 'why, for the history')
    .addHelpText(
      'after',
      '\nExamples:\n  angarium subscriber set 46700000001 state=barred\n  angarium subscriber set 46700000001 handset.version=1.2 roads-out=[]',
    )
    .action(set);
}
