/** What the command line does with good input, bad input and wrong use: exit codes 0, 1 and 2. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { encodePdu, joinFields, rawField, samplePdu, wireFields, withField } from '#codec/mms';
import { CLI, removeFolder, runCli, temporaryFolder } from './program.js';

const folder = temporaryFolder();
after(() => removeFolder(folder));

/** Nothing listens on this port: it is the discard port, which no system of today serves. */
const NOBODY = 'http://127.0.0.1:9/mms';

const notifyResp = encodePdu({ kind: 'm-notifyresp-ind', transactionId: 'abc123', version: '1.2', status: 'retrieved' });
const file = join(folder, 'notifyresp.mms');
writeFileSync(file, notifyResp);
writeFileSync(join(folder, 'cut.mms'), notifyResp.subarray(0, 5));
const departing = withField(wireFields(samplePdu('m-acknowledge-ind')), rawField('reportAllowed', '85'));
writeFileSync(join(folder, 'departing.mms'), joinFields(departing));
writeFileSync(join(folder, 'angarium.toml'), '[log]\nlevel = "warn"\n');

const oneLine = (text: string): void => {
  assert.match(text, /^[^\n]+\n$/);
  assert.doesNotMatch(text, /\n\s+at /);
};

describe('angarium', () => {
  it('ends with 0 when it has done what was asked', async () => {
    for (const args of [
      ['--version'],
      ['--help'],
      ['phone', 'send', '--help'],
      ['config', 'example'],
      ['config', 'reference'],
      ['config', 'check'],
      ['config', 'check', '--json'],
      ['config', 'example', '--json'],
      ['config', 'reference', '--json'],
      ['decode', 'mms', file],
      ['decode', 'mms', file, '--octets'],
      ['decode', 'mms', file, '--strict'],
      ['decode', 'mms', file, '--strict', '--json'],
    ]) {
      const { code, stdout, stderr } = await runCli(args, { cwd: folder });
      assert.deepEqual([code, stderr], [0, ''], args.join(' '));
      assert.notEqual(stdout, '', args.join(' '));
    }
  });

  it('ends with 2 and says what it expects when it is used wrongly', async () => {
    const cases: string[][] = [
      [],
      ['nonsense'],
      ['start', '--port', '80'],
      ['decode'],
      ['decode', 'mms'],
      ['decode', 'mms', file, 'another'],
      ['decode', 'mms', file, '--masked', '--json'],
      ['decode', 'mms', file, '--masked', '--octets'],
      ['decode', 'mms', file, '--masked', '--strict'],
      ['decode', 'mms', file, '--octets', '--json'],
      ['decode', 'mms', file, '--octets', '--strict'],
      ['phone', 'send'],
      ['phone', 'send', '--from', '46700000001'],
      ['phone', 'send', '--from', '46700000001', '--to', '+46700000002'],
      ['phone', 'send', '--from', 'me', '--to', '+46700000002', '--text', 'x'],
      ['phone', 'send', '--from', '46700000001', '--to', '+46700000002', '--text', 'x', '--expiry', 'soon'],
      ['phone', 'send', '--from', '46700000001', '--to', '+46700000002', '--text', 'x', '--priority', 'urgent'],
      ['phone', 'send', '--from', '46700000001', '--to', '+46700000002', '--text', 'x', '--identity-header', 'x y'],
      ['phone', 'watch', '--number', '46700000001', '--push', 'nowhere'],
      ['phone', 'fetch', '--number', '46700000001', 'ftp://127.0.0.1/'],
      ['messages', '--limit', '0'],
      ['messages', '--url', 'http://127.0.0.1:9'],
      ['message'],
      ['message', 'too-short'],
    ];
    for (const args of cases) {
      const { code, stdout, stderr } = await runCli(args, { cwd: folder });
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '', args.join(' '));
      assert.notEqual(stderr, '', args.join(' '));
      assert.doesNotMatch(stderr, /\n\s+at /, args.join(' '));
    }
  });

  it('ends with 1 and one line on standard error when the input is malformed, or nobody answers', async () => {
    const cases: string[][] = [
      ['decode', 'mms', join(folder, 'cut.mms')],
      ['decode', 'mms', join(folder, 'missing.mms')],
      ['config', 'check', 'missing.toml'],
      ['start', '--config', 'missing.toml'],
      ['messages'],
      ['message', 'A'.repeat(22)],
      ['message', `-${'A'.repeat(21)}`],
      ['status'],
      ['phone', 'send', '--mmsc', NOBODY, '--from', '46700000001', '--to', '+46700000002', '--text', 'x'],
      ['phone', 'send', '--mmsc', NOBODY, '--from', '46700000001', '--to', '+46700000002', '--file', 'missing.jpg'],
      ['phone', 'fetch', '--number', '46700000001', 'http://127.0.0.1:9/m/x'],
      ['phone', 'watch', '--number', '46700000001', '--push', '127.0.0.1:9', '--once'],
    ];
    for (const args of cases) {
      const { code, stdout, stderr } = await runCli(args, { cwd: folder });
      assert.equal(code, 1, args.join(' '));
      assert.equal(stdout, '', args.join(' '));
      oneLine(stderr);
    }
  });

  it('prints a PDU from a file and from standard input alike, in words and as JSON', async () => {
    const words = await runCli(['decode', 'mms', file]);
    assert.match(words.stdout, /^m-notifyresp-ind .*\n.*X-Mms-Status: /s);
    assert.deepEqual(await runCli(['decode', 'mms', '-'], { input: notifyResp }), words);
    const json = await runCli(['decode', 'mms', file, '--json']);
    assert.deepEqual(JSON.parse(json.stdout), {
      kind: 'm-notifyresp-ind',
      transactionId: 'abc123',
      version: '1.2',
      status: 'retrieved',
    });
  });

  it('lists the departures of a PDU, and ends with 1 and one line on standard error when there are any', async () => {
    const path = join(folder, 'departing.mms');
    const words = await runCli(['decode', 'mms', path, '--strict']);
    assert.equal(words.code, 1);
    assert.match(words.stdout, /^octet 9 {2}tolerated {2}damaged-field {2}X-Mms-Report-Allowed: .* \(MMS_ENC 7[.0-9]*\)\n$/);
    assert.equal(words.stderr, `${path}: 1 departure from the standard\n`);
    const json = await runCli(['decode', 'mms', path, '--strict', '--json']);
    assert.equal(json.code, 1);
    const { conforms, departures } = JSON.parse(json.stdout) as { conforms: boolean; departures: { name: string }[] };
    assert.deepEqual([conforms, departures.map(({ name }) => name)], [false, ['damaged-field']]);
    assert.equal((await runCli(['decode', 'mms', file, '--strict'])).stdout, 'no departure from the standard was found\n');
  });

  it('shows the octets of what it can read of a malformed PDU, and ends with 1', async () => {
    const { code, stdout, stderr } = await runCli(['decode', 'mms', join(folder, 'cut.mms'), '--octets']);
    assert.equal(code, 1);
    assert.match(stdout, /^m-notifyresp-ind, no version, 5 octets\n0000 {2}8c 83 .*\n0002 {2}98 61 62 /);
    oneLine(stderr);
  });

  it('prints every key of the configuration as JSON', async () => {
    const { stdout } = await runCli(['config', 'reference', '--json']);
    const keys = JSON.parse(stdout) as { key: string; default?: unknown; otherwise?: string }[];
    assert.equal(keys.find(({ key }) => key === 'mm1.listen')?.default, '127.0.0.1:8514');
    assert.deepEqual(
      keys.filter(({ default: preset, otherwise }) => (preset === undefined) === (otherwise === undefined)),
      [],
    );
  });

  it('prints the faults of a configuration as JSON', async () => {
    writeFileSync(join(folder, 'bad.toml'), '\n[log]\nlevel = 1\n');
    const { code, stdout } = await runCli(['config', 'check', 'bad.toml', '--json'], { cwd: folder });
    assert.equal(code, 1);
    const { ok, faults } = JSON.parse(stdout) as { ok: boolean; faults: { file: string; line: number; key: string }[] };
    assert.equal(ok, false);
    assert.deepEqual([faults[0]!.file, faults[0]!.line, faults[0]!.key], ['bad.toml', 3, 'log.level']);
  });

  it('is quiet when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [CLI, 'config', 'reference'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    assert.deepEqual([code, stderr], [0, '']);
  });
});
