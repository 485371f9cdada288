/** The face of the MMS domain towards its endpoints: commands in, outcomes out. */
import type { Msisdn, Result } from '#base';
import type { Address } from './address.js';
import type { ContentOctets } from './message-store.js';
import type {
  ApplicationAddressing,
  Delivery,
  DeliveryKey,
  Handset,
  Message,
  MessageClass,
  MessageId,
  Origin,
  Priority,
  Recipient,
} from './model.js';

/** An instant, or a span from now on. */
export type TimeWish = { readonly at: number } | { readonly afterMs: number };

/** A message that somebody asks us to deliver. */
export interface Submission {
  readonly origin: Origin;
  /** Who is sending, as the network says; never what the message says. */
  readonly sender: Address;
  /** The sender's wish; absent leaves it to the subscription. */
  readonly senderVisibility?: 'show' | 'hide';
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
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  /** Media type, lower case, without parameters. */
  readonly contentType: string;
  readonly content: ContentOctets;
  /** Equal for equal octets of the same sender (a digest of both); recognises resubmissions. */
  readonly fingerprint: string;
}

export interface RefusedRecipient {
  readonly recipient: Recipient;
  readonly reason: 'not-an-address' | 'not-our-subscriber' | 'no-route-for-email' | 'no-route-for-short-code';
}

/** The message survives a crash from here on. Some recipients may have been refused, never all. */
export interface Accepted {
  readonly messageId: MessageId;
  readonly refused: readonly RefusedRecipient[];
  /** This was a resubmission; `messageId` is the first one's. */
  readonly resubmission: boolean;
}

export type SubmitRefusal =
  | { readonly kind: 'message-too-large'; readonly size: number; readonly sizeMax: number }
  | { readonly kind: 'no-recipients' }
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
}

/** Nothing was changed. The wire has no field for these (the answers are empty); the endpoint logs and counts them. */
export type AnswerRefusal =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-the-recipient' }
  /** The delivery had ended otherwise before. */
  | { readonly kind: 'already-ended' }
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
