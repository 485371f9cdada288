/** What is known of numbers, and the port by which it is asked. */

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
