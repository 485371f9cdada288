/** What goes to a peer: messages, reports and responses as MM4 writes them. Pure. */
import { err, LIMITS, type Result } from '#base';
import { contentToMime, type MimeError, type MimeSource, type Written, writeMessage } from '#codec/mime';
import {
  encodeMm4,
  type KnownRequestStatus,
  type Mm4Address,
  type Mm4ForwardReq,
  type Mm4Pdu,
  type Mm4Response,
  type Mm4Salvaged,
  type MmStatus,
  RESPONSE_OF,
  reportAddresses,
} from '#codec/mm4';
import type { Peer } from '#directory';
import {
  type Address,
  addressKey,
  type Handover,
  type Message,
  type OutgoingReport,
  type Recipient,
  type ReportedOutcome,
} from '#messaging';
import { domainAt, fromDomain, homeDomain, ownDomain, readable, systemMailbox } from './addresses.js';
import { CONTENT_CLASSES } from './translate-in.js';

/** What everything that goes out needs besides its matter. */
export interface Outgoing {
  readonly peer: Peer;
  /** Our domains, the first for peers that name none. */
  readonly domains: readonly string[];
  readonly now: number;
}

/** RFC 9110 5.6.2; anything else is a user's invention and goes out as an ordinary message. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

function shownIn(
  recipients: readonly Recipient[],
  field: 'to' | 'cc',
  domainFor: (address: Address) => string,
): readonly Mm4Address[] {
  return recipients
    .filter((it) => it.field === field)
    .flatMap((it) => fromDomain(it.address, domainFor(it.address)) ?? [])
    .slice(0, LIMITS.mm4AddressesMax);
}

/** Where each recipient is addressed: by the road that he has, or at the peer's home where he goes elsewhere. */
function domainsOf({ deliveries }: Handover, peer: Peer): (address: Address) => string {
  const home = homeDomain(peer);
  let others: Map<string, string> | undefined;
  for (const { road, recipient } of deliveries) {
    const domain = domainAt(road, peer);
    if (domain === home) continue;
    others ??= new Map();
    others.set(addressKey(recipient), domain);
  }
  return (address) => others?.get(addressKey(address)) ?? home;
}

/** Who earlier sent a message that users forwarded, each with its index. TS 23.140 8.4.1. */
function forwardingOf({ forwarding }: Message): Partial<Mm4ForwardReq> {
  if (forwarding === undefined) return {};
  const previouslySentBy = forwarding.previously.flatMap(({ by }, index) => {
    const address = fromDomain(by);
    return address === undefined ? [] : [{ index, address }];
  });
  const previouslySentDate = forwarding.previously.flatMap(({ at }, index) => (at === undefined ? [] : [{ index, at }]));
  return {
    ...(forwarding.counter !== undefined && { forwardCounter: forwarding.counter }),
    ...(previouslySentBy.length > 0 && { previouslySentBy }),
    ...(previouslySentDate.length > 0 && { previouslySentDate }),
  };
}

/** MM4_forward.REQ for a message on its way to `peer`. Ids are those of message and transaction, the same at every repeat. Undefined: MM4 cannot name the sender. */
export function toForwardReq(handover: Handover, { peer, domains }: Outgoing): Mm4ForwardReq | undefined {
  const { message, transactionId, recipientsShown } = handover;
  const own = ownDomain(peer, domains);
  // A hidden sender is named here all the same, with the wish to hide him: the peer must know whom it serves. TS 23.140 8.4.1.
  const from = fromDomain(message.sender, own);
  if (from === undefined) return undefined;
  const system = readable(systemMailbox(peer, domains));
  const { messageClass, contentClass, application, subject } = message;
  const domainFor = domainsOf(handover, peer);
  const to = shownIn(recipientsShown, 'to', domainFor);
  const cc = shownIn(recipientsShown, 'cc', domainFor);
  return {
    kind: 'MM4_forward.REQ',
    version: peer.dialect.version,
    transactionId,
    messageId: message.id,
    from,
    // A message to hidden recipients only: the peer hears of them in the envelope, and To must be there.
    to: to.length + cc.length === 0 ? [from] : to,
    ...(cc.length > 0 && { cc }),
    sender: from,
    date: message.date,
    mailId: `${transactionId}@${own}`,
    ...(subject !== undefined && { subject }),
    messageClass: typeof messageClass === 'string' || TOKEN.test(messageClass.token) ? messageClass : 'personal',
    expiry: { kind: 'at', at: message.expiresAt },
    deliveryReport: message.deliveryReport,
    originatorSystemDeliveryReport: false,
    priority: message.priority,
    senderVisibility: message.senderHidden ? 'hide' : 'show',
    readReply: message.readReport,
    ackRequest: peer.acknowledgement.forward,
    ...(system !== undefined && { originatorSystem: system }),
    ...forwardingOf(message),
    ...(message.adaptationAllowed !== undefined && { adaptationAllowed: message.adaptationAllowed }),
    ...(contentClass !== undefined &&
      CONTENT_CLASSES[contentClass] !== undefined && { contentClass: CONTENT_CLASSES[contentClass] }),
    ...(message.drmContent !== undefined && { drmContent: message.drmContent }),
    ...application,
  };
}

