/** The port to whoever decides by which road a recipient is reached. */
import type { Address } from './address.js';
import type { Origin } from './model.js';
import type { NoRoute, Road } from './road.js';

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
  /**
   * `because`: which rule or lookup decided, for people; kept as an event. `standsFor`: the recipient is this address in other words (a mailbox of
   * our own domain that means a number), and the delivery is made to it.
   */
  | { readonly kind: 'road'; readonly road: Road; readonly because?: string; readonly standsFor?: Address }
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
