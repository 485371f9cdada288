import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { decodeAddress, encodeAddress, type GlobalTitle, RETURN_CAUSE, type SccpAddress } from '#codec/sccp';
import type { Step, Translation } from './answers.js';
import type { ActionSpec, AddressChange, EntrySpec, GroupSpec, GttSpec, SelectorSpec, SetSpec, TargetSpec } from './config.js';
import type { Routing } from './routing.js';
import { asked, HLR, nodeOf, nodeWith, OTHER, onTitle, SMSC, SPEC, to, US } from './samples.contract.js';

/** Point code, or why not. */
function said(answer: Translation): string {
  if (answer.kind === 'translated') return String(answer.pointCode ?? 'as it came');
  return answer.kind === 'failed' ? `${answer.fault} ${answer.cause}` : answer.fault;
}
const saidOf = (node: Routing, digits: string, more: Parameters<typeof asked>[1] = {}): string =>
  said(node.translate(asked(onTitle(digits), more)));
function calledOf(answer: Translation): SccpAddress {
  assert.ok(answer.kind === 'translated', said(answer));
  const address = decodeAddress(answer.called);
  assert.ok(address.ok);
  return address.value;
}
const numbers = (entries: readonly EntrySpec[], more: Partial<SetSpec> = {}): SetSpec => ({ name: 'numbers', entries, ...more });
const SELECT: SelectorSpec = { gti: '*', tt: '*', np: '*', nai: '*', ssn: '*', set: 'numbers' };

describe('selectors', () => {
  const selectors = (...them: Partial<SelectorSpec>[]): Routing => {
    const sets = them.map((_, i): SetSpec => ({ name: `set ${i}`, entries: [{ digits: '', action: to(HLR, { ssn: i + 10 }) }] }));
    return nodeOf({ selectors: them.map((it, i) => ({ ...SELECT, ...it, set: `set ${i}` })), sets });
  };
  const chosen = (node: Routing, called: SccpAddress, ni = 0): number | string => {
    const answer = node.translate(asked(called, { ni }));
    return answer.kind === 'translated' ? answer.target.ssn! - 10 : said(answer);
  };

  it('the one with most given fields counts, whatever their order', () => {
    assert.equal(chosen(selectors({}, { tt: 0, nai: 4 }, { gti: 4 }), onTitle('39')), 1);
    assert.equal(chosen(selectors({}, { tt: 9, nai: 4 }, { gti: 4 }), onTitle('39')), 2);
    assert.equal(chosen(selectors({}, { tt: 9 }, { gti: 3 }), onTitle('39')), 0);
  });

  it('among equals the one counts whose first given field comes first; among the same, the first', () => {
    assert.equal(chosen(selectors({ ssn: 8 }, { tt: 0 }, { gti: 4 }), onTitle('39')), 2);
    assert.equal(chosen(selectors({ ssn: 8 }, { nai: 4 }, { ni: 0 }), onTitle('39')), 1);
    assert.equal(chosen(selectors({ tt: 0 }, { tt: 0 }), onTitle('39')), 0);
  });

  it('a given value matches no absent part, and an address without subsystem counts as subsystem 0', () => {
    const gt = (globalTitle: GlobalTitle): SccpAddress => ({ routeOn: 'gt', globalTitle });
    assert.equal(chosen(selectors({ tt: 0 }), gt({ indicator: 1, natureOfAddress: 4, digits: '39' })), 'no-selector 0');
    assert.equal(chosen(selectors({ nai: 0 }), gt({ indicator: 2, translationType: 0, digits: '39' })), 'no-selector 0');
    assert.equal(chosen(selectors({ np: 0 }), gt({ indicator: 2, translationType: 0, digits: '39' })), 'no-selector 0');
    assert.equal(chosen(selectors({ nai: 4, ssn: 0 }), gt({ indicator: 1, natureOfAddress: 4, digits: '39' })), 0);
  });

  it('a network of its own can be asked for', () => {
    const node = selectors({}, { ni: 2 });
    assert.equal(chosen(node, onTitle('39'), 2), 1);
    assert.equal(chosen(node, onTitle('39'), 0), 0);
  });

  it('no selector is cause 0, and so are digits that are not BCD, unknown indicators and no title at all', () => {
    assert.equal(said(nodeOf({}).translate(asked(onTitle('39')))), 'no-selector 0');
    const node = nodeOf({ selectors: [SELECT], sets: [numbers([{ digits: '', action: to(HLR) }])] });
    const national: GlobalTitle = {
      indicator: 3,
      translationType: 0,
      numberingPlan: 1,
      encodingScheme: 3,
      signals: Uint8Array.of(1),
    };
    assert.equal(said(node.translate(asked({ routeOn: 'gt', globalTitle: national }))), 'not-translatable 0');
    assert.equal(
      said(node.translate(asked({ routeOn: 'gt', globalTitle: { indicator: 9, octets: Uint8Array.of(1) } }))),
      'not-translatable 0',
    );
    assert.equal(said(node.translate(asked({ routeOn: 'gt', ssn: 8 }))), 'not-translatable 0');
  });

  it('octets that end before the address does are cause 8', () => {
    const node = nodeOf({ selectors: [SELECT], sets: [numbers([{ digits: '', action: to(HLR) }])] });
    for (const called of [[], [0x12], [0x12, 8], [0x12, 8, 0, 0x11, 4]])
      assert.equal(said(node.translate({ ...asked(onTitle('39')), called: Uint8Array.from(called) })), 'bad-address 8');
    assert.equal(said(node.translate(asked(onTitle('39'), { ni: 1 }))), 'bad-address 8', 'a network that we are not part of');
  });

  it('more kinds of address than are remembered are still told apart', () => {
    const node = selectors({}, { tt: 200, ssn: 200 });
    for (let round = 0; round < 2; round++)
      for (let tt = 0; tt < 256; tt++)
        for (let ssn = 180; ssn < 205; ssn++) {
          const called: SccpAddress = { routeOn: 'gt', ssn, globalTitle: { indicator: 2, translationType: tt, digits: '39' } };
          assert.equal(chosen(node, called), tt === 200 && ssn === 200 ? 1 : 0);
        }
    assert.ok(256 * 25 > LIMITS.gttSelectionsMax);
  });
});

