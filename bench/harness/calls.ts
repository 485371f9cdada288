/** Measures a function that is done in microseconds: in batches, so that the clock costs nothing beside it. */
import type { Row } from './bench.js';

/** Unit: calls. */
const BATCH_CALLS = 1_000;
/** Calls before anything is measured. Unit: calls. */
const WARM_UP_CALLS = 50_000;
const WARM_UP_CALLS_SMOKE = 100;
/** How long each is measured. Unit: seconds. */
const SECONDS = 2;
const SECONDS_SMOKE = 0.05;

export interface CallOptions {
  readonly smoke: boolean;
  /** Default 2. Unit: seconds. */
  readonly seconds?: number;
  /** Default 50,000. */
  readonly warmUpCalls?: number;
  readonly reach?: string;
}

/** Kept, so that no call can be optimised away. */
let sink: unknown;

/** Rate, mean, and the quantiles of the means of batches. `run` gets the number of the call, from 0 on. Throws when it returns nothing. */
export function measureCalls(name: string, run: (call: number) => unknown, options: CallOptions): Row {
  const { smoke, seconds = SECONDS, warmUpCalls = WARM_UP_CALLS, reach } = options;
  const warmUp = smoke ? WARM_UP_CALLS_SMOKE : warmUpCalls;
  for (let i = 0; i < warmUp; i++) sink = run(i);
  const means: number[] = [];
  const begun = performance.now();
  const end = begun + (smoke ? SECONDS_SMOKE : seconds) * 1000;
  let now = begun;
  let call = 0;
  while (now < end) {
    const from = now;
    for (let i = 0; i < BATCH_CALLS; i++) sink = run(call++);
    now = performance.now();
    means.push(((now - from) * 1000) / BATCH_CALLS);
  }
  if (sink === undefined) throw new Error(`${name} returned nothing: an engine may remove it`);
  means.sort((a, b) => a - b);
  const at = (share: number): number => means[Math.min(means.length - 1, Math.floor(means.length * share))]!;
  return {
    benchmark: name,
    figures: {
      'rate/s': (call * 1000) / (now - begun),
      'µs/op': ((now - begun) * 1000) / call,
      'p50 µs': at(0.5),
      'p99 µs': at(0.99),
    },
    ...(reach === undefined ? {} : { reach }),
  };
}
