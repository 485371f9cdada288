/** SqlDriver on libsql. */
import Database from 'libsql';
import type { CheckpointResult, SqlDriver, SqlOpenOptions, SqlStatement, SqlValue } from './driver.js';

const KiB = 1024;

/** The parts of libsql's statement that its type declaration, taken from better-sqlite3, does not get right. */
interface RawStatement {
  raw(on: boolean): this;
  run(values: readonly SqlValue[]): { readonly changes: number };
  get(values: readonly SqlValue[]): readonly SqlValue[] | undefined;
  all(values: readonly SqlValue[]): readonly (readonly SqlValue[])[];
}

export function openSql(file: string, options: SqlOpenOptions): SqlDriver {
  const database = new Database(file, { timeout: options.busyTimeoutMs });
  const prepare = (sql: string): RawStatement => database.prepare(sql) as unknown as RawStatement;
  const row = (sql: string): readonly SqlValue[] => prepare(sql).raw(true).get([]) ?? [];
  row(`PRAGMA busy_timeout=${options.busyTimeoutMs}`);
  database.exec(`PRAGMA cache_size=-${Math.ceil(options.cacheOctets / KiB)}`);
  if (options.readOnly) database.exec('PRAGMA query_only=ON');
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql): SqlStatement => {
      const changing = prepare(sql);
      let reading: RawStatement | undefined;
      const rows = (): RawStatement => (reading ??= prepare(sql).raw(true));
      return {
        run: (values) => changing.run(values).changes,
        get: (values) => rows().get(values),
        all: (values) => rows().all(values),
      };
    },
    begin: () => {
      database.exec('BEGIN IMMEDIATE');
    },
    commit: () => {
      database.exec('COMMIT');
    },
    rollback: () => {
      if (database.inTransaction) database.exec('ROLLBACK');
    },
    checkpoint: (mode): CheckpointResult => {
      const [busy, log, done] = row(`PRAGMA wal_checkpoint(${mode})`) as number[];
      return { busy: busy !== 0, logPages: Math.max(0, log ?? 0), donePages: Math.max(0, done ?? 0) };
    },
    vacuumInto: (target) => {
      prepare('VACUUM INTO ?').run([target]);
    },
    close: () => {
      database.close();
    },
  };
}
