/** What goes out after 354. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ContentReader, OctetRoom } from '../server/content.js';
import { outgoing } from './outgoing.js';

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const written = (...texts: string[]): string | undefined => {
  const made = outgoing(texts.map(octets));
  return made && Buffer.concat(made.pieces).toString('latin1');
};

describe('outgoing', () => {
  it('adds a dot to every line that begins with one', () => {
    assert.equal(written('.a\r\n..\r\nb.\r\n.\r\n'), '..a\r\n...\r\nb.\r\n..\r\n');
  });

  it('sees lines across pieces', () => {
    assert.equal(written('a\r', '\n', '.b', '.c\r\n'), 'a\r\n..b.c\r\n');
  });

  it('ends the last line', () => {
    assert.equal(written('a'), 'a\r\n');
    assert.equal(written(), '');
  });

  it('refuses every bare CR and LF, so that no server can see another end than we do', () => {
    for (const text of ['a\nb', '\n', 'a\rb', '\r', 'a\r', 'a\r\r\n', '\n.\r\n', '\r\n.\n', 'a\r\n\n'])
      assert.equal(written(text), undefined, JSON.stringify(text));
    assert.equal(written('a\r', 'b'), undefined);
  });

  it('tells octets above 127 in the header from those in the body', () => {
    const of = (text: string) => {
      const { has8bitHeader, has8bitBody } = outgoing([octets(text)])!;
      return [has8bitHeader, has8bitBody];
    };
    assert.deepEqual(of('Subject: \xe4\r\n\r\na\r\n'), [true, false]);
    assert.deepEqual(of('Subject: a\r\n\r\n\xe4\r\n'), [false, true]);
    assert.deepEqual(of('Subject: a\r\n\r\na\r\n'), [false, false]);
  });

  it('writes what our listener reads back octet for octet', () => {
    const text = fc.string({ unit: fc.constantFrom('.', 'a', '\r\n', '\xff', '\0'), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        const plain = texts.join('');
        const sent = Buffer.concat([...outgoing(texts.map(octets))!.pieces, octets('.\r\n')]);
        const reader = ContentReader.open(new OctetRoom(1e6), 1e6, undefined, false)!;
        assert.equal(reader.read(sent, 0), sent.length);
        assert.equal(
          Buffer.from(reader.content()).toString('latin1'),
          plain === '' || plain.endsWith('\r\n') ? plain : `${plain}\r\n`,
        );
      }),
    );
  });
});
