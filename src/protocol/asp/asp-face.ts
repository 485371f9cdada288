/** What goes into the ASP's half of a conversation, and what comes out. */
import type { AffectedPointCode, ProtocolData, RoutingKey, TrafficMode } from '#codec/m3ua';
import type { AspState, Close, Complaint, Discarded, Network, Notified, Received, Send, Undeliverable } from './conversation.js';

export interface AspSettings {
  /**
   * `asp`: towards a signalling gateway. `ipsp-single`: towards a peer, where one exchange, whoever begins it, counts for both (RFC 4666 4.3.4.1.2,
   * 4.3.4.3.1).
   */
  readonly role?: 'asp' | 'ipsp-single';
  /** `ipsp-single` only: whether this side begins. Default true. */
  readonly begins?: boolean;
  readonly aspIdentifier?: number;
  /** The ASs served here. Empty: exactly one, that both sides know without a routing context. */
  readonly routingContexts: readonly number[];
  /** Keys to register before becoming active; their routing contexts come with the answer. */
  readonly routingKeys?: readonly RoutingKey[];
  /** Absent: as the gateway has it configured. */
  readonly trafficMode?: TrafficMode;
  /** Put into every DATA and DAUD, and wanted in what comes with one. Absent where the association knows one network only. */
  readonly networkAppearance?: number;
  /** T(ack). Default 2 s (RFC 4666 4.3.4.1). Unit: milliseconds. */
  readonly ackMs?: number;
  /** T(beat). Absent: no BEAT is sent. Unit: milliseconds. */
  readonly beatMs?: number;
  /** How often unreachable destinations are asked for. Absent: never. Unit: milliseconds. */
  readonly auditMs?: number;
}

export type AspInput =
  /** The association is there. `streams`: outbound ones; 1 for TCP. */
  | { readonly kind: 'up'; readonly streams: number }
  | { readonly kind: 'lost' }
  /** `stream` absent: the transport has none. */
  | { readonly kind: 'message'; readonly octets: Uint8Array; readonly stream?: number }
  | { readonly kind: 'timer' }
  /** What the owner wants; the session starts with `active`. */
  | { readonly kind: 'want'; readonly state: AspState }
  | { readonly kind: 'transfer'; readonly data: ProtocolData; readonly routingContext?: number }
  /** Ask the gateway for these destinations now; nothing is asked while no AS is active. */
  | { readonly kind: 'audit'; readonly affectedPointCodes: readonly AffectedPointCode[] };

/** `routingContexts`: the ASs in which the ASP is active now; an AS without routing context is shown by the state alone. */
export interface StateChange {
  readonly kind: 'state';
  readonly state: AspState;
  readonly routingContexts: readonly number[];
}

export type AspOutput = Send | Received | Discarded | Complaint | Notified | Network | Close | Undeliverable | StateChange;
