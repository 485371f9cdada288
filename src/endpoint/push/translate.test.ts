import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { decodePdu } from '#codec/mms';
import { decodePush } from '#codec/wsp';
import type { DeliveryKey, DeliveryReport, MessageId, Notification, ReadReport } from '#messaging';
import { toPdu, toPushOctets } from './translate.js';

const CONFIG = { contentUrl: 'http://mmsc.example/m', versionMax: '1.3' };

const NOTIFICATION: Notification = {
  kind: 'notification',
  to: toMsisdn('15559870002')!,
  version: '1.2',
  key: 'Kq7w' as DeliveryKey,
  from: { kind: 'number', msisdn: toMsisdn('15551230001')! },
  messageClass: 'personal',
  priority: 'normal',
  size: 45_000,
  expirySeconds: 172_800,
  deliveryReport: false,
};

const DELIVERY_REPORT: DeliveryReport = {
  kind: 'delivery-report',
  to: toMsisdn('15551230001')!,
  version: '1.2',
  messageId: 'M1' as MessageId,
  recipient: { kind: 'number', msisdn: toMsisdn('15559870002')! },
  at: 1_700_000_000_000,
  outcome: 'retrieved',
};

const READ_REPORT: ReadReport = {
  kind: 'read-report',
  to: toMsisdn('15551230001')!,
  version: '1.2',
  messageId: 'M1' as MessageId,
  reader: { kind: 'email', mailbox: 'b@c.example' },
  at: 1_700_000_000_000,
  status: 'read',
};

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const text = (ascii: string): string => Buffer.from(`${ascii}\0`, 'latin1').toString('hex');

describe('translation of a notification', () => {
  it('is the MMS PDU behind the shortest WSP push header, type, transaction id and version first (WAP-230 8.2.4.1, MMS_ENC 6.2)', () => {
    const expected = octets(`
      01 06 03 be af 84
      8c 82 98 ${text('Kq7w')} 8d 92
      89 18 80 ${text('+15551230001/TYPE=PLMN')}
      8a 80 8e 02 af c8 88 05 81 03 02 a3 00
      83 ${text('http://mmsc.example/m/Kq7w')}`);
    const written = toPushOctets(NOTIFICATION, CONFIG, 1);
    assert.ok(written.ok);
    assert.deepEqual(Buffer.from(written.value).toString('hex'), Buffer.from(expected).toString('hex'));
  });

  it('uses the delivery key both as transaction id and as the last part of the content location', () => {
    const pdu = toPdu({ ...NOTIFICATION, key: 'abcDEF_-9' as DeliveryKey }, CONFIG);
    assert.ok(pdu.ok && pdu.value.kind === 'm-notification-ind');
    assert.equal(pdu.value.transactionId, 'abcDEF_-9');
    assert.equal(pdu.value.contentLocation, 'http://mmsc.example/m/abcDEF_-9');
  });

  it('leaves From out when the sender is hidden', () => {
    const { from: _, ...hidden } = NOTIFICATION;
    const pdu = toPdu(hidden, CONFIG);
    assert.ok(pdu.ok && pdu.value.kind === 'm-notification-ind');
    assert.equal(pdu.value.from, undefined);
  });

  it('says what is no default: subject, delivery report, priority', () => {
    const pdu = toPdu({ ...NOTIFICATION, subject: 'Grüße', deliveryReport: true, priority: 'high' }, CONFIG);
    assert.ok(pdu.ok && pdu.value.kind === 'm-notification-ind');
    assert.equal(pdu.value.subject, 'Grüße');
    assert.equal(pdu.value.deliveryReport, true);
    assert.equal(pdu.value.priority, 'high');
  });

  it("is written in the lower of the handset's version and the highest configured one", () => {
    const versions = [
      ['1.0', '1.3', '1.0'],
      ['1.3', '1.1', '1.1'],
      ['1.2', '1.2', '1.2'],
      ['1.10', '1.3', '1.3'],
      ['2.0', '1.3', '1.3'],
    ] as const;
    for (const [version, versionMax, expected] of versions) {
      const pdu = toPdu({ ...NOTIFICATION, version }, { ...CONFIG, versionMax });
      assert.ok(pdu.ok);
      assert.equal(pdu.value.version, expected, `${version} of at most ${versionMax}`);
    }
  });

  it('shows a 1.2 handset no header of 1.3 and a 1.0 handset none of 1.2', () => {
    const rich: Notification = {
      ...NOTIFICATION,
      priority: 'high',
      application: { applicId: 'game' },
      contentClass: 3,
      drmContent: true,
    };
    const newest = toPdu({ ...rich, version: '1.3' }, CONFIG);
    const older = toPdu({ ...rich, version: '1.2' }, CONFIG);
    const oldest = toPdu({ ...rich, version: '1.0' }, CONFIG);
    assert.ok(
      newest.ok && newest.value.kind === 'm-notification-ind' && newest.value.applicId === 'game' && newest.value.drmContent,
    );
    assert.ok(older.ok && older.value.kind === 'm-notification-ind' && older.value.applicId === undefined);
    assert.equal(older.value.priority, 'high');
    assert.ok(oldest.ok && oldest.value.kind === 'm-notification-ind' && oldest.value.priority === undefined);
  });

  it('leaves out subject first and keeps the rest when there is too little room', () => {
    const long: Notification = { ...NOTIFICATION, subject: 's'.repeat(600), priority: 'high' };
    const written = toPushOctets(long, CONFIG, 1, 512);
    assert.ok(written.ok && written.value.length <= 512);
    const push = decodePush(written.value);
    assert.ok(push.ok);
    const pdu = decodePdu(push.value.body);
    assert.ok(pdu.ok && pdu.value.kind === 'm-notification-ind');
    assert.equal(pdu.value.subject, undefined);
    assert.equal(pdu.value.priority, 'high');
    assert.deepEqual(pdu.value.from, { kind: 'address', address: '+15551230001/TYPE=PLMN' });
  });

  it('says that a push is too long when nothing more can be left out', () => {
    const written = toPushOctets({ ...NOTIFICATION, key: 'k'.repeat(600) as DeliveryKey }, CONFIG, 1, 512);
    assert.ok(!written.ok);
    assert.equal(written.error.kind, 'too-long');
  });
});

