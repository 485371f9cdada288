import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMAIL, NORTH, SOUTH } from './carrier-double.contract.js';
import { BOB } from './fixtures.contract.js';
import type { HandoverAnswer } from './messaging.js';
import type { DeliveryKey, MessageId } from './model.js';
import {
  aRoadsTestbed,
  DAY,
  FINN,
  ITALIAN,
  MAILBOX,
  MINUTE,
  OTHER_FINN,
  type RoadsTestbed,
  to,
} from './roads-testbed.contract.js';

/** A message that North has and has not acknowledged. */
async function handedOver(bed: RoadsTestbed, recipients = to(FINN), deliveryReport = true) {
  bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
  const id = await bed.send({ recipients, deliveryReport });
  const { transactionId } = bed.peers.handovers.at(-1)!;
  const answered = (verdict: HandoverAnswer['verdict'], more: Partial<HandoverAnswer> = {}) =>
    bed.messaging.handoverAnswered({ from: NORTH, transactionId, verdict, ...more });
  return { id, transactionId, answered };
}

const kindOf = (outcome: { ok: true; value: { kind: string } } | { ok: false; error: { kind: string } }): string =>
  outcome.ok ? outcome.value.kind : outcome.error.kind;

describe('the acknowledgement of a handover (MM4_forward.RES)', () => {
  it('makes the far side answer for the message; its report is awaited if anybody wants one', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    assert.equal(kindOf(await answered({ kind: 'accepted' }, { answer: { by: 'north', code: 'Ok' } })), 'settled');
    assert.deepEqual(await bed.states(id), ['acknowledged']);
    const [event] = await bed.eventsOf(id, 'handover-answered');
    assert.deepEqual([event!.verdict, event!.heard, event!.answer], ['accepted', 'settled', { by: 'north', code: 'Ok' }]);
    const other = await handedOver(bed, to(FINN), false);
    await other.answered({ kind: 'accepted' });
    assert.deepEqual(await bed.states(other.id), ['transferred']);
  });

  it('counts for those who are still with that far side when an operator has sent a sibling another way', async () => {
    let moved = false;
    const bed = aRoadsTestbed({}, ({ recipient }) => (moved && recipient === FINN ? { kind: 'road', road: SOUTH } : undefined));
    // The first recipient, whose key names the transaction, is put off; North has the other one.
    bed.peers.answer = ({ road }, place) =>
      place === 0 && road === NORTH
        ? { kind: 'deferred', scope: 'delivery', reason: '450 mailbox busy', retryAfterMs: MINUTE }
        : { kind: 'taken', awaits: 'acknowledgement' };
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    const { transactionId } = bed.peers.handovers[0]!;
    moved = true;
    await bed.messaging.actOnRoad('peer:north', { kind: 'reroute' }, 'eva', { limit: 10 });
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['handed-over', 'handed-over']);
    const accepted = { transactionId, verdict: { kind: 'accepted' } } as const;
    assert.equal(kindOf(await bed.messaging.handoverAnswered({ from: NORTH, ...accepted })), 'settled');
    assert.deepEqual(await bed.states(id), ['handed-over', 'acknowledged']);
    assert.equal(kindOf(await bed.messaging.handoverAnswered({ from: SOUTH, ...accepted })), 'settled');
    assert.deepEqual(await bed.states(id), ['acknowledged', 'acknowledged']);
  });

  it('says nothing of a recipient whom the far side put off in the same transaction: he gets his message later', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = (_, place) =>
      place === 0
        ? { kind: 'deferred', scope: 'delivery', reason: '450 mailbox busy', retryAfterMs: MINUTE }
        : { kind: 'taken', awaits: 'acknowledgement' };
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    const { transactionId } = bed.peers.handovers[0]!;
    const accepted = { from: NORTH, verdict: { kind: 'accepted' } } as const;
    assert.equal(kindOf(await bed.messaging.handoverAnswered({ ...accepted, transactionId })), 'settled');
    assert.deepEqual(await bed.states(id), ['due', 'acknowledged']);
    bed.pass(MINUTE);
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    await bed.messaging.workDue();
    const again = bed.peers.handovers[1]!;
    assert.deepEqual(
      again.deliveries.map(({ recipient }) => recipient),
      [FINN],
    );
    assert.equal(kindOf(await bed.messaging.handoverAnswered({ ...accepted, transactionId: again.transactionId })), 'settled');
    assert.deepEqual(await bed.states(id), ['acknowledged', 'acknowledged']);
  });

  it('that overtakes our note says nothing of a recipient whom the far side put off either', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = async ({ transactionId }, place) => {
      if (place === 1) await bed.messaging.handoverAnswered({ from: NORTH, transactionId, verdict: { kind: 'accepted' } });
      return place === 0
        ? { kind: 'deferred', scope: 'delivery', reason: '450 mailbox busy', retryAfterMs: MINUTE }
        : { kind: 'taken', awaits: 'acknowledgement' };
    };
    const id = await bed.send({ recipients: to(FINN, OTHER_FINN), deliveryReport: true });
    assert.deepEqual(await bed.states(id), ['due', 'acknowledged']);
    bed.pass(MINUTE);
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['handed-over', 'acknowledged']);
    const { transactionId } = bed.peers.handovers[1]!;
    await bed.messaging.handoverAnswered({ from: NORTH, transactionId, verdict: { kind: 'accepted' } });
    assert.deepEqual(await bed.states(id), ['acknowledged', 'acknowledged']);
  });

  it('that overtakes our note tells of the handover itself, once; the note with the reply comes behind it', async () => {
    const bed = aRoadsTestbed();
    const verdict = { kind: 'accepted' } as const;
    bed.peers.answer = async ({ transactionId }) => {
      await bed.messaging.handoverAnswered({ from: NORTH, transactionId, verdict });
      return { kind: 'taken', awaits: 'acknowledgement', answer: { by: 'north', code: '250' } };
    };
    const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
    const [told, noted, ...more] = await bed.eventsOf(id, 'handed-over');
    assert.deepEqual(
      [told!.heard, told!.answer, noted!.heard, noted!.answer?.code, more],
      [undefined, undefined, 'late', '250', []],
    );
  });

  it('whose handover was never noted, as a crash came between, tells of it; so does a report', async () => {
    for (const tell of ['answer', 'report'] as const) {
      const bed = aRoadsTestbed();
      bed.peers.answer = () => ({ kind: 'deferred', scope: 'road', reason: 'killed before the note', retryAfterMs: DAY });
      const id = await bed.send({ recipients: to(FINN), deliveryReport: true });
      const { transactionId, deliveries } = bed.peers.handovers[0]!;
      if (tell === 'answer') await bed.messaging.handoverAnswered({ from: NORTH, transactionId, verdict: { kind: 'accepted' } });
      else await bed.messaging.deliveryReported({ from: NORTH, about: { delivery: deliveries[0]!.key }, status: 'retrieved' });
      assert.deepEqual(await bed.states(id), [tell === 'answer' ? 'acknowledged' : 'retrieved']);
      const [told, ...more] = await bed.eventsOf(id, 'handed-over');
      assert.deepEqual([told?.heard, told?.transactionId, more], [undefined, transactionId, []], tell);
    }
  });

  it('that refuses ends the delivery with what the sender is to be told', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    const verdict = { kind: 'refused', outcome: 'unreachable', reason: 'Error-sending-address-unresolved' } as const;
    assert.equal(kindOf(await answered(verdict)), 'settled');
    const [delivery] = await bed.deliveriesOf(id);
    assert.deepEqual([delivery!.state, delivery!.reason], ['unreachable', 'Error-sending-address-unresolved']);
    assert.equal(kindOf(await answered(verdict)), 'duplicate');
    assert.equal(kindOf(await answered({ kind: 'accepted' })), 'late');
    assert.equal(kindOf(await answered({ kind: 'accepted' })), 'duplicate');
    assert.deepEqual(await bed.states(id), ['unreachable']);
  });

  it('that puts it off has the message handed over anew, under the same ids', async () => {
    const bed = aRoadsTestbed();
    const { id, answered, transactionId } = await handedOver(bed);
    assert.equal(kindOf(await answered({ kind: 'deferred', reason: 'Error-network-problem' })), 'settled');
    assert.equal(kindOf(await answered({ kind: 'deferred', reason: 'Error-network-problem' })), 'duplicate');
    assert.equal((await bed.store.content(id)).kind, 'content');
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.peers.handovers.map((handover) => [handover.transactionId, handover.attempt]),
      [
        [transactionId, 1],
        [transactionId, 2],
      ],
    );
  });

  it('about some of the recipients leaves the others waiting', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed, to(FINN, OTHER_FINN));
    const refused = { kind: 'refused', outcome: 'rejected', reason: 'no' } as const;
    assert.equal(kindOf(await answered(refused, { recipients: [OTHER_FINN] })), 'settled');
    assert.deepEqual(await bed.states(id), ['handed-over', 'rejected']);
    assert.equal(kindOf(await answered({ kind: 'accepted' })), 'settled');
    assert.deepEqual(await bed.states(id), ['acknowledged', 'rejected']);
    assert.equal(kindOf(await answered(refused, { recipients: [BOB] })), 'not-the-recipient');
  });

  it('is told from repeats, from what comes too late, and from what was never asked', async () => {
    const bed = aRoadsTestbed({ acknowledgementWaitMs: MINUTE });
    const { id, answered } = await handedOver(bed);
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['indeterminate']);
    assert.equal(kindOf(await answered({ kind: 'accepted' })), 'late');
    assert.equal(kindOf(await answered({ kind: 'accepted' })), 'duplicate');
    assert.deepEqual(await bed.states(id), ['indeterminate']);
    assert.deepEqual(
      (await bed.eventsOf(id, 'handover-answered')).map(({ heard }) => heard),
      ['late'],
    );
    assert.equal(kindOf(await answered({ kind: 'accepted' }, { transactionId: 'T17e' })), 'not-found');
    assert.equal(kindOf(await answered({ kind: 'accepted' }, { transactionId: id })), 'not-found');
  });

  it('is not believed from anybody else', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    for (const from of [SOUTH, EMAIL, { kind: 'vasp', vasp: 'north' } as const])
      assert.equal(kindOf(await answered({ kind: 'accepted' }, { from })), 'not-by-this-road');
    assert.deepEqual(await bed.states(id), ['handed-over']);
    const { messageId } = await bed.accept({ recipients: to(BOB) });
    const { key } = await bed.delivery(messageId);
    assert.equal(kindOf(await answered({ kind: 'accepted' }, { transactionId: key })), 'not-found');
  });

  it('tells the far side’s own name of the message, which is kept', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    await answered({ kind: 'accepted' }, { theirMessageId: 'theirs-1' });
    assert.equal((await bed.delivery(id)).handedOver?.theirMessageId, 'theirs-1');
  });
});

