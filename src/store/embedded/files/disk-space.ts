/**
 * How much the file system has left, and whether new messages may take of it.
 *
 * Content could take the last page of the disk, and then the log had no room for the few octets that say a message was retrieved: nothing
 * would ever be deleted again. So acceptances stop at a reserve, and what makes room (changes, pruning, checkpoints, giving pages back, and
 * down to half of it compaction) goes on.
 *
 * Between two looks the estimate only falls: by what was admitted since, and by what had been admitted and was not known to be written when
 * the look began. A refusal is always preceded by a look.
 */
import type { Log, Meter } from '#base';
import { StoreUnavailable } from '#messaging';
import type { EmbeddedSettings } from '../settings.js';
import type { FileLayer } from './file-layer.js';

/** What must be free above the reserve before acceptances go on after they were stopped, as a share of the reserve. */
const COMEBACK_SHARE = 1 / 8;
/** What compaction must leave of the reserve. */
const COMPACTION_SHARE = 1 / 2;
const MB = 1_000_000;

export class DiskSpace {
  readonly #folder: string;
  readonly #files: FileLayer;
  readonly #settings: EmbeddedSettings;
  readonly #log: Log;
  /** Octets of the log that a checkpoint may yet have to write into the database file a second time. */
  readonly #logOctets: () => number;
  /** As of the last look. Unknown until then, and where the system does not tell. */
  #free = Infinity;
  #reserve = 0;
  #total = Infinity;
  /** Admitted since the last look began, or under way at that moment. */
  #spent = 0;
  /** Admitted, and not yet known to be written or refused. */
  #underWay = 0;
  #full: string | undefined;
  #looking: Promise<void> | undefined;
  #lookFailed = false;

  constructor(folder: string, files: FileLayer, settings: EmbeddedSettings, log: Log, meter: Meter, logOctets: () => number) {
    this.#folder = folder;
    this.#files = files;
    this.#settings = settings;
    this.#log = log;
    this.#logOctets = logOctets;
    meter.watch('angarium_store_disk_free_bytes', 'Free octets of the file system of the data folder', () =>
      Number.isFinite(this.#free) ? this.#free : 0,
    );
    meter.watch('angarium_store_disk_reserve_bytes', 'Octets of it that new messages do not get', () => this.#floor);
  }

  /** Why no new message is taken; undefined when they are. */
  get trouble(): string | undefined {
    return this.#full;
  }

  /** Octets that compaction may take. */
  get compactionRoom(): number {
    return this.#free - this.#spent - this.#reserve * COMPACTION_SHARE - this.#logOctets();
  }

  /**
   * Asks for room for a new message. Returns undefined when there is, else a promise that rejects with StoreUnavailable unless a closer
   * look finds room. Whoever was admitted calls `settled` with the same octets once they are written or given up.
   */
  admit(octets: number): Promise<void> | undefined {
    if (this.#full !== undefined) return Promise.reject(new StoreUnavailable(this.#full));
    if (this.#fits(octets)) {
      this.#take(octets);
      return undefined;
    }
    return this.#admitAfterLook(octets);
  }

  settled(octets: number): void {
    this.#underWay -= octets;
  }

  /** Asks the system. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  get #floor(): number {
    return this.#reserve + this.#logOctets();
  }

  #fits(octets: number): boolean {
    return this.#free - this.#spent - octets >= this.#floor;
  }

  #take(octets: number): void {
    this.#spent += octets;
    this.#underWay += octets;
  }

  async #admitAfterLook(octets: number): Promise<void> {
    await this.look();
    if (this.#full === undefined && !this.#fits(octets)) this.#stop();
    if (this.#full !== undefined) throw new StoreUnavailable(this.#full);
    this.#take(octets);
  }

  async #look(): Promise<void> {
    const spentBefore = this.#spent;
    const underWay = this.#underWay;
    let space: { readonly free: number; readonly total: number };
    try {
      space = await this.#files.space(this.#folder);
      this.#lookFailed = false;
    } catch (error) {
      // The disk itself says soon enough when it is full.
      if (!this.#lookFailed)
        this.#log.warn({ reason: (error as Error).message }, 'store: the free space of the disk is not known');
      this.#lookFailed = true;
      space = { free: Infinity, total: Infinity };
    }
    this.#free = space.free;
    this.#total = space.total;
    this.#spent += underWay - spentBefore;
    this.#reserve = Math.min(this.#settings.reserveOctets, space.total * this.#settings.reserveShareMax);
    if (!this.#fits(0)) this.#stop();
    else if (this.#full !== undefined && this.#fits(this.#reserve * COMEBACK_SHARE)) this.#goOn();
  }

  #stop(): void {
    const first = this.#full === undefined;
    const inMb = (octets: number): string => (octets / MB).toFixed(1);
    this.#full =
      `the disk is full: ${inMb(this.#free)} of ${inMb(this.#total)} MB are free, ` +
      `and ${inMb(this.#floor)} MB are kept for what is here already`;
    if (first) this.#log.error({ reason: this.#full }, 'store: new messages are refused until there is room; the rest goes on');
  }

  #goOn(): void {
    this.#full = undefined;
    this.#log.info({ freeOctets: this.#free }, 'store: there is room again; new messages are taken');
  }
}
