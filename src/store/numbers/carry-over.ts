/** Changes of the load that counts, made to the load that is about to take its place. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NumberBook, type NumberChange, type NumberRecord, TABLE_FULL } from '#portability';
import { logFile, parts } from './folder.js';
import { growBook } from './grow.js';
import { encodeFrame, LogCursor } from './log.js';
import { LogWriter } from './log-writer.js';
import type { Recovered } from './recover.js';
import { changeOf } from './step-changes.js';

/** Changes read, planned and made in one turn of the loop. Source: a quarter of a millisecond of the thread that serves. */
const CHANGES_AT_ONCE = 500;
/** Written and flushed at once. Unit: octets. */
const FLUSH_OCTETS = 4 * 1024 * 1024;

/** Where the changes come from: those of a load after one of them. `record` knows that load's records by their index. */
export interface CarriedFrom {
  readonly load: string;
  readonly after: number;
  readonly record: (index: number) => NumberRecord;
}

export interface CarriedOver {
  readonly carried: number;
  /** Changes that the new load has no place for: a range that cuts one of its own, a limit. */
  readonly refused: number;
  readonly recovered: Recovered;
}

/**
 * Makes the changes, each batch as it was made, in the log of the new load and in memory. Nobody writes to either load meanwhile. Rejects with what
 * the disk says.
 */
export async function carryOver(
  folder: string,
  from: CarriedFrom,
  load: string,
  into: Recovered,
  at: number,
): Promise<CarriedOver> {
  const book = new NumberBook(into.image, into.tally);
  const log = LogWriter.reopen(folder, load, into);
  let [change, carried, refused, octets] = [into.change, 0, 0, 0];
  let frames: Buffer[] = [];
  const flush = async (): Promise<void> => {
    if (octets > 0) await log.append(Buffer.concat(frames));
    [frames, octets] = [[], 0];
  };
  const make = async (changes: readonly NumberChange[]): Promise<void> => {
    let steps = book.plan(changes);
    if (!steps.ok && steps.error.kind === 'full' && steps.error.what === TABLE_FULL) {
      await growBook(book);
      steps = book.plan(changes);
    }
    if (!steps.ok) {
      refused += changes.length;
      return;
    }
    const frame = encodeFrame({ steps: steps.value, changes: changes.length, first: change + 1, at, flushedTo: log.octets });
    frames.push(frame);
    octets += frame.length;
    book.carryOut(steps.value);
    change += changes.length;
    carried += changes.length;
  };
  try {
    for await (const batches of batchesOf(folder, from)) {
      for (const changes of batches) await make(changes);
      if (octets >= FLUSH_OCTETS) await flush();
    }
    await flush();
    await log.seal(change, at);
    await log.flushSeal();
  } finally {
    log.close();
  }
  if (carried === 0) return { carried, refused, recovered: into };
  const recovered = {
    ...into,
    image: book.view.image(),
    tally: book.tally(),
    change,
    changedAt: at,
    logOctets: log.octets,
    logSealed: true,
  };
  return { carried, refused, recovered };
}

/** The batches of a load's logs, some at a time. */
async function* batchesOf(
  folder: string,
  { load, after, record }: CarriedFrom,
): AsyncGenerator<readonly (readonly NumberChange[])[]> {
  const { logs } = parts(folder, load);
  for (const [at, base] of logs.entries()) {
    if ((logs[at + 1] ?? Number.POSITIVE_INFINITY) <= after) continue;
    const cursor = new LogCursor(logFile(folder, load, base), load, base);
    try {
      for (let more = true; more; ) {
        const batches: NumberChange[][] = [];
        const seen = cursor.read(
          ({ steps, changes, first }) => {
            if (changes > 0 && first > after) batches.push(steps.flatMap((step) => changeOf(step, record)));
          },
          { changesMax: CHANGES_AT_ONCE },
        );
        more = seen > 0;
        yield batches;
        await nextTurn();
      }
    } finally {
      cursor.close();
    }
  }
}
