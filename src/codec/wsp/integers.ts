/**
 * Numbers and lengths of WSP. WAP-230 8.1.2 and 8.4.2.1 to 8.4.2.3.
 *
 * What is accepted beside the grammar is listed in tolerances.ts: `padded-integer`, `short-for-long-integer`, `bare-integer`, `bare-length`.
 */
import { type ByteReader, type ByteWriter, hexNumber, Malformed } from '#base';
import type { Coder } from './coder.js';
import { tolerate } from './tolerances.js';

const UINTVAR_OCTETS_MAX = 5;
const UINT32_MAX = 0xffff_ffff;
const SHORT_LENGTH_MAX = 30;
/** Length-quote: a uintvar length follows. */
const LENGTH_QUOTE = 31;

/** Seven bits per octet, most significant first, top bit set on all but the last. 0..2^32-1. WAP-230 8.1.2. */
export function readUintvar(r: ByteReader): number {
  const start = r.offset;
  let value = 0;
  for (let i = 0; i < UINTVAR_OCTETS_MAX; i++) {
    const octet = r.u8();
    value = value * 0x80 + (octet & 0x7f);
    if (octet < 0x80) {
      if (value > UINT32_MAX) throw new Malformed(start, `uintvar ${value} does not fit into 32 bits`, 'WAP-230 8.1.2');
      return value;
    }
  }
  throw new Malformed(start, 'uintvar is longer than five octets', 'WAP-230 8.1.2');
}

/** The shortest form. 0..2^32-1, else RangeError. */
export function writeUintvar(w: ByteWriter, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > UINT32_MAX) throw new RangeError(`uintvar cannot hold ${value}`);
  if (value >= 0x1000_0000) w.u8(0x80 | (value >>> 28));
  if (value >= 0x20_0000) w.u8(0x80 | ((value >>> 21) & 0x7f));
  if (value >= 0x4000) w.u8(0x80 | ((value >>> 14) & 0x7f));
  if (value >= 0x80) w.u8(0x80 | ((value >>> 7) & 0x7f));
  w.u8(value & 0x7f);
}

/** How many octets `value` takes as a uintvar. */
export const uintvarLength = (value: number): number =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;

/** Short-length 1..30 and that many octets, big-endian. Up to 2^53-1; padding zeros are accepted. WAP-230 8.4.2.1. */
export function readLongInteger(r: ByteReader): number {
  const start = r.offset;
  const length = r.u8();
  if (length === 0 || length > SHORT_LENGTH_MAX)
    throw new Malformed(start, `Long-integer of length ${length}, expected 1..30`, 'WAP-230 8.4.2.1');
  if (length > r.remaining)
    throw new Malformed(start, `Long-integer of ${length} octets, ${r.remaining} are left`, 'WAP-230 8.4.2.1');
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 0x100 + r.u8();
  if (value > Number.MAX_SAFE_INTEGER) throw new Malformed(start, 'Long-integer is beyond 2^53', 'WAP-230 8.4.2.1');
  if (length > 1 && r.bytes[start + 1] === 0) tolerate(r, 'padded-integer', start, `${value} in ${length} octets`);
  return value;
}

/** The shortest form. 0..2^53-1, else RangeError. */
export function writeLongInteger(w: ByteWriter, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Long-integer cannot hold ${value}`);
  const length = longIntegerOctets(value);
  w.u8(length);
  for (let i = length - 1; i >= 0; i--) w.u8(Math.floor(value / 2 ** (8 * i)) & 0xff);
}

const longIntegerOctets = (value: number): number => {
  let length = 1;
  for (let bound = 0x100; value >= bound; bound *= 0x100) length++;
  return length;
};

/** Octets of `value` as a Long-integer, its length octet included. */
export const longIntegerLength = (value: number): number => 1 + longIntegerOctets(value);

/** Short-integer or Long-integer; a bare octet 0x20..0x7f is taken for itself. WAP-230 8.4.2.3. */
export function readIntegerValue(r: ByteReader): number {
  const first = r.peek();
  if (first >= 0x80) {
    r.offset++;
    return first & 0x7f;
  }
  if (first > LENGTH_QUOTE) {
    tolerate(r, 'bare-integer', r.offset, `octet ${hexNumber(first)} stands for itself`);
    r.offset++;
    return first;
  }
  return readLongInteger(r);
}

/** One octet up to 127, else a Long-integer. 0..2^53-1, else RangeError. */
export function writeIntegerValue(w: ByteWriter, value: number): void {
  if (value >= 0 && value < 0x80 && Number.isInteger(value)) w.u8(0x80 | value);
  else writeLongInteger(w, value);
}

/** Octets of `value` as an Integer-value. */
export const integerValueLength = (value: number): number => (value < 0x80 ? 1 : longIntegerLength(value));

/**
 * How many octets the value takes: Short-length 0..30, or 31 and a uintvar; a bare octet 0x20..0x7f is taken for itself.
 * Throws when fewer octets are left. WAP-230 8.4.2.2.
 */
export function readValueLength(r: ByteReader): number {
  const start = r.offset;
  const first = r.u8();
  if (first >= 0x80) throw new Malformed(start, `octet 0x${first.toString(16)} where a length belongs`, 'WAP-230 8.4.2.2');
  const length = first === LENGTH_QUOTE ? readUintvar(r) : first;
  if (first > LENGTH_QUOTE) tolerate(r, 'bare-length', start, `length ${first} without Length-quote`);
  if (length > r.remaining) throw new Malformed(start, `value of ${length} octets, ${r.remaining} are left`, 'WAP-230 8.4.2.2');
  return length;
}

/** The shortest form. 0..2^32-1, else RangeError. */
export function writeValueLength(w: ByteWriter, length: number): void {
  if (length > SHORT_LENGTH_MAX) {
    w.u8(LENGTH_QUOTE);
    writeUintvar(w, length);
  } else w.u8(length);
}

/**
 * Passes over one header value whose meaning is unknown, by its first octet alone: 0..30 that many octets, 31 a uintvar length, 32..127
 * text, 128..255 the octet is the value. WAP-230 8.4.1.2.
 */
export function skipValue(r: ByteReader): void {
  const first = r.peek();
  if (first >= 0x80) r.offset++;
  else if (first <= LENGTH_QUOTE) {
    const length = readValueLength(r);
    r.offset += length;
  } else {
    const end = r.bytes.indexOf(0, r.offset);
    r.offset = end === -1 || end >= r.end ? r.end : end + 1;
  }
}

/** Integer-value. 0..2^53-1. WAP-230 8.4.2.3. */
export const integerValue: Coder<number> = { decode: readIntegerValue, encode: writeIntegerValue, toText: String };

/** A Long-integer as dates and sizes want it; any other Integer-value is taken as well (`short-for-long-integer`). */
export function readSizeOrDate(r: ByteReader): number {
  const first = r.peek();
  if (first > LENGTH_QUOTE) tolerate(r, 'short-for-long-integer', r.offset, `octet ${hexNumber(first)}, expected a Long-integer`);
  return readIntegerValue(r);
}

/** Written as a Long-integer whatever its size, as the grammar of sizes and dates demands; read as any Integer-value. */
export const longInteger: Coder<number> = { decode: readSizeOrDate, encode: writeLongInteger, toText: String };
