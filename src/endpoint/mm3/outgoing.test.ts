/** Messages to mailboxes, and what comes back: the real domain, the real pool, a far side on loopback. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { decodeBody, fieldOf, fieldsOf, leafParts } from '#codec/mime';
import { encodeMultipart, type PartSource } from '#codec/wsp';
import type { DeliveryKey, MessageId } from '#messaging';
import { ALICE } from '../../messaging/fixtures.contract.js';
import { returnPath } from './mailboxes.js';
import { DOMAIN, type Mm3Bed, read, textContent, withMm3 } from './mm3.contract.js';

const MINUTE = 60_000;
const SMIL = '<smil><body><par><img src="b.png"/></par><par><text src="cid:t1"/><img src="a.jpg"/></par></body></smil>';
const part = (media: string, text: string, more: Partial<PartSource> = {}): PartSource => ({
  contentType: { media, parameters: {} },
  data: new TextEncoder().encode(text),
  ...more,
});
const CONTENT = encodeMultipart(
  [
    part('application/smil', SMIL, { contentId: '<s>' }),
    part('image/jpeg', 'JPEG', { contentLocation: 'a.jpg' }),
    part('text/plain', 'Grüße', { contentId: '<t1>', contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } } }),
    part('image/png', 'PNG', { contentLocation: 'b.png' }),
    part('audio/amr', 'AMR', { contentLocation: 'c.amr' }),
  ],
  { media: 'application/vnd.wap.multipart.related', parameters: { type: 'application/smil', start: '<s>' } },
);

/** The one mail that the far side took. */
function theMail({ mails }: Mm3Bed) {
  assert.equal(mails.length, 1);
  return { envelope: mails[0]!, message: read(mails[0]!.content) };
}

const stateOf = async ({ domain }: Mm3Bed, id: string): Promise<string> => (await domain.delivery(id as MessageId)).state;
const keyOf = async ({ domain }: Mm3Bed, id: string): Promise<DeliveryKey> => (await domain.delivery(id as MessageId)).key;

