/**
 * Both sides of the gate at once: sends what the schedule says, plays service centres and IN platforms to what arrives, and holds what comes of
 * each message against what must come of it. No socket and no timer: `tick` and `received` are called by whoever has them. Unit of all times:
 * milliseconds of one clock that does not go back.
 */

import type { ProtocolData } from '#codec/m3ua';
import { RETURN_CAUSE, Reassembly, type SccpView, segmentationOf, viewSccp } from '#codec/sccp';
import { Agenda } from './agenda.js';
import { actOf, type CentreBehaviour, chanceOf, delayOf, type PlatformBehaviour } from './answering.js';
import { addressOctets, type Network, NODES, PLACES, type Place } from './laboratory.js';
import { SENDERS } from './numbers.js';
import { idAt, putId, putIndex, sameOctets, transactionIds } from './octets.js';
import type { Verdict } from './oracle.js';
import { type Draft, Pending } from './pending.js';
import { PLATFORM_REFUSAL, type Refusal, rejectionFault } from './rejection.js';
import type { Schedule } from './schedule.js';
import { type Fault, Tally } from './tally.js';
import { messagesOf, type Part } from './template.js';
import { unitAnswering } from './units.js';

export interface TrafficSettings {
  readonly network: Network;
  readonly seed: number;
  readonly schedule: Schedule;
  /** Messages under way at most; the schedule waits for room. */
  readonly inFlightMax: number;
  /** After which a message without an end is given up. */
  readonly timeoutMs: number;
  /** Data of one segment. Unit: octets. */
  readonly segmentOctets: number;
  readonly centre: CentreBehaviour;
  readonly platform: PlatformBehaviour;
  readonly refusal: Refusal;
  /** What comes back for congestion is the gate's right, and no fault. Default false. */
  readonly allowsCongestion?: boolean;
}

/** What became of a message that was given to a link. */
export type Outcome = 'taken' | 'full' | 'not-active';

export interface TrafficPorts {
  /** Sends from a place to the gate; the user data are read before it returns. */
  transfer(place: Place, data: ProtocolData): Outcome;
  /** The next message to be sent. `isBurst`: the schedule is in a burst. */
  next(isBurst: boolean): Draft;
  /** Whether something was done to the network between these moments that explains a loss. Absent: never. */
  isDisturbed?(from: number, to: number): boolean;
  /** Whether the way to the gate itself was gone between them, so that even a refusal may be missing. Absent: never. */
  isCutOff?(from: number, to: number): boolean;
}

/** The far side's ids: ours with this bit. */
const FAR = 0x8000_0000;
const ID_MASK = 0x3fff_ffff;
const TAG = { begin: 0x62, end: 0x64, goOn: 0x65, abort: 0x67 } as const;
const SCCP = 3;
/** Ids of messages that were given up, to tell a late answer from a second one. Unit: ids. */
const LATE_MAX = 65_536;
/** A longer time between two ticks is none in which this process listened. Unit: milliseconds. */
const STALL_MS = 50;
/** Verdicts that a disturbed network may bring instead of any that leads behind the gate. */
const LOST: readonly Verdict[] = ['silent', 'returned'];

interface Outgoing {
  readonly place: Place;
  readonly data: ProtocolData;
}

export class Traffic {
  readonly tally = new Tally();
  private readonly settings: TrafficSettings;
  private readonly ports: TrafficPorts;
  private readonly firstId: number;
  private readonly pendings = new Map<number, Pending>();
  private readonly late = new Set<number>();
  /** Ids of the run by those on the wire, where a message keeps the id that it has. */
  private readonly aliases = new Map<number, number>();
  private readonly delayed = new Agenda<Outgoing>();
  /** What a full link has not taken, in order. */
  private readonly held: Record<Place, Outgoing[]> = { access: [], centre: [], platform: [] };
  private readonly reassemblies = new Map<Place, Reassembly>(PLACES.map((place) => [place, new Reassembly()]));
  private readonly platformTitles = NODES.platforms.map(addressOctets);
  private startedAt: number | undefined;
  private begun = 0;
  /** How long this process itself stood still: answers that came meanwhile have not been read yet, and are not late. */
  private stalledMs = 0;
  private tickedAt: number | undefined;
  private hasCeased = false;

