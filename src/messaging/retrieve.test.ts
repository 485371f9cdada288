import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { ALICE, aKey, BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { Submission } from './messaging.js';
import type { Delivery } from './model.js';
import type { Policy } from './policy.js';
import { aTestbed, POLICY, START } from './testbed.contract.js';

const [ALICES, BOBS, CAROLS] = ['491510000001', '491510000002', '491510000003'].map((digits) => toMsisdn(digits)!);

/** A bench on which one message has been accepted and notified. */
async function withMessage(overrides: Partial<Submission> = {}, policy: Partial<Policy> = {}) {
  const bed = aTestbed(policy);
  const { messageId } = await bed.accept({ content: [Uint8Array.of(7, 8, 9)], ...overrides });
  await bed.messaging.workDue();
  const deliveries = await bed.deliveriesOf(messageId);
  const { key } = deliveries[0]!;
  const refusal = async (by = BOBS) => {
    const outcome = await bed.messaging.retrieve(key, by);
    return outcome.ok ? undefined : outcome.error.kind;
  };
  return { bed, messageId, deliveries, key, refusal };
}

describe('retrieve', () => {
  it('gives the content with what the recipient may see', async () => {
    const { bed, messageId, key } = await withMessage();
    const outcome = await bed.messaging.retrieve(key, BOBS);
    assert.ok(outcome.ok);
    const { message, delivery, from, recipients, content } = outcome.value;
    assert.equal(message.id, messageId);
    assert.equal(delivery.key, key);
    assert.deepEqual(from, ALICE);
    assert.deepEqual(recipients, [{ field: 'to', address: BOB }]);
    assert.deepEqual(content, Uint8Array.of(7, 8, 9));
  });

  it('answers the same again', async () => {
    const { bed, key } = await withMessage();
    const first = await bed.messaging.retrieve(key);
    const second = await bed.messaging.retrieve(key);
    assert.deepEqual(second, first);
    await bed.messaging.fetched(key);
    const third = await bed.messaging.retrieve(key);
    assert.ok(first.ok && third.ok);
    assert.deepEqual(third.value.content, first.value.content);
  });

  it('answers the same after confirmation as long as another recipient keeps the content here', async () => {
    const { bed, deliveries, key, refusal } = await withMessage({
      recipients: [
        { field: 'to', address: BOB },
        { field: 'to', address: CAROL },
      ],
    });
    await bed.messaging.acknowledged({ key });
    assert.equal(await refusal(), undefined);
    await bed.messaging.acknowledged({ key: deliveries[1]!.key });
    assert.equal(await refusal(), 'gone');
  });

  it('shows To and Cc to everybody, and Bcc to nobody', async () => {
    const dave = { kind: 'number', msisdn: toMsisdn('491510000004')! } as const;
    const recipients: Submission['recipients'] = [
      { field: 'to', address: BOB },
      { field: 'bcc', address: CAROL },
      { field: 'cc', address: dave },
    ];
    const { bed, deliveries } = await withMessage({ recipients });
    for (const { key, recipient } of deliveries) {
      const outcome = await bed.messaging.retrieve(key);
      assert.ok(outcome.ok);
      assert.deepEqual(outcome.value.recipients, [recipients[0], recipients[2]], JSON.stringify(recipient));
    }
  });

  it('does not show a hidden sender', async () => {
    const { bed, key } = await withMessage({ senderVisibility: 'hide' });
    const outcome = await bed.messaging.retrieve(key);
    assert.ok(outcome.ok);
    assert.equal('from' in outcome.value, false);
  });

  it('finds nothing under what is no key, an unknown key, or the id of the message', async () => {
    const { bed, messageId, key } = await withMessage();
    for (const text of ['', '/', '../../etc/passwd', `${key}x`, key.slice(1), aKey(), messageId, 'x'.repeat(100_000)]) {
      assert.deepEqual(await bed.messaging.retrieve(text), { ok: false, error: { kind: 'not-found' } });
    }
  });

  it('is for the recipient only, where the operator wants that and the network says who asks', async () => {
    const { bed, key, refusal } = await withMessage();
    assert.equal(await refusal(ALICES), 'not-the-recipient');
    assert.equal(await refusal(CAROLS), 'not-the-recipient');
    assert.equal(await refusal(BOBS), undefined);
    assert.ok((await bed.messaging.retrieve(key)).ok, 'who asks is not known');
  });

  it('is for whoever knows the address, where the operator wants that', async () => {
    const { refusal } = await withMessage({}, { retrieveBy: 'address' });
    assert.equal(await refusal(CAROLS), undefined);
  });

  it('says expired from the instant of expiry on, before and after the work that ends the delivery', async () => {
    const { bed, refusal } = await withMessage();
    bed.pass(POLICY.expiryDefaultMs - 1);
    assert.equal(await refusal(), undefined);
    bed.pass(1);
    assert.equal(await refusal(), 'expired');
    await bed.messaging.workDue();
    assert.equal(await refusal(), 'expired');
  });

  for (const status of ['rejected', 'unrecognised', 'retrieved'] as const) {
    it(`says gone after the recipient answered ${status}`, async () => {
      const { bed, key, refusal } = await withMessage();
      await bed.messaging.notificationAnswered({ key, status });
      assert.equal(await refusal(), 'gone');
    });
  }

  it('finds nothing for a recipient who was refused', async () => {
    const { bed, deliveries } = await withMessage({
      recipients: [
        { field: 'to', address: BOB },
        { field: 'to', address: { kind: 'unknown', text: 'mum' } },
      ],
    });
    const outcome = await bed.messaging.retrieve(deliveries[1]!.key);
    assert.equal(!outcome.ok && outcome.error.kind, 'not-found');
  });

  it('says when the content is damaged, and keeps the fact with its reason', async () => {
    const { bed, messageId, key } = await withMessage();
    const { content } = bed.store;
    bed.store.content = async () => ({ kind: 'damaged', reason: 'checksum differs' });
    const outcome = await bed.messaging.retrieve(key);
    bed.store.content = content;
    assert.deepEqual(outcome, { ok: false, error: { kind: 'content-damaged' } });
    assert.deepEqual(bed.events.at(-1), {
      kind: 'content-damaged',
      messageId,
      delivery: key,
      recipient: BOB,
      reason: 'checksum differs',
      at: START,
    });
    assert.equal((await bed.delivery(messageId)).state, 'notified', 'the delivery stays open');
  });

  it('takes content that is missing under an open delivery for damage', async () => {
    const { bed, key, refusal } = await withMessage();
    await bed.store.change({
      deliveries: [],
      newReports: [],
      reports: [],
      reportsDone: [],
      events: [],
      contentRemoved: [(await bed.store.delivery(key))!.message.id],
    });
    assert.equal(await refusal(), 'content-damaged');
  });

  it('says gone when the delivery ends between the reading of it and of its content', async () => {
    const { bed, key, refusal } = await withMessage();
    let interfered = false;
    bed.delay = (method) => {
      if (method !== 'delivery' || interfered) return undefined;
      interfered = true;
      return bed.messaging.notificationAnswered({ key, status: 'rejected' }).then(() => undefined);
    };
    assert.equal(await refusal(), 'gone');
    assert.equal(
      bed.events.some(({ kind }) => kind === 'content-damaged'),
      false,
    );
  });

  it('says that the store is not available, and does not take a bug for that', async () => {
    const { bed, key, refusal } = await withMessage();
    bed.trouble = () => new StoreUnavailable('disk gone');
    assert.equal(await refusal(), 'store-unavailable');
    bed.trouble = () => new TypeError('bug');
    await assert.rejects(bed.messaging.retrieve(key), TypeError);
  });

  it('tells the version of the handset that asks, with the content and with a refusal', async () => {
    const { bed, key } = await withMessage({}, { retrieveBy: 'address' });
    const version = async (text: string, by?: typeof BOBS) => {
      const outcome = await bed.messaging.retrieve(text, by);
      return (outcome.ok ? outcome.value : outcome.error).handsetVersion;
    };
    assert.equal(await version(key), undefined);
    await bed.messaging.handsetSeen({ msisdn: BOBS!, version: '1.1' });
    await bed.messaging.handsetSeen({ msisdn: CAROLS!, version: '1.3' });
    assert.equal(await version(key), '1.1', 'the recipient, when nobody says who asks');
    assert.equal(await version(key, CAROLS), '1.3');
    assert.equal(await version('nothing', CAROLS), '1.3');
    assert.equal(await version('nothing'), undefined);
  });
});

describe('fetched', () => {
  const fetchedState = ({ state, fetchedAt, dueAt }: Delivery) => ({ state, fetchedAt, dueAt });

  it('stops notifications and is kept once, with its first instant', async () => {
    const { bed, messageId, key } = await withMessage();
    bed.pass(10);
    await bed.messaging.fetched(key);
    bed.pass(10);
    await bed.messaging.fetched(key);
    const expected = { state: 'fetched', fetchedAt: START + 10, dueAt: START + POLICY.expiryDefaultMs };
    assert.deepEqual(fetchedState(await bed.delivery(messageId)), expected);
    assert.deepEqual(await bed.history(messageId), ['message-accepted', 'notification-pushed', 'content-fetched']);
    bed.pass(24 * 3_600_000);
    await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 1);
  });

  it('is noted on a delivery that its confirmation has ended already', async () => {
    const { bed, messageId, key } = await withMessage();
    await bed.messaging.acknowledged({ key });
    await bed.messaging.fetched(key);
    assert.deepEqual(fetchedState(await bed.delivery(messageId)), { state: 'retrieved', fetchedAt: START, dueAt: undefined });
  });

  it('of nothing known does nothing', async () => {
    const bed = aTestbed();
    await bed.messaging.fetched(aKey() as never);
    assert.deepEqual(bed.events, []);
  });

  it('is let go when it cannot be kept: the recipient is notified again', async () => {
    const { bed, messageId, key } = await withMessage();
    bed.trouble = () => new StoreUnavailable('disk full');
    await bed.messaging.fetched(key);
    bed.trouble = () => undefined;
    bed.pass(POLICY.pushRetryMs[0]!);
    await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 2);
    assert.deepEqual(await bed.messaging.acknowledged({ key }), { ok: true, value: undefined });
    assert.equal((await bed.delivery(messageId)).state, 'retrieved');
  });
});