describe('a message to a mailbox', () => {
  it('is a mail that says who sent what to whom, and nothing of MMS', () =>
    withMm3({}, async (bed) => {
      const id = await bed.send({ subject: 'Grüße', priority: 'high' });
      const { envelope, message } = theMail(bed);
      assert.deepEqual(
        message.fields.map(({ name }) => name),
        ['Received', 'X-Loop', 'Date', 'From', 'To', 'Message-ID', 'Subject', 'Importance', 'MIME-Version', 'Content-Type'],
      );
      assert.equal(fieldOf(message.fields, 'From'), '+491510000001@mms.example');
      assert.equal(fieldOf(message.fields, 'To'), 'ann@example.org');
      assert.equal(fieldOf(message.fields, 'Message-ID'), `<${id}@mms.example>`);
      assert.match(fieldOf(message.fields, 'Received')!, /^by mmsc\.example with MMS id /);
      assert.ok(envelope.sender.startsWith(`<${returnPath(await keyOf(bed, id), DOMAIN)}>`));
      assert.equal(await stateOf(bed, id), 'transferred');
    }));

  it('shows texts and pictures in the order of the presentation, and attaches the rest', () =>
    withMm3({}, async (bed) => {
      await bed.send({ content: [CONTENT], contentType: 'application/vnd.wap.multipart.related' });
      const { message } = theMail(bed);
      assert.equal(message.type.media, 'multipart/mixed');
      const leaves = leafParts(message).map(({ part: leaf }) => leaf);
      assert.deepEqual(
        leaves.map(({ type, disposition }) => [type.media, disposition?.kind, disposition?.parameters['filename']]),
        [
          ['text/plain', undefined, undefined],
          ['text/html', undefined, undefined],
          ['image/png', 'inline', 'b.png'],
          ['image/jpeg', 'inline', 'a.jpg'],
          ['audio/amr', 'attachment', 'c.amr'],
        ],
      );
      const texts = leaves.map((leaf) => Buffer.from(decodeBody(leaf)).toString('utf8'));
      assert.equal(texts[0], 'Grüße\r\n');
      assert.deepEqual(texts.slice(2), ['PNG', 'JPEG', 'AMR']);
      const shown = [...texts[1]!.matchAll(/<p>(?:<img src="cid:([^"]+)" alt="">|([^<]*))<\/p>/g)].map(
        ([, cid, words]) => cid ?? words,
      );
      assert.deepEqual(shown, [leaves[2]!.contentId, 'Grüße', leaves[3]!.contentId]);
    }));

  const NOTES = 'one\ntwo\r\nthree\rfour  \n';
  const HELLO = part('text/plain', 'a\nb', { contentLocation: 'hello.txt' });
  for (const [how, parts] of [
    [
      'says so',
      [
        HELLO,
        part('text/plain', NOTES, {
          headers: [{ name: 'Content-Disposition', value: 'attachment' }],
          contentLocation: 'notes.txt',
        }),
      ],
    ],
    [
      'is not shown by the presentation',
      [
        part('application/smil', '<smil><body><par><text src="hello.txt"/></par></body></smil>'),
        part('text/plain', NOTES, { contentLocation: 'notes.txt' }),
        HELLO,
      ],
    ],
  ] as const) {
    it(`keeps every octet of a text that is a file, as it ${how}; the text that is shown has the line ends of mail`, () =>
      withMm3({}, async (bed) => {
        const content = encodeMultipart([...parts], { media: 'application/vnd.wap.multipart.mixed', parameters: {} });
        await bed.send({ content: [content] });
        const leaves = leafParts(theMail(bed).message).map(({ part: leaf }) => leaf);
        assert.deepEqual(
          leaves.map((leaf) => [leaf.disposition?.parameters['filename'], Buffer.from(decodeBody(leaf)).toString('latin1')]),
          [
            [undefined, 'a\r\nb\r\n'],
            ['notes.txt', NOTES],
          ],
        );
        assert.equal(leaves[1]!.encoding, 'base64');
      }));
  }

  it('cannot bring in fields by its subject, its names or its sender', () =>
    withMm3({}, async (bed) => {
      const evil = 'x\r\nBcc: evil@example.org\r\n\r\n<script>';
      const content = encodeMultipart(
        [
          part('image/jpeg', 'JPEG', {
            contentLocation: evil,
            contentId: evil,
            headers: [{ name: 'X-Evil', value: evil }],
            contentType: { media: 'image/jpeg', parameters: { name: evil } },
          }),
          part('text/plain', '<b>&</b>'),
        ],
        { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
      );
      await bed.send({ subject: evil, content: [content] });
      const { message, envelope } = theMail(bed);
      assert.deepEqual(fieldsOf(message.fields, 'Bcc'), []);
      for (const { part: leaf } of leafParts(message)) assert.deepEqual(fieldsOf(leaf.fields, 'Bcc'), []);
      const html = leafParts(message).find(({ part: leaf }) => leaf.type.media === 'text/html')!.part;
      assert.ok(Buffer.from(decodeBody(html)).toString().includes('&lt;b&gt;&amp;&lt;/b&gt;'));
      assert.equal(envelope.recipients.length, 1);
    }));

  it('goes to each of its recipients in a transaction of his own, and all see whom it is for', () =>
    withMm3({}, async (bed) => {
      await bed.send({
        recipients: [
          { field: 'to', address: { kind: 'email', mailbox: 'ann@example.org' } },
          { field: 'cc', address: { kind: 'email', mailbox: 'ben@example.org' } },
          { field: 'bcc', address: { kind: 'email', mailbox: 'eve@example.org' } },
          { field: 'to', address: ALICE },
        ],
      });
      assert.deepEqual(bed.mails.map(({ recipients }) => recipients.map((one) => one.split(' ')[0])).sort(), [
        ['<ann@example.org>'],
        ['<ben@example.org>'],
        ['<eve@example.org>'],
      ]);
      for (const { content } of bed.mails) {
        const { fields } = read(content);
        assert.equal(fieldOf(fields, 'To'), 'ann@example.org, +491510000001@mms.example');
        assert.equal(fieldOf(fields, 'Cc'), 'ben@example.org');
        assert.ok(!Buffer.from(content).includes('eve@'));
      }
    }));

  it('is refused when its sender is hidden, as mail cannot hide him', () =>
    withMm3({}, async (bed) => {
      const id = await bed.send({ senderVisibility: 'hide' });
      assert.equal(bed.mails.length, 0);
      assert.equal(await stateOf(bed, id), 'rejected');
    }));

  it('that nobody wrote has a null return path, and says so', () =>
    withMm3({}, async (bed) => {
      await bed.send({ messageClass: 'auto', readReport: true });
      const { envelope, message } = theMail(bed);
      assert.ok(envelope.sender.startsWith('<>'));
      assert.equal(fieldOf(message.fields, 'Auto-Submitted'), 'auto-generated');
      assert.equal(fieldOf(message.fields, 'Disposition-Notification-To'), undefined);
    }));

  it('is signed so that the receiver can verify it', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    return withMm3({ outgoing: { dkim: { domain: DOMAIN, selector: 's1', privateKey: pem } } }, async (bed) => {
      await bed.send();
      const { message } = theMail(bed);
      assert.equal(message.fields[0]!.name, 'DKIM-Signature');
      assert.match(message.fields[0]!.value, /^v=1; a=rsa-sha256; c=relaxed\/relaxed; d=mms\.example; s=s1;/);
    });
  });
});

