/**
 * What the gate would do with a message, and why, layer by layer, as data. The gate itself is asked, one of its own for each question: with ports
 * that count nothing and tell nobody, and with a journal. So an explanation cannot differ from what happens.
 */
import type { Result } from '#base';
import { mapToText } from '#codec/map';
import { decodeSccp, toText } from '#codec/sccp';
import { decodeTcap } from '#codec/tcap';
import type { Decision, Screening, Selection, Trace } from '#portability';
import type { Assumed, ExplainInput, InputFault } from './explain-input.js';
import { dataOf } from './explain-input.js';
import type { Carried, GateEvent, GateOutput, GateRouting, GateSettings, JournalStep, Wire } from './gate.js';
import { type GateBounds, GateSwitch } from './gate-switch.js';

/** One message through the gate. */
export interface Explanation {
  /** Milliseconds since the epoch: as of when it was asked. */
  readonly at: number;
  /** Every step, in its order. */
  readonly steps: readonly JournalStep[];
  /** Of the short message that decided; absent when there was none. */
  readonly decision?: Decision;
  readonly carried?: Carried;
  /** The decision's steps; also of a selected message that is no short message. */
  readonly trace?: Trace;
  readonly events: readonly GateEvent[];
  /** What the gate would send. */
  readonly outputs: readonly GateOutput[];
  /** The message as a capture tool would print it; absent where it cannot be read. Numbers are whole. */
  readonly sccpText?: string;
  readonly mapText?: string;
}

export interface ExplainPorts {
  readonly screening: Screening<Wire>;
  readonly routing: GateRouting;
}

/** Asks the screening by `explain` alone, so that nothing is counted or told, and keeps what it says. */
class DryScreening implements Screening<Wire> {
  readonly settings: Screening<Wire>['settings'];
  /** Of the last question. */
  trace: Trace | undefined;
  private readonly real: Screening<Wire>;

  constructor(real: Screening<Wire>) {
    this.real = real;
    this.settings = real.settings;
  }

  select: Screening<Wire>['select'] = (called) => {
    const { decision } = this.real.explain({ kind: 'undecodable', why: '', called: { ...called, digits: '' } }, 0);
    const isOff = decision.reason === 'off' || decision.selector === undefined;
    return isOff ? undefined : { name: decision.selector };
  };

  decide: Screening<Wire>['decide'] = (selection, submission, now) =>
    (this.trace = this.real.explain({ kind: 'mo-ForwardSM', submission }, now, selection)).decision;

  passOver: Screening<Wire>['passOver'] = (selection: Selection, found, now, wire) => {
    const called = wire?.called?.key ?? { routeOn: 'gt', indicator: 0, digits: '' };
    this.trace = this.real.explain({ ...found, called }, now, selection);
    return this.trace.decision;
  };

  explain: Screening<Wire>['explain'] = (question, now, selection) => this.real.explain(question, now, selection);
  homeSmscOf: Screening<Wire>['homeSmscOf'] = (title) => this.real.homeSmscOf(title);
}

/**
 * Explains messages one after the other as one stream: segments meet, and dialogues are followed, as in a capture. For a single message use
 * `explainMessage`.
 */
export class Explainer {
  private readonly screening: DryScreening;
  private readonly gate: GateSwitch;
  private readonly settings: GateSettings;
  private readonly assumed: Assumed;
  private steps: JournalStep[] = [];
  private events: GateEvent[] = [];

  /** `assumed`: what is taken for what an input does not say. */
  constructor(settings: GateSettings, ports: ExplainPorts, assumed: Assumed, bounds: GateBounds = {}) {
    this.settings = settings;
    this.assumed = assumed;
    this.screening = new DryScreening(ports.screening);
    this.gate = new GateSwitch(
      settings,
      {
        screening: this.screening,
        routing: ports.routing,
        tell: (event) => this.events.push(event),
        journal: (step) => this.steps.push(step),
      },
      bounds,
    );
  }

  /** `now`: milliseconds since the epoch; of a captured message, when it was captured. */
  explain(input: ExplainInput, now: number): Result<Explanation, InputFault> {
    const data = dataOf(input, this.assumed, this.settings.variant ?? 'itu');
    if (!data.ok) return data;
    this.steps = [];
    this.events = [];
    this.screening.trace = undefined;
    const outputs = this.gate.receive(input.link ?? this.assumed.link, data.value, now);
    for (const output of outputs) this.steps.push({ step: 'output', output });
    const decided = this.steps.find((it) => it.step === 'decision');
    const { trace } = this.screening;
    return {
      ok: true,
      value: {
        at: now,
        steps: this.steps,
        ...(decided === undefined ? {} : { decision: decided.decision, carried: decided.carried }),
        ...(trace === undefined ? {} : { trace }),
        events: this.events,
        outputs,
        ...textsOf(data.value.userData, data.value.si, this.settings),
      },
    };
  }
}

const SI_SCCP = 3;

function textsOf(octets: Uint8Array, si: number, { variant }: GateSettings): Pick<Explanation, 'sccpText' | 'mapText'> {
  const message = si === SI_SCCP ? decodeSccp(octets, variant) : undefined;
  if (!message?.ok) return {};
  const tcap = decodeTcap(message.value.data);
  return { sccpText: toText(message.value), ...(tcap.ok ? { mapText: mapToText(tcap.value) } : {}) };
}

/** One message on its own: nothing came before it, nothing stays behind. */
export const explainMessage = (
  settings: GateSettings,
  ports: ExplainPorts,
  assumed: Assumed,
  input: ExplainInput,
  now: number,
): Result<Explanation, InputFault> => new Explainer(settings, ports, assumed).explain(input, now);