describe('translation of a report', () => {
  it('names message, recipient, instant and outcome in a delivery report (MMS_ENC 6.5)', () => {
    const pdu = toPdu(DELIVERY_REPORT, CONFIG);
    assert.ok(pdu.ok && pdu.value.kind === 'm-delivery-ind');
    assert.equal(pdu.value.messageId, 'M1');
    assert.deepEqual(pdu.value.to, ['+15559870002/TYPE=PLMN']);
    assert.equal(pdu.value.date, 1_700_000_000_000);
    assert.equal(pdu.value.status, 'retrieved');
  });

  it("gives a delivery report's text to a 1.3 sender only", () => {
    const newer = toPdu({ ...DELIVERY_REPORT, version: '1.3', text: 'off' }, CONFIG);
    const older = toPdu({ ...DELIVERY_REPORT, version: '1.2', text: 'off' }, CONFIG);
    assert.ok(newer.ok && newer.value.kind === 'm-delivery-ind' && newer.value.statusText === 'off');
    assert.ok(older.ok && older.value.kind === 'm-delivery-ind' && older.value.statusText === undefined);
  });

  it('names reader and sender in a read report (MMS_ENC 6.6)', () => {
    const pdu = toPdu(READ_REPORT, CONFIG);
    assert.ok(pdu.ok && pdu.value.kind === 'm-read-orig-ind');
    assert.deepEqual(pdu.value.to, ['+15551230001/TYPE=PLMN']);
    assert.deepEqual(pdu.value.from, { kind: 'address', address: 'b@c.example' });
    assert.equal(pdu.value.readStatus, 'read');
  });

  it('has no read report for version 1.0, which knows none', () => {
    const pdu = toPdu({ ...READ_REPORT, version: '1.0' }, CONFIG);
    assert.ok(!pdu.ok);
    assert.equal(pdu.error.kind, 'not-in-version');
  });
});

describe('pushes of every kind', () => {
  /** Since when there is what came after 1.0. MMS_ENC 1.3 clauses 6 and 7.3. */
  const SINCE: Readonly<Record<string, string>> = {
    readStatus: '1.1',
    statusText: '1.3',
    applicId: '1.3',
    replyApplicId: '1.3',
    auxApplicInfo: '1.3',
    contentClass: '1.3',
    drmContent: '1.3',
    'm-read-orig-ind': '1.1',
    indeterminate: '1.1',
    unreachable: '1.2',
  };
  const application = { applicId: 'a', replyApplicId: 'b', auxApplicInfo: 'c' };
  const FULL = [
    { ...NOTIFICATION, subject: 's', deliveryReport: true, application, contentClass: 5, drmContent: true } as const,
    ...(['retrieved', 'rejected', 'expired', 'unrecognised', 'indeterminate', 'unreachable'] as const).map((outcome) => ({
      ...DELIVERY_REPORT,
      outcome,
      text: 't',
      application,
    })),
    { ...READ_REPORT, application },
    { ...READ_REPORT, status: 'deleted-without-being-read', application } as const,
  ];

  for (const version of ['1.0', '1.1', '1.2', '1.3']) {
    it(`show a ${version} handset no PDU, field or value that came later, whichever side sets the limit`, () => {
      for (const push of FULL) {
        for (const [written, config] of [
          [{ ...push, version }, CONFIG],
          [
            { ...push, version: '1.3' },
            { ...CONFIG, versionMax: version },
          ],
        ] as const) {
          const octets = toPushOctets(written, config, 1);
          if (!octets.ok) {
            assert.deepEqual([octets.error.kind, push.kind, version], ['not-in-version', 'read-report', '1.0']);
            continue;
          }
          const wrapped = decodePush(octets.value);
          assert.ok(wrapped.ok);
          const pdu = decodePdu(wrapped.value.body);
          assert.ok(pdu.ok);
          assert.equal(pdu.value.version, version);
          for (const word of [...Object.keys(pdu.value), ...Object.values(pdu.value)])
            assert.ok(typeof word !== 'string' || (SINCE[word] ?? '1.0') <= version, `${word} in ${version}`);
        }
      }
    });
  }
});
