/** Numbers in this process's memory only: the ports kept without a disk, for tests and for what is asked once. */
import { ok, type Result } from '#base';
import type {
  ChangeRefusal,
  NumberCensus,
  NumberChange,
  NumberCount,
  NumberFinding,
  NumberLookup,
  NumberRecord,
  NumbersVersion,
  NumberWriter,
} from '../numbers.js';
import { NumberBook, TABLE_FULL } from './book.js';
import { growAtOnce } from './growth.js';
import { RECORD_MAX } from './table.js';
import { emptyImage } from './view.js';

/** Always `ready`. `find` is as fast as that of a store on disk. */
export class MemoryNumbers implements NumberLookup, NumberWriter, NumberCensus {
  readonly state = 'ready';
  readonly #book = new NumberBook(emptyImage(0), new Float64Array(RECORD_MAX + 1));
  readonly #now: () => number;
  #version: NumbersVersion;

  /** `now`: milliseconds since the epoch, for the version. */
  constructor(now: () => number = () => 0) {
    this.#now = now;
    this.#version = { load: 'memory', change: 0, changedAt: now() };
  }

  get version(): NumbersVersion {
    return this.#version;
  }

  find(number: number, now: number): NumberRecord | undefined {
    return this.#book.view.find(number, now, false);
  }

  finding(number: number, now: number): NumberFinding | undefined {
    return this.#book.view.finding(number, now, false);
  }

  counts(): readonly NumberCount[] {
    return this.#book.counts();
  }

  async apply(changes: readonly NumberChange[]): Promise<Result<NumbersVersion, ChangeRefusal>> {
    return this.applyNow(changes);
  }

  /** The same without a promise. */
  applyNow(changes: readonly NumberChange[]): Result<NumbersVersion, ChangeRefusal> {
    let planned = this.#book.plan(changes);
    while (!planned.ok && planned.error.kind === 'full' && planned.error.what === TABLE_FULL) {
      growAtOnce(this.#book);
      planned = this.#book.plan(changes);
    }
    if (!planned.ok) return planned;
    this.#book.carryOut(planned.value);
    this.#version = { load: 'memory', change: this.#version.change + changes.length, changedAt: this.#now() };
    return ok(this.#version);
  }
}
