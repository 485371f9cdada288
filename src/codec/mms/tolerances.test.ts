/** Each tolerance by octets: accepted, told with its octet, and named by strict mode with its clause. `^` stands before the octet told. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { rawField, samplePdu, wireFields } from './builder.js';
import { decodeParts } from './content.js';
import { decodePdu } from './decode.js';
import { encodePdu } from './encode.js';
import { inspectPdu } from './inspect.js';
import { departures } from './strict.js';
import { MMS_TOLERANCES, type REFUSALS, TOLERANCES, type ToleranceName } from './tolerances.js';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const octetsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/[\s^]/g, ''), 'hex'));
const markOf = (text: string): number => text.replaceAll(/\s/g, '').indexOf('^') / 2;

const TID = `98 ${z('T1')}`;
const RESPONSE = `8c83 ${TID} 8d91 95 81`;
const HEAD = `8c80 ${TID} 8d92`;
const SEND = `${HEAD} 89 01 81 97 ${z('a@b')}`;
const PLAIN = '84 83 6869';
const send = (fields: string, content = PLAIN): string => `${SEND} ${fields} ${content}`;
const LOCATION = `83 ${z('http://a')}`;
const notification = (size: string, expiry = '88 02 81 8a', rest = LOCATION): string =>
  `8c82 ${TID} 8d92 8a80 8e ${size} ${expiry} ${rest}`;
/** A multipart/mixed of one entry with these headers. */
const part = (headers: string, behind = ''): string => {
  const length = octetsOf(headers).length.toString(16).padStart(2, '0');
  return send('', `84 a3 01 ${length} 02 ${headers} 6869 ${behind}`);
};

/** Each departs in this one thing only. */
const CASES: Readonly<Record<ToleranceName, string>> = {
  'padded-integer': notification('^04 00000501'),
  'short-for-long-integer': notification('^8a'),
  'bare-integer': notification('01 22', '88 02 81 ^22'),
  'bare-length': `${HEAD} 89 ^22 80 ${z('+358401234567890123456/TYPE=PLMN')} 97 ${z('a@b')} ${PLAIN}`,
  'value-remainder': `${HEAD} 89 03 81 ^0000 97 ${z('a@b')} ${PLAIN}`,
  'unterminated-text': `${notification('01 22').slice(0, -2)}^`,
  'missing-quote': send('96 04 ea ^c3a4 00'),
  'needless-quote': send('96 ^7f 61 00'),
  'control-character': send('96 61 ^07 00'),
  'closing-quote': part('03 83 81 ea c0 22 3c613e ^22 00'),
  'unquoted-string': part('83 c0 ^3c613e 00'),
  'textual-parameter': part(`08 83 81 ^${z('utf-8')}`),
  'parameter-without-value': part('03 83 ^6100'),
  'repeated-parameter': part('07 83 81 ea ^81 ea 8500'),
  'broken-parameters': part('04 83 81 ^1e 00'),
  'unassigned-number': part('^fd'),
  'bare-disposition': part('83 ae ^81'),
  'broken-part-headers': part('83 ae ^1e 81'),
  'header-without-value': part('83 ^582d4100'),
  'octets-behind-parts': part('83', '^0000'),
  'field-order': `8c83 ^8d91 ${TID} 95 81`,
  'repeated-field': `${RESPONSE} ^95 82`,
  'foreign-field': `${RESPONSE} ^8f 80`,
  'report-transaction-id': `8c86 ^${TID} 8d90 8b ${z('M1')} 97 ${z('a@b')} 85 04 5804e259 95 81`,
  'unassigned-field': `${RESPONSE} ^c1 81`,
  'later-field': `8c80 ${TID} 8d90 89 01 81 97 ${z('a@b')} ^a2 80 ${PLAIN}`,
  'later-pdu': `8c^87 8d90 8b ${z('M1')} 97 ${z('a@b')} 89 01 81 9b 80`,
  'damaged-field': `${RESPONSE} 91 ^85`,
  'stray-octets': `${RESPONSE} ^000005`,
  'missing-recipient': `${HEAD} 89 01 81 84 83 ^6869`,
  'missing-status': `8c92 ${TID} 8d92^`,
  'missing-count': `8c92 ${TID} 8d92 92 ^80`,
  'missing-body': '8c84 8d90 85 04 559e7629^',
  'missing-parts': send('', '84 a3^'),
  'broken-inner-multipart': send('', '84 a3 01 01 04 a6 01 ^1e 05 00'),
  'textual-version': `8c83 ${TID} 8d ^${z('1.2')} 95 81`,
  'absolute-expiry': notification('01 22', '88 06 ^80 04 582a346a'),
  'bare-charset': send(`96 03 ^6a 61 00`),
  'missing-charset': send('96 02 ^61 00'),
  'any-charset': send('96 03 ^80 61 00'),
  'unknown-charset': send('96 05 ^02 270f 61 00'),
  'unnamed-charset': send('96 61 ^c3a4 00'),
  'undecodable-text': send('96 04 ea ^61d0 00'),
  'empty-value': send('96 00 ^', PLAIN),
  'reserved-status': `8c81 ${TID} 8d92 92 ^f7`,
};

