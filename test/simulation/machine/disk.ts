/**
 * The disk under the segment files, as a file system that promises no more than POSIX does.
 *
 * What was written is in the system's cache; `datasync` makes it durable, `syncFolder` the folder's entries. When power fails, of every piece
 * of 4 KiB that was not flushed the old, the new or a mixture is left, of a length that was not flushed anything between old and new, and
 * entries made or removed without `syncFolder` may or may not be there. After a flush that failed the system takes the pages it could not
 * write for clean: they are never written again, whatever a later flush says.
 */
import path from 'node:path';
import type { FileLayer, OpenFile } from '#store/embedded';
import type { Loop, Owner } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { CrashPoint, Hazards } from './hazards.js';

const PIECE = 4096;
/** What a disk writes at least at once. */
const SECTOR = 512;

const failure = (code: string): Error => Object.assign(new Error(`simulated ${code}`), { code });

class SimulatedFile {
  readonly name: string;
  data: Buffer = Buffer.alloc(0);
  durable: Buffer = Buffer.alloc(0);
  /** Pieces that the cache knows and the disk may not. */
  readonly dirty = new Set<number>();
  /** Pieces that a failed flush has dropped: taken for clean, and not on the disk. */
  readonly dropped = new Set<number>();

  constructor(name: string) {
    this.name = name;
  }

  write(octets: Uint8Array, position: number): void {
    if (octets.length === 0) return;
    const end = position + octets.length;
    if (end > this.data.length) this.data = resized(this.data, end);
    this.data.set(octets, position);
    for (let piece = Math.floor(position / PIECE); piece * PIECE < end; piece++) {
      this.dirty.add(piece);
      this.dropped.delete(piece);
    }
  }

  truncate(octets: number): void {
    this.data = resized(this.data, octets);
  }

  flush(): void {
    const fresh = resized(this.durable, this.data.length);
    for (const piece of this.dirty) copyPiece(this.data, fresh, piece);
    this.durable = fresh;
    this.dirty.clear();
  }

  /** Some of what waited is on the disk, the rest is forgotten. */
  flushBadly(random: Random): void {
    for (const piece of this.dirty) {
      if (random.chance(0.5)) continue;
      this.dirty.delete(piece);
      this.dropped.add(piece);
    }
    this.flush();
  }

  /** What a power loss leaves. */
  afterPowerLoss(random: Random): SimulatedFile {
    const left = new SimulatedFile(this.name);
    const [short, long] = [this.durable.length, this.data.length].sort((a, b) => a - b) as [number, number];
    const length = short === long ? long : random.pick([this.durable.length, this.data.length, random.between(short, long)]);
    const octets = resized(this.durable, length);
    for (const piece of [...this.dirty, ...this.dropped]) {
      switch (random.below(3)) {
        case 0:
          break;
        case 1:
          copyPiece(this.data, octets, piece);
          break;
        default:
          for (let at = piece * PIECE; at < (piece + 1) * PIECE && at < length; at += SECTOR)
            if (random.chance(0.5)) octets.set(this.data.subarray(at, Math.min(at + SECTOR, length)), at);
      }
    }
    left.data = octets;
    left.durable = Buffer.from(octets);
    return left;
  }
}

/** A copy with this many octets, filled up with zeros. */
function resized(octets: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(length);
  octets.copy(copy, 0, 0, Math.min(length, octets.length));
  return copy;
}

function copyPiece(from: Buffer, to: Buffer, piece: number): void {
  const end = Math.min((piece + 1) * PIECE, from.length, to.length);
  if (piece * PIECE < end) from.copy(to, piece * PIECE, piece * PIECE, end);
}

export class SimulatedDisk {
  readonly #loop: Loop;
  readonly #random: Random;
  readonly #hazards: Hazards;
  readonly #trace: Trace;
  readonly #crashPoint: CrashPoint;
  readonly #capacity: number;
  /** An operation takes up to so long. */
  readonly #paceMs: number;
  #files = new Map<string, SimulatedFile>();
  /** Entries as the disk has them. */
  #entries = new Map<string, SimulatedFile>();

  constructor(
    loop: Loop,
    random: Random,
    hazards: Hazards,
    trace: Trace,
    crashPoint: CrashPoint,
    capacity: number,
    paceMs: number,
  ) {
    this.#loop = loop;
    this.#random = random;
    this.#hazards = hazards;
    this.#trace = trace;
    this.#crashPoint = crashPoint;
    this.#capacity = capacity;
    this.#paceMs = paceMs;
  }

