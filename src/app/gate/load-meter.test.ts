import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadLevel } from '#endpoint/sigtran';
import { type LagLevels, nextLevel } from './load-meter.js';

const LAGS: LagLevels = [50, 150, 500];

/** The levels after each of these lags, from calm. */
function levelsAfter(lags: readonly number[]): LoadLevel[] {
  let now: { level: LoadLevel; calm: number } = { level: 0, calm: 0 };
  return lags.map((lag) => {
    now = nextLevel(now.level, now.calm, lag, LAGS);
    return now.level;
  });
}

describe('the level of overload', () => {
  it('rises at once to what the lag says', () => {
    assert.deepEqual(levelsAfter([0, 49, 50, 149, 150, 499, 500, 9_999]), [0, 0, 1, 1, 2, 2, 3, 3]);
    assert.deepEqual(levelsAfter([600]), [3]);
  });

  it('falls one level at a time, after thirty calm looks in a row', () => {
    const calm = levelsAfter([600, ...Array.from({ length: 90 }, () => 0)]);
    assert.deepEqual([calm[29], calm[30], calm[59], calm[60], calm[89], calm[90]], [3, 2, 2, 1, 1, 0]);
  });

  it('stays while the lag is between half of its level and the level', () => {
    assert.ok(levelsAfter([50, ...Array.from({ length: 100 }, () => 30)]).every((level) => level === 1));
  });

  it('begins to count anew when a look is not calm', () => {
    const levels = levelsAfter([50, ...Array.from({ length: 29 }, () => 0), 30, ...Array.from({ length: 29 }, () => 0)]);
    assert.ok(levels.every((level) => level === 1));
  });
});
