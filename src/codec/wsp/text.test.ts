import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, LIMITS, Malformed } from '#base';
import { OverLimit } from './coder.js';
import {
  isAscii,
  isTokenOctet,
  readQuotedString,
  readText,
  readToken,
  textLength,
  utf8Length,
  writeQuotedString,
  writeText,
} from './text.js';

const reader = (hex: string): ByteReader => new ByteReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function written(write: (w: ByteWriter) => void): string {
  const w = new ByteWriter();
  write(w);
  return Buffer.from(w.finish()).toString('hex');
}

describe('Text-string', () => {
  it('ends with a zero and is quoted with 7f where it begins above 7f', () => {
    assert.equal(
      written((w) => writeText(w, 'ab')),
      '616200',
    );
    assert.equal(
      written((w) => writeText(w, 'ä')),
      '7fc3a400',
    );
    assert.equal(
      written((w) => writeText(w, 'aä')),
      '61c3a400',
    );
    assert.equal(
      written((w) => writeText(w, '')),
      '00',
    );
    assert.equal(
      written((w) => writeText(w, '\x7fa')),
      '7f7f6100',
    );
  });

  it('of every length reads the same, ASCII or not, and leaves the reader behind its zero', () => {
    for (let length = 0; length < 80; length++)
      for (const text of ['x'.repeat(length), `${'x'.repeat(length)}€`]) {
        const r = reader(`${Buffer.from(text).toString('hex')}0061`);
        assert.equal(readText(r), text);
        assert.equal(r.remaining, 1);
      }
  });

  it('may lack its zero at the end of the window, not its octets altogether', () => {
    assert.equal(readText(reader('6162')), 'ab');
    assert.throws(() => readText(reader('')), Malformed);
  });

  it('is bounded', () => {
    const octets = new Uint8Array(LIMITS.headerTextOctetsMax + 2).fill(0x61);
    assert.throws(() => readText(new ByteReader(octets)), OverLimit);
    octets[LIMITS.headerTextOctetsMax] = 0;
    assert.equal(readText(new ByteReader(octets)).length, LIMITS.headerTextOctetsMax);
  });

  it('reads back as it was written and takes as many octets as was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const hex = written((w) => writeText(w, text));
        assert.equal(hex.length / 2, textLength(text));
        if (text.startsWith('\ufeff') || /\p{Surrogate}/u.test(text)) return;
        assert.equal(readText(reader(hex)), text.replaceAll('\0', ''));
      }),
    );
  });

  it('counts UTF-8 octets as the host encodes them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(utf8Length(text), new TextEncoder().encode(text).length)),
    );
  });

  it('is its own octets exactly when it is ASCII without zeros', () => {
    assert.equal(isAscii('abc\x7f'), true);
    assert.equal(isAscii('a\0'), false);
    assert.equal(isAscii('\x80'), false);
  });
});

describe('Quoted-string', () => {
  it('begins with 22 on the wire and not in the value', () => {
    assert.equal(
      written((w) => writeQuotedString(w, '<a>')),
      '223c613e00',
    );
    assert.equal(readQuotedString(reader('223c613e00')), '<a>');
  });

  it('loses a closing quote that some writers add, and may lack the opening one', () => {
    assert.equal(readQuotedString(reader('223c613e2200')), '<a>');
    assert.equal(readQuotedString(reader('3c613e00')), '<a>');
    assert.equal(readQuotedString(reader('22')), '');
  });
});

describe('Token-text', () => {
  it('takes each of the 256 octets as RFC 2616 does: no controls, no separators, nothing above 7e', () => {
    const separators = '()<>@,;:\\"/[]?={} \t';
    for (let octet = 0; octet < 256; octet++) {
      const expected = octet > 31 && octet < 127 && !separators.includes(String.fromCharCode(octet));
      assert.equal(isTokenOctet(octet), expected, `octet ${octet}`);
    }
  });

  it('is refused when it is empty, has another octet in it, or no end', () => {
    assert.equal(readToken(reader('582d4100')), 'X-A');
    for (const hex of ['00', '58203100', '58', '']) assert.throws(() => readToken(reader(hex)), Malformed, hex);
  });
});
