/** Queries on a connection of their own. Lives on a thread of its own and answers batches; what it reads is what has been committed. */
import { hashesOf } from '../names.js';
import type { OpenSql, SqlDriver, SqlValue } from './driver.js';
import type { Query, QueryAnswers, ReaderReply, ReaderRequest, StoredMessage, ThreadData } from './protocol.js';

const statements = (sql: SqlDriver) => ({
  message: sql.prepare('SELECT record FROM message WHERE id=?'),
  events: sql.prepare('SELECT events FROM message WHERE id=?'),
  delivery: sql.prepare('SELECT key, message_id, revision, due_at, record FROM delivery WHERE key=?'),
  messageOf: sql.prepare('SELECT message_id FROM delivery WHERE key=?'),
  inline: sql.prepare('SELECT octets, crc FROM inline_content WHERE id=?'),
  frame: sql.prepare('SELECT segment, position, length, crc, damage FROM frame WHERE id=?'),
  report: sql.prepare('SELECT key, message_id, revision, due_at, record FROM report WHERE key=?'),
  reportsOf: sql.prepare('SELECT key, message_id, revision, due_at, record FROM report WHERE message_id=? ORDER BY key'),
  laterEvents: sql.prepare('SELECT events FROM event WHERE message_id=? ORDER BY seq'),
  dueDeliveries: sql.prepare(
    "SELECT 'd', key, message_id, due_at FROM delivery WHERE due_at IS NOT NULL AND (due_at, key)>(?,?) ORDER BY due_at, key LIMIT ?",
  ),
  dueReports: sql.prepare(
    "SELECT 'r', key, message_id, due_at FROM report WHERE (due_at, key)>(?,?) ORDER BY due_at, key LIMIT ?",
  ),
  dueDeliveriesFor: sql.prepare(
    "SELECT 'd', key, message_id, hand_over_at FROM delivery WHERE road=? AND (hand_over_at, key)>(?,?) ORDER BY hand_over_at, key LIMIT ?",
  ),
  dueReportsFor: sql.prepare(
    "SELECT 'r', key, message_id, hand_over_at FROM report WHERE road=? AND (hand_over_at, key)>(?,?) ORDER BY hand_over_at, key LIMIT ?",
  ),
  // From name to name through the index: what waits for each is not counted.
  deliveryRoads: sql.prepare(roadsOf('delivery')),
  reportRoads: sql.prepare(roadsOf('report')),
  deliveriesWaiting: sql.prepare('SELECT road, count(*), min(key) FROM delivery WHERE road IS NOT NULL GROUP BY road'),
  reportsWaiting: sql.prepare('SELECT road, count(*), min(key) FROM report WHERE road IS NOT NULL GROUP BY road'),
  // Addresses have prefixes of their own (`number:`), so that no recipient is taken for a road.
  awaiting: sql.prepare(
    "SELECT awaits, count(*) FROM delivery WHERE awaits='email' OR (awaits>='peer:' AND awaits<'peer;') OR (awaits>='vasp:' AND awaits<'vasp;') GROUP BY awaits",
  ),
  // What may be due is not ended: an index of its own, as most messages in the table are history.
  waitingCounts: sql.prepare(
    `SELECT record->>'$[0].origin.vasp' AS vasp, count(*) FROM message
      WHERE id IN (SELECT message_id FROM delivery WHERE due_at IS NOT NULL AND open=1) AND record->>'$[0].origin.interface'='mm7' GROUP BY vasp`,
  ),
  named: sql.prepare('SELECT recipient, id FROM named WHERE system=? AND message_id=?'),
  namesBehind: sql.prepare(
    'SELECT system, message_id, recipient FROM named WHERE (system, message_id, recipient)>(?,?,?) ORDER BY system, message_id, recipient LIMIT ?',
  ),
  newest: sql.prepare('SELECT id, record FROM message ORDER BY id DESC LIMIT ?'),
  olderThan: sql.prepare('SELECT id, record FROM message WHERE id<? ORDER BY id DESC LIMIT ?'),
  youngerThan: sql.prepare('SELECT id, record FROM message WHERE id>? ORDER BY id LIMIT ?'),
  openDelivery: sql.prepare('SELECT 1 FROM delivery WHERE key=? AND open<>0'),
  logged: sql.prepare(
    `SELECT place, logged.message_id, coalesce(event.events, message.events) FROM logged JOIN message ON message.id=logged.message_id
      LEFT JOIN event ON event.message_id=logged.message_id AND event.seq=logged.seq WHERE place>? ORDER BY place LIMIT ?`,
  ),
  logIdentity: sql.prepare("SELECT value FROM state WHERE name='log'"),
  recents: sql.prepare(
    "SELECT record->>'$[0].fingerprint', id, record->>'$[0].acceptedAt' FROM message ORDER BY id DESC LIMIT ?",
  ),
  segments: sql.prepare('SELECT segment, count(*), sum(length) FROM frame WHERE segment IS NOT NULL GROUP BY segment'),
  framesOf: sql.prepare('SELECT id, position, length, crc FROM frame WHERE segment=? LIMIT ?'),
  handset: sql.prepare('SELECT record FROM handset WHERE msisdn=?'),
});

