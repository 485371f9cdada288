/** The encodings of WSP that MMS is built from. */
import { ByteReader, ByteWriter, LIMITS, Malformed } from '#base';
import {
  charsetName,
  contentTypeText,
  contentTypeValue,
  decodeMultipart,
  decodePush,
  decodeText,
  encodeMultipart,
  encodePush,
  encodeText,
  isMultipart,
  OverLimit,
  type Part,
  readIntegerValue,
  readLongInteger,
  readQuotedString,
  readText,
  readToken,
  readUintvar,
  readValueLength,
  skipValue,
  textLength,
  writeContentType,
  writeIntegerValue,
  writeLongInteger,
  writeText,
  writeUintvar,
} from '#codec/wsp';
import { difference, expect, hexOf, type Target } from '../target.js';
import { firm, group, leaf, type Node } from '../tree.js';
import { recorded } from './corpus.js';
import { pduTree } from './mms.js';
import { VALUES } from './mms-values.js';
import { WORDS } from './words.js';
import { contentTypeTree, headersOf, multipartTree, pieces } from './wsp-tree.js';

/** Multiparts inside multiparts that are opened. */
const DEPTH_MAX = 8;
const CONTENT_CODE = 0x04;

const contents = (): readonly Uint8Array[] => {
  const found: Uint8Array[] = [...(VALUES.get(CONTENT_CODE) ?? [])];
  for (const pdu of recorded('.mms')) {
    const tree = pduTree(pdu);
    if (tree.children.at(-1)?.children.length === 3) found.push(pdu.subarray(contentStart(pdu)));
  }
  return found;
};

/** Where the Content-Type value of a recorded PDU begins. */
function contentStart(pdu: Uint8Array): number {
  const r = new ByteReader(pdu);
  while (r.u8() !== 0x84) skipValue(r);
  return r.offset;
}

/** Reads; Malformed is an answer, any other throw passes. */
function readOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (e instanceof Malformed) return undefined;
    throw e;
  }
}

function isBeyondLimit(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (e) {
    return e instanceof OverLimit;
  }
}

function openParts(parts: readonly Part[], depth: number): void {
  for (const part of parts) {
    contentTypeText(part.contentType);
    if (depth >= DEPTH_MAX || !isMultipart(part.contentType)) continue;
    const inner = decodeMultipart(part.data);
    if (inner.ok) openParts(inner.value, depth + 1);
  }
}

export const wspMultipart: Target = {
  name: 'wsp-multipart',
  about: 'multipart bodies, with their part headers',
  seeds: () =>
    contents().map((octets) => {
      const r = new ByteReader(octets);
      contentTypeValue.decode(r);
      return r.rest();
    }),
  dictionary: WORDS,
  structure: (octets) => multipartTree(octets),
  fragments: headerFragments,
  run(octets) {
    const decoded = decodeMultipart(octets);
    if (!decoded.ok) {
      const { offset, text } = decoded.error;
      expect(offset >= 0 && offset <= octets.length, 'wsp: an error names an octet of the input', () => text);
      return;
    }
    openParts(decoded.value, 1);
    const written = encodeMultipart(decoded.value);
    const again = decodeMultipart(written);
    expect(again.ok, 'wsp: a written multipart can be read', () => `${again.ok ? '' : again.error.text} in ${hexOf(written)}`);
    if (!again.ok) return;
    expect(again.value.length === decoded.value.length, 'wsp: a multipart keeps its parts', () => hexOf(written));
    const place = difference(encodeMultipart(again.value), written);
    expect(place === undefined, 'wsp: the second writing of a multipart equals the first', () => hexOf(written));
  },
};

