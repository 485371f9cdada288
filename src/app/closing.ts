/** Ends the parts of a program in their order, within the time that it has. */
import type { Log } from '#base';
import { within } from './start-failure.js';

/** Something that closes; what is under way in it may end for `graceMs` where it can take long. */
export interface Part {
  close(graceMs: number): Promise<void>;
}

/** Of a row's time, what its parts leave to what is under way. The rest is for writing down what became of what they cut off, and for the rows behind. */
const GRACE_SHARE = 0.5;

/** What every row gets even when the time is over. Unit: milliseconds. Source: a store that has to write down its last group. */
const ROW_CLOSE_MIN_MS = 1_000;

/**
 * Closes what is open, row after row; each row gets what is left of `allMs`. A part that fails keeps none behind it from closing: the first failure is
 * thrown when all have had their turn.
 */
export async function closeInOrder<Name extends string>(
  rows: readonly (readonly Name[])[],
  parts: Map<Name, Part>,
  allMs: number,
  log: Log,
): Promise<void> {
  const deadline = performance.now() + allMs;
  const failures: unknown[] = [];
  for (const row of rows) {
    const leftMs = Math.max(deadline - performance.now(), ROW_CLOSE_MIN_MS);
    await Promise.all(
      row.map(async (name) => {
        const part = parts.get(name);
        parts.delete(name);
        if (part === undefined) return;
        try {
          if (!(await within(leftMs, part.close(leftMs * GRACE_SHARE))))
            log.warn({ part: name }, 'did not end in time and is cut off');
        } catch (failure) {
          log.error({ part: name, err: failure }, 'could not be closed');
          failures.push(failure);
        }
      }),
    );
  }
  if (failures.length > 0) throw failures[0];
}
