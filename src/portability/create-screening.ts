/** Makes a `Screening` of settings and ports: selection, the two flows, the mode, and what is counted and told of each decision. */
import { err, ok, type Result } from '#base';
import { RejectCeiling } from './ceiling.js';
import { faultsOf } from './check-settings.js';
import type { Decision, Place, Reason } from './decision.js';
import { decidePortedOut } from './flow-ported-out.js';
import { decideVstp } from './flow-vstp.js';
import type { HomeEntry } from './home-smscs.js';
import { Matter } from './matter.js';
import type { MoSubmission, SelectorKey, TitleKey } from './message.js';
import type { NumberLookup } from './numbers.js';
import { type Plan, planOf } from './plan.js';
import type { NotScreened, Question, Screening, ScreeningPorts, Selection } from './screening.js';
import { Selector, Selectors } from './selectors.js';
import type { Flow, HomeSmsc, Mode, ScreeningSettings, SettingsFault } from './settings.js';
import { applyMode, decisionOf, holdBack, isAboutPortedSender, outcomeOf } from './settle.js';
import { count, Tally } from './tally.js';
import type { Trace, TraceStep } from './trace.js';

/** All that is wrong with the settings together, or screening by them. */
export function createScreening<C = unknown>(
  settings: ScreeningSettings,
  ports: ScreeningPorts<C>,
): Result<Screening<C>, readonly SettingsFault[]> {
  const faults = faultsOf(settings);
  return faults.length > 0 || settings.mode === undefined ? err(faults) : ok(new Gatekeeper(settings, settings.mode, ports));
}

const DECIDE: Readonly<Record<Flow, (matter: Matter) => void>> = { vstp: decideVstp, 'ported-out': decidePortedOut };

/** Where messages land that no flow sees. */
const OUTSIDE: Readonly<Record<Flow, Readonly<Record<'not-selected' | NotScreened['kind'], Place>>>> = {
  vstp: { 'not-selected': 'row 1', 'not-mo-ForwardSM': 'row 2', undecodable: 'row 2' },
  'ported-out': { 'not-selected': 'step 1', undecodable: 'step 2', 'not-mo-ForwardSM': 'step 3' },
};

const REASON_OF: Readonly<Record<NotScreened['kind'], Reason>> = {
  'not-mo-ForwardSM': 'not-mo-forward-sm',
  undecodable: 'undecodable',
};

/** Numbers of the steps that precede the flows. */
const CLAUSES: Readonly<Record<Flow, { readonly selection: number; readonly operation: number; readonly decoding: number }>> = {
  vstp: { selection: 2, operation: 3, decoding: 3 },
  'ported-out': { selection: 1, operation: 3, decoding: 2 },
};

/** What stands before translation in both flows and is not here. */
const NOT_BUILT: Readonly<Record<Flow, { readonly clause: number; readonly what: string }>> = {
  vstp: { clause: 13, what: 'MO-based number portability, ASD and GRN' },
  'ported-out': { clause: 10, what: 'MO-based number portability, ASD and GRN' },
};

const acts = ({ kind }: Mode): boolean => kind === 'enforce' || kind === 'sample';

/** Stores that gave no answer when they were last asked. Of the stores, not of an edition of settings: an alarm told in one is cleared in the next. */
const SILENT = new WeakSet<NumberLookup>();

class Gatekeeper<C> implements Screening<C> {
  readonly settings: ScreeningSettings;
  readonly #plan: Plan;
  readonly #ports: ScreeningPorts<C>;
  readonly #tally: Tally;
  readonly #ceiling: RejectCeiling;
  readonly #edition = {};
  readonly #selectors: Selectors;
  readonly #mode: Mode;
  /** Of messages that no selector matches. */
  readonly #unselected: Float64Array;
  readonly #run: (matter: Matter) => void;
  /** Whether a home SMSC has a mode of its own that acts. */
  readonly #mayHomesAct: boolean;

  constructor(settings: ScreeningSettings, mode: Mode, ports: ScreeningPorts<C>) {
    this.settings = settings;
    this.#mode = mode;
    this.#plan = planOf(settings, ports);
    this.#ports = ports;
    this.#tally = ports.tally ?? new Tally();
    this.#ceiling = ports.ceiling ?? new RejectCeiling();
    this.#selectors = new Selectors(settings, mode, this.#edition);
    this.#unselected = this.#tally.cell('', '');
    this.#run = DECIDE[this.#plan.flow];
    this.#mayHomesAct = settings.homeSmscs.entries.some((it) => it.mode !== undefined && acts(it.mode));
  }

