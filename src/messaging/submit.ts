/** Takes messages in. */
import { err, LIMITS, ok, type Result } from '#base';
import { addressKey } from './address.js';
import { type Addressing, type Admission, addressing, admit, refusedOf } from './admit.js';
import { type Context, keepEvents, NO_CHANGE } from './context.js';
import type { MessagingEvent } from './events.js';
import { isKey } from './key.js';
import type { Accepted, RefusedRecipient, Submission, SubmitRefusal } from './messaging.js';
import type { Delivery, DeliveryKey, Message, MessageId, Recipient, Report, SystemName } from './model.js';
import { ROAD_DEFAULTS } from './policy.js';
import { decisionsFor, routed, Transactions } from './put-on-road.js';
import { owedAcknowledgement, owedForRefusal, type Taken } from './report.js';
import type { NoRoute } from './road.js';
import type { RouteDecision } from './router.js';
import { ifAvailable, storeRefusal } from './store-refusal.js';
import { Turns } from './turns.js';

type SubmitOutcome = Result<Accepted, SubmitRefusal>;

/** What is to be accepted: the message's terms, and what was decided for each recipient that is served now. */
interface Decided extends Addressing {
  readonly admission: Admission;
  readonly decisions: readonly RouteDecision[];
  readonly refused: readonly RefusedRecipient[];
}

/**
 * Whoever got no answer sends the same again. Handsets post the same octets: the second one waits for the first one's outcome while that is
 * under way, and is found in the store later, within the operator's window. The fingerprint covers sender and octets; a transaction id alone
 * never makes a resubmission, as real clients repeat theirs.
 *
 * Other systems name their messages and may send one to further recipients, or write it anew with another boundary each time: what counts is
 * their name for it and the recipient. Copies of one message are dealt with one after the other.
 */
export class Submissions {
  readonly #context: Context;
  readonly #underWay = new Map<string, Promise<SubmitOutcome>>();
  /** Copies under way of each named message. */
  readonly #named = new Turns();

  constructor(context: Context) {
    this.#context = context;
  }

