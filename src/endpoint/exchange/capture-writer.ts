/**
 * What was sent and received, as a capture file that tools read: M3UA DATA in SCTP in IPv4 (classic pcap, raw IP packets), each place with an
 * association of its own to the gate, whatever the transport was. Addresses are those of RFC 5737; nothing else is invented but the framing.
 */
import { encodeM3ua, type ProtocolData } from '#codec/m3ua';
import type { Network, Place } from './laboratory.js';

const PCAP_MAGIC = 0xa1b2c3d4;
const LINK_TYPE_RAW = 101;
const SNAPSHOT_OCTETS = 262_144;
const FILE_HEADER_OCTETS = 24;
const RECORD_HEADER_OCTETS = 16;
const IP_OCTETS = 20;
const SCTP_OCTETS = 12;
const CHUNK_OCTETS = 16;
const PROTOCOL_SCTP = 132;
const PPID_M3UA = 3;
const M3UA_PORT = 2905;
const WHOLE_CHUNK = 0x03;
/** 192.0.2.0/24 is TEST-NET-1. */
const HOSTS: Readonly<Record<Place | 'gate', number>> = { gate: 1, access: 10, centre: 20, platform: 30 };
const CLIENT_PORT = 29_050;

/** CRC32c, reflected. RFC 9260 appendix A. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

function crc32c(octets: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const octet of octets) crc = CRC_TABLE[(crc ^ octet) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** One's complement sum of 16-bit words. RFC 1071. */
function headerSum(v: DataView, octets: number): number {
  let sum = 0;
  for (let at = 0; at < octets; at += 2) sum += v.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** One direction of an association. */
interface Flow {
  readonly tag: number;
  tsn: number;
  readonly streamSequence: Uint16Array;
}

const STREAMS = 17;

export class CaptureWriter {
  private readonly network: Network;
  private readonly flows = new Map<string, Flow>();

  constructor(network: Network) {
    this.network = network;
  }

  /** What the file begins with. */
  static fileHeader(): Uint8Array {
    const v = new DataView(new ArrayBuffer(FILE_HEADER_OCTETS));
    v.setUint32(0, PCAP_MAGIC, true);
    v.setUint16(4, 2, true);
    v.setUint16(6, 4, true);
    v.setUint32(16, SNAPSHOT_OCTETS, true);
    v.setUint32(20, LINK_TYPE_RAW, true);
    return new Uint8Array(v.buffer);
  }

  /** The record of a message. `to`: from the place to the gate. `at`: milliseconds since the epoch. */
  record(place: Place, direction: 'to' | 'from', data: ProtocolData, at: number): Uint8Array {
    const m3ua = encodeM3ua({ kind: 'DATA', routingContext: [this.network.routingContexts[place]], protocolData: data });
    const padding = (4 - (m3ua.length % 4)) % 4;
    const sctpOctets = SCTP_OCTETS + CHUNK_OCTETS + m3ua.length + padding;
    const octets = new Uint8Array(RECORD_HEADER_OCTETS + IP_OCTETS + sctpOctets);
    const v = new DataView(octets.buffer);
    const seconds = Math.floor(at / 1000);
    v.setUint32(0, seconds, true);
    v.setUint32(4, Math.floor((at - seconds * 1000) * 1000), true);
    v.setUint32(8, IP_OCTETS + sctpOctets, true);
    v.setUint32(12, IP_OCTETS + sctpOctets, true);
    const ends = direction === 'to' ? [HOSTS[place], HOSTS.gate] : [HOSTS.gate, HOSTS[place]];
    this.ip(new DataView(octets.buffer, RECORD_HEADER_OCTETS, IP_OCTETS), sctpOctets, ends[0]!, ends[1]!);
    octets.set(m3ua, RECORD_HEADER_OCTETS + IP_OCTETS + SCTP_OCTETS + CHUNK_OCTETS);
    this.sctp(octets.subarray(RECORD_HEADER_OCTETS + IP_OCTETS), place, direction, 1 + (data.sls % (STREAMS - 1)), m3ua.length);
    return octets;
  }

  private ip(v: DataView, payload: number, from: number, to: number): void {
    v.setUint8(0, 0x45);
    v.setUint16(2, IP_OCTETS + payload);
    v.setUint16(6, 0x4000);
    v.setUint8(8, 64);
    v.setUint8(9, PROTOCOL_SCTP);
    v.setUint32(12, 0xc000_0200 | from);
    v.setUint32(16, 0xc000_0200 | to);
    v.setUint16(10, headerSum(v, IP_OCTETS));
  }

  private sctp(octets: Uint8Array, place: Place, direction: 'to' | 'from', stream: number, length: number): void {
    const flow = this.flowOf(place, direction);
    const v = new DataView(octets.buffer, octets.byteOffset, octets.length);
    const ours = CLIENT_PORT + HOSTS[place];
    v.setUint16(0, direction === 'to' ? ours : M3UA_PORT);
    v.setUint16(2, direction === 'to' ? M3UA_PORT : ours);
    v.setUint32(4, flow.tag);
    v.setUint8(SCTP_OCTETS + 1, WHOLE_CHUNK);
    v.setUint16(SCTP_OCTETS + 2, CHUNK_OCTETS + length);
    v.setUint32(SCTP_OCTETS + 4, flow.tsn);
    v.setUint16(SCTP_OCTETS + 8, stream);
    v.setUint16(SCTP_OCTETS + 10, flow.streamSequence[stream]!);
    v.setUint32(SCTP_OCTETS + 12, PPID_M3UA);
    flow.tsn = (flow.tsn + 1) >>> 0;
    flow.streamSequence[stream] = flow.streamSequence[stream]! + 1;
    v.setUint32(8, crc32c(octets), true);
  }

  private flowOf(place: Place, direction: string): Flow {
    const key = `${place} ${direction}`;
    let flow = this.flows.get(key);
    if (flow === undefined) {
      flow = { tag: 0x1000_0001 * (this.flows.size + 1), tsn: 1, streamSequence: new Uint16Array(STREAMS) };
      this.flows.set(key, flow);
    }
    return flow;
  }
}
