/** Files of the object store: their names, and writing one so that it is there whole or not at all. */
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Owner only: the log names users and addresses of partners, the other file their secrets. */
export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

const LOG_NAME = /^objects-([0-9]{12})\.log$/;
const REVISION_DIGITS = 12;
const NEW = '.new';

/** The log that begins with the book of this revision. */
export const logFile = (folder: string, revision: number): string =>
  join(folder, `objects-${String(revision).padStart(REVISION_DIGITS, '0')}.log`);

export const secretsFile = (folder: string): string => join(folder, 'secrets.json');

/** Revisions with which logs begin, newest first. Files that a crash has left half made are removed. */
export async function logsOf(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  for (const name of names) if (name.endsWith(NEW)) await rm(join(folder, name), { force: true });
  return names
    .flatMap((name) => {
      const found = LOG_NAME.exec(name);
      return found ? [Number(found[1])] : [];
    })
    .sort((a, b) => b - a);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a file durably; one that is not there is no trouble. */
export async function removeWhole(folder: string, file: string): Promise<void> {
  try {
    await rm(file);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw e;
  }
  await syncFolder(folder);
}

/** Replaces a file: a crash leaves the old one or the new one, whole. */
export async function writeWhole(folder: string, file: string, octets: Uint8Array | string): Promise<void> {
  const handle = await open(`${file}${NEW}`, 'w', FILE_MODE);
  try {
    await handle.writeFile(octets);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}${NEW}`, file);
  await syncFolder(folder);
}
