/** What an inspection says of octets, and that it never contradicts the decoder, whatever they are. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { encodeMultipart } from '#codec/wsp';
import { samplePdu } from './builder.js';
import { decodeParts, makeContent } from './content.js';
import { decodePdu } from './decode.js';
import { encodePdu } from './encode.js';
import { inspectPdu } from './inspect.js';
import { octetsText } from './octets-text.js';
import { departures } from './strict.js';

const CORPUS = new URL('../../../test/corpus/mms-pdus/', import.meta.url);
const corpus = ['', 'malformed/'].flatMap((folder) =>
  readdirSync(new URL(folder || '.', CORPUS))
    .filter((name) => name.endsWith('.mms'))
    .map((name) => [folder + name, new Uint8Array(readFileSync(new URL(folder + name, CORPUS)))] as const),
);

/** Cuts of a file that are all tried, and how far those go of which each 16th is. The fuzzer tries others. Unit: octets. */
const DENSE_CUTS = 150;
const SPARSE_CUTS = 1_000;
/** Lengths, quotes, ends of texts, edges of integers, and the numbers of a few fields. */
const TELLING = [
  0, 1, 2, 0x1e, 0x1f, 0x20, 0x22, 0x30, 0x61, 0x7e, 0x7f, 0x80, 0x81, 0x84, 0x8c, 0x8d, 0x96, 0x97, 0xa3, 0xb3, 0xfe, 0xff,
];

/** Longest line of a print: three columns, the longest name and value, and what escaping makes of them. */
const LINE_MAX = 4_000;

/** Everything that may be asked of octets, and what holds of each answer. */
function lookAt(octets: Uint8Array): void {
  const inspection = inspectPdu(octets);
  const { items, tolerated, refused } = inspection;
  const decoded = decodePdu(octets);
  assert.deepEqual(inspection.pdu.ok, decoded.ok);
  const content = decoded.ok && 'content' in decoded.value ? decoded.value.content : undefined;
  const parts = content === undefined ? undefined : decodeParts(content);
  assert.equal(refused.length === 0, decoded.ok && parts?.ok !== false, 'refused is what the decoder refuses');
  assert.equal(
    refused.every((one) => one.inBody),
    decoded.ok,
  );
  for (const { offset, end } of items) assert.ok(offset >= 0 && offset <= end && end <= octets.length);
  for (const [i, item] of items.entries()) assert.ok(i === 0 || item.offset >= items[i - 1]!.offset, 'items go forward');
  for (const { offset } of [...tolerated, ...refused]) assert.ok(offset >= 0 && offset <= octets.length);
  // Whatever stands at the top level, and the first level of parts, leaves no octet out and has none twice.
  let reached = 0;
  for (const item of items.filter(({ depth }) => depth <= 1)) {
    assert.equal(item.offset, reached);
    reached = item.end;
  }
  assert.equal(reached, octets.length);
  for (const one of departures(octets)) assert.match(`${one.name} ${one.grade}`, /^[a-z-]+ [a-z]+$/);
  const text = octetsText(octets);
  const lines = text.split('\n');
  assert.ok(lines.length <= LIMITS.octetsTextLinesMax + 20 && lines.every((line) => line.length < LINE_MAX));
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
}