/** Rows of names read at once. */
const NAMES_PAGE_ROWS = 10_000;

/** Two hashes of each row's name; undefined: there are more than `limit` rows. */
function hashesOfAll(run: ReturnType<typeof statements>, limit: number): Uint32Array | undefined {
  const hashes: number[] = [];
  let behind: readonly SqlValue[] = ['', '', ''];
  for (;;) {
    const rows = run.namesBehind.all([...behind, NAMES_PAGE_ROWS]);
    for (const [system, messageId] of rows) hashes.push(...hashesOf(system as string, messageId as string));
    if (hashes.length > 2 * limit) return undefined;
    if (rows.length < NAMES_PAGE_ROWS) return Uint32Array.from(hashes);
    behind = rows.at(-1)!;
  }
}

/** Names of roads, found with one step each. */
function roadsOf(table: 'delivery' | 'report'): string {
  return `WITH RECURSIVE found (road) AS (
    SELECT min(road) FROM ${table} WHERE road IS NOT NULL
    UNION ALL SELECT (SELECT min(road) FROM ${table} WHERE road>found.road) FROM found WHERE road IS NOT NULL
  ) SELECT road FROM found WHERE road IS NOT NULL`;
}

/** The parts of a message record that filters look at. */
interface Listed {
  readonly sender: Party;
  readonly recipients: readonly { readonly address: Party }[];
  readonly fingerprint: string;
  readonly acceptedAt: number;
}
interface Party {
  readonly kind: string;
}

