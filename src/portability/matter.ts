/**
 * One message while it is decided: what has been found of it, and the questions that both flows ask. A question writes its step of the trace, if
 * somebody wants one; without a trace nothing is made but the decision itself.
 */
import { condition, conditionTitle, failureOf } from './conditioning.js';
import type { Action, CentreComparison, ConditioningFailure, Held, Party, Place, Reason, Relay } from './decision.js';
import { withoutZeroFiller } from './digit-tree.js';
import type { ScreeningEvent } from './events.js';
import type { HomeEntry } from './home-smscs.js';
import type { MoSubmission, TitleKey, WrittenNumber } from './message.js';
import type { NumberRecord } from './numbers.js';
import { classOf, type Plan } from './plan.js';
import { entityText, prepaidTypeOf } from './portability-type.js';
import type { Selector } from './selectors.js';
import type { Answer, Mode, Platform, Rule } from './settings.js';
import type { TraceStep, TypeClass } from './trace.js';

/** Whether a called party that stands for `addressed` may be the number `asked`: a last 0 of its digits may be filler. */
const isSameNumber = (called: TitleKey, asked: number, addressed: number): boolean =>
  asked === addressed || (withoutZeroFiller(called.indicator, called.digits) !== undefined && asked * 10 === addressed);

/** What a lookup found: `landed` when the message's way has ended with it. */
export type Found = 'stored' | 'not-stored' | 'landed';

export class Matter {
  readonly plan: Plan;
  readonly selector: Selector;
  readonly submission: MoSubmission;
  readonly now: number;
  readonly trace: TraceStep[] | undefined;
  /** To be told when the decision is a real one. Made when the first happens. */
  events: ScreeningEvent[] | undefined = undefined;
  /** Whether the store was asked, and whether it did not answer. */
  isNumbersAsked = false;
  isNumbersMissing = false;

  verdict: Action = 'pass';
  place: Place = 'off';
  reason: Reason = 'off';
  rule: Rule | undefined = undefined;
  relay: Relay | undefined = undefined;
  /** Negative until it is asked for, and when it cannot be had. */
  sender = -1;
  record: NumberRecord | undefined = undefined;
  home: HomeEntry | undefined = undefined;
  serviceCentre: CentreComparison = 'not-compared';
  held: Held = 'no';
  mode: Mode | undefined = undefined;
  answer: Answer | undefined = undefined;

  constructor(plan: Plan, selector: Selector, submission: MoSubmission, now: number, trace: TraceStep[] | undefined) {
    this.plan = plan;
    this.selector = selector;
    this.submission = submission;
    this.now = now;
    this.trace = trace;
  }

  pass(place: Place, reason: Reason): void {
    this.place = place;
    this.reason = reason;
  }

  reject(place: Place, reason: Reason, rule: Rule): void {
    this.verdict = 'reject';
    this.place = place;
    this.reason = reason;
    this.rule = rule;
  }

  /** Is it from a prepaid platform? */
  origin(clause: number): Platform | undefined {
    const platform = this.plan.platforms.origin(this.submission);
    this.trace?.push({
      step: 'origin',
      clause,
      calling: this.submission.calling.digits,
      ...(this.submission.cameFrom === undefined ? {} : { cameFrom: this.submission.cameFrom }),
      ...(platform === undefined ? {} : { platform: platform.name }),
    });
    return platform;
  }

