/** What is accepted, and on what terms: the decision about one submission. Pure. */
import { err, LIMITS, ok, type Result } from '#base';
import { addressKey } from './address.js';
import type { RefusedRecipient, Submission, SubmitRefusal, TimeWish } from './messaging.js';
import type { Recipient } from './model.js';
import type { Policy } from './policy.js';
import { route } from './route.js';

/** The terms of an accepted message. */
export interface Admission {
  readonly size: number;
  /** Each address once, in the order of writing. */
  readonly recipients: readonly Recipient[];
  /** Those of `recipients` that nothing can be delivered to; never all. */
  readonly refused: readonly RefusedRecipient[];
  readonly senderHidden: boolean;
  readonly date: number;
  readonly deliverAt: number;
  readonly expiresAt: number;
  readonly deliveryReport: boolean;
  readonly readReport: boolean;
}

/** Checks in the order of SubmitRefusal; the first that fails is the answer. */
export function admit(submission: Submission, policy: Policy, now: number): Result<Admission, SubmitRefusal> {
  const size = submission.content.reduce((sum, piece) => sum + piece.length, 0);
  if (size > policy.sizeMax) return err({ kind: 'message-too-large', size, sizeMax: policy.sizeMax });

  const recipients = distinct(submission.recipients);
  if (recipients.length === 0) return err({ kind: 'no-recipients' });
  if (recipients.length > policy.recipientsMax) {
    return err({ kind: 'too-many-recipients', recipients: recipients.length, recipientsMax: policy.recipientsMax });
  }
  const refused = refusedOf(recipients, policy);
  if (refused.length === recipients.length) return err({ kind: 'all-recipients-refused', refused });

  const senderHidden = submission.senderVisibility === 'hide';
  if (senderHidden && !policy.senderHidingAllowed) return err({ kind: 'sender-hiding-not-allowed' });
  if (submission.replyCharging) return err({ kind: 'reply-charging-not-supported' });

  const deliverAt = submission.deliveryTime ? Math.max(now, instantOf(submission.deliveryTime, now)) : now;
  if (deliverAt - now > policy.deliveryTimeMaxMs) return err({ kind: 'delivery-time-too-late', maxMs: policy.deliveryTimeMaxMs });
  const expiresAt = expiryOf(submission.expiry, policy, now, deliverAt);
  if (expiresAt <= deliverAt) return err({ kind: 'expires-before-delivery' });

  const mayReport = submission.messageClass !== 'auto';
  return ok({
    size,
    recipients,
    refused,
    senderHidden,
    date: dateOf(submission.date, now),
    deliverAt,
    expiresAt,
    deliveryReport: submission.deliveryReport && mayReport && policy.deliveryReportsAllowed,
    readReport: submission.readReport && mayReport && policy.readReportsAllowed,
  });
}

const FIELD_RANK = { to: 0, cc: 1, bcc: 2 } as const;

/**
 * Each address once. Where it was written several times, the most public field counts (To before Cc before Bcc): the recipient is to see
 * himself where others see him. The rest keeps the sender's order.
 */
function distinct(recipients: readonly Recipient[]): readonly Recipient[] {
  const best = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const key = addressKey(recipient.address);
    const known = best.get(key);
    if (!known || FIELD_RANK[recipient.field] < FIELD_RANK[known.field]) best.set(key, recipient);
  }
  if (best.size === recipients.length) return recipients;
  const kept = new Set(best.values());
  return recipients.filter((recipient) => kept.has(recipient));
}

/** The recipients among `recipients` that nothing can be delivered to, with the reason. */
function refusedOf(recipients: readonly Recipient[], policy: Policy): readonly RefusedRecipient[] {
  const refused: RefusedRecipient[] = [];
  for (const recipient of recipients) {
    const way = route(recipient.address, policy);
    if (way.kind === 'nowhere') refused.push({ recipient, reason: way.reason });
  }
  return refused;
}

const instantOf = (wish: TimeWish, now: number): number => ('at' in wish ? wish.at : now + wish.afterMs);

/**
 * A span the sender asks for counts from acceptance, as it is the time that the relay stores the message (X-Mms-Expiry). Where he says
 * nothing, the operator's default counts from the delivery time, so that a message sent for next week does not expire before. The ceiling
 * counts from acceptance in both cases, since it is what bounds storage; a longer wish is cut to it without a word, as the notification
 * tells the recipient the true expiry.
 */
function expiryOf(wish: TimeWish | undefined, policy: Policy, now: number, deliverAt: number): number {
  const wished = wish ? instantOf(wish, now) : deliverAt + policy.expiryDefaultMs;
  return Math.min(wished, now + policy.expiryMaxMs);
}

/**
 * The sender's Date where it can be true, else the time of arrival. Handset clocks stand at 1970 after a flat battery, or in another year
 * or time zone, and recipients' inboxes sort by this value.
 */
function dateOf(date: number | undefined, now: number): number {
  if (date === undefined || date > now + LIMITS.dateAheadMaxMs || date < now - LIMITS.dateBehindMaxMs) return now;
  return date;
}
