/** A mail server with one mailbox, as small as it can be: takes what comes, and writes one answer. For this example only. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Answers to commands, by their first word. */
const ANSWERS = { EHLO: '250 mail.example', HELO: '250 mail.example', DATA: '354 go on', QUIT: '221 bye' };

/** Starts it on any free port. `onMail(text)` gets each mail. */
export async function startMailbox(onMail) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 mail.example\r\n');
    let mail;
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      if (mail === undefined) {
        const word = line.slice(0, 4).toUpperCase();
        socket.write(`${ANSWERS[word] ?? '250 ok'}\r\n`);
        if (word === 'DATA') mail = [];
        if (word === 'QUIT') socket.end();
      } else if (line === '.') {
        onMail(mail.join('\n'));
        mail = undefined;
        socket.write('250 taken\r\n');
      } else mail.push(line.startsWith('.') ? line.slice(1) : line);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Sends one mail; rejects with the answer that refuses it. */
export async function sendMail(port, { from, to, lines }) {
  const socket = connect(port, '127.0.0.1');
  const answers = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  /** The last line of an answer, which has a blank behind its code. */
  const answer = async () => {
    for (;;) {
      const { value = '' } = await answers.next();
      if (/^[23]\d\d /.test(value)) return;
      if (!/^\d{3}-/.test(value)) throw new Error(`the mail server says: ${value}`);
    }
  };
  await answer();
  for (const line of [
    'EHLO mail.example',
    `MAIL FROM:<${from}>`,
    `RCPT TO:<${to}>`,
    'DATA',
    `${lines.join('\r\n')}\r\n.`,
    'QUIT',
  ]) {
    socket.write(`${line}\r\n`);
    await answer();
  }
  socket.destroy();
}
