/** Reports to the sender: when one is owed, and what it says to a sender of which version. */
import type { Msisdn } from '#base';
import { type Address, addressKey } from './address.js';
import type { Context } from './context.js';
import type { MessagingEvent } from './events.js';
import type { ApplicationAddressing, Message, Origin, Report, ReportedOutcome, ReportKey } from './model.js';
import type { DeliveryReport, ReadReport } from './notifier.js';
import type { NoRoute, OuterRoad } from './road.js';
import { termsOf } from './road-terms.js';
import { versionAtLeast } from './version.js';

/** What is owed to the sender, and the event that keeps the fact. Both empty when nothing is. */
export interface OwedReports {
  readonly newReports: readonly Report[];
  readonly events: readonly MessagingEvent[];
}

/** Nothing is owed. */
export const NO_REPORTS: OwedReports = { newReports: [], events: [] };

/**
 * The delivery report for one recipient, if somebody wants it, the operator allows it and the recipient did not forbid it (silence means
 * yes, also when the message expired or could not be delivered). Whether it was asked is settled at submission, where class Auto counts as not
 * asking; the operator's word counts then and now.
 */
export function owedDeliveryReport(
  context: Context,
  message: Message,
  recipientIndex: number,
  reportAllowed: boolean | undefined,
  at: number,
  content: { readonly outcome: ReportedOutcome; readonly text?: string },
): OwedReports {
  const wish = reportAllowed === false ? 'nobody' : deliveryReportWish(context, message, recipientIndex, content.outcome);
  if (wish === 'nobody') return NO_REPORTS;
  return owed(context, message, recipientIndex, at, {
    kind: 'delivery',
    ...content,
    ...(wish === 'system' && { systemOnly: true }),
  });
}

/** The report that the recipient wants the message later, where the sender's system wishes to be told that. Owed once: see the callers. */
export function owedDeferral(
  context: Context,
  message: Message,
  recipientIndex: number,
  reportAllowed: boolean | undefined,
): OwedReports {
  const road = roadBack(message.origin);
  if (!road || !termsOf(context, road)?.wantsDeferred) return NO_REPORTS;
  return owedDeliveryReport(context, message, recipientIndex, reportAllowed, context.ports.now(), { outcome: 'deferred' });
}

/** The delivery report for a recipient who was refused when the message came, unless the interface's answer has said it. */
export function owedForRefusal(
  context: Context,
  message: Message,
  recipientIndex: number,
  at: number,
  reason: string,
): OwedReports {
  const { origin } = message;
  if (origin.interface === 'mm7' || (origin.interface === 'mm4' && origin.ackRequest)) return NO_REPORTS;
  return owedDeliveryReport(context, message, recipientIndex, undefined, at, { outcome: 'unreachable', text: reason });
}

/** Whether a far side that has the message has to tell us what becomes of it. */
export const wantsFarReport = (context: Context, message: Message, recipientIndex: number): boolean =>
  deliveryReportWish(context, message, recipientIndex, 'retrieved') !== 'nobody';

/**
 * Who wants to be told of this outcome. Mail's own rule: failures are told unless the sender forbade it, successes if he asked (RFC 3461 4.1),
 * and to an empty envelope sender nothing is told at all (RFC 5321 4.5.5). The operator's switch is about what subscribers see, not about
 * mail that would vanish without a word.
 */
function deliveryReportWish(
  { policy }: Context,
  { origin, deliveryReport, recipients }: Message,
  recipientIndex: number,
  outcome: ReportedOutcome,
): 'user' | 'system' | 'nobody' {
  const asked = deliveryReport && policy.deliveryReportsAllowed;
  switch (origin.interface) {
    case 'mm3': {
      if (origin.envelopeSender === '') return 'nobody';
      const notify = recipients[recipientIndex]?.dsn?.notify;
      if (outcome === 'deferred') return notify?.includes('delay') ? 'user' : 'nobody';
      const failed = FAILURES[outcome];
      const wanted = notify ? notify.includes(failed ? 'failure' : 'success') : failed || asked;
      return wanted ? 'user' : 'nobody';
    }
    case 'mm4':
      return asked ? 'user' : origin.systemReport && policy.deliveryReportsAllowed ? 'system' : 'nobody';
    case 'mm1':
    case 'mm7':
      return asked ? 'user' : 'nobody';
  }
}

