/**
 * The laboratory's push: handsets connect by TCP, say which numbers they are and get their pushes there. Loopback only.
 *
 * Lines are ASCII and end in CR LF (a bare LF is understood). After a PUSH line come exactly so many octets of WSP push, nothing after them.
 *
 *     handset                         server
 *     LISTEN <msisdn>            ->
 *                                <-   OK <msisdn>
 *                                <-   PUSH <id> <msisdn> <count>    and <count> octets
 *     ACK <id>                   ->
 *                                <-   GONE <msisdn>                 the number listens on a newer connection now
 *                                <-   ERR <reason>                  and the connection is closed
 *
 *     msisdn = 5 to 15 digits, no plus       id, count = decimal numbers
 *
 * A connection may listen for many numbers, so that a load generator plays many handsets on one. A number listens on one connection, the
 * newest: a handset that comes back after a lost connection is not kept waiting for the old one's end. Pushes are not held back for earlier
 * confirmations; confirmations may come in any order. Whatever the server does not understand ends the connection: a browser that was
 * talked into posting here gets no second line read.
 *
 * Each event-loop turn writes once per connection. All confirmations have the same time, so one timer for the oldest serves all.
 */
import { lookup } from 'node:dns/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LIMITS, type Msisdn, toMsisdn } from '#base';
import type { Notifier, Push, PushOutcome } from '#messaging';
import type { LabPushConfig } from './config.js';
import { type PushPorts, pushMeter } from './measure.js';
import { toPushOctets } from './translate.js';

export interface LabPushPorts extends PushPorts {
  /** A handset has begun to listen: what waits for it can be pushed now. Must not throw. */
  onReachable(msisdn: Msisdn): void;
}

export interface LabPush {
  readonly notifier: Notifier;
  readonly address: AddressInfo;
  /** Ends all connections; what was not confirmed is deferred. */
  close(): Promise<void>;
}

interface Link {
  readonly socket: Socket;
  readonly numbers: Set<Msisdn>;
  /** Pushes written and neither confirmed nor given up. */
  readonly unconfirmed: Set<number>;
  /** The line that has begun. */
  rest: string;
  /** What this turn has to say. */
  outgoing: Uint8Array[];
}

interface Waiting {
  readonly link: Link;
  readonly deadline: number;
  readonly settle: (outcome: PushOutcome) => void;
}

const ACCEPTED: PushOutcome = { kind: 'accepted' };
const STOPPED = 'the push service has stopped';
const deferred = (reason: string): PushOutcome => ({ kind: 'deferred', reason });

