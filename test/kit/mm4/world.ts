/**
 * Two carriers on loopback: ours, which is the real domain over the memory store with the real MM4 endpoint, and the laboratory's. Numbers that
 * begin with 4670 are ours, those with 4671 the other's.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorkPump } from '#app';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type { MimeSource } from '#codec/mime';
import { makeContent } from '#codec/mms';
import { directoryOf } from '#directory';
import { LAB_PROFILES, type LabCarrier, type LabProfile, startLabCarrier } from '#endpoint/carrier';
import { type Mm4, openMm4 } from '#endpoint/mm4';
import {
  type Accepted,
  type Address,
  createMessaging,
  type DeliveryState,
  type MessageId,
  type MessagingEvent,
  type MessagingService,
  type Policy,
  type Push,
  type Router,
  type Submission,
} from '#messaging';
import { openSmtpPool, type SmtpPool } from '#smtp';
import { openMemoryStore } from '#store/memory';

export const OURS = 'mms.opa.example';
export const THEIRS = 'mms.opb.example';
export const ALICE = '46700000001';
export const ANNA = '46700000002';
export const BOB = '46710000001';
export const BERTA = '46710000002';

const DAY_MS = 86_400_000;

const POLICY: Policy = {
  numbering: {},
  ownNumbers: ['4670'],
  sizeMax: 300_000,
  recipientsMax: 30,
  expiryDefaultMs: DAY_MS,
  expiryMaxMs: 7 * DAY_MS,
  deliveryTimeMaxMs: DAY_MS,
  senderHidingAllowed: true,
  deliveryReportsAllowed: true,
  readReportsAllowed: true,
  pushRetryMs: [DAY_MS],
  reportLifetimeMs: DAY_MS,
  resubmissionWindowMs: 0,
  handoverRetryMs: [50],
  historyMs: DAY_MS,
  retrieveBy: 'address',
  pushesInFlightMax: 10,
};

/** Ours by 4670, but for numbers that left us; the other's by 4671. */
const router: Router = {
  route({ recipient }) {
    if (recipient.kind !== 'number') return { kind: 'nowhere', reason: 'not-an-address' };
    const { msisdn } = recipient;
    if (msisdn.startsWith('4670999')) return { kind: 'nowhere', reason: 'unknown-subscriber' };
    if (msisdn.startsWith('4670')) return { kind: 'road', road: { kind: 'handset' } };
    if (msisdn.startsWith('4671')) return { kind: 'road', road: { kind: 'peer', peer: 'opb' } };
    return { kind: 'nowhere', reason: 'no-route-for-number' };
  },
};

export interface WorldOptions {
  readonly profile?: LabProfile;
  /** Of the peer as it is written, beside name, domains and hosts. */
  readonly peer?: Readonly<Record<string, never>> | Readonly<Record<string, unknown>>;
  /** Domain of a second peer, which has the same address: who speaks is told by MAIL FROM. */
  readonly secondPeer?: string;
  readonly policy?: Partial<Policy>;
  readonly dialect?: Parameters<typeof startLabCarrier>[0]['dialect'];
}

