/**
 * A content provider and the relay, as a dialogue: the endpoint on loopback, the real domain on a memory store, a provider of the laboratory.
 * `→` goes to the relay, `←` comes from it; what a handset does is in brackets.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Msisdn, silentLog, silentMeter } from '#base';
import { contentToMime } from '#codec/mime';
import { decodePacket, dialectOf, encodePacket, type Mm7Message, type SubmitReq } from '#codec/mm7';
import { decodeParts, readContent } from '#codec/mms';
import { directoryOf } from '#directory';
import { buildMessage } from '#endpoint/handset';
import {
  callRelay,
  callSoap,
  createMm7Carrier,
  type ProfileName,
  type Provider,
  type Received,
  type RelayAddress,
  serveProvider,
  startMm7,
} from '#endpoint/mm7';
import {
  type Address,
  addressText,
  createMessaging,
  type DeliveryKey,
  type MessageId,
  type Notification,
  type RouteDecision,
} from '#messaging';
import { openMemoryStore } from '#store/memory';
import { soapText, submitText } from '../kit/mm7.js';

const PASSWORD = 'news-of-the-day';
const NOW = Date.UTC(2026, 2, 4, 12, 0, 0);
const REL6 = dialectOf('REL-6-MM7-1-4');
const MINUTE = 60_000;
const SUBSCRIBER = '46700000001';
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

const PICTURE = Uint8Array.from({ length: 5000 }, (_, i) => (i * 31 + (i >> 3)) & 0xff);
const MESSAGE = buildMessage({ text: 'Sn\u00f6 i dag', files: [{ name: 'map.jpg', data: PICTURE }] });
const MIME = (() => {
  const mime = contentToMime(MESSAGE.octets, { transport: 'binary' });
  if (!mime.ok) throw new Error(mime.error.text);
  return mime.value;
})();

const submission = (more: Partial<SubmitReq> = {}): SubmitReq => ({
  kind: 'SubmitReq',
  version: '6.8.0',
  senderIdentification: { vaspId: 'acme', vasId: 'news', senderAddress: { kind: 'ShortCode', value: '12345' } },
  recipients: { to: [{ kind: 'Number', value: `+${SUBSCRIBER}` }] },
  subject: 'Weather',
  ...more,
});

const randomOctets = (() => {
  let seed = 7;
  return (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed & 0xff;
    });
})();

/** Everything between a provider and a handset. */
interface World {
  readonly dialogue: string[];
  readonly provider: Provider;
  readonly relay: RelayAddress;
  readonly store: ReturnType<typeof openMemoryStore>;
  /** Message ids in the order in which they were given. */
  readonly ids: MessageId[];
  submit(transactionId: string, message: Mm7Message, withContent?: boolean): Promise<void>;
  /** The domain does what is due. */
  work(): Promise<void>;
  pass(ms: number): void;
  /** The handset that was notified last fetches and acknowledges. */
  retrieve(): Promise<Uint8Array>;
  /** A handset writes to the service. */
  write(): Promise<MessageId>;
  read(messageId: MessageId): Promise<void>;
  states(messageId: MessageId): Promise<readonly string[]>;
}

const statusText = (message: Mm7Message): string => {
  const status = message.kind === 'Fault' ? message.error?.status : 'status' in message ? message.status : undefined;
  return status === undefined ? '' : ` ${status.code} ${status.text}`;
};

/** What stands in a call to the provider, in one line. */
function callText({ message, parts }: Received): string {
  if (message?.kind === 'DeliverReq') return `DeliverReq from ${message.sender.value}, ${parts.length} parts`;
  if (message?.kind === 'DeliveryReportReq') return `DeliveryReportReq ${message.recipient.value} ${message.mmStatus}`;
  if (message?.kind === 'ReadReplyReq') return `ReadReplyReq ${message.recipient.value} ${message.mmStatus}`;
  return message?.kind ?? 'what is no MM7';
}

function route({ kind }: Address): RouteDecision {
  if (kind === 'unknown') return { kind: 'nowhere', reason: 'not-an-address' };
  if (kind === 'short-code') return { kind: 'road', road: { kind: 'vasp', vasp: 'acme', vas: 'news' } };
  return { kind: 'road', road: { kind: 'handset' } };
}

interface Setting {
  readonly profile?: ProfileName;
  readonly vasp?: Readonly<Record<string, unknown>>;
}

