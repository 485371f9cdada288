/** `angarium peer send` and `angarium peer serve` against each other: two laboratories that play two carriers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { CLI } from '../kit/program.js';

interface Run {
  readonly output: () => string;
  readonly errors: () => string;
  readonly ended: Promise<number>;
  readonly kill: () => void;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [CLI, 'peer', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number);
  return { output: () => output, errors: () => errors, ended, kill: () => child.kill('SIGTERM') };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function twoCarriers(profile: string, ...args: string[]): Promise<{ sender: Run; code: number; served: string }> {
  const [one, other] = [await freePort(), await freePort()];
  const A = ['--domain', 'mms.opa.example', '--mmsc-domain', 'mms.opb.example'];
  const served = run('serve', '--profile', profile, '--listen', `127.0.0.1:${other}`, '--mmsc', `127.0.0.1:${one}`);
  await until(() => served.errors().includes('takes MM4'));
  const sender = run(
    'send',
    ...A,
    '--listen',
    `127.0.0.1:${one}`,
    '--mmsc',
    `127.0.0.1:${other}`,
    '--from',
    '46700000001',
    ...args,
  );
  const code = await sender.ended;
  served.kill();
  assert.equal(await served.ended, 0);
  return { sender, code, served: served.output() };
}

describe('angarium peer', () => {
  it('send and serve play two carriers: message, answer, report and its answer', async () => {
    const { sender, code, served } = await twoCarriers('good', '--to', '46710000001', '--text', 'hello', '--delivery-report');
    assert.equal(code, 0, sender.errors());
    assert.match(sender.output(), /^→ MM4_forward\.REQ, .*: 250 /m);
    assert.match(sender.output(), /^← MM4_forward\.RES, .*status Ok/m);
    assert.match(sender.output(), /^← MM4_delivery_report\.REQ, .*status Retrieved/m);
    assert.match(served, /^← MM4_forward\.REQ, .*envelope <\+46710000001\/TYPE=PLMN@mms\.opb\.example>/m);
  });

  it('send fails when the answer is a refusal, or does not come', async () => {
    const refused = await twoCarriers('res-error', '--to', '46710000001', '--text', 'hello');
    assert.equal(refused.code, 1);
    assert.match(refused.sender.errors(), /^refused in the answer$/m);
    const silent = await twoCarriers('res-never', '--to', '46710000001', '--text', 'hello', '--wait', '1s');
    assert.equal(silent.code, 1);
    assert.match(silent.sender.errors(), /^nothing more has come within 1 s$/m);
  });

  it('serve names its profiles, and says so when there is none of a name', async () => {
    const list = run('serve', '--profile', 'list');
    assert.equal(await list.ended, 0);
    assert.match(list.output(), /^res-twice +answers twice$/m);
    const none = run('serve', '--profile', 'perfect');
    assert.equal(await none.ended, 1);
    assert.match(none.errors(), /^no profile perfect; there are good, /);
  });
});
