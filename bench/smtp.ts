/** SMTP both ways, without what stands behind it: what the listener and the pool take of a message's time, beside libraries and beside bare sockets. */
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Bench, type Row, type Running, readUsage, runAlone, startProcess } from './harness/index.js';
import { contentOf, RECIPIENT, SENDER } from './smtp/mails.js';
import { type Counted, newCount, openSink } from './smtp/sink.js';

const CONNECTIONS = 16;
const SIZES = [1_000, 50_000];
const REACH: Readonly<Record<string, string>> = { 50000: '1,500/s, 600 µs for the whole road' };
const script = (name: string): string => fileURLToPath(new URL(`./smtp/${name}.js`, import.meta.url));

/** Measures what happens between two looks at a program. */
async function measured(name: string, running: Running, counted: Counted, seconds: number, octets: number): Promise<Row> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 200));
  const [before, from, begun] = [readUsage(running.pid), counted.count, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const [after, count, spent] = [readUsage(running.pid), counted.count - from, performance.now() - begun];
  if (count === 0) throw new Error(`${name}: no message went through`);
  return {
    benchmark: `${name}, ${octets / 1_000} KB, ${CONNECTIONS} connections`,
    figures: {
      'rate/s': (count * 1_000) / spent,
      'CPU µs/msg': ((after.cpuMs - before.cpuMs) * 1_000) / count,
      'p50 ms': counted.latency.percentile(50) / 1_000,
      'p99 ms': counted.latency.percentile(99) / 1_000,
      'RSS MB': after.rssBytes / 1e6,
    },
    ...(REACH[octets] === undefined ? {} : { reach: REACH[octets] }),
  };
}

/** Sends on one connection, pipelined, as fast as answers come. */
function feed(port: number, content: Buffer, counted: Counted, isOver: () => boolean): void {
  const envelope = `MAIL FROM:<${SENDER}> SIZE=${content.length}\r\nRCPT TO:<${RECIPIENT}>\r\nDATA\r\n`;
  const body = Buffer.concat([content, Buffer.from('.\r\n')]);
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let said = '';
  let begun = 0;
  const NEXT: Readonly<Record<string, () => void>> = {
    '220': () => socket.write('EHLO bench.example\r\n'),
    '354': () => socket.write(body),
    '250': () => {
      if (begun > 0) {
        counted.count++;
        counted.latency.record((performance.now() - begun) * 1_000);
      }
      begun = performance.now();
      if (isOver()) socket.destroy();
      else socket.write(envelope);
    },
  };
  // Of a group only the last answer counts: 354 behind two of 250.
  socket.on('data', (chunk) => {
    said += chunk.toString('latin1');
    const lines = said.split('\r\n');
    const last = lines.at(-2) ?? '';
    if (lines.at(-1) !== '' || last[3] !== ' ' || (/^250 2\.1/.test(last) && begun > 0)) return;
    said = '';
    NEXT[last.slice(0, 3)]?.();
  });
  socket.on('error', () => {});
}

async function receive(kind: string, name: string, octets: number, seconds: number): Promise<Row> {
  const running = await startProcess(process.execPath, [script('receiver'), kind], /listening (\d+)/);
  let isOver = false;
  try {
    const counted = newCount();
    for (let i = 0; i < CONNECTIONS; i++) feed(Number(running.ready[1]), contentOf(octets), counted, () => isOver);
    return await measured(`in: ${name}`, running, counted, seconds, octets);
  } finally {
    isOver = true;
    await running.stop();
  }
}

async function send(kind: string, name: string, octets: number, seconds: number): Promise<Row> {
  const counted = newCount();
  const { server, port } = await openSink(counted);
  const args = [script('sender'), kind, String(port), String(octets), String(CONNECTIONS)];
  const running = await startProcess(process.execPath, args, /sending/);
  try {
    return await measured(`out: ${name}`, running, counted, seconds, octets);
  } finally {
    await running.stop();
    server.close();
  }
}

export const bench: Bench = {
  name: 'SMTP, pipelined, nothing behind it',
  async run({ smoke }) {
    const seconds = smoke ? 0.1 : 5;
    const rows: Row[] = [];
    for (const octets of SIZES) {
      rows.push(await receive('ours', 'the listener', octets, seconds));
      rows.push(await receive('library', 'smtp-server', octets, seconds));
      rows.push(await receive('bare', 'bare sockets', octets, seconds));
    }
    for (const octets of SIZES) {
      rows.push(await send('ours', 'the pool', octets, seconds));
      rows.push(await send('library', 'nodemailer', octets, seconds));
      rows.push(await send('bare', 'bare sockets', octets, seconds));
    }
    return rows;
  },
};

await runAlone(bench, import.meta.url);
