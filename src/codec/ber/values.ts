/** The universal types that signalling uses: each read from the element a reader stands on, and written as content octets. X.690 clause 8. */
import { Malformed } from '#base';
import { BerFault } from './fault.js';
import { type BerReader, isConstructed } from './reader.js';

/** Integers of more octets do not fit a number. */
const INTEGER_OCTETS_MAX = 6;

/** INTEGER and ENUMERATED, 8.3. Forms that are longer than they need be are read as well. */
export function readInteger(r: BerReader): number {
  const { bytes, contentStart, contentEnd } = r;
  if (contentEnd === contentStart) throw new Malformed(r.start, 'an integer without octets', 'X.690 8.3.1');
  if (isConstructed(r.tag)) throw new Malformed(r.start, 'an integer that is constructed', 'X.690 8.3.1');
  if (contentEnd - contentStart > INTEGER_OCTETS_MAX)
    throw new BerFault('limit', r.start, `an integer of ${contentEnd - contentStart} octets`);
  let value = (bytes[contentStart]! << 24) >> 24;
  for (let at = contentStart + 1; at < contentEnd; at++) value = value * 0x100 + bytes[at]!;
  return value;
}

/** The fewest octets in two's complement. Throws RangeError on what is no integer of at most 48 bits. */
export function integerOctets(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < -(2 ** 47) || value >= 2 ** 47) throw new RangeError(`no integer of 48 bits: ${value}`);
  let size = 1;
  while (value < -(2 ** (8 * size - 1)) || value >= 2 ** (8 * size - 1)) size++;
  const octets = new Uint8Array(size);
  let rest = value;
  for (let i = size - 1; i >= 0; i--) {
    octets[i] = ((rest % 0x100) + 0x100) % 0x100;
    rest = Math.floor(rest / 0x100);
  }
  return octets;
}

/** BOOLEAN, 8.2: any octet but 0 is true. */
export function readBoolean(r: BerReader): boolean {
  if (r.contentLength !== 1 || isConstructed(r.tag)) throw new Malformed(r.start, 'a boolean has one octet', 'X.690 8.2.1');
  return r.bytes[r.contentStart] !== 0;
}

/** NULL, 8.8: present, without content. */
export function readNull(r: BerReader): true {
  if (r.contentLength !== 0) throw new Malformed(r.start, `a null with ${r.contentLength} octets`, 'X.690 8.8.2');
  return true;
}

/** OCTET STRING, 8.7: a view; of the constructed form the segments put together, the only copy a reader makes. */
export function readOctets(r: BerReader): Uint8Array {
  if (!isConstructed(r.tag)) return r.content();
  const segments: Uint8Array[] = [];
  let total = 0;
  const inner = r.inner();
  while (inner.next()) {
    if ((inner.tag & ~0x20) !== 0x04) throw new Malformed(inner.start, 'a segment that is no octet string', 'X.690 8.7.3');
    const segment = readOctets(inner);
    segments.push(segment);
    total += segment.length;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const segment of segments) {
    whole.set(segment, at);
    at += segment.length;
  }
  return whole;
}

/** Seven octets of seven bits are exact as a number; longer arcs (UUIDs have them) are counted as big integers. */
const EXACT_ARC_OCTETS = 7;
/** And so are arcs of up to fifteen digits. */
const EXACT_ARC_DIGITS = 15;

/** OBJECT IDENTIFIER, 8.19, as `0.4.0.0.1.0.21.3`. */
export function readOid(r: BerReader): string {
  const { bytes, contentStart, contentEnd } = r;
  if (contentStart === contentEnd || isConstructed(r.tag))
    throw new Malformed(r.start, 'an object identifier without octets of its own', 'X.690 8.19.1');
  let text = '';
  for (let at = contentStart; at < contentEnd; ) {
    if (bytes[at] === 0x80) throw new Malformed(at, 'an arc that begins with 0x80', 'X.690 8.19.2');
    const begun = at;
    let arc = 0;
    while (at < contentEnd && bytes[at]! & 0x80) arc = arc * 128 + (bytes[at++]! & 0x7f);
    if (at === contentEnd) throw new Malformed(begun, 'the last arc does not end', 'X.690 8.19.2');
    arc = arc * 128 + bytes[at++]!;
    const exact = at - begun > EXACT_ARC_OCTETS ? longArc(bytes, begun, at) : arc;
    text += text === '' ? rootArcs(exact) : `.${exact}`;
  }
  return text;
}

function longArc(bytes: Uint8Array, from: number, to: number): bigint {
  let arc = 0n;
  for (let at = from; at < to; at++) arc = arc * 128n + BigInt(bytes[at]! & 0x7f);
  return arc;
}

/** The first number stands for two arcs: 40 times the first, and the second. */
function rootArcs(number: number | bigint): string {
  if (typeof number === 'bigint') return `2.${number - 80n}`;
  const root = Math.min(2, Math.floor(number / 40));
  return `${root}.${number - root * 40}`;
}

/** The content octets of an object identifier. Throws RangeError on a text that is none. */
export function oidOctets(text: string): Uint8Array {
  const arcs = text.split('.');
  if (arcs.length < 2 || !arcs.every((arc) => /^(?:0|[1-9][0-9]*)$/.test(arc)))
    throw new RangeError(`no object identifier: ${text}`);
  const root = Number(arcs[0]);
  if (root > 2 || (root < 2 && Number(arcs[1]) > 39)) throw new RangeError(`no object identifier: ${text}`);
  const octets: number[] = [];
  for (let i = 1; i < arcs.length; i++) {
    const arc = arcs[i]!;
    if (arc.length > EXACT_ARC_DIGITS) pushLongArc(octets, BigInt(arc) + (i === 1 ? BigInt(root * 40) : 0n));
    else pushArc(octets, Number(arc) + (i === 1 ? root * 40 : 0));
  }
  return Uint8Array.from(octets);
}

function pushArc(octets: number[], arc: number): void {
  let unit = 1;
  while (arc >= unit * 128) unit *= 128;
  for (; unit > 1; unit /= 128) octets.push((Math.floor(arc / unit) % 128) | 0x80);
  octets.push(arc % 128);
}

function pushLongArc(octets: number[], arc: bigint): void {
  const digits = [Number(arc & 0x7fn)];
  for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
  octets.push(...digits);
}
