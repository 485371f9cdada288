import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRouter } from './router.js';
import {
  ALICE,
  aDirectory,
  aPeer,
  aQuery,
  aRoute,
  aRouter,
  aSource,
  aSubscriber,
  at,
  aVasp,
  BY_MAIL,
  byPeer,
  byVasp,
  code,
  LATE,
  mail,
  NOTHING,
  routed,
  SETTINGS,
  said,
  to,
  type World,
} from './world.contract.js';

const OURS = to('46701000002');
const FOREIGN = to('46720000002');
const peers = [aPeer('b'), aPeer('c')];
const operator = (name: string) => aSource('portability', at({ kind: 'operator', operator: name }));

describe('routing of numbers', () => {
  it('takes a number of our own range to its handset when nobody says otherwise', async () => {
    assert.equal(await routed({}, OURS), 'handset');
    assert.equal(await routed({ lookups: [aSource('portability', NOTHING)] }, OURS), 'handset');
  });

  it('decides at once when no lookup has to be waited for, and by a promise only when one has', () => {
    assert.ok(!(aRouter({ lookups: [aSource('portability', NOTHING)] }).route(aQuery(OURS)) instanceof Promise));
    assert.ok(aRouter({ lookups: [aSource('enum', NOTHING, 'later')] }).route(aQuery(OURS)) instanceof Promise);
  });

  it('asks portability before subscribers: a number that was ported out and is still held as a subscriber is not delivered here', async () => {
    const world: World = { peers, subscribers: [aSubscriber('46701000002')] };
    const routes = [aRoute('by-operator', { operators: ['4917'] }, 'peer b')];
    assert.equal(await routed({ ...world, routes, lookups: [operator('4917')] }, OURS), 'peer b');
    assert.equal(await routed({ ...world, lookups: [operator('4917')] }, OURS), 'no-route-for-number');
    assert.equal(
      await routed({ ...world, lookups: [aSource('portability', at({ kind: 'elsewhere' }))] }, OURS),
      'no-route-for-number',
    );
  });

  it('takes a foreign number that was ported to us to its handset, whatever routes say of its range', async () => {
    const routes = [aRoute('range-of-b', { prefixes: ['4672'] }, 'peer b'), aRoute('hub', { kinds: ['number'] }, 'peer c', 1)];
    assert.equal(await routed({ peers, routes, lookups: [aSource('portability', at({ kind: 'own' }))] }, FOREIGN), 'handset');
    assert.equal(
      await routed({ peers, routes, lookups: [aSource('enum', at({ kind: 'domain', domain: 'mms.own.example' }))] }, FOREIGN),
      'handset',
    );
    const own = [...routes, aRoute('our-routing-number', { operators: ['4600'] }, 'own')];
    assert.equal(
      await routed({ peers, routes: own.slice(0, 1).concat(own[2]!), lookups: [operator('4600')] }, FOREIGN),
      'handset',
    );
  });

  it('takes a subscriber of ours outside our ranges to his handset when nobody says otherwise', async () => {
    const routes = [aRoute('range-of-b', { prefixes: ['4672'] }, 'peer b')];
    assert.equal(await routed({ peers, routes, subscribers: [aSubscriber('46720000002')] }, FOREIGN), 'handset');
    assert.equal(await routed({ peers, routes }, FOREIGN), 'peer b');
  });

  it('goes by operator, by network, by the domain of ENUM, and by the network that such a domain names', async () => {
    const found = (home: Parameters<typeof at>[0], match: Parameters<typeof aRoute>[1]) =>
      routed({ peers, routes: [aRoute('r', match, 'peer b')], lookups: [aSource('l', at(home))] }, FOREIGN);
    assert.equal(await found({ kind: 'operator', operator: 'D0aF' }, { operators: ['d0Af'] }), 'peer b');
    assert.equal(await found({ kind: 'operator', operator: 'D0AF' }, { operators: ['D0A'] }), 'no-route-for-number');
    assert.equal(await found({ kind: 'network', network: '240-02' }, { networks: ['240-02'] }), 'peer b');
    assert.equal(await found({ kind: 'domain', domain: 'mms.x.example' }, { domains: ['.x.example'] }), 'peer b');
    assert.equal(await found({ kind: 'domain', domain: 'x.example' }, { domains: ['.x.example'] }), 'peer b');
    assert.equal(await found({ kind: 'domain', domain: 'ax.example' }, { domains: ['.x.example'] }), 'no-route-for-number');
    for (const network of ['240-02', '240-002'])
      assert.equal(await found({ kind: 'domain', domain: 'mms.mnc002.mcc240.gprs' }, { networks: [network] }), 'peer b');
    assert.equal(
      await found({ kind: 'domain', domain: 'mms.mnc120.mcc240.3gppnetwork.org' }, { networks: ['240-120'] }),
      'peer b',
    );
  });

  it('goes to the peer whose domain ENUM gives when no route decides', async () => {
    const lookups = [aSource('enum', at({ kind: 'domain', domain: 'mms.b.example' }))];
    assert.equal(await routed({ peers, lookups }, FOREIGN), 'peer b');
    assert.equal(await routed({ peers: [aPeer('b', { state: 'draining' })], lookups }, FOREIGN), 'undecided');
  });

  it('says at which domain of the peer a recipient is addressed, where that is not its first', async () => {
    const several = [aPeer('b', { domains: ['mms.b.example', 'mms2.b.example'] })];
    const roadOf = async (world: World) => {
      const decision = await aRouter({ peers: several, ...world }).route(aQuery(FOREIGN));
      return decision.kind === 'road' && decision.road;
    };
    const found = (domain: string) => [aSource('enum', at({ kind: 'domain', domain }))];
    assert.deepEqual(await roadOf({ lookups: found('mms2.b.example') }), { kind: 'peer', peer: 'b', domain: 'mms2.b.example' });
    assert.deepEqual(await roadOf({ lookups: found('mms.b.example') }), { kind: 'peer', peer: 'b' });
    const hub = aRoute('hub', {}, 'peer b');
    assert.deepEqual(await roadOf({ routes: [hub], lookups: found('mms.x.example') }), { kind: 'peer', peer: 'b' });
    const given = { ...hub, result: { kind: 'peer', peer: 'b', domain: 'mms.z.example' } as const };
    assert.deepEqual(await roadOf({ routes: [given] }), { kind: 'peer', peer: 'b', domain: 'mms.z.example' });
  });

  it('does not go by the beginning of a number that has moved, unless the setting says so', async () => {
    const world: World = { peers, routes: [aRoute('range-of-b', { prefixes: ['4672'] }, 'peer b')], lookups: [operator('4999')] };
    assert.equal(await routed(world, FOREIGN), 'no-route-for-number');
    assert.equal(await routed({ ...world, whenNetworkUnknown: 'by-number' }, FOREIGN), 'peer b');
  });

  it('lets a route for everything, a hub, take what nothing else decides', async () => {
    const routes = [aRoute('hub', { kinds: ['number'] }, 'peer c'), aRoute('range-of-b', { prefixes: ['4672'] }, 'peer b')];
    assert.equal(await routed({ peers, routes }, to('4790000001')), 'peer c');
    assert.equal(await routed({ peers, routes }, FOREIGN), 'peer b');
    assert.equal(await routed({ peers, routes, lookups: [operator('4999')] }, FOREIGN), 'peer c');
    assert.equal(await routed({ peers, routes }, OURS), 'handset');
  });

  it('gives a part of our own range to another only by a longer beginning, or a range, or a refusal', async () => {
    assert.equal(await routed({ peers, routes: [aRoute('r', { prefixes: ['467010'] }, 'peer b')] }, OURS), 'peer b');
    assert.equal(await routed({ peers, routes: [aRoute('r', { prefixes: ['46701'] }, 'peer b')] }, OURS), 'handset');
    const ranges = [{ first: '46701000000', last: '46701000999' }];
    assert.equal(await routed({ peers, routes: [aRoute('r', { ranges }, 'peer b')] }, OURS), 'peer b');
    assert.equal(await routed({ peers, routes: [aRoute('r', { ranges }, 'peer b')] }, to('46701001000')), 'handset');
    assert.equal(await routed({ routes: [aRoute('r', { prefixes: ['4'] }, 'refuse', 999)] }, OURS), 'not-allowed');
  });

  it('holds what a draining or missing neighbour would get, in place of delivering it here or refusing it, and takes another route', async () => {
    const routes = [aRoute('mvno', { prefixes: ['467010'] }, 'peer b')];
    const draining = [aPeer('b', { state: 'draining' }), aPeer('c')];
    assert.equal(await routed({ peers: draining, routes }, OURS), 'undecided');
    assert.equal(await routed({ peers: [], routes }, OURS), 'undecided');
    const both = [aRoute('range', { prefixes: ['4672'] }, 'peer b'), aRoute('hub', {}, 'peer c', 200)];
    assert.equal(await routed({ peers: draining, routes: both }, FOREIGN), 'peer c');
    assert.equal(await routed({ peers: [aPeer('b', { state: 'paused' })], routes: both }, FOREIGN), 'peer b');
  });

  it('calls nothing ours by a route after a lookup has said that it is not', async () => {
    const lookups = [aSource('portability', at({ kind: 'elsewhere' })), aSource('enum', at({ kind: 'own' }))];
    assert.equal(await routed({ lookups, routes: [aRoute('r', { prefixes: ['46701'] }, 'own')] }, OURS), 'no-route-for-number');
    for (const home of [
      { kind: 'domain', domain: 'mms.own.example' },
      { kind: 'operator', operator: '4600' },
    ] as const) {
      const contradicted = [aSource('portability', at({ kind: 'elsewhere' })), aSource('enum', at(home), 'later')];
      const routes = [aRoute('r', { operators: ['4600'] }, 'own')];
      assert.equal(await routed({ lookups: contradicted, routes }, OURS), 'no-route-for-number');
    }
    assert.equal(await routed({ routes: [aRoute('r', { prefixes: ['4672'] }, 'own')] }, FOREIGN), 'handset');
  });

  it('asks on when a lookup knows only that a number is elsewhere, and stops at the first that knows where', async () => {
    const last = aSource('http', at({ kind: 'network', network: '240-07' }));
    const lookups = [
      aSource('portability', at({ kind: 'elsewhere' })),
      aSource('enum', at({ kind: 'domain', domain: 'mms.b.example' }), 'later'),
      last,
    ];
    assert.equal(await routed({ peers, lookups }, FOREIGN), 'peer b');
    assert.equal(last.asked, 0);
  });

  it('does not ask about numbers of our ranges where the setting says so', async () => {
    const lookups = [aSource('enum', at({ kind: 'domain', domain: 'mms.b.example' }))];
    const sources = [{ source: 'enum', ask: 'foreign-numbers', whenItFails: 'go-on' } as const];
    assert.equal(await routed({ peers, lookups, sources }, OURS), 'handset');
    assert.equal(await routed({ peers, lookups, sources }, FOREIGN), 'peer b');
  });

  for (const how of ['at-once', 'later'] as const) {
    it(`does what the setting says when a lookup fails (${how}), and says so`, async () => {
      const world = (whenItFails: 'go-on' | 'wait' | 'refuse'): World => ({
        lookups: [aSource('enum', LATE, how)],
        sources: [{ source: 'enum', ask: 'every-number', whenItFails }],
      });
      assert.equal(await routed(world('go-on'), OURS), 'handset');
      assert.equal(await routed(world('refuse'), OURS), 'no-route-for-number');
      const decision = await aRouter(world('wait')).route(aQuery(OURS));
      assert.deepEqual(
        { ...decision, trace: decision.trace.steps.at(-1) },
        {
          kind: 'undecided',
          reason: 'lookup enum: late (after 500 ms)',
          retryAfterMs: 60_000,
          trace: { step: 'lookup', source: 'enum', answer: LATE, whenItFails: 'wait' },
        },
      );
    });
  }

  it('asks nobody about what a route refuses before everything that a lookup could bring about', async () => {
    const source = operator('4917');
    const refuse = aRoute('r', { prefixes: ['4672'] }, 'refuse', 10);
    assert.equal(await routed({ lookups: [source], routes: [refuse] }, FOREIGN), 'not-allowed');
    assert.equal(source.asked, 0);
    const routes = [refuse, aRoute('first', { operators: ['4917'] }, 'peer b', 10)];
    assert.equal(await routed({ peers, lookups: [source], routes }, FOREIGN), 'peer b');
  });

  it('refuses a number of ours without a subscriber where he must be known, and a barred one', async () => {
    const subscribers = [aSubscriber('46701000002'), aSubscriber('46701000003', { state: 'barred' })];
    const world: World = { subscribers, ownSubscribers: 'must-be-known' };
    assert.equal(await routed(world, OURS), 'handset');
    assert.equal(await routed(world, to('46701000009')), 'unknown-subscriber');
    assert.equal(await routed(world, to('46701000003')), 'not-allowed');
    assert.equal(await routed({ subscribers }, to('46701000009')), 'handset');
  });

  it('says that a number is not ours where there are no other networks, and that no route leads to it where there are', async () => {
    assert.equal(await routed({}, FOREIGN), 'not-our-subscriber');
    assert.equal(await routed({ peers }, FOREIGN), 'no-route-for-number');
  });

  it('keeps to one state of the objects, and sees the next at the next question', async () => {
    const directory = aDirectory({ peers, routes: [aRoute('r', { prefixes: ['4672'] }, 'peer b')] });
    const router = createRouter({ directory, sources: [] }, SETTINGS);
    assert.equal(said(await router.route(aQuery(FOREIGN))), 'peer b');
    directory.snapshot = aDirectory({ peers, routes: [aRoute('r', { prefixes: ['4672'] }, 'peer c')] }).snapshot;
    assert.equal(said(await router.route(aQuery(FOREIGN))), 'peer c');
  });

  it('refuses settings that name a source which is not there', () => {
    assert.throws(
      () =>
        createRouter(
          { directory: aDirectory({}), sources: [] },
          { ...SETTINGS, sources: [{ source: 'enum', ask: 'every-number', whenItFails: 'wait' }] },
        ),
      /no source of numbers "enum"/,
    );
  });
});

