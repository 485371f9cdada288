/** What senders were told of their messages: handsets by MM1, others by the interface that the message came by. */
import { isDeepStrictEqual } from 'node:util';
import type { DeliveryInd, ReadOrigInd } from '#codec/mms';
import { addressKey, type DeliveryOutcome, type MessageId, type OutgoingReport } from '#messaging';
import type { Trace } from '../kit/trace.js';
import type { Witness } from '../machine/witness.js';
import type { Intended, Sent } from './compose.js';
import { short } from './network.js';
import type { Phone } from './phone.js';

export interface ReportsWorld {
  readonly trace: Trace;
  readonly witness: Witness;
  /** What was sent, by the id it was kept under. */
  readonly messages: ReadonlyMap<MessageId, Sent>;
  /** Ends the world with this violation. */
  violated(invariant: string, what: string): never;
}

export class Reports {
  readonly #in: ReportsWorld;
  /** The first report of each message, recipient and kind, as told to the sender. */
  readonly #first = new Map<string, string>();

  constructor(world: ReportsWorld) {
    this.#in = world;
  }

  /** M-Delivery.ind has come. */
  delivery(phone: Phone, pdu: DeliveryInd): void {
    const { sent, one } = this.#reported(phone, pdu.messageId, pdu.to[0]!);
    this.#in.trace.line(`${short(phone.msisdn)} hears ${pdu.status} of message ${sent.number}`);
    this.#in.trace.count('report', `delivery: ${pdu.status}`);
    if (sent.pdu.deliveryReport !== true)
      this.#in.violated('reports come only when they were asked for', `message ${sent.number}`);
    this.#once(`delivery report in ${pdu.version} of ${pdu.messageId} for ${one.key}`, JSON.stringify(pdu));
  }

  /** M-Read-Orig.ind has come. */
  read(phone: Phone, pdu: ReadOrigInd): void {
    if (pdu.from.kind !== 'address') throw this.#in.violated('a read report names the reader', pdu.messageId);
    const { sent, one } = this.#reported(phone, pdu.messageId, pdu.from.address);
    this.#in.trace.line(`${short(phone.msisdn)} hears that message ${sent.number} was ${pdu.readStatus}`);
    this.#in.trace.count('report', `read: ${pdu.readStatus}`);
    if (sent.pdu.readReport !== true) this.#in.violated('reports come only when they were asked for', `message ${sent.number}`);
    this.#once(`read report in ${pdu.version} of ${pdu.messageId} for ${one.key}`, JSON.stringify(pdu));
  }

  /** A far side is told of what became of a message of its own. */
  outside({ report, origin, transactionId }: OutgoingReport): void {
    const sent = this.#in.messages.get(report.messageId);
    const kept = this.#in.witness.messages.get(report.messageId);
    if (!sent || !kept) throw this.#in.violated('reports are about messages', report.messageId);
    const name = `message ${sent.number}`;
    this.#in.trace.count('report', `outside: ${report.content.kind}`);
    if (!isDeepStrictEqual(origin, kept.message.origin)) this.#in.violated('reports go to the sender', name);
    if (transactionId !== report.key) this.#in.violated('a repeat to a far side carries the same ids', name);
    const key = addressKey(report.recipient);
    if (!sent.intended.some((one) => one.key === key)) this.#in.violated('reports are about recipients', `${name}: ${key}`);
    if (report.content.kind === 'acknowledgement') {
      // Each copy is answered, so that one message may have several.
      if (origin.interface !== 'mm4' || !origin.ackRequest) this.#in.violated('reports come only when they were asked for', name);
      return;
    }
    if (!isAsked(sent, report.content)) this.#in.violated('reports come only when they were asked for', name);
    this.#once(
      `${report.content.kind} report of ${report.messageId} for ${key}`,
      JSON.stringify([transactionId, report.content]),
    );
  }

  /** The same report may come twice, as the channel loses answers; two different ones may not. */
  #once(what: string, told: string): void {
    const before = this.#first.get(what);
    if (before !== undefined && before !== told)
      this.#in.violated('there is one report for each recipient and outcome', `${what}: ${before}, then ${told}`);
    if (before !== undefined) this.#in.trace.count('report', 'comes again');
    this.#first.set(what, told);
  }

  #reported(phone: Phone, messageId: string, about: string): { readonly sent: Sent; readonly one: Intended } {
    const sent = this.#in.messages.get(messageId as MessageId);
    if (!sent) throw this.#in.violated('reports are about messages', messageId);
    if (sent.sender !== phone) throw this.#in.violated('reports go to the sender', `message ${sent.number} to ${phone.msisdn}`);
    const text = about.replace('/TYPE=PLMN', '').toLowerCase();
    const one = sent.intended.find(({ key }) => key.replace(/^[a-z-]*:/, '') === text);
    if (!one) throw this.#in.violated('reports are about recipients', `message ${sent.number}: ${about}`);
    return { sent, one };
  }
}

/** Whether the sender is to be told this. Mail has rules of its own: failures unless it forbids them, nothing to nobody. RFC 3461 4.1. */
function isAsked({ pdu, mail }: Sent, content: OutgoingReport['report']['content']): boolean {
  if (content.kind === 'read') return pdu.readReport === true;
  if (!mail || content.kind !== 'delivery') return pdu.deliveryReport === true;
  if (mail.envelopeSender === '') return false;
  const failed = content.outcome !== 'deferred' && MAIL_FAILURES.has(content.outcome);
  return mail.notify ? mail.notify.includes(failed ? 'failure' : 'success') : failed || pdu.deliveryReport === true;
}

/** What a mail's sender is told as a failure. */
export const MAIL_FAILURES: ReadonlySet<DeliveryOutcome> = new Set(['rejected', 'expired', 'unrecognised', 'unreachable']);
