/** The compiler's own walls: breaches planted in a copy of the sources, with a full dist beside them, must not compile. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from './tree.js';

describe('the walls of the compiler', () => {
  let copy = '';
  const compile = () => {
    const run = spawnSync(process.execPath, [join(copy, 'node_modules/typescript7/bin/tsc'), '-b', 'tsconfig.pure.json'], {
      cwd: copy,
    });
    return run.stdout.toString() + run.stderr.toString();
  };

  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'angarium-walls-'));
    for (const name of ['src', 'dist', 'package.json', 'tsconfig.base.json', 'tsconfig.pure.json']) {
      cpSync(join(ROOT, name), join(copy, name), { recursive: true, preserveTimestamps: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  it('stand around sources that compile, and refuse timers, Node and a store in a pure room', () => {
    assert.equal(compile(), '', 'the copy compiles before the breach');

    appendFileSync(join(copy, 'src/base/result.ts'), '\nexport const planted = () => setTimeout(() => {}, 1);\n');
    appendFileSync(join(copy, 'src/base/malformed.ts'), "\nexport const planted = () => import('node:fs');\n");
    appendFileSync(join(copy, 'src/messaging/address.ts'), "\nexport type Planted = typeof import('#store/memory');\n");
    const errors = compile();

    assert.match(errors, /src\/base\/result\.ts\(\d+,\d+\): error TS2304: Cannot find name 'setTimeout'/);
    assert.match(errors, /src\/base\/malformed\.ts\(\d+,\d+\): error TS\d+: Cannot find (name|module) 'node:fs'/);
    // TS6307: the file is not in this project's list; TS2307: there is no such room yet.
    assert.match(errors, /src\/messaging\/address\.ts\(\d+,\d+\): error TS(6307|2307)/);
  });
});
