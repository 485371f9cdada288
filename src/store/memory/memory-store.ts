/**
 * The ports kept in memory. What is accepted ends with the process; in everything else it keeps the whole contract.
 *
 * A change is checked first and then made without a pause between, which is what makes it atomic here. Memory is what the messages take
 * until they are pruned; nothing else grows.
 */
import { performance } from 'node:perf_hooks';
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
  type Handset,
  type HandsetStore,
  type Message,
  type MessageFilter,
  type MessageHistory,
  type MessageId,
  type MessageStore,
  type MessagingEvent,
  needsContent,
  type OuterRoad,
  type Report,
  type ReportKey,
  type RoadCount,
  type RoadName,
  roadName,
  type StoredContent,
  type SystemName,
  type WaitingPlace,
} from '#messaging';
import { type DueEntry, DueIndex } from './due-index.js';

export interface MemoryStoreOptions {
  /** Milliseconds from anywhere; leases are taken from it. Absent: the process's own. */
  readonly monotonic?: () => number;
}

export interface MemoryStore {
  readonly messages: MessageStore;
  readonly handsets: HandsetStore;
}

/** A message with all that belongs to it. */
interface Row {
  readonly message: Message;
  readonly deliveries: DeliveryRow[];
  readonly reports: Map<ReportKey, ReportRow>;
  readonly events: MessagingEvent[];
  content: Uint8Array | undefined;
}

interface DeliveryRow {
  readonly kind: 'delivery';
  readonly row: Row;
  delivery: Delivery;
  entry: DueEntry<Waiting> | undefined;
  lane: Place | undefined;
}

interface ReportRow {
  readonly kind: 'report';
  readonly row: Row;
  report: Report;
  entry: DueEntry<Waiting>;
  lane: Place | undefined;
}

/** Where something stands that waits to go out by a road. */
interface Place {
  readonly road: RoadName;
  readonly entry: DueEntry<Waiting>;
}

type Waiting = DeliveryRow | ReportRow;

export function openMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const monotonic = options.monotonic ?? (() => performance.now());
  return { messages: new MemoryMessages(monotonic), handsets: new MemoryHandsets() };
}

