/** Asks again for the road of a delivery that could not be decided when its message came, or that an operator took off its road. */
import { changeDelivery, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import type { DeliveryOfMessage } from './message-store.js';
import { decisionsFor, routed, Transactions } from './put-on-road.js';
import type { RouteDecision } from './router.js';
import { ended } from './settle.js';

/** Rejects with StoreUnavailable when the decision could not be written down. */
export async function routeAgain(context: Context, due: DeliveryOfMessage): Promise<void> {
  const [decision] = await decisionsFor(context, [due.delivery.recipient], due.message);
  await changeDelivery(context, due.delivery.key, due, (found) => afterRouting(context, found, decision!));
}

/** Deliveries that are routed late make transactions of their own: their siblings may have gone long ago. */
function afterRouting(context: Context, found: DeliveryOfMessage, decision: RouteDecision): Decision<void> {
  const { delivery, message } = found;
  if (delivery.state !== 'unrouted') return { answer: undefined };
  if (decision.kind === 'nowhere') {
    const { reason } = decision;
    // A VASP has asked for it, and MM7 has a status of its own for it.
    const told = reason === 'condition-not-met' ? { text: reason } : {};
    return { answer: undefined, ...ended(context, found, { state: 'unreachable', outcome: 'unreachable', reason, ...told }) };
  }
  const { state: _state, dueAt: _due, reason: _reason, ...bare } = delivery;
  const put = routed(context, message, bare, decision, new Transactions(context), context.ports.now());
  return { answer: undefined, delivery: { ...put.delivery, revision: delivery.revision + 1 }, events: put.events };
}
