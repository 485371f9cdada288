/** Strict mode: the rules beyond the grammar, each broken once, and PDUs that break none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartSource } from '#codec/wsp';
import { joinFields, rawField, samplePdu, type WireField, wireField, wireFields, withField, withoutField } from './builder.js';
import { makeContent } from './content.js';
import { encodePdu } from './encode.js';
import { PDUS } from './pdu-rows.js';
import type { MmsPdu, PduKind } from './pdus.js';
import { RULES, type RuleName } from './rules.js';
import { departures } from './strict.js';

const SMIL = { media: 'application/smil', parameters: {} };
const TEXT = { media: 'text/plain', parameters: { charset: 'utf-8' } };
const data = Uint8Array.of(0x68, 0x69);
const related = (parameters: Readonly<Record<string, string>>, parts: readonly PartSource[]): MmsPdu =>
  samplePdu('m-send-req', {
    content: makeContent(parts, { media: 'application/vnd.wap.multipart.related', parameters }),
  });
const ROOT: PartSource = { contentType: SMIL, contentId: '<root>', data };
const WORDS: PartSource = { contentType: TEXT, contentId: '<words>', data };

const send = (field: WireField): Uint8Array => joinFields(withField(wireFields(samplePdu('m-send-req')), field));

const BROKEN: Readonly<Record<RuleName, Uint8Array>> = {
  'bare-number': send(wireField('to', '+15551230002')),
  'address-form': send(wireField('to', 'anybody/TYPE=PLMN')),
  'insert-address': encodePdu(samplePdu('m-notification-ind', { from: { kind: 'insert-address' } })),
  'empty-identifier': encodePdu(samplePdu('m-acknowledge-ind', { transactionId: '' })),
  'message-id-brackets': encodePdu(samplePdu('m-send-conf', { messageId: '<M1@mmsc.example>' })),
  'unassigned-version': encodePdu(samplePdu('m-acknowledge-ind', { version: '1.4' })),
  'later-value': encodePdu(samplePdu('m-send-conf', { version: '1.0', responseStatus: 0xe0 })),
  'obsolete-value': encodePdu(samplePdu('m-send-conf', { responseStatus: 0x81 })),
  'missing-message-id': joinFields(withoutField(wireFields(samplePdu('m-send-conf')), 'messageId')),
  'auto-with-reports': encodePdu(samplePdu('m-send-req', { messageClass: 'auto', readReport: true })),
  'content-type-not-last': joinFields([
    ...withoutField(wireFields(samplePdu('m-send-req')), 'content'),
    rawField('content', 'b3'),
    wireField('priority', 'low'),
  ]),
  'related-without-type': encodePdu(related({ start: '<root>' }, [ROOT, WORDS])),
  'related-without-start': encodePdu(related({ type: 'application/smil' }, [WORDS, ROOT])),
  'start-names-no-part': encodePdu(related({ type: 'application/smil', start: '<other>' }, [ROOT, WORDS])),
  'type-not-of-root': encodePdu(related({ type: 'application/smil', start: '<words>' }, [ROOT, WORDS])),
  'part-without-name': encodePdu(related({ type: 'application/smil' }, [ROOT, { contentType: TEXT, data }])),
  'content-id-form': encodePdu(related({ type: 'application/smil' }, [ROOT, { contentType: TEXT, contentId: 'words', data }])),
  'repeated-content-id': encodePdu(related({ type: 'application/smil' }, [ROOT, { ...WORDS, contentId: '<root>' }])),
};

describe('strict mode', () => {
  for (const kind of Object.keys(PDUS) as PduKind[])
    it(`finds nothing in an ${kind} with all that it must have`, () => {
      assert.deepEqual(departures(encodePdu(samplePdu(kind))), []);
    });

  it('finds nothing in a message with a presentation, whichever way it is named', () => {
    for (const parameters of [{ type: 'application/smil', start: '<root>' }, { type: 'application/smil' }])
      assert.deepEqual(departures(encodePdu(related(parameters, [ROOT, WORDS]))), []);
    assert.deepEqual(departures(encodePdu(related({ type: 'application/smil', start: '<root>' }, [WORDS, ROOT]))), []);
  });

  it('finds nothing in mailboxes, short codes and names, which need no type', () => {
    for (const to of ['a@b.example', 'A B <a@b.example>', '12345', '*123', 'News', '192.0.2.1/TYPE=IPv4', 'x%20y/TYPE=pager'])
      assert.deepEqual(departures(send(wireField('to', to))), [], to);
  });

  for (const name of Object.keys(RULES) as RuleName[])
    it(`names ${name}, with its clause and an octet`, () => {
      const octets = BROKEN[name];
      const found = departures(octets).filter((one) => one.grade !== 'refused');
      assert.deepEqual(
        found.map((one) => one.name),
        [name],
      );
      const [one] = found;
      assert.equal(one!.grade, 'departs');
      assert.equal(one!.clause, RULES[name].clause);
      assert.ok(one!.offset > 0 && one!.offset <= octets.length);
    });

  it('says of a status that came later which version has it', () => {
    const [one] = departures(encodePdu(samplePdu('m-delivery-ind', { version: '1.0', status: 'unreachable' })));
    assert.equal(one!.name, 'later-value');
  });

  it('holds every recipient and the sender to the form of addresses', () => {
    const pdu = samplePdu('m-send-req', {
      from: { kind: 'address', address: '5551230001' },
      to: ['15551230002', 'a@b.example'],
      bcc: ['not an address'],
    });
    assert.deepEqual(
      departures(encodePdu(pdu)).map(({ name, field }) => `${name} ${field}`),
      ['bare-number From', 'bare-number To', 'address-form Bcc'],
    );
  });

  it('lists everything at once, by octet', () => {
    const fields = [
      rawField('messageType', '80'),
      rawField('version', '90'),
      wireField('transactionId', ''),
      rawField('priority', '85'),
      wireField('to', '15551230002'),
      rawField('subject', '61 c3 a4 00'),
      wireField('store', true),
      rawField(0xc1, '80'),
      wireField('retrieveStatus', 0xf0),
    ];
    assert.deepEqual(
      departures(joinFields(fields)).map(({ grade, name }) => `${grade} ${name}`),
      [
        'tolerated field-order',
        'departs empty-identifier',
        'tolerated damaged-field',
        'departs bare-number',
        'tolerated unnamed-charset',
        'tolerated later-field',
        'tolerated unassigned-field',
        'tolerated foreign-field',
        'refused missing-field',
        'refused missing-field',
      ],
    );
  });

  it('does not say that something is missing where reading had to stop', () => {
    const cut = [rawField('messageType', '80'), rawField('transactionId', '543100'), rawField(0xc1, '1e 00')];
    assert.deepEqual(
      departures(joinFields(cut)).map(({ name }) => name),
      ['malformed'],
    );
  });

  it('finds something in an empty input and in what is no PDU', () => {
    for (const octets of [new Uint8Array(0), Uint8Array.of(0x8c), Uint8Array.of(0x48, 0x54, 0x54, 0x50)])
      assert.deepEqual(
        departures(octets).map(({ grade, name }) => `${grade} ${name}`),
        ['refused malformed'],
      );
  });
});
