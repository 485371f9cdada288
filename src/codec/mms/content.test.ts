import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { decodeParts, encodeContent, makeContent, readContent } from './content.js';
import { decodePdu } from './decode.js';
import type { Content } from './pdus.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

function content(text: string): Content {
  const read = readContent(hex(text));
  assert.ok(read.ok);
  return read.value;
}

describe('content', () => {
  it('is Content-Type value and body, opened without looking at the body', () => {
    const opened = content('03 a3 8183 01 ff');
    assert.deepEqual(opened.type, { media: 'application/vnd.wap.multipart.mixed', parameters: { charset: 'us-ascii' } });
    assert.equal(Buffer.from(opened.body).toString('hex'), '01ff');
  });

  it('has the body as its only part when it is no multipart', () => {
    const parts = decodeParts(content('83 6869'));
    assert.ok(parts.ok);
    assert.deepEqual(parts.value, [{ contentType: { media: 'text/plain', parameters: {} }, headers: [], data: hex('6869') }]);
  });

  it('has no parts when the multipart is empty or not even has a count', () => {
    for (const text of ['a3 00', 'a3']) {
      const parts = decodeParts(content(text));
      assert.ok(parts.ok);
      assert.deepEqual(parts.value, []);
    }
  });

  it('writes content type and parts as computed by hand', () => {
    const octets = encodeContent(
      [{ contentType: { media: 'image/png', parameters: {} }, contentId: '<p>', contentLocation: 'p.png', data: hex('0102') }],
      { media: 'application/vnd.wap.multipart.related', parameters: { start: '<p>', type: 'image/png' } },
    );
    assert.equal(
      Buffer.from(octets).toString('hex'),
      hex('08 b3 8a 3c703e00 89 a0  01  0e 02  a0 c0 22 3c703e00 8e 702e706e6700  0102').toString('hex'),
    );
  });

  it('makes content that reads back as it was made', () => {
    const made = makeContent([{ contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: hex('c3a4') }], {
      media: 'application/vnd.wap.multipart.mixed',
      parameters: {},
    });
    const parts = decodeParts(made);
    assert.ok(parts.ok);
    assert.equal(parts.value[0]!.contentType.parameters['charset'], 'utf-8');
    assert.deepEqual(Buffer.from(parts.value[0]!.data), hex('c3a4'));
  });

  it('of a 17-octet PDU that claims 2^30 parts is refused at once', () => {
    const octets = hex('8c80 98 31 00 8d92 89 01 81 84 a3 8480808000');
    assert.equal(octets.length, 17);
    const decoded = decodePdu(octets);
    assert.ok(decoded.ok && decoded.value.kind === 'm-send-req');
    const parts = decodeParts(decoded.value.content);
    assert.ok(!parts.ok);
    assert.equal(parts.error.kind, 'limit');
  });

  it('that claims more parts than its octets could hold is refused before the first is read', () => {
    const parts = decodeParts(content(`a3 ${(0x80 | (LIMITS.multipartPartsMax >> 7)).toString(16)} 00 01 00 83`));
    assert.ok(!parts.ok);
    assert.equal(parts.error.kind, 'malformed');
    assert.equal(parts.error.offset, 1, 'offsets count from the first octet of the content');
  });
});
