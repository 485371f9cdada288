import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { silentLog, silentMeter } from '#base';
import { encodeContent } from '#codec/mms';
import type { Delivery, DeliveryKey, Handover, HandoverOutcome, Message, MessageId, OutgoingReport, ReportKey } from '#messaging';
import { readAuthField } from './auth-fields.js';
import { createMm7Carrier, type Mm7Carrier } from './carrier.js';
import { DigestNonces, digestChallenges } from './digest.js';
import { aDirectory, aVasp, NOW, number, PICTURE } from './fixtures.contract.js';
import { messageEventSchema, reportEventSchema } from './json-schemas.js';
import { type Provider, type ProviderConfig, serveProvider } from './provider/serve.js';

const ID = 'message-1' as string as MessageId;
const SERVICE = { kind: 'short-code', code: '12345' } as const;
const TEXT = Buffer.from('Hej! \u00e5\u00e4\u00f6');

const content = encodeContent(
  [
    {
      contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } },
      contentId: '<t>',
      contentLocation: 't.txt',
      data: TEXT,
    },
    { contentType: { media: 'image/jpeg', parameters: {} }, contentId: '<p>', contentLocation: 'p.jpg', data: PICTURE },
  ],
  { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
);

const message: Message = {
  id: ID,
  origin: { interface: 'mm1', version: '1.2' },
  sender: number('46701234567'),
  senderHidden: false,
  recipients: [{ field: 'to', address: SERVICE }],
  date: NOW,
  subject: 'Vote & win',
  messageClass: 'personal',
  priority: 'normal',
  deliveryReport: false,
  readReport: false,
  contentType: 'application/vnd.wap.multipart.mixed',
  size: content.length,
  acceptedAt: NOW,
  deliverAt: NOW,
  expiresAt: NOW + 86_400_000,
  fingerprint: 'f',
};

const delivery: Delivery = {
  key: 'delivery-1' as string as DeliveryKey,
  messageId: ID,
  recipientIndex: 0,
  recipient: SERVICE,
  state: 'due',
  attempts: 0,
  revision: 1,
};

const aHandover = (more: Partial<Handover> = {}): Handover => ({
  road: { kind: 'vasp', vasp: 'acme', vas: 'news' },
  message,
  deliveries: [delivery],
  transactionId: 'delivery-1',
  attempt: 1,
  from: message.sender,
  recipientsShown: message.recipients,
  content,
  ...more,
});

const aReport = (about: OutgoingReport['report']['content']): OutgoingReport => {
  const origin = { interface: 'mm7', vasp: 'acme', transactionId: 't-1', version: '6.8.0' } as const;
  return {
    origin,
    transactionId: 'report-1',
    attempt: 1,
    report: {
      key: 'report-1' as string as ReportKey,
      messageId: ID,
      recipient: number('46701234567'),
      to: SERVICE,
      origin,
      road: { kind: 'vasp', vasp: 'acme' },
      content: about,
      at: NOW,
      dueAt: NOW,
      attempts: 0,
      expiresAt: NOW + 1000,
      revision: 1,
    },
  };
};

interface Bench {
  readonly carrier: Mm7Carrier;
  readonly provider: Provider;
}

async function withCarrier(
  setting: {
    readonly vasp?: Readonly<Record<string, unknown>>;
    readonly delivery?: Readonly<Record<string, unknown>>;
    readonly provider?: Partial<ProviderConfig>;
  },
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const provider = await serveProvider({ listen: { host: '127.0.0.1', port: 0 }, profile: 'good', ...setting.provider });
  const vasp = aVasp({ delivery: { url: provider.url, ...setting.delivery }, ...setting.vasp });
  const carrier = createMm7Carrier('mmsc.example', {
    directory: aDirectory(vasp),
    log: silentLog,
    meter: silentMeter,
    now: () => NOW,
  });
  try {
    await use({ carrier, provider });
  } finally {
    await carrier.close();
    await provider.close();
  }
}

const first = async (outcomes: Promise<readonly HandoverOutcome[]>): Promise<HandoverOutcome> => (await outcomes)[0]!;