/** How the main thread spells an address for a filter; handed in, as this thread loads nothing of the domain. */
export type AddressKey = (address: never) => string;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Reader {
  readonly #data: ThreadData;
  readonly #openSql: OpenSql;
  readonly #addressKey: AddressKey;
  #sql: SqlDriver | undefined;
  #run: ReturnType<typeof statements> | undefined;

  constructor(data: ThreadData, openSql: OpenSql, addressKey: AddressKey) {
    this.#data = data;
    this.#openSql = openSql;
    this.#addressKey = addressKey;
  }

  handle(request: ReaderRequest): ReaderReply {
    switch (request.kind) {
      case 'open':
        try {
          this.open(request.file);
          return { kind: 'opened' };
        } catch (error) {
          return { kind: 'refused', reason: reasonOf(error) };
        }
      case 'queries':
        return {
          kind: 'answers',
          answers: request.queries.map((query) => {
            try {
              return { value: this.answer(query) };
            } catch (error) {
              return { reason: reasonOf(error) };
            }
          }),
        };
      case 'close':
        this.close();
        return { kind: 'closed' };
    }
  }

  open(file: string): void {
    const { cacheOctets, checkpointWaitMs } = this.#data.settings;
    const sql = this.#openSql(file, { readOnly: true, busyTimeoutMs: checkpointWaitMs, cacheOctets }, this.#data.driverData);
    try {
      this.#run = statements(sql);
    } catch (error) {
      sql.close();
      throw error;
    }
    this.#sql?.close();
    this.#sql = sql;
  }

  close(): void {
    this.#sql?.close();
    this.#sql = undefined;
    this.#run = undefined;
  }

  answer<K extends Query['kind']>(query: Query & { readonly kind: K }): QueryAnswers[K] {
    const run = this.#run;
    if (!run) throw new Error('the database is not open for reading');
    return this.#answer(run, query) as QueryAnswers[K];
  }

  #answer(run: ReturnType<typeof statements>, query: Query): QueryAnswers[keyof QueryAnswers] {
    switch (query.kind) {
      case 'message':
        return this.#stored(run, query.id);
      case 'delivery': {
        const id = run.messageOf.get([query.key])?.[0];
        return id === undefined ? undefined : this.#stored(run, id as string);
      }
      case 'content': {
        const inline = run.inline.get([query.id]);
        if (inline) return { kind: 'inline', octets: inline[0] as Uint8Array, crc: inline[1] as number };
        const frame = run.frame.get([query.id]);
        if (!frame) return { kind: 'absent' };
        const [segment, position, length, crc, damage] = frame as [number | null, number, number, number, string | null];
        return segment === null ? { kind: 'given-up', damage: damage ?? '' } : { kind: 'frame', segment, position, length, crc };
      }
      case 'report':
        return run.report.get([query.key]);
      case 'history': {
        const stored = this.#stored(run, query.id);
        if (!stored) return undefined;
        const events = [...run.events.all([query.id]), ...run.laterEvents.all([query.id])].map((row) => row[0] as string);
        return { stored, events, reports: run.reportsOf.all([query.id]).flat() };
      }
      case 'due':
        return soonest(
          run.dueDeliveries.all([query.dueAt, query.key, query.limit]),
          run.dueReports.all([query.dueAt, query.key, query.limit]),
          query.limit,
        );
      case 'due-for': {
        const place = [query.road, query.dueAt, query.key, query.limit];
        return soonest(run.dueDeliveriesFor.all(place), run.dueReportsFor.all(place), query.limit);
      }
      case 'waiting-for': {
        const rows = run.dueDeliveriesFor.all([query.road, query.handOverAt, query.key, query.limit]);
        return rows.map(([, key, messageId]) => [key!, messageId!]);
      }
      case 'roads':
        return [...new Set([...run.deliveryRoads.all([]), ...run.reportRoads.all([])].map(([road]) => road as string))];
      case 'waiting-counts':
        return run.waitingCounts.all([]);
      case 'road-counts':
        return { waiting: [...run.deliveriesWaiting.all([]), ...run.reportsWaiting.all([])], awaiting: run.awaiting.all([]) };
      case 'named':
        return run.named.all([query.system, query.messageId]);
      case 'list':
        return this.#list(run, query);
      case 'prunable':
        return this.#prunable(run, query);
      case 'logged':
        return (run.logged.all([query.after, query.limit]) as readonly (readonly [number, string, string])[]).map(
          ([place, id, events]) => ({ place, events, stored: this.#stored(run, id)! }),
        );
      case 'log-identity':
        return run.logIdentity.get([])![0] as string;
      case 'recents':
        return run.recents.all([query.limit]);
      case 'names':
        return { hashes: hashesOfAll(run, query.limit), newest: run.newest.get([1])?.[0] as string | undefined };
      case 'segments':
        return run.segments.all([]);
      case 'frames-of':
        return run.framesOf.all([query.segment, query.limit]);
      case 'handset':
        return run.handset.get([query.msisdn])?.[0] as string | undefined;
    }
  }

  #stored(run: ReturnType<typeof statements>, id: string): StoredMessage | undefined {
    const record = run.message.get([id])?.[0] as string | undefined;
    if (record === undefined) return undefined;
    const deliveries: SqlValue[] = [];
    for (const key of keysOf(record)) deliveries.push(...(run.delivery.get([key]) ?? []));
    return { record, deliveries };
  }

  #list(run: ReturnType<typeof statements>, query: Query & { readonly kind: 'list' }): QueryAnswers['list'] {
    const { before, sender, recipient, limit } = query;
    const filtered = sender !== undefined || recipient !== undefined;
    const rows = filtered ? this.#data.settings.scanRows : Math.min(limit, this.#data.settings.scanRows);
    const found = before === undefined ? run.newest.all([rows]) : run.olderThan.all([before, rows]);
    const records: string[] = [];
    for (const [id, record] of found as readonly [string, string][]) {
      if (filtered) {
        const [message] = JSON.parse(record) as [Listed];
        if (sender !== undefined && this.#addressKey(message.sender as never) !== sender) continue;
        if (
          recipient !== undefined &&
          !message.recipients.some(({ address }) => this.#addressKey(address as never) === recipient)
        )
          continue;
      }
      records.push(record);
      if (records.length === limit) return { records, next: id };
    }
    return { records, next: found.length < rows ? undefined : (found.at(-1)?.[0] as string) };
  }

  #prunable(run: ReturnType<typeof statements>, query: Query & { readonly kind: 'prunable' }): QueryAnswers['prunable'] {
    const { scanRows, pruneYoungMax } = this.#data.settings;
    // Whole pages of records are read to find a few: small ones, as a page is paid for whole.
    const limit = Math.min(scanRows, PRUNE_PAGE * query.limit);
    const rows = run.youngerThan.all([query.after, limit]) as readonly (readonly [string, string])[];
    const found: [string, string][] = [];
    let { young } = query;
    for (const [id, record] of rows) {
      const [message, keys] = JSON.parse(record) as [Listed, string[]];
      if (message.acceptedAt >= query.acceptedBefore) {
        if (++young >= pruneYoungMax) return { found, next: undefined, young };
        continue;
      }
      young = 0;
      if (keys.some((key) => run.openDelivery.get([key])) || run.reportsOf.get([id])) continue;
      found.push([id, message.fingerprint]);
      if (found.length === query.limit) return { found, next: id, young };
    }
    return { found, next: rows.length < limit ? undefined : rows.at(-1)![0], young };
  }
}

/** The first of both lists in the order of instant and key. Rows: kind, key, message id, instant. */
function soonest(one: readonly (readonly SqlValue[])[], other: readonly (readonly SqlValue[])[], limit: number) {
  return [...one, ...other]
    .sort((a, b) => (a[3] as number) - (b[3] as number) || ((a[1] as string) < (b[1] as string) ? -1 : 1))
    .slice(0, limit);
}

/**
 * Rows read for each message that may be found. Unit: rows. Source: an estimate; of old messages most have ended, so that more would be
 * read in vain.
 */
const PRUNE_PAGE = 4;

/**
 * The delivery keys at the end of a message record, read without parsing the message: they are the last array of the text and hold no
 * bracket, quote or backslash themselves.
 */
function keysOf(record: string): readonly string[] {
  return JSON.parse(record.slice(record.lastIndexOf('['), -1)) as string[];
}
