/** What a peer sends, as commands of the domain. Pure: no socket, no clock, no policy. */

import type { ContentFromMime } from '#codec/mime';
import type { Mm4Address, Mm4DeliveryReportReq, Mm4ForwardReq, Mm4ForwardRes, Mm4ReadReplyReportReq } from '#codec/mm4';
import { type MmStatus, meaningOf, mm4AddressText, type RequestStatus } from '#codec/mm4';
import type { Peer } from '#directory';
import {
  type Address,
  addressKey,
  type FarAnswer,
  type FarReport,
  type Forwarding,
  type HandoverAnswer,
  type ReadReceipt,
  type Recipient,
  type Submission,
} from '#messaging';
import { toDomain } from './addresses.js';

/** Content-Class values by their number in MMS encapsulation. */
export const CONTENT_CLASSES = [
  'text',
  'image-basic',
  'image-rich',
  'video-basic',
  'video-rich',
  'megapixel',
  'content-basic',
  'content-rich',
] as const satisfies readonly NonNullable<Mm4ForwardReq['contentClass']>[];

/** A request and the envelope it came in. */
export interface Received<P> {
  readonly peer: Peer;
  readonly pdu: P;
  /** Recipients of the envelope that are no system mailboxes. */
  readonly envelope: readonly Address[];
}

/** How peers are named towards the domain. */
export const roadOf = (peer: Peer) => ({ kind: 'peer', peer: peer.name }) as const;

/**
 * Whom the message is shown to be for, and who gets it from us: the envelope alone says the latter. One operator names 20 numbers in To and
 * hands the message over for one; a recipient of the envelope whom no header names is a Bcc.
 */
export function recipientsOf({ peer, pdu, envelope }: Received<Mm4ForwardReq>): readonly Recipient[] {
  const wanted = new Map(envelope.map((address) => [addressKey(address), address]));
  const shown = new Map<string, Recipient>();
  for (const field of ['to', 'cc'] as const)
    for (const written of pdu[field] ?? []) {
      const address = toDomain(written, peer.numbers);
      const key = addressKey(address);
      if (shown.has(key)) continue;
      shown.set(key, { field, address, ...(!wanted.delete(key) && { shownOnly: true as const }) });
    }
  for (const address of wanted.values()) shown.set(addressKey(address), { field: 'bcc', address });
  return [...shown.values()];
}

/** Earlier senders, oldest first, each with the date of the same index. TS 23.140 8.4.1. */
function forwardingOf(
  { forwardCounter, previouslySentBy, previouslySentDate }: Mm4ForwardReq,
  peer: Peer,
): Forwarding | undefined {
  if (forwardCounter === undefined && previouslySentBy === undefined) return undefined;
  const dates = new Map((previouslySentDate ?? []).map(({ index, at }) => [index, at]));
  const previously = [...(previouslySentBy ?? [])]
    .sort((a, b) => a.index - b.index)
    .map(({ index, address }) => {
      const at = dates.get(index);
      return { by: toDomain(address, peer.numbers), ...(at !== undefined && { at }) };
    });
  return { ...(forwardCounter !== undefined && { counter: forwardCounter }), previously };
}

const applicationOf = ({ applicId, replyApplicId, auxApplicInfo }: Mm4ForwardReq): Submission['application'] =>
  applicId === undefined && replyApplicId === undefined && auxApplicInfo === undefined
    ? undefined
    : {
        ...(applicId !== undefined && { applicId }),
        ...(replyApplicId !== undefined && { replyApplicId }),
        ...(auxApplicInfo !== undefined && { auxApplicInfo }),
      };

/** The submission that MM4_forward.REQ asks for. */
export function toSubmission(received: Received<Mm4ForwardReq>, content: ContentFromMime): Submission {
  const { pdu, peer } = received;
  const { subject, date, senderVisibility, expiry, adaptationAllowed, contentClass, drmContent } = pdu;
  const forwarding = forwardingOf(pdu, peer);
  const application = applicationOf(pdu);
  return {
    origin: {
      interface: 'mm4',
      peer: peer.name,
      version: pdu.version ?? peer.dialect.version,
      messageId: pdu.messageId,
      transactionId: pdu.transactionId,
      originatorSystem: responseMailbox(pdu, peer),
      ackRequest: pdu.ackRequest === true,
      ...(pdu.originatorSystemDeliveryReport === true && { systemReport: true }),
    },
    sender: toDomain(pdu.from, peer.numbers),
    named: { system: `mm4:${peer.name}`, messageId: pdu.messageId },
    ...(senderVisibility !== undefined && { senderVisibility }),
    recipients: recipientsOf(received),
    ...(date !== undefined && { date }),
    ...(subject !== undefined && subject !== '' && { subject }),
    messageClass: pdu.messageClass ?? 'personal',
    priority: pdu.priority ?? 'normal',
    deliveryReport: pdu.deliveryReport === true,
    readReport: pdu.readReply === true,
    ...(expiry !== undefined && { expiry: expiry.kind === 'at' ? { at: expiry.at } : { afterMs: expiry.seconds * 1000 } }),
    replyCharging: false,
    ...(application && { application }),
    ...(forwarding && { forwarding }),
    ...(adaptationAllowed !== undefined && { adaptationAllowed }),
    ...(contentClass !== undefined && { contentClass: CONTENT_CLASSES.indexOf(contentClass) }),
    ...(drmContent !== undefined && { drmContent }),
    contentType: content.type.media,
    content: [content.octets],
    fingerprint: '',
  };
}

