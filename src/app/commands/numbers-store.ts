/** What `angarium numbers` does with a folder. */
import { digitsOf, type NumberChange, type NumberCount, type NumberFinding, type NumbersVersion, numberOf } from '#portability';
import {
  Damage,
  exportNumbers,
  followNumbers,
  type LoadVersion,
  loadVersions,
  type NumberFollower,
  type NumberStore,
  openNumberStore,
  readCurrent,
} from '#store/numbers';
import { Failure, octetsText, plain, table, WrongUse } from './terminal.js';

/**
 * Takes the folder for writing. The one place where a command learns that a gate runs: what goes through the gate's operator API instead begins here.
 */
export async function openForWriting(folder: string): Promise<NumberStore> {
  const opened = await openNumberStore({ folder }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error;
    throw new Failure(`${folder}: cannot be used (${error.message})`);
  });
  if (opened.ok) return opened.value;
  const who = opened.error.pid === undefined ? 'another process' : `process ${opened.error.pid}`;
  throw new Failure(
    `${folder}: in use by ${who}, which is most likely a running gate: make the change through its operator API, or stop it first`,
  );
}

async function writing<T>(folder: string, work: (store: NumberStore) => Promise<T>): Promise<T> {
  const store = await openForWriting(folder);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function reading<T>(folder: string, work: (numbers: NumberFollower) => T): Promise<T> {
  const numbers = await followNumbers({ folder });
  try {
    if (numbers.state !== 'ready') throw new Failure(`${folder}: ${numbers.reason ?? numbers.state}`);
    return work(numbers);
  } finally {
    await numbers.close();
  }
}

/** The changes that a number, or a range written FIRST-LAST, can be part of. */
interface Target {
  readonly set:
    | { readonly kind: 'set-number'; readonly number: number }
    | { readonly kind: 'set-range'; readonly first: number; readonly last: number };
  readonly delete: NumberChange;
}

function targetOf(text: string): Target {
  const [first, last, more] = text.split('-').map((part) => numberOf(part.replace(/^\+/, '')));
  if (first === undefined || more !== undefined || (last === undefined && text.includes('-')))
    throw new WrongUse(`"${plain(text)}" is no number of 1 to 15 digits in international form, and no range FIRST-LAST of them`);
  if (last === undefined) return { set: { kind: 'set-number', number: first }, delete: { kind: 'delete-number', number: first } };
  return { set: { kind: 'set-range', first, last }, delete: { kind: 'delete-range', first, last } };
}

/** Makes one change and says which version it made. */
export async function change(folder: string, text: string, json: boolean, make: (target: Target) => NumberChange): Promise<void> {
  const wanted = make(targetOf(text));
  const version = await writing(folder, async (store) => {
    if (store.state === 'missing') await store.startEmpty();
    const done = await store.apply([wanted]);
    if (done.ok) return done.value;
    const { error } = done;
    if (error.kind === 'ranges-overlap')
      throw new Failure(
        `the range cuts the range ${digitsOf(error.with.first)}-${digitsOf(error.with.last)}: delete that one first`,
      );
    if (error.kind === 'full') throw new Failure(`there is room for ${error.what} only`);
    throw new Failure(error.kind === 'busy' ? 'the store is busy' : error.text);
  });
  process.stdout.write(json ? `${JSON.stringify(version)}\n` : `load ${version.load}, change ${version.change}\n`);
}

export async function get(folder: string, text: string, now: number): Promise<NumberFinding | undefined> {
  const number = numberOf(text.replace(/^\+/, ''));
  if (number === undefined) throw new WrongUse(`"${plain(text)}" is no number of 1 to 15 digits in international form`);
  return reading(folder, (numbers) => numbers.finding(number, now));
}

const NO_TYPE = 0xff;
const typeText = (type: number): string => (type === NO_TYPE ? 'none' : String(type));

export function findingText({ record, by, validFrom, validUntil }: NumberFinding): string {
  const { portabilityType, entity } = record;
  const instant = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString());
  return table([
    ['portability type', typeText(portabilityType)],
    ['entity', entity.kind === 'rn' ? `rn ${entity.routingNumber}` : entity.kind],
    ['found by', by.kind === 'number' ? 'the number itself' : `the range ${by.first}-${by.last}`],
    ['valid', `${instant(validFrom)} to ${instant(validUntil)}`],
  ]);
}

export interface Stats {
  readonly version: NumbersVersion;
  readonly counts: readonly NumberCount[];
}

export const stats = (folder: string): Promise<Stats> =>
  reading(folder, (numbers) => ({ version: numbers.version, counts: numbers.counts() }));

export function statsText({ version, counts }: Stats): string {
  const rows = counts.map(({ portabilityType, entity, numbers, ranges }) => [
    typeText(portabilityType),
    entity,
    String(numbers),
    String(ranges),
  ]);
  return `load ${version.load}, change ${version.change}, of ${new Date(version.changedAt).toISOString()}\n${table([['type', 'entity', 'numbers', 'ranges'], ...rows])}`;
}

export async function versionsOf(folder: string): Promise<readonly LoadVersion[]> {
  return loadVersions(folder, readCurrent(folder) ?? '');
}

export function versionRows(versions: readonly LoadVersion[]): readonly (readonly string[])[] {
  return versions.map(({ load, current, loadedAt, source, numbers, ranges, octets, damage }) => [
    current ? '*' : ' ',
    load,
    loadedAt === undefined ? '-' : new Date(loadedAt).toISOString(),
    damage === undefined ? `${numbers} numbers, ${ranges} ranges` : 'damaged',
    octetsText(octets),
    plain(damage ?? source ?? ''),
  ]);
}

export async function rollback(folder: string, wanted: string | undefined): Promise<NumbersVersion> {
  return writing(folder, async (store) => {
    const versions = store.versions();
    const before = versions[versions.findIndex(({ current }) => current) - 1]?.load;
    const load = wanted ?? before;
    if (load === undefined) throw new Failure('there is no load before the current one');
    const done = await store.rollback(load);
    if (done.ok) return done.value;
    throw new Failure(done.error.kind === 'failed' ? done.error.text : 'the store is busy');
  });
}

/** The current load as text, piece by piece. */
export function* exported(folder: string): Generator<string, void> {
  if (readCurrent(folder) === undefined) throw new Failure(`${folder} holds no numbers`);
  try {
    yield* exportNumbers(folder);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new Failure(error.message);
  }
}
