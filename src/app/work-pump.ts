/**
 * Drives the domain's due work: calls for it when woken, when the next thing falls due, and again while there is something to do; slower
 * while it fails. Owns the timers that the domain does not have.
 *
 * While a call is under way the domain takes up by itself what the store wakes it for (see Messaging.workDue); a further call then gives the
 * same promise, so only the first is waited for. It serves what falls due by the clock while one slow push is waited for.
 */
import type { Log } from '#base';

export interface PumpPorts {
  /** Work until nothing is due; how much was done, and when to come back at the latest (epoch milliseconds; absent: when woken). */
  readonly work: () => Promise<{ readonly done: number; readonly nextAt?: number }>;
  /** Lets `work` begin nothing more; resolves when what is under way has ended. */
  readonly stop: () => Promise<void>;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface WorkPump {
  /** Something may have become due. Cheap; call it as often as you like. */
  wake(): void;
  /** Begins nothing more; resolves when what is under way has ended. */
  close(): Promise<void>;
}

/** Longest rest. Unit: milliseconds. Source: the wall clock may step; what falls due by the step waits no longer than this. */
const REST_MAX_MS = 30_000;

/** Shortest rest after work that did nothing. Unit: milliseconds. Source: due but unclaimable things (leased elsewhere) must not spin the loop. */
const REST_MIN_MS = 20;

/** How often to look again while work is under way. Unit: milliseconds. Source: a push waits up to its timeout; what falls due meanwhile must not. */
const LOOK_AGAIN_MS = 500;

/** First and longest rest after failed work. Unit: milliseconds. Source: what fails by a bug fails again; the log must stay readable. */
const FAILED_FIRST_MS = 200;
const FAILED_MAX_MS = 10_000;

/** Starts with a call of its own accord: after a restart there is work from before. */
export function startWorkPump({ work, stop, now, log }: PumpPorts): WorkPump {
  type Round = ReturnType<PumpPorts['work']>;
  /** The latest that is waited for. */
  let underWay: Round | undefined;
  let cancel: (() => void) | undefined;
  let asked = false;
  let closed = false;
  let failures = 0;

  /** Calls after a rest; without one the event loop still turns once, so that what else has become due joins in. */
  const callAfter = (restMs: number): void => {
    cancel?.();
    if (restMs === 0) {
      const immediate = setImmediate(call);
      cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(call, restMs);
      cancel = () => clearTimeout(timer);
    }
  };

  const ended = (round: Round, restMs: number): void => {
    if (closed || underWay !== round) return;
    underWay = undefined;
    // The domain has heard who asked in the meantime, unless that was when its work had just ended.
    callAfter(asked && failures === 0 ? 0 : restMs);
  };

  const call = (): void => {
    asked = false;
    const round = work();
    callAfter(LOOK_AGAIN_MS);
    if (round === underWay) return;
    underWay = round;
    round.then(
      ({ done, nextAt }) => {
        failures = 0;
        if (done > 0) return ended(round, 0);
        ended(round, nextAt === undefined ? REST_MAX_MS : Math.min(Math.max(nextAt - now(), REST_MIN_MS), REST_MAX_MS));
      },
      (e: unknown) => {
        // The rim: a bug met with one message must not end the notifying of everybody.
        failures += 1;
        const restMs = Math.min(FAILED_FIRST_MS * 2 ** (failures - 1), FAILED_MAX_MS);
        log.error({ err: e, failures, retryMs: restMs }, 'due work failed');
        ended(round, restMs);
      },
    );
  };

  callAfter(0);
  return {
    wake() {
      if (asked || closed) return;
      asked = true;
      // Failing work keeps to its rests.
      if (failures === 0 && !underWay) callAfter(0);
    },
    async close() {
      closed = true;
      cancel?.();
      await stop();
    },
  };
}
