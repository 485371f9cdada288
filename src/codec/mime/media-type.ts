/**
 * Media types and dispositions with their parameters, as text. RFC 2045 5.1, RFC 2183, RFC 2231.
 *
 * The reader goes over a value once, by character. What real systems write against the grammar is listed in tolerances.ts.
 */
import { LIMITS, type Witness } from '#base';
import { type ContentType, decodeText, isAscii, isTokenOctet } from '#codec/wsp';
import { charsetOf } from './charsets.js';
import type { Disposition } from './model.js';
import { tolerate } from './tolerances.js';
import { decodeWords, withoutControls } from './words.js';

type Parameters = Readonly<Record<string, string>>;

/** A parameter as written: RFC 2231 not yet undone. */
interface Written {
  readonly name: string;
  readonly value: string;
}

const isSpace = (c: string | undefined): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';

const isToken = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (!isTokenOctet(text.charCodeAt(i))) return false;
  return text.length > 0;
};

type Told = 'broken-parameter' | 'unterminated-quote' | 'unquoted-parameter';

/** Walks over a value: a word, then parameters. */
class ValueReader {
  private readonly value: string;
  private readonly witness: Witness | undefined;
  private readonly offset: number;
  private at = 0;

  constructor(value: string, witness: Witness | undefined, offset: number) {
    this.value = value;
    this.witness = witness;
    this.offset = offset;
  }

  /** What stands before the first semicolon, comments left out. */
  word(): string {
    let text = '';
    this.blanks();
    while (this.at < this.value.length && this.value[this.at] !== ';') {
      const before = this.at;
      this.blanks();
      if (this.at === before) text += this.value[this.at++];
    }
    return text.trim();
  }

  /** All parameters, as many as are kept. */
  parameters(): Written[] {
    const list: Written[] = [];
    while (this.at < this.value.length) {
      this.at++;
      this.blanks();
      const one = this.parameter();
      if (one === undefined) continue;
      if (list.length < LIMITS.parametersMax) list.push(one);
      else this.tell('broken-parameter', `more than ${LIMITS.parametersMax} parameters: those behind are passed over`);
    }
    return list;
  }

  /** From behind a semicolon to the next one, or to the end. */
  private parameter(): Written | undefined {
    const start = this.at;
    while (this.at < this.value.length && !'=;'.includes(this.value[this.at]!)) this.at++;
    const name = this.value.slice(start, this.at).trim().toLowerCase();
    if (this.value[this.at] !== '=') {
      if (name !== '') this.tell('broken-parameter', `parameter ${name} without a value`);
      return undefined;
    }
    this.at++;
    this.blanks();
    const value = this.value[this.at] === '"' ? this.quoted() : this.bare();
    if (isToken(name)) return { name, value };
    this.tell('broken-parameter', 'a parameter whose name is none');
    return undefined;
  }

  private quoted(): string {
    let text = '';
    this.at++;
    while (this.at < this.value.length) {
      const c = this.value[this.at++]!;
      if (c === '"') {
        this.toSemicolon();
        return text;
      }
      text += c === '\\' && this.at < this.value.length ? this.value[this.at++]! : c;
    }
    this.tell('unterminated-quote', 'a quoted value without its end');
    return text.trim();
  }

  /** Behind a closing quote only blanks and comments may stand. */
  private toSemicolon(): void {
    this.blanks();
    if (this.at < this.value.length && this.value[this.at] !== ';')
      this.tell('unquoted-parameter', 'text behind a closing quote');
    while (this.at < this.value.length && this.value[this.at] !== ';') this.at++;
  }

  private bare(): string {
    const start = this.at;
    while (this.at < this.value.length && this.value[this.at] !== ';') this.at++;
    const text = this.value.slice(start, this.at).trim();
    const comment = / \([^()]*\)$/.exec(text);
    const value = comment === null ? text : text.slice(0, comment.index).trim();
    if (!isToken(value)) this.tell('unquoted-parameter', 'a value that ought to be quoted');
    return value;
  }