async function withWorld(setting: Setting, use: (world: World) => Promise<void>): Promise<void> {
  const dialogue: string[] = [];
  const ids: MessageId[] = [];
  const notifications: Notification[] = [];
  const clock = { wall: NOW };
  const now = (): number => clock.wall;
  const monotonic = (): number => clock.wall - NOW;
  const provider = await serveProvider({
    listen: { host: '127.0.0.1', port: 0 },
    profile: setting.profile ?? 'good',
    onReceived: (call) => dialogue.push(`← ${callText(call)}`),
  });
  const directory = directoryOf({
    vasp: [
      {
        name: 'acme',
        'vasp-id': 'acme',
        'short-codes': ['12345'],
        identification: { user: 'acme', passwords: [PASSWORD] },
        delivery: { url: provider.url, retry: ['30s', '5m'] },
        ...setting.vasp,
      },
    ],
  });
  const carrier = createMm7Carrier('mmsc.example', { directory, log: silentLog, meter: silentMeter, now });
  const store = openMemoryStore({ monotonic });
  const messaging = createMessaging(
    {
      messages: store.messages,
      handsets: store.handsets,
      notifier: {
        async push(push) {
          if (push.kind === 'notification') notifications.push(push);
          return { kind: 'accepted' };
        },
      },
      router: { route: ({ recipient }) => route(recipient) },
      carriers: { vasp: carrier },
      now,
      monotonic,
      randomOctets,
      observe: () => {},
    },
    POLICY,
  );
  const mm7 = await startMm7(CONFIG, {
    messaging,
    directory,
    numbering: POLICY.numbering,
    history: (id) => store.messages.history(id),
    log: silentLog,
    meter: silentMeter,
    now,
  });
  const url = `http://127.0.0.1:${mm7.address.port}/mm7`;
  const relay: RelayAddress = { url, login: { method: 'basic', user: 'acme', password: PASSWORD }, timeoutMs: 60_000 };
  const world: World = {
    dialogue,
    provider,
    relay,
    store,
    ids,
    async submit(transactionId, message, withContent = true) {
      dialogue.push(`→ ${message.kind} ${transactionId}`);
      const answer = await callSoap(relay, transactionId, message, REL6, withContent ? MIME : undefined);
      const { reading } = answer;
      if (reading === undefined) throw new Error(answer.unreadable?.text);
      dialogue.push(`← ${reading.message.kind} ${reading.transactionId}${statusText(reading.message)}`);
      if (reading.message.kind === 'SubmitRsp' && reading.message.messageId !== undefined)
        ids.push(reading.message.messageId as MessageId);
    },
    async work() {
      await messaging.workDue();
    },
    pass(ms) {
      clock.wall += ms;
    },
    async retrieve() {
      const notification = notifications.at(-1)!;
      const retrieval = await messaging.retrieve(notification.key, SUBSCRIBER as Msisdn);
      if (!retrieval.ok) throw new Error(retrieval.error.kind);
      const from = retrieval.value.from;
      dialogue.push(`[${SUBSCRIBER} retrieves a message from ${from === undefined ? 'nobody' : addressText(from)}]`);
      await messaging.fetched(notification.key as DeliveryKey);
      await messaging.notificationAnswered({ key: notification.key, by: SUBSCRIBER as Msisdn, status: 'retrieved' });
      return retrieval.value.content;
    },
    async write() {
      dialogue.push(`[${SUBSCRIBER} writes to 12345]`);
      const outcome = await messaging.submit({
        origin: { interface: 'mm1', version: '1.2' },
        sender: { kind: 'number', msisdn: SUBSCRIBER as Msisdn },
        recipients: [{ field: 'to', address: { kind: 'short-code', code: '12345' } }],
        messageClass: 'personal',
        priority: 'normal',
        deliveryReport: true,
        readReport: false,
        replyCharging: false,
        contentType: MESSAGE.type.media,
        content: [MESSAGE.octets],
        fingerprint: `handset ${dialogue.length}`,
      });
      if (!outcome.ok) throw new Error(outcome.error.kind);
      return outcome.value.messageId;
    },
    async read(messageId) {
      dialogue.push(`[${SUBSCRIBER} reads it]`);
      const told = await messaging.readReported({ messageId, by: SUBSCRIBER as Msisdn, status: 'read' });
      if (!told.ok) throw new Error(told.error.kind);
    },
    states: async (messageId) => (await store.messages.deliveriesOf(messageId)).map(({ state }) => state),
  };
  try {
    await use(world);
  } finally {
    await messaging.stopWork();
    await mm7.close();
    await carrier.close();
    await provider.close();
  }
}

