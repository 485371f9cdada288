// Needs: python3
/**
 * What a mail program shows of a message from a phone, by an independent one: Python's email package finds the text, the HTML twin, the pictures
 * that the HTML asks for, and the attachments, each with the octets that the phone sent.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLog, toMsisdn } from '#base';
import { encodeMultipart, encodeText, type PartSource } from '#codec/wsp';
import { createMm3Carrier } from '#endpoint/mm3';
import type { DeliveryKey, MessageId } from '#messaging';
import type { SmtpMail } from '#smtp';

const SCRIPT = fileURLToPath(new URL('../../../test/peers/python-email/mail.py', import.meta.url));
const NOW = Date.UTC(2026, 0, 1);
const ID = 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId;
const SENDER = { kind: 'number', msisdn: toMsisdn('15551230001')! } as const;
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

interface Found {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: {
    readonly plain: string | null;
    readonly html: string | null;
    readonly pictures: readonly (readonly [string, string])[];
  };
  readonly attachments: readonly (readonly [string, string])[];
  readonly defects: readonly string[];
}

/** The mail that content becomes, as it goes out. */
async function mailOf(content: Uint8Array): Promise<Uint8Array> {
  const mails: SmtpMail[] = [];
  const carrier = createMm3Carrier(
    { domains: ['mms.example'], hostName: 'mmsc.example', numbering: {} },
    {
      pool: {
        send(_, mail) {
          mails.push(mail);
          return Promise.resolve({ recipients: [{ kind: 'taken', reply: { code: 250, text: 'ok' } }] });
        },
      },
      now: () => NOW,
      log: silentLog,
    },
  );
  const recipient = { kind: 'email', mailbox: 'ann@example.org' } as const;
  const recipients = [{ field: 'to', address: recipient }] as const;
  await carrier.handOver({
    road: { kind: 'email' },
    message: {
      id: ID,
      origin: { interface: 'mm1', version: '1.2' },
      sender: SENDER,
      senderHidden: false,
      recipients,
      date: NOW,
      subject: 'Grüße',
      messageClass: 'personal',
      priority: 'normal',
      deliveryReport: false,
      readReport: false,
      contentType: 'application/vnd.wap.multipart.related',
      size: content.length,
      acceptedAt: NOW,
      deliverAt: NOW,
      expiresAt: NOW + 1_000_000,
      fingerprint: '',
    },
    deliveries: [
      {
        key: 'BBBBBBBBBBBBBBBBBBBBBB' as DeliveryKey,
        messageId: ID,
        recipientIndex: 0,
        recipient,
        state: 'due',
        attempts: 0,
        revision: 0,
      },
    ],
    transactionId: 'BBBBBBBBBBBBBBBBBBBBBB',
    attempt: 1,
    from: SENDER,
    recipientsShown: recipients,
    content,
  });
  return Buffer.concat(mails[0]!.pieces);
}

function shown(mails: readonly Uint8Array[]): readonly Found[] {
  const input = JSON.stringify(mails.map((octets) => Buffer.from(octets).toString('base64')));
  const run = spawnSync('python3', [SCRIPT, 'read'], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout) as readonly Found[];
}

const octets = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * i * seed + 13 * i) & 0xff);
const part = (media: string, data: Uint8Array, name: string, parameters: Readonly<Record<string, string>> = {}): PartSource => ({
  contentType: { media, parameters },
  contentLocation: name,
  data,
});
const related = (parts: readonly PartSource[], references: readonly string[]): Uint8Array => {
  const smil = `<smil><body>${references.map((src) => `<par><ref src="${src}"/></par>`).join('')}</body></smil>`;
  return encodeMultipart(
    [
      { contentType: { media: 'application/smil', parameters: {} }, contentId: '<s>', data: new TextEncoder().encode(smil) },
      ...parts,
    ],
    {
      media: 'application/vnd.wap.multipart.related',
      parameters: { type: 'application/smil', start: '<s>' },
    },
  );
};

describe('a mail from a phone', () => {
  const text = new TextEncoder().encode('Grüße aus Saint-Tropez');
  const [one, two, sound] = [octets(40_000, 7), octets(3_000, 11), octets(900, 3)];
  const utf8 = { charset: 'utf-8' };

  it('is shown with its texts, its pictures in the order of the presentation, and everything else attached', async () => {
    const content = related(
      [
        part('image/jpeg', one, 'a.jpg'),
        part('text/plain', text, 't.txt', utf8),
        part('image/png', two, 'b.png'),
        part('audio/amr', sound, 'Überraschung.amr'),
      ],
      ['b.png', 't.txt', 'a.jpg'],
    );
    const [found] = shown([await mailOf(content)]) as [Found];
    assert.deepEqual(found.defects, []);
    assert.equal(found.body.plain!.trimEnd(), 'Grüße aus Saint-Tropez');
    assert.deepEqual(
      found.body.pictures.map(([, digest]) => digest),
      [sha256(two), sha256(one)],
    );
    const asked = [...found.body.html!.matchAll(/cid:([^"]+)"/g)].map(([, id]) => `<${id}>`);
    assert.deepEqual(
      asked,
      found.body.pictures.map(([id]) => id),
    );
    assert.deepEqual(found.attachments, [['Überraschung.amr', sha256(sound)]]);
  });

  it('of one text is a mail of one text, also when the phone wrote it in UTF-16', async () => {
    const content = related([part('text/plain', encodeText('Grüße', 'utf-16')!, 't.txt', { charset: 'utf-16' })], ['t.txt']);
    const [found] = shown([await mailOf(content)]) as [Found];
    assert.deepEqual([found.body.plain!.trimEnd(), found.body.html, found.attachments, found.defects], ['Grüße', null, [], []]);
    assert.equal(found.headers.find(([name]) => name === 'Subject')![1], 'Grüße');
  });

  it('keeps films, cards and files of any kind octet for octet', async () => {
    const files = ['video/3gpp', 'text/x-vcard', 'application/vnd.oma.drm.message', 'application/octet-stream'].map((media, i) =>
      part(media, octets(5_000 + i, i + 1), `f${i}`),
    );
    const [found] = shown([await mailOf(related(files, []))]) as [Found];
    assert.deepEqual(
      found.attachments,
      files.map(({ contentLocation, data }) => [contentLocation, sha256(data)]),
    );
    assert.deepEqual(found.defects, []);
  });
});
