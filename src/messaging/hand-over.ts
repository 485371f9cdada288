/** Hands one message over to one far side: what goes along, and what becomes of each delivery. */

import { LIMITS } from '#base';
import type { Carrier, HandoverOutcome } from './carrier.js';
import { changeDeliveries, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import { cutAnswer } from './far-answer-text.js';
import type { DeliveryOfMessage } from './message-store.js';
import { type Delivery, type DeliveryKey, type Message, needsContent } from './model.js';
import { ROAD_DEFAULTS } from './policy.js';
import { wantsFarReport } from './report.js';
import { type OuterRoad, roadName, sameRoad } from './road.js';
import { retriesOf } from './road-terms.js';
import { handOverAgainAt } from './schedule.js';
import { ended } from './settle.js';
import { recipientsShown, senderShown } from './shown.js';

/** What the road's gate is told meanwhile. */
export interface HandoverNews {
  /** This delivery would go along. False: somebody is taking it off its road, and it must not. */
  began(key: string): boolean;
  /** The far side has spoken: the road works. */
  through(): void;
  /** The road rests until it is opened. */
  held(reason: string): void;
  /** Nothing gets through. Returns for how long the road rests, milliseconds. */
  blocked(reason: string, retryAfterMs?: number): number;
}

/** One delivery's part in an attempt. */
interface Attempt {
  readonly road: OuterRoad;
  readonly transactionId: string;
  readonly attempt: number;
  /** For how long the road rests, when that is what the attempt came to. */
  readonly restMs?: number;
  /** The transaction of those that were put off while the far side took others: its answer to this one is about the others. */
  readonly apart?: string;
}

/** Between the key of a delivery and the number of the attempt by which it came apart from those it went with. Stands in no key. */
export const PART_MARK = '.';

const NO_CARRIER = { kind: 'held', reason: 'nothing carries messages by this road' } as const;

/** Hands over the claimed delivery with all that goes along. Rejects with StoreUnavailable when the outcome could not be written down. */
export async function handOver(
  context: Context,
  carrier: Carrier | undefined,
  { delivery: claimed, message }: DeliveryOfMessage,
  news: HandoverNews,
): Promise<void> {
  const { ports } = context;
  const now = ports.now();
  const { road } = claimed;
  // What has expired is not for this road any more: see the ordinary queue.
  if (!road || now >= message.expiresAt) return;
  const all = (await ports.messages.deliveriesOf(message.id)).filter(
    (delivery) => goesAlong(delivery, claimed) && news.began(delivery.key),
  );
  if (all.length === 0) return;
  if (!carrier) {
    news.held(NO_CARRIER.reason);
    await putDown(context, message, all, road, () => NO_CARRIER, news);
    return;
  }
  const stored = await ports.messages.content(message.id);
  if (stored.kind !== 'content') {
    await contentGone(context, message, all, stored.kind === 'damaged' ? stored.reason : 'the stored content is missing');
    return;
  }
  const from = senderShown(message);
  const parts = partsOf(all, claimed.handedOver!.transactionId, Math.max(1, carrier.terms(road).recipientsMax));
  if (parts.length > 1) await divide(context, message, parts.slice(1));
  for (const { deliveries, transactionId } of parts) {
    const attempt = Math.max(...deliveries.map(({ attempts }) => attempts)) + 1;
    const outcomes = await carrier.handOver({
      road,
      message,
      deliveries,
      transactionId,
      attempt,
      ...(from && { from }),
      recipientsShown: recipientsShown(message),
      content: stored.octets,
    });
    if (outcomes.length !== deliveries.length)
      throw new Error(`a carrier gave ${outcomes.length} outcomes for ${deliveries.length} deliveries`);
    const byKey = new Map(deliveries.map(({ key }, place) => [key, outcomes[place]!]));
    await putDown(context, message, deliveries, road, (key) => byKey.get(key)!, news, transactionId);
    if (outcomes.some(({ kind }) => kind === 'held')) return;
  }
}

/** What goes out together. */
interface Part {
  readonly transactionId: string;
  readonly deliveries: readonly Delivery[];
}

/** As many at once as the far side takes. Where that is fewer than when the message came, what does not fit makes transactions of its own. */
function partsOf(all: readonly Delivery[], transactionId: string, recipientsMax: number): readonly Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < all.length; i += recipientsMax) {
    const deliveries = all.slice(i, i + recipientsMax);
    parts.push({ transactionId: i === 0 ? transactionId : deliveries[0]!.key, deliveries });
  }
  return parts;
}

