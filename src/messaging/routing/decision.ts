/** What the routing of one recipient is asked and what it answers: one road or one refusal, and every step that led there. */
import type { Msisdn } from '#base';
import type { Address } from '#messaging';
import type { LookupAnswer } from './lookups.js';
import type { WhenLookupFails } from './table.js';

/** Which neighbour a message came from, as its interface knows it and not as the message says. */
export type CameFrom =
  | { readonly kind: 'own' }
  | { readonly kind: 'peer'; readonly peer: string }
  | { readonly kind: 'mailbox' }
  | { readonly kind: 'vasp'; readonly vasp: string };

/** One recipient of one message. */
export interface RouteQuestion {
  readonly recipient: Address;
  readonly sender: Address;
  readonly from: CameFrom;
}

/** By which neighbour a recipient is reached; names are those of the operator's objects. */
export type RouteRoad =
  /** A handset of our own network. */
  | { readonly kind: 'own'; readonly msisdn: Msisdn }
  /** Another carrier, over MM4. */
  | { readonly kind: 'peer'; readonly peer: string }
  /** Internet mail, over MM3. */
  | { readonly kind: 'mailbox' }
  /** A service provider, over MM7. */
  | { readonly kind: 'vasp'; readonly vasp: string };

/** Why nobody gets it. */
export type RouteRefusal =
  /** The address is none of any kind. */
  | 'not-an-address'
  /** One of our own numbers, and nobody has it. */
  | 'not-our-subscriber'
  /** Our subscriber may not receive. */
  | 'subscriber-barred'
  /** No entry leads anywhere. */
  | 'no-route'
  | 'no-route-for-email'
  | 'no-route-for-short-code'
  /** A rule of the operator refuses it. */
  | 'refused-by-rule'
  /** It would go back to the carrier that it came from: each holds the other for the number's home. */
  | 'would-loop'
  /** It came from another network, and would leave for another network, and the operator carries no such traffic for it. */
  | 'transit-not-allowed'
  /** A lookup failed, and the operator's setting is to refuse then. */
  | 'lookup-failed'
  /** The portability store names a network that no entry leads to. */
  | 'network-unknown';

/** How it was decided: what was asked, what answered, what followed. Data; `routeTraceText` prints it. */
export type RouteStep =
  | {
      readonly step: 'rule';
      readonly rule: string;
      readonly action: 'refuse' | 'peer' | 'vasp' | 'mailbox';
      readonly target?: string;
    }
  /** A range of the configuration that the number lies in; absent prefix: in none of ours. */
  | { readonly step: 'range'; readonly number: Msisdn; readonly prefix?: string }
  | { readonly step: 'lookup'; readonly source: string; readonly answer: LookupAnswer }
  /** A lookup failed or was late, and the setting says what follows. */
  | { readonly step: 'lookup-failed'; readonly source: string; readonly setting: WhenLookupFails }
  /** What a lookup found is (or is not) an entry of the table. */
  | { readonly step: 'entry'; readonly key: string; readonly value: string; readonly entry?: string; readonly target?: string }
  | { readonly step: 'subscriber'; readonly number: Msisdn; readonly found: 'active' | 'barred' | 'absent' | 'not-asked' }
  | { readonly step: 'default'; readonly entry: string; readonly target: string }
  /** The number stood in an e-mail address of one of our own domains. */
  | { readonly step: 'own-mailbox'; readonly domain: string; readonly number: Msisdn }
  | { readonly step: 'transit'; readonly from: string; readonly to: string; readonly allowed: boolean }
  | { readonly step: 'loop'; readonly peer: string };

/** Epoch milliseconds, edition of the table, and the steps in their order. */
export interface RouteTrace {
  readonly at: number;
  readonly table: string;
  readonly steps: readonly RouteStep[];
}

export type RoutingDecision =
  | { readonly kind: 'road'; readonly road: RouteRoad; readonly trace: RouteTrace }
  | { readonly kind: 'refused'; readonly reason: RouteRefusal; readonly trace: RouteTrace }
  /** A lookup failed and the setting is to wait: ask again later. */
  | { readonly kind: 'undecided'; readonly source: string; readonly trace: RouteTrace };

/** Decides for one recipient at a time. Never throws for what others do wrong: that is part of the decision. */
export interface Routing {
  decide(question: RouteQuestion): Promise<RoutingDecision>;
}
