/**
 * Octets to PDU. MMS_ENC 1.3 clause 7.
 *
 * One pass over the fields, each dispatched by its octet; the body is a view and is not looked at. What can be passed over is kept in
 * `unknown`: fields that are not assigned, not of this PDU, an application's own, or whose value breaks its grammar while the rule for
 * unknown values still says where it ends. Fields after Message-Type may come in any order; of a field that may stand once, the first counts.
 * All that is accepted beside the standard is listed in tolerances.ts.
 *
 * With a witness (`walkPdu`) the same pass goes on where `decodePdu` refuses, as far as the octets still say where things end.
 */
import { ByteReader, err, hexNumber, LIMITS, Malformed, ok, type Result, type Witness } from '#base';
import { isTokenOctet, OverLimit, readText, readToken, skipValue, textString } from '#codec/wsp';
import { asDecodeError, type DecodeError, Refused, type Salvaged } from './decode-error.js';
import { FIELDS, fieldOfCode, MESSAGE_TYPES } from './fields.js';
import { type PduRow, ROW_OF_TYPE, type Slot } from './pdu-rows.js';
import type { MmsPdu, UnknownField } from './pdus.js';
import { tolerateMms } from './tolerances.js';
import { encodedString } from './values.js';

const MESSAGE_TYPE = 0x80 | FIELDS.messageType.code;
const MAJOR = '1';

/** How a field was taken: by its row, a second time where one counts, kept without acting upon it, or passed over because it is damaged. */
export type Taken = 'read' | 'repeated' | 'foreign' | 'unassigned' | 'application' | 'damaged';

/** Who watches the reading of a whole PDU. */
export interface PduWitness extends Witness {
  /** The type is known, and with it the row; absent when there is none. Told once, before any field. */
  began(row: PduRow | undefined, type: number | undefined): void;
  /** Octets `offset` to `end` are a field. `code`: absent for an application header. `value`: where it was read by its grammar. */
  field(taken: Taken, code: number | undefined, offset: number, end: number, value: unknown): void;
  /** How much has been told; `forget` takes back what came since, because it was read a second time in another way. */
  mark(): number;
  forget(mark: number): void;
}

/**
 * Passes over the value of a field that is kept as it came. Where it ends is said by its first octet alone: by a grammar of its own it could
 * end elsewhere with other octets behind it, and a refusal for each of a thousand fields would be dear. Content takes all that is left.
 */
function passValue(r: ByteReader, code: number, watch?: PduWitness): unknown {
  if (code === FIELDS.content.code) return passContent(r);
  const start = r.offset;
  if (r.remaining > 0 && r.peek() >= 0x80 && isText(code)) passText(r);
  else skipValue(r);
  return watch === undefined ? undefined : shownValue(r, code, start, watch);
}

const TEXTS: ReadonlySet<unknown> = new Set([textString, encodedString]);
const isText = (code: number): boolean => TEXTS.has(fieldOfCode(code)?.coder);

/** A text that begins above 0x7f without its quote would pass for a single octet, and its other octets for fields. */
function passText(r: ByteReader): void {
  const end = r.bytes.indexOf(0, r.offset);
  r.offset = end === -1 || end >= r.end ? r.end : end + 1;
}

function passContent(r: ByteReader): unknown {
  const start = r.offset;
  try {
    return FIELDS.content.coder.decode(r);
  } catch (e) {
    if (!(e instanceof Malformed) || e instanceof OverLimit) throw e;
    r.offset = start;
    skipValue(r);
    return undefined;
  }
}

/** What a value that was passed over says by its field's own grammar, for somebody who watches; undefined when it does not follow that. */
function shownValue(r: ByteReader, code: number, start: number, watch: PduWitness): unknown {
  const row = fieldOfCode(code);
  if (row === undefined) return undefined;
  const end = r.offset;
  const mark = watch.mark();
  try {
    r.offset = start;
    const value = row.coder.decode(r);
    if (r.offset === end) return value;
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
  }
  r.offset = end;
  watch.forget(mark);
  return undefined;
}

/** Application-header = Token-text name, Text-string value. */
function readApplicationHeader(r: ByteReader): UnknownField {
  const start = r.offset;
  const name = readToken(r);
  const text = readText(r);
  return { name, text, octets: r.bytes.subarray(start, r.offset) };
}

function inField(name: string, e: Malformed): Malformed {
  if (e instanceof OverLimit) return new OverLimit(e.offset, `${name}: ${e.detail}`, e.clause);
  return new Malformed(e.offset, `${name}: ${e.detail}`, e.clause);
}

/** The fields of one PDU while they are read. */
class Reading {
  readonly row: PduRow;
  readonly r: ByteReader;
  readonly watch: PduWitness | undefined;
  readonly values: unknown[];
  unknown: UnknownField[] | undefined = undefined;
  /** The first field that was passed over because its value was wrong, by slot. */
  damaged: (Malformed | undefined)[] | undefined = undefined;
  private damages = 0;

