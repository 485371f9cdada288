/**
 * Whether a destination is worth trying. Troubles in a row open the circuit; then a probe connects and says EHLO, later and later. When one comes through, one
 * mail is let go as a trial: a server that greets and stalls in DATA would pass every probe. When that dialogue comes to its end the circuit is closed.
 */
import { LIMITS } from '#base';
import type { SmtpCircuit, SmtpPoolSettings } from '../pool-port.js';

export interface CircuitPorts {
  readonly now: () => number;
  readonly random: () => number;
  /** Connects and says EHLO; rejects when it does not come through. */
  probe(): Promise<void>;
  changed(state: SmtpCircuit): void;
}

export class Circuit {
  state: SmtpCircuit = 'closed';
  /** Epoch milliseconds. */
  openSince: number | undefined;
  nextProbeAt: number | undefined;
  private readonly ports: CircuitPorts;
  private readonly troublesMax: number;
  private readonly firstMs: number;
  private readonly mostMs: number;
  private troubles = 0;
  private waitMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private hasTrial = false;

  constructor(settings: SmtpPoolSettings, ports: CircuitPorts) {
    this.ports = ports;
    this.troublesMax = settings.troublesMax ?? LIMITS.smtpCircuitTroublesMax;
    this.firstMs = settings.probeFirstMs ?? LIMITS.smtpProbeFirstMs;
    this.mostMs = settings.probeMostMs ?? LIMITS.smtpProbeMostMs;
  }

  /** Whether a mail may be let go now. In `probing` one may, which then is the trial. */
  admits(): boolean {
    if (this.state === 'closed') return true;
    if (this.state === 'open' || this.hasTrial) return false;
    this.hasTrial = true;
    return true;
  }

  /** A dialogue has come to its end, whatever was answered. */
  well(): void {
    this.troubles = 0;
    if (this.state === 'closed') return;
    this.hasTrial = false;
    this.waitMs = 0;
    this.openSince = undefined;
    this.nextProbeAt = undefined;
    clearTimeout(this.timer);
    this.become('closed');
  }

  trouble(): void {
    this.troubles++;
    if (this.state === 'probing' && this.hasTrial) this.open();
    else if (this.state === 'closed' && this.troubles >= this.troublesMax) this.open();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private open(): void {
    this.hasTrial = false;
    this.waitMs = Math.min(this.mostMs, this.waitMs === 0 ? this.firstMs : this.waitMs * 2);
    const now = this.ports.now();
    // Cut by up to a half, so that many destinations behind one failed link are not probed in step.
    const wait = this.waitMs * (1 - this.ports.random() / 2);
    this.openSince ??= now;
    this.nextProbeAt = now + wait;
    this.timer = setTimeout(() => this.probe(), wait).unref();
    this.become('open');
  }

  private probe(): void {
    this.become('probing');
    // Nothing is let go while the probe is under way.
    this.hasTrial = true;
    this.ports.probe().then(
      () => {
        this.hasTrial = false;
        this.nextProbeAt = undefined;
      },
      () => {
        // A mail that was under way before may have come through meanwhile.
        if (this.state === 'probing') this.open();
      },
    );
  }

  private become(state: SmtpCircuit): void {
    if (this.state === state) return;
    this.state = state;
    this.ports.changed(state);
  }
}
