/**
 * Called and calling party addresses. ITU-T Q.713 3.4 and 3.5; the order and sizes of the American variant: ANSI T1.112.3.
 *
 * Digits are dialling order, `0` to `9` and `a` to `f` for the codes above nine (Q.713 3.4.2.3.1: b is code 11, c is code 12, f is ST). Where the
 * encoding scheme is not BCD the signals stay octets: nobody can compare them with digits.
 */
import { ByteReader, ByteWriter, hexOctets, Malformed, maskNumber, type Result } from '#base';
import { doorOf, type SccpDecodeError } from './decode-error.js';
import { NATURES_OF_ADDRESS, NUMBERING_PLANS, SUBSYSTEMS } from './names.js';

/** `itu`: point codes of 14 bits before the SSN. `ansi`: SSN first, point codes of 24 bits, other meanings of the global title indicator. */
export type AddressVariant = 'itu' | 'ansi';

/** Nature of address only. Q.713 3.4.2.3.1. `digits`: an odd count is told by a bit. */
export interface GlobalTitle1 {
  readonly indicator: 1;
  /** 0..127, named in NATURES_OF_ADDRESS. */
  readonly natureOfAddress: number;
  readonly digits: string;
}

/** Translation type only. Q.713 3.4.2.3.2. Nothing tells an odd count: `digits` is always even when read, and a last 0 may be filler. */
export interface GlobalTitle2 {
  readonly indicator: 2;
  /** 0..255. */
  readonly translationType: number;
  readonly digits: string;
}

/** How the signals are written: in BCD (encoding schemes 1 and 2, told apart by the count of digits), or some other way. */
type Signals =
  | { readonly digits: string }
  /** `encodingScheme`: 0 unknown, 3 national, 4..15 reserved. */
  | { readonly encodingScheme: number; readonly signals: Uint8Array };

/** Translation type, numbering plan, encoding scheme. Q.713 3.4.2.3.3; in ANSI this is indicator 1. */
export type GlobalTitle3 = {
  readonly indicator: 3;
  readonly translationType: number;
  /** 0..15, named in NUMBERING_PLANS. */
  readonly numberingPlan: number;
} & Signals;

/** Translation type, numbering plan, encoding scheme, nature of address. Q.713 3.4.2.3.4. */
export type GlobalTitle4 = {
  readonly indicator: 4;
  readonly translationType: number;
  readonly numberingPlan: number;
  /** 0..127, named in NATURES_OF_ADDRESS. */
  readonly natureOfAddress: number;
} & Signals;

/** An indicator that Q.713 keeps for later, or that ANSI T1.112.3 does not have. */
export interface GlobalTitleOther {
  /** As on the wire: 5..15, in ANSI 3..15. */
  readonly indicator: number;
  readonly octets: Uint8Array;
}

export type GlobalTitle = GlobalTitle1 | GlobalTitle2 | GlobalTitle3 | GlobalTitle4 | GlobalTitleOther;

export interface SccpAddress {
  /** Routing indicator: whether the global title or point code and subsystem say where the message goes. */
  readonly routeOn: 'gt' | 'ssn';
  /** Bit 8 of the address indicator, reserved for national use; absent when 0. ANSI sets it. */
  readonly national?: true;
  readonly pointCode?: number;
  /** Named in SUBSYSTEMS. */
  readonly ssn?: number;
  /** Absent with indicator 0. */
  readonly globalTitle?: GlobalTitle;
}

const HEX = '0123456789abcdef';
/** Both digits of every octet, the low nibble first. */
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, octet) => HEX[octet & 0x0f]! + HEX[octet >>> 4]!);
const ENCODING_BCD_ODD = 1;
const ENCODING_BCD_EVEN = 2;

const NATIONAL = 0x80;
const ROUTE_ON_SSN = 0x40;
const GTI_SHIFT = 2;

/** Bits of the address indicator that say whether point code and SSN are there. */
const BITS: Readonly<Record<AddressVariant, { readonly pointCode: number; readonly ssn: number }>> = {
  itu: { pointCode: 0x01, ssn: 0x02 },
  ansi: { pointCode: 0x02, ssn: 0x01 },
};

/** Digits of address signals: the low nibble first. `odd`: the last high nibble is filler, whatever it holds. */
function digitsOf(octets: Uint8Array, odd: boolean, offset: number): string {
  if (odd && octets.length === 0) throw new Malformed(offset, 'an odd count of digits in no octets', 'Q.713 3.4.2.3.1');
  let digits = '';
  for (let i = 0; i < octets.length; i++) digits += PAIRS[octets[i]!]!;
  return odd ? digits.slice(0, -1) : digits;
}

