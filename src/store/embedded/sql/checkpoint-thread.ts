/** The thread of the checkpointer: moves the log into the database while the writer goes on. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SqlDriver } from './driver.js';
import { loadDriver } from './load-driver.js';
import type { CheckpointReply, CheckpointRequest, ThreadData } from './protocol.js';

const port = parentPort!;
const data = workerData as ThreadData;
const openSql = await loadDriver(data);
const { cacheOctets, checkpointWaitMs } = data.settings;
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
/** What a page takes in the log beside itself. */
const FRAME_HEADER_OCTETS = 24;
let sql: SqlDriver | undefined;
let frameOctets = 0;

function handle(request: CheckpointRequest): CheckpointReply {
  try {
    switch (request.kind) {
      case 'open':
        sql?.close();
        sql = undefined;
        sql = openSql(request.file, { readOnly: false, busyTimeoutMs: checkpointWaitMs, cacheOctets }, data.driver?.data);
        sql.exec('PRAGMA synchronous=FULL');
        frameOctets = FRAME_HEADER_OCTETS + Number(sql.prepare('PRAGMA page_size').get([])?.[0]);
        return { kind: 'opened' };
      case 'checkpoint': {
        if (!sql) return { kind: 'failed', reason: 'the database is not open for checkpoints' };
        const startedAt = performance.now();
        const { donePages } = sql.checkpoint('passive');
        return { kind: 'checkpointed', doneOctets: donePages * frameOctets, seconds: (performance.now() - startedAt) / 1000 };
      }
      case 'close':
        sql?.close();
        return { kind: 'closed' };
    }
  } catch (error) {
    return request.kind === 'open' ? { kind: 'refused', reason: reason(error) } : { kind: 'failed', reason: reason(error) };
  }
}

port.on('message', (request: CheckpointRequest) => {
  port.postMessage(handle(request));
  if (request.kind === 'close') port.close();
});
