/**
 * The program on one machine, put together as `src/app/mmsc.ts` does it, over the simulated disk, engine and network; with somebody who
 * starts it again whenever it is down, as a supervisor does.
 */

import { startHousekeeping, startWorkPump } from '#app';
import { type Log, type LogFields, type Msisdn, silentMeter } from '#base';
import {
  type Carrier,
  type Carriers,
  createMessaging,
  type EventLog,
  type MessageStore,
  type MessagingEvent,
  type MessagingService,
  type Notifier,
  type Router,
} from '#messaging';
import { type EmbeddedStore, openEmbeddedStore } from '#store/embedded';
import { type Loop, newOwner, type Owner } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { WorldSettings } from '../world/settings.js';
import { SimulatedDisk } from './disk.js';
import { SimulatedEngine } from './engine.js';
import type { Hazards } from './hazards.js';
import { type HttpAnswer, type HttpRequest, Mm1Driver } from './mm1-driver.js';
import { Violation, Witness } from './witness.js';

/** Pause before the program is started again. Milliseconds. */
const RESTART_MS = 2_000;
/** How long requests and work under way may take to end before the store is closed. Milliseconds. */
const STOP_WITHIN_MS = 10_000;

interface Running {
  readonly store: EmbeddedStore;
  readonly messages: MessageStore;
  readonly messaging: MessagingService;
  readonly mm1: Mm1Driver;
  close(): Promise<void>;
}

export interface MachineSurroundings {
  readonly loop: Loop;
  readonly random: Random;
  readonly trace: Trace;
  readonly settings: WorldSettings;
  readonly hazards: Hazards;
  readonly notifier: Notifier;
  readonly router: Router;
  readonly carriers: Carriers;
  readonly wall: () => number;
  /** An empty folder for the database. */
  readonly folder: string;
  /** Told of events once they are durable. */
  readonly observe: (events: readonly MessagingEvent[]) => void;
  /** Before messages are removed. */
  readonly beforePrune: () => void;
  /** The store keeps a log of events. */
  readonly logsEvents: boolean;
  /** A process has its domain, and does nothing yet. */
  readonly opened: (messaging: MessagingService, events: EventLog | undefined, owner: Owner) => void;
  /** A process is gone. */
  readonly fallen: () => void;
}

/** A crash to come: the machine fails at the place so many places from now, and perhaps its power with it. */
export interface CrashPlan {
  places: number;
  /** Part of the place's name; every place counts when it is empty. */
  readonly where: string;
  readonly power: boolean;
}

export class Machine {
  readonly witness: Witness;
  readonly disk: SimulatedDisk;
  readonly engine: SimulatedEngine;
  readonly #in: MachineSurroundings;
  #owner: Owner;
  #running: Running | undefined;
  #plans: CrashPlan[] = [];
  /** It does not come back by itself: the world has ended. */
  #retired = false;
  #starts = 0;

  constructor(surroundings: MachineSurroundings) {
    this.#in = surroundings;
    const { loop, random, hazards, trace, settings, folder } = surroundings;
    this.witness = new Witness(loop);
    this.#owner = loop.world;
    const crashPoint = (what: string): boolean => this.#crashPoint(what);
    this.disk = new SimulatedDisk(
      loop,
      random.fork('disk'),
      hazards,
      trace,
      crashPoint,
      settings.diskOctets,
      settings.paces.disk,
    );
    this.engine = new SimulatedEngine(
      {
        paces: settings.paces,
        beforePrune: surroundings.beforePrune,
        loop,
        random: random.fork('engine'),
        hazards,
        trace,
        crashPoint,
      },
      folder,
    );
  }

  /** Whose timers are set by the code that runs now. */
  get owner(): Owner {
    return this.#owner;
  }

  get store(): EmbeddedStore | undefined {
    return this.#running?.store;
  }

  /** The store's messages as the domain sees them, under witness. */
  get messages(): MessageStore | undefined {
    return this.#running?.messages;
  }

  /** The program's domain, while it runs. */
  get messaging(): MessagingService | undefined {
    return this.#running?.messaging;
  }

  /** Nothing of the machine is under way but what waits for its time. */
  get isQuiet(): boolean {
    return this.#running !== undefined && this.#owner.busy === 0 && this.witness.underWay === 0;
  }

  plan(plan: CrashPlan): void {
    this.#plans.push(plan);
  }

  forgetPlans(): void {
    this.#plans = [];
  }

  /** Serves a request, or nobody is there. Never settles when the machine crashes meanwhile. */
  serve(request: HttpRequest): Promise<HttpAnswer> {
    return this.#running?.mm1.serve(request) ?? Promise.resolve({ kind: 'none' });
  }

  handsetReachable(msisdn: Msisdn): void {
    void this.#running?.messaging.handsetReachable(msisdn);
  }

