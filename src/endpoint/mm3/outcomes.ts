/** What an attempt at a mail came to, in the domain's words: one table for outcomes, one for waits. */
import type { DeliveryOutcome, FarAnswer, HandoverOutcome, ReportOutcome } from '#messaging';
import { replyText, type SmtpOutcome, type SmtpRecipientOutcome } from '#smtp';

const MINUTE_MS = 60_000;

/**
 * Waits after a 4xx, the last one repeated until the message expires. Source: greylisting servers want to see a mail again after 1 to 15
 * minutes (RFC 6647 5); RFC 5321 4.5.4.1 wants 30 minutes as a rule, with a shorter first wait.
 */
const GREYLIST_WAITS_MS: readonly number[] = [1, 5, 15, 30, 60].map((minutes) => minutes * MINUTE_MS);

/** Causes that lie with the one server that takes all mail, where there is one: then nothing else gets through either. */
const OF_THE_SERVER: readonly string[] = [
  'timeout',
  'dropped',
  'not-connected',
  'tls',
  'auth',
  'circuit-open',
  'closing',
  'no-such-host',
];

/** What the sender is told when a recipient is refused for ever, by the class of the enhanced code. RFC 3463 3; RFC 4356 table 5 has Unreachable. */
function outcomeOf(enhanced: string | undefined): DeliveryOutcome {
  if (enhanced?.startsWith('5.7.')) return 'rejected';
  return 'unreachable';
}

const answerOf = (outcome: SmtpRecipientOutcome, host: string | undefined): FarAnswer | undefined => {
  if (outcome.reply === undefined) return undefined;
  const { reply } = outcome;
  return {
    ...(host === undefined ? {} : { by: host }),
    code: reply.enhanced === undefined ? String(reply.code) : `${reply.code} ${reply.enhanced}`,
    text: reply.text,
  };
};

/** On what an outcome depends besides itself. */
export interface Attempt {
  /** 1 for the first one. */
  readonly attempt: number;
  /** One server takes all mail. */
  readonly hasSmarthost: boolean;
  /** What is still to come when it is taken. */
  readonly awaits: 'nothing' | 'report';
  readonly reportWaitMs?: number;
  readonly now: number;
}

type Trouble = Extract<HandoverOutcome, { readonly kind: 'deferred' | 'failed' }>;

function troubleOf(
  outcome: Exclude<SmtpRecipientOutcome, { kind: 'taken' }>,
  host: string | undefined,
  attempt: Attempt,
): Trouble {
  const answer = answerOf(outcome, host);
  const reason = outcome.reply === undefined ? outcome.detail : replyText(outcome.reply);
  const said = answer === undefined ? {} : { answer };
  if (outcome.kind === 'failed') return { kind: 'failed', outcome: outcomeOf(outcome.reply?.enhanced), reason, ...said };
  const isRoad = attempt.hasSmarthost && (OF_THE_SERVER.includes(outcome.cause) || outcome.reply?.code === 421);
  const greylist = GREYLIST_WAITS_MS[Math.min(attempt.attempt, GREYLIST_WAITS_MS.length) - 1]!;
  const notBefore = outcome.notBefore === undefined ? 0 : outcome.notBefore - attempt.now;
  // The pool has no room: that has nothing to do with the message, and passes soon.
  const retryAfterMs = outcome.cause === 'busy' ? MINUTE_MS : Math.max(greylist, notBefore);
  return { kind: 'deferred', scope: isRoad ? 'road' : 'delivery', reason, ...(isRoad ? {} : { retryAfterMs }), ...said };
}

/** Of one recipient. */
export function handoverOutcome(outcome: SmtpOutcome, recipient: number, attempt: Attempt): HandoverOutcome {
  const one = outcome.recipients[recipient]!;
  if (one.kind !== 'taken') return troubleOf(one, outcome.host, attempt);
  const answer = answerOf(one, outcome.host);
  return {
    kind: 'taken',
    awaits: attempt.awaits,
    ...(attempt.reportWaitMs === undefined || attempt.awaits === 'nothing' ? {} : { waitMs: attempt.reportWaitMs }),
    ...(answer === undefined ? {} : { answer }),
  };
}

/** Of a report. */
export function reportOutcome(outcome: SmtpOutcome, attempt: Attempt): ReportOutcome {
  const found = handoverOutcome(outcome, 0, attempt);
  switch (found.kind) {
    case 'taken':
      return { kind: 'taken', ...(found.answer === undefined ? {} : { answer: found.answer }) };
    case 'failed':
      return { kind: 'failed', reason: found.reason, ...(found.answer === undefined ? {} : { answer: found.answer }) };
    case 'deferred':
    case 'held':
      return found;
  }
}
