/**
 * The six messages of MM4 as values: what TS 23.140 clause 8.4 puts into the header of a mail. The content of a message is not here: it is
 * the body of the mail and belongs to `codec/mime`. Instants are epoch milliseconds.
 *
 * A property without question mark must be there, or the message is refused. What is optional here may still be mandatory on the wire: we
 * always write it and miss it only in a report of tolerances, because real peers leave it out (see the rows in `pdu-rows.ts`).
 */
import type { Mm4Address } from './address.js';
import type { MmStatus, RequestStatus } from './statuses.js';

/** Sent by and for: a message class of the standard, or any other token. */
export type Mm4MessageClass = 'personal' | 'advertisement' | 'informational' | 'auto' | { readonly token: string };
/** `at`: an instant. `after`: seconds from the time of sending. */
export type Mm4Expiry = { readonly kind: 'at'; readonly at: number } | { readonly kind: 'after'; readonly seconds: number };
/** One earlier sender of a forwarded message. `index` 0 is who sent it first. */
export interface PreviouslySentBy {
  readonly index: number;
  readonly address: Mm4Address;
}
/** When the earlier sender of the same index sent it. */
export interface PreviouslySentDate {
  readonly index: number;
  readonly at: number;
}
/** Content classes in the order of their numbers in MMS encapsulation, 0..7. */
export type Mm4ContentClass =
  | 'text'
  | 'image-basic'
  | 'image-rich'
  | 'video-basic'
  | 'video-rich'
  | 'megapixel'
  | 'content-basic'
  | 'content-rich';
export type ReadStatus = 'read' | 'deleted-without-being-read';

/** What all six have. Ids are the inner values, without the quotes they may stand in. */
interface Common {
  /** Release of TS 23.140 as `n.n.n`; absent when the peer did not say. */
  readonly version?: string;
  /** Names the transaction: a response carries that of its request. Only unique per peer and message (handset ids are seen). */
  readonly transactionId: string;
  readonly to?: readonly Mm4Address[];
  readonly cc?: readonly Mm4Address[];
  /** Who speaks, with domain: the originator or a system. */
  readonly sender?: Mm4Address;
  readonly date?: number;
  /** The mail's own Message-ID, without angle brackets; of no meaning to MM4. */
  readonly mailId?: string;
  readonly statusText?: string;
}

/** Addresses of applications; handed on untouched. */
interface Applications {
  readonly applicId?: string;
  readonly replyApplicId?: string;
  readonly auxApplicInfo?: string;
}

/** MM4_forward.REQ: a message for recipients of another system. TS 23.140 8.4.1. */
export interface Mm4ForwardReq extends Common, Applications {
  readonly kind: 'MM4_forward.REQ';
  /** The originator system's name of the message; every report refers to it. */
  readonly messageId: string;
  readonly from: Mm4Address;
  readonly subject?: string;
  /** The mailbox to which MM4_forward.RES goes. */
  readonly originatorSystem?: Mm4Address;
  readonly messageClass?: Mm4MessageClass;
  readonly expiry?: Mm4Expiry;
  readonly deliveryReport?: boolean;
  /** The originator system wants the report for itself. */
  readonly originatorSystemDeliveryReport?: boolean;
  readonly priority?: 'low' | 'normal' | 'high';
  readonly senderVisibility?: 'show' | 'hide';
  readonly readReply?: boolean;
  /** Absent means no. */
  readonly ackRequest?: boolean;
  /** How often users forwarded it. Not a hop counter: fresh messages with 1 are seen. */
  readonly forwardCounter?: number;
  readonly previouslySentBy?: readonly PreviouslySentBy[];
  readonly previouslySentDate?: readonly PreviouslySentDate[];
  readonly adaptationAllowed?: boolean;
  readonly contentClass?: Mm4ContentClass;
  readonly drmContent?: boolean;
  readonly vaspId?: string;
  readonly vasId?: string;
  readonly serviceCode?: string;
  readonly chargedParty?: string;
  readonly mmsipAddress?: string;
  readonly forwardRoute?: string;
  readonly returnRoute?: string;
}

/** MM4_forward.RES: the recipient system took the message, or did not. TS 23.140 8.4.1. */
export interface Mm4ForwardRes extends Common {
  readonly kind: 'MM4_forward.RES';
  readonly messageId?: string;
  readonly from?: Mm4Address;
  readonly status: RequestStatus;
  /** Whom the answer is about; absent: everybody whom the request was for. */
  readonly requestRecipients?: readonly Mm4Address[];
  /** Not the standard's, but seen. */
  readonly originatorSystem?: Mm4Address;
  readonly messageClass?: Mm4MessageClass;
  readonly subject?: string;
}

/** MM4_delivery_report.REQ: what became of the message for one recipient. TS 23.140 8.4.2. */
export interface Mm4DeliveryReportReq extends Common, Applications {
  readonly kind: 'MM4_delivery_report.REQ';
  readonly messageId: string;
  /** Recipient or sender of the message: peers disagree (see `reportedRecipient`). */
  readonly from?: Mm4Address;
  readonly ackRequest?: boolean;
  /** The user asked for the report. Absent is taken for yes. */
  readonly forwardToOriginator?: boolean;
  readonly mmStatus: MmStatus;
  /** Says more of `Rejected`, for instance `Rejection-By-MMS-Recipient`. */
  readonly mmStatusExtension?: string;
  /** Not the standard's, but seen. */
  readonly originatorSystem?: Mm4Address;
  readonly status?: RequestStatus;
}

/** MM4_delivery_report.RES. TS 23.140 8.4.2. */
export interface Mm4DeliveryReportRes extends Common {
  readonly kind: 'MM4_delivery_report.RES';
  readonly messageId?: string;
  readonly from?: Mm4Address;
  readonly status: RequestStatus;
}

/** MM4_read_reply_report.REQ: a recipient read or deleted the message. TS 23.140 8.4.3. */
export interface Mm4ReadReplyReportReq extends Common, Applications {
  readonly kind: 'MM4_read_reply_report.REQ';
  readonly messageId: string;
  readonly from?: Mm4Address;
  readonly ackRequest?: boolean;
  readonly readStatus: ReadStatus;
  /** Not the standard's, but seen. */
  readonly originatorSystem?: Mm4Address;
}

/** MM4_read_reply_report.RES. TS 23.140 8.4.3. */
export interface Mm4ReadReplyReportRes extends Common {
  readonly kind: 'MM4_read_reply_report.RES';
  readonly messageId?: string;
  readonly from?: Mm4Address;
  readonly status: RequestStatus;
}

export type Mm4Pdu =
  | Mm4ForwardReq
  | Mm4ForwardRes
  | Mm4DeliveryReportReq
  | Mm4DeliveryReportRes
  | Mm4ReadReplyReportReq
  | Mm4ReadReplyReportRes;
export type Mm4Kind = Mm4Pdu['kind'];
/** The responses: what a request of a kind is answered by. */
export type Mm4Response = Mm4ForwardRes | Mm4DeliveryReportRes | Mm4ReadReplyReportRes;

/** The response to each request. TS 23.140 8.4. */
export const RESPONSE_OF = {
  'MM4_forward.REQ': 'MM4_forward.RES',
  'MM4_delivery_report.REQ': 'MM4_delivery_report.RES',
  'MM4_read_reply_report.REQ': 'MM4_read_reply_report.RES',
} as const;
