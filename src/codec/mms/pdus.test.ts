/** Walks every field of every PDU: its octets are made from the vectors of the fields, so that a row that is added is tested. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Coder } from '#codec/wsp';
import { decodePdu } from './decode.js';
import { encodePdu } from './encode.js';
import { FIELDS } from './fields.js';
import { fitToVersion } from './fit-to-version.js';
import { PDUS, type PduRow, type Slot } from './pdu-rows.js';
import type { MmsPdu } from './pdus.js';
import { toText } from './to-text.js';
import { COUNTED, hex, VECTORS, type Vector, z } from './vectors.contract.js';

/** Content-Type application/vnd.wap.multipart.mixed, no parts. */
const CONTENT: Vector = { wire: 'a3 00', value: undefined };

const isForm = (slot: Slot): boolean => slot.coder !== (FIELDS[slot.key].coder as Coder<unknown>);

/** What may stand in a slot. A version of another major number is refused, and a text without its zero can only be the last field. */
function vectorsOf(slot: Slot): readonly Vector[] {
  if (slot.key === 'content') return [CONTENT];
  const vectors = isForm(slot) ? COUNTED[slot.key]! : VECTORS[slot.key];
  return vectors.filter(({ wire, value }) => wire !== '61' && !(slot.key === 'version' && value === '2.0'));
}

type Given = readonly (readonly [Slot, Vector])[];

/** A PDU with these fields, in this order. */
const octetsOf = (row: PduRow, fields: Given): Buffer =>
  Buffer.concat([Buffer.of(0x8c, row.type), ...fields.flatMap(([slot, { wire }]) => [Buffer.of(0x80 | slot.code), hex(wire)])]);

/** One value for each field that must be there, those of `slot` instead if they are given, in the row's order. */
const withMandatory = (row: PduRow, slot: Slot, vectors: readonly Vector[]): Given =>
  row.slots.flatMap((each): Given => {
    if (each === slot) return vectors.map((vector) => [each, vector] as const);
    return each.mandatory ? [[each, vectorsOf(each).find((vector) => !vector.readOnly)!]] : [];
  });

