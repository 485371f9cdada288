/**
 * Runs the simulator (test/simulation) on the compiled output and ends with `N passed, N failed`.
 *
 *   node scripts/simulate.mjs [--seeds N] [--from S] [--seconds T] [--processes P]
 *   node scripts/simulate.mjs --seed S [--quiet] [--shrink] [--older] [--without-faults 1,2] [--without-messages 0]
 *
 * The first form runs the worlds of N seeds from S on, or as many as begin within T seconds, in P processes; prints each seed that fails
 * with the end of its trace, then how often everything occurred. A road or fault that never occurred in many seeds is a failure too: it is
 * not tried. The second form runs one world and prints its whole trace; `--shrink` leaves out of its plan what it fails without, `--older` makes
 * the world as it was before mail from outside, recalls, operators and charging came into it.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './sources.mjs';

const { values: wish } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    quiet: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    older: { type: 'boolean', default: false },
    'without-faults': { type: 'string' },
    'without-messages': { type: 'string' },
  },
});

const FOLDER = join(root, 'dist/test/simulation');
/** Seeds of a run without options. */
const SEEDS = 1_000;
/** Seeds handed to a process at a time. */
const BATCH = 10;
/** From so many seeds on everything in the tables must have occurred. */
const ENOUGH_SEEDS = 1_000;
/** Batches after which a process is replaced: whatever so many worlds leave behind in it ends with it. */
const BATCHES_OF_PROCESS = 100;
/** A world that takes longer has stopped. Unit: ms. */
const WORLD_MS = 120_000;
/** How often the progress is said. Unit: ms. */
const PROGRESS_MS = 15_000;

if (!existsSync(FOLDER)) {
  console.error('simulate: not compiled; run `npm run build`');
  process.exit(2);
}
const { report } = await import(join(FOLDER, 'report.js'));
process.exitCode = wish.seed === undefined ? await many() : await one();

function number(option, least = 0) {
  const value = Number(wish[option]);
  if (Number.isInteger(value) && value >= least) return value;
  console.error(`simulate: --${option} takes a number from ${least} on`);
  process.exit(2);
}

function numbers(option) {
  return new Set((wish[option] ?? '').split(',').filter(Boolean).map(Number));
}

async function one() {
  const { simulate } = await import(join(FOLDER, 'simulate.js'));
  const seed = number('seed');
  let plan = { older: wish.older, withoutFaults: numbers('without-faults'), withoutMessages: numbers('without-messages') };
  if (wish.shrink) {
    const { shrink } = await import(join(FOLDER, 'shrink.js'));
    plan = await shrink(seed, plan);
    const left = (set) => [...set].join(',');
    console.log(`fails also with --without-faults ${left(plan.withoutFaults)} --without-messages ${left(plan.withoutMessages)}`);
  }
  const outcome = await simulate(seed, { ...plan, say: wish.quiet ? undefined : (line) => console.log(line) });
  const { failure } = outcome;
  if (failure) console.log(`\nseed ${seed}: ${failure.text}`);
  console.log(`digest ${outcome.digest}, ${outcome.steps} steps`);
  console.log(`${failure ? 0 : 1} passed, ${failure ? 1 : 0} failed`);
  return failure ? 1 : 0;
}

async function many() {
  const begun = Date.now();
  const until = wish.seconds === undefined ? Infinity : begun + 1000 * number('seconds', 1);
  const from = number('from');
  const end = from + (wish.seeds === undefined ? (wish.seconds === undefined ? SEEDS : Infinity) : number('seeds', 1));
  const totals = new Map();
  const failures = [];
  let next = from;
  let passed = 0;
  let steps = 0;

  const take = (outcome) => {
    steps += outcome.steps;
    for (const [name, count] of Object.entries(outcome.counts)) totals.set(name, (totals.get(name) ?? 0) + count);
    if (!outcome.failure) {
      passed++;
      return;
    }
    failures.push({ seed: outcome.seed, invariant: outcome.failure.invariant });
    console.log(`${report(outcome)}\n`);
  };
  const rate = () => ((passed + failures.length) / ((Date.now() - begun) / 1000)).toFixed(1);
  const progress = setInterval(() => {
    console.log(`${passed} worlds passed, ${failures.length} failed, ${rate()} a second`);
  }, PROGRESS_MS);

  /** One process, started anew when it dies: a world may take it down. */
  const work = async () => {
    while (next < end && Date.now() < until) {
      const child = fork(join(FOLDER, 'batch.js'), { execArgv: ['--enable-source-maps'] });
      await new Promise((resolve) => {
        let batch;
        let timer;
        let given = 0;
        const give = () => {
          clearTimeout(timer);
          if (next >= end || Date.now() >= until || given++ === BATCHES_OF_PROCESS) {
            batch = undefined;
            child.disconnect();
            return;
          }
          batch = { from: next, to: Math.min(next + BATCH, end) };
          next = batch.to;
          timer = setTimeout(() => child.kill('SIGKILL'), WORLD_MS * BATCH);
          child.send(batch);
        };
        child.on('message', (outcome) => {
          take(outcome);
          batch.from = outcome.seed + 1;
          if (batch.from === batch.to) give();
        });
        child.on('exit', (code, signal) => {
          clearTimeout(timer);
          if (batch) {
            failures.push({ seed: batch.from, invariant: `the process ended (${signal ?? code})` });
            console.log(`seed ${batch.from}: the process ended (${signal ?? code})\n`);
          }
          resolve();
        });
        give();
      });
    }
  };
  await Promise.all(Array.from({ length: number('processes', 1) }, work));
  clearInterval(progress);

  for (const name of await untried(totals, passed + failures.length)) {
    console.log(`never occurred: ${name}`);
    failures.push({ seed: from, invariant: `never occurred: ${name}` });
  }
  console.log(
    [...totals]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${String(count).padStart(9)}  ${name}`)
      .join('\n'),
  );
  const seconds = (Date.now() - begun) / 1000;
  console.log(
    `\nseeds ${from} to ${next - 1} in ${seconds.toFixed(1)} s: ${rate()} a second, ${Math.round(steps / seconds)} steps a second`,
  );
  const byInvariant = new Map();
  for (const { seed, invariant } of failures) byInvariant.set(invariant, [...(byInvariant.get(invariant) ?? []), seed]);
  for (const [invariant, seeds] of byInvariant)
    console.log(`${seeds.length} failed: ${invariant}: ${seeds.slice(0, 10).join(' ')}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length > 0 ? 1 : 0;
}

/** What stands in the world's tables and was not met. */
async function untried(totals, worlds) {
  if (worlds < ENOUGH_SEEDS) return [];
  const { expected } = await import(join(FOLDER, 'expected.js'));
  return expected.filter((name) => !totals.has(name));
}
