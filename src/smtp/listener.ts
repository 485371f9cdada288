/**
 * The listener: who comes in at all, and how many; the rest is the connections' (`server/connection.ts`). Everything is bounded: connections, those of
 * one address, how fast it makes them, the memory of contents. What is beyond a bound is told so at once and not made to wait.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Counter, LIMITS, silentMeter } from '#base';
import { addressSet, plainAddress } from './addresses.js';
import type { SmtpListener, SmtpListenerCounters, SmtpListenerPorts } from './listener-port.js';
import type { SmtpListenerLimits, SmtpListenerSettings } from './listener-settings.js';
import { RareLog } from './rare-log.js';
import { replyText, type SmtpReply } from './reply.js';
import { ServerConnection } from './server/connection.js';
import { OctetRoom } from './server/content.js';
import { Accounts, Visitors } from './server/doors.js';
import type { Hall, Standing } from './server/hall.js';
import { readProxyHeader } from './server/proxy-header.js';
import { ServerTls } from './server/server-tls.js';

const defaults: Required<SmtpListenerLimits> = {
  sizeMax: LIMITS.smtpSizeMax,
  recipientsMax: LIMITS.smtpRecipientsMax,
  connectionsMax: LIMITS.smtpConnectionsMax,
  connectionsPerAddressMax: LIMITS.smtpConnectionsPerAddressMax,
  connectsPerMinuteMax: LIMITS.smtpConnectsPerMinuteMax,
  contentOctetsMax: LIMITS.smtpContentOctetsMax,
  commandMs: LIMITS.smtpCommandMs,
  contentSilenceMs: LIMITS.smtpContentSilenceMs,
  contentPatienceMs: LIMITS.smtpContentPatienceMs,
  paceMin: LIMITS.smtpContentPaceMin,
  establishMs: LIMITS.smtpEstablishMs,
  errorsMax: LIMITS.smtpErrorsMax,
  refusedRecipientsMax: LIMITS.smtpRefusedRecipientsMax,
};

const TURNED_AWAY = {
  'not-allowed': { code: 554, enhanced: '5.7.1', text: 'no service for this address' },
  full: { code: 421, enhanced: '4.3.2', text: 'too many connections, try again later' },
  'too-many': { code: 421, enhanced: '4.7.0', text: 'too many connections from this address' },
  'too-fast': { code: 421, enhanced: '4.7.0', text: 'too many new connections from this address' },
} as const satisfies Readonly<Record<string, SmtpReply>>;

class Listener<Peer> implements SmtpListener, Hall<Peer> {
  readonly settings: SmtpListenerSettings;
  readonly ports: SmtpListenerPorts<Peer>;
  readonly limits: Required<SmtpListenerLimits>;
  readonly offered: Hall<Peer>['offered'];
  readonly tls: ServerTls | undefined;
  readonly room: OctetRoom;
  readonly accounts = new Accounts();
  readonly rare: RareLog;
  readonly now: () => number;
  readonly counters = { connections: 0, connectionsRefused: 0, messages: 0, octets: 0, deferrals: 0, refusals: 0 };
  private readonly server: Server;
  private readonly visitors: Visitors;
  private readonly allows: (address: string) => boolean;
  private readonly isProxy: (address: string) => boolean;
  private readonly standing = new Map<Standing, () => void>();
  /** Sockets of which no connection has come yet: those before a PROXY header or TLS. */
  private readonly hallway = new Set<Socket>();
  /** Those turned away, until they have read why. */
  private readonly leaving = new Set<Socket>();
  private readonly outcomes: Counter;
  private looking: NodeJS.Timeout | undefined;
  private lastId = 0;
  address = '';
  port = 0;

  constructor(settings: SmtpListenerSettings, ports: SmtpListenerPorts<Peer>) {
    this.settings = settings;
    this.ports = ports;
    this.limits = { ...defaults, ...settings.limits };
    this.now = ports.now ?? (() => performance.now());
    this.rare = new RareLog(ports.log, this.now);
    this.tls = settings.tls === undefined ? undefined : new ServerTls(settings.tls);
    this.room = new OctetRoom(this.limits.contentOctetsMax);
    this.visitors = new Visitors(this.limits.connectionsPerAddressMax, this.limits.connectsPerMinuteMax);
    this.allows = settings.allow === undefined ? () => true : addressSet(settings.allow);
    this.isProxy = addressSet(settings.proxies ?? []);
    this.offered = {
      utf8: settings.utf8 ?? false,
      dsn: settings.dsn ?? true,
      deliverBy: settings.deliverBy ?? false,
      auth: (settings.auth ?? 'none') !== 'none',
    };
    const meter = ports.meter ?? silentMeter;
    this.outcomes = meter.counter(
      'angarium_smtp_in_total',
      'Mails taken, and commands and mails deferred or refused, of SMTP listeners',
      ['listener', 'outcome'],
    );
    this.server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: false }, (socket) => this.take(socket));
  }

  get connections(): number {
    return this.standing.size;
  }

  get contentOctets(): number {
    return this.room.taken;
  }

  async open(): Promise<void> {
    const { address, port, name } = this.settings;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, ...(address === undefined ? {} : { host: address }) }, () => {
        this.server.off('error', reject);
        resolve();
      });
    }).catch((fault: NodeJS.ErrnoException) => {
      const where = `${address ?? '*'} port ${port}`;
      throw new Error(`SMTP listener ${name}: cannot listen on ${where}: ${fault.code ?? fault.message}`, { cause: fault });
    });
    ({ address: this.address, port: this.port } = this.server.address() as AddressInfo);
    // Running out of descriptors is met again with every connection; those that stand go on.
    this.server.on('error', (fault) => this.rare.warn({ listener: name, err: fault }, 'smtp: cannot accept connections'));
    this.looking = setInterval(() => this.look(), LIMITS.smtpLookMs);
    this.looking.unref();
  }

  private look(): void {
    const now = this.now();
    for (const it of this.standing.keys()) it.look(now);
  }

  // at the door

  private take(socket: Socket): void {
    this.counters.connections++;
    this.hallway.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.hallway.delete(socket));
    const address = plainAddress(socket.remoteAddress ?? '');
    if (this.isProxy(address)) this.readProxy(socket);
    else this.admit(socket, address, socket.remotePort ?? 0);
  }

  private readProxy(socket: Socket): undefined {
    let octets: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), LIMITS.smtpTlsHandshakeMs).unref();
    if (this.isFull()) {
      clearTimeout(timer);
      return this.turnAway(socket, 'full', plainAddress(socket.remoteAddress ?? ''));
    }
    const read = (chunk: Buffer): void => {
      octets = Buffer.concat([octets, chunk]);
      const header = readProxyHeader(octets);
      if (header === 'more') return;
      clearTimeout(timer);
      socket.off('data', read);
      if (header === 'bad') {
        this.rare.warn({ listener: this.settings.name }, 'smtp: no PROXY header from a proxy: connection ended');
        socket.destroy();
        return;
      }
      socket.pause();
      if (header.length < octets.length) socket.unshift(octets.subarray(header.length));
      const { address, port } = header.client ?? {
        address: plainAddress(socket.remoteAddress ?? ''),
        port: socket.remotePort ?? 0,
      };
      this.admit(socket, plainAddress(address), port);
    };
    socket.on('data', read);
  }

  private isFull(): boolean {
    return this.standing.size + this.hallway.size > this.limits.connectionsMax;
  }

  private admit(socket: Socket, address: string, port: number): undefined {
    if (!this.allows(address)) return this.turnAway(socket, 'not-allowed', address);
    if (this.isFull()) return this.turnAway(socket, 'full', address);
    const entered = this.visitors.enter(address, this.now());
    if (entered !== 'in') return this.turnAway(socket, entered, address);
    const leave = once(() => this.visitors.leave(address));
    socket.once('close', leave);
    const id = `${this.settings.name}-${(++this.lastId).toString(36)}`;
    if (this.settings.tls?.mode !== 'implicit')
      return this.receive(new ServerConnection(this, socket, address, port, id), socket, leave);
    this.tls!.secure(socket, (secured) => this.receive(new ServerConnection(this, secured, address, port, id), socket, leave));
  }

  private receive(connection: Standing, socket: Socket, leave: () => void): undefined {
    this.hallway.delete(socket);
    this.standing.set(connection, leave);
  }

  private turnAway(socket: Socket, why: keyof typeof TURNED_AWAY, address: string): undefined {
    this.counters.connectionsRefused++;
    this.rare.warn({ listener: this.settings.name, address, why }, 'smtp: connection refused');
    // It takes nobody's place. Inside TLS nobody can be told without a handshake, which is the dear part.
    this.hallway.delete(socket);
    if (this.settings.tls?.mode === 'implicit' || this.leaving.size >= this.limits.connectionsMax) {
      socket.destroy();
      return;
    }
    this.leaving.add(socket);
    socket.once('close', () => this.leaving.delete(socket));
    socket.end(`${replyText(TURNED_AWAY[why])}\r\n`);
    socket.resume();
    setTimeout(() => socket.destroy(), LIMITS.smtpLingerMs).unref();
  }

  left(connection: Standing): void {
    this.standing.get(connection)?.();
    this.standing.delete(connection);
  }

  count(what: 'taken' | 'deferred' | 'refused', octets = 0): void {
    const { counters } = this;
    if (what === 'taken') counters.messages++;
    else if (what === 'deferred') counters.deferrals++;
    else counters.refusals++;
    counters.octets += octets;
    this.outcomes.add(1, { listener: this.settings.name, outcome: what });
  }

  async close(graceMs: number = LIMITS.smtpCloseGraceMs): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const it of [...this.hallway, ...this.leaving]) it.destroy();
    for (const it of [...this.standing.keys()]) it.leave();
    const grace = setTimeout(() => {
      for (const it of [...this.standing.keys()]) it.destroy();
    }, graceMs);
    await closed;
    clearTimeout(grace);
    clearInterval(this.looking);
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

/**
 * Opens a listener. Rejects with a sentence for the operator when the port cannot be bound, an address is none, or the TLS material cannot be used.
 */
export async function startSmtpListener<Peer>(
  settings: SmtpListenerSettings,
  ports: SmtpListenerPorts<Peer>,
): Promise<SmtpListener> {
  let listener: Listener<Peer>;
  try {
    listener = new Listener(settings, ports);
  } catch (fault) {
    throw new Error(`SMTP listener ${settings.name}: ${(fault as Error).message}`);
  }
  await listener.open();
  const { address, port } = listener;
  ports.log.info({ listener: settings.name, address, port, tls: settings.tls?.mode ?? 'none' }, 'smtp: listening');
  return listener satisfies SmtpListener & { readonly counters: SmtpListenerCounters };
}
