/** Puts links, listeners and conversations together from their settings. */
import { err, type Log, ok, type Result } from '#base';
import type { DestinationStatus } from '#protocol/asp';
import { AddressSet } from './addresses.js';
import type { LinkPorts } from './base-link.js';
import { STOP_GRACE_MS } from './bounds.js';
import { faultsOf } from './check.js';
import { Door, type Guest } from './doors.js';
import { GatewayGroup } from './gateway-links.js';
import type { InProcessNetwork } from './in-process.js';
import { IpaLink } from './ipa-link.js';
import type { Link, LinkState, LinkUser } from './link.js';
import type {
  Association,
  AssociationUser,
  ConnectTerms,
  Framing,
  Listener,
  ListenTerms,
  Transport,
  TransportError,
  Tuning,
} from './port.js';
import { Backoff, Reconnect } from './reconnect.js';
import { openSctp } from './sctp/transport.js';
import { SessionLink } from './session-link.js';
import type {
  AcceptSettings,
  AssociationSettings,
  ConnectSettings,
  LinkSettings,
  ListenerSettings,
  TransportKind,
} from './settings.js';
import { tcpTransport } from './tcp.js';

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
  readonly addresses: readonly string[];
  readonly port: number;
  readonly certificateNames: readonly string[];
  readonly streams: number;
  readonly state: LinkState;
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
  /** Takes links out of traffic and ends the associations; resolves within the grace. Default 3 s. Unit: milliseconds. */
  stop(graceMs?: number): Promise<void>;
}

type OneAssociationLink = SessionLink | IpaLink;

/** How often `stop` looks whether the last association has ended. Unit: milliseconds. */
const STOP_LOOK_MS = 5;

class Node implements Associations {
  readonly links: readonly Link[];
  readonly listening = new Map<string, { readonly address: string; readonly port: number }>();
  private readonly single: readonly OneAssociationLink[];
  private readonly group: GatewayGroup | undefined;
  private readonly reconnects: Reconnect[] = [];
  private readonly doors: readonly { readonly settings: ListenerSettings; readonly door: Door }[];
  private listeners: Listener[] = [];
  private sctp: Promise<Result<Transport, TransportError>> | undefined;
  private readonly settings: AssociationSettings;
  private readonly ports: AssociationPorts;

  constructor(settings: AssociationSettings, ports: AssociationPorts) {
    this.settings = settings;
    this.ports = ports;
    const linkPorts: LinkPorts = { user: ports.user, log: ports.log };
    const served = settings.links.filter((it) => it.role === 'gateway');
    this.group = served.length === 0 ? undefined : new GatewayGroup(settings.gateway ?? { peers: [] }, served, linkPorts);
    const links = settings.links.map((it): Link => {
      if (it.role === 'gateway') return this.group!.links.find((link) => link.name === it.name)!;
      return it.role === 'ipa' ? new IpaLink(it, linkPorts) : new SessionLink(it, this.kindOf(it) === 'sctp', linkPorts);
    });
    this.links = links;
    this.single = links.filter((it): it is OneAssociationLink => it instanceof SessionLink || it instanceof IpaLink);
    const guests = [...this.linkGuests(), ...this.peerGuests()];
    this.doors = (settings.listeners ?? []).map((it) => {
      const expected = guests.filter((guest) => guest.listener === it.name).map((guest) => guest.guest);
      return { settings: it, door: new Door(it.name, it.protocol, expected, ports.log) };
    });
  }

  private kindOf(link: Exclude<LinkSettings, { readonly role: 'gateway' }>): TransportKind {
    if ('connect' in link) return link.connect.transport;
    return this.settings.listeners!.find((it) => it.name === link.accept.listener)!.transport;
  }

  private linkGuests(): { listener: string; guest: Guest }[] {
    return this.settings.links.flatMap((it) => {
      if (it.role === 'gateway' || !('accept' in it)) return [];
      const link = this.singleOf(it.name);
      const enter = (association: Association) => enterLink(link, association, true);
      return [this.guestOf(it.name, it.accept, enter)];
    });
  }

  private peerGuests(): { listener: string; guest: Guest }[] {
    const peers = this.settings.gateway?.peers ?? [];
    return peers.map((it) => this.guestOf(it.name, it, (association) => this.group!.up(it.name, association)));
  }

  private guestOf(name: string, accept: AcceptSettings, enter: Guest['enter']): { listener: string; guest: Guest } {
    const { match, listener } = accept;
    const addresses = match.addresses === undefined ? undefined : AddressSet.of(match.addresses, true);
    return { listener, guest: { name, match, addresses, enter } };
  }

  private singleOf(name: string): OneAssociationLink {
    return this.single.find((it) => it.name === name)!;
  }

  link(name: string): Link | undefined {
    return this.links.find((it) => it.name === name);
  }

  associations(): readonly AssociationView[] {
    const single = this.single.map(({ name, association, state }) => ({ name, association, state }));
    const members = [...(this.group?.members.values() ?? [])].map(({ peer: { name }, association, state }) => ({
      name,
      association,
      state,
    }));
    return [...single, ...members].flatMap(({ name, association, state }) => {
      if (association === undefined) return [];
      const { peer, streams, queuedOctets } = association;
      return [{ name, ...peer, streams, state, queuedOctets }];
    });
  }