function read(octets: Uint8Array): Readonly<Record<string, unknown>> & MmsPdu {
  const decoded = decodePdu(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value as Readonly<Record<string, unknown>> & MmsPdu;
}

const occurrence = (slot: Slot): string =>
  slot.mandatory
    ? slot.repeated
      ? 'must be there, may be repeated'
      : 'must be there, once'
    : slot.repeated
      ? 'may be repeated'
      : 'may be there, once';

for (const row of Object.values(PDUS))
  describe(`${row.kind}, field by field`, () => {
    for (const slot of row.slots) {
      const vectors = vectorsOf(slot);
      const name = `${slot.name} ${occurrence(slot)}`;

      it(`${name}: every value is read, and written again as it came where that is our form`, () => {
        assert.ok(vectors.length > 0);
        for (const vector of vectors) {
          const octets = octetsOf(row, withMandatory(row, slot, [vector]));
          const pdu = read(octets);
          if (slot.key === 'content')
            assert.deepEqual(Buffer.from((pdu as never as { content: { octets: Uint8Array } }).content.octets), hex(vector.wire));
          else assert.deepEqual(pdu[slot.key], slot.repeated ? [vector.value] : vector.value, vector.wire);
          assert.equal(pdu.unknown, undefined);
          if (!vector.readOnly) assert.deepEqual(Buffer.from(encodePdu(pdu)), octets);
        }
      });

      it(`${name}: what its absence is`, () => {
        const octets = octetsOf(row, withMandatory(row, slot, []));
        if (!slot.mandatory) return assert.deepEqual(read(octets)[slot.key], slot.listed ? [] : undefined);
        const decoded = decodePdu(octets);
        assert.ok(!decoded.ok && decoded.error.kind === 'missing-field' && decoded.error.text.includes(slot.name));
      });

      if (slot.key !== 'content')
        it(`${name}: what its repetition is`, () => {
          const values = vectors.slice(0, 3);
          const octets = octetsOf(row, withMandatory(row, slot, values));
          const pdu = read(octets);
          assert.deepEqual(pdu[slot.key], slot.repeated ? values.map(({ value }) => value) : values[0]!.value);
          if (slot.repeated && values.every((vector) => !vector.readOnly)) assert.deepEqual(Buffer.from(encodePdu(pdu)), octets);
        });

      it(`${name}: of a client of an older version than ${slot.since} it is kept away`, () => {
        const pdu = read(octetsOf(row, withMandatory(row, slot, vectors.slice(0, 1))));
        // Which fields a PDU without them is missing is not asked here: fitToVersion leaves mandatory ones where they are.
        for (const version of ['1.0', '1.1', '1.2', '1.3']) {
          const kept = fitToVersion(pdu, version) as typeof pdu;
          assert.equal(slot.key in kept, slot.mandatory || slot.listed || version >= slot.since, `${slot.name} for ${version}`);
        }
      });
    }

    it('is printed with every field that it has, by the name of the standard', () => {
      const all = row.slots.flatMap(
        (slot): Given =>
          vectorsOf(slot)
            .slice(0, slot.repeated ? 2 : 1)
            .map((vector) => [slot, vector]),
      );
      const lines = toText(read(octetsOf(row, all))).split('\n');
      assert.match(lines[0]!, new RegExp(`^${row.kind} \\(0x[89][0-9a-f]\\), MMS 1\\.0$`));
      for (const [slot, { value }] of all)
        if (slot.key !== 'version' && slot.key !== 'content')
          assert.ok(lines.includes(`  ${slot.name}: ${slot.coder.toText(value)}`), `${slot.name} in ${lines.join('|')}`);
      assert.equal(lines.includes('  Content-Type: application/vnd.wap.multipart.mixed'), row.hasContent);
    });

    it('keeps every field that is not its own, by the name of the standard, and writes it again', () => {
      const own = new Set(row.slots.map(({ code }) => code));
      for (const [key, field] of Object.entries(FIELDS)) {
        if (own.has(field.code) || key === 'messageType' || key === 'content') continue;
        const wire = hex(VECTORS[key as keyof typeof FIELDS][0]!.wire);
        const mandatory = withMandatory(row, row.slots[0]!, row.slots[0]!.mandatory ? [vectorsOf(row.slots[0]!)[0]!] : []);
        const fields = mandatory.filter(([slot]) => slot.key !== 'content');
        const content = mandatory.filter(([slot]) => slot.key === 'content');
        const tail = octetsOf(row, content).subarray(2);
        const octets = Buffer.concat([octetsOf(row, fields), Buffer.of(0x80 | field.code), wire, tail]);
        const pdu = read(octets);
        assert.deepEqual(
          pdu.unknown?.map((each) => each.name),
          [field.name],
        );
        assert.deepEqual(Buffer.from(encodePdu(pdu)), octets);
      }
    });
  });

describe('octets that no enumeration assigns, in their PDUs', () => {
  const enumerated = (slot: Slot): boolean =>
    !isForm(slot) &&
    slot.key !== 'content' &&
    VECTORS[slot.key].every(({ wire }) => hex(wire).length === 1) &&
    !['responseStatus', 'retrieveStatus', 'storeStatus'].includes(slot.key);

  for (const row of Object.values(PDUS))
    for (const slot of row.slots.filter(enumerated))
      it(`${row.kind}: ${slot.name} with each octet 0x80..0xff: ${slot.mandatory ? 'the PDU is refused' : 'the field is kept as it came'}`, () => {
        const known = new Set(VECTORS[slot.key].map(({ wire }) => hex(wire)[0]));
        for (let octet = 0x80; octet < 0x100; octet++) {
          const vector: Vector = { wire: octet.toString(16), value: undefined };
          const octets = octetsOf(row, withMandatory(row, slot, [vector]));
          const decoded = decodePdu(octets);
          if (!known.has(octet) && slot.mandatory) {
            assert.ok(!decoded.ok && decoded.error.kind === 'malformed' && decoded.error.text.includes(slot.name));
            assert.match(decoded.error.clause!, /^MMS_ENC 7\.3/);
            continue;
          }
          assert.ok(decoded.ok);
          const values = decoded.value as unknown as Record<string, unknown>;
          assert.equal(values[slot.key] !== undefined, known.has(octet));
          assert.deepEqual(
            decoded.value.unknown?.map((field) => Buffer.from(field.octets)),
            known.has(octet) ? undefined : [Buffer.of(0x80 | slot.code, octet)],
          );
        }
      });
});

describe('pairs of repeated fields', () => {
  it('keep their numbers: Previously-Sent-By and -Date, whatever their order', () => {
    const octets = hex(`8c93 a0 03 82 ${z('b')} a1 03 81 01 05 a1 03 82 01 07 a0 03 81 ${z('a')}`);
    const pdu = read(octets);
    assert.deepEqual(pdu['previouslySentBy'], [
      { count: 2, address: 'b' },
      { count: 1, address: 'a' },
    ]);
    assert.deepEqual(pdu['previouslySentDate'], [
      { count: 1, at: 5_000 },
      { count: 2, at: 7_000 },
    ]);
    assert.deepEqual(read(encodePdu(pdu)), pdu);
  });
});
