/** How the program comes up, says how it is, and goes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { decodePdu, encodePdu, samplePdu } from '#codec/mms';
import { buildMessage, createHandset } from '#endpoint/handset';
import { makeSite, untilReady } from '../kit/program.js';
import { CLI, type Program, removeFolder, runCli, startProgram, temporaryFolder } from './program.js';

const folders: string[] = [];
const running: Program[] = [];
const folder = (): string => {
  const made = temporaryFolder();
  folders.push(made);
  return made;
};
const started = async (where: string, extra?: string): Promise<Program> => {
  const program = await startProgram(where, extra);
  running.push(program);
  return program;
};

after(async () => {
  await Promise.all(running.map((program) => program.stop('SIGKILL')));
  for (const each of folders) removeFolder(each);
});

describe('the program at its start', () => {
  for (const table of ['mm1', 'push.lab', 'monitoring', 'mm4', 'mm3', 'mm7']) {
    it(`ends with exit code 1 and one line that names file, line and key when the port of ${table} is taken`, async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const where = folder();
      const lines = [
        ...['mm1', 'push.lab', 'monitoring', 'mm7'].flatMap((name) => [
          `[${name}]`,
          `listen = "127.0.0.1:${name === table ? port : 0}"`,
        ]),
        ...['mm4', 'mm3'].flatMap((name) => [
          `[${name}]`,
          'domains = ["mms.here.example"]',
          `listen = "127.0.0.1:${name === table ? port : 0}"`,
        ]),
      ];
      writeFileSync(join(where, 'angarium.toml'), lines.join('\n'));
      const { code, stdout, stderr } = await runCli(['start', '--config', 'angarium.toml'], { cwd: where });
      other.close();
      assert.equal(code, 1);
      const line = lines.findIndex((it) => it.includes(String(port))) + 1;
      assert.equal(
        stderr,
        `angarium cannot start: angarium.toml:${line}: ${table}.listen "127.0.0.1:${port}": the address is in use (EADDRINUSE)\n`,
      );
      assert.ok(!stdout.includes('angarium is up'));
    });
  }

  it('ends with exit code 1 and one clear line when the port of the operator API is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const where = folder();
    writeFileSync(join(where, 'token'), 't'.repeat(40));
    const tables = ['mm1', 'push.lab', 'monitoring'].map((table) => `[${table}]\nlisten = "127.0.0.1:0"\n`);
    tables.push(`[operator]\nlisten = "127.0.0.1:${port}"\ntoken-file = "token"\n`);
    writeFileSync(join(where, 'angarium.toml'), tables.join(''));
    const { code, stderr } = await runCli(['start', '--config', 'angarium.toml'], { cwd: where });
    other.close();
    assert.equal(code, 1);
    assert.match(stderr, /^angarium cannot start: operator [^\n]*the address is in use \(EADDRINUSE\)\n$/);
  });

  it('ends with exit code 1 and one clear line when its data folder cannot be made', async () => {
    const where = folder();
    writeFileSync(join(where, 'file'), '');
    writeFileSync(
      join(where, 'angarium.toml'),
      '[data]\nfolder = "file/data"\n[mm1]\nlisten = "127.0.0.1:0"\n[push.lab]\nlisten = "127.0.0.1:0"\n[monitoring]\nlisten = "127.0.0.1:0"\n',
    );
    const { code, stderr } = await runCli(['start', '--config', 'angarium.toml'], { cwd: where });
    assert.equal(code, 1);
    assert.match(stderr, /^angarium cannot start: data folder "[^"]+file\/data": [^\n]+\n$/);
  });

  it('ends with exit code 1 and one clear line when another program uses its data folder', async () => {
    const where = folder();
    await started(where);
    const again = await runCli(['start', '--config', join(where, 'angarium.toml')]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^angarium cannot start: data folder "[^"]+": [^\n]+\n$/);
  });

  it('ends with exit code 1 and one line that names folder or file when operators’ objects cannot be what they were', async () => {
    const where = folder();
    const program = await started(where);
    const file = join(where, 'objects.toml');
    for (const note of ['one', 'two', 'three']) {
      writeFileSync(
        file,
        `[[vasp]]\nname = "seven"\nvasp-id = "seven"\nshort-codes = ["7777"]\nnote = "${note}"\nidentification = { user = "seven", passwords = ["secret sevens"] }\n`,
      );
      const { code, stderr } = await program.run('apply', file, '--yes', '--config', program.config);
      assert.equal(code, 0, stderr);
    }
    assert.equal(await program.stop(), 0);
    const objects = join(where, 'data', 'objects');
    const log = join(objects, readdirSync(objects).find((name) => name !== 'secrets.json')!);
    const [whole, secrets] = [readFileSync(log), readFileSync(join(objects, 'secrets.json'))];
    const refusal = async (): Promise<string> => {
      const { code, stdout, stderr } = await runCli(['start', '--config', program.config]);
      assert.equal(code, 1);
      assert.ok(!stdout.includes('angarium is up'));
      assert.match(stderr, /^angarium cannot start: objects "[^"]+\/data\/objects": [^\n]+\n$/);
      return stderr;
    };

    const damaged = Buffer.from(whole);
    damaged[damaged.indexOf('two')] = 0x54;
    writeFileSync(log, damaged);
    assert.ok((await refusal()).includes(`${log}: `));
    assert.match(await refusal(), /octet [0-9]+ is damaged/);
    assert.deepEqual(readFileSync(log), damaged, 'nothing is mended behind the operator’s back');

    writeFileSync(log, whole);
    rmSync(join(objects, 'secrets.json'));
    assert.match(await refusal(), /vasp seven: identification\.passwords/);

    writeFileSync(join(objects, 'secrets.json'), 'no JSON');
    assert.match(await refusal(), /secrets\.json/);

    rmSync(objects, { recursive: true });
    writeFileSync(objects, '');
    await refusal();

    rmSync(objects);
    mkdirSync(objects);
    writeFileSync(log, whole);
    writeFileSync(join(objects, 'secrets.json'), secrets);
    const next = await started(where);
    const { stdout } = await next.run('objects', 'history', '--config', next.config);
    assert.match(stdout, /three/);
  });

  it('refuses a faulty configuration before it opens anything', async () => {
    const where = folder();
    writeFileSync(join(where, 'angarium.toml'), '[data]\nfolder = "data"\n[mm1]\nlisten = "0.0.0.0:8514"\n');
    const { code, stderr } = await runCli(['start', '--config', 'angarium.toml'], { cwd: where });
    assert.equal(code, 1);
    assert.match(stderr, /^angarium\.toml:4: mm1\.listen: /m);
    assert.throws(() => statSync(join(where, 'data')), { code: 'ENOENT' });
  });
});

describe('the running program', () => {
  it('is alive and ready, has metrics, and tells its state to the operator', async () => {
    const program = await started(folder());
    const { host, port } = program.addresses.monitoring;
    const get = (path: string) => fetch(`http://${host}:${port}${path}`);
    assert.equal((await get('/healthz')).status, 200);
    assert.deepEqual(await (await get('/readyz')).json(), { ready: true, reasons: [] });
    const metrics = await (await get('/metrics')).text();
    for (const name of [
      'angarium_messaging_events_total',
      'angarium_nodejs_eventloop_lag_p99_seconds',
      'angarium_process_resident_memory_bytes',
    ]) {
      assert.ok(metrics.includes(`# TYPE ${name} `), name);
    }
    const { code, stdout } = await program.run('status', '--config', program.config, '--json');
    assert.equal(code, 0);
    const status = JSON.parse(stdout) as { ready: boolean; store: { writable: boolean } };
    assert.ok(status.ready && status.store.writable);
  });

  it('lets nobody but owner and group at its operator socket and its data', async () => {
    const program = await started(folder());
    assert.equal(statSync(program.addresses.operatorSocket).mode & 0o777, 0o660);
    const data = join(program.folder, 'data');
    const made = readdirSync(data, { recursive: true, encoding: 'utf8' });
    assert.ok(made.includes('CURRENT') && made.includes('segments'), made.join());
    for (const name of ['', ...made]) assert.equal(statSync(join(data, name)).mode & 0o007, 0, name);
    assert.ok(!program.log.some(({ level }) => level === 'warn'), 'and has nothing to warn of');
  });

  it('warns of a data folder that was there before and is open to everybody', async () => {
    const where = folder();
    mkdirSync(join(where, 'data'));
    chmodSync(join(where, 'data'), 0o755);
    const program = await started(where);
    const warning = program.log.find(({ level }) => level === 'warn');
    assert.match(warning?.msg ?? '', /every user of this machine can look into the data folder/);
    assert.equal(warning!['mode'], '755');
  });
});

describe('the program whose log cannot be written', () => {
  it('serves, says so on standard error in one line, and stops in order', async () => {
    const site = await makeSite({}, 'info');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [CLI, 'start', '--config', site.config], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'close') as Promise<[number | null]>;
    await untilReady(site, () => (child.exitCode === null ? undefined : stderr));
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    assert.equal(stderr, 'the log cannot be written: ENOSPC\n');
    await site.remove();
  });
});

describe('the program at its end', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops in order at ${signal}, with exit code 0 and its last line written`, async () => {
      const program = await started(folder());
      assert.equal(await program.stop(signal), 0);
      assert.equal(program.log.at(-1)!.msg, 'stopped');
      assert.throws(() => statSync(program.addresses.operatorSocket), { code: 'ENOENT' });
    });
  }

  it('finishes what is under way: a submission half received is answered, and is there after the next start', async () => {
    const where = folder();
    const program = await started(where);
    const pdu = encodePdu(
      samplePdu('m-send-req', {
        from: { kind: 'insert-address' },
        to: ['+46700000002/TYPE=PLMN'],
        content: buildMessage({ text: 'x'.repeat(20_000), files: [] }),
      }),
    );
    const half = pdu.length / 2;
    const submission = request(program.addresses.mmsc, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.wap.mms-message', 'content-length': pdu.length, 'x-msisdn': '46700000001' },
    });
    const answered = once(submission, 'response') as Promise<[IncomingMessage]>;
    await new Promise<void>((resolve) => submission.write(pdu.subarray(0, half), () => resolve()));
    // One exchange on a second connection, so that the first half has certainly been seen.
    await fetch(program.addresses.mmsc, { method: 'POST', body: new Uint8Array([0]) });
    const stopped = program.stop();
    await program.logged('stopping');
    submission.end(pdu.subarray(half));
    const [response] = await answered;
    const conf = decodePdu(Buffer.concat(await response.toArray()));
    assert.ok(conf.ok && conf.value.kind === 'm-send-conf');
    assert.equal(conf.value.responseStatus, 128);
    assert.equal(await stopped, 0);

    const next = await started(where);
    const { stdout } = await next.run('messages', '--config', next.config, '--json');
    assert.deepEqual(
      (JSON.parse(stdout) as { messages: { id: string }[] }).messages.map(({ id }) => id),
      [conf.value.messageId],
    );
  });

  it('ends at once at a second signal, whatever is still under way', async () => {
    const program = await started(folder());
    const submission = request(program.addresses.mmsc, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.wap.mms-message', 'content-length': 1000, 'x-msisdn': '46700000001' },
    });
    submission.on('error', () => {});
    await new Promise<void>((resolve) => submission.write(new Uint8Array(10), () => resolve()));
    await fetch(program.addresses.mmsc, { method: 'POST', body: new Uint8Array([0]) });
    const ended = program.stop();
    await program.logged('stopping');
    // npm and shells send the same signal twice at once; only a later one is a second one.
    const repeat = setInterval(() => void program.stop(), 200);
    const code = await ended;
    clearInterval(repeat);
    assert.equal(code, 1);
    assert.ok(!program.log.some(({ msg }) => msg === 'stopped'), 'it did not wait for the half submission');
  });

  it('under load ends in order, and every message that it has answered Ok is there after the next start', async () => {
    const where = folder();
    const program = await started(where, '[program]\nstop-within = "60s"\n');
    const { push, mmsc } = program.addresses;
    assert.ok(push);
    const accepted = new Set<string>();
    let refused = 0;
    let isDown = false;
    const client = async (number: number): Promise<void> => {
      const handset = createHandset({
        mmscUrl: mmsc,
        msisdn: `4670000${1000 + number}`,
        identityHeader: 'x-msisdn',
        version: '1.2',
        userAgent: 'test',
        timeoutMs: 60_000,
      });
      for (let i = 0; !isDown; i++) {
        const content = buildMessage({ text: `${number} ${i}`.padEnd(i % 2 === 0 ? 100 : 50_000, 'x'), files: [] });
        const answer = await handset.send({ to: ['+46700000002'], content });
        if (!answer.ok) isDown = true;
        else if (answer.value.pdu.messageId === undefined) refused++;
        else accepted.add(answer.value.pdu.messageId);
      }
      await handset.close();
    };
    const clients = Promise.all(Array.from({ length: 16 }, (_, number) => client(number)));
    while (accepted.size < 50) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(await program.stop(), 0);
    await clients;
    assert.equal(refused, 0);

    const next = await started(where);
    const stored = new Set<string>();
    for (let page: string[] | undefined = []; page; ) {
      const { stdout } = await next.run('messages', '--config', next.config, '--json', '--limit', '1000', ...page);
      const { messages, before } = JSON.parse(stdout) as { messages: { id: string }[]; before?: string };
      for (const { id } of messages) stored.add(id);
      page = before === undefined ? undefined : ['--before', before];
    }
    assert.deepEqual(
      [...accepted].filter((id) => !stored.has(id)),
      [],
    );
  });

  it('starts again in the same folder, also after kill -9', async () => {
    const where = folder();
    const first = await started(where);
    assert.equal(await first.stop('SIGKILL'), null);
    const second = await started(where);
    assert.equal(await second.stop(), 0);
  });
});
