/** Starts the processes that read inputs, watches them, ends those that hang, and makes what they find as small as it gets. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FUZZ_LIMITS } from './limits.js';
import { minimise } from './minimise.js';
import type { Outcome } from './outcome.js';
import type { Question, Report, Task } from './serve.js';
import { slotCount, slotInput } from './slot.js';

export interface Finding {
  readonly target: string;
  /** As small as it could be made. */
  readonly octets: Uint8Array;
  readonly outcome: Outcome;
  /** Octets of the input that was found first. */
  readonly foundOctets: number;
}

export interface FuzzOptions {
  /** The program that serves the targets. */
  readonly worker: URL;
  readonly target: string;
  readonly seed: number;
  /** Whichever comes first ends it. */
  readonly inputs: number;
  /** Unit: ms. */
  readonly time: number;
  /** Processes at a time; the inputs are divided among them. */
  readonly jobs?: number;
  /** Coverage chooses examples; absent means no. */
  readonly guided?: boolean;
  readonly measured?: boolean;
  /** After which an input hangs. Unit: ms. */
  readonly hangMs?: number;
  /** Findings known already, by signature: neither minimised nor returned. */
  readonly known?: ReadonlySet<string>;
}

export interface FuzzResult {
  readonly inputs: number;
  /** Examples that were kept because they reached something new. */
  readonly grown: number;
  /** Characters of source reached; 0 when it was not measured. */
  readonly reached: number;
  readonly findings: readonly Finding[];
  /** Signatures out of `known` that were seen again. */
  readonly seen: ReadonlySet<string>;
  /** Unit: ms, without the time spent on minimising. */
  readonly ms: number;
}

/** How often a process is looked at. Unit: ms. */
const LOOK_MS = 100;

function start(worker: URL, task: Task): ChildProcess {
  return fork(worker, [JSON.stringify(task)], {
    execArgv: ['--expose-gc', '--enable-source-maps', `--max-old-space-size=${FUZZ_LIMITS.heapMib}`],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
}

/** What a process says when it dies that is kept. Unit: characters. */
const LAST_WORDS_MAX = 2_000;

/** How a process ended, and its last words. */
function ended(child: ChildProcess): Promise<{ readonly how: string; readonly words: string }> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS_MAX);
  });
  return new Promise((resolve) =>
    child.once('close', (code, signal) => resolve({ how: signal ?? `exit code ${code}`, words: words.trim() })),
  );
}

/** A process that reads single inputs and says what became of each. */
export class Prober {
  private readonly worker: URL;
  private readonly target: string;
  private readonly hangMs: number;
  private child: ChildProcess | undefined;

  constructor(worker: URL, target: string, hangMs: number = FUZZ_LIMITS.hangMs) {
    this.worker = worker;
    this.target = target;
    this.hangMs = hangMs;
  }

  /** What became of it; undefined when nothing is wrong. `measured`: whether time and memory count. */
  async probe(octets: Uint8Array, measured = true): Promise<Outcome | undefined> {
    const child = (this.child ??= await this.begin());
    const report = await answer(child, this.hangMs, () => child.send({ octets, measured } satisfies Question));
    if (typeof report === 'object') return report.kind === 'probed' ? report.outcome : undefined;
    this.close();
    if (report === 'no answer') return { kind: 'hangs', signature: 'hangs', detail: `no end after ${this.hangMs} ms` };
    return { kind: 'crashes', signature: `crashes: ${report}`, detail: `the process ended: ${report}` };
  }

