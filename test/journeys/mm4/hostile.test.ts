/** MM4 with a peer that sends what it must not, speaks for another, or takes nothing for a day. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Mm4ForwardReq, Mm4ForwardRes } from '#codec/mm4';
import { decodeParts, readContent } from '#codec/mms';
import { isPdu, LAB_PROFILES } from '#endpoint/carrier';
import type { MessageId } from '#messaging';
import { SmtpDialogue } from '#smtp';
import { ALICE, BOB, BODY, OURS, startWorld, THEIRS, type World, type WorldOptions } from '../../kit/mm4/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECOND = 'mms.opc.example';

let world: World | undefined;
const start = async (options?: WorldOptions): Promise<World> => {
  world = await startWorld(options);
  return world;
};
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const REQUEST = [
  'X-Mms-3GPP-MMS-Version: 6.10.0',
  'X-Mms-Message-Type: MM4_forward.REQ',
  'X-Mms-Ack-Request: Yes',
  `X-Mms-Originator-System: system-user@${THEIRS}`,
];
const NAMES = ['X-Mms-Transaction-ID: "t-1"', 'X-Mms-Message-ID: "m-1"'];
const FROM = [`From: +${BOB}/TYPE=PLMN`, `To: +${ALICE}/TYPE=PLMN`];

/** Hands in a mail of these lines as a client that minds nothing, octets above 0x7f as they are in Latin-1; code and enhanced code of the last reply. */
async function hand({ port }: World, lines: readonly string[], sender = `system-user@${THEIRS}`, to?: string): Promise<string> {
  const client = await SmtpDialogue.open({ port });
  await client.reply();
  await client.ask('EHLO mx.opb.example');
  await client.ask(`MAIL FROM:<${sender}>`);
  await client.ask(`RCPT TO:<${to ?? `+${ALICE}/TYPE=PLMN@${OURS}`}>`);
  await client.ask('DATA');
  client.octets(Buffer.from(`${lines.join('\r\n')}\r\n.\r\n`, 'latin1'));
  const reply = await client.reply();
  client.close();
  return reply?.split(' ', 2).join(' ') ?? 'no reply';
}
const answers = ({ lab }: World): readonly Mm4ForwardRes[] =>
  lab.received.filter(isPdu('MM4_forward.RES')).map(({ pdu }) => pdu as Mm4ForwardRes);
const answered = (w: World, count = 1): Promise<void> => w.until('the answer', () => answers(w).length === count);
const forwards = ({ lab }: World): readonly Mm4ForwardReq[] =>
  lab.received.filter(isPdu('MM4_forward.REQ')).map(({ pdu }) => pdu as Mm4ForwardReq);
const eventsOf = ({ events }: World, id: MessageId, kind: string): number =>
  events.filter((event) => event.messageId === id && event.kind === kind).length;
const settled = (w: World, id: MessageId, state: string): Promise<void> =>
  w.until(state, async () => (await w.statesOf(id)).every((it) => it === state));

/** Multiparts within multiparts, with one line of text in the middle. */
const nested = (depth: number): readonly string[] => [
  ...Array.from({ length: depth }, (_, i) => [
    ...(i === 0 ? [] : [`--b${i - 1}`]),
    `Content-Type: multipart/mixed; boundary=b${i}`,
    '',
  ]).flat(),
  `--b${depth - 1}`,
  '',
  'deep inside',
  ...Array.from({ length: depth }, (_, i) => `--b${depth - 1 - i}--`),
];

async function textsOf(w: World): Promise<readonly string[]> {
  const content = readContent(await w.contentOf(w.pushes.at(-1)!));
  assert.ok(content.ok);
  const parts = decodeParts(content.value);
  assert.ok(parts.ok);
  return parts.value.map(({ data }) => Buffer.from(data).toString());
}

