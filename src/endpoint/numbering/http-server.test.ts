import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, describe, it } from 'node:test';
import { LIMITS, type LogFields, silentLog } from '#base';
import type { NumbersHttpConfig } from './config.js';
import { startNumbersHttp } from './http-server.js';
import type { Listener } from './ports.js';
import { Counts, FewNumbers, HTTP, NOW, portsOf } from './samples.contract.js';

const PORTED = '393490000001';
const opened: Listener[] = [];
after(async () => {
  for (const it of opened) await it.close();
});

async function serving(config: Partial<NumbersHttpConfig> = {}, numbers = new FewNumbers(), log = silentLog) {
  const counts = new Counts();
  const server = await startNumbersHttp({ ...HTTP, ...config }, { ...portsOf(numbers, counts), log });
  opened.push(server);
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.address.port}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const post = (body: unknown) =>
    ask('/numbers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { ask, post, counts, server };
}
const RECORD = { number: PORTED, portabilityType: 1, entity: { kind: 'rn', routingNumber: 'd105' }, by: { kind: 'number' } };

describe('numbers over HTTP: one number', () => {
  it('is answered with its record, by what it was found, and the version that answers', async () => {
    const { ask } = await serving();
    for (const path of [`/numbers/${PORTED}`, `/numbers/+${PORTED}`, `/numbers/%2B${PORTED}`]) {
      const { status, body, headers } = await ask(path);
      assert.deepEqual([status, body], [200, RECORD]);
      assert.match(headers.get('content-type')!, /^application\/json/);
      assert.deepEqual([headers.get('numbers-version'), headers.get('cache-control')], ['load%207.42', 'max-age=60']);
    }
    assert.deepEqual((await ask('/numbers/393490000002')).body, {
      number: '393490000002',
      portabilityType: 0,
      entity: { kind: 'sp' },
      by: { kind: 'range', first: '393490000000', last: '393490000999' },
    });
  });

  it('says from when to when its record holds, and is kept no longer', async () => {
    const { ask } = await serving();
    const { body, headers } = await ask('/numbers/393490000005');
    assert.deepEqual(body, {
      ...RECORD,
      number: '393490000005',
      validFrom: new Date(NOW - 1000).toISOString(),
      validUntil: new Date(NOW + 10_500).toISOString(),
    });
    assert.equal(headers.get('cache-control'), 'max-age=10');
  });

  it('is not sent again to who has it, as long as the version is the same', async () => {
    const numbers = new FewNumbers();
    const { ask, counts } = await serving({ maxAgeSeconds: 0 }, numbers);
    const first = await ask(`/numbers/${PORTED}`);
    assert.equal(first.headers.get('cache-control'), 'no-cache');
    const tag = first.headers.get('etag')!;
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const { status, body, headers } = await ask(`/numbers/${PORTED}`, { headers: { 'if-none-match': known } });
      assert.deepEqual([status, body, headers.get('etag')], [304, undefined, tag]);
    }
    numbers.version = { ...numbers.version, change: 43 };
    assert.equal((await ask(`/numbers/${PORTED}`, { headers: { 'if-none-match': tag } })).status, 200);
    assert.equal(counts.by.get('not-modified'), 4);
  });

  it('that is not stored is 404, with the version and for how long that holds; what is no number is 400', async () => {
    const { ask } = await serving();
    const { status, body, headers } = await ask('/numbers/393490009999', { headers: { 'if-none-match': '*' } });
    assert.deepEqual(
      [status, body, headers.get('numbers-version'), headers.get('cache-control')],
      [404, { error: 'the number is not stored' }, 'load%207.42', 'max-age=60'],
    );
    for (const text of ['0393490000', '39349000000000001', 'x', '39-349', '++39'])
      assert.equal((await ask(`/numbers/${text}`)).status, 400, text);
    assert.equal((await ask(`/numbers/${'1'.repeat(200)}`)).status, 414);
  });

  it('a HEAD has the head of the GET', async () => {
    const { ask } = await serving();
    const { status, body, headers } = await ask(`/numbers/${PORTED}`, { method: 'HEAD' });
    assert.deepEqual([status, body], [200, undefined]);
    assert.ok(headers.get('etag') !== null);
  });
});

describe('numbers over HTTP: many numbers', () => {
  it('are answered in the order asked, each for itself, all by one version', async () => {
    const { post } = await serving();
    const { status, body, headers } = await post({ numbers: [`+${PORTED}`, '393490009999', 'x'] });
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.deepEqual(body, {
      version: { load: 'load 7', change: 42, changedAt: '2026-05-31T00:00:00.000Z' },
      numbers: [RECORD, { number: '393490009999', error: 'not-found' }, { number: 'x', error: 'not-a-number' }],
    });
  });

  it('too many of them, too long a body, and what is no batch are refused', async () => {
    const { post, ask } = await serving();
    assert.equal((await post({ numbers: Array(LIMITS.numbersBatchMax).fill(PORTED) })).status, 200);
    assert.equal((await post({ numbers: Array(LIMITS.numbersBatchMax + 1).fill(PORTED) })).status, 400);
    assert.equal((await post({ numbers: [' '.repeat(LIMITS.numbersBatchOctetsMax)] })).status, 413);
    for (const body of ['', '{', [], {}, { numbers: PORTED }, { numbers: [{}] }, { numbers: [], more: 1 }])
      assert.equal((await post(body)).status, 400, JSON.stringify(body));
    assert.equal((await ask('/numbers', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })).status, 415);
  });
});

