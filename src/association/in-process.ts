/**
 * Associations inside one process: what is sent on one end arrives at the other in a later turn of the event loop, in order. For tests and
 * laboratories; with bounds, loss and closed windows as the real ones have them.
 */
import { err, ok, type Result } from '#base';
import { CONTROL_OCTETS_MAX, QUEUE_OCTETS_MAX } from './bounds.js';
import type {
  Accept,
  Association,
  AssociationUser,
  Connector,
  ConnectorUser,
  ConnectTerms,
  Listener,
  ListenTerms,
  LostReason,
  Peer,
  Transport,
  TransportError,
} from './port.js';

interface Message {
  readonly octets: Uint8Array;
  readonly stream: number;
}

/** One end. What waits for the other side is kept here. */
class Half implements Association {
  readonly peer: Peer;
  readonly streams: number;
  readonly claimedAt = 0;
  queuedOctets = 0;
  user: AssociationUser | undefined;
  other!: Half;
  isReading = true;
  private readonly queueOctetsMax: number;
  private queue: Message[] = [];
  private isScheduled = false;
  private isFull = false;
  private state: 'open' | 'closing' | 'ended' = 'open';

  constructor(peer: Peer, streams: number, queueOctetsMax: number) {
    this.peer = peer;
    this.streams = streams;
    this.queueOctetsMax = queueOctetsMax;
  }

  get queuedMessages(): number {
    return this.queue.length;
  }

  claim(octets: number, stream: number): Uint8Array | undefined {
    if (this.state !== 'open') return undefined;
    if (this.queuedOctets + octets > this.queueOctetsMax) {
      this.isFull = true;
      return undefined;
    }
    return this.put(octets, stream);
  }

  sendControl(octets: Uint8Array, stream: number): boolean {
    if (this.state !== 'open') return false;
    if (this.queuedOctets + octets.length > this.queueOctetsMax + CONTROL_OCTETS_MAX) {
      setImmediate(() => this.abort('peer-does-not-read'));
      return false;
    }
    this.put(octets.length, stream).set(octets);
    return true;
  }

  private put(octets: number, stream: number): Uint8Array {
    const room = new Uint8Array(octets);
    this.queue.push({ octets: room, stream });
    this.queuedOctets += octets;
    this.schedule();
    return room;
  }

  use(user: AssociationUser): void {
    this.user = user;
  }

  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.deliver());
  }

  private deliver(): void {
    this.isScheduled = false;
    if (!this.other.isReading) return;
    const { queue } = this;
    this.queue = [];
    for (const { octets, stream } of queue) {
      if (this.state === 'ended') return;
      this.queuedOctets -= octets.length;
      this.other.user?.message(octets, 0, octets.length, this.streams > 1 ? stream : undefined);
    }
    if (this.isFull && this.queuedOctets * 2 <= this.queueOctetsMax) {
      this.isFull = false;
      this.user?.drained();
    }
    if (this.state === 'closing' && this.queue.length === 0) this.end('closed', 'peer-closed');
  }

  close(): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.schedule();
  }

  abort(reason: LostReason): void {
    if (this.state !== 'ended') this.end(reason, 'failed');
  }

  private end(mine: LostReason, others: LostReason): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.user?.lost(mine, '');
    setImmediate(() => this.other.end(others, mine));
  }
}

/** Where the ends inside one process meet: listeners by address and port. */
export class InProcessNetwork {
  private readonly listeners = new Map<string, { readonly terms: ListenTerms; readonly accept: Accept }>();
  private readonly open: [Half, Half][] = [];
  /** Streams of each association; 1 makes it like TCP. */
  private readonly streams: number;

  constructor(options: { readonly streams?: number } = {}) {
    this.streams = options.streams ?? 1;
  }

  /** Ends every association as if the network had failed. */
  fail(): void {
    for (const [a] of this.open.splice(0)) a.abort('failed');
  }

  /** Whether those who accepted an association read what comes; while not, their peers' queues fill. */
  setReading(isReading: boolean): void {
    for (const [a, b] of this.open) {
      b.isReading = isReading;
      a.schedule();
    }
  }

  readonly transport: Transport = {
    connector: (terms, user): Result<Connector, TransportError> => ok(this.connector(terms, user)),
    listen: (terms, accept) => Promise.resolve(this.listen(terms, accept)),
  };

  private connector(terms: ConnectTerms, user: ConnectorUser): Connector {
    let attempt = 0;
    const stop = (): void => {
      attempt++;
    };
    const connect = (): void => {
      const mine = ++attempt;
      setImmediate(() => {
        if (mine !== attempt) return;
        const found = terms.remoteAddresses
          .map((address) => this.listeners.get(`${address}:${terms.remotePort}`))
          .find((it) => it !== undefined);
        if (found === undefined) user.failed(`nobody listens on ${terms.remoteAddresses.join()}:${terms.remotePort}`);
        else this.join(terms, found, user);
      });
    };
    return { connect, stop };
  }

  private join(terms: ConnectTerms, to: { readonly terms: ListenTerms; readonly accept: Accept }, user: ConnectorUser): void {
    const local = terms.localAddresses.length > 0 ? terms.localAddresses : ['in-process'];
    const { streams } = this;
    const client = new Half(
      { addresses: terms.remoteAddresses, port: terms.remotePort, certificateNames: [] },
      streams,
      terms.queueOctetsMax ?? QUEUE_OCTETS_MAX,
    );
    const server = new Half(
      { addresses: local, port: terms.localPort, certificateNames: [] },
      streams,
      to.terms.queueOctetsMax ?? QUEUE_OCTETS_MAX,
    );
    client.other = server;
    server.other = client;
    const taken = local.every((it) => to.terms.allows(it)) ? to.accept(server) : undefined;
    if (taken === undefined) {
      user.failed('refused');
      return;
    }
    server.user = taken;
    client.user = user.up(client);
    if (client.user === undefined) client.abort('closed');
    else this.open.push([client, server]);
  }

  private listen(terms: ListenTerms, accept: Accept): Result<Listener, TransportError> {
    const keys = terms.localAddresses.map((it) => `${it}:${terms.port}`);
    const taken = keys.find((it) => this.listeners.has(it));
    if (taken !== undefined || keys.length === 0)
      return err({ kind: 'address-refused', text: `${taken ?? 'no address'} is in use` });
    for (const key of keys) this.listeners.set(key, { terms, accept });
    const close = (): Promise<void> => {
      for (const key of keys) this.listeners.delete(key);
      return Promise.resolve();
    };
    return ok({ address: terms.localAddresses[0]!, port: terms.port, close });
  }
}
