import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dialectOf } from './dialect.js';
import { decodeEnvelope, encodeEnvelope } from './envelope.js';
import type { SubmitReq } from './messages.js';
import { decodePacket } from './packet.js';
import { ADDRESS_KINDS, CHARGED_PARTIES, CONTENT_CLASSES, type DateOrDuration, type Mm7Address, PRIORITIES } from './values.js';

const REL6 = dialectOf('REL-6-MM7-1-4');
/** What XML can hold, without the blanks around it that the reader takes away. */
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.replace(UNWRITABLE, '').trim());
const id = text.filter((value) => value !== '');
const instant = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) });
const when: fc.Arbitrary<DateOrDuration> = fc.oneof(
  instant.map((at) => ({ at })),
  fc.integer({ min: 0, max: 400_000_000_000 }).map((afterMs) => ({ afterMs })),
);
const address: fc.Arbitrary<Mm7Address> = fc.record(
  { kind: fc.constantFrom(...ADDRESS_KINDS), value: id, displayOnly: fc.boolean(), id },
  { requiredKeys: ['kind', 'value'], noNullPrototype: true },
);
const submitReq: fc.Arbitrary<SubmitReq> = fc.record(
  {
    kind: fc.constant('SubmitReq' as const),
    version: fc.constantFrom('6.8.0', '6.3.0'),
    senderIdentification: fc.record(
      { vaspId: id, vasId: id, senderAddress: address },
      { requiredKeys: [], noNullPrototype: true },
    ),
    recipients: fc.record(
      { to: fc.array(address, { minLength: 1, maxLength: 3 }), cc: fc.array(address, { minLength: 1, maxLength: 3 }) },
      { requiredKeys: ['to'], noNullPrototype: true },
    ),
    serviceCode: text,
    timeStamp: instant,
    earliestDeliveryTime: when,
    expiryDate: when,
    deliveryReport: fc.boolean(),
    priority: fc.constantFrom(...PRIORITIES),
    subject: text,
    chargedParty: fc.constantFrom(...CHARGED_PARTIES),
    deliveryCondition: fc.array(fc.integer({ min: 1, max: 999_999_999 }), { maxLength: 3 }),
    contentClass: fc.constantFrom(...CONTENT_CLASSES),
    auxApplicInfo: text,
    content: fc.record({ href: id, allowAdaptations: fc.boolean() }, { requiredKeys: ['href'], noNullPrototype: true }),
  },
  { requiredKeys: ['kind', 'version', 'senderIdentification', 'recipients'], noNullPrototype: true },
);

describe('MM7 codec', () => {
  it('reads every message as it was written, whatever is in its texts', () =>
    fc.assert(
      fc.property(submitReq, id, fc.option(fc.constant('mm7'), { nil: undefined }), (message, transactionId, prefix) => {
        const octets = encodeEnvelope({ transactionId, message }, { ...REL6, ...(prefix !== undefined && { prefix }) });
        const reading = decodeEnvelope(octets);
        assert.ok(reading.ok, reading.ok ? '' : reading.error.text);
        assert.deepEqual(reading.value.message, message);
        assert.equal(reading.value.transactionId, transactionId);
        assert.deepEqual(reading.value.tolerated, []);
      }),
    ));

  it('gives a value for any octets, as a document and as a multipart', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        decodeEnvelope(octets);
        decodePacket(undefined, octets);
        decodePacket('multipart/related; boundary="-"', octets);
      }),
    ));

  it('gives a value for a message that was cut anywhere', () => {
    const message: SubmitReq = {
      kind: 'SubmitReq',
      version: '6.8.0',
      senderIdentification: { vaspId: 'a' },
      recipients: { to: [{ kind: 'Number', value: '1' }] },
    };
    const octets = encodeEnvelope({ transactionId: 't', message }, REL6);
    for (let end = 0; end < octets.length; end++) {
      const reading = decodeEnvelope(octets.subarray(0, end));
      assert.ok(!reading.ok, String(end));
      assert.equal(reading.error.status, 4004);
    }
  });

  it('writes what XML cannot hold as replacement characters, and so nothing that it cannot read', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 20 }),
        (subject) => {
          const message: SubmitReq = {
            kind: 'SubmitReq',
            version: '6.8.0',
            senderIdentification: {},
            recipients: { to: [{ kind: 'Number', value: '1' }] },
            subject,
          };
          assert.ok(decodeEnvelope(encodeEnvelope({ transactionId: 't', message }, REL6)).ok);
        },
      ),
    ));
});