/** The value of a digit by the code of its character. Throws RangeError on what is none: a bug of the caller. */
function digitAt(digits: string, i: number): number {
  const code = digits.charCodeAt(i);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  throw new RangeError(`address digits ${maskNumber(digits)}`);
}

function writeDigits(w: ByteWriter, digits: string): void {
  for (let i = 0; i < digits.length; i += 2) w.u8(digitAt(digits, i) | (i + 1 < digits.length ? digitAt(digits, i + 1) << 4 : 0));
}

function readSignals(r: ByteReader, scheme: number): Signals {
  const offset = r.offset;
  const octets = r.rest();
  if (scheme === ENCODING_BCD_ODD || scheme === ENCODING_BCD_EVEN)
    return { digits: digitsOf(octets, scheme === ENCODING_BCD_ODD, offset) };
  return { encodingScheme: scheme, signals: octets };
}

const schemeOf = (gt: Signals): number =>
  'digits' in gt ? (gt.digits.length % 2 === 1 ? ENCODING_BCD_ODD : ENCODING_BCD_EVEN) : gt.encodingScheme;

function writeSignals(w: ByteWriter, gt: Signals): void {
  if ('digits' in gt) writeDigits(w, gt.digits);
  else w.octets(gt.signals);
}

interface GtRow {
  readonly decode: (r: ByteReader) => GlobalTitle;
  readonly encode: (w: ByteWriter, gt: never) => void;
}

/** One row per global title indicator of Q.713 3.4.1. */
const GT_ROWS: Readonly<Record<number, GtRow>> = {
  1: {
    decode(r) {
      const head = r.u8();
      const offset = r.offset;
      return { indicator: 1, natureOfAddress: head & 0x7f, digits: digitsOf(r.rest(), head >= 0x80, offset) };
    },
    encode(w, gt: GlobalTitle1) {
      w.u8((gt.natureOfAddress & 0x7f) | (gt.digits.length % 2 === 1 ? 0x80 : 0));
      writeDigits(w, gt.digits);
    },
  },
  2: {
    decode(r) {
      const translationType = r.u8();
      return { indicator: 2, translationType, digits: digitsOf(r.rest(), false, r.offset) };
    },
    encode(w, gt: GlobalTitle2) {
      w.u8(gt.translationType);
      writeDigits(w, gt.digits);
    },
  },
  3: {
    decode(r) {
      const translationType = r.u8();
      const plan = r.u8();
      return { indicator: 3, translationType, numberingPlan: plan >>> 4, ...readSignals(r, plan & 0x0f) };
    },
    encode(w, gt: GlobalTitle3) {
      w.u8(gt.translationType);
      w.u8((gt.numberingPlan << 4) | schemeOf(gt));
      writeSignals(w, gt);
    },
  },
  4: {
    decode(r) {
      const translationType = r.u8();
      const plan = r.u8();
      const natureOfAddress = r.u8() & 0x7f;
      return { indicator: 4, translationType, numberingPlan: plan >>> 4, natureOfAddress, ...readSignals(r, plan & 0x0f) };
    },
    encode(w, gt: GlobalTitle4) {
      w.u8(gt.translationType);
      w.u8((gt.numberingPlan << 4) | schemeOf(gt));
      w.u8(gt.natureOfAddress & 0x7f);
      writeSignals(w, gt);
    },
  },
};

/** The row of an indicator on the wire: ANSI writes 1 for what the ITU calls 3. */
const ituIndicator = (indicator: number, variant: AddressVariant): number =>
  variant === 'ansi' && indicator === 1 ? 3 : variant === 'ansi' && indicator > 2 ? -1 : indicator;

function readPointCode(r: ByteReader, variant: AddressVariant): number {
  const low = r.u8();
  const high = r.u8();
  // Bits 7 and 8 of the second octet are spare (Q.713 3.4.2.1).
  return variant === 'itu' ? low | ((high & 0x3f) << 8) : low | (high << 8) | (r.u8() << 16);
}

function writePointCode(w: ByteWriter, pointCode: number, variant: AddressVariant): void {
  w.u8(pointCode);
  w.u8(variant === 'itu' ? (pointCode >>> 8) & 0x3f : pointCode >>> 8);
  if (variant === 'ansi') w.u8(pointCode >>> 16);
}

