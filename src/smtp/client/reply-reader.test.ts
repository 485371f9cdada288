/** Replies cut from a stream, by a server that need not mean well. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { asReply, type RawReply, ReplyReader } from './reply-reader.js';

function readAll(pieces: readonly Buffer[]): RawReply[] | undefined {
  const reader = new ReplyReader();
  const all: RawReply[] = [];
  for (const piece of pieces) {
    const replies = reader.read(piece);
    if (replies === undefined) return undefined;
    all.push(...replies);
  }
  return all;
}

const read = (text: string): RawReply[] | undefined => readAll([Buffer.from(text, 'latin1')]);

describe('ReplyReader', () => {
  it('reads replies of one line and of several, with and without text', () => {
    assert.deepEqual(read('220 a b\r\n250-x\r\n250-\r\n250 y\r\n354\r\n421 z\n'), [
      { code: 220, lines: ['a b'] },
      { code: 250, lines: ['x', '', 'y'] },
      { code: 354, lines: [''] },
      { code: 421, lines: ['z'] },
    ]);
  });

  it('takes nothing for a reply that is none, and bounds lines and their number', () => {
    for (const text of ['hello\r\n', '\r\n', '2500 x\r\n', '199 x\r\n', '600 x\r\n', '250-a\r\n251 b\r\n', '250_x\r\n'])
      assert.equal(read(text), undefined, text);
    assert.equal(read(`250 ${'x'.repeat(LIMITS.smtpReplyLineOctetsMax)}`), undefined);
    assert.equal(read('250-x\r\n'.repeat(LIMITS.smtpReplyLinesMax + 1)), undefined);
  });

  it('reads the same in whatever pieces it comes', () => {
    const line = fc.constantFrom('250 ok\r\n', '250-more\r\n', '550 5.1.1 no\r\n', '\r', '\n', 'x', '2');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const octets = Buffer.from(lines.join(''));
        assert.deepEqual(readAll([...octets].map((it) => Buffer.of(it))), readAll([octets]));
      }),
    );
  });

  it('tells the enhanced code apart where it is of the class of the code, and lets no control character through', () => {
    assert.deepEqual(asReply({ code: 550, lines: ['5.1.1 no', '5.1.1 such'] }), {
      code: 550,
      enhanced: '5.1.1',
      text: 'no\nsuch',
    });
    assert.deepEqual(asReply({ code: 550, lines: ['4.1.1 no'] }), { code: 550, text: '4.1.1 no' });
    assert.deepEqual(asReply({ code: 250, lines: ['a\x1b[2Jb\x00'] }), { code: 250, text: 'a [2Jb ' });
    assert.equal(asReply({ code: 250, lines: ['x'.repeat(4_000)] }).text.length, LIMITS.smtpReplyTextMax);
  });
});
