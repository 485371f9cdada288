/**
 * Digits in half octets, the low half first, as SMS addresses and MAP's TBCD strings have them. TS 23.040 9.1.2.3, TS 29.002 17.7.8.
 *
 * A half octet is one of `0123456789*#abc`; 15 fills the last octet of an odd number, and is `f` anywhere else (no number has one, and
 * whoever looks one up will see it).
 */
import { Malformed } from '#base';

const SIGNS = '0123456789*#abcf';
const FILLER = 0x0f;
/** Both signs of every octet. */
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, octet) => SIGNS[octet & 0x0f]! + SIGNS[octet >> 4]!);

/** The signs of `count` half octets from `at`. The caller has checked that they are there. */
export function readSemiOctets(bytes: Uint8Array, at: number, count: number): string {
  let digits = '';
  const whole = at + (count >> 1);
  for (let i = at; i < whole; i++) digits += PAIRS[bytes[i]!]!;
  return count & 1 ? digits + SIGNS[bytes[whole]! & 0x0f]! : digits;
}

/** All signs of `octets`, without the fillers at the end. */
export function readTbcd(octets: Uint8Array, from = 0): string {
  let count = (octets.length - from) * 2;
  for (; count > 0; count--) {
    const octet = octets[from + ((count - 1) >> 1)]!;
    if ((count & 1 ? octet & 0x0f : octet >> 4) !== FILLER) break;
  }
  return readSemiOctets(octets, from, count);
}

/** The octets of digits, an odd number filled. Throws RangeError on a sign that has no half octet. */
export function semiOctets(digits: string): Uint8Array {
  const octets = new Uint8Array((digits.length + 1) >> 1).fill(0xff);
  for (let i = 0; i < digits.length; i++) {
    const value = SIGNS.indexOf(digits[i]!);
    if (value < 0) throw new RangeError(`no digit of a number: ${digits[i]}`);
    const place = i >> 1;
    octets[place] = i & 1 ? (octets[place]! & 0x0f) | (value << 4) : (octets[place]! & 0xf0) | value;
  }
  return octets;
}

/** The two decimal digits of an octet whose halves are swapped. Throws Malformed when one is none. */
export function readSwappedDecimal(octet: number, at: number): number {
  const [high, low] = [octet & 0x0f, octet >> 4];
  if (high > 9 || low > 9)
    throw new Malformed(at, `0x${octet.toString(16).padStart(2, '0')} is no pair of decimal digits`, 'TS 23.040 9.1.2.3');
  return high * 10 + low;
}

/** The octet of a number 0..99, its digits swapped. */
export function swappedDecimal(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 99) throw new RangeError(`no pair of decimal digits: ${value}`);
  return ((value % 10) << 4) | Math.floor(value / 10);
}
