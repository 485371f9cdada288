/** What became of one input, and how findings are told apart. */
import { getHeapStatistics } from 'node:v8';
import { FUZZ_LIMITS } from './limits.js';
import { Departure, type Target } from './target.js';

export interface Outcome {
  /** `throws`: past the door of the codec. `departs`: a promise was broken. `slow`, `memory`: beyond FUZZ_LIMITS. `hangs`: it had to be ended. `crashes`: the process died. */
  readonly kind: 'throws' | 'departs' | 'slow' | 'memory' | 'hangs' | 'crashes';
  /** Equal for two inputs that show the same fault, as far as can be told. */
  readonly signature: string;
  /** Stack or measure, for people. */
  readonly detail: string;
}

/** Frames of a stack that is kept. */
const STACK_FRAMES = 30;

/** The function of the code under test that threw, without line numbers, which change with every edit. */
function placeOf(stack: string): string {
  const frames = stack.split('\n').flatMap((line) => {
    const [, where = '', file = ''] =
      /^\s+at (?:(.*?) \()?(?:file:\/\/)?.*?\/(?:dist|src)\/(.*?)\.[jt]s:\d+:\d+\)?$/.exec(line) ?? [];
    return file === '' ? [] : [`${where === '' ? 'module' : where.replace(/^(?:async |new |Object\.)/, '')} in ${file}`];
  });
  return frames.find((frame) => !frame.includes(' in test/fuzz/')) ?? frames[0] ?? 'unknown place';
}

function outcomeOf(thrown: unknown): Outcome {
  if (thrown instanceof Departure)
    return { kind: 'departs', signature: thrown.check, detail: thrown.message.slice(0, DETAIL_MAX) };
  const stack = thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return { kind: 'throws', signature: `${name}: ${placeOf(stack)}`, detail: stack.slice(0, DETAIL_MAX) };
}

/** Unit: characters. */
const DETAIL_MAX = 4_000;

/** Octets that are allocated, on the heap and outside it. */
export function allocated(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Runs once, with a stack if it throws. */
function thrownBy(target: Target, octets: Uint8Array): Outcome | undefined {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES;
  try {
    target.run(octets);
    return undefined;
  } catch (e) {
    return outcomeOf(e);
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** Measurements of which the best counts: the collector only ever adds. Time is the processor's, whatever else the machine does. */
const MEASUREMENTS = 3;

/**
 * Runs one input with all limits but that on endless loops. `measured`: time and memory as well, which takes long. `gc`: the collector, of
 * a process started with --expose-gc.
 */
export function probe(target: Target, octets: Uint8Array, measured: boolean, gc: () => void): Outcome | undefined {
  const thrown = thrownBy(target, octets);
  if (thrown !== undefined || !measured) return thrown;
  let ms = Number.POSITIVE_INFINITY;
  let growth = Number.POSITIVE_INFINITY;
  for (let i = 0; i < MEASUREMENTS; i++) {
    gc();
    // Buffers that the first collection found dead are given back while the program goes on, or at the next collection at the latest.
    gc();
    const before = allocated();
    const begun = process.cpuUsage();
    target.run(octets);
    const { user, system } = process.cpuUsage(begun);
    ms = Math.min(ms, (user + system) / 1_000);
    growth = Math.min(growth, allocated() - before);
  }
  if (growth > (target.growthOctetsMax ?? FUZZ_LIMITS.growthOctetsMax))
    return { kind: 'memory', signature: 'memory', detail: `${growth} octets allocated for ${octets.length}` };
  if (ms > (target.slowMs ?? FUZZ_LIMITS.slowMs))
    return { kind: 'slow', signature: 'slow', detail: `${ms.toFixed(0)} ms for ${octets.length} octets` };
  return undefined;
}
