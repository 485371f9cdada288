/** What users of signalling links see: one face, whatever conversation and transport are below it. */
import type { ProtocolData } from '#codec/m3ua';

/**
 * `down`: nobody is at the other side, or it has not come up. `inactive`: it has, and takes no traffic. `active`: what is transferred is sent.
 */
export type LinkState = 'down' | 'inactive' | 'active';

/**
 * What became of a message given to a link. `full`: the peer does not take traffic as fast as it comes; `onDrained` says when to go on.
 * `too-long`: no message of this link can hold the user data; only other octets would do.
 */
export type TransferOutcome = 'taken' | 'full' | 'not-active' | 'too-long';

/** What a link does by itself. `gateway`: one application server of ours, which peers serve. */
export type LinkRole = 'asp' | 'gateway' | 'ipsp-single' | 'ipsp-double' | 'ipa';

/** Why a message is not there any more, or was never taken. */
export type LinkDiscard =
  /** In: no active state, a routing context or network appearance that is none of the link's, a wrong stream. RFC 4666 3.8.1. */
  | 'not-active'
  | 'not-up'
  | 'unknown-routing-context'
  | 'wrong-network-appearance'
  | 'stream-zero'
  | 'unexpected'
  | 'malformed'
  /** Out: the queue of the association was at its bound. */
  | 'full'
  /** Out: the link was not active. */
  | 'transfer-not-active'
  /** Out: more user data than a message holds. */
  | 'too-long'
  /** Out: taken, and the association ended before it was given to the kernel. */
  | 'association-lost'
  /** In: the user of the link threw; the fault is logged. */
  | 'user-fault'
  /** Out: kept for an application server that nobody came to serve in time, or too many were. */
  | 'recovery';

/** Counters of a link since the start. Written in place: read them, do not keep parts. `messages` are DATA (IPA: SCCP) only. */
export interface LinkCounters {
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Of user data. Unit: octets. */
  readonly octetsIn: number;
  readonly octetsOut: number;
  /** Messages of the conversation itself: state, heartbeats, management. */
  readonly controlIn: number;
  readonly controlOut: number;
  readonly discards: Readonly<Record<LinkDiscard, number>>;
  readonly stateChanges: number;
  /** Associations that came up, and that ended. */
  readonly associationsUp: number;
  readonly associationsLost: number;
  /** Attempts to connect that failed. */
  readonly connectFailures: number;
  /** ERR messages of the peer. */
  readonly complaints: number;
}

export interface Link {
  readonly name: string;
  readonly role: LinkRole;
  readonly state: LinkState;
  readonly counters: LinkCounters;
  /** What waits to be given to the kernel, over all associations of the link. Unit: octets. */
  readonly queuedOctets: number;
  /**
   * Sends a message; the user data are copied, or written out, before it returns. `routingContext`: of the peer's application server, where the
   * link has several; absent: its first, or none.
   */
  transfer(data: ProtocolData, routingContext?: number): TransferOutcome;
  /**
   * Asks the gateway at the other side for destinations (DAUD); what it says comes by `onDestination`. Absent where the other side is none. What is
   * transferred after it goes out after it. Does nothing while the link is not active.
   */
  audit?(affected: readonly { readonly pointCode: number; readonly mask: number }[]): void;
  /**
   * Tells the peers that a user part of a destination is not there (DUPU). Absent where we are not their gateway. `user`: the service indicator;
   * `cause`: 0 unknown, 1 unequipped, 2 inaccessible (RFC 4666 3.4.5).
   */
  tellUserUnavailable?(pointCode: number, user: number, cause: number): void;
}

/** What the network beyond a link says of destinations, one point code or a range of them. RFC 4666 3.4. */
export interface DestinationNews {
  readonly kind: 'available' | 'restricted' | 'unavailable' | 'congested' | 'user-unavailable';
  readonly pointCode: number;
  /** How many of the lowest bits of the point code do not count: 0 for a single one. */
  readonly mask: number;
  /** `congested` only: 0..3; 0 says that it is over. */
  readonly congestionLevel?: number;
  /** `user-unavailable` only: the service indicator of the user part (3 for SCCP) and the cause of RFC 4666 3.4.5. */
  readonly user?: number;
  readonly cause?: number;
}

/** Why a message comes back. */
export type UndeliverableReason = 'as-down' | 'queue-full' | 'recovery-timeout';

/** The user of all links. Called synchronously; may call `transfer` of any link. */
export interface LinkUser {
  /**
   * A message has come. `data.userData` is a view into a buffer that is used again: whoever keeps it copies it. `routingContext`: as it stood in
   * the message; undefined when it had none (or several, of which any would do).
   */
  onTransfer(link: Link, data: ProtocolData, routingContext: number | undefined): void;
  onState(link: Link, state: LinkState): void;
  /** What had been said of destinations is void when the link leaves `active`. */
  onDestination(link: Link, news: DestinationNews): void;
  /** A message that had been taken comes back. `data.userData` is the caller's. */
  onUndeliverable(link: Link, data: ProtocolData, reason: UndeliverableReason): void;
  /** After `full`: there is room again. */
  onDrained?(link: Link): void;
}
