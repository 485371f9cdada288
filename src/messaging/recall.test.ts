import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { Replacement } from './messaging.js';
import type { MessageId } from './model.js';
import { aRoadsTestbed, FINN, fromVasp, HOUR, OTHER_FINN, type RoadsTestbed, to } from './roads-testbed.contract.js';
import type { StoreMethod } from './testbed.contract.js';

const QUIZ = { vasp: 'quiz' };
const fromQuiz = (bed: RoadsTestbed, recipients = to(BOB)) =>
  bed.send({ origin: fromVasp(), sender: { kind: 'short-code', code: '4711' }, recipients, deliveryReport: true });

const replacement = (messageId: MessageId, text: string): Replacement => ({
  vasp: 'quiz',
  messageId,
  transactionId: 'soap-2',
  contentType: 'text/plain',
  content: [new TextEncoder().encode(text)],
});

describe('cancelling', () => {
  it('stops what nobody has been given, and nobody is told of it', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'held', reason: 'paused' });
    const id = await fromQuiz(bed, to(BOB, CAROL, FINN));
    const { key } = await bed.delivery(id);
    await bed.messaging.notificationAnswered({ key, status: 'retrieved' });
    const outcome = await bed.messaging.cancel({ by: QUIZ, messageId: id, reason: 'wrong price' });
    assert.deepEqual(outcome, { ok: true, value: { messageId: id, cancelled: 2, tooLate: 1 } });
    assert.deepEqual(await bed.states(id), ['retrieved', 'cancelled', 'cancelled']);
    assert.equal((await bed.store.content(id)).kind, 'absent');
    assert.deepEqual(
      (await bed.eventsOf(id, 'delivery-cancelled')).map(({ by, reason }) => [by, reason]),
      [
        ['quiz', 'wrong price'],
        ['quiz', 'wrong price'],
      ],
    );
    assert.equal((await bed.eventsOf(id, 'report-queued')).length, 1);
    await bed.messaging.workDue();
    const carols = (await bed.deliveriesOf(id))[1]!;
    const fetched = await bed.messaging.retrieve(carols.key);
    assert.equal(!fetched.ok && fetched.error.kind, 'gone');
    assert.deepEqual(
      (await bed.messaging.roads()).map(({ waiting }) => waiting),
      [0],
    );
  });

  it('is for its sender and for operators', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed);
    const kind = async (by: { vasp: string } | { operator: string }, messageId: string = id) => {
      const outcome = await bed.messaging.cancel({ by, messageId });
      return outcome.ok ? 'ok' : outcome.error.kind;
    };
    assert.equal(await kind({ vasp: 'other' }), 'not-the-sender');
    assert.equal(await kind(QUIZ, await bed.send()), 'not-the-sender');
    assert.equal(await kind(QUIZ, 'soap-1'), 'not-found');
    assert.equal(await kind({ operator: 'eva' }), 'ok');
    assert.equal(await kind(QUIZ), 'too-late');
  });

  it('is too late for what is on its way out at that moment', async () => {
    const bed = aRoadsTestbed();
    let take: () => void = () => {};
    bed.peers.answer = () =>
      new Promise((resolve) => {
        take = () => resolve({ kind: 'taken', awaits: 'nothing' });
      });
    const { messageId } = await bed.accept({
      origin: fromVasp(),
      sender: { kind: 'short-code', code: '4711' },
      recipients: to(FINN),
    });
    const working = bed.messaging.workDue();
    while (bed.peers.handovers.length === 0) await new Promise(setImmediate);
    assert.deepEqual(await bed.messaging.cancel({ by: QUIZ, messageId }), { ok: false, error: { kind: 'too-late' } });
    take();
    await working;
    assert.deepEqual(await bed.states(messageId), ['transferred']);
  });
});

/** Something that is waited for until it is said. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Lets the next handover read the deliveries of its message, and wait before it sees what it has read. */
async function preparedHandover(bed: RoadsTestbed): Promise<{ readonly goOn: () => Promise<void> }> {
  const { opened, open } = gate();
  let reads = 0;
  bed.delay = (method) => (method === 'deliveriesOf' && ++reads === 1 ? opened : undefined);
  const working = bed.messaging.workDue();
  while (reads === 0) await new Promise(setImmediate);
  return {
    async goOn() {
      open();
      await working;
    },
  };
}