export interface World {
  readonly lab: LabCarrier;
  readonly messaging: MessagingService;
  readonly mm4: Mm4;
  readonly pool: SmtpPool;
  /** Where our listener is. */
  readonly port: number;
  readonly events: readonly MessagingEvent[];
  /** What our handsets were pushed. */
  readonly pushes: readonly Push[];
  /** A message of one of our subscribers. */
  submit(to: readonly string[], more?: Partial<Submission>): Promise<Accepted>;
  statesOf(id: MessageId): Promise<readonly DeliveryState[]>;
  /** The content that a handset would fetch by its notification. */
  contentOf(push: Push): Promise<Uint8Array>;
  /** The clock of our side goes on. */
  pass(ms: number): void;
  /** Resolves when it holds; the test's own time limit ends a wait in vain. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

export const numberAddress = (digits: string): Address => ({ kind: 'number', msisdn: toMsisdn(digits)! });

/** A picture that no charset or line rule leaves alone: every octet, and line ends of all kinds. */
export const PICTURE = Uint8Array.from({ length: 3_000 }, (_, i) => (i % 7 === 0 ? 0x0d : i % 11 === 0 ? 0x0a : (i * 7) & 0xff));

export const BODY: MimeSource = {
  kind: 'multipart',
  type: { media: 'multipart/mixed', parameters: {} },
  parts: [
    { kind: 'leaf', type: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: new TextEncoder().encode('Grüße') },
    { kind: 'leaf', type: { media: 'image/jpeg', parameters: {} }, contentLocation: 'a.jpg', data: PICTURE },
  ],
};

/** Content as a handset sends it. */
export const CONTENT = makeContent(
  [
    { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: new TextEncoder().encode('Grüße') },
    { contentType: { media: 'image/jpeg', parameters: {} }, contentLocation: 'a.jpg', data: PICTURE },
  ],
  { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
);

const POLL_MS = 5;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const far = { host: '127.0.0.1', port: 0 };
  const lab = await startLabCarrier({
    domain: THEIRS,
    farDomain: OURS,
    far,
    profile: options.profile ?? LAB_PROFILES.good,
    ...(options.dialect && { dialect: options.dialect }),
  });
  const directory = directoryOf({
    peer: [
      {
        name: 'opb',
        domains: [THEIRS],
        hosts: [`127.0.0.1:${lab.port}`],
        identification: { networks: ['127.0.0.0/8'] },
        tls: { outgoing: 'never' },
        retry: ['1s'],
        ...(options.peer as Record<string, never>),
      },
      ...(options.secondPeer === undefined
        ? []
        : [
            {
              name: 'second',
              domains: [options.secondPeer],
              hosts: [`127.0.0.1:${lab.port}`],
              identification: { networks: ['127.0.0.0/8'] },
              tls: { outgoing: 'never' as const },
            },
          ]),
    ],
  });
  const pool = openSmtpPool({ heloName: `mx.${OURS}` }, { log: silentLog });
  let passedMs = 0;
  const now = (): number => Date.now() + passedMs;
  const events: MessagingEvent[] = [];
  const pushes: Push[] = [];
  const mm4 = openMm4(
    {
      listeners: [{ name: 'mm4', address: '127.0.0.1', port: 0, hostName: `mx.${OURS}` }],
      domains: [OURS],
      refusalWaitMs: 5_000,
    },
    {
      directory,
      pool,
      log: silentLog,
      meter: silentMeter,
      now,
      isOurs: (msisdn) => msisdn.startsWith('4670') && !msisdn.startsWith('46708'),
    },
  );
  const store = openMemoryStore({ monotonic: () => performance.now() });
  const messaging = createMessaging(
    {
      messages: store.messages,
      handsets: store.handsets,
      notifier: {
        async push(push) {
          pushes.push(push);
          return { kind: 'accepted' };
        },
      },
      router,
      carriers: { peer: mm4.carrier },
      now,
      monotonic: () => performance.now(),
      randomOctets: (count) => new Uint8Array(randomBytes(count)),
      observe: (observed) => events.push(...observed),
    },
    { ...POLICY, ...options.policy },
  );
  const pump = startWorkPump({
    work: () => messaging.workDue(),
    stop: () => messaging.stopWork(),
    now,
    log: silentLog,
  });
  store.messages.onDue(() => pump.wake());
  const listening = await mm4.listen(messaging);
  far.port = listening.listeners[0]!.port;
  let drawn = 0;

  return {
    lab,
    messaging,
    mm4,
    pool,
    port: far.port,
    events,
    pushes,
    async submit(to, more = {}) {
      const outcome = await messaging.submit({
        origin: { interface: 'mm1', version: '1.2' },
        sender: numberAddress(ALICE),
        recipients: to.map((digits) => ({ field: 'to', address: numberAddress(digits) })),
        messageClass: 'personal',
        priority: 'normal',
        deliveryReport: false,
        readReport: false,
        replyCharging: false,
        contentType: CONTENT.type.media,
        content: [CONTENT.octets],
        fingerprint: `message ${++drawn}`,
        ...more,
      });
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.error)}`);
      return outcome.value;
    },
    statesOf: async (id) => (await store.messages.deliveriesOf(id)).map(({ state }) => state),
    async contentOf(push) {
      if (push.kind !== 'notification') throw new Error(`a ${push.kind}`);
      const found = await messaging.retrieve(push.key);
      if (!found.ok) throw new Error(found.error.kind);
      return found.value.content;
    },
    pass(ms) {
      passedMs += ms;
      pump.wake();
    },
    async until(_what, holds) {
      while (!(await holds())) await sleep(POLL_MS);
    },
    async close() {
      await listening.close();
      // A peer that stalls would hold up what waits for it.
      await lab.close();
      await Promise.all([pump.close(), pool.close()]);
    },
  };
}
