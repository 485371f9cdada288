/** What is wrong with settings: every fault, each with its place. */
import { LIMITS } from '#base';
import { prepaidTypeOf } from './portability-type.js';
import { kindOfTitle, TITLE_FIELDS } from './selectors.js';
import {
  type Answer,
  type Answers,
  type Mode,
  type PrepaidSettings,
  SCREENED_TYPES,
  type ScreeningSettings,
  type SelectorSettings,
  type SettingsFault,
} from './settings.js';

/** Takes down faults under a path. */
type Fault = (path: string, text: string) => void;

/** Empty when all is well. */
export function faultsOf(settings: ScreeningSettings): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  const fault: Fault = (path, text) => void faults.push({ path, text });
  if (settings.mode === undefined)
    fault('mode', 'no mode is set: say off, monitor, sample or enforce; there is no default for what a gate may do to messages');
  checkMode(settings.mode, 'mode', fault);
  checkSelectors(settings.selectors, fault);
  checkConditioning(settings, fault);
  checkHomeSmscs(settings, fault);
  if (settings.prepaid !== undefined) checkPrepaid(settings.prepaid, fault);
  checkScreenedTypes(settings, fault);
  if (settings.serviceCentre === 'screen' && (settings.flow ?? 'vstp') === 'vstp')
    fault('serviceCentre', 'screen is for flow ported-out: flow vstp compares the called party only');
  checkAnswers(settings.answers, 'answers', fault);
  checkCeiling(settings, fault);
  return faults;
}

function checkMode(mode: Mode | undefined, path: string, fault: Fault): void {
  if (mode?.kind === 'sample' && !(mode.percent >= 0 && mode.percent <= 100))
    fault(`${path}.percent`, `${mode.percent} is no percentage: 0 to 100 is expected`);
}

const FIELD_MAX = { translationType: 255, numberingPlan: 15, natureOfAddress: 127 } as const;
const SSN_MAX = 255;

const isWithin = (value: number, min: number, max: number): boolean => Number.isInteger(value) && value >= min && value <= max;

function checkSelectors(selectors: readonly SelectorSettings[], fault: Fault): void {
  checkSize('selectors', selectors.length, LIMITS.screeningSelectorsMax, fault);
  checkNames('selectors', selectors, Number.POSITIVE_INFINITY, fault);
  const seen = new Map<string, string>();
  selectors.forEach((selector, i) => {
    const path = `selectors[${i}]`;
    checkTitleKind(selector, path, fault);
    if (selector.ssn !== '*' && !isWithin(selector.ssn, 0, SSN_MAX))
      fault(`${path}.ssn`, `${selector.ssn}: 0 to ${SSN_MAX} or * is expected`);
    checkMode(selector.mode, `${path}.mode`, fault);
    checkAnswers(selector.answers, `${path}.answers`, fault);
    const key = `${kindOfTitle(selector)} ${selector.ssn}`;
    const other = seen.get(key);
    if (other !== undefined) fault(path, `selects the same messages as ${other}`);
    else seen.set(key, selector.name);
  });
}

/** Each indicator has its fields, all of them and no other. */
function checkTitleKind(selector: SelectorSettings, path: string, fault: Fault): void {
  const fields = TITLE_FIELDS[selector.indicator];
  if (fields === undefined) {
    fault(`${path}.indicator`, `${selector.indicator}: 0 to 4 is expected`);
    return;
  }
  for (const field of ['translationType', 'numberingPlan', 'natureOfAddress'] as const) {
    const value = selector[field];
    if (value === undefined ? fields.includes(field) : !fields.includes(field))
      fault(
        `${path}.${field}`,
        `a global title of indicator ${selector.indicator} has ${value === undefined ? 'one: it must be given' : 'none'}`,
      );
    else if (value !== undefined && !isWithin(value, 0, FIELD_MAX[field]))
      fault(`${path}.${field}`, `${value}: 0 to ${FIELD_MAX[field]} is expected`);
  }
}

