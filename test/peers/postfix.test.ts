// Needs: postfix, openssl
/** Our SMTP against Postfix: we deliver to it, it relays to us, over TLS, with octets above 127, while we are down; and openssl as a TLS client. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { silentLog } from '#base';
import {
  openSmtpPool,
  REPLIES,
  type SmtpDestination,
  type SmtpHandler,
  type SmtpListener,
  type SmtpPool,
  type SmtpReply,
  type SmtpTransaction,
  startSmtpListener,
} from '#smtp';
import { type Material, makeCertificates } from './postfix/certificates.js';
import { Postfix } from './postfix/instance.js';

const DOMAIN = 'mms.here.example';
const SENDER = '+15551230001/TYPE=PLMN@mms.there.example';
const RECIPIENT = `+15559870002/TYPE=PLMN@${DOMAIN}`;
const WAIT_MS = 20_000;

interface Came {
  readonly transaction: SmtpTransaction<string>;
  readonly content: Buffer;
}

/** What the listener answers to a recipient; changed by tests. */
let answer: SmtpReply | undefined;
const came: Came[] = [];
let wake: () => void = () => {};

const handler: SmtpHandler<string> = {
  identify: () => ({ peer: 'border', name: 'border' }),
  recipient: () => answer,
  async message(transaction, content) {
    came.push({ transaction, content: Buffer.from(content) });
    wake();
    return REPLIES.accepted;
  },
};