describe('MM7: messages to a provider', () => {
  it('are DeliverReq with every octet of every part, under the transaction id of the handover', async () =>
    withCarrier({}, async ({ carrier, provider }) => {
      const outcome = await first(carrier.handOver(aHandover()));
      assert.deepEqual(outcome, {
        kind: 'taken',
        awaits: 'nothing',
        outcome: 'retrieved',
        answer: { by: 'acme', code: '1000', text: 'Success' },
      });
      const [call] = provider.received;
      assert.equal(call?.transactionId, 'delivery-1');
      assert.deepEqual(call?.message, {
        kind: 'DeliverReq',
        version: '6.8.0',
        relayServerId: 'mmsc.example',
        vaspId: 'acme',
        vasId: 'news',
        linkedId: ID,
        sender: { kind: 'Number', value: '+46701234567' },
        recipients: { to: [{ kind: 'ShortCode', value: '12345' }] },
        timeStamp: NOW,
        priority: 'Normal',
        subject: 'Vote & win',
        content: { href: 'cid:mm7-content' },
      });
      assert.deepEqual(
        call?.parts.map(({ contentType, contentId, data }) => [contentType, contentId, Buffer.from(data)]),
        [
          ['text/plain', 't', TEXT],
          ['image/jpeg', 'p', Buffer.from(PICTURE)],
        ],
      );
    }));

  it('are written as the provider wants them', async () =>
    withCarrier(
      {
        vasp: {
          dialect: {
            namespace: 'REL-5-MM7-1-0',
            version: '5.3.0',
            prefix: 'mm7',
            number: 'plus-plmn',
            'short-code': 'Number',
            'soap-action': 'deliver',
          },
        },
      },
      async ({ carrier, provider }) => {
        await carrier.handOver(aHandover({ message: { ...message, application: { applicId: 'a' } } }));
        const [call] = provider.received;
        const xml = Buffer.from(call!.body).toString('latin1');
        assert.match(xml, /<mm7:DeliverReq xmlns:mm7="[^"]*REL-5-MM7-1-0">/);
        assert.match(xml, /<mm7:Number>\+46701234567\/TYPE=PLMN</);
        assert.match(xml, /<mm7:To><mm7:Number>12345</);
        assert.doesNotMatch(xml, /ApplicID/);
        assert.equal(call?.headers['soapaction'], '"deliver"');
      },
    ));

  it('are a single text part where the provider wants it and nothing else is in it', async () =>
    withCarrier({ vasp: { dialect: { 'plain-text': true } } }, async ({ carrier, provider }) => {
      const type = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };
      const alone = encodeContent([{ contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: TEXT }], type);
      await carrier.handOver(aHandover({ content: alone }));
      assert.deepEqual(
        provider.received[0]?.parts.map(({ contentType, contentId }) => [contentType, contentId]),
        [['text/plain', 'mm7-content']],
      );
    }));

  it('do not say who a hidden sender is, anywhere', async () =>
    withCarrier({}, async ({ carrier, provider }) => {
      const { from, ...hidden } = aHandover({ message: { ...message, senderHidden: true } });
      await carrier.handOver(hidden);
      assert.doesNotMatch(Buffer.from(provider.received[0]!.body).toString('latin1'), /46701234567/);
    }));

  const LATER = { kind: 'deferred', scope: 'road', retryAfterMs: 30_000 };
  const conduct: readonly (readonly [profile: Parameters<Provider['behave']>[0], expected: Readonly<Record<string, unknown>>])[] =
    [
      ['http-500', LATER],
      ['http-503', { ...LATER, retryAfterMs: 1000 }],
      ['http-404', LATER],
      ['drop', LATER],
      ['silent', { ...LATER, reason: 'no answer in time' }],
      ['stall', { ...LATER, reason: 'no answer in time' }],
      ['empty', { ...LATER, scope: 'delivery' }],
      ['garbage', { ...LATER, scope: 'delivery' }],
      ['unavailable', { ...LATER, reason: 'status 4006' }],
      ['fault-200', { ...LATER, scope: 'delivery', reason: 'status 3000' }],
      ['other-transaction', { ...LATER, scope: 'delivery', reason: 'the answer has another TransactionID' }],
      ['no-transaction', { kind: 'taken' }],
      ['refuse', { kind: 'failed', outcome: 'rejected', reason: 'status 2004' }],
      ['fault', { kind: 'failed', outcome: 'rejected', reason: 'status 4005' }],
    ];
  for (const [profile, expected] of conduct)
    it(`come to ${JSON.stringify(expected)} when the provider is of profile ${profile}`, async () => {
      // A provider that says nothing is waited for no longer than this; the others have all the time that a busy machine needs.
      const timeout = profile === 'silent' || profile === 'stall' ? '300ms' : '60s';
      await withCarrier({ delivery: { timeout }, provider: { profile } }, async ({ carrier }) => {
        const outcome = await first(carrier.handOver(aHandover()));
        const looked = Object.fromEntries(Object.entries(outcome).filter(([key]) => key in expected));
        assert.deepEqual(looked, expected);
      });
    });

  it('are repeated with the same transaction id, and the waits of the provider grow', async () =>
    withCarrier({ provider: { profile: 'flaky' } }, async ({ carrier, provider }) => {
      const outcomes = [];
      for (const attempt of [1, 2, 3]) outcomes.push(await first(carrier.handOver(aHandover({ attempt }))));
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['deferred', 'deferred', 'taken'],
      );
      assert.deepEqual(
        provider.received.map(({ transactionId }) => transactionId),
        ['delivery-1', 'delivery-1', 'delivery-1'],
      );
    }));

  it('are put off when nobody listens there', async () => {
    const provider = await serveProvider({ listen: { host: '127.0.0.1', port: 0 }, profile: 'good' });
    await provider.close();
    await withCarrier({ delivery: { url: provider.url } }, async ({ carrier }) => {
      const outcome = await first(carrier.handOver(aHandover()));
      assert.equal(outcome.kind, 'deferred');
      assert.match(outcome.kind === 'deferred' ? outcome.reason : '', /ECONNREFUSED/);
    });
  });

  it('are held for a provider that is paused or not known, and fail for one that cannot be called', async () => {
    await withCarrier({ vasp: { state: 'paused' } }, async ({ carrier, provider }) => {
      assert.equal((await first(carrier.handOver(aHandover()))).kind, 'held');
      assert.equal((await first(carrier.handOver(aHandover({ road: { kind: 'vasp', vasp: 'gone' } })))).kind, 'held');
      assert.equal(provider.received.length, 0);
    });
    await withCarrier({ vasp: { delivery: {} } }, async ({ carrier }) => {
      assert.deepEqual(await first(carrier.handOver(aHandover())), {
        kind: 'failed',
        outcome: 'unreachable',
        reason: 'the VASP has no address to be called at',
      });
    });
  });

  it('go no faster than the provider wants: what would wait too long is put off', async () =>
    withCarrier({ delivery: { 'rate-max': 0.1 } }, async ({ carrier, provider }) => {
      assert.equal((await first(carrier.handOver(aHandover()))).kind, 'taken');
      const second = await first(carrier.handOver(aHandover()));
      assert.equal(second.kind === 'deferred' && second.reason, 'the rate of the VASP is used up');
      assert.equal(provider.received.length, 1);
    }));

  it('come with our login: Basic, a token, or Digest', async () => {
    const basic = `Basic ${Buffer.from('mmsc:secret').toString('base64')}`;
    await withCarrier(
      { delivery: { method: 'basic', user: 'mmsc', password: 'secret' }, provider: { authorization: basic } },
      async ({ carrier }) => assert.equal((await first(carrier.handOver(aHandover()))).kind, 'taken'),
    );
    await withCarrier(
      { delivery: { method: 'bearer', password: 'our-token' }, provider: { authorization: 'Bearer our-token' } },
      async ({ carrier }) => assert.equal((await first(carrier.handOver(aHandover()))).kind, 'taken'),
    );
    const nonces = new DigestNonces(() => 0);
    const accept = (value: string): boolean => {
      const { parameters = {} } = readAuthField(value) ?? {};
      return nonces.verify(parameters, { method: 'POST', uri: '/mm7', realm: 'vas' }, ['secret']) === 'right';
    };
    await withCarrier(
      {
        delivery: { method: 'digest', user: 'mmsc', password: 'secret' },
        provider: { challenge: { value: digestChallenges('vas', nonces.issue(), false).join(', '), accept } },
      },
      async ({ carrier, provider }) => {
        assert.equal((await first(carrier.handOver(aHandover()))).kind, 'taken');
        assert.equal((await first(carrier.handOver(aHandover()))).kind, 'taken');
        assert.equal(provider.received.length, 2);
      },
    );
  });
});

