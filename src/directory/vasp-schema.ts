/** How VASPs are written. The meaning of each key in the program stands at `Vasp`. */
import { z } from 'zod';
import { LIMITS } from '#base';
import { note, trafficState } from './peer-schema.js';
import { programForm } from './program-form.js';
import type { Vasp } from './vasp.js';
import * as w from './words.js';

const CODES_MAX = 1_000;
const SECRETS_MAX = 4;
const WINDOWS_MAX = 64;
const RATE_MAX = 100_000;
/** Shortest token of the JSON interface. Unit: characters. Source: 128 random bits in base64 are 22. */
const TOKEN_MIN = 22;

const ID = w.token(64, 'an identifier');
const PARTY = w.oneOf('sender', 'recipient', 'both', 'neither', 'third-party');

export const vaspSchema = z.strictObject({
  name: w.required(w.name, { description: 'Unique among VASPs.', example: 'acme' }),
  state: trafficState,
  note,
  'vasp-id': w.required(ID, { description: 'VASPID that it sends and gets. Unique among VASPs.', example: 'acme' }),
  'vas-ids': w.setting(w.list(ID, 0, CODES_MAX), [], 'VASIDs that it may send. Empty: any, or none.'),
  'short-codes': w.setting(
    w.list(w.shortCode, 0, CODES_MAX),
    [],
    'Its short codes; the first is the sender of what names none. A short code belongs to one VASP.',
  ),
  'sender-addresses': w.setting(w.list(w.senderAddress, 0, CODES_MAX), [], 'Other sender addresses that it may name.'),
  'service-codes': w.setting(w.list(ID, 0, CODES_MAX), [], 'Service codes that it may name. Empty: any.'),
  operations: w.setting(
    w.list(w.oneOf('submit', 'cancel', 'replace', 'extended-cancel', 'extended-replace'), 0, 5),
    ['submit', 'cancel', 'replace'],
    'What it may ask for.',
  ),

  identification: w.section('How it proves who it is. All that is given must hold; something must be given.', {
    method: w.setting(
      w.oneOf('basic', 'digest', 'none'),
      'basic',
      'HTTP authentication. none: by networks, certificates or tokens only.',
    ),
    user: w.choice(w.token(128, 'a user name'), {
      description: 'User of its HTTP authentication. Unique among VASPs.',
      otherwise: 'a fault unless method is none',
      example: 'acme',
    }),
    passwords: w.setting(w.list(w.secret(8), 0, SECRETS_MAX), [], 'Any of which is right: two while one replaces the other.'),
    tokens: w.setting(
      w.list(w.secret(TOKEN_MIN), 0, SECRETS_MAX),
      [],
      'Bearer tokens of the JSON interface, any of which is right. Empty: not served there by token.',
    ),
    certificates: w.setting(
      w.list(w.certificate, 0, 16),
      [],
      'Names or fingerprints of its client certificate, any of which must fit. Empty: none is asked for.',
    ),
    networks: w.setting(w.list(w.network, 0, 256), [], 'Addresses and networks that it calls from. Empty: any.'),
  }),

  limits: w.section('How much, how fast.', {
    'size-max': w.setting(w.size('1KB', '100MB'), '1MB', "Largest content of one message, within the program's own limit."),
    'rate-max': w.setting(w.rate(RATE_MAX), 100, 'Submissions a second, as a long-term mean.'),
    'burst-max': w.setting(w.count(1, 1_000_000), 200, 'Submissions at once above the mean.'),
    'connections-max': w.setting(w.count(1, 10_000), 64, 'Connections at once.'),
    'recipients-max': w.setting(w.count(1, LIMITS.recipientsMax), LIMITS.recipientsMax, 'Recipients of one message.'),
    'waiting-max': w.setting(w.count(0, 100_000_000), 0, 'Messages waiting for recipients at once; 0: no bound of its own.'),
  }),

  charging: w.section('ChargedParty and ChargedPartyID.', {
    allowed: w.setting(w.list(PARTY, 1, 5), ['sender', 'neither'], 'What ChargedParty may say.'),
    preset: w.setting(PARTY, 'sender', 'Taken when the request says nothing; one of allowed.'),
    'third-parties': w.setting(w.list(ID, 0, CODES_MAX), [], 'ChargedPartyIDs that it may name. Empty: none.'),
  }),

  'recipient-prefixes': w.setting(w.list(w.prefix, 0, CODES_MAX), [], 'Beginnings of numbers that it may send to. Empty: any.'),
  windows: w.sections('When its submissions may be delivered. None: at any time.', WINDOWS_MAX, {
    days: w.setting(w.list(w.count(1, 7), 1, 7), [1, 2, 3, 4, 5, 6, 7], '1 Monday to 7 Sunday.'),
    from: w.required(w.timeOfDay, { description: 'Beginning.', example: '08:00' }),
    until: w.required(w.timeOfDay, { description: 'End; before the beginning means over midnight.', example: '21:00' }),
  }),
  'utc-offset': w.setting(w.utcOffset, '+00:00', "Offset of the windows' clock from UTC."),
  'outside-windows': w.setting(
    w.oneOf('hold', 'refuse'),
    'hold',
    'Outside its windows: hold the delivery until the next begins, or refuse.',
  ),
  distribution: w.setting(
    w.flag,
    true,
    'DistributionIndicator when the request says nothing: may recipients pass the message on?',
  ),

  delivery: w.section('Where messages, delivery reports and read replies for it go.', {
    url: w.choice(w.webAddress, {
      description: 'Where it is called.',
      otherwise: 'it is not called: messages to it are refused, reports only kept in the history',
      example: 'https://vas.acme.example/mm7',
    }),
    form: w.setting(w.oneOf('soap', 'json'), 'soap', 'MM7, or its JSON twin.'),
    method: w.setting(w.oneOf('none', 'basic', 'digest', 'bearer'), 'none', 'How we identify ourselves there.'),
    user: w.choice(w.token(128, 'a user name'), {
      description: 'User there.',
      otherwise: 'a fault with basic and digest',
      example: 'mmsc',
    }),
    password: w.choice(w.secret(1), {
      description: 'Password there, or the token of method bearer.',
      otherwise: 'a fault unless method is none',
      example: { file: 'acme-callback-password' },
    }),
    'signing-key': w.choice(w.secret(TOKEN_MIN), {
      description: 'Key of the HMAC-SHA-256 that JSON calls are signed by.',
      otherwise: 'they are not signed',
      example: { file: 'acme-signing-key' },
    }),
    authorities: w.choice(w.pem, {
      description: 'Authorities believed.',
      otherwise: 'those of the system',
      example: { file: 'acme-ca.pem' },
    }),
    retry: w.setting(
      w.list(w.duration('1s', '7d'), 1, 32),
      ['30s', '5m', '5m', '15m', '1h'],
      'Waits between attempts; the last one repeats until the message expires.',
    ),
    timeout: w.setting(w.duration('100ms', '5m'), '10s', 'For an answer.'),
    'connections-max': w.setting(w.count(1, 1_000), 16, 'Connections to it at once.'),
    'rate-max': w.setting(w.rate(RATE_MAX), 200, 'Calls a second.'),
    reports: w.setting(w.flag, true, 'Send delivery reports that it asked for.'),
    'read-replies': w.setting(w.flag, true, 'Send read replies that it asked for.'),
  }),

  dialect: w.section(
    'How it wants SOAP written. What comes in is read in every form and answered in its own namespace and version.',
    {
      namespace: w.setting(
        w.token(256, 'a tag, or a whole namespace'),
        'REL-6-MM7-1-4',
        'Tag at the end of the namespace, or a whole namespace (with a colon).',
      ),
      version: w.setting(w.dotted(2, 3, 'a version of the specification', '6.8.0'), '6.8.0', 'MM7Version.'),
      prefix: w.setting(w.tokenOrNothing(16, 'a prefix'), '', 'Prefix of MM7 elements; "": default namespace.'),
      number: w.setting(w.oneOf('plain', 'plus', 'plus-plmn'), 'plus', 'Numbers: 46..., +46... or +46.../TYPE=PLMN.'),
      'short-code': w.setting(w.oneOf('ShortCode', 'Number'), 'ShortCode', 'Element that short codes stand in.'),
      'soap-action': w.setting(w.tokenOrNothing(256, 'a SOAPAction'), '', 'SOAPAction that we send.'),
      'fault-status': w.setting(
        { schema: z.union([z.literal(200), z.literal(500)]), expects: '200 or 500' },
        500,
        'HTTP status of answers that hold a fault.',
      ),
      'plain-text': w.setting(w.flag, false, 'A text alone goes out as one text/plain part.'),
      'release6-elements': w.setting(w.flag, true, 'Send the elements that release 6 added.'),
    },
  ),
});

export const toVasp = (read: z.output<typeof vaspSchema>): Vasp => programForm(read);
