/**
 * Drives the domain's due work: runs it when woken and when the next thing falls due, one round at a time, again at once while there is
 * something to do, and slower while it fails. Owns the timers that the domain does not have.
 */
import type { Log } from '#base';

export interface PumpPorts {
  /** One round of work; how much was done, and when to come back at the latest (epoch milliseconds; absent: when woken). */
  readonly work: () => Promise<{ readonly done: number; readonly nextAt?: number }>;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface WorkPump {
  /** Something may have become due. Cheap; call it as often as you like. */
  wake(): void;
  /** Starts no further round; resolves when the one under way has ended. */
  close(): Promise<void>;
}

/** Longest rest. Unit: milliseconds. Source: the wall clock may step; what falls due by the step waits no longer than this. */
const REST_MAX_MS = 30_000;

/** Shortest rest after a round that did nothing. Unit: milliseconds. Source: due but unclaimable things (leased, or of a full notifier) must not spin the loop. */
const REST_MIN_MS = 20;

/** First and longest rest after a failed round. Unit: milliseconds. Source: a disk that is full or gone stays so for seconds to hours. */
const FAILED_FIRST_MS = 200;
const FAILED_MAX_MS = 10_000;

/** Starts with a round at once: after a restart there is work from before. */
export function startWorkPump({ work, now, log }: PumpPorts): WorkPump {
  let running: Promise<void> | undefined;
  let resting: (() => void) | undefined;
  let woken = false;
  let closed = false;
  let failures = 0;

  /** How long to rest after this round; 0 goes on at once. */
  const round = async (): Promise<number> => {
    try {
      const { done, nextAt } = await work();
      failures = 0;
      if (done > 0) return 0;
      return nextAt === undefined ? REST_MAX_MS : Math.min(Math.max(nextAt - now(), REST_MIN_MS), REST_MAX_MS);
    } catch (e) {
      // The rim: a bug or a store that fails must not end the notifying of everybody.
      failures += 1;
      const rest = Math.min(FAILED_FIRST_MS * 2 ** (failures - 1), FAILED_MAX_MS);
      log.error({ err: e, failures, retryMs: rest }, 'due work failed');
      return rest;
    }
  };

  const run = (): void => {
    resting = undefined;
    woken = false;
    running = round().then((restMs) => {
      running = undefined;
      if (!closed) rest(woken && failures === 0 ? 0 : restMs);
    });
  };

  /** Without a rest the event loop still turns once, so that what else has become due joins the round. */
  const rest = (restMs: number): void => {
    if (restMs === 0) {
      const immediate = setImmediate(run);
      resting = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(run, restMs);
      resting = () => clearTimeout(timer);
    }
  };

  rest(0);
  return {
    wake() {
      if (woken || closed) return;
      woken = true;
      // A round under way looks at `woken` when it ends; failing work keeps to its rests.
      if (running || failures > 0) return;
      resting?.();
      rest(0);
    },
    async close() {
      closed = true;
      resting?.();
      await running;
    },
  };
}
