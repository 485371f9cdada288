/**
 * Keeps decisions in files of lines. A decision waits in memory, at most QUEUE_OCTETS_MAX of them, and is on the disk, flushed, within the time of
 * the settings; a crash loses what came in that time. Beyond the bound decisions are dropped and counted: traffic never waits for the disk.
 */
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log, Meter } from '#base';
import { fileName, prune } from './files.js';
import type { KeptDecision } from './kept.js';

/** What waits for the disk. Unit: octets. Source: two seconds of 2,000 rejects a second with traces of 2 KB. */
const QUEUE_OCTETS_MAX = 8 * 1024 * 1024;
/**
 * Lines are put into pieces of this size as they come, so that nothing is left to do for all of a second's lines at once: to join six megabytes
 * of them held all traffic for ten milliseconds and more. Unit: octets.
 */
const PIECE_OCTETS = 256 * 1024;
/** Of one code unit of a string, in UTF-8. */
const OCTETS_PER_UNIT_MAX = 3;
/** Pieces kept for the next lines, once written. Source: those of a second with 2,000 rejects. */
const SPARE_PIECES_MAX = 16;
/** What is kept is for owner and group: numbers are in it. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;
/** A file is closed when it is this part of the retention old, so that with little traffic too what is older can go. */
const RETENTION_PARTS = 10;
/** How often it is looked for what is too old, also when nothing is written. Unit: milliseconds. */
const TIDY_MS = 3_600_000;

export interface DecisionLogSettings {
  readonly folder: string;
  /** A file that has grown to this is closed. Unit: octets. */
  readonly fileOctets: number;
  /** All files together. Unit: octets. */
  readonly octetsMax: number;
  /** Unit: milliseconds. */
  readonly retentionMs: number;
  /** Unit: milliseconds. */
  readonly flushMs: number;
}

export interface DecisionLogPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

export interface DecisionLog {
  /** Takes a decision; never throws, never waits. */
  keep(decision: KeptDecision): void;
  /** Resolves when all that was kept until now is on the disk, or cannot be. */
  flush(): Promise<void>;
  /** Why nothing can be written; undefined when all is well. */
  readonly fault: string | undefined;
  close(): Promise<void>;
}

/** Lines that wait, in pieces. */
class Lines {
  count = 0;
  octets = 0;
  readonly #full: Uint8Array[] = [];
  #piece: Buffer | undefined;
  #used = 0;

  /** `piece`: gives room for further lines. */
  add(line: string, piece: (octets: number) => Buffer): void {
    const most = line.length * OCTETS_PER_UNIT_MAX;
    if (this.#piece === undefined || this.#piece.length - this.#used < most) {
      this.#close();
      this.#piece = piece(Math.max(PIECE_OCTETS, most));
    }
    const octets = this.#piece.write(line, this.#used);
    this.#used += octets;
    this.octets += octets;
    this.count++;
  }

  /** All of it; there are no further lines. */
  pieces(): readonly Uint8Array[] {
    this.#close();
    return this.#full;
  }

  #close(): void {
    if (this.#piece !== undefined) this.#full.push(this.#piece.subarray(0, this.#used));
    this.#piece = undefined;
    this.#used = 0;
  }
}

