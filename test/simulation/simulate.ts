/** Runs the world of one seed and says what became of it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withSimulatedGlobals } from './kit/globals.js';
import { Violation } from './machine/witness.js';
import { World, type WorldOptions } from './world/world.js';

export interface Outcome {
  readonly seed: number;
  /** Of the whole trace: equal for equal runs. */
  readonly digest: string;
  readonly steps: number;
  /** What occurred how often, by `group: name`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Absent when every invariant held. */
  readonly failure?: Failure;
}

export interface Failure {
  /** The invariant, or what kind of error it was. */
  readonly invariant: string;
  readonly text: string;
  /** The last lines of the trace. */
  readonly trace: readonly string[];
}

export type SimulateOptions = Omit<WorldOptions, 'seed' | 'folder'>;

/** Databases stand in memory where the machine has such a folder. */
const base = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

/** Simulates the world of `seed`. One at a time in a process: it takes the place of the process's clocks and timers. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Outcome> {
  const folder = fs.mkdtempSync(path.join(base, 'angarium-simulation-'));
  const world = new World({ ...options, seed, folder });
  const { loop, trace, machine, random } = world;
  const unhandled = (reason: unknown): void => loop.fail(reason);
  process.on('unhandledRejection', unhandled);
  let failure: Failure | undefined;
  try {
    await withSimulatedGlobals({ loop, owner: () => machine.owner, wall: () => world.wall(), unit: () => random.unit() }, () =>
      world.run(),
    );
  } catch (error) {
    failure = {
      invariant: error instanceof Violation ? error.invariant : `unexpected ${(error as Error).name}`,
      text: error instanceof Violation ? error.message : ((error as Error).stack ?? String(error)),
      trace: trace.last,
    };
  } finally {
    machine.retire();
    // Rejections that nobody handled are told when the real loop turns.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
  }
  return {
    seed,
    digest: trace.digest(),
    steps: loop.steps,
    counts: Object.fromEntries(trace.counts),
    ...(failure && { failure }),
  };
}
