/** What one key alone cannot tell: keys that exclude or need each other, and files that are named but cannot be read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { canCarryIdentity } from '#endpoint/mm1';
import type { Config } from './config.js';
import type { CrossFault } from './config-document.js';
import { isLoopback, isWildcard, listenText } from './written-values.js';

/** Octets that a socket's path may have. Unit: octets. Source: sun_path of Linux (unix(7)) is 108 with its final zero. */
export const SOCKET_PATH_MAX = 107;

/** Characters that a bearer token must have. Source: 128 bits written in hexadecimal. */
export const TOKEN_MIN = 32;

/** Where the operator API's socket is. */
export const operatorSocket = (config: Config): string => config.operator.socket ?? join(config.data.folder, 'operator.sock');

/** First line of a file that holds a secret. Throws what the file system says. */
export const secretFrom = (file: string): string => readFileSync(file, 'utf8').split('\n')[0]!.trim();

/** Why a file cannot be read, in the system's words; undefined when it can. */
export function unreadable(file: string): string | undefined {
  try {
    readFileSync(file);
    return undefined;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code ?? String(e);
  }
}

/** How many addresses a network has; one for an address alone. */
function addressesOf(network: string): bigint {
  const [address, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.parse(network), undefined];
  const width = address.kind() === 'ipv4' ? 32 : 128;
  return 1n << BigInt(width - (bits ?? width));
}

function* mm1Faults({ mm1, numbering }: Config): Generator<CrossFault> {
  const { identity, tls } = mm1;
  if (identity.mode === 'lab') {
    if (!isLoopback(mm1.listen.host)) {
      yield {
        keys: ['mm1.listen', 'mm1.identity.mode'],
        text: `"${listenText(mm1.listen)}" is not on loopback, expected 127.0.0.1, [::1] or localhost while mm1.identity.mode is "lab": anybody could send in any name`,
      };
    }
    if (identity.headers.length !== 1) {
      yield {
        keys: ['mm1.identity.headers', 'mm1.identity.mode'],
        text: `${identity.headers.length} headers, expected exactly one in mode "lab"`,
      };
    }
    for (const key of ['gateways', 'clients'] as const) {
      if (identity[key].length > 0) {
        yield {
          keys: [`mm1.identity.${key}`, 'mm1.identity.mode'],
          text: 'has no effect in mode "lab", expected mode = "network" or no such key',
        };
      }
    }
  } else {
    if (identity.gateways.length === 0 && identity.clients.length === 0) {
      yield {
        keys: ['mm1.identity.mode', 'mm1.identity.gateways', 'mm1.identity.clients'],
        text: '"network" needs gateways or clients, otherwise nobody can be identified',
      };
    }
    for (const [index, header] of identity.headers.entries()) {
      if (!canCarryIdentity(header)) {
        yield {
          keys: [`mm1.identity.headers.${index}`],
          text: `"${header}" cannot carry an identity: of several such headers only the first is seen, expected another`,
        };
      }
    }
    if (numbering['own-numbers'].length === 0) {
      yield {
        keys: ['numbering.own-numbers', 'mm1.identity.mode'],
        text: 'is empty, expected the prefixes of our own subscribers when mm1.identity.mode is "network"',
      };
    }
  }
  for (const [index, client] of identity.clients.entries()) {
    const last = BigInt(client['first-msisdn']) + addressesOf(client.network) - 1n;
    if (String(last).length > client['first-msisdn'].length) {
      yield {
        keys: [`mm1.identity.clients.${index}.network`],
        text: `has more addresses than there are numbers from ${client['first-msisdn']} on, expected a smaller network`,
      };
    }
  }
  if (mm1['content-url'] === undefined && isWildcard(mm1.listen.host)) {
    yield {
      keys: ['mm1.content-url', 'mm1.listen'],
      text: `is missing, expected an address that handsets can reach: it cannot be made of mm1.listen = "${listenText(mm1.listen)}"`,
    };
  }
  if (
    mm1['content-url'] !== undefined &&
    new URL(mm1['content-url']).pathname.replace(/\/+$/, '') === mm1.path.replace(/\/+$/, '')
  ) {
    yield {
      keys: ['mm1.content-url', 'mm1.path'],
      text: `has the path of mm1.path ("${mm1.path}"), expected another one for content`,
    };
  }
  yield* tlsFaults('mm1.tls', tls);
}

