/** A mail and its envelope as a submission. RFC 4356 2.1.2: the mapping from Internet mail to MMS, element by element. Pure. */
import { createHash } from 'node:crypto';
import {
  decodeWords,
  fieldOf,
  fieldsOf,
  type Address as MailAddress,
  type Mailbox,
  type MimeEntity,
  type MimeField,
  parseAddresses,
  parseDate,
  parseMailbox,
} from '#codec/mime';
import {
  type Address,
  addressKey,
  type DsnWish,
  type Forwarding,
  type Priority,
  type Recipient,
  type Submission,
} from '#messaging';
import type { SmtpRecipient, SmtpSender } from '#smtp';
import { isAutomatic } from './automatic.js';
import { mailContent } from './mail-content.js';
import { toAddress } from './mailboxes.js';
import { MM3_DEFAULTS, type Mm3Settings } from './settings.js';

/** Recipients of the header section that are shown beside those who get the message. Source: phones show twenty members of a group at most. */
const SHOWN_MAX = 20;
/** Resent blocks that are kept. Source: as many as RFC 4356 has in its example, times ten. */
const RESENT_MAX = 20;

export interface Envelope {
  readonly sender: SmtpSender;
  /** Those of our subscribers among the recipients, with whom they are. */
  readonly recipients: readonly { readonly smtp: SmtpRecipient; readonly address: Address }[];
}

/** Why a mail is no message. */
export type MailRefusal =
  /** From is missing or cannot be understood, and so is everything that could stand for it. */
  | 'no-sender'
  /** From names a number of ours: only phones send as such. */
  | 'forged-sender'
  /** Sensitivity: MMS cannot keep the promise. RFC 4356 2.1.2, table 1. */
  | 'sensitive';

const mailboxesOf = (addresses: readonly MailAddress[]): readonly Mailbox[] =>
  addresses.flatMap((one) => (one.kind === 'group' ? one.mailboxes : [one]));

/** The one mailbox of a field; undefined where there is none, or several, or something else. */
function single(value: string | undefined): Mailbox | undefined {
  if (value === undefined) return undefined;
  const read = parseAddresses(value);
  const [one, second] = read.ok ? mailboxesOf(read.value) : [];
  return second === undefined && one?.domain !== undefined ? one : undefined;
}

/** Who the message is from: the latest forwarder, or From; where several wrote it, Sender; where From is broken, the return path. */
export function senderOf(fields: readonly MimeField[], envelopeSender: string): Mailbox | undefined {
  for (const name of ['Resent-From', 'From', 'Sender']) {
    const mailbox = single(fieldOf(fields, name));
    if (mailbox !== undefined) return mailbox;
  }
  return single(envelopeSender);
}

/** Importance is asked before X-Priority. RFC 4356 2.1.2. */
export function priorityOf(fields: readonly MimeField[]): Priority {
  const importance = fieldOf(fields, 'Importance')?.trim().toLowerCase();
  if (importance !== undefined) return importance === 'high' || importance === 'low' ? importance : 'normal';
  const [, level] = /^\s*([1-5])/.exec(fieldOf(fields, 'X-Priority') ?? '') ?? [];
  if (level === undefined) return 'normal';
  return level < '3' ? 'high' : level > '3' ? 'low' : 'normal';
}

/** Who had the message before: the first sender, then those who sent it on, oldest first. RFC 4356 2.1.2. */
export function forwardingOf(fields: readonly MimeField[], settings: Mm3Settings): Forwarding | undefined {
  const resent = fieldsOf(fields, 'Resent-From').slice(0, RESENT_MAX);
  if (resent.length === 0) return undefined;
  const dates = fieldsOf(fields, 'Resent-Date');
  // The topmost block is the latest: it is the message's own From and Date.
  const earlier = resent
    .slice(1)
    .map((from, i) => ({ from, date: dates[i + 1] }))
    .reverse();
  const previously = [{ from: fieldOf(fields, 'From') ?? '', date: fieldOf(fields, 'Date') }, ...earlier].flatMap(
    ({ from, date }) => {
      const mailbox = single(from);
      const at = date === undefined ? undefined : parseDate(date);
      return mailbox === undefined ? [] : [{ by: toAddress(mailbox, settings), ...(at?.ok ? { at: at.value } : {}) }];
    },
  );
  return { counter: resent.length, previously };
}

/** NOTIFY and ORCPT. RFC 3461 4.1, 4.2. */
function dsnOf({ notify, originalRecipient }: SmtpRecipient): DsnWish | undefined {
  if (notify === undefined && originalRecipient === undefined) return undefined;
  const wishes = notify?.filter((one) => one !== 'NEVER').map((one) => one.toLowerCase() as 'success' | 'failure' | 'delay');
  return {
    ...(wishes === undefined ? {} : { notify: wishes }),
    ...(originalRecipient === undefined ? {} : { originalRecipient }),
  };
}

/**
 * Whom the message is for and whom it is shown to be for. Only the envelope delivers (RFC 4356 2.1.2, table 1): who stands in the header alone
 * is shown, who stands in the envelope alone is hidden, unless he is the only one.
 */
