/**
 * The configuration of the `mmsc` program: every key with its meaning, kind and default. Types, defaults, fault messages, the example file
 * and docs/configuration.md come from this table and from nothing else. What changes while the program runs is not here; it lives in the store.
 */
import { z } from 'zod';
import { LIMITS } from '#base';
import { ROAD_SECTIONS } from './config-roads.js';
import {
  choice,
  count,
  digits,
  duration,
  flag,
  headerName,
  httpUrl,
  list,
  listen,
  name,
  network,
  oneOf,
  path,
  required,
  section,
  sections,
  setting,
  size,
  text,
  urlPath,
} from './config-values.js';

/** Longest timer that the platform keeps is 24.8 days; timeouts of connections stay far below it. */
const TIMEOUT = duration('100ms', '1h');

/** The domain hides what it pushes from other work for LIMITS.dueLeaseMs; no push may take as long. */
const PUSH_TIMEOUT = duration('100ms', '30s');

const version = oneOf('1.0', '1.1', '1.2', '1.3');

export const configSchema = z.strictObject({
  data: section('Where the program keeps what it must not lose.', {
    folder: setting(path, './angarium-data', {
      description: 'Folder of messages, content and history. Made when it does not exist. One running program per folder.',
    }),
  }),

  program: section('How the process behaves as a whole.', {
    'stop-within': setting(duration('1s', '10m'), '15s', {
      description:
        'Time to end in after SIGTERM or SIGINT: what is under way may finish for half of it, then it is cut off and what became of it is written down. Nothing accepted is lost either way.',
    }),
  }),

  log: section('The log, on standard output.', {
    level: setting(oneOf('debug', 'info', 'warn', 'error'), 'info', {
      description:
        'Lowest level written. At info every message can be followed from submission to report, and every refusal says why.',
    }),
    format: setting(oneOf('auto', 'json', 'line'), 'auto', {
      description:
        'One JSON object a line, or one readable line each. auto: readable when standard output is a terminal, JSON otherwise.',
    }),
    numbers: setting(oneOf('masked', 'full'), 'masked', {
      description: 'Subscriber numbers and addresses: masked shows the last four digits only.',
    }),
  }),

  mm1: section('MM1: where handsets post and fetch messages.', {
    listen: setting(listen, '127.0.0.1:8514', { description: 'Address and port. Port 0 takes any free one.' }),
    path: setting(urlPath, '/mms', {
      description: 'Path that handsets post to; the MMSC address in the handset is http://HOST:PORT and this path.',
    }),
    'content-url': choice(httpUrl, {
      description:
        'What the content addresses in notifications begin with, as handsets (through their gateway) can reach it. Its path is where fetches arrive here.',
      otherwise: 'made of mm1.listen, with the path /m',
      example: 'http://mmsc.example/m',
    }),
    'version-max': setting(version, '1.3', {
      description: 'Highest MMS version spoken. A handset that speaks an older one is answered in its own.',
    }),
    'connections-max': setting(count(1, 1_000_000), 10_000, {
      description:
        'Connections open at once. Each needs a file descriptor: where the limit of open files leaves fewer, fewer are taken, and a warning says so.',
    }),
    'headers-timeout': setting(TIMEOUT, '10s', { description: 'The headers of a request must have arrived within this time.' }),
    'request-timeout': setting(TIMEOUT, '5m', {
      description:
        'A whole request must have arrived within this time. A full-size message over a slow radio link takes minutes.',
    }),
    'idle-timeout': setting(TIMEOUT, '60s', { description: 'An answer that makes no progress for this long is given up.' }),
    'keep-alive-timeout': setting(TIMEOUT, '15s', { description: 'A connection without a request is closed after this time.' }),
    'submissions-in-flight-max': setting(count(1, LIMITS.submissionsInFlightMax), 512, {
      description: 'Submissions received but not yet stored; above it handsets get the transient error at once.',
    }),
    'body-octets-in-flight-max': setting(size('1MB', '64GB'), '128MB', {
      description: 'Memory for request bodies at once; above it handsets get the transient error at once.',
    }),
    'content-octets-in-flight-max': setting(size('1MB', '64GB'), '128MB', {
      description: 'Memory for content being sent at once; above it fetches wait a little.',
    }),
    tls: section('TLS on the MM1 listener. Both keys or neither.', {
      key: choice(path, { description: 'File of the private key, PEM.', otherwise: 'no TLS', example: 'mm1-key.pem' }),
      cert: choice(path, {
        description: 'File of the certificate chain, PEM, own certificate first.',
        otherwise: 'no TLS',
        example: 'mm1-cert.pem',
      }),
    }),
    identity: section('How the network says which subscriber a request comes from. What is not listed here is not believed.', {
      mode: setting(oneOf('lab', 'network'), 'lab', {
        description:
          'lab: every client names itself by the header; only on loopback. network: gateways and client addresses as listed below.',
      }),
      headers: setting(list(headerName, 1, 16), ['x-msisdn'], {
        description:
          'Headers that carry the subscriber number. Mode lab uses exactly one. Removed from requests of everybody who is not a gateway.',
      }),
      gateways: setting(list(network, 0, 1024), [], {
        description: 'Mode network: WAP gateways and proxies whose headers are believed, by the address of their connection.',
      }),
      clients: sections('Mode network: client addresses with fixed numbers, such as the address pool of an APN.', {
        network: required(network, {
          description: 'Its first address has first-msisdn, the next address the next number, and so on.',
          example: '10.64.0.0/24',
        }),
        'first-msisdn': required(digits(5, 15, 'a number in international form without plus'), {
          description: 'Number of the first address.',
          example: '46700000000',
        }),
      }),
    }),
  }),

  numbering: section('How subscribers write numbers, and which numbers are ours.', {
    'own-numbers': setting(list(digits(1, 15, 'the beginning of numbers in international form without plus'), 0, 100_000), [], {
      description: 'Prefixes of our own subscribers. Empty means that every number is ours, which only mode lab allows.',
    }),
    'country-code': choice(digits(1, 3, 'a country code'), {
      description: 'Written before national numbers.',
      otherwise: 'national spellings are refused as no addresses',
      example: '46',
    }),
    'national-prefix': choice(digits(1, 4, 'a dialling prefix'), {
      description: 'What subscribers dial before a national number. Needs country-code.',
      otherwise: 'none is taken off',
      example: '0',
    }),
    'international-prefix': setting(digits(1, 4, 'a dialling prefix'), '00', {
      description: 'What subscribers dial before an international number, beside the plus sign.',
    }),
  }),

  messages: section('What the operator allows and promises.', {
    'size-max': setting(size('10KB', '100MB'), '2MB', { description: 'Largest content of one message.' }),
    'recipients-max': setting(count(1, LIMITS.recipientsMax), LIMITS.recipientsMax, {
      description: 'Most recipients of one message.',
    }),
    'expiry-default': setting(duration('1m', '365d'), '72h', {
      description: 'How long a message waits for its recipient when the sender says nothing.',
    }),
    'expiry-max': setting(duration('1m', '365d'), '7d', {
      description: 'The longest that a sender gets; longer wishes are cut to it.',
    }),
    'delivery-time-max': setting(duration('0s', '365d'), '30d', {
      description: 'How far ahead an earliest delivery time may lie; later ones are refused. "0s" refuses all.',
    }),
    'sender-hiding': setting(flag, true, { description: 'May senders hide their number from the recipients?' }),
    'delivery-reports': setting(flag, true, { description: 'Delivery reports to senders that ask for them.' }),
    'read-reports': setting(flag, true, { description: 'Read reports to senders that ask for them.' }),
    'retrieve-by': setting(oneOf('recipient', 'address'), 'recipient', {
      description:
        'Who may fetch content. recipient: whoever knows the address, unless the network says that it is somebody else than the recipient. address: whoever knows the address.',
    }),
    'push-retry': setting(list(duration('1s', '7d'), 1, 64), ['30s', '2m', '10m', '30m', '2h', '6h'], {
      description: 'Waits between the pushes of one notification or report; the last one repeats until expiry.',
    }),
    'pushes-in-flight-max': setting(count(1, 100_000), 256, { description: 'Pushes under way at once.' }),
    'report-lifetime': setting(duration('1m', '365d'), '72h', { description: 'How long a report is tried.' }),
    'resubmission-window': setting(duration('0s', '7d'), '15m', {
      description:
        'The same octets of the same sender within this time are one submission (handsets resend when they miss the answer). "0s" switches it off.',
    }),
    history: setting(duration('1h', '3650d'), '30d', {
      description: 'How long the history of a finished message is kept. Its content goes when it is delivered.',
    }),
  }),

  push: section('How notifications and reports reach handsets.', {
    kind: setting(oneOf('lab', 'kannel'), 'lab', {
      description:
        'lab: handsets of the laboratory connect to push.lab.listen. kannel: WAP push through the sendsms interface of Kannel.',
    }),
    lab: section('For kind lab.', {
      listen: setting(listen, '127.0.0.1:8515', { description: 'Where handsets connect and wait; loopback only.' }),
      'connections-max': setting(count(1, 1_000_000), 1_000, { description: 'Handsets connected at once.' }),
      'confirm-timeout': setting(PUSH_TIMEOUT, '10s', {
        description: 'A handset that has not confirmed a push within this time is out of reach.',
      }),
    }),
    kannel: section('For kind kannel.', {
      url: choice(httpUrl, {
        description: 'Address of sendsms.',
        otherwise: 'a fault with kind kannel',
        example: 'http://127.0.0.1:13013/cgi-bin/sendsms',
      }),
      username: choice(text(), { description: 'User of sendsms.', otherwise: 'a fault with kind kannel', example: 'angarium' }),
      'password-file': choice(path, {
        description: 'File with the password of that user in its first line.',
        otherwise: 'a fault with kind kannel',
        example: 'kannel-password',
      }),
      from: choice(text('a short code or number'), {
        description: 'Sender of the short messages.',
        otherwise: 'a fault with kind kannel',
        example: '7777',
      }),
      smsc: choice(text(), { description: 'Which SMSC link of Kannel to use.', otherwise: 'Kannel chooses', example: 'smsc-1' }),
      timeout: setting(PUSH_TIMEOUT, '10s', {
        description: 'An answer that takes longer counts as none; the push is tried again.',
      }),
      'connections-max': setting(count(1, 10_000), 32, { description: 'Connections to Kannel at once.' }),
    }),
  }),

  ...ROAD_SECTIONS,

  operator: section('The operator API, which `angarium messages` and `angarium message` use.', {
    socket: choice(path, {
      description: 'Unix socket, for owner and group only.',
      otherwise: 'operator.sock in the data folder',
      example: '/run/angarium/operator.sock',
    }),
    listen: choice(listen, {
      description: 'Also on TCP; needs token-file. Not encrypted: keep it on loopback or an inner network.',
      otherwise: 'not on TCP',
      example: '127.0.0.1:8517',
    }),
    'token-file': choice(path, {
      description: 'File with the bearer token in its first line, at least 32 characters.',
      otherwise: 'a fault with operator.listen',
      example: 'operator-token',
    }),
    user: sections('Who may use the API on TCP, beside the holder of token-file (who is an operator).', {
      name: required(name, { description: 'Stands in the history of what he changes.', example: 'eva' }),
      role: required(oneOf('viewer', 'operator', 'administrator'), {
        description:
          'viewer: sees, numbers masked. operator: sees numbers, pauses, resumes and deals with what waits. administrator: changes objects as well.',
        example: 'operator',
      }),
      'token-file': required(path, {
        description: 'File with his bearer token in its first line, at least 32 characters.',
        example: 'eva-token',
      }),
    }),
    tls: section('TLS on operator.listen. Both keys or neither.', {
      key: choice(path, { description: 'File of the private key, PEM.', otherwise: 'no TLS', example: 'operator-key.pem' }),
      cert: choice(path, {
        description: 'File of the certificate chain, PEM, own certificate first.',
        otherwise: 'no TLS',
        example: 'operator-cert.pem',
      }),
    }),
    hosts: setting(list(text('a host name without port'), 0, 64), [], {
      description:
        'Host names that requests may be addressed to, beside localhost, loopback addresses and operator.listen. Guards against DNS rebinding.',
    }),
    origins: setting(list(text('an origin, for instance "https://console.example"'), 0, 64), [], {
      description: 'Origins of web pages that may call; requests with any other Origin header are refused.',
    }),
  }),

  monitoring: section('Metrics and health, without identification: keep it on an inner network.', {
    listen: setting(listen, '127.0.0.1:8516', { description: 'Serves /metrics (Prometheus), /healthz and /readyz.' }),
  }),
});

/** The whole configuration with every default filled in: durations in milliseconds, sizes in octets. */
export type Config = z.output<typeof configSchema>;

/** The configuration as one would write it, every key optional. */
export type ConfigInput = z.input<typeof configSchema>;
