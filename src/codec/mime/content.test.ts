import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '#base';
import { decodeText, encodeMultipart, encodeText, type Part, type PartSource, readContentType, readMultipart } from '#codec/wsp';
import { mimeToContent } from './content.js';
import { contentToMime } from './content-to-mime.js';
import { decodeBody, leafParts } from './reader.js';
import { ToleranceList } from './tolerances.js';
import { lines, read, textOf, utf8, written } from './vectors.contract.js';

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** Stored content, taken apart. */
function stored(octets: Uint8Array): { readonly type: ReturnType<typeof readContentType>; readonly parts: readonly Part[] } {
  const r = new ByteReader(octets);
  const type = readContentType(r);
  return { type, parts: r.remaining === 0 ? [] : readMultipart(r) };
}

/** A message as content, and the names of what was tolerated. */
function contentOf(octets: Uint8Array) {
  const list = new ToleranceList();
  const content = mimeToContent(read(octets), list);
  assert.ok(content.ok, content.ok ? '' : content.error.text);
  return { ...stored(content.value.octets), names: list.used.map(({ name }) => name) };
}

/** Content as a message. */
function messageOf(octets: Uint8Array, transport: '7bit' | '8bit' | 'binary' = '7bit') {
  const body = contentToMime(octets, { transport });
  assert.ok(body.ok, body.ok ? '' : body.error.text);
  return read(written(body.value, transport));
}

const part = (media: string, data: Uint8Array, more: Partial<PartSource> = {}): PartSource => ({
  contentType: { media, parameters: {} },
  data,
  ...more,
});

const SMIL = '<smil><body><par><img src="a.jpg"/><text src="cid:t"/></par></body></smil>';
const RELATED = lines(
  'MIME-Version: 1.0',
  'Content-Type: multipart/related; Start="<s>"; Type="application/smil"; boundary="b"',
  '',
  '--b',
  'Content-Type: image/jpeg; name=a.jpg',
  'Content-Transfer-Encoding: base64',
  '',
  '/9j/',
  '--b',
  'Content-Type: application/smil',
  'Content-ID:<s>',
  'Content-Location:s.smil',
  '',
  SMIL,
  '--b',
  'Content-Type: text/plain; charset=UTF-8',
  'Content-ID: <t>',
  'Content-Disposition: inline; filename="t.txt"',
  'X-Carrier: kept',
  '',
  'hej',
  '--b--',
);

