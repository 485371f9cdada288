/** Messages, deliveries and reports for tests: plain, valid, each with an id of its own. Not part of the program. */
import { toMsisdn } from '#base';
import type { Address } from './address.js';
import type { Delivery, DeliveryKey, Handset, Message, MessageId, Report, ReportKey } from './model.js';

const ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
let made = 0;

/** A key of the right form, larger than all before it. */
export function aKey(): string {
  let rest = ++made;
  let text = '';
  for (let i = 0; i < 22; i++) {
    text = ALPHABET[rest % 64] + text;
    rest = Math.floor(rest / 64);
  }
  return text;
}

export const aMessageId = (): MessageId => aKey() as MessageId;
export const aDeliveryKey = (): DeliveryKey => aKey() as DeliveryKey;
export const aReportKey = (): ReportKey => aKey() as ReportKey;

/** The number as an address; digits without plus sign. */
export function aNumber(digits: string): Address {
  const msisdn = toMsisdn(digits);
  if (msisdn === undefined) throw new Error(`not a number: ${digits}`);
  return { kind: 'number', msisdn };
}

export const ALICE = aNumber('491510000001');
export const BOB = aNumber('491510000002');
export const CAROL = aNumber('491510000003');

/** From Alice to Bob, accepted at 1000, to be delivered at once, expiring at 1,000,000. */
export function aMessage(overrides: Partial<Message> = {}): Message {
  const id = overrides.id ?? aMessageId();
  return {
    id,
    origin: { interface: 'mm1', version: '1.2' },
    sender: ALICE,
    senderHidden: false,
    recipients: [{ field: 'to', address: BOB }],
    date: 1_000,
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    contentType: 'application/vnd.wap.multipart.mixed',
    size: 5,
    acceptedAt: 1_000,
    deliverAt: 1_000,
    expiresAt: 1_000_000,
    fingerprint: `fingerprint of ${id}`,
    ...overrides,
  };
}

/** The delivery of `message` to its first recipient (or that of `recipientIndex`), due from its delivery time on. */
export function aDelivery(message: Message, overrides: Partial<Delivery> = {}): Delivery {
  const recipientIndex = overrides.recipientIndex ?? 0;
  const recipient = message.recipients[recipientIndex];
  if (!recipient) throw new Error(`the message has no recipient ${recipientIndex}`);
  return {
    key: aDeliveryKey(),
    messageId: message.id,
    recipientIndex,
    recipient: recipient.address,
    state: 'due',
    dueAt: message.deliverAt,
    attempts: 0,
    revision: 0,
    ...overrides,
  };
}

/** `delivery` as it is after it has ended in `state`, one revision on. */
export function anEnded(delivery: Delivery, state: 'retrieved' | 'rejected' | 'expired' | 'unreachable' = 'retrieved'): Delivery {
  const { dueAt: _, ...rest } = delivery;
  return { ...rest, state, revision: delivery.revision + 1 };
}

/** A delivery report for the message's sender, due at once. */
export function aReport(message: Message, overrides: Partial<Report> = {}): Report {
  if (message.sender.kind !== 'number') throw new Error('reports go to numbers');
  return {
    key: aReportKey(),
    messageId: message.id,
    recipient: message.recipients[0]?.address ?? BOB,
    to: message.sender,
    origin: message.origin,
    content: { kind: 'delivery', outcome: 'retrieved' },
    at: 2_000,
    dueAt: 2_000,
    attempts: 0,
    expiresAt: 1_000_000,
    revision: 0,
    ...overrides,
  };
}

export function aHandset(overrides: Partial<Handset> = {}): Handset {
  const msisdn = toMsisdn('491510000002');
  if (msisdn === undefined) throw new Error('not a number');
  return { msisdn, userAgent: 'Example/1.0', version: '1.2', seenAt: 1_000, ...overrides };
}
