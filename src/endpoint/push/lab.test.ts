import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { LIMITS, type Msisdn, silentLog, silentMeter, toMsisdn } from '#base';
import type { DeliveryKey, Notification } from '#messaging';
import type { LabPushConfig } from './config.js';
import { type LabPush, startLabPush } from './lab.js';
import { toPushOctets } from './translate.js';

const CONFIG: LabPushConfig = {
  listen: { host: '127.0.0.1', port: 0 },
  contentUrl: 'http://mmsc.example/m',
  versionMax: '1.3',
  connectionsMax: 10,
  confirmTimeoutMs: 5_000,
};

const ALICE = toMsisdn('15551230001')!;
const BOB = toMsisdn('15559870002')!;

const notification = (to: Msisdn, key = 'Kq7w'): Notification => ({
  kind: 'notification',
  to,
  version: '1.2',
  key: key as DeliveryKey,
  messageClass: 'personal',
  priority: 'normal',
  size: 1,
  expirySeconds: 60,
  deliveryReport: false,
});

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const it of cleanUp.splice(0).reverse()) await it();
});

async function lab(overrides: Partial<LabPushConfig> = {}, onReachable: (msisdn: Msisdn) => void = () => {}): Promise<LabPush> {
  const started = await startLabPush({ ...CONFIG, ...overrides }, { log: silentLog, meter: silentMeter, onReachable });
  cleanUp.push(() => started.close());
  return started;
}

/** A connection that is read as one stream of octets. */
class Peer {
  readonly socket: Socket;
  closed = false;
  private received = '';
  private wake = () => {};

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
      this.wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
    cleanUp.push(() => this.socket.destroy());
  }

  say(lines: string): this {
    this.socket.write(lines, 'latin1');
    return this;
  }

  /** The next `count` octets as latin1; what there is when the connection closes before. */
  async take(count: number): Promise<string> {
    while (this.received.length < count && !this.closed)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    const taken = this.received.slice(0, count);
    this.received = this.received.slice(count);
    return taken;
  }

  async line(): Promise<string> {
    let line = '';
    for (;;) {
      const next = await this.take(1);
      if (next === '' || next === '\n') return line.trimEnd();
      line += next;
    }
  }

  /** The next push: its id, number and octets. */
  async push(): Promise<{ id: string; msisdn: string; octets: string }> {
    const [, id = '', msisdn = '', count = ''] =
      /^PUSH (\d+) (\d+) (\d+)$/.exec(await this.line()) ?? assert.fail('no PUSH line');
    return { id, msisdn, octets: await this.take(Number(count)) };
  }
}

async function handset(started: LabPush, ...numbers: Msisdn[]): Promise<Peer> {
  const peer = new Peer(started.address.port);
  for (const it of numbers) {
    peer.say(`LISTEN ${it}\r\n`);
    assert.equal(await peer.line(), `OK ${it}`);
  }
  return peer;
}

describe('push to a handset of the laboratory', () => {
  it('is accepted when the handset confirms it', async () => {
    const started = await lab();
    const peer = await handset(started, BOB);
    const outcome = started.notifier.push(notification(BOB));
    const push = await peer.push();
    assert.equal(push.msisdn, BOB);
    const expected = toPushOctets(notification(BOB), CONFIG, 1);
    assert.ok(expected.ok);
    assert.equal(push.octets, Buffer.from(expected.value).toString('latin1'));
    peer.say(`ACK ${push.id}\r\n`);
    assert.deepEqual(await outcome, { kind: 'accepted' });
  });

  it('is put off when nobody listens for the number', async () => {
    const started = await lab();
    await handset(started, ALICE);
    assert.deepEqual(await started.notifier.push(notification(BOB)), { kind: 'deferred', reason: 'no handset is listening' });
  });

  it('is put off when the handset does not confirm in time, and a later confirmation is ignored', async () => {
    const started = await lab({ confirmTimeoutMs: 1_000 });
    const peer = await handset(started, BOB);
    const outcome = started.notifier.push(notification(BOB));
    const first = await peer.push();
    assert.equal((await outcome).kind, 'deferred');
    peer.say(`ACK ${first.id}\r\n`);
    const again = started.notifier.push(notification(BOB));
    const second = await peer.push();
    peer.say(`ACK ${second.id}\r\n`);
    assert.deepEqual(await again, { kind: 'accepted' });
    assert.notEqual(first.id, second.id);
  });

  it('is put off when the connection is lost before the confirmation', async () => {
    const started = await lab();
    const peer = await handset(started, BOB);
    const outcome = started.notifier.push(notification(BOB));
    await peer.push();
    peer.socket.destroy();
    assert.equal((await outcome).kind, 'deferred');
    assert.deepEqual(await started.notifier.push(notification(BOB)), { kind: 'deferred', reason: 'no handset is listening' });
  });

  it('does not wait for the confirmation of earlier ones, and confirmations may come in any order', async () => {
    const started = await lab();
    const peer = await handset(started, ALICE, BOB);
    const outcomes = Array.from({ length: 100 }, (_, i) => started.notifier.push(notification(i % 2 ? ALICE : BOB, `k${i}`)));
    const pushes = [];
    for (let i = 0; i < 100; i++) pushes.push(await peer.push());
    assert.ok(pushes.every((it, i) => it.octets.includes(`k${i}\0`) && it.msisdn === (i % 2 ? ALICE : BOB)));
    peer.say(
      pushes
        .reverse()
        .map((it) => `ACK ${it.id}\n`)
        .join(''),
    );
    assert.ok((await Promise.all(outcomes)).every((it) => it.kind === 'accepted'));
  });

  it('cannot be confirmed by another connection', async () => {
    const started = await lab({ confirmTimeoutMs: 50 });
    const bob = await handset(started, BOB);
    const mallory = await handset(started, ALICE);
    const outcome = started.notifier.push(notification(BOB));
    const { id } = await bob.push();
    mallory.say(`ACK ${id}\r\n`);
    assert.equal((await outcome).kind, 'deferred');
  });

  it('is put off when the handset has too many unconfirmed ones', async () => {
    const started = await lab();
    await handset(started, BOB);
    for (let i = 0; i < LIMITS.labUnconfirmedMax; i++) void started.notifier.push(notification(BOB));
    const outcome = await started.notifier.push(notification(BOB));
    assert.ok(outcome.kind === 'deferred' && /too many/.test(outcome.reason));
  });

  it("fails when it cannot be written in the recipient's version", async () => {
    const started = await lab({ versionMax: '1.0' });
    await handset(started, BOB);
    const outcome = await started.notifier.push({
      kind: 'read-report',
      to: BOB,
      version: '1.2',
      messageId: 'M' as never,
      reader: { kind: 'number', msisdn: ALICE },
      at: 0,
      status: 'read',
    });
    assert.equal(outcome.kind, 'failed');
  });

  it('is put off when the service stops, before and after', async () => {
    const started = await lab();
    const peer = await handset(started, BOB);
    const outcome = started.notifier.push(notification(BOB));
    await peer.push();
    await started.close();
    assert.equal((await outcome).kind, 'deferred');
    assert.equal((await started.notifier.push(notification(BOB))).kind, 'deferred');
  });
});

