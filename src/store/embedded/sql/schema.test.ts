import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { SqlDriver } from './driver.js';
import { openSql } from './libsql-driver.js';
import { MIGRATIONS, migrate, NewerSchema } from './schema.js';

const NEWEST = MIGRATIONS.length;
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
    'take an empty file to the newest version, and that with its rows to later ones, each step once',
    withFile((sql, file) => {
      assert.equal(migrate(sql, file), 0);
      assert.equal(version(sql), NEWEST);
      sql.prepare("INSERT INTO message VALUES ('id', '[]', '[]')").run([]);
      assert.equal(migrate(sql, file, LATER), NEWEST);
      assert.equal(version(sql), NEWEST + 2);
      assert.deepEqual([...sql.prepare('SELECT id, colour FROM message').get([])!], ['id', null]);
      assert.equal(migrate(sql, file, LATER), NEWEST + 2);
    }),
  );

  it(
    'from before outer roads keep deliveries as they are and give reports their interface',
    withFile((sql, file) => {
      migrate(sql, file, MIGRATIONS.slice(0, 1));
      sql.prepare("INSERT INTO delivery VALUES ('d', 'm', 3, 1, 1500, NULL, '{\"state\":\"due\"}')").run([]);
      const report = { recipient: { kind: 'number', msisdn: '2' }, to: '491510000001', version: '1.2', attempts: 1 };
      sql
        .prepare('INSERT INTO report VALUES (?,?,?,?,?,?)')
        .run(['r', 'm', 1, 1_600, 'number:+491510000001', JSON.stringify(report)]);
      assert.equal(migrate(sql, file), 1);
      const delivery = sql.prepare('SELECT * FROM delivery').get([]);
      assert.deepEqual([...delivery!], ['d', 'm', 3, 1, 1_500, null, '{"state":"due"}', null, null]);
      const [record, road] = sql.prepare('SELECT record, road FROM report').get([])!;
      assert.equal(road, null);
      assert.deepEqual(JSON.parse(record as string), {
        recipient: { kind: 'number', msisdn: '2' },
        to: { kind: 'number', msisdn: '491510000001' },
        attempts: 1,
        origin: { interface: 'mm1', version: '1.2' },
      });
    }),
  );

  it(
    'that fail leave the file at the version before',
    withFile((sql, file) => {
      assert.throws(() => migrate(sql, file, [...MIGRATIONS, 'CREATE TABLE half (a); NONSENSE']));
      assert.equal(version(sql), NEWEST);
      assert.equal(sql.prepare("SELECT 1 FROM sqlite_schema WHERE name='half'").get([]), undefined);
      migrate(sql, file, LATER);
      assert.equal(version(sql), NEWEST + 2);
    }),
  );

  it(
    'refuse a file of a later program and name both versions',
    withFile((sql, file) => {
      migrate(sql, file, LATER);
      assert.throws(
        () => migrate(sql, file),
        (error: unknown) =>
          error instanceof NewerSchema &&
          error.message.includes(`version ${NEWEST + 2}, this program knows versions up to ${NEWEST}`),
      );
    }),
  );
});
