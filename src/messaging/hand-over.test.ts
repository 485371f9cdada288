import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { NORTH } from './carrier-double.contract.js';
import { ALICE, BOB } from './fixtures.contract.js';
import { aRoadsTestbed, DAY, FINN, HOUR, ITALIAN, MAILBOX, MINUTE, OTHER_FINN, QUIZ_CODE, to } from './roads-testbed.contract.js';

const CONTENT = new TextEncoder().encode('a picture');

describe('handing over', () => {
  it('takes one message by all its roads, each far side once', async () => {
    const bed = aRoadsTestbed();
    const id = await bed.send({
      recipients: to(BOB, FINN, MAILBOX, QUIZ_CODE, OTHER_FINN),
      content: [CONTENT.subarray(0, 4), CONTENT.subarray(4)],
    });
    assert.equal(bed.notifications().length, 1);
    assert.deepEqual(
      bed.peers.handovers.map(({ road, deliveries }) => [road, deliveries.map(({ recipient }) => recipient)]),
      [[NORTH, [FINN, OTHER_FINN]]],
    );
    assert.equal(bed.mail.handovers.length, 1);
    assert.equal(bed.vasps.handovers.length, 1);
    const { content, from, message, transactionId, attempt, deliveries } = bed.peers.handovers[0]!;
    assert.deepEqual([content, from, message.id, attempt], [CONTENT, ALICE, id, 1]);
    assert.equal(transactionId, deliveries[0]!.key);
    const [routed] = await bed.eventsOf(id, 'delivery-routed');
    assert.deepEqual([routed!.road, routed!.because], ['peer:north', 'a test says so']);
    assert.deepEqual(await bed.states(id), ['notified', 'transferred', 'transferred', 'transferred', 'transferred']);
  });

  it('tries again when the carrier says, though the list for all far sides asks for more', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'connection lost', retryAfterMs: 2_000 });
    await bed.send({ recipients: to(FINN) });
    bed.pass(2_000);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.handovers.map(({ attempt }) => attempt),
      [1, 2],
    );
  });

  it('takes all of a transaction along, though some were to be tried again later: its answer is for all of them', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = (_, place) => ({
      kind: 'deferred',
      scope: 'delivery',
      reason: '450 busy',
      retryAfterMs: (place + 1) * MINUTE,
    });
    await bed.send({ recipients: to(FINN, OTHER_FINN) });
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.handovers.map(({ deliveries }) => deliveries.length),
      [2, 2],
    );
  });

  it('waits for the delivery time', async () => {
    const bed = aRoadsTestbed();
    await bed.send({ recipients: to(FINN), deliveryTime: { afterMs: HOUR } });
    assert.equal(bed.peers.handovers.length, 0);
    const { nextAt } = await bed.messaging.workDue();
    assert.equal(nextAt, bed.now() + HOUR);
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 1);
  });

  it('gives a far side as many recipients at once as it takes, in transactions of their own', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ recipientsMax: 1 });
    await bed.send({ recipients: to(FINN, OTHER_FINN) });
    const handovers = bed.peers.handovers;
    assert.deepEqual(
      handovers.map(({ deliveries }) => deliveries.length),
      [1, 1],
    );
    for (const { transactionId, deliveries } of handovers) assert.equal(transactionId, deliveries[0]!.key);
  });

  it('never takes the answer to a part for one to the rest, where the far side takes fewer than when the message came', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'not now' });
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    bed.peers.setTerms({ recipientsMax: 1 });
    const first = bed.peers.handovers[0]!.transactionId;
    // The answer to the first part comes while the second one is on its way, and the second one is not taken.
    bed.peers.answer = async ({ transactionId }) => {
      if (transactionId === first) return { kind: 'taken', awaits: 'acknowledgement' };
      await bed.messaging.handoverAnswered({ from: NORTH, transactionId: first, verdict: { kind: 'accepted' } });
      return { kind: 'deferred', scope: 'delivery', reason: 'mailbox busy' };
    };
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['acknowledged', 'due']);
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'nothing' });
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.handovers.at(-1)!.deliveries.map(({ recipient }) => recipient),
      [OTHER_FINN],
    );
    assert.notEqual(bed.peers.handovers.at(-1)!.transactionId, first);
  });

  it('keeps the ids at every repeat, also when only some of the recipients are left', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = (_, place) =>
      place === 0
        ? { kind: 'taken', awaits: 'nothing', answer: { by: 'mx.north', code: '250', text: 'ok' } }
        : { kind: 'deferred', scope: 'delivery', reason: 'mailbox busy', answer: { code: '450' } };
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN) });
    assert.deepEqual(await bed.states(id), ['transferred', 'due']);
    bed.pass(MINUTE);
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'nothing' });
    await bed.messaging.workDue();
    const [first, second] = bed.peers.handovers;
    assert.equal(second!.transactionId, first!.transactionId);
    assert.equal(second!.attempt, 2);
    assert.deepEqual(
      second!.deliveries.map(({ recipient }) => recipient),
      [OTHER_FINN],
    );
    const [putOff] = await bed.eventsOf(id, 'handover-put-off');
    assert.deepEqual([putOff!.reason, putOff!.answer, putOff!.attempt], ['mailbox busy', { code: '450' }, 1]);
    assert.deepEqual((await bed.eventsOf(id, 'handed-over'))[0]!.answer, { by: 'mx.north', code: '250', text: 'ok' });
  });

  it('tries again when the far side or its peer entry says, not when the house would', async () => {
    const bed = aRoadsTestbed({ handoverRetryMs: [HOUR] });
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'mailbox busy', retryAfterMs: MINUTE });
    const id = await bed.send({ recipients: to(FINN) });
    const [putOff] = await bed.eventsOf(id, 'handover-put-off');
    assert.equal(putOff!.retryAt, bed.now() + MINUTE);
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 2);
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'mailbox busy', retryAfterMs: 0 });
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.equal((await bed.eventsOf(id, 'handover-put-off')).at(-1)!.retryAt, bed.now() + LIMITS.pushRetryMinMs);
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'mailbox busy' });
    bed.pass(LIMITS.pushRetryMinMs);
    await bed.messaging.workDue();
    assert.equal((await bed.eventsOf(id, 'handover-put-off')).at(-1)!.retryAt, bed.now() + HOUR);
  });

  it('cuts what a far side says to the limit', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'nothing', answer: { text: 'x'.repeat(10_000) } });
    const id = await bed.send({ recipients: to(FINN) });
    assert.equal((await bed.eventsOf(id, 'handed-over'))[0]!.answer!.text!.length, LIMITS.farAnswerTextMax);
  });

  it('ends a delivery that the far side will never take, and tells the sender', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'failed', outcome: 'rejected', reason: '550 no such user', answer: { code: '550' } });
    const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
    assert.deepEqual(await bed.states(id), ['rejected']);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.pushes.map((push) => push.kind === 'delivery-report' && [push.recipient, push.outcome]),
      [[FINN, 'rejected']],
    );
    assert.deepEqual(await bed.history(id), [
      'message-accepted',
      'delivery-routed',
      'handover-failed',
      'delivery-ended',
      'report-queued',
      'content-removed',
      'report-pushed',
    ]);
  });

  it('says indeterminate of what a far side took without a word to come, and retrieved where that is what it means', async () => {
    const bed = aRoadsTestbed();
    bed.vasps.answer = () => ({ kind: 'taken', awaits: 'nothing', outcome: 'retrieved' });
    await bed.send({ recipients: to(MAILBOX, QUIZ_CODE), deliveryReport: true });
    await bed.messaging.workDue();
    const said = bed.pushes.flatMap((push) => (push.kind === 'delivery-report' ? [[push.recipient.kind, push.outcome]] : []));
    assert.deepEqual(said.sort(), [
      ['email', 'indeterminate'],
      ['short-code', 'retrieved'],
    ]);
  });

  it('keeps the content until every far side answers for it, and no longer', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    bed.mail.answer = () => ({ kind: 'taken', awaits: 'report' });
    const id = await bed.send({ recipients: to(FINN, MAILBOX), deliveryReport: true });
    assert.deepEqual(await bed.states(id), ['handed-over', 'acknowledged']);
    assert.equal((await bed.store.content(id)).kind, 'content');
    const [first] = await bed.deliveriesOf(id);
    await bed.messaging.handoverAnswered({
      from: NORTH,
      transactionId: first!.handedOver!.transactionId,
      verdict: { kind: 'accepted' },
    });
    assert.deepEqual(await bed.states(id), ['acknowledged', 'acknowledged']);
    assert.equal((await bed.store.content(id)).kind, 'absent');
    assert.equal((await bed.eventsOf(id, 'content-removed')).length, 1);
  });

  it('ends as indeterminate what the far side never answered, with an event that says so', async () => {
    const bed = aRoadsTestbed({ acknowledgementWaitMs: HOUR });
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
    bed.pass(HOUR - 1);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['handed-over']);
    bed.pass(1);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['indeterminate']);
    assert.deepEqual(
      (await bed.eventsOf(id, 'answer-missing')).map(({ awaited, road }) => [awaited, road]),
      [['acknowledgement', 'peer:north']],
    );
    assert.equal((await bed.eventsOf(id, 'delivery-ended'))[0]!.outcome, 'indeterminate');
    assert.equal(bed.peers.handovers.length, 1, 'what was taken is not handed over again');
  });

  it('waits for an acknowledgement beyond the expiry: the far side may have had it in time', async () => {
    const bed = aRoadsTestbed({ acknowledgementWaitMs: DAY });
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    const id = await bed.send({ recipients: to(FINN), expiry: { afterMs: HOUR } });
    bed.pass(2 * HOUR);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['handed-over']);
  });

  it('stops waiting for a report some time after the expiry', async () => {
    const bed = aRoadsTestbed({ farReportGraceMs: HOUR });
    bed.mail.answer = () => ({ kind: 'taken', awaits: 'report' });
    const id = await bed.send({ recipients: to(MAILBOX), deliveryReport: true, expiry: { afterMs: DAY } });
    bed.pass(DAY + HOUR - 1);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['acknowledged']);
    bed.pass(1);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['indeterminate']);
    assert.equal((await bed.eventsOf(id, 'answer-missing'))[0]!.awaited, 'report');
  });

  it('ends what a far side would report when nobody wants to be told', async () => {
    const bed = aRoadsTestbed();
    bed.mail.answer = () => ({ kind: 'taken', awaits: 'report' });
    assert.deepEqual(await bed.states(await bed.send({ recipients: to(MAILBOX) })), ['transferred']);
  });

  it('expires what its road never took, however the road is', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'held', reason: 'paused by the operator' });
    const id = await bed.send({ recipients: to(FINN, ITALIAN), expiry: { afterMs: HOUR } });
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['expired', 'expired']);
    assert.equal(bed.peers.handovers.length, 2);
  });

  it('does not call expired what is on its way out at that moment', async () => {
    const bed = aRoadsTestbed();
    let take: () => void = () => {};
    bed.peers.answer = () =>
      new Promise((resolve) => {
        take = () => resolve({ kind: 'taken', awaits: 'acknowledgement' });
      });
    const { messageId } = await bed.accept({ recipients: to(FINN), expiry: { afterMs: HOUR } });
    const working = bed.messaging.workDue();
    while (bed.peers.handovers.length === 0) await new Promise(setImmediate);
    bed.pass(HOUR);
    void bed.messaging.workDue();
    await new Promise(setImmediate);
    assert.deepEqual(await bed.states(messageId), ['due']);
    take();
    await working;
    assert.deepEqual(await bed.states(messageId), ['handed-over']);
  });

  it('fails what cannot be read any more, and leaves the far side alone', async () => {
    const bed = aRoadsTestbed();
    const { messageId } = await bed.accept({ recipients: to(FINN) });
    const nothing = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [] };
    await bed.store.change({ ...nothing, contentRemoved: [messageId] });
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 0);
    assert.deepEqual(await bed.states(messageId), ['unreachable']);
    assert.equal((await bed.eventsOf(messageId, 'content-damaged')).length, 1);
  });

  it('hides the sender from recipients and leaves it to the carrier to tell a peer', async () => {
    const bed = aRoadsTestbed();
    await bed.send({ recipients: to(FINN), senderVisibility: 'hide' });
    const { from, message } = bed.peers.handovers[0]!;
    assert.equal(from, undefined);
    assert.deepEqual([message.sender, message.senderHidden], [ALICE, true]);
  });

  it('asks again for a road that could not be decided, until the message expires', async () => {
    let known = false;
    const bed = aRoadsTestbed({}, () => (known ? undefined : { kind: 'undecided', reason: 'no answer from the number store' }));
    const id = await bed.send({ recipients: to(FINN) });
    assert.deepEqual(await bed.states(id), ['unrouted']);
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['unrouted']);
    known = true;
    bed.pass(10 * MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['transferred']);
    assert.deepEqual(await bed.history(id), [
      'message-accepted',
      'routing-put-off',
      'routing-put-off',
      'delivery-routed',
      'handed-over',
      'delivery-ended',
      'content-removed',
    ]);
  });

  it('ends as unreachable what turns out to lead nowhere', async () => {
    let known = false;
    const bed = aRoadsTestbed({}, () =>
      known ? { kind: 'nowhere', reason: 'unknown-subscriber' } : { kind: 'undecided', reason: 'later' },
    );
    const id = await bed.send({ recipients: to(FINN) });
    known = true;
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    const [delivery] = await bed.deliveriesOf(id);
    assert.deepEqual([delivery!.state, delivery!.reason], ['unreachable', 'unknown-subscriber']);
  });

  it('is not what a handset does: nobody fetches, answers or confirms what goes by another road', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    const id = await bed.send({ recipients: to(FINN) });
    const { key } = await bed.delivery(id);
    const retrieved = await bed.messaging.retrieve(key);
    assert.equal(!retrieved.ok && retrieved.error.kind, 'not-found');
    const answered = await bed.messaging.notificationAnswered({ key, status: 'rejected' });
    assert.equal(!answered.ok && answered.error.kind, 'not-found');
    assert.deepEqual(await bed.states(id), ['handed-over']);
  });
});
