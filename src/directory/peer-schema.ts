/** How peers are written. The meaning of each key in the program stands at `Peer`. */
import { z } from 'zod';
import { LIMITS } from '#base';
import type { Peer } from './peer.js';
import { programForm } from './program-form.js';
import * as w from './words.js';

const SMTP_PORT = 25;
const HOSTS_MAX = 16;
const DOMAINS_MAX = 64;
const NETWORKS_MAX = 256;
const CERTIFICATES_MAX = 16;
const RETRIES_MAX = 32;
const PREFIXES_MAX = 1024;

/** Highest rates and counts that can be asked for: far above what one machine does, so that a slip of the keyboard shows. */
const RATE_MAX = 100_000;
const CONNECTIONS_MAX = 1_000;

export const trafficState = w.setting(
  w.oneOf('active', 'paused', 'draining'),
  'active',
  'active: both ways. paused: what is for it waits, what it sends is put off. draining: what waits for it goes out, nothing new is taken either way. Absent in a file that is applied: what it is now.',
);

export const note = w.choice(w.text(500), {
  description: 'For people.',
  otherwise: 'none',
  example: 'contract 4711, noc@opb.example',
});

export const peerSchema = z.strictObject({
  name: w.required(w.name, { description: 'Unique among peers.', example: 'operator-b' }),
  state: trafficState,
  note,
  domains: w.required(w.list(w.domain, 1, DOMAINS_MAX), {
    description: 'Its MMS domains. Recipients are addressed at the first. A domain belongs to one peer.',
    example: ['mms.opb.example'],
  }),
  hosts: w.setting(
    w.list(w.host(SMTP_PORT), 0, HOSTS_MAX),
    [],
    'Where it takes mail, tried in this order. Empty: by DNS (MX, then addresses) of its first domain.',
  ),
  greeting: w.choice(w.domain, {
    description: 'Name that we greet it with (EHLO).',
    otherwise: "the program's",
    example: 'mx1.mms.opa.example',
  }),
  'own-domain': w.choice(w.domain, {
    description: 'Our domain towards it.',
    otherwise: "the first of the program's",
    example: 'mms.opa.example',
  }),

  identification: w.section(
    'How a connection is known to be its own. All that is given must hold; with nothing given nothing is taken from it.',
    {
      networks: w.setting(
        w.list(w.network, 0, NETWORKS_MAX),
        [],
        'Addresses and networks that it connects from. Empty: any address.',
      ),
      certificates: w.setting(
        w.list(w.certificate, 0, CERTIFICATES_MAX),
        [],
        'Names or fingerprints of its client certificate, any of which must fit. Empty: none is asked for.',
      ),
      'sender-domains': w.setting(
        w.list(w.domain, 0, DOMAINS_MAX),
        [],
        'Domains that its MAIL FROM may have. Empty: those of domains.',
      ),
      user: w.choice(w.token(128, 'a user name'), {
        description: 'AUTH that it must do.',
        otherwise: 'none is asked for',
        example: 'opb',
      }),
      password: w.choice(w.secret(1), {
        description: 'Of that user.',
        otherwise: 'a fault with user',
        example: { file: 'opb-password' },
      }),
    },
  ),

  tls: w.section('Encryption.', {
    outgoing: w.setting(
      w.oneOf('never', 'when-offered', 'required', 'implicit'),
      'when-offered',
      'On the way out. implicit: from the first octet (often port 465). required: STARTTLS, or no mail.',
    ),
    verify: w.setting(
      w.oneOf('nothing', 'chain', 'name'),
      'name',
      "What of its server's certificate must hold, where outgoing is required or implicit: nothing, a good chain, or that and the host's name.",
    ),
    'server-name': w.choice(w.domain, {
      description: 'Name asked for and looked for in the certificate.',
      otherwise: "the host's",
      example: 'mx.opb.example',
    }),
    authorities: w.choice(w.pem, {
      description:
        'Authorities believed: of its servers, and of its clients, whose certificate one of them must have signed itself (so list those in between, too).',
      otherwise: 'those of the system for its servers, mm4.tls.client-authorities for its clients',
      example: { file: 'opb-ca.pem' },
    }),
    incoming: w.setting(w.oneOf('optional', 'required'), 'optional', 'On the way in: must it be encrypted before MAIL FROM?'),
  }),

  auth: w.optionalSection('How we identify ourselves towards it by AUTH. Absent: not at all.', {
    method: w.setting(
      w.oneOf('plain', 'login', 'cram-md5'),
      'plain',
      'plain and login are used under TLS only: without it they show the password to whoever listens.',
    ),
    user: w.required(w.token(128, 'a user name'), { description: 'User there.', example: 'opa' }),
    password: w.required(w.secret(1), { description: 'Password there.', example: { file: 'opa-at-opb' } }),
  }),

  limits: w.section('How much, how fast.', {
    'size-max': w.setting(
      w.size('10KB', '100MB'),
      '3MB',
      'Largest message as it crosses SMTP, both ways; base64 makes content a third larger.',
    ),
    'rate-in-max': w.setting(w.rate(RATE_MAX), 1_000, 'Messages a second taken from it; above it, 4xx.'),
    'rate-out-max': w.setting(w.rate(RATE_MAX), 1_000, 'Messages a second handed to it.'),
    'connections-in-max': w.setting(w.count(1, CONNECTIONS_MAX), 32, 'Connections from it at once.'),
    'connections-out-max': w.setting(w.count(1, CONNECTIONS_MAX), 16, 'Connections to it at once.'),
    'recipients-out-max': w.setting(
      w.count(1, LIMITS.recipientsMax),
      50,
      'Recipients of one transaction to it; 1 where it takes only one.',
    ),
    'recipients-in-max': w.setting(
      w.count(1, LIMITS.recipientsMax),
      LIMITS.recipientsMax,
      'Recipients of one transaction from it.',
    ),
    'messages-per-connection-max': w.setting(w.count(1, 100_000), 100, 'Messages of one connection to it; then a new one.'),
  }),

  retry: w.setting(
    w.list(w.duration('1s', '7d'), 1, RETRIES_MAX),
    ['10s', '1m', '5m', '15m', '1h', '3h'],
    'Waits between attempts, of messages, responses and reports; the last one repeats until what waits expires.',
  ),
  'connect-timeout': w.setting(w.duration('1s', '10m'), '30s', 'For a connection and its greeting.'),
  'answer-timeout': w.setting(
    w.duration('1s', '30m'),
    '2m',
    'For an answer to a command; three times as long for the end of DATA.',
  ),

  acknowledgement: w.section('MM4_forward.RES and the responses to reports.', {
    forward: w.setting(w.flag, true, 'Ask for MM4_forward.RES (X-Mms-Ack-Request: Yes).'),
    reports: w.setting(w.flag, false, 'Ask for the responses to reports.'),
    wait: w.setting(w.duration('1m', '30d'), '24h', 'How long a response is awaited once the peer took the message.'),
    'when-missing': w.setting(
      w.oneOf('indeterminate', 'resend'),
      'indeterminate',
      'What becomes of a delivery whose response never came. resend: handed over again with the same ids, three times at most, for peers that lose messages.',
    ),
  }),

  dialect: w.section('How it wants things written. What comes in is read in every form.', {
    version: w.setting(w.dotted(2, 3, 'a version of the specification', '6.10.0'), '6.10.0', 'X-Mms-3GPP-MMS-Version.'),
    'header-address': w.setting(
      w.oneOf('plmn', 'plmn-with-domain', 'bare', 'bare-with-domain'),
      'plmn',
      'Numbers in From, To and Cc: +46.../TYPE=PLMN or +46..., with or without domain.',
    ),
    'envelope-address': w.setting(w.oneOf('plmn', 'bare'), 'plmn', 'Numbers in MAIL FROM and RCPT TO, in front of the domain.'),
    plus: w.setting(w.flag, true, 'Write the plus sign of numbers.'),
    'quoted-ids': w.setting(w.flag, true, 'Write X-Mms-Transaction-ID and X-Mms-Message-ID in double quotes.'),
    'mail-from': w.setting(
      w.oneOf('originator', 'system'),
      'originator',
      "MAIL FROM of MM4_forward.REQ: the sender's address, or our system mailbox.",
    ),
    'system-mailbox': w.setting(w.localPart, 'system-user', 'Local part of our system mailbox towards it.'),
    'report-addresses': w.setting(
      w.oneOf('mail', 'message'),
      'mail',
      'From and To of reports. mail: from the recipient reported about, to the sender. message: as in the message.',
    ),
    expiry: w.setting(w.oneOf('date', 'seconds'), 'date', 'X-Mms-Expiry as a date or as seconds from now.'),
    responses: w.setting(
      w.oneOf('terse', 'verbose'),
      'verbose',
      'terse: headers only. verbose: also Subject, an empty text body, X-Mms-Request-Recipients and a status text.',
    ),
    multipart: w.setting(w.oneOf('as-submitted', 'mixed', 'related'), 'as-submitted', 'Top-level media type of content.'),
    'originator-report': w.setting(w.flag, false, 'Send X-Mms-Originator-R/S-Delivery-Report.'),
    'deferred-reports': w.setting(w.flag, false, 'Report Deferred too, once, when the recipient wants the message later.'),
    'release6-headers': w.setting(w.flag, true, 'Send the headers that release 6 added.'),
    'one-recipient-per-message': w.setting(
      w.flag,
      false,
      'One forward request for each recipient, each with its own transaction.',
    ),
  }),

  numbers: w.section('How numbers that it sends are brought into international form.', {
    'strip-prefixes': w.setting(w.list(w.digits(1, 15, 'a prefix'), 0, 32), [], 'Taken off the front, the first that fits.'),
    'country-code': w.choice(w.digits(1, 3, 'a country code'), {
      description: 'Put in front of numbers without plus.',
      otherwise: 'none',
      example: '46',
    }),
  }),

  'sender-prefixes': w.setting(
    w.list(w.prefix, 0, PREFIXES_MAX),
    [],
    'Beginnings of sender numbers that it may send for. Empty: any number that is not our own.',
  ),
  'hops-max': w.setting(w.count(1, 1_000), 25, 'Received lines above which its message is refused as going in circles.'),
  transit: w.setting(w.flag, false, "May it hand us messages for another peer's recipients?"),
});

export const toPeer = (read: z.output<typeof peerSchema>): Peer => programForm(read);