  get free(): number {
    let used = this.#hazards.taken;
    for (const { data } of this.#files.values()) used += data.length;
    return Math.max(0, this.#capacity - used);
  }

  /** Names and lengths of the files, for invariants. */
  get files(): readonly (readonly [string, number])[] {
    return [...this.#files].map(([name, { data }]) => [name, data.length]);
  }

  /** The power fails: what was not flushed is left to chance. */
  losePower(): void {
    const random = this.#random;
    const left = new Map<string, SimulatedFile>();
    for (const name of new Set([...this.#files.keys(), ...this.#entries.keys()])) {
      const now = this.#files.get(name);
      const before = this.#entries.get(name);
      const file = now === before ? now : random.pick([now, before]);
      if (file === undefined) this.#trace.line(`disk: ${name} is gone with the power`);
      else left.set(name, file.afterPowerLoss(random));
    }
    this.#files = left;
    this.#entries = new Map(left);
  }

  /** The disk as the process of `owner` sees it. */
  layerFor(owner: Owner): FileLayer {
    const operate = this.#operator(owner);
    const opened = (file: SimulatedFile): OpenFile => this.#opened(file, operate);
    return {
      makeFolder: () => operate('make folder', () => undefined),
      create: (file) =>
        operate('create', () => {
          const name = path.basename(file);
          if (this.#hazards.create !== undefined) throw failure(this.#hazards.create);
          if (this.free === 0) throw failure('ENOSPC');
          if (this.#files.has(name)) throw failure('EEXIST');
          const made = new SimulatedFile(name);
          this.#files.set(name, made);
          return opened(made);
        }),
      openForReading: (file) =>
        operate('open', () => {
          const found = this.#files.get(path.basename(file));
          if (!found) throw failure('ENOENT');
          return opened(found);
        }),
      list: () => operate('list', () => this.files.map(([name, octets]) => ({ name, octets }))),
      unlink: (file) =>
        operate('unlink', () => {
          if (this.#hazards.unlink !== undefined) throw failure(this.#hazards.unlink);
          if (!this.#files.delete(path.basename(file))) throw failure('ENOENT');
          this.#trace.line(`disk: unlink ${path.basename(file)}`);
        }),
      syncFolder: () =>
        operate('flush of the folder', () => {
          if (this.#hazards.flush !== undefined) throw failure(this.#hazards.flush);
          this.#entries = new Map(this.#files);
        }),
      space: () => operate('space', () => ({ free: this.free, total: this.#capacity })),
    };
  }

  #opened(file: SimulatedFile, operate: Operate): OpenFile {
    return {
      write: async (pieces, position) => {
        const octets = Buffer.concat(pieces);
        const half = octets.length >> 1;
        await operate('first half of a write', () => this.#write(file, octets.subarray(0, half), position));
        await operate('second half of a write', () => this.#write(file, octets.subarray(half), position + half));
      },
      read: (into, position) =>
        operate('read', () => {
          if (this.#hazards.read !== undefined) throw failure(this.#hazards.read);
          return file.data.copy(into, 0, position, position + into.length);
        }),
      datasync: () =>
        operate('flush', () => {
          const code = this.#hazards.flush ?? (this.#hazards.oneFlushFails ? 'EIO' : undefined);
          if (code === undefined) {
            file.flush();
            return;
          }
          this.#hazards.oneFlushFails = false;
          file.flushBadly(this.#random);
          throw failure(code);
        }),
      truncate: (octets) => operate('truncate', () => file.truncate(octets)),
      close: () => operate('close', () => undefined),
    };
  }

  #write(file: SimulatedFile, octets: Uint8Array, position: number): void {
    if (this.#hazards.write !== undefined) throw failure(this.#hazards.write);
    const grows = Math.max(0, position + octets.length - file.data.length);
    const fits = Math.max(0, octets.length - Math.max(0, grows - this.free));
    file.write(octets.subarray(0, fits), position);
    this.#trace.line(`disk: ${file.name} gets ${fits} of ${octets.length} octets at ${position}`);
    if (fits < octets.length) throw failure('ENOSPC');
  }

  /** Does something after the time it takes, unless the machine crashes before; the machine may crash before it hears of it, too. */
  #operator(owner: Owner): Operate {
    return (what, act) =>
      new Promise((resolve, reject) => {
        owner.busy++;
        const takesMs = this.#random.unit() * (this.#paceMs + this.#hazards.slowMs);
        this.#loop.after(takesMs, owner, () => {
          owner.busy--;
          if (this.#crashPoint(`before ${what}`)) return;
          let settle: () => void;
          try {
            const value = act();
            settle = () => resolve(value);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code === undefined) throw error;
            this.#trace.line(`disk: ${what} fails with ${(error as NodeJS.ErrnoException).code}`);
            this.#trace.count('disk', `${what} fails`);
            settle = () => reject(error);
          }
          if (this.#crashPoint(`after ${what}`)) return;
          settle();
        });
      });
  }
}

type Operate = <T>(what: string, act: () => T) => Promise<T>;
