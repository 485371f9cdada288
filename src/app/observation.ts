/** What is said of the domain's events: one line of the log each, by which a message can be followed, and counts. */
import type { Log, LogFields, Meter } from '#base';
import type { MessagingEvent } from '#messaging';

/** The facts of an event for the log, which shows only the beginning of a delivery's key: whoever knows all of it can fetch the content. */
function fieldsOf(event: MessagingEvent): LogFields {
  const { kind: _kind, at: _at, ...facts } = event;
  const { retryAt, ...rest } = { retryAt: undefined, ...facts };
  return retryAt === undefined ? rest : { ...rest, retryAt: new Date(retryAt).toISOString() };
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
