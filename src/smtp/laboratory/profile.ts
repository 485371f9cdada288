/** How a server of the laboratory misbehaves. */

/** One fault, by name. `after`: as many mails are treated rightly first. Default 0. */
export type SmtpFault =
  /** The banner comes, and nothing after it. */
  | { readonly kind: 'stall-after-banner' }
  /** Connections are taken and nothing is said. */
  | { readonly kind: 'stall-before-banner' }
  /** 354, and the content is not read. */
  | { readonly kind: 'stall-in-data'; readonly after?: number }
  /** The content is read whole and never answered. */
  | { readonly kind: 'stall-after-data'; readonly after?: number }
  /** The connection is reset after so many octets of the content. Default 1,000. */
  | { readonly kind: 'drop-in-data'; readonly octets?: number; readonly after?: number }
  /** The content is taken, given to the handler, and the connection is reset instead of an answer. */
  | { readonly kind: 'drop-after-data'; readonly after?: number }
  /** RCPT is answered 451 for so long. Unit: milliseconds. Absent: for ever. */
  | { readonly kind: '4xx-for'; readonly forMs?: number }
  /** RCPT is answered 550. */
  | { readonly kind: '5xx' }
  /** Content is answered 451, or 554. */
  | { readonly kind: '4xx-after-data' }
  | { readonly kind: '5xx-after-data' }
  /** Answers come octet by octet, so many milliseconds apart. Default 20. */
  | { readonly kind: 'slow-octets'; readonly everyMs?: number }
  /** 421 instead of a banner. */
  | { readonly kind: 'busy' }
  /** The banner, or every answer, is no SMTP. */
  | { readonly kind: 'not-smtp' };

export type SmtpFaultName = SmtpFault['kind'];

/** A mail that a server of the laboratory has taken. */
export interface SmtpLabMail {
  /** Number of the connection, from 1. */
  readonly connection: number;
  readonly helo: string;
  readonly isTls: boolean;
  /** MAIL and RCPT as they came, without verb: `<a@b.example> SIZE=1000`. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly content: Uint8Array;
}

export interface SmtpLabServerSettings {
  /** Default 127.0.0.1. */
  readonly address?: string;
  /** Default 0. */
  readonly port?: number;
  /** Default `lab.example`. */
  readonly hostName?: string;
  readonly faults?: readonly SmtpFault[];
  /** EHLO keywords. Default PIPELINING, 8BITMIME, SMTPUTF8, DSN, SIZE 10485760, ENHANCEDSTATUSCODES; and STARTTLS with `tls`. */
  readonly keywords?: readonly string[];
  readonly tls?: {
    readonly key: string;
    readonly certificate: string;
    readonly authorities?: string;
    readonly isImplicit?: boolean;
  };
  /** Every mail that was taken. What it returns is the answer; undefined: 250. */
  readonly onMail?: (mail: SmtpLabMail) => string | undefined | Promise<string | undefined>;
  /** Every line, both ways, for a person who watches. */
  readonly onLine?: (connection: number, from: 'us' | 'them', line: string) => void;
}

export interface SmtpLabServer {
  readonly address: string;
  readonly port: number;
  /** Since the start. */
  readonly connections: number;
  /** Since the start: contents that came whole. */
  readonly mails: number;
  /** From now on; `after` and `forMs` count from now. */
  setFaults(faults: readonly SmtpFault[]): void;
  close(): Promise<void>;
}
