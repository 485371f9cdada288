import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Agenda } from './agenda.js';
import { actOf, chanceOf, delayOf, PROMPT } from './answering.js';
import { DelayHistogram } from './histogram.js';
import { NumberBook } from './number-facts.js';
import { plannedRecords } from './numbers.js';
import { numbersFile, readNumbersFile } from './numbers-file.js';
import { idAt, putId, transactionIds } from './octets.js';
import { Outages } from './outages.js';
import { Random, Weighted } from './random.js';
import { Schedule } from './schedule.js';

describe('chance from a seed', () => {
  it('is the same for the same seed and spread evenly', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 10_000 }, () => random.below(10));
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    for (let digit = 0; digit < 10; digit++) {
      const count = draw(3).filter((it) => it === digit).length;
      assert.ok(count > 850 && count < 1_150, `${digit}: ${count}`);
    }
  });

  it('draws by weight, and never what has none', () => {
    const random = new Random(4);
    const weighted = new Weighted([
      ['often', 3],
      ['seldom', 1],
      ['never', 0],
    ]);
    const drawn = Array.from({ length: 4_000 }, () => weighted.draw(random));
    const often = drawn.filter((it) => it === 'often').length;
    assert.ok(often > 2_850 && often < 3_150, `${often}`);
    assert.ok(!drawn.includes('never'));
    assert.throws(() => new Weighted([['never', 0]]), RangeError);
  });

  it('lets the far side behave by the shares that it has', () => {
    const behaviour = { errorShare: 0.2, silentShare: 0.1, delayMs: [5, 10] } as const;
    const acts = Array.from({ length: 10_000 }, (_, id) => actOf(behaviour, chanceOf(id, 9)));
    const share = (act: string): number => acts.filter((it) => it === act).length / acts.length;
    assert.ok(Math.abs(share('error') - 0.2) < 0.02 && Math.abs(share('silence') - 0.1) < 0.02);
    for (let id = 0; id < 1_000; id++) {
      const delay = delayOf(behaviour, chanceOf(id, 9));
      assert.ok(delay >= 5 && delay < 10);
    }
    assert.equal(actOf(PROMPT, 0), 'result');
  });
});

describe('a schedule', () => {
  it('makes no message due too early or too late, and none is lost on the way', () => {
    fc.assert(
      fc.property(
        fc.record({
          rate: fc.integer({ min: 1, max: 5_000 }),
          durationMs: fc.integer({ min: 1, max: 20_000 }),
          rampMs: fc.integer({ min: 0, max: 25_000 }),
        }),
        fc.option(fc.record({ everyMs: fc.integer({ min: 100, max: 3_000 }), factor: fc.integer({ min: 1, max: 9 }) })),
        (settings, bursts) => {
          const schedule = new Schedule({
            ...settings,
            ...(bursts === null ? {} : { bursts: { ...bursts, lastMs: bursts.everyMs / 4 } }),
          });
          const { total } = schedule;
          assert.equal(schedule.due(settings.durationMs * 2), total);
          let before = 0;
          for (let elapsed = 0; elapsed <= settings.durationMs; elapsed += settings.durationMs / 50) {
            const due = schedule.due(elapsed);
            assert.ok(due >= before);
            before = due;
          }
          for (const number of [1, Math.ceil(total / 2), total].filter((it) => it >= 1 && it <= total)) {
            const at = schedule.at(number);
            assert.ok(schedule.due(at + 0.01) >= number && schedule.due(at - 0.01) <= number);
          }
        },
      ),
    );
  });

  it('sends a rate times a duration, half as many while it ramps up, and more in bursts', () => {
    assert.equal(new Schedule({ rate: 100, durationMs: 1_000 }).total, 100);
    assert.equal(new Schedule({ rate: 100, durationMs: 1_000, rampMs: 1_000 }).total, 50);
    assert.equal(new Schedule({ rate: 100, durationMs: 1_000, count: 7 }).total, 7);
    const bursts = { everyMs: 500, lastMs: 100, factor: 5 };
    assert.equal(new Schedule({ rate: 100, durationMs: 1_000, bursts }).total, 180);
    assert.throws(() => new Schedule({ rate: 0, durationMs: 1 }), RangeError);
  });
});

