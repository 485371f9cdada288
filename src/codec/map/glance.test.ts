import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { type Component, decodeTcap, encodeTcap, local } from '#codec/tcap';
import { decodeInvoke, encodeInvoke } from './components.js';
import { contextName } from './contexts.js';
import { glance } from './glance.js';
import { addressNumberAt } from './numbers.js';
import type { SmRpDa, SmRpOa } from './short-message.js';

const digits = fc.stringMatching(/^[0-9]{1,15}$/);
const address = fc.record({ nature: fc.nat(7), plan: fc.nat(15), digits });
const da: fc.Arbitrary<SmRpDa> = fc.oneof(
  fc.record({ kind: fc.constant('serviceCentreAddressDA' as const), value: address }),
  fc.record({ kind: fc.constant('imsi' as const), value: fc.stringMatching(/^[0-9]{5,15}$/) }),
  fc.record({ kind: fc.constant('lmsi' as const), value: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.constant({ kind: 'noSM-RP-DA' as const, value: true as const }),
);
const oa: fc.Arbitrary<SmRpOa> = fc.oneof(
  fc.record({ kind: fc.constant('msisdn' as const), value: address }),
  fc.record({ kind: fc.constant('serviceCentreAddressOA' as const), value: address }),
  fc.constant({ kind: 'noSM-RP-OA' as const, value: true as const }),
);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));

describe('glance', () => {
  it('finds in a message what went into it, wherever the message stands', () => {
    const id = fc.uint8Array({ minLength: 1, maxLength: 4 });
    const argument = fc.record({ smRpDa: da, smRpOa: oa, smRpUi: fc.uint8Array({ maxLength: 200 }) });
    fc.assert(
      fc.property(
        id,
        argument,
        fc.integer({ min: -128, max: 127 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(9),
        (otid, arg, invokeId, version, before) => {
          const applicationContext = contextName({ context: 21, version });
          const components = [encodeInvoke(invokeId, { operation: 'mo-ForwardSM', argument: arg })];
          const octets = encodeTcap({ kind: 'begin', otid, dialogue: { kind: 'AARQ', applicationContext }, components });
          const padded = Uint8Array.from([...new Uint8Array(before), ...octets, 0x62, 0x00]);
          const found = glance(padded, before, before + octets.length)!;
          assert.deepEqual(
            [found.kind, found.context, found.version, found.invokes, found.invokeId, found.operation, found.argument],
            ['begin', 21, version, 1, invokeId, 46, 'read'],
          );
          assert.deepEqual(padded.subarray(found.otidFrom, found.otidTo), otid);
          assert.deepEqual(padded.subarray(found.uiFrom, found.uiTo), arg.smRpUi);
          const { smRpOa } = arg;
          const number = addressNumberAt(padded, found.oaFrom, found.oaTo);
          if (smRpOa.kind !== 'noSM-RP-OA') assert.equal(number, Number(smRpOa.value.digits));
          else assert.deepEqual([found.oaTag, number], [0x85, undefined]);
        },
      ),
    );
  });

  it('never answers where the decoder refuses, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0x62, 0x64, 0x65, 0x67), (content, tag) => {
        const octets = Uint8Array.of(tag, content.length, ...content);
        if (glance(octets) !== undefined) assert.ok(decodeTcap(octets).ok);
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves to the decoder what is not plain, and says so', () => {
    const ofArgument = (parameter: string): string | undefined => {
      const invoke: Component = { kind: 'invoke', invokeId: 1, operation: local(46), parameter: hex(parameter) };
      return glance(encodeTcap({ kind: 'begin', otid: hex('01'), components: [invoke] }))?.argument;
    };
    assert.equal(ofArgument('300b 840291f1 820291f2 0401aa'), 'read');
    assert.equal(ofArgument('300d 840291f1 820291f2 0401aa 0500'), 'read');
    const unusual = [
      '300d 840291f1 820291f2 24030401aa',
      '300b 820291f2 840291f1 0401aa',
      '3008 840291f1 820291f2',
      '3007 840291f1 0401aa',
      '300e 840291f1 820291f2 0401aa 810102',
      '300d 840291f1 820291f2 0401aa 0402aa'.replace('0402aa', '0400'),
      '3009 8400 820291f2 0401aa',
      '0401aa',
      '3080 840291f1 820291f2 0401aa 0000',
    ];
    for (const parameter of unusual) assert.notEqual(ofArgument(parameter), 'read', parameter);
    // The decoder reads the first, second, fifth and last.
    const read = unusual.map((parameter) => decodeInvoke({ operation: local(46), parameter: hex(parameter) }).ok);
    assert.deepEqual(read, [true, true, false, false, true, false, false, false, true]);
  });

  it('leaves to the decoder a message with more components than may be unreadable, and the decoder none that SCCP can carry', () => {
    const components = (count: number): Component[] =>
      Array.from({ length: count }, () => ({ kind: 'returnResultLast', invokeId: 1 }));
    const end = (count: number): Uint8Array => encodeTcap({ kind: 'end', dtid: hex('01'), components: components(count) });
    assert.equal(glance(end(LIMITS.tcapUnreadableMax))?.components, LIMITS.tcapUnreadableMax);
    assert.equal(glance(end(LIMITS.tcapUnreadableMax + 1)), undefined);
    assert.ok(end(790).length >= 3952 && decodeTcap(end(790)).ok);
  });

  it('says of other messages what they are', () => {
    const kinds = [
      ['62 06 4804 30000001', 'begin', 1],
      ['64 06 4904 30000001', 'end', 0],
      ['65 0a 4804 30000001 4902 0a0b', 'continue', 0],
      ['67 07 4902 0a0b 4a01 01', 'abort', 0],
      ['61 07 6c05 a203 020101', 'unidirectional', 0],
    ] as const;
    for (const [text, kind, version] of kinds) {
      const found = glance(hex(text))!;
      assert.deepEqual([found.kind, found.version, found.operation, found.argument], [kind, version, -1, 'none']);
    }
    for (const text of [
      '',
      '62',
      '62 80 4801 01 0000',
      '62 04 4801 01 00',
      '63 03 4801 01',
      '62 06 4801 01 4801 02',
      '64 03 4801 01',
      '62 00',
      '61 00',
    ])
      assert.equal(glance(hex(text)), undefined, text);
  });
});
