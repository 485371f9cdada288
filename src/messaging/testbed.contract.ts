/** The domain on a bench for tests: memory store, clocks moved by hand, a notifier that does as it is told. Not part of the program. */
import { openMemoryStore } from '#store/memory';
import { createMessaging } from './create-messaging.js';
import type { MessagingEvent } from './events.js';
import { ALICE, BOB } from './fixtures.contract.js';
import type { HandsetStore } from './handset-store.js';
import type { MessageStore } from './message-store.js';
import type { Accepted, MessagingService, Submission } from './messaging.js';
import type { Delivery, MessageId } from './model.js';
import type { Notification, Push, PushOutcome } from './notifier.js';
import type { Policy } from './policy.js';
import type { Ports } from './ports.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When every testbed begins. */
export const START = 1_000_000_000_000;

export const POLICY: Policy = {
  numbering: { countryCode: '49', nationalPrefix: '0', internationalPrefix: '00' },
  ownNumbers: ['49151'],
  sizeMax: 1_000,
  recipientsMax: 5,
  expiryDefaultMs: 3 * DAY,
  expiryMaxMs: 7 * DAY,
  deliveryTimeMaxMs: 2 * DAY,
  senderHidingAllowed: true,
  deliveryReportsAllowed: true,
  readReportsAllowed: true,
  pushRetryMs: [MINUTE, 5 * MINUTE, HOUR],
  reportLifetimeMs: DAY,
  resubmissionWindowMs: HOUR,
  historyMs: 30 * DAY,
  retrieveBy: 'recipient',
  pushesInFlightMax: 50,
};

let written = 0;

/** Alice writes to Bob, each time something else. */
export function aSubmission(overrides: Partial<Submission> = {}): Submission {
  written++;
  return {
    origin: { interface: 'mm1', version: '1.2' },
    sender: ALICE,
    recipients: [{ field: 'to', address: BOB }],
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    replyCharging: false,
    contentType: 'application/vnd.wap.multipart.mixed',
    content: [new TextEncoder().encode(`letter ${written}`)],
    fingerprint: `letter ${written}`,
    ...overrides,
  };
}

/** Methods of the store that can be told to fail. */
export type StoreMethod = Exclude<keyof MessageStore, 'onDue'>;

export interface Testbed {
  readonly messaging: MessagingService;
  readonly store: MessageStore;
  readonly handsets: HandsetStore;
  /** All that `observe` was told. */
  readonly events: MessagingEvent[];
  /** All pushes tried, oldest first. */
  readonly pushes: Push[];
  /** What the notifier says; at first it takes everything. */
  answerPush: (push: Push) => PushOutcome | Promise<PushOutcome>;
  /** Asked before each call of the store; what it returns is what the call rejects with. */
  trouble: (method: StoreMethod) => Error | undefined;
  /** Asked after each call that succeeded: waits before the caller hears of it. */
  delay: (method: StoreMethod) => Promise<void> | undefined;
  now(): number;
  /** Time goes on: both clocks. */
  pass(ms: number): void;
  /** Somebody sets the wall clock. */
  step(ms: number): void;
  /** Submits and expects it to be accepted. */
  accept(overrides?: Partial<Submission>): Promise<Accepted>;
  /** The message's deliveries as stored. */
  deliveriesOf(id: MessageId): Promise<readonly Delivery[]>;
  /** The message's first delivery as stored. */
  delivery(id: MessageId): Promise<Delivery>;
  notifications(): Notification[];
  /** Kinds of the events that the store keeps of the message, oldest first. */
  history(id: MessageId): Promise<string[]>;
}

/** A bench on an empty store; `policy` replaces what differs from POLICY. Without `roads` there are none but to handsets. */
export function aTestbed(policy: Partial<Policy> = {}, roads: Pick<Ports, 'router' | 'carriers'> = {}): Testbed {
  let wall = START;
  let monotonic = 0;
  const memory = openMemoryStore({ monotonic: () => monotonic });
  const events: MessagingEvent[] = [];
  const pushes: Push[] = [];
  const obstructed = new Proxy(memory.messages, {
    get(target, name: keyof MessageStore) {
      const method = target[name] as (...args: unknown[]) => unknown;
      if (name === 'onDue') return method.bind(target);
      return async (...args: unknown[]) => {
        const trouble = bed.trouble(name);
        if (trouble) throw trouble;
        const result = await method.apply(target, args);
        await bed.delay(name);
        return result;
      };
    },
  });
  let seed = 1;
  const randomOctets = (count: number) =>
    Uint8Array.from({ length: count }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed & 0xff;
    });
  const messaging = createMessaging(
    {
      messages: obstructed,
      handsets: memory.handsets,
      notifier: {
        async push(push) {
          pushes.push(push);
          return bed.answerPush(push);
        },
      },
      now: () => wall,
      monotonic: () => monotonic,
      randomOctets,
      observe: (observed) => events.push(...observed),
      ...roads,
    },
    { ...POLICY, ...policy },
  );
  const bed: Testbed = {
    messaging,
    store: memory.messages,
    handsets: memory.handsets,
    events,
    pushes,
    answerPush: () => ({ kind: 'accepted' }),
    trouble: () => undefined,
    delay: () => undefined,
    now: () => wall,
    pass(ms) {
      wall += ms;
      monotonic += ms;
    },
    step(ms) {
      wall += ms;
    },
    async accept(overrides) {
      const outcome = await messaging.submit(aSubmission(overrides));
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.error)}`);
      return outcome.value;
    },
    deliveriesOf: (id) => memory.messages.deliveriesOf(id),
    async delivery(id) {
      const [first] = await memory.messages.deliveriesOf(id);
      if (!first) throw new Error(`no delivery of ${id}`);
      return first;
    },
    notifications: () => pushes.filter((push) => push.kind === 'notification'),
    history: async (id) => ((await memory.messages.history(id))?.events ?? []).map(({ kind }) => kind),
  };
  return bed;
}
