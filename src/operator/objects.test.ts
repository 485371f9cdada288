/** Objects by the operator API: roles, revisions, applying, secrets, far sides, and what is thrown at it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { Client } from 'undici';
import { LIMITS, silentLog, silentMeter, toMsisdn } from '#base';
import { type ObjectStore, openMemoryObjects } from '#directory';
import { type DeliveryKey, type DeliveryOfMessage, type MessageId, StoreUnavailable } from '#messaging';
import { aPeer, aRoute, aSubscriber, aVasp, PASSWORD } from '../directory/fixtures.contract.js';
import { aDelivery, aMessage } from '../messaging/fixtures.contract.js';
import type { FarSidePorts } from './far-side-routes.js';
import { RESOURCES } from './resources.js';
import type { OperatorRole } from './roles.js';
import { type OperatorApi, type OperatorPorts, startOperatorApi } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-operator-objects-'));
after(() => rmSync(folder, { recursive: true }));

const USERS = (['viewer', 'operator', 'administrator'] as const).map((role) => ({
  name: `${role}-eva`,
  role,
  token: `${role}-token-that-is-long-enough-for-anybody`,
}));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into as JSON.
  readonly body: any;
}
type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

interface Bed {
  readonly objects: ObjectStore;
  readonly api: OperatorApi;
  /** On the socket, as an administrator. */
  readonly ask: Ask;
  as(role: OperatorRole): Ask;
}

/** Every good answer is what its row says, with nothing beside it. */
function assertDescribed(method: string, path: string, value: unknown): void {
  const plain = path.split('?')[0]!;
  const row = Object.values(RESOURCES).find(
    (resource) => resource.method === method && new RegExp(`^${resource.path.replaceAll(/\{[a-z]+\}/g, '[^/]+')}$`).test(plain),
  );
  assert.deepEqual(row?.answer.parse(value), value, `${method} ${path}`);
}

