import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SHARES, shareOfOctets, sharesByWeight } from './shares.js';

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });
const orderOf = (orders: Uint8Array, count: number, share: number): number[] => [
  ...orders.subarray(share * count, (share + 1) * count),
];
const firstAmong = (orders: Uint8Array, count: number, share: number, there: ReadonlySet<number>): number | undefined =>
  orderOf(orders, count, share).find((it) => there.has(it));

describe('shares of a load', () => {
  it('every share has an order of all members, each once', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const orders = sharesByWeight(given);
        for (let share = 0; share < SHARES; share++)
          assert.deepEqual(
            orderOf(orders, given.length, share).sort((a, b) => a - b),
            given.map((_, i) => i),
          );
      }),
    );
  });

  it('the shares that want a member first are as many as its weight says, within one of them and of the first sixteen too', () => {
    fc.assert(
      fc.property(weights, fc.constantFrom(16, SHARES), (given, among) => {
        const orders = sharesByWeight(given);
        const total = given.reduce((sum, it) => sum + it, 0);
        for (const [member, weight] of given.entries()) {
          let count = 0;
          for (let share = 0; share < among; share++) if (orderOf(orders, given.length, share)[0] === member) count++;
          assert.ok(Math.abs(count - (among * weight) / total) <= given.length, `${count} of ${among} for ${weight} of ${total}`);
        }
      }),
    );
  });

  it('two members of one weight share the sixteen values of an SLS evenly, and three of four share what the fourth leaves', () => {
    const two = sharesByWeight([1, 1]);
    const first = Array.from({ length: 16 }, (_, share) => orderOf(two, 2, share)[0]);
    assert.equal(first.filter((it) => it === 0).length, 8);
    const four = sharesByWeight([1, 1, 1, 1]);
    const left = new Set([1, 2, 3]);
    const counts = [0, 0, 0, 0];
    for (let share = 0; share < SHARES; share++) counts[firstAmong(four, 4, share, left)!]!++;
    assert.deepEqual(counts[0], 0);
    assert.ok(Math.max(...counts.slice(1)) - Math.min(...counts.slice(1)) <= 1, String(counts));
  });

  it('a member that goes or comes moves no share but its own', () => {
    fc.assert(
      fc.property(weights, fc.nat(), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (given, pick, present) => {
        const orders = sharesByWeight(given);
        const gone = pick % given.length;
        const before = new Set(given.flatMap((_, i) => (present[i] || i === gone ? [i] : [])));
        const after = new Set([...before].filter((it) => it !== gone));
        for (let share = 0; share < SHARES; share++) {
          const was = firstAmong(orders, given.length, share, before);
          if (was !== gone) assert.equal(firstAmong(orders, given.length, share, after), was);
        }
      }),
    );
  });

  it('a hash of digits is a share, and spreads numbers that follow each other', () => {
    const counts = new Array<number>(SHARES).fill(0);
    const octets = new Uint8Array(6);
    for (let number = 0; number < SHARES * 64; number++) {
      for (let i = 0, rest = number; i < 6; i++, rest = Math.floor(rest / 100))
        octets[5 - i] = (((rest % 100) % 10) << 4) | Math.floor((rest % 100) / 10);
      counts[shareOfOctets(octets, 0, 6)]!++;
    }
    assert.ok(Math.min(...counts) > 16 && Math.max(...counts) < 160, `${Math.min(...counts)} to ${Math.max(...counts)}`);
  });
});