  constructor(row: PduRow, r: ByteReader, watch: PduWitness | undefined) {
    this.row = row;
    this.r = r;
    this.watch = watch;
    this.values = new Array<unknown>(row.slots.length).fill(undefined);
  }

  keep(start: number, name: string): void {
    const octets = this.r.bytes.subarray(start, this.r.offset);
    (this.unknown ??= []).push({ name, octets });
  }

  /** The end of the reading, unless somebody watches: then it goes on. */
  refuse(e: Malformed): void {
    if (this.watch === undefined) throw e;
    this.watch.refused(e);
  }

  /** A value that broke its grammar: passed over if its extent is known, else the whole PDU is refused. */
  passDamaged(start: number, slot: Slot, e: Malformed): void {
    const refusal = inField(slot.name, e);
    if (e instanceof OverLimit || slot.key === 'content') throw refusal;
    if (++this.damages === LIMITS.damagedFieldsMax + 1)
      this.refuse(new OverLimit(start, `more than ${LIMITS.damagedFieldsMax} damaged fields`));
    this.r.offset = start + 1;
    try {
      skipValue(this.r);
    } catch (inner) {
      if (inner instanceof Malformed) throw refusal;
      throw inner;
    }
    (this.damaged ??= [])[slot.index] ??= refusal;
    this.keep(start, slot.name);
    this.watch?.field('damaged', slot.code, start, this.r.offset, undefined);
    this.watch?.tolerated('damaged-field', e.offset, refusal.detail, e.clause);
  }

  hasMandatory(): boolean {
    return this.row.slots.every((slot) => !slot.mandatory || this.values[slot.index] !== undefined);
  }

  finish(): MmsPdu {
    const pdu: Record<string, unknown> = { kind: this.row.kind };
    const { slots } = this.row;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      const value = this.values[i];
      if (value !== undefined) pdu[slot.key] = value;
      else if (slot.listed) pdu[slot.key] = [];
      else if (slot.mandatory)
        this.refuse(
          this.damaged?.[i] ?? new Refused('missing-field', this.r.offset, `${this.row.kind} has no ${slot.name}`, 'MMS_ENC 6'),
        );
    }
    if (this.unknown !== undefined) pdu['unknown'] = this.unknown;
    return pdu as unknown as MmsPdu;
  }
}

function readField(reading: Reading): void {
  const { r, watch } = reading;
  const start = r.offset;
  const octet = r.bytes[start]!;
  r.offset = start + 1;
  const slot = reading.row.slotOfCode[octet & 0x7f];
  if (slot === undefined) {
    const value = passValue(r, octet & 0x7f, watch);
    if (octet !== MESSAGE_TYPE) reading.keep(start, fieldOfCode(octet & 0x7f)?.name ?? hexNumber(octet));
    watch?.field(takenWithoutSlot(octet), octet & 0x7f, start, r.offset, value);
    return;
  }
  const { values } = reading;
  const { index } = slot;
  let value: unknown;
  try {
    value = slot.coder.decode(r);
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    reading.passDamaged(start, slot, e);
    return;
  }
  const before = values[index];
  if (slot.repeated) {
    if (before === undefined) values[index] = [value];
    else (before as unknown[]).push(value);
  } else if (before === undefined) {
    values[index] = value;
    if (slot.key === 'version' && !isOurMajor(value as string)) reading.refuse(unsupportedVersion(start + 1, value as string));
  }
  watch?.field(before === undefined || slot.repeated ? 'read' : 'repeated', slot.code, start, r.offset, value);
}

const takenWithoutSlot = (octet: number): Taken =>
  octet === MESSAGE_TYPE ? 'repeated' : fieldOfCode(octet & 0x7f) === undefined ? 'unassigned' : 'foreign';

const isOurMajor = (version: string): boolean => version.startsWith(MAJOR) && version.charAt(1) === '.';

const unsupportedVersion = (offset: number, version: string): Refused =>
  new Refused('unsupported-version', offset, `version ${version}, only 1.x is understood`, 'MMS_ENC 7.3');

/** Message-Type and its octet stand before the fields. */
const FIELDS_BEGIN = 2;

/** The octet of Message-Type; the error, where the PDU does not begin with it. */
function startOf(bytes: Uint8Array): number | Malformed {
  if (bytes.length === 0) return new Malformed(0, 'no octets at all');
  if (bytes[0] !== MESSAGE_TYPE)
    return new Malformed(0, `${hexNumber(bytes[0]!)}, expected X-Mms-Message-Type (0x8c) as the first field`, 'MMS_ENC 7');
  return bytes[1] ?? new Malformed(1, 'input ends where an octet is expected');
}

const unsupportedPdu = (type: number): Refused =>
  new Refused('unsupported-pdu', 1, `PDU type ${hexNumber(type)} is not supported`, 'MMS_ENC 7.3.30');

function readPdu(bytes: Uint8Array): MmsPdu {
  const type = startOf(bytes);
  if (type instanceof Malformed) throw type;
  const row = ROW_OF_TYPE[type];
  if (row === undefined) throw unsupportedPdu(type);
  return readFields(new Reading(row, new ByteReader(bytes, FIELDS_BEGIN), undefined));
}