/** What a mail's sender is told as a failure. Indeterminate is none: the message may well have been read. */
const FAILURES: Readonly<Record<ReportedOutcome, boolean>> = {
  deferred: false,
  retrieved: false,
  forwarded: false,
  indeterminate: false,
  rejected: true,
  expired: true,
  unrecognised: true,
  unreachable: true,
};

/** The read report, if the sender asked for one, the operator allows it and the sender's version knows it (1.1 and later). */
export function owedReadReport(
  context: Context,
  message: Message,
  recipientIndex: number,
  at: number,
  status: 'read' | 'deleted-without-being-read',
): OwedReports {
  if (!message.readReport || !context.policy.readReportsAllowed || !knowsReadReports(message.origin)) return NO_REPORTS;
  return owed(context, message, recipientIndex, at, { kind: 'read', status });
}

/** Whom a message was taken for, and who was refused. */
export interface Taken {
  readonly accepted: readonly Address[];
  readonly refused: readonly { readonly address: Address; readonly reason: NoRoute }[];
}

/**
 * The answer that the sending system asked for (MM4_forward.RES), once the message is kept. It names the transaction of `origin`: a copy of a
 * message that was kept before comes under another one. TS 23.140 8.4.1.
 */
export function owedAcknowledgement(context: Context, message: Message, origin: Origin, taken: Taken, at: number): OwedReports {
  if (origin.interface !== 'mm4' || !origin.ackRequest) return NO_REPORTS;
  const first = taken.accepted[0] ?? taken.refused[0]?.address;
  const recipientIndex = message.recipients.findIndex(({ address }) => first && addressKey(address) === addressKey(first));
  return owed(context, { ...message, origin }, Math.max(0, recipientIndex), at, { kind: 'acknowledgement', ...taken });
}

function owed(context: Context, message: Message, recipientIndex: number, at: number, content: Report['content']): OwedReports {
  const { sender, origin } = message;
  const road = roadBack(origin);
  // A handset is pushed to by its number; whoever has none cannot have sent by MM1.
  if (!road && sender.kind !== 'number') return NO_REPORTS;
  const now = context.ports.now();
  const { address, dsn } = message.recipients[recipientIndex]!;
  const expiresAt = now + context.policy.reportLifetimeMs;
  const report: Report = {
    key: context.keys.next(now) as ReportKey,
    messageId: message.id,
    recipient: address,
    to: sender,
    origin,
    ...(road && { road }),
    content,
    ...(dsn && { dsn }),
    ...(message.application && { application: replyAddressing(message.application) }),
    at,
    dueAt: road ? expiresAt : now,
    ...(road && { handOverAt: now }),
    attempts: 0,
    expiresAt,
    revision: 0,
  };
  return {
    newReports: [report],
    events: [{ kind: 'report-queued', messageId: message.id, recipient: address, about: content.kind, at: now }],
  };
}

/** By which road the sender is told; undefined for a handset of ours. */
function roadBack(origin: Origin): OuterRoad | undefined {
  switch (origin.interface) {
    case 'mm1':
      return undefined;
    case 'mm4':
      return { kind: 'peer', peer: origin.peer };
    case 'mm3':
      return { kind: 'email' };
    case 'mm7':
      return { kind: 'vasp', vasp: origin.vasp };
  }
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
  if (content.kind === 'acknowledgement') throw new Error('an acknowledgement is for a system and goes to no handset');
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
export function outcomeFor(version: string, outcome: ReportedOutcome): ReportedOutcome {
  if (outcome === 'unreachable' && !versionAtLeast(version, '1.2')) return outcomeFor(version, 'indeterminate');
  if (outcome === 'indeterminate' && !versionAtLeast(version, '1.1')) return 'expired';
  return outcome;
}

/** M-Read-Orig.ind came with 1.1; the other interfaces know read reports in all versions. */
const knowsReadReports = (origin: Origin): boolean => origin.interface !== 'mm1' || versionAtLeast(origin.version, '1.1');
