import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { decodeBody, type MimeEntity } from '#codec/mime';
import { dialectOf } from './dialect.js';
import { encodeEnvelope } from './envelope.js';
import type { SubmitReq } from './messages.js';
import { decodePacket } from './packet.js';
import { PacketReader } from './packet-reader.js';

const message = (content: string | undefined): SubmitReq => ({
  kind: 'SubmitReq',
  version: '6.8.0',
  senderIdentification: { vaspId: 'acme' },
  recipients: { to: [{ kind: 'Number', value: '+46701234567' }] },
  ...(content !== undefined && { content: { href: content } }),
});
const soap = (content?: string): string =>
  Buffer.from(encodeEnvelope({ transactionId: 't-1', message: message(content) }, dialectOf('REL-6-MM7-1-4'))).toString('utf8');

/** What counts of content, whichever way it was read. */
const shape = (entity: MimeEntity | undefined): unknown =>
  entity && {
    type: entity.type,
    id: entity.contentId,
    data: entity.parts.length === 0 ? Buffer.from(decodeBody(entity)).toString('latin1') : '',
    parts: entity.parts.map(shape),
  };

function readInPieces(contentType: string, body: Uint8Array, size: number) {
  const reader = new PacketReader(contentType);
  for (let at = 0; at < body.length; at += size) reader.write(body.slice(at, at + size));
  return reader.end();
}

describe('PacketReader', () => {
  const part = fc.constantFrom(
    `Content-Type: text/xml\r\nContent-ID: <soap>\r\n\r\n${soap('cid:a')}`,
    `Content-Type: text/xml\r\nContent-ID: <other>\r\n\r\n${soap()}`,
    'Content-Type: text/xml\r\nContent-ID: <soap>\r\n\r\n<nonsense',
    'Content-Type: text/plain\r\nContent-ID: <a>\r\n\r\nHello',
    'Content-Type: image/gif\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGODlh',
    `Content-Type: image/gif\r\nContent-Location: a\r\n\r\n${'x'.repeat(9000)}`,
    'Content-Type: multipart/related; boundary=i; start="<s>"\r\nContent-ID: <a>\r\n\r\n--i\r\nContent-ID: <s>\r\n\r\nx\r\n--i--',
  );
  const type = fc.constantFrom(
    'multipart/related; boundary=b',
    'multipart/related; boundary=b; type="text/xml"; start="<soap>"',
    'multipart/related; boundary=b; start=soap',
    'multipart/related; boundary=b; start="<none>"',
    'multipart/related',
    'text/xml',
  );

  it('says of a body in pieces what decodePacket says of the whole', () =>
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 5 }),
        type,
        fc.integer({ min: 1, max: 6000 }),
        fc.boolean(),
        (parts, of, size, cut) => {
          const text = parts.map((one) => `--b\r\n${one}\r\n`).join('');
          const body = Buffer.from(
            of === 'text/xml' || of === 'multipart/related' ? soap() : cut ? text : `${text}--b--\r\n`,
            'latin1',
          );
          const [whole, pieces] = [decodePacket(of, body), readInPieces(of, body, size)];
          assert.equal(pieces.ok, whole.ok);
          if (!whole.ok || !pieces.ok) {
            const why = (read: typeof whole) => (read.ok ? 'ok' : [read.error.kind, read.error.salvaged]);
            return assert.deepEqual(why(pieces), why(whole));
          }
          const { content: one, ...rest } = whole.value;
          const { content: other, ...same } = pieces.value;
          assert.deepEqual(same, rest);
          assert.deepEqual(shape(other), shape(one));
        },
      ),
      { numRuns: 400 },
    ));

  it('knows the SOAP document as soon as its part has ended', () => {
    const reader = new PacketReader('multipart/related; boundary=b; start="<soap>"');
    reader.write(Buffer.from(`--b\r\nContent-Type: text/xml\r\nContent-ID: <soap>\r\n\r\n${soap('cid:a')}\r\n--b\r\n`));
    assert.equal(reader.reading === undefined, true);
    reader.write(Buffer.from(`Content-ID: <a>\r\n\r\n${'x'.repeat(8000)}`));
    const { reading } = reader;
    assert.equal(reading?.ok && reading.value.message.kind, 'SubmitReq');
  });

  it('refuses a SOAP document that grows beyond the limit, in a multipart and by itself, and keeps nothing behind that', () => {
    const more = Buffer.alloc(LIMITS.mm7SoapOctetsMax + 5000, 0x20);
    for (const [of, begin] of [
      ['multipart/related; boundary=b', '--b\r\nContent-Type: text/xml\r\n\r\n'],
      ['text/xml', '<'],
    ] as const) {
      const reader = new PacketReader(of);
      reader.write(Buffer.from(begin));
      reader.write(more);
      assert.equal(reader.reading?.ok, false);
      const ended = reader.end();
      assert.equal(!ended.ok && ended.error.kind, 'limit');
    }
  });

  it('says what the document said when the attachments break a limit', () => {
    const reader = new PacketReader('multipart/related; boundary=b');
    reader.write(Buffer.from(`--b\r\nContent-Type: text/xml\r\n\r\n${soap()}\r\n${'--b\r\n\r\nx\r\n'.repeat(1100)}`));
    const ended = reader.end();
    assert.ok(!ended.ok);
    assert.deepEqual([ended.error.kind, ended.error.salvaged.transactionId], ['limit', 't-1']);
  });
});

describe('words of a request that are names of object members', () => {
  const MEMBERS = ['constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'];
  const refusedOf = (contentType: string, text: string): string => {
    const outcome = decodePacket(contentType, Buffer.from(text, 'latin1'));
    return outcome.ok ? 'ok' : outcome.error.kind;
  };

  it('are no encodings, neither of the type nor of the declaration', () => {
    for (const name of MEMBERS) {
      assert.equal(refusedOf(`text/xml; charset=${name}`, soap()), 'malformed-xml', name);
      assert.equal(refusedOf('text/xml', `<?xml version="1.0" encoding="${name}"?><a/>`), 'malformed-xml', name);
    }
  });

  it('are no schemas: a version is a text', () => {
    for (const name of MEMBERS) {
      const document = soap()
        .replaceAll('REL-6-MM7-1-4', name)
        .replace(/<MM7Version>.*?<\/MM7Version>/, '');
      assert.notEqual(document, soap());
      const outcome = decodePacket('text/xml', Buffer.from(document));
      const version = outcome.ok && 'version' in outcome.value.message ? outcome.value.message.version : '';
      assert.equal(typeof version, 'string', name);
    }
  });

  it('are elements that nobody knows, and no values', () => {
    for (const name of MEMBERS) {
      const more = `<${name}>x</${name}></SubmitReq>`;
      const outcome = decodePacket('text/xml', Buffer.from(soap().replace(/<\/SubmitReq>/, more)));
      assert.ok(outcome.ok, name);
      assert.ok(soap().includes('</SubmitReq>'));
      const wish = `<DeliveryReport>${name}</DeliveryReport></SubmitReq>`;
      assert.equal(refusedOf('text/xml', soap().replace(/<\/SubmitReq>/, wish)) === 'ok', false, name);
    }
  });
});
