// Needs: bearerbox, smsbox
/** Our push through a real Kannel (bearerbox and smsbox), seen where its SMSC link hands it on. Everything on loopback. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { decodePdu } from '#codec/mms';
import { decodePush } from '#codec/wsp';
import { createKannelNotifier, type KannelConfig, type KannelNotifier } from '#endpoint/push';
import type { DeliveryKey, Notification } from '#messaging';

const START_MS = 15_000;
const POLL_MS = 50;
/** What bearerbox has for closing its links; it leaves by itself long before. */
const STOP_MS = 10_000;

const NOTIFICATION: Notification = {
  kind: 'notification',
  to: toMsisdn('15559870002')!,
  version: '1.2',
  key: 'AbCdEfGhIjKlMnOpQrStUv' as DeliveryKey,
  from: { kind: 'number', msisdn: toMsisdn('15551230001')! },
  messageClass: 'personal',
  priority: 'normal',
  size: 45_000,
  expirySeconds: 172_800,
  deliveryReport: false,
};

/** A short message as Kannel's fake SMSC link shows it: `sender receiver udh %.. data %..`. */
interface Shown {
  readonly from: string;
  readonly to: string;
  readonly header: Buffer;
  readonly data: Buffer;
}

/** The other end of Kannel's fake SMSC link (user guide, "Fake SMSC"): a TCP client that gets a line for every short message. */
class FakeSmsc {
  private readonly socket: Socket;
  private readonly shown: Shown[] = [];
  private rest = '';
  private wake = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      const lines = (this.rest + chunk.toString('latin1')).split('\n');
      this.rest = lines.pop()!;
      this.shown.push(...lines.filter((line) => line !== '').map(toShown));
      this.wake();
    });
  }

  async next(): Promise<Shown> {
    while (this.shown.length === 0)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    return this.shown.shift()!;
  }

  close(): void {
    this.socket.destroy();
  }
}

function toShown(line: string): Shown {
  const [, from = '', to = '', header = '', data = ''] =
    /^(\S+) (\S+) udh (\S+) data (\S*)$/.exec(line) ?? assert.fail(`not understood: ${line}`);
  return { from, to, header: unescaped(header), data: unescaped(data) };
}

const unescaped = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\+/g, ' ').replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((it) => (it.address() as AddressInfo).port);
  await Promise.all(servers.map((it) => new Promise((resolve) => it.close(resolve))));
  return ports;
}

/** Connects as soon as somebody listens there. */
async function connected(port: number): Promise<Socket> {
  for (const until = performance.now() + START_MS; ; await sleep(POLL_MS)) {
    const socket = connect(port, '127.0.0.1');
    const failed = await new Promise<Error | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined)).once('error', resolve);
    });
    if (!failed) return socket;
    if (performance.now() > until) throw failed;
  }
}

async function stopped(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(patience);
}

