/** The pool against the laboratory's server: outcomes by recipient, faults by name, and that one destination's trouble is its own. */
import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { MSC, OTHER, STP } from '../association/certificates.contract.js';
import type { SmtpClientTls, SmtpDestination, SmtpTimeouts } from './destination.js';
import type { SmtpLabMail, SmtpLabServer, SmtpLabServerSettings } from './laboratory/profile.js';
import { startSmtpLabServer } from './laboratory/server.js';
import type { SmtpMail, SmtpOutcome } from './mail.js';
import { openSmtpPool } from './pool.js';
import type { SmtpPool, SmtpPoolPorts, SmtpPoolSettings } from './pool-port.js';

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const mailTo = (...recipients: string[]): SmtpMail => ({
  sender: '+15551230001/TYPE=PLMN@here.example',
  recipients: recipients.map((address) => ({ address })),
  pieces: [octets('Subject: a\r\n'), octets('\r\n.b\r\n')],
});
const ONE = mailTo('+15559870002/TYPE=PLMN@there.example');

interface Bed {
  readonly server: SmtpLabServer;
  readonly pool: SmtpPool;
  readonly mails: SmtpLabMail[];
  readonly to: SmtpDestination;
}

async function withServer(
  server: SmtpLabServerSettings,
  pool: Partial<SmtpPoolSettings>,
  test: (bed: Bed) => Promise<void>,
  ports: Partial<SmtpPoolPorts> = {},
): Promise<void> {
  const mails: SmtpLabMail[] = [];
  const lab = await startSmtpLabServer({
    onMail(mail) {
      mails.push(mail);
      return undefined;
    },
    ...server,
  });
  const opened = openSmtpPool({ heloName: 'mms.here.example', ...pool }, { log: silentLog, ...ports });
  const to = { name: 'peer', hosts: [{ host: '127.0.0.1', port: lab.port }] };
  try {
    await test({ server: lab, pool: opened, mails, to });
  } finally {
    await opened.close(0);
    await lab.close();
  }
}

