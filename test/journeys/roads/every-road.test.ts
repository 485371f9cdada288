/**
 * One message by every road. North and South are two programs with MM4 between them; a mailbox and a content provider are North's. What leaves a
 * handset arrives everywhere with the same octets, all reports come back, every hop stands in the history, and all of it is charged.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTransport } from 'nodemailer';
import { COLUMNS, csvCells, readLine } from '#charging';
import { decodeBody, fieldOf, leafParts, readMessage } from '#codec/mime';
import { buildMessage } from '#endpoint/handset';
import { type Provider, serveProvider } from '#endpoint/mm7';
import { type SmtpLabMail, type SmtpLabServer, startSmtpLabServer } from '#smtp';
import { type Program, startProgram } from '../../kit/program.js';
import {
  apply,
  ask,
  type CarrierSite,
  chargingLines,
  chargingRecords,
  historyOf,
  makeCarrier,
  messagesOf,
  type Phone,
  peerObjects,
  phoneOf,
  said,
  sha256,
  until,
} from './carriers.js';

const NORA = '46700000001';
const ANNA = '46700000002';
const SVEN = '46730000002';
/** Of North's range, ported to South. */
const MOVED = '46700000009';
const CODE = '7777';
const MAILBOX = 'friend@mail.example';
const PASSWORD = 'seven sevens';

/** Every octet, line ends of all kinds, and more than one line of base64. */
const PICTURE = Buffer.concat([
  Buffer.from('89504e470d0a1a0a', 'hex'),
  Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  Buffer.from('\r\n.\r\n\n\r--\r\n'),
  randomBytes(5_000),
]);
/** Ends without a line end, which mail would like to have; and has letters of several scripts. */
const TEXT = 'Neither snow nor rain\r\nVarken snö eller regn\nОдин\r.\r\n雪';
const DIGESTS = [sha256(Buffer.from(TEXT)), sha256(PICTURE)];

let mailServer: SmtpLabServer;
let provider: Provider;
let north: CarrierSite;
let south: CarrierSite;
let nora: Phone;
let anna: Phone;
let sven: Phone;
let moved: Phone;
let messageId: string;
const mails: SmtpLabMail[] = [];
const programs: Program[] = [];
const closing: (() => Promise<unknown>)[] = [];

before(async () => {
  mailServer = await startSmtpLabServer({ onMail: (mail) => void mails.push(mail) });
  provider = await serveProvider({ listen: { host: '127.0.0.1', port: 0 }, profile: 'good' });
  closing.push(
    () => mailServer.close(),
    () => provider.close(),
  );
  north = await makeCarrier({ name: 'north', own: '4670', mailPort: mailServer.port, numbers: [`${MOVED},1,rn,73`] });
  south = await makeCarrier({ name: 'south', own: '4673', mailPort: mailServer.port, numbers: [`${MOVED},0,sp,`] });
  for (const site of [north, south]) {
    closing.push(() => site.remove());
    const program = await startProgram(site);
    programs.push(program);
    closing.push(() => program.end('SIGKILL'));
  }
  await apply(
    north,
    `${peerObjects(south, '4673')}
[[route]]
name = "moved-to-south"
match = { operators = ["73"] }
result = { kind = "peer", peer = "south" }
[[vasp]]
name = "seven"
vasp-id = "seven"
short-codes = ["${CODE}"]
identification = { user = "seven", passwords = ["${PASSWORD}"] }
delivery = { url = "${provider.url}" }
[[route]]
name = "to-seven"
match = { short-codes = ["${CODE}"] }
result = { kind = "vasp", vasp = "seven" }
`,
  );
  await apply(south, peerObjects(north, '4670'));
  [nora, anna, sven, moved] = [
    await phoneOf(north, NORA),
    await phoneOf(north, ANNA),
    await phoneOf(south, SVEN),
    await phoneOf(south, MOVED),
  ];
  closing.push(...[nora, anna, sven, moved].map((phone) => () => phone.close()));
});
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** The delivery status notification (RFC 3464) of a mail server that has put a mail into its mailbox. */
const deliveredDsn = (mail: SmtpLabMail): string =>
  [
    'From: postmaster@mail.example',
    'Subject: delivered',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
    '',
    '--r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.example',
    `Original-Envelope-Id: ${/ENVID=(\S+)/.exec(mail.sender)?.[1]}`,
    '',
    `Final-Recipient: rfc822; ${MAILBOX}`,
    'Action: delivered',
    'Status: 2.0.0',
    '',
    '--r--',
    '',
  ].join('\r\n');

/** Whom Nora's handset has been told this of. */
const toldOf = (phone: Phone, kind: 'm-delivery-ind' | 'm-read-orig-ind'): string[] =>
  phone.heard
    .flatMap((pdu) =>
      pdu.kind === kind && kind === 'm-delivery-ind' && 'status' in pdu
        ? [`${pdu.to[0]} ${pdu.status}`]
        : pdu.kind === 'm-read-orig-ind' && pdu.kind === kind && pdu.from.kind === 'address'
          ? [`${pdu.from.address} ${pdu.readStatus}`]
          : [],
    )
    .sort();

