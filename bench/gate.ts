/**
 * The gate between exchanges and service centres over TCP: how many messages one core carries with many in flight, and how much later they come at a
 * steady rate. The traffic tool plays both sides on the generator's core and checks every verdict; a wrong one fails the benchmark. The baseline, in the
 * same run and the same way: a relay that looks at the called party's digits and at nothing else (`gate/relay.ts`).
 *
 * GATE_NUMBERS: numbers loaded beside the laboratory's; a million when it is not set.
 */
import { fileURLToPath } from 'node:url';
import { silentLog } from '#base';
import { type GateSettings, type PlaceSettings, SCREENED, Simulation, type SimulationResult } from '#endpoint/exchange';
import { startGate } from './gate/program.js';
import { type Bench, type Row, readUsage, runAlone, startProcess } from './harness/index.js';

const SECONDS = 10;
const SECONDS_SMOKE = 1;
const SUBSCRIBERS = 10_000;
const NUMBERS = 1_000_000;
const NUMBERS_SMOKE = 10_000;
const IN_FLIGHT = 4_000;
/** Due is more than anybody carries: then the bound in flight decides. Unit: dialogues a second. */
const FLOOD_RATE = 500_000;
/** Unit: dialogues a second; each but the refused ones is two messages through the gate. */
const STEADY_RATE = 10_000;
const STEADY_RATE_SMOKE = 1_000;

const GATE: GateSettings = {
  flow: 'ported-out',
  mode: 'enforce',
  prepaid: true,
  portability: true,
  recipientPrepaid: false,
  screened: SCREENED['ported-out'],
  platforms: 'up',
};
/** Expected of the relay: everything passes. */
const PASSING: GateSettings = { ...GATE, mode: 'off' };

interface Run {
  readonly result: SimulationResult;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

async function played(pid: number, port: number, gate: GateSettings, rate: number, seconds: number): Promise<Run> {
  const place: PlaceSettings = { conversation: 'm3ua', transport: 'tcp', addresses: ['127.0.0.1'], port };
  const before = readUsage(pid);
  const result = await new Simulation(
    {
      profile: 'short',
      seed: 1,
      schedule: { rate, durationMs: seconds * 1_000 },
      durationMaxMs: seconds * 1_000,
      inFlightMax: IN_FLIGHT,
      timeoutMs: 10_000,
      gate,
      places: { access: place, centre: place, platform: place },
      subscribers: SUBSCRIBERS,
    },
    { log: silentLog },
  ).run();
  const after = readUsage(pid);
  if (Object.keys(result.faults).length > 0) throw new Error(JSON.stringify(result.mismatches[0]));
  return { result, cpuMs: after.cpuMs - before.cpuMs, rssBytes: after.rssBytes };
}

/** Messages that the program under test took in: what was sent to it, and the answers to what it relayed. */
const messagesIn = ({ sent, verdicts }: SimulationResult): number => sent + (verdicts.relayed ?? 0) + (verdicts.redirected ?? 0);

function floodRow(benchmark: string, { result, cpuMs, rssBytes }: Run, more: Pick<Row, 'reach' | 'baseline'>): Row {
  const messages = messagesIn(result);
  return {
    benchmark,
    figures: {
      'messages/s': Math.round((messages / result.elapsedMs) * 1_000),
      'messages/s of its CPU': Math.round((messages / cpuMs) * 1_000),
      'CPU µs/msg': (cpuMs * 1_000) / messages,
      'RSS MB': Math.round(rssBytes / 1_048_576),
    },
    ...more,
  };
}

function steadyRow(benchmark: string, { result }: Run, more: Pick<Row, 'reach' | 'baseline'>): Row {
  const { through } = result;
  return {
    benchmark,
    figures: {
      'messages/s': Math.round((messagesIn(result) / result.elapsedMs) * 1_000),
      'p50 ms': through.p50Ms,
      'p99 ms': through.p99Ms,
      'p99.9 ms': through.p999Ms,
    },
    ...more,
  };
}

async function both(pid: number, port: number, gate: GateSettings, smoke: boolean): Promise<readonly [Run, Run]> {
  const seconds = smoke ? SECONDS_SMOKE : SECONDS;
  // A run to warm up both sides.
  await played(pid, port, gate, STEADY_RATE_SMOKE, 1);
  const flood = await played(pid, port, gate, FLOOD_RATE, seconds);
  return [flood, await played(pid, port, gate, smoke ? STEADY_RATE_SMOKE : STEADY_RATE, seconds)];
}

export const bench: Bench = {
  name: 'Gate between exchanges and service centres, M3UA over TCP, MO-FSM',
  async run({ smoke }) {
    const numbers = Number(process.env['GATE_NUMBERS'] ?? (smoke ? NUMBERS_SMOKE : NUMBERS));
    const relay = await startProcess(process.execPath, [fileURLToPath(new URL('gate/relay.js', import.meta.url))], /ready (\d+)/);
    let baseline: readonly [Run, Run];
    try {
      baseline = await both(relay.pid, Number(relay.ready[1]), PASSING, smoke);
    } finally {
      await relay.stop();
    }
    const gate = await startGate(GATE, SUBSCRIBERS, numbers);
    try {
      const [flood, steady] = await both(gate.running.pid, gate.port, GATE, smoke);
      const rate = `${2 * (smoke ? STEADY_RATE_SMOKE : STEADY_RATE)}/s`;
      return [
        floodRow(`gate, ${numbers} numbers, ${IN_FLIGHT} dialogues in flight`, flood, { reach: '100,000 messages/s per core' }),
        floodRow('a relay that looks at the called party only, the same', baseline[0], {}),
        steadyRow(`gate, delay at ${rate}`, steady, { reach: 'p99 added 1 ms or less' }),
        steadyRow('that relay, the same', baseline[1], {}),
      ];
    } finally {
      await gate.stop();
    }
  },
};

await runAlone(bench, import.meta.url);