  private async begin(): Promise<ChildProcess> {
    const child = start(this.worker, { mode: 'probe', target: this.target });
    child.stderr?.resume();
    const report = await answer(child, FUZZ_LIMITS.startMs, () => {});
    if (typeof report !== 'object') throw new Error(`${this.target}: the probing process does not begin: ${report}`);
    return child;
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** The next report; `no answer` when none comes in time, else how the process ended. */
function answer(child: ChildProcess, ms: number, ask: () => void): Promise<Report | string> {
  return new Promise((resolve) => {
    const settle = (result: Report | string) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(result);
    };
    const onMessage = (report: unknown) => settle(report as Report);
    const onExit = (code: number | null, signal: string | null) => settle(signal ?? `exit code ${code}`);
    const timer = setTimeout(settle, ms, 'no answer');
    child.on('message', onMessage);
    child.on('exit', onExit);
    ask();
  });
}

interface Found {
  readonly octets: Uint8Array;
  readonly outcome: Outcome;
}

/** Fuzzes one target, in as many processes as wished. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const jobs = options.jobs ?? 1;
  const begun = performance.now();
  const shares = await Promise.all(
    Array.from({ length: jobs }, (_, i) => runShare(options, options.seed + i * SEED_STEP, Math.ceil(options.inputs / jobs))),
  );
  const ms = performance.now() - begun;
  const found = new Map<string, Found>();
  for (const share of shares)
    for (const one of share.found) if (!found.has(one.outcome.signature)) found.set(one.outcome.signature, one);
  const { findings, seen } = await minimised(options, [...found.values()]);
  return {
    inputs: shares.reduce((sum, share) => sum + share.inputs, 0),
    grown: shares.reduce((sum, share) => sum + share.grown, 0),
    reached: shares.reduce((most, share) => Math.max(most, share.reached), 0),
    findings,
    seen,
    ms,
  };
}

/** Seeds of processes that run side by side, or one after another has been ended, lie so far apart. */
const SEED_STEP = 1_000_003;

interface Share {
  readonly inputs: number;
  readonly grown: number;
  readonly reached: number;
  readonly found: readonly Found[];
}

/** Runs until there are enough inputs; a process that was ended or died is followed by another, with another seed. */
async function runShare(options: FuzzOptions, seed: number, inputs: number): Promise<Share> {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-fuzz-'));
  const slot = join(folder, 'input');
  const until = performance.now() + options.time;
  const found: Found[] = [];
  let share: Share = { inputs: 0, grown: 0, reached: 0, found };
  try {
    for (let turn = 0; share.inputs < inputs && turn < FUZZ_LIMITS.breaksMax; turn++) {
      const time = until - performance.now();
      if (time <= 0) break;
      writeFileSync(slot, '');
      const task: Task = {
        mode: 'fuzz',
        target: options.target,
        seed: seed + turn,
        inputs: inputs - share.inputs,
        time,
        slot,
        guided: options.guided ?? false,
        measured: options.measured ?? false,
      };
      const end = await watch(start(options.worker, task), slot, options.hangMs ?? FUZZ_LIMITS.hangMs, found);
      const read = end.done?.inputs ?? slotCount(slot);
      share = {
        inputs: share.inputs + read,
        grown: share.grown + (end.done?.grown ?? 0),
        reached: Math.max(share.reached, end.done?.reached ?? 0),
        found,
      };
      if (end.done === undefined) found.push(brokenOff(options.target, end, slotInput(slot)));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return share;
}

function brokenOff(
  target: string,
  { how, words }: { readonly how: string; readonly words: string },
  octets: Uint8Array | undefined,
): Found {
  if (octets === undefined) throw new Error(`${target}: the fuzzing process does not begin: ${how}\n${words}`);
  const outcome: Outcome =
    how === HUNG
      ? { kind: 'hangs', signature: 'hangs', detail: 'it had to be ended' }
      : { kind: 'crashes', signature: `crashes: ${how}`, detail: `the process ended: ${how}\n${words}` };
  return { octets, outcome };
}

const HUNG = 'hung';

/** Follows a process to its end, and ends it when it stands still at one input. */
async function watch(
  child: ChildProcess,
  slot: string,
  hangMs: number,
  found: Found[],
): Promise<{ readonly done: (Report & { kind: 'done' }) | undefined; readonly how: string; readonly words: string }> {
  let done: (Report & { kind: 'done' }) | undefined;
  child.on('message', (message) => {
    const report = message as Report;
    if (report.kind === 'found') found.push({ octets: new Uint8Array(report.octets), outcome: report.outcome });
    else if (report.kind === 'done') done = report;
  });
  let running = true;
  let how = '';
  let words = '';
  const end = ended(child).then((said) => {
    running = false;
    how ||= said.how;
    words = said.words;
  });
  let last = 0;
  let since = performance.now();
  while (running) {
    await Promise.race([end, sleep(LOOK_MS, undefined, { ref: false })]);
    const count = slotCount(slot);
    const now = performance.now();
    if (count !== last) {
      last = count;
      since = now;
    } else if (done === undefined && running && now - since > (count === 0 ? FUZZ_LIMITS.startMs : hangMs)) {
      how = HUNG;
      child.kill('SIGKILL');
      since = Number.POSITIVE_INFINITY;
    }
  }
  return { done, how, words };
}

const MEASURED: ReadonlySet<Outcome['kind']> = new Set(['hangs', 'slow', 'memory']);

/** Findings as small as they get. One that does not show again is given as it was found. */
async function minimised(
  options: FuzzOptions,
  found: readonly Found[],
): Promise<{ readonly findings: Finding[]; readonly seen: ReadonlySet<string> }> {
  const findings = new Map<string, Finding>();
  const seen = new Set<string>();
  const prober = new Prober(options.worker, options.target, options.hangMs);
  try {
    for (const { octets, outcome } of found) {
      const again = octets.length === 0 ? outcome : await prober.probe(octets);
      // A machine with much other work lets an input seem slow, or greedy: what no second look confirms is no finding.
      if (again === undefined && octets.length > 0 && MEASURED.has(outcome.kind)) continue;
      const { signature } = again ?? outcome;
      if (options.known?.has(signature)) seen.add(signature);
      if (options.known?.has(signature) || findings.has(signature)) continue;
      const measured = outcome.kind === 'slow' || outcome.kind === 'memory';
      const shows = async (one: Uint8Array) => (await prober.probe(one, measured))?.signature === signature;
      const small = again === undefined ? octets : await minimise(octets, shows);
      const shown = again === undefined ? outcome : ((await prober.probe(small)) ?? again);
      findings.set(signature, { target: options.target, octets: small, outcome: shown, foundOctets: octets.length });
    }
  } finally {
    prober.close();
  }
  return { findings: [...findings.values()], seen };
}
