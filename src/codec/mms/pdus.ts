/**
 * The PDUs of MMS encapsulation that the main road needs, as values. OMA-TS-MMS_ENC 1.3, clause 6; versions 1.0 to 1.3.
 * `kind` is the printed name. Instants are epoch milliseconds; the wire has whole seconds.
 */
import type { ContentType } from '#codec/wsp';

/** `major.minor`, for instance `1.2`; major 0..7, minor 0..14. */
export type MmsVersion = string;

/** The sender as he gives it, or the request that the MMSC put in the address it knows. MMS_ENC 1.3 §7.3 (From). */
export type FromValue = { readonly kind: 'address'; readonly address: string } | { readonly kind: 'insert-address' };

/** Absolute (epoch milliseconds) or relative (seconds). */
export type TimeValue =
  | { readonly kind: 'absolute'; readonly at: number }
  | { readonly kind: 'relative'; readonly seconds: number };

/** Personal, advertisement, informational, auto, or a token of somebody's own. */
export type MessageClassValue = 'personal' | 'advertisement' | 'informational' | 'auto' | { readonly token: string };
/** Absent means normal. */
export type PriorityValue = 'low' | 'normal' | 'high';
/** Whether the sender's address is shown to recipients. Absent means show, unless the carrier has another default. */
export type VisibilityValue = 'hide' | 'show';
/** What became of a message, as a client or a delivery report says it. MMS_ENC 1.3 §7.3.54. */
export type StatusValue =
  | 'expired'
  | 'retrieved'
  | 'rejected'
  | 'deferred'
  | 'unrecognised'
  | 'indeterminate'
  | 'forwarded'
  | 'unreachable';
/** What a recipient did with a message. MMS_ENC 1.3 §7.3.38. */
export type ReadStatusValue = 'read' | 'deleted-without-being-read';
/** Whether the sender offers to pay for the reply, or a reply makes use of that, and whether for text alone. MMS_ENC 1.3 §7.3.43. */
export type ReplyChargingValue = 'requested' | 'requested-text-only' | 'accepted' | 'accepted-text-only';
/** State of a message in a network mailbox. MMS_ENC 1.3 §7.3.33. */
export type MmStateValue = 'draft' | 'sent' | 'new' | 'retrieved' | 'forwarded';
/** How the MMSC advises to fetch: the standard has one value, not by itself. MMS_ENC 1.3 §7.3.39. */
export type RecommendedRetrievalModeValue = 'manual';

/** Response-Status by its octet: the names of the standard stand in RESPONSE_STATUS. 128..255. */
export type ResponseStatusValue = number;
/** Retrieve-Status by its octet; names in RETRIEVE_STATUS. 128..255. */
export type RetrieveStatusValue = number;
/** Store-Status by its octet; names in STORE_STATUS. 128..255. */
export type StoreStatusValue = number;

/** Who sent a forwarded message before. `count`: 1 for the first sender. */
export interface PreviouslySentBy {
  readonly count: number;
  readonly address: string;
}

/** When a forwarded message was sent before. `count`: as in PreviouslySentBy; `at`: epoch milliseconds. */
export interface PreviouslySentDate {
  readonly count: number;
  readonly at: number;
}

/** A keyword of a message in a network mailbox, to be added, taken away or searched for. */
export interface MmFlagsValue {
  readonly action: 'add' | 'remove' | 'filter';
  readonly text: string;
}

/** A reference to a content element with its parameters (Type is the only assigned one). */
export interface ElementDescriptor {
  readonly reference: string;
  readonly parameters: Readonly<Record<string, string>>;
}

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

/** M-Delivery.ind: what became of a message for one recipient. 6.5. */
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

/** M-Read-Rec.ind: a recipient has read (or deleted) a message. 6.6. */
export interface ReadRecInd extends Common, ApplicationGroup {
  readonly kind: 'm-read-rec-ind';
  readonly messageId: string;
  /** The sender of the message that was read. */
  readonly to: readonly string[];
  readonly from: FromValue;
  readonly date?: number;
  readonly readStatus: ReadStatusValue;
}

/** M-Read-Orig.ind: the same, told to the message's sender. 6.6. */
export interface ReadOrigInd extends Common, ApplicationGroup {
  readonly kind: 'm-read-orig-ind';
  readonly messageId: string;
  readonly to: readonly string[];
  readonly from: FromValue;
  readonly date: number;
  readonly readStatus: ReadStatusValue;
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
  | ReadOrigInd;

/** The printed names of the PDUs, as the standard spells them. */
export type PduKind = MmsPdu['kind'];
