/** `angarium objects history|reference|openapi`. */
import type { Command } from 'commander';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { countOption, plain, say, sayJson, WrongUse, write } from './terminal.js';

interface HistoryOptions extends ObjectOptions {
  readonly kind?: string;
  readonly name?: string;
  readonly before?: number;
  readonly limit: number;
}

async function history(options: HistoryOptions): Promise<void> {
  const [{ askObjects }, { objectHistoryView }, { differencesText, isObjectKind, OBJECT_KINDS }] = await Promise.all([
    import('./ask-objects.js'),
    import('#operator'),
    import('#directory'),
  ]);
  const { kind, name, before, limit } = options;
  if (kind !== undefined && !isObjectKind(kind)) throw new WrongUse(`--kind ${kind}: expected one of ${OBJECT_KINDS.join(', ')}`);
  const query: [string, string][] = Object.entries({ kind, name, before, limit }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const { entries } = await askObjects(options, objectHistoryView, { path: `/v1/object-history?${new URLSearchParams(query)}` });
  if (options.json) return sayJson(entries);
  if (entries.length === 0) process.stderr.write('no changes\n');
  for (const { revision, at, who, reason, differences } of entries) {
    say(`revision ${revision}, ${at}, ${plain(who)}${reason === undefined ? '' : `: ${plain(reason)}`}`);
    say(`${differencesText(differences as Parameters<typeof differencesText>[0]).replace(/^/gm, '  ')}\n`);
  }
}

export function addObjectsCommands(program: Command): void {
  const objects = program.command('objects').description('what operators change: its history, and its reference');
  whereOptions(objects.command('history').description('who changed what and when, newest first'))
    .option('--kind <kind>', 'only objects of this kind')
    .option('--name <name>', 'only objects of this name')
    .option('--before <revision>', 'only older changes, for paging', countOption)
    .option('--limit <count>', 'how many', countOption, 20)
    .addHelpText('after', '\nExample:\n  angarium objects history --kind peer --name operator-b')
    .action(history);
  objects
    .command('reference')
    .description('print every kind of object with its keys, in Markdown (docs/objects.md)')
    .action(async () => write((await import('#directory')).objectsReference()));
  objects
    .command('openapi')
    .description('print the description of the operator API (docs/openapi.json)')
    .action(async () => {
      const [{ openApiDocument }, { VERSION }] = await Promise.all([import('#operator'), import('../version.js')]);
      write(`${JSON.stringify(openApiDocument(VERSION), undefined, 2)}\n`);
    });
}
