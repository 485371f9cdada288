/**
 * One world: handsets, a push channel, a network, and a machine with the program; from the first message to the last expiry.
 *
 * Its plan (who is there, what is sent when, what goes wrong when) is drawn before it begins, each part from a source of its own, so that
 * leaving out a message or a fault leaves the rest of the plan as it was.
 */
import type { Msisdn } from '#base';
import type { MessageId } from '#messaging';
import { FAULTS } from '../faults/index.js';
import { Loop } from '../kit/loop.js';
import { Random } from '../kit/random.js';
import { Trace } from '../kit/trace.js';
import { heal, noHazards } from '../machine/hazards.js';
import { Machine } from '../machine/machine.js';
import { Violation } from '../machine/witness.js';
import { RECEIVE_ROADS, SEND_ROADS } from '../roads/index.js';
import { Audit } from './audit.js';
import { Billing } from './billing.js';
import { compose } from './compose.js';
import { FarSides } from './far-sides.js';
import { type Clock, Ledger } from './ledger.js';
import { Network, short } from './network.js';
import { DEEDS, Operators } from './operators.js';
import { Phone, type PhoneWorld } from './phone.js';
import { Providers } from './providers.js';
import { BEGINNING, drawSettings, MINUTE, OWN_PREFIX, SECOND } from './settings.js';
import { Smsc } from './smsc.js';
import { Strangers } from './strangers.js';

export interface WorldOptions {
  readonly seed: number;
  /** An empty folder for the database. */
  readonly folder: string;
  /** Numbers of faults and messages that are left out of the plan. */
  readonly withoutFaults?: ReadonlySet<number>;
  readonly withoutMessages?: ReadonlySet<number>;
  /**
   * The world as it was before mail from outside, recalls, operators and charging came into it: so the seeds of that time mean what they meant.
   * Absent means no.
   */
  readonly older?: boolean;
  /** Gets every line of the trace. */
  readonly say?: ((line: string) => void) | undefined;
}

/** How often everything is looked over while the world runs. Milliseconds. */
const AUDIT_MS = 7 * SECOND;
/** By then a machine without trouble must have taken a message. Milliseconds. */
const ALIVE_WITHIN_MS = 4 * MINUTE;
/** What anything may be late by. Milliseconds; a lease, a pause of the pump and a slow push together. */
const SLACK_MS = 3 * MINUTE;
/** Share of faults that begin when a message is being sent, and how near. Milliseconds. */
const NEAR_SHARE = 0.6;
const NEAR_MS = 12 * SECOND;
/** Share of messages that are sent together with the one before, and how near. Milliseconds. */
const TOGETHER_SHARE = 0.4;
const TOGETHER_MS = 400;
/** Numbers of the first message from elsewhere, the first mail, and the first message that is to be recalled. */
const STRANGERS_FROM = 1_000;
const MAIL_FROM = 1_100;
const RECALLED_FROM = 1_200;
/** The number of operators' first deed, among faults. */
const DEEDS_FROM = 100;
/** How long what waits for a road may wait while nothing hinders it. Milliseconds; a lease, and what a far side may rest. */
const GOING_OUT_MS = 2 * MINUTE;
const VERSIONS = ['1.0', '1.1', '1.2', '1.2', '1.3'] as const;

