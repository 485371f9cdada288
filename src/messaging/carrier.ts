/** The ports to what carries messages and reports to the outside: MM4 to peers, MM3 to mailboxes, MM7 to value added services. */
import type { Address } from './address.js';
import type { Delivery, DeliveryOutcome, FarAnswer, Message, Origin, Recipient, Report } from './model.js';
import type { OuterRoad } from './road.js';

/** One message on its way to one far side: all its recipients there that are due, in one transaction. */
export interface Handover {
  readonly road: OuterRoad;
  readonly message: Message;
  /** At least one, at most `Terms.recipientsMax` of the road, in the order of the message's recipients. */
  readonly deliveries: readonly Delivery[];
  /**
   * Names this transaction towards the far side (X-Mms-Transaction-ID): the key of the first delivery that it was made for. The same at
   * every repeat, also after a crash, so that a repeat can be recognised.
   */
  readonly transactionId: string;
  /** 1 for the first one. */
  readonly attempt: number;
  /** Sender as recipients may see it; absent when hidden. A peer must be told the sender and that it is hidden: see `message`. */
  readonly from?: Address;
  /** To and Cc as recipients may see them. */
  readonly recipientsShown: readonly Recipient[];
  /** Content-Type value and body as on MM1. Not to be changed. */
  readonly content: Uint8Array;
}

/** What an attempt came to for one delivery. */
export type HandoverOutcome =
  /**
   * The far side has taken it. `awaits`: what it will still say. `nothing`: the delivery has ended for us (transferred). `acknowledgement`:
   * it says later whether it takes responsibility (MM4_forward.RES), content is kept until then. `report`: it has the responsibility and
   * reports what becomes of it. `waitMs`: how long that is waited for; absent: the policy's. A report that is awaited after an
   * acknowledgement is the domain's own affair: it knows whether the sender asked for one.
   */
  | {
      readonly kind: 'taken';
      readonly awaits: 'nothing' | 'acknowledgement' | 'report';
      /** With `nothing`: what that means to the sender. A value added service that has it has retrieved it. Absent: indeterminate. */
      readonly outcome?: 'retrieved' | 'indeterminate';
      readonly waitMs?: number;
      readonly answer?: FarAnswer;
    }
  /**
   * Not now. `scope`: `delivery` when only this message or recipient is concerned (a 450 to RCPT), `road` when nothing gets through to the far
   * side (no connection, 421, throttled): then the whole road rests until one attempt gets through. Tried again after `retryAfterMs`;
   * absent: by the policy's waits.
   */
  | {
      readonly kind: 'deferred';
      readonly scope: 'delivery' | 'road';
      readonly reason: string;
      readonly retryAfterMs?: number;
      readonly answer?: FarAnswer;
    }
  /** Paused by an operator, or not configured (any more): waits without attempts until `resumeRoad`. No attempt is counted. */
  | { readonly kind: 'held'; readonly reason: string }
  /** Trying again is useless. `outcome`: what the sender is told. */
  | { readonly kind: 'failed'; readonly outcome: DeliveryOutcome; readonly reason: string; readonly answer?: FarAnswer };

/** A report to the sender of a message that came from outside. */
export interface OutgoingReport {
  readonly report: Report;
  /** Of the message, as it came: names it in the sender's terms. */
  readonly origin: Exclude<Origin, { readonly interface: 'mm1' }>;
  /** Names this transaction towards the far side; the report's key. The same at every repeat. */
  readonly transactionId: string;
  readonly attempt: number;
}

/** `taken`: the far side has it (SMTP 250, HTTP 2xx with Success). The rest as for handovers. */
export type ReportOutcome =
  | { readonly kind: 'taken'; readonly answer?: FarAnswer }
  | Extract<HandoverOutcome, { readonly kind: 'deferred' | 'held' }>
  | { readonly kind: 'failed'; readonly reason: string; readonly answer?: FarAnswer };

/** On what terms a far side takes messages. */
export interface Terms {
  /** Recipients in one transaction, 1 or more. */
  readonly recipientsMax: number;
  /** Transactions under way at once, 1 or more. */
  readonly inFlightMax: number;
  /** Waits before what it has given back is handed over again, the last one repeated. Absent: the policy's. Unit: milliseconds. */
  readonly retryMs?: readonly number[];
  /** What it has taken and never acknowledged is handed over again, under the same ids. Absent: the delivery ends as indeterminate. */
  readonly resendsMissing?: boolean;
  /** It is told that a recipient wants its message later. Absent: it is not. */
  readonly wantsDeferred?: boolean;
}

/** One for each kind of road. Its methods never reject for a reason that lies with network or far side. */
export interface Carrier {
  /** Asked before each claim; cheap. A far side that is not known has terms, too: `handOver` then says `held`. */
  terms(road: OuterRoad): Terms;
  /** One outcome for each of `deliveries`, in their order. */
  handOver(handover: Handover): Promise<readonly HandoverOutcome[]>;
  report(report: OutgoingReport): Promise<ReportOutcome>;
}

/** A kind that is absent: what is for it is held. */
export type Carriers = { readonly [kind in OuterRoad['kind']]?: Carrier };
