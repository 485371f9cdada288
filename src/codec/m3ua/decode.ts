/** Octets to messages. DATA, which is nearly all of the traffic, takes the road of data.ts. */
import { ByteReader, err, Malformed, ok, type Result } from '#base';
import { ALIGNMENT, DataReader, HEADER_OCTETS, u32At, VERSION } from './data.js';
import { asDecodeError, type DecodeError, Refused } from './decode-error.js';
import { type Err, type M3uaMessage, MESSAGES, type MessageKind } from './messages.js';
import { MESSAGE_CLASSES } from './names.js';
import { readParameters } from './parameters.js';

const KIND_OF = new Map<number, MessageKind>(
  (Object.keys(MESSAGES) as MessageKind[]).map((kind) => [MESSAGES[kind].class * 0x100 + MESSAGES[kind].type, kind]),
);

/** Whole length of the message, as its header says; checked against what is there. */
function lengthOf(bytes: Uint8Array): number {
  const length = u32At(bytes, 4);
  // The padding of the last parameter may stand behind what is announced (RFC 4666 3.1.4), or be announced and not sent.
  if (length < HEADER_OCTETS || length > bytes.length + ALIGNMENT - 1 || length + ALIGNMENT - 1 < bytes.length)
    throw new Refused('protocol-error', 4, `the header says ${length} octets, there are ${bytes.length}`, 'RFC 4666 3.1.4');
  return Math.min(length, bytes.length);
}

/** The road of nearly all traffic; one is enough, as nothing calls back while it reads. */
const plain = new DataReader();

function readMessage(bytes: Uint8Array): M3uaMessage {
  if (bytes.length < HEADER_OCTETS)
    throw new Refused('protocol-error', bytes.length, `${bytes.length} octets, a header has ${HEADER_OCTETS}`, 'RFC 4666 3.1');
  if (bytes[0] !== VERSION)
    throw new Refused('invalid-version', 0, `version ${bytes[0]}, only ${VERSION} is understood`, 'RFC 4666 3.1.1');
  if (plain.read(bytes, 0, bytes.length)) return plain.data();
  const end = lengthOf(bytes);
  const kind = KIND_OF.get(bytes[2]! * 0x100 + bytes[3]!);
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