/** Kept before anything goes out: the answer to the first part must not be taken for one to the others. */
async function divide(context: Context, message: Message, parts: readonly Part[]): Promise<void> {
  const ids = new Map(
    parts.flatMap(({ deliveries, transactionId }) => deliveries.map(({ key }) => [key, transactionId] as const)),
  );
  await changeDeliveries(context, message, new Set(ids.keys()), ({ delivery }) => {
    if (delivery.state !== 'due' || !delivery.handedOver) return { answer: undefined };
    const handedOver = { ...delivery.handedOver, transactionId: ids.get(delivery.key)! };
    return { answer: undefined, delivery: { ...delivery, handedOver, revision: delivery.revision + 1 } };
  });
}

/**
 * Due, on the same road, and named in the same transaction, whenever it was to be tried again: a transaction goes out whole, or its answer would be
 * taken for one to those who stayed behind.
 */
const goesAlong = (delivery: Delivery, { road, handedOver }: Delivery): boolean =>
  delivery.state === 'due' &&
  delivery.road !== undefined &&
  sameRoad(delivery.road, road!) &&
  delivery.handedOver?.transactionId === handedOver?.transactionId;

/** Tells the gate, and writes down what became of each. */
async function putDown(
  context: Context,
  message: Message,
  deliveries: readonly Delivery[],
  road: OuterRoad,
  outcomeOf: (key: DeliveryKey) => HandoverOutcome,
  news: HandoverNews,
  transactionId?: string,
): Promise<void> {
  const restMs = tellGate(
    deliveries.map(({ key }) => outcomeOf(key)),
    news,
  );
  const apart = transactionApart(deliveries, outcomeOf);
  await changeDeliveries(context, message, new Set(deliveries.map(({ key }) => key)), (found) =>
    afterHandover(context, found, outcomeOf(found.delivery.key), {
      road,
      transactionId: transactionId ?? found.delivery.handedOver!.transactionId,
      attempt: found.delivery.attempts + 1,
      ...(restMs !== undefined && { restMs }),
      ...(apart !== undefined && { apart }),
    }),
  );
}

/** Undefined where no answer is awaited for some of them while others are put off. */
function transactionApart(deliveries: readonly Delivery[], outcomeOf: (key: DeliveryKey) => HandoverOutcome): string | undefined {
  const first = deliveries.find(({ key }) => outcomeOf(key).kind === 'deferred');
  const isAwaited = deliveries.some(({ key }) => {
    const outcome = outcomeOf(key);
    return outcome.kind === 'taken' && outcome.awaits === 'acknowledgement';
  });
  return first && isAwaited ? `${first.key}${PART_MARK}${first.attempts + 1}` : undefined;
}

/** One word that the far side is there outweighs the others. */
function tellGate(outcomes: readonly HandoverOutcome[], news: HandoverNews): number | undefined {
  for (const outcome of outcomes) {
    if (outcome.kind !== 'held') continue;
    news.held(outcome.reason);
    return undefined;
  }
  let restMs: number | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind !== 'deferred' || outcome.scope !== 'road') {
      news.through();
      return undefined;
    }
    restMs = news.blocked(outcome.reason, outcome.retryAfterMs);
  }
  return restMs;
}

/**
 * What becomes of a delivery after an attempt. Somebody may have been faster: its far side, whose answer overtook the note that it has the
 * message, or its sender, who took it back. Then only the attempt is noted.
 */
