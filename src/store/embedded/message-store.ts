/**
 * MessageStore on the SQL threads and the segment files.
 *
 * The way of an acceptance: content to a segment and flushed, or into the group; rows in one commit; then memory is brought up to date, and
 * only then the caller hears of it. Reading looks at memory first and asks the reader thread for the rest; both show every change that
 * anybody has been told of.
 */
import type { Counter, Meter } from '#base';
import {
  type Address,
  addressKey,
  type Change,
  type ContentOctets,
  type Delivery,
  type DeliveryKey,
  type DeliveryOfMessage,
  type Due,
  ENDED,
  instantOfKey,
  type Message,
  type MessageFilter,
  type MessageHistory,
  type MessageId,
  type MessageStore,
  type MessagingEvent,
  needsContent,
  type Report,
  type RoadCount,
  type RoadName,
  roadName,
  type StoredContent,
  StoreUnavailable,
  type SystemName,
  type WaitingPlace,
} from '#messaging';
import type { AcceptRows, CommitQueue } from './commit-queue.js';
import { type DueEntry, type DueRow, DueWindow } from './due-window.js';
import type { FrameRows } from './files/compaction.js';
import type { DiskSpace } from './files/disk-space.js';
import { contentCrc } from './files/frame.js';
import type { Segments } from './files/segments.js';
import { type ContentPlace, HotMessages } from './hot-messages.js';
import { joined } from './joined.js';
import { Names } from './names.js';
import { OldestFirst } from './oldest-first.js';
import type { ReaderClient } from './reader-client.js';
import { Recents } from './recents.js';
import { RoadWindows } from './road-windows.js';
import type { EmbeddedSettings } from './settings.js';
import type { SqlValue } from './sql/driver.js';
import {
  type ChangeWork,
  type Freed,
  packChange,
  type StoredMessage,
  type StoredPlace,
  type SupersedeWork,
  type Work,
  type WorkResult,
} from './sql/protocol.js';

/** How often a frame that compaction keeps moving away is looked up again. */
const LOOKUPS_MAX = 5;
/** What an operation costs beside its texts, for the queue's limit. Octets. */
const OPERATION_OCTETS = 256;
/** What a row may take of the disk with its part of the log, for the estimate between two looks. Octets. */
const ROW_ROOM_OCTETS = 2_048;

export class EmbeddedMessages implements MessageStore {
  readonly #settings: EmbeddedSettings;
  readonly #commits: CommitQueue;
  readonly #reader: ReaderClient;
  readonly #segments: Segments;
  readonly #space: DiskSpace;
  readonly #hot: HotMessages;
  /** Reports as acknowledged last; least recently used first. */
  readonly #reports = new Map<string, Report>();
  readonly #oldestReport = new OldestFirst(this.#reports);
  readonly #recents: Recents;
  readonly #names = new Names();
  readonly #due: DueWindow;
  readonly #roads: RoadWindows;
  readonly #hits: Counter;
  readonly #damaged: Counter;
  readonly #wakes: (() => void)[] = [];
  /** Ids of messages and keys of reports that acknowledged changes touched while loads are under way, oldest first. */
  #touched: string[] = [];
  #loads = 0;
  #somethingDue = false;
  /** The last message that `prune` looked at; empty when it begins anew. */
  #pruneAfter = '';
  #lapseTimer: NodeJS.Timeout | undefined;

