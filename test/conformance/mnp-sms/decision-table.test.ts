/** The published call flow, row for row, and all combinations of its inputs in flow vstp. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMBINATIONS, type Combination, gatesOf, outcomeOf, recordsOf } from './combinations.js';
import { type Row, TABLE } from './tables.js';

const isYes = (expected: Row['selected'], value: boolean): boolean => expected === '*' || (expected === 'yes') === value;
const isOn = (expected: Row['prepaid'], value: boolean): boolean => expected === '*' || (expected === 'on') === value;

const holds = (row: Row, one: Combination): boolean =>
  isYes(row.selected, one.selected) &&
  isYes(row.moFsm, one.moFsm) &&
  isOn(row.prepaid, one.prepaid) &&
  isOn(row.check, one.check) &&
  isYes(row.fromIn, one.fromIn) &&
  isYes(row.stored, one.stored) &&
  (row.type === '*' || row.type === one.type) &&
  isYes(row.home, one.home);

const TITLES: Readonly<Record<number, string>> = {
  1: 'a message that no selector matches goes on to translation',
  2: 'a selected message that is no MO-ForwardSM goes on to translation',
  3: 'with PPSMS and MNP SMS off it goes on to translation',
  4: 'with PPSMS off, a sender who is not stored goes on to translation',
  5: 'with PPSMS off, a prepaid sender goes on to translation',
  6: 'with PPSMS off, a sender of type 0, 1, 2 or 36 at a foreign SMSC goes on to translation',
  7: 'with PPSMS off, a sender of type 0, 1, 2 or 36 at a home SMSC is rejected',
  8: 'with PPSMS off, a sender of any other type goes on to translation',
  9: 'with PPSMS on, a message from an IN platform goes to PPSMS, which lets it go on to translation',
  10: 'with PPSMS on, a sender who is not stored goes on to translation',
  11: 'with PPSMS on, a prepaid sender is redirected to his IN platform',
  12: 'with PPSMS on and MNP SMS off, a sender of type 0, 1, 2 or 36 goes on to translation',
  13: 'with both on, a sender of type 0, 1, 2 or 36 at a foreign SMSC goes on to translation',
  14: 'with both on, a sender of type 0, 1, 2 or 36 at a home SMSC is rejected',
  15: 'with PPSMS on, a sender of any other type goes on to translation',
};

describe('Portability check for MO SMS: the decision table, flow vstp', () => {
  const gate = gatesOf('vstp');

  for (const row of TABLE) {
    it(`row ${row.row}: ${TITLES[row.row]}`, () => {
      const combinations = COMBINATIONS.filter((one) => holds(row, one));
      assert.ok(combinations.length > 0);
      for (const one of combinations) {
        for (const sender of recordsOf(one.type)) {
          const decision = outcomeOf(gate(one.prepaid, one.check), one, sender);
          const where = JSON.stringify({ one, sender });
          assert.equal(decision.place, `row ${row.row}`, where);
          assert.equal(decision.verdict, row.verdict, where);
          assert.equal(decision.action, row.verdict, where);
        }
      }
    });
  }

  it('each of the 384 combinations of inputs meets exactly one row, and only rows 7 and 14 stop a message', () => {
    assert.equal(COMBINATIONS.length, 384);
    assert.equal(new Set(COMBINATIONS.map((one) => JSON.stringify(one))).size, 384);
    for (const one of COMBINATIONS) assert.equal(TABLE.filter((row) => holds(row, one)).length, 1, JSON.stringify(one));
    assert.deepEqual(
      TABLE.filter((row) => row.verdict === 'reject').map((row) => row.row),
      [7, 14],
    );
  });
});
