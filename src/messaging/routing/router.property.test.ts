import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Route } from '#directory';
import type { Address, Origin } from '#messaging';
import type { LookupAnswer, NumberHome } from './lookups.js';
import { RouteIndex } from './route-index.js';
import type { ExplainedDecision } from './trace.js';
import { routeTraceText } from './trace-text.js';
import {
  aPeer,
  aQuery,
  aRoute,
  aRouter,
  aSource,
  aSubscriber,
  at,
  aVasp,
  BY_HANDSET,
  BY_MAIL,
  byPeer,
  byVasp,
  LATE,
  mail,
  NOTHING,
  to,
  type World,
} from './world.contract.js';

const some = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 2 });
/** Shorter than numbers: a route that is written for one number names it, in events too. */
const digits = fc.constantFrom('4670100000', '4672000000', '4672', '467010', '479');
const networks = fc.constantFrom('240-01', '240-02');
const operators = fc.constantFrom('4917', 'D0A1');
const domains = fc.constantFrom('mms.b.example', '.b.example', 'mms.own.example', 'mms.mnc002.mcc240.gprs', 'example.org');

const homes: fc.Arbitrary<NumberHome> = fc.oneof(
  fc.constantFrom<NumberHome>({ kind: 'own' }, { kind: 'elsewhere' }),
  operators.map((operator) => ({ kind: 'operator', operator }) as const),
  networks.map((network) => ({ kind: 'network', network }) as const),
  domains.map((domain) => ({ kind: 'domain', domain: domain.replace(/^\./, 'a.') }) as const),
);
const answers: fc.Arbitrary<LookupAnswer> = fc.oneof(homes.map(at), fc.constantFrom(NOTHING, LATE));

const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.constantFrom('46701000001', '46701000002', '46720000001', '4790000001').map(to),
  fc.constantFrom('a@example.org', '+46701000002@mms.own.example', 'nobody@mms.own.example', '@', 'x').map(mail),
  fc.constantFrom('4711', '4712').map((short) => ({ kind: 'short-code', code: short }) as const),
  fc.string().map((text) => ({ kind: 'unknown', text }) as const),
);
const origins: fc.Arbitrary<Origin> = fc.constantFrom(
  BY_HANDSET,
  BY_MAIL,
  byPeer('b'),
  byPeer('c'),
  byVasp('quiz'),
  byVasp('vote'),
);

const routes: fc.Arbitrary<readonly Route[]> = fc
  .array(
    fc
      .record(
        {
          prefixes: some(digits),
          ranges: some(fc.constant({ first: '46720000000', last: '46720000999' })),
          networks: some(networks),
          operators: some(operators),
          domains: some(domains),
          shortCodes: some(fc.constantFrom('4711', '4712')),
          kinds: some(fc.constantFrom('number', 'email', 'short-code')),
          senders: some(fc.constantFrom('4670', '@example.org')),
          vasps: some(fc.constantFrom('quiz', 'vote')),
          peers: some(fc.constantFrom('b', 'c')),
        },
        { requiredKeys: [] },
      )
      .chain((match) =>
        fc.record({
          match: fc.constant(match),
          result: fc.constantFrom('own', 'email', 'refuse', 'peer b', 'peer c', 'vasp quiz', 'peer gone'),
          priority: fc.integer({ min: 1, max: 4 }),
        }),
      ),
    { maxLength: 8 },
  )
  .map((made) => made.map(({ match, result, priority }, i) => aRoute(`r${i}`, match, result, priority)));

const states = fc.constantFrom('active', 'paused', 'draining') as fc.Arbitrary<'active' | 'paused' | 'draining'>;

const worlds: fc.Arbitrary<World> = fc
  .record({
    routes,
    answers: fc.array(
      fc.tuple(
        answers,
        fc.constantFrom('at-once', 'later'),
        fc.constantFrom('every-number', 'foreign-numbers'),
        fc.constantFrom('go-on', 'wait', 'refuse'),
      ),
      { maxLength: 3 },
    ),
    transit: fc.boolean(),
    state: states,
    held: fc.boolean(),
    ownSubscribers: fc.constantFrom('must-be-known', 'range-suffices'),
    whenNetworkUnknown: fc.constantFrom('refuse', 'by-number'),
    email: fc.constantFrom('send', 'refuse'),
    mailToPeers: fc.constantFrom('send', 'refuse'),
  })
  .map(
    ({ answers: given, transit, state, held, ...more }) =>
      ({
        ...more,
        peers: [aPeer('b', { transit, state }), aPeer('c')],
        vasps: [aVasp('quiz', ['4711']), aVasp('vote', ['4712'], { state })],
        subscribers: held ? [aSubscriber('46701000002'), aSubscriber('46720000001')] : [],
        lookups: given.map(([answer, how], i) => aSource(`l${i}`, answer, how as 'later')),
        sources: given.map(([, , ask, whenItFails], i) => ({ source: `l${i}`, ask, whenItFails })),
      }) as World,
  );

