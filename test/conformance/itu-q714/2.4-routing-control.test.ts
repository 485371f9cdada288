/** ITU-T Q.714, clause 2: routing control and global title translation in a relay. Addresses and messages as octets. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { viewSccp } from '#codec/sccp';
import {
  createRouting,
  type EntrySpec,
  type RelayOutcome,
  type Routing,
  type RoutingSpec,
  type SelectorSpec,
} from '#protocol/routing';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

const US = 1;
const STP = 7;
const HLR = 0x123;
const MATE = 0x124;
const E164: SelectorSpec = { gti: 4, tt: 0, np: 1, nai: 4, ssn: '*', set: 'e164' };

function node(entries: readonly EntrySpec[], more: Partial<RoutingSpec> = {}): Routing {
  const made = createRouting({
    networks: [{ ni: 0, variant: 'itu', own: [US], subsystems: [8] }],
    links: [{ name: 'stp' }],
    routes: [STP, HLR, MATE].map((pointCode) => ({ ni: 0, pointCode, via: [{ link: 'stp' }] })),
    gtt: {
      selectors: [E164],
      sets: [{ name: 'e164', entries }],
      groups: [
        { name: 'pair', mode: 'dominant', members: [HLR, MATE].map((pointCode) => ({ pointCode, routeOn: 'ssn', ssn: 6 })) },
      ],
    },
    ...more,
  });
  assert.ok(made.ok, made.ok ? '' : JSON.stringify(made.error));
  made.value.setLink('stp', true);
  return made.value;
}
const toHlr: EntrySpec = { digits: '39349', action: { kind: 'to', target: { pointCode: HLR, routeOn: 'ssn', ssn: 6 } } };
const toPair: EntrySpec = { digits: '39349', action: { kind: 'group', group: 'pair' } };

/** Route on GT, SSN 8, TT 0, E.164, even, international: 3934900001. */
const CALLED = '1208001204 9343090010';
const CALLING = '1208001204 9343091110';
const octetsIn = (hex: string): string => (hex.replaceAll(' ', '').length / 2).toString(16).padStart(2, '0');
function udt(called = CALLED, calling = CALLING, head = '0980'): string {
  const [a, b] = [octetsIn(called), octetsIn(calling)];
  const pointer = (it: number): string => it.toString(16).padStart(2, '0');
  const [m, n] = [Number.parseInt(a, 16), Number.parseInt(b, 16)];
  return `${head} 03 ${pointer(3 + m)} ${pointer(3 + m + n)} ${a} ${called} ${b} ${calling} 02 aabb`;
}
function relayed(routing: Routing, octets: string, dpc = US): RelayOutcome {
  const view = viewSccp(fromHex(octets));
  assert.ok(view.ok, view.ok ? '' : view.error.text);
  return routing.relay({ ni: 0, opc: STP, dpc, sls: 3, link: 'stp' }, view.value);
}
/** DPC and octets, or what became of it. */
function outcome(routing: Routing, octets: string, dpc = US): string {
  const it = relayed(routing, octets, dpc);
  if (it.kind === 'transfer') return `${it.dpc} ${toHex(it.octets)}`;
  return it.kind === 'local' ? `local ${it.ssn}` : `${it.fault} ${it.silent}`;
}
const causeOf = (routing: Routing, octets = udt()): number | undefined => {
  const it = relayed(routing, octets);
  assert.equal(it.kind === 'transfer' && it.by, 'returned');
  return it.kind === 'local' ? undefined : it.cause;
};
const spaced = (hex: string): string => toHex(fromHex(hex));

