/** SCTP sockets of the one-to-one style: made, set up, read back. */
import { isIPv6 } from 'node:net';
import { err, type Log, ok, type Result } from '#base';
import type { SctpTuning, TransportError } from '../port.js';
import { RareLog } from '../rare-log.js';
import { ERRNO, errnoText, type Libc } from './libc.js';
import {
  AF_INET,
  AF_INET6,
  associationInfo,
  eventSubscription,
  IPPROTO_SCTP,
  initialMessage,
  int32,
  OPTION,
  peerAddressParameters,
  readAddress,
  rtoInfo,
  SCTP_OPTION,
  SOCKET_TYPE,
  SOL_SCTP,
  SOL_SOCKET,
  socketAddresses,
} from './structures.js';

/** Defaults of the settings; why these, is in docs/associations.md. */
const DEFAULTS = {
  streams: 17,
  receiveBufferOctets: 4_194_304,
  rtoMinMs: 100,
  rtoMaxMs: 3_000,
  heartbeatMs: 5_000,
  pathRetriesMax: 4,
  associationRetriesMax: 8,
} as const;

/** RTO.Initial, unless the maximum is less. Unit: milliseconds. */
const RTO_INITIAL_MS = 1_000;
/** Addresses of one association that are read. Unit: octets. Source: 64 IPv6 addresses. */
const ADDRESSES_OCTETS = 8 + 64 * 28;
const STATUS_OCTETS = 176;

export class SctpSockets {
  readonly libc: Libc;
  private readonly rare: RareLog;

  constructor(libc: Libc, log: Log) {
    this.libc = libc;
    this.rare = new RareLog(log);
  }

  /** A socket, set up before it connects or listens: accepted ones inherit. `addresses` decide the family; none: the widest there is. */
  open(addresses: readonly string[], tuning: SctpTuning | undefined, what: string): Result<number, TransportError> {
    const families = addresses.length === 0 ? [AF_INET6, AF_INET] : [addresses.some((it) => isIPv6(it)) ? AF_INET6 : AF_INET];
    let errno = 0;
    for (const family of families) {
      const fd = this.libc.socket(family, SOCKET_TYPE, IPPROTO_SCTP);
      if (fd >= 0) {
        this.setUp(fd, { ...DEFAULTS, ...tuning }, what);
        return ok(fd);
      }
      errno = this.libc.errno();
      if (errno !== ERRNO.EAFNOSUPPORT) break;
    }
    return err(
      errno === ERRNO.EPROTONOSUPPORT
        ? {
            kind: 'no-sctp',
            text: 'this kernel has no SCTP: load the module sctp (modprobe sctp), which some systems keep in a package of extra kernel modules or on a list of blocked ones',
          }
        : { kind: 'no-sctp', text: `no SCTP socket: ${errnoText(errno)}` },
    );
  }

  private setUp(fd: number, tuning: Required<SctpTuning>, what: string): void {
    const { receiveBufferOctets, rtoMinMs, rtoMaxMs, associationRetriesMax, heartbeatMs, pathRetriesMax, streams } = tuning;
    // Beyond net.core.rmem_max only with CAP_NET_ADMIN; what was granted is read back.
    if (this.libc.setsockopt(fd, SOL_SOCKET, OPTION.receiveBufferForce, int32(receiveBufferOctets), 4) < 0)
      this.set(fd, SOL_SOCKET, OPTION.receiveBuffer, int32(receiveBufferOctets), what, 'receive buffer');
    this.set(fd, SOL_SCTP, SCTP_OPTION.initialMessage, initialMessage(streams), what, 'streams');
    this.set(fd, SOL_SCTP, SCTP_OPTION.noDelay, int32(1), what, 'no delay');
    const initialMs = Math.max(rtoMinMs, Math.min(RTO_INITIAL_MS, rtoMaxMs));
    this.set(fd, SOL_SCTP, SCTP_OPTION.rtoInfo, rtoInfo(initialMs, rtoMaxMs, rtoMinMs), what, 'RTO');
    this.set(fd, SOL_SCTP, SCTP_OPTION.associationInfo, associationInfo(associationRetriesMax), what, 'retries');
    this.set(
      fd,
      SOL_SCTP,
      SCTP_OPTION.peerAddressParameters,
      peerAddressParameters(heartbeatMs, pathRetriesMax),
      what,
      'heartbeat and path retries',
    );
    this.set(fd, SOL_SCTP, SCTP_OPTION.events, eventSubscription(), what, 'events');
    this.set(fd, SOL_SCTP, SCTP_OPTION.receiveInfo, int32(1), what, 'receive information');
    this.check(fd, tuning, what);
  }

