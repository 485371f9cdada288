/** A reader in a thread of its own: looks at numbers until it is told to stop, and says what it saw that cannot be. */
import { parentPort, workerData } from 'node:worker_threads';
import { NumberTable } from './table.js';

interface Task {
  readonly buffer: SharedArrayBuffer;
  /** Always there; the record of the first is 100, of the next 101. */
  readonly kept: readonly number[];
  /** There or not; the record of the first is 1,000. */
  readonly coming: readonly number[];
  /** Two words: the first ends the reader, the second says that it has begun. */
  readonly shared: SharedArrayBuffer;
}

if (workerData !== null && parentPort !== null) {
  const { buffer, kept, coming, shared } = workerData as Task;
  const table = new NumberTable(buffer);
  const flags = new Int32Array(shared);
  const faults: string[] = [];
  let looks = 0;
  Atomics.store(flags, 1, 1);
  while (Atomics.load(flags, 0) === 0 && faults.length < 10) {
    // Most of the time at what must never be missing: a move takes some ten nanoseconds.
    for (let look = 0; look < 1_000; look++) {
      const i = look % kept.length;
      const record = table.getShared(kept[i]!);
      if (record !== 100 + i) faults.push(`kept ${i} was ${record}`);
    }
    for (const [i, number] of coming.entries()) {
      const record = table.getShared(number);
      if (record !== 0 && record !== 1_000 + i) faults.push(`coming ${i} was ${record}`);
    }
    looks++;
  }
  parentPort.postMessage({ looks, faults });
}
