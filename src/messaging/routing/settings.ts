/** What the configuration says of routing: plain data. What operators change while the program runs (routes, peers, subscribers) is the directory's. */

/** What follows when a lookup fails or is late. `go-on`: as if it knew nothing. `wait`: the recipient is decided later. `refuse`: he is refused. */
export type WhenLookupFails = 'go-on' | 'wait' | 'refuse';

/** One lookup, in the order in which they are asked; the first that knows where a number is at home decides. */
export interface SourceSetting {
  /** Name of a NumberSource. */
  readonly source: string;
  /** Asked about every number, or only about those outside our own ranges. */
  readonly ask: 'every-number' | 'foreign-numbers';
  readonly whenItFails: WhenLookupFails;
}

export interface RoutingSettings {
  /** E.164 prefixes of our own ranges, digits; the empty string means every number. */
  readonly ownNumbers: readonly string[];
  /** Domains of our own relay, lower case. An e-mail address there with a number before the `@` means that number; ENUM may give them for ours. */
  readonly ownDomains: readonly string[];
  /** `must-be-known`: a number of ours without a subscriber is refused; `range-suffices`: its range, or what a lookup says, is enough. */
  readonly ownSubscribers: 'must-be-known' | 'range-suffices';
  readonly sources: readonly SourceSetting[];
  /**
   * A lookup says that a number is at home in a network that no route leads to. `refuse`: there is no route; `by-number`: routes by the
   * number's beginning may still decide, as if nothing had been found (they lead to the network that it has left).
   */
  readonly whenNetworkUnknown: 'refuse' | 'by-number';
  /** E-mail recipients that no route names: sent as Internet mail, or refused. */
  readonly email: 'send' | 'refuse';
  /** Internet mail for a number of another network: handed on to that network, or refused. */
  readonly mailToPeers: 'send' | 'refuse';
  /** When to ask again for a recipient that could not be decided. Unit: milliseconds. */
  readonly retryAfterMs: number;
}
