/** What goes into the gateway's half of a conversation, and what comes out. */
import type { ProtocolData } from '#codec/m3ua';
import type { AsSettings } from './application-server.js';
import type { AspState, AsState, Close, Complaint, Discarded, Network, Received, Send, Undeliverable } from './conversation.js';
import type { DestinationStatus } from './destinations.js';

export interface SgpSettings {
  readonly applicationServers: readonly AsSettings[];
  /** Whether ASs and ASPs are told of changes by NTFY. Default true; between IPSPs it is not needed. */
  readonly notifies?: boolean;
  /** Whether ASPs may register for a routing key of an AS. Default false: RKM is answered as an unsupported class. */
  readonly registers?: boolean;
  /** T(r): how long an AS without active ASP keeps what is for it. Default 2 s. Unit: milliseconds. */
  readonly recoveryMs?: number;
  /** T(beat). Absent: no BEAT is sent. Unit: milliseconds. */
  readonly beatMs?: number;
}

/** What an association may do. */
export interface AspTerms {
  /** Routing contexts of the ASs that it may serve. */
  readonly serves: readonly number[];
  /** Whether it must name itself by an ASP identifier. Default false. */
  readonly identifierRequired?: boolean;
  /** Locked out by the operator: ASP Up is refused. Default false. */
  readonly isBlocked?: boolean;
}

export type SgpInput =
  /** `asp`: the caller's name of the association. `streams`: outbound ones; 1 for TCP. */
  | { readonly kind: 'up'; readonly asp: string; readonly streams: number; readonly terms: AspTerms }
  | { readonly kind: 'lost'; readonly asp: string }
  | { readonly kind: 'message'; readonly asp: string; readonly octets: Uint8Array; readonly stream?: number }
  | { readonly kind: 'timer' }
  | { readonly kind: 'transfer'; readonly routingContext: number; readonly data: ProtocolData }
  /** What the network behind the gateway knows of a destination: told to active ASPs when it is a change, and to those who ask. */
  | { readonly kind: 'destination'; readonly pointCode: number; readonly status: DestinationStatus }
  /**
   * A user part of a destination does not answer, or is not there. Told to active ASPs by DUPU, of one AS when a routing context is given; it is no
   * state that is kept. `user`: the service indicator; `cause`: 0 unknown, 1 unequipped, 2 inaccessible (RFC 4666 3.4.5).
   */
  | {
      readonly kind: 'user-unavailable';
      readonly pointCode: number;
      readonly user: number;
      readonly cause: number;
      readonly routingContext?: number;
    };

/** An ASP of one AS, or the ASP as a whole (no routing context) when it goes up or down. */
export interface AspStateChange {
  readonly kind: 'asp-state';
  readonly state: AspState;
  readonly routingContext?: number;
}

type OfAsp<T> = T & { readonly asp: string };

export type SgpOutput =
  | OfAsp<Send | Received | Discarded | Complaint | Network | Close | AspStateChange>
  | { readonly kind: 'as-state'; readonly routingContext: number; readonly state: AsState }
  | (Undeliverable & { readonly routingContext: number });
