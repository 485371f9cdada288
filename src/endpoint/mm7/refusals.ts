/**
 * Every reason for which a VASP's request is refused, with what MM7 and HTTP say of it. The table is exhaustive by type: a new refusal of the
 * domain does not compile until it has its row here.
 */
import { STATUS_CODES, type StatusCode } from '#codec/mm7';
import type { RecallRefusal, RefusedRecipient, SubmitRefusal } from '#messaging';

/** What this endpoint refuses by itself. */
export type OwnRefusal =
  /** No credentials, wrong ones, or none that are known. */
  | { readonly kind: 'not-identified' }
  /** VASPID or VASID are not those of the account. */
  | { readonly kind: 'wrong-id'; readonly what: 'VASPID' | 'VASID' }
  | { readonly kind: 'operation-not-allowed' }
  /** A sender address, short codes before all, that does not belong to the account. */
  | { readonly kind: 'sender-not-allowed' }
  | { readonly kind: 'service-code-not-allowed' }
  | { readonly kind: 'charged-party-not-allowed' }
  | { readonly kind: 'third-party-not-allowed' }
  | { readonly kind: 'recipients-not-allowed' }
  | { readonly kind: 'partial-cancel-not-supported' }
  /** A number of DeliveryCondition that nobody here can check. */
  | { readonly kind: 'condition-unknown' }
  /** `what`: the element. */
  | { readonly kind: 'text-too-long'; readonly what: string; readonly max: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'draining' }
  | { readonly kind: 'outside-window' }
  | { readonly kind: 'rate-exceeded'; readonly retryAfterMs: number }
  | { readonly kind: 'too-many-connections' }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'body-too-large'; readonly bodyMax: number }
  | { readonly kind: 'content-unreadable'; readonly why: string }
  | { readonly kind: 'content-missing' }
  /** What the codec of the interface says; `status` is MM7's. */
  | { readonly kind: 'unreadable'; readonly status: StatusCode; readonly text: string }
  /** A defect of ours; the log says which. */
  | { readonly kind: 'internal-error' };

export type Refusal = OwnRefusal | SubmitRefusal | RecallRefusal;

interface RefusalRow<R> {
  /** StatusCode of MM7. TS 23.140 8.7.5. */
  readonly status: StatusCode | ((refusal: R) => StatusCode);
  /** HTTP status of the JSON interface. */
  readonly http: number | ((refusal: R) => number);
  /** Behind the standard's text, for people; no number or address. */
  readonly text: (refusal: R) => string;
}

const hours = (ms: number): number => Math.floor(ms / 3_600_000);

/** All of one kind: that kind; else it is said that they were not found, which most of them were not. */
function statusOfRecipients(refused: readonly RefusedRecipient[]): StatusCode {
  const reasons = new Set(refused.map(({ reason }) => reason));
  if (reasons.size !== 1) return 2003;
  if (reasons.has('condition-not-met')) return 3001;
  return reasons.has('not-an-address') ? 2002 : reasons.has('not-allowed') ? 2001 : 2003;
}

const REASONS: Readonly<Record<RefusedRecipient['reason'], string>> = {
  'not-an-address': 'not an address',
  'not-our-subscriber': 'not a subscriber',
  'unknown-subscriber': 'not a subscriber',
  'no-route-for-number': 'no route to the number',
  'no-route-for-email': 'no e-mail service',
  'no-route-for-short-code': 'no such short code',
  'condition-not-met': 'the delivery condition does not hold',
  'not-allowed': 'not allowed',
  loop: 'the way leads back',
};
/** Why a recipient was refused, in words. */
export const reasonText = (reason: RefusedRecipient['reason']): string => REASONS[reason];

