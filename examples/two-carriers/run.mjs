/**
 * Two carriers, a content provider and a mailbox: North has the numbers +4670..., South those of +4673... and one number of North's that moved to it.
 * A message goes by every road, all reports come back, and what happened is drawn as a diagram of events.
 * Run it after `npm run build`: node examples/two-carriers/run.mjs
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { draw } from './diagram.mjs';
import { sendMail, startMailbox } from './mailbox.mjs';

const CLI = fileURLToPath(new URL('../../dist/app/cli.js', import.meta.url));
const PICTURE = fileURLToPath(new URL('../first-message/courier.png', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'angarium-two-carriers-'));
const WAIT_MS = 60_000;

const NORA = '46700000001';
const SVEN = '46730000002';
/** Was North's, and is South's now. */
const MOVED = '46700000009';
const MAIL = 'friend@mail.example';

/** Runs a command, shows it, and gives what it says. */
async function angarium(...args) {
  console.log(`\n$ angarium ${args.join(' ').replaceAll(folder, '.').replaceAll(PICTURE, 'courier.png')}`);
  const env = { ...process.env, PROVIDER: 'seven sevens' };
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { maxBuffer: 16 * 1024 * 1024, env });
  return stdout.replaceAll(folder, '.').trimEnd();
}

/** Programs that run until the end. */
const running = [];

/** A program of its own. Gives its lines, as JSON, to `onLine`; resolves when it says that it is ready. */
async function start(args, onLine = () => {}) {
  const program = spawn(process.execPath, [CLI, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(program);
  await new Promise((resolve, reject) => {
    let trouble = '';
    program.once('exit', (code) => reject(new Error(`angarium ${args[0]} ended with ${code}: ${trouble}`)));
    createInterface({ input: program.stdout }).on('line', (text) => {
      const line = JSON.parse(text);
      onLine(line);
      if (line.msg === 'angarium is up') resolve();
    });
    // What is played says on standard error that it serves or listens.
    createInterface({ input: program.stderr }).on('line', (text) => {
      trouble = text;
      if (/^(serving|listening)/.test(text)) resolve();
    });
  });
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => promisify(server.close.bind(server))()));
  return ports;
}

/** Asks again and again until there is an answer. */
async function until(what, ask) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const carriers = {};

/** Writes a carrier's configuration and numbers, and starts it. `ports`: mm1, push, mm4, mm3, mm7, monitoring. */
async function startCarrier(name, { prefix, moved, mailPort, ports: [mm1, push, mm4, mm3, mm7, monitoring] }) {
  const data = join(folder, name);
  mkdirSync(data);
  writeFileSync(join(data, 'numbers.csv'), `number,portability-type,entity,routing-number\n${MOVED},${moved}\n`);
  await angarium('numbers', 'import', join(data, 'numbers.csv'), '--data', join(data, 'numbers'));
  const config = join(data, 'angarium.toml');
  writeFileSync(
    config,
    `[data]
folder = "./data"
[mm1]
listen = "127.0.0.1:${mm1}"
[push.lab]
listen = "127.0.0.1:${push}"
[monitoring]
listen = "127.0.0.1:${monitoring}"
[numbering]
own-numbers = ["${prefix}"]
[routing.numbers]
folder = "./numbers"
[mm4]
domains = ["mms.${name}.example"]
listen = "127.0.0.1:${mm4}"
[mm3]
domains = ["mms.${name}.example"]
listen = "127.0.0.1:${mm3}"
smart-host = "127.0.0.1:${mailPort}"
otherwise = "accept"
[mm7]
listen = "127.0.0.1:${mm7}"
[charging]
folder = "./charging"
`,
  );
  await start(['start', '--config', config]);
  carriers[name] = { config, mm1, push, mm4, mm3, mm7 };
}

/** What operators say of each other, of the provider and of where numbers go. */
function objectsFor(name, other, { operator, prefix, providerPort }) {
  const file = join(folder, name, 'objects.toml');
  const provider = `
[[vasp]]
name = "seven"
vasp-id = "seven"
short-codes = ["7777"]
[vasp.identification]
user = "seven"
passwords = ["seven sevens"]
[vasp.delivery]
url = "http://127.0.0.1:${providerPort}/mm7"
[[route]]
name = "to-seven"
[route.match]
short-codes = ["7777"]
[route.result]
kind = "vasp"
vasp = "seven"
`;
  writeFileSync(
    file,
    `[[peer]]
name = "${other}"
domains = ["mms.${other}.example"]
hosts = ["127.0.0.1:${carriers[other].mm4}"]
[peer.identification]
networks = ["127.0.0.1"]
[peer.tls]
outgoing = "never"
[[route]]
name = "to-${other}"
[route.match]
prefixes = ["${prefix}"]
[route.result]
kind = "peer"
peer = "${other}"
[[route]]
name = "moved-to-${other}"
[route.match]
operators = ["${operator}"]
[route.result]
kind = "peer"
peer = "${other}"
${providerPort === undefined ? '' : provider}`,
  );
  return file;
}

