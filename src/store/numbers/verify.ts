/** Whether what a folder holds can be read, without taking the folder. */

import { Damage } from './damage.js';
import { loads, readCurrent } from './folder.js';
import { JobFailed, runJob } from './jobs.js';

export interface Verified {
  readonly load: string;
  readonly current: boolean;
  /** What is wrong, in words; absent when every checksum was right. */
  readonly damage?: string;
  readonly change?: number;
  /** What a crash has left behind the last whole batch: no fault. */
  readonly tornOctets?: number;
}

/** Reads all loads that are kept, one after the other. Each takes as much memory as its numbers do, in a thread of its own. */
export async function verifyNumbers(folder: string): Promise<readonly Verified[]> {
  const current = readCurrent(folder);
  const verified: Verified[] = [];
  for (const load of loads(folder)) {
    const about = { load, current: load === current };
    try {
      const { change, tornOctets } = await runJob('recover', { folder, load });
      verified.push({ ...about, change, tornOctets });
    } catch (error) {
      if (!(error instanceof Damage || error instanceof JobFailed)) throw error;
      verified.push({ ...about, damage: error.message });
    }
  }
  return verified;
}
