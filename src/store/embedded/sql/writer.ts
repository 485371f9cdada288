/**
 * The only writer of the database. Lives on a thread of its own; takes one group of operations at a time and makes it one transaction.
 *
 * A change is checked before any of it is applied: a change of one row by its UPDATE, which names the revision that must be stored, a
 * change of several by looking first; so a stale change needs no savepoint. Group number and results stand in the transaction itself:
 * after an error whose outcome is unknown, reading them says what happened.
 */
import fs from 'node:fs';
import path from 'node:path';
import {
  clearSuspect,
  cutSuspectLog,
  databaseFiles,
  databaseName,
  databaseNumber,
  LOCK,
  prepareFolder,
  readCurrent,
  removeDatabase,
  sweepDatabases,
  syncPath,
  writeCurrent,
  writeSuspect,
} from './data-folder.js';
import type { OpenSql, SqlDriver, SqlStatement, SqlValue } from './driver.js';
import { sqlTrouble } from './driver.js';
import {
  type ChangeParts,
  type CheckpointTrouble,
  COLUMNS,
  type Group,
  type SupersedeWork,
  type ThreadData,
  unpackChange,
  type WorkResult,
  type WriterReply,
  type WriterRequest,
} from './protocol.js';
import { LOGGING, MIGRATIONS, migrate } from './schema.js';
import { WalGauge } from './wal-gauge.js';

/** Rows of one INSERT. In groups of 64 acceptances: one row at a time 16 us of user CPU each, 16 rows 11 us, 32 rows no less. */
const ROWS_AT_ONCE = 16;
/** How often the size of the file and its free pages are looked at. */
const LOOK_EVERY_GROUPS = 64;
const LOCK_CACHE_OCTETS = 65_536;
/** Number of a recovery after which nobody waits: nothing is to be kept from coming true, and so nothing is marked. */
const NO_GROUP = 0;

/** The same object again and again: between threads all but the first are a reference. */
const DONE: WorkResult = { kind: 'change' };
const STALE: WorkResult = { kind: 'stale' };

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const placeholders = (columns: number): string => `(${Array(columns).fill('?').join(',')})`;

/** The rows of a flat list. */
function* rowsOf(values: readonly SqlValue[], columns: number): Generator<readonly SqlValue[]> {
  for (let i = 0; i < values.length; i += columns) yield values.slice(i, i + columns);
}

/** In a millisecond. */
const MICROSECONDS = 1_000;

const isOpen = (flag: SqlValue | undefined): boolean => flag !== undefined && flag !== 0;

/** The part of a message record that its rows elsewhere hang on. */
interface Named {
  readonly named?: { readonly system: string; readonly messageId: string };
}

/** INSERTs for many rows of one table, given as one flat list of values. */
class BulkInsert {
  readonly #columns: number;
  readonly #many: SqlStatement;
  readonly #one: SqlStatement;

  constructor(sql: SqlDriver, table: string, columns: number) {
    this.#columns = columns;
    this.#many = sql.prepare(`INSERT INTO ${table} VALUES ${Array(ROWS_AT_ONCE).fill(placeholders(columns)).join(',')}`);
    this.#one = sql.prepare(`INSERT INTO ${table} VALUES ${placeholders(columns)}`);
  }

