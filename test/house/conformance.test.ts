import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from './tree.js';

it('docs/conformance says what the titles of the conformance tests say', () => {
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts/conformance.mjs'), '--check'], { cwd: ROOT });
  assert.equal(run.stderr.toString(), '');
  assert.equal(run.status, 0);
});
