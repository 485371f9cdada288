/** Time stamps and validity periods. TS 23.040 9.2.3.11 and 9.2.3.12. */
import { type ByteReader, type ByteWriter, hexOctets, Malformed } from '#base';
import { readSwappedDecimal, swappedDecimal } from './semi-octets.js';

const TIME_STAMP_OCTETS = 7;
const MINUS = 0x08;

/** Local time and how far it is from GMT, as the service centre wrote them: nothing says that there is such a day. */
export interface LocalTime {
  readonly kind: 'time';
  /** Last two digits. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Local time minus GMT, in quarters of an hour; -79..79. */
  readonly zoneQuarters: number;
}

/** Seven octets that are no decimal digits: service centres write such things, and nothing else of the message depends on it. */
export type TimeStamp = LocalTime | { readonly kind: 'unreadable'; readonly octets: Uint8Array };

export function readTimeStamp(r: ByteReader): TimeStamp {
  const at = r.offset;
  const octets = r.take(TIME_STAMP_OCTETS);
  try {
    const [year, month, day, hour, minute, second] = Array.from(octets.subarray(0, 6), (octet, i) =>
      readSwappedDecimal(octet, at + i),
    );
    const zone = octets[6]!;
    const quarters = readSwappedDecimal(zone & ~MINUS, at + 6);
    if (zone & MINUS && quarters === 0) return { kind: 'unreadable', octets };
    return {
      kind: 'time',
      year: year!,
      month: month!,
      day: day!,
      hour: hour!,
      minute: minute!,
      second: second!,
      zoneQuarters: zone & MINUS ? -quarters : quarters,
    };
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    return { kind: 'unreadable', octets };
  }
}

/** Throws RangeError on what does not fit. */
export function writeTimeStamp(w: ByteWriter, value: TimeStamp): void {
  if (value.kind === 'unreadable') {
    if (value.octets.length !== TIME_STAMP_OCTETS) throw new RangeError('a time stamp has seven octets');
    w.octets(value.octets);
    return;
  }
  for (const part of [value.year, value.month, value.day, value.hour, value.minute, value.second]) w.u8(swappedDecimal(part));
  const quarters = Math.abs(value.zoneQuarters);
  if (quarters > 79) throw new RangeError(`no time zone: ${value.zoneQuarters} quarters`);
  w.u8(swappedDecimal(quarters) | (value.zoneQuarters < 0 ? MINUS : 0));
}

/** Years of two digits are of this century from 2000 on. */
const CENTURY = 2000;
const QUARTER_MS = 900_000;

/** Epoch milliseconds; undefined for what is no time of any day. */
export function epochMs(value: TimeStamp): number | undefined {
  if (value.kind === 'unreadable') return undefined;
  const { year, month, day, hour, minute, second, zoneQuarters } = value;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(CENTURY + year, month - 1, day, hour, minute, second) - zoneQuarters * QUARTER_MS;
}

/** `2026-11-12 12:34:00 +00:30`. */
export function timeText(value: TimeStamp): string {
  if (value.kind === 'unreadable') return `unreadable ${hexOctets(value.octets)}`;
  const two = (n: number): string => `${n}`.padStart(2, '0');
  const zone = Math.abs(value.zoneQuarters) * 15;
  const sign = value.zoneQuarters < 0 ? '-' : '+';
  return (
    `20${two(value.year)}-${two(value.month)}-${two(value.day)} ${two(value.hour)}:${two(value.minute)}:${two(value.second)} ` +
    `${sign}${two(Math.floor(zone / 60))}:${two(zone % 60)}`
  );
}

/** How long the service centre may try. The kind is the TP-VPF bits of the first octet. */
export type ValidityPeriod =
  | { readonly kind: 'relative'; readonly value: number }
  | { readonly kind: 'absolute'; readonly time: TimeStamp }
  /** Seven octets, 9.2.3.12.3. */
  | { readonly kind: 'enhanced'; readonly octets: Uint8Array };

/** TP-VPF by kind; 0 is none. 9.2.3.3. */
export const VALIDITY_FORMATS = { enhanced: 1, relative: 2, absolute: 3 } as const;
const ENHANCED_OCTETS = 7;
const MORE_INDICATORS = 0x80;
const SINGLE_SHOT = 0x40;

export function readValidityPeriod(r: ByteReader, format: number): ValidityPeriod {
  switch (format) {
    case VALIDITY_FORMATS.relative:
      return { kind: 'relative', value: r.u8() };
    case VALIDITY_FORMATS.absolute:
      return { kind: 'absolute', time: readTimeStamp(r) };
    default:
      return { kind: 'enhanced', octets: r.take(ENHANCED_OCTETS) };
  }
}

export function writeValidityPeriod(w: ByteWriter, value: ValidityPeriod): void {
  switch (value.kind) {
    case 'relative':
      if (!Number.isInteger(value.value) || value.value < 0 || value.value > 255)
        throw new RangeError(`no relative validity: ${value.value}`);
      w.u8(value.value);
      return;
    case 'absolute':
      writeTimeStamp(w, value.time);
      return;
    case 'enhanced':
      if (value.octets.length !== ENHANCED_OCTETS) throw new RangeError('an enhanced validity period has seven octets');
      w.octets(value.octets);
  }
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** 9.2.3.12.1: five minutes to twelve hours, half hours to a day, days to a month, weeks to sixty-three. Seconds. */
export function relativeSeconds(value: number): number {
  if (value <= 143) return (value + 1) * 5 * MINUTE;
  if (value <= 167) return 12 * HOUR + (value - 143) * 30 * MINUTE;
  if (value <= 196) return (value - 166) * DAY;
  return (value - 192) * 7 * DAY;
}

/** Seconds of a relative or enhanced period; undefined for an absolute one, and for an enhanced one that names none (or only reserved forms). */
export function validitySeconds(value: ValidityPeriod): number | undefined {
  if (value.kind === 'relative') return relativeSeconds(value.value);
  if (value.kind === 'absolute') return undefined;
  const { octets } = value;
  const indicator = octets[0]!;
  if (indicator & MORE_INDICATORS) return undefined;
  switch (indicator & 7) {
    case 1:
      return relativeSeconds(octets[1]!);
    case 2:
      return octets[1]!;
    case 3:
      try {
        const [hours, minutes, seconds] = [1, 2, 3].map((at) => readSwappedDecimal(octets[at]!, at));
        return hours! * HOUR + minutes! * MINUTE + seconds!;
      } catch (e) {
        if (e instanceof Malformed) return undefined;
        throw e;
      }
    default:
      return undefined;
  }
}

/** Whether the service centre may try once only. */
export const isSingleShot = (value: ValidityPeriod): boolean =>
  value.kind === 'enhanced' && (value.octets[0]! & SINGLE_SHOT) !== 0;

export function validityText(value: ValidityPeriod): string {
  if (value.kind === 'absolute') return `until ${timeText(value.time)}`;
  const seconds = validitySeconds(value);
  const shown = seconds === undefined ? 'no period' : `${seconds} s`;
  return value.kind === 'enhanced'
    ? `${shown}${isSingleShot(value) ? ', single shot' : ''} (enhanced ${hexOctets(value.octets)})`
    : shown;
}
