/** What viewers see of numbers and mailboxes. */
import { maskNumber } from '#base';
import type { HistoryView, MessageView } from './api.js';

/** Letters of a mailbox's local part that stay. */
const KEPT_LETTERS = 1;

/** Longer ones could be numbers in a national form. */
const SHORT_CODE = /^[0-9]{1,8}$/;

/** An address as the API writes it, so masked that the last four digits, or the domain, are left. Short codes are no secret. */
export function maskedAddress(text: string): string {
  const at = text.lastIndexOf('@');
  if (at > 0) return `${text.slice(0, KEPT_LETTERS)}***${text.slice(at)}`;
  if (SHORT_CODE.test(text)) return text;
  return text.startsWith('+') ? `+${maskNumber(text.slice(1))}` : maskNumber(text);
}

export const maskedMessage = (message: MessageView): MessageView => ({
  ...message,
  sender: maskedAddress(message.sender),
  recipients: message.recipients.map(({ field, address }) => ({ field, address: maskedAddress(address) })),
});

/** Numbers and mailboxes may stand anywhere in words that far sides have said: runs of digits as long as a number are masked, and all around an at sign. */
export const maskedWords = (text: string): string =>
  text
    .replace(/[^\s<>@:;,]{1,64}@[^\s<>@:;,]{1,253}/g, (mailbox) => maskedAddress(mailbox))
    .replace(/\+?[0-9]{7,15}/g, (digits) => `${digits.startsWith('+') ? '+' : ''}${maskNumber(digits.replace('+', ''))}`);

const maskedEvent = (event: HistoryView['events'][number]): HistoryView['events'][number] => ({
  ...(Object.fromEntries(
    Object.entries(event).map(([key, value]) => [
      key,
      typeof value !== 'string' || key === 'at' || key === 'kind' || key.endsWith('At')
        ? value
        : key === 'sender' || key === 'recipient'
          ? maskedAddress(value)
          : maskedWords(value),
    ]),
  ) as HistoryView['events'][number]),
});

export const maskedHistory = ({ message, deliveries, reports, events }: HistoryView): HistoryView => ({
  message: maskedMessage(message),
  deliveries: deliveries.map(({ reason, ...delivery }) => ({
    ...delivery,
    recipient: maskedAddress(delivery.recipient),
    ...(reason === undefined ? {} : { reason: maskedWords(reason) }),
  })),
  reports: reports.map((report) => ({ ...report, recipient: maskedAddress(report.recipient) })),
  events: events.map(maskedEvent),
});
