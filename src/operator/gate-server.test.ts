import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ok, silentLog, silentMeter } from '#base';
import { MemoryNumbers } from '#portability';
import { LOOPBACK } from './certificate.contract.js';
import { ApiConnection } from './client.js';
import { type GateApiPorts, startGateApi } from './gate-server.js';
import type { RunningApi } from './http-api.js';
import { followList, type NumberStoreView } from './number-store-routes.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-gate-api-'));
const TOKENS = { viewer: 'v'.repeat(32), operator: 'o'.repeat(32), follower: 'f'.repeat(32) } as const;
type Role = keyof typeof TOKENS;

/** What the API has asked of the gate. */
const asked: unknown[][] = [];
const modes = { revision: 1, rows: [], ceiling: { exceeded: false, messages: 0, rejects: 0 } };
const numbers = new MemoryNumbers();
const remark = { line: 3, text: '46700000001 stands twice' };
const storeView: NumberStoreView = {
  stats: {},
  versions: [],
  load: { state: 'failed', text: '1 faults, the first in line 3: 46700000001 stands twice', report: { faults: [remark] } },
};
const ports: GateApiPorts = {
  status: () => ({ ready: true }) as never,
  modes: () => modes,
  setMode: async (change, who) => {
    asked.push(['mode', change.mode, who]);
    return ok(modes);
  },
  resume: async (who) => {
    asked.push(['resume', who]);
    return ok(modes);
  },
  reload: async () => ({ ok: false, error: { kind: 'refused', text: 'line 3: wrong' } }),
  decisions: async ({ number }, masked) => {
    asked.push(['decisions', number, masked]);
    return { decisions: [] };
  },
  report: async () => ({}),
  audit: async () => ({ entries: [] }),
  numbers: { lookup: numbers, writer: numbers },
  numberStore: {
    view: () => storeView,
    load: async () => ok({ state: 'running' }),
    rollback: async () => ok({ stats: {}, versions: [], load: { state: 'none' } }),
    list: async () => ({ load: 'a', files: [] }),
    read: async (load, name, offset) => (name === 'there' ? Buffer.from(`${load} ${offset}`) : undefined),
  },
  now: () => 0,
  log: silentLog,
  meter: silentMeter,
};

