/** Octets to messages. DATA, which is nearly all of the traffic, is read on a road of its own that allocates nothing but the value. */
import { ByteReader, err, Malformed, ok, type Result } from '#base';
import { asDecodeError, type DecodeError, Refused } from './decode-error.js';
import { type Data, type Err, type M3uaMessage, MESSAGES, type MessageKind } from './messages.js';
import { MESSAGE_CLASSES } from './names.js';
import { PARAMETERS, type ProtocolData, readParameters } from './parameters.js';

export const VERSION = 1;
/** Octets of the common header. RFC 4666 3.1. */
export const HEADER_OCTETS = 8;
const ALIGNMENT = 4;

const KIND_OF = new Map<number, MessageKind>(
  (Object.keys(MESSAGES) as MessageKind[]).map((kind) => [MESSAGES[kind].class * 0x100 + MESSAGES[kind].type, kind]),
);
const DATA_CODE = MESSAGES.DATA.class * 0x100 + MESSAGES.DATA.type;

/** Whole length of the message, as its header says; checked against what is there. */
function lengthOf(bytes: Uint8Array): number {
  const length = u32At(bytes, 4);
  // The padding of the last parameter may stand behind what is announced (RFC 4666 3.1.4), or be announced and not sent.
  if (length < HEADER_OCTETS || length > bytes.length + ALIGNMENT - 1 || length + ALIGNMENT - 1 < bytes.length)
    throw new Refused('protocol-error', 4, `the header says ${length} octets, there are ${bytes.length}`, 'RFC 4666 3.1.4');
  return Math.min(length, bytes.length);
}

const u32At = (b: Uint8Array, i: number): number => b[i]! * 0x100_0000 + (b[i + 1]! << 16) + (b[i + 2]! << 8) + b[i + 3]!;
const u16At = (b: Uint8Array, i: number): number => (b[i]! << 8) + b[i + 1]!;

const NA = PARAMETERS.networkAppearance.tag;
const RC = PARAMETERS.routingContext.tag;
const PROTOCOL_DATA = PARAMETERS.protocolData.tag;
/** Protocol Data without user data: tag, length, point codes, four octets of indicators and SLS. */
const LABEL_OCTETS = 16;
/** A parameter of one number of 32 bits. */
const WORD_OCTETS = 8;

/**
 * A DATA as nearly every node writes it: one Protocol Data, at most one NA and at most one RC of one value, in any order (osmo-stp puts the
 * RC last). Undefined when it is anything else; then the table's road reads it, or says what is wrong with it.
 */
function readPlainData(bytes: Uint8Array, end: number): Data | undefined {
  let networkAppearance = -1;
  let context = -1;
  let protocolData: ProtocolData | undefined;
  for (let at = HEADER_OCTETS; at < end; ) {
    if (end - at < 4) return undefined;
    const tag = u16At(bytes, at);
    const length = u16At(bytes, at + 2);
    if (at + length > end) return undefined;
    if (tag === PROTOCOL_DATA && protocolData === undefined && length >= LABEL_OCTETS) protocolData = labelAt(bytes, at, length);
    else if (tag === RC && context < 0 && length === WORD_OCTETS) context = u32At(bytes, at + 4);
    else if (tag === NA && networkAppearance < 0 && length === WORD_OCTETS) networkAppearance = u32At(bytes, at + 4);
    else return undefined;
    at += (length + ALIGNMENT - 1) & -ALIGNMENT;
  }
  if (protocolData === undefined) return undefined;
  if (networkAppearance >= 0)
    return context >= 0
      ? { kind: 'DATA', networkAppearance, routingContext: [context], protocolData }
      : { kind: 'DATA', networkAppearance, protocolData };
  return context >= 0 ? { kind: 'DATA', routingContext: [context], protocolData } : { kind: 'DATA', protocolData };
}

const labelAt = (bytes: Uint8Array, at: number, length: number): ProtocolData => ({
  opc: u32At(bytes, at + 4),
  dpc: u32At(bytes, at + 8),
  si: bytes[at + 12]!,
  ni: bytes[at + 13]!,
  mp: bytes[at + 14]!,
  sls: bytes[at + 15]!,
  userData: bytes.subarray(at + LABEL_OCTETS, at + length),
});

function readMessage(bytes: Uint8Array): M3uaMessage {
  if (bytes.length < HEADER_OCTETS)
    throw new Refused('protocol-error', bytes.length, `${bytes.length} octets, a header has ${HEADER_OCTETS}`, 'RFC 4666 3.1');
  if (bytes[0] !== VERSION)
    throw new Refused('invalid-version', 0, `version ${bytes[0]}, only ${VERSION} is understood`, 'RFC 4666 3.1.1');
  const end = lengthOf(bytes);
  const code = u16At(bytes, 2);
  if (code === DATA_CODE) {
    const data = readPlainData(bytes, end);
    if (data !== undefined) return data;
  }
  const kind = KIND_OF.get(code);
  if (kind === undefined) throw unsupported(bytes[2]!, bytes[3]!);
  const r = new ByteReader(bytes, HEADER_OCTETS, end);
  return { kind, ...readParameters(r, MESSAGES[kind].slots) } as unknown as M3uaMessage;
}

const unsupported = (messageClass: number, type: number): Refused =>
  MESSAGE_CLASSES[messageClass] === undefined
    ? new Refused('unsupported-class', 2, `message class ${messageClass} is not one of M3UA`, 'RFC 4666 3.1.2')
    : new Refused('unsupported-type', 3, `type ${type} is not one of class ${messageClass}`, 'RFC 4666 3.1.2');

/** Reads one message, whatever the octets. Everything in it that is octets is a view into `bytes`. */
export function decodeM3ua(bytes: Uint8Array): Result<M3uaMessage, DecodeError> {
  try {
    return ok(readMessage(bytes));
  } catch (e) {
    if (e instanceof Malformed) return err(asDecodeError(e, bytes));
    throw e;
  }
}

/** The ERR that answers a message that could not be read; undefined when it was itself an ERR. RFC 4666 3.8.1. */
export const errorAnswer = (error: DecodeError): Err | undefined =>
  error.isErr ? undefined : { kind: 'ERR', errorCode: error.errorCode, diagnosticInformation: error.diagnosticInformation };