describe('an agenda', () => {
  it('gives what is due in the order of its time, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), fc.integer({ min: 0, max: 60 }), (times, now) => {
        const agenda = new Agenda<number>();
        for (const at of times) agenda.add(at, at);
        const given: number[] = [];
        for (let next = agenda.due(now); next !== undefined; next = agenda.due(now)) given.push(next);
        assert.deepEqual(
          given,
          times.filter((at) => at <= now).sort((a, b) => a - b),
        );
        assert.equal(agenda.size, times.length - given.length);
      }),
    );
  });
});

describe('a histogram of delays', () => {
  it('tells percentiles to 4 % of what sorting tells', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 300 }), (samples) => {
        const histogram = new DelayHistogram();
        for (const sample of samples) histogram.record(sample);
        const sorted = samples.toSorted((a, b) => a - b);
        for (const percent of [50, 90, 99, 100]) {
          const exact = sorted[Math.max(0, Math.ceil((percent / 100) * samples.length) - 1)]!;
          const told = histogram.percentile(percent);
          assert.ok(told >= exact && told <= exact * 1.04 + 1, `${percent}: ${told}, exactly ${exact}`);
        }
        assert.equal(histogram.count, samples.length);
        assert.equal(histogram.max, sorted.at(-1));
      }),
    );
  });

  it('takes what is out of its range for its ends', () => {
    const histogram = new DelayHistogram();
    histogram.record(-5);
    histogram.record(1e15);
    assert.equal(histogram.percentile(1), 1);
    assert.ok(histogram.max < 2 ** 37);
  });
});

describe('transaction ids', () => {
  it('are found behind any form of length, and four octets are one number', () => {
    for (const head of [
      [0x62, 0x0c],
      [0x62, 0x81, 0x0c],
      [0x62, 0x84, 0, 0, 0, 0x0c],
      [0x65, 0x80],
    ]) {
      const octets = Uint8Array.from([...head, 0x48, 4, 0, 0, 0, 0, 0x49, 4, 9, 8, 7, 6]);
      const ids = transactionIds(octets);
      putId(octets, ids.otidFrom, 0xdead_beef);
      assert.equal(idAt(octets, ids.otidFrom, ids.otidTo), 0xdead_beef);
      assert.equal(idAt(octets, ids.dtidFrom, ids.dtidTo), 0x0908_0706);
    }
  });

  it('are absent where there are none, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (octets) => {
        const { otidFrom, otidTo, dtidFrom, dtidTo } = transactionIds(octets);
        for (const [from, to] of [
          [otidFrom, otidTo],
          [dtidFrom, dtidTo],
        ] as const)
          assert.ok((from === 0 && to === 0) || (to <= octets.length && to - from >= 1 && to - from <= 4));
      }),
    );
  });
});

describe('the file of numbers', () => {
  it('is read as it was written', () => {
    const records = [...plannedRecords(5)];
    const read = readNumbersFile([...numbersFile(records)].join(''));
    assert.ok(read.ok);
    assert.deepEqual(read.value, records);
  });

  it('says in which line it is none', () => {
    const lines = [...numbersFile(plannedRecords(1))];
    const read = readNumbersFile([...lines, '12x,,,1,sp,\n'].join(''));
    assert.ok(!read.ok && read.error.text.startsWith(`line ${lines.length + 1}`));
    assert.equal(readNumbersFile('number,valid-from\n').ok, false);
  });

  it('is asked with the single number before its range', () => {
    const book = new NumberBook(plannedRecords(5));
    assert.equal(book.find('46700000003')?.portabilityType, 36);
    assert.equal(book.find('46700500003')?.portabilityType, 1);
    assert.equal(book.find('44770000001'), undefined);
    assert.equal(book.find('4670000000'), undefined);
  });
});

describe('outages of the laboratory', () => {
  it('last from the first link that is lost until the last one is back, and so much longer as is allowed', () => {
    const outages = new Outages(100);
    assert.equal(outages.touches(0, 1_000), false);
    outages.changed('centre', false, 1_000);
    outages.changed('access', false, 1_010);
    outages.changed('centre', true, 1_500);
    assert.ok(outages.touches(5_000, 5_001));
    outages.changed('access', true, 2_000);
    assert.ok(outages.touches(900, 1_000) && outages.touches(2_100, 2_200));
    assert.equal(outages.touches(0, 999), false);
    assert.equal(outages.touches(2_101, 9_000), false);
  });

  it('are none where a link comes that was not lost', () => {
    const outages = new Outages(100);
    outages.changed('access', true, 10);
    assert.equal(outages.touches(0, 1_000), false);
  });
});
