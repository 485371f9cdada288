import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StreamQueue } from './stream-queue.js';

/** A stream that takes a piece when it is told to. */
class Slow {
  readonly written: number[] = [];
  private pending: (() => void) | undefined;
  readonly write = (octets: Buffer, done: () => void): void => {
    assert.equal(this.pending, undefined, 'one write at a time');
    this.written.push(...octets);
    this.pending = done;
  };
  /** False when nothing is being written. */
  take(): boolean {
    const { pending } = this;
    this.pending = undefined;
    pending?.();
    return pending !== undefined;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what waits to be written on a stream', () => {
  it('is written once a turn, in order, whatever the sizes and however slowly it is taken', async () => {
    const step = fc.oneof(fc.record({ size: fc.integer({ min: 1, max: 70_000 }) }), fc.constant('turn'), fc.constant('take'));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const slow = new Slow();
        const queue = new StreamQueue(10_000_000, slow.write, () => {});
        const sent: number[] = [];
        let mark = 0;
        for (const it of steps)
          if (it === 'turn') await turn();
          else if (it === 'take') slow.take();
          else if (typeof it === 'object') {
            const room = queue.claim((it as { size: number }).size)!;
            mark = (mark + 1) % 256;
            room.fill(mark, queue.claimedAt, queue.claimedAt + (it as { size: number }).size);
            for (let i = 0; i < (it as { size: number }).size; i++) sent.push(mark);
          }
        do await turn();
        while (slow.take());
        assert.equal(Buffer.compare(Buffer.from(slow.written), Buffer.from(sent)), 0);
        assert.deepEqual([queue.queuedOctets, queue.queuedMessages], [0, 0]);
      }),
      { numRuns: 100 },
    );
  });

  it('counts until the stream has taken it; above the bound there is no room, and it is said once when half has gone', async () => {
    const slow = new Slow();
    let drained = 0;
    const queue = new StreamQueue(1_000, slow.write, () => drained++);
    assert.ok(queue.claim(600));
    await turn();
    assert.ok(queue.claim(400));
    assert.equal(queue.claim(1), undefined);
    assert.equal(queue.queuedMessages, 2);
    slow.take();
    assert.deepEqual([queue.queuedOctets, drained], [400, 1]);
    slow.take();
    assert.deepEqual([queue.queuedOctets, drained], [0, 1]);
  });

  it('is empty when it says so', async () => {
    const slow = new Slow();
    const queue = new StreamQueue(1_000, slow.write, () => {});
    let empty = 0;
    queue.claim(10);
    queue.whenEmpty(() => empty++);
    await turn();
    assert.equal(empty, 0);
    slow.take();
    assert.equal(empty, 1);
  });
});
