import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DigitTree } from './digit-tree.js';

const treeOf = (keys: readonly string[]): DigitTree<string> => {
  const tree = new DigitTree<string>();
  for (const key of keys) tree.at(key, () => key);
  return tree;
};
const any = (): boolean => true;

describe('digit tree', () => {
  it('finds what was put there, at all of the digits only', () => {
    const tree = treeOf(['4917', '49171', 'a']);
    for (const key of ['4917', '49171', 'a']) assert.equal(tree.exact(key), key);
    for (const key of ['', '4', '491', '491711', '4918', 'b', '49*', '49171g']) assert.equal(tree.exact(key), undefined, key);
    assert.equal(tree.exact('A'), 'a');
  });

  it('passes over a filler at the end, and over no other f', () => {
    const tree = treeOf(['491', '4f1']);
    assert.equal(tree.exact('491f'), '491');
    assert.equal(tree.longest('491f', 0, any), '491');
    assert.equal(tree.exact('491ff'), undefined);
    assert.equal(tree.exact('4f1'), '4f1');
  });

  it('makes a value once for the same digits, and refuses digits that are none', () => {
    const tree = new DigitTree<string[]>();
    tree.at('49', () => []).push('a');
    tree.at('49', () => []).push('b');
    assert.deepEqual(tree.exact('49'), ['a', 'b']);
    assert.throws(() => tree.at('4*', () => []), RangeError);
  });

  it('finds the longest beginning that fits, as a plain search does', () => {
    const hex = (max: number) => fc.string({ unit: fc.constantFrom(...'0123ae'), minLength: 1, maxLength: max });
    fc.assert(
      fc.property(fc.array(hex(5), { maxLength: 20 }), hex(8), fc.integer({ min: 0, max: 4 }), (keys, digits, shortest) => {
        const tree = treeOf(keys);
        const fits = (key: string, min: number): boolean => key.length > min;
        const expected = keys
          .filter((key) => digits.startsWith(key) && key.length > shortest)
          .sort((a, b) => b.length - a.length)[0];
        assert.equal(tree.longest(digits, shortest, fits), expected);
        assert.equal(tree.exact(digits), keys.includes(digits) ? digits : undefined);
      }),
    );
  });
});
