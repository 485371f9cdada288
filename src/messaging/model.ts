/**
 * What the MMS domain keeps: a message as it was accepted, one delivery for each of its recipients, and the reports owed to its sender.
 *
 * A message never changes after acceptance. A delivery moves through its states and carries a revision; whoever changes it says which
 * revision he saw. Content (the octets of Content-Type value and body, as on MM1) is kept beside the message and goes when the last
 * delivery has ended. All instants are epoch milliseconds.
 */
import type { Msisdn } from '#base';
import type { Address } from './address.js';

declare const brand: unique symbol;

/** Names a message towards everybody (Message-ID): 22 characters of `-0-9A-Z_a-z`, ordered by time, 80 of its bits random. */
export type MessageId = string & { readonly [brand]: 'MessageId' };

/**
 * Names one delivery: the last part of its content address and at the same time its notification's transaction id.
 * Same form as MessageId, random on its own: who knows one key or the message id cannot guess another.
 */
export type DeliveryKey = string & { readonly [brand]: 'DeliveryKey' };

/** Names one report owed to a sender. Same form. */
export type ReportKey = string & { readonly [brand]: 'ReportKey' };

export type MessageClass = 'personal' | 'advertisement' | 'informational' | 'auto' | { readonly token: string };
export type Priority = 'low' | 'normal' | 'high';
export type RecipientField = 'to' | 'cc' | 'bcc';

/** By which interface a message came, and who stood behind it as the network (not the message) says. */
export interface Origin {
  readonly interface: 'mm1';
  /** The version of the sender's PDU as `major.minor`; reports to the sender are written for it. */
  readonly version: string;
}

export interface Recipient {
  readonly field: RecipientField;
  readonly address: Address;
}

/** What 1.3 applications exchange; handed on untouched. */
export interface ApplicationAddressing {
  readonly applicId?: string;
  readonly replyApplicId?: string;
  readonly auxApplicInfo?: string;
}

export interface Message {
  readonly id: MessageId;
  readonly origin: Origin;
  readonly sender: Address;
  /** The recipients must not learn the sender. */
  readonly senderHidden: boolean;
  /** As the sender wrote them, in order; Bcc included (it is the reader's duty not to show it: see `recipientsShown`). */
  readonly recipients: readonly Recipient[];
  /** The sender's Date, or the time of arrival. */
  readonly date: number;
  readonly subject?: string;
  readonly messageClass: MessageClass;
  readonly priority: Priority;
  readonly deliveryReport: boolean;
  readonly readReport: boolean;
  readonly application?: ApplicationAddressing;
  /** Content-Class, 0..7 in the order of MMS_ENC; absent when the sender said nothing. */
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  /** Media type of the whole content, lower case, without parameters. */
  readonly contentType: string;
  /** Octets of the content as stored. */
  readonly size: number;
  readonly acceptedAt: number;
  /** Not before this instant may a recipient be notified. */
  readonly deliverAt: number;
  /** From this instant on nobody gets it any more. */
  readonly expiresAt: number;
  /** Equal for the same octets from the same sender: what recognises a resubmission. */
  readonly fingerprint: string;
}

/**
 * Where a delivery stands.
 * Waiting: `due` (to be notified), `notified` (push accepted, no answer yet), `deferred` (the recipient wants it later), `fetched` (content
 * went out whole, not yet confirmed). Ended: the rest.
 */
export type DeliveryState =
  | 'due'
  | 'notified'
  | 'deferred'
  | 'fetched'
  | 'retrieved'
  | 'rejected'
  | 'unrecognised'
  | 'expired'
  | 'unreachable'
  | 'refused';

export const ENDED: Readonly<Record<DeliveryState, boolean>> = {
  due: false,
  notified: false,
  deferred: false,
  fetched: false,
  retrieved: true,
  rejected: true,
  unrecognised: true,
  expired: true,
  unreachable: true,
  refused: true,
};

export interface Delivery {
  readonly key: DeliveryKey;
  readonly messageId: MessageId;
  /** Index into the message's recipients. */
  readonly recipientIndex: number;
  readonly recipient: Address;
  readonly state: DeliveryState;
  /** When the next thing must be done for it (notify, notify again, expire); absent when it has ended. */
  readonly dueAt?: number;
  /** Pushes tried so far. */
  readonly attempts: number;
  /** The recipient's word on delivery reports; absent until given, and then it means yes. */
  readonly reportAllowed?: boolean;
  /** The content went out whole at least once. */
  readonly fetchedAt?: number;
  /** The recipient's read report; the first one counts. */
  readonly readStatus?: 'read' | 'deleted-without-being-read';
  /** Why it ended or was last put off, for people. */
  readonly reason?: string;
  /** Grows by one with every change; a change that saw an older one is refused as stale. */
  readonly revision: number;
}

/** What the sender is told of one recipient. */
export type DeliveryOutcome = 'retrieved' | 'rejected' | 'expired' | 'unrecognised' | 'indeterminate' | 'unreachable';

/** A report waiting to be pushed to the sender of a message. */
export interface Report {
  readonly key: ReportKey;
  readonly messageId: MessageId;
  /** Whom the report is about. */
  readonly recipient: Address;
  /** Whom it is for: the sender of the message. */
  readonly to: Msisdn;
  /** Version of the sender's PDU, `major.minor`. */
  readonly version: string;
  readonly content:
    | { readonly kind: 'delivery'; readonly outcome: DeliveryOutcome; readonly text?: string }
    | { readonly kind: 'read'; readonly status: 'read' | 'deleted-without-being-read' };
  /** Whom among the sender's applications it is for; absent when the message came from none. */
  readonly application?: ApplicationAddressing;
  /** When what it reports happened. */
  readonly at: number;
  readonly dueAt: number;
  readonly attempts: number;
  /** Given up at this instant. */
  readonly expiresAt: number;
  readonly revision: number;
}

/** What is known of a subscriber's handset, learned from its own requests. */
export interface Handset {
  readonly msisdn: Msisdn;
  readonly userAgent?: string;
  /** Address of the user-agent profile (x-wap-profile). */
  readonly profileUrl?: string;
  readonly accept?: string;
  /** Highest MMS version that this handset used, `major.minor`; starts anew with another User-Agent. */
  readonly version?: string;
  readonly seenAt: number;
}
