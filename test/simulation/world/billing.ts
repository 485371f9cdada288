/**
 * Whoever charges: reads the log of events as the recorder of charging files does, and holds log and records to what happened. What it has read
 * it has for good, as those files are flushed before the log is told; a crash may come between the two, so that it reads some changes again.
 */
import { isDeepStrictEqual } from 'node:util';
import { type ChargingSettings, recordsOf } from '#charging';
import {
  type DeliveryKey,
  type EventLog,
  type LoggedChange,
  type MessageId,
  type MessagingEvent,
  type RoadName,
  StoreUnavailable,
} from '#messaging';
import type { Loop, Owner } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import { Violation } from '../machine/witness.js';
import { SECOND } from './settings.js';

export interface BillingWorld {
  readonly loop: Loop;
  readonly random: Random;
  readonly trace: Trace;
}

/** How often the log is looked at. Milliseconds, at most. */
const LOOK_MS = 15 * SECOND;
/** Changes read at once, at most. */
const BATCH_MAX = 8;
/** Share of looks after which the log is told how far they have come. */
const DONE_SHARE = 0.7;

const SETTINGS: ChargingSettings = {
  node: 'simulated',
  ownDomain: 'mmsc.example',
  domainOfPeer: (peer) => `${peer}.example`,
  numbers: 'whole',
};

/** The records by which a handover is charged. */
const HANDED_OVER: ReadonlySet<string> = new Set(['MMO4FRq', 'MM7DRq']);

type About<K extends MessagingEvent['kind']> = Extract<MessagingEvent, { readonly kind: K }>;

export class Billing {
  readonly #in: BillingWorld;
  /** By place, what was read there. */
  readonly #changes = new Map<number, LoggedChange>();
  readonly #ids = new Set<string>();
  #place = 0;
  #identity: string | undefined;

  constructor(world: BillingWorld) {
    this.#in = world;
  }

  /** A process runs: its log is read from now on. */
  start(events: EventLog, owner: Owner): void {
    // A recorder finds its place in its own files, or begins where the log does.
    let after = this.#in.random.chance(0.5) ? this.#place : 0;
    const look = async (): Promise<void> => {
      try {
        after = await this.#look(events, after);
      } catch (thrown) {
        if (!(thrown instanceof StoreUnavailable)) this.#in.loop.fail(thrown);
      }
      this.#in.loop.after(this.#in.random.unit() * LOOK_MS, owner, () => void look());
    };
    this.#in.loop.after(this.#in.random.unit() * LOOK_MS, owner, () => void look());
  }

