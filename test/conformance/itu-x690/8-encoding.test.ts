/** ITU-T X.690, clause 8: reading and writing elements. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS, Malformed } from '#base';
import {
  type BerReader,
  boolean,
  choice,
  constructed,
  encodeBer,
  explicit,
  integer,
  mandatory,
  nil,
  objectIdentifier,
  octetString,
  onlyElement,
  optional,
  primitive,
  sequence,
  type WithUnknown,
} from '#codec/ber';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const at = (text: string): BerReader => onlyElement(hex(text), 'an element');
const refused = (text: string, what: RegExp): void =>
  assert.throws(
    () => at(text),
    (e) => e instanceof Malformed && what.test(e.message),
  );

describe('ITU-T X.690, 8.1: identifiers and lengths', () => {
  it('8.1.2.2: an identifier of one octet has class, form and a number below 31', () => {
    for (let tag = 1; tag < 256; tag++) {
      if ((tag & 0x1f) === 0x1f) continue;
      const r = at(`${tag.toString(16).padStart(2, '0')} 00`);
      assert.deepEqual([r.tag, r.contentLength], [tag, 0]);
    }
  });

  it('8.1.2.4: numbers from 31 on stand in further octets, seven bits each, without leading zeros', () => {
    assert.equal(at('9f1f 00').tag, 0x9f1f);
    assert.equal(at('bf8120 00').tag, 0xbf8120);
    assert.equal(at('9f81808001 00').tag, 0x9f81808001);
    refused('9f1e 00', /longer than it may be/);
    refused('9f8001 00', /longer than it may be/);
    refused('9f8180808001 00', /more than 5 octets/);
    refused('9f', /input ends/);
    for (const tag of [0x30, 0x9f1f, 0xbf8120, 0x9f81808001])
      assert.equal(at(hexOf(encodeBer(primitive(tag, hex(''))))).tag, tag);
  });

  it('8.1.3.4, 8.1.3.5: a length has one octet up to 127, otherwise as many as its first says; leading zeros are legal', () => {
    for (const [length, octets] of [
      [0, '00'],
      [127, '7f'],
      [128, '8180'],
      [255, '81ff'],
      [256, '820100'],
      [65_535, '82ffff'],
      [65_536, '83010000'],
    ] as const) {
      const written = encodeBer(primitive(0x04, new Uint8Array(length)));
      assert.equal(hexOf(written.subarray(1, 1 + octets.length / 2)), octets);
      assert.equal(at(hexOf(written)).contentLength, length);
    }
    assert.equal(hexOf(at('04 8101 aa').content()), 'aa');
    assert.equal(hexOf(at('04 8a00000000000000000001 aa').content()), 'aa');
    refused('04 ff', /reserved/);
    refused('04 02 aa', /2 octets are announced, 1 are left/);
    refused('04 87ffffffffffffff', /a length of 7 octets or more/);
    refused('04 82 01', /input ends/);
    refused('04', /input ends/);
  });

  it('8.1.3.6: an indefinite length ends with an end-of-contents mark, at any depth', () => {
    const r = at('30 80 04 01 aa 30 80 05 00 0000 24 80 04 01 bb 0000 0000');
    assert.equal(r.element().length, 20);
    const inner = r.inner();
    const seen: [number, number][] = [];
    while (inner.next()) seen.push([inner.tag, inner.contentLength]);
    assert.deepEqual(seen, [
      [0x04, 1],
      [0x30, 2],
      [0x24, 3],
    ]);
    refused('30 80 04 01 aa', /before the end-of-contents mark/);
    refused('04 80 0000', /primitive element of indefinite length/);
    refused('0000', /end-of-contents where an element is expected/);
    refused('30 80 00 01 aa 0000', /end-of-contents with a length/);
  });

  it('limits nesting and the number of elements, so that no octets cost more than their length', () => {
    const deep = '3080'.repeat(LIMITS.berDepthMax + 2) + '0000'.repeat(LIMITS.berDepthMax + 2);
    refused(deep, /nested more than/);
    refused(`3080${'0500'.repeat(LIMITS.berElementsMax + 1)}0000`, /more than 4096 elements/);
    let node = primitive(0x05, hex(''));
    for (let i = 0; i <= LIMITS.berDepthMax; i++) node = constructed(0x30, [node]);
    let r = onlyElement(encodeBer(node), 'an element');
    assert.throws(() => {
      for (;;) {
        r = r.inner();
        r.next();
      }
    }, /nested more than 32/);
  });
});

describe('ITU-T X.690, 8.2 to 8.19: values', () => {
  it('8.2: a boolean is any octet; true is written as ff', () => {
    for (let octet = 0; octet < 256; octet++)
      assert.equal(boolean.read(at(`01 01 ${octet.toString(16).padStart(2, '0')}`)), octet !== 0);
    assert.equal(hexOf(encodeBer(boolean.write(true))), '0101ff');
    assert.throws(() => boolean.read(at('01 00')), Malformed);
    assert.throws(() => boolean.read(at('01 02 0000')), Malformed);
  });

  it('8.3: an integer is two’s complement of the fewest octets; longer forms are read', () => {
    for (const [value, octets] of [
      [0, '00'],
      [127, '7f'],
      [128, '0080'],
      [-1, 'ff'],
      [-128, '80'],
      [-129, 'ff7f'],
      [65_536, '010000'],
      [-(2 ** 47), '800000000000'],
    ] as const) {
      const written = hexOf(encodeBer(integer.write(value)));
      assert.equal(written.slice(4), octets);
      assert.equal(integer.read(at(written)), value);
    }
    assert.equal(integer.read(at('02 03 000005')), 5);
    assert.equal(integer.read(at('02 02 ffff')), -1);
    assert.throws(() => integer.read(at('02 00')), Malformed);
    assert.throws(() => integer.read(at('02 07 01020304050607')), /an integer of 7 octets/);
    assert.throws(() => integer.write(2 ** 47), RangeError);
    assert.throws(() => integer.write(0.5), RangeError);
  });

  it('8.7: an octet string comes whole, as a view, or in segments', () => {
    const whole = hex('04 02 aabb');
    const view = octetString.read(onlyElement(whole, 'it'));
    assert.equal(view.buffer, whole.buffer);
    assert.equal(hexOf(octetString.read(at('24 80 04 01 aa 24 03 04 01 bb 0000'))), 'aabb');
    assert.ok(octetString.accepts(0x24));
    assert.throws(() => octetString.read(at('24 03 02 01 aa')), /no octet string/);
  });

  it('8.8: a null has no content', () => {
    assert.equal(nil.read(at('05 00')), true);
    assert.throws(() => nil.read(at('05 01 00')), Malformed);
  });

  it('8.19: an object identifier has seven bits an octet, the first number for two arcs', () => {
    for (const [octets, text] of [
      ['0607 04000001001503', '0.4.0.0.1.0.21.3'],
      ['0607 00118605010101', '0.0.17.773.1.1.1'],
      ['0603 813403', '2.100.3'],
      ['0601 27', '0.39'],
      ['0601 50', '2.0'],
      ['0609 2a863a0089613a0100', '1.2.826.0.1249.58.1.0'],
      [`0614 69 83${'ff'.repeat(17)}7f`, '2.25.340282366920938463463374607431768211455'],
      ['0608 2a bfffffffffff7f', '1.2.281474976710655'],
      ['0608 bfffffffffffff7f', '2.36028797018963887'],
    ] as const) {
      assert.equal(objectIdentifier.read(at(octets)), text);
      assert.equal(hexOf(encodeBer(objectIdentifier.write(text))), octets.replace(/\s/g, ''));
    }
    for (const octets of ['06 00', '06 01 80', '06 02 2a 81', '06 03 2a 80 01'])
      assert.throws(() => objectIdentifier.read(at(octets)), Malformed);
    for (const text of ['', '1', '3.1', '1.40', '1.2.x', '1.02', '1..2'])
      assert.throws(() => objectIdentifier.write(text), RangeError);
  });
});

interface Sample extends WithUnknown {
  readonly id: number;
  readonly flag?: true;
  readonly name?: Uint8Array;
}
const sample = sequence<Sample>('Sample', {
  id: mandatory('id', integer),
  flag: optional('flag', nil.as(0x80)),
  name: optional('name', octetString.as(0x81)),
});

describe('ITU-T X.690, 8.9 to 8.14: sequences, choices and tags', () => {
  it('8.9: a sequence has its fields in order; optional ones may be missing, mandatory ones may not', () => {
    assert.deepEqual(sample.read(at('30 0a 02 01 05 80 00 81 03 aabbcc')), { id: 5, flag: true, name: hex('aabbcc') });
    assert.deepEqual(sample.read(at('30 03 02 01 05')), { id: 5 });
    assert.throws(() => sample.read(at('30 02 80 00')), /id of Sample is missing/);
    assert.deepEqual(
      sample.read(at('30 08 02 01 05 81 01 aa 80 00')),
      { id: 5, name: hex('aa'), flag: true },
      'out of order, but told by its tag',
    );
  });

  it('X.680 52: what no row knows stays where it was', () => {
    const octets = '300c8400020105850101800086 00'.replace(/\s/g, '');
    const value = sample.read(at(octets));
    assert.deepEqual(
      value.unknown?.map(({ after, octets: kept }) => [after, hexOf(kept)]),
      [
        ['', '8400'],
        ['id', '850101'],
        ['flag', '8600'],
      ],
    );
    assert.equal(hexOf(encodeBer(sample.write(value))), octets);
  });

  it('8.13: a choice is told by its identifier', () => {
    const type = choice<{ number: number; text: Uint8Array }>({ number: integer, text: octetString.as(0x82) });
    assert.deepEqual(type.read(at('82 01 aa')), { kind: 'text', value: hex('aa') });
    assert.equal(hexOf(encodeBer(type.write({ kind: 'number', value: 7 }))), '020107');
    assert.throws(() => type.read(at('83 00')), /none of number, text/);
  });

  it('8.14: an implicit tag replaces the identifier, an explicit one stands around it', () => {
    assert.equal(hexOf(encodeBer(integer.as(0x85).write(3))), '850103');
    const type = explicit(0xa2, integer);
    assert.equal(hexOf(encodeBer(type.write(3))), 'a203020103');
    assert.equal(type.read(at('a2 80 02 01 03 0000')), 3);
    assert.throws(() => type.read(at('a2 00')), /content of 0xa2 is missing/);
    assert.throws(() => type.read(at('a2 06 020103 020104')), /behind/);
    assert.throws(() => type.read(at('a2 02 0500')), /not expected/);
  });
});
