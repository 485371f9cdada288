import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { aKey, BOB } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { NotificationAnswer, Submission } from './messaging.js';
import { aTestbed, POLICY, START } from './testbed.contract.js';

type Status = NotificationAnswer['status'];
const [ALICES, BOBS] = ['491510000001', '491510000002'].map((digits) => toMsisdn(digits)!);
const OK = { ok: true, value: undefined } as const;

async function withMessage(overrides: Partial<Submission> = {}) {
  const bed = aTestbed();
  const { messageId } = await bed.accept(overrides);
  await bed.messaging.workDue();
  const { key } = await bed.delivery(messageId);
  return {
    bed,
    messageId,
    key,
    answer: (status: Status, more: Partial<NotificationAnswer> = {}) =>
      bed.messaging.notificationAnswered({ key, status, ...more }),
    delivery: () => bed.delivery(messageId),
    reports: async () => (await bed.store.history(messageId))?.reports ?? [],
    endings: () => bed.events.flatMap((event) => (event.kind === 'delivery-ended' ? [event.outcome] : [])),
  };
}

describe("the recipient's answer", () => {
  for (const status of ['retrieved', 'rejected', 'unrecognised'] as const) {
    it(`${status} ends the delivery as ${status}, and the content goes`, async () => {
      const { bed, messageId, key, answer, delivery } = await withMessage();
      if (status === 'retrieved') await bed.messaging.fetched(key);
      assert.deepEqual(await answer(status), OK);
      const { state, dueAt, reason } = await delivery();
      assert.deepEqual({ state, dueAt, reason }, { state: status, dueAt: undefined, reason: undefined });
      assert.deepEqual((await bed.history(messageId)).slice(-2), ['delivery-ended', 'content-removed']);
      assert.equal((await bed.store.content(messageId)).kind, 'absent');
      assert.deepEqual(await bed.messaging.workDue(), { done: 0 });
    });
  }

  it('retrieved is believed when no fetch was seen, and that is noted', async () => {
    const { answer, delivery } = await withMessage();
    assert.deepEqual(await answer('retrieved'), OK);
    const { state, reason } = await delivery();
    assert.deepEqual({ state, reason }, { state: 'retrieved', reason: 'confirmed, though no fetch was seen' });
  });

  it('by acknowledgement means retrieved', async () => {
    const { bed, key, delivery } = await withMessage();
    await bed.messaging.fetched(key);
    assert.deepEqual(await bed.messaging.acknowledged({ key, by: BOBS! }), OK);
    assert.equal((await delivery()).state, 'retrieved');
  });

  it('deferred stops notifications until the expiry; the content stays', async () => {
    const { bed, messageId, key, answer, delivery } = await withMessage();
    assert.deepEqual(await answer('deferred'), OK);
    const { state, dueAt } = await delivery();
    assert.deepEqual({ state, dueAt }, { state: 'deferred', dueAt: START + POLICY.expiryDefaultMs });
    assert.deepEqual((await bed.history(messageId)).at(-1), 'delivery-deferred');
    assert.ok((await bed.messaging.retrieve(key)).ok);
    bed.pass(24 * 3_600_000);
    await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 1);
  });

  it('deferred leads to retrieval: fetch, then acknowledgement', async () => {
    const { bed, messageId, key, answer, delivery } = await withMessage();
    await answer('deferred');
    await bed.messaging.fetched(key);
    assert.equal((await delivery()).state, 'fetched');
    await bed.messaging.acknowledged({ key });
    assert.deepEqual(await bed.history(messageId), [
      'message-accepted',
      'notification-pushed',
      'delivery-deferred',
      'content-fetched',
      'delivery-ended',
      'content-removed',
    ]);
  });

  it('deferred does not undo a fetch', async () => {
    const { bed, key, answer, delivery } = await withMessage();
    await bed.messaging.fetched(key);
    assert.deepEqual(await answer('deferred'), OK);
    assert.equal((await delivery()).state, 'fetched');
  });

  for (const status of ['expired', 'indeterminate', 'forwarded', 'unreachable'] as const) {
    it(`${status} makes no end: the message waits, and the word is noted`, async () => {
      const { answer, delivery } = await withMessage();
      assert.deepEqual(await answer(status), OK);
      const { state, reason } = await delivery();
      assert.deepEqual({ state, reason }, { state: 'deferred', reason: `the handset answered ${status}` });
    });
  }

  for (const status of ['retrieved', 'rejected', 'unrecognised', 'deferred'] as const) {
    it(`${status} may be repeated, and changes nothing then`, async () => {
      const { bed, answer, delivery } = await withMessage({ deliveryReport: true });
      await answer(status);
      const before = await delivery();
      const { length } = bed.events;
      assert.deepEqual(await answer(status), OK);
      assert.deepEqual(await delivery(), before);
      assert.equal(bed.events.length, length);
    });
  }

  it('counts once when it comes several times in the same instant', async () => {
    const { bed, answer, endings, reports } = await withMessage({ deliveryReport: true });
    bed.delay = () => new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await Promise.all([answer('rejected'), answer('rejected'), answer('rejected')]), [OK, OK, OK]);
    assert.deepEqual(endings(), ['rejected']);
    assert.equal((await reports()).length, 1);
  });

  it('comes too late after another one, and then changes nothing', async () => {
    const { answer, delivery } = await withMessage();
    await answer('rejected');
    const before = await delivery();
    for (const status of ['retrieved', 'unrecognised', 'deferred', 'forwarded'] as const) {
      assert.deepEqual(await answer(status), { ok: false, error: { kind: 'already-ended' } }, status);
    }
    assert.deepEqual(await delivery(), before);
  });

  it('comes too late after the expiry was written down, but counts until then', async () => {
    const late = await withMessage();
    late.bed.pass(POLICY.expiryDefaultMs);
    await late.bed.messaging.workDue();
    assert.deepEqual(await late.answer('retrieved'), { ok: false, error: { kind: 'already-ended' } });
    const justInTime = await withMessage();
    justInTime.bed.pass(POLICY.expiryDefaultMs);
    assert.deepEqual(await justInTime.answer('retrieved'), OK);
    assert.deepEqual(justInTime.endings(), ['retrieved']);
  });

  it("of somebody else, with the recipient's key, changes nothing", async () => {
    const { bed, key, answer, delivery } = await withMessage();
    const before = await delivery();
    for (const status of ['retrieved', 'rejected', 'deferred'] as const) {
      assert.deepEqual(await answer(status, { by: ALICES! }), { ok: false, error: { kind: 'not-the-recipient' } });
    }
    assert.deepEqual(await bed.messaging.acknowledged({ key, by: ALICES! }), { ok: false, error: { kind: 'not-the-recipient' } });
    assert.deepEqual(await delivery(), before);
    assert.deepEqual(await answer('deferred', { by: BOBS! }), OK);
  });

  it('to nothing known is not found', async () => {
    const { bed, messageId } = await withMessage();
    for (const key of ['', 'x', aKey(), messageId, 'T0123456789']) {
      assert.deepEqual(await bed.messaging.notificationAnswered({ key, status: 'retrieved' }), {
        ok: false,
        error: { kind: 'not-found' },
      });
      assert.deepEqual(await bed.messaging.acknowledged({ key }), { ok: false, error: { kind: 'not-found' } });
    }
  });

  it('is a refusal, and not kept, when the store is not available', async () => {
    const { bed, answer, delivery } = await withMessage();
    bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
    assert.deepEqual(await answer('retrieved'), { ok: false, error: { kind: 'store-unavailable', reason: 'disk full' } });
    assert.equal((await delivery()).state, 'notified');
    bed.trouble = () => new TypeError('bug');
    await assert.rejects(answer('retrieved'), TypeError);
  });
});

