/** What one key of the gate's configuration alone cannot tell: names that nobody has, keys that exclude or need each other, files that cannot be read. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { parsePointCode, pointCodeMax } from '#codec/mtp';
import { SOCKET_PATH_MAX, secretFrom, TOKEN_MIN, unreadable } from '../config-checks.js';
import type { CrossFault } from '../config-document.js';
import { listenText } from '../written-values.js';
import type { GateConfig } from './config.js';
import { gateSocket, variantOf } from './config-parts.js';
import type { NETWORK_NAMES } from './config-signalling.js';

type NetworkName = (typeof NETWORK_NAMES)[number];
type Faults = Generator<CrossFault>;

const quoted = (names: Iterable<string>): string => [...names].map((name) => JSON.stringify(name)).join(', ') || 'none';

/** Names that stand twice in a list of tables, and a set of them all. */
function* named(
  list: string,
  tables: readonly { readonly name: string }[],
  names = new Set<string>(),
): Generator<CrossFault, Set<string>> {
  for (const [index, { name }] of tables.entries()) {
    if (names.has(name))
      yield { keys: [`${list}.${index}.name`], text: `${JSON.stringify(name)} stands twice, expected a name of its own` };
    names.add(name);
  }
  return names;
}

/** A name that must be one of some. */
function* known(key: string, list: string, name: string | undefined, names: ReadonlySet<string>): Faults {
  if (name === undefined || names.has(name)) return;
  yield { keys: [key, list], text: `no ${list} is named ${JSON.stringify(name)}, expected one of ${quoted(names)}` };
}

/** A point code in a network. */
function* pointCodeFits(config: GateConfig, key: string, network: NetworkName, code: string | undefined): Faults {
  if (code === undefined) return;
  const variant = variantOf(config, network);
  if (parsePointCode(code, variant) === undefined)
    yield {
      keys: [key, 'network'],
      text: `${JSON.stringify(code)} is no point code of the ${network} network, expected at most ${pointCodeMax(variant)} or its three parts`,
    };
}

function* networkKnown(config: GateConfig, key: string, network: NetworkName | undefined): Faults {
  if (network !== undefined && config.network.length > 0 && !config.network.some(({ indicator }) => indicator === network))
    yield { keys: [key, 'network'], text: `there is no [[network]] with indicator ${JSON.stringify(network)}` };
}

function* networkFaults(config: GateConfig): Faults {
  if (config.network.length === 0)
    yield { keys: ['network'], text: "is missing, expected at least one [[network]] with the gate's own point codes" };
  const seen = new Set<string>();
  for (const [index, { indicator, 'point-codes': codes }] of config.network.entries()) {
    if (seen.has(indicator)) yield { keys: [`network.${index}.indicator`], text: `${JSON.stringify(indicator)} stands twice` };
    seen.add(indicator);
    for (const [at, code] of codes.entries()) yield* pointCodeFits(config, `network.${index}.point-codes.${at}`, indicator, code);
  }
}

const TLS_KEYS = ['key', 'cert', 'authorities'] as const;

/** TLS is all or nothing, over TCP, of files that can be used: a gate that was meant to be safe never falls back. */
function* tlsFaults(
  at: string,
  tls: Readonly<Record<string, string | undefined>>,
  keys: readonly string[],
  transport: string,
): Faults {
  const givenKeys = keys.filter((key) => tls[key] !== undefined);
  if (givenKeys.length === 0) return;
  const missing = keys.filter((key) => tls[key] === undefined);
  if (missing.length > 0) {
    yield {
      keys: [`${at}.tls.${givenKeys[0]!}`],
      text: `is given without ${missing.join(' and ')}, expected all of ${keys.join(', ')} or none`,
    };
    return;
  }
  if (transport !== 'tcp')
    yield {
      keys: [`${at}.tls.${givenKeys[0]!}`, `${at}.transport`],
      text: 'is for transport "tcp" only: TLS does not run over SCTP here',
    };
  let readable = true;
  for (const key of TLS_KEYS) {
    const reason = unreadable(tls[key]!);
    if (reason) yield { keys: [`${at}.tls.${key}`], text: `"${tls[key]}" cannot be read (${reason}), expected a PEM file` };
    readable &&= reason === undefined;
  }
  if (!readable) return;
  try {
    createSecureContext({
      key: readFileSync(tls['key']!),
      cert: readFileSync(tls['cert']!),
      ca: readFileSync(tls['authorities']!),
    });
  } catch (e) {
    yield {
      keys: [`${at}.tls.key`],
      text: `the files cannot be used (${(e as Error).message}), expected a key with its certificate, and certificates of authorities`,
    };
  }
}

