/** How a carrier of the laboratory behaves, by name: what real ones do wrong, one row each. */
import type { KnownRequestStatus, MmStatus } from '#codec/mm4';
import type { SmtpFault } from '#smtp';

export interface LabProfile {
  /** For the person who chooses it. */
  readonly about: string;
  /** The responses to each request that asks for one, in this order. */
  readonly responses: readonly LabResponse[];
  /** Delivery reports about each recipient of a message that asks for them. */
  readonly reports: readonly LabReport[];
  /** What its SMTP server does wrong. */
  readonly faults: readonly SmtpFault[];
}

export interface LabResponse {
  readonly status: KnownRequestStatus;
  /** After the message was taken. Unit: milliseconds. */
  readonly afterMs?: number;
  /** About the first recipient only, or about all but him. Absent: about all. */
  readonly about?: 'first' | 'others';
  /** Another transaction id than the request's. */
  readonly isForeign?: true;
  /** Only for the first so many requests of one transaction. */
  readonly timesMax?: number;
}

export interface LabReport {
  readonly status: MmStatus;
  readonly afterMs?: number;
  /** From and To as in the message, not as mail. */
  readonly isAsInMessage?: true;
  /** About a message that nobody sent. */
  readonly isForeign?: true;
}

const OK: LabResponse = { status: 'Ok' };
const RETRIEVED: LabReport = { status: 'Retrieved' };
/** How late is late. Unit: milliseconds. */
const LATE_MS = 5_000;

const good = (about: string, more: Partial<LabProfile> = {}): LabProfile => ({
  about,
  responses: [OK],
  reports: [RETRIEVED],
  faults: [],
  ...more,
});
const smtp = (about: string, ...faults: SmtpFault[]): LabProfile => good(about, { faults });

/** Every profile. A further one is a row. */
export const LAB_PROFILES = {
  good: good('takes everything, answers Ok and reports Retrieved'),
  'res-never': good('takes messages and says nothing more of them', { responses: [], reports: [] }),
  'res-never-but-report': good('never answers, but reports', { responses: [] }),
  'res-twice': good('answers twice', { responses: [OK, OK] }),
  'res-late': good('answers five seconds late', { responses: [{ ...OK, afterMs: LATE_MS }] }),
  'res-error': good('refuses for good in its answer', { responses: [{ status: 'Error-service-denied' }], reports: [] }),
  'res-later': good('has a network problem the first time, then takes the message', {
    responses: [{ status: 'Error-network-problem', timesMax: 1 }, OK],
  }),
  'res-partial': good('takes the message for all but the first recipient', {
    responses: [
      { status: 'Error-sending-address-unresolved', about: 'first' },
      { ...OK, about: 'others' },
    ],
  }),
  'res-foreign': good('answers with a transaction id that nobody used', { responses: [{ ...OK, isForeign: true }] }),
  'res-contradictory': good('answers Ok, then refuses', { responses: [OK, { status: 'Error-unspecified' }] }),
  'report-never': good('sends no reports', { reports: [] }),
  'report-twice': good('sends each report twice', { reports: [RETRIEVED, RETRIEVED] }),
  'report-rejected': good('reports that the recipient refused', { reports: [{ status: 'Rejected' }] }),
  'report-expired': good('reports expiry', { reports: [{ status: 'Expired' }] }),
  'report-deferred': good('reports Deferred, then Retrieved', {
    reports: [{ status: 'Deferred' }, { ...RETRIEVED, afterMs: 500 }],
  }),
  'report-as-in-message': good('writes From and To of reports as in the message', {
    reports: [{ ...RETRIEVED, isAsInMessage: true }],
  }),
  'report-foreign': good('reports about a message that nobody sent', { reports: [{ ...RETRIEVED, isForeign: true }] }),
  stall: smtp('takes the content and never says so', { kind: 'stall-after-data' }),
  'stall-in-data': smtp('stops reading in the middle of the content', { kind: 'stall-in-data' }),
  'stall-before-banner': smtp('takes connections and says nothing', { kind: 'stall-before-banner' }),
  'drop-in-data': smtp('closes the connection in the middle of the content', { kind: 'drop-in-data' }),
  'drop-after-data': smtp('takes the message and closes instead of saying so', { kind: 'drop-after-data' }),
  '4xx': smtp('puts every recipient off', { kind: '4xx-for' }),
  '5xx': smtp('refuses every recipient', { kind: '5xx' }),
  '4xx-after-data': smtp('puts off every message once it has read it', { kind: '4xx-after-data' }),
  '5xx-after-data': smtp('refuses every message once it has read it', { kind: '5xx-after-data' }),
  busy: smtp('is not available', { kind: 'busy' }),
  slow: smtp('says everything octet by octet', { kind: 'slow-octets' }),
} as const satisfies Readonly<Record<string, LabProfile>>;

export type LabProfileName = keyof typeof LAB_PROFILES;
