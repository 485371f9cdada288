/** The folder of kept decisions: files named by when they were begun, so that their names are in the order of time. */
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^decisions-([0-9]{13})-([0-9]{6})\.jsonl$/;

export interface DecisionFile {
  readonly path: string;
  /** When it was begun. Milliseconds since the epoch. */
  readonly begunAt: number;
  readonly octets: number;
  /** When it was last written. */
  readonly changedAt: number;
}

/** `count`: for files begun in the same millisecond. */
export const fileName = (at: number, count: number): string =>
  `decisions-${String(at).padStart(13, '0')}-${String(count).padStart(6, '0')}.jsonl`;

/** All files, oldest first; none when there is no folder. What has another name is not ours. */
export async function filesIn(folder: string): Promise<DecisionFile[]> {
  const names = await readdir(folder).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return [];
    throw e;
  });
  const found: DecisionFile[] = [];
  for (const name of names.sort()) {
    const begunAt = NAME.exec(name)?.[1];
    if (begunAt === undefined) continue;
    const path = join(folder, name);
    // Another process may remove it between the two calls.
    const its = await stat(path).catch(() => undefined);
    if (its) found.push({ path, begunAt: Number(begunAt), octets: its.size, changedAt: its.mtimeMs });
  }
  return found;
}

/** Removes what is older than `retentionMs`, then the oldest until no more than `octetsMax` are left. The newest file always stays. Gives what was removed. */
export async function prune(
  folder: string,
  octetsMax: number,
  retentionMs: number,
  now: number,
): Promise<readonly DecisionFile[]> {
  const files = await filesIn(folder);
  let octets = files.reduce((sum, file) => sum + file.octets, 0);
  const removed: DecisionFile[] = [];
  for (const file of files.slice(0, -1)) {
    if (octets <= octetsMax && now - file.changedAt <= retentionMs) break;
    await unlink(file.path).catch((e: NodeJS.ErrnoException) => {
      if (e.code !== 'ENOENT') throw e;
    });
    octets -= file.octets;
    removed.push(file);
  }
  return removed;
}
