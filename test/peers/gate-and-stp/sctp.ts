/**
 * Gate and traffic tool over the kernel's SCTP, inside the guest. osmo-stp is the gateway of exchanges, service centres and the gate, which is an ASP of
 * it by two paths; the IN platforms are ASPs of the gate itself, which is their gateway. So every message crosses osmo-stp and the gate.
 */
import { readFileSync } from 'node:fs';
import { pointCodeText } from '#codec/mtp';
import { NETWORK } from '#endpoint/exchange';
import { type Stage, until } from './rehearsal.js';

/** Of osmo-stp, the gate, exchanges, service centres; the second path of osmo-stp and the gate. */
export const HOSTS = {
  stp: ['10.9.1.1', '10.9.2.1'],
  gate: ['10.9.1.2', '10.9.2.2'],
  access: '10.9.1.3',
  centre: '10.9.1.4',
  platform: '10.9.1.5',
} as const;
const STP_PORT = 2905;
const GATE_PORT = 2906;
const PORTS = { gate: 11_001, access: 11_002, centre: 11_003, platform: 11_004 } as const;
const ROUTING_CONTEXT = 4;
const dotted = (pointCode: number): string => pointCodeText(pointCode).replaceAll('-', '.');

const SERVED = [
  { name: 'access', hosts: [HOSTS.access], context: NETWORK.routingContexts.access, pointCode: NETWORK.pointCodes.access },
  { name: 'centre', hosts: [HOSTS.centre], context: NETWORK.routingContexts.centre, pointCode: NETWORK.pointCodes.centre },
  { name: 'gate', hosts: HOSTS.gate, context: ROUTING_CONTEXT, pointCode: NETWORK.gatePointCode },
] as const;

const stpConfiguration = [
  'line vty',
  ' no login',
  ' bind 127.0.0.1',
  'cs7 instance 0',
  ' network-indicator national',
  ' point-code 0.0.1',
  ...SERVED.flatMap(({ name, hosts }) => [
    ` asp ${name} ${PORTS[name]} ${STP_PORT} m3ua`,
    ...HOSTS.stp.map((host) => `  local-ip ${host}`),
    ...hosts.map((host) => `  remote-ip ${host}`),
    '  role sg',
    '  sctp-role server',
  ]),
  ...SERVED.flatMap(({ name, context, pointCode }) => [
    ` as ${name} m3ua`,
    `  asp ${name}`,
    `  routing-key ${context} ${dotted(pointCode)}`,
    '  traffic-mode loadshare',
  ]),
  ' route-table system',
  ...SERVED.map(({ name, pointCode }) => `  update route ${dotted(pointCode)} 7.255.7 linkset ${name}`),
  ` listen m3ua ${STP_PORT}`,
  ...HOSTS.stp.map((host) => `  local-ip ${host}`),
  '',
].join('\n');

const quoted = (values: readonly string[]): string => `[${values.map((it) => JSON.stringify(it)).join(', ')}]`;

const gateText = `
[[link]]
name = "stp"
role = "asp"
transport = "sctp"
remote-addresses = ${quoted(HOSTS.stp)}
remote-port = ${STP_PORT}
local-addresses = ${quoted(HOSTS.gate)}
local-port = ${PORTS.gate}
routing-contexts = [${ROUTING_CONTEXT}]
traffic-mode = "loadshare"
reconnect = { first = "200ms", most = "400ms" }

[[listener]]
name = "platforms"
transport = "sctp"
addresses = ${quoted(HOSTS.gate)}
port = ${GATE_PORT}

[[peer]]
name = "in-1"
listener = "platforms"
addresses = ["${HOSTS.platform}"]
asp-identifier = 3

[[link]]
name = "platform"
role = "sgp"
peers = ["in-1"]
routing-contexts = [${NETWORK.routingContexts.platform}]
`;

const from = (place: 'access' | 'centre' | 'platform'): string[] => [`--${place}-from`, `${HOSTS[place]}:${PORTS[place]}`];

export const sctpStage = (folder: string): Stage => ({
  folder,
  stpConfiguration,
  ways: { text: gateText, links: { access: 'stp', centre: 'stp', platform: 'platform' } },
  stpLinks: ['stp'],
  connection: [
    ...['--transport', 'sctp', '--gate', `${HOSTS.stp[0]}:${STP_PORT}`, '--platform', `${HOSTS.gate[0]}:${GATE_PORT}`],
    ...from('access'),
    ...from('centre'),
    ...from('platform'),
  ],
  listens: () => until('osmo-stp listens', () => readFileSync('/proc/net/sctp/eps', 'utf8').includes(` ${STP_PORT} `)),
});