function* addressesFit(key: string, addresses: readonly string[]): Faults {
  for (const [index, address] of addresses.entries())
    if (!ipaddr.isValid(address)) yield { keys: [`${key}.${index}`], text: `${JSON.stringify(address)} is no IP address` };
}

const onlyOne = (list: readonly string[]): boolean => list.length <= 1;

function* listenerFaults(config: GateConfig): Faults {
  const names = yield* named('listener', config.listener);
  for (const [index, listener] of config.listener.entries()) {
    const at = `listener.${index}`;
    const tcp = listener.protocol === 'ipa' || listener.transport === 'tcp';
    yield* tlsFaults(at, listener.tls, TLS_KEYS, tcp ? 'tcp' : 'sctp');
    yield* addressesFit(`${at}.addresses`, listener.addresses);
    if (tcp && !onlyOne(listener.addresses))
      yield { keys: [`${at}.addresses`], text: 'has several addresses, which only SCTP has, expected one' };
  }
  yield* named('peer', config.peer);
  for (const [index, peer] of config.peer.entries()) {
    const at = `peer.${index}`;
    yield* known(`${at}.listener`, 'listener', peer.listener, names);
    const listener = config.listener.find(({ name }) => name === peer.listener);
    const byWhat = [peer.addresses.length > 0, peer.port, peer['asp-identifier'], peer['certificate-name'], peer['unit-name']];
    if (!byWhat.some((its) => its !== undefined && its !== false))
      yield {
        keys: [at],
        text: 'nothing says by what this peer is recognised, expected addresses, port, asp-identifier, certificate-name or unit-name',
      };
    if (listener && peer['certificate-name'] !== undefined && listener.tls.key === undefined)
      yield {
        keys: [`${at}.certificate-name`],
        text: `listener "${listener.name}" has no TLS, so nobody shows a certificate there`,
      };
    if (listener && peer['unit-name'] !== undefined && listener.protocol !== 'ipa')
      yield {
        keys: [`${at}.unit-name`],
        text: `listener "${listener.name}" speaks ${listener.protocol}, where no unit names are told`,
      };
    if (!config.link.some(({ peers }) => peers.includes(peer.name)))
      yield { keys: [`${at}.name`, 'link'], text: `no link has the peer "${peer.name}" among its peers` };
  }
}

/** Roles whose peers may begin the association. */
const ACCEPTING: ReadonlySet<string> = new Set(['ipsp', 'ipsp-double', 'ipa']);

function* linkFaults(config: GateConfig): Faults {
  yield* named('link', config.link);
  if (config.link.length === 0)
    yield { keys: ['link'], text: 'is missing, expected at least one [[link]]: a gate without links stands between nobody' };
  const peers = new Set(config.peer.map(({ name }) => name));
  for (const [index, link] of config.link.entries()) {
    const at = `link.${index}`;
    const connects = link['remote-addresses'].length > 0;
    for (const [n, peer] of link.peers.entries()) yield* known(`${at}.peers.${n}`, 'peer', peer, peers);
    yield* addressesFit(`${at}.remote-addresses`, link['remote-addresses']);
    yield* addressesFit(`${at}.local-addresses`, link['local-addresses']);
    yield* tlsFaults(at, link.tls, [...TLS_KEYS, 'peer-name'], link.role === 'ipa' ? 'tcp' : link.transport);
    if (link.role === 'asp' && !connects)
      yield {
        keys: [`${at}.remote-addresses`, `${at}.role`],
        text: 'is empty, expected where the gateway is: an ASP begins the association',
      };
    if (link.role === 'asp' && link.peers.length > 0)
      yield { keys: [`${at}.peers`], text: 'has no effect with role "asp", which connects' };
    if (link.role === 'sgp') yield* sgpFaults(at, link);
    if (ACCEPTING.has(link.role) && connects === link.peers.length > 0)
      yield {
        keys: [`${at}.remote-addresses`, `${at}.peers`],
        text: connects
          ? 'and peers are both given, expected one of them: either side begins the association'
          : 'and peers are both empty, expected one of them',
      };
    if (ACCEPTING.has(link.role) && link.peers.length > 1)
      yield { keys: [`${at}.peers`], text: `has ${link.peers.length} peers, expected one with role "${link.role}"` };
    if (link.role === 'ipa') yield* ipaFaults(config, at, link);
  }
}

