/** A handset's side of MM1 and of the laboratory's push, for the command line, tests and examples. */

export interface HandsetConfig {
  /** The MMSC address handsets POST to. */
  readonly mmscUrl: string;
  /** Own number, E.164 digits. */
  readonly msisdn: string;
  /** Header in which the laboratory's MMSC expects the number; absent: none is sent. */
  readonly identityHeader?: string;
  /** `1.0` to `1.3`. */
  readonly version: string;
  readonly userAgent: string;
  readonly profileUrl?: string;
  /** A whole exchange, from request to the last octet of its answer. */
  readonly timeoutMs: number;
}
