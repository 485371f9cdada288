/** Entries with a validity: what a number or a range is kept with when its record is not the same at all times. */
import type { Validity } from '../numbers.js';

/** `record`: an index of the RecordList. `from` -Infinity: without beginning; `until` Infinity: without end. In force when from <= now < until. */
export interface Entry {
  readonly from: number;
  readonly until: number;
  readonly record: number;
}

/** Of one number or range, the earliest beginning first. Source: a number ports, ports on and comes back; ten times that. */
export const ENTRIES_MAX = 32;

export const always = (record: number): Entry => ({ from: -Infinity, until: Infinity, record });

export const isAlways = ({ from, until }: Entry): boolean => from === -Infinity && until === Infinity;

/** What is wrong with a validity, in words. */
export function validityFault({ validFrom, validUntil }: Validity): string | undefined {
  if (validFrom !== undefined && !Number.isSafeInteger(validFrom)) return 'the beginning of its validity is no instant';
  if (validUntil !== undefined && !Number.isSafeInteger(validUntil)) return 'the end of its validity is no instant';
  if (validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom) return 'its validity ends before it begins';
  return undefined;
}

export const entryOf = (record: number, { validFrom, validUntil }: Validity): Entry => ({
  from: validFrom ?? -Infinity,
  until: validUntil ?? Infinity,
  record,
});

export function validityOf({ from, until }: Entry): Validity {
  return { ...(from === -Infinity ? {} : { validFrom: from }), ...(until === Infinity ? {} : { validUntil: until }) };
}

/** Of the entries in force the one that began last. */
export function inForce(entries: readonly Entry[], now: number): Entry | undefined {
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at]!;
    if (entry.from <= now && now < entry.until) return entry;
  }
  return undefined;
}

/** What a change makes of the entries: one that holds always replaces all, another takes its place in the order of beginnings. */
export function withEntry(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  if (isAlways(entry)) return [entry];
  const others = entries.filter(({ from }) => from !== entry.from);
  const place = others.findIndex(({ from }) => from > entry.from);
  return place < 0 ? [...others, entry] : [...others.slice(0, place), entry, ...others.slice(place)];
}

/**
 * The record that is all that is left to say at `before` and after it: entries that ended or began by then are settled, and nothing is to come.
 * `gone`: nothing is left. Undefined: time still has something to say.
 */
export function settledBy(entries: readonly Entry[], before: number): { readonly record: number } | 'gone' | undefined {
  const left = entries.filter(({ until }) => until > before);
  const last = left.at(-1);
  if (last === undefined) return 'gone';
  if (left.some(({ from, until }) => from > before || until !== Infinity)) return undefined;
  return { record: last.record };
}