describe('one message for a handset, another carrier, a ported number, a mailbox and a content provider', () => {
  it('is accepted once, and arrives at each with the octets with which it left', async () => {
    const content = buildMessage({
      files: [
        { name: 'letter.txt', type: 'text/plain', data: Buffer.from(TEXT) },
        { name: 'picture.png', type: 'image/png', data: PICTURE },
      ],
    });
    const to = [ANNA, SVEN, MOVED].map((number) => `+${number}`);
    const answer = await nora.send({
      to: [...to, CODE, MAILBOX],
      subject: 'by every road',
      content,
      deliveryReport: true,
      readReport: true,
    });
    assert.ok(answer.ok && answer.value.pdu.messageId !== undefined, JSON.stringify(answer));
    messageId = answer.value.pdu.messageId;
    for (const phone of [anna, sven, moved])
      assert.deepEqual(await until(`the message at ${phone.number}`, () => phone.digests[0]), DIGESTS);
    const delivered = await until('the message at the provider', () =>
      provider.received.find(({ message }) => message?.kind === 'DeliverReq'),
    );
    const parts = delivered.parts.map(({ data }) => sha256(data));
    for (const digest of DIGESTS) assert.ok(parts.includes(digest), 'the provider has every attachment');
    const mail = await until('the mail', () => mails[0]);
    const message = readMessage(mail.content);
    assert.ok(message.ok);
    assert.equal(fieldOf(message.value.fields, 'Subject'), 'by every road');
    const leaves = leafParts(message.value).map(({ part }) => sha256(decodeBody(part)));
    assert.ok(leaves.includes(DIGESTS[1]!), 'the mailbox has the picture');
    const [letter] = leafParts(message.value).filter(({ part }) => part.type.media === 'text/plain');
    assert.match(Buffer.from(decodeBody(letter!.part)).toString(), /^Neither snow nor rain\s+Varken snö eller regn\s+Один/);
    assert.match(mail.recipients.join(), /^<friend@mail\.example> .*NOTIFY=SUCCESS,FAILURE/);
  });

  it('brings its sender every report that there is', async () => {
    const mail = mails[0]!;
    const transport = createTransport({ host: '127.0.0.1', port: north.mm3Port, ignoreTLS: true });
    const returnPath = /^<([^>]+)>/.exec(mail.sender)![1]!;
    await transport.sendMail({ envelope: { from: '', to: returnPath }, raw: deliveredDsn(mail) });
    transport.close();
    const wanted = [`+${ANNA}`, `+${SVEN}`, `+${MOVED}`].map((number) => `${number}/TYPE=PLMN`);
    const delivered = [...wanted.map((to) => `${to} retrieved`), `${CODE} retrieved`, `${MAILBOX} retrieved`].sort();
    await until('the delivery reports', () => toldOf(nora, 'm-delivery-ind').length >= delivered.length);
    await until('the read reports', () => toldOf(nora, 'm-read-orig-ind').length >= wanted.length);
    assert.deepEqual(toldOf(nora, 'm-delivery-ind'), delivered);
    assert.deepEqual(toldOf(nora, 'm-read-orig-ind'), wanted.map((from) => `${from} read`).sort());
  });

  it('has every hop in its history, with what the far side answered', async () => {
    const { events, reports } = await until('the last report to be taken', async () => {
      const history = await historyOf(north, messageId);
      return history.reports.length === 0 && history;
    });
    assert.deepEqual(reports, []);
    const roadOf = (recipient: string) =>
      events.filter((event) => event.kind === 'delivery-routed' && event.recipient === recipient).map(({ road }) => road);
    assert.deepEqual(
      [SVEN, MOVED].map((number) => roadOf(`+${number}`)),
      [['peer:south'], ['peer:south']],
    );
    assert.deepEqual([roadOf(CODE), roadOf(MAILBOX), roadOf(`+${ANNA}`)], [['vasp:seven'], ['email'], []]);
    const answers = (kind: string) =>
      events
        .filter((event) => event.kind === kind)
        .map(({ recipient, answer }) => `${recipient}: ${answer}`)
        .sort();
    const handedOver = answers('handed-over').join('\n');
    for (const number of [SVEN, MOVED]) assert.match(handedOver, new RegExp(`^\\+${number}: 250 2\\.0\\.0 `, 'm'));
    assert.match(handedOver, /^7777: 1000 Success \(seven\)$/m);
    assert.match(handedOver, /^friend@mail\.example: 250 /m);
    assert.deepEqual(answers('handover-answered'), [`+${MOVED}: Ok (south)`, `+${SVEN}: Ok (south)`]);
    assert.equal(events.filter(({ kind }) => kind === 'delivery-reported').length, 3);
    assert.equal(events.filter(({ kind }) => kind === 'message-read').length, 3);

    const { code, stdout } = await ask(north, 'message', messageId);
    assert.equal(code, 0);
    for (const words of ['peer:south', 'vasp:seven', 'email', '250 2.0.0', 'Ok (south)', '1000 Success'])
      assert.ok(stdout.includes(words), `${words} in what angarium message says`);
  });

  it('has the other half of its history at the other carrier', async () => {
    const messages = await messagesOf(south);
    assert.equal(messages.length, 1, 'both recipients are of one message there');
    const { events, deliveries } = await historyOf(south, messages[0]!.id);
    assert.deepEqual(deliveries.map(({ recipient }) => recipient).sort(), [`+${MOVED}`, `+${SVEN}`]);
    const pushed = events.filter(({ kind }) => kind === 'report-pushed');
    assert.ok(pushed.length >= 5, 'an acknowledgement, two delivery reports, two read reports');
  });
});

