/** A gate with a screening that a test scripts and a routing of a few lines, and messages to feed it. */
import assert from 'node:assert/strict';
import type { ProtocolData } from '#codec/m3ua';
import { contextName, encodeInvoke, type MoForwardSmArg } from '#codec/map';
import {
  decodeSccp,
  editSccp,
  encodeSccp,
  HOP_COUNTER_MAX,
  nextHopCounter,
  RETURN_CAUSE,
  returnMessage,
  type SccpAddress,
  type SccpKind,
  type SccpMessage,
  viewSccp,
} from '#codec/sccp';
import { type Component, decodeTcap, encodeTcap, PROTOCOL_VERSION_1, type TcapMessage } from '#codec/tcap';
import type { Answer, Decision, MoSubmission, NotScreened, Screening, Trace } from '#portability';
import type { Routing } from '#protocol/routing';
import type { GateEvent, GateOutput, GatePorts, GateRouting, GateSettings, TracedDecision, Wire } from './gate.js';
import { type GateBounds, GateSwitch } from './gate-switch.js';

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Point codes of the little network, and who is behind which link. */
export const PC = { gate: 100, msc: 1, smsc: 2, platform: 3 } as const;
const LINKS: Readonly<Record<number, string>> = { [PC.msc]: 'to-msc', [PC.smsc]: 'to-smsc', [PC.platform]: 'to-in' };
export const SMSC = '393490000001';
export const MSC = '393490001000';
export const SENDER = '393491234567';

export const title = (digits: string, ssn = 8): SccpAddress => ({
  routeOn: 'gt',
  ssn,
  globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
});

/** Where digits lead. */
const pointCodeOf = (digits: string): number | undefined => (digits === SMSC ? PC.smsc : digits === MSC ? PC.msc : undefined);

/** Translates by the called digits alone; a `target` wins. */
export const relay: Routing['relay'] = (label, view, options) => {
  const back = (cause: number, fault: 'no-entry' | 'hop-counter') => {
    const octets = returnMessage(view, cause);
    if (!octets.ok) return { kind: 'drop', fault, cause, silent: 'not-asked' } as const;
    const on = { ni: label.ni, opc: PC.gate, dpc: label.opc, sls: label.sls, link: label.link ?? '' };
    return { kind: 'transfer', ...on, octets: octets.value, congestionLevel: 0, by: 'returned', cause, fault } as const;
  };
  const message = decodeSccp(view.octets);
  if (!message.ok) return { kind: 'drop', fault: 'bad-address', cause: undefined, silent: 'not-asked' };
  const { called } = message.value;
  if (called.routeOn === 'ssn' && called.ssn === 1) return { kind: 'local', ssn: 1 };
  const gt = called.globalTitle;
  const dpc = options?.target?.pointCode ?? pointCodeOf(gt !== undefined && 'digits' in gt ? gt.digits : '');
  if (dpc === undefined) return back(RETURN_CAUSE.noTranslationForAddress, 'no-entry');
  const hopCounter = nextHopCounter(view);
  if (hopCounter === 'violation') return back(RETURN_CAUSE.hopCounterViolation, 'hop-counter');
  const octets = hopCounter === undefined ? view.octets : editSccp(view, { hopCounter });
  if (!(octets instanceof Uint8Array) && !octets.ok) throw new Error('a hop counter always fits');
  return {
    kind: 'transfer',
    ni: label.ni,
    opc: PC.gate,
    dpc,
    sls: label.sls,
    link: LINKS[dpc]!,
    octets: octets instanceof Uint8Array ? octets : octets.value,
    congestionLevel: 0,
    by: 'translated',
    cause: undefined,
    fault: undefined,
  };
};

export const routing: GateRouting = {
  relay,
  route: (_ni, pointCode) => {
    if (pointCode === PC.gate) return { kind: 'here' };
    const link = LINKS[pointCode];
    if (link === undefined) return { kind: 'none', reason: 'no-route' };
    return { kind: 'hop', link, priority: 0, restricted: false, congestionLevel: 0, againstAdvice: false };
  },
};

export const REFUSED: Answer = { kind: 'tcap-error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' };

const PASS: Decision = {
  action: 'pass',
  verdict: 'pass',
  held: 'no',
  place: 'row 4',
  reason: 'sender-not-stored',
  mode: 'enforce',
  selector: 'msc',
  sender: undefined,
  record: undefined,
  homeSmsc: undefined,
  serviceCentre: 'not-compared',
  rule: undefined,
  answer: undefined,
  relay: undefined,
};
export const pass = (reason: Decision['reason'] = 'sender-not-stored'): Decision => ({ ...PASS, reason });
export const reject = (answer: Answer = REFUSED): Decision => ({
  ...PASS,
  action: 'reject',
  verdict: 'reject',
  place: 'row 7',
  reason: 'ported-at-home-smsc',
  rule: 'home-smsc',
  answer,
});
export const redirect = (): Decision => ({
  ...PASS,
  action: 'redirect',
  verdict: 'redirect',
  place: 'row 11',
  reason: 'sender-prepaid',
  relay: { party: 'sender', prepaidType: 1, platform: { name: 'in', addresses: ['393490002000'] } },
});

/** A screening that a test scripts, and what it was asked. */
export class ScriptedScreening implements Screening<Wire> {
  readonly settings = { version: 'test', portabilityCheck: true, selectors: [], homeSmscs: { entries: [] } };
  readonly asked: MoSubmission[] = [];
  readonly passedOver: NotScreened[] = [];
  private readonly verdict: (submission: MoSubmission) => Decision;

  constructor(verdict: (submission: MoSubmission) => Decision) {
    this.verdict = verdict;
  }

