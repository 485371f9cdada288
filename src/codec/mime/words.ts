/**
 * Encoded words: text that is not ASCII in a header. RFC 2047.
 *
 * Read without regular expressions, from left to right and once: a value of a thousand half words costs no more than one of a thousand words.
 */
import { decodeText, isAscii } from '#codec/wsp';
import { charsetOf, isKnownCharset } from './charsets.js';
import type { MimeField } from './model.js';
import { base64Octets, base64Text } from './transfer.js';

/** Longest encoded word that is written. RFC 2047 2. */
const WORD_CHARACTERS_MAX = 75;
/** Longest that is read: some writers put a whole subject into one. */
const WORD_READ_MAX = 4096;
const OPENING = '=?';
const CLOSING = '?=';
const PREFIX = '=?UTF-8?B?';
/** Octets of UTF-8 that one written word carries: what is left of 75 characters holds whole groups of four. */
const WORD_OCTETS_MAX = Math.floor((WORD_CHARACTERS_MAX - PREFIX.length - CLOSING.length) / 4) * 3;

const utf8 = new TextEncoder();

/** A word found in a value: what its octets are, and where it ends. */
interface Word {
  readonly charset: string;
  readonly octets: Uint8Array;
  readonly end: number;
}

const hexDigit = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

/** The octets of a Q text; undefined where it is none. RFC 2047 4.2. */
function qOctets(text: string): Uint8Array | undefined {
  const octets: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) octets.push(...utf8.encode(text[i]));
    else if (code === 0x5f) octets.push(0x20);
    else if (code !== 0x3d) octets.push(code);
    else {
      const [high, low] = [hexDigit(text.charCodeAt(i + 1)), hexDigit(text.charCodeAt(i + 2))];
      if (high < 0 || low < 0) return undefined;
      octets.push(high * 16 + low);
      i += 2;
    }
  }
  return Uint8Array.from(octets);
}

function octetsOf(encoding: string, text: string): Uint8Array | undefined {
  if (encoding === 'Q' || encoding === 'q') return qOctets(text);
  if (encoding === 'B' || encoding === 'b') return base64Octets(utf8.encode(text));
  return undefined;
}

/** The encoded word that begins at `start` of `value`, where `=?` stands. */
function wordAt(value: string, start: number): Word | undefined {
  const limit = Math.min(value.length, start + WORD_READ_MAX);
  const afterCharset = value.indexOf('?', start + OPENING.length);
  if (afterCharset < 0 || afterCharset > start + WORD_CHARACTERS_MAX || value[afterCharset + 2] !== '?') return undefined;
  const end = value.indexOf('?', afterCharset + 3);
  if (end < 0 || end > limit || value[end + 1] !== '=') return undefined;
  // A language may follow the charset. RFC 2231 5.
  const [charset] = value.slice(start + OPENING.length, afterCharset).split('*');
  if (charset === undefined || !isKnownCharset(charset)) return undefined;
  const octets = octetsOf(value[afterCharset + 1]!, value.slice(afterCharset + 3, end));
  return octets && { charset: charsetOf(charset), octets, end: end + CLOSING.length };
}

/** Octets of one charset that may end inside a character, until it is known what follows. */
class Joined {
  text = '';
  private charset: string | undefined;
  private pieces: number[] = [];

  word({ charset, octets }: Word): void {
    if (charset !== this.charset) this.flush();
    this.charset = charset;
    for (const octet of octets) this.pieces.push(octet);
  }

  plain(text: string): void {
    this.flush();
    this.text += text;
  }

  flush(): void {
    if (this.charset !== undefined) this.text += decodeText(Uint8Array.from(this.pieces), this.charset);
    this.charset = undefined;
    this.pieces = [];
  }
}

const isBlankText = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text[i] !== ' ' && text[i] !== '\t') return false;
  return true;
};

/**
 * The text of a header value with its encoded words decoded; those of one charset that follow each other are joined before, as some writers
 * split characters. A word that cannot be decoded stays as it is. The text may hold any character, line breaks too.
 */
export function decodeWords(value: string): string {
  let at = value.indexOf(OPENING);
  if (at < 0) return value;
  const joined = new Joined();
  let done = 0;
  let behindWord = false;
  while (at >= 0) {
    const word = wordAt(value, at);
    if (word === undefined) {
      at = value.indexOf(OPENING, at + 1);
      continue;
    }
    const between = value.slice(done, at);
    // Blanks between two words are there for folding only. RFC 2047 6.2.
    if (!(behindWord && isBlankText(between))) joined.plain(between);
    joined.word(word);
    done = word.end;
    behindWord = true;
    at = value.indexOf(OPENING, done);
  }
  joined.plain(value.slice(done));
  return joined.text;
}

const isControl = (code: number): boolean => code < 0x20 || code === 0x7f;

/** Control characters as blanks: a header cannot hold them, and nobody means them. */
export function withoutControls(text: string): string {
  let clean = '';
  let done = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isControl(text.charCodeAt(i))) continue;
    clean += `${text.slice(done, i)} `;
    done = i + 1;
  }
  return done === 0 ? text : clean + text.slice(done);
}

/** Encoded words of UTF-8, at most 75 characters each, no character split, one blank between. */
function wordsOf(text: string): string {
  const words: string[] = [];
  let chunk: Uint8Array[] = [];
  let octets = 0;
  const flush = (): void => {
    const joined = new Uint8Array(octets);
    let at = 0;
    for (const piece of chunk) {
      joined.set(piece, at);
      at += piece.length;
    }
    words.push(`${PREFIX}${base64Text(joined)}${CLOSING}`);
    chunk = [];
    octets = 0;
  };
  for (const character of text) {
    const encoded = utf8.encode(character);
    if (octets + encoded.length > WORD_OCTETS_MAX) flush();
    chunk.push(encoded);
    octets += encoded.length;
  }
  if (octets > 0) flush();
  return words.join(' ');
}

/**
 * `text` as it may stand in a header: itself when it is printable ASCII without blanks at its ends, else encoded words of UTF-8. Control
 * characters become blanks.
 */
export function encodeWords(text: string): string {
  const clean = withoutControls(text);
  const plain = isAscii(clean) && !clean.includes(OPENING) && clean.trim() === clean;
  return plain ? clean : wordsOf(clean);
}

/** A field of free text, `Subject` for instance: any text in, a safe value out. */
export const textField = (name: string, text: string): MimeField => ({ name, value: encodeWords(text) });
