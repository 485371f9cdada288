/** Sections of the gate's configuration that say how it is connected: networks, links, routes, global title translation. */
import {
  network as addressRange,
  choice,
  count,
  duration,
  flag,
  list,
  match,
  name,
  oneOf,
  path,
  pointCode,
  required,
  section,
  sections,
  setting,
  size,
  text,
  titleDigits,
} from '../config-values.js';

/** Timers of a conversation. */
const TIMER = duration('0s', '10m');
const PORT = count(0, 65_535);
const REMOTE_PORT = count(1, 65_535);
/** Four octets, as M3UA has them. RFC 4666 3.2. */
const U32 = count(0, 0xffff_ffff);
const ADDRESS = text('an IP address, for instance "192.0.2.7"');

/** Network indicators by their names, in the order of their values. ITU-T Q.704 14.2.2. */
export const NETWORK_NAMES = ['international', 'international-spare', 'national', 'national-spare'] as const;
const networkName = oneOf(...NETWORK_NAMES);
const transport = oneOf('sctp', 'tcp');
const trafficMode = oneOf('loadshare', 'override', 'broadcast');

const tls = (own: string) => ({
  key: choice(path, { description: 'File of the private key, PEM.', otherwise: 'no TLS', example: 'gate-key.pem' }),
  cert: choice(path, {
    description: 'File of the certificate chain, PEM, own certificate first.',
    otherwise: 'no TLS',
    example: 'gate-cert.pem',
  }),
  authorities: choice(path, {
    description: `File of the certificates that ${own} must be signed by, PEM.`,
    otherwise: 'no TLS',
    example: 'peers-ca.pem',
  }),
});

const sctp = section('Settings of the SCTP association; what the kernel does not grant is warned about.', {
  streams: setting(count(2, 256), 17, {
    description: 'Streams both ways: one for control and one for each signalling link selection.',
  }),
  'receive-buffer': setting(size('64KB', '64MB'), '4MB', { description: 'Receive buffer of the socket.' }),
  'rto-min': setting(duration('10ms', '10s'), '100ms', { description: 'RTO.Min of RFC 9260.' }),
  'rto-max': setting(duration('100ms', '60s'), '3s', { description: 'RTO.Max of RFC 9260.' }),
  heartbeat: setting(duration('500ms', '5m'), '5s', { description: 'How often the kernel tries idle paths.' }),
  'path-retries-max': setting(count(1, 100), 4, { description: 'Failures in a row after which a path counts as down.' }),
  'association-retries-max': setting(count(1, 100), 8, {
    description: 'Failures in a row after which the association is given up.',
  }),
});

const queueMax = setting(size('64KB', '256MB'), '1MB', {
  description: 'What may wait to be sent on one association. Beyond it messages are refused, and the sender is told.',
});

