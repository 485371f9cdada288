/** The numbers of a folder, in the one process that writes there. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, type Log, ok, type Result } from '#base';
import {
  type ChangeRefusal,
  GROWTH,
  NumberBook,
  type NumberCensus,
  type NumberChange,
  type NumberCount,
  type NumberFinding,
  type NumberLookup,
  type NumberRecord,
  type NumberStoreState,
  type NumbersVersion,
  NumberTable,
  type NumberWriter,
} from '#portability';
import { ChangeRoad, type Target } from './changes.js';
import { type NumbersAttachment, NumbersFeed } from './feed.js';
import {
  keepLoads,
  loads,
  logFile,
  makeLoad,
  parts,
  readCurrent,
  removeLoad,
  snapshotFile,
  sweepLoad,
  writeCurrent,
} from './folder.js';
import type { ImportReport, ImportSettings } from './import.js';
import { JobFailed, runJob } from './jobs.js';
import type { FolderLock } from './lock.js';
import { Damage, encodeFrame, LogCursor } from './log.js';
import { LogWriter } from './log-writer.js';
import type { Recovered } from './recover.js';
import { timedValues } from './snapshot.js';
import { changeOf } from './step-changes.js';
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
/** What one turn of the loop does of longer work. */
const CATCH_UP_AT_ONCE = 1_000;
const FLATTEN_AT_ONCE = 5_000;

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
  #settling: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Use openNumberStore. */
  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#compactedAt = parts.now();
    this.#road = new ChangeRoad({
      log: parts.log,
      now: parts.now,
      target: () => (this.#closed ? undefined : this.#target),
      unavailable: () => (this.#closed ? 'the numbers are closed' : (this.#reason ?? `the numbers are ${this.#state}`)),
      makeRoom: () => this.#makeRoom(),
      changed: (target) => this.#changed(target),
    });
    this.#housekeeping = setInterval(() => this.#settle(), HOUSEKEEPING_MS);
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

  /** Octets of the log that counts which survive a power loss: what a remote follower may have of it. */
  get flushed(): { readonly load: string; readonly base: number; readonly octets: number } | undefined {
    const target = this.#target;
    return target === undefined ? undefined : { load: target.load, base: target.log.base, octets: target.log.octets };
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
    await this.#settling;
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
      if (load !== undefined) removeLoad(folder, load);
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
    if (!loads(this.#parts.folder).includes(load)) return err({ kind: 'failed', text: `there is no load ${load}` });
    const { folder } = this.#parts;
    const recovered = await this.#job(() => runJob('recover', { folder, load })).catch(expected);
    if (recovered instanceof Error) return err({ kind: 'failed', text: recovered.message });
    const text = objection(new NumberBook(recovered.image, recovered.tally).counts());
    if (text !== undefined) return err({ kind: 'failed', text });
    await this.#job(() => this.#road.alone(() => this.#switchTo(load, recovered, undefined)));
    this.#parts.log.info({ load, change: recovered.change }, 'numbers: rolled back');
    return ok(this.version);
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
    await this.#road.alone(async () => {});
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
      sweepLoad(folder, load);
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

  #install(load: string, { image, tally, change, changedAt, logBase, logOctets }: Recovered): void {
    const log = LogWriter.reopen(this.#parts.folder, load, logBase, logOctets);
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
    const { folder } = this.#parts;
    const over = before === undefined || before.load !== this.#target?.load ? [] : this.#since(before.load, before.change);
    const { carried, recovered: whole, refused } = await this.#carryOver(load, recovered, over);
    writeCurrent(folder, load);
    this.#install(load, whole);
    return { carriedOver: carried, carriedOverRefused: refused };
  }

  /** The changes of the load that counts after this one, each a batch as it was made. */
  #since(load: string, change: number): readonly (readonly NumberChange[])[] {
    const { folder } = this.#parts;
    const { records } = this.#book!.view;
    const batches: NumberChange[][] = [];
    const { logs } = parts(folder, load);
    for (const [at, base] of logs.entries()) {
      if ((logs[at + 1] ?? Number.POSITIVE_INFINITY) <= change) continue;
      const cursor = new LogCursor(logFile(folder, load, base), load, base);
      cursor.read(({ steps, first }) => {
        if (first > change) batches.push(steps.flatMap((step) => changeOf(step, (index) => records.at(index)!)));
      });
      cursor.close();
    }
    return batches;
  }

  /** Makes changes to a load that does not count yet, in its log and in memory. */
  async #carryOver(load: string, recovered: Recovered, batches: readonly (readonly NumberChange[])[]) {
    if (batches.length === 0) return { carried: 0, refused: 0, recovered };
    const book = new NumberBook(recovered.image, recovered.tally);
    const log = LogWriter.reopen(this.#parts.folder, load, recovered.logBase, recovered.logOctets);
    let [change, carried, refused] = [recovered.change, 0, 0];
    const at = this.#parts.now();
    const frames: Buffer[] = [];
    for (const changes of batches) {
      const steps = book.plan(changes);
      if (!steps.ok) {
        refused += changes.length;
        continue;
      }
      frames.push(encodeFrame({ steps: steps.value, changes: changes.length, first: change + 1, at, flushedTo: log.octets }));
      book.carryOut(steps.value);
      change += changes.length;
      carried += changes.length;
      if (frames.length % CATCH_UP_AT_ONCE === 0) await nextTurn();
    }
    try {
      await log.append(Buffer.concat(frames));
    } finally {
      log.close();
    }
    const image = book.view.image();
    return {
      carried,
      refused,
      recovered: { ...recovered, image, tally: book.tally(), change, changedAt: at, logOctets: log.octets },
    };
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
    const { folder, now } = this.#parts;
    const { view } = target.book;
    this.#compacting = true;
    this.#compactedAt = now();
    try {
      const begun = await this.#road.alone(async () => {
        const former = target.log;
        if (target.change > former.base) {
          target.log = LogWriter.create(folder, target.load, target.change);
          former.close();
        }
        // From the same moment: ranges must never cut each other, not even when the log is run over them again.
        return { change: target.change, changedAt: target.changedAt, records: view.records.all(), ranges: view.ranges.all() };
      });
      const { table } = view;
      table.still = true;
      try {
        const timed = await flat(view.timed, ([number, entries]) => timedValues(number, entries));
        const spill = await flat(table.spill, (pair) => pair);
        const former = loadVersions(folder, target.load).find(({ load }) => load === target.load)!;
        const facts = {
          load: target.load,
          change: begun.change,
          changedAt: begun.changedAt,
          loadedAt: former.loadedAt ?? begun.changedAt,
          source: former.source ?? '',
          numbers: target.book.live,
          ranges: begun.ranges.length,
        };
        const beside = { records: begun.records, ranges: begun.ranges, timed, spill };
        await runJob('snapshot', { file: snapshotFile(folder, target.load, begun.change), buffer: table.buffer, beside, facts });
      } finally {
        table.still = false;
      }
      if (!this.#importing) sweepLoad(folder, target.load);
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
    const { table } = book.view;
    book.beginGrowth();
    try {
      const ask = { buffer: table.buffer, spill: [...table.spill], numbers: Math.ceil(table.room * GROWTH) };
      const { buffer, spill } = await runJob('grow', ask);
      const larger = new NumberTable(buffer);
      larger.spilled(spill);
      while (!book.catchUp(larger, CATCH_UP_AT_ONCE)) await nextTurn();
      return true;
    } catch (error) {
      book.abandonGrowth();
      this.#parts.log.error({}, `numbers: the table cannot grow, new numbers will be refused: ${expected(error).message}`);
      return false;
    }
  }

  /** Time has decided: entries that are all that is left become permanent, and what has ended goes. By way of the log, so that followers agree. */
  #settle(): void {
    // Not while a file is read: what is made permanent of the old load is nothing to make to the new one.
    if (this.#state !== 'ready' || this.#closed || this.#importing) return;
    const changes = this.#book!.settled(this.#parts.now() - this.#parts.settings.settleAfterMs, SETTLE_LOOK);
    if (changes.length > 0) this.#settling = this.apply(changes);
  }

  #prune(): void {
    const { folder, settings } = this.#parts;
    keepLoads(folder, this.#target?.load ?? '', settings.formerLoads);
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

/** A list that is too long for one turn of the loop, as one array. */
async function flat<T>(rows: Iterable<T>, values: (row: T) => readonly number[]): Promise<Float64Array> {
  const all: number[] = [];
  let done = 0;
  for (const row of rows) {
    all.push(...values(row));
    if (++done % FLATTEN_AT_ONCE === 0) await nextTurn();
  }
  return Float64Array.from(all);
}
