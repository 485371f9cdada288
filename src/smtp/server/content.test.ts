/** The end of content, dots and bare line ends, each sequence whole and cut at every place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ContentReader, OctetRoom } from './content.js';

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');

interface Read {
  readonly content: string | undefined;
  readonly fault: string | undefined;
  /** What stands behind the end; undefined: no end was seen. */
  readonly rest: string | undefined;
}

function readPieces(pieces: readonly Uint8Array[], normalises = false, sizeMax = 10_000): Read {
  const room = new OctetRoom(100_000);
  const reader = ContentReader.open(room, sizeMax, undefined, normalises)!;
  for (const [index, piece] of pieces.entries()) {
    const end = reader.read(piece, 0);
    if (end === undefined) continue;
    const { fault } = reader;
    const content = fault === undefined ? Buffer.from(reader.content()).toString('latin1') : undefined;
    const rest = Buffer.concat([piece.subarray(end), ...pieces.slice(index + 1)]).toString('latin1');
    reader.release();
    assert.equal(room.taken, 0);
    return { content, fault, rest };
  }
  return { content: undefined, fault: reader.fault, rest: undefined };
}

/** The same reading of a text given whole, octet by octet and cut in two at every place. */
function read(text: string, normalises = false): Read {
  const whole = readPieces([octets(text)], normalises);
  assert.deepEqual(
    readPieces(
      [...octets(text)].map((it) => Uint8Array.of(it)),
      normalises,
    ),
    whole,
    'octet by octet',
  );
  for (let cut = 1; cut < text.length; cut++)
    assert.deepEqual(readPieces([octets(text.slice(0, cut)), octets(text.slice(cut))], normalises), whole, `cut at ${cut}`);
  return whole;
}

describe('ContentReader', () => {
  it('ends at CR LF . CR LF and leaves what stands behind it', () => {
    assert.deepEqual(read('a\r\nb\r\n.\r\nRSET\r\n'), { content: 'a\r\nb\r\n', fault: undefined, rest: 'RSET\r\n' });
  });

  it('takes a dot in the first line for the end: the line before it is the command', () => {
    assert.deepEqual(read('.\r\nQUIT\r\n'), { content: '', fault: undefined, rest: 'QUIT\r\n' });
  });

  it('takes out the first dot of a line that has more behind it', () => {
    assert.equal(read('..\r\n...\r\n.a\r\nb.\r\n.\r\n').content, '.\r\n..\r\na\r\nb.\r\n');
  });

  for (const [name, sequence] of [
    ['LF . LF', '\n.\n'],
    ['LF . CR LF', '\n.\r\n'],
    ['CR . CR', '\r.\r'],
    ['CR . CR LF', '\r.\r\n'],
    ['CR LF . LF', '\r\n.\n'],
    ['CR LF . CR', '\r\n.\r'],
    ['CR LF . CR CR LF', '\r\n.\r\r\n'],
    ['LF LF . CR LF', '\n\n.\r\n'],
    ['CR CR LF . CR', '\r\r\n.\r'],
    ['CR LF NUL . CR LF', '\r\n\0.\r\n'],
  ] as const) {
    const isBare = !sequence.includes('\0');
    it(`does not end at ${name}, ${isBare ? 'and has it refused' : 'which is a line like any other'}`, () => {
      const smuggled = `Subject: a\r\n\r\nb${sequence}MAIL FROM:<x@evil.example>\r\n.\r\nNOOP\r\n`;
      assert.equal(read(smuggled).rest, 'NOOP\r\n');
      assert.equal(read(smuggled).fault, isBare ? 'bare-line-end' : undefined);
    });

    it(`makes CRLF of what is bare in ${name} where a peer's content is normalised, and ends only at the true end`, () => {
      const { content, rest } = read(`b${sequence}c\r\n.\r\nNOOP\r\n`, true);
      assert.equal(rest, 'NOOP\r\n');
      assert.doesNotMatch(content!, /(?<!\r)\n|\r(?!\n)/);
    });
  }

  it('says CRLF for each bare CR and LF and keeps everything else', () => {
    assert.equal(read('a\nb\rc\r\nd\n\r\n.\r\n', true).content, 'a\r\nb\r\nc\r\nd\r\n\r\n');
    assert.equal(read('a\n.b\r\n.\r\n', true).content, 'a\r\n.b\r\n');
    assert.equal(read('.\rb\r\n.\r\n', true).content, '\r\nb\r\n');
    assert.equal(read('.\nb\r\n.\r\n', true).content, '\r\nb\r\n');
  });

  it('reads content that is too large to its end, keeping nothing more of it', () => {
    const { fault, rest } = readPieces([octets(`${'x'.repeat(50)}\r\n`), octets('y\r\n.\r\nQUIT\r\n')], false, 51);
    assert.deepEqual({ fault, rest }, { fault: 'too-large', rest: 'QUIT\r\n' });
    assert.equal(readPieces([octets(`${'x'.repeat(49)}\r\n.\r\n`)], false, 51).fault, undefined);
  });

  it('takes no more memory than there is room for, and gives it back', () => {
    const room = new OctetRoom(100_000);
    const first = ContentReader.open(room, 1_000_000, undefined, false)!;
    assert.equal(ContentReader.open(room, 1_000_000, undefined, false), undefined);
    first.read(new Uint8Array(70_000).fill(120), 0);
    assert.equal(first.fault, 'no-room');
    assert.ok(room.taken <= 100_000);
    first.release();
    assert.equal(room.taken, 0);
  });

  it('does not take a large SIZE at its word', () => {
    const room = new OctetRoom(10_000_000);
    ContentReader.open(room, 10_000_000, 9_999_999, false);
    assert.equal(room.taken, 1_048_576);
  });

  it('gives back what a sender has stuffed, however it is cut', () => {
    const line = fc.string({ unit: fc.constantFrom('.', 'a', '\0', '\t', ' '), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(60), { maxLength: 6 }), (lines, cuts) => {
        const plain = lines.map((it) => `${it}\r\n`).join('');
        const sent = octets(`${lines.map((it) => `${it.startsWith('.') ? '.' : ''}${it}\r\n`).join('')}.\r\n`);
        const places = [0, ...cuts.filter((it) => it < sent.length).sort((a, b) => a - b), sent.length];
        const pieces = places.slice(1).map((place, index) => sent.subarray(places[index], place));
        assert.deepEqual(readPieces(pieces), { content: plain, fault: undefined, rest: '' });
      }),
    );
  });
});