describe('numbers over HTTP: the listener', () => {
  it('a store that is not ready is 503, with when to ask again', async () => {
    const numbers = new FewNumbers();
    const { ask, post, counts } = await serving({}, numbers);
    numbers.state = 'loading';
    for (const it of [await ask(`/numbers/${PORTED}`), await post({ numbers: [PORTED] })]) {
      assert.deepEqual([it.status, it.body], [503, { error: 'the numbers are not ready: loading' }]);
      assert.ok(Number(it.headers.get('retry-after')) > 0 && it.headers.get('cache-control') === 'no-store');
    }
    assert.deepEqual([(await ask('/version')).status, (await ask('/version')).body], [503, { state: 'loading' }]);
    assert.equal(counts.by.get('unready'), 2);
  });

  it('tells state and version of the store', async () => {
    const { ask } = await serving();
    const { status, body } = await ask('/version');
    assert.deepEqual(
      [status, body],
      [200, { state: 'ready', version: { load: 'load 7', change: 42, changedAt: '2026-05-31T00:00:00.000Z' } }],
    );
  });

  it('changes nothing: there is no other method and no other resource', async () => {
    const { ask } = await serving();
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH'])
      assert.equal((await ask(`/numbers/${PORTED}`, { method })).status, 404, method);
    for (const path of ['/', '/numbers', '/numbers/', '/numbers/1/2'])
      assert.ok([400, 404].includes((await ask(path)).status), path);
  });

  it('serves the listed networks only, and each source at its rate', async () => {
    const strange = await serving({ clients: { ...HTTP.clients, networks: ['192.0.2.0/24'] } });
    const refused = await strange.ask(`/numbers/${PORTED}`);
    assert.deepEqual([refused.status, refused.headers.get('connection')], [403, 'close']);
    const { ask, counts } = await serving({ clients: { ...HTTP.clients, ratePerSecond: 0.001, burst: 2 } });
    const statuses = [await ask('/version'), await ask('/version'), await ask('/version')].map((it) => it.status);
    assert.deepEqual([statuses, counts.by.get('too-often')], [[200, 200, 429], 1]);
  });

  it('keeps a fault of its own to itself, says it to the operator, and goes on', async () => {
    const numbers = new FewNumbers();
    const lines: LogFields[] = [];
    const { ask } = await serving({}, numbers, { ...silentLog, error: (fields) => lines.push(fields) });
    numbers.fault = new Error(`a bug with ${PORTED}`);
    const { status, body } = await ask(`/numbers/${PORTED}`);
    assert.deepEqual([status, body, lines[0]?.['error']], [500, { error: 'internal error' }, numbers.fault]);
    numbers.fault = undefined;
    assert.equal((await ask(`/numbers/${PORTED}`)).status, 200);
  });

  it('with a certificate serves TLS and nothing else; where clients must show one, those without are not served', async () => {
    const material = { certificate: CERTIFICATE, key: KEY };
    const { server } = await serving({ tls: material });
    assert.equal(await statusByTls(server.address.port), 200);
    await assert.rejects(fetch(`http://127.0.0.1:${server.address.port}/version`));
    const strict = await serving({ tls: { ...material, clientAuthority: CERTIFICATE } });
    await assert.rejects(statusByTls(strict.server.address.port));
    assert.equal(await statusByTls(strict.server.address.port, { cert: CERTIFICATE, key: KEY }), 200);
  });

  it('does not start with material that is none, on a port that is taken, or with networks that are none', async () => {
    await assert.rejects(serving({ tls: { certificate: 'none', key: 'none' } }));
    const { server } = await serving();
    await assert.rejects(serving({ listen: { host: '127.0.0.1', port: server.address.port } }), /EADDRINUSE/);
    await assert.rejects(serving({ clients: { ...HTTP.clients, networks: ['here'] } }), /"here" is no network/);
  });
});

/** Status of GET /version by TLS; rejects when there is no connection. */
const statusByTls = (port: number, mine: { cert?: string; key?: string } = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/version', rejectUnauthorized: false, agent: false, ...mine };
    const asked = request(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    asked.on('error', reject);
    asked.end();
  });

/** For localhost, of nobody; its own authority. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDFM/K1QvN0W43GHB
tUEUu+VWfCjKEAu+ZF9gVaoqprqhRANCAARJY2WlyZjMkvRuI7MjAVChMv7h1hEx
rR6QWeazGsDXfMcmVFVLPnaAXNpgcaQgCVJ5Msy1Ejy0zWhTB8prHuD7
-----END PRIVATE KEY-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUbLAYtHXmmjH204oVERZXNB7EiJMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjEwMDkyN1oYDzIxMjYxMDI5
MTAwOTI3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARJY2WlyZjMkvRuI7MjAVChMv7h1hExrR6QWeazGsDXfMcmVFVLPnaA
XNpgcaQgCVJ5Msy1Ejy0zWhTB8prHuD7o1MwUTAdBgNVHQ4EFgQUSwSTvS/zx9ET
5ZBQBs+CloBvN4gwHwYDVR0jBBgwFoAUSwSTvS/zx9ET5ZBQBs+CloBvN4gwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBNhHQU8FDzDPwUMxdOUAmz
NfS+FGsuvUQPKMPYTGmPEwIgagHdM/Vx1doAEjaDOI2+2w0BPqDL1UwAp1fHrYL7
kKk=
-----END CERTIFICATE-----`;