  /** Brings the sender's number into international form. False: that cannot be done, and the message passes at `place`. */
  conditionSender(clause: number | undefined, place: Place): boolean {
    const { sender } = this.submission;
    this.sender = condition(this.plan.conditioner, sender);
    this.#traceConditioning(clause, 'sender', sender, this.sender);
    if (this.sender >= 0) return true;
    const failure = failureOf(this.sender);
    this.pass(place, failure === 'absent' ? 'sender-absent' : 'sender-unusable');
    this.note(
      failure === 'absent'
        ? { kind: 'parameter-missing', parameter: 'SM-RP-OA', ...this.#about() }
        : { kind: 'sender-unusable', failure, written: sender, ...this.#about() },
    );
    return false;
  }

  /** Looks the sender up. A store that does not answer ends the matter at `place`, as the selector says. */
  lookUpSender(clause: number, place: Place): Found {
    this.isNumbersAsked = true;
    if (this.plan.numbers.state !== 'ready') {
      this.#traceLookup(clause, 'sender', this.sender);
      this.isNumbersMissing = true;
      if (this.selector.whenNumbersUnavailable === 'refuse') this.reject(place, 'numbers-not-ready', 'numbers-unavailable');
      else this.pass(place, 'numbers-not-ready');
      return 'landed';
    }
    this.record = this.plan.numbers.find(this.sender, this.now);
    this.#traceLookup(clause, 'sender', this.sender);
    return this.record === undefined ? 'not-stored' : 'stored';
  }

  /** Of the sender's record. */
  typeClass(clause: number): TypeClass {
    const found = classOf(this.plan.screened, this.record!);
    this.#traceType(clause, 'sender', this.record!, found);
    return found;
  }

  /** For a screened sender: is he at one of our service centres? Lands at `reject` or leaves the matter to the caller. */
  isAtHome(clause: number, place: Place): boolean {
    const { called, serviceCentre } = this.submission;
    if (this.plan.serviceCentre !== 'ignore') this.#compareCentre();
    this.home = this.plan.homes.find(called);
    this.#traceHome(clause, this.trace && this.plan.homes.comparedDigits(called), 'called-party');
    if (this.home !== undefined) {
      this.reject(place, 'ported-at-home-smsc', 'home-smsc');
      return true;
    }
    if (this.plan.serviceCentre !== 'screen' || serviceCentre === undefined) return false;
    const asked = condition(this.plan.conditioner, serviceCentre);
    this.home = asked < 0 ? undefined : this.plan.homes.findNumber(asked);
    this.#traceHome(clause, this.trace && (asked < 0 ? serviceCentre.digits : String(asked)), 'service-centre');
    if (this.home !== undefined) this.reject(place, 'ported-asks-home-smsc', 'service-centre');
    return this.home !== undefined;
  }

  /** The service centre that the phone asked for is where the message should be going. */
  #compareCentre(): void {
    const { called, serviceCentre } = this.submission;
    if (serviceCentre === undefined && this.trace === undefined) return;
    const asked = condition(this.plan.conditioner, serviceCentre);
    const addressed = conditionTitle(this.plan.conditioner, called);
    if (asked >= 0 && addressed >= 0) this.serviceCentre = isSameNumber(called, asked, addressed) ? 'same' : 'differs';
    this.trace?.push({
      step: 'service-centre',
      ...(serviceCentre === undefined ? {} : { serviceCentre: asked < 0 ? serviceCentre.digits : String(asked) }),
      called: addressed < 0 ? called.digits : String(addressed),
      comparison: this.serviceCentre,
    });
    if (this.serviceCentre === 'differs')
      this.note({ kind: 'service-centre-differs', sender: this.sender, serviceCentre: serviceCentre!, ...this.#about() });
  }

  /** Finds a platform for a prepaid subscriber's message; without one it passes, or is rejected if the settings say so. */
  relayFor(clause: number, party: Party, number: number, prepaidType: number, place: Place): void {
    const { platforms, refuseWithoutPlatform } = this.plan;
    const candidates = platforms.candidates(prepaidType);
    const platform = candidates === undefined ? undefined : platforms.choose(candidates, number);
    this.trace?.push({
      step: 'relay',
      clause,
      party,
      prepaidType,
      ...(candidates === undefined
        ? {}
        : {
            candidates: candidates.map((it) => ({
              platform: it.platform.name,
              weight: it.weight,
              isUp: platforms.isUp(it.platform),
              drain: it.platform.drain === true,
            })),
          }),
      ...(platform === undefined ? {} : { platform: platform.name }),
    });
    this.place = place;
    if (platform !== undefined) {
      this.verdict = 'redirect';
      this.reason = party === 'sender' ? 'sender-prepaid' : 'recipient-prepaid';
      this.relay = { party, prepaidType, platform };
      return;
    }
    const kind = candidates === undefined ? 'prepaid-type-unprovisioned' : 'no-platform-available';
    this.note({ kind, party, prepaidType, ...this.#about() });
    if (refuseWithoutPlatform && candidates !== undefined) this.reject(place, kind, 'platforms-unavailable');
    else this.reason = kind;
  }

  /** BPARTYCHK: a prepaid recipient takes the message to his platform. What cannot be read or is not stored changes nothing. */
  relayForRecipient(clause: number, place: Place): void {
    this.isNumbersAsked = true;
    if (this.plan.numbers.state !== 'ready') return;
    const written = this.submission.recipient?.();
    const number = condition(this.plan.conditioner, written);
    this.#traceConditioning(clause, 'recipient', written, number);
    if (number < 0) {
      this.note({ kind: 'recipient-unusable', failure: failureOf(number), written, ...this.#about() });
      return;
    }
    const record = this.plan.numbers.find(number, this.now);
    this.#traceLookup(clause, 'recipient', number);
    if (record === undefined) return;
    const prepaidType = prepaidTypeOf(record.portabilityType);
    this.#traceType(clause, 'recipient', record, prepaidType > 0 ? 'prepaid' : 'other');
    if (prepaidType > 0) this.relayFor(clause, 'recipient', number, prepaidType, place);
  }

  note(event: ScreeningEvent): void {
    if (this.events === undefined) this.events = [event];
    else this.events.push(event);
  }

  #about() {
    const { called, calling } = this.submission;
    return { at: this.now, selector: this.selector.name, called, calling };
  }

  #traceConditioning(clause: number | undefined, party: Party, written: WrittenNumber | undefined, number: number): void {
    if (this.trace === undefined) return;
    const { countryCode, areaCode } = this.plan.settings.conditioning ?? {};
    const result: { number: number } | { failure: ConditioningFailure } =
      number < 0 ? { failure: failureOf(number) } : { number };
    this.trace.push({
      step: 'conditioning',
      ...(clause === undefined ? {} : { clause }),
      party,
      ...(written === undefined ? {} : { written }),
      ...(countryCode === undefined ? {} : { countryCode }),
      ...(areaCode === undefined ? {} : { areaCode }),
      ...result,
    });
  }

  #traceLookup(clause: number, party: Party, number: number): void {
    if (this.trace === undefined) return;
    const { state, version } = this.plan.numbers;
    const finding = state === 'ready' ? this.plan.numbers.finding(number, this.now) : undefined;
    this.trace.push({ step: 'lookup', clause, party, number, state, version, ...(finding === undefined ? {} : { finding }) });
  }

  #traceType(clause: number, party: Party, record: NumberRecord, found: TypeClass): void {
    if (this.trace === undefined) return;
    const prepaidType = prepaidTypeOf(record.portabilityType);
    this.trace.push({
      step: 'type',
      clause,
      party,
      portabilityType: record.portabilityType,
      entity: entityText(record.entity),
      class: found,
      ...(prepaidType === 0 ? {} : { prepaidType }),
    });
  }

  #traceHome(clause: number, digits: string | undefined, address: 'called-party' | 'service-centre'): void {
    this.trace?.push({
      step: 'home-smsc',
      clause,
      digits: digits!,
      address,
      match: this.plan.homes.match,
      entries: this.plan.homes.size,
      ...(this.home === undefined ? {} : { entry: this.home.smsc }),
    });
  }
}