const POLICY = {
  numbering: { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' },
  ownNumbers: ['4670'],
  sizeMax: 1_000_000,
  recipientsMax: 20,
  expiryDefaultMs: 3 * 24 * 60 * MINUTE,
  expiryMaxMs: 7 * 24 * 60 * MINUTE,
  deliveryTimeMaxMs: 2 * 24 * 60 * MINUTE,
  senderHidingAllowed: true,
  deliveryReportsAllowed: true,
  readReportsAllowed: true,
  pushRetryMs: [MINUTE],
  reportLifetimeMs: 24 * 60 * MINUTE,
  resubmissionWindowMs: 60 * MINUTE,
  namedWindowMs: 24 * 60 * MINUTE,
  historyMs: 30 * 24 * 60 * MINUTE,
  retrieveBy: 'recipient',
  pushesInFlightMax: 50,
} as const;

const CONFIG = {
  listen: { host: '127.0.0.1', port: 0 },
  path: '/mm7',
  jsonPath: '/vasp/v1',
  relayServerId: 'mmsc.example',
  bodyMax: 4_000_000,
  connectionsMax: 100,
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 5_000,
  requestsInFlightMax: 100,
  bodyOctetsInFlightMax: 100_000_000,
};

/** Digests of what a stored content holds. */
function digests(content: Uint8Array): readonly string[] {
  const read = readContent(content);
  const parts = read.ok ? decodeParts(read.value) : read;
  if (!parts.ok) throw new Error(parts.error.text);
  return parts.value.map(({ data }) => sha256(data));
}

describe('a content provider and the relay', () => {
  it('sends a message to a subscriber and hears that it was retrieved and read', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission({ deliveryReport: true, readReply: true }));
      await world.work();
      const content = await world.retrieve();
      await world.work();
      await world.read(world.ids[0]!);
      await world.work();
      assert.deepEqual(world.dialogue, [
        '→ SubmitReq t-1',
        '← SubmitRsp t-1 1000 Success',
        '[46700000001 retrieves a message from 12345]',
        '← DeliveryReportReq +46700000001 Retrieved',
        '[46700000001 reads it]',
        '← ReadReplyReq +46700000001 Read',
      ]);
      assert.deepEqual(digests(content), digests(MESSAGE.octets));
      const reported = world.provider.received.map(({ message }) => message && 'messageId' in message && message.messageId);
      assert.deepEqual(reported, [world.ids[0], world.ids[0]]);
    }));

  it('gets what a subscriber writes to its short code, octet for octet, once', async () =>
    withWorld({}, async (world) => {
      const id = await world.write();
      await world.work();
      assert.deepEqual(world.dialogue, ['[46700000001 writes to 12345]', '← DeliverReq from +46700000001, 3 parts']);
      assert.deepEqual(
        world.provider.received[0]?.parts.map(({ data }) => sha256(data)).sort(),
        [...digests(MESSAGE.octets)].sort(),
      );
      assert.deepEqual(await world.states(id), ['retrieved']);
    }));

  it('answers a replayed request as the first time and delivers it once', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission());
      await world.submit('t-1', submission());
      assert.deepEqual(world.dialogue, [
        '→ SubmitReq t-1',
        '← SubmitRsp t-1 1000 Success',
        '→ SubmitReq t-1',
        '← SubmitRsp t-1 1000 Success',
      ]);
      assert.equal(world.ids[0], world.ids[1]);
      assert.equal((await world.store.messages.deliveriesOf(world.ids[0]!)).length, 1);
    }));

  it('takes a message back before it was fetched, and hears 3001 afterwards', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission());
      const senderIdentification = { vaspId: 'acme' };
      const cancel = { kind: 'CancelReq', version: '6.8.0', senderIdentification, messageId: world.ids[0]! } as const;
      await world.submit('t-2', cancel, false);
      await world.submit('t-3', cancel, false);
      assert.deepEqual(world.dialogue.slice(2), [
        '→ CancelReq t-2',
        '← CancelRsp t-2 1000 Success',
        '→ CancelReq t-3',
        '← CancelRsp t-3 3001 Not Possible',
      ]);
      assert.deepEqual(await world.states(world.ids[0]!), ['cancelled']);
    }));

  it('replaces a message that nobody has yet; the subscriber gets the new one, the report names the old one', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission({ deliveryReport: true }));
      const senderIdentification = { vaspId: 'acme' };
      await world.submit('t-2', { kind: 'ReplaceReq', version: '6.8.0', senderIdentification, messageId: world.ids[0]! });
      await world.work();
      await world.retrieve();
      await world.work();
      assert.deepEqual(world.dialogue.slice(2), [
        '→ ReplaceReq t-2',
        '← ReplaceRsp t-2 1000 Success',
        '[46700000001 retrieves a message from 12345]',
        '← DeliveryReportReq +46700000001 Retrieved',
      ]);
      const [report] = world.provider.received;
      assert.equal(report?.message?.kind === 'DeliveryReportReq' && report.message.messageId, world.ids[0]);
    }));

  it('that is down for a while gets everything afterwards, under the same TransactionID', async () =>
    withWorld({ profile: 'http-503' }, async (world) => {
      const id = await world.write();
      await world.work();
      world.provider.behave('good');
      world.pass(MINUTE);
      await world.work();
      assert.deepEqual(world.dialogue.slice(1), [
        '← DeliverReq from +46700000001, 3 parts',
        '← DeliverReq from +46700000001, 3 parts',
      ]);
      const [first, second] = world.provider.received;
      assert.equal(first?.transactionId, second?.transactionId);
      assert.deepEqual(await world.states(id), ['retrieved']);
    }));

  it('that refuses a message ends its delivery, and one that answers another request does not', async () =>
    withWorld({ profile: 'other-transaction' }, async (world) => {
      const id = await world.write();
      await world.work();
      assert.deepEqual(await world.states(id), ['due']);
      world.provider.behave('refuse');
      world.pass(MINUTE);
      await world.work();
      assert.deepEqual(await world.states(id), ['rejected']);
    }));
});

