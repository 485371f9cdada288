/** One question to one DNS server: by UDP from a port of its own, and by TCP when the answer does not fit. RFC 1035, RFC 5452, RFC 7766. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';

export interface DnsServer {
  /** Address, IPv4 or IPv6. */
  readonly host: string;
  readonly port: number;
}

/** `late`: nothing acceptable came before `signal` said to stop. */
export type Exchanged =
  | { readonly kind: 'octets'; readonly octets: Buffer }
  | { readonly kind: 'late' | 'unreachable'; readonly detail: string };

const LENGTH_OCTETS = 2;

/**
 * The first datagram that `accept` takes. The socket is connected: the kernel lets nobody else's datagrams in; its port is chosen by the
 * kernel for each question, so that a forger has to guess port and id. What is not accepted is passed over, for it may be a forger's.
 */
export function byUdp(
  query: Uint8Array,
  server: DnsServer,
  accept: (octets: Buffer) => boolean,
  signal: AbortSignal,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
    let isDone = false;
    const done = (outcome: Exchanged): void => {
      if (isDone) return;
      isDone = true;
      signal.removeEventListener('abort', late);
      socket.close();
      resolve(outcome);
    };
    const late = (): void => done({ kind: 'late', detail: `no answer from ${nameOf(server)}` });
    const unreachable = (e: Error): void => done({ kind: 'unreachable', detail: `${nameOf(server)}: ${e.message}` });
    signal.addEventListener('abort', late);
    socket.on('error', unreachable);
    socket.on('message', (octets) => {
      if (accept(octets)) done({ kind: 'octets', octets });
    });
    socket.connect(server.port, server.host, () => {
      if (!isDone) socket.send(query, (e) => e && unreachable(e));
    });
    if (signal.aborted) late();
  });
}

export function byTcp(query: Uint8Array, server: DnsServer, signal: AbortSignal): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.host, port: server.port, noDelay: true });
    /** Length and message, as far as they have come. The length is two octets: no more than 64 KiB are ever held. */
    let buffer = Buffer.allocUnsafe(LENGTH_OCTETS);
    let held = 0;
    let isDone = false;
    const done = (outcome: Exchanged): void => {
      if (isDone) return;
      isDone = true;
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve(outcome);
    };
    const late = (): void => done({ kind: 'late', detail: `no answer from ${nameOf(server)} by TCP` });
    signal.addEventListener('abort', late);
    socket.on('error', (e) => done({ kind: 'unreachable', detail: `${nameOf(server)} by TCP: ${e.message}` }));
    socket.on('end', () => done({ kind: 'unreachable', detail: `${nameOf(server)} ended the connection without an answer` }));
    socket.on('connect', () => {
      const framed = Buffer.allocUnsafe(LENGTH_OCTETS + query.length);
      framed.writeUInt16BE(query.length);
      framed.set(query, LENGTH_OCTETS);
      socket.write(framed);
    });
    socket.on('data', (chunk) => {
      let from = 0;
      if (held < LENGTH_OCTETS) {
        from = chunk.copy(buffer, held);
        held += from;
        if (held < LENGTH_OCTETS) return;
        buffer = Buffer.concat([buffer], LENGTH_OCTETS + buffer.readUInt16BE());
      }
      held += chunk.copy(buffer, held, from);
      if (held === buffer.length) done({ kind: 'octets', octets: buffer.subarray(LENGTH_OCTETS) });
    });
    if (signal.aborted) late();
  });
}

export const nameOf = ({ host, port }: DnsServer): string => (isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`);
