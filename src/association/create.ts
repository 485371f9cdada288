/** Puts links, listeners and conversations together from their settings. */
import type { Log, Result } from '#base';
import type { DestinationStatus } from '#protocol/asp';
import type { InProcessNetwork } from './in-process.js';
import type { Link, LinkState, LinkUser } from './link.js';
import type { TransportError } from './port.js';
import type { AssociationSettings } from './settings.js';

export interface AssociationPorts {
  readonly log: Log;
  readonly user: LinkUser;
  /** Where links and listeners of kind `in-process` meet. */
  readonly inProcess?: InProcessNetwork;
  /** 0 to 1; for the jitter of reconnecting. Default Math.random. */
  readonly random?: () => number;
}

/** One association, for the operator. */
export interface AssociationView {
  /** The link's or peer's name. */
  readonly name: string;
  readonly transport: string;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly certificateNames: readonly string[];
  readonly streams: number;
  readonly state: LinkState;
  /** Since when it is up. Unit: milliseconds since the epoch. */
  readonly since: number;
  readonly queuedOctets: number;
}

/** All links of a node. */
export interface Associations {
  readonly links: readonly Link[];
  /** Undefined when there is none of this name. */
  link(name: string): Link | undefined;
  /** Addresses and ports of the listeners, by name; empty before `start`. */
  readonly listening: ReadonlyMap<string, { readonly address: string; readonly port: number }>;
  /** Every association that is up. */
  associations(): readonly AssociationView[];
  /** Opens the listeners and begins to connect. A listener that cannot be opened is an error, and nothing is left open. */
  start(): Promise<Result<void, TransportError>>;
  /** What the network behind us knows of a destination, for peers to which we are the gateway: told when it is a change, and to those who ask. */
  announce(pointCode: number, status: DestinationStatus): void;
  /** Takes links out of traffic and ends the associations; resolves within the grace. Unit: milliseconds. */
  stop(graceMs?: number): Promise<void>;
}

/** Opens nothing yet. An error where settings contradict each other, or TLS material cannot be used. */
export type CreateAssociations = (settings: AssociationSettings, ports: AssociationPorts) => Result<Associations, TransportError>;
