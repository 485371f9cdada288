import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeBer, primitive } from '#codec/ber';
import { decodeTcap, encodeTcap } from './message.js';
import type { Code, Component, DialoguePortion, External, TcapMessage } from './messages.js';
import { tcapToText } from './to-text.js';

const id = fc.uint8Array({ minLength: 1, maxLength: 4 });
const invokeId = fc.integer({ min: -128, max: 127 });
const oid = fc.constantFrom('0.4.0.0.1.0.21.3', '1.2.840.113549', '2.25.340282366920938463463374607431768211455');
const code: fc.Arbitrary<Code> = fc.oneof(
  fc.record({ kind: fc.constant('local' as const), value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 }) }),
  fc.record({ kind: fc.constant('global' as const), value: oid }),
);
const element = fc
  .tuple(fc.constantFrom(0x04, 0x05, 0x80, 0x9f1f), fc.uint8Array({ maxLength: 20 }))
  .map(([tag, content]) => Uint8Array.from(encodeBer(primitive(tag, content))));
const component: fc.Arbitrary<Component> = fc.oneof(
  fc.record(
    { kind: fc.constant('invoke' as const), invokeId, linkedId: invokeId, operation: code, parameter: element },
    { requiredKeys: ['kind', 'invokeId', 'operation'] },
  ),
  fc.record(
    {
      kind: fc.constantFrom('returnResultLast' as const, 'returnResultNotLast' as const),
      invokeId,
      result: fc.record({ operation: code, parameter: element }, { requiredKeys: ['operation'] }),
    },
    { requiredKeys: ['kind', 'invokeId'] },
  ),
  fc.record(
    { kind: fc.constant('returnError' as const), invokeId, error: code, parameter: element },
    { requiredKeys: ['kind', 'invokeId', 'error'] },
  ),
  fc.record(
    {
      kind: fc.constant('reject' as const),
      invokeId,
      problem: fc.record({
        type: fc.constantFrom('general' as const, 'invoke' as const, 'returnResult' as const, 'returnError' as const),
        code: fc.nat(7),
      }),
    },
    { requiredKeys: ['kind', 'problem'] },
  ),
);
const external: fc.Arbitrary<External> = fc.record(
  { directReference: oid, encoding: element.map((it) => Uint8Array.of(0xa0, it.length, ...it)) },
  { requiredKeys: ['encoding'] },
);
const pdu = { protocolVersion: fc.constant(Uint8Array.of(7, 0x80)), userInformation: fc.array(external, { maxLength: 3 }) };
const aare: fc.Arbitrary<DialoguePortion> = fc.record(
  {
    kind: fc.constant('AARE' as const),
    applicationContext: oid,
    result: fc.nat(1),
    diagnostic: fc.record({ source: fc.constantFrom('user' as const, 'provider' as const), value: fc.nat(2) }),
    ...pdu,
  },
  { requiredKeys: ['kind', 'applicationContext', 'result', 'diagnostic'] },
);
const aarq: fc.Arbitrary<DialoguePortion> = fc.record(
  { kind: fc.constantFrom('AARQ' as const), applicationContext: oid, ...pdu },
  { requiredKeys: ['kind', 'applicationContext'] },
);
const abrt: fc.Arbitrary<DialoguePortion> = fc.record(
  { kind: fc.constant('ABRT' as const), source: fc.nat(1), userInformation: pdu.userInformation },
  { requiredKeys: ['kind', 'source'] },
);
const audt = fc.record(
  { kind: fc.constant('AUDT' as const), applicationContext: oid, ...pdu },
  { requiredKeys: ['kind', 'applicationContext'] },
);
const components = fc.array(component, { maxLength: 4 });
const dialogue = fc.oneof(aarq, aare, abrt);
const message = fc.oneof(
  fc.record({ kind: fc.constant('begin'), otid: id, dialogue, components }, { requiredKeys: ['kind', 'otid'] }),
  fc.record({ kind: fc.constant('end'), dtid: id, dialogue, components }, { requiredKeys: ['kind', 'dtid'] }),
  fc.record(
    { kind: fc.constant('continue'), otid: id, dtid: id, dialogue, components },
    { requiredKeys: ['kind', 'otid', 'dtid'] },
  ),
  fc.record({ kind: fc.constant('unidirectional'), dialogue: audt, components }, { requiredKeys: ['kind', 'components'] }),
  fc.record({ kind: fc.constant('abort'), dtid: id, dialogue: abrt }, { requiredKeys: ['kind', 'dtid'] }),
) as fc.Arbitrary<TcapMessage>;

describe('TCAP', () => {
  it('reads what it has written', () => {
    fc.assert(
      fc.property(message, (one) => {
        const octets = encodeTcap(one);
        const again = decodeTcap(octets);
        assert.ok(again.ok, again.ok ? '' : again.error.text);
        // Views are octets like others; plain objects of one shape are compared.
        assert.deepEqual(plain(again.value), plain(one));
        assert.deepEqual(encodeTcap(again.value), octets);
        assert.ok(tcapToText(again.value).startsWith(one.kind));
      }),
    );
  });

  it('takes the first of a field that a dialogue PDU has twice, and keeps the other', () => {
    const context = (last: string): string => `a10906070400000100 15${last}`.replace(' ', '');
    const pdu = `${context('03')}${context('02')}be00be00`;
    const wrapped = (tag: string, inner: string): string => `${tag}${(inner.length / 2).toString(16).padStart(2, '0')}${inner}`;
    const external = `060700118605010101${wrapped('a0', wrapped('60', pdu))}`;
    const text = wrapped('62', `480101${wrapped('6b', wrapped('28', external))}`);
    const octets = new Uint8Array(Buffer.from(text, 'hex'));
    const read = decodeTcap(octets);
    assert.ok(read.ok && read.value.dialogue?.kind === 'AARQ', read.ok ? 'no AARQ' : read.error.text);
    assert.equal(read.value.dialogue.applicationContext, '0.4.0.0.1.0.21.3');
    const written = encodeTcap(read.value);
    assert.equal(written.length, octets.length);
    assert.deepEqual(decodeTcap(written), read);
  });

  it('keeps a dialogue portion whole that has something behind its PDU', () => {
    const pdu = '600b a109 06070400000100 1503';
    const text = `6231 480101 6b2c 282a 060700118605010101 a01f ${pdu} ${pdu} 8003000000`;
    const octets = new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
    const read = decodeTcap(octets);
    assert.ok(read.ok, read.ok ? '' : read.error.text);
    assert.equal(read.value.dialogue?.kind, 'unreadable');
    assert.deepEqual(encodeTcap(read.value), octets);
  });

  it('gives a value that can be written and printed, or a typed error, for any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(0x61, 0x62, 0x64, 0x65, 0x67, 0x00), (content, tag) => {
        const octets = Uint8Array.of(tag, content.length, ...content);
        for (const input of [octets, content]) {
          const one = decodeTcap(input);
          if (!one.ok) assert.ok(one.error.offset <= input.length);
          else {
            tcapToText(one.value, { masked: true });
            encodeTcap(one.value);
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Octets as text, so that views and copies compare alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
