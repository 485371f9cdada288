/** A trace as lines for people. */
import { maskNumber } from '#base';
import type { SelectorKey, WrittenNumber } from './message.js';
import type { NumberFinding, NumbersVersion } from './numbers.js';
import { portabilityTypeText } from './portability-type.js';
import type { Answer, Mode } from './settings.js';
import type { Trace, TraceStep } from './trace.js';

/** `masked`: subscribers' numbers lose all but their last four digits. Absent: they stay whole. */
export interface TraceTextOptions {
  readonly masked?: boolean;
}

type Show = (digits: string) => string;

/** One line for each step, headed by the number of the step in its flow; then what was decided. */
export function traceText(trace: Trace, { masked = false }: TraceTextOptions = {}): readonly string[] {
  const show: Show = masked ? maskNumber : (digits) => digits;
  const { decision } = trace;
  const head = `flow ${trace.flow}, settings ${trace.settings}, numbers ${trace.numbers.state}, ${versionText(trace.numbers.version)}`;
  const end = `decision: ${decision.action} at ${decision.place} (${decision.reason})${decision.held === 'no' ? '' : `; the flow says ${decision.verdict}, held back: ${decision.held}`}`;
  const steps = trace.steps.map(
    (step) => `${(step.clause === undefined ? '' : String(step.clause)).padStart(3)}  ${stepText(step, show)}`,
  );
  const outcome =
    decision.answer === undefined
      ? decision.relay === undefined
        ? []
        : [`platform: ${decision.relay.platform.name}`]
      : [`answer: ${answerText(decision.answer)}`];
  return [head, ...steps, end, ...outcome];
}

const versionText = ({ load, change, changedAt }: NumbersVersion): string =>
  `load ${load} change ${change} of ${new Date(changedAt).toISOString()}`;

/** `sm-DeliveryFailure (subscriberNotSC-Subscriber)`. */
export function answerText(answer: Answer): string {
  if (answer.kind === 'udts') return `UDTS, cause ${answer.cause}`;
  if (answer.kind !== 'tcap-error') return answer.kind;
  return answer.error === 'sm-DeliveryFailure' ? `${answer.error} (${answer.cause})` : answer.error;
}

export const modeText = (mode: Mode): string => (mode.kind === 'sample' ? `sample ${mode.percent} %` : mode.kind);

const titleText = ({ routeOn, indicator, translationType, numberingPlan, natureOfAddress, ssn }: SelectorKey): string =>
  [
    `route on ${routeOn}`,
    `GTI ${indicator}`,
    translationType === undefined ? '' : `TT ${translationType}`,
    numberingPlan === undefined ? '' : `NP ${numberingPlan}`,
    natureOfAddress === undefined ? '' : `NAI ${natureOfAddress}`,
    ssn === undefined ? '' : `SSN ${ssn}`,
  ]
    .filter(Boolean)
    .join(', ');

const writtenText = (written: WrittenNumber | undefined, show: Show): string =>
  written === undefined ? 'no number' : `${show(written.digits) || 'no digits'} (${written.nature})`;

const onOff = (is: boolean): string => (is ? 'on' : 'off');

function findingText(finding: NumberFinding): string {
  const by = finding.by.kind === 'number' ? 'by itself' : `by range ${finding.by.first} to ${finding.by.last}`;
  const from = finding.validFrom === undefined ? '' : `, from ${new Date(finding.validFrom).toISOString()}`;
  const until = finding.validUntil === undefined ? '' : `, until ${new Date(finding.validUntil).toISOString()}`;
  return `${by}${from}${until}`;
}

const TEXT: { readonly [K in TraceStep['step']]: (step: Extract<TraceStep, { step: K }>, show: Show) => string } = {
  selection: ({ called, selector, mode }) =>
    `called party ${titleText(called)}: ${selector === undefined ? 'no selector' : `selector ${selector}, mode ${modeText(mode!)}`}`,
  operation: ({ found, detail }) => `${found}${detail === undefined ? '' : `: ${detail}`}`,
  features: ({ prepaid, portabilityCheck }) => `PPSMS ${onOff(prepaid)}, MNP SMS ${onOff(portabilityCheck)}`,
  origin: ({ calling, cameFrom, platform }) =>
    `calling party ${calling || 'without digits'}${cameFrom === undefined ? '' : `, from ${cameFrom}`}: ${platform === undefined ? 'no prepaid platform' : `prepaid platform ${platform}`}`,
  conditioning: ({ party, written, countryCode, areaCode, number, failure }, show) =>
    `${party} ${writtenText(written, show)}, country code ${countryCode ?? 'none'}, area code ${areaCode ?? 'none'}: ${number === undefined ? failure! : show(String(number))}`,
  lookup: ({ party, number, state, version, finding }, show) =>
    `${party} ${show(String(number))} in ${versionText(version)}: ${state === 'ready' ? (finding === undefined ? 'not stored' : `stored ${findingText(finding)}`) : `the store is ${state}`}`,
  type: ({ party, portabilityType, entity, class: found }) =>
    `${party} has type ${portabilityTypeText(portabilityType)}, ${entity}: ${found}`,
  'home-smsc': ({ digits, address, match, entries, entry }) =>
    `${address} ${digits} in ${entries} home SMSCs (${match}): ${entry === undefined ? 'none' : `${entry.name} ${entry.digits}`}`,
  'service-centre': ({ serviceCentre, called, comparison }) =>
    `SM-RP-DA ${serviceCentre ?? 'absent'}, called party ${called}: ${comparison}`,
  relay: ({ party, prepaidType, candidates, platform }) =>
    `${party} is prepaid ${prepaidType}: ${candidates === undefined ? 'not provisioned' : `${candidates.map((it) => `${it.platform} ${it.weight}${it.drain ? ' drained' : ''}${it.isUp ? '' : ' down'}`).join(', ')}; ${platform ?? 'none available'}`}`,
  'not-built': ({ what }) => `${what}: not built; the message goes on`,
  mode: ({ mode, from, verdict, held }) =>
    `mode ${modeText(mode)} (${from}): ${verdict}${verdict === 'pass' ? '' : held === 'no' ? ', carried out' : `, held back: ${held}`}`,
};

/** One step without its number. */
function stepText<K extends TraceStep['step']>(step: Extract<TraceStep, { step: K }>, show: Show): string {
  return (TEXT[step.step as K] as (step: Extract<TraceStep, { step: K }>, show: Show) => string)(step, show);
}
