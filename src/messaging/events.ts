/**
 * What happened to a message, in the order it happened; kept in the same commit as the change that caused it.
 * Billing, console and reports read this log; nothing in the domain reads it back.
 */
import type { Address } from './address.js';
import type { DeliveryKey, DeliveryOutcome, FarAnswer, MessageId, Report } from './model.js';
import type { NoRoute, RoadName } from './road.js';

interface Happening {
  readonly messageId: MessageId;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface DeliveryHappening extends Happening {
  readonly delivery: DeliveryKey;
  readonly recipient: Address;
}

export type MessagingEvent =
  | (Happening & {
      readonly kind: 'message-accepted';
      readonly sender: Address;
      readonly size: number;
      readonly recipients: number;
      /** By which interface it came; absent: MM1. */
      readonly interface?: 'mm4' | 'mm3' | 'mm7';
      /** The name of the peer or VASP, the envelope sender of a mail; absent with MM1. */
      readonly system?: string;
    })
  /** The same message from the same sender came again and was answered as the first time. `system`: as in `Submission.named`. */
  | (Happening & { readonly kind: 'resubmission-recognised'; readonly system?: string })
  /** An outer road was chosen. No event for handsets of ours: there is nothing to choose. */
  | (DeliveryHappening & { readonly kind: 'delivery-routed'; readonly road: RoadName; readonly because?: string })
  | (DeliveryHappening & { readonly kind: 'routing-put-off'; readonly reason: string; readonly retryAt: number })
  /** The far side has taken it. `heard`: that was known before, from what it said of the message; the note with its reply comes behind. */
  | (DeliveryHappening & {
      readonly kind: 'handed-over';
      readonly road: RoadName;
      readonly transactionId: string;
      readonly attempt: number;
      readonly awaits: 'nothing' | 'acknowledgement' | 'report';
      readonly heard?: 'late';
      readonly answer?: FarAnswer;
    })
  | (DeliveryHappening & {
      readonly kind: 'handover-put-off';
      readonly road: RoadName;
      readonly transactionId: string;
      readonly attempt: number;
      readonly reason: string;
      readonly retryAt: number;
      readonly answer?: FarAnswer;
    })
  /** Trying again is useless; `delivery-ended` follows. */
  | (DeliveryHappening & {
      readonly kind: 'handover-failed';
      readonly road: RoadName;
      readonly transactionId: string;
      readonly attempt: number;
      readonly reason: string;
      readonly answer?: FarAnswer;
    })
  /** MM4_forward.RES. `heard`: see `HandoverAnswered`. */
  | (DeliveryHappening & {
      readonly kind: 'handover-answered';
      readonly road: RoadName;
      readonly transactionId: string;
      readonly verdict: 'accepted' | 'refused' | 'deferred';
      readonly heard: 'settled' | 'late';
      readonly answer?: FarAnswer;
    })
  /** A delivery report or DSN from the far side. */
  | (DeliveryHappening & {
      readonly kind: 'delivery-reported';
      readonly road: RoadName;
      readonly status: DeliveryOutcome | 'deferred' | 'delayed';
      readonly heard: 'settled' | 'late';
      readonly answer?: FarAnswer;
    })
  /** What was awaited of the far side did not come in time. */
  | (DeliveryHappening & {
      readonly kind: 'answer-missing';
      readonly road: RoadName;
      readonly awaited: 'acknowledgement' | 'report';
      readonly transactionId: string;
    })
  /** By an operator, who takes it from `road`; a routing event follows. */
  | (DeliveryHappening & { readonly kind: 'delivery-rerouted'; readonly road: RoadName; readonly by: string })
  | (DeliveryHappening & { readonly kind: 'delivery-requeued'; readonly road: RoadName; readonly by: string })
  /** By its sender or an operator; `replacement`: the message that took its place. */
  | (DeliveryHappening & {
      readonly kind: 'delivery-cancelled';
      readonly by: string;
      readonly reason?: string;
      readonly replacement?: MessageId;
    })
  | (DeliveryHappening & { readonly kind: 'recipient-refused'; readonly reason: NoRoute; readonly because?: string })
  | (DeliveryHappening & { readonly kind: 'notification-pushed'; readonly attempt: number })
  | (DeliveryHappening & {
      readonly kind: 'notification-put-off';
      readonly attempt: number;
      readonly reason: string;
      readonly retryAt: number;
    })
  /** The content went out whole to the recipient. */
  | (DeliveryHappening & { readonly kind: 'content-fetched' })
  | (DeliveryHappening & { readonly kind: 'content-damaged'; readonly reason: string })
  | (DeliveryHappening & { readonly kind: 'delivery-deferred' })
  /** The delivery has ended; `outcome` is what a report would say. */
  | (DeliveryHappening & { readonly kind: 'delivery-ended'; readonly outcome: DeliveryOutcome; readonly reason?: string })
  | (DeliveryHappening & { readonly kind: 'message-read'; readonly status: 'read' | 'deleted-without-being-read' })
  | (Happening & { readonly kind: 'report-queued'; readonly recipient: Address; readonly about: Report['content']['kind'] })
  /** Told to the sender. `road`, `answer`: where he is not a handset of ours. */
  | (Happening & {
      readonly kind: 'report-pushed';
      readonly recipient: Address;
      readonly about: Report['content']['kind'];
      readonly road?: RoadName;
      readonly answer?: FarAnswer;
    })
  /** To an outer road only: handsets' reports are put off without an event, as there may be many. */
  | (Happening & {
      readonly kind: 'report-put-off';
      readonly recipient: Address;
      readonly about: Report['content']['kind'];
      readonly road: RoadName;
      readonly attempt: number;
      readonly reason: string;
      readonly retryAt: number;
      readonly answer?: FarAnswer;
    })
  | (Happening & {
      readonly kind: 'report-abandoned';
      readonly recipient: Address;
      readonly about: Report['content']['kind'];
      readonly reason: string;
    })
  /** No delivery is open any more and the content is gone. */
  /** `vasp`: whose message it was, when a VASP's. */
  | (Happening & { readonly kind: 'content-removed'; readonly vasp?: string });
