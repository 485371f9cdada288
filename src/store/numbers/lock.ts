/**
 * The lock of a folder: an exclusive transaction on a database file that holds nothing. It rests on a lock of the operating system (fcntl), which
 * ends with the process, however that ends; Node has no call for one, the engine that the message store needs anyway does. Why not a socket, a
 * file with a process id or a lease: docs/decisions/0015-files-of-the-number-store.md.
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { err, ok, type Result } from '#base';
import { LOCK } from './folder.js';

const OWNER = 'lock.owner';

export interface FolderLock {
  release(): void;
}

/** Somebody else writes here. `pid`: as he has said himself; absent when he has not (yet). */
export interface FolderInUse {
  readonly kind: 'in-use';
  readonly pid?: number;
}

/** Takes the lock, or says who has it. Throws when the folder cannot be written. */
export function lockFolder(folder: string): Result<FolderLock, FolderInUse> {
  const database = new Database(path.join(folder, LOCK), { timeout: 0 });
  try {
    database.exec('PRAGMA busy_timeout=0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    return err({ kind: 'in-use', ...ownerOf(folder) });
  }
  const owner = path.join(folder, OWNER);
  try {
    fs.writeFileSync(owner, `${process.pid}\n`);
  } catch {
    // It is for people only: a full disk must not keep the numbers from being served.
    fs.rmSync(owner, { force: true });
  }
  return ok({
    release: () => {
      fs.rmSync(owner, { force: true });
      // The engine may keep a closed connection until its statements are collected; the lock must go now.
      if (database.inTransaction) database.exec('ROLLBACK');
      database.close();
    },
  });
}

function ownerOf(folder: string): { readonly pid?: number } {
  try {
    const pid = Number(fs.readFileSync(path.join(folder, OWNER), 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? { pid } : {};
  } catch {
    // It is for people only: without it the sentence names nobody.
    return {};
  }
}
