/** What this endpoint tells the operator: a line for everything that did not go as it should, and counters by result. */
import type { Counter, Histogram, Log, LogFields, Meter } from '#base';
import type { Admission } from './admission.js';
import type { RESPONSES, RETRIEVALS } from './refusals.js';

/** How a handset, or somebody in its place, tried to be somebody else. */
export type Spoofing =
  /** An identity header from an address that is no gateway. */
  | 'header'
  /** From names somebody else than the network does. */
  | 'from'
  /** An answer to somebody else's notification, or somebody else's content. */
  | 'delivery';

export interface Telemetry {
  /** How a submission ended. */
  submission(fields: SubmissionFields): void;
  /** Time from the last octet of an accepted submission to its answer. */
  accepted(seconds: number): void;
  retrieval(result: RetrievalResult, fields: LogFields): void;
  /** m-notifyresp-ind, m-acknowledge-ind, m-read-rec-ind. */
  answer(pdu: string, result: string, fields: LogFields): void;
  /** A request that was refused before any PDU was looked at; `status` is HTTP's. */
  refusedRequest(status: number, why: string): void;
  /** Without `fields` it is only counted: its connection has been reported already. */
  spoofing(how: Spoofing, fields?: LogFields): void;
  internalError(error: unknown): void;
  connectionDropped(): void;
}

/** What a submission's log line says; one shape, since this stands on the hot path. */
export interface SubmissionFields {
  readonly result: SubmissionResult;
  readonly sender: string | undefined;
  /** Octets of the PDU, or of what has been read of it. */
  readonly size: number;
  readonly version: string | undefined;
  readonly messageId?: string;
  /** How many the message is for, and how many of them were refused. */
  readonly recipients?: number;
  readonly refused?: number;
  /** X-Mms-Response-Status of a refusal, and its reason with what only the operator may know. */
  readonly status?: number;
  readonly reason?: string;
}

export type SubmissionResult = 'accepted' | 'partly-accepted' | 'resubmission' | keyof typeof RESPONSES;
/** `interrupted`: the client did not take all of it. `part`: a range before the end. */
export type RetrievalResult = 'sent' | 'part' | 'head' | 'interrupted' | keyof typeof RETRIEVALS;

/** Bounds for waiting on a durable store: from a memory store to a disk that stalls. */
const ACCEPT_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export function createTelemetry(log: Log, meter: Meter, admission: Admission, connections: () => number): Telemetry {
  const submissions = labelled(
    meter.counter('angarium_mm1_submissions_total', 'Messages submitted on MM1, by result', ['result']),
  );
  const retrievals = labelled(meter.counter('angarium_mm1_retrievals_total', 'Retrievals on MM1, by result', ['result']));
  const answers = meter.counter('angarium_mm1_answers_total', "Handsets' answers and reports on MM1", ['pdu', 'result']);
  const requests = meter.counter('angarium_mm1_refused_requests_total', 'HTTP requests refused before a PDU was read', [
    'status',
  ]);
  const spoofing = meter.counter('angarium_mm1_spoofing_attempts_total', 'Attempts to be somebody else', ['how']);
  const internal = meter.counter('angarium_mm1_internal_errors_total', 'Requests that met a defect of the program');
  const dropped = meter.counter('angarium_mm1_connections_dropped_total', 'Connections refused because there were too many');
  const seconds: Histogram = meter.histogram('angarium_mm1_accept_seconds', 'From the last octet to the answer', ACCEPT_SECONDS);
  meter.watch('angarium_mm1_connections', 'Open connections', connections);
  meter.watch('angarium_mm1_submissions_in_flight', 'Submissions not yet answered', () => admission.submissions);
  meter.watch('angarium_mm1_request_body_bytes', 'Request bodies in memory', () => admission.bodyOctets);
  meter.watch('angarium_mm1_content_bytes', 'Content being sent', () => admission.contentOctets);
  meter.watch('angarium_mm1_retrievals_waiting', 'Retrievals that wait for room to send', () => admission.retrievalsWaiting);

  /** Refusals for want of room come by the thousand, and a line each would take from those that are accepted: one a second, with a count. */
  let shedSince = Number.NEGATIVE_INFINITY;
  let notSaid = 0;
  function shed(fields: SubmissionFields): void {
    const now = performance.now();
    if (now - shedSince < SHED_LINE_EVERY_MS) {
      notSaid++;
      return;
    }
    log.warn({ ...fields, refusedSinceLastLine: notSaid }, 'mm1: messages are refused for want of room');
    shedSince = now;
    notSaid = 0;
  }

  return {
    submission(fields) {
      submissions(fields.result);
      // What was accepted is said by the domain's own events; here it is worth a line only to somebody who looks closely.
      if (ACCEPTED.has(fields.result)) log.debug({ ...fields }, 'mm1: message accepted');
      else if (SHEDDING.has(fields.result)) shed(fields);
      else log.info({ ...fields }, 'mm1: message refused');
    },
    accepted: (duration) => seconds.observe(duration),
    retrieval(result, fields) {
      retrievals(result);
      if (result === 'sent') log.debug({ ...fields, result }, 'mm1: retrieval');
      else log.info({ ...fields, result }, 'mm1: retrieval');
    },
    answer(pdu, result, fields) {
      answers.add(1, { pdu, result });
      if (result === 'done') log.debug({ ...fields, pdu }, 'mm1: handset answered');
      else log.info({ ...fields, pdu, result }, 'mm1: answer of a handset changed nothing');
    },
    refusedRequest(status, why) {
      requests.add(1, { status: String(status) });
      // Scanners and health checks ask for what is not there all day long.
      if (status === 404 || status === 405) log.debug({ status, why }, 'mm1: request refused');
      else log.info({ status, why }, 'mm1: request refused');
    },
    spoofing(how, fields) {
      spoofing.add(1, { how });
      if (fields !== undefined) log.warn({ ...fields, how }, 'mm1: spoofing attempt');
    },
    internalError(error) {
      internal.add();
      log.error({ err: error }, 'mm1: request failed by a defect of the program');
    },
    connectionDropped: () => dropped.add(),
  };
}

/** Unit: milliseconds. */
const SHED_LINE_EVERY_MS = 1000;
const SHEDDING: ReadonlySet<string> = new Set(['overloaded', 'not-writable']);
const ACCEPTED: ReadonlySet<string> = new Set(['accepted', 'partly-accepted', 'resubmission']);

/** Label objects made once: these counters stand on the hot path. */
function labelled(counter: Counter): (result: string) => void {
  const labels = new Map<string, { readonly result: string }>();
  return (result) => {
    let label = labels.get(result);
    if (label === undefined) labels.set(result, (label = { result }));
    counter.add(1, label);
  };
}

/**
 * A delivery key opens its content, so logs name only its beginning: the 8 characters of time and 3 of the 14 random ones, enough to tell
 * the deliveries of one message from each other, too little to guess the rest.
 */
const KEY_SHOWN = 11;
/** What a client claims may be as long as a header; an address is not. */
const CLAIM_SHOWN = 100;

export const keyForLog = (key: string): string => key.slice(0, KEY_SHOWN);
export const claimForLog = (claim: string): string => claim.slice(0, CLAIM_SHOWN);
