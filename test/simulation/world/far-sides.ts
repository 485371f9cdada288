/**
 * Other carriers, a mail relay and a value added service: they take messages or seem to, acknowledge and report at once, late, twice or never, and are
 * down now and then. What each has taken survives every crash of ours; by it they are held to what they were given.
 */
import {
  type Address,
  addressKey,
  type Carrier,
  type Carriers,
  type Delivery,
  type DeliveryKey,
  type DeliveryOutcome,
  ENDED,
  type Handover,
  type HandoverOutcome,
  type Messaging,
  type OuterRoad,
  type OutgoingReport,
  type ReportOutcome,
  type RoadName,
  type RouteDecision,
  type Router,
  roadName,
} from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Hazards } from '../machine/hazards.js';
import { Violation } from '../machine/witness.js';
import type { Operators } from './operators.js';
import { MINUTE, OWN_PREFIX, SECOND } from './settings.js';

const NOWHERE: RouteDecision = { kind: 'nowhere', reason: 'no-route-for-number' };

/** Where each address leads in this world; undefined: nowhere. By the key of an address. */
export function roadOf(key: string): OuterRoad | { readonly kind: 'handset' } | undefined {
  if (key.startsWith(`number:+${OWN_PREFIX}`)) return { kind: 'handset' };
  // Every second foreign number is some peer's.
  if (/^number:\+4479.*[02468]$/.test(key)) return { kind: 'peer', peer: 'north' };
  if (/^number:\+358/.test(key)) return { kind: 'peer', peer: 'east' };
  if (key === 'email:a@b.example') return { kind: 'email' };
  if (key === 'short-code:123') return { kind: 'vasp', vasp: 'quiz' };
  return undefined;
}

/** What a far side does with a handover, by weight. */
const ANSWERS = [
  { answer: 'taken', weight: 60 },
  /** It has it, and its answer is lost: it gets it again. */
  { answer: 'taken, and the connection breaks', weight: 8 },
  { answer: 'busy', weight: 8 },
  { answer: 'down', weight: 6 },
  { answer: 'refused', weight: 3 },
  { answer: 'held', weight: 2 },
] as const;

/** What it says after having taken one. */
const VERDICTS = [
  { verdict: 'accepted', weight: 70 },
  { verdict: 'refused', weight: 8 },
  { verdict: 'deferred', weight: 6 },
  { verdict: 'silence', weight: 8 },
] as const;

const REPORTS = [
  { status: 'retrieved', weight: 50 },
  { status: 'rejected', weight: 8 },
  { status: 'expired', weight: 8 },
  { status: 'deferred', weight: 6 },
  { status: undefined, weight: 14 },
] as const;

/** What a far side has. */
interface Taken {
  readonly road: OuterRoad;
  readonly recipient: Address;
  transactionId: string;
  readonly said: Set<DeliveryOutcome>;
  /** How often it has taken it. */
  times: number;
  /** It took it while it had no room for others of the same transaction: its answer names whom it is about. */
  alone: boolean;
}

/** What the database says of a delivery whose far side was told that its answer has settled something. */
const ANSWER_KEPT: Readonly<Record<'accepted' | 'refused' | 'deferred', (stored: Delivery) => boolean>> = {
  accepted: ({ state, handedOver }) => state !== 'handed-over' && (state !== 'due' || handedOver?.answered === 'accepted'),
  refused: ({ state }) => state !== 'handed-over' && state !== 'due',
  deferred: ({ state }) => state !== 'handed-over',
};

/** What a far side knows a delivery by, here. */
const nameOf = (key: DeliveryKey, road: OuterRoad): string => `${key} ${roadName(road)}`;

export interface FarSidesWorld {
  readonly loop: Loop;
  readonly random: Random;
  readonly trace: Trace;
  readonly hazards: Hazards;
  /** The program, while it runs. */
  readonly messaging: () => Messaging | undefined;
  /** A handover is tried: what is given to whom. */
  readonly given: (handover: Handover) => void;
  /** A report is told. */
  readonly reported: (report: OutgoingReport) => void;
  /** What the database says of the delivery, as committed; undefined when there is none. */
  readonly stored: (key: DeliveryKey) => Delivery | undefined;
  /** Absent: nobody pauses or moves anything. */
  readonly operators?: Operators;
}

/** Share of transactions of several recipients of which a far side takes some only. */
const PARTS_SHARE = 0.25;

