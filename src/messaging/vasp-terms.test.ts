import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { Submission } from './messaging.js';
import type { MessageId, Mm7Origin } from './model.js';
import { aRoadsTestbed, FINN, fromVasp, MAILBOX, QUIZ_CODE, type RoadsTestbed, to } from './roads-testbed.contract.js';
import { aSubmission } from './testbed.contract.js';

const CODE = { kind: 'short-code', code: '4711' } as const;
const fromQuiz = (origin: Partial<Mm7Origin> = {}, more: Partial<Submission> = {}): Partial<Submission> => ({
  origin: fromVasp(origin),
  sender: CODE,
  ...more,
});

describe('DeliveryCondition of a VASP', () => {
  const reasons = async (conditions: readonly string[], bed = aRoadsTestbed()) => {
    const recipients = to(BOB, FINN, MAILBOX);
    const outcome = await bed.messaging.submit(aSubmission(fromQuiz({ deliveryCondition: conditions }, { recipients })));
    if (!outcome.ok) return outcome.error.kind;
    return outcome.value.refused.map(({ recipient, reason }) => `${recipient.address.kind} ${reason}`);
  };

  it('keeps a message for terminals from mailboxes and services', async () => {
    assert.deepEqual(await reasons(['1']), ['email condition-not-met']);
    const bed = aRoadsTestbed();
    const outcome = await bed.messaging.submit(
      aSubmission(fromQuiz({ deliveryCondition: ['1'] }, { recipients: to(QUIZ_CODE) })),
    );
    assert.equal(!outcome.ok && outcome.error.kind, 'all-recipients-refused');
  });

  it('keeps a message for the home network from everybody else', async () => {
    for (const conditions of [['2'], ['1', '2']])
      assert.deepEqual(await reasons(conditions), ['number condition-not-met', 'email condition-not-met']);
  });

  it('holds nowhere when nobody knows what it is', async () => assert.equal(await reasons(['7']), 'all-recipients-refused'));

  it('asks nothing where it says nothing', async () => assert.deepEqual(await reasons([]), []));

  it('holds for a road that is found late, too: the delivery ends and the report says why', async () => {
    let known = false;
    const bed = aRoadsTestbed({}, ({ recipient }) =>
      recipient.kind !== 'email'
        ? undefined
        : known
          ? { kind: 'road', road: { kind: 'email' } }
          : { kind: 'undecided', reason: 'no answer' },
    );
    const id = await bed.send(fromQuiz({ deliveryCondition: ['1'] }, { recipients: to(MAILBOX), deliveryReport: true }));
    assert.deepEqual(await bed.states(id), ['unrouted']);
    known = true;
    bed.pass(60_000);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['unreachable']);
    assert.equal(bed.mail.handovers.length, 0);
    const report = bed.vasps.reports[0]?.report.content;
    assert.equal(report?.kind === 'delivery' && report.text, 'condition-not-met');
  });
});

describe('LinkedID of a VASP', () => {
  /** A message that was handed to the VASP, and its id. */
  async function delivered(bed: RoadsTestbed): Promise<MessageId> {
    const id = await bed.send({ recipients: to(QUIZ_CODE) });
    assert.equal(bed.vasps.handovers.length, 1);
    return id;
  }
  const submit = async (bed: RoadsTestbed, linkedId: string, origin: Partial<Mm7Origin> = {}) => {
    const outcome = await bed.messaging.submit(aSubmission(fromQuiz({ linkedId, ...origin })));
    return outcome.ok ? outcome.value.messageId : outcome.error.kind;
  };

  it('is kept where it names a message that was delivered to this VASP', async () => {
    const bed = aRoadsTestbed();
    const linked = await delivered(bed);
    const answer = (await submit(bed, linked)) as MessageId;
    const origin = (await bed.store.message(answer))?.origin;
    assert.equal(origin?.interface === 'mm7' && origin.linkedId, linked);
  });

  it('refuses what names nothing, a message that went elsewhere, and one of another VASP', async () => {
    const bed = aRoadsTestbed();
    const linked = await delivered(bed);
    const elsewhere = await bed.send();
    for (const [id, origin] of [
      ['l-1', {}],
      ['0'.repeat(22), {}],
      [elsewhere, {}],
      [linked, { vasp: 'other' }],
    ] as const)
      assert.equal(await submit(bed, id, origin), 'linked-message-not-found', id);
  });

  it('is put off where the store cannot say', async () => {
    const bed = aRoadsTestbed();
    const linked = await delivered(bed);
    bed.trouble = (method) => (method === 'deliveriesOf' ? new StoreUnavailable('the disk is away') : undefined);
    assert.equal(await submit(bed, linked), 'store-unavailable');
  });
});