  async submit(submission: Submission): Promise<SubmitOutcome> {
    const { ports, policy } = this.#context;
    const now = ports.now();
    const addressed = addressing(submission, policy);
    if (!addressed.ok) return addressed;
    if (submission.named) return this.#inTurn(submission, submission.named, addressed.value, now);

    const decided = await this.#decide(submission, addressed.value, now);
    if (!decided.ok) return decided;
    if (policy.resubmissionWindowMs <= 0) return this.#accept(submission, decided.value, now);

    const { fingerprint } = submission;
    const first = this.#underWay.get(fingerprint);
    if (first) {
      const outcome = await first;
      return outcome.ok ? this.#again(outcome.value.messageId, outcome.value.refused, now) : outcome;
    }
    if (this.#underWay.size >= LIMITS.submissionsInFlightMax) return tooMany();
    const outcome = this.#firstOrAgain(submission, decided.value, now);
    this.#underWay.set(fingerprint, outcome);
    try {
      return await outcome;
    } finally {
      this.#underWay.delete(fingerprint);
    }
  }

  /** The routing decisions, and the terms where somebody can be reached. Waits for nothing where nothing must be looked up. */
  #decide(
    submission: Submission,
    addressed: Addressing,
    now: number,
  ): Result<Decided, SubmitRefusal> | Promise<Result<Decided, SubmitRefusal>> {
    const query = { sender: submission.sender, origin: submission.origin, size: 0 };
    for (const piece of submission.content) query.size += piece.length;
    const decisions = decisionsFor(
      this.#context,
      addressed.served.map(({ address }) => address),
      query,
    );
    return decisions instanceof Promise
      ? decisions.then((late) => this.#decided(submission, addressed, late, now))
      : this.#decided(submission, addressed, decisions, now);
  }

  #decided(
    submission: Submission,
    addressed: Addressing,
    decisions: readonly RouteDecision[],
    now: number,
  ): Result<Decided, SubmitRefusal> {
    const refused = refusedOf(addressed.served, decisions);
    if (refused.length === addressed.served.length) return err({ kind: 'all-recipients-refused', refused });
    const admission = admit(submission, this.#context.policy, now);
    return admission.ok ? ok({ ...addressed, admission: admission.value, decisions, refused }) : admission;
  }

  async #firstOrAgain(submission: Submission, decided: Decided, now: number): Promise<SubmitOutcome> {
    const { ports, policy } = this.#context;
    try {
      const known = await ports.messages.findResubmission(submission.fingerprint, now - policy.resubmissionWindowMs);
      if (known !== undefined) return await this.#again(known, decided.refused, now);
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
    return this.#accept(submission, decided, now);
  }

  /** Answers as the first time. The event is worth keeping, but the answer is true without it. */
  async #again(messageId: MessageId, refused: readonly RefusedRecipient[], at: number, system?: string): Promise<SubmitOutcome> {
    const event: MessagingEvent = { kind: 'resubmission-recognised', messageId, ...(system !== undefined && { system }), at };
    await ifAvailable(keepEvents(this.#context, [event]));
    return ok({ messageId, refused, resubmission: true });
  }

  async #inTurn(submission: Submission, name: SystemName, addressed: Addressing, now: number): Promise<SubmitOutcome> {
    const key = JSON.stringify([name.system, name.messageId]);
    if (!this.#named.has(key) && this.#named.size >= LIMITS.submissionsInFlightMax) return tooMany();
    return this.#named.take(key, async () => this.#acceptNamed(submission, name, addressed, now));
  }

  /** Delivers to those recipients whom no message of this name was accepted for; all are answered, the others as the first time. */
  async #acceptNamed(submission: Submission, name: SystemName, addressed: Addressing, now: number): Promise<SubmitOutcome> {
    const { policy } = this.#context;
    let known: KnownCopies;
    try {
      const since = now - (policy.namedWindowMs ?? ROAD_DEFAULTS.namedWindowMs);
      known = await this.#knownCopies(name, since, addressed.served);
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
    const { messageId } = known;
    if (messageId === undefined) return this.#acceptDecided(submission, await this.#decide(submission, addressed, now), now);
    const further = addressed.served.filter(({ address }) => !known.recipients.has(addressKey(address)));
    if (further.length === 0) return this.#namedAgain(submission, messageId, addressed.served, known.refused, now);

    const recipients = addressed.recipients.map(
      (recipient): Recipient =>
        known.recipients.has(addressKey(recipient.address)) ? { ...recipient, shownOnly: true } : recipient,
    );
    const decided = await this.#decide(submission, { recipients, served: further }, now);
    if (!decided.ok && decided.error.kind === 'all-recipients-refused') {
      const refused = [...known.refused, ...decided.error.refused];
      return this.#namedAgain(submission, messageId, addressed.served, refused, now);
    }
    const outcome = await this.#acceptDecided(submission, decided, now, known);
    return outcome.ok ? ok({ ...outcome.value, refused: [...known.refused, ...outcome.value.refused] }) : outcome;
  }

  async #knownCopies(name: SystemName, since: number, served: readonly Recipient[]): Promise<KnownCopies> {
    const { messages } = this.#context.ports;
    const found = new Map((await messages.findNamed(name, since)).map(({ recipient, messageId }) => [recipient, messageId]));
    const here = served.filter(({ address }) => found.has(addressKey(address)));
    const refused: RefusedRecipient[] = [];
    for (const id of new Set(here.map(({ address }) => found.get(addressKey(address))!))) {
      for (const { state, recipient, reason } of await messages.deliveriesOf(id)) {
        const sought = addressKey(recipient);
        const again = state === 'refused' && here.find(({ address }) => addressKey(address) === sought);
        if (again) refused.push({ recipient: again, reason: reason as NoRoute });
      }
    }
    return {
      messageId: here[0] && found.get(addressKey(here[0].address)),
      recipients: new Set(here.map(({ address }) => addressKey(address))),
      refused,
    };
  }

  /** As `#again`; but where the system is owed an answer, that must be kept before it is told anything. */
  async #namedAgain(
    submission: Submission,
    messageId: MessageId,
    served: readonly Recipient[],
    refused: readonly RefusedRecipient[],
    at: number,
  ): Promise<SubmitOutcome> {
    const { origin, named } = submission;
    if (origin.interface !== 'mm4' || !origin.ackRequest) return this.#again(messageId, refused, at, named?.system);
    try {
      const message = await this.#context.ports.messages.message(messageId);
      if (!message) return err({ kind: 'store-unavailable', reason: 'the message went meanwhile' });
      const owed = owedAcknowledgement(this.#context, message, origin, takenOf(served, refused), at);
      const event: MessagingEvent = { kind: 'resubmission-recognised', messageId, ...(named && { system: named.system }), at };
      const events = [event, ...owed.events];
      await this.#context.ports.messages.change({ ...NO_CHANGE, newReports: owed.newReports, events });
      this.#context.ports.observe(events);
      return ok({ messageId, refused, resubmission: true });
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
  }

  #acceptDecided(
    submission: Submission,
    decided: Result<Decided, SubmitRefusal>,
    now: number,
    before?: KnownCopies,
  ): Promise<SubmitOutcome> | SubmitOutcome {
    return decided.ok ? this.#accept(submission, decided.value, now, before) : decided;
  }

  /** What is asked of a message that was not accepted before: what it answers must be there, and not too many of its sender may wait. */
  async #accept(submission: Submission, decided: Decided, now: number, before?: KnownCopies): Promise<SubmitOutcome> {
    const { origin, waitingMax } = submission;
    if (origin.interface !== 'mm7') return this.#keep(submission, decided, now, before);
    try {
      const { linkedId, vasp } = origin;
      if (linkedId !== undefined && !(await wasDeliveredTo(this.#context, linkedId, vasp)))
        return err({ kind: 'linked-message-not-found' });
      if (waitingMax === undefined) return await this.#keep(submission, decided, now, before);
      const keep = (): Promise<SubmitOutcome> => this.#keep(submission, decided, now, before);
      return (await this.#context.waiting.within(vasp, waitingMax, keep)) ?? err({ kind: 'too-many-waiting', waitingMax });
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
  }

  /** `before`: those of its recipients for whom copies were accepted before; the answer that is owed names them as well. */
  async #keep(submission: Submission, decided: Decided, now: number, before?: KnownCopies): Promise<SubmitOutcome> {
    const { ports, keys } = this.#context;
    const message = toMessage(submission, decided, keys.next(now) as MessageId, now);
    const events: MessagingEvent[] = [acceptedEvent(message, decided.served.length)];
    const reports: Report[] = [];
    const deliveries: Delivery[] = [];
    const transactions = new Transactions(this.#context);
    let place = 0;
    for (const [recipientIndex, recipient] of message.recipients.entries()) {
      if (recipient.shownOnly) continue;
      const decision = decided.decisions[place++]!;
      const key = keys.next(now) as DeliveryKey;
      const bare = { key, messageId: message.id, recipientIndex, recipient: recipient.address, attempts: 0, revision: 0 };
      if (decision.kind !== 'nowhere') {
        const put = routed(this.#context, message, bare, decision, transactions, now);
        deliveries.push(put.delivery);
        events.push(...put.events);
        continue;
      }
      const { reason, because } = decision;
      const why = { reason, ...(because !== undefined && { because }) };
      events.push({
        kind: 'recipient-refused',
        messageId: message.id,
        delivery: key,
        recipient: recipient.address,
        ...why,
        at: now,
      });
      const report = owedForRefusal(this.#context, message, recipientIndex, now, reason);
      reports.push(...report.newReports);
      events.push(...report.events);
      deliveries.push({ ...bare, state: 'refused', reason });
    }
    const isKnown = ({ address }: Recipient): boolean => before?.recipients.has(addressKey(address)) === true;
    const everybody = [...decided.recipients.filter(isKnown), ...decided.served];
    const everyRefusal = [...(before?.refused ?? []), ...decided.refused];
    const answer = owedAcknowledgement(this.#context, message, message.origin, takenOf(everybody, everyRefusal), now);
    reports.push(...answer.newReports);
    events.push(...answer.events);
    try {
      await ports.messages.accept(message, submission.content, deliveries, reports, events);
    } catch (thrown) {
      return err(storeRefusal(thrown));
    }
    ports.observe(events);
    return ok({ messageId: message.id, refused: decided.refused, resubmission: false });
  }
}

/** Whether this names a message that went to the VASP: what a DeliverReq says as LinkedID is our message id. TS 23.140 8.7.1.2. */
async function wasDeliveredTo({ ports }: Context, linkedId: string, vasp: string): Promise<boolean> {
  if (!isKey(linkedId)) return false;
  const deliveries = await ports.messages.deliveriesOf(linkedId as string as MessageId);
  return deliveries.some(({ road }) => road?.kind === 'vasp' && road.vasp === vasp);
}

/** What of a named message has been accepted before. */
interface KnownCopies {
  /** Of the first recipient asked for who is known; absent when none is. */
  readonly messageId: MessageId | undefined;
  /** Keys of the addresses asked for that are known. */
  readonly recipients: ReadonlySet<string>;
  readonly refused: readonly RefusedRecipient[];
}

/** For the answer to the sending system: who of `served` was taken, and who was not. */
function takenOf(served: readonly Recipient[], refused: readonly RefusedRecipient[]): Taken {
  const sorry = new Set(refused.map(({ recipient }) => addressKey(recipient.address)));
  return {
    accepted: served.map(({ address }) => address).filter((address) => !sorry.has(addressKey(address))),
    refused: refused.map(({ recipient, reason }) => ({ address: recipient.address, reason })),
  };
}

const tooMany = (): SubmitOutcome =>
  err({ kind: 'store-unavailable', reason: `${LIMITS.submissionsInFlightMax} submissions are under way` });

/** `recipients`: how many are served. */
export function acceptedEvent({ id, sender, size, origin, acceptedAt }: Message, recipients: number): MessagingEvent {
  const event = { kind: 'message-accepted', messageId: id, sender, size, recipients, at: acceptedAt } as const;
  switch (origin.interface) {
    case 'mm1':
      return event;
    case 'mm4':
      return { ...event, interface: 'mm4', system: origin.peer };
    case 'mm3':
      return { ...event, interface: 'mm3', system: origin.envelopeSender };
    case 'mm7':
      return { ...event, interface: 'mm7', system: origin.vasp };
  }
}

function toMessage(submission: Submission, { admission, recipients }: Decided, id: MessageId, acceptedAt: number): Message {
  const { origin, sender, subject, messageClass, priority, application, forwarding, contentClass, drmContent } = submission;
  const { adaptationAllowed, contentType, fingerprint, named } = submission;
  const { senderHidden, date, deliveryReport, readReport, size, deliverAt, expiresAt } = admission;
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
    ...(forwarding && { forwarding }),
    ...(adaptationAllowed !== undefined && { adaptationAllowed }),
    ...(contentClass !== undefined && { contentClass }),
    ...(drmContent !== undefined && { drmContent }),
    contentType,
    size,
    acceptedAt,
    deliverAt,
    expiresAt,
    fingerprint,
    ...(named && { named }),
  };
}
