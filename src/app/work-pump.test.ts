import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { startWorkPump } from './work-pump.js';

interface Done {
  readonly done: number;
  readonly nextAt?: number;
}

/** The domain's side: calls while a round is under way share its promise; the test ends the rounds. */
function workbench() {
  let round: { promise: Promise<Done>; end: (result: Done) => void; fail: (e: Error) => void } | undefined;
  const waiting: (() => void)[] = [];
  let calls = 0;
  return {
    work: () => {
      calls += 1;
      if (!round) {
        let end = (_: Done): void => {};
        let fail = (_: Error): void => {};
        const promise = new Promise<Done>((resolve, reject) => {
          end = resolve;
          fail = reject;
        });
        round = { promise, end, fail };
      }
      waiting.shift()?.();
      return round.promise;
    },
    calls: () => calls,
    /** Resolves at the next call. */
    called: () => new Promise<void>((resolve) => waiting.push(resolve)),
    end: (result: Done) => {
      const ending = round!;
      round = undefined;
      ending.end(result);
    },
    fail: (e: Error) => {
      const ending = round!;
      round = undefined;
      ending.fail(e);
    },
  };
}

const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const pumpOf = (bench: ReturnType<typeof workbench>, now = () => 0) =>
  startWorkPump({ work: bench.work, stop: async () => {}, now, log: silentLog });

describe('the work pump', () => {
  it('begins of its own accord, as there may be work from before the start', async () => {
    const bench = workbench();
    const pump = pumpOf(bench);
    await bench.called();
    await pump.close();
  });

  it('goes on at once while there is something to do, and rests when there is nothing', async () => {
    const bench = workbench();
    const pump = pumpOf(bench);
    await bench.called();
    bench.end({ done: 3 });
    await bench.called();
    bench.end({ done: 0 });
    await turns();
    assert.equal(bench.calls(), 2);
    await pump.close();
  });

  it('makes one call of many wakes in one turn', async () => {
    const bench = workbench();
    const pump = pumpOf(bench);
    await bench.called();
    bench.end({ done: 0 });
    await turns();
    for (let count = 0; count < 10; count += 1) pump.wake();
    await turns();
    assert.equal(bench.calls(), 2);
    await pump.close();
  });

  it('remembers who woke it while work was under way', async () => {
    const bench = workbench();
    const pump = pumpOf(bench);
    await bench.called();
    await turns();
    pump.wake();
    bench.end({ done: 0 });
    await bench.called();
    await pump.close();
  });

  it('looks again by itself while work is under way, for what falls due meanwhile', async () => {
    const bench = workbench();
    const pump = pumpOf(bench);
    await bench.called();
    await bench.called();
    await pump.close();
  });

  it('comes back when the next thing falls due', async () => {
    const bench = workbench();
    const pump = pumpOf(bench, () => 1_000_000);
    await bench.called();
    bench.end({ done: 0, nextAt: 1_000_001 });
    await bench.called();
    await pump.close();
  });

  it('tries again after work that failed, and is not hurried by waking', async () => {
    const bench = workbench();
    const pump = pumpOf(bench);
    await bench.called();
    bench.fail(new Error('a bug'));
    await turns();
    pump.wake();
    await turns();
    assert.equal(bench.calls(), 1);
    await bench.called();
    await pump.close();
  });

  it('stops the work when it is closed, and calls no more', async () => {
    const bench = workbench();
    let stopped = 0;
    const pump = startWorkPump({ work: bench.work, stop: async () => void (stopped += 1), now: () => 0, log: silentLog });
    await bench.called();
    await pump.close();
    assert.equal(stopped, 1);
    bench.end({ done: 5 });
    pump.wake();
    await turns();
    assert.equal(bench.calls(), 1);
  });
});