export function afterHandover(
  context: Context,
  found: DeliveryOfMessage,
  outcome: HandoverOutcome,
  tried: Attempt,
): Decision<void> {
  const { delivery } = found;
  const revision = delivery.revision + 1;
  // Ends the claim, so that it goes out as soon as the road is opened.
  if (outcome.kind === 'held')
    return { answer: undefined, ...(delivery.state === 'due' && { delivery: { ...delivery, revision } }) };
  if (delivery.state !== 'due' || !delivery.road || !sameRoad(delivery.road, tried.road)) {
    const noted = { ...delivery, attempts: tried.attempt, revision };
    return {
      answer: undefined,
      delivery: noted,
      events: outcome.kind === 'taken' ? [noteBehind(delivery, takenEvent(context, found, outcome, tried))] : [],
    };
  }
  switch (outcome.kind) {
    case 'taken':
      return taken(context, found, outcome, tried);
    case 'deferred':
      // It has answered for all that went together: only its reply was lost.
      if (tried.apart === undefined && delivery.handedOver?.answered === 'accepted')
        return taken(context, found, { kind: 'taken', awaits: 'acknowledgement' }, tried);
      return putOff(context, found, outcome, tried);
    case 'failed': {
      const { reason } = outcome;
      const event = { kind: 'handover-failed', ...aboutOf(context, found, tried), reason, ...answerOf(outcome) } as const;
      return endedAfter(context, found, tried, { state: outcome.outcome, outcome: outcome.outcome, reason }, event);
    }
  }
}

function taken(
  context: Context,
  found: DeliveryOfMessage,
  outcome: HandoverOutcome & { readonly kind: 'taken' },
  tried: Attempt,
): Decision<void> {
  const { delivery, message } = found;
  const at = context.ports.now();
  const event = takenEvent(context, found, outcome, tried);
  const handedOver = { ...delivery.handedOver, transactionId: tried.transactionId, at };
  const has: DeliveryOfMessage = { message, delivery: { ...delivery, handedOver } };
  const isAnswered = handedOver.answered === 'accepted';
  if (outcome.awaits === 'acknowledgement' && !isAnswered) {
    const waitMs = outcome.waitMs ?? context.policy.acknowledgementWaitMs ?? ROAD_DEFAULTS.acknowledgementWaitMs;
    return { answer: undefined, delivery: awaiting(has.delivery, 'handed-over', at + waitMs, tried.attempt), events: [event] };
  }
  if ((outcome.awaits === 'report' || isAnswered) && wantsFarReport(context, message, delivery.recipientIndex)) {
    const until = reportUntil(context, message, isAnswered ? undefined : outcome.waitMs);
    return { answer: undefined, delivery: awaiting(has.delivery, 'acknowledged', until, tried.attempt), events: [event] };
  }
  const told = (outcome.awaits === 'nothing' && outcome.outcome) || 'indeterminate';
  const state = told === 'retrieved' ? 'retrieved' : 'transferred';
  return endedAfter(context, has, tried, { state, outcome: told }, event);
}

/** When a report is not waited for any more. */
export function reportUntil({ ports, policy }: Context, message: Message, waitMs?: number): number {
  const graceMs = policy.farReportGraceMs ?? ROAD_DEFAULTS.farReportGraceMs;
  return waitMs === undefined ? Math.max(ports.now(), message.expiresAt) + graceMs : ports.now() + waitMs;
}

/** A delivery that a far side has, until `dueAt`. */
export function awaiting(delivery: Delivery, state: 'handed-over' | 'acknowledged', dueAt: number, attempts: number): Delivery {
  const { handOverAt: _handOver, reason: _reason, ...rest } = delivery;
  return { ...rest, state, dueAt, attempts, revision: delivery.revision + 1 };
}

