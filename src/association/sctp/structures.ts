/**
 * The kernel's structures for SCTP sockets, as octets. Offsets and numbers are those of linux/sctp.h and of the generic socket headers, for
 * 64-bit machines of little-endian order.
 */
import { BlockList, isIPv6 } from 'node:net';

export const SOL_SOCKET = 1;
export const SOL_SCTP = 132;
export const IPPROTO_SCTP = 132;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** SOCK_STREAM, SOCK_NONBLOCK and SOCK_CLOEXEC. */
export const SOCKET_TYPE = 1 | 0o4000 | 0o2000000;
export const ACCEPT_FLAGS = 0o4000 | 0o2000000;

export const OPTION = {
  socketError: 4,
  receiveBuffer: 8,
  linger: 13,
  receiveBufferForce: 33,
} as const;

export const SCTP_OPTION = {
  rtoInfo: 0,
  associationInfo: 1,
  initialMessage: 2,
  noDelay: 3,
  peerAddressParameters: 9,
  events: 11,
  status: 14,
  receiveInfo: 32,
  bindAdd: 100,
  peerAddresses: 108,
  localAddresses: 109,
  connect: 110,
} as const;

/**
 * sendmsg: MSG_DONTWAIT and MSG_NOSIGNAL. Not MSG_MORE: on a path with a large MTU the kernel holds so much back that the send buffer fills
 * with it and nothing ever goes out (seen with 6.1 on a loopback MTU of 65,536).
 */
export const SEND_FLAGS = 0x40 | 0x4000;
export const RECEIVE_FLAGS = 0x40;
export const MESSAGE_END = 0x80;
export const MESSAGE_NOTIFICATION = 0x8000;

/** Payload protocol identifier of M3UA, as it stands on the wire. RFC 4666 1.4.4. */
export const PPID_M3UA = 3;

export const NOTIFICATION = { associationChange: 0x8001, peerAddressChange: 0x8002, shutdown: 0x8005 } as const;
export const ASSOCIATION_STATE = { up: 0, lost: 1, restart: 2, shutdownComplete: 3, cannotStart: 4 } as const;
/** Only the two that say that an address is or is not reachable; the others tell of addresses that come and go. */
export const PATH_STATE = { available: 0, unreachable: 1, confirmed: 5 } as const;

const SOCKADDR_IN_OCTETS = 16;
const SOCKADDR_IN6_OCTETS = 28;

/** struct sctp_initmsg. */
export function initialMessage(streams: number): Buffer {
  const b = Buffer.alloc(8);
  b.writeUInt16LE(streams, 0);
  b.writeUInt16LE(streams, 2);
  return b;
}

/** struct sctp_rtoinfo: association, initial, max, min. */
export function rtoInfo(initialMs: number, maxMs: number, minMs: number): Buffer {
  const b = Buffer.alloc(16);
  b.writeUInt32LE(initialMs, 4);
  b.writeUInt32LE(maxMs, 8);
  b.writeUInt32LE(minMs, 12);
  return b;
}

/** struct sctp_assocparams; zeros leave the rest as it is. */
export function associationInfo(retriesMax: number): Buffer {
  const b = Buffer.alloc(20);
  b.writeUInt16LE(retriesMax, 4);
  return b;
}

const HEARTBEAT_ENABLE = 1;

/** struct sctp_paddrparams, packed: association, an address (none: all), interval, retries, path MTU, SACK delay, flags. */
export function peerAddressParameters(heartbeatMs: number, pathRetriesMax: number): Buffer {
  const b = Buffer.alloc(156);
  b.writeUInt32LE(heartbeatMs, 132);
  b.writeUInt16LE(pathRetriesMax, 136);
  b.writeUInt32LE(HEARTBEAT_ENABLE, 146);
  return b;
}

/** struct sctp_event_subscribe: association changes, address changes and shutdown. */
export const eventSubscription = (): Buffer => Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);

export function int32(value: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeInt32LE(value, 0);
  return b;
}

/** struct linger that makes close() send an ABORT. */
export const lingerNot = (): Buffer => Buffer.concat([int32(1), int32(0)]);

/** Addresses one behind the other, as bindx and connectx want them. */
export const socketAddresses = (addresses: readonly string[], port: number): Buffer =>
  Buffer.concat(addresses.map((it) => socketAddress(it, port)));

function socketAddress(address: string, port: number): Buffer {
  const b = Buffer.alloc(isIPv6(address) ? SOCKADDR_IN6_OCTETS : SOCKADDR_IN_OCTETS);
  b.writeUInt16LE(isIPv6(address) ? AF_INET6 : AF_INET, 0);
  b.writeUInt16BE(port, 2);
  if (isIPv6(address)) ipv6Octets(address).copy(b, 8);
  else Buffer.from(address.split('.').map(Number)).copy(b, 4);
  return b;
}

function ipv6Octets(address: string): Buffer {
  const b = Buffer.alloc(16);
  // The last two groups may be written as an IPv4 address.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, p, q, r, s) =>
    [(Number(p) << 8) | Number(q), (Number(r) << 8) | Number(s)].map((it) => it.toString(16)).join(':'),
  );
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  before.forEach((it, i) => {
    b.writeUInt16BE(Number.parseInt(it, 16), i * 2);
  });
  after.forEach((it, i) => {
    b.writeUInt16BE(Number.parseInt(it, 16), 16 - (after.length - i) * 2);
  });
  return b;
}

/** The address at `at`, and where the next begins. Undefined for a family that SCTP does not have. */
export function readAddress(b: Buffer, at: number): { address: string; port: number; next: number } | undefined {
  const family = b.readUInt16LE(at);
  const port = b.readUInt16BE(at + 2);
  if (family === AF_INET) return { address: b.subarray(at + 4, at + 8).join('.'), port, next: at + SOCKADDR_IN_OCTETS };
  if (family !== AF_INET6) return undefined;
  const octets = b.subarray(at + 8, at + 24);
  return { address: ipv6Text(octets), port, next: at + SOCKADDR_IN6_OCTETS };
}

const isMapped = (octets: Buffer): boolean =>
  octets.subarray(0, 10).every((it) => it === 0) && octets.readUInt16BE(10) === 0xffff;

/** An IPv4 address inside IPv6 as IPv4, others in the form that configurations use. */
function ipv6Text(octets: Buffer): string {
  if (isMapped(octets)) return octets.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(i * 2).toString(16)).join(':');
  // BlockList writes addresses in their shortest form.
  const list = new BlockList();
  list.addAddress(groups, 'ipv6');
  return list.rules[0]!.split(' ').at(-1)!;
}
