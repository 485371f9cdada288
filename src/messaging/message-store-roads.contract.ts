/** Of the MessageStore contract: what waits for outer roads, what awaits an answer, and messages that other systems name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressKey } from './address.js';
import { aDelivery, aMessage, aNumber, anEnded, aReport, BOB, CAROL } from './fixtures.contract.js';
import { toKey } from './key.js';
import {
  accepted,
  type Bench,
  keys,
  LEASE,
  nothing,
  type OpenMessageStore,
  octets,
  type WithStore,
} from './message-store-bench.contract.js';
import type { Delivery, Message, MessageId } from './model.js';
import type { OuterRoad } from './road.js';

const NORTH: OuterRoad = { kind: 'peer', peer: 'north' };
const SOUTH: OuterRoad = { kind: 'peer', peer: 'south' };
const FINN = aNumber('358401234567');
const ABC = { system: 'mm4:north', messageId: 'abc' };

/** A message that waits for a road from `handOverAt` on, and expires at 1,000,000. */
async function queued(bench: Bench, road: OuterRoad, handOverAt: number, overrides: Partial<Delivery> = {}) {
  const message = aMessage({ recipients: [{ field: 'to', address: FINN }] });
  const delivery = aDelivery(message, {
    road,
    handOverAt,
    dueAt: message.expiresAt,
    handedOver: { transactionId: 't' },
    ...overrides,
  });
  await bench.accept(message, delivery);
  return { message, delivery };
}

/** As it is once the far side has it. */
function taken({ handOverAt: _, ...delivery }: Delivery, state: 'handed-over' | 'acknowledged', dueAt: number): Delivery {
  return { ...delivery, state, dueAt, revision: delivery.revision + 1 };
}

