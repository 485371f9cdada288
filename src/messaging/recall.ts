/** Messages taken back or replaced by whoever sent them, or taken back by an operator. TS 23.140 8.7.2. */
import { err, LIMITS, ok, type Result } from '#base';
import { sizeOf, spanOf } from './admit.js';
import { changeDeliveries, overtaken, withContentOf } from './change-delivery.js';
import { type Context, NO_CHANGE } from './context.js';
import type { MessagingEvent } from './events.js';
import { isKey } from './key.js';
import type { Change, DeliveryOfMessage } from './message-store.js';
import type { Cancellation, Cancelled, RecallRefusal, Replacement } from './messaging.js';
import {
  type Delivery,
  type DeliveryKey,
  type DeliveryState,
  ENDED,
  type Message,
  type MessageId,
  type Mm7Origin,
  type SystemName,
} from './model.js';
import { routed, Transactions } from './put-on-road.js';
import type { RoadWork } from './road-work.js';
import { storeRefusal } from './store-refusal.js';
import { acceptedEvent } from './submit.js';

type Recalled = Result<Cancelled, RecallRefusal>;

/** Nobody has been given the content in these. A notified handset finds nothing when it comes. */
const STOPPABLE: ReadonlySet<DeliveryState> = new Set(['unrouted', 'due', 'notified', 'deferred']);

/** How messages that took another's place are found by that one's id: the first version's. */
export const replacing = (messageId: string): SystemName => ({ system: 'replaces', messageId });

/** A message in all its versions that may still have open deliveries, the newest last. */
interface Versions {
  readonly newest: Message;
  readonly all: readonly Message[];
}

