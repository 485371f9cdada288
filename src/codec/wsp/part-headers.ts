/**
 * Header fields of a multipart entry and of a push, as pairs of text. WAP-230 8.4.2.
 *
 * Only what MMS uses is taken apart. A field with another grammar is kept as its octets: name `0x4b` (the number), value hexadecimal.
 */
import { type ByteReader, type ByteWriter, hexNumber, hexOctets, LIMITS, Malformed } from '#base';
import { HEADERS, headerCode } from './assigned-numbers.js';
import { fromHex, OverLimit } from './coder.js';
import { readParameters } from './content-type.js';
import { readIntegerValue, readValueLength, skipValue, writeIntegerValue } from './integers.js';
import { isTokenOctet, readQuotedString, readText, readToken, writeMarkedText, writeQuotedString, writeText } from './text.js';
import { tolerate } from './tolerances.js';

/** One header field as a pair of text. */
export interface Header {
  /** Usual spelling, or `0x4b`; `page 0x01` where another code page begins, which takes all octets that follow. */
  readonly name: string;
  readonly value: string;
}

/** Shift-delimiter 0x7f and the short cuts 1..31 select another code page: names behind it are not ours. WAP-230 8.4.2.6. */
const SHIFT_DELIMITER = 0x7f;
const SHORT_CUT_MAX = 0x1f;

/** Names that are made of numbers here: of a header, or of a code page. */
const NUMBERED = /^(page )?0x([0-9a-f]{2})$/;

const DISPOSITIONS = ['form-data', 'attachment', 'inline'];

/** Content-Disposition as mail writes it: `attachment; filename="a.jpg"`. WAP-230 8.4.2.53. */
function readDisposition(r: ByteReader): string {
  const bare = r.peek() >= 0x20;
  if (bare) tolerate(r, 'bare-disposition', r.offset, 'no length in front of a disposition');
  const value = bare ? r : r.window(readValueLength(r));
  const first = value.peek();
  let text: string;
  if (first >= 0x80) {
    value.offset++;
    text = DISPOSITIONS[first & 0x7f] ?? hexNumber(first);
    if (text.startsWith('0x')) tolerate(r, 'unassigned-number', value.offset - 1, `disposition ${text}`);
  } else text = readText(value).toLowerCase();
  if (value === r) return text;
  for (const [name, parameter] of Object.entries(readParameters(value))) text += `; ${name}="${parameter}"`;
  return text;
}

const APPLICATION_MMS = 'x-wap-application:mms.ua';
const APPLICATION_MMS_CODE = 4;

/** The lowest octet that begins a text where a number may stand too. */
const TEXT_BEGINS = 0x20;

/** X-Wap-Application-Id: number or URI. */
function readApplicationId(r: ByteReader): string {
  const first = r.peek();
  if (first >= TEXT_BEGINS && first < 0x80) return readText(r);
  const code = readIntegerValue(r);
  return code === APPLICATION_MMS_CODE ? APPLICATION_MMS : hexNumber(code);
}

export function writeApplicationId(w: ByteWriter, id: string): void {
  if (id === APPLICATION_MMS) w.u8(0x80 | APPLICATION_MMS_CODE);
  else if (/^0x[0-9a-f]{2,8}$/.test(id)) writeIntegerValue(w, Number.parseInt(id, 16));
  // What begins like a length would be read as a number.
  else if (id.charCodeAt(0) >= TEXT_BEGINS) writeText(w, id);
  else writeMarkedText(w, id);
}

