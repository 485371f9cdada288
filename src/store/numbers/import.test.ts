import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { NO_PORTABILITY_TYPE } from '#portability';
import { rn, sp } from '../../portability/numbers.contract.js';
import { exportNumbers } from './export.js';
import { apply, newFolder, opened, removeFolders } from './fixtures.contract.js';
import { importFile } from './import.js';
import { readLines } from './lines.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const OCTETS_LONG = 3 * 1024 * 1024;

describe('a number file', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(removeFolders);
  const read = (text: string | Buffer) => {
    const file = path.join(folder, 'a.csv');
    fs.writeFileSync(file, text);
    return importFile({ file, source: 'a.csv', now: NOW, screenedTypes: [0, 1, 2, 36] }, () => {});
  };
  const faults = (text: string) => {
    const { report } = read(text);
    assert.equal(report.faultCount, report.faults.length);
    return report.faults.map(({ line, text: why }) => `${line}: ${why}`);
  };

  it('has its columns in any order, a separator of three, and ends of lines of two kinds', () => {
    for (const [separator, end] of [
      [',', '\n'],
      [';', '\r\n'],
      ['\t', '\n'],
    ] as const) {
      const rows = [
        ['Routing-Number', 'number', 'entity', 'portability-type'],
        ['d042', '+46700000001', 'rn', '1'],
        ['', ' 46700000002 ', 'SP', '36'],
        ['D043', '3', '', ''],
        ['', '4', '', ''],
      ];
      const { report, book } = read(rows.map((row) => row.join(separator)).join(end));
      assert.deepEqual(report.faults, []);
      assert.equal(report.lines, 4);
      const find = (number: number) => book.view.find(number, NOW, false);
      assert.deepEqual(find(46700000001), rn(1, 'D042'));
      assert.deepEqual(find(46700000002), sp(36));
      assert.deepEqual(find(3), rn(NO_PORTABILITY_TYPE, 'D043'));
      assert.deepEqual(find(4), { portabilityType: NO_PORTABILITY_TYPE, entity: { kind: 'none' } });
    }
  });

  it('may begin with a byte order mark, have empty lines, and end without the end of a line', () => {
    const { report, book } = read('\ufeffnumber,entity\n\n1,sp\r\n\r\n2,sp');
    assert.deepEqual([report.faultCount, report.lines, book.live], [0, 2, 2]);
  });

  it('has ranges beside numbers', () => {
    const { report, book } = read('number,first,last,portability-type,entity\n,1000,1999,36,sp\n1500,,,3,sp\n,1100,1199,4,sp\n');
    assert.deepEqual(report.faults, []);
    assert.deepEqual(
      [1000, 1500, 1150, 2000].map((number) => book.view.find(number, NOW, false)?.portabilityType),
      [36, 3, 4, undefined],
    );
    assert.deepEqual([report.numbers, report.ranges], [1, 2]);
  });

  it('spells prepaid types 1 to 32 as portability types 3, 4 and 6 to 35', () => {
    const lines = Array.from({ length: 32 }, (_, i) => `${i + 1},${i + 1}`).join('\n');
    const { report, book } = read(`number,prepaid-type\n${lines}\n`);
    assert.deepEqual(report.faults, []);
    const types = Array.from({ length: 32 }, (_, i) => book.view.find(i + 1, NOW, false)?.portabilityType);
    assert.deepEqual(types, [3, 4, ...Array.from({ length: 30 }, (_, i) => i + 6)]);
  });

  it('says until when what it says holds; what began before needs no instant', () => {
    const { report, book } = read(
      [
        'number,portability-type,routing-number,valid-from,valid-until',
        '1,1,D001,2026-12-01T02:00:00+01:00,',
        '1,36,,,',
        '2,1,D001,2020-01-01T00:00:00Z,',
        '3,1,D001,2020-01-01T00:00:00Z,2026-12-01T00:00Z',
      ].join('\n'),
    );
    assert.deepEqual(report.faults, []);
    assert.equal(report.timed, 2);
    const at = Date.parse('2026-12-01T01:00:00Z');
    assert.deepEqual(
      [at - 1, at].map((now) => book.view.find(1, now, false)?.portabilityType),
      [36, 1],
    );
    assert.deepEqual(
      book.view.entriesOf(2).map(({ from }) => from),
      [-Infinity],
    );
    assert.equal(book.view.find(3, Date.parse('2026-12-01T00:00Z'), false), undefined);
  });

  it('names the line of every fault', () => {
    assert.deepEqual(
      faults(
        [
          'number,first,last,portability-type,prepaid-type,entity,routing-number,valid-from,valid-until',
          '1,,,,,,,,',
          'abc,,,,,,,,',
          '0123,,,,,,,,',
          '1234567890123456,,,,,,,,',
          '5,,,37,,,,,',
          '5,,,,33,,,,',
          '5,,,1,1,,,,',
          '5,,,,,xx,,,',
          '5,,,,,rn,,,',
          '5,,,,,sp,D001,,',
          '5,,,,,rn,XYZ,,',
          '5,,,,,,,tomorrow,',
          '5,,,,,,,2026-12-01T02:00:00,',
          '5,,,,,,,2027-01-01T00:00:00Z,2026-01-01T00:00:00Z',
          ',10,,,,,,,',
          '5,10,20,,,,,,',
          ',,,,,,,,',
          ',20,10,,,,,,',
          ',20,100,,,,,,',
          '5,,,,,,,,,',
        ].join('\n'),
      ).map((fault) => fault.slice(0, 46)),
      [
        '3: "abc" is no number of 1 to 15 digits in international form',
        '4: "0123" is no number of 1 to 15 digits in international form',
        '5: "1234567890123456" is no number of 1 to 15 digits',
        '6: portability type 37 is none of 0 to 36 and 255',
        '7: prepaid type "33" is none of 1 to 32',
        '8: prepaid type 1 is portability type 3, not 1',
        '9: entity "xx" is none of sp, rn, none',
        '10: entity "rn" without a routing number',
        '11: a routing number goes with entity "rn", not "sp"',
        '12: routing number "XYZ" is not 1 to 15 of 0-9 and A-F',
        '13: "tomorrow" is no instant with zone, as 2026-12-01',
        '14: "2026-12-01T02:00:00" is no instant with zone, as',
        '15: its validity ends before it begins',
        '16: it has neither a number alone nor the two ends of a range',
        '17: it has neither a number alone nor the two ends of a range',
        '18: it has neither a number alone nor the two ends of a range',
        '19: the range 20 to 10 ends before it begins',
        '20: the ends of the range 20 to 100 have not the same count',
        '21: it has 10 columns, the first line names 9',
      ].map((fault) => fault.slice(0, 46)),
    );
  });

  it('contradicts itself neither in a number nor in ranges that cut each other', () => {
    assert.deepEqual(faults('number,entity\n5,sp\n5,none\n5,sp\n'), [
      '3: the number stands in the file before, with something else',
    ]);
    assert.deepEqual(faults('first,last,entity\n10,30,sp\n20,40,sp\n10,30,none\n'), [
      '3: the range cuts the range 10 to 30',
      '4: the range stands in the file before, with something else',
    ]);
  });

  it('counts what is odd and imports it', () => {
    const { report } = read(
      'number,portability-type,entity,routing-number\n1,36,rn,D001\n2,1,sp,\n3,36,sp,\n4,3,sp,\n3,36,sp,\n',
    );
    assert.equal(report.faultCount, 0);
    const { first, ...counted } = report.oddities;
    assert.deepEqual(counted, { repeated: 1, rnNotPorted: 1, spPortedOut: 1, spScreened: 3 });
    assert.deepEqual(
      first.map(({ line }) => line),
      [2, 3, 3, 6],
    );
    assert.equal(report.numbers, 4);
  });

  for (const [why, text, fault] of [
    ['nothing in it', '', /1: the file is empty/],
    ['no head', '46700000001,1\n46700000002,1\n', /^1: the first line must name the columns; "46700000001" is none of/],
    ['a column twice', 'number,number\n', /^1: column "number" stands twice/],
    ['one end of ranges only', 'first\n1\n', /^1: "first" and "last" go together/],
    ['no numbers', 'entity\nsp\n', /^1: there is neither/],
  ] as const)
    it(`is refused by one fault when it has ${why}`, () => {
      const found = faults(text);
      assert.equal(found.length, 1);
      assert.match(found[0]!, fault);
    });

  it('may have lines of any length: too long a one is a fault, and the next is read', () => {
    const { report, book } = read(
      Buffer.concat([
        Buffer.from('number\n1\n'),
        Buffer.alloc(3 * OCTETS_LONG, '7'),
        Buffer.from('\n2\n'),
        Buffer.alloc(2_000, '8'),
      ]),
    );
    assert.deepEqual(
      report.faults.map(({ line }) => line),
      [3, 5],
    );
    assert.deepEqual(
      [1, 2].map((number) => book.view.find(number, NOW, false) !== undefined),
      [true, true],
    );
  });

  it('tells the first hundred faults and counts the others', () => {
    const { report } = read(`number\n${'x\n'.repeat(250)}`);
    assert.deepEqual([report.faults.length, report.faultCount, report.faults[99]!.line], [100, 250, 101]);
  });

  it('is read the same wherever its octets are cut', () => {
    const file = path.join(folder, 'long.csv');
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[0-9,]{0,40}$/), { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (lines, end, closed) => {
          fs.writeFileSync(file, lines.join(end) + (closed ? end : ''));
          const seen: string[] = [];
          readLines(file, {
            line: (octets, from, to, number) => {
              assert.equal(number, seen.length + 1);
              seen.push(octets.toString('latin1', from, to));
            },
            tooLong: () => assert.fail('no line is too long'),
            progress: () => {},
          });
          const wanted = [...lines];
          if (!closed && wanted.at(-1) === '') wanted.pop();
          if (closed && lines.length === 0) wanted.push('');
          assert.deepEqual(seen, wanted);
        },
      ),
    );
    // More than a chunk, so that lines are cut by its end.
    const many = Array.from({ length: 400_000 }, (_, i) => `${1_000_000_000_000 + i}`);
    fs.writeFileSync(file, many.join('\n'));
    let sum = 0;
    readLines(file, {
      line: (octets, from, to) => void (sum += Number(octets.toString('latin1', from, to)) - 1_000_000_000_000),
      tooLong: () => assert.fail('no line is too long'),
      progress: () => {},
    });
    assert.equal(sum, (400_000 * 399_999) / 2);
  });

  it('is what an export writes: imported again it makes the same', async () => {
    const store = await opened(folder);
    await apply(
      store,
      { kind: 'set-number', number: 46700000001, record: rn(1, 'D042') },
      { kind: 'set-number', number: 5, record: sp(3), validFrom: NOW + 1_000, validUntil: NOW + 5_000 },
      { kind: 'set-number', number: 5, record: sp(4), validFrom: NOW + 2_000 },
      { kind: 'set-number', number: 6, record: { portabilityType: NO_PORTABILITY_TYPE, entity: { kind: 'none' } } },
      { kind: 'set-range', first: 1000, last: 1999, record: sp(36) },
    );
    const counts = store.counts();
    await store.close();
    const { report, book } = read([...exportNumbers(folder)].join(''));
    assert.deepEqual(report.faults, []);
    assert.deepEqual(book.counts(), counts);
    assert.deepEqual(
      book.view.entriesOf(5).map(({ from, until }) => [from, until]),
      [
        [NOW + 1_000, NOW + 5_000],
        [NOW + 2_000, Infinity],
      ],
    );
  });
});