function* sgpFaults(at: string, link: GateConfig['link'][number]): Faults {
  if (link.peers.length === 0)
    yield { keys: [`${at}.peers`], text: 'is empty, expected the peers that serve this application server' };
  if (link['remote-addresses'].length > 0)
    yield { keys: [`${at}.remote-addresses`], text: 'has no effect with role "sgp": peers connect to us' };
  if (link['routing-contexts'].length !== 1)
    yield {
      keys: [`${at}.routing-contexts`],
      text: `has ${link['routing-contexts'].length} values, expected exactly one with role "sgp"`,
    };
}

function* ipaFaults(config: GateConfig, at: string, link: GateConfig['link'][number]): Faults {
  yield* networkKnown(config, `${at}.network`, link.network);
  for (const key of ['own-point-code', 'peer-point-code'] as const) {
    if (link[key] === undefined)
      yield {
        keys: [`${at}.${key}`, `${at}.role`],
        text: 'is missing, expected a point code with role "ipa", which has no labels',
      };
    yield* pointCodeFits(config, `${at}.${key}`, link.network, link[key]);
  }
}

function* targetFaults(
  config: GateConfig,
  at: string,
  its: Pick<GateConfig['platform'][number], 'network' | 'point-code' | 'link'>,
): Faults {
  yield* networkKnown(config, `${at}.network`, its.network);
  yield* pointCodeFits(config, `${at}.point-code`, its.network ?? config.network[0]?.indicator ?? 'national', its['point-code']);
}

function* routeFaults(config: GateConfig): Faults {
  const links = new Set(config.link.map(({ name }) => name));
  for (const [index, route] of config.route.entries()) {
    const at = `route.${index}`;
    yield* networkKnown(config, `${at}.network`, route.network);
    yield* pointCodeFits(config, `${at}.point-code`, route.network, route['point-code']);
    for (const [n, via] of route.via.entries()) yield* known(`${at}.via.${n}.link`, 'link', via.link, links);
    if (route.via.length === 0) yield { keys: [at], text: 'has no via, expected at least one way' };
  }
  for (const [n, set] of config.gtt.set.entries())
    for (const [m, entry] of set.entry.entries()) yield* targetFaults(config, `gtt.set.${n}.entry.${m}`, entry);
  for (const [n, group] of config.gtt.group.entries())
    for (const [m, member] of group.member.entries()) yield* targetFaults(config, `gtt.group.${n}.member.${m}`, member);
}

function* platformFaults(config: GateConfig): Faults {
  const names = yield* named('platform', config.platform);
  const groups = new Set(config.gtt.group.map(({ name }) => name));
  for (const [index, platform] of config.platform.entries()) {
    const at = `platform.${index}`;
    yield* targetFaults(config, at, platform);
    if (platform.group !== undefined && !groups.has(platform.group))
      yield {
        keys: [`${at}.group`, 'gtt.group'],
        text: `no gtt.group is named ${JSON.stringify(platform.group)}, expected one of ${quoted(groups)}`,
      };
    if ((platform.group === undefined) === (platform['point-code'] === undefined && platform.link === undefined))
      yield {
        keys: [`${at}.group`, at],
        text: 'expected either a group, or a point-code (or link): that is where its messages go',
      };
  }
  for (const [index, relay] of config['prepaid-relay'].entries())
    for (const [n, to] of relay.to.entries())
      yield* known(`prepaid-relay.${index}.to.${n}.platform`, 'platform', to.platform, names);
}

/** The one key without which a gate must not run. */
function* modeFaults({ screening }: GateConfig): Faults {
  if (screening.mode === undefined)
    yield {
      keys: ['screening.mode'],
      text: 'is missing, expected "off", "monitor", "sample N%" or "enforce". There is no default: whoever lets a gate decide says how much it may do; begin with "monitor"',
    };
}