  constructor(settings: TrafficSettings, ports: TrafficPorts) {
    this.settings = settings;
    this.ports = ports;
    this.firstId = chanceOf(1, settings.seed) & ID_MASK;
  }

  /** Messages under way. */
  get inFlight(): number {
    return this.pendings.size;
  }

  /** All messages of the schedule have been sent and have ended. */
  get isDone(): boolean {
    return (this.hasCeased || this.begun >= this.settings.schedule.total) && this.pendings.size === 0;
  }

  /** Sends nothing new from now on. */
  cease(): void {
    this.hasCeased = true;
  }

  /** Sends what is due, answers what has waited, gives up what has waited too long. The first call begins the schedule. */
  tick(now: number): void {
    this.startedAt ??= now;
    this.stalledMs += Math.max(0, now - (this.tickedAt ?? now) - STALL_MS);
    this.tickedAt = now;
    for (const place of PLACES) this.flush(place);
    for (let out = this.delayed.due(now); out !== undefined; out = this.delayed.due(now)) this.send(out.place, out.data);
    this.expire(now);
    const { schedule, inFlightMax } = this.settings;
    const elapsed = now - this.startedAt;
    const due = schedule.due(elapsed);
    while (this.begun < due && !this.hasCeased) {
      if (this.pendings.size >= inFlightMax || PLACES.some((place) => this.held[place].length > 0)) {
        this.tally.heldBack++;
        break;
      }
      this.begun++;
      this.start(this.ports.next(schedule.isBurst(elapsed)), this.startedAt + schedule.at(this.begun), now);
    }
  }

  private start(draft: Draft, dueAt: number, now: number): void {
    const { template, index } = draft;
    const id = (this.firstId + this.begun) & ID_MASK;
    const { first, second, keptId } = template;
    if (keptId !== undefined && this.aliases.has(keptId)) {
      this.tally.notSent++;
      return;
    }
    const octets = filled(first, keptId ?? id, 0, second === undefined ? template.sender : undefined, index);
    const pending = new Pending(
      id,
      this.begun,
      draft,
      { dueAt, now, waitsFrom: now - this.stalledMs },
      octets.subarray(first.tcapFrom, first.tcapTo),
    );
    if (!this.sendPart(pending, first, octets)) {
      this.tally.notSent++;
      return;
    }
    this.tally.sent++;
    this.pendings.set(id, pending);
    if (keptId !== undefined) this.aliases.set(keptId, id);
  }

  /** False when the place is not in traffic. */
  private sendPart(pending: Pending, part: Part, octets: Uint8Array): boolean {
    const messages = messagesOf(part, octets, pending.id, this.settings.segmentOctets);
    pending.messages.push(...messages);
    const { from } = pending.template;
    return messages.every((message) => this.send(from, this.labelled(from, message, pending.id)));
  }

  private labelled(from: Place, userData: Uint8Array, id: number): ProtocolData {
    const { gatePointCode, pointCodes, networkIndicator } = this.settings.network;
    return { opc: pointCodes[from], dpc: gatePointCode, si: SCCP, ni: networkIndicator, mp: 0, sls: id & 0x0f, userData };
  }

  private send(place: Place, data: ProtocolData): boolean {
    const held = this.held[place];
    const outcome = held.length > 0 ? 'full' : this.ports.transfer(place, data);
    if (outcome === 'full') held.push({ place, data });
    return outcome !== 'not-active';
  }

  private flush(place: Place): void {
    const held = this.held[place];
    let sent = 0;
    while (sent < held.length && this.ports.transfer(place, held[sent]!.data) !== 'full') sent++;
    if (sent > 0) held.splice(0, sent);
  }

