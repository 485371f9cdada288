import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ToleranceList } from './tolerances.js';
import { base64Lines, base64Octets, base64Text, quotedPrintableOctets, quotedPrintableText } from './transfer.js';
import { textOf, utf8 } from './vectors.contract.js';

const octets = fc.uint8Array({ maxLength: 400 });
/** Octets that matter in text. */
const textual = fc
  .array(fc.constantFrom(0x0d, 0x0a, 0x20, 0x09, 0x3d, 0x2e, 0x46, 0x61, 0x00, 0xfc, 0x7f), { maxLength: 300 })
  .map((list) => Uint8Array.from(list));

describe('base64', () => {
  it('is written in lines of 76 characters as Buffer writes it', () => {
    fc.assert(
      fc.property(octets, (data) => {
        const text = textOf(base64Lines(data));
        assert.equal(text.replaceAll('\r\n', ''), Buffer.from(data).toString('base64'));
        for (const line of text.split('\r\n')) assert.ok(line.length <= 76);
        assert.equal(base64Text(data), Buffer.from(data).toString('base64'));
      }),
    );
  });

  it('is read as it was written, whatever blanks stand in between', () => {
    fc.assert(
      fc.property(octets, fc.nat(80), (data, at) => {
        const text = textOf(base64Lines(data));
        for (const spoiled of [text, text.replaceAll('\r\n', ''), `${text.slice(0, at)} \t\r\n\r\n${text.slice(at)}`])
          assert.deepEqual(Buffer.from(base64Octets(utf8(spoiled))), Buffer.from(data));
      }),
    );
  });

  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['a filter has put a line in between', 'YWJj\r\n*-*\r\nZGVm', 'abcdef', ['foreign-base64']],
    ['it goes on behind its padding', 'YQ==YmM=ZA==', 'abcd', ['early-padding']],
    ['padding is missing', 'YWI', 'ab', ['cut-base64']],
    ['one character is left', 'YWJjZ', 'abc', ['cut-base64']],
  ];
  for (const [title, text, expected, names] of cases)
    it(`is read although ${title}`, () => {
      const list = new ToleranceList();
      assert.equal(textOf(base64Octets(utf8(text), list)), expected);
      assert.deepEqual(
        list.used.map(({ name }) => name),
        names,
      );
    });
});

describe('quoted-printable', () => {
  it('keeps every octet, in lines of 76 characters of ASCII without blanks at their ends', () => {
    fc.assert(
      fc.property(fc.oneof(octets, textual), (data) => {
        const text = quotedPrintableText(data);
        assert.deepEqual(Buffer.from(quotedPrintableOctets(text)), Buffer.from(data));
        for (const line of textOf(text).split('\r\n')) {
          assert.ok(line.length <= 76);
          assert.match(line, /^(?:[\x21-\x7e \t]*[\x21-\x7e])?$/);
          assert.ok(!line.startsWith('.') && !line.startsWith('From '));
        }
      }),
    );
  });

  it('drops blanks that were added at the end of a line, before and behind a soft break', () => {
    assert.equal(textOf(quotedPrintableOctets(utf8('a  \r\nb=  \r\nc'))), 'a\r\nbc');
  });

  it('reads digits in either case, and an equals sign that begins nothing as itself', () => {
    const list = new ToleranceList();
    assert.equal(textOf(quotedPrintableOctets(utf8('=c3=BC=zz='), list)), '\xc3\xbc=zz');
    assert.deepEqual(
      list.used.map(({ name }) => name),
      ['broken-quoted-printable'],
    );
  });

  it('passes over a line of blanks in the time of its length', () => {
    assert.equal(quotedPrintableOctets(Buffer.concat([Buffer.alloc(2_000_000, ' '), utf8('x')])).length, 2_000_001);
  });
});
