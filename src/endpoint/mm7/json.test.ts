import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { err, ok } from '#base';
import type { Delivery, Message, MessageHistory } from '#messaging';
import {
  ask,
  aVasp,
  BASIC,
  contentOf,
  type HttpAnswer,
  MESSAGE_ID,
  NOW,
  number,
  PICTURE,
  partsOf,
  TOKEN,
  withMm7,
} from './fixtures.contract.js';
import { openApi } from './openapi.js';

const BEARER = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
const aBody = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  to: ['+46701234567'],
  subject: 'Today',
  parts: [
    { contentType: 'text/plain', name: 'a.txt', text: 'Sn\u00f6 i dag' },
    { contentType: 'image/jpeg', contentId: 'pic', data: Buffer.from(PICTURE).toString('base64') },
  ],
  ...more,
});
const call = (port: number, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = BEARER) =>
  ask(port, method, `/vasp/v1${path}`, headers, body === undefined ? undefined : JSON.stringify(body));
const read = ({ body }: HttpAnswer): Record<string, unknown> => JSON.parse(body.toString('utf8')) as Record<string, unknown>;

describe('JSON interface: submit', () => {
  it('answers 201 with the message id after the domain has accepted, and keeps every octet of every part', async () =>
    withMm7({}, async ({ port, script }) => {
      const answer = await call(port, 'POST', '/messages', aBody());
      assert.equal(answer.status, 201);
      assert.deepEqual(read(answer), { messageId: MESSAGE_ID, status: 'accepted', refused: [], duplicate: false });
      const parts = partsOf(script.submissions[0]!);
      assert.deepEqual(Buffer.from(parts[1]!.data), Buffer.from(PICTURE));
      assert.equal(Buffer.from(parts[0]!.data).toString('utf8'), 'Sn\u00f6 i dag');
      assert.deepEqual(script.submissions[0]?.sender, { kind: 'short-code', code: '12345' });
    }));

  it('means the same as SOAP: the same terms, the same words of the domain', async () =>
    withMm7({}, async ({ port, script }) => {
      const wishes = {
        cc: ['kim@example.com'],
        sender: '12346',
        vasId: 'news',
        expiry: new Date(NOW + 60_000).toISOString(),
        deliveryTime: { afterSeconds: 30 },
        deliveryReport: true,
        readReport: true,
        priority: 'high',
        distribution: false,
        contentClass: 'image-rich',
        transactionId: 'tx-1',
      };
      await call(port, 'POST', '/messages', aBody(wishes));
      const { content, fingerprint, named, ...rest } = script.submissions[0]!;
      assert.deepEqual(rest, {
        origin: {
          interface: 'mm7',
          vasp: 'acme',
          vaspId: 'acme',
          vasId: 'news',
          transactionId: 'tx-1',
          chargedParty: 'sender',
          distributionIndicator: false,
        },
        sender: { kind: 'short-code', code: '12346' },
        senderVisibility: 'show',
        recipients: [
          { field: 'to', address: number('46701234567') },
          { field: 'cc', address: { kind: 'email', mailbox: 'kim@example.com' } },
        ],
        subject: 'Today',
        messageClass: 'personal',
        priority: 'high',
        deliveryReport: true,
        readReport: true,
        expiry: { at: NOW + 60_000 },
        deliveryTime: { afterMs: 30_000 },
        replyCharging: false,
        contentClass: 2,
        contentType: 'application/vnd.wap.multipart.mixed',
      });
    }));

  it('hands conditions, linked ids and application ids on, with replacements too, and its description says what they may be', async () => {
    const ids = { applicId: 'chess', replyApplicId: 'reply', auxApplicInfo: 'move 12' };
    await withMm7({}, async ({ port, script }) => {
      const wishes = { deliveryCondition: [1, 2], linkedId: MESSAGE_ID, ...ids };
      assert.equal((await call(port, 'POST', '/messages', aBody(wishes))).status, 201);
      const { origin, application } = script.submissions[0]!;
      assert.deepEqual(application, ids);
      assert.deepEqual(origin.interface === 'mm7' && [origin.deliveryCondition, origin.linkedId], [['1', '2'], MESSAGE_ID]);
      const parts = aBody()['parts'];
      assert.equal((await call(port, 'PUT', `/messages/${MESSAGE_ID}`, { parts, ...ids })).status, 200);
      assert.deepEqual(script.replacements[0]?.application, ids);
      assert.equal((await call(port, 'POST', '/messages', aBody({ deliveryCondition: [3] }))).status, 400);
    });
    const text = JSON.stringify(openApi('/vasp/v1'));
    assert.match(text, /only to terminals that take multimedia messages/);
    assert.equal(text.split('"replyApplicId"').length - 1 >= 2, true);
  });

  it('says 503 and when to come again where there is no room for a body', async () =>
    withMm7({ config: { requestsInFlightMax: 0 } }, async ({ port }) => {
      const answer = await call(port, 'POST', '/messages', aBody());
      assert.deepEqual([answer.status, answer.headers['retry-after'], read(answer)['code']], [503, '5', 4006]);
    }));

  it('puts a presentation first and makes the content related', async () =>
    withMm7({}, async ({ port, script }) => {
      const smil = { contentType: 'application/smil', text: '<smil/>' };
      await call(port, 'POST', '/messages', aBody({ parts: [...(aBody()['parts'] as unknown[]), smil] }));
      assert.deepEqual(contentOf(script.submissions[0]!).type.parameters, { type: 'application/smil', start: '<presentation>' });
    }));

  it('says of recipients that were refused which they are', async () =>
    withMm7({}, async ({ port, script }) => {
      script.submitted = ({ recipients }) =>
        ok({ messageId: MESSAGE_ID, refused: [{ recipient: recipients[0]!, reason: 'unknown-subscriber' }], resubmission: true });
      assert.deepEqual(read(await call(port, 'POST', '/messages', aBody())), {
        messageId: MESSAGE_ID,
        status: 'partly-accepted',
        refused: [{ recipient: '+46701234567', reason: 'not a subscriber' }],
        duplicate: true,
      });
    }));

  const faults: readonly (readonly [title: string, body: unknown, path: string])[] = [
    ['a field that there is not', aBody({ urgent: true }), ''],
    ['a part with neither text nor data', aBody({ parts: [{ contentType: 'text/plain' }] }), 'parts.0'],
    ['a priority that there is not', aBody({ priority: 'urgent' }), 'priority'],
    ['a name with a line end in it', aBody({ parts: [{ contentType: 'text/plain', name: 'a\r\nb', text: '' }] }), 'parts.0.name'],
    ['a time without zone', aBody({ expiry: '2026-01-01T00:00:00' }), 'expiry'],
    ['what is no object', [], ''],
  ];
  for (const [title, body, path] of faults)
    it(`answers 400 to ${title} and says where`, async () =>
      withMm7({}, async ({ port, script }) => {
        const answer = await call(port, 'POST', '/messages', body);
        assert.deepEqual([answer.status, answer.headers['content-type']], [400, 'application/problem+json']);
        const problem = read(answer);
        assert.equal(problem['code'], 4004);
        assert.ok(
          (problem['faults'] as { path: string }[]).some((fault) => fault.path === path),
          JSON.stringify(problem),
        );
        assert.equal(script.submissions.length, 0);
      }));

  it('answers 400 to what is no JSON, to no UTF-8, and to data that is no base64', async () =>
    withMm7({}, async ({ port }) => {
      for (const octets of [Buffer.from('{"to":'), Buffer.from([0xff, 0xfe]), Buffer.alloc(0)])
        assert.equal((await ask(port, 'POST', '/vasp/v1/messages', BEARER, octets)).status, 400);
      for (const data of ['a', 'ab*d', '====', 'YQ=', 'Y Q=='])
        assert.equal(
          read(await call(port, 'POST', '/messages', aBody({ parts: [{ contentType: 'image/png', data }] })))['code'],
          2004,
          data,
        );
    }));

  it('says with HTTP and with the code of MM7 why it refuses', async () =>
    withMm7({ vasps: [aVasp({ limits: { 'rate-max': 0.01, 'burst-max': 2 } })] }, async ({ port, script }) => {
      const sender = await call(port, 'POST', '/messages', aBody({ sender: '911' }));
      assert.deepEqual(
        [sender.status, read(sender)['code'], read(sender)['type']],
        [403, 2001, 'urn:angarium:vasp:sender-not-allowed'],
      );
      script.submitted = () => err({ kind: 'store-unavailable', reason: 'disk' });
      const store = await call(port, 'POST', '/messages', aBody());
      assert.deepEqual([store.status, read(store)['code'], store.headers['retry-after']], [503, 4006, '5']);
      const rate = await call(port, 'POST', '/messages', aBody());
      assert.equal(rate.status, 429);
      assert.ok(Number(rate.headers['retry-after']) > 1);
    }));

  it('lets in by token, by Basic, and nobody else', async () =>
    withMm7({}, async ({ port }) => {
      const status = async (headers: Readonly<Record<string, string>>) =>
        (await call(port, 'POST', '/messages', aBody(), headers)).status;
      assert.equal(await status({ Authorization: BASIC }), 201);
      assert.equal(await status({ Authorization: 'Bearer guess' }), 401);
      assert.equal(await status({}), 401);
    }));
});

