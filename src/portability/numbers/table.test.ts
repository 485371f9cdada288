import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { refill } from './growth.js';
import { ABSENT, NO_ROOM, NumberTable, tableOctets } from './table.js';

const WORDS = 16;

/** Numbers that lie in these two buckets, the left one and the right one. */
function inBuckets(table: NumberTable, left: number, right: number, count: number): number[] {
  const half = table.buckets / 2;
  const found: number[] = [];
  for (let low = 1; found.length < count; low++) {
    // The high part moves the place by as much as it is: one of its values leads to the left bucket.
    const high = (left - table.bucketsOf(low)[0] + half) % half;
    const number = high * 2 ** 32 + low;
    if (number < 1e15 && table.bucketsOf(number)[1] === right) found.push(number);
  }
  return found;
}

const neighbours = (table: NumberTable, count: number): number[] => inBuckets(table, ...table.bucketsOf(1), count);

/** Numbers of 12 digits, spread evenly. */
const spread = (i: number): number => 100_000_000_000 + Math.floor((i * 0.6180339887498949 * 899_999_999_999) % 899_999_999_999);

const dump = (table: NumberTable): Map<number, number> => {
  const found = new Map(table.spill);
  table.each(0, table.buckets, (number, record) => {
    assert.ok(!found.has(number), `${number} is listed once`);
    found.set(number, record);
  });
  return found;
};

