/** What far sides' own terms change: messages handed over again, reports of Deferred, waits; and what is kept of far sides that say too much. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { NORTH } from './carrier-double.contract.js';
import { BOB } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { HandoverAnswer } from './messaging.js';
import {
  aRoadsTestbed,
  FINN,
  fromMail,
  fromPeer,
  HOUR,
  MAILBOX,
  MINUTE,
  OTHER_FINN,
  type RoadsTestbed,
  to,
} from './roads-testbed.contract.js';

const TAKEN = { kind: 'taken', awaits: 'acknowledgement', waitMs: HOUR } as const;
const PUT_OFF = { kind: 'deferred', scope: 'delivery', reason: '450 mailbox busy', retryAfterMs: MINUTE } as const;

/** What the far side said of the last transaction. */
const answered = (bed: RoadsTestbed, verdict: HandoverAnswer['verdict'], more: Partial<HandoverAnswer> = {}) =>
  bed.messaging.handoverAnswered({ from: NORTH, transactionId: bed.peers.handovers.at(-1)!.transactionId, verdict, ...more });

async function passed(bed: RoadsTestbed, ms: number): Promise<void> {
  bed.pass(ms);
  await bed.messaging.workDue();
}

describe('a far side that loses messages', () => {
  async function lossy() {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ resendsMissing: true });
    bed.peers.answer = () => TAKEN;
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    return { bed, id };
  }

  it('gets what it has not acknowledged in time again, all of it at once and under the same ids', async () => {
    const { bed, id } = await lossy();
    await passed(bed, HOUR);
    const [first, second, ...more] = bed.peers.handovers;
    assert.equal(more.length, 0);
    assert.deepEqual([second!.transactionId, second!.deliveries.length], [first!.transactionId, 2]);
    assert.equal(second!.attempt, 2);
    assert.deepEqual(second!.content, first!.content);
    assert.equal((await bed.eventsOf(id, 'answer-missing')).length, 2, 'of each recipient, once');
    await answered(bed, { kind: 'accepted' });
    assert.deepEqual(await bed.states(id), ['acknowledged', 'acknowledged']);
  });

  it('gets it so often and no more: then nobody knows where it is', async () => {
    const { bed, id } = await lossy();
    for (let i = 0; i < LIMITS.resendsMax + 3; i++) await passed(bed, HOUR);
    assert.equal(bed.peers.handovers.length, 1 + LIMITS.resendsMax);
    assert.deepEqual(await bed.states(id), ['indeterminate', 'indeterminate']);
    assert.equal((await bed.store.content(id)).kind, 'absent');
  });

  it('may have brought it to its recipient: it is too late to take it back before it is sent again', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ resendsMissing: true });
    bed.peers.answer = () => TAKEN;
    const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'busy' });
    await passed(bed, HOUR);
    assert.deepEqual(await bed.states(id), ['due']);
    const outcome = await bed.messaging.cancel({ messageId: id, by: { operator: 'eva' } });
    assert.equal(!outcome.ok && outcome.error.kind, 'too-late');
  });

  it('gets nothing that has expired meanwhile', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ resendsMissing: true });
    bed.peers.answer = () => TAKEN;
    const id = await bed.send({ recipients: to(FINN), expiry: { afterMs: 30 * MINUTE } });
    await passed(bed, HOUR);
    assert.equal(bed.peers.handovers.length, 1);
    assert.deepEqual(await bed.states(id), ['indeterminate']);
  });

  it('does not get again what it answers for, though its report never comes', async () => {
    const { bed, id } = await lossy();
    await answered(bed, { kind: 'accepted' });
    for (let i = 0; i < 100; i++) await passed(bed, HOUR);
    assert.equal(bed.peers.handovers.length, 1);
    assert.deepEqual(await bed.states(id), ['indeterminate', 'indeterminate']);
  });
});

describe('a recipient who wants the message later', () => {
  async function deferredAt(origin: ReturnType<typeof fromPeer>, wantsDeferred: boolean, deliveryReport = true) {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ wantsDeferred });
    const id = await bed.send({ origin, sender: FINN, deliveryReport });
    const { key } = await bed.delivery(id);
    for (let i = 0; i < 2; i++) await bed.messaging.notificationAnswered({ key, status: 'deferred' });
    await bed.messaging.workDue();
    return { bed, id, key };
  }

  it('is told to a peer that wants to know, once, and how it ended after that', async () => {
    const { bed, key } = await deferredAt(fromPeer(), true);
    const told = () => bed.peers.reports.map(({ report }) => report.content);
    assert.deepEqual(told(), [{ kind: 'delivery', outcome: 'deferred' }]);
    await bed.messaging.notificationAnswered({ key, status: 'retrieved' });
    await bed.messaging.workDue();
    assert.deepEqual(told().slice(1), [{ kind: 'delivery', outcome: 'retrieved' }]);
  });

  it('is told to nobody else: not where nobody asked, not to other peers, not to mail', async () => {
    assert.equal((await deferredAt(fromPeer(), true, false)).bed.peers.reports.length, 0);
    assert.equal((await deferredAt(fromPeer(), false)).bed.peers.reports.length, 0);
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ wantsDeferred: true });
    const id = await bed.send({ origin: fromMail(), sender: MAILBOX, deliveryReport: true });
    await bed.messaging.notificationAnswered({ key: (await bed.delivery(id)).key, status: 'deferred' });
    await bed.messaging.workDue();
    assert.equal(bed.mail.reports.length, 0);
  });

  it('is told on when a far side says so of a message that came from another one', async () => {
    const bed = aRoadsTestbed({}, ({ recipient }) => (recipient === BOB ? { kind: 'road', road: NORTH } : undefined));
    bed.peers.setTerms({ wantsDeferred: true });
    bed.peers.answer = () => TAKEN;
    const id = await bed.send({ origin: fromPeer({ peer: 'south' }), sender: FINN, recipients: to(BOB), deliveryReport: true });
    for (const status of ['deferred', 'delayed', 'deferred'] as const)
      await bed.messaging.deliveryReported({ from: NORTH, about: { messageId: id, recipient: BOB }, status });
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.reports.map(({ report }) => report.content),
      [{ kind: 'delivery', outcome: 'deferred' }],
    );
  });
});

