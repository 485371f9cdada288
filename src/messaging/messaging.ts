/** The face of the MMS domain towards its endpoints: commands in, outcomes out. */
import type { Msisdn, Result } from '#base';
import type { Address } from './address.js';
import type { ContentOctets, DeliveryOfMessage, WaitingPlace } from './message-store.js';
import type {
  ApplicationAddressing,
  Delivery,
  DeliveryKey,
  DeliveryOutcome,
  FarAnswer,
  Forwarding,
  Handset,
  Message,
  MessageClass,
  MessageId,
  Origin,
  Priority,
  Recipient,
  SystemName,
} from './model.js';
import type { NoRoute, OuterRoad, RoadName } from './road.js';

/** An instant, or a span from now on. */
export type TimeWish = { readonly at: number } | { readonly afterMs: number };

/** A message that somebody asks us to deliver. */
export interface Submission {
  readonly origin: Origin;
  /** Who is sending, as the network says; never what the message says. */
  readonly sender: Address;
  /**
   * How the sending system names this message, where such names are to be relied on (MM4, MM3, MM7): what came before from the same system with
   * the same id for the same recipient is answered as the first time and not delivered again; a further recipient is delivered to. Within
   * the policy's window. `system`: unique among all systems, for instance `mm4:NAME`, `mm7:NAME`. Absent: `fingerprint` recognises.
   */
  readonly named?: SystemName;
  /** The sender's wish; absent leaves it to the subscription. */
  readonly senderVisibility?: 'show' | 'hide';
  /** Whom it is shown to be for, and who of them gets it from us (all but `shownOnly`): with MM4 and MM3 the envelope says that. */
  readonly recipients: readonly Recipient[];
  readonly date?: number;
  readonly subject?: string;
  readonly messageClass: MessageClass;
  readonly priority: Priority;
  readonly deliveryReport: boolean;
  readonly readReport: boolean;
  readonly expiry?: TimeWish;
  readonly deliveryTime?: TimeWish;
  /** The sender offers to pay for a reply; not offered by this network. */
  readonly replyCharging: boolean;
  readonly application?: ApplicationAddressing;
  readonly forwarding?: Forwarding;
  /** Absent means yes. */
  readonly adaptationAllowed?: boolean;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  /** Media type, lower case, without parameters. */
  readonly contentType: string;
  readonly content: ContentOctets;
  /** Of a VASP: how many of its messages may wait for their recipients; one more is refused. Absent: no bound of its own. */
  readonly waitingMax?: number;
  /** Equal for equal octets of the same sender (a digest of both); recognises resubmissions. May be empty with `named`. */
  readonly fingerprint: string;
}

export interface RefusedRecipient {
  readonly recipient: Recipient;
  readonly reason: NoRoute;
}

/** The message survives a crash from here on. Some recipients may have been refused, never all. */
export interface Accepted {
  readonly messageId: MessageId;
  readonly refused: readonly RefusedRecipient[];
  /** This was a resubmission, nothing new was accepted; `messageId` is the first one's. */
  readonly resubmission: boolean;
}

export type SubmitRefusal =
  | { readonly kind: 'message-too-large'; readonly size: number; readonly sizeMax: number }
  | { readonly kind: 'no-recipients' }
  /** `linkedId` names no message that was handed to this VASP. */
  | { readonly kind: 'linked-message-not-found' }
  /** So many messages of this VASP wait for their recipients already. */
  | { readonly kind: 'too-many-waiting'; readonly waitingMax: number }
  | { readonly kind: 'too-many-recipients'; readonly recipients: number; readonly recipientsMax: number }
  | { readonly kind: 'all-recipients-refused'; readonly refused: readonly RefusedRecipient[] }
  | { readonly kind: 'sender-hiding-not-allowed' }
  | { readonly kind: 'reply-charging-not-supported' }
  | { readonly kind: 'delivery-time-too-late'; readonly maxMs: number }
  | { readonly kind: 'expires-before-delivery' }
  /** Storage cannot promise anything now. */
  | { readonly kind: 'store-unavailable'; readonly reason: string };

