/**
 * Numbers and their 16-bit records in shared memory: buckets of 64 octets, one line of the processor's cache each.
 *
 * ```
 * bucket = header (4) | 10 tags (4 each) | 10 records (2 each)
 * header = sequence (30 bits) | being written (1) | spilled (1)
 * ```
 *
 * **Exact.** A number below 10^15 is `high * 2^32 + low`. The tag is `low`, and a bucket's place in its half is `hash(low) + high`, modulo the
 * buckets of a half. As a half has more buckets than there are values of `high`, tag and place give the number back: there are no false hits, and
 * the table can be listed. A number may lie in one bucket of the left half or in one of the right; each half has a hash of its own.
 *
 * **Room.** A new number goes to the emptier of its two buckets. When both are full, one that lies there moves to its other bucket, if need be
 * after one there has moved on (two steps, no more). When that fails the number spills into a map, and its left bucket's header says so.
 *
 * **Readers** in other threads take no lock. There is one writer. It changes the record of a stored number by one store; for anything else it marks
 * the bucket as being written, and counts its sequence up when done. A reader takes both headers first and looks again at the end: what it found is
 * good when they are still the same. What moves is written at its new place before it is removed from the old one.
 */

const BUCKET_OCTETS = 64;
/** Shifts from a bucket to its words (4 octets) and its half words (2 octets). */
const WORDS_SHIFT = 4;
const SLOTS = 10;
/** Half words from a header to the first record. */
const RECORDS_AT = 22;

const SPILLED = 1;
const WRITING = 2;
const SEQUENCE_STEP = 4;

const TWO_32 = 4_294_967_296;
/** Values that `high` has. */
const HIGHS = Math.ceil(1e15 / TWO_32);
/** Highest buckets of a half: their half words are then counted in 31 bits. */
const HALF_MAX = 2 ** 25;

/** So much of its slots a table is filled before it should grow. Source: at 0.95 the two steps still find room for all but a few in a million. */
const FILL = 0.92;
/** One number may spill for so many slots. Source: with moves off (see `still`) one in four spills; this is what comes in while a table grows. */
const SPILL_SHARE = 128;

/** No record: the number is not stored. */
export const ABSENT = 0;
/** Highest record. */
export const RECORD_MAX = 0xffff;
/** What `set` returns when neither buckets nor spill have room; nothing has changed. */
export const NO_ROOM = -1;

/** Octets of a table for so many numbers. */
export const tableOctets = (numbers: number): number => 2 * halfFor(numbers) * BUCKET_OCTETS;

function halfFor(numbers: number): number {
  const half = Math.max(HIGHS, Math.ceil(numbers / FILL / SLOTS / 2));
  if (half > HALF_MAX) throw new RangeError(`a table for ${numbers} numbers is larger than 4 GiB`);
  return half;
}

/** Most numbers for which there can be a table. */
export const NUMBERS_MAX = Math.floor(HALF_MAX * 2 * SLOTS * FILL);

