/** Reports to the sender: when one is owed, and what it says to a sender of which version. */
import type { Msisdn } from '#base';
import type { Address } from './address.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import type { ApplicationAddressing, DeliveryOutcome, Message, Origin, Report, ReportKey } from './model.js';
import type { DeliveryReport, ReadReport } from './notifier.js';
import { versionAtLeast } from './version.js';

/** What is owed to the sender, and the event that keeps the fact. Both empty when nothing is. */
export interface OwedReports {
  readonly newReports: readonly Report[];
  readonly events: readonly MessagingEvent[];
}

const NONE: OwedReports = { newReports: [], events: [] };

/**
 * The delivery report for one recipient, if the sender asked for one, the operator allows it and the recipient did not forbid it (silence
 * means yes, also when the message expired or could not be delivered). Whether it was asked is settled at submission, where class Auto
 * counts as not asking; the operator's word counts then and now.
 */
export function owedDeliveryReport(
  context: Context,
  message: Message,
  recipient: Address,
  reportAllowed: boolean | undefined,
  at: number,
  content: { readonly outcome: DeliveryOutcome; readonly text?: string },
): OwedReports {
  if (!message.deliveryReport || !context.policy.deliveryReportsAllowed || reportAllowed === false) return NONE;
  return owed(context, message, recipient, at, { kind: 'delivery', ...content });
}

/** The read report, if the sender asked for one, the operator allows it and the sender's version knows it (1.1 and later). */
export function owedReadReport(
  context: Context,
  message: Message,
  reader: Address,
  at: number,
  status: 'read' | 'deleted-without-being-read',
): OwedReports {
  if (!message.readReport || !context.policy.readReportsAllowed || !knowsReadReports(message.origin)) return NONE;
  return owed(context, message, reader, at, { kind: 'read', status });
}

function owed(context: Context, message: Message, recipient: Address, at: number, content: Report['content']): OwedReports {
  // Only a number can be pushed to; other senders have no interface of theirs yet.
  if (message.sender.kind !== 'number') return NONE;
  const now = context.ports.now();
  const report: Report = {
    key: context.keys.next(now) as ReportKey,
    messageId: message.id,
    recipient,
    to: message.sender,
    origin: message.origin,
    content,
    ...(message.application && { application: replyAddressing(message.application) }),
    at,
    dueAt: now,
    attempts: 0,
    expiresAt: now + context.policy.reportLifetimeMs,
    revision: 0,
  };
  return {
    newReports: [report],
    events: [{ kind: 'report-queued', messageId: message.id, recipient, about: content.kind, at: now }],
  };
}

/** A report goes to the application that the sender named for replies, else to the one that it wrote to. */
function replyAddressing({ applicId, replyApplicId, auxApplicInfo }: ApplicationAddressing): ApplicationAddressing {
  const target = replyApplicId ?? applicId;
  return { ...(target !== undefined && { applicId: target }), ...(auxApplicInfo !== undefined && { auxApplicInfo }) };
}

/**
 * The report as it is pushed: in the version in which the sender asked for it, or that of his handset when he has an older one by now.
 * `handsetVersion`: absent when nothing is known of it.
 */
export function toReportPush(report: Report, to: Msisdn, asked: string, handsetVersion?: string): DeliveryReport | ReadReport {
  const { messageId, recipient, at, content, application } = report;
  const older = handsetVersion !== undefined && versionAtLeast(asked, handsetVersion);
  const version = older ? handsetVersion : asked;
  const rest = { to, version, messageId, at, ...(application && { application }) };
  if (content.kind === 'read') return { ...rest, kind: 'read-report', reader: recipient, status: content.status };
  return {
    ...rest,
    kind: 'delivery-report',
    recipient,
    outcome: outcomeFor(version, content.outcome),
    ...(content.text !== undefined && { text: content.text }),
  };
}

/**
 * The nearest outcome that a sender of `version` knows. X-Mms-Status has Indeterminate from 1.1 and Unreachable from 1.2 on. A 1.0 sender
 * is told Expired in their place: of the values it has, the one that says that nobody confirmed the message in time. The report kept in
 * the store says what really happened.
 */
export function outcomeFor(version: string, outcome: DeliveryOutcome): DeliveryOutcome {
  if (outcome === 'unreachable' && !versionAtLeast(version, '1.2')) return outcomeFor(version, 'indeterminate');
  if (outcome === 'indeterminate' && !versionAtLeast(version, '1.1')) return 'expired';
  return outcome;
}

/** M-Read-Orig.ind came with 1.1; the other interfaces know read reports in all versions. */
const knowsReadReports = (origin: Origin): boolean => origin.interface !== 'mm1' || versionAtLeast(origin.version, '1.1');
