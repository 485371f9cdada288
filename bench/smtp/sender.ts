/**
 * A program under test that sends mail as fast as answers come, on so many connections: `ours` (the pool), `library` (nodemailer's pool), `bare` (a socket that
 * writes octets prepared once: the ceiling). Started by bench/smtp.ts: KIND PORT OCTETS CONNECTIONS.
 */
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { silentLog } from '#base';
import { openSmtpPool } from '#smtp';
import { contentOf, RECIPIENT, SENDER } from './mails.js';

const [kind = '', port = '', octets = '', connections = ''] = process.argv.slice(2);
const content = contentOf(Number(octets));

/** Keeps so many mails under way. */
function keepSending(send: () => Promise<unknown>): void {
  const again = async (): Promise<void> => {
    for (;;) await send();
  };
  for (let i = 0; i < Number(connections); i++) void again();
}

const KINDS: Readonly<Record<string, () => void>> = {
  ours() {
    const pool = openSmtpPool({ heloName: 'bench.example' }, { log: silentLog });
    const destination = { name: 'sink', hosts: [{ host: '127.0.0.1', port: Number(port) }], connectionsMax: Number(connections) };
    keepSending(() => pool.send(destination, { sender: SENDER, recipients: [{ address: RECIPIENT }], pieces: [content] }));
  },
  library() {
    const transport = createTransport({
      pool: true,
      host: '127.0.0.1',
      port: Number(port),
      maxConnections: Number(connections),
      maxMessages: Number.POSITIVE_INFINITY,
      ignoreTLS: true,
    });
    const envelope = { from: SENDER, to: [RECIPIENT] };
    keepSending(() => transport.sendMail({ envelope, raw: content }));
  },
  bare() {
    const envelope = `MAIL FROM:<${SENDER}>\r\nRCPT TO:<${RECIPIENT}>\r\nDATA\r\n`;
    const body = Buffer.concat([content, Buffer.from('.\r\n')]);
    for (let i = 0; i < Number(connections); i++) {
      const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
      socket.on('data', (chunk) => {
        const said = chunk.toString('latin1');
        if (said.startsWith('220')) socket.write('EHLO bench.example\r\n');
        else socket.write(said.includes('354') ? body : envelope);
      });
    }
  },
};

const start = KINDS[kind];
if (start === undefined) throw new Error(`one of ${Object.keys(KINDS).join(', ')} is wanted`);
start();
console.log('sending');
process.once('SIGTERM', () => process.exit(0));
