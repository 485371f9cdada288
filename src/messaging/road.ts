/** The roads by which a message leaves us. */

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
