/**
 * The values of MMS header fields. MMS_ENC 1.3 clause 7.3; one coder per grammar rule.
 *
 * Texts are decoded with the charset they come with and written as plain text when they are ASCII, as UTF-8 with its number otherwise.
 */
import { type ByteReader, type ByteWriter, hexNumber, hexOctets, LIMITS, Malformed } from '#base';
import {
  asciiText,
  type Coder,
  decodeText,
  endOfValue,
  integerValueLength,
  isAscii,
  isAsciiSuperset,
  isTokenOctet,
  isWide,
  longIntegerLength,
  MIB_UTF_8,
  OverLimit,
  readIntegerValue,
  readSizeOrDate,
  readText,
  readToken,
  readValueLength,
  skipValue,
  textLength,
  tolerate,
  utf8Text,
  writeIntegerValue,
  writeLongInteger,
  writeText,
  writeValueLength,
} from '#codec/wsp';
import { witnessAscii, witnessCharsetText } from './text-witness.js';
import { tolerateMms } from './tolerances.js';
import type {
  ElementDescriptor,
  FromValue,
  MboxCount,
  MessageClassValue,
  MmFlagsValue,
  PreviouslySentBy,
  PreviouslySentDate,
  TimeValue,
} from './value-types.js';

const LENGTH_QUOTE = 0x1f;
const QUOTE = 0x7f;

/**
 * One octet with a meaning. Throws Malformed on an octet without a row.
 * `names`: meaning by octet; every meaning once.
 */
export function enumerated<const Names extends Readonly<Record<number, string>>>(
  names: Names,
  clause: string,
): Coder<Names[keyof Names] & string> {
  type T = Names[keyof Names] & string;
  const byOctet = new Array<T | undefined>(256).fill(undefined);
  const octets = new Map<string, number>();
  for (const [octet, name] of Object.entries(names)) {
    byOctet[Number(octet)] = name as T;
    octets.set(name, Number(octet));
  }
  const expected = [...octets.values()].map(hexNumber).join(' ');
  return {
    decode(r) {
      const octet = r.u8();
      const name = byOctet[octet];
      if (name === undefined) throw new Malformed(r.offset - 1, `${hexNumber(octet)}, expected one of ${expected}`, clause);
      return name;
    },
    encode(w, value) {
      const octet = octets.get(value);
      if (octet === undefined) throw new RangeError(`no octet stands for ${value}`);
      w.u8(octet);
    },
    toText: (value) => value,
  };
}

/** Yes (0x80) or No (0x81). */
export const yesNo = (clause: string): Coder<boolean> => ({
  decode(r) {
    const octet = r.u8();
    if (octet === 0x80) return true;
    if (octet === 0x81) return false;
    throw new Malformed(r.offset - 1, `${hexNumber(octet)}, expected 0x80 (Yes) or 0x81 (No)`, clause);
  },
  encode: (w, value) => w.u8(value ? 0x80 : 0x81),
  toText: (value) => (value ? 'Yes' : 'No'),
});

/** A status octet 128..255 that is kept as its number, because ranges of it have a meaning of their own. `names`: for printing. */
export const statusOctet = (names: (octet: number) => string, clause: string): Coder<number> => ({
  decode(r) {
    const octet = r.u8();
    if (octet < 0x80) throw new Malformed(r.offset - 1, `${hexNumber(octet)}, expected 0x80..0xff`, clause);
    return octet;
  },
  encode(w, value) {
    if (!Number.isInteger(value) || value < 0x80 || value > 0xff) throw new RangeError(`no status octet: ${value}`);
    w.u8(value);
  },
  toText: (value) => `${names(value)} (${hexNumber(value)})`,
});

/** Octets 0x80 and up that count from 0, at most `highest`. */
export const ordinal = (names: readonly string[], clause: string): Coder<number> => ({
  decode(r) {
    const octet = r.u8();
    if (octet < 0x80 || octet >= 0x80 + names.length)
      throw new Malformed(r.offset - 1, `${hexNumber(octet)}, expected 0x80..${hexNumber(0x7f + names.length)}`, clause);
    return octet - 0x80;
  },
  encode(w, value) {
    if (!Number.isInteger(value) || value < 0 || value >= names.length) throw new RangeError(`no ordinal: ${value}`);
    w.u8(0x80 | value);
  },
  toText: (value) => names[value] ?? String(value),
});

