/**
 * What a row of the table of PDUs is. The compiler holds each row to its interface in `pdus.ts`, both ways: a field that is missing, too
 * many, of another presence or of another type does not compile.
 */
import type { Coder } from '#codec/wsp';
import { FIELDS, type FieldKey, type ValueOf } from './fields.js';
import type { MmsPdu, MmsVersion, PduKind } from './pdus.js';

/**
 * `list`: repeated, an empty list when missing. `optional-list`: repeated, absent when missing. `mandatory-list`: repeated, and there at
 * least once.
 */
export type Presence = 'mandatory' | 'optional' | 'list' | 'optional-list' | 'mandatory-list';

type PresenceOf<P, K extends keyof P> =
  Record<never, never> extends Pick<P, K>
    ? NonNullable<P[K]> extends readonly unknown[]
      ? 'optional-list'
      : 'optional'
    : P[K] extends readonly [unknown, ...unknown[]]
      ? 'mandatory-list'
      : P[K] extends readonly unknown[]
        ? 'list'
        : 'mandatory';
type Element<T> = T extends readonly (infer E)[] ? E : T;
type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** A presence, with the version since which this PDU has the field where that is later than both the field and the PDU. */
type Entry<P> = P | readonly [P, MmsVersion];
/** A field whose values have a form of their own in this PDU. */
interface FormEntry<P, V> {
  readonly presence: P;
  readonly form: Coder<V>;
}
type Rows<P> = {
  readonly [K in Exclude<keyof P, 'kind' | 'unknown'>]-?: K extends FieldKey
    ? Equal<ValueOf<K>, Element<NonNullable<P[K]>>> extends true
      ? Entry<PresenceOf<P, K>>
      : FormEntry<PresenceOf<P, K>, Element<NonNullable<P[K]>>>
    : never;
};

/** One field of one PDU, as the decoder and the encoder want it. */
export interface Slot {
  readonly index: number;
  readonly key: FieldKey;
  readonly code: number;
  readonly name: string;
  /** The field's, or that of the form which its values have in this PDU. */
  readonly coder: Coder<unknown>;
  /** The version since which this PDU has the field. */
  readonly since: MmsVersion;
  /** Must be there; of a repeated field: at least once. */
  readonly mandatory: boolean;
  readonly repeated: boolean;
  /** A missing field is an empty list. */
  readonly listed: boolean;
}

/** One PDU of the standard: its number, the version it came with, and its fields in the order they are written. */
export interface PduRow {
  readonly kind: PduKind;
  /** Octet of X-Mms-Message-Type. */
  readonly type: number;
  readonly since: MmsVersion;
  /** Of MMS_ENC 1.3; a number alone. */
  readonly clause: string;
  /** In the order they are written; content, where there is one, comes last. */
  readonly slots: readonly Slot[];
  /** By assigned number. */
  readonly slotOfCode: readonly (Slot | undefined)[];
  readonly hasContent: boolean;
}

const CODES_MAX = 128;

const later = (a: MmsVersion, b: MmsVersion): MmsVersion => (a > b ? a : b);

/** What an entry says in short. `since`: of the PDU. */
function entryOf(entry: Entry<Presence> | FormEntry<Presence, unknown>, key: FieldKey, since: MmsVersion) {
  const field = FIELDS[key];
  const coder = field.coder as Coder<unknown>;
  if (typeof entry === 'string') return { presence: entry, coder, since: later(since, field.since) };
  if ('presence' in entry) return { presence: entry.presence, coder: entry.form, since: later(since, field.since) };
  return { presence: entry[0], coder, since: entry[1] };
}

export function pdu<P extends MmsPdu>(kind: P['kind'], type: number, since: MmsVersion, clause: string, rows: Rows<P>): PduRow {
  const slots = (Object.entries(rows) as [FieldKey, Entry<Presence>][]).map(([key, entry], index): Slot => {
    const { presence, ...rest } = entryOf(entry, key, since);
    const { code, name } = FIELDS[key];
    return {
      index,
      key,
      code,
      name,
      ...rest,
      mandatory: presence === 'mandatory' || presence === 'mandatory-list',
      repeated: presence !== 'mandatory' && presence !== 'optional',
      listed: presence === 'list',
    };
  });
  const slotOfCode = new Array<Slot | undefined>(CODES_MAX).fill(undefined);
  for (const slot of slots) slotOfCode[slot.code] = slot;
  return { kind, type, since, clause, slots, slotOfCode, hasContent: 'content' in rows };
}