  run(values: readonly SqlValue[]): void {
    const block = ROWS_AT_ONCE * this.#columns;
    let at = 0;
    for (; values.length - at >= block; at += block) this.#many.run(values.slice(at, at + block));
    for (; at < values.length; at += this.#columns) this.#one.run(values.slice(at, at + this.#columns));
  }
}

const statements = (sql: SqlDriver) => ({
  messages: new BulkInsert(sql, 'message', 3),
  inline: new BulkInsert(sql, 'inline_content', 3),
  frames: new BulkInsert(sql, 'frame (id, segment, position, length, crc)', 5),
  deliveries: new BulkInsert(sql, 'delivery', COLUMNS.delivery),
  reports: new BulkInsert(sql, 'report', COLUMNS.report),
  /** A name used again after its window is the later message's. */
  named: sql.prepare('INSERT OR REPLACE INTO named VALUES (?,?,?,?)'),
  deleteNamed: sql.prepare('DELETE FROM named WHERE system=? AND message_id=? AND id=?'),
  deliveryRevision: sql.prepare('SELECT revision FROM delivery WHERE key=?'),
  deliveryOpen: sql.prepare('SELECT open FROM delivery WHERE key=?'),
  updateDelivery: sql.prepare(
    'UPDATE delivery SET revision=?2, open=?3, due_at=?4, awaits=?5, record=?6, road=?7, hand_over_at=?8 WHERE key=?1 AND revision=?2-1',
  ),
  newReport: sql.prepare('INSERT INTO report SELECT ?1,?2,?3,?4,?5,?6,?7,?8 WHERE EXISTS (SELECT 1 FROM message WHERE id=?2)'),
  reportRevision: sql.prepare('SELECT revision FROM report WHERE key=?'),
  updateReport: sql.prepare(
    'UPDATE report SET revision=?2, due_at=?3, awaits=?4, record=?5, road=?6, hand_over_at=?7 WHERE key=?1 AND revision=?2-1',
  ),
  deleteReport: sql.prepare('DELETE FROM report WHERE key=? AND revision=?'),
  events: new BulkInsert(sql, 'event', 3),
  lateEvent: sql.prepare('INSERT INTO event SELECT ?1,?2,?3 WHERE EXISTS (SELECT 1 FROM message WHERE id=?1)'),
  deleteInline: sql.prepare('DELETE FROM inline_content WHERE id=?'),
  deleteFrame: sql.prepare('DELETE FROM frame WHERE id=? RETURNING segment, length'),
  hastenDeliveries: sql.prepare('UPDATE delivery SET due_at=?1 WHERE awaits=?2 AND due_at>?1 RETURNING key, message_id'),
  hastenReports: sql.prepare('UPDATE report SET due_at=?1 WHERE awaits=?2 AND due_at>?1 RETURNING key, message_id'),
  messageRecord: sql.prepare('SELECT record FROM message WHERE id=?'),
  loggedOf: sql.prepare('SELECT 1 FROM logged WHERE message_id=? LIMIT 1'),
  loggedDone: sql.prepare('DELETE FROM logged WHERE place<=?'),
  reportOf: sql.prepare('SELECT 1 FROM report WHERE message_id=? LIMIT 1'),
  deleteDelivery: sql.prepare('DELETE FROM delivery WHERE key=?'),
  deleteEvents: sql.prepare('DELETE FROM event WHERE message_id=?'),
  deleteMessage: sql.prepare('DELETE FROM message WHERE id=?'),
  move: sql.prepare('UPDATE frame SET segment=?2, position=?3 WHERE id=?1 AND segment=?4 AND position=?5'),
  giveUp: sql.prepare('UPDATE frame SET segment=NULL, damage=?2 WHERE id=?1 AND segment=?3 AND position=?4'),
  handset: sql.prepare('INSERT INTO handset VALUES (?,?) ON CONFLICT (msisdn) DO UPDATE SET record=excluded.record'),
  state: sql.prepare('INSERT INTO state VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value=excluded.value'),
  stateOf: sql.prepare('SELECT value FROM state WHERE name=?'),
  freePages: sql.prepare('SELECT (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_count FROM pragma_page_count)'),
});

/** The open database and all that hangs on the connection. */
interface Connection {
  readonly file: string;
  readonly sql: SqlDriver;
  readonly run: ReturnType<typeof statements>;
  readonly gauge: WalGauge;
}

export class Writer {
  readonly #data: ThreadData;
  readonly #openSql: OpenSql;
  #lock: SqlDriver | undefined;
  #open: Connection | undefined;
  /** Distinguishes the event numbers of this start from those of all others. */
  #epoch = 0;
  /** The epoch is written with the first group, not when opening: that must succeed on a full disk. */
  #epochKept = false;
  #events = 0;
  #groups = 0;
  #vacuumPending = false;
  /** Looked at now and then; 0 in between. */
  #databaseOctets = 0;

  constructor(data: ThreadData, openSql: OpenSql) {
    this.#data = data;
    this.#openSql = openSql;
  }

  handle(request: WriterRequest): WriterReply {
    switch (request.kind) {
      case 'open':
        return this.#opened();
      case 'group':
        return this.#group(request);
      case 'recover':
        return this.#recover(request.rebuild, request.group);
      case 'sweep':
        return this.#sweep();
      case 'close':
        this.#close();
        this.#unlock();
        return { kind: 'closed' };
    }
  }

