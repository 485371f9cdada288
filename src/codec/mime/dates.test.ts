import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dateField, dateText, httpDateText, parseDate } from './dates.js';

describe('dates, read', () => {
  const at = Date.UTC(2022, 0, 13, 0, 25, 45);
  const cases: readonly (readonly [string, number])[] = [
    ['Thu, 13 Jan 2022 02:25:45 +0200', at],
    ['13 Jan 2022 00:25:45 GMT', at],
    ['Thu, 13 Jan 2022 00:25:45 +0000 (UTC)', at],
    ['Wed, 12 Jan 2022 19:25:45 EST', at],
    ['Thu, 13 Jan 22 00:25:45 -0000', at],
    ['Thursday, 13-Jan-22 00:25:45 GMT', at],
    ['Thu Jan 13 00:25:45 2022', at],
    ['Thu Jan 13 02:25:45 +0200 2022', at],
    ['Thu, 13 Jan 2022 00:25: 45 GMT', at],
    ['Thu, 13 Jan 2022 00:25 +0000', at - 45_000],
    ['Thu, 13 Jan 2022 00:25:45', at],
    ['Tue, 30 Jun 2015 23:59:60 +0000', Date.UTC(2015, 5, 30, 23, 59, 59)],
  ];
  for (const [text, expected] of cases)
    it(`\`${text}\` is understood`, () => assert.deepEqual(parseDate(text), { ok: true, value: expected }));

  for (const text of [
    '',
    'yesterday',
    '30 Feb 2022 00:00:00 GMT',
    '1 Foo 2022 00:00:00 GMT',
    '1 Jan 2022 24:00:00 GMT',
    '1 Jan 2022',
    '600 ',
  ])
    it(`\`${text}\` is refused`, () => assert.equal(parseDate(text).ok, false));
});

describe('dates, written', () => {
  it('are read as they were, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        for (const text of [dateText(seconds * 1000), httpDateText(seconds * 1000)])
          assert.deepEqual(parseDate(text), { ok: true, value: seconds * 1000 });
      }),
    );
  });

  it('have the forms of mail and of HTTP', () => {
    const at = Date.UTC(2022, 0, 3, 0, 5, 9);
    assert.deepEqual(dateField('Date', at), { name: 'Date', value: 'Mon, 03 Jan 2022 00:05:09 +0000' });
    assert.equal(httpDateText(at), 'Mon, 03 Jan 2022 00:05:09 GMT');
  });
});