describe('a mail server that', () => {
  it('greylists sees the mail again after a minute, with the same ids', () =>
    withMm3({}, async (bed) => {
      bed.far.setFaults([{ kind: '4xx-after-data' }]);
      const id = await bed.send();
      assert.equal(await stateOf(bed, id), 'due');
      bed.far.setFaults([]);
      bed.domain.pass(MINUTE - 1);
      await bed.domain.messaging.workDue();
      assert.equal(await stateOf(bed, id), 'due');
      bed.domain.pass(1);
      await bed.domain.messaging.workDue();
      assert.equal(await stateOf(bed, id), 'transferred');
      const ids = bed.mails.map(({ content, sender }) => [fieldOf(read(content).fields, 'Message-ID'), sender.split(' ')[0]]);
      for (const one of ids) assert.deepEqual(one, ids[0]);
    }));

  it('refuses the recipient for ever ends the delivery', () =>
    withMm3({}, async (bed) => {
      bed.far.setFaults([{ kind: '5xx' }]);
      assert.equal(await stateOf(bed, await bed.send()), 'unreachable');
    }));

  it('is not there makes the road rest, as it is the one for all mail', () =>
    withMm3({}, async (bed) => {
      await bed.far.close();
      await bed.send();
      const [queue] = await bed.domain.messaging.roads();
      assert.equal(queue?.state, 'resting');
    }));
});

const dsn = (action: string, key: string, more: readonly string[] = []) => [
  'From: MAILER-DAEMON@example.org',
  'Subject: report',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
  '',
  '--r',
  '',
  'words for people',
  '--r',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.org',
  ...(key === '' ? [] : [`Original-Envelope-Id: ${key}`]),
  '',
  'Final-Recipient: rfc822; ann@example.org',
  `Action: ${action}`,
  'Status: 2.0.0',
  'Diagnostic-Code: smtp; 250 ok',
  ...more,
  '--r--',
];

