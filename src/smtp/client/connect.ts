/**
 * Makes a connection to a destination ready for mail: addresses, TCP, banner, EHLO, STARTTLS, AUTH. Hosts are tried in their order; one that has just failed
 * is tried last. Nothing that a server answers before MAIL fails a mail: it is about the server, not about the mail.
 */
import { lookup, resolveMx } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { LIMITS } from '#base';
import type { SmtpClientTls, SmtpDestination, SmtpTimeouts } from '../destination.js';
import type { SmtpPhase } from '../mail.js';
import type { SmtpDialogueLine, SmtpResolver } from '../pool-port.js';
import { replyText } from '../reply.js';
import { authenticate } from './authenticate.js';
import { ClientConnection, handshake } from './client-connection.js';
import { beginTls, pinFault } from './client-tls.js';
import { asReply, type RawReply } from './reply-reader.js';
import { Trouble } from './trouble.js';

export const systemResolver: SmtpResolver = {
  resolveMx,
  addresses: async (host) => (await lookup(host, { all: true, verbatim: true })).map((it) => it.address),
};

const SMTP_PORT = 25;
const SMTPS_PORT = 465;

export const timeoutsOf = (timeouts: SmtpTimeouts = {}): Required<SmtpTimeouts> => ({
  connectMs: LIMITS.smtpConnectMs,
  greetingMs: LIMITS.smtpGreetingMs,
  commandMs: LIMITS.smtpReplyMs,
  dataMs: LIMITS.smtpDataReplyMs,
  blockMs: LIMITS.smtpBlockMs,
  acceptMs: LIMITS.smtpAcceptMs,
  ...timeouts,
});

interface Place {
  /** What the settings call it. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

const codeOf = (fault: unknown): string => (fault as NodeJS.ErrnoException).code ?? 'EUNKNOWN';

/** Way to one destination: its hosts, which of them to avoid, and how to make a connection. */
export class Way {
  private readonly destination: SmtpDestination;
  private readonly heloName: string;
  private readonly resolver: SmtpResolver;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly policy: SmtpClientTls;
  private places: { readonly at: number; readonly list: readonly Place[] } | undefined;
  private readonly avoided = new Map<string, number>();

  constructor(destination: SmtpDestination, heloName: string, resolver: SmtpResolver, now: () => number, random: () => number) {
    this.destination = destination;
    this.heloName = destination.heloName ?? heloName;
    this.resolver = resolver;
    this.now = now;
    this.random = random;
    this.policy = destination.tls ?? { mode: 'opportunistic' };
  }

  /** A connection that waits for MAIL. Throws Trouble: that of the last place. */
  async open(onLine?: (line: SmtpDialogueLine) => void): Promise<ClientConnection> {
    const places = this.inOrder(await this.resolve());
    let last: Trouble | undefined;
    for (const place of places.slice(0, LIMITS.smtpAddressesTriedMax)) {
      try {
        const connection = await this.openAt(place, onLine);
        this.avoided.delete(keyOf(place));
        return connection;
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        this.avoided.set(keyOf(place), this.now() + LIMITS.smtpHostAvoidedMs);
        last = trouble;
        // Another host would be told the same wrong password.
        if (trouble.kind === 'auth') break;
      }
    }
    throw last ?? new Trouble('no-such-host', 'resolve', 'no address to connect to');
  }

  private inOrder(places: readonly Place[]): Place[] {
    const now = this.now();
    const isAvoided = (it: Place): boolean => (this.avoided.get(keyOf(it)) ?? 0) > now;
    return [...places.filter((it) => !isAvoided(it)), ...places.filter(isAvoided)];
  }

  private async resolve(): Promise<readonly Place[]> {
    const known = this.places;
    if (known !== undefined && this.now() - known.at < LIMITS.smtpResolvedMs) return known.list;
    const list: Place[] = [];
    let last = '';
    const hosts = await this.hosts();
    for (const { host, port } of hosts.slice(0, LIMITS.smtpAddressesTriedMax)) {
      try {
        const addresses = isIP(host) === 0 ? await this.resolver.addresses(host) : [host];
        list.push(...addresses.map((address) => ({ host, address, port })));
      } catch (fault) {
        last = `${host}: ${codeOf(fault)}`;
      }
    }
    if (list.length === 0) throw new Trouble('no-such-host', 'resolve', `no address for ${last}`);
    this.avoided.clear();
    this.places = { at: this.now(), list };
    return list;
  }

  private async hosts(): Promise<{ host: string; port: number }[]> {
    const { hosts } = this.destination;
    const usual = this.policy.mode === 'implicit' ? SMTPS_PORT : SMTP_PORT;
    if (!('mxOf' in hosts)) return hosts.map(({ host, port = usual }) => ({ host, port }));
    const { mxOf, port = usual } = hosts;
    const exchanges = await this.exchanges(mxOf);
    return exchanges.map((host) => ({ host, port }));
  }

