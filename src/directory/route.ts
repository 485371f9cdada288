/** A route: a rule that says by which road recipients leave. */

/** Numbers from `first` to `last`, both included, equally long, international form without plus. */
export interface NumberRangeMatch {
  readonly first: string;
  readonly last: string;
}

/**
 * What a route is for. Within one list any value fits; of the lists that are not empty every one must fit. All empty: every recipient.
 */
export interface RouteMatch {
  /** Beginnings of the recipient's number, digits; the longest that fits decides among routes of equal priority. */
  readonly prefixes: readonly string[];
  readonly ranges: readonly NumberRangeMatch[];
  /** Networks that portability, ENUM or a lookup gives, `MCC-MNC`, for instance `240-01`. */
  readonly networks: readonly string[];
  /** Operator codes or routing numbers that portability gives, as stored there. */
  readonly operators: readonly string[];
  /** Domains of the recipient's mailbox, or that ENUM gives, lower case; `.example` also fits everything below it. */
  readonly domains: readonly string[];
  readonly shortCodes: readonly string[];
  /** Kinds of recipient address. */
  readonly kinds: readonly ('number' | 'email' | 'short-code')[];
  /** Senders: beginnings of numbers (digits), mailboxes, or `@domain`. */
  readonly senders: readonly string[];
  /** Names of VASPs that the message came from. */
  readonly vasps: readonly string[];
  /** Names of peers that the message came from. */
  readonly peers: readonly string[];
}

/** Why a route refuses: no such recipient, not allowed, or content not accepted; each interface has its own words for these. */
export type RouteRefusal = 'unknown-recipient' | 'not-allowed' | 'content-refused';

export type RouteResult =
  | { readonly kind: 'own' }
  /** `domain`: what recipients are addressed at, in place of the peer's first. */
  | { readonly kind: 'peer'; readonly peer: string; readonly domain?: string }
  | { readonly kind: 'email' }
  | { readonly kind: 'vasp'; readonly vasp: string }
  | { readonly kind: 'refuse'; readonly reason: RouteRefusal; readonly text?: string };

export interface Route {
  /** Unique among routes. */
  readonly name: string;
  /** A paused route is passed over. */
  readonly state: 'active' | 'paused';
  /** For people. */
  readonly note?: string;
  /** The smallest is asked first. */
  readonly priority: number;
  readonly match: RouteMatch;
  readonly result: RouteResult;
}
