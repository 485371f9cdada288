/** Keeps trying to have an association: at once, and after failures with delays that double, each cut at random so that nodes do not come in step. */
import type { Accept, Connector } from './port.js';
import type { ReconnectSettings } from './settings.js';

const FIRST_MS = 500;
const MOST_MS = 30_000;
const JITTER = 0.5;
const STEADY_MS = 10_000;

/** Delays one after another; begins anew after an association that lasted. Pure but for the chance it is handed. */
export class Backoff {
  private readonly firstMs: number;
  private readonly mostMs: number;
  private readonly jitter: number;
  private readonly steadyMs: number;
  private readonly random: () => number;
  private failures = 0;

  constructor(settings: ReconnectSettings, random: () => number) {
    this.firstMs = settings.firstMs ?? FIRST_MS;
    this.mostMs = settings.mostMs ?? MOST_MS;
    this.jitter = settings.jitter ?? JITTER;
    this.steadyMs = settings.steadyMs ?? STEADY_MS;
    this.random = random;
  }

  /** How long to wait now. `lastedMs`: how long the association was up; 0 when it did not come up. */
  next(lastedMs: number): number {
    if (lastedMs >= this.steadyMs) this.failures = 0;
    const whole = Math.min(this.mostMs, this.firstMs * 2 ** this.failures);
    if (whole < this.mostMs) this.failures++;
    return whole * (1 - this.jitter * this.random());
  }
}

/** Drives one connector. The owner says when an association has ended. */
export class Reconnect {
  private readonly connector: Connector;
  private readonly backoff: Backoff;
  private timer: NodeJS.Timeout | undefined;
  private upSince: number | undefined;
  private isStopped = true;

  constructor(connector: Connector, backoff: Backoff) {
    this.connector = connector;
    this.backoff = backoff;
  }

  start(): void {
    this.isStopped = false;
    this.connector.connect();
  }

  /** Notes that an association is up; for the connector's user. */
  noteUp(accept: Accept): Accept {
    return (association) => {
      this.upSince = performance.now();
      return accept(association);
    };
  }

  /** The attempt has failed, or the association has ended. */
  again(): void {
    if (this.isStopped) return;
    const lastedMs = this.upSince === undefined ? 0 : performance.now() - this.upSince;
    this.upSince = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connector.connect(), this.backoff.next(lastedMs));
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.connector.stop();
  }
}
