/**
 * What waits to be sent on an SCTP socket: pieces of memory with the messages one behind the other, and for each message where it ends and which
 * stream it is for. The kernel reads them from where they stand.
 */
import { CHUNK_MESSAGES_MAX, CHUNK_OCTETS, CONTROL_OCTETS_MAX, QUEUE_OCTETS_MAX, SPARE_CHUNKS_MAX } from '../bounds.js';

export interface Chunk {
  readonly octets: Buffer;
  readonly address: number;
  /** Where each message ends; the next one begins there. */
  readonly ends: Uint32Array;
  readonly streams: Uint16Array;
  used: number;
  count: number;
  /** Messages that have been sent. */
  done: number;
}

export class MessageQueue {
  queuedOctets = 0;
  queuedMessages = 0;
  claimedAt = 0;
  private readonly octetsMax: number;
  private readonly addressOf: (buffer: Buffer) => number;
  private chunks: Chunk[] = [];
  private readonly spare: Chunk[] = [];
  private wasFull = false;

  constructor(octetsMax: number | undefined, addressOf: (buffer: Buffer) => number) {
    this.octetsMax = octetsMax ?? QUEUE_OCTETS_MAX;
    this.addressOf = addressOf;
  }

  /** Room for a message, from `claimedAt` on. Undefined above the bound. */
  claim(octets: number, stream: number): Uint8Array | undefined {
    if (this.queuedOctets + octets > this.octetsMax) {
      this.wasFull = true;
      return undefined;
    }
    return this.put(octets, stream);
  }

  /** A message beyond the bound; false when there are too many of these. */
  force(octets: Uint8Array, stream: number): boolean {
    if (this.queuedOctets + octets.length > this.octetsMax + CONTROL_OCTETS_MAX) return false;
    this.put(octets.length, stream).set(octets, this.claimedAt);
    return true;
  }

  private put(octets: number, stream: number): Uint8Array {
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunk.count === CHUNK_MESSAGES_MAX || chunk.used + octets > chunk.octets.length) {
      chunk = (octets <= CHUNK_OCTETS ? this.spare.pop() : undefined) ?? this.newChunk(Math.max(octets, CHUNK_OCTETS));
      this.chunks.push(chunk);
    }
    this.claimedAt = chunk.used;
    chunk.used += octets;
    chunk.ends[chunk.count] = chunk.used;
    chunk.streams[chunk.count++] = stream;
    this.queuedOctets += octets;
    this.queuedMessages++;
    return chunk.octets;
  }

  private newChunk(octets: number): Chunk {
    const buffer = Buffer.allocUnsafeSlow(octets);
    return {
      octets: buffer,
      address: this.addressOf(buffer),
      ends: new Uint32Array(CHUNK_MESSAGES_MAX),
      streams: new Uint16Array(CHUNK_MESSAGES_MAX),
      used: 0,
      count: 0,
      done: 0,
    };
  }

  /** The piece with the next message that waits; undefined when none does. */
  get head(): Chunk | undefined {
    return this.chunks[0];
  }

  /** The head's next message has been sent. */
  sent(): void {
    const chunk = this.chunks[0]!;
    const begin = chunk.done === 0 ? 0 : chunk.ends[chunk.done - 1]!;
    this.queuedOctets -= chunk.ends[chunk.done++]! - begin;
    this.queuedMessages--;
    if (chunk.done < chunk.count) return;
    this.chunks.shift();
    if (this.spare.length >= SPARE_CHUNKS_MAX || chunk.octets.length !== CHUNK_OCTETS) return;
    chunk.used = 0;
    chunk.count = 0;
    chunk.done = 0;
    this.spare.push(chunk);
  }

  /** Whether somebody was refused room and half of the bound is free again; true once. */
  takeDrained(): boolean {
    if (!this.wasFull || this.queuedOctets * 2 > this.octetsMax) return false;
    this.wasFull = false;
    return true;
  }

  /** Gives the memory back; the counts stay, as what was lost. */
  drop(): void {
    this.chunks = [];
    this.spare.length = 0;
  }
}