describe('a far side that says too much', () => {
  it('has so many of its words kept that end nothing, and no more, whatever it goes on to say', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => TAKEN;
    const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
    const report = (status: 'deferred' | 'delayed' | 'retrieved' | 'expired') =>
      bed.messaging.deliveryReported({ from: NORTH, about: { messageId: id, recipient: FINN }, status });
    for (let i = 0; i < 10; i++) await report(i % 2 ? 'deferred' : 'delayed');
    assert.deepEqual(await bed.states(id), ['handed-over']);
    assert.deepEqual(await report('retrieved'), { ok: true, value: { kind: 'settled', messageId: id } });
    for (let i = 0; i < 40; i++) await report(i % 2 ? 'retrieved' : 'expired');
    for (let i = 0; i < 40; i++)
      await answered(bed, i % 2 ? { kind: 'accepted' } : { kind: 'refused', outcome: 'rejected', reason: 'no' });
    assert.deepEqual(await bed.states(id), ['retrieved']);
    const words = [...(await bed.eventsOf(id, 'delivery-reported')), ...(await bed.eventsOf(id, 'handover-answered'))];
    assert.equal(words.length, LIMITS.farWordsKeptMax + 1, 'those, and the one that ended it');
  });

  it('has its name of the message kept only where that is another than ours', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => TAKEN;
    const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
    await answered(bed, { kind: 'accepted' }, { theirMessageId: id });
    assert.equal('theirMessageId' in (await bed.delivery(id)).handedOver!, false);
    const other = await bed.send({ recipients: to(FINN), deliveryReport: true });
    await answered(bed, { kind: 'accepted' }, { theirMessageId: 'theirs' });
    assert.equal((await bed.delivery(other)).handedOver!.theirMessageId, 'theirs');
  });
});

describe('the answer to an attempt that a crash left unnoted', () => {
  it('does not count for a recipient whom the far side may have put off in it', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => PUT_OFF;
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    // The second attempt: one of them is taken, the other is not, and nothing of it is written down.
    bed.peers.answer = (_, place) => (place === 0 ? PUT_OFF : TAKEN);
    bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
    await passed(bed, MINUTE);
    assert.equal(bed.peers.handovers.length, 2);
    bed.trouble = () => undefined;
    await answered(bed, { kind: 'accepted' });
    assert.deepEqual(await bed.states(id), ['due', 'due']);
    for (let i = 0; i < 5; i++) await passed(bed, MINUTE);
    assert.deepEqual(await bed.states(id), ['due', 'acknowledged']);
    bed.peers.answer = () => TAKEN;
    for (let i = 0; i < 5; i++) await passed(bed, MINUTE);
    assert.deepEqual(await bed.states(id), ['handed-over', 'acknowledged']);
  });

  it('counts at once while nothing can have been tried since the note that only the reply was lost', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => PUT_OFF;
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    await answered(bed, { kind: 'accepted' });
    assert.deepEqual(await bed.states(id), ['acknowledged', 'acknowledged']);
  });
});

describe('a road that works again', () => {
  const DOWN = { kind: 'deferred', scope: 'road', reason: 'no connection', retryAfterMs: 3 * HOUR } as const;

  it('lets out soon what was tried meanwhile: messages, reports and acknowledgements', async () => {
    const bed = aRoadsTestbed({ reportLifetimeMs: 24 * HOUR });
    bed.peers.answer = () => DOWN;
    bed.peers.answerReport = () => DOWN;
    const id = await bed.send({ origin: fromPeer({ ackRequest: true }), sender: FINN, deliveryReport: true });
    await bed.send({ recipients: to(FINN) });
    await bed.messaging.notificationAnswered({ key: (await bed.delivery(id)).key, status: 'retrieved' });
    for (let i = 0; i < 2; i++) await passed(bed, 3 * HOUR);
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'nothing' });
    bed.peers.answerReport = () => ({ kind: 'taken' });
    bed.messaging.resumeRoad('peer:north');
    await passed(bed, LIMITS.roadBackMs);
    assert.deepEqual(await bed.messaging.roads(), [], 'nothing waits');
  });

  it('is not tried before it has rested, whatever waits for it', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answerReport = () => DOWN;
    await bed.send({ origin: fromPeer({ ackRequest: true }), sender: FINN });
    await passed(bed, 3 * HOUR - 1);
    assert.equal(bed.peers.reports.length, 1);
    await passed(bed, 1);
    assert.equal(bed.peers.reports.length, 2);
  });

  it('has what it gave back handed over again after its own waits', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ retryMs: [5_000, 2 * HOUR] });
    bed.peers.answer = () => ({ ...TAKEN, waitMs: 24 * HOUR });
    await bed.send({ recipients: to(FINN), deliveryReport: true });
    await answered(bed, { kind: 'deferred', reason: 'Error-transient-failure' });
    await passed(bed, 5_000);
    assert.equal(bed.peers.handovers.length, 2);
    await answered(bed, { kind: 'deferred', reason: 'Error-transient-failure' });
    await passed(bed, HOUR);
    assert.equal(bed.peers.handovers.length, 2);
    await passed(bed, HOUR);
    assert.equal(bed.peers.handovers.length, 3);
  });
});
