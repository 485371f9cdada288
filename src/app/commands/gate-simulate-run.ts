/** `angarium gate simulate`: runs it, shows how it goes, prints what came of it. */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '#base';
import {
  CannotSimulate,
  type CentreBehaviour,
  type DelaySummary,
  type Draft,
  type GateSettings,
  gateFile,
  type Mismatch,
  NETWORK,
  NumberBook,
  numbersFile,
  type Place,
  type PlaceSettings,
  type PlannedRecord,
  type PlatformBehaviour,
  PROFILE_NAMES,
  PROFILES,
  type ProfileName,
  type Progress,
  plannedRecords,
  prepared,
  type Refusal,
  readNumbersFile,
  readReplay,
  SCREENED,
  type Screened,
  Simulation,
  type SimulationResult,
  type SimulationSettings,
  SUBSCRIBERS_MAX,
} from '#endpoint/exchange';
import type { ListenAddress } from '../written-values.js';
import { configuredGate } from './gate-simulate-config.js';
import { CAPTURE_NAME, writeEvidence } from './gate-simulate-evidence.js';
import { Failure, plain, say, sayJson, table, WrongUse } from './terminal.js';

/** The command's options, as commander gives them. */
export interface SimulateCommand {
  readonly gate: ListenAddress;
  readonly access?: ListenAddress;
  readonly centre?: ListenAddress;
  readonly platform?: ListenAddress;
  readonly accessFrom?: ListenAddress;
  readonly centreFrom?: ListenAddress;
  readonly platformFrom?: ListenAddress;
  readonly transport: 'tcp' | 'sctp' | 'ipa';
  readonly profile: string;
  readonly list?: true;
  readonly rate: number;
  readonly duration: number;
  readonly count?: number;
  readonly ramp?: number;
  readonly inFlight: number;
  readonly timeout: number;
  readonly seed: number;
  readonly subscribers: number;
  readonly centreDelay?: number;
  readonly centreErrors?: number;
  readonly centreSilence?: number;
  readonly platforms?: PlatformBehaviour;
  /** Its configuration, in place of the options from `flow` to `answer`. */
  readonly config?: string;
  readonly flow: GateSettings['flow'];
  readonly mode: GateSettings['mode'];
  readonly prepaid: boolean;
  readonly portability: boolean;
  readonly recipients?: true;
  readonly screened?: readonly Screened[];
  readonly refuseWithoutPlatform?: true;
  readonly answer?: string;
  readonly allowCongestion?: true;
  readonly allowOutages?: number;
  readonly prepare?: string;
  readonly capture?: string;
  readonly captureMax: number;
  readonly evidence?: string;
  readonly replay?: string;
  readonly keepIds?: true;
  readonly numbers?: string;
  readonly json?: true;
}

/** Octets of a capture that are read at once. */
const PIECE_OCTETS = 1_048_576;
/** Mismatches that are printed. Unit: mismatches. */
const SHOWN_MAX = 10;

const readFailure = (file: string, e: unknown): Failure => {
  const { code } = e as NodeJS.ErrnoException;
  if (code === undefined) throw e;
  return new Failure(`${file}: cannot be read or written (${code})`);
};

function attempt<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (e) {
    throw readFailure(file, e);
  }
}

const gateOf = (options: SimulateCommand, platforms: GateSettings['platforms'] = 'up'): GateSettings => ({
  flow: options.flow,
  mode: options.mode,
  prepaid: options.prepaid,
  portability: options.portability,
  recipientPrepaid: options.recipients ?? false,
  screened: options.screened ?? SCREENED[options.flow],
  platforms,
});

