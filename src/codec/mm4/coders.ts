/** Values of headers as text: one coder for each kind of value. They read unfolded text and write text without line breaks. */
import { LIMITS, Malformed } from '#base';
import { dateText, decodeWords, encodeWords, httpDateText, parseDate } from '#codec/mime';
import { type AddressForm, type Mm4Address, mm4AddressText, readAddress, readAddresses } from './address.js';
import type { Mm4Dialect } from './dialect.js';
import type {
  Mm4ContentClass,
  Mm4Expiry,
  Mm4Kind,
  Mm4MessageClass,
  PreviouslySentBy,
  PreviouslySentDate,
  ReadStatus,
} from './pdus.js';
import { MM_STATUS, type MmStatus, REQUEST_STATUS, type RequestStatus } from './statuses.js';
import type { Note } from './tolerances.js';

/** What a writer must know besides the value. `now`: what seconds of an expiry count from, epoch milliseconds. */
export interface Writing {
  readonly dialect: Mm4Dialect;
  readonly now: number;
}

/** One kind of value. */
export interface FieldCoder<T> {
  /** Reads the value of one header, unfolded. Throws Malformed. */
  read(text: string, note: Note): T;
  /** Throws RangeError on a value that has no form on the wire: that is a bug of the caller's. */
  write(value: T, writing: Writing): string;
}

/** Control characters, line breaks among them. */
const CONTROLS = /[\u0000-\u001f\u007f]/;
const NOT_IN_FIELDS = /[^\u0020-\u007e]/;
const CONTROLS_ALL = /[\u0000-\u001f\u007f]+/g;

function tooLong(text: string, octetsMax: number): void {
  if (text.length > octetsMax) throw new Malformed(octetsMax, `${text.length} octets, at most ${octetsMax} are taken`);
}

/** Text that must come out as it came in, or not at all. */
function clean(text: string): string {
  if (CONTROLS.test(text)) throw new RangeError('a control character in a header');
  return text;
}

/** One of a few words, in any case. `others`: further spellings that are read. */
export function oneOf<const T extends string>(
  words: Readonly<Record<T, string>>,
  others: Readonly<Record<string, T>> = {},
): FieldCoder<T> {
  const byWord = new Map<string, [T, string]>();
  for (const [value, word] of Object.entries(words) as [T, string][]) byWord.set(word.toLowerCase(), [value, word]);
  return {
    read(text, note) {
      const word = text.trim();
      const found = byWord.get(word.toLowerCase());
      if (found !== undefined) {
        if (found[1] !== word) note('other-case', `${word} for ${found[1]}`);
        return found[0];
      }
      const other = Object.hasOwn(others, word.toLowerCase()) ? others[word.toLowerCase()] : undefined;
      if (other === undefined) throw new Malformed(0, `none of ${Object.values(words).join(', ')}`);
      note('other-spelling', `${word} for ${words[other]}`);
      return other;
    },
    write: (value) => words[value],
  };
}

const itself = <T extends string>(words: readonly T[]): Readonly<Record<T, string>> =>
  Object.fromEntries(words.map((word) => [word, word])) as unknown as Readonly<Record<T, string>>;

const KINDS = itself<Mm4Kind>([
  'MM4_forward.REQ',
  'MM4_forward.RES',
  'MM4_delivery_report.REQ',
  'MM4_delivery_report.RES',
  'MM4_read_reply_report.REQ',
  'MM4_read_reply_report.RES',
]);
export const messageType = oneOf<Mm4Kind>(KINDS);

const yesNoWords = oneOf({ yes: 'Yes', no: 'No' });
export const yesNo: FieldCoder<boolean> = {
  read: (text, note) => yesNoWords.read(text, note) === 'yes',
  write: (value) => (value ? 'Yes' : 'No'),
};

