/** RFC 4356, 2.1.1: from MMS to Internet mail, table 1. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { decodeBody, fieldOf, fieldsOf, leafParts } from '#codec/mime';
import { DOMAIN, handOver, ID, KEY, NOW } from './gateway.js';

const number = (digits: string) => ({ kind: 'number', msisdn: toMsisdn(digits)! }) as const;
const fields = async (...arguments_: Parameters<typeof handOver>) => (await handOver(...arguments_)).message!.fields;

describe('RFC 4356, 2.1.1: from MMS to Internet mail', () => {
  it('2.1.1: the fields of MMS are removed', async () => {
    for (const { name } of await fields({ priority: 'high', deliveryReport: true, readReport: true }))
      assert.ok(!/^X-Mms/i.test(name), name);
  });

  it('2.1.1: Message-ID is kept, and made of the message where there is none', async () => {
    assert.equal(fieldOf(await fields(), 'Message-ID'), `<${ID}@${DOMAIN}>`);
  });

  it('2.1.1: From has a domain; a number never stands alone', async () => {
    assert.equal(fieldOf(await fields(), 'From'), '+15551230001@mms.example');
  });

  it('2.1.1: To and Cc stand once each, with numbers in our domain; who is blind is not named', async () => {
    const shown = [
      { field: 'to', address: { kind: 'email', mailbox: 'ann@example.org' } },
      { field: 'to', address: number('15551230002') },
      { field: 'cc', address: number('15551230003') },
    ] as const;
    const found = await fields({}, { recipientsShown: shown });
    assert.deepEqual(fieldsOf(found, 'To'), ['ann@example.org, +15551230002@mms.example']);
    assert.deepEqual(fieldsOf(found, 'Cc'), ['+15551230003@mms.example']);
    assert.deepEqual(fieldsOf(found, 'Bcc'), []);
  });

  it('2.1.1: without recipients to be named To is an empty group', async () => {
    assert.equal(fieldOf(await fields({}, { recipientsShown: [] }), 'To'), 'undisclosed-recipients:;');
  });

  it('2.1.1: text of header fields that is not ASCII is encoded', async () => {
    assert.equal(fieldOf(await fields({ subject: 'Grüße' }), 'Subject'), '=?UTF-8?B?R3LDvMOfZQ==?=');
  });

  it('2.1.1: a text in UTF-16 becomes UTF-8', async () => {
    const { message } = await handOver();
    const [{ part }] = leafParts(message!) as [ReturnType<typeof leafParts>[0]];
    assert.deepEqual([part.type.parameters['charset'], Buffer.from(decodeBody(part)).toString('utf8')], ['utf-8', 'Hi\r\n']);
  });

  it('2.1.1: MAIL FROM is null for what nobody wrote', async () => {
    assert.equal((await handOver({ messageClass: 'auto' })).mail!.sender, '');
  });

  it('2.1.1: MAIL FROM is the subscriber, where that is configured', async () => {
    assert.equal((await handOver({}, {}, { returnPath: 'sender' })).mail!.sender, '+15551230001@mms.example');
  });

  it('2.1.1: a message whose sender is hidden is rejected', async () => {
    const { outcome, mail } = await handOver({ senderHidden: true }, { from: undefined } as never);
    assert.deepEqual([outcome.kind, mail], ['failed', undefined]);
  });

  it('2.1.1: X-Mms-Priority becomes Importance, and nothing when it is normal', async () => {
    assert.equal(fieldOf(await fields({ priority: 'high' }), 'Importance'), 'High');
    assert.equal(fieldOf(await fields({ priority: 'low' }), 'Importance'), 'Low');
    assert.equal(fieldOf(await fields(), 'Importance'), undefined);
  });

  it('2.1.1: X-Mms-Expiry becomes DELIVERBY with what is left, mode R', async () => {
    assert.deepEqual((await handOver({ expiresAt: NOW + 90_000 })).mail!.deliverBy, { seconds: 90, mode: 'R' });
  });

  it('2.1.1: X-Mms-Delivery-Report becomes NOTIFY with SUCCESS, or NEVER; with ORCPT and ENVID', async () => {
    const wished = (await handOver({ deliveryReport: true })).mail!;
    assert.deepEqual(wished.recipients, [
      { address: 'ann@example.org', notify: ['SUCCESS', 'FAILURE'], originalRecipient: 'rfc822;ann@example.org' },
    ]);
    assert.equal(wished.envelopeId, KEY);
    assert.deepEqual((await handOver()).mail!.recipients[0]!.notify, ['NEVER']);
  });

  it('2.1.1: X-Mms-Read-Reply becomes Disposition-Notification-To', async () => {
    assert.equal(fieldOf(await fields({ readReport: true }), 'Disposition-Notification-To'), '+15551230001@mms.example');
  });

  it('2.1.1: the first of the previous senders is From, the present one the topmost Resent block', async () => {
    const previously = [
      { by: number('15551230007'), at: NOW - 7_200_000 },
      { by: number('15551230008'), at: NOW - 3_600_000 },
    ];
    const found = await fields({ forwarding: { counter: 2, previously } });
    assert.equal(fieldOf(found, 'From'), '+15551230007@mms.example');
    assert.equal(fieldOf(found, 'Date'), 'Wed, 12 Jan 2022 22:25:45 +0000');
    assert.deepEqual(fieldsOf(found, 'Resent-From'), ['+15551230001@mms.example', '+15551230008@mms.example']);
    assert.deepEqual(fieldsOf(found, 'Resent-Date'), ['Thu, 13 Jan 2022 00:25:45 +0000', 'Wed, 12 Jan 2022 23:25:45 +0000']);
    assert.deepEqual(fieldsOf(found, 'Resent-Message-ID'), [`<${ID}@${DOMAIN}>`]);
    assert.deepEqual(fieldsOf(found, 'Resent-To'), ['ann@example.org']);
    assert.equal(fieldOf(found, 'To'), 'undisclosed-recipients:;');
    assert.notEqual(fieldOf(found, 'Message-ID'), `<${ID}@${DOMAIN}>`);
    assert.deepEqual(fieldsOf(found, 'Resent-Count'), []);
  });

  it('2.1.1: a Received field says that it came with MMS', async () => {
    assert.match(fieldOf(await fields(), 'Received')!, / with MMS /);
  });
});
