import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, Malformed } from '#base';
import {
  integerValueLength,
  longIntegerLength,
  readIntegerValue,
  readLongInteger,
  readUintvar,
  readValueLength,
  skipValue,
  uintvarLength,
  writeIntegerValue,
  writeLongInteger,
  writeUintvar,
  writeValueLength,
} from './integers.js';

const reader = (hex: string): ByteReader => new ByteReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function written(write: (w: ByteWriter) => void): string {
  const w = new ByteWriter();
  write(w);
  return Buffer.from(w.finish()).toString('hex');
}

describe('uintvar', () => {
  const CASES: readonly [string, number][] = [
    ['00', 0],
    ['7f', 0x7f],
    ['8100', 0x80],
    ['8125', 0xa5],
    ['ff7f', 0x3fff],
    ['818000', 0x4000],
    ['8fffffff7f', 0xffff_ffff],
  ];
  for (const [hex, value] of CASES)
    it(`is ${hex} for ${value}`, () => {
      assert.equal(readUintvar(reader(hex)), value);
      assert.equal(
        written((w) => writeUintvar(w, value)),
        hex,
      );
      assert.equal(uintvarLength(value), hex.length / 2);
    });

  it('may be padded within five octets', () => assert.equal(readUintvar(reader('8080808001')), 1));

  it('is refused when it has more than five octets, more than 32 bits, or no end', () => {
    for (const hex of ['808080808001', '9080808000', 'ff', '']) assert.throws(() => readUintvar(reader(hex)), Malformed, hex);
  });

  it('is not written for what is no unsigned 32-bit number', () => {
    for (const value of [-1, 0.5, 2 ** 32, Number.NaN]) assert.throws(() => written((w) => writeUintvar(w, value)), RangeError);
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        const hex = written((w) => writeUintvar(w, value));
        assert.equal(readUintvar(reader(hex)), value);
        assert.equal(uintvarLength(value), hex.length / 2);
      }),
    );
  });
});

describe('Long-integer and Integer-value', () => {
  it('are the shortest form when written', () => {
    assert.equal(
      written((w) => writeLongInteger(w, 0)),
      '0100',
    );
    assert.equal(
      written((w) => writeLongInteger(w, 0x100)),
      '020100',
    );
    assert.equal(
      written((w) => writeLongInteger(w, Number.MAX_SAFE_INTEGER)),
      '071fffffffffffff',
    );
    assert.equal(
      written((w) => writeIntegerValue(w, 127)),
      'ff',
    );
    assert.equal(
      written((w) => writeIntegerValue(w, 128)),
      '0180',
    );
    assert.throws(() => written((w) => writeLongInteger(w, -1)), RangeError);
    assert.throws(() => written((w) => writeLongInteger(w, 2 ** 53)), RangeError);
  });

  it('may be padded with zeros up to 30 octets, but not exceed 2^53', () => {
    assert.equal(readLongInteger(reader(`1e${'00'.repeat(29)}05`)), 5);
    assert.throws(() => readLongInteger(reader('0720000000000000')), Malformed);
  });

  it('are refused with a length of 0 or 31, or with octets missing', () => {
    for (const hex of ['00', '1f00', '0201', '']) assert.throws(() => readLongInteger(reader(hex)), Malformed, hex);
  });

  it('read each first octet as the grammar says: long below 0x1f, itself to 0x7f, short above', () => {
    for (let octet = 0x20; octet < 0x100; octet++) {
      const value = readIntegerValue(new ByteReader(Uint8Array.of(octet)));
      assert.equal(value, octet < 0x80 ? octet : octet - 0x80);
    }
    for (let length = 1; length <= 30; length++) {
      const octets = new Uint8Array(length + 1);
      octets[0] = length;
      octets[length] = 9;
      assert.equal(readIntegerValue(new ByteReader(octets)), 9);
    }
  });

  it('take as many octets as is said before they are written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        assert.equal(written((w) => writeLongInteger(w, value)).length / 2, longIntegerLength(value));
        const hex = written((w) => writeIntegerValue(w, value));
        assert.equal(hex.length / 2, integerValueLength(value));
        assert.equal(readIntegerValue(reader(hex)), value);
      }),
    );
  });
});

describe('Value-length', () => {
  it('is one octet up to 30 and 1f with a uintvar above', () => {
    assert.equal(
      written((w) => writeValueLength(w, 30)),
      '1e',
    );
    assert.equal(
      written((w) => writeValueLength(w, 31)),
      '1f1f',
    );
    assert.equal(
      written((w) => writeValueLength(w, 128)),
      '1f8100',
    );
  });

  it('never announces more than is there', () => {
    assert.equal(readValueLength(reader('02 0102')), 2);
    assert.throws(() => readValueLength(reader('03 0102')), Malformed);
    assert.throws(() => readValueLength(reader('1f 8fffffff7f 00')), Malformed);
    assert.throws(() => readValueLength(reader('80')), Malformed);
  });

  it('above 30 may stand as a bare octet', () => assert.equal(readValueLength(reader(`20 ${'00'.repeat(32)}`)), 32));
});

describe('skipValue', () => {
  it('passes over a value by its first octet, for all 256 of them', () => {
    const tail = `${'61'.repeat(40)}00ff`;
    for (let octet = 0; octet < 256; octet++) {
      const r = reader(octet.toString(16).padStart(2, '0') + (octet === 31 ? '05' : '') + tail);
      skipValue(r);
      const expected = octet <= 30 ? 1 + octet : octet === 31 ? 2 + 5 : octet < 0x80 ? 1 + 41 : 1;
      assert.equal(r.offset, expected, `octet ${octet}`);
    }
  });

  it('ends with the input where a text has no zero, and refuses a length beyond it', () => {
    const r = reader('6162');
    skipValue(r);
    assert.equal(r.offset, 2);
    assert.throws(() => skipValue(reader('0501')), Malformed);
    assert.throws(() => skipValue(reader('')), Malformed);
  });
});
