import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { Client } from 'undici';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type {
  Delivery,
  DeliveryKey,
  Message,
  MessageFilter,
  MessageHistory,
  MessageId,
  MessagingEvent,
  Report,
  ReportKey,
} from '#messaging';
import type { StatusView } from './api.js';
import { OperatorClient } from './client.js';
import type { OperatorConfig } from './config.js';
import { type OperatorApi, type OperatorPorts, startOperatorApi } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-operator-'));
after(() => rmSync(folder, { recursive: true }));

let sockets = 0;
const TOKEN = 'a-token-that-is-long-enough-for-anybody';
const tcp = { host: '127.0.0.1', port: 0, token: TOKEN };
const configOf = (config: Partial<OperatorConfig> = {}): OperatorConfig => ({
  socket: join(folder, `s${sockets++}`),
  hosts: [],
  origins: [],
  ...config,
});

const number = (digits: string) => ({ kind: 'number', msisdn: toMsisdn(digits)! }) as const;
const id = (letter: string) => letter.repeat(22) as MessageId;
const SECRET = 'S'.repeat(22) as DeliveryKey;
const SUBJECT = 'a secret subject';

const message = (letter: string): Message => ({
  id: id(letter),
  origin: { interface: 'mm1', version: '1.2' },
  sender: number('46700000001'),
  senderHidden: false,
  recipients: [{ field: 'to', address: number('46700000002') }],
  date: 0,
  subject: SUBJECT,
  messageClass: 'personal',
  priority: 'normal',
  deliveryReport: true,
  readReport: false,
  contentType: 'application/vnd.wap.multipart.related',
  size: 1234,
  acceptedAt: 1_000,
  deliverAt: 1_000,
  expiresAt: 2_000,
  fingerprint: 'F',
});

const delivery: Delivery = {
  key: SECRET,
  messageId: id('a'),
  recipientIndex: 0,
  recipient: number('46700000002'),
  state: 'notified',
  dueAt: 1_500,
  attempts: 1,
  revision: 2,
};

const report: Report = {
  key: SECRET as string as ReportKey,
  messageId: id('a'),
  recipient: number('46700000002'),
  to: number('46700000001'),
  origin: { interface: 'mm1', version: '1.2' },
  content: { kind: 'delivery', outcome: 'retrieved' },
  at: 1_600,
  dueAt: 1_600,
  attempts: 0,
  expiresAt: 9_000,
  revision: 0,
};

const events: MessagingEvent[] = [
  { kind: 'message-accepted', messageId: id('a'), sender: number('46700000001'), at: 1_000, size: 1234, recipients: 1 },
  {
    kind: 'notification-put-off',
    messageId: id('a'),
    at: 1_100,
    delivery: SECRET,
    recipient: number('46700000002'),
    attempt: 1,
    reason: 'out of reach',
    retryAt: 1_200,
  },
];

const history: MessageHistory = { message: message('a'), deliveries: [delivery], reports: [report], events };

const status: StatusView = {
  version: '1.2.3',
  startedAt: new Date(0).toISOString(),
  uptimeSeconds: 5,
  ready: false,
  reasons: ['the disk is full'],
  store: { writable: false, reason: 'the disk is full', diskBytes: 99, contentBytes: 9 },
  queue: {},
};

