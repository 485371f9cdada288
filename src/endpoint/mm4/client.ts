/** The road to peers: the domain's port to MM4. One mail carries a message to all its recipients there; ids are the same at every repeat. */
import type { KnownRequestStatus, Mm4ForwardReq, Mm4Pdu } from '#codec/mm4';
import type { Peer } from '#directory';
import type {
  Address,
  Carrier,
  FarAnswer,
  Handover,
  HandoverOutcome,
  NoRoute,
  OuterRoad,
  OutgoingReport,
  ReportOutcome,
} from '#messaging';
import type { SmtpCause, SmtpPhase, SmtpRecipientOutcome } from '#smtp';
import { domainAt, envelopeText, homeDomain, ownDomain, systemMailbox } from './addresses.js';
import type { Mm4Config, Mm4Ports } from './config.js';
import { destinationOf } from './peers.js';
import { statusOfNoRoute } from './refusals.js';
import type { Telemetry } from './telemetry.js';
import { forwardMail, headerMail, toForwardReq, toReport, toResponse } from './translate-out.js';

type Held = Extract<HandoverOutcome, { readonly kind: 'held' }>;
type Deferred = Extract<HandoverOutcome, { readonly kind: 'deferred' }>;

/** What concerns one message or recipient only, wherever it happens. */
const OF_THE_MESSAGE: ReadonlySet<SmtpCause> = new Set<SmtpCause>([
  'too-large',
  'needs-8bitmime',
  'needs-smtputf8',
  'bad-address',
  'bad-content',
]);
/** When the dialogue ends here, it may be this message that the far side cannot bear: others must not wait for it. */
const LATE_PHASES: ReadonlySet<SmtpPhase> = new Set<SmtpPhase>(['mail', 'rcpt', 'data', 'content', 'accept']);
/** Service not available: the far side closes. RFC 5321 3.8. */
const CLOSING = 421;

type NotTaken = Extract<SmtpRecipientOutcome, { readonly kind: 'deferred' | 'failed' }>;

/** Whether nothing gets through to the far side, or this message only. */
function scopeOf({ cause, phase, reply }: NotTaken): 'delivery' | 'road' {
  if (OF_THE_MESSAGE.has(cause)) return 'delivery';
  if (reply?.code === CLOSING) return 'road';
  return phase !== undefined && LATE_PHASES.has(phase) ? 'delivery' : 'road';
}

/** What the far side said, for the history. */
function answerOf(one: SmtpRecipientOutcome, peer: Peer, host: string | undefined): FarAnswer {
  const by = host ?? peer.name;
  if (one.reply === undefined) return one.kind === 'taken' ? { by } : { by, text: one.detail };
  const { code, enhanced, text } = one.reply;
  return { by, code: enhanced === undefined ? String(code) : `${code} ${enhanced}`, text };
}

/** When to try again: the far side's or the pool's word before the peer's own waits, of which the last repeats. */
function retryAfter(one: { readonly notBefore?: number }, peer: Peer, attempt: number, now: number): number | undefined {
  if (one.notBefore !== undefined) return Math.max(0, one.notBefore - now);
  return peer.retryMs[Math.min(attempt, peer.retryMs.length) - 1];
}

