/** Finds the signalling in captured packets: the octets of M3UA, M2PA, MTP3, SCCP and IPA messages, each for its own codec. */
import { type Framer, LIMITS, Malformed } from '#base';
import type { CapturePacket } from './capture-file.js';
import { decodeMtp2 } from './mtp2.js';
import { LINK_TYPE, PROTOCOL_SCTP, PROTOCOL_TCP, type TransportPacket, transportOf } from './packets.js';
import { SctpFlows, type SctpMessage } from './sctp.js';
import { TcpFlows, type TcpPiece } from './tcp.js';

export interface Signalling {
  /** Which codec reads `octets`: `#codec/m3ua`, `#codec/sccp`, `#codec/ipa`, `decodeM2pa`, `decodeMtp3`. */
  readonly kind: 'm3ua' | 'm2pa' | 'mtp3' | 'sccp' | 'ipa';
  readonly octets: Uint8Array;
  /** The packet that completed it, counted from 1. */
  readonly packet: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `192.0.2.1:2905`; absent where the capture has no transport. */
  readonly from?: string;
  readonly to?: string;
  /** SCTP stream; absent without SCTP. */
  readonly stream?: number;
}

/** What runs over TCP on which ports, and how it is cut into messages. */
export interface TcpService {
  readonly kind: 'm3ua' | 'ipa';
  readonly port: number;
  readonly createFramer: () => Framer;
}

const PPIDS: Readonly<Record<number, Signalling['kind']>> = { 3: 'm3ua', 5: 'm2pa' };
/** Where the payload protocol identifier says nothing: the registered ports (RFC 4666 7.2, RFC 4165 7.2). */
const PORTS: Readonly<Record<number, Signalling['kind']>> = { 2905: 'm3ua', 3565: 'm2pa' };
/** Sent, annex A used, link number (two octets). tcpdump.org/linktypes, LINKTYPE_MTP2_WITH_PHDR. */
const MTP2_HEADER_OCTETS = 4;

/** Some nodes write the identifier the wrong way round: 03 00 00 00. */
const kindOfPpid = (ppid: number): Signalling['kind'] | undefined => PPIDS[ppid] ?? PPIDS[ppid / 0x100_0000];

export class SignallingReader {
  private readonly sctp = new SctpFlows();
  private readonly tcp = new TcpFlows();
  private readonly framers = new Map<string, Framer>();
  private readonly services: readonly TcpService[];
  private readonly passed = new Map<string, number>();

  /** `services`: what to look for in TCP; nothing by default. */
  constructor(services: readonly TcpService[] = []) {
    this.services = services;
  }

  /** How many packets held no signalling, by why. */
  get passedOver(): ReadonlyMap<string, number> {
    return this.passed;
  }

  /** The messages that a packet completes. Octets are views into it, or copies where they came in several. */
  push(packet: CapturePacket): Signalling[] {
    try {
      return this.read(packet);
    } catch (e) {
      if (!(e instanceof Malformed)) throw e;
      this.passOver(packet.octets.length < packet.originalLength ? 'cut by the capture' : 'malformed');
      return [];
    }
  }

  private passOver(why: string): void {
    this.passed.set(why, (this.passed.get(why) ?? 0) + 1);
  }

  private read(packet: CapturePacket): Signalling[] {
    const { number, at, linkType, octets } = packet;
    const bare = (kind: Signalling['kind'], its: Uint8Array): Signalling[] => [{ kind, octets: its, packet: number, at }];
    if (linkType === LINK_TYPE.mtp3) return bare('mtp3', octets);
    if (linkType === LINK_TYPE.sccp) return bare('sccp', octets);
    if (linkType === LINK_TYPE.mtp2 || linkType === LINK_TYPE.mtp2WithHeader) {
      const hasHeader = linkType === LINK_TYPE.mtp2WithHeader;
      const unit = decodeMtp2(hasHeader ? octets.subarray(MTP2_HEADER_OCTETS) : octets, hasHeader && octets[1] === 1);
      if (!unit.ok) throw new Malformed(unit.error.offset, unit.error.detail);
      if (unit.value.kind === 'MSU') return bare('mtp3', unit.value.octets);
      this.passOver(unit.value.kind);
      return [];
    }
    const transport = transportOf(linkType, octets);
    if (typeof transport === 'string') {
      this.passOver(transport);
      return [];
    }
    return this.ofTransport(packet, transport);
  }

  private ofTransport(packet: CapturePacket, transport: TransportPacket): Signalling[] {
    const hosts = `${transport.from}>${transport.to}`;
    if (transport.protocol === PROTOCOL_SCTP)
      return this.sctp.push(transport.octets, hosts).flatMap((message) => this.ofSctp(packet, transport, message));
    if (transport.protocol === PROTOCOL_TCP)
      return this.tcp.push(transport.octets, hosts).flatMap((piece) => this.ofTcp(packet, transport, piece));
    this.passOver(`IP protocol ${transport.protocol}`);
    return [];
  }

  private ofSctp(packet: CapturePacket, transport: TransportPacket, message: SctpMessage): Signalling[] {
    const { ppid, fromPort, toPort, stream, octets } = message;
    const kind = kindOfPpid(ppid) ?? (ppid === 0 ? (PORTS[fromPort] ?? PORTS[toPort]) : undefined);
    if (kind === undefined) {
      this.passOver(`SCTP payload protocol ${ppid}`);
      return [];
    }
    return [{ kind, octets, packet: packet.number, at: packet.at, ...ends(transport, message), stream }];
  }

  private ofTcp(packet: CapturePacket, transport: TransportPacket, piece: TcpPiece): Signalling[] {
    const service = this.services.find(({ port }) => port === piece.fromPort || port === piece.toPort);
    if (service === undefined) {
      this.passOver('TCP');
      return [];
    }
    const framer = (piece.isFresh ? undefined : this.framers.get(piece.flow)) ?? service.createFramer();
    this.framers.set(piece.flow, framer);
    if (this.framers.size > LIMITS.captureFlowsMax) this.framers.delete(this.framers.keys().next().value!);
    const cut = framer.push(piece.octets);
    if (!cut.ok) this.passOver(`${service.kind} over TCP out of step`);
    return (cut.ok ? cut.value : cut.error.frames).map((octets) => ({
      kind: service.kind,
      octets,
      packet: packet.number,
      at: packet.at,
      ...ends(transport, piece),
    }));
  }
}

const ends = (
  { from, to }: TransportPacket,
  { fromPort, toPort }: { readonly fromPort: number; readonly toPort: number },
): { readonly from: string; readonly to: string } => ({ from: `${from}:${fromPort}`, to: `${to}:${toPort}` });
