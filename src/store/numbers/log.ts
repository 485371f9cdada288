/**
 * The log: changes as they were made, each batch one frame.
 *
 * ```
 * file  = magic (4) | format (4) | change before the first (8, double) | load (24, ASCII) | CRC-32 (4) | frames
 * frame = magic (4) | octets of the steps (4) | CRC-32 (4) | changes (4) | first change (8, double) | instant (8, double) |
 *         flushed up to (8, double) | steps
 * ```
 * Little-endian. A frame's CRC-32 covers all that stands behind it. Its changes follow those of the frame before without a gap.
 *
 * **A torn end** is what a crash leaves: octets that are no whole frame. It was never acknowledged and is cut off. **Damage** is a bad frame that
 * had been flushed before a later one was written; every frame says up to where the file was flushed at its time, so the two can be told apart.
 * **A seal** is a frame without changes. The writer puts it behind each flush before it acknowledges, so that the last frames have their witness too.
 * It is flushed with what comes next, or within seconds: only after a power loss in these can damage to the last flush look like a torn end.
 */
import fs from 'node:fs';
import zlib from 'node:zlib';
import type { Step } from '#portability';
import { Damage } from './damage.js';

const FILE_MAGIC = 0x4c4e4741;
const FRAME_MAGIC = 0x464e4741;
const FORMAT = 1;
const LOAD_OCTETS = 24;
export const LOG_HEADER_OCTETS = 44;
export const FRAME_HEADER_OCTETS = 40;
const CRC_AT = 8;
const COVERED_AT = 12;
/** Steps of one frame. Unit: octets. Source: a batch of LIMITS.numberBatchMax ranges with a validity, each with a record of its own, is 0.3 MB. */
const FRAME_OCTETS_MAX = 4 * 1024 * 1024;
/** Read at once at most, and at first. Unit: octets. */
const CHUNK_OCTETS = 2 * FRAME_OCTETS_MAX;
const CHUNK_OCTETS_FIRST = 256 * 1024;

const SP = 1;
const RN = 2;
const NONE = 0;
const STEP = { define: 1, set: 2, setTimed: 3, drop: 4, setRange: 5, dropRange: 6 } as const;
/** A step of the longest kind: a definition of a routing number takes 21, a range with a validity 35. Unit: octets. */
const STEP_OCTETS_MAX = 40;

export interface Frame {
  readonly steps: readonly Step[];
  /** Count of its changes, and the number of the first. */
  readonly changes: number;
  readonly first: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Octets of the file that were flushed when it was written. */
  readonly flushedTo: number;
}

export function logHeader(load: string, change: number): Buffer {
  const header = Buffer.alloc(LOG_HEADER_OCTETS);
  header.writeUInt32LE(FILE_MAGIC, 0);
  header.writeUInt32LE(FORMAT, 4);
  header.writeDoubleLE(change, 8);
  header.write(load, 16, LOAD_OCTETS, 'latin1');
  header.writeUInt32LE(zlib.crc32(header.subarray(0, 40)), 40);
  return header;
}

/** What is wrong with the head of a log of this load and base, in words. */
function headerFault(header: Buffer, load: string, change: number): string | undefined {
  if (header.length < LOG_HEADER_OCTETS || header.readUInt32LE(40) !== zlib.crc32(header.subarray(0, 40)))
    return 'its head is damaged';
  if (header.readUInt32LE(0) !== FILE_MAGIC) return 'it is no log';
  if (header.readUInt32LE(4) !== FORMAT) return `its format ${header.readUInt32LE(4)} is not known here`;
  if (!header.equals(logHeader(load, change))) return 'it belongs to another load';
  return undefined;
}

export function encodeFrame({ steps, changes, first, at, flushedTo }: Frame): Buffer {
  const buffer = Buffer.allocUnsafe(FRAME_HEADER_OCTETS + steps.length * STEP_OCTETS_MAX);
  let end = FRAME_HEADER_OCTETS;
  for (const step of steps) end = writeStep(buffer, end, step);
  buffer.writeUInt32LE(FRAME_MAGIC, 0);
  buffer.writeUInt32LE(end - FRAME_HEADER_OCTETS, 4);
  buffer.writeUInt32LE(changes, 12);
  buffer.writeDoubleLE(first, 16);
  buffer.writeDoubleLE(at, 24);
  buffer.writeDoubleLE(flushedTo, 32);
  buffer.writeUInt32LE(zlib.crc32(buffer.subarray(COVERED_AT, end)), CRC_AT);
  return buffer.subarray(0, end);
}

