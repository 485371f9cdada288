/** Bounces and receipts that come by mail, as the domain's reports. RFC 3464 (DSN), RFC 8098 (MDN), RFC 4356, tables 5 and 7. Pure. */
import { decodeBody, fieldOf, leafParts, type MimeEntity, type MimeField, readFields } from '#codec/mime';
import { type Address, type FarReport, isKey, type ReadReceipt } from '#messaging';
import type { Mm3Settings } from './settings.js';

const EMAIL = { kind: 'email' } as const;
/** Recipients of one report that are looked at. Source: what one of our transactions has at most. */
const RECIPIENTS_MAX = 100;
/** Of what a far side says, as it is kept. */
const TEXT_MAX = 400;

/** What an Action means for the sender. `delayed` ends nothing. RFC 4356 table 5; `expanded` is design: a list has it. */
const STATUS_OF_ACTION: Readonly<Record<string, FarReport['status']>> = {
  delivered: 'retrieved',
  failed: 'unreachable',
  relayed: 'forwarded',
  expanded: 'forwarded',
  delayed: 'delayed',
};

/** RFC 4356 table 7; what is neither of both says nothing. */
const STATUS_OF_DISPOSITION: Readonly<Record<string, ReadReceipt['status']>> = {
  displayed: 'read',
  deleted: 'deleted-without-being-read',
  denied: 'deleted-without-being-read',
  failed: 'deleted-without-being-read',
};

export type MailReport =
  | { readonly kind: 'delivery'; readonly reports: readonly FarReport[] }
  | { readonly kind: 'read'; readonly receipt: ReadReceipt }
  /** A report of which nothing is to be told, or that is about none of our messages. */
  | { readonly kind: 'nothing' };

/** The part of this type; the third part of a report is one as well. */
const partOf = (message: MimeEntity, media: string): MimeEntity | undefined =>
  leafParts(message).find(({ part }) => part.type.media === media)?.part;

/** `rfc822; user@example.com`, the mailbox alone. */
const addressIn = (value: string | undefined): string | undefined =>
  value
    ?.slice(value.indexOf(';') + 1)
    .trim()
    .replace(/^<|>$/g, '') || undefined;

/** Groups of fields with an empty line between them. RFC 3464 2.1. */
function groupsOf(part: MimeEntity): (readonly MimeField[])[] {
  const text = Buffer.from(decodeBody(part)).toString('latin1').replaceAll('\r\n', '\n');
  return text
    .split(/\n{2,}/)
    .slice(0, RECIPIENTS_MAX + 1)
    .flatMap((group) => {
      const fields = readFields(Buffer.from(`${group}\n\n`, 'latin1'));
      return fields.ok && fields.value.length > 0 ? [fields.value] : [];
    });
}

/** The message id in a Message-ID that we wrote: `<id@our domain>`. */
export function ownMessageId(value: string | undefined, settings: Mm3Settings): string | undefined {
  const [, id, domain] = /^\s*<?([^<>@\s]+)@([^<>\s]+?)>?\s*$/.exec(value ?? '') ?? [];
  return id !== undefined && isKey(id) && settings.domains.includes(domain!.toLowerCase()) ? id : undefined;
}

/** The Message-ID of what came back: the header section or the message in the third part. */
function returnedMessageId(message: MimeEntity, settings: Mm3Settings): string | undefined {
  const part = partOf(message, 'text/rfc822-headers') ?? partOf(message, 'message/rfc822') ?? partOf(message, 'message/global');
  const fields = part && readFields(decodeBody(part));
  return fields?.ok ? ownMessageId(fieldOf(fields.value, 'Message-ID'), settings) : undefined;
}

/** What we handed over: named by the return path or ENVID, else by the message and its recipient. */
function aboutOf(
  delivery: string | undefined,
  envelopeId: string | undefined,
  messageId: string | undefined,
  recipient: string | undefined,
): FarReport['about'] | undefined {
  const key = delivery ?? (envelopeId !== undefined && isKey(envelopeId) ? envelopeId : undefined);
  if (key !== undefined) return { delivery: key };
  if (messageId === undefined || recipient === undefined) return undefined;
  return { messageId, recipient: { kind: 'email', mailbox: recipient } };
}

