import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { err, ok } from '#base';
import { dialectOf } from '#codec/mm7';
import {
  aVasp,
  BASIC,
  CONTENT,
  codeOf,
  contentOf,
  MESSAGE_ID,
  NOW,
  number,
  PICTURE,
  post,
  postOctets,
  submitReq,
  withMm7,
} from './fixtures.contract.js';

describe('MM7: a provider submits', () => {
  it('answers with the message id after the domain has accepted, under the same TransactionID, namespace and version', async () =>
    withMm7({}, async ({ port, script }) => {
      const rel5 = dialectOf('REL-5-MM7-1-2');
      const answer = await post(port, submitReq({ version: '5.6.0' }), { transactionId: 'vas-7', dialect: rel5 });
      assert.equal(answer.http, 200);
      assert.equal(answer.reading.transactionId, 'vas-7');
      assert.deepEqual(answer.reading.dialect, rel5);
      assert.deepEqual(answer.reading.message, {
        kind: 'SubmitRsp',
        version: '5.6.0',
        status: { code: 1000, text: 'Success' },
        messageId: MESSAGE_ID,
      });
      assert.equal(script.submissions.length, 1);
    }));

  it('does not answer before the domain has', async () =>
    withMm7({}, async ({ port, script }) => {
      let accept: () => void = () => {};
      const asked = new Promise<void>((resolve) => {
        script.submitted = () => {
          resolve();
          return new Promise((done) => {
            accept = () => done(ok({ messageId: MESSAGE_ID, refused: [], resubmission: false }));
          });
        };
      });
      let answered = false;
      const answer = post(port, submitReq()).then((value) => {
        answered = true;
        return value;
      });
      await asked;
      assert.equal(answered, false);
      accept();
      assert.equal(codeOf(await answer), 1000);
    }));

  it('hands every element on to the domain', async () =>
    withMm7(
      { vasps: [aVasp({ charging: { allowed: ['sender', 'third-party'], 'third-parties': ['payer'] } })] },
      async ({ port, script }) => {
        await post(
          port,
          submitReq({
            recipients: {
              to: [
                { kind: 'Number', value: '+46701234567' },
                { kind: 'Number', value: '+46701234568', displayOnly: true },
              ],
              cc: [{ kind: 'RFC2822Address', value: 'kim@example.com' }],
              bcc: [{ kind: 'Number', value: '0701234569' }],
            },
            serviceCode: 'gold',
            linkedId: 'l-1',
            messageClass: 'Advertisement',
            timeStamp: NOW - 1000,
            expiryDate: { at: NOW + 86_400_000 },
            earliestDeliveryTime: { afterMs: 60_000 },
            deliveryReport: true,
            readReply: true,
            priority: 'High',
            chargedParty: 'ThirdParty',
            chargedPartyId: 'payer',
            distributionIndicator: false,
            deliveryCondition: [1],
            applicId: 'app',
            contentClass: 'image-rich',
            drmContent: true,
            content: { href: 'cid:any', allowAdaptations: false },
          }),
        );
        const { content, fingerprint, named, ...rest } = script.submissions[0]!;
        assert.deepEqual(rest, {
          origin: {
            interface: 'mm7',
            vasp: 'acme',
            vaspId: 'acme',
            vasId: 'news',
            transactionId: 't-1',
            version: '6.8.0',
            linkedId: 'l-1',
            serviceCode: 'gold',
            chargedParty: 'third-party',
            chargedPartyId: 'payer',
            distributionIndicator: false,
            deliveryCondition: ['1'],
          },
          sender: { kind: 'short-code', code: '12345' },
          senderVisibility: 'show',
          recipients: [
            { field: 'to', address: number('46701234567') },
            { field: 'to', address: number('46701234568'), shownOnly: true },
            { field: 'cc', address: { kind: 'email', mailbox: 'kim@example.com' } },
            { field: 'bcc', address: number('46701234569') },
          ],
          date: NOW - 1000,
          subject: 'Today',
          messageClass: 'advertisement',
          priority: 'high',
          deliveryReport: true,
          readReport: true,
          expiry: { at: NOW + 86_400_000 },
          deliveryTime: { afterMs: 60_000 },
          replyCharging: false,
          application: { applicId: 'app' },
          adaptationAllowed: false,
          contentClass: 2,
          drmContent: true,
          contentType: 'application/vnd.wap.multipart.related',
        });
        assert.equal(named?.system, 'mm7:acme');
        assert.match(fingerprint, /^mm7:acme:t-1:/);
        assert.ok(content.length > 0);
      },
    ));

  it('keeps every octet of every part', async () =>
    withMm7({}, async ({ port, script }) => {
      await post(port, submitReq());
      const { type, parts } = contentOf(script.submissions[0]!);
      const picture = parts.find((part) => part.contentType.media === 'image/jpeg');
      assert.deepEqual(Buffer.from(picture!.data), Buffer.from(PICTURE));
      assert.equal(picture?.contentId, '<pic>');
      assert.equal(type.parameters['start'], '<smil>');
    }));

  it('names the same request the same, whatever the boundary, and another one otherwise, though its TransactionID be the same', async () =>
    withMm7({}, async ({ port, script }) => {
      await post(port, submitReq());
      await post(port, submitReq());
      await post(port, submitReq({ recipients: { to: [{ kind: 'Number', value: '+46701234599' }] } }));
      await post(port, submitReq(), { transactionId: 't-2' });
      const [first, again, others, renamed] = script.submissions.map(({ named }) => named?.messageId);
      assert.equal(first, again);
      assert.notEqual(first, others);
      assert.notEqual(first, renamed);
    }));

  it('says with 1100 which recipients were refused, and why', async () =>
    withMm7({}, async ({ port, script }) => {
      script.submitted = (submission) =>
        ok({
          messageId: MESSAGE_ID,
          refused: [{ recipient: submission.recipients[1]!, reason: 'unknown-subscriber' }],
          resubmission: false,
        });
      const answer = await post(
        port,
        submitReq({
          recipients: {
            to: [
              { kind: 'Number', value: '+46701234567' },
              { kind: 'Number', value: '+46701234568' },
            ],
          },
        }),
      );
      assert.deepEqual(answer.reading.message, {
        kind: 'SubmitRsp',
        version: '6.8.0',
        status: { code: 1100, text: 'Partial success', details: '+46701234568: not a subscriber' },
        messageId: MESSAGE_ID,
      });
    }));

  it('takes a message that has no content but a subject', async () =>
    withMm7({}, async ({ port, script }) => {
      assert.equal(codeOf(await post(port, submitReq(), { content: null })), 1000);
      assert.equal(script.submissions[0]?.contentType, 'application/vnd.wap.multipart.mixed');
    }));

  const refusals = [
    ['store-unavailable', { kind: 'store-unavailable', reason: 'disk' }, 4006],
    ['message-too-large', { kind: 'message-too-large', size: 2, sizeMax: 1 }, 2004],
    ['no-recipients', { kind: 'no-recipients' }, 2002],
    ['linked-message-not-found', { kind: 'linked-message-not-found' }, 2006],
    ['too-many-waiting', { kind: 'too-many-waiting', waitingMax: 5 }, 4006],
    ['reply-charging-not-supported', { kind: 'reply-charging-not-supported' }, 2001],
    ['expires-before-delivery', { kind: 'expires-before-delivery' }, 2007],
  ] as const;
  for (const [name, refusal, code] of refusals)
    it(`says ${code} where the domain says ${name}`, async () =>
      withMm7({}, async ({ port, script }) => {
        script.submitted = () => err(refusal);
        const answer = await post(port, submitReq());
        assert.equal(codeOf(answer), code);
        assert.equal(answer.reading.message.kind, 'SubmitRsp');
        assert.equal(answer.http, 200);
      }));

  it('says 3000 and logs the defect when the domain throws', async () =>
    withMm7({}, async ({ port, script, lines }) => {
      script.submitted = () => {
        throw new Error('a bug');
      };
      const answer = await post(port, submitReq());
      assert.equal(codeOf(answer), 3000);
      assert.equal(answer.http, 500);
      assert.ok(lines.some(({ level, text }) => level === 'error' && text.includes('defect')));
    }));
});

