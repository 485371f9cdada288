/**
 * Conversations of M3UA that are told anything at any time: an ASP's half, a gateway's, and both of an IPSP. The first octet of an input says
 * which; then steps, each an octet that says what, one that says how long after the one before, and for a message its octets.
 */
import { decodeM3ua, encodeM3ua, type M3uaMessage, type ProtocolData } from '#codec/m3ua';
import {
  type AspInput,
  type AspOutput,
  AspSession,
  type AspSettings,
  IpspDouble,
  type IpspOutput,
  Sgp,
  type SgpInput,
  type SgpOutput,
} from '#protocol/asp';
import { expect, hexOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { checkSame } from './checks.js';
import { m3uaTree } from './m3ua-tree.js';
import { hex, m3uaMessages } from './ss7-corpus.js';

/** What one unit of a step's second octet is. Unit: ms. */
const TICK_MS = 40;
const HEAD_OCTETS = 2;
/** Outputs of one step, at most. Source: the longest answer of a gateway tells each ASP of each AS, and audits name each destination. */
const OUTPUTS_MAX = 20_000;

const STEPS = ['message', 'timer', 'up', 'lost', 'want', 'transfer', 'destination', 'message'] as const;
const STATES = ['down', 'inactive', 'active'] as const;
const ASPS = ['a', 'b', 'c', 'd'] as const;
const REACHABLE = ['available', 'restricted', 'unavailable'] as const;
const data: ProtocolData = { opc: 1, dpc: 2, si: 3, ni: 2, mp: 0, sls: 1, userData: Uint8Array.of(9) };

interface Step {
  readonly what: (typeof STEPS)[number];
  /** The upper bits of the first octet: an ASP, a state, a routing context. */
  readonly which: number;
  readonly ms: number;
  /** Empty for all but messages. */
  readonly octets: Uint8Array;
}

const isMessage = (first: number): boolean => STEPS[first & 7] === 'message';

function stepsOf(octets: Uint8Array): Step[] {
  const steps: Step[] = [];
  for (let at = 1; at + HEAD_OCTETS <= octets.length; ) {
    const [first, ticks] = [octets[at]!, octets[at + 1]!];
    at += HEAD_OCTETS;
    let message = octets.subarray(at, at);
    if (isMessage(first)) {
      if (at + 2 > octets.length) break;
      const to = at + 2 + octets[at]! * 0x100 + octets[at + 1]!;
      message = octets.subarray(at + 2, to);
      at = to;
    }
    steps.push({ what: STEPS[first & 7]!, which: first >> 3, ms: ticks * TICK_MS, octets: message });
  }
  return steps;
}

/** What goes out can be written, and is read by the other side as it was meant. */
function checkOutputs(outputs: readonly (AspOutput | SgpOutput | IpspOutput)[], isThere: boolean, step: Step): void {
  expect(outputs.length <= OUTPUTS_MAX, 'asp: a step has few outputs', () => `${outputs.length} of ${hexOf(step.octets)}`);
  for (const output of outputs) {
    if (output.kind !== 'send') continue;
    expect(isThere, 'asp: nothing is sent without an association', () => output.message.kind);
    const octets = encodeM3ua(output.message);
    const read = decodeM3ua(octets);
    expect(read.ok, 'asp: what is sent can be read', () => hexOf(octets));
    if (read.ok) checkSame('asp: what is sent is read as it was meant', read.value, output.message, octets);
    expect(output.stream >= 0 && output.stream < 3, 'asp: a stream is one of the association', () => `${output.stream}`);
  }
}

function checkWake(step: Step, wakeAt: number | undefined, now: number): void {
  if (step.what === 'timer')
    expect(
      wakeAt === undefined || wakeAt > now,
      'asp: a timer that has run is not due again at once',
      () => `${wakeAt} at ${now}`,
    );
}

function aspInput({ what, which, octets }: Step): AspInput {
  switch (what) {
    case 'message':
      return { kind: 'message', octets, stream: which & 1 };
    case 'up':
      return { kind: 'up', streams: which & 4 ? 3 : 1 };
    case 'want':
      return { kind: 'want', state: STATES[which % 3]! };
    case 'transfer':
      return { kind: 'transfer', data, routingContext: 11 + (which & 1) };
    case 'lost':
      return { kind: 'lost' };
    default:
      return { kind: 'timer' };
  }
}

const ASP_SETTINGS: readonly AspSettings[] = [
  { routingContexts: [11, 12], beatMs: 5_000, auditMs: 2_000 },
  { routingContexts: [], networkAppearance: 10 },
  { routingContexts: [11], role: 'ipsp-single' },
  { routingContexts: [11], role: 'ipsp-single', begins: false },
  { routingContexts: [], routingKeys: [{ localRkIdentifier: 1, destinationPointCode: 2 }], trafficMode: 'loadshare' },
];

function runAsp(settings: AspSettings, steps: readonly Step[]): void {
  const session = new AspSession(settings);
  let now = 0;
  let isThere = false;
  for (const step of steps) {
    now += step.ms;
    if (step.what === 'up') isThere = true;
    if (step.what === 'lost') isThere = false;
    const before = session.state;
    const outputs = session.receive(aspInput(step), now);
    checkOutputs(outputs, isThere, step);
    for (const output of outputs) {
      const isData = output.kind === 'data' || (output.kind === 'send' && output.message.kind === 'DATA');
      expect(!isData || before === 'active', 'asp: DATA goes while active only', () => before);
    }
    expect(isThere || session.state === 'down', 'asp: without an association an ASP is down', () => session.state);
    checkWake(step, session.wakeAt, now);
  }
}

function sgpInput({ what, which, octets }: Step): SgpInput {
  const asp = ASPS[which & 3]!;
  switch (what) {
    case 'message':
      return { kind: 'message', asp, octets, stream: (which >> 2) & 1 };
    case 'up':
      return { kind: 'up', asp, streams: which & 4 ? 3 : 1, terms: { serves: [11, 12] } };
    case 'lost':
      return { kind: 'lost', asp };
    case 'transfer':
      return { kind: 'transfer', routingContext: 11 + (which & 1), data };
    case 'destination':
      return {
        kind: 'destination',
        pointCode: 4114 + (which & 1),
        status: { reachability: REACHABLE[which % 3]!, congestionLevel: which & 3 },
      };
    default:
      return { kind: 'timer' };
  }
}

function runSgp(registers: boolean, steps: readonly Step[]): void {
  const sgp = new Sgp({
    registers,
    beatMs: 20_000,
    applicationServers: [
      { routingContext: 11, trafficMode: 'override', routingKey: { destinationPointCode: 2 } },
      { routingContext: 12, trafficMode: 'loadshare', activeMin: 2 },
    ],
  });
  const there = new Set<string>();
  let now = 0;
  for (const step of steps) {
    now += step.ms;
    const input = sgpInput(step);
    if (input.kind === 'up') there.add(input.asp);
    const outputs = sgp.receive(input, now);
    if (input.kind === 'lost') there.delete(input.asp);
    for (const output of outputs) if (output.kind === 'send') checkOutputs([output], there.has(output.asp), step);
    checkWake(step, sgp.wakeAt, now);
    checkServers(sgp);
  }
}

/** One active ASP at most in override; an AS is active when enough of its ASPs are. */
function checkServers(sgp: Sgp): void {
  const active = (routingContext: number): number => ASPS.filter((it) => sgp.aspState(it, routingContext) === 'active').length;
  expect(active(11) <= 1, 'asp: one ASP is active in override', () => `${active(11)}`);
  for (const routingContext of [11, 12]) {
    const state = sgp.asState(routingContext);
    const count = active(routingContext);
    const agrees = state === 'active' ? count > 0 : count < (routingContext === 11 ? 1 : 2);
    expect(agrees, 'asp: the state of an AS is that of its ASPs', () => `${routingContext} ${state} with ${count}`);
    if (state === 'pending') expect(sgp.wakeAt !== undefined, 'asp: a pending AS ends', () => `${routingContext}`);
  }
}

function runIpsp(steps: readonly Step[]): void {
  const ipsp = new IpspDouble({
    own: { routingContexts: [11], beatMs: 4_000 },
    peer: [{ routingContext: 12, trafficMode: 'loadshare' }],
  });
  let now = 0;
  let isThere = false;
  for (const step of steps) {
    now += step.ms;
    if (step.what === 'up') isThere = true;
    if (step.what === 'lost') isThere = false;
    const input = aspInput(step);
    if (input.kind === 'audit') continue;
    checkOutputs(ipsp.receive(input.kind === 'transfer' ? { ...input, routingContext: 12 } : input, now), isThere, step);
    checkWake(step, ipsp.wakeAt, now);
  }
}

/** The association of the first ASP comes up with three streams; that of the second. */
const UP = Uint8Array.of(2 | (4 << 3), 1);
const SECOND_UP = Uint8Array.of(2 | (5 << 3), 1);
/** `asp`: 0 the first, 1 the second. */
const step = (octets: Uint8Array, ticks = 1, asp = 0): Uint8Array =>
  Uint8Array.from([asp << 3, ticks, octets.length >> 8, octets.length & 0xff, ...octets]);
const kindOf = (octets: Uint8Array): string => {
  const message = decodeM3ua(octets);
  return message.ok ? message.value.kind : 'none';
};

/** An association that comes up, every kind of recorded message once, steps of every kind; for each of the machines. */
function examples(): Uint8Array[] {
  const kinds = new Map(m3uaMessages().map((it) => [kindOf(it), it]));
  const of = (...names: readonly string[]): Uint8Array[] =>
    names.flatMap((name) => (kinds.has(name) ? [step(kinds.get(name)!)] : []));
  const made = MADE.map((it) => step(encodeM3ua(it), 9));
  const [aspUp, aspActive] = MADE.map((it) => encodeM3ua(it)) as [Uint8Array, Uint8Array];
  const dialogues = [
    [UP, ...of('ASPUP_ACK', 'NTFY', 'ASPAC_ACK', 'DATA', 'DUNA', 'DAVA', 'BEAT', 'ASPIA_ACK', 'ASPDN_ACK')],
    [UP, ...of('ASPUP', 'ASPAC', 'DATA', 'DAUD', 'BEAT', 'ASPIA', 'ASPDN')],
    [
      UP,
      Uint8Array.of(5, 1),
      Uint8Array.of(1, 60),
      Uint8Array.of(1, 255),
      Uint8Array.of(4, 1),
      Uint8Array.of(12, 1),
      Uint8Array.of(6, 1),
      Uint8Array.of(3, 9),
    ],
    [UP, ...made],
    [UP, ...made.slice(9)],
    [UP, SECOND_UP, ...[aspUp, aspActive].flatMap((it) => [step(it), step(it, 1, 1)]), ...made.slice(2), Uint8Array.of(1, 100)],
  ];
  return MACHINES.flatMap((_, machine) =>
    dialogues.map((parts) => Uint8Array.from([machine, ...parts.flatMap((it) => [...it])])),
  );
}

const affectedPointCodes = [
  { mask: 0, pointCode: 4114 },
  { mask: 3, pointCode: 4112 },
];

/** What two sides say to each other, so that the machines are led on; what is recorded has other routing contexts. */
const MADE: readonly M3uaMessage[] = [
  { kind: 'ASPUP', aspIdentifier: 7 },
  { kind: 'ASPAC', routingContext: [11, 12] },
  { kind: 'DATA', routingContext: [11], protocolData: data },
  { kind: 'DAUD', affectedPointCodes },
  { kind: 'ASPIA', routingContext: [11] },
  { kind: 'REG_REQ', routingKeys: [{ localRkIdentifier: 1, destinationPointCode: 2 }] },
  { kind: 'DEREG_REQ', routingContext: [11] },
  { kind: 'BEAT', heartbeatData: Uint8Array.of(1) },
  { kind: 'ASPDN' },
  { kind: 'ASPUP_ACK' },
  { kind: 'REG_RSP', registrationResults: [{ localRkIdentifier: 1, registrationStatus: 0, routingContext: [11] }] },
  { kind: 'ASPAC_ACK', routingContext: [11] },
  { kind: 'DATA', routingContext: [11], networkAppearance: 10, protocolData: data },
  { kind: 'DUNA', affectedPointCodes },
  { kind: 'DAVA', affectedPointCodes },
  { kind: 'SCON', affectedPointCodes, congestionLevel: 2 },
  { kind: 'NTFY', status: { type: 2, information: 2 }, routingContext: [11] },
  { kind: 'ERR', errorCode: 0x1a },
  { kind: 'ERR', errorCode: 0x0d, diagnosticInformation: Uint8Array.of(1, 0, 4, 1) },
  { kind: 'ASPIA_ACK', routingContext: [11] },
  { kind: 'ASPDN_ACK' },
];

const MACHINES: readonly ((steps: readonly Step[]) => void)[] = [
  ...ASP_SETTINGS.map((settings) => (steps: readonly Step[]) => runAsp(settings, steps)),
  (steps) => runSgp(false, steps),
  (steps) => runSgp(true, steps),
  runIpsp,
];

export const asp: Target = {
  name: 'asp',
  about: 'conversations of M3UA: ASP, gateway and IPSP',
  // An input is hundreds of steps, and what each sends is written, read and compared.
  growthOctetsMax: 33_554_432,
  seeds: examples,
  dictionary: [
    '0000',
    '0001',
    '0100',
    '0200',
    '0a01',
    '0300',
    '0401',
    '0c01',
    '1401',
    '0501',
    '0d01',
    '0601',
    '01ff',
    '0000000b',
    '0000000c',
    '0006000c',
    '00010003',
    '00010002',
  ].map(hex),
  structure(octets) {
    if (octets.length === 0) return leaf('machine', octets);
    const nodes: Node[] = [leaf('machine', octets.subarray(0, 1))];
    let at = 1;
    for (const one of stepsOf(octets)) {
      const head = leaf('step-head', octets.subarray(at, at + HEAD_OCTETS));
      const isOne = one.what === 'message';
      nodes.push(
        isOne ? group('step', [head, group('step-message', [m3uaTree(one.octets)], 'word-length')]) : group('step', [head]),
      );
      at += HEAD_OCTETS + (isOne ? 2 + one.octets.length : 0);
    }
    return group('steps', [...nodes, leaf('rest', octets.subarray(at))]);
  },
  run(octets) {
    if (octets.length === 0) return;
    MACHINES[octets[0]! % MACHINES.length]!(stepsOf(octets));
  },
};