/** The next mail that comes. */
async function next(): Promise<Came> {
  const until = performance.now() + WAIT_MS;
  while (came.length === 0) {
    if (performance.now() > until) throw new Error('no mail came');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, WAIT_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  return came.shift()!;
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const bodyOf = (content: Buffer): Buffer => content.subarray(content.indexOf('\r\n\r\n') + 4);

/** Every octet but CR, LF and NUL, lines that begin with dots, and a line of a dot alone. */
const BODY = Buffer.concat([
  Buffer.from('.\r\n..\r\n.a\r\n'),
  ...Array.from({ length: 700 }, (_, i) =>
    Buffer.from([...Array.from({ length: 70 }, (__, k) => 14 + ((i * 7 + k) % 242)), 13, 10]),
  ),
]);

let borders: Material;
let ours: Material;

const listen = (port: number): Promise<SmtpListener> =>
  startSmtpListener(
    {
      name: 'mm4',
      address: '127.0.0.1',
      port,
      hostName: DOMAIN,
      tls: { mode: 'starttls', ...ours },
    },
    { handler, log: silentLog },
  );

describe('Postfix', () => {
  let listener: SmtpListener;
  let postfix: Postfix;
  let pool: SmtpPool;
  let border: SmtpDestination;

  before(async () => {
    [borders, ours] = (await makeCertificates('border.example', DOMAIN)) as [Material, Material];
    listener = await listen(0);
    postfix = await Postfix.start({ relay: { domain: DOMAIN, port: listener.port }, tls: borders });
    pool = openSmtpPool({ heloName: 'mms.there.example' }, { log: silentLog });
    border = {
      name: 'border',
      hosts: [{ host: '127.0.0.1', port: postfix.port }],
      tls: { mode: 'required', authorities: borders.authorities, name: 'border.example' },
    };
  });

  after(async () => {
    await pool?.close(0);
    await postfix?.stop();
    await listener?.close(0);
  });

  const deliver = async (body: Uint8Array, subject: string): Promise<void> => {
    const outcome = await pool.send(border, {
      sender: SENDER,
      recipients: [{ address: RECIPIENT, notify: ['NEVER'], originalRecipient: `rfc822;${RECIPIENT}` }],
      pieces: [Buffer.from(`From: ${SENDER}\r\nSubject: ${subject}\r\n\r\n`), body],
      envelopeId: 'id-1',
    });
    assert.deepEqual(outcome.recipients[0]!.kind, 'taken', JSON.stringify(outcome));
    assert.match(outcome.tls!.protocol, /^TLSv1/);
  };

  it('takes a mail of ours by STARTTLS and relays it to us by STARTTLS, every octet as it was', async () => {
    await deliver(BODY, 'octets');
    const { transaction, content } = await next();
    assert.equal(sha256(bodyOf(content)), sha256(BODY));
    assert.equal(transaction.sender.path!.text, SENDER);
    assert.equal(transaction.sender.is8bit, true);
    assert.deepEqual(
      transaction.recipients.map((it) => [it.path.text, it.notify, it.originalRecipient]),
      [[RECIPIENT, ['NEVER'], `rfc822;${RECIPIENT}`]],
    );
    assert.equal(transaction.sender.envelopeId, 'id-1');
    assert.match(transaction.session.tls!.protocol, /^TLSv1/);
    assert.equal(transaction.session.helo, 'border.example');
  });

  it('keeps mails while we are down, and delivers each once when we are back', async () => {
    const { port } = listener;
    await listener.close(0);
    for (const subject of ['one', 'two', 'three']) await deliver(Buffer.from('x\r\n'), subject);
    await postfix.said(/status=deferred .*Connection refused/);
    assert.equal(came.length, 0);
    listener = await listen(port);
    await postfix.flush();
    const subjects = [await next(), await next(), await next()].map(
      ({ content }) => /^Subject: (\w+)/m.exec(content.toString('latin1'))![1],
    );
    assert.deepEqual(subjects.sort(), ['one', 'three', 'two']);
  });

  it('tries again after our 450, and gives up after our 550', async () => {
    answer = REPLIES.recipientBusy;
    await deliver(Buffer.from('x\r\n'), 'again');
    await postfix.said(/status=deferred .*450 4\.2\.1/);
    answer = undefined;
    await postfix.flush();
    assert.match((await next()).content.toString('latin1'), /^Subject: again/m);
    answer = REPLIES.unknownRecipient;
    await deliver(Buffer.from('x\r\n'), 'never');
    await postfix.said(/status=bounced .*550 5\.1\.1/);
    answer = undefined;
  });

  it('refuses at RCPT what it does not relay, in words that we pass on', async () => {
    const outcome = await pool.send(border, {
      sender: SENDER,
      recipients: [{ address: 'a@elsewhere.example' }, { address: RECIPIENT }],
      pieces: [Buffer.from('\r\n')],
    });
    const [refused, taken] = outcome.recipients;
    assert.deepEqual(refused?.kind === 'failed' && [refused.phase, refused.reply?.code, refused.reply?.enhanced], [
      'rcpt',
      554,
      '5.7.1',
    ]);
    assert.equal(taken!.kind, 'taken');
    await next();
  });

  it('is sent nothing when its certificate is not the one that we want', async () => {
    const tls = { mode: 'required', authorities: borders.authorities, name: DOMAIN } as const;
    const outcome = await pool.send(
      { ...border, name: 'wrong', tls },
      { sender: SENDER, recipients: [{ address: RECIPIENT }], pieces: [] },
    );
    const [only] = outcome.recipients;
    assert.deepEqual(only?.kind === 'deferred' && [only.cause, only.phase], ['tls', 'starttls']);
    assert.equal(came.length, 0);
  });

  it('sees a mail that is hidden behind LF . LF refused by our pool before a word is said', async () => {
    const pieces = [Buffer.from('Subject: a\r\n\r\nx\n.\r\nMAIL FROM:<evil@x.example>\r\n')];
    const outcome = await pool.send(border, { sender: SENDER, recipients: [{ address: RECIPIENT }], pieces });
    assert.equal(outcome.recipients[0]!.kind === 'failed' && outcome.recipients[0]!.cause, 'bad-content');
  });
});

describe('openssl s_client', () => {
  before(async () => {
    [ours] = (await makeCertificates(DOMAIN)) as [Material];
  });

  it('secures a session with our listener by STARTTLS and shows its certificate', async () => {
    const listener = await listen(0);
    try {
      const args = ['s_client', '-starttls', 'smtp', '-connect', `127.0.0.1:${listener.port}`, '-quiet', '-crlf'];
      const client = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] });
      let output = '';
      client.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        // One command after each answer: a client that does not wait is turned away.
        if (/250 DSN\r\n$/.test(output)) client.stdin.write(output.includes('STARTTLS') ? 'EHLO openssl.example\n' : 'QUIT\n');
      });
      client.stdin.write('EHLO openssl.example\n');
      await new Promise<void>((resolve) => client.once('close', () => resolve()));
      assert.match(output, /250-8BITMIME[\s\S]*221 2\.0\.0 bye/);
    } finally {
      await listener.close(0);
    }
  });
});
