import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { decodeMultipart, encodeMultipart } from './multipart.js';
import type { Part } from './part.js';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

function parts(hex: string): readonly Part[] {
  const decoded = decodeMultipart(octets(hex));
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value;
}

/** One part, text/plain, with these header octets behind its content type. */
const onePart = (headers: string): Part => {
  const length = 1 + octets(headers).length;
  return parts(`01 ${length.toString(16).padStart(2, '0')} 02 83 ${headers} 6869`)[0]!;
};

const kind = (hex: string): string => {
  const decoded = decodeMultipart(octets(hex));
  return decoded.ok ? 'ok' : decoded.error.kind;
};

describe('decodeMultipart', () => {
  it('takes the first of two Content-IDs and Content-Locations, and keeps the second as a header', () => {
    const part = onePart(`c0 22 ${z('<a>')} c0 22 ${z('<b>')} 8e ${z('a')} 8e ${z('b')}`);
    assert.deepEqual([part.contentId, part.contentLocation], ['<a>', 'a']);
    assert.deepEqual(
      part.headers.map(({ value }) => value),
      ['<b>', 'b'],
    );
  });

  it('reads entries with their content type, id and location; data are views', () => {
    const body = octets(`02 0c 02 83 c0 22 ${z('<a>')} 8e ${z('a.t')} ffd8 01 00 9e`);
    const decoded = decodeMultipart(body);
    assert.ok(decoded.ok);
    assert.deepEqual(
      decoded.value.map(({ data, ...head }) => ({ ...head, data: Buffer.from(data).toString('hex') })),
      [
        {
          contentType: { media: 'text/plain', parameters: {} },
          contentId: '<a>',
          contentLocation: 'a.t',
          headers: [],
          data: 'ffd8',
        },
        { contentType: { media: 'image/jpeg', parameters: {} }, headers: [], data: '' },
      ],
    );
    assert.equal(decoded.value[0]!.data.buffer, body.buffer);
  });

  it('reads content id and location written by name, and a content id without a quote', () => {
    const part = onePart(`${z('content-id')} ${z('<a>')} ${z('Content-Location')} ${z('l')}`);
    assert.deepEqual([part.contentId, part.contentLocation], ['<a>', 'l']);
    assert.equal(onePart(`c0 ${z('<a>')}`).contentId, '<a>');
  });

  it('keeps the other headers as pairs, in order', () => {
    const part = onePart(`ae 06 82 86 ${z('a.t')} ${z('Content-Transfer-Encoding')} ${z('base64')} 8d 85 8b 82 cb 02 0102`);
    assert.deepEqual(part.headers, [
      { name: 'Content-Disposition', value: 'inline; filename="a.t"' },
      { name: 'Content-Transfer-Encoding', value: 'base64' },
      { name: 'Content-Length', value: '5' },
      { name: '0x0b', value: '82' },
      { name: '0x4b', value: '020102' },
    ]);
  });

  it('reads all forms of Content-Disposition', () => {
    assert.equal(onePart('c5 01 81').headers[0]!.value, 'attachment');
    assert.equal(onePart('c5 01 80').headers[0]!.value, 'form-data');
    assert.equal(onePart(`c5 04 ${z('own')}`).headers[0]!.value, 'own');
    assert.equal(onePart('c5 82').headers[0]!.value, 'inline');
  });

  it('keeps the octets of a header that breaks its grammar, and the part', () => {
    const part = onePart('c5 1e 81');
    assert.deepEqual(part.headers, [{ name: '0x45', value: '1e81' }]);
    assert.equal(Buffer.from(part.data).toString(), 'hi');
  });

  it('keeps what stands behind a shift to another code page as octets', () => {
    assert.deepEqual(onePart('7f 02 81 82').headers, [{ name: 'page 0x7f', value: '028182' }]);
  });

  it('ignores octets behind the last entry', () => assert.equal(parts('01 01 01 83 61 ffff').length, 1));

  it('leaves a multipart inside as a part that can be opened in turn', () => {
    const inner = encodeMultipart([{ contentType: { media: 'text/plain', parameters: {} }, data: octets('6869') }]);
    const outer = encodeMultipart([
      { contentType: { media: 'application/vnd.wap.multipart.alternative', parameters: {} }, data: inner },
    ]);
    const found = decodeMultipart(outer);
    assert.ok(found.ok);
    const nested = decodeMultipart(found.value[0]!.data);
    assert.ok(nested.ok && nested.value[0]!.contentType.media === 'text/plain');
  });

  it('refuses lengths beyond the input, parts without content type, and entries that are missing', () => {
    for (const hex of ['', '01', '01 01 02 83 61', '01 00 01 61 62', '02 01 01 83 61 05', '01 8fffffff7f 8fffffff7f 83'])
      assert.equal(kind(hex), 'malformed', hex);
  });

  it('refuses 2^30 parts at once', () => assert.equal(kind('8480808000'), 'limit'));

  it('refuses a part header whose text is longer than the limit', () => {
    const text = '61'.repeat(LIMITS.headerTextOctetsMax + 1);
    const length = LIMITS.headerTextOctetsMax + 4;
    assert.equal(
      kind(`01 ${(0x80 | (length >> 7)).toString(16)} ${(length & 0x7f).toString(16).padStart(2, '0')} 00 83 8e ${text} 00`),
      'limit',
    );
  });

  it('refuses more parts and more part headers than the limits', () => {
    assert.equal(kind(`${(0x80 | ((LIMITS.multipartPartsMax + 1) >> 7)).toString(16)} 01 ${'01008300'.repeat(4)}`), 'limit');
    const headers = '8d85'.repeat(LIMITS.partHeadersMax + 1);
    assert.equal(kind(`01 ${`81${(octets(headers).length + 1 - 128).toString(16).padStart(2, '0')}`} 00 83 ${headers}`), 'limit');
  });
});

