/** Numbers of a gate that it does not keep itself: those of a folder that another process writes in, or a copy of those of another gate. */
import { type Meter, silentMeter } from '#base';
import type { FollowingView, NumberStorePorts } from '#operator';
import { type CopyState, loadVersions, type NumberCopy, type NumberFollower } from '#store/numbers';

/** What is followed, and by whom. */
export interface Followed {
  readonly follower: NumberFollower;
  readonly folder: string;
  /** Where the numbers are kept, for people. */
  readonly source: string;
  /** Fetches them; absent where they lie in a folder of this machine. */
  readonly copy?: NumberCopy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const seconds = (ms: number): number => Math.max(0, Math.round(ms / 100) / 10);

function copied({ behindOctets, behindChanges, wholeAt, answeredAt, failures, fault }: CopyState, now: number) {
  return {
    ...(behindOctets === undefined ? {} : { lagOctets: behindOctets }),
    ...(behindChanges === undefined ? {} : { lagChanges: behindChanges }),
    ...(wholeAt === undefined ? {} : { lagSeconds: seconds(now - wholeAt) }),
    ...(answeredAt === undefined ? {} : { answeredAt: new Date(answeredAt).toISOString() }),
    failures,
    ...(fault === undefined ? {} : { fault }),
  };
}

/** How far behind its source a gate is, now. */
export function followingView({ follower, source, copy, now }: Followed): FollowingView {
  const { fault } = follower;
  if (copy !== undefined) {
    const its = copied(copy.state, now());
    return { source, ...its, ...(fault === undefined ? {} : { fault: fault.text }) };
  }
  const { octets, ms } = follower.lag;
  return {
    source,
    lagOctets: octets,
    // What lies behind the end that was read has not been decoded yet: only when there is nothing is its count known.
    ...(octets === 0 && fault === undefined ? { lagChanges: 0 } : {}),
    ...(ms === undefined ? {} : { lagSeconds: seconds(ms) }),
    failures: follower.failures,
    ...(fault === undefined ? {} : { fault: fault.text }),
  };
}

/** The same as metrics. What is not known is not a number. */
export function measureFollowing(followed: Followed, meter: Meter = silentMeter): void {
  const watch = (name: string, help: string, read: (view: FollowingView) => number | undefined): void =>
    meter.watch(name, help, () => read(followingView(followed)) ?? Number.NaN);
  watch(
    'angarium_gate_numbers_lag_bytes',
    'Of the numbers at their source, what is not answered by here.',
    ({ lagOctets }) => lagOctets,
  );
  watch(
    'angarium_gate_numbers_lag_changes',
    'Changes made at the source that are not answered by here.',
    ({ lagChanges }) => lagChanges,
  );
  watch(
    'angarium_gate_numbers_lag_seconds',
    'Since the numbers here were the same as at their source.',
    ({ lagSeconds }) => lagSeconds,
  );
  watch('angarium_gate_numbers_source_age_seconds', 'Since the source last answered.', ({ answeredAt }) =>
    answeredAt === undefined ? undefined : seconds(followed.now() - Date.parse(answeredAt)),
  );
  watch(
    'angarium_gate_numbers_fetch_failures',
    'Attempts to fetch or read the numbers that failed, since the start.',
    ({ failures }) => failures,
  );
}

/** Why the numbers are further behind than they may be; undefined when they are not. */
export function lagAlarm({ source, lagSeconds, fault }: FollowingView, lagMaxMs: number): string | undefined {
  const why = fault === undefined ? '' : `: ${fault}`;
  if (lagSeconds === undefined) return `numbers have never been fetched from ${source}${why}`;
  if (lagSeconds * 1000 <= lagMaxMs) return undefined;
  return `numbers have been behind ${source} for ${Math.floor(lagSeconds)} s${why}`;
}

/** What the operator API shows of followed numbers; every change is refused with the name of the source before it comes here. */
export function followedStore(followed: Followed): NumberStorePorts {
  const { follower, folder, source } = followed;
  const refused = { ok: false, error: { kind: 'refused', text: `the numbers are kept by ${source}` } } as const;
  return {
    source,
    view: () => ({
      stats: {
        state: follower.state,
        ...(follower.reason === undefined ? {} : { reason: follower.reason }),
        version: follower.version,
        ...follower.stored,
      },
      versions: loadVersions(folder, follower.version.load).map((its) => ({ ...its })),
      load: { state: 'none' },
      following: followingView(followed),
    }),
    load: async () => refused,
    rollback: async () => refused,
    list: async () => undefined,
    read: async () => undefined,
  };
}
