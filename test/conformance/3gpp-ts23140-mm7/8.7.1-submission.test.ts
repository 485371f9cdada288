/** TS 23.140 8.7.1: what the elements of a submission mean for its delivery, and what is said of it, between a provider and the relay. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mm7Message, Status } from '#codec/mm7';
import { MINUTE, NOW, submission, withWorld } from '../../kit/mm7-world.js';

const statusOf = (message: Mm7Message): Status => {
  const status = message.kind === 'Fault' ? message.error?.status : 'status' in message ? message.status : undefined;
  if (status === undefined) throw new Error(`${message.kind} has no status`);
  return status;
};
const HOUR = 60 * MINUTE;
const MAILBOX = { kind: 'RFC2822Address', value: 'kim@example.com' } as const;
const NUMBER = { kind: 'Number', value: '+46700000001' } as const;
const SENDER = { vaspId: 'acme' };

describe('TS 23.140 8.7.1.2: DeliveryCondition', () => {
  it('keeps a message from recipients for whom it does not hold: 1100 with their names, or 3001 where it holds for nobody', async () =>
    withWorld({}, async (world) => {
      const some = statusOf(
        await world.submit('t-1', submission({ deliveryCondition: [1], recipients: { to: [NUMBER, MAILBOX] } })),
      );
      assert.equal(some.code, 1100);
      assert.equal(some.details, 'kim@example.com: the delivery condition does not hold');
      const none = statusOf(await world.submit('t-2', submission({ deliveryCondition: [2], recipients: { to: [MAILBOX] } })));
      assert.equal(none.code, 3001);
      assert.equal(world.ids.length, 1);
    }));

  it('that is not known is refused with 2007, as nobody could keep it', async () =>
    withWorld({}, async (world) =>
      assert.equal(statusOf(await world.submit('t-1', submission({ deliveryCondition: [1, 9] }))).code, 2007),
    ));
});

describe('TS 23.140 8.7.1.2: LinkedID', () => {
  it('ties a submission to the message that it answers, by the id that DeliverReq said', async () =>
    withWorld({}, async (world) => {
      await world.write();
      await world.work();
      const delivered = world.provider.received[0]?.message;
      const linkedId = delivered?.kind === 'DeliverReq' ? delivered.linkedId : undefined;
      assert.equal(statusOf(await world.submit('t-1', submission({ linkedId: linkedId! }))).code, 1000);
      const origin = (await world.store.messages.message(world.ids[0]!))?.origin;
      assert.equal(origin?.interface === 'mm7' && origin.linkedId, linkedId);
    }));

  it('of a message that there is not, or that did not go to this provider, is refused with 2006', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission());
      for (const linkedId of ['wthr8391', world.ids[0]!])
        assert.equal(statusOf(await world.submit('t-2', submission({ linkedId }))).code, 2006);
      assert.equal(world.ids.length, 1);
    }));
});

describe('TS 23.140 8.7.1, 7.1.18: addressing of applications', () => {
  const application = { applicId: 'org.example.chess', replyApplicId: 'org.example.chess.reply', auxApplicInfo: 'move 12' };

  it('ids of a submission reach the recipient, and reports go to the application that replies are for', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission({ ...application, deliveryReport: true }));
      await world.work();
      assert.deepEqual(world.notifications[0]?.application, application);
      await world.retrieve();
      await world.work();
      const told = world.provider.received[0]?.message;
      assert.equal(told?.kind, 'DeliveryReportReq');
      assert.deepEqual(told?.kind === 'DeliveryReportReq' && [told.applicId, told.auxApplicInfo], [
        'org.example.chess.reply',
        'move 12',
      ]);
    }));

  it('ids of a message for a service stand in its DeliverReq', async () =>
    withWorld({}, async (world) => {
      await world.write(application);
      await world.work();
      const { applicId, replyApplicId, auxApplicInfo } = world.provider.received[0]!.message as Extract<
        Mm7Message,
        { kind: 'DeliverReq' }
      >;
      assert.deepEqual({ applicId, replyApplicId, auxApplicInfo }, application);
    }));

  it('ids of a replacement take the place of the first ones, and without any these stay', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission({ ...application, earliestDeliveryTime: { afterMs: HOUR } }));
      const replace = { kind: 'ReplaceReq', version: '6.8.0', senderIdentification: SENDER, messageId: world.ids[0]! } as const;
      await world.submit('t-2', { ...replace, earliestDeliveryTime: { afterMs: 0 } });
      await world.work();
      assert.deepEqual(world.notifications.at(-1)?.application, application);
      await world.submit('t-3', { ...replace, applicId: 'org.example.go' });
      await world.work();
      assert.deepEqual(world.notifications.at(-1)?.application, { applicId: 'org.example.go' });
    }));
});

describe('TS 23.140 8.7.2: ReplaceReq', () => {
  const windows = [{ from: '12:00', until: '13:00' }];

  it('is not delivered outside the windows of its provider, although the first version was inside', async () =>
    withWorld({ vasp: { windows } }, async (world) => {
      await world.submit('t-1', submission());
      await world.work();
      assert.equal(world.notifications.length, 1);
      world.pass(2 * HOUR);
      const replace = { kind: 'ReplaceReq', version: '6.8.0', senderIdentification: SENDER, messageId: world.ids[0]! } as const;
      assert.equal(statusOf(await world.submit('t-2', replace)).code, 1000);
      await world.work();
      assert.equal(world.notifications.length, 1);
      const [latest] = await world.store.messages.list({ limit: 1 });
      assert.equal(latest?.deliverAt, NOW + 24 * HOUR);
    }));
});

describe('TS 23.140 8.7.5: status of a provider with too much on its way', () => {
  it('is 4006 when as many of its messages wait as may, and 1000 again when one has been delivered', async () =>
    withWorld({ vasp: { limits: { 'waiting-max': 1 } } }, async (world) => {
      const codes: number[] = [];
      for (const id of ['t-1', 't-2']) codes.push(statusOf(await world.submit(id, submission({ subject: id }))).code);
      await world.work();
      await world.retrieve();
      codes.push(statusOf(await world.submit('t-3', submission({ subject: 't-3' }))).code);
      assert.deepEqual(codes, [1000, 4006, 1000]);
    }));
});