/** Networks, listeners, peers and links. */
export const linkSections = {
  network: sections('A network of signalling points that the gate is part of. At least one.', {
    indicator: required(networkName, { description: 'Its network indicator (Q.704 14.2.2).', example: 'national' }),
    variant: setting(oneOf('itu', 'ansi'), 'itu', {
      description: "Point codes of 14 bits with SCCP addresses as the ITU has them, or of 24 bits with ANSI's.",
    }),
    'point-codes': required(list(pointCode, 1, 16), {
      description: 'Our own. The first is the origin of what the gate itself sends; messages to any of them are for the gate.',
      example: ['2-1-1'],
    }),
  }),
  listener: sections('Where peers connect to the gate.', {
    name: required(name, { description: 'By which peers and the status speak of it.', example: 'access' }),
    protocol: setting(oneOf('m3ua', 'ipa'), 'm3ua', { description: 'What is spoken there.' }),
    transport: setting(transport, 'sctp', {
      description: 'What it is carried by. M3UA over TCP is for laboratories and for TLS; IPA is always over TCP.',
    }),
    addresses: setting(list(ADDRESS, 0, 8), [], { description: 'Own addresses; several with SCTP (multihoming). Empty: all.' }),
    port: setting(PORT, 2905, { description: 'Port; 0 takes any free one.' }),
    allow: setting(list(addressRange, 0, 1024), [], {
      description: 'Addresses and networks that may connect. Empty: all, and each peer still has to be recognised.',
    }),
    'queue-max': queueMax,
    tls: section(
      'TLS on this listener, over TCP only: all three keys or none. Peers must show a certificate.',
      tls("peers' certificates"),
    ),
    sctp,
  }),
  peer: sections('A peer that connects to a listener. All that is given to recognise it must hold.', {
    name: required(name, { description: 'By which links and the status speak of it.', example: 'msc-1' }),
    listener: required(name, { description: 'The listener that it comes to.', example: 'access' }),
    addresses: setting(list(addressRange, 0, 64), [], { description: 'Its addresses or networks. Empty: not looked at.' }),
    port: choice(REMOTE_PORT, { description: 'Its port.', otherwise: 'not looked at', example: 2905 }),
    'asp-identifier': choice(U32, { description: 'ASP Identifier in its ASP Up.', otherwise: 'not looked at', example: 1 }),
    'certificate-name': choice(text('a DNS name'), {
      description: 'Name in its certificate; TLS only.',
      otherwise: 'not looked at',
      example: 'msc-1.example',
    }),
    'unit-name': choice(text(), { description: 'Its unit name; IPA only.', otherwise: 'not looked at', example: 'msc-1' }),
    blocked: setting(flag, false, { description: 'Its ASP Up is refused.' }),
  }),
  link: sections('A way out and in: one conversation with a gateway, with peers that connect to us, or with an equal.', {
    name: required(name, { description: 'By which routes, lists, logs and metrics speak of it.', example: 'stp-a' }),
    role: required(oneOf('asp', 'sgp', 'ipsp', 'ipsp-double', 'ipa'), {
      description:
        'asp: we serve a signalling gateway. sgp: we are the gateway, and peers that connect serve one application server. ipsp: equals, one ASP Up for both; ipsp-double: each side brings its own half up. ipa: SCCP over TCP without M3UA.',
      example: 'asp',
    }),
    transport: setting(transport, 'sctp', { description: 'Of an association that we begin. IPA is always over TCP.' }),
    'remote-addresses': setting(list(ADDRESS, 0, 8), [], {
      description:
        'Where we connect to: with SCTP all addresses of the peer, with TCP alternatives. Empty: the peers connect to us.',
    }),
    'remote-port': setting(REMOTE_PORT, 2905, { description: 'Port of the peer.' }),
    'local-addresses': setting(list(ADDRESS, 0, 8), [], {
      description: 'Own addresses; several with SCTP. Empty: the system chooses.',
    }),
    'local-port': setting(PORT, 0, { description: 'Own port; 0: the system chooses.' }),
    peers: setting(list(name, 0, 64), [], {
      description:
        'Peers that connect to us: with role sgp those that serve the application server, with the other roles exactly one.',
    }),
    'routing-contexts': setting(list(U32, 0, 64), [], { description: 'Ours. Role sgp uses exactly one.' }),
    'peer-routing-contexts': setting(list(U32, 0, 64), [], {
      description: "Role ipsp-double: those of the peer's application servers.",
    }),
    'traffic-mode': choice(trafficMode, {
      description: 'Traffic mode type.',
      otherwise: 'not said by an ASP; loadshare with role sgp',
      example: 'loadshare',
    }),
    'active-min': setting(count(1, 64), 1, { description: 'Role sgp: active peers that the application server needs.' }),
    'asp-identifier': choice(U32, { description: 'ASP Identifier that we give.', otherwise: 'none is given', example: 1 }),
    'network-appearance': choice(U32, { description: 'Network appearance.', otherwise: 'none', example: 1 }),
    network: setting(networkName, 'national', { description: 'Role ipa: the network that its point codes belong to.' }),
    'own-point-code': choice(pointCode, {
      description: 'Role ipa: destination of what comes, as IPA has no labels.',
      otherwise: 'a fault with role ipa',
      example: '2-1-1',
    }),
    'peer-point-code': choice(pointCode, {
      description: 'Role ipa: origin of what comes.',
      otherwise: 'a fault with role ipa',
      example: '2-2-2',
    }),
    'unit-name': choice(text(), {
      description: 'Role ipa: our unit name, when we connect.',
      otherwise: 'angarium',
      example: 'angarium',
    }),
    ack: setting(duration('100ms', '5m'), '2s', {
      description: 'T(ack) of RFC 4666: how long an answer may take before it is asked for again.',
    }),
    beat: choice(TIMER, {
      description: 'T(beat): how often the peer is tried; "0s": never.',
      otherwise: '10s over TCP, never over SCTP, which has heartbeats of its own',
      example: '10s',
    }),
    audit: choice(duration('1s', '1h'), {
      description: 'How often destinations that cannot be reached are asked for.',
      otherwise: 'never',
      example: '30s',
    }),
    'queue-max': queueMax,
    tls: section('TLS on an association that we begin, over TCP only: all four keys or none.', {
      ...tls("the peer's certificate"),
      'peer-name': choice(text('a DNS name'), {
        description: "The name that the peer's certificate must have.",
        otherwise: 'no TLS',
        example: 'stp-a.example',
      }),
    }),
    reconnect: section('When a lost or refused association is tried again.', {
      first: setting(duration('10ms', '10m'), '500ms', { description: 'The first wait; each one after it is twice as long.' }),
      most: setting(duration('100ms', '1h'), '30s', { description: 'The longest wait.' }),
    }),
    sctp,
  }),
  sgp: section('What is common to all links of role sgp.', {
    recovery: setting(TIMER, '2s', {
      description: 'T(r): how long an application server that nobody serves keeps what is for it.',
    }),
    beat: setting(TIMER, '10s', { description: 'T(beat): how often peers are tried; "0s": never.' }),
    registration: setting(flag, false, { description: 'May peers register by routing key?' }),
  }),
  route: sections('Point codes and the ways to them. Of several that hold a point code the narrowest counts.', {
    network: setting(networkName, 'national', { description: 'Network of the point code.' }),
    'point-code': required(pointCode, { description: 'The destination.', example: '2-2-2' }),
    mask: setting(count(0, 24), 0, {
      description: 'Low bits that do not count: 0 is one point code, 14 (with ANSI 24) every one.',
    }),
    'when-unavailable': setting(oneOf('refuse', 'try-anyway'), 'refuse', {
      description:
        'When no way is usable: answer the sender, or go by a link that is up although the network advises against it.',
    }),
    via: sections('The ways, by name of a link.', {
      link: required(name, { description: 'Name of a link.', example: 'stp-a' }),
      priority: setting(count(0, 255), 0, { description: 'The lowest is used first; equal ones share.' }),
      weight: setting(count(1, 255), 1, { description: 'Share within its priority.' }),
    }),
  }),
};

