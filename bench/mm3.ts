/**
 * MM3: a mail of 50 KB (text, HTML twin, picture) from the socket to the durable store, the same to the submission only, and a message of 50 KB to the mail that goes
 * to the pool, signed and not. The load generator sends one mail after the other on each of 16 connections.
 */
import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { silentLog, toMsisdn } from '#base';
import { encodeMultipart } from '#codec/wsp';
import { createMm3Carrier, type Mm3OutgoingSettings } from '#endpoint/mm3';
import type { DeliveryKey, Handover, MessageId } from '#messaging';
import { type Bench, type Counted, measureStream, newCount, type Row, runAlone, startProcess } from './harness/index.js';

const CONNECTIONS = 16;
const PICTURE_OCTETS = 36_000;
const SECONDS = 5;
const SECONDS_SMOKE = 0.2;
const CALLS_WARM_UP = 200;
const BASE64_LINE = /.{1,76}/g;

const picture = Buffer.from(Array.from({ length: PICTURE_OCTETS }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 0xff));

/** A mail as programs of today write it; about 50 KB with its base64. */
const mail = Buffer.from(
  [
    'From: Ann <ann@example.org>',
    'To: +46700000001@mms.example',
    'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
    'Date: Thu, 13 Jan 2022 02:25:45 +0200',
    'Message-ID: <1@example.org>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="o"',
    '',
    '--o',
    'Content-Type: multipart/alternative; boundary="i"',
    '',
    '--i',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe aus Saint-Tropez',
    '--i',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>hello</p>',
    '--i--',
    '--o',
    'Content-Type: image/jpeg; name="a.jpg"',
    'Content-Transfer-Encoding: base64',
    '',
    ...picture.toString('base64').match(BASE64_LINE)!,
    '--o--',
    '.',
    '',
  ].join('\r\n'),
);

/** One mail after the other on one connection, until `isOver`. */
function feed(port: number, counted: Counted, isOver: () => boolean): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const lines = ['EHLO bench.example', 'MAIL FROM:<ann@example.org>', 'RCPT TO:<+46700000001@mms.example>', 'DATA'];
  let step = 0;
  let begun = 0;
  socket.on('data', (chunk) => {
    const text = chunk.toString('latin1');
    if (!/^\d{3} [^\n]*\r\n$/m.test(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))) return;
    if (step === lines.length + 1) {
      counted.count++;
      counted.latency.record((performance.now() - begun) * 1_000);
      step = 1;
      if (isOver()) {
        socket.destroy();
        return;
      }
    }
    if (step === 1) begun = performance.now();
    socket.write(step === lines.length ? mail : `${lines[step]}\r\n`);
    step++;
  });
  socket.on('error', () => {});
}

async function incoming(kind: 'whole' | 'alone', name: string, seconds: number): Promise<Row> {
  const running = await startProcess(
    process.execPath,
    [fileURLToPath(new URL('./mm3/gateway.js', import.meta.url)), kind],
    /listening (\d+)/,
  );
  const counted = newCount();
  let isOver = false;
  try {
    for (let i = 0; i < CONNECTIONS; i++) feed(Number(running.ready[1]), counted, () => isOver);
    return await measureStream(
      `in, ${name}, ${Math.round(mail.length / 1_000)} KB, ${CONNECTIONS} connections`,
      running,
      counted,
      {
        seconds,
        smoke: seconds <= SECONDS_SMOKE,
        ...(kind === 'whole' && { reach: '800/s, 1,200 µs' }),
      },
    );
  } finally {
    isOver = true;
    await running.stop();
  }
}

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const recipient = { kind: 'email', mailbox: 'ann@example.org' } as const;
const sender = { kind: 'number', msisdn: toMsisdn('15551230001')! } as const;
const content = encodeMultipart(
  [
    { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: new TextEncoder().encode('Grüße') },
    { contentType: { media: 'image/jpeg', parameters: { name: 'a.jpg' } }, contentLocation: 'a.jpg', data: picture },
  ],
  { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
);
const handover: Handover = {
  road: { kind: 'email' },
  message: {
    id: ID as MessageId,
    origin: { interface: 'mm1', version: '1.2' },
    sender,
    senderHidden: false,
    recipients: [{ field: 'to', address: recipient }],
    date: 0,
    subject: 'Grüße',
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    contentType: 'application/vnd.wap.multipart.mixed',
    size: content.length,
    acceptedAt: 0,
    deliverAt: 0,
    expiresAt: 1_000_000,
    fingerprint: '',
  },
  deliveries: [
    { key: ID as DeliveryKey, messageId: ID as MessageId, recipientIndex: 0, recipient, state: 'due', attempts: 0, revision: 0 },
  ],
  transactionId: ID,
  attempt: 1,
  from: sender,
  recipientsShown: [{ field: 'to', address: recipient }],
  content,
};

async function outgoing(name: string, settings: Mm3OutgoingSettings, seconds: number): Promise<Row> {
  const carrier = createMm3Carrier(
    { domains: ['mms.example'], hostName: 'mmsc.example', numbering: {}, outgoing: settings },
    {
      pool: { send: () => Promise.resolve({ recipients: [{ kind: 'taken', reply: { code: 250, text: 'ok' } }] }) },
      now: () => 0,
      log: silentLog,
    },
  );
  for (let i = 0; i < CALLS_WARM_UP; i++) await carrier.handOver(handover);
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end || times.length === 0) {
    const begun = performance.now();
    await carrier.handOver(handover);
    times.push((performance.now() - begun) * 1_000);
  }
  times.sort((a, b) => a - b);
  return {
    benchmark: name,
    figures: { 'p50 µs/op': times[times.length >> 1]!, 'p99 µs/op': times[Math.floor(times.length * 0.99)]! },
  };
}

export const bench: Bench = {
  name: 'MM3: mails of 50 KB',
  async run({ smoke }) {
    const seconds = smoke ? SECONDS_SMOKE : SECONDS;
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string;
    return [
      await incoming('whole', 'accepted, stored and told of', seconds),
      await incoming('alone', 'without domain and store', seconds),
      await outgoing('out, a message made a mail', {}, seconds),
      await outgoing(
        'out, signed with RSA of 2,048 bits',
        { dkim: { domain: 'mms.example', selector: 's', privateKey } },
        seconds,
      ),
    ];
  },
};

await runAlone(bench, import.meta.url);
