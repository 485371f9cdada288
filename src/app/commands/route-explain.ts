/** `angarium route explain ADDRESS`: which way a recipient goes, and why. */
import type { Command } from 'commander';
import type { WrittenObjects } from '#directory';
import type { RouteExplanation, RouteQuestion } from '#operator';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { Failure, say, sayJson } from './terminal.js';

interface ExplainOptions extends ObjectOptions {
  readonly from?: string;
  readonly sender?: string;
  readonly objects?: string;
}

/** From files alone: no program runs, no lookup is asked. */
async function fromFiles(question: RouteQuestion, objectsFile: string, options: ExplainOptions): Promise<RouteExplanation> {
  const [
    { directoryOf },
    { createRouter },
    { explainRoute, routeQuestion },
    { readObjects },
    { faultText },
    { loadConfig },
    { toRoutingSettings },
  ] = await Promise.all([
    import('#directory'),
    import('#messaging/routing'),
    import('#operator'),
    import('../objects-file.js'),
    import('../config-document.js'),
    import('./load-config.js'),
    import('../config-parts-roads.js'),
  ]);
  const checked = routeQuestion.safeParse(question);
  if (!checked.success)
    throw new Failure(checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  const read = readObjects(objectsFile);
  if (!read.ok) throw new Failure(read.error.map(faultText).join('\n'));
  const directory = (() => {
    try {
      return directoryOf(read.value.objects as WrittenObjects);
    } catch (e) {
      throw new Failure(`${objectsFile}: ${(e as Error).message}`);
    }
  })();
  const settings = { ...toRoutingSettings(loadConfig(options.config)), sources: [] };
  return explainRoute(createRouter({ directory, sources: [] }, settings), checked.data);
}

async function explain(recipient: string, options: ExplainOptions): Promise<void> {
  const { from, sender, objects } = options;
  const question: RouteQuestion = { recipient, ...(from !== undefined && { from }), ...(sender !== undefined && { sender }) };
  const answer = await (objects === undefined ? asked(question, options) : fromFiles(question, objects, options));
  if (options.json) sayJson(answer);
  else say(answer.text.trimEnd());
}

async function asked(question: RouteQuestion, options: ExplainOptions): Promise<RouteExplanation> {
  const [{ askObjects }, { routeExplanation }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  return askObjects(options, routeExplanation, { method: 'POST', path: '/v1/route-explanation', body: question });
}

/** `route`: the group that `addRouteCommands` gives. */
export function addRouteExplain(route: Command): void {
  whereOptions(route.command('explain').description('tell which way a recipient goes, and every step that led there'))
    .argument('<address>', 'a number in international form, a mailbox or a short code')
    .option('--from <system>', 'where the message comes from: handset, mail, peer:NAME or vasp:NAME (default: handset)')
    .option('--sender <address>', 'who sends it')
    .option('--objects <file>', 'ask no running program, but the objects of this file and the ranges of --config; no lookups')
    .addHelpText(
      'after',
      '\nA running program asks its lookups as it does for a message; what they answer is kept as then.\n\nExamples:\n  angarium route explain +46720000002\n  angarium route explain 4711 --from peer:operator-b\n  angarium route explain +46720000002 --objects objects.toml --config angarium.toml',
    )
    .action(explain);
}
