/**
 * Why a message or report of a peer is refused, in its three forms: the status of a response, the SMTP reply where there is no response, and
 * a line for the log. Exhaustive by type: a new refusal of the domain does not compile until it has its row here.
 */
import type { KnownRequestStatus } from '#codec/mm4';
import type { AnswerRefusal, NoRoute, SubmitRefusal } from '#messaging';
import type { SmtpReply } from '#smtp';

/** What this room refuses by itself. */
export type OwnRefusal =
  /** Not MM4, or damaged beyond use. `status`: what a response says. */
  | { readonly kind: 'not-readable'; readonly status: KnownRequestStatus; readonly reason: string }
  | { readonly kind: 'content-not-readable'; readonly reason: string }
  | { readonly kind: 'sender-not-allowed' }
  | { readonly kind: 'no-envelope-recipient' }
  /** It went through too many hands, or comes from ourselves. */
  | { readonly kind: 'loop' };

export type Refusal = SubmitRefusal | AnswerRefusal | OwnRefusal;

/** One refusal on the wire. */
export interface Refused {
  readonly status: KnownRequestStatus;
  readonly reply: SmtpReply;
}

const refused = (status: KnownRequestStatus, code: number, enhanced: string, text: string): Refused => ({
  status,
  reply: { code, enhanced, text },
});

const LATER = refused('Error-network-problem', 451, '4.3.0', 'local error, try again later');

/** Texts go to peers: nothing of our inside, no addresses. RFC 3463 for the enhanced codes. */
const ROWS: Readonly<Record<Refusal['kind'], Refused>> = {
  'message-too-large': refused('Error-content-not-accepted', 552, '5.3.4', 'message too large'),
  'no-recipients': refused('Error-sending-address-unresolved', 550, '5.1.1', 'no recipient'),
  'linked-message-not-found': refused('Error-message-not-found', 550, '5.1.6', 'no such message'),
  'too-many-waiting': LATER,
  'too-many-recipients': refused('Error-service-denied', 550, '5.5.3', 'too many recipients'),
  'all-recipients-refused': refused('Error-sending-address-unresolved', 550, '5.1.1', 'no such recipient here'),
  'sender-hiding-not-allowed': refused('Error-service-denied', 550, '5.7.1', 'hiding the sender is not allowed'),
  'reply-charging-not-supported': refused('Error-service-denied', 550, '5.7.1', 'reply charging is not supported'),
  'delivery-time-too-late': refused('Error-service-denied', 550, '5.7.1', 'delivery time too late'),
  'expires-before-delivery': refused('Error-service-denied', 550, '5.4.7', 'message has expired'),
  'store-unavailable': LATER,
  'not-found': refused('Error-message-not-found', 550, '5.1.6', 'no such message'),
  'not-the-recipient': refused('Error-message-not-found', 550, '5.1.6', 'not a recipient of that message'),
  'already-ended': refused('Ok', 250, '2.0.0', 'known already'),
  'not-by-this-road': refused('Error-message-not-found', 550, '5.1.6', 'that message did not go to you'),
  'not-readable': refused('Error-message-format-corrupt', 554, '5.6.0', 'not a valid MM4 message'),
  'content-not-readable': refused('Error-message-format-corrupt', 554, '5.6.0', 'content cannot be read'),
  'sender-not-allowed': refused('Error-service-denied', 550, '5.7.1', 'sender not allowed'),
  'no-envelope-recipient': refused('Error-sending-address-unresolved', 550, '5.1.1', 'no recipient in the envelope'),
  loop: refused('Error-unspecified', 554, '5.4.6', 'routing loop'),
};

/** When every recipient was refused for reasons of rules and none for being unknown, the service is denied. */
const ALLOWED_NOT: ReadonlySet<NoRoute> = new Set(['not-allowed', 'loop']);

/** How a refusal is said. */
export function refusalOf(refusal: Refusal): Refused {
  const row = ROWS[refusal.kind];
  if (refusal.kind === 'not-readable') return { status: refusal.status, reply: row.reply };
  if (refusal.kind === 'all-recipients-refused' && refusal.refused.every(({ reason }) => ALLOWED_NOT.has(reason)))
    return refused('Error-service-denied', 550, '5.7.1', 'not allowed');
  return row;
}

/** The status in a response for recipients that were refused although the message was taken for others. */
export const statusOfNoRoute = (reason: NoRoute): KnownRequestStatus =>
  ALLOWED_NOT.has(reason) ? 'Error-service-denied' : 'Error-sending-address-unresolved';

/** Whether the same may be taken another time: then no response is owed, and SMTP says it. */
export const isForLater = ({ reply }: Refused): boolean => reply.code < 500 && reply.code >= 400;
