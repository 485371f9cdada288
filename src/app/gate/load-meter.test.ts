import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadLevel } from '#endpoint/sigtran';
import { type LagLevels, LoadGauge, type Look, lagOf, nextLevel, startLoadMeter } from './load-meter.js';

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

describe('the lag', () => {
  const late = (lateMs: number, idleMs: number): Look => ({ lateMs, tookMs: 10 + lateMs, idleMs });

  it('is the least lateness of five looks in a row', () => {
    assert.equal(lagOf([90, 70, 400, 80, 75].map((it) => late(it, 0))), 70);
  });

  it('is none when one of them came in time: one long pause is no overload', () => {
    assert.equal(lagOf([0, 900, 900, 900, 900].map((it) => late(it, 0))), 0);
    assert.equal(lagOf([900, 900, 900, 900].map((it) => late(it, 0))), 0);
  });

  it('is none when the loop waited for work meanwhile: it is late because others have the processor, not because it is behind', () => {
    assert.equal(lagOf([90, 70, 400, 80, 75].map((it) => late(it, it / 2))), 0);
    assert.equal(lagOf([90, 70, 80, 75, 60].map((it) => late(it, 3))), 60);
  });
});

describe('a loop that is looked at', () => {
  /** The highest level of a loop whose turns take so long, of which it waits for work so long. Unit: milliseconds. */
  function mostOf(turns: readonly (readonly [tookMs: number, idleMs: number])[]): LoadLevel {
    const gauge = new LoadGauge(LAGS, 1_000, 700);
    let [now, idle, most]: [number, number, LoadLevel] = [1_000, 700, 0];
    for (const [tookMs, idleMs] of turns) {
      gauge.look((now += tookMs), (idle += idleMs));
      if (gauge.level > most) most = gauge.level;
    }
    return most;
  }
  const repeated = (count: number, turn: readonly [number, number]) => Array.from({ length: count }, () => turn);

  it('is overloaded when turn after turn is late and none ends without work at hand', () => {
    assert.equal(mostOf(repeated(10, [80, 0])), 1);
    assert.equal(mostOf(repeated(10, [600, 1])), 3);
  });

  it('is not when it waits for work in those turns: a busy machine wakes it late', () => {
    assert.equal(mostOf(repeated(100, [80, 70])), 0);
    assert.equal(mostOf(repeated(100, [600, 400])), 0);
  });

  it('is not by one turn, or four, among prompt ones', () => {
    for (const late of [1, 4])
      assert.equal(mostOf([...repeated(9, [10, 9]), ...repeated(late, [2_000, 0]), ...repeated(9, [10, 9])]), 0);
  });
});

describe('the meter of a running loop', () => {
  it('tells of overload while turns of 60 ms follow each other without a pause', async () => {
    const told: LoadLevel[] = [];
    const meter = startLoadMeter([40, 60_000, 90_000], (level) => told.push(level));
    const end = performance.now() + 10_000;
    while (told.length === 0 && performance.now() < end) {
      const turnEnd = performance.now() + 60;
      while (performance.now() < turnEnd);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(told, [1]);
    assert.ok(meter.lagMs >= 40);
    meter.close();
  });
});