export function createCarrier(
  config: Mm4Config,
  ports: Pick<Mm4Ports, 'directory' | 'pool' | 'now'>,
  telemetry: Telemetry,
): Carrier {
  const { domains } = config;
  const { directory, pool, now } = ports;

  const peerOf = (road: OuterRoad): Peer | undefined => (road.kind === 'peer' ? directory.snapshot.peer(road.peer) : undefined);

  /** The peer, or why nothing goes to it now. */
  function reachable(road: OuterRoad): Peer | Held {
    const peer = peerOf(road);
    if (peer === undefined) return { kind: 'held', reason: 'no such peer' };
    return peer.state === 'paused' ? { kind: 'held', reason: 'paused' } : peer;
  }

  function deferred(
    one: Extract<NotTaken, { kind: 'deferred' }>,
    peer: Peer,
    host: string | undefined,
    attempt: number,
  ): Deferred {
    const retryAfterMs = retryAfter(one, peer, attempt, now());
    return {
      kind: 'deferred',
      scope: scopeOf(one),
      reason: one.detail,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      answer: answerOf(one, peer, host),
    };
  }

  /** What the far side still owes us once it has taken a message. */
  function awaited(peer: Peer, pdu: Mm4ForwardReq): Pick<Extract<HandoverOutcome, { kind: 'taken' }>, 'awaits' | 'waitMs'> {
    if (peer.acknowledgement.forward) return { awaits: 'acknowledgement', waitMs: peer.acknowledgement.waitMs };
    return { awaits: pdu.deliveryReport === true ? 'report' : 'nothing' };
  }

  function outcomeOf(
    one: SmtpRecipientOutcome,
    peer: Peer,
    host: string | undefined,
    handover: Handover,
    pdu: Mm4ForwardReq,
  ): HandoverOutcome {
    telemetry.sent(peer, pdu.kind, one.kind, one.kind === 'taken' ? '' : one.detail);
    if (one.kind === 'taken') return { kind: 'taken', ...awaited(peer, pdu), answer: answerOf(one, peer, host) };
    if (one.kind === 'deferred') return deferred(one, peer, host, handover.attempt);
    return { kind: 'failed', outcome: 'rejected', reason: one.detail, answer: answerOf(one, peer, host) };
  }

  const failed = (reason: string): HandoverOutcome => ({ kind: 'failed', outcome: 'rejected', reason });

  async function handOver(handover: Handover): Promise<readonly HandoverOutcome[]> {
    const { deliveries, message, road } = handover;
    const all = (outcome: HandoverOutcome): readonly HandoverOutcome[] => deliveries.map(() => outcome);
    const peer = reachable(road);
    if ('kind' in peer) return all(peer);
    const out = { peer, domains, now: now() };
    const pdu = toForwardReq(handover, out);
    if (pdu === undefined) return all(failed('the sender has no form on MM4'));
    const mail = forwardMail(pdu, handover.content, out);
    if (!mail.ok) return all(failed(`the content has no form on MM4: ${mail.error.detail}`));
    if (mail.value.octets > peer.limits.sizeMax)
      return all(failed(`the mail has ${mail.value.octets} octets, ${peer.name} takes ${peer.limits.sizeMax}`));
    const mailboxes = deliveries.map((one) => envelopeText(one.recipient, domainAt(one.road, peer), peer.dialect));
    const written = mailboxes.filter((it) => it !== undefined);
    if (written.length === 0) return all(failed('the recipient has no form on MM4'));
    const outcome = await pool.send(destinationOf(peer), {
      sender: senderOf(message.sender, peer),
      // A relay on the way that gives up says so to the sender, by our id.
      recipients: written.map((address) => ({ address, notify: ['FAILURE'] })),
      envelopeId: message.id,
      returns: 'HDRS',
      pieces: mail.value.pieces,
    });
    let next = 0;
    return mailboxes.map((mailbox) => {
      if (mailbox === undefined) return failed('the recipient has no form on MM4');
      return outcomeOf(outcome.recipients[next++]!, peer, outcome.host, handover, pdu);
    });
  }

  /** MAIL FROM of a message: the originator, or our system where the peer wants that or the originator has no number. */
  function senderOf(sender: Address, peer: Peer): string {
    const originator =
      peer.dialect.mailFrom === 'originator' && sender.kind !== 'email'
        ? envelopeText(sender, ownDomain(peer, domains), peer.dialect)
        : undefined;
    return originator ?? systemMailbox(peer, domains);
  }

  /** Sends a mail without content. Its sender is the system: a null reverse-path is refused by peers that filter on it. */
  async function tell(peer: Peer, mailbox: string, pdu: Exclude<Mm4Pdu, Mm4ForwardReq>, attempt: number): Promise<ReportOutcome> {
    const written = headerMail(pdu, { peer, domains, now: now() });
    if (!written.ok) return { kind: 'failed', reason: `it has no form on MM4: ${written.error.detail}` };
    const outcome = await pool.send(destinationOf(peer), {
      sender: systemMailbox(peer, domains),
      recipients: [{ address: mailbox, notify: ['NEVER'] }],
      pieces: written.value.pieces,
    });
    const one = outcome.recipients[0]!;
    telemetry.sent(peer, pdu.kind, one.kind, one.kind === 'taken' ? '' : one.detail);
    if (one.kind === 'taken') return { kind: 'taken', answer: answerOf(one, peer, outcome.host) };
    if (one.kind === 'deferred') return deferred(one, peer, outcome.host, attempt);
    return { kind: 'failed', reason: one.detail, answer: answerOf(one, peer, outcome.host) };
  }

  /** Responses to one message: Ok for those it was taken for, and one for each reason for which others were refused. */
  function responsesTo(outgoing: OutgoingReport, peer: Peer) {
    const { report, origin } = outgoing;
    if (origin.interface !== 'mm4' || report.content.kind !== 'acknowledgement') return [];
    const { accepted, refused } = report.content;
    const mailbox = origin.originatorSystem ?? `${peer.dialect.systemMailbox}@${homeDomain(peer)}`;
    const answered = {
      kind: 'MM4_forward.REQ',
      transactionId: origin.transactionId,
      messageId: origin.messageId,
      mailbox,
    } as const;
    const groups = new Map<KnownRequestStatus, Address[]>();
    if (accepted.length > 0) groups.set('Ok', [...accepted]);
    for (const { address, reason } of refused as readonly { address: Address; reason: NoRoute }[]) {
      const status = statusOfNoRoute(reason);
      groups.set(status, [...(groups.get(status) ?? []), address]);
    }
    const out = { peer, domains, now: now() };
    // Whom it is about is said where that is not everybody, and where the peer wants it said.
    const isNamed = groups.size > 1 || peer.dialect.responses === 'verbose';
    return [...groups].map(([status, about]) => ({
      mailbox,
      pdu: toResponse(answered, status, out, isNamed ? about : undefined, status === 'Ok' ? undefined : 'no such recipient here'),
    }));
  }

  async function acknowledge(outgoing: OutgoingReport, peer: Peer): Promise<ReportOutcome> {
    let last: ReportOutcome = { kind: 'failed', reason: 'nobody to answer for' };
    for (const { mailbox, pdu } of responsesTo(outgoing, peer)) {
      last = await tell(peer, mailbox, pdu, outgoing.attempt);
      if (last.kind !== 'taken') return last;
    }
    return last;
  }

  async function report(outgoing: OutgoingReport): Promise<ReportOutcome> {
    const { origin } = outgoing;
    if (origin.interface !== 'mm4') return { kind: 'failed', reason: 'not a message of MM4' };
    const peer = reachable({ kind: 'peer', peer: origin.peer });
    if ('kind' in peer && peer.kind === 'held') return peer;
    const to = peer as Peer;
    if (outgoing.report.content.kind === 'acknowledgement') return acknowledge(outgoing, to);
    const pdu = toReport(outgoing, { peer: to, domains, now: now() });
    const mailbox = envelopeText(outgoing.report.to, homeDomain(to), to.dialect) ?? origin.originatorSystem;
    if (pdu === undefined || mailbox === undefined) return { kind: 'failed', reason: 'an address has no form on MM4' };
    return tell(to, mailbox, pdu, outgoing.attempt);
  }

  return {
    terms(road) {
      const peer = peerOf(road);
      if (peer === undefined) return { recipientsMax: 1, inFlightMax: 1 };
      const { dialect, limits, acknowledgement, retryMs } = peer;
      return {
        recipientsMax: dialect.oneRecipientPerMessage ? 1 : Math.max(1, limits.recipientsOutMax),
        inFlightMax: Math.max(1, limits.connectionsOutMax * IN_FLIGHT_PER_CONNECTION),
        retryMs,
        resendsMissing: acknowledgement.whenMissing === 'resend',
        wantsDeferred: dialect.deferredReports,
      };
    },
    handOver,
    report,
  };
}

/** So that the next mail is ready when a connection has sent one. */
const IN_FLIGHT_PER_CONNECTION = 2;
