/** Mail to phones, as dialogues with our listener; behind it the real domain. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { decodeText, type Part } from '#codec/wsp';
import { type Message, StoreUnavailable } from '#messaging';
import { type Mm3Bed, withMm3 } from './mm3.contract.js';
import type { Mm3MailRule } from './settings.js';
import { partsOf } from './shown-mail.js';

const RULE: Mm3MailRule = { name: 'r', senders: [], recipientPrefixes: [], require: [], action: 'accept' };
const directory = (...mailRules: readonly Mm3MailRule[]) => ({
  snapshot: {
    mailRules,
    subscriberOfAlias: (local: string) => (local === 'bob' ? { msisdn: toMsisdn('491510000002')! } : undefined),
  },
});

/** The one message that was accepted, and its content as the phone would fetch it. */
async function arrived({ domain }: Mm3Bed): Promise<{ readonly message: Message; readonly parts: readonly Part[] }> {
  const accepted = domain.events.find((event) => event.kind === 'message-accepted');
  assert.ok(accepted !== undefined && 'messageId' in accepted, 'a message was accepted');
  const { messageId } = accepted as { messageId: Message['id'] };
  const delivery = await domain.delivery(messageId);
  const { recipient } = delivery;
  const retrieval = await domain.messaging.retrieve(delivery.key, recipient.kind === 'number' ? recipient.msisdn : undefined);
  assert.ok(retrieval.ok, retrieval.ok ? '' : retrieval.error.kind);
  return { message: retrieval.value.message, parts: partsOf(retrieval.value.content)! };
}

const acceptedCount = ({ domain }: Mm3Bed): number => domain.events.filter(({ kind }) => kind === 'message-accepted').length;
const textIn = (parts: readonly Part[]): string[] =>
  parts.filter(({ contentType }) => contentType.media === 'text/plain').map(({ data }) => decodeText(data, 'utf-8'));
const FROM = ['From: Ann <ann@example.org>', 'To: +491510000002@mms.example', 'Message-ID: <1@example.org>'];

