/** `angarium apply FILE`. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ObjectKind } from '#directory';
import type { ChangedView } from '#operator';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { Failure, say, sayJson, WrongUse } from './terminal.js';

interface ApplyOptions extends ObjectOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly prune?: readonly string[];
  readonly reason?: string;
}

/** Asks the person at the terminal; nobody there means no. */
async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new WrongUse('nobody is at the terminal to agree: give --yes, or --dry-run to look only');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y|yes)$/i.test((await terminal.question('Apply this? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

function show({ text, remarks }: ChangedView): void {
  say(text);
  for (const { kind, name, path, text: remark } of remarks) process.stderr.write(`remark: ${kind} ${name}: ${path}: ${remark}\n`);
}

async function prunedKinds(kinds: readonly string[] = []): Promise<readonly ObjectKind[]> {
  const { isObjectKind, OBJECT_KINDS } = await import('#directory');
  return kinds.map((kind) => {
    if (!isObjectKind(kind)) throw new WrongUse(`--prune ${kind}: expected one of ${OBJECT_KINDS.join(', ')}`);
    return kind;
  });
}

async function apply(file: string, options: ApplyOptions): Promise<void> {
  const [{ askObjects, FaultyObjects }, { readObjects }, { faultText }, { changedView }] = await Promise.all([
    import('./ask-objects.js'),
    import('../objects-file.js'),
    import('../config-document.js'),
    import('#operator'),
  ]);
  const prune = await prunedKinds(options.prune);
  const read = readObjects(file);
  if (!read.ok) throw new Failure(read.error.map(faultText).join('\n'));
  const { objects, located } = read.value;
  const set = {
    objects,
    prune,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
  const ask = async (more: { readonly dryRun: boolean; readonly seen?: number }): Promise<ChangedView> => {
    try {
      return await askObjects(options, changedView, { method: 'POST', path: '/v1/objects', body: { ...set, ...more } });
    } catch (e) {
      if (e instanceof FaultyObjects) throw new Failure(located(e.faults).map(faultText).join('\n'));
      throw e;
    }
  };

  const preview = await ask({ dryRun: true });
  if (options.json && options.dryRun) return sayJson(preview);
  if (!options.json) show(preview);
  if (options.dryRun || preview.differences.length === 0) return options.json ? sayJson(preview) : undefined;
  if (!options.yes && !(await confirmed())) throw new Failure('nothing was changed');
  const done = await ask({ dryRun: false, seen: preview.revision });
  if (options.json) sayJson(done);
  else say(`applied: revision ${done.revision}`);
}

export function addApplyCommand(program: Command): void {
  whereOptions(
    program
      .command('apply')
      .description('load peers, VASPs, routes, subscribers and mail rules from a file; shows the difference first'),
  )
    .argument('<file>', 'TOML with [[peer]], [[vasp]], [[route]], [[subscriber]], [[mail-rule]] (docs/objects.md)')
    .option('--dry-run', 'show the difference only')
    .option('--yes', 'do not ask')
    .option('--prune <kinds...>', 'of these kinds, remove what the file does not name')
    .option('--reason <text>', 'why, for the history')
    .addHelpText(
      'after',
      '\nWhole or nothing: with one fault in the file nothing is changed. Every fault is told with its line.\nExit code 1: faults, refused, changed by somebody else meanwhile, or not agreed to.\n\nExamples:\n  angarium apply --dry-run objects.toml\n  angarium apply --config /etc/angarium/angarium.toml --yes --reason "contract 4711" objects.toml',
    )
    .action(apply);
}