describe('a table of numbers', () => {
  it('takes at most 8 octets a number', () => {
    for (const numbers of [5e6, 1e7, 1e8, 5e8]) assert.ok(tableOctets(numbers) / numbers <= 8);
  });

  it('refuses more numbers than it can address, and octets that are no table', () => {
    assert.throws(() => tableOctets(1e9), RangeError);
    assert.throws(() => new NumberTable(new SharedArrayBuffer(64)), RangeError);
    assert.ok(!NumberTable.fits(tableOctets(0) + 64));
  });

  it('answers as a Map does, and lists what it holds, from any numbers', () => {
    const table = NumberTable.for(0);
    const model = new Map<number, number>();
    // Few low halves, so that tags meet, and empty slots keep the tags of numbers that come back.
    const number = fc.oneof(
      fc.integer({ min: 1, max: 999_999_999_999_999 }),
      fc
        .tuple(fc.integer({ min: 0, max: 232_829 }), fc.integer({ min: 0, max: 3 }))
        .map(([high, low]) => high * 2 ** 32 + low + 1),
    );
    const record = fc.integer({ min: 1, max: 0xffff });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, fc.option(record, { freq: 3 })), { maxLength: 200 }), (steps) => {
        for (const [at, to] of steps) {
          const had = model.get(at) ?? ABSENT;
          assert.equal(to === null ? table.remove(at) : table.set(at, to), had);
          if (to === null) model.delete(at);
          else model.set(at, to);
          assert.equal(table.get(at), to ?? ABSENT);
          assert.equal(table.getShared(at), to ?? ABSENT);
        }
      }),
    );
    assert.deepEqual(new Map([...dump(table)].sort()), new Map([...model].sort()));
  });

  it('tells numbers apart whose low halves are the same, in tables of any size, up to the highest', () => {
    const lows = [0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x9e3779b9];
    for (const room of [0, 4_284_091, 4_284_107, 9_999_991]) {
      const table = NumberTable.for(room);
      const highs = [0, 1, 2, 116_415, 232_828, 232_829, 232_830];
      const numbers = highs
        .flatMap((high) => lows.map((low) => high * 2 ** 32 + low))
        .filter((number) => number > 0 && number < 1e15);
      numbers.push(999_999_999_999_999, 999_999_999_999_998);
      const different = [...new Set(numbers)];
      for (const [i, number] of different.entries()) assert.equal(table.set(number, i + 1), ABSENT, `${number}`);
      assert.deepEqual(dump(table), new Map([...dump(table)].map(([number]) => [number, different.indexOf(number) + 1])));
      assert.equal(dump(table).size, different.length);
      for (const [i, number] of different.entries()) assert.equal(table.get(number), i + 1);
    }
  });

  it('maps each pair of a low half and a high part to one bucket of a half, and no two high parts to the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 12_000_000 }), (low, room) => {
        // The least table has as many buckets in a half as there are high parts: there the ends meet.
        const table = NumberTable.for(room);
        const half = table.buckets / 2;
        for (const side of [0, 1] as const) {
          const at = (high: number): number => table.bucketsOf(high * 2 ** 32 + low)[side] - side * half;
          const first = at(0);
          assert.ok(first >= 0 && first < half);
          for (const high of [1, 2, half - first - 1, half - first, 232_830])
            if (high >= 0 && high <= 232_830) assert.equal(at(high), (first + high) % half);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('moves numbers to their other bucket when both buckets of a new one are full, and spills when it may not', () => {
    const table = NumberTable.for(0);
    const numbers = neighbours(table, 24);
    const [left, right] = table.bucketsOf(numbers[0]!);
    // Strangers in the two buckets, whose other buckets are free.
    const half = table.buckets / 2;
    const strangers: number[] = [];
    for (let low = 900_000_000; strangers.length < 20; low++) {
      const side = strangers.length < 10 ? 0 : 1;
      const high = ((side === 0 ? left : right) - table.bucketsOf(low)[side]! + half) % half;
      const number = high * 2 ** 32 + low;
      if (number < 1e15) strangers.push(number);
    }
    for (const number of strangers) table.set(number, 9);
    const heldAt = (bucket: number): number => {
      let count = 0;
      table.each(bucket, bucket + 1, () => count++);
      return count;
    };
    // Those that went to the emptier, other bucket are put back by filling it up: enough that both are full.
    for (const number of numbers.slice(0, 20)) assert.equal(table.set(number, 1), ABSENT);
    assert.equal(heldAt(left) + heldAt(right), 20);
    assert.equal(table.spill.size, 0, 'strangers have moved away');
    table.still = true;
    for (const number of numbers.slice(20)) assert.equal(table.set(number, 2), ABSENT);
    assert.equal(table.spill.size, 4);
    for (const [i, number] of numbers.entries()) assert.equal(table.get(number), i < 20 ? 1 : 2);
    for (const number of strangers) assert.equal(table.getShared(number), 9);
    assert.equal(table.set(numbers[20]!, 3), 2, 'a spilled number changes where it is');
    assert.equal(table.get(numbers[20]!), 3);
    assert.equal(table.remove(numbers[20]!), 3);
    assert.equal(table.get(numbers[20]!), ABSENT);
    assert.equal(dump(table).size, 43);
  });

  it('says that it has no room when the spill is full, and has changed nothing', () => {
    const table = NumberTable.for(0);
    const [number, ...others] = neighbours(table, 21);
    for (const other of others) table.set(other, 1);
    table.still = true;
    for (let i = 0; i < table.spillMax; i++) table.spill.set(2e14 + i, 1);
    assert.equal(table.set(number!, 1), NO_ROOM);
    assert.equal(table.get(number!), ABSENT);
    assert.equal(table.set(others[0]!, 5), 1, 'what is there can be changed');
  });

  it('holds what it was made for without spilling more than a few in a million, and can be filled into a larger one', () => {
    const table = NumberTable.for(4_000_000);
    const count = table.room;
    for (let i = 0; i < count; i++) assert.equal(table.set(spread(i), (i % 60_000) + 1), ABSENT, `number ${i}`);
    assert.ok(table.spill.size <= 20, `${table.spill.size} spilled`);
    const larger = NumberTable.for(count * 1.5);
    refill(table, table.spill, larger);
    for (const one of [table, larger]) {
      let wrong = 0;
      for (let i = 0; i < count; i++) if (one.get(spread(i)) !== (i % 60_000) + 1) wrong++;
      assert.equal(wrong, 0);
      const counts = new Float64Array(65_536);
      one.tally(counts, 0, one.buckets);
      assert.equal(
        counts.subarray(1).reduce((sum, n) => sum + n, one.spill.size),
        count,
      );
    }
  });

  it('removes a number that a copy of its buckets holds twice', () => {
    const table = NumberTable.for(0);
    const [number] = neighbours(table, 1);
    const [left, right] = table.bucketsOf(number!);
    table.set(number!, 5);
    const words = new Int32Array(table.buffer);
    const [from, to] = [left, right].map((bucket) => bucket * WORDS);
    words.copyWithin(to!, from!, from! + WORDS);
    table.remove(number!);
    assert.equal(table.get(number!), ABSENT);
  });

  it('shows readers in other threads every number all the time, also while it moves from bucket to bucket and back', async () => {
    const table = NumberTable.for(0);
    const half = table.buckets / 2;
    // Movers lie in bucket 5 or half + 50. Others that fill 5 and half + 70 push them out, those that fill 9 and half + 50 push them back.
    const movers = inBuckets(table, 5, half + 50, 4);
    const pushing = [inBuckets(table, 5, half + 70, 20), inBuckets(table, 9, half + 50, 20)];
    for (const [i, number] of movers.entries()) table.set(number, 100 + i);
    const place = (): number[] => {
      const found: number[] = [];
      table.each(5, 6, (number) => void (movers.includes(number) && found.push(number)));
      return found;
    };
    const shared = new SharedArrayBuffer(8);
    const worker = new Worker(new URL('./table-reader.contract.js', import.meta.url), {
      workerData: { buffer: table.buffer, kept: movers, coming: pushing.flat(), shared },
    });
    const flags = new Int32Array(shared);
    const said = new Promise<{ looks: number; faults: string[] }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    while (Atomics.load(flags, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    let moves = 0;
    let before = place().join();
    const end = Date.now() + 1_000;
    while (Date.now() < end) {
      for (const [side, numbers] of pushing.entries()) {
        for (const [i, number] of numbers.entries()) table.set(number, 1_000 + side * 20 + i);
        const now = place().join();
        if (now !== before) moves++;
        before = now;
        for (const number of numbers) table.remove(number);
      }
    }
    Atomics.store(flags, 0, 1);
    const { looks, faults } = await said;
    assert.deepEqual(faults, []);
    assert.ok(looks > 100 && moves > 100, `${looks} looks, ${moves} moves`);
  });
});
