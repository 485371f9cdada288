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

/** A request body that is being received. */
export interface Upload {
  /** Octets of it in memory. */
  readonly held: number;
  /** Answers it with "try again", gives back its memory and reads no more of it than must be. */
  giveWay(): void;
}

/** What an upload held at the last look at its pace, and when that was (monotonic milliseconds). */
interface Look {
  held: number;
  at: number;
}

/** Looks at the pace of all uploads are no closer together than this, so that they cost nothing beside the traffic. Milliseconds. */
const LOOK_EVERY_MS = 500;

export class Admission {
  /** Submissions that have been decoded and are not yet answered. */
  submissions = 0;
  /** Octets of request bodies in memory. */
  bodyOctets = 0;
  /** Octets of content being sent, with what retrievals under way may come to. */
  contentOctets = 0;

  private readonly settings: Settings;
  private readonly waiting = new Set<Waiting>();
  private readonly uploads = new Map<Upload, Look>();
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Whether one more submission would be too many now. Its own body is counted already. */
  get full(): boolean {
    return this.submissions >= this.settings.submissionsInFlightMax || this.bodyOctets > this.settings.bodyOctetsInFlightMax;
  }

  uploadBegins(upload: Upload, now: number): void {
    this.uploads.set(upload, { held: upload.held, at: now });
  }

  uploadEnds(upload: Upload): void {
    this.uploads.delete(upload);
  }

  /**
   * Where bodies take more memory than allowed, those that crawl give way, so that a few connections that stop short of their end (or drip)
   * cannot keep everybody else out for as long as a request may take. `now`: monotonic milliseconds.
   */
  makeRoom(now: number): void {
    if (this.bodyOctets <= this.settings.bodyOctetsInFlightMax || now - this.lookedAt < LOOK_EVERY_MS) return;
    this.lookedAt = now;
    for (const [upload, look] of this.uploads) {
      const elapsed = now - look.at;
      if (elapsed < LIMITS.mm1UploadPatienceMs) continue;
      if ((upload.held - look.held) * 1000 < elapsed * LIMITS.mm1UploadPaceMin) upload.giveWay();
      else {
        look.held = upload.held;
        look.at = now;
      }
    }
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
