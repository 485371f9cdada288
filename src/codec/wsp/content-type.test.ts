import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, LIMITS, Malformed } from '#base';
import { mediaCode, mediaName } from './assigned-numbers.js';
import { OverLimit } from './coder.js';
import { type ContentType, contentTypeText, isMultipart, readContentType, writeContentType } from './content-type.js';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const read = (hex: string): ContentType => {
  const r = new ByteReader(octets(hex));
  const type = readContentType(r);
  assert.equal(r.remaining, 0, 'all of the value is read');
  return type;
};
const written = (type: ContentType, highestCode?: number): string => {
  const w = new ByteWriter();
  writeContentType(w, type, highestCode);
  return Buffer.from(w.finish()).toString('hex');
};
const plain = (media: string): ContentType => ({ media, parameters: {} });

describe('Content-Type value, read', () => {
  const CASES: readonly [string, string, ContentType][] = [
    ['a number', '9e', plain('image/jpeg')],
    ['a media type spelled out, in any case', z('Application/SMIL'), plain('application/smil')],
    ['a number without a name', 'd0', plain('0x50')],
    ['a two-octet number', '03 02 0201', plain('0x201')],
    ['octet-stream', 'da', plain('application/octet-stream')],
    ['a length and a number', '01 a3', plain('application/vnd.wap.multipart.mixed')],
    [
      'charset and name, as phones write them',
      `08 83 85 ${z('a.t')} 81 ea`,
      { media: 'text/plain', parameters: { name: 'a.t', charset: 'utf-8' } },
    ],
    [
      'start and type, as phones write them',
      `0d b3 8a ${z('<s>')} 89 ${z('a/smi')}`,
      { media: 'application/vnd.wap.multipart.related', parameters: { start: '<s>', type: 'a/smi' } },
    ],
    ['type as a number', '03 b3 89 9e', { media: 'application/vnd.wap.multipart.related', parameters: { type: 'image/jpeg' } }],
    ['any charset', '03 83 81 80', { media: 'text/plain', parameters: { charset: '*' } }],
    ['a charset of two octets', '05 83 81 02 03f7', { media: 'text/plain', parameters: { charset: 'utf-16' } }],
    ['a charset as text', `08 83 81 ${z('UTF-8')}`, { media: 'text/plain', parameters: { charset: 'utf-8' } }],
    [
      'parameters by name',
      `14 ${z('text/plain')} ${z('X-a')} ${z('b')} ${z('n')} 85`,
      { media: 'text/plain', parameters: { 'x-a': 'b', n: '5' } },
    ],
    ['quoted text values', `07 83 97 22 ${z('a b')}`, { media: 'text/plain', parameters: { name: 'a b' } }],
    ['a file name in UTF-8 without a quote', '05 9e 85 d09f 00', { media: 'image/jpeg', parameters: { name: 'П' } }],
    ['a file name in UTF-8 with a quote', '06 9e 85 7f d09f 00', { media: 'image/jpeg', parameters: { name: 'П' } }],
    [
      'the same parameter twice: the first',
      `07 9e 85 ${z('a')} 85 ${z('b')}`,
      { media: 'image/jpeg', parameters: { name: 'a' } },
    ],
    [
      'q, level, secure, size',
      '0a 83 80 0b 82 92 90 00 96 01 ff',
      { media: 'text/plain', parameters: { q: '0.1', level: '1.2', secure: '', size: '255' } },
    ],
    [
      'secure with an octet that is no No-value, which ends the parameters',
      '05 83 90 80 85 00',
      { media: 'text/plain', parameters: {} },
    ],
    ['an unassigned parameter, by its number', '03 83 e0 85', { media: 'text/plain', parameters: { '0xe0': '5' } }],
  ];
  for (const [what, hex, expected] of CASES) it(`is ${what}`, () => assert.deepEqual(read(hex), expected));

  it('keeps a parameter that is called __proto__ a parameter', () => {
    const type = read(`0d 83 ${z('__proto__')} ${z('x')}`);
    assert.deepEqual(Object.entries(type.parameters), [['__proto__', 'x']]);
    assert.equal(Object.getPrototypeOf(type.parameters), Object.prototype);
  });

  it('ends the parameters, not the message, where one breaks its grammar', () => {
    assert.deepEqual(read('06 9e 81 ea 81 02 03'), { media: 'image/jpeg', parameters: { charset: 'utf-8' } });
    assert.deepEqual(read('03 9e 28 29'), plain('image/jpeg'));
  });

  it('is refused without a media type, with a length beyond the input, and with too many parameters', () => {
    for (const hex of ['', '00', '05 9e', '01 00']) assert.throws(() => read(hex), Malformed, hex);
    const many = `${'61006200'.repeat(LIMITS.parametersMax + 1)}`;
    assert.throws(() => read(`1f 8205 83 ${many}`), OverLimit);
  });
});

