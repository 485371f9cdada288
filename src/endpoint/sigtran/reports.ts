/**
 * Events in the layout that operators know from UIM 1129, with what it lacks. What the domain tells (`ScreeningEvent`) gets the fields of the wire
 * here; what the gate tells itself (`GateEvent`) has them already.
 */
import { type SccpAddress, viewSccp } from '#codec/sccp';
import { EVENTS, type ScreeningEvent } from '#portability';
import type { Step } from '#protocol/routing';
import type { GateEvent, GateEventKind, GateRouting, Wire } from './gate.js';

/** An address, field by field, by the names of UIM 1129. */
export interface ReportedAddress {
  /** National indicator: bit 8 of the address indicator. */
  readonly ni: 0 | 1;
  readonly ri: 'GT' | 'SSN';
  /** 0: no global title. */
  readonly gti: number;
  /** Whether an SSN, and a point code, are there. */
  readonly ssni: 0 | 1;
  readonly pci: 0 | 1;
  readonly tt?: number;
  readonly np?: number;
  readonly nai?: number;
  /** Digits in dialling order; empty when the title has none in BCD. */
  readonly addr: string;
  readonly pc?: number;
  readonly ssn?: number;
}

/** What every event about a message says of it. Numbers are whole: mask them before they reach a log. */
export interface WireReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Service information octet. Q.704 14.2. */
  readonly sio: number;
  readonly opc: number;
  readonly dpc: number;
  readonly sls: number;
  readonly sccpType: string;
  /** Absent: the address cannot be read. */
  readonly called?: ReportedAddress;
  readonly calling?: ReportedAddress;
  readonly linkset: string;
  /** The sets in which its called party is translated, in their order. Empty when no selector takes it up. */
  readonly gttSets: readonly string[];
}

/** Loudness and numbers of an event at EAGLE (UIM) and vSTP; absent where they have none. */
export interface EventNumbers {
  readonly level: 'info' | 'alarm' | 'clear';
  readonly uim?: number;
  readonly vstp?: number;
}

export const GATE_EVENTS: Readonly<Record<GateEventKind, EventNumbers>> = {
  'hop-counter-used-up': { level: 'alarm' },
  'loop-stopped': { level: 'alarm' },
  'not-allowed': { level: 'info' },
  'reassembly-failed': { level: 'info', vstp: 70331 },
  'reassembly-crowded-out': { level: 'alarm', vstp: 70331 },
  'reject-unanswerable': { level: 'info', vstp: 70316 },
  'redirect-mid-dialogue': { level: 'info' },
  'platform-without-route': { level: 'alarm' },
  'beyond-limits': { level: 'alarm' },
  'direction-unclear': { level: 'info', uim: 1416, vstp: 70318 },
};

export interface MessageReport extends EventNumbers {
  readonly wire: WireReport;
  readonly event: ScreeningEvent | GateEvent;
}

export function reportedAddress(address: SccpAddress): ReportedAddress {
  const { routeOn, national, pointCode, ssn, globalTitle: gt } = address;
  return {
    ni: national === true ? 1 : 0,
    ri: routeOn === 'gt' ? 'GT' : 'SSN',
    gti: gt?.indicator ?? 0,
    ssni: ssn === undefined ? 0 : 1,
    pci: pointCode === undefined ? 0 : 1,
    ...(gt !== undefined && 'translationType' in gt ? { tt: gt.translationType } : {}),
    ...(gt !== undefined && 'numberingPlan' in gt ? { np: gt.numberingPlan } : {}),
    ...(gt !== undefined && 'natureOfAddress' in gt ? { nai: gt.natureOfAddress } : {}),
    addr: gt !== undefined && 'digits' in gt ? gt.digits : '',
    ...(pointCode === undefined ? {} : { pc: pointCode }),
    ...(ssn === undefined ? {} : { ssn }),
  };
}

/** The sets that a message's called party is, or would be, translated in. Asks routing, which changes nothing. */
function gttSetsOf({ link, data }: Wire, routing: GateRouting): readonly string[] {
  const view = viewSccp(data.userData);
  if (!view.ok) return [];
  const steps: Step[] = [];
  const { ni, opc, dpc, sls } = data;
  routing.relay({ ni, opc, dpc, sls, link }, view.value, { steps });
  return [...new Set(steps.flatMap((it) => (it.step === 'entry' ? [it.set] : [])))];
}

/** A message's fields as they stand: copies, so that they may be kept. */
export function wireReport(wire: Wire, routing: GateRouting): WireReport {
  const { ni, mp, si, opc, dpc, sls } = wire.data;
  return {
    at: wire.at,
    sio: ((ni & 0x03) << 6) | ((mp & 0x03) << 4) | (si & 0x0f),
    opc,
    dpc,
    sls,
    sccpType: wire.sccpKind,
    ...(wire.called === undefined ? {} : { called: reportedAddress(wire.called.address) }),
    ...(wire.calling === undefined ? {} : { calling: reportedAddress(wire.calling.address) }),
    linkset: wire.link,
    gttSets: gttSetsOf(wire, routing),
  };
}

/** An event of the decision, with the message that it is about. */
export const reportScreening = (event: ScreeningEvent, wire: Wire, routing: GateRouting): MessageReport => ({
  ...EVENTS[event.kind],
  wire: wireReport(wire, routing),
  event,
});

/** An event of the gate itself. */
export const reportGate = (event: GateEvent, routing: GateRouting): MessageReport => ({
  ...GATE_EVENTS[event.kind],
  wire: wireReport(event.wire, routing),
  event,
});
