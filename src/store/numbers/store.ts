/** The numbers of a folder, in the one process that writes there. */
import { err, type Log, ok, type Result } from '#base';
import {
  type ChangeRefusal,
  NumberBook,
  type NumberCensus,
  type NumberChange,
  type NumberCount,
  type NumberFinding,
  type NumberLookup,
  type NumberRecord,
  type NumberStoreState,
  type NumbersVersion,
  type NumberWriter,
} from '#portability';
import { carryOver } from './carry-over.js';
import { ChangeRoad, type Target } from './changes.js';
import { compactLoad } from './compaction.js';
import { Damage } from './damage.js';
import { type NumbersAttachment, NumbersFeed } from './feed.js';
import {
  currentOrNone,
  keepLoads,
  loads,
  makeLoad,
  readCurrent,
  removeLoad,
  sweepLoad,
  sweepLoads,
  writeCurrent,
} from './folder.js';
import { growBook } from './grow.js';
import type { ImportReport, ImportSettings } from './import.js';
import { JobFailed, runJob } from './jobs.js';
import type { FolderLock } from './lock.js';
import { LogWriter } from './log-writer.js';
import type { Recovered } from './recover.js';
import { type LoadVersion, loadVersions } from './versions.js';

export interface NumberStoreSettings {
  /** Former full loads that are kept to go back to. */
  readonly formerLoads: number;
  /** The log is made into a new snapshot after so many changes, and not before so much time has passed since the last. Unit: changes, milliseconds. */
  readonly compactAfterChanges: number;
  readonly compactPauseMs: number;
  /** Entries with a validity are settled (made permanent, removed) so long after time has decided them. Unit: milliseconds. */
  readonly settleAfterMs: number;
}

/** A million changes are read again in half a second at the next start. */
export const DEFAULT_SETTINGS: NumberStoreSettings = {
  formerLoads: 3,
  compactAfterChanges: 1_000_000,
  compactPauseMs: 300_000,
  settleAfterMs: 86_400_000,
};

/** Numbers with a validity that are looked at in one turn of housekeeping, and its pace. */
const SETTLE_LOOK = 1_000;
const HOUSEKEEPING_MS = 1_000;

export interface StoreStats {
  readonly state: NumberStoreState;
  /** Why it is not `ready`. */
  readonly reason?: string;
  readonly version?: NumbersVersion;
  readonly numbers: number;
  readonly ranges: number;
  /** Numbers with a validity. */
  readonly timed: number;
  readonly records: number;
  readonly tableOctets: number;
  /** Numbers that found no room in their buckets. */
  readonly spilled: number;
  readonly logOctets: number;
  readonly changesInLog: number;
  readonly changesWaiting: number;
}

export type LoadRefusal =
  /** The file has faults; nothing has changed. */
  | { readonly kind: 'faults'; readonly report: ImportReport }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly text: string };

export interface Loaded {
  readonly report: ImportReport;
  readonly version: NumbersVersion;
  /** Changes acknowledged while the file was read: made to the new load as well, or not possible there. */
  readonly carriedOver: number;
  readonly carriedOverRefused: number;
}

export interface LoadOptions {
  readonly settings: Omit<ImportSettings, 'now'>;
  readonly progress?: (octets: number, lines: number) => void;
  readonly signal?: AbortSignal;
}

export interface StoreParts {
  readonly folder: string;
  readonly log: Log;
  readonly now: () => number;
  readonly settings: NumberStoreSettings;
  readonly lock: FolderLock;
}

export class NumberStore implements NumberLookup, NumberWriter, NumberCensus {
  readonly #parts: StoreParts;
  readonly #road: ChangeRoad;
  readonly #feed = new NumbersFeed('loading');
  readonly #housekeeping: NodeJS.Timeout;
  #state: NumberStoreState = 'loading';
  #reason: string | undefined;
  #target: Target | undefined;
  #book: NumberBook | undefined;
  #jobs: Promise<unknown> = Promise.resolve();
  #room: Promise<boolean> | undefined;
  #compacting = false;
  #compactedAt: number;
  #importing = false;
  #housework = false;
  #closed = false;

