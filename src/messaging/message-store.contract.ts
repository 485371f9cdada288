/** What every MessageStore must do: the behaviour behind the words of `message-store.ts`, run against each implementation. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessagingEvent } from './events.js';
import {
  ALICE,
  aDelivery,
  aDeliveryKey,
  aMessage,
  aMessageId,
  aNumber,
  anEnded,
  aReport,
  BOB,
  CAROL,
} from './fixtures.contract.js';
import type { Change, Due, MessageStore } from './message-store.js';
import type { Delivery, Message, MessageId } from './model.js';

export interface OpenedMessageStore {
  readonly store: MessageStore;
  /** Ends it and cleans up; called once, after the last use. */
  close?(): Promise<void>;
  /** For durable stores: ends it in an orderly way and opens the same data again. `store` is not used afterwards, `close` ends the new one. */
  reopen?(): Promise<MessageStore>;
  /** For stores with checksums: changes octets of the message's stored content behind the store's back. */
  damage?(id: MessageId): Promise<void>;
}

/** The monotonic clock that an implementation must take its leases from, in milliseconds. */
export type MonotonicClock = () => number;

const nothing: Change = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const LEASE = 10_000;

const accepted = (message: Message, at = message.acceptedAt): MessagingEvent => ({
  kind: 'message-accepted',
  messageId: message.id,
  sender: message.sender,
  at,
  size: message.size,
  recipients: message.recipients.length,
});

const pushed = (delivery: Delivery, attempt: number, at = 5_000): MessagingEvent => ({
  kind: 'notification-pushed',
  messageId: delivery.messageId,
  delivery: delivery.key,
  recipient: delivery.recipient,
  attempt,
  at,
});

/** The keys of what was claimed, deliveries and reports alike. */
const keys = (claimed: readonly Due[]): string[] =>
  claimed.map((due) => (due.kind === 'delivery' ? due.delivery.key : due.report.key));

/**
 * Registers the suite. `open` is called once for each test and must give an empty store that takes its leases from the clock it is handed.
 */