describe('a report that comes by mail', () => {
  const states: readonly (readonly [string, string])[] = [
    ['delivered', 'retrieved'],
    ['failed', 'unreachable'],
    ['relayed', 'forwarded'],
    ['delayed', 'acknowledged'],
  ];
  for (const [action, state] of states)
    it(`with action ${action}, at the return path, makes the delivery ${state}`, () =>
      withMm3({}, async (bed) => {
        const id = await bed.send({ deliveryReport: true });
        assert.equal(await stateOf(bed, id), 'acknowledged');
        assert.match(bed.mails[0]!.recipients[0]!, /NOTIFY=SUCCESS,FAILURE/);
        assert.match(bed.mails[0]!.sender, /ENVID=/);
        assert.match(await bed.mail(dsn(action, ''), '', returnPath(await keyOf(bed, id), DOMAIN)), /^250/);
        assert.equal(await stateOf(bed, id), state);
      }));

  it('to the subscriber is known by ENVID, or by the Message-ID of what came back, and is no message for his phone', () =>
    withMm3({}, async (bed) => {
      const first = await bed.send({ deliveryReport: true });
      assert.match(await bed.mail(dsn('delivered', await keyOf(bed, first)), '', '+491510000001@mms.example'), /^250/);
      assert.equal(await stateOf(bed, first), 'retrieved');
      const second = await bed.send({ deliveryReport: true });
      const returned = ['--r', 'Content-Type: text/rfc822-headers', '', `Message-ID: <${second}@mms.example>`];
      assert.match(await bed.mail(dsn('failed', '', returned), '', '+491510000001@mms.example'), /^250/);
      assert.equal(await stateOf(bed, second), 'unreachable');
      assert.equal(bed.domain.notifications().length, 0);
    }));

  it('in no standard form, at the return path, makes the delivery indeterminate', () =>
    withMm3({}, async (bed) => {
      const id = await bed.send({ deliveryReport: true });
      assert.match(
        await bed.mail(
          ['From: x@example.org', '', 'your mail could not be delivered'],
          '',
          returnPath(await keyOf(bed, id), DOMAIN),
        ),
        /^250/,
      );
      assert.equal(await stateOf(bed, id), 'indeterminate');
    }));

  it('is none when a person or a holiday notice answers at the return path', () =>
    withMm3({}, async (bed) => {
      const id = await bed.send({ deliveryReport: true });
      const path = returnPath(await keyOf(bed, id), DOMAIN);
      assert.match(
        await bed.mail(['From: x@example.org', 'Auto-Submitted: auto-replied (vacation)', '', 'away'], '', path),
        /^250/,
      );
      assert.match(await bed.mail(['From: x@example.org', '', 'hello'], 'x@example.org', path), /^250/);
      assert.equal(await stateOf(bed, id), 'acknowledged');
    }));

  it('of reading is told to the sender of the message', () =>
    withMm3({}, async (bed) => {
      const id = await bed.send({ readReport: true });
      assert.equal(fieldOf(theMail(bed).message.fields, 'Disposition-Notification-To'), '+491510000001@mms.example');
      const mdn = [
        'From: ann@example.org',
        'Content-Type: multipart/report; report-type=disposition-notification; boundary=r',
        '',
        '--r',
        '',
        'read',
        '--r',
        'Content-Type: message/disposition-notification',
        '',
        'Final-Recipient: rfc822;ann@example.org',
        `Original-Message-ID: <${id}@mms.example>`,
        'Disposition: manual-action/MDN-sent-manually; displayed',
        '--r--',
      ];
      assert.match(await bed.mail(mdn, '', '+491510000001@mms.example'), /^250/);
      assert.equal((await bed.domain.delivery(id as MessageId)).readStatus, 'read');
    }));
});

