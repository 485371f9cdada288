/** The configuration of the outer roads in the parts that each room asks for. Nothing is decided here. */
import { readFileSync } from 'node:fs';
import type { ChargingSettings } from '#charging';
import type { Mm3Settings } from '#endpoint/mm3';
import type { Mm4Config } from '#endpoint/mm4';
import type { Mm7Config } from '#endpoint/mm7';
import type { EnumClientConfig, HttpClientConfig, HttpFields, LookupConfig } from '#endpoint/numbering';
import type { RoutingSettings, SourceSetting } from '#messaging/routing';
import type { SmtpListenerSettings, SmtpPoolSettings, SmtpServerTls } from '#smtp';
import type { RecorderSettings } from '#store/charging';
import type { Config } from './config.js';
import { secretFrom } from './config-checks.js';
import { toNumberingPlan } from './config-parts.js';

/** Octets that MIME adds to a content of full size: base64 with its line ends, and room for headers. Unit: octets for each octet. */
const MIME_GROWTH = 1.5;

const MS_PER_SECOND = 1000;

type TlsKeys = Config['mm4']['tls'];

const pem = (file: string): string => readFileSync(file, 'utf8');

/** The three PEM texts of a listener; undefined without TLS. */
function tlsTexts({ key, cert, 'client-authorities': authorities }: TlsKeys) {
  if (key === undefined || cert === undefined) return undefined;
  return { key: pem(key), cert: pem(cert), ...(authorities === undefined ? {} : { clientAuthorities: pem(authorities) }) };
}

/** Our mail domains, as far as the configuration names any. */
export const ownDomains = ({ mm4, mm3 }: Config): readonly string[] => [...new Set([...mm4.domains, ...mm3.domains])];

/** Our name in SMTP. */
export const smtpHostName = (config: Config): string => config.smtp['host-name'] ?? ownDomains(config)[0] ?? 'localhost';

export const toSmtpPoolSettings = (config: Config): SmtpPoolSettings => ({
  heloName: smtpHostName(config),
  connectionsMax: config.smtp['connections-max'],
});

/** The largest mail that a message of full size can be. Unit: octets. */
export const mailSizeMax = ({ messages }: Config): number => Math.ceil(messages['size-max'] * MIME_GROWTH);

/** Reads the key and certificates. Undefined: nothing is listened to. */
function toSmtpListener(config: Config, name: 'mm4' | 'mm3'): SmtpListenerSettings | undefined {
  const keys = config[name];
  if (keys.listen === undefined) return undefined;
  const texts = tlsTexts(keys.tls);
  const tls: SmtpServerTls | undefined = texts && {
    mode: keys['tls-mode'],
    key: texts.key,
    certificate: texts.cert,
    ...(texts.clientAuthorities === undefined ? {} : { authorities: texts.clientAuthorities }),
  };
  return {
    name,
    address: keys.listen.host,
    port: keys.listen.port,
    hostName: smtpHostName(config),
    ...(tls === undefined ? {} : { tls }),
    limits: {
      sizeMax: mailSizeMax(config),
      connectionsMax: keys['connections-max'],
      connectsPerMinuteMax: keys['connects-per-minute-max'],
      contentOctetsMax: keys['content-octets-in-flight-max'],
    },
  };
}

/** Reads the key and certificates. Undefined: no MM4. */
export function toMm4Config(config: Config): Mm4Config | undefined {
  const { mm4 } = config;
  if (mm4.domains.length === 0) return undefined;
  const listener = toSmtpListener(config, 'mm4');
  return {
    domains: mm4.domains,
    refusalWaitMs: mm4['refusal-wait'],
    listeners: listener === undefined ? [] : [{ ...listener, auth: 'offered' }],
  };
}

/** Reads keys and certificates. Undefined: no MM3. */
export function toMm3Settings(config: Config): Mm3Settings | undefined {
  const { mm3 } = config;
  const [first, ...others] = mm3.domains;
  if (first === undefined) return undefined;
  const listener = toSmtpListener(config, 'mm3');
  const { domain, selector, key } = mm3.dkim;
  const staff = mm3['staff-mailbox'];
  const smartHost = mm3['smart-host'];
  return {
    domains: [first, ...others],
    hostName: smtpHostName(config),
    numbering: toNumberingPlan(config),
    incoming: {
      ...(listener === undefined ? {} : { listener: { ...listener, allow: mm3['border-servers'] } }),
      plusRequired: mm3['plus-required'],
      otherwise: mm3.otherwise,
      authenticationServers: mm3['authentication-servers'],
      refuseFailed: mm3['refuse-failed'],
      bulk: mm3.bulk,
      ...(staff === undefined ? {} : { staffMailbox: staff }),
    },
    outgoing: {
      ...(smartHost === undefined ? {} : { smarthost: { hosts: [smartHost], tls: { mode: mm3['smart-host-tls'] } } }),
      returnPath: mm3['return-path'],
      ...(domain === undefined || selector === undefined || key === undefined
        ? {}
        : { dkim: { domain, selector, privateKey: pem(key) } }),
    },
  };
}

