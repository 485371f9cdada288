/** What ends a dialogue before it is through. It crosses no face: the pool makes outcomes of it. */
import type { SmtpCause, SmtpPhase } from '../mail.js';
import type { SmtpReply } from '../reply.js';

export class Trouble extends Error {
  readonly kind: SmtpCause;
  readonly phase: SmtpPhase;
  readonly reply: SmtpReply | undefined;
  /** Another try would end the same way. */
  readonly isFinal: boolean;

  constructor(kind: SmtpCause, phase: SmtpPhase, detail: string, reply?: SmtpReply, isFinal = false) {
    super(detail);
    this.kind = kind;
    this.phase = phase;
    this.reply = reply;
    this.isFinal = isFinal;
  }
}
