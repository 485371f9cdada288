import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Log, silentLog } from '#base';
import { closeInOrder, type Part } from './closing.js';

const HOUR_MS = 3_600_000;

/** Parts that note when they close. */
function aProgram() {
  const closed: string[] = [];
  const part = (name: string, then: () => Promise<void> = async () => {}): Part => ({
    close() {
      closed.push(name);
      return then();
    },
  });
  return { closed, part };
}

describe('the parts of a program', () => {
  it('close row after row, those of one row together', async () => {
    const { closed, part } = aProgram();
    let open: () => void = () => {};
    const slow = new Promise<void>((resolve) => {
      open = resolve;
    });
    const parts = new Map([
      ['store', part('store')],
      ['door', part('door', () => slow)],
      ['window', part('window')],
    ]);
    const closing = closeInOrder([['door', 'window'], ['store']], parts, HOUR_MS, silentLog);
    await new Promise(setImmediate);
    assert.deepEqual(closed, ['door', 'window']);
    open();
    await closing;
    assert.deepEqual(closed, ['door', 'window', 'store']);
    assert.equal(parts.size, 0);
  });

  it('close although one before them failed, which is logged and thrown at the end', async () => {
    const { closed, part } = aProgram();
    const lines: string[] = [];
    const log: Log = { ...silentLog, error: (_: unknown, text?: string) => void lines.push(String(text)) };
    const parts = new Map([
      ['door', part('door', () => Promise.reject(new Error('stuck')))],
      ['store', part('store')],
    ]);
    await assert.rejects(closeInOrder([['door'], ['store']], parts, HOUR_MS, log), /stuck/);
    assert.deepEqual(closed, ['door', 'store']);
    assert.deepEqual(lines, ['could not be closed']);
  });

  it('have what time is left: one that does not end is cut off', async () => {
    const { closed, part } = aProgram();
    const graces: number[] = [];
    const stuck: Part = {
      close(graceMs) {
        graces.push(graceMs);
        return new Promise(() => {});
      },
    };
    const parts = new Map([
      ['door', stuck],
      ['store', part('store')],
    ]);
    await closeInOrder([['door'], ['store']], parts, 0, silentLog);
    assert.deepEqual(closed, ['store']);
    assert.equal(graces.length, 1);
  });
});
