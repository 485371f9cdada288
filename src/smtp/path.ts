/** Mailboxes as they stand in MAIL FROM and RCPT TO. RFC 5321 4.1.2, RFC 6531 3.3. */

/** One mailbox. */
export interface SmtpPath {
  /** As it was written, without angle brackets and source route. Safe to be written into a command again. */
  readonly text: string;
  /** Its meaning: quotes and backslashes of a quoted local part are taken away. */
  readonly localPart: string;
  /** Lower case; an address literal keeps its brackets. Empty for `<Postmaster>`, which alone may stand without a domain. */
  readonly domain: string;
}