describe('sets', () => {
  it('an exact entry comes before every prefix, a longer prefix before a shorter one; nothing is cause 1', () => {
    const node = nodeWith([
      { digits: '39', action: to(HLR) },
      { digits: '39349', action: to(SMSC) },
      { digits: '393', exact: true, action: to(OTHER) },
      { digits: '3935', to: '3937', action: to(OTHER) },
    ]);
    assert.deepEqual(
      ['39', '393', '3931', '39349', '393491', '3935', '39379', '3938', '3', '40'].map((it) => saidOf(node, it)),
      ['100', '102', '100', '101', '101', '102', '102', '100', 'no-entry 1', 'no-entry 1'],
    );
  });

  it('an exact entry with an odd number of digits matches an address of indicator 2 that ends in a filler, and no other', () => {
    const entries: EntrySpec[] = [
      { digits: '', action: to(HLR) },
      { digits: '39349', exact: true, action: to(SMSC) },
      { digits: '39350', exact: true, action: to(SMSC) },
      { digits: '393500', exact: true, action: to(OTHER) },
    ];
    const node = nodeOf({ selectors: [SELECT], sets: [numbers(entries)] });
    const short = (digits: string): string =>
      said(node.translate(asked({ routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits } })));
    assert.deepEqual(
      [short('39349'), short('39349f'), short('393491'), short('393500'), short('39350f')],
      ['101', '101', '100', '102', '101'],
    );
    assert.equal(saidOf(node, '393490'), '100');
    assert.equal(saidOf(node, '39349'), '101');
  });

  it('an entry can discard, or return with any cause', () => {
    const node = nodeWith([
      { digits: '1', action: { kind: 'discard' } },
      { digits: '2', action: { kind: 'return', cause: 7 } },
    ]);
    assert.deepEqual([saidOf(node, '1'), saidOf(node, '2')], ['told-to-discard', 'told-to-return 7']);
  });

  it('a calling party is held against the lists of the set, the longest prefix deciding', () => {
    const check = (calling: SetSpec['calling'] & {}, digits: string): string => {
      const node = nodeOf({ selectors: [SELECT], sets: [numbers([{ digits: '', action: to(HLR) }], { calling })] });
      return saidOf(node, '39', { calling: digits === '' ? { routeOn: 'ssn', ssn: 8 } : onTitle(digits) });
    };
    const lists = { allow: ['39'], deny: ['3934'], refused: { kind: 'return', cause: 11 } } as const;
    assert.deepEqual(
      ['391', '39341', '40', ''].map((it) => check(lists, it)),
      ['100', 'calling-refused 11', 'calling-refused 11', 'calling-refused 11'],
    );
    assert.deepEqual(
      ['391', '40', ''].map((it) => check({ deny: ['39'] }, it)),
      ['calling-refused', '100', '100'],
    );
    assert.equal(check({ allow: ['39'], deny: ['39'] }, '39'), 'calling-refused');
  });

  it('a set can hand on to another one, its change applied first', () => {
    const node = nodeWith([{ digits: '39', action: { kind: 'set', set: 'national', change: { deleteDigits: 2, nai: 3 } } }], {
      sets: [{ name: 'national', entries: [{ digits: '349', exact: true, action: to(HLR, { routeOn: 'gt' }) }] }],
    });
    const answer = node.translate(asked(onTitle('39349')));
    assert.deepEqual(calledOf(answer).globalTitle, {
      indicator: 4,
      translationType: 0,
      numberingPlan: 1,
      natureOfAddress: 3,
      digits: '349',
    });
  });

  it('sets in a circle end after as many as are followed, with cause 9', () => {
    const node = nodeWith([{ digits: '', action: { kind: 'set', set: 'numbers' } }]);
    const steps: Step[] = [];
    assert.equal(said(node.translate(asked(onTitle('39')), undefined, steps)), 'too-many-sets 9');
    assert.equal(steps.filter((it) => it.step === 'entry').length, LIMITS.gttChainMax);
  });

  it('a set may be named; one that stands nowhere is a bug of the caller', () => {
    const node = nodeWith([], { sets: [{ name: 'other', entries: [{ digits: '', action: to(OTHER) }] }] });
    assert.equal(said(node.translate(asked(onTitle('39')), 'other')), '102');
    assert.throws(() => node.translate(asked(onTitle('39')), 'nowhere'), RangeError);
  });

  it('an address that grows beyond its length octet, or into an indicator that ANSI lacks, is cause 9', () => {
    const grow: ActionSpec = {
      kind: 'set',
      set: 'numbers',
      change: { prefix: '1'.repeat(LIMITS.gttDigitsMax), suffix: '1'.repeat(LIMITS.gttDigitsMax) },
    };
    const node = nodeWith([{ digits: '', action: grow }]);
    assert.equal(saidOf(node, '39'.repeat(100)), 'not-writable 9');
    const american = nodeOf({
      selectors: [SELECT],
      sets: [numbers([{ digits: '', action: { ...to(5), change: { gti: 4 } } as ActionSpec }])],
    });
    const called = encodeAddress({ routeOn: 'gt', globalTitle: { indicator: 2, translationType: 10, digits: '12' } }, 'ansi');
    assert.equal(said(american.translate({ ni: 3, called, calling: called, sls: 0 })), 'not-writable 9');
  });

  it('a target in a network whose addresses are put together otherwise is cause 9; in one like ours it is reached', () => {
    const node = nodeWith([
      { digits: '1', action: to(5, { ni: 3 }) },
      { digits: '2', action: to(5, { ni: 2 }) },
    ]);
    assert.equal(saidOf(node, '1'), 'not-writable 9');
    const answer = node.translate(asked(onTitle('2')));
    assert.ok(answer.kind === 'translated' && answer.ni === 2 && answer.hop.kind === 'hop' && answer.hop.link === 'national');
  });
});