export function roadsContract(withStore: WithStore, open: OpenMessageStore): void {
  describe('claimFor', () => {
    it(
      'hands out what waits for this road from its instant on, lowest first, and nothing of other roads or handsets',
      withStore(async (bench) => {
        const { store } = bench;
        const late = await queued(bench, NORTH, 5_000);
        const early = await queued(bench, NORTH, 2_000);
        const south = await queued(bench, SOUTH, 1_000);
        await bench.accept();
        assert.deepEqual(await store.claimFor('peer:north', 1_999, LEASE, 10), []);
        assert.deepEqual(await store.claimFor('peer:north', 5_000, LEASE, 1), [{ kind: 'delivery', ...early }]);
        assert.deepEqual(await store.claimFor('peer:north', 5_000, LEASE, 10), [{ kind: 'delivery', ...late }]);
        assert.deepEqual(keys(await store.claimFor('peer:south', 5_000, LEASE, 10)), [south.delivery.key]);
        assert.deepEqual(await store.claimFor('email', 5_000, LEASE, 10), []);
      }),
    );

    it(
      'hides what is claimed until the lease ends or it changes, whatever claimDue does',
      withStore(async (bench) => {
        const { store, pass } = bench;
        const { delivery } = await queued(bench, NORTH, 1_000);
        assert.equal((await store.claimFor('peer:north', 2_000, LEASE, 10)).length, 1);
        assert.deepEqual(await store.claimFor('peer:north', 2_000_000, LEASE, 10), []);
        assert.deepEqual(keys(await store.claimDue(1_000_000, LEASE, 10)), [delivery.key], 'its expiry has come');
        pass(LEASE);
        assert.deepEqual(keys(await store.claimFor('peer:north', 2_000, LEASE, 10)), [delivery.key]);
        const next = { ...delivery, attempts: 1, handOverAt: 3_000, revision: 1 };
        assert.equal(await store.change({ ...nothing, deliveries: [next] }), 'done');
        assert.deepEqual(await store.claimFor('peer:north', 2_999, LEASE, 10), []);
        assert.deepEqual(keys(await store.claimFor('peer:north', 3_000, LEASE, 10)), [delivery.key]);
      }),
    );

    it(
      'leaves it to claimDue at its own instant only',
      withStore(async (bench) => {
        const { delivery } = await queued(bench, NORTH, 1_000);
        assert.deepEqual(await bench.store.claimDue(999_999, LEASE, 10), []);
        assert.equal(await bench.store.nextDueAt(), 1_000_000);
        assert.deepEqual(keys(await bench.store.claimDue(1_000_000, LEASE, 10)), [delivery.key]);
      }),
    );

    it(
      'hands out reports, too',
      withStore(async (bench) => {
        const { store } = bench;
        const message = aMessage();
        const report = aReport(message, { road: NORTH, dueAt: 900_000, handOverAt: 2_000, expiresAt: 900_000 });
        await store.accept(message, [octets('x')], [anEnded(aDelivery(message))], [report], []);
        assert.deepEqual(await store.claimDue(899_999, LEASE, 10), []);
        assert.deepEqual(await store.claimFor('peer:north', 2_000, LEASE, 10), [{ kind: 'report', report }]);
        const next = { ...report, attempts: 1, handOverAt: 4_000, revision: 1 };
        await store.change({ ...nothing, reports: [next] });
        assert.deepEqual(await store.claimFor('peer:north', 3_999, LEASE, 10), []);
        assert.deepEqual(await store.claimFor('peer:north', 4_000, LEASE, 10), [{ kind: 'report', report: next }]);
        await store.change({ ...nothing, reportsDone: [next] });
        assert.deepEqual(await store.countRoads(), []);
        const later = aReport(message, { road: SOUTH, dueAt: 900_000, handOverAt: 1_000 });
        await store.change({ ...nothing, newReports: [later] });
        assert.deepEqual(keys(await store.claimFor('peer:south', 1_000, LEASE, 10)), [later.key]);
      }),
    );

    it(
      'never hands out what has ended, is with the far side, or waits for another road by now',
      withStore(async (bench) => {
        const { store, pass } = bench;
        const [ended, has, moved, unrouted] = [
          await queued(bench, NORTH, 1_000),
          await queued(bench, NORTH, 1_000),
          await queued(bench, NORTH, 1_000),
          await queued(bench, NORTH, 1_000),
        ];
        assert.equal((await store.claimFor('peer:north', 1_000, LEASE, 2)).length, 2, 'some are claimed before');
        const { handOverAt: _at, ...done } = anEnded(ended.delivery);
        const { handOverAt: _, road: _road, ...off } = unrouted.delivery;
        await store.change({ ...nothing, deliveries: [done] });
        await store.change({ ...nothing, deliveries: [taken(has.delivery, 'handed-over', 50_000)] });
        await store.change({ ...nothing, deliveries: [{ ...moved.delivery, road: SOUTH, revision: 1 }] });
        await store.change({ ...nothing, deliveries: [{ ...off, state: 'unrouted', dueAt: 3_000, revision: 1 }] });
        pass(2 * LEASE);
        assert.deepEqual(await store.claimFor('peer:north', 900_000, LEASE, 10), []);
        assert.deepEqual(keys(await store.claimFor('peer:south', 900_000, LEASE, 10)), [moved.delivery.key]);
        assert.deepEqual(keys(await store.claimDue(50_000, LEASE, 10)).sort(), [has.delivery.key, unrouted.delivery.key].sort());
      }),
    );

    it(
      'finds all of a long queue in its order, also while it grows and shrinks',
      withStore(async (bench) => {
        const { store } = bench;
        const all: { key: string; at: number }[] = [];
        for (let i = 0; i < 40; i++) {
          const at = 1_000 + ((i * 17) % 40);
          all.push({ key: (await queued(bench, NORTH, at)).delivery.key, at });
        }
        const found: string[] = [];
        while (found.length < all.length) {
          const claimed = await store.claimFor('peer:north', 9_000, LEASE, 3);
          assert.ok(claimed.length > 0);
          for (const due of claimed) {
            assert.ok(due.kind === 'delivery');
            found.push(due.delivery.key);
            await store.change({ ...nothing, deliveries: [taken(due.delivery, 'acknowledged', 90_000)] });
          }
          if (found.length % 9 === 0 && all.length < 45) {
            const at = 2_000 + found.length;
            all.push({ key: (await queued(bench, NORTH, at)).delivery.key, at });
          }
        }
        assert.deepEqual(
          found,
          all.sort((a, b) => a.at - b.at).map(({ key }) => key),
        );
        assert.ok(found.length > 42);
        assert.deepEqual(await store.claimFor('peer:north', 9_000, LEASE, 3), []);
      }),
    );
  });

  describe('nextHandovers', () => {
    it(
      'says for each road when the next thing that nobody has may go out, and wakes for it',
      withStore(async (bench) => {
        const { store, pass } = bench;
        let woken = 0;
        store.onDue(() => woken++);
        assert.deepEqual([...(await store.nextHandovers())], []);
        await queued(bench, NORTH, 5_000);
        await queued(bench, NORTH, 3_000);
        await queued(bench, SOUTH, 4_000);
        assert.ok(woken > 0);
        assert.deepEqual([...(await store.nextHandovers())].sort(), [
          ['peer:north', 3_000],
          ['peer:south', 4_000],
        ]);
        await store.claimFor('peer:north', 3_000, LEASE, 10);
        assert.equal((await store.nextHandovers()).get('peer:north'), 5_000);
        await store.claimFor('peer:south', 4_000, LEASE, 10);
        assert.ok(((await store.nextHandovers()).get('peer:south') ?? Infinity) > 4_000, 'nothing to spin for');
        pass(LEASE);
        assert.equal((await store.nextHandovers()).get('peer:north'), 3_000);
      }),
    );
  });

  describe('waitingFor and countRoads', () => {
    it(
      'show the queue of a road page by page, claimed things included, and no reports',
      withStore(async (bench) => {
        const { store } = bench;
        const instants = [3_000, 1_000, 2_000];
        const byInstant = new Map<number, Awaited<ReturnType<typeof queued>>>();
        for (const at of instants) byInstant.set(at, await queued(bench, NORTH, at));
        await queued(bench, SOUTH, 1_000);
        const [message] = [byInstant.get(1_000)!.message];
        await store.change({ ...nothing, newReports: [aReport(message, { road: NORTH, handOverAt: 1_500, dueAt: 9_000 })] });
        await store.claimFor('peer:north', 1_000, LEASE, 1);
        const inOrder = [1_000, 2_000, 3_000].map((at) => byInstant.get(at)!);
        assert.deepEqual(await store.waitingFor('peer:north', 2), inOrder.slice(0, 2));
        const { key } = inOrder[1]!.delivery;
        assert.deepEqual(await store.waitingFor('peer:north', 2, { key, handOverAt: 2_000 }), inOrder.slice(2));
        assert.deepEqual(await store.waitingFor('email', 2), []);
      }),
    );

    it(
      'count what waits and what is awaited, by road',
      withStore(async (bench) => {
        const { store } = bench;
        assert.deepEqual(await store.countRoads(), []);
        const first = await queued(bench, NORTH, 1_000);
        const second = await queued(bench, NORTH, 1_000);
        const third = await queued(bench, SOUTH, 1_000);
        const mail = await queued(bench, { kind: 'email' }, 1_000);
        await bench.accept();
        await store.change({ ...nothing, deliveries: [taken(third.delivery, 'handed-over', 60_000)] });
        await store.change({ ...nothing, deliveries: [taken(mail.delivery, 'acknowledged', 60_000)] });
        const oldest = first.delivery.key < second.delivery.key ? first.delivery.key : second.delivery.key;
        assert.deepEqual(await store.countRoads(), [
          { road: 'email', waiting: 0, awaiting: 1 },
          { road: 'peer:north', waiting: 2, oldest, awaiting: 0 },
          { road: 'peer:south', waiting: 0, awaiting: 1 },
        ]);
        const { dueAt: _, ...done } = taken(taken(third.delivery, 'handed-over', 1), 'handed-over', 1);
        await store.change({ ...nothing, deliveries: [{ ...done, state: 'transferred' }] });
        assert.equal((await store.countRoads()).length, 2);
      }),
    );
  });

  describe('hasten', () => {
    it(
      'leaves alone what goes by other roads',
      withStore(async (bench) => {
        const { store } = bench;
        const { delivery, message } = await queued(bench, NORTH, 50_000, { attempts: 1 });
        const report = aReport(message, { to: FINN, road: NORTH, attempts: 1, dueAt: 60_000, handOverAt: 50_000 });
        await store.change({ ...nothing, newReports: [report] });
        assert.equal(await store.hasten(FINN, 2_000), 0);
        assert.deepEqual((await store.delivery(delivery.key))?.delivery, delivery);
      }),
    );
  });

  describe('content and what a far side answers for', () => {
    it(
      'a delivery that is acknowledged does not count as in need of the content, but as open',
      withStore(async ({ store }) => {
        const recipients = [BOB, CAROL].map((address) => ({ field: 'to' as const, address }));
        const message = aMessage({ recipients });
        const [one, two] = [aDelivery(message, { road: NORTH, handOverAt: 1_000 }), aDelivery(message, { recipientIndex: 1 })];
        await store.accept(message, [octets('x')], [one, two], [], [accepted(message)]);
        const has = taken(one, 'handed-over', 60_000);
        await store.change({ ...nothing, deliveries: [has] });
        assert.equal(await store.change({ ...nothing, deliveries: [anEnded(two)], stillOpen: [one.key] }), 'done');
        const answersFor = taken({ ...has, handOverAt: 0 }, 'acknowledged', 60_000);
        await store.change({ ...nothing, deliveries: [answersFor] });
        assert.equal(await store.change({ ...nothing, events: [accepted(message)], stillOpen: [one.key] }), 'stale');
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 10), 0);
        await store.change({ ...nothing, deliveries: [anEnded(answersFor)] });
        assert.equal(await store.prune(Number.MAX_SAFE_INTEGER, 10), 1);
      }),
    );
  });

  describe('findNamed', () => {
    const named = async (bench: Bench, overrides: Partial<Message>, ...recipients: Message['recipients'][number][]) => {
      const at = overrides.acceptedAt ?? 1_000;
      const id = toKey(at, new Uint8Array(11).fill(++made)) as MessageId;
      const message = aMessage({ id, named: ABC, fingerprint: '', recipients, ...overrides });
      const deliveries = recipients.flatMap(({ shownOnly }, recipientIndex) =>
        shownOnly ? [] : [aDelivery(message, { recipientIndex })],
      );
      await bench.store.accept(message, [octets('x')], deliveries, [], [accepted(message)]);
      return message;
    };
    let made = 0;
    const to = (address: typeof BOB) => ({ field: 'to' as const, address });

    it(
      'gives the message of each recipient that it was accepted for, by the very name',
      withStore(async (bench) => {
        const { store } = bench;
        const first = await named(bench, {}, to(BOB), { ...to(CAROL), shownOnly: true });
        const second = await named(bench, { acceptedAt: 2_000 }, to(CAROL));
        await named(bench, { named: { ...ABC, system: 'mm4:south' } }, to(FINN));
        await named(bench, { named: { ...ABC, messageId: 'ABC' } }, to(FINN));
        const rows = [...(await store.findNamed(ABC, 0))].sort((a, b) => (a.messageId < b.messageId ? -1 : 1));
        assert.deepEqual(rows, [
          { recipient: addressKey(BOB), messageId: first.id },
          { recipient: addressKey(CAROL), messageId: second.id },
        ]);
        assert.deepEqual(await store.findNamed(ABC, 1_001), rows.slice(1));
        assert.deepEqual(await store.findNamed({ system: 'mm4', messageId: 'north abc' }, 0), []);
        assert.equal(await store.findResubmission('', 0), undefined, 'no fingerprint is none');
      }),
    );

    it(
      'gives the later message where a name was used again, also when the earlier one is pruned',
      withStore(async (bench) => {
        const { store } = bench;
        const first = await named(bench, {}, to(BOB));
        const second = await named(bench, { acceptedAt: 5_000 }, to(BOB));
        const expected = [{ recipient: addressKey(BOB), messageId: second.id }];
        assert.deepEqual(await store.findNamed(ABC, 0), expected);
        const [delivery] = await store.deliveriesOf(first.id);
        await store.change({ ...nothing, deliveries: [anEnded(delivery!)] });
        assert.equal(await store.prune(2_000, 10), 1);
        assert.deepEqual(await store.findNamed(ABC, 0), expected);
        const [other] = await store.deliveriesOf(second.id);
        await store.change({ ...nothing, deliveries: [anEnded(other!)] });
        assert.equal(await store.prune(6_000, 10), 1);
        assert.deepEqual(await store.findNamed(ABC, 0), []);
      }),
    );
  });

  describe('roads, opened again', () => {
    it('still has every queue and every name', async (t) => {
      let clock = 0;
      const opened = await open(() => clock);
      try {
        if (!opened.reopen) return t.skip('this store ends with its process');
        const { store } = opened;
        const message = aMessage({ id: toKey(1_000, new Uint8Array(11)) as MessageId, named: ABC, expiresAt: 500_000 });
        const delivery = aDelivery(message, {
          road: NORTH,
          handOverAt: 1_000,
          dueAt: 500_000,
          handedOver: { transactionId: 't' },
        });
        const report = aReport(message, { road: { kind: 'vasp', vasp: 'quiz', vas: '7' }, handOverAt: 2_000, dueAt: 300_000 });
        await store.accept(message, [octets('x')], [delivery], [report], [accepted(message)]);
        await store.claimFor('peer:north', 2_000, LEASE, 10);
        const again = await opened.reopen();
        clock += 1;
        assert.deepEqual([...(await again.nextHandovers())].sort(), [
          ['peer:north', 1_000],
          ['vasp:quiz', 2_000],
        ]);
        assert.deepEqual(await again.claimFor('peer:north', 2_000, LEASE, 10), [{ kind: 'delivery', delivery, message }]);
        assert.deepEqual(await again.claimFor('vasp:quiz', 2_000, LEASE, 10), [{ kind: 'report', report }]);
        assert.deepEqual(await again.findNamed(ABC, 0), [{ recipient: addressKey(BOB), messageId: message.id }]);
      } finally {
        await opened.close?.();
      }
    });
  });
}
