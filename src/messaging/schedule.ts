/** When something that did not work is tried again. */
import { LIMITS } from '#base';

/**
 * The instant of the next attempt after `attempts` of them, counted from `now`: by the operator's list of waits, whose last one repeats, not
 * before `notBeforeMs` from now when the bearer asked for that, and never later than `until`, the instant at which the whole thing ends.
 * A list without waits means one attempt only.
 */
export function retryAt(now: number, attempts: number, waitsMs: readonly number[], until: number, notBeforeMs = 0): number {
  const wait = waitsMs[Math.min(attempts, waitsMs.length) - 1] ?? Number.POSITIVE_INFINITY;
  return Math.min(until, now + Math.max(wait, notBeforeMs, LIMITS.pushRetryMinMs));
}

/** As `retryAt` for a far side: `toldMs` from now when its carrier says so, which knows its waits; else by the house's own waits. */
export function handOverAgainAt(
  now: number,
  attempts: number,
  waitsMs: readonly number[],
  until: number,
  toldMs?: number,
): number {
  return toldMs === undefined ? retryAt(now, attempts, waitsMs, until) : retryAt(now, 1, [toldMs], until);
}
