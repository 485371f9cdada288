/** Explains messages, and compares two gates over the same messages. */
import { decodeM3ua } from '#codec/m3ua';
import { mapToText } from '#codec/map';
import { decodeMtp3 } from '#codec/mtp';
import { decodeSccp, toText as sccpText, viewSccp } from '#codec/sccp';
import { decodeTcap } from '#codec/tcap';
import type { ExplainInput, Explanation, JournalStep } from '#endpoint/sigtran';
import { traceText } from '#portability';
import type { GateConfig } from '../gate/config.js';
import { type Asked, askable, isSameOutput, outcomeOf } from '../gate/explaining.js';
import { keptOverrides, type Override } from '../gate/modes.js';
import { type LoadedNumbers, loadNumbers } from '../gate/numbers.js';
import { type CapturedSccp, isCapture, sccpOf, signallingOf } from '../signalling-input.js';
import { StartFailure } from '../start-failure.js';
import { loadGate } from './load-gate.js';
import { hexText, inputOctets } from './octets-input.js';
import { plainJson } from './plain-json.js';
import type { TcpPort } from './tcp-ports.js';
import { Failure, plain, say, sayJson, WrongUse } from './terminal.js';

export interface ExplainCommand {
  readonly config: string;
  readonly numbers?: string;
  readonly hex?: string;
  readonly pcap?: string;
  readonly tcp: readonly TcpPort[];
  readonly from?: string;
  readonly smsc?: string;
  readonly serviceCentre?: string;
  readonly msc?: string;
  readonly to?: string;
  readonly mapVersion?: string;
  readonly link?: string;
  readonly down?: readonly string[];
  readonly at?: number;
  readonly against?: string;
  readonly againstNumbers?: string;
  readonly all?: true;
  readonly forUs?: true;
  readonly steps?: true;
  readonly json?: true;
}

/** One message to be explained. */
interface Asking {
  readonly input: ExplainInput;
  readonly at: number;
  /** Of its SCCP message, for those who want to read it. */
  readonly octets?: Uint8Array;
  /** In a capture. */
  readonly packet?: number;
}

/** An exchange that nobody has: the laboratory's, by number ranges reserved for fiction. */
const SOME_MSC = '447700900999';
const SI_SCCP = 3;

/** Modes that operators have set for the gate of this configuration: they hold for it, so they hold for what is explained of it. */
function overridesOf(config: string): readonly Override[] {
  const { folder } = loadGate(config).config.data;
  try {
    return keptOverrides(folder);
  } catch (e) {
    throw new Failure(`modes that operators have set cannot be read: ${(e as Error).message}`);
  }
}

const overrideText = ({ scope, name, mode, by }: Override): string =>
  `${scope}${name === '' ? '' : ` ${name}`}: ${mode}, set by ${by}`;

function opened(config: string, numbers: LoadedNumbers, { link, down }: ExplainCommand, overrides: readonly Override[]): Asked {
  const file = loadGate(config);
  if (link !== undefined && !file.config.link.some(({ name }) => name === link))
    throw new WrongUse(`there is no link ${JSON.stringify(link)} in ${config}`);
  const asked = askable(file, numbers, link, down, overrides);
  if (!asked.ok) throw new Failure(`${config}: ${asked.error.join('\n')}`);
  return asked.value;
}

/** Octets that are an SCCP message, an MSU or an M3UA DATA message. */
function inputOfOctets(octets: Uint8Array): { readonly input: ExplainInput; readonly octets: Uint8Array } {
  if (viewSccp(octets).ok) return { input: { kind: 'sccp', octets }, octets };
  const m3ua = decodeM3ua(octets);
  if (m3ua.ok && m3ua.value.kind === 'DATA') {
    const data = m3ua.value.protocolData;
    return { input: { kind: 'data', data }, octets: data.userData };
  }
  const msu = decodeMtp3(octets);
  if (msu.ok && msu.value.si === SI_SCCP) return { input: { kind: 'msu', octets }, octets: msu.value.userData };
  const view = viewSccp(octets);
  throw new Failure(`--hex: neither an SCCP message (${view.ok ? '' : view.error.text}), nor an MSU of SCCP, nor M3UA DATA`);
}

async function askingOfHex(written: string, at: number): Promise<Asking> {
  const text = written === '-' ? Buffer.from(await inputOctets('-')).toString('latin1') : written;
  const octets = hexText(text);
  if (octets === undefined) throw new Failure('--hex: expected hexadecimal digits, two for each octet');
  return { ...inputOfOctets(octets), at };
}

function askingOfFields(options: ExplainCommand, at: number): Asking {
  const { from, smsc, serviceCentre, msc = SOME_MSC, to, mapVersion } = options;
  if (smsc === undefined) throw new WrongUse('--from needs --smsc: which service centre is it sent to?');
  const fields = {
    smsc,
    msc,
    version: Number(mapVersion ?? 3),
    ...(from === undefined ? {} : { sender: from }),
    ...(serviceCentre === undefined ? {} : { serviceCentre }),
    ...(to === undefined ? {} : { recipient: to }),
  };
  return { input: { kind: 'fields', fields }, at };
}

