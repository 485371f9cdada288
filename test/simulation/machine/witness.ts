/**
 * Stands between domain and store, and holds the store to its word: everything that it has acknowledged is seen by every later reading, also
 * after a crash; what it has refused never comes true; nothing is handed out twice while it is claimed.
 *
 * It lives as long as the world. What was asked when a machine crashed may have happened or not: both are allowed from then on.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  addressKey,
  type Change,
  type Delivery,
  type DeliveryKey,
  type DeliveryOfMessage,
  type Due,
  ENDED,
  type Message,
  type MessageId,
  type MessageStore,
  type Report,
  type RoadName,
  roadName,
} from '#messaging';
import type { Loop, Owner } from '../kit/loop.js';

/** What is known of one write of one value. */
type Standing = 'asked' | 'acknowledged' | 'refused' | 'unknown';

interface Value<T> {
  readonly value: T;
  standing: Standing;
}

export interface WitnessedMessage {
  readonly message: Message;
  readonly content: Buffer;
  readonly deliveries: ReadonlyMap<DeliveryKey, WitnessedDelivery>;
  standing: Standing;
  /** Removing its content has been asked for; or acknowledged. */
  contentRemoved: Standing | undefined;
  /** Housekeeping may have taken it. */
  prunable: boolean;
}

export interface WitnessedDelivery {
  readonly key: DeliveryKey;
  readonly messageId: MessageId;
  readonly recipientKey: string;
  /** By revision, everything that was ever asked for. */
  readonly values: Map<number, Value<Delivery>[]>;
  /** The latest acknowledged. */
  acknowledged: Delivery | undefined;
  /** Instant (monotonic) until which a claim hides it. */
  hiddenUntil: number;
  /** The same of its road's queue; absent: never claimed there. */
  queueHiddenUntil?: number;
  /** Changes of it that have been asked for and not been answered: each may end the claim. */
  changing: number;
}

interface WitnessedReport {
  readonly messageId: MessageId;
  acknowledged: Report | undefined;
  hiddenUntil: number;
  /** The same of its road's queue; absent: never claimed there. */
  queueHiddenUntil?: number;
  changing: number;
  /** That it is done with has been asked for. */
  done: Standing | undefined;
}

/** An invariant that does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
  /** Names the invariant; the same for all instances. */
  readonly invariant: string;

  constructor(invariant: string, what: string) {
    super(`${invariant}: ${what}`);
    this.invariant = invariant;
  }
}

export class Witness {
  readonly #loop: Loop;
  readonly messages = new Map<MessageId, WitnessedMessage>();
  readonly deliveries = new Map<DeliveryKey, WitnessedDelivery>();
  readonly reports = new Map<string, WitnessedReport>();
  /** Calls of the store that have not settled. */
  underWay = 0;
  #open = new Set<Value<unknown> | { standing: Standing }>();
  /** A message that has just been asked to be kept. Throws a Violation when it must not be. */
  onAccept: (message: Message, content: Buffer, deliveries: readonly Delivery[]) => void = () => undefined;
  /** Told of every acknowledged change. */
  onChange: (change: Change) => void = () => undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** The machine is gone: of what was asked nobody knows, and nothing is claimed any more. */
  crashed(): void {
    for (const one of this.#open) if (one.standing === 'asked') one.standing = 'unknown';
    this.#open.clear();
    this.underWay = 0;
    for (const row of [...this.deliveries.values(), ...this.reports.values()]) {
      row.hiddenUntil = 0;
      row.queueHiddenUntil = 0;
      row.changing = 0;
    }
  }

  #violated(invariant: string, what: string): never {
    const violation = new Violation(invariant, what);
    this.#loop.fail(violation);
    throw violation;
  }

