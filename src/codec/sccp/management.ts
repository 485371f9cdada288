/** SCCP management: what nodes tell each other about subsystems, as data of UDTs to SSN 1. ITU-T Q.713 5. */
import { ByteReader, ByteWriter, hexNumber, Malformed, type Result } from '#base';
import { doorOf, type SccpDecodeError } from './decode-error.js';

/** Formats of Q.713 5.3, by identifier. */
export const MANAGEMENT_FORMATS = { SSA: 1, SSP: 2, SST: 3, SOR: 4, SOG: 5, SSC: 6 } as const;

export type ManagementKind = keyof typeof MANAGEMENT_FORMATS;

export interface SccpManagement {
  readonly kind: ManagementKind;
  readonly affectedSsn: number;
  /** 14 bits. */
  readonly affectedPointCode: number;
  /** Subsystem multiplicity indicator, 0..3. */
  readonly multiplicity: number;
  /** SSC only: 0..15. */
  readonly congestionLevel?: number;
}

const KIND_OF = new Map<number, ManagementKind>(
  (Object.keys(MANAGEMENT_FORMATS) as ManagementKind[]).map((kind) => [MANAGEMENT_FORMATS[kind], kind]),
);

/** Reads the data of a UDT to SSN 1. */
export const decodeManagement = (octets: Uint8Array): Result<SccpManagement, SccpDecodeError> =>
  doorOf(() => {
    const r = new ByteReader(octets);
    const format = r.u8();
    const kind = KIND_OF.get(format);
    if (kind === undefined) throw new Malformed(0, `management format ${hexNumber(format)}`, 'Q.713 5.3');
    const affectedSsn = r.u8();
    const affectedPointCode = r.u8() | ((r.u8() & 0x3f) << 8);
    const multiplicity = r.u8() & 0x03;
    const base = { kind, affectedSsn, affectedPointCode, multiplicity };
    return kind === 'SSC' ? { ...base, congestionLevel: r.u8() & 0x0f } : base;
  });

export function encodeManagement(message: SccpManagement): Uint8Array<ArrayBuffer> {
  const w = new ByteWriter(6);
  w.u8(MANAGEMENT_FORMATS[message.kind]);
  w.u8(message.affectedSsn);
  w.u8(message.affectedPointCode);
  w.u8((message.affectedPointCode >>> 8) & 0x3f);
  w.u8(message.multiplicity & 0x03);
  if (message.kind === 'SSC') w.u8((message.congestionLevel ?? 0) & 0x0f);
  return w.finish();
}
