import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import type { DestinationChange, DestinationState, RouteAnswer } from './answers.js';
import type { RouteSpec } from './config.js';
import { type NetworkNews, PointCodeRoutes } from './routes.js';

const NETWORKS = [
  { ni: 0, variant: 'itu', own: [1, 2] },
  { ni: 2, variant: 'ansi', own: [0x010101] },
] as const;
const LINKS = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }];

const route = (pointCode: number, via: RouteSpec['via'], more: Partial<RouteSpec> = {}): RouteSpec => ({
  ni: 0,
  pointCode,
  via,
  ...more,
});
const via = (...links: string[]): RouteSpec['via'] => links.map((link) => ({ link }));

function table(routes: readonly RouteSpec[], up = 'abcd'): PointCodeRoutes {
  const made = new PointCodeRoutes(NETWORKS, LINKS, routes);
  for (const link of up) made.setLink(link, true);
  return made;
}

const linkOf = (answer: RouteAnswer): string =>
  answer.kind === 'hop' ? answer.link : answer.kind === 'none' ? answer.reason : 'here';
const linksOf = (routes: PointCodeRoutes, pointCode: number, ni = 0): string[] =>
  Array.from({ length: 16 }, (_, sls) => linkOf(routes.route(ni, pointCode, sls)));
const news = (kind: NetworkNews['kind'], link: string, pointCode: number, mask = 0, congestionLevel?: number): NetworkNews => ({
  link,
  ni: 0,
  kind,
  affected: [{ pointCode, mask }],
  ...(congestionLevel === undefined ? {} : { congestionLevel }),
});
const told = (changes: readonly DestinationChange[]): string[] =>
  changes.map((it) => `${it.pointCode}/${it.mask} ${it.before}>${it.availability} ${it.congestionBefore}>${it.congestionLevel}`);

