/** What was decided about a message, and where in the flow. */
import type { NumberRecord } from './numbers.js';
import type { Answer, HomeSmsc, Mode, Platform, Rule } from './settings.js';

/** `pass`: the message goes on as if nobody had looked. `reject`: it ends here. `redirect`: it goes to a prepaid platform. */
export type Action = 'pass' | 'reject' | 'redirect';

/**
 * Where a decision fell. Flow `vstp`: the row of its decision table, or the ambiguity that settles what the table does not have (A10: the
 * number cannot be conditioned; A15: the number store does not answer). Flow `ported-out`: its step. `off`: nothing was computed.
 */
export const PLACES = [
  'off',
  'row 1',
  'row 2',
  'row 3',
  'row 4',
  'row 5',
  'row 6',
  'row 7',
  'row 8',
  'row 9',
  'row 10',
  'row 11',
  'row 12',
  'row 13',
  'row 14',
  'row 15',
  'A10',
  'A15',
  'step 1',
  'step 2',
  'step 3',
  'step 4',
  'step 5',
  'step 6',
  'step 7',
  'step 8',
  'step 9',
  'step 11',
] as const;
export type Place = (typeof PLACES)[number];

/** Why a number could not be brought into international form. */
export const CONDITIONING_FAILURES = [
  /** There is no number: another kind of address, or none. */
  'absent',
  'no-digits',
  'not-decimal',
  /** More than 15 digits in international form. */
  'too-long',
  /** No international number begins with a zero. */
  'leading-zero',
  /** It is a national or subscriber number, and no country code is set. */
  'no-country-code',
  /** It is a subscriber number, and no area code is set. */
  'no-area-code',
] as const;
export type ConditioningFailure = (typeof CONDITIONING_FAILURES)[number];

/** Why. */
export const REASONS = [
  'off',
  'not-selected',
  'not-mo-forward-sm',
  'undecodable',
  'features-off',
  'from-platform',
  'sender-absent',
  'sender-unusable',
  'numbers-not-ready',
  'sender-not-stored',
  /** Prepaid senders are of no interest: PPSMS is off. */
  'prepaid-off',
  'type-not-screened',
  'portability-check-off',
  'foreign-smsc',
  'ported-at-home-smsc',
  'ported-asks-home-smsc',
  'sender-prepaid',
  'recipient-prepaid',
  'prepaid-type-unprovisioned',
  'no-platform-available',
] as const;
export type Reason = (typeof REASONS)[number];

/**
 * Why a verdict other than `pass` is not carried out. `monitor`: the mode. `sample`: the message is not in the sample. `ceiling`: too many
 * would be rejected. `answer`: its rule's answer is `monitor-only`.
 */
export type Held = 'no' | 'monitor' | 'sample' | 'ceiling' | 'answer';

/** SM-RP-DA beside the called party. `not-compared`: nobody asked, or there is nothing to compare. */
export type CentreComparison = 'not-compared' | 'same' | 'differs';

export type Party = 'sender' | 'recipient';

/** To which platform, and on whose account. */
export interface Relay {
  readonly party: Party;
  /** PPT: 1..32. */
  readonly prepaidType: number;
  readonly platform: Platform;
}

export interface Decision {
  /** What is to be done. */
  readonly action: Action;
  /** What the flow says, before mode and ceiling. Another than `action` only where `held` says why. */
  readonly verdict: Action;
  readonly held: Held;
  readonly place: Place;
  readonly reason: Reason;
  /** The mode that applied. */
  readonly mode: Mode['kind'];
  /** Name of the selector; undefined when none matched. */
  readonly selector: string | undefined;
  /** The sender in international form; undefined when it was not asked for or is none. */
  readonly sender: number | undefined;
  /** What is stored of the sender; undefined when it was not asked for or nothing is. */
  readonly record: NumberRecord | undefined;
  /** The entry that the called party (reason `ported-asks-home-smsc`: SM-RP-DA) met. */
  readonly homeSmsc: HomeSmsc | undefined;
  readonly serviceCentre: CentreComparison;
  /** By which rule it is rejected, and how answered; undefined unless the verdict is `reject`. */
  readonly rule: Rule | undefined;
  readonly answer: Answer | undefined;
  /** Undefined unless the verdict is `redirect`. */
  readonly relay: Relay | undefined;
}

/** Outcomes as they are counted: what was done with a message, and what would have been done. */
export const OUTCOMES = [
  'off',
  'passed',
  'tcap-error',
  'udts',
  'silent-discard',
  'ack-and-drop',
  'reject-monitored',
  'reject-not-sampled',
  'reject-above-ceiling',
  'reject-monitor-only',
  'redirected',
  'redirect-monitored',
  'redirect-not-sampled',
] as const;
export type Outcome = (typeof OUTCOMES)[number];