function putOff(
  context: Context,
  found: DeliveryOfMessage,
  outcome: HandoverOutcome & { readonly kind: 'deferred' },
  tried: Attempt,
): Decision<void> {
  const { delivery, message } = found;
  const { reason } = outcome;
  const retry = retryOf(context, tried, outcome, message.expiresAt);
  // An answer that came before this note was for those with whom it has come apart.
  const handedOver =
    tried.apart === undefined ? { ...delivery.handedOver, transactionId: tried.transactionId } : { transactionId: tried.apart };
  return {
    answer: undefined,
    delivery: {
      ...delivery,
      handedOver,
      handOverAt: retry.handOverAt,
      attempts: tried.attempt,
      reason,
      revision: delivery.revision + 1,
    },
    events: [
      { kind: 'handover-put-off', ...aboutOf(context, found, tried), reason, retryAt: retry.retryAt, ...answerOf(outcome) },
    ],
  };
}

/**
 * When what was put off goes out again. While the road rests its gate lets nothing out before `retryAt`; when it is found to work earlier, what was tried
 * meanwhile goes out soon, like what was not.
 */
export function retryOf(
  context: Context,
  { road, attempt, restMs }: Pick<Attempt, 'road' | 'attempt' | 'restMs'>,
  { retryAfterMs }: { readonly retryAfterMs?: number },
  until: number,
): { readonly handOverAt: number; readonly retryAt: number } {
  const now = context.ports.now();
  if (restMs === undefined) {
    const at = handOverAgainAt(now, attempt, retriesOf(context, road), until, retryAfterMs);
    return { handOverAt: at, retryAt: at };
  }
  const soon = Math.min(restMs, LIMITS.roadBackMs);
  return { handOverAt: Math.min(until, now + soon), retryAt: Math.min(until, now + restMs) };
}

function endedAfter(
  context: Context,
  found: DeliveryOfMessage,
  { attempt }: Attempt,
  ending: Parameters<typeof ended>[2],
  first: MessagingEvent,
): Decision<void> {
  const { delivery, events = [], ...rest } = ended(context, found, ending);
  return {
    answer: undefined,
    ...rest,
    ...(delivery && { delivery: { ...delivery, attempts: attempt } }),
    events: [first, ...events],
  };
}

/** The octets cannot be had any more: nobody will ever get them. */
async function contentGone(context: Context, message: Message, deliveries: readonly Delivery[], reason: string): Promise<void> {
  await changeDeliveries(context, message, new Set(deliveries.map(({ key }) => key)), (found) => {
    const { delivery } = found;
    // Its far side may have answered for it meanwhile: then nobody needs the content.
    if (!needsContent(delivery.state)) return { answer: undefined };
    const { events = [], ...rest } = ended(context, found, { state: 'unreachable', outcome: 'unreachable', reason });
    const at = context.ports.now();
    const about = { messageId: message.id, delivery: delivery.key, recipient: delivery.recipient, reason, at };
    return { answer: undefined, ...rest, events: [{ kind: 'content-damaged', ...about }, ...events] };
  });
}

const aboutOf = (context: Context, { delivery, message }: DeliveryOfMessage, { road, transactionId, attempt }: Attempt) => ({
  messageId: message.id,
  delivery: delivery.key,
  recipient: delivery.recipient,
  road: roadName(road),
  transactionId,
  attempt,
  at: context.ports.now(),
});

const takenEvent = (
  context: Context,
  found: DeliveryOfMessage,
  outcome: HandoverOutcome & { readonly kind: 'taken' },
  tried: Attempt,
): MessagingEvent => ({ kind: 'handed-over', ...aboutOf(context, found, tried), awaits: outcome.awaits, ...answerOf(outcome) });

/** The note of a handover which the far side's own word has overtaken. */
const noteBehind = ({ handedOver }: Delivery, event: MessagingEvent): MessagingEvent =>
  handedOver?.overtaken && event.kind === 'handed-over' ? { ...event, heard: 'late' } : event;

const answerOf = ({ answer }: Exclude<HandoverOutcome, { readonly kind: 'held' }>) =>
  answer ? { answer: cutAnswer(answer) } : {};
