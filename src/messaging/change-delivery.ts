/**
 * Changes one delivery: read, decide, write; and again from the start when somebody else was faster.
 *
 * The content of a message goes with its last open delivery, in the same change. Two deliveries that end at the same instant must not each
 * take the other for open, or the content would stay for ever. Revisions do not guard against that, as the two changes touch different
 * rows. So a change that ends a delivery and leaves content names one delivery that it saw open, and the store refuses it as stale if that
 * one has ended meanwhile (`Change.stillOpen`). Whoever saw all others ended is right in any case, since nothing that has ended opens
 * again. The witness is drawn by lot: with a fixed one, many recipients answering at once could turn each other stale one at a time.
 */
import { LIMITS } from '#base';
import { type Context, NO_CHANGE } from './context.js';
import type { MessagingEvent } from './events.js';
import { type Change, type DeliveryOfMessage, StoreUnavailable } from './message-store.js';
import { type Delivery, type DeliveryKey, ENDED, type Report } from './model.js';

/** What becomes of a delivery. */
export interface Decision<A> {
  readonly answer: A;
  /** Its new value; absent when it stays as it is. */
  readonly delivery?: Delivery;
  readonly newReports?: readonly Report[];
  readonly events?: readonly MessagingEvent[];
}

/**
 * Makes of the delivery what `decide` says, and gives its answer; undefined when there is no such delivery. `seen` spares the first reading.
 * `decide` may be called several times and must not do anything but decide. Rejects with StoreUnavailable.
 */
export async function changeDelivery<A>(
  context: Context,
  key: DeliveryKey,
  seen: DeliveryOfMessage | undefined,
  decide: (found: DeliveryOfMessage) => Decision<A>,
): Promise<A | undefined> {
  const { messages, observe } = context.ports;
  for (let attempt = 0; attempt < LIMITS.changeAttemptsMax; attempt++) {
    const found: DeliveryOfMessage | undefined = attempt === 0 && seen ? seen : await messages.delivery(key);
    if (!found) return undefined;
    const { answer, delivery, newReports = [], events = [] } = decide(found);
    if (!delivery && events.length === 0) return answer;
    let change: Change = { ...NO_CHANGE, deliveries: delivery ? [delivery] : [], newReports, events };
    if (delivery && ENDED[delivery.state] && !ENDED[found.delivery.state]) change = await withContentOf(context, found, change);
    if ((await messages.change(change)) === 'done') {
      if (change.events.length > 0) observe(change.events);
      return answer;
    }
  }
  throw new StoreUnavailable(`the delivery changed ${LIMITS.changeAttemptsMax} times while a change of it was being made`);
}

/** The change that ends `ending`, completed by what it means for the content. */
async function withContentOf(context: Context, ending: DeliveryOfMessage, change: Change): Promise<Change> {
  const { ports, keys } = context;
  const { id, recipients } = ending.message;
  if (recipients.length > 1) {
    const others = await ports.messages.deliveriesOf(id);
    const open = others.filter(({ key, state }) => !ENDED[state] && key !== ending.delivery.key);
    const witness = open[open.length > 1 ? keys.below(open.length) : 0];
    if (witness) return { ...change, stillOpen: [witness.key] };
  }
  const removed: MessagingEvent = { kind: 'content-removed', messageId: id, at: ports.now() };
  return { ...change, contentRemoved: [id], events: [...change.events, removed] };
}
