/** The first road, whole: one phone sends a picture and a text to another, and hears what became of it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type DeliveryInd, decodeParts, type NotificationInd, type ReadOrigInd, type RetrieveConf } from '#codec/mms';
import { buildMessage, createHandset, type Handset, type Listener, listen, type ReceivedPush } from '#endpoint/handset';
import { type Program, removeFolder, startProgram, temporaryFolder } from './program.js';

const SENDER = '46700000001';
const RECIPIENT = '46700000002';
const OK = 128;

/** A phone on the laboratory's network: what it is pushed can be waited for, one after the other. */
class Phone {
  readonly handset: Handset;
  readonly #listener: Listener;
  readonly #pushes: ReceivedPush['pdu'][] = [];
  readonly #bell = new EventEmitter();

  constructor(program: Program, msisdn: string) {
    this.handset = createHandset({
      mmscUrl: program.addresses.mmsc,
      msisdn,
      identityHeader: 'x-msisdn',
      version: '1.2',
      userAgent: 'journey',
      timeoutMs: 30_000,
    });
    this.#listener = listen({
      ...program.addresses.push!,
      msisdns: [msisdn],
      onPush: ({ pdu }) => {
        this.#pushes.push(pdu);
        this.#bell.emit('push');
      },
    });
  }

  ready(): Promise<void> {
    return this.#listener.ready;
  }

  async pushed<K extends ReceivedPush['pdu']['kind']>(kind: K): Promise<Extract<ReceivedPush['pdu'], { kind: K }>> {
    while (this.#pushes.length === 0) await once(this.#bell, 'push');
    const pdu = this.#pushes.shift()!;
    assert.equal(pdu.kind, kind);
    return pdu as Extract<ReceivedPush['pdu'], { kind: K }>;
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.handset.close();
  }
}

