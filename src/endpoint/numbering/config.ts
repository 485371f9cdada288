/** What the numbering endpoint is told by the program. */

export interface Listen {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Who may ask, and how often. */
export interface Clients {
  /** Networks (CIDR) or addresses. Nobody else is served. */
  readonly networks: readonly string[];
  /** Requests a second of one address (IPv4) or one network of 64 bits (IPv6), in the long run. */
  readonly ratePerSecond: number;
  /** Requests that it may make at once after a pause. */
  readonly burst: number;
}

/** An ENUM service of an answer: RFC 4769 for `pstn:tel` and `pstn:sip`, RFC 3764 for `sip`. */
export type EnumService = 'pstn:tel' | 'pstn:sip' | 'sip';

export interface EnumConfig {
  /** UDP and TCP. */
  readonly listen: Listen;
  readonly clients: Clients;
  /** Where numbers hang in the tree: `e164.arpa`, or a private root. */
  readonly root: string;
  /** The zone is that of this country code; absent: that of all numbers. */
  readonly countryCode?: string;
  /** Names of the zone's servers, the first of them its primary (SOA MNAME). */
  readonly nameServers: readonly string[];
  /** Mailbox as a domain name (SOA RNAME): `hostmaster.example.net`. */
  readonly contact: string;
  /** How long an answer may be kept; less where a record ends sooner. */
  readonly ttlSeconds: number;
  /** The same for the answer that there is none (RFC 2308). */
  readonly negativeTtlSeconds: number;
  /** Each gives one NAPTR record, the first preferred. */
  readonly services: readonly EnumService[];
  /** Host part of SIP addresses; needed by the services of SIP. */
  readonly sipHost?: string;
  /**
   * What stored routing numbers are: `global` international numbers, or numbers of a context, written as `rn-context` (RFC 4694 4.2): a domain
   * name, or `+` and digits.
   */
  readonly routingNumbers: { readonly kind: 'global' } | { readonly kind: 'local'; readonly context: string };
  /** Digits from which on a number can be whole. Shorter ones are inner nodes of the tree: without data, and not nonexistent. */
  readonly digitsMin: number;
}

export interface NumbersHttpConfig {
  readonly listen: Listen;
  readonly clients: Clients;
  /** How long an answer may be kept; less where a record ends sooner. 0: it is asked for again each time. */
  readonly maxAgeSeconds: number;
  /** Certificate and key in PEM. Absent: plain HTTP. `clientAuthority`: clients must show a certificate of it. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientAuthority?: string };
}
