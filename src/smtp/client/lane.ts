/** Everything about one destination: its connections, what waits for them, its circuit and its counters. One lane knows nothing of another. */
import { LIMITS } from '#base';
import type { SmtpDestination, SmtpTimeouts } from '../destination.js';
import type { SmtpOutcome, SmtpRecipientOutcome } from '../mail.js';
import type { SmtpCircuit, SmtpHealth, SmtpPoolSettings } from '../pool-port.js';
import { Circuit } from './circuit.js';
import type { ClientConnection } from './client-connection.js';
import { timeoutsOf, type Way } from './connect.js';
import { deferredBy, type Prepared, type Transacted, transact } from './transact.js';
import { Trouble } from './trouble.js';

/** What the lanes of a pool share. */
export interface Yard {
  readonly settings: SmtpPoolSettings;
  readonly now: () => number;
  readonly random: () => number;
  /** Whether one more connection may be made; then `released` is called when it has ended. */
  grant(): boolean;
  released(): void;
  changed(name: string, circuit: SmtpCircuit): void;
  /** A mail that waited does so no more. Unit: octets. */
  went(octets: number): void;
  count(kind: SmtpRecipientOutcome['kind']): void;
  /** A fault of ours, which must not take anything else with it. */
  bug(fault: unknown): void;
  wayTo(destination: SmtpDestination): Way;
}

interface Entry {
  readonly prepared: Prepared;
  readonly resolve: (outcome: SmtpOutcome) => void;
  /** It was given to a connection that had been closed meanwhile; once only. */
  isSecondTry: boolean;
}

/** When a trial is under way, or connections are short: soon. Unit: milliseconds. */
const SOON_MS = 1_000;
const SECOND_MS = 1_000;

const OUR_FAULT = new Trouble('dropped', 'content', 'internal error');

export class Lane {
  readonly name: string;
  /** The settings as they were last seen, and as text, by which a change is known. */
  private destination: SmtpDestination;
  private text: string;
  private way: Way;
  private times: Required<SmtpTimeouts>;
  private readonly yard: Yard;
  private readonly circuit: Circuit;
  private waiting: Entry[] = [];
  private readonly connections = new Set<ClientConnection>();
  private idle: { readonly connection: ClientConnection; readonly timer: NodeJS.Timeout }[] = [];
  private readonly resetting = new Set<ClientConnection>();
  private opening = 0;
  private tokens = 0;
  private tokensAt = 0;
  private tokenTimer: NodeJS.Timeout | undefined;
  private isClosing = false;
  private readonly counts = { taken: 0, deferred: 0, failed: 0 };
  private lastTakenAt: number | undefined;
  private lastTrouble: { readonly at: number; readonly text: string } | undefined;
  /** Epoch milliseconds. */
  usedAt: number;

