/**
 * Does what is due: claims it from the store, many things at a time, and takes each to its next state.
 *
 * Nothing here waits for its turn: what is claimed starts at once, up to the operator's number of pushes, and whatever ends makes room for
 * the next claim. There is at most one claim under way; wishes for another one are remembered, not queued. While anything is under way the
 * store's call wakes this directly, so that a driver that waits for one slow push holds up no new message. No timer either: the store
 * knows the next instant, and whoever drives this comes back then; only while a round lasts does it look by itself, when something ends.
 *
 * Leases hide claimed things by the monotonic clock; should one lapse while its push is still under way, the thing is recognised and left
 * alone. Work that the store could not write down is found again when its lease lapses: it may push once more, it never loses (see
 * store-doubt). What goes out by outer roads is not claimed here but by road, each road with a room of its own (see road-work): of it, only
 * what has waited too long is dealt with here.
 */
import { LIMITS, type Msisdn } from '#base';
import { changeDelivery } from './change-delivery.js';
import { type Context, NO_CHANGE } from './context.js';
import type { MessagingEvent } from './events.js';
import { expiryOf } from './expire.js';
import { answerMissing, isAwaiting } from './far-answers.js';
import type { DeliveryOfMessage, Due } from './message-store.js';
import { ENDED, type Report } from './model.js';
import type { Push, PushOutcome } from './notifier.js';
import { afterPush, toNotification, VERSION_OF_UNKNOWN_HANDSETS } from './notify.js';
import { toReportPush } from './report.js';
import type { RoadName } from './road.js';
import { RoadWork } from './road-work.js';
import { routeAgain } from './route-again.js';
import { retryAt } from './schedule.js';
import { ended } from './settle.js';
import { StoreDoubt } from './store-doubt.js';
import { ifAvailable, storeRefusal } from './store-refusal.js';

export interface WorkDone {
  readonly done: number;
  readonly nextAt?: number;
}

/** From the first call until nothing is due or under way. */
interface Round {
  done: number;
  /** The first bug met. */
  bug: { readonly thrown: unknown } | undefined;
  readonly result: Promise<WorkDone>;
  readonly settle: (result: Promise<WorkDone>) => void;
}

