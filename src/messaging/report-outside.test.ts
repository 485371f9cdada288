import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOB } from './fixtures.contract.js';
import type { Submission } from './messaging.js';
import type { DeliveryOutcome, DsnWish, MessageId, Origin } from './model.js';
import {
  aRoadsTestbed,
  FINN,
  fromMail,
  fromPeer,
  fromVasp,
  HOUR,
  MAILBOX,
  MINUTE,
  type RoadsTestbed,
  to,
} from './roads-testbed.contract.js';

async function received(bed: RoadsTestbed, origin: Origin, overrides: Partial<Submission> = {}): Promise<MessageId> {
  const sender =
    origin.interface === 'mm3' ? MAILBOX : origin.interface === 'mm7' ? ({ kind: 'short-code', code: '4711' } as const) : FINN;
  return bed.send({ origin, sender, deliveryReport: true, ...overrides });
}

/** Bob's handset says so. */
async function answers(bed: RoadsTestbed, id: MessageId, status: 'retrieved' | 'rejected'): Promise<void> {
  await bed.messaging.notificationAnswered({ key: (await bed.delivery(id)).key, status });
  await bed.messaging.workDue();
}

describe('reports to senders elsewhere', () => {
  it('go by the interface that the message came by, with what names it there', async () => {
    const bed = aRoadsTestbed();
    const origin = fromPeer();
    const id = await received(bed, origin);
    await answers(bed, id, 'retrieved');
    const [told, ...more] = bed.peers.reports;
    assert.equal(more.length, 0);
    assert.deepEqual(told!.origin, origin);
    assert.deepEqual(
      [told!.report.recipient, told!.report.to, told!.report.content],
      [BOB, FINN, { kind: 'delivery', outcome: 'retrieved' }],
    );
    assert.equal(told!.transactionId, told!.report.key);
    const [event] = await bed.eventsOf(id, 'report-pushed');
    assert.equal(event!.road, 'peer:north');
    await answers(bed, await received(bed, fromVasp()), 'rejected');
    assert.equal(bed.vasps.reports.length, 1);
    assert.equal(bed.notifications().length, 2, 'no handset is told of others’ reports');
  });

  it('include that the message was read', async () => {
    const bed = aRoadsTestbed();
    const id = await received(bed, fromPeer(), { deliveryReport: false, readReport: true });
    await answers(bed, id, 'retrieved');
    await bed.messaging.readReported({ messageId: id, by: '491510000002' as never, status: 'read' });
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.reports.map(({ report }) => report.content),
      [{ kind: 'read', status: 'read' }],
    );
  });

  it('are owed to a peer that wants them for itself, and say so', async () => {
    const bed = aRoadsTestbed();
    const id = await received(bed, fromPeer({ systemReport: true }), { deliveryReport: false });
    await answers(bed, id, 'retrieved');
    assert.deepEqual(bed.peers.reports[0]!.report.content, { kind: 'delivery', outcome: 'retrieved', systemOnly: true });
  });

  for (const [what, wish, sender, outcomes] of [
    ['nothing wished', undefined, 'a@b.org', ['rejected']],
    ['success wished', { notify: ['success'] }, 'a@b.org', ['retrieved']],
    ['both wished', { notify: ['success', 'failure'] }, 'a@b.org', ['retrieved', 'rejected']],
    ['never', { notify: [] }, 'a@b.org', []],
    ['an empty envelope sender', { notify: ['success', 'failure'] }, '', []],
  ] as const satisfies readonly (readonly [string, DsnWish | undefined, string, readonly DeliveryOutcome[]])[]) {
    it(`tell a mail's sender what RFC 3461 says: ${what}`, async () => {
      const bed = aRoadsTestbed();
      for (const status of ['retrieved', 'rejected'] as const) {
        const recipients = [{ ...to(BOB)[0]!, ...(wish && { dsn: wish }) }];
        const id = await received(bed, fromMail({ envelopeSender: sender }), { deliveryReport: false, recipients });
        await answers(bed, id, status);
      }
      assert.deepEqual(
        bed.mail.reports.map(({ report }) => report.content.kind === 'delivery' && report.content.outcome),
        outcomes,
      );
    });
  }

  it('are owed for recipients refused at the door where the answer at the door has not said it', async () => {
    const nobody = { kind: 'unknown', text: 'mum' } as const;
    for (const [origin, owed] of [
      [fromPeer({ ackRequest: true }), 0],
      [fromPeer({ ackRequest: false }), 1],
      [fromMail(), 1],
      [fromVasp(), 0],
    ] as const) {
      const bed = aRoadsTestbed();
      await received(bed, origin, { recipients: to(BOB, nobody) });
      await bed.messaging.workDue();
      assert.equal(bed.peers.reports.length + bed.mail.reports.length + bed.vasps.reports.length, owed, origin.interface);
    }
  });

  it('are repeated under the same id until they are taken, and given up at the end of their life', async () => {
    const bed = aRoadsTestbed({ reportLifetimeMs: HOUR });
    bed.peers.answerReport = () => ({ kind: 'deferred', scope: 'delivery', reason: '451 later' });
    const id = await received(bed, fromPeer());
    await answers(bed, id, 'retrieved');
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.reports.map(({ attempt }) => attempt),
      [1, 2],
    );
    assert.equal(new Set(bed.peers.reports.map(({ transactionId }) => transactionId)).size, 1);
    assert.equal((await bed.eventsOf(id, 'report-put-off')).length, 2);
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.equal((await bed.eventsOf(id, 'report-abandoned')).length, 1);
    assert.deepEqual((await bed.store.history(id))!.reports, []);
  });

  it('wait with the messages for a far side that is down, and go out with them', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answerReport = () => ({ kind: 'deferred', scope: 'road', reason: 'down' });
    const first = await received(bed, fromPeer());
    const second = await received(bed, fromPeer());
    await answers(bed, first, 'retrieved');
    await answers(bed, second, 'retrieved');
    assert.equal(bed.peers.reports.length, 1);
    assert.equal((await bed.messaging.roads())[0]!.waiting, 2);
    bed.peers.answerReport = () => ({ kind: 'taken' });
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.equal(bed.peers.reports.length, 3);
    assert.deepEqual(await bed.messaging.roads(), []);
  });

  it('that the far side refuses are given up', async () => {
    const bed = aRoadsTestbed();
    bed.vasps.answerReport = () => ({ kind: 'failed', reason: 'no such transaction' });
    const id = await received(bed, fromVasp());
    await answers(bed, id, 'rejected');
    assert.equal((await bed.eventsOf(id, 'report-abandoned'))[0]!.reason, 'no such transaction');
  });
});
