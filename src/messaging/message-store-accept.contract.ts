/** Of the MessageStore contract: what is accepted, and what reading shows of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessagingEvent } from './events.js';
import { ALICE, aDelivery, aDeliveryKey, aMessage, aMessageId, aReport, BOB, CAROL } from './fixtures.contract.js';
import type { MessageStore } from './message-store.js';
import { accepted, octets, type WithStore } from './message-store-bench.contract.js';
import type { Delivery, MessageId } from './model.js';

export function acceptContract(withStore: WithStore): void {
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
}
