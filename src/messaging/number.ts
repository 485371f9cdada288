/** Numbers as people and handsets write them, turned into the one form that the domain knows. */
import { LIMITS, type Msisdn, toMsisdn } from '#base';
import type { NumberingPlan } from './policy.js';

const SEPARATORS = /[-. ()]/g;

/**
 * The number that `text` means in this network, or undefined when it means none.
 *
 * Taken: `+` and E.164 digits; the plan's international prefix and E.164 digits; the plan's national prefix and a national number; bare
 * E.164 digits. Between them `-`, `.`, space and round brackets are separators. The prefixes go before bare digits, since no country code
 * begins with a zero; in a plan whose national prefix is also its country code (`1`) both readings give the same number.
 * Fewer bare digits than numbers have are a short code. A national number without prefix is not recognised: it cannot be told from another country's number.
 */
export function normaliseNumber(text: string, plan: NumberingPlan): Msisdn | undefined {
  const digits = text.replace(SEPARATORS, '');
  if (digits.startsWith('+')) return toMsisdn(digits.slice(1));
  const { countryCode, internationalPrefix, nationalPrefix } = plan;
  if (internationalPrefix && digits.startsWith(internationalPrefix)) return toMsisdn(digits.slice(internationalPrefix.length));
  if (nationalPrefix && digits.startsWith(nationalPrefix) && countryCode) {
    const national = digits.slice(nationalPrefix.length);
    // No national number goes on with a zero: that is an international spelling, in a plan that does not say so.
    return national.startsWith('0') ? undefined : toMsisdn(countryCode + national);
  }
  return digits.length < LIMITS.bareNumberDigitsMin ? undefined : toMsisdn(digits);
}

/** Whether the number belongs to one of our own subscribers: begins with one of the prefixes (the empty prefix means every number). */
export const isOwnNumber = (msisdn: Msisdn, ownNumbers: readonly string[]): boolean =>
  ownNumbers.some((prefix) => msisdn.startsWith(prefix));
