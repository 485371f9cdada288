/** A routing trace in words: a line for each step, and one short line for a message's history. */
import { addressText, type RouteQuery, roadName } from '#messaging';
import type { LookupAnswer, NumberHome } from './lookups.js';
import type { ExplainedDecision, PassedOver, RouteStep } from './trace.js';

const PASSED_OVER: Readonly<Record<PassedOver, string>> = {
  'number-has-moved': 'passed over: a lookup says that the number has moved',
  'number-is-ours': 'passed over: the number is ours',
  'number-is-not-ours': 'passed over: a lookup says that the number is not ours',
  'neighbour-drains': 'passed over: takes nothing new (draining)',
  'neighbour-unknown': 'passed over: leads to somebody who is not configured',
};

export function homeText(home: NumberHome): string {
  switch (home.kind) {
    case 'own':
      return 'ours';
    case 'operator':
      return `operator ${home.operator}`;
    case 'network':
      return `network ${home.network}`;
    case 'domain':
      return `domain ${home.domain}`;
    case 'elsewhere':
      return 'in another network, not said which';
  }
}

const resultText = (result: Extract<RouteStep, { step: 'route' }>['result']): string => {
  switch (result.kind) {
    case 'own':
      return 'ours';
    case 'email':
      return 'by e-mail';
    case 'peer':
      return `to peer ${result.peer}`;
    case 'vasp':
      return `to vasp ${result.vasp}`;
    case 'refuse':
      return `refused (${result.reason}${result.text === undefined ? '' : `: ${result.text}`})`;
  }
};

function answerText(answer: LookupAnswer): string {
  if (answer.kind === 'failed') return `failed: ${answer.cause} (${answer.detail})`;
  return `${answer.kind === 'home' ? homeText(answer.home) : 'knows nothing'}, says ${answer.from}${answer.cached ? ' (kept)' : ''}`;
}

const evidenceOf = (answer: LookupAnswer): readonly string[] => (answer.kind === 'failed' ? [] : answer.evidence);

/** The step and what it rests on; the first line names the step. */
function stepLines(step: RouteStep): readonly string[] {
  switch (step.step) {
    case 'range':
      return [step.prefix === undefined ? 'range: in none of ours' : `range: in ours, ${step.prefix || 'every number'}`];
    case 'own-mailbox':
      return [`mailbox of our domain ${step.domain}: means number +${step.number}`];
    case 'lookup': {
      const failed = step.answer.kind === 'failed' ? `; setting when it fails: ${step.whenItFails}` : '';
      return [`lookup ${step.source}: ${answerText(step.answer)}${failed}`, ...evidenceOf(step.answer)];
    }
    case 'not-asked':
      return [`lookup ${step.source}: not asked about numbers of our ranges`];
    case 'home':
      return [
        step.home
          ? `home: ${homeText(step.home)}, by ${step.source}`
          : `home: ${step.ours ? 'ours, nobody says otherwise' : 'nobody knows'}`,
      ];
    case 'subscriber':
      return [`subscriber: ${step.found}`];
    case 'route': {
      const end = step.passedOver === undefined ? '' : `; ${PASSED_OVER[step.passedOver]}`;
      return [`route ${step.route} (priority ${step.priority}) by ${step.by}: ${resultText(step.result)}${end}`];
    }
    case 'neighbour': {
      const end = step.passedOver === undefined ? '' : `; ${PASSED_OVER[step.passedOver]}`;
      return [`${step.kind} ${step.name} by ${step.by}${end}`];
    }
    case 'setting':
      return [`setting ${step.setting}: ${step.value}`];
    case 'forbidden':
      return [`not allowed: ${step.because}`];
  }
}

/** What an event keeps: the steps in one line, without the number itself. */
export const becauseText = (steps: readonly RouteStep[]): string =>
  steps
    .filter(({ step }) => step !== 'not-asked' && step !== 'own-mailbox')
    .map((step) => stepLines(step)[0])
    .join('; ');

export function decisionText(decision: ExplainedDecision): string {
  switch (decision.kind) {
    case 'road':
      return decision.road.kind === 'handset'
        ? 'handset of ours (MM1)'
        : `${roadName(decision.road)} (${INTERFACE[decision.road.kind]})`;
    case 'nowhere':
      return `refused: ${decision.reason}`;
    case 'undecided':
      return `not decided: ${decision.reason}; asked again after ${(decision.retryAfterMs ?? 0) / 1000} s`;
  }
}

const INTERFACE = { peer: 'MM4', email: 'MM3', vasp: 'MM7' } as const;

/** For people: the question, the steps numbered in their order, the decision. Ends with a line feed. */
export function routeTraceText(query: RouteQuery, decision: ExplainedDecision): string {
  const { origin } = query;
  const came =
    origin.interface === 'mm4' ? `peer ${origin.peer}` : origin.interface === 'mm7' ? `vasp ${origin.vasp}` : origin.interface;
  const lines = [
    `${addressText(query.recipient)} from ${addressText(query.sender)}, by ${came}; objects of revision ${decision.trace.revision}`,
  ];
  for (const [i, step] of decision.trace.steps.entries()) {
    const [first, ...rest] = stepLines(step);
    lines.push(`  ${i + 1}. ${first}`, ...rest.map((line) => `       ${line}`));
  }
  lines.push(`=> ${decisionText(decision)}`, '');
  return lines.join('\n');
}
