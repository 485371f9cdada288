import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { LIMITS } from '#base';
import { decodeParts, decodePdu, encodePdu, type MmsPdu, type RetrieveConf, type SendConf } from '#codec/mms';
import type { HandsetConfig } from './config.js';
import { createTransport } from './exchange.js';
import { createHandset, type Handset } from './handset.js';
import { buildMessage } from './message.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const it of cleanUp.splice(0).reverse()) await it();
});

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Scene {
  readonly handset: Handset;
  readonly requests: Request[];
  readonly origin: string;
}

/** A handset and the scripted MMSC that it speaks to. */
async function scene(
  script: (request: Request, response: ServerResponse) => void,
  overrides: Partial<HandsetConfig> = {},
): Promise<Scene> {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = { method: incoming.method!, url: incoming.url!, headers: incoming.headers, body: Buffer.concat(chunks) };
    requests.push(request);
    script(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const handset = createHandset({
    mmscUrl: `${origin}/mms`,
    msisdn: '15551230001',
    identityHeader: 'x-msisdn',
    version: '1.2',
    userAgent: 'test/1',
    profileUrl: 'http://ua.example/p.xml',
    timeoutMs: 5_000,
    ...overrides,
  });
  cleanUp.push(() => handset.close());
  return { handset, requests, origin };
}

const pduOf = (request: Request | undefined): MmsPdu => {
  const pdu = decodePdu(request!.body);
  assert.ok(pdu.ok);
  return pdu.value;
};

const confirm = (request: Request, response: ServerResponse): void => {
  const pdu = pduOf(request);
  assert.ok(pdu.kind === 'm-send-req');
  const conf: SendConf = {
    kind: 'm-send-conf',
    transactionId: pdu.transactionId,
    version: '1.2',
    responseStatus: 128,
    messageId: 'M1',
  };
  response.end(encodePdu(conf));
};

const nothing = (_: Request, response: ServerResponse): void => {
  response.end();
};

const CONTENT = buildMessage({ text: 'hello', files: [] });

describe('a handset that sends', () => {
  it('posts an M-Send.req with everything that was asked for (MMS_ENC 6.1.1)', async () => {
    const { handset, requests } = await scene(confirm);
    const answer = await handset.send({
      to: ['+49 30 1234', 'a@b.example'],
      cc: ['015112345'],
      bcc: ['TMS'],
      subject: 'Grüße',
      content: CONTENT,
      deliveryReport: true,
      readReport: true,
      expiry: { kind: 'relative', seconds: 3600 },
      priority: 'high',
      messageClass: 'informational',
      hide: true,
    });
    assert.ok(answer.ok);
    assert.equal(answer.value.pdu.messageId, 'M1');
    const pdu = pduOf(requests[0]);
    assert.ok(pdu.kind === 'm-send-req');
    assert.deepEqual(pdu.to, ['+49301234/TYPE=PLMN', 'a@b.example']);
    assert.deepEqual(pdu.cc, ['015112345/TYPE=PLMN']);
    assert.deepEqual(pdu.bcc, ['TMS']);
    assert.deepEqual(pdu.from, { kind: 'insert-address' });
    assert.equal(pdu.subject, 'Grüße');
    assert.equal(pdu.deliveryReport, true);
    assert.equal(pdu.readReport, true);
    assert.deepEqual(pdu.expiry, { kind: 'relative', seconds: 3600 });
    assert.equal(pdu.priority, 'high');
    assert.equal(pdu.messageClass, 'informational');
    assert.equal(pdu.senderVisibility, 'hide');
    assert.equal(pdu.version, '1.2');
    const parts = decodeParts(pdu.content);
    assert.ok(parts.ok && parts.value.length === 2);
  });

  it('says its number, agent, profile and content type as handsets do', async () => {
    const { handset, requests } = await scene(confirm);
    await handset.send({ to: ['+1555'], content: CONTENT });
    const { method, url, headers } = requests[0]!;
    assert.deepEqual([method, url], ['POST', '/mms']);
    assert.equal(headers['content-type'], 'application/vnd.wap.mms-message');
    assert.equal(headers['user-agent'], 'test/1');
    assert.equal(headers['x-wap-profile'], '"http://ua.example/p.xml"');
    assert.equal(headers['x-msisdn'], '15551230001');
  });

  it('gives every message another transaction id', async () => {
    const { handset, requests } = await scene(confirm);
    await Promise.all(Array.from({ length: 20 }, () => handset.send({ to: ['+1555'], content: CONTENT })));
    const ids = new Set(requests.map((it) => (pduOf(it) as { transactionId?: string }).transactionId));
    assert.equal(ids.size, 20);
  });

  it('keeps its few connections between messages', async () => {
    const ports = new Set<number | undefined>();
    const { handset } = await scene((request, response) => {
      ports.add(response.socket?.remotePort);
      confirm(request, response);
    });
    for (let i = 0; i < 20; i++) await handset.send({ to: ['+1555'], content: CONTENT });
    assert.ok(ports.size <= 4, `${ports.size} connections`);
  });

  it('hands on a refusal of the MMSC as an answer', async () => {
    const { handset } = await scene((request, response) => {
      const pdu = pduOf(request);
      assert.ok(pdu.kind === 'm-send-req');
      response.end(
        encodePdu({
          kind: 'm-send-conf',
          transactionId: pdu.transactionId,
          version: '1.2',
          responseStatus: 225,
          responseText: 'no',
        }),
      );
    });
    const answer = await handset.send({ to: ['+1555'], content: CONTENT });
    assert.ok(answer.ok);
    assert.deepEqual([answer.value.pdu.responseStatus, answer.value.pdu.responseText], [225, 'no']);
  });

  const faults: [string, (request: Request, response: ServerResponse) => void, string][] = [
    ['an HTTP error', (_, response) => response.writeHead(503, { 'content-type': 'text/plain' }).end('busy\nx'), 'http-status'],
    ['an empty body', nothing, 'no-answer-pdu'],
    ['a body that is no PDU', (_, response) => response.end('<html>'), 'no-answer-pdu'],
    [
      'another PDU',
      (_, response) => response.end(encodePdu({ kind: 'm-acknowledge-ind', transactionId: 't', version: '1.2' })),
      'no-answer-pdu',
    ],
    [
      'the answer to another transaction',
      (_, response) =>
        response.end(encodePdu({ kind: 'm-send-conf', transactionId: 'other', version: '1.2', responseStatus: 128 })),
      'no-answer-pdu',
    ],
    ['a connection that ends', (_, response) => response.socket?.destroy(), 'unreachable'],
    [
      'a body that ends too early',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x', () => response.socket?.destroy());
      },
      'unreachable',
    ],
    [
      'an announced body beyond the limit',
      (_, response) => {
        response.writeHead(200, { 'content-length': String(LIMITS.handsetAnswerOctetsMax + 1) });
        response.write('x');
      },
      'answer-too-large',
    ],
  ];
  for (const [what, script, kind] of faults)
    it(`has no answer in ${what}`, async () => {
      const { handset } = await scene(script);
      const answer = await handset.send({ to: ['+1555'], content: CONTENT });
      assert.ok(!answer.ok);
      assert.equal(answer.error.kind, kind);
    });

  it('gives up a server that does not finish in time, before or within the answer', async () => {
    const scripts: ((request: Request, response: ServerResponse) => void)[] = [
      () => {},
      (_, response) => {
        response.write('x');
      },
    ];
    for (const script of scripts) {
      const { handset } = await scene(script, { timeoutMs: 50 });
      assert.deepEqual(await handset.send({ to: ['+1555'], content: CONTENT }), {
        ok: false,
        error: { kind: 'timeout', timeoutMs: 50 },
      });
    }
  });

  it('says that nobody is there', async () => {
    const { handset } = await scene(confirm, { mmscUrl: 'http://127.0.0.1:1/mms' });
    const answer = await handset.send({ to: ['+1555'], content: CONTENT });
    assert.ok(!answer.ok && answer.error.kind === 'unreachable' && /ECONNREFUSED/.test(answer.error.reason));
  });
});

