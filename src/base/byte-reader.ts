/**
 * A cursor over octets that can never leave its window. Values are views into the input, never copies.
 * Sub-readers keep the offsets of the whole input, so that an error names the octet a capture tool shows.
 */
import { Malformed } from './malformed.js';
import type { Witness } from './witness.js';

/** Reads octets between `offset` and `end` and throws Malformed where there are none left. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** First octet not yet read, as an index into `bytes`. */
  offset: number;
  /** One past the last octet that may be read. */
  readonly end: number;
  /** Who watches this decoding; absent as a rule. Handed on to sub-readers. */
  readonly witness: Witness | undefined;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length, witness?: Witness) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    this.witness = witness;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** The next octet without taking it. Throws Malformed at the end. */
  peek(): number {
    if (this.offset >= this.end) throw new Malformed(this.offset, 'input ends where an octet is expected');
    return this.bytes[this.offset]!;
  }

  /** One octet. */
  u8(): number {
    if (this.offset >= this.end) throw new Malformed(this.offset, 'input ends where an octet is expected');
    return this.bytes[this.offset++]!;
  }

  /** Two octets, most significant first. */
  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  /** Four octets, most significant first. 0..2^32-1. */
  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** The next `length` octets as a view. Throws Malformed when fewer are left. */
  take(length: number): Uint8Array {
    if (length > this.end - this.offset)
      throw new Malformed(this.offset, `${length} octets are announced, ${this.end - this.offset} are left`);
    const view = this.bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return view;
  }

  /** A reader over the next `length` octets; this reader moves behind them. Throws Malformed when fewer are left. */
  window(length: number): ByteReader {
    if (length > this.end - this.offset)
      throw new Malformed(this.offset, `${length} octets are announced, ${this.end - this.offset} are left`);
    const inner = new ByteReader(this.bytes, this.offset, this.offset + length, this.witness);
    this.offset += length;
    return inner;
  }

  /** Everything that is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }
}
