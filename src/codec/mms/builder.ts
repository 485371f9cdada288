/**
 * PDUs made up for tests and tools: whole ones with sensible values for whatever must be there, and the same field by field, so that a test
 * can leave one out, move it, or put octets in its place that no encoder would write.
 */
import { ByteWriter } from '#base';
import { writeText } from '#codec/wsp';
import { makeContent } from './content.js';
import { FIELDS, type FieldKey, type ValueOf } from './fields.js';
import { PDUS } from './pdu-rows.js';
import type { MmsPdu, PduKind } from './pdus.js';

/** The PDU of one kind. */
export type PduOf<K extends PduKind> = Extract<MmsPdu, { readonly kind: K }>;

const MULTIPART_MIXED = { media: 'application/vnd.wap.multipart.mixed', parameters: {} } as const;
const TEXT_PART = {
  contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } },
  contentLocation: 'hello.txt',
  data: Uint8Array.from('hello', (c) => c.charCodeAt(0)),
} as const;

/** What a field says where a PDU must have it and the caller says nothing. Times are fixed, so that octets are the same every time. */
const SAMPLES: { readonly [K in FieldKey]?: ValueOf<K> } = {
  transactionId: 'T1',
  version: '1.2',
  date: Date.UTC(2026, 0, 2, 3, 4, 5),
  from: { kind: 'address', address: '+15551230001/TYPE=PLMN' },
  to: '+15551230002/TYPE=PLMN',
  messageClass: 'personal',
  messageSize: 1_200,
  expiry: { kind: 'relative', seconds: 86_400 },
  contentLocation: 'http://mmsc.example/m/Kq7w',
  messageId: 'M1@mmsc.example',
  status: 'retrieved',
  readStatus: 'read',
  responseStatus: 0x80,
  storeStatus: 0x80,
  cancelId: 'C1',
  cancelStatus: 'request-successfully-received',
  content: makeContent([TEXT_PART], MULTIPART_MIXED),
};

/** The same of one kind, where its values have a form of their own or a list may not be empty. */
const CONFIRMED = {
  responseStatus: [{ count: 1, value: 0x80 }],
  contentLocation: [{ count: 1, value: 'http://mmsc.example/m/Kq7w' }],
} as const;
const SAMPLES_OF: Readonly<Partial<Record<PduKind, Readonly<Record<string, unknown>>>>> = {
  'm-mbox-delete-conf': CONFIRMED,
  'm-delete-conf': CONFIRMED,
};

/**
 * A PDU that conforms to its version: what must be there has a value, To stands where a PDU must have a recipient, and `fields` replace or
 * add. A list is replaced as a whole.
 */
export function samplePdu<K extends PduKind>(kind: K, fields: Partial<Omit<PduOf<K>, 'kind'>> = {}): PduOf<K> {
  const { slots, since } = PDUS[kind];
  const pdu: Record<string, unknown> = { kind };
  for (const slot of slots) {
    const given = (fields as Readonly<Record<string, unknown>>)[slot.key] ?? SAMPLES_OF[kind]?.[slot.key];
    if (given !== undefined) pdu[slot.key] = given;
    else if (slot.listed || slot.mandatory || EXPECTED.has(slot.key)) {
      const one = slot.key === 'version' && since > SAMPLES.version! ? since : SAMPLES[slot.key];
      if (slot.listed && slot.key !== 'to') pdu[slot.key] = [];
      else if (one !== undefined) pdu[slot.key] = slot.repeated ? [one] : one;
      else throw new Error(`nothing is known to put into ${slot.name}`);
    }
  }
  if (fields.unknown !== undefined) pdu['unknown'] = fields.unknown;
  return pdu as unknown as PduOf<K>;
}

/** Fields that the rows let be missing and the standard does not, in the PDUs that have them at all. */
const EXPECTED: ReadonlySet<FieldKey> = new Set(['messageId', 'content']);

/** One field as it stands in a PDU. */
export interface WireField {
  /** Absent for an application header, and for what is not assigned. */
  readonly key?: FieldKey;
  /** Name and value; of Content-Type the body as well. */
  readonly octets: Uint8Array;
}

function written(write: (w: ByteWriter) => void): Uint8Array {
  const w = new ByteWriter();
  write(w);
  return w.finish();
}

/** Octets of hexadecimal digits; white space between them does not count. Throws RangeError on anything else. */
function octetsOf(value: Uint8Array | string): Uint8Array {
  if (typeof value !== 'string') return value;
  const digits = value.replaceAll(/\s/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) throw new RangeError(`no octets in hexadecimal: ${value}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A field with a value that its grammar allows. */
export const wireField = <K extends FieldKey>(key: K, value: ValueOf<K>): WireField => ({
  key,
  octets: written((w) => {
    w.u8(0x80 | FIELDS[key].code);
    (FIELDS[key].coder as { encode(w: ByteWriter, value: ValueOf<K>): void }).encode(w, value);
  }),
});

/** A field with any octets for its value (hexadecimal, or as they are). `name`: a field, or the octet that stands for its name. */
export function rawField(name: FieldKey | number, value: Uint8Array | string): WireField {
  const octets = octetsOf(value);
  const field = written((w) => {
    w.u8(typeof name === 'number' ? name : 0x80 | FIELDS[name].code);
    w.octets(octets);
  });
  return typeof name === 'number' ? { octets: field } : { key: name, octets: field };
}

/** An application's own header: name and value as texts. */
export const applicationField = (name: string, value: string): WireField => ({
  octets: written((w) => {
    writeText(w, name);
    writeText(w, value);
  }),
});

/** The fields of a PDU in the order the encoder writes them, X-Mms-Message-Type first, Content-Type and body last. */
export function wireFields(pdu: MmsPdu): readonly WireField[] {
  const { type, slots } = PDUS[pdu.kind];
  const values = pdu as unknown as Readonly<Record<string, unknown>>;
  const fields: WireField[] = [rawField('messageType', Uint8Array.of(type))];
  const last: WireField[] = [];
  for (const { key, code, coder, repeated } of slots) {
    const value = values[key];
    if (value === undefined) continue;
    for (const one of repeated ? (value as readonly unknown[]) : [value])
      (key === 'content' ? last : fields).push({
        key,
        octets: written((w) => {
          w.u8(0x80 | code);
          coder.encode(w, one);
        }),
      });
  }
  for (const field of pdu.unknown ?? []) fields.push({ octets: field.octets });
  return [...fields, ...last];
}

/** The octets of these fields, in this order. */
export const joinFields = (fields: readonly WireField[]): Uint8Array =>
  written((w) => {
    for (const field of fields) w.octets(field.octets);
  });

/** The same fields, without those of `key`. */
export const withoutField = (fields: readonly WireField[], key: FieldKey): readonly WireField[] =>
  fields.filter((field) => field.key !== key);

/** The same fields with one more: in place of the first of its key, else before Content-Type, else at the end. */
export function withField(fields: readonly WireField[], field: WireField): readonly WireField[] {
  const same = field.key === undefined ? -1 : fields.findIndex((one) => one.key === field.key);
  if (same !== -1) return fields.with(same, field);
  const content = fields.findIndex((one) => one.key === 'content');
  return content === -1 ? [...fields, field] : [...fields.slice(0, content), field, ...fields.slice(content)];
}
