/** Gate and traffic tool over IPA, with osmo-stp between them on the machine itself. An IPA link has one far end, so the gate has a link for each place. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { pointCodeText } from '#codec/mtp';
import { NETWORK, PLACES } from '#endpoint/exchange';
import { freePort } from '../../kit/program.js';
import { type Stage, until } from './rehearsal.js';

const LOCAL = '127.0.0.1';
const UNITS = PLACES.flatMap((place) => [place, `gate-${place}`]);
/** Point codes of osmo-stp's own, by which it knows which link a message goes to; neither side ever sees them. */
const codeOf = (unit: string): string => `2.1.${UNITS.indexOf(unit) + 1}`;
const otherOf = (unit: string): string => (unit.startsWith('gate-') ? unit.slice('gate-'.length) : `gate-${unit}`);

/** osmo-stp looks for an application server of the unit name, and tells its peers apart by the port that they come from. */
const stpConfiguration = (port: number, ports: ReadonlyMap<string, number>): string =>
  [
    'line vty',
    ' no login',
    ` bind ${LOCAL}`,
    'cs7 instance 0',
    ' network-indicator national',
    ' point-code 0.0.1',
    ...UNITS.flatMap((unit) => [
      ` asp ${unit} ${ports.get(unit)} ${port} ipa`,
      `  local-ip ${LOCAL}`,
      `  remote-ip ${LOCAL}`,
      '  role sg',
      '  sctp-role server',
    ]),
    ...UNITS.flatMap((unit) => [
      ` as ${unit} ipa`,
      `  asp ${unit}`,
      `  routing-key 0 ${codeOf(unit)}`,
      `  point-code override dpc ${codeOf(otherOf(unit))}`,
    ]),
    ' route-table system',
    ...UNITS.map((unit) => `  update route ${codeOf(unit)} 7.255.7 linkset ${unit}`),
    ` listen ipa ${port}`,
    `  local-ip ${LOCAL}`,
    '  accept-asp-connections pre-configured',
    '',
  ].join('\n');

const linkText = (unit: string, place: (typeof PLACES)[number], port: number, ownPort: number): string => `
[[link]]
name = "${unit}"
role = "ipa"
unit-name = "${unit}"
remote-addresses = ["${LOCAL}"]
remote-port = ${port}
local-addresses = ["${LOCAL}"]
local-port = ${ownPort}
own-point-code = "${pointCodeText(NETWORK.gatePointCode)}"
peer-point-code = "${pointCodeText(NETWORK.pointCodes[place])}"
reconnect = { first = "100ms", most = "400ms" }
`;

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOCAL, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function ipaStage(folder: string): Promise<Stage> {
  const port = await freePort();
  const ports = new Map<string, number>();
  for (const unit of UNITS) ports.set(unit, await freePort());
  const from = (place: string): string[] => [`--${place}-from`, `${LOCAL}:${ports.get(place)}`];
  return {
    folder: join(folder, 'laboratory'),
    stpConfiguration: stpConfiguration(port, ports),
    ways: {
      text: PLACES.map((place) => linkText(`gate-${place}`, place, port, ports.get(`gate-${place}`)!)).join(''),
      links: { access: 'gate-access', centre: 'gate-centre', platform: 'gate-platform' },
    },
    stpLinks: PLACES.map((place) => `gate-${place}`),
    connection: ['--transport', 'ipa', '--gate', `${LOCAL}:${port}`, ...PLACES.flatMap(from)],
    async listens() {
      let isThere = false;
      const look = async (): Promise<void> => {
        isThere = await isListening(port);
      };
      await look();
      await until('osmo-stp listens', () => {
        if (!isThere) void look();
        return isThere;
      });
    },
  };
}
