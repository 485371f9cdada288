import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { LIMITS } from '#base';
import { type ListenEvent, type Listener, type ListenOptions, listen, type ReceivedPush } from './listen.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const it of cleanUp.splice(0).reverse()) await it();
});

/** Something that arrives one by one. */
class Mailbox<T> {
  private readonly items: T[] = [];
  private wake = () => {};

  readonly put = (item: T): void => {
    this.items.push(item);
    this.wake();
  };

  async next(): Promise<T> {
    while (this.items.length === 0)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    return this.items.shift()!;
  }
}

interface Connection {
  readonly socket: Socket;
  readonly lines: Mailbox<string>;
}

/** A scripted push server. */
async function server(): Promise<{ port: number; connections: Mailbox<Connection> }> {
  const connections = new Mailbox<Connection>();
  const all = new Set<Socket>();
  const listening = createServer((socket) => {
    all.add(socket);
    const lines = new Mailbox<string>();
    let rest = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString('latin1')).split('\r\n');
      rest = parts.pop()!;
      parts.forEach(lines.put);
    });
    connections.put({ socket, lines });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    for (const it of all) it.destroy();
    return new Promise((resolve) => listening.close(resolve));
  });
  return { port: (listening.address() as AddressInfo).port, connections };
}

interface Scene {
  readonly listener: Listener;
  readonly connection: Connection;
  readonly connections: Mailbox<Connection>;
  readonly pushes: Mailbox<ReceivedPush>;
  readonly events: Mailbox<ListenEvent>;
}

const NUMBER = '15559870002';

/** A listener whose numbers the scripted server has heard and confirmed. */
async function scene(overrides: Partial<ListenOptions> = {}): Promise<Scene> {
  const { port, connections } = await server();
  const pushes = new Mailbox<ReceivedPush>();
  const events = new Mailbox<ListenEvent>();
  const options = { host: '127.0.0.1', port, msisdns: [NUMBER], onPush: pushes.put, onEvent: events.put, ...overrides };
  const listener = listen(options);
  cleanUp.push(() => listener.close());
  const connection = await connections.next();
  for (const it of options.msisdns) assert.equal(await connection.lines.next(), `LISTEN ${it}`);
  for (const it of options.msisdns) connection.socket.write(`OK ${it}\r\n`);
  await listener.ready;
  assert.deepEqual(await events.next(), { kind: 'listening' });
  return { listener, connection, connections, pushes, events };
}

/** Transaction `T100`, 45000 octets, two days, `http://mmsc.example/m/Kq7w`. */
const WORKED = Buffer.from(
  `01 06 03 be af 84
   8c 82 98 54 31 30 30 00 8d 92
   89 18 80 2b 31 35 35 35 31 32 33 30 30 30 31 2f 54 59 50 45 3d 50 4c 4d 4e 00
   8a 80 8e 02 af c8 88 05 81 03 02 a3 00
   83 68 74 74 70 3a 2f 2f 6d 6d 73 63 2e 65 78 61 6d 70 6c 65 2f 6d 2f 4b 71 37 77 00`.replace(/\s/g, ''),
  'hex',
);

/** A delivery report as China Mobile sent it: content type in words, Push-Flag, version 1.1. From the tests of a public SMS and MMS relay (`mms_wap.rs`). */
const CARRIERS = Buffer.from(
  `6106246170706c69636174696f6e2f766e642e7761702e6d6d732d6d657373616765
   00b487af848c868d918b303832333134313233363932303031313236313938009731383132363130313031352f545950453d504c4d4e0085046a8a8f549581`.replace(
    /\s/g,
    '',
  ),
  'hex',
);

const pushLine = (id: number, octets: Uint8Array, msisdn = NUMBER): Buffer =>
  Buffer.concat([Buffer.from(`PUSH ${id} ${msisdn} ${octets.length}\r\n`), octets]);

