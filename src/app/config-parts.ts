/** Hands out the configuration in the parts that each room asks for. Nothing is decided here. */
import { readFileSync } from 'node:fs';
import type { IdentityConfig, Mm1Config } from '#endpoint/mm1';
import type { KannelConfig, LabPushConfig, PushConfig } from '#endpoint/push';
import type { NumberingPlan, Policy } from '#messaging';
import type { OperatorConfig } from '#operator';
import type { Config } from './config.js';
import { operatorSocket, secretFrom } from './config-checks.js';
import type { LogConfig } from './log.js';
import { type ListenAddress, listenText } from './written-values.js';

/** Path of content addresses when the configuration names none. */
const CONTENT_PATH = '/m';

/**
 * Octets that the headers of a PDU may add to its content. Source: a hundred recipients of 256 octets and a few long texts, with room for
 * applications' own headers.
 */
const PDU_HEADERS_MAX = 64 * 1024;

export const toLogConfig = ({ log }: Config, onTerminal: boolean): LogConfig => ({
  level: log.level,
  format: log.format === 'auto' ? (onTerminal ? 'line' : 'json') : log.format,
  numbers: log.numbers,
});

export const toNumberingPlan = ({ numbering }: Config): NumberingPlan => ({
  ...(numbering['country-code'] === undefined ? {} : { countryCode: numbering['country-code'] }),
  ...(numbering['national-prefix'] === undefined ? {} : { nationalPrefix: numbering['national-prefix'] }),
  internationalPrefix: numbering['international-prefix'],
});

export const toPolicy = (config: Config): Policy => {
  const { messages } = config;
  const own = config.numbering['own-numbers'];
  return {
    numbering: toNumberingPlan(config),
    ownNumbers: own.length === 0 ? [''] : own,
    sizeMax: messages['size-max'],
    recipientsMax: messages['recipients-max'],
    expiryDefaultMs: messages['expiry-default'],
    expiryMaxMs: messages['expiry-max'],
    deliveryTimeMaxMs: messages['delivery-time-max'],
    senderHidingAllowed: messages['sender-hiding'],
    deliveryReportsAllowed: messages['delivery-reports'],
    readReportsAllowed: messages['read-reports'],
    pushRetryMs: messages['push-retry'],
    reportLifetimeMs: messages['report-lifetime'],
    resubmissionWindowMs: messages['resubmission-window'],
    historyMs: messages.history,
    retrieveBy: messages['retrieve-by'],
    pushesInFlightMax: messages['pushes-in-flight-max'],
  };
};

const toIdentity = ({ mm1: { identity } }: Config): IdentityConfig =>
  identity.mode === 'lab'
    ? { mode: 'lab', header: identity.headers[0]! }
    : {
        mode: 'network',
        headers: identity.headers,
        gateways: identity.gateways,
        clients: identity.clients.map((client) => ({ network: client.network, firstMsisdn: client['first-msisdn'] })),
      };

const scheme = ({ mm1: { tls } }: Config): 'http' | 'https' => (tls.key === undefined ? 'http' : 'https');

/** Where handsets post, `listening` being the address that the listener really has. */
export const mmscUrl = (config: Config, listening: ListenAddress): string =>
  `${scheme(config)}://${listenText(listening)}${config.mm1.path}`;

/** What content addresses begin with; made of the listener's real address when the configuration names none. */
export const contentUrl = (config: Config, listening: ListenAddress): string =>
  config.mm1['content-url'] ?? `${scheme(config)}://${listenText(listening)}${CONTENT_PATH}`;

/** Reads the key and certificate. */
export const toMm1Config = (config: Config): Mm1Config => {
  const { mm1, messages } = config;
  const { key, cert } = mm1.tls;
  return {
    listen: mm1.listen,
    path: mm1.path,
    contentUrl: contentUrl(config, mm1.listen),
    ...(key === undefined || cert === undefined
      ? {}
      : { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }),
    identity: toIdentity(config),
    bodyMax: messages['size-max'] + PDU_HEADERS_MAX,
    versionMax: mm1['version-max'],
    connectionsMax: mm1['connections-max'],
    headersTimeoutMs: mm1['headers-timeout'],
    requestTimeoutMs: mm1['request-timeout'],
    idleTimeoutMs: mm1['idle-timeout'],
    keepAliveTimeoutMs: mm1['keep-alive-timeout'],
    submissionsInFlightMax: mm1['submissions-in-flight-max'],
    bodyOctetsInFlightMax: mm1['body-octets-in-flight-max'],
    contentOctetsInFlightMax: mm1['content-octets-in-flight-max'],
  };
};

const toPushConfig = (config: Config, content: string): PushConfig => ({
  contentUrl: content,
  versionMax: config.mm1['version-max'],
});

export const toLabPushConfig = (config: Config, content: string): LabPushConfig => ({
  ...toPushConfig(config, content),
  listen: config.push.lab.listen,
  connectionsMax: config.push.lab['connections-max'],
  confirmTimeoutMs: config.push.lab['confirm-timeout'],
});

/** Reads the password. The checks have seen to it that nothing is missing. */
export const toKannelConfig = (config: Config, content: string): KannelConfig => {
  const { kannel } = config.push;
  return {
    ...toPushConfig(config, content),
    url: kannel.url!,
    username: kannel.username!,
    password: secretFrom(kannel['password-file']!),
    from: kannel.from!,
    ...(kannel.smsc === undefined ? {} : { smsc: kannel.smsc }),
    timeoutMs: kannel.timeout,
    connectionsMax: kannel['connections-max'],
  };
};

/** Reads the tokens, key and certificate. */
export const toOperatorConfig = (config: Config): OperatorConfig => {
  const { operator } = config;
  const { key, cert } = operator.tls;
  const token = operator['token-file'];
  const tcp = operator.listen && {
    ...operator.listen,
    ...(token === undefined ? {} : { token: secretFrom(token) }),
    users: operator.user.map((user) => ({ name: user.name, role: user.role, token: secretFrom(user['token-file']) })),
    ...(key === undefined || cert === undefined
      ? {}
      : { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }),
  };
  return {
    socket: operatorSocket(config),
    ...(tcp === undefined ? {} : { tcp }),
    hosts: operator.hosts,
    origins: operator.origins,
  };
};
