/** Measuring a program through which messages stream: what happens between two looks at it. */
import type { Row } from './bench.js';
import { Histogram } from './histogram.js';
import { type Running, readUsage } from './process.js';
import { warmUp } from './warm-up.js';

/** Messages that went through, and how long each took. Unit of `latency`: µs. */
export interface Counted {
  count: number;
  latency: Histogram;
}

export const newCount = (): Counted => ({ count: 0, latency: new Histogram() });

/** `seconds`: how long is measured. `smoke`: without a warm-up. */
export interface StreamOptions {
  readonly seconds: number;
  readonly smoke: boolean;
  readonly reach?: string;
}

/** How long the first message may take behind the end of a short window: a loaded machine has hardly started its program then. Unit: ms. */
const FIRST_MS_MAX = 20_000;
const LOOK_MS = 20;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Rate, CPU and latency while `counted` grows by what goes through `running`. Throws where nothing does. */
export async function measureStream(name: string, running: Running, counted: Counted, options: StreamOptions): Promise<Row> {
  await warmUp(() => counted.count, options.smoke);
  counted.latency = new Histogram();
  const [before, from, begun] = [readUsage(running.pid), counted.count, performance.now()];
  await pause(options.seconds * 1_000);
  while (counted.count === from) {
    if (performance.now() - begun > FIRST_MS_MAX) throw new Error(`${name}: no message went through`);
    await pause(LOOK_MS);
  }
  const [after, count, spent] = [readUsage(running.pid), counted.count - from, performance.now() - begun];
  return {
    benchmark: name,
    figures: {
      'rate/s': (count * 1_000) / spent,
      'CPU µs/msg': ((after.cpuMs - before.cpuMs) * 1_000) / count,
      'p50 ms': counted.latency.percentile(50) / 1_000,
      'p99 ms': counted.latency.percentile(99) / 1_000,
      'RSS MB': after.rssBytes / 1e6,
    },
    ...(options.reach !== undefined && { reach: options.reach }),
  };
}
