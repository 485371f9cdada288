/** When a VASP's submissions may be delivered. */
import type { Vasp } from '#directory';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** Minutes since Monday's midnight on the VASP's clock. 1970-01-01 was a Thursday. */
function weekMinute(vasp: Pick<Vasp, 'utcOffsetMinutes'>, at: number): number {
  const minutes = Math.floor(at / MINUTE_MS) + vasp.utcOffsetMinutes + 3 * DAY_MINUTES;
  return ((minutes % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
}

/** Windows as spans of the week; `until` may lie in the next one. A window from a time to the same time is the whole day. */
function spans(vasp: Pick<Vasp, 'windows'>): readonly (readonly [from: number, until: number])[] {
  return vasp.windows.flatMap(({ days, from, until }) =>
    days.map((day) => {
      const begin = (day - 1) * DAY_MINUTES + from;
      return [begin, begin + (until > from ? until - from : until - from + DAY_MINUTES)] as const;
    }),
  );
}

/** The first instant from `at` on that lies in a window: `at` itself when it does, or when the VASP has none. */
export function nextOpening(vasp: Pick<Vasp, 'windows' | 'utcOffsetMinutes'>, at: number): number {
  if (vasp.windows.length === 0) return at;
  const now = weekMinute(vasp, at);
  const all = spans(vasp);
  const inside = all.some(
    ([from, until]) => (now >= from && now < until) || (now + WEEK_MINUTES >= from && now + WEEK_MINUTES < until),
  );
  if (inside) return at;
  const waits = all.map(([from]) => (((from - now) % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES);
  return (Math.floor(at / MINUTE_MS) + Math.min(...waits)) * MINUTE_MS;
}