describe('point-code routes', () => {
  it('know their own point codes in each network, and those that no route holds', () => {
    const routes = table([route(5, via('a'))]);
    assert.deepEqual(
      [routes.route(0, 1, 0).kind, routes.route(0, 2, 0).kind, routes.route(2, 0x010101, 0).kind],
      ['here', 'here', 'here'],
    );
    assert.equal(linkOf(routes.route(2, 1, 0)), 'no-route');
    assert.equal(linkOf(routes.route(0, 6, 0)), 'no-route');
    assert.equal(linkOf(routes.route(3, 5, 0)), 'no-route');
    assert.equal(linkOf(routes.route(0, 5, 0)), 'a');
  });

  it('take the narrowest of the routes that hold a point code, and of two that are the same the first', () => {
    const routes = table([
      route(0, via('d'), { mask: 14 }),
      route(0x100, via('a'), { mask: 4 }),
      route(0x101, via('b')),
      route(0x101, via('c')),
    ]);
    assert.deepEqual(
      [0x101, 0x102, 0x10f, 0x110].map((it) => linkOf(routes.route(0, it, 3))),
      ['b', 'a', 'a', 'd'],
    );
  });

  it('hold ranges of 24-bit point codes, their whole width included', () => {
    const routes = table([
      { ni: 2, pointCode: 0x0a0000, mask: 16, via: via('a') },
      { ni: 2, pointCode: 0, mask: 24, via: via('b') },
    ]);
    assert.equal(linkOf(routes.route(2, 0x0affff, 200)), 'a');
    assert.equal(linkOf(routes.route(2, 0xffffff, 200)), 'b');
  });

  it('use the best priority that has a link up, and go back to it', () => {
    const routes = table([route(5, [{ link: 'a' }, { link: 'b', priority: 1 }, { link: 'c', priority: 2 }])], 'bc');
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['b']));
    routes.setLink('b', false);
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['c']));
    routes.setLink('c', false);
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['unavailable']));
    routes.setLink('a', true);
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['a']));
  });

  it('share within a priority by SLS and weight; an SLS keeps its link while that is up, whatever the others do', () => {
    const routes = table([route(5, [{ link: 'a', weight: 2 }, { link: 'b' }, { link: 'c' }])]);
    const before = linksOf(routes, 5);
    assert.equal(before.filter((it) => it === 'a').length, 8);
    routes.setLink('b', false);
    const after = linksOf(routes, 5);
    for (let sls = 0; sls < 16; sls++) if (before[sls] !== 'b') assert.equal(after[sls], before[sls]);
    assert.ok(!after.includes('b'));
    routes.setLink('b', true);
    assert.deepEqual(linksOf(routes, 5), before);
  });

  it('leave a link for a destination that the network behind it cannot reach, for that one only', () => {
    const routes = table([route(5, via('a', 'b')), route(6, via('a', 'b'))]);
    routes.hear(news('DUNA', 'a', 5));
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['b']));
    assert.deepEqual(new Set(linksOf(routes, 6)), new Set(['a', 'b']));
    routes.hear(news('DUNA', 'b', 5));
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['unavailable']));
    routes.hear(news('DAVA', 'a', 5));
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['a']));
  });

  it('leave a restricted way for any other, of a worse priority too, and take it when there is none', () => {
    const routes = table([route(5, [{ link: 'a' }, { link: 'b', priority: 1 }])]);
    routes.hear(news('DRST', 'a', 5));
    assert.deepEqual(new Set(linksOf(routes, 5)), new Set(['b']));
    routes.setLink('b', false);
    const answer = routes.route(0, 5, 0);
    assert.ok(answer.kind === 'hop' && answer.link === 'a' && answer.restricted);
  });

  it('tell the congestion of a destination on each link, and end it by level 0, DAVA or DUNA', () => {
    const routes = table([route(5, via('a'))]);
    const level = (): number | undefined => {
      const answer = routes.route(0, 5, 0);
      return answer.kind === 'hop' ? answer.congestionLevel : undefined;
    };
    routes.hear(news('SCON', 'a', 5, 0, 3));
    assert.equal(level(), 3);
    routes.hear(news('SCON', 'a', 5, 0, 0));
    assert.equal(level(), 0);
    routes.hear(news('SCON', 'a', 5));
    assert.equal(level(), 1, 'a network without levels says the lowest');
    routes.hear(news('DAVA', 'a', 5));
    assert.equal(level(), 0);
  });

  it('keep a destination unavailable when its whole region is only congested', () => {
    const routes = table([route(0, via('a'), { mask: 14 })]);
    routes.hear(news('DUNA', 'a', 5));
    routes.hear(news('SCON', 'a', 0, 14, 2));
    assert.equal(linkOf(routes.route(0, 5, 0)), 'unavailable');
  });

  it('try a link against the advice of the network only where that is configured', () => {
    const routes = table([route(5, via('a', 'b'), { whenUnavailable: 'try-anyway' })]);
    const changes = [routes.hear(news('DUNA', 'a', 5)), routes.hear(news('DUNA', 'b', 5))].flatMap((it) => it.changes);
    const answer = routes.route(0, 5, 0);
    assert.ok(answer.kind === 'hop' && answer.againstAdvice);
    assert.deepEqual(told(changes), ['5/0 available>unavailable 0>0'], 'those behind us hear the truth');
    routes.setLink('a', false);
    routes.setLink('b', false);
    assert.equal(linkOf(routes.route(0, 5, 0)), 'unavailable');
  });

  it('forget what a link said when it goes down', () => {
    const routes = table([route(5, via('a'))]);
    routes.hear(news('DUNA', 'a', 5));
    routes.setLink('a', false);
    routes.setLink('a', true);
    assert.equal(linkOf(routes.route(0, 5, 0)), 'a');
  });

  it('ignore and count what comes by a link that is unknown or down, and of networks that cannot be', () => {
    const routes = table([route(5, via('a', 'b'))], 'a');
    assert.equal(routes.hear(news('DUNA', 'z', 5)).ignored, 1);
    assert.equal(routes.hear(news('DUNA', 'b', 5)).ignored, 1);
    assert.equal(routes.hear({ ...news('DUNA', 'a', 5), ni: 7 }).ignored, 1);
    assert.equal(routes.setLink('z', true).ignored, 1);
    assert.equal(linkOf(routes.route(0, 5, 0)), 'a');
  });

  it('keep no more than their limit of what a network says, and count the rest', () => {
    const routes = table([{ ni: 2, pointCode: 0, mask: 24, via: via('a') }]);
    const affected = Array.from({ length: LIMITS.routingHeardMax + 1 }, (_, i) => ({ pointCode: 2 * i, mask: 0 }));
    assert.equal(routes.hear({ link: 'a', ni: 2, kind: 'DUNA', affected }).ignored, 1);
    assert.equal(linkOf(routes.route(2, 0, 0)), 'unavailable');
    assert.equal(linkOf(routes.route(2, 2 * LIMITS.routingHeardMax, 0)), 'a');
    routes.hear({ link: 'a', ni: 2, kind: 'DAVA', affected: [{ pointCode: 0, mask: 24 }] });
    assert.equal(
      routes.hear({ link: 'a', ni: 2, kind: 'DUNA', affected: affected.slice(0, 10) }).ignored,
      0,
      'a wide DAVA makes room',
    );
  });

  it('stay right when more destinations are asked for than are kept worked out', () => {
    const routes = table([{ ni: 2, pointCode: 0, mask: 24, via: via('a') }]);
    const kept = routes.find(2, 7);
    for (let pointCode = 0; pointCode <= LIMITS.routingPathsMax; pointCode++) routes.route(2, pointCode, 0);
    routes.setLink('a', false);
    assert.equal(linkOf(routes.hopOf(kept, 0)), 'unavailable');
    assert.equal(linkOf(routes.route(2, 7, 0)), 'unavailable');
  });
});