describe('MM7: cancel and replace', () => {
  const identification = { vaspId: 'acme' };

  it('cancels, and answers a repetition as the first time', async () =>
    withMm7({}, async ({ port, script }) => {
      const cancel = {
        kind: 'CancelReq',
        version: '6.8.0',
        senderIdentification: identification,
        messageId: MESSAGE_ID,
      } as const;
      const first = await post(port, cancel, { content: null });
      script.recalled = () => err({ kind: 'too-late' });
      const again = await post(port, cancel, { content: null });
      assert.deepEqual([codeOf(first), codeOf(again)], [1000, 1000]);
      assert.deepEqual(script.cancellations, [{ by: { vasp: 'acme' }, messageId: MESSAGE_ID }]);
      assert.equal(codeOf(await post(port, cancel, { content: null, transactionId: 't-2' })), 3001);
    }));

  it('says 2005 of a message that there is not and of one that is of somebody else, with the same words', async () =>
    withMm7({}, async ({ port, script }) => {
      const answers = [];
      for (const kind of ['not-found', 'not-the-sender'] as const) {
        script.recalled = () => err({ kind });
        const cancel = { kind: 'CancelReq', version: '6.8.0', senderIdentification: identification, messageId: 'm' } as const;
        answers.push((await post(port, cancel, { content: null })).reading.message);
      }
      assert.deepEqual(answers[0], answers[1]);
      assert.equal((answers[0] as { status: { code: number } }).status.code, 2005);
    }));

  it('does not cancel for everybody what is to be cancelled for some', async () =>
    withMm7({}, async ({ port, script }) => {
      const recipients = { to: [{ kind: 'Number', value: '+46701234567' }] } as const;
      const cancel = {
        kind: 'CancelReq',
        version: '6.8.0',
        senderIdentification: identification,
        messageId: MESSAGE_ID,
        recipients,
      } as const;
      assert.equal(codeOf(await post(port, cancel, { content: null })), 3001);
      assert.equal(script.cancellations.length, 0);
    }));

  it('replaces content and terms, and says with 1100 that some have the message already', async () =>
    withMm7({}, async ({ port, script }) => {
      script.recalled = () => ok({ messageId: MESSAGE_ID, cancelled: 2, tooLate: 1 });
      const answer = await post(port, {
        kind: 'ReplaceReq',
        version: '6.8.0',
        senderIdentification: identification,
        messageId: MESSAGE_ID,
        readReply: true,
        earliestDeliveryTime: { afterMs: 1000 },
      });
      assert.equal(codeOf(answer), 1100);
      const { content, ...rest } = script.replacements[0]!;
      assert.deepEqual(rest, {
        vasp: 'acme',
        messageId: MESSAGE_ID,
        transactionId: 't-1',
        readReport: true,
        deliveryTime: { afterMs: 1000 },
        contentType: 'application/vnd.wap.multipart.related',
      });
      assert.ok(content.length > 0);
    }));

  it('carries out a second replacement with other content under the same TransactionID, and a repetition only once', async () =>
    withMm7({}, async ({ port, script }) => {
      script.recalled = () => ok({ messageId: MESSAGE_ID, cancelled: 1, tooLate: 0 });
      const replace = {
        kind: 'ReplaceReq',
        version: '6.8.0',
        senderIdentification: identification,
        messageId: MESSAGE_ID,
      } as const;
      const leaf = (text: string) =>
        ({ kind: 'leaf', type: { media: 'text/plain', parameters: {} }, data: Buffer.from(text) }) as const;
      for (const content of [leaf('one'), leaf('two'), leaf('two')])
        assert.equal(codeOf(await post(port, replace, { content })), 1000);
      assert.equal(script.replacements.length, 2);
      await post(port, { ...replace, earliestDeliveryTime: { afterMs: 1000 } }, { content: leaf('two') });
      assert.equal(script.replacements.length, 3);
    }));

  it('refuses a replacement without content with 2004', async () =>
    withMm7({}, async ({ port, script }) => {
      const replace = {
        kind: 'ReplaceReq',
        version: '6.8.0',
        senderIdentification: identification,
        messageId: MESSAGE_ID,
      } as const;
      assert.equal(codeOf(await post(port, replace, { content: null })), 2004);
      assert.equal(script.replacements.length, 0);
    }));

  it('carries out the extended operations on what is still here', async () =>
    withMm7({}, async ({ port, script }) => {
      const cancel = {
        kind: 'extendedCancelReq',
        version: '6.8.0',
        senderIdentification: identification,
        cancelId: MESSAGE_ID,
      } as const;
      const cancelled = await post(port, cancel, { content: null });
      assert.deepEqual(cancelled.reading.message.kind, 'extendedCancelRsp');
      const replaced = await post(port, { kind: 'extendedReplaceReq', version: '6.8.0', vaspId: 'acme', replaceId: MESSAGE_ID });
      assert.equal(replaced.reading.message.kind, 'extendedReplaceRsp');
      assert.deepEqual([codeOf(cancelled), codeOf(replaced)], [1000, 1000]);
      assert.deepEqual([script.cancellations.length, script.replacements.length], [1, 1]);
    }));
});

describe('MM7: what is no request', () => {
  it('says 4003 in a fault to a message that only a relay sends', async () =>
    withMm7({}, async ({ port }) => {
      const answer = await post(
        port,
        { kind: 'SubmitRsp', version: '6.8.0', status: { code: 1000, text: 'x' } },
        { content: null },
      );
      assert.deepEqual([answer.http, codeOf(answer), answer.reading.message.kind], [500, 4003, 'Fault']);
      assert.equal(answer.reading.transactionId, 't-1');
    }));

  it('says 4004 in a fault to what is no XML, and goes on', async () =>
    withMm7({}, async ({ port }) => {
      const answer = await postOctets(port, 'text/xml', 'what?', { Authorization: BASIC });
      assert.deepEqual([answer.http, codeOf(answer)], [500, 4004]);
      assert.equal(codeOf(await post(port, submitReq(), { content: CONTENT })), 1000);
    }));
});
