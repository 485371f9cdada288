/**
 * What happened to a message, in the order it happened; kept in the same commit as the change that caused it.
 * Billing, console and reports read this log; nothing in the domain reads it back.
 */
import type { Address } from './address.js';
import type { DeliveryKey, DeliveryOutcome, MessageId } from './model.js';

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
    })
  /** The same octets from the same sender came again and were answered as the first time. */
  | (Happening & { readonly kind: 'resubmission-recognised' })
  | (DeliveryHappening & { readonly kind: 'recipient-refused'; readonly reason: string })
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
  | (Happening & { readonly kind: 'report-queued'; readonly recipient: Address; readonly about: 'delivery' | 'read' })
  | (Happening & { readonly kind: 'report-pushed'; readonly recipient: Address; readonly about: 'delivery' | 'read' })
  | (Happening & {
      readonly kind: 'report-abandoned';
      readonly recipient: Address;
      readonly about: 'delivery' | 'read';
      readonly reason: string;
    })
  /** No delivery is open any more and the content is gone. */
  | (Happening & { readonly kind: 'content-removed' });
