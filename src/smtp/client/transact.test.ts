/** One mail over a connection that is made up here, so that it is known to the octet what the far side has got. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { ClientConnection } from './client-connection.js';
import { timeoutsOf } from './connect.js';
import { outgoing } from './outgoing.js';
import { transact } from './transact.js';

/** Answers commands, and does with content as it is told. */
class FakeSocket extends Duplex {
  readonly lines: string[] = [];
  private readonly onContent: (taken: () => void, socket: FakeSocket) => void;
  private isContent = false;

  constructor(onContent: (taken: () => void, socket: FakeSocket) => void) {
    super();
    this.onContent = onContent;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, taken: () => void): void {
    if (this.isContent) {
      this.isContent = chunk.toString() !== '.\r\n';
      if (this.isContent) taken();
      else this.onContent(taken, this);
      return;
    }
    for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
      this.lines.push(line);
      this.isContent = line === 'DATA';
      this.push(line === 'DATA' ? '354 go\r\n' : line.includes('<no@') ? '550 no\r\n' : '250 ok\r\n');
    }
    taken();
  }
}

const mail = (...recipients: string[]) => {
  const pieces = [Buffer.from('Subject: a\r\n\r\nb\r\n')];
  return {
    mail: { sender: 'a@here.example', recipients: recipients.map((address) => ({ address })), pieces },
    content: outgoing(pieces)!,
    needsUtf8Sender: false,
  };
};
const HOW = { canPipeline: false, goesOn: true };
const connect = (socket: Duplex): ClientConnection => new ClientConnection('there:25', socket as unknown as Socket);

describe('transact', () => {
  it('knows that a mail cannot have arrived whose last octets the kernel never took', async () => {
    const socket = new FakeSocket((_, it) => setImmediate(() => it.destroy()));
    const { outcomes, trouble } = await transact(connect(socket), mail('b@there.example'), timeoutsOf(), HOW);
    assert.deepEqual(outcomes, [
      { kind: 'deferred', cause: 'dropped', phase: 'content', detail: 'connection closed', mayHaveArrived: false },
    ]);
    assert.equal(trouble!.phase, 'content');
  });

  it('says that a mail may have arrived whose last octets are out and whose answer never came', async () => {
    const socket = new FakeSocket((taken, it) => {
      taken();
      setImmediate(() => it.destroy());
    });
    const { outcomes } = await transact(connect(socket), mail('b@there.example'), timeoutsOf(), HOW);
    assert.deepEqual(outcomes, [
      { kind: 'deferred', cause: 'dropped', phase: 'accept', detail: 'connection closed', mayHaveArrived: true },
    ]);
  });

  it('resets a transaction that came to nothing, before the next, and only then', async () => {
    const socket = new FakeSocket((taken, it) => {
      taken();
      it.push('250 taken\r\n');
    });
    const connection = connect(socket);
    for (const recipient of ['no@there.example', 'b@there.example', 'b@there.example'])
      await transact(connection, mail(recipient), timeoutsOf(), HOW);
    assert.deepEqual(
      socket.lines.map((it) => it.split(' ')[0]),
      ['MAIL', 'RCPT', 'RSET', 'MAIL', 'RCPT', 'DATA', 'MAIL', 'RCPT', 'DATA'],
    );
    connection.destroy();
  });

  it('lets no recipient that was refused share the trouble of the others', async () => {
    const socket = new FakeSocket((_, it) => setImmediate(() => it.destroy()));
    const { outcomes } = await transact(connect(socket), mail('b@there.example', 'no@there.example'), timeoutsOf(), HOW);
    assert.deepEqual(
      outcomes.map((it) => it.kind),
      ['deferred', 'failed'],
    );
  });
});
