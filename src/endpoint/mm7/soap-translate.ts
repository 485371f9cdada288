/** Messages of MM7 and the requests that they are. Pure. */
import {
  type CancelReq,
  CONTENT_CLASSES,
  type DateOrDuration,
  type ExtendedCancelReq,
  type ExtendedReplaceReq,
  type Mm7Address,
  type Mm7Message,
  type Recipients,
  type ReplaceReq,
  type Status,
  type SubmitReq,
} from '#codec/mm7';
import type { ChargedParty } from '#directory';
import {
  type ApplicationAddressing,
  addressText,
  type MessageClass,
  type NumberingPlan,
  type Priority,
  type Recipient,
  type RecipientField,
  type RefusedRecipient,
  type TimeWish,
} from '#messaging';
import { fromWire } from './addresses.js';
import { type Refusal, reasonText, sayRefusal } from './refusals.js';
import { type CancelRequest, type Claim, present, type ReplaceHead, type SubmitHead } from './request.js';

const CLASSES: Readonly<Record<NonNullable<SubmitReq['messageClass']>, MessageClass>> = {
  Personal: 'personal',
  Informational: 'informational',
  Advertisement: 'advertisement',
  Auto: 'auto',
};
const PRIORITIES: Readonly<Record<NonNullable<SubmitReq['priority']>, Priority>> = { Low: 'low', Normal: 'normal', High: 'high' };
const CHARGED: Readonly<Record<NonNullable<SubmitReq['chargedParty']>, ChargedParty>> = {
  Sender: 'sender',
  Recipient: 'recipient',
  Both: 'both',
  Neither: 'neither',
  ThirdParty: 'third-party',
};

const wish = (time: DateOrDuration | undefined): TimeWish | undefined => time;
const mapped = <K extends string, V>(table: Readonly<Record<K, V>>, key: K | undefined): V | undefined =>
  key === undefined ? undefined : table[key];

function recipientsOf(recipients: Recipients, plan: NumberingPlan): readonly Recipient[] {
  const list = (field: RecipientField, addresses: readonly Mm7Address[] = []): readonly Recipient[] =>
    addresses.map((address) => ({
      field,
      address: fromWire(address, plan),
      ...(address.displayOnly === true && { shownOnly: true }),
    }));
  return [...list('to', recipients.to), ...list('cc', recipients.cc), ...list('bcc', recipients.bcc)];
}

/** Blank ids say nothing: forms are sent with empty elements in them. */
const claimOf = (ids: { readonly vaspId?: string; readonly vasId?: string }): Claim =>
  present<Claim>({ vaspId: ids.vaspId || undefined, vasId: ids.vasId || undefined });

/** Who a request says it comes from; nothing where it says nothing. */
export function claimIn(message: Mm7Message): Claim {
  if ('senderIdentification' in message) return claimOf(message.senderIdentification);
  return message.kind === 'extendedReplaceReq' ? claimOf(message) : {};
}

function applicationOf(message: SubmitReq | ReplaceReq): ApplicationAddressing | undefined {
  const { applicId, replyApplicId, auxApplicInfo } = message;
  const application = present<ApplicationAddressing>({ applicId, replyApplicId, auxApplicInfo });
  return Object.keys(application).length === 0 ? undefined : application;
}

const contentClassOf = (name: SubmitReq['contentClass']): number | undefined =>
  name === undefined ? undefined : CONTENT_CLASSES.indexOf(name);

export function toSubmitHead(message: SubmitReq, transactionId: string, plan: NumberingPlan): SubmitHead {
  const { senderAddress } = message.senderIdentification;
  return present<SubmitHead>({
    ...claimOf(message.senderIdentification),
    transactionId,
    version: message.version,
    sender: senderAddress === undefined ? undefined : fromWire(senderAddress, plan),
    recipients: recipientsOf(message.recipients, plan),
    serviceCode: message.serviceCode,
    linkedId: message.linkedId,
    messageClass: mapped(CLASSES, message.messageClass),
    date: message.timeStamp,
    subject: message.subject,
    priority: mapped(PRIORITIES, message.priority),
    deliveryReport: message.deliveryReport,
    readReport: message.readReply,
    expiry: wish(message.expiryDate),
    deliveryTime: wish(message.earliestDeliveryTime),
    replyCharging: message.replyCharging !== undefined,
    chargedParty: mapped(CHARGED, message.chargedParty),
    chargedPartyId: message.chargedPartyId,
    distributionIndicator: message.distributionIndicator,
    deliveryCondition: message.deliveryCondition?.map(String),
    application: applicationOf(message),
    contentClass: contentClassOf(message.contentClass),
    drmContent: message.drmContent,
    adaptationAllowed: message.content?.allowAdaptations,
  } as { readonly [K in keyof SubmitHead]: SubmitHead[K] | undefined });
}

export const toCancelRequest = (message: CancelReq | ExtendedCancelReq, transactionId: string): CancelRequest => ({
  ...claimOf(message.senderIdentification),
  operation: message.kind === 'CancelReq' ? 'cancel' : 'extended-cancel',
  transactionId,
  messageId: message.kind === 'CancelReq' ? message.messageId : message.cancelId,
  some: message.kind === 'CancelReq' && message.recipients !== undefined,
});

export function toReplaceHead(message: ReplaceReq | ExtendedReplaceReq, transactionId: string): ReplaceHead {
  const plain = message.kind === 'ReplaceReq';
  return present<ReplaceHead>({
    ...claimIn(message),
    operation: plain ? 'replace' : 'extended-replace',
    transactionId,
    messageId: (plain ? message.messageId : message.replaceId) ?? '',
    serviceCode: message.serviceCode,
    readReport: message.readReply,
    deliveryTime: wish(message.earliestDeliveryTime),
    expiry: plain ? undefined : wish(message.expiryDate),
    distributionIndicator: plain ? message.distributionIndicator : undefined,
    application: plain ? applicationOf(message) : undefined,
    adaptationAllowed: message.content?.allowAdaptations,
    contentClass: plain ? contentClassOf(message.contentClass) : undefined,
    drmContent: plain ? message.drmContent : undefined,
  } as { readonly [K in keyof ReplaceHead]: ReplaceHead[K] | undefined });
}

export const SUCCESS: Status = { code: 1000, text: 'Success' };

/** Of a message that some of its recipients will not get: which, and why. */
export const partialSuccess = (refused: readonly RefusedRecipient[]): Status => ({
  code: 1100,
  text: 'Partial success',
  details: refused.map(({ recipient, reason }) => `${addressText(recipient.address)}: ${reasonText(reason)}`).join('; '),
});

/** A recall that came too late for some. */
export const partialRecall = (done: number, tooLate: number): Status => ({
  code: 1100,
  text: 'Partial success',
  details: `${done} of ${done + tooLate} recipients; the others have the message`,
});

export function refusalStatus(refusal: Refusal): Status {
  const { status, statusText, details } = sayRefusal(refusal);
  return { code: status, text: statusText, details };
}
