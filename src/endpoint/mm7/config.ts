/** What the MM7 endpoint is told by the program. Times in milliseconds, sizes in octets. Who may do what is in the directory. */
import type { Log, Meter } from '#base';
import type { Directory } from '#directory';
import type { MessageHistory, MessageId, Messaging, NumberingPlan } from '#messaging';

export interface Mm7Config {
  readonly listen: { readonly host: string; readonly port: number };
  /**
   * `clientAuthorities`: PEM of those whose client certificates are believed; absent: no certificate is asked for. A VASP that is known by its
   * certificate alone cannot come then.
   */
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientAuthorities?: string };
  /** Where SOAP is posted, for instance `/mm7`. */
  readonly path: string;
  /** What paths of the JSON interface begin with, without trailing slash: `/vasp/v1`. */
  readonly jsonPath: string;
  /** MMSRelayServerID: how we name ourselves to VASPs, and the realm of HTTP authentication. */
  readonly relayServerId: string;
  /** Largest body of a request, whatever a VASP's own limit is. */
  readonly bodyMax: number;
  readonly connectionsMax: number;
  readonly headersTimeoutMs: number;
  /** A whole request must have arrived by then. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Requests under way at once (read whole, not yet answered); more are put off. */
  readonly requestsInFlightMax: number;
  /** Octets of request bodies held at once; more are put off. */
  readonly bodyOctetsInFlightMax: number;
}

/** What the domain does for VASPs. */
export type VaspMessaging = Pick<Messaging, 'submit' | 'cancel' | 'replace'>;

export interface Mm7Ports {
  readonly messaging: VaspMessaging;
  readonly directory: Directory;
  readonly numbering: NumberingPlan;
  /** What became of a message, for the JSON interface. Rejects when the store is not available. */
  readonly history: (id: MessageId) => Promise<MessageHistory | undefined>;
  readonly log: Log;
  readonly meter: Meter;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
}

/** What the carrier needs: messages and reports to VASPs go by it. */
export interface Mm7CarrierPorts {
  readonly directory: Directory;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}
