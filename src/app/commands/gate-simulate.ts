/** `angarium gate simulate`: its options. What it does is in `gate-simulate-run.ts`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SimulateCommand } from './gate-simulate-run.js';
import { addressOption, countOption, durationOption } from './terminal.js';

/** Where a gate from `--prepare` listens. */
const GATE = '127.0.0.1:2905';
const SEED_MAX = 0xffff_ffff;
const MEGABYTE = 1_048_576;
const CAPTURE_MB_MAX = 100_000;

function seedOption(text: string): number {
  const seed = Number(text);
  if (!/^[0-9]{1,10}$/.test(text) || seed > SEED_MAX)
    throw new InvalidArgumentError(`expected a whole number from 0 to ${SEED_MAX}`);
  return seed;
}

function captureSizeOption(text: string): number {
  const megabytes = countOption(text);
  if (megabytes > CAPTURE_MB_MAX) throw new InvalidArgumentError(`expected at most ${CAPTURE_MB_MAX}`);
  return megabytes * MEGABYTE;
}

function percentOption(text: string): number {
  const percent = Number(text);
  if (!/^[0-9]{1,3}(\.[0-9]{1,3})?$/.test(text) || percent > 100) throw new InvalidArgumentError('expected 0 to 100');
  return percent;
}

/** `36`, or `36 rn`: a type, and the entity that its records must have. */
function screenedOption(text: string): { type: number; entity?: 'sp' | 'rn' | 'none' } {
  const found = /^([0-9]{1,2})(?:[ :](sp|rn|none))?$/.exec(text);
  if (found === null)
    throw new InvalidArgumentError('expected a portability type, alone or with an entity, for instance 1 or 36:rn');
  return { type: Number(found[1]), ...(found[2] === undefined ? {} : { entity: found[2] as 'sp' | 'rn' | 'none' }) };
}

/** An option that may be given several times, or with several values. */
const gathered =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), read(text)];

const duration = (flags: string, description: string): Option => new Option(flags, description).argParser(durationOption);
const address = (flags: string, description: string): Option => new Option(flags, description).argParser(addressOption);

function addConnectionOptions(command: Command): Command {
  return command
    .addOption(address('--gate <host:port>', 'where the gate listens').default(addressOption(GATE), GATE))
    .addOption(address('--access <host:port>', 'for the exchanges, where that is another port'))
    .addOption(address('--centre <host:port>', 'for the service centres'))
    .addOption(address('--platform <host:port>', 'for the IN platforms'))
    .addOption(address('--access-from <host:port>', 'own address and port, where the other side tells places apart by them'))
    .addOption(address('--centre-from <host:port>', 'those of the service centres'))
    .addOption(address('--platform-from <host:port>', 'those of the IN platforms'))
    .addOption(
      new Option('--transport <transport>', 'M3UA over TCP or SCTP, or IPA').choices(['tcp', 'sctp', 'ipa']).default('tcp'),
    );
}

function addLoadOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'which messages, and what happens to the network meanwhile; see --list', 'plain')
    .option('--list', 'print the profiles, and do nothing else')
    .option('--rate <messages>', 'messages a second', countOption, 100)
    .addOption(duration('--duration <duration>', 'for so long').default(10_000, '10s'))
    .option('--count <messages>', 'not more messages than this', countOption)
    .option('--ramp <duration>', 'let the rate grow from nothing for so long', durationOption)
    .option('--in-flight <messages>', 'messages under way at most', countOption, 10_000)
    .addOption(duration('--timeout <duration>', 'give a message up after this time').default(10_000, '10s'))
    .option('--seed <number>', 'the same seed makes the same messages', seedOption, 1)
    .option('--subscribers <count>', 'of each kind; as in the numbers that the gate has', countOption, 1_000);
}

function addFarSideOptions(command: Command): Command {
  return command
    .addOption(duration('--centre-delay <duration>', 'service centres wait up to this time before they answer'))
    .option('--centre-errors <percent>', 'so many of their answers are errors', percentOption)
    .option('--centre-silence <percent>', 'so many messages they do not answer at all', percentOption)
    .addOption(
      new Option(
        '--platforms <behaviour>',
        'IN platforms answer for the centre, send on in their own name, or send back',
      ).choices(['answer', 'forward', 'return']),
    );
}

function addGateOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--config <file>',
        "the gate's own configuration: what it says holds in place of all options from here to --answer",
      ).conflicts([
        'flow',
        'mode',
        'prepaid',
        'portability',
        'recipients',
        'screened',
        'refuseWithoutPlatform',
        'answer',
        'prepare',
      ]),
    )
    .addOption(new Option('--flow <flow>', "the gate's flow").choices(['vstp', 'ported-out']).default('vstp'))
    .addOption(new Option('--mode <mode>', "the gate's mode").choices(['off', 'monitor', 'sample', 'enforce']).default('enforce'))
    .option('--no-prepaid', 'PPSMS is off')
    .option('--no-portability', 'the portability check is off')
    .option('--recipients', 'recipients are asked for as well')
    .option(
      '--screened <type>',
      'portability type that is screened, for instance 1 or 36:rn; may be repeated',
      gathered(screenedOption),
    )
    .option('--refuse-without-platform', 'messages for prepaid platforms are refused while there is none')
    .option('--allow-congestion', 'the gate may shed load: what it returns for congestion is no fault')
    .addOption(
      duration('--allow-outages <duration>', 'what is lost while an association is down, and so long after, is no fault'),
    )
    .option('--answer <answer>', "as screening.answers.home-smsc in the gate's configuration");
}

export function addGateSimulateCommand(gate: Command): void {
  const command = gate
    .command('simulate')
    .description('play exchanges, service centres and IN platforms against a gate, and check every verdict');
  addGateOptions(addFarSideOptions(addLoadOptions(addConnectionOptions(command))))
    .option('--prepare <folder>', 'write gate.toml and numbers.csv of this laboratory there, and do nothing else')
    .option('--capture <file>', 'write everything sent and received to a capture file')
    .addOption(
      new Option('--capture-max <megabytes>', 'its bound').argParser(captureSizeOption).default(1_024 * MEGABYTE, '1024'),
    )
    .option('--evidence <folder>', 'keep settings, seed, result, capture, versions and what tshark says of the capture')
    .option('--replay <file>', 'instead of a profile: begin the dialogues of a capture again')
    .option('--keep-ids', 'with the transaction ids that they have there')
    .option('--numbers <file>', 'CSV of the numbers that the gate has, for --replay; without it those of --prepare')
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      `
The options from --flow on, or the gate's configuration (--config), say what the gate is set to: from them, and from what it knows of each message, the command derives the
verdict that every message must get. Exit code 0 when each got it, 1 when one did not or the gate was not there.

Examples:
  angarium gate simulate --prepare laboratory
  angarium gate simulate --rate 1000 --duration 30s
  angarium gate simulate --config laboratory/gate.toml
  angarium gate simulate --profile malformed --seed 7 --capture run.pcap
  angarium gate simulate --replay yesterday.pcap --flow ported-out --json`,
    )
    .action(async (options: SimulateCommand) => (await import('./gate-simulate-run.js')).simulate(options));
}
