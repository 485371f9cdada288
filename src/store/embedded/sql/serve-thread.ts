/** What a thread of the store does, by its role: answers requests in their order. A thread's module hands in the engine. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { addressKey } from '#messaging';
import { Checkpointer } from './checkpointer.js';
import type { OpenSql } from './driver.js';
import type { CheckpointRequest, ReaderRequest, ThreadData, WriterRequest } from './protocol.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** To be called once, by the module that a thread is started with. */
export function serveThread(openSql: OpenSql): void {
  const data = workerData as ThreadData;
  const port = parentPort!;
  switch (data.role) {
    case 'writer': {
      const writer = new Writer(data, openSql);
      serve(port, (request: WriterRequest) => writer.handle(request));
      break;
    }
    case 'reader': {
      const reader = new Reader(data, openSql, addressKey);
      serve(port, (request: ReaderRequest) => reader.handle(request));
      break;
    }
    case 'checkpointer': {
      const checkpointer = new Checkpointer(data, openSql);
      serve(port, (request: CheckpointRequest) => checkpointer.handle(request));
      break;
    }
  }
}

function serve<Request extends { readonly kind: string }>(port: MessagePort, handle: (request: Request) => unknown): void {
  port.on('message', (request: Request) => {
    port.postMessage(handle(request));
    if (request.kind === 'close') port.close();
  });
}