/** Answers by their names in the gate's configuration. */
const PLAIN_ANSWERS: Readonly<Record<string, Refusal>> = {
  'silent-discard': { kind: 'silence' },
  'ack-and-drop': { kind: 'result' },
  systemFailure: { kind: 'error', error: 'systemFailure' },
  facilityNotSupported: { kind: 'error', error: 'facilityNotSupported' },
  unexpectedDataValue: { kind: 'error', error: 'unexpectedDataValue' },
  dataMissing: { kind: 'error', error: 'dataMissing' },
};
const CAUSES = [
  'memoryCapacityExceeded',
  'equipmentProtocolError',
  'equipmentNotSM-Equipped',
  'unknownServiceCentre',
  'sc-Congestion',
  'invalidSME-Address',
  'subscriberNotSC-Subscriber',
] as const;

function refusalOf(text: string): Refusal {
  const known = PLAIN_ANSWERS[text];
  if (known !== undefined) return known;
  const returned = /^udts ([0-9]|1[0-4])$/.exec(text);
  if (returned !== null) return { kind: 'returned', cause: Number(returned[1]) };
  const cause = CAUSES.find((it) => text === `sm-DeliveryFailure ${it}`);
  if (cause === undefined)
    throw new WrongUse(`--answer ${plain(text)} is none: see screening.answers in docs/gate-configuration.md`);
  return { kind: 'error', error: 'sm-DeliveryFailure', cause };
}

const numeric = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);

function placesOf(options: SimulateCommand): Record<Place, PlaceSettings> {
  const of = (place: Place): PlaceSettings => {
    const { host, port } = options[place] ?? options.gate;
    const own = options[`${place}From`];
    return {
      conversation: options.transport === 'ipa' ? 'ipa' : 'm3ua',
      transport: options.transport === 'sctp' ? 'sctp' : 'tcp',
      addresses: [numeric(host)],
      port,
      ...(own === undefined ? {} : { localAddresses: [numeric(own.host)], localPort: own.port }),
    };
  };
  return { access: of('access'), centre: of('centre'), platform: of('platform') };
}

function profileOf(name: string): ProfileName {
  const known = PROFILE_NAMES.find((it) => it === name);
  if (known === undefined) throw new WrongUse(`there is no profile ${plain(name)}: ${PROFILE_NAMES.join(', ')}`);
  return known;
}

/** Writes what a gate needs to know the laboratory. */
function prepare(folder: string, options: SimulateCommand): void {
  const { host, port } = options.gate;
  const config = gateFile({
    gate: gateOf(options, options.refuseWithoutPlatform ? 'down-refuse' : 'up'),
    network: NETWORK,
    protocol: options.transport === 'ipa' ? 'ipa' : 'm3ua',
    transport: options.transport === 'sctp' ? 'sctp' : 'tcp',
    address: numeric(host),
    port,
  });
  const [gateName, numbersName] = [join(folder, 'gate.toml'), join(folder, 'numbers.csv')];
  attempt(folder, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(gateName, config);
    writeFileSync(numbersName, [...numbersFile(plannedRecords(options.subscribers))].join(''));
  });
  say(`${gateName}: a gate for this laboratory`);
  say(`${numbersName}: its numbers, ${options.subscribers} subscribers of each kind`);
  say('');
  say(`angarium numbers import ${numbersName} --data ${join(folder, 'angarium-gate', 'numbers')}`);
  say(`angarium gate start --config ${gateName}`);
}

function* piecesOf(file: string): Generator<Uint8Array> {
  const descriptor = attempt(file, () => openSync(file, 'r'));
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE_OCTETS);
      const read = attempt(file, () => readSync(descriptor, piece));
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}

function numbersOf({ numbers, subscribers }: SimulateCommand): Iterable<PlannedRecord> {
  if (numbers === undefined) return plannedRecords(subscribers);
  const read = readNumbersFile(attempt(numbers, () => readFileSync(numbers, 'utf8')));
  if (!read.ok) throw new Failure(`${numbers}: ${read.error.text}`);
  return read.value;
}

