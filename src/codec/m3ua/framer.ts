/** M3UA on a stream of octets (TCP), where no transport keeps the messages apart: the length of the common header does. */
import { Framer, LIMITS, Malformed } from '#base';
import { HEADER_OCTETS, VERSION } from './data.js';

/** Whole length of the message at `at`, from its header. What cannot be a header of M3UA ends the stream: there is no way back into step. */
function lengthOf(bytes: Uint8Array, at: number, available: number): number | undefined {
  if (bytes[at] !== VERSION) throw new Malformed(at, `version ${bytes[at]} where a message should begin`, 'RFC 4666 3.1.1');
  if (available < HEADER_OCTETS) return undefined;
  const length = bytes[at + 4]! * 0x100_0000 + (bytes[at + 5]! << 16) + (bytes[at + 6]! << 8) + bytes[at + 7]!;
  if (length < HEADER_OCTETS) throw new Malformed(at, `a message of ${length} octets`, 'RFC 4666 3.1.4');
  // Over TCP nobody but the length says where the next message begins, so that it is one with its padding.
  return length + ((4 - (length % 4)) % 4);
}

/**
 * Cuts a TCP stream into M3UA messages. A length that leaves out the padding of the last parameter is read as if it counted it: parameters
 * are padded on the wire in any case (RFC 4666 3.2).
 */
export const createM3uaFramer = (): Framer => new Framer(lengthOf, LIMITS.m3uaMessageOctetsMax);
