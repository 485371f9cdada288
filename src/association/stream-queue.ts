/**
 * What waits to be written on a stream. Messages are gathered in large pieces and written once a turn of the event loop; while a write is under
 * way the next ones gather, so that a peer who does not read costs the queue's bound and no more.
 */
import { CHUNK_OCTETS, CONTROL_OCTETS_MAX, QUEUE_OCTETS_MAX, SPARE_CHUNKS_MAX } from './bounds.js';

interface Chunk {
  readonly octets: Buffer;
  used: number;
  messages: number;
}

/** Writes a piece and calls back when the kernel has it. An error shows on the stream itself. */
export type WriteChunk = (octets: Buffer, written: () => void) => void;

export class StreamQueue {
  /** Unit: octets. */
  queuedOctets = 0;
  queuedMessages = 0;
  /** Where the room begins that `claim` has given. */
  claimedAt = 0;
  private readonly octetsMax: number;
  private readonly write: WriteChunk;
  private readonly onDrained: () => void;
  private current: Chunk = newChunk(CHUNK_OCTETS);
  private sealed: Chunk[] = [];
  private readonly spare: Chunk[] = [];
  private isWriting = false;
  private isScheduled = false;
  private wasFull = false;
  private isStopped = false;
  private onEmpty: (() => void) | undefined;
  private readonly turnEnds = (): void => {
    this.isScheduled = false;
    this.flush();
  };

  constructor(octetsMax: number | undefined, write: WriteChunk, onDrained: () => void) {
    this.octetsMax = octetsMax ?? QUEUE_OCTETS_MAX;
    this.write = write;
    this.onDrained = onDrained;
  }

  /** Room for a message, from `claimedAt` on. Undefined above the bound. */
  claim(octets: number): Uint8Array | undefined {
    if (this.queuedOctets + octets > this.octetsMax) {
      this.wasFull = true;
      return undefined;
    }
    return this.put(octets);
  }

  /** A message beyond the bound; false when there are too many of these. */
  force(octets: Uint8Array): boolean {
    if (this.queuedOctets + octets.length > this.octetsMax + CONTROL_OCTETS_MAX) return false;
    this.put(octets.length).set(octets, this.claimedAt);
    return true;
  }

  private put(octets: number): Uint8Array {
    if (this.current.used + octets > this.current.octets.length) this.seal(octets);
    const chunk = this.current;
    this.claimedAt = chunk.used;
    chunk.used += octets;
    chunk.messages++;
    this.queuedOctets += octets;
    this.queuedMessages++;
    if (!this.isScheduled && !this.isWriting) {
      this.isScheduled = true;
      setImmediate(this.turnEnds);
    }
    return chunk.octets;
  }

  /** The current piece is as full as it gets; the next one has room for `octets`. */
  private seal(octets: number): void {
    if (this.current.used > 0) this.sealed.push(this.current);
    else this.keep(this.current);
    this.current = octets > CHUNK_OCTETS ? newChunk(octets) : (this.spare.pop() ?? newChunk(CHUNK_OCTETS));
    this.flush();
  }

  private flush(): void {
    if (this.isWriting || this.isStopped) return;
    let chunk = this.sealed.shift();
    if (chunk === undefined && this.current.used > 0) {
      chunk = this.current;
      this.current = this.spare.pop() ?? newChunk(CHUNK_OCTETS);
    }
    if (chunk === undefined) return;
    this.isWriting = true;
    const written = chunk;
    this.write(chunk.octets.subarray(0, chunk.used), () => this.written(written));
  }

  private written(chunk: Chunk): void {
    this.isWriting = false;
    if (this.isStopped) return;
    this.queuedOctets -= chunk.used;
    this.queuedMessages -= chunk.messages;
    this.keep(chunk);
    // What came meanwhile goes at once when it waited for this write, and with the turn's end when it has just begun to gather.
    if (this.sealed.length > 0 || (this.current.used > 0 && !this.isScheduled)) this.flush();
    if (this.wasFull && this.queuedOctets * 2 <= this.octetsMax) {
      this.wasFull = false;
      this.onDrained();
    }
    if (this.queuedOctets === 0) this.onEmpty?.();
  }

  private keep(chunk: Chunk): void {
    if (this.spare.length >= SPARE_CHUNKS_MAX || chunk.octets.length !== CHUNK_OCTETS) return;
    chunk.used = 0;
    chunk.messages = 0;
    this.spare.push(chunk);
  }

  /** Calls once everything has been written; at once when there is nothing. */
  whenEmpty(call: () => void): void {
    if (this.queuedOctets === 0) call();
    else this.onEmpty = call;
  }

  /** Writes nothing more and gives its memory back; the counts stay, as what was lost. */
  stop(): void {
    this.isStopped = true;
    this.sealed = [];
    this.spare.length = 0;
    this.current = NO_CHUNK;
  }
}

const newChunk = (octets: number): Chunk => ({ octets: Buffer.allocUnsafeSlow(octets), used: 0, messages: 0 });
const NO_CHUNK: Chunk = { octets: Buffer.alloc(0), used: 0, messages: 0 };