describe('routing of mailboxes and short codes', () => {
  it('sends e-mail as Internet mail or refuses it, by the setting', async () => {
    assert.equal(await routed({}, mail('a@example.org')), 'email');
    assert.equal(await routed({ email: 'refuse' }, mail('a@example.org')), 'no-route-for-email');
    assert.equal(await routed({}, mail('no-domain')), 'not-an-address');
    assert.equal(await routed({}, mail('@example.org')), 'not-an-address');
  });

  it('lets routes decide by the domain of a mailbox', async () => {
    const routes = [aRoute('r', { domains: ['.spam.example'] }, 'refuse'), aRoute('b', { domains: ['mms.b.example'] }, 'peer b')];
    assert.equal(await routed({ routes, peers }, mail('a@x.Spam.example')), 'not-allowed');
    assert.equal(await routed({ routes, peers }, mail('a@mms.b.example')), 'peer b');
    assert.equal(await routed({ routes, peers, email: 'refuse' }, mail('a@y.example')), 'no-route-for-email');
    assert.equal(await routed({ routes: [aRoute('o', { kinds: ['email'] }, 'own')] }, mail('a@y.example')), 'no-route-for-email');
    assert.equal(
      await routed({ routes: [aRoute('e', { kinds: ['email'] }, 'email')], email: 'refuse' }, mail('a@y.example')),
      'email',
    );
  });

  it('takes a mailbox of our own domains for the number or the subscriber that it names', async () => {
    const subscribers = [aSubscriber('46701000002', { mailAliases: ['bob'] })];
    const world: World = { subscribers, ownSubscribers: 'must-be-known' };
    for (const local of ['+46701000002', '46701000002', '+46701000002/TYPE=PLMN', 'Bob'])
      assert.equal(await routed(world, mail(`${local}@MMS.own.example`)), 'handset', local);
    assert.equal(await routed(world, mail('carol@mms.own.example')), 'unknown-subscriber');
    for (const how of ['at-once', 'later'] as const) {
      const decision = await aRouter({ ...world, lookups: [aSource('enum', NOTHING, how)] }).route(
        aQuery(mail('bob@mms.own.example')),
      );
      assert.deepEqual(decision.kind === 'road' && decision.standsFor, OURS);
    }
  });

  it('takes a short code to the VASP that has it, or where a route says', async () => {
    const vasps = [aVasp('quiz', ['4711']), aVasp('vote', ['4712'], { state: 'draining' })];
    assert.equal(await routed({ vasps }, code('4711')), 'vasp quiz');
    assert.equal(await routed({ vasps }, code('4712')), 'undecided');
    assert.equal(await routed({ vasps }, code('4713')), 'no-route-for-short-code');
    const routes = [aRoute('r', { shortCodes: ['4711'] }, 'refuse'), aRoute('s', { shortCodes: ['4713'] }, 'vasp quiz')];
    assert.equal(await routed({ vasps, routes }, code('4711')), 'not-allowed');
    assert.equal(await routed({ vasps, routes }, code('4713')), 'vasp quiz');
    assert.equal(
      await routed({ vasps, routes: [aRoute('o', { kinds: ['short-code'] }, 'own')] }, code('4711')),
      'no-route-for-short-code',
    );
  });

  it('refuses what is no address', async () => {
    assert.equal(await routed({}, { kind: 'unknown', text: '???' }), 'not-an-address');
  });
});

