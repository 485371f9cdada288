import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteReader, ByteWriter, Malformed } from '#base';
import type { Coder } from '#codec/wsp';
import { FIELDS, type FieldKey, fieldOfCode, fieldOfName } from './fields.js';
import { PDUS } from './pdu-rows.js';

/** ASCII octets of a text and the zero that ends it. */
const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

interface Vector {
  /** The octets of the value, from the grammar or from a real PDU. */
  readonly wire: string;
  readonly value: unknown;
  /** Accepted, but not what we write. */
  readonly readOnly?: true;
}
const both = (wire: string, value: unknown): Vector => ({ wire, value });
const read = (wire: string, value: unknown): Vector => ({ wire, value, readOnly: true });

const YES_NO = [both('80', true), both('81', false)];
const TEXT = [both(z('urn:x:1'), 'urn:x:1'), both('00', ''), both('7f c3a4 00', 'ä'), read('c3a4 00', 'ä'), read('61', 'a')];
const ENCODED = [
  both(z('Holiday'), 'Holiday'),
  both('00', ''),
  both('0a ea 5a61c5bcc3b3c582 00', 'Zażół'),
  both('05 ea 7f c3a4 00', 'ä'),
  both(`1f 21 ea ${'61'.repeat(29)} c3a4 00`, `${'a'.repeat(29)}ä`),
  read('05 ea 616263 00', 'abc'),
  read('05 84 e5e4f6 00', 'åäö'),
  read('05 83 616263 00', 'abc'),
  read('08 02 03e8 0041 0042 00', 'AB'),
  read('0a 02 03f7 feff 0041 00e4 00', 'Aä'),
  read('0a 02 03f7 fffe 4100 e400 00', 'Aä'),
  read('09 02 03f7 7f feff 00e4 00', 'ä'),
  read('04 6a 6162 00', 'ab'),
  read('05 68616c 6c 00', 'hall'),
  read('d09f 00', 'П'),
  read('04 ea 61 d0 00', 'a\ufffd'),
  read(z('=?utf-8?Q?a?='), '=?utf-8?Q?a?='),
];
const TIME = [
  both('06 80 04 549f5f00', { kind: 'absolute', at: 1_419_730_688_000 }),
  both('05 81 03 02a300', { kind: 'relative', seconds: 172_800 }),
  both('03 81 01 3c', { kind: 'relative', seconds: 60 }),
  read('02 81 bc', { kind: 'relative', seconds: 60 }),
  read('06 81 04 00015180', { kind: 'relative', seconds: 86_400 }),
];
const NUMBER = [both('ff', 127), both('01 80', 128), both('02 0100', 256), both('80', 0)];
const SIZE = [both('02 afc8', 45_000), both('01 22', 34), read('04 00000501', 1_281), read('a2', 34), read('22', 34)];
const STATUS = [both('80', 0x80), both('c3', 0xc3), both('e5', 0xe5), both('ff', 0xff)];

