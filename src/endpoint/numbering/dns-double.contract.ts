/** A DNS server for tests that does what it is told, by UDP and TCP on one port. Not part of the program. */
import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

/** What goes back for a query: octets, several datagrams, or nothing. */
export type Script = (
  query: Packet & { id: number },
  transport: 'udp' | 'tcp',
  octets: Buffer,
) => Uint8Array | readonly Uint8Array[] | undefined;

export interface DnsDouble {
  readonly host: string;
  readonly port: number;
  /** Transports of the queries that came. */
  readonly asked: ('udp' | 'tcp')[];
  close(): Promise<void>;
}

export const naptr = (
  name: string,
  regexp: string,
  more: { services?: string; order?: number; preference?: number; flags?: string; ttl?: number } = {},
): Answer => ({
  type: 'NAPTR',
  name,
  ttl: more.ttl ?? 300,
  class: 'IN',
  data: {
    order: more.order ?? 10,
    preference: more.preference ?? 10,
    flags: more.flags ?? 'u',
    services: more.services ?? 'E2U+mms:mailto',
    regexp,
    replacement: '.',
  },
});

const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
export const AA = 0x0400;
export const TC = 0x0200;

/** An answer to `query` with its id and question. */
export const answerTo = (
  query: Packet & { id: number },
  {
    answers = [],
    rcode = 'NOERROR',
    flags = AA,
    soa,
  }: { answers?: Answer[]; rcode?: keyof typeof RCODES; flags?: number; soa?: { ttl: number; minimum: number } } = {},
): Uint8Array =>
  encode({
    type: 'response',
    id: query.id,
    flags: flags | RCODES[rcode],
    questions: query.questions ?? [],
    answers,
    authorities: soa
      ? [
          {
            type: 'SOA',
            name: 'e164.test',
            ttl: soa.ttl,
            class: 'IN',
            data: { mname: 'ns.test', rname: 'h.test', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: soa.minimum },
          },
        ]
      : [],
  });

export async function startDnsDouble(script: Script): Promise<DnsDouble> {
  const asked: ('udp' | 'tcp')[] = [];
  const sockets = new Set<Socket>();
  const given = (octets: Buffer, transport: 'udp' | 'tcp'): readonly Uint8Array[] => {
    asked.push(transport);
    const answer = script(decode(octets) as Packet & { id: number }, transport, octets);
    return answer === undefined ? [] : answer instanceof Uint8Array ? [answer] : answer;
  };
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let held = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      if (held.length < 2 || held.length < 2 + held.readUInt16BE()) return;
      for (const octets of given(held.subarray(2, 2 + held.readUInt16BE()), 'tcp')) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(octets.length);
        // Octet by octet, as a slow path may bring it.
        for (const octet of Buffer.concat([length, octets])) socket.write(Uint8Array.of(octet));
      }
      socket.end();
    });
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(port, '127.0.0.1', resolve);
  });
  udp.on('message', (octets, from) => {
    for (const answer of given(octets, 'udp')) udp.send(answer, from.port, from.address);
  });
  return {
    host: '127.0.0.1',
    port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => udp.close(resolve));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}
