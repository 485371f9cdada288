/** The library's reference is made from the sources, and is whole: every export of its doors is explained, and every type it speaks of. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from './tree.js';

describe('the reference of the library', () => {
  let copy = '';
  const make = (...options: string[]) => {
    const run = spawnSync(process.execPath, [join(copy, 'node_modules/typedoc/bin/typedoc'), ...options], { cwd: copy });
    return { status: run.status, said: run.stdout.toString() + run.stderr.toString() };
  };

  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'angarium-reference-'));
    for (const name of ['src', 'docs', 'package.json', 'typedoc.json', 'tsconfig.base.json', 'tsconfig.pure.json'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  it('has a page for each door that package.json opens, made without a warning', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
    const doors = Object.keys(exports).map((door) => door.replace('./', ''));
    assert.ok(doors.includes('codec/mms'));
    const { status, said } = make();
    assert.equal(status, 0, said);
    for (const door of doors) assert.ok(existsSync(join(copy, `dist/api/modules/${door.replace('/', '_')}.html`)), door);
  });

  it('is refused when an export is not explained or speaks of a type that is not exported', () => {
    appendFileSync(
      join(copy, 'src/codec/mms/index.ts'),
      'export const planted = (hidden: Hidden): number => hidden.x;\ninterface Hidden { readonly x: number }\n',
    );
    const { status, said } = make('--emit', 'none');
    assert.notEqual(status, 0);
    assert.match(said, /codec\/mms\.planted \(CallSignature\).* does not have any documentation/);
    assert.match(said, /Hidden, defined in .* is referenced by codec\/mms\.planted/);
  });
});
