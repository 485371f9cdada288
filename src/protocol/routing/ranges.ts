/** Ranges of decimal numbers of one length as the fewest prefixes that hold just them. */

const DECIMAL = /^[0-9]+$/;

/** Whether `from` to `to` is a range: decimal, of one length, in order. */
export const isRange = (from: string, to: string): boolean =>
  DECIMAL.test(from) && DECIMAL.test(to) && from.length === to.length && from <= to;

/** At most 18 prefixes for each digit. `from` to `to` is a range. */
export function prefixesOf(from: string, to: string): string[] {
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  if (shared === from.length) return [from];
  const head = from.slice(0, shared);
  const low = from.slice(shared);
  const high = to.slice(shared);
  if (isAll(low, '0') && isAll(high, '9')) return [head];
  const prefixes: string[] = [];
  const [first, last] = [Number(low[0]), Number(high[0])];
  const rest = low.length - 1;
  for (let digit = first; digit <= last; digit++) {
    const start = digit === first ? low : digit + '0'.repeat(rest);
    const end = digit === last ? high : digit + '9'.repeat(rest);
    prefixes.push(...prefixesOf(start, end).map((it) => head + it));
  }
  return prefixes;
}

const isAll = (digits: string, digit: string): boolean => digits === digit.repeat(digits.length);
