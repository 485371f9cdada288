/** RFC 4165, 2: octets written down by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeM2pa, encodeM2pa, LINK_STATES, type M2paMessage, m2paText } from '#codec/mtp';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

const MESSAGES: readonly [string, string, M2paMessage][] = [
  [
    '2.3.1: User Data: a priority octet, then the MTP3 message',
    '01000b01 00000016 00000004 00000005 40 83 32d28a04',
    { kind: 'User Data', bsn: 4, fsn: 5, priority: 1, mtp3: fromHex('8332d28a04') },
  ],
  [
    '2.2: User Data without data only acknowledges',
    '01000b01 00000010 00fffffe 00ffffff',
    { kind: 'User Data', bsn: 0xfffffe, fsn: 0xffffff, priority: 0, mtp3: new Uint8Array(0) },
  ],
  [
    '2.3.2: Link Status: a state of 32 bits, and filler',
    '01000b02 00000016 00ffffff 00ffffff 00000002 0000',
    { kind: 'Link Status', bsn: 0xffffff, fsn: 0xffffff, state: 2, filler: fromHex('0000') },
  ],
];

describe('RFC 4165, 2: messages', () => {
  for (const [clause, octets, message] of MESSAGES)
    it(clause, () => {
      const fixed = fromHex(octets);
      // Lengths count themselves.
      assert.equal(new DataView(fixed.buffer).getUint32(4), fixed.length, 'the sample is right');
      assert.deepEqual(decodeM2pa(fixed), { ok: true, value: message });
      assert.equal(toHex(encodeM2pa(message)), toHex(fixed));
    });

  it('2.3.1: spare bits beside the priority are ignored', () => {
    const decoded = decodeM2pa(fromHex('01000b01 00000016 00000004 00000005 3f 83 32d28a04'));
    assert.ok(decoded.ok && decoded.value.kind === 'User Data');
    assert.equal(decoded.value.priority, 0);
  });

  it('2.3.2: each state has a name', () => {
    assert.deepEqual(Object.keys(LINK_STATES).map(Number), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const state of Object.keys(LINK_STATES).map(Number))
      assert.ok(
        m2paText({ kind: 'Link Status', bsn: 0, fsn: 0, state, filler: new Uint8Array(0) }).includes(LINK_STATES[state]!),
      );
  });

  it('2.1: another version, class, type or length is an error; so is every prefix', () => {
    for (const octets of [
      '02000b01 00000010 00000000 00000000',
      '01000a01 00000010 00000000 00000000',
      '01000b03 00000010 00000000 00000000',
      '01000b01 00000011 00000000 00000000',
      '01000b01 0000000f 00000000 00000000',
    ])
      assert.equal(decodeM2pa(fromHex(octets)).ok, false, octets);
    const whole = fromHex(MESSAGES[0]![1]);
    for (let length = 0; length < whole.length; length++) assert.equal(decodeM2pa(whole.subarray(0, length)).ok, false);
  });
});
