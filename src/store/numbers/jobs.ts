/** Work that takes seconds, done in a thread of its own so that the serving one goes on. One thread for each job: its memory goes with it. */
import { Worker } from 'node:worker_threads';
import { Damage } from './damage.js';
import type { ImportReport, ImportSettings } from './import.js';
import type { JobKind, JobMessage, Jobs } from './job-types.js';

/** A job that could not be done. `code`: of the operating system, where it was its trouble. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
  readonly code: string | undefined;
  constructor(text: string, code?: string) {
    super(text);
    this.code = code;
  }
}

const THREAD = new URL('./job-thread.js', import.meta.url);

/** Rejects with Damage, or JobFailed. Aborted, it rejects with JobFailed and leaves what it has begun as it is. */
export function runJob<K extends JobKind>(
  kind: K,
  ask: Jobs[K]['ask'],
  options: { readonly progress?: (octets: number, lines: number) => void; readonly signal?: AbortSignal } = {},
): Promise<Jobs[K]['answer']> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { workerData: { kind, ...ask }, name: `numbers-${kind}` });
    const end = (): void => void worker.terminate();
    options.signal?.addEventListener('abort', end, { once: true });
    worker.on('message', (message: JobMessage) => {
      if (message.kind === 'progress') options.progress?.(message.octets, message.lines);
      else if (message.kind === 'done') resolve(message.answer as Jobs[K]['answer']);
      else reject(message.name === 'Damage' ? new Damage(message.text) : new JobFailed(message.text, message.code));
    });
    worker.on('error', (error) => reject(new JobFailed(`the thread "${kind}" failed: ${error.message}`)));
    worker.on('exit', () => {
      options.signal?.removeEventListener('abort', end);
      reject(new JobFailed(`the thread "${kind}" has ended`));
    });
    if (options.signal?.aborted) end();
  });
}

/** What a file holds, and whether it could be loaded; nothing changes. Rejects with JobFailed. */
export async function dryRunImport(
  settings: ImportSettings,
  progress: (octets: number, lines: number) => void,
): Promise<ImportReport> {
  return (await runJob('import', { settings }, { progress })).report;
}
