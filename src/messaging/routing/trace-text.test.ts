import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
  byPeer,
  byVasp,
  code,
  LATE,
  mail,
  NOTHING,
  to,
  type World,
} from './world.contract.js';

const text = async (world: World, ...[recipient, more]: Parameters<typeof aQuery>): Promise<string> => {
  const query = aQuery(recipient, more);
  return routeTraceText(query, await aRouter(world).route(query));
};

describe('a routing trace in words', () => {
  it('says what was asked, what answered, what was passed over and why, and what came of it', async () => {
    const world: World = {
      peers: [aPeer('b'), aPeer('c', { state: 'draining' }), aPeer('d')],
      routes: [
        aRoute('range-of-b', { prefixes: ['4672'] }, 'peer b', 10),
        aRoute('first', { operators: ['4917'] }, 'peer c', 20),
        aRoute('mine', { prefixes: ['46'] }, 'own', 30),
        aRoute('lost', { operators: ['4917'] }, 'vasp gone', 40),
        aRoute('second', { operators: ['4917'] }, 'peer d', 50),
      ],
      lookups: [
        aSource('enum', LATE),
        aSource('http', NOTHING),
        aSource('portability', at({ kind: 'operator', operator: '4917' })),
      ],
    };
    assert.equal(
      await text(world, to('46720000002')),
      [
        '+46720000002 from +46701000001, by mm1; objects of revision 1',
        '  1. range: in none of ours',
        '  2. lookup enum: failed: late (after 500 ms); setting when it fails: go-on',
        '  3. lookup http: knows nothing, says test',
        '  4. lookup portability: operator 4917, says test',
        '       as written',
        '  5. home: operator 4917, by portability',
        '  6. route range-of-b (priority 10) by prefix 4672: to peer b; passed over: a lookup says that the number has moved',
        '  7. route first (priority 20) by operator 4917: to peer c; passed over: takes nothing new (draining)',
        '  8. route mine (priority 30) by prefix 46: ours; passed over: a lookup says that the number is not ours',
        '  9. route lost (priority 40) by operator 4917: to vasp gone; passed over: leads to somebody who is not configured',
        '  10. route second (priority 50) by operator 4917: to peer d',
        '=> peer:d (MM4)',
        '',
      ].join('\n'),
    );
  });

  it('has words for every step and every end', async () => {
    const world: World = {
      peers: [aPeer('b')],
      vasps: [aVasp('quiz', ['4711']), aVasp('vote', ['4712'], { state: 'draining' })],
      subscribers: [aSubscriber('46701000002')],
      ownSubscribers: 'must-be-known',
      lookups: [aSource('enum', NOTHING)],
      sources: [{ source: 'enum', ask: 'foreign-numbers', whenItFails: 'go-on' }],
      routes: [
        aRoute('no', { senders: ['4690'] }, 'refuse'),
        aRoute('mail', { domains: ['x.example'] }, 'email'),
        aRoute('away', { prefixes: ['467'] }, 'peer b'),
      ],
    };
    const own = await text(world, mail('+46701000002@mms.own.example'));
    for (const words of [
      'mailbox of our domain mms.own.example: means number +46701000002',
      'range: in ours, 46701',
      'lookup enum: not asked about numbers of our ranges',
      'home: ours, nobody says otherwise',
      'to peer b; passed over: the number is ours',
      'subscriber: active',
      '=> handset of ours (MM1)',
    ])
      assert.ok(own.includes(words), `${words} in\n${own}`);
    assert.match(await text(world, to('46701000009')), /subscriber: absent\n=> refused: unknown-subscriber/);
    assert.match(await text(world, to('4790000001')), /home: nobody knows\n=> refused: no-route-for-number/);
    assert.match(await text(world, code('4711')), /vasp quiz by short code 4711\n=> vasp:quiz \(MM7\)/);
    assert.match(
      await text(world, code('4712')),
      /passed over: takes nothing new \(draining\)\n=> not decided: vasp vote is draining; asked again after 60 s/,
    );
    assert.match(
      await text(world, mail('a@x.example')),
      /route mail \(priority 100\) by domain x.example: by e-mail\n=> email \(MM3\)/,
    );
    assert.match(
      await text(world, mail('a@y.example'), { origin: byPeer('b') }),
      /from .* by peer b;[\s\S]*not allowed: no transit for peer b/,
    );
    assert.match(await text(world, code('4711'), { origin: byVasp('quiz') }), /by vasp quiz;[\s\S]*=> refused: loop/);
    assert.match(await text(world, to('46701000002'), { sender: to('4690123456') }), /by everything: refused \(not-allowed\)/);
    assert.match(
      await text(
        { ...world, lookups: [aSource('enum', { ...at({ kind: 'elsewhere' }), cached: true } as never)] },
        to('4790000001'),
      ),
      /in another network, not said which, says test \(kept\)[\s\S]*setting whenNetworkUnknown: refuse/,
    );
    assert.match(
      await text({ lookups: [aSource('e', at({ kind: 'network', network: '240-02' }))] }, to('4790000001')),
      /home: network 240-02, by e/,
    );
    assert.match(
      await text(
        { peers: [aPeer('b')], lookups: [aSource('e', at({ kind: 'domain', domain: 'mms.b.example' }))] },
        to('4790000001'),
      ),
      /peer b by domain mms.b.example/,
    );
  });
});
