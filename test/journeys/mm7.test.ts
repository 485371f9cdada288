/**
 * A content provider and the relay, as a dialogue: the endpoint on loopback, the real domain on a memory store, a provider of the laboratory.
 * `→` goes to the relay, `←` comes from it; what a handset does is in brackets.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePacket, encodePacket } from '#codec/mm7';
import { callRelay } from '#endpoint/mm7';
import { soapText, submitText } from '../kit/mm7.js';

import { digests, MESSAGE, MIME, MINUTE, REL6, sha256, statusText, submission, withWorld } from '../kit/mm7-world.js';

describe('a content provider and the relay', () => {
  it('sends a message to a subscriber and hears that it was retrieved and read', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission({ deliveryReport: true, readReply: true }));
      await world.work();
      const content = await world.retrieve();
      await world.work();
      await world.read(world.ids[0]!);
      await world.work();
      assert.deepEqual(world.dialogue, [
        '→ SubmitReq t-1',
        '← SubmitRsp t-1 1000 Success',
        '[46700000001 retrieves a message from 12345]',
        '← DeliveryReportReq +46700000001 Retrieved',
        '[46700000001 reads it]',
        '← ReadReplyReq +46700000001 Read',
      ]);
      assert.deepEqual(digests(content), digests(MESSAGE.octets));
      const reported = world.provider.received.map(({ message }) => message && 'messageId' in message && message.messageId);
      assert.deepEqual(reported, [world.ids[0], world.ids[0]]);
    }));

  it('gets what a subscriber writes to its short code, octet for octet, once', async () =>
    withWorld({}, async (world) => {
      const id = await world.write();
      await world.work();
      assert.deepEqual(world.dialogue, ['[46700000001 writes to 12345]', '← DeliverReq from +46700000001, 3 parts']);
      assert.deepEqual(
        world.provider.received[0]?.parts.map(({ data }) => sha256(data)).sort(),
        [...digests(MESSAGE.octets)].sort(),
      );
      assert.deepEqual(await world.states(id), ['retrieved']);
    }));

  it('answers a replayed request as the first time and delivers it once', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission());
      await world.submit('t-1', submission());
      assert.deepEqual(world.dialogue, [
        '→ SubmitReq t-1',
        '← SubmitRsp t-1 1000 Success',
        '→ SubmitReq t-1',
        '← SubmitRsp t-1 1000 Success',
      ]);
      assert.equal(world.ids[0], world.ids[1]);
      assert.equal((await world.store.messages.deliveriesOf(world.ids[0]!)).length, 1);
    }));

  it('takes a message back before it was fetched, and hears 3001 afterwards', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission());
      const senderIdentification = { vaspId: 'acme' };
      const cancel = { kind: 'CancelReq', version: '6.8.0', senderIdentification, messageId: world.ids[0]! } as const;
      await world.submit('t-2', cancel, false);
      await world.submit('t-3', cancel, false);
      assert.deepEqual(world.dialogue.slice(2), [
        '→ CancelReq t-2',
        '← CancelRsp t-2 1000 Success',
        '→ CancelReq t-3',
        '← CancelRsp t-3 3001 Not Possible',
      ]);
      assert.deepEqual(await world.states(world.ids[0]!), ['cancelled']);
    }));

  it('replaces a message that nobody has yet; the subscriber gets the new one, the report names the old one', async () =>
    withWorld({}, async (world) => {
      await world.submit('t-1', submission({ deliveryReport: true }));
      const senderIdentification = { vaspId: 'acme' };
      await world.submit('t-2', { kind: 'ReplaceReq', version: '6.8.0', senderIdentification, messageId: world.ids[0]! });
      await world.work();
      await world.retrieve();
      await world.work();
      assert.deepEqual(world.dialogue.slice(2), [
        '→ ReplaceReq t-2',
        '← ReplaceRsp t-2 1000 Success',
        '[46700000001 retrieves a message from 12345]',
        '← DeliveryReportReq +46700000001 Retrieved',
      ]);
      const [report] = world.provider.received;
      assert.equal(report?.message?.kind === 'DeliveryReportReq' && report.message.messageId, world.ids[0]);
    }));

  it('that is down for a while gets everything afterwards, under the same TransactionID', async () =>
    withWorld({ profile: 'http-503' }, async (world) => {
      const id = await world.write();
      await world.work();
      world.provider.behave('good');
      world.pass(MINUTE);
      await world.work();
      assert.deepEqual(world.dialogue.slice(1), [
        '← DeliverReq from +46700000001, 3 parts',
        '← DeliverReq from +46700000001, 3 parts',
      ]);
      const [first, second] = world.provider.received;
      assert.equal(first?.transactionId, second?.transactionId);
      assert.deepEqual(await world.states(id), ['retrieved']);
    }));

  it('that refuses a message ends its delivery, and one that answers another request does not', async () =>
    withWorld({ profile: 'other-transaction' }, async (world) => {
      const id = await world.write();
      await world.work();
      assert.deepEqual(await world.states(id), ['due']);
      world.provider.behave('refuse');
      world.pass(MINUTE);
      await world.work();
      assert.deepEqual(await world.states(id), ['rejected']);
    }));
});

describe('a content provider that does what it must not', () => {
  const wrap = (soap: string, boundary: string, ...parts: readonly string[]): string =>
    `--${boundary}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <soap>\r\n\r\n${soap}\r\n${parts
      .map((part) => `--${boundary}\r\n${part}\r\n`)
      .join('')}--${boundary}--\r\n`;
  const PART = 'Content-Type: text/plain\r\nContent-ID: <txt>\r\n\r\nHello';
  const content = (href: string): string => submitText(`<Content href="${href}"/>`);

  const cases: readonly (readonly [title: string, body: string, expected: string])[] = [
    [
      'entities that expand',
      wrap(
        soapText(submitText('<Subject>&c;</Subject>'), {
          prolog: '<!DOCTYPE a [<!ENTITY b "xxxxxxxx"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        }),
        'b',
        PART,
      ),
      'Fault 4004',
    ],
    ['a Content whose part is missing', wrap(soapText(content('cid:txt')), 'b'), 'Fault 2004'],
    ['a wrong href beside one part', wrap(soapText(content('cid:none')), 'b', PART), 'SubmitRsp 1000'],
    [
      'elements in wrong order',
      wrap(soapText(submitText('<Subject>a</Subject><ServiceCode>x</ServiceCode>')), 'b', PART),
      'SubmitRsp 1000',
    ],
    ['a recipient that is none', wrap(soapText(submitText().replace('+15559870002', 'Bob')), 'b', PART), 'SubmitRsp 2002'],
    [
      'an unauthorised short code',
      wrap(
        soapText(submitText().replace('</VASPID>', '</VASPID><SenderAddress><ShortCode>911</ShortCode></SenderAddress>')),
        'b',
        PART,
      ),
      'SubmitRsp 2001',
    ],
    ['a multipart that is cut short', wrap(soapText(submitText()), 'b', PART).slice(0, 60), 'Fault 4004'],
    ['no multipart at all where one is announced', 'hello', 'Fault 4004'],
  ];
  for (const [title, body, expected] of cases)
    it(`hears ${expected} to ${title}, and the next request is served`, async () =>
      withWorld({}, async (world) => {
        const octets = Buffer.from(body, 'utf8');
        const contentType = 'multipart/related; boundary=b; type="text/xml"; start="<soap>"';
        const answer = await callRelay(world.relay, 'POST', { contentType, pieces: [octets], octets: octets.length });
        const reading = decodePacket(answer.contentType, answer.body);
        assert.ok(reading.ok);
        const { message } = reading.value;
        assert.equal(`${message.kind} ${/ ([0-9]{4})/.exec(statusText(message))?.[1]}`, expected);
        await world.submit('t-9', submission());
        assert.equal(world.dialogue.at(-1), '← SubmitRsp t-9 1000 Success');
      }));

  it('is cut off when it sends half a request and stops, and others are served meanwhile', async () =>
    withWorld({}, async (world) => {
      const packet = encodePacket({ transactionId: 't-1', message: submission() }, REL6, MIME);
      const half: readonly Uint8Array[] = [packet.pieces[0]!];
      const controller = callRelay({ ...world.relay, timeoutMs: 500 }, 'POST', { ...packet, pieces: half }).then(
        () => 'answered',
        () => 'gave up',
      );
      await world.submit('t-2', submission());
      assert.equal(world.dialogue.at(-1), '← SubmitRsp t-2 1000 Success');
      assert.equal(await controller, 'gave up');
    }));
});