/** At least one vector per row: the compiler asks for all of them. */
const VECTORS: Readonly<Record<FieldKey, readonly Vector[]>> = {
  bcc: ENCODED,
  cc: ENCODED,
  contentLocation: TEXT,
  content: [],
  date: [both('04 5e0be100', 1_577_836_800_000), both('01 00', 0), read('05 00 5e0be100', 1_577_836_800_000)],
  deliveryReport: YES_NO,
  deliveryTime: TIME,
  expiry: TIME,
  from: [
    both('01 81', { kind: 'insert-address' }),
    both(`18 80 ${z('+15551230001/TYPE=PLMN')}`, { kind: 'address', address: '+15551230001/TYPE=PLMN' }),
    both('07 80 05 ea 7f c3a4 00', { kind: 'address', address: 'ä' }),
    read(`0f 80 0d 83 ${z('19162255887')}`, { kind: 'address', address: '19162255887' }),
    read(`19 80 16 04 ${z('33707520030/TYPE=PLMN')}`, { kind: 'address', address: '33707520030/TYPE=PLMN' }),
  ],
  messageClass: [
    both('80', 'personal'),
    both('81', 'advertisement'),
    both('82', 'informational'),
    both('83', 'auto'),
    both(z('NewMessageClass'), { token: 'NewMessageClass' }),
  ],
  messageId: TEXT,
  messageType: [both('80', 'm-send-req'), both('88', 'm-read-orig-ind'), both('97', 'm-cancel-conf')],
  version: [
    both('90', '1.0'),
    both('91', '1.1'),
    both('92', '1.2'),
    both('93', '1.3'),
    both('a0', '2.0'),
    read('9f', '1.0'),
    read(z('1.2'), '1.2'),
  ],
  messageSize: SIZE,
  priority: [both('80', 'low'), both('81', 'normal'), both('82', 'high')],
  readReport: YES_NO,
  reportAllowed: YES_NO,
  responseStatus: STATUS,
  responseText: ENCODED,
  senderVisibility: [both('80', 'hide'), both('81', 'show')],
  status: [
    both('80', 'expired'),
    both('81', 'retrieved'),
    both('82', 'rejected'),
    both('83', 'deferred'),
    both('84', 'unrecognised'),
    both('85', 'indeterminate'),
    both('86', 'forwarded'),
    both('87', 'unreachable'),
  ],
  subject: ENCODED,
  to: ENCODED,
  transactionId: TEXT,
  retrieveStatus: STATUS,
  retrieveText: ENCODED,
  readStatus: [both('80', 'read'), both('81', 'deleted-without-being-read')],
  replyCharging: [
    both('80', 'requested'),
    both('81', 'requested-text-only'),
    both('82', 'accepted'),
    both('83', 'accepted-text-only'),
  ],
  replyChargingDeadline: TIME,
  replyChargingId: TEXT,
  replyChargingSize: SIZE,
  previouslySentBy: [
    both(`05 81 ${z('abc')}`, { count: 1, address: 'abc' }),
    both('08 01 81 05 ea 7f c3a4 00', { count: 129, address: 'ä' }),
  ],
  previouslySentDate: [both('06 82 04 5e0be100', { count: 2, at: 1_577_836_800_000 })],
  store: YES_NO,
  mmState: [both('80', 'draft'), both('81', 'sent'), both('82', 'new'), both('83', 'retrieved'), both('84', 'forwarded')],
  mmFlags: [
    both(`05 80 ${z('fun')}`, { action: 'add', text: 'fun' }),
    both(`05 81 ${z('fun')}`, { action: 'remove', text: 'fun' }),
    both(`05 82 ${z('fun')}`, { action: 'filter', text: 'fun' }),
  ],
  storeStatus: STATUS,
  storeStatusText: ENCODED,
  stored: YES_NO,
  attributes: [
    both('96', 'Subject'),
    both('ae', 'Content'),
    both('b0', 'Additional-headers'),
    both(z('X-Own'), 'X-Own'),
    both('c1', '0xc1'),
  ],
  totals: YES_NO,
  mboxTotals: [both('02 80 85', { of: 'messages', count: 5 }), both('04 81 02 0400', { of: 'octets', count: 1_024 })],
  quotas: YES_NO,
  mboxQuotas: [both('02 80 85', { of: 'messages', count: 5 })],
  messageCount: NUMBER,
  contentAttribute: [both('80', hex('80'))],
  start: NUMBER,
  additionalHeaders: [both('02 0102', hex('02 0102'))],
  distributionIndicator: YES_NO,
  elementDescriptor: [
    both(`0f ${z('ab')} 82 ${z('image/jpeg')}`, { reference: 'ab', parameters: { type: 'image/jpeg' } }),
    both(`05 ${z('ab')} 82 9e`, { reference: 'ab', parameters: { type: '0x9e' } }),
    both(`03 ${z('ab')}`, { reference: 'ab', parameters: {} }),
    both(`07 ${z('ab')} ${z('x')} ${z('y')}`, { reference: 'ab', parameters: { x: 'y' } }),
  ],
  limit: NUMBER,
  recommendedRetrievalMode: [both('80', 'manual')],
  recommendedRetrievalModeText: ENCODED,
  statusText: ENCODED,
  applicId: TEXT,
  replyApplicId: TEXT,
  auxApplicInfo: TEXT,
  contentClass: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => both((0x80 + n).toString(16), n)),
  drmContent: YES_NO,
  adaptationAllowed: YES_NO,
  replaceId: TEXT,
  cancelId: TEXT,
  cancelStatus: [both('80', 'request-successfully-received'), both('81', 'request-corrupted')],
};

/** The octets that each one-octet value accepts, by the standard's clause; every other octet 0..255 must be refused. */
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ONE_OCTET: Partial<Record<FieldKey, readonly number[]>> = {
  deliveryReport: [128, 129],
  messageType: range(128, 151),
  priority: range(128, 130),
  readReport: [128, 129],
  reportAllowed: [128, 129],
  responseStatus: range(128, 255),
  senderVisibility: [128, 129],
  status: range(128, 135),
  retrieveStatus: range(128, 255),
  readStatus: [128, 129],
  replyCharging: range(128, 131),
  store: [128, 129],
  mmState: range(128, 132),
  storeStatus: range(128, 255),
  stored: [128, 129],
  totals: [128, 129],
  quotas: [128, 129],
  distributionIndicator: [128, 129],
  recommendedRetrievalMode: [128],
  contentClass: range(128, 135),
  drmContent: [128, 129],
  adaptationAllowed: [128, 129],
  cancelStatus: [128, 129],
};

const rows = Object.entries(FIELDS) as [FieldKey, (typeof FIELDS)[FieldKey]][];
const coderOf = (key: FieldKey): Coder<unknown> => FIELDS[key].coder as Coder<unknown>;

function encoded(key: FieldKey, value: unknown): string {
  const w = new ByteWriter();
  coderOf(key).encode(w, value);
  return Buffer.from(w.finish()).toString('hex');
}

