import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS, toMsisdn } from '#base';
import { ALICE, aNumber, BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { PushOutcome } from './notifier.js';
import { aSubmission, aTestbed, POLICY, START } from './testbed.contract.js';

const [FIRST_WAIT, SECOND_WAIT, LAST_WAIT] = POLICY.pushRetryMs as [number, number, number];
const putOff: PushOutcome = { kind: 'deferred', reason: 'out of reach' };
const BOBS = toMsisdn('491510000002')!;

/** A promise settled by hand. */
function held<T>(): { promise: Promise<T>; settle: (value: T) => void } {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** Lets everything run that waits for nothing outside. */
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('due work: notifications', () => {
  it('tells the recipient what waits for him', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept({
      subject: 'Hello',
      messageClass: 'informational',
      priority: 'high',
      deliveryReport: true,
      application: { applicId: 'chess', auxApplicInfo: 'move 1' },
      contentClass: 1,
      drmContent: false,
      content: [new Uint8Array(300)],
      expiry: { afterMs: 90_500 },
    });
    assert.equal((await bed.messaging.workDue()).done, 1);
    const { key } = await bed.delivery(messageId);
    assert.deepEqual(bed.pushes, [
      {
        kind: 'notification',
        to: '491510000002',
        version: '1.2',
        key,
        from: ALICE,
        subject: 'Hello',
        messageClass: 'informational',
        priority: 'high',
        size: 300,
        expirySeconds: 90,
        deliveryReport: true,
        application: { applicId: 'chess', auxApplicInfo: 'move 1' },
        contentClass: 1,
        drmContent: false,
      },
    ]);
  });

  it('does not show a hidden sender', async () => {
    const bed = aTestbed();
    await bed.accept({ senderVisibility: 'hide' });
    await bed.messaging.workDue();
    assert.equal('from' in bed.notifications()[0]!, false);
  });

  it('is written for the highest version that the handset has used', async () => {
    const bed = aTestbed();
    await bed.messaging.handsetSeen({ msisdn: BOBS, version: '1.0' });
    await bed.accept();
    await bed.messaging.workDue();
    assert.equal(bed.notifications()[0]?.version, '1.0');
  });

  it('goes out at the earliest delivery time, not before', async () => {
    const bed = aTestbed();
    await bed.accept({ deliveryTime: { afterMs: 60_000 } });
    assert.deepEqual(await bed.messaging.workDue(), { done: 0, nextAt: START + 60_000 });
    bed.pass(60_000);
    assert.equal((await bed.messaging.workDue()).done, 1);
    assert.equal(bed.pushes.length, 1);
  });

  it('comes back by the schedule until it is answered, also when the bearer took it', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    for (const wait of [FIRST_WAIT, SECOND_WAIT, LAST_WAIT, LAST_WAIT]) {
      const { done, nextAt } = await bed.messaging.workDue();
      assert.deepEqual({ done, nextAt }, { done: 1, nextAt: bed.now() + wait });
      assert.equal((await bed.delivery(messageId)).state, 'notified');
      bed.pass(wait);
    }
    assert.equal(new Set(bed.notifications().map(({ key }) => key)).size, 1, 'always under the same key');
    assert.deepEqual(await bed.history(messageId), ['message-accepted', ...Array(4).fill('notification-pushed')]);
    await bed.messaging.notificationAnswered({ key: (await bed.delivery(messageId)).key, status: 'deferred' });
    await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 4);
  });

  it('that was put off is tried again by the schedule, with the reason kept', async () => {
    const bed = aTestbed();
    bed.answerPush = () => putOff;
    const { messageId } = await bed.accept();
    await bed.messaging.workDue();
    const delivery = await bed.delivery(messageId);
    assert.deepEqual(
      { state: delivery.state, attempts: delivery.attempts, reason: delivery.reason, dueAt: delivery.dueAt },
      { state: 'due', attempts: 1, reason: 'out of reach', dueAt: START + FIRST_WAIT },
    );
    assert.deepEqual(bed.events.at(-1), {
      kind: 'notification-put-off',
      messageId,
      delivery: delivery.key,
      recipient: BOB,
      attempt: 1,
      reason: 'out of reach',
      retryAt: START + FIRST_WAIT,
      at: START,
    });
    bed.answerPush = () => ({ kind: 'accepted' });
    bed.pass(FIRST_WAIT);
    await bed.messaging.workDue();
    const later = await bed.delivery(messageId);
    assert.deepEqual([later.state, later.attempts, later.reason], ['notified', 2, undefined]);
  });

  it('waits as long as the bearer asks, but not past the expiry', async () => {
    const bed = aTestbed();
    bed.answerPush = () => ({ ...putOff, retryAfterMs: 2 * FIRST_WAIT });
    const { messageId } = await bed.accept({ expiry: { afterMs: 3 * FIRST_WAIT } });
    await bed.messaging.workDue();
    assert.equal((await bed.delivery(messageId)).dueAt, START + 2 * FIRST_WAIT);
    bed.pass(2 * FIRST_WAIT);
    await bed.messaging.workDue();
    assert.equal((await bed.delivery(messageId)).dueAt, START + 3 * FIRST_WAIT);
  });

  it('that can never work ends the delivery as unreachable, and the content goes', async () => {
    const bed = aTestbed();
    bed.answerPush = () => ({ kind: 'failed', reason: 'no such number' });
    const { messageId } = await bed.accept();
    await bed.messaging.workDue();
    const delivery = await bed.delivery(messageId);
    assert.deepEqual(
      [delivery.state, delivery.reason, delivery.attempts, delivery.dueAt],
      ['unreachable', 'no such number', 1, undefined],
    );
    assert.deepEqual(await bed.store.content(messageId), { kind: 'absent' });
    assert.deepEqual(await bed.history(messageId), ['message-accepted', 'delivery-ended', 'content-removed']);
    assert.deepEqual(bed.events.slice(1, 2), [
      {
        kind: 'delivery-ended',
        messageId,
        delivery: delivery.key,
        recipient: BOB,
        outcome: 'unreachable',
        reason: 'no such number',
        at: START,
      },
    ]);
  });

  it('does not go out once the message has expired', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept({ expiry: { afterMs: 1_000 } });
    bed.pass(1_000);
    await bed.messaging.workDue();
    assert.deepEqual(bed.pushes, []);
    assert.equal((await bed.delivery(messageId)).state, 'expired');
  });

  it('leaves the state alone when the handset was faster than the bearer', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    bed.answerPush = async (push) => {
      assert.ok(push.kind === 'notification');
      assert.ok((await bed.messaging.retrieve(push.key)).ok);
      await bed.messaging.fetched(push.key);
      assert.ok((await bed.messaging.notificationAnswered({ key: push.key, status: 'retrieved' })).ok);
      return { kind: 'accepted' };
    };
    await bed.messaging.workDue();
    const delivery = await bed.delivery(messageId);
    assert.deepEqual([delivery.state, delivery.attempts, delivery.dueAt], ['retrieved', 1, undefined]);
    assert.deepEqual(await bed.history(messageId), [
      'message-accepted',
      'content-fetched',
      'delivery-ended',
      'content-removed',
      'notification-pushed',
    ]);
  });

  for (const outcome of [putOff, { kind: 'failed', reason: 'late' }] satisfies PushOutcome[]) {
    it(`does not believe a bearer that ${outcome.kind} what the handset has fetched`, async () => {
      const bed = aTestbed();
      const { messageId } = await bed.accept();
      bed.answerPush = async (push) => {
        assert.ok(push.kind === 'notification');
        await bed.messaging.fetched(push.key);
        return outcome;
      };
      await bed.messaging.workDue();
      assert.equal((await bed.delivery(messageId)).state, 'fetched');
      assert.deepEqual(await bed.history(messageId), ['message-accepted', 'content-fetched']);
    });
  }
});

