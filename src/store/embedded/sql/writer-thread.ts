/** The thread of the writer: its loop, and nothing else. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadDriver } from './load-driver.js';
import type { ThreadData, WriterRequest } from './protocol.js';
import { Writer } from './writer.js';

const port = parentPort!;
const data = workerData as ThreadData;
const writer = new Writer(data, await loadDriver(data));
port.on('message', (request: WriterRequest) => {
  port.postMessage(writer.handle(request));
  if (request.kind === 'close') port.close();
});