class MemoryMessages implements MessageStore {
  readonly #rows = new Map<MessageId, Row>();
  /** Ids in their order, oldest first. */
  readonly #ids: MessageId[] = [];
  readonly #deliveries = new Map<DeliveryKey, DeliveryRow>();
  readonly #reports = new Map<ReportKey, ReportRow>();
  readonly #latest = new Map<string, Message>();
  /** By system, its message id and the recipient. */
  readonly #named = new Map<string, Map<string, MessageId>>();
  readonly #due: DueIndex<Waiting>;
  /** What waits to go out, by road. */
  readonly #lanes = new Map<RoadName, DueIndex<Waiting>>();
  /** How many deliveries await an answer, by road. */
  readonly #awaiting = new Map<RoadName, number>();
  readonly #monotonic: () => number;
  /** What waits, by the number or mailbox it waits for. */
  readonly #waitingFor = new Map<string, Set<Waiting>>();
  readonly #wakes: (() => void)[] = [];
  /** The change being made brings the next instant forward. Those who wait are woken when it is complete, as they may claim at once. */
  #earlier = false;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#due = this.#index();
  }

  #index(): DueIndex<Waiting> {
    return new DueIndex<Waiting>(this.#monotonic, () => {
      this.#earlier = true;
    });
  }

  async accept(
    message: Message,
    content: ContentOctets,
    deliveries: readonly Delivery[],
    reports: readonly Report[],
    events: readonly MessagingEvent[],
  ): Promise<void> {
    const row: Row = { message, deliveries: [], reports: new Map(), events: [...events], content: joined(content) };
    this.#rows.set(message.id, row);
    this.#insertId(message.id);
    const known = this.#latest.get(message.fingerprint);
    if (message.fingerprint !== '' && (!known || known.acceptedAt <= message.acceptedAt))
      this.#latest.set(message.fingerprint, message);
    for (const delivery of deliveries) {
      const added: DeliveryRow = { kind: 'delivery', row, delivery, entry: undefined, lane: undefined };
      row.deliveries.push(added);
      this.#deliveries.set(delivery.key, added);
      this.#schedule(added);
    }
    if (message.named) this.#name(message.named, message, deliveries);
    row.deliveries.sort((a, b) => a.delivery.recipientIndex - b.delivery.recipientIndex);
    for (const report of reports) this.#addReport(row, report);
    this.#wake();
  }

  async change(change: Change): Promise<'done' | 'stale'> {
    if (!this.#fits(change)) return 'stale';
    for (const delivery of change.deliveries) {
      const row = this.#deliveries.get(delivery.key)!;
      this.#awaits(row.delivery, -1);
      row.delivery = delivery;
      this.#schedule(row);
    }
    for (const report of change.newReports) {
      const row = this.#rows.get(report.messageId);
      if (row) this.#addReport(row, report);
    }
    for (const report of change.reports) {
      const row = this.#reports.get(report.key)!;
      row.report = report;
      this.#due.reschedule(row.entry, report.dueAt);
      this.#queue(row, report);
    }
    for (const report of change.reportsDone) {
      const row = this.#reports.get(report.key)!;
      this.#due.remove(row.entry);
      this.#queue(row, {});
      this.#forget(report.to, row);
      this.#reports.delete(report.key);
      row.row.reports.delete(report.key);
    }
    for (const id of change.contentRemoved) {
      const row = this.#rows.get(id);
      if (row) row.content = undefined;
    }
    for (const event of change.events) this.#rows.get(event.messageId)?.events.push(event);
    this.#wake();
    return 'done';
  }

  async supersede(
    message: Message,
    content: ContentOctets,
    deliveries: readonly Delivery[],
    events: readonly MessagingEvent[],
    change: Change,
  ): Promise<'done' | 'stale'> {
    const changed = await this.change(change);
    if (changed === 'done') await this.accept(message, content, deliveries, [], events);
    return changed;
  }

  async countWaiting(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { message, deliveries } of this.#rows.values()) {
      const { origin } = message;
      if (origin.interface !== 'mm7' || !deliveries.some(({ delivery }) => needsContent(delivery.state))) continue;
      counts.set(origin.vasp, (counts.get(origin.vasp) ?? 0) + 1);
    }
    return counts;
  }

  async message(id: MessageId): Promise<Message | undefined> {
    return this.#rows.get(id)?.message;
  }

  async delivery(key: DeliveryKey): Promise<{ delivery: Delivery; message: Message } | undefined> {
    const found = this.#deliveries.get(key);
    return found && { delivery: found.delivery, message: found.row.message };
  }

  async deliveriesOf(id: MessageId): Promise<readonly Delivery[]> {
    return this.#rows.get(id)?.deliveries.map((row) => row.delivery) ?? [];
  }

  async content(id: MessageId): Promise<StoredContent> {
    const octets = this.#rows.get(id)?.content;
    return octets ? { kind: 'content', octets } : { kind: 'absent' };
  }

  async findResubmission(fingerprint: string, since: number): Promise<MessageId | undefined> {
    const latest = this.#latest.get(fingerprint);
    return latest && latest.acceptedAt >= since ? latest.id : undefined;
  }

  async claimDue(now: number, leaseMs: number, limit: number): Promise<readonly Due[]> {
    return this.#due.claim(now, leaseMs, limit).map(asDue);
  }

  async claimFor(road: RoadName, now: number, leaseMs: number, limit: number): Promise<readonly Due[]> {
    return this.#lanes.get(road)?.claim(now, leaseMs, limit).map(asDue) ?? [];
  }

  async nextHandovers(): Promise<ReadonlyMap<RoadName, number>> {
    const next = new Map<RoadName, number>();
    for (const [road, lane] of this.#lanes) {
      const at = lane.nextDueAt();
      if (at !== undefined) next.set(road, at);
    }
    return next;
  }

  async waitingFor(road: RoadName, limit: number, after?: WaitingPlace): Promise<readonly DeliveryOfMessage[]> {
    const found: (WaitingPlace & DeliveryOfMessage)[] = [];
    for (const waiting of this.#lanes.get(road)?.things() ?? []) {
      if (waiting.kind !== 'delivery') continue;
      const { delivery, row } = waiting;
      const place = { key: delivery.key, handOverAt: delivery.handOverAt! };
      if (!after || byPlace(after, place) < 0) found.push({ ...place, delivery, message: row.message });
    }
    return found
      .sort(byPlace)
      .slice(0, limit)
      .map(({ delivery, message }) => ({ delivery, message }));
  }

  async countRoads(): Promise<readonly RoadCount[]> {
    const counts = new Map<RoadName, RoadCount>();
    for (const [road, lane] of this.#lanes) {
      const keys = lane.things().map((one) => (one.kind === 'delivery' ? one.delivery.key : one.report.key));
      const oldest = keys.reduce<string>((least, key) => (key < least ? key : least), keys[0] ?? '');
      if (keys.length > 0) counts.set(road, { road, waiting: keys.length, oldest, awaiting: 0 });
    }
    for (const [road, awaiting] of this.#awaiting) counts.set(road, { waiting: 0, ...counts.get(road), road, awaiting });
    return [...counts.values()].sort((a, b) => (a.road < b.road ? -1 : 1));
  }

  onDue(wake: () => void): void {
    this.#wakes.push(wake);
  }

  async nextDueAt(): Promise<number | undefined> {
    return this.#due.nextDueAt();
  }

  async hasten(recipient: Address, now: number): Promise<number> {
    let hastened = 0;
    for (const waiting of this.#waitingFor.get(addressKey(recipient)) ?? []) {
      if (waiting.kind === 'delivery') {
        const { state, attempts, dueAt } = waiting.delivery;
        if (waiting.delivery.road || (state !== 'due' && state !== 'notified')) continue;
        if (attempts === 0 || dueAt === undefined || dueAt <= now) continue;
        waiting.delivery = { ...waiting.delivery, dueAt: now };
      } else {
        if (waiting.report.road || waiting.report.attempts === 0 || waiting.report.dueAt <= now) continue;
        waiting.report = { ...waiting.report, dueAt: now };
      }
      if (waiting.entry) this.#due.hasten(waiting.entry, now);
      hastened++;
    }
    this.#wake();
    return hastened;
  }

  async history(id: MessageId): Promise<MessageHistory | undefined> {
    const row = this.#rows.get(id);
    return (
      row && {
        message: row.message,
        deliveries: row.deliveries.map(({ delivery }) => delivery),
        reports: [...row.reports.values()].map(({ report }) => report),
        events: [...row.events],
      }
    );
  }

  async list(filter: MessageFilter): Promise<readonly Message[]> {
    const sender = filter.sender && addressKey(filter.sender);
    const recipient = filter.recipient && addressKey(filter.recipient);
    const found: Message[] = [];
    let place = filter.before === undefined ? this.#ids.length : this.#placeOf(filter.before);
    while (--place >= 0 && found.length < filter.limit) {
      const { message } = this.#rows.get(this.#ids[place]!)!;
      if (sender !== undefined && addressKey(message.sender) !== sender) continue;
      if (recipient !== undefined && !message.recipients.some(({ address }) => addressKey(address) === recipient)) continue;
      found.push(message);
    }
    return found;
  }

  async prune(acceptedBefore: number, limit: number): Promise<number> {
    let pruned = 0;
    for (const row of this.#rows.values()) {
      if (pruned >= limit) break;
      if (row.message.acceptedAt >= acceptedBefore || row.reports.size > 0) continue;
      if (row.deliveries.some(({ delivery }) => !ENDED[delivery.state])) continue;
      const { id, fingerprint, named } = row.message;
      if (named) this.#unname(named, id);
      for (const { delivery } of row.deliveries) this.#deliveries.delete(delivery.key);
      if (this.#latest.get(fingerprint)?.id === id) this.#latest.delete(fingerprint);
      this.#rows.delete(id);
      pruned++;
    }
    // One pass over the order for all of them: taking them out one by one would move the rest each time.
    if (pruned > 0) {
      let kept = 0;
      for (const id of this.#ids) if (this.#rows.has(id)) this.#ids[kept++] = id;
      this.#ids.length = kept;
    }
    return pruned;
  }

  /** Whether every revision of the change is the stored one's successor, and all that it calls open is. */
  #fits(change: Change): boolean {
    return (
      change.deliveries.every(({ key, revision }) => this.#deliveries.get(key)?.delivery.revision === revision - 1) &&
      change.reports.every(({ key, revision }) => this.#reports.get(key)?.report.revision === revision - 1) &&
      change.reportsDone.every(({ key, revision }) => this.#reports.get(key)?.report.revision === revision) &&
      (change.stillOpen ?? []).every((key) => {
        const row = this.#deliveries.get(key);
        return row !== undefined && needsContent(row.delivery.state);
      })
    );
  }

  /** Brings the due index in line with the delivery's instant. */
  #schedule(row: DeliveryRow): void {
    const { dueAt, recipient } = row.delivery;
    this.#queue(row, row.delivery);
    this.#awaits(row.delivery, 1);
    if (dueAt === undefined) {
      if (!row.entry) return;
      this.#due.remove(row.entry);
      row.entry = undefined;
      this.#forget(recipient, row);
    } else if (row.entry) {
      this.#due.reschedule(row.entry, dueAt);
    } else {
      row.entry = this.#due.add(row, dueAt);
      this.#remember(recipient, row);
    }
  }

  /** Puts it where it waits for its road, or nowhere. */
  #queue(waiting: Waiting, { road, handOverAt }: { readonly road?: OuterRoad; readonly handOverAt?: number }): void {
    const name = road && handOverAt !== undefined ? roadName(road) : undefined;
    if (waiting.lane && waiting.lane.road !== name) {
      this.#lanes.get(waiting.lane.road)!.remove(waiting.lane.entry);
      waiting.lane = undefined;
    }
    if (name === undefined) return;
    if (waiting.lane) {
      this.#lanes.get(name)!.reschedule(waiting.lane.entry, handOverAt!);
      return;
    }
    let lane = this.#lanes.get(name);
    if (!lane) this.#lanes.set(name, (lane = this.#index()));
    waiting.lane = { road: name, entry: lane.add(waiting, handOverAt!) };
  }

  #awaits({ road, state }: Delivery, change: 1 | -1): void {
    if (!road || (state !== 'handed-over' && state !== 'acknowledged')) return;
    const name = roadName(road);
    const count = (this.#awaiting.get(name) ?? 0) + change;
    if (count > 0) this.#awaiting.set(name, count);
    else this.#awaiting.delete(name);
  }

  async findNamed(name: SystemName, since: number) {
    const rows = [...(this.#named.get(nameKey(name)) ?? [])];
    return rows
      .filter(([, id]) => (this.#rows.get(id)?.message.acceptedAt ?? -Infinity) >= since)
      .map(([recipient, messageId]) => ({ recipient, messageId }));
  }

  #name(name: SystemName, { id }: Message, deliveries: readonly Delivery[]): void {
    const key = nameKey(name);
    let rows = this.#named.get(key);
    if (!rows) this.#named.set(key, (rows = new Map()));
    for (const { recipient } of deliveries) rows.set(addressKey(recipient), id);
  }

  #unname(name: SystemName, id: MessageId): void {
    const key = nameKey(name);
    const rows = this.#named.get(key);
    for (const [recipient, messageId] of rows ?? []) if (messageId === id) rows!.delete(recipient);
    if (rows?.size === 0) this.#named.delete(key);
  }

  #addReport(row: Row, report: Report): void {
    const added = { kind: 'report', row, report } as ReportRow;
    added.entry = this.#due.add(added, report.dueAt);
    row.reports.set(report.key, added);
    this.#reports.set(report.key, added);
    this.#queue(added, report);
    this.#remember(report.to, added);
  }

  #remember(address: Address, waiting: Waiting): void {
    const key = addressKey(address);
    const set = this.#waitingFor.get(key);
    if (set) set.add(waiting);
    else this.#waitingFor.set(key, new Set([waiting]));
  }

  #forget(address: Address, waiting: Waiting): void {
    const key = addressKey(address);
    const set = this.#waitingFor.get(key);
    if (set?.delete(waiting) && set.size === 0) this.#waitingFor.delete(key);
  }

  #wake(): void {
    if (!this.#earlier) return;
    this.#earlier = false;
    for (const wake of this.#wakes) wake();
  }

  /** Ids come nearly in order, so that the place is at the end or close to it. */
  #insertId(id: MessageId): void {
    const place = this.#placeOf(id);
    if (place === this.#ids.length) this.#ids.push(id);
    else this.#ids.splice(place, 0, id);
  }

  /** Index of the first id not smaller than `id`. */
  #placeOf(id: MessageId): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class MemoryHandsets implements HandsetStore {
  readonly #handsets = new Map<string, Handset>();

  async handset(msisdn: string): Promise<Handset | undefined> {
    return this.#handsets.get(msisdn);
  }

  async learn(handset: Handset): Promise<void> {
    this.#handsets.set(handset.msisdn, handset);
  }
}

const asDue = (waiting: Waiting): Due =>
  waiting.kind === 'delivery'
    ? { kind: 'delivery', delivery: waiting.delivery, message: waiting.row.message }
    : { kind: 'report', report: waiting.report };

const byPlace = (a: WaitingPlace, b: WaitingPlace): number =>
  a.handOverAt - b.handOverAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

const nameKey = ({ system, messageId }: SystemName): string => JSON.stringify([system, messageId]);

/** One array with all the octets, a copy: the pieces belong to the caller. */
function joined(pieces: ContentOctets): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
