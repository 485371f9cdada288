/**
 * A WSP push cut into short messages of 8-bit data. Pure.
 *
 * The user data header says the WAP push ports (WAP-259: 2948 from 9200) and, in more than one message, the part (TS 23.040 9.2.3.24.1).
 * The single form carries no concatenation element: some handsets wait for a second part when they see one.
 */
import { LIMITS } from '#base';

/** One short message: its user data header with the length octet, and its data. Together at most 140 octets. */
export interface ShortMessage {
  readonly header: Uint8Array;
  readonly data: Uint8Array;
}

/** User data of one short message. TS 23.040 9.2.3.24. */
const USER_DATA_OCTETS = 140;
/** Element 05, application port addressing with 16 bits: to 2948 (WAP push), from 9200. TS 23.040 9.2.3.24.4. */
const PORTS = [0x05, 0x04, 0x0b, 0x84, 0x23, 0xf0];
/** Element 00, concatenation with an 8-bit reference, without its three values. */
const CONCATENATION = [0x00, 0x03];

const SINGLE_HEADER = Uint8Array.of(PORTS.length, ...PORTS);
const SINGLE_OCTETS = USER_DATA_OCTETS - SINGLE_HEADER.length;
const PART_OCTETS = SINGLE_OCTETS - CONCATENATION.length - 3;

/** The longest push that can be sent. */
export const SEGMENTED_OCTETS_MAX = PART_OCTETS * LIMITS.pushSegmentsMax;

/**
 * The short messages of `push`, at most `LIMITS.pushSegmentsMax`; the caller has seen to the length (`SEGMENTED_OCTETS_MAX`).
 * `reference` (0..255) tells the parts of two pushes apart: take a new one for each attempt, or a handset mixes old parts with new ones.
 */
export function toShortMessages(push: Uint8Array, reference: number): readonly ShortMessage[] {
  if (push.length <= SINGLE_OCTETS) return [{ header: SINGLE_HEADER, data: push }];
  const total = Math.ceil(push.length / PART_OCTETS);
  if (total > LIMITS.pushSegmentsMax) throw new RangeError(`${push.length} octets need ${total} short messages`);
  return Array.from({ length: total }, (_, i) => {
    const elements = [...PORTS, ...CONCATENATION, reference, total, i + 1];
    return { header: Uint8Array.of(elements.length, ...elements), data: push.subarray(i * PART_OCTETS, (i + 1) * PART_OCTETS) };
  });
}
