/** Removes old history now and then, in small portions so that nobody waits for it. */
import type { Log } from '#base';

/** Rest between two sweeps that found nothing more. Unit: milliseconds. Source: history is kept for days; an hour more does no harm. */
const REST_MS = 10 * 60_000;

/** Rest between two portions of one sweep. Unit: milliseconds. Source: leaves the store to the messages most of the time. */
const PORTION_REST_MS = 200;

export interface Housekeeping {
  /** Starts nothing more; resolves when the portion under way is done. */
  close(): Promise<void>;
}

/** `housekeep` removes a bounded portion and tells how many messages went. */
export function startHousekeeping(housekeep: () => Promise<number>, log: Log): Housekeeping {
  let closed = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout;

  const sweep = async (): Promise<void> => {
    let removed = 0;
    try {
      removed = await housekeep();
      if (removed > 0) log.debug({ removed }, 'old history removed');
    } catch (e) {
      // The rim: a store in trouble keeps the history for longer, and nothing else depends on it.
      log.warn({ err: e }, 'housekeeping failed');
    }
    if (!closed) rest(removed > 0 ? PORTION_REST_MS : REST_MS);
  };
  const rest = (ms: number): void => {
    timer = setTimeout(() => {
      running = sweep();
    }, ms);
  };

  rest(PORTION_REST_MS);
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
