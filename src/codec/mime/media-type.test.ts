import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dispositionText, mediaTypeText, parseDisposition, parseMediaType } from './media-type.js';

describe('Content-Type, read', () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['TEXT/Plain; CharSet="UTF-8"', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; charset=us-ascii (plain text)', 'text/plain', { charset: 'us-ascii' }],
    // Characters that ought to be in percent form and are not.
    ["a/b; x*=utf-8''\u{1f600}%C3%a9%zz%4", 'a/b', { x: '\u{1f600}\u00e9%zz%4' }],
    [
      'multipart/related;Start="<smil>";Type="application/smil"; \tboundary="----=_Part_1"',
      'multipart/related',
      { start: '<smil>', type: 'application/smil', boundary: '----=_Part_1' },
    ],
    ['multipart/related; Start=0.smil; boundary=a=b/c', 'multipart/related', { start: '0.smil', boundary: 'a=b/c' }],
    ['multipart/mixed; start=<smil>;', 'multipart/mixed', { start: '<smil>' }],
    ['image/jpeg; name=a picture.jpg; x=y', 'image/jpeg', { name: 'a picture.jpg', x: 'y' }],
    ['image/jpeg; name="a\\"b;c.jpg"', 'image/jpeg', { name: 'a"b;c.jpg' }],
    ["image/jpeg; name*=utf-8'de'%C3%BC.jpg; name=u.jpg", 'image/jpeg', { name: 'ü.jpg' }],
    ["image/jpeg; name*1=b.jpg; name*0*=iso-8859-1''%FC", 'image/jpeg', { name: 'üb.jpg' }],
    ['image/jpeg; name*0=a; name*2=c', 'image/jpeg', { name: 'a' }],
    ['image/jpeg; name="=?UTF-8?B?w7wuanBn?="', 'image/jpeg', { name: 'ü.jpg' }],
    ['image/jpeg; name=', 'image/jpeg', { name: '' }],
    ['text/plain (a (nested) comment; x=y); charset=utf8', 'text/plain', { charset: 'utf-8' }],
    ['text', 'text/plain', {}],
    ['jpeg', 'application/octet-stream', {}],
    ['', 'text/plain', {}],
  ];
  for (const [value, media, parameters] of cases)
    it(`\`${value}\` is ${media}`, () => assert.deepEqual(parseMediaType(value), { media, parameters }));

  it('has parameters by any name as its own', () => {
    const { parameters } = parseMediaType('a/b; __proto__=x; constructor=y');
    assert.deepEqual(Object.entries(parameters), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('Content-Disposition, read', () => {
  it('is its word and its parameters', () => {
    assert.deepEqual(parseDisposition('Attachment; filename="a b.jpg"'), {
      kind: 'attachment',
      parameters: { filename: 'a b.jpg' },
    });
    assert.equal(parseDisposition('; filename=a'), undefined);
  });
});

describe('a media type, written', () => {
  const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/).filter((name) => name !== 'charset');

  it('is read as it was, whatever its parameters say', () => {
    fc.assert(
      fc.property(
        fc.dictionary(token, fc.string({ unit: 'grapheme', maxLength: 80 }), { noNullPrototype: true }),
        (parameters) => {
          const text = mediaTypeText({ media: 'image/gif', parameters });
          assert.match(text, /^[\x20-\x7e]*$/);
          assert.deepEqual(parseMediaType(text), { media: 'image/gif', parameters });
          assert.deepEqual(parseDisposition(dispositionText({ kind: 'inline', parameters })), { kind: 'inline', parameters });
        },
      ),
    );
  });

  it('never holds a control character', () => {
    const text = mediaTypeText({ media: 'image/gif', parameters: { name: 'a"\r\nBcc: x\0', 'b\r\nc': 'd' } });
    assert.equal(text, 'image/gif; name="a\\"  Bcc: x "');
  });

  it('is application/octet-stream when it is none', () =>
    assert.equal(mediaTypeText({ media: '0x91', parameters: {} }), 'application/octet-stream'));
});
