/** Header sections and their fields. RFC 5322 2.2. */
import { LIMITS, type Witness } from '#base';
import { asciiText, OverLimit } from '#codec/wsp';
import type { MimeField } from './model.js';
import { tolerate } from './tolerances.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const COLON = 0x3a;
const DASH = 0x2d;
/** Longest line that mail allows, without its end. RFC 5322 2.1.1. */
export const LINE_OCTETS_MAX = 998;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Octets of a header as text: UTF-8, or ISO 8859-1 where they are none. */
export function headerText(octets: Uint8Array): string {
  try {
    return strictUtf8.decode(octets);
  } catch (e) {
    if (!(e instanceof TypeError)) throw e;
    return Array.from(octets, (octet) => String.fromCharCode(octet)).join('');
  }
}

/** A header section: its fields, and where the body begins. */
export interface Section {
  readonly fields: readonly MimeField[];
  readonly bodyOffset: number;
}

/** One line: `end` is where its line break begins, `next` where the next line does. */
interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

const isBlank = (octet: number): boolean => octet === BLANK || octet === TAB;

/** Where the name of a field that begins at `start` ends, and the colon behind it stands; undefined where no field begins. */
export function fieldStart(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly nameEnd: number; readonly colon: number } | undefined {
  let nameEnd = start;
  while (nameEnd < end && isNameOctet(bytes[nameEnd]!)) nameEnd++;
  let colon = nameEnd;
  while (colon < end && isBlank(bytes[colon]!)) colon++;
  return nameEnd === start || colon === end || bytes[colon] !== COLON ? undefined : { nameEnd, colon };
}

/** Octets that may stand in the name of a field: printable ASCII without the colon. RFC 5322 2.2. */
const isNameOctet = (octet: number): boolean => octet > BLANK && octet < 0x7f && octet !== COLON;

class SectionReader {
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  private readonly witness: Witness | undefined;
  private readonly fields: MimeField[] = [];

  constructor(bytes: Uint8Array, start: number, end: number, witness: Witness | undefined) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.witness = witness;
  }

  read(): Section {
    let at = this.start;
    while (at < this.end) {
      const line = this.lineAt(at);
      if (line.end === line.start) return { fields: this.fields, bodyOffset: line.next };
      if (line.end - line.start > LINE_OCTETS_MAX)
        tolerate(this.witness, 'long-line', at, `a line of ${line.end - line.start} octets`);
      const colon = this.colonOf(line);
      if (colon < 0) {
        if (this.isBoundary(line)) break;
        this.passOver(line);
        at = line.next;
      } else at = this.takeField(line, colon);
    }
    tolerate(this.witness, 'unterminated-header', at, 'no empty line behind the header section');
    return { fields: this.fields, bodyOffset: at };
  }

  private lineAt(start: number): Line {
    if (start - this.start > LIMITS.mimeHeadOctetsMax)
      throw new OverLimit(start, `header section of more than ${LIMITS.mimeHeadOctetsMax} octets`);
    const found = this.bytes.indexOf(LF, start);
    if (found < 0 || found >= this.end) return { start, end: this.end, next: this.end };
    if (found > start && this.bytes[found - 1] === CR) return { start, end: found - 1, next: found + 1 };
    tolerate(this.witness, 'bare-line-feed', found, 'a line that ends in LF alone');
    return { start, end: found, next: found + 1 };
  }

  /** Where the colon behind the field's name stands; -1 for a line that is no field. */
  private colonOf({ start, end }: Line): number {
    const found = fieldStart(this.bytes, start, end);
    if (found === undefined) return -1;
    const { nameEnd, colon } = found;
    if (colon > nameEnd) tolerate(this.witness, 'blank-before-colon', nameEnd, 'blanks in front of a colon');
    return colon;
  }

  /** A boundary where a field should stand: somebody forgot the empty line. */
  private isBoundary({ start }: Line): boolean {
    return this.bytes[start] === DASH && this.bytes[start + 1] === DASH;
  }

  private passOver({ start, end }: Line): void {
    const first = asciiText(this.bytes, start, Math.min(end, start + 5));
    if (start === this.start && first === 'From ') tolerate(this.witness, 'mbox-from-line', start, 'a line of a mailbox file');
    else tolerate(this.witness, 'unreadable-field', start, 'a line that is no header field');
  }

  /** Takes the field that begins with `line`, continuations included. Returns where the next line begins. */
  private takeField(line: Line, colon: number): number {
    if (this.fields.length === LIMITS.headerFieldsMax)
      throw new OverLimit(line.start, `more than ${LIMITS.headerFieldsMax} header fields`);
    let nameEnd = colon;
    while (isBlank(this.bytes[nameEnd - 1]!)) nameEnd--;
    const name = asciiText(this.bytes, line.start, nameEnd);
    let value = this.textOf(colon + 1, line.end);
    let { next } = line;
    while (next < this.end && isBlank(this.bytes[next]!)) {
      const more = this.lineAt(next);
      if (more.next - line.start > LIMITS.mimeFieldOctetsMax)
        throw new OverLimit(line.start, `header field of more than ${LIMITS.mimeFieldOctetsMax} octets`);
      value += this.textOf(more.start, more.end);
      next = more.next;
    }
    if (value.length > LIMITS.mimeFieldOctetsMax)
      throw new OverLimit(line.start, `header field of more than ${LIMITS.mimeFieldOctetsMax} octets`);
    this.fields.push({ name, value: trimBlanks(value), offset: line.start });
    return next;
  }

  private textOf(start: number, end: number): string {
    let seen = 0;
    let controls = false;
    for (let i = start; i < end; i++) {
      const octet = this.bytes[i]!;
      seen |= octet;
      if (octet === CR || octet === 0) controls = true;
    }
    if (seen >= 0x80) tolerate(this.witness, 'eight-bit-header', start, 'octets above 0x7f in a header field');
    const text = seen < 0x80 ? asciiText(this.bytes, start, end) : headerText(this.bytes.subarray(start, end));
    if (!controls) return text;
    tolerate(this.witness, 'bare-carriage-return', start, 'CR or a zero octet in a header field');
    return text.replaceAll('\r', ' ').replaceAll('\0', ' ');
  }
}

/** Without blanks and tabs at either end. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** The header section that begins at `start` of `bytes`. Throws OverLimit. */
export const readSection = (bytes: Uint8Array, start: number, end: number, witness: Witness | undefined): Section =>
  new SectionReader(bytes, start, end, witness).read();

/** The value of the first field of this name, in any case. Absent when there is none. */
export function fieldOf(fields: readonly MimeField[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const field of fields) if (field.name.length === wanted.length && field.name.toLowerCase() === wanted) return field.value;
  return undefined;
}

/** The values of all fields of this name, in order. */
export function fieldsOf(fields: readonly MimeField[], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
}
