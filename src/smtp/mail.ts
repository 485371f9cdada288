/** A mail to be sent, and what became of it. */
import type { SmtpNotify } from './handler.js';
import type { SmtpReply } from './reply.js';

export interface SmtpMailRecipient {
  /** Mailbox without angle brackets. One that is none (a space, a line end, no domain) fails as `bad-address`; it is never sent. */
  readonly address: string;
  /** Sent where DSN is offered. */
  readonly notify?: readonly SmtpNotify[];
  /** `rfc822;+15550001@mms.example`, not yet in xtext. */
  readonly originalRecipient?: string;
}

export interface SmtpMail {
  /** Mailbox without angle brackets; empty: the null reverse-path. */
  readonly sender: string;
  /** In one transaction. At least one. */
  readonly recipients: readonly SmtpMailRecipient[];
  /**
   * The content, header and body, with CRLF line ends and no bare CR or LF (a bare one fails as `bad-content`). Octets above 127 are seen: in the body
   * they need 8BITMIME, in the header or an address SMTPUTF8, and fail where that is not offered. The octets stay as they are until the outcome.
   */
  readonly pieces: readonly Uint8Array[];
  /** ENVID, where DSN is offered. */
  readonly envelopeId?: string;
  /** RET, where DSN is offered. */
  readonly returns?: 'FULL' | 'HDRS';
  /** BY, where DELIVERBY is offered. */
  readonly deliverBy?: { readonly seconds: number; readonly mode: 'N' | 'R' };
}

/** Where in a dialogue something happened. */
export type SmtpPhase =
  | 'resolve'
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'content'
  | 'accept';

/** Why a recipient is not taken. */
export type SmtpCause =
  /** The far side's words: `reply` is there. */
  | 'answered'
  /** No answer in time. */
  | 'timeout'
  /** The connection ended. */
  | 'dropped'
  /** No connection to any host. */
  | 'not-connected'
  /** The name does not resolve; for ever (no such domain, null MX) or now. */
  | 'no-such-host'
  /** TLS that the settings want was not offered, failed, or showed the wrong certificate. */
  | 'tls'
  /** Credentials were refused, or cannot be used. */
  | 'auth'
  /** Not tried: the destination does not answer, and is being probed. */
  | 'circuit-open'
  /** Not tried: as much as is allowed waits for this destination, or for all. */
  | 'busy'
  /** Not tried: the pool is closing. */
  | 'closing'
  /** The far side said something that is no SMTP. */
  | 'not-smtp'
  /** Larger than the SIZE that the far side announces. */
  | 'too-large'
  | 'needs-8bitmime'
  | 'needs-smtputf8'
  | 'bad-address'
  | 'bad-content';

export type SmtpRecipientOutcome =
  /** The far side has taken responsibility. */
  | { readonly kind: 'taken'; readonly reply: SmtpReply }
  /** To be tried again. */
  | {
      readonly kind: 'deferred';
      readonly cause: SmtpCause;
      readonly phase?: SmtpPhase;
      readonly reply?: SmtpReply;
      /** One line for people. */
      readonly detail: string;
      /** The content went out whole and the answer did not come: the far side may have it. A repetition must be recognisable by its ids. */
      readonly mayHaveArrived: boolean;
      /** No sense in trying before this. Absent: the caller's own schedule. Unit: epoch milliseconds. */
      readonly notBefore?: number;
    }
  /** Not to be tried again. */
  | {
      readonly kind: 'failed';
      readonly cause: SmtpCause;
      readonly phase?: SmtpPhase;
      readonly reply?: SmtpReply;
      readonly detail: string;
    };

export interface SmtpOutcome {
  /** One for each recipient, in their order. */
  readonly recipients: readonly SmtpRecipientOutcome[];
  /** `host:port` that was spoken with. Absent: none was reached. */
  readonly host?: string;
  /** Absent: without TLS, or no host was reached. */
  readonly tls?: { readonly protocol: string; readonly cipher: string };
}
