/**
 * The numbers of a folder in a process that does not write there: reads the newest snapshot and the log, and goes on reading the log as it grows.
 * It needs no lock. When the writer goes over to another load, or has removed what the follower stands on, it reads anew and answers from what it
 * has until then.
 */
import fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Log, silentLog } from '#base';
import {
  NumberBook,
  type NumberCensus,
  type NumberCount,
  type NumberFinding,
  type NumberLookup,
  type NumberRecord,
  type NumberStoreState,
  type NumbersVersion,
} from '#portability';
import { Damage } from './damage.js';
import { type NumbersAttachment, NumbersFeed } from './feed.js';
import { logFile, parts, readCurrent } from './folder.js';
import { growBook } from './grow.js';
import { JobFailed, runJob } from './jobs.js';
import { LogCursor } from './log.js';

export interface FollowerOptions {
  readonly folder: string;
  readonly log?: Log;
  /** How often it looks. Unit: milliseconds. */
  readonly pollMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A look five times a second: what is changed is known everywhere on the machine before a phone has sent again. */
const POLL_MS = 200;
/** Taken in before the loop turns; a batch is taken in whole. Unit: changes. Source: a quarter of a millisecond of the thread that serves. */
const CHANGES_AT_ONCE = 500;
/** Longest pause after what could not be read, which doubles from one look to the next: reading anew takes seconds. Unit: milliseconds. */
const TROUBLE_POLL_MS_MAX = 60_000;

/** How far a follower is behind. */
export interface FollowerLag {
  /** Octets of the logs that it has not taken in; of all of them when it can read none. */
  readonly octets: number;
  /** Whether it stands on the load that counts. */
  readonly sameLoad: boolean;
  /** Since it had last taken in all that there was in the folder; absent: it never had. Unit: milliseconds. */
  readonly ms?: number;
}

/** Why the last look took nothing in. `damage`: what is in the folder failed its checks. */
export interface FollowerFault {
  readonly kind: 'damage' | 'trouble';
  readonly text: string;
}

export class NumberFollower implements NumberLookup, NumberCensus {
  readonly #folder: string;
  readonly #log: Log;
  readonly #pollMs: number;
  readonly #feed = new NumbersFeed('loading');
  #state: NumberStoreState = 'loading';
  #reason: string | undefined;
  #book: NumberBook | undefined;
  #cursor: LogCursor | undefined;
  #load = '';
  #change = 0;
  #changedAt = 0;
  #fault: FollowerFault | undefined;
  #failures = 0;
  /** Of these, since the last look that went well. */
  #troubles = 0;
  #wholeAt: number | undefined;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  /** Told when what is known has changed: after a look, never within a lookup. */
  onChange: () => void = () => {};

  /** Use followNumbers. */
  constructor({ folder, log = silentLog, pollMs = POLL_MS, now = Date.now }: FollowerOptions) {
    this.#now = now;
    this.#folder = folder;
    this.#log = log;
    this.#pollMs = pollMs;
  }

