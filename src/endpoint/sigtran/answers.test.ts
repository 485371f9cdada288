import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeError } from '#codec/map';
import { encodeSccp, type SccpKind, type SccpMessage, viewSccp } from '#codec/sccp';
import { type Begin, type Continue, decodeTcap, type End, encodeTcap, endOf } from '#codec/tcap';
import { answerTo, asUserData, Ends, endWith, refusalOf, successOf, type TcapRefusal, type UserData } from './answers.js';
import { type Content, readContent } from './content.js';
import { begin, MSC, moInvoke, SMSC, tcapUnit, title, toHex, unit } from './testbed.contract.js';
import { titleKeyOf } from './titles.js';

const circumstances = { called: titleKeyOf(title(SMSC)), calling: titleKeyOf(title(MSC)), cameFrom: undefined };
function contentOf(octets: Uint8Array): Content {
  const content = readContent(octets, 0, octets.length, circumstances);
  assert.ok(content.ok);
  return content.value;
}

/** As hexadecimal digits. */
function octetsOf(data: UserData): string {
  const out = new Uint8Array(data.length);
  data.writeTo(out, 0);
  return toHex(out);
}

const CAUSES = ['subscriberNotSC-Subscriber', 'unknownServiceCentre', 'invalidSME-Address', 'sc-Congestion'] as const;
const refusal: fc.Arbitrary<TcapRefusal> = fc.oneof(
  fc.constantFrom(...CAUSES).map((cause) => ({ kind: 'tcap-error', error: 'sm-DeliveryFailure', cause }) as const),
  fc
    .constantFrom('facilityNotSupported', 'systemFailure', 'unexpectedDataValue', 'dataMissing')
    .map((error) => ({ kind: 'tcap-error', error }) as const),
);
const version = fc.constantFrom(1, 2, 3);
const invokeId = fc.integer({ min: -128, max: 127 });
const otid = fc.uint8Array({ minLength: 1, maxLength: 4 });

describe('the answer to a refused short message', () => {
  it('is octet for octet what the codecs write, for any version, error, invoke id and transaction id, in a Begin', () => {
    fc.assert(
      fc.property(refusal, fc.array(fc.tuple(version, invokeId, otid), { minLength: 1, maxLength: 8 }), (answer, messages) => {
        const ends = new Ends((v, id) => refusalOf(answer, v, id));
        for (const [v, id, transaction] of messages) {
          const request = begin(v, [moInvoke(id)], transaction) as Begin;
          const expected = encodeTcap(endOf(request, [refusalOf(answer, v, id)]));
          assert.equal(octetsOf(ends.of(contentOf(encodeTcap(request)), v, id)), toHex(expected));
        }
      }),
    );
  });

  it('is octet for octet what the codecs write, in a Continue, and accepts no context there', () => {
    fc.assert(
      fc.property(refusal, version, invokeId, otid, otid, (answer, v, id, from, to) => {
        const request: Continue = { kind: 'continue', otid: from, dtid: to, components: [moInvoke(id)] };
        const expected = encodeTcap(endOf(request, [refusalOf(answer, v, id)]));
        const ends = new Ends((its, invoke) => refusalOf(answer, its, invoke));
        assert.equal(octetsOf(ends.of(contentOf(encodeTcap(request)), v, id)), toHex(expected));
        const read = decodeTcap(expected);
        assert.ok(read.ok && (read.value as End).dialogue === undefined);
      }),
    );
  });

  it('is in the form of its version: a bare cause in 1, a sequence in 2 and 3 and where no version is known', () => {
    const answer: TcapRefusal = { kind: 'tcap-error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' };
    const parameterOf = (v: number) => {
      const component = refusalOf(answer, v, 1);
      assert.ok(component.kind === 'returnError');
      const error = decodeError(component);
      assert.ok(error.ok && error.value.error === 'sm-DeliveryFailure');
      return toHex(component.parameter!);
    };
    assert.deepEqual([0, 1, 2, 3].map(parameterOf), ['30030a0106', '0a0106', '30030a0106', '30030a0106']);
  });

  it('of systemFailure names the network in versions 1 and 2, where the resource is mandatory, and nothing in 3', () => {
    const parameterOf = (v: number) => {
      const component = refusalOf({ kind: 'tcap-error', error: 'systemFailure' }, v, 1);
      assert.ok(component.kind === 'returnError');
      return component.parameter === undefined ? undefined : toHex(component.parameter);
    };
    assert.deepEqual([1, 2, 3].map(parameterOf), ['0a0100', '0a0100', undefined]);
  });

  it('says success without a result, as the codecs write it', () => {
    const request = begin(3, [moInvoke(9)]) as Begin;
    const ends = new Ends((_v, id) => successOf(id));
    assert.equal(octetsOf(ends.of(contentOf(encodeTcap(request)), 3, 9)), toHex(encodeTcap(endOf(request, [successOf(9)]))));
  });

  it("accepts a context that is not MAP's as it was offered", () => {
    const request: Begin = {
      ...(begin(3) as Begin),
      dialogue: { kind: 'AARQ', applicationContext: '1.2.3.4' },
    };
    const content = contentOf(encodeTcap(request));
    const ends = new Ends((_v, id) => successOf(id));
    assert.equal(octetsOf(ends.of(content, 0, 1)), toHex(endWith(content, [successOf(1)])));
  });
});

describe('the SCCP message around an answer', () => {
  it('is of the same kind and class, not to be returned, addresses changed places, as the codec writes it', () => {
    const kinds = fc.constantFrom<SccpKind>('UDT', 'XUDT', 'LUDT');
    const data = fc.uint8Array({ minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(kinds, fc.constantFrom(0, 1), fc.boolean(), data, (kind, protocolClass, returnOnError, octets) => {
        const view = viewSccp(unit(octets, { kind, protocolClass, returnOnError, hopCounter: 3 }));
        assert.ok(view.ok);
        const answer = answerTo(view.value, asUserData(octets));
        const extended = kind === 'UDT' ? {} : { hopCounter: 15, optional: [] };
        const parties = { called: title(MSC), calling: title(SMSC), data: octets };
        const expected = encodeSccp({ kind, protocolClass, returnOnError: false, ...parties, ...extended } as SccpMessage);
        assert.ok(answer.ok && expected.ok);
        assert.equal(toHex(answer.value), toHex(expected.value));
      }),
    );
  });

  it('is refused where nobody is named to answer to, or where it does not fit', () => {
    const view = viewSccp(tcapUnit(begin(3), { calling: { routeOn: 'ssn' } }));
    assert.ok(view.ok);
    assert.deepEqual(answerTo(view.value, asUserData(new Uint8Array(3))), { ok: false, error: { kind: 'no-sender' } });
    const named = viewSccp(tcapUnit(begin(3)));
    assert.ok(named.ok);
    assert.deepEqual(answerTo(named.value, asUserData(new Uint8Array(256))), { ok: false, error: { kind: 'does-not-fit' } });
  });
});
