/** What every store of numbers does, whatever keeps it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  NO_PORTABILITY_TYPE,
  type NumberCensus,
  type NumberChange,
  type NumberLookup,
  type NumberRecord,
  type NumberWriter,
  type Validity,
} from './numbers.js';

export const sp = (portabilityType: number): NumberRecord => ({ portabilityType, entity: { kind: 'sp' } });
export const rn = (portabilityType: number, routingNumber: string): NumberRecord => ({
  portabilityType,
  entity: { kind: 'rn', routingNumber },
});

export type Numbers = NumberLookup & NumberWriter & NumberCensus;

type Entries = { readonly record: NumberRecord; readonly from: number; readonly until: number }[];

/** The plainest store that keeps the promises: two maps, and every question answered by looking at everything. */
export class Model {
  readonly numbers = new Map<number, Entries>();
  readonly ranges = new Map<string, { first: number; last: number; entries: Entries }>();

  apply(change: NumberChange): void {
    if (change.kind === 'delete-number') this.numbers.delete(change.number);
    else if (change.kind === 'delete-range') this.ranges.delete(`${change.first}-${change.last}`);
    else if (change.kind === 'set-number')
      this.numbers.set(change.number, changed(this.numbers.get(change.number) ?? [], change));
    else {
      const { first, last } = change;
      const key = `${first}-${last}`;
      this.ranges.set(key, { first, last, entries: changed(this.ranges.get(key)?.entries ?? [], change) });
    }
  }

  /** Whether a range cuts one that is there. */
  cuts({ first, last }: { first: number; last: number }): boolean {
    return [...this.ranges.values()].some(
      (other) =>
        (other.first < first && first <= other.last && other.last < last) ||
        (first < other.first && other.first <= last && last < other.last),
    );
  }

  find(number: number, now: number): NumberRecord | undefined {
    const own = latest(this.numbers.get(number) ?? [], now);
    if (own) return own;
    return [...this.ranges.values()]
      .filter(({ first, last, entries }) => first <= number && number <= last && latest(entries, now) !== undefined)
      .sort((a, b) => a.last - a.first - (b.last - b.first))
      .map(({ entries }) => latest(entries, now))[0];
  }
}

function changed(
  entries: Entries,
  { record, validFrom = -Infinity, validUntil = Infinity }: { record: NumberRecord } & Validity,
): Entries {
  const entry = { record, from: validFrom, until: validUntil };
  if (validFrom === -Infinity && validUntil === Infinity) return [entry];
  return [...entries.filter(({ from }) => from !== validFrom), entry];
}

const latest = (entries: Entries, now: number): NumberRecord | undefined =>
  entries.filter(({ from, until }) => from <= now && now < until).sort((a, b) => b.from - a.from)[0]?.record;

const validities: fc.Arbitrary<Validity> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ validFrom: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ validUntil: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ validFrom: fc.integer({ min: 0, max: 4 }), validUntil: fc.integer({ min: 5, max: 10 }) }),
);
const records = fc.constantFrom(sp(36), sp(3), rn(1, 'D042'), rn(2, 'D001'), {
  portabilityType: NO_PORTABILITY_TYPE,
  entity: { kind: 'none' as const },
});
const spot = fc.integer({ min: 1000, max: 1040 });
const ends = fc.tuple(spot, spot).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));

/** Changes on few numbers and instants, so that they meet. */
export const changes: fc.Arbitrary<NumberChange> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(spot, records, validities)
      .map(([number, record, validity]) => ({ kind: 'set-number' as const, number, record, ...validity })),
  },
  { weight: 2, arbitrary: spot.map((number) => ({ kind: 'delete-number' as const, number })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(ends, records, validities)
      .map(([range, record, validity]) => ({ kind: 'set-range' as const, ...range, record, ...validity })),
  },
  { weight: 2, arbitrary: ends.map((range) => ({ kind: 'delete-range' as const, ...range })) },
);

/** Asks store and model the same. */
export function assertAgrees(numbers: NumberLookup, model: Model): void {
  for (let number = 998; number <= 1042; number++)
    for (let now = -1; now <= 11; now++) {
      const wanted = model.find(number, now);
      assert.deepEqual(numbers.find(number, now), wanted, `${number} at ${now}`);
      assert.deepEqual(numbers.finding(number, now)?.record, wanted, `${number} at ${now}, with its reasons`);
    }
}

