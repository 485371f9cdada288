/** RFC 5321 and its extensions: the listener, in dialogues. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { REPLIES, SmtpDialogue, type SmtpListenerSettings, startSmtpListener } from '#smtp';

/** A line, or lines of content, and how the answer begins. */
type Step = readonly [line: string, answer: string];

/** Holds the dialogue and returns the contents that were taken. */
async function dialogue(steps: readonly Step[], settings: Partial<SmtpListenerSettings> = {}): Promise<string[]> {
  const contents: string[] = [];
  const listener = await startSmtpListener(
    { name: 'rfc', address: '127.0.0.1', port: 0, hostName: 'here.example', ...settings },
    {
      log: silentLog,
      handler: {
        identify: () => ({ peer: 'p', name: 'p' }),
        recipient: (_, { path }) => (path.domain === 'here.example' || path.domain === '' ? undefined : REPLIES.relayingDenied),
        async message(_, content) {
          contents.push(Buffer.from(content).toString('latin1'));
          return REPLIES.accepted;
        },
      },
    },
  );
  try {
    const client = await SmtpDialogue.open({ port: listener.port });
    assert.match((await client.reply())!, /^220 here\.example/);
    for (const [line, answer] of steps) assert.ok((await client.ask(line))?.startsWith(answer), `${line}: ${answer}`);
    client.close();
  } finally {
    await listener.close(0);
  }
  return contents;
}

/** The dialogue goes as it is written. */
async function holds(...dialogued: Parameters<typeof dialogue>): Promise<void> {
  await dialogue(...dialogued);
}

const HELLO: Step = ['EHLO there.example', '250-here.example'];
const MAIL: Step = ['MAIL FROM:<a@there.example>', '250 2.1.0'];
const RCPT: Step = ['RCPT TO:<b@here.example>', '250 2.1.5'];

describe('RFC 5321: listener', () => {
  it('3.1, 3.3: a session is opened, a mail handed over, the session closed', async () => {
    const contents = await dialogue([
      HELLO,
      MAIL,
      RCPT,
      ['DATA', '354'],
      ['Subject: a\r\n\r\nb\r\n.', '250 2.0.0'],
      ['QUIT', '221'],
    ]);
    assert.deepEqual(contents, ['Subject: a\r\n\r\nb\r\n']);
  });

  it('3.6: recipients of other domains are not relayed to', () =>
    holds([HELLO, MAIL, ['RCPT TO:<c@else.example>', '550 5.7.1']]));

  it('4.1.1.1: EHLO begins anew and forgets the transaction', () =>
    holds([HELLO, MAIL, HELLO, ['RCPT TO:<b@here.example>', '503']]));

  it('4.1.1.2, 4.5.5: the null reverse-path is taken', () => holds([HELLO, ['MAIL FROM:<>', '250'], RCPT]));

  it('4.1.1.3, C: a source route is read and passed over', () =>
    holds([HELLO, MAIL, ['RCPT TO:<@x.example:b@here.example>', '250']]));

  it('4.1.1.5: RSET forgets the transaction and keeps the session', () => holds([HELLO, MAIL, ['RSET', '250'], MAIL]));

  it('4.1.1.6, 4.1.1.9: VRFY and NOOP are answered', () => holds([HELLO, ['VRFY b', '252'], ['NOOP x', '250']]));

  it('4.1.4: commands out of order are answered 503', () =>
    holds([['MAIL FROM:<>', '503'], HELLO, ['DATA', '503'], ['RCPT TO:<b@here.example>', '503'], MAIL, ['MAIL FROM:<>', '503']]));

  it('4.2.4: a command that is not known is answered 500, one that is not done 502', () =>
    holds([HELLO, ['FOO', '500'], ['EXPN a', '502']]));

  it('4.5.1: Postmaster is a recipient without a domain', () => holds([HELLO, MAIL, ['RCPT TO:<Postmaster>', '250']]));

  it('4.5.2: a dot in front of a line is taken out, and only CRLF . CRLF ends content', async () => {
    const contents = await dialogue([HELLO, MAIL, RCPT, ['DATA', '354'], ['..a\r\n. b\r\n...\r\n.', '250']]);
    assert.deepEqual(contents, ['.a\r\n b\r\n..\r\n']);
  });

  it('4.5.3.1.10: more recipients than are taken are answered 452', () =>
    holds([HELLO, MAIL, RCPT, ['RCPT TO:<c@here.example>', '452 4.5.3']], { limits: { recipientsMax: 1 } }));

  it('RFC 1870 6: a size beyond the limit is refused at MAIL', () =>
    holds([HELLO, ['MAIL FROM:<> SIZE=1001', '552 5.3.4'], ['MAIL FROM:<> SIZE=1000', '250']], { limits: { sizeMax: 1000 } }));

  it('RFC 2034 4: answers carry enhanced status codes', () => holds([HELLO, ['NOOP', '250 2.0.0'], ['FOO', '500 5.5.2']]));

  it('RFC 2852 4: DELIVERBY is offered where it is configured, and unknown elsewhere', async () => {
    await dialogue([HELLO, ['MAIL FROM:<> BY=60;R', '250']], { deliverBy: true });
    await dialogue([HELLO, ['MAIL FROM:<> BY=60;R', '555']]);
  });

  it('RFC 3461 4: DSN parameters are read and held to their grammar', () =>
    holds([
      HELLO,
      ['MAIL FROM:<> RET=HDRS ENVID=a+2Bb', '250'],
      ['RCPT TO:<b@here.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@here.example', '250'],
      ['RCPT TO:<b@here.example> NOTIFY=NEVER,DELAY', '501'],
    ]));

  it('RFC 6152, RFC 6531: BODY is read; SMTPUTF8 where it is configured', async () => {
    await dialogue([HELLO, ['MAIL FROM:<> BODY=8BITMIME', '250']]);
    await dialogue([HELLO, ['MAIL FROM:<> SMTPUTF8', '250']], { utf8: true });
  });
});
