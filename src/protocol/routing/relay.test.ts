import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeSccp,
  encodeAddress,
  RETURN_CAUSE,
  type SccpAddress,
  type SccpKind,
  type SccpMessage,
  type SccpView,
  viewSccp,
} from '#codec/sccp';
import { anyMessage } from '../../codec/sccp/samples.contract.js';
import type { Label, RelayOptions, RelayOutcome } from './relay-answers.js';
import type { Routing } from './routing.js';
import { HLR, hex, nodeOf, nodeWith, OTHER, onTitle, SMSC, STP, to, US, viewOf } from './samples.contract.js';

const LABEL: Label = { ni: 0, opc: STP, dpc: US, sls: 5, link: 'stp' };
const DATA = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);

interface Wanted {
  readonly called?: SccpAddress;
  readonly calling?: SccpAddress;
  readonly returnOnError?: boolean;
  readonly hopCounter?: number;
}
function message(
  kind: SccpKind,
  { called = onTitle('39349'), calling = onTitle('39350'), returnOnError = true, hopCounter = 9 }: Wanted = {},
): SccpView {
  const parts = { kind, called, calling, data: DATA };
  const head = kind.endsWith('S') ? { returnCause: 5 } : { protocolClass: 1, returnOnError };
  return viewOf({ ...parts, ...head, ...(kind.startsWith('UDT') ? {} : { hopCounter, optional: [] }) } as unknown as SccpMessage);
}
function decoded(octets: Uint8Array): Record<string, unknown> & { readonly called: SccpAddress; readonly calling: SccpAddress } {
  const result = decodeSccp(octets);
  assert.ok(result.ok, result.ok ? '' : result.error.text);
  return result.value as unknown as ReturnType<typeof decoded>;
}
const transferred = (outcome: RelayOutcome): Extract<RelayOutcome, { kind: 'transfer' }> => {
  assert.ok(outcome.kind === 'transfer', JSON.stringify(outcome));
  return outcome;
};
const node = (): Routing =>
  nodeWith([
    { digits: '39349', action: to(HLR, { ssn: 6 }) },
    { digits: '39350', action: to(OTHER, { routeOn: 'gt' }) },
  ]);

describe('relaying by global title', () => {
  it('sends every kind of message on under our point code, its new called address and the old SLS; all else stays octet for octet', () => {
    for (const kind of ['UDT', 'UDTS', 'XUDT', 'XUDTS', 'LUDT', 'LUDTS'] as const) {
      const view = message(kind);
      const { octets, ...rest } = transferred(node().relay(LABEL, view));
      assert.deepEqual(rest, {
        kind: 'transfer',
        ni: 0,
        opc: US,
        dpc: HLR,
        sls: 5,
        link: 'stp',
        congestionLevel: 0,
        by: 'translated',
        cause: undefined,
        fault: undefined,
      });
      const before = decoded(view.octets);
      assert.deepEqual(decoded(octets), {
        ...before,
        called: { ...onTitle('39349', 6), routeOn: 'ssn' },
        ...('hopCounter' in before ? { hopCounter: 8 } : {}),
      });
    }
  });

  it('hands on the very octets when neither address nor hop counter changes', () => {
    const view = message('UDT', { called: onTitle('39350') });
    assert.equal(transferred(node().relay(LABEL, view)).octets, view.octets);
  });

  it('changes the called address and nothing else in messages of any shape', () => {
    const relay = nodeWith([{ digits: '', action: to(HLR, { routeOn: 'gt', ssn: 99 }) }]);
    fc.assert(
      fc.property(anyMessage, fc.stringMatching(/^[0-9]{1,15}$/), (sample, digits) => {
        const view = viewOf({
          ...sample,
          calling: { ...sample.calling, routeOn: 'gt' },
          called: onTitle(digits),
          ...('hopCounter' in sample ? { hopCounter: 15 } : {}),
        } as SccpMessage);
        const out = viewSccp(transferred(relay.relay(LABEL, view)).octets);
        assert.ok(out.ok);
        assert.equal(hex(out.value.called), hex(encodeAddress(onTitle(digits, 99))));
        assert.equal(hex(out.value.calling), hex(view.calling));
        assert.equal(hex(out.value.data), hex(view.data));
        const behind = (it: SccpView): string => (it.optionalAt === undefined ? '' : hex(it.octets.subarray(it.optionalAt)));
        assert.equal(behind(out.value), behind(view));
        assert.equal(out.value.octets[1], view.octets[1]);
      }),
    );
  });

  it('gives a calling party that is routed on its subsystem and has no point code the OPC, for answers to come back by', () => {
    const calling = (it: SccpAddress, label = LABEL): SccpAddress =>
      decoded(transferred(node().relay(label, message('UDT', { calling: it }))).octets).calling;
    assert.deepEqual(calling({ routeOn: 'ssn', ssn: 8 }), { routeOn: 'ssn', ssn: 8, pointCode: STP });
    for (const it of [{ routeOn: 'ssn', ssn: 8, pointCode: 99 }, onTitle('39350'), { routeOn: 'ssn' }] as SccpAddress[])
      assert.deepEqual(calling(it), it);
  });

  it('leaves such a calling party alone on the way to another network, where the point code would be somebody else', () => {
    const abroad = nodeWith([{ digits: '39349', action: to(5, { ni: 2, ssn: 6 }) }]);
    const outcome = transferred(abroad.relay(LABEL, message('UDT', { calling: { routeOn: 'ssn', ssn: 8 } })));
    assert.deepEqual([outcome.ni, outcome.opc, outcome.dpc, outcome.link], [2, 50, 5, 'national']);
    assert.deepEqual(decoded(outcome.octets).calling, { routeOn: 'ssn', ssn: 8 });
  });

  it('keeps the DPC that came when a target is a link alone', () => {
    const direct = nodeWith([{ digits: '', action: { kind: 'to', target: { link: 'smsc', routeOn: 'gt' } } }]);
    const outcome = transferred(direct.relay(LABEL, message('UDT')));
    assert.deepEqual([outcome.link, outcome.dpc], ['smsc', US]);
  });

  it('tells the congestion of the way it takes', () => {
    const relay = node();
    relay.hear({ link: 'stp', ni: 0, kind: 'SCON', affected: [{ pointCode: HLR, mask: 0 }], congestionLevel: 2 });
    assert.equal(transferred(relay.relay(LABEL, message('UDT'))).congestionLevel, 2);
  });
});

