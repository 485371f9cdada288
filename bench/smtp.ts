/** SMTP both ways, without what stands behind it: what the listener and the pool take of a message's time, beside libraries and beside bare sockets. */
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Bench, type Counted, measureStream, newCount, type Row, runAlone, startProcess } from './harness/index.js';
import { contentOf, RECIPIENT, SENDER } from './smtp/mails.js';
import { openSink } from './smtp/sink.js';

const CONNECTIONS = 16;
const SIZES = [1_000, 50_000];
const REACH: Readonly<Record<string, string>> = { 50000: '1,500/s, 600 µs for the whole road' };
const script = (name: string): string => fileURLToPath(new URL(`./smtp/${name}.js`, import.meta.url));

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

/** What the measuring takes besides the name: the octets of a message say what is to be reached. */
const options = (octets: number, smoke: boolean) => ({
  seconds: smoke ? 0.1 : 5,
  smoke,
  ...(REACH[octets] === undefined ? {} : { reach: REACH[octets] }),
});

const title = (name: string, octets: number): string => `${name}, ${octets / 1_000} KB, ${CONNECTIONS} connections`;

async function receive(kind: string, name: string, octets: number, smoke: boolean): Promise<Row> {
  const running = await startProcess(process.execPath, [script('receiver'), kind], /listening (\d+)/);
  let isOver = false;
  try {
    const counted = newCount();
    for (let i = 0; i < CONNECTIONS; i++) feed(Number(running.ready[1]), contentOf(octets), counted, () => isOver);
    return await measureStream(title(`in: ${name}`, octets), running, counted, options(octets, smoke));
  } finally {
    isOver = true;
    await running.stop();
  }
}

async function send(kind: string, name: string, octets: number, smoke: boolean): Promise<Row> {
  const counted = newCount();
  const { server, port } = await openSink(counted);
  const args = [script('sender'), kind, String(port), String(octets), String(CONNECTIONS)];
  const running = await startProcess(process.execPath, args, /sending/);
  try {
    return await measureStream(title(`out: ${name}`, octets), running, counted, options(octets, smoke));
  } finally {
    await running.stop();
    server.close();
  }
}

export const bench: Bench = {
  name: 'SMTP, pipelined, nothing behind it',
  async run({ smoke }) {
    const rows: Row[] = [];
    for (const octets of SIZES) {
      rows.push(await receive('ours', 'the listener', octets, smoke));
      rows.push(await receive('library', 'smtp-server', octets, smoke));
      rows.push(await receive('bare', 'bare sockets', octets, smoke));
    }
    for (const octets of SIZES) {
      rows.push(await send('ours', 'the pool', octets, smoke));
      rows.push(await send('library', 'nodemailer', octets, smoke));
      rows.push(await send('bare', 'bare sockets', octets, smoke));
    }
    return rows;
  },
};

await runAlone(bench, import.meta.url);
