/**
 * The operator's routes, arranged for finding: which of them fit a recipient, the one that decides first.
 *
 * A route stands in one place of the index, by the criterion that cuts most; what else it asks for is then looked at on the few that are
 * found there. Among those that fit, the smallest priority decides; of equal priority what a lookup found goes before the address, the address
 * before routes that look at neither, a longer beginning before a shorter one, and then the name.
 */
import type { NumberRangeMatch, Route, RouteMatch } from '#directory';
import { type Address, addressText, type Origin } from '#messaging';

/** What is known of a recipient when routes are asked. */
export interface Facts {
  readonly recipient: Address;
  readonly sender: Address;
  readonly origin: Origin;
  /** What lookups found; absent when they were not asked or knew nothing. */
  readonly operator?: string;
  /** Usually one; two where a domain does not say how long the network code is. */
  readonly networks?: readonly string[];
  /** Of the carrier by ENUM, or of the recipient's mailbox; lower case. */
  readonly domain?: string;
}

/** `home`: by what lookups found. `address`: by the recipient's own address. `general`: by neither. */
export type FitKind = 'home' | 'address' | 'general';

export interface Fit {
  readonly route: Route;
  readonly kind: FitKind;
  /** Digits or characters of the value that fits: the longer, the more exact. */
  readonly length: number;
  /** What in the route fits, in words. */
  readonly by: string;
}

const ORDER: Readonly<Record<FitKind, number>> = { home: 0, address: 1, general: 2 };

interface Placed {
  readonly route: Route;
  readonly place: number;
}

type Shelf = Map<string, Placed[]>;

const isHomeMatch = ({ operators, networks }: RouteMatch): boolean => operators.length > 0 || networks.length > 0;

/** Of one revision of the operator's objects. */
export class RouteIndex {
  /** Smallest priority of the routes that ask for what only a lookup can know. Infinity: there are none. */
  readonly homePriorityMin: number;
  readonly #operators: Shelf = new Map();
  readonly #networks: Shelf = new Map();
  readonly #domains: Shelf = new Map();
  readonly #shortCodes: Shelf = new Map();
  readonly #prefixes: Shelf = new Map();
  readonly #general: Placed[] = [];
  readonly #prefixLengths: readonly number[];

  /** Routes in the order in which they are asked: by priority, then by name. */
  constructor(routes: readonly Route[]) {
    let homePriorityMin = Number.POSITIVE_INFINITY;
    for (const [place, route] of routes.entries()) {
      this.#put({ route, place });
      const { match, priority } = route;
      if (isHomeMatch(match) || match.domains.length > 0) homePriorityMin = Math.min(homePriorityMin, priority);
    }
    this.homePriorityMin = homePriorityMin;
    this.#prefixLengths = [...new Set([...this.#prefixes.keys()].map((it) => it.length))].sort((a, b) => b - a);
  }

