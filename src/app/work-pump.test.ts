import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { startWorkPump } from './work-pump.js';

/** Work whose rounds the test ends one by one. */
function workbench() {
  const rounds: { end: (result: { done: number; nextAt?: number }) => void; fail: (e: Error) => void }[] = [];
  const waiting: (() => void)[] = [];
  return {
    work: () =>
      new Promise<{ done: number; nextAt?: number }>((end, fail) => {
        rounds.push({ end, fail });
        waiting.shift()?.();
      }),
    rounds,
    /** Resolves with the next round once it has begun. */
    next: async () => {
      if (rounds.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return rounds.shift()!;
    },
  };
}

const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const pumpOf = (work: () => Promise<{ done: number; nextAt?: number }>, now = () => 0) =>
  startWorkPump({ work, now, log: silentLog });

describe('the work pump', () => {
  it('begins with a round of its own accord, as there may be work from before the start', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work);
    (await bench.next()).end({ done: 0 });
    await pump.close();
  });

  it('goes on at once while there is something to do, and rests when there is nothing', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work);
    (await bench.next()).end({ done: 3 });
    (await bench.next()).end({ done: 0 });
    await turns();
    assert.equal(bench.rounds.length, 0);
    await pump.close();
  });

  it('never runs two rounds at once, however often it is woken', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work);
    const first = await bench.next();
    for (let count = 0; count < 10; count += 1) pump.wake();
    await turns();
    assert.equal(bench.rounds.length, 0);
    first.end({ done: 0 });
    const second = await bench.next();
    await turns();
    assert.equal(bench.rounds.length, 0, 'ten calls are one further round');
    second.end({ done: 0 });
    await pump.close();
  });

  it('wakes from a rest', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work);
    (await bench.next()).end({ done: 0 });
    await turns();
    pump.wake();
    (await bench.next()).end({ done: 0 });
    await pump.close();
  });

  it('comes back when the next thing falls due', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work, () => 1_000_000);
    (await bench.next()).end({ done: 0, nextAt: 1_000_001 });
    (await bench.next()).end({ done: 0 });
    await pump.close();
  });

  it('tries again after a failed round, and is not hurried by waking', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work);
    (await bench.next()).fail(new Error('disk full'));
    pump.wake();
    await turns();
    assert.equal(bench.rounds.length, 0);
    (await bench.next()).end({ done: 0 });
    await pump.close();
  });

  it('waits for the round under way when it is closed, and starts none after it', async () => {
    const bench = workbench();
    const pump = pumpOf(bench.work);
    const round = await bench.next();
    let closed = false;
    const closing = pump.close().then(() => {
      closed = true;
    });
    await turns();
    assert.equal(closed, false);
    round.end({ done: 5 });
    await closing;
    pump.wake();
    await turns();
    assert.equal(bench.rounds.length, 0);
  });
});
