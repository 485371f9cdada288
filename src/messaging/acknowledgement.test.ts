/** The answer that a peer asked for (MM4_forward.RES): when it is owed, what it says, and that it is kept with the message. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALICE, BOB } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { Submission } from './messaging.js';
import type { Mm4Origin, Report } from './model.js';
import { aTestbed, type Testbed } from './testbed.contract.js';

const origin = (more: Partial<Mm4Origin> = {}): Mm4Origin => ({
  interface: 'mm4',
  peer: 'opb',
  version: '6.10.0',
  messageId: 'm-1',
  transactionId: 't-1',
  ackRequest: true,
  ...more,
});
const named = { system: 'mm4:opb', messageId: 'm-1' };
const NOBODY = { kind: 'email', mailbox: 'nobody@example.org' } as const;

/** Bob of another carrier writes to Alice here. */
const fromPeer = (bed: Testbed, more: Partial<Submission> = {}) =>
  bed.accept({ origin: origin(), named, fingerprint: '', recipients: [{ field: 'to', address: ALICE }], sender: BOB, ...more });

const owedOf = async (bed: Testbed, id: Awaited<ReturnType<typeof fromPeer>>['messageId']): Promise<readonly Report[]> =>
  ((await bed.store.history(id))?.reports ?? []).filter(({ content }) => content.kind === 'acknowledgement');

describe('the answer that a peer asked for', () => {
  it('is owed from the moment the message is kept, and is for the peer', async () => {
    const bed = aTestbed({ ownNumbers: [''] });
    const { messageId } = await fromPeer(bed);
    const [report, ...more] = await owedOf(bed, messageId);
    assert.deepEqual(more, []);
    assert.deepEqual(report?.content, { kind: 'acknowledgement', accepted: [ALICE], refused: [] });
    assert.deepEqual(report?.road, { kind: 'peer', peer: 'opb' });
  });

  it('is not owed to a peer that did not ask, and to nobody on other interfaces', async () => {
    const bed = aTestbed({ ownNumbers: [''] });
    assert.deepEqual(await owedOf(bed, (await fromPeer(bed, { origin: origin({ ackRequest: false }) })).messageId), []);
    assert.deepEqual(await owedOf(bed, (await bed.accept()).messageId), []);
  });

  it('names those who were refused, each with the reason', async () => {
    const bed = aTestbed({ ownNumbers: [''] });
    const recipients = [ALICE, NOBODY].map((address) => ({ field: 'to', address }) as const);
    const [report] = await owedOf(bed, (await fromPeer(bed, { recipients })).messageId);
    assert.ok(report?.content.kind === 'acknowledgement');
    assert.deepEqual(report.content.accepted, [ALICE]);
    assert.deepEqual(report.content.refused, [{ address: NOBODY, reason: 'no-route-for-email' }]);
  });

  it('is owed again to a copy, under the transaction of the copy', async () => {
    const bed = aTestbed({ ownNumbers: [''] });
    const { messageId } = await fromPeer(bed);
    const again = await fromPeer(bed, { origin: origin({ transactionId: 't-2' }) });
    assert.deepEqual([again.messageId, again.resubmission], [messageId, true]);
    const owed = await owedOf(bed, messageId);
    assert.deepEqual(owed.map((it) => it.origin.interface === 'mm4' && it.origin.transactionId).sort(), ['t-1', 't-2']);
    assert.deepEqual(owed[1]?.content, { kind: 'acknowledgement', accepted: [ALICE], refused: [] });
  });

  it('to a copy for a further recipient names both', async () => {
    const bed = aTestbed({ ownNumbers: [''] });
    await fromPeer(bed);
    const recipients = [ALICE, BOB].map((address) => ({ field: 'to', address }) as const);
    const { messageId } = await fromPeer(bed, { recipients, origin: origin({ transactionId: 't-2' }) });
    const [report] = await owedOf(bed, messageId);
    assert.ok(report?.content.kind === 'acknowledgement');
    assert.deepEqual(report.content.accepted, [ALICE, BOB]);
  });

  it('that cannot be kept for a copy makes the copy come again: nothing is said to have been taken', async () => {
    const bed = aTestbed({ ownNumbers: [''] });
    await fromPeer(bed);
    bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
    const copy = { origin: origin({ transactionId: 't-2' }), named, fingerprint: '', sender: BOB };
    const outcome = await bed.messaging.submit({
      ...copy,
      recipients: [{ field: 'to', address: ALICE }],
      messageClass: 'personal',
      priority: 'normal',
      deliveryReport: false,
      readReport: false,
      replyCharging: false,
      contentType: 'text/plain',
      content: [],
    });
    assert.ok(!outcome.ok && outcome.error.kind === 'store-unavailable');
  });
});
