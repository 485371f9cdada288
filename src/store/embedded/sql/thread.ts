/** One of the SQL threads as the main thread sees it: requests are answered in their order. */
import { type TransferListItem, Worker } from 'node:worker_threads';
import type { ThreadData } from './protocol.js';

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that somebody else may fulfil: the simulator answers in the process itself. */
export interface SqlThreadPort<Request, Reply> {
  /** It takes nothing any more. */
  readonly dead: boolean;
  /**
   * Requests are answered in their order. Rejects with ThreadDied; a request that cannot be copied is a defect, and rejects alone. `transfer`:
   * what changes hands with the request.
   */
  call(request: Request, transfer?: readonly TransferListItem[]): Promise<Reply>;
  /** Ends it as it stands. */
  end(): Promise<void>;
}

/** Starts the thread that `data` asks for. What it is asked and answers is fixed by the role. */
export type StartSqlThread = (data: ThreadData) => SqlThreadPort<never, unknown>;

/** The thread has ended by itself: a bug in it, or no memory left. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
}

const LIBSQL_THREAD = new URL('./libsql-thread.js', import.meta.url);

export class SqlThread<Request, Reply> implements SqlThreadPort<Request, Reply> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Reply>[] = [];
  #death: ThreadDied | undefined;

  constructor(data: ThreadData) {
    const name = data.role;
    this.#worker = new Worker(data.module === undefined ? LIBSQL_THREAD : new URL(data.module), {
      workerData: data,
      name: `store-${name}`,
    });
    this.#worker.on('message', (reply: Reply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error: Error) =>
      this.#died(new ThreadDied(`the thread ${name} failed: ${error.message}`, { cause: error })),
    );
    this.#worker.on('exit', () => this.#died(new ThreadDied(`the thread ${name} has ended`)));
  }

  get dead(): boolean {
    return this.#death !== undefined;
  }

  call(request: Request, transfer: readonly TransferListItem[] = []): Promise<Reply> {
    if (this.#death) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      // First of all: what cannot be handed over has no answer, and must not take that of another.
      this.#worker.postMessage(request, transfer);
      this.#waiting.push({ resolve, reject });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #died(error: ThreadDied): void {
    this.#death ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#death);
  }
}

/** A thread of its own. */
export const startSqlThread: StartSqlThread = (data) => new SqlThread(data);
