/** `angarium numbers ...`: the number store of a gate, worked on directly in its folder while no gate runs, read at any time. */
import { type Command, InvalidArgumentError } from 'commander';
import type { NumberRecord, Validity } from '#portability';
import type { MirrorCommand } from './numbers-mirror.js';
import { Failure, httpOption, say, sayJson, table, WrongUse, write } from './terminal.js';

interface Where {
  readonly data: string;
  readonly json?: true;
}

interface RecordOptions {
  readonly type?: number;
  readonly prepaid?: number;
  readonly sp?: true;
  readonly rn?: string;
  readonly from?: string;
  readonly until?: string;
}

const DEFAULT_FOLDER = 'numbers';

const whereOptions = (command: Command): Command =>
  command.option('--data <folder>', 'folder of the numbers', DEFAULT_FOLDER).option('--json', 'print JSON instead');

function typeOption(max: number, min: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,2}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`expected ${min} to ${max}`);
    return value;
  };
}

function typesOption(text: string): readonly number[] {
  return text.split(',').map(typeOption(36, 0));
}

/** What `set` writes, from its options. */
async function recordOf(options: RecordOptions): Promise<{ readonly record: NumberRecord } & Validity> {
  const { NO_PORTABILITY_TYPE, recordFault } = await import('#portability');
  const { instantOf } = await import('#store/numbers');
  if (options.sp && options.rn !== undefined)
    throw new WrongUse('a number is in the own network (--sp) or in another (--rn), not both');
  if (options.type !== undefined && options.prepaid !== undefined)
    throw new WrongUse('--type and --prepaid say the same: give one');
  const prepaid = options.prepaid === undefined ? undefined : options.prepaid + (options.prepaid < 3 ? 2 : 3);
  const record: NumberRecord = {
    portabilityType: options.type ?? prepaid ?? NO_PORTABILITY_TYPE,
    entity:
      options.rn !== undefined ? { kind: 'rn', routingNumber: options.rn.toUpperCase() } : { kind: options.sp ? 'sp' : 'none' },
  };
  const fault = recordFault(record);
  if (fault !== undefined) throw new WrongUse(fault);
  const instant = (text: string | undefined): number | undefined => {
    const at = instantOf(text ?? '');
    if (!at.ok) throw new WrongUse(at.error);
    return at.value;
  };
  const [validFrom, validUntil] = [instant(options.from), instant(options.until)];
  return { record, ...(validFrom === undefined ? {} : { validFrom }), ...(validUntil === undefined ? {} : { validUntil }) };
}

export function addNumbersCommands(program: Command): void {
  const numbers = program.command('numbers').description('work on the number store of a gate, and look into it');
  addImport(numbers);
  addChanges(numbers);
  addVersions(numbers);
  addLooks(numbers);
  addMirror(numbers);
}

function addMirror(numbers: Command): void {
  whereOptions(numbers.command('mirror').description("keep a folder the same as another machine's gate has its numbers"))
    .requiredOption('--from <url>', "the gate's operator API", httpOption)
    .requiredOption('--token-file <file>', 'file with the bearer token of a follower there, in its first line')
    .option('--authorities <file>', "with https: certificates that the gate's must be signed by, PEM")
    .option('--interval <duration>', 'how often it is asked what is new', '1s')
    .option('--once', 'fetch all that there is, and end')
    .addHelpText(
      'after',
      `
Runs until it is told to stop. What was fetched is not fetched again, whatever interrupts it. The folder is only read by others: a gate with
numbers.follow, angarium numbers get, stats, export. A gate that fetches for itself needs no such program (numbers.source).
Exit code 1 when the folder is in use; with --once also when not all could be fetched.

Examples:
  angarium numbers mirror --from https://gate-1.example:8527 --token-file follower-token --authorities ca.pem --data /var/lib/angarium/numbers
  angarium numbers mirror --from http://127.0.0.1:8527 --token-file follower-token --once`,
    )
    .action(async (options: MirrorCommand) => {
      const { mirror } = await import('./numbers-mirror.js');
      await mirror(options);
    });
}

function addImport(numbers: Command): void {
  whereOptions(numbers.command('import').description('make a number file the new full load'))
    .argument('<file>', 'number file: one line a number or range, columns named by the first line (docs/number-files.md)')
    .option('--dry-run', 'read the file and report what it holds; nothing changes')
    .option(
      '--screened-types <list>',
      'portability types that the gate screens, for the count of own numbers it would stop',
      typesOption,
      [0, 1, 2, 36],
    )
    .addHelpText(
      'after',
      `
What was there before stays as a former load: angarium numbers versions, angarium numbers rollback. A file with faults is not imported; every
fault is named with its line. Oddities (a routing number with type 36, own network with type 1, repeated lines) are counted, and imported.
Exit code 1 when the file has faults.

Examples:
  angarium numbers import ported.csv --dry-run
  angarium numbers import ported.csv --data /var/lib/angarium/numbers`,
    )
    .action(async (file: string, options: Where & { dryRun?: true; screenedTypes: readonly number[] }) => {
      const { dryRun, importFile } = await import('./numbers-import.js');
      await (options.dryRun ? dryRun : importFile)(file, options.data, options.screenedTypes, options.json ?? false);
    });
}