  #sweep(): WriterReply {
    try {
      if (this.#open) sweepDatabases(this.#data.folder, this.#open.file);
    } catch {
      // Nobody reads what is left over; the next start sweeps again.
    }
    return { kind: 'swept' };
  }

  #opened(): WriterReply {
    const { folder } = this.#data;
    try {
      prepareFolder(folder);
      this.#takeLock();
      const { name, created } = this.#currentOrNew();
      cutSuspectLog(folder, name);
      this.#open = this.#connect(name);
      clearSuspect(folder);
      if (created) {
        syncPath(path.join(folder, name));
        writeCurrent(folder, name);
      }
      sweepDatabases(folder, name);
      return { kind: 'opened', file: path.join(folder, name), created, walOctets: this.#open.gauge.octets() };
    } catch (error) {
      this.#close();
      this.#unlock();
      // Opening writes only where there was nothing yet, or where a newer program brings the tables up to date.
      const full = sqlTrouble(error) === 'full' || (error as NodeJS.ErrnoException).code === 'ENOSPC';
      return { kind: 'refused', reason: full ? `the disk of ${folder} is full: make room for the tables` : message(error) };
    }
  }

  #takeLock(): void {
    const file = path.join(this.#data.folder, LOCK);
    const options = { readOnly: false, busyTimeoutMs: 0, cacheOctets: LOCK_CACHE_OCTETS };
    try {
      this.#lock = this.#openSql(file, options, this.#data.driverData);
      this.#lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
      throw new Error(
        `the data folder ${this.#data.folder} is in use by another process: stop that one first, or choose another folder`,
      );
    }
  }

  #unlock(): void {
    // The engine may keep a closed connection until its statements are collected; the lock must go now.
    this.#lock?.rollback();
    this.#lock?.close();
    this.#lock = undefined;
  }

  #currentOrNew(): { readonly name: string; readonly created: boolean } {
    const { folder } = this.#data;
    const current = readCurrent(folder);
    if (current !== undefined) {
      if (!fs.existsSync(path.join(folder, current)))
        throw new Error(`the database ${path.join(folder, current)} is missing: restore the whole folder from a copy`);
      return { name: current, created: false };
    }
    // Without CURRENT nothing was ever promised, unless somebody removed it: a database with messages is not thrown away.
    for (const name of databaseFiles(folder)) {
      if (!this.#isEmpty(name))
        throw new Error(`${folder} has a database with messages but no file CURRENT: write its name, ${name}, into CURRENT`);
    }
    sweepDatabases(folder, '');
    return { name: databaseName(1), created: true };
  }