describe('what those behind us are told', () => {
  it('a destination is told of when its last way goes, when it has only restricted ways, and when one comes back', () => {
    const routes = table([route(5, via('a', 'b'))], '');
    const changes = (it: { readonly changes: readonly DestinationChange[] }): string[] => told(it.changes);
    assert.deepEqual(changes(routes.setLink('a', true)), ['5/0 unavailable>available 0>0']);
    assert.deepEqual(changes(routes.setLink('b', true)), []);
    assert.deepEqual(changes(routes.hear(news('DUNA', 'a', 5))), []);
    assert.deepEqual(changes(routes.hear(news('DRST', 'b', 5))), ['5/0 available>restricted 0>0']);
    assert.deepEqual(changes(routes.hear(news('SCON', 'b', 5, 0, 2))), ['5/0 restricted>restricted 0>2']);
    assert.deepEqual(changes(routes.setLink('b', false)), ['5/0 restricted>unavailable 2>0']);
    assert.deepEqual(changes(routes.setLink('b', false)), []);
  });

  it('a part of a route is told of by itself, as long as the network has spoken of it', () => {
    const routes = table([route(0x100, via('a', 'b'), { mask: 8 })]);
    assert.deepEqual(told(routes.hear(news('DUNA', 'a', 0x120, 4)).changes), []);
    assert.deepEqual(told(routes.setLink('b', false).changes), ['288/4 available>unavailable 0>0']);
    assert.equal(routes.states().length, 2);
    assert.deepEqual(told(routes.hear(news('DAVA', 'a', 0x120, 4)).changes), ['288/4 unavailable>available 0>0']);
    assert.equal(routes.states().length, 1);
  });

  it('a range that the network speaks of takes in every route inside it', () => {
    const routes = table([route(0x101, via('a')), route(0x102, via('a')), route(0x201, via('a'))]);
    assert.deepEqual(told(routes.hear(news('DUNA', 'a', 0x100, 8)).changes), [
      '257/0 available>unavailable 0>0',
      '258/0 available>unavailable 0>0',
    ]);
  });

  it('an audit is answered for one point code, and not where no route leads', () => {
    const routes = table([route(0x100, via('a'), { mask: 8 })]);
    routes.hear(news('DUNA', 'a', 0x105));
    assert.equal(routes.stateOf(0, 0x105)?.availability, 'unavailable');
    assert.equal(routes.stateOf(0, 0x106)?.availability, 'available');
    assert.equal(routes.stateOf(0, 0x300), undefined);
  });

  it('a new configuration takes over what was known of the links that it has', () => {
    const former = table([route(5, via('a', 'b')), route(6, via('b'))], 'ab');
    former.hear(news('DUNA', 'a', 5));
    const routes = new PointCodeRoutes(NETWORKS, LINKS, [route(5, via('a', 'c')), route(6, via('b'))]);
    routes.adopt(former);
    assert.equal(linkOf(routes.route(0, 5, 0)), 'unavailable');
    assert.equal(linkOf(routes.route(0, 6, 0)), 'b');
    assert.deepEqual(told(routes.hear(news('DAVA', 'a', 5)).changes), ['5/0 unavailable>available 0>0']);
  });
});

/** What a link's network has said of one point code: the latest that holds it counts, the two matters by themselves. */
function heardOf(history: readonly NetworkNews[], link: string, pointCode: number): { reach: string; congestion: number } {
  let reach = 'available';
  let congestion = 0;
  for (const { link: by, kind, affected, congestionLevel = 1 } of history) {
    const holds = affected.some((it) => pointCode >>> it.mask === it.pointCode >>> it.mask);
    if (by !== link || !holds) continue;
    if (kind === 'SCON') congestion = congestionLevel;
    else reach = { DUNA: 'unavailable', DAVA: 'available', DRST: 'restricted' }[kind];
    if (kind === 'DUNA' || kind === 'DAVA') congestion = 0;
  }
  return { reach, congestion };
}

