/**
 * One application server: which ASPs serve it, in which state that leaves it, and which of them gets a message. RFC 4666 4.3.2, figure 4.
 * It decides; `Sgp` speaks.
 */
import { LIMITS } from '#base';
import type { ProtocolData, TrafficMode } from '#codec/m3ua';
import type { AsState } from './conversation.js';

export interface AsSettings {
  /** Names it on every association. */
  readonly routingContext: number;
  readonly trafficMode: TrafficMode;
  /** Loadshare and broadcast: active ASPs that it needs to become active (n of n+k). Default 1. */
  readonly activeMin?: number;
  /** What DATA is for it; for routing keys that ASPs want to register. Absent: none can be registered. */
  readonly routingKey?: { readonly destinationPointCode: number; readonly networkAppearance?: number };
  /** Wanted in DATA that comes with one, and put into what goes out. */
  readonly networkAppearance?: number;
}

export class ApplicationServer {
  readonly settings: AsSettings;
  state: AsState = 'down';
  /** ASPs by name: those that are up, and of these those that are active, in the order in which they became so. */
  readonly up = new Set<string>();
  readonly active = new Set<string>();
  /** End of T(r), while pending. */
  recoverBy: number | undefined;
  private waiting: ProtocolData[] = [];

  constructor(settings: AsSettings) {
    this.settings = settings;
  }

  get activeMin(): number {
    return this.settings.trafficMode === 'override' ? 1 : (this.settings.activeMin ?? 1);
  }

  /** Where the ASPs' states lead. T(r) runs from `now` when the last active one has gone. */
  next(now: number, recoveryMs: number): AsState {
    switch (this.state) {
      case 'active':
        if (this.active.size > 0) return 'active';
        this.recoverBy = now + recoveryMs;
        return 'pending';
      case 'pending':
        if (this.active.size > 0) return 'active';
        return this.recoverBy !== undefined && now >= this.recoverBy ? this.withoutActive() : 'pending';
      default:
        return this.active.size >= this.activeMin ? 'active' : this.withoutActive();
    }
  }

  private withoutActive(): AsState {
    return this.up.size > 0 ? 'inactive' : 'down';
  }

  /** The ASPs that get a message: the active one, one by the signalling link selection, or all. */
  receivers(sls: number): readonly string[] {
    const one = this.oneFor(sls);
    return one === undefined ? [...this.active] : [one];
  }

  /** The active ASP that alone gets a message: the one there is, or one by the signalling link selection. Undefined where several do. */
  oneFor(sls: number): string | undefined {
    if (this.settings.trafficMode === 'broadcast') return undefined;
    let index = this.settings.trafficMode === 'loadshare' ? sls % this.active.size : 0;
    for (const name of this.active) if (index-- === 0) return name;
    return undefined;
  }

  /** Keeps a message while pending; false when there are too many. */
  wait(data: ProtocolData): boolean {
    if (this.waiting.length >= LIMITS.aspPendingMax) return false;
    this.waiting.push({ ...data, userData: new Uint8Array(data.userData) });
    return true;
  }

  /** What has been kept, which is given away. */
  takeWaiting(): readonly ProtocolData[] {
    const { waiting } = this;
    this.waiting = [];
    return waiting;
  }
}
