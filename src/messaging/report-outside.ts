/** Tells a report to a sender who is not a handset of ours, by the interface that the message came by. */
import type { Carrier, ReportOutcome } from './carrier.js';
import { type Context, NO_CHANGE } from './context.js';
import type { MessagingEvent } from './events.js';
import { cutAnswer } from './far-answer-text.js';
import { type HandoverNews, retryOf } from './hand-over.js';
import type { Change } from './message-store.js';
import type { Report } from './model.js';
import { type OuterRoad, roadName } from './road.js';

/** Rejects with StoreUnavailable when the outcome could not be written down. */
export async function tellOutside(
  context: Context,
  carrier: Carrier | undefined,
  report: Report,
  road: OuterRoad,
  news: HandoverNews,
): Promise<void> {
  const { origin } = report;
  // What has waited too long is given up by the ordinary queue.
  if (origin.interface === 'mm1' || context.ports.now() >= report.expiresAt) return;
  const outcome: ReportOutcome = carrier
    ? await carrier.report({ report, origin, transactionId: report.key, attempt: report.attempts + 1 })
    : { kind: 'held', reason: 'nothing carries reports by this road' };
  const restMs = tellGate(outcome, news);
  await write(context, afterTelling(context, report, road, outcome, restMs));
}

function tellGate(outcome: ReportOutcome, news: HandoverNews): number | undefined {
  if (outcome.kind === 'held') {
    news.held(outcome.reason);
  } else if (outcome.kind === 'deferred' && outcome.scope === 'road') {
    return news.blocked(outcome.reason, outcome.retryAfterMs);
  } else {
    news.through();
  }
  return undefined;
}

function afterTelling(
  context: Context,
  report: Report,
  road: OuterRoad,
  outcome: ReportOutcome,
  restMs: number | undefined,
): Change {
  const at = context.ports.now();
  const revision = report.revision + 1;
  // Ends the claim, so that it goes out as soon as the road is opened.
  if (outcome.kind === 'held') return { ...NO_CHANGE, reports: [{ ...report, revision }] };
  const answer = outcome.answer ? { answer: cutAnswer(outcome.answer) } : {};
  const about = { messageId: report.messageId, recipient: report.recipient, about: report.content.kind, at };
  switch (outcome.kind) {
    case 'taken': {
      const event: MessagingEvent = { kind: 'report-pushed', ...about, road: roadName(road), ...answer };
      return { ...NO_CHANGE, reportsDone: [report], events: [event] };
    }
    case 'failed': {
      const event: MessagingEvent = { kind: 'report-abandoned', ...about, reason: outcome.reason };
      return { ...NO_CHANGE, reportsDone: [report], events: [event] };
    }
    case 'deferred': {
      const attempts = report.attempts + 1;
      const tried = { road, attempt: attempts, ...(restMs !== undefined && { restMs }) };
      const { handOverAt, retryAt } = retryOf(context, tried, outcome, report.expiresAt);
      const { reason } = outcome;
      const event: MessagingEvent = {
        kind: 'report-put-off',
        ...about,
        road: roadName(road),
        attempt: attempts,
        reason,
        retryAt,
        ...answer,
      };
      return { ...NO_CHANGE, reports: [{ ...report, attempts, handOverAt, revision }], events: [event] };
    }
  }
}

/** Stale would mean that another process had a lapsed lease and was faster: then it has written what matters. */
async function write({ ports }: Context, change: Change): Promise<void> {
  if ((await ports.messages.change(change)) === 'done' && change.events.length > 0) ports.observe(change.events);
}