  /** Blanks and comments. RFC 5322 3.2.2. */
  private blanks(): void {
    let depth = 0;
    while (this.at < this.value.length) {
      const c = this.value[this.at]!;
      if (c === '(') depth++;
      else if (c === ')' && depth > 0) depth--;
      else if (c === '\\' && depth > 0) this.at++;
      else if (depth === 0 && !isSpace(c)) return;
      this.at++;
    }
  }

  private tell(name: Told, detail: string): void {
    tolerate(this.witness, name, this.offset, detail);
  }
}

/** `name*1*`: the name, which piece it is (0 when there is but one), and whether it is in percent form. RFC 2231 3 and 4. */
const EXTENDED = /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/;

interface Piece {
  readonly index: number;
  readonly percent: boolean;
  readonly value: string;
}

const PERCENT = 0x25;
const utf8 = new TextEncoder();

/** What a hexadecimal digit stands for; -1: it is none. */
function hex(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet & ~0x20;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}

/** The octets of a percent text; a percent sign without two digits stands for itself. */
function percentOctets(text: string): Uint8Array {
  const octets = utf8.encode(text);
  let to = 0;
  for (let from = 0; from < octets.length; from++) {
    const isCoded = octets[from] === PERCENT && hex(octets[from + 1]) >= 0 && hex(octets[from + 2]) >= 0;
    octets[to++] = isCoded ? hex(octets[from + 1]) * 16 + hex(octets[from + 2]) : octets[from]!;
    if (isCoded) from += 2;
  }
  return octets.subarray(0, to);
}

/** The value that pieces make together; those behind a gap are left out. */
function join(pieces: readonly Piece[]): string {
  const sorted = [...pieces].sort((a, b) => a.index - b.index);
  let charset = '';
  const octets: number[] = [];
  for (const [i, { index, percent, value }] of sorted.entries()) {
    if (index !== i) break;
    let text = value;
    if (i === 0 && percent) {
      // charset'language'text
      const [name, , ...rest] = value.split("'");
      if (rest.length > 0) {
        charset = name!;
        text = rest.join("'");
      }
    }
    for (const octet of percent ? percentOctets(text) : utf8.encode(text)) octets.push(octet);
  }
  return decodeText(Uint8Array.from(octets), charset === '' ? 'utf-8' : charsetOf(charset));
}

/** A plain record whatever the names are. */
const set = (record: Record<string, string>, name: string, value: string): void => {
  if (name === '__proto__') Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  else record[name] = value;
};

/** RFC 2231 undone, encoded words decoded, repetitions passed over. */
function resolve(written: readonly Written[], witness: Witness | undefined, offset: number): Parameters {
  const parameters: Record<string, string> = {};
  const pieces = new Map<string, Piece[]>();
  for (const { name, value } of written) {
    const [, base, index, percent] = EXTENDED.exec(name) ?? [];
    if (base !== undefined && (index !== undefined || percent !== undefined)) {
      const list = pieces.get(base) ?? [];
      list.push({ index: Number(index ?? 0), percent: percent !== undefined, value });
      pieces.set(base, list);
    } else if (Object.hasOwn(parameters, name)) tolerate(witness, 'repeated-parameter', offset, `a second parameter ${name}`);
    else {
      const decoded = decodeWords(value);
      if (decoded !== value) tolerate(witness, 'encoded-word-in-parameter', offset, `an encoded word in parameter ${name}`);
      set(parameters, name, decoded);
    }
  }
  // Where a parameter stands in both forms, the one that can say everything counts. RFC 6266 4.3 says so of HTTP.
  for (const [name, list] of pieces) set(parameters, name, join(list));
  return parameters;
}

const TEXT_PLAIN = 'text/plain';
const OCTET_STREAM = 'application/octet-stream';

