/**
 * Everything that is known of numbers, to be asked: the table, and beside it what is rare.
 *
 * The table is shared between threads. What stands beside it (records, entries with a validity, ranges, what spilled) is small or seldom changed,
 * so every thread has a copy, kept up to date by `NumbersUpdate`s in their order. An update is given out before the table shows what needs it.
 */
import type { NumberFinding, NumberRecord } from '../numbers.js';
import { digitsOf } from './digits.js';
import { type Entry, inForce, validityOf } from './entries.js';
import { RangeDirectory, type StoredRange } from './ranges.js';
import { RecordList } from './records.js';
import { ABSENT, NumberTable, RECORD_MAX } from './table.js';

/** In the table: the number has entries with a validity, which decide. */
export const TIMED = RECORD_MAX;

/** A whole state, as it is handed to another thread or put into a file. */
export interface NumbersImage {
  readonly buffer: SharedArrayBuffer;
  readonly spill: readonly (readonly [number, number])[];
  /** Index 1 first. */
  readonly records: readonly NumberRecord[];
  readonly timed: readonly (readonly [number, readonly Entry[]])[];
  readonly ranges: readonly StoredRange[];
}

/** What changes beside the table. Empty `entries`, and the record ABSENT: gone. */
export type NumbersUpdate =
  | { readonly kind: 'record'; readonly record: NumberRecord }
  | { readonly kind: 'timed'; readonly number: number; readonly entries: readonly Entry[] }
  | ({ readonly kind: 'range' } & StoredRange)
  | { readonly kind: 'spill'; readonly number: number; readonly record: number }
  | { readonly kind: 'table'; readonly buffer: SharedArrayBuffer; readonly spill: readonly (readonly [number, number])[] };

export class NumberView {
  table: NumberTable;
  readonly records: RecordList;
  readonly timed: Map<number, readonly Entry[]>;
  readonly ranges: RangeDirectory;

  constructor({ buffer, spill, records, timed, ranges }: NumbersImage) {
    this.table = new NumberTable(buffer);
    this.table.spilled(spill);
    this.records = new RecordList(records);
    this.timed = new Map(timed);
    this.ranges = new RangeDirectory(ranges);
  }

  /** `shared`: another thread may be writing. */
  find(number: number, now: number, shared: boolean): NumberRecord | undefined {
    const index = shared ? this.table.getShared(number) : this.table.get(number);
    if (index !== ABSENT && index !== TIMED) return this.records.at(index);
    const entry = this.#beside(number, index, now);
    return entry === undefined ? undefined : this.records.at(entry.record);
  }

  finding(number: number, now: number, shared: boolean): NumberFinding | undefined {
    const index = shared ? this.table.getShared(number) : this.table.get(number);
    if (index !== ABSENT && index !== TIMED) {
      const record = this.records.at(index);
      return record === undefined ? undefined : { record, by: { kind: 'number' } };
    }
    const own = index === TIMED ? inForce(this.timed.get(number) ?? [], now) : undefined;
    const found = own === undefined ? this.ranges.find(number, now) : undefined;
    const entry = own ?? found?.entry;
    const record = entry === undefined ? undefined : this.records.at(entry.record);
    if (entry === undefined || record === undefined) return undefined;
    const by: NumberFinding['by'] =
      found === undefined
        ? { kind: 'number' }
        : { kind: 'range', first: digitsOf(found.range.first), last: digitsOf(found.range.last) };
    return { record, by, ...validityOf(entry) };
  }

  /** All entries of a single number, in force or not. */
  entriesOf(number: number): readonly Entry[] {
    const index = this.table.get(number);
    if (index === TIMED) return this.timed.get(number) ?? [];
    return index === ABSENT ? [] : [{ from: -Infinity, until: Infinity, record: index }];
  }

  take(update: NumbersUpdate): void {
    switch (update.kind) {
      case 'record':
        this.records.intern(update.record);
        break;
      case 'timed':
        if (update.entries.length === 0) this.timed.delete(update.number);
        else this.timed.set(update.number, update.entries);
        break;
      case 'range':
        if (update.entries.length === 0) this.ranges.remove(update);
        else this.ranges.set(update, update.entries);
        break;
      case 'spill':
        if (update.record === ABSENT) this.table.spill.delete(update.number);
        else this.table.spill.set(update.number, update.record);
        break;
      case 'table':
        this.table = new NumberTable(update.buffer);
        this.table.spilled(update.spill);
        break;
    }
  }

  image(): NumbersImage {
    return {
      buffer: this.table.buffer,
      spill: [...this.table.spill],
      records: this.records.all(),
      timed: [...this.timed],
      ranges: this.ranges.all(),
    };
  }

  #beside(number: number, index: number, now: number): Entry | undefined {
    if (index === TIMED) {
      const own = inForce(this.timed.get(number) ?? [], now);
      if (own !== undefined) return own;
    }
    return this.ranges.count === 0 ? undefined : this.ranges.find(number, now)?.entry;
  }
}

/** Nothing stored, and room for so many numbers. */
export const emptyImage = (numbers: number): NumbersImage => ({
  buffer: NumberTable.for(numbers).buffer,
  spill: [],
  records: [],
  timed: [],
  ranges: [],
});
