/** Hands out the gate's configuration in the parts that each room asks for. Nothing is decided here; the checks have seen to it that nothing is missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { type MtpVariant, parsePointCode } from '#codec/mtp';
import type { Answers, HomeSmsc, ScreeningSettings, SelectorSettings } from '#portability';
import type {
  ActionSpec,
  AddressChange,
  EntrySpec,
  GttSpec,
  RelayOptions,
  RoutingSpec,
  SelectorSpec,
  SetSpec,
  TargetSpec,
} from '#protocol/routing';
import type { GateConfig } from './config.js';
import { NETWORK_NAMES } from './config-signalling.js';

/** The type without `undefined` in its values, whose keys may be absent instead. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
export const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;

type NetworkName = (typeof NETWORK_NAMES)[number];
type Link = GateConfig['link'][number];
type Listener = GateConfig['listener'][number];
type Peer = GateConfig['peer'][number];
type Entry = GateConfig['gtt']['set'][number]['entry'][number];
type Target = Pick<Entry, 'network' | 'point-code' | 'link' | 'route-on' | 'ssn' | 'point-code-in-address'>;

export const networkIndicator = (name: NetworkName): number => NETWORK_NAMES.indexOf(name);

/** Width of point codes in a network; the ITU's where it is not configured. */
export const variantOf = (config: GateConfig, name: NetworkName): MtpVariant =>
  config.network.find(({ indicator }) => indicator === name)?.variant ?? 'itu';

/** The network of a message that does not say it: the first. */
const firstNetwork = (config: GateConfig): NetworkName => config.network[0]?.indicator ?? 'national';

const pointCodeIn = (config: GateConfig, name: NetworkName, text: string): number =>
  parsePointCode(text, variantOf(config, name)) ?? 0;

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

function toTarget(config: GateConfig, its: Target): TargetSpec {
  const code = its['point-code'];
  return {
    routeOn: its['route-on'],
    pointCodeInAddress: its['point-code-in-address'],
    ...given({
      ni: its.network === undefined ? undefined : networkIndicator(its.network),
      pointCode: code === undefined ? undefined : pointCodeIn(config, its.network ?? firstNetwork(config), code),
      link: its.link,
      ssn: its.ssn,
    }),
  };
}

function toChange(entry: Entry): AddressChange | undefined {
  const change = given({
    deleteDigits: entry['delete-digits'],
    prefix: entry.prefix,
    suffix: entry.suffix,
    replaceDigits: entry['replace-digits'],
    tt: entry['new-tt'],
    np: entry['new-np'],
    nai: entry['new-nai'],
    gti: entry['new-gti'] as 1 | 2 | 3 | 4 | undefined,
    dropTitle: entry['drop-title'] || undefined,
  });
  return Object.keys(change).length === 0 ? undefined : change;
}

function toAction(config: GateConfig, entry: Entry): ActionSpec {
  const change = toChange(entry);
  const changed = change === undefined ? {} : { change };
  switch (entry.action) {
    case 'to':
      return { kind: 'to', target: toTarget(config, entry), ...changed };
    case 'group':
      return { kind: 'group', group: entry.group ?? '', ...changed };
    case 'set':
      return { kind: 'set', set: entry.set ?? '', ...changed };
    case 'discard':
      return { kind: 'discard' };
    case 'return':
      return { kind: 'return', cause: entry.cause };
  }
}

const toEntry = (config: GateConfig, entry: Entry): EntrySpec => ({
  digits: entry.digits,
  ...given({ to: entry.to, exact: entry.exact || undefined }),
  action: toAction(config, entry),
});

/** Refused callers are told that they may not: return cause of Q.713 3.12. */
const UNQUALIFIED = 7;

function toSet(config: GateConfig, lists: GateLists, set: GateConfig['gtt']['set'][number]): SetSpec {
  const allow = set['calling-allow'];
  const deny = set['calling-deny'];
  const refused =
    set['calling-refused'] === 'discard' ? { kind: 'discard' as const } : { kind: 'return' as const, cause: UNQUALIFIED };
  return {
    name: set.name,
    entries: [...set.entry, ...(lists.entries.get(set.name) ?? [])].map((entry) => toEntry(config, entry)),
    ...(allow.length + deny.length === 0
      ? {}
      : { calling: { ...given({ allow: allow.length ? allow : undefined, deny: deny.length ? deny : undefined }), refused } }),
  };
}

const toGttSelector = (selector: GateConfig['gtt']['selector'][number]): SelectorSpec => ({
  gti: selector.gti,
  tt: selector.tt,
  np: selector.np,
  nai: selector.nai,
  ssn: selector.ssn,
  ni: selector.network === '*' ? '*' : networkIndicator(selector.network),
  set: selector.set,
});

