/** Hands content to recipients. */
import { err, type Msisdn, ok, type Result } from '#base';
import { changeDelivery } from './change-delivery.js';
import { type Context, keepEvents } from './context.js';
import { isKey } from './key.js';
import type { DeliveryOfMessage, StoredContent } from './message-store.js';
import type { Retrieval, RetrieveRefusal } from './messaging.js';
import { type DeliveryKey, ENDED } from './model.js';
import { isForHandset, isSomebodyElse } from './settle.js';
import { recipientsShown, senderShown } from './shown.js';
import { ifAvailable, storeRefusal } from './store-refusal.js';

/** Content for whoever knows the key. Costs two reads by key, however many messages there are. */
export async function retrieve(context: Context, key: string, by?: Msisdn): Promise<Result<Retrieval, RetrieveRefusal>> {
  let asker = by;
  let outcome: Result<Retrieval, RetrieveRefusal>;
  try {
    const found = isKey(key) ? await context.ports.messages.delivery(key as DeliveryKey) : undefined;
    if (found?.delivery.recipient.kind === 'number') asker ??= found.delivery.recipient.msisdn;
    outcome = found ? await retrieveFound(context, found, by) : err({ kind: 'not-found' });
  } catch (thrown) {
    outcome = err(storeRefusal(thrown));
  }
  const handsetVersion = asker && (await context.handsets.versionOf(asker));
  if (handsetVersion === undefined) return outcome;
  return outcome.ok ? ok({ ...outcome.value, handsetVersion }) : err({ ...outcome.error, handsetVersion });
}

async function retrieveFound(
  context: Context,
  found: DeliveryOfMessage,
  by?: Msisdn,
): Promise<Result<Retrieval, RetrieveRefusal>> {
  const refusal = refusalOf(context, found, by);
  if (refusal) return err(refusal);
  const stored = await context.ports.messages.content(found.message.id);
  if (stored.kind === 'content') return ok(toRetrieval(found, stored.octets));
  return err(await withoutContent(context, found, stored));
}

/**
 * A delivery that was retrieved is not refused here: the client may fetch again as long as the content is there, which it is until the last
 * recipient's delivery has ended.
 */
function refusalOf(
  { ports, policy }: Context,
  { delivery, message }: DeliveryOfMessage,
  by?: Msisdn,
): RetrieveRefusal | undefined {
  if (!isForHandset(delivery)) return { kind: 'not-found' };
  if (policy.retrieveBy === 'recipient' && isSomebodyElse(by, delivery.recipient)) return { kind: 'not-the-recipient' };
  switch (delivery.state) {
    case 'rejected':
    case 'unrecognised':
    case 'unreachable':
    case 'cancelled':
      return { kind: 'gone' };
    case 'expired':
      return { kind: 'expired' };
    default:
      // Between the instant of expiry and the work that ends the delivery, the clock decides.
      return ports.now() >= message.expiresAt ? { kind: 'expired' } : undefined;
  }
}

const toRetrieval = ({ message, delivery }: DeliveryOfMessage, content: Uint8Array): Retrieval => {
  const from = senderShown(message);
  return { message, delivery, ...(from && { from }), recipients: recipientsShown(message), content };
};

/**
 * Content that cannot be had. Absent is as it should be once the delivery has ended, perhaps since it was read; while it is open, that is
 * damage like any other, and kept as an event.
 */
async function withoutContent(
  context: Context,
  found: DeliveryOfMessage,
  stored: Exclude<StoredContent, { kind: 'content' }>,
): Promise<RetrieveRefusal> {
  const { key, messageId, recipient } = found.delivery;
  if (stored.kind === 'absent') {
    const latest = await context.ports.messages.delivery(key);
    if (!latest || ENDED[latest.delivery.state]) return { kind: 'gone' };
  }
  const reason = stored.kind === 'damaged' ? stored.reason : 'the stored content is missing';
  const at = context.ports.now();
  await ifAvailable(keepEvents(context, [{ kind: 'content-damaged', messageId, delivery: key, recipient, reason, at }]));
  return { kind: 'content-damaged' };
}

/**
 * The content has gone out whole: notifications stop, and only the confirmation or the expiry remains. When the fact cannot be kept, the
 * recipient is notified once more, which does no harm; the confirmation is believed without it.
 */
export async function fetched(context: Context, key: DeliveryKey): Promise<void> {
  const at = context.ports.now();
  await ifAvailable(
    changeDelivery(context, key, undefined, ({ delivery, message }) => {
      // It may have been given another road since: then the note is of no consequence.
      if (delivery.fetchedAt !== undefined || !isForHandset(delivery)) return { answer: undefined };
      const next = { ...delivery, fetchedAt: at, revision: delivery.revision + 1 };
      return {
        answer: undefined,
        // A confirmation may overtake this note; then the delivery has ended already and only learns when.
        delivery: ENDED[delivery.state] ? next : { ...next, state: 'fetched', dueAt: message.expiresAt },
        events: [{ kind: 'content-fetched', messageId: message.id, delivery: key, recipient: delivery.recipient, at }],
      };
    }),
  );
}
