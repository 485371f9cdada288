// Needs: postfix, openssl
/**
 * Postfix as the border server on both sides of MM3: mail of the Internet comes to phones through it, messages of phones leave through it, and its own
 * reports of delivery and bounces come back and are understood.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ByteReader, silentLog, toMsisdn } from '#base';
import { fieldOf, readMessage } from '#codec/mime';
import { encodeMultipart, readContentType, readMultipart } from '#codec/wsp';
import { createMm3Carrier, type Mm3, type Mm3Settings, startMm3 } from '#endpoint/mm3';
import type { DeliveryKey, FarReport, Handover, HandoverOutcome, MessageId, Submission } from '#messaging';
import { openSmtpPool, type SmtpLabMail, type SmtpLabServer, type SmtpPool, startSmtpLabServer } from '#smtp';
import { freePort } from '../kit/program.js';
import { makeCertificates } from './postfix/certificates.js';
import { Postfix } from './postfix/instance.js';

const DOMAIN = 'mms.here.example';
const WAIT_MS = 30_000;
const POLL_MS = 20;
const ID = 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId;
const SENDER = { kind: 'number', msisdn: toMsisdn('15551230001')! } as const;
const ANN = { kind: 'email', mailbox: 'ann@example.org' } as const;
const picture = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i) & 0xff);
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** What a promise of the wire needs time for. */
async function eventually<T>(look: () => T | undefined): Promise<T> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error('nothing came');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

