/** One folder per bad configuration, with the words that an operator sees. A new case is a folder; this file stays as it is. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cases = join(root, 'test/journeys/bad-config');
const cli = join(root, 'dist/app/cli.js');

const check = (folder: string): Promise<{ code: number | null; stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, 'config', 'check', 'config.toml'], { cwd: folder }, (_, _stdout, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
  });

describe('a bad configuration', () => {
  for (const name of readdirSync(cases)) {
    it(`"${name.replaceAll('-', ' ')}" is refused with all its faults, each with its line`, async () => {
      const { code, stderr } = await check(join(cases, name));
      const expectedFile = join(cases, name, 'expected.txt');
      const said = stderr.replaceAll(join(cases, name), 'FOLDER');
      // To write down what a new case says: RECORD=1, then read it.
      if (process.env['RECORD']) writeFileSync(expectedFile, said);
      assert.equal(said, readFileSync(expectedFile, 'utf8'));
      assert.equal(code, 1);
    });
  }
});
