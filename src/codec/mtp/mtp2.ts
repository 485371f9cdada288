/** MTP2 signal units as captures hold them: without flags and check bits. ITU-T Q.703 2.2; annex A for the long sequence numbers. */
import { ByteReader, type Result } from '#base';
import { doorOf, type MtpDecodeError } from './decode-error.js';

/** `MSU`: `octets` is an MTP3 message from its service information octet on. `LSSU`: the status field. `FISU`: nothing. */
export interface SignalUnit {
  readonly kind: 'FISU' | 'LSSU' | 'MSU';
  readonly bsn: number;
  readonly fsn: number;
  /** A view. */
  readonly octets: Uint8Array;
}

/** From this length indicator on a unit is an MSU; 1 and 2 are LSSU, 0 is FISU. Q.703 2.3.3. */
const MSU_LENGTH_MIN = 3;
/** The largest length that the basic indicator says; it stands for all above as well. */
const LENGTH_BASIC_MAX = 63;

/**
 * Reads one signal unit. `extended`: annex A of Q.703, with sequence numbers of 12 bits and a length of 9. Octets behind what the length says
 * (check bits that a capture kept) are left out, except where the indicator is at its top.
 */
export const decodeMtp2 = (octets: Uint8Array, extended = false): Result<SignalUnit, MtpDecodeError> =>
  doorOf('mtp2', () => {
    const r = new ByteReader(octets);
    const little16 = (): number => r.u8() | (r.u8() << 8);
    const bsn = extended ? little16() & 0x0fff : r.u8() & 0x7f;
    const fsn = extended ? little16() & 0x0fff : r.u8() & 0x7f;
    const length = extended ? little16() & 0x01ff : r.u8() & 0x3f;
    // An indicator at its top says 63 or more: what is left, unless the capture has cut it.
    const size = length === LENGTH_BASIC_MAX && !extended ? Math.max(length, r.remaining) : length;
    const kind = length === 0 ? 'FISU' : length < MSU_LENGTH_MIN ? 'LSSU' : 'MSU';
    return { kind, bsn, fsn, octets: r.take(size) };
  });