function* operatorFaults(config: GateConfig): Faults {
  const socket = gateSocket(config);
  if (Buffer.byteLength(socket) > SOCKET_PATH_MAX)
    yield {
      keys: ['operator.socket', 'data.folder'],
      text: `"${socket}" has ${Buffer.byteLength(socket)} octets, expected at most ${SOCKET_PATH_MAX}, the system's limit for sockets`,
    };
  const { user, listen } = config.operator;
  yield* named('operator.user', user);
  if (listen !== undefined && user.length === 0)
    yield {
      keys: ['operator.listen', 'operator.user'],
      text: 'needs at least one [[operator.user]]: on TCP every request must carry a token',
    };
  if (listen === undefined && user.length > 0)
    yield { keys: ['operator.user', 'operator.listen'], text: 'has no effect without operator.listen, expected both or neither' };
  const tokens = new Map<string, string>();
  for (const [index, { name, 'token-file': file }] of user.entries()) {
    const key = `operator.user.${index}.token-file`;
    const reason = unreadable(file);
    const token = reason === undefined ? secretFrom(file) : undefined;
    if (reason)
      yield { keys: [key], text: `"${file}" cannot be read (${reason}), expected a file with the token in its first line` };
    else if (token!.length < TOKEN_MIN)
      yield { keys: [key], text: `the token in "${file}" has ${token!.length} characters, expected at least ${TOKEN_MIN}` };
    else if (tokens.has(token!))
      yield { keys: [key], text: `the token in "${file}" is also that of "${tokens.get(token!)}", expected one of its own` };
    if (token !== undefined) tokens.set(token, name);
  }
}

/** A private key and its certificate: both or neither, and such that they can be used. */
function* keyPairFaults(
  at: string,
  { key, cert }: { readonly key?: string | undefined; readonly cert?: string | undefined },
): Faults {
  if (key === undefined && cert === undefined) return;
  if (key === undefined || cert === undefined) {
    const [given, missing] = key === undefined ? ['cert', 'key'] : ['key', 'cert'];
    yield { keys: [`${at}.${given}`], text: `is given without ${missing}, expected both or neither` };
    return;
  }
  try {
    createSecureContext({ key: readFileSync(key), cert: readFileSync(cert) });
  } catch (e) {
    yield {
      keys: [`${at}.key`, `${at}.cert`],
      text: `key and certificate cannot be used (${(e as Error).message}), expected PEM files that belong together`,
    };
  }
}

function* operatorTlsFaults({ operator: { tls, listen } }: GateConfig): Faults {
  yield* keyPairFaults('operator.tls', tls);
  if (tls.key !== undefined && listen === undefined)
    yield {
      keys: ['operator.tls.key', 'operator.listen'],
      text: 'has no effect without operator.listen, expected both or neither',
    };
}

function* authoritiesFaults(key: string, file: string): Faults {
  const reason = unreadable(file);
  // The system takes a file without any certificate for one that trusts nobody: that is said here, not at the first refused connection.
  if (reason !== undefined) yield { keys: [key], text: `"${file}" cannot be read (${reason}), expected a PEM file` };
  else if (!readFileSync(file, 'latin1').includes('-----BEGIN CERTIFICATE-----'))
    yield { keys: [key], text: `"${file}" holds no certificate, expected a PEM file` };
}

/** Numbers are kept here, followed in a folder of this machine, or fetched from one other gate. */
function* sourceFaults({ numbers: { follow, source } }: GateConfig): Faults {
  const { url, 'token-file': tokenFile, authorities } = source;
  const given = (['token-file', 'authorities'] as const).filter((key) => source[key] !== undefined);
  if (url === undefined) {
    for (const key of given)
      yield {
        keys: [`numbers.source.${key}`, 'numbers.source.url'],
        text: 'has no effect without url, expected both or neither',
      };
    return;
  }
  if (follow)
    yield {
      keys: ['numbers.follow', 'numbers.source.url'],
      text: 'is given beside numbers.source.url, expected one of them: numbers are followed in a folder, or fetched into it',
    };
  if (tokenFile === undefined)
    yield { keys: ['numbers.source.url'], text: 'is given without token-file, expected the token of a follower' };
  else {
    const reason = unreadable(tokenFile);
    const text =
      reason !== undefined
        ? `"${tokenFile}" cannot be read (${reason}), expected a file with the token in its first line`
        : secretFrom(tokenFile).length < TOKEN_MIN
          ? `the token in "${tokenFile}" is too short, expected at least ${TOKEN_MIN} characters`
          : undefined;
    if (text !== undefined) yield { keys: ['numbers.source.token-file'], text };
  }
  if (authorities === undefined) return;
  if (!/^https:/i.test(url))
    yield {
      keys: ['numbers.source.authorities', 'numbers.source.url'],
      text: 'is for https only, expected such a url or no such key',
    };
  yield* authoritiesFaults('numbers.source.authorities', authorities);
}

