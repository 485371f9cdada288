/**
 * What a transport is to the conversations above it: associations that carry whole messages, told apart by the transport (SCTP) or by framing
 * (TCP). A conversation neither opens sockets nor knows which kind it has.
 */
import type { Result } from '#base';

/** How messages are cut from a stream of octets: M3UA by its common header, IPA by its own. SCTP keeps messages apart by itself. */
export type Framing = 'm3ua' | 'ipa';

/** Who is at the other end, as far as the transport knows. */
export interface Peer {
  /** Addresses as text, the one that the association was made with first; several with SCTP. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Names in the certificate that was verified, lower case; empty without TLS. */
  readonly certificateNames: readonly string[];
}

/** Why an association ended. */
export type LostReason =
  /** We closed it. */
  | 'closed'
  /** The peer closed it in good order. */
  | 'peer-closed'
  /** Reset, timed out, or the network failed. */
  | 'failed'
  /** What came could not be cut into messages. */
  | 'unreadable'
  /** The peer takes nothing any more, and answers to what it sends had no room. */
  | 'peer-does-not-read'
  /** Nothing was heard for twice the interval of the heartbeat. */
  | 'silent'
  /** The same peer has made another association. */
  | 'replaced'
  /** It did not say in time, or not rightly, who it is. */
  | 'not-recognised';

/** One association that is up. */
export interface Association {
  readonly peer: Peer;
  /** Outbound streams; 1 on TCP. */
  readonly streams: number;
  /** Octets taken and not yet given to the kernel. */
  readonly queuedOctets: number;
  /** Messages taken and not yet given to the kernel. */
  readonly queuedMessages: number;
  /** Where the room stands that `claim` has given. Unit: octets from the beginning of what it returned. */
  readonly claimedAt: number;
  /**
   * Room for one message of `octets`, to be written whole, from `claimedAt` on, before anything else is done: it is sent with this turn of the
   * event loop. Undefined when the queue is at its bound (`drained` follows), or the association is closing.
   */
  claim(octets: number, stream: number): Uint8Array | undefined;
  /**
   * Copies and sends a message that keeps the association alive and in step. It has room of its own beyond the queue's bound; where that is
   * used up the peer reads nothing and the association is ended as `peer-does-not-read`. False when it was not taken.
   */
  sendControl(octets: Uint8Array, stream: number): boolean;
  /** From now on this one is told of what happens. */
  use(user: AssociationUser): void;
  /** Ends the association once what was taken has gone out, or did not within the grace; then `lost('closed')`. */
  close(): void;
  /** Ends it at once. */
  abort(reason: LostReason): void;
}

/** Who uses an association. Called in the order of what happened; never after `lost`. */
export interface AssociationUser {
  /** A message: the octets from `at` to `end` of `bytes`, valid during the call. `stream` is undefined where the transport has none. */
  message(bytes: Uint8Array, at: number, end: number, stream: number | undefined): void;
  /** The queue was at its bound, a message was refused, and half of it has gone out. */
  drained(): void;
  /** The association is no more. `detail` is for people. */
  lost(reason: LostReason, detail: string): void;
}

/** Takes an association that has come up and says who uses it; undefined to refuse it. */
export type Accept = (association: Association) => AssociationUser | undefined;

/** A connector tries one association at a time. */
export interface Connector {
  /** Begins an attempt; `up` or `failed` follows, once. Only while none is under way or up. */
  connect(): void;
  /** Gives up the attempt under way, without a further call. An association that is up is closed by itself. */
  stop(): void;
}

export interface ConnectorUser {
  up: Accept;
  failed(detail: string): void;
}

/** Why there is no listener, or no transport at all: for the operator. */
export interface TransportError {
  readonly kind: 'address-refused' | 'no-sctp' | 'no-koffi' | 'settings';
  readonly text: string;
}

export interface Listener {
  /** Address and port in use; the port is the kernel's choice where 0 was asked for. */
  readonly address: string;
  readonly port: number;
  /** Takes no more associations; those that are up stay. Resolves when the port is free. */
  close(): Promise<void>;
}

/** What is common to both sides of every transport. */
export interface Tuning {
  /** Bound of the queue of one association. Default 1 MiB. Unit: octets. */
  readonly queueOctetsMax?: number;
  /** SCTP only. */
  readonly sctp?: SctpTuning;
}

/** Settings of SCTP sockets; what the kernel did not grant is warned about. */
export interface SctpTuning {
  /** Streams asked for, both ways. Default 17: one for control and one for each of 16 signalling links. */
  readonly streams?: number;
  /** Receive buffer (SO_RCVBUF). Default 4 MiB. Unit: octets. */
  readonly receiveBufferOctets?: number;
  /** RTO.Min. Default 100. Unit: milliseconds. */
  readonly rtoMinMs?: number;
  /** RTO.Max. Default 3000. Unit: milliseconds. */
  readonly rtoMaxMs?: number;
  /** Interval of the kernel's heartbeats on idle paths. Default 5000. Unit: milliseconds. */
  readonly heartbeatMs?: number;
  /** Path.Max.Retrans: failures in a row after which a path counts as down. Default 4. */
  readonly pathRetriesMax?: number;
  /** Association.Max.Retrans: failures in a row after which the association is given up. Default 8. */
  readonly associationRetriesMax?: number;
}

/** Material of TLS, as PEM text. Peers are always verified against `authorities`; there is no way to go on without. */
export interface TlsMaterial {
  readonly key: string;
  readonly certificate: string;
  readonly authorities: string;
}

export interface ConnectTerms extends Tuning {
  readonly framing: Framing;
  /** Ours; empty: the system chooses. Several with SCTP. */
  readonly localAddresses: readonly string[];
  /** 0: the system chooses. */
  readonly localPort: number;
  /** The peer's: with SCTP all of one association, with TCP tried in turn. */
  readonly remoteAddresses: readonly string[];
  readonly remotePort: number;
  /** TCP only. `peerName`: the DNS name that the peer's certificate must have. */
  readonly tls?: TlsMaterial & { readonly peerName: string };
}

export interface ListenTerms extends Tuning {
  readonly framing: Framing;
  /** Ours; empty: all. Several with SCTP. */
  readonly localAddresses: readonly string[];
  readonly port: number;
  /** TCP only. Peers must show a certificate of one of `authorities`. */
  readonly tls?: TlsMaterial;
  /** Asked before anything is read or any TLS is begun; false ends the connection. */
  allows(address: string): boolean;
}

/** Makes associations of one kind. */
export interface Transport {
  connector(terms: ConnectTerms, user: ConnectorUser): Result<Connector, TransportError>;
  listen(terms: ListenTerms, accept: Accept): Promise<Result<Listener, TransportError>>;
}
