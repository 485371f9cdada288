/** What is said of messages as they are decided: lines of the log, counts, alarms, and decisions to be kept. */
import { createHmac } from 'node:crypto';
import { type Log, type Meter, maskNumber } from '#base';
import { GATE_EVENTS, type GateEvent, type TracedDecision, type Wire } from '#endpoint/sigtran';
import { EVENTS, type ScreeningEvent } from '#portability';
import { type DecisionLog, type KeptDecision, keptOf, maskedWithKey, type ShowNumber, shownOtherwise } from '#store/decisions';

/** Lines of one kind of event in one second; what comes beyond is counted, and the count is told. Unit: lines. Source: what a person or a collector can read. */
const LINES_PER_SECOND_MAX = 50;
const SECOND_MS = 1_000;

/** Says of each kind so much and no more. */
class Sparing {
  readonly #kinds = new Map<string, { second: number; lines: number; unsaid: number }>();

  /** Whether to say it; `before`: how many of its kind were not said since the last time. */
  take(kind: string, now: number): { readonly before: number } | undefined {
    const second = Math.floor(now / SECOND_MS);
    let its = this.#kinds.get(kind);
    if (its === undefined) this.#kinds.set(kind, (its = { second, lines: 0, unsaid: 0 }));
    if (its.second !== second) {
      its.second = second;
      its.lines = 0;
    }
    if (its.lines >= LINES_PER_SECOND_MAX) {
      its.unsaid++;
      return undefined;
    }
    its.lines++;
    const before = its.unsaid;
    its.unsaid = 0;
    return { before };
  }
}

/** How numbers of subscribers stand in files. */
export function showNumber(as: 'full' | 'masked' | 'hashed', key: Uint8Array): ShowNumber | undefined {
  if (as === 'full') return undefined;
  if (as === 'masked') return maskNumber;
  return (digits) => hashedNumber(key, digits);
}

/**
 * Decisions as they may stand in files. `runKey`: of this run of the gate, in memory alone: with masked numbers senders can be counted by it, and
 * nobody can find a number from the files.
 */
export function showDecision(
  as: 'full' | 'masked' | 'hashed',
  key: Uint8Array,
  runKey: Uint8Array,
): (kept: KeptDecision) => KeptDecision {
  if (as === 'masked') return (kept) => maskedWithKey(kept, (digits) => hashedNumber(runKey, digits));
  const show = showNumber(as, key);
  return show === undefined ? (kept) => kept : (kept) => shownOtherwise(kept, show);
}

/** Characters of a hash that stand for a number: 80 bits, by which equal numbers are equal and others differ. */
const HASH_DIGITS = 20;

/** The keyed hash of a number. */
export const hashedNumber = (key: Uint8Array, digits: string): string =>
  createHmac('sha256', key).update(digits).digest('hex').slice(0, HASH_DIGITS);

export interface Observation {
  readonly tellScreening: (event: ScreeningEvent, wire: Wire | undefined) => void;
  readonly tellGate: (event: GateEvent) => void;
  readonly keep: (traced: TracedDecision) => void;
  /** What is wrong by the last word of the events: number store, ceiling. */
  readonly alarms: () => readonly string[];
  /** An operator has dealt with what the ceiling said. */
  readonly resumed: () => void;
}

/** Subsystem of a home location register: a message to it is addressed by the subscriber's number. Q.713 3.4.2.2. */
const SSN_HLR = 6;
/** Land mobile (E.212) and ISDN/mobile (E.214): made of an IMSI. Q.713 3.4.2.3.3. */
const IMSI_PLANS: ReadonlySet<number> = new Set([6, 7]);

/** Digits of a node whole, those of a subscriber as others may see them. Absent where the address cannot be read. */
function shownDigits(title: Wire['called']): string | undefined {
  if (title === undefined) return undefined;
  const { digits, ssn, numberingPlan = 0 } = title.key;
  return ssn === SSN_HLR || IMSI_PLANS.has(numberingPlan) ? maskNumber(digits) : digits;
}