/** Local part of the system mailbox where a peer names none: the usual one. */
const SYSTEM_USER = 'system-user';

/**
 * Where responses to a request go: X-Mms-Originator-System, else Sender, else the usual system mailbox of the peer. A name without domain is
 * at the peer's.
 */
export function responseMailbox(
  { originatorSystem, sender }: { readonly originatorSystem?: Mm4Address; readonly sender?: Mm4Address },
  peer: Peer,
): string {
  const home = peer.domains[0]!;
  for (const address of [originatorSystem, sender]) {
    if (address === undefined) continue;
    if (address.kind === 'name') {
      // A host's name (an invention of one server) is no mailbox.
      if (address.name.includes('.')) continue;
      return `${address.name}@${home}`;
    }
    return mm4AddressText(address.domain === undefined ? { ...address, domain: home } : address);
  }
  return `${SYSTEM_USER}@${home}`;
}

const statusWord = (status: RequestStatus): string => (typeof status === 'string' ? status : status.unknown);

const answerOf = (peer: Peer, code: string, text: string | undefined): FarAnswer => ({
  by: peer.name,
  code,
  ...(text !== undefined && { text }),
});

/** What MM4_forward.RES says of a message that we handed over. */
export function toHandoverAnswer({ peer, pdu }: Omit<Received<Mm4ForwardRes>, 'envelope'>): HandoverAnswer {
  const status = statusWord(pdu.status);
  const meaning = meaningOf(pdu.status);
  const reason = pdu.statusText === undefined ? status : `${status}: ${pdu.statusText}`;
  const recipients = (pdu.requestRecipients ?? []).map((it) => toDomain(it, peer.numbers));
  return {
    from: roadOf(peer),
    transactionId: pdu.transactionId,
    ...(recipients.length > 0 && { recipients }),
    verdict:
      meaning === 'taken'
        ? { kind: 'accepted' }
        : meaning === 'later'
          ? { kind: 'deferred', reason }
          : { kind: 'refused', outcome: 'rejected', reason },
    ...(pdu.messageId !== undefined && { theirMessageId: pdu.messageId }),
    answer: answerOf(peer, status, pdu.statusText),
  };
}

/** X-Mms-MM-Status-Code as the sender is told of it. TS 23.140 8.4.2. */
const OUTCOMES: Readonly<Record<MmStatus, FarReport['status']>> = {
  Expired: 'expired',
  Retrieved: 'retrieved',
  Rejected: 'rejected',
  Deferred: 'deferred',
  Indeterminate: 'indeterminate',
  Forwarded: 'forwarded',
  Unrecognised: 'unrecognised',
  Unreachable: 'unreachable',
};

/**
 * Whom a report may be about, the likeliest first: peers disagree whether From or To names the recipient, so both are tried in the order that
 * this peer is known for, and the sender of the envelope after them.
 */
export function reportedAddresses(
  { peer, pdu }: Omit<Received<Mm4DeliveryReportReq | Mm4ReadReplyReportReq>, 'envelope'>,
  envelopeSender: Mm4Address | undefined,
): readonly Address[] {
  const from = pdu.from === undefined ? [] : [pdu.from];
  const to = pdu.to ?? [];
  const order = peer.dialect.reportAddresses === 'mail' ? [...from, ...to] : [...to, ...from];
  const found = new Map<string, Address>();
  for (const address of [...order, ...(envelopeSender === undefined ? [] : [envelopeSender])]) {
    const known = toDomain(address, peer.numbers);
    if (known.kind !== 'unknown') found.set(addressKey(known), known);
  }
  return [...found.values()].slice(0, REPORTED_TRIES_MAX);
}

/** A report names two; more are no report of ours. Each costs a look into the store. */
const REPORTED_TRIES_MAX = 4;

/** What MM4_delivery_report.REQ says of `recipient`. */
export function toFarReport({ peer, pdu }: Omit<Received<Mm4DeliveryReportReq>, 'envelope'>, recipient: Address): FarReport {
  const { mmStatus, mmStatusExtension, statusText, date } = pdu;
  const text = [statusText, mmStatusExtension].filter((it) => it !== undefined).join('; ');
  return {
    from: roadOf(peer),
    about: { messageId: pdu.messageId, recipient },
    status: OUTCOMES[mmStatus],
    ...(date !== undefined && { at: date }),
    ...(text !== '' && { text }),
    answer: answerOf(peer, mmStatus, text === '' ? undefined : text),
  };
}

/** What MM4_read_reply_report.REQ says of `reader`. */
export const toReadReceipt = (
  { peer, pdu }: Omit<Received<Mm4ReadReplyReportReq>, 'envelope'>,
  reader: Address,
): ReadReceipt => ({
  messageId: pdu.messageId,
  from: roadOf(peer),
  reader,
  status: pdu.readStatus,
  ...(pdu.date !== undefined && { at: pdu.date }),
  ...(pdu.statusText !== undefined && { text: pdu.statusText }),
});
