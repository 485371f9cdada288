/** Hands out the gate's configuration in the parts that each room asks for. Nothing is decided here; the checks have seen to it that nothing is missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MtpVariant, parsePointCode } from '#codec/mtp';
import type { Clients, EnumConfig, NumbersHttpConfig } from '#endpoint/numbering';
import type { AllowRow, GateBounds, GateSettings, PlatformRoute } from '#endpoint/sigtran';
import type { GateApiConfig, OperatorTarget } from '#operator';
import type { Answers, HomeSmsc, ScreeningSettings, SelectorSettings } from '#portability';
import type {
  ActionSpec,
  AddressChange,
  EntrySpec,
  GttSpec,
  RoutingSpec,
  SelectorSpec,
  SetSpec,
  TargetSpec,
} from '#protocol/routing';
import { secretFrom } from '../config-checks.js';
import type { LogConfig } from '../log.js';
import type { GateConfig } from './config.js';
import { NETWORK_NAMES } from './config-signalling.js';

/** The type without `undefined` in its values, whose keys may be absent instead. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
export const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;

type NetworkName = (typeof NETWORK_NAMES)[number];
type Entry = GateConfig['gtt']['set'][number]['entry'][number];
type Target = Pick<Entry, 'network' | 'point-code' | 'link' | 'route-on' | 'ssn' | 'point-code-in-address'>;

export const networkIndicator = (name: NetworkName): number => NETWORK_NAMES.indexOf(name);

/** Width of point codes in a network; the ITU's where it is not configured. */
export const variantOf = (config: GateConfig, name: NetworkName): MtpVariant =>
  config.network.find(({ indicator }) => indicator === name)?.variant ?? 'itu';

/** The network of a message that does not say it: the first. */
const firstNetwork = (config: GateConfig): NetworkName => config.network[0]?.indicator ?? 'national';

/** The number of a point code as it is written; the checks have seen that it is one. */
export const pointCodeIn = (config: GateConfig, name: NetworkName, text: string): number =>
  parsePointCode(text, variantOf(config, name)) ?? 0;

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

/** Where numbers are fetched from, and how often. Unit of the interval: milliseconds. */
export type NumberSourceConfig = Extract<OperatorTarget, { readonly url: string }> & { readonly intervalMs: number };

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

/** How each platform is reached and known. */
const toPlatformRoute = (config: GateConfig, its: GateConfig['platform'][number]): PlatformRoute => ({
  name: its.name,
  to: its.group === undefined ? { target: toTarget(config, its) } : { group: its.group },
  pointCodes: its['point-codes'].map((code) => pointCodeIn(config, firstNetwork(config), code)),
});

const toAllowRow = (config: GateConfig, row: GateConfig['allow'][number]): AllowRow => ({
  name: row.name,
  ...given({
    pointCodes: row['point-codes'].length
      ? row['point-codes'].map((code) => pointCodeIn(config, firstNetwork(config), code))
      : undefined,
    callingDigits: row.calling.length ? row.calling : undefined,
    operations: row.operations.length ? row.operations : undefined,
  }),
});

/** Of a hundred messages that pass so many are traced; the gate counts one in how many. */
const oneIn = (percent: number): number => (percent === 0 ? 0 : Math.max(1, Math.round(100 / percent)));

export function toGateSettings(config: GateConfig): GateSettings {
  const { access, sccp, decisions, allow } = config;
  const refused = access.refused === 'discard' ? { kind: 'discard' as const } : { kind: 'return' as const, cause: access.cause };
  return {
    variant: config.network[0]?.variant ?? 'itu',
    ...(allow.length === 0 ? {} : { allowList: { rows: allow.map((row) => toAllowRow(config, row)), refused } }),
    platforms: config.platform.map((its) => toPlatformRoute(config, its)),
    whenReassemblyFails: sccp['when-reassembly-fails'],
    continues: sccp.continues,
    traceOneIn: decisions.keep ? oneIn(decisions.sample) : 0,
  };
}

export const toGateBounds = ({ sccp }: GateConfig): GateBounds => ({
  reassembly: { messagesMax: sccp['reassembly-max'], octetsMax: sccp['reassembly-octets-max'], timeMs: sccp['reassembly-time'] },
  dialogues: { dialoguesMax: sccp['dialogues-max'], timeMs: sccp['dialogue-time'] },
});

/** Reads the tokens, the key and the certificate. */
export function toGateApiConfig(config: GateConfig): GateApiConfig {
  const { listen, hosts, origins, user, tls } = config.operator;
  const { key, cert } = tls;
  const secured =
    key === undefined || cert === undefined ? {} : { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } };
  const users = user.map((its) => ({ name: its.name, role: its.role, token: secretFrom(its['token-file']) }));
  return {
    socket: gateSocket(config),
    hosts,
    origins,
    ...(listen === undefined ? {} : { tcp: { ...listen, users, ...secured } }),
  };
}

export const toLogConfig = ({ log }: GateConfig, onTerminal: boolean): LogConfig => ({
  level: log.level,
  format: log.format === 'auto' ? (onTerminal ? 'line' : 'json') : log.format,
  numbers: log.numbers,
});

export const gateSocket = (config: GateConfig): string => config.operator.socket ?? join(config.data.folder, 'gate.sock');
export const numbersFolder = (config: GateConfig): string => config.numbers.folder ?? join(config.data.folder, 'numbers');
/** Where files must lie that the operator API may load. */
export const importsFolder = (config: GateConfig): string => config.numbers.imports ?? join(numbersFolder(config), 'imports');
export const decisionsFolder = (config: GateConfig): string => config.decisions.folder ?? join(config.data.folder, 'decisions');

/** The gate that keeps the numbers; undefined where none is named. Reads the token and the certificates. */
export function toNumberSource({ numbers: { source } }: GateConfig): NumberSourceConfig | undefined {
  const { url, 'token-file': tokenFile, authorities, interval } = source;
  if (url === undefined || tokenFile === undefined) return undefined;
  const trusted = authorities === undefined ? {} : { authorities: readFileSync(authorities, 'utf8') };
  return { url, token: secretFrom(tokenFile), ...trusted, intervalMs: interval };
}

const toClients = (of: GateConfig['enum'] | GateConfig['numbers-http']): Clients => ({
  networks: of.clients,
  ratePerSecond: of.rate,
  burst: of.burst,
});

/** Undefined: it is not served. */
export function toEnumConfig({ enum: its }: GateConfig): EnumConfig | undefined {
  const { listen, 'rn-context': context } = its;
  return (
    listen && {
      listen,
      clients: toClients(its),
      root: its.root,
      nameServers: its['name-servers'],
      contact: its.contact ?? '',
      ttlSeconds: Math.floor(its.ttl / 1000),
      negativeTtlSeconds: Math.floor(its['negative-ttl'] / 1000),
      services: its.services,
      routingNumbers: context === undefined ? { kind: 'global' } : { kind: 'local', context },
      digitsMin: its['digits-min'],
      ...given({ countryCode: its['country-code'], sipHost: its['sip-host'] }),
    }
  );
}

/** Undefined: it is not served. */
export function toNumbersHttpConfig(config: GateConfig): NumbersHttpConfig | undefined {
  const its = config['numbers-http'];
  return its.listen && { listen: its.listen, clients: toClients(its), maxAgeSeconds: Math.floor(its['max-age'] / 1000) };
}
