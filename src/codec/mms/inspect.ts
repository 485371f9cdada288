/**
 * A PDU read for people who want to know where everything stands: each field and part with its octets, each tolerance made use of, and
 * everything that is refused, not only the first. Slower than `decodePdu`, which it never contradicts: whatever that refuses is in
 * `refused`, and what it accepts is accepted here by the same reading.
 */
import { ByteReader, hexNumber, LIMITS, Malformed, type Result } from '#base';
import { isMultipart, readMultipart } from '#codec/wsp';
import { decodePdu, type PduWitness, type Taken, walkPdu } from './decode.js';
import { asDecodeError, type DecodeError } from './decode-error.js';
import { FIELDS, type FieldKey, fieldOfCode } from './fields.js';
import type { Item, Tolerated } from './inspected.js';
import type { PduRow, Slot } from './pdu-rows.js';
import { pduTolerances } from './pdu-tolerances.js';
import type { Content, MmsPdu, MmsVersion, UnknownField } from './pdus.js';
import { TOLERANCES, type ToleranceName } from './tolerances.js';

/** Something that is refused. */
export interface Refused {
  readonly kind: DecodeError['kind'];
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** Whether it is the body that cannot be taken apart; the PDU itself is read. */
  readonly inBody: boolean;
}

/** What was seen on the way through one PDU: octets, fields, tolerances, refusals. Everything that is octets is a view. */
export interface Inspection {
  readonly bytes: Uint8Array;
  /** What `decodePdu` says of the same octets. */
  readonly pdu: Result<MmsPdu, DecodeError>;
  /** The row of the type that the PDU says it has; absent when there is none. */
  readonly row?: PduRow;
  /** The version that it says it has. */
  readonly version?: MmsVersion;
  /** Whether reading reached the end of the fields: only then is known what is missing. */
  readonly isWhole: boolean;
  /** In the order of their octets; every octet is in one of them, save that a part's headers and data are not in its `part` again. */
  readonly items: readonly Item[];
  /** By octet. */
  readonly tolerated: readonly Tolerated[];
  /** By octet; empty if and only if `decodePdu` and `decodeParts` accept. */
  readonly refused: readonly Refused[];
}

/** What a witness collects. */
interface Collected {
  readonly items: Item[];
  readonly tolerances: Omit<Tolerated, 'field'>[];
  readonly refusals: Malformed[];
}

/** A chapter made the clause of the field or PDU that it is about. */
function exactClause(clause: string, key: FieldKey | undefined, row: PduRow | undefined): string {
  if (clause === 'MMS_ENC 7.3' && key !== undefined) return `MMS_ENC ${FIELDS[key].clause}`;
  return clause === 'MMS_ENC 6' && row !== undefined ? `MMS_ENC ${row.clause}` : clause;
}

const rowClause = (name: string): string => TOLERANCES[name as ToleranceName].clause;

/** The witness of a multipart. */
class PartsWitness {
  readonly items: Item[] = [];
  readonly tolerances: Omit<Tolerated, 'field'>[] = [];
  readonly refusals: Malformed[] = [];
  protected readonly depth: number;

  constructor(depth: number) {
    this.depth = depth;
  }

  tolerated(name: string, offset: number, detail: string, clause = rowClause(name)): void {
    this.tolerances.push({ name: name as ToleranceName, offset, detail, clause });
  }

  read(kind: string, name: string, offset: number, end: number, text: string): void {
    this.items.push({ kind: kind as Item['kind'], name, offset, end, text, depth: this.depth });
  }

  refused(e: Malformed): void {
    this.refusals.push(e);
  }
}

/** The witness of a whole PDU. */
class FieldsWitness extends PartsWitness implements PduWitness {
  row: PduRow | undefined = undefined;
  content: { readonly value: Content; readonly bodyAt: number } | undefined = undefined;

  constructor() {
    super(0);
  }

  began(row: PduRow | undefined): void {
    this.row = row;
  }

  mark(): number {
    return this.tolerances.length;
  }

  forget(mark: number): void {
    this.tolerances.length = mark;
  }

  field(taken: Taken, code: number | undefined, offset: number, end: number, value: unknown): void {
    if (code === undefined) {
      const { name, text } = value as UnknownField;
      this.items.push({ kind: 'field', name, offset, end, text: text ?? '', depth: 0, taken });
      return;
    }
    const slot = this.row?.slotOfCode[code];
    const row = slot ?? fieldOfCode(code);
    const key = slot?.key ?? keyOfCode(code);
    const isContent = key === 'content' && value !== undefined;
    const bodyAt = isContent ? end - (value as Content).body.length : end;
    if (isContent && taken === 'read') this.content = { value: value as Content, bodyAt };
    // A Message-Type behind the first field is a repetition only where the first field was one.
    const first = key === 'messageType' && !this.items.some((item) => item.key === 'messageType');
    this.items.push({
      kind: 'field',
      name: row?.name ?? hexNumber(0x80 | code),
      offset,
      end: bodyAt,
      text: value === undefined ? '' : textOf(slot, key, value),
      depth: 0,
      taken: first ? 'read' : taken,
      ...(key === undefined ? {} : { key }),
      ...(value === undefined ? {} : { value }),
    });
    if (isContent && taken !== 'read') this.read('body', 'Body', bodyAt, end, `${end - bodyAt} octets`);
  }
}

