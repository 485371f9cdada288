import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conditionerOf } from './conditioning.js';
import { HomeList } from './home-smscs.js';
import type { TitleKey } from './message.js';
import type { HomeSmscSettings } from './settings.js';

const title = (digits: string, natureOfAddress = 4, numberingPlan = 1): TitleKey => ({
  routeOn: 'gt',
  indicator: 4,
  translationType: 0,
  numberingPlan,
  natureOfAddress,
  digits,
});
const listOf = (settings: HomeSmscSettings): HomeList =>
  new HomeList(settings, conditionerOf({ countryCode: '49', areaCode: '30' }));
const ANY = { name: 'any', digits: '491770' };
const NATIONAL = { name: 'national', digits: '491770', natureOfAddress: 3 };
const STRICT = { name: 'strict', digits: '491770', natureOfAddress: 4, numberingPlan: 1 };

describe('the list of home SMSCs', () => {
  it('prefers, of entries with the same digits, the one that asks most of the title and gets it', () => {
    const list = listOf({ entries: [ANY, NATIONAL, STRICT] });
    assert.equal(list.find(title('491770'))?.smsc, STRICT);
    assert.equal(list.find(title('491770', 3))?.smsc, NATIONAL);
    assert.equal(list.find(title('491770', 4, 6))?.smsc, ANY);
    assert.equal(list.find(title('491770', 0))?.index, 0);
  });

  it('by best fit passes over a longer entry that the title does not satisfy', () => {
    const list = listOf({ match: 'best-fit', entries: [{ name: 'short', digits: '4917' }, NATIONAL] });
    assert.equal(list.find(title('491770123'))?.smsc.name, 'short');
    assert.equal(list.find(title('491770123', 3))?.smsc.name, 'national');
  });

  it('compares digits as they came, or in international form where the settings say so', () => {
    assert.equal(listOf({ entries: [ANY] }).find(title('1770', 3)), undefined);
    const conditioned = listOf({ conditioned: true, entries: [ANY] });
    assert.equal(conditioned.find(title('1770', 3))?.smsc, ANY);
    assert.equal(conditioned.find(title('491770'))?.smsc, ANY);
    assert.equal(conditioned.find(title('491770', 3)), undefined);
    assert.equal(conditioned.comparedDigits(title('a1', 3)), 'a1');
  });

  it('takes a last 0 of a title of indicator 2 for filler where the digits are no entry with it', () => {
    const odd = { name: 'odd', digits: '4917701' };
    const list = listOf({ entries: [odd, { name: 'even', digits: '49177020' }, { name: 'prefix', digits: '4917702' }] });
    const ofTypeOnly = (digits: string): TitleKey => ({ routeOn: 'gt', indicator: 2, translationType: 0, digits });
    assert.equal(list.find(ofTypeOnly('49177010'))?.smsc, odd);
    assert.equal(list.find(ofTypeOnly('49177020'))?.smsc.name, 'even');
    assert.equal(list.find(ofTypeOnly('49177011')), undefined);
    assert.equal(list.find(title('49177010')), undefined);
  });

  it('finds a number as an international E.164 address', () => {
    const list = listOf({ entries: [NATIONAL, STRICT] });
    assert.equal(list.findNumber(491770)?.smsc, STRICT);
    assert.equal(list.findNumber(491771), undefined);
  });
});