describe('what far sides report of recipients', () => {
  const reported = (
    bed: RoadsTestbed,
    id: MessageId,
    status: Parameters<typeof bed.messaging.deliveryReported>[0]['status'],
    from = NORTH,
  ) => bed.messaging.deliveryReported({ from, about: { messageId: id, recipient: FINN }, status });

  it('ends the delivery, and the sender is told', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    await answered({ kind: 'accepted' });
    assert.equal(kindOf(await reported(bed, id, 'retrieved')), 'settled');
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['retrieved']);
    assert.deepEqual(
      bed.pushes.map((push) => push.kind === 'delivery-report' && push.outcome),
      ['retrieved'],
    );
    assert.equal(kindOf(await reported(bed, id, 'retrieved')), 'duplicate');
    assert.equal(kindOf(await reported(bed, id, 'expired')), 'late');
    await bed.messaging.workDue();
    assert.equal(bed.pushes.length, 1, 'one report for one recipient');
  });

  it('is believed before the acknowledgement, which it makes superfluous', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    assert.equal(kindOf(await reported(bed, id, 'rejected')), 'settled');
    assert.deepEqual(await bed.states(id), ['rejected']);
    assert.equal(kindOf(await answered({ kind: 'accepted' })), 'late');
    assert.equal((await bed.store.content(id)).kind, 'absent');
  });

  it('that the recipient wants it later is kept, once, and changes nothing else', async () => {
    const bed = aRoadsTestbed();
    const { id } = await handedOver(bed);
    assert.equal(kindOf(await reported(bed, id, 'deferred')), 'settled');
    assert.equal(kindOf(await reported(bed, id, 'deferred')), 'duplicate');
    assert.deepEqual(await bed.states(id), ['handed-over']);
    assert.equal((await bed.eventsOf(id, 'delivery-reported')).length, 1);
  });

  it('is told from others’ affairs', async () => {
    const bed = aRoadsTestbed();
    const { id } = await handedOver(bed, to(FINN, ITALIAN));
    assert.equal(kindOf(await reported(bed, id, 'retrieved', SOUTH)), 'not-by-this-road');
    assert.equal(kindOf(await reported(bed, 'abc@peer' as MessageId, 'retrieved')), 'not-found');
    const outcome = await bed.messaging.deliveryReported({
      from: NORTH,
      about: { messageId: id, recipient: OTHER_FINN },
      status: 'retrieved',
    });
    assert.equal(kindOf(outcome), 'not-the-recipient');
  });

  it('finds a mail’s delivery by its key', async () => {
    const bed = aRoadsTestbed();
    bed.mail.answer = () => ({ kind: 'taken', awaits: 'report' });
    const id = await bed.send({ recipients: to(MAILBOX), deliveryReport: true });
    const { key } = await bed.delivery(id);
    const failed = {
      from: EMAIL,
      about: { delivery: key as DeliveryKey },
      status: 'unreachable',
      text: '5.1.1 no mailbox',
    } as const;
    assert.equal(kindOf(await bed.messaging.deliveryReported(failed)), 'settled');
    assert.equal((await bed.delivery(id)).reason, '5.1.1 no mailbox');
  });

  it('includes having read, of those whom the message went to by that road', async () => {
    const bed = aRoadsTestbed();
    const { id: messageId } = await handedOver(bed);
    const { messageId: asked } = await bed.accept({ recipients: to(FINN), readReport: true });
    await bed.messaging.workDue();
    const read = (from: typeof NORTH, id = asked) =>
      bed.messaging.readReported({ messageId: id, from, reader: FINN, status: 'read' });
    assert.deepEqual(await read(SOUTH), { ok: false, error: { kind: 'not-by-this-road' } });
    assert.equal((await bed.messaging.readReported({ messageId: asked, by: '358401234567' as never, status: 'read' })).ok, false);
    assert.deepEqual(await read(NORTH), { ok: true, value: undefined });
    assert.deepEqual(await read(NORTH), { ok: true, value: undefined });
    assert.deepEqual(await read(NORTH, messageId), { ok: true, value: undefined });
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.pushes.map((push) => push.kind === 'read-report' && push.reader),
      [FINN],
    );
  });

  it('does not hold up anything when it never comes', async () => {
    const bed = aRoadsTestbed();
    const { id, answered } = await handedOver(bed);
    await answered({ kind: 'accepted' });
    bed.pass(10 * DAY);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['indeterminate']);
  });
});
