import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LeafSource, MimeSource } from './model.js';
import { decodeBody, leafParts, readEntity } from './reader.js';
import { read, textOf, toleratedIn, utf8, written } from './vectors.contract.js';
import { writeEntity, writeMessage } from './writer.js';

const leaf = (media: string, data: Uint8Array, more: Partial<LeafSource> = {}): LeafSource => ({
  kind: 'leaf',
  type: { media, parameters: {} },
  data,
  ...more,
});
const mixed = (...parts: readonly MimeSource[]): MimeSource => ({
  kind: 'multipart',
  type: { media: 'multipart/mixed', parameters: {} },
  parts,
});

/** Texts of all kinds of ends of lines, with lines that mail would change. */
const textual = fc
  .array(fc.constantFrom('a', ' ', '\t', '\r\n', '\n', '\r', '.', 'From ', '=', '=_', '--', 'ü', '\0', 'x'.repeat(999)), {
    maxLength: 30,
  })
  .map((pieces) => utf8(pieces.join('')));
const data = fc.oneof(fc.uint8Array({ maxLength: 200 }), textual);
const media = fc.constantFrom('text/plain', 'image/jpeg', 'application/smil', 'message/rfc822', 'text/xml');
const encoding = fc.constantFrom(undefined, '7bit', '8bit', 'binary', 'quoted-printable', 'base64');
const anyLeaf = fc
  .tuple(media, data, encoding)
  .map(([type, octets, chosen]) => leaf(type, octets, chosen === undefined ? {} : { encoding: chosen as 'base64' }));
const transport = fc.constantFrom('7bit', '8bit', 'binary') as fc.Arbitrary<'7bit' | '8bit' | 'binary'>;

describe('a written message', () => {
  it('has its fields in their order, byte for byte, then those of the body', () => {
    const message = writeMessage({
      fields: [
        { name: 'From', value: '+15551230001/TYPE=PLMN' },
        { name: 'X-Mms-Transaction-ID', value: '"36040620220113022547595@mms.opa.example"' },
        { name: 'X-Mms-Originator-R/S-Delivery-Report', value: 'No' },
        { name: 'Subject', value: '' },
      ],
      body: leaf('text/plain', utf8('hello\r\n')),
    });
    assert.ok(message.ok);
    assert.equal(
      textOf(Buffer.concat(message.value.pieces)),
      [
        'From: +15551230001/TYPE=PLMN',
        'X-Mms-Transaction-ID: "36040620220113022547595@mms.opa.example"',
        'X-Mms-Originator-R/S-Delivery-Report: No',
        'Subject:',
        'MIME-Version: 1.0',
        'Content-Type: text/plain',
        '',
        'hello',
        '',
      ].join('\r\n'),
    );
  });

  it('can be a header section alone', () => {
    const message = writeMessage({ fields: [{ name: 'X-Mms-Message-Type', value: 'MM4_forward.RES' }] });
    assert.ok(message.ok);
    assert.equal(textOf(Buffer.concat(message.value.pieces)), 'X-Mms-Message-Type: MM4_forward.RES\r\n\r\n');
  });

  it('is the same whenever it is written', () => {
    const source = mixed(leaf('text/plain', utf8('a')), leaf('image/jpeg', utf8('b')));
    assert.deepEqual(written(source), written(source));
  });

  it('says how many octets its pieces have together, and does not copy large bodies on a binary transport', () => {
    const large = new Uint8Array(100_000);
    const message = writeMessage({ fields: [], body: mixed(leaf('image/jpeg', large)) }, 'binary');
    assert.ok(message.ok);
    assert.equal(Buffer.concat(message.value.pieces).length, message.value.octets);
    assert.ok(message.value.pieces.includes(large));
  });

  it('gives every part back octet for octet, whatever it holds, by every transport', () => {
    fc.assert(
      fc.property(fc.array(anyLeaf, { minLength: 1, maxLength: 5 }), transport, (leaves, road) => {
        const octets = written(mixed(...leaves, mixed(...leaves)), road);
        assert.deepEqual(toleratedIn(octets), []);
        assert.deepEqual(
          leafParts(read(octets)).map(({ part }) => Buffer.from(decodeBody(part)).toString('hex')),
          [...leaves, ...leaves].map((part) => Buffer.from(part.data).toString('hex')),
        );
      }),
    );
  });

  it('gives a single part back although mail ends a message with a line break', () => {
    fc.assert(
      fc.property(anyLeaf, fc.constantFrom('7bit', '8bit') as fc.Arbitrary<'7bit' | '8bit'>, (part, road) => {
        let octets: Uint8Array = written(part, road);
        if (octets.length > 0 && octets[octets.length - 1] !== 0x0a) octets = Buffer.concat([octets, utf8('\r\n')]);
        assert.deepEqual(Buffer.from(decodeBody(read(octets))), Buffer.from(part.data));
      }),
    );
  });

  it('has lines that every relay passes on: of 998 octets at most, of seven bits, without blanks that might be cut', () => {
    fc.assert(
      fc.property(fc.array(anyLeaf, { minLength: 1, maxLength: 3 }), (leaves) => {
        const text = textOf(written(mixed(...leaves)));
        assert.doesNotMatch(text, /[^\x09\x0a\x0d\x20-\x7e]/);
        for (const line of text.split('\r\n')) {
          assert.ok(line.length <= 998 && !/[\r\n]/.test(line));
          assert.doesNotMatch(line, /^From |[ \t]$/);
        }
      }),
    );
  });
});