describe('delivery reports', () => {
  const cases: [string, (bench: Awaited<ReturnType<typeof withMessage>>) => Promise<unknown>, string][] = [
    ['retrieved', ({ answer }) => answer('retrieved'), 'retrieved'],
    ['rejected', ({ answer }) => answer('rejected'), 'rejected'],
    ['unrecognised', ({ answer }) => answer('unrecognised'), 'unrecognised'],
    ['expired', async ({ bed }) => bed.pass(POLICY.expiryDefaultMs), 'expired'],
    [
      'fetched but not confirmed',
      ({ bed, key }) => bed.messaging.fetched(key).then(() => bed.pass(POLICY.expiryDefaultMs)),
      'indeterminate',
    ],
  ];
  for (const [what, happen, outcome] of cases) {
    it(`tells the sender who asked that the message was ${what}`, async () => {
      const bench = await withMessage({ deliveryReport: true });
      await happen(bench);
      await bench.bed.messaging.workDue();
      const reports = bench.bed.pushes.filter((push) => push.kind === 'delivery-report');
      assert.deepEqual(reports, [
        {
          kind: 'delivery-report',
          to: '491510000001',
          version: '1.2',
          messageId: bench.messageId,
          recipient: BOB,
          at: bench.bed.now(),
          outcome,
        },
      ]);
      assert.deepEqual((await bench.bed.history(bench.messageId)).slice(-4), [
        'delivery-ended',
        'report-queued',
        'content-removed',
        'report-pushed',
      ]);
    });

    it(`are not made of a message ${what} when nobody asked`, async () => {
      const bench = await withMessage();
      await happen(bench);
      await bench.bed.messaging.workDue();
      assert.deepEqual(bench.endings(), [outcome]);
      assert.equal(bench.bed.pushes.length, 1);
    });
  }

  it('respect the recipient who forbids them', async () => {
    const { answer, reports, delivery } = await withMessage({ deliveryReport: true });
    await answer('retrieved', { reportAllowed: false });
    assert.equal((await delivery()).reportAllowed, false);
    assert.deepEqual(await reports(), []);
  });

  it('respect what the recipient said when he put the message off', async () => {
    const { bed, key, answer, reports, delivery } = await withMessage({ deliveryReport: true });
    await answer('deferred', { reportAllowed: false });
    assert.equal((await delivery()).reportAllowed, false);
    await bed.messaging.acknowledged({ key });
    assert.deepEqual(await reports(), []);
  });

  it('take the latest word of the recipient', async () => {
    const { bed, key, answer, reports, delivery } = await withMessage({ deliveryReport: true });
    await answer('deferred', { reportAllowed: false });
    await answer('deferred', { reportAllowed: true });
    assert.equal((await delivery()).reportAllowed, true);
    await bed.messaging.acknowledged({ key });
    assert.equal((await reports()).length, 1);
  });
});