describe('a content provider that does what it must not', () => {
  const wrap = (soap: string, boundary: string, ...parts: readonly string[]): string =>
    `--${boundary}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <soap>\r\n\r\n${soap}\r\n${parts
      .map((part) => `--${boundary}\r\n${part}\r\n`)
      .join('')}--${boundary}--\r\n`;
  const PART = 'Content-Type: text/plain\r\nContent-ID: <txt>\r\n\r\nHello';
  const content = (href: string): string => submitText(`<Content href="${href}"/>`);

  const cases: readonly (readonly [title: string, body: string, expected: string])[] = [
    [
      'entities that expand',
      wrap(
        soapText(submitText('<Subject>&c;</Subject>'), {
          prolog: '<!DOCTYPE a [<!ENTITY b "xxxxxxxx"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        }),
        'b',
        PART,
      ),
      'Fault 4004',
    ],
    ['a Content whose part is missing', wrap(soapText(content('cid:txt')), 'b'), 'Fault 2004'],
    ['a wrong href beside one part', wrap(soapText(content('cid:none')), 'b', PART), 'SubmitRsp 1000'],
    [
      'elements in wrong order',
      wrap(soapText(submitText('<Subject>a</Subject><ServiceCode>x</ServiceCode>')), 'b', PART),
      'SubmitRsp 1000',
    ],
    ['a recipient that is none', wrap(soapText(submitText().replace('+15559870002', 'Bob')), 'b', PART), 'SubmitRsp 2002'],
    [
      'an unauthorised short code',
      wrap(
        soapText(submitText().replace('</VASPID>', '</VASPID><SenderAddress><ShortCode>911</ShortCode></SenderAddress>')),
        'b',
        PART,
      ),
      'SubmitRsp 2001',
    ],
    ['a multipart that is cut short', wrap(soapText(submitText()), 'b', PART).slice(0, 60), 'Fault 4004'],
    ['no multipart at all where one is announced', 'hello', 'Fault 4004'],
  ];
  for (const [title, body, expected] of cases)
    it(`hears ${expected} to ${title}, and the next request is served`, async () =>
      withWorld({}, async (world) => {
        const octets = Buffer.from(body, 'utf8');
        const contentType = 'multipart/related; boundary=b; type="text/xml"; start="<soap>"';
        const answer = await callRelay(world.relay, 'POST', { contentType, pieces: [octets], octets: octets.length });
        const reading = decodePacket(answer.contentType, answer.body);
        assert.ok(reading.ok);
        const { message } = reading.value;
        assert.equal(`${message.kind} ${/ ([0-9]{4})/.exec(statusText(message))?.[1]}`, expected);
        await world.submit('t-9', submission());
        assert.equal(world.dialogue.at(-1), '← SubmitRsp t-9 1000 Success');
      }));

  it('is cut off when it sends half a request and stops, and others are served meanwhile', async () =>
    withWorld({}, async (world) => {
      const packet = encodePacket({ transactionId: 't-1', message: submission() }, REL6, MIME);
      const half: readonly Uint8Array[] = [packet.pieces[0]!];
      const controller = callRelay({ ...world.relay, timeoutMs: 500 }, 'POST', { ...packet, pieces: half }).then(
        () => 'answered',
        () => 'gave up',
      );
      await world.submit('t-2', submission());
      assert.equal(world.dialogue.at(-1), '← SubmitRsp t-2 1000 Success');
      assert.equal(await controller, 'gave up');
    }));
});
