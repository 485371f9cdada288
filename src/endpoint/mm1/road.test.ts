/** MM1 with the real domain on the memory store: the road of a message, request by request. Pushes are kept instead of sent. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createMessaging, type MessagingService, type Notification, type Policy, type Push } from '#messaging';
import { openMemoryStore } from '#store/memory';
import {
  ALICE,
  aConfig,
  aContent,
  aLedger,
  aSendReq,
  ask,
  BOB,
  eventually,
  get,
  post,
  retrieveConf,
  sendConf,
} from './fixtures.contract.js';
import { type Mm1, startMm1 } from './server.js';

const CAROL = '46708888888';

const POLICY: Policy = {
  numbering: { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' },
  ownNumbers: ['4670'],
  sizeMax: 300_000,
  recipientsMax: 5,
  expiryDefaultMs: 86_400_000,
  expiryMaxMs: 7 * 86_400_000,
  deliveryTimeMaxMs: 86_400_000,
  senderHidingAllowed: true,
  deliveryReportsAllowed: true,
  readReportsAllowed: true,
  pushRetryMs: [60_000],
  reportLifetimeMs: 86_400_000,
  resubmissionWindowMs: 3_600_000,
  historyMs: 86_400_000,
  retrieveBy: 'recipient',
  pushesInFlightMax: 100,
};

interface Road {
  readonly port: number;
  readonly pushes: Push[];
  readonly messaging: MessagingService;
  /** The notification that `number` got last; does what is due first. */
  notified(number: string): Promise<Notification>;
}

async function onTheRoad(use: (road: Road) => Promise<void>): Promise<void> {
  const store = openMemoryStore();
  const pushes: Push[] = [];
  const messaging = createMessaging(
    {
      messages: store.messages,
      handsets: store.handsets,
      notifier: {
        push: async (push) => {
          pushes.push(push);
          return { kind: 'accepted' };
        },
      },
      now: Date.now,
      monotonic: () => performance.now(),
      randomOctets: (count) => randomBytes(count),
      observe: () => {},
    },
    POLICY,
  );
  const { log, meter } = aLedger();
  const ports = { messaging, numbering: POLICY.numbering, log, meter, now: Date.now, writable: () => true };
  const mm1: Mm1 = await startMm1(aConfig(), ports);
  try {
    await use({
      port: mm1.address.port,
      pushes,
      messaging,
      async notified(number) {
        await messaging.workDue();
        const push = pushes.findLast((each) => each.kind === 'notification' && each.to === number);
        assert.ok(push?.kind === 'notification', `a notification for ${number}`);
        return push;
      },
    });
  } finally {
    await mm1.close();
    await messaging.stopWork();
  }
}

const as = (number: string) => ({ 'X-MSISDN': number });