describe('Postfix on both sides of MM3', () => {
  const submissions: Submission[] = [];
  const reports: FarReport[] = [];
  const mails: SmtpLabMail[] = [];
  let settings: Mm3Settings;
  let pool: SmtpPool;
  let far: SmtpLabServer;
  let postfix: Postfix;
  let mm3: Mm3;

  before(async () => {
    const port = await freePort();
    const [borders] = await makeCertificates('border.example');
    // A mailbox provider without DSN: Postfix then says itself what it knows.
    far = await startSmtpLabServer({
      keywords: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'],
      onMail(mail) {
        mails.push(mail);
        return undefined;
      },
    });
    postfix = await Postfix.start({
      relay: { domain: DOMAIN, port },
      tls: borders!,
      main: [
        `relay_domains = ${DOMAIN}, example.org`,
        `transport_maps = inline:{{${DOMAIN}=smtp:[127.0.0.1]:${port}},{example.org=smtp:[127.0.0.1]:${far.port}}}`,
      ],
    });
    pool = openSmtpPool({ heloName: 'mmsc.here.example' }, { log: silentLog });
    settings = {
      domains: [DOMAIN],
      hostName: 'mmsc.here.example',
      numbering: {},
      incoming: { otherwise: 'accept', listener: { name: 'mm3', address: '127.0.0.1', port, hostName: 'mmsc.here.example' } },
      outgoing: { smarthost: { hosts: [{ host: '127.0.0.1', port: postfix.port }], tls: { mode: 'none' } } },
    };
    mm3 = await startMm3(
      settings,
      {
        messaging: {
          submit(submission) {
            submissions.push(submission);
            return Promise.resolve({ ok: true, value: { messageId: ID, refused: [], resubmission: false } });
          },
          deliveryReported(report) {
            reports.push(report);
            return Promise.resolve({ ok: true, value: { kind: 'settled', messageId: ID } });
          },
          readReported: () => Promise.resolve({ ok: true, value: undefined }),
        },
        pool,
        now: Date.now,
        log: silentLog,
      },
      createMm3Carrier(settings, { pool, now: Date.now, log: silentLog }),
    );
  });

  after(async () => {
    await mm3?.close(0);
    await pool?.close(0);
    await postfix?.stop();
    await far?.close();
  });

  /** A mail of the Internet, handed to the border server. */
  const write = (recipient: string, lines: readonly string[]) =>
    pool.send(
      { name: 'internet', hosts: [{ host: '127.0.0.1', port: postfix.port }], tls: { mode: 'none' } },
      {
        sender: ANN.mailbox,
        recipients: [{ address: recipient }],
        pieces: [Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'utf8')],
      },
    );

  /** A message of a phone, handed to the gateway. */
  async function send(key: string): Promise<HandoverOutcome> {
    const content = encodeMultipart(
      [
        { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: new TextEncoder().encode('Grüße') },
        { contentType: { media: 'image/jpeg', parameters: { name: 'a.jpg' } }, data: picture },
      ],
      { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
    );
    const now = Date.now();
    const message: Handover['message'] = {
      id: ID,
      origin: { interface: 'mm1', version: '1.2' },
      sender: SENDER,
      senderHidden: false,
      recipients: [{ field: 'to', address: ANN }],
      date: now,
      messageClass: 'personal',
      priority: 'normal',
      deliveryReport: true,
      readReport: false,
      contentType: 'application/vnd.wap.multipart.mixed',
      size: content.length,
      acceptedAt: now,
      deliverAt: now,
      expiresAt: now + 3_600_000,
      fingerprint: '',
    };
    const [outcome] = await createMm3Carrier(settings, { pool, now: Date.now, log: silentLog }).handOver({
      road: { kind: 'email' },
      message,
      deliveries: [
        { key: key as DeliveryKey, messageId: ID, recipientIndex: 0, recipient: ANN, state: 'due', attempts: 0, revision: 0 },
      ],
      transactionId: key,
      attempt: 1,
      from: SENDER,
      recipientsShown: message.recipients,
      content,
    });
    return outcome!;
  }

  it('brings a mail to a phone, its picture octet for octet', async () => {
    const sent = await write(`+15551230001@${DOMAIN}`, [
      'From: Ann <ann@example.org>',
      'Subject: Grüße',
      'Message-ID: <1@example.org>',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Grüße',
      '--b',
      'Content-Type: image/jpeg; name=a.jpg',
      'Content-Transfer-Encoding: base64',
      '',
      ...Buffer.from(picture)
        .toString('base64')
        .match(/.{1,76}/g)!,
      '--b--',
    ]);
    assert.equal(sent.recipients[0]!.kind, 'taken', JSON.stringify(sent));
    const submission = await eventually(() => submissions[0]);
    assert.deepEqual([submission.sender, submission.subject], [ANN, 'Grüße']);
    const reader = new ByteReader(Buffer.concat(submission.content));
    readContentType(reader);
    const image = readMultipart(reader).find(({ contentType }) => contentType.media === 'image/jpeg')!;
    assert.equal(sha256(image.data), sha256(picture));
  });

  it('tells the sender itself when the number is nobody', async () => {
    await write(`nobody@${DOMAIN}`, ['From: Ann <ann@example.org>', '', 'x']);
    const bounce = await eventually(() => mails.find(({ content }) => Buffer.from(content).includes('550 5.1.1')));
    assert.ok(bounce.sender.startsWith('<>'));
  });

  it('takes a message of a phone, and its word that it was relayed settles the delivery', async () => {
    const key = 'RELAYEDRELAYEDRELAYED0';
    const outcome = await send(key);
    assert.deepEqual([outcome.kind, outcome.kind === 'taken' && outcome.awaits], ['taken', 'report']);
    const mail = await eventually(() => mails.find(({ content }) => Buffer.from(content).includes('+15551230001')));
    const message = readMessage(mail.content);
    assert.ok(message.ok);
    assert.equal(fieldOf(message.value.fields, 'From'), `+15551230001@${DOMAIN}`);
    const report = await eventually(() => reports.find(({ about }) => 'delivery' in about && about.delivery === key));
    assert.equal(report.status, 'forwarded');
  });

  it('bounces what the mailbox provider refuses, and the bounce ends the delivery', async () => {
    const key = 'REFUSEDREFUSEDREFUSED0';
    far.setFaults([{ kind: '5xx' }]);
    assert.equal((await send(key)).kind, 'taken');
    const report = await eventually(() => reports.find(({ about }) => 'delivery' in about && about.delivery === key));
    assert.equal(report.status, 'unreachable');
    assert.match(report.answer?.text ?? '', /^550/);
    assert.equal(report.answer?.by, 'border.example');
  });
});
