/**
 * Cuts a stream of octets into frames that say their own length. It holds at most one unfinished frame; what is complete in a piece is
 * handed on as a view into that piece, so that a piece with many frames costs no copy.
 */
import { Malformed } from './malformed.js';
import { err, ok, type Result } from './result.js';

/**
 * What is known of the frame whose first `available` octets stand at `at`: its whole length in octets, or undefined while too little of
 * it has come to tell. Throws Malformed when no frame can begin so. The length is never less than what had to be seen to tell it. It is
 * asked again as the frame grows, and no more once it has told the length.
 */
export type LengthOf = (bytes: Uint8Array, at: number, available: number) => number | undefined;

/** Takes the frame that stands in `bytes` from `at` to `end`. False: no more of this piece is wanted, and the rest of it is dropped. */
export type TakeFrame = (bytes: Uint8Array, at: number, end: number) => boolean;

/** Why the rest of a stream cannot be cut into frames. `offset`: octet of the whole stream where the bad frame began, counted from 0. */
export interface FramingError {
  readonly kind: 'malformed' | 'limit';
  readonly offset: number;
  readonly detail: string;
  readonly text: string;
}

export class Framer {
  private readonly lengthOf: LengthOf;
  private readonly frameOctetsMax: number;
  private held: Uint8Array = new Uint8Array(0);
  private used = 0;
  /** Length of the held frame, once its head has said it; of no meaning while none is held. */
  private expected: number | undefined;
  /** Octets of the stream before the frame that is being gathered. */
  private passed = 0;
  private failure: FramingError | undefined;

  /** `frameOctetsMax`: the longest frame; a longer one ends the stream with an error of kind `limit`. */
  constructor(lengthOf: LengthOf, frameOctetsMax: number) {
    this.lengthOf = lengthOf;
    this.frameOctetsMax = frameOctetsMax;
  }

  /** Octets of an unfinished frame: not 0 at the end of a stream means that it was cut. */
  get pending(): number {
    return this.used;
  }

  /**
   * The frames that `piece` completes, in order. They are views, valid as long as the piece is left alone. Frames before a bad one are
   * handed over by `frames` of the error; after an error the stream is lost and every call returns that error.
   */
  push(piece: Uint8Array): Result<readonly Uint8Array[], FramingError & { readonly frames: readonly Uint8Array[] }> {
    const frames: Uint8Array[] = [];
    const failure = this.each(piece, (bytes, at, end) => {
      frames.push(bytes.subarray(at, end));
      return true;
    });
    return failure === undefined ? ok(frames) : err({ ...failure, frames });
  }

  /**
   * Hands over the frames that `piece` completes, in order and without making views of them. Undefined, or why the stream ends here; after an
   * error the stream is lost and every call returns that error.
   */
  each(piece: Uint8Array, take: TakeFrame): FramingError | undefined {
    if (this.failure !== undefined) return this.failure;
    try {
      this.cut(piece, take);
      return undefined;
    } catch (e) {
      // Malformed is what `lengthOf` says; what `take` throws is a bug of the caller's and looks the same only if he lets one through.
      if (!(e instanceof Malformed)) throw e;
      const kind = e.offset === OVER_LIMIT ? 'limit' : 'malformed';
      this.failure = { kind, offset: this.passed, detail: e.detail, text: `frame at octet ${this.passed}: ${e.detail}` };
      return this.failure;
    }
  }

  private cut(piece: Uint8Array, take: TakeFrame): void {
    let at = 0;
    while (at < piece.length) {
      if (this.used > 0) {
        const next = this.goOn(piece, at, take);
        if (next < 0) return;
        at = next;
        continue;
      }
      const left = piece.length - at;
      const length = this.checked(piece, at, left);
      if (length === undefined || length > left) {
        this.expected = length;
        this.hold(piece, at, left, length ?? left);
        return;
      }
      this.passed += length;
      if (!take(piece, at, at + length)) return;
      at += length;
    }
  }

  /** Adds to the held frame what it still needs. Returns the first octet of `piece` not taken; -1 when the taker wants no more. */
  private goOn(piece: Uint8Array, at: number, take: TakeFrame): number {
    // While the length is not known the frame grows by single octets: its head has few of them.
    const wanted = this.expected === undefined ? 1 : this.expected - this.used;
    const taken = Math.min(wanted, piece.length - at);
    this.hold(piece, at, taken, this.expected ?? this.used + 1);
    this.expected ??= this.checked(this.held, 0, this.used);
    if (this.expected === this.used) {
      const { held, used } = this;
      this.passed += used;
      this.held = new Uint8Array(0);
      this.used = 0;
      if (!take(held, 0, used)) return -1;
    }
    return at + taken;
  }

  private hold(piece: Uint8Array, at: number, count: number, capacity: number): void {
    if (this.held.length < capacity) {
      const grown = new Uint8Array(capacity);
      grown.set(this.held.subarray(0, this.used));
      this.held = grown;
    }
    this.held.set(piece.subarray(at, at + count), this.used);
    this.used += count;
  }

  private checked(bytes: Uint8Array, at: number, available: number): number | undefined {
    const length = this.lengthOf(bytes, at, available);
    if (length !== undefined && length > this.frameOctetsMax)
      throw new Malformed(OVER_LIMIT, `${length} octets announced, ${this.frameOctetsMax} are the most`);
    return length;
  }
}

/** Marks the one Malformed that is thrown here and not by the caller's grammar. */
const OVER_LIMIT = -1;
