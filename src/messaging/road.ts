/** The roads by which a message leaves us. */

/** A road to somewhere else: to another carrier (MM4), to mailboxes (MM3), to a value added service (MM7). */
export type OuterRoad =
  /** Another carrier's MMSC; `peer`: the name of the operator's object. `domain`: what this recipient is addressed at, in place of the peer's first. */
  | { readonly kind: 'peer'; readonly peer: string; readonly domain?: string }
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

/** What a VASP may ask of a delivery (DeliveryCondition): a terminal that takes multimedia messages, and the home network. TS 23.140 8.7.1.2. */
export const DELIVERY_CONDITIONS = { terminal: '1', home: '2' } as const;

/**
 * Where each condition holds. A subscriber of ours is served by multimedia messages alone, and by this network; other carriers' users have
 * terminals for them, too. A mailbox is no terminal, and neither is a service.
 */
const HOLDS: Readonly<Record<string, ReadonlySet<Road['kind']>>> = {
  [DELIVERY_CONDITIONS.terminal]: new Set(['handset', 'peer']),
  [DELIVERY_CONDITIONS.home]: new Set(['handset']),
};

/** Whether it can be said of a condition whether it holds. */
export const isKnownCondition = (condition: string): boolean => Object.hasOwn(HOLDS, condition);

/** Whether all of the conditions hold for a road. One that is not known holds nowhere. */
export const conditionsHold = (conditions: readonly string[], { kind }: Road): boolean =>
  conditions.every((condition) => HOLDS[condition]?.has(kind) === true);

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
  /** The VASP's DeliveryCondition does not hold for the road to him. */
  | 'condition-not-met'
  /** A rule about this sender, peer or VASP forbids it. */
  | 'not-allowed'
  /** The road would lead back to where the message came from. */
  | 'loop';
