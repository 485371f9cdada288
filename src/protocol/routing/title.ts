/**
 * The called party address as a translator needs it: its parts found without an object for each, digits left as nibbles where they stand, and
 * the address written anew with what a translation changes. What nothing says a word about stays octet for octet. ITU-T Q.713 3.4.
 */
import type { MtpVariant } from '#codec/mtp';
import type { AddressChange, TargetSpec } from './config.js';

const NATIONAL = 0x80;
const ROUTE_ON_SSN = 0x40;
const GTI_SHIFT = 2;
const GTI_MASK = 0x0f << GTI_SHIFT;
const BCD_ODD = 1;
const BCD_EVEN = 2;
const ADDRESS_OCTETS_MAX = 0xff;

interface Shape {
  readonly pointCodeBit: number;
  readonly ssnBit: number;
  readonly pointCodeOctets: number;
  readonly ssnFirst: boolean;
}

const SHAPES: Readonly<Record<MtpVariant, Shape>> = {
  itu: { pointCodeBit: 0x01, ssnBit: 0x02, pointCodeOctets: 2, ssnFirst: false },
  ansi: { pointCodeBit: 0x02, ssnBit: 0x01, pointCodeOctets: 3, ssnFirst: true },
};

/** What stands before the digits, by the ITU's indicator. Q.713 3.4.2.3. */
interface TitleShape {
  readonly octets: number;
  readonly hasType: boolean;
  readonly hasPlan: boolean;
  readonly hasNature: boolean;
}

const TITLES: readonly (TitleShape | undefined)[] = [
  undefined,
  { octets: 1, hasType: false, hasPlan: false, hasNature: true },
  { octets: 1, hasType: true, hasPlan: false, hasNature: false },
  { octets: 2, hasType: true, hasPlan: true, hasNature: false },
  { octets: 3, hasType: true, hasPlan: true, hasNature: true },
];

/** Not there. */
export const ABSENT = -1;

/** A read address. One object serves many: `readTitle` fills it anew. Fields are ABSENT where the address has no such part. */
export interface Title {
  octets: Uint8Array;
  variant: MtpVariant;
  routeOnSsn: boolean;
  pointCode: number;
  ssn: number;
  /** The ITU's number; 0 when there is no global title, above 4 for what is not known. */
  gti: number;
  tt: number;
  np: number;
  nai: number;
  /** First octet of the global title, and of its digits. */
  titleFrom: number;
  digitsFrom: number;
  /** ABSENT when the signals are not BCD. */
  digitCount: number;
}

export const emptyTitle = (): Title => ({
  octets: new Uint8Array(0),
  variant: 'itu',
  routeOnSsn: false,
  pointCode: ABSENT,
  ssn: ABSENT,
  gti: 0,
  tt: ABSENT,
  np: ABSENT,
  nai: ABSENT,
  titleFrom: 0,
  digitsFrom: 0,
  digitCount: ABSENT,
});

/** Reads the value of an address parameter; false when its octets end too soon. */
export function readTitle(octets: Uint8Array, variant: MtpVariant, into: Title): boolean {
  const shape = SHAPES[variant];
  if (octets.length === 0) return false;
  const indicator = octets[0]!;
  const hasSsn = (indicator & shape.ssnBit) !== 0;
  const hasPointCode = (indicator & shape.pointCodeBit) !== 0;
  const titleFrom = 1 + (hasSsn ? 1 : 0) + (hasPointCode ? shape.pointCodeOctets : 0);
  if (titleFrom > octets.length) return false;
  const pointCodeAt = 1 + (hasSsn && shape.ssnFirst ? 1 : 0);
  into.octets = octets;
  into.variant = variant;
  into.routeOnSsn = (indicator & ROUTE_ON_SSN) !== 0;
  into.pointCode = hasPointCode ? pointCodeAtOctet(octets, pointCodeAt, variant) : ABSENT;
  into.ssn = hasSsn ? octets[shape.ssnFirst ? 1 : titleFrom - 1]! : ABSENT;
  into.titleFrom = titleFrom;
  return readParts(octets, ituIndicator((indicator & GTI_MASK) >>> GTI_SHIFT, variant), titleFrom, into);
}