  get state(): NumberStoreState {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  get version(): NumbersVersion {
    return { load: this.#load, change: this.#change, changedAt: this.#changedAt };
  }

  /** As of now: asks the file system. */
  get lag(): FollowerLag {
    const octets = this.#octetsBehind();
    const ms = this.#wholeAt === undefined ? {} : { ms: Math.max(0, this.#now() - this.#wholeAt) };
    return { octets, sameLoad: this.#load !== '' && this.#current() === this.#load, ...ms };
  }

  #octetsBehind(): number {
    const cursor = this.#cursor;
    const sizeOf = (log: number): number =>
      fs.statSync(logFile(this.#folder, this.#load, log), { throwIfNoEntry: false })?.size ?? 0;
    const later = parts(this.#folder, this.#load).logs.filter((log) => cursor === undefined || log > cursor.base);
    const own = cursor === undefined ? 0 : Math.max(0, cursor.octets - cursor.at);
    return later.reduce((sum, log) => sum + sizeOf(log), own);
  }

  /** Undefined: the last look went well. It may answer nevertheless, from what it has. */
  get fault(): FollowerFault | undefined {
    return this.#fault;
  }

  /** Looks that failed, since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Of what it answers from, in numbers and ranges. */
  get stored(): { readonly numbers: number; readonly ranges: number } {
    return { numbers: this.#book?.live ?? 0, ranges: this.#book?.view.ranges.count ?? 0 };
  }

  find(number: number, now: number): NumberRecord | undefined {
    return this.#asked().view.find(number, now, false);
  }

  finding(number: number, now: number): NumberFinding | undefined {
    return this.#asked().view.finding(number, now, false);
  }

  counts(): readonly NumberCount[] {
    return this.#asked().counts();
  }

  /** For another thread of this process. */
  attach(): NumbersAttachment {
    return this.#feed.attach(this.#load, this.#book?.view.image());
  }

  /** Takes in what there is now. Looks follow one another; several callers share none. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  /** Once: the first look, and one after another from then on. */
  async start(): Promise<void> {
    await this.look();
    const again = (): void => {
      if (this.#closed) return;
      const pause = Math.min(Math.max(this.#pollMs, TROUBLE_POLL_MS_MAX), this.#pollMs * 2 ** this.#troubles);
      this.#timer = setTimeout(() => void this.look().then(again), pause);
      this.#timer.unref();
    };
    again();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
    this.#cursor?.close();
    this.#feed.close();
  }

  #asked(): NumberBook {
    if (this.#state !== 'ready') throw new Error(`the numbers are ${this.#state}`);
    return this.#book!;
  }

  #say(state: NumberStoreState, reason?: string): undefined {
    if (reason !== undefined && reason !== this.#reason) this.#log.error({ load: this.#load }, `numbers: ${reason}`);
    this.#state = state;
    this.#reason = reason;
    this.#feed.state(state);
  }

  /** The load that counts; undefined where that cannot be read, which a look says. */
  #current(): string | undefined {
    try {
      return readCurrent(this.#folder);
    } catch {
      return undefined;
    }
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    const { load: before, change } = this.version;
    try {
      const begun = this.#now();
      const load = readCurrent(this.#folder);
      if (load === undefined) {
        if (this.#book === undefined) this.#say('missing', `${this.#folder} holds no numbers yet`);
        return;
      }
      if (load !== this.#load || this.#cursor === undefined) await this.#readAnew(load);
      await this.#follow();
      this.#fault = undefined;
      this.#troubles = 0;
      this.#wholeAt = begun;
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
    }
    if (this.#load !== before || this.version.change !== change) this.onChange();
  }

  #failed(error: NodeJS.ErrnoException): void {
    const { code, message } = error;
    const isExpected = error instanceof Damage || error instanceof JobFailed || error instanceof RangeError;
    if (!isExpected && code === undefined) throw error;
    this.#cursor?.close();
    this.#cursor = undefined;
    this.#failures++;
    this.#troubles++;
    const isNew = this.#fault?.text !== message;
    this.#fault = { kind: error instanceof Damage ? 'damage' : 'trouble', text: message };
    // The writer may have removed what was being read: then the next look finds what has come in its place.
    if (this.#book === undefined) this.#say(code === 'ENOENT' ? 'loading' : 'damaged', message);
    else if (isNew)
      this.#log.warn(
        { load: this.#load },
        `numbers: reading on failed (${message}); answering from change ${this.version.change}`,
      );
  }

  async #readAnew(load: string): Promise<void> {
    const { image, tally, logBase, change, changedAt, logOctets } = await runJob('recover', { folder: this.#folder, load });
    const cursor = new LogCursor(logFile(this.#folder, load, logBase), load, logBase);
    cursor.at = logOctets;
    cursor.change = change;
    this.#cursor?.close();
    this.#cursor = cursor;
    const book = new NumberBook(image, tally);
    book.onUpdate = (update) => this.#feed.update(update);
    [this.#book, this.#load, this.#change, this.#changedAt] = [book, load, change, changedAt];
    this.#feed.load(load, () => book.view.image());
    this.#feed.version(change, changedAt);
    this.#say('ready');
  }

  async #follow(): Promise<void> {
    for (;;) {
      const cursor = this.#cursor!;
      if (await this.#takeIn(cursor, true)) continue;
      // The log ended: either that is all, or it goes on in the next one.
      const { logs } = parts(this.#folder, this.#load);
      const next = logs.find((log) => log > cursor.base);
      if (next === undefined && logs.includes(cursor.base) && !cursor.isReplaced) return;
      // Where there is another, all of this one had been flushed.
      if (next !== undefined && (await this.#takeIn(cursor, false))) continue;
      // A newer snapshot may have made it superfluous, and what followed it as well.
      if (cursor.change !== next) await this.#readAnew(this.#load);
      else {
        this.#cursor = new LogCursor(logFile(this.#folder, this.#load, next), this.#load, next);
        cursor.close();
      }
    }
  }

  /** Takes in some of what follows, and lets the loop turn. False: nothing did. `witnessed`: as LogCursor.read. */
  async #takeIn(cursor: LogCursor, witnessed: boolean): Promise<boolean> {
    const book = this.#book!;
    const seen = cursor.read(
      ({ steps, at }) => {
        for (const step of steps) book.run(step);
        this.#changedAt = at;
      },
      { changesMax: CHANGES_AT_ONCE, witnessed },
    );
    if (seen === 0) return false;
    this.#change = cursor.change;
    this.#feed.version(cursor.change, this.#changedAt);
    // In a thread of its own: whoever asks this follower may be deciding about messages. The log waits meanwhile.
    if (book.crowded) await growBook(book);
    await nextTurn();
    return true;
  }
}

/** Resolves when the numbers can be asked, or are known to be missing or damaged; it goes on looking in any case. */
export async function followNumbers(options: FollowerOptions): Promise<NumberFollower> {
  const follower = new NumberFollower(options);
  await follower.start();
  return follower;
}