describe('targets', () => {
  it('the routing indicator, subsystem and point code of the address are as the target says', () => {
    const called: SccpAddress = { ...onTitle('39'), pointCode: US };
    const result = (target: Partial<TargetSpec>): SccpAddress =>
      calledOf(nodeWith([{ digits: '39', action: to(HLR, target) }]).translate(asked(called)));
    assert.deepEqual(result({ ssn: 6 }), { ...called, routeOn: 'ssn', ssn: 6, pointCode: HLR });
    assert.deepEqual(result({ routeOn: 'gt' }), { ...called, pointCode: HLR });
    const { pointCode: _, ...without } = called;
    assert.deepEqual(result({ routeOn: 'gt', pointCodeInAddress: 'remove' }), without);
    assert.deepEqual(
      calledOf(nodeWith([{ digits: '39', action: to(HLR, { pointCodeInAddress: 'add' }) }]).translate(asked(onTitle('39')))),
      {
        ...onTitle('39'),
        routeOn: 'ssn',
        pointCode: HLR,
      },
    );
  });

  it('an address in which nothing changes is the very octets asked about', () => {
    const question = asked(onTitle('39'));
    const answer = nodeWith([{ digits: '39', action: to(HLR, { routeOn: 'gt', ssn: 8 }) }]).translate(question);
    assert.ok(answer.kind === 'translated');
    assert.equal(answer.called, question.called);
  });

  it('a link can be named: it is used whatever the routes say, and not when it is down', () => {
    const node = nodeWith([{ digits: '', action: { kind: 'to', target: { link: 'smsc', routeOn: 'gt' } } }]);
    const answer = node.translate(asked(onTitle('39')));
    assert.ok(
      answer.kind === 'translated' && answer.pointCode === undefined && answer.hop.kind === 'hop' && answer.hop.link === 'smsc',
    );
    node.setLink('smsc', false);
    assert.equal(saidOf(node, '39'), 'link-down 5');
  });

  it('a target that cannot be reached is cause 5, one behind congestion that is too much cause 6', () => {
    const node = nodeWith(
      [
        { digits: '1', action: to(999) },
        { digits: '2', action: to(HLR) },
      ],
      {},
      { congestion: { networkFrom: 2 } },
    );
    assert.equal(saidOf(node, '1'), 'no-route 5');
    const scon = (congestionLevel: number) =>
      node.hear({ link: 'stp', ni: 0, kind: 'SCON', affected: [{ pointCode: HLR, mask: 0 }], congestionLevel });
    scon(1);
    assert.equal(saidOf(node, '2'), '100');
    scon(2);
    assert.equal(saidOf(node, '2'), 'network-congested 6');
    scon(0);
    node.setLink('stp', false);
    assert.equal(saidOf(node, '2'), 'unavailable 5');
  });

  it('congestion stops nothing where nothing is said of it, and is told', () => {
    const node = nodeWith([{ digits: '', action: to(HLR) }]);
    node.hear({ link: 'stp', ni: 0, kind: 'SCON', affected: [{ pointCode: HLR, mask: 0 }], congestionLevel: 3 });
    const answer = node.translate(asked(onTitle('39')));
    assert.ok(answer.kind === 'translated' && answer.hop.kind === 'hop' && answer.hop.congestionLevel === 3);
  });

  it('a subsystem that is prohibited is cause 3, a node without SCCP 4, a congested one 2 where that is configured', () => {
    const node = nodeWith(
      [
        { digits: '1', action: to(HLR, { ssn: 6 }) },
        { digits: '2', action: to(HLR, { routeOn: 'gt' }) },
      ],
      {},
      { congestion: { subsystemFrom: 4 } },
    );
    const heard = (kind: 'SSP' | 'SSA' | 'SSC', affectedSsn: number, congestionLevel = 0) =>
      node.subsystems.receive(0, HLR, { kind, affectedSsn, affectedPointCode: HLR, multiplicity: 0, congestionLevel }, 0);
    const both = (): string[] => [saidOf(node, '1'), saidOf(node, '2')];
    heard('SSP', 6);
    assert.deepEqual(both(), ['subsystem-prohibited 3', '100'], 'who translates again is not asked for his subsystem');
    heard('SSA', 6);
    assert.deepEqual(both(), ['100', '100']);
    heard('SSC', 6, 3);
    assert.deepEqual(both(), ['100', '100']);
    heard('SSC', 6, 4);
    assert.deepEqual(both(), ['subsystem-congested 2', '100']);
    heard('SSC', 6, 0);
    node.subsystems.userPartUnavailable(0, HLR, 'unequipped', 0);
    assert.deepEqual(both(), ['subsystem-unequipped 4', 'subsystem-unequipped 4']);
    heard('SSA', 1);
    node.subsystems.userPartUnavailable(0, HLR, 'inaccessible', 0);
    assert.deepEqual(both(), ['subsystem-prohibited 3', 'subsystem-prohibited 3']);
  });

  it('a title that would come back to us to be translated is cause 9; our own subsystem is reached', () => {
    const node = nodeWith([
      { digits: '1', action: to(US, { routeOn: 'gt' }) },
      { digits: '2', action: to(US) },
    ]);
    assert.equal(saidOf(node, '1'), 'leads-to-ourselves 9');
    const answer = node.translate(asked(onTitle('2')));
    assert.ok(answer.kind === 'translated' && answer.hop.kind === 'here');
  });
});

