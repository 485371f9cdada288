/**
 * The outgoing pool: lanes by destination, and the bounds that all of them share. What is in one lane's way is never in another's: each has connections, a
 * queue and a circuit of its own, and what is beyond a bound is deferred at once.
 */
import { type Counter, LIMITS, silentMeter } from '#base';
import { systemResolver, timeoutsOf, Way } from './client/connect.js';
import { alike, Lane, type Yard } from './client/lane.js';
import { outgoing } from './client/outgoing.js';
import { addressFault, deferredBy, failed, NOT_ASCII, type Prepared, transact } from './client/transact.js';
import { Trouble } from './client/trouble.js';
import type { SmtpDestination } from './destination.js';
import type { SmtpMail, SmtpOutcome, SmtpRecipientOutcome } from './mail.js';
import type {
  SmtpCircuit,
  SmtpDialogueLine,
  SmtpHealth,
  SmtpPool,
  SmtpPoolPorts,
  SmtpPoolSettings,
  SmtpProbe,
} from './pool-port.js';

class Pool implements SmtpPool, Yard {
  readonly settings: SmtpPoolSettings;
  readonly now: () => number;
  readonly random: () => number;
  private readonly ports: SmtpPoolPorts;
  /** The one used last stands last. */
  private readonly lanes = new Map<string, Lane>();
  private connections = 0;
  private waiting = 0;
  private waitingOctets = 0;
  private isClosing = false;
  private readonly outcomes: Counter;
  /** Mails under way, for closing. */
  private underWay = 0;
  private ended: () => void = () => {};

  constructor(settings: SmtpPoolSettings, ports: SmtpPoolPorts) {
    if (!/^[!-~]{1,255}$/.test(settings.heloName)) throw new Error(`SMTP: '${settings.heloName}' cannot stand in EHLO`);
    this.settings = settings;
    this.ports = ports;
    this.now = ports.now ?? Date.now;
    this.random = ports.random ?? Math.random;
    const meter = ports.meter ?? silentMeter;
    this.outcomes = meter.counter('angarium_smtp_out_total', 'Recipients of mails sent by SMTP, by what became of them', [
      'outcome',
    ]);
  }

  async send(destination: SmtpDestination, mail: SmtpMail): Promise<SmtpOutcome> {
    const prepared = prepare(mail);
    if ('recipients' in prepared) return prepared;
    const lane = this.isClosing ? undefined : this.laneOf(destination);
    const reason = this.isClosing ? 'closing' : this.isFull(lane, prepared.content.size) ? 'busy' : undefined;
    if (reason !== undefined || lane === undefined)
      return alike(prepared, deferredBy(new Trouble(reason ?? 'busy', 'connect', `not tried: ${BUSY[reason ?? 'busy']}`)));
    this.waiting++;
    this.waitingOctets += prepared.content.size;
    this.underWay++;
    try {
      return await lane.send(prepared);
    } finally {
      this.underWay--;
      if (this.underWay === 0) this.ended();
    }
  }

  private isFull(lane: Lane | undefined, octets: number): boolean {
    const {
      waitingMax = LIMITS.smtpWaitingMax,
      waitingPerDestinationMax = LIMITS.smtpWaitingPerDestinationMax,
      waitingOctetsMax = LIMITS.smtpWaitingOctetsMax,
    } = this.settings;
    if (lane === undefined || lane.waitingCount >= waitingPerDestinationMax || this.waiting >= waitingMax) return true;
    return this.waitingOctets > 0 && this.waitingOctets + octets > waitingOctetsMax;
  }

  /** Undefined: there are too many, and none is idle. */
  private laneOf(destination: SmtpDestination): Lane | undefined {
    let lane = this.lanes.get(destination.name);
    if (lane === undefined) {
      if (!this.hasRoomForLane()) return undefined;
      lane = new Lane(destination, this);
    } else lane.update(destination);
    this.lanes.delete(lane.name);
    this.lanes.set(lane.name, lane);
    return lane;
  }

  private hasRoomForLane(): boolean {
    const old = this.now() - LIMITS.smtpDestinationForgottenMs;
    for (const [name, lane] of this.lanes) {
      if (lane.usedAt > old && this.lanes.size < LIMITS.smtpDestinationsMax) break;
      if (lane.isIdle) this.lanes.delete(name);
      if (lane.usedAt > old && this.lanes.size < LIMITS.smtpDestinationsMax) break;
    }
    return this.lanes.size < LIMITS.smtpDestinationsMax;
  }

