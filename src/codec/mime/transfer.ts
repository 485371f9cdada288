/**
 * Transfer encodings, both ways, by tables and over whole bodies: this is where a message of 50 KB spends its time. RFC 2045 6.7 and 6.8.
 */
import type { Witness } from '#base';
import { joined } from './gathering.js';
import { tolerate } from './tolerances.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const BLANK = 0x20;
const EQUALS = 0x3d;

/** Characters of one line of base64. RFC 2045 6.8. */
const LINE_CHARACTERS = 76;
/** Octets that such a line carries. */
const LINE_OCTETS = (LINE_CHARACTERS / 4) * 3;

const FOREIGN = 0x80;
const SKIPPED = 0x40;
const PADDING = 0x41;

const NO_OCTETS = new Uint8Array(0);

/** What a character means: 0..63 its value, else SKIPPED, PADDING or FOREIGN. */
const VALUES = new Uint8Array(256).fill(FOREIGN);
/** The characters of the alphabet by their value. */
const ENCODED = new Uint8Array(64);
for (let i = 0; i < ALPHABET.length; i++) {
  VALUES[ALPHABET.charCodeAt(i)] = i;
  ENCODED[i] = ALPHABET.charCodeAt(i);
}
for (const skipped of [LF, CR, TAB, BLANK]) VALUES[skipped] = SKIPPED;
VALUES[EQUALS] = PADDING;

/**
 * Base64 that comes in pieces. Whole groups go by tables; character by character goes what stands at the ends of lines and pieces, and what is
 * not as it ought to be.
 */
export class Base64Decoder {
  private readonly witness: Witness | undefined;
  private offset: number;
  private input: Uint8Array<ArrayBufferLike> = NO_OCTETS;
  private out: Uint8Array<ArrayBufferLike> = NO_OCTETS;
  private used = 0;
  private bits = 0;
  private held = 0;
  private padded = false;

  /** `offset`: where the first piece begins, for the witness. */
  constructor(witness?: Witness, offset = 0) {
    this.witness = witness;
    this.offset = offset;
  }

  /** The octets that this piece completes: the caller's own. */
  decode(piece: Uint8Array): Uint8Array {
    this.begin(piece);
    let i = 0;
    while (i < piece.length) {
      if (this.held === 0) i = this.groups(i);
      if (i < piece.length) this.character(i++);
    }
    this.offset += piece.length;
    return this.out.subarray(0, this.used);
  }

  /** What a group that was cut off still holds. */
  end(): Uint8Array {
    this.begin(NO_OCTETS);
    if (this.held > 0) this.close(0, false);
    return this.out.subarray(0, this.used);
  }

  private begin(piece: Uint8Array): void {
    this.input = piece;
    this.out = new Uint8Array(Math.ceil((piece.length * 3) / 4) + 3);
    this.used = 0;
  }

  /** Whole groups of four from `i` on, as long as they are plain. Returns where the first other character's group begins. */
  private groups(i: number): number {
    const { input, out } = this;
    const last = input.length - 4;
    let { used } = this;
    const start = i;
    while (i <= last) {
      const a = VALUES[input[i]!]!;
      const b = VALUES[input[i + 1]!]!;
      const c = VALUES[input[i + 2]!]!;
      const d = VALUES[input[i + 3]!]!;
      if ((a | b | c | d) > 63) break;
      out[used] = (a << 2) | (b >> 4);
      out[used + 1] = (b << 4) | (c >> 2);
      out[used + 2] = (c << 6) | d;
      used += 3;
      i += 4;
    }
    this.used = used;
    if (this.padded && i > start) this.goesOn(start);
    return i;
  }

  /** Characters behind padding. */
  private goesOn(i: number): void {
    tolerate(this.witness, 'early-padding', this.offset + i, 'base64 behind its padding');
    this.padded = false;
  }

  private character(i: number): void {
    const value = VALUES[this.input[i]!]!;
    if (value < SKIPPED) {
      if (this.padded) this.goesOn(i);
      this.bits = (this.bits << 6) | value;
      if (++this.held === 4) this.close(i, true);
    } else if (value === PADDING) {
      if (this.held > 0) this.close(i, true);
      this.padded = true;
    } else if (value !== SKIPPED) tolerate(this.witness, 'foreign-base64', this.offset + i, 'a character that base64 has not');
  }