const addressChange = {
  'delete-digits': choice(count(0, 40), { description: 'Leading digits taken away.', otherwise: 'none', example: 2 }),
  prefix: choice(titleDigits(1, 40), { description: 'Put before what is left.', otherwise: 'nothing', example: '46' }),
  suffix: choice(titleDigits(1, 40), { description: 'Put behind what is left.', otherwise: 'nothing', example: '0' }),
  'replace-digits': choice(titleDigits(1, 40), {
    description: 'Instead of all digits.',
    otherwise: 'they stay',
    example: '46700000001',
  }),
  'new-tt': choice(count(0, 255), { description: 'Translation type written.', otherwise: 'it stays', example: 0 }),
  'new-np': choice(count(0, 15), { description: 'Numbering plan written.', otherwise: 'it stays', example: 1 }),
  'new-nai': choice(count(0, 127), { description: 'Nature of address written.', otherwise: 'it stays', example: 4 }),
  'new-gti': choice(count(1, 4), { description: 'Global title indicator written.', otherwise: 'it stays', example: 4 }),
  'drop-title': setting(flag, false, { description: 'Takes the global title away; with route-on "ssn" only.' }),
};

export const targetKeys = {
  network: choice(networkName, {
    description: 'Network of the point code.',
    otherwise: 'that of the message',
    example: 'national',
  }),
  'point-code': choice(pointCode, {
    description: 'Destination.',
    otherwise: 'the message keeps its own; link must be given',
    example: '2-2-2',
  }),
  link: choice(name, {
    description: 'Sends by this link, whatever the routes say.',
    otherwise: 'the routes say',
    example: 'stp-a',
  }),
  'route-on': setting(oneOf('gt', 'ssn'), 'gt', { description: 'gt: the receiver translates again. ssn: it is final.' }),
  ssn: choice(count(0, 255), { description: 'Subsystem written.', otherwise: 'the one that came', example: 8 }),
  'point-code-in-address': setting(oneOf('update', 'add', 'remove'), 'update', {
    description: 'The point code inside the called address: written where one stands, always, or taken away.',
  }),
};

