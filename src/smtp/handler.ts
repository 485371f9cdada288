/** What a listener asks of the endpoint that it serves, and what it tells it of who is asking. */
import type { SmtpPath } from './path.js';
import type { SmtpReply } from './reply.js';

/** A client's certificate. */
export interface SmtpCertificate {
  /** Whether it leads to one of the listener's authorities and is within its time. Where it is not, nothing in it may be believed. */
  readonly isVerified: boolean;
  /** The certificate itself, DER octets. */
  readonly der: Uint8Array;
  /** DNS names in it, lower case; the common name where there are none. */
  readonly names: readonly string[];
  /** SHA-256 of its DER octets, 64 lower-case hexadecimal digits. It identifies a certificate whether or not it is verified. */
  readonly fingerprint: string;
}

/** A connection, as far as it says who is at the other end. */
export interface SmtpSession {
  /** For logs; says nothing of the client. */
  readonly id: string;
  readonly listener: string;
  /** Of the socket, or as a trusted proxy gives it. IPv4 addresses have their own form, never `::ffff:`. */
  readonly address: string;
  readonly port: number;
  /** The name in EHLO or HELO, lower case, as claimed: nothing vouches for it. An address literal keeps its brackets. */
  readonly helo: string;
  /** Absent without TLS. */
  readonly tls?: {
    /** `TLSv1.3`. */
    readonly protocol: string;
    readonly cipher: string;
    /** Absent: the client showed none. */
    readonly certificate?: SmtpCertificate;
  };
  /** User name that has been authenticated. Absent: none. */
  readonly user?: string;
}

/** The peer that a session belongs to, with its own limits; an absent limit is the listener's. */
export interface SmtpIdentified<Peer> {
  /** Handed back with every question of the transaction. */
  readonly peer: Peer;
  /** Under which rates and transactions are counted. */
  readonly name: string;
  /** Unit: octets of content. Only below the listener's does it matter. */
  readonly sizeMax?: number;
  readonly recipientsMax?: number;
  /** Transactions of this peer at once, over all its connections. Absent: no bound but the listener's. */
  readonly transactionsMax?: number;
  /** Absent: no bound. More are answered 450 4.7.0. */
  readonly messagesPerSecondMax?: number;
  /**
   * What becomes of a bare CR or LF in content. `refuse` (default): 554 5.6.0 and the connection is ended. `normalise`: each becomes CRLF, for a peer
   * that cannot do better. Neither ever ends the content: that is CRLF.CRLF alone.
   */
  readonly bareLineEnds?: 'refuse' | 'normalise';
}

/** MAIL FROM. */
export interface SmtpSender {
  /** Undefined: the null reverse-path. */
  readonly path: SmtpPath | undefined;
  /** SIZE, as declared. Unit: octets. RFC 1870. */
  readonly size?: number;
  /** BODY=8BITMIME. RFC 6152. */
  readonly is8bit: boolean;
  /** SMTPUTF8. RFC 6531. */
  readonly isUtf8: boolean;
  /** ENVID, decoded from xtext. RFC 3461 4.4. */
  readonly envelopeId?: string;
  /** RET. RFC 3461 4.3. */
  readonly returns?: 'FULL' | 'HDRS';
  /** Seconds and mode of BY. RFC 2852. */
  readonly deliverBy?: { readonly seconds: number; readonly mode: 'N' | 'R' };
}

export type SmtpNotify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

/** RCPT TO. */
export interface SmtpRecipient {
  readonly path: SmtpPath;
  /** NOTIFY. Absent: not given. RFC 3461 4.1. */
  readonly notify?: readonly SmtpNotify[];
  /** ORCPT: `rfc822;+15550001@mms.example`, the address decoded from xtext. RFC 3461 4.2. */
  readonly originalRecipient?: string;
}

/** One mail transaction, from MAIL FROM to the answer to its content. */
export interface SmtpTransaction<Peer> {
  readonly session: SmtpSession;
  readonly peer: Peer;
  readonly sender: SmtpSender;
  /** Those that have been accepted so far, in the order of their coming. */
  readonly recipients: readonly SmtpRecipient[];
}

type Awaitable<T> = T | Promise<T>;

/**
 * The endpoint behind a listener. What it throws is logged and answered 451 4.3.0. Answers in time are its business: the client is not
 * read meanwhile, and a client that gives up closes.
 */
export interface SmtpHandler<Peer> {
  /**
   * Whose session this is, or a refusal. Asked at every MAIL, so that a peer that has been changed, paused or removed is so for connections that
   * stand. A refusal with 421 ends the connection.
   */
  identify(session: SmtpSession, sender: SmtpSender): Awaitable<SmtpIdentified<Peer> | { readonly refusal: SmtpReply }>;
  /** Whether the password is the user's. Without it AUTH is not offered. */
  authenticate?(session: SmtpSession, user: string, password: string): Awaitable<boolean>;
  /** Undefined: the sender may send. Absent: every sender may. */
  sender?(transaction: SmtpTransaction<Peer>): Awaitable<SmtpReply | undefined>;
  /** Undefined: the recipient is ours and is taken; else why not. A listener takes no recipient by itself: it cannot relay. */
  recipient(transaction: SmtpTransaction<Peer>, recipient: SmtpRecipient): Awaitable<SmtpReply | undefined>;
  /**
   * The content: header and body with CRLF line ends, dots taken out, no bare CR or LF. The octets are the handler's from now on. The answer goes to
   * the client when the promise resolves: a positive one is a promise kept across a crash.
   */
  message(transaction: SmtpTransaction<Peer>, content: Uint8Array): Promise<SmtpReply>;
}
