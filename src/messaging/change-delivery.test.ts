import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { aNumber, BOB, CAROL } from './fixtures.contract.js';
import { aTestbed } from './testbed.contract.js';

const several = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ field: 'to' as const, address: aNumber(`49151${1_000_000 + i}`) }));

describe('the content of a message', () => {
  it('stays while any delivery is open and goes with the last one, in the same change', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept({
      recipients: [
        { field: 'to', address: BOB },
        { field: 'bcc', address: CAROL },
      ],
    });
    const [bob, carol] = await bed.deliveriesOf(messageId);
    await bed.messaging.notificationAnswered({ key: bob!.key, status: 'rejected' });
    assert.equal((await bed.store.content(messageId)).kind, 'content');
    await bed.messaging.notificationAnswered({ key: carol!.key, status: 'retrieved' });
    assert.equal((await bed.store.content(messageId)).kind, 'absent');
    assert.deepEqual(await bed.history(messageId), ['message-accepted', 'delivery-ended', 'delivery-ended', 'content-removed']);
  });

  it('does not wait for recipients who were refused', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept({
      recipients: [
        { field: 'to', address: { kind: 'unknown', text: 'mum' } },
        { field: 'to', address: BOB },
      ],
    });
    const [, bob] = await bed.deliveriesOf(messageId);
    await bed.messaging.acknowledged({ key: bob!.key });
    assert.equal((await bed.store.content(messageId)).kind, 'absent');
  });

  for (const count of [2, 3, LIMITS.recipientsMax]) {
    it(`goes once when all of ${count} recipients answer in the same instant`, async () => {
      const bed = aTestbed({ recipientsMax: LIMITS.recipientsMax });
      const { messageId } = await bed.accept({ recipients: several(count) });
      // Every change takes as long as a flush, so that all of them have read before the first one writes.
      bed.delay = () => new Promise((resolve) => setImmediate(resolve));
      const deliveries = await bed.deliveriesOf(messageId);
      const outcomes = await Promise.all(
        deliveries.map(({ key }) => bed.messaging.notificationAnswered({ key, status: 'retrieved' })),
      );
      assert.ok(outcomes.every(({ ok }) => ok));
      assert.equal((await bed.store.content(messageId)).kind, 'absent');
      const kinds = await bed.history(messageId);
      assert.equal(kinds.filter((kind) => kind === 'content-removed').length, 1);
      assert.equal(kinds.filter((kind) => kind === 'delivery-ended').length, count);
    });
  }

  it('goes once when all of a hundred deliveries expire together', async () => {
    const bed = aTestbed({ recipientsMax: 100, pushesInFlightMax: 100 });
    const { messageId } = await bed.accept({ recipients: several(100), expiry: { afterMs: 1_000 } });
    bed.delay = () => new Promise((resolve) => setImmediate(resolve));
    bed.pass(1_000);
    assert.equal((await bed.messaging.workDue()).done, 100);
    assert.equal((await bed.store.content(messageId)).kind, 'absent');
    assert.equal((await bed.history(messageId)).filter((kind) => kind === 'content-removed').length, 1);
  });
});

describe('a change that others keep overtaking', () => {
  it('is given up after a stated number of attempts, as trouble of the store', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept();
    const { key } = await bed.delivery(messageId);
    let reads = 0;
    bed.delay = (method) => {
      if (method !== 'delivery') return undefined;
      reads++;
      // Somebody else changes the delivery between our reading and our writing, every time.
      return bed.store.delivery(key).then(async (found) => {
        assert.ok(found);
        const delivery = { ...found.delivery, revision: found.delivery.revision + 1 };
        await bed.store.change({
          deliveries: [delivery],
          newReports: [],
          reports: [],
          reportsDone: [],
          events: [],
          contentRemoved: [],
        });
      });
    };
    const outcome = await bed.messaging.notificationAnswered({ key, status: 'retrieved' });
    assert.equal(!outcome.ok && outcome.error.kind, 'store-unavailable');
    assert.equal(reads, LIMITS.changeAttemptsMax);
  });
});