function addChanges(numbers: Command): void {
  whereOptions(numbers.command('set').description('set what is known of a number, or of a range'))
    .argument('<number>', 'number in international form, or FIRST-LAST')
    .option('--type <type>', 'portability type, 0 to 36', typeOption(36, 0))
    .option('--prepaid <type>', 'prepaid type, 1 to 32, in place of --type', typeOption(32, 1))
    .option('--sp', 'it is in the own network')
    .option('--rn <digits>', 'it is in the network with this routing number')
    .option('--from <instant>', 'only from then on, for instance 2026-12-01T02:00:00+01:00; what is known until then stays')
    .option('--until <instant>', 'only until then')
    .addHelpText(
      'after',
      `
A number overrides the ranges it lies in, a narrower range a wider one.

Examples:
  angarium numbers set 46700000001 --type 1 --rn D042
  angarium numbers set 46700000001 --type 1 --rn D042 --from 2026-12-01T02:00:00+01:00
  angarium numbers set 46701000000-46701009999 --sp --prepaid 1`,
    )
    .action(async (target: string, options: Where & RecordOptions) => {
      const meaning = await recordOf(options);
      const { change } = await import('./numbers-store.js');
      await change(options.data, target, options.json ?? false, (what) => ({ ...what.set, ...meaning }));
    });

  whereOptions(numbers.command('delete').description('forget a number, or a range with exactly these ends'))
    .argument('<number>', 'number in international form, or FIRST-LAST')
    .addHelpText('after', '\nExample:\n  angarium numbers delete 46700000001')
    .action(async (target: string, options: Where) => {
      const { change } = await import('./numbers-store.js');
      await change(options.data, target, options.json ?? false, (what) => what.delete);
    });
}

function addVersions(numbers: Command): void {
  whereOptions(numbers.command('versions').description('list the full loads that are kept, the oldest first'))
    .addHelpText('after', '\nExample:\n  angarium numbers versions')
    .action(async (options: Where) => {
      const { versionRows, versionsOf } = await import('./numbers-store.js');
      const versions = await versionsOf(options.data);
      if (options.json) sayJson(versions);
      else if (versions.length > 0) say(table(versionRows(versions)));
      else process.stderr.write('no numbers\n');
    });

  whereOptions(numbers.command('rollback').description('go back (or forth) to a full load that is kept'))
    .argument('[load]', 'which one, as angarium numbers versions lists it; without it, the one before the current')
    .addHelpText(
      'after',
      '\nIt is taken up as it stood when it was left. Changes made since belong to the load that is left, and wait there.\n\nExample:\n  angarium numbers rollback 000003-9f0c2e11',
    )
    .action(async (load: string | undefined, options: Where) => {
      const { rollback } = await import('./numbers-store.js');
      const version = await rollback(options.data, load);
      if (options.json) sayJson(version);
      else say(`load ${version.load}, change ${version.change}`);
    });
}

function addLooks(numbers: Command): void {
  whereOptions(numbers.command('get').description('tell what is known of a number, and by what'))
    .argument('<number>', 'number in international form')
    .option('--at <instant>', 'as of then, for instance 2026-12-01T02:00:00+01:00')
    .addHelpText('after', '\nExit code 1 when nothing is known of it.\n\nExample:\n  angarium numbers get 46700000001')
    .action(async (number: string, options: Where & { at?: string }) => {
      const { instantOf } = await import('#store/numbers');
      const at = instantOf(options.at ?? '');
      if (!at.ok) throw new WrongUse(at.error);
      const { findingText, get } = await import('./numbers-store.js');
      const found = await get(options.data, number, at.value ?? Date.now());
      if (options.json) sayJson({ found: found !== undefined, ...found });
      else if (found !== undefined) say(findingText(found));
      if (found !== undefined) return;
      if (options.json) process.exitCode = 1;
      else throw new Failure('not known');
    });

  whereOptions(numbers.command('stats').description('count what is stored, by type and entity'))
    .addHelpText('after', '\nExample:\n  angarium numbers stats --json')
    .action(async (options: Where) => {
      const { stats, statsText } = await import('./numbers-store.js');
      const found = await stats(options.data);
      if (options.json) sayJson(found);
      else say(statsText(found));
    });

  whereOptions(numbers.command('verify').description('read every load that is kept, and compare all checksums'))
    .addHelpText(
      'after',
      '\nExit code 1 when anything is damaged. A gate may run meanwhile.\n\nExample:\n  angarium numbers verify',
    )
    .action(async (options: Where) => {
      const { verifyNumbers } = await import('#store/numbers');
      const verified = await verifyNumbers(options.data);
      if (options.json) sayJson(verified);
      else for (const { load, damage, change } of verified) say(`${load}  ${damage ?? `good, change ${change}`}`);
      const damaged = verified.filter(({ damage }) => damage !== undefined).length;
      if (damaged > 0) throw new Failure(`${damaged} of ${verified.length} loads damaged`);
    });

  numbers
    .command('export')
    .description('write the current load to standard output as a number file')
    .option('--data <folder>', 'folder of the numbers', DEFAULT_FOLDER)
    .addHelpText('after', '\nExample:\n  angarium numbers export > numbers.csv')
    .action(async (options: Where) => {
      const { exported } = await import('./numbers-store.js');
      for (const text of exported(options.data)) {
        write(text);
        if (process.stdout.writableNeedDrain) await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
      }
    });
}
