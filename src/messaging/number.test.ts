import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { isOwnNumber, normaliseNumber } from './number.js';

const GERMANY = { countryCode: '49', nationalPrefix: '0', internationalPrefix: '00' };
const AMERICA = { countryCode: '1', nationalPrefix: '1', internationalPrefix: '011' };

describe('number conditioning', () => {
  for (const [text, number] of [
    ['+491510000001', '491510000001'],
    ['00491510000001', '491510000001'],
    ['01510000001', '491510000001'],
    ['491510000001', '491510000001'],
    ['+49 (151) 000-00.01', '491510000001'],
    ['0151 / 0000001', undefined],
    ['+35840123456', '35840123456'],
    ['0035840123456', '35840123456'],
    ['35840123456', '35840123456'],
    ['', undefined],
    ['+', undefined],
    ['-- ..', undefined],
    ['++491510000001', undefined],
    ['4915100000a1', undefined],
    ['+4915100000012345', undefined],
    ['+0491510000001', undefined],
    ['000491510000001', undefined],
    ['٤٩١٥١٠٠٠٠٠٠١', undefined],
    ['22122', undefined],
    ['110', undefined],
    ['+110', undefined],
    ['*100#', undefined],
  ] as const) {
    it(`takes ${JSON.stringify(text)} for ${number ?? 'no number'} in a German network`, () => {
      assert.equal(normaliseNumber(text, GERMANY), number);
    });
  }

  for (const [text, number] of [
    ['12125550100', '12125550100'],
    ['+1 212 555 0100', '12125550100'],
    ['011491510000001', '491510000001'],
  ] as const) {
    it(`takes ${JSON.stringify(text)} for ${number} in an American network`, () => {
      assert.equal(normaliseNumber(text, AMERICA), number);
    });
  }

  it('takes national and international prefixes for nothing where the plan has none', () => {
    assert.equal(normaliseNumber('01510000001', {}), undefined);
    assert.equal(normaliseNumber('00491510000001', {}), undefined);
    assert.equal(normaliseNumber('+491510000001', {}), '491510000001');
    assert.equal(normaliseNumber('00491510000001', { countryCode: '49', nationalPrefix: '0' }), undefined);
    assert.equal(normaliseNumber('01510000001', { nationalPrefix: '0' }), undefined);
  });

  it('knows own numbers by their prefixes, and all of them by the empty prefix', () => {
    const number = toMsisdn('491510000001');
    assert.ok(number);
    assert.equal(isOwnNumber(number, ['49151', '49160']), true);
    assert.equal(isOwnNumber(number, ['49152', '151']), false);
    assert.equal(isOwnNumber(number, ['']), true);
    assert.equal(isOwnNumber(number, []), false);
  });
});
