/** What the operator decides: plain data, read once from the configuration. */

export interface NumberingPlan {
  /** Country code of this network, digits; written before national numbers. Absent: national spellings are no addresses. */
  readonly countryCode?: string;
  /** What subscribers dial before a national number, for instance `0`. */
  readonly nationalPrefix?: string;
  /** What subscribers dial before an international number, for instance `00`. */
  readonly internationalPrefix?: string;
}

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
  /** How long a message that the sending system names (`Submission.named`) is recognised when it comes again. */
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