function* portFaults(config: GateConfig): Faults {
  const listeners: [string, string][] = [['monitoring.listen', listenText(config.monitoring.listen)]];
  if (config.operator.listen) listeners.push(['operator.listen', listenText(config.operator.listen)]);
  for (const [index, { addresses, port, transport, protocol }] of config.listener.entries())
    if (protocol === 'ipa' || transport === 'tcp')
      listeners.push([`listener.${index}.port`, listenText({ host: addresses[0] ?? '0.0.0.0', port })]);
  for (const [index, [key, address]] of listeners.entries()) {
    const taken = listeners.slice(0, index).find(([, other]) => other === address && !address.endsWith(':0'));
    if (taken) yield { keys: [key as 'x', taken[0]], text: `"${address}" is also ${taken[0]}, expected a port of its own` };
  }
}

function* hygieneFaults({ overload }: GateConfig): Faults {
  for (const [less, more] of [
    ['level-1', 'level-2'],
    ['level-2', 'level-3'],
  ] as const)
    if (overload[less] >= overload[more])
      yield { keys: [`overload.${more}`, `overload.${less}`], text: `is not above overload.${less}, expected more` };
}

/** An address without a global title is routed on its subsystem, and such messages are for a node: nobody looks into them. */
function* selectorFaults({ selector }: GateConfig): Faults {
  for (const [index, { gti }] of selector.entries())
    if (gti === 0)
      yield {
        keys: [`selector.${index}.gti`],
        text: 'is 0, an address without global title, which no selector ever sees: expected 1 to 4',
      };
}

function* accessFaults(config: GateConfig): Faults {
  yield* named('allow', config.allow);
  const network = config.network[0]?.indicator ?? 'national';
  for (const list of ['allow', 'platform'] as const)
    for (const [index, row] of config[list].entries())
      for (const [n, code] of row['point-codes'].entries())
        yield* pointCodeFits(config, `${list}.${index}.point-codes.${n}`, network, code);
}

function* servingFaults(config: GateConfig): Faults {
  for (const list of ['enum', 'numbers-http'] as const)
    if (config[list].listen !== undefined && config[list].clients.length === 0)
      yield { keys: [`${list}.clients`, `${list}.listen`], text: 'is empty, expected who may ask: nobody else is served' };
  if (config.enum.listen !== undefined && config.enum['name-servers'].length === 0)
    yield {
      keys: ['enum.name-servers', 'enum.listen'],
      text: 'is missing, expected the name of at least one server: it stands in the answers of a zone that is served',
    };
  if (config.enum.listen !== undefined && config.enum.contact === undefined)
    yield {
      keys: ['enum.contact', 'enum.listen'],
      text: 'is missing, expected a mailbox as a domain name ("hostmaster.example.net"): it stands in the answers of a zone that is served',
    };
  if (
    config.enum.listen !== undefined &&
    config.enum['sip-host'] === undefined &&
    config.enum.services.some((its) => its !== 'pstn:tel')
  )
    yield { keys: ['enum.sip-host', 'enum.services'], text: 'is missing, expected a host name for the services of SIP' };
}

function* storeFaults({ decisions }: GateConfig): Faults {
  if (decisions['file-size'] * 2 > decisions['size-max'])
    yield {
      keys: ['decisions.size-max', 'decisions.file-size'],
      text: 'is less than twice decisions.file-size, expected at least that: a closed file and the open one',
    };
}

const ROWS = [
  modeFaults,
  networkFaults,
  linkFaults,
  listenerFaults,
  routeFaults,
  platformFaults,
  accessFaults,
  selectorFaults,
  hygieneFaults,
  operatorFaults,
  operatorTlsFaults,
  sourceFaults,
  portFaults,
  servingFaults,
  storeFaults,
];

/** All faults between the keys of a gate's configuration. Reads the files that it names, lists excepted. */
export const gateFaults = (config: GateConfig): CrossFault[] => ROWS.flatMap((faults) => [...faults(config)]);
