/**
 * Captures to be dissected: IPv4 packets without link layer in the classic pcap format. MMS PDUs travel as a phone and a relay send them:
 * in HTTP requests and answers, and in connectionless WSP pushes. Checksums are left at zero; tshark does not check them.
 */

import { LINKTYPE, pcapOf } from './run.js';

const LOOPBACK = 0x7f000001;
const TCP = 6;
const UDP = 17;
const TCP_PSH_ACK = 0x18;
const HTTP_PORT = 8080;
/** Connectionless WSP push without security, where tshark expects it. WDP: the port of the push client. */
const WAP_PUSH_PORT = 2948;
/** An IPv4 packet has 65,535 octets at most; tshark puts the segments of a message together again. */
const SEGMENT_OCTETS_MAX = 60_000;
const FIRST_PORT = 20_000;

function ipv4(protocol: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(head.length + payload.length, 2);
  head[8] = 64;
  head[9] = protocol;
  head.writeUInt32BE(LOOPBACK, 12);
  head.writeUInt32BE(LOOPBACK, 16);
  return Buffer.concat([head, payload]);
}

function tcp(from: number, to: number, sequence: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head.writeUInt32BE(sequence, 4);
  head[12] = (head.length / 4) << 4;
  head[13] = TCP_PSH_ACK;
  head.writeUInt16BE(0xffff, 14);
  return ipv4(TCP, Buffer.concat([head, payload]));
}

function udp(from: number, to: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head.writeUInt16BE(head.length + payload.length, 4);
  return ipv4(UDP, Buffer.concat([head, payload]));
}

/** Collects what is to be dissected; every exchange has a port of its own, and that port is its name in what comes back. */
export class Capture {
  private readonly frames: Buffer[] = [];
  private port = FIRST_PORT;

  /** A POST with an MMS PDU. Returns the port that marks it. */
  post(pdu: Uint8Array): number {
    return this.stream(false, 'POST / HTTP/1.1\r\nHost: mmsc\r\n', pdu);
  }

  /** An HTTP answer with an MMS PDU. Returns the port that marks it. */
  answer(pdu: Uint8Array): number {
    return this.stream(true, 'HTTP/1.1 200 OK\r\n', pdu);
  }

  /** A datagram with a WSP push. Returns the port that marks it. */
  push(push: Uint8Array): number {
    const port = this.port++;
    this.frames.push(udp(port, WAP_PUSH_PORT, push));
    return port;
  }

  private stream(fromServer: boolean, lead: string, pdu: Uint8Array): number {
    const port = this.port++;
    const head = `${lead}Content-Type: application/vnd.wap.mms-message\r\nContent-Length: ${pdu.length}\r\n\r\n`;
    const octets = Buffer.concat([Buffer.from(head), pdu]);
    const [from, to] = fromServer ? [HTTP_PORT, port] : [port, HTTP_PORT];
    for (let at = 0; at < octets.length; at += SEGMENT_OCTETS_MAX)
      this.frames.push(tcp(from, to, 1 + at, octets.subarray(at, at + SEGMENT_OCTETS_MAX)));
    return port;
  }

  toPcap(): Buffer {
    return pcapOf(LINKTYPE.raw, this.frames);
  }
}