describe('due work: expiry', () => {
  for (const [what, prepare, outcome] of [
    ['was never told', async () => {}, 'expired'],
    [
      'put it off himself',
      async (bed, key) => void (await bed.messaging.notificationAnswered({ key, status: 'deferred' })),
      'expired',
    ],
    ['fetched, but never confirmed', async (bed, key) => bed.messaging.fetched(key), 'indeterminate'],
  ] satisfies [string, (bed: ReturnType<typeof aTestbed>, key: never) => Promise<void>, string][]) {
    it(`ends the delivery of a recipient who ${what} as ${outcome}`, async () => {
      const bed = aTestbed();
      const { messageId } = await bed.accept({ expiry: { afterMs: FIRST_WAIT + 1 } });
      await bed.messaging.workDue();
      await prepare(bed, (await bed.delivery(messageId)).key as never);
      bed.pass(FIRST_WAIT);
      await bed.messaging.workDue();
      assert.notEqual((await bed.delivery(messageId)).state, 'expired');
      bed.pass(1);
      await bed.messaging.workDue();
      assert.equal((await bed.delivery(messageId)).state, 'expired');
      assert.deepEqual(
        bed.events.flatMap((event) => (event.kind === 'delivery-ended' ? [event.outcome] : [])),
        [outcome],
      );
      assert.deepEqual(await bed.store.content(messageId), { kind: 'absent' });
      assert.deepEqual(await bed.messaging.workDue(), { done: 0 });
    });
  }

  it('waits in silence for the expiry of what was put off or fetched', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    await bed.messaging.workDue();
    await bed.messaging.fetched((await bed.delivery(messageId)).key);
    assert.deepEqual(await bed.messaging.workDue(), { done: 0, nextAt: START + POLICY.expiryDefaultMs });
  });
});