describe('MM7: reports to a provider', () => {
  it('are DeliveryReportReq and ReadReplyReq under the id that the provider knows', async () =>
    withCarrier({}, async ({ carrier, provider }) => {
      assert.equal((await carrier.report(aReport({ kind: 'delivery', outcome: 'rejected' }))).kind, 'taken');
      assert.equal((await carrier.report(aReport({ kind: 'read', status: 'deleted-without-being-read' }))).kind, 'taken');
      assert.deepEqual(
        provider.received.map(({ message: received }) => received),
        [
          {
            kind: 'DeliveryReportReq',
            version: '6.8.0',
            relayServerId: 'mmsc.example',
            messageId: ID,
            recipient: { kind: 'Number', value: '+46701234567' },
            sender: { kind: 'ShortCode', value: '12345' },
            date: NOW,
            mmStatus: 'Rejected',
            mmStatusExtension: 'RejectionByMMSRecipient',
          },
          {
            kind: 'ReadReplyReq',
            version: '6.8.0',
            relayServerId: 'mmsc.example',
            messageId: ID,
            recipient: { kind: 'Number', value: '+46701234567' },
            sender: { kind: 'ShortCode', value: '12345' },
            timeStamp: NOW,
            mmStatus: 'Deleted',
          },
        ],
      );
    }));

  it('say DeliveryConditionNotMet of whom the condition kept out, and Indeterminate in release 5, which has no word for it', async () => {
    for (const [version, status] of [
      ['6.8.0', 'DeliveryConditionNotMet'],
      ['5.3.0', 'Indeterminate'],
    ] as const)
      await withCarrier({ vasp: { dialect: { version } } }, async ({ carrier, provider }) => {
        await carrier.report(aReport({ kind: 'delivery', outcome: 'unreachable', text: 'condition-not-met' }));
        const told = provider.received[0]?.message;
        assert.equal(told?.kind === 'DeliveryReportReq' && told.mmStatus, status);
      });
  });

  it('are not sent to a provider that does not want them', async () =>
    withCarrier({ delivery: { reports: false } }, async ({ carrier, provider }) => {
      const outcome = await carrier.report(aReport({ kind: 'delivery', outcome: 'retrieved' }));
      assert.deepEqual([outcome.kind, provider.received.length], ['failed', 0]);
    }));
});

