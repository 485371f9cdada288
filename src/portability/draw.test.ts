import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draw, isAmong, PLATFORM, SAMPLE } from './draw.js';

const LOTS = 20_000;
const lots = (lotOf: (i: number) => number): number[] => Array.from({ length: LOTS }, (_, i) => lotOf(i));
const share = (all: readonly number[], percent: number): number => all.filter((lot) => isAmong(lot, percent)).length / LOTS;

describe('drawing lots', () => {
  it('gives consecutive numbers, and consecutive references of one number, even shares', () => {
    for (const all of [
      lots((i) => draw(491_710_000_000 + i, 0, SAMPLE)),
      lots((i) => draw(491_710_000_000, i, SAMPLE)),
      lots((i) => draw(491_710_000_000 + i * 2 ** 32, 0, SAMPLE)),
    ])
      for (const percent of [0.5, 10, 50]) assert.ok(Math.abs(share(all, percent) * 100 - percent) < 1.5, `${percent}`);
  });

  it('gives every part of the number and the purpose a say', () => {
    const one = draw(491_710_000_000, 0, SAMPLE);
    assert.equal(one, draw(491_710_000_000, 0, SAMPLE));
    for (const other of [
      draw(491_710_000_001, 0, SAMPLE),
      draw(491_710_000_000 + 2 ** 33, 0, SAMPLE),
      draw(491_710_000_000, 1, SAMPLE),
      draw(491_710_000_000, 0, PLATFORM),
    ])
      assert.notEqual(one, other);
  });

  it('takes nothing into 0 % and all into 100 %', () => {
    for (const lot of [0, 1, 0xffff_ffff]) assert.deepEqual([isAmong(lot, 0), isAmong(lot, 100)], [false, true]);
  });
});
