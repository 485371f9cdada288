/**
 * Fingerprints of what was accepted last: recognises a resubmission without asking the database. The oldest are forgotten.
 *
 * A ring of rows in typed arrays with a hash table over it, because the collector need not look at those: as a Map of objects the same
 * cost 4 us of CPU for each acceptance and 28 MB of resident memory more, most of both in the collector.
 */
import type { MessageId } from '#messaging';

/** Longer fingerprints, and others than of ASCII, are not remembered. Octets; a SHA-256 in base64 takes 43. */
const FINGERPRINT_OCTETS_MAX = 64;
/** Octets of a message id. */
const ID_OCTETS = 22;
const ROW_OCTETS = FINGERPRINT_OCTETS_MAX + ID_OCTETS;
/** Characters that are hashed: a fingerprint is random from its first one on. */
const HASHED = 16;
/** Places of the table for each row, at least. */
const PLACES_PER_ROW = 2;

export class Recents {
  readonly #rowsMax: number;
  /** Fingerprint, then id. */
  readonly #texts: Buffer;
  /** Octets of the fingerprint; 0: the row is empty. */
  readonly #lengths: Uint8Array;
  readonly #hashes: Uint32Array;
  readonly #instants: Float64Array;
  /** Row plus one; 0: nobody. Linear probing. */
  readonly #places: Uint32Array;
  readonly #mask: number;
  /** The oldest row, which gives way next. */
  #next = 0;
  #size = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
    this.#texts = Buffer.allocUnsafeSlow(rowsMax * ROW_OCTETS);
    this.#lengths = new Uint8Array(rowsMax);
    this.#hashes = new Uint32Array(rowsMax);
    this.#instants = new Float64Array(rowsMax);
    const places = 2 ** Math.ceil(Math.log2(Math.max(1, rowsMax) * PLACES_PER_ROW));
    this.#places = new Uint32Array(places);
    this.#mask = places - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The latest by its own clock counts, whatever the order of acknowledgement. */
  add(fingerprint: string, id: MessageId, acceptedAt: number): void {
    if (this.#rowsMax === 0 || !isKept(fingerprint) || id.length !== ID_OCTETS) return;
    const hash = hashOf(fingerprint);
    const place = this.#find(fingerprint, hash);
    const known = this.#places[place]! - 1;
    if (known >= 0) {
      if (this.#instants[known]! > acceptedAt) return;
      this.#forget(place);
    }
    const row = this.#next;
    this.#next = (row + 1) % this.#rowsMax;
    if (this.#lengths[row] !== 0) this.#forget(this.#placeOf(row));
    const at = row * ROW_OCTETS;
    this.#lengths[row] = this.#texts.write(fingerprint, at, 'latin1');
    this.#texts.write(id, at + FINGERPRINT_OCTETS_MAX, 'latin1');
    this.#hashes[row] = hash;
    this.#instants[row] = acceptedAt;
    this.#places[this.#find(fingerprint, hash)] = row + 1;
    this.#size++;
  }

  find(fingerprint: string, since: number): MessageId | undefined {
    const row = this.#places[this.#find(fingerprint, hashOf(fingerprint))]! - 1;
    return row >= 0 && this.#instants[row]! >= since ? this.#idOf(row) : undefined;
  }

  /** The message is gone. */
  remove(fingerprint: string, id: string): void {
    const place = this.#find(fingerprint, hashOf(fingerprint));
    const row = this.#places[place]! - 1;
    if (row >= 0 && this.#idOf(row) === id) this.#forget(place);
  }

  #idOf(row: number): MessageId {
    const at = row * ROW_OCTETS + FINGERPRINT_OCTETS_MAX;
    return this.#texts.toString('latin1', at, at + ID_OCTETS) as MessageId;
  }

  #is(row: number, fingerprint: string): boolean {
    const at = row * ROW_OCTETS;
    return (
      this.#lengths[row] === fingerprint.length && this.#texts.toString('latin1', at, at + fingerprint.length) === fingerprint
    );
  }

  /** The place of the fingerprint, or the empty one where it would go. */
  #find(fingerprint: string, hash: number): number {
    for (let place = hash & this.#mask; ; place = (place + 1) & this.#mask) {
      const row = this.#places[place]! - 1;
      if (row < 0 || (this.#hashes[row] === hash && this.#is(row, fingerprint))) return place;
    }
  }

  #placeOf(row: number): number {
    let place = this.#hashes[row]! & this.#mask;
    while (this.#places[place] !== row + 1) place = (place + 1) & this.#mask;
    return place;
  }

  /** Empties a place and its row, and closes the gap: whoever was pushed past it moves up. */
  #forget(place: number): void {
    this.#lengths[this.#places[place]! - 1] = 0;
    this.#size--;
    let gap = place;
    for (let next = (gap + 1) & this.#mask; this.#places[next] !== 0; next = (next + 1) & this.#mask) {
      const home = this.#hashes[this.#places[next]! - 1]! & this.#mask;
      if (((next - home) & this.#mask) < ((next - gap) & this.#mask)) continue;
      this.#places[gap] = this.#places[next]!;
      gap = next;
    }
    this.#places[gap] = 0;
  }
}

const isKept = (fingerprint: string): boolean => fingerprint.length <= FINGERPRINT_OCTETS_MAX && /^[ -~]+$/.test(fingerprint);

/** FNV-1a. */
function hashOf(fingerprint: string): number {
  let hash = 0x811c9dc5;
  const end = Math.min(HASHED, fingerprint.length);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ fingerprint.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
