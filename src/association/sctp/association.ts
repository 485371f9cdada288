/** One association on a one-to-one SCTP socket. */
import { LIMITS, type Log } from '#base';
import { CLOSE_GRACE_MS, READ_MESSAGES_PER_TURN } from '../bounds.js';
import type { Association, AssociationUser, LostReason, Peer } from '../port.js';
import { ERRNO, errnoText } from './libc.js';
import type { SctpMessages } from './messages.js';
import { type Poller, READABLE, WRITABLE } from './poller.js';
import { MessageQueue } from './queue.js';
import type { SctpSockets } from './socket.js';
import { ASSOCIATION_STATE, lingerNot, NOTIFICATION, OPTION, PATH_STATE, readAddress, SOL_SOCKET } from './structures.js';

/** What all associations share. */
export interface SctpKernel {
  readonly sockets: SctpSockets;
  readonly poller: Poller;
  readonly messages: SctpMessages;
  readonly log: Log;
}

/** shutdown(): no more is sent, and the association ends when the peer has everything. */
const SHUT_WR = 1;
/** Where a path notification has its address and its state: struct sctp_paddr_change. */
const PATH_ADDRESS_AT = 8;
const PATH_STATE_AT = PATH_ADDRESS_AT + 128;

const PATH_TEXTS: Readonly<Record<number, string>> = {
  [PATH_STATE.available]: 'path is up',
  [PATH_STATE.confirmed]: 'path is confirmed',
};

export class SctpAssociation implements Association {
  readonly peer: Peer;
  readonly streams: number;
  private readonly kernel: SctpKernel;
  private readonly fd: number;
  private readonly queue: MessageQueue;
  private user: AssociationUser | undefined;
  private state: 'open' | 'closing' | 'ended' = 'open';
  private isScheduled = false;
  private isBlocked = false;
  private grace: NodeJS.Timeout | undefined;
  private gathered: Uint8Array[] = [];
  private gatheredOctets = 0;
  private readonly onRestart: ((association: SctpAssociation) => void) | undefined;
  private readonly queueOctetsMax: number | undefined;
  private readonly turnEnds = (): void => {
    this.isScheduled = false;
    if (!this.isBlocked) this.flush();
  };

  /** `fd` is an association that is up. `onRestart`: takes it over when the peer has begun it anew; absent: it is ended then. */
  constructor(
    kernel: SctpKernel,
    fd: number,
    queueOctetsMax: number | undefined,
    onRestart?: (association: SctpAssociation) => void,
  ) {
    this.kernel = kernel;
    this.fd = fd;
    this.queueOctetsMax = queueOctetsMax;
    this.onRestart = onRestart;
    this.peer = { ...kernel.sockets.addressesOf(fd, 'peer'), certificateNames: [] };
    this.streams = kernel.sockets.outboundStreams(fd);
    this.queue = new MessageQueue(queueOctetsMax, (buffer) => kernel.sockets.libc.addressOf(buffer));
  }

  /** Begins to read. */
  use(user: AssociationUser): void {
    if (this.user === undefined) this.kernel.poller.add(this.fd, READABLE, this.ready);
    this.user = user;
  }

  /** Nobody wants it. */
  refuse(): void {
    this.state = 'ended';
    this.drop();
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

  claim(octets: number, stream: number): Uint8Array | undefined {
    if (this.state !== 'open') return undefined;
    const room = this.queue.claim(octets, stream);
    if (room !== undefined) this.schedule();
    return room;
  }

  sendControl(octets: Uint8Array, stream: number): boolean {
    if (this.state !== 'open') return false;
    if (this.queue.force(octets, stream)) {
      this.schedule();
      return true;
    }
    this.abort('peer-does-not-read');
    return false;
  }

  private schedule(): void {
    if (this.isScheduled || this.isBlocked) return;
    this.isScheduled = true;
    setImmediate(this.turnEnds);
  }

  close(): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.grace = setTimeout(() => this.end('closed', 'the peer did not take all of it'), CLOSE_GRACE_MS);
    this.flush();
  }

  abort(reason: LostReason): void {
    this.end(reason, '');
  }

  private end(reason: LostReason, detail: string): void {
    if (this.state === 'ended') return;
    const wasInOrder = reason === 'peer-closed' || (this.state === 'closing' && this.queue.queuedMessages === 0);
    this.state = 'ended';
    // Otherwise the kernel would go on offering what the peer does not take; an ABORT tells it.
    if (!wasInOrder) this.kernel.sockets.libc.setsockopt(this.fd, SOL_SOCKET, OPTION.linger, lingerNot(), 8);
    this.drop();
    this.user?.lost(reason, detail);
  }

  private drop(): void {
    clearTimeout(this.grace);
    this.queue.drop();
    this.kernel.poller.remove(this.fd);
    this.kernel.sockets.libc.close(this.fd);
  }

