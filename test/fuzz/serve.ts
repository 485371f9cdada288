/**
 * The process that reads the inputs: `fuzz`, input after input until there are enough, or `probe`, one input after the other as they are
 * sent. It is started and watched by `supervise`, which ends it when an input does not come back.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Coverage } from './coverage.js';
import { FUZZ_LIMITS } from './limits.js';
import { Mutator } from './mutate.js';
import { allocated, type Outcome, probe } from './outcome.js';
import { Random } from './random.js';
import { SlotWriter } from './slot.js';
import type { Target } from './target.js';
import { cutLeaves, type Node, TreeWriter } from './tree.js';

export type Task =
  | { readonly mode: 'probe'; readonly target: string }
  | {
      readonly mode: 'fuzz';
      readonly target: string;
      readonly seed: number;
      readonly inputs: number;
      /** Unit: ms. */
      readonly time: number;
      readonly slot: string;
      readonly guided: boolean;
      /** Coverage is counted to the end, and printed: for comparisons. */
      readonly measured: boolean;
    };

/** What a probing process is asked. */
export interface Question {
  readonly octets: Uint8Array;
  /** Whether time and memory count, which takes longer. */
  readonly measured: boolean;
}

/** What the process says. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'probed'; readonly outcome: Outcome | undefined }
  | { readonly kind: 'found'; readonly octets: Uint8Array; readonly outcome: Outcome }
  | { readonly kind: 'done'; readonly inputs: number; readonly grown: number; readonly reached: number };

const say = (report: Report): void => void process.send?.(report);

function collector(): () => void {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) throw new Error('started without --expose-gc');
  return () => gc();
}

function answerProbes(target: Target): void {
  const gc = collector();
  process.on('message', ({ octets, measured }: Question) =>
    say({ kind: 'probed', outcome: probe(target, octets, measured, gc) }),
  );
  say({ kind: 'ready' });
}

/** An input as a tree, or as octets when its structure was disregarded. */
type Input = Node | Uint8Array;

/** How often an input is read again to see whether it allocates much: a collection in the midst of it hides that. */
const GREEDY_TRIES = 3;

/** One run of the fuzzer in one process. */
class Run {
  private readonly target: Target;
  private readonly slot: SlotWriter;
  private readonly gc = collector();
  private readonly random: Random;
  private readonly mutator: Mutator;
  private readonly writer = new TreeWriter(FUZZ_LIMITS.inputOctetsMax);
  private readonly examples: Node[] = [];
  private readonly signatures = new Set<string>();
  private seeds = 0;

  constructor(target: Target, task: Task & { mode: 'fuzz' }) {
    this.target = target;
    this.slot = new SlotWriter(task.slot, FUZZ_LIMITS.inputOctetsMax);
    this.random = new Random(task.seed);
    this.mutator = new Mutator(this.random, target.dictionary, FUZZ_LIMITS.inputOctetsMax);
    for (const octets of target.seeds()) this.add(cutLeaves(target.structure(octets), FUZZ_LIMITS.leafOctetsMax));
    for (const node of target.fragments?.() ?? []) this.mutator.learn(node);
    this.seeds = this.examples.length;
  }

  private add(tree: Node): void {
    if (tree.size > FUZZ_LIMITS.inputOctetsMax) return;
    this.examples.push(tree);
    this.mutator.learn(tree);
  }

  get grown(): number {
    return this.examples.length - this.seeds;
  }

  /** Runs the examples as they are, then so many inputs, for so long. Returns how many. */
  async inputs(task: Task & { mode: 'fuzz' }, coverage: Coverage | undefined): Promise<number> {
    const until = performance.now() + task.time;
    let watching = coverage;
    let idle = 0;
    let count = 0;
    for (const tree of this.examples.slice()) this.run(this.writer.write(tree));
    count += this.examples.length;
    watching?.look();
    watching?.settle();
    let base = Number.NaN;
    while (count < task.inputs && performance.now() < until) {
      const batch = this.batch(Math.min(FUZZ_LIMITS.batchInputs, task.inputs - count));
      count += batch.length;
      if (watching !== undefined) {
        idle = watching.look() > 0 && task.guided ? 0 : idle + 1;
        if (idle === 0) this.keepNew(batch, watching);
        if (idle > FUZZ_LIMITS.idleBatchesMax && !task.measured) {
          watching.stop();
          watching = undefined;
        }
      }
      if (Number.isNaN(base)) base = this.settled();
      await nextTurn();
    }
    const left = this.settled() - base;
    if (left > FUZZ_LIMITS.retainedOctetsMax)
      this.found(new Uint8Array(0), {
        kind: 'memory',
        signature: 'retained',
        detail: `${left} octets were left behind by ${count} inputs`,
      });
    this.slot.close();
    return count;
  }