  constructor(
    settings: EmbeddedSettings,
    commits: CommitQueue,
    reader: ReaderClient,
    segments: Segments,
    space: DiskSpace,
    monotonic: () => number,
    meter: Meter,
  ) {
    this.#settings = settings;
    this.#commits = commits;
    this.#reader = reader;
    this.#segments = segments;
    this.#space = space;
    this.#hot = new HotMessages(settings.cacheMessagesMax, settings.cacheOctetsMax);
    this.#recents = new Recents(settings.recentsMax);
    this.#due = new DueWindow(monotonic, settings.dueWindowMax, settings.duePageRows, async (dueAt, key, limit) => {
      const rows = await reader.ask({ kind: 'due', dueAt, key, limit });
      return rows as unknown as readonly DueRow[];
    });
    this.#roads = new RoadWindows(monotonic, settings, reader);
    this.#hits = meter.counter('angarium_store_cache_lookups_total', 'Lookups of messages, by whether memory had them', [
      'result',
    ]);
    this.#damaged = meter.counter('angarium_store_damaged_contents_total', 'Small content that did not match its checksum');
    meter.watch('angarium_store_cache_messages', 'Messages in memory', () => this.#hot.rows);
    meter.watch('angarium_store_cache_bytes', 'Estimated octets of the messages in memory', () => this.#hot.octets);
    meter.watch('angarium_store_due_window', 'Things waiting that are kept in memory', () => this.#due.size);
    meter.watch('angarium_store_recents', 'Fingerprints remembered', () => this.#recents.size);
  }

  /** Fills from the newest rows what recognises resubmissions, and finds the roads that anything waits for. */
  async open(): Promise<void> {
    for (const road of await this.#reader.ask({ kind: 'roads' })) this.#roads.open(road);
    const rows = await this.#reader.ask({ kind: 'recents', limit: this.#settings.recentsMax });
    for (const [fingerprint, id, acceptedAt] of rows.toReversed() as [string, MessageId, number][])
      this.#recents.add(fingerprint, id, acceptedAt);
    const { hashes, newest } = await this.#reader.ask({ kind: 'names', limit: this.#settings.namesAtStartMax });
    const until = newest === undefined ? 0 : instantOfKey(newest);
    if (hashes === undefined) this.#names.forget(until);
    else this.#names.addHashes(hashes, until);
  }

  close(): void {
    clearTimeout(this.#lapseTimer);
  }

  /** After a group: tells the domain once if anything may have become due. */
  settled(): void {
    if (!this.#somethingDue) return;
    this.#somethingDue = false;
    for (const wake of this.#wakes) wake();
  }

  async accept(
    message: Message,
    content: ContentOctets,
    deliveries: readonly Delivery[],
    reports: readonly Report[],
    events: readonly MessagingEvent[],
  ): Promise<void> {
    await this.#withContent(message, content, deliveries.length + reports.length, (place, crc, octets) => {
      const rows = acceptRows(message, deliveries, reports, events, place, crc);
      return this.#commit(rows, OPERATION_OCTETS + rows.record.length * 2 + octets, () => {
        this.#accepted(message, deliveries, reports, place);
        return 'done';
      });
    });
  }

  supersede(
    message: Message,
    content: ContentOctets,
    deliveries: readonly Delivery[],
    events: readonly MessagingEvent[],
    change: Change,
  ): Promise<'done' | 'stale'> {
    return this.#withContent(message, content, deliveries.length, (place, crc, octets) => {
      const rows = acceptRows(message, deliveries, [], events, place, crc);
      const work = supersedeWork(rows, changeWork(change));
      return this.#commit(work, OPERATION_OCTETS + rows.record.length * 2 + octets + changeOctets(change), (result) => {
        if (result?.kind === 'stale') return 'stale';
        if (result?.kind !== 'change') throw new Error('a superseding was answered as something else');
        this.#changed(change, result.freed ?? []);
        this.#accepted(message, deliveries, [], place);
        return 'done';
      });
    });
  }

  async countWaiting(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#reader.ask({ kind: 'waiting-counts' })) as [string, number][]);
  }

  /**
   * Puts new content where it belongs, then has `commit` make rows of it, whose estimate needs the `octets` that are among them. `rows`: how many
   * beside the message's own.
   */
  async #withContent(
    message: Message,
    content: ContentOctets,
    rows: number,
    commit: (place: ContentPlace, crc: number, octets: number) => Promise<'done' | 'stale'>,
  ): Promise<'done' | 'stale'> {
    let length = 0;
    for (const piece of content) length += piece.length;
    const room = length + ROW_ROOM_OCTETS * (1 + rows);
    const asking = this.#space.admit(room);
    if (asking) await asking;
    try {
      return await this.#placed(message, content, length, commit);
    } finally {
      this.#space.settled(room);
    }
  }

  async #placed(
    message: Message,
    content: ContentOctets,
    length: number,
    commit: (place: ContentPlace, crc: number, octets: number) => Promise<'done' | 'stale'>,
  ): Promise<'done' | 'stale'> {
    // Before there can be a row of it, which may come true although nobody is told of it.
    if (message.named !== undefined) this.#names.add(message.named, instantOfKey(message.id));
    const crc = contentCrc(message.id, content);
    if (length < this.#settings.inlineOctetsMax) return commit({ kind: 'inline', octets: joined(content, length) }, crc, length);
    // What cannot be committed is not written first.
    if (this.#commits.trouble !== undefined) throw new StoreUnavailable(this.#commits.trouble);
    await this.#segments.pace();
    const ref = await this.#segments.append(message.id, content, length, crc);
    let outcome: 'done' | 'stale' | undefined;
    try {
      outcome = await commit({ kind: 'frame', ref }, crc, 0);
      return outcome;
    } finally {
      if (outcome !== 'done') this.#segments.release(ref.segment, ref.length);
    }
  }

  async change(change: Change): Promise<'done' | 'stale'> {
    return this.#commit(changeWork(change), changeOctets(change), (result) => {
      if (result?.kind === 'stale') return 'stale';
      if (result?.kind !== 'change') throw new Error('a change was answered as something else');
      this.#changed(change, result.freed ?? []);
      return 'done';
    });
  }

  async message(id: MessageId): Promise<Message | undefined> {
    return (await this.#byId(id))?.message;
  }

  async delivery(key: DeliveryKey): Promise<DeliveryOfMessage | undefined> {
    const hot = this.#hot.byDelivery(key);
    this.#hits.add(1, hot ? HIT : MISS);
    const found = hot ?? (await this.#load({ kind: 'delivery', key }));
    const delivery = found?.deliveries.find((one) => one.key === key);
    return found && delivery && { delivery, message: found.message };
  }

  async deliveriesOf(id: MessageId): Promise<readonly Delivery[]> {
    return [...((await this.#byId(id))?.deliveries ?? [])];
  }

  async content(id: MessageId): Promise<StoredContent> {
    for (let lookup = 1; ; lookup++) {
      const place = await this.#place(id, lookup > 1);
      switch (place.kind) {
        case 'absent':
          return place;
        case 'damaged':
          return place;
        case 'inline':
          return { kind: 'content', octets: place.octets };
        case 'frame': {
          const read = await this.#segments.read(id, place.ref);
          if (read.kind === 'content') return { kind: 'content', octets: read.content };
          if (read.kind === 'damaged') return read;
          if (lookup === LOOKUPS_MAX) return { kind: 'damaged', reason: `segment ${place.ref.segment} is missing` };
        }
      }
    }
  }

  async findResubmission(fingerprint: string, since: number): Promise<MessageId | undefined> {
    return this.#recents.find(fingerprint, since);
  }

  claimDue(now: number, leaseMs: number, limit: number): Promise<readonly Due[]> {
    return this.#claim(this.#due, now, leaseMs, limit, ({ dueAt }) => dueAt);
  }

  async claimFor(road: RoadName, now: number, leaseMs: number, limit: number): Promise<readonly Due[]> {
    const window = this.#roads.of(road);
    if (!window) return [];
    return this.#claim(window, now, leaseMs, limit, (thing) => (isQueuedFor(thing, road) ? thing.handOverAt : undefined));
  }

  nextHandovers(): Promise<ReadonlyMap<RoadName, number>> {
    return this.#roads.next();
  }

  async waitingFor(road: RoadName, limit: number, after?: WaitingPlace): Promise<readonly DeliveryOfMessage[]> {
    const { handOverAt, key } = after ?? { handOverAt: Number.MIN_SAFE_INTEGER, key: '' };
    const rows = await this.#reader.ask({ kind: 'waiting-for', road, handOverAt, key, limit });
    const found = await Promise.all((rows as [DeliveryKey, string][]).map(([one]) => this.delivery(one)));
    return found.filter((one) => one !== undefined);
  }

  async countRoads(): Promise<readonly RoadCount[]> {
    const { waiting, awaiting } = await this.#reader.ask({ kind: 'road-counts' });
    const counts = new Map<RoadName, RoadCount>();
    for (const [road, count, oldest] of waiting as [RoadName, number, string][]) {
      const known = counts.get(road);
      const first = known?.oldest !== undefined && known.oldest < oldest ? known.oldest : oldest;
      counts.set(road, { road, waiting: count + (known?.waiting ?? 0), oldest: first, awaiting: 0 });
    }
    for (const [road, count] of awaiting as [RoadName, number][])
      counts.set(road, { waiting: 0, ...counts.get(road), road, awaiting: count });
    return [...counts.values()].sort((a, b) => (a.road < b.road ? -1 : 1));
  }

  async findNamed(name: SystemName, since: number) {
    if (!this.#names.mayHave(name, since)) return [];
    const { system, messageId } = name;
    const rows = await this.#reader.ask({ kind: 'named', system, messageId });
    // Ids hold the instant of acceptance.
    return (rows as [string, MessageId][])
      .filter(([, id]) => instantOfKey(id) >= since)
      .map(([recipient, id]) => ({ recipient, messageId: id }));
  }

  /** `instantOf`: from when on the thing may be had from this window; undefined when it does not stand there any more. */
  async #claim(
    window: DueWindow,
    now: number,
    leaseMs: number,
    limit: number,
    instantOf: (thing: Delivery | Report) => number | undefined,
  ): Promise<readonly Due[]> {
    const entries = await window.claim(now, leaseMs, limit);
    this.#watchLeases();
    const found = await Promise.allSettled(entries.map((entry) => this.#dueThing(window, entry, now, instantOf)));
    const due: Due[] = [];
    let failure: unknown;
    for (const [i, outcome] of found.entries()) {
      if (outcome.status === 'rejected') {
        window.release(entries[i]!);
        failure ??= outcome.reason;
      } else if (outcome.value) {
        due.push(outcome.value);
      }
    }
    if (failure !== undefined && due.length === 0) throw failure;
    return due;
  }

  onDue(wake: () => void): void {
    this.#wakes.push(wake);
  }

  nextDueAt(): Promise<number | undefined> {
    return this.#due.nextDueAt();
  }

  async hasten(recipient: Address, now: number): Promise<number> {
    return this.#commit({ kind: 'hasten', awaits: addressKey(recipient), now }, OPERATION_OCTETS, (result) => {
      if (result?.kind !== 'hasten') throw new Error('a hasten was answered as something else');
      const { deliveries, reports } = result;
      for (let i = 0; i < deliveries.length; i += 2) {
        this.#touch(deliveries[i + 1]!);
        this.#hot.hasten(deliveries[i] as DeliveryKey, now);
        this.#due.hasten('d', deliveries[i]!, deliveries[i + 1]!, now);
      }
      for (let i = 0; i < reports.length; i += 2) {
        const key = reports[i]!;
        this.#touch(key);
        const report = this.#reports.get(key);
        if (report) this.#reports.set(key, { ...report, dueAt: now });
        this.#due.hasten('r', key, reports[i + 1]!, now);
      }
      const count = (deliveries.length + reports.length) / 2;
      this.#somethingDue ||= count > 0;
      return count;
    });
  }

  async history(id: MessageId): Promise<MessageHistory | undefined> {
    const found = await this.#reader.ask({ kind: 'history', id });
    if (!found) return undefined;
    const { message, deliveries } = parsed(found.stored);
    const reports: Report[] = [];
    for (let i = 0; i < found.reports.length; i += ROW_COLUMNS) reports.push(fromRow<Report>(found.reports, i));
    return { message, deliveries, reports, events: found.events.flatMap((text) => JSON.parse(text) as MessagingEvent[]) };
  }

  async list(filter: MessageFilter): Promise<readonly Message[]> {
    const sender = filter.sender && addressKey(filter.sender);
    const recipient = filter.recipient && addressKey(filter.recipient);
    const messages: Message[] = [];
    let before: string | undefined = filter.before;
    while (messages.length < filter.limit) {
      const limit = filter.limit - messages.length;
      const { records, next } = await this.#reader.ask({ kind: 'list', before, sender, recipient, limit });
      for (const record of records) messages.push((JSON.parse(record) as [Message])[0]);
      if (next === undefined) break;
      before = next;
    }
    return messages;
  }

  /** Goes on where the last call stopped, so that old messages which are still open are not passed again and again; once round at most. */
  async prune(acceptedBefore: number, limit: number): Promise<number> {
    const begun = this.#pruneAfter;
    let fromFront = begun === '';
    let pruned = 0;
    let young = 0;
    while (pruned < limit) {
      const step = Math.min(limit - pruned, this.#settings.pruneStepMessages);
      const after = this.#pruneAfter;
      const answer = await this.#reader.ask({ kind: 'prunable', after, young, acceptedBefore, limit: step });
      if (answer.found.length > 0) pruned += await this.#prune(new Map(answer.found));
      this.#pruneAfter = answer.next ?? '';
      young = answer.young;
      if (answer.next !== undefined) {
        if (fromFront && begun !== '' && answer.next >= begun) break;
        continue;
      }
      if (fromFront) break;
      fromFront = true;
      young = 0;
    }
    return pruned;
  }

  /** What compaction needs of the rows. */
  frameRows(): FrameRows {
    return {
      framesOf: async (segment, limit) => {
        const rows = await this.#reader.ask({ kind: 'frames-of', segment, limit });
        return (rows as [string, number, number, number][]).map(([id, position, length, crc]) => ({
          id,
          ref: { segment, position, length, crc },
        }));
      },
      move: (id, from, to) =>
        this.#commit({ kind: 'move', id, from, to }, OPERATION_OCTETS, (result) => {
          if (result?.kind !== 'move') throw new Error('a move was answered as something else');
          this.#touch(id);
          if (result.moved) this.#hot.setContent(id, { kind: 'frame', ref: to });
          return result.moved;
        }),
      giveUp: (id, from, damage) =>
        this.#commit({ kind: 'give-up', id, from, damage }, OPERATION_OCTETS, (result) => {
          if (result?.kind !== 'give-up') throw new Error('giving up was answered as something else');
          this.#touch(id);
          // What memory says of the place is forgotten with the message: the row knows the reason.
          if (result.done) this.#hot.remove(id);
          return result.done;
        }),
    };
  }

  #commit<T>(rows: AcceptRows | Work, octets: number, done: (result: WorkResult | undefined) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#commits.add({ rows, octets, done: (result) => resolve(done(result)), refused: reject });
    });
  }

  #accepted(message: Message, deliveries: readonly Delivery[], reports: readonly Report[], place: ContentPlace): void {
    this.#hot.put(message, deliveries, place);
    if (message.fingerprint !== '') this.#recents.add(message.fingerprint, message.id, message.acceptedAt);
    for (const delivery of deliveries) {
      const { key, dueAt } = delivery;
      if (dueAt !== undefined) this.#due.arrive('d', key, message.id, dueAt);
      if (delivery.road) this.#roads.arrive('d', delivery);
    }
    for (const report of reports) {
      this.#keepReport(report);
      this.#due.arrive('r', report.key, message.id, report.dueAt);
      if (report.road) this.#roads.arrive('r', report);
    }
    this.#somethingDue = true;
  }

  #changed(change: Change, freed: Freed): void {
    for (const delivery of change.deliveries) {
      const { key, messageId, dueAt } = delivery;
      this.#touch(messageId);
      this.#hot.replaceDelivery(delivery);
      if (dueAt === undefined) this.#due.remove(key);
      else this.#due.set('d', key, messageId, dueAt);
      if (delivery.road) this.#roads.set('d', delivery);
      else if (delivery.state === 'unrouted') this.#roads.remove(key);
    }
    for (const report of change.newReports) {
      this.#keepReport(report);
      this.#due.arrive('r', report.key, report.messageId, report.dueAt);
      if (report.road) this.#roads.arrive('r', report);
    }
    for (const report of change.reports) {
      this.#keepReport(report);
      this.#due.set('r', report.key, report.messageId, report.dueAt);
      if (report.road) this.#roads.set('r', report);
    }
    for (const { key, road } of change.reportsDone) {
      if (road) this.#roads.remove(key);
      this.#touch(key);
      this.#reports.delete(key);
      this.#due.remove(key);
    }
    for (const id of change.contentRemoved) {
      this.#touch(id);
      this.#hot.setContent(id, { kind: 'absent' });
    }
    this.#release(freed);
    this.#somethingDue ||= change.deliveries.length > 0 || change.newReports.length > 0 || change.reports.length > 0;
  }

  async #prune(found: ReadonlyMap<string, string>): Promise<number> {
    return this.#commit({ kind: 'prune', ids: [...found.keys()] }, OPERATION_OCTETS * found.size, (result) => {
      if (result?.kind !== 'prune') throw new Error('a prune was answered as something else');
      for (const id of result.pruned) {
        this.#touch(id);
        this.#hot.remove(id);
        this.#recents.remove(found.get(id)!, id);
      }
      this.#release(result.freed);
      return result.pruned.length;
    });
  }

  #release(freed: Freed): void {
    for (const [segment, length] of freed) this.#segments.release(segment, length);
  }

  #keepReport(report: Report): void {
    this.#touch(report.key);
    this.#reports.delete(report.key);
    this.#reports.set(report.key, report);
    if (this.#reports.size > this.#settings.cacheMessagesMax) this.#reports.delete(this.#oldestReport.next()!);
  }

  /** An acknowledged change has touched this message or report: rows on their way from the reader may be older. */
  #touch(id: string): void {
    if (this.#loads > 0) this.#touched.push(id);
  }

  /** Reads rows; `fresh` says whether no change has touched `id` since they were asked for. */
  async #reading<T>(read: () => Promise<T>): Promise<{ readonly value: T; readonly fresh: (id: string) => boolean }> {
    const from = this.#touched.length;
    this.#loads++;
    try {
      const value = await read();
      const since = this.#touched.slice(from);
      return { value, fresh: (id) => !since.includes(id) };
    } finally {
      if (--this.#loads === 0) this.#touched = [];
    }
  }

  async #byId(id: string) {
    const hot = this.#hot.get(id);
    this.#hits.add(1, hot ? HIT : MISS);
    return hot ?? this.#load({ kind: 'message', id });
  }

  async #load(query: { readonly kind: 'message'; readonly id: string } | { readonly kind: 'delivery'; readonly key: string }) {
    const { value, fresh } = await this.#reading(() => this.#reader.ask(query));
    if (!value) return undefined;
    const loaded = parsed(value);
    // Memory is at least as new as any row when it has the message by now.
    const hot = this.#hot.get(loaded.message.id);
    if (hot) return hot;
    return fresh(loaded.message.id) ? this.#hot.put(loaded.message, loaded.deliveries, undefined) : loaded;
  }

  async #place(id: string, again: boolean): Promise<ContentPlace | { readonly kind: 'damaged'; readonly reason: string }> {
    const known = again ? undefined : this.#hot.get(id)?.content;
    this.#hits.add(1, known ? HIT : MISS);
    if (known) return known;
    const { value, fresh } = await this.#reading(() => this.#reader.ask({ kind: 'content', id }));
    const place = this.#sound(id, value);
    if (place.kind !== 'damaged' && fresh(id)) this.#hot.setContent(id, place);
    return place;
  }

  #sound(id: string, stored: StoredPlace): ContentPlace | { readonly kind: 'damaged'; readonly reason: string } {
    switch (stored.kind) {
      case 'absent':
        return stored;
      case 'frame': {
        const { segment, position, length, crc } = stored;
        return { kind: 'frame', ref: { segment, position, length, crc } };
      }
      case 'given-up':
        return { kind: 'damaged', reason: stored.damage };
      case 'inline':
        if (contentCrc(id, [stored.octets]) === stored.crc) return { kind: 'inline', octets: stored.octets };
        this.#damaged.add();
        return { kind: 'damaged', reason: 'the content in the database does not match its CRC-32' };
    }
  }

  async #dueThing(
    window: DueWindow,
    entry: DueEntry,
    now: number,
    instantOf: (thing: Delivery | Report) => number | undefined,
  ): Promise<Due | undefined> {
    if (entry.kind === 'r') {
      const report = this.#reports.get(entry.key) ?? (await this.#loadReport(entry.key));
      return report && isDue(instantOf(report), now) && window.holds(entry) ? { kind: 'report', report } : undefined;
    }
    const hot = this.#hot.get(entry.messageId);
    this.#hits.add(1, hot ? HIT : MISS);
    const found = hot ?? (await this.#load({ kind: 'message', id: entry.messageId }));
    const delivery = found?.deliveries.find(({ key }) => key === entry.key);
    // A change made while the row was read ends the claim.
    if (!found || !delivery || ENDED[delivery.state] || !isDue(instantOf(delivery), now) || !window.holds(entry))
      return undefined;
    return { kind: 'delivery', delivery, message: found.message };
  }

  async #loadReport(key: string): Promise<Report | undefined> {
    const { value, fresh } = await this.#reading(() => this.#reader.ask({ kind: 'report', key }));
    const known = this.#reports.get(key);
    if (known || !value) return known;
    const report = fromRow<Report>(value, 0);
    if (fresh(key)) this.#keepReport(report);
    return report;
  }

  /** A lapsed claim makes something due without any change: the domain is woken for it. */
  #watchLeases(): void {
    const ms = this.#roads.lapsesInMs(this.#due.lapsesInMs());
    if (ms === undefined || this.#lapseTimer) return;
    this.#lapseTimer = setTimeout(() => {
      this.#lapseTimer = undefined;
      for (const wake of this.#wakes) wake();
      this.#watchLeases();
    }, ms + 1);
    this.#lapseTimer.unref();
  }
}