function deliveryReports(
  message: MimeEntity,
  status: MimeEntity,
  delivery: string | undefined,
  settings: Mm3Settings,
): FarReport[] {
  const [first, ...groups] = groupsOf(status);
  const envelopeId = first && fieldOf(first, 'Original-Envelope-Id')?.trim();
  const reporter = first && addressIn(fieldOf(first, 'Reporting-MTA'));
  const messageId = returnedMessageId(message, settings);
  return groups.flatMap((group): FarReport[] => {
    const status = STATUS_OF_ACTION[fieldOf(group, 'Action')?.trim().toLowerCase() ?? ''];
    const recipient = addressIn(fieldOf(group, 'Original-Recipient') ?? fieldOf(group, 'Final-Recipient'));
    const about = aboutOf(delivery, envelopeId, messageId, recipient);
    if (status === undefined || about === undefined) return [];
    const code = fieldOf(group, 'Status')?.trim();
    const text = addressIn(fieldOf(group, 'Diagnostic-Code'))?.slice(0, TEXT_MAX);
    const answer = {
      ...(reporter === undefined ? {} : { by: reporter.slice(0, TEXT_MAX) }),
      ...(code === undefined ? {} : { code: code.slice(0, TEXT_MAX) }),
      ...(text === undefined ? {} : { text }),
    };
    return [{ from: EMAIL, about, status, ...(text === undefined ? {} : { text }), answer }];
  });
}

/** `manual-action/MDN-sent-manually; displayed`: its last word. RFC 8098 3.2.6. */
function dispositionOf(value: string | undefined): ReadReceipt['status'] | undefined {
  const type = value?.split(';').at(-1)?.trim().split('/', 1)[0]?.toLowerCase();
  return type !== undefined && Object.hasOwn(STATUS_OF_DISPOSITION, type) ? STATUS_OF_DISPOSITION[type] : undefined;
}

function readReceipt(part: MimeEntity, settings: Mm3Settings): MailReport {
  const [fields] = groupsOf(part);
  const messageId = fields && ownMessageId(fieldOf(fields, 'Original-Message-ID'), settings);
  const reader = fields && addressIn(fieldOf(fields, 'Original-Recipient') ?? fieldOf(fields, 'Final-Recipient'));
  const status = fields && dispositionOf(fieldOf(fields, 'Disposition'));
  if (messageId === undefined || reader === undefined || status === undefined) return { kind: 'nothing' };
  const address: Address = { kind: 'email', mailbox: reader };
  return { kind: 'read', receipt: { messageId, status, from: EMAIL, reader: address } };
}

/** What answers by itself goes to return paths too, and says nothing of the delivery: somebody is on holiday. RFC 3834 4. */
const isReply = (fields: readonly MimeField[]): boolean =>
  fieldOf(fields, 'Auto-Submitted')?.trim().toLowerCase().startsWith('auto-replied') ?? false;

/**
 * The report that a mail is, if it is one. `delivery`: the one that the return path is made of, absent where the mail came to a subscriber.
 * A bounce in no standard form says at a return path only that something happened (RFC 4356 has no word for it): indeterminate. Only servers
 * bounce, and they do it with a null sender: `isBounce`.
 */
export function mailReport(
  message: MimeEntity,
  delivery: string | undefined,
  isBounce: boolean,
  settings: Mm3Settings,
): MailReport | undefined {
  const disposition = partOf(message, 'message/disposition-notification');
  if (disposition !== undefined) return readReceipt(disposition, settings);
  const status = partOf(message, 'message/delivery-status') ?? partOf(message, 'message/global-delivery-status');
  if (status !== undefined) return { kind: 'delivery', reports: deliveryReports(message, status, delivery, settings) };
  if (delivery === undefined || !isBounce || isReply(message.fields)) return undefined;
  return {
    kind: 'delivery',
    reports: [{ from: EMAIL, about: { delivery }, status: 'indeterminate', text: 'a bounce in no standard form' }],
  };
}
