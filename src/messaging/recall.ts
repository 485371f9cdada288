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
  needsContent,
  type SystemName,
} from './model.js';
import { routed, Transactions } from './put-on-road.js';
import type { Road } from './road.js';
import type { RoadWork } from './road-work.js';
import { storeRefusal } from './store-refusal.js';
import { acceptedEvent } from './submit.js';

type Recalled = Result<Cancelled, RecallRefusal>;

/** Nobody has been given the content in these. A notified handset finds nothing when it comes. */
const STOPPABLE: ReadonlySet<DeliveryState> = new Set(['unrouted', 'due', 'notified', 'deferred']);

/** How messages that took another's place are found by the other's id. */
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
 * ReplaceReq. The new version is stored first and asleep: it has no road. Then one change stops the old and wakes the new for each recipient whom
 * the old can still be kept from. So at every instant exactly one version is on its way to him, also when a crash comes between; the one that is
 * left asleep then gives way to that of the request's repeat, which the VASP owes us as it got no answer, or expires.
 */
export async function replace(context: Context, roads: RoadWork, replacement: Replacement): Promise<Recalled> {
  const { ports, policy } = context;
  const now = ports.now();
  const size = sizeOf(replacement.content);
  if (size > policy.sizeMax) return err({ kind: 'message-too-large', size, sizeMax: policy.sizeMax });
  const withdrawn: Delivery[] = [];
  try {
    const versions = await versionsOf(context, replacement.messageId, replacement.vasp);
    if (!versions.ok) return versions;
    const { all } = versions.value;
    const recipients = new Set<number>();
    const open = new Set<MessageId>();
    const stoppable = new Map<number, DeliveryOfMessage>();
    for (const message of all) {
      withdrawn.push(...(await withdrawFrom(context, roads, message.id)));
      for (const delivery of await ports.messages.deliveriesOf(message.id)) {
        recipients.add(delivery.recipientIndex);
        if (message !== all[0] && !ENDED[delivery.state]) open.add(message.id);
        if (isStoppable(withdrawn, delivery)) stoppable.set(delivery.recipientIndex, { delivery, message });
      }
    }
    // Not the last version by its id: ids say the order of versions only as far as the clock has not been set back.
    const latest = [...stoppable.values()].at(-1)?.message;
    if (!latest) return err({ kind: 'too-late' });
    const served = [...stoppable.values()].map(({ delivery }) => delivery);
    const next = newVersion(context, latest, replacement, { served, before: [...open] }, size, now);
    if (!next.ok) return next;
    const { message, asleep, events } = next.value;
    await ports.messages.accept(message, replacement.content, asleep, [], events);
    ports.observe(events);
    const exchanged = await exchange(context, withdrawn, all, message, replacement.vasp);
    if (exchanged === 0) return err({ kind: 'too-late' });
    return ok({ messageId: message.id, cancelled: exchanged, tooLate: recipients.size - exchanged });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  } finally {
    roads.release(withdrawn);
  }
}

async function versionsOf(context: Context, id: string, vasp: string | undefined): Promise<Result<Versions, RecallRefusal>> {
  const { messages } = context.ports;
  const first = isKey(id) ? await messages.message(id as MessageId) : undefined;
  if (!first) return err({ kind: 'not-found' });
  if (vasp !== undefined && !(first.origin.interface === 'mm7' && first.origin.vasp === vasp))
    return err({ kind: 'not-the-sender' });
  const later = new Map<MessageId, Message>();
  const add = async (each: MessageId): Promise<void> => {
    const message = later.has(each) ? undefined : await messages.message(each);
    if (!message) return;
    later.set(each, message);
    // Of two versions for one recipient the name finds the later one only; that one knows what was open before it.
    for (const before of (message.origin as Mm7Origin).before ?? []) await add(before);
  };
  for (const { messageId } of await messages.findNamed(replacing(id), 0)) await add(messageId);
  // Ids are ordered by time.
  const all = [first, ...[...later.values()].sort((a, b) => (a.id < b.id ? -1 : 1))];
  return ok({ newest: all.at(-1)!, all });
}

/** Keeps all deliveries of the message that are not on their way from setting out. They must be released. */
async function withdrawFrom(context: Context, roads: RoadWork, id: MessageId): Promise<readonly Delivery[]> {
  return (await context.ports.messages.deliveriesOf(id)).filter((delivery) => !ENDED[delivery.state] && roads.withdraw(delivery));
}

const isStoppable = (withdrawn: readonly Delivery[], { state, key }: Delivery): boolean =>
  STOPPABLE.has(state) && withdrawn.some((one) => one.key === key);

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

/** Of one recipient: his delivery of the new version, asleep, and those of the older ones that have not been stopped. */
interface Place {
  readonly fresh: DeliveryOfMessage;
  readonly older: readonly DeliveryOfMessage[];
}

/**
 * Stops the older versions and wakes the new one, in one change, for each recipient to whom no older one has gone meanwhile; for the others the new
 * one gives way. Returns for how many it was woken.
 */
