/** Durable acceptance: m-send.req in, m-send.conf with Ok out, nothing else asked of the program. */
import { type Bench, httpLoad, type Row, readUsage, runAlone } from './harness/index.js';
import { type RunningMmsc, startMmsc } from './mmsc/program.js';
import { isAccepted, sendTemplate } from './mmsc/requests.js';

const SENDER = '46702000001';
const RECIPIENT = '46701000001';
/** Later than the benchmark ends: the messages wait, so that accepting alone is measured. Unit: seconds. */
const DELIVERY_AFTER = 86_400;

export interface AcceptFigures {
  readonly perSecond: number;
  readonly figures: Row['figures'];
}

/** Drives one running program. `from`: first number of the counter, so that no two runs on one folder send the same octets. */
export async function measureAccept(
  mmsc: RunningMmsc,
  load: { octets: number; connections: number; seconds: number; from: number },
): Promise<AcceptFigures> {
  const template = sendTemplate({
    octets: load.octets,
    sender: SENDER,
    recipient: RECIPIENT,
    deliveryTime: { kind: 'relative', seconds: DELIVERY_AFTER },
  });
  const options = { port: mmsc.site.mm1Port, connections: load.connections, accept: isAccepted };
  let next = load.from;
  const request = () => template.request(next++);
  await httpLoad({ ...options, durationMs: load.seconds * 200, request });
  const before = readUsage(mmsc.pid);
  const result = await httpLoad({ ...options, durationMs: load.seconds * 1000, request });
  const after = readUsage(mmsc.pid);
  return {
    perSecond: result.perSecond,
    figures: {
      'rate/s': result.perSecond,
      'p50 ms': result.latency.percentile(50) / 1000,
      'p99 ms': result.latency.percentile(99) / 1000,
      'CPU µs/msg': ((after.cpuMs - before.cpuMs) * 1000) / Math.max(1, result.answers),
      'RSS MB': after.rssBytes / 1e6,
      failures: result.failures,
    },
  };
}

export const bench: Bench = {
  name: 'Accept, durable',
  async run({ smoke }) {
    const seconds = smoke ? 0.5 : 8;
    const rows: Row[] = [];
    for (const load of [
      { octets: 260, connections: 64, reach: '12,000/s, 60 µs', baseline: 'Mbuni 2,700/s, 500 µs, body not flushed' },
      { octets: 300 * 1024, connections: 16, reach: '2,000/s, 400 µs', baseline: 'Mbuni 1,037/s, 1,320 µs' },
    ]) {
      const mmsc = await startMmsc();
      try {
        const { figures } = await measureAccept(mmsc, { ...load, seconds, from: 0 });
        const size = load.octets < 1024 ? `${load.octets} octets` : `${load.octets / 1024} KB`;
        rows.push({
          benchmark: `accept ${size}, ${load.connections} connections`,
          figures,
          reach: load.reach,
          baseline: load.baseline,
        });
      } finally {
        await mmsc.stop();
        await mmsc.site.remove();
      }
    }
    return rows;
  },
};

await runAlone(bench, import.meta.url);
