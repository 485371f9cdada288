import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import type { ActionSpec, EntrySpec, Finding, GttSpec, RouteSpec, RoutingSpec } from './config.js';
import { lintRouting } from './lint.js';
import { createRouting } from './routing.js';
import { HLR, OTHER, SPEC, to, US } from './samples.contract.js';

const LEAN: RoutingSpec = {
  ...SPEC,
  links: [{ name: 'stp' }],
  networks: [SPEC.networks[0]!],
  routes: [{ ni: 0, pointCode: HLR, via: [{ link: 'stp' }] }],
};
const ANY = { gti: '*', tt: '*', np: '*', nai: '*', ssn: '*' } as const;
const withGtt = (gtt: Partial<GttSpec>, more: Partial<RoutingSpec> = {}): RoutingSpec => ({
  ...LEAN,
  ...more,
  gtt: { ...LEAN.gtt, ...gtt },
});
const withEntries = (...entries: EntrySpec[]): RoutingSpec =>
  withGtt({ selectors: [{ ...ANY, set: 'one' }], sets: [{ name: 'one', entries }] });
const withRoute = (route: Partial<RouteSpec>): RoutingSpec => ({ ...LEAN, routes: [{ ...LEAN.routes[0]!, ...route }] });
const acting = (action: ActionSpec): RoutingSpec => withEntries({ digits: '1', action });
const found = (spec: RoutingSpec): string[] => lintRouting(spec).map((it) => `${it.severity} ${it.kind} ${it.where}`);

