/** MM4 out: our subscribers write to another carrier's, which answers well, badly, late, twice or never. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import { decodeBody, leafParts } from '#codec/mime';
import { type Mm4ForwardReq, mm4AddressText } from '#codec/mm4';
import { makeContent } from '#codec/mms';
import { isPdu, LAB_PROFILES } from '#endpoint/carrier';
import type { DeliveryState, MessageId, Push } from '#messaging';
import {
  ALICE,
  ANNA,
  BERTA,
  BOB,
  numberAddress,
  OURS,
  PICTURE,
  startWorld,
  THEIRS,
  type World,
  type WorldOptions,
} from '../../kit/mm4/world.js';

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

let world: World | undefined;
const start = async (options?: WorldOptions): Promise<World> => {
  world = await startWorld(options);
  return world;
};
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const forwards = ({ lab }: World): Mm4ForwardReq[] =>
  lab.received.filter(isPdu('MM4_forward.REQ')).map(({ pdu }) => pdu as Mm4ForwardReq);
/** Waits until every delivery of the message is in one of these states. */
const settled = (w: World, id: MessageId, ...states: DeliveryState[]): Promise<void> =>
  w.until(states.join(), async () => (await w.statesOf(id)).every((state) => states.includes(state)));
const reports = ({ pushes }: World): Push[] => pushes.filter(({ kind }) => kind === 'delivery-report');
const kindsOf = ({ events }: World, id: MessageId): string[] =>
  events.filter((event) => event.messageId === id).map(({ kind }) => kind);

describe('a message to another carrier', () => {
  it('goes out in one transaction for all its recipients there, in the form of MM4, and is done when the peer answers for it', async () => {
    const w = await start();
    const { messageId } = await w.submit([BOB, BERTA, ANNA], { subject: 'Grüße\r\nBcc: x' });
    await w.lab.until(isPdu('MM4_forward.REQ'));
    const [{ mail }] = w.lab.received as [World['lab']['received'][number]];
    assert.match(mail.sender, new RegExp(`^<\\+${ALICE}/TYPE=PLMN@${OURS}>`));
    assert.deepEqual(
      mail.recipients.map((it) => it.split(' ')[0]),
      [BOB, BERTA].map((it) => `<+${it}/TYPE=PLMN@${THEIRS}>`),
    );
    const [pdu] = forwards(w);
    assert.equal(pdu?.messageId, messageId);
    assert.deepEqual(
      pdu?.to?.map((it) => mm4AddressText(it)),
      [BOB, BERTA, ANNA].map((it) => `+${it}/TYPE=PLMN`),
    );
    assert.equal(pdu?.subject, 'Grüße Bcc: x');
    assert.equal(mm4AddressText(pdu!.originatorSystem!), `system-user@${OURS}`);
    await w.until(
      'the answers',
      async () => (await w.statesOf(messageId)).filter((state) => state === 'transferred').length === 2,
    );
    assert.equal(forwards(w).length, 1);
  });

  it('has the same octets there as here', async () => {
    const w = await start();
    await w.submit([BOB]);
    const { entity } = await w.lab.until(isPdu('MM4_forward.REQ'));
    assert.deepEqual(
      leafParts(entity!).map(({ part }) => [part.type.media, sha256(decodeBody(part))]),
      [
        ['text/plain', sha256(new TextEncoder().encode('Grüße'))],
        ['image/jpeg', sha256(PICTURE)],
      ],
    );
  });

  it('goes to each recipient alone where the peer takes one only, each transaction under its own id', async () => {
    const w = await start({ peer: { limits: { 'recipients-out-max': 1 } } });
    const { messageId } = await w.submit([BOB, BERTA]);
    await settled(w, messageId, 'transferred');
    const sent = forwards(w);
    assert.equal(sent.length, 2);
    assert.equal(new Set(sent.map(({ transactionId }) => transactionId)).size, 2);
    assert.deepEqual(new Set(sent.map((it) => it.messageId)), new Set([messageId]));
  });

  it('names a hidden sender to the peer, with the wish to hide him', async () => {
    const w = await start();
    await w.submit([BOB], { senderVisibility: 'hide' });
    await w.lab.until(isPdu('MM4_forward.REQ'));
    const [pdu] = forwards(w);
    assert.deepEqual([mm4AddressText(pdu!.from), pdu!.senderVisibility], [`+${ALICE}/TYPE=PLMN`, 'hide']);
  });

  it('that users forwarded says how often and who sent it before', async () => {
    const w = await start();
    await w.submit([BOB], {
      forwarding: { counter: 1, previously: [{ by: numberAddress(ANNA), at: 1_600_000_000_000 }] },
    });
    await w.lab.until(isPdu('MM4_forward.REQ'));
    const [pdu] = forwards(w);
    assert.equal(pdu!.forwardCounter, 1);
    assert.deepEqual(pdu!.previouslySentDate, [{ index: 0, at: 1_600_000_000_000 }]);
    assert.equal(mm4AddressText(pdu!.previouslySentBy![0]!.address), `+${ANNA}/TYPE=PLMN`);
  });

  it('brings its sender a delivery report when the peer reports that it was retrieved, and the peer its response', async () => {
    const w = await start();
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'retrieved');
    await w.until('the report', () => reports(w).length === 1);
    const [push] = reports(w);
    assert.ok(push?.kind === 'delivery-report' && push.outcome === 'retrieved');
    const { pdu } = await w.lab.until(isPdu('MM4_delivery_report.RES'));
    assert.ok(pdu?.kind === 'MM4_delivery_report.RES' && pdu.status === 'Ok' && pdu.messageId === messageId);
  });

  it('is reported rightly by a peer that writes From and To as in the message', async () => {
    const w = await start({ profile: LAB_PROFILES['report-as-in-message'] });
    const { messageId } = await w.submit([BOB, BERTA], { deliveryReport: true });
    await settled(w, messageId, 'retrieved');
  });

  it('brings its sender a read report, and the peer its response', async () => {
    const w = await start();
    await w.submit([BOB], { readReport: true });
    await w.lab.until(isPdu('MM4_forward.REQ'));
    const [pdu] = forwards(w);
    await w.lab.reportRead(pdu!, pdu!.to![0]!, 'read');
    await w.until('the report', () => w.pushes.some(({ kind }) => kind === 'read-report'));
    assert.ok(w.lab.received.some(isPdu('MM4_read_reply_report.RES')));
  });
});

