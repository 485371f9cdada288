import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { mimeToContent, mimeToPieces } from './content.js';
import { Gathering, joined } from './gathering.js';
import { EntityInPieces } from './in-pieces.js';
import type { MimeEntity } from './model.js';
import { decodeBody, readEntity } from './reader.js';

const fieldsOf = (contentType: string) => [{ name: 'Content-Type', value: contentType }];
const FIELDS = fieldsOf('multipart/mixed; boundary=b');

function inPieces(octets: Uint8Array, cuts: readonly number[], fields = FIELDS) {
  const entity = new EntityInPieces(fields);
  let at = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const end = Math.max(at, Math.min(cut, octets.length));
    entity.write(octets.slice(at, end));
    at = end;
  }
  entity.write(octets.slice(at));
  return entity.end();
}

/** What of an entity counts, whichever way it was read. */
const shape = (entity: MimeEntity): unknown => ({
  fields: entity.fields.map(({ name, value }) => [name, value]),
  type: entity.type,
  contentId: entity.contentId,
  contentLocation: entity.contentLocation,
  encoding: entity.encoding,
  parts: entity.parts.map(shape),
  // A multipart without any part is broken; that it has a body is all that matters of it.
  data:
    entity.parts.length > 0
      ? ''
      : entity.type.media.startsWith('multipart/')
        ? decodeBody(entity).length > 0
        : Buffer.from(decodeBody(entity)).toString('latin1'),
});

const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');

describe('an entity in pieces', () => {
  const word = fc.constantFrom(
    '--b',
    '--b--',
    '--i',
    '--i--',
    '--bi',
    '\r\n',
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '-',
    '--',
    ' ',
    'x',
    'Content-Type: multipart/mixed; boundary=i\r\n\r\n',
    'Content-Type: multipart/mixed; boundary=bi\r\n\r\n',
    'Content-Type: multipart/digest; boundary=i\r\n',
    'Content-Type: text/plain\r\n\r\n',
    'Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\nZGVm',
    'Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\nc',
    'Content-ID: <a>\r\n',
    'YWJjZGVm',
  );
  const words = fc.tuple(fc.array(word, { maxLength: 30 }), fc.constantFrom('', '\r\n', '\n'));
  it('is what the whole is, wherever it was cut', () => {
    fc.assert(
      fc.property(words, fc.array(fc.nat(200), { maxLength: 12 }), fc.nat(1), ([some, between], cuts, long) => {
        // Long enough a text in the way makes the reader look more than once.
        const body = some.map((one, i) => (long === 1 && one === 'x' && i % 2 === 0 ? 'y'.repeat(5000) : one)).join(between);
        const octets = Buffer.from(body, 'latin1');
        const whole = readEntity(FIELDS, octets);
        const read = inPieces(octets, long === 1 ? cuts.map((cut) => cut * 60) : cuts);
        assert.ok(whole.ok && read.ok);
        assert.deepEqual(shape(read.value), shape(whole.value));
      }),
      { numRuns: 3000 },
    );
  });

  it('is what the whole is when it comes octet by octet', () => {
    const octets = text(
      'preamble',
      '--b',
      'Content-Type: multipart/related; boundary="i"',
      '',
      '--i',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('x'.repeat(5000))
        .toString('base64')
        .replaceAll(/(.{76})/g, '$1\r\n'),
      '--i',
      '',
      '-'.repeat(9000),
      '--i--',
      'behind',
      '--b--',
      'epilogue',
    );
    const whole = readEntity(FIELDS, octets);
    const read = inPieces(
      octets,
      Array.from({ length: octets.length }, (_, i) => i),
    );
    assert.ok(whole.ok && read.ok);
    assert.deepEqual(shape(read.value), shape(whole.value));
  });

  it('shows a part as soon as the boundary behind it is there, and the one that is growing', () => {
    const entity = new EntityInPieces(FIELDS);
    const big = 'z'.repeat(6000);
    entity.write(text('--b', 'Content-ID: <root>', '', 'first', '--b', 'Content-ID: <second>', '', big));
    assert.deepEqual(
      entity.parts.map(({ contentId }) => contentId),
      ['root'],
    );
    assert.equal(entity.growing?.head.contentId, 'second');
    assert.equal(entity.growing?.octets, big.length);
  });

  it('is the same content as the whole, octet for octet, without being put together', () => {
    const picture = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * 31) & 0xff));
    const octets = Buffer.concat([
      text('--b', 'Content-Type: application/smil', 'Content-ID: <s>', '', '<smil/>', '--b', 'Content-Type: image/jpeg', '', ''),
      picture,
      text('', '--b', 'Content-Transfer-Encoding: base64', '', picture.toString('base64'), '--b--'),
    ]);
    const whole = readEntity(FIELDS, octets);
    const read = inPieces(octets, [10_000, 20_000, 50_000]);
    assert.ok(whole.ok && read.ok);
    const [one, other] = [mimeToContent(whole.value), mimeToPieces(read.value)];
    assert.ok(one.ok && other.ok);
    assert.equal(other.value.octets, one.value.octets.length);
    assert.ok(Buffer.from(joined(other.value.pieces)).equals(one.value.octets));
    assert.ok(other.value.pieces.length > 6);
  });

  it('reads header sections full of fields that look like boundaries in the time of their length', () => {
    const part = `--b\r\n${'--x: y\r\n'.repeat(1000)}\r\nz\r\n`;
    const read = inPieces(Buffer.from(`${part.repeat(300)}--b--`), []);
    assert.ok(read.ok);
    assert.equal(read.value.parts.length, 300);
    assert.equal(read.value.parts[299]!.fields.length, 1000);
  });

  it('stops at the limits of the reader of whole bodies', () => {
    const parts = new EntityInPieces(FIELDS);
    parts.write(Buffer.from('--b\r\n\r\nx\r\n'.repeat(LIMITS.multipartPartsMax + 2)));
    assert.ok(parts.failed);
    const nested = new EntityInPieces(fieldsOf('multipart/mixed; boundary=b0'));
    for (let i = 0; i <= LIMITS.multipartDepthMax; i++)
      nested.write(Buffer.from(`--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n\r\n`));
    const ended = nested.end();
    assert.equal(!ended.ok && ended.error.kind, 'limit');
    const head = new EntityInPieces(FIELDS);
    head.write(Buffer.from('--b\r\n'));
    for (let i = 0; i < 80; i++) head.write(Buffer.from('X-Long: x\r\n'.repeat(400)));
    assert.ok(head.failed);
  });
});

describe('gathered octets', () => {
  it('keep large pieces themselves and put small ones together', () => {
    const gathering = new Gathering();
    const large = new Uint8Array(10_000).fill(7);
    for (let i = 0; i < 20_000; i++) gathering.add(Uint8Array.of(i & 0xff));
    gathering.add(large);
    gathering.add(new Uint8Array(1_000_000).subarray(5, 6000));
    const pieces = gathering.end();
    assert.equal(gathering.octets, 20_000 + 10_000 + 5995);
    assert.ok(pieces.length < 20);
    assert.equal(pieces.indexOf(large), pieces.length - 2);
    assert.ok(pieces.every(({ length, buffer }) => buffer.byteLength <= 2 * length));
    const small = joined(pieces).subarray(0, 20_000);
    assert.ok(small.every((octet, i) => octet === (i & 0xff)));
  });
});
