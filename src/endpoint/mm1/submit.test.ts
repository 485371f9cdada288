import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { err, ok } from '#base';
import { decodePdu, encodePdu, type MmsPdu, RESPONSE_STATUS, type SendReq } from '#codec/mms';
import type { AnswerRefusal, RefusedRecipient, SubmitRefusal } from '#messaging';
import {
  ALICE,
  aContent,
  aSendReq,
  ask,
  BOB,
  INSERT,
  KEY,
  MESSAGE_ID,
  MMS,
  NOW,
  post,
  postOctets,
  sendConf,
  withMm1,
} from './fixtures.contract.js';
import { RESPONSES } from './refusals.js';

const BOB_ADDRESS = { kind: 'number', msisdn: BOB } as const;
const REFUSED: readonly RefusedRecipient[] = [
  { recipient: { field: 'to', address: { kind: 'unknown', text: '???' } }, reason: 'not-an-address' },
  { recipient: { field: 'cc', address: { kind: 'email', mailbox: 'a@b' } }, reason: 'no-route-for-email' },
];

describe('M-Send.req on MM1', () => {
  it('is answered with M-Send.conf Ok, its own transaction id and the Message-ID (MMS_ENC 6.1.2)', () =>
    withMm1({}, async ({ port }) => {
      const answer = await post(port, aSendReq({ transactionId: 'my-own-7', version: '1.2' }));
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], MMS);
      assert.equal(answer.headers['content-length'], String(answer.body.length));
      assert.deepEqual(sendConf(answer.body), {
        kind: 'm-send-conf',
        transactionId: 'my-own-7',
        version: '1.2',
        responseStatus: 0x80,
        messageId: MESSAGE_ID,
      });
    }));

  it('becomes a submission with every field, and content that is a view into what came', () =>
    withMm1({}, async ({ port, script }) => {
      const req = aSendReq({
        version: '1.3',
        date: NOW,
        to: ['+46707654321/TYPE=PLMN', '070-765 43 21'],
        cc: ['Bob <bob@example.com>', '*123#x'],
        bcc: ['112/TYPE=PLMN', 'TMS'],
        subject: 'Grüße',
        messageClass: { token: 'mine' },
        expiry: { kind: 'relative', seconds: 3600 },
        deliveryTime: { kind: 'absolute', at: NOW + 60_000 },
        priority: 'high',
        senderVisibility: 'hide',
        deliveryReport: true,
        readReport: true,
        replyCharging: 'requested',
        applicId: 'app',
        replyApplicId: 'reply',
        auxApplicInfo: 'aux',
        contentClass: 2,
        drmContent: true,
      });
      await post(port, req);
      const [submission] = script.submissions;
      assert.ok(submission);
      const { content, fingerprint, ...rest } = submission;
      assert.deepEqual(rest, {
        origin: { interface: 'mm1', version: '1.3' },
        sender: { kind: 'number', msisdn: ALICE },
        recipients: [
          { field: 'to', address: BOB_ADDRESS },
          { field: 'to', address: BOB_ADDRESS },
          { field: 'cc', address: { kind: 'email', mailbox: 'bob@example.com' } },
          { field: 'cc', address: { kind: 'unknown', text: '*123#x' } },
          { field: 'bcc', address: { kind: 'short-code', code: '112' } },
          { field: 'bcc', address: { kind: 'short-code', code: 'TMS' } },
        ],
        senderVisibility: 'hide',
        date: NOW,
        subject: 'Grüße',
        messageClass: { token: 'mine' },
        priority: 'high',
        deliveryReport: true,
        readReport: true,
        expiry: { afterMs: 3_600_000 },
        deliveryTime: { at: NOW + 60_000 },
        replyCharging: true,
        application: { applicId: 'app', replyApplicId: 'reply', auxApplicInfo: 'aux' },
        contentClass: 2,
        drmContent: true,
        contentType: 'application/vnd.wap.multipart.mixed',
      });
      assert.equal(content.length, 1);
      assert.deepEqual(Buffer.from(content[0]!), Buffer.from(aContent().octets));
      assert.ok(fingerprint.startsWith(`${ALICE}:`));
    }));

  it('has the defaults of the standard for fields that are absent (MMS_ENC 6.1.1)', () =>
    withMm1({}, async ({ port, script }) => {
      await post(port, aSendReq());
      const { content: _, fingerprint: __, ...rest } = script.submissions[0]!;
      assert.deepEqual(rest, {
        origin: { interface: 'mm1', version: '1.2' },
        sender: { kind: 'number', msisdn: ALICE },
        recipients: [{ field: 'to', address: BOB_ADDRESS }],
        messageClass: 'personal',
        priority: 'normal',
        deliveryReport: false,
        readReport: false,
        replyCharging: false,
        contentType: 'application/vnd.wap.multipart.mixed',
      });
    }));

  it('has the same fingerprint for the same octets of the same sender, and another for other octets or another sender', () =>
    withMm1({}, async ({ port, script }) => {
      for (const size of [10, 20_000]) {
        const content = aContent('x'.repeat(size));
        const first = encodePdu(aSendReq({ content }));
        const other = Uint8Array.from(first);
        other[other.length - 1]! ^= 1;
        await postOctets(port, first);
        await postOctets(port, first);
        await postOctets(port, other);
        await postOctets(port, first, { 'X-MSISDN': BOB });
        const [a, b, c, d] = script.submissions.splice(0).map((submission) => submission.fingerprint);
        assert.equal(a, b);
        assert.equal(new Set([a, c, d]).size, 3);
      }
    }));

  for (const version of ['1.0', '1.1', '1.2', '1.3'])
    for (const versionMax of ['1.0', '1.2', '1.3'])
      it(`of version ${version} to a relay of ${versionMax} is answered in the lower of the two`, () =>
        withMm1({ config: { versionMax } }, async ({ port }) => {
          const { version: answered } = sendConf((await post(port, aSendReq({ version }))).body);
          assert.equal(answered, [version, versionMax].sort()[0]);
        }));

  it('of a later minor version is answered in ours', () =>
    withMm1({}, async ({ port }) => {
      assert.equal(sendConf((await post(port, aSendReq({ version: '1.9' }))).body).version, '1.3');
    }));

  it('that some recipients will not get is a partial success with Message-ID and a text from 1.2 on', () =>
    withMm1(
      { messaging: { submit: async () => ok({ messageId: MESSAGE_ID, refused: REFUSED, resubmission: false }) } },
      async (bench) => {
        const conf = sendConf((await post(bench.port, aSendReq({ to: ['+46707654321', '???', 'a@b'] }))).body);
        assert.equal(conf.responseStatus, 0xc4);
        assert.equal(conf.messageId, MESSAGE_ID);
        assert.equal(conf.responseText, '2 of 3 recipients refused: 1 not an address, 1 no e-mail service');
        assert.equal(bench.count('angarium_mm1_submissions_total', { result: 'partly-accepted' }), 1);
      },
    ));

  for (const version of ['1.0', '1.1'])
    it(`that some recipients will not get is Ok with a text for ${version}, which knows no partial success`, () =>
      withMm1(
        { messaging: { submit: async () => ok({ messageId: MESSAGE_ID, refused: REFUSED, resubmission: false }) } },
        async ({ port }) => {
          const conf = sendConf((await post(port, aSendReq({ version, to: ['+46707654321', '???', 'a@b'] }))).body);
          assert.equal(conf.responseStatus, 0x80);
          assert.equal(conf.messageId, MESSAGE_ID);
          assert.match(conf.responseText ?? '', /^2 of 3 recipients refused/);
        },
      ));

  it('that is accepted has one line, for debugging, without subject or content: at the normal level the domain’s event says it', () =>
    withMm1({}, async ({ port, lines }) => {
      await post(port, aSendReq({ subject: 'secret subject' }));
      assert.deepEqual(
        lines.map((line) => [line.level, line.fields['messageId'], line.fields['sender']]),
        [['debug', MESSAGE_ID, ALICE]],
      );
      assert.ok(!JSON.stringify(lines).includes('secret'));
    }));

  it('that meets a defect of ours gets a transient status, is logged and does not end the endpoint', () => {
    let calls = 0;
    return withMm1(
      {
        messaging: {
          submit: async () => {
            if (++calls === 1) throw new TypeError('planted');
            return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
          },
        },
      },
      async ({ port, lines, count }) => {
        const conf = sendConf((await post(port, aSendReq())).body);
        assert.equal(conf.responseStatus, 0xc0);
        assert.equal(conf.transactionId, 'T1');
        assert.ok(!conf.responseText?.includes('planted'));
        assert.ok(lines.some((line) => line.level === 'error'));
        assert.equal(count('angarium_mm1_internal_errors_total'), 1);
        assert.equal(sendConf((await post(port, aSendReq())).body).responseStatus, 0x80);
      },
    );
  });
});

