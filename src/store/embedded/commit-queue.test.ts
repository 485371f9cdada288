import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog, silentMeter } from '#base';
import { CommitQueue, type Operation } from './commit-queue.js';
import { DEFAULT_SETTINGS } from './settings.js';
import type { ThreadData } from './sql/protocol.js';
import type { SqlThreadPort } from './sql/thread.js';

/** Threads of which each answer is given by hand. */
function threadsByHand() {
  const asked: { readonly role: string; readonly kind: string; readonly answer: (reply: unknown) => void }[] = [];
  const start = ({ role }: ThreadData): SqlThreadPort<never, unknown> => ({
    dead: false,
    call: ({ kind }: { readonly kind: string }) => new Promise((answer) => asked.push({ role, kind, answer })),
    end: async () => undefined,
  });
  /** Waits for the next request, which must be this one, and answers it. */
  const next = async (role: string, kind: string) => {
    while (asked.length === 0) await sleep(1);
    const request = asked.shift()!;
    assert.deepEqual([request.role, request.kind], [role, kind]);
    return request.answer;
  };
  return { start, next };
}

const committed = (walOctets: number) => ({
  kind: 'done',
  results: [{ kind: 'handsets' }],
  seconds: 0,
  walOctets,
  databaseOctets: 0,
});

const operation = (done: () => void): Operation => ({
  rows: { kind: 'handsets', rows: [] },
  octets: 0,
  done,
  refused: (error) => assert.fail(error),
});

it('recovery from a failed checkpoint waits for the commit under way without turning the event loop in vain', async () => {
  const { start, next } = threadsByHand();
  const settings = { ...DEFAULT_SETTINGS, checkpointOctets: 1 };
  const data = { role: 'writer' } as ThreadData;
  const observer = { settled: () => undefined, moved: async () => undefined };
  const queue = new CommitQueue(start, data, settings, silentLog, silentMeter, observer);
  const opened = queue.open();
  (await next('writer', 'open'))({ kind: 'opened', file: 'messages-1.db', created: true, walOctets: 0 });
  (await next('checkpointer', 'open'))({ kind: 'opened' });
  await opened;

  const order: string[] = [];
  queue.add(operation(() => order.push('first')));
  (await next('writer', 'group'))(committed(2));
  const checkpoint = await next('checkpointer', 'checkpoint');
  queue.add(operation(() => order.push('second')));
  const commit = await next('writer', 'group');
  checkpoint({ kind: 'failed', trouble: 'io', reason: 'flush' });

  const { setImmediate: real } = globalThis;
  let turns = 0;
  globalThis.setImmediate = ((act: () => void) => {
    turns++;
    return real(act);
  }) as typeof setImmediate;
  await sleep(20);
  globalThis.setImmediate = real;
  assert.equal(turns, 0);

  commit(committed(0));
  (await next('writer', 'recover'))({ kind: 'recovered', file: 'messages-2.db', results: undefined });
  (await next('checkpointer', 'open'))({ kind: 'opened' });
  (await next('writer', 'sweep'))({ kind: 'swept' });
  while (queue.trouble !== undefined) await sleep(1);
  assert.deepEqual(order, ['first', 'second']);
});