  announce(pointCode: number, status: DestinationStatus): void {
    this.group?.announce(pointCode, status);
  }

  async start(): Promise<Result<void, TransportError>> {
    const prepared = await this.prepareConnectors();
    if (!prepared.ok) return prepared;
    for (const { settings, door } of this.doors) {
      const opened = await this.open(settings, door);
      if (!opened.ok) {
        await this.stop(0);
        return err({ ...opened.error, text: `listener ${settings.name}: ${opened.error.text}` });
      }
    }
    for (const reconnect of this.reconnects) reconnect.start();
    return ok(undefined);
  }

  private async open(settings: ListenerSettings, door: Door): Promise<Result<void, TransportError>> {
    const transport = await this.transportOf(settings.transport);
    if (!transport.ok) return transport;
    const opened = await transport.value.listen(listenTerms(settings, door), door.accept);
    if (!opened.ok) return opened;
    this.listeners.push(opened.value);
    const { address, port } = opened.value;
    this.listening.set(settings.name, { address, port });
    this.ports.log.info({ listener: settings.name, address, port, transport: settings.transport }, 'listening');
    return ok(undefined);
  }

  private async prepareConnectors(): Promise<Result<void, TransportError>> {
    for (const it of this.settings.links) {
      if (it.role === 'gateway' || !('connect' in it)) continue;
      const transport = await this.transportOf(it.connect.transport);
      const made = transport.ok ? this.prepare(transport.value, this.singleOf(it.name), it.connect, it.role) : transport;
      if (!made.ok) return err({ ...made.error, text: `link ${it.name}: ${made.error.text}` });
    }
    return ok(undefined);
  }

  private prepare(
    transport: Transport,
    link: OneAssociationLink,
    connect: ConnectSettings,
    role: LinkSettings['role'],
  ): Result<void, TransportError> {
    let reconnect: Reconnect;
    const made = transport.connector(connectTerms(connect, role === 'ipa' ? 'ipa' : 'm3ua'), {
      up: (association) => reconnect.noteUp((it) => enterLink(link, it, false))(association),
      failed: (detail) => {
        link.counters.connectFailures++;
        link.rare.warn({ link: link.name, detail }, 'cannot connect');
        reconnect.again();
      },
    });
    if (!made.ok) return made;
    reconnect = new Reconnect(made.value, new Backoff(connect.reconnect ?? {}, this.ports.random ?? Math.random));
    link.onLost = () => reconnect.again();
    this.reconnects.push(reconnect);
    return ok(undefined);
  }

  private async transportOf(kind: TransportKind): Promise<Result<Transport, TransportError>> {
    if (kind === 'tcp') return ok(tcpTransport);
    if (kind === 'sctp') return (this.sctp ??= openSctp(this.ports.log));
    const { inProcess } = this.ports;
    return inProcess === undefined ? err({ kind: 'settings', text: 'there is no in-process network' }) : ok(inProcess.transport);
  }

  async stop(graceMs: number = STOP_GRACE_MS): Promise<void> {
    for (const it of this.reconnects) it.stop();
    for (const { door } of this.doors) door.close();
    const closing = this.listeners.map((it) => it.close());
    this.listeners = [];
    for (const it of this.single) it.leave();
    this.group?.close();
    const until = performance.now() + graceMs;
    while (this.standing().length > 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, STOP_LOOK_MS));
    for (const it of this.standing()) it.abort('closed');
    await Promise.all(closing);
  }

  private standing(): Association[] {
    return [...this.single, ...(this.group?.members.values() ?? [])].flatMap(({ association }) => association ?? []);
  }
}

function enterLink(link: OneAssociationLink, association: Association, isRecognised: boolean): AssociationUser {
  return link instanceof IpaLink ? link.up(association, isRecognised) : link.up(association);
}

const tuningOf = ({ queueOctetsMax, sctp }: Tuning): Tuning => ({
  ...(queueOctetsMax === undefined ? {} : { queueOctetsMax }),
  ...(sctp === undefined ? {} : { sctp }),
});

const connectTerms = (connect: ConnectSettings, framing: Framing): ConnectTerms => ({
  ...tuningOf(connect),
  framing,
  localAddresses: connect.localAddresses ?? [],
  localPort: connect.localPort ?? 0,
  remoteAddresses: connect.remoteAddresses,
  remotePort: connect.remotePort,
  ...(connect.tls === undefined ? {} : { tls: connect.tls }),
});

function listenTerms(settings: ListenerSettings, door: Door): ListenTerms {
  const allow = settings.allow === undefined ? undefined : AddressSet.of(settings.allow, true);
  const allows = (address: string): boolean => {
    if (allow === undefined || allow.has(address)) return true;
    door.tellNotAllowed(address);
    return false;
  };
  return {
    ...tuningOf(settings),
    framing: settings.protocol,
    localAddresses: settings.localAddresses ?? [],
    port: settings.port,
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    allows,
  };
}

/** Opens nothing yet. An error where settings contradict each other: all faults at once, each a line of the text. */
export function createAssociations(settings: AssociationSettings, ports: AssociationPorts): Result<Associations, TransportError> {
  const faults = faultsOf(settings);
  return faults.length > 0 ? err({ kind: 'settings', text: faults.join('\n') }) : ok(new Node(settings, ports));
}
