/** What the MM1 endpoint is told by the program. Times in milliseconds, sizes in octets. */

export interface Mm1Config {
  readonly listen: { readonly host: string; readonly port: number };
  /** Where handsets POST, for instance `/mms`. */
  readonly path: string;
  /** What content addresses begin with, without trailing slash: `http://mmsc.example/m`; the delivery key follows after a slash. Its path part is where GETs arrive. */
  readonly contentUrl: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly identity: IdentityConfig;
  /** Largest POST body. */
  readonly bodyMax: number;
  /** Highest MMS version spoken, `1.0` to `1.3`. */
  readonly versionMax: string;
  readonly connectionsMax: number;
  readonly headersTimeoutMs: number;
  /** A whole request must have arrived by then. */
  readonly requestTimeoutMs: number;
  /** A response that makes no progress for this long is given up. */
  readonly idleTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Submissions under way at once (decoded, not yet durable); more get the transient status at once. */
  readonly submissionsInFlightMax: number;
  /** Octets of request bodies held at once; more get the transient status at once. */
  readonly bodyOctetsInFlightMax: number;
  /** Octets of content being sent at once; more wait for a bounded time. */
  readonly contentOctetsInFlightMax: number;
}

/** How the network says who is sending. Whatever is not listed here is not believed. */
export type IdentityConfig =
  /** Anybody may name himself by the header; the listener must be on loopback. For laboratories. */
  | { readonly mode: 'lab'; readonly header: string }
  | {
      readonly mode: 'network';
      /** Headers that carry the MSISDN, believed only from these gateways (CIDR) and by the address of the socket's peer. */
      readonly headers: readonly string[];
      readonly gateways: readonly string[];
      /** Client addresses with fixed numbers: the first address of the range has `firstMsisdn`, the next one that plus one, and so on. */
      readonly clients: readonly { readonly network: string; readonly firstMsisdn: string }[];
    };
