/**
 * What falls due soonest, in memory, with the claims on it.
 *
 * Things are ordered by instant, then key. All of them up to the horizon stand here; those behind it may stand in the database's index
 * alone. When too many come, the last are dropped and the horizon drawn in; when the horizon is reached, the next page is read from the
 * index. So a claim normally needs no query, and memory does not grow with what waits.
 *
 * Claims run on the monotonic clock. A claimed thing is never dropped, so that reading its row again cannot hand it out twice.
 */

/** One delivery (`d`) or report (`r`) that waits. */
export interface DueEntry {
  readonly kind: 'd' | 'r';
  readonly key: string;
  readonly messageId: string;
  /** Wall clock. */
  dueAt: number;
  /** Monotonic clock; undefined while nobody has it. */
  leaseEndsAt: number | undefined;
  place: number;
}

/** A binary heap whose entries know their place, so that taking out or moving one costs the logarithm of what waits. */
class Heap {
  readonly #entries: DueEntry[] = [];
  readonly #before: (a: DueEntry, b: DueEntry) => boolean;

  constructor(before: (a: DueEntry, b: DueEntry) => boolean) {
    this.#before = before;
  }

  get first(): DueEntry | undefined {
    return this.#entries[0];
  }

  get size(): number {
    return this.#entries.length;
  }

  add(entry: DueEntry): void {
    this.#entries.push(entry);
    entry.place = this.#entries.length - 1;
    this.#up(entry);
  }

  remove(entry: DueEntry): void {
    const last = this.#entries.pop()!;
    if (last === entry) return;
    this.#put(last, entry.place);
    this.#up(last);
    this.#down(last);
  }

  /** Takes everything out, in no order. */
  drain(): DueEntry[] {
    return this.#entries.splice(0);
  }

  #put(entry: DueEntry, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }

  #up(entry: DueEntry): void {
    while (entry.place > 0) {
      const parent = this.#entries[(entry.place - 1) >> 1]!;
      if (!this.#before(entry, parent)) return;
      const { place } = parent;
      this.#put(parent, entry.place);
      this.#put(entry, place);
    }
  }

  #down(entry: DueEntry): void {
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

/** A row of the index: kind, key, message id, due at. */
export type DueRow = readonly ['d' | 'r', string, string, number];

/** The next rows of the index behind a place, at most `limit`. */
export type ReadPage = (dueAt: number, key: string, limit: number) => Promise<readonly DueRow[]>;

/** A place in the order of things. */
interface Place {
  readonly dueAt: number;
  readonly key: string;
}

const sooner = (a: Place, b: Place): boolean => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.key < b.key);
const NOWHERE: Place = { dueAt: -Infinity, key: '' };
const EVERYWHERE: Place = { dueAt: Infinity, key: '' };
/** When the window overflows, this share of it stays. */
const KEPT_SHARE = 0.75;

export class DueWindow {
  readonly #monotonic: () => number;
  readonly #entriesMax: number;
  readonly #readPage: ReadPage;
  readonly #pageRows: number;
  readonly #byKey = new Map<string, DueEntry>();
  readonly #waiting = new Heap(sooner);
  readonly #claimed = new Heap((a, b) => a.leaseEndsAt! < b.leaseEndsAt!);
  /** All things up to here, this place included, are here. */
  #horizon = NOWHERE;
  #reading: Promise<void> | undefined;
  /** Keys that changed while a page was being read: memory knows them better than the page. */
  #touched: Map<string, DueRow | undefined> | undefined;

