/** Domain values as the operator API shows them. Pure. */
import { toMsisdn } from '#base';
import {
  type Address,
  addressText,
  type FarAnswer,
  type Message,
  type MessageHistory,
  type MessagingEvent,
  type Report,
} from '#messaging';
import type { HistoryView, MessageView } from './api.js';

const instant = (at: number): string => new Date(at).toISOString();

/** Leaves out what is absent, so that the JSON has no nulls and the types no undefined. */
const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

export const toMessageView = (message: Message): MessageView => ({
  id: message.id,
  interface: message.origin.interface,
  version: 'version' in message.origin ? (message.origin.version ?? '') : '',
  acceptedAt: instant(message.acceptedAt),
  deliverAt: instant(message.deliverAt),
  expiresAt: instant(message.expiresAt),
  sender: addressText(message.sender),
  senderHidden: message.senderHidden,
  recipients: message.recipients.map(({ field, address }) => ({ field, address: addressText(address) })),
  messageClass: typeof message.messageClass === 'string' ? message.messageClass : message.messageClass.token,
  priority: message.priority,
  deliveryReport: message.deliveryReport,
  readReport: message.readReport,
  contentType: message.contentType,
  size: message.size,
});

/** For instance `250 2.0.0 queued (mx.example.org)`. */
const farAnswerText = ({ by, code, text }: FarAnswer): string =>
  [code, text, by && `(${by})`].filter((word) => word !== undefined && word !== '').join(' ');

function toEventView(event: MessagingEvent): HistoryView['events'][number] {
  const {
    at,
    kind,
    messageId: _messageId,
    delivery: _delivery,
    sender,
    recipient,
    retryAt,
    answer,
    ...facts
  } = {
    delivery: undefined,
    sender: undefined,
    recipient: undefined,
    retryAt: undefined,
    answer: undefined,
    ...event,
  };
  return {
    at: instant(at),
    kind,
    ...given('sender', sender && addressText(sender)),
    ...given('recipient', recipient && addressText(recipient)),
    ...facts,
    ...given('answer', answer && farAnswerText(answer)),
    ...given('retryAt', retryAt === undefined ? undefined : instant(retryAt)),
  };
}

export const toHistoryView = (history: MessageHistory): HistoryView => ({
  message: toMessageView(history.message),
  deliveries: history.deliveries.map((delivery) => ({
    recipient: addressText(delivery.recipient),
    state: delivery.state,
    attempts: delivery.attempts,
    ...given('dueAt', delivery.dueAt === undefined ? undefined : instant(delivery.dueAt)),
    ...given('fetchedAt', delivery.fetchedAt === undefined ? undefined : instant(delivery.fetchedAt)),
    ...given('readStatus', delivery.readStatus),
    ...given('reportAllowed', delivery.reportAllowed),
    ...given('reason', delivery.reason),
  })),
  reports: history.reports.map((report) => ({
    about: report.content.kind,
    recipient: addressText(report.recipient),
    says: saidBy(report.content),
    at: instant(report.at),
    dueAt: instant(report.dueAt),
    attempts: report.attempts,
  })),
  events: history.events.map(toEventView),
});

/** What a report says, in a word or two. */
function saidBy(content: Report['content']): string {
  if (content.kind === 'delivery') return content.outcome;
  if (content.kind === 'read') return content.status;
  return `${content.accepted.length} accepted, ${content.refused.length} refused`;
}

/** An address as an operator types it; numbers must be in international form, with or without plus. */
export function toAddress(text: string): Address {
  if (text.includes('@')) return { kind: 'email', mailbox: text };
  const msisdn = toMsisdn(text.replace(/^\+/, ''));
  if (msisdn) return { kind: 'number', msisdn };
  return /^[0-9]+$/.test(text) ? { kind: 'short-code', code: text } : { kind: 'unknown', text };
}