export const priority = oneOf({ low: 'Low', normal: 'Normal', high: 'High' });
export const visibility = oneOf({ show: 'Show', hide: 'Hide' });
export const readStatus: FieldCoder<ReadStatus> = oneOf({
  read: 'Read',
  'deleted-without-being-read': 'Deleted without being read',
});
export const contentClass: FieldCoder<Mm4ContentClass> = oneOf(
  itself<Mm4ContentClass>([
    'text',
    'image-basic',
    'image-rich',
    'video-basic',
    'video-rich',
    'megapixel',
    'content-basic',
    'content-rich',
  ]),
);
export const mmStatus: FieldCoder<MmStatus> = oneOf(itself(Object.keys(MM_STATUS) as MmStatus[]), {
  unrecognized: 'Unrecognised',
});

const knownStatus = oneOf(itself(Object.keys(REQUEST_STATUS) as (keyof typeof REQUEST_STATUS)[]));
/** A status that is not in the table is kept as text: what it means is said by `meaningOf`. */
export const requestStatus: FieldCoder<RequestStatus> = {
  read(text, note) {
    const word = text.trim();
    if (!/^error-/i.test(word) || word.toLowerCase() in LOWER_STATUS) return knownStatus.read(word, note);
    tooLong(word, LIMITS.mm4IdOctetsMax);
    return { unknown: word };
  },
  write: (value) => (typeof value === 'string' ? value : clean(value.unknown)),
};
const LOWER_STATUS = Object.fromEntries(Object.keys(REQUEST_STATUS).map((word) => [word.toLowerCase(), true]));

const classWords = oneOf({
  personal: 'Personal',
  advertisement: 'Advertisement',
  informational: 'Informational',
  auto: 'Auto',
});
/** RFC 9110 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const CLASSES = /^(?:personal|advertisement|informational|auto)$/i;
export const messageClass: FieldCoder<Mm4MessageClass> = {
  read(text, note) {
    const word = text.trim();
    if (CLASSES.test(word)) return classWords.read(word, note);
    tooLong(word, LIMITS.mm4IdOctetsMax);
    if (!TOKEN.test(word)) throw new Malformed(0, 'no token');
    return { token: word };
  },
  write: (value, writing) => (typeof value === 'string' ? classWords.write(value, writing) : clean(value.token)),
};

/** A release as `n.n.n`. A missing third number is seen in version headers of other interfaces and harms nobody. */
export const version: FieldCoder<string> = {
  read(text) {
    const word = text.trim();
    if (!/^[0-9]{1,3}(?:\.[0-9]{1,3}){1,2}$/.test(word)) throw new Malformed(0, 'no version n.n.n');
    return word;
  },
  write: (value) => clean(value),
};

/**
 * An opaque id, in quotes or not. The value is what stands inside the quotes, backslashes and all: a peer that puts data into its ids gets
 * back the same octets. Refused are blanks alone, control characters, and octets above 0x7e, which no header can give back (RFC 5322 2.2): an id
 * that looks like a path is an id.
 */
export const id: FieldCoder<string> = {
  read(text, note) {
    const trimmed = text.trim();
    const quoted = trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"');
    const inner = quoted ? trimmed.slice(1, -1) : trimmed;
    tooLong(inner, LIMITS.mm4IdOctetsMax);
    if (inner.trim() === '') throw new Malformed(0, 'an empty id');
    if (NOT_IN_FIELDS.test(inner)) throw new Malformed(0, 'a character in an id that cannot stand in a header', 'RFC 5322 2.2');
    if (!quoted) note('unquoted-id', 'no quotes');
    return inner;
  },
  // With a bare quote inside, quotes around it would end too early: it goes out bare, which every peer reads as well.
  write: (value, { dialect }) =>
    dialect.quotedIds && !/(?:^|[^\\])(?:\\\\)*"|\\$/.test(value) ? `"${clean(value)}"` : clean(value),
};

/** The mail's own id, without its angle brackets. */
export const mailId: FieldCoder<string> = {
  read(text) {
    const inner = text.trim().replace(/^<|>$/g, '');
    tooLong(inner, LIMITS.mm4FieldOctetsMax);
    if (inner === '' || CONTROLS.test(inner)) throw new Malformed(0, 'no id');
    return inner;
  },
  write: (value) => `<${clean(value)}>`,
};

