/** ITU-T Q.714: what a relay does with connectionless messages. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DROP_CAUSE,
  editSccp,
  nextHopCounter,
  RETURN_CAUSE_NAMES,
  Reassembly,
  returnMessage,
  type SccpView,
  segmentationOf,
  segmentXudt,
  viewSccp,
} from '#codec/sccp';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

function view(octets: string): SccpView {
  const found = viewSccp(fromHex(octets));
  assert.ok(found.ok, found.ok ? '' : found.error.text);
  return found.value;
}
const returned = (octets: string, cause: number): string => {
  const result = returnMessage(view(octets), cause);
  return result.ok ? toHex(result.value) : result.error.kind;
};
const spaced = (octets: string): string => toHex(fromHex(octets));

const UDT = '09 81 03 05 07 02 4208 02 4206 02 aabb';
const XUDT = '11 81 03 04 06 08 0a 02 4208 02 4206 02 aabb 12 01 05 00';

describe('ITU-T Q.714: hop counter', () => {
  it('2.4.6: falls by one with each translation, and is a violation when it is used up', () => {
    for (let counter = 0; counter < 16; counter++) {
      const one = view(`11 81 ${counter.toString(16).padStart(2, '0')} 04 06 08 00 02 4208 02 4206 02 aabb`);
      assert.equal(nextHopCounter(one), counter <= 1 ? 'violation' : counter - 1);
    }
    assert.equal(nextHopCounter(view(UDT)), undefined);
  });

  it('2.4.6: is all that changes in a message that goes on by the same address', () => {
    const edited = editSccp(view(XUDT), { hopCounter: 2 });
    assert.equal(edited.ok && toHex(edited.value), spaced(XUDT.replace('11 81 03', '11 81 02')));
  });
});

describe('ITU-T Q.714, 4.2: message return', () => {
  it('4.2: addresses change places, data goes back as it came: UDT as UDTS, XUDT as XUDTS, LUDT as LUDTS', () => {
    assert.equal(returned(UDT, 1), spaced('0a 01 03 05 07 02 4206 02 4208 02 aabb'));
    assert.equal(returned(XUDT, 12), spaced('12 0c 0f 04 06 08 0a 02 4206 02 4208 02 aabb 12 01 05 00'));
    const ludt = '13 81 0f 0700 0800 0900 0000 02 4208 02 4206 0200 aabb';
    assert.equal(returned(ludt, 0), spaced('14 00 0f 0700 0800 0900 0000 02 4206 02 4208 0200 aabb'));
  });

  it('4.2: every cause goes into its octet', () => {
    for (const cause of Object.keys(RETURN_CAUSE_NAMES).map(Number))
      assert.equal(returned(UDT, cause).slice(2, 4), cause.toString(16).padStart(2, '0'));
  });

  it('4.2: nothing goes back that did not ask for it, nor a service message', () => {
    assert.equal(returned(UDT.replace('81', '01'), 1), 'not-asked');
    assert.equal(returned('0a 81 03 05 07 02 4208 02 4206 02 aabb', 1), 'is-service-message');
    assert.equal(returned('12 81 0f 04 06 08 00 02 4208 02 4206 02 aabb', 1), 'is-service-message');
  });

  it('4.2: nothing goes back to a calling party address that names nobody', () => {
    assert.equal(returned('09 81 03 05 06 02 4208 01 00 02 aabb', 1), 'no-sender');
  });
});

describe('ITU-T Q.714, 4.1.1: segmentation and reassembly', () => {
  const message = {
    kind: 'XUDT',
    protocolClass: 0,
    returnOnError: true,
    hopCounter: 15,
    called: { routeOn: 'ssn', ssn: 8 },
    calling: { routeOn: 'ssn', ssn: 6 },
    data: Uint8Array.from({ length: 300 }, (_, i) => i),
    optional: [],
  } as const;
  const segments = (): SccpView[] => {
    const cut = segmentXudt(message, 0x010203, 150);
    assert.ok(cut.ok);
    return cut.value.map((it) => view(toHex(it)));
  };
  const segmentation = (of: SccpView) => {
    const found = segmentationOf(of);
    assert.ok(found.ok && found.value !== undefined);
    return found.value;
  };

  it('4.1.1.1: segments are of class 1, say what class was asked for, count down, and the first alone asks to be returned', () => {
    const cut = segments();
    assert.deepEqual(
      cut.map((it) => [it.protocolClass, it.returnOnError, segmentation(it)]),
      [
        [1, true, { first: true, requestedClass: 0, remaining: 1, localReference: 0x010203 }],
        [1, false, { first: false, requestedClass: 0, remaining: 0, localReference: 0x010203 }],
      ],
    );
  });

  it('4.1.1.2: reassembly gives the whole data, and the segments as they came', () => {
    const machine = new Reassembly();
    const outputs = segments().flatMap((it) => machine.receive(it, segmentation(it), 1, undefined, 0));
    const last = outputs.at(-1);
    assert.ok(last?.kind === 'complete');
    assert.deepEqual(last.data, message.data);
    assert.deepEqual(
      last.segments.map((it) => toHex(it.view.octets)),
      segments().map((it) => toHex(it.octets)),
    );
  });

  it('4.1.1.2.4: what cannot be put together is given up with a cause to return', () => {
    assert.deepEqual(DROP_CAUSE, {
      'out-of-sequence': 14,
      'no-first-segment': 14,
      superseded: 14,
      timeout: 14,
      'too-many-messages': 10,
      'too-many-octets': 10,
    });
  });
});
