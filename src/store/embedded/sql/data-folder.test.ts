import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { clearSuspect, writeSuspect } from './data-folder.js';

/** What is deleted in the folder and what is flushed, in its order, by name; the folder itself is `.`. */
function watched(t: TestContext, folder: string): string[] {
  const seen: string[] = [];
  const names = new Map<number, string>();
  const name = (file: fs.PathLike): string => path.relative(folder, String(file)) || '.';
  const { openSync, fsyncSync, rmSync } = fs;
  t.mock.method(fs, 'openSync', (file: fs.PathLike, ...rest: [string, number?]) => {
    const fd = openSync(file, ...rest);
    names.set(fd, name(file));
    return fd;
  });
  t.mock.method(fs, 'fsyncSync', (fd: number) => {
    fsyncSync(fd);
    seen.push(`flushed ${names.get(fd)}`);
  });
  t.mock.method(fs, 'rmSync', (file: fs.PathLike) => {
    rmSync(file);
    seen.push(`deleted ${name(file)}`);
  });
  return seen;
}

it('the mark of a suspect log is removed durably: a power loss must not bring it back over what has been acknowledged since', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-data-folder-'));
  try {
    writeSuspect(folder, 'messages-1.db', 4_152);
    const seen = watched(t, folder);
    clearSuspect(folder);
    assert.deepEqual(seen, ['deleted SUSPECT', 'flushed .']);
    clearSuspect(folder);
    assert.deepEqual(seen.length, 2, 'without a mark nothing is touched');
  } finally {
    t.mock.restoreAll();
    fs.rmSync(folder, { recursive: true });
  }
});
