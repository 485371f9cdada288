/** Capture files in pieces: records or blocks, and in them link layer, IP, SCTP chunks or TCP. Lengths follow at every layer, or lie. */
import { decodeM3ua } from '#codec/m3ua';
import { type Frame, firm, group, leaf, type Node } from '../tree.js';
import { m3uaTree } from './m3ua-tree.js';

const PCAP_HEADER_OCTETS = 24;
const RECORD_TIME_OCTETS = 8;
const ENHANCED_PACKET = 6;
const LINK_OCTETS: Readonly<Record<number, number>> = { 1: 14, 113: 16, 276: 20, 101: 0, 228: 0, 12: 0, 0: 4 };
const SCTP = 132;
const TCP = 6;
const IP_HEADER_OCTETS = 20;
const SCTP_HEADER_OCTETS = 12;
const CHUNK_HEAD_OCTETS = 16;
const TCP_HEADER_OCTETS = 20;

/** A message of M3UA as such, all else as it is. */
const userTree = (octets: Uint8Array): Node => (decodeM3ua(octets).ok ? m3uaTree(octets) : leaf('user', octets));

function sctpTree(octets: Uint8Array): Node {
  const nodes: Node[] = [leaf('sctp-head', octets.subarray(0, SCTP_HEADER_OCTETS))];
  const v = new DataView(octets.buffer, octets.byteOffset, octets.length);
  let at = SCTP_HEADER_OCTETS;
  while (at + CHUNK_HEAD_OCTETS <= octets.length) {
    const length = v.getUint16(at + 2);
    if (length < CHUNK_HEAD_OCTETS || at + length > octets.length) break;
    const head = leaf('chunk-head', octets.subarray(at + 4, at + CHUNK_HEAD_OCTETS));
    const chunk = group('chunk-rest', [head, userTree(octets.subarray(at + CHUNK_HEAD_OCTETS, at + length))], 'parameter-length');
    nodes.push(group('chunk', [leaf('chunk-type', octets.subarray(at, at + 2)), chunk]));
    at += Math.ceil(length / 4) * 4;
  }
  return group('sctp', [...nodes, leaf('sctp-rest', octets.subarray(at))]);
}

function ipTree(octets: Uint8Array): Node {
  if (octets[0] !== 0x45 || octets.length < IP_HEADER_OCTETS) return leaf('ip', octets);
  const payload = octets.subarray(IP_HEADER_OCTETS);
  const inner =
    octets[9] === SCTP
      ? sctpTree(payload)
      : octets[9] === TCP
        ? group('tcp', [
            leaf('tcp-head', payload.subarray(0, TCP_HEADER_OCTETS)),
            leaf('tcp-data', payload.subarray(TCP_HEADER_OCTETS)),
          ])
        : leaf('ip-payload', payload);
  const head = leaf('ip-head', octets.subarray(4, IP_HEADER_OCTETS));
  return group('ip', [leaf('ip-version', octets.subarray(0, 2)), group('ip-rest', [head, inner], 'ip-length')]);
}

function packetTree(octets: Uint8Array, linkType: number): Node {
  const link = LINK_OCTETS[linkType];
  if (link === undefined || octets.length < link) return leaf(`packet-${linkType}`, octets);
  return group('packet', [leaf(`link-${linkType}`, octets.subarray(0, link)), ipTree(octets.subarray(link))]);
}

function classicTree(octets: Uint8Array, little: boolean): Node {
  const v = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const linkType = v.getUint32(20, little);
  const frame: Frame = little ? 'packet-length' : 'packet-length-big';
  const nodes: Node[] = [firm(leaf('pcap-head', octets.subarray(0, PCAP_HEADER_OCTETS)))];
  let at = PCAP_HEADER_OCTETS;
  while (at + 16 <= octets.length) {
    const to = at + 16 + v.getUint32(at + 8, little);
    if (to > octets.length) break;
    const time = leaf('time', octets.subarray(at, at + RECORD_TIME_OCTETS));
    nodes.push(
      group(`record-${frame}`, [
        time,
        group(`record-rest-${frame}`, [packetTree(octets.subarray(at + 16, to), linkType)], frame),
      ]),
    );
    at = to;
  }
  return group('pcap', [...nodes, leaf('rest', octets.subarray(at))]);
}

/** Little-endian files only; the others are one piece for each block. */
function blocksTree(octets: Uint8Array): Node {
  const v = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const nodes: Node[] = [];
  let linkType = 0;
  let at = 0;
  while (at + 12 <= octets.length) {
    const length = v.getUint32(at + 4, true);
    if (length < 12 || length % 4 !== 0 || at + length > octets.length) break;
    const type = v.getUint32(at, true);
    const body = octets.subarray(at + 8, at + length - 4);
    if (type === 1 && length >= 20) linkType = v.getUint16(at + 8, true);
    nodes.push(
      group(`block-${type}`, [
        leaf('block-type', octets.subarray(at, at + 4)),
        group('block-rest', bodyTree(type, body, linkType), 'block-length'),
      ]),
    );
    at += length;
  }
  return group('pcapng', [...nodes, leaf('rest', octets.subarray(at))]);
}

function bodyTree(type: number, body: Uint8Array, linkType: number): readonly Node[] {
  if (type !== ENHANCED_PACKET || body.length < 20) return [leaf(`body-${type}`, body)];
  const captured = new DataView(body.buffer, body.byteOffset, body.length).getUint32(12, true);
  const to = Math.min(body.length, 20 + captured);
  const packet = group('enhanced-rest', [packetTree(body.subarray(20, to), linkType)], 'packet-length');
  return [leaf('enhanced-head', body.subarray(0, 12)), packet, leaf('options', body.subarray(to))];
}

const SECTION = 0x0a;

export function captureTree(octets: Uint8Array): Node {
  if (octets.length < PCAP_HEADER_OCTETS) return leaf('capture', octets);
  if (octets[0] === SECTION) return blocksTree(octets);
  return classicTree(octets, octets[0] !== 0xa1);
}
