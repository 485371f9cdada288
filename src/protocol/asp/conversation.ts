/** What both sides of an M3UA conversation say to their driver. */
import type { Data, Err, M3uaMessage, Ntfy, ProtocolData } from '#codec/m3ua';
import type { SsnmMessage } from './destinations.js';

/** State of an ASP, as RFC 4666 4.3.1 names it; for one AS `inactive` and `active` are told apart by routing context. */
export type AspState = 'down' | 'inactive' | 'active';

/** RFC 4666 4.3.2. */
export type AsState = 'down' | 'inactive' | 'active' | 'pending';

/** Why a message was not taken. */
export type DiscardReason =
  | 'not-active'
  | 'not-up'
  | 'unknown-routing-context'
  | 'wrong-network-appearance'
  | 'stream-zero'
  | 'unexpected'
  | 'malformed';

/** A message to be sent. `stream`: SCTP stream; without meaning on TCP. */
export interface Send {
  readonly kind: 'send';
  readonly message: M3uaMessage;
  readonly stream: number;
}

/** An MTP3 message for the user part. */
export interface Received {
  readonly kind: 'data';
  readonly data: Data;
}

/** A message was dropped; to be counted. `what`: its kind, or the decoder's text when it had none. */
export interface Discarded {
  readonly kind: 'discarded';
  readonly what: string;
  readonly reason: DiscardReason;
}

/** The peer said that something of ours was wrong. */
export interface Complaint {
  readonly kind: 'complaint';
  readonly message: Err;
}

/** The gateway told of an AS or of ASPs. */
export interface Notified {
  readonly kind: 'notified';
  readonly message: Ntfy;
}

/** The network told of destinations; reachability and congestion are kept already. */
export interface Network {
  readonly kind: 'network';
  readonly message: SsnmMessage;
}

/** The association is to be closed. */
export interface Close {
  readonly kind: 'close';
  readonly reason: 'heartbeat-lost' | 'done';
}

/** A DATA that could not be sent, given back. */
export interface Undeliverable {
  readonly kind: 'undeliverable';
  readonly data: ProtocolData;
  readonly reason: 'not-active' | 'no-such-as' | 'as-down' | 'queue-full' | 'recovery-timeout';
}

/** Stream of messages that are not for one user's sequence. RFC 4666 1.4.7. */
export const CONTROL_STREAM = 0;

/**
 * The stream of a DATA: one for each signalling link selection, so that what must stay in order does, and never stream 0, unless there is no
 * other. `streams`: outbound streams of the association.
 */
export const streamOfSls = (sls: number, streams: number): number => (streams <= 1 ? 0 : 1 + (sls % (streams - 1)));

/** What is served by `send` and may be repeated: the earliest of some instants. */
export function earliest(...instants: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const at of instants) if (at !== undefined && (first === undefined || at < first)) first = at;
  return first;
}