describe('MTP transfer', () => {
  it('hands on what is for other point codes untouched, whatever it is routed on', () => {
    for (const called of [onTitle('1'), { routeOn: 'ssn', ssn: 8 }] as SccpAddress[]) {
      const view = message('XUDT', { called, hopCounter: 1 });
      const outcome = transferred(node().relay({ ...LABEL, dpc: SMSC }, view));
      assert.equal(outcome.octets, view.octets);
      assert.deepEqual([outcome.opc, outcome.dpc, outcome.link, outcome.by], [STP, SMSC, 'smsc', 'mtp']);
    }
  });

  it('takes any user part, and says what is for us', () => {
    const octets = Uint8Array.of(1, 2, 3);
    const outcome = node().transfer({ ...LABEL, dpc: SMSC }, octets);
    assert.ok(outcome.kind === 'transfer' && outcome.octets === octets);
    assert.deepEqual(node().transfer(LABEL, octets), { kind: 'local', ssn: 0 });
  });

  it('drops what would go back the way it came, what has no route and what has none now, and answers none of them', () => {
    const relay = node();
    const drop = (dpc: number, link = 'stp') => relay.relay({ ...LABEL, dpc, link }, message('UDT'));
    assert.deepEqual(drop(HLR), { kind: 'drop', fault: 'goes-back', cause: undefined, silent: 'mtp' });
    assert.deepEqual(drop(999), { kind: 'drop', fault: 'no-route', cause: undefined, silent: 'mtp' });
    relay.setLink('stp', false);
    assert.deepEqual(drop(HLR, 'smsc'), { kind: 'drop', fault: 'unavailable', cause: undefined, silent: 'mtp' });
  });
});

describe('messages for ourselves', () => {
  it('those for SCCP management and for the subsystems that we serve are local', () => {
    for (const ssn of [1, 8])
      assert.deepEqual(node().relay(LABEL, message('UDT', { called: { routeOn: 'ssn', ssn } })), { kind: 'local', ssn });
    const toUs = nodeWith([{ digits: '', action: to(US) }]);
    assert.deepEqual(toUs.relay(LABEL, message('UDT')), { kind: 'local', ssn: 8 });
  });

  it('others are returned as unequipped', () => {
    for (const called of [{ routeOn: 'ssn', ssn: 6 }, { routeOn: 'ssn' }] as SccpAddress[]) {
      const outcome = transferred(node().relay(LABEL, message('UDT', { called })));
      assert.deepEqual([outcome.by, outcome.cause, outcome.fault], ['returned', RETURN_CAUSE.unequippedUser, 'unequipped-user']);
    }
  });
});