  constructor(destination: SmtpDestination, yard: Yard) {
    this.name = destination.name;
    this.destination = destination;
    this.text = JSON.stringify(destination);
    this.times = timeoutsOf(destination.timeouts);
    this.yard = yard;
    this.way = yard.wayTo(destination);
    this.usedAt = yard.now();
    this.circuit = new Circuit(yard.settings, {
      now: yard.now,
      random: yard.random,
      probe: () => this.probe(),
      changed: (state) => this.circuitChanged(state),
    });
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Nothing is under way, and nothing is known that would be lost. */
  get isIdle(): boolean {
    return this.waiting.length === 0 && this.connections.size === 0 && this.opening === 0 && this.circuit.state === 'closed';
  }

  get health(): SmtpHealth {
    const { openSince, nextProbeAt, state } = this.circuit;
    return {
      name: this.name,
      circuit: state,
      ...(openSince === undefined ? {} : { openSince }),
      ...(nextProbeAt === undefined ? {} : { nextProbeAt }),
      connections: this.connections.size,
      busy: this.connections.size - this.idle.length,
      waiting: this.waiting.length,
      ...this.counts,
      ...(this.lastTakenAt === undefined ? {} : { lastTakenAt: this.lastTakenAt }),
      ...(this.lastTrouble === undefined ? {} : { lastTrouble: this.lastTrouble }),
    };
  }

  /** The settings that are given with every mail: when they have changed, nothing that was made by the old ones is used again. */
  update(destination: SmtpDestination): void {
    if (destination === this.destination) return;
    const text = JSON.stringify(destination);
    this.destination = destination;
    if (text === this.text) return;
    this.text = text;
    this.times = timeoutsOf(destination.timeouts);
    this.way = this.yard.wayTo(destination);
    for (const it of this.connections) it.isStale = true;
    this.dropIdle();
    // What kept it from answering may have been changed just now.
    this.circuit.well();
  }

  send(prepared: Prepared): Promise<SmtpOutcome> {
    this.usedAt = this.yard.now();
    if (!this.circuit.admits()) {
      const notBefore = this.circuit.nextProbeAt ?? this.usedAt + SOON_MS;
      this.yard.went(prepared.content.size);
      const trouble = new Trouble('circuit-open', 'connect', `not tried: ${this.lastTrouble?.text ?? 'being probed'}`);
      return Promise.resolve(this.counted(alike(prepared, deferredBy(trouble, false, notBefore))));
    }
    return new Promise((resolve) => {
      this.waiting.push({ prepared, resolve, isSecondTry: false });
      this.pump();
    });
  }

  /** Gives what waits to connections, and makes connections while there may be more. */
  pump(): void {
    while (this.waiting.length > 0) {
      if (!this.hasToken()) return;
      const connection = this.takeIdle();
      if (connection === undefined) break;
      this.tokens--;
      void this.carry(this.waiting.shift()!, connection);
    }
    const most = this.destination.connectionsMax ?? LIMITS.smtpClientConnectionsPerDestinationMax;
    const coming = (): number => this.opening + this.resetting.size;
    while (this.waiting.length > coming() && this.connections.size + this.opening < most && this.yard.grant()) void this.open();
  }

  private hasToken(): boolean {
    const { mailsPerSecondMax: rate } = this.destination;
    if (rate === undefined) return true;
    const now = performance.now();
    this.tokens = Math.min(Math.max(1, rate), this.tokensAt === 0 ? 1 : this.tokens + ((now - this.tokensAt) * rate) / SECOND_MS);
    this.tokensAt = now;
    if (this.tokens >= 1) return true;
    this.tokenTimer ??= setTimeout(
      () => {
        this.tokenTimer = undefined;
        this.pump();
      },
      Math.ceil(((1 - this.tokens) * SECOND_MS) / rate),
    );
    return false;
  }

  private takeIdle(): ClientConnection | undefined {
    for (let slot = this.idle.pop(); slot !== undefined; slot = this.idle.pop()) {
      clearTimeout(slot.timer);
      if (slot.connection.isUsable && !slot.connection.hasReply) return slot.connection;
      slot.connection.destroy();
    }
    return undefined;
  }

  private async open(): Promise<void> {
    this.opening++;
    const { way } = this;
    try {
      this.join(await way.open(), way);
    } catch (fault) {
      this.yard.released();
      this.opening--;
      if (!(fault instanceof Trouble)) this.yard.bug(fault);
      this.cannotOpen(fault instanceof Trouble ? fault : OUR_FAULT);
      return;
    }
    this.opening--;
    this.pump();
  }

  private join(connection: ClientConnection, way: Way): void {
    connection.isStale = way !== this.way;
    this.connections.add(connection);
    connection.onEnd = () => {
      this.connections.delete(connection);
      this.idle = this.idle.filter((slot) => {
        if (slot.connection === connection) clearTimeout(slot.timer);
        return slot.connection !== connection;
      });
      this.yard.released();
    };
    this.rest(connection);
  }

  /** One mail shares the trouble; the others are tried until the circuit opens. A destination that cannot ever be reached takes all with it. */
  private cannotOpen(trouble: Trouble): void {
    const entry = this.waiting.shift();
    this.note(trouble);
    if (entry !== undefined) this.settle(entry, { recipients: entry.prepared.mail.recipients.map(() => deferredBy(trouble)) });
    if (trouble.isFinal) {
      for (const it of this.waiting.splice(0)) this.settle(it, alike(it.prepared, deferredBy(trouble)));
    } else this.circuit.trouble();
    this.pump();
  }

  private async carry(entry: Entry, connection: ClientConnection): Promise<void> {
    const isReused = connection.mails > 0;
    connection.mails++;
    const { outcomes, trouble } = await this.transact(entry.prepared, connection);
    if (trouble === undefined) this.circuit.well();
    else if (isReused && !entry.isSecondTry && isFarewell(trouble)) {
      // The far side had closed an idle connection; that says nothing of the mail, nor of the destination.
      entry.isSecondTry = true;
      this.waiting.unshift(entry);
      this.pump();
      return;
    } else {
      this.note(trouble);
      this.circuit.trouble();
    }
    const { tls, host } = connection;
    this.settle(entry, { recipients: outcomes, host, ...(tls === undefined ? {} : { tls }) });
    if (connection.isDirty && this.waiting.length === 0 && this.goesOn(connection)) await this.reset(connection);
    if (this.goesOn(connection)) this.rest(connection);
    else connection.quit();
    this.pump();
  }

  /** Whether it may carry another mail. */
  private goesOn({ isUsable, mails }: ClientConnection): boolean {
    return isUsable && !this.isClosing && mails < (this.destination.mailsPerConnectionMax ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Ends the transaction that refused recipients have left open, before the connection rests: a server counts it, and waits for it when it closes. Where
   * mail waits, the next MAIL brings its RSET along.
   */
  private async reset(connection: ClientConnection): Promise<void> {
    this.resetting.add(connection);
    try {
      await connection.ask('RSET', 'mail', this.times.commandMs);
      connection.isDirty = false;
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      // The connection has ended, and nothing was lost with it.
    }
    this.resetting.delete(connection);
  }

  private async transact(prepared: Prepared, connection: ClientConnection): Promise<Transacted> {
    try {
      return await transact(connection, prepared, this.times, { canPipeline: !this.destination.noPipelining, goesOn: true });
    } catch (fault) {
      this.yard.bug(fault);
      connection.destroy();
      return { outcomes: alike(prepared, deferredBy(OUR_FAULT, true)).recipients, trouble: OUR_FAULT };
    }
  }

  private rest(connection: ClientConnection): void {
    const timer = setTimeout(() => {
      this.idle = this.idle.filter((it) => it.connection !== connection);
      connection.quit();
    }, this.destination.idleMs ?? LIMITS.smtpIdleMs).unref();
    this.idle.push({ connection, timer });
  }

  private async probe(): Promise<void> {
    const { way } = this;
    if (!this.yard.grant()) throw new Trouble('busy', 'connect', 'as many connections as are allowed');
    try {
      this.join(await way.open(), way);
    } catch (trouble) {
      this.yard.released();
      if (trouble instanceof Trouble) this.note(trouble);
      throw trouble;
    }
  }

  private circuitChanged(state: SmtpCircuit): void {
    if (state === 'open') {
      const notBefore = this.circuit.nextProbeAt!;
      const trouble = new Trouble('circuit-open', 'connect', `not tried: ${this.lastTrouble?.text ?? 'no answer'}`);
      for (const it of this.waiting.splice(0)) this.settle(it, alike(it.prepared, deferredBy(trouble, false, notBefore)));
      this.dropIdle();
    }
    this.yard.changed(this.name, state);
  }

  private note(trouble: Trouble): void {
    this.lastTrouble = { at: this.yard.now(), text: `${trouble.phase}: ${trouble.message}` };
  }

  private settle({ prepared, resolve }: Entry, outcome: SmtpOutcome): void {
    this.yard.went(prepared.content.size);
    resolve(this.counted(outcome));
  }

  private counted(outcome: SmtpOutcome): SmtpOutcome {
    for (const { kind } of outcome.recipients) {
      this.counts[kind]++;
      this.yard.count(kind);
      if (kind === 'taken') this.lastTakenAt = this.yard.now();
    }
    return outcome;
  }

  /** One connection that is not needed gives way to another destination. */
  yieldIdle(): boolean {
    const slot = this.idle.shift();
    if (slot === undefined) return false;
    clearTimeout(slot.timer);
    slot.connection.quit();
    return true;
  }

  private dropIdle(): void {
    for (const { connection, timer } of this.idle.splice(0)) {
      clearTimeout(timer);
      connection.quit();
    }
  }

  /** Takes nothing more; what waits is deferred. */
  close(): void {
    this.isClosing = true;
    this.circuit.close();
    clearTimeout(this.tokenTimer);
    const trouble = new Trouble('closing', 'connect', 'not tried: closing');
    for (const it of this.waiting.splice(0)) this.settle(it, alike(it.prepared, deferredBy(trouble)));
    this.dropIdle();
    for (const it of this.resetting) it.quit();
  }

  destroy(): void {
    for (const it of [...this.connections]) it.destroy();
  }
}

/** An idle connection's end, seen when it was used again. */
const isFarewell = ({ kind, phase, reply }: Trouble): boolean =>
  phase === 'mail' && (kind === 'dropped' || (kind === 'answered' && reply?.code === 421));

/** The same for every recipient. */
export const alike = ({ mail }: Prepared, outcome: SmtpRecipientOutcome): SmtpOutcome => ({
  recipients: mail.recipients.map(() => outcome),
});
