/** The roads by which a message leaves us, and the decision which of them leads to a recipient. */
import type { Address } from './address.js';
import type { Origin } from './model.js';

/** A road to somewhere else: to another carrier (MM4), to mailboxes (MM3), to a value added service (MM7). */
export type OuterRoad =
  /** Another carrier's MMSC; `peer`: the name of the operator's object. */
  | { readonly kind: 'peer'; readonly peer: string }
  | { readonly kind: 'email' }
  /** `vasp`: the name of the operator's object; `vas`: which of its services, when it has several. */
  | { readonly kind: 'vasp'; readonly vasp: string; readonly vas?: string };

/** `handset`: a subscriber of ours, who is notified and fetches (MM1). */
export type Road = { readonly kind: 'handset' } | OuterRoad;

/**
 * Names the far side of a road: `peer:NAME`, `email`, `vasp:NAME`. What has one name is gated together: one far side that is down holds up
 * what is for it and nothing else. Two services of one VASP share a name.
 */
export type RoadName = string;

export function roadName(road: OuterRoad): RoadName {
  switch (road.kind) {
    case 'peer':
      return `peer:${road.peer}`;
    case 'email':
      return 'email';
    case 'vasp':
      return `vasp:${road.vasp}`;
  }
}

/** Equal for two roads whose deliveries go out together. */
export const sameRoad = (one: OuterRoad, other: OuterRoad): boolean =>
  roadName(one) === roadName(other) &&
  (one.kind === 'vasp' ? one.vas : undefined) === (other.kind === 'vasp' ? other.vas : undefined);

/** Why nothing can be delivered to a recipient. */
export type NoRoute =
  | 'not-an-address'
  /** A number that is not ours, with no road to others. */
  | 'not-our-subscriber'
  /** A number in our own range that nobody has. */
  | 'unknown-subscriber'
  | 'no-route-for-number'
  | 'no-route-for-email'
  | 'no-route-for-short-code'
  /** A rule about this sender, peer or VASP forbids it. */
  | 'not-allowed'
  /** The road would lead back to where the message came from. */
  | 'loop';

/** One recipient of one message. */
export interface RouteQuery {
  readonly recipient: Address;
  readonly sender: Address;
  /** Whence it came: rules may depend on it, and no message goes back to the peer that sent it. */
  readonly origin: Origin;
  /** Octets of content. */
  readonly size: number;
}

export type RouteDecision =
  /** `because`: which rule or lookup decided, for people; kept as an event. */
  | { readonly kind: 'road'; readonly road: Road; readonly because?: string }
  | { readonly kind: 'nowhere'; readonly reason: NoRoute; readonly because?: string }
  /**
   * It cannot be decided now (a lookup fails for the time being): the message is accepted for this recipient and the question is asked
   * again, not before `retryAfterMs` when given, until the message expires.
   */
  | { readonly kind: 'undecided'; readonly reason: string; readonly retryAfterMs?: number };

/**
 * The port to whoever decides. Portability is asked before own numbers: a ported-out number that we still hold is not ours any more.
 * Answers within a deadline of its own (then `undecided`); asked once for each recipient at submission, several at once. May answer at once:
 * what needs no lookup should, since a submission then does not wait for anything. Rejects only on a bug.
 */
export interface Router {
  route(query: RouteQuery): RouteDecision | Promise<RouteDecision>;
}
