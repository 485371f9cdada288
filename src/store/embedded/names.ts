/**
 * Which names of other systems (`Message.named`) may be in the database: a message under a new name, which nearly every one has, is recognised as
 * new without asking the reader thread. That asking cost a hop to another thread and back for each message of MM4 and MM7.
 *
 * Bloom filters, so that a wrong answer is always "perhaps", for which the database is asked. One filter after the other is filled, in the order
 * of time; where there are too many, the oldest is forgotten, and questions that reach back to its time are answered "perhaps" from then on.
 */
import type { SystemName } from '#messaging';

/** Bits of one filter. 2 MiB of memory, taken when the filter is begun. */
const FILTER_BITS = 2 ** 24;
/** Names in one filter: 12 bits for each make one wrong "perhaps" in 300. */
const FILTER_NAMES = 1_400_000;
/** Filters kept: 22 million names are three days of 86 a second. */
const FILTERS_MAX = 16;
/** Bits set for each name. */
const PROBES = 6;
/** Names are told apart by two hashes of 32 bits. */
const HASHES = 2;

/** For tests; absent: as above. */
export interface NameSizes {
  readonly bits: number;
  readonly names: number;
  readonly filters: number;
}

interface Filter {
  readonly bits: Uint32Array;
  names: number;
  /** Of the names in it. Unit: ms. */
  newest: number;
}

export class Names {
  readonly #sizes: NameSizes;
  /** Oldest first. */
  readonly #filters: Filter[] = [];
  /** Names of messages of this instant and before may have been forgotten. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  /** `sizes.bits`: a power of two, at least 32. */
  constructor(sizes: NameSizes = { bits: FILTER_BITS, names: FILTER_NAMES, filters: FILTERS_MAX }) {
    this.#sizes = sizes;
  }

  /** A message of this instant has the name, or may come to have it. */
  add(name: SystemName, instant: number): void {
    const [one, other] = hashesOf(name.system, name.messageId);
    this.#add(one, other, instant);
  }

  /** Pairs of hashes as `hashesOf` makes them, of messages accepted at `newest` and before. */
  addHashes(pairs: Uint32Array, newest: number): void {
    for (let i = 0; i < pairs.length; i += HASHES) this.#add(pairs[i]!, pairs[i + 1]!, newest);
  }

  /** There may be names of this instant and before that were never added. */
  forget(until: number): void {
    this.#forgottenUntil = Math.max(this.#forgottenUntil, until);
  }

  /** False: certainly no message of this instant or later has the name. */
  mayHave(name: SystemName, since: number): boolean {
    if (since <= this.#forgottenUntil) return true;
    const [one, other] = hashesOf(name.system, name.messageId);
    const last = this.#sizes.bits - 1;
    return this.#filters.some(({ bits }) => {
      for (let i = 0; i < PROBES; i++) {
        const bit = (one + Math.imul(i, other)) & last;
        if ((bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    });
  }

  #add(one: number, other: number, instant: number): void {
    const filter = this.#open();
    const last = this.#sizes.bits - 1;
    for (let i = 0; i < PROBES; i++) {
      const bit = (one + Math.imul(i, other)) & last;
      filter.bits[bit >>> 5]! |= 1 << (bit & 31);
    }
    filter.names++;
    filter.newest = Math.max(filter.newest, instant);
  }

  /** The filter that is being filled. */
  #open(): Filter {
    const current = this.#filters.at(-1);
    if (current !== undefined && current.names < this.#sizes.names) return current;
    if (this.#filters.length === this.#sizes.filters) this.forget(this.#filters.shift()!.newest);
    const next = { bits: new Uint32Array(this.#sizes.bits / 32), names: 0, newest: Number.NEGATIVE_INFINITY };
    this.#filters.push(next);
    return next;
  }
}

/** FNV-1a with two beginnings, mixed at the end (as MurmurHash3 does), as FNV's low bits follow those of the last characters. */
export function hashesOf(system: string, messageId: string): readonly [number, number] {
  let one = 0x811c9dc5;
  let other = 0x01000193;
  // A character that stands in no name of a system keeps the two texts apart.
  const text = `${system}\n${messageId}`;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x5bd1e995);
  }
  // Odd, so that the bits of a name are all different.
  return [mixed(one), mixed(other) | 1];
}

function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