  /** Starts the program, and again until it runs. */
  start(): void {
    const owner: Owner = newOwner(`start ${++this.#starts}`);
    this.#owner = owner;
    this.#in.trace.line('machine: starts');
    this.#open(owner).then(
      (running) => {
        this.#running = running;
        this.#in.trace.line('machine: runs');
        this.#in.trace.count('machine', 'runs');
      },
      (error: Error) => {
        if (isDefect(error)) return this.#in.loop.fail(error);
        this.#in.trace.line('machine: cannot start');
        this.#in.trace.count('machine', 'cannot start');
        this.#fall();
      },
    );
  }

  /** The process dies; with `power`, the disk loses what was not flushed. */
  crash(power: boolean): void {
    const { trace } = this.#in;
    trace.line(`machine: ${power ? 'loses power' : 'is killed'}`);
    trace.count('machine', power ? 'loses power' : 'is killed');
    if (power) this.disk.losePower();
    if (this.#owner !== this.#in.loop.world) this.#fall();
  }

  /** An orderly end and a new start. */
  async restart(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const { trace } = this.#in;
    trace.line('machine: is asked to stop');
    this.#running = undefined;
    const owner = this.#owner;
    await running.close();
    if (!owner.alive) return;
    trace.line('machine: has stopped');
    trace.count('machine', 'stops in order');
    this.#fall();
  }

  /** Ends the machine for good. */
  retire(): void {
    this.#retired = true;
    this.#fall();
    this.engine.remove();
  }

  #fall(): void {
    this.#owner.alive = false;
    this.#owner = this.#in.loop.world;
    this.#running = undefined;
    this.witness.crashed();
    this.#in.fallen();
    if (this.#retired) return;
    this.engine.crash();
    this.#in.loop.after(RESTART_MS, this.#in.loop.world, () => {
      if (!this.#retired && this.#owner === this.#in.loop.world) this.start();
    });
  }

  #crashPoint(what: string): boolean {
    const due = this.#plans.find((plan) => what.includes(plan.where) && --plan.places < 0);
    if (!due || !this.#owner.alive || this.#owner === this.#in.loop.world) return false;
    this.#plans = this.#plans.filter((plan) => plan !== due);
    this.#in.trace.line(`machine: crashes ${what}`);
    this.#in.trace.count('crash', what.replace(/^(first|second) half of a /, ''));
    this.crash(due.power);
    return true;
  }

  async #open(owner: Owner): Promise<Running> {
    const { loop, random, settings, notifier, wall, observe } = this.#in;
    const log = this.#log();
    const store = await openEmbeddedStore({
      folder: this.engine.folder,
      log,
      meter: silentMeter,
      monotonic: () => loop.now,
      logEvents: this.#in.logsEvents,
      settings: settings.store,
      files: this.disk.layerFor(owner),
      startThread: this.engine.startThreadFor(owner),
    });
    const draws = random.fork(owner.name);
    const messages = this.witness.around(store.messages, owner);
    const messaging = createMessaging(
      {
        messages,
        handsets: store.handsets,
        notifier: { push: (push) => whileAlive(owner, notifier.push(push)) },
        router: this.#in.router,
        carriers: carriersWhileAlive(owner, this.#in.carriers),
        now: wall,
        monotonic: () => loop.now,
        randomOctets: (count) => draws.octets(count),
        observe,
      },
      settings.policy,
    );
    const mm1 = new Mm1Driver(loop, owner, draws.fork('mm1'), settings, {
      messaging,
      numbering: settings.policy.numbering,
      log,
      meter: silentMeter,
      now: wall,
      writable: () => store.health().writable,
    });
    this.#in.opened(messaging, store.events, owner);
    const pump = startWorkPump({ work: () => messaging.workDue(), stop: () => messaging.stopWork(), now: wall, log });
    messages.onDue(() => pump.wake());
    const housekeeping = startHousekeeping(() => messaging.housekeep(), log);
    return {
      store,
      messages,
      messaging,
      mm1,
      close: async () => {
        // What cannot end, as its outcome is not known, is cut off, as the program's own end does.
        await Promise.race([Promise.all([mm1.close(), pump.close(), housekeeping.close()]), loop.sleep(STOP_WITHIN_MS, owner)]);
        await store.close();
      },
    };
  }

  /** What the program says of defects of its own ends the world; the rest is counted. */
  #log(): Log {
    const { loop, trace } = this.#in;
    const heard = (level: string) => (fields: LogFields, text: string) => {
      if ('err' in fields) loop.fail(fields['err']);
      if (level === 'error' || level === 'warn') trace.count('log', text);
    };
    return { debug: () => undefined, info: () => undefined, warn: heard('warn'), error: heard('error') };
  }
}

/** What comes from outside reaches nobody when the process is gone: its promises must not run on in the next one's time. */
function whileAlive<T>(owner: Owner, outcome: Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    void outcome.then((value) => {
      if (owner.alive) resolve(value);
    });
  });
}

function carriersWhileAlive(owner: Owner, carriers: Carriers): Carriers {
  const of = (carrier: Carrier): Carrier => ({
    terms: (road) => carrier.terms(road),
    handOver: (handover) => whileAlive(owner, carrier.handOver(handover)),
    report: (report) => whileAlive(owner, carrier.report(report)),
  });
  return Object.fromEntries(Object.entries(carriers).map(([kind, carrier]) => [kind, of(carrier)]));
}

/** A violation, or an error of the language: nothing that a disk could cause. */
function isDefect(error: Error): boolean {
  return (
    error instanceof Violation || error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  );
}
