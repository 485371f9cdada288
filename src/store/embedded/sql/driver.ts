/**
 * The SQL engine as the threads of this store see it: about ten calls, all synchronous, never made on the main thread.
 * `libsql-driver.ts` fulfils it; a test starts the threads with a module of its own whose `openSql` wraps that one and fails on demand.
 */

/** What a row holds and a statement is bound to. */
export type SqlValue = string | number | null | Uint8Array;

export interface SqlStatement {
  /** Returns how many rows were changed. */
  run(values: readonly SqlValue[]): number;
  get(values: readonly SqlValue[]): readonly SqlValue[] | undefined;
  all(values: readonly SqlValue[]): readonly (readonly SqlValue[])[];
}

/** Pages in the write-ahead log and how many of them are in the database file. `busy`: somebody was in the way of the rest. */
export interface CheckpointResult {
  readonly busy: boolean;
  readonly logPages: number;
  readonly donePages: number;
}

export interface SqlDriver {
  /** Statements without parameters and results. */
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  /** Takes the write lock at once. */
  begin(): void;
  /** Durable when it returns. A throw does not say by itself whether the transaction has happened. */
  commit(): void;
  /** No-op outside a transaction. */
  rollback(): void;
  /** `passive` waits for nobody; `restart` waits for readers as long as the busy time, so that the next commit begins the log anew. */
  checkpoint(mode: 'passive' | 'restart'): CheckpointResult;
  /** Writes a compact copy of what is committed into a new file. */
  vacuumInto(file: string): void;
  close(): void;
}

export interface SqlOpenOptions {
  readonly readOnly: boolean;
  readonly busyTimeoutMs: number;
  /** Page cache. */
  readonly cacheOctets: number;
}

/** Opens a database file. `data` is what the options of the store gave with the module of the threads. */
export type OpenSql = (file: string, options: SqlOpenOptions, data?: unknown) => SqlDriver;

/** Names the module that the threads are started with (it calls `serveThread`) and what its engine is handed, which must be clonable. */
export interface SqlThreadModule {
  readonly url: string;
  readonly data?: unknown;
}

/** What SQLite's result code asks for. */
export type SqlTrouble =
  /** Disk full: the transaction is rolled back, the file is as good as before. */
  | 'full'
  /** Input or output failed: the connection, perhaps the file, is not trusted any more. */
  | 'io'
  /** Two rows with one key: a bug of the caller. */
  | 'conflict'
  | 'other';

/** Grades an error of the engine by the name of its result code. https://www.sqlite.org/rescode.html */
export function sqlTrouble(error: unknown): SqlTrouble {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return 'other';
  if (code === 'SQLITE_FULL') return 'full';
  if (code.startsWith('SQLITE_CONSTRAINT')) return 'conflict';
  return /^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|NOMEM|PROTOCOL|BUSY|LOCKED)/.test(code) ? 'io' : 'other';
}
