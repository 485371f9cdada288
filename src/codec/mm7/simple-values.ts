/** Simple types of the schema: texts, words, numbers, times. XML Schema part 2; TS 23.140 schema. */
import { type ElementCoder, type Place, refuseValue } from './coding.js';
import type { DateOrDuration } from './values.js';
import { elementXml, escapeXml } from './xml.js';

/** Reads a trimmed text as a value. */
export interface SimpleType<T> {
  readonly read: (text: string, place: Place) => T;
  readonly write: (value: T) => string;
}

/** An element that holds a simple type and nothing else. */
export const simple = <T>(type: SimpleType<T>, options: { readonly emptyIsValue?: boolean } = {}): ElementCoder<T> => ({
  decode(element, place) {
    if (element.children.length > 0) refuseValue(place, 'a text without elements');
    return type.read(element.text.trim(), place);
  },
  encode: (name, value) => elementXml(name, escapeXml(type.write(value))),
  ...options,
});

const textType: SimpleType<string> = { read: (text) => text, write: (value) => value };
/** Any text, without the blanks around it; may be empty. */
export const text: ElementCoder<string> = simple(textType, { emptyIsValue: true });

/** A text that names something, and so is not empty. */
export const identifier: ElementCoder<string> = simple({
  read: (value, place) => (value === '' ? refuseValue(place, 'an identifier: it is empty') : value),
  write: (value) => value,
});

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** Booleans as XML Schema has them, in any letter case. */
export const booleanType: SimpleType<boolean> = {
  read(value, place) {
    const lower = value.toLowerCase();
    const known = BOOLEANS.get(lower);
    if (known === undefined) refuseValue(place, 'true or false');
    if (lower !== value) place.reading.tolerate('letter-case', place.path, value);
    return known;
  },
  write: (value) => String(value),
};
export const boolean: ElementCoder<boolean> = simple(booleanType);

const INTEGER_MAX = 999_999_999;
const INTEGER = /^\+?0*([1-9][0-9]{0,8})$/;

/** 1 to 999,999,999. */
export const positiveType: SimpleType<number> = {
  read(value, place) {
    const digits = INTEGER.exec(value)?.[1];
    return digits === undefined ? refuseValue(place, `a number from 1 to ${INTEGER_MAX}`) : Number(digits);
  },
  write: (value) => String(value),
};

/** One of the words of a list. `others`: words of peers that mean one of them; null: that mean nothing here. */
export const wordType = <W extends string>(words: readonly W[], others: Readonly<Record<string, W>> = {}): SimpleType<W> => {
  const byLower = new Map<string, W>(words.map((word) => [word.toLowerCase(), word]));
  return {
    read(value, place) {
      const lower = value.toLowerCase();
      const word = byLower.get(lower);
      if (word !== undefined) {
        if (word !== value) place.reading.tolerate('letter-case', place.path, value);
        return word;
      }
      const other = Object.hasOwn(others, value) ? others[value] : undefined;
      if (other === undefined) return refuseValue(place, `one of ${words.join(', ')}`);
      place.reading.tolerate('unlisted-value', place.path, value);
      return other;
    },
    write: (value) => value,
  };
};
export const word = <W extends string>(words: readonly W[], others: Readonly<Record<string, W>> = {}): ElementCoder<W> =>
  simple(wordType(words, others));

const DATE_TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,12}))?(Z|[+-][0-9]{2}:[0-9]{2})?$/;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ZONE_MINUTES_MAX = 14 * 60;

/** Minutes east of Greenwich; undefined for a zone that there is not. */
function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  if (Number(zone.slice(4, 6)) > 59 || minutes > ZONE_MINUTES_MAX) return undefined;
  return zone[0] === '-' ? -minutes : minutes;
}

/** Instant of an xs:dateTime, epoch milliseconds; years 0000 to 9999, 24:00:00 as the next day's beginning. Undefined when it is none. */
function instantOf(value: string, place: Place): number | undefined {
  const found = DATE_TIME.exec(value);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const zone = zoneMinutes(found[8] ?? 'Z');
  const wholeDay = hour === 24 && minute === 0 && second === 0;
  if (zone === undefined || (hour > 23 && !wholeDay) || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (found[8] === undefined) place.reading.tolerate('time-without-zone', place.path, value);
  const fraction = Math.trunc(Number(`0.${found[7] ?? '0'}`) * 1000);
  return date.getTime() + hour * HOUR_MS + (minute - zone) * MINUTE_MS + second * 1000 + fraction;
}

/** An instant, epoch milliseconds. */
export const dateTimeType: SimpleType<number> = {
  read: (value, place) => instantOf(value, place) ?? refuseValue(place, 'a date and time'),
  write: (value) => new Date(value).toISOString().replace('.000Z', 'Z'),
};
export const dateTime: ElementCoder<number> = simple(dateTimeType);

const DURATION =
  /^P(?=.)(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})D)?(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,9}))?S)?)?$/;
/** Years and months have no length of their own; these are what Mbuni gives them. */
const YEAR_MS = 365.25 * DAY_MS;
const MONTH_MS = 30 * DAY_MS;
const DURATION_UNITS = [YEAR_MS, MONTH_MS, DAY_MS, HOUR_MS, MINUTE_MS, 1000];

/** Length of an xs:duration in milliseconds; undefined when it is none, or negative. */
function spanOf(value: string): number | undefined {
  const found = DURATION.exec(value);
  if (found === null) return undefined;
  const whole = DURATION_UNITS.reduce((sum, unit, i) => sum + Number(found[i + 1] ?? 0) * unit, 0);
  return whole + Math.trunc(Number(`0.${found[7] ?? '0'}`) * 1000);
}

/** An instant or a span. */
export const dateOrDurationType: SimpleType<DateOrDuration> = {
  read(value, place) {
    const span = value.startsWith('P') ? spanOf(value) : undefined;
    if (span !== undefined) return { afterMs: span };
    const at = instantOf(value, place);
    return at === undefined ? refuseValue(place, 'a date and time, or a duration') : { at };
  },
  write: (value) => ('at' in value ? dateTimeType.write(value.at) : `PT${value.afterMs / 1000}S`),
};
export const dateOrDuration: ElementCoder<DateOrDuration> = simple(dateOrDurationType);
