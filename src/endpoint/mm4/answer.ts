/**
 * Which message of a peer becomes which command of the domain, and what is said to it. A positive SMTP reply comes after the store.
 *
 * Responses (RES) are mails of their own. That to a message that was accepted is owed by the domain, which keeps it with the message and has it
 * carried like a report (see `client.ts`). A refusal and the response to a report leave nothing in the store: they go out before the SMTP
 * reply, so that a crash in between makes the peer ask again. If they cannot, SMTP says the refusal, or puts the report off.
 */
import { err, ok, type Result } from '#base';
import { fieldsOf, type MimeEntity, mimeToContent, readMessage } from '#codec/mime';
import {
  decodeMm4,
  type Mm4Address,
  type Mm4DeliveryReportReq,
  type Mm4Fault,
  type Mm4ForwardReq,
  type Mm4ForwardRes,
  type Mm4Pdu,
  type Mm4ReadReplyReportReq,
} from '#codec/mm4';
import type { Peer } from '#directory';
import type { Address, AnswerRefusal, Messaging } from '#messaging';
import { REPLIES, type SmtpReply } from '#smtp';
import { domainOf, toDomain } from './addresses.js';
import { bounceOf } from './bounce.js';
import type { Mm4Config, Mm4Ports } from './config.js';
import { isForLater, type Refusal, type Refused, refusalOf } from './refusals.js';
import type { Telemetry } from './telemetry.js';
import {
  type Received,
  reportedAddresses,
  responseMailbox,
  toFarReport,
  toHandoverAnswer,
  toReadReceipt,
  toSubmission,
} from './translate-in.js';
import { type Answered, toResponse } from './translate-out.js';

/** A mail as the listener took it from a peer that it knows. */
export interface Mail {
  readonly peer: Peer;
  /** Undefined: the null reverse-path. */
  readonly sender: Mm4Address | undefined;
  /** Recipients that are no system mailbox. */
  readonly recipients: readonly Address[];
  readonly content: Uint8Array;
}

/** Sends a response; false when it is not with the peer within the time for it. */
export type Respond = (peer: Peer, mailbox: string, pdu: ReturnType<typeof toResponse>) => Promise<boolean>;

export type AnswerMail = (mail: Mail) => Promise<SmtpReply>;

const refusedAs = (refusal: Refusal): Refused => refusalOf(refusal);

