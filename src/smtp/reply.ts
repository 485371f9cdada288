/** Replies of SMTP: what we say to a client, and what a server has said to us. RFC 5321 4.2, RFC 2034. */

export interface SmtpReply {
  /** 200..599. */
  readonly code: number;
  /** Enhanced status code, `5.1.1`. Absent: the far side gave none; of ours only the banner and 354 have none. RFC 3463. */
  readonly enhanced?: string;
  /** Words for people. Ours are one line of printable ASCII; the far side's lines are joined by a line feed, control characters taken out. */
  readonly text: string;
}

/** Whether what was asked for is done. */
export const isPositive = (reply: SmtpReply): boolean => reply.code >= 200 && reply.code < 300;

/** Whether the same may be asked for later. */
export const isTransient = (reply: SmtpReply): boolean => reply.code >= 400 && reply.code < 500;

/** As it stands in a dialogue: `550 5.1.1 no such number`. */
export const replyText = ({ code, enhanced, text }: SmtpReply): string =>
  enhanced === undefined ? `${code} ${text}` : `${code} ${enhanced} ${text}`;

const reply = (code: number, enhanced: string, text: string): SmtpReply => ({ code, enhanced, text });

/** Answers that handlers give, one row each. A handler may word its own. */
export const REPLIES = {
  accepted: reply(250, '2.0.0', 'accepted'),
  senderOk: reply(250, '2.1.0', 'sender ok'),
  recipientOk: reply(250, '2.1.5', 'recipient ok'),
  unknownRecipient: reply(550, '5.1.1', 'no such recipient here'),
  unknownDomain: reply(550, '5.1.2', 'no such domain here'),
  relayingDenied: reply(550, '5.7.1', 'relaying denied'),
  notAllowed: reply(550, '5.7.1', 'not allowed'),
  recipientBusy: reply(450, '4.2.1', 'recipient cannot be served now, try again later'),
  tooManyRecipients: reply(452, '4.5.3', 'too many recipients'),
  tooLarge: reply(552, '5.3.4', 'message too large'),
  notAMessage: reply(554, '5.6.0', 'message cannot be read'),
  noRoom: reply(452, '4.3.1', 'no room for the message now, try again later'),
  tooFast: reply(450, '4.7.0', 'too many messages in too short a time, try again later'),
  localError: reply(451, '4.3.0', 'local error, try again later'),
  tlsNeeded: reply(530, '5.7.0', 'STARTTLS first'),
  authenticationNeeded: reply(530, '5.7.0', 'authentication required'),
  unavailable: reply(421, '4.3.2', 'service not available, try again later'),
} as const satisfies Readonly<Record<string, SmtpReply>>;