describe('a peer that answers twice', () => {
  it('changes nothing by the second answer', async () => {
    const w = await start({ profile: LAB_PROFILES['res-twice'] });
    const { messageId } = await w.submit([BOB]);
    await settled(w, messageId, 'transferred');
    const again = await w.submit([BOB]);
    await settled(w, again.messageId, 'transferred');
    assert.equal(kindsOf(w, messageId).filter((kind) => kind === 'delivery-ended').length, 1);
    assert.equal(forwards(w).length, 2);
  });

  it('with Ok and then a refusal is believed the first time', async () => {
    const w = await start({ profile: LAB_PROFILES['res-contradictory'] });
    const { messageId } = await w.submit([BOB]);
    await w.until('the late word', () => kindsOf(w, messageId).filter((kind) => kind === 'handover-answered').length === 2);
    assert.deepEqual(await w.statesOf(messageId), ['transferred']);
  });
});

describe('a peer that does not answer', () => {
  it('is waited for, then the message is called indeterminate; it is not sent twice', async () => {
    const w = await start({ profile: LAB_PROFILES['res-never'], peer: { acknowledgement: { wait: '1m' } } });
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'handed-over');
    w.pass(120_000);
    await settled(w, messageId, 'indeterminate');
    assert.equal(forwards(w).length, 1);
    await w.until('the report', () => reports(w).length === 1);
  });

  it('is waited for, then the message goes out again under the same ids where the peer is one that loses messages', async () => {
    const acknowledgement = { wait: '1m', 'when-missing': 'resend' };
    const w = await start({ profile: LAB_PROFILES['res-never'], peer: { acknowledgement } });
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'handed-over');
    w.pass(61_000);
    await w.until('the repetition', () => forwards(w).length === 2);
    const [first, second] = forwards(w);
    assert.deepEqual(
      [second!.transactionId, second!.messageId, second!.mailId],
      [first!.transactionId, first!.messageId, first!.mailId],
    );
    await settled(w, messageId, 'handed-over');
  });

  it('but reports has said more than an answer would have', async () => {
    const w = await start({ profile: LAB_PROFILES['res-never-but-report'] });
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'retrieved');
  });

  it('but with the id of another transaction does not answer', async () => {
    const w = await start({ profile: LAB_PROFILES['res-foreign'], peer: { acknowledgement: { wait: '1m' } } });
    const { messageId } = await w.submit([BOB]);
    await settled(w, messageId, 'handed-over');
    w.pass(120_000);
    await settled(w, messageId, 'indeterminate');
  });

  it('because it was not asked leaves the message with the peer', async () => {
    const w = await start({ profile: LAB_PROFILES['res-never'], peer: { acknowledgement: { forward: false } } });
    const { messageId } = await w.submit([BOB]);
    await settled(w, messageId, 'transferred');
  });
});

