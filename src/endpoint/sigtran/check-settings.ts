/** What is wrong with the gate's settings, alone and beside those of routing and screening. */
import { type AddressVariant, decodeAddress } from '#codec/sccp';
import type { ScreeningSettings } from '#portability';
import type { RoutingSpec, TargetSpec } from '#protocol/routing';
import type { AllowListSettings, AllowRow } from './allow-list.js';
import type { GateSettings, PlatformRoute } from './gate.js';

/** Where (`platforms[1].to`), and what is expected there. */
export interface GateFault {
  readonly path: string;
  readonly text: string;
}

const WAYS = ['target', 'group', 'set', 'called'] as const;
/** Q.713 3.12. */
const RETURN_CAUSE_MAX = 14;
const LOCAL_OPERATION_MAX = 127;
/** Of 24 bits, the longest there are (ANSI T1.111.4). */
const POINT_CODE_MAX = 0xff_ffff;
const SSN_MAX = 0xff;
const DIGITS = /^[0-9a-f]{1,40}$/;

/** Everything that is wrong, together. A gate with any of it must not start: some of it would be noticed only in the midst of traffic. */
export function gateFaults(
  settings: GateSettings,
  routing: Pick<RoutingSpec, 'gtt'>,
  screening: Pick<ScreeningSettings, 'prepaid'>,
): readonly GateFault[] {
  const { platforms = [], allowList, traceOneIn = 0 } = settings;
  return [
    ...platforms.flatMap((platform, i) => platformFaults(platform, `platforms[${i}]`, routing, settings.variant)),
    ...repeated(platforms.map((it) => it.name)).map((name) => fault('platforms', `"${name}" stands there twice`)),
    ...repeated(platforms.flatMap((it) => it.pointCodes ?? [])).map((pointCode) =>
      fault('platforms', `point code ${pointCode} is of two platforms`),
    ),
    ...(screening.prepaid?.platforms ?? [])
      .filter(({ name }) => !platforms.some((it) => it.name === name))
      .map(({ name }) => fault('platforms', `a way to platform "${name}" of the prepaid settings is expected`)),
    ...(allowList === undefined ? [] : allowListFaults(allowList)),
    ...(Number.isInteger(traceOneIn) && traceOneIn >= 0 ? [] : [fault('traceOneIn', '0 or a whole number above is expected')]),
  ];
}

const fault = (path: string, text: string): GateFault => ({ path, text });

const repeated = <T>(values: readonly T[]): readonly T[] => [...new Set(values.filter((it, i) => values.indexOf(it) !== i))];

const outside = (path: string, values: readonly number[], max: number): GateFault[] =>
  values.filter((it) => !isWithin(it, max)).map((it) => fault(path, `0 to ${max} is expected, not ${it}`));

function platformFaults(
  { to, pointCodes = [] }: PlatformRoute,
  path: string,
  { gtt }: Pick<RoutingSpec, 'gtt'>,
  variant: AddressVariant | undefined,
): GateFault[] {
  const found = outside(`${path}.pointCodes`, pointCodes, POINT_CODE_MAX);
  const ways = WAYS.filter((it) => to[it] !== undefined);
  if (ways.length !== 1)
    return [...found, fault(`${path}.to`, `one of ${WAYS.join(', ')} is expected, ${ways.length} are there`)];
  if (to.target !== undefined) found.push(...targetFaults(to.target, `${path}.to.target`));
  if (to.called !== undefined && !decodeAddress(to.called, variant).ok)
    found.push(fault(`${path}.to.called`, 'an SCCP address is expected'));
  if (to.set !== undefined && !gtt.sets.some((it) => it.name === to.set))
    found.push(fault(`${path}.to.set`, `there is no translation set "${to.set}"`));
  if (to.group !== undefined && !gtt.groups.some((it) => it.name === to.group))
    found.push(fault(`${path}.to.group`, `there is no group "${to.group}"`));
  return found;
}

function targetFaults({ pointCode, link, ssn }: TargetSpec, path: string): GateFault[] {
  return [
    ...(pointCode === undefined && link === undefined ? [fault(path, 'a target needs a point code or a link')] : []),
    ...outside(`${path}.pointCode`, pointCode === undefined ? [] : [pointCode], POINT_CODE_MAX),
    ...outside(`${path}.ssn`, ssn === undefined ? [] : [ssn], SSN_MAX),
  ];
}

function allowListFaults({ rows, refused }: AllowListSettings): GateFault[] {
  return [
    ...(rows.length === 0 ? [fault('allowList.rows', 'no row: nobody could use the gate')] : []),
    ...rows.flatMap((row, i) => rowFaults(row, `allowList.rows[${i}]`)),
    ...(refused.kind === 'discard' || isWithin(refused.cause, RETURN_CAUSE_MAX)
      ? []
      : [fault('allowList.refused.cause', `0 to ${RETURN_CAUSE_MAX} is expected`)]),
  ];
}

const isWithin = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;

function rowFaults(row: AllowRow, path: string): GateFault[] {
  const { callingDigits = [], pointCodes = [], operations = [] } = row;
  return [
    ...(['callingDigits', 'pointCodes'] as const)
      .filter((it) => row[it]?.length === 0)
      .map((it) => fault(`${path}.${it}`, 'empty: nobody meets it; leave it out for everybody')),
    ...callingDigits
      .filter((it) => !DIGITS.test(it))
      .map((it) => fault(`${path}.callingDigits`, `1 to 40 digits are expected, not "${it}"`)),
    ...outside(`${path}.pointCodes`, pointCodes, POINT_CODE_MAX),
    ...outside(`${path}.operations`, operations, LOCAL_OPERATION_MAX),
  ];
}
