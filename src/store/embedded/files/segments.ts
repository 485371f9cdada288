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
import { Deletions } from './deletions.js';
import type { FileLayer, OpenFile } from './file-layer.js';
import { contentCrc, type FrameRef, frameHeader, frameOctets, openFrame } from './frame.js';
import { type Handle, Handles } from './handles.js';

const NAME = /^([0-9]{10})\.seg$/;
const nameOf = (segment: number): string => `${String(segment).padStart(10, '0')}.seg`;

export interface Segment {
  readonly number: number;
  /** Length of the file; while it is appended to, where the next frame goes. */
  octets: number;
  live: number;
  /** Takes no more frames. */
  sealed: boolean;
  /** Write under way, and the frames that go out by the next one, in the order of the file. */
  writing: boolean;
  frames: FrameToWrite[];
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

/** `octets`: of all pieces together. */
interface FrameToWrite {
  readonly pieces: readonly Uint8Array[];
  readonly octets: number;
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
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

/**
 * Octets of frames that are written together, unless the first alone is larger. Source: what a disk that is not slow takes in 10 ms, so that
 * whoever comes next does not wait longer for a thread than for a flush.
 */
const WRITE_OCTETS_MAX = 4_000_000;

/** How many of these, at least one, make one write: neighbours in the file, within the bound. */
function countTogether(frames: readonly FrameToWrite[]): number {
  let count = 1;
  const { position } = frames[0]!;
  let { octets } = frames[0]!;
  for (; count < frames.length; count++) {
    const next = frames[count]!;
    if (next.position !== position + octets || octets + next.octets > WRITE_OCTETS_MAX) break;
    octets += next.octets;
  }
  return count;
}

/**
 * Share of the one segment, which the bound allows beside twice the live octets, that the two files being written may hold of dead
 * octets before one is closed early, and from which on new content waits for compaction. Unit: 0..1. Source: one number for both, so
 * that whoever waits waits for something that compaction can free; half, so that it has as much again to catch up in.
 */
const OPEN_DEAD_SHARE_MAX = 0.5;

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
  readonly #handles: Handles;
  readonly #deletions: Deletions;
  readonly #failures: Counter;
  readonly #damaged: Counter;
  readonly #queued: Gauge;
  readonly #lanes: Record<Lane, LaneState> = {
    new: { current: undefined, creating: undefined },
    kept: { current: undefined, creating: undefined },
  };
  #next = 1;
  #queuedOctets = 0;
  readonly #appends = new Set<Promise<unknown>>();
  #live = 0;
  /** Octets of the files in use; those on their way out come on top. */
  #used = 0;
  #suspects = 0;
  #trouble: string | undefined;
  #probing = false;
  #closed = false;
  /** Called when a segment has lost octets, was closed, or has seen its last write: there may be something to compact. */
  onLoosened: () => void = () => undefined;

  constructor(folder: string, files: FileLayer, settings: EmbeddedSettings, log: Log, meter: Meter) {
    this.#folder = folder;
    this.#files = files;
    this.#settings = settings;
    this.#log = log;
    this.#deletions = new Deletions(folder, files, settings, log);
    this.#handles = new Handles(
      settings.segmentHandlesMax,
      (number) => files.openForReading(path.join(folder, nameOf(number))),
      (number) => Object.values(this.#lanes).some(({ current }) => current?.number === number),
    );
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
    return this.#used + this.#deletions.octets;
  }

  /** Some segment is not trusted. */
  get anySuspect(): boolean {
    return this.#suspects > 0;
  }