describe('due work: clocks', () => {
  it('goes by the wall clock for expiry: a step forward expires, each delivery once', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    await bed.messaging.workDue();
    bed.step(POLICY.expiryDefaultMs);
    await bed.messaging.workDue();
    await bed.messaging.workDue();
    assert.deepEqual(await bed.history(messageId), [
      'message-accepted',
      'notification-pushed',
      'delivery-ended',
      'content-removed',
    ]);
  });

  it('loses nothing by a step back: the notification is only late', async () => {
    const bed = aTestbed();
    bed.answerPush = () => putOff;
    await bed.accept();
    await bed.messaging.workDue();
    bed.step(-3_600_000);
    const { nextAt } = await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 1);
    bed.pass(nextAt! - bed.now());
    await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 2);
  });

  it('pushes nothing twice when the wall clock jumps while a push is under way', async () => {
    const bed = aTestbed();
    const push = held<PushOutcome>();
    bed.answerPush = () => push.promise;
    await bed.accept();
    const work = bed.messaging.workDue();
    await soon();
    bed.step(12 * 3_600_000);
    void bed.messaging.workDue();
    await soon();
    assert.equal(bed.pushes.length, 1);
    push.settle({ kind: 'accepted' });
    assert.equal((await work).done, 1);
  });

  it('leaves a push alone whose lease has lapsed while it is still under way', async () => {
    const bed = aTestbed();
    const push = held<PushOutcome>();
    bed.answerPush = () => push.promise;
    await bed.accept();
    const work = bed.messaging.workDue();
    await soon();
    bed.pass(2 * LIMITS.dueLeaseMs);
    void bed.messaging.workDue();
    await soon();
    assert.equal(bed.pushes.length, 1);
    push.settle({ kind: 'accepted' });
    assert.equal((await work).done, 1);
  });

  it('puts back what was claimed too early because the clock was ahead for a while', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    await bed.messaging.workDue();
    await bed.messaging.fetched((await bed.delivery(messageId)).key);
    const claim = held<void>();
    bed.delay = (method) => (method === 'claimDue' ? claim.promise : undefined);
    bed.step(POLICY.expiryDefaultMs);
    const work = bed.messaging.workDue();
    await soon();
    bed.step(-POLICY.expiryDefaultMs);
    claim.settle();
    await work;
    const delivery = await bed.delivery(messageId);
    assert.deepEqual([delivery.state, delivery.dueAt], ['fetched', START + POLICY.expiryDefaultMs]);
    assert.equal(bed.pushes.length, 1);
  });
});