function* messageFaults({ messages, numbering, mm1 }: Config): Generator<CrossFault> {
  if (messages['expiry-default'] > messages['expiry-max']) {
    yield {
      keys: ['messages.expiry-default', 'messages.expiry-max'],
      text: 'is longer than messages.expiry-max, expected at most that',
    };
  }
  if (numbering['national-prefix'] !== undefined && numbering['country-code'] === undefined) {
    yield {
      keys: ['numbering.national-prefix', 'numbering.country-code'],
      text: 'needs numbering.country-code, which is missing',
    };
  }
  for (const key of ['body-octets-in-flight-max', 'content-octets-in-flight-max'] as const) {
    if (mm1[key] < messages['size-max'] * 2) {
      yield {
        keys: [`mm1.${key}`, 'messages.size-max'],
        text: 'is less than twice messages.size-max, expected at least that: one message of full size must always find room',
      };
    }
  }
}

function* pushFaults({ push }: Config): Generator<CrossFault> {
  if (push.kind === 'lab') {
    if (!isLoopback(push.lab.listen.host)) {
      yield {
        keys: ['push.lab.listen', 'push.kind'],
        text: `"${listenText(push.lab.listen)}" is not on loopback, expected 127.0.0.1, [::1] or localhost`,
      };
    }
    return;
  }
  for (const key of ['url', 'username', 'password-file', 'from'] as const) {
    if (push.kannel[key] === undefined)
      yield { keys: [`push.kannel.${key}`, 'push.kind'], text: 'is missing, expected a value when push.kind is "kannel"' };
  }
  const file = push.kannel['password-file'];
  const reason = file === undefined ? undefined : unreadable(file);
  if (reason)
    yield {
      keys: ['push.kannel.password-file'],
      text: `"${file}" cannot be read (${reason}), expected a file with the password in its first line`,
    };
  else if (file !== undefined && secretFrom(file) === '') {
    yield { keys: ['push.kannel.password-file'], text: `"${file}" is empty, expected the password in its first line` };
  }
}

function* operatorFaults(config: Config): Generator<CrossFault> {
  const { operator } = config;
  const socket = operatorSocket(config);
  if (Buffer.byteLength(socket) > SOCKET_PATH_MAX) {
    yield {
      keys: ['operator.socket', 'data.folder'],
      text: `"${socket}" has ${Buffer.byteLength(socket)} octets, expected at most ${SOCKET_PATH_MAX}, the system's limit for sockets`,
    };
  }
  const files = [
    ...(operator['token-file'] === undefined ? [] : [['operator.token-file', operator['token-file']] as const]),
    ...operator.user.map((user, index) => [`operator.user.${index}.token-file`, user['token-file']] as const),
  ];
  if (operator.listen !== undefined && files.length === 0) {
    yield {
      keys: ['operator.listen', 'operator.token-file', 'operator.user'],
      text: 'needs operator.token-file or [[operator.user]], which are missing: on TCP every request must carry a token',
    };
  }
  for (const [key, file] of files) {
    if (operator.listen === undefined)
      yield { keys: [key, 'operator.listen'], text: 'has no effect without operator.listen, expected both or neither' };
    const reason = unreadable(file);
    if (reason)
      yield { keys: [key], text: `"${file}" cannot be read (${reason}), expected a file with the token in its first line` };
    else if (secretFrom(file).length < TOKEN_MIN)
      yield {
        keys: [key],
        text: `the token in "${file}" has ${secretFrom(file).length} characters, expected at least ${TOKEN_MIN}`,
      };
  }
  yield* tlsFaults('operator.tls', operator.tls);
}

/** Key and certificate of a listener: both or neither, readable, and belonging together. */
function* tlsFaults(
  table: string,
  tls: {
    readonly key?: string | undefined;
    readonly cert?: string | undefined;
    readonly 'client-authorities'?: string | undefined;
  },
): Generator<CrossFault> {
  if ((tls.key === undefined) !== (tls.cert === undefined)) {
    const [given, missing] = tls.key === undefined ? ['cert', 'key'] : ['key', 'cert'];
    yield { keys: [`${table}.${given}`, `${table}.${missing}`], text: `is given without ${missing}, expected both or neither` };
  }
  let readable = true;
  for (const key of ['key', 'cert', 'client-authorities'] as const) {
    const file = tls[key];
    const reason = file === undefined ? undefined : unreadable(file);
    if (reason) yield { keys: [`${table}.${key}`], text: `"${file}" cannot be read (${reason}), expected a PEM file` };
    readable &&= reason === undefined;
  }
  if (!readable || tls.key === undefined || tls.cert === undefined) return;
  try {
    createSecureContext({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) });
  } catch (e) {
    yield {
      keys: [`${table}.key`, `${table}.cert`],
      text: `key and certificate cannot be used (${(e as Error).message}), expected PEM files that belong together`,
    };
  }
}

