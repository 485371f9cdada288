import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALICE, aNumber, BOB, CAROL } from './fixtures.contract.js';
import { isKey } from './key.js';
import { StoreUnavailable } from './message-store.js';
import { aSubmission, aTestbed, POLICY, START } from './testbed.contract.js';

const MAIL = { kind: 'email', mailbox: 'a@example.org' } as const;

describe('submit', () => {
  it('keeps the message with its terms, its content, one delivery per recipient and the event, and says its id', async () => {
    const bed = aTestbed();
    const submission = aSubmission({
      subject: 'Hello',
      recipients: [
        { field: 'to', address: BOB },
        { field: 'bcc', address: CAROL },
      ],
      messageClass: { token: 'x' },
      priority: 'high',
      application: { applicId: 'chess' },
      contentClass: 2,
      drmContent: true,
      content: [Uint8Array.of(1, 2), Uint8Array.of(3)],
      deliveryTime: { afterMs: 500 },
    });
    const outcome = await bed.messaging.submit(submission);
    assert.ok(outcome.ok);
    const { messageId, refused, resubmission } = outcome.value;
    assert.ok(isKey(messageId));
    assert.deepEqual({ refused, resubmission }, { refused: [], resubmission: false });
    assert.deepEqual(await bed.store.message(messageId), {
      id: messageId,
      origin: submission.origin,
      sender: ALICE,
      senderHidden: false,
      recipients: submission.recipients,
      date: START,
      subject: 'Hello',
      messageClass: { token: 'x' },
      priority: 'high',
      deliveryReport: false,
      readReport: false,
      application: { applicId: 'chess' },
      contentClass: 2,
      drmContent: true,
      contentType: submission.contentType,
      size: 3,
      acceptedAt: START,
      deliverAt: START + 500,
      expiresAt: START + 500 + POLICY.expiryDefaultMs,
      fingerprint: submission.fingerprint,
    });
    assert.deepEqual(await bed.store.content(messageId), { kind: 'content', octets: Uint8Array.of(1, 2, 3) });
    const deliveries = await bed.deliveriesOf(messageId);
    assert.deepEqual(
      deliveries.map(({ recipient, state, dueAt }) => ({ recipient, state, dueAt })),
      [BOB, CAROL].map((recipient) => ({ recipient, state: 'due', dueAt: START + 500 })),
    );
    assert.equal(new Set([messageId, ...deliveries.map(({ key }) => key)]).size, 3, 'each has a key of its own');
    const accepted = { kind: 'message-accepted', messageId, sender: submission.sender, at: START, size: 3, recipients: 2 };
    assert.deepEqual((await bed.store.history(messageId))?.events, [accepted]);
    assert.deepEqual(bed.events, [accepted]);
  });

  it('says who is refused, and delivers to the others', async () => {
    const bed = aTestbed();
    const recipients = [
      { field: 'to' as const, address: MAIL },
      { field: 'to' as const, address: BOB },
    ];
    const { messageId, refused } = await bed.accept({ recipients });
    assert.deepEqual(refused, [{ recipient: recipients[0], reason: 'no-route-for-email' }]);
    const [mail, bob] = await bed.deliveriesOf(messageId);
    assert.deepEqual([mail?.state, mail?.dueAt, mail?.reason], ['refused', undefined, 'no-route-for-email']);
    assert.equal(bob?.state, 'due');
    assert.deepEqual(await bed.history(messageId), ['message-accepted', 'recipient-refused']);
  });

  it('reports a refused recipient as unreachable to a sender who asked', async () => {
    const bed = aTestbed();
    const { messageId } = await bed.accept({
      deliveryReport: true,
      recipients: [
        { field: 'to', address: MAIL },
        { field: 'to', address: BOB },
      ],
    });
    const history = await bed.store.history(messageId);
    assert.deepEqual(
      history?.reports.map(({ recipient, to, content }) => ({ recipient, to, content })),
      [
        {
          recipient: MAIL,
          to: ALICE,
          content: { kind: 'delivery', outcome: 'unreachable', text: 'no-route-for-email' },
        },
      ],
    );
    assert.deepEqual(await bed.history(messageId), ['message-accepted', 'recipient-refused', 'report-queued']);
  });

  it('stores nothing of a message that is refused', async () => {
    const bed = aTestbed();
    const outcome = await bed.messaging.submit(aSubmission({ recipients: [{ field: 'to', address: MAIL }] }));
    assert.equal(!outcome.ok && outcome.error.kind, 'all-recipients-refused');
    assert.deepEqual(await bed.store.list({ limit: 10 }), []);
    assert.deepEqual(bed.events, []);
  });

  it('sends an address that was written twice one notification', async () => {
    const bed = aTestbed();
    await bed.accept({
      recipients: [
        { field: 'bcc', address: BOB },
        { field: 'to', address: BOB },
      ],
    });
    await bed.messaging.workDue();
    assert.equal(bed.notifications().length, 1);
  });

  it('answers a store that is not available as a transient refusal, and tells nobody of events that did not happen', async () => {
    for (const method of ['accept', 'findResubmission'] as const) {
      const bed = aTestbed();
      bed.trouble = (called) => (called === method ? new StoreUnavailable('disk full') : undefined);
      const outcome = await bed.messaging.submit(aSubmission());
      assert.deepEqual(outcome, { ok: false, error: { kind: 'store-unavailable', reason: 'disk full' } });
      assert.deepEqual(bed.events, []);
    }
  });

  it('does not take a bug for trouble', async () => {
    const bed = aTestbed();
    bed.trouble = (method) => (method === 'accept' ? new TypeError('bug') : undefined);
    await assert.rejects(bed.messaging.submit(aSubmission()), TypeError);
    bed.trouble = () => undefined;
    assert.ok((await bed.messaging.submit(aSubmission())).ok);
  });

  describe('resubmission', () => {
    it('of the same octets by the same sender is answered with the first id, and sent once', async () => {
      const bed = aTestbed();
      const submission = aSubmission();
      const first = await bed.messaging.submit(submission);
      bed.pass(POLICY.resubmissionWindowMs);
      const again = await bed.messaging.submit(submission);
      assert.ok(first.ok && again.ok);
      assert.deepEqual(again.value, { ...first.value, resubmission: true });
      assert.deepEqual(await bed.history(first.value.messageId), ['message-accepted', 'resubmission-recognised']);
      await bed.messaging.workDue();
      assert.equal(bed.notifications().length, 1);
    });

    it('after the window is a message of its own', async () => {
      const bed = aTestbed();
      const submission = aSubmission();
      const first = await bed.messaging.submit(submission);
      bed.pass(POLICY.resubmissionWindowMs + 1);
      const again = await bed.messaging.submit(submission);
      assert.ok(first.ok && again.ok);
      assert.notEqual(again.value.messageId, first.value.messageId);
      assert.equal(again.value.resubmission, false);
    });

    it('names the recipients that were refused the first time', async () => {
      const bed = aTestbed();
      const submission = aSubmission({
        recipients: [
          { field: 'to', address: MAIL },
          { field: 'to', address: BOB },
        ],
      });
      const first = await bed.messaging.submit(submission);
      const again = await bed.messaging.submit(submission);
      assert.ok(first.ok && again.ok);
      assert.deepEqual(again.value.refused, first.value.refused);
      assert.equal(again.value.refused.length, 1);
    });

    it('while the first is under way waits for its outcome', async () => {
      const bed = aTestbed();
      let settle = () => {};
      const flushed = new Promise<void>((resolve) => {
        settle = resolve;
      });
      bed.delay = (method) => (method === 'accept' ? flushed : undefined);
      const submission = aSubmission();
      const all = [1, 2, 3].map(() => bed.messaging.submit(submission));
      settle();
      const outcomes = await Promise.all(all);
      assert.deepEqual(
        outcomes.map((outcome) => outcome.ok && outcome.value.resubmission),
        [false, true, true],
      );
      assert.equal(new Set(outcomes.map((outcome) => outcome.ok && outcome.value.messageId)).size, 1);
      assert.equal((await bed.store.list({ limit: 10 })).length, 1);
    });

    it('shares a refusal while the first is under way, and is tried anew afterwards', async () => {
      const bed = aTestbed();
      bed.trouble = (method) => (method === 'accept' ? new StoreUnavailable('disk full') : undefined);
      const submission = aSubmission();
      const outcomes = await Promise.all([bed.messaging.submit(submission), bed.messaging.submit(submission)]);
      assert.deepEqual(
        outcomes.map((outcome) => !outcome.ok && outcome.error.kind),
        ['store-unavailable', 'store-unavailable'],
      );
      bed.trouble = () => undefined;
      const later = await bed.messaging.submit(submission);
      assert.ok(later.ok);
      assert.equal(later.value.resubmission, false);
    });

    it('is answered also when its event cannot be kept', async () => {
      const bed = aTestbed();
      const submission = aSubmission();
      await bed.messaging.submit(submission);
      bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
      const again = await bed.messaging.submit(submission);
      assert.ok(again.ok);
      assert.equal(again.value.resubmission, true);
    });

    it('is not looked for when the window is 0', async () => {
      const bed = aTestbed({ resubmissionWindowMs: 0 });
      const submission = aSubmission();
      const outcomes = await Promise.all([bed.messaging.submit(submission), bed.messaging.submit(submission)]);
      assert.equal(new Set(outcomes.map((outcome) => outcome.ok && outcome.value.messageId)).size, 2);
    });

    it('is not what two different messages are', async () => {
      const bed = aTestbed();
      const one = await bed.accept();
      const two = await bed.accept({ recipients: [{ field: 'to', address: aNumber('491510000009') }] });
      assert.notEqual(one.messageId, two.messageId);
    });
  });
});