/**
 * Whether a value that begins like a text is an Encoded-string-value whose length, 32 or more, was written as a bare octet.
 * A Korean server does so. It is one if a charset octet follows that cannot be the second octet of UTF-8 text there, and the first zero
 * stands exactly where the length puts it.
 */
function hasBareLength(r: ByteReader): boolean {
  const { bytes, offset } = r;
  const charset = bytes[offset + 1]!;
  if (charset < 0x83 || (charset > 0x91 && charset !== 0x80 + MIB_UTF_8)) return false;
  const following = bytes[offset + 2]!;
  if (following >= 0x80 && following < 0xc0) return false;
  const last = offset + bytes[offset]!;
  return last < r.end && bytes.indexOf(0, offset) === last;
}

/** MIBenum, also as a bare octet (`bare-charset`). Leaves the reader behind it; 0 when there is none (`missing-charset`). */
function readCharset(r: ByteReader): number {
  if (r.remaining === 0) return 0;
  const first = r.peek();
  if (first >= 0x80) {
    r.offset++;
    return first & 0x7f;
  }
  if (first === MIB_UTF_8) {
    tolerateMms(r, 'bare-charset', r.offset, `charset ${first} without its high bit`);
    r.offset++;
    return first;
  }
  if (first >= 0x20) {
    tolerateMms(r, 'missing-charset', r.offset, `text begins with ${hexNumber(first)}, expected a charset`);
    return 0;
  }
  // A Long-integer of `first` octets, if what it would hold can be a MIBenum; else the bare number itself (France, 2010: `04` for `84`).
  if (first >= 1 && first < r.remaining) {
    const at = r.offset + 1;
    let value = 0;
    for (let i = 0; i < first && value <= 0xffff; i++) value = value * 0x100 + r.bytes[at + i]!;
    if (value <= 0xffff && value > 0) {
      r.offset = at + first;
      return value;
    }
  }
  tolerateMms(r, 'bare-charset', r.offset, `charset ${first} without its high bit`);
  r.offset++;
  return first;
}

/** The octets of a charset text between its quote and its zero. */
function charsetText(bytes: Uint8Array, from: number, to: number, mib: number): string {
  let start = from;
  let end = to;
  if (isWide(mib)) {
    // Two octets a character: a quote and a single closing zero leave an even number between them.
    if (bytes[start] === QUOTE && (end - start) % 2 === 0 && end - start >= 2 && bytes[start + 1]! >= 0x80) start++;
    if ((end - start) % 2 === 1 && bytes[end - 1] === 0) end--;
    const text = decodeText(bytes.subarray(start, end), mib);
    const zero = text.indexOf('\0');
    return zero === -1 ? text : text.slice(0, zero);
  }
  if (start < end && bytes[start] === QUOTE) start++;
  let seen = 0;
  let i = start;
  for (; i < end; i++) {
    const octet = bytes[i]!;
    if (octet === 0) break;
    seen |= octet;
  }
  if (seen < 0x80 && isAsciiSuperset(mib)) return asciiText(bytes, start, i);
  const octets = bytes.subarray(start, i);
  return mib === MIB_UTF_8 ? utf8Text(octets) : decodeText(octets, mib);
}

function readEncodedString(r: ByteReader): string {
  const first = r.peek();
  if (first > LENGTH_QUOTE && (first >= QUOTE || !(r.remaining > first && r.bytes[r.offset + 1]! >= 0x80 && hasBareLength(r)))) {
    const start = r.offset;
    const text = readText(r);
    if (r.witness !== undefined) witnessAscii(r, start, r.offset);
    return text;
  }
  const length = readValueLength(r);
  const end = r.offset + length;
  if (length > LIMITS.headerTextOctetsMax)
    throw new OverLimit(r.offset, `text is longer than ${LIMITS.headerTextOctetsMax} octets`);
  if (length === 0) {
    tolerateMms(r, 'empty-value', r.offset, 'a text of no octets, not even a charset');
    return '';
  }
  const value = r.window(length);
  const charsetAt = value.offset;
  const mib = readCharset(value);
  const text = charsetText(r.bytes, value.offset, end, mib);
  if (r.witness !== undefined) witnessCharsetText(value, charsetAt, mib, text);
  return text;
}

