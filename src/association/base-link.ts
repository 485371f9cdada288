/** What all links have: a name, a state that its user is told of, counters, and a log. */

import type { Log, LogFields } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import type { Link, LinkDiscard, LinkRole, LinkState, LinkUser, TransferOutcome, UndeliverableReason } from './link.js';
import type { Association, LostReason } from './port.js';
import { RareLog } from './rare-log.js';
import { Tally } from './tally.js';

/** What links are given by the program. */
export interface LinkPorts {
  readonly user: LinkUser;
  readonly log: Log;
}

export abstract class BaseLink implements Link {
  readonly name: string;
  readonly role: LinkRole;
  readonly counters = new Tally();
  readonly rare: RareLog;
  protected readonly user: LinkUser;
  protected readonly log: Log;
  private shown: LinkState = 'down';

  constructor(name: string, role: LinkRole, ports: LinkPorts) {
    this.name = name;
    this.role = role;
    this.user = ports.user;
    this.log = ports.log;
    this.rare = new RareLog(ports.log);
  }

  abstract readonly queuedOctets: number;
  abstract transfer(data: ProtocolData, routingContext?: number): TransferOutcome;

  get state(): LinkState {
    return this.shown;
  }

  /** Tells of a state when it is a change. */
  show(state: LinkState): void {
    if (state === this.shown) return;
    const before = this.shown;
    this.shown = state;
    this.counters.stateChanges++;
    this.log.info({ link: this.name, state, before }, 'link changed its state');
    this.guarded(() => this.user.onState(this, state));
  }

  /** Hands a message to the user. What the user throws is a bug of the user's: logged and counted, and traffic goes on. */
  protected receive(data: ProtocolData, routingContext: number | undefined): void {
    const { counters } = this;
    counters.messagesIn++;
    counters.octetsIn += data.userData.length;
    try {
      this.user.onTransfer(this, data, routingContext);
    } catch (e) {
      this.fault(e);
    }
  }

  giveBack(data: ProtocolData, reason: UndeliverableReason): void {
    this.guarded(() => this.user.onUndeliverable(this, data, reason));
  }

  tellDrained(): void {
    this.guarded(() => this.user.onDrained?.(this));
  }

  protected guarded(call: () => void): void {
    try {
      call();
    } catch (e) {
      this.fault(e);
    }
  }

  private fault(e: unknown): void {
    this.counters.discards['user-fault']++;
    this.rare.warn({ link: this.name, err: e }, 'the user of the link has thrown an error');
  }

  discard(reason: LinkDiscard, fields: LogFields = {}): void {
    this.counters.discards[reason]++;
    this.rare.warn({ link: this.name, reason, ...fields }, DISCARD_TEXT[reason]);
  }

  /** Counts a message that was sent, or why not. */
  protected sent(octets: number): 'taken' {
    const { counters } = this;
    counters.messagesOut++;
    counters.octetsOut += octets;
    return 'taken';
  }

  protected refused(outcome: Exclude<TransferOutcome, 'taken'>): TransferOutcome {
    this.counters.discards[outcome === 'not-active' ? 'transfer-not-active' : outcome]++;
    return outcome;
  }

  /** The peer has sent an ERR. */
  tellComplaint(errorCode: number, peer?: string): void {
    this.counters.complaints++;
    this.rare.warn({ link: this.name, ...(peer === undefined ? {} : { peer }), errorCode }, 'the peer has sent an ERR');
  }

  tellUp(association: Association): void {
    this.counters.associationsUp++;
    const { addresses, port } = association.peer;
    this.log.info({ link: this.name, addresses, port, streams: association.streams }, 'association is up');
  }

  tellLost(association: Association, reason: LostReason, detail: string): void {
    this.counters.associationsLost++;
    this.counters.discards['association-lost'] += association.queuedMessages;
    const fields = { link: this.name, reason, ...(detail === '' ? {} : { detail }), unsent: association.queuedMessages };
    if (reason === 'closed' || reason === 'peer-closed') this.log.info(fields, 'association has ended');
    else this.log.warn(fields, 'association is lost');
  }
}

/** One text for each reason, so that repetitions are known. */
const DISCARD_TEXT: Readonly<Record<LinkDiscard, string>> = {
  'not-active': 'message discarded: no active state',
  'not-up': 'message discarded: the peer is not up',
  'unknown-routing-context': 'message discarded: routing context is none of this link',
  'wrong-network-appearance': 'message discarded: network appearance is none of this link',
  'stream-zero': 'message discarded: DATA on stream 0',
  unexpected: 'message discarded: unexpected here',
  malformed: 'message discarded: it could not be read',
  full: 'message not taken: the queue is at its bound',
  'transfer-not-active': 'message not taken: the link is not active',
  'too-long': 'message not taken: more user data than a message holds',
  'association-lost': 'message lost with its association',
  recovery: 'message discarded: nobody came to serve the application server',
  'user-fault': 'message discarded: its user has thrown an error',
};
