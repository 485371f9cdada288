/** What the suites of the MessageStore contract share: an opened store with a clock, and messages put into it. */
import type { MessagingEvent } from './events.js';
import { aDelivery, aMessage, aNumber } from './fixtures.contract.js';
import type { Change, Due, MessageStore } from './message-store.js';
import type { Delivery, Message, MessageId } from './model.js';

export interface OpenedMessageStore {
  readonly store: MessageStore;
  /** Ends it and cleans up; called once, after the last use. */
  close?(): Promise<void>;
  /** For durable stores: ends it in an orderly way and opens the same data again. `store` is not used afterwards, `close` ends the new one. */
  reopen?(): Promise<MessageStore>;
  /** For stores with checksums: changes octets of the message's stored content behind the store's back. */
  damage?(id: MessageId): Promise<void>;
}

/** The monotonic clock that an implementation must take its leases from, in milliseconds. */
export type MonotonicClock = () => number;

export const nothing: Change = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };
export const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
export const LEASE = 10_000;

export const accepted = (message: Message, at = message.acceptedAt): MessagingEvent => ({
  kind: 'message-accepted',
  messageId: message.id,
  sender: message.sender,
  at,
  size: message.size,
  recipients: message.recipients.length,
});

export const pushed = (delivery: Delivery, attempt: number, at = 5_000): MessagingEvent => ({
  kind: 'notification-pushed',
  messageId: delivery.messageId,
  delivery: delivery.key,
  recipient: delivery.recipient,
  attempt,
  at,
});

/** The keys of what was claimed, deliveries and reports alike. */
export const keys = (claimed: readonly Due[]): string[] =>
  claimed.map((due) => (due.kind === 'delivery' ? due.delivery.key : due.report.key));

export interface Bench extends OpenedMessageStore {
  /** Moves the monotonic clock on. */
  pass(ms: number): void;
  /** Accepts one message with one delivery. */
  accept(
    message?: Message,
    delivery?: Delivery,
    content?: readonly Uint8Array[],
  ): Promise<{ message: Message; delivery: Delivery }>;
}

/** Called once for each test; must give an empty store that takes its leases from the clock it is handed. */
export type OpenMessageStore = (monotonic: MonotonicClock) => Promise<OpenedMessageStore>;

export type WithStore = (body: (bench: Bench) => Promise<void>) => () => Promise<void>;

/** A test's body on an empty store of its own. */
export const benchOf =
  (open: OpenMessageStore): WithStore =>
  (body) =>
  async () => {
    let clock = 0;
    const opened = await open(() => clock);
    try {
      await body({
        ...opened,
        pass: (ms) => {
          clock += ms;
        },
        accept: async (message = aMessage(), delivery = aDelivery(message), content = [octets('hello')]) => {
          await opened.store.accept(message, content, [delivery], [], [accepted(message)]);
          return { message, delivery };
        },
      });
    } finally {
      await opened.close?.();
    }
  };

/** Accepts one message to several recipients, all due at once. */
export const acceptForSeveral = async (
  store: MessageStore,
  count: number,
): Promise<{ message: Message; deliveries: Delivery[] }> => {
  const recipients = Array.from({ length: count }, (_, i) => ({
    field: 'to' as const,
    address: aNumber(`49151${2_000_000 + i}`),
  }));
  const message = aMessage({ recipients });
  const deliveries = recipients.map((_, recipientIndex) => aDelivery(message, { recipientIndex }));
  await store.accept(message, [octets('hello')], deliveries, [], [accepted(message)]);
  return { message, deliveries };
};
