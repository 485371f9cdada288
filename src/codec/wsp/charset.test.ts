import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { charsetMib, charsetName, decodeText, encodeText } from './charset.js';

const octets = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('character sets', () => {
  it('have their IANA numbers and names, in any case', () => {
    const cases: [number, string][] = [
      [3, 'us-ascii'],
      [4, 'iso-8859-1'],
      [17, 'shift_jis'],
      [106, 'utf-8'],
      [1000, 'iso-10646-ucs-2'],
      [1015, 'utf-16'],
      [2026, 'big5'],
      [2251, 'windows-1251'],
    ];
    for (const [mib, name] of cases) {
      assert.equal(charsetName(mib), name);
      assert.equal(charsetMib(name.toUpperCase()), mib);
    }
    assert.equal(charsetName(0), '*');
    assert.equal(charsetMib('*'), 0);
  });

  it('without a row keep their number', () => {
    assert.equal(charsetName(9_999), 'mib-9999');
    assert.equal(charsetMib('mib-9999'), 9_999);
    assert.equal(charsetMib('klingon'), undefined);
  });

  /** Octets from the code charts of each set. */
  const TEXTS: readonly [number | string, string, string][] = [
    [3, '6162', 'ab'],
    [3, 'c3a4', 'ä'],
    [0, 'c3a4', 'ä'],
    ['utf-8', 'efbbbf61', 'a'],
    [106, '61ff', 'a\ufffd'],
    [4, 'e5e4f6', 'åäö'],
    [5, 'b1', 'ą'],
    [8, 'bfe0d8', 'При'],
    [17, '93fa967b', '日本'],
    [18, 'c6fccbdc', '日本'],
    [38, 'c7d1', '한'],
    [39, '1b2442467c4b5c1b2842', '日本'],
    [113, 'd6d0', '中'],
    [2025, 'd6d0', '中'],
    [2026, 'a4a4', '中'],
    [2084, 'f0d2c9', 'При'],
    [2251, 'cff0e8', 'При'],
    [2252, '80939fe4', '€“Ÿä'],
    [1000, '00410042', 'AB'],
    [1013, '004100e4', 'Aä'],
    [1013, 'fffe0041', '\ufffeA'],
    [1014, '4100e400', 'Aä'],
    [1015, 'feff0041', 'A'],
    [1015, 'fffe4100', 'A'],
    [1015, '0041', 'A'],
    [1001, '000000410001f389', 'A🎉'],
    [1001, 'fffe000041000000', 'A'],
    [1001, '00110000', '\ufffd'],
    [1012, '41', 'A'],
    [9_999, '61e4', 'aä'],
    ['klingon', '61e4', 'aä'],
  ];
  for (const [charset, hex, text] of TEXTS)
    it(`decode ${hex} in ${typeof charset === 'number' ? charsetName(charset) : charset}`, () =>
      assert.equal(decodeText(octets(hex), charset), text));

  it('get a mark where the text begins with what would be taken for one', () => {
    for (const mib of [1000, 1013, 1014, 1015])
      assert.equal(decodeText(encodeText('\ufffea', mib)!, mib), '\ufffea', charsetName(mib));
  });

  it('are written where every client reads them, and not where a character is missing from the set', () => {
    assert.deepEqual(encodeText('aä', 'utf-8'), octets('61c3a4'));
    assert.deepEqual(encodeText('aä', 4), octets('61e4'));
    assert.deepEqual(encodeText('a', 'US-ASCII'), octets('61'));
    assert.deepEqual(encodeText('aä', 'utf-16'), octets('feff006100e4'));
    assert.deepEqual(encodeText('aä', 1014), octets('6100e400'));
    assert.deepEqual(encodeText('a', 1000), octets('0061'));
    assert.equal(encodeText('ä', 'us-ascii'), undefined);
    assert.equal(encodeText('€', 4), undefined);
    assert.equal(encodeText('a', 'shift_jis'), undefined);
    assert.equal(encodeText('a', 'klingon'), undefined);
  });
});
