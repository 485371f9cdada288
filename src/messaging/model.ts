/**
 * What the MMS domain keeps: a message as it was accepted, one delivery for each of its recipients, and the reports owed to its sender.
 *
 * A message never changes after acceptance. A delivery moves through its states and carries a revision; whoever changes it says which
 * revision he saw. Content (the octets of Content-Type value and body, as on MM1) is kept beside the message and goes when no delivery
 * needs it any more: each has ended or has been acknowledged by a far side, which answers for it from then on. All instants are epoch milliseconds.
 */
import type { Msisdn } from '#base';
import type { Address } from './address.js';
import type { NoRoute, OuterRoad } from './road.js';

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

/** A message from a subscriber's handset. */
export interface Mm1Origin {
  readonly interface: 'mm1';
  /** The version of the sender's PDU as `major.minor`; reports to the sender are written for it. */
  readonly version: string;
}

/** A message from another carrier. TS 23.140 8.4.1. */
export interface Mm4Origin {
  readonly interface: 'mm4';
  /** Name of the operator's object. */
  readonly peer: string;
  /** X-Mms-3GPP-MMS-Version, as written. */
  readonly version: string;
  /** X-Mms-Message-ID, without its quotes: what reports name. */
  readonly messageId: string;
  /** X-Mms-Transaction-ID, without its quotes. */
  readonly transactionId: string;
  /** X-Mms-Originator-System: the mailbox that RES and reports go to; absent when the peer named none. */
  readonly originatorSystem?: string;
  readonly ackRequest: boolean;
  /** X-Mms-Originator-R/S-Delivery-Report: the peer itself wants a delivery report, whatever its user asked for. */
  readonly systemReport?: boolean;
}

/** A message from Internet mail. RFC 4356. */
export interface Mm3Origin {
  readonly interface: 'mm3';
  /** Message-ID of the mail, with its angle brackets; absent when it has none. */
  readonly messageId?: string;
  /** MAIL FROM; empty for `<>`: then nothing is ever reported to it. */
  readonly envelopeSender: string;
  /** ENVID of RFC 3461. */
  readonly envelopeId?: string;
  /** RET of RFC 3461. */
  readonly returned?: 'full' | 'headers';
  /** Disposition-Notification-To, when read reports were asked for. */
  readonly dispositionNotificationTo?: string;
}

/** A message from a value added service. TS 23.140 8.7.1. */
export interface Mm7Origin {
  readonly interface: 'mm7';
  /** Name of the operator's object. */
  readonly vasp: string;
  /** VASPID and VASID as the request says them. */
  readonly vaspId?: string;
  readonly vasId?: string;
  readonly transactionId: string;
  /** MM7Version; reports are written for it. */
  readonly version?: string;
  readonly linkedId?: string;
  readonly serviceCode?: string;
  readonly chargedParty?: 'sender' | 'recipient' | 'both' | 'neither' | 'third-party';
  readonly chargedPartyId?: string;
  /** May recipients redistribute the message? */
  readonly distributionIndicator?: boolean;
  readonly deliveryCondition?: readonly string[];
  /** This message took the place of one that the VASP knows by this id; reports name it so. */
  readonly replaces?: MessageId;
}

/** By which interface a message came, and who stood behind it as the network (not the message) says. */
export type Origin = Mm1Origin | Mm4Origin | Mm3Origin | Mm7Origin;

/** How another system names a message: equal for the same message, as often as it comes. */
export interface SystemName {
  /** Unique among all systems, for instance `mm4:NAME`, `mm7:NAME`. */
  readonly system: string;
  readonly messageId: string;
}

/** What the far side of a road said, cut to `LIMITS.farAnswerTextMax`: kept with the events, for people and for records of charge. */
export interface FarAnswer {
  /** Who said it: host name, or the name of the peer or VASP. */
  readonly by?: string;
  /** SMTP reply code, HTTP status, X-Mms-Request-Status-Code, StatusCode. */
  readonly code?: string;
  readonly text?: string;
}

/** What a mail's sender wants to know of one recipient. RFC 3461 4.1, 4.2. */
export interface DsnWish {
  /** Empty: never. Absent: failures, as RFC 3461 leaves it. */
  readonly notify?: readonly ('success' | 'failure' | 'delay')[];
  /** ORCPT, as written. */
  readonly originalRecipient?: string;
}

/** A user's forwarding of a message before it came to us. TS 23.140 8.4.1 (X-Mms-Previously-sent-by). */
export interface Forwarding {
  /** X-Mms-Forward-Counter: how often users forwarded it. No counter of hops. */
  readonly counter?: number;
  /** Oldest first: the first is the original sender. `at`: absent when not said. */
  readonly previously: readonly { readonly by: Address; readonly at?: number }[];
}

export interface Recipient {
  readonly field: RecipientField;
  readonly address: Address;
  /** Named in To or Cc and served by somebody else: shown to the others, not delivered to by us. Absent means no. */
  readonly shownOnly?: true;
  /** Absent when the message did not come by mail, or its sender wished nothing in particular. */
  readonly dsn?: DsnWish;
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
  readonly forwarding?: Forwarding;
  /** May the content be adapted to the handset? Absent means yes. */
  readonly adaptationAllowed?: boolean;
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
  /** Equal for the same octets from the same sender: what recognises a resubmission. Empty when `named`. */
  readonly fingerprint: string;
  /** How the sending system names it: see `Submission.named`. */
  readonly named?: SystemName;
}