/** A captured message as it came; one without a label (SCCP alone, IPA) is taken to be for us. */
const askingOfCaptured = ({ octets, label, at, packet }: CapturedSccp): Asking => ({
  input: label === undefined ? { kind: 'sccp', octets } : { kind: 'data', data: { ...label, mp: 0, userData: octets } },
  at: Math.floor(at),
  octets,
  packet,
});

async function* askings(options: ExplainCommand): AsyncGenerator<Asking> {
  const { hex, pcap, from, tcp, at = Date.now() } = options;
  if ([hex, pcap, from].filter((its) => its !== undefined).length !== 1)
    throw new WrongUse('expected one of --hex, --pcap and --from');
  if (hex !== undefined) yield await askingOfHex(hex, at);
  else if (from !== undefined) yield askingOfFields(options, at);
  else for await (const asking of captured(pcap!, tcp)) yield options.forUs ? forUs(asking) : asking;
}

/** As if it were addressed to the gate, whatever its label says: the label is then the assumed one. */
const forUs = (asking: Asking): Asking =>
  asking.octets === undefined ? asking : { ...asking, input: { kind: 'sccp', octets: asking.octets } };

async function* captured(file: string, tcp: readonly TcpPort[]): AsyncGenerator<Asking> {
  const octets = await inputOctets(file);
  if (!isCapture(octets)) throw new Failure(`${file}: no capture file (pcap or pcapng)`);
  let fault: string | undefined;
  let found = false;
  for (const signalling of signallingOf(octets, tcp, (account) => {
    fault = account.fault;
  })) {
    const sccp = sccpOf(signalling);
    if (sccp === undefined) continue;
    found = true;
    yield askingOfCaptured(sccp);
  }
  if (fault !== undefined) throw new Failure(`${file}: ${fault}`);
  if (!found) throw new Failure(`${file}: no SCCP in it; M3UA or IPA over TCP on another port? --tcp says so`);
}

function explained({ explainer }: Asked, { input, at }: Asking): Explanation {
  const answer = explainer.explain(input, at);
  if (!answer.ok) throw new Failure(answer.error.text);
  return answer.value;
}

/** Layers of the message in words; what people wrote is left out. */
function layers(octets: Uint8Array | undefined): readonly string[] {
  if (octets === undefined) return [];
  const message = decodeSccp(octets);
  if (!message.ok) return [`(${message.error.text})`];
  const tcap = decodeTcap(message.value.data);
  return [sccpText(message.value), ...(tcap.ok ? [mapToText(tcap.value, { withoutContent: true })] : [])];
}

/** A step outside the decision; those of the decision are told by its trace. */
function stepText(step: JournalStep): string | undefined {
  switch (step.step) {
    case 'mtp':
      return `MTP: from ${step.label.opc} to ${step.label.dpc} by ${step.label.link ?? 'nobody'}: ${step.way === 'here' ? 'for the gate' : 'for another point code, routed by it alone'}`;
    case 'sccp':
      return step.fault === undefined ? undefined : `SCCP: ${step.fault}`;
    case 'allow-list':
      return step.refused ? 'allow list: nobody speaks for this sender' : undefined;
    case 'selector':
      return `selector: ${step.selector ?? 'none, it is routed without a look'}`;
    case 'reassembly':
      return `reassembly: ${step.result}, ${step.segments} segments${step.reason === undefined ? '' : ` (${step.reason})`}`;
    case 'tcap':
      return step.fault === undefined ? undefined : `TCAP: ${step.fault}`;
    case 'dialogue':
      return `dialogue: ${step.what}${step.verdict === undefined ? '' : `, its verdict was ${step.verdict}`}`;
    case 'decision':
      return `carried out: ${step.carried}`;
    case 'routing':
      return step.fault === undefined ? undefined : `routing: ${step.fault}`;
    case 'output':
      return step.output.kind === 'send'
        ? `output: ${step.output.data.userData.length} octets to ${step.output.data.dpc} by ${step.output.link}`
        : `output: ${step.output.kind}`;
    default:
      return undefined;
  }
}

function explanationLines(explanation: Explanation, asking: Asking): string[] {
  const own = (wanted: (step: JournalStep) => boolean): string[] =>
    explanation.steps.filter(wanted).flatMap((step) => stepText(step) ?? []);
  const isEnd = ({ step }: JournalStep): boolean => step === 'decision' || step === 'routing' || step === 'output';
  return [
    ...layers(asking.octets),
    ...own((step) => !isEnd(step)),
    ...(explanation.trace === undefined ? [] : traceText(explanation.trace)),
    ...own(isEnd),
    ...explanation.events.map(({ kind, detail }) => `event: ${kind}: ${detail}`),
  ].map((line) => line.split('\n').map(plain).join('\n'));
}

