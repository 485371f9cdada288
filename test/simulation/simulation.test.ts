/** The short form of the simulation: what `npm test` runs of it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { REGRESSIONS } from './regressions/found.js';
import { report } from './report.js';
import { simulate } from './simulate.js';

/** Seeds of the short form, and how many worlds one test runs. */
const SEEDS = 200;
const TOGETHER = 50;

/** Where Linux shows the open files of a process. */
const DESCRIPTORS = '/proc/self/fd';

/** Names of open files that stand in a folder of a world. */
const openFilesOfWorlds = (): string[] =>
  fs.readdirSync(DESCRIPTORS).flatMap((name) => {
    try {
      const file = fs.readlinkSync(`${DESCRIPTORS}/${name}`);
      return file.includes('angarium-simulation-') ? [file] : [];
    } catch {
      // The descriptor of the folder that has just been read.
      return [];
    }
  });

/** Turns of the loop in which the collector's work may end. */
const COLLECTIONS = 20;

/** The engine lets go of a closed database when the statements prepared on it have been collected. */
async function collected(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < COLLECTIONS && openFilesOfWorlds().length > 0; i++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the simulated world', () => {
  it('goes the same way twice for one seed, also with other worlds before it in the same process', async () => {
    const first = await simulate(7);
    const other = await simulate(8);
    const again = await simulate(7);
    assert.equal(again.digest, first.digest);
    assert.notEqual(other.digest, first.digest);
  });

  it('leaves no file of its machines open, those that crashed included', { skip: !fs.existsSync(DESCRIPTORS) }, async () => {
    let crashes = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const { counts } = await simulate(seed);
      crashes += (counts['machine: runs'] ?? 0) - 1;
    }
    assert.ok(crashes > 0);
    await collected();
    assert.deepEqual(openFilesOfWorlds(), []);
  });

  for (const { seed, name, older = false } of REGRESSIONS) {
    it(`breaks no invariant under the seed ${seed}, which found: ${name}`, async () => {
      const outcome = await simulate(seed, { older });
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
