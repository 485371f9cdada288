/** Of the MessageStore contract: changes: all or nothing, and only of what was seen. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessagingEvent } from './events.js';
import { aDelivery, aDeliveryKey, aMessage, aNumber, anEnded, aReport } from './fixtures.contract.js';
import { accepted, acceptForSeveral, nothing, octets, pushed, type WithStore } from './message-store-bench.contract.js';
import type { Delivery, Message } from './model.js';

export function changeContract(withStore: WithStore): void {
  describe('change', () => {
    it(
      'replaces a delivery, and keeps the events after those before',
      withStore(async ({ store, accept }) => {
        const { message, delivery } = await accept();
        const next: Delivery = { ...delivery, state: 'notified', dueAt: 9_000, attempts: 1, revision: 1 };
        const event = pushed(delivery, 1);
        assert.equal(await store.change({ ...nothing, deliveries: [next], events: [event] }), 'done');
        assert.deepEqual(await store.delivery(delivery.key), { delivery: next, message });
        assert.deepEqual((await store.history(message.id))?.events, [accepted(message), event]);
      }),
    );

    it(
      'forgets optional values that the new delivery does not have',
      withStore(async ({ store, accept }) => {
        const message = aMessage();
        const { delivery } = await accept(message, aDelivery(message, { reason: 'put off', reportAllowed: false, fetchedAt: 3 }));
        const { reason: _r, reportAllowed: _a, fetchedAt: _f, dueAt: _d, ...rest } = delivery;
        const next: Delivery = { ...rest, state: 'retrieved', revision: 1 };
        await store.change({ ...nothing, deliveries: [next] });
        assert.deepEqual((await store.delivery(delivery.key))?.delivery, next);
      }),
    );

    for (const [what, revision] of [
      ['saw an older revision', 0],
      ['runs ahead of the stored revision', 2],
    ] as const) {
      it(
        `is stale when it ${what}, and then changes nothing at all`,
        withStore(async ({ store }) => {
          const { message, deliveries } = await acceptForSeveral(store, 2);
          const [one, two] = deliveries as [Delivery, Delivery];
          const report = aReport(message);
          const result = await store.change({
            ...nothing,
            deliveries: [anEnded(one), { ...two, state: 'notified', revision }],
            newReports: [report],
            events: [pushed(one, 1)],
            contentRemoved: [message.id],
          });
          assert.equal(result, 'stale');
          assert.deepEqual(await store.history(message.id), { message, deliveries, reports: [], events: [accepted(message)] });
          assert.equal((await store.content(message.id)).kind, 'content');
        }),
      );
    }

    it(
      'is stale when its delivery is gone',
      withStore(async ({ store }) => {
        assert.equal(await store.change({ ...nothing, deliveries: [anEnded(aDelivery(aMessage()))] }), 'stale');
      }),
    );

    it(
      'is done once of many changes that saw the same revision',
      withStore(async ({ store, accept }) => {
        const { message, delivery } = await accept();
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, attempts) =>
            store.change({
              ...nothing,
              deliveries: [{ ...delivery, attempts, revision: 1 }],
              events: [pushed(delivery, attempts)],
            }),
          ),
        );
        assert.deepEqual(results.filter((result) => result === 'done').length, 1);
        const attempts = results.indexOf('done');
        assert.equal((await store.delivery(delivery.key))?.delivery.attempts, attempts);
        assert.deepEqual((await store.history(message.id))?.events, [accepted(message), pushed(delivery, attempts)]);
      }),
    );

    it(
      'takes new reports, changes them, and lets them go',
      withStore(async ({ store, accept }) => {
        const { message, delivery } = await accept();
        const one = aReport(message);
        const two = aReport(message, { content: { kind: 'read', status: 'read' } });
        assert.equal(await store.change({ ...nothing, deliveries: [anEnded(delivery)], newReports: [one, two] }), 'done');
        const reports = async () =>
          [...((await store.history(message.id))?.reports ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
        assert.deepEqual(await reports(), [one, two]);

        const later = { ...one, dueAt: 7_000, attempts: 1, revision: 1 };
        assert.equal(await store.change({ ...nothing, reports: [later] }), 'done');
        assert.equal(await store.change({ ...nothing, reports: [later] }), 'stale');
        assert.deepEqual(await reports(), [later, two]);

        assert.equal(await store.change({ ...nothing, reportsDone: [one] }), 'stale');
        assert.equal(await store.change({ ...nothing, reportsDone: [later] }), 'done');
        assert.equal(await store.change({ ...nothing, reportsDone: [later] }), 'stale');
        assert.deepEqual(await reports(), [two]);
      }),
    );

    it(
      'removes content, and does not mind doing so twice',
      withStore(async ({ store, accept }) => {
        const { message } = await accept();
        const other = await accept();
        assert.equal(await store.change({ ...nothing, contentRemoved: [message.id] }), 'done');
        assert.equal(await store.change({ ...nothing, contentRemoved: [message.id] }), 'done');
        assert.deepEqual(await store.content(message.id), { kind: 'absent' });
        assert.equal((await store.content(other.message.id)).kind, 'content');
        assert.deepEqual(await store.message(message.id), message);
      }),
    );

    it(
      'keeps events that come without any other change',
      withStore(async ({ store, accept }) => {
        const { message } = await accept();
        const event: MessagingEvent = { kind: 'resubmission-recognised', messageId: message.id, at: 4_000 };
        assert.equal(await store.change({ ...nothing, events: [event] }), 'done');
        assert.deepEqual((await store.history(message.id))?.events, [accepted(message), event]);
      }),
    );

    it(
      'is stale when a delivery that it calls still open has ended or never was',
      withStore(async ({ store }) => {
        const { message, deliveries } = await acceptForSeveral(store, 3);
        const [one, two, three] = deliveries as [Delivery, Delivery, Delivery];
        assert.equal(await store.change({ ...nothing, deliveries: [anEnded(one)], stillOpen: [two.key, three.key] }), 'done');
        assert.deepEqual((await store.delivery(two.key))?.delivery, two, 'a delivery called open is not changed');
        assert.equal(await store.change({ ...nothing, deliveries: [anEnded(two)], stillOpen: [one.key] }), 'stale');
        assert.equal(await store.change({ ...nothing, deliveries: [anEnded(two)], stillOpen: [aDeliveryKey()] }), 'stale');
        assert.deepEqual(await store.deliveriesOf(message.id), [anEnded(one), two, three]);
      }),
    );

    it(
      'lets only one of two end when each calls the other open',
      withStore(async ({ store }) => {
        for (let round = 0; round < 20; round++) {
          const { message, deliveries } = await acceptForSeveral(store, 2);
          const [one, two] = deliveries as [Delivery, Delivery];
          const results = await Promise.all([
            store.change({ ...nothing, deliveries: [anEnded(one)], stillOpen: [two.key] }),
            store.change({ ...nothing, deliveries: [anEnded(two)], stillOpen: [one.key] }),
          ]);
          assert.deepEqual([...results].sort(), ['done', 'stale']);
          assert.equal((await store.deliveriesOf(message.id)).filter((delivery) => delivery.state === 'due').length, 1);
        }
      }),
    );
  });

  describe('supersede', () => {
    const LARGE = new Uint8Array(200_000).fill(7);

    for (const [size, content] of [
      ['small', octets('better')],
      ['large', LARGE],
    ] as const)
      it(
        `keeps a message with ${size} content and what ends the one before it`,
        withStore(async ({ store, accept }) => {
          const { message: old, delivery } = await accept();
          const named = { system: 'replaces', messageId: old.id };
          const message = aMessage({ size: content.length, fingerprint: '', named });
          const next = aDelivery(message);
          const ended = anEnded(delivery);
          const event = pushed(delivery, 1);
          const change = { ...nothing, deliveries: [ended], events: [event], contentRemoved: [old.id] };
          assert.equal(await store.supersede(message, [content], [next], [accepted(message)], change), 'done');
          assert.deepEqual(await store.history(message.id), {
            message,
            deliveries: [next],
            reports: [],
            events: [accepted(message)],
          });
          assert.deepEqual((await store.history(old.id))?.deliveries, [ended]);
          assert.deepEqual((await store.history(old.id))?.events, [accepted(old), event]);
          assert.deepEqual(await store.content(old.id), { kind: 'absent' });
          const stored = await store.content(message.id);
          assert.ok(stored.kind === 'content' && Buffer.from(stored.octets).equals(content));
          assert.deepEqual(
            (await store.findNamed(named, 0)).map(({ messageId }) => messageId),
            [message.id],
          );
          assert.deepEqual(
            (await store.claimDue(1e15, 1_000, 10)).map((due) => due.kind === 'delivery' && due.delivery.key),
            [next.key],
          );
        }),
      );

    for (const [size, content] of [
      ['small', octets('better')],
      ['large', LARGE],
    ] as const)
      it(
        `keeps nothing of a message with ${size} content when the change is stale`,
        withStore(async ({ store, accept }) => {
          const { message: old, delivery } = await accept();
          const message = aMessage({ size: content.length });
          const change = { ...nothing, deliveries: [{ ...anEnded(delivery), revision: 2 }], contentRemoved: [old.id] };
          assert.equal(await store.supersede(message, [content], [aDelivery(message)], [accepted(message)], change), 'stale');
          assert.equal(await store.message(message.id), undefined);
          assert.deepEqual(await store.content(message.id), { kind: 'absent' });
          assert.equal((await store.content(old.id)).kind, 'content');
          assert.deepEqual(await store.deliveriesOf(old.id), [delivery]);
        }),
      );

    it(
      'is stale when what was seen open has ended',
      withStore(async ({ store }) => {
        const { deliveries } = await acceptForSeveral(store, 2);
        const [one, two] = deliveries as [Delivery, Delivery];
        await store.change({ ...nothing, deliveries: [anEnded(two)] });
        const message = aMessage();
        const change = { ...nothing, deliveries: [anEnded(one)], stillOpen: [two.key] };
        assert.equal(await store.supersede(message, [octets('x')], [aDelivery(message)], [], change), 'stale');
      }),
    );
  });

  describe('countWaiting', () => {
    const from = (vasp: string): Partial<Message> => ({ origin: { interface: 'mm7', vasp, transactionId: 't' } });

    it(
      'counts the messages of each VASP whose content is needed, each once',
      withStore(async ({ store, accept }) => {
        assert.deepEqual([...(await store.countWaiting())], []);
        await accept();
        for (let i = 0; i < 2; i++) await accept(aMessage(from('quiz')));
        const { delivery } = await accept(aMessage(from('news')));
        const several = aMessage({
          ...from('quiz'),
          recipients: [0, 1].map((i) => ({ field: 'to', address: aNumber(`4915120000${i}`) })),
        });
        const deliveries = [0, 1].map((recipientIndex) => aDelivery(several, { recipientIndex }));
        await store.accept(several, [octets('x')], deliveries, [], []);
        const counts = async () => [...(await store.countWaiting())].sort();
        assert.deepEqual(await counts(), [
          ['news', 1],
          ['quiz', 3],
        ]);
        await store.change({ ...nothing, deliveries: [anEnded(delivery), anEnded(deliveries[0]!)] });
        assert.deepEqual(await counts(), [['quiz', 3]]);
        await store.change({ ...nothing, deliveries: [anEnded(deliveries[1]!)], contentRemoved: [several.id] });
        assert.deepEqual(await counts(), [['quiz', 2]]);
      }),
    );
  });
}