/** Listens for handsets. Rejects when `host` is not a loopback address or the port cannot be bound. */
export async function startLabPush(config: LabPushConfig, ports: LabPushPorts): Promise<LabPush> {
  const host = await loopbackAddress(config.listen.host);
  const record = pushMeter(ports.meter, 'lab');
  const links = new Set<Link>();
  const listeners = new Map<Msisdn, Link>();
  /** In the order of their deadlines, as ids grow and a Map keeps its order. */
  const waiting = new Map<number, Waiting>();
  const toFlush = new Set<Link>();
  let lastId = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => open(socket));
  server.maxConnections = config.connectionsMax;
  server.on('drop', () =>
    ports.log.warn({ connectionsMax: config.connectionsMax }, 'lab push: connection refused, all places are taken'),
  );

  function open(socket: Socket): void {
    const link: Link = { socket, numbers: new Set(), unconfirmed: new Set(), rest: '', outgoing: [] };
    links.add(link);
    socket.setTimeout(LIMITS.labSilenceMs);
    socket.on('timeout', () => refuse(link, 'no LISTEN came'));
    socket.on('data', (chunk) => read(link, chunk));
    socket.on('error', (e) => ports.log.debug({ reason: e.message }, 'lab push: connection broke'));
    socket.on('close', () => leave(link));
  }

  function leave(link: Link): void {
    links.delete(link);
    toFlush.delete(link);
    for (const msisdn of link.numbers) if (listeners.get(msisdn) === link) listeners.delete(msisdn);
    for (const id of link.unconfirmed) settle(id, deferred('the connection to the handset was lost'));
  }

  function refuse(link: Link, reason: string): void {
    ports.log.warn({ reason }, 'lab push: connection closed');
    say(link, `ERR ${reason}\r\n`);
    flush(link);
    link.socket.removeAllListeners('data');
    link.socket.destroySoon();
  }

  function read(link: Link, chunk: Buffer): void {
    const trouble = obeyAll(link, link.rest + chunk.toString('latin1'));
    if (trouble !== undefined) refuse(link, trouble);
  }

  /** Carries out the lines of `text` and keeps the one that has begun. Returns what is wrong with them. */
  function obeyAll(link: Link, text: string): string | undefined {
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      if (to - from > LIMITS.labLineOctetsMax) return 'line too long';
      const trouble = obey(link, text.slice(from, text[to - 1] === '\r' ? to - 1 : to));
      if (trouble !== undefined) return trouble;
      from = to + 1;
    }
    link.rest = text.slice(from);
    return link.rest.length > LIMITS.labLineOctetsMax ? 'line too long' : undefined;
  }

  /** Carries out one line. Returns what is wrong with it. */
  function obey(link: Link, line: string): string | undefined {
    if (line.startsWith('ACK ')) {
      const id = Number(line.slice(4));
      // A confirmation that comes too late finds nothing; the push was put off and will be seen twice.
      if (link.unconfirmed.has(id)) settle(id, ACCEPTED);
      return undefined;
    }
    if (line.startsWith('LISTEN ')) {
      const msisdn = toMsisdn(line.slice(7));
      if (msisdn === undefined) return 'LISTEN takes a number of 5 to 15 digits';
      if (link.numbers.size >= LIMITS.labNumbersPerConnectionMax) return 'too many numbers on one connection';
      listen(link, msisdn);
      return undefined;
    }
    return 'LISTEN or ACK is expected';
  }

  function listen(link: Link, msisdn: Msisdn): void {
    const before = listeners.get(msisdn);
    say(link, `OK ${msisdn}\r\n`);
    if (before === link) return;
    if (before) {
      before.numbers.delete(msisdn);
      say(before, `GONE ${msisdn}\r\n`);
      // A connection that has no number left holds its place for nothing.
      if (before.numbers.size === 0) before.socket.setTimeout(LIMITS.labSilenceMs);
    }
    link.socket.setTimeout(0);
    link.numbers.add(msisdn);
    listeners.set(msisdn, link);
    ports.log.debug({ msisdn }, 'lab push: handset listens');
    ports.onReachable(msisdn);
  }

  function say(link: Link, line: string): void {
    write(link, Buffer.from(line, 'latin1'));
  }

  function write(link: Link, octets: Uint8Array): void {
    if (link.outgoing.push(octets) > 1) return;
    if (toFlush.size === 0) setImmediate(flushAll);
    toFlush.add(link);
  }

  function flushAll(): void {
    for (const link of toFlush) flush(link);
    toFlush.clear();
  }

  function flush(link: Link): void {
    if (link.outgoing.length === 0) return;
    const octets = Buffer.concat(link.outgoing);
    link.outgoing = [];
    if (!link.socket.writable) return;
    link.socket.write(octets);
    if (link.socket.writableLength <= LIMITS.labOutgoingOctetsMax) return;
    ports.log.warn({ reason: 'it takes nothing' }, 'lab push: connection closed');
    link.socket.destroy();
  }

  function settle(id: number, outcome: PushOutcome): void {
    const found = waiting.get(id);
    if (!found) return;
    waiting.delete(id);
    found.link.unconfirmed.delete(id);
    found.settle(outcome);
  }

  function giveUp(): void {
    timer = undefined;
    const now = performance.now();
    for (const [id, { deadline }] of waiting) {
      if (deadline > now) {
        timer = setTimeout(giveUp, deadline - now);
        return;
      }
      settle(id, deferred('the handset has not confirmed the push'));
    }
  }

  function send(push: Push): Promise<PushOutcome> {
    const startedAt = performance.now();
    const outcome = (result: PushOutcome): PushOutcome => {
      record(push.kind, result.kind, startedAt);
      return result;
    };
    if (closed) return Promise.resolve(outcome(deferred(STOPPED)));
    const link = listeners.get(push.to);
    if (!link) return Promise.resolve(outcome(deferred('no handset is listening')));
    if (link.unconfirmed.size >= LIMITS.labUnconfirmedMax)
      return Promise.resolve(outcome(deferred('the handset has too many unconfirmed pushes')));
    const id = ++lastId;
    const octets = toPushOctets(push, config, id & 0xff);
    if (!octets.ok) return Promise.resolve(outcome({ kind: 'failed', reason: octets.error.reason }));
    return new Promise((resolve) => {
      waiting.set(id, { link, deadline: startedAt + config.confirmTimeoutMs, settle: (result) => resolve(outcome(result)) });
      link.unconfirmed.add(id);
      timer ??= setTimeout(giveUp, config.confirmTimeoutMs);
      say(link, `PUSH ${id} ${push.to} ${octets.value.length}\r\n`);
      write(link, octets.value);
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.listen.port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (e) => ports.log.error({ reason: e.message }, 'lab push: a connection could not be taken'));
  ports.meter.watch('angarium_lab_handsets', 'Numbers that listen for the laboratory push', () => listeners.size);
  const address = server.address() as AddressInfo;
  ports.log.info({ host: address.address, port: address.port }, 'lab push: listening for handsets');

  return {
    notifier: { push: send },
    address,
    close: () =>
      new Promise((resolve) => {
        closed = true;
        server.close(() => resolve());
        for (const link of links) link.socket.destroy();
        for (const id of waiting.keys()) settle(id, deferred(STOPPED));
        clearTimeout(timer);
      }),
  };
}

/** The address behind `host`. Whoever connects is believed to be any handset he names, so nobody beyond this machine may connect. */
async function loopbackAddress(host: string): Promise<string> {
  const { address } = await lookup(host);
  if (ipaddr.process(address).range() !== 'loopback')
    throw new Error(
      `lab push: ${host} is not a loopback address; the laboratory's push believes whoever connects and listens on this machine only`,
    );
  return address;
}