const KEYS = new Map((Object.entries(FIELDS) as [FieldKey, { code: number }][]).map(([key, { code }]) => [code, key]));
const keyOfCode = (code: number): FieldKey | undefined => KEYS.get(code);

function textOf(slot: Slot | undefined, key: FieldKey | undefined, value: unknown): string {
  const coder = slot?.coder ?? (key === undefined ? undefined : FIELDS[key].coder);
  return (coder as { toText(value: unknown): string } | undefined)?.toText(value) ?? '';
}

/** Reads the multipart in octets `start` to `end`, and the multiparts inside, into `into`. */
function inspectMultipart(bytes: Uint8Array, start: number, end: number, depth: number, into: Collected): void {
  const witness = new PartsWitness(depth);
  try {
    readMultipart(new ByteReader(bytes, start, end, witness));
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    witness.refused(e);
  }
  for (const one of witness.tolerances) into.tolerances.push(one);
  for (const e of witness.refusals) {
    // A multipart inside a part is for the recipient to open: nothing of ours refuses it.
    if (depth === 1) into.refusals.push(e);
    else
      into.tolerances.push({
        name: 'broken-inner-multipart',
        offset: e.offset,
        detail: e.detail,
        clause: e.clause ?? rowClause('broken-inner-multipart'),
      });
  }
  let reached = start;
  for (const item of witness.items) {
    into.items.push(item);
    reached = item.end;
    if (item.kind === 'data' && isMultipart({ media: item.name, parameters: {} }) && depth < LIMITS.multipartDepthMax)
      inspectMultipart(bytes, item.offset, item.end, depth + 1, into);
  }
  if (reached < end)
    into.items.push({ kind: 'unread', name: 'Rest', offset: reached, end, text: `${end - reached} octets`, depth });
}

/** Content as far as it can be taken apart. */
function inspectBody(bytes: Uint8Array, content: Content, bodyAt: number, into: Collected): void {
  const length = content.body.length;
  if (!isMultipart(content.type)) {
    if (length > 0)
      into.items.push({ kind: 'body', name: 'Body', offset: bodyAt, end: bodyAt + length, text: `${length} octets`, depth: 0 });
  } else if (length > 0) inspectMultipart(bytes, bodyAt, bodyAt + length, 1, into);
  else
    into.tolerances.push({
      name: 'missing-parts',
      offset: bodyAt,
      detail: 'a multipart body of no octets',
      clause: rowClause('missing-parts'),
    });
}

/** The field or part header that octet `offset` stands in: the last that begins at or before it. */
function itemAt(items: readonly Item[], offset: number): Item | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.offset <= offset) low = middle + 1;
    else high = middle;
  }
  // What ends too early is told at its end, where the data of a part may begin already.
  for (let i = low - 1; i >= 0 && i >= low - 3; i--) {
    const item = items[i]!;
    if ((item.kind === 'field' || item.kind === 'part-header') && offset <= item.end) return item;
  }
  return undefined;
}

const byOffset = (a: { readonly offset: number }, b: { readonly offset: number }): number => a.offset - b.offset;

/** Reads whatever the octets are; never throws. Octets of `items` are those of `bytes`. */
export function inspectPdu(bytes: Uint8Array): Inspection {
  const witness = new FieldsWitness();
  const isWhole = walkPdu(bytes, witness);
  const { items, row } = witness;
  const fieldsEnd = items.at(-1)?.end ?? 0;
  const inFields = witness.refusals.length;
  const version = items.find((item) => item.key === 'version' && item.taken === 'read')?.value as MmsVersion | undefined;
  for (const one of pduTolerances(items, row, version, isWhole ? fieldsEnd : undefined))
    witness.tolerances.push({ ...one, clause: one.clause ?? rowClause(one.name) });
  if (witness.content !== undefined) inspectBody(bytes, witness.content.value, witness.content.bodyAt, witness);
  else if (fieldsEnd < bytes.length)
    items.push({
      kind: 'unread',
      name: 'Rest',
      offset: fieldsEnd,
      end: bytes.length,
      text: `${bytes.length - fieldsEnd} octets`,
      depth: 0,
    });
  const refused = witness.refusals.map((e, i): Refused => {
    const { kind, offset, detail, clause } = asDecodeError(e, {});
    return {
      kind,
      offset,
      detail,
      ...(clause === undefined ? {} : { clause: exactClause(clause, undefined, row) }),
      inBody: i >= inFields,
    };
  });
  // A damaged field that had to be there is refused, not passed over.
  const refusedAt = new Set(refused.map((one) => one.offset));
  const tolerated = witness.tolerances
    .filter((one) => one.name !== 'damaged-field' || !refusedAt.has(one.offset))
    .map((one): Tolerated => {
      const item = itemAt(items, one.offset);
      const clause = exactClause(one.clause, item?.key, row);
      return { ...one, clause, ...(item === undefined ? {} : { field: item.name }) };
    });
  return {
    bytes,
    pdu: decodePdu(bytes),
    ...(row === undefined ? {} : { row }),
    ...(version === undefined ? {} : { version }),
    isWhole,
    items,
    tolerated: tolerated.sort(byOffset),
    refused: refused.sort(byOffset),
  };
}
