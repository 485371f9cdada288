/** The shape of a benchmark, and running one alone. */
import { pathToFileURL } from 'node:url';
import { toMarkdown } from './table.js';

/** `smoke`: run for about a second in all, to show that the benchmark works. */
export interface BenchOptions {
  readonly smoke: boolean;
}

/** One line of the table. The keys of `figures` are its columns and name the unit; `reach` and `baseline` are text. */
export interface Row {
  readonly benchmark: string;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly reach?: string;
  readonly baseline?: string;
  readonly note?: string;
}

export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<Row[]>;
}

/**
 * Ends a benchmark's file: when that file is the program, runs it and prints the table (`--json`: the rows; `--smoke`: short).
 * When it was imported, does nothing.
 */
export async function runAlone(bench: Bench, moduleUrl: string): Promise<void> {
  if (process.argv[1] === undefined || pathToFileURL(process.argv[1]).href !== moduleUrl) return;
  const rows = await bench.run({ smoke: process.argv.includes('--smoke') });
  if (rows.length === 0) throw new Error(`${bench.name}: no rows`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ name: bench.name, rows }));
  else console.log(`## ${bench.name}\n\n${toMarkdown(rows)}`);
}

/** Rounds of which the best counts: the others were disturbed by something that is not the code. */
const ROUNDS = 5;

/** Microseconds of one call, best of five rounds after one to warm up; `seconds` in all. `operation` returns something that is kept alive. */
export function timePerOperation(operation: () => unknown, seconds: number): number {
  const roundMs = (seconds * 1000) / (ROUNDS + 1);
  let kept: unknown;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = performance.now();
    let calls = 0;
    let spent = 0;
    do {
      for (let i = 0; i < 64; i++) kept = operation();
      calls += 64;
      spent = performance.now() - begun;
    } while (spent < roundMs);
    if (round > 0) best = Math.min(best, (spent * 1000) / calls);
  }
  if (kept === undefined) throw new Error('the operation returned nothing: an engine may remove it');
  return best;
}
