/**
 * Operators: they pause far sides and resume them, take peers away and bring them back, and do with what waits for a road, and with single
 * messages, what their interface offers. What they say of far sides is kept beside the program, as its objects are, and told to it whenever it starts.
 */
import {
  type MessageId,
  type Messaging,
  type MessagingEvent,
  type OuterRoad,
  type Road,
  type RoadAction,
  type RoadName,
  type RoadSelection,
  StoreUnavailable,
} from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import { Violation } from '../machine/witness.js';
import type { Ledger } from './ledger.js';
import { SECOND } from './settings.js';

export interface OperatorsWorld {
  readonly loop: Loop;
  readonly trace: Trace;
  readonly ledger: () => Ledger;
  /** The program, while it runs. */
  readonly messaging: () => Messaging | undefined;
  /** How many of the message's events say that this operator did something, by their rows; undefined when it is gone. */
  readonly storedDeeds: (id: MessageId, by: string) => number | undefined;
}

/** How long an answer is waited for. Milliseconds. */
const PATIENCE_MS = 20 * SECOND;
/** What operators see of a queue at once, at most. */
const STEP_MAX = 3;
/** More steps than any queue of this world has. */
const STEPS_MAX = 200;

const PEERS = ['north', 'east'] as const;
const OBJECTS: readonly RoadName[] = ['peer:north', 'peer:east', 'vasp:quiz'];
const ROADS: readonly RoadName[] = [...OBJECTS, 'peer:north', 'peer:east', 'email'];

export interface Deed {
  /** Counted under this name. */
  readonly name: string;
  /** How often it is done, beside the others. */
  readonly weight: number;
  /** `by`: names the operator, and this deed of his. */
  run(operators: Operators, random: Random, by: string): Promise<void>;
}

export const DEEDS: readonly Deed[] = [
  { name: 'pauses a far side', weight: 5, run: (operators, random) => operators.pause(random) },
  { name: 'takes a peer away', weight: 3, run: (operators, random, by) => operators.takeAway(random, by) },
  { name: 'requeues', weight: 3, run: (operators, random, by) => operators.act(random, { kind: 'requeue' }, by) },
  { name: 'reroutes', weight: 4, run: (operators, random, by) => operators.act(random, { kind: 'reroute' }, by) },
  {
    name: 'expires a queue',
    weight: 2,
    run: (operators, random, by) => operators.act(random, { kind: 'expire', reason: 'old' }, by),
  },
  { name: 'cancels a message', weight: 3, run: (operators, random, by) => operators.cancel(random, by) },
];

export class Operators {
  readonly #in: OperatorsWorld;
  readonly #paused = new Set<RoadName>();
  #away: string | undefined;
  /** Faults and pauses end. */
  #over = false;
  /** Reasons under which queues were expired. */
  readonly #expired = new Set<string>();

  /** By operator, the messages of the events that say what he did, as the program was told. */
  readonly #deeds = new Map<string, MessageId[]>();

  constructor(world: OperatorsWorld) {
    this.#in = world;
  }

