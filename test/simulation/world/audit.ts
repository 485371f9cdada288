/**
 * Looks at what is kept, beside the program: rows, segment files, and the whole history of each message.
 *
 * `rows` holds of every committed state, hence between any two events; `books` when the machine is quiet; `history` of a message that has come
 * to its end; `remains` when everything has.
 */
import { type Delivery, type DeliveryOutcome, ENDED, type Message, type MessageId, type MessagingEvent } from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Trace } from '../kit/trace.js';
import type { Machine } from '../machine/machine.js';
import { Violation } from '../machine/witness.js';
import type { Billing } from './billing.js';
import type { Ledger } from './ledger.js';
import { doerOf } from './operators.js';
import { MAIL_FAILURES } from './reports.js';
import type { WorldSettings } from './settings.js';
import { RETRY_AFTER_MAX_MS } from './smsc.js';

/** Octets of a frame before its content. Source: `src/store/embedded/files/frame.ts`. */
const FRAME_HEADER_OCTETS = 34;

const OPEN = 'EXISTS (SELECT 1 FROM delivery d WHERE d.message_id=c.id AND d.open=1)';
const ABSENT = (column: string): string => `NOT EXISTS (SELECT 1 FROM message m WHERE m.id=${column})`;

/** What no committed state may hold: each query finds the exceptions. */
const FORBIDDEN: readonly (readonly [invariant: string, sql: string])[] = [
  [
    'no content without an owner',
    `SELECT id FROM inline_content c WHERE NOT ${OPEN} UNION SELECT id FROM frame c WHERE NOT ${OPEN}`,
  ],
  [
    'no owner without content',
    `SELECT id FROM message c WHERE ${OPEN} AND (SELECT count(*) FROM inline_content i WHERE i.id=c.id)+(SELECT count(*) FROM frame f WHERE f.id=c.id)<>1`,
  ],
  ['no content is given up', 'SELECT id FROM frame WHERE segment IS NULL'],
  ['no delivery without a message', `SELECT key FROM delivery WHERE ${ABSENT('message_id')}`],
  ['no report without a message', `SELECT key FROM report WHERE ${ABSENT('message_id')}`],
  ['no event without a message', `SELECT message_id FROM event WHERE ${ABSENT('message_id')}`],
  [
    'what waits for a road stands in its queue, and nothing else does',
    `SELECT key FROM delivery WHERE (road IS NOT NULL)<>(record->>'$.state'='due' AND record->>'$.road' IS NOT NULL)
       OR (road IS NULL)<>(hand_over_at IS NULL)`,
  ],
  ['what is open is due, and what has ended is not', 'SELECT key FROM delivery WHERE (due_at IS NULL)<>(open=0)'],
];

/** All of them as one: each statement costs more than what it finds. */
const ALL_FORBIDDEN = FORBIDDEN.map(([, sql], i) => `SELECT ${i}, * FROM (${sql})`).join(' UNION ALL ');

export interface StoredHistory {
  readonly message: Message;
  readonly deliveries: readonly Delivery[];
  readonly events: readonly MessagingEvent[];
  readonly reports: number;
}

export interface AuditWorld {
  readonly loop: Loop;
  readonly trace: Trace;
  readonly settings: WorldSettings;
  readonly machine: Machine;
  readonly ledger: Ledger;
  /** Absent: nobody charges. */
  readonly billing?: Billing;
}

export class Audit {
  readonly #in: AuditWorld;
  /** Messages whose whole history has been seen to its end. */
  readonly closed = new Set<MessageId>();
  /** Of each of them, what its rows told last. */
  readonly #told = new Map<MessageId, readonly MessagingEvent[]>();
  /** The engine's version when the rows were looked over last. */
  #seen = -1;
  #seenAgain = -1;

  constructor(world: AuditWorld) {
    this.#in = world;
  }

