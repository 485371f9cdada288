/**
 * The configuration of the `gate` program: every key with its meaning, kind and default. Types, defaults, fault messages, the example file and
 * docs/gate-configuration.md come from this table and from nothing else.
 */
import { z } from 'zod';
import {
  choice,
  duration,
  list,
  listen,
  name,
  oneOf,
  path,
  required,
  section,
  sections,
  setting,
  text,
} from '../config-values.js';
import { hygieneSections, screeningSections, storeSections } from './config-screening.js';
import { linkSections, translationSections } from './config-signalling.js';

export const gateSchema = z.strictObject({
  data: section('Where the gate keeps what it must not lose.', {
    folder: setting(path, './angarium-gate', {
      description:
        'Folder of the number store, of decisions, of what operators changed and of the audit log. One running gate per folder.',
    }),
  }),
  program: section('How the process behaves as a whole.', {
    'stop-within': setting(duration('1s', '10m'), '10s', {
      description: 'On SIGTERM or SIGINT links are taken out of traffic and what is under way goes out for this long.',
    }),
  }),
  log: section('The log, on standard output.', {
    level: setting(oneOf('debug', 'info', 'warn', 'error'), 'info', { description: 'Lowest level written.' }),
    format: setting(oneOf('auto', 'json', 'line'), 'auto', {
      description:
        'One JSON object a line, or one readable line each. auto: readable when standard output is a terminal, JSON otherwise.',
    }),
    numbers: setting(oneOf('masked', 'full'), 'masked', {
      description: 'Subscriber numbers: masked shows the last four digits only.',
    }),
  }),
  ...linkSections,
  ...translationSections,
  ...screeningSections,
  ...hygieneSections,
  ...storeSections,
  operator: section('The operator API, which the commands of `angarium gate` use.', {
    socket: choice(path, {
      description: 'Unix socket, for owner and group only. Whoever may open it may do everything, in the name that he gives.',
      otherwise: 'gate.sock in the data folder',
      example: '/run/angarium/gate.sock',
    }),
    listen: choice(listen, {
      description:
        'Also on TCP, for the users below. Not encrypted without operator.tls: then keep it on loopback or an inner network.',
      otherwise: 'not on TCP',
      example: '127.0.0.1:8527',
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
      description: 'Host names that requests may be addressed to, beside localhost, loopback addresses and operator.listen.',
    }),
    origins: setting(list(text('an origin, for instance "https://console.example"'), 0, 64), [], {
      description: 'Origins of web pages that may call; requests with any other Origin header are refused.',
    }),
    user: sections('Who may use the API over TCP.', {
      name: required(name, { description: 'Stands in the audit log.', example: 'console' }),
      role: required(oneOf('viewer', 'operator', 'follower'), {
        description:
          'viewer: sees everything, numbers masked. operator: sees numbers and changes things. follower: fetches the number store.',
        example: 'viewer',
      }),
      'token-file': required(path, {
        description: 'File with the bearer token in its first line, at least 32 characters.',
        example: 'console-token',
      }),
    }),
  }),
  monitoring: section('Metrics and health, without identification: keep it on an inner network.', {
    listen: setting(listen, '127.0.0.1:8526', { description: 'Serves /metrics (Prometheus), /healthz and /readyz.' }),
  }),
});

/** The whole configuration with every default filled in: durations in milliseconds, sizes in octets. */
export type GateConfig = z.output<typeof gateSchema>;

/** The configuration as one would write it. */
export type GateConfigInput = z.input<typeof gateSchema>;
