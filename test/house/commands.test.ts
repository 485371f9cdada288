/** The commands of package.json, tried on a small tree of their own: scripts/ copied beside sources and outputs made up here. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ROOT } from './tree.js';

const PASSES = "import { it } from 'node:test'; it('passes', () => {});";
const FAILS = "import { it } from 'node:test'; it('fails', () => { throw new Error('as planted'); });";
const SKIPS = "import { it } from 'node:test'; it('skips', (t) => t.skip('no disk to fill'));";

describe('the commands', () => {
  let tree = '';
  const put = (path: string, text = '') => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  /** A test as source and output; the source is only looked at for its programs. */
  const putTest = (path: string, output: string, source = '') => {
    put(`${path}.test.ts`, source);
    put(`dist/${path.replace(/^src\//, '')}.test.js`, output);
  };
  const runScript = (...args: string[]) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const run = spawnSync(process.execPath, args, { cwd: tree, env });
    const lines = run.stdout.toString().trimEnd().split('\n');
    return { status: run.status, last: lines.at(-1), text: lines.join('\n') + run.stderr.toString() };
  };

  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), 'angarium-commands-'));
    cpSync(join(ROOT, 'scripts'), join(tree, 'scripts'), { recursive: true });
    put('package.json', '{ "type": "module", "bin": { "kept": "dist/base/kept.js" } }');
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  it('test counts what passed, failed and was skipped in its last line, and fails when a test fails', () => {
    putTest('src/base/a', PASSES);
    putTest('test/b', SKIPS);
    assert.deepEqual(pick(runScript('scripts/test.mjs')), { status: 0, last: '1 passed, 0 failed, 1 skipped' });
    putTest('test/c', FAILS);
    const run = runScript('scripts/test.mjs');
    assert.deepEqual(pick(run), { status: 1, last: '1 passed, 1 failed, 1 skipped' });
    assert.match(run.text, /✖ test\/c\.test\.ts: fails\n {4}Error: as planted/);
  });

  it('test does not run the output of a deleted source', () => {
    putTest('test/a', PASSES);
    put('dist/test/deleted.test.js', FAILS);
    assert.deepEqual(pick(runScript('scripts/test.mjs')), { status: 0, last: '1 passed, 0 failed' });
  });

  it('test fails when no test was run, when a file holds none, when it ends in an error and when it is not compiled', () => {
    assert.deepEqual(pick(runScript('scripts/test.mjs')), { status: 1, last: '0 passed, 1 failed' });
    putTest('test/empty', '');
    putTest('test/throws', "throw new Error('early');");
    put('test/uncompiled.test.ts');
    assert.deepEqual(pick(runScript('scripts/test.mjs')), { status: 1, last: '0 passed, 3 failed' });
  });

  it('test keeps long forms and peers for those who ask, and takes parts of paths', () => {
    putTest('test/short', PASSES);
    putTest('test/kill.long', PASSES);
    putTest('test/peers/tshark', PASSES);
    assert.equal(runScript('scripts/test.mjs').last, '1 passed, 0 failed');
    assert.equal(runScript('scripts/test.mjs', '--long').last, '2 passed, 0 failed');
    assert.equal(runScript('scripts/test.mjs', '--long', 'kill').last, '1 passed, 0 failed');
    assert.equal(runScript('scripts/test.mjs', '--peers').last, '1 passed, 0 failed');
  });

  it('test names the programs that a peer test needs and the machine lacks, and counts it as failed', () => {
    putTest('test/peers/none', PASSES, '// Needs: sh, no-such-program-here\n');
    const run = runScript('scripts/test.mjs', '--peers');
    assert.deepEqual(pick(run), { status: 1, last: '0 passed, 1 failed' });
    assert.match(run.text, /needs no-such-program-here, not on this machine/);
  });

  it('build removes outputs without a source and keeps the others', () => {
    put('node_modules/typescript7/bin/tsc', '');
    put('src/base/kept.ts');
    for (const output of ['kept.js', 'kept.d.ts', 'gone.js', 'gone.d.ts', 'gone.js.map']) put(`dist/base/${output}`);
    for (const output of ['core.tsbuildinfo', 'api/index.html']) put(`dist/${output}`);
    assert.equal(runScript('scripts/build.mjs').status, 0);
    const left = [
      'base/kept.js',
      'base/kept.d.ts',
      'core.tsbuildinfo',
      'api/index.html',
      'base/gone.js',
      'base/gone.d.ts',
      'base/gone.js.map',
    ];
    assert.deepEqual(
      left.map((path) => existsSync(join(tree, 'dist', path))),
      [true, true, true, true, false, false, false],
    );
  });

  it('conformance writes a page for each document, and its check sees a page that is no longer true', () => {
    const clause = 'test/conformance/oma-mms-enc-1.3/7.3-header-fields';
    putTest(
      clause,
      "import { describe, it } from 'node:test'; describe('Status', () => { it('is one octet (7.3.54)', () => {}); });",
    );
    assert.equal(runScript('scripts/conformance.mjs', '--check').status, 1);
    assert.equal(runScript('scripts/conformance.mjs').status, 0);
    const page = readFileSync(join(tree, 'docs/conformance/oma-mms-enc-1.3.md'), 'utf8');
    assert.ok(page.includes(`## 7.3 header fields\n\n\`${clause}.test.ts\`\n\n- Status\n  - is one octet (7.3.54)\n`), page);
    assert.equal(runScript('scripts/conformance.mjs', '--check').status, 0);
    put('docs/conformance/withdrawn.md', 'said once');
    const run = runScript('scripts/conformance.mjs', '--check');
    assert.equal(run.status, 1);
    assert.match(run.text, /withdrawn\.md is not what the tests say/);
  });

  it('conformance shows for each subject of a document the sections that name it, and fails when no title names one', () => {
    const folder = 'test/conformance/some-standard';
    const title = (words: string) => `import { it } from 'node:test'; it('7.1: ${words} is one octet', () => {});`;
    const table = "[{ heading: 'Fields', columns: ['field'], subjects: [{ cells: ['To'], words: 'To (0x97)' }] }]";
    put(`${folder}/subjects.ts`);
    put(`dist/${folder}/subjects.js`, `export const tables = ${table};`);
    putTest(`${folder}/7-fields`, title('To (0x97)'));
    assert.equal(runScript('scripts/conformance.mjs').status, 0);
    const page = readFileSync(join(tree, 'docs/conformance/some-standard.md'), 'utf8');
    assert.ok(page.includes('## Fields\n\n| field | tests |\n| --- | --- |\n| To | [7 fields](#7-fields) 1 |\n'), page);
    // Part of a longer word is not a name.
    for (const words of ['Reply-To (0x97)', 'To']) {
      putTest(`${folder}/7-fields`, title(words));
      const run = runScript('scripts/conformance.mjs');
      assert.equal(run.status, 1);
      assert.match(run.text, /test\/conformance\/some-standard: no title names To \(0x97\)/);
    }
  });
});

const pick = ({ status, last }: { status: number | null; last: string | undefined }) => ({ status, last });
