/**
 * Content-Type value as WSP has it: a media type alone, or a length, a media type and parameters. WAP-230 8.4.2.24.
 *
 * What is accepted beside the grammar is listed in tolerances.ts, `broken-parameters` before all: a parameter that breaks its grammar ends
 * the parameters, not the message, as the value's length says where it ends.
 */
import { ByteReader, ByteWriter, hexNumber, LIMITS, Malformed } from '#base';
import { MEDIA_CODE_SAFE_MAX, mediaCode, mediaName, PARAMETER_CODES, PARAMETERS, type ParameterRow } from './assigned-numbers.js';
import { charsetMib, charsetName } from './charset.js';
import { type Coder, OverLimit } from './coder.js';
import {
  integerValueLength,
  readIntegerValue,
  readUintvar,
  readValueLength,
  skipValue,
  writeIntegerValue,
  writeValueLength,
} from './integers.js';
import { isTokenOctet, readBehindQuote, readText, readToken, textLength, writeQuotedString, writeText } from './text.js';
import { tolerate } from './tolerances.js';

/** A media type with its parameters. Encoded to the shortest form that every client reads. */
export interface ContentType {
  /** Media type in lower case, for instance `application/vnd.wap.multipart.related`; `0x91`-style for a number without a name. */
  readonly media: string;
  /**
   * Parameters by their text name in lower case (`charset` as an IANA name in lower case, `type`, `start`, `name`, `filename`, ...), in
   * wire order; of two with one name the first. Numbers are decimal.
   */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Shared by all types without parameters, which are most. */
const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

const isTextStart = (octet: number): boolean => octet >= 0x20 && octet < 0x80;
const QUOTED = 0x22;
const QUOTE = 0x7f;

/** Well-known-media by number, or spelled out. */
function readMedia(r: ByteReader): string {
  const first = r.peek();
  if (first >= 0x80) {
    r.offset++;
    const name = mediaName(first & 0x7f);
    if (name.startsWith('0x')) tolerate(r, 'unassigned-number', r.offset - 1, `media type ${hexNumber(first)}`);
    return name;
  }
  if (first < 0x20) return mediaName(readIntegerValue(r));
  return readText(r).toLowerCase();
}

/** A text value: No-value (an empty text), Token-text or Quoted-string. */
function readTextValue(r: ByteReader): string {
  return r.peek() === QUOTED ? readBehindQuote(r) : readText(r);
}

/** A text where the grammar has a number. */
function readTextForNumber(r: ByteReader): string {
  tolerate(r, 'textual-parameter', r.offset, 'a text, expected a number');
  return readText(r);
}

/** Q-value: 1..100 are hundredths, above that thousandths. WAP-230 8.4.2.3. */
const qText = (n: number): string => String(n <= 100 ? (n - 1) / 100 : (n - 100) / 1000);

function readTyped(r: ByteReader, row: ParameterRow): string {
  const first = r.peek();
  switch (row.grammar) {
    case 'text':
      return readTextValue(r);
    case 'charset':
      if (first === 0x80) {
        r.offset++;
        return '*';
      }
      return isTextStart(first) ? readTextForNumber(r).toLowerCase() : charsetName(readIntegerValue(r));
    case 'media':
      return readMedia(r);
    case 'q':
      return qText(readUintvar(r));
    case 'version': {
      if (isTextStart(first)) return readText(r);
      const version = readIntegerValue(r);
      return `${version >> 4}${(version & 0x0f) === 0x0f ? '' : `.${version & 0x0f}`}`;
    }
    case 'none':
      if (first !== 0) throw new Malformed(r.offset, `${hexNumber(first)} where No-value belongs`, 'WAP-230 8.4.2.3');
      r.offset++;
      return '';
    case 'field-name':
    case 'integer':
      return isTextStart(first) ? readTextForNumber(r) : String(readIntegerValue(r));
  }
}

/** `__proto__` is a legal token; as a plain assignment it would be lost. */
function setParameter(r: ByteReader, at: number, parameters: Record<string, string>, name: string, value: string): void {
  if (Object.hasOwn(parameters, name)) {
    tolerate(r, 'repeated-parameter', at, `a second parameter ${name}`);
    return;
  }
  if (name === '__proto__')
    Object.defineProperty(parameters, name, { value, enumerable: true, configurable: true, writable: true });
  else parameters[name] = value;
}

function readParameter(r: ByteReader, parameters: Record<string, string>): void {
  const at = r.offset;
  const first = r.peek();
  if (first >= 0x80) {
    r.offset++;
    const row = PARAMETERS[first & 0x7f];
    if (row !== undefined) setParameter(r, at, parameters, row.name, readTyped(r, row));
    else {
      tolerate(r, 'unassigned-number', at, `parameter ${hexNumber(first)}`);
      const start = r.offset;
      skipValue(r);
      const value = new ByteReader(r.bytes, start, r.offset, r.witness);
      const next = value.peek();
      setParameter(
        r,
        at,
        parameters,
        hexNumber(first),
        next === 0 || isTextStart(next) ? readTextValue(value) : String(readIntegerValue(value)),
      );
    }
    return;
  }
  const name = readToken(r).toLowerCase();
  if (r.remaining === 0) {
    tolerate(r, 'parameter-without-value', at, `parameter ${name} has no value`);
    setParameter(r, at, parameters, name, '');
  } else {
    const next = r.peek();
    setParameter(r, at, parameters, name, next === 0 || isTextStart(next) ? readTextValue(r) : String(readIntegerValue(r)));
  }
}

/** All parameters up to the end of the reader's window. Throws OverLimit; anything else that is wrong ends the list. */
export function readParameters(r: ByteReader): Readonly<Record<string, string>> {
  if (r.remaining === 0) return NO_PARAMETERS;
  const parameters: Record<string, string> = {};
  try {
    for (let count = 0; r.remaining > 0; count++) {
      if (count === LIMITS.parametersMax) throw new OverLimit(r.offset, `more than ${LIMITS.parametersMax} parameters`);
      readParameter(r, parameters);
    }
  } catch (e) {
    if (!(e instanceof Malformed) || e instanceof OverLimit) throw e;
    tolerate(r, 'broken-parameters', e.offset, e.detail);
    r.offset = r.end;
  }
  return parameters;
}

/** Reads one Content-Type value. Throws Malformed. */
export function readContentType(r: ByteReader): ContentType {
  const first = r.peek();
  if (first >= 0x20) return { media: readMedia(r), parameters: NO_PARAMETERS };
  const value = r.window(readValueLength(r));
  return { media: readMedia(value), parameters: readParameters(value) };
}

/** A media type without a character, or with a control character first, would be read as a length: a quote goes before it. */
const needsQuote = (media: string): boolean => media.length === 0 || media.charCodeAt(0) < 0x20;

const writeMedia = (w: ByteWriter, media: string, highestCode: number): void => {
  const code = mediaCode(media);
  if (code !== undefined && (code <= highestCode || media.startsWith('0x'))) writeIntegerValue(w, code);
  else {
    if (needsQuote(media)) w.u8(QUOTE);
    writeText(w, media);
  }
};

const mediaLength = (media: string, highestCode: number): number => {
  const code = mediaCode(media);
  if (code !== undefined && (code <= highestCode || media.startsWith('0x'))) return integerValueLength(code);
  return textLength(media) + (needsQuote(media) ? 1 : 0);
};

const NUMBERED_PARAMETER = /^0x[89a-f][0-9a-f]$/;
const isToken = (name: string): boolean => name.length > 0 && [...name].every((c) => isTokenOctet(c.charCodeAt(0)));

/** A text value that begins with `"` or below 0x20 would be read as something else: it is quoted. */
const needsQuotedString = (value: string): boolean => value.charCodeAt(0) === QUOTED || value.charCodeAt(0) < 0x20;

function writeTextValue(w: ByteWriter, value: string): void {
  if (!needsQuotedString(value)) writeText(w, value);
  else writeQuotedString(w, value);
}

function writeParameter(w: ByteWriter, name: string, value: string): void {
  // Not a plain look-up: `constructor` is a legal token, and every object has one.
  const code = Object.hasOwn(PARAMETER_CODES, name) ? PARAMETER_CODES[name] : undefined;
  if (name === 'charset') {
    const mib = charsetMib(value);
    if (mib !== undefined) {
      w.u8(0x81);
      writeIntegerValue(w, mib);
      return;
    }
  } else if (code !== undefined) {
    w.u8(0x80 | code);
    if (name === 'type') writeMedia(w, value.toLowerCase(), MEDIA_CODE_SAFE_MAX);
    else writeTextValue(w, value);
    return;
  }
  const octet = NUMBERED_PARAMETER.test(name) ? Number.parseInt(name, 16) : undefined;
  if (octet !== undefined && PARAMETERS[octet & 0x7f] === undefined) {
    w.u8(octet);
    writeTextValue(w, value);
  } else if (isToken(name)) {
    writeText(w, name);
    writeTextValue(w, value);
  }
}

/**
 * Writes `type` in its shortest form. Media types above `highestCode` are spelled out (0x33 is safe for every client). Parameters whose
 * name is no token are left out: they cannot be written.
 */
export function writeContentType(w: ByteWriter, type: ContentType, highestCode = MEDIA_CODE_SAFE_MAX): void {
  const media = type.media.toLowerCase();
  const names = Object.keys(type.parameters);
  const code = mediaCode(media);
  if (names.length === 0 && (code === undefined || code < 0x80)) {
    writeMedia(w, media, highestCode);
    return;
  }
  const parameters = new ByteWriter();
  for (const name of names) writeParameter(parameters, name.toLowerCase(), type.parameters[name]!);
  writeValueLength(w, mediaLength(media, highestCode) + parameters.length);
  writeMedia(w, media, highestCode);
  w.octets(parameters.view());
}

/** `image/jpeg; name=a.jpg`. */
export function contentTypeText(type: ContentType): string {
  let text = type.media;
  for (const [name, value] of Object.entries(type.parameters)) text += `; ${name}=${value}`;
  return text;
}

/** Content-type-value. WAP-230 8.4.2.24. */
export const contentTypeValue: Coder<ContentType> = {
  decode: readContentType,
  encode: (w, value) => writeContentType(w, value),
  toText: contentTypeText,
};

/** Whether the body of this type is a WSP multipart. WAP-230 8.5. */
export const isMultipart = (type: ContentType): boolean =>
  type.media.startsWith('application/vnd.wap.multipart.') || type.media.startsWith('multipart/');
