/** Of the MessageStore contract: what falls due, claims on it, and who is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALICE, aDelivery, aMessage, anEnded, aReport, BOB, CAROL } from './fixtures.contract.js';
import { keys, LEASE, nothing, octets, type WithStore } from './message-store-bench.contract.js';
import type { Delivery } from './model.js';

export function dueContract(withStore: WithStore): void {
  describe('claimDue', () => {
    it(
      'hands out a delivery with its message from its instant on, not before',
      withStore(async ({ store, accept }) => {
        const message = aMessage({ deliverAt: 5_000 });
        const { delivery } = await accept(message);
        assert.deepEqual(await store.claimDue(4_999, LEASE, 10), []);
        assert.deepEqual(await store.claimDue(5_000, LEASE, 10), [{ kind: 'delivery', delivery, message }]);
      }),
    );

    it(
      'hands a thing to one claimer only',
      withStore(async ({ store, accept }) => {
        const { delivery } = await accept();
        const claims = await Promise.all([store.claimDue(2_000, LEASE, 10), store.claimDue(2_000, LEASE, 10)]);
        assert.deepEqual(keys(claims.flat()), [delivery.key]);
      }),
    );

    it(
      'keeps to its limit and takes the oldest due first',
      withStore(async ({ store, accept }) => {
        const instants = [3_000, 1_000, 5_000, 2_000, 4_000];
        const byInstant = new Map<number, string>();
        for (const deliverAt of instants) byInstant.set(deliverAt, (await accept(aMessage({ deliverAt }))).delivery.key);
        const inOrder = [1_000, 2_000, 3_000, 4_000, 5_000].map((instant) => byInstant.get(instant));
        assert.deepEqual(keys(await store.claimDue(9_000, LEASE, 2)), inOrder.slice(0, 2));
        assert.deepEqual(keys(await store.claimDue(9_000, LEASE, 2)), inOrder.slice(2, 4));
        assert.deepEqual(keys(await store.claimDue(9_000, LEASE, 2)), inOrder.slice(4));
        assert.deepEqual(await store.claimDue(9_000, LEASE, 2), []);
      }),
    );

    it(
      'hides what is claimed by the monotonic clock: a step of the wall clock frees nothing',
      withStore(async ({ store, accept, pass }) => {
        const { delivery } = await accept();
        await store.claimDue(2_000, LEASE, 10);
        assert.deepEqual(await store.claimDue(2_000 + 1_000 * LEASE, LEASE, 10), []);
        pass(LEASE - 1);
        assert.deepEqual(await store.claimDue(2_000, LEASE, 10), []);
        pass(1);
        assert.deepEqual(keys(await store.claimDue(2_000, LEASE, 10)), [delivery.key]);
      }),
    );

    it(
      'ends the lease of a thing that changes, and hands it out again at its new instant',
      withStore(async ({ store, accept }) => {
        const { message, delivery } = await accept();
        await store.claimDue(2_000, LEASE, 10);
        const next: Delivery = { ...delivery, state: 'notified', attempts: 1, dueAt: 3_000, revision: 1 };
        await store.change({ ...nothing, deliveries: [next] });
        assert.deepEqual(await store.claimDue(2_999, LEASE, 10), []);
        assert.deepEqual(await store.claimDue(3_000, LEASE, 10), [{ kind: 'delivery', delivery: next, message }]);
      }),
    );

    it(
      'lets a lease be when the change was stale',
      withStore(async ({ store, accept }) => {
        const { delivery } = await accept();
        await store.claimDue(2_000, LEASE, 10);
        await store.change({ ...nothing, deliveries: [{ ...delivery, revision: 5 }] });
        assert.deepEqual(await store.claimDue(2_000, LEASE, 10), []);
      }),
    );

    it(
      'never hands out what has ended',
      withStore(async ({ store, accept, pass }) => {
        const { delivery } = await accept();
        const claimed = await accept();
        await store.change({ ...nothing, deliveries: [anEnded(delivery)] });
        await store.claimDue(2_000, LEASE, 10);
        await store.change({ ...nothing, deliveries: [anEnded(claimed.delivery)] });
        pass(2 * LEASE);
        assert.deepEqual(await store.claimDue(9_000_000, LEASE, 10), []);
      }),
    );

    it(
      'hands out reports as well, until they are done',
      withStore(async ({ store, accept, pass }) => {
        const message = aMessage();
        const { delivery } = await accept(message);
        const report = aReport(message, { dueAt: 3_000 });
        await store.change({ ...nothing, deliveries: [anEnded(delivery)], newReports: [report] });
        assert.deepEqual(await store.claimDue(2_999, LEASE, 10), []);
        assert.deepEqual(await store.claimDue(3_000, LEASE, 10), [{ kind: 'report', report }]);
        assert.deepEqual(await store.claimDue(3_000, LEASE, 10), []);
        const later = { ...report, dueAt: 4_000, attempts: 1, revision: 1 };
        await store.change({ ...nothing, reports: [later] });
        assert.deepEqual(await store.claimDue(4_000, LEASE, 10), [{ kind: 'report', report: later }]);
        await store.change({ ...nothing, reportsDone: [later] });
        pass(2 * LEASE);
        assert.deepEqual(await store.claimDue(9_000_000, LEASE, 10), []);
      }),
    );

    it(
      'hands out a report that came with the message itself',
      withStore(async ({ store }) => {
        const message = aMessage();
        const report = aReport(message);
        await store.accept(message, [], [anEnded(aDelivery(message))], [report], []);
        assert.deepEqual(await store.claimDue(2_000, LEASE, 10), [{ kind: 'report', report }]);
      }),
    );
  });

  describe('nextDueAt and onDue', () => {
    it(
      'names no later instant than that of the first thing waiting, and none when nothing waits',
      withStore(async ({ store, accept }) => {
        assert.equal(await store.nextDueAt(), undefined);
        const late = await accept(aMessage({ deliverAt: 8_000 }));
        assert.ok(((await store.nextDueAt()) ?? Infinity) <= 8_000);
        const early = await accept(aMessage({ deliverAt: 4_000 }));
        assert.ok(((await store.nextDueAt()) ?? Infinity) <= 4_000);
        await store.change({ ...nothing, deliveries: [anEnded(late.delivery), anEnded(early.delivery)] });
        assert.equal(await store.nextDueAt(), undefined);
      }),
    );

    it(
      'does not make its caller spin over what is claimed, and counts it again once the lease is over',
      withStore(async ({ store, accept, pass }) => {
        await accept();
        await store.claimDue(2_000, LEASE, 10);
        assert.ok(((await store.nextDueAt()) ?? Infinity) > 2_000);
        pass(LEASE);
        assert.ok(((await store.nextDueAt()) ?? Infinity) <= 2_000);
      }),
    );

    it(
      'wakes on a new message, on a delivery and a report that fall due, and on hasten',
      withStore(async ({ store, accept }) => {
        let woken = 0;
        store.onDue(() => {
          woken++;
        });
        const wakes = async (what: string, act: () => Promise<unknown>) => {
          woken = 0;
          await act();
          assert.ok(woken > 0, what);
        };
        const message = aMessage();
        let delivery = aDelivery(message);
        await wakes('accept', () => accept(message, delivery));
        delivery = { ...delivery, attempts: 1, dueAt: 9_000, revision: 1 };
        await store.change({ ...nothing, deliveries: [delivery] });
        await wakes('hasten', () => store.hasten(BOB, 3_000));
        await store.claimDue(3_000, LEASE, 10);
        delivery = { ...delivery, attempts: 2, dueAt: 3_500, revision: 2 };
        await wakes('change', () => store.change({ ...nothing, deliveries: [delivery] }));
        await store.claimDue(3_500, LEASE, 10);
        await wakes('report', () => store.change({ ...nothing, newReports: [aReport(message, { dueAt: 3_600 })] }));
      }),
    );
  });

  describe('hasten', () => {
    it(
      'makes due what was put off for the recipient, and nothing else',
      withStore(async ({ store }) => {
        const from = (state: Delivery['state'], attempts: number, address = BOB) => {
          const message = aMessage({ recipients: [{ field: 'to', address }] });
          return { message, delivery: aDelivery(message, { state, attempts, dueAt: 90_000 }) };
        };
        const putOff = from('due', 1);
        const notified = from('notified', 2);
        const others = [from('due', 0), from('deferred', 1), from('fetched', 1), from('due', 1, CAROL)];
        for (const { message, delivery } of [putOff, notified, ...others]) {
          await store.accept(message, [octets('hello')], [delivery], [], []);
        }
        assert.equal(await store.hasten(BOB, 5_000), 2);
        const claimed = await store.claimDue(5_000, LEASE, 10);
        assert.deepEqual(keys(claimed).sort(), [putOff.delivery.key, notified.delivery.key].sort());
        for (const due of claimed) assert.equal(due.kind === 'delivery' && due.delivery.revision, 0, 'the revision stays');
        assert.deepEqual((await store.delivery(putOff.delivery.key))?.delivery, { ...putOff.delivery, dueAt: 5_000 });
      }),
    );

    it(
      'hastens reports to his number that were put off',
      withStore(async ({ store, accept }) => {
        const { message, delivery } = await accept(aMessage({ sender: ALICE }));
        const putOff = aReport(message, { attempts: 1, dueAt: 90_000 });
        const untried = aReport(message, { attempts: 0, dueAt: 80_000 });
        await store.change({ ...nothing, deliveries: [anEnded(delivery)], newReports: [putOff, untried] });
        assert.equal(await store.hasten(BOB, 5_000), 0);
        assert.equal(await store.hasten(ALICE, 5_000), 1);
        assert.deepEqual(keys(await store.claimDue(5_000, LEASE, 10)), [putOff.key]);
      }),
    );

    it(
      'leaves alone what is due already or has ended',
      withStore(async ({ store, accept }) => {
        const message = aMessage();
        const { delivery } = await accept(message, aDelivery(message, { attempts: 1, dueAt: 4_000 }));
        assert.equal(await store.hasten(BOB, 5_000), 0);
        await store.change({ ...nothing, deliveries: [anEnded(delivery)] });
        assert.equal(await store.hasten(BOB, 1_000), 0);
      }),
    );

    it(
      'leaves a claim alone, and a change made by its holder counts',
      withStore(async ({ store, accept, pass }) => {
        const message = aMessage();
        const { delivery } = await accept(message, aDelivery(message, { attempts: 1, dueAt: 4_000 }));
        await store.claimDue(4_000, LEASE, 10);
        await store.hasten(BOB, 3_000);
        assert.deepEqual(await store.claimDue(5_000, LEASE, 10), []);
        const next: Delivery = { ...delivery, attempts: 2, dueAt: 9_000, revision: 1 };
        assert.equal(await store.change({ ...nothing, deliveries: [next] }), 'done');
        pass(LEASE);
        assert.deepEqual(await store.claimDue(8_999, LEASE, 10), []);
      }),
    );
  });
}