class Files implements DecisionLog {
  fault: string | undefined;
  readonly #settings: DecisionLogSettings;
  readonly #ports: DecisionLogPorts;
  readonly #dropped: (count: number) => void;
  readonly #kept: () => void;
  #waiting = new Lines();
  readonly #spare: Buffer[] = [];
  readonly #piece = (octets: number): Buffer =>
    octets === PIECE_OCTETS ? (this.#spare.pop() ?? Buffer.allocUnsafeSlow(octets)) : Buffer.allocUnsafeSlow(octets);
  #file: FileHandle | undefined;
  #path = '';
  #begunAt = 0;
  #tidiedAt = 0;
  /** Whole lines of the file that are on the disk. */
  #fileOctets = 0;
  #files = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;
  readonly #tidying: NodeJS.Timeout;

  constructor(settings: DecisionLogSettings, ports: DecisionLogPorts) {
    this.#settings = settings;
    this.#ports = ports;
    const { meter } = ports;
    const dropped = meter.counter(
      'angarium_gate_decisions_dropped_total',
      'Decisions that could not be kept: too many waited, or the disk failed.',
    );
    const kept = meter.counter('angarium_gate_decisions_kept_total', 'Decisions taken to be kept.');
    meter.watch('angarium_gate_decisions_waiting_bytes', 'Decisions that wait to be written.', () => this.#waiting.octets);
    this.#dropped = (count) => dropped.add(count);
    this.#kept = () => kept.add();
    this.#tidying = setInterval(() => {
      this.#writing = this.#writing.then(() =>
        this.#attempt(
          () => this.#tidy(),
          () => 0,
        ),
      );
    }, TIDY_MS);
    this.#tidying.unref();
  }

  keep(decision: KeptDecision): void {
    const line = `${JSON.stringify(decision)}\n`;
    if (this.#isClosed || this.#waiting.octets + line.length > QUEUE_OCTETS_MAX) {
      this.#dropped(1);
      return;
    }
    this.#kept();
    this.#waiting.add(line, this.#piece);
    this.#timer ??= setTimeout(() => void this.flush(), this.#settings.flushMs);
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#tidying);
    await this.flush();
    this.#isClosed = true;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    const lines = this.#waiting;
    if (lines.count === 0) return;
    this.#waiting = new Lines();
    let unwritten = lines.count;
    const write = async (): Promise<void> => {
      const file = (this.#file ??= await this.#begin());
      for (const piece of lines.pieces()) {
        await file.appendFile(piece);
        this.#keepSpare(piece);
      }
      await file.datasync();
      this.#fileOctets += lines.octets;
      unwritten = 0;
      if (this.fault !== undefined) this.#ports.log.info({}, 'decisions can be kept again');
      this.fault = undefined;
      await this.#tidy();
    };
    await this.#attempt(write, () => unwritten);
  }

  #keepSpare(piece: Uint8Array): void {
    if (piece.buffer.byteLength === PIECE_OCTETS && this.#spare.length < SPARE_PIECES_MAX)
      this.#spare.push(Buffer.from(piece.buffer as ArrayBuffer));
  }

  /** What cannot be written is dropped; the next decisions try a new file. `lost`: decisions that are lost when it fails. */
  async #attempt(work: () => Promise<void>, lost: () => number): Promise<void> {
    try {
      await work();
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === undefined) throw e;
      await this.#failed(e as NodeJS.ErrnoException, lost());
    }
  }

  /** A file keeps its whole lines; one without any goes, or a full disk would fill with empty ones. */
  async #failed(e: NodeJS.ErrnoException, count: number): Promise<void> {
    this.#dropped(count);
    if (this.fault === undefined) this.#ports.log.error({ err: e, folder: this.#settings.folder }, 'decisions cannot be kept');
    this.fault = `decisions cannot be kept (${e.code})`;
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    await file.truncate(this.#fileOctets).catch(() => {});
    await file.close().catch(() => {});
    if (this.#fileOctets === 0) await unlink(this.#path).catch(() => {});
  }

  async #begin(): Promise<FileHandle> {
    const { folder } = this.#settings;
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    this.#fileOctets = 0;
    // A crash may have left half a line: every start begins a file of its own, also in the millisecond of the former one.
    for (;;) {
      this.#begunAt = this.#ports.now();
      this.#path = join(folder, fileName(this.#begunAt, ++this.#files));
      try {
        return await open(this.#path, 'ax', FILE_MODE);
      } catch (e) {
        if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e;
      }
    }
  }

  /** Closes a file that is large or old enough, and removes what is too much or too old. */
  async #tidy(): Promise<void> {
    const { folder, fileOctets, octetsMax, retentionMs } = this.#settings;
    const now = this.#ports.now();
    const isOld = now - this.#begunAt >= retentionMs / RETENTION_PARTS;
    if (this.#file !== undefined && (this.#fileOctets >= fileOctets || isOld)) {
      const file = this.#file;
      this.#file = undefined;
      await file.close();
    } else if (now - this.#tidiedAt < TIDY_MS) return;
    this.#tidiedAt = now;
    const removed = await prune(folder, octetsMax, retentionMs, now);
    if (removed.length > 0) this.#ports.log.info({ files: removed.length }, 'old decisions are removed');
  }
}

/** Opens nothing on the disk until the first decision, but looks whether the folder can be used. Rejects with the system's error when it cannot. */
export async function openDecisionLog(settings: DecisionLogSettings, ports: DecisionLogPorts): Promise<DecisionLog> {
  await mkdir(settings.folder, { recursive: true, mode: FOLDER_MODE });
  await prune(settings.folder, settings.octetsMax, settings.retentionMs, ports.now());
  return new Files(settings, ports);
}
