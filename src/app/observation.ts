/** What is said of the domain's events: one line of the log each, by which a message can be followed, and counts. */
import { type Log, type LogFields, type Meter, maskNumber } from '#base';
import type { MessagingEvent } from '#messaging';

/** Seven digits and more, and what stands before an @: numbers and mailboxes in what far sides say. */
const NUMBER = /[0-9]{7,}/g;
const MAILBOX = /[^\s<>"@:]+@/g;

/** Words of others, with whom they name made unknown, whatever the setting for numbers: they may be anybody's. */
const quiet = (text: string): string => text.replace(NUMBER, maskNumber).replace(MAILBOX, '***@');

/**
 * The facts of an event for the log, which shows only the beginning of a delivery's key: whoever knows all of it can fetch the content. Of a far side's answer
 * the code: its words are in the message's history. Of who sent a mail the masked sender only, not the envelope once more.
 */
function fieldsOf(event: MessagingEvent): LogFields {
  const { kind: _kind, at: _at, ...facts } = event;
  const { retryAt, answer, reason, because, system, ...rest } = {
    retryAt: undefined,
    answer: undefined,
    reason: undefined,
    because: undefined,
    system: undefined,
    ...facts,
  };
  return {
    ...rest,
    ...(system !== undefined && { system: quiet(system) }),
    ...(reason !== undefined && { reason: quiet(reason) }),
    ...(because !== undefined && { because: quiet(because) }),
    ...(answer?.code !== undefined && { answer: quiet(answer.code) }),
    ...(retryAt !== undefined && { retryAt: new Date(retryAt).toISOString() }),
  };
}

/** Gives the domain's `observe` port. */
export function observeEvents(log: Log, meter: Meter): (events: readonly MessagingEvent[]) => void {
  const happened = meter.counter('angarium_messaging_events_total', 'Message events made durable, by kind.', ['kind']);
  const ended = meter.counter('angarium_deliveries_ended_total', 'Deliveries that ended, by outcome.', ['outcome']);
  return (events) => {
    for (const event of events) {
      happened.add(1, { kind: event.kind });
      if (event.kind === 'delivery-ended') ended.add(1, { outcome: event.outcome });
      log.info(fieldsOf(event), event.kind);
    }
  };
}
