import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Dialogues } from './dialogues.js';
import { partyOf } from './party.js';
import { NO_TRANSACTION, transactionOf } from './transaction.js';

const open = (settings = {}) => new Dialogues<string, string>(settings);

describe('dialogues that open without their operation', () => {
  it('are found by the id and the party that opened them, and by nothing else', () => {
    const dialogues = open();
    dialogues.begin(7, 'msc', 'label', 0);
    assert.equal(dialogues.ofOpener(7, 'msc', 1)?.label, 'label');
    assert.equal(dialogues.ofOpener(8, 'msc', 1), undefined);
    assert.equal(dialogues.ofOpener(7, 'other', 1), undefined);
  });

  it('learn the other side from its first Continue, and from no later one', () => {
    const dialogues = open();
    dialogues.begin(7, 'msc', 'label', 0);
    assert.equal(dialogues.ofOpener(7, 'msc', 1)?.farId, NO_TRANSACTION);
    dialogues.answered(7, 'msc', 70, 1);
    dialogues.answered(7, 'msc', 71, 2);
    assert.equal(dialogues.ofOpener(7, 'msc', 3)?.farId, 70);
    assert.equal(dialogues.answered(9, 'msc', 90, 3), undefined);
  });

  it('end with an End or Abort of either side', () => {
    const dialogues = open();
    dialogues.begin(7, 'msc', 'label', 0);
    assert.equal(dialogues.endedByOpener(70, 'msc'), false);
    dialogues.answered(7, 'msc', 70, 1);
    assert.equal(dialogues.endedByOpener(70, 'msc'), true);
    assert.equal(dialogues.size, 0);
    dialogues.begin(8, 'msc', 'label', 0);
    assert.equal(dialogues.endedByFar(8, 'msc'), true);
    assert.equal(dialogues.endedByFar(8, 'msc'), false);
  });

  it('are over when their id opens another one', () => {
    const dialogues = open();
    dialogues.begin(7, 'msc', 'label', 0);
    dialogues.superseded(7, 'other');
    assert.equal(dialogues.size, 1);
    dialogues.superseded(7, 'msc');
    assert.equal(dialogues.size, 0);
  });

  it('are forgotten at their end of time, without a timer', () => {
    const dialogues = open({ timeMs: 10 });
    dialogues.begin(7, 'msc', 'label', 100);
    assert.equal(dialogues.expiresAt, 110);
    assert.ok(dialogues.ofOpener(7, 'msc', 109));
    assert.equal(dialogues.ofOpener(7, 'msc', 110), undefined);
    assert.equal(dialogues.answered(7, 'msc', 1, 110), undefined);
    assert.equal(dialogues.expire(110), 1);
    assert.deepEqual([dialogues.size, dialogues.expired, dialogues.expiresAt], [0, 1, undefined]);
  });

  it('give way at the bound, the oldest first', () => {
    const dialogues = open({ dialoguesMax: 2 });
    for (const otid of [1, 2, 3]) dialogues.begin(otid, 'msc', 'label', otid);
    assert.deepEqual([dialogues.size, dialogues.evicted], [2, 1]);
    assert.equal(dialogues.ofOpener(1, 'msc', 4), undefined);
    assert.ok(dialogues.ofOpener(2, 'msc', 4));
  });

  it('begin anew when their id is used again, with nothing left of the first', () => {
    const dialogues = open({ timeMs: 10 });
    dialogues.begin(7, 'msc', 'first', 0);
    dialogues.answered(7, 'msc', 70, 1);
    const again = dialogues.begin(7, 'msc', 'second', 5);
    assert.deepEqual([again.farId, again.expiresAt, dialogues.size], [NO_TRANSACTION, 15, 1]);
    assert.equal(dialogues.endedByOpener(70, 'msc'), false);
    assert.equal(dialogues.ofOpener(7, 'msc', 12)?.label, 'second');
  });

  it('keep the first verdict', () => {
    const dialogues = open();
    const dialogue = dialogues.begin(7, 'msc', 'label', 0);
    assert.equal(dialogues.settle(dialogue, 'reject'), 'reject');
    assert.equal(dialogues.settle(dialogue, 'pass'), 'reject');
    assert.equal(dialogues.ofOpener(7, 'msc', 1)?.verdict, 'reject');
  });
});

describe('a transaction id as a number', () => {
  it('is another one when it is longer, and none when it is empty or too long', () => {
    const of = (...octets: number[]) => transactionOf(Uint8Array.from(octets), 0, octets.length);
    const all = [of(1), of(0, 1), of(0, 0, 1), of(0, 0, 0, 1), of(0xff, 0xff, 0xff, 0xff), of(0, 0, 0, 0)];
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.every((it) => Number.isSafeInteger(it) && it !== NO_TRANSACTION));
    assert.deepEqual([of(), of(1, 2, 3, 4, 5)], [NO_TRANSACTION, NO_TRANSACTION]);
  });
});

describe('the party of an address', () => {
  it('is its digits, whatever else the address says, or else point code and subsystem', () => {
    const globalTitle = { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits: '39349' } as const;
    assert.equal(partyOf({ routeOn: 'gt', ssn: 8, globalTitle }), '39349');
    assert.equal(partyOf({ routeOn: 'ssn', ssn: 7, pointCode: 5, globalTitle: { ...globalTitle, translationType: 9 } }), '39349');
    assert.equal(partyOf({ routeOn: 'ssn', pointCode: 5, ssn: 8 }), '5:8');
    assert.equal(partyOf({ routeOn: 'ssn', ssn: 8 }), '');
  });
});
