/** `angarium vasp send|serve` against each other and against the relay's endpoint: what an operator sees on his terminal. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ok, silentLog, silentMeter } from '#base';
import { directoryOf } from '#directory';
import { createMm7Carrier, startMm7 } from '#endpoint/mm7';
import type { Delivery, Handover, Message, MessageId, Submission } from '#messaging';
import { CLI } from '../kit/program.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-vasp-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const PASSWORD = 'password-of-acme';
const TOKEN = 'token-of-acme-0123456789abcdef';
const PICTURE = Buffer.from(Uint8Array.from({ length: 4000 }, (_, i) => (i * 13 + (i >> 4)) & 0xff));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command to its end. */
function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, 'vasp', ...args], { env: { ...process.env, ACME: PASSWORD, ACME_TOKEN: TOKEN } });
    let out = '';
    let err = '';
    child.stdout.on('data', (piece: Buffer) => {
      out += piece;
    });
    child.stderr.on('data', (piece: Buffer) => {
      err += piece;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** The endpoint of a relay whose domain takes everything. */
async function withRelay(use: (url: string, submissions: readonly Submission[]) => Promise<void>): Promise<void> {
  const submissions: Submission[] = [];
  const mm7 = await startMm7(
    {
      listen: { host: '127.0.0.1', port: 0 },
      path: '/mm7',
      jsonPath: '/vasp/v1',
      relayServerId: 'mmsc.example',
      bodyMax: 1_000_000,
      connectionsMax: 10,
      headersTimeoutMs: 30_000,
      requestTimeoutMs: 60_000,
      keepAliveTimeoutMs: 5_000,
      requestsInFlightMax: 10,
      bodyOctetsInFlightMax: 10_000_000,
    },
    {
      messaging: {
        submit: async (submission) => {
          submissions.push(submission);
          return ok({ messageId: 'message-1' as string as MessageId, refused: [], resubmission: false });
        },
        cancel: async () => ok({ messageId: 'message-1' as string as MessageId, cancelled: 1, tooLate: 0 }),
        replace: async () => ok({ messageId: 'message-1' as string as MessageId, cancelled: 1, tooLate: 0 }),
      },
      directory: directoryOf({
        vasp: [
          {
            name: 'acme',
            'vasp-id': 'acme',
            'short-codes': ['12345'],
            identification: { user: 'acme', passwords: [PASSWORD], tokens: [TOKEN] },
          },
          {
            name: 'safe',
            'vasp-id': 'safe',
            'short-codes': ['777'],
            identification: { method: 'digest', user: 'safe', passwords: [PASSWORD] },
          },
        ],
      }),
      numbering: { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' },
      history: async () => undefined,
      log: silentLog,
      meter: silentMeter,
      now: () => Date.now(),
    },
  );
  try {
    await use(`http://127.0.0.1:${mm7.address.port}`, submissions);
  } finally {
    await mm7.close();
  }
}

describe('angarium vasp send', () => {
  const picture = join(folder, 'map.jpg');
  writeFileSync(picture, PICTURE);
  const message = ['--to', '+46700000001', '--text', 'hello', '--file', picture];

  it('submits by SOAP with Basic, with Digest, and by JSON with a token, and says the message id', async () =>
    withRelay(async (url, submissions) => {
      const soap = await run(['send', '--url', `${url}/mm7`, '--user', 'acme', '--password-env', 'ACME', ...message]);
      const digest = await run([
        'send',
        '--url',
        `${url}/mm7`,
        '--login',
        'digest',
        '--user',
        'safe',
        '--password-env',
        'ACME',
        ...message,
      ]);
      const json = await run([
        'send',
        '--form',
        'json',
        '--url',
        `${url}/vasp/v1/messages`,
        '--login',
        'bearer',
        '--password-env',
        'ACME_TOKEN',
        ...message,
      ]);
      for (const { code, out, err } of [soap, digest, json]) {
        assert.equal(code, 0, err);
        assert.match(out, /^accepted: message message-1/);
      }
      assert.equal(submissions.length, 3);
      for (const { content } of submissions) assert.ok(Buffer.concat([...content]).includes(PICTURE));
    }));

  it('ends with 1 and the status when it is refused, and with 2 when it is used wrongly', async () =>
    withRelay(async (url) => {
      const login = ['--url', `${url}/mm7`, '--user', 'acme', '--password-env', 'ACME'];
      const refused = await run(['send', ...login, '--sender', '911', ...message]);
      assert.deepEqual(
        [refused.code, refused.err],
        [1, 'refused: 2001 Operation restricted: the sender address is not of this account\n'],
      );
      assert.equal((await run(['send', ...login, '--to', '+46700000001'])).code, 2);
      assert.equal((await run(['send', '--url', `${url}/mm7`, '--user', 'acme', ...message])).code, 2);
      const nowhere = await run(['send', '--url', 'http://127.0.0.1:1/mm7', '--login', 'none', ...message]);
      assert.deepEqual([nowhere.code, nowhere.err], [1, 'not sent: the relay cannot be reached (ECONNREFUSED)\n']);
    }));
});

describe('angarium vasp serve', () => {
  it('shows what it is called with, saves its parts, and ends when told', async () => {
    const inbox = join(folder, 'inbox');
    const child = spawn(process.execPath, [CLI, 'vasp', 'serve', '--listen', '127.0.0.1:0', '--save', inbox]);
    const url = await new Promise<string>((resolve) => {
      let err = '';
      child.stderr.on('data', (piece: Buffer) => {
        const found = /serving (\S+) as good/.exec((err += piece));
        if (found !== null) resolve(found[1]!);
      });
    });
    let out = '';
    child.stdout.on('data', (piece: Buffer) => {
      out += piece;
    });
    const directory = directoryOf({
      vasp: [{ name: 'acme', 'vasp-id': 'acme', identification: { user: 'acme', passwords: [PASSWORD] }, delivery: { url } }],
    });
    const carrier = createMm7Carrier('mmsc.example', { directory, log: silentLog, meter: silentMeter, now: () => Date.now() });
    const [outcome] = await carrier.handOver(aHandover());
    await carrier.close();
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.equal(outcome?.kind, 'taken');
    assert.match(out, /^DeliverReq delivery-1 from 12346, subject: A vote\n {2}text\/plain, 3 octets, a\.txt\n {2}saved /);
    assert.deepEqual(readdirSync(inbox), ['1-1-a.txt']);
    assert.equal(readFileSync(join(inbox, '1-1-a.txt'), 'utf8'), 'yes');
  });
});

/** A text in a multipart/mixed, as it is stored. */
const STORED = Buffer.concat([
  Buffer.from([0xa3, 0x01]),
  (() => {
    const head = Buffer.concat([Buffer.from([0x03, 0x83, 0x81, 0xea]), Buffer.from([0x8e]), Buffer.from('a.txt\0')]);
    const data = Buffer.from('yes');
    return Buffer.concat([Buffer.from([head.length, data.length]), head, data]);
  })(),
]);

function aHandover(): Handover {
  const recipient = { kind: 'short-code', code: '12345' } as const;
  const message: Message = {
    id: 'message-1' as string as MessageId,
    origin: { interface: 'mm1', version: '1.2' },
    sender: { kind: 'short-code', code: '12346' },
    senderHidden: false,
    recipients: [{ field: 'to', address: recipient }],
    date: 0,
    subject: 'A vote',
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    contentType: 'application/vnd.wap.multipart.mixed',
    size: STORED.length,
    acceptedAt: 0,
    deliverAt: 0,
    expiresAt: 1,
    fingerprint: '',
  };
  const delivery = {
    key: 'delivery-1',
    messageId: message.id,
    recipientIndex: 0,
    recipient,
    state: 'due',
    attempts: 0,
    revision: 1,
  };
  return {
    road: { kind: 'vasp', vasp: 'acme' },
    message,
    deliveries: [delivery as unknown as Delivery],
    transactionId: 'delivery-1',
    attempt: 1,
    from: message.sender,
    recipientsShown: message.recipients,
    content: STORED,
  };
}