async function exchange(
  context: Context,
  withdrawn: readonly Delivery[],
  versions: readonly Message[],
  next: Message,
  by: string,
): Promise<number> {
  const { messages, observe } = context.ports;
  for (let attempt = 0; attempt < LIMITS.changeAttemptsMax; attempt++) {
    const places = await placesOf(context, versions, next);
    const transactions = new Transactions(context);
    const deliveries: Delivery[] = [];
    const events: MessagingEvent[] = [];
    let woken = 0;
    for (const { fresh, older } of places) {
      // The newest of those that cannot be stopped any more stays in its place.
      const kept = older.findLast(({ delivery }) => !isStoppable(withdrawn, delivery) && !neverSetOut(delivery));
      const stopped = older.filter(({ delivery }) => isStoppable(withdrawn, delivery));
      if (kept) stopped.push(fresh);
      const replacing = kept?.message.id ?? next.id;
      for (const one of stopped) {
        const gone = cancelled(context, one, by, undefined, replacing);
        deliveries.push(gone.delivery);
        events.push(...gone.events);
      }
      if (kept) continue;
      // Those that an earlier attempt has left asleep never had a road.
      const before = older.findLast(({ delivery }) => delivery.state !== 'unrouted');
      const road = before && (before.delivery.road ?? HANDSET);
      const awake = wake(context, fresh, road, transactions);
      deliveries.push(awake.delivery);
      events.push(...awake.events);
      woken++;
    }
    if (deliveries.length === 0) return 0;
    let change: Change = { ...NO_CHANGE, deliveries, events };
    for (const message of [...versions, next])
      if (deliveries.some((one) => one.messageId === message.id && !needsContent(one.state)))
        change = await withContentOf(context, message, change);
    if ((await messages.change(change)) === 'done') {
      observe(change.events);
      return woken;
    }
  }
  throw overtaken();
}

async function placesOf({ ports }: Context, versions: readonly Message[], next: Message): Promise<readonly Place[]> {
  const older: DeliveryOfMessage[] = [];
  for (const message of versions)
    for (const delivery of await ports.messages.deliveriesOf(message.id))
      if (delivery.state !== 'cancelled') older.push({ delivery, message });
  return (await ports.messages.deliveriesOf(next.id))
    .filter(({ state }) => state === 'unrouted')
    .map((delivery) => ({
      fresh: { delivery, message: next },
      older: older.filter((one) => one.delivery.recipientIndex === delivery.recipientIndex),
    }));
}

/** It has expired asleep, left by a replacement that was cut short, while another version was on its way: it says nothing of the recipient. */
const neverSetOut = ({ state, road, attempts }: Delivery): boolean => state === 'expired' && road === undefined && attempts === 0;

const HANDSET: Road = { kind: 'handset' };

/** Puts the delivery on the road of the one whose place it takes; where that has none yet, the road is asked for. */
function wake(
  context: Context,
  { delivery, message }: DeliveryOfMessage,
  road: Road | undefined,
  transactions: Transactions,
): { readonly delivery: Delivery; readonly events: readonly MessagingEvent[] } {
  const now = context.ports.now();
  const { dueAt: _due, state: _state, reason: _reason, ...rest } = delivery;
  const bare = { ...rest, revision: delivery.revision + 1 };
  if (!road) return { delivery: { ...bare, state: 'unrouted', dueAt: now }, events: [] };
  return routed(context, message, bare, { kind: 'road', road }, transactions, now);
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

/** Whom a new version is for: the recipients of these deliveries; and which versions before it, but the first, are not all at their end. */
interface Succession {
  readonly served: readonly Delivery[];
  readonly before: readonly MessageId[];
}

/** The message that takes the place of `old`, with deliveries asleep; whom it is not for is shown only. */
function newVersion(
  context: Context,
  old: Message,
  replacement: Replacement,
  { served: stoppable, before }: Succession,
  size: number,
  now: number,
): Result<
  { readonly message: Message; readonly asleep: readonly Delivery[]; readonly events: readonly MessagingEvent[] },
  RecallRefusal
> {
  const { keys, policy } = context;
  const { transactionId, contentType, contentClass, drmContent, adaptationAllowed, distributionIndicator } = replacement;
  const { deliveryTime = { at: old.deliverAt }, expiry = { at: old.expiresAt } } = replacement;
  const span = spanOf({ deliveryTime, expiry }, policy, now);
  if (!span.ok) return span;
  const served = new Map(stoppable.map((delivery) => [delivery.recipientIndex, delivery]));
  const { before: _before, ...sameOrigin } = old.origin as Mm7Origin;
  const origin: Mm7Origin = {
    ...sameOrigin,
    transactionId,
    ...(distributionIndicator !== undefined && { distributionIndicator }),
    replaces: replacement.messageId as MessageId,
    ...(before.length > 0 && { before }),
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
    ...(adaptationAllowed !== undefined && { adaptationAllowed }),
    ...(contentClass !== undefined && { contentClass }),
    ...(drmContent !== undefined && { drmContent }),
    contentType,
    size,
    acceptedAt: now,
    ...span.value,
    fingerprint: '',
    named: replacing(replacement.messageId),
  };
  const asleep = [...served].map(([recipientIndex, { recipient }]) => {
    const key = keys.next(now) as DeliveryKey;
    const bare = { key, messageId: message.id, recipientIndex, recipient, attempts: 0, revision: 0 };
    return { ...bare, state: 'unrouted', dueAt: message.expiresAt } satisfies Delivery;
  });
  return ok({ message, asleep, events: [acceptedEvent(message, served.size)] });
}
