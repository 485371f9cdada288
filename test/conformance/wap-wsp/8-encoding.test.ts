/** WAP-230-WSP, clause 8: the encodings that MMS is built from. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeContent, readContent } from '#codec/mms';
import { decodeMultipart, decodePush, encodeMultipart, encodePush, MMS_APPLICATION_ID, MMS_MESSAGE } from '#codec/wsp';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const none = {};

describe('WAP-230-WSP, 8: encodings', () => {
  it('8.1.2: a uintvar has seven bits an octet, the most significant first, and at most five octets', () => {
    const data = new Uint8Array(0x81);
    const body = encodeMultipart([{ contentType: { media: 'text/plain', parameters: none }, data }]);
    assert.equal(Buffer.from(body.subarray(0, 5)).toString('hex'), '0101810183');
    assert.equal(decodeMultipart(hex('01 808080808001 00 83')).ok, false);
  });

  it('8.2.4.1: a push is transaction id, 06, the length of content type and headers, these, and the body', () => {
    const push = encodePush({ transactionId: 7, contentType: MMS_MESSAGE, applicationId: MMS_APPLICATION_ID, body: hex('8c82') });
    assert.equal(Buffer.from(push).toString('hex'), '070603beaf848c82');
    const decoded = decodePush(push);
    assert.ok(decoded.ok);
    assert.deepEqual(Buffer.from(decoded.value.body), hex('8c82'));
  });

  it('8.4.2.2: a value length above 30 is 1f and a uintvar', () => {
    const content = makeContent([], {
      media: 'application/vnd.wap.multipart.related',
      parameters: { start: `<${'a'.repeat(30)}>` },
    });
    assert.equal(Buffer.from(content.octets.subarray(0, 4)).toString('hex'), '1f23b38a');
  });

  it('8.4.2.24: a content type is a number or a text, alone or behind a length with parameters', () => {
    const cases: [string, string, Record<string, string>][] = [
      ['9e', 'image/jpeg', {}],
      [z('video/3gpp'), 'video/3gpp', {}],
      ['03 83 81 ea', 'text/plain', { charset: 'utf-8' }],
      [`0e ${z('a/b')} 85 ${z('n')} 81 84 8a ${z('<s>')}`, 'a/b', { name: 'n', charset: 'iso-8859-1', start: '<s>' }],
    ];
    for (const [octets, media, parameters] of cases) {
      const read = readContent(hex(octets));
      assert.ok(read.ok);
      assert.deepEqual(read.value.type, { media, parameters });
    }
  });

  it('8.5.1: a multipart begins with the number of its entries, and none is a multipart too', () => {
    assert.equal(Buffer.from(encodeMultipart([])).toString('hex'), '00');
    const decoded = decodeMultipart(hex('00'));
    assert.ok(decoded.ok && decoded.value.length === 0);
  });

  it('8.5.2: the length of the headers of an entry counts its content type', () => {
    const body = encodeMultipart([
      { contentType: { media: 'image/jpeg', parameters: none }, contentLocation: 'a', data: hex('ff') },
    ]);
    assert.equal(Buffer.from(body).toString('hex'), hex(`01 04 01 9e 8e ${z('a')} ff`).toString('hex'));
  });

  it('8.5.3: Content-ID is a quoted string, Content-Location a text', () => {
    const body = encodeMultipart([
      { contentType: { media: 'image/jpeg', parameters: none }, contentId: '<a>', contentLocation: 'l', data: hex('') },
    ]);
    assert.ok(Buffer.from(body).includes(hex(`c0 22 ${z('<a>')} 8e ${z('l')}`)));
  });
});
