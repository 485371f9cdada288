/** The listener over loopback: the dialogue of RFC 5321, its order, its extensions, and who decides what. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { SmtpDialogue } from './laboratory/dialogue.js';
import { withListener } from './listener.contract.js';
import { startSmtpListener } from './listener.js';
import { REPLIES, type SmtpReply } from './reply.js';

describe('startSmtpListener', () => {
  it('takes a mail and answers 250 with what the handler promises', async () => {
    await withListener({}, {}, async ({ dial, taken, listener }) => {
      const client = await dial();
      assert.equal(await client.reply(), '220 mms.here.example ESMTP');
      assert.equal(
        await client.ask('EHLO Peer.Example'),
        ['mms.here.example', 'PIPELINING', 'SIZE 10485760', '8BITMIME', 'ENHANCEDSTATUSCODES', 'DSN']
          .map((line, i) => `250${i === 5 ? ' ' : '-'}${line}`)
          .join('\n'),
      );
      assert.equal(
        await client.ask('MAIL FROM:<+15551230001/TYPE=PLMN@there.example> SIZE=20 BODY=8BITMIME'),
        '250 2.1.0 sender ok',
      );
      assert.equal(await client.ask('RCPT TO:<+15559870002/TYPE=PLMN@here.example> NOTIFY=NEVER'), '250 2.1.5 recipient ok');
      assert.match((await client.ask('DATA'))!, /^354 /);
      client.octets('Subject: a\r\n\r\n..b\r\n.\r\n');
      assert.equal(await client.reply(), '250 2.0.0 accepted');
      assert.equal(await client.ask('QUIT'), '221 2.0.0 bye');
      assert.equal(await client.ended(), '');
      const [{ transaction, content }] = taken as [(typeof taken)[0]];
      assert.equal(content, 'Subject: a\r\n\r\n.b\r\n');
      assert.equal(transaction.session.helo, 'peer.example');
      assert.equal(transaction.session.address, '127.0.0.1');
      assert.deepEqual(transaction.sender, {
        path: {
          text: '+15551230001/TYPE=PLMN@there.example',
          localPart: '+15551230001/TYPE=PLMN',
          domain: 'there.example',
        },
        is8bit: true,
        isUtf8: false,
        size: 20,
      });
      assert.deepEqual(transaction.recipients[0]!.notify, ['NEVER']);
      assert.deepEqual([listener.counters.messages, listener.contentOctets], [1, 0]);
    });
  });

  it('does not answer the content before the handler has, and reads nothing meanwhile', async () => {
    let keep: (reply: SmtpReply) => void = () => {};
    const kept = new Promise<SmtpReply>((resolve) => {
      keep = resolve;
    });
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const message = (): Promise<SmtpReply> => {
      isAsked();
      return kept;
    };
    await withListener({}, { message }, async ({ greeted }) => {
      const client = await greeted();
      await client.ask('MAIL FROM:<a@there.example>');
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets('x\r\n.\r\nNOOP\r\n');
      await asked;
      let isAnswered = false;
      const answer = client.reply().then((it) => {
        isAnswered = true;
        return it;
      });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(isAnswered, false);
      keep({ code: 250, enhanced: '2.6.0', text: 'stored' });
      assert.equal(await answer, '250 2.6.0 stored');
      assert.equal(await client.reply(), '250 2.0.0 ok');
    });
  });

  it('takes a group of pipelined commands and answers each, in order', async () => {
    await withListener({}, {}, async ({ greeted, taken }) => {
      const client = await greeted();
      client.octets('MAIL FROM:<a@x.example>\r\nRCPT TO:<b@here.example>\r\nRCPT TO:<c@elsewhere.example>\r\nDATA\r\n');
      const replies = [await client.reply(), await client.reply(), await client.reply(), await client.reply()];
      assert.deepEqual(
        replies.map((it) => it!.slice(0, 9)),
        ['250 2.1.0', '250 2.1.5', '550 5.7.1', '354 end w'],
      );
      client.octets('x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
      assert.equal(await client.reply(), '250 2.0.0 accepted');
      for (let i = 0; i < 3; i++) await client.reply();
      client.octets('y\r\n.\r\n');
      assert.equal(await client.reply(), '250 2.0.0 accepted');
      assert.deepEqual(
        taken.map(({ content, transaction }) => [content, transaction.sender.path?.text]),
        [
          ['x\r\n', 'a@x.example'],
          ['y\r\n', undefined],
        ],
      );
    });
  });

  it('lets the handler decide each recipient, and takes 100 of them unless told otherwise', async () => {
    const recipient = (_: unknown, { path }: { path: { localPart: string } }) =>
      path.localPart.startsWith('no') ? REPLIES.unknownRecipient : undefined;
    await withListener({ limits: { recipientsMax: 2 } }, { recipient }, async ({ greeted, taken }) => {
      const client = await greeted();
      await client.ask('MAIL FROM:<a@x.example>');
      assert.equal(await client.ask('RCPT TO:<no1@here.example>'), '550 5.1.1 no such recipient here');
      assert.equal(await client.ask('RCPT TO:<b@here.example>'), '250 2.1.5 recipient ok');
      assert.equal(await client.ask('RCPT TO:<b@here.example>'), '250 2.1.5 recipient ok');
      assert.equal(await client.ask('RCPT TO:<c@here.example>'), '250 2.1.5 recipient ok');
      assert.equal(await client.ask('RCPT TO:<d@here.example>'), '452 4.5.3 too many recipients');
      await client.ask('DATA');
      client.octets('.\r\n');
      await client.reply();
      assert.deepEqual(
        taken[0]!.transaction.recipients.map((it) => it.path.localPart),
        ['b', 'c'],
      );
    });
  });

  it('identifies the peer at every MAIL, and gives it its own limits', async () => {
    let isPaused = false;
    const identify = ({ helo }: { helo: string }) =>
      isPaused
        ? { refusal: REPLIES.unavailable }
        : helo === 'peer.example'
          ? { peer: 'p', name: 'p', sizeMax: 100, recipientsMax: 1 }
          : { refusal: REPLIES.notAllowed };
    await withListener({}, { identify }, async ({ dial, greeted }) => {
      const stranger = await dial();
      await stranger.reply();
      await stranger.ask('EHLO stranger.example');
      assert.equal(await stranger.ask('MAIL FROM:<a@x.example>'), '550 5.7.1 not allowed');
      assert.match((await stranger.ask('RCPT TO:<a@here.example>'))!, /^503 5\.5\.1/);
      const client = await greeted();
      assert.equal(await client.ask('MAIL FROM:<a@x.example> SIZE=101'), '552 5.3.4 message too large');
      assert.match((await client.ask('MAIL FROM:<a@x.example> SIZE=100'))!, /^250/);
      assert.match((await client.ask('RCPT TO:<b@here.example>'))!, /^250/);
      assert.match((await client.ask('RCPT TO:<c@here.example>'))!, /^452 4\.5\.3/);
      await client.ask('RSET');
      isPaused = true;
      assert.match((await client.ask('MAIL FROM:<a@x.example>'))!, /^421 4\.3\.2/);
      await client.ended();
    });
  });

  it('counts the transactions and the rate of a peer over all its connections', async () => {
    const identify = () => ({ peer: 'p', name: 'p', transactionsMax: 1 });
    await withListener({}, { identify }, async ({ greeted }) => {
      const [one, two] = [await greeted(), await greeted()];
      assert.match((await one.ask('MAIL FROM:<a@x.example>'))!, /^250/);
      assert.match((await two.ask('MAIL FROM:<a@x.example>'))!, /^450 4\.7\.0/);
      await one.ask('RSET');
      assert.match((await two.ask('MAIL FROM:<a@x.example>'))!, /^250/);
    });
    const slowly = () => ({ peer: 'p', name: 'p', messagesPerSecondMax: 2 });
    await withListener({}, { identify: slowly }, async ({ greeted, time }) => {
      const client = await greeted();
      const mail = async () => {
        const reply = await client.ask('MAIL FROM:<a@x.example>');
        await client.ask('RSET');
        return reply!.slice(0, 3);
      };
      assert.deepEqual([await mail(), await mail(), await mail()], ['250', '250', '450']);
      time.now += 500;
      assert.deepEqual([await mail(), await mail()], ['250', '450']);
    });
  });

  it('refuses commands out of order and arguments that break the grammar', async () => {
    await withListener({}, {}, async ({ dial }) => {
      const client = await dial();
      await client.reply();
      for (const [line, reply] of [
        ['MAIL FROM:<a@x.example>', '503 5.5.1'],
        ['EHLO', '501 5.5.4'],
        ['HELO peer.example', '250 mms.h'],
        ['RCPT TO:<a@here.example>', '503 5.5.1'],
        ['DATA', '503 5.5.1'],
        ['MAIL a@x.example', '501 5.5.4'],
        ['MAIL FROM:<a@x example>', '501 5.1.7'],
        ['MAIL FROM:<a@x.example> SIZE=x', '501 5.5.4'],
        ['MAIL FROM:<a@x.example> FOO=1', '555 5.5.4'],
        ['MAIL FROM:<a@x.example> SMTPUTF8', '555 5.5.4'],
        ['MAIL FROM:<a@x.example> RET=FULL RET=FULL', '501 5.5.4'],
        ['MAIL FROM: <a@x.example> RET=HDRS ENVID=a+2Bb', '250 2.1.0'],
        ['MAIL FROM:<a@x.example>', '503 5.5.1'],
        ['DATA', '554 5.5.1'],
        ['RCPT TO:<>', '501 5.1.3'],
        ['RCPT TO:<b@here.example> NOTIFY=NEVER,DELAY', '501 5.5.4'],
        ['RCPT TO:<@a.example,@b.example:b@here.example> ORCPT=rfc822;b+2Bc@d.example', '250 2.1.5'],
        ['VRFY b', '252 2.5.0'],
        ['EXPN b', '502 5.5.1'],
        ['BDAT 10 LAST', '502 5.5.1'],
        ['NOOP', '250 2.0.0'],
        ['RSET', '250 2.0.0'],
        ['DATA', '503 5.5.1'],
      ] as const)
        assert.equal((await client.ask(line))!.slice(0, 9), reply, line);
    });
  });

  it('answers 451 when the handler fails, logs why and goes on', async () => {
    const message = async (): Promise<SmtpReply> => {
      throw new Error('the disk is gone');
    };
    await withListener({}, { message }, async ({ greeted, log, listener }) => {
      const client = await greeted();
      await client.ask('MAIL FROM:<secret@x.example>');
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets('x\r\n.\r\n');
      assert.equal(await client.reply(), '451 4.3.0 local error, try again later');
      assert.equal(listener.contentOctets, 0);
      assert.match((await client.ask('MAIL FROM:<>'))!, /^250/);
      assert.match(log.join('\n'), /the disk is gone/);
      assert.doesNotMatch(log.join('\n'), /secret|here\.example>/);
    });
  });

  it('answers 451 when the handler throws before it has promised anything', async () => {
    const identify = (): never => {
      throw new Error('no directory');
    };
    await withListener({}, { identify }, async ({ greeted, log }) => {
      const client = await greeted();
      assert.match((await client.ask('MAIL FROM:<a@x.example>'))!, /^451 4\.3\.0/);
      assert.match((await client.ask('NOOP'))!, /^250/);
      assert.match(log.join('\n'), /no directory/);
    });
  });

  it('keeps the order of pipelined commands while the handler takes its time with each', async () => {
    const order: string[] = [];
    const slowly = async <T>(what: string, answer: T): Promise<T> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(what);
      return answer;
    };
    const handler = {
      identify: () => slowly('identify', { peer: 'p', name: 'p' }),
      sender: () => slowly('sender', undefined),
      recipient: () => slowly('recipient', undefined),
      message: () => slowly('message', REPLIES.accepted),
    };
    await withListener({}, handler, async ({ greeted, listener }) => {
      const client = await greeted();
      client.octets('MAIL FROM:<a@x.example>\r\nRCPT TO:<b@here.example>\r\nRCPT TO:<c@here.example>\r\nDATA\r\n');
      const codes: string[] = [];
      for (let i = 0; i < 4; i++) codes.push((await client.reply())!.slice(0, 3));
      client.octets('x\r\n.\r\n');
      codes.push((await client.reply())!.slice(0, 3));
      assert.deepEqual(codes, ['250', '250', '250', '354', '250']);
      assert.deepEqual(order, ['identify', 'sender', 'recipient', 'recipient', 'message']);
      assert.equal(listener.contentOctets, 0);
    });
  });

  it('lets go of what a client held that went away while the handler thought', async () => {
    let keep: (reply: SmtpReply) => void = () => {};
    const kept = new Promise<SmtpReply>((resolve) => {
      keep = resolve;
    });
    await withListener({}, { message: () => kept }, async ({ greeted, listener }) => {
      const client = await greeted();
      await client.ask('MAIL FROM:<a@x.example>');
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets('x\r\n.\r\n');
      client.reset();
      while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(listener.contentOctets > 0, 'the handler has it still');
      keep(REPLIES.accepted);
      while (listener.contentOctets > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });

  it('offers AUTH in plain only where it is told to, and gives the handler the user', async () => {
    const authenticate = (_: unknown, user: string, password: string) => user === 'carrier' && password === 'pass';
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    await withListener({ auth: 'offered' }, { authenticate }, async ({ dial }) => {
      const client = await dial();
      await client.reply();
      assert.doesNotMatch((await client.ask('EHLO a'))!, /AUTH/);
      assert.match((await client.ask(`AUTH PLAIN ${base64('\0carrier\0pass')}`))!, /^503/);
    });
    await withListener({ auth: 'offered-plain' }, { authenticate }, async ({ greeted, taken }) => {
      const client = await greeted();
      assert.match((await client.ask('AUTH CRAM-MD5'))!, /^504/);
      assert.match((await client.ask(`AUTH PLAIN ${base64('\0carrier\0wrong')}`))!, /^535 5\.7\.8/);
      assert.match((await client.ask('AUTH PLAIN ####'))!, /^501 5\.5\.2/);
      assert.equal(await client.ask('AUTH LOGIN'), `334 ${base64('Username:')}`);
      assert.equal(await client.ask(base64('carrier')), `334 ${base64('Password:')}`);
      assert.match((await client.ask(base64('pass')))!, /^235 2\.7\.0/);
      assert.match((await client.ask('AUTH PLAIN'))!, /^503/);
      await client.ask('MAIL FROM:<>');
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets('.\r\n');
      await client.reply();
      assert.equal(taken[0]!.transaction.session.user, 'carrier');
    });
    await withListener({ auth: 'offered-plain' }, { authenticate }, async ({ greeted }) => {
      const client = await greeted();
      const wrong = `AUTH PLAIN ${base64('\0carrier\0wrong')}`;
      assert.match((await client.ask(wrong))!, /^535/);
      assert.match((await client.ask(wrong))!, /^535/);
      assert.match((await client.ask(wrong))!, /^421/);
      await client.ended();
    });
  });

  it('reads addresses in UTF-8 where SMTPUTF8 is offered and asked for', async () => {
    await withListener({ utf8: true, deliverBy: true }, {}, async ({ greeted, taken }) => {
      const client = await greeted();
      const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
      assert.match((await client.ask(utf8('MAIL FROM:<jörg@x.example>')))!, /^501 5\.1\.7/);
      assert.match((await client.ask(utf8('MAIL FROM:<jörg@bücher.example> SMTPUTF8 BY=120;R')))!, /^250/);
      await client.ask('RCPT TO:<b@here.example>');
      await client.ask('DATA');
      client.octets('.\r\n');
      await client.reply();
      const { sender } = taken[0]!.transaction;
      assert.equal(sender.path!.text, 'jörg@bücher.example');
      assert.deepEqual(sender.deliverBy, { seconds: 120, mode: 'R' });
    });
  });

  it('rejects with a sentence when the port is taken or an address range is none', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
    const { port } = other.address() as { port: number };
    const settings = { name: 'mm4', address: '127.0.0.1', port, hostName: 'a.example' };
    const handler = {
      identify: () => ({ refusal: REPLIES.notAllowed }),
      recipient: () => undefined,
      message: async () => REPLIES.accepted,
    };
    await assert.rejects(startSmtpListener(settings, { log: silentLog, handler }), {
      message: `SMTP listener mm4: cannot listen on 127.0.0.1 port ${port}: EADDRINUSE`,
    });
    other.close();
    await assert.rejects(startSmtpListener({ ...settings, allow: ['10.0.0.0/33'] }, { log: silentLog, handler }), {
      message: "SMTP listener mm4: '10.0.0.0/33' is neither an address nor a range of addresses",
    });
  });

  it('closes in good order: a mail under way ends, idle connections hear 421', async () => {
    await withListener({}, {}, async ({ greeted, listener, taken }) => {
      const [idle, busy] = [await greeted(), await greeted()];
      await busy.ask('MAIL FROM:<>');
      await busy.ask('RCPT TO:<b@here.example>');
      await busy.ask('DATA');
      const closed = listener.close(60_000);
      assert.match((await idle.reply())!, /^421 4\.3\.2/);
      busy.octets('x\r\n.\r\n');
      assert.equal(await busy.reply(), '250 2.0.0 accepted');
      assert.match((await busy.reply())!, /^421 4\.3\.2/);
      await closed;
      assert.equal(taken.length, 1);
      await assert.rejects(SmtpDialogue.open({ port: listener.port }));
    });
  });

  it('does not wait, when it closes, for a client all of whose recipients were refused', async () => {
    await withListener({}, {}, async ({ greeted, listener }) => {
      const [client, hopeful] = [await greeted(), await greeted()];
      for (const one of [client, hopeful]) await one.ask('MAIL FROM:<>');
      assert.match((await client.ask('RCPT TO:<b@elsewhere.example>'))!, /^5/);
      await hopeful.ask('RCPT TO:<b@here.example>');
      const closed = listener.close(60_000);
      assert.match((await client.reply())!, /^421 4\.3\.2/);
      await hopeful.ask('RSET');
      assert.match((await hopeful.reply())!, /^421 4\.3\.2/);
      await closed;
    });
  });
});
