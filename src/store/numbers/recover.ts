/** A load as it stands in its folder: the newest snapshot, and the logs run over it. Reads only. */
import { growAtOnce, NumberBook, type NumbersImage } from '#portability';
import { Damage } from './damage.js';
import { logFile, parts, snapshotFile } from './folder.js';
import { LogCursor } from './log.js';
import { readSnapshot, type SnapshotFacts } from './snapshot.js';

export interface Recovered {
  readonly facts: SnapshotFacts;
  readonly image: NumbersImage;
  /** Numbers of the table by record. */
  readonly tally: Float64Array;
  /** The last change, and when it was made. */
  readonly change: number;
  readonly changedAt: number;
  /** The last log: after which change it begins, and its octets up to the end of its last whole frame. */
  readonly logBase: number;
  readonly logOctets: number;
  /** Whether that frame is a seal. */
  readonly logSealed: boolean;
  /** Octets behind that: what a crash has left. */
  readonly tornOctets: number;
}

/** Throws Damage when anything that had been flushed cannot be read, RangeError when there is no memory. */
export function recover(folder: string, load: string): Recovered {
  const { snapshots, logs } = parts(folder, load);
  const base = snapshots.at(-1);
  if (base === undefined) throw new Damage(`load ${load} has no snapshot`);
  const { facts, image } = readSnapshot(snapshotFile(folder, load, base));
  if (facts.load !== load || facts.change !== base)
    throw new Damage(`${snapshotFile(folder, load, base)}: it belongs to another load`);
  // How many there are about, so that it is known when they need a larger table; counted exactly at the end.
  const book = new NumberBook(image, Float64Array.of(facts.numbers));
  const wanted = logs.filter((change) => change >= base);
  if (wanted[0] !== base) throw new Damage(`${logFile(folder, load, base)} is missing: changes after ${base} may be lost`);
  let [change, changedAt, logOctets, tornOctets] = [base, facts.changedAt, 0, 0];
  let logSealed = false;
  for (const from of wanted) {
    if (from !== change) throw new Damage(`${logFile(folder, load, from)}: the log before it ends with change ${change}`);
    const cursor = new LogCursor(logFile(folder, load, from), load, from);
    try {
      cursor.read(({ steps, at }) => {
        for (const step of steps) book.rerun(step);
        if (book.crowded) growAtOnce(book);
        changedAt = at;
      });
      change = cursor.change;
      logOctets = cursor.at;
      logSealed = cursor.sealed;
      tornOctets = cursor.octets - cursor.at;
    } finally {
      cursor.close();
    }
  }
  book.recount();
  return {
    facts,
    image: book.view.image(),
    tally: book.tally(),
    change,
    changedAt,
    logBase: wanted.at(-1)!,
    logOctets,
    logSealed,
    tornOctets,
  };
}