/** What a recipient gets. */
export interface Retrieval {
  readonly message: Message;
  readonly delivery: Delivery;
  /** Sender as this recipient may see it; absent when hidden. */
  readonly from?: Address;
  /** To and Cc as this recipient may see them. */
  readonly recipients: readonly Recipient[];
  /** Content-Type value and body, as on MM1. */
  readonly content: Uint8Array;
  /** Highest MMS version that the recipient's handset has used, `major.minor`; absent when unknown. */
  readonly handsetVersion?: string;
}

export type RetrieveRefusal = (
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-the-recipient' }
  | { readonly kind: 'expired' }
  /** Ended before: rejected, or content already removed after retrieval. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'content-damaged' }
  | { readonly kind: 'store-unavailable'; readonly reason: string }
) & {
  /** As in Retrieval, of whoever asks: the refusal is written for it. */
  readonly handsetVersion?: string;
};

export interface NotificationAnswer {
  readonly key: string;
  /** Who answers, when the network says so. */
  readonly by?: Msisdn;
  readonly status:
    | 'retrieved'
    | 'rejected'
    | 'deferred'
    | 'unrecognised'
    | 'expired'
    | 'indeterminate'
    | 'forwarded'
    | 'unreachable';
  /** Absent means yes. */
  readonly reportAllowed?: boolean;
}

export interface Acknowledgement {
  readonly key: string;
  readonly by?: Msisdn;
  readonly reportAllowed?: boolean;
}

export interface ReadReceipt {
  readonly messageId: string;
  /** Who read it, when the network says so. Without it nobody is believed: every recipient knows the message id. */
  readonly by?: Msisdn;
  readonly status: 'read' | 'deleted-without-being-read';
  readonly at?: number;
  /**
   * The far side that tells us of a recipient there (MM4_read_reply_report.REQ, MDN, MM7 has none); it is believed about those whom the
   * message went to by its road. Absent: the recipient's own handset says it, and `by` counts.
   */
  readonly from?: OuterRoad;
  /** With `from`: who read it. */
  readonly reader?: Address;
  readonly text?: string;
}

/**
 * The far side's answer to a handover that it had taken before (MM4_forward.RES). `transactionId`: as in Handover. Who answers (`from`) is what
 * the network says, and must be the far side that the handover went to.
 */
export interface HandoverAnswer {
  readonly from: OuterRoad;
  readonly transactionId: string;
  /** Whom it is about (X-Mms-Request-Recipients); absent: all of the transaction. */
  readonly recipients?: readonly Address[];
  readonly verdict: /** It takes responsibility (Ok). */
    | { readonly kind: 'accepted' }
    /** It will never; `outcome`: what the sender is told. */
    | { readonly kind: 'refused'; readonly outcome: DeliveryOutcome; readonly reason: string }
    /** Not now: hand it over again (Error-network-problem, Error-transient-...). */
    | { readonly kind: 'deferred'; readonly reason: string; readonly retryAfterMs?: number };
  /** The far side's own name of the message, where it is not ours. */
  readonly theirMessageId?: string;
  readonly answer?: FarAnswer;
}

/**
 * `settled`: it was awaited. `duplicate`: the same was said before, nothing changed. `late`: it was no longer awaited (timed out, handed over
 * anew, ended, cancelled) and is kept as an event only.
 */
export interface HandoverAnswered {
  readonly kind: 'settled' | 'duplicate' | 'late';
  readonly messageId: MessageId;
}

/** What a far side reports of recipients there: MM4_delivery_report.REQ, a DSN. */
export interface FarReport {
  readonly from: OuterRoad;
  /** Of which delivery: by our message id and the recipient, or by the delivery's key (a DSN to an envelope sender made of it). */
  readonly about: { readonly messageId: string; readonly recipient: Address } | { readonly delivery: string };
  /** `deferred` and `delayed` say that it is on its way still; the others end the delivery. */
  readonly status: DeliveryOutcome | 'deferred' | 'delayed';
  readonly at?: number;
  readonly text?: string;
  readonly answer?: FarAnswer;
}

