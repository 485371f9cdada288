/** A gate's configuration that knows the laboratory: its network, its places as links, its translation, its service centres and platforms. */
import { pointCodeText } from '#codec/mtp';
import { type Network, NODES, PLACES, type Place, SELECTED_TYPE, TITLE_PREFIXES, UNSELECTED_TYPE } from './laboratory.js';
import type { GateSettings } from './oracle.js';
import { ASP_IDENTIFIERS } from './places.js';

export interface GateFileSettings {
  readonly gate: GateSettings;
  readonly network: Network;
  readonly protocol: 'm3ua' | 'ipa';
  readonly transport: 'tcp' | 'sctp';
  readonly address: string;
  readonly port: number;
  /** Of mode `sample`. Unit: percent. */
  readonly samplePercent?: number;
  /** Absent: places come to one listener, each with a link of its own name. */
  readonly ways?: GateWays;
}

/** How the gate and the places reach each other where other nodes are between them. */
export interface GateWays {
  /** The parts `listener`, `peer` and `link` of the configuration. */
  readonly text: string;
  /** The link by which each place is reached. */
  readonly links: Readonly<Record<Place, string>>;
}

const INDICATORS = ['international', 'international-spare', 'national', 'national-spare'];
const quoted = (values: readonly string[]): string => `[${values.map((it) => JSON.stringify(it)).join(', ')}]`;

const head = ({ network }: GateFileSettings): string[] => [
  '# A gate for the laboratory of `angarium gate simulate`, which wrote this file.',
  '',
  '[[network]]',
  `indicator = ${JSON.stringify(INDICATORS[network.networkIndicator])}`,
  `point-codes = ${quoted([pointCodeText(network.gatePointCode)])}`,
  '',
];

const listener = ({ protocol, transport, address, port }: GateFileSettings): string[] => [
  '[[listener]]',
  'name = "laboratory"',
  `protocol = ${JSON.stringify(protocol)}`,
  `transport = ${JSON.stringify(protocol === 'ipa' ? 'tcp' : transport)}`,
  `addresses = ${quoted([address])}`,
  `port = ${port}`,
  '',
];

const link = ({ network, protocol }: GateFileSettings, place: Place): string[] => [
  '[[peer]]',
  `name = "${place}"`,
  'listener = "laboratory"',
  protocol === 'ipa' ? `unit-name = "${place}"` : `asp-identifier = ${ASP_IDENTIFIERS[place]}`,
  '',
  '[[link]]',
  `name = "${place}"`,
  `role = "${protocol === 'ipa' ? 'ipa' : 'sgp'}"`,
  `peers = ["${place}"]`,
  ...(protocol === 'ipa'
    ? [
        `network = ${JSON.stringify(INDICATORS[network.networkIndicator])}`,
        `own-point-code = "${pointCodeText(network.gatePointCode)}"`,
        `peer-point-code = "${pointCodeText(network.pointCodes[place])}"`,
      ]
    : [`routing-contexts = [${network.routingContexts[place]}]`]),
  'queue-max = "4MB"',
  '',
];

const ways = (settings: GateFileSettings): string[] =>
  settings.ways === undefined
    ? [...listener(settings), ...PLACES.flatMap((place) => link(settings, place))]
    : [settings.ways.text];

const routes = ({ network, ways }: GateFileSettings): string[] =>
  PLACES.flatMap((place) => [
    '[[route]]',
    `network = ${JSON.stringify(INDICATORS[network.networkIndicator])}`,
    `point-code = "${pointCodeText(network.pointCodes[place])}"`,
    '',
    '[[route.via]]',
    `link = "${ways?.links[place] ?? place}"`,
    '',
  ]);

function translation({ network }: GateFileSettings): string[] {
  const selectors = [SELECTED_TYPE, UNSELECTED_TYPE].flatMap((type) => [
    '[[gtt.selector]]',
    'gti = 4',
    `tt = ${type}`,
    'set = "laboratory"',
    '',
  ]);
  const entries = PLACES.flatMap((place) =>
    TITLE_PREFIXES[place].flatMap((digits) => [
      '[[gtt.set.entry]]',
      `digits = "${digits}"`,
      `point-code = "${pointCodeText(network.pointCodes[place])}"`,
      '',
    ]),
  );
  return [...selectors, '[[gtt.set]]', 'name = "laboratory"', '', ...entries];
}

function screening({ gate, samplePercent = 50 }: GateFileSettings): string[] {
  const { mode, flow, portability, screened, recipientPrepaid, prepaid, platforms } = gate;
  return [
    '[screening]',
    `mode = "${mode === 'sample' ? `sample ${samplePercent}%` : mode}"`,
    `flow = "${flow}"`,
    `portability-check = ${portability}`,
    `screened-types = ${quoted(screened.map(({ type, entity }) => (entity === undefined ? `${type}` : `${type} ${entity}`)))}`,
    '',
    '# Number files beside this one may be loaded while the gate runs.',
    '[numbers]',
    'imports = "."',
    '',
    '[conditioning]',
    'country-code = "46"',
    'area-code = "70"',
    '',
    '[[selector]]',
    'name = "mo-sms"',
    'gti = 4',
    `tt = ${SELECTED_TYPE}`,
    'np = 1',
    'nai = 4',
    'ssn = 8',
    '',
    ...NODES.homeCentres.flatMap(({ digits }, i) => ['[[home-smsc]]', `name = "smsc-${i + 1}"`, `digits = "${digits}"`, '']),
    '[prepaid]',
    `on = ${prepaid}`,
    `recipients = ${recipientPrepaid}`,
    `when-no-platform = "${platforms === 'down-refuse' ? 'refuse' : 'pass'}"`,
    '',
  ];
}

/** Prepaid types of the laboratory's numbers: portability types 3, 4, 6 and 35. */
const PREPAID_TYPES = [1, 2, 3, 32];

function platforms({ network }: GateFileSettings): string[] {
  return [
    '[[platform]]',
    'name = "in-1"',
    `addresses = ${quoted(NODES.platforms.map(({ digits }) => digits))}`,
    `point-codes = ${quoted([pointCodeText(network.pointCodes.platform)])}`,
    `point-code = "${pointCodeText(network.pointCodes.platform)}"`,
    '',
    ...PREPAID_TYPES.flatMap((type) => [
      '[[prepaid-relay]]',
      `prepaid-type = ${type}`,
      '',
      '[[prepaid-relay.to]]',
      'platform = "in-1"',
      '',
    ]),
  ];
}

/** A laboratory's machine is busy with both sides: what sheds load at work would shed here by chance. */
const overload = (): string[] => ['[overload]', 'level-1 = "5s"', 'level-2 = "7s"', 'level-3 = "10s"', ''];

/** The text of `gate.toml`. */
export const gateFile = (settings: GateFileSettings): string =>
  [head, ways, routes, translation, screening, platforms, overload].flatMap((part) => part(settings)).join('\n');
