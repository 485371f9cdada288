/** MTP3 messages: service information octet, routing label, user part. ITU-T Q.704 2.2 and 14.2; ANSI T1.111.4. */
import { ByteReader, ByteWriter, type Result } from '#base';
import { doorOf, type MtpDecodeError } from './decode-error.js';
import type { MtpVariant } from './point-code.js';

/** Service indicators. ITU-T Q.704 14.2.1. */
export const SERVICE_INDICATORS: Readonly<Record<number, string>> = {
  0: 'SNM',
  1: 'MTN',
  2: 'MTNS',
  3: 'SCCP',
  4: 'TUP',
  5: 'ISUP',
  6: 'DUP (call and circuit)',
  7: 'DUP (facility)',
  8: 'MTP test',
  9: 'broadband ISUP',
  10: 'satellite ISUP',
  12: 'AAL type 2',
  13: 'BICC',
  14: 'GCP',
};

/** Network indicators. ITU-T Q.704 14.2.2. */
export const NETWORK_INDICATORS: Readonly<Record<number, string>> = {
  0: 'international',
  1: 'spare (international)',
  2: 'national',
  3: 'reserved for national use',
};

export interface Mtp3Message {
  /** Service indicator, 0..15; 3 for SCCP. */
  readonly si: number;
  /** Network indicator, 0..3. */
  readonly ni: number;
  /** Bits 6 and 5 of the service information octet: the message priority in ANSI, spare in the ITU's. */
  readonly priority: number;
  readonly dpc: number;
  readonly opc: number;
  /** Signalling link selection: 4 bits in the ITU's label, 8 in ANSI's. */
  readonly sls: number;
  /** The user part's message: a view. */
  readonly userData: Uint8Array;
}

/** 32 bits, the lowest octet first: DPC 14, OPC 14, SLS 4. Q.704 2.2.2. */
function readItuLabel(r: ByteReader): { dpc: number; opc: number; sls: number } {
  const [a, b, c, d] = [r.u8(), r.u8(), r.u8(), r.u8()];
  return { dpc: a | ((b & 0x3f) << 8), opc: (b >>> 6) | (c << 2) | ((d & 0x0f) << 10), sls: d >>> 4 };
}

const readU24 = (r: ByteReader): number => r.u8() | (r.u8() << 8) | (r.u8() << 16);

/** Reads a message from its service information octet on (DLT_MTP3, and what M2PA and MTP2 carry). */
export const decodeMtp3 = (octets: Uint8Array, variant: MtpVariant = 'itu'): Result<Mtp3Message, MtpDecodeError> =>
  doorOf('mtp3', () => {
    const r = new ByteReader(octets);
    const sio = r.u8();
    const label = variant === 'itu' ? readItuLabel(r) : { dpc: readU24(r), opc: readU24(r), sls: r.u8() };
    return { si: sio & 0x0f, ni: sio >>> 6, priority: (sio >>> 4) & 0x03, ...label, userData: r.rest() };
  });

export function encodeMtp3(message: Mtp3Message, variant: MtpVariant = 'itu'): Uint8Array<ArrayBuffer> {
  const { si, ni, priority, dpc, opc, sls, userData } = message;
  const w = new ByteWriter(8 + userData.length);
  w.u8((ni << 6) | ((priority & 0x03) << 4) | (si & 0x0f));
  if (variant === 'itu') {
    w.u8(dpc);
    w.u8(((dpc >>> 8) & 0x3f) | ((opc & 0x03) << 6));
    w.u8(opc >>> 2);
    w.u8(((opc >>> 10) & 0x0f) | ((sls & 0x0f) << 4));
  } else {
    for (const pointCode of [dpc, opc]) {
      w.u8(pointCode);
      w.u8(pointCode >>> 8);
      w.u8(pointCode >>> 16);
    }
    w.u8(sls);
  }
  w.octets(userData);
  return w.finish();
}