describe('ITU-T Q.714, 2.3: routing of messages that MTP hands over', () => {
  it('2.3.1: a message with routing indicator SSN is for the subsystem that it names', () => {
    assert.equal(outcome(node([]), udt('42 08')), 'local 8');
    assert.equal(outcome(node([]), udt('42 01')), 'local 1');
  });

  it('2.3.1: a message with routing indicator GT is translated', () => {
    assert.equal(outcome(node([toHlr]), udt()), `${HLR} ${spaced(udt('5206001204 9343090010'))}`);
  });

  it('2.3.1: a message whose hop counter is used up is not translated, cause 12; others count it down', () => {
    const xudt = (counter: string): string => `1180 ${counter} 04 0e 18 00 0a ${CALLED} 0a ${CALLING} 02 aabb`;
    assert.equal(causeOf(node([toHlr]), xudt('01')), 12);
    assert.equal(outcome(node([toHlr]), xudt('0f')), `${HLR} ${spaced(xudt('0e').replace('120800', '520600'))}`);
  });

  it('2.2.1: a message for another point code is not looked into', () => {
    const routing = node([], {
      links: [{ name: 'stp' }, { name: 'hlr' }],
      routes: [{ ni: 0, pointCode: HLR, via: [{ link: 'hlr' }] }],
    });
    routing.setLink('hlr', true);
    assert.equal(outcome(routing, udt(), HLR), `${HLR} ${spaced(udt())}`);
  });
});

describe('ITU-T Q.714, 2.4: global title translation', () => {
  it('2.4.3: indicator, translation type, numbering plan, nature of address and subsystem select the translator', () => {
    const variants: readonly (readonly [Partial<SelectorSpec>, string])[] = [
      [{ gti: 3, nai: '*' }, '0e08 0012 9343090010'],
      [{ tt: 9 }, '1208 091204 9343090010'],
      [{ np: 6 }, '1208 006204 9343090010'],
      [{ nai: 3 }, '1208 001203 9343090010'],
      [{ ssn: 6 }, '1206 001204 9343090010'],
      [{ gti: 2, np: '*', nai: '*' }, '0a08 00 9343090010'],
      [{ gti: 1, tt: '*', np: '*' }, '0608 04 9343090010'],
    ];
    for (const [selector, called] of variants) {
      const routing = node([], {
        gtt: { selectors: [{ ...E164, ...selector }], sets: [{ name: 'e164', entries: [toHlr] }], groups: [] },
      });
      assert.ok(outcome(routing, udt(called)).startsWith(`${HLR} `), called);
      if (called !== CALLED && selector.ssn === undefined)
        assert.equal(causeOf(routing), 0, `not for the usual address: ${called}`);
    }
  });

  it('2.4.4: the result is a point code with routing indicator SSN, and a subsystem', () => {
    assert.equal(outcome(node([toHlr]), udt()), `${HLR} ${spaced(udt('5206001204 9343090010'))}`);
  });

  it('2.4.4: the result is a point code with routing indicator GT, and a global title that may be new', () => {
    const action = {
      kind: 'to',
      target: { pointCode: HLR, routeOn: 'gt' },
      change: { tt: 10, deleteDigits: 2, prefix: '41' },
    } as const;
    assert.equal(outcome(node([{ digits: '39349', action }]), udt()), `${HLR} ${spaced(udt('1208 0a1204 1443090010'))}`);
  });

  it('2.4.4: the result is our own point code, and the message is for our subsystem', () => {
    assert.equal(
      outcome(node([{ digits: '39349', action: { kind: 'to', target: { pointCode: US, routeOn: 'ssn', ssn: 8 } } }]), udt()),
      'local 8',
    );
  });

  it('2.4.5: of entities that stand in for each other the first that can be reached is taken', () => {
    const routing = node([toPair]);
    routing.hear({ link: 'stp', ni: 0, kind: 'DUNA', affected: [{ pointCode: HLR, mask: 0 }] });
    assert.ok(outcome(routing, udt()).startsWith(`${MATE} `));
    routing.hear({ link: 'stp', ni: 0, kind: 'DAVA', affected: [{ pointCode: HLR, mask: 0 }] });
    assert.ok(outcome(routing, udt()).startsWith(`${HLR} `));
  });

  it('2.4.5: of subsystems that stand in for each other one that is not prohibited is taken', () => {
    const routing = node([toPair]);
    routing.subsystems.receive(0, HLR, { kind: 'SSP', affectedSsn: 6, affectedPointCode: HLR, multiplicity: 0 }, 0);
    assert.ok(outcome(routing, udt()).startsWith(`${MATE} `));
  });

  it('2.4.5: messages of one sequence take one way: entities and links are chosen by SLS or address alone, never in turn', () => {
    const routing = node([toPair]);
    const ways = Array.from({ length: 50 }, () => outcome(routing, udt()));
    assert.equal(new Set(ways).size, 1);
  });
});