  #isEmpty(name: string): boolean {
    const sql = this.#openSql(path.join(this.#data.folder, name), this.#openOptions(), this.#data.driverData);
    try {
      const tables = sql.prepare("SELECT count(*) FROM sqlite_schema WHERE name='message'").get([]);
      return Number(tables?.[0]) === 0 || sql.prepare('SELECT 1 FROM message LIMIT 1').get([]) === undefined;
    } finally {
      sql.close();
    }
  }

  #openOptions() {
    const { cacheOctets, checkpointWaitMs } = this.#data.settings;
    return { readOnly: false, busyTimeoutMs: checkpointWaitMs, cacheOctets };
  }

  #connect(name: string): Connection {
    const file = path.join(this.#data.folder, name);
    const sql = this.#openSql(file, this.#openOptions(), this.#data.driverData);
    try {
      // Takes effect on a new file only; it must precede the first table.
      sql.exec('PRAGMA auto_vacuum=INCREMENTAL');
      migrate(sql, file, MIGRATIONS);
      sql.prepare('PRAGMA journal_mode=WAL').get([]);
      sql.exec('PRAGMA synchronous=FULL');
      sql.prepare('PRAGMA wal_autocheckpoint=0').get([]);
      const page = Number(sql.prepare('PRAGMA page_size').get([])?.[0]);
      const run = statements(sql);
      this.#epoch = Number(run.stateOf.get(['epoch'])?.[0] ?? 0) + 1;
      this.#epochKept = false;
      this.#events = 0;
      const gauge = new WalGauge(file, page);
      gauge.octets();
      return { file: name, sql, run, gauge };
    } catch (error) {
      sql.close();
      throw error;
    }
  }

  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    open.gauge.close();
    try {
      open.sql.rollback();
    } finally {
      open.sql.close();
    }
  }

  #group(group: Group): WriterReply {
    const open = this.#open;
    if (!open)
      return {
        kind: 'failed',
        number: group.number,
        trouble: 'io',
        reason: 'the database is not open',
        settled: true,
        rebuild: false,
      };
    const startedAt = performance.now();
    let committing = false;
    try {
      open.sql.begin();
      if (!this.#epochKept) open.sql.exec(this.#data.settings.logEvents ? LOGGING.on(Date.now() * MICROSECONDS) : LOGGING.off);
      const results = this.#apply(open, group);
      open.run.state.run(['group', JSON.stringify([this.#data.session, group.number, results])]);
      if (!this.#epochKept) open.run.state.run(['epoch', String(this.#epoch)]);
      committing = true;
      open.sql.commit();
      this.#epochKept = true;
      return this.#finish(open, group, results, startedAt);
    } catch (error) {
      return this.#failed(open, group, error, committing);
    }
  }

  /** After the commit nothing may call the group in question any more. */
  #finish(open: Connection, group: Group, results: readonly WorkResult[], startedAt: number): WriterReply {
    const seconds = (performance.now() - startedAt) / 1000;
    let checkpointTrouble: CheckpointTrouble | undefined;
    let walOctets = 0;
    try {
      // Looked at in any case: a log cut off before this commit would hide it at the next start, also where the database has it already.
      walOctets = open.gauge.octets();
      const rest = group.finishCheckpoint ? open.sql.checkpoint('restart') : undefined;
      // When all of the log stands in the database the next commit begins it anew; until then the file shows the old round.
      if (rest && !rest.busy && rest.donePages === rest.logPages) walOctets = 0;
    } catch (error) {
      checkpointTrouble = { trouble: sqlTrouble(error), reason: message(error) };
    }
    return {
      kind: 'done',
      number: group.number,
      results,
      seconds,
      walOctets,
      databaseOctets: this.#databaseOctets,
      vacuumPending: this.#vacuumPending,
      ...(checkpointTrouble === undefined ? {} : { checkpointTrouble }),
    };
  }

  #failed(open: Connection, group: Group, error: unknown, committing: boolean): WriterReply {
    const trouble = sqlTrouble(error);
    const failed = { kind: 'failed', number: group.number, trouble, reason: message(error) } as const;
    try {
      open.sql.rollback();
    } catch (rollbackError) {
      return {
        ...failed,
        trouble: 'io',
        reason: `${failed.reason}; then ${message(rollbackError)}`,
        settled: !committing,
        rebuild: true,
      };
    }
    // Without a commit frame in the log there is nothing that could come true later; a full disk writes none.
    if (!committing || trouble === 'full') return { ...failed, settled: true, rebuild: false };
    return { ...failed, trouble: 'io', settled: false, rebuild: true };
  }

  #apply(open: Connection, group: Group): WorkResult[] {
    const { run } = open;
    run.messages.run(group.messages);
    if (group.inline.length > 0) {
      const rows: SqlValue[] = [];
      for (let i = 0; i < group.inline.length; i += 4) {
        const from = group.inline[i + 2] as number;
        rows.push(group.inline[i]!, group.inline[i + 1]!, group.octets.subarray(from, from + (group.inline[i + 3] as number)));
      }
      run.inline.run(rows);
    }
    run.frames.run(group.frames);
    run.deliveries.run(group.deliveries);
    run.reports.run(group.reports);
    for (let i = 0; i < group.named.length; i += 4) run.named.run(group.named.slice(i, i + 4));
    const results: WorkResult[] = [];
    // Of changes of deliveries, whose messages are there as long as they are: many rows at once, but before anything is removed.
    const events: SqlValue[] = [];
    for (const work of group.work) {
      switch (work.kind) {
        case 'change':
          results.push(this.#change(open, unpackChange(work), events));
          break;
        case 'supersede':
          results.push(this.#supersede(open, work, events));
          break;
        case 'hasten':
          results.push({
            kind: 'hasten',
            deliveries: run.hastenDeliveries.all([work.now, work.awaits]).flat() as string[],
            reports: run.hastenReports.all([work.now, work.awaits]).flat() as string[],
          });
          break;
        case 'prune':
          run.events.run(events.splice(0));
          results.push(this.#prune(open, work.ids));
          break;
        case 'logged-done':
          run.loggedDone.run([work.upTo]);
          results.push({ kind: 'logged-done' });
          break;
        case 'move': {
          const { id, from, to } = work;
          results.push({ kind: 'move', moved: run.move.run([id, to.segment, to.position, from.segment, from.position]) === 1 });
          break;
        }
        case 'give-up':
          results.push({
            kind: 'give-up',
            done: run.giveUp.run([work.id, work.damage, work.from.segment, work.from.position]) === 1,
          });
          break;
        case 'handsets':
          for (let i = 0; i < work.rows.length; i += 2) run.handset.run(work.rows.slice(i, i + 2));
          results.push({ kind: 'handsets' });
          break;
      }
    }
    run.events.run(events);
    this.#giveBack(open, group.giveBackAll);
    return results;
  }

  #change(open: Connection, change: ChangeParts, events: SqlValue[]): WorkResult {
    const { run } = open;
    const { deliveries, reports, reportsDone } = change;
    const { changedDelivery, report, changedReport } = COLUMNS;
    const rows = deliveries.length / changedDelivery + reports.length / changedReport + reportsDone.length / 2;
    if ((rows > 1 || change.stillOpen.length > 0) && !this.#fits(open, change)) return STALE;
    // From here on only the single row of a change not looked at before can turn out stale, and it comes first.
    for (const row of rowsOf(deliveries, changedDelivery)) if (run.updateDelivery.run(row) !== 1) return STALE;
    for (const row of rowsOf(reports, changedReport)) if (run.updateReport.run(row) !== 1) return STALE;
    for (const row of rowsOf(reportsDone, 2)) if (run.deleteReport.run(row) !== 1) return STALE;
    for (const row of rowsOf(change.newReports, report)) run.newReport.run(row);
    for (let i = 0; i < change.events.length; i += 2) {
      const row = [change.events[i]!, this.#nextEvent(), change.events[i + 1]!];
      if (deliveries.length > 0) events.push(...row);
      else run.lateEvent.run(row);
    }
    const freed: [number, number][] = [];
    for (const id of change.contentRemoved) this.#removeContent(open, id as string, freed);
    return freed.length > 0 ? { kind: 'change', freed } : DONE;
  }

  #supersede(open: Connection, work: SupersedeWork, events: SqlValue[]): WorkResult {
    const { run } = open;
    const result = this.#change(open, unpackChange(work.change), events);
    if (result.kind === 'stale') return result;
    run.messages.run(work.message);
    run.inline.run(work.inline);
    run.frames.run(work.frame);
    run.deliveries.run(work.deliveries);
    for (let i = 0; i < work.named.length; i += 4) run.named.run(work.named.slice(i, i + 4));
    return result;
  }

  #fits(open: Connection, { deliveries, reports, reportsDone, stillOpen }: ChangeParts): boolean {
    const { run } = open;
    for (const [key, revision] of rowsOf(deliveries, COLUMNS.changedDelivery))
      if (run.deliveryRevision.get([key!])?.[0] !== (revision as number) - 1) return false;
    for (const [key, revision] of rowsOf(reports, COLUMNS.changedReport))
      if (run.reportRevision.get([key!])?.[0] !== (revision as number) - 1) return false;
    for (const [key, revision] of rowsOf(reportsDone, 2)) if (run.reportRevision.get([key!])?.[0] !== revision) return false;
    return stillOpen.every((key) => run.deliveryOpen.get([key])?.[0] === 1);
  }

  #nextEvent(): number {
    return this.#epoch * 2 ** 32 + this.#events++;
  }

  #removeContent(open: Connection, id: string, freed: [number, number][]): void {
    // Content is either inline or a frame: nearly always the first.
    if (open.run.deleteInline.run([id]) > 0) return;
    const frame = open.run.deleteFrame.get([id]);
    if (frame && frame[0] !== null) freed.push([frame[0] as number, frame[1] as number]);
  }

  #prune(open: Connection, ids: readonly string[]): WorkResult {
    const { run } = open;
    const pruned: string[] = [];
    const freed: [number, number][] = [];
    for (const id of ids) {
      const record = run.messageRecord.get([id])?.[0];
      if (record === undefined) continue;
      const [{ named }, keys] = JSON.parse(record as string) as [Named, string[]];
      // Looked at again: a report may have come since the reader found it.
      if (keys.some((key) => isOpen(run.deliveryOpen.get([key])?.[0])) || run.reportOf.get([id]) || run.loggedOf.get([id]))
        continue;
      for (const key of keys) run.deleteDelivery.run([key]);
      if (named) run.deleteNamed.run([named.system, named.messageId, id]);
      run.deleteEvents.run([id]);
      this.#removeContent(open, id, freed);
      run.deleteMessage.run([id]);
      pruned.push(id);
    }
    return { kind: 'prune', pruned, freed };
  }

  /** Gives free pages of the file back to the disk, a few with each group. */
  #giveBack(open: Connection, all: boolean): void {
    const { freePagesMin, freeShareMax, vacuumStepPages } = this.#data.settings;
    // Counting costs as much as an operation: not with every group.
    const look = this.#groups++ % LOOK_EVERY_GROUPS === 0;
    this.#databaseOctets = look ? fs.statSync(path.join(this.#data.folder, open.file)).size : 0;
    if (!this.#vacuumPending && !look && !all) return;
    const [free, pages] = open.run.freePages.get([]) as [number, number];
    this.#vacuumPending = all ? free > 0 : free > freePagesMin && free > pages * freeShareMax;
    if (this.#vacuumPending) open.sql.exec(`PRAGMA incremental_vacuum(${vacuumStepPages})`);
  }

  #recover(rebuild: boolean, group: number): WriterReply {
    const open = this.#open;
    if (rebuild && open) return this.#recoverByRebuilding(open, group);
    const { folder } = this.#data;
    try {
      const name = open?.file ?? readCurrent(folder);
      if (name === undefined) throw new Error(`${folder} has no file CURRENT any more`);
      this.#close();
      this.#open = this.#connect(name);
      return { kind: 'recovered', file: path.join(folder, name), results: this.#resultsOf(this.#open, group) };
    } catch (error) {
      return { kind: 'unrecovered', reason: message(error), settled: false };
    }
  }

  #recoverByRebuilding(open: Connection, group: number): WriterReply {
    let happened = true;
    try {
      open.sql.rollback();
      const results = this.#resultsOf(open, group);
      happened = results !== undefined;
      const fresh = this.#rebuild(open);
      return { kind: 'recovered', file: path.join(this.#data.folder, fresh), results };
    } catch (error) {
      // What this connection does not see can come back only from the end of the log, after a crash: mark that end.
      return { kind: 'unrecovered', reason: message(error), settled: group !== NO_GROUP && !happened && this.#markSuspect(open) };
    }
  }

  /** The results of group `number` if it is the one committed last. */
  #resultsOf(open: Connection, number: number): readonly WorkResult[] | undefined {
    const text = open.run.stateOf.get(['group'])?.[0];
    if (text === undefined) return undefined;
    const [session, last, results] = JSON.parse(text as string) as [string, number, WorkResult[]];
    return session === this.#data.session && last === number ? results : undefined;
  }

  /** Copies what is committed into a new file; the old one stays until nobody reads it any more. Returns the new name. */
  #rebuild(old: Connection): string {
    const { folder } = this.#data;
    const taken = databaseFiles(folder).map(databaseNumber);
    const name = databaseName(Math.max(...taken, databaseNumber(old.file)) + 1);
    const file = path.join(folder, name);
    let fresh: Connection | undefined;
    try {
      old.sql.vacuumInto(file);
      syncPath(file);
      syncPath(folder);
      fresh = this.#connect(name);
      writeCurrent(folder, name);
      clearSuspect(folder);
    } catch (error) {
      fresh?.gauge.close();
      fresh?.sql.close();
      // A half-written copy must not keep the disk full; but what CURRENT names stays, be it this copy or that of an earlier try.
      if (readCurrent(folder) !== name) removeDatabase(folder, name);
      throw error;
    }
    this.#open = fresh;
    old.gauge.close();
    old.sql.close();
    return name;
  }

  #markSuspect(open: Connection): boolean {
    try {
      writeSuspect(this.#data.folder, open.file, open.gauge.lastGoodOctets());
      return true;
    } catch {
      // The disk takes nothing at all: then the outcome stays open until it does.
      return false;
    }
  }
}
