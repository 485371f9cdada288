import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeInvoke, type MoForwardSmArg, type SmRpDa, type SmRpOa } from '#codec/map';
import { encodeSms, makeUserData } from '#codec/sms';
import { encodeTcap } from '#codec/tcap';
import { type Content, readContent } from './content.js';
import { type Direction, directionOf, recipientIn } from './submission.js';
import { begin, hex, MSC, moInvoke, SMSC, SUBMIT, title } from './testbed.contract.js';
import { titleKeyOf } from './titles.js';

const number = { nature: 1, plan: 1, digits: '39349' };
const DA: Readonly<Record<SmRpDa['kind'], SmRpDa>> = {
  imsi: { kind: 'imsi', value: '222100123456789' },
  lmsi: { kind: 'lmsi', value: hex('00010203') },
  roamingNumber: { kind: 'roamingNumber', value: number },
  serviceCentreAddressDA: { kind: 'serviceCentreAddressDA', value: number },
  'noSM-RP-DA': { kind: 'noSM-RP-DA', value: true },
};
const OA: Readonly<Record<SmRpOa['kind'], SmRpOa>> = {
  msisdn: { kind: 'msisdn', value: number },
  serviceCentreAddressOA: { kind: 'serviceCentreAddressOA', value: number },
  'noSM-RP-OA': { kind: 'noSM-RP-OA', value: true },
};

/** By SM-RP-DA, then SM-RP-OA: from whom to whom. */
const DIRECTIONS: Readonly<Record<SmRpDa['kind'], Readonly<Record<SmRpOa['kind'], Direction>>>> = {
  imsi: { msisdn: 'mt', serviceCentreAddressOA: 'mt', 'noSM-RP-OA': 'mt' },
  lmsi: { msisdn: 'mt', serviceCentreAddressOA: 'mt', 'noSM-RP-OA': 'mt' },
  roamingNumber: { msisdn: 'mt', serviceCentreAddressOA: 'mt', 'noSM-RP-OA': 'mt' },
  serviceCentreAddressDA: { msisdn: 'mo', serviceCentreAddressOA: 'mt', 'noSM-RP-OA': 'mo' },
  'noSM-RP-DA': { msisdn: 'mo', serviceCentreAddressOA: 'mt', 'noSM-RP-OA': 'unclear' },
};

const circumstances = { called: titleKeyOf(title(SMSC)), calling: titleKeyOf(title(MSC)), cameFrom: 'in' };
function contentOf(octets: Uint8Array): Content {
  const content = readContent(octets, 0, octets.length, circumstances);
  assert.ok(content.ok);
  return content.value;
}
/** The same message in a form that a glance gives up on: indefinite length around it. */
const unusual = (octets: Uint8Array): Uint8Array =>
  Uint8Array.of(octets[0]!, 0x80, ...octets.subarray(octets[1] === 0x81 ? 3 : 2), 0, 0);

describe('the direction of a forwardSM', () => {
  for (const [da, row] of Object.entries(DIRECTIONS) as [SmRpDa['kind'], Record<SmRpOa['kind'], Direction>][])
    for (const [oa, direction] of Object.entries(row) as [SmRpOa['kind'], Direction][])
      it(`from ${oa} to ${da} is ${direction}, for a glance and for the decoder`, () => {
        const argument: MoForwardSmArg = { smRpDa: DA[da], smRpOa: OA[oa], smRpUi: SUBMIT };
        assert.equal(directionOf(argument), direction);
        const octets = encodeTcap(begin(2, [moInvoke(1, argument)]));
        for (const content of [contentOf(octets), contentOf(unusual(octets))])
          assert.deepEqual(
            [content.mo.length, content.mt, content.unread.length],
            [direction === 'mo' ? 1 : 0, direction === 'mt' ? 1 : 0, direction === 'unclear' ? 1 : 0],
          );
      });
});

describe('a submission', () => {
  it('is the same read by places and by the decoders, for any numbers', () => {
    const address = fc.record({
      nature: fc.nat(7),
      plan: fc.nat(15),
      digits: fc.stringMatching(/^[0-9*#a-c]{0,16}$/),
    });
    const imsi = fc.option(fc.stringMatching(/^[0-9]{6,15}$/), { nil: undefined });
    fc.assert(
      fc.property(address, address, imsi, (sender, centre, its) => {
        const argument: MoForwardSmArg = {
          smRpDa: { kind: 'serviceCentreAddressDA', value: centre },
          smRpOa: { kind: 'msisdn', value: sender },
          smRpUi: SUBMIT,
          ...(its === undefined ? {} : { imsi: its }),
        };
        const octets = encodeTcap(begin(3, [encodeInvoke(1, { operation: 'mo-ForwardSM', argument })]));
        const [plain, decoded] = [contentOf(octets), contentOf(unusual(octets))];
        assert.deepEqual([plain.decoded === undefined, decoded.decoded === undefined], [true, false]);
        const shown = ({ mo }: Content) => {
          const { sender: from, serviceCentre, imsi: id, recipient, reference, cameFrom } = mo[0]!.submission;
          return { from, serviceCentre, id, to: recipient?.call(mo[0]!.submission), reference, cameFrom };
        };
        assert.deepEqual(shown(plain), shown(decoded));
        assert.equal(shown(plain).from?.digits, sender.digits);
        assert.equal(shown(plain).cameFrom, 'in');
      }),
    );
  });

  it('of another application than MAP there is none, whatever its operation code', () => {
    const cap = { kind: 'AARQ', applicationContext: '0.4.0.0.1.21.3.4' } as const;
    const octets = encodeTcap({ kind: 'begin', otid: hex('01'), dialogue: cap, components: [moInvoke()] });
    for (const content of [contentOf(octets), contentOf(unusual(octets))])
      assert.deepEqual([content.mo, content.unread, content.operations], [[], [], [46]]);
  });
});

describe('the recipient in a TPDU', () => {
  const to = (typeOfNumber: number, value: string) =>
    recipientIn(
      encodeSms({
        kind: 'SMS-SUBMIT',
        messageReference: 0,
        destinationAddress: { typeOfNumber, numberingPlan: 1, value },
        protocolIdentifier: 0,
        dataCodingScheme: 0,
        userData: makeUserData({ text: 'a' }, 0),
      }),
    );

  it('is the number of an SMS-SUBMIT, by its nature', () => {
    assert.deepEqual(
      [0, 1, 2, 4].map((typeOfNumber) => to(typeOfNumber, '39349')?.nature),
      ['other', 'international', 'national', 'subscriber'],
    );
    assert.equal(to(1, '39349')?.digits, '39349');
  });

  it('is none for an alphanumeric address, another kind of TPDU, and octets without sense', () => {
    assert.equal(to(5, 'Shop'), undefined);
    for (const tpdu of ['', '00', '0208', 'ffff']) assert.equal(recipientIn(hex(tpdu)), undefined, tpdu);
  });
});
