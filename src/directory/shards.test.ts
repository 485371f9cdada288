import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Shards } from './shards.js';

describe('objects by name that share their parts', () => {
  it('are what a map is after any changes, and leave what they were made of as it was', () => {
    const changes = fc.array(
      fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.option(fc.nat(), { nil: undefined })), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(changes, (rounds) => {
        let shards = Shards.empty<number>();
        const map = new Map<string, number>();
        for (const round of rounds) {
          const before = shards;
          const was = [...before];
          shards = shards.with(round);
          for (const [name, value] of round) {
            if (value === undefined) map.delete(name);
            else map.set(name, value);
          }
          assert.deepEqual([...before], was);
          assert.equal(shards.size, map.size);
          assert.deepEqual(new Map(shards), map);
          for (const [name] of round) assert.deepEqual([shards.get(name), shards.has(name)], [map.get(name), map.has(name)]);
        }
        assert.deepEqual([...shards.values()].sort(), [...map.values()].sort());
      }),
    );
  });
});
