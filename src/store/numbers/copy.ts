/**
 * A folder that is kept the same as another machine's: asks the source at an interval, fetches what is new, and has the follower of the folder take
 * it in. While the source is away the copy stays as it is, and says since when. One process keeps a copy: it holds the folder's lock, as a writer does.
 */
import fs from 'node:fs';
import path from 'node:path';
import { err, type Log, ok, type Result } from '#base';
import type { NumbersVersion } from '#portability';
import { dropLoad, prepareFolder } from './folder.js';
import type { NumberFollower } from './follower.js';
import { type FolderInUse, type FolderLock, lockFolder } from './lock.js';
import { type MirrorProgress, type MirrorSource, mirrorOnce, SourceAway } from './mirror.js';

/** Fetched before the follower takes in what has come, and the source is asked again what there is. Unit: octets. */
const ROUND_OCTETS = 16 * 1024 * 1024;
/** After a failure the next attempt waits the interval, then twice as long each time up to this. Unit: milliseconds. */
const PAUSE_MAX_MS = 30_000;
/** What is fetched may be removed at the source meanwhile, by a new snapshot or load; then it is begun again, so often in one attempt. */
const VAIN_MAX = 3;
/** A copy that is damaged on this machine's disk is fetched anew, not more often than this. Unit: milliseconds. Source: a bad disk must not keep a link busy. */
const ANEW_PAUSE_MS = 600_000;
const DAMAGED = `a snapshot came that does not match its checksums; it is fetched again after ${ANEW_PAUSE_MS / 60_000} minutes`;
/** Its modification time says when the copy was last the same as its source; for the next start. */
const SEEN = 'source.seen';
/** How often that is written. Unit: milliseconds. */
const SEEN_PACE_MS = 10_000;

export interface NumberCopyOptions {
  readonly source: MirrorSource;
  readonly folder: string;
  /** Answers from the folder; it takes in what has come at once. Absent: nobody in this process does. */
  readonly follower?: NumberFollower;
  /** Between one question to the source and the next. Unit: milliseconds. */
  readonly intervalMs: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface CopyState {
  /** Octets that the source has and the folder has not; absent while the source has not answered. */
  readonly behindOctets?: number;
  /** Changes that the source has made and nobody here answers by; absent while another load is fetched, or nothing is known of the source. */
  readonly behindChanges?: number;
  /** When it was last the same as its source. Milliseconds since the epoch; absent: never. */
  readonly wholeAt?: number;
  /** When the source last answered. Absent: not since the start. */
  readonly answeredAt?: number;
  /** Attempts that failed since the start, and why the last one did; absent when it went well. */
  readonly failures: number;
  readonly fault?: string;
}

export class NumberCopy {
  readonly #options: NumberCopyOptions & { readonly now: () => number };
  readonly #lock: FolderLock;
  readonly #wake = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<unknown> = Promise.resolve();
  #progress: MirrorProgress | undefined;
  #wholeAt: number | undefined;
  #seenAt = 0;
  #load = '';
  #answeredAt: number | undefined;
  #failures = 0;
  #failuresInRow = 0;
  #fault: string | undefined;
  #anewAt = Number.NEGATIVE_INFINITY;
  #damagedAt = Number.NEGATIVE_INFINITY;

  /** Use keepCopy. */
  constructor(options: NumberCopyOptions & { readonly now: () => number }, lock: FolderLock) {
    this.#options = options;
    this.#lock = lock;
    this.#wholeAt = fs.statSync(this.#seenFile, { throwIfNoEntry: false })?.mtimeMs;
  }

