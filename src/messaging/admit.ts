/** What is accepted, and on what terms: the decision about one submission. Pure. */
import { err, LIMITS, ok, type Result } from '#base';
import { addressKey } from './address.js';
import type { ContentOctets } from './message-store.js';
import type { RefusedRecipient, Submission, SubmitRefusal, TimeWish } from './messaging.js';
import type { Recipient } from './model.js';
import type { Policy } from './policy.js';
import type { RouteDecision } from './router.js';

/** The terms of an accepted message. */
export interface Admission {
  readonly size: number;
  readonly senderHidden: boolean;
  readonly date: number;
  readonly deliverAt: number;
  readonly expiresAt: number;
  readonly deliveryReport: boolean;
  readonly readReport: boolean;
}

/** What a message is to be delivered to, as far as that can be said before anything is looked up. */
export interface Addressing {
  /** Each address once, in the order of writing. */
  readonly recipients: readonly Recipient[];
  /** Those of `recipients` that are not only shown. At least one. */
  readonly served: readonly Recipient[];
}

/** The cheap checks, first of all: size and number of recipients. */
export function addressing(submission: Submission, policy: Policy): Result<Addressing, SubmitRefusal> {
  const size = sizeOf(submission.content);
  if (size > policy.sizeMax) return err({ kind: 'message-too-large', size, sizeMax: policy.sizeMax });
  const recipients = distinct(submission.recipients);
  const served = recipients.some(({ shownOnly }) => shownOnly) ? recipients.filter(({ shownOnly }) => !shownOnly) : recipients;
  if (served.length === 0) return err({ kind: 'no-recipients' });
  if (served.length > policy.recipientsMax) {
    return err({ kind: 'too-many-recipients', recipients: served.length, recipientsMax: policy.recipientsMax });
  }
  return ok({ recipients, served });
}

/** Octets of all pieces. */
export const sizeOf = (content: ContentOctets): number => content.reduce((sum, piece) => sum + piece.length, 0);

/** Those of `served` that nothing can be delivered to. `decisions`: one for each, in their order. */
export function refusedOf(served: readonly Recipient[], decisions: readonly RouteDecision[]): readonly RefusedRecipient[] {
  const refused: RefusedRecipient[] = [];
  for (const [i, recipient] of served.entries()) {
    const decision = decisions[i]!;
    if (decision.kind === 'nowhere') refused.push({ recipient, reason: decision.reason });
  }
  return refused;
}

/**
 * The terms of a message that somebody can be reached with. Checks in the order of SubmitRefusal; the first that fails is the answer. A
 * subscriber may be kept from hiding himself; what another network lets its users hide stays hidden.
 */
export function admit(submission: Submission, policy: Policy, now: number): Result<Admission, SubmitRefusal> {
  const senderHidden = submission.senderVisibility === 'hide';
  if (senderHidden && submission.origin.interface === 'mm1' && !policy.senderHidingAllowed) {
    return err({ kind: 'sender-hiding-not-allowed' });
  }
  if (submission.replyCharging) return err({ kind: 'reply-charging-not-supported' });

  const span = spanOf(submission, policy, now);
  if (!span.ok) return span;
  const mayReport = submission.messageClass !== 'auto';
  return ok({
    size: sizeOf(submission.content),
    senderHidden,
    date: dateOf(submission.date, now),
    ...span.value,
    deliveryReport: submission.deliveryReport && mayReport && policy.deliveryReportsAllowed,
    readReport: submission.readReport && mayReport && policy.readReportsAllowed,
  });
}

/** From when until when. */
export function spanOf(
  { deliveryTime, expiry }: Pick<Submission, 'deliveryTime' | 'expiry'>,
  policy: Policy,
  now: number,
): Result<
  { readonly deliverAt: number; readonly expiresAt: number },
  Extract<SubmitRefusal, { kind: 'delivery-time-too-late' | 'expires-before-delivery' }>
> {
  const deliverAt = deliveryTime ? Math.max(now, instantOf(deliveryTime, now)) : now;
  if (deliverAt - now > policy.deliveryTimeMaxMs) return err({ kind: 'delivery-time-too-late', maxMs: policy.deliveryTimeMaxMs });
  const expiresAt = expiryOf(expiry, policy, now, deliverAt);
  return expiresAt <= deliverAt ? err({ kind: 'expires-before-delivery' }) : ok({ deliverAt, expiresAt });
}

const FIELD_RANK = { to: 0, cc: 1, bcc: 2 } as const;

/**
 * Each address once. Where it was written several times, the most public field counts (To before Cc before Bcc): the recipient is to see
 * himself where others see him; and if it is to be served once, it is served. The rest keeps the sender's order.
 */
function distinct(recipients: readonly Recipient[]): readonly Recipient[] {
  const best = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const key = addressKey(recipient.address);
    const known = best.get(key);
    best.set(key, known ? merged(known, recipient) : recipient);
  }
  if (best.size === recipients.length) return recipients;
  const kept = new Set<string>();
  // In the place of the most public mention.
  return recipients.flatMap(({ address, field }) => {
    const key = addressKey(address);
    const recipient = best.get(key)!;
    if (recipient.field !== field || kept.has(key)) return [];
    kept.add(key);
    return [recipient];
  });
}

function merged(one: Recipient, other: Recipient): Recipient {
  const shown = FIELD_RANK[other.field] < FIELD_RANK[one.field] ? other : one;
  if (!one.shownOnly === !other.shownOnly) return shown;
  const { shownOnly: _, ...served } = one.shownOnly ? other : one;
  return { ...served, field: shown.field };
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