  /** Ends a group: 2 characters make an octet, 3 make two, 4 make three; one alone makes none. */
  private close(i: number, padded: boolean): void {
    const { held } = this;
    if (!padded || held === 1) tolerate(this.witness, 'cut-base64', this.offset + i, `a group of ${held} characters`);
    const bits = this.bits << (6 * (4 - held));
    for (let octet = 0; octet < held - 1; octet++) this.out[this.used++] = bits >> (16 - 8 * octet);
    this.bits = 0;
    this.held = 0;
  }
}

/**
 * The octets of base64 text; blanks, line breaks and foreign characters are passed over, and what stands behind padding is decoded too.
 * `offset`: where `text` begins, for the witness. The result is the caller's own.
 */
export function base64Octets(text: Uint8Array, witness?: Witness, offset = 0): Uint8Array {
  const decoder = new Base64Decoder(witness, offset);
  const octets = decoder.decode(text);
  const rest = decoder.end();
  return rest.length === 0 ? octets : joined([octets, rest]);
}

/** The two characters of twelve bits, as this machine keeps sixteen; found by measuring to be more than twice as fast as one by one. */
const PAIRS = new Uint16Array(4096);
/** CR LF likewise. */
const LINE_BREAK = new Uint16Array(1);
const pairOctets = new Uint8Array(PAIRS.buffer);
for (let i = 0; i < PAIRS.length; i++) {
  pairOctets[2 * i] = ENCODED[i >> 6]!;
  pairOctets[2 * i + 1] = ENCODED[i & 63]!;
}
new Uint8Array(LINE_BREAK.buffer).set([CR, LF]);

/** Writes the characters of `length` octets of `data` from `start` on to `out` at `at`, padding included. Returns the end. */
function encodeRun(data: Uint8Array, start: number, length: number, out: Uint8Array, at: number): number {
  const whole = start + length - (length % 3);
  let i = start;
  for (; i < whole; i += 3) {
    const group = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
    out[at] = ENCODED[group >> 18]!;
    out[at + 1] = ENCODED[(group >> 12) & 63]!;
    out[at + 2] = ENCODED[(group >> 6) & 63]!;
    out[at + 3] = ENCODED[group & 63]!;
    at += 4;
  }
  const left = length % 3;
  if (left === 0) return at;
  const group = (data[i]! << 16) | (left === 2 ? data[i + 1]! << 8 : 0);
  out[at] = ENCODED[group >> 18]!;
  out[at + 1] = ENCODED[(group >> 12) & 63]!;
  out[at + 2] = left === 2 ? ENCODED[(group >> 6) & 63]! : EQUALS;
  out[at + 3] = EQUALS;
  return at + 4;
}

/** Base64 in lines of 76 characters, each with its CR LF, the last one too. */
export function base64Lines(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const lines = Math.ceil(data.length / LINE_OCTETS);
  const out = new Uint8Array(Math.ceil(data.length / 3) * 4 + lines * 2);
  const wide = new Uint16Array(out.buffer);
  const lineBreak = LINE_BREAK[0]!;
  const whole = data.length - (data.length % LINE_OCTETS);
  let at = 0;
  for (let start = 0; start < whole; start += LINE_OCTETS) {
    for (let i = start; i < start + LINE_OCTETS; i += 3) {
      const group = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
      wide[at] = PAIRS[group >> 12]!;
      wide[at + 1] = PAIRS[group & 0xfff]!;
      at += 2;
    }
    wide[at++] = lineBreak;
  }
  if (whole < data.length) wide[encodeRun(data, whole, data.length - whole, out, at * 2) / 2] = lineBreak;
  return out;
}

/** Base64 on one line. */
export function base64Text(data: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(data.length / 3) * 4);
  encodeRun(data, 0, data.length, out, 0);
  let text = '';
  for (const character of out) text += String.fromCharCode(character);
  return text;
}

/** The value of a hexadecimal digit, in either case; -1 for any other octet. */
const HEX = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX['0123456789ABCDEF'.charCodeAt(i)] = i;
  HEX['0123456789abcdef'.charCodeAt(i)] = i;
}

/** Where blanks that reach to the end of a line begin at `i`: the line's end, or -1 when something else follows them. */
function lineEndBehindBlanks(text: Uint8Array, i: number): number {
  while (i < text.length && (text[i] === BLANK || text[i] === TAB)) i++;
  if (i === text.length || text[i] === LF) return i;
  return text[i] === CR && text[i + 1] === LF ? i : -1;
}

