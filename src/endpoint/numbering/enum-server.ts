/** The ENUM zone on UDP and TCP of one port. RFC 1035 4.2, RFC 7766. */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { LIMITS } from '#base';
import { ClientGate } from './clients.js';
import type { EnumConfig } from './config.js';
import { answerQuery, type EnumResult, type EnumTransport, failedAnswer, truncatedAnswer } from './enum-answer.js';
import type { Listener, NumberingPorts } from './ports.js';
import { Zone } from './zone.js';

/** What is counted beside the results of queries. */
type Refusal = 'stranger' | 'too-often' | 'too-many-connections' | 'overload' | 'failed';

/** How often a free port is looked for that both transports can have. */
const PORT_ATTEMPTS = 10;
const LENGTH_OCTETS = 2;

/** Serves the zone. Rejects when the configuration cannot be, or the port cannot be had. */
export async function startEnum(config: EnumConfig, ports: NumberingPorts): Promise<Listener> {
  const server = new EnumServer(config, ports);
  await server.listen();
  return server;
}

class EnumServer implements Listener {
  private readonly config: EnumConfig;
  private readonly ports: NumberingPorts;
  private readonly zone: Zone;
  private readonly gate: ClientGate;
  private readonly count: (transport: EnumTransport, result: EnumResult | Refusal) => void;
  private readonly connections = new Set<Socket>();
  /** Connections of each source. */
  private readonly bySource = new Map<string, number>();
  private readonly tcp: Server;
  private udp: UdpSocket | undefined;
  /** Of those who ask too often by UDP every second one is told to use TCP, so that nobody honest is shut out by forged queries. */
  private slips = false;

  constructor(config: EnumConfig, ports: NumberingPorts) {
    this.config = config;
    this.ports = ports;
    this.zone = new Zone(config);
    this.gate = new ClientGate(config.clients);
    const counter = ports.meter.counter('angarium_enum_queries_total', 'ENUM queries, by transport and result', [
      'transport',
      'result',
    ]);
    this.count = (transport, result) => counter.add(1, { transport, result });
    this.tcp = createServer((socket) => this.serve(socket));
    this.tcp.maxConnections = LIMITS.enumConnectionsMax;
  }

  get address(): { host: string; port: number } {
    const { address, port } = this.tcp.address() as AddressInfo;
    return { host: address, port };
  }

  async listen(): Promise<void> {
    const { host, port } = this.config.listen;
    for (let attempt = 1; ; attempt++) {
      await listening(this.tcp, host, port);
      try {
        this.udp = await bound(host, this.address.port);
        break;
      } catch (e) {
        await new Promise((resolve) => this.tcp.close(resolve));
        // Another process may have the same number for UDP: only a port that was named must be that one.
        if (port !== 0 || attempt >= PORT_ATTEMPTS) throw e;
      }
    }
    this.udp.on('message', (octets, from) => this.receive(octets, from));
    this.udp.on('error', (e) => this.ports.log.error({ error: e }, 'ENUM: the UDP socket has failed'));
    this.tcp.on('error', (e) => this.ports.log.error({ error: e }, 'ENUM: the TCP listener has failed'));
  }

  async close(): Promise<void> {
    const { udp } = this;
    this.udp = undefined;
    for (const socket of this.connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => (udp === undefined ? resolve() : udp.close(() => resolve()))),
      new Promise<void>((resolve) => this.tcp.close(() => resolve())),
    ]);
  }

  private receive(octets: Buffer, from: RemoteInfo): void {
    const admission = this.gate.admit(from.address, this.ports.now());
    if (admission === 'admitted' && octets.length <= LIMITS.enumQueryOctetsMax) this.send(this.answer(octets, 'udp'), from);
    else this.count('udp', admission === 'admitted' ? 'dropped' : admission);
    if (admission !== 'too-often') return;
    this.slips = !this.slips;
    if (this.slips && octets.length <= LIMITS.enumQueryOctetsMax) this.send(truncatedAnswer(octets), from);
  }

  private send(octets: Uint8Array | undefined, to: RemoteInfo): void {
    if (octets === undefined || this.udp === undefined) return;
    if (this.udp.getSendQueueCount() >= LIMITS.enumUdpWaitingMax) this.count('udp', 'overload');
    else
      this.udp.send(octets, to.port, to.address, (e) => {
        if (e !== null) this.count('udp', 'failed');
      });
  }

  /** The answer, counted. A fault of our own is logged and told as one. */
  private answer(octets: Uint8Array, transport: EnumTransport): Uint8Array | undefined {
    try {
      const reply = answerQuery(octets, transport, this.zone, this.ports.numbers, this.ports.now());
      this.count(transport, reply.result);
      return reply.octets;
    } catch (error) {
      this.ports.log.error({ error }, 'ENUM: a query has failed');
      this.count(transport, 'failed');
      return failedAnswer(octets);
    }
  }

  private serve(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const source = this.gate.sourceOf(address);
    const others = source === undefined ? 0 : (this.bySource.get(source) ?? 0);
    if (source === undefined || others >= LIMITS.enumConnectionsPerSourceMax) {
      this.endTcp(socket, source === undefined ? 'stranger' : 'too-many-connections');
      return;
    }
    this.connections.add(socket);
    this.bySource.set(source, others + 1);
    socket.on('close', () => {
      this.connections.delete(socket);
      this.leave(source);
    });
    // What a peer breaks off is his affair; the socket closes itself.
    socket.on('error', () => {});
    socket.setTimeout(LIMITS.enumIdleMs, () => socket.destroy());
    let held: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = this.serveHeld(held.length === 0 ? chunk : Buffer.concat([held, chunk]), socket, address);
    });
  }

  private leave(source: string): void {
    const left = this.bySource.get(source)! - 1;
    if (left === 0) this.bySource.delete(source);
    else this.bySource.set(source, left);
  }

  /** Answers every whole query and gives what is left; nothing when the connection has been ended. */
  private serveHeld(held: Buffer, socket: Socket, address: string): Buffer {
    let at = 0;
    while (held.length - at >= LENGTH_OCTETS && !socket.destroyed) {
      const length = held.readUInt16BE(at);
      const end = at + LENGTH_OCTETS + length;
      if (length > LIMITS.enumQueryOctetsMax) this.endTcp(socket, 'dropped');
      else if (end > held.length) break;
      else this.serveOne(held.subarray(at + LENGTH_OCTETS, end), socket, address);
      at = end;
    }
    return socket.destroyed ? Buffer.alloc(0) : held.subarray(at);
  }

  private serveOne(octets: Uint8Array, socket: Socket, address: string): void {
    const admission = this.gate.admit(address, this.ports.now());
    const answer = admission === 'admitted' ? this.answer(octets, 'tcp') : undefined;
    if (answer === undefined) {
      this.endTcp(socket, admission === 'admitted' ? undefined : admission);
      return;
    }
    const framed = Buffer.alloc(LENGTH_OCTETS + answer.length);
    framed.writeUInt16BE(answer.length);
    framed.set(answer, LENGTH_OCTETS);
    socket.write(framed);
    if (socket.writableLength > LIMITS.enumUnreadOctetsMax) this.endTcp(socket, 'overload');
  }

  private endTcp(socket: Socket, why: EnumResult | Refusal | undefined): void {
    if (why !== undefined) this.count('tcp', why);
    socket.destroy();
  }
}

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const bound = (host: string, port: number): Promise<UdpSocket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
    const failed = (e: Error): void => {
      socket.close();
      reject(e);
    };
    socket.once('error', failed);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', failed);
      resolve(socket);
    });
  });