describe('ITU-T Q.714, 2.7: the calling party address', () => {
  it('2.7.5: one that is routed on its SSN and has no point code gets the OPC', () => {
    assert.equal(outcome(node([toHlr]), udt(CALLED, '42 08')), `${HLR} ${spaced(udt('5206001204 9343090010', '43 0700 08'))}`);
  });

  it('2.7.5: one that has a point code, or is routed on its global title, stays as it came', () => {
    for (const calling of ['43 0900 08', CALLING])
      assert.ok(
        outcome(node([toHlr]), udt(CALLED, calling)).endsWith(spaced(`${octetsIn(calling)} ${calling} 02 aabb`)),
        calling,
      );
  });
});

describe('ITU-T Q.714, 2.8: routing failures', () => {
  it('2.8.1: no translation for an address of such nature: no translator, or digits that are no digits (cause 0)', () => {
    assert.equal(causeOf(node([toHlr]), udt('1208 001203 9343090010')), 0);
    assert.equal(causeOf(node([toHlr]), udt('1208 001304 9343090010')), 0);
    assert.equal(causeOf(node([toHlr]), udt('0208')), 0, 'no title at all');
  });

  it('2.8.2: no translation for this specific address (cause 1)', () => {
    assert.equal(causeOf(node([{ ...toHlr, digits: '39350' }])), 1);
  });

  it('2.8.3: MTP failure: the entity cannot be reached (cause 5)', () => {
    const routing = node([toHlr]);
    routing.hear({ link: 'stp', ni: 0, kind: 'DUNA', affected: [{ pointCode: HLR, mask: 0 }] });
    assert.equal(causeOf(routing), 5);
  });

  it('2.8.3: subsystem failure: the subsystem is prohibited (cause 3)', () => {
    const routing = node([toHlr]);
    routing.subsystems.receive(0, HLR, { kind: 'SSP', affectedSsn: 6, affectedPointCode: HLR, multiplicity: 0 }, 0);
    assert.equal(causeOf(routing), 3);
  });

  it('2.8.4: network congestion (cause 6) and subsystem congestion (cause 2), from a level on that is configured', () => {
    const routing = node([toHlr], { congestion: { networkFrom: 1, subsystemFrom: 1 } });
    const scon = (congestionLevel: number) =>
      routing.hear({ link: 'stp', ni: 0, kind: 'SCON', affected: [{ pointCode: HLR, mask: 0 }], congestionLevel });
    scon(1);
    assert.equal(causeOf(routing), 6);
    scon(0);
    routing.subsystems.receive(
      0,
      HLR,
      { kind: 'SSC', affectedSsn: 6, affectedPointCode: HLR, multiplicity: 0, congestionLevel: 1 },
      0,
    );
    assert.equal(causeOf(routing), 2);
  });

  it('2.8.5: unequipped user: a subsystem that we do not serve, or a node without SCCP (cause 4)', () => {
    assert.equal(causeOf(node([]), udt('42 06')), 4);
    const routing = node([toHlr]);
    routing.subsystems.userPartUnavailable(0, HLR, 'unequipped', 0);
    assert.equal(causeOf(routing), 4);
  });

  it('2.8: a message goes back by the title of its sender, and where that leads nowhere to where it came from', () => {
    const back = spaced(udt(CALLING, CALLED, '0a01'));
    assert.equal(outcome(node([]), udt()), `${STP} ${back}`);
    const known: EntrySpec = { digits: '3934901', action: { kind: 'to', target: { pointCode: MATE, routeOn: 'gt' } } };
    assert.equal(outcome(node([{ ...known, digits: '39349011' }]), udt()), `${MATE} ${back}`);
  });

  it('2.8: nothing goes back that did not ask for it, and a service message that cannot be delivered ends', () => {
    assert.equal(outcome(node([]), udt(CALLED, CALLING, '0900')), 'no-entry not-asked');
    assert.equal(outcome(node([]), udt(CALLED, CALLING, '0a05')), 'no-entry is-service-message');
  });
});
