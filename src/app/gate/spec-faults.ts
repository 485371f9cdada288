/** What routing and screening themselves find wrong with what they would be given, at the keys that it came from. */
import { createScreening, lintHomeSmscs, type NumberLookup } from '#portability';
import { createRouting, type Finding, lintRouting } from '#protocol/routing';
import type { CrossFault } from '../config-document.js';
import type { GateConfig } from './config.js';
import { type GateLists, toRoutingSpec, toScreeningSettings } from './config-parts.js';

/** Faults, and what can hardly be meant. */
export interface SpecFaults {
  readonly faults: readonly CrossFault[];
  readonly warnings: readonly string[];
}

/** Settings are checked without numbers; nothing of this one is asked. */
export const NO_NUMBERS: NumberLookup = {
  state: 'missing',
  version: { load: 'none', change: 0, changedAt: 0 },
  find: () => undefined,
  finding: () => undefined,
};

/** Names that differ between a room's settings and the file, longest first. */
const SCREENING_KEYS: readonly (readonly [RegExp, string])[] = [
  [/^selectors\b/, 'selector'],
  [/^homeSmscs\.entries\b/, 'home-smsc'],
  [/^homeSmscs\b/, 'home-smscs'],
  [/^prepaid\.relays\b/, 'prepaid-relay'],
  [/^prepaid\.platforms\b/, 'platform'],
  [/^screenedTypes\b/, 'screening.screened-types'],
  [/^(mode|flow|answers|ceiling|portabilityCheck|serviceCentre|whenNumbersUnavailable)\b/, 'screening.$1'],
];
const FIELDS: Readonly<Record<string, string>> = {
  indicator: 'gti',
  translationType: 'tt',
  numberingPlan: 'np',
  natureOfAddress: 'nai',
  prepaidType: 'prepaid-type',
  whenNumbersUnavailable: 'when-numbers-unavailable',
  portabilityCheck: 'portability-check',
  serviceCentre: 'service-centre',
  countryCode: 'country-code',
  areaCode: 'area-code',
  windowSeconds: 'window',
  messagesMin: 'messages-min',
};

/** `selectors[2].indicator` as the file has it, with dots: `selector.2.gti`. */
export function screeningKey(path: string): string {
  const row = SCREENING_KEYS.find(([pattern]) => pattern.test(path));
  const renamed = row === undefined ? path : path.replace(row[0], row[1]);
  return renamed
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((step) => FIELDS[step] ?? step)
    .join('.');
}

/** `gtt.sets.e164.entries[3]` as the file has it: `gtt.set.0.entry.3`. Names of sets and groups may hold dots. */
export function routingKey(path: string, config: GateConfig): string {
  const where = path.replace(/^gtt\./, '');
  for (const [list, table, inner] of [
    ['sets', config.gtt.set, 'entry'],
    ['groups', config.gtt.group, 'member'],
  ] as const) {
    const index = table.findIndex(({ name }) => where === `${list}.${name}` || where.startsWith(`${list}.${name}.`));
    if (index < 0) continue;
    const at = /\.(?:entries|members)\[(\d+)\]/.exec(where.slice(list.length + 1 + table[index]!.name.length))?.[1];
    return `gtt.${list.slice(0, -1)}.${index}${at === undefined ? '' : `.${inner}.${at}`}`;
  }
  return where
    .replace(/^selectors\b/, 'gtt.selector')
    .replace(/^(network|link|route)s\b/, '$1')
    .replaceAll(/\[(\d+)\]/g, '.$1');
}

/** A key of an entry that stands in a list file leads nowhere in the configuration: the key that names the file is told instead. */
function inFile(config: GateConfig, key: string): string {
  const [, set, entry] = /^gtt\.set\.(\d+)\.entry\.(\d+)/.exec(key) ?? [];
  if (set !== undefined && Number(entry) >= config.gtt.set[Number(set)]!.entry.length) return `gtt.set.${set}.entries-file`;
  const home = /^home-smsc\.(\d+)/.exec(key)?.[1];
  return home !== undefined && Number(home) >= config['home-smsc'].length ? 'home-smscs.file' : key;
}

function fault(config: GateConfig, key: string, path: string, text: string): CrossFault {
  const at = inFile(config, key);
  return { keys: [at], text: at === key ? text : `${path}: ${text}` };
}

const warningText = ({ where, text }: Pick<Finding, 'where' | 'text'>): string => `${where}: ${text}`;

/** All that the rooms say of a configuration whose keys are right. */
export function specFaults(config: GateConfig, lists: GateLists): SpecFaults {
  const routing = toRoutingSpec(config, lists);
  const settings = toScreeningSettings(config, lists, '');
  const routes = createRouting(routing);
  const screening = createScreening(settings, { numbers: NO_NUMBERS });
  const faults = [
    ...(routes.ok ? [] : routes.error.map(({ where, text }) => fault(config, routingKey(where, config), where, text))),
    ...(screening.ok ? [] : screening.error.map(({ path, text }) => fault(config, screeningKey(path), path, text))),
  ];
  if (faults.length > 0) return { faults, warnings: [] };
  const warnings = [
    ...lintRouting(routing).map(warningText),
    ...lintHomeSmscs(settings).map(({ entry, text }) => `home SMSC ${entry}: ${text}`),
  ];
  return { faults, warnings };
}