const HIT = { result: 'hit' };
const MISS = { result: 'miss' };

/** Whom a delivery waits for: a handset once it has been tried and put off (what `hasten` finds), a far side that has yet to answer. */
function deliveryAwaits({ state, attempts, dueAt, recipient, road }: Delivery): string | null {
  if (road) return state === 'handed-over' || state === 'acknowledged' ? roadName(road) : null;
  return (state === 'due' || state === 'notified') && attempts > 0 && dueAt !== undefined ? addressKey(recipient) : null;
}

const reportAwaits = ({ attempts, to, road }: Report): string | null => (attempts > 0 && !road ? addressKey(to) : null);

/**
 * A row may be ahead of what is known here, by a commit whose outcome has not been told yet. The claim on what that put off is left to
 * lapse: the outcome ends it, or it is looked at again.
 */
const isDue = (at: number | undefined, now: number): boolean => at !== undefined && at <= now;

const isQueuedFor = ({ road }: Delivery | Report, name: RoadName): boolean => road !== undefined && roadName(road) === name;

/** See COLUMNS. */
const openFlag = ({ state }: Delivery): number => (ENDED[state] ? 0 : needsContent(state) ? 1 : 2);

/** Columns of what waits for a road. */
const queuedFor = ({ road, handOverAt }: Delivery | Report): string | null =>
  road && handOverAt !== undefined ? roadName(road) : null;