function draftsOf(file: string, options: SimulateCommand, gate: GateSettings): readonly Draft[] {
  const numbers = new NumberBook(numbersOf(options));
  const replay = readReplay(piecesOf(file), { keepIds: options.keepIds ?? false, numbers });
  if (!replay.ok) throw new Failure(`${file}: ${replay.error.text}`);
  const { templates, leftOut } = replay.value;
  if (!options.json) {
    say(`${file}: ${templates.length} dialogues`);
    for (const [why, count] of Object.entries(leftOut)) say(`  left out: ${count} ${plain(why)}`);
  }
  if (templates.length === 0) throw new Failure(`${file}: holds no TCAP Begin`);
  return templates.map((template) => ({ ...prepared(template, gate), index: 0 }));
}

/** How service centres behave; nothing where no option says, so that the profile does. */
function centreOf({ centreDelay, centreErrors, centreSilence }: SimulateCommand): { centre?: CentreBehaviour } {
  if (centreDelay === undefined && centreErrors === undefined && centreSilence === undefined) return {};
  const [errorShare, silentShare] = [(centreErrors ?? 0) / 100, (centreSilence ?? 0) / 100];
  if (errorShare + silentShare > 1) throw new WrongUse('--centre-errors and --centre-silence: at most 100 together');
  return { centre: { errorShare, silentShare, delayMs: [0, centreDelay ?? 0] } };
}

function settingsOf(options: SimulateCommand): SimulationSettings {
  const profile = profileOf(options.profile);
  if (options.subscribers > SUBSCRIBERS_MAX) throw new WrongUse(`--subscribers: at most ${SUBSCRIBERS_MAX}`);
  const isDown = 'platformsDown' in PROFILES[profile];
  const configured = options.config === undefined ? undefined : configuredGate(options.config);
  const refuses = configured?.refusesWithoutPlatform ?? options.refuseWithoutPlatform;
  const platforms: GateSettings['platforms'] = !isDown ? 'up' : refuses ? 'down-refuse' : 'down-pass';
  const gate: GateSettings = configured === undefined ? gateOf(options, platforms) : { ...configured.gate, platforms };
  const refusal = configured?.refusal ?? (options.answer === undefined ? undefined : refusalOf(options.answer));
  const drafts = options.replay === undefined ? undefined : draftsOf(options.replay, options, gate);
  const count = Math.min(drafts?.length ?? Number.POSITIVE_INFINITY, options.count ?? Number.POSITIVE_INFINITY);
  const capture = options.evidence === undefined ? options.capture : join(options.evidence, CAPTURE_NAME);
  return {
    profile,
    seed: options.seed,
    schedule: {
      rate: options.rate,
      // A replay lasts as long as it has messages.
      durationMs: drafts === undefined ? options.duration : ((drafts.length + 1) / options.rate) * 1000 + (options.ramp ?? 0),
      ...(options.ramp === undefined ? {} : { rampMs: options.ramp }),
      ...(Number.isFinite(count) ? { count } : {}),
    },
    inFlightMax: options.inFlight,
    timeoutMs: options.timeout,
    gate,
    ...(refusal === undefined ? {} : { refusal }),
    places: placesOf(options),
    ...centreOf(options),
    ...(options.platforms === undefined ? {} : { platform: options.platforms }),
    ...(options.allowCongestion ? { allowsCongestion: true } : {}),
    ...(options.allowOutages === undefined ? {} : { outageRecoveryMs: options.allowOutages }),
    subscribers: options.subscribers,
    ...(capture === undefined ? {} : { capture: { path: capture, octetsMax: options.captureMax } }),
    ...(drafts === undefined ? {} : { drafts }),
  };
}

/** One line that is written over by the next; nothing where nobody looks on. */
function showProgress({ elapsedMs, total, sent, ended, inFlight, faults }: Progress): void {
  if (!process.stderr.isTTY) return;
  const seconds = Math.round(elapsedMs / 1000);
  process.stderr.write(`\r\x1b[K${seconds} s: ${sent} of ${total} sent, ${ended} ended, ${inFlight} under way, ${faults} faults`);
}