  /** Why nothing goes by this road now; undefined: it may. */
  refusal(road: OuterRoad, name: RoadName): string | undefined {
    if (road.kind === 'peer' && road.peer === this.#away) return 'no such peer';
    return this.#paused.has(name) ? 'paused' : undefined;
  }

  /** The road that leads to the same place as things are now: a peer that was taken away has another one behind it. */
  now(road: Road): Road {
    if (road.kind !== 'peer' || road.peer !== this.#away) return road;
    return { kind: 'peer', peer: PEERS.find((peer) => peer !== this.#away)! };
  }

  /** Whether a delivery that ended as expired for this reason was ended by an operator. */
  hasExpired(reason: string | undefined): boolean {
    return reason !== undefined && this.#expired.has(reason);
  }

  /** What has happened to messages: what operators did is kept with it. */
  noted(events: readonly MessagingEvent[]): void {
    for (const event of events) {
      const by = doerOf(event);
      if (by !== undefined) this.#deeds.set(by, [...(this.#deeds.get(by) ?? []), event.messageId]);
    }
  }

  /** How much of what this operator did is kept; what was kept with messages that are gone since counts as kept. */
  #kept(by: string): number {
    const ids = this.#deeds.get(by) ?? [];
    const stored = new Map([...new Set(ids)].map((id) => [id, this.#in.storedDeeds(id, by)]));
    const gone = ids.filter((id) => stored.get(id) === undefined).length;
    return [...stored.values()].reduce<number>((sum, kept) => sum + (kept ?? 0), gone);
  }

  /** The program starts: it is told what operators have said of far sides. */
  tell(messaging: Messaging): void {
    for (const road of OBJECTS) {
      if (this.#paused.has(road)) messaging.holdRoad(road, 'paused');
      else if (road !== `peer:${this.#away}`) messaging.resumeRoad(road);
    }
  }

  /** Everything is resumed and brought back. */
  endAll(): void {
    this.#over = true;
    for (const road of this.#paused) this.#resume(road);
    this.#bringBack();
  }

  async pause(random: Random): Promise<void> {
    const { loop, trace } = this.#in;
    const road = random.pick(OBJECTS);
    if (this.#over || this.#paused.has(road)) return;
    trace.line(`operator: pauses ${road}`);
    this.#paused.add(road);
    this.#in.messaging()?.holdRoad(road, 'paused');
    await loop.sleep(random.between(5, 240) * SECOND);
    this.#resume(road);
  }

  /** What waits for a peer that is no more stays until somebody routes or ends it, or the peer comes back. */
  async takeAway(random: Random, by: string): Promise<void> {
    const { loop, trace } = this.#in;
    if (this.#over || this.#away !== undefined) return;
    const peer = random.pick(PEERS);
    trace.line(`operator: takes ${peer} away`);
    this.#away = peer;
    const until = loop.now + random.between(5, 240) * SECOND;
    if (random.chance(0.6)) {
      await loop.sleep(random.unit() * 20 * SECOND);
      const action: RoadAction = random.chance(0.8) ? { kind: 'reroute' } : { kind: 'expire', reason: 'removed' };
      await this.#act(random, `peer:${peer}`, action, by);
    }
    await loop.sleep(until - loop.now);
    this.#bringBack();
  }

  act(random: Random, action: RoadAction, by: string): Promise<void> {
    return this.#act(random, random.pick(ROADS), action, by);
  }

  async cancel(random: Random, by: string): Promise<void> {
    const { ledger, trace, loop } = this.#in;
    const ids = ledger().originals();
    if (ids.length === 0) return;
    // Of the latest ones there is most left to be cancelled.
    const messageId = random.chance(0.7) ? ids.at(-1)! : random.pick(ids);
    const sent = ledger().messages.get(messageId)!;
    const outcome = await this.#insist(random, async (messaging) => {
      const said = await messaging.cancel({ by: { operator: by }, messageId });
      return said.ok || said.error.kind !== 'store-unavailable' ? said : undefined;
    });
    const word = outcome.ok ? 'Ok' : outcome.error.kind;
    trace.line(`operator: hears ${word} of cancelling message ${sent.number}`);
    trace.count('recalls', `operator: ${word}`);
    if (outcome.ok || outcome.error.kind === 'too-late') ledger().recalled.answered(messageId);
    else if (ledger().isStored(messageId))
      loop.fail(new Violation('operators find what is kept', `message ${sent.number}: ${outcome.error.kind}`));
  }

  /** In steps, as the operators' interface does it. */
  async #act(random: Random, road: RoadName, action: RoadAction, by: string): Promise<void> {
    const { loop, trace } = this.#in;
    if (action.kind === 'expire') this.#expired.add(`${action.reason} (${by})`);
    const limit = random.between(1, STEP_MAX);
    const meant = random.chance(0.2) ? { messages: this.#someMessages(random) } : {};
    let done = 0;
    let after: RoadSelection['after'];
    for (let step = 0; step < STEPS_MAX; step++) {
      const selection: RoadSelection = { limit, ...meant, ...(after && { after }) };
      const acted = await this.#insist(random, (messaging) => available(messaging.actOnRoad(road, action, by, selection)));
      done += acted.done;
      const kept = this.#kept(by);
      if (kept < done)
        loop.fail(new Violation('what operators are told was done is kept', `${by} on ${road}: ${kept} of ${done}`));
      if (!acted.next) break;
      after = acted.next;
    }
    trace.line(`operator: ${action.kind} on ${road}: ${done}`);
    trace.count('operator', `${action.kind}: ${done > 0 ? 'some' : 'none'}`);
  }

  #someMessages(random: Random): readonly MessageId[] {
    return this.#in
      .ledger()
      .originals()
      .filter(() => random.chance(0.5));
  }

  #resume(road: RoadName): void {
    if (!this.#paused.delete(road)) return;
    this.#in.trace.line(`operator: resumes ${road}`);
    this.#in.trace.count('operator', 'resumes');
    this.#in.messaging()?.resumeRoad(road);
  }

  #bringBack(): void {
    if (this.#away === undefined) return;
    const road = `peer:${this.#away}`;
    this.#away = undefined;
    this.#in.trace.line(`operator: brings ${road} back`);
    if (!this.#paused.has(road)) this.#in.messaging()?.resumeRoad(road);
    else this.#in.messaging()?.holdRoad(road, 'paused');
  }

  /** Asks until there is an answer; undefined of one asks again. */
  async #insist<T>(random: Random, ask: (messaging: Messaging) => Promise<T | undefined>): Promise<T> {
    const { loop } = this.#in;
    for (;;) {
      const messaging = this.#in.messaging();
      const said = messaging && (await Promise.race([ask(messaging), loop.sleep(PATIENCE_MS)]));
      if (said !== undefined) return said as T;
      await loop.sleep(random.unit() * 5 * SECOND);
    }
  }
}

/** Undefined when the store cannot do it now. */
async function available<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof StoreUnavailable) return undefined;
    throw thrown;
  }
}

/** The operator who did what the event says; undefined: none did, or he cancelled a message, which has an answer of its own. */
export function doerOf(event: MessagingEvent): string | undefined {
  if (event.kind === 'delivery-rerouted' || event.kind === 'delivery-requeued') return event.by;
  return event.kind === 'delivery-ended' ? / \((operator \d+)\)$/.exec(event.reason ?? '')?.[1] : undefined;
}
