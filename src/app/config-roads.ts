/** The keys of the roads beyond our own handsets: other carriers (MM4), content providers (MM7), and how numbers are routed to them. */
import { LIMITS } from '#base';
import {
  choice,
  count,
  duration,
  flag,
  headerName,
  list,
  listen,
  network,
  oneOf,
  path,
  read,
  required,
  section,
  sections,
  setting,
  size,
  text,
  urlPath,
} from './config-values.js';
import { listenAddress } from './written-values.js';

/** Labels of letters, digits and hyphens. RFC 1123 2.1. Unit of the length: characters. */
const DOMAIN = /^(?=.{1,253}$)(?!-)[0-9a-z-]{1,63}(?<!-)(\.(?!-)[0-9a-z-]{1,63}(?<!-))*$/;

export const domain = read('a domain name, for instance "mms.example.net"', (written) => {
  const lower = written.toLowerCase();
  return DOMAIN.test(lower) ? lower : undefined;
});

/** A name or address with its port. */
const listenOrName = read('a host and a port, for instance "smtp.example.net:25"', (written) => {
  const found = /^(.+):([0-9]{1,5})$/.exec(written);
  const [host, port] = [found?.[1]?.toLowerCase() ?? '', Number(found?.[2])];
  if (port < 1 || port > PORT_MAX) return undefined;
  return DOMAIN.test(host) ? { host, port } : listenAddress(written);
});

const PORT_MAX = 65_535;

/** Source: a known neighbour that makes a connection for every mail, at a hundred a second; strangers are turned away by other rules. */
const CONNECTS_PER_MINUTE_MAX = 6_000;

/** Longest timer of a connection. */
const TIMEOUT = duration('100ms', '1h');
const LOOKUP = duration('10ms', '1m');

const ASK = setting(oneOf('every-number', 'foreign-numbers'), 'every-number', {
  description:
    'Asked about every number, or only about those outside numbering.own-numbers. Numbers that left us are among our own.',
});

const whenItFails = (preset: 'go-on' | 'wait' | 'refuse') =>
  setting(oneOf('go-on', 'wait', 'refuse'), preset, {
    description:
      'When it fails or is late. go-on: as if it knew nothing. wait: the message is accepted and the recipient decided later. refuse: he is refused.',
  });

const LISTENER_TLS = {
  key: choice(path, { description: 'File of the private key, PEM.', otherwise: 'no TLS', example: 'key.pem' }),
  cert: choice(path, {
    description: 'File of the certificate chain, PEM, own certificate first.',
    otherwise: 'no TLS',
    example: 'cert.pem',
  }),
  'client-authorities': choice(path, {
    description: 'File of the authorities by which client certificates are verified, PEM.',
    otherwise: 'no client certificate is verified by an authority',
    example: 'clients-ca.pem',
  }),
};

/** Lookups elsewhere keep their answers. */
const cache = {
  'cache-entries-max': setting(count(0, 10_000_000), 100_000, { description: 'Answers kept. 0: none.' }),
  'ttl-min': setting(duration('0s', '1d'), '10s', { description: 'An answer is kept at least so long, whatever it says.' }),
  'ttl-max': setting(duration('0s', '30d'), '1d', { description: 'An answer is kept at most so long.' }),
  'negative-ttl-max': setting(duration('0s', '1d'), '5m', { description: 'That nothing is known is kept at most so long.' }),
  'in-flight-max': setting(count(1, 100_000), 1_000, { description: 'Questions under way at once; the next one fails as busy.' }),
};

