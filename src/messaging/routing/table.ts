/** What the operator decides about routing: plain data of the configuration and of the objects that operators change. */

/** What follows when a lookup fails or is late. `go-on`: as if it knew nothing. `wait`: the recipient is decided later. `refuse`: he is refused. */
export type WhenLookupFails = 'go-on' | 'wait' | 'refuse';

/** One lookup, in the order in which they are asked; the first that knows a home decides. */
export interface SourceSetting {
  /** Name of a NumberSource. */
  readonly source: string;
  /** Asked about every number, or only about those outside our own ranges. */
  readonly ask: 'every-number' | 'foreign-numbers';
  readonly whenItFails: WhenLookupFails;
}

/** Where an entry leads: to ourselves, or to a neighbour by his name. */
export type RouteTarget =
  | { readonly kind: 'own' }
  | { readonly kind: 'peer'; readonly peer: string }
  | { readonly kind: 'vasp'; readonly vasp: string }
  | { readonly kind: 'mailbox' }
  | { readonly kind: 'nowhere' };

/**
 * What an entry is found by. The longest prefix decides among numbers and among routing numbers.
 * - `number`: prefix of an international number, digits; the empty one is the default for numbers.
 * - `routing-number`: prefix of a routing number.
 * - `network`: `mcc-mnc`.
 * - `domain`: domain of a carrier's relay, exact, or `*.example.net` for all below it.
 * - `short-code`: exact, or a prefix when it ends in `*`.
 * - `email`: domain of the recipient's mailbox, exact, `*.domain`, or `*` for every domain.
 */
export type RouteKey = 'number' | 'routing-number' | 'network' | 'domain' | 'short-code' | 'email';

export interface RouteEntry {
  /** Names the entry in traces and messages. */
  readonly name: string;
  readonly key: RouteKey;
  readonly value: string;
  readonly target: RouteTarget;
}

/** What a rule looks at; what is absent matches everything. Prefixes are digits without plus. */
export interface RuleMatch {
  readonly from?: 'own' | 'peer' | 'mailbox' | 'vasp';
  /** Name of the peer or VASP that it came from. */
  readonly fromName?: string;
  readonly senderPrefix?: string;
  readonly recipient?: 'number' | 'email' | 'short-code';
  readonly recipientPrefix?: string;
  /** Domain of an e-mail recipient, as the `email` key of entries. */
  readonly recipientDomain?: string;
}

/** A rule of the operator, looked at before anything is asked; the first that matches decides. It never leads to an own handset. */
export interface RouteRule {
  readonly name: string;
  readonly match: RuleMatch;
  readonly action: { readonly kind: 'refuse' } | Exclude<RouteTarget, { kind: 'own' | 'nowhere' }>;
}

export interface RoutingSettings {
  /** Edition, for traces: a revision or a digest. */
  readonly edition: string;
  /** E.164 prefixes of our own ranges, digits; the empty string means every number. */
  readonly ownNumbers: readonly string[];
  /** Domains of our own relay: an e-mail address there with a number before the `@` is that number. */
  readonly ownDomains: readonly string[];
  /** `must-be-known`: a number of ours without a subscriber is refused; `range-suffices`: its range is enough. */
  readonly ownSubscribers: 'must-be-known' | 'range-suffices';
  readonly sources: readonly SourceSetting[];
  readonly entries: readonly RouteEntry[];
  readonly rules: readonly RouteRule[];
  /** Peers (by name) whose messages we carry on to other networks. */
  readonly transitFor: readonly string[];
  /** A routing number or network that no entry leads to: refused, or decided by the number's own entries. */
  readonly whenNetworkUnknown: 'refuse' | 'go-on';
}