export class World {
  readonly loop = new Loop();
  readonly trace: Trace;
  readonly machine: Machine;
  readonly random: Random;
  readonly #options: WorldOptions;
  readonly #settings;
  readonly #hazards = noHazards();
  readonly #clock: Clock & { offset: number; latest: number };
  readonly #ledger: Ledger;
  readonly #audit: Audit;
  readonly #phones: readonly Phone[];
  readonly #strangers: Strangers;
  readonly #providers: Providers;
  /** Absent in older worlds. */
  readonly #operators: Operators | undefined;
  #trouble = true;
  /** Since when the program runs without trouble. Milliseconds since the world began. */
  #wellSince: number | undefined;
  /** The wall clock has been set back. */
  #setBack = false;
  /** Roads that have not come to their end. */
  #walking = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { loop } = this;
    const random = new Random(`angarium ${options.seed}`);
    this.random = random.fork('globals');
    this.trace = new Trace(loop, options.say);
    this.#settings = drawSettings(random.fork('settings'));
    this.#clock = {
      offset: 0,
      latest: 0,
      wall: () => BEGINNING + Math.floor(loop.now) + this.#clock.offset,
      latestWall: () => (this.#clock.latest = Math.max(this.#clock.latest, this.#clock.wall())),
    };
    const { wall, latestWall } = this.#clock;
    const receivers = new Map<Msisdn, Phone>();
    const common = { loop, trace: this.trace, settings: this.#settings };
    const smsc = new Smsc(loop, random.fork('smsc'), this.trace, this.#hazards, this.#settings, receivers, (push, octets) =>
      this.#ledger.pushed(push, octets),
    );
    const operators = options.older
      ? undefined
      : new Operators({
          loop,
          trace: this.trace,
          ledger: () => this.#ledger,
          messaging: () => this.machine.messaging,
          storedDeeds: (id, by) => this.#audit.deedsOf(id, by),
        });
    this.#operators = operators;
    const billing = operators && new Billing({ loop, random: random.fork('billing'), trace: this.trace });
    const farSides = new FarSides({
      loop,
      random: random.fork('far sides'),
      trace: this.trace,
      hazards: this.#hazards,
      messaging: () => this.machine.messaging,
      given: (handover) => this.#ledger.given(handover),
      reported: (report) => this.#ledger.reports.outside(report),
      stored: (key) => this.#audit.delivery(key),
      ...(operators && { operators }),
    });
    this.machine = new Machine({
      ...common,
      random: random.fork('machine'),
      hazards: this.#hazards,
      notifier: smsc.notifier,
      router: farSides.router,
      carriers: farSides.carriers,
      wall,
      folder: options.folder,
      observe: (events) => {
        for (const { kind } of events)
          if (kind === 'resubmission-recognised') this.trace.count('message', 'recognised as sent again');
      },
      beforePrune: () => this.#audit.close(),
      logsEvents: billing !== undefined,
      opened: (messaging, events, owner) => {
        operators?.tell(messaging);
        if (events) billing?.start(events, owner);
      },
      fallen: () => farSides.crashed(),
    });
    const outside = {
      ...common,
      ledger: () => this.#ledger,
      phones: () => this.#phones,
      messaging: () => this.machine.messaging,
    };
    this.#strangers = new Strangers(outside);
    this.#providers = new Providers(outside);
    const { machine } = this;
    this.#ledger = new Ledger({
      ...common,
      wall,
      latestWall,
      witness: machine.witness,
      isStored: (id) => machine.engine.rows('SELECT 1 FROM message WHERE id=?', id).length > 0,
      storedDelivery: (key) => {
        const [row] = machine.engine.rows("SELECT open, record->>'$.readStatus' FROM delivery WHERE key=?", key);
        return row && { open: row[0] !== 0, read: row[1] !== null };
      },
      pushFailed: (key) => smsc.failed.has(key),
      storedDeliveries: (id) => this.#audit.history(id)?.deliveries ?? [],
      farSaid: (delivery, outcome) => farSides.hasSaid(delivery, outcome),
      leadsTo: (key, road) => farSides.leadsTo(key, road),
      hasExpired: (reason) => operators?.hasExpired(reason) ?? false,
      changed: ({ events }) => {
        for (const event of events) if (event.kind === 'delivery-rerouted') farSides.rerouted(event.delivery);
        operators?.noted(events);
      },
    });
    this.#audit = new Audit({ ...common, machine, ledger: this.#ledger, ...(billing && { billing }) });
    const phoneWorld: PhoneWorld = {
      network: new Network(loop, this.trace, this.#hazards, machine),
      ledger: this.#ledger,
      sleep: (ms) => loop.sleep(ms),
      notified: (phone, notification) => {
        const road = phone.random.weighted(RECEIVE_ROADS);
        this.trace.line(`${short(phone.msisdn)} ${road.name}: ${notification.transactionId.slice(0, 11)}`);
        this.trace.count('receives', road.name);
        void this.#walk(road.run(phone, notification));
      },
    };
    const people = random.fork('phones');
    this.#phones = Array.from({ length: people.between(2, 5) }, (_, i) => {
      const msisdn = `${OWN_PREFIX}123456${i}` as Msisdn;
      return new Phone(phoneWorld, msisdn, people.pick(VERSIONS), people.fork(msisdn));
    });
    for (const phone of this.#phones) receivers.set(phone.msisdn, phone);
  }

  wall(): number {
    return this.#clock.wall();
  }

  /** From the first message to the last expiry. Rejects with a Violation, or with what else went wrong. */
  async run(): Promise<void> {
    const { loop, machine, trace } = this;
    machine.start();
    const instants = this.#planMessages();
    this.#planFaults(instants);
    this.#planStrangers();
    if (!this.#options.older) this.#planLater(instants);
    this.#look();
    await loop.run(() => loop.now >= this.#settings.troubleMs);
    await this.#recover(instants.length);
    this.#wellSince = loop.now;
    await this.#drain();
    this.#audit.remains();
    this.#audit.charges();
    await this.#agree();
    await this.#lastStart();
    trace.line('the world ends well');
  }

  /** Gives the instants of the messages that are planned, those left out included. */
  #planMessages(): readonly number[] {
    const plan = new Random(`angarium ${this.#options.seed}`).fork('messages');
    const count = plan.between(2, 10);
    const instants: number[] = [];
    for (let number = 0; number < count; number++) {
      const draws = plan.fork(`message ${number}`);
      // Some come together: what happens at the same time is what races.
      const together = instants.length > 0 && draws.chance(TOGETHER_SHARE);
      const at = together ? instants.at(-1)! + draws.unit() * TOGETHER_MS : draws.unit() * this.#settings.troubleMs;
      instants.push(at);
      if (this.#options.withoutMessages?.has(number)) continue;
      const phone = draws.pick(this.#phones);
      this.loop.after(at, this.loop.world, () => this.#send(number, phone, draws, false));
    }
    return instants;
  }

  /** What comes from elsewhere; their numbers begin where those of handsets' messages do not come to. */
  #planStrangers(): void {
    const plan = new Random(`angarium ${this.#options.seed}`).fork('strangers');
    const count = plan.pick([0, 1, 1, 2, 3]);
    for (let i = 0; i < count; i++) {
      const number = STRANGERS_FROM + i;
      const draws = plan.fork(`stranger ${i}`);
      const at = draws.unit() * this.#settings.troubleMs;
      if (this.#options.withoutMessages?.has(number)) continue;
      this.loop.after(at, this.loop.world, () => void this.#walk(this.#strangers.send(number, draws)));
    }
  }

  /** Mail, messages that are recalled, and operators' deeds: each from a source of its own. */
  #planLater(instants: readonly number[]): void {
    const { loop } = this;
    const at = (draws: Random): number =>
      draws.chance(NEAR_SHARE) ? draws.pick(instants) + draws.unit() * NEAR_MS : draws.unit() * this.#settings.troubleMs;
    const mails = new Random(`angarium ${this.#options.seed}`).fork('mails');
    for (let i = mails.pick([0, 0, 1, 2]) - 1; i >= 0; i--) {
      const draws = mails.fork(`mail ${i}`);
      if (this.#options.withoutMessages?.has(MAIL_FROM + i)) continue;
      loop.after(at(draws), loop.world, () => void this.#walk(this.#strangers.mail(MAIL_FROM + i, draws)));
    }
    const recalls = new Random(`angarium ${this.#options.seed}`).fork('recalls');
    for (let i = recalls.pick([0, 1, 1, 2, 3]) - 1; i >= 0; i--) {
      const draws = recalls.fork(`recalled ${i}`);
      if (this.#options.withoutMessages?.has(RECALLED_FROM + i)) continue;
      loop.after(at(draws), loop.world, () => void this.#walk(this.#providers.send(RECALLED_FROM + i, draws)));
    }
    const deeds = new Random(`angarium ${this.#options.seed}`).fork('deeds');
    for (let i = deeds.between(0, 6) - 1; i >= 0; i--) {
      const draws = deeds.fork(`deed ${i}`);
      const deed = draws.weighted(DEEDS);
      if (this.#options.withoutFaults?.has(DEEDS_FROM + i)) continue;
      loop.after(at(draws), loop.world, () => {
        if (!this.#trouble) return;
        this.trace.line(`operator ${i}: ${deed.name}`);
        this.trace.count('operator', deed.name);
        void this.#walk(deed.run(this.#operators!, draws, `operator ${i}`));
      });
    }
  }

  #send(number: number, sender: Phone, random: Random, plain: boolean): Promise<void> {
    const wall = this.wall();
    const sent = compose({ number, sender, phones: this.#phones, settings: this.#settings, random, wall, plain });
    this.#ledger.add(sent);
    const road = plain ? SEND_ROADS[0]! : random.weighted(SEND_ROADS);
    this.trace.count('sends', road.name);
    this.trace.line(`${short(sender.msisdn)} ${road.name}: message ${number}`);
    return this.#walk(road.run(sender, sent));
  }

  /** Somebody is on his road. */
  async #walk(road: Promise<void>): Promise<void> {
    this.#walking++;
    await road;
    this.#walking--;
  }

  #planFaults(instants: readonly number[]): void {
    const plan = new Random(`angarium ${this.#options.seed}`).fork('faults');
    const count = plan.between(0, 8);
    for (let number = 0; number < count; number++) {
      const draws = plan.fork(`fault ${number}`);
      // Most faults show only when something is going on.
      const at = draws.chance(NEAR_SHARE)
        ? draws.pick(instants) + draws.unit() * NEAR_MS
        : draws.unit() * this.#settings.troubleMs;
      const fault = draws.weighted(FAULTS);
      if (this.#options.withoutFaults?.has(number)) continue;
      this.loop.after(at, this.loop.world, () => {
        if (!this.#trouble) return;
        this.trace.line(`fault ${number}: ${fault.name}`);
        this.trace.count('fault', fault.name);
        const end = fault.begin(
          {
            machine: this.machine,
            hazards: this.#hazards,
            phones: this.#phones,
            diskOctets: this.#settings.diskOctets,
            stepClock: (ms) => this.#stepClock(ms),
          },
          draws,
        );
        const [least, most] = fault.lastsMs;
        this.loop.after(least + draws.unit() * (most - least), this.loop.world, () => {
          if (!this.#trouble) return;
          this.trace.line(`fault ${number} is over`);
          end();
        });
      });
    }
  }

  #stepClock(ms: number): void {
    this.#clock.latestWall();
    this.#clock.offset += Math.floor(ms);
    this.#setBack ||= ms < 0;
  }

  /** Looks over everything now and then. */
  #look(): void {
    this.#clock.latestWall();
    this.#audit.rows();
    this.#audit.books();
    if (!this.#setBack) this.#audit.again(this.wall());
    if (this.#wellSince !== undefined && this.loop.now > this.#wellSince + GOING_OUT_MS)
      this.#audit.goingOut(this.wall() - GOING_OUT_MS);
    this.loop.after(AUDIT_MS, this.loop.world, () => this.#look());
  }

  /** All faults end; the program must take messages again without a hand. */
  async #recover(planned: number): Promise<void> {
    const { loop, machine, trace } = this;
    trace.line('all faults are over');
    this.#trouble = false;
    heal(this.#hazards);
    machine.forgetPlans();
    this.#operators?.endAll();
    for (const phone of this.#phones) {
      phone.isOn = true;
      machine.handsetReachable(phone.msisdn);
    }
    const draws = new Random(`angarium ${this.#options.seed}`).fork('recovery');
    const deadline = loop.now + ALIVE_WITHIN_MS;
    const numbers = this.#phones.map((_, i) => planned + i);
    for (const [i, phone] of this.#phones.entries()) void this.#insist(numbers[i]!, phone, draws.fork(`message ${i}`));
    const taken = (): boolean => {
      const ok = new Set([...this.#ledger.promises].map((id) => this.#ledger.messages.get(id)!.number));
      return numbers.every((number) => ok.has(number));
    };
    await loop.run(() => taken() || loop.now > deadline);
    if (!taken())
      throw new Violation('messages are taken again when faults are over', machine.store?.health().reason ?? 'it does not run');
  }

  /** Sends until it is taken. */
  async #insist(number: number, phone: Phone, random: Random): Promise<void> {
    await this.#send(number, phone, random, true);
    const sent = this.#ledger.sent.find((one) => one.number === number)!;
    await phone.persist(Number.POSITIVE_INFINITY, () => phone.submit(sent));
  }

  /** The clock runs to beyond the last expiry. */
  async #drain(): Promise<void> {
    const { loop, machine } = this;
    const { witness, engine } = machine;
    const begun = this.wall();
    const until = (): number =>
      Math.max(begun, ...[...witness.messages.values()].map(({ message }) => message.expiresAt)) +
      this.#settings.policy.reportLifetimeMs +
      (this.#settings.policy.acknowledgementWaitMs ?? 0) +
      (this.#settings.policy.farReportGraceMs ?? 0) +
      SLACK_MS;
    let nextLook = 0;
    await loop.run(() => {
      if (loop.now < nextLook || this.#walking > 0) return false;
      nextLook = loop.now + 20 * SECOND;
      if (this.wall() > until()) return true;
      if (!machine.isQuiet || !this.#audit.isCharged) return false;
      return engine.rows('SELECT 1 FROM delivery WHERE open<>0 UNION ALL SELECT 1 FROM report LIMIT 1').length === 0;
    });
    const still = loop.now + MINUTE;
    await loop.run(() => loop.now > still && machine.isQuiet && this.#audit.isCharged);
    this.#audit.rows();
    this.#audit.books(true);
    this.#audit.bound();
  }

  /** What memory says of every message is what the rows say. */
  async #agree(): Promise<void> {
    const { machine, loop } = this;
    const { messages } = machine;
    const ids = machine.engine.rows('SELECT id FROM message').flat() as MessageId[];
    let done = false;
    const compare = async (): Promise<void> => {
      for (const id of ids) {
        const answered = await messages!.deliveriesOf(id);
        // Housekeeping may take it meanwhile.
        for (const row of this.#audit.history(id)?.deliveries ?? []) {
          const one = answered.find(({ key }) => key === row.key);
          if (one?.revision !== row.revision || one.state !== row.state)
            loop.fail(new Violation('memory agrees with the rows', `${row.key}: ${JSON.stringify(one)}, ${JSON.stringify(row)}`));
        }
      }
      done = true;
    };
    void compare();
    await loop.run(() => done);
  }

  async #lastStart(): Promise<void> {
    const { loop, machine, random } = this;
    const before = machine.owner;
    if (random.chance(0.5)) void machine.restart();
    else machine.crash(true);
    const deadline = loop.now + MINUTE;
    await loop.run(() => (machine.owner !== before && machine.isQuiet) || loop.now > deadline);
    if (!machine.isQuiet) throw new Violation('a program without trouble starts', 'it does not');
    this.#audit.emptyDisk();
    await this.#agree();
  }
}
