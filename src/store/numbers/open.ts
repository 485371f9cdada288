/** Opens a folder of numbers for writing. */
import { type Log, ok, type Result, silentLog } from '#base';
import { prepareFolder } from './folder.js';
import { type FolderInUse, lockFolder } from './lock.js';
import { DEFAULT_SETTINGS, NumberStore, type NumberStoreSettings } from './store.js';

export interface NumberStoreOptions {
  readonly folder: string;
  readonly log?: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly settings?: Partial<NumberStoreSettings>;
}

/**
 * Takes the folder (it is made when it is not there) and reads it in. Resolves when the numbers can be asked, or are known to be `missing` or
 * `damaged`: both can be mended by `load` and `rollback`. Refuses a folder in which another process writes. Rejects with an error with a code when
 * the folder cannot be used.
 */
export async function openNumberStore(options: NumberStoreOptions): Promise<Result<NumberStore, FolderInUse>> {
  const { folder, log = silentLog, now = Date.now, settings } = options;
  prepareFolder(folder);
  const lock = lockFolder(folder);
  if (!lock.ok) return lock;
  const store = new NumberStore({ folder, log, now, settings: { ...DEFAULT_SETTINGS, ...settings }, lock: lock.value });
  await store.start();
  return ok(store);
}
