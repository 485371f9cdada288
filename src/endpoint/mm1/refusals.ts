/**
 * Every reason for which a request is refused, with what the wire says of it. The tables are exhaustive by type: a new refusal of the
 * domain does not compile until it has its row here. Texts go to handsets: short, ASCII, nothing of our inside.
 */
import { type ResponseStatusValue, type RetrieveStatusValue, responseStatusFor } from '#codec/mms';
import type { RefusedRecipient, RetrieveRefusal, SubmitRefusal } from '#messaging';

/** What this endpoint refuses by itself. */
export type OwnRefusal =
  | { readonly kind: 'sender-unknown' }
  | { readonly kind: 'overloaded' }
  /** The store takes nothing now (disk full, read-only, failed). */
  | { readonly kind: 'not-writable' }
  | { readonly kind: 'body-too-large'; readonly bodyMax: number }
  /** `reason` is for the log. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** A type that only a server sends, or none that we know. */
  | { readonly kind: 'unsupported-pdu' }
  | { readonly kind: 'unsupported-version'; readonly versionMax: string }
  /** A defect of ours; the log says which. */
  | { readonly kind: 'internal-error' };

export type PostRefusal = SubmitRefusal | OwnRefusal;

interface ResponseRow<R> {
  /** X-Mms-Response-Status for 1.1 and later; what is later than the sender's version is said in older words by the codec. */
  readonly status: ResponseStatusValue;
  /** The same for a 1.0 sender: 129 to 136. */
  readonly status10: ResponseStatusValue;
  /** X-Mms-Response-Text. */
  text(refusal: R): string;
}

/**
 * MMS_ENC 7.3, X-Mms-Response-Status. mmsd-tng repeats a PDU that is refused with 193, 194, 196, 228 or 230 to 234; where two codes fit
 * equally, the row has one of the others. That a message is too large is "content not accepted" (its definition names the size), a PDU
 * that we did not read to its end for that reason included: the message is not corrupt.
 */
export const RESPONSES: { readonly [K in PostRefusal['kind']]: ResponseRow<Extract<PostRefusal, { kind: K }>> } = {
  'message-too-large': { status: 0xe5, status10: 0x87, text: (r) => `Message too large: ${r.size} octets, at most ${r.sizeMax}` },
  'no-recipients': { status: 0xe2, status10: 0x83, text: () => 'No recipient' },
  // Of VASPs only; a handset gets the general words.
  'linked-message-not-found': { status: 0xe4, status10: 0x85, text: () => 'No such message' },
  'too-many-waiting': { status: 0xc0, status10: 0x86, text: () => 'Too many messages are waiting' },
  'too-many-recipients': {
    status: 0xe0,
    status10: 0x81,
    text: (r) => `Too many recipients: ${r.recipients}, at most ${r.recipientsMax}`,
  },
  'all-recipients-refused': { status: 0xe3, status10: 0x84, text: (r) => `No recipient can be reached: ${reasons(r.refused)}` },
  'sender-hiding-not-allowed': { status: 0xea, status10: 0x82, text: () => 'Hiding your number is not allowed' },
  'reply-charging-not-supported': { status: 0xe9, status10: 0x82, text: () => 'Reply charging is not supported' },
  'delivery-time-too-late': {
    status: 0xe0,
    status10: 0x81,
    text: (r) => `Delivery time too late: at most ${Math.floor(r.maxMs / 3_600_000)} hours from now`,
  },
  'expires-before-delivery': { status: 0xe0, status10: 0x81, text: () => 'Message expires before its delivery time' },
  'store-unavailable': { status: 0xc0, status10: 0x86, text: () => 'Service is temporarily unavailable' },
  'not-writable': { status: 0xc0, status10: 0x86, text: () => 'Service is temporarily unavailable' },
  overloaded: { status: 0xc0, status10: 0x86, text: () => 'Service is busy, try again' },
  'internal-error': { status: 0xc0, status10: 0x86, text: () => 'Service failed, try again' },
  'sender-unknown': { status: 0xe1, status10: 0x82, text: () => 'The network did not identify you' },
  'body-too-large': { status: 0xe5, status10: 0x87, text: (r) => `Message too large: at most ${r.bodyMax} octets` },
  malformed: { status: 0xe2, status10: 0x83, text: () => 'Message format corrupt' },
  'unsupported-pdu': { status: 0x88, status10: 0x88, text: () => 'Message type not supported' },
  'unsupported-version': { status: 0x88, status10: 0x88, text: (r) => `MMS version not supported, at most ${r.versionMax}` },
};

export const OK = 0x80;
/** Error-transient-partial-success, 1.2 and later: some recipients were refused. */
export const PARTIAL_SUCCESS = 0xc4;

/** Status and text of a refusal; `version` as `major.minor`. */
export function toResponse(
  refusal: PostRefusal,
  version: string,
): { readonly status: ResponseStatusValue; readonly text: string } {
  // The compiler cannot tie a row's parameter to the key it was looked up by.
  const row = RESPONSES[refusal.kind] as ResponseRow<PostRefusal>;
  return { status: version === '1.0' ? row.status10 : responseStatusFor(row.status, version), text: row.text(refusal) };
}

const REASONS: Record<RefusedRecipient['reason'], string> = {
  'not-an-address': 'not an address',
  'not-our-subscriber': 'not a subscriber',
  'unknown-subscriber': 'not a subscriber',
  'no-route-for-number': 'no route to the number',
  'no-route-for-email': 'no e-mail service',
  'no-route-for-short-code': 'no such short code',
  'condition-not-met': 'not under this condition',
  'not-allowed': 'not allowed',
  loop: 'the way leads back',
};

/** For instance `2 not a subscriber, 1 not an address`. Counts only: the recipient list is the sender's own, but texts end up in logs. */
export function reasons(refused: readonly RefusedRecipient[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of refused) counts.set(REASONS[reason], (counts.get(REASONS[reason]) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
}

/** The text of a message that some of its recipients will not get. */
export const partialText = (refused: readonly RefusedRecipient[], all: number): string =>
  `${refused.length} of ${all} recipients refused: ${reasons(refused)}`;

/** What this endpoint refuses by itself when content is asked for. */
export type RetrievalRefusal = RetrieveRefusal | { readonly kind: 'overloaded' } | { readonly kind: 'internal-error' };

interface RetrieveRow {
  /** X-Mms-Retrieve-Status, 1.1 and later. MMS_ENC 7.3. */
  readonly status: RetrieveStatusValue;
  readonly text: string;
  /** Asking again can help: the handset must keep its notification. */
  readonly transient: boolean;
}

/** mmsd-tng reads 194 as "not found", so no transient row has it. */
export const RETRIEVALS: Readonly<Record<RetrievalRefusal['kind'], RetrieveRow>> = {
  'not-found': { status: 0xe2, text: 'There is no such message', transient: false },
  'not-the-recipient': { status: 0xe1, text: 'This message is for somebody else', transient: false },
  expired: { status: 0xe2, text: 'This message has expired', transient: false },
  gone: { status: 0xe2, text: 'This message is no longer available', transient: false },
  'content-damaged': { status: 0xe0, text: 'This message is damaged', transient: false },
  'store-unavailable': { status: 0xc0, text: 'Service is temporarily unavailable', transient: true },
  overloaded: { status: 0xc0, text: 'Service is busy, try again', transient: true },
  'internal-error': { status: 0xc0, text: 'Service failed, try again', transient: true },
};