  async #look(events: EventLog, after: number): Promise<number> {
    const { random, trace } = this.#in;
    const identity = await events.identity();
    if (this.#identity !== undefined && identity !== this.#identity) throw broken('a log keeps its name', identity);
    this.#identity = identity;
    const changes = await events.changesAfter(after, random.between(1, BATCH_MAX));
    let last = after;
    for (const change of changes) {
      if (change.place <= last) throw broken('the log is in order', `${change.place} behind ${last}`);
      last = change.place;
      this.#keep(change);
    }
    trace.count('billing', changes.length > 0 ? 'reads' : 'finds nothing new');
    if (random.chance(DONE_SHARE)) await events.changesDone(this.#place);
    return Math.max(last, after);
  }

  #keep(change: LoggedChange): void {
    const { place, events } = change;
    const before = this.#changes.get(place);
    if (before) {
      this.#in.trace.count('billing', 'reads again');
      if (!isDeepStrictEqual(before.events, events)) throw broken('the log says the same at every reading', `place ${place}`);
      return;
    }
    if (place < this.#place) throw broken('the log is in order', `${place} comes when ${this.#place} has been read`);
    this.#changes.set(place, change);
    this.#place = place;
    for (const { id } of recordsOf('log', change, SETTINGS)) {
      if (this.#ids.has(id)) throw broken('records have names of their own', id);
      this.#ids.add(id);
    }
  }

  #of(id: MessageId): readonly LoggedChange[] {
    return [...this.#changes.values()].filter(({ message }) => message.id === id);
  }

  /**
   * Holds a message's whole history against the log and its records: each event stands there once, and each handover to a far side that is known of
   * was charged once: when it was noted, or before, when the far side spoke of the message.
   */
  judge(id: MessageId, events: readonly MessagingEvent[]): void {
    const logged = this.#of(id).flatMap((change) => change.events);
    if (!isSameStory(logged, events)) {
      const texts = [logged, events].map((list) => list.map(({ kind }) => kind).join(' '));
      throw broken('what is kept is logged, once and in its order', `${id}: ${texts[0]}, not ${texts[1]}`);
    }
    const charged = new Map<DeliveryKey, number>();
    for (const change of this.#of(id)) {
      for (const { name, id: record } of recordsOf('log', change, SETTINGS)) {
        if (!HANDED_OVER.has(name)) continue;
        const event = change.events[Number(record.split('.')[2])] as About<'handed-over' | 'handover-failed'>;
        charged.set(event.delivery, (charged.get(event.delivery) ?? 0) + 1);
      }
    }
    for (const [key, should] of handoversOf(events))
      if ((charged.get(key) ?? 0) !== should)
        throw broken('each handover is charged once', `${key}: ${charged.get(key) ?? 0} records of ${should} handovers`);
  }
}

/** The same events, those of each delivery in the same order; of changes that became durable together no other order is promised. */
function isSameStory(one: readonly MessagingEvent[], other: readonly MessagingEvent[]): boolean {
  const parts = (events: readonly MessagingEvent[]): unknown => {
    const byDelivery = new Map<string, string[]>();
    for (const event of events) {
      const text = JSON.stringify(event);
      // What is of no delivery is a part of its own.
      const part = 'delivery' in event ? event.delivery : text;
      byDelivery.set(part, [...(byDelivery.get(part) ?? []), text]);
    }
    return byDelivery;
  };
  return isDeepStrictEqual(parts(one), parts(other));
}

const broken = (invariant: string, what: string): Violation => new Violation(invariant, what);

/** Where a delivery is, as its events tell it. */
interface Whereabouts {
  /** With a far side that has taken it, by this road. */
  at: RoadName | undefined;
  /** Handovers that are to be charged: to peers and value added services, each until the far side gives it back. */
  handovers: number;
}

const isCharged = (road: RoadName): boolean => road.startsWith('peer:') || road.startsWith('vasp:');

/** How often each delivery was handed over to somebody who is charged for; throws where the events contradict each other. */
export function handoversOf(events: readonly MessagingEvent[]): ReadonlyMap<DeliveryKey, number> {
  const all = new Map<DeliveryKey, Whereabouts>();
  for (const event of events) {
    if (!('delivery' in event)) continue;
    const { delivery: key } = event;
    const one = all.get(key) ?? { at: undefined, handovers: 0 };
    all.set(key, one);
    const what = follow(one, event);
    if (what !== undefined) throw broken('events tell one story', `${key}: ${event.kind}, ${what}: ${told(key, events)}`);
  }
  return new Map([...all].map(([key, { handovers }]) => [key, handovers]));
}

/** What is wrong with the event; undefined: nothing. */
function follow(one: Whereabouts, event: MessagingEvent): string | undefined {
  const has = one.at === undefined ? undefined : `and ${one.at} has it`;
  switch (event.kind) {
    case 'handed-over':
      if (event.heard === 'late') {
        if (one.handovers === 0 && isCharged(event.road)) return 'late, of what never went';
        return undefined;
      }
      if (has !== undefined) return has;
      one.at = event.road;
      if (isCharged(event.road)) one.handovers++;
      return undefined;
    case 'handover-failed':
      if (has !== undefined) return has;
      // A value added service's refusal is an answer that is charged.
      if (event.road.startsWith('vasp:')) one.handovers++;
      return undefined;
    case 'handover-answered':
      if (event.heard === 'late') return undefined;
      if (event.verdict !== 'accepted' && one.at === undefined) return 'of what never went';
      if (event.verdict === 'deferred') one.at = undefined;
      return undefined;
    case 'delivery-reported':
      // That it is on its way still does not say that this handover is the one that counts.
      if (event.heard === 'late' || event.status === 'deferred' || event.status === 'delayed') return undefined;
      return one.at === event.road ? undefined : (has ?? 'and nobody has it');
    case 'delivery-rerouted':
    case 'delivery-requeued':
    case 'delivery-cancelled':
      return has;
    default:
      return undefined;
  }
}

/** What happened to the delivery, in the order of the log. */
const told = (key: DeliveryKey, events: readonly MessagingEvent[]): string =>
  events
    .filter((event) => 'delivery' in event && event.delivery === key)
    .map((event) => [event.kind, 'road' in event && event.road, 'heard' in event && event.heard].filter(Boolean).join(' '))
    .join(', ');