/** `settled`: news. `duplicate`: the same again. `late`: the delivery had ended otherwise; kept as an event only. */
export interface FarReported {
  readonly kind: 'settled' | 'duplicate' | 'late';
  readonly messageId: MessageId;
}

/** Takes a message back (CancelReq). TS 23.140 8.7.2. */
export interface Cancellation {
  /** Who wants that: only the VASP that sent the message may, or an operator. */
  readonly by: { readonly vasp: string } | { readonly operator: string };
  /** As the VASP knows it. */
  readonly messageId: string;
  readonly reason?: string;
}

/** What of it could be stopped: the deliveries that had not been given to anybody yet. */
export interface Cancelled {
  readonly messageId: MessageId;
  readonly cancelled: number;
  /** Fetched, handed over or ended before. */
  readonly tooLate: number;
}

/** Puts another message in the place of one (ReplaceReq) for all recipients who have not been given it yet. TS 23.140 8.7.2. */
export interface Replacement {
  readonly vasp: string;
  /** Of the message to be replaced, as the VASP knows it; it names the new one as well. */
  readonly messageId: string;
  readonly transactionId: string;
  readonly readReport?: boolean;
  readonly deliveryTime?: TimeWish;
  /** No sooner than this may anybody get the new version, whatever `deliveryTime` or the first version says. */
  readonly notBefore?: number;
  readonly expiry?: TimeWish;
  readonly distributionIndicator?: boolean;
  /** Absent leaves it as it was. */
  readonly application?: ApplicationAddressing;
  readonly adaptationAllowed?: boolean;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  readonly contentType: string;
  readonly content: ContentOctets;
}

export type RecallRefusal =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-the-sender' }
  /** Every recipient has been given the message, or it has ended otherwise. */
  | { readonly kind: 'too-late' }
  | { readonly kind: 'message-too-large'; readonly size: number; readonly sizeMax: number }
  | { readonly kind: 'delivery-time-too-late'; readonly maxMs: number }
  | { readonly kind: 'expires-before-delivery' }
  | { readonly kind: 'store-unavailable'; readonly reason: string };

/** What waits for a far side. */
export interface RoadQueue {
  readonly road: RoadName;
  /** Deliveries and reports that wait to go out; what was handed over and awaits an answer is not among them. */
  readonly waiting: number;
  /** When the oldest of it was accepted or queued; absent when nothing waits. */
  readonly oldestAt?: number;
  /** Handed over, with an acknowledgement or report awaited. */
  readonly awaiting: number;
  /** Handovers under way now. */
  readonly underWay: number;
  /** `resting`: nothing got through the last time, one attempt is made at `triedNextAt`. `held`: until `resumeRoad`. */
  readonly state: 'open' | 'resting' | 'held';
  readonly triedNextAt?: number;
  /** Why it rests or is held: the far side's words or the carrier's reason. */
  readonly reason?: string;
}

/** What an operator does with what waits for a road (not with what was handed over). */
export type RoadAction =
  /** The routing decision is made anew for each delivery; reports stay. */
  | { readonly kind: 'reroute' }
  /** Everything put off becomes due now, or at the time that its sender named for its delivery. */
  | { readonly kind: 'requeue' }
  /** Ends it as expired; the senders get their reports. */
  | { readonly kind: 'expire'; readonly reason: string };

/** Which deliveries of a queue: at most `limit`, from behind the place `after` on; of these only those of `messages`, when given. */
export interface RoadSelection {
  readonly limit: number;
  readonly after?: WaitingPlace;
  readonly messages?: readonly MessageId[];
}

export interface RoadActionDone {
  readonly done: number;
  /** Where to go on; absent at the end of the queue. */
  readonly next?: WaitingPlace;
}

/** Nothing was changed. The wire has no field for these (the answers are empty); the endpoint logs and counts them. */
export type AnswerRefusal =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-the-recipient' }
  /** The delivery had ended otherwise before. */
  | { readonly kind: 'already-ended' }
  /** The delivery never went by the road of who says it. */
  | { readonly kind: 'not-by-this-road' }
  | { readonly kind: 'store-unavailable'; readonly reason: string };