describe('a first message', () => {
  const folder = temporaryFolder();
  const picture = randomBytes(50_000);
  let program: Program;
  let sender: Phone;
  let recipient: Phone;
  let messageId: string;
  let notification: NotificationInd;
  let retrieved: RetrieveConf;

  before(async () => {
    program = await startProgram(folder);
    sender = new Phone(program, SENDER);
    recipient = new Phone(program, RECIPIENT);
    await Promise.all([sender.ready(), recipient.ready()]);
  });

  after(async () => {
    await sender?.close();
    await recipient?.close();
    await program?.stop();
    removeFolder(folder);
  });

  it('is accepted with an id', async () => {
    const content = buildMessage({
      text: 'Hello, world: grüß dich!',
      files: [{ name: 'picture.jpg', type: 'image/jpeg', data: picture }],
    });
    const answer = await sender.handset.send({
      to: [`+${RECIPIENT}`],
      subject: 'First',
      content,
      deliveryReport: true,
      readReport: true,
    });
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.equal(answer.value.pdu.responseStatus, OK);
    messageId = answer.value.pdu.messageId!;
    assert.match(messageId, /^[-0-9A-Z_a-z]{22}$/);
  });

  it('is notified to its recipient, with the sender as the network knows him and an address to fetch it from', async () => {
    notification = await recipient.pushed('m-notification-ind');
    assert.deepEqual(notification.from, { kind: 'address', address: `+${SENDER}/TYPE=PLMN` });
    assert.equal(notification.subject, 'First');
    assert.ok(notification.contentLocation.startsWith(`${program.addresses.content}/`));
    assert.ok(notification.messageSize >= picture.length);
  });

  it('is retrieved with parts that are octet for octet what was sent', async () => {
    const answer = await recipient.handset.fetchContent(notification.contentLocation);
    assert.ok(answer.ok, JSON.stringify(answer));
    retrieved = answer.value.pdu;
    assert.equal(retrieved.messageId, messageId);
    assert.deepEqual(retrieved.to, [`+${RECIPIENT}/TYPE=PLMN`]);
    assert.ok(retrieved.content);
    const parts = decodeParts(retrieved.content);
    assert.ok(parts.ok);
    const [smil, text, image] = parts.value;
    assert.equal(smil!.contentType.media, 'application/smil');
    assert.equal(new TextDecoder().decode(text!.data), 'Hello, world: grüß dich!');
    assert.equal(image!.contentType.media, 'image/jpeg');
    assert.ok(picture.equals(image!.data));
  });

  it('is acknowledged, and the sender gets the delivery report that he asked for', async () => {
    const told = await recipient.handset.notifyResp(notification.transactionId, 'retrieved');
    assert.ok(told.ok, JSON.stringify(told));
    const report: DeliveryInd = await sender.pushed('m-delivery-ind');
    assert.deepEqual([report.messageId, report.to, report.status], [messageId, [`+${RECIPIENT}/TYPE=PLMN`], 'retrieved']);
  });

  it('is read, and the sender gets the read report', async () => {
    assert.equal(retrieved.readReport, true);
    const told = await recipient.handset.readReport({ messageId, to: `+${SENDER}` });
    assert.ok(told.ok, JSON.stringify(told));
    const report: ReadOrigInd = await sender.pushed('m-read-orig-ind');
    assert.deepEqual([report.messageId, report.readStatus], [messageId, 'read']);
    assert.deepEqual(report.from, { kind: 'address', address: `+${RECIPIENT}/TYPE=PLMN` });
  });

  it('has a history that `angarium message` tells from submission to report', async () => {
    const { code, stdout } = await program.run('message', messageId, '--config', program.config, '--json');
    assert.equal(code, 0);
    const history = JSON.parse(stdout) as {
      message: { sender: string };
      deliveries: { recipient: string; state: string }[];
      events: { kind: string }[];
    };
    assert.equal(history.message.sender, `+${SENDER}`);
    assert.deepEqual(
      history.deliveries.map(({ recipient: to, state }) => [to, state]),
      [[`+${RECIPIENT}`, 'retrieved']],
    );
    const kinds = history.events.map(({ kind }) => kind);
    for (const kind of [
      'message-accepted',
      'notification-pushed',
      'content-fetched',
      'delivery-ended',
      'message-read',
      'report-queued',
    ]) {
      assert.ok(kinds.includes(kind), kind);
    }
    assert.equal(kinds[0], 'message-accepted');
    assert.equal(kinds.filter((kind) => kind === 'report-pushed').length, 2);

    const words = await program.run('message', messageId, '--config', program.config);
    assert.match(words.stdout, new RegExp(`message-accepted +sender=\\+${SENDER} size=[0-9]+ recipients=1$`, 'm'));
    assert.doesNotMatch(words.stdout, /\[object|undefined/);
  });

  it('can be followed in the log by its id, without a whole number anywhere', () => {
    const about = program.log.filter((line) => line['messageId'] === messageId).map(({ msg }) => msg);
    for (const text of ['message-accepted', 'notification-pushed', 'content-fetched', 'delivery-ended', 'report-pushed']) {
      assert.ok(about.includes(text), text);
    }
    const all = JSON.stringify(program.log);
    assert.ok(!all.includes(SENDER) && !all.includes(RECIPIENT));
    const key = notification.contentLocation.split('/').at(-1)!;
    assert.ok(!all.includes(key), 'nor the key that opens the content');
    const deliveries = program.log.filter((line) => line['delivery'] !== undefined).map((line) => String(line['delivery']));
    assert.ok(deliveries.length > 0 && deliveries.every((shown) => key.startsWith(shown.replace('...', ''))), deliveries.join());
  });

  it('goes from phone to phone on the command line as well', async () => {
    const file = join(folder, 'picture.jpg');
    writeFileSync(file, picture);
    const inbox = join(folder, 'inbox');
    mkdirSync(inbox);
    await recipient.close();
    const { mmsc, push } = program.addresses;
    const watching = program.run(
      ...[
        'phone',
        'watch',
        '--number',
        RECIPIENT,
        '--mmsc',
        mmsc,
        '--push',
        `${push!.host}:${push!.port}`,
        '--save',
        inbox,
        '--once',
      ],
    );
    const sent = await program.run(
      ...['phone', 'send', '--mmsc', mmsc, '--from', SENDER, '--to', `+${RECIPIENT}`, '--text', 'hello', '--file', file],
    );
    assert.equal(sent.code, 0, sent.stderr);
    assert.match(sent.stdout, /^accepted: message [-0-9A-Z_a-z]{22}, /);
    const watched = await watching;
    assert.equal(watched.code, 0, watched.stderr);
    assert.match(watched.stdout, /^notification: .*\nfrom \+46700000001\n.*hello\n.*retrieved and acknowledged\n$/s);
    assert.ok(picture.equals(readFileSync(join(inbox, 'picture.jpg'))));
  });

  it('can be put off, and fetched later by its address', async () => {
    const { mmsc, push } = program.addresses;
    const watching = program.run(
      ...['phone', 'watch', '--number', RECIPIENT, '--mmsc', mmsc, '--push', `${push!.host}:${push!.port}`, '--once', '--defer'],
    );
    const sent = await program.run(
      'phone',
      'send',
      '--mmsc',
      mmsc,
      '--from',
      SENDER,
      '--to',
      `+${RECIPIENT}`,
      '--text',
      'later',
      '--json',
    );
    const { messageId: id } = JSON.parse(sent.stdout) as { messageId: string };
    const url = /angarium phone fetch --number \d+ (\S+)/.exec((await watching).stdout)![1]!;
    const state = async (): Promise<string | undefined> => {
      const { stdout } = await program.run('message', id, '--config', program.config, '--json');
      return (JSON.parse(stdout) as { deliveries: { state: string }[] }).deliveries[0]?.state;
    };
    assert.equal(await state(), 'deferred');
    const fetched = await program.run('phone', 'fetch', '--number', RECIPIENT, '--mmsc', mmsc, url);
    assert.equal(fetched.code, 0, fetched.stderr);
    assert.match(fetched.stdout, /later\n.*retrieved and acknowledged\n$/s);
    assert.equal(await state(), 'retrieved');
  });

  it('that is refused says so and why, with exit code 1', async () => {
    const { code, stdout, stderr } = await program.run(
      'phone',
      'send',
      '--mmsc',
      program.addresses.mmsc,
      '--from',
      SENDER,
      '--to',
      'ann@mail.example',
      '--text',
      'x',
    );
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^refused: Error-permanent-[a-z-]+ \(\d+\): .+\n$/);
  });
});
