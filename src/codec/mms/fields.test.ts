import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteReader, ByteWriter, Malformed } from '#base';
import type { Coder } from '#codec/wsp';
import { FIELDS, type FieldKey, fieldOfCode, fieldOfName, MESSAGE_TYPES } from './fields.js';
import { PDUS, type PduRow, type Slot } from './pdu-rows.js';
import { hex, VECTORS, type Vector } from './vectors.contract.js';

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

  it('tries all 256 octets of every field whose values are one octet', () => {
    const single = rows.filter(([key]) => VECTORS[key].length > 0 && VECTORS[key].every(({ wire }) => hex(wire).length === 1));
    assert.deepEqual(
      single.map(([key]) => key).filter((key) => key !== 'contentAttribute'),
      rows.map(([key]) => key).filter((key) => key in ONE_OCTET),
    );
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
  it('has a row for each assigned X-Mms-Message-Type, 0x80..0x97, by its octet and name', () => {
    assert.deepEqual(
      Object.values(PDUS).map((row) => [row.type, row.kind]),
      Object.entries(MESSAGE_TYPES).map(([octet, kind]) => [Number(octet), kind]),
    );
    assert.deepEqual(Object.keys(MESSAGE_TYPES).map(Number), range(0x80, 0x97));
  });

  it('says since which version each PDU exists: 1.0 up to 0x86, 1.1 up to 0x8a, 1.2 up to 0x93, 1.3 above', () => {
    for (const { type, since, kind } of Object.values(PDUS))
      assert.equal(since, type <= 0x86 ? '1.0' : type <= 0x8a ? '1.1' : type <= 0x93 ? '1.2' : '1.3', kind);
  });

  it('writes transaction id and version first, in that order, and content last', () => {
    for (const row of Object.values(PDUS)) {
      const keys = row.slots.map((slot) => slot.key);
      assert.deepEqual(
        keys.filter((key) => key === 'transactionId' || key === 'version'),
        keys.slice(0, (keys.includes('transactionId') ? 1 : 0) + 1),
        row.kind,
      );
      if (keys.includes('content')) assert.equal(keys.at(-1), 'content');
    }
  });

  it('never has a field in a PDU before the field itself exists', () => {
    for (const row of Object.values(PDUS))
      for (const slot of row.slots) assert.ok(slot.since >= FIELDS[slot.key].since, `${row.kind} ${slot.name}`);
  });

  it('has a field in a PDU since both exist, but for those that came to an old PDU later', () => {
    const both = (row: PduRow, slot: Slot): string => (row.since > FIELDS[slot.key].since ? row.since : FIELDS[slot.key].since);
    const later = Object.values(PDUS).flatMap((row) =>
      row.slots.filter((slot) => slot.since !== both(row, slot)).map((slot) => `${row.kind} ${slot.name} ${slot.since}`),
    );
    assert.deepEqual(later, [
      'm-send-conf X-Mms-Content-Location 1.2',
      'm-notification-ind X-Mms-Priority 1.2',
      'm-forward-req X-Mms-Reply-Charging 1.3',
      'm-forward-req X-Mms-Reply-Charging-Deadline 1.3',
      'm-forward-req X-Mms-Reply-Charging-Size 1.3',
      'm-forward-req X-Mms-Reply-Charging-ID 1.3',
      'm-forward-conf X-Mms-Content-Location 1.2',
    ]);
  });

  it('has each field in some PDU, but for the two names that stand in X-Mms-Attributes only', () => {
    const used = new Set(Object.values(PDUS).flatMap((row) => row.slots.map((slot) => slot.key)));
    assert.deepEqual(
      rows.map(([key]) => key).filter((key) => !used.has(key)),
      ['messageType', 'contentAttribute', 'additionalHeaders'],
    );
  });
});
