/**
 * The main thread's side of the writer: collects operations while the writer is busy, hands them over as one group, and tells each its
 * outcome in the order of the group.
 *
 * Trouble: operations that were not handed over are refused at once. A group whose commit failed is refused when it is certain that it
 * cannot come true later, which after a failed flush is when the database has been rebuilt, or the suspect end of its log marked; until
 * then its callers wait. The writer is tried again by the clock, without a hand.
 */
import type { Counter, Gauge, Histogram, Log, Meter } from '#base';
import { StoreUnavailable } from '#messaging';
import type { EmbeddedSettings } from './settings.js';
import type { SqlValue } from './sql/driver.js';
import type {
  CheckpointReply,
  CheckpointRequest,
  CheckpointTrouble,
  Group,
  ThreadData,
  Work,
  WorkResult,
  WriterReply,
  WriterRequest,
} from './sql/protocol.js';
import type { SqlThreadPort, StartSqlThread } from './sql/thread.js';

/** An acceptance as the rows it becomes. Columns as in Group. */
export interface AcceptRows {
  readonly kind: 'accept';
  readonly id: string;
  readonly record: string;
  readonly events: string;
  /** CRC and octets of small content; undefined when `frame` is there. */
  readonly inline: { readonly crc: number; readonly octets: Uint8Array } | undefined;
  readonly frame: readonly SqlValue[] | undefined;
  readonly deliveries: readonly SqlValue[];
  readonly reports: readonly SqlValue[];
  readonly named: readonly SqlValue[];
}

/** One operation waiting for its commit. */
export interface Operation {
  readonly rows: AcceptRows | Work;
  /** Estimate, for the limits. */
  readonly octets: number;
  /** It is durable. Called in the order of the commits, before anybody else hears of a later one. */
  done(result: WorkResult | undefined): void;
  /** It has not happened and will not. */
  refused(error: Error): void;
}

/** What the queue tells its owner. */
export interface CommitObserver {
  /** A group's operations have been told: what they made due is known. */
  settled(): void;
  /** The database was rebuilt as `file`: readers move over, then call back. */
  moved(file: string): Promise<void>;
}

/** A group whose outcome is not known. */
interface Doubt {
  readonly number: number;
  readonly operations: readonly Operation[];
}

/** What brings a message that was not there: on a full disk it is refused before what may lead to room. */
const bringsMessage = ({ kind }: Operation['rows']): boolean => kind === 'accept' || kind === 'supersede';

const NO_DOUBT: Doubt = { number: 0, operations: [] };

