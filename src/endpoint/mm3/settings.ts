/** What the MM3 endpoint is told, as plain data, and what it needs from outside. */
import type { Log, Meter, Msisdn } from '#base';
import type { Messaging, NumberingPlan } from '#messaging';
import type { SmtpDestination, SmtpListenerSettings, SmtpPool } from '#smtp';

/** What a border server says of who sent a mail. RFC 8601. */
export type AuthenticationMethod = 'spf' | 'dkim' | 'dmarc';

/** Who may write to phones by mail. The first rule that fits counts. The operators' object `mail rule` has these properties and more. */
export interface Mm3MailRule {
  readonly name: string;
  /** Mailboxes, or `@domain`, or `@.domain` for everything below it, lower case; empty: everybody. */
  readonly senders: readonly string[];
  /** Beginnings of recipient numbers, digits; empty: all. */
  readonly recipientPrefixes: readonly string[];
  /** What the border server must have found to be a pass. */
  readonly require: readonly AuthenticationMethod[];
  /** `hold-back`: refuse for now (4xx). */
  readonly action: 'accept' | 'refuse' | 'hold-back';
  /** Octets of one mail; absent: the listener's limit. */
  readonly sizeMax?: number;
  /** Mails an hour of one sender; absent: no bound. */
  readonly hourlyMax?: number;
  readonly recipientsMax?: number;
}

/** What of the operators' objects this endpoint reads; asked once for each piece of work. */
export interface Mm3Directory {
  readonly snapshot: {
    /** The active ones, in the order in which they are asked. */
    readonly mailRules: readonly Mm3MailRule[];
    /** By the local part of a mailbox that is no number, in lower case. */
    subscriberOfAlias(localPart: string): { readonly msisdn: Msisdn } | undefined;
  };
}

/** RSA or Ed25519, by what the key is. RFC 6376, RFC 8463. */
export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface Mm3IncomingSettings {
  /** Absent: no mail comes in. */
  readonly listener?: SmtpListenerSettings;
  /** Must a number in an address begin with a plus sign? Default false: `15551230001@` and national spellings are understood. */
  readonly plusRequired?: boolean;
  /** What a mail that no rule fits gets. Default `refuse`. */
  readonly otherwise?: 'accept' | 'refuse';
  /** Names (authserv-id) of border servers whose Authentication-Results count. RFC 8601 5. */
  readonly authenticationServers?: readonly string[];
  /** What must not have failed by their word, whatever the rule says. Default dmarc. */
  readonly refuseFailed?: readonly AuthenticationMethod[];
  /** Mail of lists and in bulk (Precedence, List-Id). Default `refuse`. */
  readonly bulk?: 'accept' | 'refuse';
  /** Where mail to postmaster and abuse goes. RFC 2142. Absent: it is refused for now, so that somebody notices. */
  readonly staffMailbox?: string;
  /** Characters of a subject. Default 80. */
  readonly subjectMax?: number;
  /** Characters of text, all parts together; the rest is cut with a notice. Default 10,000. */
  readonly textMax?: number;
  /** What is written where text was cut. Default `[cut]`. */
  readonly cutNotice?: string;
}

export interface Mm3OutgoingSettings {
  /** One server that takes all mail. Absent: the mail exchangers of each domain. */
  readonly smarthost?: Omit<SmtpDestination, 'name'>;
  /**
   * MAIL FROM of what subscribers send. `token`: made of the delivery, so that every bounce says by its address alone what came back.
   * `sender`: the subscriber's own address (RFC 4356 2.1.1 to the letter). Default `token`.
   */
  readonly returnPath?: 'token' | 'sender';
  /** Absent: nothing is signed. */
  readonly dkim?: DkimSettings;
  /** Subject of messages without one. Default none. */
  readonly subject?: string;
  /** How long a report of delivery is waited for. Default: the policy's of the domain. Unit: milliseconds. */
  readonly reportWaitMs?: number;
  /** Transactions under way at once. Default 64. */
  readonly inFlightMax?: number;
}

export interface Mm3Settings {
  /** Our mail domains, lower case; the first is the one that is written. At least one. */
  readonly domains: readonly [string, ...string[]];
  /** Our name in Received fields and reports. */
  readonly hostName: string;
  readonly numbering: NumberingPlan;
  readonly incoming?: Mm3IncomingSettings;
  readonly outgoing?: Mm3OutgoingSettings;
}

export interface Mm3Ports {
  readonly messaging: Pick<Messaging, 'submit' | 'deliveryReported' | 'readReported'>;
  /** By which mail leaves. */
  readonly pool: Pick<SmtpPool, 'send'>;
  /** Absent: no rules, no aliases. */
  readonly directory?: Mm3Directory;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  readonly meter?: Meter;
}

/** Defaults of the settings that have a number. */
export const MM3_DEFAULTS = {
  /** Characters. Source: what phones show of a subject in their list, twice. */
  subjectMax: 80,
  /** Characters. Source: ten times what phones take from a user. */
  textMax: 10_000,
  cutNotice: '[cut]',
  inFlightMax: 64,
} as const;
