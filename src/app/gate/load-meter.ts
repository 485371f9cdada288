/**
 * How loaded the program is: by how late its event loop comes to a timer while it never runs out of work. What counts is the least lateness of some
 * looks in a row, so that one long pause (a collection of garbage, a list that is loaded) sheds nothing. A loop that came to the end of its work
 * meanwhile and waited for more keeps up: if it is late all the same, others have the processor, and shedding would help nobody. Levels fall one at
 * a time, when it has been calm for a while.
 */
import type { LoadLevel } from '#endpoint/sigtran';

/** How often it is looked. Unit: milliseconds. Source: a fifth of the shortest lag that can be set. */
const LOOK_MS = 10;
/** Looks of which the least late one counts. Unit: looks. Source: what is behind after one pause is caught up within them. */
const LATE_LOOKS = 5;
/** Share of the time of those looks in which a loop may wait for work and still be called behind. Source: polling with work at hand waits for nothing. */
const IDLE_SHARE_MAX = 0.1;
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

/** One look at the event loop. Unit: milliseconds. */
export interface Look {
  /** How much later than it should have been. */
  readonly lateMs: number;
  /** Since the look before. */
  readonly tookMs: number;
  /** Of that: waiting for work. */
  readonly idleMs: number;
}

/** The lag that these looks show: the least lateness, or none where there are too few or the loop had time to spare. Pure, for tests. */
export function lagOf(looks: readonly Look[]): number {
  if (looks.length < LATE_LOOKS) return 0;
  const sum = (key: keyof Look): number => looks.reduce((total, look) => total + look[key], 0);
  return sum('idleMs') > sum('tookMs') * IDLE_SHARE_MAX ? 0 : Math.min(...looks.map(({ lateMs }) => lateMs));
}

/** Looks at a loop, and the level that they come to. No timer and no clock of its own, for tests. */
export class LoadGauge {
  level: LoadLevel = 0;
  /** The least lateness of the last looks, while there was always work. Unit: milliseconds. */
  lagMs = 0;
  private readonly lags: LagLevels;
  private readonly lately: Look[] = [];
  private calm = 0;
  private lookedAt: number;
  private idleBefore: number;

  /** `now`: a clock that does not go back; `idle`: how long the loop has waited for work altogether. Unit of both: milliseconds. */
  constructor(lags: LagLevels, now: number, idle: number) {
    this.lags = lags;
    this.lookedAt = now;
    this.idleBefore = idle;
  }

  /** One look; there should be one every LOOK_MS. */
  look(now: number, idle: number): void {
    const tookMs = now - this.lookedAt;
    this.lately.push({ lateMs: Math.max(0, tookMs - LOOK_MS), tookMs, idleMs: idle - this.idleBefore });
    if (this.lately.length > LATE_LOOKS) this.lately.shift();
    this.lookedAt = now;
    this.idleBefore = idle;
    this.lagMs = lagOf(this.lately);
    ({ level: this.level, calm: this.calm } = nextLevel(this.level, this.calm, this.lagMs, this.lags));
  }
}

export interface LoadMeter {
  /** The least lateness of the last looks, while there was always work. Unit: milliseconds. */
  readonly lagMs: number;
  close(): void;
}

/** Looks until it is closed; `changed` hears of every change of level. */
export function startLoadMeter(lags: LagLevels, changed: (level: LoadLevel) => void): LoadMeter {
  const idle = (): number => performance.eventLoopUtilization().idle;
  const gauge = new LoadGauge(lags, performance.now(), idle());
  const timer = setInterval(() => {
    const before = gauge.level;
    gauge.look(performance.now(), idle());
    if (gauge.level !== before) changed(gauge.level);
  }, LOOK_MS);
  timer.unref();
  return {
    get lagMs() {
      return gauge.lagMs;
    },
    close: () => clearInterval(timer),
  };
}