function readCoded(r: ByteReader, code: number): Header {
  const row = HEADERS[code];
  const start = r.offset;
  if (row === undefined) tolerate(r, 'unassigned-number', start - 1, `part header ${hexNumber(0x80 | code)}`);
  switch (row?.grammar) {
    case 'text':
      return { name: row.name, value: readText(r) };
    case 'quoted':
      return { name: row.name, value: readQuotedString(r) };
    case 'integer':
      return { name: row.name, value: String(readIntegerValue(r)) };
    case 'disposition':
      return { name: row.name, value: readDisposition(r) };
    case 'application-id':
      return { name: row.name, value: readApplicationId(r) };
    default: {
      const first = r.peek();
      if (row !== undefined && first >= 0x20 && first < 0x80) return { name: row.name, value: readText(r) };
      skipValue(r);
      return { name: hexNumber(code), value: hexOctets(r.bytes.subarray(start, r.offset)) };
    }
  }
}

function readHeader(r: ByteReader): Header {
  const first = r.peek();
  if (first >= 0x80) {
    r.offset++;
    return readCoded(r, first & 0x7f);
  }
  if (first === SHIFT_DELIMITER || first <= SHORT_CUT_MAX) {
    r.offset++;
    return { name: `page ${hexNumber(first)}`, value: hexOctets(r.rest()) };
  }
  const start = r.offset;
  const token = readToken(r);
  // Names are the same in any case, and in this one it is not taken for a number.
  const name = NUMBERED.test(token) ? token.toUpperCase() : token;
  if (r.remaining > 0) return { name, value: readText(r) };
  tolerate(r, 'header-without-value', start, `header ${name} has no value`);
  return { name, value: '' };
}

/**
 * All fields up to the end of the reader's window. A field that breaks its grammar ends the list (some servers write a wrong length into
 * Content-Disposition): what is left is kept as its octets under the field's number, and is lost where there is none. Throws OverLimit.
 */
export function readHeaders(r: ByteReader): Header[] {
  const headers: Header[] = [];
  while (r.remaining > 0) {
    if (headers.length === LIMITS.partHeadersMax)
      throw new OverLimit(r.offset, `more than ${LIMITS.partHeadersMax} header fields`);
    const start = r.offset;
    try {
      const header = readHeader(r);
      headers.push(header);
      r.witness?.read('part-header', header.name, start, r.offset, header.value);
    } catch (e) {
      if (!(e instanceof Malformed) || e instanceof OverLimit) throw e;
      tolerate(r, 'broken-part-headers', e.offset, e.detail);
      r.offset = start;
      const first = r.u8();
      const rest = r.rest();
      if (first >= 0x80) headers.push({ name: hexNumber(first & 0x7f), value: hexOctets(rest) });
      r.witness?.read('part-header', hexNumber(first), start, r.offset, '(cannot be read)');
    }
  }
  return headers;
}

const isToken = (name: string): boolean => name.length > 0 && [...name].every((c) => isTokenOctet(c.charCodeAt(0)));

/** Writes one field: by number where every client reads it, else by name. A name that is no token is left out. */
export function writeHeader(w: ByteWriter, header: Header): void {
  const [, page, digits] = NUMBERED.exec(header.name) ?? [];
  const octets = digits === undefined ? undefined : fromHex(header.value);
  if (digits !== undefined && octets) {
    const number = Number.parseInt(digits, 16);
    w.u8(page === undefined ? 0x80 | number : number);
    w.octets(octets);
    return;
  }
  const code = headerCode(header.name);
  const grammar = code === undefined ? undefined : HEADERS[code]!.grammar;
  if (code !== undefined && grammar === 'quoted') {
    w.u8(0x80 | code);
    writeQuotedString(w, header.value);
  } else if (code !== undefined && grammar === 'text') {
    w.u8(0x80 | code);
    writeText(w, header.value);
  } else if (code !== undefined && grammar === 'application-id') {
    w.u8(0x80 | code);
    writeApplicationId(w, header.value);
  } else if (code !== undefined && grammar === 'integer' && /^[0-9]{1,15}$/.test(header.value)) {
    w.u8(0x80 | code);
    writeIntegerValue(w, Number(header.value));
  } else if (isToken(header.name)) {
    writeText(w, header.name);
    writeText(w, header.value);
  }
}
