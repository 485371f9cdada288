import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createIpaFramer } from './framer.js';
import { CCM_TYPES, type CcmMessage, decodeIpa, encodeCcm, encodeIpa, ID_TAGS, IPA_PROTOCOL } from './ipa.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** As osmo-stp 1.6 and its client were recorded. */
const RECORDED: readonly [string, CcmMessage][] = [
  ['0011 fe 04 0108 0107 0102 0103 0104 0105 0101 0100', { kind: 'ID_GET', tags: [8, 7, 2, 3, 4, 5, 1, 0] }],
  ['000a fe 05 0007 01 6970612d6100', { kind: 'ID_RESP', values: [{ tag: ID_TAGS.unitName, text: 'ipa-a' }] }],
  ['0001 fe 06', { kind: 'ID_ACK' }],
];

describe('IPA frames', () => {
  it('of the identity exchange are read and written as recorded', () => {
    for (const [octets, message] of RECORDED) {
      assert.deepEqual(decodeIpa(hex(octets)), { ok: true, value: { kind: 'ccm', message } });
      assert.equal(toHex(encodeCcm(message)), toHex(hex(octets)));
    }
  });

  it('every control message is read as it was written', () => {
    const values = [
      { tag: 1, text: 'a' },
      { tag: 8, text: '0/0/0' },
    ];
    const messages: CcmMessage[] = [
      { kind: 'PING' },
      { kind: 'PONG' },
      { kind: 'ID_ACK' },
      { kind: 'ID_GET', tags: [] },
      { kind: 'ID_RESP', values },
    ];
    assert.deepEqual(messages.map((it) => it.kind).sort(), Object.keys(CCM_TYPES).sort());
    for (const message of messages)
      assert.deepEqual(decodeIpa(encodeCcm(message)), { ok: true, value: { kind: 'ccm', message } });
  });

  it('keep a byte order mark that a value begins with', () => {
    const message: CcmMessage = { kind: 'ID_RESP', values: [{ tag: 1, text: '\ufeff\ufeffa' }] };
    assert.deepEqual(decodeIpa(encodeCcm(message)), { ok: true, value: { kind: 'ccm', message } });
  });

  it('with SCCP hold the message as a view', () => {
    const octets = encodeIpa(IPA_PROTOCOL.sccp, Uint8Array.of(9, 1));
    const decoded = decodeIpa(octets);
    assert.ok(decoded.ok && decoded.value.kind === 'sccp');
    assert.equal(decoded.value.message.buffer, octets.buffer);
    assert.equal(toHex(decoded.value.message), '0901');
  });

  it('of other protocols and control types are handed on as such', () => {
    for (let protocol = 0; protocol < 256; protocol++) {
      const decoded = decodeIpa(encodeIpa(protocol, Uint8Array.of(0x33, 1)));
      assert.ok(decoded.ok);
      if (protocol === IPA_PROTOCOL.sccp) continue;
      const type =
        protocol === IPA_PROTOCOL.ccm ? { type: 0x33, payload: Uint8Array.of(1) } : { payload: Uint8Array.of(0x33, 1) };
      assert.deepEqual(decoded.value, { kind: 'other', protocol, ...type });
    }
  });

  it('are a value or an error whatever the octets, and every prefix of a good one is an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40, size: 'max' }), (octets) => void decodeIpa(octets)));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40, size: 'max' }),
        (payload) => void decodeIpa(encodeIpa(IPA_PROTOCOL.ccm, payload)),
      ),
      { numRuns: 1_000 },
    );
    for (const [octets] of RECORDED)
      for (let length = 0; length < hex(octets).length; length++)
        assert.equal(decodeIpa(hex(octets).subarray(0, length)).ok, false);
  });

  it('are refused with more values than the limit', () => {
    assert.equal(decodeIpa(encodeCcm({ kind: 'ID_GET', tags: new Array(32).fill(1) })).ok, true);
    assert.equal(decodeIpa(encodeCcm({ kind: 'ID_GET', tags: new Array(33).fill(1) })).ok, false);
    const values = new Array(33).fill({ tag: 1, text: '' });
    assert.equal(decodeIpa(encodeCcm({ kind: 'ID_RESP', values })).ok, false);
    assert.throws(() => encodeIpa(0xfd, new Uint8Array(0x10000)), RangeError);
  });

  it('are cut from a stream in pieces of every size', () => {
    const frames = RECORDED.map(([octets]) => hex(octets));
    const stream = Uint8Array.from(frames.flatMap((it) => [...it]));
    for (let size = 1; size <= stream.length; size++) {
      const framer = createIpaFramer();
      const found: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        const cut = framer.push(stream.subarray(at, at + size));
        assert.ok(cut.ok);
        found.push(...cut.value.map(toHex));
      }
      assert.deepEqual(found, frames.map(toHex));
    }
  });
});
