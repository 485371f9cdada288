/** International numbers as integers: 15 digits are below 2^50, so every one is exact. */

/** ITU-T E.164 6.1: country code and all. */
export const NUMBER_DIGITS_MAX = 15;

const NUMBER = /^[1-9][0-9]{0,14}$/;

/** The integer of 1 to 15 decimal digits without leading zero; undefined for anything else. */
export const numberOf = (digits: string): number | undefined => (NUMBER.test(digits) ? Number(digits) : undefined);

/** The digits of a number, as it is asked for in NumberLookup. */
export const digitsOf = (number: number): string => String(number);

/** Whether the integer is one of 1 to 15 digits. */
export const isNumber = (number: number): boolean => Number.isInteger(number) && number >= 1 && number < 1e15;
