/** Numbers as MAP carries them. TS 29.002 17.7.8. */
import { hexOctets, Malformed, maskNumber } from '#base';
import { type BerReader, octetString, readOctets, type TaggedType, type TextOptions, tagged } from '#codec/ber';
import { readTbcd, semiOctets } from '#codec/sms';

/** Nature of address, bits 7..5; others are reserved. */
export const NATURES: Readonly<Record<number, string>> = {
  0: 'unknown',
  1: 'international',
  2: 'national significant',
  3: 'network specific',
  4: 'subscriber',
  5: 'reserved',
  6: 'abbreviated',
  7: 'reserved for extension',
};
/** Numbering plan, bits 4..1; others are reserved. */
export const PLANS: Readonly<Record<number, string>> = {
  0: 'unknown',
  1: 'E.164',
  3: 'X.121',
  4: 'telex',
  6: 'E.212',
  8: 'national',
  9: 'private',
  15: 'reserved for extension',
};

/** AddressString and its kinds (ISDN-AddressString). */
export interface AddressString {
  /** A key of NATURES. */
  readonly nature: number;
  /** 0..15. */
  readonly plan: number;
  /** `0-9 * # a b c`; an `f` is a filler in a wrong place. May be empty. */
  readonly digits: string;
  /** Bit 8 was 0: more octets of type were announced, of which no standard knows. */
  readonly extended?: true;
}

const NO_EXTENSION = 0x80;
const NATURE_SHIFT = 4;
const ADDRESS_OCTETS_MAX = 20;
const ISDN_ADDRESS_OCTETS_MAX = 9;
const IMSI_OCTETS_MIN = 3;
const IMSI_OCTETS_MAX = 8;

const readAddress = (r: BerReader): AddressString => addressOf(readOctets(r), r.start);

/** The address in content octets. `at`: where they stand, for the error. Throws Malformed. */
function addressOf(octets: Uint8Array, at: number): AddressString {
  if (octets.length < 1 || octets.length > ADDRESS_OCTETS_MAX)
    throw new Malformed(at, `an address of ${octets.length} octets, expected 1 to ${ADDRESS_OCTETS_MAX}`, 'TS 29.002 17.7.8');
  const type = octets[0]!;
  return {
    nature: (type >> NATURE_SHIFT) & 7,
    plan: type & 0x0f,
    digits: readTbcd(octets, 1),
    ...(type & NO_EXTENSION ? {} : { extended: true }),
  };
}

/** The address in octets of a message; undefined when they are none. */
export function addressStringAt(bytes: Uint8Array, from: number, to: number): AddressString | undefined {
  const length = to - from;
  return length < 1 || length > ADDRESS_OCTETS_MAX ? undefined : addressOf(bytes.subarray(from, to), from);
}

/** More digits than this do not fit a number exactly; E.164 has no more. */
const NUMBER_DIGITS_MAX = 15;

/**
 * The digits of an AddressString as one number, without making a text: a store of numbers can look it up so. Undefined when there are none,
 * more than 15, or others than 0 to 9. Zeros in front are lost: ask only where the nature of address (bits 7..5 of the octet at `from`) is
 * international.
 */
export function addressNumberAt(bytes: Uint8Array, from: number, to: number): number | undefined {
  let number = 0;
  let count = 0;
  for (let at = from + 1; at < to; at++) {
    const octet = bytes[at]!;
    const low = octet & 0x0f;
    const high = octet >> 4;
    if (low > 9) return undefined;
    number = number * 10 + low;
    count++;
    if (high > 9) {
      if (high !== 0x0f || at !== to - 1) return undefined;
      break;
    }
    number = number * 10 + high;
    count++;
  }
  return count === 0 || count > NUMBER_DIGITS_MAX ? undefined : number;
}

/** The octets of an address. Throws RangeError on what does not fit `octetsMax`. */
function addressOctets({ nature, plan, digits, extended }: AddressString, octetsMax: number): Uint8Array {
  if (!(nature in NATURES) || !Number.isInteger(plan) || plan < 0 || plan > 15)
    throw new RangeError(`no type of address: ${nature}, ${plan}`);
  const number = semiOctets(digits);
  if (number.length + 1 > octetsMax) throw new RangeError(`an address of ${number.length + 1} octets, at most ${octetsMax}`);
  const octets = new Uint8Array(number.length + 1);
  octets[0] = (extended ? 0 : NO_EXTENSION) | (nature << NATURE_SHIFT) | plan;
  octets.set(number, 1);
  return octets;
}

/** `393497654321 (international, E.164)`. */
export const addressStringText = ({ nature, plan, digits }: AddressString, { masked = false }: TextOptions = {}): string =>
  `${masked ? maskNumber(digits) : digits} (${NATURES[nature]}, ${PLANS[plan] ?? `plan ${plan}`})`;

const addressType = (octetsMax: number): TaggedType<AddressString> =>
  tagged(0x04, { read: readAddress, content: (value) => addressOctets(value, octetsMax), print: addressStringText });

/** Up to 20 octets. */
export const addressString = addressType(ADDRESS_OCTETS_MAX);
/** Up to 9 octets when written; longer ones are read, because some stacks send them. */
export const isdnAddressString = addressType(ISDN_ADDRESS_OCTETS_MAX);

/** Digits without a type octet. */
const digitsType = (name: string, octetsMin: number, octetsMax: number): TaggedType<string> =>
  tagged(0x04, {
    read(r) {
      const octets = readOctets(r);
      if (octets.length < octetsMin || octets.length > octetsMax)
        throw new Malformed(
          r.start,
          `${name} of ${octets.length} octets, expected ${octetsMin} to ${octetsMax}`,
          'TS 29.002 17.7.8',
        );
      return readTbcd(octets);
    },
    content(value) {
      const octets = semiOctets(value);
      if (octets.length < octetsMin || octets.length > octetsMax) throw new RangeError(`${name} of ${octets.length} octets`);
      return octets;
    },
    print: (value, { masked }) => (masked ? maskNumber(value) : value),
  });

export const imsi = digitsType('an IMSI', IMSI_OCTETS_MIN, IMSI_OCTETS_MAX);
/** A prefix that leads to another network. TS 23.066. */
export const routeingNumber = digitsType('a routeing number', 1, 5);

const LMSI_OCTETS = 4;
/** A VLR's own name of a subscriber: four octets. */
export const lmsi: TaggedType<Uint8Array> = tagged(0x04, {
  read(r) {
    const octets = readOctets(r);
    if (octets.length !== LMSI_OCTETS)
      throw new Malformed(r.start, `an LMSI of ${octets.length} octets, expected 4`, 'TS 29.002 17.7.8');
    return octets;
  },
  content: (value) => value,
  print: (value) => hexOctets(value),
});

/** Octets that hold numbers or what people wrote (a TPDU): never shown when masked. */
export const signalInfo: TaggedType<Uint8Array> = tagged(0x04, {
  read: octetString.read,
  content: (value) => value,
  print: (value, { masked, withoutContent }) => (masked || withoutContent ? `${value.length} octets` : hexOctets(value)),
});
