/**
 * Takes what waits for outer roads to their carriers: by road, each with a room of its own, so that a far side that is slow or down takes
 * nothing from the others and nothing from handsets.
 *
 * A far side that nothing gets through to rests: what waits for it is neither claimed nor written, however much it is; one attempt is made when the
 * rest is over, and when it gets through the rest goes out as fast as the far side takes it. A far side that its carrier or an operator holds is
 * left alone until `resume`. Expiry does not wait for roads: the ordinary queue sees to that (`Delivery.dueAt`).
 *
 * The deliveries of one message with the same transaction id go out together, whichever of them was claimed. What is under way is known here and
 * not begun again when its lease lapses: mail servers may take minutes for one message.
 *
 * Whoever takes a delivery off its road (its sender or an operator) says so before he writes it down, and is told whether it is on its way; from
 * then on it does not set out. Revisions alone would not do: nothing is written when a handover begins.
 */
import { LIMITS } from '#base';
import type { Carrier, Terms } from './carrier.js';
import type { Context } from './context.js';
import { type HandoverNews, handOver } from './hand-over.js';
import { instantOfKey } from './key.js';
import type { Due } from './message-store.js';
import type { RoadQueue } from './messaging.js';
import type { Delivery, Report } from './model.js';
import { ROAD_DEFAULTS } from './policy.js';
import { tellOutside } from './report-outside.js';
import { type OuterRoad, type RoadName, roadName } from './road.js';
import { RoadGate } from './road-gate.js';
import type { StoreDoubt } from './store-doubt.js';
import { Withdrawals } from './withdrawals.js';

export interface RoadWorkEnds {
  /** Something has been dealt with. */
  done(): void;
  /** Something has ended, if only a look: perhaps nothing is under way any more. */
  idle(): void;
  bug(thrown: unknown): void;
}

export class RoadWork {
  readonly #context: Context;
  readonly #doubt: StoreDoubt;
  readonly #ends: RoadWorkEnds;
  readonly #gates = new Map<RoadName, RoadGate>();
  readonly #withdrawals = new Withdrawals();
  #underWay = 0;
  #looking = false;
  #lookAgain = false;
  #stopped = false;

  constructor(context: Context, doubt: StoreDoubt, ends: RoadWorkEnds) {
    this.#context = context;
    this.#doubt = doubt;
    this.#ends = ends;
  }

  /** Nothing is under way and nothing is being claimed. */
  get idle(): boolean {
    return this.#underWay === 0 && !this.#looking;
  }

  stop(): void {
    this.#stopped = true;
  }

