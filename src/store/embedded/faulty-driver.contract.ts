/**
 * An SQL engine that fails on demand, for the threads of a store under test. What it does is steered from the test's thread through shared
 * memory, because the engine lives on others.
 */
import type { CheckpointResult, OpenSql, SqlDriver } from './sql/driver.js';
import { openSql as openLibsql } from './sql/libsql-driver.js';

/** Switches in shared memory, by index. */
export const SWITCH = {
  /** How the next commits fail: one of COMMIT. */
  commit: 0,
  /** Milliseconds that a checkpoint lasts longer. */
  checkpointMs: 1,
  /** Checkpoints that have begun. */
  checkpointsBegun: 2,
  /** Checkpoints that have ended. */
  checkpointsEnded: 3,
  /** 1: rebuilding into a new file fails. */
  vacuum: 4,
  /** Milliseconds that a commit lasts longer. */
  commitMs: 5,
  /** How checkpoints fail: one of CHECKPOINT. */
  checkpoint: 6,
  /** 1: the next BEGIN of a transaction fails, as it does when the log cannot be read. */
  begin: 7,
  /** 1: the thread of the next query dies. */
  readerDies: 8,
} as const;

export const COMMIT = {
  works: 0,
  /** The transaction is rolled back: no space. */
  full: 1,
  /** The flush failed and nothing is in the log. */
  flushFailed: 2,
  /** The flush is said to have failed, but the transaction stands in the log. */
  flushFailedButWritten: 3,
  /** As `full`, for one commit; the next works. */
  fullOnce: 4,
  /** The thread dies; the transaction has not happened. */
  dies: 5,
  /** The thread dies before it can say that the transaction stands in the log. */
  diesAfterwards: 6,
} as const;

export const CHECKPOINT = {
  works: 0,
  flushFailed: 1,
  full: 2,
  /** The thread dies. */
  dies: 3,
} as const;

export const newSwitches = (): Int32Array => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * 16));

const failure = (code: string): Error => Object.assign(new Error(`injected ${code}`), { code });

export const openSql: OpenSql = (file, options, data) => {
  const switches = data as Int32Array;
  const inner = openLibsql(file, options);
  const isDatabase = file.endsWith('.db');
  const pause = (ms: number): void => {
    if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  };
  /** Takes the switch back, so that the next thread lives. Ends this thread, not the process. */
  const die = (which: number): never => {
    Atomics.store(switches, which, 0);
    return process.exit();
  };
  const faulty: SqlDriver = {
    ...inner,
    prepare: (text) => {
      const statement = inner.prepare(text);
      if (!options.readOnly) return statement;
      return {
        ...statement,
        get: (values) => (Atomics.load(switches, SWITCH.readerDies) === 1 ? die(SWITCH.readerDies) : statement.get(values)),
      };
    },
    begin: () => {
      if (isDatabase && Atomics.exchange(switches, SWITCH.begin, 0) === 1) throw failure('SQLITE_IOERR_READ');
      inner.begin();
    },
    commit: () => {
      pause(Atomics.load(switches, SWITCH.commitMs));
      const how = isDatabase ? Atomics.load(switches, SWITCH.commit) : COMMIT.works;
      if (how === COMMIT.works) return inner.commit();
      if (how === COMMIT.diesAfterwards) inner.commit();
      if (how === COMMIT.dies || how === COMMIT.diesAfterwards) die(SWITCH.commit);
      if (how === COMMIT.fullOnce) Atomics.store(switches, SWITCH.commit, COMMIT.works);
      if (how === COMMIT.flushFailedButWritten) inner.commit();
      else inner.rollback();
      throw failure(how === COMMIT.full || how === COMMIT.fullOnce ? 'SQLITE_FULL' : 'SQLITE_IOERR_FSYNC');
    },
    checkpoint: (mode): CheckpointResult => {
      if (Atomics.load(switches, SWITCH.checkpoint) === CHECKPOINT.full) throw failure('SQLITE_FULL');
      if (mode === 'restart') return inner.checkpoint(mode);
      if (Atomics.load(switches, SWITCH.checkpoint) === CHECKPOINT.dies) die(SWITCH.checkpoint);
      Atomics.add(switches, SWITCH.checkpointsBegun, 1);
      pause(Atomics.load(switches, SWITCH.checkpointMs));
      if (Atomics.load(switches, SWITCH.checkpoint) === CHECKPOINT.flushFailed) throw failure('SQLITE_IOERR_FSYNC');
      const result = inner.checkpoint(mode);
      Atomics.add(switches, SWITCH.checkpointsEnded, 1);
      return result;
    },
    vacuumInto: (target) => {
      if (Atomics.load(switches, SWITCH.vacuum) !== 0) throw failure('SQLITE_FULL');
      inner.vacuumInto(target);
    },
  };
  return faulty;
};
