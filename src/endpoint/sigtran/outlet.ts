/** How messages leave the gate: handed on, answered, taken back. Carries out what others decide, and counts it. */
import type { ProtocolData } from '#codec/m3ua';
import { type AddressVariant, decodeAddress, MESSAGES, RETURN_CAUSE, returnMessage, type SccpView, viewSccp } from '#codec/sccp';
import type { TitleKey } from '#portability';
import type { RelayOptions, RelayOutcome, Step, Transfer } from '#protocol/routing';
import { answerTo, asUserData, type UserData, unitData } from './answers.js';
import type { GateCounts } from './counts.js';
import type { GateEventKind, GateOutput, GatePorts, GateRouting } from './gate.js';
import type { Passage, SegmentLabel } from './passage.js';
import { titleKeyOf } from './titles.js';

const SI_SCCP = 3;
const PLAIN: RelayOptions = {};
const UDT = MESSAGES.UDT.type;

export class Outlet {
  private readonly routing: GateRouting;
  private readonly ports: GatePorts;
  private readonly counts: GateCounts;
  private readonly variant: AddressVariant;

  constructor(ports: GatePorts, counts: GateCounts, variant: AddressVariant = 'itu') {
    this.variant = variant;
    this.routing = ports.routing;
    this.ports = ports;
    this.counts = counts;
  }

  /** Hands a message on, every segment of it. `stopsAt`: a point code to which it must not go, since it has just come from there. */
  relay(passage: Passage, out: GateOutput[], options: RelayOptions = PLAIN, stopsAt?: number): void {
    const { segments } = passage;
    if (segments === undefined) this.relayOne(passage, passage.view, passage, out, options, stopsAt);
    else for (const { view, label } of segments) this.relayOne(passage, view, label, out, options, stopsAt);
  }

  private relayOne(
    passage: Passage,
    view: SccpView,
    from: SegmentLabel,
    out: GateOutput[],
    options: RelayOptions,
    stopsAt: number | undefined,
  ): void {
    const { ni, opc, dpc, sls } = from.data;
    const { journal } = this.ports;
    const steps: Step[] | undefined = journal === undefined ? undefined : [];
    const asked = steps === undefined ? options : { ...options, steps };
    const outcome = this.routing.relay({ ni, opc, dpc, sls, link: from.link }, view, asked);
    if (steps !== undefined)
      journal?.({ step: 'routing', steps, ...('fault' in outcome && outcome.fault ? { fault: outcome.fault } : {}) });
    if (outcome.kind === 'transfer' && outcome.by === 'translated' && this.goesInCircles(outcome, passage, opc, stopsAt)) {
      const why = outcome.dpc === stopsAt ? PLATFORM_CIRCLE : TRANSLATION_CIRCLE;
      this.stop(passage, why, out);
      return;
    }
    this.carryOut(outcome, passage, from.data, out);
  }

  /**
   * Whether a message that leaves comes again: to a platform that sent it, or, as a UDT (which has no hop counter) still to be translated by the
   * title that it came with, to the node from which it came.
   */
  private goesInCircles({ dpc, octets }: Transfer, passage: Passage, opc: number, stopsAt: number | undefined): boolean {
    if (dpc === stopsAt) return true;
    if (dpc !== opc || octets[0] !== UDT) return false;
    const view = viewSccp(octets);
    const called = view.ok ? decodeAddress(view.value.called, this.variant) : view;
    if (!called.ok) return false;
    const key = titleKeyOf(called.value);
    return key.routeOn === 'gt' && passage.called !== undefined && isSameTitle(key, passage.called.key);
  }

  private carryOut(outcome: RelayOutcome, passage: Passage, data: ProtocolData, out: GateOutput[]): void {
    if (outcome.kind === 'local') {
      this.counts.local++;
      out.push({ kind: 'local', link: passage.link, ssn: outcome.ssn, data });
      return;
    }
    if (outcome.fault === 'hop-counter') {
      this.counts['loops-stopped']++;
      this.tell('hop-counter-used-up', passage, 'the hop counter is used up');
    }
    if (outcome.kind === 'drop') this.counts.dropped++;
    else {
      this.counts[outcome.by === 'returned' ? 'returned' : 'relayed']++;
      this.send(outcome, data, out);
    }
  }

  private send({ ni, opc, dpc, sls, link, octets }: Transfer, data: ProtocolData, out: GateOutput[]): void {
    out.push({ kind: 'send', link, data: { opc, dpc, si: SI_SCCP, ni, mp: data.mp, sls, userData: octets } });
  }

  /** Sends user data back to the calling party in the called party's name. False: there is nobody to answer. */
  answer(passage: Passage, data: UserData, out: GateOutput[]): boolean {
    // An address that cannot be read would lead an answer nowhere.
    const message = passage.calling === undefined ? undefined : answerTo(passage.view, data);
    if (!message?.ok) return false;
    this.sendBack(passage, message.value, out);
    return true;
  }

  /** Sends user data to the called party in the calling party's name. */
  inItsName(passage: Passage, data: Uint8Array, out: GateOutput[]): void {
    const { view } = passage;
    const message = unitData(view, view.called, view.calling, asUserData(data));
    const made = message.ok ? viewSccp(message.value) : undefined;
    if (made?.ok) this.relayOne(passage, made.value, passage, out, PLAIN, undefined);
  }

  /** Takes a message back to its sender, if he asked for that. False: nothing goes back. */
  giveBack(passage: Passage, cause: number, out: GateOutput[]): boolean {
    const message = returnMessage(passage.view, cause);
    if (!message.ok) {
      this.counts.dropped++;
      return false;
    }
    this.counts.returned++;
    this.sendBack(passage, message.value, out);
    return true;
  }

  /** Stops a message that goes in circles. */
  stop(passage: Passage, detail: string, out: GateOutput[]): void {
    this.counts['loops-stopped']++;
    this.tell('loop-stopped', passage, detail);
    this.giveBack(passage, RETURN_CAUSE.hopCounterViolation, out);
  }

  /**
   * To its sender. One that is routed on its subsystem is reached at the point code in its address, where a route leads there (Q.714 2.7); for any
   * other OPC and DPC change places, by the route there is, else by the link by which the message came.
   */
  sendBack(passage: Passage, octets: Uint8Array, out: GateOutput[]): void {
    const { data, calling } = passage;
    const { ni, opc, dpc, sls, mp } = data;
    const named = calling?.key.routeOn === 'ssn' ? calling.address.pointCode : undefined;
    let to = named ?? opc;
    let way = this.routing.routes.route(ni, to, sls);
    if (way.kind !== 'hop' && to !== opc) way = this.routing.routes.route(ni, (to = opc), sls);
    const link = way.kind === 'hop' ? way.link : passage.link;
    out.push({ kind: 'send', link, data: { opc: dpc, dpc: to, si: SI_SCCP, ni, mp, sls, userData: octets } });
  }

  tell(kind: GateEventKind, wire: Passage, detail: string): void {
    this.ports.tell?.({ kind, wire, detail });
  }
}

const PLATFORM_CIRCLE = 'a message of a prepaid platform would have gone back to it';
const TRANSLATION_CIRCLE = 'a message without hop counter would have gone back to the node that wants it translated';

const TITLE_FIELDS = ['indicator', 'translationType', 'numberingPlan', 'natureOfAddress', 'ssn', 'digits'] as const;

/** Whether a node that translates cannot tell these apart. */
const isSameTitle = (a: TitleKey, b: TitleKey): boolean => TITLE_FIELDS.every((field) => a[field] === b[field]);
