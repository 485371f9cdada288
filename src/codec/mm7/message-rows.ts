/** The messages of MM7 as tables: one row for each child element, in the order of the schema. TS 23.140 8.7, REL-6-MM7-1-4 schema. */
import type { ElementCoder } from './coding.js';
import {
  bareStatus,
  contentReference,
  deliveryCondition,
  oneAddress,
  previouslySentBy,
  previouslySentDates,
  recipients,
  replyCharging,
  senderIdentification,
  status,
  uaCapabilities,
} from './compound-values.js';
import type {
  CancelReq,
  CancelRsp,
  DeliverReq,
  DeliverRsp,
  DeliveryReportReq,
  DeliveryReportRsp,
  ErrorRsp,
  ExtendedCancelReq,
  ExtendedCancelRsp,
  ExtendedReplaceReq,
  ExtendedReplaceRsp,
  Mm7Application,
  Mm7Message,
  ReadReplyReq,
  ReadReplyRsp,
  ReplaceReq,
  ReplaceRsp,
  SubmitReq,
  SubmitRsp,
} from './messages.js';
import { mandatory, optional, type Rows, type Slot, sequence } from './sequence.js';
import { boolean, dateOrDuration, dateTime, identifier, text, word } from './simple-values.js';
import {
  CHARGED_PARTIES,
  CONTENT_CLASSES,
  MESSAGE_CLASSES,
  MM_STATUS_EXTENSIONS,
  MM_STATUSES,
  PRIORITIES,
  READ_STATUSES,
} from './values.js';

const version = mandatory('MM7Version', identifier);
/** An answer may do without: it has the version of its request. */
const versionOfAnswer = mandatory('MM7Version', identifier, { whenMissing: { name: 'missing-version', value: '' } });
const sender = mandatory('SenderIdentification', senderIdentification);
const messageId = mandatory('MessageID', identifier);
const relayServerId = optional('MMSRelayServerID', text);
const timeStamp = optional('TimeStamp', dateTime);
const earliestDeliveryTime = optional('EarliestDeliveryTime', dateOrDuration);
const expiryDate = optional('ExpiryDate', dateOrDuration);
const serviceCode = optional('ServiceCode', text);
const linkedId = optional('LinkedID', text);
const readReply = optional('ReadReply', boolean);
const deliveryReport = optional('DeliveryReport', boolean);
const priority = optional('Priority', word(PRIORITIES));
const subject = optional('Subject', text);
const distributionIndicator = optional('DistributionIndicator', boolean);
const contentClass = optional('ContentClass', word(CONTENT_CLASSES), 6);
const drmContent = optional('DRMContent', boolean, 6);
const content = optional('Content', contentReference);
const capabilities = optional('UACapabilities', uaCapabilities, 6);
const statusText = optional('StatusText', text);

const application: Rows<Mm7Application> = {
  applicId: optional('ApplicID', text, 6),
  replyApplicId: optional('ReplyApplicID', text, 6),
  auxApplicInfo: optional('AuxApplicInfo', text, 6),
};

const submitReq: Rows<SubmitReq> = {
  version,
  senderIdentification: sender,
  recipients: mandatory('Recipients', recipients),
  serviceCode,
  linkedId,
  messageClass: optional('MessageClass', word(MESSAGE_CLASSES)),
  timeStamp,
  replyCharging: optional('ReplyCharging', replyCharging),
  earliestDeliveryTime,
  expiryDate,
  deliveryReport,
  readReply,
  priority,
  subject,
  chargedParty: optional('ChargedParty', word(CHARGED_PARTIES)),
  chargedPartyId: optional('ChargedPartyID', text),
  distributionIndicator,
  deliveryCondition: optional('DeliveryCondition', deliveryCondition, 6),
  ...application,
  contentClass,
  drmContent,
  content,
};

const answer = { version: versionOfAnswer, status: mandatory('Status', status) } as const;