export class FarSides {
  readonly carriers: Carriers;
  readonly router: Router;
  readonly #in: FarSidesWorld;
  /** By road and delivery. */
  readonly #taken = new Map<string, Taken>();
  /** Of every handover tried, by delivery and road: the transaction id. */
  readonly #ids = new Map<string, string>();
  readonly #refused = new Map<string, DeliveryOutcome>();
  /** By the key of an address, the roads that were ever named for it. */
  readonly #routes = new Map<string, Set<RoadName>>();
  /** Deliveries that have left a transaction: routed anew, or put off while others of it were taken. */
  readonly #apart = new Set<DeliveryKey>();
  /** What is being given at this moment, by the process that gives it. */
  #underWay = new Set<DeliveryKey>();
  readonly #parts: Random;

  constructor(world: FarSidesWorld) {
    this.#in = world;
    this.#parts = world.random.fork('parts');
    const carrier: Carrier = {
      terms: () => ({ recipientsMax: 2, inFlightMax: 2 }),
      handOver: (handover) => this.#handOver(handover),
      report: (report) => this.#report(report),
    };
    this.carriers = { peer: carrier, email: carrier, vasp: carrier };
    this.router = {
      route: ({ recipient }) => {
        const key = addressKey(recipient);
        const always = roadOf(key);
        if (!always) return NOWHERE;
        const road = this.#in.operators?.now(always) ?? always;
        if (road.kind === 'handset') return { kind: 'road', road };
        this.#routes.set(key, (this.#routes.get(key) ?? new Set()).add(roadName(road)));
        if (!this.#in.random.chance(0.1)) return { kind: 'road', road };
        this.#in.trace.count('far side', 'the lookup has no answer');
        return { kind: 'undecided', reason: 'no answer in time' };
      },
    };
  }

  /** Whether routing has ever named this road for the address with this key. */
  leadsTo(key: string, road: OuterRoad): boolean {
    return this.#routes.get(key)?.has(roadName(road)) ?? false;
  }

  /** The process is gone, and what it was giving with it. */
  crashed(): void {
    this.#underWay = new Set();
  }

  /** An operator has taken it off its road: it may come back under another name. */
  rerouted(key: DeliveryKey): void {
    this.#apart.add(key);
    for (const name of this.#ids.keys()) if (name.startsWith(key)) this.#ids.delete(name);
  }

  /** Whether a far side has said so of the delivery, or has it and may stay silent. */
  hasSaid({ key, road }: Delivery, outcome: DeliveryOutcome): boolean {
    const name = nameOf(key, road!);
    const taken = this.#taken.get(name);
    if (outcome === 'indeterminate') return taken !== undefined;
    return this.#refused.get(name) === outcome || (taken?.said.has(outcome) ?? false);
  }

  /** How often the far side has taken it. */
  timesTaken(key: DeliveryKey, road: OuterRoad): number {
    return this.#taken.get(nameOf(key, road))?.times ?? 0;
  }

  async #handOver(handover: Handover): Promise<readonly HandoverOutcome[]> {
    const { trace } = this.#in;
    const { road, deliveries } = handover;
    const refusal = this.#in.operators?.refusal(road, roadName(road));
    if (refusal !== undefined) {
      trace.count('far side', refusal);
      return deliveries.map(() => ({ kind: 'held', reason: refusal }));
    }
    this.#in.given(handover);
    for (const { key } of deliveries) this.#giving(key, handover);
    const underWay = this.#underWay;
    const outcomes = await this.#answer(handover);
    for (const { key } of deliveries) underWay.delete(key);
    return outcomes;
  }

  #giving(key: DeliveryKey, { road, transactionId }: Handover): void {
    const { trace } = this.#in;
    const name = nameOf(key, road);
    const before = this.#ids.get(name);
    if (before !== undefined && before !== transactionId && !this.#apart.has(key))
      throw this.#violated('a repeat to a far side carries the same ids', `${name}: ${before}, then ${transactionId}`);
    if (before !== undefined) trace.count('far side', this.#taken.has(name) ? 'gets again what it has' : 'gets another attempt');
    this.#ids.set(name, transactionId);
    if (this.#underWay.has(key)) throw this.#violated('nothing goes out twice at the same time', name);
    this.#underWay.add(key);
  }

  async #answer(handover: Handover): Promise<readonly HandoverOutcome[]> {
    const { loop, random, trace, hazards } = this.#in;
    const { road, deliveries, transactionId } = handover;
    await loop.sleep(random.unit() * 3 * SECOND);
    const { answer } = random.weighted(ANSWERS);
    const down = random.chance(hazards.farSidesDown);
    trace.line(`${roadName(road)}: ${transactionId.slice(0, 11)}: ${down ? 'down' : answer}`);
    trace.count('far side', down ? 'down' : answer);
    if (down) return deliveries.map(() => ({ kind: 'deferred', scope: 'road', reason: 'connection refused' }));
    switch (answer) {
      case 'busy':
        return deliveries.map(() => ({ kind: 'deferred', scope: 'delivery', reason: '450 busy' }));
      case 'down':
        return deliveries.map(() => ({
          kind: 'deferred',
          scope: 'road',
          reason: '421 down',
          retryAfterMs: random.unit() * 20 * SECOND,
        }));
      case 'held':
        loop.after(20 * SECOND, loop.world, () => this.#resume(road));
        return deliveries.map(() => ({ kind: 'held', reason: 'paused' }));
      case 'refused':
        for (const { key } of deliveries) this.#refused.set(nameOf(key, road), 'unreachable');
        return deliveries.map(() => ({ kind: 'failed', outcome: 'unreachable', reason: '550' }));
      default:
        return this.#isDivided(handover) ? this.#takeSome(handover) : this.#take(handover, answer === 'taken');
    }
  }

  /** From a source of its own, and only where there are operators, so that older seeds keep their meaning. */
  #isDivided({ deliveries, road }: Handover): boolean {
    return this.#in.operators !== undefined && deliveries.length > 1 && road.kind === 'peer' && this.#parts.chance(PARTS_SHARE);
  }

  /** Takes the first of them and has no room for the others: those come apart. */
  #takeSome(handover: Handover): readonly HandoverOutcome[] {
    this.#in.trace.count('far side', 'takes some');
    const [first, ...others] = handover.deliveries;
    for (const { key } of others) this.#apart.add(key);
    return [
      ...this.#take({ ...handover, deliveries: [first!] }, true, true),
      ...others.map((): HandoverOutcome => ({ kind: 'deferred', scope: 'delivery', reason: '452 too many recipients' })),
    ];
  }

  /** Of a report whose answer is lost the sender is told again. */
  async #report(report: OutgoingReport): Promise<ReportOutcome> {
    const { loop, random, hazards } = this.#in;
    const road = report.report.road!;
    const refusal = this.#in.operators?.refusal(road, roadName(road));
    if (refusal !== undefined) return { kind: 'held', reason: refusal };
    this.#in.reported(report);
    await loop.sleep(random.unit() * SECOND);
    if (random.chance(hazards.farSidesDown)) return { kind: 'deferred', scope: 'road', reason: 'connection refused' };
    if (random.chance(0.2)) return { kind: 'deferred', scope: 'delivery', reason: 'the connection broke' };
    return random.chance(0.03) ? { kind: 'failed', reason: 'unknown message' } : { kind: 'taken' };
  }