describe('content of another carrier', () => {
  it('in multiparts within multiparts is read as deep as the limit, and refused beyond it', async () => {
    const w = await start();
    assert.equal(await hand(w, [...FROM, ...REQUEST, ...NAMES, ...nested(7)]), '250 2.0.0');
    await w.until('the notification', () => w.pushes.length === 1);
    assert.ok((await textsOf(w)).some((text) => text.includes('deep inside')));
    for (const depth of [20, 2_000]) assert.equal(await hand(w, [...FROM, ...REQUEST, ...nested(depth)]), '554 5.6.0');
    await answered(w);
    assert.equal(w.pushes.length, 1);
  });

  it('in encodings and charsets that are wrong, unknown or damaged is delivered as far as it can be read', async () => {
    const w = await start();
    const wrong = [
      ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', '%%%% no base64 %%%%'],
      ['Content-Type: text/plain', 'Content-Transfer-Encoding: x-own', '', 'as it is'],
      ['Content-Type: text/plain; charset=klingon', '', 'nuqneH'],
      ['Content-Type: text/plain', 'Content-Transfer-Encoding: quoted-printable', '', 'a=ZZb='],
      ['Content-Type: text/plain; charset=utf-8', '', 'no UTF-8: \xff\xfe'],
      ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: image/jpeg', '', 'never ends'],
      ['Content-Type: ;;;', '', 'of no type'],
    ];
    for (const [i, lines] of wrong.entries()) {
      const names = [`X-Mms-Transaction-ID: "t-${i}"`, `X-Mms-Message-ID: "m-${i}"`];
      assert.equal(await hand(w, [...FROM, ...REQUEST, ...names, ...lines]), '250 2.0.0', lines.join());
      await w.until('the notification', () => w.pushes.length === i + 1);
      assert.ok((await textsOf(w)).length > 0, lines.join());
    }
    await answered(w, wrong.length);
    assert.deepEqual(new Set(answers(w).map(({ status }) => status)), new Set(['Ok']));
  });

  it('larger than the peer may send is refused at MAIL, before it comes', async () => {
    const w = await start({ peer: { limits: { 'size-max': '10KB' } } });
    const big = { kind: 'leaf', type: { media: 'image/jpeg', parameters: {} }, data: new Uint8Array(20_000) } as const;
    const { outcome } = await w.lab.send({ from: BOB, to: [ALICE], body: big });
    const [one] = outcome.recipients;
    assert.deepEqual([one?.kind, one?.kind === 'failed' && one.phase, one?.reply?.enhanced], ['failed', 'mail', '5.3.4']);
    await w.lab.send({ from: BOB, to: [ALICE], body: BODY });
    await w.until('the notification of the small one', () => w.pushes.length === 1);
  });
});

describe('headers of another carrier', () => {
  it('with octets above 0x7f are read as UTF-8, or as Latin-1 where they are none', async () => {
    const w = await start();
    for (const subject of [Buffer.from('Grüße', 'utf8').toString('latin1'), 'Gr\xfc\xdfe']) {
      const id = subject.length;
      const names = [`X-Mms-Transaction-ID: "${id}"`, `X-Mms-Message-ID: "${id}"`];
      assert.equal(await hand(w, [...FROM, `Subject: ${subject}`, ...REQUEST, ...names, '', 'x']), '250 2.0.0');
    }
    await w.until('both notifications', () => w.pushes.length === 2);
    assert.deepEqual(
      w.pushes.map((push) => push.kind === 'notification' && push.subject),
      ['Grüße', 'Grüße'],
    );
  });

  it('that name no sender, or one who cannot be, are refused with the ids that could be read', async () => {
    const bogus = [
      [['From: <<'], 'Error-message-format-corrupt'],
      [['From: +4671000000\xff1/TYPE=PLMN'], 'Error-message-format-corrupt'],
      [[`From: +${BOB}/TYPE=PLMN`, `From: +${ALICE}/TYPE=PLMN`], 'Error-message-format-corrupt'],
      [['From: =?utf-8?Q?+46710000001=0D=0ABcc:_x?='], 'Error-message-format-corrupt'],
      [[`From: +${ALICE}/TYPE=PLMN`], 'Error-service-denied'],
      [[`From: somebody@${OURS}`], 'Error-service-denied'],
    ] as const;
    for (const [from, status] of bogus) {
      const w = await start();
      assert.equal(await hand(w, [...from, ...REQUEST, ...NAMES, '', 'x']), '250 2.0.0', from.join());
      await answered(w);
      const [answer] = answers(w);
      assert.deepEqual([answer!.status, answer!.transactionId, answer!.messageId], [status, 't-1', 'm-1'], from.join());
      assert.equal(w.pushes.length, 0);
      await w.close();
      world = undefined;
    }
  });

  it('bring nothing into our answer but what stands in quotes: ids that are folded, encoded, quoted or paths', async () => {
    const ids = ['t\r\n X-Evil: yes', '=?utf-8?Q?t=0D=0AX-Evil:_yes?=', '../../../etc/passwd', `${'x'.repeat(200)}`];
    for (const id of ids) {
      const w = await start();
      const names = [`X-Mms-Transaction-ID: "${id}"`, `X-Mms-Message-ID: "${id}"`];
      assert.equal(await hand(w, [...FROM, ...REQUEST, ...names, '', 'x']), '250 2.0.0', id);
      const { mail } = await w.lab.until(isPdu('MM4_forward.RES'));
      const text = Buffer.from(mail.content).toString('latin1');
      const [head] = text.split('\r\n\r\n');
      assert.doesNotMatch(head!, /^X-Evil/m, id);
      assert.equal(head!.match(/^X-Mms-Transaction-ID:/gim)?.length, 1, id);
      assert.equal(answers(w)[0]!.transactionId, id.replace('\r\n', ''), id);
      await w.close();
      world = undefined;
    }
  });

  it('with octets that no header of ours can give back are no ids: nothing is taken that could never be answered', async () => {
    const w = await start();
    const ids = ['X-Mms-Transaction-ID: "t-\xe9"', 'X-Mms-Message-ID: "m-1"'];
    assert.match(await hand(w, [...FROM, ...REQUEST, ...ids, '', 'x']), /^5\d\d 5/);
    const named = ['X-Mms-Transaction-ID: "t-1"', 'X-Mms-Message-ID: "m-\xe9"'];
    assert.equal(await hand(w, [...FROM, ...REQUEST, ...named, '', 'x']), '250 2.0.0');
    await answered(w);
    const [answer] = answers(w);
    assert.deepEqual([answer!.status, answer!.transactionId], ['Error-message-format-corrupt', 't-1']);
    assert.equal(w.pushes.length, 0);
  });
});

