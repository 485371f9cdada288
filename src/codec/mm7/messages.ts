/**
 * The messages of MM7, as programs want them: one interface each, its members in the order of the schema. The elements that they are
 * written with are rows of the tables in `message-rows.ts`. TS 23.140 8.7; REL-6-MM7-1-4 schema.
 */
import type {
  ChargedParty,
  ContentReference,
  DateOrDuration,
  Mm7Address,
  Mm7ContentClass,
  Mm7MessageClass,
  Mm7Priority,
  Mm7ReadStatus,
  MmStatus,
  MmStatusExtension,
  PreviousDate,
  PreviousSender,
  Recipients,
  ReplyCharging,
  SenderIdentification,
  Status,
  UaCapabilities,
} from './values.js';

interface Versioned {
  /** MM7Version: number of the specification that the message follows, as `5.3.0` or `6.8.0`. */
  readonly version: string;
}

/** What applications exchange among themselves; handed on untouched. Release 6. */
export interface Mm7Application {
  readonly applicId?: string;
  readonly replyApplicId?: string;
  readonly auxApplicInfo?: string;
}

interface VaspRequest extends Versioned {
  readonly senderIdentification: SenderIdentification;
}

/** A provider gives a message to be delivered. */
export interface SubmitReq extends VaspRequest, Mm7Application {
  readonly kind: 'SubmitReq';
  readonly recipients: Recipients;
  /** For charging: what is sold. */
  readonly serviceCode?: string;
  /** Of the DeliverReq that this answers. */
  readonly linkedId?: string;
  readonly messageClass?: Mm7MessageClass;
  /** When it was submitted, epoch milliseconds. */
  readonly timeStamp?: number;
  readonly replyCharging?: ReplyCharging;
  readonly earliestDeliveryTime?: DateOrDuration;
  readonly expiryDate?: DateOrDuration;
  /** Absent means no. */
  readonly deliveryReport?: boolean;
  /** Absent means no. */
  readonly readReply?: boolean;
  /** Absent means Normal. */
  readonly priority?: Mm7Priority;
  readonly subject?: string;
  readonly chargedParty?: ChargedParty;
  /** The third party, where it is charged. */
  readonly chargedPartyId?: string;
  /** False: recipients must not pass the message on. */
  readonly distributionIndicator?: boolean;
  /** Conditions of delivery, positive numbers: 1 only to handsets that take multimedia messages, 2 only in the home network. */
  readonly deliveryCondition?: readonly number[];
  readonly contentClass?: Mm7ContentClass;
  readonly drmContent?: boolean;
  readonly content?: ContentReference;
}

interface Response extends Versioned {
  readonly status: Status;
}

export interface SubmitRsp extends Response {
  readonly kind: 'SubmitRsp';
  /** Names the message in later requests and reports. Present on success. */
  readonly messageId?: string;
}

/** What has been submitted is not wanted any more. */
export interface CancelReq extends VaspRequest, Mm7Application {
  readonly kind: 'CancelReq';
  readonly messageId: string;
  /** Only these; absent: everybody. Release 6. */
  readonly recipients?: Recipients;
}
export interface CancelRsp extends Response {
  readonly kind: 'CancelRsp';
}

/** New content, or new terms, for a message that nobody has yet. */
export interface ReplaceReq extends VaspRequest, Mm7Application {
  readonly kind: 'ReplaceReq';
  readonly messageId: string;
  readonly serviceCode?: string;
  readonly timeStamp?: number;
  readonly readReply?: boolean;
  readonly earliestDeliveryTime?: DateOrDuration;
  readonly distributionIndicator?: boolean;
  readonly contentClass?: Mm7ContentClass;
  readonly drmContent?: boolean;
  readonly content?: ContentReference;
}
export interface ReplaceRsp extends Response {
  readonly kind: 'ReplaceRsp';
}

/** Cancels messages that are in handsets already. Release 6. */
export interface ExtendedCancelReq extends VaspRequest {
  readonly kind: 'extendedCancelReq';
  readonly cancelId: string;
}
export interface ExtendedCancelRsp extends Response {
  readonly kind: 'extendedCancelRsp';
}