const phone = ({ mm1 }) => ['--mmsc', `http://127.0.0.1:${mm1}/mms`];

/** A handset that takes what comes; gives the lines that it prints. */
async function watch(carrier, number) {
  const heard = [];
  const place = [...phone(carrier), '--push', `127.0.0.1:${carrier.push}`];
  await start(['phone', 'watch', ...place, '--number', number, '--read-report'], (line) => heard.push(line));
  return heard;
}

async function send(carrier, from, to, words) {
  const said = await angarium('phone', 'send', ...phone(carrier), '--from', from, '--to', to, ...words, '--json');
  const { messageId } = JSON.parse(said);
  return messageId;
}

/** A message's whole history at one carrier. */
async function history(name, id) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    CLI,
    'message',
    id,
    '--config',
    carriers[name].config,
    '--json',
  ]);
  return JSON.parse(stdout);
}

const listed = async (name) => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'messages', '--config', carriers[name].config, '--json']);
  return JSON.parse(stdout).messages;
};

const mails = [];
let mailbox;
try {
  mailbox = await startMailbox((mail) => mails.push(mail));
  const ports = await freePorts(13);
  const providerPort = ports.pop();
  await startCarrier('north', { prefix: '4670', moved: '1,rn,73', mailPort: mailbox.port, ports: ports.slice(0, 6) });
  await startCarrier('south', { prefix: '4673', moved: '36,sp,', mailPort: mailbox.port, ports: ports.slice(6) });
  const north = objectsFor('north', 'south', { operator: '73', prefix: '4673', providerPort });
  const south = objectsFor('south', 'north', { operator: '70', prefix: '4670' });
  console.log(await angarium('apply', north, '--yes', '--config', carriers.north.config));
  console.log(await angarium('apply', south, '--yes', '--config', carriers.south.config));
  console.log(await angarium('peer', 'test', 'south', '--config', carriers.north.config));
  console.log(await angarium('route', 'explain', `+${MOVED}`, '--config', carriers.north.config));

  const provided = [];
  await start(['vasp', 'serve', '--listen', `127.0.0.1:${providerPort}`], (line) => provided.push(line));
  const nora = await watch(carriers.north, NORA);
  await watch(carriers.south, SVEN);
  await watch(carriers.south, MOVED);

  const wishes = ['--delivery-report', '--read-report'];
  const ids = {
    'Nora writes to Sven, a subscriber of South': await send(carriers.north, NORA, `+${SVEN}`, [
      '--text',
      'neither snow',
      '--file',
      PICTURE,
      ...wishes,
    ]),
    'Nora writes to a number that has moved to South': await send(carriers.north, NORA, `+${MOVED}`, [
      '--text',
      'nor rain',
      ...wishes,
    ]),
    'Nora writes to a mailbox': await send(carriers.north, NORA, MAIL, [
      '--subject',
      'from a phone',
      '--text',
      'nor heat',
      '--file',
      PICTURE,
    ]),
    'Nora writes to a content provider': await send(carriers.north, NORA, '7777', [
      '--text',
      'nor gloom of night',
      '--delivery-report',
    ]),
  };
  await until('the mail', () => mails.length > 0);
  await sendMail(carriers.north.mm3, {
    from: MAIL,
    to: `+${NORA}@mms.north.example`,
    lines: [
      `From: ${MAIL}`,
      `To: +${NORA}@mms.north.example`,
      'Subject: from a mailbox',
      'Message-ID: <1@mail.example>',
      '',
      'stays these couriers',
    ],
  });
  const url = `http://127.0.0.1:${carriers.north.mm7}/mm7`;
  console.log(
    await angarium(
      ...['vasp', 'send', '--url', url, '--user', 'seven', '--password-env', 'PROVIDER', '--vasp-id', 'seven'],
      ...['--sender', '7777', '--to', `+${SVEN}`, '--text', 'from their rounds', '--delivery-report'],
    ),
  );
  // Everything has come when nothing is open any more: Nora's two delivery reports and two read reports by MM4 and the one of the provider.
  await until('all reports', () => nora.filter((line) => /m-(delivery|read-orig)-ind/.test(JSON.stringify(line))).length >= 5);
  await until("the provider's report", () => provided.some((line) => JSON.stringify(line).includes('DeliveryReport')));

  for (const [title, id] of Object.entries(ids)) console.log(draw(title, 'north', await history('north', id)));
  for (const { id, sender } of (await listed('north')).reverse())
    if (!Object.values(ids).includes(id)) console.log(draw(`${sender} writes to North`, 'north', await history('north', id)));
  for (const { id, sender } of (await listed('south')).reverse())
    console.log(draw(`South's part of what ${sender} wrote`, 'south', await history('south', id)));
} finally {
  for (const program of running) {
    program.removeAllListeners('exit');
    const ended = program.exitCode === null ? once(program, 'close') : undefined;
    program.kill('SIGTERM');
    await ended;
  }
  await mailbox?.close();
  rmSync(folder, { recursive: true, force: true });
}