describe('groups', () => {
  const group = (mode: GroupSpec['mode'], more: Partial<GroupSpec> = {}): Routing =>
    nodeWith([{ digits: '', action: { kind: 'group', group: 'hlrs' } }], {
      groups: [
        {
          name: 'hlrs',
          mode,
          members: [
            { pointCode: HLR, routeOn: 'ssn', ssn: 6, priority: 1 },
            { pointCode: SMSC, routeOn: 'ssn', ssn: 6, weight: 3 },
            { pointCode: OTHER, routeOn: 'ssn', ssn: 6 },
          ],
          ...more,
        },
      ],
    });
  const bySls = (node: Routing): string[] => Array.from({ length: 16 }, (_, sls) => saidOf(node, '39', { sls }));
  const out = (node: Routing, pointCode: number): unknown =>
    node.subsystems.receive(0, pointCode, { kind: 'SSP', affectedSsn: 6, affectedPointCode: pointCode, multiplicity: 0 }, 0);

  it('solitary uses the first or none', () => {
    const node = group('solitary');
    assert.deepEqual(new Set(bySls(node)), new Set(['100']));
    out(node, HLR);
    assert.deepEqual(new Set(bySls(node)), new Set(['subsystem-prohibited 3']));
  });

  it('dominant uses the first that is available, and goes back', () => {
    const node = group('dominant');
    out(node, HLR);
    assert.deepEqual(new Set(bySls(node)), new Set(['101']));
    out(node, SMSC);
    assert.deepEqual(new Set(bySls(node)), new Set(['102']));
    const answer = node.translate(asked(onTitle('39')));
    assert.ok(answer.kind === 'translated' && answer.alternate);
    node.subsystems.resumed(0, HLR);
    assert.deepEqual(new Set(bySls(node)), new Set(['100']));
  });

  it('a group with nobody left says what is wrong with the one wanted first', () => {
    const node = group('dominant');
    node.setLink('smsc', false);
    node.setLink('stp', false);
    assert.equal(saidOf(node, '39'), 'unavailable 5');
    node.setLink('stp', true);
    out(node, HLR);
    node.hear({ link: 'stp', ni: 0, kind: 'DUNA', affected: [SMSC, OTHER].map((pointCode) => ({ pointCode, mask: 0 })) });
    assert.equal(saidOf(node, '39'), 'subsystem-prohibited 3');
  });

  it('loadshared shares by weight among all that are available, an SLS keeping its own', () => {
    const node = group('loadshared');
    const before = bySls(node);
    assert.equal(before.filter((it) => it === '101').length, 10);
    out(node, HLR);
    const after = bySls(node);
    for (let sls = 0; sls < 16; sls++) if (before[sls] !== '100') assert.equal(after[sls], before[sls]);
    assert.ok(!after.includes('100'));
  });

  it('combined shares among the best priority that has a member available', () => {
    const node = group('combined');
    assert.deepEqual(new Set(bySls(node)), new Set(['101', '102']));
    out(node, SMSC);
    out(node, OTHER);
    assert.deepEqual(new Set(bySls(node)), new Set(['100']));
    out(node, HLR);
    assert.deepEqual(new Set(bySls(node)), new Set(['subsystem-prohibited 3']));
  });

  it('share by the digits of the calling or called party, so that one party keeps to one target', () => {
    for (const key of ['calling', 'called'] as const) {
      const node = group('loadshared', { key });
      const chosen = (i: number, sls: number): string => {
        const other = onTitle(`39349${i}`);
        const question = key === 'called' ? asked(other, { sls }) : asked(onTitle('39'), { sls, calling: other });
        return said(node.translate(question));
      };
      for (let i = 1000; i < 1020; i++) assert.equal(chosen(i, 0), chosen(i, 7));
      assert.deepEqual(new Set(Array.from({ length: 50 }, (_, i) => chosen(i + 1000, 0))), new Set(['100', '101', '102']));
    }
  });

  it('share by the whole calling address when it has no digits', () => {
    const node = group('loadshared', { key: 'calling' });
    const chosen = new Set(
      Array.from({ length: 50 }, (_, pointCode) => saidOf(node, '39', { calling: { routeOn: 'ssn', ssn: 8, pointCode } })),
    );
    assert.deepEqual(chosen, new Set(['100', '101', '102']));
  });

  it('what one target of a group gets by SLS is spread over all of its links', () => {
    const links = [{ name: 'x' }, { name: 'y' }];
    const via = [{ link: 'x' }, { link: 'y' }];
    const members = [HLR, SMSC].map((pointCode) => ({ pointCode, routeOn: 'gt' as const }));
    const node = nodeOf(
      {
        selectors: [SELECT],
        sets: [numbers([{ digits: '', action: { kind: 'group', group: 'two' } }])],
        groups: [{ name: 'two', mode: 'loadshared', members }],
      },
      { links, routes: [HLR, SMSC].map((pointCode) => ({ ni: 0, pointCode, via })), networks: SPEC.networks },
    );
    const pairs = new Map<string, number>();
    for (let sls = 0; sls < 16; sls++) {
      const answer = node.translate(asked(onTitle('39'), { sls }));
      assert.ok(answer.kind === 'translated' && answer.hop.kind === 'hop');
      const pair = `${answer.pointCode} ${answer.hop.link}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    assert.deepEqual([...pairs.values()], [4, 4, 4, 4]);
  });
});

describe('the steps of a translation', () => {
  it('name the selector, the entry, the share, each target and why it was passed over, the way and the result', () => {
    const node = nodeWith([{ digits: '39', action: { kind: 'set', set: 'hlrs', change: { deleteDigits: 2 } } }], {
      sets: [{ name: 'hlrs', entries: [{ digits: '349', action: { kind: 'group', group: 'pair' } }], calling: { deny: ['1'] } }],
      groups: [
        { name: 'pair', mode: 'dominant', members: [HLR, OTHER].map((pointCode) => ({ pointCode, routeOn: 'ssn', ssn: 6 })) },
      ],
    });
    node.subsystems.receive(0, HLR, { kind: 'SSP', affectedSsn: 6, affectedPointCode: HLR, multiplicity: 0 }, 0);
    const steps: Step[] = [];
    const result = node.translate(asked(onTitle('393491')), undefined, steps);
    const hop = { kind: 'hop', link: 'stp', priority: 0, restricted: false, congestionLevel: 0, againstAdvice: false } as const;
    const target = { step: 'target', ni: 0, link: undefined, ssn: 6 } as const;
    assert.deepEqual(steps, [
      { step: 'address', ni: 0, gti: 4, tt: 0, np: 1, nai: 4, ssn: 8, digits: '393491' },
      { step: 'selector', index: 0, set: 'numbers' },
      { step: 'entry', set: 'numbers', index: 0, matched: '39', exact: false },
      { step: 'changed', digits: '3491' },
      { step: 'calling', set: 'hlrs', digits: '393490000001', allowed: true },
      { step: 'entry', set: 'hlrs', index: 0, matched: '349', exact: false },
      { step: 'group', group: 'pair', share: 0, order: [0, 1] },
      { ...target, member: 0, pointCode: HLR, fault: 'subsystem-prohibited' },
      { ...target, member: 1, pointCode: OTHER, fault: undefined },
      { step: 'hop', hop },
      { step: 'result', result },
    ]);
    assert.ok(result.kind === 'translated' && result.alternate);
  });

  it('are written for failures too', () => {
    const steps: Step[] = [];
    nodeWith([]).translate(asked(onTitle('39')), undefined, steps);
    assert.deepEqual(
      steps.map((it) => it.step),
      ['address', 'selector', 'entry', 'result'],
    );
  });
});

/** Translation by scanning everything, on digits as text: selectors, entries and changes as config.ts words them. */
function modelled(gtt: GttSpec, title: Exclude<GlobalTitle, { octets: unknown }> & { digits: string }, ssn: number): string {
  const fields = (it: SelectorSpec) => [it.gti, it.tt, it.np, it.nai, it.ssn] as const;
  const values = [
    title.indicator,
    'translationType' in title ? title.translationType : undefined,
    'numberingPlan' in title ? title.numberingPlan : undefined,
    'natureOfAddress' in title ? title.natureOfAddress : undefined,
    ssn,
  ];
  const given = (it: SelectorSpec): boolean[] => fields(it).map((field) => field !== '*');
  const rank = (it: SelectorSpec): string => `${given(it).filter(Boolean).length}${given(it).map(Number).join('')}`;
  const selector = gtt.selectors
    .filter((it) => fields(it).every((field, i) => field === '*' || field === values[i]))
    .reduce<SelectorSpec | undefined>((best, it) => (best === undefined || rank(it) > rank(best) ? it : best), undefined);
  if (selector === undefined) return 'no-selector 0';
  let { digits } = title;
  let name = selector.set;
  for (let count = 0; count < LIMITS.gttChainMax; count++) {
    const { entries } = gtt.sets.find((it) => it.name === name)!;
    const entry = bestOf(entries, digits, title.indicator);
    if (entry === undefined) return 'no-entry 1';
    const { action } = entry;
    if (action.kind === 'discard') return 'told-to-discard';
    if (action.kind === 'return') return `told-to-return ${action.cause}`;
    digits = changed(digits, action.change ?? {}, title.indicator);
    if (action.kind === 'to') return `${action.target.pointCode} ${digits}`;
    name = action.kind === 'set' ? action.set : name;
  }
  return 'too-many-sets 9';
}

function bestOf(entries: readonly EntrySpec[], digits: string, indicator: number): EntrySpec | undefined {
  const exactly = (its: string) => entries.find((it) => it.exact && it.digits === its);
  if (indicator === 2 && /[0f]$/.test(digits)) {
    const exact = exactly(digits) ?? exactly(digits.slice(0, -1));
    if (exact !== undefined) return exact;
  }
  const length = (it: EntrySpec): number => (it.exact ? 1000 : lengthMatched(it, digits));
  return entries
    .filter((it) => (it.exact ? it.digits === digits : lengthMatched(it, digits) >= 0))
    .reduce<EntrySpec | undefined>((best, it) => (best === undefined || length(it) > length(best) ? it : best), undefined);
}

/** The shortest leading digits all of whose continuations the entry holds; -1 when it does not match. */
function lengthMatched({ digits: from, to: last }: EntrySpec, digits: string): number {
  if (last === undefined) return digits.startsWith(from) ? from.length : -1;
  for (let length = 0; length <= Math.min(from.length, digits.length); length++) {
    const head = digits.slice(0, length);
    if (/^\d*$/.test(head) && head.padEnd(from.length, '0') >= from && head.padEnd(from.length, '9') <= last) return length;
  }
  return -1;
}

function changed(
  digits: string,
  { deleteDigits = 0, prefix = '', suffix = '', replaceDigits }: AddressChange,
  indicator: number,
): string {
  const result = replaceDigits ?? prefix + digits.slice(deleteDigits) + suffix;
  return indicator === 2 && result.length % 2 === 1 ? `${result}0` : result;
}

describe('translation, whatever is configured', () => {
  const plain = { noNullPrototype: true } as const;
  const match = (max: number) => fc.oneof(fc.constant('*' as const), fc.nat(max));
  const set = fc.constantFrom('one', 'two', 'three');
  const few = fc.stringMatching(/^[123]{0,4}$/);
  const change = fc.oneof(
    fc.record({ deleteDigits: fc.nat(3), prefix: few, suffix: few }, { requiredKeys: [], ...plain }),
    fc.record({ replaceDigits: few }, plain),
  );
  const action = fc.oneof(
    fc.record(
      {
        kind: fc.constant('to'),
        target: fc.integer({ min: 1, max: 9 }).map((it) => ({ pointCode: it * 10, link: 'stp', routeOn: 'gt' })),
        change,
      },
      plain,
    ),
    fc.record({ kind: fc.constant('set'), set, change }, plain),
    fc.constant({ kind: 'discard' }),
    fc.record({ kind: fc.constant('return'), cause: fc.nat(14) }, plain),
  ) as fc.Arbitrary<ActionSpec>;
  const range = fc
    .tuple(fc.nat(399), fc.nat(399))
    .map(([a, b]) => ({ digits: String(Math.min(a, b)).padStart(3, '0'), to: String(Math.max(a, b)).padStart(3, '0') }));
  const entry = fc
    .tuple(fc.oneof(fc.record({ digits: few }, plain), fc.record({ digits: few, exact: fc.boolean() }, plain), range), action)
    .map(([key, of]) => ({ ...key, action: of })) as fc.Arbitrary<EntrySpec>;
  const gttSpec = fc
    .record(
      {
        selectors: fc.array(
          fc.record(
            { gti: match(4).map((it) => (it === 0 ? 4 : it)), tt: match(1), np: match(1), nai: match(1), ssn: match(1), set },
            plain,
          ),
          { maxLength: 6 },
        ),
        sets: fc.tuple(
          fc.array(entry, { maxLength: 12 }),
          fc.array(entry, { maxLength: 12 }),
          fc.array(entry, { maxLength: 12 }),
        ),
      },
      plain,
    )
    .map(
      ({ selectors, sets }): GttSpec => ({
        selectors,
        sets: sets.map((entries, i) => ({ name: ['one', 'two', 'three'][i]!, entries })),
        groups: [],
      }),
    );
  const digits = fc.stringMatching(/^[0123]{0,6}$/);
  const bit = fc.nat(1);
  const title = fc.oneof(
    fc.record({ indicator: fc.constant(1), natureOfAddress: bit, digits }, plain),
    fc.record({ indicator: fc.constant(2), translationType: bit, digits: digits.map((it) => it.slice(it.length % 2)) }, plain),
    fc.record({ indicator: fc.constant(3), translationType: bit, numberingPlan: bit, digits }, plain),
    fc.record({ indicator: fc.constant(4), translationType: bit, numberingPlan: bit, natureOfAddress: bit, digits }, plain),
  ) as unknown as fc.Arbitrary<Exclude<GlobalTitle, { octets: unknown }> & { digits: string }>;

  it('answers as a scan of the whole configuration does, with and without steps', () => {
    fc.assert(
      fc.property(gttSpec, fc.array(fc.tuple(title, bit), { minLength: 1, maxLength: 8 }), (gtt, questions) => {
        const node = nodeOf(gtt);
        for (const [globalTitle, ssn] of questions) {
          const question = asked({ routeOn: 'gt', ssn, globalTitle });
          const answer = node.translate(question);
          const shown =
            answer.kind === 'translated'
              ? `${answer.pointCode} ${(calledOf(answer).globalTitle as { digits: string }).digits}`
              : said(answer);
          assert.equal(shown, modelled(gtt, globalTitle, ssn));
          const steps: Step[] = [];
          assert.deepEqual(node.translate(question, undefined, steps), answer);
          assert.deepEqual(steps.at(-1), { step: 'result', result: answer });
        }
      }),
      { numRuns: 600 },
    );
  });

  it('never throws, whatever the octets of the addresses', () => {
    const node = nodeOf({
      selectors: [SELECT],
      sets: [numbers([{ digits: '', action: { kind: 'group', group: 'g' } }], { calling: { deny: ['9'] } })],
      groups: [{ name: 'g', mode: 'loadshared', key: 'calling', members: [{ pointCode: HLR, routeOn: 'gt' }] }],
    });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 14 }),
        fc.uint8Array({ maxLength: 14 }),
        fc.nat(3),
        fc.nat(255),
        (called, calling, ni, sls) => {
          const answer = node.translate({ ni, called, calling, sls });
          assert.ok(answer.kind !== 'failed' || Object.values<number>(RETURN_CAUSE).includes(answer.cause));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
