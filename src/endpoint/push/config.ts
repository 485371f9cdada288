/** What the push endpoint is told by the program. */

export interface PushConfig {
  /** What notification content addresses begin with, without trailing slash; the delivery key follows after a slash. */
  readonly contentUrl: string;
  /** Highest MMS version to write, `1.0` to `1.3`; a handset known to be older gets its own. */
  readonly versionMax: string;
}

/** The laboratory's push: handsets connect to us and listen. Loopback only. */
export interface LabPushConfig extends PushConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly connectionsMax: number;
  /** A handset that has not confirmed a push by then counts as out of reach. */
  readonly confirmTimeoutMs: number;
}

/** Kannel's sendsms HTTP interface. */
export interface KannelConfig extends PushConfig {
  /** For instance `http://127.0.0.1:13013/cgi-bin/sendsms`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Sender of the short message. */
  readonly from: string;
  readonly smsc?: string;
  readonly timeoutMs: number;
  readonly connectionsMax: number;
}