  #violated(invariant: string, what: string): never {
    const violation = new Violation(invariant, what);
    this.#in.loop.fail(violation);
    throw violation;
  }

  /** Holds of every committed state. */
  rows(): void {
    const { engine } = this.#in.machine;
    if (engine.version === this.#seen) return;
    this.#seen = engine.version;
    const [first] = engine.rows(ALL_FORBIDDEN);
    if (first) this.#violated(FORBIDDEN[first[0] as number]![0], String(first[1]));
  }

  /** Holds while nothing is under way: what is counted in memory is what the rows say. `settled`: and nothing has failed for a while. */
  books(settled = false): void {
    const { machine } = this.#in;
    const { store, engine, disk } = machine;
    if (!store || !machine.isQuiet) return;
    this.#in.trace.count('audit', 'books');
    const [frames, octets] = engine.rows(
      'SELECT count(*), coalesce(sum(length), 0) FROM frame WHERE segment IS NOT NULL',
    )[0] as number[];
    const { segmentLive, segmentTotal } = store.diskUse();
    const live = octets! + frames! * FRAME_HEADER_OCTETS;
    if (segmentLive !== live)
      this.#violated('live octets are what the rows name', `${segmentLive} in memory, ${live} by the rows`);
    const onDisk = disk.files.reduce((sum, [, size]) => sum + size, 0);
    // Of a write that failed half-way more is counted than is there, until its file goes.
    if (segmentTotal < onDisk || (settled && segmentTotal > onDisk))
      this.#violated('all octets of files are known', `${segmentTotal} in memory, ${onDisk} on the disk`);
  }

  /** While nothing hinders it, what waits for a road and may go out goes out. `since`: epoch milliseconds; what might go before waits too long. */
  goingOut(since: number): void {
    const waiting = this.#in.machine.engine.rows('SELECT key, road FROM delivery WHERE hand_over_at<?1 AND open=1', since);
    if (waiting.length > 0)
      this.#violated('what waits for an open road goes out', waiting.map((row) => row.join(' by ')).join(', '));
  }

  /**
   * Whoever was told in vain is told again by the operator's schedule, and what has no road is asked for again. `wall`: epoch milliseconds, of a clock that was never set back: by
   * one that was, things fall due later than they should.
   */
  again(wall: number): void {
    const { machine, settings } = this.#in;
    // As time goes on it only becomes truer.
    if (machine.engine.version === this.#seenAgain) return;
    this.#seenAgain = machine.engine.version;
    const waitMs = Math.max(...settings.policy.pushRetryMs, RETRY_AFTER_MAX_MS);
    const late = machine.engine.rows(
      `SELECT key FROM delivery WHERE open=1 AND record->>'$.road' IS NULL AND record->>'$.state' IN ('due','notified') AND record->>'$.attempts'>0 AND due_at>?1
       UNION ALL SELECT key FROM delivery WHERE record->>'$.attempts'>0 AND hand_over_at>?1
       UNION ALL SELECT key FROM delivery WHERE open=1 AND record->>'$.state'='unrouted' AND due_at>?1
       UNION ALL SELECT key FROM report WHERE record->>'$.attempts'>0 AND coalesce(hand_over_at, due_at)>?1`,
      wall + waitMs,
    );
    if (late.length > 0) this.#violated('whoever was told in vain is told again', late.flat().join(', '));
  }

  /** The disk bound, which compaction keeps while disk and database work. */
  bound(): void {
    const { machine, settings } = this.#in;
    const { segmentLive, segmentTotal } = machine.store!.diskUse();
    if (segmentTotal > 2 * segmentLive + settings.store.segmentOctets)
      this.#violated('segments take twice what is live and one segment at most', `${segmentTotal} for ${segmentLive}`);
  }

  /** What the rows tell of one message. */
  history(id: MessageId): StoredHistory | undefined {
    const { engine } = this.#in.machine;
    const row = engine.rows('SELECT record, events FROM message WHERE id=?', id)[0] as [string, string] | undefined;
    if (!row) return undefined;
    const deliveries = engine.rows('SELECT key, message_id, revision, due_at, record FROM delivery WHERE message_id=?', id);
    const later = engine.rows('SELECT events FROM event WHERE message_id=? ORDER BY seq', id).flat() as string[];
    const [[reports]] = engine.rows('SELECT count(*) FROM report WHERE message_id=?', id) as [[number]];
    return {
      message: (JSON.parse(row[0]) as [Message])[0],
      deliveries: deliveries.map(([key, messageId, revision, , record]) => ({
        ...(JSON.parse(record as string) as Delivery),
        key: key as Delivery['key'],
        messageId: messageId as MessageId,
        revision: revision as number,
      })),
      events: [row[1], ...later].flatMap((text) => JSON.parse(text) as MessagingEvent[]),
      reports,
    };
  }

  /** The delivery by its row; undefined when there is none. */
  delivery(key: Delivery['key']): Delivery | undefined {
    const [row] = this.#in.machine.engine.rows('SELECT record FROM delivery WHERE key=?', key);
    return row && { ...(JSON.parse(row[0] as string) as Delivery), key };
  }

  /** How many of the message's events say that this operator did something, by their rows; undefined when it is gone. */
  deedsOf(id: MessageId, by: string): number | undefined {
    return this.history(id)?.events.filter((event) => doerOf(event) === by).length;
  }

  /** Judges every message that has come to its end, before housekeeping may remove it. */
  close(): void {
    for (const [id] of this.#in.machine.engine.rows('SELECT id FROM message')) {
      const history = this.history(id as MessageId)!;
      if (history.reports > 0 || history.deliveries.some(({ state }) => !ENDED[state])) continue;
      this.#judge(history);
      this.closed.add(id as MessageId);
      this.#told.set(id as MessageId, history.events);
    }
  }

  #judge({ message, deliveries, events }: StoredHistory): void {
    const { ledger } = this.#in;
    const sent = ledger.messages.get(message.id);
    if (!sent) throw this.#violated('only what was sent is kept', message.id);
    const name = `message ${sent.number} (${message.id})`;
    const count = (kind: MessagingEvent['kind'], more: (event: MessagingEvent) => boolean = () => true): number =>
      events.filter((event) => event.kind === kind && more(event)).length;
    const exactly = (what: string, is: number, should: number): void => {
      if (is !== should) this.#violated('each thing that happens is kept once', `${name}: ${what}: ${is}, not ${should}`);
    };
    exactly('accepted', count('message-accepted'), 1);
    exactly('content removed', count('content-removed'), 1);
    for (const delivery of deliveries) {
      const about = (event: MessagingEvent): boolean => 'delivery' in event && event.delivery === delivery.key;
      const refused = delivery.state === 'refused';
      const cancelled = delivery.state === 'cancelled';
      exactly('delivery ended', count('delivery-ended', about), refused || cancelled ? 0 : 1);
      exactly('delivery cancelled', count('delivery-cancelled', about), cancelled ? 1 : 0);
      exactly('recipient refused', count('recipient-refused', about), refused ? 1 : 0);
      const end = events.find((event) => event.kind === 'delivery-ended' && about(event));
      const outcome: DeliveryOutcome = end?.kind === 'delivery-ended' ? end.outcome : 'unreachable';
      if (!refused && !cancelled) ledger.checkOutcome(delivery, outcome);
      this.#judgeReports(name, message, delivery, outcome, events);
    }
    ledger.recalled.ended(message, deliveries, events);
  }

  /** One delivery report where it was asked for, allowed by the operator and not forbidden by the recipient; and likewise read reports. */
  #judgeReports(
    name: string,
    message: Message,
    delivery: Delivery,
    outcome: DeliveryOutcome,
    events: readonly MessagingEvent[],
  ): void {
    const { ledger } = this.#in;
    const count = (kind: string, about: 'delivery' | 'read'): number =>
      events.filter(
        (event) =>
          event.kind === kind &&
          'about' in event &&
          event.about === about &&
          JSON.stringify(event.recipient) === JSON.stringify(delivery.recipient),
      ).length;
    const said = ledger.saidOf(delivery.key);
    // Somebody who said both may have been heard with either first.
    const never = said?.reportAllowed.has(false) !== true;
    const onlyNo = said?.reportAllowed.has(false) === true && !said.reportAllowed.has(true) && said.statuses.size === 1;
    const byHim = outcome === 'retrieved' || outcome === 'rejected' || outcome === 'unrecognised';
    const queued = count('report-queued', 'delivery');
    const wanted = wantsReport(message, delivery, outcome);
    const least = wanted && never ? 1 : 0;
    const most = wanted && !(onlyNo && byHim) ? 1 : 0;
    if (queued < least || queued > most)
      this.#violated(
        'one delivery report for each recipient, when asked and allowed',
        `${name}: ${queued} of ${least} to ${most}`,
      );
    const reads = count('report-queued', 'read');
    const wantsReads = message.readReport && !(message.origin.interface === 'mm1' && message.origin.version === '1.0');
    const mostReads = wantsReads && delivery.readStatus !== undefined ? 1 : 0;
    if (reads !== mostReads)
      this.#violated('one read report for each reader, when asked and allowed', `${name}: ${reads}, not ${mostReads}`);
    if (delivery.readStatus !== undefined && said?.readStatuses.has(delivery.readStatus) !== true)
      this.#violated('only readers have read', `${name}: ${delivery.key}`);
    for (const about of ['delivery', 'read'] as const) {
      const done = count('report-pushed', about) + count('report-abandoned', about);
      const owed = about === 'delivery' ? queued : reads;
      if (done !== owed) this.#violated('each report is pushed or given up, once', `${name}: ${about}: ${done} of ${owed}`);
    }
  }

  /** At the end of the world: everything has come to its end, and nothing is left of content and reports. */
  remains(): void {
    const { machine, ledger } = this.#in;
    this.close();
    const open = machine.engine.rows('SELECT key, due_at FROM delivery WHERE open<>0');
    if (open.length > 0) this.#violated('every delivery ends by its expiry', open.map((row) => row.join(' due at ')).join(', '));
    const reports = machine.engine.rows('SELECT key FROM report');
    if (reports.length > 0) this.#violated('every report is pushed or given up', reports.flat().join(', '));
    for (const id of ledger.promises)
      if (!this.closed.has(id))
        this.#violated('nothing answered Ok is lost', `message ${ledger.messages.get(id)?.number} (${id})`);
    ledger.recalled.judge();
  }

  /** Whether charging has read all that is logged. */
  get isCharged(): boolean {
    return !this.#in.billing || this.#in.machine.engine.rows('SELECT 1 FROM logged LIMIT 1').length === 0;
  }

  /** At the end of the world: what was kept of each message was logged and charged. */
  charges(): void {
    for (const [id, events] of this.#told) this.#in.billing?.judge(id, events);
  }

  /** After a last start, with everything at its end: no content is left on the disk. */
  emptyDisk(): void {
    const { files } = this.#in.machine.disk;
    if (files.length > 0)
      this.#violated('files that nothing names are gone after a start', files.map(([name]) => name).join(', '));
  }
}

/** Whether the sender is owed a report of this outcome. Nobody is told of what he took back himself; mail has rules of its own (RFC 3461 4.1). */
function wantsReport({ origin, deliveryReport, recipients }: Message, delivery: Delivery, outcome: DeliveryOutcome): boolean {
  if (delivery.state === 'cancelled') return false;
  if (origin.interface !== 'mm3') return deliveryReport;
  if (origin.envelopeSender === '') return false;
  const failed = MAIL_FAILURES.has(outcome);
  const { notify } = recipients[delivery.recipientIndex]!.dsn ?? {};
  return notify ? notify.includes(failed ? 'failure' : 'success') : failed || deliveryReport;
}