describe('point-code routes, whatever happens', () => {
  const anyRoutes = fc.uniqueArray(
    fc.record(
      {
        ni: fc.constant(0),
        pointCode: fc.integer({ min: 16, max: 31 }),
        mask: fc.nat(4),
        via: fc.uniqueArray(
          fc.record(
            { link: fc.constantFrom('a', 'b', 'c', 'd'), priority: fc.nat(2), weight: fc.integer({ min: 1, max: 3 }) },
            { noNullPrototype: true },
          ),
          { minLength: 1, selector: (it) => it.link },
        ),
      },
      { noNullPrototype: true },
    ),
    { maxLength: 6, selector: (it) => `${it.mask} ${it.pointCode >>> it.mask}` },
  );
  type Event = { readonly link: string; readonly up: boolean } | NetworkNews;
  const anyEvent: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ link: fc.constantFrom('a', 'b', 'c', 'd'), up: fc.boolean() }, { noNullPrototype: true }),
    fc.record(
      {
        link: fc.constantFrom('a', 'b', 'c', 'd'),
        ni: fc.constant(0),
        kind: fc.constantFrom('DUNA', 'DAVA', 'DRST', 'SCON'),
        affected: fc.array(
          fc.record({ pointCode: fc.integer({ min: 16, max: 31 }), mask: fc.nat(5) }, { noNullPrototype: true }),
          { minLength: 1, maxLength: 2 },
        ),
        congestionLevel: fc.nat(3),
      },
      { noNullPrototype: true },
    ),
  ) as fc.Arbitrary<Event>;

  it('choose among the links that a scan of everything said finds, and tell every change of it', () => {
    fc.assert(
      fc.property(anyRoutes, fc.array(anyEvent, { maxLength: 25 }), (specs, events) => {
        const routes = new PointCodeRoutes(NETWORKS, LINKS, specs);
        const up = new Set<string>();
        let history: NetworkNews[] = [];
        const toldSoFar: DestinationState[] = routes.states().sort((a, b) => b.mask - a.mask);
        for (const event of events) {
          let changes: readonly DestinationChange[];
          if ('up' in event) {
            ({ changes } = routes.setLink(event.link, event.up));
            if (event.up) up.add(event.link);
            else {
              up.delete(event.link);
              history = history.filter((it) => it.link !== event.link);
            }
          } else {
            if (up.has(event.link)) history.push(event);
            ({ changes } = routes.hear(event));
          }
          toldSoFar.push(...changes);
        }
        for (let pointCode = 16; pointCode < 32; pointCode++) {
          const expected = expectedLinks(specs, up, history, pointCode);
          const links = linksOf(routes, pointCode);
          for (const link of links) assert.ok(expected.includes(link), `${link} of ${expected}`);
          assert.ok(new Set(links).size === new Set(expected).size, `${links} of ${expected}`);
        }
        for (let pointCode = 16; pointCode < 32; pointCode++) {
          // Who listens takes the latest word that holds a point code.
          const heard = toldSoFar.findLast((it) => pointCode >>> it.mask === it.pointCode >>> it.mask);
          assert.equal(heard?.availability, routes.stateOf(0, pointCode)?.availability, `of ${pointCode}`);
          assert.equal(heard?.congestionLevel, routes.stateOf(0, pointCode)?.congestionLevel, `of ${pointCode}`);
        }
      }),
      { numRuns: 400 },
    );
  });

  function expectedLinks(
    specs: readonly RouteSpec[],
    up: ReadonlySet<string>,
    history: readonly NetworkNews[],
    pointCode: number,
  ): string[] {
    const spec = [...specs]
      .filter((it) => pointCode >>> (it.mask ?? 0) === it.pointCode >>> (it.mask ?? 0))
      .sort((a, b) => (a.mask ?? 0) - (b.mask ?? 0))[0];
    if (spec === undefined) return ['no-route'];
    for (const reach of ['available', 'restricted'])
      for (const priority of [0, 1, 2]) {
        const links = spec.via
          .filter((it) => it.priority === priority && up.has(it.link) && heardOf(history, it.link, pointCode).reach === reach)
          .map((it) => it.link);
        if (links.length > 0) return links;
      }
    return ['unavailable'];
  }
});
