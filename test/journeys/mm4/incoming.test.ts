/** MM4 in: another carrier hands messages over, gets its answer and its reports. Loopback, the real domain, the laboratory's carrier. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import { toMsisdn } from '#base';
import type { Mm4ForwardRes } from '#codec/mm4';
import { mm4AddressText } from '#codec/mm4';
import { decodeParts, readContent } from '#codec/mms';
import { isPdu, LAB_PROFILES } from '#endpoint/carrier';
import { ALICE, ANNA, BOB, BODY, OURS, PICTURE, startWorld, THEIRS, type World, type WorldOptions } from '../../kit/mm4/world.js';

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const bobWrites = { from: BOB, to: [ALICE], body: BODY };

let world: World | undefined;
const start = async (options?: WorldOptions): Promise<World> => {
  world = await startWorld(options);
  return world;
};
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** What SMTP said to each recipient, as `250 2.0.0`. */
const said = (outcome: Awaited<ReturnType<World['lab']['send']>>['outcome']): string[] =>
  outcome.recipients.map(({ kind, reply }) => (reply === undefined ? kind : `${reply.code} ${reply.enhanced}`));
const responseOf = (received: { pdu?: unknown }): Mm4ForwardRes => received.pdu as Mm4ForwardRes;

describe('a message of another carrier', () => {
  it('is kept, answered 250, acknowledged with Ok in a mail of its own, and notified to the recipient', async () => {
    const { lab, pushes, until } = await start();
    const { pdu, outcome } = await lab.send(bobWrites);
    assert.deepEqual(said(outcome), ['250 2.0.0']);
    const { mail, pdu: res } = await lab.until(isPdu('MM4_forward.RES'));
    const response = responseOf({ pdu: res });
    assert.deepEqual(
      [response.transactionId, response.messageId, response.status, response.requestRecipients?.map((it) => mm4AddressText(it))],
      [pdu.transactionId, pdu.messageId, 'Ok', [`+${ALICE}/TYPE=PLMN`]],
    );
    assert.match(mail.sender, new RegExp(`^<system-user@${OURS}>`));
    assert.match(mail.recipients.join(), new RegExp(`^<system-user@${THEIRS}>`));
    await until('the notification', () => pushes.length === 1);
  });

  it('has the same octets at the handset as at its sender', async () => {
    const { lab, pushes, until, contentOf } = await start();
    await lab.send(bobWrites);
    await until('the notification', () => pushes.length === 1);
    const content = readContent(await contentOf(pushes[0]!));
    assert.ok(content.ok);
    const parts = decodeParts(content.value);
    assert.ok(parts.ok);
    assert.deepEqual(
      parts.value.map(({ contentType, data }) => [contentType.media, sha256(data)]),
      [
        ['text/plain', sha256(new TextEncoder().encode('Grüße'))],
        ['image/jpeg', sha256(PICTURE)],
      ],
    );
  });

  it('for one recipient of the envelope and 20 in its header is delivered to the one', async () => {
    const { lab, pushes, until } = await start();
    const many = Array.from({ length: 20 }, (_, i) => `4670000${String(i + 100).padStart(4, '0')}`);
    await lab.send({ ...bobWrites, to: many, envelope: [many[7]!] });
    await until('the notification', () => pushes.length === 1);
    assert.deepEqual(
      pushes.map(({ to }) => to),
      [many[7]],
    );
  });

  it('that comes twice under one id is delivered once and answered twice', async () => {
    const { lab, pushes, until } = await start();
    const headers = { transactionId: 'T-1', messageId: '../../etc/passwd' };
    for (let i = 0; i < 2; i++) assert.deepEqual(said((await lab.send({ ...bobWrites, headers })).outcome), ['250 2.0.0']);
    await until('both answers', () => lab.received.filter(isPdu('MM4_forward.RES')).length === 2);
    for (const { pdu } of lab.received.filter(isPdu('MM4_forward.RES')))
      assert.deepEqual([responseOf({ pdu }).status, responseOf({ pdu }).messageId], ['Ok', '../../etc/passwd']);
    assert.equal(pushes.length, 1);
  });

  it('is answered nothing when it asks for nothing', async () => {
    const { lab, pushes, until } = await start();
    await lab.send({ ...bobWrites, headers: { ackRequest: false } });
    await lab.send({ ...bobWrites, headers: { transactionId: 'second' } });
    await lab.until(isPdu('MM4_forward.RES'));
    await until('both notifications', () => pushes.length === 2);
    assert.deepEqual(
      lab.received.filter(isPdu('MM4_forward.RES')).map(({ pdu }) => responseOf({ pdu }).transactionId),
      ['second'],
    );
  });

  it('for somebody who is not here is refused in its answer, with the SMTP positive', async () => {
    const { lab } = await start();
    const { outcome } = await lab.send({ ...bobWrites, to: ['46709990001'] });
    assert.deepEqual(said(outcome), ['250 2.0.0']);
    const { pdu } = await lab.until(isPdu('MM4_forward.RES'));
    assert.equal(responseOf({ pdu }).status, 'Error-sending-address-unresolved');
  });

  it('for somebody who is not here is refused in SMTP when no answer was asked for', async () => {
    const { lab } = await start();
    const { outcome } = await lab.send({ ...bobWrites, to: ['46709990001'], headers: { ackRequest: false } });
    assert.deepEqual(said(outcome), ['550 5.1.1']);
  });

  it('for two of whom one is not here is taken for the other, and the answers name both', async () => {
    const { lab, pushes, until } = await start();
    await lab.send({ ...bobWrites, to: [ALICE, '46709990001'] });
    await until('both answers', () => lab.received.filter(isPdu('MM4_forward.RES')).length === 2);
    const answers = lab.received.filter(isPdu('MM4_forward.RES')).map(({ pdu }) => responseOf({ pdu }));
    assert.deepEqual(
      answers.map(({ status, requestRecipients }) => [status, requestRecipients?.map((it) => mm4AddressText(it))]),
      [
        ['Ok', [`+${ALICE}/TYPE=PLMN`]],
        ['Error-sending-address-unresolved', ['+46709990001/TYPE=PLMN']],
      ],
    );
    await until('the notification', () => pushes.length === 1);
  });

  it('hides its sender from the handset when he wishes so', async () => {
    const { lab, pushes, until } = await start();
    await lab.send({ ...bobWrites, headers: { senderVisibility: 'hide' } });
    await until('the notification', () => pushes.length === 1);
    const [push] = pushes;
    assert.ok(push?.kind === 'notification' && push.from === undefined);
  });

  it('for a domain or a mailbox that is not ours is refused at RCPT: nothing is relayed', async () => {
    const { lab } = await start();
    const send = async (recipient: string) =>
      said(await lab.sendOctets(`system-user@${THEIRS}`, [recipient], new TextEncoder().encode('Subject: x\r\n\r\n')));
    assert.deepEqual(await send('+46700000001/TYPE=PLMN@elsewhere.example'), ['550 5.7.1']);
    assert.deepEqual(await send(`nobody@${OURS}`), ['550 5.1.1']);
  });

  it('from a domain that is not this peer is refused at MAIL', async () => {
    const { lab, pushes } = await start();
    const { outcome } = await lab.send({ ...bobWrites, mailFrom: '+46720000001/TYPE=PLMN@mms.forged.example' });
    assert.deepEqual(said(outcome), ['550 5.7.1']);
    assert.equal(pushes.length, 0);
  });

  it('from an address that no peer has is refused', async () => {
    const { lab } = await start({ peer: { identification: { networks: ['192.0.2.0/24'] } } });
    assert.deepEqual(said((await lab.send(bobWrites)).outcome), ['550 5.7.1']);
  });

  it('in the name of one of our subscribers, or of our domain, is refused', async () => {
    const { lab, pushes } = await start();
    for (const headers of [{ transactionId: 'a' }, { transactionId: 'b' }]) {
      const from = { kind: 'number', digits: ANNA, international: true, typed: true } as const;
      const domain = headers.transactionId === 'b' ? { domain: OURS } : {};
      await lab.send({ ...bobWrites, headers: { ...headers, from: { ...from, ...domain } } });
    }
    const answers = lab.received.filter(isPdu('MM4_forward.RES')).map(({ pdu }) => responseOf({ pdu }).status);
    assert.deepEqual(answers, ['Error-service-denied', 'Error-service-denied']);
    assert.equal(pushes.length, 0);
  });

  it('that comes from ourselves, or went through too many hands, is refused without an answer: it would go round', async () => {
    const { lab, pushes } = await start();
    const originatorSystem = { kind: 'mailbox', local: 'system-user', domain: OURS } as const;
    const { outcome } = await lab.send({ ...bobWrites, headers: { originatorSystem } });
    assert.deepEqual(said(outcome), ['554 5.4.6']);
    const lines = Array.from({ length: 60 }, (_, i) => `Received: by relay${i}.example; Thu, 13 Jan 2022 02:25:45 +0000`);
    const head = [
      ...lines,
      `From: +${BOB}/TYPE=PLMN`,
      'X-Mms-Message-Type: MM4_forward.REQ',
      'X-Mms-Transaction-ID: t',
      'X-Mms-Message-ID: m',
    ];
    const content = new TextEncoder().encode(`${head.join('\r\n')}\r\n\r\nhello`);
    assert.deepEqual(said(await lab.sendOctets(`system-user@${THEIRS}`, [`+${ALICE}/TYPE=PLMN@${OURS}`], content)), [
      '554 5.4.6',
    ]);
    assert.equal(pushes.length, 0);
  });

  it('with a header that cannot be read gets its answer with the ids that could', async () => {
    const { lab } = await start();
    const head = [
      'From: nobody at all',
      'X-Mms-Message-Type: MM4_forward.REQ',
      'X-Mms-Transaction-ID: "t-7"',
      'X-Mms-Message-ID: "m-7"',
      'X-Mms-Ack-Request: Yes',
      `X-Mms-Originator-System: system-user@${THEIRS}`,
    ];
    const content = new TextEncoder().encode(`${head.join('\r\n')}\r\n\r\nhello`);
    assert.deepEqual(said(await lab.sendOctets(`system-user@${THEIRS}`, [`+${ALICE}/TYPE=PLMN@${OURS}`], content)), [
      '250 2.0.0',
    ]);
    const { pdu } = await lab.until(isPdu('MM4_forward.RES'));
    const { transactionId, messageId, status } = responseOf({ pdu });
    assert.deepEqual([transactionId, messageId, status], ['t-7', 'm-7', 'Error-message-format-corrupt']);
  });

  it('of a type that does not exist is answered as unsupported; plain mail is refused', async () => {
    const { lab } = await start();
    const send = async (head: string) =>
      said(
        await lab.sendOctets(
          `system-user@${THEIRS}`,
          [`+${ALICE}/TYPE=PLMN@${OURS}`],
          new TextEncoder().encode(`From: +${BOB}/TYPE=PLMN\r\n${head}\r\n\r\nhello`),
        ),
      );
    assert.deepEqual(await send('X-Mms-Message-Type: MM4_recall.REQ\r\nX-Mms-Transaction-ID: t\r\nX-Mms-Ack-Request: Yes'), [
      '250 2.0.0',
    ]);
    const { pdu } = await lab.until(isPdu('MM4_forward.RES'));
    assert.equal(responseOf({ pdu }).status, 'Error-unsupported-message');
    assert.deepEqual(await send('Subject: buy now'), ['554 5.6.0']);
  });

  it('is put off while the peer is paused or draining; late answers are still taken from one that drains', async () => {
    const paused = await start({ peer: { state: 'paused' } });
    assert.deepEqual(said((await paused.lab.send(bobWrites)).outcome), ['450 4.3.2']);
    await paused.close();
    const { lab } = await start({ peer: { state: 'draining' } });
    assert.deepEqual(said((await lab.send(bobWrites)).outcome), ['450 4.3.2']);
    const res = {
      kind: 'MM4_forward.RES',
      transactionId: 't',
      messageId: 'm',
      status: 'Ok',
      to: [],
      date: 0,
      mailId: 'x',
    } as const;
    const sender = { kind: 'name', name: 'PostMaster' } as const;
    assert.deepEqual(said(await lab.sendPdu({ ...res, sender }, `postmaster@${OURS}`)), ['250 2.0.0']);
  });
});

