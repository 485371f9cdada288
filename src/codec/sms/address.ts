/** The address of a short message entity. TS 23.040 9.1.2.5. */
import { type ByteReader, type ByteWriter, Malformed, maskNumber } from '#base';
import { packSeptets, septetsOfText, textOfSeptets, unpackSeptets } from './alphabets.js';
import { readSemiOctets, semiOctets } from './semi-octets.js';

/** Type-of-number, bits 7..5 of the type-of-address. */
export const TYPES_OF_NUMBER = {
  0: 'unknown',
  1: 'international',
  2: 'national',
  3: 'network specific',
  4: 'subscriber',
  5: 'alphanumeric',
  6: 'abbreviated',
  7: 'reserved',
} as const;
/** Numbering-plan-identification, bits 4..1; others are reserved. */
export const NUMBERING_PLANS: Readonly<Record<number, string>> = {
  0: 'unknown',
  1: 'E.164',
  3: 'X.121',
  4: 'telex',
  5: 'service centre specific',
  6: 'service centre specific',
  8: 'national',
  9: 'private',
  10: 'ERMES',
};

export interface SmsAddress {
  /** A key of TYPES_OF_NUMBER. */
  readonly typeOfNumber: number;
  /** 0..15. */
  readonly numberingPlan: number;
  /** Digits (`0-9 * # a b c`); for an alphanumeric address its text. At most 20 digits or 11 signs of 7 bits. */
  readonly value: string;
}

const ALPHANUMERIC = 5;
const SEMI_OCTETS_MAX = 20;
/** Bit 8 of the type-of-address is always set. */
const TYPE_BIT = 0x80;

/** Reads the length in half octets, the type and the value. Throws Malformed. */
export function readAddress(r: ByteReader): SmsAddress {
  const at = r.offset;
  const length = r.u8();
  if (length > SEMI_OCTETS_MAX) throw new Malformed(at, `an address of ${length} half octets, at most 20`, 'TS 23.040 9.1.2.5');
  const type = r.u8();
  const octets = r.take((length + 1) >> 1);
  const typeOfNumber = (type >> 4) & 7;
  const value =
    typeOfNumber === ALPHANUMERIC
      ? textOfSeptets(unpackSeptets(octets, Math.floor((length * 4) / 7)))
      : readSemiOctets(octets, 0, length);
  return { typeOfNumber, numberingPlan: type & 0x0f, value };
}

/** Throws RangeError on an address that does not fit. */
export function writeAddress(w: ByteWriter, address: SmsAddress): void {
  const { typeOfNumber, numberingPlan, value } = address;
  if (!(typeOfNumber in TYPES_OF_NUMBER) || !Number.isInteger(numberingPlan) || numberingPlan < 0 || numberingPlan > 15)
    throw new RangeError(`no type of address: ${typeOfNumber}, ${numberingPlan}`);
  let octets: Uint8Array;
  let length: number;
  if (typeOfNumber === ALPHANUMERIC) {
    const septets = septetsOfText(value);
    if (septets === undefined) throw new RangeError('an alphanumeric address has signs of the default alphabet only');
    octets = packSeptets(septets);
    length = Math.ceil((septets.length * 7) / 4);
  } else {
    octets = semiOctets(value);
    length = value.length;
  }
  if (length > SEMI_OCTETS_MAX) throw new RangeError(`an address of ${length} half octets, at most 20`);
  w.u8(length);
  w.u8(TYPE_BIT | (typeOfNumber << 4) | numberingPlan);
  w.octets(octets);
}

/** `393497654321 (international, E.164)`. */
export function addressText(address: SmsAddress, masked = false): string {
  const plan = NUMBERING_PLANS[address.numberingPlan] ?? `plan ${address.numberingPlan}`;
  const type = TYPES_OF_NUMBER[address.typeOfNumber as keyof typeof TYPES_OF_NUMBER];
  return `${masked ? maskNumber(address.value) : address.value} (${type}, ${plan})`;
}
