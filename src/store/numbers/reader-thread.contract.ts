/** A thread that reads numbers while they are written, until number 1 appears, and says what it saw that cannot be. */
import { parentPort, workerData } from 'node:worker_threads';
import { NumberReader, type NumbersAttachment } from './feed.js';

if (workerData !== null && parentPort !== null) {
  const reader = new NumberReader(workerData as NumbersAttachment);
  const faults: string[] = [];
  let looks = 0;
  const latest = new Map<number, number>();
  parentPort.postMessage('begun');
  while (reader.find(1, 0) === undefined && faults.length < 10) {
    for (let i = 0; i < 200; i++) {
      const record = reader.find(1_000 + i, 0);
      if (record === undefined) continue;
      const text = record.entity.kind === 'rn' ? record.entity.routingNumber : record.entity.kind;
      const round = new RegExp(`^A${i.toString(16).toUpperCase()}B([0-9]+)$`).exec(text)?.[1];
      if (round === undefined) faults.push(`${1_000 + i} was ${text}`);
      else if (Number(round) < (latest.get(i) ?? 0)) faults.push(`${1_000 + i} went back to ${text}`);
      latest.set(i, Number(round ?? 0));
    }
    looks++;
  }
  parentPort.postMessage({ looks, faults });
  reader.close();
}