describe('due work: many things at once', () => {
  it('lets no push wait for another, and keeps to the number in flight', async () => {
    const bed = aTestbed({ pushesInFlightMax: 3 });
    let inFlight = 0;
    let most = 0;
    const pushes: (() => void)[] = [];
    bed.answerPush = () => {
      most = Math.max(most, ++inFlight);
      const push = held<PushOutcome>();
      pushes.push(() => {
        inFlight--;
        push.settle({ kind: 'accepted' });
      });
      return push.promise;
    };
    for (let i = 0; i < 10; i++) await bed.accept();
    const work = bed.messaging.workDue();
    await soon();
    assert.equal(inFlight, 3);
    // The first one stays: the others go past it.
    for (let i = 1; i < 10; i++) {
      pushes[i]!();
      await soon();
    }
    assert.equal(bed.pushes.length, 10);
    pushes[0]!();
    assert.equal((await work).done, 10);
    assert.equal(most, 3);
  });

  it('takes up new messages while a slow push is under way, without being called', async () => {
    const bed = aTestbed();
    const slow = held<PushOutcome>();
    bed.answerPush = (push) => (push.to === '491510000002' ? slow.promise : { kind: 'accepted' });
    await bed.accept();
    const work = bed.messaging.workDue();
    await soon();
    await bed.accept({ recipients: [{ field: 'to', address: CAROL }] });
    await soon();
    assert.deepEqual(
      bed.pushes.map(({ to }) => to),
      ['491510000002', '491510000003'],
    );
    slow.settle({ kind: 'accepted' });
    assert.equal((await work).done, 2);
  });

  it('looks for what has fallen due meanwhile when something ends in a long round', async () => {
    const bed = aTestbed();
    const slow = [held<PushOutcome>(), held<PushOutcome>()];
    let pushes = 0;
    bed.answerPush = () => slow[pushes++]?.promise ?? { kind: 'accepted' };
    await bed.accept();
    await bed.accept();
    const later = await bed.accept({ deliveryTime: { afterMs: 5_000 } });
    const work = bed.messaging.workDue();
    await soon();
    bed.pass(5_000);
    slow[0]!.settle({ kind: 'accepted' });
    await soon();
    assert.equal((await bed.delivery(later.messageId)).state, 'notified');
    slow[1]!.settle({ kind: 'accepted' });
    assert.equal((await work).done, 3);
  });

  it('shares the round among callers', async () => {
    const bed = aTestbed();
    for (let i = 0; i < 3; i++) await bed.accept();
    const results = await Promise.all([bed.messaging.workDue(), bed.messaging.workDue()]);
    assert.deepEqual(results[0], results[1]);
    assert.equal(bed.pushes.length, 3);
  });

  it('claims nothing after it was told to stop, and waits for what is under way', async () => {
    const bed = aTestbed({ pushesInFlightMax: 1 });
    const push = held<PushOutcome>();
    bed.answerPush = () => push.promise;
    await bed.accept();
    await bed.accept();
    void bed.messaging.workDue();
    await soon();
    let stopped = false;
    const stop = bed.messaging.stopWork().then(() => {
      stopped = true;
    });
    await soon();
    assert.equal(stopped, false);
    push.settle({ kind: 'accepted' });
    await stop;
    assert.equal(bed.pushes.length, 1);
    assert.deepEqual(await bed.messaging.workDue(), { done: 0 });
    assert.equal(bed.pushes.length, 1);
  });
});

describe('due work: trouble', () => {
  it('comes back soon when nothing can be claimed', async () => {
    const bed = aTestbed();
    await bed.accept();
    bed.trouble = () => new StoreUnavailable('disk gone');
    assert.deepEqual(await bed.messaging.workDue(), { done: 0, nextAt: START + LIMITS.storeRetryMs });
    bed.trouble = () => undefined;
    bed.pass(LIMITS.storeRetryMs);
    assert.equal((await bed.messaging.workDue()).done, 1);
  });

  it('does not make every handset ring again while nothing can be written down', async () => {
    const bed = aTestbed();
    for (let i = 0; i < 20; i++) await bed.accept();
    bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
    for (let seconds = 0; seconds < 10; seconds++) {
      await bed.messaging.workDue();
      bed.pass(LIMITS.storeRetryMs);
    }
    assert.equal(bed.pushes.length, 20, 'each is pushed once under its first lease, and then hidden');
    bed.pass(LIMITS.dueLeaseMs);
    for (let seconds = 0; seconds < 10; seconds++) {
      await bed.messaging.workDue();
      bed.pass(LIMITS.storeRetryMs);
    }
    assert.equal(bed.pushes.length, 20 + 10, 'then one at a time');
    bed.trouble = () => undefined;
    bed.pass(LIMITS.dueLeaseMs);
    assert.equal((await bed.messaging.workDue()).done, 20);
  });

  it('finds what could not be written down again when its lease has lapsed, and never loses it', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
    assert.deepEqual(await bed.messaging.workDue(), { done: 0, nextAt: START + LIMITS.storeRetryMs });
    assert.equal((await bed.delivery(messageId)).state, 'due');
    assert.deepEqual(
      bed.events.map(({ kind }) => kind),
      ['message-accepted'],
      'nobody hears of what is not durable',
    );
    bed.trouble = () => undefined;
    bed.pass(LIMITS.dueLeaseMs);
    assert.equal((await bed.messaging.workDue()).done, 1);
    assert.equal((await bed.delivery(messageId)).state, 'notified');
    const [first, second] = bed.notifications();
    assert.deepEqual({ ...second, expirySeconds: 0 }, { ...first, expirySeconds: 0 }, 'a repetition is the same notification');
  });

  it('rejects on a bug, after everything else has been done', async () => {
    const bed = aTestbed();
    bed.answerPush = (push) => {
      if (push.to === '491510000002') throw new TypeError('bug');
      return { kind: 'accepted' };
    };
    await bed.accept();
    const other = await bed.accept({ recipients: [{ field: 'to', address: CAROL }] });
    await assert.rejects(bed.messaging.workDue(), TypeError);
    assert.equal((await bed.delivery(other.messageId)).state, 'notified');
  });
});