/** A header of every number, with a value of every kind; a parameter likewise. */
function headerFragments(): readonly Node[] {
  const values = [
    '80',
    '8a',
    '00',
    '0105',
    '02 0100',
    '61 62 00',
    '22 61 00',
    '03 81 61 00',
    '06 80 85 61 2e 6a 00',
    '05 81 86 22 61 00',
    '1f 04 80 81 03 61',
  ].map((text) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex')));
  return Array.from({ length: 128 }, (_, code) => Uint8Array.of(0x80 | code)).flatMap((name) =>
    values.flatMap((value) =>
      ['header', 'parameter'].map((kind) => group(kind, [leaf(`${kind}-name`, name), leaf(`${kind}-value`, value)])),
    ),
  );
}

export const wspContentType: Target = {
  name: 'wsp-content-type',
  about: 'Content-Type values with their parameters',
  seeds: contents,
  dictionary: WORDS,
  structure: (octets) =>
    group(
      'content',
      pieces(octets, 'rest', (r, into) => into.push(contentTypeTree(r))),
    ),
  fragments: headerFragments,
  run(octets) {
    const r = new ByteReader(octets);
    const type = readOr(() => contentTypeValue.decode(r));
    expect(
      r.offset >= 0 && r.offset <= octets.length,
      'wsp: a reader stays within its window',
      () => `at ${r.offset} of ${octets.length}`,
    );
    if (type === undefined) return;
    contentTypeText(type);
    const w = new ByteWriter();
    writeContentType(w, type);
    const written = w.finish();
    // Octets that are no UTF-8 become three each, so that a text may grow beyond what is read.
    if (isBeyondLimit(() => contentTypeValue.decode(new ByteReader(written)))) return;
    const again = readOr(() => contentTypeValue.decode(new ByteReader(written)));
    expect(again !== undefined, 'wsp: a written Content-Type can be read', () => hexOf(written));
    expect(again?.media === type.media, 'wsp: a Content-Type keeps its media type', () => `${type.media} as ${hexOf(written)}`);
    const second = new ByteWriter();
    writeContentType(second, again!);
    expect(difference(second.finish(), written) === undefined, 'wsp: the second writing of a Content-Type equals the first', () =>
      hexOf(written),
    );
  },
};

/** Two octets, a length and headers, then the MMS PDU. */
function pushTree(octets: Uint8Array): Node {
  const r = new ByteReader(octets);
  const tree = readOr(() => {
    const fixed = firm(leaf('push-type', r.take(2)));
    const head = r.window(readUintvar(r));
    const headers = group('push-head', [contentTypeTree(head), ...headersOf(head.rest())], 'uintvar-length');
    return group('push', [fixed, headers, pduTree(r.rest())]);
  });
  return tree ?? leaf('push', octets);
}

export const wspPush: Target = {
  name: 'wsp-push',
  about: 'push PDUs with their headers',
  seeds: () => recorded('.wsp'),
  dictionary: WORDS,
  structure: pushTree,
  fragments: headerFragments,
  run(octets) {
    const decoded = decodePush(octets);
    if (!decoded.ok) {
      const { offset, text } = decoded.error;
      expect(offset >= 0 && offset <= octets.length, 'wsp: an error names an octet of the input', () => text);
      return;
    }
    const written = encodePush(decoded.value);
    const again = decodePush(written);
    expect(again.ok, 'wsp: a written push can be read', () => `${again.ok ? '' : again.error.text} in ${hexOf(written)}`);
    if (again.ok)
      expect(
        difference(encodePush(again.value), written) === undefined,
        'wsp: the second writing of a push equals the first',
        () => hexOf(written),
      );
  },
};

/** The first two octets are a charset's MIBenum, the others its text. */
export const wspCharsets: Target = {
  name: 'wsp-charsets',
  about: 'texts in every character set',
  seeds: () => CHARSET_NUMBERS.flatMap((mib) => TEXTS.map((text) => Uint8Array.from([mib >> 8, mib & 0xff, ...text]))),
  dictionary: WORDS,
  structure: (octets) => group('text', [leaf('charset', octets.subarray(0, 2)), leaf('octets', octets.subarray(2))]),
  run(octets) {
    if (octets.length < 2) return;
    const mib = octets[0]! * 0x100 + octets[1]!;
    const text = decodeText(octets.subarray(2), mib);
    // No charset here makes more than two units of one octet.
    expect(text.length <= 2 * octets.length, 'wsp: a text is no longer than its octets', () => `${text.length} units`);
    const named = decodeText(octets.subarray(2), charsetName(mib));
    expect(named === text, 'wsp: a charset means the same by number and by name', () => `${mib}, ${charsetName(mib)}`);
    const written = encodeText(text, mib);
    if (written === undefined || text.includes('\ufffd') || text.includes('\ufeff') || /\p{Surrogate}/u.test(text)) return;
    expect(
      decodeText(written, mib) === text,
      'wsp: an encoded text is decoded as it was',
      () => `${mib}: ${JSON.stringify(text)}`,
    );
  },
};

/** Every number that has a name here, and some that have none. */
const CHARSET_NUMBERS = Array.from({ length: 3_000 }, (_, mib) => mib).filter(
  (mib) => !charsetName(mib).startsWith('mib-') || mib === 999,
);
const TEXTS = [
  [0x61],
  [0xc3, 0xa5, 0x62],
  [0xff, 0xfe, 0x41, 0],
  [0xfe, 0xff, 0, 0x41],
  [0x1b, 0x24, 0x42, 0x24, 0x22],
  [0x82, 0xa0],
  [0, 0, 0xfe, 0xff, 0, 1, 0xf6, 0],
];

/** The small readers, each on the whole input: numbers, lengths, texts. */
export const wspValues: Target = {
  name: 'wsp-values',
  about: 'numbers, lengths and texts',
  seeds: () => [...WORDS, ...[...VALUES.values()].flat()],
  dictionary: WORDS,
  structure: (octets) => leaf('value', octets),
  run(octets) {
    for (const [name, read] of READERS) {
      const r = new ByteReader(octets);
      const value = readOr(() => read(r));
      expect(r.offset <= r.end, `wsp: ${name} stays within its window`, () => `at ${r.offset} of ${r.end}`);
      const again = value === undefined ? undefined : WRITERS[name]?.(value);
      // Octets that are no UTF-8 become three each, so that a text may grow beyond what is read.
      // A byte order mark that leads is dropped.
      if (again === undefined || again.length > LIMITS.headerTextOctetsMax || String(value).startsWith('\ufeff')) continue;
      const back = readOr(() => read(new ByteReader(again)));
      expect(back === value, `wsp: ${name} reads what was written`, () => `${value} as ${hexOf(again)}`);
    }
  },
};

const READERS: readonly (readonly [string, (r: ByteReader) => unknown])[] = [
  ['uintvar', readUintvar],
  ['Long-integer', readLongInteger],
  ['Integer-value', readIntegerValue],
  ['Value-length', readValueLength],
  ['unknown value', skipValue],
  ['Text-string', readText],
  ['Token-text', readToken],
  ['Quoted-string', readQuotedString],
];

function written(write: (w: ByteWriter) => void): Uint8Array {
  const w = new ByteWriter();
  write(w);
  return w.finish();
}

const WRITERS: Readonly<Record<string, (value: unknown) => Uint8Array>> = {
  uintvar: (value) => written((w) => writeUintvar(w, value as number)),
  'Long-integer': (value) => written((w) => writeLongInteger(w, value as number)),
  'Integer-value': (value) => written((w) => writeIntegerValue(w, value as number)),
  'Text-string': (value) => {
    const octets = written((w) => writeText(w, value as string));
    expect(octets.length === textLength(value as string), 'wsp: a text is as long as was said', () => hexOf(octets));
    return octets;
  },
};