  /** A message of the gate has come to a place. `data.userData` may be used again after the call. */
  received(place: Place, data: ProtocolData, now: number): void {
    const viewed = viewSccp(data.userData);
    if (!viewed.ok) {
      this.unclaimed('unreadable', viewed.error.text, data.userData);
      return;
    }
    const view = viewed.value;
    if (view.optionalAt !== undefined && view.returnCause === undefined) {
      const segmentation = segmentationOf(view);
      if (segmentation.ok && segmentation.value !== undefined) {
        for (const output of this.reassemblies.get(place)!.receive(view, segmentation.value, data.opc, undefined, now))
          if (output.kind === 'complete') this.message(place, view, output.data, now);
          else if (output.kind === 'dropped') this.unclaimed('unreadable', `segments: ${output.reason}`, data.userData);
        return;
      }
    }
    this.message(place, view, view.data, now);
  }

  /** `tcap`: of all segments. */
  private message(place: Place, view: SccpView, tcap: Uint8Array, now: number): void {
    const ids = transactionIds(tcap);
    const otid = this.ownId(idAt(tcap, ids.otidFrom, ids.otidTo));
    const dtid = this.ownId(idAt(tcap, ids.dtidFrom, ids.dtidTo));
    const isOurs = otid !== undefined && otid < FAR;
    const pending = this.pendings.get(((isOurs ? otid : dtid) ?? 0) & ID_MASK);
    if (pending === undefined) {
      this.stranger(otid, dtid, view);
      return;
    }
    if (isOurs) {
      if (view.returnCause !== undefined && place === pending.template.from) this.returned(pending, view.returnCause, now);
      else this.arrived(pending, place, view, tcap, now);
    } else if (dtid !== undefined && dtid >= FAR) this.farSideTold(pending, ids.tag, now);
    else if (ids.tag === TAG.goOn) this.accepted(pending, place, tcap, otid, now);
    else this.answered(pending, place, view, tcap, now);
  }

  private ownId(onWire: number | undefined): number | undefined {
    return onWire === undefined || this.aliases.size === 0 ? onWire : (this.aliases.get(onWire) ?? onWire);
  }

  /** A message of which nothing is under way any more. */
  private stranger(otid: number | undefined, dtid: number | undefined, view: SccpView): void {
    const id = (dtid ?? otid ?? 0) & ID_MASK;
    const number = (id - this.firstId) & ID_MASK;
    // A late one has been counted when it was given up; a second abort of a far side harms nobody.
    if (this.late.has(id) || (dtid !== undefined && dtid >= FAR)) return;
    if (number >= 1 && number <= this.begun) this.unclaimed('answered-twice', `message ${number} had ended`, view.octets);
    else this.unclaimed('misrouted', 'belongs to no message of this run', view.octets);
  }

  private unclaimed(fault: Fault, detail: string, octets: Uint8Array): void {
    this.tally.fault({ fault, number: 0, name: 'none', detail }, [octets]);
  }

  // The far side.

  private arrived(pending: Pending, place: Place, view: SccpView, tcap: Uint8Array, now: number): void {
    const { template } = pending;
    const isOperation = template.second === undefined || pending.secondTcap !== undefined;
    const sent = pending.secondTcap ?? pending.firstTcap;
    if (!sameOctets(tcap, sent)) this.fault(pending, 'altered', `arrived as ${view.kind}`, view.octets);
    if (!isOperation) {
      pending.openings++;
      if (place !== template.to) this.fault(pending, 'misrouted', `opened at ${place}`);
      else this.reply(pending, place, view, template.answers?.accept, 0);
      return;
    }
    if (!pending.hasArrived) this.tally.through.record((now - pending.operationAt) * 1000);
    if (place === template.to) this.arrivedAtPlace(pending, place, view, now);
    else if (place === 'platform') this.arrivedAtPlatform(pending, view, tcap, now);
    else this.fault(pending, 'misrouted', `arrived at ${place}`);
  }

  private arrivedAtPlace(pending: Pending, place: Place, view: SccpView, now: number): void {
    pending.arrivals++;
    if (pending.arrivals > 1) {
      this.fault(pending, 'duplicate', `arrival ${pending.arrivals}`);
      return;
    }
    const { answers } = pending.template;
    if (answers === undefined) {
      this.end(pending, pending.arrivedAs!, now);
      return;
    }
    const { centre, seed } = this.settings;
    const chance = chanceOf(pending.id, seed);
    const act = actOf(centre, chance);
    if (act === 'silence') pending.isSilent = true;
    else this.reply(pending, place, view, answers[act], now + delayOf(centre, chance), now);
  }

