/** What the program says to this room, as plain data, and what it hands in. */
import type { Log, Meter, Msisdn } from '#base';
import type { Directory } from '#directory';
import type { SmtpListenerSettings, SmtpPool } from '#smtp';

export interface Mm4Config {
  /** Where peers reach us. Empty: nothing is listened to, mail only goes out. */
  readonly listeners: readonly SmtpListenerSettings[];
  /** Our MMS domains, lower case, one at least. The first is ours towards peers whose object names no other. */
  readonly domains: readonly string[];
  /** How long the answer to a refused message may take to go out before the refusal is said in SMTP instead. Unit: milliseconds. */
  readonly refusalWaitMs: number;
}

export interface Mm4Ports {
  readonly directory: Directory;
  readonly pool: SmtpPool;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /**
   * Whether a number is one of our subscribers, who cannot be writing from another carrier; asked about senders of peers that name no
   * `senderPrefixes`. Portability is its affair: a number that left us is not ours.
   */
  readonly isOurs: (msisdn: Msisdn) => boolean | Promise<boolean>;
}