function mediaOf(word: string, witness: Witness | undefined, offset: number): string {
  const media = word.toLowerCase();
  const slash = media.indexOf('/');
  if (slash > 0 && isToken(media.slice(0, slash)) && isToken(media.slice(slash + 1))) return media;
  tolerate(witness, 'broken-media-type', offset, 'a Content-Type that is no media type');
  return media === 'text' || media === '' ? TEXT_PLAIN : OCTET_STREAM;
}

/**
 * A Content-Type value. Never fails: see `broken-media-type`. Names of charsets are those of IANA where they are known. `offset`: where the field
 * begins, for the witness.
 */
export function parseMediaType(value: string, witness?: Witness, offset = 0): ContentType {
  const reader = new ValueReader(value, witness, offset);
  const media = mediaOf(reader.word(), witness, offset);
  const parameters = resolve(reader.parameters(), witness, offset);
  const { charset } = parameters;
  return { media, parameters: charset === undefined ? parameters : { ...parameters, charset: charsetOf(charset) } };
}

/** A Content-Disposition value. Absent when it has no word to begin with. */
export function parseDisposition(value: string, witness?: Witness, offset = 0): Disposition | undefined {
  const reader = new ValueReader(value, witness, offset);
  const kind = reader.word().toLowerCase();
  const parameters = resolve(reader.parameters(), witness, offset);
  return isToken(kind) ? { kind, parameters } : undefined;
}

/** Longest value of a parameter that is written in one piece. Source: a line of 78 characters with name and indent. */
const PIECE_CHARACTERS_MAX = 60;

/** Characters that need no percent form. RFC 2231 7, attribute-char. */
const isAttributeOctet = (octet: number): boolean => isTokenOctet(octet) && octet !== 0x2a && octet !== 0x27 && octet !== 0x25;

const percentText = (octet: number): string =>
  isAttributeOctet(octet) ? String.fromCharCode(octet) : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;

/** A value that is not ASCII, in as many pieces as it needs. */
function extended(name: string, value: string): string[] {
  const pieces: string[] = [];
  let piece = "utf-8''";
  for (const octet of utf8.encode(value)) {
    const text = percentText(octet);
    if (piece.length + text.length > PIECE_CHARACTERS_MAX) {
      pieces.push(piece);
      piece = '';
    }
    piece += text;
  }
  pieces.push(piece);
  return pieces.length === 1 ? [`${name}*=${piece}`] : pieces.map((text, i) => `${name}*${i}*=${text}`);
}

/** `"..."` with quotes and backslashes escaped. RFC 5322 3.2.4. Controls become blanks. */
export const quotedText = (text: string): string => `"${withoutControls(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Parameters whose values are always quoted: peers are seen to want it. Every other one is quoted when it must be. */
const ALWAYS_QUOTED: readonly string[] = ['boundary', 'start', 'type', 'name', 'filename'];

function parameterTexts(name: string, value: string): string[] {
  const clean = withoutControls(value);
  if (!isToken(name) || name.includes('*')) return [];
  if (!isAscii(clean) || clean.includes('=?')) return extended(name, clean);
  return [`${name}=${isToken(clean) && !ALWAYS_QUOTED.includes(name) ? clean : quotedText(clean)}`];
}

const parametersText = (parameters: Parameters): string =>
  Object.entries(parameters)
    .flatMap(([name, value]) => parameterTexts(name, value))
    .map((text) => `; ${text}`)
    .join('');

/**
 * `multipart/related; start="<smil>"; type="application/smil"`: values quoted where they must be, in RFC 2231 form where they are not ASCII.
 * A media type that is none is written as application/octet-stream; parameters whose names are none are left out.
 */
export function mediaTypeText(type: ContentType): string {
  return `${mediaOf(type.media, undefined, 0)}${parametersText(type.parameters)}`;
}

/** `attachment; filename="a.jpg"`, as `mediaTypeText`. */
export const dispositionText = (disposition: Disposition): string =>
  `${isToken(disposition.kind) ? disposition.kind : 'attachment'}${parametersText(disposition.parameters)}`;