export interface Messaging {
  /** Accepts a message for delivery. Once it resolves ok, the message survives a crash. Rejects only on a bug. */
  submit(submission: Submission): Promise<Result<Accepted, SubmitRefusal>>;

  /** Content for whoever knows the key. `by` as in NotificationAnswer. The same key answers the same until the delivery ends and its content is removed. */
  retrieve(key: string, by?: Msisdn): Promise<Result<Retrieval, RetrieveRefusal>>;

  /** The content of `key` has gone out whole. Keeps the fact; nobody waits for it. */
  fetched(key: DeliveryKey): Promise<void>;

  /** M-NotifyResp.ind. Durable before it resolves ok. */
  notificationAnswered(answer: NotificationAnswer): Promise<Result<void, AnswerRefusal>>;

  /** M-Acknowledge.ind. Durable before it resolves ok. */
  acknowledged(acknowledgement: Acknowledgement): Promise<Result<void, AnswerRefusal>>;

  /** M-Read-Rec.ind. Durable before it resolves ok. */
  readReported(receipt: ReadReceipt): Promise<Result<void, AnswerRefusal>>;

  /** MM4_forward.RES. Durable before it resolves ok. */
  handoverAnswered(answer: HandoverAnswer): Promise<Result<HandoverAnswered, AnswerRefusal>>;

  /** MM4_delivery_report.REQ, DSN. Durable before it resolves ok. */
  deliveryReported(report: FarReport): Promise<Result<FarReported, AnswerRefusal>>;

  /** CancelReq, or an operator. Durable before it resolves ok. */
  cancel(cancellation: Cancellation): Promise<Result<Cancelled, RecallRefusal>>;

  /** ReplaceReq. Durable before it resolves ok. */
  replace(replacement: Replacement): Promise<Result<Cancelled, RecallRefusal>>;

  /** What waits for each road that anything waits for or is under way on; in the order of names. Rejects with StoreUnavailable. */
  roads(): Promise<readonly RoadQueue[]>;

  /** Deliveries that wait for one road, in the order in which they may go out; from behind the place `after` on. Rejects with StoreUnavailable. */
  waitingFor(road: RoadName, limit: number, after?: WaitingPlace): Promise<readonly DeliveryOfMessage[]>;

  /** The far side is paused: nothing more goes out by it until `resumeRoad`, which the carrier's own word (`held`) says, too. */
  holdRoad(road: RoadName, reason: string): void;

  /** A paused or changed far side may be tried again: what waits goes out at full speed. */
  resumeRoad(road: RoadName): void;

  /**
   * Does `action` with deliveries that wait for the road, in the order of its queue. `by`: the operator, kept with the events. Go on with `next` until
   * there is none. Rejects with StoreUnavailable.
   */
  actOnRoad(road: RoadName, action: RoadAction, by: string, selection: RoadSelection): Promise<RoadActionDone>;

  /** Keeps what a request told of its sender's handset, if that is news. Never rejects. */
  handsetSeen(handset: Omit<Handset, 'seenAt'>): Promise<void>;

  /** The handset of `msisdn` has come within reach: what waits for it is pushed now. */
  handsetReachable(msisdn: Msisdn): Promise<void>;

  /**
   * Does what is due: notifies, notifies again, expires, pushes reports; many things at once, until nothing is due any more. Resolves when
   * all that was claimed has been dealt with; says how many things that were and when to come back at the latest (epoch milliseconds;
   * absent: when woken). Rejects only on a bug, after everything else has been dealt with.
   *
   * Whoever drives it calls it when the store wakes him (`onDue`) and at `nextAt`. What the store wakes for while a call is under way is
   * taken up by that call, so that one slow push holds up nothing else; a further call meanwhile shares its result.
   */
  workDue(): Promise<{ readonly done: number; readonly nextAt?: number }>;

  /** Removes old history. Returns how many messages went. */
  housekeep(): Promise<number>;
}

/** The service as the program has it: what the endpoints see, and its end. */
export interface MessagingService extends Messaging {
  /** Lets `workDue` claim nothing any more (later calls do nothing); resolves when what was under way has been dealt with. */
  stopWork(): Promise<void>;
}