describe('JSON interface: calls to a provider', () => {
  const KEY = 'signing-key-of-acme-0123456789';
  it('hand on messages and reports as their schemas say, signed', async () =>
    withCarrier({ delivery: { form: 'json', 'signing-key': KEY } }, async ({ carrier, provider }) => {
      assert.equal((await first(carrier.handOver(aHandover()))).kind, 'taken');
      assert.equal((await carrier.report(aReport({ kind: 'read', status: 'read' }))).kind, 'taken');
      const [call, report] = provider.received;
      messageEventSchema.parse(call?.event);
      reportEventSchema.parse(report?.event);
      assert.deepEqual(
        call?.parts.map(({ data }) => Buffer.from(data)),
        [TEXT, Buffer.from(PICTURE)],
      );
      const seconds = Math.floor(NOW / 1000);
      const expected = createHmac('sha256', KEY).update(`${seconds}.`).update(call!.body).digest('hex');
      assert.equal(call?.headers['x-angarium-signature'], `t=${seconds},v1=${expected}`);
    }));

  it('may end when the program stops, and are put off when they take too long', async () => {
    for (const [isAnswered, graceMs, expected] of [
      [true, 60_000, 'taken'],
      [false, 1, 'deferred'],
    ] as const) {
      let called: (response: ServerResponse) => void = () => {};
      const call = new Promise<ServerResponse>((resolve) => {
        called = resolve;
      });
      const server = createServer((request, response) => request.resume().on('end', () => called(response)));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await withCarrier({ delivery: { form: 'json', url } }, async ({ carrier }) => {
        const outcome = first(carrier.handOver(aHandover()));
        const response = await call;
        const closed = carrier.close(graceMs);
        if (isAnswered) response.writeHead(204).end();
        assert.equal((await outcome).kind, expected);
        await closed;
      });
      server.closeAllConnections();
      server.close();
    }
  });

  it('are taken by any 2xx, refused by 422 and put off by 503', async () => {
    const kinds: Readonly<Record<string, string>> = {
      good: 'taken',
      empty: 'taken',
      refuse: 'failed',
      unavailable: 'deferred',
      'http-503': 'deferred',
    };
    for (const [profile, kind] of Object.entries(kinds))
      await withCarrier({ delivery: { form: 'json' } }, async ({ carrier, provider }) => {
        provider.behave(profile as Parameters<Provider['behave']>[0]);
        assert.equal((await first(carrier.handOver(aHandover()))).kind, kind, profile);
      });
  });
});
