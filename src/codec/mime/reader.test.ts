import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { fieldOf, fieldsOf } from './fields.js';
import { decodeBody, leafParts, readEntity, readFields, readMessage } from './reader.js';
import { lines, read, textOf, toleratedIn, utf8 } from './vectors.contract.js';

describe('header section', () => {
  it('unfolds a field and keeps the blanks of the fold', () => {
    const { fields } = read(lines('Subject: one', '\ttwo', ' three', ''));
    assert.deepEqual(
      fields.map(({ name, value }) => [name, value]),
      [['Subject', 'one\ttwo three']],
    );
  });

  it('finds fields by name in any case, the first or all', () => {
    const { fields } = read(lines('received: a', 'X-Mms-Message-ID: 1', 'Received: b', ''));
    assert.equal(fieldOf(fields, 'RECEIVED'), 'a');
    assert.deepEqual(fieldsOf(fields, 'Received'), ['a', 'b']);
    assert.equal(fieldOf(fields, 'X-Mms-Message-Id'), '1');
    assert.equal(fieldOf(fields, 'Subject'), undefined);
  });

  it('reads octets above 0x7f as UTF-8, and as ISO 8859-1 where they are none', () => {
    assert.equal(fieldOf(read(utf8('Subject: Grüße\r\n\r\n')).fields, 'Subject'), 'Grüße');
    assert.equal(
      fieldOf(read(Uint8Array.from(Buffer.from('Subject: Gr\xfc\xdfe\r\n\r\n', 'latin1'))).fields, 'Subject'),
      'Grüße',
    );
  });

  it('never takes a bare CR for the end of a line: what stands behind it is no field', () => {
    const { fields } = read(utf8('Subject: a\rX-Mms-Ack-Request: Yes\r\n\r\n'));
    assert.deepEqual(
      fields.map(({ name, value }) => [name, value]),
      [['Subject', 'a X-Mms-Ack-Request: Yes']],
    );
  });

  it('reads the fields of a message whose end is missing', () => {
    assert.equal(fieldOf(read(utf8('X-Mms-Message-Type: MM4_forward.RES\r\nSender: a@b')).fields, 'Sender'), 'a@b');
  });

  it('says where in the input each field begins', () => {
    assert.deepEqual(
      read(lines('A: 1', 'B: 2', '')).fields.map(({ offset }) => offset),
      [0, 6],
    );
  });

  const refused: readonly (readonly [string, Uint8Array])[] = [
    ['fields', utf8('A: 1\r\n'.repeat(LIMITS.headerFieldsMax + 1))],
    ['octets of one field', utf8(`A: 1\r\n${` ${'x'.repeat(900)}\r\n`.repeat(80)}\r\n`)],
    ['octets of the section', utf8(`${`A: ${'x'.repeat(60_000)}\r\n`.repeat(6)}\r\n`)],
  ];
  for (const [what, octets] of refused)
    it(`refuses more ${what} than the limit`, () => {
      const message = readMessage(octets);
      assert.ok(!message.ok);
      assert.equal(message.error.kind, 'limit');
    });
});