  /** Sends what waits, as far as the kernel takes it. */
  private flush(): void {
    const { messages, sockets, poller } = this.kernel;
    const { queue } = this;
    for (let chunk = queue.head; chunk !== undefined; chunk = queue.head) {
      const { done } = chunk;
      const begin = done === 0 ? 0 : chunk.ends[done - 1]!;
      if (messages.send(this.fd, chunk.address + begin, chunk.ends[done]! - begin, chunk.streams[done]!) < 0) {
        const errno = sockets.libc.errno();
        if (errno === ERRNO.EAGAIN) {
          if (!this.isBlocked) poller.change(this.fd, READABLE | WRITABLE);
          this.isBlocked = true;
          return;
        }
        if (errno !== ERRNO.EINTR) {
          // Why it has ended is said by the notification that is read next; this comes first when it was reset.
          this.end('failed', errnoText(errno));
          return;
        }
        continue;
      }
      queue.sent();
    }
    if (this.state === 'closing') sockets.libc.shutdown(this.fd, SHUT_WR);
    if (queue.takeDrained()) this.user?.drained();
  }

  private readonly ready = (events: number): void => {
    if ((events & WRITABLE) !== 0 && this.isBlocked) {
      this.isBlocked = false;
      this.kernel.poller.change(this.fd, READABLE);
      this.flush();
    }
    if ((events & READABLE) !== 0 && this.state !== 'ended') this.read();
  };

  private read(): void {
    const { messages, sockets } = this.kernel;
    for (let i = 0; i < READ_MESSAGES_PER_TURN; i++) {
      const octets = messages.receive(this.fd);
      if (octets < 0) {
        const errno = sockets.libc.errno();
        if (errno === ERRNO.EINTR) continue;
        if (errno !== ERRNO.EAGAIN) this.end('failed', errnoText(errno));
        return;
      }
      if (octets === 0) {
        this.ended();
        return;
      }
      if (messages.isNotification) this.notified(octets);
      else this.take(octets);
      // The user, or a notification, may have ended it, or handed it to somebody else.
      if (this.state === 'ended') return;
    }
  }

  private ended(): void {
    if (this.state === 'closing') this.end('closed', '');
    else this.end('peer-closed', '');
  }

  private take(octets: number): void {
    const { messages } = this.kernel;
    const { stream } = messages;
    if (messages.isEnd && this.gatheredOctets === 0) {
      this.user!.message(messages.octets, 0, octets, stream);
      return;
    }
    this.gatheredOctets += octets;
    if (this.gatheredOctets > LIMITS.m3uaMessageOctetsMax) {
      this.end('unreadable', `a message of more than ${LIMITS.m3uaMessageOctetsMax} octets`);
      return;
    }
    this.gathered.push(messages.octets.slice(0, octets));
    if (!messages.isEnd) return;
    const whole = new Uint8Array(this.gatheredOctets);
    let at = 0;
    for (const piece of this.gathered) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.gathered = [];
    this.gatheredOctets = 0;
    this.user!.message(whole, 0, whole.length, stream);
  }

  private notified(octets: number): void {
    const { received } = this.kernel.messages;
    if (octets < 10) return;
    const type = received.readUInt16LE(0);
    if (type === NOTIFICATION.associationChange) this.changed(received.readUInt16LE(8));
    else if (type === NOTIFICATION.peerAddressChange && octets >= PATH_STATE_AT + 4) this.pathChanged(received);
  }

  private changed(state: number): void {
    switch (state) {
      case ASSOCIATION_STATE.lost:
        this.end(this.state === 'closing' ? 'closed' : 'failed', 'the association is lost, or the peer aborted it');
        break;
      case ASSOCIATION_STATE.shutdownComplete:
        this.ended();
        break;
      case ASSOCIATION_STATE.cannotStart:
        this.end('failed', 'the association cannot be set up');
        break;
      case ASSOCIATION_STATE.restart:
        this.restarted();
        break;
    }
  }

  /** The peer has begun anew and knows nothing of what was: for the conversation that is a loss and a new association. */
  private restarted(): void {
    const detail = 'the peer has begun the association anew';
    if (this.onRestart === undefined || this.state !== 'open') {
      this.end('failed', detail);
      return;
    }
    this.state = 'ended';
    clearTimeout(this.grace);
    this.queue.drop();
    this.kernel.poller.remove(this.fd);
    this.user?.lost('failed', detail);
    this.onRestart(new SctpAssociation(this.kernel, this.fd, this.queueOctetsMax, this.onRestart));
  }

  private pathChanged(received: Buffer): void {
    const path = readAddress(received, PATH_ADDRESS_AT);
    const state = received.readInt32LE(PATH_STATE_AT);
    const fields = { peer: this.peer.addresses[0], port: this.peer.port, path: path?.address };
    if (state === PATH_STATE.unreachable) this.kernel.log.warn(fields, 'path is down');
    else if (PATH_TEXTS[state] !== undefined) this.kernel.log.info(fields, PATH_TEXTS[state]);
  }
}
