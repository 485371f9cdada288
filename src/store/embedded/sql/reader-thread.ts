/** The thread of the reader: its loop, and nothing else. */
import { parentPort, workerData } from 'node:worker_threads';
import { addressKey } from '#messaging';
import { loadDriver } from './load-driver.js';
import type { ReaderReply, ReaderRequest, ThreadData } from './protocol.js';
import { Reader } from './reader.js';

const port = parentPort!;
const data = workerData as ThreadData;
const reader = new Reader(data, await loadDriver(data), addressKey);
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function handle(request: ReaderRequest): ReaderReply {
  switch (request.kind) {
    case 'open':
      try {
        reader.open(request.file);
        return { kind: 'opened' };
      } catch (error) {
        return { kind: 'refused', reason: reason(error) };
      }
    case 'queries':
      return {
        kind: 'answers',
        answers: request.queries.map((query) => {
          try {
            return { value: reader.answer(query) };
          } catch (error) {
            return { reason: reason(error) };
          }
        }),
      };
    case 'close':
      reader.close();
      return { kind: 'closed' };
  }
}

port.on('message', (request: ReaderRequest) => {
  port.postMessage(handle(request));
  if (request.kind === 'close') port.close();
});
