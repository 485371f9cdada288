/** Operators' objects and lookups for tests of routing: plain, valid, said in a line each. Not part of the program. */
import { type Msisdn, toMsisdn } from '#base';
import type { Directory, DirectorySnapshot, Peer, Route, RouteMatch, RouteResult, Subscriber, Vasp } from '#directory';
import type { Address, Origin, RouteQuery } from '#messaging';
import type { LookupAnswer, NumberHome, NumberSource } from './lookups.js';
import { createRouter, type ExplainingRouter } from './router.js';
import type { RoutingSettings } from './settings.js';
import type { ExplainedDecision } from './trace.js';

export const number = (digits: string): Msisdn => {
  const msisdn = toMsisdn(digits);
  if (msisdn === undefined) throw new Error(`not a number: ${digits}`);
  return msisdn;
};

export const to = (digits: string): Address => ({ kind: 'number', msisdn: number(digits) });
export const mail = (mailbox: string): Address => ({ kind: 'email', mailbox });
export const code = (digits: string): Address => ({ kind: 'short-code', code: digits });

export const ALICE = to('46701000001');
export const BY_HANDSET: Origin = { interface: 'mm1', version: '1.2' };
export const byPeer = (peer: string): Origin => ({
  interface: 'mm4',
  peer,
  version: '6.3.0',
  messageId: 'm1',
  transactionId: 't1',
  ackRequest: false,
});
export const BY_MAIL: Origin = { interface: 'mm3', envelopeSender: 'someone@example.org' };
export const byVasp = (vasp: string): Origin => ({ interface: 'mm7', vasp, transactionId: 't1' });

/** Only what routing reads of a peer is set. */
export const aPeer = (name: string, more: Partial<Peer> = {}): Peer =>
  ({ name, state: 'active', domains: [`mms.${name}.example`], transit: false, ...more }) as Peer;

export const aVasp = (name: string, shortCodes: readonly string[], more: Partial<Vasp> = {}): Vasp =>
  ({ name, state: 'active', shortCodes, ...more }) as Vasp;

export const aSubscriber = (digits: string, more: Partial<Subscriber> = {}): Subscriber => ({
  msisdn: number(digits),
  state: 'active',
  roadsOut: ['handset', 'peer', 'email', 'vasp'],
  roadsIn: ['handset', 'peer', 'email', 'vasp'],
  handset: {},
  mailAliases: [],
  ...more,
});

const ANY: RouteMatch = {
  prefixes: [],
  ranges: [],
  networks: [],
  operators: [],
  domains: [],
  shortCodes: [],
  kinds: [],
  senders: [],
  vasps: [],
  peers: [],
};

/** `result`: `own`, `email`, `refuse`, `peer NAME`, `vasp NAME`. */
export function aRoute(name: string, match: Partial<RouteMatch>, result: string, priority = 100): Route {
  return { name, state: 'active', priority, match: { ...ANY, ...match }, result: resultOf(result) };
}

function resultOf(text: string): RouteResult {
  const [kind, name = ''] = text.split(' ');
  if (kind === 'peer') return { kind, peer: name };
  if (kind === 'vasp') return { kind, vasp: name };
  if (kind === 'refuse') return { kind, reason: 'not-allowed' };
  return { kind: kind as 'own' | 'email' };
}

export interface Objects {
  readonly peers?: readonly Peer[];
  readonly vasps?: readonly Vasp[];
  readonly routes?: readonly Route[];
  readonly subscribers?: readonly Subscriber[];
}

export function aSnapshot({ peers = [], vasps = [], routes = [], subscribers = [] }: Objects, revision = 1): DirectorySnapshot {
  return {
    revision,
    peers,
    vasps,
    routes: [...routes].sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1)),
    mailRules: [],
    peer: (name) => peers.find((it) => it.name === name),
    peerOfDomain: (domain) => peers.find((it) => it.domains.includes(domain)),
    peersOfAddress: () => [],
    peersOfCertificate: () => [],
    vasp: (name) => vasps.find((it) => it.name === name),
    vaspOfId: () => undefined,
    vaspOfUser: () => undefined,
    vaspOfToken: () => undefined,
    vaspOfShortCode: (short) => vasps.find((it) => it.shortCodes.includes(short)),
    vaspsOfAddress: () => [],
    vaspsOfCertificate: () => [],
    subscriber: (msisdn) => subscribers.find((it) => it.msisdn === msisdn),
    subscriberOfAlias: (alias) => subscribers.find((it) => it.mailAliases.includes(alias)),
  };
}

export const aDirectory = (objects: Objects): Directory & { snapshot: DirectorySnapshot } => ({
  snapshot: aSnapshot(objects),
  onChange: () => () => {},
});

export const SETTINGS: RoutingSettings = {
  ownNumbers: ['46701'],
  ownDomains: ['mms.own.example'],
  ownSubscribers: 'range-suffices',
  sources: [],
  whenNetworkUnknown: 'refuse',
  email: 'send',
  mailToPeers: 'refuse',
  retryAfterMs: 60_000,
};

export const at = (home: NumberHome): LookupAnswer => ({ kind: 'home', home, evidence: ['as written'], from: 'test' });
export const NOTHING: LookupAnswer = { kind: 'nothing', evidence: [], from: 'test' };
export const LATE: LookupAnswer = { kind: 'failed', cause: 'late', detail: 'after 500 ms' };

/** Answers what is given, at once or (`later`) by a promise, and counts. */
export function aSource(
  name: string,
  answer: LookupAnswer,
  how: 'at-once' | 'later' = 'at-once',
): NumberSource & { asked: number } {
  return {
    name,
    asked: 0,
    find() {
      this.asked++;
      return how === 'later' ? Promise.resolve(answer) : answer;
    },
  };
}

export interface World extends Objects, Partial<RoutingSettings> {
  /** Asked in their order about every number; what fails is passed over, unless the settings say otherwise. */
  readonly lookups?: readonly NumberSource[];
}

export function aRouter({ lookups = [], peers, vasps, routes, subscribers, ...settings }: World): ExplainingRouter {
  const sources = lookups.map(({ name }) => ({ source: name, ask: 'every-number', whenItFails: 'go-on' }) as const);
  const objects = {
    ...(peers && { peers }),
    ...(vasps && { vasps }),
    ...(routes && { routes }),
    ...(subscribers && { subscribers }),
  };
  return createRouter({ directory: aDirectory(objects), sources: lookups }, { ...SETTINGS, sources, ...settings });
}

export const aQuery = (recipient: Address, more: Partial<RouteQuery> = {}): RouteQuery => ({
  recipient,
  sender: ALICE,
  origin: BY_HANDSET,
  size: 1000,
  ...more,
});

/** `handset`, `peer NAME`, `email`, `vasp NAME`, `undecided`, or why not. */
export function said(decision: ExplainedDecision): string {
  if (decision.kind === 'undecided') return 'undecided';
  if (decision.kind === 'nowhere') return decision.reason;
  const { road } = decision;
  return road.kind === 'peer' ? `peer ${road.peer}` : road.kind === 'vasp' ? `vasp ${road.vasp}` : road.kind;
}

export const routed = async (world: World, recipient: Address, more: Partial<RouteQuery> = {}): Promise<string> =>
  said(await aRouter(world).route(aQuery(recipient, more)));
