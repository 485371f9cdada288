/** Ranges of numbers, apart from each other or one inside another. */
import type { NumberRange } from '../numbers.js';
import { type Entry, inForce } from './entries.js';

/** Ranges of one load. Source: a large country has some 10,000 blocks; a change moves half of the list, which at this length takes 0.2 ms. */
export const RANGES_MAX = 262_144;
/** Ranges inside ranges. Source: country, network, block, exchange, company. */
export const RANGE_DEPTH_MAX = 16;

export interface StoredRange extends NumberRange {
  readonly entries: readonly Entry[];
}

/** A range in its place: `around` is the narrowest one that it lies in. */
interface Placed extends NumberRange {
  entries: readonly Entry[];
  around: Placed | undefined;
}

/** What stands against a new range. */
export type RangeConflict = { readonly kind: 'overlap'; readonly with: NumberRange } | { readonly kind: 'full' | 'deep' };

/** Sorted by first number; of those with the same, the wider first. */
export class RangeDirectory {
  readonly #placed: Placed[] = [];
  /** The first numbers alone: searched faster than the objects. */
  readonly #firsts: number[] = [];

  constructor(ranges: readonly StoredRange[] = []) {
    for (const { first, last, entries } of ranges) this.set({ first, last }, entries);
  }

  get count(): number {
    return this.#placed.length;
  }

  /** The range with exactly these ends. */
  get(range: NumberRange): StoredRange | undefined {
    const found = this.#placed[this.#indexOf(range)];
    return found !== undefined && found.first === range.first && found.last === range.last ? found : undefined;
  }

  /** The narrowest range around the number that has an entry in force. */
  find(number: number, now: number): { readonly range: StoredRange; readonly entry: Entry } | undefined {
    for (let range = this.#around(number); range !== undefined; range = range.around) {
      if (number > range.last) continue;
      const entry = inForce(range.entries, now);
      if (entry !== undefined) return { range, entry };
    }
    return undefined;
  }

  /** Why the range cannot be added; undefined when it can, or is there. */
  conflict(range: NumberRange): RangeConflict | undefined {
    if (this.get(range) !== undefined) return undefined;
    if (this.#placed.length >= RANGES_MAX) return { kind: 'full' };
    const at = this.#indexOf(range);
    let depth = 1;
    for (let around = this.#enclosing(at, range.first); around !== undefined; around = around.around, depth++)
      if (around.last < range.last) return { kind: 'overlap', with: { first: around.first, last: around.last } };
    let inside = 0;
    for (let next = at; next < this.#placed.length && this.#placed[next]!.first <= range.last; next++) {
      const { first, last } = this.#placed[next]!;
      if (last > range.last) return { kind: 'overlap', with: { first, last } };
      inside = Math.max(inside, this.#levels(this.#placed[next]!, range));
    }
    return depth + inside > RANGE_DEPTH_MAX ? { kind: 'deep' } : undefined;
  }

  /** Adds or changes a range that has no `conflict`. */
  set(range: NumberRange, entries: readonly Entry[]): void {
    const at = this.#indexOf(range);
    const found = this.#placed[at];
    if (found !== undefined && found.first === range.first && found.last === range.last) {
      found.entries = entries;
      return;
    }
    const around = this.#enclosing(at, range.first);
    const placed: Placed = { first: range.first, last: range.last, entries, around };
    this.#placed.splice(at, 0, placed);
    this.#firsts.splice(at, 0, range.first);
    for (let next = at + 1; next < this.#placed.length && this.#placed[next]!.first <= range.last; next++)
      if (this.#placed[next]!.around === around) this.#placed[next]!.around = placed;
  }

  /** Whether it was there. */
  remove(range: NumberRange): boolean {
    const at = this.#indexOf(range);
    const found = this.#placed[at];
    if (found === undefined || found.first !== range.first || found.last !== range.last) return false;
    this.#placed.splice(at, 1);
    this.#firsts.splice(at, 1);
    for (let next = at; next < this.#placed.length && this.#placed[next]!.first <= range.last; next++)
      if (this.#placed[next]!.around === found) this.#placed[next]!.around = found.around;
    return true;
  }

  /** In their order. */
  all(): readonly StoredRange[] {
    return this.#placed.map(({ first, last, entries }) => ({ first, last, entries }));
  }

  /** Calls for each, in their order. */
  each(visit: (range: StoredRange) => void): void {
    for (const range of this.#placed) visit(range);
  }

  /** Levels from the range up, as far as they lie inside `wide`. */
  #levels(range: Placed, wide: NumberRange): number {
    let levels = 0;
    for (let up: Placed | undefined = range; up !== undefined && up.first >= wide.first && up.last <= wide.last; up = up.around)
      levels++;
    return levels;
  }

  /** Where the range stands or would stand. */
  #indexOf({ first, last }: NumberRange): number {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#firsts[middle]!;
      if (there < first || (there === first && this.#placed[middle]!.last > last)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last range that begins at or before the number; what lies around the number is it, or around it. */
  #around(number: number): Placed | undefined {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#firsts[middle]! <= number) low = middle + 1;
      else high = middle;
    }
    return this.#placed[low - 1];
  }

  /** The narrowest range before place `at` that holds `first`. */
  #enclosing(at: number, first: number): Placed | undefined {
    let range = this.#placed[at - 1];
    while (range !== undefined && range.last < first) range = range.around;
    return range;
  }
}
