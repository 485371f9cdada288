/** What holds for any octets and any values. A failing input is printed with its seed; it becomes a corpus case. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Coder } from '#codec/wsp';
import { decodeParts, makeContent, readContent } from './content.js';
import { decodePdu } from './decode.js';
import { deletionResults } from './deletions.js';
import { decodeDescriptors } from './descriptors.js';
import { readDeviceAddress } from './device-address.js';
import { encodePdu } from './encode.js';
import { FIELDS, type FieldKey, fieldOfName, type ValueOf } from './fields.js';
import { fitToVersion } from './fit-to-version.js';
import { PDUS, type Slot } from './pdu-rows.js';
import type { MmsPdu } from './pdus.js';
import { toText } from './to-text.js';

const CORPUS = new URL('../../../test/corpus/mms-pdus/', import.meta.url);
const corpus = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.mms'))
  .map((name) => new Uint8Array(readFileSync(new URL(name, CORPUS))))
  .filter((octets) => octets.length < 4_000);

/** Any text without zeros; a leading byte order mark is dropped by every decoder, so none leads. */
const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((s) => !s.includes('\0') && !s.startsWith('\ufeff') && !/\p{Surrogate}/u.test(s));
const token = fc.stringMatching(/^[A-Za-z][-A-Za-z0-9]{0,20}$/);
const seconds = fc.nat(2_000_000_000);
const at = seconds.map((s) => s * 1000);
const time = fc.oneof(
  at.map((ms) => ({ kind: 'absolute' as const, at: ms })),
  seconds.map((s) => ({ kind: 'relative' as const, seconds: s })),
);
const status = fc.integer({ min: 0x80, max: 0xff });
const count = fc.record(
  { of: fc.constantFrom('messages' as const, 'octets' as const), count: fc.maxSafeNat() },
  { noNullPrototype: true },
);
const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const content = fc
  .array(
    fc.record(
      {
        contentType: fc.record({
          media: of('text/plain', 'image/jpeg', 'application/smil', 'video/3gpp'),
          parameters: fc.record({ charset: of('utf-8', 'us-ascii', 'utf-16'), name: text }, { requiredKeys: [] }),
        }),
        contentId: text.filter((s) => !s.endsWith('"') && !s.startsWith('\x7f')),
        contentLocation: text,
        headers: fc.array(fc.record({ name: of('X-Own', 'Content-Language'), value: token }), { maxLength: 2 }),
        data: fc.uint8Array({ maxLength: 40 }),
      },
      { requiredKeys: ['contentType', 'data'] },
    ),
    { maxLength: 4 },
  )
  .map((parts) =>
    makeContent(parts, { media: 'application/vnd.wap.multipart.related', parameters: { type: 'application/smil' } }),
  );

/** A name that no field has, in any case: those are written by their numbers and come back in the standard's spelling. */
const foreignName = token.filter((name) => fieldOfName(name) === undefined);

type Values = { readonly [K in FieldKey]?: fc.Arbitrary<ValueOf<K>> };
const VALUES: Values = {
  transactionId: text,
  version: of('1.0', '1.1', '1.2', '1.3'),
  date: at,
  from: fc.oneof(
    fc.constant({ kind: 'insert-address' as const }),
    text.map((address) => ({ kind: 'address' as const, address })),
  ),
  to: text,
  cc: text,
  bcc: text,
  subject: text,
  messageClass: fc.oneof(
    of('personal' as const, 'advertisement' as const, 'informational' as const, 'auto' as const),
    fc.record({ token }),
  ),
  expiry: time,
  deliveryTime: time,
  priority: of('low', 'normal', 'high'),
  senderVisibility: of('hide', 'show'),
  deliveryReport: fc.boolean(),
  readReport: fc.boolean(),
  replyCharging: of('requested', 'requested-text-only', 'accepted', 'accepted-text-only'),
  replyChargingDeadline: time,
  replyChargingSize: seconds,
  replyChargingId: text,
  store: fc.boolean(),
  mmState: of('draft', 'sent', 'new', 'retrieved', 'forwarded'),
  mmFlags: fc.record({ action: of('add', 'remove', 'filter'), text }),
  applicId: text,
  replyApplicId: text,
  auxApplicInfo: text,
  contentClass: fc.nat(7),
  drmContent: fc.boolean(),
  adaptationAllowed: fc.boolean(),
  content,
  responseStatus: status,
  responseText: text,
  messageId: text,
  contentLocation: text,
  storeStatus: status,
  storeStatusText: text,
  messageSize: fc.maxSafeNat(),
  stored: fc.boolean(),
  distributionIndicator: fc.boolean(),
  elementDescriptor: fc.record({
    reference: text,
    parameters: fc.dictionary(token, token, { maxKeys: 3, noNullPrototype: true }),
  }),
  recommendedRetrievalMode: fc.constant('manual'),
  recommendedRetrievalModeText: text,
  replaceId: text,
  status: of('expired', 'retrieved', 'rejected', 'deferred', 'unrecognised', 'indeterminate', 'forwarded', 'unreachable'),
  reportAllowed: fc.boolean(),
  retrieveStatus: status,
  retrieveText: text,
  previouslySentBy: fc.record({ count: fc.nat(1_000), address: text }),
  previouslySentDate: fc.record({ count: fc.nat(1_000), at }),
  statusText: text,
  readStatus: of('read', 'deleted-without-being-read'),
  attributes: fc.oneof(of(...Object.values(FIELDS).map((field) => field.name)), of('0xc0', '0xff'), foreignName),
  totals: fc.boolean(),
  quotas: fc.boolean(),
  mboxTotals: count,
  mboxQuotas: count,
  messageCount: fc.maxSafeNat(),
  start: fc.maxSafeNat(),
  limit: fc.maxSafeNat(),
  cancelId: text,
  cancelStatus: of('request-successfully-received', 'request-corrupted'),
};

