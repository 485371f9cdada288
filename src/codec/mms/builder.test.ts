import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applicationField, joinFields, rawField, samplePdu, wireField, wireFields, withField, withoutField } from './builder.js';
import { decodePdu } from './decode.js';
import { encodePdu } from './encode.js';
import { PDUS } from './pdu-rows.js';
import type { PduKind } from './pdus.js';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const kinds = Object.keys(PDUS) as PduKind[];

describe('samplePdu', () => {
  for (const kind of kinds)
    it(`makes an ${kind} that the decoder accepts`, () => {
      const decoded = decodePdu(encodePdu(samplePdu(kind)));
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      assert.equal(decoded.value.kind, kind);
    });

  it('takes what is given in place of its own', () => {
    const pdu = samplePdu('m-send-req', { to: [], cc: ['a@b.example'], subject: 'Hi' });
    assert.deepEqual([pdu.to, pdu.cc, pdu.bcc, pdu.subject], [[], ['a@b.example'], [], 'Hi']);
  });

  it('makes the same octets every time', () => {
    assert.equal(hex(encodePdu(samplePdu('m-send-req'))), hex(encodePdu(samplePdu('m-send-req'))));
  });
});

describe('wireFields', () => {
  for (const kind of kinds)
    it(`of an ${kind}, joined again, are what the encoder writes`, () => {
      const pdu = samplePdu(kind);
      assert.equal(hex(joinFields(wireFields(pdu))), hex(encodePdu(pdu)));
    });

  it('keep lists, application headers and the body in the order of the encoder', () => {
    const unknown = [{ name: 'X-Own', text: 'v', octets: applicationField('X-Own', 'v').octets }];
    const pdu = samplePdu('m-send-req', { to: ['a@b', 'c@d'], unknown });
    assert.equal(hex(joinFields(wireFields(pdu))), hex(encodePdu(pdu)));
    assert.deepEqual(
      wireFields(pdu).map((field) => field.key),
      ['messageType', 'transactionId', 'version', 'from', 'to', 'to', undefined, 'content'],
    );
  });
});

describe('fields for octets that no encoder writes', () => {
  const fields = wireFields(samplePdu('m-acknowledge-ind'));

  it('are replaced in place, put before the content, or put last', () => {
    assert.equal(hex(joinFields(withField(fields, rawField('version', '93')))), '8c85985431008d93');
    assert.equal(hex(joinFields(withField(fields, wireField('reportAllowed', false)))), '8c85985431008d929181');
    const send = withField(wireFields(samplePdu('m-send-req')), rawField(0xc1, '80'));
    assert.deepEqual(
      send.slice(-2).map((field) => field.octets[0]),
      [0xc1, 0x84],
    );
  });

  it('are left out by their key', () => {
    assert.equal(hex(joinFields(withoutField(fields, 'transactionId'))), '8c858d92');
  });

  it('take hexadecimal digits with spaces, and nothing else', () => {
    assert.equal(hex(rawField(0xc1, '04 00 00 05 01').octets), 'c10400000501');
    assert.throws(() => rawField(0xc1, '4'), RangeError);
    assert.throws(() => rawField(0xc1, 'zz'), RangeError);
  });
});
