/**
 * Where a message for one recipient goes. A number is looked up first, in the order of the settings; then the operator's routes decide with
 * what was found; then what neighbours say of themselves; and only a number that nobody calls another's is looked for among our subscribers.
 */
import type { Msisdn } from '#base';
import type { Directory, DirectorySnapshot } from '#directory';
import type { RouteQuery, Router } from '#messaging';
import { byRoute, NO_STANDING, type Standing, toPeer } from './by-route.js';
import type { LookupAnswer, NumberHome, NumberSource } from './lookups.js';
import { domainOf, networksOfDomain, numberOfLocalPart } from './own-mailbox.js';
import { forbidden, senderFault, takeRoad } from './permission.js';
import { Question } from './question.js';
import { RouteIndex } from './route-index.js';
import type { RoutingSettings, SourceSetting } from './settings.js';
import type { ExplainedDecision } from './trace.js';

export interface RoutingPorts {
  readonly directory: Directory;
  /** One for each source that the settings name. */
  readonly sources: readonly NumberSource[];
}

/** A Router that gives its reasons. Decides at once when no lookup has to be waited for. */
export interface ExplainingRouter extends Router {
  route(query: RouteQuery): ExplainedDecision | Promise<ExplainedDecision>;
}

interface Found {
  readonly home: NumberHome;
  readonly source: string;
  /** An earlier lookup has said that the number is elsewhere: whatever this one says, it is not ours. */
  readonly isDenied?: true;
}

interface Asked extends SourceSetting {
  readonly port: NumberSource;
}

/** Throws an Error when the settings name a source that is not among the ports. */
export function createRouter(ports: RoutingPorts, settings: RoutingSettings): ExplainingRouter {
  const asked = settings.sources.map((setting): Asked => {
    const port = ports.sources.find(({ name }) => name === setting.source);
    if (!port) throw new Error(`routing: there is no source of numbers "${setting.source}"`);
    return { ...setting, port };
  });
  let indexed: { snapshot: DirectorySnapshot; index: RouteIndex } | undefined;
  const indexOf = (snapshot: DirectorySnapshot): RouteIndex => {
    if (indexed?.snapshot !== snapshot) indexed = { snapshot, index: new RouteIndex(snapshot.routes) };
    return indexed.index;
  };
  return {
    route(query) {
      const { snapshot } = ports.directory;
      return decide(new Question(query, snapshot, indexOf(snapshot), settings), asked);
    },
  };
}

type Eventually = ExplainedDecision | Promise<ExplainedDecision>;

function decide(question: Question, asked: readonly Asked[]): Eventually {
  const { recipient } = question.query;
  switch (recipient.kind) {
    case 'number':
      return decideNumber(question, recipient.msisdn, asked);
    case 'email':
      return decideMailbox(question, recipient.mailbox, asked);
    case 'short-code':
      return decideShortCode(question, recipient.code);
    case 'unknown':
      return question.nowhere('not-an-address');
  }
}

function decideNumber(question: Question, number: Msisdn, asked: readonly Asked[]): Eventually {
  const { settings, index, query } = question;
  const prefix = longestPrefix(settings.ownNumbers, number);
  question.note({ step: 'range', number, ...(prefix !== undefined && { prefix }) });
  // A refusal that stands before everything a lookup could bring about needs none.
  const [first] = index.fitting({ ...query, recipient: { kind: 'number', msisdn: number } });
  if (first?.route.result.kind === 'refuse' && first.route.priority < index.homePriorityMin) {
    return concludeNumber(question, number, prefix, undefined);
  }
  return lookUp(question, number, prefix, asked, 0, undefined);
}

/** Asks from `next` on. Once somebody has said that the number is elsewhere, nobody can make it ours any more; others may say where. */
function lookUp(
  question: Question,
  number: Msisdn,
  prefix: string | undefined,
  asked: readonly Asked[],
  next: number,
  elsewhere: Found | undefined,
): Eventually {
  let away = elsewhere;
  for (let i = next; i < asked.length; i++) {
    const one = asked[i]!;
    if (one.ask === 'foreign-numbers' && prefix !== undefined) {
      question.note({ step: 'not-asked', source: one.source });
      continue;
    }
    const answer = one.port.find(number);
    if (answer instanceof Promise) {
      return answer.then((it) => {
        const taken = take(question, one, it);
        if (taken && 'trace' in taken) return taken;
        if (taken && !isOpen(taken)) return concludeNumber(question, number, prefix, away ? { ...taken, isDenied: true } : taken);
        return lookUp(question, number, prefix, asked, i + 1, away ?? taken);
      });
    }
    const taken = take(question, one, answer);
    if (taken && 'trace' in taken) return taken;
    if (taken && !isOpen(taken)) return concludeNumber(question, number, prefix, away ? { ...taken, isDenied: true } : taken);
    away ??= taken;
  }
  return concludeNumber(question, number, prefix, away);
}

/** It says only that the number is not ours: another may know whose it is. */
const isOpen = ({ home }: Found): boolean => home.kind === 'elsewhere';

/** Undefined: nothing came of it, on to the next. */
function take(question: Question, { source, whenItFails }: Asked, answer: LookupAnswer): Found | ExplainedDecision | undefined {
  question.note({ step: 'lookup', source, answer, whenItFails });
  if (answer.kind === 'home') return { home: answer.home, source };
  if (answer.kind === 'nothing' || whenItFails === 'go-on') return undefined;
  if (whenItFails === 'refuse') return question.nowhere('no-route-for-number');
  return question.undecided(`lookup ${source}: ${answer.cause} (${answer.detail})`);
}

