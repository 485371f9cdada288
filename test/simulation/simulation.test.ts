/** The short form of the simulation: what `npm test` runs of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REGRESSIONS } from './regressions/found.js';
import { report } from './report.js';
import { simulate } from './simulate.js';

/** Seeds of the short form, and how many worlds one test runs. */
const SEEDS = 200;
const TOGETHER = 50;

describe('the simulated world', () => {
  it('goes the same way twice for one seed, also with other worlds before it in the same process', async () => {
    const first = await simulate(7);
    const other = await simulate(8);
    const again = await simulate(7);
    assert.equal(again.digest, first.digest);
    assert.notEqual(other.digest, first.digest);
  });

  for (const { seed, name } of REGRESSIONS) {
    it(`breaks no invariant under the seed ${seed}, which found: ${name}`, async () => {
      const outcome = await simulate(seed);
      if (outcome.failure) assert.fail(report(outcome));
    });
  }

  for (let from = 1; from <= SEEDS; from += TOGETHER) {
    it(`breaks no invariant under the seeds ${from} to ${from + TOGETHER - 1}`, async () => {
      for (let seed = from; seed < from + TOGETHER; seed++) {
        const outcome = await simulate(seed);
        if (outcome.failure) assert.fail(report(outcome));
      }
    });
  }
});