  get state(): CopyState {
    const { version } = this.#progress ?? {};
    const behindChanges = version === undefined ? undefined : this.#behindChanges(version);
    return {
      ...(this.#progress === undefined ? {} : { behindOctets: this.#progress.behind }),
      ...(behindChanges === undefined ? {} : { behindChanges }),
      ...(this.#wholeAt === undefined ? {} : { wholeAt: this.#wholeAt }),
      ...(this.#answeredAt === undefined ? {} : { answeredAt: this.#answeredAt }),
      failures: this.#failures,
      ...(this.#fault === undefined ? {} : { fault: this.#fault }),
    };
  }

  /** Fetches once all that there is. Rejects with SourceAway, or an error with a code. */
  async fetch(): Promise<MirrorProgress> {
    const { source, folder, follower, now, log } = this.#options;
    let vain = 0;
    for (;;) {
      this.#wake.signal.throwIfAborted();
      const begun = now();
      if (begun - this.#damagedAt < ANEW_PAUSE_MS) throw new SourceAway(DAMAGED);
      const fetched = await mirrorOnce(source, folder, ROUND_OCTETS);
      this.#answeredAt = now();
      if (!fetched.ok) {
        if (fetched.error === 'damaged') {
          this.#damagedAt = this.#answeredAt;
          throw new SourceAway(DAMAGED);
        }
        if (fetched.error === 'missing') throw new SourceAway('the source has no numbers');
        if (fetched.error === 'diverged')
          log.warn({ folder }, 'numbers: this copy holds what the source never had, it is fetched anew');
        if (++vain > VAIN_MAX) throw new SourceAway(`what was being fetched is ${fetched.error}`);
        continue;
      }
      this.#progress = fetched.value;
      await follower?.look();
      if (fetched.value.behind > 0) continue;
      this.#isWhole(begun, fetched.value);
      return fetched.value;
    }
  }

  /** Fetches again and again from now on. */
  start(): void {
    const again = (): void => {
      if (this.#wake.signal.aborted) return;
      this.#round = this.#attempt().then(() => {
        const { intervalMs } = this.#options;
        const pause = Math.max(intervalMs, Math.min(PAUSE_MAX_MS, intervalMs * 2 ** Math.min(this.#failuresInRow, 20)));
        this.#timer = setTimeout(again, this.#failuresInRow === 0 ? intervalMs : pause);
        this.#timer.unref();
      });
    };
    again();
  }

  /** `source` should be closed before: then what is under way ends at once. */
  async close(): Promise<void> {
    this.#wake.abort();
    clearTimeout(this.#timer);
    await this.#round;
    clearTimeout(this.#timer);
    this.#lock.release();
  }

  get #seenFile(): string {
    return path.join(this.#options.folder, SEEN);
  }

  #behindChanges({ load, change }: NumbersVersion): number | undefined {
    const here = this.#options.follower?.version;
    return here?.load === load ? Math.max(0, change - here.change) : undefined;
  }

  /** The same as the source was at `at`, and, where somebody answers from it, answered from. */
  #isWhole(at: number, { load, version }: MirrorProgress): void {
    const { follower, now, log } = this.#options;
    if (follower !== undefined) {
      const { fault, version: here } = follower;
      if (fault?.kind === 'damage') this.#fetchAnew(load, fault.text);
      if (fault !== undefined || here.load !== load || (version !== undefined && here.change < version.change)) return;
    }
    this.#wholeAt = at;
    if (load !== this.#load) log.info({ load, change: version?.change }, 'numbers: a load has been fetched');
    this.#load = load;
    if (now() - this.#seenAt < SEEN_PACE_MS) return;
    this.#seenAt = now();
    fs.writeFileSync(this.#seenFile, '');
    fs.utimesSync(this.#seenFile, at / 1000, at / 1000);
  }

  #fetchAnew(load: string, text: string): void {
    const { folder, now, log } = this.#options;
    if (now() - this.#anewAt < ANEW_PAUSE_MS) return;
    this.#anewAt = now();
    log.error({ folder, load }, `numbers: the copy is damaged and is fetched anew: ${text}`);
    dropLoad(folder, load);
  }

  async #attempt(): Promise<void> {
    const { log, folder } = this.#options;
    try {
      await this.fetch();
      if (this.#fault !== undefined) log.info({ folder }, 'numbers: the source answers again');
      this.#fault = undefined;
      this.#failuresInRow = 0;
    } catch (e) {
      if (this.#wake.signal.aborted) return;
      const { code, message } = e as NodeJS.ErrnoException;
      if (!(e instanceof SourceAway) && code === undefined) throw e;
      this.#failures++;
      this.#failuresInRow++;
      if (this.#fault !== message) log.warn({ folder }, `numbers: not fetched: ${message}`);
      this.#fault = message;
    }
  }
}

/** Takes the folder (it is made when it is not there). Nothing is fetched before `start` or `fetch`. Refuses a folder in which another process writes. */
export function keepCopy(options: NumberCopyOptions): Result<NumberCopy, FolderInUse> {
  prepareFolder(options.folder);
  const lock = lockFolder(options.folder);
  if (!lock.ok) return err(lock.error);
  return ok(new NumberCopy({ now: Date.now, ...options }, lock.value));
}