  private set(fd: number, level: number, option: number, value: Buffer, what: string, name: string): void {
    if (this.libc.setsockopt(fd, level, option, value, value.length) < 0)
      this.rare.warn({ of: what, option: name, why: errnoText(this.libc.errno()) }, 'the kernel refused a setting of SCTP');
  }

  /** Reads back what matters most, and says where the kernel gave less. It counts its bookkeeping in: it grants double what is asked. */
  private check(fd: number, { receiveBufferOctets, rtoMinMs, rtoMaxMs }: Required<SctpTuning>, what: string): void {
    const granted = (this.get(fd, SOL_SOCKET, OPTION.receiveBuffer, 4)?.readInt32LE(0) ?? 0) / 2;
    if (granted < receiveBufferOctets)
      this.rare.warn(
        { of: what, asked: receiveBufferOctets, granted, raise: 'net.core.rmem_max' },
        'the kernel granted a smaller receive buffer: small messages may stall in bursts',
      );
    const rto = this.get(fd, SOL_SCTP, SCTP_OPTION.rtoInfo, 16);
    const [max, min] = [rto?.readUInt32LE(8) ?? 0, rto?.readUInt32LE(12) ?? 0];
    if (min !== rtoMinMs || max !== rtoMaxMs)
      this.rare.warn({ of: what, asked: `${rtoMinMs} to ${rtoMaxMs}`, granted: `${min} to ${max}` }, 'RTO is not what was asked');
  }

  /** An option's value; undefined when it cannot be read. */
  get(fd: number, level: number, option: number, octets: number): Buffer | undefined {
    const value = Buffer.alloc(octets);
    const length = int32(octets);
    return this.libc.getsockopt(fd, level, option, value, length) < 0 ? undefined : value.subarray(0, length.readUInt32LE(0));
  }

  /** Binds to all addresses, or to the port on any. Errno, 0 for success. */
  bind(fd: number, addresses: readonly string[], port: number): number {
    if (addresses.length === 0 && port === 0) return 0;
    const any = this.isIpv6(fd) ? ['::'] : ['0.0.0.0'];
    const packed = socketAddresses(addresses.length === 0 ? any : addresses, port);
    return this.libc.setsockopt(fd, SOL_SCTP, SCTP_OPTION.bindAdd, packed, packed.length) < 0 ? this.libc.errno() : 0;
  }

  private isIpv6(fd: number): boolean {
    const SO_DOMAIN = 39;
    return this.get(fd, SOL_SOCKET, SO_DOMAIN, 4)?.readInt32LE(0) === AF_INET6;
  }

  /** Begins to connect to all addresses of one peer. Errno, 0 when it has begun. */
  connect(fd: number, addresses: readonly string[], port: number): number {
    const packed = socketAddresses(addresses, port);
    if (this.libc.setsockopt(fd, SOL_SCTP, SCTP_OPTION.connect, packed, packed.length) >= 0) return 0;
    const errno = this.libc.errno();
    return errno === ERRNO.EINPROGRESS ? 0 : errno;
  }

  /** What became of a connection that was begun; 0 for success. */
  errorOf(fd: number): number {
    return this.get(fd, SOL_SOCKET, OPTION.socketError, 4)?.readInt32LE(0) ?? 0;
  }

  /** Streams as they were agreed on: what we may send on. */
  outboundStreams(fd: number): number {
    return this.get(fd, SOL_SCTP, SCTP_OPTION.status, STATUS_OCTETS)?.readUInt16LE(18) ?? 1;
  }

  addressesOf(fd: number, side: 'peer' | 'local'): { addresses: string[]; port: number } {
    const option = side === 'peer' ? SCTP_OPTION.peerAddresses : SCTP_OPTION.localAddresses;
    const value = this.get(fd, SOL_SCTP, option, ADDRESSES_OCTETS);
    const count = value?.readUInt32LE(4) ?? 0;
    const addresses: string[] = [];
    let port = 0;
    for (let i = 0, at = 8; i < count; i++) {
      const read = readAddress(value!, at);
      if (read === undefined) break;
      addresses.push(read.address);
      port = read.port;
      at = read.next;
    }
    return { addresses, port };
  }
}