/** Replaces messages that are in handsets already. Release 6. */
export interface ExtendedReplaceReq extends Versioned {
  readonly kind: 'extendedReplaceReq';
  readonly vaspId?: string;
  readonly vasId?: string;
  readonly serviceCode?: string;
  readonly replaceId?: string;
  readonly timeStamp?: number;
  readonly earliestDeliveryTime?: DateOrDuration;
  readonly expiryDate?: DateOrDuration;
  readonly readReply?: boolean;
  readonly deliveryReport?: boolean;
  readonly content?: ContentReference;
}
export interface ExtendedReplaceRsp extends Versioned {
  readonly kind: 'extendedReplaceRsp';
  readonly messageId?: string;
  readonly status: Status;
}

interface RelayRequest extends Versioned {
  /** The relay's name. */
  readonly relayServerId?: string;
}

/** A message for a provider's service. */
export interface DeliverReq extends RelayRequest, Mm7Application {
  readonly kind: 'DeliverReq';
  readonly vaspId?: string;
  readonly vasId?: string;
  /** To be quoted in a SubmitReq that answers this message. */
  readonly linkedId?: string;
  readonly sender: Mm7Address;
  readonly recipients?: Recipients;
  readonly previouslySentBy?: readonly PreviousSender[];
  readonly previouslySentDates?: readonly PreviousDate[];
  /** Service providers of sender and recipient. */
  readonly senderSpi?: string;
  readonly recipientSpi?: string;
  readonly timeStamp?: number;
  /** Id of the message whose reply is paid for. */
  readonly replyChargingId?: string;
  readonly priority?: Mm7Priority;
  readonly subject?: string;
  readonly uaCapabilities?: UaCapabilities;
  readonly content?: ContentReference;
}
export interface DeliverRsp extends Response {
  readonly kind: 'DeliverRsp';
  readonly serviceCode?: string;
}

/** What became of a submitted message at one recipient. */
export interface DeliveryReportReq extends RelayRequest, Mm7Application {
  readonly kind: 'DeliveryReportReq';
  readonly messageId: string;
  /** Whom the report is about. */
  readonly recipient: Mm7Address;
  /** Who had sent the message: an address of the service. */
  readonly sender: Mm7Address;
  /** When it happened, epoch milliseconds. */
  readonly date: number;
  readonly mmStatus: MmStatus;
  readonly mmStatusExtension?: MmStatusExtension;
  readonly statusText?: string;
  readonly uaCapabilities?: UaCapabilities;
}
export interface DeliveryReportRsp extends Response {
  readonly kind: 'DeliveryReportRsp';
}

/** What a recipient did with a submitted message. */
export interface ReadReplyReq extends RelayRequest, Mm7Application {
  readonly kind: 'ReadReplyReq';
  readonly messageId: string;
  readonly recipient: Mm7Address;
  readonly sender: Mm7Address;
  readonly timeStamp: number;
  readonly mmStatus: Mm7ReadStatus;
  readonly statusText?: string;
}
export interface ReadReplyRsp extends Response {
  readonly kind: 'ReadReplyRsp';
}

/** What stands in the detail of a fault: of the relay (RS) or of the provider. */
export interface ErrorRsp extends Response {
  readonly kind: 'RSErrorRsp' | 'VASPErrorRsp';
}

/** SOAP 1.1 fault. */
export interface Fault {
  readonly kind: 'Fault';
  /** Local part of faultcode; `Client`: the request was at fault, `Server`: whoever answers. */
  readonly faultCode: string;
  readonly faultString: string;
  /** Absent when the detail is missing or holds something else. */
  readonly error?: ErrorRsp;
}

/** Everything that stands in a SOAP body on MM7. `kind` is the element's name. */
export type Mm7Message =
  | SubmitReq
  | SubmitRsp
  | CancelReq
  | CancelRsp
  | ReplaceReq
  | ReplaceRsp
  | ExtendedCancelReq
  | ExtendedCancelRsp
  | ExtendedReplaceReq
  | ExtendedReplaceRsp
  | DeliverReq
  | DeliverRsp
  | DeliveryReportReq
  | DeliveryReportRsp
  | ReadReplyReq
  | ReadReplyRsp
  | Fault;
export type Mm7Kind = Mm7Message['kind'];
export type MessageOf<K extends Mm7Kind> = Extract<Mm7Message, { readonly kind: K }>;
