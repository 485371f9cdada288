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

/**
 * Makes the folder when it is not there. Throws a sentence for the operator when it, or something of ours in it, cannot be written:
 * the engine would say "unable to open database file" and name none, and Node blames a folder made on a read-only disk on its parent.
 */
export function prepareFolder(folder: string): void {
  let nearest = path.resolve(folder);
  while (!fs.existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest);
  assertWritable(nearest);
  try {
    fs.mkdirSync(path.join(folder, SEGMENTS), { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(code === 'ENOSPC' ? `${folder} cannot be made: the disk is full` : `${folder} cannot be made: ${message}`);
  }
  for (const name of fs.readdirSync(folder))
    if (name === LOCK || name === SEGMENTS || DATABASE_PARTS.test(name)) assertWritable(path.join(folder, name));
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  EROFS: 'is on a file system mounted read-only: mount it for writing, or choose another folder',
  EACCES: 'may not be written by the user of this program: give it to him, or choose another folder',
};

function assertWritable(target: string): void {
  try {
    const searched = fs.statSync(target).isDirectory() ? fs.constants.X_OK : 0;
    fs.accessSync(target, fs.constants.R_OK | fs.constants.W_OK | searched);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // An earlier end of the program may remove its log in between.
    if (code === 'ENOENT') return;
    throw new Error(`${target} ${UNWRITABLE[code ?? ''] ?? `cannot be used: ${message}`}`);
  }
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

/** Deletes one database with its log. */
export function removeDatabase(folder: string, name: string): void {
  for (const file of fs.readdirSync(folder))
    if (file === name || file.startsWith(`${name}-`)) fs.rmSync(path.join(folder, file), { force: true });
}

/** Keeps the commit that failed from coming true when the log is read again: it is believed up to `walOctets` only. */
export function writeSuspect(folder: string, name: string, walOctets: number): void {
  writeDurably(folder, SUSPECT, `${name} ${walOctets}\n`);
}

/** Durably: a mark that came back after a power loss would cut off what has been acknowledged since. */
export function clearSuspect(folder: string): void {
  const file = path.join(folder, SUSPECT);
  if (!fs.existsSync(file)) return;
  fs.rmSync(file);
  syncPath(folder);
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
