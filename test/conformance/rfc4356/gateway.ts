/** The gateway by its face, with doubles on both sides: what it submits, and what it sends. */
import assert from 'node:assert/strict';
import { silentLog, toMsisdn } from '#base';
import { type MimeEntity, readMessage } from '#codec/mime';
import { encodeMultipart } from '#codec/wsp';
import { createMm3Carrier, type Mm3Settings, startMm3 } from '#endpoint/mm3';
import type {
  FarReport,
  Handover,
  HandoverOutcome,
  Message,
  MessageId,
  OutgoingReport,
  ReadReceipt,
  Submission,
} from '#messaging';
import { SmtpDialogue, type SmtpMail, type SmtpPool } from '#smtp';

export const DOMAIN = 'mms.example';
export const NOW = Date.UTC(2022, 0, 13, 0, 25, 45);
const SETTINGS: Mm3Settings = {
  domains: [DOMAIN],
  hostName: 'mmsc.example',
  numbering: {},
  outgoing: { smarthost: { hosts: [{ host: 'relay.example' }] } },
};
/** Of the form that the domain's ids have. */
export const ID = 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId;
export const KEY = 'BBBBBBBBBBBBBBBBBBBBBB';
const SENDER = { kind: 'number', msisdn: toMsisdn('15551230001')! } as const;
const CONTENT = encodeMultipart(
  [
    {
      contentType: { media: 'text/plain', parameters: { charset: 'utf-16' } },
      data: Uint8Array.of(0xfe, 0xff, 0, 0x48, 0, 0x69),
    },
  ],
  {
    media: 'application/vnd.wap.multipart.mixed',
    parameters: {},
  },
);

export interface Sent {
  readonly outcome: HandoverOutcome | { readonly kind: string };
  /** Absent: nothing was sent. */
  readonly mail?: SmtpMail;
  readonly message?: MimeEntity;
}

function read(pieces: readonly Uint8Array[]): MimeEntity {
  const message = readMessage(Buffer.concat(pieces));
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
}

/** A pool that takes everything. */
function aPool(): { readonly mails: SmtpMail[]; readonly pool: Pick<SmtpPool, 'send'> } {
  const mails: SmtpMail[] = [];
  const reply = { code: 250, enhanced: '2.0.0', text: 'ok' };
  return {
    mails,
    pool: {
      send(_, mail) {
        mails.push(mail);
        return Promise.resolve({ recipients: mail.recipients.map(() => ({ kind: 'taken', reply })) });
      },
    },
  };
}

const carrierOn = (pool: Pick<SmtpPool, 'send'>, outgoing: Mm3Settings['outgoing'] = {}) =>
  createMm3Carrier({ ...SETTINGS, outgoing: { ...SETTINGS.outgoing, ...outgoing } }, { pool, now: () => NOW, log: silentLog });

/** Hands a message over to the gateway. */
export async function handOver(
  message: Partial<Message> = {},
  handover: Partial<Handover> = {},
  outgoing: Mm3Settings['outgoing'] = {},
): Promise<Sent> {
  const { mails, pool } = aPool();
  const recipient = { kind: 'email', mailbox: 'ann@example.org' } as const;
  const whole: Message = {
    id: ID,
    origin: { interface: 'mm1', version: '1.2' },
    sender: SENDER,
    senderHidden: false,
    recipients: [{ field: 'to', address: recipient }],
    date: NOW,
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    contentType: 'application/vnd.wap.multipart.mixed',
    size: CONTENT.length,
    acceptedAt: NOW,
    deliverAt: NOW,
    expiresAt: NOW + 3_600_000,
    fingerprint: '',
    ...message,
  };
  const [outcome] = await carrierOn(pool, outgoing).handOver({
    road: { kind: 'email' },
    message: whole,
    deliveries: [
      {
        key: KEY as Handover['deliveries'][0]['key'],
        messageId: ID,
        recipientIndex: 0,
        recipient,
        state: 'due',
        attempts: 0,
        revision: 0,
      },
    ],
    transactionId: KEY,
    attempt: 1,
    from: SENDER,
    recipientsShown: whole.recipients,
    content: CONTENT,
    ...handover,
  });
  const [mail] = mails;
  return { outcome: outcome!, ...(mail === undefined ? {} : { mail, message: read(mail.pieces) }) };
}