describe('a handset that comes within reach', () => {
  it('is told at once of what was put off, and of nothing else', async () => {
    const bed = aTestbed();
    bed.answerPush = () => putOff;
    const waiting = await bed.accept();
    const carols = await bed.accept({ recipients: [{ field: 'to', address: CAROL }] });
    await bed.messaging.workDue();
    const future = await bed.accept({ deliveryTime: { afterMs: 60_000 } });
    bed.answerPush = () => ({ kind: 'accepted' });
    await bed.messaging.handsetReachable(BOBS);
    await bed.messaging.workDue();
    assert.equal((await bed.delivery(waiting.messageId)).state, 'notified');
    assert.equal((await bed.delivery(carols.messageId)).state, 'due');
    assert.equal((await bed.delivery(future.messageId)).attempts, 0);
  });

  it('is not missed while a push to it is failing', async () => {
    const bed = aTestbed();
    const push = held<PushOutcome>();
    let pushes = 0;
    bed.answerPush = () => (pushes++ === 0 ? push.promise : { kind: 'accepted' });
    const { messageId } = await bed.accept();
    const work = bed.messaging.workDue();
    await soon();
    await bed.messaging.handsetReachable(BOBS);
    push.settle(putOff);
    await work;
    assert.equal(pushes, 2);
    assert.equal((await bed.delivery(messageId)).state, 'notified');
  });

  it('and fails at once again is put off by the schedule, however many pushes to it there are', async () => {
    const bed = aTestbed();
    const gate = held<void>();
    bed.answerPush = async () => {
      await gate.promise;
      return putOff;
    };
    for (let i = 0; i < 5; i++) await bed.accept();
    const work = bed.messaging.workDue();
    await soon();
    await bed.messaging.handsetReachable(BOBS);
    gate.settle();
    await work;
    assert.ok(bed.pushes.length <= 5 * 6, `${bed.pushes.length} pushes for five messages and one return`);
    assert.equal((await bed.messaging.workDue()).done, 0);
  });

  it('does no harm when the store is not available', async () => {
    const bed = aTestbed();
    bed.trouble = () => new StoreUnavailable('disk gone');
    await bed.messaging.handsetReachable(BOBS);
  });
});

describe('a round of work', () => {
  it('takes messages of many senders and recipients through in one go', async () => {
    const bed = aTestbed({ pushesInFlightMax: 16, recipientsMax: 100 });
    const recipients = Array.from({ length: 60 }, (_, i) => ({
      field: 'to' as const,
      address: aNumber(`49151${1_000_000 + i}`),
    }));
    const outcome = await bed.messaging.submit(aSubmission({ recipients }));
    assert.ok(outcome.ok);
    assert.equal((await bed.messaging.workDue()).done, 60);
    assert.equal(new Set(bed.notifications().map(({ to }) => to)).size, 60);
    assert.equal(new Set(bed.notifications().map(({ key }) => key)).size, 60);
  });
});
