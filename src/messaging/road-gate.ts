/**
 * What is known of one far side here and now: what is under way to it, and whether anything gets through. Kept in memory only: after a
 * start every gate is open, and the first attempt tells.
 */
import { LIMITS } from '#base';
import type { Terms } from './carrier.js';

export class RoadGate {
  /** Handovers and reports under way, by what names them. */
  readonly underWay = new Set<string>();
  /** Keys of deliveries and reports that are part of them. */
  readonly keys = new Set<string>();
  /** A claim is being made. */
  claiming = false;
  /** Another claim was wished meanwhile. */
  again = false;
  #state: 'open' | 'resting' | 'held' = 'open';
  #reason: string | undefined;
  /** Attempts in a row that showed that nothing gets through. */
  #failures = 0;
  /** Monotonic instant of the next attempt while resting. */
  #restsUntil = 0;

  get state(): 'open' | 'resting' | 'held' {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  /** Milliseconds until the next attempt may be made; 0 when now, undefined while held. */
  waitMs(monotonic: number): number | undefined {
    if (this.#state === 'held') return undefined;
    return this.#state === 'open' ? 0 : Math.max(0, this.#restsUntil - monotonic);
  }

  /** How many more transactions may begin now. */
  room({ inFlightMax }: Terms, monotonic: number): number {
    if (this.waitMs(monotonic) !== 0) return 0;
    const most = this.#state === 'resting' ? 1 : Math.max(1, inFlightMax);
    return Math.max(0, most - this.underWay.size);
  }

  /** Something got through, or an operator says that it will. */
  open(): void {
    this.#state = 'open';
    this.#failures = 0;
    this.#reason = undefined;
  }

  /** Nothing goes out until `open`. */
  hold(reason: string): void {
    this.#state = 'held';
    this.#reason = reason;
  }

  /**
   * An attempt showed that nothing gets through. Of several that were under way together, the first one counts. Returns for how long the far side
   * is left in peace, milliseconds.
   */
  rest(reason: string, waitsMs: readonly number[], monotonic: number, retryAfterMs?: number): number {
    if (this.#state === 'held') return retryAfterMs ?? 0;
    const resting = this.#state === 'resting' && monotonic < this.#restsUntil;
    if (!resting) {
      this.#failures++;
      // The carrier knows its far side: its own waits, or what it was told, come before ours.
      const wait = retryAfterMs ?? waitsMs[Math.min(this.#failures, waitsMs.length) - 1] ?? LIMITS.dueLeaseMs;
      this.#restsUntil = monotonic + Math.max(wait, LIMITS.pushRetryMinMs);
    }
    this.#state = 'resting';
    this.#reason = reason;
    return this.#restsUntil - monotonic;
  }
}
