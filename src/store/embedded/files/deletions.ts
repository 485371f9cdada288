/** Segment files on their way out. One that cannot be deleted is tried again by the clock; the next start deletes what is left then. */
import path from 'node:path';
import type { Log } from '#base';
import type { EmbeddedSettings } from '../settings.js';
import type { FileLayer } from './file-layer.js';

export class Deletions {
  readonly #folder: string;
  readonly #files: FileLayer;
  readonly #settings: EmbeddedSettings;
  readonly #log: Log;
  readonly #underWay = new Set<Promise<void>>();
  /** Files that could not be deleted: name and octets. */
  readonly #stuck = new Map<string, number>();
  #octets = 0;
  #stuckOctets = 0;
  #sweeping: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(folder: string, files: FileLayer, settings: EmbeddedSettings, log: Log) {
    this.#folder = folder;
    this.#files = files;
    this.#settings = settings;
    this.#log = log;
  }

  /** Of all files that were to be deleted and are still there. */
  get octets(): number {
    return this.#octets;
  }

  /** Of those that could not be deleted. */
  get stuckOctets(): number {
    return this.#stuckOctets;
  }

  /** Resolves when the file is gone, or cannot be deleted now. */
  add(name: string, octets: number): Promise<void> {
    this.#octets += octets;
    return this.#awaitedByClose(this.#delete(name, octets));
  }

  /** Tries those again that could not be deleted before. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#awaitedByClose(this.#sweep()).finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** Resolves when the deletions under way have ended; stuck files are not tried again. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
  }

  async #delete(name: string, octets: number): Promise<void> {
    const reason = await this.#unlinked(name);
    if (reason === undefined) {
      this.#octets -= octets;
      return;
    }
    this.#stuck.set(name, octets);
    this.#stuckOctets += octets;
    this.#log.warn({ segment: name, reason }, 'store: an empty segment file cannot be deleted now');
    this.#sweepLater();
  }

  async #sweep(): Promise<void> {
    for (const [name, octets] of [...this.#stuck]) {
      if (this.#closed) return;
      if ((await this.#unlinked(name)) !== undefined) continue;
      this.#stuck.delete(name);
      this.#stuckOctets -= octets;
      this.#octets -= octets;
    }
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#timer || this.#stuck.size === 0 || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.sweep();
    }, this.#settings.compactionRetryMs);
    this.#timer.unref();
  }

  /** Returns the reason when the file is still there. */
  async #unlinked(name: string): Promise<string | undefined> {
    try {
      await this.#files.unlink(path.join(this.#folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error instanceof Error ? error.message : String(error);
    }
    return undefined;
  }

  #awaitedByClose(work: Promise<void>): Promise<void> {
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }
}