  /** The store as the domain of a machine gets it. */
  around(store: MessageStore, owner: Owner): MessageStore {
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      this.underWay++;
      try {
        return await work();
      } finally {
        if (owner.alive) this.underWay--;
      }
    };
    return {
      accept: (message, content, deliveries, reports, events) =>
        call(async () => {
          const kept = this.#asked(message, Buffer.concat(content), deliveries);
          const values = [kept, ...[...kept.deliveries.values()].flatMap(({ values }) => [...values.values()].flat())];
          for (const report of reports) this.#askedReport(report);
          await this.#settled(values, () => store.accept(message, content, deliveries, reports, events));
          for (const delivery of deliveries) this.deliveries.get(delivery.key)!.acknowledged = delivery;
          for (const report of reports) this.reports.get(report.key)!.acknowledged = report;
        }),
      supersede: (message, content, deliveries, events, change) =>
        call(async () => {
          const kept = this.#asked(message, Buffer.concat(content), deliveries);
          const values = [
            kept,
            ...[...kept.deliveries.values()].flatMap(({ values }) => [...values.values()].flat()),
            ...this.#askedChange(change),
          ];
          const rows = this.#rowsOf(change);
          for (const row of rows) row.changing++;
          try {
            const outcome = await this.#settled(
              values,
              () => store.supersede(message, content, deliveries, events, change),
              (said) => said === 'done',
            );
            if (outcome === 'stale') return outcome;
            this.#changed(change);
            for (const delivery of deliveries) this.deliveries.get(delivery.key)!.acknowledged = delivery;
            return outcome;
          } finally {
            for (const row of rows) row.changing--;
          }
        }),
      countWaiting: () => call(() => store.countWaiting()),
      change: (change) =>
        call(async () => {
          const values = this.#askedChange(change);
          const rows = this.#rowsOf(change);
          for (const row of rows) row.changing++;
          try {
            const outcome = await this.#settled(
              values,
              () => store.change(change),
              (said) => said === 'done',
            );
            if (outcome === 'done') this.#changed(change);
            return outcome;
          } finally {
            for (const row of rows) row.changing--;
          }
        }),
      message: (id) =>
        call(async () => {
          const before = this.messages.get(id);
          const must = before?.standing === 'acknowledged' && !before.prunable;
          const found = await store.message(id);
          this.#checkMessage(id, found, must);
          return found;
        }),
      delivery: (key) =>
        call(async () => {
          const least = this.#least(key);
          const found = await store.delivery(key);
          this.#checkDelivery(key, found, least);
          return found;
        }),
      deliveriesOf: (id) =>
        call(async () => {
          const kept = this.messages.get(id);
          const least = new Map([...(kept?.deliveries.keys() ?? [])].map((key) => [key, this.#least(key)]));
          const found = await store.deliveriesOf(id);
          if (found.length > 0 || (kept?.standing === 'acknowledged' && !kept.prunable)) {
            if (found.length !== kept?.deliveries.size)
              this.#violated('a message has all its deliveries', `${id} has ${found.length}`);
            for (const delivery of found)
              this.#checkDelivery(delivery.key, { delivery, message: kept!.message }, least.get(delivery.key));
          }
          return found;
        }),
      content: (id) =>
        call(async () => {
          const kept = this.messages.get(id);
          const must = kept?.standing === 'acknowledged' && kept.contentRemoved === undefined && !kept.prunable;
          const found = await store.content(id);
          if (found.kind === 'content' && !kept?.content.equals(found.octets))
            this.#violated('content is what was sent, octet by octet', `${id} has other octets`);
          if (found.kind === 'damaged') this.#violated('no content is damaged', `${id}: ${found.reason}`);
          // It may have been removed while it was read.
          if (must && found.kind === 'absent' && kept.contentRemoved === undefined)
            this.#violated('content is there as long as somebody may want it', `${id} has none`);
          return found;
        }),
      findResubmission: (fingerprint, since) =>
        call(async () => {
          const found = await store.findResubmission(fingerprint, since);
          const kept = found === undefined ? undefined : this.messages.get(found);
          if (found !== undefined && kept?.message.fingerprint !== fingerprint)
            this.#violated('a resubmission is recognised by its octets', `${found} is something else`);
          if (kept && kept.message.acceptedAt < since)
            this.#violated('a resubmission is recognised within the window', `${found} is older`);
          return found;
        }),
      claimDue: (now, leaseMs, limit) =>
        call(async () => {
          // The store may have taken its claim at once, and then looked for the rows.
          const leaseEndsAt = this.#loop.now + leaseMs;
          const due = await store.claimDue(now, leaseMs, limit);
          for (const one of due) this.#checkClaim(one, now, leaseEndsAt);
          return due;
        }),
      claimFor: (road, now, leaseMs, limit) =>
        call(async () => {
          const leaseEndsAt = this.#loop.now + leaseMs;
          const due = await store.claimFor(road, now, leaseMs, limit);
          for (const one of due) this.#checkQueueClaim(one, road, now, leaseEndsAt);
          return due;
        }),
      nextHandovers: () => call(() => store.nextHandovers()),
      waitingFor: (road, limit, after) => call(() => store.waitingFor(road, limit, after)),
      countRoads: () => call(() => store.countRoads()),
      findNamed: (name, since) =>
        call(async () => {
          const must = [...this.messages.values()].filter(
            ({ message, standing, prunable }) =>
              standing === 'acknowledged' && !prunable && message.acceptedAt >= since && isDeepStrictEqual(message.named, name),
          );
          const found = await store.findNamed(name, since);
          for (const { messageId } of found)
            if (!isDeepStrictEqual(this.messages.get(messageId)?.message.named, name))
              this.#violated('a copy is recognised by its name', `${messageId} has another`);
          for (const { deliveries, message } of must)
            for (const { recipientKey } of deliveries.values())
              if (!found.some(({ recipient }) => recipient === recipientKey))
                this.#violated('a copy is recognised by its name', `${message.id} is forgotten`);
          return found;
        }),
      onDue: (wake) => store.onDue(wake),
      nextDueAt: () => call(() => store.nextDueAt()),
      hasten: (recipient, now) => call(() => store.hasten(recipient, now)),
      history: (id) => call(() => store.history(id)),
      list: (filter) => call(() => store.list(filter)),
      prune: (acceptedBefore, limit) =>
        call(() => {
          for (const kept of this.messages.values()) if (kept.message.acceptedAt < acceptedBefore) kept.prunable = true;
          return store.prune(acceptedBefore, limit);
        }),
    };
  }

  /** Waits for a write and keeps what is known of it afterwards. */
  async #settled<T>(
    values: readonly { standing: Standing }[],
    write: () => Promise<T>,
    happened: (outcome: T) => boolean = () => true,
  ): Promise<T> {
    for (const value of values) this.#open.add(value);
    const settle = (standing: Standing): void => {
      for (const value of values) {
        value.standing = standing;
        this.#open.delete(value);
      }
    };
    let outcome: T;
    try {
      outcome = await write();
    } catch (error) {
      settle('refused');
      throw error;
    }
    settle(happened(outcome) ? 'acknowledged' : 'refused');
    return outcome;
  }

  #asked(message: Message, content: Buffer, deliveries: readonly Delivery[]): WitnessedMessage {
    this.onAccept(message, content, deliveries);
    const rows = deliveries.map((delivery): WitnessedDelivery => {
      const first: Value<Delivery> = { value: delivery, standing: 'asked' };
      return {
        key: delivery.key,
        messageId: message.id,
        recipientKey: addressKey(delivery.recipient),
        values: new Map([[delivery.revision, [first]]]),
        acknowledged: undefined,
        hiddenUntil: 0,
        changing: 0,
      };
    });
    for (const row of rows) this.deliveries.set(row.key, row);
    const kept: WitnessedMessage = {
      message,
      content,
      deliveries: new Map(rows.map((row) => [row.key, row])),
      standing: 'asked',
      contentRemoved: undefined,
      prunable: false,
    };
    this.messages.set(message.id, kept);
    return kept;
  }

  #rowsOf(change: Change): { changing: number }[] {
    return [
      ...change.deliveries.map(({ key }) => this.deliveries.get(key)!),
      ...[...change.reports, ...change.reportsDone].map(({ key }) => this.reports.get(key)!),
    ];
  }

  #askedReport(report: Report): void {
    this.reports.set(report.key, {
      messageId: report.messageId,
      acknowledged: undefined,
      hiddenUntil: 0,
      changing: 0,
      done: undefined,
    });
  }

  #askedChange(change: Change): { standing: Standing }[] {
    const asked: { standing: Standing }[] = [];
    for (const delivery of change.deliveries) {
      const row = this.deliveries.get(delivery.key);
      if (!row) this.#violated('only what exists is changed', `no delivery ${delivery.key}`);
      const value: Value<Delivery> = { value: delivery, standing: 'asked' };
      row.values.set(delivery.revision, [...(row.values.get(delivery.revision) ?? []), value]);
      asked.push(value);
    }
    for (const report of change.newReports) this.#askedReport(report);
    for (const id of change.contentRemoved) {
      const kept = this.messages.get(id)!;
      kept.contentRemoved ??= 'asked';
    }
    for (const { key } of change.reportsDone) this.reports.get(key)!.done ??= 'asked';
    return asked;
  }

  #changed(change: Change): void {
    for (const delivery of change.deliveries) {
      const row = this.deliveries.get(delivery.key)!;
      const before = row.acknowledged;
      if (before && before.revision >= delivery.revision)
        this.#violated('revisions grow one by one', `${delivery.key}: ${before.revision}, then ${delivery.revision}`);
      if (before && ENDED[before.state] && before.state !== delivery.state)
        this.#violated('what has ended stays as it ended', `${delivery.key}: ${before.state}, then ${delivery.state}`);
      row.acknowledged = delivery;
      row.hiddenUntil = 0;
      row.queueHiddenUntil = 0;
    }
    for (const report of [...change.newReports, ...change.reports]) {
      const known = this.reports.get(report.key)!;
      known.acknowledged = report;
      known.hiddenUntil = 0;
      known.queueHiddenUntil = 0;
    }
    for (const id of change.contentRemoved) {
      const kept = this.messages.get(id)!;
      kept.contentRemoved = 'acknowledged';
    }
    for (const { key } of change.reportsDone) {
      const known = this.reports.get(key)!;
      if (known.done === 'acknowledged') this.#violated('a report is done with once', key);
      known.done = 'acknowledged';
    }
    this.onChange(change);
  }

  #checkMessage(id: MessageId, found: Message | undefined, must: boolean): void {
    const kept = this.messages.get(id);
    if (found === undefined) {
      if (must && !kept?.prunable) this.#violated('nothing acknowledged is lost', `message ${id} is not found`);
      return;
    }
    if (!kept || kept.standing === 'refused') this.#violated('what was refused has not happened', `message ${id} is found`);
    if (!isDeepStrictEqual(found, kept.message)) this.#violated('a message never changes', id);
  }

  /** The revision that a reading begun now must show at least; undefined when it may find nothing. */
  #least(key: DeliveryKey): number | undefined {
    const row = this.deliveries.get(key);
    if (!row || this.messages.get(row.messageId)?.prunable) return undefined;
    return row.acknowledged?.revision;
  }

  /** Holds a delivery that was read against all that was ever asked for it. */
  #checkDelivery(key: DeliveryKey, found: DeliveryOfMessage | undefined, least: number | undefined): void {
    const row = this.deliveries.get(key);
    if (!found) {
      if (least !== undefined && this.#least(key) !== undefined)
        this.#violated('nothing acknowledged is lost', `delivery ${key} is not found`);
      return;
    }
    const { delivery, message } = found;
    this.#checkMessage(message.id, message, false);
    if (least !== undefined && delivery.revision < least)
      this.#violated('every reading sees what was acknowledged', `${key} has revision ${delivery.revision} of ${least}`);
    const asked = row?.values.get(delivery.revision) ?? [];
    // `hasten` changes the instant without a new revision.
    const same = asked.filter(({ value }) => isDeepStrictEqual({ ...value, dueAt: 0 }, { ...delivery, dueAt: 0 }));
    if (!same.some(({ standing }) => standing !== 'refused'))
      this.#violated(
        same.length > 0 ? 'what was refused has not happened' : 'what is read was written',
        `delivery ${key} in revision ${delivery.revision}: ${JSON.stringify(delivery)}`,
      );
  }

  /** A road's queue has claims of its own. */
  #checkQueueClaim(due: Due, name: RoadName, now: number, leaseEndsAt: number): void {
    const thing = due.kind === 'delivery' ? due.delivery : due.report;
    const known = due.kind === 'delivery' ? this.deliveries.get(due.delivery.key) : this.reports.get(thing.key);
    if (!known) this.#violated('what is read was written', `${due.kind} ${thing.key} waits and is unknown`);
    if (due.kind === 'delivery') this.#checkDelivery(due.delivery.key, due, undefined);
    if (!thing.road || roadName(thing.road) !== name) this.#violated('nothing goes by another road than its own', thing.key);
    if (thing.handOverAt === undefined || thing.handOverAt > now)
      this.#violated('nothing is due before its instant', `${thing.key} at ${thing.handOverAt}`);
    if ((known.queueHiddenUntil ?? 0) > this.#loop.now && known.changing === 0)
      this.#violated('a claim hides what is claimed', `${thing.key} is claimed twice for ${name}`);
    known.queueHiddenUntil = leaseEndsAt;
  }

  #checkClaim(due: Due, now: number, leaseEndsAt: number): void {
    const { key, dueAt } = due.kind === 'delivery' ? due.delivery : due.report;
    const known = due.kind === 'delivery' ? this.deliveries.get(due.delivery.key) : this.reports.get(key);
    if (!known) this.#violated('what is read was written', `${due.kind} ${key} is due and unknown`);
    if (due.kind === 'delivery') {
      this.#checkDelivery(due.delivery.key, due, undefined);
      if (ENDED[due.delivery.state]) this.#violated('what has ended is never due', `${key} is ${due.delivery.state}`);
    } else if ((known as WitnessedReport).done === 'acknowledged') {
      this.#violated('what has ended is never due', `report ${key} is done`);
    }
    if (dueAt === undefined || dueAt > now) this.#violated('nothing is due before its instant', `${key} at ${dueAt}`);
    // A claim ends with the change, which its asker may hear of a moment later.
    if (known.hiddenUntil > this.#loop.now && known.changing === 0)
      this.#violated('a claim hides what is claimed', `${key} is claimed twice, until ${known.hiddenUntil}`);
    known.hiddenUntil = leaseEndsAt;
  }
}