describe('inspectPdu', () => {
  it('tells each field with its octets, name, value and words', () => {
    const octets = encodePdu(samplePdu('m-notifyresp-ind'));
    assert.deepEqual(inspectPdu(octets).items, [
      {
        kind: 'field',
        key: 'messageType',
        name: 'X-Mms-Message-Type',
        offset: 0,
        end: 2,
        depth: 0,
        taken: 'read',
        text: 'm-notifyresp-ind',
        value: 'm-notifyresp-ind',
      },
      {
        kind: 'field',
        key: 'transactionId',
        name: 'X-Mms-Transaction-Id',
        offset: 2,
        end: 6,
        depth: 0,
        taken: 'read',
        text: 'T1',
        value: 'T1',
      },
      {
        kind: 'field',
        key: 'version',
        name: 'X-Mms-MMS-Version',
        offset: 6,
        end: 8,
        depth: 0,
        taken: 'read',
        text: '1.2',
        value: '1.2',
      },
      {
        kind: 'field',
        key: 'status',
        name: 'X-Mms-Status',
        offset: 8,
        end: 10,
        depth: 0,
        taken: 'read',
        text: 'retrieved',
        value: 'retrieved',
      },
    ]);
  });

  it('shows what a field of another PDU says by its own grammar, where that ends with the field', () => {
    const words = (hex: string): string[] =>
      inspectPdu(Buffer.from(`8c83983100 8d91 9581 ${hex}`.replaceAll(' ', ''), 'hex'))
        .items.slice(4)
        .map(({ name, taken, text, offset, end }) => `${name} ${taken} ${offset}..${end}: ${text}`);
    assert.deepEqual(words('8a80'), ['X-Mms-Message-Class foreign 9..11: personal']);
    // An Element-Descriptor that begins like a bare length, and a Message-Class that does not exist.
    assert.deepEqual(words('b2306100'), ['X-Mms-Element-Descriptor foreign 9..13: ']);
    assert.deepEqual(words('8aff'), ['X-Mms-Message-Class foreign 9..11: ']);
    assert.deepEqual(words('8c83'), ['X-Mms-Message-Type repeated 9..11: m-notifyresp-ind']);
    assert.deepEqual(words('c181'), ['0xc1 unassigned 9..11: ']);
  });

  it('finds the type of a PDU that does not begin with it, behind fields and application headers', () => {
    for (const before of ['8d91', '8d91 583100 3200', '964100'])
      assert.equal(
        inspectPdu(Buffer.from(`${before} 8c83983100 9581`.replaceAll(' ', ''), 'hex')).row?.kind,
        'm-notifyresp-ind',
        before,
      );
    assert.equal(inspectPdu(Buffer.from('8d9198310095818d91', 'hex')).row, undefined);
  });

  it('gives the PDU as decodePdu does', () => {
    for (const [, octets] of corpus) assert.deepEqual(inspectPdu(octets).pdu, decodePdu(octets));
  });

  it('tells the parts of a message, and of a multipart inside it, one level deeper each', () => {
    const text = { contentType: { media: 'text/plain', parameters: {} }, data: Uint8Array.of(0x68, 0x69) };
    const inner = {
      contentType: { media: 'application/vnd.wap.multipart.alternative', parameters: {} },
      data: encodeMultipart([text]),
    };
    const content = makeContent([inner], { media: 'application/vnd.wap.multipart.mixed', parameters: {} });
    const { items } = inspectPdu(encodePdu(samplePdu('m-send-req', { content })));
    assert.deepEqual(
      items.filter(({ depth }) => depth > 0).map(({ depth, kind, name, text }) => `${depth} ${kind} ${name}: ${text}`),
      [
        '1 count Parts: 1',
        '1 part Part: 1 octets of headers, 6 of data',
        '1 part-header Content-Type: application/vnd.wap.multipart.alternative',
        '1 data application/vnd.wap.multipart.alternative: 6 octets',
        '2 count Parts: 1',
        '2 part Part: 1 octets of headers, 2 of data',
        '2 part-header Content-Type: text/plain',
        '2 data text/plain: 2 octets',
      ],
    );
  });

  it('opens no more multiparts inside each other than the limit', () => {
    let data = encodeMultipart([]);
    const contentType = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };
    for (let i = 0; i < LIMITS.multipartDepthMax + 3; i++) data = encodeMultipart([{ contentType, data }]);
    const octets = encodePdu(samplePdu('m-send-req', { content: makeContent([{ contentType, data }], contentType) }));
    assert.equal(Math.max(...inspectPdu(octets).items.map(({ depth }) => depth)), LIMITS.multipartDepthMax);
    lookAt(octets);
  });
});

describe('inspection, strict mode and the print of octets', () => {
  for (const [name, octets] of corpus)
    it(`return on every prefix of ${name}`, () => {
      // Behind the header fields every cut is the same kind of cut: each 16th, and the last ones, stand for them.
      for (let i = 0; i <= Math.min(octets.length, DENSE_CUTS); i++) lookAt(octets.subarray(0, i));
      for (let i = DENSE_CUTS; i < Math.min(octets.length, SPARSE_CUTS); i += 16) lookAt(octets.subarray(0, i));
      for (let i = Math.max(DENSE_CUTS, octets.length - 20); i <= octets.length; i++) lookAt(octets.subarray(0, i));
    });

  for (const kind of ['m-notifyresp-ind', 'm-notification-ind', 'm-send-req', 'm-retrieve-conf'] as const)
    it(`return on each octet of an ${kind} changed to whatever means something`, () => {
      const octets = Uint8Array.from(encodePdu(samplePdu(kind)));
      for (let i = 0; i < octets.length; i++) {
        const before = octets[i]!;
        for (const octet of [...TELLING, before ^ 1, before ^ 0x80]) {
          octets[i] = octet;
          lookAt(octets);
        }
        octets[i] = before;
      }
    });

  it('return on any octets, alone and behind a good beginning', () => {
    const begin = fc.integer({ min: 0x80, max: 0x98 }).map((type) => [0x8c, type, 0x98, 0x31, 0x00, 0x8d, 0x92]);
    fc.assert(
      fc.property(fc.oneof(fc.constant([]), begin), fc.uint8Array({ maxLength: 300 }), (head, tail) =>
        lookAt(Uint8Array.from([...head, ...tail])),
      ),
      { numRuns: 1_000 },
    );
  });

  it('return on the densest input: as many fields, parts and headers as there may be', () => {
    const fields = [0x8c, 0x85, ...Array.from({ length: 5_000 }, () => [0xc1, 0x80]).flat()];
    lookAt(Uint8Array.from(fields));
    const part = [1 + 63 * 2, 0, 0x83, ...Array.from({ length: 63 }, () => [0xb4, 0x80]).flat()];
    const head = [...encodePdu(samplePdu('m-send-req'))].slice(0, -33);
    const at = head.lastIndexOf(0x84);
    const parts = Array.from({ length: LIMITS.multipartPartsMax }, () => part).flat();
    lookAt(Uint8Array.from([...head.slice(0, at), 0x84, 0xa3, 0x88, 0x00, ...parts]));
  });
});