describe("listening for the laboratory's pushes", () => {
  it('tells the domain once that the handset is within reach, after pushes can reach it', async () => {
    const reachable: Msisdn[] = [];
    const started: LabPush = await lab({}, (msisdn) => {
      reachable.push(msisdn);
      void started.notifier.push(notification(msisdn));
    });
    const peer = await handset(started, BOB);
    assert.equal((await peer.push()).msisdn, BOB);
    peer.say(`LISTEN ${BOB}\r\n`);
    assert.equal(await peer.line(), `OK ${BOB}`);
    assert.deepEqual(reachable, [BOB]);
  });

  it('is taken over by the newest connection, and the older one is told', async () => {
    const started = await lab();
    const older = await handset(started, BOB, ALICE);
    const newer = await handset(started, BOB);
    assert.equal(await older.line(), `GONE ${BOB}`);
    void started.notifier.push(notification(BOB));
    assert.equal((await newer.push()).msisdn, BOB);
    void started.notifier.push(notification(ALICE));
    assert.equal((await older.push()).msisdn, ALICE);
    older.socket.destroy();
    await once(older.socket, 'close');
    void started.notifier.push(notification(BOB));
    assert.equal((await newer.push()).msisdn, BOB);
  });

  it('understands lines octet by octet and with a bare line feed', async () => {
    const started = await lab();
    const peer = new Peer(started.address.port);
    peer.socket.setNoDelay(true);
    for (const octet of `LISTEN ${BOB}\n`) {
      peer.say(octet);
      await new Promise(setImmediate);
    }
    assert.equal(await peer.line(), `OK ${BOB}`);
  });

  const refusals: [string, string][] = [
    ['a number that is none', 'LISTEN +15551230001\r\n'],
    ['an unknown word', 'HELLO\r\n'],
    ['an HTTP request, of which no later line is read', `POST / HTTP/1.1\r\n\r\nLISTEN ${BOB}\r\n`],
    ['a line without end', 'L'.repeat(LIMITS.labLineOctetsMax + 1)],
    ['a line that is too long', `LISTEN ${'1'.repeat(LIMITS.labLineOctetsMax)}\r\n`],
  ];
  for (const [what, input] of refusals)
    it(`ends the connection on ${what}`, async () => {
      const started = await lab();
      const peer = new Peer(started.address.port).say(input);
      assert.match(await peer.line(), /^ERR /);
      assert.equal(await peer.take(1), '');
      assert.equal((await started.notifier.push(notification(BOB))).kind, 'deferred');
    });

  it('ends the connection of a handset that talks without taking the answers, which would pile up here', async () => {
    const started = await lab();
    const peer = new Peer(started.address.port);
    peer.socket.pause();
    const lines = `LISTEN ${BOB}\r\n`.repeat(10_000);
    const gone = new Promise((resolve) => peer.socket.once('close', resolve));
    let written = 0;
    // Twice what may pile up, and what the system holds for both ends.
    while (!peer.closed && written < 2 * LIMITS.labOutgoingOctetsMax + 64 * 1024 * 1024) {
      written += lines.length;
      if (!peer.socket.write(lines)) await Promise.race([new Promise((resolve) => peer.socket.once('drain', resolve)), gone]);
    }
    assert.ok(peer.closed, `still open after ${written} octets`);
    assert.equal((await started.notifier.push(notification(BOB))).kind, 'deferred');
  });

  it('has a limit on connections', async () => {
    const started = await lab({ connectionsMax: 1 });
    await handset(started, BOB);
    const second = new Peer(started.address.port).say(`LISTEN ${ALICE}\r\n`);
    assert.equal(await second.take(1), '');
  });
});

describe("start of the laboratory's push", () => {
  it('refuses an address that is not loopback', async () => {
    for (const host of ['0.0.0.0', '192.0.2.1', '::'])
      await assert.rejects(
        startLabPush({ ...CONFIG, listen: { host, port: 0 } }, { log: silentLog, meter: silentMeter, onReachable: () => {} }),
        /not a loopback/,
      );
  });

  it('fails when the port is taken', async () => {
    const started = await lab();
    await assert.rejects(lab({ listen: { host: '127.0.0.1', port: started.address.port } }), /EADDRINUSE/);
  });
});
