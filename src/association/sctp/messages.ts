/**
 * sendmsg and recvmsg with their control data. The structures are built once for all sockets, in one piece of memory, and patched for each call:
 * calls are synchronous and nothing else uses them.
 */
import { LIMITS } from '#base';
import type { Libc } from './libc.js';
import { MESSAGE_END, MESSAGE_NOTIFICATION, PPID_M3UA, RECEIVE_FLAGS, SEND_FLAGS, SOL_SCTP } from './structures.js';

/** struct msghdr, struct iovec, struct cmsghdr of 64-bit Linux. */
const MSGHDR_OCTETS = 56;
const IOVEC_OCTETS = 16;
const CMSG_HEAD_OCTETS = 16;
/** struct sctp_sndinfo: stream u16, flags u16, PPID u32 as on the wire, context u32, association i32. */
const SNDINFO_OCTETS = 16;
const CMSG_SNDINFO = 2;
const CMSG_RCVINFO = 3;
const CONTROL_OCTETS = 256;
const PPID_AT = 4;

const SEND_AT = 0;
const SEND_IOVEC_AT = SEND_AT + MSGHDR_OCTETS;
const SEND_CONTROL_AT = SEND_IOVEC_AT + IOVEC_OCTETS;
const RECEIVE_AT = SEND_CONTROL_AT + CMSG_HEAD_OCTETS + SNDINFO_OCTETS;
const RECEIVE_IOVEC_AT = RECEIVE_AT + MSGHDR_OCTETS;
const RECEIVE_CONTROL_AT = RECEIVE_IOVEC_AT + IOVEC_OCTETS;
const ALL_OCTETS = RECEIVE_CONTROL_AT + CONTROL_OCTETS;

export class SctpMessages {
  /** What the last `receive` has brought. */
  readonly received: Buffer = Buffer.allocUnsafeSlow(LIMITS.m3uaMessageOctetsMax);
  /** The same as plain octets: views of a Buffer cost more, and its slice() would be a view where others expect a copy. */
  readonly octets = new Uint8Array(this.received.buffer, this.received.byteOffset, this.received.length);
  stream = 0;
  isNotification = false;
  /** The message ends here; otherwise it goes on with the next `receive`. */
  isEnd = false;
  private readonly libc: Libc;
  private readonly memory = Buffer.allocUnsafeSlow(ALL_OCTETS).fill(0);
  private readonly address: number;

  constructor(libc: Libc) {
    this.libc = libc;
    this.address = libc.addressOf(this.memory);
    this.header(SEND_AT, SEND_IOVEC_AT, SEND_CONTROL_AT, CMSG_HEAD_OCTETS + SNDINFO_OCTETS);
    this.header(RECEIVE_AT, RECEIVE_IOVEC_AT, RECEIVE_CONTROL_AT, CONTROL_OCTETS);
    this.put64(RECEIVE_IOVEC_AT, libc.addressOf(this.received));
    this.put64(RECEIVE_IOVEC_AT + 8, this.received.length);
    this.put64(SEND_CONTROL_AT, CMSG_HEAD_OCTETS + SNDINFO_OCTETS);
    this.memory.writeInt32LE(SOL_SCTP, SEND_CONTROL_AT + 8);
    this.memory.writeInt32LE(CMSG_SNDINFO, SEND_CONTROL_AT + 12);
    this.memory.writeUInt32BE(PPID_M3UA, SEND_CONTROL_AT + CMSG_HEAD_OCTETS + PPID_AT);
  }

  private header(at: number, iovecAt: number, controlAt: number, controlOctets: number): void {
    this.put64(at + 16, this.address + iovecAt);
    this.put64(at + 24, 1);
    this.put64(at + 32, this.address + controlAt);
    this.put64(at + 40, controlOctets);
  }

  private put64(at: number, value: number): void {
    this.memory.writeUInt32LE(value >>> 0, at);
    this.memory.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
  }

  /** Sends the octets at an address as one message. Negative: `errno` says why not. */
  send(fd: number, address: number, octets: number, stream: number): number {
    const { memory } = this;
    this.put64(SEND_IOVEC_AT, address);
    memory.writeUInt32LE(octets, SEND_IOVEC_AT + 8);
    memory.writeUInt16LE(stream, SEND_CONTROL_AT + CMSG_HEAD_OCTETS);
    return this.libc.sendmsg(fd, this.address + SEND_AT, SEND_FLAGS);
  }

  /** Octets received into `received`; 0 at the end, negative: `errno` says why. */
  receive(fd: number): number {
    const { memory } = this;
    memory.writeUInt32LE(CONTROL_OCTETS, RECEIVE_AT + 40);
    memory.writeInt32LE(0, RECEIVE_AT + 48);
    const octets = this.libc.recvmsg(fd, this.address + RECEIVE_AT, RECEIVE_FLAGS);
    if (octets <= 0) return octets;
    const flags = memory.readInt32LE(RECEIVE_AT + 48);
    this.isNotification = (flags & MESSAGE_NOTIFICATION) !== 0;
    this.isEnd = (flags & MESSAGE_END) !== 0;
    this.stream = this.isNotification ? 0 : this.streamIn(memory.readUInt32LE(RECEIVE_AT + 40));
    return octets;
  }

  /** The stream is in the RCVINFO, as a rule the only control message. */
  private streamIn(controlOctets: number): number {
    const { memory } = this;
    const end = RECEIVE_CONTROL_AT + controlOctets;
    for (let at = RECEIVE_CONTROL_AT; at + CMSG_HEAD_OCTETS <= end; ) {
      const length = memory.readUInt32LE(at);
      if (memory.readInt32LE(at + 8) === SOL_SCTP && memory.readInt32LE(at + 12) === CMSG_RCVINFO)
        return memory.readUInt16LE(at + CMSG_HEAD_OCTETS);
      if (length < CMSG_HEAD_OCTETS) break;
      at += (length + 7) & ~7;
    }
    return 0;
  }
}
