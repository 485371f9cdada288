/**
 * What a VASP's answer means for what was sent to it. Pure. A success is a 2xx with the answer that belongs to the request; everything that is
 * not surely a refusal is tried again, with the same TransactionID, by which the VASP can tell a repetition.
 */
import { decodePacket, type Mm7Message, readStatus, type Status } from '#codec/mm7';
import type { FarAnswer } from '#messaging';
import type { CallOutcome } from './calls.js';

export type Verdict =
  | { readonly kind: 'taken'; readonly answer: FarAnswer }
  /** `scope`: as in HandoverOutcome. */
  | {
      readonly kind: 'deferred';
      readonly scope: 'delivery' | 'road';
      readonly reason: string;
      readonly retryAfterMs?: number;
      readonly answer?: FarAnswer;
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly answer: FarAnswer };

type Answered = Extract<CallOutcome, { readonly kind: 'answered' }>;

const isSuccess = (http: number): boolean => http >= 200 && http < 300;
/** 4xx that says "not now", or that an operator can mend: nobody's message is thrown away for a password that expired. */
const CURABLE: ReadonlySet<number> = new Set([401, 403, 404, 407, 408, 410, 421, 425, 429]);
/** Said of us and not of the message, whatever the body says: a login that has expired must not cost messages. */
const OF_US: ReadonlySet<number> = new Set([401, 407, 429]);
/** Concerns this message and no other. */
const OF_MESSAGE: ReadonlySet<number> = new Set([413, 415, 422]);

const after = ({ retryAfterMs }: Answered) => (retryAfterMs === undefined ? {} : { retryAfterMs });

/** By HTTP alone. */
function byHttp(outcome: Answered, by: string): Verdict {
  const { http } = outcome;
  const answer = { by, code: String(http) };
  const reason = `HTTP ${http}`;
  if (http >= 500 || CURABLE.has(http)) return { kind: 'deferred', scope: 'road', reason, answer, ...after(outcome) };
  if (http < 400)
    return { kind: 'deferred', scope: 'delivery', reason: `${reason} without the answer that belongs to it`, answer };
  return OF_MESSAGE.has(http) || http === 400
    ? { kind: 'refused', reason, answer }
    : { kind: 'deferred', scope: 'road', reason, answer };
}

/** By a status of MM7: success, later, or never. */
function byStatus(status: Status, outcome: Answered, by: string): Verdict {
  const answer = { by, code: String(status.code), text: status.details ?? status.text };
  const { class: kind, retry } = readStatus(status.code);
  if (kind === 'success' || kind === 'partial') return { kind: 'taken', answer };
  const reason = `status ${status.code}`;
  // Service unavailable speaks of the VASP; the other transient codes may speak of one message.
  if (retry) return { kind: 'deferred', scope: status.code === 4006 ? 'road' : 'delivery', reason, answer, ...after(outcome) };
  return { kind: 'refused', reason, answer };
}

const failed = (why: string, by: string): Verdict => ({
  kind: 'deferred',
  scope: 'road',
  reason: why,
  answer: { by, text: why },
});

const statusOf = (message: Mm7Message): Status | undefined =>
  message.kind === 'Fault' ? message.error?.status : 'status' in message ? message.status : undefined;

const EXPECTED = { DeliverReq: 'DeliverRsp', DeliveryReportReq: 'DeliveryReportRsp', ReadReplyReq: 'ReadReplyRsp' } as const;
export type OutgoingKind = keyof typeof EXPECTED;

/** What an answer in SOAP means. `by`: name of the VASP. The body is looked at first: faults come with 200 as well as with 500. */
export function soapVerdict(kind: OutgoingKind, transactionId: string, outcome: CallOutcome, by: string): Verdict {
  if (outcome.kind === 'failed') return failed(outcome.why, by);
  if (outcome.body.length === 0 || OF_US.has(outcome.http)) return byHttp(outcome, by);
  const packet = decodePacket(outcome.contentType, outcome.body);
  if (!packet.ok) return byHttp(outcome, by);
  const { message, transactionId: echoed } = packet.value;
  if (echoed !== '' && echoed !== transactionId)
    return {
      kind: 'deferred',
      scope: 'delivery',
      reason: 'the answer has another TransactionID',
      answer: { by, code: String(outcome.http), text: 'another TransactionID' },
    };
  const status = statusOf(message);
  if (message.kind === 'Fault' && status === undefined) return faultVerdict(message.faultCode, outcome, by);
  const fits = message.kind === 'Fault' || message.kind === EXPECTED[kind];
  return !fits || status === undefined
    ? byHttp({ ...outcome, http: isSuccess(outcome.http) ? 200 : outcome.http }, by)
    : byStatus(status, outcome, by);
}

/** A fault without detail says only whose it is. SOAP 1.1 4.4.1. */
function faultVerdict(faultCode: string, outcome: Answered, by: string): Verdict {
  const answer = { by, code: String(outcome.http), text: `fault ${faultCode}` };
  const reason = `fault ${faultCode}`;
  return faultCode === 'Client' ? { kind: 'refused', reason, answer } : { kind: 'deferred', scope: 'delivery', reason, answer };
}

/** What an answer to a JSON call means: 2xx is enough. */
export function jsonVerdict(outcome: CallOutcome, by: string): Verdict {
  if (outcome.kind === 'failed') return failed(outcome.why, by);
  if (isSuccess(outcome.http)) return { kind: 'taken', answer: { by, code: String(outcome.http) } };
  return byHttp(outcome, by);
}