/** What a message says may hold what people wrote: in JSON its length stands for it. */
const HIDDEN: ReadonlySet<string> = new Set(['userData', 'octets', 'sccpText', 'mapText', 'recipient']);

const explanationJson = (explanation: Explanation): unknown =>
  plainJson(explanation, (key, value) =>
    !HIDDEN.has(key) ? value : value instanceof Uint8Array ? { octets: value.length } : undefined,
  );

const isSelected = ({ steps }: Explanation): boolean =>
  steps.some((step) => step.step === 'selector' && step.selector !== undefined);
const place = ({ packet, at }: Asking): string =>
  packet === undefined ? '' : `packet ${packet}, ${new Date(at).toISOString()}: `;

/** Every message by one gate. */
async function explainAll(asked: Asked, options: ExplainCommand): Promise<void> {
  const isCaptured = options.pcap !== undefined;
  let messages = 0;
  let transit = 0;
  const outcomes = new Map<string, number>();
  for await (const asking of askings(options)) {
    const explanation = explained(asked, asking);
    messages++;
    if (explanation.steps.some((step) => step.step === 'mtp' && step.way === 'transfer')) transit++;
    const name =
      explanation.decision === undefined
        ? 'not decided about'
        : `${explanation.decision.verdict} at ${explanation.decision.place} (${explanation.decision.reason})`;
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    if (isCaptured && !options.all && !isSelected(explanation)) continue;
    if (options.json)
      sayJson({
        ...(asking.packet === undefined ? {} : { packet: asking.packet }),
        outcome: outcomeOf(explanation),
        ...(explanationJson(explanation) as object),
      });
    else if (!isCaptured) say(explanationLines(explanation, asking).join('\n'));
    else
      say(
        `${place(asking)}${senderOf(explanation)}${outcomeOf(explanation)}${options.steps ? `\n${explanationLines(explanation, asking).join('\n')}\n` : ''}`,
      );
  }
  if (isCaptured && !options.json && transit === messages)
    say("every message is for another point code than the gate's own; --for-us asks as if they were for the gate");
  if (isCaptured && !options.json)
    say([`${messages} messages`, ...[...outcomes].map(([name, count]) => `${count} ${name}`)].join('\n  '));
}

const senderOf = ({ decision }: Explanation): string => (decision?.sender === undefined ? '' : `${decision.sender}: `);

/** Every message by two gates; only what differs is shown. */
async function compareAll(asked: Asked, other: Asked, options: ExplainCommand): Promise<void> {
  let messages = 0;
  let differing = 0;
  for await (const asking of askings(options)) {
    messages++;
    const [now, then] = [explained(asked, asking), explained(other, asking)];
    const [is, would] = [outcomeOf(now), outcomeOf(then)];
    if (is === would && isSameOutput(now, then)) continue;
    differing++;
    if (options.json)
      sayJson({
        ...(asking.packet === undefined ? {} : { packet: asking.packet }),
        is,
        would,
        isBy: explanationJson(now),
        wouldBy: explanationJson(then),
      });
    else {
      say(`${place(asking)}${senderOf(now) || senderOf(then)}\n  is     ${is}\n  would  ${would}`);
      if (options.steps) say([...explanationLines(now, asking), 'and then:', ...explanationLines(then, asking), ''].join('\n'));
    }
  }
  if (!options.json) say(`${differing} of ${messages} messages would be treated differently`);
  if (differing > 0) process.exitCode = 1;
}

/** Numbers of a path, or of the configuration. */
const numbersAt = (path: string | undefined, config: GateConfig): Promise<LoadedNumbers> =>
  loadNumbers(path, config).catch((e: unknown) => {
    if (e instanceof StartFailure) throw new Failure(e.message);
    throw e;
  });

export async function explain(options: ExplainCommand): Promise<void> {
  const file = loadGate(options.config);
  const { against, againstNumbers } = options;
  const numbers = await numbersAt(options.numbers, file.config);
  try {
    const others = againstNumbers === undefined ? undefined : await numbersAt(againstNumbers, file.config);
    try {
      // A proposed configuration is for the same gate: what operators have set holds there too.
      const overrides = overridesOf(options.config);
      if (overrides.length > 0 && !options.json)
        say(['modes that operators have set:', ...overrides.map(overrideText)].join('\n  '));
      const asked = opened(options.config, numbers, options, overrides);
      if (against === undefined && others === undefined) await explainAll(asked, options);
      else await compareAll(asked, opened(against ?? options.config, others ?? numbers, options, overrides), options);
    } finally {
      await others?.close();
    }
  } finally {
    await numbers.close();
  }
}