const asked: MessageFilter[] = [];
const ports: OperatorPorts = {
  messages: {
    history: async (wanted) => (wanted === id('a') ? history : undefined),
    list: async (filter) => {
      asked.push(filter);
      return [message('b'), message('a')].slice(0, filter.limit);
    },
  },
  status: async () => status,
  log: silentLog,
  meter: silentMeter,
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function started(config: OperatorConfig, its: OperatorPorts = ports): Promise<OperatorApi> {
  const api = await startOperatorApi(config, its);
  open.push(api);
  return api;
}

function clientOf(target: ConstructorParameters<typeof OperatorClient>[0]): OperatorClient {
  const client = new OperatorClient(target);
  open.push(client);
  return client;
}

async function raw(api: OperatorApi, by: 'socket' | 'tcp', headers: Record<string, string>, path = '/v1/status') {
  const client =
    by === 'socket'
      ? new Client('http://localhost', { socketPath: api.socket })
      : new Client(`http://127.0.0.1:${api.tcp!.port}`);
  const { statusCode, headers: answered, body } = await client.request({ method: 'GET', path, headers });
  const text = await body.text();
  await client.close();
  return { statusCode, type: String(answered['content-type']), text };
}

describe('the operator API on its socket', () => {
  it('lets owner and group in and nobody else', async () => {
    const api = await started(configOf());
    assert.equal(statSync(api.socket).mode & 0o777, 0o660);
  });

  it('leaves the mask of the process as it was', async () => {
    const before = process.umask(0o022);
    await started(configOf());
    assert.equal(process.umask(before), 0o022);
  });

  it('takes the place of a socket that a dead process left', async () => {
    const config = configOf();
    // A process that is killed leaves its socket behind.
    writeFileSync(
      `${config.socket}.js`,
      `require('node:net').createServer().listen(${JSON.stringify(config.socket)}, () => process.kill(process.pid, 'SIGKILL'))`,
    );

    spawnSync(process.execPath, [`${config.socket}.js`]);
    assert.ok(statSync(config.socket).isSocket());
    const api = await started(config);
    assert.equal((await raw(api, 'socket', {})).statusCode, 200);
  });

  it('does not take the place of a living one', async () => {
    const config = configOf();
    const other = createServer().listen(config.socket);
    open.push({ close: () => new Promise((resolve) => other.close(() => resolve())) });
    await assert.rejects(startOperatorApi(config, ports), /another process is listening/);
  });

  it('does not remove a file that is no socket', async () => {
    const config = configOf();
    writeFileSync(config.socket, 'precious');
    await assert.rejects(startOperatorApi(config, ports), /is no socket/);
    assert.ok(statSync(config.socket).isFile());
  });

  it('removes its socket when it closes', async () => {
    const api = await startOperatorApi(configOf(), ports);
    await api.close();
    assert.throws(() => statSync(api.socket), { code: 'ENOENT' });
  });

  it('needs no token', async () => {
    const api = await started(configOf({ tcp }));
    assert.equal((await raw(api, 'socket', {})).statusCode, 200);
  });
});

describe('the operator API on TCP', () => {
  it('serves with the token and refuses without it or with another', async () => {
    const api = await started(configOf({ tcp }));
    assert.equal((await raw(api, 'tcp', { authorization: `Bearer ${TOKEN}` })).statusCode, 200);
    for (const authorization of [undefined, 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`]) {
      const answer = await raw(api, 'tcp', authorization === undefined ? {} : { authorization });
      assert.equal(answer.statusCode, 401, authorization);
      assert.doesNotMatch(answer.text, /uptime/);
    }
  });

  it('refuses resources that do not exist without the token as well, so that nobody can look around', async () => {
    const api = await started(configOf({ tcp }));
    assert.equal((await raw(api, 'tcp', {}, '/v1/nothing')).statusCode, 401);
  });

  it('leaves nothing open when its port is taken', async () => {
    const other = await started(configOf({ tcp }));
    const config = configOf({ tcp: { ...tcp, port: other.tcp!.port } });
    await assert.rejects(startOperatorApi(config, ports), { code: 'EADDRINUSE' });
    assert.throws(() => statSync(config.socket), { code: 'ENOENT' });
  });
});

describe('the operator API and browsers', () => {
  it('refuses a Host that is not ours, as DNS rebinding would send', async () => {
    const api = await started(configOf({ tcp, hosts: ['ops.example'] }));
    const authorization = `Bearer ${TOKEN}`;
    for (const host of ['evil.example', 'evil.example:8517', '127.0.0.1.evil.example', '10.1.2.3']) {
      assert.equal((await raw(api, 'tcp', { authorization, host })).statusCode, 421, host);
      assert.equal((await raw(api, 'socket', { host })).statusCode, 421, host);
    }
    for (const host of ['localhost', 'localhost:1', '127.0.0.1:8517', '[::1]:8517', 'ops.example']) {
      assert.equal((await raw(api, 'tcp', { authorization, host })).statusCode, 200, host);
    }
  });

  it('refuses every Origin that is not listed, with the token too', async () => {
    const api = await started(configOf({ tcp, origins: ['https://console.example'] }));
    const authorization = `Bearer ${TOKEN}`;
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1']) {
      assert.equal((await raw(api, 'tcp', { authorization, origin })).statusCode, 403, origin);
      assert.equal((await raw(api, 'socket', { origin })).statusCode, 403, origin);
    }
    assert.equal((await raw(api, 'tcp', { authorization, origin: 'https://console.example' })).statusCode, 200);
  });
});

describe('the operator API about messages', () => {
  it('lists them with whole numbers, and says how to go on when the page is full', async () => {
    const client = clientOf(await started(configOf()));
    const page = await client.messages({ limit: 2 });
    assert.ok(page.ok);
    assert.deepEqual(
      page.value.messages.map(({ id: its, sender, recipients }) => [its, sender, recipients[0]!.address]),
      [
        [id('b'), '+46700000001', '+46700000002'],
        [id('a'), '+46700000001', '+46700000002'],
      ],
    );
    assert.equal(page.value.before, id('a'));
    const last = await client.messages({ limit: 3 });
    assert.ok(last.ok && last.value.before === undefined);
  });

  it('understands addresses as people write them', async () => {
    const client = clientOf(await started(configOf()));
    asked.length = 0;
    await client.messages({ sender: '+46700000001', recipient: 'ann@mail.example', before: id('b'), limit: 7 });
    await client.messages({ sender: '46700000001', recipient: '7777' });
    assert.deepEqual(asked, [
      { sender: number('46700000001'), recipient: { kind: 'email', mailbox: 'ann@mail.example' }, before: id('b'), limit: 7 },
      { sender: number('46700000001'), recipient: { kind: 'short-code', code: '7777' }, limit: 50 },
    ]);
  });

  it('tells the whole history of one', async () => {
    const client = clientOf(await started(configOf()));
    const found = await client.message(id('a'));
    assert.ok(found.ok);
    assert.deepEqual(found.value.deliveries, [
      { recipient: '+46700000002', state: 'notified', attempts: 1, dueAt: '1970-01-01T00:00:01.500Z' },
    ]);
    assert.deepEqual(
      found.value.events.map(({ kind }) => kind),
      ['message-accepted', 'notification-put-off'],
    );
    assert.deepEqual(found.value.events[0], {
      at: '1970-01-01T00:00:01.000Z',
      kind: 'message-accepted',
      sender: '+46700000001',
      size: 1234,
      recipients: 1,
    });
    assert.deepEqual(found.value.events[1], {
      at: '1970-01-01T00:00:01.100Z',
      kind: 'notification-put-off',
      recipient: '+46700000002',
      attempt: 1,
      reason: 'out of reach',
      retryAt: '1970-01-01T00:00:01.200Z',
    });
  });

  it('gives out neither subject nor the key that opens the content', async () => {
    const api = await started(configOf());
    for (const path of ['/v1/messages', `/v1/messages/${id('a')}`]) {
      const { text, statusCode } = await raw(api, 'socket', {}, path);
      assert.equal(statusCode, 200);
      assert.ok(!text.includes(SECRET) && !text.includes(SUBJECT), path);
    }
  });

  it('answers with a problem document when a message is unknown or a question is none', async () => {
    const api = await started(configOf());
    const cases: [string, number][] = [
      [`/v1/messages/${id('z')}`, 404],
      ['/v1/messages/short', 404],
      ['/v1/nothing', 404],
      ['/v1/messages?limit=0', 400],
      ['/v1/messages?limit=1001', 400],
      ['/v1/messages?before=x', 400],
      ['/v1/messages?colour=red', 400],
    ];
    for (const [path, code] of cases) {
      const { statusCode, type, text } = await raw(api, 'socket', {}, path);
      assert.equal(statusCode, code, path);
      assert.match(type, /^application\/problem\+json/);
      assert.equal((JSON.parse(text) as { status: number }).status, code);
    }
  });

  it('hides the inside of a failure and logs it', async () => {
    const errors: unknown[] = [];
    const api = await started(configOf(), {
      ...ports,
      messages: { ...ports.messages, list: async () => Promise.reject(new Error('inside')) },
      log: { ...silentLog, error: (fields) => errors.push(fields['err']) },
    });
    const { statusCode, text } = await raw(api, 'socket', {}, '/v1/messages');
    assert.equal(statusCode, 500);
    assert.doesNotMatch(text, /inside/);
    assert.match(String(errors[0]), /inside/);
  });
});

describe('the operator client', () => {
  it('brings the status', async () => {
    const client = clientOf(await started(configOf()));
    assert.deepEqual(await client.status(), { ok: true, value: status });
  });

  it('says so when nothing answers', async () => {
    const client = clientOf({ socket: join(folder, 'nobody') });
    const answer = await client.status();
    assert.deepEqual(answer, { ok: false, error: { kind: 'unreachable', text: 'ENOENT' } });
  });

  it('says what was refused', async () => {
    const api = await started(configOf({ tcp }));
    const client = clientOf({ url: `http://127.0.0.1:${api.tcp!.port}`, token: 'wrong' });
    const answer = await client.status();
    assert.ok(!answer.ok && answer.error.kind === 'refused');
    assert.equal(answer.error.status, 401);
  });
});
