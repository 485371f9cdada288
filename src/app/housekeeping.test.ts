import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { startHousekeeping } from './housekeeping.js';

describe('housekeeping', () => {
  it('goes on in small portions while there is something to remove', async () => {
    const found = [500, 20, 0];
    let done = (): void => {};
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    const housekeeping = startHousekeeping(async () => {
      const removed = found.shift()!;
      if (removed === 0) done();
      return removed;
    }, silentLog);
    await finished;
    await housekeeping.close();
    assert.deepEqual(found, []);
  });

  it('survives a store in trouble', async () => {
    const warnings: string[] = [];
    let done = (): void => {};
    const warned = new Promise<void>((resolve) => {
      done = resolve;
    });
    const log = {
      ...silentLog,
      warn: (_: unknown, text: string) => {
        warnings.push(text);
        done();
      },
    };
    const housekeeping = startHousekeeping(() => Promise.reject(new Error('disk full')), log);
    await warned;
    await housekeeping.close();
    assert.deepEqual(warnings, ['housekeeping failed']);
  });

  it('waits for the portion under way when it is closed', async () => {
    let end = (_: number): void => {};
    let begun = (): void => {};
    const under = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const housekeeping = startHousekeeping(
      () =>
        new Promise((resolve) => {
          end = resolve;
          begun();
        }),
      silentLog,
    );
    await under;
    let closed = false;
    const closing = housekeeping.close().then(() => {
      closed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(closed, false);
    end(1);
    await closing;
  });
});
