/**
 * What far sides say after they have taken a message: that they answer for it (MM4_forward.RES) or not, and what became of it. Each is believed
 * about what went to it, once; what comes twice changes nothing, and what comes too late is kept as an event.
 */
import { err, LIMITS, ok, type Result } from '#base';
import { addressKey } from './address.js';
import { changeDeliveries, changeDelivery, type Decision } from './change-delivery.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import { cut, cutAnswer } from './far-answer-text.js';
import { awaiting, PART_MARK, reportUntil } from './hand-over.js';
import { isKey } from './key.js';
import type { DeliveryOfMessage } from './message-store.js';
import type { AnswerRefusal, FarReport, FarReported, HandoverAnswer, HandoverAnswered } from './messaging.js';
import { type Delivery, type DeliveryKey, ENDED, type HandedOver, type MessageId } from './model.js';
import { NO_REPORTS, owedDeferral, wantsFarReport } from './report.js';
import { type OuterRoad, roadName } from './road.js';
import { retriesOf, termsOf } from './road-terms.js';
import { handOverAgainAt } from './schedule.js';
import { ended } from './settle.js';
import { storeRefusal } from './store-refusal.js';

type Heard = 'settled' | 'duplicate' | 'late';

/** A far side has it and will say more. */
export const isAwaiting = ({ state }: Delivery): boolean => state === 'handed-over' || state === 'acknowledged';

/** Of several recipients' the word that says most. */
const RANK: readonly Heard[] = ['settled', 'late', 'duplicate'];
const summary = (heard: readonly Heard[]): Heard => RANK.find((word) => heard.includes(word)) ?? 'duplicate';

const wentBy = (delivery: Delivery, road: OuterRoad): boolean =>
  delivery.road !== undefined && roadName(delivery.road) === roadName(road);