export function messageStoreContract(name: string, open: (monotonic: MonotonicClock) => Promise<OpenedMessageStore>): void {
  interface Bench extends OpenedMessageStore {
    /** Moves the monotonic clock on. */
    pass(ms: number): void;
    /** Accepts one message with one delivery. */
    accept(
      message?: Message,
      delivery?: Delivery,
      content?: readonly Uint8Array[],
    ): Promise<{ message: Message; delivery: Delivery }>;
  }

  const withStore = (body: (bench: Bench) => Promise<void>) => async (): Promise<void> => {
    let clock = 0;
    const opened = await open(() => clock);
    try {
      await body({
        ...opened,
        pass: (ms) => {
          clock += ms;
        },
        accept: async (message = aMessage(), delivery = aDelivery(message), content = [octets('hello')]) => {
          await opened.store.accept(message, content, [delivery], [], [accepted(message)]);
          return { message, delivery };
        },
      });
    } finally {
      await opened.close?.();
    }
  };

  /** Accepts one message to several recipients, all due at once. */
  const acceptForSeveral = async (store: MessageStore, count: number): Promise<{ message: Message; deliveries: Delivery[] }> => {
    const recipients = Array.from({ length: count }, (_, i) => ({
      field: 'to' as const,
      address: aNumber(`49151${2_000_000 + i}`),
    }));
    const message = aMessage({ recipients });
    const deliveries = recipients.map((_, recipientIndex) => aDelivery(message, { recipientIndex }));
    await store.accept(message, [octets('hello')], deliveries, [], [accepted(message)]);
    return { message, deliveries };
  };

  describe(`MessageStore contract: ${name}`, () => {
    describe('accept', () => {
      it(
        'keeps message, content, deliveries, reports and events, as they were given',
        withStore(async ({ store }) => {
          const message = aMessage({
            subject: 'Grüße aus 東京',
            senderHidden: true,
            recipients: [
              { field: 'to', address: BOB },
              { field: 'bcc', address: { kind: 'email', mailbox: 'Someone@example.org' } },
              { field: 'cc', address: { kind: 'short-code', code: '4711' } },
              { field: 'cc', address: { kind: 'unknown', text: 'nobody at all' } },
            ],
            messageClass: { token: 'x-service' },
            priority: 'high',
            deliveryReport: true,
            readReport: true,
            application: { applicId: 'org.example.chess', replyApplicId: 'org.example.chess.reply', auxApplicInfo: 'move 12' },
            contentClass: 3,
            drmContent: true,
          });
          const due = aDelivery(message);
          const refused: Delivery = {
            key: aDeliveryKey(),
            messageId: message.id,
            recipientIndex: 1,
            recipient: { kind: 'email', mailbox: 'Someone@example.org' },
            state: 'refused',
            attempts: 0,
            reason: 'no-route-for-email',
            revision: 0,
          };
          const full = aDelivery(message, {
            recipientIndex: 2,
            state: 'fetched',
            dueAt: 1_000_000,
            attempts: 3,
            reportAllowed: false,
            fetchedAt: 1_500,
            readStatus: 'deleted-without-being-read',
            reason: 'why not',
            revision: 7,
          });
          const report = aReport(message, {
            content: { kind: 'delivery', outcome: 'unreachable', text: 'no route' },
            application: { applicId: 'org.example.chess' },
          });
          const events: MessagingEvent[] = [
            accepted(message),
            {
              kind: 'recipient-refused',
              messageId: message.id,
              delivery: refused.key,
              recipient: refused.recipient,
              reason: 'not-our-subscriber',
              at: 1_000,
            },
          ];
          await store.accept(message, [octets('hello')], [due, refused, full], [report], events);

          assert.deepEqual(await store.message(message.id), message);
          assert.deepEqual(await store.delivery(due.key), { delivery: due, message });
          assert.deepEqual(await store.deliveriesOf(message.id), [due, refused, full]);
          assert.deepEqual(await store.history(message.id), {
            message,
            deliveries: [due, refused, full],
            reports: [report],
            events,
          });
        }),
      );

      it(
        'joins the pieces of the content and does not notice what happens to them afterwards',
        withStore(async ({ store, accept }) => {
          const pieces = [octets('one '), octets(''), octets('two')];
          const { message } = await accept(undefined, undefined, pieces);
          for (const piece of pieces) piece.fill(0);
          assert.deepEqual(await store.content(message.id), { kind: 'content', octets: octets('one two') });
        }),
      );

      it(
        'takes pieces that are windows into a larger buffer',
        withStore(async ({ store, accept }) => {
          const whole = octets('..hello..');
          const { message } = await accept(undefined, undefined, [whole.subarray(2, 4), whole.subarray(4, 7)]);
          assert.deepEqual(await store.content(message.id), { kind: 'content', octets: octets('hello') });
        }),
      );

      it(
        'tells content of no octets from absent content',
        withStore(async ({ store, accept }) => {
          const { message } = await accept(undefined, undefined, []);
          assert.deepEqual(await store.content(message.id), { kind: 'content', octets: new Uint8Array() });
          assert.deepEqual(await store.content(aMessageId()), { kind: 'absent' });
        }),
      );

      for (const size of [15_999, 16_384, 65_537, 1_000_000]) {
        it(
          `gives ${size} octets of content back as they came`,
          withStore(async ({ store, accept }) => {
            const content = new Uint8Array(size);
            for (let i = 0; i < size; i++) content[i] = (i * 31 + (i >> 8)) & 0xff;
            const { message } = await accept(undefined, undefined, [content.subarray(0, 1_000), content.subarray(1_000)]);
            const stored = await store.content(message.id);
            assert.ok(stored.kind === 'content');
            assert.ok(content.length === stored.octets.length && content.every((octet, i) => octet === stored.octets[i]));
          }),
        );
      }

      it(
        'keeps a hundred messages accepted at once apart',
        withStore(async ({ store, accept }) => {
          const all = await Promise.all(
            Array.from({ length: 100 }, (_, i) => accept(undefined, undefined, [octets(`content ${i}`)])),
          );
          for (const [i, { message, delivery }] of all.entries()) {
            assert.deepEqual(await store.delivery(delivery.key), { delivery, message });
            assert.deepEqual(await store.content(message.id), { kind: 'content', octets: octets(`content ${i}`) });
          }
        }),
      );
    });

    describe('reading', () => {
      it(
        'knows nothing of what was never accepted',
        withStore(async ({ store }) => {
          assert.equal(await store.message(aMessageId()), undefined);
          assert.equal(await store.delivery(aDeliveryKey()), undefined);
          assert.deepEqual(await store.deliveriesOf(aMessageId()), []);
          assert.equal(await store.history(aMessageId()), undefined);
          assert.deepEqual(await store.list({ limit: 10 }), []);
          assert.equal(await store.findResubmission('anything', 0), undefined);
        }),
      );

      it(
        'takes no message id for a delivery key, nor the other way round',
        withStore(async ({ store, accept }) => {
          const { message, delivery } = await accept();
          assert.equal(await store.delivery(message.id as never), undefined);
          assert.equal(await store.message(delivery.key as never), undefined);
        }),
      );

      it(
        'gives the deliveries of a message in the order of its recipients, whatever their keys',
        withStore(async ({ store }) => {
          const recipients = [BOB, CAROL, ALICE].map((address) => ({ field: 'to' as const, address }));
          const message = aMessage({ recipients });
          const [third, second, first] = [2, 1, 0].map((recipientIndex) => aDelivery(message, { recipientIndex }));
          await store.accept(message, [], [first!, second!, third!], [], []);
          assert.deepEqual(await store.deliveriesOf(message.id), [first, second, third]);
        }),
      );

      it(
        'lists newest first, page by page',
        withStore(async ({ store, accept }) => {
          const ids: MessageId[] = [];
          for (let i = 0; i < 5; i++) ids.unshift((await accept()).message.id);
          const first = await store.list({ limit: 2 });
          assert.deepEqual(
            first.map((message) => message.id),
            ids.slice(0, 2),
          );
          const second = await store.list({ limit: 10, before: ids[1]! });
          assert.deepEqual(
            second.map((message) => message.id),
            ids.slice(2),
          );
        }),
      );

      it(
        'lists by sender and by recipient, spelled in any case',
        withStore(async ({ store, accept }) => {
          const mail = (mailbox: string) => ({ kind: 'email' as const, mailbox });
          const one = await accept(aMessage({ sender: ALICE, recipients: [{ field: 'bcc', address: BOB }] }));
          const two = await accept(aMessage({ sender: CAROL, recipients: [{ field: 'to', address: mail('Bob@Example.org') }] }));
          const ids = async (filter: Omit<Parameters<MessageStore['list']>[0], 'limit'>) =>
            (await store.list({ ...filter, limit: 10 })).map((message) => message.id);
          assert.deepEqual(await ids({ sender: ALICE }), [one.message.id]);
          assert.deepEqual(await ids({ recipient: BOB }), [one.message.id]);
          assert.deepEqual(await ids({ recipient: mail('bob@example.org') }), [two.message.id]);
          assert.deepEqual(await ids({ sender: CAROL, recipient: BOB }), []);
          assert.deepEqual(await ids({ sender: CAROL, recipient: mail('BOB@EXAMPLE.ORG') }), [two.message.id]);
        }),
      );
    });

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
          const { delivery } = await accept(
            message,
            aDelivery(message, { reason: 'put off', reportAllowed: false, fetchedAt: 3 }),
          );
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

    describe('resubmission', () => {
      it(
        'finds a message by its fingerprint from the given instant on',
        withStore(async ({ store, accept }) => {
          const { message } = await accept(aMessage({ fingerprint: 'f', acceptedAt: 5_000 }));
          assert.equal(await store.findResubmission('f', 4_999), message.id);
          assert.equal(await store.findResubmission('f', 5_000), message.id);
          assert.equal(await store.findResubmission('f', 5_001), undefined);
          assert.equal(await store.findResubmission('g', 0), undefined);
        }),
      );

      it(
        'finds the latest of several',
        withStore(async ({ store, accept }) => {
          await accept(aMessage({ fingerprint: 'f', acceptedAt: 5_000 }));
          const later = await accept(aMessage({ fingerprint: 'f', acceptedAt: 90_000 }));
          assert.equal(await store.findResubmission('f', 0), later.message.id);
        }),
      );
    });

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
  });
}