const queuedAt = ({ road, handOverAt }: Delivery | Report): number | null => (road ? (handOverAt ?? null) : null);

/** Adds the columns behind key and message id: see COLUMNS. */
function pushDelivery(rows: SqlValue[], one: Delivery): void {
  rows.push(one.revision, openFlag(one), one.dueAt ?? null, deliveryAwaits(one), record(one), queuedFor(one), queuedAt(one));
}
function pushReport(rows: SqlValue[], one: Report): void {
  rows.push(one.revision, one.dueAt, reportAwaits(one), record(one), queuedFor(one), queuedAt(one));
}

function acceptRows(
  message: Message,
  deliveries: readonly Delivery[],
  reports: readonly Report[],
  events: readonly MessagingEvent[],
  place: ContentPlace,
  crc: number,
): AcceptRows {
  const sorted = deliveries.length > 1 ? [...deliveries].sort((a, b) => a.recipientIndex - b.recipientIndex) : deliveries;
  const deliveryRows: SqlValue[] = [];
  for (const one of sorted) {
    deliveryRows.push(one.key, one.messageId);
    pushDelivery(deliveryRows, one);
  }
  const reportRows: SqlValue[] = [];
  for (const one of reports) {
    reportRows.push(one.key, one.messageId);
    pushReport(reportRows, one);
  }
  const named: SqlValue[] = [];
  if (message.named) {
    const { system, messageId } = message.named;
    for (const { recipient } of deliveries) named.push(system, messageId, addressKey(recipient), message.id);
  }
  return {
    kind: 'accept',
    id: message.id,
    record: JSON.stringify([message, sorted.map(({ key }) => key)]),
    events: JSON.stringify(events),
    inline: place.kind === 'inline' ? { crc, octets: place.octets } : undefined,
    frame: place.kind === 'frame' ? [message.id, place.ref.segment, place.ref.position, place.ref.length, crc] : undefined,
    deliveries: deliveryRows,
    reports: reportRows,
    named,
  };
}