/** One refusal of each kind; the compiler keeps it complete. */
const SUBMIT_REFUSALS: { readonly [K in SubmitRefusal['kind']]: Extract<SubmitRefusal, { kind: K }> } = {
  'message-too-large': { kind: 'message-too-large', size: 400_000, sizeMax: 300_000 },
  'no-recipients': { kind: 'no-recipients' },
  'linked-message-not-found': { kind: 'linked-message-not-found' },
  'too-many-waiting': { kind: 'too-many-waiting', waitingMax: 10 },
  'too-many-recipients': { kind: 'too-many-recipients', recipients: 300, recipientsMax: 100 },
  'all-recipients-refused': { kind: 'all-recipients-refused', refused: REFUSED },
  'sender-hiding-not-allowed': { kind: 'sender-hiding-not-allowed' },
  'reply-charging-not-supported': { kind: 'reply-charging-not-supported' },
  'delivery-time-too-late': { kind: 'delivery-time-too-late', maxMs: 86_400_000 },
  'expires-before-delivery': { kind: 'expires-before-delivery' },
  'store-unavailable': { kind: 'store-unavailable', reason: 'ENOSPC: /var/lib/angarium is full' },
};

describe('refusals of the domain', () => {
  for (const refusal of Object.values(SUBMIT_REFUSALS))
    for (const version of ['1.0', '1.1', '1.2', '1.3'])
      it(`${refusal.kind} is said to a ${version} sender in words of ${version}, with a short ASCII text and no Message-ID`, () =>
        withMm1({ messaging: { submit: async () => err(refusal) } }, async ({ port, count, lines }) => {
          const answer = await post(port, aSendReq({ version }));
          assert.equal(answer.status, 200);
          const conf = sendConf(answer.body);
          const row = RESPONSE_STATUS[conf.responseStatus];
          assert.ok(row, `0x${conf.responseStatus.toString(16)} is a status of the standard`);
          assert.ok(row.since <= version && (row.until === undefined || row.until >= version), row.name);
          assert.equal(conf.transactionId, 'T1');
          assert.equal(conf.version, version);
          assert.equal(conf.messageId, undefined);
          assert.match(conf.responseText ?? '', /^[ -~]{5,80}$/);
          assert.ok(!conf.responseText?.includes('/var'));
          assert.equal(count('angarium_mm1_submissions_total', { result: refusal.kind }), 1);
          const [line] = lines.filter((each) => each.level === 'info');
          assert.equal(line?.fields['result'], refusal.kind);
        }));

  it('has transient statuses only where sending again can help', () => {
    const transient = Object.entries(RESPONSES)
      .filter(([, row]) => row.status >= 0xc0 && row.status < 0xe0)
      .map(([kind]) => kind);
    assert.deepEqual(transient, ['too-many-waiting', 'store-unavailable', 'not-writable', 'overloaded', 'internal-error']);
  });

  it('has words of 1.0 in its column for 1.0', () => {
    for (const [kind, row] of Object.entries(RESPONSES)) assert.ok(row.status10 >= 0x81 && row.status10 <= 0x88, kind);
  });

  it('tells the operator what it does not tell the handset', () =>
    withMm1({ messaging: { submit: async () => err(SUBMIT_REFUSALS['store-unavailable']) } }, async ({ port, lines }) => {
      await post(port, aSendReq());
      assert.ok(lines.some((line) => String(line.fields['reason']).includes('ENOSPC')));
    }));
});