export const translationSections = {
  gtt: section(
    "Global title translation. What is none of the gate's business is routed by it, octet for octet but for the hop counter.",
    {
      selector: sections('Which set translates an address. The most exact one that matches counts.', {
        network: setting(oneOf('*', ...NETWORK_NAMES), '*', { description: 'Network of the message.' }),
        gti: setting(match(4), '*', { description: 'Global title indicator.' }),
        tt: setting(match(255), '*', { description: 'Translation type.' }),
        np: setting(match(15), '*', { description: 'Numbering plan.' }),
        nai: setting(match(127), '*', { description: 'Nature of address.' }),
        ssn: setting(match(255), '*', { description: 'Subsystem; 0 where the address has none.' }),
        set: required(name, { description: 'Name of a set.', example: 'e164' }),
      }),
      set: sections('A table of addresses. Of entries that match, an exact one counts first, then the longest.', {
        name: required(name, { description: 'Name of the set.', example: 'e164' }),
        'calling-allow': setting(list(titleDigits(0, 40), 0, 10_000), [], {
          description: 'Beginnings of calling party digits that may use the set. Empty: all that calling-deny does not name.',
        }),
        'calling-deny': setting(list(titleDigits(0, 40), 0, 10_000), [], {
          description: 'Beginnings that may not; the longest of either list decides.',
        }),
        'calling-refused': setting(oneOf('discard', 'return'), 'discard', {
          description: 'What becomes of the refused: nothing, or an answer with return cause 7, unqualified.',
        }),
        'entries-file': choice(path, {
          description:
            'More entries, for large tables: a CSV file whose first line names its columns, which are the keys of entry.',
          otherwise: 'no more entries',
          example: 'gtt-e164.csv',
        }),
        entry: sections('Addresses and what becomes of them.', {
          digits: required(titleDigits(0, 40), {
            description: 'Leading digits, or the whole address with exact. Empty: every address.',
            example: '4670',
          }),
          to: choice(titleDigits(1, 40), {
            description: 'The last of a range that begins with digits.',
            otherwise: 'no range',
            example: '4679',
          }),
          exact: setting(flag, false, { description: 'Only addresses without further digits.' }),
          action: setting(oneOf('to', 'group', 'set', 'discard', 'return'), 'to', {
            description:
              'to: a destination. group: a group of them. set: translated again in another set. discard. return: answered as undeliverable.',
          }),
          ...targetKeys,
          group: choice(name, {
            description: 'Action group: its name.',
            otherwise: 'a fault with action "group"',
            example: 'smscs',
          }),
          set: choice(name, { description: 'Action set: its name.', otherwise: 'a fault with action "set"', example: 'e164-b' }),
          cause: setting(count(0, 14), 0, { description: 'Action return: the return cause of Q.713.' }),
          ...addressChange,
        }),
      }),
      group: sections('Destinations that stand in for each other.', {
        name: required(name, { description: 'Name of the group.', example: 'smscs' }),
        mode: setting(oneOf('solitary', 'dominant', 'loadshared', 'combined'), 'dominant', {
          description: 'The first or none; the first available; all by weight; by priority, shared by weight among equals.',
        }),
        key: setting(oneOf('sls', 'calling', 'called'), 'sls', {
          description: "What a message's share is computed from; messages of one key keep together.",
        }),
        member: sections('A destination.', {
          ...targetKeys,
          priority: setting(count(0, 255), 0, { description: 'Lowest first; mode combined.' }),
          weight: setting(count(1, 255), 1, { description: 'Share; modes loadshared and combined.' }),
        }),
      }),
    },
  ),
};
