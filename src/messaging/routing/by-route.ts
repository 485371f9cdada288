/** Which of the routes that fit decides, and what follows from it. */
import type { RouteRefusal, RouteResult } from '#directory';
import type { NoRoute, OuterRoad } from '#messaging';
import { takeRoad } from './permission.js';
import type { Question } from './question.js';
import type { Facts, Fit } from './route-index.js';
import type { ExplainedDecision, PassedOver } from './trace.js';

/** What is settled about a number before routes are asked. */
export interface Standing {
  /** `range`: digits of the range of ours that it lies in. `told`: a lookup says so. `held`: a subscriber of ours has it, and nobody says otherwise. */
  readonly ours?: { readonly by: 'range'; readonly digits: number } | { readonly by: 'told' | 'held' };
  /** A lookup says where it is at home (ours or not). */
  readonly isTold: boolean;
  /** One has said that it is not ours, and a later one whose it is: that can be others, not us. */
  readonly isDenied?: true;
}

/** Of recipients that are no numbers. */
export const NO_STANDING: Standing = { isTold: false };

const NO_ROUTE: Readonly<Record<RouteRefusal, NoRoute>> = {
  'unknown-recipient': 'unknown-subscriber',
  'not-allowed': 'not-allowed',
  'content-refused': 'not-allowed',
};

/** `ours`: the number is to be delivered here, by a route or because no route takes it away. Undefined: no route decides. */
export type ByRoute = ExplainedDecision | 'ours' | undefined;

export function byRoute(question: Question, facts: Facts, standing: Standing): ByRoute {
  let waitsFor: string | undefined;
  for (const fit of question.index.fitting(facts)) {
    const { name: route, priority, result } = fit.route;
    const passedOver = whyPassedOver(question, fit, standing);
    question.note({ step: 'route', route, priority, by: fit.by, result, ...(passedOver && { passedOver }) });
    if (passedOver === undefined) return follow(question, result, facts);
    if (passedOver === 'neighbour-drains') waitsFor ??= `${result.kind} ${neighbourOf(result)} is draining`;
    if (passedOver === 'neighbour-unknown') waitsFor ??= `${result.kind} ${neighbourOf(result)} is not configured`;
  }
  // A route would have taken it, even from us: it is not delivered here, nor refused, because its neighbour is on the way out.
  if (waitsFor !== undefined) return question.undecided(waitsFor);
  return standing.ours ? 'ours' : undefined;
}

function follow(question: Question, result: RouteResult, facts: Facts): ExplainedDecision | 'ours' {
  switch (result.kind) {
    case 'own':
      return 'ours';
    case 'refuse':
      return question.nowhere(NO_ROUTE[result.reason]);
    case 'peer':
      return takeRoad(question, toPeer(question, result.peer, result.domain ?? facts.domain, result.domain !== undefined));
    case 'vasp':
      return takeRoad(question, { kind: 'vasp', vasp: result.vasp });
    case 'email':
      return takeRoad(question, { kind: 'email' });
  }
}

/** The domain of a route counts as it stands; what a lookup found (or a mailbox has) only if it is one of the peer's. Its first is what it is addressed at anyway. */
export function toPeer({ snapshot }: Question, name: string, domain: string | undefined, isGiven = false): OuterRoad {
  const { domains = [] } = snapshot.peer(name) ?? {};
  const says = domain !== undefined && domain !== domains[0] && (isGiven || domains.includes(domain));
  return { kind: 'peer', peer: name, ...(says && { domain }) };
}

/**
 * A refusal always counts. What a lookup found decides who has the number: a route by the number's beginning leads to the network that it has
 * left, and one that calls it ours is wrong. A number of our own range is given away only by a route that names more of it than the range does.
 */
function whyPassedOver(question: Question, { route: { result }, kind, length }: Fit, standing: Standing): PassedOver | undefined {
  const { ours, isTold, isDenied } = standing;
  if (result.kind === 'refuse') return undefined;
  if (result.kind === 'own') return isDenied || (isTold && !ours && kind !== 'home') ? 'number-is-not-ours' : undefined;
  if (ours && kind !== 'home' && !(ours.by === 'range' && kind === 'address' && length > ours.digits)) return 'number-is-ours';
  if (isTold && !ours && kind === 'address' && question.settings.whenNetworkUnknown === 'refuse') return 'number-has-moved';
  return neighbourFault(question, result);
}

const neighbourOf = (result: RouteResult): string =>
  result.kind === 'peer' ? result.peer : result.kind === 'vasp' ? result.vasp : '';

function neighbourFault({ snapshot }: Question, result: RouteResult): PassedOver | undefined {
  if (result.kind !== 'peer' && result.kind !== 'vasp') return undefined;
  const neighbour = result.kind === 'peer' ? snapshot.peer(result.peer) : snapshot.vasp(result.vasp);
  if (!neighbour) return 'neighbour-unknown';
  return neighbour.state === 'draining' ? 'neighbour-drains' : undefined;
}
