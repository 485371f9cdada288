/** What a listener says by itself, one row each. What handlers say is in `REPLIES`. */
import type { SmtpReply } from '../reply.js';

export const SAY = {
  badCommand: { code: 500, enhanced: '5.5.2', text: 'command not known' },
  tooLong: { code: 500, enhanced: '5.5.2', text: 'line too long' },
  badLine: { code: 500, enhanced: '5.5.2', text: 'lines end with CR LF and hold no control characters' },
  pipelining: { code: 503, enhanced: '5.5.0', text: 'improper pipelining' },
  sequence: { code: 503, enhanced: '5.5.1', text: 'bad sequence of commands' },
  noRecipients: { code: 554, enhanced: '5.5.1', text: 'no valid recipients' },
  name: { code: 501, enhanced: '5.5.4', text: 'a name is wanted' },
  noArgument: { code: 501, enhanced: '5.5.4', text: 'no argument is wanted' },
  notImplemented: { code: 502, enhanced: '5.5.1', text: 'command not implemented' },
  ok: { code: 250, enhanced: '2.0.0', text: 'ok' },
  bye: { code: 221, enhanced: '2.0.0', text: 'bye' },
  verify: { code: 252, enhanced: '2.5.0', text: 'send it and see' },
  help: { code: 214, enhanced: '2.0.0', text: 'see RFC 5321' },
  startTls: { code: 220, enhanced: '2.0.0', text: 'go ahead' },
  go: { code: 354, text: 'end with CR LF . CR LF' },
  bare: { code: 554, enhanced: '5.6.0', text: 'bare CR or LF in content' },
  authenticated: { code: 235, enhanced: '2.7.0', text: 'authenticated' },
  tooManyErrors: { code: 421, enhanced: '4.7.0', text: 'too many errors' },
  tooManyRefused: { code: 421, enhanced: '4.7.0', text: 'too many refused recipients' },
  tooSlow: { code: 421, enhanced: '4.4.2', text: 'waited too long' },
  closing: { code: 421, enhanced: '4.3.2', text: 'closing' },
} as const satisfies Readonly<Record<string, SmtpReply>>;
