/** The full loads that a folder keeps. */
import fs from 'node:fs';
import { Damage } from './damage.js';
import { loads, logFile, parts, snapshotFile } from './folder.js';
import { snapshotFacts } from './snapshot.js';

export interface LoadVersion {
  readonly load: string;
  /** Whether it is the one that counts. */
  readonly current: boolean;
  /** When it was made, and of what. Milliseconds since the epoch. Absent when it cannot be read. */
  readonly loadedAt?: number;
  readonly source?: string;
  /** As of its newest snapshot; the log may know more. */
  readonly change?: number;
  readonly numbers?: number;
  readonly ranges?: number;
  /** On the disk. */
  readonly octets: number;
  /** Why it cannot be read, in words. */
  readonly damage?: string;
}

/** The oldest first. Reads a few hundred octets of each. */
export const loadVersions = (folder: string, current: string): readonly LoadVersion[] =>
  loads(folder).map((load) => {
    const { snapshots, logs } = parts(folder, load);
    const files = [
      ...snapshots.map((change) => snapshotFile(folder, load, change)),
      ...logs.map((change) => logFile(folder, load, change)),
    ];
    const octets = files.reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
    const about = { load, current: load === current, octets };
    const newest = snapshots.at(-1);
    if (newest === undefined) return { ...about, damage: 'it has no snapshot' };
    try {
      const { loadedAt, source, change, numbers, ranges } = snapshotFacts(snapshotFile(folder, load, newest));
      return { ...about, loadedAt, source, change, numbers, ranges };
    } catch (error) {
      if (!(error instanceof Damage) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      return { ...about, damage: (error as Error).message };
    }
  });