  constructor(monotonic: () => number, entriesMax: number, pageRows: number, readPage: ReadPage) {
    this.#monotonic = monotonic;
    this.#entriesMax = entriesMax;
    this.#pageRows = pageRows;
    this.#readPage = readPage;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** A new thing waits. It may be known already: reading the index can be quicker than the acknowledgement. */
  arrive(kind: 'd' | 'r', key: string, messageId: string, dueAt: number): void {
    if (!this.#byKey.has(key)) this.set(kind, key, messageId, dueAt);
  }

  /** A thing waits for this instant from now on; a claim on it is over. */
  set(kind: 'd' | 'r', key: string, messageId: string, dueAt: number): void {
    this.#touched?.set(key, [kind, key, messageId, dueAt]);
    this.#drop(key);
    if (this.#covers({ dueAt, key })) this.#add(kind, key, messageId, dueAt);
  }

  /** A thing does not wait any more. */
  remove(key: string): void {
    this.#touched?.set(key, undefined);
    this.#drop(key);
  }

  /** A thing waits for an earlier instant; a claim on it stays. */
  hasten(kind: 'd' | 'r', key: string, messageId: string, dueAt: number): void {
    const entry = this.#byKey.get(key);
    if (entry?.leaseEndsAt === undefined) {
      this.set(kind, key, messageId, dueAt);
      return;
    }
    this.#touched?.set(key, [kind, key, messageId, dueAt]);
    entry.dueAt = dueAt;
  }

  /** Takes up to `limit` things due at `now` and hides them for `leaseMs`. */
  async claim(now: number, leaseMs: number, limit: number): Promise<DueEntry[]> {
    const claimed: DueEntry[] = [];
    for (;;) {
      this.#freeLapsed();
      const leaseEndsAt = this.#monotonic() + leaseMs;
      for (let entry = this.#waiting.first; entry && entry.dueAt <= now && claimed.length < limit; entry = this.#waiting.first) {
        this.#waiting.remove(entry);
        entry.leaseEndsAt = leaseEndsAt;
        this.#claimed.add(entry);
        claimed.push(entry);
      }
      if (claimed.length >= limit || this.#horizon.dueAt > now) return claimed;
      try {
        await this.#readOn();
      } catch (error) {
        // What has been claimed can be worked on; the index is asked again the next time.
        if (claimed.length > 0) return claimed;
        throw error;
      }
    }
  }

  /** Whether this very claim still holds. */
  holds(entry: DueEntry): boolean {
    return this.#byKey.get(entry.key) === entry && entry.leaseEndsAt !== undefined;
  }

  /** Gives a claim back: what it was on could not be read. */
  release(entry: DueEntry): void {
    if (!this.holds(entry)) return;
    this.#claimed.remove(entry);
    entry.leaseEndsAt = undefined;
    this.#waiting.add(entry);
  }

  /** When the next thing that nobody has falls due. Early at most: beyond the horizon lies the unknown. */
  async nextDueAt(): Promise<number | undefined> {
    for (;;) {
      this.#freeLapsed();
      const { first } = this.#waiting;
      if (first && this.#covers(first)) return first.dueAt;
      if (this.#horizon === EVERYWHERE) return undefined;
      await this.#readOn();
    }
  }

  /** Milliseconds until the first claim lapses; undefined when there is none. */
  lapsesInMs(): number | undefined {
    const first = this.#claimed.first?.leaseEndsAt;
    return first === undefined ? undefined : Math.max(0, first - this.#monotonic());
  }

  #add(kind: 'd' | 'r', key: string, messageId: string, dueAt: number): void {
    const entry: DueEntry = { kind, key, messageId, dueAt, leaseEndsAt: undefined, place: 0 };
    this.#byKey.set(key, entry);
    this.#waiting.add(entry);
    if (this.#waiting.size > this.#entriesMax) this.#drawIn();
  }

  #drop(key: string): void {
    const entry = this.#byKey.get(key);
    if (!entry) return;
    this.#byKey.delete(key);
    (entry.leaseEndsAt === undefined ? this.#waiting : this.#claimed).remove(entry);
    entry.leaseEndsAt = undefined;
  }

  #covers(place: Place): boolean {
    return !sooner(this.#horizon, place);
  }

  #drawIn(): void {
    const entries = this.#waiting.drain().sort((a, b) => (sooner(a, b) ? -1 : 1));
    const kept = Math.max(1, Math.floor(this.#entriesMax * KEPT_SHARE));
    for (const [i, entry] of entries.entries()) {
      if (i < kept) this.#waiting.add(entry);
      else this.#byKey.delete(entry.key);
    }
    const { dueAt, key } = entries[kept - 1]!;
    if (sooner({ dueAt, key }, this.#horizon)) this.#horizon = { dueAt, key };
  }

  #readOn(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
      this.#touched = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { dueAt, key } = this.#horizon;
    this.#touched = new Map();
    const rows = await this.#readPage(Math.max(dueAt, Number.MIN_SAFE_INTEGER), key, this.#pageRows);
    const touched = this.#touched;
    this.#touched = undefined;
    const last = rows.at(-1);
    // Drawing in while rows are added pulls the horizon back again: what does not fit is dropped then, as always.
    this.#horizon = rows.length < this.#pageRows || !last ? EVERYWHERE : { dueAt: last[3], key: last[1] };
    for (const row of rows) if (!touched.has(row[1])) this.#takeUp(row);
    for (const row of touched.values()) if (row) this.#takeUp(row);
  }

  #takeUp([kind, key, messageId, dueAt]: DueRow): void {
    if (this.#covers({ dueAt, key }) && !this.#byKey.has(key)) this.#add(kind, key, messageId, dueAt);
  }

  #freeLapsed(): void {
    const now = this.#monotonic();
    for (let entry = this.#claimed.first; entry && entry.leaseEndsAt! <= now; entry = this.#claimed.first) {
      this.#claimed.remove(entry);
      entry.leaseEndsAt = undefined;
      this.#waiting.add(entry);
    }
  }
}
