import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LANGUAGES, packSeptets, septetsOfText, textOfSeptets, unpackSeptets } from './alphabets.js';
import { TPDUS } from './rows.js';
import { readTbcd, semiOctets } from './semi-octets.js';
import { smsToText } from './to-text.js';
import { decodeSms, encodeSms, type SmsContext } from './tpdu.js';
import type { SmsKind, SmsTpdu } from './tpdus.js';
import { decodeUserData, makeUserData } from './user-data.js';

const SIGNS = [...LANGUAGES[0]!.locking!].filter((sign) => sign !== '\u0000');
const text = fc.array(fc.constantFrom(...SIGNS, '€', '{', '[', '~'), { maxLength: 70 }).map((signs) => signs.join(''));
const octet = fc.nat(255);
const address = fc.oneof(
  fc.record({
    typeOfNumber: fc.constantFrom(0, 1, 2, 3, 4, 6, 7),
    numberingPlan: fc.nat(15),
    value: fc.stringMatching(/^[0-9*#abc]{0,20}$/),
  }),
  fc.record({
    typeOfNumber: fc.constant(5),
    numberingPlan: fc.nat(15),
    value: fc.array(fc.constantFrom(...SIGNS), { maxLength: 11 }).map((it) => it.join('')),
  }),
);
const time = fc.record({
  kind: fc.constant('time' as const),
  year: fc.nat(99),
  month: fc.nat(99),
  day: fc.nat(99),
  hour: fc.nat(99),
  minute: fc.nat(99),
  second: fc.nat(99),
  zoneQuarters: fc.integer({ min: -79, max: 79 }),
});
const set = fc.constant(true as const);
const validityPeriod = fc.oneof(
  fc.record({ kind: fc.constant('relative' as const), value: octet }),
  fc.record({ kind: fc.constant('absolute' as const), time }),
  fc.record({ kind: fc.constant('enhanced' as const), octets: fc.uint8Array({ minLength: 7, maxLength: 7 }) }),
);
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  destinationAddress: address,
  originatingAddress: address,
  recipientAddress: address,
  serviceCentreTimeStamp: time,
  dischargeTime: time,
  validityPeriod,
  commandData: fc.uint8Array({ maxLength: 30 }),
  failureCause: fc.integer({ min: 0x80, max: 0xff }),
  userData: text.map((it) => makeUserData({ text: it }, 0)),
  dataCodingScheme: fc.constant(0),
  parameterIndicator: fc.constant(0),
};

/** TPDUs of a kind by its row: flags as they fall, mandatory fields, a validity period now and then. */
const tpduOf = (kind: SmsKind): fc.Arbitrary<SmsTpdu> => {
  const row = TPDUS[kind];
  const indicated = new Set(['protocolIdentifier', 'dataCodingScheme', 'userData', 'parameterIndicator']);
  const byIndicator = row.fields.some(({ key }) => key === 'parameterIndicator');
  const fields = row.fields.filter(
    ({ key }) => !byIndicator || !indicated.has(key) || (key === 'parameterIndicator' && kind !== 'SMS-STATUS-REPORT'),
  );
  const shape: Record<string, fc.Arbitrary<unknown>> = { kind: fc.constant(kind) };
  for (const key of Object.keys(row.flags)) shape[key] = set;
  for (const { key } of fields) shape[key] = VALUES[key] ?? octet;
  const required = ['kind', ...fields.map(({ key }) => key).filter((key) => key !== 'validityPeriod' && key !== 'failureCause')];
  return fc.record(shape, { requiredKeys: required }) as unknown as fc.Arbitrary<SmsTpdu>;
};

const KINDS = Object.keys(TPDUS) as SmsKind[];
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, it) => (it instanceof Uint8Array ? [...it] : it)));

describe('short messages', () => {
  for (const kind of KINDS)
    it(`${kind}: reads what it has written`, () => {
      fc.assert(
        fc.property(tpduOf(kind), (tpdu) => {
          const octets = encodeSms(tpdu);
          const context: SmsContext = { direction: TPDUS[kind].direction, error: 'failureCause' in tpdu };
          const again = decodeSms(octets, context);
          assert.ok(again.ok, again.ok ? '' : again.error.text);
          assert.deepEqual(plain(again.value), plain(tpdu));
          smsToText(again.value, { masked: true });
        }),
      );
    });

  it('give a value that can be written and printed, or a typed error, for any octets', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 50 }),
        fc.constantFrom<'mo' | 'mt'>('mo', 'mt'),
        fc.boolean(),
        (octets, direction, error) => {
          const tpdu = decodeSms(octets, { direction, error });
          if (!tpdu.ok) assert.ok(tpdu.error.offset <= octets.length);
          else {
            smsToText(tpdu.value);
            const again = decodeSms(encodeSms(tpdu.value), { direction, error });
            assert.ok(again.ok);
            assert.equal(smsToText(again.value), smsToText(tpdu.value));
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('septets are packed and unpacked from any bit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(127), { maxLength: 180 }), fc.nat(160), (septets, bit) => {
        const packed = packSeptets(Uint8Array.from(septets), bit);
        assert.equal(packed.length, Math.ceil((bit + septets.length * 7) / 8));
        assert.deepEqual([...unpackSeptets(packed, septets.length, bit)], septets);
      }),
    );
  });

  it('text goes through septets and back', () => {
    fc.assert(fc.property(text, (it) => assert.equal(textOfSeptets(septetsOfText(it)!), it)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (it) => {
        const data = decodeUserData(makeUserData({ text: it }, 8), 8, false);
        assert.ok(data.ok && data.value.text === it);
      }),
    );
  });

  it('digits go through half octets and back', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9*#abc]{0,30}$/), (digits) => assert.equal(readTbcd(semiOctets(digits)), digits)),
    );
    assert.throws(() => semiOctets('+39'), RangeError);
  });
});