describe('a mail to a phone', () => {
  it('is answered when it is stored, and the phone is notified', () =>
    withMm3({}, async (bed) => {
      await bed.play(`
        ← 220 mmsc.example
        → EHLO mx.example.org
        ← 250
        → MAIL FROM:<ann@example.org>
        ← 250 2.1.0
        → RCPT TO:<+491510000002@mms.example>
        ← 250 2.1.5
        → DATA
        ← 354
        | From: Ann <ann@example.org>
        | To: +491510000002@mms.example
        | Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=
        | Message-ID: <1@example.org>
        | Date: Thu, 13 Jan 2022 02:25:45 +0200
        |
        | Hello Bob
        ← 250 2.0.0
        → QUIT
        ← 221`);
      await bed.domain.messaging.workDue();
      assert.equal(bed.domain.notifications().length, 1);
      const { message, parts } = await arrived(bed);
      assert.deepEqual(message.sender, { kind: 'email', mailbox: 'ann@example.org' });
      assert.equal(message.subject, 'Grüße');
      assert.deepEqual(
        parts.map(({ contentType }) => contentType.media),
        ['application/smil', 'text/plain'],
      );
      assert.deepEqual(textIn(parts), ['Hello Bob']);
    }));

  it('may name it in every usual way, or by an alias', () =>
    withMm3({ directory: directory(RULE) }, async (bed) => {
      for (const local of [
        '+491510000002',
        '491510000002',
        '01510000002',
        '+491510000002/TYPE=PLMN',
        '"+491510000002"',
        'bob',
        'BOB',
      ])
        await bed.play(`
          ← 220
          → EHLO mx.example.org
          ← 250
          → MAIL FROM:<ann@example.org>
          ← 250
          → RCPT TO:<${local}@MMS.example>
          ← 250`);
    }));

  it('keeps every attachment: the same sha256 on the phone, with a presentation that names it', () =>
    withMm3({}, async (bed) => {
      const picture = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7) & 0xff));
      const reply = await bed.mail([
        ...FROM,
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        'Content-Type: multipart/alternative; boundary=i',
        '',
        '--i',
        '',
        'plain',
        '--i',
        'Content-Type: text/html',
        '',
        '<p>html</p>',
        '--i--',
        '--o',
        'Content-Type: image/jpeg; name="a b.jpg"',
        'Content-Transfer-Encoding: base64',
        '',
        ...picture.toString('base64').match(/.{1,76}/g)!,
        '--o--',
      ]);
      assert.equal(reply, '250 2.0.0 accepted');
      const { parts } = await arrived(bed);
      const sha = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');
      const image = parts.find(({ contentType }) => contentType.media === 'image/jpeg')!;
      assert.equal(sha(image.data), sha(picture));
      assert.equal(image.contentLocation, 'a b.jpg');
      assert.ok(decodeText(parts[0]!.data, 'utf-8').includes('src="a b.jpg"'));
      assert.deepEqual(textIn(parts), ['plain']);
    }));

  it('keeps every octet of a text that is a file, though the mail program that sent it says inline', () =>
    withMm3({}, async (bed) => {
      const notes = 'one\ntwo\r\nthree  \n\n';
      await bed.mail([
        ...FROM,
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        '',
        'see below',
        ...['inline', 'attachment'].flatMap((kind, i) => [
          '--o',
          'Content-Type: text/plain; charset=iso-8859-1',
          `Content-Disposition: ${kind}; filename=notes${i}.txt`,
          'Content-Transfer-Encoding: base64',
          '',
          Buffer.from(notes).toString('base64'),
        ]),
        '--o--',
      ]);
      const { parts } = await arrived(bed);
      assert.deepEqual(
        parts.slice(1).map(({ contentLocation, data }) => [contentLocation, Buffer.from(data).toString('latin1')]),
        [
          ['part1.txt', 'see below'],
          ['notes0.txt', notes],
          ['notes1.txt', notes],
        ],
      );
    }));

  it('that comes again from the same server is answered again and delivered once', () =>
    withMm3({}, async (bed) => {
      for (let i = 0; i < 2; i++) assert.equal(await bed.mail([...FROM, '', 'a']), '250 2.0.0 accepted');
      assert.equal(acceptedCount(bed), 1);
    }));

  it('is for whom the envelope names: of 20 in its header, one in RCPT', () =>
    withMm3({}, async (bed) => {
      const many = Array.from({ length: 20 }, (_, i) => `+4915100001${String(i).padStart(2, '0')}@mms.example`);
      const lines = ['From: ann@example.org', `To: ${many.join(', ')}`, 'Message-ID: <1@example.org>', '', 'x'];
      assert.equal(await bed.mail(lines, 'ann@example.org', many[7]!), '250 2.0.0 accepted');
      await bed.domain.messaging.workDue();
      assert.deepEqual(
        bed.domain.notifications().map(({ to }) => `+${to}@mms.example`),
        [many[7]],
      );
    }));

  it('is put off when the store can promise nothing', () =>
    withMm3({}, async (bed) => {
      bed.domain.trouble = (method) => (method === 'accept' ? new StoreUnavailable('disk full') : undefined);
      assert.match(await bed.mail([...FROM, '', 'a']), /^451 4\.3\.0/);
    }));
});

