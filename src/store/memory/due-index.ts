/**
 * What waits to be done, ordered by its instant, with claims.
 *
 * Two binary heaps: things in reach, by the instant they fall due (wall clock), and claimed things, by the end of their lease (monotonic
 * clock). Every entry knows its place in its heap, so that changing or removing it costs the logarithm of what waits, never a scan.
 */

/** One thing that waits. Belongs to one index; its owner keeps it to change it. */
export interface DueEntry<T> {
  readonly thing: T;
  /** Wall clock. */
  dueAt: number;
  /** Monotonic clock; only while claimed. */
  leaseEndsAt: number;
  /** Order of arrival, so that equal instants are first come, first served. */
  readonly order: number;
  heap: Heap<T> | undefined;
  place: number;
}

class Heap<T> {
  readonly #entries: DueEntry<T>[] = [];
  readonly #before: (a: DueEntry<T>, b: DueEntry<T>) => boolean;

  constructor(before: (a: DueEntry<T>, b: DueEntry<T>) => boolean) {
    this.#before = before;
  }

  get first(): DueEntry<T> | undefined {
    return this.#entries[0];
  }

  get entries(): readonly DueEntry<T>[] {
    return this.#entries;
  }

  add(entry: DueEntry<T>): void {
    entry.heap = this;
    entry.place = this.#entries.length;
    this.#entries.push(entry);
    this.#up(entry);
  }

  remove(entry: DueEntry<T>): void {
    const last = this.#entries.pop()!;
    entry.heap = undefined;
    if (last === entry) return;
    this.#put(last, entry.place);
    this.moved(last);
  }

  /** Finds the right place for an entry whose key has changed. */
  moved(entry: DueEntry<T>): void {
    this.#up(entry);
    this.#down(entry);
  }

  #put(entry: DueEntry<T>, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }

  #up(entry: DueEntry<T>): void {
    while (entry.place > 0) {
      const parent = this.#entries[(entry.place - 1) >> 1]!;
      if (!this.#before(entry, parent)) return;
      const { place } = parent;
      this.#put(parent, entry.place);
      this.#put(entry, place);
    }
  }

  #down(entry: DueEntry<T>): void {
    for (;;) {
      const left = this.#entries[2 * entry.place + 1];
      const right = this.#entries[2 * entry.place + 2];
      const child = left && right && this.#before(right, left) ? right : left;
      if (!child || !this.#before(child, entry)) return;
      const { place } = child;
      this.#put(child, entry.place);
      this.#put(entry, place);
    }
  }
}

export class DueIndex<T> {
  readonly #waiting = new Heap<T>((a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order));
  readonly #claimed = new Heap<T>((a, b) => a.leaseEndsAt < b.leaseEndsAt);
  readonly #monotonic: () => number;
  readonly #earlier: () => void;
  #added = 0;

  /** `earlier` is called when a thing is the next one now that was not, or not at that instant. */
  constructor(monotonic: () => number, earlier: () => void) {
    this.#monotonic = monotonic;
    this.#earlier = earlier;
  }

  add(thing: T, dueAt: number): DueEntry<T> {
    const entry: DueEntry<T> = { thing, dueAt, leaseEndsAt: 0, order: this.#added++, heap: undefined, place: 0 };
    this.#waiting.add(entry);
    this.#tell(entry);
    return entry;
  }

  /** The thing waits for another instant now; a claim on it is over. */
  reschedule(entry: DueEntry<T>, dueAt: number): void {
    entry.dueAt = dueAt;
    if (entry.heap === this.#waiting) {
      this.#waiting.moved(entry);
    } else {
      entry.heap?.remove(entry);
      this.#waiting.add(entry);
    }
    this.#tell(entry);
  }

  /** The thing waits for another instant now; a claim on it stays. */
  hasten(entry: DueEntry<T>, dueAt: number): void {
    entry.dueAt = dueAt;
    if (entry.heap === this.#waiting) this.#waiting.moved(entry);
    this.#tell(entry);
  }

  remove(entry: DueEntry<T>): void {
    entry.heap?.remove(entry);
  }

  claim(now: number, leaseMs: number, limit: number): T[] {
    this.#freeLapsed();
    const leaseEndsAt = this.#monotonic() + leaseMs;
    const things: T[] = [];
    for (let entry = this.#waiting.first; entry && entry.dueAt <= now && things.length < limit; entry = this.#waiting.first) {
      this.#waiting.remove(entry);
      entry.leaseEndsAt = leaseEndsAt;
      this.#claimed.add(entry);
      things.push(entry.thing);
    }
    return things;
  }

  /** Everything here, claimed or not, in no order. */
  things(): T[] {
    return [...this.#waiting.entries, ...this.#claimed.entries].map(({ thing }) => thing);
  }

  nextDueAt(): number | undefined {
    this.#freeLapsed();
    return this.#waiting.first?.dueAt;
  }

  #tell(entry: DueEntry<T>): void {
    if (this.#waiting.first === entry) this.#earlier();
  }

  #freeLapsed(): void {
    const now = this.#monotonic();
    for (let entry = this.#claimed.first; entry && entry.leaseEndsAt <= now; entry = this.#claimed.first) {
      this.#claimed.remove(entry);
      this.#waiting.add(entry);
    }
  }
}
