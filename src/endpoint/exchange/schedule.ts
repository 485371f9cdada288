/**
 * When messages are due: an open loop. The count that is due follows from the time since the start alone, so that a slow moment is made up for
 * and nothing drifts; a message that goes out late is late by its own schedule, and its delay is counted from there.
 */

/** More of everything for a while, again and again. */
export interface Bursts {
  /** From the beginning of one to that of the next. Unit: milliseconds. */
  readonly everyMs: number;
  /** How long each lasts. */
  readonly lastMs: number;
  /** The rate inside, as a multiple of the rate outside. */
  readonly factor: number;
}

export interface ScheduleSettings {
  /** Messages a second. */
  readonly rate: number;
  /** From the first message to the last. Unit: milliseconds. */
  readonly durationMs: number;
  /** The rate grows from 0 for so long at the beginning. Default 0. Unit: milliseconds. */
  readonly rampMs?: number;
  readonly bursts?: Bursts;
  /** Not more messages than this, whatever the rate. */
  readonly count?: number;
}

export class Schedule {
  private readonly settings: ScheduleSettings;
  private readonly perMs: number;
  private readonly rampMs: number;

  /** Throws RangeError on a rate or duration that is not above 0. */
  constructor(settings: ScheduleSettings) {
    if (!(settings.rate > 0) || !(settings.durationMs > 0)) throw new RangeError('a rate and a duration are above 0');
    this.settings = settings;
    this.perMs = settings.rate / 1000;
    this.rampMs = Math.min(settings.rampMs ?? 0, settings.durationMs);
  }

  /** Messages in all. */
  get total(): number {
    return Math.min(Math.floor(this.sumAt(this.settings.durationMs)), this.settings.count ?? Number.POSITIVE_INFINITY);
  }

  /** How many messages are due so long after the start. */
  due(elapsedMs: number): number {
    return Math.min(Math.floor(this.sumAt(Math.min(elapsedMs, this.settings.durationMs))), this.total);
  }

  /** When the message of this number (from 1) falls due. Unit: milliseconds since the start. */
  at(number: number): number {
    if (this.rampMs === 0 && this.settings.bursts === undefined) return number / this.perMs;
    let [early, late] = [0, this.settings.durationMs];
    while (late - early > 0.001) {
      const middle = (early + late) / 2;
      if (this.sumAt(middle) >= number) late = middle;
      else early = middle;
    }
    return late;
  }

  /** Whether a burst is on. */
  isBurst(elapsedMs: number): boolean {
    const { bursts } = this.settings;
    return bursts !== undefined && elapsedMs % bursts.everyMs < bursts.lastMs;
  }

  /** The integral of the rate. */
  private sumAt(elapsedMs: number): number {
    const { bursts } = this.settings;
    const ramped = Math.min(elapsedMs, this.rampMs);
    const ramp = this.rampMs === 0 ? 0 : (ramped * ramped) / (2 * this.rampMs);
    const level = Math.max(0, elapsedMs - this.rampMs);
    const more = bursts === undefined ? 0 : (bursts.factor - 1) * (burstTime(elapsedMs, bursts) - burstTime(ramped, bursts));
    return this.perMs * (ramp + level + more);
  }
}

/** Time spent in bursts until then. */
function burstTime(elapsedMs: number, { everyMs, lastMs }: Bursts): number {
  const whole = Math.floor(elapsedMs / everyMs);
  return whole * lastMs + Math.min(elapsedMs - whole * everyMs, lastMs);
}