  /** Use openNumberStore. */
  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#compactedAt = parts.now();
    this.#road = new ChangeRoad({
      log: parts.log,
      now: parts.now,
      target: () => (this.#closed ? undefined : this.#target),
      sealed: () => this.#target,
      unavailable: () => (this.#closed ? 'the numbers are closed' : (this.#reason ?? `the numbers are ${this.#state}`)),
      makeRoom: () => this.#makeRoom(),
      changed: (target) => this.#changed(target),
    });
    this.#housekeeping = setInterval(() => this.#keepHouse(), HOUSEKEEPING_MS);
    this.#housekeeping.unref();
  }

  get state(): NumberStoreState {
    return this.#state;
  }

  /** Why the state is not `ready`, in words for an operator. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Of a store without numbers: an empty load and change 0. */
  get version(): NumbersVersion {
    const { load, change, changedAt } = this.#target ?? { load: '', change: 0, changedAt: 0 };
    return { load, change, changedAt };
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

  apply(changes: readonly NumberChange[]): Promise<Result<NumbersVersion, ChangeRefusal>> {
    return this.#road.apply(changes);
  }

  /** For a thread of this process that is to read the same memory: see NumberReader. */
  attach(): NumbersAttachment {
    return this.#feed.attach(this.version.load, this.#book?.view.image());
  }

  stats(): StoreStats {
    const view = this.#book?.view;
    const target = this.#target;
    return {
      state: this.#state,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(target === undefined ? {} : { version: this.version }),
      numbers: this.#book?.live ?? 0,
      ranges: view?.ranges.count ?? 0,
      timed: view?.timed.size ?? 0,
      records: view?.records.count ?? 0,
      tableOctets: view?.table.buffer.byteLength ?? 0,
      spilled: view?.table.spill.size ?? 0,
      logOctets: target?.log.octets ?? 0,
      changesInLog: target === undefined ? 0 : target.change - target.log.base,
      changesWaiting: this.#road.waiting,
    };
  }

  versions(): readonly LoadVersion[] {
    return loadVersions(this.#parts.folder, this.version.load);
  }

  /** Octets of the log that counts which survive a power loss, and their seal: what a remote follower may have of it. */
  get flushed(): { readonly load: string; readonly base: number; readonly octets: number } | undefined {
    const target = this.#target;
    return target === undefined ? undefined : { load: target.load, base: target.log.base, octets: target.log.end };
  }

  /** What a file holds and whether it could be loaded. Nothing changes. Rejects with JobFailed. */
  async dryRun({ settings, progress, signal }: LoadOptions): Promise<ImportReport> {
    const ask = { settings: { ...settings, now: this.#parts.now() } };
    return (await runJob('import', ask, jobOptions(progress, signal))).report;
  }

  /**
   * Makes a file the new full load, while the old one answers; what was there before becomes a former load. Changes acknowledged while the file is
   * read are made to the new load as well.
   */
  async load({ settings, progress, signal }: LoadOptions): Promise<Result<Loaded, LoadRefusal>> {
    if (this.#importing) return err({ kind: 'busy' });
    this.#importing = true;
    // What was being settled goes to the old load's log before its changes are counted.
    await this.#road.alone(async () => {});
    const { folder, now } = this.#parts;
    const before = this.#target === undefined ? undefined : { load: this.#target.load, change: this.#target.change };
    let load: string | undefined;
    try {
      load = makeLoad(folder);
      const ask = { settings: { ...settings, now: now() }, into: { folder, load } };
      const { report, recovered } = await runJob('import', ask, jobOptions(progress, signal));
      if (recovered === undefined) return err({ kind: 'faults', report });
      const over = await this.#job(() => this.#road.alone(() => this.#switchTo(load!, recovered, before)));
      load = undefined;
      return ok({ report, version: this.version, ...over });
    } catch (error) {
      return err({ kind: 'failed', text: expected(error).message });
    } finally {
      if (load !== undefined && !this.#counts(load)) removeLoad(folder, load);
      this.#importing = false;
      this.#prune();
    }
  }

  /** A first load without any numbers, for a folder that has none. */
  async startEmpty(): Promise<void> {
    const { folder, now } = this.#parts;
    const load = makeLoad(folder);
    const { recovered } = await runJob('import', {
      settings: { file: '', source: 'nothing', now: now(), screenedTypes: [] },
      into: { folder, load },
    });
    await this.#job(() => this.#road.alone(() => this.#switchTo(load, recovered!, undefined)));
  }

  /**
   * Goes back (or forth) to a load that is kept, as it stood when it was left. Changes made since belong to the load that is left.
   * `objection`: why a load with these counts must not be gone back to; undefined when it may.
   */
  async rollback(
    load: string,
    objection: (counts: readonly NumberCount[]) => string | undefined = () => undefined,
  ): Promise<Result<NumbersVersion, LoadRefusal>> {
    const { folder, log } = this.#parts;
    // Reading and going over are one job: a load that counts already, or begins to meanwhile, has changes that reading it did not see.
    return this.#job(async (): Promise<Result<NumbersVersion, LoadRefusal>> => {
      if (this.#state === 'ready' && load === this.#target?.load) return ok(this.version);
      if (!loads(folder).includes(load)) return err({ kind: 'failed', text: `there is no load ${load}` });
      try {
        const recovered = await runJob('recover', { folder, load });
        const text = objection(new NumberBook(recovered.image, recovered.tally).counts());
        if (text !== undefined) return err({ kind: 'failed', text });
        await this.#road.alone(() => this.#switchTo(load, recovered, undefined));
      } catch (error) {
        return err({ kind: 'failed', text: expected(error).message });
      }
      log.info({ load, change: this.version.change }, 'numbers: rolled back');
      return ok(this.version);
    });
  }

  /** Makes a new snapshot of the log now, whatever the rule says. Rejects with JobFailed. */
  async compact(): Promise<void> {
    await this.#job(() => this.#compact());
  }

  /** Waits for what is under way and gives the folder free. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#housekeeping);
    await this.#job(async () => {});
    await this.#road.seal();
    this.#target?.log.close();
    this.#feed.close();
    this.#parts.lock.release();
  }

  /** Reads what the folder holds. Once, after the constructor. */
  async start(): Promise<void> {
    const { folder, log } = this.#parts;
    let load: string | undefined;
    try {
      load = readCurrent(folder);
      if (load === undefined) return this.#say('missing', `${folder} holds no numbers yet: import a file`);
      const recovered = await runJob('recover', { folder, load });
      if (recovered.tornOctets > 0)
        log.warn(
          { octets: recovered.tornOctets },
          'numbers: the log ended in the middle of a write; nothing acknowledged is missing',
        );
      this.#install(load, recovered);
      // Whole frames that a crash had left unflushed count from here on: followers are told.
      await this.#road.seal();
      sweepLoad(folder, load);
      sweepLoads(folder, load);
    } catch (error) {
      const { message } = expected(error);
      log.error({ load }, `numbers: ${message}`);
      this.#say('damaged', `the numbers are damaged, roll back or import them anew: ${message}`);
    }
  }

  #asked(): NumberBook {
    if (this.#state !== 'ready') throw new Error(`the numbers are ${this.#state}`);
    return this.#book!;
  }

  #say(state: NumberStoreState, reason?: string): undefined {
    this.#state = state;
    this.#reason = reason;
    this.#feed.state(state);
  }

  /** One after another: what goes through the whole table, or replaces it. */
  #job<T>(work: () => Promise<T>): Promise<T> {
    const job = this.#jobs.then(work);
    this.#jobs = job.catch(() => {});
    return job;
  }

  #install(load: string, recovered: Recovered): void {
    const { image, tally, change, changedAt } = recovered;
    const log = LogWriter.reopen(this.#parts.folder, load, recovered);
    const book = new NumberBook(image, tally);
    book.onUpdate = (update) => this.#feed.update(update);
    this.#target?.log.close();
    this.#target = { book, load, log, change, changedAt };
    this.#book = book;
    this.#feed.load(load, () => book.view.image());
    this.#feed.version(change, changedAt);
    this.#say('ready');
  }

  async #switchTo(
    load: string,
    recovered: Recovered,
    before: { readonly load: string; readonly change: number } | undefined,
  ): Promise<Pick<Loaded, 'carriedOver' | 'carriedOverRefused'>> {
    const { folder, now } = this.#parts;
    const target = this.#target;
    let over = { carried: 0, refused: 0, recovered };
    if (before !== undefined && before.load === target?.load && before.change < target.change) {
      const from = { ...before, after: before.change, record: (index: number) => target.book.view.records.at(index)! };
      over = await carryOver(folder, from, load, recovered, now());
    }
    try {
      writeCurrent(folder, load);
    } catch (error) {
      if (this.#counts(load))
        this.#road.stop('CURRENT could not be flushed: no more changes are taken until the program starts anew');
      throw error;
    }
    this.#install(load, over.recovered);
    return { carriedOver: over.carried, carriedOverRefused: over.refused };
  }

  /** Whether a load counts on the disk, or may: then it must not go. */
  #counts(load: string): boolean {
    try {
      return load === this.#target?.load || readCurrent(this.#parts.folder) === load;
    } catch {
      return true;
    }
  }

  #changed(target: Target): void {
    this.#feed.version(target.change, target.changedAt);
    const { compactAfterChanges, compactPauseMs } = this.#parts.settings;
    if (target.change - target.log.base < compactAfterChanges || this.#compacting) return;
    if (this.#parts.now() - this.#compactedAt < compactPauseMs) return;
    this.#job(() => this.#compact()).catch((error) =>
      this.#parts.log.error({}, `numbers: no new snapshot could be written, the log goes on: ${expected(error).message}`),
    );
  }

  async #compact(): Promise<void> {
    const target = this.#target;
    if (target === undefined) return;
    this.#compacting = true;
    this.#compactedAt = this.#parts.now();
    try {
      await compactLoad(this.#parts.folder, target, (work) => this.#road.alone(work));
      // The logs since a full load was begun are still to be read.
      if (!this.#importing) sweepLoad(this.#parts.folder, target.load);
    } finally {
      this.#compacting = false;
    }
  }

  /** One growth at a time; whoever asks meanwhile waits for the same. */
  #makeRoom(): Promise<boolean> {
    this.#room ??= this.#job(() => this.#grow()).finally(() => {
      this.#room = undefined;
    });
    return this.#room;
  }

  async #grow(): Promise<boolean> {
    const book = this.#book;
    if (book === undefined || !book.crowded) return book !== undefined;
    try {
      await growBook(book);
      return true;
    } catch (error) {
      this.#parts.log.error({}, `numbers: the table cannot grow, new numbers will be refused: ${expected(error).message}`);
      return false;
    }
  }

  /**
   * Time has decided: entries that are all that is left become permanent, and what has ended goes. By way of the log, so that followers agree, and
   * before all changes that wait, which may know better.
   */
  #settle(): Promise<void> {
    return this.#road.applyFirst(() => {
      // Not while a file is read: what is made permanent of the old load is nothing to make to the new one.
      if (this.#state !== 'ready' || this.#closed || this.#importing) return [];
      return this.#book!.settled(this.#parts.now() - this.#parts.settings.settleAfterMs, SETTLE_LOOK);
    });
  }

  /** A second's work; the next one waits for its end. */
  #keepHouse(): void {
    if (this.#housework || this.#closed) return;
    this.#housework = true;
    void this.#settle()
      .then(() => this.#road.seal())
      .finally(() => {
        this.#housework = false;
      });
  }

  #prune(): void {
    const { folder, settings } = this.#parts;
    const load = this.#target?.load;
    // Where CURRENT names another, it is not known which of the two a restart finds.
    if (load !== undefined && currentOrNone(folder) === load) keepLoads(folder, load, settings.formerLoads);
  }
}

const jobOptions = (progress: LoadOptions['progress'], signal: AbortSignal | undefined) => ({
  ...(progress === undefined ? {} : { progress }),
  ...(signal === undefined ? {} : { signal }),
});

/** Damage, failed jobs and the operating system's trouble; anything else is a bug and goes on. */
function expected(error: unknown): Error {
  if (error instanceof Damage || error instanceof JobFailed || error instanceof RangeError) return error;
  if (error instanceof Error && (error as NodeJS.ErrnoException).code !== undefined) return error;
  throw error;
}
