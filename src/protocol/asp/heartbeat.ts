/**
 * BEAT and BEAT ACK: whether the peer's M3UA is alive, where SCTP's own heartbeat is not trusted or there is none (TCP). RFC 4666 4.3.4.6.
 * Anything heard of the peer counts; silence of twice T(beat) means that it is lost.
 */

export class Heartbeat {
  private readonly intervalMs: number | undefined;
  private count = 0;
  private heardAt = 0;
  private beatAt: number | undefined;

  /** `intervalMs`: T(beat); undefined to send none. */
  constructor(intervalMs: number | undefined) {
    this.intervalMs = intervalMs;
  }

  start(now: number): void {
    this.heardAt = now;
    this.beatAt = this.intervalMs === undefined ? undefined : now + this.intervalMs;
  }

  stop(): void {
    this.beatAt = undefined;
  }

  /** A message of the peer came. */
  heard(now: number): void {
    this.heardAt = now;
  }

  /** When `due` has something to say; undefined while stopped. */
  get wakeAt(): number | undefined {
    return this.beatAt;
  }

  /** Octets of a BEAT that is to be sent now; `'lost'` when the peer has been silent for too long; otherwise undefined. */
  due(now: number): Uint8Array | 'lost' | undefined {
    if (this.intervalMs === undefined || this.beatAt === undefined || now < this.beatAt) return undefined;
    if (now - this.heardAt >= 2 * this.intervalMs) {
      this.stop();
      return 'lost';
    }
    this.beatAt = now + this.intervalMs;
    const count = ++this.count;
    return Uint8Array.of(count >>> 24, count >>> 16, count >>> 8, count);
  }
}