describe('a peer that refuses', () => {
  it('in its answer ends the delivery as rejected, and the sender hears of it', async () => {
    const w = await start({ profile: LAB_PROFILES['res-error'] });
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'rejected');
    await w.until('the report', () => reports(w).length === 1);
  });

  it('for one recipient by name ends that delivery alone', async () => {
    const w = await start({ profile: LAB_PROFILES['res-partial'] });
    const { messageId } = await w.submit([BOB, BERTA]);
    await settled(w, messageId, 'rejected', 'transferred');
    assert.deepEqual(await w.statesOf(messageId), ['rejected', 'transferred']);
  });

  it('in SMTP ends the delivery as rejected', async () => {
    const w = await start({ profile: LAB_PROFILES['5xx'] });
    const { messageId } = await w.submit([BOB]);
    await settled(w, messageId, 'rejected');
  });

  it('by its object what is larger than it takes is not tried', async () => {
    const w = await start({ peer: { limits: { 'size-max': '10KB' } } });
    const data = new Uint8Array(20_000);
    const { type, octets } = makeContent(
      [{ contentType: { media: 'image/jpeg', parameters: {} }, contentLocation: 'a.jpg', data }],
      { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
    );
    const { messageId } = await w.submit([BOB], { contentType: type.media, content: [octets] });
    await settled(w, messageId, 'rejected');
    assert.equal(forwards(w).length, 0);
  });

  it('for the time being is asked again under the same ids', async () => {
    const w = await start({ profile: LAB_PROFILES['res-later'] });
    const { messageId } = await w.submit([BOB]);
    await settled(w, messageId, 'transferred');
    const sent = forwards(w);
    assert.ok(sent.length >= 2);
    assert.equal(new Set(sent.map(({ transactionId }) => transactionId)).size, 1);
    assert.equal(new Set(sent.map((it) => it.mailId)).size, 1);
  });
});

describe('a peer with trouble', () => {
  for (const name of ['4xx', '4xx-after-data', 'busy', 'drop-in-data'] as const)
    it(`(${name}) is tried again until it takes the message`, async () => {
      const w = await start({ profile: LAB_PROFILES[name], peer: { retry: ['1s'] } });
      const { messageId } = await w.submit([BOB]);
      await w.until('the first attempt', () => kindsOf(w, messageId).includes('handover-put-off'));
      w.lab.setProfile(LAB_PROFILES.good);
      await settled(w, messageId, 'transferred');
    });

  it('(drop-after-data) gets the message again with the ids by which it knows it', async () => {
    const w = await start({ profile: LAB_PROFILES['drop-after-data'] });
    const { messageId } = await w.submit([BOB]);
    await w.until('the first attempt', () => forwards(w).length > 0);
    w.lab.setProfile(LAB_PROFILES.good);
    await settled(w, messageId, 'transferred');
    assert.equal(new Set(forwards(w).map(({ transactionId }) => transactionId)).size, 1);
  });

  it('(stall) holds up no handset of ours and no message from it', async () => {
    const w = await start({ profile: LAB_PROFILES.stall });
    await w.submit([BOB]);
    await w.until('the stalled handover', () => w.pool.health().some(({ busy }) => busy > 0));
    const { messageId } = await w.submit([ANNA]);
    await settled(w, messageId, 'notified');
    w.lab.setProfile(LAB_PROFILES.good);
  });

  it('that is paused by its operator gets nothing', async () => {
    const w = await start({ peer: { state: 'paused' } });
    const { messageId } = await w.submit([BOB]);
    await w.until('the road to be held', async () => (await w.messaging.roads()).some(({ state }) => state === 'held'));
    assert.deepEqual(await w.statesOf(messageId), ['due']);
    assert.equal(w.lab.received.length, 0);
  });
});

