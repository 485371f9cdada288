/**
 * The PDUs of MMS encapsulation, as values. OMA-TS-MMS_ENC 1.3, clause 6; versions 1.0 to 1.3. `kind` is the printed name. Instants are
 * epoch milliseconds; the wire has whole seconds.
 */
import type { ContentType } from '#codec/wsp';
import type {
  CancelStatusValue,
  Counted,
  ElementDescriptor,
  FromValue,
  MboxCount,
  MessageClassValue,
  MmFlagsValue,
  MmStateValue,
  PreviouslySentBy,
  PreviouslySentDate,
  PriorityValue,
  ReadStatusValue,
  RecommendedRetrievalModeValue,
  ReplyChargingValue,
  ResponseStatusValue,
  RetrieveStatusValue,
  StatusValue,
  StoreStatusValue,
  TimeValue,
  VisibilityValue,
} from './value-types.js';

/** `major.minor`, for instance `1.2`; major 0..7, minor 0..14. */
export type MmsVersion = string;

/** A header field that this codec does not know, that is not of its PDU, or that its value's grammar refused: kept as it came. */
export interface UnknownField {
  /** The standard's name of an assigned number, `0xc1`-style for one that is not assigned, the text itself for an application header. */
  readonly name: string;
  /** Text of an application header; absent for a coded field. */
  readonly text?: string;
  /** Name and value as on the wire; a view. */
  readonly octets: Uint8Array;
}

/** Content-Type value and what follows it. Nothing of the body has been looked at yet: see `decodeParts`. */
export interface Content {
  readonly type: ContentType;
  /** From the first octet of the Content-Type value to the end of the PDU: what a relay stores and hands on. A view. */
  readonly octets: Uint8Array;
  /** The octets behind the Content-Type value. A view. */
  readonly body: Uint8Array;
}

interface Common {
  readonly version: MmsVersion;
  /** In the order they came. Absent when there were none. */
  readonly unknown?: readonly UnknownField[];
}

interface ReplyChargingGroup {
  readonly replyCharging?: ReplyChargingValue;
  readonly replyChargingDeadline?: TimeValue;
  readonly replyChargingSize?: number;
  readonly replyChargingId?: string;
}

interface ApplicationGroup {
  readonly applicId?: string;
  readonly replyApplicId?: string;
  readonly auxApplicInfo?: string;
}