/** Of the roads to others. */
function* roadFaults({ mm4, mm3, mm7, routing, charging, messages }: Config): Generator<CrossFault> {
  yield* tlsFaults('mm4.tls', mm4.tls);
  yield* tlsFaults('mm3.tls', mm3.tls);
  yield* tlsFaults('mm7.tls', mm7.tls);
  for (const [key, { domains, listen }] of [['mm4', mm4] as const, ['mm3', mm3] as const])
    if (listen !== undefined && domains.length === 0)
      yield { keys: [`${key}.listen`, `${key}.domains`], text: `has no effect without ${key}.domains, expected both or neither` };
  const dkim = ['domain', 'selector', 'key'] as const;
  const given = dkim.filter((key) => mm3.dkim[key] !== undefined);
  if (given.length > 0 && given.length < dkim.length)
    yield { keys: [`mm3.dkim.${given[0]!}`], text: 'needs domain, selector and key together, expected all or none' };
  const files = [
    ['mm3.dkim.key', mm3.dkim.key],
    ['routing.http.authorities', routing.http.authorities],
    ...routing.http.headers.map((header, index) => [`routing.http.headers.${index}.value-file`, header['value-file']] as const),
  ] as const;
  for (const [key, file] of files) {
    const reason = file === undefined ? undefined : unreadable(file);
    if (reason) yield { keys: [key], text: `"${file}" cannot be read (${reason}), expected a file` };
  }
  if (routing.http.url !== undefined && !isLookupUrl(routing.http.url))
    yield {
      keys: ['routing.http.url'],
      text: `"${routing.http.url}" is no such address, expected http or https with {number} in its path`,
    };
  for (const [index, { host }] of routing.enum.servers.entries())
    if (!ipaddr.isValid(host.replace(/^\[|\]$/g, '')))
      yield { keys: [`routing.enum.servers.${index}`], text: `"${host}" is a name, expected the address of a name server` };
  if (charging.folder !== undefined && charging.formats.length !== new Set(charging.formats).size)
    yield { keys: ['charging.formats'], text: 'names a format twice, expected each once' };
  if (mm7['body-octets-in-flight-max'] < messages['size-max'] * 2)
    yield {
      keys: ['mm7.body-octets-in-flight-max', 'messages.size-max'],
      text: 'is less than twice messages.size-max, expected at least that: one message of full size must always find room',
    };
}

const isLookupUrl = (url: string): boolean =>
  url.split('{number}').length === 2 && /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '');

function* portFaults(config: Config): Generator<CrossFault> {
  const listeners = [
    ['mm1.listen', config.mm1.listen],
    ...(config.push.kind === 'lab' ? [['push.lab.listen', config.push.lab.listen] as const] : []),
    ...(config.operator.listen ? [['operator.listen', config.operator.listen] as const] : []),
    ...(config.mm4.listen ? [['mm4.listen', config.mm4.listen] as const] : []),
    ...(config.mm3.listen ? [['mm3.listen', config.mm3.listen] as const] : []),
    ...(config.mm7.listen ? [['mm7.listen', config.mm7.listen] as const] : []),
    ['monitoring.listen', config.monitoring.listen],
  ] as const;
  for (const [index, [key, address]] of listeners.entries()) {
    const taken = listeners.slice(0, index).find(([, other]) => address.port !== 0 && listenText(other) === listenText(address));
    if (taken) yield { keys: [key, taken[0]], text: `"${listenText(address)}" is also ${taken[0]}, expected a port of its own` };
  }
}

/** All faults between the keys of a configuration whose keys are right one by one. Reads the files that it names. */
export function crossFaults(config: Config): CrossFault[] {
  return [mm1Faults, messageFaults, pushFaults, operatorFaults, roadFaults, portFaults].flatMap((faults) => [...faults(config)]);
}