  private arrivedAtPlatform(pending: Pending, view: SccpView, tcap: Uint8Array, now: number): void {
    pending.platformVisits++;
    if (pending.platformVisits > 1) {
      this.fault(pending, 'looping', `visit ${pending.platformVisits}`);
      return;
    }
    const { platform } = this.settings;
    if (platform === 'answer') {
      this.reply(pending, 'platform', view, pending.template.answers?.result, now, now);
      return;
    }
    const calling = platform === 'return' ? view.calling : this.platformTitles[pending.id % this.platformTitles.length]!;
    const octets = unitAnswering(view, view.called, calling, tcap);
    pending.isForwarded = platform === 'forward';
    this.send('platform', this.labelled('platform', octets, pending.id));
  }

  /** Says `tcap` (its ids filled in) to the calling party, at `at` or at once. */
  private reply(pending: Pending, place: Place, view: SccpView, tcap: Uint8Array | undefined, at: number, now = at): void {
    if (tcap === undefined) return;
    const octets = tcap.slice();
    const { otidFrom, dtidFrom } = transactionIds(octets);
    if (dtidFrom > 0) putId(octets, dtidFrom, pending.template.keptId ?? pending.id);
    if (otidFrom > 0) putId(octets, otidFrom, (FAR | pending.id) >>> 0);
    pending.answer = octets;
    const data = this.labelled(place, unitAnswering(view, view.calling, pending.operationPart.called, octets), pending.id);
    if (at <= now) this.send(place, data);
    else this.delayed.add(at, { place, data });
  }

  /** The far side's half of a dialogue is ended. */
  private farSideTold(pending: Pending, tag: number, now: number): void {
    if (tag !== TAG.abort && tag !== TAG.end) return;
    pending.isPeerAborted = true;
    if (pending.verdict !== undefined) this.close(pending, pending.verdict, pending.endedAt, now);
  }

  // The sender's side.

  private accepted(pending: Pending, place: Place, tcap: Uint8Array, otid: number | undefined, now: number): void {
    const { template } = pending;
    const { second } = template;
    if (place !== template.from || second === undefined || otid === undefined || pending.secondTcap !== undefined) {
      this.fault(pending, 'misrouted', `a Continue at ${place}`);
      return;
    }
    if (pending.answer === undefined || !sameOctets(tcap, pending.answer)) this.fault(pending, 'answer-altered', 'Continue');
    pending.answer = undefined;
    const octets = filled(second, pending.id, otid, template.sender, pending.index);
    pending.secondTcap = octets.subarray(second.tcapFrom, second.tcapTo);
    pending.operationAt = now;
    this.sendPart(pending, second, octets);
  }

  private answered(pending: Pending, place: Place, view: SccpView, tcap: Uint8Array, now: number): void {
    const { template } = pending;
    if (place !== template.from) {
      if (place === 'platform' && pending.isForwarded) this.handOn(pending, view);
      else this.fault(pending, 'misrouted', `answered at ${place}`, view.octets);
      return;
    }
    const arrived = pending.arrivedAs;
    if (arrived !== undefined) {
      if (pending.answer === undefined || !sameOctets(tcap, pending.answer))
        this.fault(pending, 'answer-altered', '', view.octets);
      this.end(pending, arrived, now);
    } else this.answeredByGate(pending, view, tcap, now);
  }

  /** A platform gives the answer to who had asked. */
  private handOn(pending: Pending, view: SccpView): void {
    const { calling, called } = pending.operationPart;
    this.send('platform', this.labelled('platform', unitAnswering(view, calling, called, view.data), pending.id));
  }

  private answeredByGate(pending: Pending, view: SccpView, tcap: Uint8Array, now: number): void {
    if (tcap[0] === TAG.abort) {
      this.end(pending, 'aborted', now);
      return;
    }
    const refusal = pending.expectation.isForPlatform ? PLATFORM_REFUSAL : this.settings.refusal;
    const wrong = rejectionFault(view, pending.template, refusal);
    if (wrong !== undefined) this.fault(pending, 'bad-rejection', wrong, view.octets);
    // A dialogue that the gate ends in its midst has another half, which must be told as well.
    const isMidst = pending.template.second !== undefined;
    if (isMidst && !pending.isPeerAborted) {
      pending.verdict = 'rejected';
      pending.endedAt = now;
    } else this.end(pending, 'rejected', now);
  }

