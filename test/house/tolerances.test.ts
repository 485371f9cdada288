import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from './tree.js';

it('docs/tolerances.md says what the tables of the codec say', () => {
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts/tolerances.mjs'), '--check'], { cwd: ROOT });
  assert.equal(run.stderr.toString(), '');
  assert.equal(run.status, 0);
});