describe('tolerances', () => {
  for (const name of Object.keys(TOLERANCES) as ToleranceName[]) {
    const text = CASES[name];
    it(`${name}: is accepted, told with its octet, and named by strict mode with its clause`, () => {
      const octets = octetsOf(text);
      const decoded = decodePdu(octets);
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      if ('content' in decoded.value && decoded.value.content) assert.ok(decodeParts(decoded.value.content).ok);
      const inspection = inspectPdu(octets);
      assert.deepEqual(inspection.refused, []);
      assert.deepEqual(
        inspection.tolerated.map((one) => [one.name, one.offset]),
        [[name, markOf(text)]],
      );
      assert.match(inspection.tolerated[0]!.detail, /^[^\n]+$/);
      const [named, ...others] = departures(octets);
      assert.deepEqual(others, []);
      assert.deepEqual([named!.name, named!.grade, named!.offset], [name, 'tolerated', markOf(text)]);
      assert.match(named!.clause!, /^(MMS_ENC|WAP-230|RFC) ?[0-9]/);
    });
  }

  it('are found in real PDUs where they were seen', () => {
    const SEEN: readonly (readonly [file: string, name: ToleranceName, offset: number])[] = [
      ['chinamobile-notification-2026', 'padded-integer', 46],
      ['gammu-labmctel-notification', 'bare-charset', 20],
      ['gammu-labmctel-notification', 'unterminated-text', 42],
      ['gammu-labmctel-notification', 'value-remainder', 42],
      ['gen-e2e-mmsd-tng-send-req-utf8-subject', 'missing-quote', 74],
      ['gen-e2e-mmsd-tng-send-req-utf8-subject', 'unnamed-charset', 74],
      ['jolla-m-delivery-2-ind', 'report-transaction-id', 2],
      ['jolla-m-notification-4-ind', 'absolute-expiry', 51],
      ['malformed/celcom-notification-first-segment', 'unterminated-text', 91],
      ['malformed/danascape-send-req-wrong-lengths', 'value-remainder', 28],
      ['mudita-valid-mms-notification-t-mobile', 'empty-value', 142],
      ['nuntium-m-retrieve-conf', 'missing-body', 123],
    ];
    for (const [file, name, offset] of SEEN) {
      const octets = readFileSync(new URL(`../../../test/corpus/mms-pdus/${file}.mms`, import.meta.url));
      const told = inspectPdu(octets).tolerated.map((one) => `${one.name} ${one.offset}`);
      assert.ok(told.includes(`${name} ${offset}`), `${file}: ${told.join(', ')}`);
    }
  });

  it('are not made use of by what the encoder writes', () => {
    for (const kind of ['m-send-req', 'm-notification-ind', 'm-retrieve-conf', 'm-delivery-ind'] as const)
      assert.deepEqual(inspectPdu(encodePdu(samplePdu(kind))).tolerated, [], kind);
  });

  it('of a value that is read twice are told of the reading that counts', () => {
    // X-Mms-Previously-Sent-By is not of this PDU: its own grammar is tried, fails behind a bare count, and the length says where it ends.
    const found = inspectPdu(octetsOf(`${RESPONSE} a0 04 22 1e 61 00`)).tolerated;
    assert.deepEqual(
      found.map((one) => one.name),
      ['foreign-field'],
    );
  });

  it('of this room and of WSP have different names, and every row is written out', () => {
    for (const [name, row] of Object.entries(TOLERANCES)) {
      assert.match(name, /^[a-z]+(-[a-z]+)+$/);
      assert.ok(row.accepts.endsWith('.') && row.clause.length > 0 && row.seen.length > 0, name);
    }
    assert.equal(Object.keys(TOLERANCES).length, Object.keys(CASES).length);
    assert.ok(Object.keys(MMS_TOLERANCES).length < Object.keys(TOLERANCES).length);
  });
});

