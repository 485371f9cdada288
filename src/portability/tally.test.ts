import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { OUTCOMES, PLACES, REASONS } from './decision.js';
import { count, Tally } from './tally.js';

describe('the tally', () => {
  it('counts every place, outcome and reason by itself', () => {
    const tally = new Tally();
    const cell = tally.cell('mo', 'home');
    for (const [i, place] of PLACES.entries()) count(cell, place, OUTCOMES[i % OUTCOMES.length]!, REASONS[i % REASONS.length]!);
    const [row] = tally.rows();
    assert.deepEqual(row!.places, Object.fromEntries(PLACES.map((place) => [place, 1])));
    assert.deepEqual(Object.keys(row!.outcomes).sort(), [...OUTCOMES].sort());
    assert.deepEqual(Object.keys(row!.reasons).sort(), [...REASONS].sort());
  });

  it('has one cell for a selector and a home SMSC, and beyond its limit one for all others', () => {
    const tally = new Tally();
    assert.equal(tally.cell('a', 'b'), tally.cell('a', 'b'));
    assert.notEqual(tally.cell('a', 'b'), tally.cell('b', 'a'));
    for (let i = tally.rows().length; i < LIMITS.screeningTalliesMax; i++) tally.cell('a', `${i}`);
    const others = tally.cell('a', 'one too many');
    assert.equal(tally.cell('c', 'another'), others);
    assert.notEqual(tally.cell('a', 'b'), others);
    assert.equal(tally.rows().length, LIMITS.screeningTalliesMax + 1);
    assert.ok(tally.rows().some(({ selector, homeSmsc }) => selector === 'others' && homeSmsc === 'others'));
  });
});
