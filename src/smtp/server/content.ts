/**
 * The content of a mail as it comes after 354: where it ends, the dots that were added taken out, bare line ends found.
 *
 * The end is CR LF . CR LF and nothing else. A bare CR or LF is never a line end here, so none of the sequences by which one server is made to see an
 * end where another sees none (`\n.\n`, `\n.\r\n`, `\r.\r`, `\r\n.\r`, ...) ends anything; and content that has one is refused, or each is made CRLF,
 * so that none is passed on to a server that thinks otherwise.
 */
import { LIMITS } from '#base';
import { PlainRun } from '../plain-run.js';

/** Memory that contents share. */
export interface Room {
  /** False: there is no room for so many octets more. */
  take(octets: number): boolean;
  give(octets: number): void;
}

/** A room of so many octets. */
export class OctetRoom implements Room {
  readonly most: number;
  taken = 0;

  constructor(most: number) {
    this.most = most;
  }

  take(octets: number): boolean {
    if (this.taken + octets > this.most) return false;
    this.taken += octets;
    return true;
  }

  give(octets: number): void {
    this.taken -= octets;
  }
}

export type ContentFault = 'too-large' | 'no-room' | 'bare-line-end';

const CR = 13;
const LF = 10;
const DOT = 46;

/** What the octets so far end with. */
const START = 0; // nothing, or CR LF
const LINE = 1; // anything else
const AFTER_CR = 2;
const AFTER_DOT = 3; // a dot at the start of a line, which is not kept
const AFTER_DOT_CR = 4;

export class ContentReader {
  private readonly room: Room;
  private readonly sizeMax: number;
  private readonly normalises: boolean;
  private octets: Uint8Array;
  private length = 0;
  private state = START;
  /** Of what has come, whether or not it was kept. Unit: octets. */
  received = 0;
  /** The first; what comes after it is read for its end only. */
  fault: ContentFault | undefined;

  /** `expected`: as declared by SIZE, or undefined. Undefined: there is no room. */
  static open(room: Room, sizeMax: number, expected: number | undefined, normalises: boolean): ContentReader | undefined {
    const first = Math.min(expected ?? LIMITS.smtpContentFirstOctets, LIMITS.smtpContentTrustOctets, sizeMax);
    return room.take(first) ? new ContentReader(room, sizeMax, first, normalises) : undefined;
  }

  private constructor(room: Room, sizeMax: number, first: number, normalises: boolean) {
    this.room = room;
    this.sizeMax = sizeMax;
    this.normalises = normalises;
    this.octets = Buffer.allocUnsafeSlow(first);
  }

  /** Reads from `at` on; returns where the end of content ended, or undefined when it has not come yet. */
  read(chunk: Uint8Array, at: number): number | undefined {
    const end = chunk.length;
    const plain = new PlainRun(chunk);
    let state = this.state;
    // Octets of the chunk from here on are content and not yet kept.
    let from = at;
    for (let i = at; i < end; i++) {
      const c = chunk[i]!;
      // Nearly every octet of nearly every mail ends here.
      if (state === LINE && c > CR) {
        const next = plain.end(i, false);
        if (next > i) i = next - 1;
        continue;
      }
      if (state === AFTER_CR) {
        if (c === LF) {
          state = START;
          continue;
        }
        this.bareCr(chunk, from, i, false);
        from = i;
      } else if (state === AFTER_DOT) {
        if (c === CR) {
          state = AFTER_DOT_CR;
          continue;
        }
      } else if (state === AFTER_DOT_CR) {
        if (c === LF) {
          this.received += i + 1 - at;
          this.state = START;
          return i + 1;
        }
        this.bareCr(chunk, from, i, i === at);
        from = i;
      } else if (state === START && c === DOT) {
        this.keep(chunk, from, i);
        from = i + 1;
        state = AFTER_DOT;
        continue;
      }
      state = LINE;
      if (c === CR) state = AFTER_CR;
      else if (c === LF) {
        this.bareLf(chunk, from, i);
        from = i + 1;
      }
    }
    // The CR behind a dot may belong to the end of content. Every other CR is content, bare or not.
    this.keep(chunk, from, state === AFTER_DOT_CR ? end - 1 : end);
    this.received += end - at;
    this.state = state;
    return undefined;
  }

  /** The content, as it is now; its memory is the caller's, its room is given back by `release`. */
  content(): Uint8Array {
    const { octets, length } = this;
    // Room for much more than came would be kept alive with it.
    return length * 2 < octets.length ? octets.slice(0, length) : octets.subarray(0, length);
  }

  /** Gives the room back. To be called once. */
  release(): void {
    this.room.give(this.octets.length);
    this.octets = EMPTY;
    this.length = 0;
  }

  /** The octet at `at` shows that the CR before it is bare. `isMissing`: that CR came with the chunk before and was not kept. */
  private bareCr(chunk: Uint8Array, from: number, at: number, isMissing: boolean): void {
    if (!this.normalises) this.fault ??= 'bare-line-end';
    this.keep(chunk, from, at);
    if (isMissing) this.keep(CRLF, 0, 2);
    else this.keep(CRLF, 1, 2);
  }

  private bareLf(chunk: Uint8Array, from: number, at: number): void {
    if (!this.normalises) this.fault ??= 'bare-line-end';
    this.keep(chunk, from, at);
    this.keep(CRLF, 0, 2);
  }

  private keep(chunk: Uint8Array, from: number, to: number): void {
    const more = to - from;
    if (more <= 0 || this.fault !== undefined) return;
    const wanted = this.length + more;
    if (wanted > this.sizeMax) this.fault = 'too-large';
    else if (wanted > this.octets.length && !this.grow(wanted)) this.fault = 'no-room';
    if (this.fault !== undefined) return;
    this.octets.set(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to), this.length);
    this.length = wanted;
  }

  private grow(wanted: number): boolean {
    const next = Math.min(Math.max(wanted, this.octets.length * 2), this.sizeMax);
    if (!this.room.take(next)) return false;
    const grown = Buffer.allocUnsafeSlow(next);
    grown.set(this.octets.subarray(0, this.length));
    this.room.give(this.octets.length);
    this.octets = grown;
    return true;
  }
}

const CRLF = Uint8Array.of(CR, LF);
const EMPTY = new Uint8Array(0);