function writeStep(to: Buffer, at: number, step: Step): number {
  switch (step.step) {
    case 'define': {
      const { portabilityType, entity } = step.record;
      const text = entity.kind === 'rn' ? entity.routingNumber : '';
      to[at] = STEP.define;
      to.writeUInt16LE(step.index, at + 1);
      to[at + 3] = portabilityType;
      to[at + 4] = entity.kind === 'rn' ? RN : entity.kind === 'sp' ? SP : NONE;
      to[at + 5] = text.length;
      return at + 6 + to.write(text, at + 6, 'latin1');
    }
    case 'set': {
      const { from, until, record } = step.entry;
      const timed = from !== -Infinity || until !== Infinity;
      to[at] = timed ? STEP.setTimed : STEP.set;
      to.writeUInt16LE(record, at + 1);
      const end = to.writeDoubleLE(step.number, at + 3);
      return timed ? writeDoubles(to, end, from, until) : end;
    }
    case 'drop':
      to[at] = STEP.drop;
      return writeDoubles(to, at + 1, step.number);
    case 'set-range':
      to[at] = STEP.setRange;
      to.writeUInt16LE(step.entry.record, at + 1);
      return writeDoubles(to, at + 3, step.first, step.last, step.entry.from, step.entry.until);
    case 'drop-range':
      to[at] = STEP.dropRange;
      return writeDoubles(to, at + 1, step.first, step.last);
  }
}

function writeDoubles(to: Buffer, at: number, ...values: readonly number[]): number {
  for (const value of values) at = to.writeDoubleLE(value, at);
  return at;
}

/** The steps of a frame whose checksum was right. Throws on what no version of this program writes. */
function readSteps(from: Buffer): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < from.length; ) {
    const kind = from[at];
    const double = (offset: number): number => from.readDoubleLE(at + offset);
    if (kind === STEP.set) {
      steps.push({
        step: 'set',
        number: double(3),
        entry: { from: -Infinity, until: Infinity, record: from.readUInt16LE(at + 1) },
      });
      at += 11;
    } else if (kind === STEP.setTimed) {
      steps.push({
        step: 'set',
        number: double(3),
        entry: { from: double(11), until: double(19), record: from.readUInt16LE(at + 1) },
      });
      at += 27;
    } else if (kind === STEP.drop) {
      steps.push({ step: 'drop', number: double(1) });
      at += 9;
    } else if (kind === STEP.setRange) {
      const entry = { from: double(19), until: double(27), record: from.readUInt16LE(at + 1) };
      steps.push({ step: 'set-range', first: double(3), last: double(11), entry });
      at += 35;
    } else if (kind === STEP.dropRange) {
      steps.push({ step: 'drop-range', first: double(1), last: double(9) });
      at += 17;
    } else if (kind === STEP.define) {
      const end = at + 6 + from[at + 5]!;
      const entity =
        from[at + 4] === RN
          ? ({ kind: 'rn', routingNumber: from.toString('latin1', at + 6, end) } as const)
          : ({ kind: from[at + 4] === SP ? 'sp' : 'none' } as const);
      steps.push({ step: 'define', index: from.readUInt16LE(at + 1), record: { portabilityType: from[at + 3]!, entity } });
      at = end;
    } else throw new RangeError(`step ${kind} is not known here`);
  }
  return steps;
}

/** A frame without changes: `change` was the last, made `at`, and `flushedTo` octets had been flushed when it was written. */
export const sealFrame = (change: number, at: number, flushedTo: number): Buffer =>
  encodeFrame({ steps: [], changes: 0, first: change + 1, at, flushedTo });

/** The frame at `at`, how many octets it takes, or what there is instead: `short`: it goes on behind the octets given. */
function frameAt(octets: Buffer, at: number): { readonly frame: Frame; readonly length: number } | 'short' | 'bad' {
  if (octets.length - at < FRAME_HEADER_OCTETS) return 'short';
  if (octets.readUInt32LE(at) !== FRAME_MAGIC) return 'bad';
  const length = FRAME_HEADER_OCTETS + octets.readUInt32LE(at + 4);
  if (length > FRAME_OCTETS_MAX) return 'bad';
  if (octets.length - at < length) return 'short';
  if (octets.readUInt32LE(at + CRC_AT) !== zlib.crc32(octets.subarray(at + COVERED_AT, at + length))) return 'bad';
  const frame = {
    steps: readSteps(octets.subarray(at + FRAME_HEADER_OCTETS, at + length)),
    changes: octets.readUInt32LE(at + 12),
    first: octets.readDoubleLE(at + 16),
    at: octets.readDoubleLE(at + 24),
    flushedTo: octets.readDoubleLE(at + 32),
  };
  return { frame, length };
}

