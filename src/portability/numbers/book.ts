/**
 * The one that writes: plans batches of changes (checks them, gives records their index), carries out what has been planned, counts, and goes over
 * to a larger table.
 *
 * Planning and carrying out are apart because between them lies the disk: a batch is planned, written and flushed, and only then carried out. What
 * is planned must be carried out in the same order. What carries out does not check: the same steps come from a log.
 */
import { err, ok, type Result } from '#base';
import type { ChangeRefusal, NumberChange, NumberCount, NumberRange, NumberRecord } from '../numbers.js';
import { always, ENTRIES_MAX, type Entry, entryOf, isAlways, settledBy, withEntry } from './entries.js';
import { RANGE_DEPTH_MAX, RANGES_MAX, RangeDirectory } from './ranges.js';
import { RECORDS_MAX } from './records.js';
import { faultOf, type Step } from './steps.js';
import { ABSENT, NO_ROOM, type NumberTable, RECORD_MAX } from './table.js';
import { type NumbersImage, type NumbersUpdate, NumberView, TIMED } from './view.js';

/** Numbers with a validity at one time. Source: all that port in a large country within three weeks; 100 octets of memory each. */
export const TIMED_MAX = 1_048_576;

const ENTRY_OF: readonly (Entry | undefined)[] = [];
/** The entry that always holds, one object for each record. */
function alwaysOf(record: number): Entry {
  const known = ENTRY_OF[record];
  if (known !== undefined) return known;
  return ((ENTRY_OF as (Entry | undefined)[])[record] = Object.freeze(always(record)));
}

type Row = { -readonly [K in keyof NumberCount]: NumberCount[K] };

const ENTITY_KEY = { sp: 0, rn: 1, none: 2 } as const;

function rowOf(rows: Map<number, Row>, { portabilityType, entity }: NumberRecord): Row {
  const key = portabilityType * 4 + ENTITY_KEY[entity.kind];
  let row = rows.get(key);
  if (row === undefined) rows.set(key, (row = { portabilityType, entity: entity.kind, numbers: 0, ranges: 0 }));
  return row;
}

export class NumberBook {
  readonly view: NumberView;
  /** Told of every update of what stands beside the table, before the table shows what needs it. */
  onUpdate: (update: NumbersUpdate) => void = () => {};
  /** Numbers of the table, by record. */
  readonly #tally = new Float64Array(RECORD_MAX + 1);
  #live = 0;
  /** What has entries beside the table, counted by row. */
  readonly #beside = new Map<number, Row>();
  /** Ranges as they will be when all that is planned is carried out. Made when first needed. */
  #ranges: RangeDirectory | undefined;
  /** Steps planned and not carried out that may need room: in the table, and beside it. */
  #reserved = 0;
  #reservedTimed = new Map<number, number>();
  #outstanding = 0;
  /** Numbers changed since a larger table is being filled. */
  #touched: number[] | undefined;
  #caughtUp = 0;

  /** `tally`: counts of the image's table by record, where somebody has made them already. */
  constructor(image: NumbersImage, tally?: Float64Array) {
    this.view = new NumberView(image);
    this.#watch(this.view.table);
    if (tally !== undefined) this.#tally.set(tally);
    else this.recount();
    this.#live = this.#sum();
    this.#countBeside();
  }

  /** Single numbers stored. */
  get live(): number {
    return this.#live;
  }

  /** Whether the table is so full that it is time for a larger one. */
  get crowded(): boolean {
    const { room, spill, spillMax } = this.view.table;
    return this.#live + this.#reserved > room || spill.size > spillMax / 2;
  }

  /** Counts the table anew: after steps carried out on an image that was taken while it was written to. */
  recount(): void {
    this.#tally.fill(0);
    this.view.table.tally(this.#tally, 0, this.view.table.buckets);
    this.#tally[ABSENT] = 0;
    for (const record of this.view.table.spill.values()) this.#tally[record]! += 1;
    this.#live = this.#sum();
    this.#countBeside();
  }

  /** Numbers of the table, by record: for a copy of this book. */
  tally(): Float64Array {
    return this.#tally.slice();
  }

  #sum(): number {
    return this.#tally.reduce((sum, count) => sum + count, 0);
  }

