/**
 * Other carriers, a mail relay and a value added service: they take messages or seem to, acknowledge and report at once, late, twice or never, and are
 * down now and then. What each has taken survives every crash of ours; by it they are held to what they were given.
 */
import {
  addressKey,
  type Carrier,
  type Carriers,
  type Delivery,
  type DeliveryKey,
  type DeliveryOutcome,
  type Handover,
  type HandoverOutcome,
  type Messaging,
  type OuterRoad,
  type OutgoingReport,
  type ReportOutcome,
  type RouteDecision,
  type Router,
  roadName,
} from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Hazards } from '../machine/hazards.js';
import { Violation } from '../machine/witness.js';
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
  readonly transactionId: string;
  readonly said: Set<DeliveryOutcome>;
}

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
}

export class FarSides {
  readonly carriers: Carriers;
  readonly router: Router;
  readonly #in: FarSidesWorld;
  readonly #taken = new Map<DeliveryKey, Taken>();
  /** Of every handover tried, by message, road and recipient: the transaction id. */
  readonly #ids = new Map<string, string>();
  readonly #refused = new Map<DeliveryKey, DeliveryOutcome>();

  constructor(world: FarSidesWorld) {
    this.#in = world;
    const carrier: Carrier = {
      terms: () => ({ recipientsMax: 2, inFlightMax: 2 }),
      handOver: (handover) => this.#handOver(handover),
      report: (report) => this.#report(report),
    };
    this.carriers = { peer: carrier, email: carrier, vasp: carrier };
    this.router = {
      route: ({ recipient }) => {
        const road = roadOf(addressKey(recipient));
        if (!road) return NOWHERE;
        if (road.kind === 'handset' || !this.#in.random.chance(0.1)) return { kind: 'road', road };
        this.#in.trace.count('far side', 'the lookup has no answer');
        return { kind: 'undecided', reason: 'no answer in time' };
      },
    };
  }

  /** Whether a far side has said so of the delivery, or has it and may stay silent. */
  hasSaid({ key }: Delivery, outcome: DeliveryOutcome): boolean {
    const taken = this.#taken.get(key);
    if (outcome === 'indeterminate') return taken !== undefined;
    return this.#refused.get(key) === outcome || (taken?.said.has(outcome) ?? false);
  }

  async #handOver(handover: Handover): Promise<readonly HandoverOutcome[]> {
    const { loop, random, trace, hazards } = this.#in;
    const { road, deliveries, transactionId, message } = handover;
    this.#in.given(handover);
    for (const { recipient, key } of deliveries) {
      const sought = JSON.stringify([message.id, roadName(road), addressKey(recipient)]);
      const before = this.#ids.get(sought);
      if (before !== undefined && before !== transactionId)
        throw this.#violated('a repeat to a far side carries the same ids', `${sought}: ${before}, then ${transactionId}`);
      if (before !== undefined) trace.count('far side', this.#taken.has(key) ? 'gets again what it has' : 'gets another attempt');
      this.#ids.set(sought, transactionId);
    }
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
        for (const { key } of deliveries) this.#refused.set(key, 'unreachable');
        return deliveries.map(() => ({ kind: 'failed', outcome: 'unreachable', reason: '550' }));
      default:
        return this.#take(handover, answer === 'taken');
    }
  }

  /** Of a report whose answer is lost the sender is told again. */
  async #report(report: OutgoingReport): Promise<ReportOutcome> {
    const { loop, random, hazards } = this.#in;
    this.#in.reported(report);
    await loop.sleep(random.unit() * SECOND);
    if (random.chance(hazards.farSidesDown)) return { kind: 'deferred', scope: 'road', reason: 'connection refused' };
    if (random.chance(0.2)) return { kind: 'deferred', scope: 'delivery', reason: 'the connection broke' };
    return random.chance(0.03) ? { kind: 'failed', reason: 'unknown message' } : { kind: 'taken' };
  }

  #take({ road, deliveries, transactionId }: Handover, heard: boolean): readonly HandoverOutcome[] {
    const { random } = this.#in;
    for (const { key } of deliveries) {
      const taken = this.#taken.get(key) ?? { road, transactionId, said: new Set<DeliveryOutcome>() };
      this.#taken.set(key, taken);
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
    this.#insist(key, async (messaging) => {
      const outcome = await messaging.handoverAnswered({
        from: taken.road,
        transactionId: taken.transactionId,
        verdict:
          verdict === 'refused'
            ? { kind: 'refused', outcome: 'rejected', reason: 'no' }
            : verdict === 'deferred'
              ? { kind: 'deferred', reason: 'trouble' }
              : { kind: 'accepted' },
      });
      return outcome.ok ? outcome.value.kind : outcome.error.kind;
    });
    // It is about the whole transaction: what one delivery hears, all do.
    if (verdict === 'refused') {
      for (const other of this.#taken.values()) if (other.transactionId === taken.transactionId) other.said.add('rejected');
    }
    if (verdict === 'accepted') this.#later(() => this.#tell(key, taken));
  }

  #tell(key: DeliveryKey, taken: Taken): void {
    const { status } = this.#in.random.weighted(REPORTS);
    this.#in.trace.count('far side', `reports: ${status ?? 'nothing'}`);
    if (status === undefined) return;
    if (status !== 'deferred') taken.said.add(status);
    this.#insist(key, async (messaging) => {
      const outcome = await messaging.deliveryReported({ from: taken.road, about: { delivery: key }, status });
      return outcome.ok ? outcome.value.kind : outcome.error.kind;
    });
  }

  /** Says it until it is heard, as mail servers do. */
  #insist(key: DeliveryKey, say: (messaging: Messaging) => Promise<string>): void {
    const { loop, trace } = this.#in;
    const messaging = this.#in.messaging();
    let heard = false;
    const again = (): void => {
      if (!heard) this.#insist(key, say);
    };
    loop.after(20 * SECOND, loop.world, again);
    if (!messaging) return;
    void say(messaging).then((word) => {
      if (word === 'store-unavailable') return;
      heard = true;
      trace.count('far side', `is heard: ${word}`);
      if (word === 'not-by-this-road' || word === 'not-the-recipient')
        throw this.#violated('far sides are believed of their own', `${key}: ${word}`);
    });
  }

  #resume(road: OuterRoad): void {
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
