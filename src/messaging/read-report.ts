/** What recipients say of having read a message. */
import { err, ok } from '#base';
import { type Address, addressKey } from './address.js';
import { changeDelivery, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import { isKey } from './key.js';
import type { DeliveryOfMessage } from './message-store.js';
import type { ReadReceipt } from './messaging.js';
import type { Delivery, MessageId } from './model.js';
import { owedReadReport } from './report.js';
import type { AnswerOutcome } from './settle.js';
import { storeRefusal } from './store-refusal.js';

/**
 * M-Read-Rec.ind. The reader is whom the network names, never whom the PDU names: unlike a delivery's key, the message id is known to all
 * recipients. Only somebody who got the content can have read it; his first word counts, and saying it again changes nothing.
 */
export async function readReported(context: Context, receipt: ReadReceipt): Promise<AnswerOutcome> {
  if (!isKey(receipt.messageId)) return err({ kind: 'not-found' });
  if (receipt.by === undefined) return err({ kind: 'not-the-recipient' });
  const reader: Address = { kind: 'number', msisdn: receipt.by };
  try {
    const deliveries = await context.ports.messages.deliveriesOf(receipt.messageId as MessageId);
    if (deliveries.length === 0) return err({ kind: 'not-found' });
    const sought = addressKey(reader);
    const own = deliveries.find(({ recipient }) => addressKey(recipient) === sought);
    if (!own) return err({ kind: 'not-the-recipient' });
    const outcome = await changeDelivery(context, own.key, undefined, (found) => decide(context, found, receipt));
    return outcome ?? err({ kind: 'not-found' });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

const hasContent = ({ state, fetchedAt }: Delivery): boolean => state === 'retrieved' || fetchedAt !== undefined;

function decide(context: Context, { delivery, message }: DeliveryOfMessage, receipt: ReadReceipt): Decision<AnswerOutcome> {
  if (!hasContent(delivery)) return { answer: err({ kind: 'not-the-recipient' }) };
  if (delivery.readStatus !== undefined) return { answer: ok(undefined) };
  const { status } = receipt;
  const now = context.ports.now();
  // The reader's clock is believed only where it can be right: after the message came, and not in the future.
  const at = receipt.at !== undefined && receipt.at >= message.acceptedAt && receipt.at <= now ? receipt.at : now;
  const report = owedReadReport(context, message, delivery.recipient, at, status);
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
