/**
 * Numbers into international form before they are looked up: the legacy rule of the MO-SMS features. An international number stays as it is, a
 * national one gets the country code, a subscriber's one country and area code; every other nature counts as national.
 * Source: Oracle DSR MNP User's Guide, Prepaid Message Service Intercept.
 */
import { CONDITIONING_FAILURES, type ConditioningFailure } from './decision.js';
import { significant } from './digit-tree.js';
import type { NatureOfNumber, TitleKey, WrittenNumber } from './message.js';
import { NUMBER_DIGITS_MAX } from './numbers/digits.js';
import type { ConditioningSettings } from './settings.js';

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** What is put before the digits of one nature; undefined digits: that nature cannot be conditioned. */
interface Prefix {
  readonly digits: string | undefined;
  readonly otherwise: ConditioningFailure;
}

export interface Conditioner {
  readonly prefixes: Readonly<Record<NatureOfNumber, Prefix>>;
}

export function conditionerOf({ countryCode, areaCode }: ConditioningSettings): Conditioner {
  const national: Prefix = { digits: countryCode, otherwise: 'no-country-code' };
  const subscriber: Prefix =
    countryCode === undefined
      ? national
      : { digits: areaCode === undefined ? undefined : countryCode + areaCode, otherwise: 'no-area-code' };
  return { prefixes: { international: { digits: '', otherwise: 'absent' }, national, subscriber, other: national } };
}

const CODE = Object.fromEntries(CONDITIONING_FAILURES.map((failure, i) => [failure, -1 - i])) as Record<
  ConditioningFailure,
  number
>;

/** The international number as an integer; a negative number is a failure (`failureOf`). */
export function condition(conditioner: Conditioner, written: WrittenNumber | undefined): number {
  return written === undefined ? CODE['absent'] : conditionDigits(conditioner, written.nature, written.digits);
}

function conditionDigits(conditioner: Conditioner, nature: NatureOfNumber, digits: string): number {
  if (digits.length === 0) return CODE['no-digits'];
  const prefix = conditioner.prefixes[nature];
  if (prefix.digits === undefined) return hasOnlyDecimals(digits) ? CODE[prefix.otherwise] : CODE['not-decimal'];
  if (prefix.digits.length + digits.length > NUMBER_DIGITS_MAX)
    return hasOnlyDecimals(digits) ? CODE['too-long'] : CODE['not-decimal'];
  const number = append(append(0, prefix.digits), digits);
  if (number < 0) return CODE['not-decimal'];
  return (prefix.digits.length > 0 ? prefix.digits : digits).charCodeAt(0) === DIGIT_0 ? CODE['leading-zero'] : number;
}

/** -1 when a digit is none. */
function append(number: number, digits: string): number {
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i);
    if (code < DIGIT_0 || code > DIGIT_9) return -1;
    number = number * 10 + (code - DIGIT_0);
  }
  return number;
}

const hasOnlyDecimals = (digits: string): boolean => append(0, digits) >= 0;

/** What a negative result of `condition` says. */
export const failureOf = (code: number): ConditioningFailure => CONDITIONING_FAILURES[-1 - code]!;

/** Nature of address of a global title, as that of a number; what is not listed has no international form. Q.713 3.4.2.3.1. */
const NATURE_OF_TITLE: Readonly<Record<number, NatureOfNumber>> = { 1: 'subscriber', 3: 'national', 4: 'international' };

/** The international number that a title stands for; negative when it stands for none. A title without nature of address is taken as international. */
export function conditionTitle(conditioner: Conditioner, title: TitleKey): number {
  const nature = title.natureOfAddress === undefined ? 'international' : NATURE_OF_TITLE[title.natureOfAddress];
  return nature === undefined ? CODE['absent'] : conditionDigits(conditioner, nature, withoutFiller(title.digits));
}

const withoutFiller = (digits: string): string => {
  const end = significant(digits);
  return end === digits.length ? digits : digits.slice(0, end);
};
