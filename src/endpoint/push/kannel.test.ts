import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { type Log, silentLog, silentMeter, toMsisdn } from '#base';
import type { DeliveryKey, Notification, Notifier } from '#messaging';
import type { KannelConfig } from './config.js';
import { createKannelNotifier } from './kannel.js';
import { toPushOctets } from './translate.js';

const NOTIFICATION: Notification = {
  kind: 'notification',
  to: toMsisdn('15559870002')!,
  version: '1.2',
  key: 'Kq7w' as DeliveryKey,
  from: { kind: 'number', msisdn: toMsisdn('15551230001')! },
  messageClass: 'personal',
  priority: 'normal',
  size: 45_000,
  expirySeconds: 172_800,
  deliveryReport: false,
};

const PASSWORD = 's&cret+%';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const it of cleanUp.splice(0).reverse()) await it();
});

interface Gateway {
  readonly notifier: Notifier;
  readonly config: KannelConfig;
  /** Queries in the order they came, percent signs undone octet by octet. */
  readonly requests: Map<string, string>[];
  readonly logged: string[];
}

type Script = (response: ServerResponse, request: IncomingMessage, count: number) => void;

const answer =
  (status: number, body: string): Script =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);

/** A notifier that speaks to a scripted Kannel. */
async function gateway(script: Script, overrides: Partial<KannelConfig> = {}): Promise<Gateway> {
  const requests: Map<string, string>[] = [];
  const server = createServer((request, response) => {
    requests.push(query(request.url!));
    script(response, request, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const config: KannelConfig = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cgi-bin/sendsms`,
    username: 'angarium',
    password: PASSWORD,
    from: '12345',
    timeoutMs: 2_000,
    connectionsMax: 2,
    contentUrl: 'http://mmsc.example/m',
    versionMax: '1.3',
    ...overrides,
  };
  const logged: string[] = [];
  const keep: Log['error'] = (fields, text) => logged.push(`${text} ${JSON.stringify(fields)}`);
  const { notifier, close } = createKannelNotifier(config, {
    log: { ...silentLog, info: keep, warn: keep, error: keep },
    meter: silentMeter,
  });
  cleanUp.push(close);
  return { notifier, config, requests, logged };
}

function query(url: string): Map<string, string> {
  const fields = url.slice(url.indexOf('?') + 1).split('&');
  return new Map(
    fields.map((field): [string, string] => {
      const [name = '', value = ''] = field.split('=');
      return [name, value.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))];
    }),
  );
}

const hex = (latin1: string | undefined): string => Buffer.from(latin1 ?? '', 'latin1').toString('hex');

describe('push through Kannel', () => {
  it('sends one short message of 8-bit data with the WAP push ports', async () => {
    const { notifier, config, requests } = await gateway(answer(202, '0: Accepted for delivery'), { smsc: 'smsc-1' });
    assert.deepEqual(await notifier.push(NOTIFICATION), { kind: 'accepted' });
    assert.equal(requests.length, 1);
    const { text, udh, ...rest } = Object.fromEntries(requests[0]!);
    assert.deepEqual(rest, {
      username: 'angarium',
      password: PASSWORD,
      from: '12345',
      coding: '1',
      smsc: 'smsc-1',
      to: '+15559870002',
    });
    assert.equal(hex(udh), '0605040b8423f0');
    const octets = toPushOctets(NOTIFICATION, config, 1);
    assert.ok(octets.ok);
    assert.equal(hex(text), Buffer.from(octets.value).toString('hex'));
  });

  it('cuts a longer push into parts of one reference, in order', async () => {
    const { notifier, config, requests } = await gateway(answer(202, '0: Accepted for delivery'));
    const long = { ...NOTIFICATION, subject: 'A subject that makes the notification longer than one short message' };
    assert.deepEqual(await notifier.push(long), { kind: 'accepted' });
    assert.equal(requests.length, 2);
    const headers = requests.map((it) => hex(it.get('udh')));
    const reference = headers[0]!.slice(18, 20);
    assert.deepEqual(headers, [`0b05040b8423f00003${reference}0201`, `0b05040b8423f00003${reference}0202`]);
    const octets = toPushOctets(long, config, 1);
    assert.ok(octets.ok);
    assert.equal(hex(requests.map((it) => it.get('text')).join('')), Buffer.from(octets.value).toString('hex'));
  });

  it('leaves the subject out rather than send more parts than the limit', async () => {
    const { notifier, requests } = await gateway(answer(202, '0: Accepted for delivery'));
    assert.deepEqual(await notifier.push({ ...NOTIFICATION, subject: 's'.repeat(600) }), { kind: 'accepted' });
    assert.equal(requests.length, 1);
  });

  it('fails without sending when the push is too long whatever is left out', async () => {
    const { notifier, requests } = await gateway(answer(202, ''), { contentUrl: `http://mmsc.example/${'m'.repeat(600)}` });
    assert.equal((await notifier.push(NOTIFICATION)).kind, 'failed');
    assert.equal(requests.length, 0);
  });

  it('counts a push as accepted that Kannel has queued for later', async () => {
    const { notifier } = await gateway(answer(202, '3: Queued for later delivery'));
    assert.deepEqual(await notifier.push(NOTIFICATION), { kind: 'accepted' });
  });

  const refusals: [number, string][] = [
    [503, 'Temporal failure, try again later.'],
    [500, 'Sending failed.'],
    [403, 'Authorization failed for sendsms'],
    [403, 'Not routable. Do not try again.'],
    [400, 'Sender missing and no global set, rejected'],
    [404, 'Unknown request.'],
    [302, ''],
  ];
  for (const [status, body] of refusals)
    it(`is put off on ${status} ${body}, with the reason in Kannel's words`, async () => {
      const { notifier, logged } = await gateway(answer(status, body));
      const outcome = await notifier.push(NOTIFICATION);
      assert.ok(outcome.kind === 'deferred');
      assert.ok(outcome.reason.endsWith(`${status} ${body}`.trim()), outcome.reason);
      assert.equal(logged.length, 1);
    });

  it('sends no further part after a refused one, and all of them with another reference next time', async () => {
    let working = false;
    const { notifier, requests } = await gateway((response, request, count) =>
      (count === 1 || working ? answer(202, '0: Accepted for delivery') : answer(503, 'Temporal failure, try again later.'))(
        response,
        request,
        count,
      ),
    );
    const long = { ...NOTIFICATION, subject: 's'.repeat(250) };
    assert.equal((await notifier.push(long)).kind, 'deferred');
    assert.equal(requests.length, 2);
    working = true;
    const references = new Set<string>();
    // Of sixteen random references in 256 all alike would be a fault.
    for (let i = 0; i < 16; i++) {
      requests.length = 0;
      assert.equal((await notifier.push(long)).kind, 'accepted');
      assert.equal(requests.length, 3);
      references.add(hex(requests[0]!.get('udh')).slice(18, 20));
    }
    assert.ok(references.size > 1);
  });

  it('is put off when Kannel does not answer in time', async () => {
    const { notifier } = await gateway(() => {}, { timeoutMs: 30 });
    assert.deepEqual(await notifier.push(NOTIFICATION), { kind: 'deferred', reason: 'Kannel has not answered in time' });
  });

  it('is put off when Kannel closes the connection without an answer', async () => {
    const { notifier } = await gateway((_, request) => request.socket.destroy());
    const outcome = await notifier.push(NOTIFICATION);
    assert.ok(outcome.kind === 'deferred' && /cannot be reached/.test(outcome.reason));
  });

  it('is put off when Kannel is not there', async () => {
    const { notifier } = await gateway(answer(202, ''), { url: 'http://127.0.0.1:1/cgi-bin/sendsms' });
    const outcome = await notifier.push(NOTIFICATION);
    assert.ok(outcome.kind === 'deferred' && /ECONNREFUSED/.test(outcome.reason), JSON.stringify(outcome));
  });

  it('logs each kind of trouble once, not for every push', async () => {
    let status = 403;
    const { notifier, logged } = await gateway((response) => response.writeHead(status).end());
    for (let i = 0; i < 3; i++) await notifier.push(NOTIFICATION);
    assert.equal(logged.length, 1);
    status = 503;
    for (let i = 0; i < 3; i++) await notifier.push(NOTIFICATION);
    assert.equal(logged.length, 2);
  });

  it('masks numbers in what Kannel says', async () => {
    const { notifier } = await gateway(answer(400, 'Failed receivers are: 15559870002'));
    assert.deepEqual(await notifier.push(NOTIFICATION), {
      kind: 'deferred',
      reason: 'Kannel refused: 400 Failed receivers are: *******0002',
    });
  });

  it('never lets the password out in a reason that is otherwise plain', async () => {
    const { notifier } = await gateway(answer(403, 'wrong password plain-secret'), { password: 'plain-secret' });
    assert.deepEqual(await notifier.push(NOTIFICATION), { kind: 'deferred', reason: 'Kannel refused: 403' });
  });

  it('never lets password or request out in a log line or a reason, not even when a proxy repeats them', async () => {
    const { notifier, logged } = await gateway((response, request) =>
      response.writeHead(502).end(`cannot forward ${request.url} for you`),
    );
    const outcome = await notifier.push(NOTIFICATION);
    const said = [JSON.stringify(outcome), ...logged].join('\n');
    assert.ok(outcome.kind === 'deferred');
    assert.ok(!said.includes(PASSWORD) && !said.includes(encodeURIComponent(PASSWORD)), said);
    assert.ok(!said.includes('15559870002') && !said.includes('sendsms'), said);
  });
});
