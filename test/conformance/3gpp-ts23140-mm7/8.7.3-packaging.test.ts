/** TS 23.140 8.7.3, RFC 2387: the SOAP document and the content beside it in one HTTP body. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBody, type MimeEntity } from '#codec/mime';
import { CONTENT_ID, decodePacket, dialectOf, encodePacket, type Mm7Packet, type Mm7ToleranceName } from '#codec/mm7';
import { soapText, submitText } from '../../kit/mm7.js';
import { SAMPLES } from '../../kit/mm7-samples.js';

const TYPE = 'multipart/related; boundary="b"; type="text/xml"; start="<soap>"';
const soapPart = (href: string | undefined, head = 'Content-Type: text/xml\r\nContent-ID: <soap>'): string =>
  `${head}\r\n\r\n${soapText(submitText(href === undefined ? '' : `<Content href="${href}"/>`))}`;
const TEXT = 'Content-Type: text/plain\r\nContent-ID: <txt>\r\nContent-Location: a.txt\r\n\r\nHello';
const PICTURE = 'Content-Type: image/gif\r\nContent-ID: <pic>\r\n\r\nGIF89a';
const SMIL = 'Content-Type: application/smil\r\nContent-ID: <smil>\r\n\r\n<smil/>';
const bodyOf = (...parts: readonly string[]): Uint8Array =>
  Buffer.from(`${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`);

function read(body: Uint8Array, contentType = TYPE): Mm7Packet {
  const packet = decodePacket(contentType, body);
  if (!packet.ok) throw new Error(packet.error.text);
  return packet.value;
}
const textOf = (entity: MimeEntity | undefined): string => Buffer.from(decodeBody(entity!)).toString('latin1');
const names = (packet: Mm7Packet): readonly Mm7ToleranceName[] => packet.tolerated.map(({ name }) => name);

describe('TS 23.140 8.7.3: packaging', () => {
  it('a message without content is the SOAP document alone, as text/xml', () => {
    const packet = encodePacket({ transactionId: 't', message: SAMPLES.SubmitRsp }, dialectOf('REL-6-MM7-1-4'));
    assert.equal(packet.contentType, 'text/xml; charset=utf-8');
    assert.deepEqual(read(Buffer.concat(packet.pieces), packet.contentType).message, SAMPLES.SubmitRsp);
  });

  it('a message with content is multipart/related: type text/xml, start names the root, href names the content, octets are binary', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const content = { kind: 'leaf', type: { media: 'image/jpeg', parameters: {} }, data } as const;
    const packet = encodePacket({ transactionId: 't', message: SAMPLES.SubmitReq }, dialectOf('REL-6-MM7-1-4'), content);
    assert.match(packet.contentType, /^multipart\/related;.*type="text\/xml"/);
    assert.match(packet.contentType, /start="<[^>]+>"/);
    const back = read(Buffer.concat(packet.pieces), packet.contentType);
    assert.deepEqual(back.message, { ...SAMPLES.SubmitReq, content: { href: `cid:${CONTENT_ID}`, allowAdaptations: false } });
    assert.deepEqual(Buffer.from(decodeBody(back.content!)), Buffer.from(data));
    assert.deepEqual(back.tolerated, []);
    assert.equal(
      packet.octets,
      packet.pieces.reduce((sum, piece) => sum + piece.length, 0),
    );
  });

  it('the root is the part that start names, wherever it stands', () => {
    const packet = read(bodyOf(TEXT, soapPart('cid:txt')));
    assert.deepEqual([textOf(packet.content), packet.tolerated], ['Hello', []]);
  });

  it('root-not-found-by-start: the first part that is XML is the root', () => {
    for (const type of [TYPE.replace('<soap>', '<other>'), 'multipart/related; boundary="b"; start="<none>"']) {
      const packet = read(bodyOf(TEXT, soapPart('cid:txt', 'Content-Type: text/xml')), type);
      assert.deepEqual([textOf(packet.content), names(packet)], ['Hello', ['root-not-found-by-start']]);
    }
  });

  it('without start the first part is the root', () => {
    const packet = read(bodyOf(soapPart('cid:txt', 'Content-Type: text/xml'), TEXT), 'multipart/related; boundary=b');
    assert.deepEqual([textOf(packet.content), packet.tolerated], ['Hello', []]);
  });

  it('href is a Content-ID behind cid:, percent-encoded as RFC 2392 has it, or a Content-Location', () => {
    const odd = TEXT.replace('<txt>', '<t t/1>');
    assert.deepEqual(names(read(bodyOf(soapPart('cid:t%20t/1'), odd))), []);
    assert.deepEqual(names(read(bodyOf(soapPart('a.txt'), TEXT))), []);
    assert.deepEqual(names(read(bodyOf(soapPart('cid:%zz'), TEXT.replace('<txt>', '<%zz>')))), []);
  });

  it('href-by-location: cid: with a Content-Location, or a bare href with a Content-ID', () => {
    assert.deepEqual(names(read(bodyOf(soapPart('cid:a.txt'), TEXT))), ['href-by-location']);
    assert.deepEqual(names(read(bodyOf(soapPart('txt'), TEXT))), ['href-by-location']);
  });

  it('href-without-match: everything beside the root is the content', () => {
    const one = read(bodyOf(soapPart('cid:none'), TEXT));
    assert.deepEqual([textOf(one.content), names(one)], ['Hello', ['href-without-match']]);
    const two = read(bodyOf(soapPart('cid:none'), TEXT, PICTURE));
    assert.deepEqual([two.content?.type.media, two.content?.parts.length], ['multipart/mixed', 2]);
  });

  it('flat-parts: all parts beside the root are the content, related where one of them is a presentation', () => {
    const packet = read(bodyOf(soapPart('cid:smil'), SMIL, TEXT, PICTURE));
    assert.deepEqual(names(packet), ['flat-parts']);
    assert.deepEqual(packet.content?.type, {
      media: 'multipart/related',
      parameters: { type: 'application/smil', start: '<smil>' },
    });
    assert.deepEqual(packet.content?.parts.map(textOf), ['<smil/>', 'Hello', 'GIF89a']);
  });

  it('unnamed-parts: what stands beside the multipart that Content names is passed over', () => {
    const inner = `Content-Type: multipart/mixed; boundary=i\r\nContent-ID: <mm>\r\n\r\n--i\r\n${TEXT}\r\n--i--`;
    const packet = read(bodyOf(soapPart('cid:mm'), inner, PICTURE));
    assert.deepEqual([names(packet), packet.content?.parts.length], [['unnamed-parts'], 1]);
  });

  it('missing-content: parts without a Content element are the content', () => {
    const packet = read(bodyOf(soapPart(undefined), TEXT));
    assert.deepEqual([textOf(packet.content), names(packet)], ['Hello', ['missing-content']]);
  });

  it('multipart-without-boundary: a bare document under the name of a multipart', () => {
    const packet = read(Buffer.from(soapText(submitText())), 'multipart/related; type="text/xml";');
    assert.deepEqual(names(packet), ['multipart-without-boundary']);
  });

  it('a Content whose part is not there is refused with 2004, and answered to its TransactionID', () => {
    const packet = decodePacket(TYPE, bodyOf(soapPart('cid:txt')));
    assert.ok(!packet.ok);
    assert.deepEqual(
      [packet.error.kind, packet.error.status, packet.error.salvaged.transactionId, packet.error.salvaged.operation],
      ['missing-part', 2004, 't-1', 'SubmitReq'],
    );
    const alone = decodePacket('text/xml', Buffer.from(soapText(submitText('<Content href="cid:txt"/>'))));
    assert.equal(!alone.ok && alone.error.status, 2004);
  });

  it('a multipart without parts is refused with 4004', () => {
    for (const body of ['', 'hello', '--b--\r\n']) {
      const packet = decodePacket(TYPE, Buffer.from(body));
      assert.ok(!packet.ok);
      assert.equal(packet.error.status, 4004, body);
    }
  });

  it('a root with a transfer encoding is decoded first', () => {
    const encoded = Buffer.from(soapText(submitText())).toString('base64');
    const packet = read(
      bodyOf(`Content-Type: text/xml\r\nContent-ID: <soap>\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}`),
    );
    assert.equal(packet.message.kind, 'SubmitReq');
  });

  it('the charset of the part goes before that of the document', () => {
    const xml = Buffer.from(
      `<?xml version="1.0" encoding="utf-8"?>${soapText(submitText('<Subject>\u00e9</Subject>'))}`,
      'latin1',
    );
    const packet = decodePacket('text/xml; charset=iso-8859-1', xml);
    assert.ok(packet.ok);
    assert.equal(packet.value.message.kind === 'SubmitReq' && packet.value.message.subject, '\u00e9');
    assert.equal(decodePacket('text/xml', xml).ok, false);
  });
});