describe('encodeMultipart', () => {
  it('writes entries as computed by hand', () => {
    const body = encodeMultipart([
      { contentType: { media: 'text/plain', parameters: {} }, contentId: '<a>', contentLocation: 'a.t', data: octets('ffd8') },
      { contentType: { media: 'image/jpeg', parameters: {} }, headers: [{ name: 'X-Own', value: 'v' }], data: octets('') },
    ]);
    assert.equal(
      Buffer.from(body).toString('hex'),
      octets(`02 0c 02 83 c0 22 ${z('<a>')} 8e ${z('a.t')} ffd8 09 00 9e ${z('X-Own')} ${z('v')}`).toString('hex'),
    );
  });

  it('writes the headers of a decoded part back, those it did not understand among them', () => {
    const first = onePart(`c5 1e 81`);
    const second = onePart(`cb 02 0102 8d 85 ${z('X-Own')} ${z('v')}`);
    const lowNumber = onePart(`92 04 5f000000 88 80`);
    const otherPage = onePart('01 92 80');
    const shifted = onePart('7f 02 81 82');
    for (const part of [first, second, lowNumber, otherPage, shifted]) {
      const again = decodeMultipart(encodeMultipart([part]));
      assert.ok(again.ok);
      assert.deepEqual(again.value[0]!.headers, part.headers);
    }
  });

  it('writes a header of a low number with that number, not as a shift to another code page', () => {
    const part = onePart('92 04 5f000000');
    assert.ok(
      Buffer.from(encodeMultipart([part]))
        .toString('hex')
        .includes('92045f000000'),
    );
  });

  it('does not take a name for a number because it looks like one', () => {
    const part = onePart(`${z('0x0e')} ${z('6162')}`);
    assert.deepEqual(part.headers, [{ name: '0X0E', value: '6162' }]);
    const again = decodeMultipart(encodeMultipart([part]));
    assert.ok(again.ok);
    assert.deepEqual(again.value[0]!.headers, part.headers);
    assert.equal(again.value[0]!.contentLocation, undefined);
  });

  it('keeps a quote that ends a Content-ID', () => {
    const again = decodeMultipart(
      encodeMultipart([{ contentType: { media: 'text/plain', parameters: {} }, contentId: '<a>"', data: octets('') }]),
    );
    assert.ok(again.ok);
    assert.equal(again.value[0]!.contentId, '<a>"');
  });

  it('leaves out a header whose name is no token', () => {
    const again = decodeMultipart(
      encodeMultipart([
        { contentType: { media: 'text/plain', parameters: {} }, headers: [{ name: 'a b', value: 'v' }], data: octets('') },
      ]),
    );
    assert.ok(again.ok);
    assert.deepEqual(again.value[0]!.headers, []);
  });
});