describe('what the other carrier is told afterwards', () => {
  it('is the delivery report that its user asked for, and the read report', async () => {
    const { lab, pushes, until, messaging, events } = await start();
    const { pdu } = await lab.send({ ...bobWrites, headers: { deliveryReport: true, readReply: true } });
    await until('the notification', () => pushes.length === 1);
    const [push] = pushes;
    assert.ok(push?.kind === 'notification');
    await messaging.notificationAnswered({ key: push.key, status: 'retrieved' });
    const { pdu: report, mail } = await lab.until(isPdu('MM4_delivery_report.REQ'));
    assert.ok(report?.kind === 'MM4_delivery_report.REQ');
    assert.deepEqual([report.messageId, report.mmStatus, report.forwardToOriginator], [pdu.messageId, 'Retrieved', true]);
    assert.deepEqual(
      [mm4AddressText(report.from!), report.to?.map((it) => mm4AddressText(it))],
      [`+${ALICE}/TYPE=PLMN`, [`+${BOB}/TYPE=PLMN`]],
    );
    assert.match(mail.recipients.join(), new RegExp(`^<\\+${BOB}/TYPE=PLMN@${THEIRS}>`));

    const { messageId } = events.find(({ kind }) => kind === 'message-accepted')!;
    await messaging.readReported({ messageId, by: toMsisdn(ALICE)!, status: 'read' });
    const { pdu: read } = await lab.until(isPdu('MM4_read_reply_report.REQ'));
    assert.ok(read?.kind === 'MM4_read_reply_report.REQ');
    assert.deepEqual([read.messageId, read.readStatus], [pdu.messageId, 'read']);
  });

  it('says first that the recipient wants the message later, to a peer that wishes to know', async () => {
    const w = await start({ peer: { dialect: { 'deferred-reports': true } } });
    await w.lab.send({ ...bobWrites, headers: { deliveryReport: true } });
    await w.until('the notification', () => w.pushes.length === 1);
    const [push] = w.pushes;
    assert.ok(push?.kind === 'notification');
    const { key } = push;
    const told = () => w.lab.received.flatMap(({ pdu }) => (pdu?.kind === 'MM4_delivery_report.REQ' ? [pdu.mmStatus] : []));
    await w.messaging.notificationAnswered({ key, status: 'deferred' });
    await w.until('the first report', () => told().length === 1);
    await w.messaging.notificationAnswered({ key, status: 'retrieved' });
    await w.until('the second report', () => told().length === 2);
    assert.deepEqual(told(), ['Deferred', 'Retrieved']);
  });

  it('is written with From and To as in the message, to a peer that wants it so', async () => {
    const { lab, pushes, until, messaging } = await start({ peer: { dialect: { 'report-addresses': 'message' } } });
    await lab.send({ ...bobWrites, headers: { deliveryReport: true } });
    await until('the notification', () => pushes.length === 1);
    const [push] = pushes;
    assert.ok(push?.kind === 'notification');
    await messaging.notificationAnswered({ key: push.key, status: 'rejected' });
    const { pdu } = await lab.until(isPdu('MM4_delivery_report.REQ'));
    assert.ok(pdu?.kind === 'MM4_delivery_report.REQ' && pdu.mmStatus === 'Rejected');
    assert.equal(mm4AddressText(pdu.from!), `+${BOB}/TYPE=PLMN`);
  });

  it('is an answer that waits as long as the peer takes no mail', async () => {
    const { lab, until, events } = await start({ profile: LAB_PROFILES['4xx'] });
    await lab.send(bobWrites);
    await until('the answer to be put off', () => events.some(({ kind }) => kind === 'report-put-off'));
    lab.setProfile(LAB_PROFILES.good);
    const { pdu } = await lab.until(isPdu('MM4_forward.RES'));
    assert.equal(responseOf({ pdu }).status, 'Ok');
  });
});

