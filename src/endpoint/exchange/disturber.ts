/** Carries out a profile's disturbance, and remembers when it was. */
import type { Place } from './laboratory.js';
import type { Disturbance } from './profiles.js';
import type { Valve } from './valve.js';

/** After a disturbance what waited is still on its way: losses of so long are its own. Unit: milliseconds. */
const AFTER_MS = 1_000;
/** Disturbances that are remembered; what is older than the messages under way is of no use. Unit: disturbances. */
const REMEMBERED_MAX = 1_000;

interface Span {
  readonly from: number;
  /** Undefined while it lasts. */
  to: number | undefined;
}

export class Disturber {
  private readonly disturbance: Disturbance;
  private readonly valve: Valve;
  private readonly spans: Span[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isActive = true;

  constructor(disturbance: Disturbance, valve: Valve) {
    this.disturbance = disturbance;
    this.valve = valve;
  }

  start(): void {
    this.timer = setTimeout(() => this.begin(), this.disturbance.everyMs);
  }

  private begin(): void {
    const { kind, lastMs } = this.disturbance;
    this.spans.push({ from: performance.now(), to: undefined });
    if (this.spans.length > REMEMBERED_MAX) this.spans.shift();
    this.valve.set(kind);
    this.timer = setTimeout(() => this.end(), lastMs);
  }

  private end(): void {
    const { kind, everyMs, lastMs } = this.disturbance;
    this.valve.set('open');
    if (kind === 'closed-window' || this.isActive) this.calm();
    this.timer = setTimeout(() => this.begin(), Math.max(1, everyMs - lastMs));
  }

  private calm(): void {
    const span = this.spans.at(-1);
    if (span !== undefined) span.to ??= performance.now() + AFTER_MS;
  }

  /** The place's link has changed: a cut is over when it is in traffic again. */
  changed(place: Place, isActive: boolean): void {
    if (place !== this.disturbance.place) return;
    this.isActive = isActive;
    if (isActive) this.calm();
  }

  /** Whether a disturbance touches the time between two moments of `performance.now()`. */
  isDisturbed(from: number, to: number): boolean {
    return this.spans.some((span) => span.from <= to && (span.to ?? Number.POSITIVE_INFINITY) >= from);
  }

  /** No more of them; a running one is ended. */
  stop(): void {
    clearTimeout(this.timer);
    this.valve.set('open');
    this.calm();
  }
}
