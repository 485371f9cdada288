import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DigitsTree, NOTHING, type TreeKey } from './digits-tree.js';
import { isRange, prefixesOf } from './ranges.js';

/** Digits as address signals; an odd count leaves a filler that must not count. */
function packed(digits: string, filler = 0xf): Uint8Array {
  const octets = new Uint8Array((digits.length + 1) >>> 1).fill(filler << 4);
  for (let i = 0; i < digits.length; i++) {
    const value = Number.parseInt(digits[i]!, 16);
    octets[i >>> 1] = i % 2 === 0 ? (octets[i >>> 1]! & 0xf0) | value : (octets[i >>> 1]! & 0x0f) | (value << 4);
  }
  return octets;
}

const find = (tree: DigitsTree, digits: string): number => tree.find(packed(digits), 0, digits.length);

/** Of all that match: exact ones first, then the longest, then the first. */
function scan(keys: readonly TreeKey[], digits: string): number {
  let best: TreeKey | undefined;
  for (const key of keys) {
    const matches = key.exact ? key.digits === digits : digits.startsWith(key.digits);
    if (!matches) continue;
    const isBetter =
      best === undefined || (key.exact && !best.exact) || (key.exact === best.exact && key.digits.length > best.digits.length);
    if (isBetter) best = key;
  }
  return best?.entry ?? NOTHING;
}

// Few digits, so that keys hide, extend and repeat each other.
const digits = fc.oneof(fc.stringMatching(/^[13f]{0,8}$/), fc.stringMatching(/^1{8,20}[13f]{0,2}$/));
const anyKeys = fc
  .array(fc.record({ digits, exact: fc.boolean() }), { maxLength: 40 })
  .map((them): TreeKey[] => them.map((it, entry) => ({ ...it, entry })));

describe('a tree of digits', () => {
  it('answers as a scan of all keys does', () => {
    fc.assert(
      fc.property(anyKeys, fc.array(digits, { minLength: 1, maxLength: 20 }), (keys, asked) => {
        const tree = new DigitsTree(keys);
        for (const it of [...asked, ...keys.map((key) => key.digits), ...keys.map((key) => `${key.digits}3`)])
          assert.equal(find(tree, it), scan(keys, it), it);
      }),
      { numRuns: 500 },
    );
  });

  it('without keys finds nothing, and with an empty prefix everything', () => {
    assert.equal(find(new DigitsTree([]), '123'), NOTHING);
    assert.equal(find(new DigitsTree([{ digits: '', exact: false, entry: 7 }]), ''), 7);
    assert.equal(find(new DigitsTree([{ digits: '', exact: true, entry: 7 }]), '1'), NOTHING);
  });

  it('reads no filler behind an odd count, and starts where it is told', () => {
    const tree = new DigitsTree([
      { digits: '123', exact: true, entry: 1 },
      { digits: '1230', exact: false, entry: 2 },
    ]);
    assert.equal(tree.find(packed('123', 0), 0, 3), 1);
    assert.equal(tree.find(Uint8Array.of(0x99, 0x21, 0x03), 1, 4), 2);
  });

  it('has at most two nodes for a key, however long the keys are', () => {
    const keys = Array.from({ length: 1000 }, (_, entry) => ({
      digits: `1234567890123456${String(entry).padStart(24, '0')}`,
      exact: false,
      entry,
    }));
    assert.ok(new DigitsTree(keys).octets < 1000 * 2 * (5 * 4 + 16 * 4), String(new DigitsTree(keys).octets));
  });
});

describe('a range of numbers', () => {
  it('is held by its prefixes: a number that is as long is in one of them exactly when it lies in the range', () => {
    const pair = fc.tuple(fc.nat(9999), fc.nat(9999)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(pair, fc.nat(9999), ([low, high], asked) => {
        const text = (it: number): string => String(it).padStart(4, '0');
        const prefixes = prefixesOf(text(low), text(high));
        const held = prefixes.filter((it) => text(asked).startsWith(it));
        assert.equal(held.length, asked >= low && asked <= high ? 1 : 0);
        assert.ok(prefixes.length <= 18 * 4);
      }),
    );
  });

  it('is decimal, of one length and in order, or none', () => {
    assert.ok(isRange('390', '399') && isRange('5', '5'));
    for (const [from, to] of [
      ['399', '390'],
      ['39', '390'],
      ['', ''],
      ['3a', '3b'],
    ] as const)
      assert.ok(!isRange(from, to), `${from} to ${to}`);
  });

  it('takes in a shorter number when all that it could become lies in it', () => {
    assert.deepEqual(prefixesOf('3900', '3999'), ['39']);
    assert.deepEqual(prefixesOf('3900', '4099'), ['39', '40']);
    assert.deepEqual(prefixesOf('3998', '4001'), ['3998', '3999', '4000', '4001']);
  });
});