let api: RunningApi;
before(async () => {
  const users = (Object.keys(TOKENS) as Role[]).map((role) => ({ name: `a-${role}`, role, token: TOKENS[role] }));
  api = await startGateApi(
    { socket: join(folder, 'gate.sock'), hosts: [], origins: [], tcp: { host: '127.0.0.1', port: 0, users } },
    ports,
  );
});
after(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

async function ask(
  role: Role | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${api.tcp!.port}${path}`, {
    method,
    headers: {
      ...(role === undefined ? {} : { authorization: `Bearer ${TOKENS[role]}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** Every resource, and who may ask for it. */
const RESOURCES: readonly (readonly [string, string, unknown, readonly Role[]])[] = [
  ['GET', '/v1/status', undefined, ['viewer', 'operator']],
  ['GET', '/v1/modes', undefined, ['viewer', 'operator']],
  ['PUT', '/v1/modes', { scope: 'all', mode: 'monitor' }, ['operator']],
  ['POST', '/v1/ceiling/resume', undefined, ['operator']],
  ['GET', '/v1/decisions', undefined, ['viewer', 'operator']],
  ['GET', '/v1/decisions?number=46700000001', undefined, ['operator']],
  ['GET', '/v1/report', undefined, ['viewer', 'operator']],
  ['GET', '/v1/audit', undefined, ['operator']],
  ['GET', '/v1/numbers/46700000001', undefined, ['operator']],
  ['PUT', '/v1/numbers/46700000001', { portabilityType: 1, entity: 'rn', routingNumber: '4675001' }, ['operator']],
  ['DELETE', '/v1/numbers/46700000002', undefined, ['operator']],
  ['POST', '/v1/numbers', { changes: [{ kind: 'delete-number', number: '46700000002' }] }, ['operator']],
  ['GET', '/v1/number-store', undefined, ['viewer', 'operator']],
  ['POST', '/v1/number-store/load', { file: '/numbers.csv' }, ['operator']],
  ['POST', '/v1/number-store/rollback', { load: 'a' }, ['operator']],
  ['GET', '/v1/follow', undefined, ['operator', 'follower']],
  ['GET', '/v1/follow/a/there?offset=0', undefined, ['operator', 'follower']],
];

describe('the operator API of the gate', () => {
  for (const [method, path, body, allowed] of RESOURCES)
    it(`${method} ${path} is for ${allowed.join(' and ')} alone`, async () => {
      assert.equal((await ask(undefined, method, path, body)).status, 401);
      for (const role of Object.keys(TOKENS) as Role[])
        assert.equal((await ask(role, method, path, body)).status, allowed.includes(role) ? 200 : 403, role);
    });

  it('knows who asks by his token, and tells viewers apart', async () => {
    asked.length = 0;
    await ask('operator', 'PUT', '/v1/modes', { scope: 'all', mode: 'off' });
    await ask('operator', 'POST', '/v1/ceiling/resume');
    await ask('viewer', 'GET', '/v1/decisions');
    await ask('operator', 'GET', '/v1/decisions?number=46700000001');
    assert.deepEqual(asked, [
      ['mode', 'off', 'a-operator'],
      ['resume', 'a-operator'],
      ['decisions', undefined, true],
      ['decisions', '46700000001', false],
    ]);
  });

  it('tells a viewer what is wrong with a number file without the numbers in it', async () => {
    const [whole, masked] = await Promise.all(
      (['operator', 'viewer'] as const).map(async (role) => (await ask(role, 'GET', '/v1/number-store')).text),
    );
    assert.deepEqual([whole!.match(/46700000001/g)?.length, masked!.match(/46700000001/g)], [2, null]);
    assert.match(masked!, /the first in line 3: \*+0001 stands twice/);
  });

  it('keeps numbers, and answers what is stored', async () => {
    await ask('operator', 'PUT', '/v1/numbers/46700000009', { portabilityType: 1, entity: 'rn', routingNumber: '4675001' });
    const { text } = await ask('operator', 'GET', '/v1/numbers/46700000009');
    assert.deepEqual(
      [JSON.parse(text).stored, JSON.parse(text).portabilityType, JSON.parse(text).routingNumber],
      [true, 1, '4675001'],
    );
    await ask('operator', 'DELETE', '/v1/numbers/46700000009');
    assert.equal(JSON.parse((await ask('operator', 'GET', '/v1/numbers/46700000009')).text).stored, false);
  });

  it('refuses a batch whole, and says which change was wrong', async () => {
    const { status, text } = await ask('operator', 'POST', '/v1/numbers', {
      changes: [
        { kind: 'set-number', number: '46700000010', portabilityType: 1, entity: 'none' },
        { kind: 'set-range', first: '46700000020', last: '46700000010', portabilityType: 1, entity: 'none' },
      ],
    });
    assert.equal(status, 422);
    assert.match(text, /changes\[1\]/);
    assert.equal(JSON.parse((await ask('operator', 'GET', '/v1/numbers/46700000010')).text).stored, false);
  });

  it('says what is wrong with a request in one sentence, and never leaves the folder', async () => {
    for (const [method, path, body, status] of [
      ['GET', '/v1/decisions?limit=0', undefined, 400],
      ['GET', '/v1/decisions?since=yesterday', undefined, 400],
      ['PUT', '/v1/modes', { scope: 'nowhere', mode: 'off' }, 400],
      ['GET', '/v1/numbers/0046', undefined, 400],
      ['POST', '/v1/numbers', { changes: [] }, 400],
      ['GET', '/v1/follow/a/gone?offset=0', undefined, 404],
      ['GET', '/v1/follow/a/..%2Fcurrent?offset=0', undefined, 400],
      ['POST', '/v1/reload', {}, 422],
      ['GET', '/v1/nothing', undefined, 404],
    ] as const) {
      const answer = await ask('operator', method, path, body);
      assert.equal(answer.status, status, `${path}: ${answer.text}`);
      assert.equal(typeof (JSON.parse(answer.text) as { detail: unknown }).detail, 'string');
    }
  });
});

describe('the operator API of the gate over TLS', () => {
  const token = TOKENS.follower;
  let secured: RunningApi;
  before(async () => {
    const users = [{ name: 'second', role: 'follower' as const, token }];
    const tcp = { host: '127.0.0.1', port: 0, users, tls: LOOPBACK };
    const meter = { ...silentMeter };
    secured = await startGateApi({ socket: join(folder, 'tls.sock'), hosts: [], origins: [], tcp }, { ...ports, meter });
  });
  after(() => secured.close());

  const list = async (scheme: string, authorities?: string) => {
    const url = `${scheme}://127.0.0.1:${secured.tcp!.port}`;
    const api = new ApiConnection({ url, token, ...(authorities === undefined ? {} : { authorities }) });
    try {
      return await api.request('GET', '/v1/follow', followList);
    } finally {
      await api.cut();
    }
  };

  it('answers whoever trusts its certificate', async () => {
    assert.deepEqual(await list('https', LOOPBACK.cert), ok({ load: 'a', files: [] }));
  });

  it('gets no token from who does not trust it, and none in the clear', async () => {
    for (const answer of [await list('https'), await list('http')]) assert.ok(!answer.ok && answer.error.kind === 'unreachable');
  });
});

describe('a client of the operator API', () => {
  it('takes what is no answer of such an API for a refusal, and no more octets than it has asked for', async () => {
    const server = createServer((request, response) =>
      response.end(request.url === '/v1/follow' ? '<html>' : Buffer.alloc(1_000_000)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const api = new ApiConnection({ url: `http://127.0.0.1:${port}`, token: 'x' });
    const answers = [await api.request('GET', '/v1/follow', followList), await api.octets('/piece', 1_000)];
    for (const answer of answers)
      assert.ok(!answer.ok && answer.error.kind === 'refused' && /no operator API of this kind/.test(answer.error.text));
    assert.deepEqual(await api.octets('/piece', 1_000_000), ok(Buffer.alloc(1_000_000)));
    await api.cut();
    server.close();
  });
});
