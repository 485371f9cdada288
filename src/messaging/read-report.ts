/** What is heard of recipients having read a message. */
import { err, ok } from '#base';
import { type Address, addressKey } from './address.js';
import { changeDelivery, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import { isKey } from './key.js';
import type { DeliveryOfMessage } from './message-store.js';
import type { ReadReceipt } from './messaging.js';
import type { Delivery, DeliveryState, MessageId } from './model.js';
import { owedReadReport } from './report.js';
import { roadName } from './road.js';
import type { AnswerOutcome } from './settle.js';
import { storeRefusal } from './store-refusal.js';

/**
 * M-Read-Rec.ind, and what far sides tell of readers there. The reader is whom the network names, never whom the PDU names: unlike a
 * delivery's key, the message id is known to all recipients; a far side is believed about those whom the message went to by its road. Only
 * somebody who got the content can have read it; his first word counts, and saying it again changes nothing.
 */
export async function readReported(context: Context, receipt: ReadReceipt): Promise<AnswerOutcome> {
  if (!isKey(receipt.messageId)) return err({ kind: 'not-found' });
  const reader = readerOf(receipt);
  if (!reader) return err({ kind: 'not-the-recipient' });
  try {
    const deliveries = await context.ports.messages.deliveriesOf(receipt.messageId as MessageId);
    if (deliveries.length === 0) return err({ kind: 'not-found' });
    const sought = addressKey(reader);
    const own = deliveries.find(({ recipient }) => addressKey(recipient) === sought);
    if (!own) return err({ kind: 'not-the-recipient' });
    const road = own.road && roadName(own.road);
    if (road !== (receipt.from && roadName(receipt.from))) return err({ kind: 'not-by-this-road' });
    const outcome = await changeDelivery(context, own.key, undefined, (found) => decide(context, found, receipt));
    return outcome ?? err({ kind: 'not-found' });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

function readerOf({ by, from, reader }: ReadReceipt): Address | undefined {
  if (from) return reader;
  return by === undefined ? undefined : { kind: 'number', msisdn: by };
}

/** Of a far side's user we know only that the far side has the message, perhaps before its answer has been heard. */
const hasContent = ({ state, fetchedAt, road }: Delivery): boolean =>
  state === 'retrieved' || fetchedAt !== undefined || (road !== undefined && READABLE_THERE.has(state));

const READABLE_THERE: ReadonlySet<DeliveryState> = new Set([
  'due',
  'handed-over',
  'acknowledged',
  'transferred',
  'forwarded',
  'indeterminate',
]);

function decide(context: Context, { delivery, message }: DeliveryOfMessage, receipt: ReadReceipt): Decision<AnswerOutcome> {
  if (!hasContent(delivery)) return { answer: err({ kind: 'not-the-recipient' }) };
  if (delivery.readStatus !== undefined) return { answer: ok(undefined) };
  const { status } = receipt;
  const now = context.ports.now();
  // The reader's clock is believed only where it can be right: after the message came, and not in the future.
  const at = receipt.at !== undefined && receipt.at >= message.acceptedAt && receipt.at <= now ? receipt.at : now;
  const report = owedReadReport(context, message, delivery.recipientIndex, at, status);
  return {
    answer: ok(undefined),
    delivery: { ...delivery, readStatus: status, revision: delivery.revision + 1 },
    newReports: report.newReports,
    events: [
      { kind: 'message-read', messageId: message.id, delivery: delivery.key, recipient: delivery.recipient, status, at: now },
      ...report.events,
    ],
  };
}
