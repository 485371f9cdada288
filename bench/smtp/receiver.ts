/**
 * A program under test that takes mail: `ours` (the listener, a handler that keeps nothing), `library` (the package smtp-server, its body gathered as every
 * user of it has to), `bare` (a socket server that answers SMTP without parsing it: the ceiling). Started by bench/smtp.ts in a process of its own.
 */
import { type AddressInfo, createServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { silentLog } from '#base';
import { REPLIES, startSmtpListener } from '#smtp';

const END = '\r\n.\r\n';

const KINDS: Readonly<Record<string, () => Promise<number>>> = {
  async ours() {
    const handler = {
      identify: () => ({ peer: 'a', name: 'a' }),
      recipient: () => undefined,
      message: async () => REPLIES.accepted,
    };
    const settings = { name: 'bench', address: '127.0.0.1', port: 0, hostName: 'bench.example' };
    return (await startSmtpListener(settings, { handler, log: silentLog })).port;
  },
  async library() {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onData(stream, _, answer) {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => answer(Buffer.concat(pieces).length < 0 ? new Error('never') : null));
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return (server.server.address() as AddressInfo).port;
  },
  async bare() {
    const server = createServer({ noDelay: true }, (socket) => {
      let isContent = false;
      socket.write('220 bare\r\n');
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        // The generator sends a command, a group of them, or content, and waits.
        if (isContent) {
          if (chunk.toString('latin1', chunk.length - END.length) !== END) return;
          isContent = false;
          socket.write('250 ok\r\n');
          return;
        }
        const lines = chunk.toString('latin1').split('\r\n').slice(0, -1);
        isContent = lines.at(-1) === 'DATA';
        socket.write(lines.map((line) => (line === 'DATA' ? '354 go\r\n' : '250 ok\r\n')).join(''));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return (server.address() as AddressInfo).port;
  },
};

const start = KINDS[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`one of ${Object.keys(KINDS).join(', ')} is wanted`);
console.log(`listening ${await start()}`);
process.once('SIGTERM', () => process.exit(0));