function readFields(reading: Reading): MmsPdu {
  const { r, row, watch } = reading;
  for (let count = 1; r.offset < r.end; count++) {
    if (count > LIMITS.headerFieldsMax) throw new OverLimit(r.offset, `more than ${LIMITS.headerFieldsMax} header fields`);
    const start = r.offset;
    const octet = r.bytes[start]!;
    if (octet >= 0x80) readField(reading);
    else if (isTokenOctet(octet)) {
      const header = readApplicationHeader(r);
      (reading.unknown ??= []).push(header);
      watch?.field('application', undefined, start, r.offset, header);
    } else if (!row.hasContent && reading.hasMandatory()) {
      tolerateMms(r, 'stray-octets', start, `${r.remaining} octets behind the last field`);
      break;
    } else throw new Malformed(start, `${hexNumber(octet)} where a header field should begin`, 'MMS_ENC 7');
  }
  return reading.finish();
}

/** Stands for the row of a PDU whose type is not known: no field belongs to it, each is shown by its own grammar. */
const NO_ROW: PduRow = { ...ROW_OF_TYPE[0x80]!, slots: [], slotOfCode: [], hasContent: true };

/** The octet of Message-Type in a PDU that does not begin with it; undefined when it is not found. */
function findType(bytes: Uint8Array): number | undefined {
  const r = new ByteReader(bytes);
  try {
    for (let count = 0; r.remaining > 0 && count < LIMITS.headerFieldsMax; count++) {
      const octet = r.peek();
      if (octet < 0x80) readApplicationHeader(r);
      else {
        r.offset++;
        if (octet === MESSAGE_TYPE) return r.u8();
        passValue(r, octet & 0x7f);
      }
    }
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
  }
  return undefined;
}

/**
 * The reading of `decodePdu` for a witness: it is told of every field, tolerance and refusal, and goes on behind a refusal as far as the
 * octets say where things end. Returns whether all of it could be walked; if not, what is missing may stand in what was not read.
 */
export function walkPdu(bytes: Uint8Array, watch: PduWitness): boolean {
  const first = startOf(bytes);
  const type = first instanceof Malformed ? findType(bytes) : first;
  const row = type === undefined ? undefined : ROW_OF_TYPE[type];
  watch.began(row, type);
  if (first instanceof Malformed) watch.refused(first);
  else watch.field('read', FIELDS.messageType.code, 0, FIELDS_BEGIN, MESSAGE_TYPES[first as keyof typeof MESSAGE_TYPES]);
  if (type !== undefined && row === undefined) watch.refused(unsupportedPdu(type));
  // What begins with a letter and has no type is no PDU at all: taking it apart would only make up names.
  if (type === undefined && (bytes.length < FIELDS_BEGIN || bytes[0]! < 0x80)) return false;
  const r = new ByteReader(bytes, first instanceof Malformed ? 0 : FIELDS_BEGIN, bytes.length, watch);
  try {
    readFields(new Reading(row ?? NO_ROW, r, watch));
    return true;
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    watch.refused(e);
    return false;
  }
}

/** The first counts; a further one has been read nevertheless, so that what follows it is found. */
const once = (first: string | undefined, further: string): string => first ?? further;

/** Type, transaction id and version of a PDU that could not be read, as far as they can be found. */
function salvage(bytes: Uint8Array): Salvaged {
  const found: { pduType?: number; transactionId?: string; version?: string } = {};
  const r = new ByteReader(bytes);
  try {
    for (let count = 0; r.remaining > 0 && count < LIMITS.headerFieldsMax; count++) {
      const octet = r.u8();
      if (octet < 0x80) {
        r.offset--;
        readApplicationHeader(r);
      } else if (octet === MESSAGE_TYPE && found.pduType === undefined) found.pduType = r.u8();
      else if (found.pduType === undefined || octet === (0x80 | FIELDS.content.code)) break;
      else if (octet === (0x80 | FIELDS.transactionId.code)) found.transactionId = once(found.transactionId, readText(r));
      else if (octet === (0x80 | FIELDS.version.code)) found.version = once(found.version, FIELDS.version.coder.decode(r));
      else passValue(r, octet & 0x7f);
    }
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
  }
  return found;
}

/**
 * Reads one PDU, whatever the octets. Everything in it that is octets is a view into `bytes`; the body is not looked at (see `decodeParts`).
 * The error says what a reply needs: which PDU it was and its transaction id.
 */
export function decodePdu(bytes: Uint8Array): Result<MmsPdu, DecodeError> {
  try {
    return ok(readPdu(bytes));
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    const salvaged = salvage(bytes);
    const { version } = salvaged;
    // What another major version does to the encoding is not known: its fields may well look damaged.
    if (version !== undefined && !isOurMajor(version)) return err(asDecodeError(unsupportedVersion(e.offset, version), salvaged));
    return err(asDecodeError(e, salvaged));
  }
}
