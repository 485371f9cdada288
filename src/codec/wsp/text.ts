/**
 * Texts of WSP: octets up to a zero. WAP-230 8.4.2.1.
 *
 * Nearly every text of MMS is short ASCII, so that way is the short one; the decoders of the host are asked for the rest only.
 * What is accepted beside the grammar is listed in tolerances.ts: `unterminated-text`, `missing-quote`, `needless-quote`,
 * `control-character`, `closing-quote`, `unquoted-string`. Octets above 0x7f without any charset are read as UTF-8, as some phones write it.
 */
import { type ByteReader, type ByteWriter, hexNumber, LIMITS, Malformed } from '#base';
import { type Coder, OverLimit } from './coder.js';
import { tolerate } from './tolerances.js';

const QUOTE = 0x7f;
const QUOTED_STRING = 0x22;
/** Measured: above this many octets the host's decoder is faster than a call of fromCharCode. */
const INLINE_OCTETS_MAX = 32;

const utf8 = new TextDecoder('utf-8');

/** The text of octets that are known to be ASCII. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > INLINE_OCTETS_MAX) return utf8.decode(bytes.subarray(start, end));
  const units = new Array<number>(length);
  for (let i = 0; i < length; i++) units[i] = bytes[start + i]!;
  return String.fromCharCode.apply(null, units);
}

/** UTF-8 with replacement characters for what is none; a leading byte order mark is dropped. */
export const utf8Text = (octets: Uint8Array): string => utf8.decode(octets);

/** One past the last octet of the text that begins at `start`: its zero, or the end of the window. Throws OverLimit. */
export function endOfText(r: ByteReader, start: number): number {
  const bytes = r.bytes;
  const limit = Math.min(r.end, start + LIMITS.headerTextOctetsMax);
  let i = start;
  while (i < limit && bytes[i] !== 0) i++;
  if (i === limit && limit < r.end && bytes[i] !== 0)
    throw new OverLimit(start, `text is longer than ${LIMITS.headerTextOctetsMax} octets`);
  return i;
}

/** Octets that RFC 2616 calls CTL and that are no white space. */
const isControl = (octet: number): boolean =>
  octet === 0x7f || (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d && octet !== 0);

/**
 * Tells a witness what is wrong with the text in octets `start` to `end`, its closing zero not counted. `quoted`: the text of a
 * Quoted-string, in which 0x7f has no meaning.
 */
export function witnessText(r: ByteReader, start: number, end: number, quoted = false): void {
  const { bytes } = r;
  const first = bytes[start]!;
  let i = start;
  if (!quoted && start < end) {
    if (first === QUOTE) {
      i++;
      if (i === end || bytes[i]! < 0x80) tolerate(r, 'needless-quote', start, 'the quote 0x7f before a text that needs none');
    } else if (first >= 0x80) tolerate(r, 'missing-quote', start, `text begins with ${hexNumber(first)} without the quote 0x7f`);
  }
  while (i < end && !isControl(bytes[i]!)) i++;
  if (i < end) tolerate(r, 'control-character', i, `control character ${hexNumber(bytes[i]!)} in a text`);
}

/** Text-string; `quoted`: the text of a Quoted-string. WAP-230 8.4.2.1. */
export function readText(r: ByteReader, quoted = false): string {
  const bytes = r.bytes;
  let start = r.offset;
  if (start >= r.end) throw new Malformed(start, 'input ends where a text is expected', 'WAP-230 8.4.2.1');
  const limit = Math.min(r.end, start + LIMITS.headerTextOctetsMax);
  let seen = 0;
  let i = start;
  while (i < limit) {
    const octet = bytes[i]!;
    if (octet === 0) break;
    seen |= octet;
    i++;
  }
  if (i === limit && limit < r.end && bytes[i] !== 0)
    throw new OverLimit(start, `text is longer than ${LIMITS.headerTextOctetsMax} octets`);
  r.offset = i < r.end ? i + 1 : i;
  if (i === r.end) tolerate(r, 'unterminated-text', i, 'a text ends without its zero');
  if (r.witness !== undefined) witnessText(r, start, i, quoted);
  if (bytes[start] === QUOTE) start++;
  return seen < 0x80 ? asciiText(bytes, start, i) : utf8.decode(bytes.subarray(start, i));
}

