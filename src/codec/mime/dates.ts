/** Instants in the three forms that occur: mail (RFC 5322 3.3), HTTP (RFC 9110 5.6.7) and C's asctime, which peers write against both. */
import { err, ok, type Result } from '#base';
import { malformed } from './fault.js';
import type { MimeError, MimeField } from './model.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MINUTE_MS = 60_000;

/** The zones by name that RFC 5322 4.3 keeps, in minutes; any other name is taken for GMT, as that clause says. */
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** `[Day,] 1 Jan 2022 02:25[:45] [+0200|GMT]`, years of two digits too; blanks inside the time as Mbuni writes them. */
const MAIL =
  /^(?:[a-z]{3,9}\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2,4})\s+(\d{1,2}):\s*(\d{2})(?::\s*(\d{2})(?:\.\d{1,9})?)?\s*([+-]\d{4}|[a-z]{1,5})?\b/i;
/** `Thu Jan 13 02:25:45 [GMT] 2022`. */
const ASCTIME =
  /^[a-z]{3,9}\s+([a-z]{3})\s+(\d{1,2})\s+(\d{1,2}):\s*(\d{2}):\s*(\d{2})\s+(?:([+-]\d{4}|[a-z]{1,5})\s+)?(\d{4})\b/i;
/** Longest text that is looked at: a date has 31 characters, with a comment some more. */
const DATE_TEXT_MAX = 128;

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0;
  const numeric = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  if (numeric === null) return ZONES[zone.toUpperCase()] ?? 0;
  return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) * 60 + Number(numeric[3]));
}

/** Two digits are of this century up to 49, three digits count from 1900. RFC 5322 4.3. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

/** Epoch milliseconds of a moment that exists; undefined for a 30th of February. */
function instant(year: number, month: number, day: number, clock: readonly number[], zone: number): number | undefined {
  const [hour, minute, second] = clock as readonly [number, number, number];
  // A leap second is the one before it: the epoch does not count them.
  if (month < 0 || hour > 23 || minute > 59 || second > 60 || year < 1900) return undefined;
  const at = Date.UTC(year, month, day, hour, minute, Math.min(second, 59));
  return new Date(at).getUTCDate() === day ? at - zone * MINUTE_MS : undefined;
}

const monthOf = (name: string): number => MONTHS.findIndex((month) => month.toLowerCase() === name.toLowerCase());

function readDate(text: string): number | undefined {
  const mail = MAIL.exec(text);
  if (mail !== null) {
    const [, day, month, year, hour, minute, second, zone] = mail;
    const clock = [Number(hour), Number(minute), Number(second ?? 0)];
    return instant(fullYear(year!), monthOf(month!), Number(day), clock, zoneMinutes(zone));
  }
  const asctime = ASCTIME.exec(text);
  if (asctime === null) return undefined;
  const [, month, day, hour, minute, second, zone, year] = asctime;
  return instant(Number(year), monthOf(month!), Number(day), [Number(hour), Number(minute), Number(second)], zoneMinutes(zone));
}

/**
 * Epoch milliseconds of a date of mail, of HTTP or in asctime form (without zone: GMT); behind it anything may stand. Err on a text that is
 * none, and on a day that does not exist.
 */
export function parseDate(text: string): Result<number, MimeError> {
  const at = readDate(text.slice(0, DATE_TEXT_MAX).trim());
  return at === undefined ? err(malformed(0, 'no date and time', 'RFC 5322 3.3')) : ok(at);
}

const two = (n: number): string => String(n).padStart(2, '0');

function parts(at: number): { readonly day: string; readonly clock: string } {
  const date = new Date(at);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return {
    day: `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${year}`,
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  };
}

/** `Thu, 13 Jan 2022 00:25:45 +0000`. `at`: epoch milliseconds within the years 1 to 9999. RFC 5322 3.3. */
export function dateText(at: number): string {
  const { day, clock } = parts(at);
  return `${day} ${clock} +0000`;
}

/** `Thu, 13 Jan 2022 00:25:45 GMT`, as X-Mms-Expiry has it. RFC 9110 5.6.7. */
export function httpDateText(at: number): string {
  const { day, clock } = parts(at);
  return `${day} ${clock} GMT`;
}

/** A field with an instant, `Date` for instance. */
export const dateField = (name: string, at: number): MimeField => ({ name, value: dateText(at) });