/**
 * Where a delivery stands.
 * Waiting: `unrouted` (its road is to be decided), `due` (to be notified, or to be handed over), `notified` (push accepted, no answer yet),
 * `deferred` (the recipient wants it later), `fetched` (content went out whole, not yet confirmed), `handed-over` (a far side has taken it,
 * its acknowledgement is awaited), `acknowledged` (the far side answers for it, its report is awaited). Ended: the rest, of which
 * `transferred` (the far side answers for it and will say no more), `indeterminate` (what was awaited never came) and `cancelled` (by its
 * sender or an operator) are ends of outer roads.
 */
export type DeliveryState =
  | 'unrouted'
  | 'due'
  | 'notified'
  | 'deferred'
  | 'fetched'
  | 'handed-over'
  | 'acknowledged'
  | 'retrieved'
  | 'rejected'
  | 'unrecognised'
  | 'expired'
  | 'unreachable'
  | 'refused'
  | 'forwarded'
  | 'transferred'
  | 'indeterminate'
  | 'cancelled';

export const ENDED: Readonly<Record<DeliveryState, boolean>> = {
  unrouted: false,
  due: false,
  notified: false,
  deferred: false,
  fetched: false,
  'handed-over': false,
  acknowledged: false,
  retrieved: true,
  rejected: true,
  unrecognised: true,
  expired: true,
  unreachable: true,
  refused: true,
  forwarded: true,
  transferred: true,
  indeterminate: true,
  cancelled: true,
};

/** Whether we may still have to give the content to somebody: until the end, or until a far side answers for it. */
export const needsContent = (state: DeliveryState): boolean => !ENDED[state] && state !== 'acknowledged';

/** What is known of the transaction by which a delivery goes to a far side. */
export interface HandedOver {
  /** Towards the far side: see `Handover`. */
  readonly transactionId: string;
  /** When the far side took it; absent until then. */
  readonly at?: number;
  /** That it has the message was learnt from what it said of it, before its reply was noted: the event of the handover stands already. */
  readonly overtaken?: true;
  /** Its answer to the handover, once it has given one. */
  readonly answered?: 'accepted' | 'refused';
  /** How many of its words that ended nothing are kept as events, at most `LIMITS.farWordsKeptMax`. Absent: none. */
  readonly wordsKept?: number;
  /** How often it was handed over anew because no acknowledgement came. Absent: never. */
  readonly resent?: number;
  /** The last that it reported of the recipient. */
  readonly reported?: DeliveryOutcome | 'deferred' | 'delayed';
  /** The far side's own name of the message, where it gave another one than ours. */
  readonly theirMessageId?: string;
}

export interface Delivery {
  readonly key: DeliveryKey;
  readonly messageId: MessageId;
  /** Index into the message's recipients. */
  readonly recipientIndex: number;
  readonly recipient: Address;
  readonly state: DeliveryState;
  /** How it goes; absent for a handset of ours, and while it is `unrouted`. */
  readonly road?: OuterRoad;
  /** Absent unless it has an outer road. */
  readonly handedOver?: HandedOver;
  /**
   * When the next thing must be done for it (notify, notify again, ask for its road, expire, give up waiting); absent when it has ended. While
   * it waits to go out by an outer road this is its expiry, which comes whatever the road's state is.
   */
  readonly dueAt?: number;
  /** When it may go out by its outer road; present exactly while it waits for that, which is while `due` with a `road`. */
  readonly handOverAt?: number;
  /** Pushes or handovers tried so far. */
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
export type DeliveryOutcome =
  | 'retrieved'
  | 'rejected'
  | 'expired'
  | 'unrecognised'
  | 'indeterminate'
  | 'unreachable'
  /** The recipient sent it on without fetching it. MMS_ENC 1.2. */
  | 'forwarded';

/** What a report says: how a delivery ended, or that the recipient wants the message later, which only far sides that wish it are told. */
export type ReportedOutcome = DeliveryOutcome | 'deferred';

/** A report waiting to be told to the sender of a message, by the interface that the message came by. */
export interface Report {
  readonly key: ReportKey;
  readonly messageId: MessageId;
  /** Whom the report is about. */
  readonly recipient: Address;
  /** Whom it is for: the sender of the message. */
  readonly to: Address;
  /** As the message's. */
  readonly origin: Origin;
  /** Its road, where it is not for a handset of ours. */
  readonly road?: OuterRoad;
  readonly content:
    | {
        readonly kind: 'delivery';
        readonly outcome: ReportedOutcome;
        readonly text?: string;
        /** Only the sender's system wants it, not its user (X-Mms-Forward-To-Originator-UA: No). Absent means no. */
        readonly systemOnly?: true;
      }
    | { readonly kind: 'read'; readonly status: 'read' | 'deleted-without-being-read' }
    /**
     * The answer that the sending system asked for (MM4_forward.RES): whom the message was taken for and who was refused. Kept with the message, so
     * that it is not lost; always for a system, never for a user. `recipient` of the report is the first of them.
     */
    | {
        readonly kind: 'acknowledgement';
        readonly accepted: readonly Address[];
        readonly refused: readonly { readonly address: Address; readonly reason: NoRoute }[];
      };
  /** What the mail's sender wished about this recipient; absent unless the message came by mail. */
  readonly dsn?: DsnWish;
  /** Whom among the sender's applications it is for; absent when the message came from none. */
  readonly application?: ApplicationAddressing;
  /** When what it reports happened. */
  readonly at: number;
  /** When it is pushed (again); with a `road`: given up, as `expiresAt`. */
  readonly dueAt: number;
  /** When it may go out by its outer road; present exactly when it has one. */
  readonly handOverAt?: number;
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
