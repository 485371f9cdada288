/** HandsetStore: facts of convenience, so they are written a little later, many at once, and give way when the writer is behind. */
import type { Log, Msisdn } from '#base';
import { type Handset, type HandsetStore, StoreUnavailable } from '#messaging';
import type { CommitQueue } from './commit-queue.js';
import { OldestFirst } from './oldest-first.js';
import type { ReaderClient } from './reader-client.js';
import type { EmbeddedSettings } from './settings.js';
import type { SqlValue } from './sql/driver.js';

/** What a handset's row costs in a group. Octets, an estimate. */
const ROW_OCTETS = 512;
/** Rows of one operation: a group is not to be held up by facts of convenience. */
const ROWS_AT_ONCE = 64;

export class EmbeddedHandsets implements HandsetStore {
  readonly #settings: EmbeddedSettings;
  readonly #commits: CommitQueue;
  readonly #reader: ReaderClient;
  readonly #log: Log;
  /** Least recently used first. */
  readonly #known = new Map<string, Handset>();
  /** Not yet durable, oldest first. */
  readonly #waiting = new Map<string, Handset>();
  readonly #oldestKnown = new OldestFirst(this.#known);
  readonly #oldestWaiting = new OldestFirst(this.#waiting);
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(settings: EmbeddedSettings, commits: CommitQueue, reader: ReaderClient, log: Log) {
    this.#settings = settings;
    this.#commits = commits;
    this.#reader = reader;
    this.#log = log;
  }

  async handset(msisdn: Msisdn): Promise<Handset | undefined> {
    const known = this.#known.get(msisdn) ?? this.#waiting.get(msisdn);
    if (known) return known;
    const record = await this.#reader.ask({ kind: 'handset', msisdn });
    // Learned while the row was read: that is newer.
    const learned = this.#known.get(msisdn);
    if (learned || record === undefined) return learned;
    const handset = JSON.parse(record) as Handset;
    this.#keep(handset);
    return handset;
  }

  async learn(handset: Handset): Promise<void> {
    this.#keep(handset);
    this.#waiting.delete(handset.msisdn);
    this.#waiting.set(handset.msisdn, handset);
    if (this.#waiting.size > this.#settings.handsetsWaitingMax) this.#waiting.delete(this.#oldestWaiting.next()!);
    this.#later();
  }

  /** Writes what waits; for an orderly end. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  #keep(handset: Handset): void {
    this.#known.delete(handset.msisdn);
    this.#known.set(handset.msisdn, handset);
    if (this.#known.size > this.#settings.cacheHandsetsMax) this.#known.delete(this.#oldestKnown.next()!);
  }

  #later(): void {
    if (this.#timer || this.#writing) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        if (this.#waiting.size > 0) this.#later();
      });
    }, this.#settings.handsetDelayMs);
    this.#timer.unref();
  }

  async #write(): Promise<void> {
    const batch = [...this.#waiting.values()];
    for (let i = 0; i < batch.length; i += ROWS_AT_ONCE) {
      const some = batch.slice(i, i + ROWS_AT_ONCE);
      try {
        await this.#commit(some.flatMap((handset) => [handset.msisdn, JSON.stringify(handset)]));
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        this.#log.debug({ reason: error.message, handsets: batch.length - i }, 'store: handset facts are written later');
        return;
      }
      // Only what was written: a handset may have said something newer meanwhile.
      for (const handset of some) if (this.#waiting.get(handset.msisdn) === handset) this.#waiting.delete(handset.msisdn);
    }
  }

  #commit(rows: readonly SqlValue[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const octets = (rows.length / 2) * ROW_OCTETS;
      this.#commits.add({ rows: { kind: 'handsets', rows }, octets, done: () => resolve(), refused: reject });
    });
  }
}
