/** The settings of links, listeners and peers, as their room asks for them. */
import { readFileSync } from 'node:fs';
import type {
  AcceptSettings,
  AspTraffic,
  AssociationSettings,
  ConnectSettings,
  LinkSettings,
  ListenerSettings,
  PeerMatch,
  ServingPeer,
  TlsMaterial,
} from '#association';
import type { GateConfig } from './config.js';
import { given, networkIndicator, pointCodeIn } from './config-parts.js';

type Link = GateConfig['link'][number];
type Listener = GateConfig['listener'][number];
type Peer = GateConfig['peer'][number];

const fileText = (path: string): string => readFileSync(path, 'utf8');

const tlsOf = (tls: Listener['tls']): TlsMaterial | undefined =>
  tls.key === undefined || tls.cert === undefined || tls.authorities === undefined
    ? undefined
    : { key: fileText(tls.key), certificate: fileText(tls.cert), authorities: fileText(tls.authorities) };

const tuningOf = (of: Listener | Link) => ({
  queueOctetsMax: of['queue-max'],
  ...(of.transport === 'sctp'
    ? {
        sctp: {
          streams: of.sctp.streams,
          receiveBufferOctets: of.sctp['receive-buffer'],
          rtoMinMs: of.sctp['rto-min'],
          rtoMaxMs: of.sctp['rto-max'],
          heartbeatMs: of.sctp.heartbeat,
          pathRetriesMax: of.sctp['path-retries-max'],
          associationRetriesMax: of.sctp['association-retries-max'],
        },
      }
    : {}),
});

/** IPA is spoken over TCP, whatever the default of `transport`. */
const transportOf = (link: Link): 'sctp' | 'tcp' => (link.role === 'ipa' ? 'tcp' : link.transport);

function toListener(listener: Listener): ListenerSettings {
  const tls = tlsOf(listener.tls);
  return {
    name: listener.name,
    transport: listener.protocol === 'ipa' ? 'tcp' : listener.transport,
    protocol: listener.protocol,
    ...(listener.addresses.length === 0 ? {} : { localAddresses: listener.addresses }),
    port: listener.port,
    ...(listener.allow.length === 0 ? {} : { allow: listener.allow }),
    ...(tls === undefined ? {} : { tls }),
    ...tuningOf(listener),
  };
}

const toMatch = (peer: Peer): PeerMatch =>
  given({
    addresses: peer.addresses.length === 0 ? undefined : peer.addresses,
    port: peer.port,
    aspIdentifier: peer['asp-identifier'],
    certificateName: peer['certificate-name'],
    unitName: peer['unit-name'],
  });

const toAccept = (peer: Peer): AcceptSettings => ({ listener: peer.listener, match: toMatch(peer) });

function toConnect(link: Link): ConnectSettings {
  const tls = tlsOf(link.tls);
  const peerName = link.tls['peer-name'];
  return {
    transport: transportOf(link),
    ...(link['local-addresses'].length === 0 ? {} : { localAddresses: link['local-addresses'] }),
    localPort: link['local-port'],
    remoteAddresses: link['remote-addresses'],
    remotePort: link['remote-port'],
    ...(tls === undefined || peerName === undefined ? {} : { tls: { ...tls, peerName } }),
    reconnect: { firstMs: link.reconnect.first, mostMs: link.reconnect.most },
    ...tuningOf(link),
  };
}

const toTraffic = (link: Link): AspTraffic => ({
  routingContexts: link['routing-contexts'],
  ackMs: link.ack,
  ...given({
    aspIdentifier: link['asp-identifier'],
    trafficMode: link['traffic-mode'],
    networkAppearance: link['network-appearance'],
    beatMs: link.beat,
    auditMs: link.audit,
  }),
});

/** Peers of a link by their names; the checks have found them all. */
const peersOf = (config: GateConfig, link: Link): Peer[] => config.peer.filter(({ name }) => link.peers.includes(name));

function toIpaLink(config: GateConfig, link: Link): LinkSettings {
  const [peer] = peersOf(config, link);
  const labels = {
    role: 'ipa' as const,
    name: link.name,
    ownPointCode: pointCodeIn(config, link.network, link['own-point-code']!),
    peerPointCode: pointCodeIn(config, link.network, link['peer-point-code']!),
    networkIndicator: networkIndicator(link.network),
    ...given({ pingMs: link.beat }),
  };
  return peer
    ? { ...labels, accept: toAccept(peer) }
    : { ...labels, connect: toConnect(link), unitName: link['unit-name'] ?? 'angarium' };
}

function toLink(config: GateConfig, link: Link): LinkSettings {
  const { name } = link;
  switch (link.role) {
    case 'asp':
      return { role: 'asp', name, connect: toConnect(link), ...toTraffic(link) };
    case 'sgp':
      return {
        role: 'gateway',
        name,
        routingContext: link['routing-contexts'][0]!,
        trafficMode: link['traffic-mode'] ?? 'loadshare',
        activeMin: link['active-min'],
        ...given({ networkAppearance: link['network-appearance'] }),
        peers: link.peers,
      };
    case 'ipsp':
    case 'ipsp-double': {
      const [peer] = peersOf(config, link);
      return {
        role: link.role === 'ipsp' ? 'ipsp-single' : 'ipsp-double',
        name,
        ...toTraffic(link),
        ...(link['peer-routing-contexts'].length === 0
          ? {}
          : { peerServers: link['peer-routing-contexts'].map((routingContext) => ({ routingContext })) }),
        ...(peer ? { accept: toAccept(peer) } : { connect: toConnect(link) }),
      };
    }
    case 'ipa':
      return toIpaLink(config, link);
  }
}

/** Reads the TLS material. */
export function toAssociationSettings(config: GateConfig): AssociationSettings {
  const serving = new Set(config.link.filter(({ role }) => role === 'sgp').flatMap(({ peers }) => peers));
  const peers = config.peer
    .filter(({ name }) => serving.has(name))
    .map((peer): ServingPeer => ({ name: peer.name, ...toAccept(peer), isBlocked: peer.blocked }));
  return {
    listeners: config.listener.map(toListener),
    gateway: { peers, registers: config.sgp.registration, recoveryMs: config.sgp.recovery, beatMs: config.sgp.beat },
    links: config.link.map((link) => toLink(config, link)),
  };
}
