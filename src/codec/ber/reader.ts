/**
 * Reads BER as it comes. ITU-T X.690 clause 8.
 *
 * The reader is a cursor: `next` puts it on the next element of its window, whose identifier and place are then its fields; nothing is built
 * and nothing copied. Read are all forms that the rules allow: identifiers and lengths of any legal size, lengths that are longer than they
 * need be, indefinite lengths at any depth. What it reads never leaves the window; everything else throws Malformed.
 */
import { hexNumber, LIMITS, Malformed } from '#base';
import { BerFault } from './fault.js';

const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
const MORE = 0x80;
const INDEFINITE = 0x80;
const RESERVED_LENGTH = 0xff;
/** Longer lengths are longer than any input. */
const LENGTH_OCTETS_MAX = 6;

/** Whether an identifier, of one octet or more, announces elements as its content. */
export function isConstructed(tag: number): boolean {
  let first = tag;
  while (first > 0xff) first = Math.floor(first / 0x100);
  return (first & CONSTRUCTED) !== 0;
}

export class BerReader {
  /** The whole input; all places are indexes into it. */
  readonly bytes: Uint8Array;
  /** First octet not yet read. */
  offset: number;
  /** One past the last octet of the window. */
  end: number;
  /** Constructed elements around this window. */
  readonly depth: number;

  /** Identifier octets of the current element as one number: 0x30, 0xa1, 0x9f20. 0 before the first. */
  tag = 0;
  /** First identifier octet of the current element. */
  start = 0;
  /** First content octet. */
  contentStart = 0;
  /** One past the last content octet; an end-of-contents mark comes behind it. */
  contentEnd = 0;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length, depth = 0) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    this.depth = depth;
  }

  /** Goes to the next element and says whether there is one. Throws Malformed where its octets break the rules. */
  next(): boolean {
    if (this.offset >= this.end) return false;
    this.header(this.offset);
    if (this.tag === 0) throw new Malformed(this.start, 'end-of-contents where an element is expected', 'X.690 8.1.5');
    if (this.contentEnd >= 0) {
      this.offset = this.contentEnd;
      return true;
    }
    const { tag, start, contentStart } = this;
    const mark = this.endOfContents(contentStart);
    this.tag = tag;
    this.start = start;
    this.contentStart = contentStart;
    this.contentEnd = mark;
    this.offset = mark + 2;
    return true;
  }

  /** Goes to the next element. Throws Malformed when there is none; `what` is what was expected. */
  need(what: string): void {
    if (!this.next()) throw new BerFault('missing', this.end, `${what} is missing`);
  }

  /** Throws Malformed when something is left. */
  finish(what: string): void {
    if (this.offset < this.end) throw new Malformed(this.offset, `${this.end - this.offset} octets behind ${what}`);
  }

  /** A reader over the content of the current element. Throws Malformed when it is primitive or nested too deeply. */
  inner(): BerReader {
    if (!isConstructed(this.tag))
      throw new Malformed(this.start, `${hexNumber(this.tag)} is primitive, elements are expected`, 'X.690 8.1.2.5');
    if (this.depth >= LIMITS.berDepthMax)
      throw new BerFault('limit', this.start, `nested more than ${LIMITS.berDepthMax} levels deep`);
    return new BerReader(this.bytes, this.contentStart, this.contentEnd, this.depth + 1);
  }

  get contentLength(): number {
    return this.contentEnd - this.contentStart;
  }

  /** The content of the current element, as a view. */
  content(): Uint8Array {
    return this.bytes.subarray(this.contentStart, this.contentEnd);
  }

  /** The whole current element with identifier, length and, if it has one, end-of-contents mark, as a view. */
  element(): Uint8Array {
    return this.bytes.subarray(this.start, this.offset);
  }

  /** Reads identifier and length at `at`. `contentEnd` becomes -1 for an indefinite length. */
  private header(at: number): void {
    const { bytes, end } = this;
    this.start = at;
    let tag = bytes[at]!;
    let next = at + 1;
    if ((tag & LONG_TAG) === LONG_TAG) {
      let octet: number;
      do {
        octet = this.octetAt(next++);
        if (next - at > LIMITS.berTagOctetsMax)
          throw new BerFault('limit', at, `an identifier of more than ${LIMITS.berTagOctetsMax} octets`);
        if (next === at + 2 && (octet === MORE || octet < LONG_TAG))
          throw new Malformed(at, 'an identifier longer than it may be', 'X.690 8.1.2.4');
        tag = tag * 0x100 + octet;
      } while (octet & MORE);
    }
    let length = this.octetAt(next++);
    if (tag === 0 && length !== 0) throw new Malformed(at, 'end-of-contents with a length', 'X.690 8.1.5');
    this.tag = tag;
    if (length === INDEFINITE) {
      if (!isConstructed(tag)) throw new Malformed(at, 'a primitive element of indefinite length', 'X.690 8.1.3.2');
      this.contentStart = next;
      this.contentEnd = -1;
      return;
    }
    if (length > INDEFINITE) {
      if (length === RESERVED_LENGTH) throw new Malformed(next - 1, 'length octet 0xff is reserved', 'X.690 8.1.3.5');
      let left = length & 0x7f;
      length = 0;
      let significant = 0;
      for (; left > 0; left--) {
        const octet = this.octetAt(next++);
        if (octet !== 0 || significant > 0) significant++;
        if (significant > LENGTH_OCTETS_MAX) throw new Malformed(at, `a length of ${significant} octets or more`);
        length = length * 0x100 + octet;
      }
    }
    if (length > end - next) throw new Malformed(at, `${length} octets are announced, ${end - next} are left`);
    this.contentStart = next;
    this.contentEnd = next + length;
  }

  private octetAt(at: number): number {
    if (at >= this.end) throw new Malformed(at, 'input ends inside an identifier or length');
    return this.bytes[at]!;
  }

  /** Where the end-of-contents mark of the indefinite length stands whose content begins at `at`. */
  private endOfContents(at: number): number {
    let open = 1;
    let place = at;
    for (let seen = 0; seen < LIMITS.berElementsMax; seen++) {
      if (place >= this.end) throw new Malformed(place, 'input ends before the end-of-contents mark', 'X.690 8.1.5');
      this.header(place);
      if (this.tag === 0) {
        if (--open === 0) return place;
        place += 2;
      } else if (this.contentEnd < 0) {
        open++;
        if (open + this.depth > LIMITS.berDepthMax)
          throw new BerFault('limit', place, `nested more than ${LIMITS.berDepthMax} levels deep`);
        place = this.contentStart;
      } else place = this.contentEnd;
    }
    throw new BerFault('limit', at, `more than ${LIMITS.berElementsMax} elements in an indefinite length`);
  }
}

/** A reader that stands on the first element of `bytes`. Throws Malformed when there is none, or something behind it. */
export function onlyElement(bytes: Uint8Array, what: string): BerReader {
  const r = new BerReader(bytes);
  r.need(what);
  r.finish(what);
  return r;
}