describe('a handset that listens for pushes', () => {
  it('is handed the notification and confirms it', async () => {
    const { connection, pushes } = await scene();
    connection.socket.write(pushLine(7, WORKED));
    const { msisdn, pdu, octets } = await pushes.next();
    assert.equal(msisdn, NUMBER);
    assert.ok(pdu.kind === 'm-notification-ind');
    assert.equal(pdu.transactionId, 'T100');
    assert.equal(pdu.contentLocation, 'http://mmsc.example/m/Kq7w');
    assert.equal(pdu.messageSize, 45_000);
    assert.deepEqual(pdu.from, { kind: 'address', address: '+15551230001/TYPE=PLMN' });
    assert.deepEqual(Buffer.from(octets), WORKED);
    assert.equal(await connection.lines.next(), 'ACK 7');
  });

  it('understands a push as a carrier writes it', async () => {
    const { connection, pushes } = await scene();
    connection.socket.write(pushLine(1, CARRIERS));
    const { pdu } = await pushes.next();
    assert.ok(pdu.kind === 'm-delivery-ind');
    assert.deepEqual([pdu.messageId, pdu.status, pdu.date], ['082314123692001126198', 'retrieved', 1_787_465_556_000]);
    assert.deepEqual(pdu.to, ['18126101015/TYPE=PLMN']);
  });

  it('understands pushes cut anywhere, and several in one piece', async () => {
    const { connection, pushes } = await scene();
    connection.socket.setNoDelay(true);
    const stream = Buffer.concat([pushLine(1, WORKED), pushLine(2, WORKED)]);
    for (const octet of stream) {
      connection.socket.write(Buffer.of(octet));
      await new Promise(setImmediate);
    }
    connection.socket.write(Buffer.concat([3, 4, 5].map((id) => pushLine(id, WORKED))));
    for (let i = 0; i < 5; i++) assert.equal((await pushes.next()).pdu.kind, 'm-notification-ind');
    for (const id of [1, 2, 3, 4, 5]) assert.equal(await connection.lines.next(), `ACK ${id}`);
  });

  it('confirms a push when its callback has finished, not before, and not after the others', async () => {
    const finish: (() => void)[] = [];
    const taken = new Mailbox<ReceivedPush>();
    const { connection } = await scene({
      onPush: (push) => {
        taken.put(push);
        return new Promise((resolve) => finish.push(resolve));
      },
    });
    connection.socket.write(Buffer.concat([pushLine(1, WORKED), pushLine(2, WORKED)]));
    await taken.next();
    await taken.next();
    finish[1]!();
    assert.equal(await connection.lines.next(), 'ACK 2');
    finish[0]!();
    assert.equal(await connection.lines.next(), 'ACK 1');
  });

  it('does not confirm what its callback threw on', async () => {
    let count = 0;
    const { connection, events } = await scene({
      onPush: () => {
        count++;
        if (count === 1) throw new Error('disk full');
        if (count === 2) return Promise.reject(new Error('disk full'));
        return undefined;
      },
    });
    connection.socket.write(Buffer.concat([1, 2, 3].map((id) => pushLine(id, WORKED))));
    assert.equal((await events.next()).kind, 'callback-failed');
    assert.equal((await events.next()).kind, 'callback-failed');
    assert.equal(await connection.lines.next(), 'ACK 3');
  });

  it('listens for several numbers on one connection', async () => {
    const { connection, pushes } = await scene({ msisdns: [NUMBER, '15551230001'] });
    connection.socket.write(pushLine(1, WORKED, '15551230001'));
    assert.equal((await pushes.next()).msisdn, '15551230001');
  });

  it('confirms a push that it cannot understand, and says so', async () => {
    const { connection, events } = await scene();
    connection.socket.write(pushLine(1, Uint8Array.of(1, 5, 0)));
    connection.socket.write(pushLine(2, WORKED.subarray(0, 20)));
    // Without application id, for another application, as another content type, of another PDU.
    const mms = WORKED.subarray(6);
    connection.socket.write(pushLine(3, Buffer.concat([Buffer.of(1, 6, 1, 0xbe), mms])));
    connection.socket.write(pushLine(4, Buffer.concat([Buffer.of(1, 6, 3, 0xbe, 0xaf, 0x88), mms])));
    connection.socket.write(pushLine(5, Buffer.concat([Buffer.of(1, 6, 3, 0x83, 0xaf, 0x84), mms])));
    connection.socket.write(pushLine(6, Buffer.from('010603beaf848c859854008d92', 'hex')));
    for (const id of [1, 2, 3, 4, 5, 6]) {
      assert.equal((await events.next()).kind, 'not-understood');
      assert.equal(await connection.lines.next(), `ACK ${id}`);
    }
  });

  it('comes back after a lost connection', async () => {
    const { connection, connections, events, pushes } = await scene();
    connection.socket.destroy();
    const event = await events.next();
    assert.ok(event.kind === 'disconnected' && event.retryInMs !== undefined);
    const again = await connections.next();
    assert.equal(await again.lines.next(), `LISTEN ${NUMBER}`);
    again.socket.write(`OK ${NUMBER}\r\n`);
    assert.deepEqual(await events.next(), { kind: 'listening' });
    again.socket.write(pushLine(1, WORKED));
    assert.equal((await pushes.next()).pdu.kind, 'm-notification-ind');
  });

  it('ends with a lost connection when it is not to come back', async () => {
    const { listener, connection } = await scene({ reconnect: false });
    connection.socket.destroy();
    await listener.ended;
  });

  it('does not ask back a number that listens elsewhere, and ends with the last one', async () => {
    const { listener, connection, events } = await scene({ msisdns: [NUMBER, '15551230001'] });
    connection.socket.write(`GONE ${NUMBER}\r\n`);
    assert.deepEqual(await events.next(), { kind: 'replaced', msisdn: NUMBER });
    connection.socket.write('GONE 15551230001\r\n');
    await listener.ended;
  });

  it('ends when it is closed, and is never ready when it was not before', async () => {
    const { port } = await server();
    const listener = listen({ host: '127.0.0.1', port, msisdns: [NUMBER], onPush: () => {} });
    await listener.close();
    await assert.rejects(listener.ready);
    await listener.ended;
  });

  it('is never ready when nobody is there and it is not to try again', async () => {
    const listener = listen({ host: '127.0.0.1', port: 1, msisdns: [NUMBER], onPush: () => {}, reconnect: false });
    await assert.rejects(listener.ready, /ECONNREFUSED/);
    await listener.ended;
  });

  it('throws on a number that is none', () => {
    assert.throws(() => listen({ host: '127.0.0.1', port: 1, msisdns: ['+1555'], onPush: () => {} }), RangeError);
  });

  const hostile: [string, string][] = [
    ['a line without end', 'P'.repeat(LIMITS.labLineOctetsMax + 1)],
    ['a push beyond the limit', `PUSH 1 ${NUMBER} ${LIMITS.pushOctetsMax + 1}\r\n`],
    ['something else than a push server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a refusal', 'ERR no LISTEN came\r\n'],
  ];
  for (const [what, input] of hostile)
    it(`leaves ${what}`, async () => {
      const { listener, connection, events } = await scene({ reconnect: false });
      connection.socket.write(input);
      assert.equal((await events.next()).kind, 'disconnected');
      await listener.ended;
    });
});
