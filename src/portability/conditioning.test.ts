import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { condition, conditionerOf, conditionTitle, failureOf } from './conditioning.js';
import type { NatureOfNumber } from './message.js';

const BOTH = conditionerOf({ countryCode: '49', areaCode: '30' });
const result = (conditioner: typeof BOTH, nature: NatureOfNumber, digits: string): number | string => {
  const number = condition(conditioner, { nature, digits });
  return number < 0 ? failureOf(number) : number;
};

describe('number conditioning', () => {
  it('leaves international numbers, puts the country code before national ones, country and area code before subscribers', () => {
    assert.equal(result(BOTH, 'international', '33612345678'), 33612345678);
    assert.equal(result(BOTH, 'national', '1711234567'), 491711234567);
    assert.equal(result(BOTH, 'subscriber', '1234567'), 49301234567);
    assert.equal(result(BOTH, 'other', '1711234567'), 491711234567);
  });

  it('cannot make a national number international without a country code, nor a subscriber number without an area code', () => {
    const none = conditionerOf({});
    const country = conditionerOf({ countryCode: '49' });
    assert.equal(result(none, 'international', '4930'), 4930);
    assert.equal(result(none, 'national', '30'), 'no-country-code');
    assert.equal(result(none, 'other', '30'), 'no-country-code');
    assert.equal(result(none, 'subscriber', '30'), 'no-country-code');
    assert.equal(result(country, 'subscriber', '30'), 'no-area-code');
    assert.equal(result(conditionerOf({ countryCode: '47', areaCode: '' }), 'subscriber', '22334455'), 4722334455);
  });

  it('refuses what is no number, and says the same whatever the nature', () => {
    for (const nature of ['international', 'national', 'subscriber', 'other'] as const) {
      for (const conditioner of [BOTH, conditionerOf({})]) {
        assert.equal(result(conditioner, nature, ''), 'no-digits');
        for (const digits of ['*21#', '49171a', 'f', '4917112345678901*'])
          assert.equal(result(conditioner, nature, digits), 'not-decimal', `${nature} ${digits}`);
      }
    }
    assert.equal(failureOf(condition(BOTH, undefined)), 'absent');
    assert.equal(result(BOTH, 'international', '0171'), 'leading-zero');
    assert.equal(result(BOTH, 'national', '01711234567'), 4901711234567);
  });

  it('takes 15 digits in international form and no more', () => {
    assert.equal(result(BOTH, 'international', '999999999999999'), 999_999_999_999_999);
    assert.equal(result(BOTH, 'international', '1000000000000000'), 'too-long');
    assert.equal(result(BOTH, 'national', '1'.repeat(13)), Number(`49${'1'.repeat(13)}`));
    assert.equal(result(BOTH, 'national', '1'.repeat(14)), 'too-long');
    assert.equal(result(BOTH, 'subscriber', '1'.repeat(12)), 'too-long');
  });

  it('reads the nature of a global title; one that does not say is international', () => {
    const title = (digits: string, natureOfAddress?: number) =>
      conditionTitle(BOTH, {
        routeOn: 'gt',
        indicator: 4,
        digits,
        ...(natureOfAddress === undefined ? {} : { natureOfAddress }),
      });
    assert.equal(title('4917112', 4), 4917112);
    assert.equal(title('17112', 3), 4917112);
    assert.equal(title('112', 1), 4930112);
    assert.equal(title('4917112'), 4917112);
    assert.equal(title('4917112f'), 4917112);
    for (const nature of [0, 2, 5, 127]) assert.ok(title('4917112', nature) < 0, `${nature}`);
  });

  it('gives the number of the digits written one behind the other, for any digits', () => {
    const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max });
    fc.assert(
      fc.property(fc.constantFrom('international', 'national', 'subscriber' as const), digits(20), (nature, written) => {
        const whole = { international: '', national: '49', subscriber: '4930' }[nature] + written;
        const expected = whole.length > 15 ? 'too-long' : whole.startsWith('0') ? 'leading-zero' : Number(whole);
        assert.equal(result(BOTH, nature, written), expected);
      }),
    );
  });
});
