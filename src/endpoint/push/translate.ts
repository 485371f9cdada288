/** A push as the domain has it, written as the octets that a bearer carries: an MMS PDU inside a WSP push. Pure. */
import { err, LIMITS, ok, type Result } from '#base';
import {
  type DeliveryInd,
  encodePdu,
  fitToVersion,
  isPduOfVersion,
  lowerVersion,
  type NotificationInd,
  plmn,
  type ReadOrigInd,
} from '#codec/mms';
import { encodePush, MMS_APPLICATION_ID, MMS_MESSAGE } from '#codec/wsp';
import {
  type Address,
  type ApplicationAddressing,
  addressText,
  type DeliveryReport,
  type Notification,
  type Push,
  type ReadReport,
} from '#messaging';
import type { PushConfig } from './config.js';

/** The PDUs that go to handsets by push. */
export type PushedPdu = NotificationInd | DeliveryInd | ReadOrigInd;

/** Why a push can never be written; trying again is useless. */
export type Untranslatable =
  | { readonly kind: 'not-in-version'; readonly reason: string }
  | { readonly kind: 'too-long'; readonly reason: string };

/** The push as a PDU of the lower of the recipient's version and `versionMax`. Hidden senders are left out, not written as such. */
export function toPdu(push: Push, config: PushConfig): Result<PushedPdu, Untranslatable> {
  const version = lowerVersion(push.version, config.versionMax);
  const pdu = translated(push, config.contentUrl, version);
  if (!isPduOfVersion(pdu.kind, version)) return err({ kind: 'not-in-version', reason: `MMS ${version} has no ${pdu.kind}` });
  return ok(fitToVersion(pdu, version));
}

function translated(push: Push, contentUrl: string, version: string): PushedPdu {
  switch (push.kind) {
    case 'notification':
      return toNotificationInd(push, contentUrl, version);
    case 'delivery-report':
      return toDeliveryInd(push, version);
    case 'read-report':
      return toReadOrigInd(push, version);
  }
}

/**
 * The WSP push octets. `transactionId` (0..255) is the push's own; handsets ignore it on an unconfirmed push.
 * When they would be more than `octetsMax`, fields that the handset will see again on retrieval are left out one after the other.
 */
export function toPushOctets(
  push: Push,
  config: PushConfig,
  transactionId: number,
  octetsMax: number = LIMITS.pushOctetsMax,
): Result<Uint8Array, Untranslatable> {
  const pdu = toPdu(push, config);
  if (!pdu.ok) return pdu;
  let octets = wrap(pdu.value, transactionId);
  for (let left = 0; octets.length > octetsMax; left++) {
    if (left === DISPENSABLE.length)
      return err({ kind: 'too-long', reason: `the push has ${octets.length} octets, ${octetsMax} can be sent` });
    octets = wrap(without(pdu.value, DISPENSABLE.slice(0, left + 1).flat()), transactionId);
  }
  return ok(octets);
}

/** What a push can do without, first thing to go first. The standard lets a relay omit each of them (MMS_ENC 6.2, 6.5, 6.6). */
const DISPENSABLE: readonly (readonly string[])[] = [
  ['subject'],
  ['statusText'],
  ['applicId', 'replyApplicId', 'auxApplicInfo'],
  ['contentClass', 'drmContent'],
  ['priority'],
];

const without = (pdu: PushedPdu, fields: readonly string[]): PushedPdu =>
  Object.fromEntries(Object.entries(pdu).filter(([field]) => !fields.includes(field))) as unknown as PushedPdu;

/** What stands before the PDU is the same in every push but for its first octet, the transaction id. WAP-230 8.2.4.1. */
const HEAD = encodePush({
  transactionId: 0,
  contentType: MMS_MESSAGE,
  applicationId: MMS_APPLICATION_ID,
  body: new Uint8Array(0),
});

function wrap(pdu: PushedPdu, transactionId: number): Uint8Array {
  const body = encodePdu(pdu);
  const octets = new Uint8Array(HEAD.length + body.length);
  octets.set(HEAD);
  octets[0] = transactionId;
  octets.set(body, HEAD.length);
  return octets;
}

function toNotificationInd(push: Notification, contentUrl: string, version: string): NotificationInd {
  return {
    kind: 'm-notification-ind',
    transactionId: push.key,
    version,
    ...(push.from && { from: { kind: 'address', address: wireAddress(push.from) } }),
    ...(push.subject !== undefined && { subject: push.subject }),
    // No, Normal and "not protected" are the defaults: each octet counts towards the one short message.
    ...(push.deliveryReport && { deliveryReport: true }),
    messageClass: push.messageClass,
    ...(push.priority !== 'normal' && { priority: push.priority }),
    messageSize: push.size,
    expiry: { kind: 'relative', seconds: push.expirySeconds },
    contentLocation: `${contentUrl}/${push.key}`,
    ...application(push.application),
    ...(push.contentClass !== undefined && { contentClass: push.contentClass }),
    ...(push.drmContent && { drmContent: true }),
  };
}

function toDeliveryInd(push: DeliveryReport, version: string): DeliveryInd {
  return {
    kind: 'm-delivery-ind',
    version,
    messageId: push.messageId,
    to: [wireAddress(push.recipient)],
    date: push.at,
    status: push.outcome,
    ...(push.text !== undefined && { statusText: push.text }),
    ...application(push.application),
  };
}

function toReadOrigInd(push: ReadReport, version: string): ReadOrigInd {
  return {
    kind: 'm-read-orig-ind',
    version,
    messageId: push.messageId,
    to: [plmn(push.to)],
    from: { kind: 'address', address: wireAddress(push.reader) },
    date: push.at,
    readStatus: push.status,
    ...application(push.application),
  };
}

const wireAddress = (address: Address): string => (address.kind === 'number' ? plmn(address.msisdn) : addressText(address));

const application = (addressing: ApplicationAddressing | undefined): ApplicationAddressing => addressing ?? {};
