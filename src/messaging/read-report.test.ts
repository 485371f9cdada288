import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { aKey, BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { ReadReceipt, Submission } from './messaging.js';
import type { Policy } from './policy.js';
import { aTestbed, START } from './testbed.contract.js';

const [ALICES, BOBS, CAROLS] = ['491510000001', '491510000002', '491510000003'].map((digits) => toMsisdn(digits)!);
const OK = { ok: true, value: undefined } as const;
const NOT_HIS = { ok: false, error: { kind: 'not-the-recipient' } } as const;

/** A bench on which Bob has fetched a message whose sender wants to know whether it was read. */
async function withMessage(overrides: Partial<Submission> = {}, policy: Partial<Policy> = {}) {
  const bed = aTestbed(policy);
  const { messageId } = await bed.accept({
    readReport: true,
    recipients: [
      { field: 'to', address: BOB },
      { field: 'bcc', address: CAROL },
    ],
    ...overrides,
  });
  await bed.messaging.workDue();
  const { key } = await bed.delivery(messageId);
  await bed.messaging.fetched(key);
  return {
    bed,
    messageId,
    key,
    read: (receipt: Partial<ReadReceipt> = { by: BOBS! }) =>
      bed.messaging.readReported({ messageId, status: 'read', ...receipt }),
    pushed: () => bed.pushes.filter((push) => push.kind === 'read-report'),
    waiting: async () => (await bed.store.history(messageId))?.reports ?? [],
  };
}

describe('read reports', () => {
  for (const status of ['read', 'deleted-without-being-read'] as const) {
    it(`tell the sender who asked: ${status}`, async () => {
      const { bed, messageId, read, pushed } = await withMessage();
      assert.deepEqual(await read({ by: BOBS!, status }), OK);
      await bed.messaging.workDue();
      assert.deepEqual(pushed(), [
        { kind: 'read-report', to: '491510000001', version: '1.2', messageId, reader: BOB, at: START, status },
      ]);
      assert.equal((await bed.delivery(messageId)).readStatus, status);
      assert.deepEqual((await bed.history(messageId)).slice(-3), ['message-read', 'report-queued', 'report-pushed']);
    });
  }

  it('may come after the delivery has ended', async () => {
    const { bed, key, read, waiting } = await withMessage();
    await bed.messaging.acknowledged({ key });
    assert.deepEqual(await read(), OK);
    assert.equal((await waiting()).length, 1);
  });

  it('are made once: the first word counts', async () => {
    const { bed, messageId, read, waiting } = await withMessage();
    bed.delay = () => new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await Promise.all([read(), read(), read()]), [OK, OK, OK]);
    assert.deepEqual(await read({ by: BOBS!, status: 'deleted-without-being-read' }), OK);
    assert.equal((await waiting()).length, 1);
    assert.equal((await bed.delivery(messageId)).readStatus, 'read');
    assert.equal((await bed.history(messageId)).filter((kind) => kind === 'message-read').length, 1);
  });

  it('are refused to others, to whom the network does not name, and to a recipient who never got the message', async () => {
    const { bed, messageId, read, waiting } = await withMessage();
    for (const by of [ALICES!, CAROLS!]) assert.deepEqual(await read({ by }), NOT_HIS);
    assert.deepEqual(await bed.messaging.readReported({ messageId, status: 'read' }), NOT_HIS);
    assert.deepEqual(await waiting(), []);
  });

  it('of a message that is not known are not found', async () => {
    const { bed, key } = await withMessage();
    for (const messageId of ['', 'x', aKey(), key]) {
      const outcome = await bed.messaging.readReported({ messageId, by: BOBS!, status: 'read' });
      assert.deepEqual(outcome, { ok: false, error: { kind: 'not-found' } });
    }
  });

  for (const [why, overrides, policy] of [
    ['the sender did not ask', { readReport: false }, {}],
    ['the operator does not want them', {}, { readReportsAllowed: false }],
    ['the sender has version 1.0, which knows none', { origin: { interface: 'mm1', version: '1.0' } }, {}],
    ['the message is of class Auto', { messageClass: 'auto' }, {}],
  ] satisfies [string, Partial<Submission>, Partial<Policy>][]) {
    it(`are not made when ${why}; that it was read is kept all the same`, async () => {
      const { bed, messageId, read, waiting } = await withMessage(overrides, policy);
      assert.deepEqual(await read(), OK);
      assert.deepEqual(await waiting(), []);
      assert.equal((await bed.history(messageId)).at(-1), 'message-read');
    });
  }

  it("believe the reader's clock only where it can be right", async () => {
    for (const [at, told] of [
      [START + 40, START + 40],
      [START - 1, START + 50],
      [START + 51, START + 50],
      [undefined, START + 50],
    ] as const) {
      const { bed, read, waiting } = await withMessage();
      bed.pass(50);
      await read({ by: BOBS!, ...(at !== undefined && { at }) });
      assert.equal((await waiting())[0]?.at, told);
    }
  });

  it('are a refusal when the store is not available', async () => {
    const { bed, read } = await withMessage();
    bed.trouble = () => new StoreUnavailable('disk full');
    assert.deepEqual(await read(), { ok: false, error: { kind: 'store-unavailable', reason: 'disk full' } });
  });
});