function checkConditioning({ conditioning = {} }: ScreeningSettings, fault: Fault): void {
  const { countryCode, areaCode } = conditioning;
  if (countryCode !== undefined && !/^[1-9][0-9]{0,2}$/.test(countryCode))
    fault('conditioning.countryCode', `${countryCode}: 1 to 3 digits, the first no zero, are expected`);
  if (areaCode !== undefined && !/^[0-9]{0,5}$/.test(areaCode))
    fault('conditioning.areaCode', `${areaCode}: up to 5 digits are expected`);
  if (areaCode !== undefined && countryCode === undefined) fault('conditioning.areaCode', 'needs a country code beside it');
}

/** As vSTP's home entities. */
const HOME_NAME_MAX = 12;
const HOME_DIGITS = /^(?=.*[0-9a-e]$)[0-9a-f]{1,21}$/i;

function checkHomeSmscs({ homeSmscs, portabilityCheck }: ScreeningSettings, fault: Fault): void {
  const { entries } = homeSmscs;
  checkSize('homeSmscs.entries', entries.length, LIMITS.homeSmscsMax, fault);
  checkNames('homeSmscs.entries', entries, HOME_NAME_MAX, fault);
  if (portabilityCheck && entries.length === 0)
    fault('homeSmscs.entries', 'the portability check is on and there is no home SMSC: it would never stop anything');
  const seen = new Map<string, string>();
  entries.forEach((entry, i) => {
    const path = `homeSmscs.entries[${i}]`;
    if (!HOME_DIGITS.test(entry.digits))
      fault(`${path}.digits`, `${entry.digits}: 1 to 21 hexadecimal digits, the last no filler, are expected`);
    for (const field of ['numberingPlan', 'natureOfAddress'] as const)
      if (entry[field] !== undefined && !isWithin(entry[field], 0, FIELD_MAX[field]))
        fault(`${path}.${field}`, `${entry[field]}: 0 to ${FIELD_MAX[field]} is expected`);
    if (entry.mode?.kind === 'off') fault(`${path}.mode`, 'off: an entry that is not to count is left out; monitor is possible');
    checkMode(entry.mode, `${path}.mode`, fault);
    checkAnswer(entry.answer, `${path}.answer`, fault);
    const key = `${entry.digits.toLowerCase()} ${entry.numberingPlan} ${entry.natureOfAddress}`;
    const other = seen.get(key);
    if (other !== undefined) fault(path, `is the same address as ${other}`);
    else seen.set(key, entry.name);
  });
}

const PREPAID_TYPE_MAX = 32;
const WEIGHT_MAX = 1000;
const PLATFORM_ADDRESS = /^(?=.*[0-9a-e]$)[0-9a-f]{1,15}$/i;

function checkPrepaid({ platforms, relays, recipients, on }: PrepaidSettings, fault: Fault): void {
  checkSize('prepaid.platforms', platforms.length, LIMITS.prepaidPlatformsMax, fault);
  checkNames('prepaid.platforms', platforms, Number.POSITIVE_INFINITY, fault);
  if (recipients === true && !on) fault('prepaid.recipients', 'recipients are looked at by PPSMS, and that is off');
  const owners = new Map<string, string>();
  platforms.forEach(({ name, addresses }, i) => {
    checkSize(`prepaid.platforms[${i}].addresses`, addresses.length, LIMITS.prepaidPlatformsMax, fault);
    // Without an address what comes back from a platform looks like any message and would be sent there again.
    if (addresses.length === 0)
      fault(`prepaid.platforms[${i}].addresses`, 'none: its own messages could not be told from others and would go round');
    for (const address of addresses) {
      if (!PLATFORM_ADDRESS.test(address))
        fault(`prepaid.platforms[${i}].addresses`, `${address}: 1 to 15 hexadecimal digits are expected`);
      const owner = owners.get(address.toLowerCase());
      if (owner !== undefined) fault(`prepaid.platforms[${i}].addresses`, `${address} is an address of ${owner}, too`);
      else owners.set(address.toLowerCase(), name);
    }
  });
  const names = new Set(platforms.map(({ name }) => name));
  const types = new Set<number>();
  relays.forEach(({ prepaidType, to }, i) => {
    const path = `prepaid.relays[${i}]`;
    if (!isWithin(prepaidType, 1, PREPAID_TYPE_MAX))
      fault(`${path}.prepaidType`, `${prepaidType}: 1 to ${PREPAID_TYPE_MAX} is expected`);
    if (types.has(prepaidType)) fault(`${path}.prepaidType`, `${prepaidType} has a row already`);
    types.add(prepaidType);
    if (to.length === 0) fault(`${path}.to`, 'no platform');
    checkSize(`${path}.to`, to.length, LIMITS.prepaidPlatformsMax, fault);
    for (const { platform, weight } of to) {
      if (!names.has(platform)) fault(`${path}.to`, `there is no platform ${platform}`);
      if (!isWithin(weight, 0, WEIGHT_MAX))
        fault(`${path}.to`, `weight ${weight} of ${platform}: 0 to ${WEIGHT_MAX} is expected`);
    }
  });
}