describe('PDUs that are no submission', () => {
  const ANSWERS: readonly { pdu: MmsPdu; command: string; argument: unknown }[] = [
    {
      pdu: { kind: 'm-notifyresp-ind', transactionId: KEY, version: '1.2', status: 'deferred', reportAllowed: false },
      command: 'notificationAnswered',
      argument: { key: KEY, by: ALICE, status: 'deferred', reportAllowed: false },
    },
    {
      pdu: { kind: 'm-acknowledge-ind', transactionId: KEY, version: '1.0' },
      command: 'acknowledged',
      argument: { key: KEY, by: ALICE },
    },
    {
      pdu: {
        kind: 'm-read-rec-ind',
        messageId: MESSAGE_ID,
        version: '1.1',
        to: ['+46707654321'],
        from: INSERT,
        readStatus: 'read',
        date: NOW,
      },
      command: 'readReported',
      argument: { messageId: MESSAGE_ID, by: ALICE, status: 'read', at: NOW },
    },
  ];
  const REFUSALS: readonly AnswerRefusal['kind'][] = ['not-found', 'not-the-recipient', 'already-ended'];

  for (const { pdu, command, argument } of ANSWERS) {
    it(`${pdu.kind} is answered with an empty 200 after the domain has it (reference point MM1, OMA-TS-MMS-CTR)`, () => {
      let settle = (): void => {};
      const settled = new Promise<void>((resolve) => (settle = resolve));
      const slowly = async () => {
        await settled;
        return ok(undefined);
      };
      return withMm1(
        { messaging: { notificationAnswered: slowly, acknowledged: slowly, readReported: slowly } },
        async ({ port, script }) => {
          let answered = false;
          const answer = post(port, pdu).then((response) => {
            answered = true;
            return response;
          });
          while (!script.commands.some((each) => each.command === command)) await new Promise((resolve) => setImmediate(resolve));
          assert.equal(answered, false);
          settle();
          const { status, headers, body } = await answer;
          assert.deepEqual([status, headers['content-length'], body.length], [200, '0', 0]);
          assert.deepEqual(script.commands.find((each) => each.command === command)?.argument, argument);
        },
      );
    });

    for (const kind of REFUSALS)
      it(`${pdu.kind} is answered with an empty 200 although the domain says ${kind}: repeating it would not help`, () => {
        const refuse = async () => err({ kind } as AnswerRefusal);
        return withMm1(
          { messaging: { notificationAnswered: refuse, acknowledged: refuse, readReported: refuse } },
          async ({ port, count }) => {
            const { status, body } = await post(port, pdu);
            assert.deepEqual([status, body.length], [200, 0]);
            assert.equal(count('angarium_mm1_answers_total', { pdu: pdu.kind, result: kind }), 1);
            assert.equal(
              count('angarium_mm1_spoofing_attempts_total', { how: 'delivery' }),
              kind === 'not-the-recipient' ? 1 : 0,
            );
          },
        );
      });

    it(`${pdu.kind} is answered with 503 while the store is unavailable, so that the handset repeats it`, () => {
      const refuse = async () => err({ kind: 'store-unavailable', reason: 'full' } as const);
      return withMm1(
        { messaging: { notificationAnswered: refuse, acknowledged: refuse, readReported: refuse } },
        async ({ port }) => {
          const { status, headers } = await post(port, pdu);
          assert.equal(status, 503);
          assert.ok(Number(headers['retry-after']) > 0);
        },
      );
    });

    it(`${pdu.kind} is taken at the content address too, where Android has a carrier switch to send it`, () =>
      withMm1({}, async ({ port, script }) => {
        const { status } = await ask(port, 'POST', `/m/${KEY}`, { 'X-MSISDN': ALICE, 'Content-Type': MMS }, encodePdu(pdu));
        assert.equal(status, 200);
        assert.ok(script.commands.some((each) => each.command === command));
      }));

    it(`${pdu.kind} of somebody whom the network does not name says so to the domain`, () =>
      withMm1({}, async ({ port, script }) => {
        await ask(port, 'POST', '/mms', { 'Content-Type': MMS }, encodePdu(pdu));
        const given = script.commands.find((each) => each.command === command)?.argument as { by?: string };
        assert.equal('by' in given, false);
      }));
  }

  it('m-read-rec-ind without an identity names no reader, whatever From says: every recipient knows the Message-ID', () =>
    withMm1({}, async ({ port, script }) => {
      const pdu: MmsPdu = {
        kind: 'm-read-rec-ind',
        messageId: MESSAGE_ID,
        version: '1.2',
        to: ['+46701234567/TYPE=PLMN'],
        from: { kind: 'address', address: '+46707654321/TYPE=PLMN' },
        readStatus: 'deleted-without-being-read',
      };
      await ask(port, 'POST', '/mms', { 'Content-Type': MMS }, encodePdu(pdu));
      assert.deepEqual(script.commands[0]?.argument, {
        messageId: MESSAGE_ID,
        status: 'deleted-without-being-read',
      });
    }));

  const SERVER_ONLY: readonly MmsPdu[] = [
    { kind: 'm-send-conf', transactionId: 'T9', version: '1.1', responseStatus: 0x80 },
    {
      kind: 'm-notification-ind',
      transactionId: 'T9',
      version: '1.1',
      messageClass: 'personal',
      messageSize: 1,
      expiry: { kind: 'relative', seconds: 1 },
      contentLocation: 'http://x/y',
    },
    { kind: 'm-retrieve-conf', transactionId: 'T9', version: '1.1', date: NOW, to: [], cc: [], content: aContent() },
    {
      kind: 'm-delivery-ind',
      transactionId: 'T9',
      version: '1.1',
      messageId: 'x',
      to: ['+46707654321'],
      date: NOW,
      status: 'retrieved',
    },
    {
      kind: 'm-read-orig-ind',
      version: '1.1',
      messageId: 'x',
      to: ['+46707654321'],
      from: INSERT,
      date: NOW,
      readStatus: 'read',
    },
  ];
  for (const pdu of SERVER_ONLY)
    it(`${pdu.kind}, which only a server sends, is answered with Error-unsupported-message`, () =>
      withMm1({}, async ({ port, script }) => {
        const answer = await post(port, pdu);
        assert.equal(answer.status, 200);
        const conf = sendConf(answer.body);
        assert.equal(conf.responseStatus, 0x88);
        assert.equal(conf.version, '1.1');
        assert.equal(conf.transactionId, 'transactionId' in pdu ? 'T9' : '0');
        assert.equal(script.submissions.length, 0);
      }));

  const NOT_OFFERED: readonly MmsPdu[] = [
    {
      kind: 'm-forward-req',
      transactionId: 'T9',
      version: '1.2',
      from: INSERT,
      to: ['+46707654321'],
      cc: [],
      bcc: [],
      contentLocation: 'http://x/y',
    },
    { kind: 'm-mbox-store-req', transactionId: 'T9', version: '1.2', contentLocation: 'http://x/y' },
    { kind: 'm-mbox-view-req', transactionId: 'T9', version: '1.2', contentLocation: [], totals: true },
    { kind: 'm-mbox-upload-req', transactionId: 'T9', version: '1.2', content: aContent() },
    { kind: 'm-mbox-delete-req', transactionId: 'T9', version: '1.2', contentLocation: ['http://x/y'] },
    { kind: 'm-delete-req', transactionId: 'T9', version: '1.3', contentLocation: ['http://x/y'] },
    { kind: 'm-cancel-conf', transactionId: 'T9', version: '1.3', cancelStatus: 'request-successfully-received' },
    { kind: 'm-mbox-descr', to: [], cc: [], bcc: [] },
  ];
  /** The answers that have a Response-Status; to the others M-Send.conf says what the standard has no word for in their own answer. */
  const CONFS: Partial<Record<MmsPdu['kind'], MmsPdu['kind']>> = {
    'm-forward-req': 'm-forward-conf',
    'm-mbox-view-req': 'm-mbox-view-conf',
    'm-mbox-delete-req': 'm-mbox-delete-conf',
    'm-delete-req': 'm-delete-conf',
  };
  for (const pdu of NOT_OFFERED)
    it(`${pdu.kind}, a service that is not offered, is answered with Error-unsupported-message in ${CONFS[pdu.kind] ?? 'm-send-conf'}`, () =>
      withMm1({}, async ({ port, script }) => {
        const answer = await post(port, pdu);
        assert.equal(answer.status, 200);
        const decoded = decodePdu(answer.body);
        assert.ok(decoded.ok);
        const conf = decoded.value;
        assert.equal(conf.kind, CONFS[pdu.kind] ?? 'm-send-conf');
        assert.ok('responseStatus' in conf && 'transactionId' in conf);
        const { responseStatus: status } = conf;
        assert.deepEqual(status, typeof status === 'number' ? 0x88 : [{ count: 0, value: 0x88 }]);
        assert.equal(conf.transactionId, 'transactionId' in pdu ? 'T9' : '0');
        assert.deepEqual(
          script.commands.filter(({ command }) => command !== 'handsetSeen'),
          [],
        );
      }));

  it('an unknown PDU type is answered with Error-unsupported-message and its transaction id', () =>
    withMm1({}, async ({ port }) => {
      const conf = sendConf((await postOctets(port, hex('8cfe 98 543900 8d91'))).body);
      assert.deepEqual([conf.responseStatus, conf.transactionId, conf.version], [0x88, 'T9', '1.1']);
    }));

  it('an unknown major version is answered with Error-unsupported-message in our version', () =>
    withMm1({}, async ({ port }) => {
      const octets = encodePdu(aSendReq({ version: '1.0' }));
      octets[octets.indexOf(0x8d) + 1] = 0xa0;
      const conf = sendConf((await postOctets(port, octets)).body);
      assert.deepEqual([conf.responseStatus, conf.transactionId, conf.version], [0x88, 'T1', '1.3']);
      assert.equal(conf.responseText, 'MMS version not supported, at most 1.3');
    }));

  const MALFORMED: readonly (readonly [string, Uint8Array, string])[] = [
    ['no octets at all', new Uint8Array(0), '0'],
    ['text', new TextEncoder().encode('GET / HTTP/1.1'), '0'],
    ['a PDU that ends in its transaction id', hex('8c80 98 5439'), 'T9'],
    ['a PDU without recipients, sender and content', hex('8c80 98 543900 8d92'), 'T9'],
    ['a value length beyond the end', hex('8c80 98 543900 8d92 89 1f ffffff7f 81'), 'T9'],
  ];
  for (const [name, octets, transactionId] of MALFORMED)
    it(`${name} is answered with message-format-corrupt and what could be salvaged`, () =>
      withMm1({}, async ({ port, count }) => {
        const answer = await postOctets(port, octets);
        assert.equal(answer.status, 200);
        const conf = sendConf(answer.body);
        assert.deepEqual([conf.responseStatus, conf.transactionId], [0xe2, transactionId]);
        assert.equal(count('angarium_mm1_submissions_total', { result: 'malformed' }), 1);
      }));

  it('a PDU of a few octets that claims 2^30 parts is refused as corrupt, and nothing reaches the domain', () =>
    withMm1({}, async ({ port, script }) => {
      // Type, transaction id "1", version 1.2, insert-address, multipart.mixed with a count of 2^30.
      const claim = hex('8c80 98 3100 8d92 890181 84 a3 84808080 00');
      const answer = await postOctets(port, claim);
      const conf = sendConf(answer.body);
      assert.equal(conf.responseStatus, 0xe2);
      assert.equal(conf.transactionId, '1');
      assert.equal(script.submissions.length, 0);
    }));

  it('a multipart that ends inside an entry is refused as corrupt: no recipient could take it apart', () =>
    withMm1({}, async ({ port, script }) => {
      const whole = encodePdu(aSendReq({}));
      const answer = await postOctets(port, whole.subarray(0, whole.length - 3));
      assert.equal(sendConf(answer.body).responseStatus, 0xe2);
      assert.equal(script.submissions.length, 0);
    }));

  it('a malformed PDU of a 1.0 handset is refused in the words of 1.0', () =>
    withMm1({}, async ({ port }) => {
      const conf = sendConf((await postOctets(port, hex('8c80 98 543900 8d90'))).body);
      assert.deepEqual([conf.responseStatus, conf.version], [0x83, '1.0']);
    }));
});

