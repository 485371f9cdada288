/** Queries to the reader thread, collected while it is busy and handed over as one batch. */
import type { Gauge, Meter } from '#base';
import { StoreUnavailable } from '#messaging';
import type { EmbeddedSettings } from './settings.js';
import type { Query, QueryAnswers, ReaderReply, ReaderRequest, ThreadData } from './sql/protocol.js';
import type { SqlThreadPort, StartSqlThread } from './sql/thread.js';

interface WaitingQuery {
  readonly query: Query;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class ReaderClient {
  readonly #start: StartSqlThread;
  readonly #data: ThreadData;
  readonly #settings: EmbeddedSettings;
  readonly #length: Gauge;
  #thread: SqlThreadPort<ReaderRequest, ReaderReply>;
  #waiting: WaitingQuery[] = [];
  #busy = false;
  #scheduled = false;
  #closed = false;
  #file = '';

  constructor(start: StartSqlThread, data: ThreadData, settings: EmbeddedSettings, meter: Meter) {
    this.#start = start;
    this.#data = data;
    this.#settings = settings;
    this.#length = meter.gauge('angarium_store_reads_waiting', 'Queries waiting for the reader thread');
    this.#thread = this.#started();
  }

  /** Reads from `file` from now on. Queries asked before are answered from the file before. */
  async open(file: string): Promise<void> {
    this.#file = file;
    if (this.#thread.dead && !this.#closed) this.#thread = this.#started();
    const reply = await this.#thread.call({ kind: 'open', file });
    if (reply.kind === 'refused') throw new StoreUnavailable(`the database cannot be read: ${reply.reason}`);
  }

  /** Sees everything that was committed before this call. Rejects with StoreUnavailable. */
  ask<Q extends Query>(query: Q): Promise<QueryAnswers[Q['kind']]> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    if (this.#waiting.length >= this.#settings.queueReadsMax)
      return Promise.reject(new StoreUnavailable('too many queries are waiting for the database'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ query, resolve, reject });
      if (this.#busy || this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        void this.#run();
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new StoreUnavailable('the store is closed'));
    await this.#thread.call({ kind: 'close' }).catch(() => undefined);
    await this.#thread.end();
  }

  #started(): SqlThreadPort<ReaderRequest, ReaderReply> {
    return this.#start(this.#data) as SqlThreadPort<ReaderRequest, ReaderReply>;
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#settings.readBatchMax);
      this.#length.set(this.#waiting.length);
      try {
        const reply = await this.#thread.call({ kind: 'queries', queries: batch.map(({ query }) => query) });
        this.#settle(batch, reply);
      } catch (error) {
        for (const { reject } of batch) reject(new StoreUnavailable((error as Error).message));
        await this.#restart();
      }
    }
    this.#busy = false;
  }

  #settle(batch: readonly WaitingQuery[], reply: ReaderReply): void {
    if (reply.kind !== 'answers') throw new Error(`the reader answered ${reply.kind} to queries`);
    for (const [i, { resolve, reject }] of batch.entries()) {
      const answer = reply.answers[i]!;
      if ('reason' in answer) reject(new StoreUnavailable(`reading the database failed: ${answer.reason}`));
      else resolve(answer.value as never);
    }
  }

  /** The thread has died, which it does on a bug or without memory: the next batch gets a new one. */
  async #restart(): Promise<void> {
    if (this.#closed || !this.#thread.dead) return;
    this.#thread = this.#started();
    await this.open(this.#file).catch(() => undefined);
  }
}