const counted = (value: fc.Arbitrary<unknown>) =>
  fc.record({ count: fc.oneof(fc.nat(200), fc.maxSafeNat()), value }, { requiredKeys: ['value'], noNullPrototype: true });
/** The values that a slot takes, in the form that its PDU has them. */
const valuesFor = ({ key, coder }: Slot): fc.Arbitrary<unknown> => {
  const one = VALUES[key] as fc.Arbitrary<unknown>;
  return coder === (FIELDS[key].coder as Coder<unknown>) ? one : counted(one);
};

/** Any PDU that its row allows. */
const pduOf = (kind: MmsPdu['kind']): fc.Arbitrary<MmsPdu> => {
  const model: Record<string, fc.Arbitrary<unknown>> = { kind: fc.constant(kind) };
  const required = ['kind'];
  for (const slot of PDUS[kind].slots) {
    assert.ok(VALUES[slot.key], `no values for ${slot.name}`);
    const one = valuesFor(slot);
    model[slot.key] = slot.repeated ? fc.array(one, { minLength: slot.listed ? 0 : 1, maxLength: 3 }) : one;
    if (slot.mandatory || slot.listed) required.push(slot.key);
  }
  return fc.record(model, { requiredKeys: required, noNullPrototype: true }) as unknown as fc.Arbitrary<MmsPdu>;
};

const edit = fc.record({ at: fc.nat(3_999), octet: fc.integer({ min: 0, max: 255 }), how: of('set', 'cut', 'insert') });
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;

/** Octets with some of them changed, cut out or added. */
function edited(original: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const octets = [...original];
  for (const { at: place, octet, how } of edits) {
    if (octets.length === 0) break;
    const i = place % octets.length;
    if (how === 'set') octets[i] = octet;
    else octets.splice(i, how === 'cut' ? 1 : 0, ...(how === 'cut' ? [] : [octet]));
  }
  return Uint8Array.from(octets);
}

/** Reads everything there is to read; whatever the octets, it returns. */
function readAll(octets: Uint8Array): void {
  const decoded = decodePdu(octets);
  if (!decoded.ok) {
    assert.ok(decoded.error.offset >= 0 && decoded.error.offset <= octets.length);
    assert.ok(!decoded.error.text.includes('\n'));
    return;
  }
  const pdu = decoded.value;
  toText(pdu);
  for (const version of ['1.0', '1.2']) encodePdu(fitToVersion(pdu, version));
  if ('content' in pdu && pdu.content) {
    decodeParts(pdu.content);
    decodeDescriptors(pdu.content);
  }
  if (pdu.kind === 'm-mbox-delete-conf' || pdu.kind === 'm-delete-conf') deletionResults(pdu);
}

describe('properties of the codec', () => {
  for (const kind of Object.keys(PDUS) as MmsPdu['kind'][])
    it(`reads back any ${kind} that it wrote`, () => {
      fc.assert(
        fc.property(pduOf(kind), (pdu) => {
          const decoded = decodePdu(encodePdu(pdu));
          assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
          assert.deepEqual(plain(decoded.value), plain(pdu));
        }),
        { numRuns: 200 },
      );
    });

  it('writes the same octets for what it read from its own octets', () => {
    fc.assert(
      fc.property(fc.oneof(...(Object.keys(PDUS) as MmsPdu['kind'][]).map(pduOf)), (pdu) => {
        const octets = encodePdu(pdu);
        const decoded = decodePdu(octets);
        assert.ok(decoded.ok);
        assert.deepEqual(Buffer.from(encodePdu(decoded.value)), Buffer.from(octets));
      }),
      { numRuns: 300 },
    );
  });

  for (const kind of Object.keys(PDUS) as MmsPdu['kind'][])
    it(`reads ${kind} from what it wrote of any octets that it read as one, with the same values`, () => {
      let read = 0;
      fc.assert(
        fc.property(pduOf(kind), fc.array(edit, { maxLength: 4 }), (pdu, edits) => {
          const first = decodePdu(edited(encodePdu(pdu), edits));
          if (!first.ok) return;
          read++;
          const second = decodePdu(encodePdu(first.value));
          assert.ok(second.ok, second.ok ? '' : second.error.text);
          assert.deepEqual(plain(second.value), plain(first.value));
        }),
        { numRuns: 300 },
      );
      assert.ok(read > 30, `only ${read} of 300 were PDUs`);
    });

  it('returns on any octets', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readAll), { numRuns: 2_000 });
  });

  it('returns on any octets behind a good beginning', () => {
    const begin = fc.integer({ min: 0x80, max: 0x98 }).map((type) => [0x8c, type, 0x98, 0x31, 0x00, 0x8d, 0x92]);
    fc.assert(
      fc.property(begin, fc.uint8Array({ maxLength: 200 }), (head, tail) => readAll(Uint8Array.from([...head, ...tail]))),
      { numRuns: 3_000 },
    );
  });

  it('returns on real PDUs with octets changed, cut out and doubled', () => {
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(edit, { minLength: 1, maxLength: 6 }), (original, edits) => {
        readAll(edited(original, edits));
      }),
      { numRuns: 3_000 },
    );
  });

  it('returns on any octets as content, and on any text as an address', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const opened = readContent(octets);
        if (opened.ok) decodeParts(opened.value);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (address) => void readDeviceAddress(address)));
  });
});

/** For comparison: views as plain octets, empty parameter objects alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}
