import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeWords, encodeWords, textField } from './words.js';

describe('encoded words, read', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['in B', '=?UTF-8?B?R3LDvMOfZQ==?=', 'Grüße'],
    ['in Q, with underscores for blanks', '=?iso-8859-1?Q?Gr=FC=DFe_an?= dich', 'Grüße an dich'],
    ['with a language', '=?utf-8*de?Q?=C3=BC?=', 'ü'],
    ['joined over the blanks of folding', '=?UTF-8?Q?a?= \t =?UTF-8?Q?b?= c', 'ab c'],
    ['joined where a character is split between two', '=?UTF-8?B?w7w=?= =?UTF-8?Q?=C3?= =?UTF-8?Q?=9F?=', 'üß'],
    ['by an alias of the charset', '=?cp1252?Q?=80?=', '€'],
    ['in a charset of more octets', '=?ISO-2022-JP?B?GyRCJDMbKEI=?=', 'こ'],
    ['left alone in an unknown charset', '=?x-nobody?Q?a?=', '=?x-nobody?Q?a?='],
    ['left alone when they are none', '=?UTF-8?X?a?= =?UTF-8?Q?=zz?= a =? b', '=?UTF-8?X?a?= =?UTF-8?Q?=zz?= a =? b'],
  ];
  for (const [title, value, text] of cases) it(`are decoded ${title}`, () => assert.equal(decodeWords(value), text));

  it('of any number that never end take no more than the time of their length', () => {
    const value = '=?UTF-8?B?'.repeat(6_000);
    assert.equal(decodeWords(value), value);
  });
});

describe('encoded words, written', () => {
  it('are what was meant, for any text but its control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const value = encodeWords(text);
        assert.match(value, /^[\x20-\x7e]*$/);
        for (const word of value.split(' ')) assert.ok(value === text || word.length <= 75);
        assert.equal(decodeWords(value), text);
      }),
    );
  });

  it('never hold a line break: a subject cannot bring a field in', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\r', '\n', '\0', ' ', 'ü', '=?')), (pieces) => {
        const { value } = textField('Subject', pieces.join(''));
        assert.match(value, /^[\x20-\x7e]*$/);
        assert.doesNotMatch(decodeWords(value), /[\r\n\0]/);
      }),
    );
  });

  it('are not made of printable ASCII', () => assert.equal(encodeWords('Re: a (b)'), 'Re: a (b)'));
});
