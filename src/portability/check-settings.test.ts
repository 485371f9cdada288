import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { faultsOf } from './check-settings.js';
import type { HomeSmsc, Platform, PrepaidSettings, RelaySettings, ScreeningSettings, SelectorSettings } from './settings.js';

const SELECTOR: SelectorSettings = { name: 'mo', indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, ssn: 8 };
const PREPAID: PrepaidSettings = {
  on: true,
  platforms: [{ name: 'in', addresses: ['4917'] }],
  relays: [{ prepaidType: 1, to: [{ platform: 'in', weight: 1 }] }],
};
const GOOD: ScreeningSettings = {
  version: '1',
  mode: { kind: 'enforce' },
  portabilityCheck: true,
  selectors: [SELECTOR],
  homeSmscs: { entries: [{ name: 'home', digits: '491770600000' }] },
  prepaid: PREPAID,
};

const paths = (more: Partial<ScreeningSettings>): readonly string[] => faultsOf({ ...GOOD, ...more }).map(({ path }) => path);
const selector = (more: object): Partial<ScreeningSettings> => ({ selectors: [{ ...SELECTOR, ...more }] });
const home = (...entries: Partial<HomeSmsc>[]): Partial<ScreeningSettings> => ({
  homeSmscs: { entries: entries.map((it, i) => ({ name: `h${i}`, digits: `49${i}`, ...it })) },
});
const platform = (...platforms: Partial<Platform>[]): Partial<ScreeningSettings> => ({
  prepaid: { ...PREPAID, relays: [], platforms: platforms.map((it, i) => ({ name: `p${i}`, addresses: [`49${i}`], ...it })) },
});
const relay = (...relays: Partial<RelaySettings>[]): Partial<ScreeningSettings> => ({
  prepaid: { ...PREPAID, relays: relays.map((it) => ({ ...PREPAID.relays[0]!, ...it })) },
});

const FAULTS: readonly [what: string, settings: Partial<ScreeningSettings>, path: string][] = [
  ['a percentage above 100', { mode: { kind: 'sample', percent: 101 } }, 'mode.percent'],
  ['no percentage', { mode: { kind: 'sample', percent: Number.NaN } }, 'mode.percent'],
  ['an indicator that there is none of', selector({ indicator: 5 }), 'selectors[0].indicator'],
  ['a field too few', selector({ natureOfAddress: undefined }), 'selectors[0].natureOfAddress'],
  ['a field too many', selector({ indicator: 3 }), 'selectors[0].natureOfAddress'],
  ['a translation type above 255', selector({ translationType: 256 }), 'selectors[0].translationType'],
  ['half a numbering plan', selector({ numberingPlan: 0.5 }), 'selectors[0].numberingPlan'],
  ['a subsystem above 255', selector({ ssn: 256 }), 'selectors[0].ssn'],
  ["a selector's percentage", selector({ mode: { kind: 'sample', percent: -1 } }), 'selectors[0].mode.percent'],
  [
    "a selector's return cause",
    selector({ answers: { 'home-smsc': { kind: 'udts', cause: 15 } } }),
    'selectors[0].answers.home-smsc.cause',
  ],
  ['two selectors for the same messages', { selectors: [SELECTOR, { ...SELECTOR, name: 'b' }] }, 'selectors[1]'],
  ['two selectors of one name', { selectors: [SELECTOR, { ...SELECTOR, ssn: 6 }] }, 'selectors[1].name'],
  ['a name that is none', selector({ name: '' }), 'selectors[0].name'],
  ['a name with a space', selector({ name: 'm o' }), 'selectors[0].name'],
  ['the name that stands for others', selector({ name: 'others' }), 'selectors[0].name'],
  ['a country code of four digits', { conditioning: { countryCode: '4917' } }, 'conditioning.countryCode'],
  ['a country code with a zero in front', { conditioning: { countryCode: '049' } }, 'conditioning.countryCode'],
  ['an area code of six digits', { conditioning: { countryCode: '49', areaCode: '123456' } }, 'conditioning.areaCode'],
  ['an area code alone', { conditioning: { areaCode: '30' } }, 'conditioning.areaCode'],
  ['no home SMSC', home(), 'homeSmscs.entries'],
  ['22 digits', home({ digits: '1'.repeat(22) }), 'homeSmscs.entries[0].digits'],
  ['digits that are none', home({ digits: '49x' }), 'homeSmscs.entries[0].digits'],
  ['a filler at the end', home({ digits: '49f' }), 'homeSmscs.entries[0].digits'],
  ['a home SMSC twice', home({ digits: '49a' }, { digits: '49A' }), 'homeSmscs.entries[1]'],
  ['a name of 13 characters', home({ name: 'a'.repeat(13) }), 'homeSmscs.entries[0].name'],
  ['a home SMSC that is off', home({ mode: { kind: 'off' } }), 'homeSmscs.entries[0].mode'],
  ['a nature of address above 127', home({ natureOfAddress: 128 }), 'homeSmscs.entries[0].natureOfAddress'],
  ["a home SMSC's return cause", home({ answer: { kind: 'udts', cause: -1 } }), 'homeSmscs.entries[0].answer.cause'],
  ['a platform without address', platform({ addresses: [] }), 'prepaid.platforms[0].addresses'],
  ['an address of 16 digits', platform({ addresses: ['1'.repeat(16)] }), 'prepaid.platforms[0].addresses'],
  ['an address of two platforms', platform({ addresses: ['4'] }, { addresses: ['4'] }), 'prepaid.platforms[1].addresses'],
  ['recipients without PPSMS', { prepaid: { ...PREPAID, on: false, recipients: true } }, 'prepaid.recipients'],
  ['prepaid type 33', relay({ prepaidType: 33 }), 'prepaid.relays[0].prepaidType'],
  ['a prepaid type twice', relay({}, {}), 'prepaid.relays[1].prepaidType'],
  ['a relay to nowhere', relay({ to: [] }), 'prepaid.relays[0].to'],
  ['a relay to a platform that there is none of', relay({ to: [{ platform: 'x', weight: 1 }] }), 'prepaid.relays[0].to'],
  ['a weight of 1001', relay({ to: [{ platform: 'in', weight: 1001 }] }), 'prepaid.relays[0].to'],
  ['a screened prepaid type', { screenedTypes: [{ portabilityType: 3 }] }, 'screenedTypes[0]'],
  ['a type that flow vstp does not screen', { screenedTypes: [{ portabilityType: 5 }] }, 'screenedTypes[0]'],
  ['no type', { flow: 'ported-out', screenedTypes: [{ portabilityType: 256 }] }, 'screenedTypes[0]'],
  ['screening by SM-RP-DA in flow vstp', { serviceCentre: 'screen' }, 'serviceCentre'],
  ['a return cause', { answers: { 'service-centre': { kind: 'udts', cause: 1.5 } } }, 'answers.service-centre.cause'],
  ['a ceiling of nothing', { ceiling: { percent: 0, windowSeconds: 1, messagesMin: 1 } }, 'ceiling.percent'],
  ['a window of two hours', { ceiling: { percent: 1, windowSeconds: 7200, messagesMin: 1 } }, 'ceiling.windowSeconds'],
  ['a ceiling over no messages', { ceiling: { percent: 1, windowSeconds: 1, messagesMin: 0 } }, 'ceiling.messagesMin'],
];