/** Reads an address; throws Malformed. */
export function readAddress(r: ByteReader, variant: AddressVariant = 'itu'): SccpAddress {
  const indicator = r.u8();
  const bits = BITS[variant];
  const hasPointCode = (indicator & bits.pointCode) !== 0;
  const hasSsn = (indicator & bits.ssn) !== 0;
  const address: { -readonly [K in keyof SccpAddress]: SccpAddress[K] } = {
    routeOn: (indicator & ROUTE_ON_SSN) !== 0 ? 'ssn' : 'gt',
  };
  if ((indicator & NATIONAL) !== 0) address.national = true;
  if (variant === 'ansi' && hasSsn) address.ssn = r.u8();
  if (hasPointCode) address.pointCode = readPointCode(r, variant);
  if (variant === 'itu' && hasSsn) address.ssn = r.u8();
  const gti = (indicator >>> GTI_SHIFT) & 0x0f;
  if (gti !== 0) {
    const row = GT_ROWS[ituIndicator(gti, variant)];
    address.globalTitle = row === undefined ? { indicator: gti, octets: r.rest() } : row.decode(r);
  } else if (r.remaining > 0)
    throw new Malformed(r.offset, `${r.remaining} octets behind an address without global title`, 'Q.713 3.4.1');
  return address;
}

/** Reads the value of an address parameter, its length octet left out. */
export const decodeAddress = (octets: Uint8Array, variant: AddressVariant = 'itu'): Result<SccpAddress, SccpDecodeError> =>
  doorOf(() => readAddress(new ByteReader(octets), variant));

/** The value of an address parameter, its length octet left out. Throws RangeError on digits that are none, or an indicator the variant lacks. */
export function encodeAddress(address: SccpAddress, variant: AddressVariant = 'itu'): Uint8Array<ArrayBuffer> {
  const w = new ByteWriter(24);
  const bits = BITS[variant];
  const gt = address.globalTitle;
  const gti = gt === undefined ? 0 : variant === 'ansi' && gt.indicator === 3 && !('octets' in gt) ? 1 : gt.indicator;
  if (variant === 'ansi' && gt !== undefined && !('octets' in gt) && (gt.indicator === 1 || gt.indicator === 4))
    throw new RangeError(`ANSI has no global title indicator for ITU ${gt.indicator}`);
  w.u8(
    (address.national === true ? NATIONAL : 0) |
      (address.routeOn === 'ssn' ? ROUTE_ON_SSN : 0) |
      (gti << GTI_SHIFT) |
      (address.ssn === undefined ? 0 : bits.ssn) |
      (address.pointCode === undefined ? 0 : bits.pointCode),
  );
  if (variant === 'ansi' && address.ssn !== undefined) w.u8(address.ssn);
  if (address.pointCode !== undefined) writePointCode(w, address.pointCode, variant);
  if (variant === 'itu' && address.ssn !== undefined) w.u8(address.ssn);
  if (gt !== undefined) {
    if ('octets' in gt) w.octets(gt.octets);
    else GT_ROWS[gt.indicator]!.encode(w, gt as never);
  }
  return w.finish();
}

/** The digits of an address's global title; undefined when it has none, or none that are written in BCD. */
export function digitsOfAddress(address: SccpAddress): string | undefined {
  const gt = address.globalTitle;
  return gt !== undefined && 'digits' in gt ? gt.digits : undefined;
}

const named = (names: Readonly<Record<number, string>>, value: number): string =>
  names[value] === undefined ? String(value) : `${value} (${names[value]})`;

/** The address on one line. `masked`: all but the last four digits are stars, and signals are counted, not shown. */
export function addressText(address: SccpAddress, masked = false): string {
  const parts = [`route on ${address.routeOn === 'gt' ? 'GT' : 'SSN'}`];
  if (address.national) parts.push('national');
  if (address.pointCode !== undefined) parts.push(`PC ${address.pointCode}`);
  if (address.ssn !== undefined) parts.push(`SSN ${named(SUBSYSTEMS, address.ssn)}`);
  const gt = address.globalTitle;
  if (gt !== undefined) {
    parts.push(`GTI ${gt.indicator}`);
    if ('translationType' in gt) parts.push(`TT ${gt.translationType}`);
    if ('numberingPlan' in gt) parts.push(`NP ${named(NUMBERING_PLANS, gt.numberingPlan)}`);
    if ('natureOfAddress' in gt) parts.push(`NAI ${named(NATURES_OF_ADDRESS, gt.natureOfAddress)}`);
    if ('digits' in gt) parts.push(`digits ${masked ? maskNumber(gt.digits) : gt.digits}`);
    if ('signals' in gt) parts.push(`ES ${gt.encodingScheme}, ${octetsText(gt.signals, masked)}`);
    if ('octets' in gt) parts.push(octetsText(gt.octets, masked));
  }
  return parts.join(', ');
}

const octetsText = (octets: Uint8Array, masked: boolean): string =>
  masked ? `${octets.length} octets` : `octets ${hexOctets(octets)}`;