describe('how many messages of a VASP may wait', () => {
  const waitingMax = 2;
  const submit = async (bed: RoadsTestbed, more: Partial<Submission> = {}) => {
    const outcome = await bed.messaging.submit(aSubmission(fromQuiz({}, { waitingMax, ...more })));
    return outcome.ok ? 'ok' : outcome.error.kind;
  };

  it('is a bound: one more is refused until one has ended', async () => {
    const bed = aRoadsTestbed();
    const first = await bed.accept(fromQuiz({}, { waitingMax }));
    assert.deepEqual([await submit(bed), await submit(bed)], ['ok', 'too-many-waiting']);
    assert.equal(await submit(bed, { origin: fromVasp({ vasp: 'other' }) }), 'ok');
    const { key } = await bed.delivery(first.messageId);
    await bed.messaging.notificationAnswered({ key, status: 'rejected' });
    assert.deepEqual([await submit(bed), await submit(bed)], ['ok', 'too-many-waiting']);
  });

  it('counts what waited before anybody asked, and no message twice for its recipients', async () => {
    const bed = aRoadsTestbed();
    await bed.accept(fromQuiz({}, { recipients: to(BOB, CAROL) }));
    const ended = await bed.accept(fromQuiz());
    const { key } = await bed.delivery(ended.messageId);
    await bed.messaging.notificationAnswered({ key, status: 'rejected' });
    assert.deepEqual([await submit(bed), await submit(bed)], ['ok', 'too-many-waiting']);
  });

  it('lets no more in when many come at once', async () => {
    const bed = aRoadsTestbed();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => submit(bed)));
    assert.equal(outcomes.filter((outcome) => outcome === 'ok').length, waitingMax);
  });

  it('does not refuse what was accepted before and comes again', async () => {
    const bed = aRoadsTestbed();
    const again = { named: { system: 'mm7:quiz', messageId: 'soap-1:x' }, fingerprint: '' };
    assert.deepEqual([await submit(bed, again), await submit(bed), await submit(bed, again)], ['ok', 'ok', 'ok']);
  });

  it('does not change when a message is replaced, and falls when it is cancelled', async () => {
    const bed = aRoadsTestbed();
    const { messageId } = await bed.accept(fromQuiz({}, { waitingMax }));
    assert.equal(await submit(bed), 'ok');
    const content = [new TextEncoder().encode('better')];
    const replaced = await bed.messaging.replace({
      vasp: 'quiz',
      messageId,
      transactionId: 'soap-2',
      contentType: 'text/plain',
      content,
    });
    assert.ok(replaced.ok);
    assert.equal(await submit(bed), 'too-many-waiting');
    assert.ok((await bed.messaging.cancel({ by: { vasp: 'quiz' }, messageId })).ok);
    assert.deepEqual([await submit(bed), await submit(bed)], ['ok', 'too-many-waiting']);
  });

  it('is asked for again where the store could not say it', async () => {
    const bed = aRoadsTestbed();
    bed.trouble = (method) => (method === 'countWaiting' ? new StoreUnavailable('the disk is away') : undefined);
    assert.equal(await submit(bed), 'store-unavailable');
    bed.trouble = () => undefined;
    assert.deepEqual([await submit(bed), await submit(bed), await submit(bed)], ['ok', 'ok', 'too-many-waiting']);
  });
});
