/** Enumerated values of TS 32.298, by the words that the domain and far sides use for them. */
import type { DeliveryOutcome, FarAnswer } from '#messaging';

/** RequestStatusCodeType. */
export const REQUEST_STATUS = { normalRelease: 0, abnormalRelease: 4 } as const;

/** X-Mms-Request-Status-Code, lower case, as RequestStatusCodeType. TS 23.140 8.4.1.4, TS 32.298. */
const REQUEST_STATUS_OF: Readonly<Record<string, number>> = {
  ok: 0,
  'error-unspecified': 4,
  'error-service-denied': 30,
  'error-message-format-corrupt': 31,
  'error-sending-address-unresolved': 32,
  'error-message-not-found': 33,
  'error-network-problem': 34,
  'error-content-not-accepted': 35,
  'error-unsupported-message': 36,
};

/** Of what a far side answered; without a word that is known here, by whether it took the matter. MM7's 1xxx are its successes. */
export function requestStatus(wasTaken: boolean, answer: FarAnswer | undefined): number {
  const byWord = REQUEST_STATUS_OF[answer?.code?.toLowerCase() ?? ''];
  return byWord ?? (wasTaken ? REQUEST_STATUS.normalRelease : REQUEST_STATUS.abnormalRelease);
}

/** MMStatusCodeType. Absent: there is no value for it, the text says it. */
export const MM_STATUS: Readonly<Partial<Record<DeliveryOutcome | 'deferred' | 'delayed', number>>> = {
  retrieved: 0,
  forwarded: 1,
  expired: 2,
  rejected: 3,
  deferred: 4,
  delayed: 4,
  unrecognised: 5,
};

export const READ_STATUS = { read: 6, 'deleted-without-being-read': 7 } as const;

export const MESSAGE_CLASS = { personal: 0, advertisement: 1, informational: 2, auto: 3 } as const;
export const PRIORITY = { low: 0, normal: 1, high: 2 } as const;
/** ChargedParty. It has no value for a third party: that stands in the extensions. */
export const CHARGED_PARTY = { sender: 0, recipient: 1, both: 2, neither: 3 } as const;
export const NOT_SPECIFIED_BY_VASP = 99;
export const ADDRESSEE = { to: 0, cc: 1, bcc: 2 } as const;
