/** Notifications: what a recipient is told of a waiting message, and what an attempt to tell him comes to. */
import type { Msisdn } from '#base';
import type { Decision } from './change-delivery.js';
import type { Context } from './context.js';
import type { DeliveryOfMessage } from './message-store.js';
import type { Notification, PushOutcome } from './notifier.js';
import { retryAt } from './schedule.js';
import { ended } from './settle.js';
import { senderShown } from './shown.js';

/**
 * The version to write for a handset that has never been heard of. 1.2 is what the widest-spread client (AOSP's) writes in every PDU whatever
 * it receives; a 1.0 or 1.1 client skips the fields that it does not know, and becomes known with its first request.
 */
export const VERSION_OF_UNKNOWN_HANDSETS = '1.2';

/** The notification of `found` for the handset of `to`, written for `version`. Expiry is told as what remains, at least a second. */
export function toNotification({ message, delivery }: DeliveryOfMessage, to: Msisdn, version: string, now: number): Notification {
  const { subject, messageClass, priority, size, deliveryReport, application, contentClass, drmContent } = message;
  const from = senderShown(message);
  return {
    kind: 'notification',
    to,
    version,
    key: delivery.key,
    ...(from && { from }),
    ...(subject !== undefined && { subject }),
    messageClass,
    priority,
    size,
    expirySeconds: Math.max(1, Math.floor((message.expiresAt - now) / 1_000)),
    deliveryReport,
    ...(application && { application }),
    ...(contentClass !== undefined && { contentClass }),
    ...(drmContent !== undefined && { drmContent }),
  };
}

/**
 * What becomes of the delivery after a push. The handset may have been faster than the bearer's answer: then the delivery has moved on, and
 * only the attempt is noted.
 */
export function afterPush(context: Context, found: DeliveryOfMessage, outcome: PushOutcome): Decision<void> {
  const { delivery, message } = found;
  const at = context.ports.now();
  const attempt = delivery.attempts + 1;
  const tried = { ...delivery, attempts: attempt, revision: delivery.revision + 1 };
  const about = { messageId: message.id, delivery: delivery.key, recipient: delivery.recipient, attempt, at };
  if (delivery.state !== 'due' && delivery.state !== 'notified') {
    return {
      answer: undefined,
      delivery: tried,
      events: outcome.kind === 'accepted' ? [{ kind: 'notification-pushed', ...about }] : [],
    };
  }
  const { pushRetryMs } = context.policy;
  switch (outcome.kind) {
    case 'accepted': {
      const { reason: _, ...rest } = tried;
      const dueAt = retryAt(at, attempt, pushRetryMs, message.expiresAt);
      return {
        answer: undefined,
        delivery: { ...rest, state: 'notified', dueAt },
        events: [{ kind: 'notification-pushed', ...about }],
      };
    }
    case 'deferred': {
      const { reason } = outcome;
      const dueAt = retryAt(at, attempt, pushRetryMs, message.expiresAt, outcome.retryAfterMs);
      return {
        answer: undefined,
        delivery: { ...tried, reason, dueAt },
        events: [{ kind: 'notification-put-off', ...about, reason, retryAt: dueAt }],
      };
    }
    case 'failed': {
      const end = ended(context, found, { state: 'unreachable', outcome: 'unreachable', reason: outcome.reason });
      return { answer: undefined, ...end, ...(end.delivery && { delivery: { ...end.delivery, attempts: attempt } }) };
    }
  }
}
