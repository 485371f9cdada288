/**
 * Reads a request body: never more than its limit in memory, by the octets that arrive and not by the length that is claimed, for
 * Content-Length and chunked alike. A body that comes in one piece is handed on as it is; else its octets are copied once, or twice for
 * the little of it that came before its claimed length was believed; the copy stands in a buffer that is used again.
 */
import type { IncomingMessage } from 'node:http';
import { LIMITS } from '#base';
import type { BodyBuffers } from './body-buffers.js';

/** What the reader asks and tells. Exactly one of `whole`, `tooLarge` and `aborted` comes, or none when `early` has said true. */
export interface BodyReceiver {
  /** `octets` more are in memory. */
  held(octets: number): void;
  /**
   * More is to come; `octets` have arrived so far. True when the request has been answered: the rest is read and thrown away, then comes
   * `drained`. Called for each piece but the last.
   */
  early(octets: Uint8Array): boolean;
  /** All of it. The octets are the receiver's until it calls `done`; afterwards others may stand there. */
  whole(octets: Uint8Array, done: () => void): void;
  /** More than the limit; the first octets, to know whom to answer. The rest is read and thrown away, then comes `drained`. */
  tooLarge(head: Uint8Array): void;
  /** After `early` or `tooLarge`: the request has ended, or more of it came than anybody wants to read. */
  drained(): void;
  /** The client has gone before the end. May also come after `early` or `tooLarge`, instead of `drained`. */
  aborted(): void;
}

/**
 * The claimed length is allocated once this part of it is here; until then the buffer doubles. So a claim costs at most about this many
 * times what was sent for it.
 */
const BELIEF = 16;

class Body {
  private readonly request: IncomingMessage;
  private readonly max: number;
  private readonly receiver: BodyReceiver;
  private readonly buffers: BodyBuffers;
  /** Content-Length; 0 when chunked or absent. */
  private readonly claimed: number;
  private buffer: Uint8Array = NOTHING;
  /** `buffer` came from `buffers`; else it is the first piece itself. */
  private borrowed = false;
  private used = 0;
  private discarded = 0;
  private state: 'reading' | 'draining' | 'done' = 'reading';

  constructor(request: IncomingMessage, max: number, buffers: BodyBuffers, receiver: BodyReceiver) {
    this.request = request;
    this.max = max;
    this.buffers = buffers;
    this.receiver = receiver;
    this.claimed = Number(request.headers['content-length'] ?? 0);
  }

  piece(piece: Uint8Array): void {
    if (this.state === 'draining') this.discard(piece.length);
    else if (this.state === 'reading') {
      if (this.claimed > this.max || this.used + piece.length > this.max) this.excess(piece);
      else this.take(piece);
    }
  }

  end(): void {
    if (this.state === 'reading' && this.claimed > this.max) this.refuse();
    if (this.state === 'reading') {
      this.state = 'done';
      const { buffer, borrowed } = this;
      const octets = this.view();
      this.buffer = NOTHING;
      this.receiver.whole(octets, () => {
        if (borrowed) this.buffers.give(buffer);
      });
    } else if (this.state === 'draining') {
      this.state = 'done';
      this.receiver.drained();
    }
  }

  closed(): void {
    if (this.state === 'done') return;
    this.state = 'done';
    this.drop();
    this.receiver.aborted();
  }

  /** Reads on without keeping anything: `answer` has answered the request. Nothing happens when all of it is here already. */
  giveWay(answer: (head: Uint8Array) => void): void {
    if (this.state !== 'reading') return;
    answer(this.view());
    this.drain();
  }

  private take(piece: Uint8Array): void {
    this.append(piece);
    this.receiver.held(piece.length);
    if (this.state === 'reading' && this.used !== this.claimed && this.receiver.early(this.view())) this.drain();
  }

  /** A claim that is too large already is refused at once, but not before the transaction id can have come. */
  private excess(piece: Uint8Array): void {
    this.append(piece.subarray(0, Math.max(0, this.max - this.used)));
    if (this.used >= Math.min(LIMITS.mm1GlanceOctetsMax, this.max)) this.refuse();
  }

  private refuse(): void {
    this.receiver.tooLarge(this.view());
    this.drain();
  }

  private drain(): void {
    this.state = 'draining';
    this.drop();
  }

  private drop(): void {
    if (this.borrowed) this.buffers.give(this.buffer);
    this.borrowed = false;
    this.buffer = NOTHING;
  }

  private discard(octets: number): void {
    this.discarded += octets;
    if (this.discarded <= LIMITS.mm1DrainOctetsMax) return;
    this.state = 'done';
    this.request.pause();
    this.receiver.drained();
  }

  private view(): Uint8Array {
    return this.used === this.buffer.length ? this.buffer : this.buffer.subarray(0, this.used);
  }

  private append(piece: Uint8Array): void {
    if (this.used === 0) {
      this.buffer = piece;
      this.used = piece.length;
      return;
    }
    const needed = this.used + piece.length;
    if (needed > this.buffer.length) {
      const believed = this.claimed <= this.max && needed * BELIEF >= this.claimed ? this.claimed : 0;
      const grown = this.buffers.take(Math.max(believed, needed));
      grown.set(this.buffer.subarray(0, this.used));
      this.drop();
      this.buffer = grown;
      this.borrowed = true;
    }
    this.buffer.set(piece, this.used);
    this.used = needed;
  }
}

const NOTHING = new Uint8Array(0);

/** A body that is being read. */
export type BodyReading = Pick<Body, 'giveWay'>;

/** Reads the body of `request`, at most `max` octets, and tells `receiver`. */
export function readBody(request: IncomingMessage, max: number, buffers: BodyBuffers, receiver: BodyReceiver): BodyReading {
  const body = new Body(request, max, buffers, receiver);
  request.on('data', (piece: Uint8Array) => body.piece(piece));
  request.on('end', () => body.end());
  request.on('close', () => body.closed());
  return body;
}
