import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff } from './reconnect.js';

describe('delays before the next attempt', () => {
  it('double from the first to the most, and begin anew after an association that lasted', () => {
    const backoff = new Backoff({ firstMs: 100, mostMs: 1_000, jitter: 0, steadyMs: 5_000 }, () => 0.9);
    assert.deepEqual(
      [0, 0, 0, 0, 0, 0].map((it) => backoff.next(it)),
      [100, 200, 400, 800, 1_000, 1_000],
    );
    assert.equal(backoff.next(4_999), 1_000, 'one that flaps does not begin anew');
    assert.equal(backoff.next(5_000), 100);
    assert.equal(backoff.next(0), 200);
  });

  it('are cut by up to the jitter, and never to nothing unless that is what is set', () => {
    const of = (jitter: number, random: number) => new Backoff({ firstMs: 100, mostMs: 100, jitter }, () => random).next(0);
    assert.deepEqual([of(0.5, 0), of(0.5, 1), of(1, 1), of(0, 1)], [100, 50, 0, 100]);
  });

  it('stay at the most for ever', () => {
    const backoff = new Backoff({ firstMs: 1, mostMs: 30_000, jitter: 0 }, () => 0);
    for (let i = 0; i < 5_000; i++) backoff.next(0);
    assert.equal(backoff.next(0), 30_000);
  });
});