/** A text that begins below 0x20 would be read as a length, one that begins with 0x7f would lose its first character. */
const isPlainStart = (text: string): boolean => {
  const first = text.charCodeAt(0);
  return (first > LENGTH_QUOTE && first < QUOTE) || text.length === 0;
};

/** Octets of `text` as an Encoded-string-value. */
function encodedStringLength(text: string): number {
  if (isPlainStart(text) && isAscii(text)) return text.length + 1;
  const inner = 1 + textLength(text);
  return inner + (inner <= 30 ? 1 : inner < 0x80 ? 2 : 3);
}

function writeEncodedString(w: ByteWriter, text: string): void {
  if (isPlainStart(text) && w.ascii(text)) {
    w.u8(0);
    return;
  }
  writeValueLength(w, 1 + textLength(text));
  w.u8(0x80 | MIB_UTF_8);
  writeText(w, text);
}

/** Encoded-string-value = Text-string | Value-length Char-set Text-string. */
export const encodedString: Coder<string> = { decode: readEncodedString, encode: writeEncodedString, toText: (value) => value };

const ADDRESS_PRESENT = 0x80;
const INSERT_ADDRESS = 0x81;

/** From-value = Value-length (Address-present-token Encoded-string-value | Insert-address-token). */
export const fromValue: Coder<FromValue> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const token = value.u8();
    if (token === INSERT_ADDRESS) {
      endOfValue(value);
      return { kind: 'insert-address' };
    }
    if (token !== ADDRESS_PRESENT)
      throw new Malformed(
        value.offset - 1,
        `${hexNumber(token)}, expected 0x80 (address) or 0x81 (insert-address)`,
        'MMS_ENC 7.3.21',
      );
    if (value.remaining === 0) {
      tolerateMms(r, 'empty-value', value.offset, 'no address behind its token');
      return { kind: 'address', address: '' };
    }
    const address = readEncodedString(value);
    endOfValue(value);
    return { kind: 'address', address };
  },
  encode(w, value) {
    if (value.kind === 'insert-address') {
      w.u8(1);
      w.u8(INSERT_ADDRESS);
    } else {
      writeValueLength(w, 1 + encodedStringLength(value.address));
      w.u8(ADDRESS_PRESENT);
      writeEncodedString(w, value.address);
    }
  },
  toText: (value) => (value.kind === 'address' ? value.address : '(insert address)'),
};

/** The last second that an instant of ECMAScript can name. */
const SECONDS_MAX = 8_640_000_000_000;

function readDate(r: ByteReader): number {
  const start = r.offset;
  const seconds = readSizeOrDate(r);
  if (seconds > SECONDS_MAX) throw new Malformed(start, `${seconds} seconds are beyond any calendar`, 'MMS_ENC 7.3');
  return seconds * 1000;
}

const writeDate = (w: ByteWriter, at: number): void => writeLongInteger(w, Math.floor(at / 1000));
const dateText = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** Date-value: whole seconds since 1970 on the wire, epoch milliseconds here (parts of a second are dropped). */
export const dateValue: Coder<number> = { decode: readDate, encode: writeDate, toText: dateText };

const ABSOLUTE = 0x80;
const RELATIVE = 0x81;

/** Value-length (Absolute-token Date-value | Relative-token Delta-seconds-value): Expiry, Delivery-Time, Reply-Charging-Deadline. */
export const timeValue: Coder<TimeValue> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const token = value.u8();
    if (token === ABSOLUTE || token === RELATIVE) {
      const time: TimeValue =
        token === ABSOLUTE ? { kind: 'absolute', at: readDate(value) } : { kind: 'relative', seconds: readIntegerValue(value) };
      endOfValue(value);
      return time;
    }
    throw new Malformed(value.offset - 1, `${hexNumber(token)}, expected 0x80 (absolute) or 0x81 (relative)`, 'MMS_ENC 7.3.20');
  },
  encode(w, value) {
    if (value.kind === 'absolute') {
      w.u8(1 + longIntegerLength(Math.floor(value.at / 1000)));
      w.u8(ABSOLUTE);
      writeDate(w, value.at);
    } else {
      // A Short-integer would do below 128, but Android and Wireshark read a Long-integer only.
      w.u8(1 + longIntegerLength(value.seconds));
      w.u8(RELATIVE);
      writeLongInteger(w, value.seconds);
    }
  },
  toText: (value) => (value.kind === 'absolute' ? dateText(value.at) : `${value.seconds} s`),
};

