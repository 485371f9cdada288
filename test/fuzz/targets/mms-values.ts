/**
 * Values that the rows of FIELDS accept, found by trying: every candidate is offered to every coder, so a new row or a new coder is met by
 * those candidates that fit it and nobody has to say which.
 */
import { ByteReader, Malformed } from '#base';
import { FIELDS, type Field, PDUS, type PduRow } from '#codec/mms';
import { octetsOf } from '../target.js';

const ROWS: readonly Field<unknown>[] = Object.values(FIELDS) as readonly Field<unknown>[];

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const withLength = (octets: Uint8Array): Uint8Array =>
  joined(octets.length <= 30 ? Uint8Array.of(octets.length) : Uint8Array.of(31, octets.length), octets);

const TEXTS = ['\0', 'a\0', '+46701234567/TYPE=PLMN\0', '12345\0', 'token-1\0', '1.2\0', 'http://mmsc/a?b=c\0'].map(octetsOf);
const ENCODED = [
  Uint8Array.of(0xea, 0xc3, 0xa5, 0),
  Uint8Array.of(0x83, 0x61, 0),
  Uint8Array.of(0x02, 0x03, 0xe8, 0x04, 0x16, 0, 0),
  Uint8Array.of(0x02, 0x07, 0xea, 0xa4, 0xa4, 0),
].map(withLength);
const INTEGERS = [
  [0x80],
  [0xff],
  [0x01, 0x05],
  [0x02, 0x01, 0x00],
  [0x04, 0x5f, 0xff, 0xff, 0xff],
  [0x06, 0x07, 0xdb, 0xa8, 0x21, 0x40, 0x00],
].map((octets) => Uint8Array.from(octets));
const TOKENS = [0x80, 0x81, 0x82, 0x83, 0x84].map((octet) => Uint8Array.of(octet));
const CONTENT = [
  Uint8Array.of(0x83),
  octetsOf('image/png\0'),
  withLength(Uint8Array.of(0x83, 0x81, 0xea)),
  joined(
    withLength(joined(Uint8Array.of(0xb3, 0x89), octetsOf('application/smil\0'), Uint8Array.of(0x8a), octetsOf('<s>\0'))),
    Uint8Array.of(1, 3, 2, 0x83, 0x8e, 0x00, 0x68, 0x69),
  ),
  joined(Uint8Array.of(0xa3, 1, 1, 6, 0xa6, 1, 1, 2, 0x83, 0x68, 0x69)),
];

/** Everything from one octet to two pieces behind a length. */
const CANDIDATES: readonly Uint8Array[] = (() => {
  const simple = [...TEXTS, ...ENCODED, ...INTEGERS];
  const first = [...TOKENS, ...INTEGERS, ...TEXTS];
  return [
    ...Array.from({ length: 256 }, (_, octet) => Uint8Array.of(octet)),
    ...simple,
    ...CONTENT,
    ...first.map(withLength),
    ...first.flatMap((one) => simple.map((two) => withLength(joined(one, two)))),
  ];
})();

/** Whether the coder reads exactly these octets. */
function accepts(row: Field<unknown>, octets: Uint8Array): boolean {
  const r = new ByteReader(octets);
  try {
    row.coder.decode(r);
    return r.remaining === 0;
  } catch (e) {
    if (e instanceof Malformed) return false;
    throw e;
  }
}

/** Accepted values of one row that are kept. */
const VALUES_MAX = 64;

/** Values by assigned number; every assigned number has some. */
export const VALUES: ReadonlyMap<number, readonly Uint8Array[]> = new Map(
  ROWS.map((row) => {
    const found = CANDIDATES.filter((octets) => accepts(row, octets));
    const step = Math.max(1, Math.ceil(found.length / VALUES_MAX));
    return [row.code, found.filter((_, i) => i % step === 0)];
  }),
);

const fieldOctets = (code: number, turn: number): Uint8Array => {
  const values = VALUES.get(code) ?? [];
  return values.length === 0 ? new Uint8Array(0) : joined(Uint8Array.of(0x80 | code), values[turn % values.length]!);
};

/** How many examples are made of each PDU with all its fields, each with other values. */
const TURNS = 6;

/** PDUs of every row: the mandatory fields alone, and all fields, with one value after another. */
export const madePdus = (): readonly Uint8Array[] =>
  (Object.values(PDUS) as readonly PduRow[]).flatMap((row) => {
    const make = (turn: number, all: boolean): Uint8Array =>
      joined(
        Uint8Array.of(0x80 | FIELDS.messageType.code, row.type),
        ...row.slots
          .filter((slot) => all || slot.mandatory)
          .map((slot) =>
            slot.key === 'version' ? Uint8Array.of(0x80 | slot.code, 0x90 + (turn % 4)) : fieldOctets(slot.code, turn),
          ),
      );
    return [make(0, false), ...Array.from({ length: TURNS }, (_, turn) => make(turn, true))];
  });
