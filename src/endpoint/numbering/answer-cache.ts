/** Answers kept for as long as whoever gave them allows, and no more of them than there is room for. */

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

export class AnswerCache<T> {
  readonly #entriesMax: number;
  readonly #now: () => number;
  /** In the order of their last use, the oldest first: a Map keeps the order of insertion. */
  readonly #entries = new Map<string, Kept<T>>();

  /** `entriesMax`: when it is reached, what was not used for longest goes. 0: nothing is kept. `now`: monotonic, milliseconds. */
  constructor(entriesMax: number, now: () => number) {
    this.#entriesMax = entriesMax;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: string): T | undefined {
    const kept = this.#entries.get(key);
    if (!kept) return undefined;
    this.#entries.delete(key);
    if (kept.until <= this.#now()) return undefined;
    this.#entries.set(key, kept);
    return kept.value;
  }

  keep(key: string, value: T, forMs: number): void {
    if (forMs <= 0 || this.#entriesMax <= 0) return;
    this.#entries.delete(key);
    if (this.#entries.size >= this.#entriesMax) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, { value, until: this.#now() + forMs });
  }

  clear(): void {
    this.#entries.clear();
  }
}
