/** A new snapshot of a load that is changed meanwhile, and a log that begins with it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Target } from './changes.js';
import { removeNew, snapshotFile } from './folder.js';
import { runJob } from './jobs.js';
import { LogWriter } from './log-writer.js';
import { timedValues } from './snapshot.js';
import { loadVersions } from './versions.js';

/** Rows of a list flattened in one turn of the loop. */
const FLATTEN_AT_ONCE = 5_000;

/**
 * `alone` does something while no change is under way. The load's older files stay for the caller to remove. Rejects with JobFailed or an error
 * with a code: then the load is whole all the same, with a log more.
 */
export async function compactLoad(
  folder: string,
  target: Target,
  alone: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<void> {
  const { load, book } = target;
  const { view } = book;
  const begun = await alone(async () => {
    const former = target.log;
    if (target.change > former.base) {
      target.log = LogWriter.create(folder, load, target.change);
      former.close();
    }
    // From this moment: ranges must never cut each other, not even when the log is run over them again.
    return { change: target.change, changedAt: target.changedAt, ranges: view.ranges.all() };
  });
  const file = snapshotFile(folder, load, begun.change);
  try {
    const { table } = view;
    table.still = true;
    const copied = await runJob('copy-table', { file, buffer: table.buffer, numbers: book.live }).finally(() => {
      table.still = false;
    });
    // After the copy, not before: it may say of a number that entries with a validity decide, and those must be here. Records last: the entries
    // use them.
    const timed = await flat(view.timed, ([number, entries]) => timedValues(number, entries));
    const spill = await flat(table.spill, (pair) => pair);
    const beside = { records: view.records.all(), ranges: begun.ranges, timed, spill };
    const former = loadVersions(folder, load).find((version) => version.load === load)!;
    const facts = {
      load,
      change: begun.change,
      changedAt: begun.changedAt,
      loadedAt: former.loadedAt ?? begun.changedAt,
      source: former.source ?? '',
      numbers: book.live,
      ranges: begun.ranges.length,
    };
    await runJob('finish-snapshot', { file, table: copied, beside, facts });
  } catch (error) {
    removeNew(file);
    throw error;
  }
}

/** A list that is too long for one turn of the loop, as one array. */
async function flat<T>(rows: Iterable<T>, values: (row: T) => readonly number[]): Promise<Float64Array> {
  const all: number[] = [];
  let done = 0;
  for (const row of rows) {
    for (const value of values(row)) all.push(value);
    if (++done % FLATTEN_AT_ONCE === 0) await nextTurn();
  }
  return Float64Array.from(all);
}
