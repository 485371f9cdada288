/**
 * The names in a folder of numbers.
 *
 * ```
 * lock                     held by the one process that writes (lock.ts)
 * CURRENT                  one line: the load that counts; replaced by rename only
 * loads/LOAD/snapshot-N    everything at a moment after change N of that load
 * loads/LOAD/log-N         the changes after N, up to the next log or to now
 * ```
 *
 * LOAD is a number that grows and eight random hexadecimal digits, so that two folders never call different loads the same. A file without its
 * final name ends in `.new` (in a copy of another machine's folder: `.part`) and counts for nothing. The newest snapshot counts, with every log from its N on.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Damage } from './damage.js';

export const LOCK = 'lock';
const CURRENT = 'CURRENT';
const LOADS = 'loads';
const NEW = '.new';
/** A snapshot that is being fetched from another machine. */
export const PART_SUFFIX = '.part';
const LOAD = /^[0-9]{6,12}-[0-9a-f]{8}$/;
const PART = /^(snapshot|log)-([0-9]{16})$/;
const CHANGE_DIGITS = 16;
const LOAD_DIGITS = 6;
const FILE_MODE = 0o640;

export const isLoadName = (text: string): boolean => LOAD.test(text);
export const isPartName = (text: string): boolean => PART.test(text);
export const loadFolder = (folder: string, load: string): string => path.join(folder, LOADS, load);

const partName = (kind: string, change: number): string => `${kind}-${String(change).padStart(CHANGE_DIGITS, '0')}`;
export const snapshotFile = (folder: string, load: string, change: number): string =>
  path.join(loadFolder(folder, load), partName('snapshot', change));
export const logFile = (folder: string, load: string, change: number): string =>
  path.join(loadFolder(folder, load), partName('log', change));

/** Makes the folder when it is not there, so that it survives a power loss. */
export function prepareFolder(folder: string): void {
  const whole = path.resolve(folder, LOADS);
  const first = fs.mkdirSync(whole, { recursive: true });
  if (first === undefined) return;
  for (let made = whole; made.length >= first.length; made = path.dirname(made)) syncFolder(path.dirname(made));
}

export function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Opens a file that is to be made whole before it has its name. */
export const openNew = (file: string): number => fs.openSync(`${file}${NEW}`, 'w', FILE_MODE);

/** Flushes it and gives it its name; it survives a power loss once this returns. */
export function nameFile(fd: number, file: string): void {
  fs.fsyncSync(fd);
  fs.renameSync(`${file}${NEW}`, file);
  syncFolder(path.dirname(file));
}

/** What never got its name: on a full disk it would go on taking room. */
export const removeNew = (file: string): void => fs.rmSync(`${file}${NEW}`, { force: true });

/** Makes a file whole before it has its name. `write` writes all of it. What `write` throws goes on; then nothing is left. */
export function writeNew<T>(file: string, write: (fd: number) => T): T {
  return finished(file, openNew(file), write);
}

/** The same, for a file that was begun and left without its name. */
export const goOnNew = <T>(file: string, write: (fd: number) => T): T =>
  finished(file, fs.openSync(`${file}${NEW}`, 'r+'), write);

function finished<T>(file: string, fd: number, write: (fd: number) => T): T {
  try {
    const written = write(fd);
    nameFile(fd, file);
    return written;
  } catch (error) {
    removeNew(file);
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}

/** A new folder for a load, numbered after all that are there. */
export function makeLoad(folder: string): string {
  const newest = loads(folder).at(-1);
  const number = newest === undefined ? 1 : Number(newest.split('-')[0]) + 1;
  const load = `${String(number).padStart(LOAD_DIGITS, '0')}-${randomBytes(4).toString('hex')}`;
  makeLoadFolder(folder, load);
  return load;
}

export function makeLoadFolder(folder: string, load: string): void {
  fs.mkdirSync(loadFolder(folder, load), { recursive: true });
  syncFolder(path.join(folder, LOADS));
}

/** The loads that are there, the oldest first. */
export function loads(folder: string): readonly string[] {
  return listed(path.join(folder, LOADS))
    .filter(isLoadName)
    .sort((a, b) => Number(a.split('-')[0]) - Number(b.split('-')[0]) || (a < b ? -1 : 1));
}

export function removeLoad(folder: string, load: string): void {
  fs.rmSync(loadFolder(folder, load), { recursive: true, force: true });
}

/** Removes a load that cannot be used any more; when it is the one that counts, none does. */
export function dropLoad(folder: string, load: string): void {
  if (currentOrNone(folder) === load) {
    fs.rmSync(path.join(folder, CURRENT), { force: true });
    syncFolder(folder);
  }
  removeLoad(folder, load);
}

/** Removes loads until beside `current` only the newest `former` are left. */
export function keepLoads(folder: string, current: string, former: number): void {
  const others = loads(folder).filter((load) => load !== current);
  for (const load of others.slice(0, Math.max(0, others.length - former))) removeLoad(folder, load);
}

/** The parts of a load, by the change after which they begin, ascending. */
export function parts(folder: string, load: string): { readonly snapshots: readonly number[]; readonly logs: readonly number[] } {
  const names = listed(loadFolder(folder, load)).flatMap((name) => {
    const [, kind, change] = PART.exec(name) ?? [];
    return kind === undefined ? [] : [{ kind, change: Number(change) }];
  });
  const of = (wanted: string) =>
    names
      .filter(({ kind }) => kind === wanted)
      .map(({ change }) => change)
      .sort((a, b) => a - b);
  return { snapshots: of('snapshot'), logs: of('log') };
}

/** Removes the loads that never got a snapshot: an import that a crash has ended. */
export function sweepLoads(folder: string, current: string): void {
  for (const load of loads(folder)) if (load !== current && parts(folder, load).snapshots.length === 0) removeLoad(folder, load);
}

/** Removes what a newer snapshot has made superfluous, and what never got its name. */
export function sweepLoad(folder: string, load: string): void {
  const { snapshots, logs } = parts(folder, load);
  const base = snapshots.at(-1);
  if (base === undefined) return;
  for (const change of snapshots) if (change < base) fs.rmSync(snapshotFile(folder, load, change), { force: true });
  for (const change of logs) if (change < base) fs.rmSync(logFile(folder, load, change), { force: true });
  for (const name of listed(loadFolder(folder, load)))
    if (name.endsWith(NEW) || name.endsWith(PART_SUFFIX)) fs.rmSync(path.join(loadFolder(folder, load), name), { force: true });
}

/** The load that counts. Undefined: none does yet. Throws Damage when CURRENT does not name one; an error with a code. */
export function readCurrent(folder: string): string | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, CURRENT), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!isLoadName(text))
    throw new Damage(`${path.join(folder, CURRENT)} does not name a load; restore it, or roll back to a version`);
  return text;
}

/** What CURRENT names; undefined where that is no load, for whoever is about to write it anew. Throws an error with a code. */
export function currentOrNone(folder: string): string | undefined {
  try {
    return readCurrent(folder);
  } catch (error) {
    if (error instanceof Damage) return undefined;
    throw error;
  }
}

export function writeCurrent(folder: string, load: string): void {
  writeNew(path.join(folder, CURRENT), (fd) => fs.writeSync(fd, `${load}\n`));
}

function listed(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