describe('what may leave by a road', () => {
  const routes = [aRoute('b', { prefixes: ['4672'] }, 'peer b')];

  it('sends nothing back to where it came from', async () => {
    assert.equal(await routed({ peers: [aPeer('b', { transit: true })], routes }, FOREIGN, { origin: byPeer('b') }), 'loop');
    assert.equal(await routed({ vasps: [aVasp('quiz', ['4711'])] }, code('4711'), { origin: byVasp('quiz') }), 'loop');
  });

  it('carries what came from a peer on to other networks and to mailboxes only for peers with transit', async () => {
    assert.equal(await routed({ peers, routes }, FOREIGN, { origin: byPeer('c') }), 'not-allowed');
    assert.equal(await routed({ peers }, mail('a@example.org'), { origin: byPeer('c') }), 'not-allowed');
    assert.equal(
      await routed({ peers: [aPeer('b'), aPeer('c', { transit: true })], routes }, FOREIGN, { origin: byPeer('c') }),
      'peer b',
    );
    assert.equal(await routed({ peers }, OURS, { origin: byPeer('c') }), 'handset');
    assert.equal(await routed({ vasps: [aVasp('quiz', ['4711'])] }, code('4711'), { origin: byPeer('c') }), 'vasp quiz');
  });

  it('passes Internet mail on to no mailbox, and to peers only where the setting says so', async () => {
    assert.equal(await routed({}, mail('a@example.org'), { origin: BY_MAIL }), 'not-allowed');
    assert.equal(await routed({ peers, routes }, FOREIGN, { origin: BY_MAIL }), 'not-allowed');
    assert.equal(await routed({ peers, routes, mailToPeers: 'send' }, FOREIGN, { origin: BY_MAIL }), 'peer b');
    assert.equal(await routed({}, OURS, { origin: BY_MAIL }), 'handset');
  });

  it('lets routes look at sender, VASP and peer', async () => {
    const refuse = (match: Parameters<typeof aRoute>[1]) => ({ routes: [aRoute('r', match, 'refuse')] });
    assert.equal(await routed(refuse({ senders: ['4670100'] }), OURS), 'not-allowed');
    assert.equal(await routed(refuse({ senders: ['4690'] }), OURS), 'handset');
    for (const sender of ['@Spam.example', 'a@spam.example'])
      assert.equal(await routed(refuse({ senders: [sender] }), OURS, { sender: mail('A@spam.example') }), 'not-allowed');
    assert.equal(await routed(refuse({ vasps: ['quiz'] }), OURS, { origin: byVasp('quiz') }), 'not-allowed');
    assert.equal(await routed(refuse({ vasps: ['quiz'] }), OURS, { origin: byVasp('vote') }), 'handset');
    assert.equal(await routed(refuse({ peers: ['b'] }), OURS, { origin: byPeer('b') }), 'not-allowed');
    assert.equal(await routed(refuse({ peers: ['b'] }), OURS), 'handset');
  });

  it('lets a subscriber use only the roads that he has, both ways, and send no more octets than he may', async () => {
    const sender = (more: Parameters<typeof aSubscriber>[1]): World => ({
      peers,
      routes,
      subscribers: [aSubscriber('46701000001', more)],
    });
    assert.equal(await routed(sender({ roadsOut: ['handset'] }), FOREIGN), 'not-allowed');
    assert.equal(await routed(sender({ roadsOut: ['handset'] }), OURS), 'handset');
    assert.equal(await routed(sender({ roadsOut: ['peer'] }), OURS), 'not-allowed');
    assert.equal(await routed(sender({ state: 'receive-only' }), FOREIGN), 'not-allowed');
    // What is asked has 1000 octets.
    assert.equal(await routed(sender({ sizeMax: 999 }), FOREIGN), 'not-allowed');
    assert.notEqual(await routed(sender({ sizeMax: 1000 }), FOREIGN), 'not-allowed');
    assert.equal(await routed(sender({ roadsOut: [] }), ALICE, { origin: byVasp('quiz') }), 'handset');
    const recipient: World = { subscribers: [aSubscriber('46701000002', { roadsIn: ['handset', 'peer'] })] };
    assert.equal(await routed(recipient, OURS, { origin: BY_MAIL }), 'not-allowed');
    assert.equal(await routed(recipient, OURS), 'handset');
  });
});