const CLASSES = ['personal', 'advertisement', 'informational', 'auto'] as const;

/** Class-identifier (an octet) or Token-text. */
export const messageClassValue: Coder<MessageClassValue> = {
  decode(r) {
    const octet = r.peek();
    if (octet < 0x80) return { token: readToken(r) };
    r.offset++;
    const name = CLASSES[octet - 0x80];
    if (name === undefined)
      throw new Malformed(r.offset - 1, `${hexNumber(octet)}, expected 0x80..0x83 or a token`, 'MMS_ENC 7.3.27');
    return name;
  },
  encode(w, value) {
    if (typeof value === 'string') w.u8(0x80 + CLASSES.indexOf(value));
    else writeText(w, value.token);
  },
  toText: (value) => (typeof value === 'string' ? value : value.token),
};

/** Version-value by its octet 0x80..0xff: three bits major, four bits minor, minor 15 is none. */
const VERSIONS: readonly string[] = Array.from({ length: 128 }, (_, n) => `${n >> 4}.${(n & 15) === 15 ? 0 : n & 15}`);
const VERSION_CODES = new Map(VERSIONS.map((version, n) => [version, n] as const).reverse());
const VERSION_TEXT = /^([0-9]{1,2})(?:\.([0-9]{1,2}))?$/;

/** Version-value: a Short-integer; a text such as `1.2` is taken as well (`textual-version`). A version without minor number is minor 0. */
export const versionValue: Coder<string> = {
  decode(r) {
    const first = r.peek();
    if (first >= 0x80) {
      r.offset++;
      return VERSIONS[first & 0x7f]!;
    }
    const start = r.offset;
    const match = VERSION_TEXT.exec(readText(r));
    if (!match) throw new Malformed(start, 'no version number', 'MMS_ENC 7.3.34');
    tolerateMms(r, 'textual-version', start, `version ${match[0]} as a text`);
    return `${Number(match[1])}.${Number(match[2] ?? 0)}`;
  },
  encode(w, value) {
    const code = VERSION_CODES.get(value);
    if (code !== undefined) w.u8(0x80 | code);
    else if (VERSION_TEXT.test(value)) writeText(w, value);
    else throw new RangeError(`no version: ${value}`);
  },
  toText: (value) => value,
};

/** Value-length Forwarded-count-value Encoded-string-value. */
export const previouslySentBy: Coder<PreviouslySentBy> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const sent = { count: readIntegerValue(value), address: readEncodedString(value) };
    endOfValue(value);
    return sent;
  },
  encode(w, value) {
    writeValueLength(w, integerValueLength(value.count) + encodedStringLength(value.address));
    writeIntegerValue(w, value.count);
    writeEncodedString(w, value.address);
  },
  toText: (value) => `${value.count}: ${value.address}`,
};

/** Value-length Forwarded-count-value Date-value. */
export const previouslySentDate: Coder<PreviouslySentDate> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const sent = { count: readIntegerValue(value), at: readDate(value) };
    endOfValue(value);
    return sent;
  },
  encode(w, value) {
    writeValueLength(w, integerValueLength(value.count) + longIntegerLength(Math.floor(value.at / 1000)));
    writeIntegerValue(w, value.count);
    writeDate(w, value.at);
  },
  toText: (value) => `${value.count}: ${dateText(value.at)}`,
};

const FLAG_ACTIONS = ['add', 'remove', 'filter'] as const;

