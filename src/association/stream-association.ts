/** An association on a stream of octets, TCP or TLS: framing in, one write a turn out, and a fair share of the event loop. */
import type { Socket } from 'node:net';
import type { Framer } from '#base';
import { createIpaFramer } from '#codec/ipa';
import { createM3uaFramer } from '#codec/m3ua';
import { CLOSE_GRACE_MS, READ_OCTETS_PER_TURN } from './bounds.js';
import type { Association, AssociationUser, Framing, LostReason, Peer } from './port.js';
import { StreamQueue } from './stream-queue.js';

const FRAMERS: Readonly<Record<Framing, () => Framer>> = { m3ua: createM3uaFramer, ipa: createIpaFramer };

export class StreamAssociation implements Association {
  readonly peer: Peer;
  readonly streams = 1;
  private readonly socket: Socket;
  private readonly framer: Framer;
  private readonly queue: StreamQueue;
  private user: AssociationUser | undefined;
  private state: 'open' | 'closing' | 'ended' = 'open';
  private readThisTurn = 0;
  private isPaused = false;
  private grace: NodeJS.Timeout | undefined;
  private failure = '';

  /** The socket is connected, TLS verified. Nothing is read before `use`. */
  constructor(socket: Socket, peer: Peer, framing: Framing, queueOctetsMax: number | undefined) {
    this.socket = socket;
    this.peer = peer;
    this.framer = FRAMERS[framing]();
    this.queue = new StreamQueue(
      queueOctetsMax,
      (octets, written) => void socket.write(octets, written),
      () => this.user?.drained(),
    );
    socket.on('error', (e) => {
      this.failure = e.message;
    });
    socket.on('end', () => this.end('peer-closed', this.framer.pending > 0 ? 'within a message' : ''));
    socket.on('close', () => this.end(this.state === 'closing' ? 'closed' : 'failed', this.failure));
  }

  /** Begins to read. */
  use(user: AssociationUser): void {
    if (this.user === undefined) this.socket.on('data', (piece: Buffer) => this.read(piece));
    this.user = user;
  }

  get queuedOctets(): number {
    return this.queue.queuedOctets;
  }

  get queuedMessages(): number {
    return this.queue.queuedMessages;
  }

  get claimedAt(): number {
    return this.queue.claimedAt;
  }

  claim(octets: number): Uint8Array | undefined {
    return this.state === 'open' ? this.queue.claim(octets) : undefined;
  }

  sendControl(octets: Uint8Array): boolean {
    if (this.state !== 'open') return false;
    if (this.queue.force(octets)) return true;
    this.abort('peer-does-not-read');
    return false;
  }

  close(): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.grace = setTimeout(() => this.end('closed', 'the peer did not take all of it'), CLOSE_GRACE_MS);
    this.queue.whenEmpty(() => this.socket.end(() => this.end('closed', '')));
  }

  abort(reason: LostReason): void {
    this.end(reason, '');
  }

  private end(reason: LostReason, detail: string): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    clearTimeout(this.grace);
    this.queue.stop();
    this.socket.destroy();
    this.user?.lost(reason, detail);
  }

  private readonly take = (bytes: Uint8Array, at: number, end: number): boolean => {
    this.user!.message(bytes, at, end, undefined);
    return this.state !== 'ended';
  };

  private read(piece: Buffer): void {
    if (this.state === 'ended') return;
    // As plain octets: views of a Buffer cost more, and its slice() would be a view where others expect a copy.
    const octets = new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
    const failure = this.framer.each(octets, this.take);
    if (failure !== undefined) {
      this.end('unreadable', failure.text);
      return;
    }
    if (this.readThisTurn === 0) setImmediate(this.turnEnds);
    this.readThisTurn += piece.length;
    if (this.readThisTurn < READ_OCTETS_PER_TURN || this.isPaused) return;
    this.isPaused = true;
    this.socket.pause();
  }

  private readonly turnEnds = (): void => {
    this.readThisTurn = 0;
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.state !== 'ended') this.socket.resume();
  };
}