describe('what a screening may ask for', () => {
  const relay = (): Routing =>
    nodeWith([{ digits: '39349', action: to(HLR) }], {
      sets: [{ name: 'b-party', entries: [{ digits: '', action: to(OTHER) }] }],
      groups: [
        {
          name: 'prepaid',
          mode: 'dominant',
          members: [
            { pointCode: SMSC, routeOn: 'ssn', ssn: 147 },
            { pointCode: OTHER, routeOn: 'ssn', ssn: 147 },
          ],
        },
      ],
    });
  const dpcOf = (options: RelayOptions, wanted: Wanted = {}, label = LABEL): number =>
    transferred(relay().relay(label, message('UDT', wanted), options)).dpc;

  it('another called address, another set, a group or a target', () => {
    assert.equal(dpcOf({ called: encodeAddress(onTitle('393490')) }, { called: onTitle('1') }), HLR);
    assert.equal(dpcOf({ set: 'b-party' }), OTHER);
    assert.equal(dpcOf({ group: 'prepaid' }), SMSC);
    assert.equal(dpcOf({ target: { pointCode: OTHER, routeOn: 'ssn', ssn: 9 } }), OTHER);
  });

  it('also for a message that is for another point code, or routed on its subsystem', () => {
    const onSsn = { called: { routeOn: 'ssn', ssn: 8 } } as const;
    assert.equal(dpcOf({ group: 'prepaid' }, onSsn, { ...LABEL, dpc: SMSC }), SMSC);
    const outcome = transferred(relay().relay(LABEL, message('UDT', onSsn), { group: 'prepaid' }));
    assert.deepEqual(decoded(outcome.octets).called, { routeOn: 'ssn', ssn: 147 });
  });

  it('a redirected message counts its hop counter down too', () => {
    const outcome = relay().relay(LABEL, message('XUDT', { hopCounter: 1 }), { group: 'prepaid' });
    assert.equal(transferred(outcome).cause, RETURN_CAUSE.hopCounterViolation);
  });

  it('a group that has nobody left is returned as any other', () => {
    const all = relay();
    all.setLink('stp', false);
    all.setLink('smsc', false);
    assert.deepEqual(all.relay(LABEL, message('UDT'), { group: 'prepaid' }), {
      kind: 'drop',
      fault: 'unavailable',
      cause: 5,
      silent: 'no-way-back',
    });
  });

  it('a name that stands nowhere is a bug of the caller', () => {
    assert.throws(() => relay().relay(LABEL, message('UDT'), { group: 'nowhere' }), RangeError);
    assert.throws(() => relay().relay(LABEL, message('UDT'), { set: 'nowhere' }), RangeError);
  });
});