/** Value-length (Add-token | Remove-token | Filter-token) Encoded-string-value. */
export const mmFlags: Coder<MmFlagsValue> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const token = value.u8();
    const action = FLAG_ACTIONS[token - 0x80];
    if (action === undefined) throw new Malformed(value.offset - 1, `${hexNumber(token)}, expected 0x80..0x82`, 'MMS_ENC 7.3.32');
    const text = readEncodedString(value);
    endOfValue(value);
    return { action, text };
  },
  encode(w, value) {
    writeValueLength(w, 1 + encodedStringLength(value.text));
    w.u8(0x80 + FLAG_ACTIONS.indexOf(value.action));
    writeEncodedString(w, value.text);
  },
  toText: (value) => `${value.action} ${value.text}`,
};

/** Value-length (Message-total-token | Size-total-token) Integer-value: Mbox-Totals and Mbox-Quotas. */
export const mboxCount: Coder<MboxCount> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const token = value.u8();
    if (token !== 0x80 && token !== 0x81)
      throw new Malformed(value.offset - 1, `${hexNumber(token)}, expected 0x80 (messages) or 0x81 (octets)`, 'MMS_ENC 7.3.26');
    const count = readIntegerValue(value);
    endOfValue(value);
    return { of: token === 0x80 ? 'messages' : 'octets', count };
  },
  encode(w, value) {
    w.u8(1 + integerValueLength(value.count));
    w.u8(value.of === 'messages' ? 0x80 : 0x81);
    writeIntegerValue(w, value.count);
  },
  toText: (value) => `${value.count} ${value.of}`,
};

const TYPE_PARAMETER = 0x82;

/** Value-length Text-string *(Parameter-name Parameter-value); the only assigned name is Type (2). Names that are no token are not written. */
export const elementDescriptor: Coder<ElementDescriptor> = {
  decode(r) {
    const value = r.window(readValueLength(r));
    const reference = readText(value);
    const parameters: Record<string, string> = {};
    for (let count = 0; value.remaining > 0; count++) {
      if (count === LIMITS.parametersMax) throw new OverLimit(value.offset, `more than ${LIMITS.parametersMax} parameters`);
      const first = value.peek();
      const name = first < 0x80 ? readToken(value) : value.u8() === TYPE_PARAMETER ? 'type' : hexNumber(first);
      const start = value.offset;
      const text = value.peek() >= 0x80 ? hexNumber(value.u8()) : readText(value);
      if (name === '__proto__') throw new Malformed(start, 'no parameter name', 'MMS_ENC 7.3.18');
      if (Object.hasOwn(parameters, name)) tolerate(value, 'repeated-parameter', start, `a second parameter ${name}`);
      else parameters[name] = text;
    }
    return { reference, parameters };
  },
  encode(w, value) {
    let length = textLength(value.reference);
    const entries = Object.entries(value.parameters).filter(([name]) => isToken(name));
    for (const [name, text] of entries) length += parameterNameLength(name) + parameterTextLength(text);
    writeValueLength(w, length);
    writeText(w, value.reference);
    for (const [name, text] of entries) {
      const code = parameterCode(name);
      if (code === undefined) writeText(w, name);
      else w.u8(code);
      if (CODED.test(text)) w.u8(Number.parseInt(text, 16));
      else writeText(w, text);
    }
  },
  toText: (value) =>
    `${value.reference}${Object.entries(value.parameters)
      .map(([name, text]) => `; ${name}=${text}`)
      .join('')}`,
};

const isToken = (name: string): boolean => name.length > 0 && [...name].every((c) => isTokenOctet(c.charCodeAt(0)));
const CODED = /^0x[89a-f][0-9a-f]$/;
const parameterCode = (name: string): number | undefined =>
  name === 'type' ? TYPE_PARAMETER : CODED.test(name) ? Number.parseInt(name, 16) : undefined;
const parameterNameLength = (name: string): number => (parameterCode(name) === undefined ? textLength(name) : 1);
const parameterTextLength = (text: string): number => (CODED.test(text) ? 1 : textLength(text));

/** A value without a grammar of its own: as many octets as the rule for unknown values passes over. WAP-230 8.4.1.2. */
export const opaque: Coder<Uint8Array> = {
  decode(r) {
    const start = r.offset;
    skipValue(r);
    return r.bytes.subarray(start, r.offset);
  },
  encode: (w, value) => w.octets(value),
  toText: hexOctets,
};