const formOf = ({ headerAddress, plus }: Mm4Dialect): AddressForm => ({
  typed: headerAddress.startsWith('plmn'),
  domain: headerAddress.endsWith('with-domain'),
  plus,
});

/** From: numbers in the form the peer wants. */
export const address: FieldCoder<Mm4Address> = {
  read: readAddress,
  write: (value, { dialect }) => clean(mm4AddressText(value, formOf(dialect))),
};

/** A system, or an originator with domain: written as it is. */
export const systemAddress: FieldCoder<Mm4Address> = {
  read: readAddress,
  write: (value) => clean(mm4AddressText(value)),
};

export const addresses: FieldCoder<readonly Mm4Address[]> = {
  read: readAddresses,
  write: (value, { dialect }) => clean(value.map((it) => mm4AddressText(it, formOf(dialect))).join(', ')),
};

/** As C writes it: the month behind the day of the week. */
const ASCTIME = /^[a-z]{3,9}\s+[a-z]{3}\s/i;

function readDate(text: string, note: Note): number {
  const parsed = parseDate(text);
  if (!parsed.ok) throw new Malformed(parsed.error.offset, parsed.error.detail, parsed.error.clause);
  if (ASCTIME.test(text.trim())) note('asctime-date', 'the form of C');
  return parsed.value;
}

/** An instant. */
export const date: FieldCoder<number> = { read: readDate, write: (value) => dateText(value) };

const SECONDS = /^[0-9]{1,12}$/;
export const expiry: FieldCoder<Mm4Expiry> = {
  read(text, note) {
    const word = text.trim();
    return SECONDS.test(word) ? { kind: 'after', seconds: Number(word) } : { kind: 'at', at: readDate(word, note) };
  },
  write(value, { dialect, now }) {
    const at = value.kind === 'at' ? value.at : now + value.seconds * 1000;
    const seconds = value.kind === 'after' ? value.seconds : Math.max(0, Math.ceil((value.at - now) / 1000));
    return dialect.expiry === 'seconds' ? String(seconds) : httpDateText(at);
  },
};

export const counter: FieldCoder<number> = {
  read(text) {
    const word = text.trim();
    if (!/^[0-9]{1,9}$/.test(word)) throw new Malformed(0, 'no number');
    return Number(word);
  },
  write: (value) => String(value),
};

/** `index, VALUE`. */
function indexed<T>(text: string, read: (rest: string) => T): { index: number; value: T } {
  const match = /^\s*([0-9]{1,9})\s*,\s*(.*)$/s.exec(text);
  if (match === null) throw new Malformed(0, 'no index before a comma');
  return { index: Number(match[1]), value: read(match[2]!) };
}

export const previouslySentBy: FieldCoder<PreviouslySentBy> = {
  read(text, note) {
    const { index, value } = indexed(text, (rest) => readAddress(rest, note));
    return { index, address: value };
  },
  write: (value, writing) => `${value.index}, ${address.write(value.address, writing)}`,
};

export const previouslySentDate: FieldCoder<PreviouslySentDate> = {
  read(text, note) {
    const { index, value } = indexed(text, (rest) => readDate(rest, note));
    return { index, at: value };
  },
  write: (value) => `${value.index}, ${httpDateText(value.at)}`,
};

/** Text for people or applications: encoded words read, line breaks and other control characters written as blanks. */
export const text: FieldCoder<string> = {
  read(value) {
    tooLong(value, LIMITS.mm4FieldOctetsMax);
    return decodeWords(value.trim()).replace(CONTROLS_ALL, ' ');
  },
  write: (value) => encodeWords(value.replace(CONTROLS_ALL, ' ')),
};

/** Text of applications and providers: handed on as it is, as far as a header can carry it. */
export const opaque: FieldCoder<string> = {
  read(value) {
    const word = value.trim();
    tooLong(word, LIMITS.mm4IdOctetsMax);
    if (word === '' || CONTROLS.test(word)) throw new Malformed(0, 'no text');
    return decodeWords(word);
  },
  write: (value) => encodeWords(value.replace(CONTROLS_ALL, ' ')),
};