describe('the listener of MM3', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['another domain: nothing is relayed', 'bob@elsewhere.example', '550 5.7.1'],
    ['a local part that is nobody', 'nobody@mms.example', '550 5.1.1'],
    ['a number with a tag', '+491510000002+tag@mms.example', '550 5.1.1'],
    ['a return path that we never made', 'b-00@mms.example', '550 5.1.1'],
    ['the staff, when nobody is named for it', 'postmaster@mms.example', '450 4.2.1'],
  ];
  for (const [what, recipient, reply] of refused)
    it(`refuses ${what}`, () =>
      withMm3({}, (bed) =>
        bed.play(`
          ← 220
          → EHLO mx.example.org
          ← 250
          → MAIL FROM:<ann@example.org>
          ← 250
          → RCPT TO:<${recipient}>
          ← ${reply}`),
      ));

  const contents: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['From that names nobody, and no return path to stand for it', ['From: nobody at all', '', 'x'], /^554 5\.6\.0/],
    ['From that names a subscriber of ours', ['From: +491510000001@mms.example', '', 'x'], /^550 5\.7\.1/],
    ['Sensitivity, which phones cannot keep', [...FROM, 'Sensitivity: private', '', 'x'], /^554 5\.6\.0/],
    [
      'mail that goes round, by its Received fields',
      [...Array<string>(100).fill('Received: by x; Thu, 13 Jan 2022 02:25:45 +0200'), ...FROM, '', 'x'],
      /^554 5\.4\.6/,
    ],
    ['mail that has been here before', ['X-Loop: mms.example', ...FROM, '', 'x'], /^554 5\.4\.6/],
    ['mail of a list', [...FROM, 'List-Id: <l.example.org>', '', 'x'], /^550 5\.7\.1/],
    ['mail in bulk', [...FROM, 'Precedence: bulk', '', 'x'], /^550 5\.7\.1/],
    ['a header section beyond its limits', [...Array<string>(1_100).fill('A: b'), '', 'x'], /^554 5\.6\.0/],
  ];
  for (const [what, lines, reply] of contents)
    it(`refuses ${what}`, () =>
      withMm3({}, async (bed) => {
        assert.match(await bed.mail(lines, what.startsWith('From that names nobody') ? '' : 'ann@example.org'), reply);
        assert.equal(acceptedCount(bed), 0);
      }));

  const taken: readonly (readonly [string, readonly string[], (message: Message) => void])[] = [
    [
      'octets above 0x7f in a header',
      ['From: ann@example.org', 'Subject: Grüße', '', 'x'],
      ({ subject }) => assert.equal(subject, 'Grüße'),
    ],
    [
      'a From that cannot be read, for the return path',
      ['From: <<ann', '', 'x'],
      ({ sender }) => assert.deepEqual(sender, { kind: 'email', mailbox: 'ann@example.org' }),
    ],
    [
      'a From of two, for the Sender',
      ['From: a@example.org, b@example.org', 'Sender: b@example.org', '', 'x'],
      ({ sender }) => assert.deepEqual(sender, { kind: 'email', mailbox: 'b@example.org' }),
    ],
    [
      'a Message-ID that looks like a path',
      ['From: ann@example.org', 'Message-ID: <../../../etc/passwd>', '', 'x'],
      ({ origin }) => assert.ok(origin.interface === 'mm3' && origin.messageId === '<../../../etc/passwd>'),
    ],
    [
      'a Subject that hides line breaks',
      ['From: ann@example.org', 'Subject: =?UTF-8?Q?a=0D=0ABcc:_x?=', '', 'x'],
      ({ subject }) => assert.equal(subject, 'a Bcc: x'),
    ],
    [
      'a transfer encoding that is wrong',
      ['From: ann@example.org', 'Content-Transfer-Encoding: base64', '', '%%%% no base64 %%%%'],
      ({ size }) => assert.ok(size > 0),
    ],
    [
      'multiparts inside multiparts, as deep as the limit',
      [
        'From: ann@example.org',
        ...Array.from({ length: 7 }, (_, i) => [
          ...(i === 0 ? [] : [`--b${i - 1}`]),
          `Content-Type: multipart/mixed; boundary=b${i}`,
          '',
        ]).flat(),
        '--b6',
        '',
        'deep',
      ],
      ({ size }) => assert.ok(size > 0),
    ],
  ];
  for (const [what, lines, check] of taken)
    it(`takes ${what}`, () =>
      withMm3({}, async (bed) => {
        assert.equal(await bed.mail(lines), '250 2.0.0 accepted');
        check((await arrived(bed)).message);
      }));

  it('refuses multiparts nested beyond the limit', () =>
    withMm3({}, async (bed) => {
      const nested = Array.from({ length: 20 }, (_, i) => [
        ...(i === 0 ? [] : [`--b${i - 1}`]),
        `Content-Type: multipart/mixed; boundary=b${i}`,
        '',
      ]).flat();
      assert.match(await bed.mail(['From: ann@example.org', ...nested]), /^554 5\.6\.0/);
    }));

  it('hands mail to the staff on, and answers as their server does', () =>
    withMm3({ incoming: { staffMailbox: 'noc@elsewhere.example' } }, async (bed) => {
      assert.equal(
        await bed.mail(['From: x@y.example', '', 'help'], 'x@y.example', 'Postmaster@mms.example'),
        '250 2.0.0 accepted',
      );
      assert.match(bed.mails[0]!.recipients[0]!, /^<noc@elsewhere\.example>/);
      bed.far.setFaults([{ kind: '4xx-for' }]);
      assert.match(await bed.mail(['From: x@y.example', '', 'help'], 'x@y.example', 'abuse@mms.example'), /^450/);
    }));
});