/** A zero would end the text on the wire and let what follows pass for header fields: it is left out. */
const withoutZeros = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text);

/** Writes Text-string: a quote mark where the first octet needs one, UTF-8, a zero. Zeros inside the text are left out. */
export function writeText(w: ByteWriter, value: string): void {
  if (value.charCodeAt(0) < QUOTE && w.ascii(value)) {
    w.u8(0);
    return;
  }
  const text = withoutZeros(value);
  if (text.charCodeAt(0) >= QUOTE) w.u8(QUOTE);
  w.utf8(text);
  w.u8(0);
}

/** Writes Text-string behind a quote mark, so that it is a text whatever it begins with, also where a number may stand. */
export function writeMarkedText(w: ByteWriter, value: string): void {
  w.u8(QUOTE);
  w.utf8(withoutZeros(value));
  w.u8(0);
}

/** Quoted-string: 0x22, text, zero; a closing quote, which some writers add, is dropped; without the opening one it is a Text-string. */
export function readQuotedString(r: ByteReader): string {
  if (r.remaining > 0 && r.peek() === QUOTED_STRING) return readBehindQuote(r);
  tolerate(r, 'unquoted-string', r.offset, 'a Text-string, expected a Quoted-string (0x22)');
  return readText(r);
}

/** A Quoted-string whose opening quote is the next octet. */
export function readBehindQuote(r: ByteReader): string {
  r.offset++;
  if (r.remaining === 0) {
    tolerate(r, 'unterminated-text', r.offset, 'a text ends without its zero');
    return '';
  }
  const text = readText(r, true);
  if (!text.endsWith('"')) return text;
  tolerate(r, 'closing-quote', r.bytes[r.offset - 1] === 0 ? r.offset - 2 : r.offset - 1, 'a closing quote on a Quoted-string');
  return text.slice(0, -1);
}

/** Writes Quoted-string: its mark, the text, a zero; no closing quote. Zeros inside the text are left out. */
export function writeQuotedString(w: ByteWriter, value: string): void {
  w.u8(QUOTED_STRING);
  w.utf8(withoutZeros(value));
  // One that ends the value itself would be taken for a closing one.
  if (value.endsWith('"')) w.u8(QUOTED_STRING);
  w.u8(0);
}

/** RFC 2616 token characters by code: letters, digits and marks, without separators. */
const TOKEN = new Uint8Array(128);
for (const c of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") TOKEN[c.charCodeAt(0)] = 1;

/** Whether `octet` may begin or continue a token. RFC 2616 2.2. */
export const isTokenOctet = (octet: number): boolean => octet < 0x80 && TOKEN[octet] === 1;

/** Token-text: at least one token character, then zero. WAP-230 8.4.2.1. */
export function readToken(r: ByteReader): string {
  const start = r.offset;
  const end = endOfText(r, start);
  if (end === start || end >= r.end) throw new Malformed(start, 'a name is empty or has no end', 'WAP-230 8.4.2.1');
  for (let i = start; i < end; i++)
    if (!isTokenOctet(r.bytes[i]!))
      throw new Malformed(
        i,
        `octet 0x${r.bytes[i]!.toString(16)} in a name, where only token characters may stand`,
        'WAP-230 8.4.2.1',
      );
  r.offset = end + 1;
  return asciiText(r.bytes, start, end);
}

/** Octets of `text` in UTF-8; unpaired surrogates count three, as their replacement does. */
export function utf8Length(text: string): number {
  let octets = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) octets += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      octets += 2;
      i++;
    } else octets += 2;
  }
  return octets;
}

/** Octets that `writeText` writes for `value`. */
export function textLength(value: string): number {
  const text = withoutZeros(value);
  return utf8Length(text) + (text.charCodeAt(0) >= QUOTE ? 2 : 1);
}

/** Whether every character is below 0x80 and none is zero, so that the text is its own octets. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f || unit === 0) return false;
  }
  return true;
}

/** Text-string. WAP-230 8.4.2.1. */
export const textString: Coder<string> = { decode: (r) => readText(r), encode: writeText, toText: (value) => value };