export const ROAD_SECTIONS = {
  smtp: section('SMTP as MM4 and MM3 have it in common.', {
    'host-name': choice(domain, {
      description: 'Our name in banners and in EHLO: one that the DNS gives back for our address.',
      otherwise: 'the first of mm4.domains or mm3.domains',
      example: 'mx.mms.example.net',
    }),
    'connections-max': setting(count(1, 100_000), LIMITS.smtpClientConnectionsMax, {
      description: 'Outgoing connections at once, over all destinations.',
    }),
  }),

  mm4: section('MM4: other carriers. Which peers there are is in the store: `angarium peer`, `angarium apply`.', {
    domains: setting(list(domain, 0, 64), [], {
      description: 'Our MMS domains; the first is ours towards peers whose object names no other. Empty: no MM4.',
    }),
    listen: choice(listen, {
      description: 'Where peers connect to.',
      otherwise: 'nothing is listened to; messages only go out',
      example: '192.0.2.10:25',
    }),
    'tls-mode': setting(oneOf('starttls', 'starttls-required', 'implicit'), 'starttls', {
      description: 'With mm4.tls. starttls: offered. starttls-required: no mail before it. implicit: TLS from the first octet.',
    }),
    tls: section('TLS on the MM4 listener. Key and certificate, or neither.', LISTENER_TLS),
    'connections-max': setting(count(1, 100_000), LIMITS.smtpConnectionsMax, { description: 'Connections of peers at once.' }),
    'connects-per-minute-max': setting(count(1, 1_000_000), CONNECTS_PER_MINUTE_MAX, {
      description: 'New connections of one address in a minute; above it they are told to come again.',
    }),
    'content-octets-in-flight-max': setting(size('1MB', '64GB'), '128MB', {
      description: 'Memory for mails being received at once; above it peers are told to come again.',
    }),
    'refusal-wait': setting(duration('100ms', '5m'), '10s', {
      description: 'How long the answer to a refused message may take to go out before the refusal is said in SMTP instead.',
    }),
  }),

  mm3: section('MM3: Internet mail. Who may write to phones by mail is in the store: mail rules, `angarium apply`.', {
    domains: setting(list(domain, 0, 64), [], {
      description: 'Our mail domains: a number before the @ is that phone. The first is the one that is written. Empty: no MM3.',
    }),
    listen: choice(listen, {
      description: 'Where border servers hand in mail.',
      otherwise: 'nothing is listened to; mail only goes out',
      example: '192.0.2.10:2525',
    }),
    'border-servers': setting(list(network, 0, 1024), ['127.0.0.0/8', '::1/128'], {
      description:
        'Who may hand in mail: our own border servers, which have looked at SPF, DKIM and DMARC. Others are turned away.',
    }),
    'authentication-servers': setting(list(text('a name'), 0, 16), [], {
      description: 'Names (authserv-id) of border servers whose Authentication-Results are believed (RFC 8601).',
    }),
    'refuse-failed': setting(list(oneOf('spf', 'dkim', 'dmarc'), 0, 3), ['dmarc'], {
      description: 'What must not have failed by their word, whatever a rule says.',
    }),
    otherwise: setting(oneOf('accept', 'refuse'), 'refuse', { description: 'What a mail that no mail rule fits gets.' }),
    bulk: setting(oneOf('accept', 'refuse'), 'refuse', { description: 'Mail of lists and in bulk.' }),
    'plus-required': setting(flag, false, {
      description: 'Must a number in an address begin with a plus sign? Otherwise national spellings are understood, too.',
    }),
    'staff-mailbox': choice(text('a mailbox'), {
      description: 'Where mail to postmaster and abuse goes (RFC 2142).',
      otherwise: 'such mail is refused for now, so that somebody notices',
      example: 'staff@example.net',
    }),
    'connections-max': setting(count(1, 100_000), LIMITS.smtpConnectionsMax, {
      description: 'Connections of border servers at once.',
    }),
    'connects-per-minute-max': setting(count(1, 1_000_000), CONNECTS_PER_MINUTE_MAX, {
      description: 'New connections of one address in a minute; above it they are told to come again.',
    }),
    'content-octets-in-flight-max': setting(size('1MB', '64GB'), '128MB', {
      description: 'Memory for mails being received at once; above it border servers are told to come again.',
    }),
    'tls-mode': setting(oneOf('starttls', 'starttls-required', 'implicit'), 'starttls', {
      description: 'With mm3.tls. starttls: offered. starttls-required: no mail before it. implicit: TLS from the first octet.',
    }),
    tls: section('TLS on the MM3 listener. Key and certificate, or neither.', LISTENER_TLS),
    'smart-host': choice(listenOrName, {
      description: 'One server that takes all our mail.',
      otherwise: 'the mail exchangers of each domain',
      example: 'smtp.example.net:25',
    }),
    'smart-host-tls': setting(oneOf('none', 'opportunistic', 'required', 'implicit'), 'opportunistic', {
      description: 'TLS towards mm3.smart-host. required and implicit are verified and never given up.',
    }),
    'return-path': setting(oneOf('token', 'sender'), 'token', {
      description:
        "MAIL FROM of what subscribers send. token: made of the delivery, so that a bounce says by its address what came back. sender: the subscriber's own address.",
    }),
    dkim: section('DKIM signatures of our mail (RFC 6376).', {
      domain: choice(domain, { description: 'Signing domain.', otherwise: 'nothing is signed', example: 'mms.example.net' }),
      selector: choice(text('a selector'), { description: 'Its selector.', otherwise: 'nothing is signed', example: 'mms1' }),
      key: choice(path, {
        description: 'File of the private key, PEM; RSA or Ed25519.',
        otherwise: 'nothing is signed',
        example: 'dkim.pem',
      }),
    }),
  }),

  mm7: section('MM7: content providers. Which there are is in the store: `angarium vasp`, `angarium apply`.', {
    listen: choice(listen, {
      description: 'Where VASPs post to.',
      otherwise: 'no MM7',
      example: '192.0.2.10:8518',
    }),
    path: setting(urlPath, '/mm7', { description: 'Where SOAP is posted.' }),
    'json-path': setting(urlPath, '/vasp/v1', { description: 'What paths of the JSON interface begin with.' }),
    'relay-server-id': setting(text(), 'angarium', {
      description: 'How we name ourselves to VASPs (MMSRelayServerID), and the realm of HTTP authentication.',
    }),
    tls: section('TLS on the MM7 listener. Key and certificate, or neither.', LISTENER_TLS),
    'connections-max': setting(count(1, 1_000_000), 1_000, { description: 'Connections open at once.' }),
    'headers-timeout': setting(TIMEOUT, '10s', { description: 'The headers of a request must have arrived within this time.' }),
    'request-timeout': setting(TIMEOUT, '2m', { description: 'A whole request must have arrived within this time.' }),
    'keep-alive-timeout': setting(TIMEOUT, '30s', { description: 'A connection without a request is closed after this time.' }),
    'requests-in-flight-max': setting(count(1, 100_000), 256, {
      description: 'Requests read and not yet answered; above it VASPs are told to come again.',
    }),
    'body-octets-in-flight-max': setting(size('1MB', '64GB'), '128MB', {
      description: 'Memory for request bodies at once; above it VASPs are told to come again.',
    }),
  }),

  charging: section('Charging records (MM8, TS 32.270), for those who bill.', {
    folder: choice(path, { description: 'Folder of the files.', otherwise: 'no records are written', example: 'charging' }),
    node: setting(
      read('up to 32 letters, digits and underscores', (its) => (/^[A-Za-z0-9_]{1,32}$/.test(its) ? its : undefined)),
      'mmsc1',
      {
        description: 'Name of this node: part of file names and of each record.',
      },
    ),
    domain: choice(domain, {
      description: 'Domain of our relay in the records (MMSRSAddress).',
      otherwise: 'the first of mm4.domains or mm3.domains, or localhost',
      example: 'mms.example.net',
    }),
    formats: setting(list(oneOf('json', 'csv'), 1, 2), ['json'], { description: 'One file each, with the same records.' }),
    numbers: setting(oneOf('whole', 'masked'), 'whole', { description: 'Subscriber numbers in the records.' }),
    'file-size': setting(size('10KB', '1GB'), '16MB', { description: 'A file is closed when it is so long.' }),
    'file-age': setting(duration('1s', '1d'), '15m', { description: 'A file is closed so long after it was begun.' }),
  }),

  routing: section(
    'Where a message for a recipient goes. Which route leads where is in the store: `angarium route`, `angarium apply`; why a number goes where it goes says `angarium route explain`.',
    {
      'own-subscribers': setting(oneOf('range-suffices', 'must-be-known'), 'range-suffices', {
        description:
          'range-suffices: a number in numbering.own-numbers is a subscriber of ours. must-be-known: it also needs an object of its own.',
      }),
      'when-network-unknown': setting(oneOf('refuse', 'by-number'), 'refuse', {
        description:
          'A lookup says that a number is at home in a network that no route leads to. refuse: so is the recipient. by-number: routes by the number itself may still decide.',
      }),
      email: setting(oneOf('send', 'refuse'), 'send', {
        description: 'Mailboxes that no route names: sent as Internet mail where MM3 is configured, or refused.',
      }),
      'mail-to-peers': setting(oneOf('send', 'refuse'), 'refuse', {
        description: 'Internet mail for numbers of other carriers: handed on to them, or refused.',
      }),
      'retry-after': setting(duration('1s', '1d'), '1m', {
        description: 'When a recipient is asked about again who could not be decided.',
      }),
      numbers: section('The number store, as a gate on this machine keeps it (`follow`) or in a folder of our own.', {
        folder: choice(path, {
          description: 'Folder of the number store.',
          otherwise: 'numbers are not looked up there',
          example: '/var/lib/angarium-gate/numbers',
        }),
        follow: setting(flag, true, {
          description: 'Another process writes there, a gate or `angarium numbers`; we only read. false: we write ourselves.',
        }),
        ask: ASK,
        'when-it-fails': whenItFails('wait'),
      }),
      enum: section('ENUM: the carrier of a number by NAPTR records in the DNS (RFC 6116, RFC 4355).', {
        servers: setting(list(listen, 0, 16), [], {
          description: 'Addresses of name servers, asked in this order. Empty: no ENUM.',
        }),
        root: setting(domain, 'e164enum.net', { description: 'Where numbers hang in the tree.' }),
        services: setting(list(oneOf('mms:mailto', 'pstn:tel'), 1, 2), ['mms:mailto'], {
          description: 'Services that are believed.',
        }),
        ask: ASK,
        'when-it-fails': whenItFails('wait'),
        deadline: setting(LOOKUP, '2s', { description: 'From the question to the answer, all attempts together.' }),
        'attempt-timeout': setting(LOOKUP, '500ms', { description: 'How long one server is waited for.' }),
        ...cache,
      }),
      http: section('A lookup by HTTP: one GET for a number, JSON in the answer.', {
        url: choice(text('an http or https address with {number}'), {
          description: 'Address; {number} stands for the digits with country code.',
          otherwise: 'no lookup by HTTP',
          example: 'http://192.0.2.20:8520/v1/numbers/{number}',
        }),
        answer: setting(oneOf('gate', 'fields'), 'gate', {
          description: 'gate: the answers of our own gate. fields: members named below.',
        }),
        fields: section('With answer = "fields": members of the answer, as paths of names joined by dots.', {
          own: choice(text(), { description: 'True: the number is ours.', otherwise: 'not looked for', example: 'own' }),
          domain: choice(text(), {
            description: "Domain of the carrier's relay.",
            otherwise: 'not looked for',
            example: 'mms.domain',
          }),
          network: choice(text(), { description: 'Country and network code.', otherwise: 'not looked for', example: 'mccmnc' }),
          operator: choice(text(), {
            description: 'Routing number or code of the operator.',
            otherwise: 'not looked for',
            example: 'rn',
          }),
        }),
        headers: sections('Headers sent with each request.', {
          name: required(headerName, { description: 'Name.', example: 'authorization' }),
          'value-file': required(path, { description: 'File with the value in its first line.', example: 'lookup-token' }),
        }),
        authorities: choice(path, {
          description: 'File of the authorities believed, PEM.',
          otherwise: 'those of the system',
          example: 'lookup-ca.pem',
        }),
        ask: ASK,
        'when-it-fails': whenItFails('wait'),
        deadline: setting(LOOKUP, '1s', { description: 'From the question to the answer.' }),
        'connections-max': setting(count(1, 10_000), 32, { description: 'Connections at once.' }),
        ...cache,
      }),
    },
  ),
};
