import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { encodeMultipart } from '#codec/wsp';
import { makeContent } from './content.js';
import type { SendReq } from './pdus.js';
import { toText } from './to-text.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const pdu: SendReq = {
  kind: 'm-send-req',
  transactionId: 'T1',
  version: '1.2',
  date: 1_700_000_000_000,
  from: { kind: 'insert-address' },
  to: ['+358401234567/TYPE=PLMN', 'joe@example.org'],
  cc: [],
  bcc: [],
  subject: 'Hi',
  expiry: { kind: 'relative', seconds: 60 },
  deliveryReport: true,
  unknown: [{ name: '0xc1', octets: Uint8Array.of(0xc1, 0x81) }],
  content: makeContent(
    [
      { contentType: { media: 'application/smil', parameters: {} }, contentId: '<s>', data: ascii('<smil/>') },
      { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, contentLocation: 'a.txt', data: ascii('hello') },
    ],
    { media: 'application/vnd.wap.multipart.related', parameters: { type: 'application/smil' } },
  ),
};

describe('toText', () => {
  it('prints a PDU with its fields by name and its parts with their sizes', () => {
    assert.equal(
      toText(pdu),
      [
        'm-send-req (0x80), MMS 1.2',
        '  X-Mms-Transaction-Id: T1',
        '  Date: 2023-11-14T22:13:20Z',
        '  From: (insert address)',
        '  To: +358401234567/TYPE=PLMN',
        '  To: joe@example.org',
        '  Subject: Hi',
        '  X-Mms-Expiry: 60 s',
        '  X-Mms-Delivery-Report: Yes',
        '  Content-Type: application/vnd.wap.multipart.related; type=application/smil',
        '  0xc1 (not understood): c181',
        '  Body: 51 octets, 2 parts',
        '    1. application/smil, 7 octets, Content-ID <s>',
        '    2. text/plain; charset=utf-8, 5 octets, Content-Location a.txt',
      ].join('\n'),
    );
  });

  it('prints no version where there is none', () => {
    const text = toText({ kind: 'm-mbox-descr', to: [], cc: [], bcc: [], messageId: 'M' });
    assert.equal(text, 'm-mbox-descr (0x93)\n  Message-ID: M');
  });

  it('masks numbers and leaves out what people wrote when asked', () => {
    const text = toText(pdu, { masked: true });
    assert.match(text, /To: \+\*{8}4567\/TYPE=PLMN/);
    assert.match(text, /Subject: \(2 characters\)/);
    assert.doesNotMatch(text, /358401234567|Hi/);
  });

  it("lets no text rewrite the reader's terminal", () => {
    const text = toText({ ...pdu, subject: 'a\u001b[2J\nb\u202ec' });
    assert.match(text, /Subject: a\\u\{1b\}\[2J\\u\{a\}b\\u\{202e\}c/);
  });

  it('names a status by its name and octet', () => {
    assert.match(
      toText({ kind: 'm-send-conf', transactionId: 'T', version: '1.2', responseStatus: 0xe1 }),
      /X-Mms-Response-Status: Error-permanent-service-denied \(0xe1\)/,
    );
    assert.match(toText({ kind: 'm-send-conf', transactionId: 'T', version: '1.2', responseStatus: 0xd0 }), /transient 0xd0/);
  });

  it('says what is wrong with a body that cannot be opened', () => {
    const octets = Uint8Array.of(0xa3, 0x02, 0x01);
    const content = { type: { media: 'application/vnd.wap.multipart.mixed', parameters: {} }, octets, body: octets.subarray(1) };
    assert.match(toText({ ...pdu, content }), /Body: 2 octets, mms: octet 1: 2 parts in 1 octets/);
  });

  it('opens multiparts inside multiparts, to the limit and no further', () => {
    const mixed = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };
    let data: Uint8Array = ascii('x');
    let contentType = { media: 'text/plain', parameters: {} };
    for (let depth = 0; depth < LIMITS.multipartDepthMax + 4; depth++) {
      data = encodeMultipart([{ contentType, data }]);
      contentType = mixed;
    }
    const text = toText({ ...pdu, content: makeContent([{ contentType, data }], mixed) });
    assert.match(text, /deeper than 8 levels, not opened/);
    assert.doesNotMatch(text, /text\/plain/);
  });
});