describe('the way back', () => {
  const failed = (wanted: Wanted, relay = node(), label = LABEL): RelayOutcome =>
    relay.relay(label, message('UDT', { called: onTitle('1'), ...wanted }));

  it('is by the title of the sender when that translates', () => {
    const outcome = transferred(failed({}));
    assert.deepEqual([outcome.dpc, outcome.opc, outcome.link, outcome.by, outcome.cause], [OTHER, US, 'stp', 'returned', 1]);
    assert.deepEqual(decoded(outcome.octets), {
      kind: 'UDTS',
      returnCause: 1,
      called: onTitle('39350'),
      calling: onTitle('1'),
      data: DATA,
    });
  });

  it('is translated with all that an entry changes', () => {
    const outcome = transferred(failed({ calling: onTitle('39349') }));
    assert.equal(outcome.dpc, HLR);
    assert.deepEqual(decoded(outcome.octets).called, { ...onTitle('39349', 6), routeOn: 'ssn' });
  });

  it('is to where the message came from when it does not', () => {
    assert.equal(transferred(failed({ calling: onTitle('2') })).dpc, STP);
  });

  it('is to the point code in the address of a sender who is routed on his subsystem, else to the OPC', () => {
    assert.equal(transferred(failed({ calling: { routeOn: 'ssn', ssn: 8, pointCode: SMSC } })).dpc, SMSC);
    assert.equal(transferred(failed({ calling: { routeOn: 'ssn', ssn: 8 } })).dpc, STP);
  });

  it('is by the link of arrival when no route leads to the OPC, and none when that is gone', () => {
    const relay = node();
    const label = { ...LABEL, opc: 999, link: 'smsc' };
    const calling = { routeOn: 'ssn', ssn: 8 } as const;
    const outcome = transferred(failed({ calling }, relay, label));
    assert.deepEqual([outcome.dpc, outcome.link], [999, 'smsc']);
    relay.setLink('smsc', false);
    assert.deepEqual(failed({ calling }, relay, label), { kind: 'drop', fault: 'no-entry', cause: 1, silent: 'no-way-back' });
    assert.deepEqual(failed({ calling }, relay, { ...label, opc: US }), {
      kind: 'drop',
      fault: 'no-entry',
      cause: 1,
      silent: 'no-way-back',
    });
  });

  it('has as its OPC the point code that the message was for', () => {
    assert.equal(transferred(failed({}, node(), { ...LABEL, dpc: 2 })).opc, 2);
  });

  it('is none for who did not ask, for service messages, for senders who are nobody, and where an entry says so', () => {
    const silent = (outcome: RelayOutcome): string =>
      outcome.kind === 'drop' ? `${outcome.silent} ${outcome.cause}` : outcome.kind;
    assert.equal(silent(failed({ returnOnError: false })), 'not-asked 1');
    for (const kind of ['UDTS', 'XUDTS', 'LUDTS'] as const)
      assert.equal(silent(node().relay(LABEL, message(kind, { called: onTitle('1') }))), 'is-service-message 1');
    const nobody = new Uint8Array([9, 0x81, 3, 10, 11, 7, 0x12, 8, 0, 0x11, 4, 1, 1, 1, 0, 2, 0xaa, 0xbb]);
    const view = viewSccp(nobody);
    assert.ok(view.ok);
    assert.equal(silent(node().relay(LABEL, view.value)), 'no-sender 1');
    const discarding = nodeWith([{ digits: '', action: { kind: 'discard' } }]);
    assert.equal(silent(discarding.relay(LABEL, message('UDT'))), 'configured undefined');
  });

  it('is taken when the new address does not fit the message', () => {
    const longer = nodeWith([{ digits: '', action: { ...to(HLR), change: { suffix: '1'.repeat(40) } } as never }]);
    const importance = [{ name: 0x12, octets: Uint8Array.of(5) }];
    const whole = decoded(message('XUDT').octets);
    const view = viewOf({ ...whole, data: new Uint8Array(225), optional: importance } as unknown as SccpMessage);
    const outcome = transferred(longer.relay(LABEL, view));
    assert.deepEqual(
      [outcome.by, outcome.fault, outcome.cause],
      ['returned', 'does-not-fit', RETURN_CAUSE.errorInLocalProcessing],
    );
  });
});

describe('relaying, whatever comes', () => {
  it('never throws, and returns nothing that was not to be returned', () => {
    const relay = nodeOf({
      selectors: [{ gti: '*', tt: '*', np: '*', nai: '*', ssn: '*', set: 'all' }],
      sets: [
        {
          name: 'all',
          entries: [
            { digits: '', action: to(HLR) },
            { digits: '0', action: { kind: 'return', cause: 3 } },
          ],
        },
      ],
    });
    const label = fc.record({
      ni: fc.constantFrom(0, 1, 2, 3),
      opc: fc.constantFrom(STP, US, 999),
      dpc: fc.constantFrom(US, 50, 0x010203, SMSC),
      sls: fc.nat(255),
      link: fc.constantFrom('stp', 'none', undefined),
    });
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 5, maxLength: 60 }).map((it) => Uint8Array.of(9, ...it)),
      anyMessage.map((it) => viewOf(it).octets),
    );
    fc.assert(
      fc.property(label, octets, (at, bytes) => {
        const view = viewSccp(bytes);
        if (!view.ok) return;
        const before = hex(bytes);
        const outcome = relay.relay(at as Label, view.value);
        assert.equal(hex(bytes), before, 'what came is not written over');
        if (outcome.kind !== 'transfer') return;
        assert.ok(viewSccp(outcome.octets).ok || outcome.by === 'mtp');
        if (outcome.by === 'returned') assert.ok(view.value.returnOnError);
      }),
      { numRuns: 2000 },
    );
  });
});