/** What has no key of its own: how soon events become records, and when a disk that refuses is tried again. Unit: milliseconds. */
const CHARGING_GATHER_MS = 200;
const CHARGING_RETRY_MS = 5_000;

/** Undefined: no charging records. */
export function toChargingSettings(
  config: Config,
  domainOfPeer: ChargingSettings['domainOfPeer'],
): (RecorderSettings & { readonly folder: string }) | undefined {
  const { charging } = config;
  if (charging.folder === undefined) return undefined;
  return {
    folder: charging.folder,
    node: charging.node,
    ownDomain: charging.domain ?? ownDomains(config)[0] ?? 'localhost',
    domainOfPeer,
    numbers: charging.numbers,
    formats: charging.formats,
    octetsMax: charging['file-size'],
    ageMs: charging['file-age'],
    gatherMs: CHARGING_GATHER_MS,
    retryMs: CHARGING_RETRY_MS,
  };
}

/** Reads the key and certificates. Undefined: no MM7. */
export function toMm7Config(config: Config): Mm7Config | undefined {
  const { mm7 } = config;
  if (mm7.listen === undefined) return undefined;
  const tls = tlsTexts(mm7.tls);
  return {
    listen: mm7.listen,
    ...(tls === undefined ? {} : { tls }),
    path: mm7.path,
    jsonPath: mm7['json-path'],
    relayServerId: mm7['relay-server-id'],
    bodyMax: mailSizeMax(config),
    connectionsMax: mm7['connections-max'],
    headersTimeoutMs: mm7['headers-timeout'],
    requestTimeoutMs: mm7['request-timeout'],
    keepAliveTimeoutMs: mm7['keep-alive-timeout'],
    requestsInFlightMax: mm7['requests-in-flight-max'],
    bodyOctetsInFlightMax: mm7['body-octets-in-flight-max'],
  };
}

/** Without the keys that are absent. */
const given = (table: object): object => Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));

type CacheKeys = Config['routing']['enum'] | Config['routing']['http'];

const toLookupConfig = (name: string, keys: CacheKeys): LookupConfig => ({
  name,
  deadlineMs: keys.deadline,
  cacheEntriesMax: keys['cache-entries-max'],
  ttlSecondsMin: keys['ttl-min'] / MS_PER_SECOND,
  ttlSecondsMax: keys['ttl-max'] / MS_PER_SECOND,
  negativeTtlSecondsMax: keys['negative-ttl-max'] / MS_PER_SECOND,
  inFlightMax: keys['in-flight-max'],
});

/** Undefined: no ENUM. */
export function toEnumClientConfig({ routing }: Config): EnumClientConfig | undefined {
  const { enum: keys } = routing;
  if (keys.servers.length === 0) return undefined;
  return {
    ...toLookupConfig('enum', keys),
    servers: keys.servers,
    root: keys.root,
    services: keys.services,
    attemptMs: keys['attempt-timeout'],
  };
}

/** Reads the headers and authorities. Undefined: no lookup by HTTP. */
export function toHttpClientConfig({ routing }: Config): HttpClientConfig | undefined {
  const { http: keys } = routing;
  if (keys.url === undefined) return undefined;
  return {
    ...toLookupConfig('http', keys),
    url: keys.url,
    answer: keys.answer === 'gate' ? 'gate' : (given(keys.fields) as HttpFields),
    headers: Object.fromEntries(keys.headers.map((header) => [header.name, secretFrom(header['value-file'])])),
    ...(keys.authorities === undefined ? {} : { authorities: pem(keys.authorities) }),
    connectionsMax: keys['connections-max'],
  };
}

/** The lookups that the configuration names, in the order in which they are asked: what is in memory first. */
function toSources({ routing }: Config): readonly SourceSetting[] {
  const sources = [
    ['portability', routing.numbers.folder !== undefined, routing.numbers],
    ['enum', routing.enum.servers.length > 0, routing.enum],
    ['http', routing.http.url !== undefined, routing.http],
  ] as const;
  return sources
    .filter(([, isNamed]) => isNamed)
    .map(([source, , keys]) => ({ source, ask: keys.ask, whenItFails: keys['when-it-fails'] }));
}

export function toRoutingSettings(config: Config): RoutingSettings {
  const { routing, numbering, mm3 } = config;
  const own = numbering['own-numbers'];
  return {
    ownNumbers: own.length === 0 ? [''] : own,
    ownDomains: ownDomains(config),
    ownSubscribers: routing['own-subscribers'],
    sources: toSources(config),
    whenNetworkUnknown: routing['when-network-unknown'],
    // Without MM3 nothing would ever carry it: better refused than held until it expires.
    email: mm3.domains.length === 0 ? 'refuse' : routing.email,
    mailToPeers: routing['mail-to-peers'],
    retryAfterMs: routing['retry-after'],
  };
}
