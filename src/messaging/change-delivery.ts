/**
 * Changes one delivery, or several of one message in one step: read, decide, write; and again from the start when somebody else was faster.
 *
 * The content of a message goes with the last delivery that needs it (`needsContent`), in the same change. Two deliveries that end at the same
 * instant must not each take the other for open, or the content would stay for ever. Revisions do not guard against that, as the two changes
 * touch different rows. So a change by which a delivery needs the content no longer, and which leaves it, names one delivery that it saw in need
 * of it, and the store refuses the change as stale if that one needs it no longer (`Change.stillOpen`). Whoever saw all others ended is right in any case, since nothing that has ended opens
 * again. The witness is drawn by lot: with a fixed one, many recipients answering at once could turn each other stale one at a time.
 */
import { LIMITS } from '#base';
import { type Context, NO_CHANGE } from './context.js';
import type { MessagingEvent } from './events.js';
import { type Change, type DeliveryOfMessage, StoreUnavailable } from './message-store.js';
import { type Delivery, type DeliveryKey, type Message, needsContent, type Report } from './model.js';

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
    if (delivery && lets(found.delivery, delivery)) change = await withContentOf(context, found.message, change);
    if ((await messages.change(change)) === 'done') {
      if (change.events.length > 0) observe(change.events);
      return answer;
    }
  }
  throw overtaken();
}

/** Whether the content is not needed any more for this delivery by its change. */
const lets = (before: Delivery, after: Delivery): boolean => needsContent(before.state) && !needsContent(after.state);

/**
 * The same for several deliveries of one message, in one change. `decide` is asked for each of `keys` that exists, in the order of the message's
 * recipients; gives its answers in that order.
 */
export async function changeDeliveries<A>(
  context: Context,
  message: Message,
  keys: ReadonlySet<DeliveryKey>,
  decide: (found: DeliveryOfMessage) => Decision<A>,
): Promise<readonly A[]> {
  const { messages, observe } = context.ports;
  for (let attempt = 0; attempt < LIMITS.changeAttemptsMax; attempt++) {
    const found = (await messages.deliveriesOf(message.id)).filter(({ key }) => keys.has(key));
    const decisions = found.map((delivery) => decide({ delivery, message }));
    const changed = decisions.flatMap(({ delivery }) => delivery ?? []);
    const events = decisions.flatMap(({ events: some = [] }) => some);
    const answers = decisions.map(({ answer }) => answer);
    if (changed.length === 0 && events.length === 0) return answers;
    const newReports = decisions.flatMap(({ newReports: some = [] }) => some);
    let change: Change = { ...NO_CHANGE, deliveries: changed, newReports, events };
    if (decisions.some(({ delivery }, i) => delivery && lets(found[i]!, delivery))) {
      change = await withContentOf(context, message, change);
    }
    if ((await messages.change(change)) === 'done') {
      if (change.events.length > 0) observe(change.events);
      return answers;
    }
  }
  throw overtaken();
}

/** Why a change is given up that somebody was faster than again and again. */
export const overtaken = (): StoreUnavailable =>
  new StoreUnavailable(`the delivery changed ${LIMITS.changeAttemptsMax} times while a change of it was being made`);

/** The change after which some delivery needs the content no longer, completed by what it means for the content. */
export async function withContentOf(context: Context, { id, origin, recipients }: Message, change: Change): Promise<Change> {
  const { ports, keys } = context;
  if (recipients.length > 1) {
    const after = new Map(change.deliveries.map((delivery) => [delivery.key, delivery]));
    const others = (await ports.messages.deliveriesOf(id)).filter(({ key }) => !after.has(key));
    // Those that are changed here are looked at in what they become: nobody else can change them in between.
    if (change.deliveries.some(({ state }) => needsContent(state))) return change;
    const open = others.filter(({ state }) => needsContent(state));
    const witness = open[open.length > 1 ? keys.below(open.length) : 0];
    if (witness) return { ...change, stillOpen: [witness.key] };
  }
  const vasp = origin.interface === 'mm7' ? { vasp: origin.vasp } : {};
  const removed: MessagingEvent = { kind: 'content-removed', messageId: id, ...vasp, at: ports.now() };
  return { ...change, contentRemoved: [id], events: [...change.events, removed] };
}