function recipientsOf(fields: readonly MimeField[], envelope: Envelope, settings: Mm3Settings): Recipient[] {
  const shown = new Map<string, Recipient>();
  for (const field of ['to', 'cc'] as const) {
    const read = parseAddresses(fieldsOf(fields, field).join(', '));
    for (const mailbox of read.ok ? mailboxesOf(read.value) : []) {
      const address = toAddress(mailbox, settings);
      const key = addressKey(address);
      if (address.kind !== 'unknown' && !shown.has(key) && shown.size < SHOWN_MAX)
        shown.set(key, { field, address, shownOnly: true });
    }
  }
  const hidden: Recipient[] = [];
  for (const { smtp, address } of envelope.recipients) {
    const key = addressKey(address);
    const dsn = dsnOf(smtp);
    const wish = dsn === undefined ? {} : { dsn };
    const known = shown.get(key);
    if (known !== undefined) shown.set(key, { field: known.field, address, ...wish });
    else if (!hidden.some((one) => addressKey(one.address) === key)) hidden.push({ field: 'bcc', address, ...wish });
  }
  const [only] = hidden;
  if (only !== undefined && hidden.length === 1 && shown.size === 0) return [{ ...only, field: 'to' }];
  return [...shown.values(), ...hidden];
}

const cut = (text: string, max: number): string => (text.length <= max ? text : `${[...text].slice(0, max - 1).join('')}…`);

/** A subject as phones show it: one line, no longer than it may be. */
function subjectOf(fields: readonly MimeField[], max: number): string | undefined {
  const subject = decodeWords(fieldOf(fields, 'Subject') ?? '')
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim();
  return subject === '' ? undefined : cut(subject, max);
}

/** Where read reports go, if they are wanted: one mailbox, for which nobody has to be asked. RFC 8098 2.1. */
const dispositionTo = (fields: readonly MimeField[]): string | undefined => {
  const value = fieldOf(fields, 'Disposition-Notification-To');
  const mailbox = single(value);
  return mailbox && `${mailbox.localPart}@${mailbox.domain}`;
};

/**
 * What recognises a mail: its name where it has one, else a digest of it without the fields that every hop adds. The name alone is what counts
 * with the domain then, and a digest of 50 KB would be an eighth of what taking the mail may cost.
 */
function fingerprintOf(message: MimeEntity, envelopeSender: string, messageId: string | undefined): string {
  const digest = createHash('sha256').update(envelopeSender);
  if (messageId) return `mm3:${digest.update(`\n${messageId}`).digest('base64url')}`;
  for (const { name, value } of message.fields)
    if (/^(from|to|cc|date|subject)$/i.test(name)) digest.update(`\n${name.toLowerCase()}:${value}`);
  return `mm3:${digest.update('\n\n').update(message.body).digest('base64url')}`;
}

/** The submission that a mail asks for, or why it is none. `now`: epoch milliseconds. */
export function toSubmission(message: MimeEntity, envelope: Envelope, settings: Mm3Settings): Submission | MailRefusal {
  const { fields } = message;
  const incoming = settings.incoming ?? {};
  const envelopeSender = envelope.sender.path?.text ?? '';
  const from = senderOf(fields, envelopeSender);
  if (from === undefined) return 'no-sender';
  const sender = toAddress(from, settings);
  if (settings.domains.includes(from.domain!)) return 'forged-sender';
  if (fieldOf(fields, 'Sensitivity') !== undefined) return 'sensitive';
  const automatic = isAutomatic(fields, envelopeSender);
  const content = mailContent(message, {
    textMax: incoming.textMax ?? MM3_DEFAULTS.textMax,
    cutNotice: incoming.cutNotice ?? MM3_DEFAULTS.cutNotice,
  });
  const recipients = recipientsOf(fields, envelope, settings);
  const messageId = fieldOf(fields, 'Message-ID')?.trim();
  const readTo = automatic ? undefined : dispositionTo(fields);
  const subject = subjectOf(fields, incoming.subjectMax ?? MM3_DEFAULTS.subjectMax);
  const date = parseDate(fieldOf(fields, 'Resent-Date') ?? fieldOf(fields, 'Date') ?? '');
  const forwarding = forwardingOf(fields, settings);
  const { envelopeId, returns, deliverBy } = envelope.sender;
  return {
    origin: {
      interface: 'mm3',
      envelopeSender,
      ...(messageId ? { messageId } : {}),
      ...(envelopeId === undefined ? {} : { envelopeId }),
      ...(returns === undefined ? {} : { returned: returns === 'FULL' ? 'full' : 'headers' }),
      ...(readTo === undefined ? {} : { dispositionNotificationTo: readTo }),
    },
    sender,
    // Two senders may use one Message-ID, by accident or to keep another's mail away.
    ...(messageId ? { named: { system: 'mm3', messageId: `${envelopeSender} ${messageId}` } } : {}),
    recipients,
    messageClass: automatic ? 'auto' : 'personal',
    priority: priorityOf(fields),
    deliveryReport: envelopeSender !== '' && recipients.some(({ dsn }) => dsn?.notify?.includes('success')),
    readReport: readTo !== undefined,
    replyCharging: false,
    ...(date.ok ? { date: date.value } : {}),
    ...(subject === undefined ? {} : { subject }),
    ...(deliverBy?.mode === 'R' && deliverBy.seconds > 0 ? { expiry: { afterMs: deliverBy.seconds * 1000 } } : {}),
    ...(forwarding === undefined ? {} : { forwarding }),
    contentType: content.media,
    content: [content.octets],
    fingerprint: fingerprintOf(message, envelopeSender, messageId),
  };
}

/** Whether a text is one mailbox with a domain, for envelopes that we write ourselves. */
export const isMailbox = (text: string): boolean => {
  const read = parseMailbox(text);
  return read.ok && read.value.domain !== undefined;
};