  counts(): readonly NumberCount[] {
    const rows = new Map<number, Row>();
    for (const [key, row] of this.#beside) rows.set(key, { ...row });
    for (let index = 1; index <= this.view.records.count; index++)
      if (this.#tally[index]! > 0) rowOf(rows, this.view.records.at(index)!).numbers += this.#tally[index]!;
    return [...rows.values()]
      .filter(({ numbers, ranges }) => numbers + ranges > 0)
      .sort((a, b) => a.portabilityType - b.portabilityType || (a.entity < b.entity ? -1 : 1));
  }

  /** Adds what these entries count for, once for each row, to the numbers or ranges beside the table. */
  #count(entries: readonly Entry[], what: 'numbers' | 'ranges', by: 1 | -1): void {
    for (const row of new Set(entries.map(({ record }) => rowOf(this.#beside, this.view.records.at(record)!)))) row[what] += by;
  }

  #countBeside(): void {
    this.#beside.clear();
    for (const entries of this.view.timed.values()) this.#count(entries, 'numbers', 1);
    this.view.ranges.each(({ entries }) => this.#count(entries, 'ranges', 1));
  }

  /** Checks a batch and makes steps of it, or says why not; then nothing is planned. Records that are new are given out at once. */
  plan(changes: readonly NumberChange[]): Result<readonly Step[], ChangeRefusal> {
    const steps: Step[] = [];
    const undo: (() => void)[] = [];
    for (let index = 0; index < changes.length; index++) {
      const refusal = this.#planOne(changes[index]!, index, steps, undo);
      if (refusal === undefined) continue;
      for (const back of undo.reverse()) back();
      // A record that was defined on the way stays: others may not take its index. It is defined again by whoever uses it next.
      for (const step of steps) if (step.step === 'define') this.#undefinedYet.push(step);
      return err(refusal);
    }
    // In the order of their indexes, whichever batch gave them up first: a log knows no other.
    if (this.#undefinedYet.length > 0) steps.unshift(...this.#undefinedYet.splice(0).sort((a, b) => a.index - b.index));
    this.#outstanding++;
    return ok(steps);
  }

  /** Definitions of refused batches, which no log has yet. */
  readonly #undefinedYet: (Step & { readonly step: 'define' })[] = [];

  /** Carries out a planned batch. */
  carryOut(steps: readonly Step[]): void {
    for (const step of steps) this.run(step);
    this.carriedOut();
  }

  /** Says that all steps of the oldest planned batch have been run. */
  carriedOut(): void {
    if (--this.#outstanding > 0) return;
    this.#reserved = 0;
    this.#reservedTimed.clear();
  }

  /** Takes back planned batches that will not be carried out: all that are outstanding, the oldest first. */
  forget(batches: readonly (readonly Step[])[]): void {
    // The records stay where they are: others may have their index in a plan of the next moment.
    for (const steps of batches) for (const step of steps) if (step.step === 'define') this.#undefinedYet.push(step);
    this.#ranges = undefined;
    this.#outstanding = 1;
    this.carriedOut();
  }

  /** Carries out one step, from wherever it comes. Throws when it cannot be: a definition out of its order, a table without room. */
  run(step: Step): void {
    switch (step.step) {
      case 'define':
        if (this.view.records.intern(step.record) !== step.index)
          throw new RangeError(`record ${step.index} is defined out of its order`);
        break;
      case 'set':
        this.#setNumber(step.number, step.entry);
        break;
      case 'drop':
        this.#drop(step.number);
        break;
      case 'set-range':
        this.#setRange(step, withEntry(this.view.ranges.get(step)?.entries ?? [], step.entry));
        break;
      case 'drop-range':
        this.#setRange(step, []);
        break;
    }
  }

  /** As `run`, on an image taken while it was written to: the table may hold a number twice. */
  rerun(step: Step): void {
    if (step.step === 'set') {
      const index = this.view.table.get(step.number);
      this.view.table.remove(step.number);
      if (index !== ABSENT && this.view.table.set(step.number, index) === NO_ROOM) throw new RangeError('the table has no room');
    }
    this.run(step);
  }

  /**
   * Changes that say what time has said already of entries that ended or began by `before`. Looks at `look` numbers, and goes on from there the
   * next time.
   */
  settled(before: number, look: number): readonly NumberChange[] {
    const changes: NumberChange[] = [];
    for (let looked = 0; looked < look; looked++) {
      const next = (this.#settling ??= this.view.timed.entries()).next();
      if (next.done === true) {
        this.#settling = undefined;
        break;
      }
      const [number, entries] = next.value;
      const left = settledBy(entries, before);
      if (left === 'gone') changes.push({ kind: 'delete-number', number });
      else if (left !== undefined) changes.push({ kind: 'set-number', number, record: this.view.records.at(left.record)! });
    }
    return changes;
  }

  #settling: MapIterator<[number, readonly Entry[]]> | undefined;

  /** From here on no number moves, and what changes is noted: a larger table can be filled from this one by another thread. */
  beginGrowth(): void {
    this.view.table.still = true;
    this.#touched = [];
    this.#caughtUp = 0;
  }

  /** It came to nothing. */
  abandonGrowth(): void {
    this.view.table.still = false;
    this.#touched = undefined;
  }

  /** Brings a table that was filled from this one up to date, at most `limit` numbers at a time. True: done, and it has taken this one's place. */
  catchUp(table: NumberTable, limit: number): boolean {
    const touched = this.#touched!;
    const end = Math.min(touched.length, this.#caughtUp + limit);
    for (; this.#caughtUp < end; this.#caughtUp++) {
      const number = touched[this.#caughtUp]!;
      const record = this.view.table.get(number);
      if (record === ABSENT) table.remove(number);
      else if (table.set(number, record) === NO_ROOM) throw new RangeError('the larger table has no room');
    }
    if (this.#caughtUp < touched.length) return false;
    this.#touched = undefined;
    this.onUpdate({ kind: 'table', buffer: table.buffer, spill: [...table.spill] });
    this.view.table = table;
    this.#watch(table);
    return true;
  }

  #watch(table: NumberTable): void {
    table.onSpill = (number, record) => this.onUpdate({ kind: 'spill', number, record });
  }

  #setTimed(number: number, entries: readonly Entry[]): void {
    this.#count(this.view.timed.get(number) ?? [], 'numbers', -1);
    this.#count(entries, 'numbers', 1);
    this.#update({ kind: 'timed', number, entries });
  }

  #setRange({ first, last }: NumberRange, entries: readonly Entry[]): void {
    this.#count(this.view.ranges.get({ first, last })?.entries ?? [], 'ranges', -1);
    this.#count(entries, 'ranges', 1);
    this.#update({ kind: 'range', first, last, entries });
  }

  #update(update: NumbersUpdate): void {
    this.onUpdate(update);
    this.view.take(update);
  }

  #setNumber(number: number, entry: Entry): void {
    if (isAlways(entry)) {
      this.#store(number, entry.record);
      if (this.view.timed.has(number)) this.#setTimed(number, []);
      return;
    }
    const index = this.view.table.get(number);
    const known = index === TIMED ? (this.view.timed.get(number) ?? []) : index === ABSENT ? [] : [alwaysOf(index)];
    this.#setTimed(number, withEntry(known, entry));
    this.#store(number, TIMED);
  }

  #store(number: number, index: number): void {
    const had = this.view.table.set(number, index);
    if (had === NO_ROOM) throw new RangeError('the table has no room');
    if (had === ABSENT) this.#live++;
    else this.#tally[had]! -= 1;
    this.#tally[index]! += 1;
    this.#touched?.push(number);
  }

  #drop(number: number): void {
    // Also of a number that is not in the table: an image that was taken while it was written to may have only this of it.
    if (this.view.timed.has(number)) this.#setTimed(number, []);
    const had = this.view.table.remove(number);
    if (had === ABSENT) return;
    this.#live--;
    this.#tally[had]! -= 1;
    this.#touched?.push(number);
  }

  #planOne(change: NumberChange, index: number, steps: Step[], undo: (() => void)[]): ChangeRefusal | undefined {
    const fault = faultOf(change);
    if (fault !== undefined) return { kind: 'invalid', index, text: fault };
    switch (change.kind) {
      case 'set-number':
        return this.#planNumber(change, index, steps, undo);
      case 'delete-number':
        steps.push({ step: 'drop', number: change.number });
        return undefined;
      case 'set-range':
        return this.#planRange(change, index, steps, undo);
      case 'delete-range':
        return this.#planRangeGone(change, steps, undo);
    }
  }

  #planNumber(
    change: NumberChange & { kind: 'set-number' },
    index: number,
    steps: Step[],
    undo: (() => void)[],
  ): ChangeRefusal | undefined {
    const { table } = this.view;
    // Whatever is planned must find room when it is carried out, were all of it to spill.
    if (this.#live + this.#reserved >= table.room + table.spillMax / 2 || table.spill.size + this.#reserved >= table.spillMax)
      return { kind: 'full', index, what: TABLE_FULL };
    const record = this.#define(change.record, steps);
    if (record === undefined) return { kind: 'full', index, what: `${RECORDS_MAX} different records` };
    const { number, validFrom, validUntil } = change;
    if (validFrom === undefined && validUntil === undefined) {
      steps.push({ step: 'set', number, entry: alwaysOf(record) });
    } else {
      if (this.view.timed.size + this.#reservedTimed.size >= TIMED_MAX)
        return { kind: 'full', index, what: `${TIMED_MAX} numbers with a validity` };
      const planned = this.#reservedTimed.get(number) ?? 0;
      if ((this.view.timed.get(number)?.length ?? 1) + planned >= ENTRIES_MAX)
        return { kind: 'full', index, what: `${ENTRIES_MAX} entries of one number` };
      this.#reservedTimed.set(number, planned + 1);
      undo.push(() => (planned === 0 ? this.#reservedTimed.delete(number) : this.#reservedTimed.set(number, planned)));
      steps.push({ step: 'set', number, entry: entryOf(record, change) });
    }
    this.#reserved++;
    undo.push(() => this.#reserved--);
    return undefined;
  }

  #planRange(
    change: NumberChange & { kind: 'set-range' },
    index: number,
    steps: Step[],
    undo: (() => void)[],
  ): ChangeRefusal | undefined {
    const range = { first: change.first, last: change.last };
    const ranges = this.#plannedRanges();
    const conflict = ranges.conflict(range);
    if (conflict?.kind === 'overlap') return { kind: 'ranges-overlap', index, with: conflict.with };
    if (conflict?.kind === 'full') return { kind: 'full', index, what: `${RANGES_MAX} ranges` };
    if (conflict?.kind === 'deep') return { kind: 'full', index, what: `${RANGE_DEPTH_MAX} ranges inside each other` };
    const record = this.#define(change.record, steps);
    if (record === undefined) return { kind: 'full', index, what: `${RECORDS_MAX} different records` };
    const entry = entryOf(record, change);
    const before = ranges.get(range)?.entries;
    const entries = withEntry(before ?? [], entry);
    if (entries.length > ENTRIES_MAX) return { kind: 'full', index, what: `${ENTRIES_MAX} entries of one range` };
    ranges.set(range, entries);
    undo.push(() => (before === undefined ? ranges.remove(range) : ranges.set(range, before)));
    steps.push({ step: 'set-range', ...range, entry });
    return undefined;
  }

  #planRangeGone(change: NumberChange & { kind: 'delete-range' }, steps: Step[], undo: (() => void)[]): undefined {
    const range = { first: change.first, last: change.last };
    const ranges = this.#plannedRanges();
    const before = ranges.get(range)?.entries;
    ranges.remove(range);
    if (before !== undefined) undo.push(() => ranges.set(range, before));
    steps.push({ step: 'drop-range', ...range });
  }

  #plannedRanges(): RangeDirectory {
    return (this.#ranges ??= new RangeDirectory(this.view.ranges.all()));
  }

  /** The record's index; a record that is new is given out, and defined by a step. */
  #define(record: NumberRecord, steps: Step[]): number | undefined {
    const { records } = this.view;
    const known = records.indexOf(record);
    if (known !== undefined) return known;
    const index = records.intern(record);
    if (index === undefined) return undefined;
    const kept = records.at(index)!;
    this.onUpdate({ kind: 'record', record: kept });
    steps.push({ step: 'define', index, record: kept });
    return index;
  }
}

/** What `full` says when the table is: the one limit that growing helps against. */
export const TABLE_FULL = 'the table of numbers, until it has grown';
