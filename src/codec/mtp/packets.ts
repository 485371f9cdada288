/**
 * What lies between a captured packet and the signalling in it: link layers, IPv4 and IPv6, down to the payload of SCTP or TCP. Anything
 * else is passed over: a capture holds much that is none of ours.
 */
import { Malformed } from '#base';

/** Numbers of tcpdump.org/linktypes. */
export const LINK_TYPE = {
  null: 0,
  ethernet: 1,
  rawOld: 12,
  raw: 101,
  linuxCooked: 113,
  mtp2WithHeader: 139,
  mtp2: 140,
  mtp3: 141,
  sccp: 142,
  ipv4: 228,
  ipv6: 229,
  sctp: 248,
  linuxCooked2: 276,
} as const;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** IEEE 802.1Q and 802.1ad: a tag of four octets before the real type. */
const ETHERTYPE_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
/** Tags on one frame. */
const TAGS_MAX = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_SCTP = 132;

/** A transport's packet with the hosts it goes between. */
export interface TransportPacket {
  readonly protocol: number;
  /** As text: `192.0.2.1`, or IPv6 in eight groups; empty when the capture has no IP. */
  readonly from: string;
  readonly to: string;
  readonly octets: Uint8Array;
}

const u16 = (b: Uint8Array, at: number): number => {
  if (at + 2 > b.length) throw new Malformed(b.length, 'a packet ends inside a header');
  return b[at]! * 0x100 + b[at + 1]!;
};

/** The transport packet inside; a text that says why there is none. Throws Malformed when a header is cut. */
export function transportOf(linkType: number, b: Uint8Array): TransportPacket | string {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return behindEthertype(b, 12);
    case LINK_TYPE.linuxCooked:
      return behindEthertype(b, 14);
    case LINK_TYPE.linuxCooked2:
      return byEthertype(u16(b, 0), b.subarray(20));
    case LINK_TYPE.null:
      return ip(b.subarray(4));
    case LINK_TYPE.raw:
    case LINK_TYPE.rawOld:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return ip(b);
    case LINK_TYPE.sctp:
      return { protocol: PROTOCOL_SCTP, from: '', to: '', octets: b };
    default:
      return `link type ${linkType}`;
  }
}

/** Passes over tags behind which the type of the payload stands. */
function behindEthertype(b: Uint8Array, at: number): TransportPacket | string {
  for (let tags = 0; tags <= TAGS_MAX; tags++, at += 4) {
    const type = u16(b, at);
    if (!ETHERTYPE_TAGS.includes(type)) return byEthertype(type, b.subarray(at + 2));
  }
  return 'too many tags';
}

function byEthertype(type: number, b: Uint8Array): TransportPacket | string {
  return type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6 ? ip(b) : 'not IP';
}

function ip(b: Uint8Array): TransportPacket | string {
  const version = (b[0] ?? 0) >>> 4;
  return version === 4 ? ipv4(b) : version === 6 ? ipv6(b) : 'not IP';
}

function ipv4(b: Uint8Array): TransportPacket | string {
  const head = (b[0]! & 0x0f) * 4;
  const length = u16(b, 2);
  if (head < 20 || b.length < head) throw new Malformed(0, 'an IPv4 header is cut');
  // The first of several fragments and all that follow it: a fragmented packet is not put together here.
  if ((u16(b, 6) & 0x3fff) !== 0) return 'IP fragment';
  const dotted = (at: number): string => b.subarray(at, at + 4).join('.');
  // A length of 0 is what a capture below segmentation offload shows.
  const end = length < head ? b.length : Math.min(length, b.length);
  return { protocol: b[9]!, from: dotted(12), to: dotted(16), octets: b.subarray(head, end) };
}

const IPV6_HEADER_OCTETS = 40;
/** Extension headers that are passed over: hop-by-hop, routing, destination options. RFC 8200 4. */
const EXTENSIONS: readonly number[] = [0, 43, 60];
const FRAGMENT = 44;
const EXTENSIONS_MAX = 8;

function ipv6(b: Uint8Array): TransportPacket | string {
  if (b.length < IPV6_HEADER_OCTETS) throw new Malformed(b.length, 'an IPv6 header is cut');
  const groups = (at: number): string => Array.from({ length: 8 }, (_, i) => u16(b, at + 2 * i).toString(16)).join(':');
  const end = Math.min(b.length, IPV6_HEADER_OCTETS + u16(b, 4));
  let protocol = b[6]!;
  let at = IPV6_HEADER_OCTETS;
  for (let i = 0; i < EXTENSIONS_MAX && EXTENSIONS.includes(protocol); i++) {
    const next = u16(b, at);
    protocol = next >>> 8;
    at += 8 * (1 + (next & 0xff));
  }
  if (protocol === FRAGMENT) return 'IP fragment';
  return { protocol, from: groups(8), to: groups(24), octets: b.subarray(at, Math.max(at, end)) };
}