describe('a report that goes out by mail', () => {
  const incoming = [
    'From: Ann <ann@example.org>',
    'Message-ID: <1@example.org>',
    'Disposition-Notification-To: ann@example.org',
    '',
    'hello',
  ];
  const wishing = async (bed: Mm3Bed, notify: string): Promise<MessageId> => {
    await bed.play(`
      ← 220
      → EHLO mx.example.org
      ← 250
      → MAIL FROM:<ann@example.org> ENVID=QQ314159
      ← 250
      → RCPT TO:<+491510000002@mms.example>${notify}
      ← 250
      → DATA
      ← 354
      ${incoming.map((line) => `| ${line}`).join('\n')}
      ← 250`);
    const accepted = bed.domain.events.find(({ kind }) => kind === 'message-accepted') as { messageId: MessageId };
    await bed.domain.messaging.workDue();
    return accepted.messageId;
  };
  const settle = async (bed: Mm3Bed, id: MessageId, status: 'retrieved' | 'rejected'): Promise<void> => {
    const delivery = await bed.domain.delivery(id);
    const by = delivery.recipient.kind === 'number' ? { by: delivery.recipient.msisdn } : {};
    const answered = await bed.domain.messaging.notificationAnswered({ key: delivery.key, ...by, status });
    assert.ok(answered.ok);
    await bed.domain.messaging.workDue();
  };

  it('says as a DSN from a null return path what became of the message', () =>
    withMm3({}, async (bed) => {
      await settle(bed, await wishing(bed, ' NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;+2Bbob@mms.example'), 'retrieved');
      const { envelope, message } = theMail(bed);
      assert.ok(envelope.sender.startsWith('<>'));
      assert.match(envelope.recipients[0]!, /^<ann@example\.org>/);
      assert.equal(fieldOf(message.fields, 'Auto-Submitted'), 'auto-generated');
      assert.deepEqual([message.type.media, message.type.parameters['report-type']], ['multipart/report', 'delivery-status']);
      const status = leafParts(message).find(({ part: leaf }) => leaf.type.media === 'message/delivery-status')!.part;
      assert.deepEqual(Buffer.from(decodeBody(status)).toString().split('\r\n'), [
        'Original-Envelope-Id: QQ314159',
        'Reporting-MTA: dns; mmsc.example',
        'DSN-Gateway: dns; mmsc.example',
        '',
        'Original-Recipient: rfc822;+bob@mms.example',
        'Final-Recipient: rfc822; +491510000002@mms.example',
        'Action: delivered',
        'Status: 2.0.0',
        '',
      ]);
    }));

  it('is not sent of a success that nobody asked about, and is of a failure', () =>
    withMm3({}, async (bed) => {
      await settle(bed, await wishing(bed, ''), 'retrieved');
      assert.equal(bed.mails.length, 0);
    }).then(() =>
      withMm3({}, async (bed) => {
        await settle(bed, await wishing(bed, ''), 'rejected');
        const status = leafParts(theMail(bed).message).find(
          ({ part: leaf }) => leaf.type.media === 'message/delivery-status',
        )!.part;
        assert.match(Buffer.from(decodeBody(status)).toString(), /Action: failed\r\nStatus: 5\.7\.1/);
      }),
    ));

  it('is not sent where it was not to be', () =>
    withMm3({}, async (bed) => {
      await settle(bed, await wishing(bed, ' NOTIFY=NEVER'), 'rejected');
      assert.equal(bed.mails.length, 0);
    }));

  it('says as an MDN that the message was read', () =>
    withMm3({}, async (bed) => {
      const id = await wishing(bed, '');
      await settle(bed, id, 'retrieved');
      const { recipient } = await bed.domain.delivery(id);
      assert.ok(recipient.kind === 'number');
      assert.ok((await bed.domain.messaging.readReported({ messageId: id, by: recipient.msisdn, status: 'read' })).ok);
      await bed.domain.messaging.workDue();
      const { message, envelope } = theMail(bed);
      assert.ok(envelope.sender.startsWith('<>'));
      assert.equal(fieldOf(message.fields, 'From'), '+491510000002@mms.example');
      const disposition = leafParts(message).find(
        ({ part: leaf }) => leaf.type.media === 'message/disposition-notification',
      )!.part;
      assert.deepEqual(Buffer.from(decodeBody(disposition)).toString().split('\r\n'), [
        'Reporting-UA: mmsc.example; MMS',
        'Final-Recipient: rfc822; +491510000002@mms.example',
        'Original-Message-ID: <1@example.org>',
        'Disposition: manual-action/MDN-sent-manually; displayed',
        '',
      ]);
    }));

  it('is never sent to a null return path', () =>
    withMm3({}, async (bed) => {
      assert.match(await bed.mail(['From: robot@example.org', '', 'x'], ''), /^250/);
      const accepted = bed.domain.events.find(({ kind }) => kind === 'message-accepted') as { messageId: MessageId };
      await bed.domain.messaging.workDue();
      await settle(bed, accepted.messageId, 'rejected');
      assert.equal(bed.mails.length, 0);
    }));
});

describe('mail that meets itself', () => {
  it('goes round no more than once: a phone’s message that is sent back to a phone is refused', () =>
    withMm3({}, async (bed) => {
      await bed.send({ content: [textContent('hello')] });
      const back = Buffer.from(bed.mails[0]!.content).toString('latin1').split('\r\n');
      assert.match(await bed.mail(back), /^554 5\.4\.6/);
    }));
});