function concludeNumber(
  question: Question,
  number: Msisdn,
  prefix: string | undefined,
  found: Found | undefined,
): ExplainedDecision {
  const { snapshot, settings, query } = question;
  const standing = standingOf(question, number, prefix, found);
  question.note({
    step: 'home',
    ours: standing.ours !== undefined,
    ...(found && { home: found.home, source: found.source }),
  });
  const decided = byRoute(
    question,
    { ...query, recipient: { kind: 'number', msisdn: number }, ...factsOf(found?.home) },
    standing,
  );
  if (decided === 'ours') return deliverHere(question, number);
  if (decided) return decided;
  const peer = found?.home.kind === 'domain' ? snapshot.peerOfDomain(found.home.domain) : undefined;
  if (peer && found?.home.kind === 'domain') {
    const drains = peer.state === 'draining';
    const by = `domain ${found.home.domain}`;
    question.note({ step: 'neighbour', kind: 'peer', name: peer.name, by, ...(drains && { passedOver: 'neighbour-drains' }) });
    return drains
      ? question.undecided(`peer ${peer.name} is draining`)
      : takeRoad(question, toPeer(question, peer.name, found.home.domain));
  }
  if (found) question.note({ step: 'setting', setting: 'whenNetworkUnknown', value: settings.whenNetworkUnknown });
  return question.nowhere(found || snapshot.peers.length > 0 ? 'no-route-for-number' : 'not-our-subscriber');
}

function standingOf(
  { settings, snapshot }: Question,
  number: Msisdn,
  prefix: string | undefined,
  found: Found | undefined,
): Standing {
  const isTold = found !== undefined;
  if (found) {
    const { home, isDenied } = found;
    if (isDenied) return { isTold, isDenied };
    const isOurs = home.kind === 'own' || (home.kind === 'domain' && settings.ownDomains.includes(home.domain));
    return isOurs ? { isTold, ours: { by: 'told' } } : { isTold };
  }
  if (prefix !== undefined) return { isTold, ours: { by: 'range', digits: prefix.length } };
  return snapshot.subscriber(number) ? { isTold, ours: { by: 'held' } } : { isTold };
}

/** What routes can ask about. */
function factsOf(home: NumberHome | undefined): { operator?: string; networks?: readonly string[]; domain?: string } {
  switch (home?.kind) {
    case 'operator':
      return { operator: home.operator };
    case 'network':
      return { networks: [home.network] };
    case 'domain':
      return { domain: home.domain, networks: networksOfDomain(home.domain) };
    default:
      return {};
  }
}

/** To a handset of ours, if he is there and may have it. */
function deliverHere(question: Question, number: Msisdn): ExplainedDecision {
  const { snapshot, settings, query } = question;
  const subscriber = snapshot.subscriber(number);
  if (subscriber || settings.ownSubscribers === 'must-be-known') {
    question.note({ step: 'subscriber', found: subscriber?.state ?? 'absent' });
  }
  if (!subscriber && settings.ownSubscribers === 'must-be-known') return question.nowhere('unknown-subscriber');
  if (subscriber?.state === 'barred') return forbidden(question, 'the recipient is barred');
  const arrival = ARRIVAL[query.origin.interface];
  if (subscriber && !subscriber.roadsIn.includes(arrival)) {
    return forbidden(question, `the recipient takes nothing by the road ${arrival}`);
  }
  const because = senderFault(question, 'handset');
  return because === undefined ? question.road({ kind: 'handset' }) : forbidden(question, because);
}

/** By which road a message came, in the words of subscribers' permissions. */
const ARRIVAL = { mm1: 'handset', mm4: 'peer', mm3: 'email', mm7: 'vasp' } as const;

function decideMailbox(question: Question, mailbox: string, asked: readonly Asked[]): Eventually {
  const { settings, snapshot, query } = question;
  const domain = domainOf(mailbox);
  if (domain === undefined) return question.nowhere('not-an-address');
  if (settings.ownDomains.includes(domain)) {
    const number = numberOfLocalPart(mailbox, snapshot);
    if (number === undefined) return question.nowhere('unknown-subscriber');
    question.note({ step: 'own-mailbox', domain, number });
    const decision = decideNumber(question, number, asked);
    return decision instanceof Promise ? decision.then((it) => standingFor(number, it)) : standingFor(number, decision);
  }
  const decided = byRoute(question, { ...query, domain }, NO_STANDING);
  if (decided === 'ours') return question.nowhere('no-route-for-email');
  if (decided) return decided;
  question.note({ step: 'setting', setting: 'email', value: settings.email });
  return settings.email === 'send' ? takeRoad(question, { kind: 'email' }) : question.nowhere('no-route-for-email');
}

const standingFor = (msisdn: Msisdn, decision: ExplainedDecision): ExplainedDecision =>
  decision.kind === 'road' ? { ...decision, standsFor: { kind: 'number', msisdn } } : decision;

function decideShortCode(question: Question, code: string): ExplainedDecision {
  const { snapshot, query } = question;
  const decided = byRoute(question, query, NO_STANDING);
  if (decided === 'ours') return question.nowhere('no-route-for-short-code');
  if (decided) return decided;
  const vasp = snapshot.vaspOfShortCode(code);
  if (!vasp) return question.nowhere('no-route-for-short-code');
  const drains = vasp.state === 'draining';
  const by = `short code ${code}`;
  question.note({ step: 'neighbour', kind: 'vasp', name: vasp.name, by, ...(drains && { passedOver: 'neighbour-drains' }) });
  return drains ? question.undecided(`vasp ${vasp.name} is draining`) : takeRoad(question, { kind: 'vasp', vasp: vasp.name });
}

function longestPrefix(prefixes: readonly string[], number: string): string | undefined {
  let found: string | undefined;
  for (const prefix of prefixes) if (number.startsWith(prefix) && prefix.length >= (found?.length ?? 0)) found = prefix;
  return found;
}