export class DueWork {
  readonly #context: Context;
  readonly #doubt: StoreDoubt;
  readonly #roads: RoadWork;
  /** Things claimed here and not yet done with. */
  #underWay = 0;
  /** Keys of what is being pushed. Once a result is being written down, a new claim is a new reason to push, and not the same one again. */
  readonly #pushed = new Set<string>();
  /** Numbers that are being pushed to: by how many pushes, and how often their handset came within reach meanwhile. */
  readonly #pushing = new Map<Msisdn, { pushes: number; reached: number }>();
  #claiming = false;
  #lookAgain = false;
  /** Monotonic instant of the last claim. */
  #lookedAt = 0;
  #stopped = false;
  #round: Round | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#doubt = new StoreDoubt(context.ports.monotonic);
    this.#roads = new RoadWork(context, this.#doubt, {
      done: () => {
        if (this.#round) this.#round.done++;
      },
      idle: () => this.#goOn(),
      bug: (thrown) => this.#bug(thrown),
    });
    context.ports.messages.onDue(() => {
      if (this.#round) this.#look();
    });
  }

  work(): Promise<WorkDone> {
    if (this.#stopped) return Promise.resolve({ done: 0 });
    this.#round ??= newRound();
    const { result } = this.#round;
    this.#look();
    return result;
  }

  /** The far side may be tried again. Begins at once, also when nobody drives this at the moment; what fails by a bug fails again for the driver. */
  resume(road: RoadName): void {
    this.#roads.resume(road);
    this.work().catch(() => {});
  }

  /** What goes out by outer roads. */
  get roads(): RoadWork {
    return this.#roads;
  }

  #look(): void {
    this.#lookAgain = true;
    this.#roads.look();
    this.#goOn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#roads.stop();
    await this.#round?.result;
  }

  /**
   * The handset of `msisdn` has come within reach: what was put off is due. A push that is under way may still fail for the absence before;
   * so whoever began before this instant and is put off hastens once more, and whoever begins later does not (or it would never end).
   */
  async reached(msisdn: Msisdn): Promise<void> {
    const pushing = this.#pushing.get(msisdn);
    if (pushing) pushing.reached++;
    await ifAvailable(this.#hasten(msisdn));
  }

  #hasten(msisdn: Msisdn): Promise<number> {
    return this.#context.ports.messages.hasten({ kind: 'number', msisdn }, this.#context.ports.now());
  }

  /** Claims more where that was wished and there is room, or ends the round where nothing is left. */
  #goOn(): void {
    if (this.#claiming) return;
    const room = this.#room();
    if (this.#lookAgain && !this.#stopped && room > 0) {
      this.#claiming = true;
      this.#lookAgain = false;
      this.#lookedAt = this.#context.ports.monotonic();
      void this.#claim(room);
    } else if (this.#underWay === 0 && this.#roads.idle && this.#round) {
      const round = this.#round;
      this.#round = undefined;
      round.settle(this.#resultOf(round));
    }
  }

  /** How many more things may be claimed now. */
  #room(): number {
    return this.#doubt.room(this.#context.policy.pushesInFlightMax - this.#underWay);
  }

  async #claim(room: number): Promise<void> {
    const { messages, now } = this.#context.ports;
    try {
      const claimed = await messages.claimDue(now(), LIMITS.dueLeaseMs, room);
      // What was claimed while stopping stays where it is; after the start nothing is hidden.
      if (!this.#stopped) for (const due of claimed) void this.#take(due);
      if (claimed.length === room) this.#lookAgain = true;
    } catch (thrown) {
      this.#trouble(thrown);
    }
    this.#claiming = false;
    this.#goOn();
  }

  async #take(due: Due): Promise<void> {
    if (this.#pushed.has(due.kind === 'delivery' ? due.delivery.key : due.report.key)) return;
    this.#underWay++;
    this.#doubt.begin();
    try {
      await (due.kind === 'delivery' ? this.#deliver(due) : this.#report(due.report));
      this.#doubt.end();
      if (this.#round) this.#round.done++;
    } catch (thrown) {
      this.#trouble(thrown, (refusal) => this.#doubt.endedIn(refusal));
    }
    this.#underWay--;
    if (this.#context.ports.monotonic() - this.#lookedAt >= LIMITS.dueLookMs) this.#lookAgain = true;
    this.#goOn();
  }

  /** A store that is not available is a reason to come back; anything else is a bug, kept for the driver. */
  #trouble(thrown: unknown, doubt: (thrown: unknown) => void = (refusal) => this.#doubt.trouble(refusal)): void {
    try {
      doubt(thrown);
    } catch (bug) {
      this.#bug(bug);
    }
  }

  #bug(thrown: unknown): void {
    if (this.#round) this.#round.bug ??= { thrown };
  }

  async #resultOf(round: Round): Promise<WorkDone> {
    if (round.bug) throw round.bug.thrown;
    const { messages, now } = this.#context.ports;
    const soon = now() + LIMITS.storeRetryMs;
    let nextAt: number | undefined;
    try {
      nextAt = earlier(await messages.nextDueAt(), await this.#roads.nextAt());
      if (this.#doubt.doubtful && nextAt !== undefined) nextAt = Math.max(nextAt, soon);
    } catch (thrown) {
      storeRefusal(thrown);
      nextAt = soon;
    }
    // The store does not say when leases end. After trouble, which is rare, looking at intervals until they must have ended is good enough.
    if (this.#doubt.mayHide) nextAt = Math.min(nextAt ?? soon, soon);
    return { done: round.done, ...(nextAt !== undefined && { nextAt }) };
  }

  async #deliver(due: DeliveryOfMessage): Promise<void> {
    const { delivery, message } = due;
    const now = this.#context.ports.now();
    const { recipient, state, road } = delivery;
    if (isAwaiting(delivery)) return answerMissing(this.#context, due);
    // What is on its way out at this moment is not called expired: the lease ends, and then it is seen what came of it.
    if (road && this.#roads.isUnderWay(delivery)) return;
    if (now >= message.expiresAt) return this.#expire(due);
    if (state === 'unrouted') return routeAgain(this.#context, due);
    if (road || (state !== 'due' && state !== 'notified') || recipient.kind !== 'number') return this.#leaveToExpiry(due);

    const missed = this.#startPushing(recipient.msisdn);
    try {
      const version = (await this.#context.handsets.versionOf(recipient.msisdn)) ?? VERSION_OF_UNKNOWN_HANDSETS;
      const outcome = await this.#push(delivery.key, toNotification(due, recipient.msisdn, version, now));
      await changeDelivery(this.#context, delivery.key, due, (found) => afterPush(this.#context, found, outcome));
      if (outcome.kind === 'deferred' && missed()) await this.#hasten(recipient.msisdn);
    } finally {
      this.#endPushing(recipient.msisdn);
    }
  }

  async #expire(due: DeliveryOfMessage): Promise<void> {
    await changeDelivery(this.#context, due.delivery.key, due, (found) =>
      ENDED[found.delivery.state] || isAwaiting(found.delivery)
        ? { answer: undefined }
        : { answer: undefined, ...ended(this.#context, found, expiryOf(found.delivery)) },
    );
  }

  /** Deferred or fetched, and claimed before its expiry: the clock was ahead for a while. */
  async #leaveToExpiry(due: DeliveryOfMessage): Promise<void> {
    await changeDelivery(this.#context, due.delivery.key, due, ({ delivery, message }) =>
      ENDED[delivery.state]
        ? { answer: undefined }
        : { answer: undefined, delivery: { ...delivery, dueAt: message.expiresAt, revision: delivery.revision + 1 } },
    );
  }

  async #report(report: Report): Promise<void> {
    const { ports, policy } = this.#context;
    const { messageId, recipient } = report;
    if (this.#roads.isUnderWay(report)) return;
    const about = { messageId, recipient, about: report.content.kind };
    if (ports.now() >= report.expiresAt) {
      return this.#reportDone(report, { kind: 'report-abandoned', ...about, reason: 'not pushed in time', at: ports.now() });
    }
    if (report.road || report.to.kind !== 'number' || report.origin.interface !== 'mm1') {
      // Claimed before its end: the clock was ahead for a while.
      await ports.messages.change({
        ...NO_CHANGE,
        reports: [{ ...report, dueAt: report.expiresAt, revision: report.revision + 1 }],
      });
      return;
    }
    const to = report.to.msisdn;
    const missed = this.#startPushing(to);
    try {
      const version = await this.#context.handsets.versionOf(to);
      const outcome = await this.#push(report.key, toReportPush(report, to, report.origin.version, version));
      const at = ports.now();
      if (outcome.kind === 'accepted') return await this.#reportDone(report, { kind: 'report-pushed', ...about, at });
      if (outcome.kind === 'failed') {
        return await this.#reportDone(report, { kind: 'report-abandoned', ...about, reason: outcome.reason, at });
      }
      const attempts = report.attempts + 1;
      const dueAt = retryAt(at, attempts, policy.pushRetryMs, report.expiresAt, outcome.retryAfterMs);
      // Stale would mean that another process had a lapsed lease and was faster: then it has written what matters.
      await ports.messages.change({ ...NO_CHANGE, reports: [{ ...report, attempts, dueAt, revision: report.revision + 1 }] });
      if (missed()) await this.#hasten(to);
    } finally {
      this.#endPushing(to);
    }
  }

  async #reportDone(report: Report, event: MessagingEvent): Promise<void> {
    const { messages, observe } = this.#context.ports;
    if ((await messages.change({ ...NO_CHANGE, reportsDone: [report], events: [event] })) === 'done') observe([event]);
  }

  async #push(key: string, push: Push): Promise<PushOutcome> {
    this.#pushed.add(key);
    try {
      return await this.#context.ports.notifier.push(push);
    } finally {
      this.#pushed.delete(key);
    }
  }

  /** Gives a question: has the handset come within reach since? */
  #startPushing(msisdn: Msisdn): () => boolean {
    const pushing = this.#pushing.get(msisdn) ?? { pushes: 0, reached: 0 };
    this.#pushing.set(msisdn, pushing);
    pushing.pushes++;
    const before = pushing.reached;
    return () => pushing.reached > before;
  }

  #endPushing(msisdn: Msisdn): void {
    const pushing = this.#pushing.get(msisdn);
    if (pushing && --pushing.pushes === 0) this.#pushing.delete(msisdn);
  }
}

const earlier = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

function newRound(): Round {
  let settle: (result: Promise<WorkDone>) => void = () => {};
  const result = new Promise<WorkDone>((resolve) => {
    settle = resolve;
  });
  return { done: 0, bug: undefined, result, settle };
}
