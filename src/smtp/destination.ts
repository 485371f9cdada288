/** Where mail goes to and how: the settings of one destination, as plain data. */

/** As PEM text. Nothing here is ever given up for a connection that would work without. */
export interface SmtpClientTls {
  /**
   * `none`: never. `opportunistic`: where the far side offers it, and nothing is verified. `required`: STARTTLS, verified. `implicit`: TLS from the
   * first octet, verified. Default of a destination without this: `opportunistic`.
   */
  readonly mode: 'none' | 'opportunistic' | 'required' | 'implicit';
  /**
   * What of the far side's certificate must hold. `nothing`: who listens learns nothing, but whoever answers is believed. `chain`: it leads to an
   * authority. `name`: that, and the name is in it. Default `name`.
   */
  readonly verify?: 'nothing' | 'chain' | 'name';
  /** Absent: those that Node knows. */
  readonly authorities?: string;
  /** The name in the far side's certificate. Absent: the host's. */
  readonly name?: string;
  /** SHA-256 of certificates, 64 hexadecimal digits: one of them must be shown, and then neither authority nor name counts. Absent: verified by authority. */
  readonly fingerprints?: readonly string[];
  /** Ours. Both or neither. */
  readonly key?: string;
  readonly certificate?: string;
  /** Default `TLSv1.2`. */
  readonly versionMin?: 'TLSv1.2' | 'TLSv1.3';
}

export interface SmtpHost {
  /** Name or address. */
  readonly host: string;
  /** Default 25; 465 with implicit TLS. */
  readonly port?: number;
}

/** Unit of all: milliseconds. Defaults in LIMITS (`smtp...Ms`). RFC 5321 4.5.3.2 has longer ones, for hosts that a person waits for. */
export interface SmtpTimeouts {
  /** TCP, and TLS where it is implicit. */
  readonly connectMs?: number;
  readonly greetingMs?: number;
  /** An answer to any command but DATA. */
  readonly commandMs?: number;
  /** 354. */
  readonly dataMs?: number;
  /** Content that the far side does not take. */
  readonly blockMs?: number;
  /** The answer to the final dot. */
  readonly acceptMs?: number;
}

export interface SmtpDestination {
  /** Identifies it: connections, circuit and counters belong to this name. A destination whose settings have changed gets new connections. */
  readonly name: string;
  /** Tried in this order; or those that the mail exchangers of a domain give (RFC 5321 5.1; a null MX fails at once, RFC 7505). */
  readonly hosts: readonly SmtpHost[] | { readonly mxOf: string; readonly port?: number };
  readonly tls?: SmtpClientTls;
  /**
   * `plain` and `login` go inside TLS only, `cram-md5` (RFC 2195) shows the password to nobody and goes without, too. A method that is named must be
   * offered; absent: PLAIN, else LOGIN.
   */
  readonly auth?: { readonly user: string; readonly password: string; readonly method?: 'plain' | 'login' | 'cram-md5' };
  /** In EHLO. Default: the pool's. */
  readonly heloName?: string;
  /** Connections at once. */
  readonly connectionsMax?: number;
  /** Mails that one connection carries before it is closed in good order. Absent: no bound. */
  readonly mailsPerConnectionMax?: number;
  /** Unused connections are closed after this. Unit: milliseconds. */
  readonly idleMs?: number;
  /** Mails in a second. Absent: no bound. */
  readonly mailsPerSecondMax?: number;
  readonly timeouts?: SmtpTimeouts;
  /** Never pipeline, whatever is offered. Default false. */
  readonly noPipelining?: boolean;
}
