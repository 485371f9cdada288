/**
 * A store that could not keep its promise is in doubt until something has been written down again: so that a full disk does not make every
 * waiting handset ring, and every peer get the same messages, again and again, one thing is tried at a time, at intervals.
 */
import { LIMITS } from '#base';
import { storeRefusal } from './store-refusal.js';

export class StoreDoubt {
  readonly #monotonic: () => number;
  /** The last attempt to use the store failed. */
  #doubtful = false;
  /** Monotonic instant before which a doubtful store is left in peace. */
  #pausedUntil = 0;
  /** Monotonic instant until which leases may hide work that could not be written down. */
  #hiddenUntil = 0;
  /** Things under way, of all kinds. */
  #underWay = 0;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get doubtful(): boolean {
    return this.#doubtful;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Leases may still hide something that could not be written down; the store does not say when they end. */
  get mayHide(): boolean {
    return this.#monotonic() < this.#hiddenUntil;
  }

  /** How many of `wanted` things may be taken up now. */
  room(wanted: number): number {
    if (!this.#doubtful) return wanted;
    return this.#underWay === 0 && this.#monotonic() >= this.#pausedUntil ? Math.min(1, wanted) : 0;
  }

  begin(): void {
    this.#underWay++;
  }

  /** A thing that had begun has been written down, or was of no account. */
  end(): void {
    this.#underWay--;
    this.#doubtful = false;
  }

  /** A thing that had begun could not be dealt with: see `trouble`. */
  endedIn(thrown: unknown): void {
    this.#underWay--;
    this.#hiddenUntil = this.#monotonic() + LIMITS.dueLeaseMs;
    this.trouble(thrown);
  }

  /** A store that is not available is a reason to come back; anything else is a bug and goes on. */
  trouble(thrown: unknown): void {
    storeRefusal(thrown);
    this.#doubtful = true;
    this.#pausedUntil = this.#monotonic() + LIMITS.storeRetryMs;
  }
}
