/** What every log of events promises, told on a store that keeps one. Not part of the program. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { EventLog, LoggedChange } from './event-log.js';
import type { MessagingEvent } from './events.js';
import { aDelivery, aMessage, aMessageId, BOB } from './fixtures.contract.js';
import type { MessageStore } from './message-store.js';
import type { Delivery, Message } from './model.js';

export interface OpenedLog {
  readonly messages: MessageStore;
  readonly events: EventLog;
  /** Closes and opens again; absent where nothing outlives the process. */
  readonly reopen?: () => Promise<OpenedLog>;
  close(): Promise<void>;
}

const accepted = (message: Message): MessagingEvent => ({
  kind: 'message-accepted',
  messageId: message.id,
  sender: message.sender,
  size: message.size,
  recipients: 1,
  at: message.acceptedAt,
});
const pushed = (delivery: Delivery, attempt: number): MessagingEvent => ({
  kind: 'notification-pushed',
  messageId: delivery.messageId,
  delivery: delivery.key,
  recipient: BOB,
  attempt,
  at: 2_000 + attempt,
});
const NOTHING = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };

export function eventLogContract(name: string, open: () => Promise<OpenedLog>): void {
  describe(`EventLog contract: ${name}`, () => {
    let log: OpenedLog;
    beforeEach(async () => {
      log = await open();
    });
    afterEach(() => log.close());

    async function accept(message = aMessage()): Promise<{ message: Message; delivery: Delivery }> {
      const delivery = aDelivery(message);
      await log.messages.accept(message, [new Uint8Array(5)], [delivery], [], [accepted(message)]);
      return { message, delivery };
    }
    const all = async (): Promise<readonly LoggedChange[]> => log.events.changesAfter(0, 100);

    it('shows what was kept in the order in which it was kept, each with its message and deliveries', async () => {
      const one = await accept();
      const two = await accept();
      const later = { ...one.delivery, state: 'notified' as const, revision: 1 };
      await log.messages.change({ ...NOTHING, deliveries: [later], events: [pushed(one.delivery, 1), pushed(one.delivery, 2)] });
      const changes = await all();
      assert.deepEqual(
        changes.map(({ events }) => events),
        [[accepted(one.message)], [accepted(two.message)], [pushed(one.delivery, 1), pushed(one.delivery, 2)]],
      );
      assert.deepEqual(
        changes.map(({ message }) => message),
        [one.message, two.message, one.message],
      );
      assert.deepEqual(changes[2]!.deliveries, [later]);
      const places = changes.map(({ place }) => place);
      assert.ok(places[0]! >= 1 && places[1]! > places[0]! && places[2]! > places[1]!);
    });

    it('takes one change that tells of several messages apart', async () => {
      const [one, two] = [await accept(), await accept()];
      await log.messages.change({ ...NOTHING, events: [pushed(one.delivery, 1), pushed(two.delivery, 2)] });
      const [first, second] = (await all()).slice(2);
      assert.deepEqual([first!.events, second!.events], [[pushed(one.delivery, 1)], [pushed(two.delivery, 2)]]);
      assert.deepEqual([first!.message.id, second!.message.id], [one.message.id, two.message.id]);
    });

    it('logs nothing of a change that was stale, nor of a message that is not there', async () => {
      const { delivery } = await accept();
      assert.equal(
        await log.messages.change({ ...NOTHING, deliveries: [{ ...delivery, revision: 9 }], events: [pushed(delivery, 1)] }),
        'stale',
      );
      await log.messages.change({ ...NOTHING, events: [{ ...pushed(delivery, 1), messageId: aMessageId() }] });
      assert.equal((await all()).length, 1);
    });

    it('gives pages, and what is behind a place', async () => {
      for (let i = 0; i < 5; i++) await accept();
      const changes = await all();
      const page = await log.events.changesAfter(0, 2);
      assert.deepEqual(page, changes.slice(0, 2));
      assert.deepEqual(await log.events.changesAfter(page[1]!.place, 2), changes.slice(2, 4));
      assert.deepEqual(await log.events.changesAfter(changes.at(-1)!.place, 2), []);
    });

    it('forgets what is done with, and gives no place again', async () => {
      await accept();
      await accept();
      const [one, two] = await all();
      await log.events.changesDone(one!.place);
      assert.deepEqual(await all(), [two]);
      await log.events.changesDone(two!.place);
      assert.deepEqual(await all(), []);
      await accept();
      assert.ok((await all())[0]!.place > two!.place);
    });

    it('keeps the message of what is not done with, whatever is pruned', async () => {
      const { message, delivery } = await accept();
      const ended = { ...delivery, state: 'retrieved' as const, revision: 1 };
      const { dueAt, ...settled } = ended;
      await log.messages.change({
        ...NOTHING,
        deliveries: [settled],
        events: [pushed(delivery, 1)],
        contentRemoved: [message.id],
      });
      assert.equal(dueAt !== undefined, true);
      await log.messages.prune(Number.MAX_SAFE_INTEGER, 100);
      const changes = await all();
      assert.deepEqual(
        changes.map((it) => it.message.id),
        [message.id, message.id],
      );
      assert.deepEqual(
        changes[1]!.deliveries.map(({ state }) => state),
        ['retrieved'],
      );
      await log.events.changesDone(changes[1]!.place);
      await log.messages.prune(Number.MAX_SAFE_INTEGER, 100);
      assert.equal(await log.messages.message(message.id), undefined);
    });

    it('wakes whoever waits for changes', async () => {
      let woken = 0;
      log.events.onChanges(() => woken++);
      const { delivery } = await accept();
      assert.ok(woken > 0);
      const before = woken;
      await log.messages.change({ ...NOTHING, events: [pushed(delivery, 1)] });
      assert.ok(woken > before);
    });

    it('has a name', async () => {
      assert.match(await log.events.identity(), /^[-0-9A-Za-z]{1,32}$/);
    });

    it('goes on after being closed and opened again, under the same name, without giving a place again', async () => {
      if (!log.reopen) return;
      await accept();
      await accept();
      const [changes, identity] = [await all(), await log.events.identity()];
      await log.events.changesDone(changes[1]!.place);
      log = await log.reopen();
      assert.equal(await log.events.identity(), identity);
      await accept();
      assert.ok((await log.events.changesAfter(changes[1]!.place, 9))[0]!.place > changes[1]!.place);
    });
  });
}