describe('identity on MM1', () => {
  it('is never taken from the PDU: without one a submission is denied', () =>
    withMm1({}, async ({ port, script }) => {
      for (const [version, status] of [
        ['1.0', 0x82],
        ['1.2', 0xe1],
      ] as const) {
        const octets = encodePdu(aSendReq({ version, from: { kind: 'address', address: '+46701234567/TYPE=PLMN' } }));
        const conf = sendConf((await ask(port, 'POST', '/mms', { 'Content-Type': MMS }, octets)).body);
        assert.equal(conf.responseStatus, status);
        assert.equal(conf.responseText, 'The network did not identify you');
      }
      assert.equal(script.submissions.length, 0);
    }));

  const from = (address: string): Partial<SendReq> => ({ from: { kind: 'address', address } });

  for (const address of ['+46701234567/TYPE=PLMN', '46701234567', '0701234567', '0046701234567/TYPE=PLMN'])
    it(`sees no contradiction in From ${address} of +46701234567`, () =>
      withMm1({}, async ({ port, count }) => {
        await post(port, aSendReq(from(address)));
        assert.equal(count('angarium_mm1_spoofing_attempts_total', { how: 'from' }), 0);
      }));

  for (const address of ['+46709999999/TYPE=PLMN', 'boss@example.com', 'TMS'])
    it(`counts and logs From ${address} of somebody else, and sends under the network's number`, () =>
      withMm1({}, async ({ port, script, count, lines }) => {
        assert.equal(sendConf((await post(port, aSendReq(from(address)))).body).responseStatus, 0x80);
        assert.deepEqual(script.submissions[0]?.sender, { kind: 'number', msisdn: ALICE });
        assert.equal(count('angarium_mm1_spoofing_attempts_total', { how: 'from' }), 1);
        const warning = lines.find((line) => line.level === 'warn');
        assert.deepEqual(warning?.fields, { sender: ALICE, claimed: address, how: 'from' });
        assert.ok(!warning?.text.includes(address));
      }));

  const network = (gateways: string[], clients: { network: string; firstMsisdn: string }[] = []) =>
    ({ config: { identity: { mode: 'network', headers: ['X-MSISDN'], gateways, clients } } }) as const;

  it('believes a header from a gateway by the address of the socket', () =>
    withMm1(network(['127.0.0.0/8']), async ({ port, script }) => {
      await post(port, aSendReq());
      assert.deepEqual(script.submissions[0]?.sender, { kind: 'number', msisdn: ALICE });
    }));

  it('strips a header from everybody else, counts each and logs the first of a connection', () =>
    withMm1(network(['10.0.0.0/8']), async ({ port, script, count, lines }) => {
      const conf = sendConf((await post(port, aSendReq(), { 'X-Forwarded-For': '10.0.0.1' })).body);
      assert.equal(conf.responseStatus, 0xe1);
      assert.equal(script.submissions.length, 0);
      assert.equal(count('angarium_mm1_spoofing_attempts_total', { how: 'header' }), 1);
      assert.deepEqual(lines.find((line) => line.level === 'warn')?.fields, {
        how: 'header',
        header: 'x-msisdn',
        claimed: ALICE,
        why: 'not-a-gateway',
        peer: '127.0.0.1',
      });
    }));

  it('gives a client of a listed network its fixed number, whatever its header says', () =>
    withMm1(network([], [{ network: '127.0.0.0/24', firstMsisdn: '46700000000' }]), async ({ port, script, count }) => {
      await post(port, aSendReq());
      assert.deepEqual(script.submissions[0]?.sender, { kind: 'number', msisdn: '46700000001' });
      assert.equal(count('angarium_mm1_spoofing_attempts_total', { how: 'header' }), 1);
    }));
});