describe('rules for mail', () => {
  const rcpt = (from: string, to: string, reply: string) => `
    ← 220
    → EHLO mx.example.org
    ← 250
    → MAIL FROM:<${from}>
    ← 250
    → RCPT TO:<${to}>
    ← ${reply}`;

  it('are asked in their order, the first that fits counts; what none fits gets the default', () =>
    withMm3(
      {
        incoming: { otherwise: 'refuse' },
        directory: directory(
          { ...RULE, senders: ['bad@example.org'], action: 'refuse' },
          { ...RULE, senders: ['@example.org', '@.sub.example'] },
          { ...RULE, recipientPrefixes: ['4915100000'], senders: ['vip@elsewhere.example'] },
          { ...RULE, senders: ['@grey.example'], action: 'hold-back' },
        ),
      },
      async (bed) => {
        const bob = '+491510000002@mms.example';
        await bed.play(rcpt('Bad@example.org', bob, '550 5.7.1'));
        await bed.play(rcpt('ann@example.org', bob, '250'));
        await bed.play(rcpt('ann@a.sub.example', bob, '250'));
        await bed.play(rcpt('ann@sub.example', bob, '550 5.7.1'));
        await bed.play(rcpt('vip@elsewhere.example', bob, '250'));
        await bed.play(rcpt('vip@elsewhere.example', '+491511111111@mms.example', '550 5.7.1'));
        await bed.play(rcpt('ann@grey.example', bob, '450 4.2.1'));
      },
    ));

  it('bound the mails of a sender in an hour', () =>
    withMm3({ directory: directory({ ...RULE, hourlyMax: 2 }) }, async (bed) => {
      const send = (n: number) => bed.mail(['From: ann@example.org', `Message-ID: <${n}@example.org>`, '', 'x']);
      assert.match(await send(1), /^250/);
      assert.match(await send(2), /^250/);
      assert.match(await send(3), /^450 4\.7\.0/);
      bed.domain.pass(3_600_000);
      assert.match(await send(4), /^250/);
    }));

  it('may ask for what the border server found out, and only its word counts', () =>
    withMm3(
      { incoming: { authenticationServers: ['border.example'] }, directory: directory({ ...RULE, require: ['dkim'] }) },
      async (bed) => {
        const send = (...results: readonly string[]) =>
          bed.mail([...results.map((one) => `Authentication-Results: ${one}`), ...FROM, '', 'x']);
        assert.match(await send(), /^550 5\.7\.20/);
        assert.match(await send('evil.example; dkim=pass'), /^550 5\.7\.20/);
        assert.match(
          await send('border.example; dkim=fail (bad) header.d=x; spf=pass', 'border.example; dkim=pass'),
          /^550 5\.7\.20/,
        );
        assert.match(await send('border.example 1; spf=pass; dkim=pass header.d=example.org; dmarc=fail'), /^550 5\.7\.26/);
        assert.match(await send('evil.example; dmarc=fail', 'border.example; (dkim=fail) dkim=pass'), /^250/);
      },
    ));

  it('bound the octets of a mail, before it comes where the sender says how many there are', () =>
    withMm3({ directory: directory({ ...RULE, sizeMax: 500 }) }, async (bed) => {
      await bed.play(`
        ← 220
        → EHLO mx.example.org
        ← 250
        → MAIL FROM:<ann@example.org> SIZE=501
        ← 250
        → RCPT TO:<+491510000002@mms.example>
        ← 552 5.3.4`);
      assert.match(await bed.mail([...FROM, '', 'x'.repeat(500)]), /^552 5\.3\.4/);
    }));
});