const supersedeWork = (
  { id, record, events, inline, frame, deliveries, named }: AcceptRows,
  change: ChangeWork,
): SupersedeWork => ({
  kind: 'supersede',
  change,
  message: [id, record, events],
  inline: inline ? [id, inline.crc, inline.octets] : [],
  frame: frame ?? [],
  deliveries,
  named,
});

function changeWork(change: Change): ChangeWork {
  const deliveries: SqlValue[] = [];
  for (const one of change.deliveries) {
    deliveries.push(one.key);
    pushDelivery(deliveries, one);
  }
  const newReports: SqlValue[] = [];
  for (const one of change.newReports) {
    newReports.push(one.key, one.messageId);
    pushReport(newReports, one);
  }
  const reports: SqlValue[] = [];
  for (const one of change.reports) {
    reports.push(one.key);
    pushReport(reports, one);
  }
  const reportsDone: SqlValue[] = [];
  for (const one of change.reportsDone) reportsDone.push(one.key, one.revision);
  onlyOnce([...change.deliveries, ...change.reports, ...change.reportsDone]);
  const events: SqlValue[] = [];
  for (const [id, some] of byMessage(change.events)) events.push(id, JSON.stringify(some));
  return packChange({
    deliveries,
    newReports,
    reports,
    reportsDone,
    events,
    contentRemoved: change.contentRemoved,
    stillOpen: change.stillOpen ?? [],
  });
}