describe('content of another carrier', () => {
  it('that is too large for us is refused as content', async () => {
    const { lab } = await start({ policy: { sizeMax: 1_000 } });
    await lab.send(bobWrites);
    const { pdu } = await lab.until(isPdu('MM4_forward.RES'));
    assert.equal(responseOf({ pdu }).status, 'Error-content-not-accepted');
  });

  it('brings no header of ours with it: line breaks in a subject are blanks', async () => {
    const { lab, pushes, until } = await start();
    const head = [
      `From: +${BOB}/TYPE=PLMN`,
      `To: +${ALICE}/TYPE=PLMN`,
      'Subject: =?utf-8?Q?a=0D=0AX-Mms-Ack-Request:_Yes?=',
      'X-Mms-Message-Type: MM4_forward.REQ',
      'X-Mms-Transaction-ID: t',
      'X-Mms-Message-ID: m',
    ];
    await lab.sendOctets(
      `system-user@${THEIRS}`,
      [`+${ALICE}/TYPE=PLMN@${OURS}`],
      new TextEncoder().encode(`${head.join('\r\n')}\r\n\r\nhello`),
    );
    await until('the notification', () => pushes.length === 1);
    const [push] = pushes;
    assert.ok(push?.kind === 'notification' && push.subject === 'a X-Mms-Ack-Request: Yes');
  });
});
