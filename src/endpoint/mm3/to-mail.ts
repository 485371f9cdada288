/** A message as a mail: its header fields. RFC 4356 2.1.1, the mapping from MMS to Internet mail, element by element. Pure. */

import { err, ok, type Result } from '#base';
import {
  addressField,
  dateField,
  dateText,
  type Mailbox,
  type MimeError,
  type MimeField,
  parseMailbox,
  textField,
  writeMessage,
} from '#codec/mime';
import type { Address, Handover, Message, Recipient } from '#messaging';
import { TRACE_FIELD } from './automatic.js';
import { toMailbox } from './mailboxes.js';
import type { Mm3Settings } from './settings.js';
import { partsOf, shownMail } from './shown-mail.js';

/** Why a message is no mail. */
export type NoMail =
  /** Mail cannot hide who sends. RFC 4356 2.1.1. */
  | { readonly kind: 'sender-hidden' }
  | { readonly kind: 'sender-without-mailbox' }
  | { readonly kind: 'content-unreadable' }
  | { readonly kind: 'unwritable'; readonly error: MimeError };

/** The address as a mailbox, where it is one. */
export function mailbox(address: Address, settings: Mm3Settings): Mailbox | undefined {
  const text = toMailbox(address, settings);
  const read = text === undefined ? undefined : parseMailbox(text);
  return read?.ok ? read.value : undefined;
}

/** Message-ID of a mail that carries the message. */
export const messageIdText = (id: string, settings: Mm3Settings): string => `<${id}@${settings.domains[0]}>`;

const isAuto = ({ messageClass }: Message): boolean => messageClass === 'auto';

/** Fields of addresses; those that cannot be written are left out, as the mail goes by its envelope. */
function recipientFields(recipients: readonly Recipient[], settings: Mm3Settings): MimeField[] {
  const fields = (['to', 'cc'] as const).flatMap((name) => {
    const list = recipients.filter(({ field }) => field === name).flatMap(({ address }) => mailbox(address, settings) ?? []);
    const field = addressField(name === 'to' ? 'To' : 'Cc', list);
    return list.length > 0 && field.ok ? [field.value] : [];
  });
  return fields.length > 0 ? fields : [{ name: 'To', value: 'undisclosed-recipients:;' }];
}

const fieldOfMailbox = (name: string, one: Mailbox): readonly MimeField[] => {
  const field = addressField(name, [one]);
  return field.ok ? [field.value] : [];
};

/** Who had the message before: the first one wrote it, the others and the present sender sent it on. RFC 4356 2.1.1. */
function authorship(handover: Handover, from: Mailbox, settings: Mm3Settings): MimeField[] {
  const { message } = handover;
  const [first, ...later] = message.forwarding?.previously ?? [];
  const author = first && mailbox(first.by, settings);
  const id: MimeField = { name: 'Message-ID', value: messageIdText(message.id, settings) };
  if (first === undefined || author === undefined)
    return [
      dateField('Date', message.date),
      ...fieldOfMailbox('From', from),
      ...recipientFields(handover.recipientsShown, settings),
      id,
    ];
  const resent = (name: string): string => `Resent-${name}`;
  const block = [
    dateField('Resent-Date', message.date),
    ...fieldOfMailbox('Resent-From', from),
    ...recipientFields(handover.recipientsShown, settings).map(({ name, value }) => ({ name: resent(name), value })),
    { name: 'Resent-Message-ID', value: id.value },
  ];
  const blocks = [...later].reverse().flatMap(({ by, at }) => {
    const one = mailbox(by, settings);
    return one === undefined
      ? []
      : [...(at === undefined ? [] : [dateField('Resent-Date', at)]), ...fieldOfMailbox('Resent-From', one)];
  });
  return [
    ...block,
    ...blocks,
    dateField('Date', first.at ?? message.date),
    ...fieldOfMailbox('From', author),
    // Whom the first message was for is not known any more: a group says that there were some.
    { name: 'To', value: 'undisclosed-recipients:;' },
    { name: 'Message-ID', value: messageIdText(`o-${message.id}`, settings) },
  ];
}

const IMPORTANCE = { high: 'High', low: 'Low' } as const;

/** Fields by what the message is. RFC 4356 2.1.1, table 1; RFC 3834 5. */
function qualities(message: Message, from: Mailbox): MimeField[] {
  const { priority, messageClass } = message;
  return [
    ...(priority === 'normal' ? [] : [{ name: 'Importance', value: IMPORTANCE[priority] }]),
    ...(message.readReport && !isAuto(message) ? fieldOfMailbox('Disposition-Notification-To', from) : []),
    ...(isAuto(message) ? [{ name: 'Auto-Submitted', value: 'auto-generated' }] : []),
    ...(messageClass === 'advertisement' ? [{ name: 'Precedence', value: 'bulk' }] : []),
  ];
}

/** The fields by which hops and loops are counted: `MMS` is a registered name for this hop. RFC 4356 2.1.1. */
export const traceFields = (id: string, now: number, settings: Mm3Settings): MimeField[] => [
  { name: 'Received', value: `by ${settings.hostName} with MMS id ${id}; ${dateText(now)}` },
  { name: TRACE_FIELD, value: settings.domains[0] },
];

export interface WrittenMail {
  /** One stretch of octets, not signed yet. */
  readonly octets: Uint8Array;
  readonly from: Mailbox;
}

/** The mail for a handover. `now`: epoch milliseconds. */
export function toMail(handover: Handover, now: number, settings: Mm3Settings): Result<WrittenMail, NoMail> {
  const { message, content } = handover;
  if (handover.from === undefined) return err({ kind: 'sender-hidden' });
  const from = mailbox(handover.from, settings);
  if (from === undefined) return err({ kind: 'sender-without-mailbox' });
  const parts = partsOf(content);
  if (parts === undefined) return err({ kind: 'content-unreadable' });
  const subject = message.subject ?? settings.outgoing?.subject;
  const written = writeMessage({
    fields: [
      ...traceFields(handover.transactionId, now, settings),
      ...authorship(handover, from, settings),
      ...(subject === undefined ? [] : [textField('Subject', subject)]),
      ...qualities(message, from),
    ],
    body: shownMail(parts, message.id, settings.domains[0]),
  });
  if (!written.ok) return err({ kind: 'unwritable', error: written.error });
  return ok({ octets: Buffer.concat(written.value.pieces), from });
}