/** CancelReq. The sender gets no delivery report of what it took back itself. */
export async function cancel(context: Context, roads: RoadWork, cancellation: Cancellation): Promise<Recalled> {
  const { by, reason, messageId } = cancellation;
  try {
    const versions = await versionsOf(context, messageId, 'vasp' in by ? by.vasp : undefined);
    if (!versions.ok) return versions;
    const who = 'vasp' in by ? by.vasp : by.operator;
    let cancelled = 0;
    let tooLate = 0;
    for (const message of versions.value.all) {
      const outcome = await stop(context, roads, message, who, reason);
      cancelled += outcome.cancelled;
      tooLate += outcome.tooLate;
    }
    return cancelled === 0 ? err({ kind: 'too-late' }) : ok({ messageId: versions.value.newest.id, cancelled, tooLate });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

/**
 * ReplaceReq. The new version, for those whom the old one can still be kept from, takes its place in one commit: after a crash there is one of the
 * two for everybody. Somebody who is given the old one meanwhile makes it begin anew, and is not among them then.
 */
export async function replace(context: Context, roads: RoadWork, replacement: Replacement): Promise<Recalled> {
  const { policy } = context;
  const size = sizeOf(replacement.content);
  if (size > policy.sizeMax) return err({ kind: 'message-too-large', size, sizeMax: policy.sizeMax });
  try {
    for (let attempt = 0; attempt < LIMITS.changeAttemptsMax; attempt++) {
      const outcome = await tryReplacing(context, roads, replacement, size);
      if (outcome !== 'stale') return outcome;
    }
    throw overtaken();
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

async function tryReplacing(
  context: Context,
  roads: RoadWork,
  replacement: Replacement,
  size: number,
): Promise<Recalled | 'stale'> {
  const { messages, observe, now } = context.ports;
  const versions = await versionsOf(context, replacement.messageId, replacement.vasp);
  if (!versions.ok) return versions;
  const withdrawn: Delivery[] = [];
  try {
    const recipients = new Set<number>();
    const stoppable: DeliveryOfMessage[] = [];
    for (const message of versions.value.all) {
      withdrawn.push(...(await withdrawFrom(context, roads, message.id)));
      for (const delivery of await messages.deliveriesOf(message.id)) {
        recipients.add(delivery.recipientIndex);
        if (isStoppable(withdrawn, delivery)) stoppable.push({ delivery, message });
      }
    }
    const newest = stoppable.at(-1)?.message;
    if (!newest) return err({ kind: 'too-late' });
    const next = newVersion(
      context,
      newest,
      replacement,
      stoppable.map(({ delivery }) => delivery),
      size,
      now(),
    );
    if (!next.ok) return next;
    const { message, renewed, events } = next.value;
    // Exactly what the new version is made for: whoever could not be stopped before keeps what is on its way to him.
    let change = NO_CHANGE;
    for (const old of versions.value.all) {
      const stopped = stoppable.filter((one) => one.message === old);
      change = both(change, await stopping(context, old, stopped, replacement.vasp, message.id));
    }
    if ((await messages.supersede(message, replacement.content, renewed, events, change)) === 'stale') return 'stale';
    observe([...events, ...change.events]);
    return ok({ messageId: message.id, cancelled: renewed.length, tooLate: recipients.size - renewed.length });
  } finally {
    roads.release(withdrawn);
  }
}

/** The change that stops these deliveries of one message, for another to take its place. */
async function stopping(
  context: Context,
  message: Message,
  stoppable: readonly DeliveryOfMessage[],
  by: string,
  replacement: MessageId,
): Promise<Change> {
  if (stoppable.length === 0) return NO_CHANGE;
  const stopped = stoppable.map((one) => cancelled(context, one, by, undefined, replacement));
  const events = stopped.flatMap((one) => one.events);
  return withContentOf(context, message, { ...NO_CHANGE, deliveries: stopped.map(({ delivery }) => delivery), events });
}

const both = (one: Change, other: Change): Change => ({
  ...one,
  deliveries: [...one.deliveries, ...other.deliveries],
  events: [...one.events, ...other.events],
  contentRemoved: [...one.contentRemoved, ...other.contentRemoved],
  stillOpen: [...(one.stillOpen ?? []), ...(other.stillOpen ?? [])],
});

/**
 * All versions of a message, found by the id of any. A VASP knows a replaced message by two: reports name the first version, ReplaceRsp the
 * new one. So every later version is kept under the first one's id, whichever it was asked for by.
 */
async function versionsOf(context: Context, id: string, vasp: string | undefined): Promise<Result<Versions, RecallRefusal>> {
  if (!isKey(id)) return err({ kind: 'not-found' });
  const { messages } = context.ports;
  const asked = await messages.message(id as MessageId);
  const first = asked ? firstOf(asked) : (id as MessageId);
  const later = new Set((await messages.findNamed(replacing(first), 0)).map(({ messageId }) => messageId));
  if (asked) later.add(asked.id);
  later.delete(first);
  const all: Message[] = [];
  // Ids are ordered by time. The first version may have been forgotten: everybody's part in it may have ended long ago.
  for (const each of [first, ...[...later].sort()]) {
    const message = each === id ? asked : await messages.message(each);
    if (message) all.push(message);
  }
  const newest = all.at(-1);
  if (!newest) return err({ kind: 'not-found' });
  // One VASP sent them all: nobody else may replace any of them.
  if (vasp !== undefined && !(newest.origin.interface === 'mm7' && newest.origin.vasp === vasp))
    return err({ kind: 'not-the-sender' });
  return ok({ newest, all });
}

/** Of the first version of the message, which this one may be. */
const firstOf = ({ id, origin }: Message): MessageId => (origin.interface === 'mm7' ? origin.replaces : undefined) ?? id;

/** Keeps all deliveries of the message that are not on their way from setting out. They must be released. */
async function withdrawFrom(context: Context, roads: RoadWork, id: MessageId): Promise<readonly Delivery[]> {
  return (await context.ports.messages.deliveriesOf(id)).filter((delivery) => !ENDED[delivery.state] && roads.withdraw(delivery));
}

/** What a far side has had once, and is to be sent again as its answer did not come, may have reached the recipient. */
const mayBeThere = ({ handedOver }: Delivery): boolean => (handedOver?.resent ?? 0) > 0 || handedOver?.answered === 'accepted';

const isStoppable = (withdrawn: readonly Delivery[], delivery: Delivery): boolean =>
  STOPPABLE.has(delivery.state) && !mayBeThere(delivery) && withdrawn.some(({ key }) => key === delivery.key);

async function stop(
  context: Context,
  roads: RoadWork,
  message: Message,
  by: string,
  reason?: string,
): Promise<{ readonly cancelled: number; readonly tooLate: number }> {
  const withdrawn = await withdrawFrom(context, roads, message.id);
  try {
    const keys = new Set((await context.ports.messages.deliveriesOf(message.id)).map(({ key }) => key));
    const stopped = await changeDeliveries(context, message, keys, (found) => {
      if (!isStoppable(withdrawn, found.delivery)) return { answer: false };
      return { answer: true, ...cancelled(context, found, by, reason) };
    });
    const count = stopped.filter((one) => one).length;
    return { cancelled: count, tooLate: stopped.length - count };
  } finally {
    roads.release(withdrawn);
  }
}

function cancelled(
  context: Context,
  { delivery, message }: DeliveryOfMessage,
  by: string,
  reason?: string,
  replacement?: MessageId,
) {
  const { dueAt: _due, handOverAt: _handOver, ...rest } = delivery;
  const why = reason === undefined ? {} : { reason };
  const event: MessagingEvent = {
    kind: 'delivery-cancelled',
    messageId: message.id,
    delivery: delivery.key,
    recipient: delivery.recipient,
    by,
    ...why,
    ...(replacement !== undefined && { replacement }),
    at: context.ports.now(),
  };
  const next: Delivery = { ...rest, state: 'cancelled', ...why, revision: delivery.revision + 1 };
  return { delivery: next, events: [event] };
}

/** The message that takes the place of `old` for the recipients of `stoppable`; the others are shown only. */
function newVersion(
  context: Context,
  old: Message,
  replacement: Replacement,
  stoppable: readonly Delivery[],
  size: number,
  now: number,
): Result<
  { readonly message: Message; readonly renewed: readonly Delivery[]; readonly events: readonly MessagingEvent[] },
  RecallRefusal
> {
  const { keys, policy } = context;
  const { transactionId, contentType, contentClass, drmContent, adaptationAllowed, distributionIndicator } = replacement;
  const { deliveryTime = { at: old.deliverAt }, expiry = { at: old.expiresAt } } = replacement;
  const wished = 'at' in deliveryTime ? deliveryTime.at : now + deliveryTime.afterMs;
  const span = spanOf({ deliveryTime: { at: Math.max(wished, replacement.notBefore ?? 0) }, expiry }, policy, now);
  if (!span.ok) return span;
  const first = firstOf(old);
  const served = new Map(stoppable.map((delivery) => [delivery.recipientIndex, delivery]));
  const origin: Mm7Origin = {
    ...(old.origin as Mm7Origin),
    transactionId,
    ...(distributionIndicator !== undefined && { distributionIndicator }),
    replaces: first,
  };
  const { contentClass: _class, drmContent: _drm, ...kept } = old;
  const message: Message = {
    ...kept,
    id: keys.next(now) as MessageId,
    origin,
    recipients: old.recipients.map(({ shownOnly: _shown, ...recipient }, i) =>
      served.has(i) ? recipient : { ...recipient, shownOnly: true },
    ),
    readReport: (replacement.readReport ?? old.readReport) && policy.readReportsAllowed,
    ...(replacement.application !== undefined && { application: replacement.application }),
    ...(adaptationAllowed !== undefined && { adaptationAllowed }),
    ...(contentClass !== undefined && { contentClass }),
    ...(drmContent !== undefined && { drmContent }),
    contentType,
    size,
    acceptedAt: now,
    ...span.value,
    fingerprint: '',
    named: replacing(first),
  };
  const transactions = new Transactions(context);
  const events: MessagingEvent[] = [acceptedEvent(message, served.size)];
  const renewed = [...served].map(([recipientIndex, { recipient, road, state }]) => {
    const key = keys.next(now) as DeliveryKey;
    const bare = { key, messageId: message.id, recipientIndex, recipient, attempts: 0, revision: 0 };
    if (state === 'unrouted') return { ...bare, state, dueAt: now } satisfies Delivery;
    const put = routed(context, message, bare, { kind: 'road', road: road ?? { kind: 'handset' } }, transactions, now);
    events.push(...put.events);
    return put.delivery;
  });
  return ok({ message, renewed, events });
}
