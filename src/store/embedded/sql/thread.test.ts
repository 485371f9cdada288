import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ThreadData } from './protocol.js';
import { SqlThread } from './thread.js';

/** A thread that answers each request with itself. */
const ECHO = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (request) => parentPort.postMessage(request));`;

it('a request that cannot be handed over is refused alone: those around it get the answers that are theirs', async () => {
  const module = `data:text/javascript,${encodeURIComponent(ECHO)}`;
  const thread = new SqlThread<unknown, unknown>({ role: 'reader', module } as unknown as ThreadData);
  try {
    const before = thread.call('before');
    await assert.rejects(
      thread.call(() => 'no copy of this can be made'),
      { name: 'DataCloneError' },
    );
    const [first, second] = [thread.call('first'), thread.call('second')];
    assert.deepEqual(await Promise.all([before, first, second]), ['before', 'first', 'second']);
  } finally {
    await thread.end();
  }
});
