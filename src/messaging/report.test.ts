import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { BOB } from './fixtures.contract.js';
import type { Submission } from './messaging.js';
import type { PushOutcome } from './notifier.js';
import type { Policy } from './policy.js';
import { outcomeFor } from './report.js';
import { aTestbed, POLICY, START } from './testbed.contract.js';

const ALICES = toMsisdn('491510000001')!;
const [FIRST_WAIT, SECOND_WAIT] = POLICY.pushRetryMs as [number, number];
const putOff: PushOutcome = { kind: 'deferred', reason: 'out of reach' };

/** A bench on which Bob has rejected a message whose sender wants to know; the report is due. */
async function withReport(overrides: Partial<Submission> = {}, policy: Partial<Policy> = {}) {
  const bed = aTestbed(policy);
  const { messageId } = await bed.accept({ deliveryReport: true, ...overrides });
  await bed.messaging.workDue();
  await bed.messaging.notificationAnswered({ key: (await bed.delivery(messageId)).key, status: 'rejected' });
  return {
    bed,
    messageId,
    pushed: () => bed.pushes.filter((push) => push.kind === 'delivery-report'),
    waiting: async () => (await bed.store.history(messageId))?.reports ?? [],
  };
}

describe('reports', () => {
  it('are pushed until the bearer takes them, by the schedule of notifications', async () => {
    const { bed, messageId, pushed, waiting } = await withReport();
    bed.answerPush = () => putOff;
    assert.deepEqual(await bed.messaging.workDue(), { done: 1, nextAt: START + FIRST_WAIT });
    bed.pass(FIRST_WAIT);
    assert.deepEqual(await bed.messaging.workDue(), { done: 1, nextAt: bed.now() + SECOND_WAIT });
    assert.equal((await waiting())[0]?.attempts, 2);
    bed.answerPush = () => ({ kind: 'accepted' });
    bed.pass(SECOND_WAIT);
    assert.deepEqual(await bed.messaging.workDue(), { done: 1 });
    assert.equal(pushed().length, 3);
    assert.deepEqual(pushed()[2], pushed()[0], 'always the same');
    assert.deepEqual(await waiting(), []);
    assert.equal((await bed.history(messageId)).at(-1), 'report-pushed');
  });

  it('are given up when their time is over', async () => {
    const { bed, pushed, waiting } = await withReport();
    bed.answerPush = () => putOff;
    for (let rounds = 0; rounds < 100; rounds++) {
      const { nextAt } = await bed.messaging.workDue();
      if (nextAt === undefined) break;
      bed.pass(nextAt - bed.now());
    }
    assert.equal(bed.now(), START + POLICY.reportLifetimeMs);
    const { length } = pushed();
    assert.ok(length > 3);
    assert.deepEqual(await waiting(), []);
    assert.deepEqual(bed.events.at(-1), {
      kind: 'report-abandoned',
      messageId: bed.events.at(-1)?.messageId,
      recipient: BOB,
      about: 'delivery',
      reason: 'not pushed in time',
      at: START + POLICY.reportLifetimeMs,
    });
  });

  it('are given up when pushing them can never work', async () => {
    const { bed, waiting } = await withReport();
    bed.answerPush = () => ({ kind: 'failed', reason: 'no such number' });
    assert.deepEqual(await bed.messaging.workDue(), { done: 1 });
    assert.deepEqual(await waiting(), []);
    const last = bed.events.at(-1);
    assert.deepEqual(last?.kind === 'report-abandoned' && last.reason, 'no such number');
  });

  it('that were put off go out when the sender comes within reach', async () => {
    const { bed, pushed } = await withReport();
    bed.answerPush = () => putOff;
    await bed.messaging.workDue();
    bed.answerPush = () => ({ kind: 'accepted' });
    await bed.messaging.handsetReachable(ALICES);
    await bed.messaging.workDue();
    assert.equal(pushed().length, 2);
  });

  it('are not made when the operator does not want them, even of messages accepted before', async () => {
    const { waiting } = await withReport({}, { deliveryReportsAllowed: false });
    assert.deepEqual(await waiting(), []);
  });

  it('are not made of messages of class Auto', async () => {
    const { waiting } = await withReport({ messageClass: 'auto' });
    assert.deepEqual(await waiting(), []);
  });

  it('are not made for a sender who is no number', async () => {
    const { waiting } = await withReport({ sender: { kind: 'short-code', code: '4711' } });
    assert.deepEqual(await waiting(), []);
  });

  it('go to the application that the sender named for replies, else to the one he wrote to', async () => {
    const target = async (application: Submission['application']) => {
      const { bed, pushed } = await withReport(application ? { application } : {});
      await bed.messaging.workDue();
      return pushed()[0]?.application;
    };
    assert.deepEqual(await target({ applicId: 'chess', replyApplicId: 'chess.reply', auxApplicInfo: 'x' }), {
      applicId: 'chess.reply',
      auxApplicInfo: 'x',
    });
    assert.deepEqual(await target({ applicId: 'chess' }), { applicId: 'chess' });
    assert.equal(await target(undefined), undefined);
  });

  it("are written in the words of the sender's version, while the store keeps what happened", async () => {
    for (const [version, told] of [
      ['1.0', 'expired'],
      ['1.1', 'indeterminate'],
      ['1.2', 'unreachable'],
      ['1.3', 'unreachable'],
    ] as const) {
      const bed = aTestbed();
      bed.answerPush = (push) => (push.kind === 'notification' ? { kind: 'failed', reason: 'no such number' } : putOff);
      const { messageId } = await bed.accept({ deliveryReport: true, origin: { interface: 'mm1', version } });
      await bed.messaging.workDue();
      const push = bed.pushes.find(({ kind }) => kind === 'delivery-report');
      assert.deepEqual(push?.kind === 'delivery-report' && [push.version, push.outcome], [version, told]);
      const [report] = (await bed.store.history(messageId))?.reports ?? [];
      assert.deepEqual(report?.content, { kind: 'delivery', outcome: 'unreachable' });
    }
    assert.equal(outcomeFor('1.0', 'indeterminate'), 'expired');
    assert.equal(outcomeFor('1.1', 'indeterminate'), 'indeterminate');
    for (const outcome of ['retrieved', 'rejected', 'expired', 'unrecognised'] as const)
      assert.equal(outcomeFor('1.0', outcome), outcome);
  });
  it('are written in older words when the sender has changed to an older handset meanwhile', async () => {
    const bed = aTestbed();
    bed.answerPush = (push) => (push.kind === 'notification' ? { kind: 'failed', reason: 'no such number' } : putOff);
    await bed.messaging.handsetSeen({ msisdn: ALICES, userAgent: 'Old/1.0', version: '1.0' });
    await bed.accept({ deliveryReport: true, origin: { interface: 'mm1', version: '1.3' } });
    await bed.messaging.workDue();
    const push = bed.pushes.find(({ kind }) => kind === 'delivery-report');
    assert.deepEqual(push?.kind === 'delivery-report' && [push.version, push.outcome], ['1.0', 'expired']);
  });
});