  private async exchanges(domain: string): Promise<string[]> {
    // A domain that is an address literal has no exchangers.
    const literal = /^\[(?:IPv6:)?(.+)\]$/i.exec(domain)?.[1];
    if (literal !== undefined) return [literal];
    try {
      const found = await this.resolver.resolveMx(domain);
      // RFC 7505: one exchanger whose name is the root says that the domain takes no mail.
      if (found.length === 1 && (found[0]!.exchange === '' || found[0]!.exchange === '.'))
        throw new Trouble('no-such-host', 'resolve', `${domain} takes no mail (null MX)`, undefined, true);
      // Where we are an exchanger ourselves only those before us are tried, lest the mail comes back; the others in any order. RFC 5321 5.1.
      const ours = found.find((it) => it.exchange.toLowerCase() === this.heloName.toLowerCase());
      const drawn = found
        .filter((it) => it.priority < (ours?.priority ?? Number.POSITIVE_INFINITY))
        .map((it) => ({ ...it, lot: this.random() }));
      if (ours !== undefined && drawn.length === 0)
        throw new Trouble('no-such-host', 'resolve', `mail for ${domain} would come back to us`, undefined, true);
      if (drawn.length > 0) return drawn.sort((a, b) => a.priority - b.priority || a.lot - b.lot).map((it) => it.exchange);
    } catch (fault) {
      if (fault instanceof Trouble) throw fault;
      const code = codeOf(fault);
      if (code === 'ENOTFOUND') throw new Trouble('no-such-host', 'resolve', `${domain}: no such domain`, undefined, true);
      if (code !== 'ENODATA') throw new Trouble('no-such-host', 'resolve', `${domain}: ${code}`);
    }
    return [domain];
  }

  private async openAt(place: Place, onLine?: (line: SmtpDialogueLine) => void): Promise<ClientConnection> {
    const { policy } = this;
    if (policy.mode !== 'opportunistic') return this.dial(place, policy, onLine);
    try {
      return await this.dial(place, policy, onLine);
    } catch (trouble) {
      // Opportunistic TLS that fails is no worse than none. RFC 7435 4.
      if (!(trouble instanceof Trouble) || trouble.kind !== 'tls') throw trouble;
      return this.dial(place, { mode: 'none' }, onLine);
    }
  }

  private async dial(place: Place, policy: SmtpClientTls, onLine?: (line: SmtpDialogueLine) => void): Promise<ClientConnection> {
    const times = timeoutsOf(this.destination.timeouts);
    const socket = await this.socket(place, policy, times.connectMs);
    const connection = new ClientConnection(keyOf(place), socket, onLine);
    try {
      expect(await connection.reply('greeting', times.greetingMs), 'greeting', 220);
      await this.greet(connection, times.commandMs);
      if (policy.mode === 'required' || (policy.mode === 'opportunistic' && connection.extensions.has('STARTTLS')))
        await this.startTls(connection, policy, place.host, times);
      const { auth } = this.destination;
      if (auth !== undefined) await authenticate(connection, auth, times.commandMs);
      return connection;
    } catch (trouble) {
      connection.destroy();
      throw trouble;
    }
  }

  private async socket(place: Place, policy: SmtpClientTls, ms: number): Promise<Socket> {
    const socket = connectTcp({ host: place.address, port: place.port, noDelay: true, keepAlive: true });
    const until = performance.now() + ms;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(new Error(`not connected within ${ms} ms`)), ms);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once('error', (fault: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        reject(new Trouble('not-connected', 'connect', `${keyOf(place)}: ${fault.code ?? fault.message}`));
      });
    });
    socket.on('error', () => {});
    if (policy.mode !== 'implicit') return socket;
    const secured = beginTls(socket, policy, place.host);
    try {
      await handshake(secured, Math.max(1, until - performance.now()));
      const fault = pinFault(secured, policy);
      if (fault !== undefined) throw new Error(fault);
      return secured;
    } catch (fault) {
      secured.on('error', () => {});
      secured.destroy();
      throw new Trouble('tls', 'connect', `${keyOf(place)}: ${(fault as Error).message}`);
    }
  }

  private async greet(connection: ClientConnection, ms: number): Promise<void> {
    const reply = await connection.ask(`EHLO ${this.heloName}`, 'ehlo', ms);
    if (reply.code === 500 || reply.code === 501 || reply.code === 502 || reply.code === 504) {
      expect(await connection.ask(`HELO ${this.heloName}`, 'ehlo', ms), 'ehlo', 250);
      connection.extensions = new Map();
      return;
    }
    expect(reply, 'ehlo', 250);
    connection.extensions = new Map(
      reply.lines.slice(1).map((line) => {
        const [keyword = '', ...rest] = line.trim().split(/ +/);
        return [keyword.toUpperCase(), rest.join(' ')];
      }),
    );
  }

  private async startTls(
    connection: ClientConnection,
    policy: SmtpClientTls,
    host: string,
    times: Required<SmtpTimeouts>,
  ): Promise<void> {
    if (!connection.extensions.has('STARTTLS'))
      throw new Trouble('tls', 'starttls', `${connection.host}: STARTTLS is not offered`);
    const reply = await connection.ask('STARTTLS', 'starttls', times.commandMs);
    if (reply.code !== 220)
      throw new Trouble('tls', 'starttls', `${connection.host}: ${replyText(asReply(reply))}`, asReply(reply));
    await connection.secure(
      (plain) => beginTls(plain, policy, host),
      (socket) => pinFault(socket, policy),
      times.connectMs,
    );
    await this.greet(connection, times.commandMs);
  }
}

const keyOf = ({ address, port }: Place): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

/** Throws Trouble unless the reply is the one that is wanted. */
function expect(reply: RawReply, phase: SmtpPhase, code: number): void {
  if (reply.code === code) return;
  const said = asReply(reply);
  throw new Trouble('answered', phase, replyText(said), said);
}