describe('a boundary', () => {
  it('occurs in no part, not even in one that holds the boundary which this message would have', () => {
    const boundaryOf = (octets: Uint8Array): string => /boundary="([^"]+)"/.exec(textOf(octets))![1]!;
    const message = (middle: string): Uint8Array =>
      written(
        mixed(
          leaf('image/jpeg', utf8('x')),
          leaf('image/jpeg', utf8('y'.repeat(100) + middle.padEnd(300, 'z') + 'y'.repeat(100))),
        ),
        'binary',
      );
    const held: string[] = [];
    // Of the same length with the same ends: only what stands in the middle can make another boundary of it.
    for (let round = 0; round < 5; round++) {
      const octets = message(held.map((boundary) => `\r\n--${boundary}--\r\n`).join(''));
      const boundary = boundaryOf(octets);
      assert.ok(!held.includes(boundary));
      assert.equal(leafParts(read(octets)).length, 2);
      held.push(boundary);
    }
  });

  it('is found in one pass over a part that holds a hundred thousand', () => {
    const marks = utf8(Array.from({ length: 100_000 }, (_, i) => `=_${i.toString(16).padStart(16, '0')}`).join(''));
    assert.equal(leafParts(read(written(mixed(leaf('image/jpeg', marks)), 'binary'))).length, 1);
  });
});

describe('a header field', () => {
  const write = (name: string, value: string) => writeMessage({ fields: [{ name, value }] });

  it('that would bring another one in is refused', () => {
    for (const value of ['a\r\nBcc: x', 'a\nBcc: x', 'a\rb', 'a\0', 'ü', '\x7f']) assert.equal(write('Subject', value).ok, false);
    for (const name of ['', 'A B', 'A:', 'Ä', 'A\r\nB', 'A\t']) assert.equal(write(name, 'x').ok, false);
  });

  it('of a part is refused or made harmless as well', () => {
    const evil = 'x\r\nBcc: y\r\n\r\nz';
    const refused = writeMessage({ fields: [], body: leaf('text/plain', utf8('a'), { fields: [{ name: 'X-A', value: evil }] }) });
    assert.equal(refused.ok, false);
    const octets = written(
      leaf('text/plain', utf8('a\r\n'), {
        type: { media: 'text/plain', parameters: { name: evil } },
        contentId: evil,
        contentLocation: evil,
        disposition: { kind: evil, parameters: { filename: evil } },
      }),
    );
    const { fields } = read(octets);
    assert.deepEqual(
      fields.map(({ name }) => name),
      ['MIME-Version', 'Content-Type', 'Content-ID', 'Content-Location', 'Content-Disposition'],
    );
  });

  it('is folded at blanks where it is long, and unfolds to what it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ' ', '  ', '\t', 'x'.repeat(30), 'y'.repeat(100), ','), { maxLength: 60 }),
        (pieces) => {
          const value = pieces.join('').trim();
          const message = write('X-Long', value);
          if (!message.ok) return assert.equal(message.error.kind, 'limit');
          const octets = Buffer.concat(message.value.pieces);
          assert.equal(read(octets).fields[0]!.value, value);
          for (const line of textOf(octets).split('\r\n').slice(0, -2)) {
            assert.match(line, /\S/);
            assert.ok(line.length <= 78 || !/\S[ \t]+\S/.test(line.trimStart().replace(/^X-Long: /, '')), line);
          }
        },
      ),
    );
  });

  it('that cannot be folded below 998 octets is refused', () => {
    const message = write('Message-ID', `<${'x'.repeat(1_000)}@a>`);
    assert.ok(!message.ok);
    assert.equal(message.error.kind, 'limit');
  });
});

describe('an entity for HTTP', () => {
  it('has its fields apart, on one line each, and its octets as they are', () => {
    const body = mixed(leaf('image/jpeg', Uint8Array.of(0, 13, 10, 255)));
    const entity = writeEntity(body, 'binary');
    assert.ok(entity.ok);
    assert.deepEqual(
      entity.value.fields.map(({ name }) => name),
      ['Content-Type'],
    );
    const again = readEntity(entity.value.fields, Buffer.concat(entity.value.pieces));
    assert.ok(again.ok);
    assert.deepEqual([...decodeBody(again.value.parts[0]!)], [0, 13, 10, 255]);
  });
});