  #put(placed: Placed): void {
    const { match } = placed.route;
    if (match.operators.length > 0) shelve(this.#operators, match.operators.map(lowerCase), placed);
    else if (match.networks.length > 0) shelve(this.#networks, match.networks, placed);
    else if (match.domains.length > 0) shelve(this.#domains, match.domains.map(lowerCase), placed);
    else if (match.shortCodes.length > 0) shelve(this.#shortCodes, match.shortCodes, placed);
    else if (match.prefixes.length > 0) shelve(this.#prefixes, match.prefixes, placed);
    else if (match.ranges.length > 0) shelve(this.#prefixes, match.ranges.map(commonBeginning), placed);
    else this.#general.push(placed);
  }

  /** Those that fit, the one that decides first. */
  fitting(facts: Facts): readonly Fit[] {
    const found: { fit: Fit; place: number }[] = [];
    const seen = new Set<Route>();
    const look = (shelf: readonly Placed[] | undefined): void => {
      for (const { route, place } of shelf ?? []) {
        if (seen.has(route)) continue;
        seen.add(route);
        const fit = fitOf(route, facts);
        if (fit) found.push({ fit, place });
      }
    };
    if (facts.operator !== undefined) look(this.#operators.get(facts.operator.toLowerCase()));
    for (const network of facts.networks ?? []) look(this.#networks.get(network));
    if (facts.domain !== undefined && this.#domains.size > 0)
      for (const key of domainKeys(facts.domain)) look(this.#domains.get(key));
    if (facts.recipient.kind === 'short-code') look(this.#shortCodes.get(facts.recipient.code));
    if (facts.recipient.kind === 'number')
      for (const length of this.#prefixLengths) look(this.#prefixes.get(facts.recipient.msisdn.slice(0, length)));
    look(this.#general);
    return found.length < 2 ? found.map(({ fit }) => fit) : found.sort(byRank).map(({ fit }) => fit);
  }
}

const byRank = (a: { fit: Fit; place: number }, b: { fit: Fit; place: number }): number =>
  a.fit.route.priority - b.fit.route.priority ||
  ORDER[a.fit.kind] - ORDER[b.fit.kind] ||
  b.fit.length - a.fit.length ||
  a.place - b.place;

const lowerCase = (text: string): string => text.toLowerCase();

function shelve(shelf: Shelf, keys: readonly string[], placed: Placed): void {
  for (const key of keys) {
    const there = shelf.get(key);
    if (there) there.push(placed);
    else shelf.set(key, [placed]);
  }
}

/** What both ends of a range begin with: every number of the range does, too. */
function commonBeginning({ first, last }: NumberRangeMatch): string {
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}

/** How a domain can stand in a route: as it is, and as each of the domains that it lies below, itself included. */
function domainKeys(domain: string): string[] {
  const keys = [domain, `.${domain}`];
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) keys.push(domain.slice(dot));
  return keys;
}

/** The criteria one by one: an empty list asks for nothing; of the others each must fit. */
function fitOf(route: Route, facts: Facts): Fit | undefined {
  const { match } = route;
  if (match.kinds.length > 0 && !match.kinds.some((kind) => kind === facts.recipient.kind)) return undefined;
  if (!cameBy(match, facts.origin) || !sentBy(match.senders, facts.sender)) return undefined;
  const home = homeOf(match, facts);
  const address = home && addressOf(match, facts);
  if (!address) return undefined;
  const best = home.length > 0 ? home : address;
  const kind = home.length > 0 ? 'home' : address.length > 0 ? 'address' : 'general';
  return {
    route,
    kind,
    length: best.reduce((most, it) => Math.max(most, it.value.length), 0),
    by: wordsOf([...home, ...address]),
  };
}

interface Met {
  readonly what: string;
  readonly value: string;
}

const wordsOf = (met: readonly Met[]): string =>
  met.length === 0 ? 'everything' : met.map(({ what, value }) => `${what} ${value}`).join(', ');

/** What it asks of the number's home, as far as it fits; undefined: something does not. A mailbox's domain is part of its address, no finding. */
function homeOf(
  { operators, networks, domains }: RouteMatch,
  { recipient, operator, networks: known = [], domain }: Facts,
): Met[] | undefined {
  const met: Met[] = [];
  if (operators.length > 0) {
    const value = operators.find((it) => it.toLowerCase() === operator?.toLowerCase());
    if (value === undefined) return undefined;
    met.push({ what: 'operator', value });
  }
  if (networks.length > 0) {
    const value = known.find((it) => networks.includes(it));
    if (value === undefined) return undefined;
    met.push({ what: 'network', value });
  }
  if (domains.length > 0 && recipient.kind === 'number') {
    const value = domainIn(domains, domain);
    if (value === undefined) return undefined;
    met.push({ what: 'domain', value });
  }
  return met;
}

function addressOf({ prefixes, ranges, domains, shortCodes }: RouteMatch, { recipient, domain }: Facts): Met[] | undefined {
  const met: Met[] = [];
  const number = recipient.kind === 'number' ? recipient.msisdn : undefined;
  if (prefixes.length > 0) {
    const value = number === undefined ? undefined : longest(prefixes.filter((it) => number.startsWith(it)));
    if (value === undefined) return undefined;
    met.push({ what: 'prefix', value });
  }
  if (ranges.length > 0) {
    const range = number === undefined ? undefined : ranges.find((it) => liesIn(number, it));
    if (range === undefined) return undefined;
    // A range is as exact as the beginning that its numbers share.
    met.push({ what: `range ${range.first}-${range.last}, prefix`, value: commonBeginning(range) });
  }
  if (domains.length > 0 && recipient.kind !== 'number') {
    const value = domainIn(domains, domain);
    if (value === undefined) return undefined;
    met.push({ what: 'domain', value });
  }
  if (shortCodes.length > 0) {
    if (recipient.kind !== 'short-code' || !shortCodes.includes(recipient.code)) return undefined;
    met.push({ what: 'short code', value: recipient.code });
  }
  return met;
}

const longest = (texts: readonly string[]): string | undefined =>
  texts.reduce<string | undefined>((most, it) => (most === undefined || it.length > most.length ? it : most), undefined);

/** Digits of equal count compare as text. */
const liesIn = (number: string, { first, last }: NumberRangeMatch): boolean =>
  number.length === first.length && number >= first && number <= last;

/** The most exact of the domains that fit. */
function domainIn(domains: readonly string[], domain: string | undefined): string | undefined {
  if (domain === undefined) return undefined;
  const keys = new Set(domainKeys(domain));
  return longest(domains.filter((it) => keys.has(it.toLowerCase())));
}

function cameBy({ vasps, peers }: RouteMatch, origin: Origin): boolean {
  if (vasps.length > 0 && !(origin.interface === 'mm7' && vasps.includes(origin.vasp))) return false;
  return peers.length === 0 || (origin.interface === 'mm4' && peers.includes(origin.peer));
}

function sentBy(senders: readonly string[], sender: Address): boolean {
  if (senders.length === 0) return true;
  if (sender.kind === 'number') return senders.some((it) => sender.msisdn.startsWith(it));
  const text = addressText(sender).toLowerCase();
  return senders.some((it) => text === it.toLowerCase() || (it.startsWith('@') && text.endsWith(it.toLowerCase())));
}