  /** Why the last large content could not be kept; undefined when it could. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get #crowded(): boolean {
    const freeable = this.totalOctets - this.#deletions.stuckOctets;
    return !this.#closed && freeable > 2 * this.#live + this.#settings.segmentOctets * OPEN_DEAD_SHARE_MAX;
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
      if (segment.live === 0) {
        await this.#deletions.add(name, octets);
        continue;
      }
      this.#used += octets;
      this.#live += segment.live;
      this.#segments.set(number, segment);
    }
    for (const [number, octets] of live) {
      this.#next = Math.max(this.#next, number + 1);
      this.#log.error({ segment: nameOf(number), octets }, 'store: a segment file is missing; the content in it is lost');
    }
  }

  /**
   * Where dead octets grow faster than compaction can free them, new content waits for it, for a bounded time: that the disk holds no more
   * than twice the live octets and one segment is a promise as well. Compaction itself does not wait, and nobody waits for files that cannot
   * be deleted.
   */
  pace(): Promise<void> {
    if (!this.#crowded) return Promise.resolve();
    const { paceStepMs, paceWaitMs } = this.#settings;
    return new Promise((resolve) => {
      const go = (): void => {
        clearInterval(looking);
        clearTimeout(limit);
        resolve();
      };
      const looking = setInterval(() => {
        if (!this.#crowded) go();
      }, paceStepMs);
      // A timer of its own: counted in steps, the wait would grow as the process gets busier.
      const limit = setTimeout(go, paceWaitMs);
    });
  }

  /** Writes one frame and flushes it. Rejects with StoreUnavailable; then no row may name it. */
  append(id: string, pieces: readonly Uint8Array[], length: number, crc: number, lane: Lane = 'new'): Promise<FrameRef> {
    const appending = this.#admitted(id, pieces, length, crc, lane);
    this.#appends.add(appending);
    const ended = (): void => {
      this.#appends.delete(appending);
    };
    appending.then(ended, ended);
    return appending;
  }

  /** The frame is not needed any more, or never came to be named by a row. */
  release(number: number, contentOctets: number): void {
    const segment = this.#segments.get(number);
    if (!segment) return;
    this.#lose(segment, frameOctets(contentOctets));
    if (!segment.sealed) this.#sealEarly();
    this.#deleteIfEmpty(segment);
    this.onLoosened();
  }

  /** Rejects with StoreUnavailable when the disk cannot be read. */
  async read(id: string, ref: FrameRef): Promise<FrameRead> {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    if (!this.#segments.has(ref.segment)) return { kind: 'gone' };
    const handle = this.#handles.acquire(ref.segment);
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
      this.#handles.done(handle);
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

  /** Tries to delete what could not be deleted before. Never rejects. */
  sweep(): Promise<void> {
    return this.#deletions.sweep();
  }

  /**
   * What comes later is refused with StoreUnavailable. Resolves when the appends and deletions under way have ended; from the call on
   * none of either begins: a row whose commit is in doubt may yet be found to name a frame that is released, and the next start takes
   * stock anyway.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#appends);
    await this.#deletions.close();
    for (const lane of Object.values(this.#lanes)) lane.current = undefined;
    this.#handles.dropAll();
  }

  async #admitted(id: string, pieces: readonly Uint8Array[], length: number, crc: number, lane: Lane): Promise<FrameRef> {
    // First of all: an id that makes no header is a fault of the program and not of the disk.
    const frame = [frameHeader(id, length, crc), ...pieces];
    const octets = frameOctets(length);
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    if (this.#queuedOctets > 0 && this.#queuedOctets + octets > this.#settings.queueOctetsMax)
      throw new StoreUnavailable('too much content is waiting for the disk');
    this.#queuedOctets += octets;
    this.#queued.set(this.#queuedOctets);
    try {
      const { segment, position } = await this.#append(this.#lanes[lane], frame, octets);
      return { segment, position, length, crc };
    } finally {
      this.#queuedOctets -= octets;
      this.#queued.set(this.#queuedOctets);
    }
  }

  async #append(
    lane: LaneState,
    frame: readonly Uint8Array[],
    octets: number,
  ): Promise<{ readonly segment: number; readonly position: number }> {
    let segment = await this.#appendable(lane);
    // Others who waited for the same file may have filled it, or it may have been closed and be gone, before it is this one's turn to go on.
    while (segment.sealed) segment = await this.#appendable(lane);
    const position = segment.octets;
    segment.octets += octets;
    segment.live += octets;
    this.#used += octets;
    this.#live += octets;
    segment.underWay++;
    if (segment.octets >= this.#settings.segmentOctets) this.#seal(segment);
    const handle = this.#handles.acquire(segment.number);
    try {
      const file = await handle.file;
      await this.#written(segment, file, frame, octets, position);
      await this.#flushed(segment, file);
      this.#trouble = undefined;
      segment.wholeOctets = Math.max(segment.wholeOctets, position + octets);
      return { segment: segment.number, position };
    } catch (error) {
      this.#lose(segment, octets);
      throw error;
    } finally {
      segment.underWay--;
      if (segment.underWay === 0 && segment.sealed && segment.live > 0) await this.#cut(segment, handle);
      this.#handles.done(handle);
      this.#deleteIfEmpty(segment);
      // Compaction passes over a file with frames under way; now it may look again.
      if (segment.sealed && segment.underWay === 0) this.onLoosened();
    }
  }

  /**
   * One write of a file at a time. The system lets no two write one file at once anyway, and its threads would burn their time waiting for
   * each other: with four of them, half of what accepting a large message cost. What comes meanwhile goes out together: waking a thread
   * costs as much as writing 50 KB.
   */
  #written(segment: Segment, file: OpenFile, pieces: readonly Uint8Array[], octets: number, position: number): Promise<void> {
    return new Promise((resolve, reject) => {
      segment.frames.push({ pieces, octets, position, resolve, reject });
      if (!segment.writing) void this.#write(segment, file);
    });
  }

  async #write(segment: Segment, file: OpenFile): Promise<void> {
    segment.writing = true;
    while (segment.frames.length > 0) {
      const batch = segment.frames.splice(0, countTogether(segment.frames));
      let failure: StoreUnavailable | undefined;
      try {
        await file.write(
          batch.flatMap(({ pieces }) => pieces),
          batch[0]!.position,
        );
      } catch (error) {
        failure = this.#failed(segment, 'write', error);
      }
      for (const { resolve, reject } of batch) {
        if (failure) reject(failure);
        else resolve();
      }
    }
    segment.writing = false;
  }

  /** Gives the torn end of a failed write back to the disk, which may be failing because it is full. */
  async #cut(segment: Segment, handle: Handle): Promise<void> {
    const torn = segment.octets - segment.wholeOctets;
    if (torn === 0) return;
    try {
      await (await handle.file).truncate(segment.wholeOctets);
      if (!this.#segments.has(segment.number)) return;
      segment.octets -= torn;
      this.#used -= torn;
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
    let handle: Handle | undefined;
    try {
      const file = await this.#files.create(path.join(this.#folder, name));
      // In use until it is the current one: closed for the sake of others, it could only be opened again for reading.
      handle = this.#handles.add(number, file);
      this.#segments.set(number, segment);
      await this.#files.syncFolder(this.#folder);
      lane.current = segment;
      return segment;
    } catch (error) {
      const unavailable = this.#failed(segment, 'create', error);
      this.#deleteIfEmpty(segment);
      throw unavailable;
    } finally {
      if (handle) this.#handles.done(handle);
    }
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

  /**
   * Compaction cannot empty a file that is being written. When those of both lanes hold half a segment of dead octets, the one with more
   * of them is closed: the other half of the one segment that the disk bound allows for is what compaction has to catch up in.
   */
  #sealEarly(): void {
    let dead = 0;
    let deadest: Segment | undefined;
    for (const { current } of Object.values(this.#lanes)) {
      if (!current) continue;
      dead += deadOctets(current);
      if (!deadest || deadOctets(current) > deadOctets(deadest)) deadest = current;
    }
    if (!deadest || dead < this.#settings.segmentOctets * OPEN_DEAD_SHARE_MAX) return;
    this.#seal(deadest);
    this.#deleteIfEmpty(deadest);
  }

  #deleteIfEmpty(segment: Segment): void {
    if (this.#closed || !segment.sealed || segment.live > 0 || segment.underWay > 0) return;
    if (!this.#segments.delete(segment.number)) return;
    if (segment.suspect !== undefined) this.#suspects--;
    this.#handles.drop(segment.number);
    this.#used -= segment.octets;
    void this.#deletions.add(nameOf(segment.number), segment.octets);
  }
}

const newSegment = (number: number, octets: number, live: number): Segment => ({
  number,
  octets,
  live,
  sealed: false,
  writing: false,
  frames: [],
  suspect: undefined,
  wholeOctets: octets,
  underWay: 0,
  flushing: false,
  waiting: [],
});

const deadOctets = (segment: Segment): number => segment.octets - segment.live;
