/** Signalling out of capture files, down to the SCCP messages in it. */
import { createIpaFramer, decodeIpa } from '#codec/ipa';
import { createM3uaFramer, decodeM3ua } from '#codec/m3ua';
import {
  CaptureReader,
  decodeM2pa,
  decodeMtp3,
  type Mtp3Message,
  type Signalling,
  SignallingReader,
  type TcpService,
} from '#codec/mtp';
import type { TcpPort } from './commands/tcp-ports.js';

/** Service indicator of SCCP. ITU-T Q.704 14.2.1. */
const SI_SCCP = 3;

const FRAMERS = { m3ua: createM3uaFramer, ipa: createIpaFramer } as const;

/** An SCCP message with what brought it. */
export interface CapturedSccp {
  readonly octets: Uint8Array;
  /** Packet of the capture, counted from 1. */
  readonly packet: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Transport addresses; absent where the capture has none. */
  readonly from?: string;
  readonly to?: string;
  /** Absent without MTP3 or M3UA. */
  readonly label?: Pick<Mtp3Message, 'opc' | 'dpc' | 'sls' | 'ni' | 'si'>;
}

/** What a capture held beside what was asked for. */
export interface CaptureAccount {
  /** What was not looked into, by why. */
  readonly passedOver: ReadonlyMap<string, number>;
  /** Why the rest of the file could not be read; absent when it was read to its end. */
  readonly fault?: string;
}

const CAPTURE_MAGICS: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xa1b23c4d, 0xd4c3b2a1, 0x4d3cb2a1, 0x0a0d0d0a]);

/** Whether the octets begin as a capture file (pcap or pcapng) does. */
export const isCapture = (octets: Uint8Array): boolean =>
  octets.length >= 24 && CAPTURE_MAGICS.has(new DataView(octets.buffer, octets.byteOffset).getUint32(0));

/** Every signalling message of a capture file, in its order; `account` is complete when the last has been given. */
export function* signallingOf(
  octets: Uint8Array,
  ports: readonly TcpPort[],
  account: (its: CaptureAccount) => void,
): Generator<Signalling> {
  const services: TcpService[] = ports.map(({ kind, port }) => ({ kind, port, createFramer: FRAMERS[kind] }));
  const capture = new CaptureReader();
  const reader = new SignallingReader(services);
  const read = capture.push(octets);
  for (const packet of read.ok ? read.value : read.error.packets) yield* reader.push(packet);
  const fault = read.ok ? (capture.pending > 0 ? 'the capture ends inside a packet' : undefined) : read.error.text;
  account({ passedOver: reader.passedOver, ...(fault === undefined ? {} : { fault }) });
}

/** The SCCP message in a message of a layer below; undefined when there is none, or it cannot be read. */
export function sccpOf(signalling: Signalling): CapturedSccp | undefined {
  const { kind, octets, packet, at, from, to } = signalling;
  const where = { packet, at, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  if (kind === 'sccp') return { octets, ...where };
  if (kind === 'ipa') {
    const frame = decodeIpa(octets);
    return frame.ok && frame.value.kind === 'sccp' ? { octets: frame.value.message, ...where } : undefined;
  }
  if (kind === 'm3ua') {
    const message = decodeM3ua(octets);
    if (!message.ok || message.value.kind !== 'DATA') return undefined;
    const { userData, opc, dpc, sls, ni, si } = message.value.protocolData;
    return si === SI_SCCP ? { octets: userData, ...where, label: { opc, dpc, sls, ni, si } } : undefined;
  }
  return ofMtp3(kind === 'm2pa' ? mtp3Of(octets) : octets, where);
}

function mtp3Of(octets: Uint8Array): Uint8Array | undefined {
  const message = decodeM2pa(octets);
  return message.ok && message.value.kind === 'User Data' && message.value.mtp3.length > 0 ? message.value.mtp3 : undefined;
}

function ofMtp3(
  octets: Uint8Array | undefined,
  where: Pick<CapturedSccp, 'packet' | 'at' | 'from' | 'to'>,
): CapturedSccp | undefined {
  const message = octets === undefined ? undefined : decodeMtp3(octets);
  if (!message?.ok || message.value.si !== SI_SCCP) return undefined;
  const { userData, opc, dpc, sls, ni, si } = message.value;
  return { octets: userData, ...where, label: { opc, dpc, sls, ni, si } };
}
