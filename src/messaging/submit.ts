/** Takes messages in. */
import { err, LIMITS, ok, type Result } from '#base';
import { type Admission, admit } from './admit.js';
import { type Context, keepEvents } from './context.js';
import type { MessagingEvent } from './events.js';
import type { Accepted, RefusedRecipient, Submission, SubmitRefusal } from './messaging.js';
import type { Delivery, DeliveryKey, Message, MessageId, Report } from './model.js';
import { owedDeliveryReport } from './report.js';
import { ifAvailable, storeRefusal } from './store-refusal.js';

type SubmitOutcome = Result<Accepted, SubmitRefusal>;

/**
 * A client that got no answer posts the same octets again. Both may be under way at once, so the second one waits for the first one's
 * outcome; later ones are found in the store, within the operator's window. The fingerprint covers sender and octets; a transaction id alone
 * never makes a resubmission, as real clients repeat theirs.
 */
export class Submissions {
  readonly #context: Context;
  readonly #underWay = new Map<string, Promise<SubmitOutcome>>();

  constructor(context: Context) {
    this.#context = context;
  }

  async submit(submission: Submission): Promise<SubmitOutcome> {
    const { ports, policy } = this.#context;
    const now = ports.now();
    const admitted = admit(submission, policy, now);
    if (!admitted.ok) return admitted;
    if (policy.resubmissionWindowMs <= 0) return this.#accept(submission, admitted.value, now);

    const { fingerprint } = submission;
    const first = this.#underWay.get(fingerprint);
    if (first) {
      const outcome = await first;
      return outcome.ok ? this.#again(outcome.value.messageId, outcome.value.refused, now) : outcome;
    }
    if (this.#underWay.size >= LIMITS.submissionsInFlightMax) {
      return err({ kind: 'store-unavailable', reason: `${LIMITS.submissionsInFlightMax} submissions are under way` });
    }
    const outcome = this.#firstOrAgain(submission, admitted.value, now);
    this.#underWay.set(fingerprint, outcome);
    try {
      return await outcome;
    } finally {
      this.#underWay.delete(fingerprint);
    }
  }

  async #firstOrAgain(submission: Submission, admission: Admission, now: number): Promise<SubmitOutcome> {
    const { ports, policy } = this.#context;
    try {
      const known = await ports.messages.findResubmission(submission.fingerprint, now - policy.resubmissionWindowMs);
      if (known !== undefined) return await this.#again(known, admission.refused, now);
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
    return this.#accept(submission, admission, now);
  }

  /** Answers as the first time. The event is worth keeping, but the answer is true without it. */
  async #again(messageId: MessageId, refused: readonly RefusedRecipient[], at: number): Promise<SubmitOutcome> {
    await ifAvailable(keepEvents(this.#context, [{ kind: 'resubmission-recognised', messageId, at }]));
    return ok({ messageId, refused, resubmission: true });
  }

  async #accept(submission: Submission, admission: Admission, now: number): Promise<SubmitOutcome> {
    const { ports, keys } = this.#context;
    const message = toMessage(submission, admission, keys.next(now) as MessageId, now);
    const events: MessagingEvent[] = [
      {
        kind: 'message-accepted',
        messageId: message.id,
        sender: message.sender,
        size: message.size,
        recipients: message.recipients.length,
        at: now,
      },
    ];
    const reports: Report[] = [];
    const deliveries = message.recipients.map((recipient, recipientIndex): Delivery => {
      const delivery = {
        key: keys.next(now) as DeliveryKey,
        messageId: message.id,
        recipientIndex,
        recipient: recipient.address,
        attempts: 0,
        revision: 0,
      };
      const reason = admission.refused.find((refusal) => refusal.recipient === recipient)?.reason;
      if (reason === undefined) return { ...delivery, state: 'due', dueAt: message.deliverAt };
      const { key, messageId } = delivery;
      events.push({ kind: 'recipient-refused', messageId, delivery: key, recipient: recipient.address, reason, at: now });
      const report = owedDeliveryReport(this.#context, message, recipient.address, undefined, now, {
        outcome: 'unreachable',
        text: reason,
      });
      reports.push(...report.newReports);
      events.push(...report.events);
      return { ...delivery, state: 'refused', reason };
    });
    try {
      await ports.messages.accept(message, submission.content, deliveries, reports, events);
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
    ports.observe(events);
    return ok({ messageId: message.id, refused: admission.refused, resubmission: false });
  }
}

function toMessage(submission: Submission, admission: Admission, id: MessageId, acceptedAt: number): Message {
  const { origin, sender, subject, messageClass, priority, application, contentClass, drmContent, contentType, fingerprint } =
    submission;
  const { recipients, senderHidden, date, deliveryReport, readReport, size, deliverAt, expiresAt } = admission;
  return {
    id,
    origin,
    sender,
    senderHidden,
    recipients,
    date,
    ...(subject !== undefined && { subject }),
    messageClass,
    priority,
    deliveryReport,
    readReport,
    ...(application && { application }),
    ...(contentClass !== undefined && { contentClass }),
    ...(drmContent !== undefined && { drmContent }),
    contentType,
    size,
    acceptedAt,
    deliverAt,
    expiresAt,
    fingerprint,
  };
}
