/** The settings of a listener, as plain data: the program reads its configuration, this room what is here. */

/** As PEM text. */
export interface SmtpServerTls {
  /** `starttls`: offered. `starttls-required`: MAIL before it is answered 530. `implicit`: TLS from the first octet. */
  readonly mode: 'starttls' | 'starttls-required' | 'implicit';
  readonly key: string;
  readonly certificate: string;
  /** By which client certificates are verified. Absent: none can be, fingerprints only. */
  readonly authorities?: string;
  /** Whether clients are asked for a certificate. Default `asked`; `required` ends the handshake of those that show none that verifies. */
  readonly clientCertificate?: 'none' | 'asked' | 'required';
  /** Default `TLSv1.2`. */
  readonly versionMin?: 'TLSv1.2' | 'TLSv1.3';
}

/** Every limit has a default in LIMITS (`smtp...`). */
export interface SmtpListenerLimits {
  /** Largest content, announced as SIZE. Unit: octets. */
  readonly sizeMax?: number;
  readonly recipientsMax?: number;
  /** Beyond this connections are answered 421 at once. */
  readonly connectionsMax?: number;
  readonly connectionsPerAddressMax?: number;
  /** New connections of one address in a minute. */
  readonly connectsPerMinuteMax?: number;
  /** Memory of contents under way, from DATA to the answer, over all connections. Beyond it 452 4.3.1. Unit: octets. */
  readonly contentOctetsMax?: number;
  /** Silence of a client that is waited for a command. Unit: milliseconds. */
  readonly commandMs?: number;
  /** Silence within content. Unit: milliseconds. */
  readonly contentSilenceMs?: number;
  /** A whole content, at least; beyond it the pace must be `paceMin`. Unit: milliseconds. */
  readonly contentPatienceMs?: number;
  /** Unit: octets per second. */
  readonly paceMin?: number;
  /** From the connection to the first MAIL that is accepted. Unit: milliseconds. */
  readonly establishMs?: number;
  /** Faulty commands after which a connection is ended. */
  readonly errorsMax?: number;
  /** Refused recipients after which a connection is ended. */
  readonly refusedRecipientsMax?: number;
}

export interface SmtpListenerSettings {
  /** For logs, metrics and the operator. */
  readonly name: string;
  /** Address to bind. Absent: all. */
  readonly address?: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Our name in banner and answer to EHLO. */
  readonly hostName: string;
  /** Absent: none is offered. */
  readonly tls?: SmtpServerTls;
  /** AUTH, where the handler can authenticate. Default `none`. It is offered inside TLS only, unless `plain`. */
  readonly auth?: 'none' | 'offered' | 'offered-plain';
  /** Addresses and ranges that may connect; others are answered 554 and closed. Absent: all. */
  readonly allow?: readonly string[];
  /** Addresses and ranges whose connections begin with a PROXY header (versions 1 and 2), which then says who the client is. Absent: none. */
  readonly proxies?: readonly string[];
  /** Offer SMTPUTF8. Default false. */
  readonly utf8?: boolean;
  /** Offer DSN parameters. Default true. */
  readonly dsn?: boolean;
  /** Offer DELIVERBY. Default false. */
  readonly deliverBy?: boolean;
  readonly limits?: SmtpListenerLimits;
}
