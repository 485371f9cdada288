/** What a recipient's answers make of his delivery, and how deliveries end. */
import { err, type Msisdn, ok, type Result } from '#base';
import type { Address } from './address.js';
import { changeDelivery, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import { isKey } from './key.js';
import type { DeliveryOfMessage } from './message-store.js';
import type { Acknowledgement, AnswerRefusal, NotificationAnswer } from './messaging.js';
import { type Delivery, type DeliveryKey, type DeliveryOutcome, ENDED } from './model.js';
import { owedDeferral, owedDeliveryReport } from './report.js';
import { storeRefusal } from './store-refusal.js';

export type AnswerOutcome = Result<void, AnswerRefusal>;

/** How a delivery ends. */
export interface Ending {
  readonly state: DeliveryOutcome | 'transferred';
  /** What the sender is told, if he wants to be told. */
  readonly outcome: DeliveryOutcome;
  /** Absent when the outcome says it all. */
  readonly reason?: string;
  /** What the sender is told beside the outcome. Absent: nothing. */
  readonly text?: string;
}

/** The open delivery `found` at its end: its last value, the report that it owes, and the events. */
export function ended(
  context: Context,
  { delivery, message }: DeliveryOfMessage,
  ending: Ending,
): Omit<Decision<void>, 'answer'> {
  const at = context.ports.now();
  const { dueAt: _due, handOverAt: _handOver, reason: _reason, ...rest } = delivery;
  const { state, outcome, reason, text } = ending;
  const why = reason === undefined ? {} : { reason };
  const told = text === undefined ? { outcome } : { outcome, text };
  const report = owedDeliveryReport(context, message, delivery.recipientIndex, delivery.reportAllowed, at, told);
  const happening: MessagingEvent = {
    kind: 'delivery-ended',
    messageId: message.id,
    delivery: delivery.key,
    recipient: delivery.recipient,
    outcome,
    ...why,
    at,
  };
  return {
    delivery: { ...rest, state, ...why, revision: delivery.revision + 1 },
    newReports: report.newReports,
    events: [happening, ...report.events],
  };
}

/** Whether the network says that somebody else than the recipient is asking. Where it says nothing, knowing the key is enough. */
export const isSomebodyElse = (by: Msisdn | undefined, recipient: Address): boolean =>
  by !== undefined && !(recipient.kind === 'number' && recipient.msisdn === by);

/** Whether a handset of ours has anything to do with it: not while it has no road, or one to somewhere else. */
export const isForHandset = ({ state, road }: Delivery): boolean =>
  state !== 'refused' && state !== 'unrouted' && road === undefined;

/** M-Acknowledge.ind: the recipient has the content. */
export const acknowledged = (context: Context, acknowledgement: Acknowledgement): Promise<AnswerOutcome> =>
  notificationAnswered(context, { ...acknowledgement, status: 'retrieved' });

/** M-NotifyResp.ind. */
export async function notificationAnswered(context: Context, answer: NotificationAnswer): Promise<AnswerOutcome> {
  if (!isKey(answer.key)) return err({ kind: 'not-found' });
  try {
    const outcome = await changeDelivery(context, answer.key as DeliveryKey, undefined, (found) =>
      decide(context, found, answer),
    );
    return outcome ?? err({ kind: 'not-found' });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

const DONE: AnswerOutcome = ok(undefined);

function decide(context: Context, found: DeliveryOfMessage, answer: NotificationAnswer): Decision<AnswerOutcome> {
  const { delivery } = found;
  if (isSomebodyElse(answer.by, delivery.recipient)) return { answer: err({ kind: 'not-the-recipient' }) };
  if (!isForHandset(delivery)) return { answer: err({ kind: 'not-found' }) };
  if (ENDED[delivery.state]) {
    // A repeated answer, or Deferred from a client that lost track of having said more: the first word holds, and the same word is no error.
    return { answer: answer.status === delivery.state ? DONE : err({ kind: 'already-ended' }) };
  }
  const { reportAllowed = delivery.reportAllowed } = answer;
  const heard: DeliveryOfMessage = {
    message: found.message,
    delivery:
      reportAllowed === delivery.reportAllowed
        ? delivery
        : { ...delivery, ...(reportAllowed !== undefined && { reportAllowed }) },
  };
  switch (answer.status) {
    case 'retrieved':
      // Believed even when no fetch was seen: the note of a fetch is written after the octets have gone and may be late or lost.
      return { answer: DONE, ...ended(context, heard, { state: 'retrieved', outcome: 'retrieved', ...unseen(delivery) }) };
    case 'rejected':
      return { answer: DONE, ...ended(context, heard, { state: 'rejected', outcome: 'rejected' }) };
    case 'unrecognised':
      return { answer: DONE, ...ended(context, heard, { state: 'unrecognised', outcome: 'unrecognised' }) };
    case 'deferred':
      return deferred(context, heard, found);
    case 'expired':
    case 'indeterminate':
    case 'forwarded':
    case 'unreachable':
      // No client has reason to say these of a message that waits for it, and none of them says that nobody wants it: it waits on.
      return deferred(context, heard, found, `the handset answered ${answer.status}`);
  }
}

const unseen = ({ fetchedAt }: Delivery): { reason?: string } =>
  fetchedAt === undefined ? { reason: 'confirmed, though no fetch was seen' } : {};

/** The recipient knows and will come by himself: no more notifications, only the expiry remains. What has been fetched stays fetched. */
function deferred(
  context: Context,
  heard: DeliveryOfMessage,
  before: DeliveryOfMessage,
  reason?: string,
): Decision<AnswerOutcome> {
  const { delivery, message } = heard;
  const revision = delivery.revision + 1;
  if (delivery.state === 'deferred' || delivery.state === 'fetched') {
    return delivery === before.delivery ? { answer: DONE } : { answer: DONE, delivery: { ...delivery, revision } };
  }
  const { reason: _, ...rest } = delivery;
  const told = owedDeferral(context, message, delivery.recipientIndex, delivery.reportAllowed);
  return {
    answer: DONE,
    newReports: told.newReports,
    delivery: { ...rest, state: 'deferred', dueAt: message.expiresAt, ...(reason !== undefined && { reason }), revision },
    events: [
      {
        kind: 'delivery-deferred',
        messageId: message.id,
        delivery: delivery.key,
        recipient: delivery.recipient,
        at: context.ports.now(),
      },
      ...told.events,
    ],
  };
}