/** MM4_forward.RES. Found by the transaction id alone, which begins with the key of one of its deliveries: no index is kept for it. */
export async function handoverAnswered(
  context: Context,
  isUnderWay: (delivery: Delivery) => boolean,
  answer: HandoverAnswer,
): Promise<Result<HandoverAnswered, AnswerRefusal>> {
  const { from, transactionId, recipients } = answer;
  const named = recipients && new Set(recipients.map(addressKey));
  const [key = ''] = transactionId.split(PART_MARK, 1);
  if (!isKey(key)) return err({ kind: 'not-found' });
  const { messages } = context.ports;
  try {
    const found = await messages.delivery(key as DeliveryKey);
    if (!found) return err({ kind: 'not-found' });
    const { message } = found;
    const bearers = (await messages.deliveriesOf(message.id)).filter((one) => one.handedOver?.transactionId === transactionId);
    if (bearers.length === 0) return err({ kind: 'not-found' });
    // A sibling may have been sent another way since, under the same id where its own key names the transaction.
    const group = bearers.filter((one) => wentBy(one, from));
    if (group.length === 0) return err({ kind: 'not-by-this-road' });
    const meant = named ? group.filter(({ recipient }) => named.has(addressKey(recipient))) : group;
    if (meant.length === 0) return err({ kind: 'not-the-recipient' });
    const keys = new Set(meant.map(({ key }) => key));
    // Whom of several the far side has is known only once the attempt has been noted: it may have put some of them off. What is due already may
    // have been tried by a process that did not live to note it.
    const now = context.ports.now();
    const isOpen = ({ delivery }: DeliveryOfMessage): boolean =>
      named === undefined && group.length > 1 && (isUnderWay(delivery) || (delivery.handOverAt ?? Infinity) <= now);
    const heard = await changeDeliveries(context, message, keys, (one) => afterAnswer(context, one, answer, isOpen(one)));
    return ok({ kind: summary(heard), messageId: message.id });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

/**
 * A delivery that is still `due` counts as handed over: the answer has overtaken our note, or that was lost in a crash. `isOpen`: not of itself; then
 * an acceptance is kept for the note, or for the one of the repeat.
 */
function afterAnswer(context: Context, found: DeliveryOfMessage, answer: HandoverAnswer, isOpen: boolean): Decision<Heard> {
  const { delivery } = found;
  const { verdict, transactionId } = answer;
  const { state, handedOver } = delivery;
  if (handedOver?.transactionId !== transactionId) return { answer: 'late' };
  if (state === 'due' && verdict.kind === 'accepted' && isOpen) return keptForNote(context, found, answer);
  if (state === 'handed-over' || (state === 'due' && verdict.kind !== 'deferred')) return settled(context, found, answer);
  if (handedOver.answered === verdict.kind) return { answer: 'duplicate' };
  // An answer that is put off again and again, or says what has been overtaken, must not fill the log: the first one is kept.
  if (state === 'due') return { answer: 'duplicate' };
  const kept = oneWordMore(handedOver);
  if (!kept) return { answer: 'late' };
  const answered = verdict.kind === 'deferred' ? {} : { answered: verdict.kind };
  return {
    answer: 'late',
    delivery: { ...delivery, handedOver: { ...kept, ...answered }, revision: delivery.revision + 1 },
    events: [answeredEvent(context, found, answer, 'late')],
  };
}

/** With one more of the words that end nothing; undefined when so many are kept that no more shall be, whatever the far side goes on to say. */
function oneWordMore(handedOver: HandedOver): HandedOver | undefined {
  const wordsKept = (handedOver.wordsKept ?? 0) + 1;
  return wordsKept > LIMITS.farWordsKeptMax ? undefined : { ...handedOver, wordsKept };
}

/** The far side's own name of the message, where it is another than ours. */
const theirName = (
  { theirMessageId }: Pick<HandoverAnswer, 'theirMessageId'>,
  ours: MessageId,
): Pick<HandedOver, 'theirMessageId'> =>
  theirMessageId === undefined || theirMessageId === ours ? {} : { theirMessageId: cut(theirMessageId) };

function keptForNote(context: Context, found: DeliveryOfMessage, answer: HandoverAnswer): Decision<Heard> {
  const { delivery, message } = found;
  const { handedOver } = delivery;
  if (handedOver?.answered === 'accepted') return { answer: 'duplicate' };
  const kept = { answered: 'accepted', ...theirName(answer, message.id) } as const;
  return {
    answer: 'settled',
    delivery: { ...delivery, handedOver: { ...handedOver!, ...kept }, revision: delivery.revision + 1 },
    events: [answeredEvent(context, found, answer, 'settled')],
  };
}

function settled(context: Context, found: DeliveryOfMessage, answer: HandoverAnswer): Decision<Heard> {
  const { delivery, message } = found;
  const { verdict } = answer;
  const at = context.ports.now();
  const events = [...unnoted(context, found, answer.from, 'acknowledgement'), answeredEvent(context, found, answer, 'settled')];
  const handedOver = {
    ...delivery.handedOver!,
    ...(delivery.state === 'due' && { overtaken: true as const }),
    at: delivery.handedOver?.at ?? at,
    ...(verdict.kind !== 'deferred' && { answered: verdict.kind }),
    ...theirName(answer, message.id),
  };
  const heard: DeliveryOfMessage = { message, delivery: { ...delivery, handedOver } };
  switch (verdict.kind) {
    case 'accepted': {
      if (!wantsFarReport(context, message, delivery.recipientIndex)) {
        return endedBy(context, heard, { state: 'transferred', outcome: 'indeterminate' }, events);
      }
      const next = awaiting(heard.delivery, 'acknowledged', reportUntil(context, message), delivery.attempts);
      return { answer: 'settled', delivery: next, events };
    }
    case 'refused': {
      const { outcome, reason } = verdict;
      return endedBy(context, heard, { state: outcome, outcome, reason: cut(reason) }, events);
    }
    case 'deferred':
      return { answer: 'settled', delivery: dueAgain(context, heard, answer.from, verdict), events };
  }
}

/**
 * The handover itself, where the far side speaks of a message before its reply has been noted, or that note was lost in a crash: no message is
 * answered for, and none reported, that does not first leave us.
 */
const unnoted = (
  context: Context,
  found: DeliveryOfMessage,
  road: OuterRoad,
  awaits: 'acknowledgement' | 'report',
): readonly MessagingEvent[] => {
  const { state, handedOver, attempts } = found.delivery;
  if (state !== 'due' || !handedOver) return [];
  const { transactionId } = handedOver;
  return [{ kind: 'handed-over', ...aboutOf(context, found, road), transactionId, attempt: attempts + 1, awaits }];
};

/** The far side has given it back: it is handed over anew, under the same ids. */
function dueAgain(
  context: Context,
  { delivery, message }: DeliveryOfMessage,
  road: OuterRoad,
  { reason, retryAfterMs }: { readonly reason: string; readonly retryAfterMs?: number },
): Delivery {
  const waits = retriesOf(context, road);
  const handOverAt = handOverAgainAt(context.ports.now(), delivery.attempts, waits, message.expiresAt, retryAfterMs);
  return {
    ...delivery,
    state: 'due',
    dueAt: message.expiresAt,
    handOverAt,
    reason: cut(reason),
    revision: delivery.revision + 1,
  };
}

function endedBy(
  context: Context,
  found: DeliveryOfMessage,
  ending: Parameters<typeof ended>[2],
  first: readonly MessagingEvent[],
): Decision<'settled'> {
  const { events = [], ...rest } = ended(context, found, ending);
  return { answer: 'settled', ...rest, events: [...first, ...events] };
}

const answeredEvent = (
  context: Context,
  found: DeliveryOfMessage,
  { from, transactionId, verdict, answer }: HandoverAnswer,
  heard: 'settled' | 'late',
): MessagingEvent => ({
  kind: 'handover-answered',
  ...aboutOf(context, found, from),
  transactionId,
  verdict: verdict.kind,
  heard,
  ...(answer && { answer: cutAnswer(answer) }),
});

/** MM4_delivery_report.REQ, DSN. */
export async function deliveryReported(context: Context, report: FarReport): Promise<Result<FarReported, AnswerRefusal>> {
  try {
    const sought = await soughtBy(context, report);
    if (!sought) return err({ kind: 'not-found' });
    if (sought === 'not-the-recipient') return err({ kind: sought });
    if (!wentBy(sought, report.from)) return err({ kind: 'not-by-this-road' });
    const heard = await changeDelivery(context, sought.key, undefined, (found) => afterReport(context, found, report));
    return heard === undefined ? err({ kind: 'not-found' }) : ok({ kind: heard, messageId: sought.messageId });
  } catch (thrown) {
    return err(storeRefusal(thrown));
  }
}

async function soughtBy({ ports }: Context, { about }: FarReport): Promise<Delivery | 'not-the-recipient' | undefined> {
  if ('delivery' in about) {
    return isKey(about.delivery) ? (await ports.messages.delivery(about.delivery as DeliveryKey))?.delivery : undefined;
  }
  if (!isKey(about.messageId)) return undefined;
  const deliveries = await ports.messages.deliveriesOf(about.messageId as MessageId);
  if (deliveries.length === 0) return undefined;
  const sought = addressKey(about.recipient);
  return deliveries.find(({ recipient }) => addressKey(recipient) === sought) ?? 'not-the-recipient';
}

/** A report proves that the far side has the message, whatever has been heard of it before. */
function afterReport(context: Context, found: DeliveryOfMessage, report: FarReport): Decision<Heard> {
  const { delivery, message } = found;
  const { status } = report;
  const { handedOver, state } = delivery;
  if (!handedOver || handedOver.reported === status) return { answer: 'duplicate' };
  if (ENDED[state] || status === 'deferred' || status === 'delayed') {
    const heard = ENDED[state] ? 'late' : 'settled';
    const kept = oneWordMore(handedOver);
    if (!kept) return { answer: heard };
    const next = { ...delivery, handedOver: { ...kept, reported: status }, revision: delivery.revision + 1 };
    const told =
      heard === 'settled' && status === 'deferred' && handedOver.reported === undefined
        ? owedDeferral(context, message, delivery.recipientIndex, delivery.reportAllowed)
        : NO_REPORTS;
    const events = [reportedEvent(context, found, report, heard), ...told.events];
    return { answer: heard, delivery: next, newReports: told.newReports, events };
  }
  const event = reportedEvent(context, found, report, 'settled');
  const next = { ...delivery, handedOver: { ...handedOver, reported: status } };
  const { text } = report;
  const ending = { state: status, outcome: status, ...(text !== undefined && { reason: cut(text) }) };
  const overtaken = state === 'due' && { overtaken: true as const };
  const last = { ...next, handedOver: { ...next.handedOver, ...overtaken } };
  return endedBy(context, { message, delivery: last }, ending, [...unnoted(context, found, report.from, 'report'), event]);
}

const reportedEvent = (
  context: Context,
  found: DeliveryOfMessage,
  { from, status, answer }: FarReport,
  heard: 'settled' | 'late',
): MessagingEvent => ({
  kind: 'delivery-reported',
  ...aboutOf(context, found, from),
  status,
  heard,
  ...(answer && { answer: cutAnswer(answer) }),
});

const aboutOf = ({ ports }: Context, { delivery, message }: DeliveryOfMessage, road: OuterRoad) => ({
  messageId: message.id,
  delivery: delivery.key,
  recipient: delivery.recipient,
  road: roadName(road),
  at: ports.now(),
});

/**
 * What was awaited has not come in time: whether the recipient has the message cannot be known any more. A far side that is known to lose messages gets it
 * again instead, with all that went along.
 */
export async function answerMissing(context: Context, due: DeliveryOfMessage): Promise<void> {
  const { delivery: claimed, message } = due;
  const now = context.ports.now();
  const isMissing = (delivery: Delivery): boolean =>
    isAwaiting(delivery) &&
    delivery.road !== undefined &&
    delivery.handedOver !== undefined &&
    (delivery.dueAt ?? Infinity) <= now;
  if (!maySendAgain(context, due)) {
    await changeDelivery(context, claimed.key, due, (found) =>
      isMissing(found.delivery) ? givenUp(context, found) : { answer: undefined },
    );
    return;
  }
  const companions = (await context.ports.messages.deliveriesOf(message.id)).filter(
    ({ handedOver }) => handedOver?.transactionId === claimed.handedOver?.transactionId,
  );
  await changeDeliveries(context, message, new Set(companions.map(({ key }) => key)), (found) =>
    isMissing(found.delivery) && found.delivery.state === 'handed-over' ? sentAgain(context, found) : { answer: undefined },
  );
}

const maySendAgain = (context: Context, { delivery, message }: DeliveryOfMessage): boolean =>
  delivery.state === 'handed-over' &&
  delivery.road !== undefined &&
  context.ports.now() < message.expiresAt &&
  (delivery.handedOver?.resent ?? 0) < LIMITS.resendsMax &&
  termsOf(context, delivery.road)?.resendsMissing === true;

const missingEvent = (context: Context, found: DeliveryOfMessage, awaited: 'acknowledgement' | 'report'): MessagingEvent => ({
  kind: 'answer-missing',
  ...aboutOf(context, found, found.delivery.road!),
  awaited,
  transactionId: found.delivery.handedOver!.transactionId,
});

function givenUp(context: Context, found: DeliveryOfMessage): Decision<undefined> {
  const { delivery } = found;
  const awaited = delivery.state === 'handed-over' ? 'acknowledgement' : 'report';
  const reason = `no ${awaited} came from ${roadName(delivery.road!)} in time`;
  const ending = { state: 'indeterminate', outcome: 'indeterminate', reason } as const;
  return { ...endedBy(context, found, ending, [missingEvent(context, found, awaited)]), answer: undefined };
}

/** Due at once, under the same ids: to a far side that has it after all it is a repetition. */
function sentAgain(context: Context, found: DeliveryOfMessage): Decision<undefined> {
  const { delivery, message } = found;
  const handedOver = { ...delivery.handedOver!, resent: (delivery.handedOver!.resent ?? 0) + 1 };
  return {
    answer: undefined,
    delivery: {
      ...delivery,
      handedOver,
      state: 'due',
      dueAt: message.expiresAt,
      handOverAt: context.ports.now(),
      reason: `no acknowledgement came from ${roadName(delivery.road!)} in time`,
      revision: delivery.revision + 1,
    },
    events: [missingEvent(context, found, 'acknowledgement')],
  };
}
