/**
 * The names in a data folder, and which database file counts.
 *
 * ```
 * lock            held in an exclusive SQLite transaction: the lock ends with the process, however that ends
 * CURRENT         one line: the name of the database file; replaced by rename only
 * messages-N.db   the database; after a failed flush it is rebuilt under the next N
 * SUSPECT         written after a failed flush: up to where the write-ahead log may be believed
 * segments/       large content
 * ```
 */
import fs from 'node:fs';
import path from 'node:path';

export const LOCK = 'lock';
export const SEGMENTS = 'segments';
const CURRENT = 'CURRENT';
const SUSPECT = 'SUSPECT';
const DATABASE = /^messages-([0-9]+)\.db$/;
const DATABASE_PARTS = /^messages-[0-9]+\.db(-wal|-shm|-journal)?$/;

export const databaseName = (number: number): string => `messages-${number}.db`;

export function databaseNumber(name: string): number {
  return Number(DATABASE.exec(name)?.[1] ?? 0);
}

export function syncPath(target: string): void {
  const fd = fs.openSync(target, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Name of the database file that counts; undefined in a new folder. */
export function readCurrent(folder: string): string | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, CURRENT), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!DATABASE.test(text))
    throw new Error(`${path.join(folder, CURRENT)} does not name a database file; restore it from a copy`);
  return text;
}

/** Makes `name` the database that counts; survives a power loss once it returns. */
export function writeCurrent(folder: string, name: string): void {
  writeDurably(folder, CURRENT, `${name}\n`);
}

function writeDurably(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  const fd = fs.openSync(`${file}.new`, 'w', 0o640);
  try {
    fs.writeSync(fd, text);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(`${file}.new`, file);
  syncPath(folder);
}

export const databaseFiles = (folder: string): readonly string[] => fs.readdirSync(folder).filter((name) => DATABASE.test(name));

/** Removes every database file but `keep`, with what belongs to it. */
export function sweepDatabases(folder: string, keep: string): void {
  for (const name of fs.readdirSync(folder))
    if (DATABASE_PARTS.test(name) && name !== keep && !name.startsWith(`${keep}-`))
      fs.rmSync(path.join(folder, name), { force: true });
}

/** Keeps the commit that failed from coming true when the log is read again: it is believed up to `walOctets` only. */
export function writeSuspect(folder: string, name: string, walOctets: number): void {
  writeDurably(folder, SUSPECT, `${name} ${walOctets}\n`);
}

export function clearSuspect(folder: string): void {
  fs.rmSync(path.join(folder, SUSPECT), { force: true });
}

/** Before the database is opened: cuts off the log what SUSPECT says. */
export function cutSuspectLog(folder: string, current: string): void {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, SUSPECT), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const [name, octets] = text.trim().split(' ');
  const log = path.join(folder, `${current}-wal`);
  if (name === current && fs.existsSync(log) && fs.statSync(log).size > Number(octets)) {
    fs.truncateSync(log, Number(octets));
    syncPath(log);
  }
}
