/** The outgoing pool as its user sees it. */
import type { Log, Meter } from '#base';
import type { SmtpDestination } from './destination.js';
import type { SmtpMail, SmtpOutcome } from './mail.js';

export interface SmtpPoolSettings {
  /** In EHLO: the name of this host. */
  readonly heloName: string;
  /** Connections at once, over all destinations. Default LIMITS.smtpClientConnectionsMax. */
  readonly connectionsMax?: number;
  /** Mails that are not settled, over all destinations. Default LIMITS.smtpWaitingMax. */
  readonly waitingMax?: number;
  /** Mails that wait for a connection to one destination. Default LIMITS.smtpWaitingPerDestinationMax. */
  readonly waitingPerDestinationMax?: number;
  /** Octets of all that are not settled. Default LIMITS.smtpWaitingOctetsMax. */
  readonly waitingOctetsMax?: number;
  /** Troubles in a row that open a circuit. Default LIMITS.smtpCircuitTroublesMax. */
  readonly troublesMax?: number;
  /** From the opening of a circuit to its first probe; doubles up to `probeMostMs`. Defaults LIMITS.smtpProbeFirstMs, smtpProbeMostMs. Unit: milliseconds. */
  readonly probeFirstMs?: number;
  readonly probeMostMs?: number;
}

/** Names to addresses, as `node:dns/promises` has it. Errors carry its codes (`ENOTFOUND`, `ENODATA`, `ESERVFAIL`, ...). */
export interface SmtpResolver {
  resolveMx(domain: string): Promise<readonly { readonly exchange: string; readonly priority: number }[]>;
  /** Addresses, in the order in which they are to be tried. */
  addresses(host: string): Promise<readonly string[]>;
}

export interface SmtpPoolPorts {
  readonly log: Log;
  readonly meter?: Meter;
  /** Default: the system's. */
  readonly resolver?: SmtpResolver;
  /** Epoch milliseconds. Default Date.now. */
  readonly now?: () => number;
  /** 0 to 1, for the jitter of probing. Default Math.random. */
  readonly random?: () => number;
  /** A circuit has changed: when it is closed again, what was deferred may go out. */
  readonly onCircuit?: (destination: string, circuit: SmtpCircuit) => void;
}

/**
 * `closed`: mails go out. `open`: the destination does not answer, mails are deferred at once with the time of the next probe. `probing`: one
 * connection is tried; when it greets and answers EHLO the circuit closes.
 */
export type SmtpCircuit = 'closed' | 'open' | 'probing';

/** What is known of one destination. */
export interface SmtpHealth {
  readonly name: string;
  readonly circuit: SmtpCircuit;
  /** When the circuit opened. Absent: it is closed. Epoch milliseconds. */
  readonly openSince?: number;
  readonly nextProbeAt?: number;
  /** Connections up, and of them those that carry a mail. */
  readonly connections: number;
  readonly busy: number;
  /** Mails waiting for a connection. */
  readonly waiting: number;
  /** Recipients since the destination is known. */
  readonly taken: number;
  readonly deferred: number;
  readonly failed: number;
  /** Absent: none. Epoch milliseconds. */
  readonly lastTakenAt?: number;
  /** The last trouble, without addresses of people. */
  readonly lastTrouble?: { readonly at: number; readonly text: string };
}

/** One line of a dialogue: `→ MAIL FROM:<...>`, `← 250 2.1.0 ok`. */
export interface SmtpDialogueLine {
  readonly from: 'us' | 'them';
  readonly text: string;
}

export interface SmtpProbe {
  readonly outcome: SmtpOutcome;
  /** The dialogue, credentials left out. Addresses stand in it: it is for the operator who asked, not for a log. */
  readonly dialogue: readonly SmtpDialogueLine[];
}

export interface SmtpPool {
  /** Never rejects. Mails for one destination go out in the order of their coming, over several connections. */
  send(destination: SmtpDestination, mail: SmtpMail): Promise<SmtpOutcome>;
  /**
   * A dialogue over a connection of its own up to the answers to RCPT, then RSET and QUIT: no mail is sent; `taken` says that the recipient would be.
   * It is tried whatever the circuit says.
   */
  probe(
    destination: SmtpDestination,
    envelope: { readonly sender: string; readonly recipients: readonly string[] },
  ): Promise<SmtpProbe>;
  health(): readonly SmtpHealth[];
  /** Mails under way may end; those that wait are deferred. What is left after the grace is deferred as dropped. Default grace 8,000. Unit: milliseconds. */
  close(graceMs?: number): Promise<void>;
}