/** Configurations that cannot be carried out: each fault by itself, with the place that is named. */
const FAULTS: readonly (readonly [string, RoutingSpec, Finding['kind'], string])[] = [
  ['a network twice', { ...LEAN, networks: [...LEAN.networks, ...LEAN.networks] }, 'duplicate-name', 'networks'],
  ['no own point code', { ...LEAN, networks: [{ ni: 0, variant: 'itu', own: [] }] }, 'bad-value', 'networks[0]'],
  ['an own point code too wide', { ...LEAN, networks: [{ ni: 0, variant: 'itu', own: [0x4000] }] }, 'bad-value', 'networks[0]'],
  [
    'a network indicator too high',
    { ...LEAN, networks: [...LEAN.networks, { ni: 4, variant: 'itu', own: [1] }] },
    'bad-value',
    'networks[1]',
  ],
  [
    'an own subsystem too high',
    { ...LEAN, networks: [{ ni: 0, variant: 'itu', own: [1], subsystems: [256] }] },
    'bad-value',
    'networks[0]',
  ],
  ['a link twice', { ...LEAN, links: [{ name: 'stp' }, { name: 'stp' }] }, 'duplicate-name', 'links'],
  ['a route in a network that is not ours', withRoute({ ni: 2 }), 'unknown-name', 'routes[0]'],
  ['a route to a point code too wide', withRoute({ pointCode: 0x4000 }), 'bad-value', 'routes[0]'],
  ['a mask too wide', withRoute({ mask: 15 }), 'bad-value', 'routes[0]'],
  ['a route without a way', withRoute({ via: [] }), 'bad-value', 'routes[0]'],
  [
    'a link twice in one route',
    withRoute({ via: [{ link: 'stp' }, { link: 'stp', priority: 1 }] }),
    'duplicate-name',
    'routes[0]',
  ],
  ['a way by a link that is not there', withRoute({ via: [{ link: 'x' }] }), 'unknown-name', 'routes[0]'],
  ['a priority too high', withRoute({ via: [{ link: 'stp', priority: 256 }] }), 'bad-value', 'routes[0]'],
  ['a weight of nothing', withRoute({ via: [{ link: 'stp', weight: 0 }] }), 'bad-value', 'routes[0]'],
  ['a selector for a set that is not there', withGtt({ selectors: [{ ...ANY, set: 'x' }] }), 'unknown-name', 'gtt.selectors[0]'],
  [
    'a selector for an indicator that is none',
    withGtt({ selectors: [{ ...ANY, gti: 5, set: 'one' }], sets: [{ name: 'one', entries: [] }] }),
    'bad-value',
    'gtt.selectors[0]',
  ],
  [
    'a set twice',
    withGtt({
      sets: [
        { name: 'one', entries: [] },
        { name: 'one', entries: [] },
      ],
    }),
    'duplicate-name',
    'gtt.sets',
  ],
  [
    'a group twice',
    withGtt({ groups: ['g', 'g'].map((name) => ({ name, mode: 'solitary', members: [{ pointCode: HLR, routeOn: 'ssn' }] })) }),
    'duplicate-name',
    'gtt.groups',
  ],
  ['a group of nobody', withGtt({ groups: [{ name: 'g', mode: 'solitary', members: [] }] }), 'bad-value', 'gtt.groups.g'],
  [
    'a member without weight',
    withGtt({ groups: [{ name: 'g', mode: 'loadshared', members: [{ pointCode: HLR, routeOn: 'ssn', weight: 0 }] }] }),
    'bad-value',
    'gtt.groups.g.members[0]',
  ],
  ['digits that are none', withEntries({ digits: '12x', action: to(HLR) }), 'bad-value', 'gtt.sets.one.entries[0]'],
  [
    'too many digits',
    withEntries({ digits: '1'.repeat(LIMITS.gttDigitsMax + 1), action: to(HLR) }),
    'limit',
    'gtt.sets.one.entries[0]',
  ],
  [
    'a range that ends before it begins',
    withEntries({ digits: '12', to: '11', action: to(HLR) }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  [
    'an exact range',
    withEntries({ digits: '11', to: '12', exact: true, action: to(HLR) }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  ['a cause that is none', acting({ kind: 'return', cause: 15 }), 'bad-value', 'gtt.sets.one.entries[0]'],
  ['a target that is nowhere', acting({ kind: 'to', target: { routeOn: 'gt' } }), 'bad-value', 'gtt.sets.one.entries[0]'],
  ['a target in a network that is not ours', acting(to(HLR, { ni: 2 })), 'unknown-name', 'gtt.sets.one.entries[0]'],
  ['a target too wide', acting(to(0x4000)), 'bad-value', 'gtt.sets.one.entries[0]'],
  ['a target by a link that is not there', acting(to(HLR, { link: 'x' })), 'unknown-name', 'gtt.sets.one.entries[0]'],
  ['a group that is not there', acting({ kind: 'group', group: 'x' }), 'unknown-name', 'gtt.sets.one.entries[0]'],
  ['a set that is not there', acting({ kind: 'set', set: 'x' }), 'unknown-name', 'gtt.sets.one.entries[0]'],
  [
    'a new numbering plan that is none',
    acting({ kind: 'to', target: { pointCode: HLR, routeOn: 'gt' }, change: { np: 16 } }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  [
    'a prefix that has no digits',
    acting({ kind: 'set', set: 'one', change: { prefix: '+39' } }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  [
    'digits replaced and prefixed',
    acting({ kind: 'set', set: 'one', change: { prefix: '1', replaceDigits: '2' } }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  [
    'a title dropped that is routed on',
    acting({ kind: 'to', target: { pointCode: HLR, routeOn: 'gt' }, change: { dropTitle: true } }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  [
    'a title dropped that is translated again',
    acting({ kind: 'set', set: 'one', change: { dropTitle: true } }),
    'bad-value',
    'gtt.sets.one.entries[0]',
  ],
  [
    'a calling prefix that is none',
    withGtt({ sets: [{ name: 'one', entries: [], calling: { allow: ['x'] } }] }),
    'bad-value',
    'gtt.sets.one.calling',
  ],
  [
    'a calling refusal with a cause that is none',
    withGtt({ sets: [{ name: 'one', entries: [], calling: { refused: { kind: 'return', cause: 99 } } }] }),
    'bad-value',
    'gtt.sets.one.calling',
  ],
  ['a congestion level that is none', { ...LEAN, congestion: { networkFrom: 4 } }, 'bad-value', 'congestion'],
  [
    'too many ways',
    withRoute({ via: Array.from({ length: LIMITS.routingAlternatesMax + 1 }, () => ({ link: 'stp' })) }),
    'limit',
    'routes[0]',
  ],
  [
    'too many links',
    { ...LEAN, links: Array.from({ length: LIMITS.routingLinksMax + 1 }, (_, i) => ({ name: i === 0 ? 'stp' : `l${i}` })) },
    'limit',
    'links',
  ],
  [
    'too many selectors',
    withGtt({
      selectors: Array.from({ length: LIMITS.gttSelectorsMax + 1 }, () => ({ ...ANY, set: 'one' })),
      sets: [{ name: 'one', entries: [] }],
    }),
    'limit',
    'gtt.selectors',
  ],
];

describe('a configuration that cannot be carried out', () => {
  for (const [name, spec, kind, where] of FAULTS)
    it(`${name} is refused, with the place where it stands`, () => {
      const made = createRouting(spec);
      assert.ok(!made.ok);
      assert.ok(
        made.error.some((it) => it.severity === 'error' && it.kind === kind && it.where === where && it.text.length > 10),
        JSON.stringify(made.error),
      );
      assert.deepEqual(lintRouting(spec), made.error);
    });

  it('has all its faults told at once', () => {
    assert.deepEqual(found({ ...withEntries({ digits: 'x', action: to(HLR) }), routes: [{ ni: 0, pointCode: HLR, via: [] }] }), [
      'error bad-value routes[0]',
      'error bad-value gtt.sets.one.entries[0]',
    ]);
  });

  it('one with more entries than the limit is refused, a range counted by its prefixes', () => {
    const range = { digits: '000000001', to: '999999998', action: to(HLR) };
    const entries = Array.from({ length: Math.ceil(LIMITS.gttEntriesMax / 144) + 1 }, () => range);
    assert.deepEqual(found(withEntries(...entries)), ['error limit gtt.sets']);
  });
});

describe('a configuration that can hardly be meant', () => {
  it('one that is in order has no findings', () => {
    assert.deepEqual(
      lintRouting(
        withEntries(
          { digits: '1', action: to(HLR) },
          { digits: '12', to: '14', action: to(HLR) },
          { digits: '1', exact: true, action: to(HLR) },
        ),
      ),
      [],
    );
  });

  it('a link, a set and a group that nothing leads to are told of, and a set without entries', () => {
    const spec = withGtt(
      {
        sets: [{ name: 'one', entries: [] }],
        groups: [{ name: 'g', mode: 'dominant', members: [{ pointCode: HLR, routeOn: 'ssn' }] }],
      },
      { links: [{ name: 'stp' }, { name: 'idle' }] },
    );
    assert.deepEqual(
      found(spec),
      ['links.idle', 'gtt.sets.one', 'gtt.groups.g', 'gtt.sets.one'].map((it) => `warning unreachable ${it}`),
    );
  });

  it('a set and a group that somebody else names are reached', () => {
    const entries: EntrySpec[] = [{ digits: '', action: to(HLR) }];
    const spec = withGtt({
      sets: [{ name: 'one', entries }],
      groups: [{ name: 'g', mode: 'dominant', members: [{ pointCode: HLR, routeOn: 'ssn' }] }],
    });
    assert.deepEqual(lintRouting(spec, { sets: ['one'], groups: ['g'] }), []);
  });

  it('an entry, a selector and a route that another one hides are told of, with the one that hides them', () => {
    const again = withEntries(
      { digits: '12', action: to(HLR) },
      { digits: '1', to: '3', action: to(HLR) },
      { digits: '12', action: to(HLR) },
      { digits: '3', action: to(HLR) },
    );
    assert.deepEqual(
      lintRouting(again).map((it) => `${it.where}: ${it.text}`),
      [
        'gtt.sets.one.entries[2]: entries[0] has 12 already and comes first',
        'gtt.sets.one.entries[3]: entries[1] has 3 already and comes first',
      ],
    );
    const selectors = withGtt({
      selectors: [
        { ...ANY, set: 'one' },
        { ...ANY, ni: '*', set: 'one' },
      ],
      sets: [{ name: 'one', entries: [{ digits: '', action: to(HLR) }] }],
    });
    assert.deepEqual(found(selectors), ['warning shadowed gtt.selectors[1]']);
    const routes = { ...LEAN, routes: [...LEAN.routes, ...LEAN.routes] };
    assert.deepEqual(found(routes), ['warning shadowed routes[1]']);
  });

  it('an entry that longer ones leave nothing of is told of', () => {
    const all = [...'0123456789abcdef'].map((it): EntrySpec => ({ digits: `1${it}`, action: to(HLR) }));
    const hidden = withEntries({ digits: '1', action: to(HLR) }, { digits: '1', exact: true, action: to(HLR) }, ...all);
    assert.deepEqual(found(hidden), ['warning shadowed gtt.sets.one.entries[0]']);
    assert.deepEqual(found(withEntries({ digits: '1', action: to(HLR) }, ...all)), [], 'the address 1 itself is left');
  });

  it('sets in a circle, and in a row longer than is followed, are told of', () => {
    const chain = (count: number, last: ActionSpec): RoutingSpec =>
      withGtt({
        selectors: [{ ...ANY, set: 's0' }],
        sets: Array.from({ length: count }, (_, i) => ({
          name: `s${i}`,
          entries: [{ digits: '', action: i === count - 1 ? last : { kind: 'set', set: `s${i + 1}` } }],
        })),
      });
    assert.deepEqual(found(chain(LIMITS.gttChainMax, to(HLR))), []);
    assert.deepEqual(found(chain(LIMITS.gttChainMax + 1, to(HLR))), ['warning circular gtt.sets.s0']);
    const circle = lintRouting(chain(3, { kind: 'set', set: 's1' }));
    assert.deepEqual(
      circle.map((it) => it.text),
      ['the sets lead back to themselves: s1 -> s2 -> s1'],
    );
  });

  it('a target that no route leads to, and a title that leads back to us, are told of', () => {
    assert.deepEqual(found(acting(to(OTHER))), ['warning missing-route gtt.sets.one.entries[0]']);
    assert.deepEqual(found(acting(to(OTHER, { link: 'stp' }))), []);
    assert.deepEqual(found(acting(to(US, { routeOn: 'gt' }))), ['warning own-point-code gtt.sets.one.entries[0]']);
    assert.deepEqual(found(acting(to(US))), []);
    const group = withGtt({
      selectors: [{ ...ANY, set: 'one' }],
      sets: [{ name: 'one', entries: [{ digits: '', action: { kind: 'group', group: 'g' } }] }],
      groups: [{ name: 'g', mode: 'dominant', members: [{ pointCode: OTHER, routeOn: 'ssn' }] }],
    });
    assert.deepEqual(found(group), ['warning missing-route gtt.groups.g.members[0]']);
  });

  it('members of a solitary group behind the first are told of', () => {
    const members = [HLR, HLR].map((pointCode) => ({ pointCode, routeOn: 'ssn' as const }));
    const spec = withGtt({
      selectors: [{ ...ANY, set: 'one' }],
      sets: [{ name: 'one', entries: [{ digits: '', action: { kind: 'group', group: 'g' } }] }],
      groups: [{ name: 'g', mode: 'solitary', members }],
    });
    assert.deepEqual(found(spec), ['warning unreachable gtt.groups.g']);
  });
});
