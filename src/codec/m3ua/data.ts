/**
 * DATA of the common shape, in place: one Protocol Data, at most one network appearance and at most one routing context. That is nearly all of
 * the traffic of nearly every node; anything else is read and written by the tables.
 */
import { type Data, MESSAGES } from './messages.js';
import { PARAMETERS, type ProtocolData } from './parameters.js';

export const VERSION = 1;
/** Octets of the common header. RFC 4666 3.1. */
export const HEADER_OCTETS = 8;
export const ALIGNMENT = 4;

const NA = PARAMETERS.networkAppearance.tag;
const RC = PARAMETERS.routingContext.tag;
const PROTOCOL_DATA = PARAMETERS.protocolData.tag;
const { class: DATA_CLASS, type: DATA_TYPE } = MESSAGES.DATA;
/** Protocol Data without user data: tag, length, point codes, four octets of indicators and SLS. */
const LABEL_OCTETS = 16;
/** A parameter of one number of 32 bits. */
const WORD_OCTETS = 8;
/** The 16-bit length of Protocol Data, less its label. */
const USER_DATA_OCTETS_MAX = 0xffff - LABEL_OCTETS;

export const u32At = (b: Uint8Array, i: number): number => b[i]! * 0x100_0000 + (b[i + 1]! << 16) + (b[i + 2]! << 8) + b[i + 3]!;
const u16At = (b: Uint8Array, i: number): number => (b[i]! << 8) + b[i + 1]!;

const NO_DATA: ProtocolData = { opc: 0, dpc: 0, si: 0, ni: 0, mp: 0, sls: 0, userData: new Uint8Array(0) };

/** Reads one after another; what it has read last stands in it. */
export class DataReader {
  /** -1: there was none. */
  networkAppearance = -1;
  /** -1: there was none. */
  routingContext = -1;
  /** Fresh with every message; its user data is a view. */
  protocolData: ProtocolData = NO_DATA;

  /**
   * Whether `bytes` hold one DATA of the common shape from `at` to `end`. False for anything else, of which nothing is said: `decodeM3ua` knows
   * what it is, or what is wrong with it. The parameters may stand in any order (osmo-stp puts the routing context last).
   */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < HEADER_OCTETS || bytes[at] !== VERSION || bytes[at + 2] !== DATA_CLASS || bytes[at + 3] !== DATA_TYPE)
      return false;
    // The padding of the last parameter may stand behind what is announced (RFC 4666 3.1.4), or be announced and not sent.
    const length = u32At(bytes, at + 4);
    const there = end - at;
    if (length < HEADER_OCTETS || length > there + ALIGNMENT - 1 || length + ALIGNMENT - 1 < there) return false;
    return this.readParameters(bytes, at + HEADER_OCTETS, at + Math.min(length, there));
  }

  private readParameters(bytes: Uint8Array, from: number, end: number): boolean {
    let networkAppearance = -1;
    let context = -1;
    let label = -1;
    let labelEnd = 0;
    for (let at = from; at < end; ) {
      if (end - at < 4) return false;
      const tag = u16At(bytes, at);
      const length = u16At(bytes, at + 2);
      if (at + length > end) return false;
      if (tag === PROTOCOL_DATA && label < 0 && length >= LABEL_OCTETS) {
        label = at;
        labelEnd = at + length;
      } else if (tag === RC && context < 0 && length === WORD_OCTETS) context = u32At(bytes, at + 4);
      else if (tag === NA && networkAppearance < 0 && length === WORD_OCTETS) networkAppearance = u32At(bytes, at + 4);
      else return false;
      at += (length + ALIGNMENT - 1) & -ALIGNMENT;
    }
    if (label < 0) return false;
    this.networkAppearance = networkAppearance;
    this.routingContext = context;
    this.protocolData = labelAt(bytes, label, labelEnd);
    return true;
  }

  /** What was read, as a message. */
  data(): Data {
    const { networkAppearance, routingContext: context, protocolData } = this;
    if (networkAppearance >= 0)
      return context >= 0
        ? { kind: 'DATA', networkAppearance, routingContext: [context], protocolData }
        : { kind: 'DATA', networkAppearance, protocolData };
    return context >= 0 ? { kind: 'DATA', routingContext: [context], protocolData } : { kind: 'DATA', protocolData };
  }
}

const labelAt = (bytes: Uint8Array, at: number, end: number): ProtocolData => ({
  opc: u32At(bytes, at + 4),
  dpc: u32At(bytes, at + 8),
  si: bytes[at + 12]!,
  ni: bytes[at + 13]!,
  mp: bytes[at + 14]!,
  sls: bytes[at + 15]!,
  userData: bytes.subarray(at + LABEL_OCTETS, end),
});

/**
 * Octets that `writeData` writes for so much user data. -1 for `routingContext` or `networkAppearance`: none. Throws RangeError above what one
 * Protocol Data can hold.
 */
export function dataOctets(userDataOctets: number, routingContext: number, networkAppearance: number): number {
  if (userDataOctets > USER_DATA_OCTETS_MAX) throw new RangeError(`Protocol Data of ${LABEL_OCTETS + userDataOctets} octets`);
  const words = (routingContext < 0 ? 0 : WORD_OCTETS) + (networkAppearance < 0 ? 0 : WORD_OCTETS);
  return HEADER_OCTETS + words + LABEL_OCTETS + ((userDataOctets + ALIGNMENT - 1) & -ALIGNMENT);
}

/** Writes a DATA, every octet of it, at `at`; there are `dataOctets` of them. Returns where it ends. */
export function writeData(
  out: Uint8Array,
  at: number,
  data: ProtocolData,
  routingContext: number,
  networkAppearance: number,
): number {
  const { userData } = data;
  const end = at + dataOctets(userData.length, routingContext, networkAppearance);
  out[at] = VERSION;
  out[at + 1] = 0;
  out[at + 2] = DATA_CLASS;
  out[at + 3] = DATA_TYPE;
  put32(out, at + 4, end - at);
  let next = at + HEADER_OCTETS;
  if (networkAppearance >= 0) next = putWord(out, next, NA, networkAppearance);
  if (routingContext >= 0) next = putWord(out, next, RC, routingContext);
  putHead(out, next, PROTOCOL_DATA, LABEL_OCTETS + userData.length);
  put32(out, next + 4, data.opc);
  put32(out, next + 8, data.dpc);
  out[next + 12] = data.si;
  out[next + 13] = data.ni;
  out[next + 14] = data.mp;
  out[next + 15] = data.sls;
  out.set(userData, next + LABEL_OCTETS);
  for (let i = next + LABEL_OCTETS + userData.length; i < end; i++) out[i] = 0;
  return end;
}

function putHead(out: Uint8Array, at: number, tag: number, length: number): void {
  out[at] = tag >>> 8;
  out[at + 1] = tag;
  out[at + 2] = length >>> 8;
  out[at + 3] = length;
}

function put32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** A parameter of one number. Returns where the next begins. */
function putWord(out: Uint8Array, at: number, tag: number, value: number): number {
  putHead(out, at, tag, WORD_OCTETS);
  put32(out, at + 4, value);
  return at + WORD_OCTETS;
}
