/** Puts the embedded store together over a data folder, and takes it down again. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Log, Meter } from '#base';
import type { EventLog, HandsetStore, MessageStore } from '#messaging';
import { CommitQueue } from './commit-queue.js';
import { EmbeddedEventLog } from './event-log.js';
import { Compaction } from './files/compaction.js';
import { DiskSpace } from './files/disk-space.js';
import { diskFiles, type FileLayer } from './files/file-layer.js';
import { Segments } from './files/segments.js';
import { EmbeddedHandsets } from './handset-store.js';
import { EmbeddedMessages } from './message-store.js';
import { ReaderClient } from './reader-client.js';
import { DEFAULT_SETTINGS, type EmbeddedSettings } from './settings.js';
import { SEGMENTS } from './sql/data-folder.js';
import type { SqlThreadModule } from './sql/driver.js';
import type { ThreadData } from './sql/protocol.js';
import { type StartSqlThread, startSqlThread } from './sql/thread.js';

export interface EmbeddedStoreOptions {
  /** Made when it is not there. One process at a time. */
  readonly folder: string;
  readonly log: Log;
  readonly meter: Meter;
  /** Milliseconds from anywhere; leases are taken from it. Absent: the process's own. */
  readonly monotonic?: () => number;
  /**
   * Keep a log of events until somebody is done with them; else there is none. Switching it off throws away what is in it. Absent means no.
   */
  readonly logEvents?: boolean;
  /** Absent ones have the values of DEFAULT_SETTINGS. */
  readonly settings?: Partial<EmbeddedSettings>;
  /** The disk under the segment files; for tests. Absent: that of this machine. */
  readonly files?: FileLayer;
  /** The module that the SQL threads are started with, with an engine of its own; for tests. Absent: libsql. */
  readonly sqlThread?: SqlThreadModule;
  /** Starts the SQL threads, or what takes their place; for the simulator. Absent: threads of their own. */
  readonly startThread?: StartSqlThread;
}

/** What the data folder takes of the disk. Octets. */
export interface DiskUse {
  /** Large content that messages need, frame headers included. */
  readonly segmentLive: number;
  /** All segment files. */
  readonly segmentTotal: number;
  /** The database file, as of a while ago. */
  readonly database: number;
  /** The write-ahead log in use. */
  readonly log: number;
}

export interface EmbeddedStore {
  readonly messages: MessageStore;
  readonly handsets: HandsetStore;
  /** Absent unless `logEvents`. */
  readonly events?: EventLog;
  /** `writable` is false from a failure until the store has recovered by itself; reading goes on. `reason` says why, for people. */
  health(): { readonly writable: boolean; readonly reason?: string };
  diskUse(): DiskUse;
  /** Commits what was asked before, then lets go of the folder. What comes later is refused with StoreUnavailable. */
  close(): Promise<void>;
}

/**
 * Opens the folder, making it when it is not there, and brings its tables to this program's version. Rejects with one sentence for the
 * operator when it is in use by another process, was written by a newer program, or cannot be read or written.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { folder, log, meter } = options;
  const settings: EmbeddedSettings = { ...DEFAULT_SETTINGS, ...options.settings };
  const session = randomUUID();
  const threadData = (role: ThreadData['role'], cacheOctets: number): ThreadData => ({
    role,
    folder,
    session,
    module: options.sqlThread?.url,
    driverData: options.sqlThread?.data,
    settings: {
      cacheOctets,
      checkpointWaitMs: settings.checkpointWaitMs,
      freePagesMin: settings.freePagesMin,
      freeShareMax: settings.freeShareMax,
      vacuumStepPages: settings.vacuumStepPages,
      scanRows: settings.scanRows,
      pruneYoungMax: settings.pruneYoungMax,
      logEvents: options.logEvents ?? false,
    },
  });
  const startThread = options.startThread ?? startSqlThread;
  const reader = new ReaderClient(startThread, threadData('reader', settings.readerCacheOctets), settings, meter);
  const commits = new CommitQueue(startThread, threadData('writer', settings.writerCacheOctets), settings, log, meter, {
    settled: () => {
      messages.settled();
      events?.settled();
    },
    moved: (file) => reader.open(file),
  });
  const files = options.files ?? diskFiles;
  const space = new DiskSpace(folder, files, settings, log, meter, () => commits.walOctets);
  const segments = new Segments(path.join(folder, SEGMENTS), files, settings, log, meter);
  const messages = new EmbeddedMessages(
    settings,
    commits,
    reader,
    segments,
    space,
    options.monotonic ?? (() => performance.now()),
    meter,
  );
  const events = options.logEvents ? new EmbeddedEventLog(commits, reader) : undefined;
  const handsets = new EmbeddedHandsets(settings, commits, reader, log);
  const compaction = new Compaction(segments, messages.frameRows(), space, settings, log, meter);
  try {
    const { file, created } = await commits.open();
    await reader.open(file);
    await segments.open((await reader.ask({ kind: 'segments' })) as unknown as readonly [number, number, number][]);
    await messages.open();
    await space.look();
    log.info({ folder, created, segments: segments.totalOctets }, 'store: open');
  } catch (error) {
    await Promise.all([commits.abandon(), reader.close()]);
    throw error;
  }
  segments.onLoosened = () => compaction.look();
  compaction.look();
  const probe = setInterval(() => {
    // Readiness must come back although nobody submits while it is gone.
    if (segments.trouble !== undefined) void segments.probe();
  }, settings.recoveryFirstMs);
  probe.unref();
  const looking = setInterval(() => {
    void space.look().then(() => {
      if (closing !== undefined) return;
      commits.relieve(space.trouble !== undefined);
      // There may be room now for what did not fit before.
      compaction.look();
      // Compaction may have nothing to do for a long time: what could not be deleted must not wait for it.
      void segments.sweep();
    });
  }, settings.spaceLookMs);
  looking.unref();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(probe);
    clearInterval(looking);
    /** Whatever a step throws, the others are taken: nothing must stay open, the folder least of all. */
    const failures: unknown[] = [];
    const taken = async <T>(step: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await step();
      } catch (error) {
        failures.push(error);
        return undefined;
      }
    };
    // Copies nothing more. While the disk fails, a move under way has its answer only when the search for the commit's outcome is ended.
    const compacting = taken(() => compaction.close());
    // Before the commits: a message whose content is on its way to the disk was asked for before.
    await taken(() => segments.close());
    const handsetsClosed = taken(() => handsets.close());
    await Promise.race([handsetsClosed, commits.untilTrouble()]);
    await taken(async () => messages.close());
    const leftInDoubt = await taken(() => commits.close());
    // Who waits for an outcome that nobody knows would wait for ever.
    if (leftInDoubt === false) await Promise.all([compacting, handsetsClosed]);
    await taken(() => reader.close());
    if (failures.length > 0) throw failures[0];
    log.info({ folder }, 'store: closed');
  };
  return {
    messages,
    handsets,
    ...(events && { events }),
    health: () => {
      const reason = commits.trouble ?? segments.trouble ?? space.trouble;
      return reason === undefined ? { writable: true } : { writable: false, reason };
    },
    diskUse: () => ({
      segmentLive: segments.liveOctets,
      segmentTotal: segments.totalOctets,
      database: commits.databaseOctets,
      log: commits.walOctets,
    }),
    close: () => (closing ??= close()),
  };
}