describe('what is taken off its road while a handover of its message is being prepared', () => {
  const given = (bed: RoadsTestbed) => bed.peers.handovers.map(({ deliveries }) => deliveries.map(({ recipient }) => recipient));

  it('does not go along when it was cancelled', async () => {
    const bed = aRoadsTestbed();
    const sender = { kind: 'short-code', code: '4711' } as const;
    const { messageId } = await bed.accept({ origin: fromVasp(), sender, recipients: to(FINN, OTHER_FINN) });
    const handover = await preparedHandover(bed);
    const outcome = await bed.messaging.cancel({ by: QUIZ, messageId });
    assert.deepEqual(outcome, { ok: true, value: { messageId, cancelled: 1, tooLate: 1 } });
    await handover.goOn();
    assert.deepEqual(given(bed), [[FINN]]);
    assert.deepEqual(await bed.states(messageId), ['transferred', 'cancelled']);
  });

  it('does not go along when an operator has routed it anew', async () => {
    const bed = aRoadsTestbed();
    const { messageId } = await bed.accept({ recipients: to(FINN, OTHER_FINN) });
    const handover = await preparedHandover(bed);
    assert.deepEqual(await bed.messaging.actOnRoad('peer:north', { kind: 'reroute' }, 'eva', { limit: 10 }), { done: 1 });
    await handover.goOn();
    await bed.messaging.workDue();
    assert.deepEqual(given(bed), [[FINN], [OTHER_FINN]]);
    assert.deepEqual(await bed.states(messageId), ['transferred', 'transferred']);
  });
});