const submitRsp: Rows<SubmitRsp> = { ...answer, messageId: optional('MessageID', text) };
const cancelReq: Rows<CancelReq> = {
  version,
  senderIdentification: sender,
  messageId,
  recipients: optional('Recipients', recipients, 6),
  ...application,
};
const cancelRsp: Rows<CancelRsp> = answer;
const replaceReq: Rows<ReplaceReq> = {
  version,
  senderIdentification: sender,
  messageId,
  serviceCode,
  timeStamp,
  readReply,
  earliestDeliveryTime,
  distributionIndicator,
  contentClass,
  drmContent,
  ...application,
  content,
};
const replaceRsp: Rows<ReplaceRsp> = answer;
const extendedCancelReq: Rows<ExtendedCancelReq> = {
  version,
  senderIdentification: sender,
  cancelId: mandatory('CancelID', identifier),
};
const extendedCancelRsp: Rows<ExtendedCancelRsp> = { version: versionOfAnswer, status: mandatory('Status', bareStatus) };
const extendedReplaceReq: Rows<ExtendedReplaceReq> = {
  version,
  vaspId: optional('VASPID', text),
  vasId: optional('VASID', text),
  serviceCode,
  replaceId: optional('ReplaceID', text),
  timeStamp,
  earliestDeliveryTime,
  expiryDate,
  readReply,
  deliveryReport,
  content,
};
const extendedReplaceRsp: Rows<ExtendedReplaceRsp> = {
  version: versionOfAnswer,
  messageId: optional('MessageID', text),
  status: mandatory('Status', status),
};
const deliverReq: Rows<DeliverReq> = {
  version,
  relayServerId,
  vaspId: optional('VASPID', text),
  vasId: optional('VASID', text),
  linkedId,
  sender: mandatory('Sender', oneAddress),
  recipients: optional('Recipients', recipients),
  previouslySentBy: optional('Previouslysentby', previouslySentBy),
  previouslySentDates: optional('Previouslysentdateandtime', previouslySentDates),
  senderSpi: optional('SenderSPI', text),
  recipientSpi: optional('RecipientSPI', text),
  timeStamp,
  replyChargingId: optional('ReplyChargingID', text),
  priority,
  subject,
  ...application,
  uaCapabilities: capabilities,
  content,
};
const deliverRsp: Rows<DeliverRsp> = { ...answer, serviceCode };
const deliveryReportReq: Rows<DeliveryReportReq> = {
  version,
  relayServerId,
  messageId,
  recipient: mandatory('Recipient', oneAddress),
  sender: mandatory('Sender', oneAddress),
  date: mandatory('Date', dateTime),
  mmStatus: mandatory('MMStatus', word(MM_STATUSES, { Unrecognized: 'Unrecognised' })),
  mmStatusExtension: optional('MMStatusExtension', word(MM_STATUS_EXTENSIONS)),
  statusText,
  ...application,
  uaCapabilities: capabilities,
};
const deliveryReportRsp: Rows<DeliveryReportRsp> = answer;
const readReplyReq: Rows<ReadReplyReq> = {
  version,
  relayServerId,
  messageId,
  recipient: mandatory('Recipient', oneAddress),
  sender: mandatory('Sender', oneAddress),
  timeStamp: mandatory('TimeStamp', dateTime),
  mmStatus: mandatory('MMStatus', word(READ_STATUSES)),
  statusText,
  ...application,
};
const readReplyRsp: Rows<ReadReplyRsp> = answer;
const errorRsp: Rows<ErrorRsp> = answer;

/** Which way a message goes, and which release brought it. */
interface MessageRow {
  readonly direction: 'to-relay' | 'to-vasp';
  readonly type: 'request' | 'answer';
  readonly release: 5 | 6;
  readonly slots: readonly Slot<unknown>[];
  readonly coder: ElementCoder<unknown>;
}

type RowKind = Exclude<Mm7Message['kind'], 'Fault'> | ErrorRsp['kind'];

const row = <P>(direction: MessageRow['direction'], type: MessageRow['type'], rows: Rows<P>, release: 5 | 6 = 5): MessageRow => ({
  direction,
  type,
  release,
  slots: Object.values(rows),
  coder: sequence<P>(rows) as ElementCoder<unknown>,
});

/** One row for each element of a SOAP body, and for the two of a fault's detail, by its name. */
export const MESSAGES: Readonly<Record<RowKind, MessageRow>> = {
  SubmitReq: row('to-relay', 'request', submitReq),
  SubmitRsp: row('to-vasp', 'answer', submitRsp),
  CancelReq: row('to-relay', 'request', cancelReq),
  CancelRsp: row('to-vasp', 'answer', cancelRsp),
  ReplaceReq: row('to-relay', 'request', replaceReq),
  ReplaceRsp: row('to-vasp', 'answer', replaceRsp),
  extendedCancelReq: row('to-relay', 'request', extendedCancelReq, 6),
  extendedCancelRsp: row('to-vasp', 'answer', extendedCancelRsp, 6),
  extendedReplaceReq: row('to-relay', 'request', extendedReplaceReq, 6),
  extendedReplaceRsp: row('to-vasp', 'answer', extendedReplaceRsp, 6),
  DeliverReq: row('to-vasp', 'request', deliverReq),
  DeliverRsp: row('to-relay', 'answer', deliverRsp),
  DeliveryReportReq: row('to-vasp', 'request', deliveryReportReq),
  DeliveryReportRsp: row('to-relay', 'answer', deliveryReportRsp),
  ReadReplyReq: row('to-vasp', 'request', readReplyReq),
  ReadReplyRsp: row('to-relay', 'answer', readReplyRsp),
  RSErrorRsp: row('to-vasp', 'answer', errorRsp),
  VASPErrorRsp: row('to-relay', 'answer', errorRsp),
};

/** The row of an element of that name; undefined where there is none. */
export const messageRow = (name: string): MessageRow | undefined =>
  Object.hasOwn(MESSAGES, name) ? MESSAGES[name as RowKind] : undefined;
