import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { joinFields, rawField, samplePdu, wireFields, withField } from './builder.js';
import { makeContent } from './content.js';
import { encodePdu } from './encode.js';
import { octetsText } from './octets-text.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

describe('octetsText', () => {
  it('shows offset, octets and meaning, a long field on several lines, and parts with their headers', () => {
    const text = {
      contentType: { media: 'text/plain', parameters: {} },
      contentLocation: 'a.txt',
      data: Uint8Array.of(0x68, 0x69),
    };
    const content = makeContent([text], { media: 'application/vnd.wap.multipart.mixed', parameters: {} });
    assert.equal(
      octetsText(encodePdu(samplePdu('m-send-req', { from: { kind: 'insert-address' }, content }))),
      `m-send-req, MMS 1.2, 50 octets
0000  8c 80                                           X-Mms-Message-Type: m-send-req
0002  98 54 31 00                                     X-Mms-Transaction-Id: T1
0006  8d 92                                           X-Mms-MMS-Version: 1.2
0008  89 01 81                                        From: (insert address)
000b  97 2b 31 35 35 35 31 32 33 30 30 30 32 2f 54 59 To: +15551230002/TYPE=PLMN
001b  50 45 3d 50 4c 4d 4e 00
0023  84 a3                                           Content-Type: application/vnd.wap.multipart.mixed
0025  01                                                Parts: 1
0026  08 02                                             Part: 8 octets of headers, 2 of data
0028  83                                                Content-Type: text/plain
0029  8e 61 2e 74 78 74 00                              Content-Location: a.txt
0030  68 69                                             Data: 2 octets`,
    );
  });

  it('puts a tolerance under the field that needs it, and where it stopped under the last', () => {
    assert.equal(
      octetsText(hex('8c83 985431 00 8d91 91 85 95 81 8e 02 0001 c1 1e 00')),
      `m-notifyresp-ind, MMS 1.1, 19 octets
0000  8c 83                                           X-Mms-Message-Type: m-notifyresp-ind
0002  98 54 31 00                                     X-Mms-Transaction-Id: T1
0006  8d 91                                           X-Mms-MMS-Version: 1.1
0008  91 85                                           X-Mms-Report-Allowed (cannot be read)
      ~ octet 9: damaged-field: X-Mms-Report-Allowed: 0x85, expected 0x80 (Yes) or 0x81 (No) (MMS_ENC 7.3.47)
000a  95 81                                           X-Mms-Status: retrieved
000c  8e 02 00 01                                     X-Mms-Message-Size (not of this PDU): 1
      ~ octet 12: foreign-field: m-notifyresp-ind has no field X-Mms-Message-Size (MMS_ENC 6.2)
      ~ octet 13: padded-integer: 1 in 2 octets (WAP-230 8.4.2.1)
0010  c1 1e 00                                        (not read: 3 octets)
      ! octet 17: value of 30 octets, 1 are left (WAP-230 8.4.2.2)`,
    );
  });

  it('says that octets are no PDU, and shows them', () => {
    assert.equal(
      octetsText(new TextEncoder().encode('GET /')),
      `no known PDU, no version, 5 octets
0000  47 45 54 20 2f                                  (not read: 5 octets)
      ! octet 0: 0x47, expected X-Mms-Message-Type (0x8c) as the first field (MMS_ENC 7)`,
    );
    assert.equal(octetsText(new Uint8Array(0)), 'no known PDU, no version, 0 octets\n      ! octet 0: no octets at all');
  });

  it('cuts long values and data, and says how much it leaves out', () => {
    const content = makeContent([{ contentType: { media: 'text/plain', parameters: {} }, data: new Uint8Array(10_000) }], {
      media: 'application/vnd.wap.multipart.mixed',
      parameters: {},
    });
    const text = octetsText(encodePdu(samplePdu('m-send-req', { subject: 's'.repeat(1_000), content })));
    assert.match(text, /\n {6}\.\.\. 874 more octets\n/);
    assert.match(text, /\n {6}\.\.\. 9968 more octets$/);
    assert.match(text, /Subject: s{200}\.\.\.\n/);
  });

  it('shows control characters by their numbers', () => {
    const fields = withField(wireFields(samplePdu('m-send-req')), rawField('subject', '61 1b 5b 00'));
    assert.match(octetsText(joinFields(fields)), /Subject: a\\u\{1b\}\[\n/);
  });

  it('ends at its limit of lines', () => {
    const part = [1 + 60 * 2, 0, 0x83, ...Array.from({ length: 60 }, () => [0xb4, 0x80]).flat()];
    const body = [0x88, 0x00, ...Array.from({ length: LIMITS.multipartPartsMax }, () => part).flat()];
    const fields = withField(wireFields(samplePdu('m-send-req')), rawField('content', Uint8Array.from([0xa3, ...body])));
    const lines = octetsText(joinFields(fields)).split('\n');
    assert.ok(lines.length > LIMITS.octetsTextLinesMax && lines.length < LIMITS.octetsTextLinesMax + 12);
    assert.match(lines.at(-1)!, /^ {7}\.\.\. \d+ more fields and parts$/);
  });
});
