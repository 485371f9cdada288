import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreUnavailable } from './message-store.js';
import { aTestbed, POLICY } from './testbed.contract.js';

describe('housekeeping', () => {
  it('removes finished messages that are older than the operator keeps, and no others', async () => {
    const bed = aTestbed({ historyMs: 1_000 });
    const finished = await bed.accept();
    const open = await bed.accept();
    await bed.messaging.acknowledged({ key: (await bed.delivery(finished.messageId)).key });
    bed.pass(1_000);
    assert.equal(await bed.messaging.housekeep(), 0);
    bed.pass(1);
    assert.equal(await bed.messaging.housekeep(), 1);
    assert.equal(await bed.store.message(finished.messageId), undefined);
    assert.ok(await bed.store.message(open.messageId));
  });

  it('goes on until nothing is left, in steps', async () => {
    const bed = aTestbed({ historyMs: 1_000 });
    let steps = 0;
    bed.delay = (method) => {
      if (method === 'prune') steps++;
      return undefined;
    };
    for (let i = 0; i < 1_001; i++) {
      const { messageId } = await bed.accept();
      await bed.messaging.acknowledged({ key: (await bed.delivery(messageId)).key });
    }
    bed.pass(POLICY.historyMs);
    assert.equal(await bed.messaging.housekeep(), 1_001);
    assert.equal(steps, 3);
  });

  it('stops, and fails nobody, when the store is not available', async () => {
    const bed = aTestbed();
    bed.trouble = () => new StoreUnavailable('disk gone');
    assert.equal(await bed.messaging.housekeep(), 0);
  });
});

describe('a first message', () => {
  it('goes from Alice to Bob and back as a report', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept({ deliveryReport: true, readReport: true });
    await bed.messaging.workDue();
    const notification = bed.notifications()[0];
    assert.ok(notification);
    const retrieval = await bed.messaging.retrieve(notification.key, notification.to);
    assert.ok(retrieval.ok);
    await bed.messaging.fetched(retrieval.value.delivery.key);
    await bed.messaging.notificationAnswered({ key: notification.key, by: notification.to, status: 'retrieved' });
    await bed.messaging.readReported({ messageId, by: notification.to, status: 'read' });
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.pushes.map(({ kind, to }) => `${kind} to ${to}`),
      ['notification to 491510000002', 'delivery-report to 491510000001', 'read-report to 491510000001'],
    );
    assert.deepEqual(await bed.history(messageId), [
      'message-accepted',
      'notification-pushed',
      'content-fetched',
      'delivery-ended',
      'report-queued',
      'content-removed',
      'message-read',
      'report-queued',
      'report-pushed',
      'report-pushed',
    ]);
    assert.deepEqual(
      bed.events.map(({ kind }) => kind),
      await bed.history(messageId),
      'what is observed is what is kept',
    );
  });
});
