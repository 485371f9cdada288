/** Wire values to the domain's and back. Pure: no socket, no clock, no policy. */
import { LIMITS, type Msisdn } from '#base';
import {
  type Content,
  deletionFields,
  fitToVersion,
  lowerVersion,
  type MmsPdu,
  type MmsVersion,
  makeContent,
  makeDescriptors,
  type PduKind,
  plmn,
  type ReadRecInd,
  type RetrieveConf,
  readDeviceAddress,
  type SendConf,
  type SendReq,
  type TimeValue,
} from '#codec/mms';
import {
  type Accepted,
  type Address,
  addressText,
  type NumberingPlan,
  normaliseNumber,
  type Recipient,
  type RecipientField,
  type Retrieval,
  type Submission,
  type TimeWish,
} from '#messaging';
import { fingerprint } from './fingerprint.js';
import { OK, PARTIAL_SUCCESS, type PostRefusal, partialText, RETRIEVALS, type RetrievalRefusal, toResponse } from './refusals.js';

/** X-Mms-Transaction-ID of an answer to a PDU whose own could not be read; the field is mandatory. */
export const TRANSACTION_ID_UNKNOWN = '0';

/** In which version to answer: the lower of the two, and ours when theirs is unknown or of another major than 1. */
export function answerVersion(theirs: MmsVersion | undefined, ours: MmsVersion): MmsVersion {
  return theirs?.startsWith('1.') ? lowerVersion(theirs, ours) : ours;
}

/** What was written as an address, as the domain knows it. What is none becomes `unknown` with its text, so that a refusal can name it. */
export function toAddress(text: string, plan: NumberingPlan): Address {
  const device = readDeviceAddress(text);
  switch (device.kind) {
    case 'plmn':
      return toNumber(device.digits, device.international, text, plan);
    case 'num-shortcode':
      // Android writes every number so; only what dialling calls a service has a mark.
      return device.mark === '*' || device.mark === '#'
        ? { kind: 'short-code', code: device.mark + device.digits }
        : toNumber(device.digits, device.mark === '+', text, plan);
    case 'email':
      return { kind: 'email', mailbox: device.mailbox };
    case 'alphanum':
      return { kind: 'short-code', code: device.text };
    case 'ipv4':
    case 'ipv6':
    case 'other':
      return { kind: 'unknown', text };
  }
}

function toNumber(digits: string, international: boolean, text: string, plan: NumberingPlan): Address {
  const msisdn = normaliseNumber(international ? `+${digits}` : digits, plan);
  if (msisdn !== undefined) return { kind: 'number', msisdn };
  // A handset that writes /TYPE=PLMN behind every number, as iPhones do, writes it behind short codes too.
  return !international && digits.length < LIMITS.bareNumberDigitsMin
    ? { kind: 'short-code', code: digits }
    : { kind: 'unknown', text };
}

/** The submission that `pdu` asks for. `sender` is the network's word; `octets` the PDU as it came. */
export function toSubmission(pdu: SendReq, sender: Msisdn, octets: Uint8Array, plan: NumberingPlan): Submission {
  const recipients: Recipient[] = [];
  addRecipients(recipients, 'to', pdu.to, plan);
  addRecipients(recipients, 'cc', pdu.cc, plan);
  addRecipients(recipients, 'bcc', pdu.bcc, plan);
  const application = pdu.applicId ?? pdu.replyApplicId ?? pdu.auxApplicInfo;
  return {
    origin: { interface: 'mm1', version: pdu.version },
    sender: { kind: 'number', msisdn: sender },
    recipients,
    messageClass: pdu.messageClass ?? 'personal',
    priority: pdu.priority ?? 'normal',
    deliveryReport: pdu.deliveryReport ?? false,
    readReport: pdu.readReport ?? false,
    replyCharging: pdu.replyCharging === 'requested' || pdu.replyCharging === 'requested-text-only',
    contentType: pdu.content.type.media,
    content: [pdu.content.octets],
    fingerprint: fingerprint(sender, octets),
    ...(pdu.senderVisibility !== undefined && { senderVisibility: pdu.senderVisibility }),
    ...(pdu.date !== undefined && { date: pdu.date }),
    ...(pdu.subject !== undefined && { subject: pdu.subject }),
    ...(pdu.expiry !== undefined && { expiry: toTimeWish(pdu.expiry) }),
    ...(pdu.deliveryTime !== undefined && { deliveryTime: toTimeWish(pdu.deliveryTime) }),
    ...(pdu.contentClass !== undefined && { contentClass: pdu.contentClass }),
    ...(pdu.drmContent !== undefined && { drmContent: pdu.drmContent }),
    ...(application !== undefined && {
      application: {
        ...(pdu.applicId !== undefined && { applicId: pdu.applicId }),
        ...(pdu.replyApplicId !== undefined && { replyApplicId: pdu.replyApplicId }),
        ...(pdu.auxApplicInfo !== undefined && { auxApplicInfo: pdu.auxApplicInfo }),
      },
    }),
  };
}

function addRecipients(recipients: Recipient[], field: RecipientField, texts: readonly string[], plan: NumberingPlan): void {
  for (const text of texts) recipients.push({ field, address: toAddress(text, plan) });
}

