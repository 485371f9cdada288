/** The places' links to the gate: as ASPs (or IPA peers), each serving one application server of the gate. */

import {
  type AssociationSettings,
  type Associations,
  type ConnectSettings,
  createAssociations,
  type InProcessNetwork,
  type Link,
  type LinkSettings,
  type TransportKind,
} from '#association';
import type { Log } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import { type Network, PLACES, type Place } from './laboratory.js';
import type { Outcome } from './traffic.js';

/** How a place reaches the gate. */
export interface PlaceSettings {
  /** `ipa`: SCCP over TCP without M3UA. */
  readonly conversation: 'm3ua' | 'ipa';
  readonly transport: TransportKind;
  /** With SCTP all addresses of the gate. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly localAddresses?: readonly string[];
  /** Absent: the system chooses. */
  readonly localPort?: number;
}

/** ASP identifiers that the places name themselves by, and their IPA unit names. */
export const ASP_IDENTIFIERS: Readonly<Record<Place, number>> = { access: 1, centre: 2, platform: 3 };

/** Soon, and with little chance in it: a laboratory wants its associations back. */
const RECONNECT = { firstMs: 50, mostMs: 500, jitter: 0.1 };
/** What waits for the kernel on one association. Unit: octets. */
const QUEUE_OCTETS_MAX = 4_194_304;

function linkOf(place: Place, settings: PlaceSettings, network: Network): LinkSettings {
  const { conversation, transport, addresses, port, localAddresses, localPort } = settings;
  const connect: ConnectSettings = {
    transport,
    remoteAddresses: addresses,
    remotePort: port,
    ...(localAddresses === undefined ? {} : { localAddresses }),
    ...(localPort === undefined ? {} : { localPort }),
    reconnect: RECONNECT,
    queueOctetsMax: QUEUE_OCTETS_MAX,
  };
  if (conversation === 'ipa')
    return {
      role: 'ipa',
      name: place,
      connect,
      unitName: place,
      ownPointCode: network.pointCodes[place],
      peerPointCode: network.gatePointCode,
      networkIndicator: network.networkIndicator,
    };
  return {
    role: 'asp',
    name: place,
    connect,
    routingContexts: [network.routingContexts[place]],
    aspIdentifier: ASP_IDENTIFIERS[place],
    trafficMode: 'loadshare',
  };
}

export interface PlacesPorts {
  readonly log: Log;
  readonly inProcess?: InProcessNetwork;
  /** A message of the gate has come; its user data may be used again after the call. */
  received(place: Place, data: ProtocolData): void;
  /** A place's link is in traffic, or no longer. */
  changed?(place: Place, isActive: boolean): void;
}

/** The links of all places that have settings. */
export class Places {
  private readonly associations: Associations;
  private readonly links: Readonly<Partial<Record<Place, Link>>>;

  /** Throws RangeError on settings that contradict each other. */
  constructor(settings: Readonly<Partial<Record<Place, PlaceSettings>>>, network: Network, ports: PlacesPorts) {
    const present = PLACES.filter((place) => settings[place] !== undefined);
    const all: AssociationSettings = { links: present.map((place) => linkOf(place, settings[place]!, network)) };
    const created = createAssociations(all, {
      log: ports.log,
      ...(ports.inProcess === undefined ? {} : { inProcess: ports.inProcess }),
      user: {
        onTransfer: (link, data) => ports.received(link.name as Place, data),
        onState: (link, state) => ports.changed?.(link.name as Place, state === 'active'),
        onDestination: () => {},
        // What the link gives back is lost for the run, and shows as a message without an end.
        onUndeliverable: () => {},
      },
    });
    if (!created.ok) throw new RangeError(created.error.text);
    this.associations = created.value;
    this.links = Object.fromEntries(present.map((place) => [place, this.associations.link(place)]));
  }

  /** Begins to connect. Throws RangeError when a transport is not there at all. */
  async start(): Promise<void> {
    const started = await this.associations.start();
    if (!started.ok) throw new RangeError(started.error.text);
  }

  /** Places that are not in traffic. */
  get missing(): readonly Place[] {
    return PLACES.filter((place) => this.links[place] !== undefined && this.links[place].state !== 'active');
  }

  transfer(place: Place, data: ProtocolData): Outcome {
    const outcome = this.links[place]?.transfer(data) ?? 'not-active';
    if (outcome === 'too-long') throw new RangeError(`${place}: ${data.userData.length} octets of user data`);
    return outcome;
  }

  /** Resolves when all associations have ended. */
  async stop(): Promise<void> {
    await this.associations.stop();
  }
}
