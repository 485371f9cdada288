/** MM4, the whole road: SMTP, MIME, headers, domain and durable store, in and out; and what a peer that is down costs the others. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Bench, Histogram, type Row, type Running, readUsage, runAlone, startProcess, warmUp } from './harness/index.js';
import { type Counted, newCount, openSink } from './smtp/sink.js';

const CONNECTIONS = 16;
const OCTETS = 50_000;
/** Messages on their way out at once: enough that no connection waits for the next one. */
const IN_FLIGHT = 64;
/** The case: a peer that is down while so many messages a second come for it. */
const DEAD_PER_SECOND = 200;
const REACH = '1,500/s, 600 µs';
const PROGRAM = fileURLToPath(new URL('./mm4/program.js', import.meta.url));

/** A mail of another carrier: everything but the ids, which stand at its head. */
function mailOf(wantsAnswer: boolean): (id: number) => Buffer {
  const picture = randomBytes(OCTETS).toString('base64').replace(/.{76}/g, '$&\r\n');
  const rest = Buffer.from(
    [
      'From: +46710000001/TYPE=PLMN',
      'To: +46700000001/TYPE=PLMN',
      'Sender: system-user@mms.live.example',
      'Date: Thu, 13 Jan 2022 02:25:45 +0200',
      'Message-ID: <kx8dm37pj@w.mms.live.example>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="b"',
      'X-Mms-Message-Type: MM4_forward.REQ',
      'X-Mms-3GPP-MMS-Version: 6.10.0',
      'X-Mms-Originator-System: system-user@mms.live.example',
      `X-Mms-Ack-Request: ${wantsAnswer ? 'Yes' : 'No'}`,
      '',
      '--b',
      'Content-Type: image/jpeg',
      'Content-Transfer-Encoding: base64',
      '',
      picture,
      '--b--',
      '.',
      '',
    ].join('\r\n'),
  );
  return (id) => Buffer.concat([Buffer.from(`X-Mms-Transaction-ID: "t-${id}"\r\nX-Mms-Message-ID: "m-${id}"\r\n`), rest]);
}

/** Sends on one connection, pipelined, as fast as answers come. */
function feed(port: number, next: () => Buffer, counted: Counted, isOver: () => boolean): void {
  // With SIZE, as every mail program of carriers says it where it is offered.
  const envelope =
    'MAIL FROM:<system-user@mms.live.example> SIZE=70000\r\nRCPT TO:<+46700000001/TYPE=PLMN@mms.opa.example>\r\nDATA\r\n';
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let said = '';
  let state: 'greeting' | 'ehlo' | 'envelope' | 'content' = 'greeting';
  let begun = 0;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    said += chunk.toString('latin1');
    const lines = said.split('\r\n');
    const last = lines.at(-2) ?? '';
    if (lines.at(-1) !== '' || last[3] !== ' ') return;
    if (isOver()) {
      socket.destroy();
      return;
    }
    if (state === 'envelope' && !last.startsWith('354')) {
      if (/^[45]/.test(last)) throw new Error(`the program refuses: ${last}`);
      return;
    }
    said = '';
    if (state === 'greeting') {
      state = 'ehlo';
      socket.write('EHLO bench.example\r\n');
      return;
    }
    if (state === 'envelope') {
      state = 'content';
      socket.write(next());
      return;
    }
    if (state === 'content') {
      if (!last.startsWith('250')) throw new Error(`the program refuses: ${last}`);
      counted.count++;
      counted.latency.record((performance.now() - begun) * 1_000);
    }
    state = 'envelope';
    begun = performance.now();
    socket.write(envelope);
  });
}

/** Measures what happens between two looks at the program. */
async function measured(name: string, running: Running, counted: Counted, seconds: number, reach?: string): Promise<Row> {
  await warmUp(() => counted.count, seconds < 1);
  counted.latency = new Histogram();
  const [before, from, begun] = [readUsage(running.pid), counted.count, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const [after, count, spent] = [readUsage(running.pid), counted.count - from, performance.now() - begun];
  if (count === 0) throw new Error(`${name}: no message went through`);
  return {
    benchmark: name,
    figures: {
      'rate/s': (count * 1_000) / spent,
      'CPU µs/msg': ((after.cpuMs - before.cpuMs) * 1_000) / count,
      'p50 ms': counted.latency.percentile(50) / 1_000,
      'p99 ms': counted.latency.percentile(99) / 1_000,
      'RSS MB': after.rssBytes / 1e6,
    },
    ...(reach !== undefined && { reach }),
  };
}

/** A port at which nobody listens. */
async function deadPort(): Promise<number> {
  const { server, port } = await openSink(newCount());
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

const start = (live: number, dead: number, inFlight: number, deadPerSecond: number): Promise<Running> =>
  startProcess(process.execPath, [PROGRAM, live, dead, OCTETS, inFlight, deadPerSecond].map(String), /listening (\d+)/);

async function incoming(name: string, wantsAnswer: boolean, seconds: number): Promise<Row> {
  const sink = await openSink(newCount());
  const running = await start(sink.port, await deadPort(), 0, 0);
  const counted = newCount();
  const mail = mailOf(wantsAnswer);
  let isOver = false;
  let id = 0;
  try {
    for (let i = 0; i < CONNECTIONS; i++)
      feed(
        Number(running.ready[1]),
        () => mail(++id),
        counted,
        () => isOver,
      );
    return await measured(`in, ${name}, 50 KB, ${CONNECTIONS} connections`, running, counted, seconds, REACH);
  } finally {
    isOver = true;
    await running.stop();
    sink.server.close();
  }
}

async function outgoing(name: string, deadPerSecond: number, seconds: number): Promise<Row> {
  const counted = newCount();
  const sink = await openSink(counted);
  const running = await start(sink.port, await deadPort(), IN_FLIGHT, deadPerSecond);
  try {
    return await measured(`out, ${name}, 50 KB, ${CONNECTIONS} connections`, running, counted, seconds, REACH);
  } finally {
    await running.stop();
    sink.server.close();
  }
}

export const bench: Bench = {
  name: 'MM4, the whole road',
  async run({ smoke }) {
    const seconds = smoke ? 0.3 : 8;
    return [
      await incoming('no answer asked for', false, seconds),
      await incoming('answered by MM4_forward.RES', true, seconds),
      await outgoing('accepted, stored and handed over', 0, seconds),
      await outgoing(`the same while a peer is down that ${DEAD_PER_SECOND}/s are for`, DEAD_PER_SECOND, seconds),
    ];
  },
};

await runAlone(bench, import.meta.url);
