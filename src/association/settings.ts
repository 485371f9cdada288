/** The settings of links and listeners, as plain data: the program reads its configuration, this room what is here. */
import type { RoutingKey, TrafficMode } from '#codec/m3ua';
import type { TlsMaterial, Tuning } from './port.js';

/** `in-process`: pairs inside one process, for tests and laboratories. */
export type TransportKind = 'sctp' | 'tcp' | 'in-process';

/** When a lost or refused association is tried again: delays double from `firstMs` to `mostMs`, each cut by up to `jitter` of itself. */
export interface ReconnectSettings {
  /** Default 500. Unit: milliseconds. */
  readonly firstMs?: number;
  /** Default 30,000. Unit: milliseconds. */
  readonly mostMs?: number;
  /** 0..1. Default 0.5. */
  readonly jitter?: number;
  /** An association that lived as long as this begins anew at `firstMs`. Default 10,000. Unit: milliseconds. */
  readonly steadyMs?: number;
}

/** An association that we begin. */
export interface ConnectSettings extends Tuning {
  readonly transport: TransportKind;
  /** Ours; absent: the system chooses. Several with SCTP (multihoming). */
  readonly localAddresses?: readonly string[];
  /** Absent or 0: the system chooses. */
  readonly localPort?: number;
  /** With SCTP all addresses of the peer, with TCP alternatives that are tried in turn. */
  readonly remoteAddresses: readonly string[];
  readonly remotePort: number;
  /** TCP only; absent: none. `peerName`: the DNS name in the peer's certificate. */
  readonly tls?: TlsMaterial & { readonly peerName: string };
  readonly reconnect?: ReconnectSettings;
}

/** Where peers connect to us. */
export interface ListenerSettings extends Tuning {
  readonly name: string;
  readonly transport: TransportKind;
  readonly protocol: 'm3ua' | 'ipa';
  /** Absent: all addresses. Several with SCTP. */
  readonly localAddresses?: readonly string[];
  readonly port: number;
  /** Addresses and ranges (`10.1.0.0/16`) that may connect. Absent: all, which peers still have to be recognised from. */
  readonly allow?: readonly string[];
  /** TCP only; absent: none. */
  readonly tls?: TlsMaterial;
}

/** By what a peer that connects to us is recognised: all that is given must hold. At least one is given. */
export interface PeerMatch {
  /** Addresses and ranges. */
  readonly addresses?: readonly string[];
  /** Its port. */
  readonly port?: number;
  /** ASP Identifier in its ASP Up. M3UA only. */
  readonly aspIdentifier?: number;
  /** DNS name in its certificate. TLS only. */
  readonly certificateName?: string;
  /** Its unit name. IPA only. */
  readonly unitName?: string;
}

/** A peer that connects to us. A second association of the same peer takes the place of the first. */
export interface AcceptSettings {
  /** Name of the listener. */
  readonly listener: string;
  readonly match: PeerMatch;
}

/** What the conversation of an ASP needs. RFC 4666 4.3. */
export interface AspTraffic {
  /** Empty: one application server that both sides know without a routing context. */
  readonly routingContexts: readonly number[];
  readonly routingKeys?: readonly RoutingKey[];
  readonly aspIdentifier?: number;
  readonly trafficMode?: TrafficMode;
  readonly networkAppearance?: number;
  /** T(ack). Default 2,000. Unit: milliseconds. */
  readonly ackMs?: number;
  /** T(beat); 0: no BEAT. Default 10,000 on TCP, 0 on SCTP, which has heartbeats of its own. Unit: milliseconds. */
  readonly beatMs?: number;
  /** How often unreachable destinations are asked for. Absent: never. Unit: milliseconds. */
  readonly auditMs?: number;
}

/** We are an ASP of a gateway. */
export interface AspLinkSettings extends AspTraffic {
  readonly role: 'asp';
  readonly name: string;
  readonly connect: ConnectSettings;
}

/** A peer that serves application servers of a gateway link group. */
export interface ServingPeer extends AcceptSettings {
  readonly name: string;
  /** Locked out by the operator: its ASP Up is refused. */
  readonly isBlocked?: boolean;
}

/** We are the gateway: the link is one application server, and peers that connect serve it. */
export interface GatewayLinkSettings {
  readonly role: 'gateway';
  readonly name: string;
  readonly routingContext: number;
  readonly trafficMode: TrafficMode;
  /** Loadshare and broadcast: active ASPs that it needs. Default 1. */
  readonly activeMin?: number;
  readonly networkAppearance?: number;
  /** For peers that register by routing key. */
  readonly routingKey?: { readonly destinationPointCode: number; readonly networkAppearance?: number };
  /** Names of the peers that may serve it. */
  readonly peers: readonly string[];
}

/** What is common to all gateway links. */
export interface GatewaySettings {
  readonly peers: readonly ServingPeer[];
  /** Whether peers may register. Default false. */
  readonly registers?: boolean;
  /** T(r). Default 2,000. Unit: milliseconds. */
  readonly recoveryMs?: number;
  /** T(beat); 0: none. Default 10,000. Unit: milliseconds. */
  readonly beatMs?: number;
}

/** A peer of equal rank. Whoever does not begin the association is recognised by `accept`. */
export type IpspLinkSettings = AspTraffic & {
  readonly name: string;
  /** Single exchange: one ASP Up counts for both. Double: each side brings its own half up. RFC 4666 4.3.1. */
  readonly role: 'ipsp-single' | 'ipsp-double';
  /** Double exchange: the peer's application servers. */
  readonly peerServers?: readonly { readonly routingContext: number; readonly networkAppearance?: number }[];
} & ({ readonly connect: ConnectSettings } | { readonly accept: AcceptSettings });

/** SCCP over TCP without M3UA (SCCPlite). Messages have no label: the link's point codes stand for it. */
export type IpaLinkSettings = {
  readonly role: 'ipa';
  readonly name: string;
  /** Ours: destination of what comes. */
  readonly ownPointCode: number;
  /** The peer's: origin of what comes. */
  readonly peerPointCode: number;
  /** Default 2, national. */
  readonly networkIndicator?: number;
  /** PING after so much silence, and the end after as much again; 0: none. Default 10,000. Unit: milliseconds. */
  readonly pingMs?: number;
} & (
  | { readonly connect: ConnectSettings /** Ours, which the peer knows us by. */; readonly unitName: string }
  | { readonly accept: AcceptSettings }
);

export type LinkSettings = AspLinkSettings | GatewayLinkSettings | IpspLinkSettings | IpaLinkSettings;

export interface AssociationSettings {
  readonly listeners?: readonly ListenerSettings[];
  readonly gateway?: GatewaySettings;
  readonly links: readonly LinkSettings[];
}
