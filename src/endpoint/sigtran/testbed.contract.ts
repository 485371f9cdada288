/** A gate with a screening that a test scripts and a routing of a few lines, and messages to feed it. */
import assert from 'node:assert/strict';
import type { ProtocolData } from '#codec/m3ua';
import { contextName, encodeInvoke, type MoForwardSmArg } from '#codec/map';
import {
  decodeSccp,
  encodeSccp,
  HOP_COUNTER_MAX,
  type SccpAddress,
  type SccpKind,
  type SccpMessage,
  viewSccp,
} from '#codec/sccp';
import { type Component, decodeTcap, encodeTcap, PROTOCOL_VERSION_1, type TcapMessage } from '#codec/tcap';
import type { Answer, Decision, MoSubmission, NotScreened, Screening, Trace } from '#portability';
import { createRouting, type EntrySpec, type Routing, type RoutingSpec } from '#protocol/routing';
import type { GateEvent, GateOutput, GatePorts, GateSettings, TracedDecision, Wire } from './gate.js';
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

/** A network of three nodes, each behind a link of its own; titles of indicators 2 and 4 are translated by their digits, and keep them. */
const SPEC: RoutingSpec = {
  networks: [{ ni: 2, variant: 'itu', own: [PC.gate] }],
  links: Object.values(LINKS).map((name) => ({ name })),
  routes: Object.entries(LINKS).map(([pointCode, link]) => ({ ni: 2, pointCode: Number(pointCode), via: [{ link }] })),
  gtt: {
    selectors: [4, 2].map((gti) => ({ gti, tt: '*', np: '*', nai: '*', ssn: '*', set: 'numbers' })),
    sets: [{ name: 'numbers', entries: [entry(SMSC, PC.smsc), entry(MSC, PC.msc)] }],
    groups: [],
  },
};

function entry(digits: string, pointCode: number): EntrySpec {
  return { digits, action: { kind: 'to', target: { pointCode, routeOn: 'gt' } } };
}

export function testRouting(): Routing {
  const routing = createRouting(SPEC);
  assert.ok(routing.ok, routing.ok ? '' : JSON.stringify(routing.error));
  for (const link of Object.values(LINKS)) routing.value.setLink(link, true);
  return routing.value;
}

/** Name of the one selector. */
export const SCREENED = 'msc';

export const REFUSED: Answer = { kind: 'tcap-error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' };

const PASS: Decision = {
  action: 'pass',
  verdict: 'pass',
  held: 'no',
  place: 'row 4',
  reason: 'sender-not-stored',
  mode: 'enforce',
  selector: SCREENED,
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
  select: Screening<Wire>['select'] = (called) => (called.indicator === 4 ? { name: SCREENED } : undefined);

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
    decision:
      question.kind === 'mo-ForwardSM'
        ? this.verdict(question.submission)
        : { ...PASS, selector: this.select(question.called)?.name },
  });

  homeSmscOf(): undefined {
    return undefined;
  }
}

export const SETTINGS: GateSettings = {
  whenReassemblyFails: 'pass',
  continues: true,
  platforms: [{ name: 'in', to: { target: { pointCode: PC.platform, routeOn: 'gt' } }, pointCodes: [PC.platform] }],
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
    { screening, routing: testRouting(), tell: (event) => events.push(event), keep: (traced) => traces.push(traced), ...ports },
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