export function createAnswers(
  config: Mm4Config,
  ports: Mm4Ports,
  messaging: Messaging,
  respond: Respond,
  telemetry: Telemetry,
): AnswerMail {
  const { domains } = config;

  /** Says a refusal: by response where one can be given, else by SMTP. */
  async function refuse(peer: Peer, answered: Answered | undefined, refused: Refused, why: string): Promise<SmtpReply> {
    telemetry.refused(peer, refused.status, why);
    if (isForLater(refused) || answered === undefined) return refused.reply;
    const response = toResponse(answered, refused.status, { peer, domains, now: ports.now() }, undefined, refused.reply.text);
    return (await respond(peer, answered.mailbox, response)) ? REPLIES.accepted : refused.reply;
  }

  /** A request that asks for its response, as something to be answered. */
  const answeredBy = (peer: Peer, pdu: Mm4ForwardReq | Mm4DeliveryReportReq | Mm4ReadReplyReportReq): Answered | undefined =>
    pdu.ackRequest === true
      ? { kind: pdu.kind, transactionId: pdu.transactionId, messageId: pdu.messageId, mailbox: responseMailbox(pdu, peer) }
      : undefined;

  /** What could not be read is answered all the same where enough of it could. */
  function answeredByFault(peer: Peer, { salvaged }: Mm4Fault): Answered | undefined {
    const { kind = 'MM4_forward.REQ', transactionId, messageId, ackRequest } = salvaged;
    if (ackRequest !== true || transactionId === undefined || !isRequest(kind)) return undefined;
    return { kind, transactionId, ...(messageId !== undefined && { messageId }), mailbox: responseMailbox(salvaged, peer) };
  }

  const isOwn = (domain: string | undefined): boolean => domain !== undefined && domains.includes(domain);

  /** Through too many hands, or from ourselves. The counter of forwardings says nothing here: fresh messages with 1 are seen. */
  function isLoop(peer: Peer, entity: MimeEntity, pdu: Mm4Pdu): boolean {
    if (fieldsOf(entity.fields, 'Received').length > peer.hopsMax) return true;
    const system = pdu.kind === 'MM4_forward.REQ' || pdu.kind === 'MM4_delivery_report.REQ' ? pdu.originatorSystem : undefined;
    return pdu.kind === 'MM4_forward.REQ' && (isOwn(domainOf(system)) || isOwn(domainOf(pdu.sender)));
  }

  /** A sender for whom this peer may speak. */
  async function maySend(peer: Peer, from: Mm4Address): Promise<boolean> {
    if (isOwn(domainOf(from))) return false;
    const sender = toDomain(from, peer.numbers);
    if (sender.kind !== 'number') return sender.kind !== 'unknown';
    if (peer.senderPrefixes.length > 0) return peer.senderPrefixes.some((prefix) => sender.msisdn.startsWith(prefix));
    return !(await ports.isOurs(sender.msisdn));
  }

  async function forwardReq(received: Received<Mm4ForwardReq>, entity: MimeEntity): Promise<SmtpReply> {
    const { peer, pdu, envelope } = received;
    const answered = answeredBy(peer, pdu);
    const no = (refusal: Refusal, why: string = refusal.kind) => refuse(peer, answered, refusedAs(refusal), why);
    if (peer.state === 'draining') return { code: 450, enhanced: '4.3.2', text: 'taking no new messages now, try again later' };
    if (envelope.length === 0) return no({ kind: 'no-envelope-recipient' });
    if (!(await maySend(peer, pdu.from))) return no({ kind: 'sender-not-allowed' });
    const content = mimeToContent(entity);
    if (!content.ok) return no({ kind: 'content-not-readable', reason: content.error.detail }, content.error.detail);
    const outcome = await messaging.submit(toSubmission(received, content.value));
    if (!outcome.ok) return no(outcome.error);
    telemetry.taken(peer, outcome.value, envelope.length);
    return REPLIES.accepted;
  }

  async function forwardRes(peer: Peer, pdu: Mm4ForwardRes): Promise<SmtpReply> {
    const outcome = await messaging.handoverAnswered(toHandoverAnswer({ peer, pdu }));
    if (!outcome.ok && outcome.error.kind === 'store-unavailable') return REPLIES.localError;
    // An answer to nothing is taken like any other: the peer could do nothing with a refusal.
    telemetry.answered(peer, pdu.status, outcome.ok ? outcome.value.kind : outcome.error.kind);
    return REPLIES.accepted;
  }

  /** Tries whom the report may be about, until the domain knows one of them as a recipient. */
  async function reported(
    addresses: readonly Address[],
    say: (address: Address) => Promise<Result<unknown, AnswerRefusal>>,
  ): Promise<Result<void, AnswerRefusal>> {
    let refusal: AnswerRefusal = { kind: 'not-the-recipient' };
    for (const address of addresses) {
      const outcome = await say(address);
      if (outcome.ok) return ok(undefined);
      refusal = outcome.error;
      if (refusal.kind !== 'not-the-recipient') break;
    }
    return err(refusal);
  }

  async function report(
    peer: Peer,
    pdu: Mm4DeliveryReportReq | Mm4ReadReplyReportReq,
    sender: Mail['sender'],
  ): Promise<SmtpReply> {
    const outcome = await reported(reportedAddresses({ peer, pdu }, sender), (address) =>
      pdu.kind === 'MM4_delivery_report.REQ'
        ? messaging.deliveryReported(toFarReport({ peer, pdu }, address))
        : messaging.readReported(toReadReceipt({ peer, pdu }, address)),
    );
    const answered = answeredBy(peer, pdu);
    const refused = outcome.ok ? undefined : refusedAs(outcome.error);
    if (refused !== undefined && refused.status !== 'Ok')
      return refuse(peer, answered, refused, outcome.ok ? '' : outcome.error.kind);
    telemetry.reported(peer, pdu.kind);
    if (answered === undefined) return REPLIES.accepted;
    const response = toResponse(answered, 'Ok', { peer, domains, now: ports.now() });
    // The report is kept and comes to the same if it is said again: putting it off costs nothing and the response is not lost.
    return (await respond(peer, answered.mailbox, response)) ? REPLIES.accepted : REPLIES.localError;
  }

  async function bounce(mail: Mail, entity: MimeEntity): Promise<SmtpReply> {
    const reports = bounceOf(entity, mail.peer);
    if (reports === undefined) return refusedAs({ kind: 'not-readable', status: 'Error-unsupported-message', reason: '' }).reply;
    for (const one of reports) {
      const outcome = await messaging.deliveryReported(one);
      if (!outcome.ok && outcome.error.kind === 'store-unavailable') return REPLIES.localError;
    }
    telemetry.bounced(mail.peer, reports.length);
    return REPLIES.accepted;
  }

  return async (mail) => {
    const { peer } = mail;
    const entity = readMessage(mail.content);
    if (!entity.ok) return REPLIES.notAMessage;
    const decoded = decodeMm4(entity.value.fields);
    if (!decoded.ok) {
      if (decoded.error.kind === 'not-mm4') return bounce(mail, entity.value);
      const refusal = { kind: 'not-readable', status: decoded.error.status, reason: decoded.error.text } as const;
      return refuse(peer, answeredByFault(peer, decoded.error), refusedAs(refusal), decoded.error.kind);
    }
    const { pdu, tolerated } = decoded.value;
    telemetry.read(peer, pdu.kind, tolerated);
    if (isLoop(peer, entity.value, pdu)) return refuse(peer, undefined, refusedAs({ kind: 'loop' }), 'loop');
    switch (pdu.kind) {
      case 'MM4_forward.REQ':
        return forwardReq({ peer, pdu, envelope: mail.recipients }, entity.value);
      case 'MM4_forward.RES':
        return forwardRes(peer, pdu);
      case 'MM4_delivery_report.REQ':
      case 'MM4_read_reply_report.REQ':
        return report(peer, pdu, mail.sender);
      case 'MM4_delivery_report.RES':
      case 'MM4_read_reply_report.RES':
        // Nobody waits for it: the report was done with when SMTP took it.
        telemetry.answered(peer, pdu.status, pdu.kind);
        return REPLIES.accepted;
    }
  };
}

const isRequest = (kind: string): kind is Answered['kind'] => kind.endsWith('.REQ');
