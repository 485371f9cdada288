/** `angarium route`: the rules by which recipients leave. */
import type { Command } from 'commander';
import type { StoredObjectView } from '#operator';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { objectText, setState } from './far-sides.js';
import { plain, say, sayJson, table } from './terminal.js';

/** Characters of a rule in the list. */
const MATCH_SHOWN_MAX = 100;

/** What of a written route the list shows. */
interface WrittenRoute {
  readonly priority?: number;
  readonly state?: string;
  readonly match?: object;
  readonly result: { readonly kind: string };
}

function routeRow({ name, object }: StoredObjectView): { readonly priority: number; readonly cells: string[] } {
  const { priority = 100, state = 'active', match = {}, result } = object as unknown as WrittenRoute;
  const fits = plain(JSON.stringify(match));
  const { kind, ...rest } = result;
  const cells = [
    String(priority),
    name,
    state,
    `${kind} ${Object.values(rest)
      .map((value) => plain(String(value)))
      .join(' ')}`.trim(),
    fits === '{}' ? 'everybody' : fits.length > MATCH_SHOWN_MAX ? `${fits.slice(0, MATCH_SHOWN_MAX)}...` : fits,
  ];
  return { priority, cells };
}

async function list(options: ObjectOptions): Promise<void> {
  const [{ askObjects, part }, { objectsView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const objects: StoredObjectView[] = [];
  let after: string | undefined;
  do {
    const more = after === undefined ? '' : `&after=${part(after)}`;
    const page = await askObjects(options, objectsView, { path: `/v1/objects?kind=route${more}` });
    objects.push(...page.objects);
    after = page.after;
  } while (after !== undefined);
  if (options.json) return sayJson(objects);
  if (objects.length === 0) process.stderr.write('no routes\n');
  // They come by name, and sorting keeps that order among equals: this is the order in which they are asked.
  else
    say(
      table(
        objects
          .map(routeRow)
          .sort((a, b) => a.priority - b.priority)
          .map(({ cells }) => cells),
      ),
    );
}

async function show(name: string, options: ObjectOptions): Promise<void> {
  const [{ askObjects, part }, { storedObjectView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const object = await askObjects(options, storedObjectView, { path: `/v1/objects/route/${part(name)}` });
  if (options.json) sayJson(object);
  else say(objectText(object));
}

/** Gives the group, so that others can add to it. */
export function addRouteCommands(program: Command): Command {
  const route = program.command('route').description('rules of number routing: list, show, pause, resume');
  whereOptions(route.command('list').description('list routes in the order in which they are asked'))
    .addHelpText('after', '\nColumns: priority, name, state, result, what it is for.')
    .action(list);
  whereOptions(route.command('show').description('show one route as written')).argument('<name>').action(show);
  for (const [command, state] of [
    ['pause', 'paused'],
    ['resume', 'active'],
  ] as const) {
    whereOptions(route.command(command).description(state === 'paused' ? 'pass it over' : 'ask it again'))
      .argument('<name>')
      .option('--reason <text>', 'why, for the history')
      .action((name: string, options: ObjectOptions & { reason?: string }) => setState('route', name, state, options));
  }
  return route;
}