/** A server that answers each line as it is told; the empty line stands for a new connection, whose answer is the banner. `mails`: finals dots so far. */
async function script(answer: (line: string, mails: number) => string): Promise<{ port: number; close: () => void }> {
  let mails = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(`${answer('', mails)}\r\n`);
    let isContent = false;
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
        if (isContent && line !== '.') continue;
        const said = answer(line, mails);
        if (line === '.') mails++;
        isContent = said.startsWith('354');
        socket.write(`${said}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = (): void => {
    for (const it of sockets) it.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function usual(line: string): string {
  if (line === '') return '220 a';
  if (line.startsWith('EHLO')) return '250-a\r\n250 PIPELINING';
  return line === 'DATA' ? '354 go' : '250 ok';
}

const kinds = (outcome: SmtpOutcome): string[] => outcome.recipients.map((it) => it.kind);
const only = (outcome: SmtpOutcome) => outcome.recipients[0]!;
const why = (outcome: SmtpOutcome) => {
  const it = only(outcome);
  return it.kind === 'taken' ? ['taken'] : [it.kind, it.cause, it.phase, ...(it.kind === 'deferred' ? [it.mayHaveArrived] : [])];
};

/** What is waited for in vain. */
const STALLS: Readonly<Record<string, SmtpTimeouts>> = {
  'stall-before-banner': { greetingMs: 200 },
  'stall-after-banner': { commandMs: 200 },
  'stall-after-data': { acceptMs: 200 },
};

describe('openSmtpPool', () => {
  it('sends a mail whole, its envelope as given, and tells the far side words', async () => {
    await withServer({}, {}, async ({ pool, to, mails, server }) => {
      const outcome = await pool.send(to, ONE);
      assert.deepEqual(outcome, {
        recipients: [{ kind: 'taken', reply: { code: 250, enhanced: '2.6.0', text: 'taken' } }],
        host: `127.0.0.1:${server.port}`,
      });
      const [mail] = mails as [SmtpLabMail];
      assert.equal(Buffer.from(mail.content).toString(), 'Subject: a\r\n\r\n.b\r\n');
      assert.equal(mail.sender, '<+15551230001/TYPE=PLMN@here.example> SIZE=18');
      assert.deepEqual(mail.recipients, ['<+15559870002/TYPE=PLMN@there.example>']);
      assert.equal(mail.helo, 'mms.here.example');
    });
  });

  it('uses a connection again, whatever became of the mail before', async () => {
    await withServer({}, {}, async ({ pool, to, mails, server }) => {
      await pool.send(to, ONE);
      server.setFaults([{ kind: '5xx' }]);
      assert.deepEqual(why(await pool.send(to, ONE)), ['failed', 'answered', 'rcpt']);
      server.setFaults([{ kind: '4xx-after-data' }]);
      assert.deepEqual(why(await pool.send(to, ONE)), ['deferred', 'answered', 'accept', false]);
      server.setFaults([]);
      assert.deepEqual(kinds(await pool.send(to, ONE)), ['taken']);
      assert.equal(server.connections, 1);
      assert.equal(new Set(mails.map((it) => it.connection)).size, 1);
    });
  });

  it('leaves no transaction open on a connection that rests, and closes at once', async () => {
    const lines: string[] = [];
    let heard = (): void => {};
    const reset = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const { port, close } = await script((line) => {
      lines.push(line);
      if (line === 'RSET') heard();
      // DATA without a recipient. RFC 5321 4.5.3.1.10.
      return line.startsWith('RCPT') ? '550 no such user' : line === 'DATA' ? '554 no valid recipients' : usual(line);
    });
    const pool = openSmtpPool({ heloName: 'a.example' }, { log: silentLog });
    const to = { name: 'p', hosts: [{ host: '127.0.0.1', port }] };
    assert.deepEqual(kinds(await pool.send(to, ONE)), ['failed']);
    await reset;
    assert.deepEqual(kinds(await pool.send(to, ONE)), ['failed']);
    assert.equal(lines.filter((line) => line.startsWith('EHLO')).length, 1, 'the connection is used again');
    await pool.close();
    close();
  });

  it('makes another connection when the far side has had enough of the idle one', async () => {
    let connections = 0;
    const { port, close } = await script((line, mails) => {
      if (line === '') connections++;
      // 421 to the first command of a connection that has been idle, as servers do that have lost their patience.
      if (line.startsWith('MAIL') && mails === 1 && connections === 1) return '421 4.4.2 idle for too long';
      return usual(line);
    });
    const pool = openSmtpPool({ heloName: 'a.example' }, { log: silentLog });
    const to = { name: 'p', hosts: [{ host: '127.0.0.1', port }] };
    assert.deepEqual([kinds(await pool.send(to, ONE)), kinds(await pool.send(to, ONE)), connections], [['taken'], ['taken'], 2]);
    assert.equal(pool.health()[0]!.lastTrouble, undefined);
    await pool.close(0);
    close();
  });

  it('believes nothing that was said in plain behind the answer to STARTTLS, and no 250 to DATA', async () => {
    const injected = await script((line) =>
      line.startsWith('EHLO') ? '250-a\r\n250 STARTTLS' : line === 'STARTTLS' ? '220 go\r\n250 AUTH PLAIN' : usual(line),
    );
    const pool = openSmtpPool({ heloName: 'a.example' }, { log: silentLog });
    const required = { name: 'p', hosts: [{ host: '127.0.0.1', port: injected.port }], tls: { mode: 'required' } as const };
    assert.deepEqual(why(await pool.send(required, ONE)), ['deferred', 'tls', 'starttls', false]);
    injected.close();
    const hasty = await script((line) => (line === 'DATA' ? '250 ok' : usual(line)));
    assert.deepEqual(why(await pool.send({ name: 'q', hosts: [{ host: '127.0.0.1', port: hasty.port }] }, ONE)), [
      'deferred',
      'not-smtp',
      'data',
      false,
    ]);
    await pool.close(0);
    hasty.close();
  });

  it('makes another connection when the far side has closed the idle one', async () => {
    await withServer({}, {}, async ({ pool, to, server }) => {
      await pool.send(to, ONE);
      const { port } = server;
      await server.close();
      const again = await startSmtpLabServer({ port });
      assert.deepEqual(kinds(await pool.send(to, ONE)), ['taken']);
      await again.close();
    });
  });

  it('tells apart what became of each recipient', async () => {
    const { port, close } = await script((line) => {
      if (line.includes('<no@')) return '550-5.1.1 no\r\n550 5.1.1 such';
      if (line.includes('<full@')) return '452 4.5.3 too many';
      return line.includes('<old@') ? '552 too many recipients' : usual(line);
    });
    const pool = openSmtpPool({ heloName: 'a.example' }, { log: silentLog });
    const outcome = await pool.send(
      { name: 'p', hosts: [{ host: '127.0.0.1', port }] },
      mailTo('a@b.example', 'no@b.example', 'full@b.example', 'old@b.example', 'bad address@b.example', 'c@b.example'),
    );
    assert.deepEqual(kinds(outcome), ['taken', 'failed', 'deferred', 'deferred', 'failed', 'taken']);
    assert.deepEqual(outcome.recipients[1], {
      kind: 'failed',
      cause: 'answered',
      phase: 'rcpt',
      reply: { code: 550, enhanced: '5.1.1', text: 'no\nsuch' },
      detail: '550 5.1.1 no\nsuch',
    });
    await pool.close(0);
    close();
  });

  it('lets nothing into a command that is not a mailbox', async () => {
    await withServer({}, {}, async ({ pool, to, server }) => {
      for (const address of [
        'a@b.example>\r\nRCPT TO:<evil@x.example',
        'a@b.example> SIZE=1',
        'a\n@b.example',
        'a b@c.example',
        '<a@b.example>',
        'a',
        '',
      ])
        assert.deepEqual(why(await pool.send(to, mailTo(address))), ['failed', 'bad-address', undefined], address);
      assert.deepEqual(why(await pool.send(to, { ...ONE, sender: 'a@b.example\r\nDATA' })), ['failed', 'bad-address', undefined]);
      assert.deepEqual(why(await pool.send(to, { ...ONE, pieces: [octets('a\n.\r\nb')] })), ['failed', 'bad-content', undefined]);
      assert.equal(server.connections, 0);
      await pool.send(to, { ...ONE, envelopeId: 'a b\r\nDATA', returns: 'HDRS' });
      assert.equal(server.mails, 1);
    });
  });

  it('gives DSN parameters, 8BITMIME and SMTPUTF8 where they are offered, each recipient its own', async () => {
    const mail: SmtpMail = {
      sender: '',
      recipients: [
        { address: 'a@b.example', notify: ['SUCCESS', 'FAILURE'], originalRecipient: 'rfc822;+1555@x.example' },
        { address: 'jörg@b.example', notify: ['NEVER'] },
      ],
      pieces: [octets('Subject: a\r\n\r\n\xff\r\n')],
      envelopeId: 'id=1 2',
      returns: 'HDRS',
      deliverBy: { seconds: 60, mode: 'R' },
    };
    await withServer(
      { keywords: ['DSN', '8BITMIME', 'SMTPUTF8', 'DELIVERBY', 'PIPELINING'] },
      {},
      async ({ pool, to, mails }) => {
        assert.deepEqual(kinds(await pool.send(to, mail)), ['taken', 'taken']);
        assert.equal(mails[0]!.sender, '<> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=id+3D1+202 BY=60;R');
        assert.deepEqual(
          mails[0]!.recipients.map((it) => Buffer.from(it, 'latin1').toString('utf8')),
          ['<a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;+2B1555@x.example', '<jörg@b.example> NOTIFY=NEVER'],
        );
      },
    );
    await withServer({ keywords: ['8BITMIME'] }, {}, async ({ pool, to, mails }) => {
      const outcome = await pool.send(to, mail);
      assert.deepEqual(kinds(outcome), ['taken', 'failed']);
      assert.equal(outcome.recipients[1]!.kind === 'failed' && outcome.recipients[1]!.cause, 'needs-smtputf8');
      assert.deepEqual([mails[0]!.sender, mails[0]!.recipients], ['<> BODY=8BITMIME', ['<a@b.example>']]);
    });
    await withServer({ keywords: ['SIZE 10'] }, {}, async ({ pool, to }) => {
      assert.deepEqual(why(await pool.send(to, ONE)), ['failed', 'too-large', undefined]);
      assert.deepEqual(why(await pool.send(to, { ...ONE, pieces: [octets('\r\n\xff')] })), [
        'failed',
        'needs-8bitmime',
        undefined,
      ]);
    });
  });

  for (const [fault, outcome] of [
    [{ kind: 'stall-before-banner' }, ['deferred', 'timeout', 'greeting', false]],
    [{ kind: 'stall-after-banner' }, ['deferred', 'timeout', 'ehlo', false]],
    [{ kind: 'busy' }, ['deferred', 'answered', 'greeting', false]],
    [{ kind: 'not-smtp' }, ['deferred', 'not-smtp', 'greeting', false]],
    [{ kind: 'stall-after-data' }, ['deferred', 'timeout', 'accept', true]],
    [{ kind: 'drop-after-data' }, ['deferred', 'dropped', 'accept', true]],
    [{ kind: '4xx-for' }, ['deferred', 'answered', 'rcpt', false]],
    [{ kind: '5xx' }, ['failed', 'answered', 'rcpt']],
    [{ kind: '4xx-after-data' }, ['deferred', 'answered', 'accept', false]],
    [{ kind: '5xx-after-data' }, ['failed', 'answered', 'accept']],
    [{ kind: 'slow-octets', everyMs: 1 }, ['taken']],
  ] as const)
    it(`answers ${outcome.filter((it) => it !== undefined).join(' ')} to a far side of the profile ${fault.kind}`, async () => {
      // Short only where it stalls: everything else may take its time on a busy machine.
      const timeouts = STALLS[fault.kind] ?? {};
      await withServer({ faults: [fault] }, {}, async ({ pool, to }) => {
        assert.deepEqual(why(await pool.send({ ...to, timeouts }, ONE)), outcome);
      });
    });

  it('knows that a mail cannot have arrived when the far side stalls or drops within the content', async () => {
    const large = { ...ONE, pieces: [octets('\r\n'), new Uint8Array(30_000_000).fill(120)] };
    const keywords = ['PIPELINING'];
    await withServer({ faults: [{ kind: 'drop-in-data' }], keywords }, {}, async ({ pool, to }) => {
      assert.deepEqual(why(await pool.send(to, large)), ['deferred', 'dropped', 'content', false]);
    });
    await withServer({ faults: [{ kind: 'stall-in-data' }], keywords }, {}, async ({ pool, to }) => {
      const outcome = await pool.send({ ...to, timeouts: { blockMs: 300 } }, large);
      assert.deepEqual(why(outcome), ['deferred', 'timeout', 'content', false]);
    });
  });

  it('tries the next host when the first does not answer, and that one last for a while', async () => {
    await withServer({}, {}, async ({ pool, to, server }) => {
      const dead = await startSmtpLabServer({});
      await dead.close();
      const hosts = [
        { host: '127.0.0.1', port: dead.port },
        { host: '127.0.0.1', port: server.port },
      ];
      const outcome = await pool.send({ ...to, hosts }, ONE);
      assert.deepEqual([kinds(outcome), outcome.host], [['taken'], `127.0.0.1:${server.port}`]);
    });
  });

  it('follows mail exchangers in their order, falls back to the domain itself, and believes a null MX', async () => {
    const asked: string[] = [];
    const resolver = {
      async resolveMx(domain: string) {
        if (domain === 'none.example') throw Object.assign(new Error('no data'), { code: 'ENODATA' });
        if (domain === 'gone.example') throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
        if (domain === 'ill.example') throw Object.assign(new Error('server failure'), { code: 'ESERVFAIL' });
        if (domain === 'own.example') return [{ exchange: 'MMS.here.example', priority: 5 }];
        if (domain === 'null.example') return [{ exchange: '', priority: 0 }];
        return [
          { exchange: 'second.example', priority: 20 },
          { exchange: 'first.example', priority: 10 },
        ];
      },
      async addresses(host: string) {
        asked.push(host);
        if (host === 'first.example') throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
        return ['127.0.0.1'];
      },
    };
    await withServer(
      {},
      {},
      async ({ pool, server }) => {
        const to = (mxOf: string) => ({ name: mxOf, hosts: { mxOf, port: server.port } });
        assert.deepEqual(kinds(await pool.send(to('two.example'), ONE)), ['taken']);
        assert.deepEqual(asked, ['first.example', 'second.example']);
        assert.deepEqual(kinds(await pool.send(to('none.example'), ONE)), ['taken']);
        assert.equal(asked[2], 'none.example');
        assert.deepEqual(why(await pool.send(to('null.example'), ONE)), ['failed', 'no-such-host', 'resolve']);
        assert.deepEqual(why(await pool.send(to('own.example'), ONE)), ['failed', 'no-such-host', 'resolve']);
        assert.deepEqual(why(await pool.send(to('gone.example'), ONE)), ['failed', 'no-such-host', 'resolve']);
        assert.deepEqual(why(await pool.send(to('ill.example'), ONE)), ['deferred', 'no-such-host', 'resolve', false]);
      },
      { resolver },
    );
  });

  it('takes no more mails than may wait, and no more connections than are allowed', async () => {
    await withServer(
      { faults: [{ kind: 'stall-after-data' }] },
      { waitingPerDestinationMax: 2 },
      async ({ pool, to, server }) => {
        const narrow = { ...to, connectionsMax: 1, timeouts: { acceptMs: 60_000 } };
        const under = [pool.send(narrow, ONE)];
        while (server.mails === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        under.push(pool.send(narrow, ONE), pool.send(narrow, ONE));
        assert.deepEqual(why(await pool.send(narrow, ONE)), ['deferred', 'busy', 'connect', false]);
        const [health] = pool.health();
        assert.deepEqual([health!.connections, health!.busy, health!.waiting, server.connections], [1, 1, 2, 1]);
        await pool.close(0);
        assert.deepEqual(
          (await Promise.all(under)).map((it) => why(it).slice(0, 2)),
          [
            ['deferred', 'dropped'],
            ['deferred', 'closing'],
            ['deferred', 'closing'],
          ],
        );
      },
    );
  });

  it('lets connections of other destinations rest no longer when there are no more to be had', async () => {
    const other = await startSmtpLabServer({});
    await withServer({}, { connectionsMax: 1 }, async ({ pool, to, server }) => {
      assert.deepEqual(kinds(await pool.send(to, ONE)), ['taken']);
      const there = { name: 'other', hosts: [{ host: '127.0.0.1', port: other.port }] };
      assert.deepEqual(kinds(await pool.send(there, ONE)), ['taken']);
      assert.deepEqual(kinds(await pool.send(to, ONE)), ['taken']);
      assert.deepEqual([server.connections, other.connections], [2, 1]);
    });
    await other.close();
  });

  it('opens the circuit of a destination that does not answer, defers at once meanwhile, and closes it when it answers', async () => {
    const circuits: string[] = [];
    let wake: () => void = () => {};
    const onCircuit = (name: string, circuit: string): void => {
      circuits.push(`${name} ${circuit}`);
      wake();
    };
    const until = async (what: string): Promise<void> => {
      while (!circuits.includes(what))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    };
    const healthy = await startSmtpLabServer({});
    const test = async ({ pool, to, server }: Bed): Promise<void> => {
      const narrow = { ...to, timeouts: { greetingMs: 1_000 } };
      for (let i = 0; i < 3; i++) assert.deepEqual(why(await pool.send(narrow, ONE)), ['deferred', 'timeout', 'greeting', false]);
      assert.deepEqual(circuits, ['peer open']);
      const outcome = only(await pool.send(narrow, ONE));
      assert.equal(outcome.kind === 'deferred' && outcome.cause, 'circuit-open');
      const [health] = pool.health();
      assert.deepEqual([health!.circuit, health!.deferred, typeof health!.nextProbeAt], ['open', 4, 'number']);
      assert.match(health!.lastTrouble!.text, /^greeting: no answer within 1000 ms/);
      const there = { name: 'healthy', hosts: [{ host: '127.0.0.1', port: healthy.port }] };
      assert.deepEqual(kinds(await pool.send(there, ONE)), ['taken']);
      server.setFaults([]);
      await until('peer probing');
      // A probe alone does not close it: a mail has to come through.
      for (;;) {
        const tried = only(await pool.send(narrow, ONE));
        if (tried.kind === 'taken') break;
        assert.equal(tried.kind === 'deferred' && tried.cause, 'circuit-open');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await until('peer closed');
      assert.equal(pool.health().find((it) => it.name === 'peer')!.circuit, 'closed');
    };
    await withServer({ faults: [{ kind: 'stall-before-banner' }] }, { troublesMax: 3, probeFirstMs: 200 }, test, { onCircuit });
    await healthy.close();
  });

  it('uses new settings of a destination from the next mail on', async () => {
    const other = await startSmtpLabServer({});
    await withServer({}, {}, async ({ pool, to, server }) => {
      await pool.send(to, ONE);
      await pool.send({ ...to, hosts: [{ host: '127.0.0.1', port: other.port }] }, ONE);
      assert.deepEqual([server.mails, other.mails, pool.health().length], [1, 1, 1]);
    });
    await other.close();
  });

  it('probes a destination up to RCPT and shows the dialogue, without a mail', async () => {
    await withServer({}, {}, async ({ pool, to, server }) => {
      const { outcome, dialogue } = await pool.probe(to, { sender: '', recipients: ['a@b.example'] });
      assert.deepEqual(kinds(outcome), ['taken']);
      assert.deepEqual(
        dialogue.filter((it) => it.from === 'us').map((it) => it.text),
        ['EHLO mms.here.example', 'MAIL FROM:<> SIZE=0', 'RCPT TO:<a@b.example>', 'RSET', 'QUIT'],
      );
      assert.equal(dialogue[0]!.text, '220 lab.example ESMTP laboratory');
      assert.equal(server.mails, 0);
    });
  });
});

describe('TLS of the pool', () => {
  const material = ({ key, certificate, authorities }: typeof STP) => ({ key, certificate, authorities });
  const tlsServer = { tls: material(STP) };

  it('uses STARTTLS where it is offered, and does without where it is not, when it is opportunistic', async () => {
    await withServer(tlsServer, {}, async ({ pool, to, mails }) => {
      const outcome = await pool.send(to, ONE);
      assert.deepEqual([kinds(outcome), mails[0]!.isTls, outcome.tls?.protocol], [['taken'], true, 'TLSv1.3']);
    });
    await withServer({}, {}, async ({ pool, to, mails }) => {
      assert.deepEqual([kinds(await pool.send(to, ONE)), mails[0]!.isTls], [['taken'], false]);
    });
  });

  it('verifies authority and name where it is required, and sends nothing otherwise', async () => {
    await withServer(tlsServer, {}, async ({ pool, to, server }) => {
      const required = { mode: 'required', authorities: STP.authorities } as const;
      for (const tls of [
        required,
        { ...required, name: 'msc.example' },
        { mode: 'required', authorities: OTHER, name: 'stp.example' } as const,
      ])
        assert.deepEqual(why(await pool.send({ ...to, tls }, ONE)), ['deferred', 'tls', 'starttls', false]);
      assert.equal(server.mails, 0);
      assert.deepEqual(kinds(await pool.send({ ...to, tls: { ...required, name: 'stp.example' } }, ONE)), ['taken']);
    });
    await withServer({}, {}, async ({ pool, to, server }) => {
      const tls = { mode: 'required', authorities: STP.authorities, name: 'stp.example' } as const;
      assert.deepEqual(why(await pool.send({ ...to, tls }, ONE)), ['deferred', 'tls', 'starttls', false]);
      assert.equal(server.mails, 0);
    });
  });

  it('believes a chain whatever its name, or whoever answers, where that is what is asked for', async () => {
    await withServer(tlsServer, {}, async ({ pool, to, server }) => {
      const send = async (tls: Omit<SmtpClientTls, 'mode'>) =>
        kinds(await pool.send({ ...to, tls: { mode: 'required', ...tls } }, ONE));
      assert.deepEqual(await send({ verify: 'chain', authorities: STP.authorities, name: 'other.example' }), ['taken']);
      assert.deepEqual(await send({ verify: 'chain', authorities: OTHER, name: 'stp.example' }), ['deferred']);
      assert.deepEqual(await send({ verify: 'nothing', authorities: OTHER, name: 'other.example' }), ['taken']);
      assert.deepEqual(await send({ verify: 'name', authorities: STP.authorities, name: 'other.example' }), ['deferred']);
      assert.equal(server.mails, 2);
    });
    await withServer({}, {}, async ({ pool, to, server }) => {
      const outcome = await pool.send({ ...to, tls: { mode: 'required', verify: 'nothing' } }, ONE);
      assert.deepEqual([why(outcome), server.mails], [['deferred', 'tls', 'starttls', false], 0], 'encrypted it must be');
    });
  });

  it('knows a pinned certificate and no other', async () => {
    const { X509Certificate } = await import('node:crypto');
    const pin = new X509Certificate(STP.certificate).fingerprint256;
    const wrong = new X509Certificate(MSC.certificate).fingerprint256;
    await withServer(tlsServer, {}, async ({ pool, to, server }) => {
      assert.deepEqual(kinds(await pool.send({ ...to, tls: { mode: 'required', fingerprints: [wrong, pin] } }, ONE)), ['taken']);
      assert.deepEqual(why(await pool.send({ ...to, tls: { mode: 'required', fingerprints: [wrong] } }, ONE)), [
        'deferred',
        'tls',
        'starttls',
        false,
      ]);
      assert.equal(server.mails, 1);
    });
  });

  it('speaks TLS from the first octet where it is implicit, and authenticates inside it', async () => {
    const lines: string[] = [];
    const onLine = (_: number, from: string, line: string): void => {
      if (from === 'them') lines.push(line);
    };
    const server = { tls: { ...material(STP), isImplicit: true }, keywords: ['AUTH PLAIN LOGIN'], onLine };
    await withServer(server, {}, async ({ pool, to, mails }) => {
      const tls = { mode: 'implicit', authorities: STP.authorities, name: 'stp.example' } as const;
      const auth = { user: 'carrier', password: 'pass' };
      assert.deepEqual([kinds(await pool.send({ ...to, tls, auth }, ONE)), mails[0]!.isTls], [['taken'], true]);
      assert.equal(lines[1], `AUTH PLAIN ${Buffer.from('\0carrier\0pass').toString('base64')}`);
    });
    await withServer({ keywords: ['AUTH PLAIN'] }, {}, async ({ pool, to }) => {
      const outcome = await pool.send({ ...to, auth: { user: 'carrier', password: 'pass' } }, ONE);
      assert.deepEqual(why(outcome), ['deferred', 'auth', 'auth', false]);
    });
  });

  it('identifies itself by the method that is named, and by no other', async () => {
    const auth = { user: 'carrier', password: 'tanstaaftanstaaf' };
    for (const [method, offered, said] of [
      ['login', 'AUTH PLAIN LOGIN', ['AUTH LOGIN']],
      ['plain', 'AUTH LOGIN PLAIN', [`AUTH PLAIN ${Buffer.from('\0carrier\0tanstaaftanstaaf').toString('base64')}`]],
      ['login', 'AUTH PLAIN', []],
      ['cram-md5', 'AUTH PLAIN LOGIN', []],
    ] as const) {
      const lines: string[] = [];
      const onLine = (_: number, from: string, line: string): void => {
        if (from === 'them') lines.push(line);
      };
      const server = { tls: { ...material(STP), isImplicit: true }, keywords: [offered], onLine };
      await withServer(server, {}, async ({ pool, to }) => {
        const tls = { mode: 'implicit', verify: 'nothing' } as const;
        const outcome = await pool.send({ ...to, tls, auth: { ...auth, method } }, ONE);
        assert.deepEqual(
          lines.filter((line) => !/^(EHLO|MAIL|RCPT|DATA|QUIT)/.test(line)).slice(0, said.length || undefined),
          said,
          `${method} of ${offered}`,
        );
        if (said.length === 0) assert.deepEqual(why(outcome), ['deferred', 'auth', 'auth', false]);
      });
    }
  });

  it('answers the challenge of CRAM-MD5 as RFC 2195 computes it, and needs no TLS for that', async () => {
    let answered = '';
    const { port, close } = await script((line) => {
      if (line.startsWith('EHLO')) return '250-a\r\n250 AUTH CRAM-MD5';
      // The example of RFC 2195 2.
      if (line === 'AUTH CRAM-MD5') return '334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+';
      if (/^(MAIL|RCPT|DATA|\.$)/.test(line) || line === '') return usual(line);
      answered = Buffer.from(line, 'base64').toString();
      return '235 ok';
    });
    const pool = openSmtpPool({ heloName: 'a.example' }, { log: silentLog });
    const auth = { user: 'tim', password: 'tanstaaftanstaaf', method: 'cram-md5' } as const;
    const outcome = await pool.send({ name: 'p', hosts: [{ host: '127.0.0.1', port }], auth }, ONE);
    assert.deepEqual([kinds(outcome), answered], [['taken'], 'tim b913a602c7eda7a495b4e6e7334d3890']);
    await pool.close(0);
    close();
  });
});
