/**
 * Boundaries that occur in no part. `=_` can stand neither in base64 nor in quoted-printable (RFC 2046 5.1.1 says so of its example), so that
 * only what goes out as it is has to be looked at; and that is looked at once, however many boundaries it pretends to have.
 */
import type { LeafSource, MimeSource } from './model.js';

const EQUALS = 0x3d;
const UNDERSCORE = 0x5f;
const PREFIX = '=_';
/** Digits behind the prefix: two hashes of 32 bits. */
const DIGITS = 16;
/** Octets of either end of a part that go into the hash, so that equal messages have equal boundaries and different ones seldom do. */
const SAMPLE_OCTETS = 64;

/** FNV-1a of 32 bits, twice with different beginnings. */
class Hash {
  private a = 0x811c9dc5;
  private b = 0x01000193;

  octet(value: number): void {
    this.a = Math.imul(this.a ^ value, 0x01000193) >>> 0;
    this.b = Math.imul(this.b ^ value ^ 0x5a, 0x01000193) >>> 0;
  }

  number(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.octet((value >>> shift) & 0xff);
  }

  get digits(): string {
    return this.a.toString(16).padStart(8, '0') + this.b.toString(16).padStart(8, '0');
  }

  copy(): Hash {
    const other = new Hash();
    other.a = this.a;
    other.b = this.b;
    return other;
  }
}

const leavesOf = (source: MimeSource): LeafSource[] => (source.kind === 'leaf' ? [source] : source.parts.flatMap(leavesOf));

/** What stands behind each `=_` of these octets. */
function marksIn(data: Uint8Array, marks: Set<string>): void {
  for (let at = data.indexOf(EQUALS); at >= 0; at = data.indexOf(EQUALS, at + 1)) {
    if (data[at + 1] !== UNDERSCORE) continue;
    let mark = '';
    for (const octet of data.subarray(at + 2, at + 2 + DIGITS)) mark += String.fromCharCode(octet);
    marks.add(mark);
  }
}

/** One boundary after the other for the multiparts of `source`: all different, none in any part. `isPlain`: the part goes out as it is. */
export function boundaries(source: MimeSource, isPlain: (leaf: LeafSource) => boolean): () => string {
  if (source.kind === 'leaf') return () => PREFIX;
  const leaves = leavesOf(source);
  const marks = new Set<string>();
  const seed = new Hash();
  for (const leaf of leaves) {
    const { data } = leaf;
    if (isPlain(leaf)) marksIn(data, marks);
    seed.number(data.length);
    for (const octet of data.subarray(0, SAMPLE_OCTETS)) seed.octet(octet);
    for (const octet of data.subarray(Math.max(0, data.length - SAMPLE_OCTETS))) seed.octet(octet);
  }
  let attempt = 0;
  return () => {
    for (;;) {
      const hash = seed.copy();
      hash.number(attempt++);
      const { digits } = hash;
      if (marks.has(digits)) continue;
      marks.add(digits);
      return PREFIX + digits;
    }
  };
}
