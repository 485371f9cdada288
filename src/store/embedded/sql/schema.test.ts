import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { SqlDriver } from './driver.js';
import { openSql } from './libsql-driver.js';
import { MIGRATIONS, migrate, NewerSchema } from './schema.js';

const LATER = [...MIGRATIONS, 'ALTER TABLE message ADD COLUMN colour TEXT', 'CREATE TABLE extra (a INTEGER)'];

const withFile = (body: (sql: SqlDriver, file: string) => void) => (): void => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-schema-'));
  const file = path.join(folder, 'test.db');
  const sql = openSql(file, { readOnly: false, busyTimeoutMs: 0, cacheOctets: 65_536 });
  try {
    body(sql, file);
  } finally {
    sql.close();
    fs.rmSync(folder, { recursive: true });
  }
};

const version = (sql: SqlDriver): unknown => sql.prepare('PRAGMA user_version').get([])?.[0];

describe('schema migrations', () => {
  it(
    'take an empty file to the first version, and that with its rows to later ones, each step once',
    withFile((sql, file) => {
      assert.equal(migrate(sql, file), 0);
      assert.equal(version(sql), 1);
      sql.prepare("INSERT INTO message VALUES ('id', '[]', '[]')").run([]);
      assert.equal(migrate(sql, file, LATER), 1);
      assert.equal(version(sql), 3);
      assert.deepEqual([...sql.prepare('SELECT id, colour FROM message').get([])!], ['id', null]);
      assert.equal(migrate(sql, file, LATER), 3);
    }),
  );

  it(
    'that fail leave the file at the version before',
    withFile((sql, file) => {
      assert.throws(() => migrate(sql, file, [...MIGRATIONS, 'CREATE TABLE half (a); NONSENSE']));
      assert.equal(version(sql), 1);
      assert.equal(sql.prepare("SELECT 1 FROM sqlite_schema WHERE name='half'").get([]), undefined);
      migrate(sql, file, LATER);
      assert.equal(version(sql), 3);
    }),
  );

  it(
    'refuse a file of a later program and name both versions',
    withFile((sql, file) => {
      migrate(sql, file, LATER);
      assert.throws(
        () => migrate(sql, file),
        (error: unknown) => error instanceof NewerSchema && /version 3, .* up to 1/.test(error.message),
      );
    }),
  );
});
