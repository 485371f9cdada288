/** When the way between a place and the gate was gone, by the places' own links. */
import type { Place } from './laboratory.js';

/** Outages that are remembered; what is older than the messages under way is of no use. Unit: outages. */
const REMEMBERED_MAX = 1_000;

interface Span {
  readonly from: number;
  /** Infinity while it lasts. */
  to: number;
}

/** Times by one clock that does not go back. Unit: milliseconds. */
export class Outages {
  private readonly recoveryMs: number;
  private readonly missing = new Set<Place>();
  private readonly spans: Span[] = [];

  /** `recoveryMs`: how long after the last link is back an outage still counts, because the network behind comes back later. */
  constructor(recoveryMs: number) {
    this.recoveryMs = recoveryMs;
  }

  /** A place's link has come into traffic, or has left it. */
  changed(place: Place, isActive: boolean, now: number): void {
    if (!isActive) {
      if (this.missing.size === 0) this.begin(now);
      this.missing.add(place);
    } else if (this.missing.delete(place) && this.missing.size === 0) this.spans.at(-1)!.to = now + this.recoveryMs;
  }

  private begin(now: number): void {
    if (this.spans.length >= REMEMBERED_MAX) this.spans.shift();
    this.spans.push({ from: now, to: Number.POSITIVE_INFINITY });
  }

  /** Whether an outage touches the time between two moments. */
  touches(from: number, to: number): boolean {
    return this.spans.some((span) => span.from <= to && span.to >= from);
  }
}