  async probe(
    destination: SmtpDestination,
    envelope: { readonly sender: string; readonly recipients: readonly string[] },
  ): Promise<SmtpProbe> {
    const dialogue: SmtpDialogueLine[] = [];
    const mail = { sender: envelope.sender, recipients: envelope.recipients.map((address) => ({ address })), pieces: [] };
    const prepared = prepare(mail);
    if ('recipients' in prepared) return { outcome: prepared, dialogue };
    try {
      const connection = await this.wayTo(destination).open((line) => dialogue.push(line));
      const { tls, host } = connection;
      const { outcomes } = await transact(connection, prepared, timeoutsOf(destination.timeouts), {
        canPipeline: false,
        goesOn: false,
      });
      if (connection.isUsable) connection.say(['RSET']);
      connection.quit();
      return { outcome: { recipients: outcomes, host, ...(tls === undefined ? {} : { tls }) }, dialogue };
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      return { outcome: alike(prepared, deferredBy(trouble)), dialogue };
    }
  }

  health(): readonly SmtpHealth[] {
    return [...this.lanes.values()].map((it) => it.health);
  }

  async close(graceMs: number = LIMITS.smtpCloseGraceMs): Promise<void> {
    this.isClosing = true;
    for (const it of this.lanes.values()) it.close();
    if (this.underWay > 0) {
      const destroy = (): void => {
        for (const it of this.lanes.values()) it.destroy();
      };
      const grace = setTimeout(destroy, graceMs);
      await new Promise<void>((resolve) => {
        this.ended = resolve;
      });
      clearTimeout(grace);
    }
  }

  // the yard

  wayTo(destination: SmtpDestination): Way {
    return new Way(destination, this.settings.heloName, this.ports.resolver ?? systemResolver, this.now, this.random);
  }

  grant(): boolean {
    if (this.isClosing) return false;
    const most = this.settings.connectionsMax ?? LIMITS.smtpClientConnectionsMax;
    if (this.connections >= most) {
      // One that rests elsewhere gives way; whoever asked is asked again when it has ended.
      for (const it of this.lanes.values()) if (it.yieldIdle()) break;
      return false;
    }
    this.connections++;
    return true;
  }

  released(): void {
    this.connections--;
    if (this.isClosing) return;
    const most = this.settings.connectionsMax ?? LIMITS.smtpClientConnectionsMax;
    // Only at the bound can somebody be waiting for a connection to end elsewhere.
    if (this.connections + 1 < most) return;
    for (const it of this.lanes.values()) {
      if (this.connections >= most) return;
      if (it.waitingCount > 0) it.pump();
    }
  }

  count(kind: SmtpRecipientOutcome['kind']): void {
    this.outcomes.add(1, { outcome: kind });
  }

  went(octets: number): void {
    this.waiting--;
    this.waitingOctets -= octets;
  }

  bug(fault: unknown): void {
    this.ports.log.error({ err: fault }, 'smtp: internal error while sending');
  }

  changed(destination: string, circuit: SmtpCircuit): void {
    const trouble = this.lanes.get(destination)?.health.lastTrouble?.text;
    if (circuit === 'open') this.ports.log.warn({ destination, trouble }, 'smtp: destination does not answer');
    if (circuit === 'closed') this.ports.log.info({ destination }, 'smtp: destination answers again');
    this.ports.onCircuit?.(destination, circuit);
  }
}

const BUSY = { busy: 'as much as is allowed waits already', closing: 'closing' } as const;

/** What can be known of a mail before there is a connection. */
function prepare(mail: SmtpMail): Prepared | SmtpOutcome {
  const all = (outcome: ReturnType<typeof failed>): SmtpOutcome => ({ recipients: mail.recipients.map(() => outcome) });
  const fault = mail.sender === '' ? undefined : addressFault(mail.sender);
  if (fault !== undefined) return all(failed('bad-address', `sender: ${fault}`));
  const faults = mail.recipients.map(({ address }) => addressFault(address));
  if (faults.every((it) => it !== undefined)) return { recipients: faults.map((it) => failed('bad-address', it!)) };
  const content = outgoing(mail.pieces);
  if (content === undefined) return all(failed('bad-content', 'a bare CR or LF stands in it'));
  return { mail, content, needsUtf8Sender: NOT_ASCII.test(mail.sender) };
}

/** Opens nothing yet: connections are made when there is mail. Throws when the name for EHLO cannot stand in a command. */
export function openSmtpPool(settings: SmtpPoolSettings, ports: SmtpPoolPorts): SmtpPool {
  return new Pool(settings, ports);
}
