import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type { LookupAnswer } from '#messaging/routing';
import { MemoryNumbers } from '#portability';
import { createHttpClient, type HttpClientConfig } from './http-client.js';
import { startNumbersHttp } from './http-server.js';

const NUMBER = toMsisdn('46720000002')!;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const it of open.splice(0).reverse()) await it.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return (server.address() as AddressInfo).port;
}

let clock = 0;
function client(port: number, more: Partial<HttpClientConfig> = {}) {
  const made = createHttpClient(
    {
      name: 'http',
      url: `http://127.0.0.1:${port}/hlr/{number}?as=json`,
      answer: { own: 'own', domain: 'mms.domain', network: 'net', operator: 'op' },
      headers: { authorization: 'Bearer t' },
      connectionsMax: 2,
      deadlineMs: 30_000,
      cacheEntriesMax: 10,
      ttlSecondsMin: 0,
      ttlSecondsMax: 3600,
      negativeTtlSecondsMax: 600,
      inFlightMax: 10,
      ...more,
    },
    { log: silentLog, meter: silentMeter, monotonic: () => clock },
  );
  open.push(made);
  return made;
}

const answering =
  (body: string, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
const say = (answer: LookupAnswer) =>
  answer.kind === 'home' ? answer.home : answer.kind === 'failed' ? answer.cause : answer.kind;
const said = async (body: string, status = 200) => say(await client(await serve(answering(body, status))).find(NUMBER));

describe('the HTTP lookup', () => {
  it('asks with the number in its place and the headers of the settings', async () => {
    let seen = '';
    const port = await serve((request, response) => {
      seen = `${request.method} ${request.url} ${request.headers.authorization}`;
      response.end('{}');
    });
    await client(port).find(NUMBER);
    assert.equal(seen, 'GET /hlr/46720000002?as=json Bearer t');
  });

  it('reads the home by the names of members, in the order ours, domain, network, operator', async () => {
    assert.deepEqual(await said('{"own":true,"net":"240-02"}'), { kind: 'own' });
    assert.deepEqual(await said('{"own":false}'), { kind: 'elsewhere' });
    assert.deepEqual(await said('{"own":false,"mms":{"domain":"MMS.b.example"},"net":"1"}'), {
      kind: 'domain',
      domain: 'mms.b.example',
    });
    assert.deepEqual(await said('{"mms":null,"net":"24002"}'), { kind: 'network', network: '240-02' });
    assert.deepEqual(await said('{"net":240002}'), { kind: 'network', network: '240-002' });
    assert.deepEqual(await said('{"op":4917}'), { kind: 'operator', operator: '4917' });
    assert.equal(await said('{}'), 'nothing');
    assert.equal(await said('', 404), 'nothing');
  });

  it('fails on what makes no sense, on other statuses, and on an answer without end', async () => {
    for (const body of [
      '',
      'no',
      '[]',
      '1',
      '{"own":"yes"}',
      '{"mms":{"domain":"x"}}',
      '{"net":"2400"}',
      '{"op":{}}',
      '{"op":"a b"}',
    ])
      assert.equal(await said(body), 'malformed', body);
    assert.equal(await said('{}', 500), 'refused');
    assert.equal(await said('{}', 302), 'refused');
    assert.equal(await said(' '.repeat(20_000)), 'unreachable');
  });

  it('is late when its deadline passes, and unreachable when nobody listens', async () => {
    assert.equal(say(await client(await serve(() => {}), { deadlineMs: 50 }).find(NUMBER)), 'late');
    const port = await serve(() => {});
    await open.pop()!.close();
    assert.equal(say(await client(port).find(NUMBER)), 'unreachable');
  });

  it('keeps an answer as long as Cache-Control says, or as the settings say', async () => {
    for (const [control, seconds, min] of [
      ['max-age=60', 60, 0],
      ['public, max-age=60, no-store', 20, 20],
      ['', 20, 20],
    ] as const) {
      let asked = 0;
      const port = await serve((_request, response) => {
        asked++;
        response.writeHead(200, { 'cache-control': control }).end('{"own":true}');
      });
      const made = client(port, { ttlSecondsMin: min });
      await made.find(NUMBER);
      clock += seconds * 1000 - 1;
      assert.ok(!(made.find(NUMBER) instanceof Promise), control);
      clock += 1;
      await made.find(NUMBER);
      assert.equal(asked, 2, control);
    }
  });

  it('reads the answers of our own gate', async () => {
    const numbers = new MemoryNumbers();
    const records = [
      ['46720000001', 1, { kind: 'rn', routingNumber: '4917' }, { kind: 'operator', operator: '4917' }],
      ['46720000002', 0, { kind: 'sp' }, { kind: 'own' }],
      ['46720000003', 1, { kind: 'sp' }, { kind: 'elsewhere' }],
      ['46720000004', 0, { kind: 'none' }, 'nothing'],
    ] as const;
    for (const [number, portabilityType, entity] of records)
      await numbers.apply([{ kind: 'set-number', number: Number(number), record: { portabilityType, entity } }]);
    const gate = await startNumbersHttp(
      {
        listen: { host: '127.0.0.1', port: 0 },
        clients: { networks: ['127.0.0.0/8'], ratePerSecond: 1000, burst: 1000 },
        maxAgeSeconds: 60,
      },
      { numbers, now: () => 1000, log: silentLog, meter: silentMeter },
    );
    open.push(gate);
    const made = client(0, { url: `http://127.0.0.1:${gate.address.port}/numbers/{number}`, answer: 'gate' });
    for (const [number, , , expected] of records) assert.deepEqual(say(await made.find(toMsisdn(number)!)), expected);
    assert.equal(say(await made.find(toMsisdn('46720000009')!)), 'nothing');
    assert.equal(
      say(await client(await serve(answering('{"entity":{"kind":"?"}}')), { answer: 'gate' }).find(NUMBER)),
      'malformed',
    );
  });

  it('refuses a configuration without a place for the number, without URL, or with another scheme', () => {
    for (const [url, words] of [
      ['http://x/', /no place/],
      ['{number}', /URL is none/],
      ['ftp://x/{number}', /neither http/],
    ] as const)
      assert.throws(() => client(0, { url }), words);
  });
});