const delayCells = (name: string, { count, p50Ms, p99Ms, p999Ms, maxMs }: DelaySummary): string[] => [
  name,
  `${count}`,
  ...[p50Ms, p99Ms, p999Ms, maxMs].map((it) => it.toFixed(2)),
];

function mismatchText({ fault, number, name, expected, measured, detail, hex }: Mismatch): string {
  const lines = [`message ${number}: ${fault}: ${plain(name)}`];
  if (expected !== undefined) lines.push(`  expected ${expected.verdicts.join(' or ')} (${expected.row})`);
  if (measured !== undefined) lines.push(`  measured ${measured}`);
  if (detail !== undefined) lines.push(`  ${plain(detail)}`);
  return [...lines, ...hex.map((it) => `  ${it}`)].join('\n');
}

function print(result: SimulationResult): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const { sent, ended, elapsedMs, ratePerSecond, notSent, heldBack, excused, rows, delays, through, mismatches, faults } = result;
  say(
    `profile ${result.profile}, seed ${result.seed}: ${sent} sent, ${ended} ended in ${(elapsedMs / 1000).toFixed(1)} s, ${ratePerSecond}/s`,
  );
  if (notSent + heldBack + excused > 0)
    say(`${notSent} not sent (the link was not in traffic), ${heldBack} times held back, ${excused} excused`);
  say('');
  say(table([['row', 'verdicts'], ...Object.entries(rows).map(([row, counts]) => [row, countsText(counts)])]));
  say('');
  const summaries = [...Object.entries(delays), ['through the gate', through] as const];
  say(table([['delays, ms', 'messages', 'p50', 'p99', 'p99.9', 'most'], ...summaries.map(([name, it]) => delayCells(name, it))]));
  if (mismatches.length === 0) return;
  say('');
  say(mismatches.slice(0, SHOWN_MAX).map(mismatchText).join('\n\n'));
  say('');
  say(
    `faults: ${countsText(faults)}; the first ${Math.min(SHOWN_MAX, mismatches.length)} are shown, --json and --evidence have ${mismatches.length}`,
  );
}

const countsText = (counts: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

async function run(settings: SimulationSettings, json: boolean): Promise<SimulationResult> {
  let simulation: Simulation;
  try {
    simulation = new Simulation(settings, { log: silentLog, ...(json ? {} : { onProgress: showProgress }) });
  } catch (e) {
    if (e instanceof RangeError) throw new WrongUse(e.message);
    throw readFailure(settings.capture?.path ?? 'the capture', e);
  }
  const stop = (): void => simulation.stop();
  process.once('SIGINT', stop);
  try {
    return await simulation.run();
  } catch (e) {
    if (e instanceof CannotSimulate || e instanceof RangeError) throw new Failure(e.message);
    throw e;
  } finally {
    process.off('SIGINT', stop);
  }
}

export async function simulate(options: SimulateCommand): Promise<void> {
  if (options.list) {
    say(table(PROFILE_NAMES.map((name) => [name, PROFILES[name].description])));
    return;
  }
  if (options.prepare !== undefined) {
    prepare(options.prepare, options);
    return;
  }
  const { evidence } = options;
  if (evidence !== undefined) attempt(evidence, () => mkdirSync(evidence, { recursive: true }));
  const settings = settingsOf(options);
  const result = await run(settings, options.json ?? false);
  if (options.json) sayJson(result);
  else print(result);
  if (evidence !== undefined) {
    const files = attempt(evidence, () => writeEvidence(evidence, settings, result));
    if (!options.json) say(`\nevidence: ${files.join(', ')}`);
  }
  if (!result.isGood) {
    const count = Object.values(result.faults).reduce((sum, it) => sum + it, 0);
    throw new Failure(
      count > 0 ? `${count} faults: not every message was treated as it must be` : 'some messages could not be sent, or none was',
    );
  }
}
