/** What both bearers count: every push by its kind and outcome, and how long it took. */
import type { Log, Meter } from '#base';
import type { Push, PushOutcome } from '#messaging';

export interface PushPorts {
  readonly log: Log;
  readonly meter: Meter;
}

/** Upper bounds in seconds: a laboratory's push takes a millisecond, a gateway's tens, a handset out of reach all of its timeout. */
const BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** Counts one push of `bearer` that was begun at `startedAt` (milliseconds of `performance.now()`). */
export type RecordPush = (kind: Push['kind'], outcome: PushOutcome['kind'], startedAt: number) => void;

export function pushMeter(meter: Meter, bearer: string): RecordPush {
  const total = meter.counter('angarium_pushes_total', 'Pushes by outcome', ['bearer', 'kind', 'outcome']);
  const seconds = meter.histogram('angarium_push_seconds', 'From push to its outcome', BUCKETS, ['bearer']);
  const bearerLabel = { bearer };
  return (kind, outcome, startedAt) => {
    total.add(1, { bearer, kind, outcome });
    seconds.observe((performance.now() - startedAt) / 1000, bearerLabel);
  };
}