const MULTIPARTS: Readonly<Record<Peer['dialect']['multipart'], string | undefined>> = {
  'as-submitted': undefined,
  mixed: 'multipart/mixed',
  related: 'multipart/related',
};

/** Content under the top-level type that the peer wants. One part alone stays one part. */
function fitted(body: MimeSource, wanted: Peer['dialect']['multipart']): MimeSource {
  const media = MULTIPARTS[wanted];
  if (media === undefined || body.kind === 'leaf' || body.type.media === media) return body;
  const { start, type, ...others } = body.type.parameters;
  return { ...body, type: { media, parameters: media === 'multipart/related' ? body.type.parameters : others } };
}

/** The mail of a message. */
export function forwardMail(pdu: Mm4ForwardReq, content: Uint8Array, { peer, now }: Outgoing): Result<Written, MimeError> {
  const body = contentToMime(content);
  if (!body.ok) return err(body.error);
  return writeMessage({
    fields: encodeMm4(pdu, { dialect: peer.dialect, now }),
    body: fitted(body.value, peer.dialect.multipart),
  });
}

/** The mail of what has no content. Verbose layout: an empty text, as three operators send it. Err where a value cannot stand in a header. */
export function headerMail(pdu: Exclude<Mm4Pdu, Mm4ForwardReq>, { peer, now }: Outgoing): Result<Written, MimeError> {
  const body: MimeSource | undefined =
    peer.dialect.responses === 'verbose'
      ? { kind: 'leaf', type: { media: 'text/plain', parameters: { charset: 'us-ascii' } }, data: new Uint8Array(0) }
      : undefined;
  return writeMessage({ fields: encodeMm4(pdu, { dialect: peer.dialect, now }), ...(body && { body }) });
}

/** What each outcome is called in a delivery report. `Unreachable` is of MM7: the nearest is that nothing is known. TS 23.140 8.4.2. */
const STATUSES: Readonly<Record<ReportedOutcome, MmStatus>> = {
  deferred: 'Deferred',
  retrieved: 'Retrieved',
  rejected: 'Rejected',
  expired: 'Expired',
  unrecognised: 'Unrecognised',
  indeterminate: 'Indeterminate',
  unreachable: 'Indeterminate',
  forwarded: 'Forwarded',
};

/** Ids of ours are in the header of each mail that has none of its own to carry. */
const common = (transactionId: string, { peer, domains, now }: Outgoing) => {
  const sender = readable(systemMailbox(peer, domains));
  return {
    version: peer.dialect.version,
    transactionId,
    ...(sender !== undefined && { sender }),
    date: now,
    mailId: `${transactionId.replace(/[^0-9A-Za-z_.-]/g, '')}.${now.toString(36)}@${ownDomain(peer, domains)}`,
  };
};

/** A delivery report or read-reply report about a message that `peer` sent. Undefined: one of its addresses has no form on MM4. */
export function toReport(outgoing: OutgoingReport, out: Outgoing): Exclude<Mm4Pdu, Mm4ForwardReq> | undefined {
  const { report, origin, transactionId } = outgoing;
  if (origin.interface !== 'mm4') return undefined;
  const { peer, domains } = out;
  const sender = fromDomain(report.to, homeDomain(peer));
  const recipient = fromDomain(report.recipient, ownDomain(peer, domains));
  if (sender === undefined || recipient === undefined) return undefined;
  const all = {
    ...common(transactionId, out),
    messageId: origin.messageId,
    ...reportAddresses(peer.dialect, sender, recipient),
    date: report.at,
    ackRequest: peer.acknowledgement.reports,
    ...report.application,
  };
  const { content } = report;
  if (content.kind === 'acknowledgement') return undefined;
  if (content.kind === 'read') return { kind: 'MM4_read_reply_report.REQ', ...all, readStatus: content.status };
  return {
    kind: 'MM4_delivery_report.REQ',
    ...all,
    forwardToOriginator: content.systemOnly !== true,
    mmStatus: STATUSES[content.outcome],
    ...(content.outcome === 'rejected' && { mmStatusExtension: 'Rejection-By-MMS-Recipient' }),
    ...(content.text !== undefined && { statusText: content.text }),
  };
}

/** What a response answers: a request, or what could be read of one. */
export type Answered = Pick<Mm4Salvaged, 'messageId'> & {
  readonly kind: keyof typeof RESPONSE_OF;
  readonly transactionId: string;
  readonly mailbox: string;
};

/** The response to a request. `about`: the recipients it is about; absent: all. */
export function toResponse(
  answered: Answered,
  status: KnownRequestStatus,
  out: Outgoing,
  about?: readonly Address[],
  statusText?: string,
): Mm4Response {
  const { peer, domains } = out;
  const from = readable(systemMailbox(peer, domains));
  const to = readable(answered.mailbox);
  const recipients = (about ?? []).flatMap((it) => fromDomain(it) ?? []);
  const kind = RESPONSE_OF[answered.kind];
  const response = {
    ...common(answered.transactionId, out),
    ...(from !== undefined && { from }),
    to: to === undefined ? [] : [to],
    messageId: answered.messageId ?? answered.transactionId,
    status,
    ...(statusText !== undefined && { statusText }),
  };
  if (kind !== 'MM4_forward.RES') return { kind, ...response };
  return { kind, ...response, ...(recipients.length > 0 && { requestRecipients: recipients }) };
}
