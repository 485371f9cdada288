/** `angarium gate numbers`: the number store of a running gate. Without one, `angarium numbers` works on the folder itself. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { WhereGate } from './ask-gate.js';
import { whereGateOptions } from './gate-operate.js';
import { Failure, numberOption, say, sayJson, table } from './terminal.js';

type Options = WhereGate & { readonly json?: true };

/** How often it is asked how a load goes. Unit: milliseconds. */
const ASK_MS = 250;

export function addGateNumbersCommands(gate: Command): void {
  const numbers = gate.command('numbers').description('the number store of a running gate');

  whereGateOptions(numbers.command('status').description('what is stored, the loads that are kept, and how a load goes')).action(
    async (options: Options) => {
      const view = await storeView(options);
      if (options.json) return sayJson(view);
      const stats = Object.entries(view.stats).map(([name, value]) => [
        name,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]);
      const versions = view.versions.map(({ load, current, numbers: stored, source, octets }) => [
        `load ${String(load)}`,
        current === true ? 'counts' : 'kept',
        `${String(stored ?? '?')} numbers`,
        `${String(octets)} octets`,
        String(source ?? ''),
      ]);
      say(
        [
          table(stats),
          table(versions),
          ...(view.following === undefined ? [] : [`following: ${JSON.stringify(view.following)}`]),
          `load: ${view.load.state}${view.load.text === undefined ? '' : `: ${view.load.text}`}`,
        ].join('\n\n'),
      );
    },
  );

  whereGateOptions(
    numbers.command('get').description('what is stored of a number').argument('<number>', 'international form', numberOption),
  ).action(async (number: string, options: Options) => {
    const [{ askGate }, { numberView }] = await Promise.all([import('./ask-gate.js'), import('#operator')]);
    const view = await askGate(options, numberView, { path: `/v1/numbers/${number}` });
    if (options.json) sayJson(view);
    else if (!view.stored) say(`${number} is not stored`);
    else
      say(
        `${number}: type ${view.portabilityType}, ${view.entity}${view.routingNumber === undefined ? '' : ` ${view.routingNumber}`}, by ${view.by}`,
      );
  });

  whereGateOptions(
    numbers
      .command('load')
      .description('make a number file the new full load, while the gate serves')
      .argument('<file>', 'CSV; docs/number-files.md'),
  )
    .option('--dry-run', 'only say what it holds and whether it could be loaded')
    .addHelpText(
      'after',
      '\nThe gate reads the file itself: it must be on its machine, in the folder numbers.imports.\n\nExample:\n  angarium gate numbers load today.csv --config gate.toml',
    )
    .action(load);

  whereGateOptions(
    numbers.command('rollback').description('go back to a load that is kept').argument('<load>', 'as status names it'),
  ).action(async (name: string, options: Options) => {
    const [{ askGate }, { numberStoreView }] = await Promise.all([import('./ask-gate.js'), import('#operator')]);
    const view = await askGate(options, numberStoreView, {
      method: 'POST',
      path: '/v1/number-store/rollback',
      body: { load: name },
    });
    if (options.json) sayJson(view);
    else say(`load ${name} counts`);
  });
}

async function storeView(options: Options) {
  const [{ askGate }, { numberStoreView }] = await Promise.all([import('./ask-gate.js'), import('#operator')]);
  return askGate(options, numberStoreView, { path: '/v1/number-store' });
}

async function load(file: string, options: Options & { dryRun?: true }): Promise<void> {
  const [{ askGate }, { loadJobView }] = await Promise.all([import('./ask-gate.js'), import('#operator')]);
  await askGate(options, loadJobView, {
    method: 'POST',
    path: '/v1/number-store/load',
    // What is not found from here may be a name in the gate's folder.
    body: { file: existsSync(file) ? resolve(file) : file, dryRun: options.dryRun === true },
  });
  let job = (await storeView(options)).load;
  while (job.state === 'running') {
    if (process.stderr.isTTY) process.stderr.write(`\r${job.lines ?? 0} lines`);
    await new Promise((next) => setTimeout(next, ASK_MS));
    job = (await storeView(options)).load;
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (options.json) sayJson(job);
  if (job.state === 'failed') throw new Failure(`${file}: ${job.text ?? 'not loaded'}`);
  if (!options.json)
    say(
      `${file}: ${options.dryRun ? 'could be loaded' : 'loaded'}, ${String(job.report?.['numbers'] ?? 0)} numbers and ${String(job.report?.['ranges'] ?? 0)} ranges`,
    );
}