const toGtt = (config: GateConfig, lists: GateLists): GttSpec => ({
  selectors: config.gtt.selector.map(toGttSelector),
  sets: config.gtt.set.map((set) => toSet(config, lists, set)),
  groups: config.gtt.group.map((group) => ({
    name: group.name,
    mode: group.mode,
    key: group.key,
    members: group.member.map((member) => ({ ...toTarget(config, member), priority: member.priority, weight: member.weight })),
  })),
});

/** What stands in files of their own beside the configuration. */
export interface GateLists {
  /** By name of the set. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly homeSmscs: GateConfig['home-smsc'];
}

export const NO_LISTS: GateLists = { entries: new Map(), homeSmscs: [] };

export const toRoutingSpec = (config: GateConfig, lists: GateLists): RoutingSpec => ({
  networks: config.network.map((network) => ({
    ni: networkIndicator(network.indicator),
    variant: network.variant,
    own: network['point-codes'].map((code) => pointCodeIn(config, network.indicator, code)),
  })),
  links: config.link.map(({ name }) => ({ name })),
  routes: config.route.map((route) => ({
    ni: networkIndicator(route.network),
    pointCode: pointCodeIn(config, route.network, route['point-code']),
    mask: route.mask,
    via: route.via,
    whenUnavailable: route['when-unavailable'],
  })),
  gtt: toGtt(config, lists),
});

const toAnswers = (answers: GateConfig['screening']['answers']): Answers => given(answers);

const toSelector = (selector: GateConfig['selector'][number]): SelectorSettings => ({
  name: selector.name,
  indicator: selector.gti,
  ssn: selector.ssn ?? '*',
  ...given({
    translationType: selector.tt,
    numberingPlan: selector.np,
    natureOfAddress: selector.nai,
    mode: selector.mode,
    whenNumbersUnavailable: selector['when-numbers-unavailable'],
  }),
  ...(Object.keys(given(selector.answers)).length === 0 ? {} : { answers: toAnswers(selector.answers) }),
});

const toHomeSmsc = (entry: GateConfig['home-smsc'][number]): HomeSmsc => ({
  name: entry.name,
  digits: entry.digits,
  ...given({ numberingPlan: entry.np, natureOfAddress: entry.nai, mode: entry.mode, answer: entry.answer }),
});

/** `version`: which edition of the configuration it is. */
export function toScreeningSettings(config: GateConfig, lists: GateLists, version: string): ScreeningSettings {
  const { screening, prepaid } = config;
  const { percent, window, 'messages-min': messagesMin } = screening.ceiling;
  return {
    version,
    flow: screening.flow,
    portabilityCheck: screening['portability-check'],
    selectors: config.selector.map(toSelector),
    conditioning: given({ countryCode: config.conditioning['country-code'], areaCode: config.conditioning['area-code'] }),
    homeSmscs: {
      match: config['home-smscs'].match,
      conditioned: config['home-smscs'].conditioned,
      entries: [...config['home-smsc'], ...lists.homeSmscs].map(toHomeSmsc),
    },
    serviceCentre: screening['service-centre'],
    whenNumbersUnavailable: screening['when-numbers-unavailable'],
    answers: toAnswers(screening.answers),
    ...given({ mode: screening.mode, screenedTypes: screening['screened-types'] }),
    ...(percent === undefined ? {} : { ceiling: { percent, windowSeconds: Math.ceil(window / 1000), messagesMin } }),
    prepaid: {
      on: prepaid.on,
      recipients: prepaid.recipients,
      whenNoPlatform: prepaid['when-no-platform'],
      platforms: config.platform.map(({ name, addresses, drain }) => ({ name, addresses, drain })),
      relays: config['prepaid-relay'].map((relay) => ({ prepaidType: relay['prepaid-type'], to: relay.to })),
    },
  };
}

/** Where each platform's messages are sent, by its name. */
export const toPlatformWays = (config: GateConfig): ReadonlyMap<string, RelayOptions> =>
  new Map(
    config.platform.map((its) => [its.name, its.group === undefined ? { target: toTarget(config, its) } : { group: its.group }]),
  );

export const gateSocket = (config: GateConfig): string => config.operator.socket ?? join(config.data.folder, 'gate.sock');
export const numbersFolder = (config: GateConfig): string => config.numbers.folder ?? join(config.data.folder, 'numbers');
export const decisionsFolder = (config: GateConfig): string => config.decisions.folder ?? join(config.data.folder, 'decisions');