const decided = async (
  check: (decision: ExplainedDecision, recipient: Address, origin: Origin, world: World) => void,
): Promise<void> => {
  await fc.assert(
    fc.asyncProperty(worlds, addresses, origins, async (world, recipient, origin) => {
      check(await aRouter(world).route(aQuery(recipient, { origin })), recipient, origin, world);
    }),
    { numRuns: 2000 },
  );
};

const homesIn = ({ trace }: ExplainedDecision): NumberHome[] =>
  trace.steps.flatMap((step) => (step.step === 'lookup' && step.answer.kind === 'home' ? [step.answer.home] : []));

describe('every routing decision', () => {
  it('gives no number to a handset of ours after a lookup has said that it is elsewhere', async () => {
    let seen = 0;
    await decided((decision, _recipient, _origin, { routes: given = [] }) => {
      if (decision.kind !== 'road' || decision.road.kind !== 'handset') return;
      for (const home of homesIn(decision)) {
        seen++;
        assert.notEqual(home.kind, 'elsewhere');
        if (home.kind === 'own') continue;
        const isOwn = home.kind === 'domain' && home.domain === 'mms.own.example';
        // Else some route says, by what the lookup found, that this operator, network or domain is ours.
        const told = given.some(
          ({ match, result }) =>
            result.kind === 'own' && match.operators.length + match.networks.length + match.domains.length > 0,
        );
        assert.ok(isOwn || told, JSON.stringify(home));
      }
    });
    assert.ok(seen > 0, `${seen} deliveries to handsets after lookups`);
  });

  it('leads nobody back to where the message came from, and no Internet mail to Internet mail', async () => {
    await decided((decision, _recipient, origin) => {
      if (decision.kind !== 'road') return;
      if (origin.interface === 'mm4') assert.ok(decision.road.kind !== 'peer' || decision.road.peer !== origin.peer);
      if (origin.interface === 'mm7') assert.notDeepEqual(decision.road, { kind: 'vasp', vasp: origin.vasp });
      if (origin.interface === 'mm3') assert.notEqual(decision.road.kind, 'email');
    });
  });

  it('leads only to neighbours that are there and take something new', async () => {
    await decided((decision, _recipient, _origin, { peers = [], vasps = [] }) => {
      if (decision.kind !== 'road') return;
      const { road } = decision;
      if (road.kind === 'peer') assert.ok(peers.some(({ name, state }) => name === road.peer && state !== 'draining'));
      if (road.kind === 'vasp') assert.ok(vasps.some(({ name, state }) => name === road.vasp && state !== 'draining'));
    });
  });

  it('is explained: its text ends in the decision, and what an event keeps does not name the number', async () => {
    await decided((decision, recipient, origin) => {
      const text = routeTraceText(aQuery(recipient, { origin }), decision);
      assert.match(text, /\n=> [^\n]+\n$/);
      if (decision.kind !== 'undecided') {
        if (recipient.kind === 'number') assert.ok(!decision.because?.includes(recipient.msisdn));
        if (decision.kind === 'road' && decision.road.kind !== 'handset') assert.match(decision.because ?? '', /./);
      }
    });
  });

  it('is the same whether lookups answer at once or later, and each time that it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, addresses, origins, async (world, recipient, origin) => {
        const query = aQuery(recipient, { origin });
        const router = aRouter(world);
        const first = await router.route(query);
        assert.deepEqual(await router.route(query), first);
        const other = (world.lookups ?? []).map(({ name, find }) => ({
          name,
          find: async () => find.call({ asked: 0 }, query as never),
        }));
        assert.deepEqual(await aRouter({ ...world, lookups: other as never }).route(query), first);
      }),
    );
  });
});

describe('the index of routes', () => {
  it('finds what going through all routes finds, the best of them first', () => {
    fc.assert(
      fc.property(routes, addresses, origins, homes, (given, recipient, origin, home) => {
        const facts = {
          recipient,
          sender: to('46701000001'),
          origin,
          ...(home.kind === 'operator' && { operator: home.operator }),
          ...(home.kind === 'network' && { networks: [home.network] }),
          ...(home.kind === 'domain' && { domain: home.domain }),
        };
        const one = (route: Route) => new RouteIndex([route]).fitting(facts).length === 1;
        const found = new RouteIndex(given).fitting(facts);
        assert.deepEqual(new Set(found.map(({ route }) => route.name)), new Set(given.filter(one).map(({ name }) => name)));
        for (const [i, fit] of found.entries()) if (i > 0) assert.ok(fit.route.priority >= found[i - 1]!.route.priority);
      }),
      { numRuns: 2000 },
    );
  });
});