describe('what a request tells of its handset', () => {
  it('is kept for a known subscriber: version, User-Agent, profile and Accept', () =>
    withMm1({}, async ({ port, script }) => {
      await post(port, aSendReq({ version: '1.1' }), {
        'User-Agent': 'Example/2.0',
        'X-WAP-Profile': '"http://uaprof.example/x.xml", "1-abc="',
        Accept: '*/*',
      });
      assert.deepEqual(
        script.commands.filter((each) => each.command === 'handsetSeen').map((each) => each.argument),
        [{ msisdn: ALICE, userAgent: 'Example/2.0', profileUrl: 'http://uaprof.example/x.xml', accept: '*/*', version: '1.1' }],
      );
    }));

  it('is read from the header Profile too, and cut where it is too long', () =>
    withMm1({}, async ({ port, script }) => {
      await post(port, aSendReq(), { 'User-Agent': 'x'.repeat(5000), Profile: 'http://uaprof.example/y.xml' });
      const seen = script.commands[0]?.argument as { userAgent: string; profileUrl: string };
      assert.equal(seen.userAgent.length, 512);
      assert.equal(seen.profileUrl, 'http://uaprof.example/y.xml');
    }));

  it('is not kept for nobody', () =>
    withMm1({}, async ({ port, script }) => {
      await ask(port, 'POST', '/mms', { 'Content-Type': MMS }, encodePdu(aSendReq()));
      assert.equal(script.commands.length, 0);
    }));
});

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}