describe('Content-Type value, written', () => {
  const CASES: readonly [string, ContentType, string][] = [
    ['one octet for a number that every client knows', plain('image/png'), 'a0'],
    ['spelled out above 0x33', plain('application/vnd.wap.mms-message'), z('application/vnd.wap.mms-message')],
    ['spelled out without a number', plain('Application/SMIL'), z('application/smil')],
    ['with charset and name', { media: 'text/plain', parameters: { charset: 'UTF-8', name: 'a.t' } }, `0883 81ea 85${z('a.t')}`],
    [
      'with start and type',
      { media: 'application/vnd.wap.multipart.related', parameters: { start: '<s>', type: 'application/smil' } },
      `18 b3 8a ${z('<s>')} 89 ${z('application/smil')}`,
    ],
    ['with other parameters by name', { media: 'image/gif', parameters: { 'x-a': 'b' } }, `07 9d ${z('x-a')} ${z('b')}`],
    [
      'with an unknown charset by name',
      { media: 'text/plain', parameters: { charset: 'x-own' } },
      `0f 83 ${z('charset')} ${z('x-own')}`,
    ],
    ['with a two-octet number behind a length', plain('0x201'), '03 02 0201'],
  ];
  for (const [what, type, hex] of CASES) it(`is ${what}`, () => assert.equal(written(type), hex.replaceAll(' ', '')));

  it('is the number above 0x33 where the caller allows it', () =>
    assert.equal(written(plain('application/vnd.wap.mms-message'), 0x3e), 'be'));

  it('uses a length of 1f and a uintvar above 30 octets', () => {
    const hex = written({ media: 'image/jpeg', parameters: { name: 'n'.repeat(40) } });
    assert.equal(hex.slice(0, 8), '1f2b9e85');
  });

  it('quotes a media type that would be read as a length', () => {
    for (const media of ['', '\u0004\ufffd', '\u0002a'])
      assert.deepEqual(read(written({ media, parameters: {} })), { media, parameters: {} });
  });

  it('writes a parameter whose name looks like an assigned number by its name', () => {
    const type = { media: 'text/plain', parameters: { '0x85': 'a', constructor: 'b', '0x8f': '', '0xff': '', name: '"a"' } };
    assert.deepEqual(read(written(type)), type);
  });

  it('leaves out a parameter whose name is no token', () => {
    assert.deepEqual(read(written({ media: 'image/gif', parameters: { 'a b': 'c', ok: 'd' } })), {
      media: 'image/gif',
      parameters: { ok: 'd' },
    });
  });

  it('reads back as it was written', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter((s) => !s.includes('\0') && !s.startsWith('\ufeff') && !/\p{Surrogate}/u.test(s));
    const value = text.filter((s) => !s.endsWith('"'));
    const parameters = fc.record(
      { name: value, start: value, filename: value, charset: fc.constantFrom('utf-8', 'big5', '*', 'mib-77') },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('image/jpeg', 'application/smil', 'text/plain', '0x50', '0x201'),
        parameters,
        (media, given) => {
          const type = { media, parameters: given };
          assert.deepEqual(read(written(type)), type);
        },
      ),
    );
  });

  it('names every number of one octet and takes the name back', () => {
    for (let code = 0; code < 0x80; code++) assert.equal(mediaCode(mediaName(code)), code);
  });
});

describe('content types', () => {
  it('are multiparts by their WSP and their plain names', () => {
    assert.equal(isMultipart(plain('application/vnd.wap.multipart.related')), true);
    assert.equal(isMultipart(plain('multipart/mixed')), true);
    assert.equal(isMultipart(plain('text/plain')), false);
  });

  it('print like the header of a mail', () =>
    assert.equal(contentTypeText({ media: 'image/gif', parameters: { name: 'a' } }), 'image/gif; name=a'));
});

describe('parameters with a grammar of their own, read', () => {
  const parameter = (hex: string): Readonly<Record<string, string>> => {
    const length = (1 + octets(hex).length).toString(16).padStart(2, '0');
    return read(`${length} 83 ${hex}`).parameters;
  };
  const CASES: readonly [string, string, Readonly<Record<string, string>>][] = [
    ['the least quality', '80 01', { q: '0' }],
    ['hundredths, up to the last', '80 64', { q: '0.99' }],
    ['thousandths, from the first', '80 65', { q: '0.001' }],
    ['thousandths in two octets', '80 884b', { q: '0.999' }],
    ['any charset', '81 80', { charset: '*' }],
    ['a version without a minor number', '82 9f', { level: '1' }],
    ['a version with one', '82 92', { level: '1.2' }],
    ['a version spelled out', `82 ${z('1.5')}`, { level: '1.5' }],
    ['an unassigned number with a text', `ff ${z('x')}`, { '0xff': 'x' }],
    ['an unassigned number with a number', 'ff 85', { '0xff': '5' }],
    ['a name alone', z('a'), { a: '' }],
  ];
  for (const [what, hex, parameters] of CASES) it(what, () => assert.deepEqual(parameter(hex), parameters));
});

describe('what is written of them', () => {
  const back = (type: ContentType): ContentType => read(written(type));
  it('a media type that is empty, begins with a control character or looks like a number comes back, with and without parameters', () => {
    for (const media of ['', '\u0001a', ' a', 'a', '0x0a', '0x50', '0x0050'])
      for (const parameters of [{}, { a: 'b' }])
        assert.deepEqual(back({ media, parameters }), { media, parameters }, JSON.stringify(media));
  });

  it('names and values that look like something else come back', () => {
    for (const [name, value] of [
      ['0xff', 'x'],
      ['0xff0', 'x'],
      ['a0xff', 'x'],
      ['0x8f', 'x'],
      ['0x7f', 'x'],
      ['a', '\u0001'],
      ['a', ' '],
      ['a', '"'],
      ['__proto__', 'x'],
    ] as const) {
      const type = { media: 'text/plain', parameters: Object.fromEntries([[name, value]]) };
      assert.deepEqual(back(type), type, `${name}=${JSON.stringify(value)}`);
    }
  });
});
