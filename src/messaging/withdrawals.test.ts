import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delivery } from './model.js';
import { Withdrawals } from './withdrawals.js';

const a = { key: 'a', messageId: 'm' } as Delivery;
const b = { key: 'b', messageId: 'n' } as Delivery;

describe('what is being taken off its road', () => {
  it('goes along with nothing until the last who takes it is done', () => {
    const withdrawals = new Withdrawals();
    withdrawals.begin(a);
    withdrawals.begin(a);
    withdrawals.end(a);
    assert.ok(withdrawals.isBeingTaken('a') && !withdrawals.isBeingTaken('b'));
    const handover = withdrawals.setOut(a.messageId);
    assert.ok(withdrawals.bars('a', handover) && !withdrawals.bars('b', handover));
    withdrawals.end(a);
    assert.ok(!withdrawals.isBeingTaken('a'));
  });

  it('does not go along with a handover that may have read of it before, and may go with the next one', () => {
    const withdrawals = new Withdrawals();
    const before = withdrawals.setOut(a.messageId);
    for (const one of [a, b]) {
      withdrawals.begin(one);
      withdrawals.end(one);
    }
    const after = withdrawals.setOut(a.messageId);
    assert.deepEqual([withdrawals.bars('a', before), withdrawals.bars('a', after)], [true, false]);
    withdrawals.arrived(a.messageId);
    assert.ok(withdrawals.bars('a', before));
    assert.ok(!withdrawals.bars('b', before), 'nothing of its message was under way');
    withdrawals.arrived(a.messageId);
    assert.ok(!withdrawals.bars('a', before), 'nobody is left who could have read of it');
  });
});