  private settled(): number {
    this.gc();
    return allocated();
  }

  private batch(size: number): Input[] {
    const batch: Input[] = [];
    let heap = allocated();
    let at = performance.now();
    for (let i = 0; i < size; i++) {
      const tree = this.mutator.tree(this.random.pick(this.examples));
      const written = this.writer.write(tree);
      const octets = this.mutator.octets(written);
      batch.push(octets === written ? tree : octets);
      this.run(octets);
      const now = performance.now();
      const used = allocated();
      const lasted = now - at > this.slowMs && !this.signatures.has('slow') && this.isSlow(octets);
      const grew = used - heap > this.growthMax && !this.signatures.has('memory') && this.isGreedy(octets);
      if (lasted || grew) this.look(octets);
      // What a closer look takes is not the next input's.
      const isLate = performance.now() - now > this.slowMs;
      heap = isLate ? allocated() : used;
      at = isLate ? performance.now() : now;
    }
    return batch;
  }

  private get slowMs(): number {
    return this.target.slowMs ?? FUZZ_LIMITS.slowMs;
  }

  private get growthMax(): number {
    return this.target.growthOctetsMax ?? FUZZ_LIMITS.growthOctetsMax;
  }

  /** Whether it takes the processor long, once more, and was not kept waiting by other work of the machine: a closer look would cost much more. */
  private isSlow(octets: Uint8Array): boolean {
    const begun = process.cpuUsage();
    try {
      this.target.run(octets);
    } catch {
      // Looked at already.
    }
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000 > this.slowMs;
  }

  /** Whether it allocates much once more: the heap's figures also jump when the collector, working beside the program, puts its books in order. */
  private isGreedy(octets: Uint8Array): boolean {
    for (let i = 0; i < GREEDY_TRIES; i++) {
      const before = allocated();
      try {
        this.target.run(octets);
      } catch {
        // Looked at already.
      }
      if (allocated() - before > this.growthMax) return true;
    }
    return false;
  }

  /** A copy is read: nothing may keep a view into the writer's buffer. */
  private run(octets: Uint8Array): void {
    this.slot.put(octets);
    try {
      this.target.run(octets);
    } catch {
      this.look(octets);
    }
  }

  /** A closer look at an input that threw, was slow or allocated much. */
  private look(octets: Uint8Array): void {
    const copy = octets.slice();
    const outcome = probe(this.target, copy, true, this.gc);
    if (outcome !== undefined) this.found(copy, outcome);
  }

  private found(octets: Uint8Array, outcome: Outcome): void {
    if (this.signatures.has(outcome.signature) || this.signatures.size >= FUZZ_LIMITS.findingsMax) return;
    this.signatures.add(outcome.signature);
    say({ kind: 'found', octets, outcome });
  }

  /** Which of a batch reached something that no input before it did: kept as examples. Halves that reach nothing of it are passed over. */
  private keepNew(batch: readonly Input[], coverage: Coverage): void {
    const search = (from: number, to: number): void => {
      for (let i = from; i < to; i++) this.run(this.octetsOf(batch[i]!));
      if (to - from === 1) {
        if (coverage.claim() && this.grown < FUZZ_LIMITS.grownMax) this.add(this.treeOf(batch[from]!));
      } else if (coverage.reachesFresh()) {
        const middle = (from + to) >> 1;
        search(from, middle);
        search(middle, to);
      }
    };
    search(0, batch.length);
    coverage.settle();
  }

  private octetsOf(input: Input): Uint8Array {
    return input instanceof Uint8Array ? input : this.writer.write(input);
  }

  private treeOf(input: Input): Node {
    return input instanceof Uint8Array ? this.target.structure(input) : input;
  }
}

/** The process's main: reads the task from the arguments. `targets` is asked for when the coverage has begun. */
export async function serve(targets: () => Promise<readonly Target[]>): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  // Whoever started this process has gone.
  process.on('disconnect', () => process.exit());
  let coverage: Coverage | undefined;
  if (task.mode === 'fuzz' && (task.guided || task.measured)) {
    coverage = new (await import('./coverage.js')).Coverage();
    coverage.start();
  }
  const target = (await targets()).find(({ name }) => name === task.target);
  if (target === undefined) throw new Error(`no such target: ${task.target}`);
  if (task.mode === 'probe') {
    answerProbes(target);
    return;
  }
  // Most inputs are refused, and a refusal needs no stack.
  Error.stackTraceLimit = 0;
  const run = new Run(target, task);
  say({ kind: 'ready' });
  const inputs = await run.inputs(task, coverage);
  say({ kind: 'done', inputs, grown: run.grown, reached: coverage?.total ?? 0 });
  process.disconnect?.();
}
