import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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

it('writing goes on after a rebuild only when everybody reads the new file, which is tried by the clock until it works', async () => {
  const { start, next } = threadsByHand();
  const settings = { ...DEFAULT_SETTINGS, recoveryFirstMs: 1, recoveryMaxMs: 2 };
  const moves: string[] = [];
  const observer = {
    settled: () => undefined,
    moved: async (file: string) => {
      moves.push(file);
      if (moves.length < 3) throw new Error('the database cannot be read');
    },
  };
  const queue = new CommitQueue(start, { role: 'writer' } as ThreadData, settings, silentLog, silentMeter, observer);
  const opened = queue.open();
  (await next('writer', 'open'))({ kind: 'opened', file: 'messages-1.db', created: true, walOctets: 0 });
  (await next('checkpointer', 'open'))({ kind: 'opened' });
  await opened;

  const told: string[] = [];
  queue.add({ ...operation(() => told.push('done')), refused: () => told.push('refused') });
  (await next('writer', 'group'))({ kind: 'failed', trouble: 'io', reason: 'flush', settled: false, rebuild: true, number: 1 });
  (await next('writer', 'recover'))({ kind: 'recovered', file: 'messages-2.db', results: undefined });
  const checkpointer = await next('checkpointer', 'open');
  assert.deepEqual(moves, ['messages-2.db', 'messages-2.db', 'messages-2.db']);
  assert.notEqual(queue.trouble, undefined, 'who writes now would not be seen by who reads');
  checkpointer({ kind: 'opened' });
  (await next('writer', 'sweep'))({ kind: 'swept' });
  while (queue.trouble !== undefined) await sleep(1);
  queue.add(operation(() => told.push('later')));
  (await next('writer', 'group'))(committed(0));
  while (told.length < 2) await sleep(1);
  assert.deepEqual(told, ['refused', 'later']);
});

/** A program with a defect in what it does when a commit is told; the threads answer at once. */
const DEFECTIVE = `
  const { CommitQueue } = await import(${JSON.stringify(new URL('./commit-queue.js', import.meta.url).href)});
  const { DEFAULT_SETTINGS } = await import(${JSON.stringify(new URL('./settings.js', import.meta.url).href)});
  const { silentLog, silentMeter } = await import(${JSON.stringify(import.meta.resolve('#base'))});
  const replies = {
    open: { kind: 'opened', file: 'messages-1.db', created: true, walOctets: 0 },
    group: { kind: 'done', results: [{ kind: 'handsets' }, { kind: 'handsets' }], seconds: 0, walOctets: 0, databaseOctets: 0 },
    close: { kind: 'closed' },
  };
  const start = () => ({ dead: false, call: async ({ kind }) => replies[kind], end: async () => undefined });
  const observer = { settled: () => console.log('settled'), moved: async () => undefined };
  process.on('unhandledRejection', (error) => console.log(error.message));
  const queue = new CommitQueue(start, { role: 'writer' }, DEFAULT_SETTINGS, silentLog, silentMeter, observer);
  await queue.open();
  const add = (done) => queue.add({ rows: { kind: 'handsets', rows: [] }, octets: 0, done, refused: () => undefined });
  add(() => { throw new Error('a defect'); });
  add(() => console.log('second'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  add(() => console.log('third'));
  await queue.close();
  console.log('closed');
`;

it('a defect in what one operation does when it is told is thrown, keeps no other from hearing, and does not hold up the end', () => {
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', DEFECTIVE], { encoding: 'utf8' });
  assert.deepEqual(
    child.stdout.trim().split('\n'),
    ['second', 'settled', 'a defect', 'third', 'settled', 'closed'],
    child.stderr,
  );
});