export const REFUSALS: { readonly [K in Refusal['kind']]: RefusalRow<Extract<Refusal, { readonly kind: K }>> } = {
  'not-identified': { status: 4001, http: 401, text: () => 'login required' },
  'wrong-id': { status: 4001, http: 403, text: (r) => `${r.what} is not of this account` },
  'operation-not-allowed': { status: 2001, http: 403, text: () => 'the account may not do this' },
  'sender-not-allowed': { status: 2001, http: 403, text: () => 'the sender address is not of this account' },
  'service-code-not-allowed': { status: 2001, http: 403, text: () => 'ServiceCode is not of this account' },
  'charged-party-not-allowed': { status: 2001, http: 403, text: () => 'ChargedParty is not allowed' },
  'third-party-not-allowed': { status: 2001, http: 403, text: () => 'ChargedPartyID is not allowed' },
  'recipients-not-allowed': { status: 2001, http: 403, text: () => 'the account may not send to any of the recipients' },
  'partial-cancel-not-supported': { status: 3001, http: 409, text: () => 'a message is cancelled for all of its recipients' },
  'text-too-long': { status: 2007, http: 422, text: (r) => `${r.what} has more than ${r.max} characters` },
  'condition-unknown': { status: 2007, http: 422, text: () => 'DeliveryCondition is 1 or 2 here' },
  paused: { status: 4006, http: 503, text: () => 'the account is paused' },
  draining: { status: 4007, http: 403, text: () => 'the account is being closed' },
  'outside-window': { status: 4007, http: 403, text: () => 'the account may not send at this time' },
  'rate-exceeded': { status: 4006, http: 429, text: () => 'too many requests, try again' },
  'too-many-connections': { status: 4006, http: 429, text: () => 'too many connections' },
  overloaded: { status: 4006, http: 503, text: () => 'the service is busy, try again' },
  'body-too-large': { status: 2004, http: 413, text: (r) => `the request is too large, at most ${r.bodyMax} octets` },
  'content-unreadable': { status: 2004, http: 400, text: (r) => r.why },
  'content-missing': { status: 2004, http: 400, text: () => 'the message has no content' },
  unreadable: { status: (r) => r.status, http: 400, text: (r) => r.text },
  'internal-error': { status: 3000, http: 500, text: () => 'the service failed, try again' },
  'message-too-large': {
    status: 2004,
    http: 413,
    text: (r) => `the message has ${r.size} octets, at most ${r.sizeMax}`,
  },
  'no-recipients': { status: 2002, http: 400, text: () => 'no recipient' },
  'linked-message-not-found': {
    status: 2006,
    http: 422,
    text: () => 'LinkedID names no message that was delivered to this account',
  },
  'too-many-waiting': {
    status: 4006,
    http: 503,
    text: (r) => `${r.waitingMax} messages of this account wait for their recipients already, try again`,
  },
  'too-many-recipients': { status: 3003, http: 400, text: (r) => `${r.recipients} recipients, at most ${r.recipientsMax}` },
  'all-recipients-refused': {
    status: (r) => statusOfRecipients(r.refused),
    http: 422,
    text: (r) => [...new Set(r.refused.map(({ reason }) => REASONS[reason]))].join(', '),
  },
  'sender-hiding-not-allowed': { status: 2001, http: 403, text: () => 'the sender cannot be hidden' },
  'reply-charging-not-supported': { status: 2001, http: 422, text: () => 'reply charging is not supported' },
  'delivery-time-too-late': { status: 2007, http: 422, text: (r) => `at most ${hours(r.maxMs)} hours from now` },
  'expires-before-delivery': { status: 2007, http: 422, text: () => 'the message expires before its delivery time' },
  'store-unavailable': { status: 4006, http: 503, text: () => 'try again' },
  'not-found': { status: 2005, http: 404, text: () => 'no such message' },
  // Whose it is, is nobody else's business.
  'not-the-sender': { status: 2005, http: 404, text: () => 'no such message' },
  'too-late': { status: 3001, http: 409, text: () => 'every recipient has it, or it has ended otherwise' },
};

export interface SaidRefusal {
  readonly status: StatusCode;
  readonly http: number;
  /** The standard's words for the status. */
  readonly statusText: string;
  /** Ours. */
  readonly details: string;
  /** Seconds after which a repetition makes sense; absent when none does, or nothing is known. */
  readonly retryAfter?: number;
}

const RETRY_AFTER_SECONDS = 5;

/** What is said of a refusal, by both interfaces. */
export function sayRefusal(refusal: Refusal): SaidRefusal {
  // The compiler cannot tie a row's parameter to the key it was looked up by.
  const row = REFUSALS[refusal.kind] as RefusalRow<Refusal>;
  const status = typeof row.status === 'function' ? row.status(refusal) : row.status;
  const http = typeof row.http === 'function' ? row.http(refusal) : row.http;
  const retryAfter =
    refusal.kind === 'rate-exceeded'
      ? Math.ceil(refusal.retryAfterMs / 1000)
      : STATUS_CODES[status].retry
        ? RETRY_AFTER_SECONDS
        : undefined;
  return {
    status,
    http,
    statusText: STATUS_CODES[status].text,
    details: row.text(refusal),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}
