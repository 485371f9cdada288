/** Of the MessageStore contract: what is removed, what is damaged, and what is there after a restart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aDelivery, aMessage, anEnded, aReport } from './fixtures.contract.js';
import {
  accepted,
  acceptForSeveral,
  keys,
  LEASE,
  nothing,
  type OpenMessageStore,
  octets,
  type WithStore,
} from './message-store-bench.contract.js';
import type { Delivery } from './model.js';

export function upkeepContract(withStore: WithStore, open: OpenMessageStore): void {
  describe('prune', () => {
    it(
      'removes a finished message with all that belongs to it',
      withStore(async ({ store, accept }) => {
        const { message, delivery } = await accept(aMessage({ acceptedAt: 5_000, fingerprint: 'f' }));
        const other = await accept(aMessage({ acceptedAt: 5_001 }));
        await store.change({
          ...nothing,
          deliveries: [anEnded(delivery), anEnded(other.delivery)],
          contentRemoved: [message.id],
        });
        assert.equal(await store.prune(5_000, 10), 0, 'accepted at that instant is not before it');
        assert.equal(await store.prune(5_001, 10), 1);
        assert.equal(await store.message(message.id), undefined);
        assert.equal(await store.delivery(delivery.key), undefined);
        assert.deepEqual(await store.deliveriesOf(message.id), []);
        assert.equal(await store.history(message.id), undefined);
        assert.deepEqual(await store.content(message.id), { kind: 'absent' });
        assert.equal(await store.findResubmission('f', 0), undefined);
        assert.deepEqual(
          (await store.list({ limit: 10 })).map((found) => found.id),
          [other.message.id],
        );
        assert.equal(await store.change({ ...nothing, deliveries: [{ ...anEnded(delivery), revision: 2 }] }), 'stale');
      }),
    );

    it(
      'spares messages with an open delivery or a report that waits',
      withStore(async ({ store }) => {
        const { message, deliveries } = await acceptForSeveral(store, 2);
        const [one, two] = deliveries as [Delivery, Delivery];
        await store.change({ ...nothing, deliveries: [anEnded(one)] });
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 10), 0);
        const report = aReport(message);
        await store.change({ ...nothing, deliveries: [anEnded(two)], newReports: [report] });
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 10), 0);
        await store.change({ ...nothing, reportsDone: [report] });
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 10), 1);
      }),
    );

    it(
      'keeps to its limit',
      withStore(async ({ store, accept }) => {
        for (let i = 0; i < 5; i++) {
          const { delivery } = await accept();
          await store.change({ ...nothing, deliveries: [anEnded(delivery)] });
        }
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 3), 3);
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 3), 2);
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 3), 0);
      }),
    );
  });

  describe('damage', () => {
    it('says that content is damaged instead of giving wrong octets, and other content is not touched', async (t) => {
      const opened = await open(() => 0);
      try {
        if (!opened.damage) return t.skip('this store has no stored octets that could be damaged from outside');
        const { store } = opened;
        for (const size of [100, 300_000]) {
          const [spoiled, sound] = [aMessage({ size }), aMessage({ size })];
          const content = new Uint8Array(size).fill(0x41);
          await store.accept(spoiled, [content], [aDelivery(spoiled)], [], []);
          await store.accept(sound, [content], [aDelivery(sound)], [], []);
          await opened.damage(spoiled.id);
          const read = await store.content(spoiled.id);
          assert.equal(read.kind, 'damaged', `${size} octets`);
          assert.ok(read.kind === 'damaged' && read.reason.length > 0);
          assert.deepEqual(await store.content(sound.id), { kind: 'content', octets: content });
        }
      } finally {
        await opened.close?.();
      }
    });
  });

  describe('opened again', () => {
    it('still has everything it had promised, and hides nothing', async (t) => {
      const opened = await open(() => 0);
      try {
        if (!opened.reopen) return t.skip('this store ends with its process');
        const { store } = opened;
        const message = aMessage({ fingerprint: 'f', deliveryReport: true });
        const delivery = aDelivery(message);
        await store.accept(message, [octets('hel'), octets('lo')], [delivery], [], [accepted(message)]);
        const big = aMessage({ size: 300_000 });
        const ended = aDelivery(big);
        await store.accept(big, [new Uint8Array(300_000).fill(7)], [ended], [], [accepted(big)]);
        const report = aReport(big);
        const finished = anEnded(ended);
        await store.change({ ...nothing, deliveries: [finished], newReports: [report], contentRemoved: [big.id] });
        await store.claimDue(2_000, LEASE, 10);

        const again = await opened.reopen();
        assert.deepEqual(await again.history(message.id), {
          message,
          deliveries: [delivery],
          reports: [],
          events: [accepted(message)],
        });
        assert.deepEqual(await again.content(message.id), { kind: 'content', octets: octets('hello') });
        assert.deepEqual(await again.content(big.id), { kind: 'absent' });
        assert.deepEqual(await again.delivery(ended.key), { delivery: finished, message: big });
        assert.equal(await again.findResubmission('f', 0), message.id);
        assert.ok(((await again.nextDueAt()) ?? Infinity) <= 1_000);
        assert.deepEqual(keys(await again.claimDue(2_000, LEASE, 10)).sort(), [delivery.key, report.key].sort());
        assert.equal(await again.change({ ...nothing, deliveries: [anEnded(delivery)] }), 'done');
      } finally {
        await opened.close?.();
      }
    });
  });
}
