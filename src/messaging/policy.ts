/** What the operator decides: plain data, read once from the configuration. */

export interface NumberingPlan {
  /** Country code of this network, digits; written before national numbers. Absent: national spellings are no addresses. */
  readonly countryCode?: string;
  /** What subscribers dial before a national number, for instance `0`. */
  readonly nationalPrefix?: string;
  /** What subscribers dial before an international number, for instance `00`. */
  readonly internationalPrefix?: string;
}

/** What holds where the policy says nothing of outer roads. */
export const ROAD_DEFAULTS = {
  /** Source: peers repeat for as long as a message lives with them, a week at most; queues older than three days are rare. */
  namedWindowMs: 3 * 86_400_000,
  /** Source: mail servers' habit of a few quick attempts, then every quarter of an hour to an hour (RFC 5321 4.5.4.1 asks for 30 minutes or more on the whole). */
  handoverRetryMs: [60_000, 300_000, 900_000, 1_800_000],
  /** Source: a day is what peers' queues take at worst to let an MM4_forward.RES through. */
  acknowledgementWaitMs: 86_400_000,
  /** Source: a report made at the last moment may queue as long as anything else. */
  farReportGraceMs: 86_400_000,
} as const;

export interface Policy {
  readonly numbering: NumberingPlan;
  /** E.164 prefixes of our own subscribers, digits; the empty string means every number. */
  readonly ownNumbers: readonly string[];
  /** Octets of content. */
  readonly sizeMax: number;
  readonly recipientsMax: number;
  readonly expiryDefaultMs: number;
  readonly expiryMaxMs: number;
  /** How far into the future an earliest delivery time may lie. */
  readonly deliveryTimeMaxMs: number;
  /** May a sender hide his number? */
  readonly senderHidingAllowed: boolean;
  readonly deliveryReportsAllowed: boolean;
  readonly readReportsAllowed: boolean;
  /** Waits between pushes of one notification or report, the last one repeated until expiry. */
  readonly pushRetryMs: readonly number[];
  /** How long a report is tried. */
  readonly reportLifetimeMs: number;
  /** How long the same octets of the same sender count as one submission; 0 switches that off. */
  readonly resubmissionWindowMs: number;
  /** How long a message that the sending system names (`Submission.named`) is recognised when it comes again. Absent here and below: ROAD_DEFAULTS. */
  readonly namedWindowMs?: number;
  /** Waits between handovers of one delivery or report to a far side, and between attempts at a far side that is down; the last one repeats. */
  readonly handoverRetryMs?: readonly number[];
  /** How long the acknowledgement of a handover is waited for; then the delivery ends as indeterminate. */
  readonly acknowledgementWaitMs?: number;
  /** How long after a message's expiry a far side's report is waited for; then the delivery ends as indeterminate. */
  readonly farReportGraceMs?: number;
  /** How long a finished message's history is kept. */
  readonly historyMs: number;
  /** Who may fetch content: anyone with its address, or, when the network says who asks, the recipient only. */
  readonly retrieveBy: 'address' | 'recipient';
  /** Pushes under way at once. */
  readonly pushesInFlightMax: number;
}
