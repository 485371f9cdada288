/** A carrier that is told to stop: with far sides and clients that stall, and with messages coming in by every road. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { isPdu, LAB_PROFILES, type LabCarrier, startLabCarrier } from '#endpoint/carrier';
import { buildMessage, createHandset } from '#endpoint/handset';
import { type Provider, serveProvider } from '#endpoint/mm7';
import { SmtpDialogue, startSmtpLabServer } from '#smtp';
import { startProgram } from '../../kit/program.js';
import { apply, type History, historyOf, makeCarrier, until } from './carriers.js';

const ALICE = '46700000001';
const BOB = '46710000001';
const MAILBOX = 'friend@mail.example';
const CODE = '7777';
const THEIRS = 'mms.opb.example';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A far side that says nothing answers no sooner than this, for the program: no test waits for it. */
const LONG = '30m';

const objects = (peer: LabCarrier, provider: Provider): string => `[[peer]]
name = "opb"
domains = ["${THEIRS}"]
hosts = ["127.0.0.1:${peer.port}"]
retry = ["1s"]
answer-timeout = "${LONG}"
identification = { networks = ["127.0.0.1"] }
tls = { outgoing = "never" }
[[route]]
name = "to-opb"
match = { prefixes = ["4671"] }
result = { kind = "peer", peer = "opb" }
[[vasp]]
name = "seven"
vasp-id = "seven"
short-codes = ["${CODE}"]
identification = { user = "seven", passwords = ["seven sevens"] }
delivery = { url = "${provider.url}", retry = ["1s"], timeout = "5m" }
[[route]]
name = "to-seven"
match = { short-codes = ["${CODE}"] }
result = { kind = "vasp", vasp = "seven" }
`;

const kindsFor = ({ events }: History, recipient: string): string[] =>
  events.flatMap((event) => (event.recipient?.includes(recipient) ? [event.kind] : []));

/** A client that has sent `octets` and nothing more. */
async function stalled(port: number, octets: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  closing.push(async () => socket.destroy());
  await new Promise<void>((resolve) => socket.write(octets, () => resolve()));
  return socket;
}

/** A mail client that stands in its content. */
async function inContent(port: number, sender: string, recipient: string): Promise<SmtpDialogue> {
  const client = await SmtpDialogue.open({ port });
  closing.push(async () => client.reset());
  assert.match((await client.reply())!, /^220/);
  for (const line of ['EHLO mx.opb.example', `MAIL FROM:<${sender}>`, `RCPT TO:<${recipient}>`])
    assert.match((await client.ask(line))!, /^250/);
  assert.match((await client.ask('DATA'))!, /^354/);
  client.octets('Subject: half a mail\r\n');
  return client;
}

describe('a carrier that is told to stop', () => {
  it('waits no longer than it may for far sides and clients that stall, writes down what became of them, and goes on afterwards', async () => {
    const commands: string[] = [];
    const peer = await startLabCarrier({
      domain: THEIRS,
      farDomain: 'mms.north.example',
      far: { host: '127.0.0.1', port: 1 },
      profile: LAB_PROFILES.stall,
      onLine: (_, from, line) => {
        if (from === 'them') commands.push(line);
      },
    });
    const mailServer = await startSmtpLabServer({ faults: [{ kind: 'stall-after-data' }] });
    const provider = await serveProvider({ listen: { host: '127.0.0.1', port: 0 }, profile: 'silent' });
    closing.push(
      () => peer.close(),
      () => mailServer.close(),
      () => provider.close(),
    );
    const north = await makeCarrier({
      name: 'north',
      own: '4670',
      mailPort: mailServer.port,
      sections: { program: ['stop-within = "12s"'] },
    });
    closing.push(() => north.remove());
    let program = await startProgram(north);
    closing.push(() => program.end('SIGKILL'));
    await apply(north, objects(peer, provider));
    const alice = createHandset({
      mmscUrl: `http://127.0.0.1:${north.mm1Port}/mms`,
      msisdn: ALICE,
      identityHeader: 'x-msisdn',
      version: '1.2',
      userAgent: 'journey',
      timeoutMs: 60_000,
    });
    closing.push(() => alice.close());
    const sent = await alice.send({ to: [`+${BOB}`, MAILBOX, CODE], content: buildMessage({ text: 'slowly', files: [] }) });
    assert.ok(sent.ok && sent.value.pdu.messageId !== undefined);
    const id = sent.value.pdu.messageId;
    await until(
      'all three far sides to stall',
      () => mailServer.mails > 0 && provider.received.length > 0 && commands.includes('DATA'),
    );
    await inContent(north.mm4Port, `+${BOB}/TYPE=PLMN@${THEIRS}`, `+${ALICE}/TYPE=PLMN@${north.domain}`);
    await inContent(north.mm3Port, 'friend@mail.example', `+${ALICE}@${north.domain}`);
    await stalled(north.mm7Port, 'POST /mm7 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<');

    await program.end('SIGTERM');
    assert.equal(program.process.exitCode, 0);
    assert.match(program.output(), /"msg":"stopped"/);
    assert.doesNotMatch(program.output(), /is cut off/);

    peer.setProfile(LAB_PROFILES['res-never']);
    provider.behave('good');
    program = await startProgram(north);
    await peer.until(isPdu('MM4_forward.REQ'));
    await until('the far sides to have it', async () => {
      const history = await historyOf(north, id);
      return [BOB, CODE].every((to) => kindsFor(history, to).includes('handed-over'));
    });
    assert.equal(new Set(provider.received.map(({ transactionId }) => transactionId)).size, 1);
    const history = await historyOf(north, id);
    // Mail is tried again after a minute: here it is enough that it is not forgotten.
    for (const to of [BOB, MAILBOX]) assert.ok(kindsFor(history, to).includes('handover-put-off'), to);
    assert.equal(history.deliveries.find(({ recipient }) => recipient === MAILBOX)?.state, 'due');
  });
});
