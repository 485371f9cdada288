/** What operators do with messages that wait for a road. */
import { changeDelivery, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import type { DeliveryOfMessage, WaitingPlace } from './message-store.js';
import type { RoadAction, RoadActionDone, RoadSelection } from './messaging.js';
import type { RoadName } from './road.js';
import { roadName } from './road.js';
import type { RoadWork } from './road-work.js';
import { ended } from './settle.js';

/** Does `action` with what is selected. What is on its way out at this moment is left alone. Rejects with StoreUnavailable. */
export async function actOnRoad(
  context: Context,
  roads: RoadWork,
  road: RoadName,
  action: RoadAction,
  by: string,
  { limit, after, messages }: RoadSelection,
): Promise<RoadActionDone> {
  const found = await context.ports.messages.waitingFor(road, limit, after);
  const last = found.at(-1)?.delivery;
  const meant = messages && new Set(messages);
  let done = 0;
  for (const each of found) {
    if (meant && !meant.has(each.message.id)) continue;
    if (await act(context, roads, each, road, action, by)) done++;
  }
  // Without this, what is due now would wait until the far side has rested.
  if (action.kind === 'requeue') roads.tryNow(road);
  const next: WaitingPlace | undefined =
    found.length === limit && last?.handOverAt !== undefined ? { key: last.key, handOverAt: last.handOverAt } : undefined;
  return { done, ...(next && { next }) };
}

async function act(
  context: Context,
  roads: RoadWork,
  each: DeliveryOfMessage,
  road: RoadName,
  action: RoadAction,
  by: string,
): Promise<boolean> {
  const { delivery } = each;
  const change = async (): Promise<boolean> =>
    (await changeDelivery(context, delivery.key, each, (seen) => decide(context, seen, road, action, by))) === true;
  // It stays on its road: whether it sets out at this moment or a moment later is the same.
  if (action.kind === 'requeue') return roads.isUnderWay(delivery) ? false : change();
  if (!roads.withdraw(delivery)) return false;
  try {
    return await change();
  } finally {
    roads.release([delivery]);
  }
}

function decide(context: Context, found: DeliveryOfMessage, name: RoadName, action: RoadAction, by: string): Decision<boolean> {
  const { delivery, message } = found;
  const now = context.ports.now();
  if (delivery.handOverAt === undefined || !delivery.road || roadName(delivery.road) !== name) return { answer: false };
  const about = { messageId: message.id, delivery: delivery.key, recipient: delivery.recipient, road: name, by, at: now };
  const revision = delivery.revision + 1;
  switch (action.kind) {
    case 'reroute': {
      const { road: _road, handOverAt: _handOver, handedOver: _handed, reason: _reason, ...rest } = delivery;
      const events: MessagingEvent[] = [{ kind: 'delivery-rerouted', ...about }];
      return { answer: true, delivery: { ...rest, state: 'unrouted', dueAt: now, attempts: 0, revision }, events };
    }
    case 'requeue': {
      // What its sender wants delivered later was not put off.
      const handOverAt = Math.max(now, message.deliverAt);
      if (delivery.handOverAt <= handOverAt) return { answer: false };
      return {
        answer: true,
        delivery: { ...delivery, handOverAt, revision },
        events: [{ kind: 'delivery-requeued', ...about }],
      };
    }
    case 'expire': {
      const { reason } = action;
      return { answer: true, ...ended(context, found, { state: 'expired', outcome: 'expired', reason: `${reason} (${by})` }) };
    }
  }
}