const PORTABILITY_TYPE_MAX = 255;

function checkScreenedTypes({ screenedTypes, flow = 'vstp' }: ScreeningSettings, fault: Fault): void {
  screenedTypes?.forEach(({ portabilityType }, i) => {
    const path = `screenedTypes[${i}]`;
    if (!isWithin(portabilityType, 0, PORTABILITY_TYPE_MAX)) fault(path, `${portabilityType} is no portability type`);
    else if (prepaidTypeOf(portabilityType) > 0) fault(path, `${portabilityType} is a prepaid type: its senders are our own`);
    else if (flow === 'vstp' && !SCREENED_TYPES.vstp.some((it) => it.portabilityType === portabilityType))
      fault(path, `${portabilityType}: flow vstp screens 0, 1, 2 and 36`);
  });
}

/** Q.713 3.12. */
const RETURN_CAUSE_MAX = 14;

function checkAnswer(answer: Answer | undefined, path: string, fault: Fault): void {
  if (answer?.kind === 'udts' && !isWithin(answer.cause, 0, RETURN_CAUSE_MAX))
    fault(`${path}.cause`, `${answer.cause}: a return cause of 0 to ${RETURN_CAUSE_MAX} is expected`);
}

function checkAnswers(answers: Answers | undefined, path: string, fault: Fault): void {
  for (const [rule, answer] of Object.entries(answers ?? {})) checkAnswer(answer, `${path}.${rule}`, fault);
}

const WINDOW_SECONDS_MAX = 3600;

function checkCeiling({ ceiling }: ScreeningSettings, fault: Fault): void {
  if (ceiling === undefined) return;
  if (!(ceiling.percent > 0 && ceiling.percent <= 100))
    fault('ceiling.percent', `${ceiling.percent}: more than 0, at most 100 is expected`);
  if (!isWithin(ceiling.windowSeconds, 1, WINDOW_SECONDS_MAX))
    fault('ceiling.windowSeconds', `${ceiling.windowSeconds}: 1 to ${WINDOW_SECONDS_MAX} is expected`);
  if (!isWithin(ceiling.messagesMin, 1, Number.MAX_SAFE_INTEGER))
    fault('ceiling.messagesMin', `${ceiling.messagesMin}: 1 or more is expected`);
}

function checkSize(path: string, size: number, max: number, fault: Fault): void {
  if (size > max) fault(path, `${size} entries, at most ${max}`);
}

/** Names are labels of counters and what operators say: there, once, and in one line. */
function checkNames(path: string, named: readonly { readonly name: string }[], max: number, fault: Fault): void {
  const seen = new Set<string>();
  named.forEach(({ name }, i) => {
    if (!/^[\x21-\x7e]+$/.test(name)) fault(`${path}[${i}].name`, `"${name}": printable characters without spaces are expected`);
    if (name.length > max) fault(`${path}[${i}].name`, `${name} has ${name.length} characters, at most ${max}`);
    if (name === 'others') fault(`${path}[${i}].name`, 'others is what is counted together where there are too many names');
    if (seen.has(name)) fault(`${path}[${i}].name`, `${name} is there twice`);
    seen.add(name);
  });
}
