/** How loaded the program is: by how late its event loop comes to a timer. Levels rise at once and fall one at a time, when it has been calm for a while. */
import type { LoadLevel } from '#endpoint/sigtran';

/** How often it is looked. Unit: milliseconds. Source: a fifth of the shortest lag that can be set. */
const LOOK_MS = 10;
/** Looks in a row below half of a level's lag before the level falls. Unit: looks. Source: T29 of Q.704, 300 ms. */
const CALM_LOOKS = 30;

/** Lags from which the levels 1, 2 and 3 hold. Unit: milliseconds. */
export type LagLevels = readonly [number, number, number];

/** The level after one look. Pure, for tests: `calm` counts the looks so far that were calm. */
export function nextLevel(level: LoadLevel, calm: number, lagMs: number, lags: LagLevels): { level: LoadLevel; calm: number } {
  const reached = lags.filter((lag) => lagMs >= lag).length as LoadLevel;
  if (reached >= level) return { level: reached, calm: 0 };
  const isCalm = lagMs * 2 < lags[(level - 1) as 0 | 1 | 2];
  if (!isCalm) return { level, calm: 0 };
  return calm + 1 < CALM_LOOKS ? { level, calm: calm + 1 } : { level: (level - 1) as LoadLevel, calm: 0 };
}

export interface LoadMeter {
  /** As of the last look. Unit: milliseconds. */
  readonly lagMs: number;
  close(): void;
}

/** Looks until it is closed; `changed` hears of every change of level. */
export function startLoadMeter(lags: LagLevels, changed: (level: LoadLevel) => void): LoadMeter {
  let level: LoadLevel = 0;
  let calm = 0;
  let lagMs = 0;
  let expected = performance.now() + LOOK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    lagMs = Math.max(0, now - expected);
    expected = now + LOOK_MS;
    const next = nextLevel(level, calm, lagMs, lags);
    calm = next.calm;
    if (next.level === level) return;
    level = next.level;
    changed(level);
  }, LOOK_MS);
  timer.unref();
  return {
    get lagMs() {
      return lagMs;
    },
    close: () => clearInterval(timer),
  };
}
