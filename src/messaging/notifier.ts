/** The port to whatever pushes to handsets. */
import type { Msisdn } from '#base';
import type { Address } from './address.js';
import type { ApplicationAddressing, DeliveryKey, MessageClass, MessageId, Priority, ReportedOutcome } from './model.js';

/** What a recipient is told of a waiting message (M-Notification.ind). */
export interface Notification {
  readonly kind: 'notification';
  readonly to: Msisdn;
  /** MMS version to write for, `major.minor`. */
  readonly version: string;
  /** Transaction id and last part of the content address. */
  readonly key: DeliveryKey;
  /** Absent when hidden. */
  readonly from?: Address;
  readonly subject?: string;
  readonly messageClass: MessageClass;
  readonly priority: Priority;
  /** Octets, an estimate of the whole. */
  readonly size: number;
  readonly expirySeconds: number;
  readonly deliveryReport: boolean;
  readonly application?: ApplicationAddressing;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
}

/** What a sender is told of one recipient (M-Delivery.ind). */
export interface DeliveryReport {
  readonly kind: 'delivery-report';
  readonly to: Msisdn;
  readonly version: string;
  readonly messageId: MessageId;
  readonly recipient: Address;
  readonly at: number;
  readonly outcome: ReportedOutcome;
  readonly text?: string;
  readonly application?: ApplicationAddressing;
}

/** What a sender is told of a reading recipient (M-Read-Orig.ind; a 1.0 sender knows none and gets none). */
export interface ReadReport {
  readonly kind: 'read-report';
  readonly to: Msisdn;
  readonly version: string;
  readonly messageId: MessageId;
  readonly reader: Address;
  readonly at: number;
  readonly status: 'read' | 'deleted-without-being-read';
  readonly application?: ApplicationAddressing;
}

export type Push = Notification | DeliveryReport | ReadReport;

/** `accepted`: the bearer took it. `deferred`: try again, not before `retryAfterMs` when given. `failed`: trying again is useless. */
export type PushOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'deferred'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Notifier {
  /** Never rejects for a reason that lies with handset or network. */
  push(push: Push): Promise<PushOutcome>;
}
