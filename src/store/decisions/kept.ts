/** A decision as it is kept: one line of JSON, complete enough to be explained years later without the configuration of its day. */
import { maskNumber } from '#base';
import type { Action, Answer, Decision, Held, Place, Reason, Rule, Trace, TraceStep } from '#portability';

/** One decision. Numbers of subscribers are whole, masked or hashed, as the settings say. */
export interface KeptDecision {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The link by which the message came, its point codes, its SCCP kind. */
  readonly link: string;
  readonly opc: number;
  readonly dpc: number;
  readonly sccp: string;
  /** Digits of the called and calling party: service centres and exchanges, no subscribers. */
  readonly called: string;
  readonly calling: string;
  /** International form, or as the trace has it; absent when the message has none. */
  readonly sender?: string;
  /** Where `sender` is masked: equal for equal senders of one run of the gate, and told to nobody but counts. */
  readonly senderKey?: string;
  readonly verdict: Action;
  readonly action: Action;
  readonly held: Held;
  /** What became of it. */
  readonly carried: string;
  readonly place: Place;
  readonly reason: Reason;
  readonly mode: string;
  readonly selector?: string;
  readonly homeSmsc?: string;
  readonly rule?: Rule;
  readonly answer?: Answer;
  readonly platform?: string;
  readonly flow: Trace['flow'];
  /** Edition of the settings. */
  readonly settings: string;
  readonly numbers: Trace['numbers'];
  readonly steps: readonly TraceStep[];
}

/** Shows a subscriber's number in another way. */
export type ShowNumber = (digits: string) => string;

/** A step with the subscribers' numbers in it shown otherwise. */
function stepShown(step: TraceStep, show: ShowNumber): TraceStep {
  switch (step.step) {
    case 'conditioning':
      return {
        ...step,
        ...(step.written === undefined ? {} : { written: { ...step.written, digits: show(step.written.digits) } }),
        ...(step.number === undefined ? {} : { number: show(String(step.number)) as unknown as number }),
      };
    case 'lookup': {
      const { finding } = step;
      const by = finding?.by.kind === 'range' ? finding.by : undefined;
      return {
        ...step,
        number: show(String(step.number)) as unknown as number,
        // Of a range of one number the ends would tell it.
        ...(by === undefined || by.first !== by.last
          ? {}
          : { finding: { ...finding!, by: { ...by, first: show(by.first), last: show(by.last) } } }),
      };
    }
    default:
      return step;
  }
}

/** The same decision with the numbers of subscribers shown otherwise. */
export const shownOtherwise = (kept: KeptDecision, show: ShowNumber): KeptDecision => ({
  ...kept,
  ...(kept.sender === undefined ? {} : { sender: show(kept.sender) }),
  steps: kept.steps.map((step) => stepShown(step, show)),
});

/** For those who may not see numbers, nor which of them are equal. */
export function masked({ senderKey: _, ...kept }: KeptDecision): KeptDecision {
  return shownOtherwise(kept, maskNumber);
}

/** To be kept with masked numbers, and yet be counted by sender: `keyOf` gives a keyed hash. */
export const maskedWithKey = (kept: KeptDecision, keyOf: ShowNumber): KeptDecision => ({
  ...masked(kept),
  ...(kept.sender === undefined ? {} : { senderKey: keyOf(kept.sender) }),
});

/** With undefined for what is absent. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** What is to be kept of a decision, as it will be written; numbers whole. */
export function keptOf(
  message: Pick<KeptDecision, 'at' | 'link' | 'opc' | 'dpc' | 'sccp' | 'called' | 'calling' | 'carried'>,
  decision: Decision,
  trace: Trace,
  written: string | undefined,
): KeptDecision {
  // One plain literal: made of spreads, each of these had a shape of its own, which the engine kept for seconds, megabytes of them. JSON leaves out
  // what is undefined.
  const kept: Loose<KeptDecision> = {
    at: message.at,
    link: message.link,
    opc: message.opc,
    dpc: message.dpc,
    sccp: message.sccp,
    called: message.called,
    calling: message.calling,
    carried: message.carried,
    sender: decision.sender === undefined ? written : String(decision.sender),
    verdict: decision.verdict,
    action: decision.action,
    held: decision.held,
    place: decision.place,
    reason: decision.reason,
    mode: decision.mode,
    selector: decision.selector,
    homeSmsc: decision.homeSmsc?.name,
    rule: decision.rule,
    answer: decision.answer,
    platform: decision.relay?.platform.name,
    flow: trace.flow,
    settings: trace.settings,
    numbers: trace.numbers,
    steps: trace.steps,
  };
  return kept as KeptDecision;
}