/** The writer checks all rows of a change before it applies any: the same row twice would pass the check and then fail half-way. */
function onlyOnce(rows: readonly { readonly key: string }[]): void {
  if (rows.length > 1 && new Set(rows.map(({ key }) => key)).size < rows.length)
    throw new Error('a change names the same delivery or report twice');
}

function byMessage(events: readonly MessagingEvent[]): ReadonlyMap<string, MessagingEvent[]> {
  const found = new Map<string, MessagingEvent[]>();
  for (const event of events) {
    const some = found.get(event.messageId);
    if (some) some.push(event);
    else found.set(event.messageId, [event]);
  }
  return found;
}

/** A generous estimate: rows of deliveries and reports are a few hundred octets of text. */
const changeOctets = (change: Change): number =>
  OPERATION_OCTETS *
  (1 + 2 * (change.deliveries.length + change.newReports.length + change.reports.length) + change.events.length);

/** Columns of a delivery or report as read back: key, message id, revision, due at, record. */
const ROW_COLUMNS = 5;

/** What those columns do not say. It is half as long as the whole, and written with every change. */
function record({ key: _key, messageId: _message, revision: _revision, dueAt: _due, ...rest }: Delivery | Report): string {
  return JSON.stringify(rest);
}

function fromRow<T extends Delivery | Report>(values: readonly SqlValue[], at: number): T {
  const [key, messageId, revision, dueAt, rest] = values.slice(at, at + ROW_COLUMNS);
  const value = { ...(JSON.parse(rest as string) as object), key, messageId, revision };
  return (dueAt === null ? value : { ...value, dueAt }) as T;
}

export function parsed(stored: StoredMessage): { readonly message: Message; readonly deliveries: Delivery[] } {
  const [message] = JSON.parse(stored.record) as [Message];
  const deliveries: Delivery[] = [];
  for (let i = 0; i < stored.deliveries.length; i += ROW_COLUMNS) deliveries.push(fromRow<Delivery>(stored.deliveries, i));
  return { message, deliveries };
}