describe('the order of routes', () => {
  const three = [aPeer('b'), aPeer('c'), aPeer('d')];

  it('is by priority; then what a lookup found, the address, the rest; then the longer beginning; then the name', async () => {
    const lookups = [operator('4917')];
    const by = (routes: World['routes'], more: World = {}) =>
      routed({ peers: three, ...(routes && { routes }), whenNetworkUnknown: 'by-number', ...more }, FOREIGN);
    const home = aRoute('h', { operators: ['4917'] }, 'peer b');
    const short = aRoute('s', { prefixes: ['46'] }, 'peer c');
    const long = aRoute('l', { prefixes: ['467', '4672'] }, 'peer d');
    const rest = aRoute('a', {}, 'peer c');
    assert.equal(await by([rest, short, long, home], { lookups }), 'peer b');
    assert.equal(await by([rest, short, long]), 'peer d');
    assert.equal(await by([rest, long]), 'peer d');
    assert.equal(await by([{ ...rest, priority: 1 }, long]), 'peer c');
    assert.equal(await by([aRoute('2', { prefixes: ['46'] }, 'peer b'), aRoute('1', { prefixes: ['46'] }, 'peer c')]), 'peer c');
  });

  it('asks every list of a route that is not empty to fit, and any value of it', async () => {
    const match = { prefixes: ['4672', '4673'], operators: ['4917'], kinds: ['number'] } as const;
    const routes = [aRoute('r', match, 'peer b')];
    assert.equal(await routed({ peers: three, routes, lookups: [operator('4917')] }, FOREIGN), 'peer b');
    assert.equal(await routed({ peers: three, routes, lookups: [operator('4917')] }, to('46740000001')), 'no-route-for-number');
    assert.equal(await routed({ peers: three, routes }, FOREIGN), 'no-route-for-number');
    const both = [aRoute('r', { prefixes: ['4672'], ranges: [{ first: '46720000000', last: '46720000001' }] }, 'peer b')];
    assert.equal(await routed({ peers: three, routes: both }, FOREIGN), 'no-route-for-number');
    assert.equal(await routed({ peers: three, routes: both }, to('46720000001')), 'peer b');
    const codes = [
      aRoute('r', { shortCodes: ['1'], kinds: ['number'] }, 'peer b'),
      aRoute('n', { networks: ['240-01'], shortCodes: ['1'] }, 'peer b'),
    ];
    assert.equal(await routed({ routes: codes }, code('1')), 'no-route-for-short-code');
    assert.equal(
      await routed({ peers: three, routes: [aRoute('r', { prefixes: ['46'] }, 'email')] }, mail('46@x.example')),
      'email',
    );
    assert.equal(
      await routed(
        { peers: three, routes: [aRoute('r', { ranges: [{ first: '1', last: '2' }], domains: ['x.example'] }, 'refuse')] },
        mail('46@x.example'),
      ),
      'email',
    );
  });
});
