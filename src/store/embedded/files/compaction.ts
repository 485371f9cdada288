/**
 * Keeps segment files under twice what messages need of them, plus one segment: frames still needed in a sparse segment are copied into the
 * current one, their rows are changed, and the emptied file goes. In small steps beside the service; one segment at a time.
 */
import type { Counter, Log, Meter } from '#base';
import { StoreUnavailable } from '#messaging';
import type { EmbeddedSettings } from '../settings.js';
import type { DiskSpace } from './disk-space.js';
import type { FrameRef } from './frame.js';
import type { Segment, Segments } from './segments.js';

/** The rows behind the frames. */
export interface FrameRows {
  /** Up to `limit` messages whose content stands in the segment. */
  framesOf(segment: number, limit: number): Promise<readonly { readonly id: string; readonly ref: FrameRef }[]>;
  /** Names the copy from now on. False: the row has gone meanwhile. */
  move(id: string, from: FrameRef, to: FrameRef): Promise<boolean>;
  /** The content is beyond repair; its row says so from now on. */
  giveUp(id: string, from: FrameRef, damage: string): Promise<boolean>;
}

/** Frames looked up at once. Unit: frames. Source: of the usual 300 KB, ten steps of 1 MiB; a query for fewer would be asked too often. */
const FRAMES_AT_ONCE = 32;

export class Compaction {
  readonly #segments: Segments;
  readonly #rows: FrameRows;
  readonly #space: DiskSpace;
  readonly #settings: EmbeddedSettings;
  readonly #log: Log;
  readonly #copied: Counter;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(segments: Segments, rows: FrameRows, space: DiskSpace, settings: EmbeddedSettings, log: Log, meter: Meter) {
    this.#segments = segments;
    this.#rows = rows;
    this.#space = space;
    this.#settings = settings;
    this.#log = log;
    this.#copied = meter.counter('angarium_store_compacted_bytes_total', 'Octets that compaction has copied');
  }

  /** Something has become dead: see whether a segment is worth emptying. */
  look(): void {
    if (this.#closed || this.#running || this.#timer || !this.#victim()) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // What became dead between its last look and now was told to nobody.
      this.look();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /**
   * The segment with the largest dead share when too much is dead in all; a segment that is not trusted always. None whose copies would
   * not fit: half-way through, the disk would hold more than before.
   */
  #victim(): Segment | undefined {
    const { deadShareMax, segmentOctets } = this.#settings;
    const live = this.#segments.liveOctets;
    // A quarter of a segment of room for the current one, which cannot be emptied; the rest of the bound is time to catch up.
    const tooMuch = this.#segments.totalOctets - live / (1 - deadShareMax) > segmentOctets / 4;
    if (!tooMuch && !this.#segments.anySuspect) return undefined;
    const room = this.#space.compactionRoom;
    let victim: Segment | undefined;
    let most = 0;
    for (const segment of this.#segments.all) {
      if (!segment.sealed || segment.underWay > 0 || segment.live === 0 || segment.live > room) continue;
      if (segment.suspect !== undefined) return segment;
      const dead = 1 - segment.live / segment.octets;
      if (dead > most) [victim, most] = [segment, dead];
    }
    return tooMuch ? victim : undefined;
  }

  async #run(): Promise<void> {
    try {
      for (let victim = this.#victim(); victim && !this.#closed; victim = this.#victim()) {
        const emptied = await this.#empty(victim);
        await this.#segments.sweep();
        if (!emptied) return this.#later(this.#settings.compactionAgainMs);
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (this.#closed) return;
      this.#log.warn({ reason: error.message }, 'store: compaction is put off');
      this.#later(this.#settings.compactionRetryMs);
    }
  }

  #later(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
    }, ms);
    this.#timer.unref();
  }

  /** Returns false when frames are left that no row names yet: their acceptance is under way. */
  async #empty(segment: Segment): Promise<boolean> {
    let copied = 0;
    for (;;) {
      const frames = await this.#rows.framesOf(segment.number, FRAMES_AT_ONCE);
      if (frames.length === 0) return segment.live <= 0;
      // Together, so that they share flushes and commits: one after the other, a busy disk would let dead segments pile up.
      const step: Promise<void>[] = [];
      for (const { id, ref } of frames) {
        if (this.#closed) break;
        step.push(this.#carry(id, ref));
        copied += ref.length;
        this.#copied.add(ref.length);
        if (copied < this.#settings.compactionStepOctets) continue;
        copied = 0;
        await allEnded(step.splice(0));
        await new Promise((resolve) => setTimeout(resolve, this.#settings.compactionPauseMs));
      }
      await allEnded(step);
      if (this.#closed) return true;
    }
  }

  async #carry(id: string, from: FrameRef): Promise<void> {
    const frame = await this.#segments.read(id, from);
    // Removed while we came: nothing is left to carry.
    if (frame.kind === 'gone') return;
    if (frame.kind === 'damaged') {
      this.#log.error({ message: id, reason: frame.reason }, 'store: damaged content is given up');
      if (await this.#rows.giveUp(id, from, frame.reason)) this.#segments.release(from.segment, from.length);
      return;
    }
    const to = await this.#segments.append(id, [frame.content], from.length, from.crc, 'kept');
    let moved = false;
    try {
      moved = await this.#rows.move(id, from, to);
    } finally {
      const unneeded = moved ? from : to;
      this.#segments.release(unneeded.segment, unneeded.length);
    }
  }
}

/**
 * Rejects as the first of them that did, but only when none is under way any more: a copy left alone would meet the next run, or a
 * closed store.
 */
async function allEnded(step: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(step)) if (outcome.status === 'rejected') throw outcome.reason;
}
