/**
 * Large content in append-only segment files: written from the main thread by asynchronous positional writes, flushed in groups.
 *
 * A frame may be named by a row only after the flush that covers it, and that of the folder for a new file. A file is appended to only by
 * the process that made it: after a start, and after a write or flush that failed, what comes next goes to a new file. A failed flush is
 * final: the system may have dropped the pages it could not write, so frames that waited for it are given up, and those flushed before are
 * moved elsewhere by compaction.
 *
 * Live octets of a segment are the frames that a row names or is about to name; a segment without any is deleted.
 */
import path from 'node:path';
import type { Counter, Gauge, Log, Meter } from '#base';
import { StoreUnavailable } from '#messaging';
import type { EmbeddedSettings } from '../settings.js';
import type { FileLayer, OpenFile } from './file-layer.js';
import { contentCrc, type FrameRef, frameHeader, frameOctets, openFrame } from './frame.js';

const NAME = /^([0-9]{10})\.seg$/;
const nameOf = (segment: number): string => `${String(segment).padStart(10, '0')}.seg`;

export interface Segment {
  readonly number: number;
  /** Length of the file; while it is appended to, where the next frame goes. */
  octets: number;
  live: number;
  /** Takes no more frames. */
  sealed: boolean;
  /** Resolves when the writes asked for so far have ended, well or not. */
  lastWrite: Promise<void>;
  /** A write or flush of it failed. */
  suspect: string | undefined;
  /** Where the last frame that was written whole ends. */
  wholeOctets: number;
  /** Frames being written or flushed. */
  underWay: number;
  /** Flush under way, and who waits for the one after it. */
  flushing: boolean;
  waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[];
}

/** An open file with those who are reading it. */
interface Handle {
  readonly file: Promise<OpenFile>;
  users: number;
  /** The segment is gone: close when the last user is done. */
  dropped: boolean;
}

export type FrameRead =
  | { readonly kind: 'content'; readonly content: Uint8Array }
  | { readonly kind: 'damaged'; readonly reason: string }
  /** The segment is not there any more: compaction has moved the frame, or it was removed. Look up its row again. */
  | { readonly kind: 'gone' };

/** What is written to see whether writing works; no row ever names it. */
const PROBE_ID = '-'.repeat(22);
const PROBE_CONTENT = new Uint8Array(1);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Share of the one segment, which the bound allows beside twice the live octets, from which on new content waits. */
const PACE_FROM = 0.5;

/**
 * Which file is written: content that has just come, or content that has outlived its first file. The two are kept apart: what has waited
 * for long will wait on, and among content that goes within seconds it would have to be copied again with every file.
 */
export type Lane = 'new' | 'kept';

interface LaneState {
  current: Segment | undefined;
  creating: Promise<Segment> | undefined;
}