describe('MIME to content', () => {
  it('keeps root, Content-ID, Content-Location, names, charsets, further fields and the octets of every part', () => {
    const { type, parts, names } = contentOf(RELATED);
    assert.deepEqual(type, {
      media: 'application/vnd.wap.multipart.related',
      parameters: { type: 'application/smil', start: '<s>' },
    });
    assert.deepEqual(
      parts.map((one) => ({ ...one, data: textOf(one.data) })),
      [
        {
          contentType: { media: 'image/jpeg', parameters: { name: 'a.jpg' } },
          contentLocation: 'a.jpg',
          headers: [],
          data: '\xff\xd8\xff',
        },
        {
          contentType: { media: 'application/smil', parameters: {} },
          contentId: '<s>',
          contentLocation: 's.smil',
          headers: [],
          data: SMIL,
        },
        {
          contentType: { media: 'text/plain', parameters: { charset: 'utf-8', name: 't.txt' } },
          contentId: '<t>',
          contentLocation: 't.txt',
          headers: [
            { name: 'Content-Disposition', value: 'inline; filename="t.txt"' },
            { name: 'X-Carrier', value: 'kept' },
          ],
          data: 'hej',
        },
      ],
    );
    assert.deepEqual(names, []);
  });

  it('of a message without a body has no parts', () => {
    assert.deepEqual(contentOf(lines('From: a@b', '')), {
      type: { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
      parts: [],
      names: [],
    });
  });

  it('of a single part has that part, without the fields of the message', () => {
    const { type, parts } = contentOf(
      lines('From: a@b', 'Content-Type: image/gif', 'Content-Description: x', 'Content-Transfer-Encoding: base64', '', 'R0lG'),
    );
    assert.equal(type.media, 'application/vnd.wap.multipart.mixed');
    assert.deepEqual(
      parts.map(({ headers, data }) => [headers, textOf(data)]),
      [[[{ name: 'Content-Description', value: 'x' }], 'GIF']],
    );
  });

  const smil = (id: string, rest: string) => ['--b', 'Content-Type: application/smil; name=x.smil', id, rest, '', SMIL];
  const roots: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['a start without brackets', 'multipart/related; start=0.smil', 'Content-ID: <0.smil>', ['bare-content-id']],
    ['a Content-ID without brackets', 'multipart/related; start="<0.smil>"', 'Content-ID:0.smil', []],
    ['a start that says the Content-Location', 'multipart/related; start="<x.smil>"', 'Content-ID: <0.smil>', ['root-not-found']],
    ['a start that names nothing', 'multipart/related; start="<y>"', 'Content-ID: <0.smil>', ['root-not-found']],
    ['no start', 'multipart/related', 'Content-ID: <0.smil>', []],
    ['multipart/mixed', 'multipart/mixed', 'Content-ID: <0.smil>', ['smil-in-mixed']],
  ];
  for (const [title, type, id, names] of roots)
    it(`finds the presentation in spite of ${title}`, () => {
      const content = contentOf(
        lines(`Content-Type: ${type}; boundary=b`, '', '--b', '', 'a', ...smil(id, 'Content-Location: x.smil'), '--b--'),
      );
      assert.equal(content.type.media, 'application/vnd.wap.multipart.related');
      assert.deepEqual(content.type.parameters, { type: 'application/smil', start: '<0.smil>' });
      assert.deepEqual(content.names, names);
    });

  it('gives a presentation without Content-ID one, so that the root can be named', () => {
    const { type, parts } = contentOf(
      lines('Content-Type: multipart/related; boundary=b', '', ...smil('X-A: b', 'X-C: d'), '--b--'),
    );
    assert.equal(type.parameters['start'], parts[0]!.contentId);
    assert.ok(parts[0]!.contentId);
  });

  const alternative = (...parts: readonly (readonly string[])[]) =>
    lines(
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: multipart/alternative; boundary=i',
      '',
      ...parts.flatMap((one) => ['--i', ...one]),
      '--i--',
      '--o',
      'Content-Type: image/gif',
      '',
      'gif',
      '--o--',
    );
  const plain = ['Content-Type: text/plain', '', 'plain'];
  const html = ['Content-Type: text/html', '', 'html'];

  it('takes the plain text of alternatives and flattens what is nested', () => {
    const { parts, names } = contentOf(alternative(plain, html));
    assert.deepEqual(
      parts.map(({ data }) => textOf(data)),
      ['plain', 'gif'],
    );
    assert.deepEqual(names, ['nested-multipart']);
  });

  it('takes the last of alternatives that have no plain text', () => {
    assert.deepEqual(
      contentOf(alternative(['Content-Type: text/enriched', '', 'rich'], html)).parts.map(({ data }) => textOf(data)),
      ['html', 'gif'],
    );
  });

  it('keeps the pictures that an HTML alternative brings with it', () => {
    const related = [
      'Content-Type: multipart/related; boundary=r',
      '',
      '--r',
      ...html,
      '--r',
      'Content-Type: image/png',
      'Content-ID: <p>',
      '',
      'png',
      '--r--',
    ];
    assert.deepEqual(
      contentOf(alternative(plain, related)).parts.map(({ data }) => textOf(data)),
      ['plain', 'png', 'gif'],
    );
  });

  it('refuses a multipart of which no part can be found', () => {
    const content = mimeToContent(read(lines('Content-Type: multipart/mixed', '', 'a')));
    assert.ok(!content.ok);
    assert.equal(content.error.kind, 'malformed');
  });

  it('keeps an inner multipart that cannot be taken apart as octets', () => {
    const { parts } = contentOf(
      lines('Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: multipart/x', '', 'a', '--b--'),
    );
    assert.deepEqual(
      parts.map(({ contentType, data }) => [contentType.media, textOf(data)]),
      [['application/octet-stream', 'a']],
    );
  });
});

