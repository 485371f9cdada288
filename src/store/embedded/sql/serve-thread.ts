/** What a thread of the store does, by its role: answers requests in their order. A thread's module hands in the engine. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { addressKey } from '#messaging';
import { Checkpointer } from './checkpointer.js';
import type { OpenSql } from './driver.js';
import type { CheckpointRequest, ReaderRequest, ThreadData, WriterRequest } from './protocol.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** What a thread is asked, whatever its role. */
export type ThreadRequest = WriterRequest | ReaderRequest | CheckpointRequest;

/** The work of the thread that `data` asks for: each request has one answer, and nothing happens in between. */
export function threadWork(data: ThreadData, openSql: OpenSql): (request: ThreadRequest) => unknown {
  switch (data.role) {
    case 'writer': {
      const writer = new Writer(data, openSql);
      return (request) => writer.handle(request as WriterRequest);
    }
    case 'reader': {
      const reader = new Reader(data, openSql, addressKey);
      return (request) => reader.handle(request as ReaderRequest);
    }
    case 'checkpointer': {
      const checkpointer = new Checkpointer(data, openSql);
      return (request) => checkpointer.handle(request as CheckpointRequest);
    }
  }
}

/** To be called once, by the module that a thread is started with. */
export function serveThread(openSql: OpenSql): void {
  serve(parentPort!, threadWork(workerData as ThreadData, openSql));
}

function serve(port: MessagePort, handle: (request: ThreadRequest) => unknown): void {
  port.on('message', (request: ThreadRequest) => {
    port.postMessage(handle(request));
    if (request.kind === 'close') port.close();
  });
}