  isUnderWay(thing: Delivery | Report): boolean {
    return thing.road !== undefined && (this.#gates.get(roadName(thing.road))?.keys.has(thing.key) ?? false);
  }

  /** Keeps the delivery from setting out by an outer road until it is released. False: it is on its way at this moment. */
  withdraw(delivery: Delivery): boolean {
    if (this.isUnderWay(delivery)) return false;
    this.#withdrawals.begin(delivery);
    return true;
  }

  /** What was withdrawn may set out again, if it still is there. */
  release(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#withdrawals.end(delivery);
  }

  hold(road: RoadName, reason: string): void {
    this.#gate(road).hold(reason);
  }

  resume(road: RoadName): void {
    this.#gate(road).open();
  }

  /** A far side that rests because nothing got through is tried now; one that is held stays so. */
  tryNow(road: RoadName): void {
    const gate = this.#gate(road);
    if (gate.state === 'resting') gate.open();
  }

  /** Begins what may begin. A wish during a look is remembered. */
  look(): void {
    this.#lookAgain = true;
    if (this.#looking || this.#stopped) return;
    this.#looking = true;
    void this.#lookNow();
  }

  async #lookNow(): Promise<void> {
    const { messages, now } = this.#context.ports;
    try {
      while (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false;
        if (this.#doubt.room(1) === 0) break;
        const at = now();
        for (const [road, next] of await messages.nextHandovers()) if (next <= at) await this.#claim(road);
      }
    } catch (thrown) {
      this.#trouble(thrown, (refusal) => this.#doubt.trouble(refusal));
    }
    this.#looking = false;
    this.#ends.idle();
  }

  /** Takes up what waits for this road, as far as there is room. */
  async #claim(road: RoadName): Promise<void> {
    const gate = this.#gate(road);
    const { messages, now, monotonic } = this.#context.ports;
    if (gate.claiming) {
      gate.again = true;
      return;
    }
    gate.claiming = true;
    try {
      do {
        gate.again = false;
        const room = this.#doubt.room(gate.room(this.#terms(road), monotonic()));
        if (room === 0 || this.#stopped) return;
        const claimed = await messages.claimFor(road, now(), LIMITS.dueLeaseMs, room);
        if (this.#stopped) return;
        for (const due of claimed) void this.#take(gate, due);
        gate.again ||= claimed.length === room;
      } while (gate.again);
    } finally {
      gate.claiming = false;
    }
  }

  async #take(gate: RoadGate, due: Due): Promise<void> {
    const thing = due.kind === 'delivery' ? due.delivery : due.report;
    const { road } = thing;
    if (!road || gate.keys.has(thing.key) || this.#withdrawals.isBeingTaken(thing.key)) return;
    const name = due.kind === 'delivery' ? `${due.message.id} ${due.delivery.handedOver?.transactionId}` : thing.key;
    if (gate.underWay.has(name)) return;
    gate.underWay.add(name);
    gate.keys.add(thing.key);
    this.#underWay++;
    this.#doubt.begin();
    const number = this.#withdrawals.setOut(thing.messageId);
    const keys = new Set([thing.key as string]);
    const news: HandoverNews = {
      began: (key) => {
        if (this.#withdrawals.bars(key, number)) return false;
        keys.add(key);
        gate.keys.add(key);
        return true;
      },
      through: () => gate.open(),
      held: (reason) => gate.hold(reason),
      blocked: (reason, retryAfterMs) => gate.rest(reason, this.#waits, this.#context.ports.monotonic(), retryAfterMs),
    };
    try {
      const carrier = this.#carrier(road);
      await (due.kind === 'delivery'
        ? handOver(this.#context, carrier, due, news)
        : tellOutside(this.#context, carrier, due.report, road, news));
      this.#doubt.end();
      this.#ends.done();
    } catch (thrown) {
      this.#trouble(thrown, (refusal) => this.#doubt.endedIn(refusal));
    }
    this.#underWay--;
    this.#withdrawals.arrived(thing.messageId);
    gate.underWay.delete(name);
    for (const key of keys) gate.keys.delete(key);
    await this.#claimAfter(roadName(road));
  }

  /** Goes on with the same road; the others have looked when something fell due for them. */
  async #claimAfter(road: RoadName): Promise<void> {
    this.#underWay++;
    try {
      if (!this.#stopped) await this.#claim(road);
    } catch (thrown) {
      this.#trouble(thrown, (refusal) => this.#doubt.trouble(refusal));
    }
    this.#underWay--;
    this.#ends.idle();
  }

  #trouble(thrown: unknown, doubt: (thrown: unknown) => void): void {
    try {
      doubt(thrown);
    } catch (bug) {
      this.#ends.bug(bug);
    }
  }

  /** When to look at the latest; undefined when nothing waits that time alone would bring on. */
  async nextAt(): Promise<number | undefined> {
    const { messages, now, monotonic } = this.#context.ports;
    let nextAt: number | undefined;
    for (const [road, at] of await messages.nextHandovers()) {
      const waitMs = this.#gate(road).waitMs(monotonic());
      if (waitMs === undefined) continue;
      const may = waitMs === 0 ? at : Math.max(at, now() + waitMs);
      nextAt = Math.min(nextAt ?? may, may);
    }
    return nextAt;
  }

  /** All roads that anything waits for or is awaited of, or that are not open, in the order of names. */
  async queues(): Promise<readonly RoadQueue[]> {
    const { messages, now, monotonic } = this.#context.ports;
    const counts = new Map((await messages.countRoads()).map((count) => [count.road, count]));
    for (const [road, gate] of this.#gates) {
      if (!counts.has(road) && (gate.state !== 'open' || gate.underWay.size > 0))
        counts.set(road, { road, waiting: 0, awaiting: 0 });
    }
    return [...counts.values()]
      .sort((a, b) => (a.road < b.road ? -1 : 1))
      .map(({ road, waiting, oldest, awaiting }) => {
        const gate = this.#gates.get(road);
        const waitMs = gate?.state === 'resting' ? gate.waitMs(monotonic()) : undefined;
        return {
          road,
          waiting,
          ...(oldest !== undefined && { oldestAt: instantOfKey(oldest) }),
          awaiting,
          underWay: gate?.underWay.size ?? 0,
          state: gate?.state ?? 'open',
          ...(waitMs !== undefined && { triedNextAt: now() + waitMs }),
          ...(gate?.reason !== undefined && { reason: gate.reason }),
        };
      });
  }

  get #waits(): readonly number[] {
    return this.#context.policy.handoverRetryMs ?? ROAD_DEFAULTS.handoverRetryMs;
  }

  #gate(road: RoadName): RoadGate {
    let gate = this.#gates.get(road);
    if (!gate) {
      gate = new RoadGate();
      this.#gates.set(road, gate);
    }
    return gate;
  }

  #carrier(road: OuterRoad): Carrier | undefined {
    return this.#context.ports.carriers?.[road.kind];
  }

  #terms(name: RoadName): Terms {
    const road = roadOfName(name);
    return this.#carrier(road)?.terms(road) ?? NO_TERMS;
  }
}

/** Of a far side that has no carrier: enough to find that out. */
const NO_TERMS: Terms = { recipientsMax: 1, inFlightMax: 1 };

/** A road with this name. */
function roadOfName(name: RoadName): OuterRoad {
  const colon = name.indexOf(':');
  if (colon < 0) return { kind: 'email' };
  const far = name.slice(colon + 1);
  return name.startsWith('peer:') ? { kind: 'peer', peer: far } : { kind: 'vasp', vasp: far };
}