/** Gives the gateway a report for a message that came by mail. */
export async function report(
  content: OutgoingReport['report']['content'],
  more: Partial<OutgoingReport['report']> = {},
): Promise<Sent> {
  const { mails, pool } = aPool();
  const origin = {
    interface: 'mm3',
    envelopeSender: 'return@example.org',
    messageId: '<1@example.org>',
    dispositionNotificationTo: 'ann@example.org',
  } as const;
  const outcome = await carrierOn(pool).report({
    report: {
      key: KEY as OutgoingReport['report']['key'],
      messageId: ID,
      recipient: SENDER,
      to: { kind: 'email', mailbox: 'ann@example.org' },
      origin,
      content,
      at: NOW,
      dueAt: NOW,
      attempts: 0,
      expiresAt: NOW + 3_600_000,
      revision: 0,
      ...more,
    },
    origin,
    transactionId: KEY,
    attempt: 1,
  });
  const [mail] = mails;
  return { outcome, ...(mail === undefined ? {} : { mail, message: read(mail.pieces) }) };
}

export interface Came {
  readonly reply: string;
  readonly submissions: readonly Submission[];
  readonly reports: readonly FarReport[];
  readonly receipts: readonly ReadReceipt[];
}

export interface MailIn {
  /** Behind MAIL FROM and RCPT TO. */
  readonly from?: string;
  readonly to?: readonly string[];
}

/** Gives the gateway a mail by SMTP. */
export async function mailIn(
  lines: readonly string[],
  { from = '<ann@example.org>', to = ['<+15551230001@mms.example>'] }: MailIn = {},
): Promise<Came> {
  const submissions: Submission[] = [];
  const reports: FarReport[] = [];
  const receipts: ReadReceipt[] = [];
  const { pool } = aPool();
  const settings: Mm3Settings = {
    ...SETTINGS,
    incoming: { otherwise: 'accept', listener: { name: 'mm3', address: '127.0.0.1', port: 0, hostName: 'mmsc.example' } },
  };
  const mm3 = await startMm3(
    settings,
    {
      messaging: {
        submit(submission) {
          submissions.push(submission);
          return Promise.resolve({ ok: true, value: { messageId: ID, refused: [], resubmission: false } });
        },
        deliveryReported(one) {
          reports.push(one);
          return Promise.resolve({ ok: true, value: { kind: 'settled', messageId: ID } });
        },
        readReported(receipt) {
          receipts.push(receipt);
          return Promise.resolve({ ok: true, value: undefined });
        },
      },
      pool,
      now: () => NOW,
      log: silentLog,
    },
    createMm3Carrier(settings, { pool, now: () => NOW, log: silentLog }),
  );
  try {
    const dialogue = await SmtpDialogue.open({ port: mm3.listener!.port });
    await dialogue.reply();
    for (const line of ['EHLO mx.example.org', `MAIL FROM:${from}`, ...to.map((one) => `RCPT TO:${one}`), 'DATA']) {
      const reply = await dialogue.ask(line);
      if (!/^[23]/.test(reply ?? '')) return { reply: reply ?? '', submissions, reports, receipts };
    }
    dialogue.octets(Buffer.from(`${lines.join('\r\n')}\r\n.\r\n`, 'utf8'));
    const reply = (await dialogue.reply()) ?? '';
    dialogue.close();
    return { reply, submissions, reports, receipts };
  } finally {
    await mm3.close(0);
  }
}

/** The one submission that a mail became. */
export async function submissionOf(lines: readonly string[], envelope: MailIn = {}): Promise<Submission> {
  const came = await mailIn(lines, envelope);
  assert.match(came.reply, /^250/, came.reply);
  assert.equal(came.submissions.length, 1);
  return came.submissions[0]!;
}
