/** A subscriber's number as the international public telecommunication numbering plan has it. ITU-T E.164. */

declare const brand: unique symbol;

/** E.164 digits with country code, 5 to 15 of them, no plus sign. */
export type Msisdn = string & { readonly [brand]: 'Msisdn' };

const E164 = /^[1-9][0-9]{4,14}$/;

/** The number if `digits` is one (digits only, no plus); undefined otherwise. */
export const toMsisdn = (digits: string): Msisdn | undefined => (E164.test(digits) ? (digits as Msisdn) : undefined);

const KEPT_DIGITS = 4;

/** For logs: all but the last four digits as `*`; the length stays visible. */
export const maskNumber = (digits: string): string =>
  '*'.repeat(Math.max(0, digits.length - KEPT_DIGITS)) + digits.slice(-KEPT_DIGITS);