export class Segments {
  readonly #folder: string;
  readonly #files: FileLayer;
  readonly #settings: EmbeddedSettings;
  readonly #log: Log;
  readonly #segments = new Map<number, Segment>();
  /** Most recently used last. */
  readonly #handles = new Map<number, Handle>();
  /** Files that could not be deleted: name and octets. */
  readonly #leftovers = new Map<string, number>();
  readonly #failures: Counter;
  readonly #damaged: Counter;
  readonly #queued: Gauge;
  readonly #lanes: Record<Lane, LaneState> = {
    new: { current: undefined, creating: undefined },
    kept: { current: undefined, creating: undefined },
  };
  #next = 1;
  #queuedOctets = 0;
  #live = 0;
  /** Octets of all files, those that could not be deleted included. */
  #total = 0;
  #suspects = 0;
  #trouble: string | undefined;
  #probing = false;
  #sweeping = false;
  #closed = false;
  /** Called when a segment has lost octets or was closed: there may be something to compact. */
  onLoosened: () => void = () => undefined;

  constructor(folder: string, files: FileLayer, settings: EmbeddedSettings, log: Log, meter: Meter) {
    this.#folder = folder;
    this.#files = files;
    this.#settings = settings;
    this.#log = log;
    this.#failures = meter.counter('angarium_store_segment_failures_total', 'Failed writes and flushes of segment files', [
      'what',
    ]);
    this.#damaged = meter.counter('angarium_store_damaged_frames_total', 'Reads of content that did not match its checksum');
    this.#queued = meter.gauge('angarium_store_segment_queue_bytes', 'Large content on its way to the disk');
    meter.watch('angarium_store_segment_live_bytes', 'Octets of segment files that messages need', () => this.liveOctets);
    meter.watch(
      'angarium_store_segment_dead_bytes',
      'Octets of segment files that no message needs',
      () => this.totalOctets - this.liveOctets,
    );
    meter.watch('angarium_store_segments', 'Segment files', () => this.#segments.size);
  }

  get liveOctets(): number {
    return this.#live;
  }

  get totalOctets(): number {
    return this.#total;
  }

  /** Some segment is not trusted. */
  get anySuspect(): boolean {
    return this.#suspects > 0;
  }

  /** Why the last large content could not be kept; undefined when it could. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get all(): Iterable<Segment> {
    return this.#segments.values();
  }

  /** Takes stock: `rows` says how many frames and octets of content each segment is named for. Files that nothing names are deleted. */
  async open(rows: readonly (readonly [segment: number, frames: number, octets: number])[]): Promise<void> {
    await this.#files.makeFolder(this.#folder);
    const live = new Map(rows.map(([segment, frames, octets]) => [segment, octets + frames * frameOctets(0)]));
    for (const { name, octets } of await this.#files.list(this.#folder)) {
      const number = Number(NAME.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(number)) continue;
      this.#next = Math.max(this.#next, number + 1);
      const segment = newSegment(number, octets, live.get(number) ?? 0);
      segment.sealed = true;
      live.delete(number);
      this.#total += octets;
      this.#live += segment.live;
      if (segment.live > 0) this.#segments.set(number, segment);
      else await this.#unlink(name, octets);
    }
    for (const [number, octets] of live) {
      this.#next = Math.max(this.#next, number + 1);
      this.#log.error({ segment: nameOf(number), octets }, 'store: a segment file is missing; the content in it is lost');
    }
  }

  /**
   * Where dead octets grow faster than compaction can free them, new content waits for it, for a bounded time: that the disk holds no more
   * than twice the live octets and one segment is a promise as well. Compaction itself does not wait.
   */
  async pace(): Promise<void> {
    const { segmentOctets, paceStepMs, paceWaitMs } = this.#settings;
    const crowded = (): boolean => this.#total > 2 * this.#live + segmentOctets * PACE_FROM && !this.#closed;
    for (let waitedMs = 0; waitedMs < paceWaitMs && crowded(); waitedMs += paceStepMs) {
      await new Promise((resolve) => setTimeout(resolve, paceStepMs));
    }
  }

  /** Writes one frame and flushes it. Rejects with StoreUnavailable; then no row may name it. */
  async append(id: string, pieces: readonly Uint8Array[], length: number, crc: number, lane: Lane = 'new'): Promise<FrameRef> {
    const octets = frameOctets(length);
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    if (this.#queuedOctets > 0 && this.#queuedOctets + octets > this.#settings.queueOctetsMax)
      throw new StoreUnavailable('too much content is waiting for the disk');
    this.#queuedOctets += octets;
    this.#queued.set(this.#queuedOctets);
    try {
      return await this.#append(this.#lanes[lane], id, pieces, length, crc, octets);
    } finally {
      this.#queuedOctets -= octets;
      this.#queued.set(this.#queuedOctets);
    }
  }

  /** The frame is not needed any more, or never came to be named by a row. */
  release(number: number, contentOctets: number): void {
    const segment = this.#segments.get(number);
    if (!segment) return;
    this.#lose(segment, frameOctets(contentOctets));
    // Compaction cannot empty a file that is being written. Half of it dead is closed early: the other half of the one segment that the
    // disk bound allows for is what compaction has to catch up in.
    if (!segment.sealed && segment.octets - segment.live >= this.#settings.segmentOctets / 2) this.#seal(segment);
    this.#deleteIfEmpty(segment);
    this.onLoosened();
  }

  /** Rejects with StoreUnavailable when the disk cannot be read. */
  async read(id: string, ref: FrameRef): Promise<FrameRead> {
    if (!this.#segments.has(ref.segment)) return { kind: 'gone' };
    const handle = this.#acquire(ref.segment);
    try {
      const octets = Buffer.allocUnsafeSlow(frameOctets(ref.length));
      const count = await (await handle.file).read(octets, ref.position);
      const frame = openFrame(octets.subarray(0, count), id, ref);
      if ('content' in frame) return { kind: 'content', content: frame.content };
      if (!this.#segments.has(ref.segment)) return { kind: 'gone' };
      this.#damaged.add();
      return { kind: 'damaged', reason: frame.damage };
    } catch (error) {
      if (!this.#segments.has(ref.segment)) return { kind: 'gone' };
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return { kind: 'damaged', reason: `the segment file ${nameOf(ref.segment)} is missing` };
      throw new StoreUnavailable(`reading segment ${ref.segment} failed: ${reasonOf(error)}`);
    } finally {
      this.#done(handle);
    }
  }

  /** After a failure: finds out whether content can be kept again. Never rejects. */
  async probe(): Promise<void> {
    if (this.#probing || this.#queuedOctets > 0) return;
    this.#probing = true;
    try {
      const { segment, length } = await this.append(
        PROBE_ID,
        [PROBE_CONTENT],
        PROBE_CONTENT.length,
        contentCrc(PROBE_ID, [PROBE_CONTENT]),
      );
      this.release(segment, length);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    } finally {
      this.#probing = false;
    }
  }

  /** Tries to delete what could not be deleted before. One at a time, or a file would be counted off twice. Never rejects. */
  async sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    for (const [name, octets] of [...this.#leftovers]) await this.#unlink(name, octets);
    this.#sweeping = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const lane of Object.values(this.#lanes)) {
      await lane.creating?.catch(() => undefined);
      lane.current = undefined;
    }
    for (const [number, handle] of [...this.#handles]) this.#drop(number, handle);
  }

  async #append(
    lane: LaneState,
    id: string,
    pieces: readonly Uint8Array[],
    length: number,
    crc: number,
    octets: number,
  ): Promise<FrameRef> {
    const segment = await this.#appendable(lane);
    const position = segment.octets;
    segment.octets += octets;
    segment.live += octets;
    this.#total += octets;
    this.#live += octets;
    segment.underWay++;
    if (segment.octets >= this.#settings.segmentOctets) this.#seal(segment);
    const handle = this.#acquire(segment.number);
    try {
      const file = await handle.file;
      try {
        await this.#inTurn(segment, () => file.write([frameHeader(id, length, crc), ...pieces], position));
      } catch (error) {
        throw this.#failed(segment, 'write', error);
      }
      await this.#flushed(segment, file);
      this.#trouble = undefined;
      segment.wholeOctets = Math.max(segment.wholeOctets, position + octets);
      return { segment: segment.number, position, length, crc };
    } catch (error) {
      this.#lose(segment, octets);
      throw error;
    } finally {
      segment.underWay--;
      if (segment.underWay === 0 && segment.sealed && segment.live > 0) await this.#cut(segment, handle);
      this.#done(handle);
      this.#deleteIfEmpty(segment);
    }
  }

  /**
   * One write of a file at a time. The system lets no two write one file at once anyway, and its threads would burn their time waiting for
   * each other: with four of them, half of what accepting a large message cost.
   */
  async #inTurn(segment: Segment, write: () => Promise<void>): Promise<void> {
    const before = segment.lastWrite;
    const mine = before.then(write, write);
    segment.lastWrite = mine.catch(() => undefined);
    return mine;
  }

  /** Gives the torn end of a failed write back to the disk, which may be failing because it is full. */
  async #cut(segment: Segment, handle: Handle): Promise<void> {
    const torn = segment.octets - segment.wholeOctets;
    if (torn === 0) return;
    try {
      await (await handle.file).truncate(segment.wholeOctets);
      if (!this.#segments.has(segment.number)) return;
      segment.octets -= torn;
      this.#total -= torn;
    } catch (error) {
      this.#log.warn(
        { segment: nameOf(segment.number), reason: reasonOf(error) },
        'store: a torn segment end cannot be cut off now',
      );
    }
  }

  #appendable(lane: LaneState): Promise<Segment> | Segment {
    if (lane.current) return lane.current;
    lane.creating ??= this.#create(lane).finally(() => {
      lane.creating = undefined;
    });
    return lane.creating;
  }

  async #create(lane: LaneState): Promise<Segment> {
    const number = this.#next++;
    const name = nameOf(number);
    const segment = newSegment(number, 0, 0);
    try {
      const file = await this.#files.create(path.join(this.#folder, name));
      this.#handles.set(number, { file: Promise.resolve(file), users: 0, dropped: false });
      this.#segments.set(number, segment);
      await this.#files.syncFolder(this.#folder);
    } catch (error) {
      const unavailable = this.#failed(segment, 'create', error);
      this.#deleteIfEmpty(segment);
      throw unavailable;
    }
    lane.current = segment;
    return segment;
  }

  /** Resolves after a flush that began after this call. */
  #flushed(segment: Segment, file: OpenFile): Promise<void> {
    return new Promise((resolve, reject) => {
      segment.waiting.push({ resolve, reject });
      if (!segment.flushing) void this.#flush(segment, file);
    });
  }

  async #flush(segment: Segment, file: OpenFile): Promise<void> {
    segment.flushing = true;
    while (segment.waiting.length > 0) {
      const batch = segment.waiting.splice(0);
      // A file whose flush failed once is not asked again: the answer could be a lie.
      let failure = segment.suspect === undefined ? undefined : new StoreUnavailable(segment.suspect);
      if (!failure) {
        try {
          await file.datasync();
        } catch (error) {
          failure = this.#failed(segment, 'flush', error);
        }
      }
      for (const { resolve, reject } of batch) {
        if (failure) reject(failure);
        else resolve();
      }
    }
    segment.flushing = false;
  }

  #failed(segment: Segment, what: 'create' | 'write' | 'flush', error: unknown): StoreUnavailable {
    const reason = `${what} of segment file ${nameOf(segment.number)} failed: ${reasonOf(error)}`;
    this.#failures.add(1, { what });
    // Once for each trouble, not for each of the tries that follow.
    if (this.#trouble === undefined)
      this.#log.error(
        { segment: nameOf(segment.number), what, reason: reasonOf(error) },
        'store: a segment file failed; the next content goes to a new one',
      );
    this.#trouble = reason;
    // After a short write the file is merely full of holes; after a failed flush nothing written since the last good one may be believed.
    if (what === 'flush' && segment.suspect === undefined) {
      segment.suspect = reason;
      this.#suspects++;
    }
    this.#seal(segment);
    return new StoreUnavailable(reason);
  }

  #lose(segment: Segment, octets: number): void {
    segment.live -= octets;
    this.#live -= octets;
  }

  #seal(segment: Segment): void {
    segment.sealed = true;
    for (const lane of Object.values(this.#lanes)) if (lane.current === segment) lane.current = undefined;
    this.onLoosened();
  }

  #deleteIfEmpty(segment: Segment): void {
    if (!segment.sealed || segment.live > 0 || segment.underWay > 0 || !this.#segments.delete(segment.number)) return;
    if (segment.suspect !== undefined) this.#suspects--;
    const handle = this.#handles.get(segment.number);
    if (handle) this.#drop(segment.number, handle);
    void this.#unlink(nameOf(segment.number), segment.octets);
  }

  async #unlink(name: string, octets: number): Promise<void> {
    try {
      await this.#files.unlink(path.join(this.#folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return this.#keepForLater(name, octets, error);
    }
    this.#leftovers.delete(name);
    this.#total -= octets;
  }

  #keepForLater(name: string, octets: number, error: unknown): void {
    if (this.#leftovers.has(name)) return;
    this.#leftovers.set(name, octets);
    this.#log.warn({ segment: name, reason: reasonOf(error) }, 'store: an empty segment file cannot be deleted now');
  }

  #acquire(number: number): Handle {
    let handle = this.#handles.get(number);
    if (handle) this.#handles.delete(number);
    else handle = this.#openHandle(number);
    handle.users++;
    this.#handles.set(number, handle);
    return handle;
  }

  #openHandle(number: number): Handle {
    const handle: Handle = {
      file: this.#files.openForReading(path.join(this.#folder, nameOf(number))),
      users: 0,
      dropped: false,
    };
    // A file that could not be opened is tried again the next time.
    handle.file.catch(() => this.#handles.get(number) === handle && this.#handles.delete(number));
    return handle;
  }

  #done(handle: Handle): void {
    handle.users--;
    if (handle.dropped && handle.users === 0) closeQuietly(handle);
    if (this.#handles.size <= this.#settings.segmentHandlesMax) return;
    for (const [other, idle] of this.#handles) {
      if (idle.users > 0 || other === this.#lanes.new.current?.number || other === this.#lanes.kept.current?.number) continue;
      this.#drop(other, idle);
      if (this.#handles.size <= this.#settings.segmentHandlesMax) return;
    }
  }

  #drop(number: number, handle: Handle): void {
    this.#handles.delete(number);
    handle.dropped = true;
    if (handle.users === 0) closeQuietly(handle);
  }
}

const newSegment = (number: number, octets: number, live: number): Segment => ({
  number,
  octets,
  live,
  sealed: false,
  lastWrite: Promise.resolve(),
  suspect: undefined,
  wholeOctets: octets,
  underWay: 0,
  flushing: false,
  waiting: [],
});

/** Nothing depends on closing: what had to survive was flushed. */
function closeQuietly(handle: Handle): void {
  handle.file.then((file) => file.close()).catch(() => undefined);
}
