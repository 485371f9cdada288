/** Every number that shapes the embedded store: one row each, with its unit and the reason for its default. */

export interface EmbeddedSettings {
  /** Size at which a segment file is closed and a new one begun. Octets. It is also what the disk bound allows beyond twice the live octets. */
  readonly segmentOctets: number;
  /** Content of this size or more goes to a segment file, smaller content into a row. Octets. */
  readonly inlineOctetsMax: number;
  /** Messages kept in memory for the way from acceptance to retrieval. Rows. */
  readonly cacheMessagesMax: number;
  /** Estimated octets of those messages, inline content included. */
  readonly cacheOctetsMax: number;
  /** Handsets kept in memory. Rows. */
  readonly cacheHandsetsMax: number;
  /** Operations of one transaction. */
  readonly groupOperationsMax: number;
  /** Octets handed to the writer for one transaction. */
  readonly groupOctetsMax: number;
  /** Operations that may wait for the writer; one more is refused at once. */
  readonly queueOperationsMax: number;
  /** Octets that may wait for the writer or for a segment; more are refused at once. */
  readonly queueOctetsMax: number;
  /** Queries that may wait for the reader; one more is refused at once. */
  readonly queueReadsMax: number;
  /** Queries of one batch to the reader. */
  readonly readBatchMax: number;
  /** Fingerprints remembered to recognise resubmissions. Rows. */
  readonly recentsMax: number;
  /** Names of other systems read at the start, which recognise a new one without a query. With more none are read, and the database is asked. Rows. */
  readonly namesAtStartMax: number;
  /** Things due soonest that are kept in memory; later ones stand in the index alone. Rows. */
  readonly dueWindowMax: number;
  /** Rows read at once from the index of due things. */
  readonly duePageRows: number;
  /** The same of what waits for one outer road. */
  readonly roadWindowMax: number;
  readonly roadPageRows: number;
  /** The checkpointer starts when the write-ahead log passes this size. Octets. */
  readonly checkpointOctets: number;
  /** What is left of the log for the writer to checkpoint itself between two groups. Octets. */
  readonly checkpointRestOctets: number;
  /** The writer checkpoints at once, whatever it costs, when the log passes this size. Octets. */
  readonly walOctetsMax: number;
  /** How long the writer waits for a reader before it gives up restarting the log this time. Milliseconds. */
  readonly checkpointWaitMs: number;
  /** Free pages of the SQL file below which nothing is given back to the disk. Pages. */
  readonly freePagesMin: number;
  /** Share of free pages of the SQL file above which pages are given back. 0..1. */
  readonly freeShareMax: number;
  /** Pages given back in one step. */
  readonly vacuumStepPages: number;
  /** Pause between two steps of giving back when nothing else is written. Milliseconds. */
  readonly vacuumPauseMs: number;
  /** Page cache of the writer's connection. Octets. */
  readonly writerCacheOctets: number;
  /** Page cache of the reader's connection. Octets. */
  readonly readerCacheOctets: number;
  /** First pause before a failed writer is tried again. Milliseconds. */
  readonly recoveryFirstMs: number;
  /** Longest pause between two tries. Milliseconds. */
  readonly recoveryMaxMs: number;
  /** Segment files held open for reading. */
  readonly segmentHandlesMax: number;
  /** Octets that compaction copies before it lets others go first. */
  readonly compactionStepOctets: number;
  /** Pause between two steps of compaction. Milliseconds. */
  readonly compactionPauseMs: number;
  /** Pause when a segment still has frames whose acceptance is under way. Milliseconds. */
  readonly compactionAgainMs: number;
  /** Pause after a compaction that failed, and before a file that could not be deleted is tried again. Milliseconds. */
  readonly compactionRetryMs: number;
  /** How often content that waits for compaction looks whether it may go on. Milliseconds. */
  readonly paceStepMs: number;
  /** How long content waits for compaction at most. Milliseconds. */
  readonly paceWaitMs: number;
  /** Share of dead octets above which segments are compacted; the promised bound is one half. 0..0.5. */
  readonly deadShareMax: number;
  /** Rows examined in one query of `list` and `prune`, so that no query holds the reader long. */
  readonly scanRows: number;
  /** Messages too young that `prune` passes before it believes that none older follows (clocks step, ids do not go back). Rows. */
  readonly pruneYoungMax: number;
  /** Messages removed in one operation of the writer. */
  readonly pruneStepMessages: number;
  /** Free octets of the file system below which no new message is taken; what is stored already can go on changing. */
  readonly reserveOctets: number;
  /** The reserve is never more than this share of the file system. 0..1. */
  readonly reserveShareMax: number;
  /** How often the free space is looked at; in between, what is admitted is counted. Milliseconds. */
  readonly spaceLookMs: number;
  /** Pause before handset facts are written. Milliseconds. */
  readonly handsetDelayMs: number;
  /** Handset facts that may wait to be written; the oldest gives way. */
  readonly handsetsWaitingMax: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

export const DEFAULT_SETTINGS: EmbeddedSettings = {
  // Small enough that compaction is a short job, large enough that creating a file and flushing its folder is rare.
  segmentOctets: 64 * MiB,
  // Below, a row costs less than a second flush; above, writing it twice (log and database) costs more.
  inlineOctetsMax: 16 * KiB,
  // Five seconds at 2,000 messages a second: a phone answers its notification within that time or comes much later. It is memory that the
  // collector has to carry over: 20,000 took 60 MB more of resident memory in bench/.
  cacheMessagesMax: 10_000,
  cacheOctetsMax: 64 * MiB,
  cacheHandsetsMax: 20_000,
  groupOperationsMax: 512,
  groupOctetsMax: 4 * MiB,
  // One to two seconds of work at the rates of bench/: who waits longer is better told to come again.
  queueOperationsMax: 20_000,
  queueOctetsMax: 128 * MiB,
  queueReadsMax: 20_000,
  readBatchMax: 64,
  // Four seconds at the highest rate, hours at a usual one: a phone repeats a submission within seconds. About 110 octets each.
  recentsMax: 50_000,
  // A second or two of starting, and 8 octets each while they are handed over.
  namesAtStartMax: 1_000_000,
  dueWindowMax: 50_000,
  duePageRows: 2_000,
  // What a far side takes in a few seconds at the rates of bench/. There are as many windows as far sides.
  roadWindowMax: 5_000,
  roadPageRows: 1_000,
  checkpointOctets: 16 * MiB,
  checkpointRestOctets: 2 * MiB,
  walOctetsMax: 256 * MiB,
  checkpointWaitMs: 20,
  freePagesMin: 1_024,
  freeShareMax: 0.2,
  vacuumStepPages: 64,
  vacuumPauseMs: 20,
  // Acceptances touch the right edges of the trees only; the rest is for changes of messages that lie back some time. An estimate.
  writerCacheOctets: 16 * MiB,
  readerCacheOctets: 8 * MiB,
  recoveryFirstMs: 200,
  recoveryMaxMs: 10_000,
  segmentHandlesMax: 64,
  compactionStepOctets: 1 * MiB,
  compactionPauseMs: 5,
  compactionAgainMs: 20,
  compactionRetryMs: 5_000,
  paceStepMs: 5,
  // A phone does not notice it; a compaction that takes longer has met a fault, and then the bound gives way to the service.
  paceWaitMs: 500,
  deadShareMax: 0.4,
  scanRows: 2_000,
  pruneYoungMax: 1_000,
  pruneStepMessages: 32,
  // Half for a segment that compaction copies before the old one goes, half for the log and for rows of changes: some 100,000 of them.
  reserveOctets: 128 * MiB,
  // So that a small disk keeps most of itself for messages.
  reserveShareMax: 1 / 8,
  // statfs is a system call without input or output; at 200 MB a second somebody else writes 100 MB in between.
  spaceLookMs: 500,
  handsetDelayMs: 500,
  handsetsWaitingMax: 10_000,
};