describe('replacing', () => {
  it('gives recipients the new content in the place of the old', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed, to(BOB, CAROL));
    const [bobs, carols] = await bed.deliveriesOf(id);
    await bed.messaging.notificationAnswered({ key: bobs!.key, status: 'retrieved' });
    const outcome = await bed.messaging.replace(replacement(id, 'better'));
    assert.ok(outcome.ok);
    const { messageId, cancelled, tooLate } = outcome.value;
    assert.deepEqual([cancelled, tooLate], [1, 1]);
    assert.deepEqual(await bed.states(id), ['retrieved', 'cancelled']);
    await bed.messaging.workDue();
    const [renewed] = await bed.deliveriesOf(messageId);
    assert.deepEqual(renewed!.recipient, CAROL);
    const [old, fresh] = [await bed.messaging.retrieve(carols!.key), await bed.messaging.retrieve(renewed!.key)];
    assert.equal(!old.ok && old.error.kind, 'gone');
    assert.ok(fresh.ok);
    assert.equal(new TextDecoder().decode(fresh.value.content), 'better');
    assert.equal(fresh.value.recipients.length, 2);
    assert.equal((await bed.eventsOf(id, 'delivery-cancelled'))[0]!.replacement, messageId);
  });

  it('leaves the message its name: reports use it, and it can be replaced and cancelled by it again', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed);
    const second = await bed.messaging.replace(replacement(id, 'two'));
    const third = await bed.messaging.replace(replacement(id, 'three'));
    assert.ok(second.ok && third.ok);
    assert.deepEqual(await bed.states(second.value.messageId), ['cancelled']);
    await bed.messaging.workDue();
    const { key } = await bed.delivery(third.value.messageId);
    const got = await bed.messaging.retrieve(key);
    assert.ok(got.ok && new TextDecoder().decode(got.value.content) === 'three');
    const message = await bed.store.message(third.value.messageId);
    assert.equal(message!.origin.interface === 'mm7' && message!.origin.replaces, id);
    assert.ok((await bed.messaging.cancel({ by: QUIZ, messageId: id })).ok);
    assert.deepEqual(await bed.states(third.value.messageId), ['cancelled']);
  });

  it('is found by any id of the chain, whichever the VASP mixes, and reports keep to the first', async () => {
    const bed = aRoadsTestbed();
    const first = await fromQuiz(bed);
    const second = await bed.messaging.replace(replacement(first, 'two'));
    assert.ok(second.ok);
    const third = await bed.messaging.replace(replacement(second.value.messageId, 'three'));
    assert.ok(third.ok);
    const { messageId } = third.value;
    assert.deepEqual(await bed.states(messageId), ['due']);
    const { origin } = (await bed.store.message(messageId))!;
    assert.equal(origin.interface === 'mm7' && origin.replaces, first);
    const cancelled = await bed.messaging.cancel({ by: QUIZ, messageId: first });
    assert.ok(cancelled.ok && cancelled.value.messageId === messageId && cancelled.value.cancelled === 1);
    assert.deepEqual(await bed.states(messageId), ['cancelled']);
  });

  it('is found by the id of a version that is neither the first nor the newest', async () => {
    const bed = aRoadsTestbed();
    const first = await fromQuiz(bed);
    const second = await bed.messaging.replace(replacement(first, 'two'));
    const third = await bed.messaging.replace(replacement(first, 'three'));
    assert.ok(second.ok && third.ok);
    assert.ok((await bed.messaging.cancel({ by: QUIZ, messageId: second.value.messageId })).ok);
    assert.deepEqual(await bed.states(third.value.messageId), ['cancelled']);
  });

  it('is found by the id of a version that the store has forgotten since, and only by its sender', async () => {
    for (const which of [0, 1] as const) {
      const bed = aRoadsTestbed();
      const first = await fromQuiz(bed);
      bed.pass(HOUR);
      const second = await bed.messaging.replace(replacement(first, 'two'));
      assert.ok(second.ok);
      assert.equal(await bed.store.prune(bed.now(), 10), 1);
      assert.equal(await bed.store.message(first), undefined);
      const messageId = [first, second.value.messageId][which]!;
      const foreign = await bed.messaging.cancel({ by: { vasp: 'other' }, messageId });
      assert.deepEqual(foreign, { ok: false, error: { kind: 'not-the-sender' } });
      const third = await bed.messaging.replace(replacement(messageId, 'three'));
      assert.ok(third.ok);
      assert.ok((await bed.messaging.cancel({ by: QUIZ, messageId: first })).ok);
      assert.deepEqual(await bed.states(third.value.messageId), ['cancelled']);
    }
  });

  it('leaves one new version when it is asked for twice at once', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed);
    const outcomes = await Promise.all(['two', 'three'].map((text) => bed.messaging.replace(replacement(id, text))));
    const states: string[] = [];
    for (const outcome of outcomes) if (outcome.ok) states.push(...(await bed.states(outcome.value.messageId)));
    assert.deepEqual(states, ['cancelled', 'due']);
  });

  it('is one commit: when that fails, everybody is left with the old version, and a repeat replaces it', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed, to(BOB, CAROL));
    const methods: StoreMethod[] = [];
    bed.trouble = (method) => {
      methods.push(method);
      return method === 'supersede' ? new StoreUnavailable('the disk is away') : undefined;
    };
    const failed = await bed.messaging.replace(replacement(id, 'better'));
    assert.equal(!failed.ok && failed.error.kind, 'store-unavailable');
    assert.deepEqual(await bed.states(id), ['notified', 'notified']);
    bed.trouble = (method) => void methods.push(method);
    assert.ok((await bed.messaging.replace(replacement(id, 'better'))).ok);
    assert.deepEqual(await bed.states(id), ['cancelled', 'cancelled']);
    assert.equal((await bed.store.content(id)).kind, 'absent');
    assert.deepEqual(
      methods.filter((method) => ['accept', 'change', 'supersede'].includes(method)),
      ['supersede', 'supersede'],
    );
  });

  it('begins anew when a recipient got the old version meanwhile, who is left out then', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed, to(BOB, CAROL));
    const [bobs] = await bed.deliveriesOf(id);
    let first = true;
    bed.trouble = () => undefined;
    const { supersede } = bed.store;
    bed.store.supersede = async (...given) => {
      if (first) {
        first = false;
        await bed.messaging.notificationAnswered({ key: bobs!.key, status: 'retrieved' });
      }
      return supersede.apply(bed.store, given);
    };
    const outcome = await bed.messaging.replace(replacement(id, 'better'));
    assert.ok(outcome.ok);
    assert.deepEqual([outcome.value.cancelled, outcome.value.tooLate], [1, 1]);
    assert.deepEqual(await bed.states(id), ['retrieved', 'cancelled']);
    const renewed = await bed.deliveriesOf(outcome.value.messageId);
    assert.deepEqual(
      renewed.map(({ recipient }) => recipient),
      [CAROL],
    );
  });

  it('gives nobody the new version before it may be given, and leaves application ids as they were unless it brings others', async () => {
    const bed = aRoadsTestbed();
    const { messageId: id } = await bed.accept({
      origin: fromVasp(),
      sender: { kind: 'short-code', code: '4711' },
      application: { applicId: 'chess' },
    });
    const opening = bed.now() + HOUR;
    const later = await bed.messaging.replace({ ...replacement(id, 'x'), notBefore: opening });
    assert.ok(later.ok);
    const message = await bed.store.message(later.value.messageId);
    assert.deepEqual([message?.deliverAt, message?.application], [opening, { applicId: 'chess' }]);
    assert.equal((await bed.delivery(later.value.messageId)).dueAt, opening);
    const wished = { ...replacement(id, 'y'), notBefore: opening, deliveryTime: { at: opening + HOUR } };
    const again = await bed.messaging.replace({ ...wished, application: { applicId: 'go', auxApplicInfo: 'move 1' } });
    assert.ok(again.ok);
    const newest = await bed.store.message(again.value.messageId);
    assert.deepEqual([newest?.deliverAt, newest?.application], [opening + HOUR, { applicId: 'go', auxApplicInfo: 'move 1' }]);
  });

  /** Does something between the reading of what can be stopped and the commit. */
  const meanwhile = (bed: RoadsTestbed, act: () => Promise<void>): void => {
    let reads = 0;
    bed.delay = (method) => {
      // Once to keep them from setting out, once to see where they stand.
      if (method !== 'deliveriesOf' || ++reads < 2) return undefined;
      bed.delay = () => undefined;
      return act();
    };
  };

  it('leaves the old version to whoever gets it meanwhile: the new one is not for him', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed, to(BOB, CAROL));
    const { key } = await bed.delivery(id);
    meanwhile(bed, async () => void (await bed.messaging.notificationAnswered({ key, status: 'retrieved' })));
    const outcome = await bed.messaging.replace(replacement(id, 'two'));
    assert.ok(outcome.ok);
    const { messageId, cancelled, tooLate } = outcome.value;
    assert.deepEqual([cancelled, tooLate], [1, 1]);
    assert.deepEqual([await bed.states(id), await bed.states(messageId)], [['retrieved', 'cancelled'], ['due']]);
  });

  it('is too late when everybody gets the old version meanwhile, and nothing of the new one is left', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed);
    const { key } = await bed.delivery(id);
    meanwhile(bed, async () => void (await bed.messaging.notificationAnswered({ key, status: 'retrieved' })));
    assert.deepEqual(await bed.messaging.replace(replacement(id, 'two')), { ok: false, error: { kind: 'too-late' } });
    assert.deepEqual(await bed.store.findNamed({ system: 'replaces', messageId: id }, 0), []);
  });

  it('takes nothing from a recipient whom the old version was on its way to and did not reach', async () => {
    const bed = aRoadsTestbed();
    const { opened, open } = gate();
    bed.peers.answer = async () => {
      await opened;
      return { kind: 'deferred', scope: 'delivery', reason: 'busy' };
    };
    const sender = { kind: 'short-code', code: '4711' } as const;
    const { messageId: id } = await bed.accept({ origin: fromVasp(), sender, recipients: to(BOB, FINN) });
    const working = bed.messaging.workDue();
    while (bed.peers.handovers.length === 0) await new Promise(setImmediate);
    meanwhile(bed, async () => {
      open();
      await working;
    });
    const outcome = await bed.messaging.replace(replacement(id, 'two'));
    assert.ok(outcome.ok && outcome.value.cancelled === 1 && outcome.value.tooLate === 1);
    assert.deepEqual(await bed.states(id), ['cancelled', 'due']);
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'nothing' });
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(id), ['cancelled', 'transferred']);
  });

  it('is also for a recipient whom the one before came too late for, and who has not been reached since', async () => {
    const bed = aRoadsTestbed();
    const { opened, open } = gate();
    bed.peers.answer = async () => {
      await opened;
      return { kind: 'deferred', scope: 'delivery', reason: 'busy' };
    };
    const sender = { kind: 'short-code', code: '4711' } as const;
    const { messageId: id } = await bed.accept({ origin: fromVasp(), sender, recipients: to(BOB, FINN) });
    const working = bed.messaging.workDue();
    while (bed.peers.handovers.length === 0) await new Promise(setImmediate);
    const second = await bed.messaging.replace(replacement(id, 'two'));
    open();
    await working;
    const third = await bed.messaging.replace(replacement(id, 'three'));
    assert.ok(second.ok && third.ok);
    assert.deepEqual([second.value.cancelled, third.value.cancelled], [1, 2]);
    const { messageId } = third.value;
    assert.deepEqual(
      [await bed.states(id), await bed.states(messageId)],
      [
        ['cancelled', 'cancelled'],
        ['due', 'due'],
      ],
    );
    assert.deepEqual((await bed.store.message(messageId))!.recipients, to(BOB, FINN));
  });

  for (const recalled of ['cancelled', 'replaced'] as const)
    it(`takes along what the far side gave back of the first version when it is ${recalled} by the id of the second`, async () => {
      const bed = aRoadsTestbed();
      const { opened, open } = gate();
      bed.peers.answer = async () => {
        await opened;
        return { kind: 'deferred', scope: 'delivery', reason: 'busy' };
      };
      const sender = { kind: 'short-code', code: '4711' } as const;
      const { messageId: id } = await bed.accept({ origin: fromVasp(), sender, recipients: to(BOB, FINN) });
      const working = bed.messaging.workDue();
      while (bed.peers.handovers.length === 0) await new Promise(setImmediate);
      const second = await bed.messaging.replace(replacement(id, 'two'));
      open();
      await working;
      assert.ok(second.ok && second.value.tooLate === 1);
      assert.deepEqual(await bed.states(id), ['cancelled', 'due']);
      const { messageId } = second.value;
      const outcome =
        recalled === 'cancelled'
          ? await bed.messaging.cancel({ by: QUIZ, messageId })
          : await bed.messaging.replace(replacement(messageId, 'three'));
      assert.ok(outcome.ok);
      assert.equal(outcome.value.cancelled, 2);
      assert.deepEqual(await bed.states(id), ['cancelled', 'cancelled']);
      assert.deepEqual(await bed.states(messageId), ['cancelled']);
    });

  it('keeps to the limits of any message', async () => {
    const bed = aRoadsTestbed();
    const id = await fromQuiz(bed);
    const kind = async (overrides: Partial<Replacement>) => {
      const outcome = await bed.messaging.replace({ ...replacement(id, 'x'), ...overrides });
      return outcome.ok ? 'ok' : outcome.error.kind;
    };
    assert.equal(await kind({ content: [new Uint8Array(1_001)] }), 'message-too-large');
    assert.equal(await kind({ vasp: 'other' }), 'not-the-sender');
    assert.equal(await kind({ deliveryTime: { afterMs: 1_000 * HOUR } }), 'delivery-time-too-late');
    assert.equal(await kind({ expiry: { at: bed.now() } }), 'expires-before-delivery');
    assert.deepEqual(await bed.states(id), ['notified']);
    const { key } = await bed.delivery(id);
    await bed.messaging.notificationAnswered({ key, status: 'rejected' });
    assert.equal(await kind({}), 'too-late');
  });
});
