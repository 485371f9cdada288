/**
 * How much is taken on at once. Submissions beyond it are refused at once, which costs a fraction of accepting them, so that the rate of
 * acceptance stays where it is when twice as many come. Retrievals never wait for submissions; they wait, for a bounded time, for each other.
 */
import { LIMITS } from '#base';
import type { Mm1Config } from './config.js';

type Settings = Pick<Mm1Config, 'submissionsInFlightMax' | 'bodyOctetsInFlightMax' | 'contentOctetsInFlightMax' | 'bodyMax'>;

/** A share of the octets being sent; `give` may be called any number of times. */
export interface Share {
  /** The true size, once it is known. */
  resize(octets: number): void;
  give(): void;
}

interface Waiting {
  readonly octets: number;
  readonly grant: (share: Share | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

export class Admission {
  /** Submissions that have been decoded and are not yet answered. */
  submissions = 0;
  /** Octets of request bodies in memory. */
  bodyOctets = 0;
  /** Octets of content being sent, with what retrievals under way may come to. */
  contentOctets = 0;

  private readonly settings: Settings;
  private readonly waiting = new Set<Waiting>();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Whether one more submission would be too many now. Its own body is counted already. */
  get full(): boolean {
    return this.submissions >= this.settings.submissionsInFlightMax || this.bodyOctets > this.settings.bodyOctetsInFlightMax;
  }

  get retrievalsWaiting(): number {
    return this.waiting.size;
  }

  /**
   * Room to send one message's content, first come first served; undefined when there was none for too long or too many wait.
   * Nobody knows the size before the store has answered, so room for the largest message is taken and the rest given back (`resize`).
   */
  roomToSend(): Share | undefined | Promise<Share | undefined> {
    const octets = this.settings.bodyMax;
    if (this.waiting.size === 0 && this.fits(octets)) return this.share(octets);
    if (this.waiting.size >= LIMITS.mm1RetrievalsWaitingMax) return undefined;
    return new Promise((grant) => {
      const timer = setTimeout(() => {
        this.waiting.delete(entry);
        grant(undefined);
      }, LIMITS.mm1RetrievalWaitMs).unref();
      const entry: Waiting = { octets, grant, timer };
      this.waiting.add(entry);
    });
  }

  /** One message always fits into an idle endpoint, however small the setting. */
  private fits(octets: number): boolean {
    return this.contentOctets === 0 || this.contentOctets + octets <= this.settings.contentOctetsInFlightMax;
  }

  private share(octets: number): Share {
    let held = octets;
    let given = false;
    this.contentOctets += held;
    return {
      resize: (now) => {
        if (given) return;
        this.contentOctets += now - held;
        held = now;
        this.grantWaiting();
      },
      give: () => {
        if (given) return;
        given = true;
        this.contentOctets -= held;
        this.grantWaiting();
      },
    };
  }

  private grantWaiting(): void {
    for (const entry of this.waiting) {
      if (!this.fits(entry.octets)) return;
      this.waiting.delete(entry);
      clearTimeout(entry.timer);
      entry.grant(this.share(entry.octets));
    }
  }
}
