/** Small readings and writings of octets that every message passes: no objects, no texts. */
import { INDEX_DIGITS } from './numbers.js';

/** Where the ids of a transaction stand: the first of their octets and one past the last; 0 and 0 when absent. */
export interface TransactionIds {
  /** The identifier of the whole message; 0 when there is none. */
  readonly tag: number;
  readonly otidFrom: number;
  readonly otidTo: number;
  readonly dtidFrom: number;
  readonly dtidTo: number;
}

const OTID = 0x48;
const DTID = 0x49;
const ID_OCTETS_MAX = 4;
const LONG = 0x80;

/**
 * The ids at the beginning of a TCAP message, of which nothing else has to be whole: a tool must recognise its own message even after it has
 * damaged it. Any length form of the outer element will do.
 */
export function transactionIds(bytes: Uint8Array, from = 0, to = bytes.length): TransactionIds {
  let [otidFrom, otidTo, dtidFrom, dtidTo] = [0, 0, 0, 0];
  const tag = bytes[from] ?? 0;
  const length = bytes[from + 1] ?? 0;
  let at = from + 2 + (length > LONG ? length - LONG : 0);
  while (at + 2 <= to) {
    const size = bytes[at + 1]!;
    if (size === 0 || size > ID_OCTETS_MAX || at + 2 + size > to) break;
    if (bytes[at] === OTID && otidTo === 0) [otidFrom, otidTo] = [at + 2, at + 2 + size];
    else if (bytes[at] === DTID && dtidTo === 0) [dtidFrom, dtidTo] = [at + 2, at + 2 + size];
    else break;
    at += 2 + size;
  }
  return { tag, otidFrom, otidTo, dtidFrom, dtidTo };
}

/** Four octets as a number; undefined for an id of another size, which is none of ours. */
export const idAt = (bytes: Uint8Array, from: number, to: number): number | undefined =>
  to - from === ID_OCTETS_MAX
    ? ((bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!) >>> 0
    : undefined;

export function putId(bytes: Uint8Array, at: number, id: number): void {
  bytes[at] = id >>> 24;
  bytes[at + 1] = id >>> 16;
  bytes[at + 2] = id >>> 8;
  bytes[at + 3] = id;
}

/** Writes the index of a subscriber over the last digits of a number. `at`: octet of its first digit; `digits`: how many it has. */
export function putIndex(bytes: Uint8Array, at: number, digits: number, index: number): void {
  let left = index;
  for (let digit = digits - 1; digit >= digits - INDEX_DIGITS; digit--) {
    const value = left % 10;
    left = (left - value) / 10;
    const octet = at + (digit >> 1);
    const old = bytes[octet]!;
    bytes[octet] = digit % 2 === 0 ? (old & 0xf0) | value : (old & 0x0f) | (value << 4);
  }
}

/** Whether `a` from `from` on, to its end or `length` octets, is `b`. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