describe('a handset that receives', () => {
  it('gets the content of a notification', async () => {
    const conf: RetrieveConf = {
      kind: 'm-retrieve-conf',
      transactionId: 'k',
      version: '1.2',
      messageId: 'M1',
      date: 1_700_000_000_000,
      from: { kind: 'address', address: '+1555/TYPE=PLMN' },
      to: ['+1666/TYPE=PLMN'],
      cc: [],
      content: CONTENT,
    };
    const { handset, requests, origin } = await scene((_, response) => response.end(encodePdu(conf)));
    const answer = await handset.fetchContent(`${origin}/m/k?x=1`);
    assert.ok(answer.ok);
    assert.equal(answer.value.pdu.transactionId, 'k');
    assert.ok(answer.value.pdu.content);
    const parts = decodeParts(answer.value.pdu.content);
    assert.ok(parts.ok);
    assert.equal(new TextDecoder().decode(parts.value[1]!.data), 'hello');
    assert.deepEqual(
      [requests[0]!.method, requests[0]!.url, requests[0]!.headers['x-msisdn']],
      ['GET', '/m/k?x=1', '15551230001'],
    );
  });

  it('says that a content location is no URL', async () => {
    const { handset } = await scene(nothing);
    const answer = await handset.fetchContent('nonsense');
    assert.ok(!answer.ok && answer.error.kind === 'unreachable');
  });

  it('answers notifications, acknowledges and reports reading, and takes an empty answer for done (MMS_ENC 6.2, 6.4, 6.6)', async () => {
    const { handset, requests } = await scene(nothing);
    assert.ok((await handset.notifyResp('k1', 'deferred')).ok);
    assert.ok((await handset.notifyResp('k2', 'retrieved', false)).ok);
    assert.ok((await handset.acknowledge('k3', true)).ok);
    assert.ok((await handset.readReport({ messageId: 'M1', to: '+1555', date: 1_700_000_000_000 })).ok);
    const [deferral, retrieval, acknowledgement, receipt] = requests.map(pduOf);
    assert.ok(deferral?.kind === 'm-notifyresp-ind');
    assert.deepEqual([deferral.transactionId, deferral.status, deferral.reportAllowed], ['k1', 'deferred', undefined]);
    assert.ok(retrieval?.kind === 'm-notifyresp-ind');
    assert.deepEqual([retrieval.transactionId, retrieval.status, retrieval.reportAllowed], ['k2', 'retrieved', false]);
    assert.ok(acknowledgement?.kind === 'm-acknowledge-ind');
    assert.deepEqual([acknowledgement.transactionId, acknowledgement.reportAllowed], ['k3', true]);
    assert.ok(receipt?.kind === 'm-read-rec-ind');
    assert.deepEqual([receipt.messageId, receipt.readStatus, receipt.to], ['M1', 'read', ['+1555/TYPE=PLMN']]);
  });

  it('says that an answer was refused', async () => {
    const { handset } = await scene((_, response) => response.writeHead(404).end());
    const answer = await handset.notifyResp('k', 'retrieved');
    assert.deepEqual(answer, { ok: false, error: { kind: 'http-status', status: 404, reason: '' } });
  });
});

describe('handsets that share connections', () => {
  it('leave them open when one of them closes', async () => {
    const { requests, origin } = await scene(confirm);
    const transport = createTransport({ connectionsMax: 1 });
    cleanUp.push(() => transport.close());
    const config = { mmscUrl: `${origin}/mms`, version: '1.2', userAgent: 't', timeoutMs: 5_000, identityHeader: 'x-msisdn' };
    const [a, b] = ['15551230001', '15559870002'].map((msisdn) => createHandset({ ...config, msisdn }, transport));
    await Promise.all([a!.send({ to: ['+1555'], content: CONTENT }), b!.send({ to: ['+1555'], content: CONTENT })]);
    await a!.close();
    assert.ok((await b!.send({ to: ['+1555'], content: CONTENT })).ok);
    assert.deepEqual(requests.map((it) => it.headers['x-msisdn']).sort(), ['15551230001', '15559870002', '15559870002']);
  });
});