/** One past the line break at `i`; -1 where there is none. */
function behindBreak(text: Uint8Array, i: number): number {
  if (text[i] === LF) return i + 1;
  if (text[i] === CR && text[i + 1] === LF) return i + 2;
  return i >= text.length ? i : -1;
}

/**
 * The octets of quoted-printable text. Blanks at the end of a line do not count, as they may have been added on the way; line breaks stay as
 * they are written. The result is the caller's own.
 */
export function quotedPrintableOctets(text: Uint8Array, witness?: Witness, offset = 0): Uint8Array {
  const out = new Uint8Array(text.length);
  let used = 0;
  let i = 0;
  while (i < text.length) {
    const octet = text[i]!;
    if (octet === BLANK || octet === TAB) {
      const end = lineEndBehindBlanks(text, i);
      if (end >= 0) i = end;
      else {
        // A run of blanks is looked at once, however long.
        while (text[i] === BLANK || text[i] === TAB) out[used++] = text[i++]!;
      }
      continue;
    }
    if (octet !== EQUALS) {
      out[used++] = octet;
      i++;
      continue;
    }
    const high = HEX[text[i + 1] ?? 0]!;
    const low = HEX[text[i + 2] ?? 0]!;
    if (high >= 0 && low >= 0) {
      out[used++] = high * 16 + low;
      i += 3;
      continue;
    }
    const end = lineEndBehindBlanks(text, i + 1);
    if (end >= 0) i = behindBreak(text, end);
    else {
      tolerate(witness, 'broken-quoted-printable', offset + i, 'an equals sign that begins nothing');
      out[used++] = octet;
      i++;
    }
  }
  return out.subarray(0, used);
}

const HEX_DIGITS = '0123456789ABCDEF';
const DOT = 0x2e;
const LETTER_F = 0x46;

/** Quoted-printable lines, written octet by octet. */
class QuotedPrintableWriter {
  private readonly out: Uint8Array<ArrayBuffer>;
  private used = 0;
  private column = 0;

  constructor(capacity: number) {
    this.out = new Uint8Array(capacity);
  }

  private put(octet: number): void {
    this.out[this.used++] = octet;
  }

  /** Room for `characters` more on this line, with an equals sign behind them. */
  private room(characters: number): void {
    if (this.column + characters >= LINE_CHARACTERS) {
      this.put(EQUALS);
      this.lineBreak();
    }
    this.column += characters;
  }

  plain(octet: number): void {
    const first = this.column === 0 || this.column + 1 >= LINE_CHARACTERS;
    if (first && (octet === DOT || octet === LETTER_F)) {
      this.escaped(octet);
      return;
    }
    this.room(1);
    this.put(octet);
  }

  escaped(octet: number): void {
    this.room(3);
    this.put(EQUALS);
    this.put(HEX_DIGITS.charCodeAt(octet >> 4));
    this.put(HEX_DIGITS.charCodeAt(octet & 15));
  }

  lineBreak(): void {
    this.put(CR);
    this.put(LF);
    this.column = 0;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.out.subarray(0, this.used) as Uint8Array<ArrayBuffer>;
  }
}

const isBreakAt = (data: Uint8Array, i: number): boolean => data[i] === CR && data[i + 1] === LF;

/**
 * Quoted-printable text of `data`, every octet of it kept: CR LF are line breaks, any other CR or LF is escaped, as are blanks at the end of a
 * line, a dot or an `F` that begins one (of `From ` mailbox files make another message). No line break is added at the end.
 */
export function quotedPrintableText(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const w = new QuotedPrintableWriter(data.length * 3 + Math.ceil((data.length * 3) / (LINE_CHARACTERS - 4)) * 3 + 3);
  for (let i = 0; i < data.length; i++) {
    const octet = data[i]!;
    if (isBreakAt(data, i)) {
      w.lineBreak();
      i++;
    } else if (octet === BLANK || octet === TAB) {
      if (i + 1 === data.length || isBreakAt(data, i + 1)) w.escaped(octet);
      else w.plain(octet);
    } else if (octet < BLANK || octet > 0x7e || octet === EQUALS) w.escaped(octet);
    else w.plain(octet);
  }
  return w.finish();
}
