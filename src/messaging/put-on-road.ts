/** From routing decisions to deliveries: which state one begins in, and which transaction it belongs to. */
import type { Address } from './address.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import type { Delivery, DeliveryKey, Message, Origin } from './model.js';
import { ROAD_DEFAULTS } from './policy.js';
import { conditionsHold, type OuterRoad, roadName, sameRoad } from './road.js';
import type { RouteDecision } from './router.js';
import { retryAt } from './schedule.js';

/** One decision for each recipient, in their order; at once where none of them has to be waited for. */
export function decisionsFor(
  { router }: Context,
  recipients: readonly Address[],
  of: { readonly sender: Address; readonly origin: Origin; readonly size: number },
): readonly RouteDecision[] | Promise<readonly RouteDecision[]> {
  let waiting = false;
  const conditions = of.origin.interface === 'mm7' ? of.origin.deliveryCondition : undefined;
  const decisions = recipients.map((recipient) => {
    const decision = router.route({ recipient, sender: of.sender, origin: of.origin, size: of.size });
    waiting ||= decision instanceof Promise;
    if (conditions === undefined) return decision;
    return decision instanceof Promise
      ? decision.then((late) => conditioned(late, conditions))
      : conditioned(decision, conditions);
  });
  return waiting ? Promise.all(decisions) : (decisions as readonly RouteDecision[]);
}

/** A road for which the sender's conditions do not hold is none. */
function conditioned(decision: RouteDecision, conditions: readonly string[]): RouteDecision {
  if (decision.kind !== 'road' || conditionsHold(conditions, decision.road)) return decision;
  const because = `DeliveryCondition ${conditions.join(' ')} does not hold for the road ${decision.road.kind}`;
  return { kind: 'nowhere', reason: 'condition-not-met', because };
}

/** What all deliveries have from the beginning. */
export type BareDelivery = Pick<Delivery, 'key' | 'messageId' | 'recipientIndex' | 'recipient' | 'attempts' | 'revision'>;

/**
 * Puts deliveries on their roads. Those of one message with one road go out in one transaction, as many together as the far side takes; a transaction
 * is named by the key of its first delivery, and a delivery keeps it for as long as it keeps its road and its companions (see `hand-over.ts`).
 */
export class Transactions {
  readonly #context: Context;
  readonly #open: { readonly road: OuterRoad; readonly id: DeliveryKey; left: number }[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** The transaction that the delivery with this key belongs to on this road. */
  idFor(road: OuterRoad, key: DeliveryKey): string {
    const open = this.#open.find((one) => one.left > 0 && sameRoad(one.road, road));
    if (open) {
      open.left--;
      return open.id;
    }
    const recipientsMax = this.#context.ports.carriers?.[road.kind]?.terms(road).recipientsMax ?? 1;
    this.#open.push({ road, id: key, left: recipientsMax - 1 });
    return key;
  }
}

/** A delivery on the road that was decided for it, or waiting for the decision; with the event that says so. */
export function routed(
  context: Context,
  message: Pick<Message, 'id' | 'deliverAt' | 'expiresAt'>,
  given: BareDelivery,
  decision: Exclude<RouteDecision, { readonly kind: 'nowhere' }>,
  transactions: Transactions,
  at: number,
): { readonly delivery: Delivery; readonly events: readonly MessagingEvent[] } {
  const standsFor = decision.kind === 'road' ? decision.standsFor : undefined;
  const bare = standsFor ? { ...given, recipient: standsFor } : given;
  const about = { messageId: message.id, delivery: bare.key, recipient: bare.recipient, at };
  if (decision.kind === 'undecided') {
    const waits = context.policy.handoverRetryMs ?? ROAD_DEFAULTS.handoverRetryMs;
    const dueAt = retryAt(at, bare.attempts + 1, waits, message.expiresAt, decision.retryAfterMs);
    const { reason } = decision;
    return {
      delivery: { ...bare, state: 'unrouted', dueAt, attempts: bare.attempts + 1, reason },
      events: [{ kind: 'routing-put-off', ...about, reason, retryAt: dueAt }],
    };
  }
  const { road, because } = decision;
  const handOverAt = Math.max(at, message.deliverAt);
  if (road.kind === 'handset') return { delivery: { ...bare, state: 'due', dueAt: handOverAt, attempts: 0 }, events: [] };
  return {
    delivery: {
      ...bare,
      state: 'due',
      road,
      handedOver: { transactionId: transactions.idFor(road, bare.key) },
      dueAt: message.expiresAt,
      handOverAt,
      attempts: 0,
    },
    events: [{ kind: 'delivery-routed', ...about, road: roadName(road), ...(because !== undefined && { because }) }],
  };
}
