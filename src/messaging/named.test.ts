import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { Submission } from './messaging.js';
import { aRoadsTestbed, DAY, FINN, fromPeer, MAILBOX, to } from './roads-testbed.contract.js';
import { aSubmission } from './testbed.contract.js';

const named = (overrides: Partial<Submission> = {}): Submission =>
  aSubmission({
    origin: fromPeer(),
    sender: FINN,
    named: { system: 'mm4:north', messageId: 'abc@north' },
    fingerprint: '',
    ...overrides,
  });

describe('a message that the sending system names', () => {
  it('is delivered once to each recipient, however often and however written it comes', async () => {
    const bed = aRoadsTestbed();
    const first = await bed.messaging.submit(named());
    const again = await bed.messaging.submit(named({ content: [new Uint8Array(7)] }));
    assert.ok(first.ok && again.ok);
    assert.deepEqual([first.value.resubmission, again.value.resubmission], [false, true]);
    assert.equal(again.value.messageId, first.value.messageId);
    await bed.messaging.workDue();
    assert.equal(bed.notifications().length, 1);
    const [event] = await bed.eventsOf(first.value.messageId, 'resubmission-recognised');
    assert.equal(event!.system, 'mm4:north');
  });

  it('is delivered to a further recipient, who is shown the others', async () => {
    const bed = aRoadsTestbed();
    const first = await bed.messaging.submit(named());
    const further = await bed.messaging.submit(named({ recipients: to(BOB, CAROL) }));
    assert.ok(first.ok && further.ok);
    assert.equal(further.value.resubmission, false);
    assert.notEqual(further.value.messageId, first.value.messageId);
    const deliveries = await bed.deliveriesOf(further.value.messageId);
    assert.deepEqual(
      deliveries.map(({ recipient }) => recipient),
      [CAROL],
    );
    const message = await bed.store.message(further.value.messageId);
    assert.deepEqual(message?.recipients, [{ field: 'to', address: BOB, shownOnly: true }, ...to(CAROL)]);
    await bed.messaging.workDue();
    assert.equal(bed.notifications().length, 2);
    const third = await bed.messaging.submit(named({ recipients: to(CAROL, BOB) }));
    assert.ok(third.ok && third.value.resubmission);
  });

  it('is one message when its copies come at the same moment', async () => {
    const bed = aRoadsTestbed();
    const outcomes = await Promise.all(
      [named(), named(), named({ recipients: to(CAROL) })].map((one) => bed.messaging.submit(one)),
    );
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok && outcome.value.resubmission),
      [false, true, false],
    );
    assert.equal((await bed.store.list({ limit: 10 })).length, 2);
  });

  it('is another one from another system, under another name, or after the window', async () => {
    const bed = aRoadsTestbed({ namedWindowMs: DAY });
    await bed.messaging.submit(named());
    for (const name of [
      { system: 'mm4:south', messageId: 'abc@north' },
      { system: 'mm4:north', messageId: 'def@north' },
    ]) {
      const outcome = await bed.messaging.submit(named({ named: name }));
      assert.ok(outcome.ok && !outcome.value.resubmission);
    }
    bed.pass(DAY);
    assert.equal((await bed.messaging.submit(named())).ok && 'within', 'within');
    bed.pass(1);
    const late = await bed.messaging.submit(named());
    assert.ok(late.ok && !late.value.resubmission);
    const later = await bed.messaging.submit(named());
    assert.ok(later.ok && later.value.resubmission && later.value.messageId === late.value.messageId);
  });

  it('is answered as the first time about refused recipients, without asking for their road again', async () => {
    const bed = aRoadsTestbed();
    const stranger = { kind: 'unknown', text: 'mum' } as const;
    const first = await bed.messaging.submit(named({ recipients: to(BOB, stranger) }));
    const asked = bed.asked.length;
    const again = await bed.messaging.submit(named({ recipients: to(BOB, stranger) }));
    assert.ok(first.ok && again.ok);
    assert.deepEqual(again.value.refused, first.value.refused);
    assert.equal(again.value.refused.length, 1);
    assert.equal(bed.asked.length, asked);
    const reports = (await bed.store.history(first.value.messageId))!.reports;
    assert.deepEqual(reports, [], 'the acknowledgement says it');
  });

  it('is not accepted while the store cannot say whether it is known', async () => {
    const bed = aRoadsTestbed();
    bed.trouble = (method) => (method === 'findNamed' ? new StoreUnavailable('busy') : undefined);
    const outcome = await bed.messaging.submit(named());
    assert.deepEqual(outcome, { ok: false, error: { kind: 'store-unavailable', reason: 'busy' } });
  });
});

describe('recipients that others serve', () => {
  it('are shown and not delivered to', async () => {
    const bed = aRoadsTestbed();
    const outcome = await bed.messaging.submit(
      named({ recipients: [...to(BOB), { field: 'cc', address: MAILBOX, shownOnly: true }] }),
    );
    assert.ok(outcome.ok);
    assert.equal((await bed.deliveriesOf(outcome.value.messageId)).length, 1);
    await bed.messaging.workDue();
    assert.equal(bed.mail.handovers.length, 0);
    const retrieval = await bed.messaging.retrieve((await bed.delivery(outcome.value.messageId)).key);
    assert.ok(retrieval.ok);
    assert.equal(retrieval.value.recipients.length, 2);
  });

  it('do not make a message on their own', async () => {
    const bed = aRoadsTestbed();
    const outcome = await bed.messaging.submit(named({ recipients: [{ field: 'to', address: BOB, shownOnly: true }] }));
    assert.deepEqual(outcome, { ok: false, error: { kind: 'no-recipients' } });
  });
});