  /** Titles of indicator 4 are selected. */
  select: Screening<Wire>['select'] = (called) => (called.indicator === 4 ? { name: 'msc' } : undefined);

  decide: Screening<Wire>['decide'] = (_selection, submission) => {
    this.asked.push(submission);
    return this.verdict(submission);
  };

  passOver: Screening<Wire>['passOver'] = (_selection, found) => {
    this.passedOver.push(found);
    return PASS;
  };

  explain: Screening<Wire>['explain'] = (question, now): Trace => ({
    at: now,
    flow: 'vstp',
    settings: 'test',
    numbers: { state: 'ready', version: { load: 'none', change: 0, changedAt: 0 } },
    steps: [],
    decision: question.kind === 'mo-ForwardSM' ? this.verdict(question.submission) : PASS,
  });

  homeSmscOf(): undefined {
    return undefined;
  }
}

export const SETTINGS: GateSettings = {
  whenReassemblyFails: 'pass',
  continues: true,
  platforms: [{ name: 'in', to: { target: { pointCode: PC.platform, routeOn: 'ssn', ssn: 146 } }, pointCodes: [PC.platform] }],
};

export interface TestGate {
  readonly gate: GateSwitch;
  readonly screening: ScriptedScreening;
  readonly events: GateEvent[];
  readonly traces: TracedDecision[];
  /** Feeds an SCCP message as it comes from the exchange, unless `from` says otherwise. */
  send(
    octets: Uint8Array,
    from?: Partial<ProtocolData> & { readonly link?: string; readonly at?: number },
  ): readonly GateOutput[];
}

export function testGate(
  verdict: (submission: MoSubmission) => Decision = () => pass(),
  settings: Partial<GateSettings> = {},
  bounds: GateBounds = {},
  ports: Partial<GatePorts> = {},
): TestGate {
  const screening = new ScriptedScreening(verdict);
  const events: GateEvent[] = [];
  const traces: TracedDecision[] = [];
  const gate = new GateSwitch(
    { ...SETTINGS, ...settings },
    { screening, routing, tell: (event) => events.push(event), keep: (traced) => traces.push(traced), ...ports },
    bounds,
  );
  const label = { opc: PC.msc, dpc: PC.gate, si: 3, ni: 2, mp: 0, sls: 5 };
  return {
    gate,
    screening,
    events,
    traces,
    send: (octets, { link = 'to-msc', at = 1_000, ...from } = {}) =>
      gate.receive(link, { ...label, userData: octets, ...from }, at),
  };
}

/** SMS-SUBMIT to 447700900123, "hello". */
export const SUBMIT = hex('01000c91447700091032000005e8329bfd06');
const international = (digits: string) => ({ nature: 1, plan: 1, digits });

export const argumentOf = (sender: string | undefined = SENDER, serviceCentre = SMSC): MoForwardSmArg => ({
  smRpDa: { kind: 'serviceCentreAddressDA', value: international(serviceCentre) },
  smRpOa: sender === '' ? { kind: 'noSM-RP-OA', value: true } : { kind: 'msisdn', value: international(sender) },
  smRpUi: SUBMIT,
});

export const OTID = hex('0a0b0c0d');
export const FAR_ID = hex('5150');
export const moInvoke = (invokeId = 1, argument = argumentOf()): Component =>
  encodeInvoke(invokeId, { operation: 'mo-ForwardSM', argument });

/** A Begin as an exchange of this version opens a dialogue; without components the operation follows. */
export const begin = (version: number, components: readonly Component[] = [moInvoke()], otid = OTID): TcapMessage => ({
  kind: 'begin',
  otid,
  ...(version === 1
    ? {}
    : {
        dialogue: {
          kind: 'AARQ',
          protocolVersion: PROTOCOL_VERSION_1,
          applicationContext: contextName({ context: 21, version }),
        },
      }),
  ...(components.length === 0 ? {} : { components }),
});

export interface Unit {
  readonly kind?: SccpKind;
  readonly called?: SccpAddress;
  readonly calling?: SccpAddress;
  readonly returnOnError?: boolean;
  readonly protocolClass?: number;
  readonly hopCounter?: number;
}

/** User data in an SCCP message, from exchange to service centre unless told otherwise. */
export function unit(data: Uint8Array, how: Unit = {}): Uint8Array {
  const { kind = 'UDT', called = title(SMSC), calling = title(MSC) } = how;
  const { returnOnError = true, protocolClass = 0, hopCounter = HOP_COUNTER_MAX } = how;
  const extended = kind === 'UDT' ? {} : { hopCounter, optional: [] };
  const message = encodeSccp({ kind, protocolClass, returnOnError, called, calling, data, ...extended } as SccpMessage);
  assert.ok(message.ok);
  return message.value;
}

export const tcapUnit = (message: TcapMessage, how: Unit = {}): Uint8Array => unit(encodeTcap(message), how);

/** The one message among the outputs. */
export function onlySent(outputs: readonly GateOutput[]): { readonly link: string; readonly data: ProtocolData } {
  assert.equal(outputs.length, 1, JSON.stringify(outputs.map((it) => it.kind)));
  return sentOf(outputs[0]!);
}

export function sentOf(output: GateOutput): { readonly link: string; readonly data: ProtocolData } {
  assert.equal(output.kind, 'send');
  return output as Extract<GateOutput, { kind: 'send' }>;
}

export function sccpOf(octets: Uint8Array): SccpMessage {
  const message = decodeSccp(octets);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
}

export function tcapOf(octets: Uint8Array): TcapMessage {
  const view = viewSccp(octets);
  assert.ok(view.ok);
  const message = decodeTcap(view.value.data);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
}