describe('table of header fields', () => {
  it('has one row for each assigned number 0x01..0x3f and no other', () => {
    assert.deepEqual(
      rows.map(([, row]) => row.code).sort((a, b) => a - b),
      range(0x01, 0x3f),
    );
  });

  it('finds every row by its number and by its name in any case', () => {
    for (const [, row] of rows) {
      assert.equal(fieldOfCode(row.code)?.name, row.name);
      assert.equal(fieldOfName(row.name.toUpperCase())?.code, row.code);
    }
    assert.equal(fieldOfCode(0), undefined);
    assert.equal(fieldOfCode(0x40), undefined);
  });

  it('says of each field the version that brought it: 1.0 up to 0x18, 1.1 up to 0x21, 1.2 up to 0x33, 1.3 above', () => {
    for (const [, { code, since, name }] of rows)
      assert.equal(since, code <= 0x18 ? '1.0' : code <= 0x21 ? '1.1' : code <= 0x33 ? '1.2' : '1.3', name);
  });

  for (const [key, vectors] of Object.entries(VECTORS) as [FieldKey, readonly Vector[]][]) {
    const { name } = FIELDS[key];
    for (const vector of vectors) {
      it(`${name} reads ${vector.wire}`, () => {
        const octets = hex(vector.wire);
        // Something follows, and the value must not reach into it; a text without its zero can only stand at the end.
        const cut = vector.wire === '61';
        const r = new ByteReader(cut ? octets : Buffer.concat([octets, hex('81')]));
        assert.deepEqual(coderOf(key).decode(r), vector.value);
        assert.equal(r.offset, octets.length);
      });
      if (!vector.readOnly)
        it(`${name} writes ${vector.wire}`, () => assert.equal(encoded(key, vector.value), vector.wire.replaceAll(' ', '')));
      it(`${name} prints ${vector.wire} on one line`, () => assert.ok(!coderOf(key).toText(vector.value).includes('\n')));
    }
    it(`${name} cut short after any octet is refused or is a shorter value, never a crash`, () => {
      for (const vector of vectors) {
        const octets = hex(vector.wire);
        for (let i = 0; i < octets.length; i++) {
          try {
            coderOf(key).decode(new ByteReader(octets.subarray(0, i)));
          } catch (e) {
            assert.ok(e instanceof Malformed, String(e));
          }
        }
      }
    });
  }

  for (const [key, accepted] of Object.entries(ONE_OCTET) as [FieldKey, readonly number[]][])
    it(`${FIELDS[key].name} accepts ${accepted[0]}..${accepted.at(-1)} of the 256 octets, writes them back and refuses the others`, () => {
      const values = new Set<unknown>();
      for (let octet = 0; octet < 256; octet++) {
        const r = new ByteReader(Uint8Array.of(octet));
        if (accepted.includes(octet)) {
          const value = coderOf(key).decode(r);
          assert.equal(encoded(key, value), octet.toString(16).padStart(2, '0'));
          values.add(value);
        } else assert.throws(() => coderOf(key).decode(r), Malformed, `octet ${octet}`);
      }
      assert.equal(values.size, accepted.length, 'no two octets mean the same');
    });

  it('takes each octet of X-Mms-Message-Class 0x80..0x83 for a class and refuses 0x84..0xff', () => {
    for (let octet = 0x80; octet < 0x100; octet++) {
      const r = new ByteReader(Uint8Array.of(octet));
      if (octet <= 0x83) assert.equal(typeof coderOf('messageClass').decode(r), 'string');
      else assert.throws(() => coderOf('messageClass').decode(r), Malformed);
    }
  });

  it('takes each octet of X-Mms-MMS-Version 0x80..0xff for a version, three bits major and four bits minor', () => {
    for (let octet = 0x80; octet < 0x100; octet++) {
      const minor = octet & 0x0f;
      assert.equal(
        coderOf('version').decode(new ByteReader(Uint8Array.of(octet))),
        `${(octet & 0x70) >> 4}.${minor === 15 ? 0 : minor}`,
      );
    }
  });
});

describe('table of PDUs', () => {
  it('has the nine PDUs of the main road by their octets 0x80..0x88', () => {
    assert.deepEqual(
      Object.values(PDUS).map((row) => [row.kind, row.type]),
      [
        ['m-send-req', 0x80],
        ['m-send-conf', 0x81],
        ['m-notification-ind', 0x82],
        ['m-notifyresp-ind', 0x83],
        ['m-retrieve-conf', 0x84],
        ['m-acknowledge-ind', 0x85],
        ['m-delivery-ind', 0x86],
        ['m-read-rec-ind', 0x87],
        ['m-read-orig-ind', 0x88],
      ],
    );
  });

  it('writes transaction id and version first, in that order, and content last', () => {
    for (const row of Object.values(PDUS)) {
      const keys = row.slots.map((slot) => slot.key);
      assert.deepEqual(
        keys.filter((key) => key === 'transactionId' || key === 'version'),
        keys.slice(0, keys.includes('transactionId') ? 2 : 1),
        row.kind,
      );
      if (keys.includes('content')) assert.equal(keys.at(-1), 'content');
    }
  });

  it('never has a field in a PDU before the field itself exists', () => {
    for (const row of Object.values(PDUS))
      for (const slot of row.slots) assert.ok(slot.since >= FIELDS[slot.key].since, `${row.kind} ${slot.name}`);
  });
});
