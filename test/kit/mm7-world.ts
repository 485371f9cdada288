/** A content provider, the relay and a handset for tests: the endpoint on loopback, the real domain on a memory store, a provider of the laboratory. */
import { createHash } from 'node:crypto';
import { type Msisdn, silentLog, silentMeter } from '#base';
import { contentToMime } from '#codec/mime';
import { dialectOf, type Mm7Message, type SubmitReq } from '#codec/mm7';
import { decodeParts, readContent } from '#codec/mms';
import { directoryOf } from '#directory';
import { buildMessage } from '#endpoint/handset';
import {
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
  type ApplicationAddressing,
  addressText,
  createMessaging,
  type DeliveryKey,
  type MessageId,
  type Notification,
  type RouteDecision,
} from '#messaging';
import { openMemoryStore } from '#store/memory';

export const PASSWORD = 'news-of-the-day';
export const NOW = Date.UTC(2026, 2, 4, 12, 0, 0);
export const REL6 = dialectOf('REL-6-MM7-1-4');
export const MINUTE = 60_000;
export const SUBSCRIBER = '46700000001';
export const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

export const PICTURE = Uint8Array.from({ length: 5000 }, (_, i) => (i * 31 + (i >> 3)) & 0xff);
export const MESSAGE = buildMessage({ text: 'Sn\u00f6 i dag', files: [{ name: 'map.jpg', data: PICTURE }] });
export const MIME = (() => {
  const mime = contentToMime(MESSAGE.octets, { transport: 'binary' });
  if (!mime.ok) throw new Error(mime.error.text);
  return mime.value;
})();

export const submission = (more: Partial<SubmitReq> = {}): SubmitReq => ({
  kind: 'SubmitReq',
  version: '6.8.0',
  senderIdentification: { vaspId: 'acme', vasId: 'news', senderAddress: { kind: 'ShortCode', value: '12345' } },
  recipients: { to: [{ kind: 'Number', value: `+${SUBSCRIBER}` }] },
  subject: 'Weather',
  ...more,
});

export const randomOctets = (() => {
  let seed = 7;
  return (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed & 0xff;
    });
})();

/** Everything between a provider and a handset. */
export interface World {
  readonly dialogue: string[];
  /** What the handset was pushed. */
  readonly notifications: Notification[];
  readonly provider: Provider;
  readonly relay: RelayAddress;
  readonly store: ReturnType<typeof openMemoryStore>;
  /** Message ids in the order in which they were given. */
  readonly ids: MessageId[];
  /** Gives what is answered. */
  submit(transactionId: string, message: Mm7Message, withContent?: boolean): Promise<Mm7Message>;
  /** The domain does what is due. */
  work(): Promise<void>;
  pass(ms: number): void;
  /** The handset that was notified last fetches and acknowledges. */
  retrieve(): Promise<Uint8Array>;
  /** A handset writes to the service. */
  write(application?: ApplicationAddressing): Promise<MessageId>;
  read(messageId: MessageId): Promise<void>;
  states(messageId: MessageId): Promise<readonly string[]>;
}

export const statusText = (message: Mm7Message): string => {
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
  if (kind === 'email') return { kind: 'road', road: { kind: 'email' } };
  if (kind === 'short-code') return { kind: 'road', road: { kind: 'vasp', vasp: 'acme', vas: 'news' } };
  return { kind: 'road', road: { kind: 'handset' } };
}

export interface Setting {
  readonly profile?: ProfileName;
  readonly vasp?: Readonly<Record<string, unknown>>;
}

export async function withWorld(setting: Setting, use: (world: World) => Promise<void>): Promise<void> {
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
    notifications,
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
      return reading.message;
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
    async write(application) {
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
        ...(application && { application }),
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

export const POLICY = {
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

export const CONFIG = {
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
export function digests(content: Uint8Array): readonly string[] {
  const read = readContent(content);
  const parts = read.ok ? decodeParts(read.value) : read;
  if (!parts.ok) throw new Error(parts.error.text);
  return parts.value.map(({ data }) => sha256(data));
}