describe('a report of another carrier', () => {
  it('about a message that nobody sent is answered so', async () => {
    const w = await start({ profile: LAB_PROFILES['report-foreign'] });
    await w.submit([BOB], { deliveryReport: true });
    const { pdu } = await w.lab.until(isPdu('MM4_delivery_report.RES'));
    assert.ok(pdu?.kind === 'MM4_delivery_report.RES' && pdu.status === 'Error-message-not-found');
    assert.equal(reports(w).length, 0);
  });

  it('that comes twice is one to the sender', async () => {
    const w = await start({ profile: LAB_PROFILES['report-twice'] });
    await w.submit([BOB], { deliveryReport: true });
    await w.until('both responses', () => w.lab.received.filter(isPdu('MM4_delivery_report.RES')).length === 2);
    await w.until('the report', () => reports(w).length > 0);
    assert.equal(reports(w).length, 1);
  });

  it('of Deferred is followed by the one that counts', async () => {
    const w = await start({ profile: LAB_PROFILES['report-deferred'] });
    const { messageId } = await w.submit([BOB], { deliveryReport: true });
    await settled(w, messageId, 'retrieved');
  });

  for (const [name, state] of [
    ['report-rejected', 'rejected'],
    ['report-expired', 'expired'],
  ] as const)
    it(`(${name}) ends the delivery as it says`, async () => {
      const w = await start({ profile: LAB_PROFILES[name] });
      const { messageId } = await w.submit([BOB], { deliveryReport: true });
      await settled(w, messageId, state);
    });
});

describe('mail that comes back', () => {
  it('as a notification of RFC 3464 ends the delivery, whether ENVID or the returned header says which', async () => {
    for (const byEnvelopeId of [true, false]) {
      const w = await start({ profile: LAB_PROFILES['res-never'] });
      const { messageId } = await w.submit([BOB]);
      await w.lab.until(isPdu('MM4_forward.REQ'));
      const [pdu] = forwards(w);
      const lines = [
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        '',
        'It did not work.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; relay.example',
        ...(byEnvelopeId ? [`Original-Envelope-Id: ${messageId}`] : []),
        '',
        `Final-Recipient: rfc822; +${BOB}/TYPE=PLMN@${THEIRS}`,
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 nobody',
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        `From: +${ALICE}/TYPE=PLMN`,
        'X-Mms-Message-Type: MM4_forward.REQ',
        `X-Mms-Transaction-ID: "${pdu!.transactionId}"`,
        `X-Mms-Message-ID: "${messageId}"`,
        '--b--',
        '',
      ];
      await w.lab.sendOctets('', [`+${ALICE}/TYPE=PLMN@${OURS}`], new TextEncoder().encode(lines.join('\r\n')));
      await settled(w, messageId, 'rejected');
      await w.close();
      world = undefined;
    }
  });
});

describe('a look at a peer', () => {
  it('is a real dialogue up to RCPT, and no mail', async () => {
    const w = await start();
    const probe = await w.mm4.testPeer('opb');
    assert.deepEqual(
      probe?.outcome.recipients.map(({ kind }) => kind),
      ['taken'],
    );
    const dialogue = probe.dialogue.map(({ from, text }) => `${from === 'us' ? '→' : '←'} ${text}`).join('\n');
    assert.match(dialogue, new RegExp(`→ MAIL FROM:<system-user@${OURS}>`));
    assert.match(dialogue, new RegExp(`→ RCPT TO:<system-user@${THEIRS}>`));
    assert.doesNotMatch(dialogue, /→ DATA/);
    assert.equal(w.lab.received.length, 0);
    const number = await w.mm4.testPeer('opb', `+${BOB}`);
    assert.match(number!.dialogue.map(({ text }) => text).join('\n'), new RegExp(`RCPT TO:<\\+${BOB}/TYPE=PLMN@${THEIRS}>`));
    assert.equal(await w.mm4.testPeer('nobody'), undefined);
  });
});
