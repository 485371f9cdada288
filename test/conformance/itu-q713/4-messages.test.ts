/** ITU-T Q.713, 4: messages, octets written down by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeManagement, decodeSccp, encodeManagement, encodeSccp, type SccpManagement, type SccpMessage } from '#codec/sccp';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

const called = { routeOn: 'ssn', ssn: 8 } as const;
const calling = { routeOn: 'ssn', ssn: 6 } as const;
const common = { called, calling, data: fromHex('aabb') };
const unit = { protocolClass: 1, returnOnError: true };
const optional = [{ name: 0x12, octets: fromHex('05') }];

const MESSAGES: readonly [string, string, SccpMessage][] = [
  ['4.10: UDT', '09 81 03 05 07 02 4208 02 4206 02 aabb', { kind: 'UDT', ...unit, ...common }],
  ['4.11: UDTS', '0a 01 03 05 07 02 4208 02 4206 02 aabb', { kind: 'UDTS', returnCause: 1, ...common }],
  [
    '4.18: XUDT',
    '11 81 0f 04 06 08 00 02 4208 02 4206 02 aabb',
    { kind: 'XUDT', ...unit, hopCounter: 15, ...common, optional: [] },
  ],
  [
    '4.18: XUDT with an optional part',
    '11 81 0f 04 06 08 0a 02 4208 02 4206 02 aabb 12 01 05 00',
    { kind: 'XUDT', ...unit, hopCounter: 15, ...common, optional },
  ],
  [
    '4.19: XUDTS',
    '12 0c 0f 04 06 08 0a 02 4208 02 4206 02 aabb 12 01 05 00',
    { kind: 'XUDTS', returnCause: 12, hopCounter: 15, ...common, optional },
  ],
  [
    '4.20: LUDT: pointers of two octets, the lower first, counted from the second; two octets of length',
    '13 81 0f 0700 0800 0900 0b00 02 4208 02 4206 0200 aabb 12 01 05 00',
    { kind: 'LUDT', ...unit, hopCounter: 15, ...common, optional },
  ],
  [
    '4.21: LUDTS',
    '14 0e 0f 0700 0800 0900 0000 02 4208 02 4206 0200 aabb',
    { kind: 'LUDTS', returnCause: 14, hopCounter: 15, ...common, optional: [] },
  ],
];

describe('ITU-T Q.713, 4: messages', () => {
  for (const [clause, octets, message] of MESSAGES)
    it(`${clause} is written and read as the table shows it`, () => {
      assert.deepEqual(decodeSccp(fromHex(octets)), { ok: true, value: message });
      const written = encodeSccp(message);
      assert.equal(written.ok && toHex(written.value), toHex(fromHex(octets)));
    });

  it('2.3: pointers are followed wherever they lead inside the message: any order, gaps, shared octets', () => {
    const expected = { ok: true, value: { kind: 'UDT', ...unit, ...common } };
    assert.deepEqual(decodeSccp(fromHex('09 81 0a 06 02 ff 02 aabb 02 4206 02 4208')), expected);
    const shared = decodeSccp(fromHex('09 81 03 02 04 02 4208 02 aabb'));
    assert.ok(shared.ok);
    assert.deepEqual(shared.value.called, shared.value.calling);
  });

  it('2.3: a pointer that is 0, or leads out of the message, is an error; so is a part that does', () => {
    for (const octets of [
      '09 81 00 05 07 02 4208 02 4206 02 aabb',
      '09 81 03 05 ff 02 4208 02 4206 02 aabb',
      '09 81 03 05 07 02 4208 02 4206 03 aabb',
      '11 81 0f 04 06 08 30 02 4208 02 4206 02 aabb',
      '13 81 0f 0700 0800 0900 ffff 02 4208 02 4206 0200 aabb',
      '13 81 0f 0700 0800 0900 0000 02 4208 02 4206 0300 aabb',
    ]) {
      const decoded = decodeSccp(fromHex(octets));
      assert.equal(!decoded.ok && decoded.error.kind, 'malformed', octets);
    }
  });

  it('2.1: connection-oriented messages are refused as not supported', () => {
    const decoded = decodeSccp(fromHex('01 000001 03 02 00 02 4208'));
    assert.equal(!decoded.ok && decoded.error.text, 'sccp: octet 0: message type 0x01 (CR) (Q.713 2.1)');
  });
});

describe('ITU-T Q.713, 5: messages of SCCP management', () => {
  const about = { affectedSsn: 8, affectedPointCode: 0x1234, multiplicity: 1 };
  const FORMATS: readonly [string, SccpManagement][] = [
    ['01 08 3412 01', { kind: 'SSA', ...about }],
    ['02 08 3412 01', { kind: 'SSP', ...about }],
    ['03 08 3412 01', { kind: 'SST', ...about }],
    ['04 08 3412 01', { kind: 'SOR', ...about }],
    ['05 08 3412 01', { kind: 'SOG', ...about }],
    ['06 08 3412 01 03', { kind: 'SSC', ...about, congestionLevel: 3 }],
  ];
  for (const [octets, message] of FORMATS)
    it(`5.3: ${message.kind}`, () => {
      assert.deepEqual(decodeManagement(fromHex(octets)), { ok: true, value: message });
      assert.equal(toHex(encodeManagement(message)), toHex(fromHex(octets)));
    });
});