describe('push through Kannel 1.4', () => {
  let folder: string;
  let bearerbox: ChildProcess | undefined;
  let smsbox: ChildProcess | undefined;
  let smsc: FakeSmsc;
  let config: KannelConfig;
  let kannel: KannelNotifier;

  before(async () => {
    const [admin = 0, boxes = 0, link = 0, sendsms = 0] = await freePorts(4);
    folder = await mkdtemp(join(tmpdir(), 'angarium-kannel-'));
    const file = join(folder, 'kannel.conf');
    await writeFile(file, kannelConf({ admin, boxes, link, sendsms }));
    bearerbox = spawn('/usr/sbin/bearerbox', [file], { cwd: folder, stdio: 'ignore' });
    (await connected(boxes)).destroy();
    smsc = new FakeSmsc(await connected(link));
    smsbox = spawn('/usr/sbin/smsbox', [file], { cwd: folder, stdio: 'ignore' });
    (await connected(sendsms)).destroy();
    config = {
      url: `http://127.0.0.1:${sendsms}/cgi-bin/sendsms`,
      username: 'angarium',
      password: 'p&ss+w%rd',
      from: '12345',
      timeoutMs: 5_000,
      connectionsMax: 2,
      contentUrl: 'http://mmsc.example/m',
      versionMax: '1.3',
    };
    kannel = createKannelNotifier(config, { log: silentLog, meter: silentMeter });
  });

  after(async () => {
    await kannel?.close();
    smsc?.close();
    await stopped(smsbox);
    await stopped(bearerbox);
    await rm(folder, { recursive: true, force: true });
  });

  it('arrives at the SMSC as one short message with the WAP push ports and the octets of our push', async () => {
    // Two addresses as short as carriers choose them: the notification fits into one short message.
    const short = { ...NOTIFICATION, key: 'Kq7w' as DeliveryKey };
    assert.deepEqual(await kannel.notifier.push(short), { kind: 'accepted' });
    const { from, to, header, data } = await smsc.next();
    assert.deepEqual([from, to, header.toString('hex')], ['12345', '+15559870002', '0605040b8423f0']);
    assert.equal(data.subarray(1, 6).toString('hex'), '0603beaf84');
    const pdu = pushedPdu(data);
    assert.equal(pdu.kind, 'm-notification-ind');
    assert.ok(pdu.kind === 'm-notification-ind' && pdu.contentLocation === 'http://mmsc.example/m/Kq7w');
  });

  it('arrives in the parts that we cut when it is longer, with nothing changed by Kannel', async () => {
    const subject = 'Every octet counts: \u00e4\u20ac\u{1f4f7} &+%'.repeat(5);
    assert.deepEqual(await kannel.notifier.push({ ...NOTIFICATION, subject }), { kind: 'accepted' });
    const first = await smsc.next();
    const total = first.header[10]!;
    assert.ok(total > 1);
    const parts = [first];
    while (parts.length < total) parts.push(await smsc.next());
    parts.sort((a, b) => a.header[11]! - b.header[11]!);
    const reference = first.header[9]!;
    assert.deepEqual(
      parts.map((it) => it.header.toString('hex')),
      parts.map((_, i) => Buffer.of(0x0b, 0x05, 0x04, 0x0b, 0x84, 0x23, 0xf0, 0, 3, reference, total, i + 1).toString('hex')),
    );
    const pdu = pushedPdu(Buffer.concat(parts.map((it) => it.data)));
    assert.ok(pdu.kind === 'm-notification-ind' && pdu.subject === subject);
  });

  it("is put off, with Kannel's reason, when the password is wrong", async () => {
    const wrong = createKannelNotifier({ ...config, password: 'wrong' }, { log: silentLog, meter: silentMeter });
    const outcome = await wrong.notifier.push(NOTIFICATION);
    await wrong.close();
    assert.deepEqual(outcome, { kind: 'deferred', reason: 'Kannel refused: 403 Authorization failed for sendsms' });
  });

  it('is put off when no SMSC link takes the number, which Kannel calls final and a restored link proves wrong', async () => {
    const outcome = await kannel.notifier.push({ ...NOTIFICATION, to: toMsisdn('99999999999')! });
    assert.deepEqual(outcome, { kind: 'deferred', reason: 'Kannel refused: 403 Not routable. Do not try again.' });
  });
});

function pushedPdu(octets: Uint8Array) {
  const push = decodePush(octets);
  assert.ok(push.ok);
  const pdu = decodePdu(push.value.body);
  assert.ok(pdu.ok);
  return pdu.value;
}

const kannelConf = (ports: { admin: number; boxes: number; link: number; sendsms: number }): string => `
group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = x
smsbox-port = ${ports.boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = *.*.*.*

group = smsc
smsc = fake
smsc-id = fake
port = ${ports.link}
our-host = 127.0.0.1
host = 127.0.0.1
connect-allow-ip = 127.0.0.1
denied-prefix = +999

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${ports.boxes}
sendsms-port = ${ports.sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = angarium
password = "p&ss+w%rd"
`;
