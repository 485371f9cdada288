/**
 * A peer that is down: what its backlog costs the others, and how fast it drains once the peer is back. Small messages, so that the count matters and
 * not the disk. BACKLOG_MESSAGES: how many wait; the hour at 200 a second makes 720,000.
 */
import { fileURLToPath } from 'node:url';
import {
  type Bench,
  type Counted,
  measureStream,
  newCount,
  type Row,
  type Running,
  readUsage,
  runAlone,
  startProcess,
} from './harness/index.js';
import { openSink } from './smtp/sink.js';

const OCTETS = 1_000;
const MESSAGES = 30_000;
const MESSAGES_SMOKE = 200;
const IN_FLIGHT = 64;
/** Messages a second that go on coming for the peer that is down. */
const PER_SECOND = 200;
/** How long a backlog may take to be made, for each message. Unit: ms. Source: a fifth of the rate of the store's own benchmark. */
const FILL_MS_EACH = 3;
const FILL_MS_MIN = 60_000;
/** How long the pool may leave a peer in peace before it looks again, and a little. Unit: ms. */
const LOOK_AGAIN_MS = 90_000;
/** Without a message for so long, a drain that has begun has stopped. Unit: ms. */
const STALL_MS = 30_000;
const LOOK_MS = 20;
const PROGRAM = fileURLToPath(new URL('./mm4/program.js', import.meta.url));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A port at which nobody listens. */
async function deadPort(): Promise<number> {
  const { server, port } = await openSink(newCount());
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

const start = (live: number, dead: number, inFlight: number, perSecond: number, backlog: number): Promise<Running> =>
  startProcess(process.execPath, [PROGRAM, live, dead, OCTETS, inFlight, perSecond, backlog].map(String), /listening (\d+)/, {
    readyMs: Math.max(FILL_MS_MIN, backlog * FILL_MS_EACH),
  });

/** What goes to the peer that is up, beside a backlog for the other one. */
async function beside(name: string, perSecond: number, backlog: number, seconds: number, smoke: boolean): Promise<Row> {
  const counted = newCount();
  const sink = await openSink(counted);
  const running = await start(sink.port, await deadPort(), IN_FLIGHT, perSecond, backlog);
  try {
    return await measureStream(name, running, counted, { seconds, smoke, reach: 'as without it' });
  } finally {
    await running.stop();
    sink.server.close();
  }
}

/** The instants at which each tenth of `messages` had come. Unit: ms. */
async function tenths(counted: Counted, messages: number): Promise<readonly number[]> {
  const instants: number[] = [];
  let [count, grownAt] = [0, performance.now()];
  while (counted.count < messages) {
    await pause(LOOK_MS);
    const now = performance.now();
    if (counted.count > count) [count, grownAt] = [counted.count, now];
    if (count > 0 && instants.length === 0) instants.push(now);
    while (instants.length > 0 && instants.length < 10 && count >= (messages * instants.length) / 10) instants.push(now);
    if (now - grownAt > (count === 0 ? LOOK_AGAIN_MS : STALL_MS)) throw new Error(`only ${count} of ${messages} messages came`);
  }
  return [...instants, performance.now()];
}

async function drain(messages: number): Promise<Row> {
  const port = await deadPort();
  const live = await openSink(newCount());
  const running = await start(live.port, port, 0, 0, messages);
  const counted = newCount();
  const back = performance.now();
  const sink = await openSink(counted, port);
  try {
    const before = readUsage(running.pid);
    const at = await tenths(counted, messages);
    const { cpuMs, rssBytes } = readUsage(running.pid);
    const [first, last] = [at[0]!, at.at(-1)!];
    const tenth = (from: number): number => (messages * 100) / Math.max(1, at[from + 1]! - at[from]!);
    return {
      benchmark: `drain of ${messages.toLocaleString('en')} messages`,
      figures: {
        'rate/s': (messages * 1_000) / Math.max(1, last - first),
        'CPU µs/msg': ((cpuMs - before.cpuMs) * 1_000) / messages,
        'RSS MB': rssBytes / 1e6,
        'first tenth/s': tenth(0),
        'last tenth/s': tenth(at.length - 2),
        'begins after s': (first - back) / 1_000,
      },
      reach: 'as fast as what is accepted and sent at once',
    };
  } finally {
    await running.stop();
    sink.server.close();
    live.server.close();
  }
}

export const bench: Bench = {
  name: 'A peer that was down',
  async run({ smoke }) {
    const seconds = smoke ? 0.3 : 8;
    const messages = Number(process.env['BACKLOG_MESSAGES'] ?? (smoke ? MESSAGES_SMOKE : MESSAGES));
    const waiting = messages.toLocaleString('en');
    return [
      await beside('out to another, nothing waits', 0, 0, seconds, smoke),
      await beside(`out to another, ${waiting} wait and ${PER_SECOND}/s more come`, PER_SECOND, messages, seconds, smoke),
      await drain(messages),
    ];
  },
};

await runAlone(bench, import.meta.url);