describe('what comes by mail and from a content provider', () => {
  it('is at the handset with the octets of the mail', async () => {
    const before = nora.digests.length;
    const transport = createTransport({ host: '127.0.0.1', port: north.mm3Port, ignoreTLS: true });
    await transport.sendMail({
      from: MAILBOX,
      to: `+${NORA}@${north.domain}`,
      subject: 'from a mailbox',
      text: 'stays these couriers',
      attachments: [{ filename: 'picture.png', contentType: 'image/png', content: PICTURE }],
    });
    transport.close();
    const digests = await until('the mail at the handset', () => nora.digests[before]);
    assert.ok(digests.includes(DIGESTS[1]!));
  });

  it('goes on to another carrier, and its report comes back to the provider', async () => {
    const file = join(north.folder, 'picture.png');
    writeFileSync(file, PICTURE);
    process.env['JOURNEY_PROVIDER'] = PASSWORD;
    const before = sven.digests.length;
    await said(
      ...['vasp', 'send', '--url', `http://127.0.0.1:${north.mm7Port}/mm7`, '--user', 'seven'],
      ...['--password-env', 'JOURNEY_PROVIDER', '--vasp-id', 'seven', '--sender', CODE],
      ...['--to', `+${SVEN}`, '--file', file, '--delivery-report'],
    );
    assert.deepEqual(await until("the provider's message", () => sven.digests[before]), [DIGESTS[1]]);
    await until("the provider's report", () =>
      provider.received.some(({ message }) => message?.kind === 'DeliveryReportReq' && message.mmStatus === 'Retrieved'),
    );
  });
});

describe('all of it is charged', () => {
  it('by the records of each event, at both carriers, the same in JSON and CSV, in sequence', async () => {
    const expected: [CarrierSite, Readonly<Record<string, number>>][] = [
      [north, { MMO1S: 1, MMO4FRq: 2, MMO4FRs: 2, MMO4D: 2, MMO4R: 2, MMO1D: 5, MMO1R: 3, MM7S: 1 }],
      [south, { MMR4F: 2, MMR1NRq: 3, MMR4DRq: 3, MMR4RRq: 2 }],
    ];
    // A provider's message is one more by MM4.
    for (const [site, least] of expected) {
      const records = await until(`the records of ${site.name}`, () => {
        const its = chargingRecords(site);
        const counts = Object.fromEntries(
          Object.keys(least).map((name) => [name, its.filter(({ recordName }) => recordName === name).length]),
        );
        return Object.entries(least).every(([name, count]) => counts[name]! >= count) && its;
      });
      const ids = records.map(({ recordId }) => recordId);
      assert.equal(new Set(ids).size, ids.length, 'no record twice');
      const sequence = records.map(({ localSequenceNumber }) => localSequenceNumber);
      assert.deepEqual(
        sequence,
        sequence.map((_, i) => i + 1),
      );
      const lines = await until('the same in CSV', () => {
        const its = chargingLines(site, 'csv');
        return its.length >= records.length && its;
      });
      assert.deepEqual(
        lines.slice(0, ids.length).map((line) => readLine(line, 'csv')?.id),
        ids,
      );
      for (const line of lines) assert.equal(csvCells(line).length, COLUMNS.length);
    }
    const [rq] = chargingRecords(north).filter(({ recordName }) => recordName === 'MMO4FRq');
    assert.equal(rq!.recordExtensions?.answer?.code, '250 2.0.0');
    assert.equal(rq!.messageID, messageId);
  });
});

it('no program has complained, and both end in order', async () => {
  for (const program of programs) {
    await program.end('SIGTERM');
    const lines = program
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const loud = lines
      .map((line) => JSON.parse(line) as { level: string; msg: string })
      .filter(({ level }) => level === 'error' || level === 'fatal');
    assert.deepEqual(loud, []);
    assert.equal(program.process.exitCode, 0);
  }
});