describe('refusals', () => {
  const REFUSED: Readonly<Record<keyof typeof REFUSALS, string>> = {
    'type-not-first': `8d91 8c83 ${TID} 95 81`,
    'no-field': `${SEND} 00 ${PLAIN}`,
    'value-beyond-end': `${RESPONSE} c1 1e 00`,
    'content-type-unreadable': `${SEND} 84 1e 83`,
    'missing-mandatory': `8c83 ${TID} 8d91`,
    'other-major-version': `8c83 ${TID} 8da0 95 81`,
    'enumeration-octet': `8c83 ${TID} 8d91 95 9f`,
    'long-uintvar': send('', '84 a3 81 80 80 80 80 00'),
    'name-without-end': `${RESPONSE} 582d41`,
    'part-beyond-end': send('', '84 a3 01 01 05 83 6869'),
  };
  for (const [name, text] of Object.entries(REFUSED))
    it(`${name}: is refused, and strict mode says where`, () => {
      const octets = octetsOf(text);
      const decoded = decodePdu(octets);
      if (decoded.ok) {
        assert.ok('content' in decoded.value && decoded.value.content !== undefined);
        assert.equal(decodeParts(decoded.value.content).ok, false);
      }
      const refused = departures(octets).filter((one) => one.grade === 'refused');
      assert.equal(refused.length, 1);
      assert.ok(refused[0]!.clause !== undefined && refused[0]!.offset <= octets.length);
    });

  it('name every field that is missing, not only the first', () => {
    const fields = wireFields(samplePdu('m-notification-ind')).filter((field) => !['expiry', 'messageSize'].includes(field.key!));
    const found = departures(Uint8Array.from(fields.flatMap((field) => [...field.octets])));
    assert.deepEqual(
      found.map(({ name, detail }) => `${name}: ${detail}`),
      ['missing-field: m-notification-ind has no X-Mms-Message-Size', 'missing-field: m-notification-ind has no X-Mms-Expiry'],
    );
  });

  it('tell a damaged mandatory field once, as refused', () => {
    const found = departures(octetsOf(`8c83 ${TID} 8d91 95 9f`));
    assert.deepEqual(
      found.map(({ name, grade, offset }) => [name, grade, offset]),
      [['malformed', 'refused', 9]],
    );
  });

  it('go on behind an unreadable type of one part to the next', () => {
    const found = departures(octetsOf(send('', '84 a3 02 02 01 1e 83 61 02 01 1e 83 62')));
    assert.deepEqual(
      found.map(({ name, grade }) => `${grade} ${name}`),
      ['refused malformed', 'refused malformed'],
    );
  });

  it('of another PDU type still show the fields', () => {
    const octets = Uint8Array.from([0x8c, 0xff, ...rawField('transactionId', z('T1')).octets, 0x8d, 0x92]);
    const { items, refused } = inspectPdu(octets);
    assert.deepEqual(
      items.map((item) => item.name),
      ['X-Mms-Message-Type', 'X-Mms-Transaction-Id', 'X-Mms-MMS-Version'],
    );
    assert.deepEqual(
      refused.map((one) => one.kind),
      ['unsupported-pdu'],
    );
  });
});

describe('X-Mms-Element-Descriptor', () => {
  it('has parameters by any name, also one that every object of the language knows', () => {
    const octets = octetsOf(
      `8c82 ${TID} 8d92 8a80 8e 02 0400 88 02 81 8a b2 10 ${z('a')} ${z('constructor')} ${z('x')} 83 ${z('http://a')}`,
    );
    const decoded = decodePdu(octets);
    assert.ok(decoded.ok && decoded.value.kind === 'm-notification-ind');
    assert.deepEqual(decoded.value.elementDescriptor, { reference: 'a', parameters: { constructor: 'x' } });
    assert.deepEqual(departures(octets), []);
  });
});
