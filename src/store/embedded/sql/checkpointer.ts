/** Moves the log into the database while the writer goes on. Lives on a thread of its own. */
import { type OpenSql, type SqlDriver, sqlTrouble } from './driver.js';
import type { CheckpointReply, CheckpointRequest, ThreadData } from './protocol.js';

/** What a page takes in the log beside itself. */
const FRAME_HEADER_OCTETS = 24;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Checkpointer {
  readonly #data: ThreadData;
  readonly #openSql: OpenSql;
  #sql: SqlDriver | undefined;
  #frameOctets = 0;

  constructor(data: ThreadData, openSql: OpenSql) {
    this.#data = data;
    this.#openSql = openSql;
  }

  handle(request: CheckpointRequest): CheckpointReply {
    switch (request.kind) {
      case 'open':
        return this.#open(request.file);
      case 'checkpoint':
        return this.#checkpoint();
      case 'close':
        this.#sql?.close();
        return { kind: 'closed' };
    }
  }

  #open(file: string): CheckpointReply {
    const { cacheOctets, checkpointWaitMs } = this.#data.settings;
    try {
      this.#sql?.close();
      this.#sql = this.#openSql(file, { readOnly: false, busyTimeoutMs: checkpointWaitMs, cacheOctets }, this.#data.driverData);
      this.#sql.exec('PRAGMA synchronous=FULL');
      this.#frameOctets = FRAME_HEADER_OCTETS + Number(this.#sql.prepare('PRAGMA page_size').get([])?.[0]);
      return { kind: 'opened' };
    } catch (error) {
      return { kind: 'refused', reason: reasonOf(error) };
    }
  }

  #checkpoint(): CheckpointReply {
    if (!this.#sql) return { kind: 'failed', trouble: 'other', reason: 'the database is not open for checkpoints' };
    const startedAt = performance.now();
    try {
      const { donePages } = this.#sql.checkpoint('passive');
      return {
        kind: 'checkpointed',
        doneOctets: donePages * this.#frameOctets,
        seconds: (performance.now() - startedAt) / 1000,
      };
    } catch (error) {
      return { kind: 'failed', trouble: sqlTrouble(error), reason: reasonOf(error) };
    }
  }
}