describe('content to MIME', () => {
  it('keeps root, Content-ID, Content-Location, names and further headers', () => {
    const first = mimeToContent(read(RELATED));
    assert.ok(first.ok);
    const message = messageOf(first.value.octets);
    const { boundary: _, ...parameters } = message.type.parameters;
    assert.deepEqual([message.type.media, parameters], ['multipart/related', { type: 'application/smil', start: '<s>' }]);
    const second = mimeToContent(message);
    assert.ok(second.ok);
    assert.deepEqual(second.value.octets, first.value.octets);
  });

  it('makes texts of UTF-16 UTF-8 for mail, and leaves them on a binary transport', () => {
    for (const charset of ['utf-16', 'utf-16le', 'iso-10646-ucs-2']) {
      const data = encodeText('Grüße €', charset)!;
      const content = encodeMultipart(
        [part('text/plain', data, { contentType: { media: 'text/plain', parameters: { charset } } })],
        {
          media: 'application/vnd.wap.multipart.mixed',
          parameters: {},
        },
      );
      const [mail] = messageOf(content).parts;
      assert.deepEqual(mail!.type.parameters, { charset: 'utf-8' });
      assert.equal(Buffer.from(decodeBody(mail!)).toString('utf8'), 'Grüße €');
      const [http] = messageOf(content, 'binary').parts;
      assert.equal(decodeText(decodeBody(http!), http!.type.parameters['charset']!), 'Grüße €');
      assert.deepEqual(Buffer.from(decodeBody(http!)), Buffer.from(data));
    }
  });

  it('names the type of the root, which multipart/related must, and puts start in brackets', () => {
    const content = encodeMultipart([part('text/plain', utf8('a')), part('application/smil', utf8(SMIL), { contentId: '<s>' })], {
      media: 'application/vnd.wap.multipart.related',
      parameters: { start: 's' },
    });
    const { boundary: _, ...parameters } = messageOf(content).type.parameters;
    assert.deepEqual(parameters, { start: '<s>', type: 'application/smil' });
  });

  it('takes a multipart inside the content apart', () => {
    const inner = encodeMultipart([part('text/plain', utf8('a')), part('text/html', utf8('b'))]);
    const content = encodeMultipart(
      [part('application/vnd.wap.multipart.alternative', inner), part('application/vnd.wap.multipart.mixed', utf8('\xff'))],
      {
        media: 'application/vnd.wap.multipart.mixed',
        parameters: {},
      },
    );
    const message = messageOf(content);
    assert.equal(message.parts[0]!.type.media, 'multipart/alternative');
    assert.deepEqual(
      leafParts(message).map(({ part: one }) => textOf(decodeBody(one))),
      ['a', 'b', textOf(utf8('\xff'))],
    );
  });

  it('of content without parts is an empty text, and of content that is none an error', () => {
    const empty = messageOf(Uint8Array.of(0xa3));
    assert.deepEqual([empty.type.media, empty.body.length], ['text/plain', 0]);
    assert.equal(contentToMime(Uint8Array.of(0xa3, 0x05)).ok, false);
  });

  it('leaves out what only WSP has a name for, and what the writer says itself', () => {
    const headers = [
      { name: '0x4b', value: 'aa' },
      { name: 'Content-Transfer-Encoding', value: 'binary' },
      { name: 'X-Note', value: 'a\r\nBcc: x' },
    ];
    const content = encodeMultipart([part('image/gif', utf8('a'), { headers })], {
      media: 'application/vnd.wap.multipart.mixed',
      parameters: {},
    });
    assert.deepEqual(
      messageOf(content).parts[0]!.fields.map(({ name, value }) => `${name}: ${value}`),
      ['Content-Type: image/gif', 'Content-Transfer-Encoding: base64', 'X-Note: a  Bcc: x'],
    );
  });

  const id = fc.option(fc.string({ unit: fc.constantFrom('a', '1', '.', '@', 'ü', '-'), minLength: 1, maxLength: 20 }), {
    nil: undefined,
  });
  const anyPart = fc
    .record({
      media: fc.constantFrom(
        'text/plain',
        'image/jpeg',
        'application/smil',
        'audio/amr',
        'text/x-vcard',
        'application/octet-stream',
      ),
      data: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc
          .array(fc.constantFrom('a', '\r\n', '\n', ' ', 'ü', '=_', 'From '), { maxLength: 40 })
          .map((pieces) => utf8(pieces.join(''))),
      ),
      contentId: id,
      contentLocation: id,
      name: id,
      charset: fc.constantFrom(undefined, 'utf-8', 'iso-8859-1', 'us-ascii', 'gb2312'),
    })
    .map(
      ({ media, data, contentId, contentLocation, name, charset }): PartSource => ({
        contentType: {
          media,
          parameters: { ...(charset === undefined ? {} : { charset }), ...(name === undefined ? {} : { name }) },
        },
        ...(contentId === undefined ? {} : { contentId: `<${contentId}>` }),
        ...(contentLocation === undefined ? {} : { contentLocation }),
        data,
      }),
    );

  it('can be taken apart again, however many fields and parameters its parts came with', () => {
    const mail = (fields: readonly string[]) =>
      read(lines('Content-Type: multipart/mixed; boundary=b', '', '--b', ...fields, '', 'x', '--b--'));
    const many = Array.from({ length: 100 }, (_, i) => String(i));
    for (const fields of [
      ['Content-ID: <a>', 'Content-Location: a.txt', ...many.map((i) => `X-${i}: y`)],
      [`Content-Type: text/plain; ${many.map((i) => `p${i}=y`).join('; ')}`, 'Content-Disposition: inline; filename=a.txt'],
    ]) {
      const content = mimeToContent(mail(fields));
      assert.ok(content.ok);
      const body = contentToMime(content.value.octets);
      assert.ok(body.ok, body.ok ? '' : body.error.text);
    }
  });

  it('and back keeps every attachment (the same sha256), its type, name, Content-ID and Content-Location', () => {
    fc.assert(
      fc.property(
        fc.array(anyPart, { maxLength: 6 }),
        fc.constantFrom('7bit', '8bit', 'binary') as fc.Arbitrary<'7bit' | '8bit' | 'binary'>,
        (parts, road) => {
          const content = encodeMultipart(parts, { media: 'application/vnd.wap.multipart.mixed', parameters: {} });
          const back = mimeToContent(messageOf(content, road));
          assert.ok(back.ok, back.ok ? '' : back.error.text);
          const again = stored(back.value.octets).parts;
          assert.deepEqual(
            again.map(({ data }) => sha256(data)),
            parts.map(({ data }) => sha256(data)),
          );
          const told = ({ contentType, contentId, contentLocation }: PartSource) => ({ contentType, contentId, contentLocation });
          const root = parts.findIndex(({ contentType }) => contentType.media === 'application/smil');
          assert.deepEqual(
            again.map(told),
            parts.map((one, i) => ({
              ...told(one),
              contentId: one.contentId ?? (i === root ? again[i]!.contentId : undefined),
              contentLocation: one.contentLocation ?? one.contentType.parameters['name'],
            })),
          );
        },
      ),
    );
  });
});
