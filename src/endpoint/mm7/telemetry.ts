/** What this endpoint tells the operator: a line for everything that did not go as it should, and counters by result. */
import type { Log, LogFields, Meter } from '#base';

/** How one request of a VASP ended. */
export interface RequestFields {
  readonly interface: 'soap' | 'json';
  /** Name of the operation; absent when it could not be read. */
  readonly operation?: string;
  /** StatusCode of MM7. */
  readonly status: number;
  readonly vasp?: string;
  readonly messageId?: string;
  readonly reason?: string;
  readonly text?: string;
  /** Octets of the body. */
  readonly size: number;
  /** Names of the tolerances that were made use of. */
  readonly tolerated: readonly string[];
}

export interface Telemetry {
  request(fields: RequestFields): void;
  /** Nobody who is known; `claimed`: the account that was named. */
  unidentified(why: string, fields: LogFields): void;
  /** A request that was refused for what HTTP says of it. */
  refusedRequest(status: number, why: string): void;
  /** From the last octet of a request to its answer. */
  answered(seconds: number): void;
  internalError(error: unknown): void;
  /** A call to a VASP. */
  called(kind: string, result: string, fields: LogFields): void;
}

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const ACCEPTED: ReadonlySet<number> = new Set([1000, 1100]);

export function createTelemetry(log: Log, meter: Meter): Telemetry {
  const requests = meter.counter('angarium_mm7_requests_total', 'Requests of VASPs, by operation and status code', [
    'interface',
    'operation',
    'status',
  ]);
  const unidentified = meter.counter('angarium_mm7_unidentified_total', 'Requests of nobody who is known, by reason', ['why']);
  const refused = meter.counter('angarium_mm7_refused_requests_total', 'HTTP requests refused before any message was read', [
    'status',
  ]);
  const tolerated = meter.counter('angarium_mm7_tolerances_total', 'Departures from the schema that were accepted, by name', [
    'name',
  ]);
  const internal = meter.counter('angarium_mm7_internal_errors_total', 'Requests that met a defect of the program');
  const seconds = meter.histogram('angarium_mm7_answer_seconds', 'From the last octet of a request to its answer', SECONDS);
  const calls = meter.counter('angarium_mm7_calls_total', 'Calls to VASPs, by kind and result', ['kind', 'result']);

  return {
    request(fields) {
      requests.add(1, { interface: fields.interface, operation: fields.operation ?? 'unknown', status: String(fields.status) });
      for (const name of fields.tolerated) tolerated.add(1, { name });
      // What was accepted is said by the domain's own events; here it is worth a line only to somebody who looks closely.
      if (ACCEPTED.has(fields.status)) log.debug({ ...fields }, 'mm7: request carried out');
      else log.info({ ...fields }, 'mm7: request refused');
    },
    unidentified(why, fields) {
      unidentified.add(1, { why });
      // The first request of every Digest client comes without credentials.
      if (why === 'no-credentials' || why === 'stale-nonce') log.debug({ ...fields, why }, 'mm7: login asked for');
      else log.warn({ ...fields, why }, 'mm7: login refused');
    },
    refusedRequest(status, why) {
      refused.add(1, { status: String(status) });
      if (status === 404 || status === 405) log.debug({ status, why }, 'mm7: request refused');
      else log.info({ status, why }, 'mm7: request refused');
    },
    answered: (duration) => seconds.observe(duration),
    internalError(error) {
      internal.add();
      log.error({ err: error }, 'mm7: request failed by a defect of the program');
    },
    called(kind, result, fields) {
      calls.add(1, { kind, result });
      if (result === 'taken') log.debug({ ...fields, kind }, 'mm7: VASP has taken it');
      else log.info({ ...fields, kind, result }, 'mm7: call to a VASP');
    },
  };
}
