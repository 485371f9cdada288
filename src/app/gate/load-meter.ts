/**
 * How loaded the program is: by how late its event loop comes to a timer. What counts is the least lateness of some looks in a row, so that one
 * long pause (a collection of garbage, a list that is loaded) sheds nothing; levels fall one at a time, when it has been calm for a while.
 */
import type { LoadLevel } from '#endpoint/sigtran';

/** How often it is looked. Unit: milliseconds. Source: a fifth of the shortest lag that can be set. */
const LOOK_MS = 10;
/** Looks of which the least late one counts. Unit: looks. Source: what is behind after one pause is caught up within them. */
const LATE_LOOKS = 5;
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
  /** The least lateness of the last looks. Unit: milliseconds. */
  readonly lagMs: number;
  close(): void;
}

/** Looks until it is closed; `changed` hears of every change of level. */
export function startLoadMeter(lags: LagLevels, changed: (level: LoadLevel) => void): LoadMeter {
  let level: LoadLevel = 0;
  let calm = 0;
  let lagMs = 0;
  const lately: number[] = [];
  let expected = performance.now() + LOOK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    lately.push(Math.max(0, now - expected));
    if (lately.length > LATE_LOOKS) lately.shift();
    lagMs = lately.length < LATE_LOOKS ? 0 : Math.min(...lately);
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
