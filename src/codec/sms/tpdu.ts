/** Reads and writes TPDUs by their rows. */
import { ByteReader, ByteWriter, err, hexNumber, Malformed, ok, type Result } from '#base';
import { asSmsError, type SmsError } from './fault.js';
import { type Situation, type SmsRow, TPDUS, VPF_MASK, validityBits } from './rows.js';
import type { SmsKind, SmsTpdu } from './tpdus.js';

const TYPE_MASK = 0x03;

/** What octets are depends on where they go and what they answer; the operation or error that carries them says it. */
export interface SmsContext {
  /** `mo`: from the phone; `mt`: to the phone. */
  readonly direction: 'mo' | 'mt';
  /** The octets report an error: a report has a failure cause then. */
  readonly error?: boolean;
}

const kindOf = (direction: SmsContext['direction'], type: number): SmsKind | undefined =>
  (Object.keys(TPDUS) as SmsKind[]).find((kind) => TPDUS[kind].direction === direction && TPDUS[kind].type === type);

/** Reads a TPDU. User data stay as they are (`decodeUserData` opens them); octets are views. */
export function decodeSms(bytes: Uint8Array, context: SmsContext): Result<SmsTpdu, SmsError> {
  try {
    const r = new ByteReader(bytes);
    const firstOctet = r.u8();
    const kind = kindOf(context.direction, firstOctet & TYPE_MASK);
    if (kind === undefined) {
      const e = new Malformed(0, `message type ${firstOctet & TYPE_MASK} is reserved`, 'TS 23.040 9.2.3.1');
      return err(asSmsError(e, 'unknown-type'));
    }
    return ok(readTpdu(r, kind, { firstOctet, error: context.error ?? false }));
  } catch (e) {
    if (e instanceof Malformed) return err(asSmsError(e));
    throw e;
  }
}

function usedBits(row: SmsRow): number {
  let bits = TYPE_MASK;
  for (const { bit } of Object.values(row.flags)) bits |= bit;
  return row.fields.some(({ key }) => key === 'validityPeriod') ? bits | VPF_MASK : bits;
}

function readTpdu(r: ByteReader, kind: SmsKind, situation: Situation): SmsTpdu {
  const row = TPDUS[kind];
  const { firstOctet } = situation;
  const values: Record<string, unknown> = { kind };
  for (const [key, { bit }] of Object.entries(row.flags)) if (firstOctet & bit) values[key] = true;
  const spareBits = firstOctet & ~usedBits(row);
  if (spareBits !== 0) values['spareBits'] = spareBits;
  for (const field of row.fields) {
    if (field.when !== undefined && !field.when({ ...values, atEnd: r.remaining === 0 }, situation)) continue;
    values[field.key] = field.coder.read(r, values, situation);
  }
  if (r.remaining > 0) values['extra'] = r.rest();
  return values as unknown as SmsTpdu;
}

/** Writes a TPDU. Throws RangeError on values that do not fit, and on optional fields that the parameter indicator denies. */
export function encodeSms(tpdu: SmsTpdu): Uint8Array<ArrayBuffer> {
  const row = TPDUS[tpdu.kind];
  const values = tpdu as unknown as Readonly<Record<string, unknown>>;
  let firstOctet = row.type | (tpdu.spareBits ?? 0);
  for (const [key, { bit }] of Object.entries(row.flags)) if (values[key]) firstOctet |= bit;
  if (tpdu.kind === 'SMS-SUBMIT') firstOctet |= validityBits(tpdu.validityPeriod?.kind);
  const situation: Situation = { firstOctet, error: values['failureCause'] !== undefined };
  const w = new ByteWriter();
  w.u8(firstOctet);
  for (const field of row.fields) {
    const value = values[field.key];
    const expected = field.when === undefined || field.when({ ...values, atEnd: true }, situation);
    if (expected !== (value !== undefined))
      throw new RangeError(`${field.name} of ${tpdu.kind} is ${expected ? 'missing' : 'not announced'}`);
    if (value !== undefined) field.coder.write(w, value as never, values);
  }
  if (tpdu.extra !== undefined) w.octets(tpdu.extra);
  return w.finish();
}

/** `SMS-SUBMIT (0x01)`. */
export const headLine = (tpdu: SmsTpdu): string => `${tpdu.kind} (type ${hexNumber(TPDUS[tpdu.kind].type)})`;
