/** What every benchmark shares: measuring, pinning, load, and the table. The convention is in bench/README.md. */

export { type Bench, type BenchOptions, type Row, runAlone, timePerOperation } from './bench.js';
export { type CallOptions, measureCalls } from './calls.js';
export { Histogram } from './histogram.js';
export { httpLoad, type LoadOptions, type LoadResult } from './http-load.js';
export { type MachineLimits, machineLimits } from './machine-limits.js';
export { canPin, GENERATOR_CORE, pinned, type Running, readUsage, SERVER_CORE, startProcess, type Usage } from './process.js';
export { type RawAnswer, RawConnection } from './raw-connection.js';
export { withSections } from './results.js';
export { type Counted, measureStream, newCount, type StreamOptions } from './stream.js';
export { toMarkdown } from './table.js';
export { WARM_UP_MESSAGES, warmUp } from './warm-up.js';