describe('JSON interface: one message', () => {
  const message = {
    id: MESSAGE_ID,
    origin: { interface: 'mm7', vasp: 'acme', transactionId: 't' },
    acceptedAt: NOW,
    expiresAt: NOW + 1000,
  };
  const delivery = { recipient: number('46701234567'), state: 'retrieved', readStatus: 'read' };
  const history: MessageHistory = {
    message: message as unknown as Message,
    deliveries: [delivery as unknown as Delivery],
    reports: [],
    events: [],
  };

  it('tells the account that sent it where it stands, and nobody else', async () => {
    await withMm7({ history }, async ({ port }) => {
      const answer = await call(port, 'GET', `/messages/${MESSAGE_ID}`);
      assert.deepEqual(read(answer), {
        messageId: MESSAGE_ID,
        acceptedAt: '2026-03-04T12:00:00.000Z',
        expiresAt: '2026-03-04T12:00:01.000Z',
        recipients: [{ recipient: '+46701234567', state: 'retrieved', ended: true, read: 'read' }],
      });
      assert.equal((await call(port, 'GET', '/messages/no-such-key')).status, 404);
    });
    const other = { ...history, message: { ...message, origin: { ...message.origin, vasp: 'other' } } as unknown as Message };
    await withMm7({ history: other }, async ({ port }) => {
      assert.equal((await call(port, 'GET', `/messages/${MESSAGE_ID}`)).status, 404);
    });
  });

  it('cancels and replaces it', async () =>
    withMm7({}, async ({ port, script }) => {
      assert.deepEqual(read(await call(port, 'DELETE', `/messages/${MESSAGE_ID}?transactionId=x`)), {
        messageId: MESSAGE_ID,
        done: 1,
        tooLate: 0,
      });
      assert.equal((await call(port, 'PUT', `/messages/${MESSAGE_ID}`, { parts: aBody()['parts'] })).status, 200);
      assert.deepEqual([script.cancellations.length, script.replacements.length], [1, 1]);
      script.recalled = () => err({ kind: 'too-late' });
      assert.equal((await call(port, 'DELETE', `/messages/${MESSAGE_ID}?transactionId=y`)).status, 409);
    }));

  it('has no other methods and no other paths', async () =>
    withMm7({}, async ({ port }) => {
      assert.equal((await call(port, 'PATCH', `/messages/${MESSAGE_ID}`)).headers['allow'], 'GET, PUT, DELETE');
      assert.equal((await call(port, 'GET', '/messages')).status, 405);
      assert.equal((await call(port, 'GET', '/messages/a/b')).status, 404);
    }));
});

describe('JSON interface: its description', () => {
  it('is served to anybody and is the document that the schemas make', async () =>
    withMm7({}, async ({ port }) => {
      const answer = await call(port, 'GET', '/openapi.json', undefined, {});
      assert.deepEqual(read(answer), JSON.parse(JSON.stringify(openApi('/vasp/v1'))));
    }));

  it('describes every path that is served, and every reference in it leads somewhere', () => {
    const document = JSON.parse(JSON.stringify(openApi('/vasp/v1'))) as {
      paths: Record<string, Record<string, unknown>>;
      components: { schemas: Record<string, unknown> };
    };
    assert.deepEqual(Object.keys(document.paths), [
      '/vasp/v1/messages',
      '/vasp/v1/messages/{messageId}',
      '/vasp/v1/openapi.json',
    ]);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    assert.ok(references.length > 8);
    for (const name of references) assert.ok(name in document.components.schemas, name);
    assert.doesNotMatch(JSON.stringify(document.components), /"\$defs"/);
  });
});