/** What a line says of the message, by the names of UIM 1129. */
const wireFields = (wire: Wire | undefined): Readonly<Record<string, unknown>> =>
  wire === undefined
    ? {}
    : {
        link: wire.link,
        opc: wire.data.opc,
        dpc: wire.data.dpc,
        sccp: wire.sccpKind,
        called: shownDigits(wire.called),
        calling: shownDigits(wire.calling),
      };

function eventFields(event: ScreeningEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case 'rejected': {
      const { decision, sender } = event;
      const { place, reason, mode, action, held, rule, record, homeSmsc } = decision;
      return {
        sender: decision.sender === undefined ? sender?.digits : String(decision.sender),
        place,
        reason,
        mode,
        action,
        held,
        rule,
        portabilityType: record?.portabilityType,
        homeSmsc: homeSmsc?.name,
        selector: event.selector,
      };
    }
    case 'sender-unusable':
    case 'recipient-unusable':
      return { selector: event.selector, failure: event.failure, sender: event.written?.digits };
    case 'service-centre-differs':
      return { selector: event.selector, sender: String(event.sender), serviceCentre: event.serviceCentre.digits };
    case 'parameter-missing':
      return { selector: event.selector, parameter: event.parameter };
    case 'undecodable':
      return { selector: event.selector, why: event.why };
    case 'prepaid-type-unprovisioned':
    case 'no-platform-available':
      return { selector: event.selector, party: event.party, prepaidType: event.prepaidType };
    case 'numbers-not-ready':
      return { state: event.state };
    case 'numbers-ready-again':
      return {};
    case 'ceiling-exceeded': {
      const { percent, rejects, messages, windowSeconds } = event;
      return { percent, rejects, messages, windowSeconds };
    }
  }
}

/** Puts a decision into the shape that is kept. The Wire's octets are gone after the call; what is kept are copies. */
function keptDecision({ wire, submission, decision, outcome, trace }: TracedDecision): ReturnType<typeof keptOf> {
  const { at, link, data, sccpKind, called, calling } = wire;
  const message = {
    at,
    link,
    opc: data.opc,
    dpc: data.dpc,
    sccp: sccpKind,
    called: called?.key.digits ?? '',
    calling: calling?.key.digits ?? '',
    carried: outcome,
  };
  return keptOf(message, decision, trace, submission.sender?.digits);
}

/** `shown`: the decision as it may stand in files. */
export function observe(
  log: Log,
  meter: Meter,
  decisions: DecisionLog | undefined,
  shown: (kept: KeptDecision) => KeptDecision,
): Observation {
  const events = meter.counter('angarium_gate_events_total', 'Events about messages, by kind.', ['kind']);
  const sparing = new Sparing();
  let storeAlarm: string | undefined;
  let ceilingAlarm: string | undefined;

  const say = (level: 'info' | 'alarm' | 'clear', kind: string, fields: Readonly<Record<string, unknown>>, at: number): void => {
    events.add(1, { kind });
    const line = sparing.take(kind, at);
    if (line === undefined) return;
    const all = line.before === 0 ? fields : { ...fields, unsaid: line.before };
    if (level === 'alarm') log.error(all, kind);
    else log.info(all, kind);
  };

  return {
    tellScreening(event, wire) {
      const { level, uim, vstp } = EVENTS[event.kind];
      if (event.kind === 'numbers-not-ready') storeAlarm = `number store ${event.state}`;
      if (event.kind === 'numbers-ready-again') storeAlarm = undefined;
      if (event.kind === 'ceiling-exceeded')
        ceilingAlarm = `ceiling exceeded since ${new Date(event.at).toISOString()}: rejects are monitored only until an operator resumes`;
      say(level, event.kind, { uim, vstp, ...wireFields(wire), ...eventFields(event) }, event.at);
    },
    tellGate(event) {
      const { level, uim, vstp } = GATE_EVENTS[event.kind];
      say(level, event.kind, { uim, vstp, ...wireFields(event.wire), detail: event.detail }, event.wire.at);
    },
    keep(traced) {
      if (decisions === undefined) return;
      decisions.keep(shown(keptDecision(traced)));
    },
    alarms: () => [storeAlarm, ceilingAlarm].filter((its) => its !== undefined),
    resumed: () => {
      ceilingAlarm = undefined;
    },
  };
}