let sockets = 0;
async function bed(more: Partial<FarSidePorts> = {}): Promise<Bed> {
  const objects = openMemoryObjects(() => 1_000);
  const ports: OperatorPorts = {
    messages: { history: async () => undefined, list: async () => [] },
    objects,
    status: async () => assert.fail('nobody asks'),
    log: silentLog,
    meter: silentMeter,
    ...more,
  };
  const socket = join(folder, `s${sockets++}`);
  const api = await startOperatorApi(
    { socket, hosts: [], origins: [], tcp: { host: '127.0.0.1', port: 0, users: USERS } },
    ports,
    '1.2.3',
  );
  open.push(api);
  const asker = (client: Client, common: Record<string, string>): Ask => {
    open.push(client);
    return async (method, path, body, headers = {}) => {
      const isText = typeof body === 'string' || body instanceof Uint8Array;
      const answer = await client.request({
        method: method as 'GET',
        path,
        headers: { ...common, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      const value = text === '' ? undefined : JSON.parse(text);
      if (answer.statusCode === 200) assertDescribed(method, path, value);
      return { status: answer.statusCode, body: value };
    };
  };
  return {
    objects,
    api,
    ask: asker(new Client('http://localhost', { socketPath: socket }), { 'x-angarium-operator': 'eva' }),
    as: (role) =>
      asker(new Client(`http://127.0.0.1:${api.tcp!.port}`), {
        authorization: `Bearer ${USERS.find((user) => user.role === role)!.token}`,
      }),
  };
}

const PEER = '/v1/objects/peer/operator-b';
const putPeer = (more = {}, seen = 0) => ({ seen, object: aPeer(more) });

describe('objects by the operator API', () => {
  it('are made, read, replaced and removed, each change under the name of who asked', async () => {
    const { ask } = await bed();
    const made = await ask('PUT', PEER, { ...putPeer(), reason: 'new contract' });
    assert.equal(made.status, 200);
    assert.match(made.body.text, /^peer operator-b: new\n {2}\+ name = "operator-b"\n/);
    const read = await ask('GET', PEER);
    assert.deepEqual([read.body.revision, read.body.changedBy, read.body.object.domains], [1, 'eva', ['mms.opb.example']]);
    const replaced = await ask('PUT', PEER, putPeer({ limits: { 'size-max': '5MB' } }, 1));
    assert.equal(replaced.body.text, 'peer operator-b: changed\n  ~ limits.size-max = "3MB" -> "5MB"');
    assert.equal((await ask('DELETE', `${PEER}?seen=2`)).status, 200);
    assert.equal((await ask('GET', PEER)).status, 404);
    const { entries } = (await ask('GET', '/v1/object-history?kind=peer&name=operator-b')).body;
    assert.deepEqual(
      entries.map((entry: { who: string; revision: number; reason?: string }) => [entry.revision, entry.who, entry.reason]),
      [
        [3, 'eva', undefined],
        [2, 'eva', undefined],
        [1, 'eva', 'new contract'],
      ],
    );
  });

  it('are refused when the writer has not seen the last change, and one of two writers at once wins', async () => {
    const { ask } = await bed();
    await ask('PUT', PEER, putPeer());
    const [one, two] = await Promise.all([
      ask('PUT', PEER, putPeer({ note: 'one' }, 1)),
      ask('PUT', PEER, putPeer({ note: 'two' }, 1)),
    ]);
    assert.deepEqual([one.status, two.status].sort(), [200, 409]);
    assert.match((one.status === 409 ? one : two).body.detail, /peer operator-b/);
    assert.equal((await ask('DELETE', `${PEER}?seen=1`)).status, 409);
    assert.equal((await ask('PUT', PEER, putPeer({}, 0))).status, 409);
  });

  it('are refused with every fault at once, each with its key', async () => {
    const { ask } = await bed();
    const { status, body } = await ask(
      'PUT',
      PEER,
      putPeer({ domains: [], limits: { 'size-mux': '1MB', 'rate-in-max': 'fast' } }),
    );
    assert.equal(status, 400);
    assert.deepEqual(
      body.faults.map(({ path, text }: { path: unknown[]; text: string }) => [path.join('.'), text]),
      [
        [
          'domains',
          '[] is not accepted, expected a list of 1 to 64 values, each a domain name, for instance "mms.mnc001.mcc240.gprs"',
        ],
        ['limits.rate-in-max', '"fast" is not accepted, expected a number above 0, up to 100000'],
        [
          'limits.size-mux',
          'unknown key, expected one of size-max, rate-in-max, rate-out-max, connections-in-max, connections-out-max, recipients-out-max, recipients-in-max, messages-per-connection-max; did you mean "size-max"?',
        ],
      ],
    );
  });

  it('are told page by page, and none twice', async () => {
    const { ask, objects } = await bed();
    const numbers = Array.from({ length: 7 }, (_, index) => `4670000000${index}`);
    await objects.change({
      who: 'eva',
      seen: 0,
      changes: numbers.map((msisdn) => ({ act: 'put', kind: 'subscriber', object: { msisdn } })),
    });
    const told: string[] = [];
    let after = '';
    do {
      const { body } = await ask('GET', `/v1/objects?kind=subscriber&limit=3${after === '' ? '' : `&after=${after}`}`);
      told.push(...body.objects.map(({ name }: { name: string }) => name));
      after = body.after ?? '';
    } while (after !== '');
    assert.deepEqual(told, numbers);
    assert.deepEqual((await ask('GET', '/v1/objects?kind=subscriber&after=46700000003.5')).body.objects.length, 3);
  });

  it('do not change their names', async () => {
    const { ask } = await bed();
    const { status, body } = await ask('PUT', '/v1/objects/peer/other', putPeer());
    assert.equal(status, 400);
    assert.match(body.detail, /names do not change/);
  });

  it('never show a secret, in no answer of any resource', async () => {
    const { ask, objects } = await bed();
    const answers = [
      await ask('PUT', '/v1/objects/vasp/acme', { seen: 0, object: aVasp() }),
      await ask('PUT', '/v1/objects/vasp/acme', { seen: 0, object: aVasp({ note: 'stale' }) }),
      await ask('PUT', '/v1/objects/vasp/acme', {
        seen: 1,
        object: aVasp({ identification: { user: 'acme', passwords: [PASSWORD, `${PASSWORD}\n`] } }),
      }),
      await ask('PUT', '/v1/objects/vasp/acme', {
        seen: 1,
        object: aVasp({ identification: { user: 'acme', passwords: PASSWORD } }),
      }),
      await ask('POST', '/v1/objects', {
        dryRun: true,
        objects: { vasp: [aVasp({ identification: { user: 'a', passwords: [`${PASSWORD}2`] } })] },
      }),
      await ask('GET', '/v1/objects?kind=vasp'),
      await ask('GET', '/v1/objects/vasp/acme'),
      await ask('GET', '/v1/object-history'),
      await ask('DELETE', '/v1/objects/vasp/acme?seen=1'),
      await ask('GET', '/v1/object-history'),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 409, 400, 400, 200, 200, 200, 200, 200, 200],
    );
    assert.doesNotMatch(JSON.stringify(answers), /nobody sees/);
    assert.equal(objects.list('vasp').length, 0);
  });
});

describe('a set of objects that is applied', () => {
  it('is shown as a difference first, then carried out as shown', async () => {
    const { ask, objects } = await bed();
    const set = { objects: { peer: [aPeer()], route: [aRoute()] } };
    const shown = await ask('POST', '/v1/objects', { ...set, dryRun: true });
    assert.equal(shown.body.carriedOut, false);
    assert.equal(objects.snapshot.revision, 0);
    const done = await ask('POST', '/v1/objects', { ...set, seen: shown.body.revision });
    assert.deepEqual([done.body.carriedOut, done.body.text], [true, shown.body.text]);
    assert.equal(objects.snapshot.routes.length, 1);
  });

  it('is refused when anything was changed since it was shown', async () => {
    const { ask, objects } = await bed();
    const set = { objects: { peer: [aPeer()] } };
    const { revision } = (await ask('POST', '/v1/objects', { ...set, dryRun: true })).body;
    await ask('PUT', '/v1/objects/vasp/acme', { seen: 0, object: aVasp() });
    assert.equal((await ask('POST', '/v1/objects', { ...set, seen: revision })).status, 409);
    assert.equal(objects.list('peer').length, 0);
  });

  it('needs the revision that was shown', async () => {
    const { ask } = await bed();
    const { status, body } = await ask('POST', '/v1/objects', { objects: { peer: [aPeer()] } });
    assert.equal(status, 400);
    assert.match(body.detail, /^seen: /);
  });

  it('does not resume what somebody has paused', async () => {
    const { ask, objects } = await bed();
    await ask('PUT', PEER, putPeer());
    await ask('PUT', '/v1/peers/operator-b/state', { state: 'paused' });
    const set = { objects: { peer: [aPeer({ note: 'applied' })] } };
    const { body } = await ask('POST', '/v1/objects', { ...set, dryRun: true });
    assert.equal((await ask('POST', '/v1/objects', { ...set, seen: body.revision })).status, 200);
    assert.equal(objects.snapshot.peer('operator-b')!.state, 'paused');
  });

  it('removes others of a kind only when told to prune it', async () => {
    const { ask, objects } = await bed();
    await ask('PUT', PEER, putPeer());
    const other = { objects: { peer: [aPeer({ name: 'operator-c', domains: ['mms.opc.example'] })] } };
    await ask('POST', '/v1/objects', { ...other, seen: 1 });
    assert.equal(objects.list('peer').length, 2);
    const { body } = await ask('POST', '/v1/objects', { ...other, prune: ['peer'], dryRun: true });
    assert.match(body.text, /peer operator-b: removed/);
    await ask('POST', '/v1/objects', { ...other, prune: ['peer'], seen: 2 });
    assert.deepEqual(
      objects.list('peer').map(({ name }) => name),
      ['operator-c'],
    );
  });

  it('says of each fault which object of the set it lies with', async () => {
    const { ask } = await bed();
    const set = {
      objects: {
        peer: [aPeer(), aPeer({ name: 'twin' })],
        route: [aRoute({ name: 'r', result: { kind: 'vasp', vasp: 'none' } })],
      },
    };
    const { body } = await ask('POST', '/v1/objects', { ...set, dryRun: true });
    assert.deepEqual(
      body.faults.map(({ kind, index, path, text }: Record<string, unknown>) => [
        kind,
        index,
        (path as string[]).join('.'),
        text,
      ]),
      [
        ['peer', 1, 'domains', 'the domain "mms.opb.example" is also that of peer operator-b'],
        ['route', 0, 'result.vasp', 'there is no vasp "none"'],
      ],
    );
  });
});

describe('roles at the operator API', () => {
  const SUBSCRIBER = '/v1/objects/subscriber/46700000001';

  it('let viewers look, operators steer, administrators change', async () => {
    const { ask, as } = await bed({
      testPeer: async () => ({ ok: true, text: 'it takes the recipient', dialogue: [] }),
      roads: { roads: async () => [], waitingFor: async () => [], actOnRoad: async () => ({ done: 0 }) },
    });
    await ask('PUT', PEER, putPeer());
    await ask('PUT', SUBSCRIBER, { seen: 0, object: aSubscriber() });
    const requests: readonly [OperatorRole, string, string, unknown?][] = [
      ['viewer', 'GET', '/v1/objects?kind=peer'],
      ['viewer', 'GET', PEER],
      ['viewer', 'GET', '/v1/peers'],
      ['viewer', 'GET', '/v1/peers/operator-b'],
      ['viewer', 'GET', '/v1/peers/operator-b/queue'],
      ['viewer', 'GET', '/v1/vasps'],
      ['viewer', 'GET', '/v1/object-history'],
      ['viewer', 'GET', '/v1/openapi.json'],
      ['operator', 'GET', '/v1/objects?kind=subscriber'],
      ['operator', 'GET', SUBSCRIBER],
      ['operator', 'GET', '/v1/object-history?kind=subscriber'],
      ['operator', 'PUT', '/v1/peers/operator-b/state', { state: 'paused' }],
      ['operator', 'POST', '/v1/peers/operator-b/queue', { action: 'requeue' }],
      ['operator', 'POST', '/v1/peers/operator-b/test', {}],
      ['administrator', 'POST', '/v1/objects', { dryRun: true, objects: {} }],
      ['administrator', 'PUT', PEER, putPeer({}, 99)],
      ['administrator', 'DELETE', `${PEER}?seen=99`],
    ];
    const RANK = ['viewer', 'operator', 'administrator'] as const;
    for (const role of RANK) {
      const asIt = as(role);
      for (const [least, method, path, body] of requests) {
        const { status } = await asIt(method, path, body);
        const may = RANK.indexOf(role) >= RANK.indexOf(least);
        assert.equal(status, may ? 200 : 403, `${role}: ${method} ${path}`);
      }
    }
  });

  it('write the name of the token into the history', async () => {
    const { ask, as } = await bed();
    await ask('PUT', PEER, putPeer());
    await as('operator')(
      'PUT',
      '/v1/peers/operator-b/state',
      { state: 'draining', reason: 'maintenance there' },
      { 'x-angarium-operator': 'somebody-else' },
    );
    const { entries } = (await ask('GET', '/v1/object-history?limit=1')).body;
    assert.deepEqual([entries[0].who, entries[0].reason], ['operator-eva', 'maintenance there']);
    assert.deepEqual(entries[0].differences[0].keys, [{ key: 'state', before: 'active', after: 'draining' }]);
  });

  it('keep subscribers from viewers in the whole history', async () => {
    const { ask, as } = await bed();
    await ask('PUT', SUBSCRIBER, { seen: 0, object: aSubscriber() });
    await ask('PUT', PEER, putPeer());
    const { body } = await as('viewer')('GET', '/v1/object-history');
    assert.doesNotMatch(JSON.stringify(body), /46700000001/);
    assert.equal(body.entries.length, 1);
  });

  it('let nobody in without a token', async () => {
    const { api } = await bed();
    const client = new Client(`http://127.0.0.1:${api.tcp!.port}`);
    open.push(client);
    for (const path of ['/v1/openapi.json', '/v1/objects?kind=peer', '/v1/peers'])
      assert.equal((await client.request({ method: 'GET', path })).statusCode, 401);
  });
});

describe('far sides by the operator API', () => {
  const message = aMessage({ sender: { kind: 'number', msisdn: toMsisdn('46700000009')! } });
  const waiting: DeliveryOfMessage = { message, delivery: aDelivery(message, { reason: '451 try later' }) };

  it('show state, queue and troubles; a state is changed without touching the rest', async () => {
    const { ask, objects } = await bed({
      roads: {
        roads: async () => [
          {
            road: 'peer:operator-b',
            waiting: 7,
            oldestAt: 1_000,
            awaiting: 2,
            underWay: 1,
            state: 'resting',
            reason: 'no connection',
            triedNextAt: 2_000,
          },
        ],
        waitingFor: async () => [waiting],
        actOnRoad: async () => ({ done: 0 }),
      },
      troubles: (kind, name) => [{ at: 3_000, text: `${kind} ${name}: 421` }],
    });
    await ask('PUT', PEER, putPeer({ note: 'kept' }));
    const paused = await ask('PUT', '/v1/peers/operator-b/state', { state: 'paused' });
    assert.equal(paused.body.text, 'peer operator-b: changed\n  ~ state = "active" -> "paused"');
    assert.equal(objects.snapshot.peer('operator-b')!.note, 'kept');
    const { body } = await ask('GET', '/v1/peers/operator-b');
    assert.deepEqual(
      [body.state, body.queue, body.troubles],
      [
        'paused',
        {
          waiting: 7,
          awaiting: 2,
          underWay: 1,
          state: 'resting',
          reason: 'no connection',
          oldestAt: '1970-01-01T00:00:01.000Z',
          triedNextAt: '1970-01-01T00:00:02.000Z',
        },
        [{ at: '1970-01-01T00:00:03.000Z', text: 'peer operator-b: 421' }],
      ],
    );
  });

  it('mask numbers of what waits for viewers', async () => {
    const { ask, as } = await bed({
      roads: { roads: async () => [], waitingFor: async () => [waiting], actOnRoad: async () => ({ done: 0 }) },
    });
    await ask('PUT', PEER, putPeer());
    const path = '/v1/peers/operator-b/queue';
    assert.equal((await ask('GET', path)).body.deliveries[0].sender, '+46700000009');
    assert.equal((await as('viewer')('GET', path)).body.deliveries[0].sender, '+*******0009');
  });

  it('mask numbers in the words of far sides for viewers', async () => {
    const said = '450 4.2.1 <+46700000009/TYPE=PLMN@mms.opb.example>: mailbox busy';
    const { ask, as } = await bed({
      roads: {
        roads: async () => [{ road: 'peer:operator-b', waiting: 1, awaiting: 0, underWay: 0, state: 'resting', reason: said }],
        waitingFor: async () => [{ message, delivery: aDelivery(message, { reason: said }) }],
        actOnRoad: async () => ({ done: 0 }),
      },
      troubles: () => [{ at: 3_000, text: said }],
    });
    await ask('PUT', PEER, putPeer());
    for (const path of ['/v1/peers', '/v1/peers/operator-b', '/v1/peers/operator-b/queue']) {
      assert.match(JSON.stringify((await ask('GET', path)).body), /46700000009/, path);
      const seen = JSON.stringify((await as('viewer')('GET', path)).body);
      assert.doesNotMatch(seen, /46700000009/, path);
      assert.match(seen, /mailbox busy/, path);
    }
  });

  it('show and act on what waits for one that was removed', async () => {
    const road = { road: 'peer:gone', waiting: 1, awaiting: 0, underWay: 0, state: 'held', reason: 'no such peer' } as const;
    const { ask } = await bed({
      roads: { roads: async () => [road], waitingFor: async () => [waiting], actOnRoad: async () => ({ done: 1 }) },
    });
    assert.equal((await ask('GET', '/v1/peers/gone/queue')).body.deliveries.length, 1);
    assert.equal((await ask('POST', '/v1/peers/gone/queue', { action: 'reroute' })).body.deliveries, 1);
    assert.equal((await ask('GET', '/v1/peers/never-there/queue')).status, 404);
  });

  it('act on what waits step by step until all is done, or on the messages named', async () => {
    const asked: unknown[][] = [];
    const KEY = 'k'.repeat(22) as DeliveryKey;
    const { ask } = await bed({
      roads: {
        roads: async () => [],
        waitingFor: async () => [],
        actOnRoad: async (...its) => {
          asked.push(its);
          return asked.length < 3 ? { done: 500, next: { key: KEY, handOverAt: asked.length } } : { done: 12 };
        },
      },
    });
    await ask('PUT', PEER, putPeer());
    const { body } = await ask('POST', '/v1/peers/operator-b/queue', { action: 'expire', reason: 'contract ended' });
    assert.equal(body.deliveries, 1012);
    assert.deepEqual(
      asked,
      [
        { limit: 500 },
        { limit: 500, after: { key: KEY, handOverAt: 1 } },
        { limit: 500, after: { key: KEY, handOverAt: 2 } },
      ].map((selection) => ['peer:operator-b', { kind: 'expire', reason: 'contract ended' }, 'eva', selection]),
    );
    const id = 'a'.repeat(22) as MessageId;
    await ask('POST', '/v1/peers/operator-b/queue', { action: 'reroute', messages: [id] });
    assert.deepEqual(asked.at(-1), ['peer:operator-b', { kind: 'reroute' }, 'eva', { limit: 500, messages: [id] }]);
  });

  it('say that the store cannot answer now, when it cannot', async () => {
    const unavailable = () => Promise.reject(new StoreUnavailable('the disk is full'));
    const { ask } = await bed({ roads: { roads: unavailable, waitingFor: unavailable, actOnRoad: unavailable } });
    await ask('PUT', PEER, putPeer());
    for (const answer of [await ask('GET', '/v1/peers'), await ask('POST', '/v1/peers/operator-b/queue', { action: 'requeue' })])
      assert.deepEqual([answer.status, answer.body.detail.includes('the disk is full')], [503, true]);
  });

  it('are tested by whoever speaks to them, and say when nobody does', async () => {
    const tested: unknown[] = [];
    const test = { ok: false, text: 'refused at RCPT', dialogue: [{ from: 'them', text: '550 no' }] } as const;
    const { ask } = await bed({
      testPeer: async (...its) => {
        tested.push(its);
        return { ...test, dialogue: [...test.dialogue] };
      },
    });
    await ask('PUT', PEER, putPeer());
    assert.deepEqual((await ask('POST', '/v1/peers/operator-b/test', { recipient: '+46700000001' })).body, test);
    assert.deepEqual(tested, [['operator-b', '+46700000001']]);
    assert.equal((await ask('POST', '/v1/peers/nobody/test', {})).status, 404);
    const without = await bed();
    await without.ask('PUT', PEER, putPeer());
    assert.equal((await without.ask('POST', '/v1/peers/operator-b/test', {})).status, 503);
    assert.equal((await without.ask('POST', '/v1/peers/operator-b/queue', { action: 'requeue' })).status, 503);
  });
});

describe('what is thrown at the operator API', () => {
  it('is refused with a problem, changes nothing, and the API goes on', async () => {
    const { ask, objects } = await bed();
    await ask('PUT', PEER, putPeer());
    const before = objects.snapshot;
    const bad: readonly [number, string, string, unknown?][] = [
      [400, 'PUT', PEER, '{"seen":'],
      [400, 'PUT', PEER, '[]'],
      [400, 'PUT', PEER, 'null'],
      [400, 'PUT', PEER, '"text"'],
      [400, 'PUT', PEER, {}],
      [400, 'PUT', PEER, { seen: -1, object: aPeer() }],
      [400, 'PUT', PEER, { seen: 1.5, object: aPeer() }],
      [400, 'PUT', PEER, { seen: '1', object: aPeer() }],
      [400, 'PUT', PEER, { seen: 2 ** 60, object: aPeer() }],
      [400, 'PUT', PEER, { seen: 1, object: [] }],
      [400, 'PUT', PEER, { seen: 1, object: null }],
      [400, 'PUT', PEER, { seen: 1, object: aPeer(), extra: 1 }],
      [400, 'PUT', PEER, { seen: 1, object: aPeer(), reason: 'a\nforged line' }],
      [400, 'PUT', PEER, { seen: 1, object: aPeer(), reason: 'x'.repeat(501) }],
      [400, 'PUT', PEER, '{"seen":1,"object":{"name":"operator-b","domains":["a.example"],"__proto__":{"state":"paused"}}}'],
      [400, 'PUT', PEER, '{"seen":1,"object":{"name":"operator-b","domains":["a.example"],"constructor":{}}}'],
      [400, 'PUT', PEER, putPeer({ note: 'left \u202e right' }, 1)],
      [400, 'PUT', PEER, putPeer({ note: '\ud800' }, 1)],
      [400, 'PUT', PEER, putPeer({ limits: 7 }, 1)],
      [400, 'PUT', PEER, putPeer({ limits: [] }, 1)],
      [400, 'PUT', PEER, putPeer({ hosts: [['a']] }, 1)],
      [400, 'PUT', PEER, putPeer({ identification: { password: { secret: 1 } } }, 1)],
      [400, 'PUT', '/v1/objects/peer/%C3%A5sa', { seen: 0, object: { domains: ['asa.example'] } }],
      [400, 'PUT', '/v1/objects/peer/..%2F..%2Fetc', { seen: 0, object: { domains: ['asa.example'] } }],
      [404, 'PUT', `/v1/objects/peer/${'x'.repeat(65)}`, putPeer()],
      [404, 'GET', '/v1/objects/pear/x'],
      [404, 'GET', '/v1/objects/__proto__/x'],
      [404, 'GET', '/v1/objects/peer/__proto__'],
      [404, 'GET', '/v1/peers/constructor'],
      [404, 'DELETE', '/v1/objects/peer/nobody?seen=1'],
      [400, 'DELETE', PEER],
      [400, 'DELETE', `${PEER}?seen=1&seen=2`],
      [400, 'GET', '/v1/objects'],
      [400, 'GET', '/v1/objects?kind=pear'],
      [400, 'GET', '/v1/objects?kind=peer&limit=0'],
      [400, 'GET', '/v1/objects?kind=peer&limit=1001'],
      [400, 'GET', '/v1/objects?kind=peer&page=1'],
      [400, 'GET', '/v1/object-history?limit=0'],
      [400, 'GET', '/v1/object-history?limit=201'],
      [400, 'POST', '/v1/objects', { dryRun: true, objects: { pear: [] } }],
      [400, 'POST', '/v1/objects', { dryRun: true, objects: { peer: aPeer() } }],
      [400, 'POST', '/v1/objects', { dryRun: 'yes', objects: {} }],
      [400, 'POST', '/v1/objects', { dryRun: true, objects: { peer: [1] } }],
      [
        400,
        'POST',
        '/v1/objects',
        { dryRun: true, objects: { subscriber: Array.from({ length: LIMITS.objectChangesMax + 1 }, () => ({})) } },
      ],
      [400, 'PUT', '/v1/peers/operator-b/state', { state: 'gone' }],
      [400, 'PUT', '/v1/routes/r/state', { state: 'draining' }],
      [404, 'PUT', '/v1/routes/r/state', { state: 'paused' }],
      [400, 'POST', '/v1/peers/operator-b/queue', { action: 'delete' }],
      [400, 'POST', '/v1/peers/operator-b/queue', { action: 'requeue', messages: ['../x'] }],
      [400, 'POST', '/v1/peers/operator-b/test', { recipient: 'a\r\nRCPT TO:<b>' }],
      [413, 'PUT', PEER, Buffer.alloc(1024 * 1024 + 1, 0x20)],
      [413, 'POST', '/v1/objects', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20)],
    ];
    for (const [status, method, path, body] of bad) {
      const answer = await ask(method, path, body);
      const shown = `${method} ${path} ${(JSON.stringify(body) ?? '').slice(0, 100)}`;
      assert.equal(answer.status, status, `${shown}: ${JSON.stringify(answer.body)}`);
      assert.equal(answer.body.status, status, shown);
      assert.ok(JSON.stringify(answer.body).length < 100_000, shown);
    }
    assert.equal(objects.snapshot, before);
    assert.equal((await ask('GET', PEER)).status, 200);
  });

  it('is refused as no JSON when it says that it is something else', async () => {
    const { ask } = await bed();
    assert.equal((await ask('PUT', PEER, putPeer(), { 'content-type': 'text/xml' })).status, 415);
  });

  it('may be text in any script where text is for people', async () => {
    const { ask, objects } = await bed();
    const note = 'Grüße, 你好, مرحبا, 👋';
    assert.equal((await ask('PUT', PEER, putPeer({ note }))).status, 200);
    assert.equal(objects.snapshot.peer('operator-b')!.note, note);
  });
});