/** A frame and where it ends in the file. */
interface Whole {
  readonly frame: Frame;
  readonly end: number;
}

/** Goes through a log from its beginning, or from where it stood before; the file may grow meanwhile. */
export class LogCursor {
  readonly file: string;
  /** The change after which the log begins. */
  readonly base: number;
  readonly #fd: number;
  /** Octets of whole frames, head included. */
  at = LOG_HEADER_OCTETS;
  /** The last change of those frames. */
  change: number;
  /** Whether the last of those frames is a seal. */
  sealed = false;

  /** Throws Damage when the file is not the log of this load after this change; an error with a code when it cannot be opened. */
  constructor(file: string, load: string, change: number) {
    this.file = file;
    this.base = change;
    this.change = change;
    this.#fd = fs.openSync(file, 'r');
    const header = Buffer.alloc(LOG_HEADER_OCTETS);
    const fault = headerFault(header.subarray(0, fs.readSync(this.#fd, header, 0, header.length, 0)), load, change);
    if (fault === undefined) return;
    fs.closeSync(this.#fd);
    throw new Damage(`${file}: ${fault}`);
  }

  get octets(): number {
    return fs.fstatSync(this.#fd).size;
  }

  /** Whether the file of its name is still the one that is read, and has what was read of it: it may have been put back, or fetched anew. */
  get isReplaced(): boolean {
    const now = fs.statSync(this.file, { throwIfNoEntry: false });
    return now === undefined || now.ino !== fs.fstatSync(this.#fd).ino || now.size < this.at;
  }

  /**
   * Calls for each further whole frame, until it has taken in `changesMax` changes or the log ends. `witnessed`: only for those that are known to
   * have been flushed, by what stands behind them; of others the writer may think better. Returns how many frames. Throws Damage.
   */
  read(visit: (frame: Frame) => void, { changesMax = Number.POSITIVE_INFINITY, witnessed = false } = {}): number {
    if (this.octets < this.at) throw new Damage(`${this.file}: it has become shorter than what was read of it`);
    const unwitnessed: Whole[] = [];
    const before = this.change;
    let [seen, at, change, size] = [0, this.at, this.change, CHUNK_OCTETS_FIRST];
    const take = ({ frame, end }: Whole): void => {
      visit(frame);
      this.at = end;
      this.change += frame.changes;
      this.sealed = frame.changes === 0;
      seen++;
    };
    for (;;) {
      const chunk = this.#chunk(at, size);
      let used = 0;
      let found = frameAt(chunk, used);
      for (; typeof found === 'object'; found = frameAt(chunk, used)) {
        const { frame, length } = found;
        if (frame.first !== change + 1)
          throw new Damage(`${this.file}: at octet ${at}, change ${frame.first} follows change ${change}`);
        used += length;
        at += length;
        change += frame.changes;
        while (unwitnessed.length > 0 && unwitnessed[0]!.end <= frame.flushedTo) take(unwitnessed.shift()!);
        // A seal by itself says nothing that could be taken back.
        if (witnessed && (frame.changes > 0 || unwitnessed.length > 0)) unwitnessed.push({ frame, end: at });
        else take({ frame, end: at });
        if (this.change - before >= changesMax) return seen;
      }
      if (found === 'short' && (used > 0 || (chunk.length === size && size < CHUNK_OCTETS))) {
        if (used === 0) size = CHUNK_OCTETS;
        continue;
      }
      if (chunk.length > 0) this.#assertTorn(at);
      return seen;
    }
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  #chunk(at: number, size = CHUNK_OCTETS): Buffer {
    const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(size, this.octets - at)));
    let got = 0;
    for (;;) {
      const count = fs.readSync(this.#fd, chunk, got, chunk.length - got, at + got);
      got += count;
      if (count === 0 || got === chunk.length) return chunk.subarray(0, got);
    }
  }

  /** Looks behind a bad frame for one that was written after this one had been flushed: then it is damage. */
  #assertTorn(bad: number): void {
    const magic = Buffer.alloc(4);
    magic.writeUInt32LE(FRAME_MAGIC);
    for (let from = bad + 1; from < this.octets; from += CHUNK_OCTETS / 2) {
      const chunk = this.#chunk(from);
      for (let at = chunk.indexOf(magic); at >= 0 && at < CHUNK_OCTETS / 2; at = chunk.indexOf(magic, at + 1)) {
        const found = frameAt(chunk, at);
        if (typeof found === 'object' && found.frame.flushedTo > bad)
          throw new Damage(`${this.file}: octet ${bad} begins no frame, though ${found.frame.flushedTo} octets had been flushed`);
      }
    }
  }
}
