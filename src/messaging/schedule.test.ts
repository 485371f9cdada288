import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { handOverAgainAt, retryAt } from './schedule.js';

const WAITS = [60_000, 300_000];
const NEVER = Number.MAX_SAFE_INTEGER;

describe('the schedule of pushes', () => {
  it('takes the waits in their order and repeats the last one', () => {
    assert.deepEqual(
      [1, 2, 3, 100].map((attempts) => retryAt(1_000, attempts, WAITS, NEVER)),
      [61_000, 301_000, 301_000, 301_000],
    );
  });

  it('never goes past the end', () => {
    assert.equal(retryAt(1_000, 1, WAITS, 50_000), 50_000);
  });

  it('waits as long as the bearer asks, but not less than the schedule says', () => {
    assert.equal(retryAt(1_000, 1, WAITS, NEVER, 90_000), 91_000);
    assert.equal(retryAt(1_000, 1, WAITS, NEVER, 10), 61_000);
    assert.equal(retryAt(1_000, 1, WAITS, 50_000, 90_000), 50_000);
  });

  it('never spins, whatever the operator wrote', () => {
    assert.equal(retryAt(1_000, 1, [0], NEVER), 1_000 + LIMITS.pushRetryMinMs);
  });

  it('tries once only when there are no waits', () => {
    assert.equal(retryAt(1_000, 1, [], 50_000), 50_000);
  });
});

describe('the schedule of handovers', () => {
  it('takes the carrier’s word before the list for all far sides, be it shorter or longer', () => {
    assert.equal(handOverAgainAt(1_000, 2, WAITS, NEVER, 2_000), 3_000);
    assert.equal(handOverAgainAt(1_000, 2, WAITS, NEVER, 900_000), 901_000);
    assert.equal(handOverAgainAt(1_000, 2, WAITS, NEVER, undefined), 301_000);
  });

  it('never spins and never goes past the end either', () => {
    assert.equal(handOverAgainAt(1_000, 1, WAITS, NEVER, 0), 1_000 + LIMITS.pushRetryMinMs);
    assert.equal(handOverAgainAt(1_000, 1, WAITS, 50_000, 90_000), 50_000);
  });
});