const toTimeWish = (time: TimeValue): TimeWish => (time.kind === 'absolute' ? { at: time.at } : { afterMs: time.seconds * 1000 });

/** The claimed sender of a PDU that is not the one the network names; undefined when there is no contradiction. */
export function claimedOther(pdu: SendReq | ReadRecInd, sender: Msisdn, plan: NumberingPlan): string | undefined {
  if (pdu.from.kind !== 'address' || pdu.from.address === '') return undefined;
  const address = toAddress(pdu.from.address, plan);
  return address.kind === 'number' && address.msisdn === sender ? undefined : pdu.from.address;
}

/** The answer to a message that has been accepted, in the version `version`; `all`: recipients it was for. */
export function toSendConf(transactionId: string, version: MmsVersion, accepted: Accepted, all: number): SendConf {
  const partial = accepted.refused.length > 0;
  return {
    kind: 'm-send-conf',
    transactionId,
    version,
    // Older handsets know only Ok or failure, and a failure would make them send again to those who got it.
    responseStatus: partial && lowerVersion(version, '1.2') === '1.2' ? PARTIAL_SUCCESS : OK,
    ...(partial && { responseText: partialText(accepted.refused, all) }),
    messageId: accepted.messageId,
  };
}

/** The answer to a PDU that is refused, in the version `version`. */
export function toRefusal(transactionId: string | undefined, version: MmsVersion, refusal: PostRefusal): SendConf {
  const { status, text } = toResponse(refusal, version);
  return {
    kind: 'm-send-conf',
    transactionId: transactionId === undefined || transactionId === '' ? TRANSACTION_ID_UNKNOWN : transactionId,
    version,
    responseStatus: status,
    responseText: text,
  };
}

/**
 * A refusal as the answer that the request has in the standard, where that has a Response-Status; otherwise, and for what is no request,
 * M-Send.conf. `asked`: the PDU that is refused.
 */
export function toConfOf(asked: PduKind, refusal: SendConf): MmsPdu {
  const { responseStatus, responseText, ...common } = refusal;
  // A result without a location is about the request as a whole.
  const result = { status: responseStatus, contentLocations: [], ...(responseText !== undefined && { text: responseText }) };
  switch (asked) {
    case 'm-forward-req':
      return { ...refusal, kind: 'm-forward-conf' };
    case 'm-mbox-view-req':
      return { ...refusal, kind: 'm-mbox-view-conf', contentLocation: [], content: makeDescriptors([]) };
    case 'm-mbox-delete-req':
      return { ...common, kind: 'm-mbox-delete-conf', ...deletionFields([result]) };
    case 'm-delete-req':
      return { ...common, kind: 'm-delete-conf', ...deletionFields([result]) };
    default:
      return refusal;
  }
}

/**
 * The message as its recipient gets it, in the version `version`. A hidden sender is left out (insert-address is not allowed here).
 * The transaction id asks for an acknowledgement and names the delivery, as the notification's did.
 */
export function toRetrieveConf(retrieval: Retrieval, content: Content, version: MmsVersion): RetrieveConf {
  const { message, delivery } = retrieval;
  return fitToVersion(
    {
      kind: 'm-retrieve-conf',
      transactionId: delivery.key,
      version,
      messageId: message.id,
      date: message.date,
      to: shown(retrieval.recipients, 'to'),
      cc: shown(retrieval.recipients, 'cc'),
      messageClass: message.messageClass,
      priority: message.priority,
      deliveryReport: message.deliveryReport,
      readReport: message.readReport,
      // Optional when all is well, but Android reads its absence as a failure of unknown kind.
      retrieveStatus: OK,
      ...(retrieval.from !== undefined && { from: { kind: 'address', address: toWire(retrieval.from) } }),
      ...(message.subject !== undefined && { subject: message.subject }),
      ...message.application,
      ...(message.contentClass !== undefined && { contentClass: message.contentClass }),
      ...(message.drmContent !== undefined && { drmContent: message.drmContent }),
      content,
    },
    version,
  );
}

/**
 * Why there is no message. Every known client takes this form: a multipart.mixed, where Android refuses to do without a body or with
 * another type, and mmsd-tng too. Its one part says the same as Retrieve-Text, for handsets that show a message whatever its status, and
 * for those of 1.0, which know no status. Without a transaction id: there is nothing to acknowledge.
 */
export function toRefusedRetrieveConf(refusal: RetrievalRefusal, version: MmsVersion, now: number): RetrieveConf {
  const { status, text } = RETRIEVALS[refusal.kind];
  return fitToVersion(
    {
      kind: 'm-retrieve-conf',
      version,
      date: now,
      to: [],
      cc: [],
      retrieveStatus: status,
      retrieveText: text,
      content: explanation(text),
    },
    version,
  );
}

const ascii = new TextEncoder();

const explanation = (text: string): Content =>
  makeContent(
    [
      {
        contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } },
        contentId: '<text>',
        contentLocation: 'text.txt',
        data: ascii.encode(text),
      },
    ],
    { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
  );

const shown = (recipients: readonly Recipient[], field: RecipientField): string[] =>
  recipients.filter((recipient) => recipient.field === field).map((recipient) => toWire(recipient.address));

const toWire = (address: Address): string => (address.kind === 'number' ? plmn(address.msisdn) : addressText(address));