describe('multipart', () => {
  const BODY = [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    'preamble',
    '--b',
    '',
    'one',
    '--b',
    'Content-Type: text/html',
    '',
    'two',
    '',
    '--b--',
    'epilogue',
  ];

  it('gives its parts as views, without the line break before the boundary', () => {
    const octets = lines(...BODY);
    const { parts } = read(octets);
    assert.deepEqual(
      parts.map(({ type, body }) => [type.media, textOf(body)]),
      [
        ['text/plain', 'one'],
        ['text/html', 'two\r\n'],
      ],
    );
    for (const part of parts) assert.equal(part.body.buffer, octets.buffer);
  });

  it('takes a boundary that another one begins with for no boundary', () => {
    const { parts } = read(lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', '--bb', '--b-', '--b--c', '--b--'));
    assert.deepEqual(
      parts.map(({ body }) => textOf(body)),
      ['--bb\r\n--b-\r\n--b--c'],
    );
  });

  it('ends an inner multipart where a boundary of the outer one stands', () => {
    const { parts } = read(
      lines(
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        'Content-Type: multipart/mixed; boundary=i',
        '',
        '--i',
        '',
        'a',
        '--o',
        '',
        'b',
        '--o--',
      ),
    );
    assert.deepEqual(
      parts.map((part) => leafParts(part).map((leaf) => textOf(leaf.part.body))),
      [['a'], ['b']],
    );
  });

  it('knows which multiparts a part stands in', () => {
    const message = read(
      lines(
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        'Content-Type: multipart/alternative; boundary=i',
        '',
        '--i',
        '',
        'a',
        '--i--',
        '--o--',
      ),
    );
    assert.deepEqual(
      leafParts(message).map(({ inside }) => inside.map(({ type }) => type.media)),
      [['multipart/mixed', 'multipart/alternative']],
    );
  });

  it('takes the parts of a digest for messages', () => {
    const [part] = read(lines('Content-Type: multipart/digest; boundary=b', '', '--b', '', 'From: a@b', '--b--')).parts;
    assert.equal(part!.type.media, 'message/rfc822');
  });

  it('reads an empty part', () => {
    const { parts } = read(lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '--b', '', '--b--'));
    assert.deepEqual(
      parts.map(({ body }) => body.length),
      [0, 0],
    );
  });

  it('refuses multiparts that are nested deeper than the limit', () => {
    const nested = Array.from({ length: LIMITS.multipartDepthMax + 1 }, (_, i) => [
      ...(i === 0 ? [] : [`--b${i - 1}`]),
      `Content-Type: multipart/mixed; boundary=b${i}`,
      '',
    ]).flat();
    const message = readMessage(lines(...nested));
    assert.ok(!message.ok);
    assert.equal(message.error.kind, 'limit');
  });

  it('counts the parts of all its multiparts together', () => {
    const inner = ['--o', 'Content-Type: multipart/mixed; boundary=i', '', ...Array<string>(400).fill('--i\r\n\r\nx')];
    const message = readMessage(lines('Content-Type: multipart/mixed; boundary=o', '', ...inner, ...inner, ...inner, '--o--'));
    assert.ok(!message.ok);
    assert.equal(message.error.kind, 'limit');
  });

  it('passes over a body full of dashes in the time of its length', () => {
    const octets = Buffer.concat([
      lines('Content-Type: multipart/mixed; boundary=b', '', '--b', ''),
      Buffer.alloc(4_000_000, '-'),
      lines('', '--b--'),
    ]);
    assert.equal(read(octets).parts[0]!.body.length, 4_000_000);
  });
});

describe('part', () => {
  const part = (...fields: readonly string[]) => read(lines(...fields, '', 'x'));

  it('has its Content-ID without brackets, however it is written', () => {
    for (const field of ['Content-ID: <0.smil>', 'Content-ID:<0.smil>', 'content-id: 0.smil', 'Content-Id: < 0.smil >'])
      assert.equal(part(field).contentId, '0.smil', field);
    assert.equal(part('Content-ID: <>').contentId, undefined);
  });

  it('has its Content-Location without the blanks of folding', () => {
    assert.equal(part('Content-Location: a', ' b.jpg').contentLocation, 'ab.jpg');
  });

  it('is 7bit text/plain when it says nothing', () => {
    const { type, encoding } = part('Subject: x');
    assert.deepEqual({ type, encoding }, { type: { media: 'text/plain', parameters: {} }, encoding: '7bit' });
  });

  it('has the encoding that is written, in lower case and without comment', () => {
    assert.equal(part('Content-Transfer-Encoding: BASE64 (of course)').encoding, 'base64');
    assert.equal(part('Content-Transfer-Encoding: "quoted-printable"').encoding, 'quoted-printable');
  });

  it('is decoded as it says', () => {
    const body = (encoding: string, text: string) =>
      textOf(decodeBody(read(lines(`Content-Transfer-Encoding: ${encoding}`, '', text))));
    assert.equal(body('base64', 'YQ=='), 'a');
    assert.equal(body('quoted-printable', 'a=3Db=\r\nc'), 'a=bc\r\n');
    assert.equal(body('x-unknown', 'YQ=='), 'YQ==\r\n');
  });
});

