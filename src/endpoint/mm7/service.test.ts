import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { err, LIMITS, ok, type Result } from '#base';
import type { Cancelled, MessageId, RecallRefusal } from '#messaging';
import { aDirectory, aScript, aVasp, MESSAGE_ID, NOW } from './fixtures.contract.js';
import type { CancelRequest, ReplaceRequest } from './request.js';
import { createService } from './service.js';

type Recalled = Result<Cancelled, RecallRefusal>;

const NEW_VERSION = '0Kq3Vn8d1234567890abce' as string as MessageId;

const CANCEL: CancelRequest = { operation: 'cancel', vaspId: 'acme', transactionId: 't-1', messageId: MESSAGE_ID, some: false };
const REPLACE: ReplaceRequest = {
  operation: 'replace',
  vaspId: 'acme',
  transactionId: 't-1',
  messageId: MESSAGE_ID,
  content: { pieces: [Uint8Array.of(1, 2, 3)], size: 3, media: 'text/plain' },
};

/** A service whose domain answers each recall when the test says so, in the order in which they came. */
function aBench() {
  const asked: { answer: (outcome: Recalled) => void; fail: (reason: Error) => void }[] = [];
  const recall = () => new Promise<Recalled>((answer, fail) => asked.push({ answer, fail }));
  const messaging = { ...aScript(), cancel: recall, replace: recall };
  const service = createService({ messaging, now: () => NOW });
  const vasp = aDirectory(aVasp()).snapshot.vasp('acme')!;
  return {
    asked,
    recalls: [
      ['cancellation', (transactionId = 't-1') => service.cancel(vasp, { ...CANCEL, transactionId })],
      ['replacement', (transactionId = 't-1') => service.replace(vasp, { ...REPLACE, transactionId })],
    ] as const,
  };
}

const DONE: Recalled = ok({ messageId: NEW_VERSION, cancelled: 1, tooLate: 0 });

for (const which of [0, 1] as const) {
  const [name] = aBench().recalls[which];
  const begun = () => {
    const { asked, recalls } = aBench();
    return { asked, recall: recalls[which][1] };
  };

  describe(`a ${name} that a provider repeats`, () => {
    it('is carried out once when the first is still under way, and gets the answer of that', async () => {
      const { asked, recall } = begun();
      const both = [recall(), recall()];
      assert.equal(asked.length, 1);
      asked[0]!.answer(DONE);
      assert.deepEqual(await Promise.all(both), [DONE, DONE]);
      assert.deepEqual(await recall(), DONE);
      assert.equal(asked.length, 1);
    });

    it('is another one under another TransactionID, although the first is still under way', async () => {
      const { asked, recall } = begun();
      const both = [recall('t-1'), recall('t-2')];
      assert.equal(asked.length, 2);
      asked[0]!.answer(DONE);
      asked[1]!.answer(err({ kind: 'too-late' }));
      assert.deepEqual(await Promise.all(both), [DONE, err({ kind: 'too-late' })]);
    });

    it('is refused with the first while that is under way, and carried out when it comes after the refusal', async () => {
      const { asked, recall } = begun();
      const away = err({ kind: 'store-unavailable', reason: 'busy' } as const);
      const both = [recall(), recall()];
      asked[0]!.answer(away);
      assert.deepEqual(await Promise.all(both), [away, away]);
      const again = recall();
      assert.equal(asked.length, 2);
      asked[1]!.answer(DONE);
      assert.deepEqual(await again, DONE);
    });

    it('is carried out when the first broke', async () => {
      const { asked, recall } = begun();
      const both = [recall(), recall()];
      asked[0]!.fail(new Error('broken'));
      for (const one of await Promise.allSettled(both)) assert.equal(one.status, 'rejected');
      const again = recall();
      assert.equal(asked.length, 2);
      asked[1]!.answer(DONE);
      assert.deepEqual(await again, DONE);
    });

    it('is carried out anew when as many others as are remembered came between', async () => {
      const { asked, recall } = begun();
      for (let i = 0; i <= LIMITS.mm7AnswersKeptMax; i++) {
        const outcome = recall(`t-${i}`);
        asked.at(-1)!.answer(DONE);
        await outcome;
      }
      const count = asked.length;
      assert.equal(count, LIMITS.mm7AnswersKeptMax + 1);
      await recall('t-1');
      assert.equal(asked.length, count);
      void recall('t-0');
      assert.equal(asked.length, count + 1);
    });
  });
}
