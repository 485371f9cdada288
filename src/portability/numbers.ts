/** What is known of numbers, and the ports by which it is asked and changed. */
import type { Result } from '#base';

/** Whose network a number is in: ours (`sp`), another's, told by a routing number (`rn`), or not stored. */
export type Entity =
  | { readonly kind: 'sp' }
  | { readonly kind: 'rn'; readonly routingNumber: string }
  | { readonly kind: 'none' };

/** No portability type is stored. */
export const NO_PORTABILITY_TYPE = 0xff;

/** What a number, or every number of a range, is kept with. Records that are alike are one object. */
export interface NumberRecord {
  /**
   * 0 not known to be ported, 1 own and ported out, 2 foreign and ported to a foreign network, 3 and 4 prepaid 1 and 2, 5 migrated, 6..35 prepaid 3..32,
   * 36 not identified to be ported, NO_PORTABILITY_TYPE none.
   */
  readonly portabilityType: number;
  readonly entity: Entity;
}

/** A record with what it was found by, for a trace. Numbers are international digits. */
export interface NumberFinding {
  readonly record: NumberRecord;
  readonly by: { readonly kind: 'number' } | { readonly kind: 'range'; readonly first: string; readonly last: string };
  /** Milliseconds since the epoch. Absent: without beginning, without end. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

/** `loading`: not yet read in; `missing`: there is none; `damaged`: it failed its checks. Only `ready` answers. */
export type NumberStoreState = 'ready' | 'loading' | 'missing' | 'damaged';

/** Which state of the data answered. */
export interface NumbersVersion {
  /** Of the full load. */
  readonly load: string;
  /** Changes made to it since. */
  readonly change: number;
  /** When the newest of them was made. Milliseconds since the epoch. */
  readonly changedAt: number;
}

/**
 * Numbers that can be asked without waiting: the answer is in this process's memory. A number is an international one, as the integer of its
 * digits (1 to 15 of them, none of them a leading zero).
 */
export interface NumberLookup {
  readonly state: NumberStoreState;
  readonly version: NumbersVersion;
  /** The record in force at `now` (milliseconds since the epoch). Undefined: the number is not stored. Asked in another state than `ready`, it throws. */
  find(number: number, now: number): NumberRecord | undefined;
  /** The same answer, with its reasons. */
  finding(number: number, now: number): NumberFinding | undefined;
}

/** From when until when an entry counts: `validFrom` <= now < `validUntil`, milliseconds since the epoch. Absent: without beginning, without end. */
export interface Validity {
  readonly validFrom?: number;
  readonly validUntil?: number;
}

/** Both ends belong to it, both have the same count of digits, `first` is not above `last`. Numbers as in NumberLookup. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/**
 * One change of what is kept.
 *
 * A number, and a range, may hold several entries with a validity each; of those in force the one that began last counts, and when none is in
 * force it is as if the number (or range) were not stored. `set-...` without validity replaces all entries; with one it adds an entry, or replaces
 * the entry with the same `validFrom`. `delete-...` removes all entries; of what is not stored it changes nothing. A number overrides the ranges it
 * lies in, a narrower range a wider one. Ranges lie apart or one inside another: one that cuts another is refused.
 */
export type NumberChange =
  | ({ readonly kind: 'set-number'; readonly number: number; readonly record: NumberRecord } & Validity)
  | { readonly kind: 'delete-number'; readonly number: number }
  | ({ readonly kind: 'set-range'; readonly record: NumberRecord } & NumberRange & Validity)
  | ({ readonly kind: 'delete-range' } & NumberRange);

/** Why a batch was not taken; nothing of it was. `index`: which of its changes. */
export type ChangeRefusal =
  /** Not 1 to 15 digits; a range whose ends do not fit; a record or validity that cannot be. */
  | { readonly kind: 'invalid'; readonly index: number; readonly text: string }
  | { readonly kind: 'ranges-overlap'; readonly index: number; readonly with: NumberRange }
  /** A limit of LIMITS (`what` names it), or no memory left for more. */
  | { readonly kind: 'full'; readonly index: number; readonly what: string }
  /** Too much waits for the disk already: come again. */
  | { readonly kind: 'busy' }
  /** There are no numbers to change (`state`), or they cannot be changed from here (followers, a failed disk): `text` says why. */
  | { readonly kind: 'unavailable'; readonly text: string };

/** Whoever may change numbers. */
export interface NumberWriter {
  /**
   * Takes the changes in their order, all or none. Once it resolves ok they survive a crash, and `find` in this process sees them; readers in
   * other threads see each of them at once, but not all of a batch in the same instant.
   */
  apply(changes: readonly NumberChange[]): Promise<Result<NumbersVersion, ChangeRefusal>>;
}

/** How many single numbers, and how many ranges, have an entry (of any validity) with this type and kind of entity. */
export interface NumberCount {
  readonly portabilityType: number;
  readonly entity: Entity['kind'];
  readonly numbers: number;
  readonly ranges: number;
}

/** What is stored, counted: rows that are not zero, by type, then entity. Not for the hot path: microseconds to milliseconds. */
export interface NumberCensus {
  counts(): readonly NumberCount[];
}