  #take({ road, deliveries, transactionId }: Handover, heard: boolean, alone = false): readonly HandoverOutcome[] {
    const { random } = this.#in;
    for (const { key, recipient } of deliveries) {
      const name = nameOf(key, road);
      const taken = this.#taken.get(name) ?? {
        road,
        recipient,
        said: new Set<DeliveryOutcome>(),
        transactionId,
        times: 0,
        alone: false,
      };
      taken.alone ||= alone;
      taken.times++;
      // What came apart has another name from then on.
      taken.transactionId = transactionId;
      this.#taken.set(name, taken);
      if (road.kind === 'peer') this.#later(() => this.#acknowledge(key, taken));
      else if (road.kind === 'email') this.#later(() => this.#tell(key, taken));
      else taken.said.add('retrieved');
    }
    if (!heard) return deliveries.map(() => ({ kind: 'deferred', scope: 'delivery', reason: 'the connection broke' }));
    const awaits = ({ peer: 'acknowledgement', email: 'report', vasp: 'nothing' } as const)[road.kind];
    const outcome = road.kind === 'vasp' ? { outcome: 'retrieved' as const } : {};
    return deliveries.map(() => ({
      kind: 'taken',
      awaits,
      ...outcome,
      answer: { code: '250', text: `ok ${random.between(1, 9)}` },
    }));
  }

  /** At once as a rule, or minutes later; twice now and then. */
  #later(say: () => void): void {
    const { loop, random, trace } = this.#in;
    const times = random.chance(0.15) ? 2 : 1;
    if (times > 1) trace.count('far side', 'says it twice');
    for (let i = 0; i < times; i++) {
      const late = random.chance(0.15);
      if (late) trace.count('far side', 'says it late');
      loop.after(random.unit() * (late ? 6 * MINUTE : 4 * SECOND), loop.world, say);
    }
  }

  #acknowledge(key: DeliveryKey, taken: Taken): void {
    const { verdict } = this.#in.random.weighted(VERDICTS);
    this.#in.trace.count('far side', `acknowledges: ${verdict}`);
    if (verdict === 'silence') return;
    if (verdict === 'refused') taken.said.add('rejected');
    const { transactionId, alone, recipient, road } = taken;
    const say = async (messaging: Messaging): Promise<string> => {
      const outcome = await messaging.handoverAnswered({
        from: road,
        transactionId,
        ...(alone && { recipients: [recipient] }),
        verdict:
          verdict === 'refused'
            ? { kind: 'refused', outcome: 'rejected', reason: 'no' }
            : verdict === 'deferred'
              ? { kind: 'deferred', reason: 'trouble' }
              : { kind: 'accepted' },
      });
      return outcome.ok ? outcome.value.kind : outcome.error.kind;
    };
    this.#insist(key, road, say, ANSWER_KEPT[verdict]);
    // It is about the whole transaction: what one delivery hears, all do.
    if (verdict === 'refused' && !alone) {
      for (const other of this.#taken.values()) if (other.transactionId === transactionId) other.said.add('rejected');
    }
    if (verdict === 'accepted') this.#later(() => this.#tell(key, taken));
  }

  #tell(key: DeliveryKey, taken: Taken): void {
    const { status } = this.#in.random.weighted(REPORTS);
    this.#in.trace.count('far side', `reports: ${status ?? 'nothing'}`);
    if (status === undefined) return;
    if (status !== 'deferred') taken.said.add(status);
    const say = async (messaging: Messaging): Promise<string> => {
      const outcome = await messaging.deliveryReported({ from: taken.road, about: { delivery: key }, status });
      return outcome.ok ? outcome.value.kind : outcome.error.kind;
    };
    this.#insist(key, taken.road, say, ({ state, handedOver }) =>
      status === 'deferred' ? handedOver?.reported !== undefined : ENDED[state],
    );
  }

  /** Says it until it is heard, as mail servers do. */
  #insist(
    key: DeliveryKey,
    road: OuterRoad,
    say: (messaging: Messaging) => Promise<string>,
    isKept: (stored: Delivery) => boolean,
  ): void {
    const { loop, trace } = this.#in;
    const messaging = this.#in.messaging();
    let heard = false;
    const again = (): void => {
      if (!heard) this.#insist(key, road, say, isKept);
    };
    loop.after(20 * SECOND, loop.world, again);
    // Whom operators have taken away nobody listens to.
    if (!messaging || this.#in.operators?.refusal(road, '') !== undefined) return;
    void say(messaging).then((word) => {
      if (word === 'store-unavailable') return;
      heard = true;
      trace.count('far side', `is heard: ${word}`);
      if ((word === 'not-by-this-road' || word === 'not-the-recipient') && !this.#apart.has(key))
        throw this.#violated('far sides are believed of their own', `${key}: ${word}`);
      const stored = this.#in.stored(key);
      if (word === 'settled' && stored && !this.#apart.has(key) && !isKept(stored))
        throw this.#violated('what a far side says is kept before it is answered', `${key} is ${stored.state}`);
    });
  }

  #resume(road: OuterRoad): void {
    // What an operator has paused meanwhile he resumes himself.
    if (this.#in.operators?.refusal(road, roadName(road)) !== undefined) return;
    const messaging = this.#in.messaging();
    if (messaging) messaging.resumeRoad(roadName(road));
    else this.#in.loop.after(5 * SECOND, this.#in.loop.world, () => this.#resume(road));
  }

  #violated(invariant: string, what: string): Violation {
    const violation = new Violation(invariant, what);
    this.#in.loop.fail(violation);
    return violation;
  }
}