describe('an entity whose fields came by HTTP', () => {
  it('is read from its body alone', () => {
    const entity = readEntity(
      [{ name: 'Content-Type', value: 'multipart/related; boundary="b"' }],
      lines('--b', '', 'a', '--b--'),
    );
    assert.ok(entity.ok);
    assert.equal(textOf(entity.value.parts[0]!.body), 'a');
  });
});

describe('tolerances of the reader', () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['bare-line-feed', utf8('A: b\n\nc')],
    ['bare-carriage-return', utf8('A: b\rc\r\n\r\n')],
    ['mbox-from-line', lines('From a@b Thu Nov 13 15:34:28 2008', 'A: b', '')],
    ['unreadable-field', lines('A: b', 'no field', '')],
    ['blank-before-colon', lines('A : b', '')],
    ['unterminated-header', utf8('A: b')],
    ['eight-bit-header', utf8('A: ü\r\n\r\n')],
    ['long-line', lines(`A: ${'b'.repeat(999)}`, '')],
    ['broken-media-type', lines('Content-Type: picture', '', '')],
    ['unquoted-parameter', lines('Content-Type: image/gif; name=a b.gif', '', '')],
    ['unterminated-quote', lines('Content-Type: image/gif; name="a', '', '')],
    ['broken-parameter', lines('Content-Type: image/gif; name', '', '')],
    ['repeated-parameter', lines('Content-Type: image/gif; name=a; name=b', '', '')],
    ['encoded-word-in-parameter', lines('Content-Type: image/gif; name="=?UTF-8?Q?=C3=BC?="', '', '')],
    ['bare-content-id', lines('Content-ID: a', '', '')],
    ['unknown-encoding', lines('Content-Transfer-Encoding: x-uuencode', '', '')],
    [
      'encoded-multipart',
      lines('Content-Type: multipart/mixed; boundary=b', 'Content-Transfer-Encoding: base64', '', '--b', '', 'a', '--b--'),
    ],
    ['multipart-without-boundary', lines('Content-Type: multipart/mixed', '', '')],
    ['missing-final-boundary', lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'a')],
  ];
  for (const [name, octets] of cases) it(`tells ${name}, and nothing else`, () => assert.deepEqual(toleratedIn(octets), [name]));

  it('tells nothing of a message by the book', () => {
    assert.deepEqual(
      toleratedIn(
        lines(
          'From: a@b',
          'Content-Type: multipart/related; start="<s>"; boundary="=_b"',
          '',
          '--=_b',
          'Content-ID: <s>',
          '',
          'a',
          '--=_b--',
        ),
      ),
      [],
    );
  });
});

describe('any octets', () => {
  const word = fc.constantFrom(
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Transfer-Encoding: base64',
    '\r\n',
    '\n',
    '\r',
    '--b',
    '--b--',
    ':',
    ' ',
    '=',
    'From ',
    '=?UTF-8?B?',
    '"',
    '(',
  );
  it('are a message or an error, and all of its parts can be decoded', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 40 }), (pieces) => {
        const octets = utf8(pieces.join(''));
        const message = readMessage(octets);
        if (!message.ok) return assert.equal(message.error.kind, 'limit');
        for (const { part } of leafParts(message.value)) assert.ok(decodeBody(part).length <= part.body.length + 2);
        assert.ok(readFields(octets).ok);
      }),
    );
  });
});
