/**
 * The whole gate program with osmo-stp between it and the traffic tool: what is started in which order, and what is kept of it. The tests say what
 * must hold of that; this runs on the machine itself or inside the guest.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type GateSettings,
  type GateWays,
  gateFile,
  NETWORK,
  numbersFile,
  plannedRecords,
  SCREENED,
  type SimulationResult,
} from '#endpoint/exchange';
import { openNumberStore } from '#store/numbers';
import { CLI } from '../../kit/program.js';

/** When something that is waited for is given up: the guest is slow. Unit: milliseconds. */
const PATIENCE_MS = 40_000;
const SUBSCRIBERS = 20;
/** Messages that the rows of the table are shown with, a second and altogether. */
const ROWS = { rate: 25, count: 160 } as const;
/** The outage: when osmo-stp is killed and started again, and how long messages are sent. Unit: milliseconds, but for the rate a second. */
const OUTAGE = { rate: 20, killedAt: 3_000, absent: 1_500, lasts: 12_000, recovery: 4_000 } as const;

const GATE: GateSettings = {
  flow: 'vstp',
  mode: 'enforce',
  prepaid: true,
  portability: true,
  recipientPrepaid: false,
  screened: SCREENED.vstp,
  platforms: 'up',
};

export interface Stage {
  /** Writable, of this rehearsal alone. */
  readonly folder: string;
  readonly stpConfiguration: string;
  readonly ways: GateWays;
  /** Of the gate's links that lead to osmo-stp. */
  readonly stpLinks: readonly string[];
  /** Options of `gate simulate` by which its places find their way. */
  readonly connection: readonly string[];
  /** Resolves when osmo-stp takes associations. */
  listens(): Promise<void>;
}

export interface GateLine extends Readonly<Record<string, unknown>> {
  readonly msg: string;
}

/** What a command of the program left behind. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the traffic tool: `result` is what it printed, undefined when that was none. */
export interface Played extends Ended {
  readonly result: SimulationResult | undefined;
}

export interface Rehearsed {
  /** Every row of the decision table. */
  readonly rows: Played;
  /** Traffic while osmo-stp is killed and started again. */
  readonly outage: Played;
  /** Every row once more, and nothing is excused. */
  readonly afterwards: Played;
  readonly gateLog: readonly GateLine[];
  /** Exit code of the gate after SIGTERM. */
  readonly gateStatus: number | null;
}

export const ROWS_SENT: number = ROWS.count;

/** Names of the captures in the stage's folder, of what the traffic tool sent and got. */
export const CAPTURES = { rows: 'rows.pcap', outage: 'outage.pcap', afterwards: 'afterwards.pcap' } as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when it holds; rejects when it does not in time. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(10);
  }
}

async function command(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }
  return child.exitCode;
}

/** osmo-stp, which is killed and started again. */
class Stp {
  private readonly stage: Stage;
  private child: ChildProcess | undefined;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  async start(): Promise<void> {
    const file = join(this.stage.folder, 'osmo-stp.cfg');
    writeFileSync(file, this.stage.stpConfiguration);
    this.child = spawn('osmo-stp', ['-c', file], { stdio: 'ignore' });
    await this.stage.listens();
  }

  async kill(): Promise<void> {
    if (this.child !== undefined) await ended(this.child, 'SIGKILL');
  }
}

/** The gate as a program of its own, with what it logs. */
class Gate {
  readonly log: GateLine[] = [];
  private readonly child: ChildProcess;
  private said = '';