/** The finaliser of MurmurHash3 (Appleby, public domain): every bit of `low` reaches every bit. */
function leftHash(low: number): number {
  let h = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The same shape with the constants of Wellons' lowbias32 (public domain). */
function rightHash(low: number): number {
  let h = Math.imul(low ^ (low >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

type Words = Int32Array<SharedArrayBuffer>;
type Records = Uint16Array<SharedArrayBuffer>;

/**
 * The record of `tag` in the bucket whose header is the word `at`, or ABSENT. Written out: a loop takes half as long again. The loads are plain:
 * `Atomics.load` is a call in this engine, and twelve of them would cost as much as the memory does.
 */
function search(words: Words, records: Records, at: number, tag: number): number {
  let slot = 0;
  if (words[at + 1] === tag) slot = 0;
  else if (words[at + 2] === tag) slot = 1;
  else if (words[at + 3] === tag) slot = 2;
  else if (words[at + 4] === tag) slot = 3;
  else if (words[at + 5] === tag) slot = 4;
  else if (words[at + 6] === tag) slot = 5;
  else if (words[at + 7] === tag) slot = 6;
  else if (words[at + 8] === tag) slot = 7;
  else if (words[at + 9] === tag) slot = 8;
  else if (words[at + 10] === tag) slot = 9;
  else return ABSENT;
  const first = (at << 1) + RECORDS_AT;
  const record = records[first + slot]!;
  if (record !== ABSENT) return record;
  // An empty slot keeps the tag of whoever was there; the number itself may stand behind it.
  for (slot++; slot < SLOTS; slot++)
    if (words[at + 1 + slot] === tag && records[first + slot] !== ABSENT) return records[first + slot]!;
  return ABSENT;
}

/** One copy of a table, for any number of readers and one writer. Numbers are integers of 1 to 15 digits; the caller sees to that. */
export class NumberTable {
  readonly buffer: SharedArrayBuffer;
  /** What found no room in the buckets. Readers elsewhere keep a copy of it. */
  readonly spill = new Map<number, number>();
  /**
   * No number moves as long as this is true, so that a thread that goes through the buckets meets every number that nobody changes meanwhile.
   * The price is that more numbers spill.
   */
  still = false;
  /** Told of each change of `spill`, before it can be seen in the buckets; ABSENT: it is gone from there. */
  onSpill: (number: number, record: number) => void = () => {};
  readonly #words: Words;
  readonly #records: Records;
  readonly #half: number;
  readonly #scale: number;
  /** This reader's own word, on which it makes its fences. */
  readonly #fence = new Int32Array(new SharedArrayBuffer(4));

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#records = new Uint16Array(buffer);
    this.#half = buffer.byteLength / BUCKET_OCTETS / 2;
    this.#scale = this.#half / TWO_32;
    if (!Number.isInteger(this.#half) || this.#half < HIGHS || this.#half > HALF_MAX)
      throw new RangeError(`${buffer.byteLength} octets are no table`);
  }

  /** An empty table that takes `numbers` before it should grow. Throws RangeError when there is no memory for it. */
  static for(numbers: number): NumberTable {
    return new NumberTable(new SharedArrayBuffer(tableOctets(numbers)));
  }

  /** Whether a buffer of so many octets can be a table: for files. */
  static fits(octets: number): boolean {
    const half = octets / BUCKET_OCTETS / 2;
    return Number.isInteger(half) && half >= HIGHS && half <= HALF_MAX;
  }

  get buckets(): number {
    return this.#half * 2;
  }

  /** Numbers after which it should grow. */
  get room(): number {
    return Math.floor(this.#half * 2 * SLOTS * FILL);
  }

  /** Most numbers that may spill. */
  get spillMax(): number {
    return Math.ceil((this.#half * 2 * SLOTS) / SPILL_SHARE);
  }

  /** The two buckets in which the number may lie. */
  bucketsOf(number: number): readonly [number, number] {
    const low = number | 0;
    const high = (number / TWO_32) | 0;
    return [this.#left(low, high) >> WORDS_SHIFT, this.#right(low, high) >> WORDS_SHIFT];
  }

  /** Word of the header of the number's bucket in the left half. */
  #left(low: number, high: number): number {
    const place = ((leftHash(low) * this.#scale) | 0) + high;
    return (place < this.#half ? place : place - this.#half) << WORDS_SHIFT;
  }

  #right(low: number, high: number): number {
    const place = ((rightHash(low) * this.#scale) | 0) + high;
    return (place < this.#half ? place + this.#half : place) << WORDS_SHIFT;
  }

  /** The number's record, or ABSENT. In the thread that writes, or when nobody does. */
  get(number: number): number {
    const words = this.#words;
    const low = number | 0;
    const high = (number / TWO_32) | 0;
    const left = this.#left(low, high);
    let record = search(words, this.#records, left, low);
    if (record !== ABSENT) return record;
    record = search(words, this.#records, this.#right(low, high), low);
    if (record !== ABSENT) return record;
    return (words[left]! & SPILLED) === 0 ? ABSENT : (this.spill.get(number) ?? ABSENT);
  }

  /** The same in any thread, while another writes. Never waits longer than the writer takes for one bucket. */
  getShared(number: number): number {
    const words = this.#words;
    const low = number | 0;
    const high = (number / TWO_32) | 0;
    const left = this.#left(low, high);
    const right = this.#right(low, high);
    for (;;) {
      // Both headers first, so that both lines are on their way from memory at once.
      const leftHeader = Atomics.load(words, left);
      const rightHeader = Atomics.load(words, right);
      let record = search(words, this.#records, left, low);
      if (record === ABSENT) record = search(words, this.#records, right, low);
      // A full fence: no load above it is made after one below it, on any processor.
      Atomics.or(this.#fence, 0, 0);
      if (words[left] !== leftHeader || words[right] !== rightHeader) continue;
      if (((leftHeader | rightHeader) & WRITING) !== 0) continue;
      if (record !== ABSENT) return record;
      return (leftHeader & SPILLED) === 0 ? ABSENT : (this.spill.get(number) ?? ABSENT);
    }
  }

  /** Puts or changes a number. `record`: 1..RECORD_MAX. Returns the record that it had (or ABSENT), or NO_ROOM. The writer's alone, as all below. */
  set(number: number, record: number): number {
    const low = number | 0;
    const high = (number / TWO_32) | 0;
    const left = this.#left(low, high);
    const right = this.#right(low, high);
    const known = this.#slotOf(left, low) ?? this.#slotOf(right, low);
    if (known !== undefined) return Atomics.exchange(this.#records, known, record);
    if ((this.#words[left]! & SPILLED) !== 0) {
      const spilled = this.spill.get(number);
      if (spilled !== undefined) {
        this.#spillTo(number, record);
        return spilled;
      }
    }
    const at = this.#free(left) >= this.#free(right) ? left : right;
    const slot = this.#freeSlot(at);
    if (slot >= 0) this.#put(at, slot, low, record);
    else if (!this.#shove(left, low, record) && !this.#shove(right, low, record)) {
      if (this.spill.size >= this.spillMax) return NO_ROOM;
      this.#spillTo(number, record);
      const header = this.#begin(left);
      this.#end(left, header | SPILLED);
    }
    return ABSENT;
  }

  /** Removes a number, wherever it stands: a table read while it was written to may hold it twice. Returns the record that it had, or ABSENT. */
  remove(number: number): number {
    const low = number | 0;
    const high = (number / TWO_32) | 0;
    const left = this.#left(low, high);
    let had = ABSENT;
    for (const at of [left, this.#right(low, high)]) {
      for (let slot = this.#slotOf(at, low); slot !== undefined; slot = this.#slotOf(at, low)) {
        had = this.#records[slot]!;
        this.#clear(at, slot);
      }
    }
    if ((this.#words[left]! & SPILLED) !== 0) {
      const spilled = this.spill.get(number);
      if (spilled !== undefined) {
        had = spilled;
        this.#spillTo(number, ABSENT);
      }
    }
    return had;
  }

  /** After the buckets were copied from a table while it was written to: nobody is writing here. */
  afterCopy(): void {
    for (let at = 0; at < this.#words.length; at += 1 << WORDS_SHIFT) this.#words[at] = this.#words[at]! & SPILLED;
  }

  /** Takes over what found no room in the table that these buckets were copied from. */
  spilled(entries: Iterable<readonly [number, number]>): void {
    for (const [number, record] of entries) this.spill.set(number, record);
  }

  #spillTo(number: number, record: number): void {
    if (record === ABSENT) this.spill.delete(number);
    else this.spill.set(number, record);
    this.onSpill(number, record);
  }

  /** Calls for every number of the buckets `from` to `to` (exclusive). Numbers that spilled are not among them. */
  each(from: number, to: number, visit: (number: number, record: number) => void): void {
    for (let bucket = from; bucket < to; bucket++) {
      const at = bucket << WORDS_SHIFT;
      for (let slot = 0; slot < SLOTS; slot++) {
        const record = this.#records[(at << 1) + RECORDS_AT + slot]!;
        if (record === ABSENT) continue;
        const low = this.#words[at + 1 + slot]!;
        visit(this.#highOf(at, low) * TWO_32 + (low >>> 0), record);
      }
    }
  }

  /** Adds to `counts[record]` the numbers with that record in the buckets `from` to `to`. Several times faster than `each`. */
  tally(counts: Float64Array, from: number, to: number): void {
    for (let bucket = from; bucket < to; bucket++) {
      const first = (bucket << (WORDS_SHIFT + 1)) + RECORDS_AT;
      for (let at = first; at < first + SLOTS; at++) counts[this.#records[at]!]! += 1;
    }
  }

  #highOf(at: number, low: number): number {
    const bucket = at >> WORDS_SHIFT;
    const isLeft = bucket < this.#half;
    const hashed = ((isLeft ? leftHash(low) : rightHash(low)) * this.#scale) | 0;
    const high = (isLeft ? bucket : bucket - this.#half) - hashed;
    return high < 0 ? high + this.#half : high;
  }

  /** The half word of the record of `tag` in this bucket. */
  #slotOf(at: number, tag: number): number | undefined {
    for (let slot = 0; slot < SLOTS; slot++) {
      const record = (at << 1) + RECORDS_AT + slot;
      if (this.#words[at + 1 + slot] === tag && this.#records[record] !== ABSENT) return record;
    }
    return undefined;
  }

  #free(at: number): number {
    let free = 0;
    const first = (at << 1) + RECORDS_AT;
    for (let record = first; record < first + SLOTS; record++) if (this.#records[record] === ABSENT) free++;
    return free;
  }

  /** 0..9, or -1. */
  #freeSlot(at: number): number {
    const first = (at << 1) + RECORDS_AT;
    for (let slot = 0; slot < SLOTS; slot++) if (this.#records[first + slot] === ABSENT) return slot;
    return -1;
  }

  /** Makes room in a full bucket and puts the number there. */
  #shove(at: number, tag: number, record: number): boolean {
    if (this.still) return false;
    const slot = this.#vacate(at, 1);
    if (slot < 0) return false;
    this.#put(at, slot, tag, record);
    return true;
  }

  /** Moves one of a full bucket's numbers to its other bucket, after `more` moves there. Returns the slot that is free now, or -1. */
  #vacate(at: number, more: number): number {
    for (let slot = 0; slot < SLOTS; slot++) {
      const to = this.#otherBucket(at, slot);
      const free = this.#freeSlot(to);
      if (free >= 0) return this.#move(at, slot, to, free);
    }
    for (let slot = 0; more > 0 && slot < SLOTS; slot++) {
      const to = this.#otherBucket(at, slot);
      const free = this.#vacate(to, more - 1);
      if (free >= 0) return this.#move(at, slot, to, free);
    }
    return -1;
  }

  #otherBucket(at: number, slot: number): number {
    const low = this.#words[at + 1 + slot]!;
    const high = this.#highOf(at, low);
    return at >> WORDS_SHIFT < this.#half ? this.#right(low, high) : this.#left(low, high);
  }

  #move(at: number, slot: number, to: number, free: number): number {
    const record = (at << 1) + RECORDS_AT + slot;
    this.#put(to, free, this.#words[at + 1 + slot]!, this.#records[record]!);
    this.#clear(at, record);
    return slot;
  }

  #put(at: number, slot: number, tag: number, record: number): void {
    const header = this.#begin(at);
    Atomics.store(this.#words, at + 1 + slot, tag);
    Atomics.store(this.#records, (at << 1) + RECORDS_AT + slot, record);
    this.#end(at, header);
  }

  #clear(at: number, record: number): void {
    const header = this.#begin(at);
    Atomics.store(this.#records, record, ABSENT);
    this.#end(at, header);
  }

  #begin(at: number): number {
    const header = this.#words[at]!;
    Atomics.store(this.#words, at, header | WRITING);
    return header;
  }

  #end(at: number, header: number): void {
    Atomics.store(this.#words, at, (header + SEQUENCE_STEP) & ~WRITING);
  }
}