describe('a message on its road over MM1', () => {
  it('goes from Alice to Bob: submitted, notified, fetched, acknowledged, reported', () =>
    onTheRoad(async ({ port, pushes, messaging, notified }) => {
      const content = aContent('hello Bob');
      const conf = sendConf(
        (await post(port, aSendReq({ subject: 'Grüße', deliveryReport: true, readReport: true, content }))).body,
      );
      assert.equal(conf.responseStatus, 0x80);

      const { key } = await notified(BOB);
      const message = retrieveConf((await get(port, `/m/${key}`)).body);
      assert.equal(message.messageId, conf.messageId);
      assert.equal(message.subject, 'Grüße');
      assert.deepEqual(message.from, { kind: 'address', address: `+${ALICE}/TYPE=PLMN` });
      assert.deepEqual(Buffer.from(message.content!.octets), Buffer.from(content.octets));

      const again = retrieveConf((await get(port, `/m/${key}`)).body);
      assert.deepEqual(again, message);

      const answer = { kind: 'm-acknowledge-ind', transactionId: message.transactionId!, version: '1.2' } as const;
      assert.equal((await post(port, answer, as(BOB))).status, 200);
      const read = {
        kind: 'm-read-rec-ind',
        version: '1.2',
        messageId: conf.messageId!,
        to: [`+${ALICE}/TYPE=PLMN`],
        from: { kind: 'insert-address' },
        readStatus: 'read',
      } as const;
      assert.equal((await post(port, read, as(BOB))).status, 200);
      await messaging.workDue();
      const report = pushes.find((push) => push.kind === 'delivery-report');
      assert.ok(report?.kind === 'delivery-report' && report.to === ALICE && report.outcome === 'retrieved');
      const readReport = pushes.find((push) => push.kind === 'read-report');
      assert.ok(readReport?.kind === 'read-report' && readReport.to === ALICE && readReport.status === 'read');
    }));

  it('is accepted once when the same octets come twice, and both answers are the same', () =>
    onTheRoad(async ({ port, pushes, notified }) => {
      const first = await post(port, aSendReq());
      const second = await post(port, aSendReq());
      assert.deepEqual(second.body, first.body);
      await notified(BOB);
      assert.equal(pushes.length, 1);
    }));

  it('does not show anybody who got a blind copy', () =>
    onTheRoad(async ({ port, notified }) => {
      await post(port, aSendReq({ to: [`+${BOB}/TYPE=PLMN`], bcc: [`+${CAROL}/TYPE=PLMN`] }));
      for (const number of [BOB, CAROL]) {
        const { key } = await notified(number);
        const { body } = await get(port, `/m/${key}`, as(number));
        assert.equal(retrieveConf(body).retrieveStatus, 0x80);
        assert.ok(!body.includes(CAROL));
      }
    }));

  it('stays with its recipient: others can neither fetch nor reject it', () =>
    onTheRoad(async ({ port, notified }) => {
      await post(port, aSendReq());
      const { key } = await notified(BOB);
      assert.equal(retrieveConf((await get(port, `/m/${key}`, as(CAROL))).body).retrieveStatus, 0xe1);
      const reject = { kind: 'm-notifyresp-ind', transactionId: key, version: '1.2', status: 'rejected' } as const;
      assert.equal((await post(port, reject, as(CAROL))).status, 200);
      assert.equal(retrieveConf((await get(port, `/m/${key}`)).body).retrieveStatus, 0x80);
      assert.equal((await post(port, reject, as(BOB))).status, 200);
      assert.equal(retrieveConf((await get(port, `/m/${key}`)).body).retrieveStatus, 0xe2);
    }));

  it('hides its sender when he wishes', () =>
    onTheRoad(async ({ port, notified }) => {
      await post(port, aSendReq({ senderVisibility: 'hide' }));
      const push = await notified(BOB);
      assert.equal(push.from, undefined);
      assert.ok(!(await get(port, `/m/${push.key}`)).body.includes(ALICE));
    }));

  it('reaches whom it can, and says who is not reached', () =>
    onTheRoad(async ({ port }) => {
      const to = [`+${BOB}/TYPE=PLMN`, '+4915112345678/TYPE=PLMN', 'carol@example.com', '???'];
      const partly = sendConf((await post(port, aSendReq({ to }))).body);
      assert.equal(partly.responseStatus, 0xc4);
      assert.match(partly.responseText ?? '', /^3 of 4 recipients refused/);
      const nobody = sendConf((await post(port, aSendReq({ to: to.slice(1) }))).body);
      assert.equal(nobody.responseStatus, 0xe3);
      const hundreds = sendConf(
        (await post(port, aSendReq({ to: Array.from({ length: 300 }, (_, i) => `+4670${1_000_000 + i}`) }))).body,
      );
      assert.equal(hundreds.responseStatus, 0xe0);
      assert.match(hundreds.responseText ?? '', /^Too many recipients/);
    }));

  it('is written for the version that the recipient has shown', () =>
    onTheRoad(async ({ port, notified }) => {
      await post(port, { kind: 'm-acknowledge-ind', transactionId: 'none', version: '1.0' }, as(BOB));
      await post(port, aSendReq());
      const { key } = await notified(BOB);
      const conf = retrieveConf((await get(port, `/m/${key}`)).body);
      assert.deepEqual([conf.version, conf.retrieveStatus], ['1.0', undefined]);
      const unknown = await get(port, '/m/-------------000000000');
      assert.equal(retrieveConf(unknown.body).retrieveStatus, undefined);
    }));

  it('can be fetched at once by everybody who is told of it at once', () =>
    onTheRoad(async ({ port, pushes, messaging }) => {
      const sent = 60;
      await Promise.all(
        Array.from({ length: sent }, (_, i) => post(port, aSendReq({ transactionId: `T${i}`, to: [`+4670${1_000_000 + i}`] }))),
      );
      const working = messaging.workDue();
      await eventually(() => pushes.length === sent);
      const answers = await Promise.all(
        pushes.map((push) => (push.kind === 'notification' ? get(port, `/m/${push.key}`, as(push.to)) : undefined)),
      );
      for (const answer of answers) assert.equal(retrieveConf(answer!.body).retrieveStatus, 0x80);
      await working;
    }));

  it('is found under no address that nobody was told', () =>
    onTheRoad(async ({ port }) => {
      const { status, body } = await ask(port, 'GET', '/m/0000000000000000000000');
      assert.deepEqual([status, retrieveConf(body).retrieveStatus], [200, 0xe2]);
    }));
});
