/**
 * What `npm pack` would ship: the program, whole, the types of the rooms that others may import, and nothing that only its makers need.
 * Whether it works where it is installed: test/journeys/library.test.ts.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ROOMS, roomOf } from './rooms.js';
import { allFiles, isProduction, ROOT } from './tree.js';

describe('the build', () => {
  it('lets the commands be run, also where npx has made its link before there was anything to run', () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    for (const file of Object.values(bin)) assert.equal(statSync(join(ROOT, file)).mode & 0o111, 0o111, file);
  });
});

describe('the tarball', () => {
  let packed: ReadonlySet<string>;
  before(() => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd: ROOT }).toString();
    const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
    packed = new Set(files.map(({ path }) => path));
  });

  it('holds the output of every source but tests', () => {
    const wanted = allFiles()
      .filter((path) => isProduction(path) && path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => path.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js'));
    assert.ok(wanted.includes('dist/app/cli.js'));
    assert.deepEqual(
      wanted.filter((path) => !packed.has(path)),
      [],
    );
  });

  it('holds licence, changes, example and documents', () => {
    for (const path of [
      'package.json',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'angarium.example.toml',
      'gate.example.toml',
      'docs/operations.md',
    ]) {
      assert.ok(packed.has(path), path);
    }
  });

  it('opens faces of pure rooms only, and has the types of these and of the rooms behind them, and of no other', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
    const doors = Object.entries(manifest.exports).map(([door, target]) => {
      const room = door.replace('./', '');
      assert.ok(ROOMS[room]?.pure, door);
      assert.deepEqual(target, { types: `./dist/${room}/index.d.ts`, default: `./dist/${room}/index.js` });
      return room;
    });
    assert.ok(doors.includes('codec/mms'));
    const behind = new Set(doors);
    for (const room of behind) for (const other of ROOMS[room]!.mayImport) behind.add(other);
    const typed = [...packed].filter((path) => path.endsWith('.d.ts'));
    const roomOfTypes = (path: string) => roomOf(path.replace('dist/', 'src/'));
    assert.deepEqual(new Set(typed.map(roomOfTypes)), behind);
  });

  it('holds no tests, benchmarks, sources or traces of the build', () => {
    const strange = [...packed].filter(
      (path) =>
        !/^(dist\/(?!test\/|bench\/|api\/)[^.]+\.js|dist\/[^.]+\.d\.ts|docs\/[^.].*\.md|docs\/openapi\.json|[A-Z]+(\.md)?|package\.json|(angarium|gate)\.example\.toml)$/.test(
          path,
        ),
    );
    assert.deepEqual(strange, []);
  });
});
