import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MimeField } from '#codec/mime';
import type { Writing } from './coders.js';
import { decodeMm4 } from './decode.js';
import { DEFAULT_DIALECT } from './dialect.js';
import { encodeMm4 } from './encode.js';
import { HEADERS, type HeaderRow } from './headers.js';
import { PDUS, SLOTS } from './pdu-rows.js';
import type { Mm4Kind, Mm4Pdu } from './pdus.js';
import { SAMPLES } from './samples.contract.js';
import { mm4ToText } from './to-text.js';

const WRITING: Writing = { dialect: { ...DEFAULT_DIALECT, headerAddress: 'plmn-with-domain' }, now: 0 };
const KINDS = Object.keys(SAMPLES) as Mm4Kind[];
const without = (lines: readonly MimeField[], name: string): MimeField[] => lines.filter((line) => line.name !== name);

const read = (lines: readonly MimeField[]) => {
  const decoded = decodeMm4(lines);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value;
};
const fault = (lines: readonly MimeField[]) => {
  const decoded = decodeMm4(lines);
  assert.ok(!decoded.ok);
  return decoded.error;
};

describe('messages of MM4', () => {
  it('have a sample that uses every header of their row which is written at all', () => {
    for (const kind of KINDS)
      for (const [key, presence] of SLOTS[kind]) if (presence !== 'foreign') assert.ok(key in SAMPLES[kind], `${kind}: ${key}`);
    const used = new Set(KINDS.flatMap((kind) => Object.keys(PDUS[kind])));
    assert.deepEqual(
      Object.keys(HEADERS).filter((key) => !used.has(key)),
      [],
    );
  });

  for (const kind of KINDS) {
    it(`${kind} is read as it was written, without any tolerance`, () => {
      const { pdu, tolerated } = read(encodeMm4(SAMPLES[kind], WRITING));
      assert.deepEqual(pdu, SAMPLES[kind]);
      assert.deepEqual(tolerated, []);
    });

    it(`${kind} is refused without any of its mandatory headers, and read without any other`, () => {
      const lines = encodeMm4(SAMPLES[kind], WRITING);
      for (const [key, presence] of SLOTS[kind]) {
        const { name } = HEADERS[key];
        if (presence === 'mandatory') {
          const { kind: what, header, status } = fault(without(lines, name));
          assert.deepEqual([what, header, status], ['missing-field', name, 'Error-message-format-corrupt']);
        } else {
          const { pdu, tolerated } = read(without(lines, name));
          const { [key as keyof Mm4Pdu]: _, ...rest } = SAMPLES[kind];
          assert.deepEqual(pdu, rest);
          assert.deepEqual(
            tolerated.map((it) => [it.name, it.header]),
            presence === 'expected' ? [['missing-field', name]] : [],
          );
        }
      }
    });

    it(`${kind} is read with each header under its other names and in other letters`, () => {
      const lines = encodeMm4(SAMPLES[kind], WRITING);
      for (const [key] of SLOTS[kind]) {
        const row = HEADERS[key] as HeaderRow<unknown>;
        for (const alias of [...(row.aliases ?? []), row.name.toUpperCase(), row.name.toLowerCase()]) {
          const { pdu } = read(lines.map((line) => (line.name === row.name ? { ...line, name: alias } : line)));
          assert.deepEqual(pdu, SAMPLES[kind], alias);
        }
      }
    });

    it(`${kind} prints every value under its name`, () => {
      const printed = mm4ToText({ pdu: SAMPLES[kind], tolerated: [] });
      for (const [key, presence] of SLOTS[kind])
        if (presence !== 'foreign') assert.match(printed, new RegExp(`^${HEADERS[key].name.replace('/', '.')}: .`, 'm'));
    });
  }

  it('are not written without what is mandatory', () => {
    for (const kind of KINDS)
      for (const [key, presence] of SLOTS[kind]) {
        if (presence !== 'mandatory' && (presence !== 'expected' || key === 'version')) continue;
        const { [key as keyof Mm4Pdu]: _, ...rest } = SAMPLES[kind];
        assert.throws(() => encodeMm4(rest as Mm4Pdu, WRITING), RangeError, key);
      }
  });

  it('are refused when an id, a status or the sender stands there twice with two values, and read when with one', () => {
    for (const kind of KINDS) {
      const lines = encodeMm4(SAMPLES[kind], WRITING);
      for (const [key, presence] of SLOTS[kind]) {
        const row = HEADERS[key] as HeaderRow<unknown>;
        const line = lines.find(({ name }) => name === row.name);
        if (row.identifying !== true || presence === 'foreign' || line === undefined) continue;
        assert.deepEqual(
          read([...lines, line]).tolerated.map(({ name }) => name),
          ['repeated-field'],
        );
        assert.equal(fault([...lines, { name: row.name, value: 'other' }]).kind, 'ambiguous', row.name);
      }
    }
  });

  it('never let text of users bring a line break into a header', () => {
    const subject = 'hello\r\nX-Mms-Message-Type: MM4_forward.RES\r\n\r\nbody';
    const lines = encodeMm4({ ...SAMPLES['MM4_forward.REQ'], subject, applicId: subject }, WRITING);
    for (const { name, value } of lines) assert.doesNotMatch(value, /[\r\n]/, name);
    assert.equal(lines.filter(({ name }) => name === 'X-Mms-Message-Type').length, 1);
    const sender = { kind: 'name', name: 'a\r\nBcc: b' } as const;
    assert.throws(() => encodeMm4({ ...SAMPLES['MM4_forward.REQ'], sender }, WRITING), RangeError);
  });

  it('are a value or a fault with a status, whatever the headers say', () => {
    const names = [...Object.values(HEADERS).map(({ name }) => name), 'X-Mms-Message-Type', 'X-Mms-Foo', 'Received'];
    const values = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom(...KINDS, 'Yes', '"a"', '+1/TYPE=PLMN', '0, x', '600'));
    const line = fc.record({ name: fc.constantFrom(...names), value: values });
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.array(line, { maxLength: 12 }), (kind, lines) => {
        const decoded = decodeMm4([{ name: 'X-Mms-Message-Type', value: kind }, ...lines]);
        if (!decoded.ok) assert.match(decoded.error.status, /^Error-/);
      }),
    );
  });

  it('have bounded numbers of headers, tolerances and addresses', () => {
    const lines = encodeMm4(SAMPLES['MM4_forward.REQ'], WRITING);
    const many = (name: string, count: number) => new Array<MimeField>(count).fill({ name, value: '0, x@y.example' });
    assert.equal(fault([...lines, ...many('X-Foo', 1_001)]).kind, 'limit');
    assert.equal(fault([...lines, ...many('X-Mms-Previously-sent-by', 101)]).kind, 'limit');
    assert.equal(read([...lines, ...many('X-Mms-Private', 500)]).tolerated.length, 1);
    const different = many('X-Mms-Private', 500).map(({ value }, i) => ({ name: `X-Mms-Private-${i}`, value }));
    assert.equal(read([...lines, ...different]).tolerated.length, 64);
    const { pdu, tolerated } = read([...without(lines, 'To'), { name: 'To', value: new Array(1_001).fill('+1').join(',') }]);
    assert.equal(pdu.to, undefined);
    assert.ok(tolerated.some(({ name, header }) => name === 'damaged-field' && header === 'To'));
  });
});
