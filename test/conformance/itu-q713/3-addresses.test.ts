/** ITU-T Q.713, 3: parameters, octets written down by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AddressVariant,
  decodeAddress,
  encodeAddress,
  importanceOf,
  optionalOf,
  type SccpAddress,
  segmentationOf,
  viewSccp,
} from '#codec/sccp';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

const gt = (globalTitle: NonNullable<SccpAddress['globalTitle']>): SccpAddress => ({ routeOn: 'gt', ssn: 8, globalTitle });

const ADDRESSES: readonly [string, string, SccpAddress, AddressVariant?][] = [
  ['3.4.1: neither point code, nor subsystem, nor global title', '00', { routeOn: 'gt' }],
  ['3.4.1: bit 7 is the routing indicator: 1 is on subsystem number', '42 08', { routeOn: 'ssn', ssn: 8 }],
  ['3.4.1: bit 8 is for national use, and kept', 'c2 08', { routeOn: 'ssn', national: true, ssn: 8 }],
  [
    '3.4.2.1: a point code of 14 bits, the lower octet first, before the subsystem',
    '43 34 12 08',
    { routeOn: 'ssn', pointCode: 0x1234, ssn: 8 },
  ],
  [
    '3.4.2.3.1: indicator 1: nature of address; its bit 8 tells an odd count',
    '06 08 84 21 03',
    gt({ indicator: 1, natureOfAddress: 4, digits: '123' }),
  ],
  ['3.4.2.3.1: indicator 1, an even count', '06 08 03 21 43', gt({ indicator: 1, natureOfAddress: 3, digits: '1234' })],
  ['3.4.2.3.2: indicator 2: translation type', '0a 08 09 21 43', gt({ indicator: 2, translationType: 9, digits: '1234' })],
  [
    '3.4.2.3.3: indicator 3: translation type, numbering plan, encoding scheme 1 for an odd count',
    '0e 08 00 71 21 03',
    gt({ indicator: 3, translationType: 0, numberingPlan: 7, digits: '123' }),
  ],
  [
    '3.4.2.3.4: indicator 4: all of them, encoding scheme 2 for an even count',
    '12 08 00 12 04 93 43 09 00 00 10',
    gt({ indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits: '393490000001' }),
  ],
  [
    '3.4.2.3.1: address signals above nine are b for code 11, c for code 12, f for ST',
    '12 08 00 12 04 b1 fc',
    gt({ indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits: '1bcf' }),
  ],
  [
    '3.4.2.3.3: signals in another encoding scheme stay octets',
    '12 08 00 13 04 93 43',
    gt({ indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, encodingScheme: 3, signals: fromHex('9343') }),
  ],
  ['3.4.1: an indicator kept for later stays octets', '16 08 aa bb', gt({ indicator: 5, octets: fromHex('aabb') })],
  [
    'ANSI T1.112.3, 3.4.1: subsystem first, point code in three octets, indicator 1 for translation type and numbering plan',
    '87 08 03 02 01 00 12 21 43',
    {
      routeOn: 'gt',
      national: true,
      ssn: 8,
      pointCode: 0x010203,
      globalTitle: { indicator: 3, translationType: 0, numberingPlan: 1, digits: '1234' },
    },
    'ansi',
  ],
];

describe('ITU-T Q.713, 3: addresses', () => {
  for (const [clause, octets, address, variant = 'itu'] of ADDRESSES)
    it(clause, () => {
      assert.deepEqual(decodeAddress(fromHex(octets), variant), { ok: true, value: address });
      assert.equal(toHex(encodeAddress(address, variant)), toHex(fromHex(octets)));
    });

  it('3.4.2.3.1: the filler of an odd count may be anything', () => {
    const decoded = decodeAddress(fromHex('12 08 00 11 04 21 f3'));
    assert.ok(decoded.ok && decoded.value.globalTitle !== undefined && 'digits' in decoded.value.globalTitle);
    assert.equal(decoded.value.globalTitle.digits, '123');
  });

  it('3.4.2.3.4: every nature of address and every numbering plan is read as its number', () => {
    for (let value = 0; value < 256; value++) {
      const decoded = decodeAddress(Uint8Array.of(0x12, 8, value, (value & 0xf0) | 2, value, 0x21));
      assert.deepEqual(decoded, {
        ok: true,
        value: gt({
          indicator: 4,
          translationType: value,
          numberingPlan: value >>> 4,
          natureOfAddress: value & 0x7f,
          digits: '12',
        }),
      });
    }
  });

  it('3.4: an address that ends before its parts is an error', () => {
    for (const octets of ['', '42', '43 34', '06 08', '12 08 00 12', '06 08 84', '42 08 00'])
      assert.equal(decodeAddress(fromHex(octets)).ok, false, octets);
  });
});

describe('ITU-T Q.713, 3: other parameters', () => {
  const xudt = (optional: string) => {
    const view = viewSccp(fromHex(`11 01 0f 04 06 08 09 02 4208 02 4206 01 aa ${optional}`));
    assert.ok(view.ok, view.ok ? '' : view.error.text);
    return view.value;
  };

  it('3.6: protocol class in bits 4 to 1; return message on error is 1000 in the others', () => {
    for (let octet = 0; octet < 256; octet++) {
      const view = viewSccp(fromHex(`09 ${octet.toString(16).padStart(2, '0')} 03 05 07 02 4208 02 4206 01 aa`));
      assert.ok(view.ok);
      assert.equal(view.value.protocolClass, octet & 15);
      assert.equal(view.value.returnOnError, octet >>> 4 === 8);
    }
  });

  it('3.17: segmentation: first, class asked for, remaining segments, local reference', () => {
    const of = (octets: string) => segmentationOf(xudt(`10 04 ${octets} 00`));
    assert.deepEqual(of('81 010000'), { ok: true, value: { first: true, requestedClass: 0, remaining: 1, localReference: 1 } });
    assert.deepEqual(of('4f 563412'), {
      ok: true,
      value: { first: false, requestedClass: 1, remaining: 15, localReference: 0x123456 },
    });
    assert.equal(segmentationOf(xudt('10 03 81 0100 00')).ok, false);
    assert.deepEqual(segmentationOf(xudt('00')), { ok: true, value: undefined });
  });

  it('3.19: importance in bits 3 to 1', () => {
    const optional = optionalOf(xudt('12 01 fd 00'));
    assert.ok(optional.ok);
    assert.equal(importanceOf(optional.value), 5);
    assert.equal(importanceOf([]), undefined);
  });

  it('2.4: optional parameters stand in any order and end with 00; unknown ones are kept', () => {
    assert.deepEqual(optionalOf(xudt('77 02 aabb 12 01 05 00')), {
      ok: true,
      value: [
        { name: 0x77, octets: fromHex('aabb') },
        { name: 0x12, octets: fromHex('05') },
      ],
    });
    assert.equal(optionalOf(xudt('77 09 aabb')).ok, false);
  });
});
