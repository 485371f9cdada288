/** IPA on a TCP stream. */
import { Framer, LIMITS } from '#base';
import { HEADER_OCTETS } from './ipa.js';

/** The length of what follows the header stands in its first two octets. */
const lengthOf = (bytes: Uint8Array, at: number, available: number): number | undefined =>
  available < HEADER_OCTETS ? undefined : HEADER_OCTETS + bytes[at]! * 0x100 + bytes[at + 1]!;

/** Cuts a TCP stream into IPA frames, each with its header. */
export const createIpaFramer = (): Framer => new Framer(lengthOf, LIMITS.ipaFrameOctetsMax);