describe('settings of screening', () => {
  it('are taken when all is well', () => {
    assert.deepEqual(paths({}), []);
    assert.deepEqual(
      paths({ flow: 'ported-out', serviceCentre: 'screen', screenedTypes: [{ portabilityType: 255, entity: 'rn' }] }),
      [],
    );
    assert.deepEqual(paths({ portabilityCheck: false, ...home() }), []);
    assert.deepEqual(
      paths(home({ digits: '49', natureOfAddress: 4 }, { digits: '49', natureOfAddress: 3 }, { digits: '49' })),
      [],
    );
  });

  for (const [what, settings, path] of FAULTS)
    it(`are refused with ${what}, at ${path} and nowhere else`, () => assert.deepEqual(paths(settings), [path]));

  it('are refused beyond the limits of their lists', () => {
    const many = <T>(size: number, one: (i: number) => T): T[] => Array.from({ length: size }, (_, i) => one(i));
    const homes = home(...many(LIMITS.homeSmscsMax + 1, () => ({})));
    assert.deepEqual(paths(homes), ['homeSmscs.entries']);
    const platforms = platform(...many(LIMITS.prepaidPlatformsMax + 1, () => ({})));
    assert.deepEqual(paths(platforms), ['prepaid.platforms']);
    const selectors = many(LIMITS.screeningSelectorsMax + 1, (i) => ({
      ...SELECTOR,
      name: `s${i}`,
      translationType: i & 255,
      natureOfAddress: i >> 8,
    }));
    assert.deepEqual(paths({ selectors }), ['selectors']);
  });

  it('are refused with every fault at once', () => {
    const { mode: _, ...rest } = GOOD;
    const faults = faultsOf({ ...rest, ...selector({ ssn: -1 }), ...home({ digits: '' }) });
    assert.deepEqual(
      faults.map(({ path }) => path),
      ['mode', 'selectors[0].ssn', 'homeSmscs.entries[0].digits'],
    );
  });
});