  select(called: SelectorKey): Selection | undefined {
    const selector = this.#selectors.find(called);
    if (selector === undefined) {
      count(this.#unselected, OUTSIDE[this.#plan.flow]['not-selected'], 'passed', 'not-selected');
      return undefined;
    }
    if (selector.mode.kind !== 'off') return selector;
    count(this.#cellOf(selector, undefined), 'off', 'off', 'off');
    return undefined;
  }

  decide(selection: Selection, submission: MoSubmission, now: number, context?: C): Decision {
    const selector = this.#own(selection);
    if (selector === undefined) return this.#countUnselected();
    const matter = new Matter(this.#plan, selector, submission, now, undefined);
    this.#run(matter);
    applyMode(matter);
    this.#noteCeiling(matter, context);
    holdBack(matter, this.#ceiling.isExceeded);
    const decision = decisionOf(matter);
    count(this.#cellOf(selector, matter.home), decision.place, outcomeOf(decision), decision.reason);
    if (matter.isNumbersAsked && matter.isNumbersMissing !== SILENT.has(this.#plan.numbers)) this.#tellStore(matter, context);
    if (matter.events !== undefined) for (const event of matter.events) this.#ports.tell?.(event, context);
    if (decision.verdict === 'reject') this.#tellReject(matter, decision, context);
    return decision;
  }

  passOver(selection: Selection, found: NotScreened, now: number, context?: C): Decision {
    const selector = this.#own(selection);
    if (selector === undefined) return this.#countUnselected();
    const decision = this.#outside(OUTSIDE[this.#plan.flow][found.kind], REASON_OF[found.kind], selector);
    count(this.#cellOf(selector, undefined), decision.place, 'passed', decision.reason);
    if (found.kind === 'undecodable')
      this.#ports.tell?.({ kind: 'undecodable', at: now, selector: selector.name, why: found.why }, context);
    return decision;
  }

  explain(question: Question, now: number, selection?: Selection): Trace {
    const steps: TraceStep[] = [];
    const decision = this.#explained(question, now, steps, selection);
    const { state, version } = this.#plan.numbers;
    const { settings, flow } = { settings: this.settings.version, flow: this.#plan.flow };
    return { at: now, flow, settings, numbers: { state, version }, steps, decision };
  }

  homeSmscOf(title: TitleKey): HomeSmsc | undefined {
    return this.#plan.homes.find(title)?.smsc;
  }

  #explained(question: Question, now: number, steps: TraceStep[], selection: Selection | undefined): Decision {
    const { flow } = this.#plan;
    const clauses = CLAUSES[flow];
    const called = question.kind === 'mo-ForwardSM' ? question.submission.called : question.called;
    const selector = selection === undefined ? this.#selectors.find(called) : this.#own(selection);
    steps.push({
      step: 'selection',
      clause: clauses.selection,
      called,
      ...(selector === undefined ? {} : { selector: selector.name, mode: selector.mode }),
    });
    if (selector === undefined) return this.#outside(OUTSIDE[flow]['not-selected'], 'not-selected', undefined);
    if (selector.mode.kind === 'off' && selection === undefined) return this.#outside('off', 'off', selector);
    if (question.kind !== 'mo-ForwardSM') {
      const detail = question.kind === 'undecodable' ? question.why : question.operation;
      const clause = question.kind === 'undecodable' ? clauses.decoding : clauses.operation;
      steps.push({ step: 'operation', clause, found: question.kind, ...(detail === undefined ? {} : { detail }) });
      return this.#outside(OUTSIDE[flow][question.kind], REASON_OF[question.kind], selector);
    }
    steps.push({ step: 'operation', clause: clauses.operation, found: 'mo-ForwardSM' });
    const matter = new Matter(this.#plan, selector, question.submission, now, steps);
    this.#run(matter);
    if (matter.verdict === 'pass') steps.push({ step: 'not-built', ...NOT_BUILT[flow] });
    applyMode(matter);
    holdBack(matter, this.#ceiling.isExceeded);
    return decisionOf(matter);
  }

  /** A selection may be older than these settings: a dialogue goes on while they change. */
  #own(selection: Selection): Selector | undefined {
    return selection instanceof Selector && selection.edition === this.#edition
      ? selection
      : this.#selectors.named(selection.name);
  }

  #countUnselected(): Decision {
    const place = OUTSIDE[this.#plan.flow]['not-selected'];
    count(this.#unselected, place, 'passed', 'not-selected');
    return this.#outside(place, 'not-selected', undefined);
  }

  /** A message that no flow has seen passes. */
  #outside(place: Place, reason: Reason, selector: Selector | undefined): Decision {
    return {
      action: 'pass',
      verdict: 'pass',
      held: 'no',
      place,
      reason,
      mode: (selector?.mode ?? this.#mode).kind,
      selector: selector?.name,
      sender: undefined,
      record: undefined,
      homeSmsc: undefined,
      serviceCentre: 'not-compared',
      rule: undefined,
      answer: undefined,
      relay: undefined,
    };
  }

  #cellOf(selector: Selector, home: HomeEntry | undefined): Float64Array {
    const at = home === undefined ? 0 : home.index + 1;
    return (selector.cells[at] ??= this.#tally.cell(selector.name, home === undefined ? '' : home.smsc.name));
  }

  /** Only where a mode acts: elsewhere nothing can be overdone. Where a home SMSC's does, its rejects are a share of all messages, not of themselves. */
  #noteCeiling(matter: Matter, context: C | undefined): void {
    const { ceiling } = this.settings;
    if (ceiling === undefined || !(this.#mayHomesAct || acts(matter.selector.mode))) return;
    const isReject = isAboutPortedSender(matter) && acts(matter.mode!);
    if (!this.#ceiling.note(ceiling, isReject, matter.now)) return;
    const { messages, rejects } = this.#ceiling.state;
    const { percent, windowSeconds } = ceiling;
    this.#ports.tell?.({ kind: 'ceiling-exceeded', at: matter.now, percent, rejects, messages, windowSeconds }, context);
  }

  #tellStore(matter: Matter, context: C | undefined): void {
    if (matter.isNumbersMissing) SILENT.add(this.#plan.numbers);
    else SILENT.delete(this.#plan.numbers);
    this.#ports.tell?.(
      matter.isNumbersMissing
        ? { kind: 'numbers-not-ready', at: matter.now, state: this.#plan.numbers.state }
        : { kind: 'numbers-ready-again', at: matter.now },
      context,
    );
  }

  #tellReject({ submission, now, selector }: Matter, decision: Decision, context: C | undefined): void {
    const { called, calling, sender, serviceCentre, imsi } = submission;
    this.#ports.tell?.(
      {
        kind: 'rejected',
        at: now,
        selector: selector.name,
        called,
        calling,
        decision,
        sender,
        serviceCentre,
        imsi,
        numbers: this.#plan.numbers.version,
        settings: this.settings.version,
      },
      context,
    );
  }
}
