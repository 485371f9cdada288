import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashesOf, Names } from './names.js';

const nameOf = (i: number) => ({ system: `mm4:peer${i % 3}`, messageId: `message-${i}` });

describe('Names', () => {
  it('never says of a name that was added that it is not there, whatever has been forgotten since', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.nat(50), at: fc.nat(100) }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (added, filters) => {
          const names = new Names({ bits: 256, names: 5, filters });
          for (const [i, { name, at }] of added.entries()) {
            if (i % 4 === 0) names.addHashes(Uint32Array.from(hashesOf(nameOf(name).system, nameOf(name).messageId)), at);
            else names.add(nameOf(name), at);
          }
          for (const { name, at } of added)
            for (const since of [0, at - 1, at]) assert.ok(names.mayHave(nameOf(name), since), `${name} of ${at} since ${since}`);
        },
      ),
    );
  });

  it('says of nearly every other name that it is not there', () => {
    const names = new Names();
    for (let i = 0; i < 20_000; i++) names.add(nameOf(i), i);
    let wrong = 0;
    for (let i = 20_000; i < 40_000; i++) if (names.mayHave(nameOf(i), 0)) wrong++;
    assert.ok(wrong < 20, `${wrong} of 20,000`);
  });

  it('says "perhaps" of every name where the question reaches back to what was forgotten', () => {
    const names = new Names();
    names.forget(1_000);
    assert.equal(names.mayHave(nameOf(1), 1_000), true);
    assert.equal(names.mayHave(nameOf(1), 1_001), false);
  });

  it('tells apart what is split between system and id in another way', () => {
    assert.notDeepEqual(hashesOf('a', 'bc'), hashesOf('ab', 'c'));
  });
});
