import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RejectCeiling } from './ceiling.js';

const SETTINGS = { percent: 10, windowSeconds: 100, messagesMin: 20 };
const START = 1_800_000_000_000;
const S = 1000;

/** Notes `messages`, of which the last `rejects` are rejects; whether any of them exceeded. */
function note(ceiling: RejectCeiling, messages: number, rejects: number, now: number): boolean {
  let isExceeded = false;
  for (let i = 0; i < messages; i++) isExceeded = ceiling.note(SETTINGS, i >= messages - rejects, now) || isExceeded;
  return isExceeded;
}

describe('the ceiling of rejects', () => {
  it('is exceeded by more than its percentage, told once', () => {
    const ceiling = new RejectCeiling();
    assert.equal(note(ceiling, 100, 10, START), false);
    assert.equal(ceiling.isExceeded, false);
    assert.equal(ceiling.note(SETTINGS, true, START), true);
    assert.equal(ceiling.note(SETTINGS, true, START + 1), false);
    assert.deepEqual(ceiling.state, { isExceeded: true, since: START, messages: 102, rejects: 12 });
  });

  it('says nothing of fewer messages than it needs', () => {
    const ceiling = new RejectCeiling();
    assert.equal(note(ceiling, 19, 19, START), false);
    assert.equal(ceiling.note(SETTINGS, true, START), true);
  });

  it('forgets what is older than the window, part by part', () => {
    const ceiling = new RejectCeiling();
    note(ceiling, 15, 15, START);
    note(ceiling, 15, 0, START + 50 * S);
    assert.equal(ceiling.state.messages, 30);
    ceiling.note(SETTINGS, false, START + 111 * S);
    assert.deepEqual([ceiling.state.messages, ceiling.state.rejects], [16, 0]);
    ceiling.note(SETTINGS, false, START + 1_000 * S);
    assert.equal(ceiling.state.messages, 1);
  });

  it('keeps counting when the clock is set back, and after years', () => {
    const ceiling = new RejectCeiling();
    note(ceiling, 15, 15, START);
    assert.equal(note(ceiling, 10, 10, START - 3_600 * S), true);
    ceiling.resume();
    assert.equal(note(ceiling, 25, 25, START + 1e12), true);
  });

  it('counts by its window after the clock was set back, or the window made shorter', () => {
    const ceiling = new RejectCeiling();
    note(ceiling, 1_000, 0, START);
    note(ceiling, 100, 0, START - 3_600 * S);
    assert.equal(note(ceiling, 30, 30, START - 3_400 * S), true);
    const shortened = new RejectCeiling();
    for (let i = 0; i < 1_000; i++) shortened.note({ ...SETTINGS, windowSeconds: 3_600 }, false, START);
    shortened.note(SETTINGS, false, START + S);
    assert.equal(note(shortened, 30, 30, START + 200 * S), true);
  });

  it('stays exceeded until it is resumed, and begins anew then', () => {
    const ceiling = new RejectCeiling();
    note(ceiling, 30, 30, START);
    note(ceiling, 1_000, 0, START + 3_600 * S);
    assert.equal(ceiling.isExceeded, true);
    ceiling.resume();
    assert.deepEqual(ceiling.state, { isExceeded: false, since: undefined, messages: 0, rejects: 0 });
    assert.equal(note(ceiling, 19, 19, START + 3_600 * S), false);
    assert.equal(note(ceiling, 1, 1, START + 3_600 * S), true);
  });
});