/** `runs`: of the property; each opens a store of its own. */
export function numbersContract(
  name: string,
  open: () => Promise<Numbers>,
  close: (numbers: Numbers) => Promise<void>,
  runs: number,
): void {
  describe(`numbers: ${name}`, () => {
    let numbers: Numbers;
    const apply = async (...batch: NumberChange[]) => {
      const done = await numbers.apply(batch);
      assert.ok(done.ok, JSON.stringify(done));
      return done.value;
    };
    const refused = async (...batch: NumberChange[]) => {
      const done = await numbers.apply(batch);
      assert.ok(!done.ok);
      return done.error;
    };
    beforeEach(async () => {
      numbers = await open();
    });
    afterEach(() => close(numbers));

    it('finds what was set, forgets what was deleted, and knows nothing else', async () => {
      await apply({ kind: 'set-number', number: 46700000001, record: rn(1, 'D042') });
      await apply(
        { kind: 'set-number', number: 46700000001, record: rn(1, 'D043') },
        { kind: 'set-number', number: 1, record: sp(36) },
      );
      assert.deepEqual(numbers.find(46700000001, 0), rn(1, 'D043'));
      assert.deepEqual(numbers.find(1, 0), sp(36));
      assert.equal(numbers.find(46700000002, 0), undefined);
      await apply({ kind: 'delete-number', number: 46700000001 }, { kind: 'delete-number', number: 46700000009 });
      assert.equal(numbers.find(46700000001, 0), undefined);
      assert.equal(numbers.finding(46700000001, 0), undefined);
    });

    it('keeps numbers of 1 to 15 digits apart that share their low 32 bits', async () => {
      const alike = [7, 7 + 2 ** 32, 7 + 2 ** 32 * 232_830, 999_999_999_999_999, 999_999_999_999_999 - 2 ** 40];
      await apply(...alike.map((number, i) => ({ kind: 'set-number' as const, number, record: rn(1, `D00${i}`) })));
      for (const [i, number] of alike.entries()) assert.deepEqual(numbers.find(number, 0), rn(1, `D00${i}`));
      assert.equal(numbers.find(7 + 2 ** 33, 0), undefined);
    });

    it('gives one object for records that are alike', async () => {
      await apply(
        { kind: 'set-number', number: 100, record: rn(1, 'D042') },
        { kind: 'set-number', number: 101, record: rn(1, 'D042') },
      );
      assert.equal(numbers.find(100, 0), numbers.find(101, 0));
    });

    it('lets a number override its range, and a narrower range a wider one', async () => {
      await apply(
        { kind: 'set-range', first: 1000, last: 1999, record: sp(36) },
        { kind: 'set-range', first: 1100, last: 1199, record: rn(2, 'D002') },
        { kind: 'set-number', number: 1150, record: rn(1, 'D001') },
      );
      assert.deepEqual(
        [999, 1000, 1099, 1100, 1150, 1199, 1999, 2000].map((number) => numbers.find(number, 0)?.portabilityType),
        [undefined, 36, 36, 2, 1, 2, 36, undefined],
      );
      assert.deepEqual(numbers.finding(1101, 0), { record: rn(2, 'D002'), by: { kind: 'range', first: '1100', last: '1199' } });
      assert.deepEqual(numbers.finding(1150, 0), { record: rn(1, 'D001'), by: { kind: 'number' } });
    });

    it('refuses a range that cuts another, and nothing of its batch is done', async () => {
      await apply({ kind: 'set-range', first: 1000, last: 1999, record: sp(36) });
      const refusal = await refused(
        { kind: 'set-number', number: 5, record: sp(3) },
        { kind: 'set-range', first: 2000, last: 2999, record: sp(36) },
        { kind: 'set-range', first: 1500, last: 2500, record: sp(3) },
      );
      assert.deepEqual(refusal, { kind: 'ranges-overlap', index: 2, with: { first: 1000, last: 1999 } });
      assert.equal(numbers.find(5, 0), undefined);
      assert.equal(numbers.find(2500, 0), undefined);
      await apply(
        { kind: 'delete-range', first: 1000, last: 1999 },
        { kind: 'set-range', first: 1500, last: 2500, record: sp(3) },
      );
      assert.deepEqual(numbers.find(2500, 0), sp(3));
    });

    it('goes over from one record to the next at the instant that was said', async () => {
      await apply({ kind: 'set-number', number: 500, record: sp(36) });
      await apply({ kind: 'set-number', number: 500, record: rn(1, 'D042'), validFrom: 2_000, validUntil: 5_000 });
      assert.deepEqual(
        [1_999, 2_000, 4_999, 5_000].map((now) => numbers.find(500, now)?.portabilityType),
        [36, 1, 1, 36],
      );
      assert.deepEqual(numbers.finding(500, 2_000), {
        record: rn(1, 'D042'),
        by: { kind: 'number' },
        validFrom: 2_000,
        validUntil: 5_000,
      });
      await apply({ kind: 'set-number', number: 500, record: sp(3) });
      assert.deepEqual(numbers.find(500, 3_000), sp(3));
    });

    it('falls back on the range while no entry of the number is in force', async () => {
      await apply(
        { kind: 'set-range', first: 500, last: 599, record: sp(36) },
        { kind: 'set-number', number: 500, record: rn(1, 'D042'), validFrom: 2_000 },
      );
      assert.deepEqual(
        [1_999, 2_000].map((now) => numbers.find(500, now)?.portabilityType),
        [36, 1],
      );
    });

    for (const [why, change] of [
      ['a number of no digits', { kind: 'set-number', number: 0, record: sp(36) }],
      ['a number of 16 digits', { kind: 'set-number', number: 1e15, record: sp(36) }],
      ['half a number', { kind: 'delete-number', number: 1.5 }],
      ['a range that ends before it begins', { kind: 'set-range', first: 20, last: 10, record: sp(36) }],
      ['a range whose ends differ in length', { kind: 'set-range', first: 20, last: 100, record: sp(36) }],
      ['a portability type above 36', { kind: 'set-number', number: 10, record: sp(37) }],
      ['a routing number that is none', { kind: 'set-number', number: 10, record: rn(1, 'XYZ') }],
      ['a validity that ends before it begins', { kind: 'set-number', number: 10, record: sp(1), validFrom: 5, validUntil: 5 }],
    ] as const) {
      it(`refuses ${why}`, async () => {
        const refusal = await refused({ kind: 'set-number', number: 77, record: sp(36) }, change);
        assert.ok(refusal.kind === 'invalid' && refusal.index === 1, JSON.stringify(refusal));
        assert.equal(numbers.find(77, 0), undefined);
      });
    }

    it('counts changes in its version, and the instant of the newest', async () => {
      const { change } = numbers.version;
      const version = await apply({ kind: 'set-number', number: 1, record: sp(36) }, { kind: 'delete-number', number: 1 });
      assert.equal(version.change, change + 2);
      assert.deepEqual(numbers.version, version);
    });

    it('counts numbers and ranges by type and entity, those with a validity by every entry', async () => {
      await apply(
        { kind: 'set-number', number: 1, record: sp(36) },
        { kind: 'set-number', number: 2, record: rn(1, 'D001') },
        { kind: 'set-number', number: 3, record: rn(1, 'D002') },
        { kind: 'set-number', number: 1, record: rn(1, 'D001'), validFrom: 10 },
        { kind: 'set-range', first: 10, last: 19, record: sp(36) },
        { kind: 'set-number', number: 4, record: sp(0) },
        { kind: 'delete-number', number: 4 },
      );
      assert.deepEqual(numbers.counts(), [
        { portabilityType: 1, entity: 'rn', numbers: 3, ranges: 0 },
        { portabilityType: 36, entity: 'sp', numbers: 1, ranges: 1 },
      ]);
    });

    it(`answers as two plain maps do, whatever is changed (${runs} histories)`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(changes, { minLength: 1, maxLength: 4 }), { maxLength: 20 }), async (batches) => {
          const own = await open();
          try {
            const model = new Model();
            for (const batch of batches) {
              const trial = new Model();
              for (const [key, value] of model.ranges) trial.ranges.set(key, value);
              const fits = batch.every((change) => {
                if (change.kind === 'set-range' && trial.cuts(change)) return false;
                trial.apply(change);
                return true;
              });
              assert.equal((await own.apply(batch)).ok, fits);
              if (fits) for (const change of batch) model.apply(change);
            }
            assertAgrees(own, model);
          } finally {
            await close(own);
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
