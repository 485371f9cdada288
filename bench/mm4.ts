/** MM4, the whole road: SMTP, MIME, headers, domain and durable store, in and out; and what a peer that is down costs the others. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  type Bench,
  type Counted,
  measureStream,
  newCount,
  type Row,
  type Running,
  runAlone,
  startProcess,
} from './harness/index.js';
import { openSink } from './smtp/sink.js';

const CONNECTIONS = 16;
const OCTETS = 50_000;
/** Messages on their way out at once: enough that no connection waits for the next one. */
const IN_FLIGHT = 64;
/** The case: a peer that is down while so many messages a second come for it. */
const DEAD_PER_SECOND = 200;
/** `seconds` of the two looks at the program, and what is to be reached. */
const options = (smoke: boolean) => ({ seconds: smoke ? 0.3 : 8, smoke, reach: '1,500/s, 600 µs' });
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

/** A port at which nobody listens. */
async function deadPort(): Promise<number> {
  const { server, port } = await openSink(newCount());
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

const start = (live: number, dead: number, inFlight: number, deadPerSecond: number): Promise<Running> =>
  startProcess(process.execPath, [PROGRAM, live, dead, OCTETS, inFlight, deadPerSecond].map(String), /listening (\d+)/);

async function incoming(name: string, wantsAnswer: boolean, smoke: boolean): Promise<Row> {
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
    return await measureStream(`in, ${name}, 50 KB, ${CONNECTIONS} connections`, running, counted, options(smoke));
  } finally {
    isOver = true;
    await running.stop();
    sink.server.close();
  }
}

async function outgoing(name: string, deadPerSecond: number, smoke: boolean): Promise<Row> {
  const counted = newCount();
  const sink = await openSink(counted);
  const running = await start(sink.port, await deadPort(), IN_FLIGHT, deadPerSecond);
  try {
    return await measureStream(`out, ${name}, 50 KB, ${CONNECTIONS} connections`, running, counted, options(smoke));
  } finally {
    await running.stop();
    sink.server.close();
  }
}

export const bench: Bench = {
  name: 'MM4, the whole road',
  async run({ smoke }) {
    return [
      await incoming('no answer asked for', false, smoke),
      await incoming('answered by MM4_forward.RES', true, smoke),
      await outgoing('accepted, stored and handed over', 0, smoke),
      await outgoing(`the same while a peer is down that ${DEAD_PER_SECOND}/s are for`, DEAD_PER_SECOND, smoke),
    ];
  },
};

await runAlone(bench, import.meta.url);
