/** What the operator API and the monitoring listener are told by the program. */
import type { OperatorUser } from './roles.js';

export interface OperatorConfig {
  /** Path of the unix socket; owner and group may use it. */
  readonly socket: string;
  /** A TCP listener beside it; every request there must carry a token. Absent: none. */
  readonly tcp?: {
    readonly host: string;
    readonly port: number;
    /** Of an operator by the name of `token`. Absent: only users have tokens. */
    readonly token?: string;
    readonly users?: readonly OperatorUser[];
    /** PEM of the private key and of the certificate chain. Absent: not encrypted. */
    readonly tls?: { readonly key: string; readonly cert: string };
  };
  /** Host names that requests may be addressed to, beside localhost, loopback addresses and the TCP listener's own host. */
  readonly hosts: readonly string[];
  /** Values of Origin that are served; a request with any other is refused. */
  readonly origins: readonly string[];
}

export interface MonitoringConfig {
  readonly listen: { readonly host: string; readonly port: number };
}

/** viewer: sees everything, numbers masked. operator: sees numbers and changes things. follower: fetches the number store. */
export type GateRole = 'viewer' | 'operator' | 'follower';

/** Somebody who may use the gate's API over TCP. */
export interface GateUser {
  /** Stands in the audit log. */
  readonly name: string;
  readonly role: GateRole;
  readonly token: string;
}

export interface GateApiConfig extends Pick<OperatorConfig, 'socket' | 'hosts' | 'origins'> {
  /** A TCP listener beside the socket; every request there must carry a user's token. Absent: none. */
  readonly tcp?: {
    readonly host: string;
    readonly port: number;
    readonly users: readonly GateUser[];
    /** PEM of the private key and of the certificate chain. Absent: not encrypted. */
    readonly tls?: { readonly key: string; readonly cert: string };
  };
}