function readParts(octets: Uint8Array, gti: number, titleFrom: number, into: Title): boolean {
  const shape = TITLES[gti];
  into.gti = gti;
  into.tt = ABSENT;
  into.np = ABSENT;
  into.nai = ABSENT;
  into.digitCount = ABSENT;
  into.digitsFrom = titleFrom;
  if (shape === undefined) return true;
  const digitsFrom = titleFrom + shape.octets;
  if (digitsFrom > octets.length) return false;
  const last = octets[digitsFrom - 1]!;
  if (shape.hasType) into.tt = octets[titleFrom]!;
  if (shape.hasNature) into.nai = last & 0x7f;
  if (shape.hasPlan) into.np = octets[titleFrom + 1]! >>> 4;
  into.digitsFrom = digitsFrom;
  const even = (octets.length - digitsFrom) * 2;
  const scheme = shape.hasPlan ? octets[titleFrom + 1]! & 0x0f : shape.hasNature && last >= 0x80 ? BCD_ODD : BCD_EVEN;
  if (scheme === BCD_ODD) into.digitCount = even - 1;
  else if (scheme === BCD_EVEN) into.digitCount = even;
  return scheme !== BCD_ODD || even > 0;
}

const ituIndicator = (gti: number, variant: MtpVariant): number => {
  if (variant === 'itu' || gti === 0 || gti === 2) return gti;
  return gti === 1 ? 3 : UNKNOWN_INDICATOR;
};

/** For the indicators that ANSI does not have: none of Q.713 either. */
const UNKNOWN_INDICATOR = 15;

function pointCodeAtOctet(octets: Uint8Array, at: number, variant: MtpVariant): number {
  const low = octets[at]! | (octets[at + 1]! << 8);
  return variant === 'itu' ? low & 0x3fff : low | (octets[at + 2]! << 16);
}

const HEX = '0123456789abcdef';

export const digitAt = (title: Title, at: number): number =>
  (title.octets[title.digitsFrom + (at >>> 1)]! >>> ((at & 1) << 2)) & 0x0f;

/** The digits as text, for traces; undefined when there are none in BCD. */
export function digitsText(title: Title): string | undefined {
  if (title.digitCount === ABSENT) return undefined;
  let text = '';
  for (let at = 0; at < title.digitCount; at++) text += HEX[digitAt(title, at)]!;
  return text;
}

/** What the address of a translated message is to be; `pointCode` is the new DPC, ABSENT when it is not known. */
export interface Rewriting {
  readonly routeOn: 'gt' | 'ssn' | 'as-it-came';
  readonly ssn: number;
  readonly pointCode: number;
  readonly pointCodeInAddress: NonNullable<TargetSpec['pointCodeInAddress']>;
}

/** Changes nothing but what an AddressChange says: on the way to another set. */
export const AS_IT_CAME: Rewriting = { routeOn: 'as-it-came', ssn: ABSENT, pointCode: ABSENT, pointCodeInAddress: 'update' };

/** The new address; the very octets that were read when nothing changes; undefined when it cannot be written. */
export function rewrite(title: Title, to: Rewriting, change: AddressChange | undefined): Uint8Array | undefined {
  const { octets } = title;
  const onSsn = to.routeOn === 'as-it-came' ? title.routeOnSsn : to.routeOn === 'ssn';
  const ssn = to.ssn === ABSENT ? title.ssn : to.ssn;
  const pointCode = pointCodeOf(title, to);
  const head = (octets[0]! & NATIONAL) | (onSsn ? ROUTE_ON_SSN : 0);
  if (change === undefined) {
    if (onSsn === title.routeOnSsn && ssn === title.ssn && pointCode === title.pointCode) return octets;
    return assembled(title, head | (octets[0]! & GTI_MASK), ssn, pointCode, octets, title.titleFrom);
  }
  const gt = changedTitle(title, change);
  if (gt === undefined) return undefined;
  const out = assembled(title, head | indicatorBits(title, change), ssn, pointCode, gt, 0);
  return out !== undefined && isSame(out, octets) ? octets : out;
}