  private returned(pending: Pending, cause: number, now: number): void {
    pending.returnCause = cause;
    const { refusal } = this.settings;
    const isRefusal = refusal.kind === 'returned' && refusal.cause === cause && pending.expectation.verdicts.includes('rejected');
    this.end(pending, isRefusal ? 'rejected' : 'returned', now);
  }

  // The end.

  private expire(now: number): void {
    const { timeoutMs, refusal } = this.settings;
    for (const pending of this.pendings.values()) {
      if (now - this.stalledMs - pending.waitsFrom < timeoutMs) break;
      if (this.late.size >= LATE_MAX) this.late.delete(this.late.values().next().value!);
      this.late.add(pending.id);
      if (pending.verdict !== undefined) {
        this.lossFault(pending, 'peer-not-aborted', now);
        this.close(pending, pending.verdict, pending.endedAt, now);
        continue;
      }
      const arrived = pending.arrivedAs;
      if (arrived !== undefined && !pending.isSilent) this.lossFault(pending, 'answer-lost', now);
      const isRefused = refusal.kind === 'silence' && pending.expectation.verdicts.includes('rejected');
      this.close(pending, arrived ?? (isRefused ? 'rejected' : 'silent'), now, now);
    }
  }

  private end(pending: Pending, verdict: Verdict, now: number): void {
    this.close(pending, verdict, now, now);
  }

  private close(pending: Pending, verdict: Verdict, endedAt: number, now: number): void {
    this.pendings.delete(pending.id);
    const { expectation, template } = pending;
    if (template.keptId !== undefined) this.aliases.delete(template.keptId);
    this.tally.end(verdict, expectation.row, (endedAt - pending.dueAt) * 1000);
    if (expectation.verdicts.includes(verdict)) return;
    if (this.settings.allowsCongestion && pending.returnCause === RETURN_CAUSE.networkCongestion) {
      this.tally.excused++;
      return;
    }
    const detail = pending.returnCause === undefined ? '' : `return cause ${pending.returnCause}`;
    if (LOST.includes(verdict)) this.lossFault(pending, 'wrong-verdict', now, verdict, detail);
    else this.wrong(pending, 'wrong-verdict', detail, [], verdict);
  }

  /** A fault that a disturbance of the network explains, where there was one. */
  private lossFault(pending: Pending, fault: Fault, now: number, verdict?: Verdict, detail = ''): void {
    const isStopped = pending.expectation.verdicts[0] === 'rejected' && fault === 'wrong-verdict';
    const isCutOff = verdict !== 'returned' && this.ports.isCutOff?.(pending.sentAt, now);
    if (isCutOff || (!isStopped && this.ports.isDisturbed?.(pending.sentAt, now))) this.tally.excused++;
    else this.wrong(pending, fault, detail, [], verdict);
  }

  private fault(pending: Pending, fault: Fault, detail: string, octets?: Uint8Array): void {
    this.wrong(pending, fault, detail, octets === undefined ? [] : [octets]);
  }

  private wrong(pending: Pending, fault: Fault, detail: string, came: readonly Uint8Array[], verdict?: Verdict): void {
    const { template, expectation, number, messages } = pending;
    this.tally.fault(
      {
        fault,
        number,
        name: template.name,
        expected: expectation,
        ...(verdict === undefined ? {} : { measured: verdict }),
        ...(detail === '' ? {} : { detail }),
      },
      [...messages, ...came],
    );
  }
}

/** A copy of a part with its ids and its sender. */
function filled(part: Part, otid: number, dtid: number, sender: keyof typeof SENDERS | undefined, index: number): Uint8Array {
  const octets = part.octets.slice();
  putId(octets, part.otidAt, otid);
  if (part.dtidAt > 0) putId(octets, part.dtidAt, dtid);
  if (part.sender !== undefined && sender !== undefined)
    putIndex(octets, part.sender.at, part.sender.digits, SENDERS[sender].from + index);
  return octets;
}