describe('a message that comes again', () => {
  it('within a day, under the same id, is delivered once and answered each time; after the window it is another one', async () => {
    const w = await start();
    const lines = [...FROM, ...REQUEST, ...NAMES, '', 'x'];
    assert.equal(await hand(w, lines), '250 2.0.0');
    w.pass(23 * HOUR);
    assert.equal(await hand(w, lines), '250 2.0.0');
    await answered(w, 2);
    assert.deepEqual(
      answers(w).map(({ status, messageId }) => [status, messageId]),
      [
        ['Ok', 'm-1'],
        ['Ok', 'm-1'],
      ],
    );
    assert.equal(w.pushes.length, 1);
    w.pass(4 * DAY);
    assert.equal(await hand(w, lines), '250 2.0.0');
    await w.until('the second notification', () => w.pushes.length === 2);
  });
});

describe('a peer that speaks for another', () => {
  const forged = (w: World, kind: string, more: readonly string[]): Promise<string> => {
    const [{ transactionId, messageId }] = forwards(w) as [Mm4ForwardReq];
    const lines = [
      `From: +${BOB}/TYPE=PLMN`,
      `To: +${ALICE}/TYPE=PLMN`,
      'X-Mms-3GPP-MMS-Version: 6.10.0',
      `X-Mms-Message-Type: ${kind}`,
      `X-Mms-Transaction-ID: "${transactionId}"`,
      `X-Mms-Message-ID: "${messageId}"`,
      ...more,
      '',
      '',
    ];
    return hand(w, lines, `system-user@${SECOND}`, kind.endsWith('RES') ? `system-user@${OURS}` : undefined);
  };

  it('cannot answer for a message that did not go to it, nor report about it', async () => {
    const w = await start({ profile: LAB_PROFILES['res-never'], secondPeer: SECOND });
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'handed-over');
    assert.equal(await forged(w, 'MM4_forward.RES', ['X-Mms-Request-Status-Code: Error-service-denied']), '250 2.0.0');
    assert.deepEqual(await w.statesOf(messageId), ['handed-over']);
    const report = ['X-Mms-MM-Status-Code: Rejected', 'Date: Thu, 13 Jan 2022 02:25:45 +0000'];
    assert.equal(await forged(w, 'MM4_delivery_report.REQ', report), '550 5.1.6');
    assert.deepEqual(await w.statesOf(messageId), ['handed-over']);
    assert.ok(!w.pushes.some(({ kind }) => kind === 'delivery-report'));
  });
});

describe('a peer that answers 4xx for a day', () => {
  it('is asked again by its waits, gets the message under the same ids when it takes it, and once', async () => {
    const w = await start({ profile: LAB_PROFILES['4xx'], peer: { retry: ['10m', '1h'] }, policy: { expiryDefaultMs: 3 * DAY } });
    const { messageId } = await w.submit([BOB]);
    for (let attempt = 1; attempt <= 24; attempt++) {
      await w.until(`attempt ${attempt}`, () => eventsOf(w, messageId, 'handover-put-off') === attempt);
      w.pass(HOUR);
    }
    w.lab.setProfile(LAB_PROFILES.good);
    await w.until('one attempt more, of either kind', () => {
      const tried = eventsOf(w, messageId, 'handover-put-off') + eventsOf(w, messageId, 'handed-over');
      return tried === 25;
    });
    w.pass(HOUR);
    await settled(w, messageId, 'transferred');
    assert.equal(forwards(w).length, 1);
    const times = w.events.flatMap((event) => (event.kind === 'handover-put-off' ? [event] : []));
    const waits = times.map(({ at, retryAt }) => Math.round((retryAt - at) / MINUTE));
    assert.deepEqual(waits, [10, ...Array<number>(waits.length - 1).fill(60)]);
  });

  it('does not keep the sender waiting beyond the expiry of his message', async () => {
    const w = await start({ profile: LAB_PROFILES['4xx'], peer: { retry: ['1h'] } });
    const { messageId } = await w.submit([BOB], { deliveryReport: true, expiry: { afterMs: 3 * HOUR } });
    await w.until('the first attempt', () => eventsOf(w, messageId, 'handover-put-off') === 1);
    w.pass(3 * HOUR);
    await settled(w, messageId, 'expired');
    await w.until('the report', () => w.pushes.some((push) => push.kind === 'delivery-report' && push.outcome === 'expired'));
  });
});