  constructor(file: string) {
    this.child = spawn(process.execPath, [CLI, 'gate', 'start', '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr!.on('data', (piece: Buffer) => (this.said += piece.toString()));
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.log.push(JSON.parse(line) as GateLine));
  }

  async up(): Promise<void> {
    await until('the gate is up', () => {
      if (this.child.exitCode !== null) throw new Error(`the gate ended: ${this.said}`);
      return this.log.some(({ msg }) => msg === 'gate is up');
    });
  }

  /** Resolves when the last that was said of each of these links is that it is active. */
  async areActive(links: readonly string[]): Promise<void> {
    const stateOf = (name: string) => this.log.findLast(({ link, state }) => link === name && state !== undefined)?.['state'];
    await until(`${links.join(', ')} active`, () => links.every((name) => stateOf(name) === 'active'));
  }

  /** Messages of all links so far, by the gate's own metrics. */
  async carried(): Promise<number> {
    const { monitoring } = this.log.find(({ msg }) => msg === 'gate is up') as unknown as { monitoring: { port: number } };
    const metrics = await (await fetch(`http://127.0.0.1:${monitoring.port}/metrics`)).text();
    return [...metrics.matchAll(/^angarium_gate_link_messages_total\S* ([0-9]+)$/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  }

  end(): Promise<number | null> {
    return ended(this.child, 'SIGTERM');
  }
}

/** Configuration and numbers of the laboratory, ready for a gate. Returns the configuration's file. */
async function prepare({ folder, ways }: Stage): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const [file, numbers] = [join(folder, 'gate.toml'), join(folder, 'numbers.csv')];
  const settings = { gate: GATE, network: NETWORK, protocol: 'm3ua', transport: 'tcp', address: '', port: 0, ways } as const;
  writeFileSync(file, `${gateFile(settings)}\n[monitoring]\nlisten = "127.0.0.1:0"\n`);
  writeFileSync(numbers, [...numbersFile(plannedRecords(SUBSCRIBERS))].join(''));
  const store = await openNumberStore({ folder: join(folder, 'angarium-gate', 'numbers') });
  if (!store.ok) throw new Error('the number store is in use');
  const loaded = await store.value.load({ settings: { file: numbers, source: numbers, screenedTypes: [] } });
  await store.value.close();
  if (!loaded.ok) throw new Error(`numbers: ${loaded.error.kind}`);
  return file;
}

async function play({ folder, connection }: Stage, capture: keyof typeof CAPTURES, ...options: string[]): Promise<Played> {
  const common = [
    '--subscribers',
    `${SUBSCRIBERS}`,
    '--profile',
    'every-row',
    '--json',
    '--capture',
    join(folder, CAPTURES[capture]),
  ];
  const run = await command('gate', 'simulate', ...connection, ...common, ...options);
  return { ...run, result: run.stdout.startsWith('{') ? (JSON.parse(run.stdout) as SimulationResult) : undefined };
}

const playRows = (stage: Stage, capture: 'rows' | 'afterwards', seed: string): Promise<Played> =>
  play(stage, capture, '--rate', `${ROWS.rate}`, '--count', `${ROWS.count}`, '--duration', '60s', '--seed', seed);

async function playOutage(stage: Stage, stp: Stp, gate: Gate): Promise<Played> {
  const { rate, lasts, recovery } = OUTAGE;
  const options = ['--rate', `${rate}`, '--duration', `${lasts}ms`, '--allow-outages', `${recovery}ms`, '--timeout', '4s'];
  const before = await gate.carried();
  const playing = play(stage, 'outage', ...options, '--seed', '3');
  for (const end = Date.now() + PATIENCE_MS; (await gate.carried()) === before; await pause(100))
    if (Date.now() > end) throw new Error('no message comes to the gate');
  await pause(OUTAGE.killedAt);
  await stp.kill();
  await pause(OUTAGE.absent);
  await stp.start();
  const played = await playing;
  await gate.areActive(stage.stpLinks);
  return played;
}

/** All of it, in order. Ends what it has started, whether it held or not. */
export async function rehearse(stage: Stage): Promise<Rehearsed> {
  const file = await prepare(stage);
  const stp = new Stp(stage);
  let gate: Gate | undefined;
  try {
    await stp.start();
    gate = new Gate(file);
    await gate.up();
    await gate.areActive(stage.stpLinks);
    const rows = await playRows(stage, 'rows', '1');
    const outage = await playOutage(stage, stp, gate);
    const afterwards = await playRows(stage, 'afterwards', '2');
    const gateStatus = await gate.end();
    return { rows, outage, afterwards, gateLog: gate.log, gateStatus };
  } finally {
    await gate?.end();
    await stp.kill();
  }
}