/** The address of these parts, its title being what stands in `gt` from `gtFrom` on; undefined when it is too long. */
function assembled(
  { variant }: Title,
  head: number,
  ssn: number,
  pointCode: number,
  gt: Uint8Array,
  gtFrom: number,
): Uint8Array | undefined {
  const shape = SHAPES[variant];
  const hasSsn = ssn !== ABSENT;
  const hasPointCode = pointCode !== ABSENT;
  const titleFrom = 1 + (hasSsn ? 1 : 0) + (hasPointCode ? shape.pointCodeOctets : 0);
  const length = titleFrom + gt.length - gtFrom;
  if (length > ADDRESS_OCTETS_MAX) return undefined;
  const out = new Uint8Array(length);
  out[0] = head | (hasSsn ? shape.ssnBit : 0) | (hasPointCode ? shape.pointCodeBit : 0);
  let at = 1;
  if (hasSsn && shape.ssnFirst) out[at++] = ssn;
  if (hasPointCode) for (let i = 0; i < shape.pointCodeOctets; i++) out[at++] = pointCode >>> (8 * i);
  if (hasSsn && !shape.ssnFirst) out[at++] = ssn;
  for (let from = gtFrom; from < gt.length; from++) out[at++] = gt[from]!;
  return out;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function pointCodeOf(title: Title, { pointCodeInAddress, pointCode }: Rewriting): number {
  if (pointCodeInAddress === 'remove') return ABSENT;
  if (pointCodeInAddress === 'update' && title.pointCode === ABSENT) return ABSENT;
  return pointCode === ABSENT ? title.pointCode : pointCode;
}

function indicatorBits(title: Title, change: AddressChange): number {
  if (change.dropTitle === true) return 0;
  const gti = change.gti ?? title.gti;
  return (title.variant === 'ansi' && gti === 3 ? 1 : gti) << GTI_SHIFT;
}

/** The global title after a change; undefined when the variant has no such indicator, or there are no digits to change. */
function changedTitle(title: Title, change: AddressChange): Uint8Array | undefined {
  if (change.dropTitle === true) return new Uint8Array(0);
  const gti = change.gti ?? title.gti;
  const shape = TITLES[gti];
  if (shape === undefined || (title.variant === 'ansi' && (gti === 1 || gti === 4))) return undefined;
  if (!changesDigits(change) && gti === title.gti) return patched(title, shape, change);
  const digits = newDigits(title, change);
  return digits === undefined ? undefined : written(shape, title, change, digits);
}

const changesDigits = ({ deleteDigits, prefix, suffix, replaceDigits }: AddressChange): boolean =>
  deleteDigits !== undefined || prefix !== undefined || suffix !== undefined || replaceDigits !== undefined;

/** Translation type, plan and nature written over those that came: encoding scheme, parity and filler stay. */
function patched(title: Title, shape: TitleShape, change: AddressChange): Uint8Array {
  const out = title.octets.slice(title.titleFrom);
  if (shape.hasType && change.tt !== undefined) out[0] = change.tt;
  if (shape.hasPlan && change.np !== undefined) out[1] = (change.np << 4) | (out[1]! & 0x0f);
  const natureAt = shape.octets - 1;
  if (shape.hasNature && change.nai !== undefined) out[natureAt] = (out[natureAt]! & 0x80) | change.nai;
  return out;
}

function written(shape: TitleShape, title: Title, change: AddressChange, digits: readonly number[]): Uint8Array {
  const odd = digits.length % 2 === 1;
  const out = new Uint8Array(shape.octets + ((digits.length + 1) >>> 1));
  const nature = (change.nai ?? Math.max(title.nai, 0)) & 0x7f;
  if (shape.hasType) out[0] = change.tt ?? Math.max(title.tt, 0);
  if (shape.hasPlan) out[1] = ((change.np ?? Math.max(title.np, 0)) << 4) | (odd ? BCD_ODD : BCD_EVEN);
  if (shape.hasNature) out[shape.octets - 1] = nature | (!shape.hasPlan && odd ? 0x80 : 0);
  for (let i = 0; i < digits.length; i++) out[shape.octets + (i >>> 1)]! |= digits[i]! << ((i & 1) << 2);
  return out;
}

const valuesOf = (text: string): number[] => [...text].map((it) => HEX.indexOf(it));

/** Undefined when the signals are not BCD. */
function newDigits(title: Title, change: AddressChange): number[] | undefined {
  if (change.replaceDigits !== undefined) return valuesOf(change.replaceDigits);
  if (title.digitCount === ABSENT) return undefined;
  const kept: number[] = [];
  for (let at = change.deleteDigits ?? 0; at < title.digitCount; at++) kept.push(digitAt(title, at));
  return [...valuesOf(change.prefix ?? ''), ...kept, ...valuesOf(change.suffix ?? '')];
}