/** M-Send.req: a handset asks to deliver a message. 6.1.1. */
export interface SendReq extends Common, ReplyChargingGroup, ApplicationGroup {
  readonly kind: 'm-send-req';
  readonly transactionId: string;
  readonly date?: number;
  readonly from: FromValue;
  /** As written, `/TYPE=PLMN` included; empty when the field is missing. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject?: string;
  readonly messageClass?: MessageClassValue;
  readonly expiry?: TimeValue;
  readonly deliveryTime?: TimeValue;
  readonly priority?: PriorityValue;
  readonly senderVisibility?: VisibilityValue;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  readonly store?: boolean;
  readonly mmState?: MmStateValue;
  readonly mmFlags?: readonly MmFlagsValue[];
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  readonly adaptationAllowed?: boolean;
  readonly content: Content;
}

/** M-Send.conf: the answer to it. 6.1.2. */
export interface SendConf extends Common {
  readonly kind: 'm-send-conf';
  readonly transactionId: string;
  readonly responseStatus: ResponseStatusValue;
  readonly responseText?: string;
  readonly messageId?: string;
  readonly contentLocation?: string;
  readonly storeStatus?: StoreStatusValue;
  readonly storeStatusText?: string;
}

/** M-Notification.ind: a message waits. 6.2. */
export interface NotificationInd extends Common, ReplyChargingGroup, ApplicationGroup {
  readonly kind: 'm-notification-ind';
  readonly transactionId: string;
  readonly from?: FromValue;
  readonly subject?: string;
  readonly deliveryReport?: boolean;
  readonly messageClass: MessageClassValue;
  /** Octets, an estimate. */
  readonly messageSize: number;
  /** Relative by the standard, and so ours must be; one operator sends absolute ones. */
  readonly expiry: TimeValue;
  readonly contentLocation: string;
  readonly stored?: boolean;
  readonly priority?: PriorityValue;
  readonly distributionIndicator?: boolean;
  readonly elementDescriptor?: ElementDescriptor;
  readonly recommendedRetrievalMode?: RecommendedRetrievalModeValue;
  readonly recommendedRetrievalModeText?: string;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  readonly replaceId?: string;
}

/** M-NotifyResp.ind: the client's answer to a notification. 6.2. */
export interface NotifyRespInd extends Common {
  readonly kind: 'm-notifyresp-ind';
  readonly transactionId: string;
  readonly status: StatusValue;
  /** Absent means yes. */
  readonly reportAllowed?: boolean;
}

/** M-Retrieve.conf: the message itself, or why it cannot be had. 6.3. */
export interface RetrieveConf extends Common, ReplyChargingGroup, ApplicationGroup {
  readonly kind: 'm-retrieve-conf';
  /** Its presence asks for M-Acknowledge.ind. */
  readonly transactionId?: string;
  readonly messageId?: string;
  readonly date: number;
  readonly from?: FromValue;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject?: string;
  readonly messageClass?: MessageClassValue;
  readonly priority?: PriorityValue;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  readonly retrieveStatus?: RetrieveStatusValue;
  readonly retrieveText?: string;
  readonly previouslySentBy?: readonly PreviouslySentBy[];
  readonly previouslySentDate?: readonly PreviouslySentDate[];
  readonly mmState?: MmStateValue;
  readonly mmFlags?: readonly MmFlagsValue[];
  readonly distributionIndicator?: boolean;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  readonly replaceId?: string;
  /** Mandatory in the standard; absent from the error answers of some servers. Ours always carry one, for most clients refuse to do without. */
  readonly content?: Content;
}

/** M-Acknowledge.ind: a deferred retrieval has arrived. 6.4. */
export interface AcknowledgeInd extends Common {
  readonly kind: 'm-acknowledge-ind';
  readonly transactionId: string;
  /** Absent means yes. */
  readonly reportAllowed?: boolean;
}

/** M-Delivery.ind: what became of a message for one recipient. 6.6. */
export interface DeliveryInd extends Common, ApplicationGroup {
  readonly kind: 'm-delivery-ind';
  /** Not in the standard; one operator sends it. */
  readonly transactionId?: string;
  readonly messageId: string;
  readonly to: readonly string[];
  readonly date: number;
  readonly status: StatusValue;
  readonly statusText?: string;
}

/** M-Read-Rec.ind: a recipient has read (or deleted) a message. 6.7. */
export interface ReadRecInd extends Common, ApplicationGroup {
  readonly kind: 'm-read-rec-ind';
  readonly messageId: string;
  /** The sender of the message that was read. */
  readonly to: readonly string[];
  readonly from: FromValue;
  readonly date?: number;
  readonly readStatus: ReadStatusValue;
}

/** M-Read-Orig.ind: the same, told to the message's sender. 6.7. */
export interface ReadOrigInd extends Common, ApplicationGroup {
  readonly kind: 'm-read-orig-ind';
  readonly messageId: string;
  readonly to: readonly string[];
  readonly from: FromValue;
  readonly date: number;
  readonly readStatus: ReadStatusValue;
}

/** M-Forward.req: a handset asks to forward a message that it has not retrieved, or that is in its mailbox. 6.5.1. */
export interface ForwardReq extends Common, ReplyChargingGroup {
  readonly kind: 'm-forward-req';
  readonly transactionId: string;
  readonly date?: number;
  readonly from: FromValue;
  /** As written; empty when the field is missing. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly expiry?: TimeValue;
  readonly deliveryTime?: TimeValue;
  /** Whether the previous sender may have a delivery report. Absent means yes. */
  readonly reportAllowed?: boolean;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  readonly store?: boolean;
  readonly mmState?: MmStateValue;
  readonly mmFlags?: readonly MmFlagsValue[];
  /** The message, as its notification or the mailbox named it. */
  readonly contentLocation: string;
}

/** M-Forward.conf: the answer to it. 6.5.2. */
export interface ForwardConf extends Common {
  readonly kind: 'm-forward-conf';
  readonly transactionId: string;
  readonly responseStatus: ResponseStatusValue;
  readonly responseText?: string;
  /** Of the forwarded message, when it was accepted. */
  readonly messageId?: string;
  /** Of the copy in the mailbox; there only when Store-Status is Success. */
  readonly contentLocation?: string;
  readonly storeStatus?: StoreStatusValue;
  readonly storeStatusText?: string;
}

/** M-Mbox-Store.req: keep a waiting message in the mailbox, or change what the mailbox says of one. 6.8. */
export interface MboxStoreReq extends Common {
  readonly kind: 'm-mbox-store-req';
  readonly transactionId: string;
  readonly contentLocation: string;
  /** Absent means new for a message that is stored, and no change for one that is in the mailbox. */
  readonly mmState?: MmStateValue;
  readonly mmFlags?: readonly MmFlagsValue[];
}

interface Stored extends Common {
  readonly transactionId: string;
  readonly storeStatus: StoreStatusValue;
  /** Where the message is in the mailbox; there only when Store-Status is Success. */
  readonly contentLocation?: string;
  readonly storeStatusText?: string;
}

/** M-Mbox-Store.conf: the answer to it. 6.8. */
export interface MboxStoreConf extends Stored {
  readonly kind: 'm-mbox-store-conf';
}

/** What of a mailbox is asked for: messages named by their locations, or all that match one of each kind of filter, from `start` on. */
interface MboxSelection {
  readonly contentLocation: readonly string[];
  /** Absent: in any state. */
  readonly mmState?: readonly MmStateValue[];
  /** Keywords to select by; their action is filter. Absent: with any. */
  readonly mmFlags?: readonly MmFlagsValue[];
  /** Index of the first message told of, counted from 0. Absent means 0. */
  readonly start?: number;
  /** Most messages told of; 0 asks for none. Absent means no limit. */
  readonly limit?: number;
  /**
   * Names of the header fields told of each message, by their standard names (or the text of an application's own); Content stands for the
   * body. Absent: the relay's choice.
   */
  readonly attributes?: readonly string[];
}

/** M-Mbox-View.req: what is in the mailbox? 6.9. */
export interface MboxViewReq extends Common, MboxSelection {
  readonly kind: 'm-mbox-view-req';
  readonly transactionId: string;
  /** Whether Mbox-Totals are asked for. Absent means no. */
  readonly totals?: boolean;
  /** Whether Mbox-Quotas are asked for. Absent means no. */
  readonly quotas?: boolean;
}

/** M-Mbox-View.conf: the listing, a multipart of M-Mbox-Descr (see `decodeDescriptors`); what was asked for is said again. 6.9. */
export interface MboxViewConf extends Common, MboxSelection {
  readonly kind: 'm-mbox-view-conf';
  readonly transactionId: string;
  readonly responseStatus: ResponseStatusValue;
  readonly responseText?: string;
  /** Messages, octets, or both. */
  readonly mboxTotals?: readonly MboxCount[];
  readonly mboxQuotas?: readonly MboxCount[];
  /** Descriptors in the content. */
  readonly messageCount?: number;
  readonly content: Content;
}

/** M-Mbox-Upload.req: keep this message, an M-Mbox-Descr with its content, in the mailbox. 6.10. */
export interface MboxUploadReq extends Common {
  readonly kind: 'm-mbox-upload-req';
  readonly transactionId: string;
  /** Absent means what the descriptor says, and draft if that says nothing. */
  readonly mmState?: MmStateValue;
  readonly mmFlags?: readonly MmFlagsValue[];
  readonly content: Content;
}

/** M-Mbox-Upload.conf: the answer to it. 6.10. */
export interface MboxUploadConf extends Stored {
  readonly kind: 'm-mbox-upload-conf';
}

interface Deletion extends Common {
  readonly transactionId: string;
  /** One or more: the messages to delete. */
  readonly contentLocation: readonly [string, ...string[]];
}

/** M-Mbox-Delete.req: remove messages from the mailbox. 6.11. */
export interface MboxDeleteReq extends Deletion {
  readonly kind: 'm-mbox-delete-req';
}

/** What became of each message is said by numbers: see `deletionResults`. Empty lists when the fields are missing: nothing went wrong. */
interface Deleted extends Common {
  readonly transactionId: string;
  readonly responseStatus: readonly Counted<ResponseStatusValue>[];
  readonly responseText?: readonly Counted<string>[];
  readonly contentLocation: readonly Counted<string>[];
}

/** M-Mbox-Delete.conf: the answer to it. 6.11. */
export interface MboxDeleteConf extends Deleted {
  readonly kind: 'm-mbox-delete-conf';
}

/**
 * M-Mbox-Descr: a message of a mailbox, inside M-Mbox-View.conf and M-Mbox-Upload.req; it never travels alone. It has those fields that
 * were asked for and that the message has. 6.12.
 */
export interface MboxDescr extends ReplyChargingGroup, ApplicationGroup {
  readonly kind: 'm-mbox-descr';
  /** Some writers leave it out: the PDU around the descriptor has one. */
  readonly version?: MmsVersion;
  /** In a listing only. */
  readonly contentLocation?: string;
  readonly messageId?: string;
  readonly mmState?: MmStateValue;
  readonly mmFlags?: readonly MmFlagsValue[];
  readonly date?: number;
  /** The insert-address token is allowed and means nothing here. */
  readonly from?: FromValue;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly messageClass?: MessageClassValue;
  readonly subject?: string;
  readonly priority?: PriorityValue;
  readonly deliveryTime?: TimeValue;
  readonly expiry?: TimeValue;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  /** Octets. */
  readonly messageSize?: number;
  readonly previouslySentBy?: readonly PreviouslySentBy[];
  readonly previouslySentDate?: readonly PreviouslySentDate[];
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  /** In a listing only where it was asked for. */
  readonly content?: Content;
  /** In the order they came. Absent when there were none. */
  readonly unknown?: readonly UnknownField[];
}

/** M-Delete.req: remove messages that wait at the relay. 6.13. */
export interface DeleteReq extends Deletion {
  readonly kind: 'm-delete-req';
}

/** M-Delete.conf: the answer to it. 6.13. */
export interface DeleteConf extends Deleted {
  readonly kind: 'm-delete-conf';
}

/** M-Cancel.req: the relay asks the client to remove a message that it has retrieved. 6.14. */
export interface CancelReq extends Common {
  readonly kind: 'm-cancel-req';
  readonly transactionId: string;
  /** The message, as Replace-ID and Cancel-ID name it. */
  readonly cancelId: string;
}

/** M-Cancel.conf: the answer to it, which says that the request came, not that the message is gone. 6.14. */
export interface CancelConf extends Common {
  readonly kind: 'm-cancel-conf';
  readonly transactionId: string;
  readonly cancelStatus: CancelStatusValue;
}

/** Any PDU that this codec reads and writes whole; `kind` tells them apart. */
export type MmsPdu =
  | SendReq
  | SendConf
  | NotificationInd
  | NotifyRespInd
  | RetrieveConf
  | AcknowledgeInd
  | DeliveryInd
  | ReadRecInd
  | ReadOrigInd
  | ForwardReq
  | ForwardConf
  | MboxStoreReq
  | MboxStoreConf
  | MboxViewReq
  | MboxViewConf
  | MboxUploadReq
  | MboxUploadConf
  | MboxDeleteReq
  | MboxDeleteConf
  | MboxDescr
  | DeleteReq
  | DeleteConf
  | CancelReq
  | CancelConf;

/** The printed names of the PDUs, as the standard spells them. */
export type PduKind = MmsPdu['kind'];