const COMMIT_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export class CommitQueue {
  readonly #settings: EmbeddedSettings;
  readonly #start: StartSqlThread;
  readonly #data: ThreadData;
  readonly #log: Log;
  readonly #observer: CommitObserver;
  readonly #sizes: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #checkpointSeconds: Histogram;
  readonly #length: Gauge;
  readonly #wal: Gauge;
  readonly #failures: Counter;
  #writer: SqlThreadPort<WriterRequest, WriterReply>;
  #checkpointer: SqlThreadPort<CheckpointRequest, CheckpointReply>;
  #waiting: Operation[] = [];
  #waitingOctets = 0;
  #busy = false;
  #scheduled = false;
  #number = 0;
  #trouble: string | undefined;
  /** The last commit found the disk full. */
  #full: string | undefined;
  /** The last checkpoint found the disk full. */
  #checkpointFull: string | undefined;
  /** The disk is short: the log is emptied and free pages are given back whatever it costs. */
  #relieving = false;
  #vacuumPending = false;
  #fullTimer: NodeJS.Timeout | undefined;
  #rebuild = false;
  #doubt = NO_DOUBT;
  #closed = false;
  #recovering: Promise<void> | undefined;
  #wakeRecovery: (() => void) | undefined;
  #idle: (() => void)[] = [];
  #awaitTrouble: (() => void)[] = [];
  #leftInDoubt = false;
  #walOctets = 0;
  #databaseOctets = 0;
  #checkpointing: Promise<void> | undefined;
  #finishCheckpoint = false;
  /** What the checkpoint before left of the log, while it is being worked off. */
  #lastRest = Infinity;
  #vacuumTimer: NodeJS.Timeout | undefined;
  #file = '';

  constructor(
    start: StartSqlThread,
    data: ThreadData,
    settings: EmbeddedSettings,
    log: Log,
    meter: Meter,
    observer: CommitObserver,
  ) {
    this.#start = start;
    this.#data = data;
    this.#settings = settings;
    this.#log = log;
    this.#observer = observer;
    this.#sizes = meter.histogram('angarium_store_group_operations', 'Operations of one transaction', SIZE_BUCKETS);
    this.#commitSeconds = meter.histogram(
      'angarium_store_commit_seconds',
      'Time of one transaction with its flush',
      COMMIT_BUCKETS,
    );
    this.#checkpointSeconds = meter.histogram('angarium_store_checkpoint_seconds', 'Time of one checkpoint', COMMIT_BUCKETS);
    this.#length = meter.gauge('angarium_store_operations_waiting', 'Operations waiting for the writer');
    this.#wal = meter.gauge('angarium_store_wal_bytes', 'Octets of the write-ahead log in use');
    this.#failures = meter.counter('angarium_store_commit_failures_total', 'Transactions and checkpoints that failed', ['what']);
    this.#writer = this.#startedWriter();
    this.#checkpointer = this.#startedCheckpointer();
  }

  get walOctets(): number {
    return this.#walOctets;
  }

  /** Why nothing can be written now; undefined when it can. */
  get trouble(): string | undefined {
    return this.#trouble ?? this.#full ?? this.#checkpointFull;
  }

  /** Size of the database file, as of a while ago. */
  get databaseOctets(): number {
    return this.#databaseOctets;
  }

  /** Opens or creates the database. Rejects with the writer's sentence when that cannot be. Resolves to the file for readers. */
  async open(): Promise<{ readonly file: string; readonly created: boolean }> {
    const reply = await this.#writer.call({ kind: 'open' });
    if (reply.kind === 'refused') throw new Error(`store: ${reply.reason}`);
    if (reply.kind !== 'opened') throw new Error(`the writer answered ${reply.kind} to open`);
    this.#file = reply.file;
    this.#walOctets = reply.walOctets;
    await this.#openCheckpointer();
    return reply;
  }

  /** Refuses at once when the store is closed, in trouble or overloaded. */
  add(operation: Operation): void {
    const refusal = this.#refusal(operation);
    if (refusal !== undefined) {
      operation.refused(new StoreUnavailable(refusal));
      return;
    }
    this.#waiting.push(operation);
    this.#waitingOctets += operation.octets;
    this.#schedule();
  }

  /** Resolves when writing has stopped for a trouble; at once when it has. */
  untilTrouble(): Promise<void> {
    if (this.#trouble !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#awaitTrouble.push(resolve));
  }

  /** Commits what waits, then ends the threads. Resolves to whether operations are left whose outcome nobody knows: they are never told. */
  async close(): Promise<boolean> {
    this.#closed = true;
    clearTimeout(this.#vacuumTimer);
    clearTimeout(this.#fullTimer);
    this.#wakeRecovery?.();
    try {
      await this.#recovering;
      if (this.#trouble === undefined && (this.#busy || this.#waiting.length > 0))
        await new Promise<void>((resolve) => this.#idle.push(resolve));
      await this.#checkpointing;
    } finally {
      try {
        await this.#checkpointer.call({ kind: 'close' }).catch(() => undefined);
        await this.#checkpointer.end();
      } finally {
        // Whatever failed before: the writer holds the folder.
        await this.#writer.call({ kind: 'close' }).catch(() => undefined);
        await this.#writer.end();
      }
    }
    return this.#leftInDoubt;
  }

  /** Ends everything as it stands, for a store that could not be opened. */
  async abandon(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#checkpointer.end(), this.#writer.end()]);
  }

  /**
   * While `short`, which the caller says again and again: everything that this file and its log can give back is given back, also when
   * nobody writes.
   */
  relieve(short: boolean): void {
    this.#relieving = short;
    if (short && (this.#walOctets > 0 || this.#vacuumPending)) this.#nudge();
  }

  #refusal({ rows, octets }: Operation): string | undefined {
    if (this.#closed) return 'the store is closed';
    if (this.#trouble !== undefined) return this.#trouble;
    // The little room there may be belongs to changes, which lead to more.
    if (bringsMessage(rows) && this.trouble !== undefined) return this.trouble;
    const { queueOperationsMax, queueOctetsMax } = this.#settings;
    if (this.#waiting.length >= queueOperationsMax) return 'too many operations are waiting for the disk';
    if (this.#waitingOctets > 0 && this.#waitingOctets + octets > queueOctetsMax)
      return 'too many octets are waiting for the disk';
    return undefined;
  }

  /** At the end of this turn of the loop: what arrives in one turn goes into one group. */
  #schedule(): void {
    if (this.#busy || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#waiting.length > 0 && this.#trouble === undefined) await this.#commit(this.#take());
    } finally {
      // Also past a defect in what somebody does when he is told: it is thrown, but holds up nobody else.
      this.#busy = false;
      if (this.#waiting.length === 0 || this.#trouble !== undefined) for (const idle of this.#idle.splice(0)) idle();
      else this.#schedule();
    }
  }

  #take(): Operation[] {
    const { groupOperationsMax, groupOctetsMax } = this.#settings;
    let count = 0;
    let octets = 0;
    while (count < this.#waiting.length && count < groupOperationsMax) {
      octets += this.#waiting[count]!.octets;
      if (count > 0 && octets > groupOctetsMax) break;
      count++;
    }
    const taken = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    for (const operation of taken) this.#waitingOctets -= operation.octets;
    this.#length.set(this.#waiting.length);
    return taken;
  }

  async #commit(operations: readonly Operation[]): Promise<void> {
    const number = ++this.#number;
    const group = this.#packed(number, operations);
    this.#finishCheckpoint = false;
    let reply: WriterReply;
    try {
      reply = await this.#writer.call(group, [group.octets.buffer as ArrayBuffer]);
    } catch (error) {
      return this.#inTrouble((error as Error).message, false, { number, operations });
    }
    if (reply.kind === 'done') {
      try {
        this.#tell(operations, reply.results);
      } finally {
        this.#sizes.observe(operations.length);
        this.#commitSeconds.observe(reply.seconds);
        this.#afterCommit(reply);
      }
      return;
    }
    if (reply.kind !== 'failed') throw new Error(`the writer answered ${reply.kind} to a group`);
    this.#failures.add(1, { what: reply.trouble });
    await this.#groupFailed(reply, { number, operations });
  }

  async #groupFailed(reply: WriterReply & { readonly kind: 'failed' }, doubt: Doubt): Promise<void> {
    const { operations } = doubt;
    if (reply.trouble === 'conflict' || reply.trouble === 'other') {
      if (reply.settled && operations.length > 1) {
        // One of them is wrong, the others are not to suffer for it: each on its own.
        for (const operation of operations) {
          if (this.#trouble === undefined) await this.#commit([operation]);
          else operation.refused(new StoreUnavailable(this.#trouble));
        }
        return;
      }
      if (reply.settled) {
        for (const operation of operations) operation.refused(new Error(`the store refuses an operation: ${reply.reason}`));
        return;
      }
    }
    if (reply.trouble === 'full') {
      return this.#noSpace(reply.reason, operations);
    }
    const reason = `the database cannot be written: ${reply.reason}`;
    if (reply.settled) {
      for (const operation of operations) operation.refused(new StoreUnavailable(reason));
      return this.#inTrouble(reason, reply.rebuild, NO_DOUBT);
    }
    this.#inTrouble(reason, reply.rebuild, doubt);
  }

  /** New messages are refused, and what went with them is tried without them: it needs less and may lead to room. */
  async #noSpace(reason: string, operations: readonly Operation[]): Promise<void> {
    if (this.#full === undefined) this.#log.error({ reason }, 'store: the disk is full');
    this.#full = `the disk is full: ${reason}`;
    this.#lookForSpace();
    const rest = operations.filter(({ rows }) => !bringsMessage(rows));
    const again = rest.length < operations.length;
    for (const operation of operations)
      if (!again || bringsMessage(operation.rows)) operation.refused(new StoreUnavailable(this.#full));
    if (again && rest.length > 0) await this.#commit(rest);
  }

  /** One message for the whole group: rows as flat lists, small content in one buffer that changes hands. */
  #packed(number: number, operations: readonly Operation[]): Group {
    const messages: SqlValue[] = [];
    const inline: (string | number)[] = [];
    const frames: SqlValue[] = [];
    const deliveries: SqlValue[] = [];
    const reports: SqlValue[] = [];
    const named: SqlValue[] = [];
    const work: Work[] = [];
    let total = 0;
    for (const { rows } of operations) if (rows.kind === 'accept' && rows.inline) total += rows.inline.octets.length;
    const octets = new Uint8Array(total);
    let used = 0;
    for (const { rows } of operations) {
      if (rows.kind !== 'accept') {
        work.push(rows);
        continue;
      }
      messages.push(rows.id, rows.record, rows.events);
      if (rows.inline) {
        octets.set(rows.inline.octets, used);
        inline.push(rows.id, rows.inline.crc, used, rows.inline.octets.length);
        used += rows.inline.octets.length;
      }
      if (rows.frame) for (const value of rows.frame) frames.push(value);
      for (const value of rows.deliveries) deliveries.push(value);
      for (const value of rows.reports) reports.push(value);
      for (const value of rows.named) named.push(value);
    }
    const short = this.#relieving || this.#checkpointFull !== undefined;
    const finishCheckpoint =
      this.#finishCheckpoint || this.#walOctets > (short ? this.#settings.checkpointRestOctets : this.#settings.walOctetsMax);
    return {
      kind: 'group',
      number,
      messages,
      inline,
      octets,
      frames,
      deliveries,
      reports,
      named,
      work,
      finishCheckpoint,
      giveBackAll: this.#relieving,
    };
  }

  /** Throws the first of what was thrown by those who were told, when all have been. */
  #tell(operations: readonly Operation[], results: readonly WorkResult[]): void {
    let next = 0;
    const defects: unknown[] = [];
    for (const operation of operations) {
      const result = operation.rows.kind === 'accept' ? undefined : results[next++];
      try {
        operation.done(result);
      } catch (error) {
        defects.push(error);
      }
    }
    this.#observer.settled();
    if (defects.length > 0) throw defects[0];
  }

  #afterCommit(reply: WriterReply & { readonly kind: 'done' }): void {
    this.#full = undefined;
    if (reply.databaseOctets > 0) this.#databaseOctets = reply.databaseOctets;
    this.#walOctets = reply.walOctets;
    this.#wal.set(reply.walOctets);
    this.#vacuumPending = reply.vacuumPending;
    if (reply.checkpointTrouble !== undefined) {
      this.#checkpointFailed(reply.checkpointTrouble);
      return;
    }
    if (reply.walOctets === 0) this.#checkpointFull = undefined;
    if (this.#checkpointFull !== undefined) this.#lookForSpace();
    if (reply.walOctets > this.#settings.checkpointOctets && !this.#checkpointing) {
      this.#checkpointing = this.#checkpoint()
        .catch((error: Error) => this.#log.error({ reason: error.message }, 'store: no checkpoint'))
        .finally(() => {
          this.#checkpointing = undefined;
        });
    }
    if (reply.vacuumPending && this.#waiting.length === 0 && !this.#closed) {
      clearTimeout(this.#vacuumTimer);
      this.#vacuumTimer = setTimeout(() => this.#nudge(), this.#settings.vacuumPauseMs);
      this.#vacuumTimer.unref();
    }
  }

  /** An empty group: the writer goes on giving pages back although nobody writes. */
  #nudge(): void {
    if (this.#closed || this.#trouble !== undefined) return;
    if (this.#relieving || this.#checkpointFull !== undefined) this.#finishCheckpoint = true;
    this.add({ rows: { kind: 'handsets', rows: [] }, octets: 0, done: () => undefined, refused: () => undefined });
  }

  /** Readiness must come back although nobody submits while it is gone: an empty group finds out. */
  #lookForSpace(): void {
    if (this.#closed) return;
    clearTimeout(this.#fullTimer);
    this.#fullTimer = setTimeout(() => this.#nudge(), this.#settings.recoveryFirstMs);
    this.#fullTimer.unref();
  }

  /**
   * The bulk is moved while the writer goes on. As it goes on, the log never stands still and never would be begun anew; so the writer
   * moves the short rest itself, between two groups.
   */
  async #checkpoint(): Promise<void> {
    let reply: CheckpointReply;
    try {
      reply = await this.#checkpointer.call({ kind: 'checkpoint' });
    } catch (error) {
      this.#log.error({ reason: (error as Error).message }, 'store: the checkpointer has ended and is started again');
      this.#checkpointer = this.#startedCheckpointer();
      return this.#openCheckpointer();
    }
    if (reply.kind === 'failed') return this.#checkpointFailed(reply);
    if (reply.kind !== 'checkpointed') throw new Error(`the checkpointer answered ${reply.kind}`);
    this.#checkpointSeconds.observe(reply.seconds);
    const rest = this.#walOctets - reply.doneOctets;
    // A rest that does not shrink from pass to pass is as short as this load lets it become.
    if (rest <= this.#settings.checkpointRestOctets || rest > this.#lastRest / 2) this.#finishCheckpoint = true;
    this.#lastRest = this.#finishCheckpoint ? Infinity : rest;
  }

  #checkpointFailed({ trouble, reason }: CheckpointTrouble): void {
    this.#failures.add(1, { what: 'checkpoint' });
    if (this.#trouble !== undefined || this.#closed) return;
    if (trouble === 'full') {
      // Nothing is lost or doubtful, and a copy of the database would need more room still. The writer tries again by the clock.
      if (this.#checkpointFull === undefined) this.#log.error({ reason }, 'store: the disk is full: the log cannot be emptied');
      this.#checkpointFull = `the disk is full: a checkpoint failed: ${reason}`;
      this.#lookForSpace();
      return;
    }
    // The log still holds everything, but a file whose flush failed is not trusted: copy what is committed into a new one.
    this.#inTrouble(`a checkpoint failed: ${reason}`, true, NO_DOUBT);
  }

  #startedWriter(): SqlThreadPort<WriterRequest, WriterReply> {
    return this.#start({ ...this.#data, role: 'writer' }) as SqlThreadPort<WriterRequest, WriterReply>;
  }

  #startedCheckpointer(): SqlThreadPort<CheckpointRequest, CheckpointReply> {
    return this.#start({ ...this.#data, role: 'checkpointer' }) as SqlThreadPort<CheckpointRequest, CheckpointReply>;
  }

  async #openCheckpointer(): Promise<void> {
    const reply = await this.#checkpointer.call({ kind: 'open', file: this.#file });
    if (reply.kind === 'refused') throw new StoreUnavailable(`the checkpointer cannot open the database: ${reply.reason}`);
  }

  #inTrouble(reason: string, rebuild: boolean, doubt: Doubt): void {
    this.#trouble = reason;
    for (const told of this.#awaitTrouble.splice(0)) told();
    this.#log.error({ reason, rebuild }, 'store: writing has stopped; reading goes on');
    for (const operation of this.#waiting.splice(0)) operation.refused(new StoreUnavailable(reason));
    this.#waitingOctets = 0;
    this.#rebuild ||= rebuild;
    if (doubt.operations.length > 0) this.#doubt = doubt;
    this.#recovering ??= this.#recover().finally(() => {
      this.#recovering = undefined;
    });
  }

  async #recover(): Promise<void> {
    // Not before the group in hand has been dealt with: its outcome may be in doubt as well.
    if (this.#busy) await new Promise<void>((resolve) => this.#idle.push(resolve));
    let pauseMs = this.#settings.recoveryFirstMs;
    for (let attempt = 1; !this.#closed; attempt++) {
      const reply = await this.#tryRecovery(this.#rebuild, this.#doubt.number);
      if (reply.kind === 'recovered') {
        this.#file = reply.file;
        try {
          if (reply.results) this.#tell(this.#doubt.operations, reply.results);
          else this.#refuseDoubtful(this.#trouble ?? 'the commit failed');
        } finally {
          this.#doubt = NO_DOUBT;
          await this.#resume(attempt);
        }
        return;
      }
      this.#log.warn({ reason: reply.reason, attempt }, 'store: writing cannot be resumed yet');
      if (reply.settled) this.#refuseDoubtful(this.#trouble ?? reply.reason);
      await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, this.#settings.recoveryMaxMs);
    }
    // Closed before the outcome is known: a refusal could turn out false at the next start. Whoever waits hears nothing, as after a crash.
    this.#leftInDoubt = this.#doubt.operations.length > 0;
    this.#doubt = NO_DOUBT;
  }

  #refuseDoubtful(reason: string): void {
    for (const operation of this.#doubt.operations) operation.refused(new StoreUnavailable(reason));
    this.#doubt = NO_DOUBT;
  }

  async #resume(attempt: number): Promise<void> {
    if (this.#rebuild && !(await this.#moved())) return;
    this.#trouble = undefined;
    this.#rebuild = false;
    this.#walOctets = 0;
    this.#log.info({ attempt, file: this.#file }, 'store: writing goes on');
    this.#observer.settled();
    if (this.#waiting.length > 0) this.#schedule();
  }

  /**
   * Everybody moves over to the rebuilt file, which is tried by the clock until it works: who stays behind would not see what is written from
   * now on. Resolves to false when the queue is closed before.
   */
  async #moved(): Promise<boolean> {
    for (
      let pauseMs = this.#settings.recoveryFirstMs;
      !this.#closed;
      pauseMs = Math.min(pauseMs * 2, this.#settings.recoveryMaxMs)
    ) {
      try {
        await this.#checkpointing;
        await this.#observer.moved(this.#file);
        if (this.#checkpointer.dead) this.#checkpointer = this.#startedCheckpointer();
        await this.#openCheckpointer();
        // What is left over is swept at the next start as well.
        await this.#writer.call({ kind: 'sweep' }).catch(() => undefined);
        return true;
      } catch (error) {
        const { message } = error as Error;
        this.#log.warn({ reason: message, file: this.#file }, 'store: not everybody has moved to the new database file yet');
      }
      await this.#pause(pauseMs);
    }
    return false;
  }

  async #tryRecovery(
    rebuild: boolean,
    group: number,
  ): Promise<
    | { readonly kind: 'recovered'; readonly file: string; readonly results: readonly WorkResult[] | undefined }
    | { readonly kind: 'unrecovered'; readonly reason: string; readonly settled: boolean }
  > {
    try {
      if (this.#writer.dead) await this.#restartWriter();
      const reply = await this.#writer.call({ kind: 'recover', rebuild, group });
      if (reply.kind === 'recovered' || reply.kind === 'unrecovered') return reply;
      throw new Error(`the writer answered ${reply.kind} to recover`);
    } catch (error) {
      return { kind: 'unrecovered', reason: (error as Error).message, settled: false };
    }
  }

  async #restartWriter(): Promise<void> {
    this.#writer = this.#startedWriter();
    const reply = await this.#writer.call({ kind: 'open' });
    if (reply.kind !== 'opened')
      throw new Error(reply.kind === 'refused' ? reply.reason : `the writer answered ${reply.kind} to open`);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeRecovery = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#closed) this.#wakeRecovery();
    });
  }
}
