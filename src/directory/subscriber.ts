/** A subscriber of ours, and who may write to phones by e-mail. */
import type { Msisdn } from '#base';

/** By which a message of his leaves, or comes to him. */
export type Road = 'handset' | 'peer' | 'email' | 'vasp';

export interface Subscriber {
  readonly msisdn: Msisdn;
  /** `barred`: neither sends nor gets. `receive-only`: does not send. */
  readonly state: 'active' | 'receive-only' | 'barred';
  /** For people. */
  readonly note?: string;
  /** Roads that his messages may leave by. */
  readonly roadsOut: readonly Road[];
  /** Roads that messages to him may come by. */
  readonly roadsIn: readonly Road[];
  /** Octets of one message that he sends; absent: the program's limit. */
  readonly sizeMax?: number;
  /** What is known of his handset beside what its own requests say. */
  readonly handset: {
    /** Highest MMS version, `major.minor`, until it has shown one itself. */
    readonly version?: string;
  };
  /** Local parts of his mailboxes beside his number, lower case. Unique among subscribers. */
  readonly mailAliases: readonly string[];
}

/** A rule of MM3: who may write to phones by e-mail. The first that fits counts. */
export interface MailRule {
  /** Unique among mail rules. */
  readonly name: string;
  readonly state: 'active' | 'paused';
  readonly note?: string;
  /** The smallest is asked first. */
  readonly priority: number;
  /** Mailboxes, or `@domain`, or `@.domain` for everything below it, lower case; empty: everybody. */
  readonly senders: readonly string[];
  /** Beginnings of recipient numbers, digits; empty: all. */
  readonly recipientPrefixes: readonly string[];
  /** What the border server's Authentication-Results must say. */
  readonly require: readonly ('spf' | 'dkim' | 'dmarc')[];
  /** `hold-back`: refuse for now (4xx). */
  readonly action: 'accept' | 'refuse' | 'hold-back';
  /** Octets of one mail; absent: the program's limit. */
  readonly sizeMax?: number;
  /** Mails an hour of one sender; absent: the program's limit. */
  readonly hourlyMax?: number;
  readonly recipientsMax?: number;
}
