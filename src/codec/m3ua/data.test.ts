/** The short road of DATA is held against the tables, which read and write every message. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DataReader, dataOctets, writeData } from './data.js';
import { decodeM3ua } from './decode.js';
import { encodeM3ua } from './encode.js';
import type { Data } from './messages.js';

const u32 = fc.oneof(fc.constantFrom(0, 0x8000_0000, 0xffff_ffff), fc.nat(0xffff_ffff));
const u8 = fc.nat(255);
const optional = fc.option(u32, { nil: undefined });
const userData = fc.uint8Array({ maxLength: 40, size: 'max' });
const label = fc.record({ opc: u32, dpc: u32, si: u8, ni: u8, mp: u8, sls: u8, userData });
const data: fc.Arbitrary<Data> = fc
  .record({ kind: fc.constant('DATA' as const), networkAppearance: optional, context: optional, protocolData: label })
  .map(({ kind, networkAppearance, context, protocolData }) => ({
    kind,
    ...(networkAppearance === undefined ? {} : { networkAppearance }),
    ...(context === undefined ? {} : { routingContext: [context] }),
    protocolData,
  }));

/** A parameter that the row of DATA does not have keeps a message off the short road. */
const STRANGER = { tag: 0x7777, octets: Uint8Array.of(1, 2, 3, 4) };
const plain = (message: Data): Data => ({
  ...message,
  protocolData: { ...message.protocolData, userData: Uint8Array.from(message.protocolData.userData) },
});

describe('DATA on the short road', () => {
  it('is written as the tables write it', () => {
    fc.assert(
      fc.property(data, fc.nat(20), (message, at) => {
        const { protocolData, networkAppearance = -1, routingContext } = message;
        const context = routingContext?.[0] ?? -1;
        const octets = dataOctets(protocolData.userData.length, context, networkAppearance);
        const out = new Uint8Array(at + octets + 5).fill(0xee);
        assert.equal(writeData(out, at, protocolData, context, networkAppearance), at + octets);
        assert.deepEqual(out.subarray(at, at + octets), encodeM3ua({ ...message, others: [] }));
        assert.ok(
          [...out.subarray(0, at), ...out.subarray(at + octets)].every((it) => it === 0xee),
          'and nothing beside',
        );
      }),
    );
  });

  it('is read as the tables read it', () => {
    const reader = new DataReader();
    fc.assert(
      fc.property(data, fc.nat(20), (message, at) => {
        const octets = encodeM3ua(message);
        const among = new Uint8Array(at + octets.length + 5).fill(0xee);
        among.set(octets, at);
        assert.ok(reader.read(among, at, at + octets.length));
        const slow = decodeM3ua(encodeM3ua({ ...message, others: [STRANGER] }));
        assert.ok(slow.ok && slow.value.kind === 'DATA');
        const { others, ...rest } = slow.value;
        assert.deepEqual(others?.length, 1);
        assert.deepEqual(plain(reader.data()), plain(rest));
      }),
    );
  });

  it('is left for anything that the tables would read otherwise or refuse', () => {
    const reader = new DataReader();
    const mutation = fc.tuple(data, fc.nat(200), u8, fc.nat(8));
    fc.assert(
      fc.property(mutation, ([message, index, value, cut]) => {
        const octets = encodeM3ua(message);
        octets[index % octets.length] = value;
        const bytes = octets.subarray(0, octets.length - (cut > 5 ? cut - 5 : 0));
        if (!reader.read(bytes, 0, bytes.length)) return;
        // What it takes is a DATA for the tables too: forced there by a stranger behind the parameters, the header's length put right.
        const whole = bytes.length + ((4 - (bytes.length % 4)) % 4);
        const longer = new Uint8Array(whole + 8);
        longer.set(bytes);
        longer.set([0x77, 0x77, 0, 8, 1, 2, 3, 4], whole);
        new DataView(longer.buffer).setUint32(4, longer.length);
        const slow = decodeM3ua(longer);
        assert.ok(slow.ok && slow.value.kind === 'DATA');
        const { others, ...rest } = slow.value;
        assert.equal(others?.length, 1);
        assert.deepEqual(plain(reader.data()), plain(rest));
      }),
      { numRuns: 2_000 },
    );
  });

  it('throws above what one Protocol Data can hold', () => {
    assert.equal(dataOctets(65_519, -1, -1), 8 + 65_536);
    assert.throws(() => dataOctets(65_520, -1, -1), RangeError);
  });
});
