import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { type LogConfig, maskText, type OpenLog, openLog, readableLine } from './log.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-log-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
async function logged(config: Partial<LogConfig>, write: (log: OpenLog) => void): Promise<string> {
  const file = join(folder, `log-${files++}`);
  const log = openLog({ level: 'info', format: 'json', numbers: 'masked', ...config }, openSync(file, 'w'));
  write(log);
  await log.close();
  return readFileSync(file, 'utf8');
}

const number = { kind: 'number', msisdn: toMsisdn('46700000001')! } as const;

describe('the log', () => {
  it('masks the fields that hold numbers and addresses, whether text or address', async () => {
    const line = await logged({}, (log) =>
      log.info(
        {
          msisdn: '46700000001',
          sender: number,
          recipient: { kind: 'email', mailbox: 'ann@mail.example' },
          claimed: '+46700000002/TYPE=PLMN',
        },
        'x',
      ),
    );
    const { msisdn, sender, recipient, claimed } = JSON.parse(line) as Record<string, string>;
    assert.deepEqual(
      { msisdn, sender, recipient, claimed },
      { msisdn: '*******0001', sender: '+*******0001', recipient: '***@mail.example', claimed: '+*******0002/TYPE=PLMN' },
    );
  });

  it('shows them whole when asked to', async () => {
    const line = await logged({ numbers: 'full' }, (log) => log.info({ sender: number, msisdn: '46700000001' }, 'x'));
    assert.match(line, /"sender":"\+46700000001","msisdn":"46700000001"/);
  });

  it('cuts the keys of deliveries, which open the content, even when numbers are shown whole', async () => {
    const line = await logged({ numbers: 'full' }, (log) => log.info({ delivery: 'abcdefghijkLMNOPQRSTUV' }, 'x'));
    assert.match(line, /"delivery":"abcdefghijk\.\.\."/);
    assert.doesNotMatch(line, /LMNO/);
  });

  it('masks in debug lines and in the readable form as well', async () => {
    for (const format of ['json', 'line'] as const) {
      const text = await logged({ level: 'debug', format }, (log) => log.debug({ recipient: number }, 'x'));
      assert.match(text, /\*{7}0001/);
      assert.doesNotMatch(text, /4670000/);
    }
  });

  it('writes nothing below its level', async () => {
    assert.equal(await logged({ level: 'warn' }, (log) => log.info({}, 'x')), '');
  });

  it('is one JSON object a line with time, level and text', async () => {
    const line = await logged({}, (log) => log.warn({ messageId: 'abc' }, 'something'));
    const { time, ...rest } = JSON.parse(line) as Record<string, string>;
    assert.ok(!Number.isNaN(Date.parse(time!)));
    assert.deepEqual(rest, { level: 'warn', messageId: 'abc', msg: 'something' });
  });

  it('goes on when it cannot be written, says so once, and ends when it is closed', async () => {
    const full = openSync('/dev/full', 'w');
    const complaints: string[] = [];
    const log = openLog({ level: 'info', format: 'json', numbers: 'masked' }, full, (text) => complaints.push(text));
    for (let i = 0; i < 3; i++) {
      log.info({ text: 'x'.repeat(20_000) }, 'more than is gathered');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await log.close();
    assert.deepEqual(complaints, ['the log cannot be written: ENOSPC']);
  });

  it('keeps the stack of an error', async () => {
    const line = await logged({}, (log) => log.error({ err: new Error('broken') }, 'x'));
    const { err } = JSON.parse(line) as { err: { message: string; stack: string } };
    assert.equal(err.message, 'broken');
    assert.match(err.stack, /log\.test/);
  });
});

describe('maskText', () => {
  it('leaves no more than four digits of a number and no name of a mailbox', () => {
    const cases: [string, string][] = [
      ['46700000001', '*******0001'],
      ['+46 70-000 00 01', '+*******0001'],
      ['070', '070'],
      ['ann@mail.example', '***@mail.example'],
      ['ann.4670', '********'],
      ['a@b@c', '*****'],
      ['', ''],
    ];
    for (const [text, masked] of cases) assert.equal(maskText(text), masked, text);
  });
});

describe('readableLine', () => {
  it('is one line that quotes what has spaces', () => {
    const line = readableLine(
      '{"level":"info","time":"2026-01-02T03:04:05.678Z","messageId":"abc","reason":"out of reach","attempt":2,"msg":"pushed"}',
    );
    assert.equal(line, '03:04:05.678 info  pushed messageId=abc reason="out of reach" attempt=2\n');
  });

  it('takes objects apart into names with dots', () => {
    const line = readableLine(
      '{"level":"warn","time":"2026-01-02T03:04:05.678Z","push":{"host":"127.0.0.1","port":1},"list":[1],"msg":"x"}',
    );
    assert.equal(line, '03:04:05.678 warn  x push.host=127.0.0.1 push.port=1 list=[1]\n');
  });

  it('cannot be made two lines by a value', () => {
    const line = readableLine(JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', userAgent: 'a\nb', msg: 'x' }));
    assert.equal(line.split('\n').length, 2);
  });
});
