/** TS 23.140, clause 8.4: headers, presence and values of the six messages. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DEFAULT_DIALECT,
  decodeMm4,
  encodeMm4,
  HEADERS,
  MM_STATUS,
  type Mm4Address,
  type Mm4ForwardReq,
  type Mm4Pdu,
  PDUS,
  REQUEST_STATUS,
  RESPONSE_OF,
  reportAddresses,
} from '#codec/mm4';

const number = (digits: string, domain?: string): Mm4Address => ({
  kind: 'number',
  digits,
  international: true,
  typed: true,
  ...(domain !== undefined && { domain }),
});
const ALICE = number('15551230001', 'mms.opa.example');
const BOB = number('15559870002', 'mms.opb.example');
const SYSTEM: Mm4Address = { kind: 'mailbox', local: 'system-user', domain: 'mms.opa.example' };
const ALL = { transactionId: 't-1', messageId: 'm-1', from: ALICE, to: [BOB], sender: SYSTEM, date: 0, mailId: 'x@y.example' };
const REQ: Mm4ForwardReq = { kind: 'MM4_forward.REQ', ...ALL, originatorSystem: SYSTEM, ackRequest: true };

const written = (pdu: Mm4Pdu, dialect = {}) => encodeMm4(pdu, { dialect: { ...DEFAULT_DIALECT, ...dialect }, now: 0 });
const header = (pdu: Mm4Pdu, name: string, dialect = {}) => written(pdu, dialect).find((line) => line.name === name)?.value;
const read = (lines: readonly { name: string; value: string }[]) => {
  const decoded = decodeMm4(lines);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value.pdu;
};
const mandatory = (kind: keyof typeof PDUS): string[] =>
  Object.entries(PDUS[kind])
    .filter(([, presence]) => presence === 'mandatory' || presence === 'expected')
    .map(([key]) => HEADERS[key as keyof typeof HEADERS].name)
    .sort();

describe('TS 23.140, 8.4.1: MM4_forward', () => {
  it('8.4.1.4: the request names version, type, transaction, message, sender, recipients and the system that speaks', () => {
    assert.deepEqual(mandatory('MM4_forward.REQ'), [
      'Date',
      'From',
      'Message-ID',
      'Sender',
      'To',
      'X-Mms-3GPP-MMS-Version',
      'X-Mms-Message-ID',
      'X-Mms-Transaction-ID',
    ]);
    assert.equal(header(REQ, 'X-Mms-Message-Type'), 'MM4_forward.REQ');
    assert.equal(header(REQ, 'X-Mms-3GPP-MMS-Version'), '6.10.0');
  });

  it('8.4.1.4: ids are quoted strings; a peer that wants them bare gets them bare', () => {
    assert.equal(header(REQ, 'X-Mms-Transaction-ID'), '"t-1"');
    assert.equal(header(REQ, 'X-Mms-Message-ID', { quotedIds: false }), 'm-1');
  });

  it('8.4.1.4: an acknowledgement is asked for by X-Mms-Ack-Request, and goes to X-Mms-Originator-System', () => {
    assert.equal(header(REQ, 'X-Mms-Ack-Request'), 'Yes');
    assert.equal(header(REQ, 'X-Mms-Originator-System'), 'system-user@mms.opa.example');
  });

  it('8.4.1.4: a hidden sender is named, with the wish to hide him', () => {
    const hidden: Mm4ForwardReq = { ...REQ, senderVisibility: 'hide' };
    assert.equal(header(hidden, 'From'), '+15551230001/TYPE=PLMN');
    assert.equal(header(hidden, 'X-Mms-Sender-Visibility'), 'Hide');
  });

  it('8.4.1.4: expiry is an instant or a number of seconds', () => {
    const at: Mm4ForwardReq = { ...REQ, expiry: { kind: 'at', at: 1_642_638_347_000 } };
    assert.equal(header(at, 'X-Mms-Expiry'), 'Thu, 20 Jan 2022 00:25:47 GMT');
    assert.equal(header({ ...REQ, expiry: { kind: 'after', seconds: 600 } }, 'X-Mms-Expiry', { expiry: 'seconds' }), '600');
  });

  it('8.4.1.4: a message that users forwarded says how often, by whom and when, the first sender under index 0', () => {
    const forwarded: Mm4ForwardReq = {
      ...REQ,
      forwardCounter: 2,
      previouslySentBy: [
        { index: 0, address: ALICE },
        { index: 1, address: BOB },
      ],
      previouslySentDate: [{ index: 0, at: 1_642_638_347_000 }],
    };
    const lines = written(forwarded).filter(({ name }) => name.startsWith('X-Mms-Prev') || name.startsWith('X-Mms-Forw'));
    assert.deepEqual(
      lines.map(({ name, value }) => `${name}: ${value}`),
      [
        'X-Mms-Forward-Counter: 2',
        'X-Mms-Previously-sent-by: 0, +15551230001/TYPE=PLMN',
        'X-Mms-Previously-sent-by: 1, +15559870002/TYPE=PLMN',
        'X-Mms-Previously-sent-date-and-time: 0, Thu, 20 Jan 2022 00:25:47 GMT',
      ],
    );
  });

  it('8.4.1.4: the response carries transaction and message id of the request and one of nine statuses', () => {
    assert.deepEqual(Object.keys(REQUEST_STATUS), [
      'Ok',
      'Error-unspecified',
      'Error-service-denied',
      'Error-message-format-corrupt',
      'Error-sending-address-unresolved',
      'Error-message-not-found',
      'Error-network-problem',
      'Error-content-not-accepted',
      'Error-unsupported-message',
    ]);
    assert.ok(mandatory('MM4_forward.RES').includes('X-Mms-Request-Status-Code'));
    assert.equal(RESPONSE_OF['MM4_forward.REQ'], 'MM4_forward.RES');
  });
});

describe('TS 23.140, 8.4.2: MM4_delivery_report', () => {
  const REPORT: Mm4Pdu = { kind: 'MM4_delivery_report.REQ', ...ALL, forwardToOriginator: true, mmStatus: 'Retrieved' };

  it('8.4.2.4: the request says what became of the message, and whether its user is to be told', () => {
    assert.ok(mandatory('MM4_delivery_report.REQ').includes('X-Mms-MM-Status-Code'));
    assert.equal(header(REPORT, 'X-Mms-Forward-To-Originator-UA'), 'Yes');
    assert.equal(header(REPORT, 'X-Mms-MM-Status-Code'), 'Retrieved');
  });

  it('8.4.2.4: of the statuses Deferred alone is followed by another report', () => {
    const open = Object.entries(MM_STATUS).filter(([, { final }]) => !final);
    assert.deepEqual(
      open.map(([name]) => name),
      ['Deferred'],
    );
  });

  it('8.4.2.4: From is the recipient and To the sender, or the other way round where the peer wants that', () => {
    assert.deepEqual(reportAddresses({ reportAddresses: 'mail' }, ALICE, BOB), { from: BOB, to: [ALICE] });
    assert.deepEqual(reportAddresses({ reportAddresses: 'message' }, ALICE, BOB), { from: ALICE, to: [BOB] });
  });

  it('8.4.2.4: a response asks for nothing', () => {
    for (const kind of Object.values(RESPONSE_OF)) assert.ok(!('ackRequest' in PDUS[kind]), kind);
  });
});

describe('TS 23.140, 8.4.3: MM4_read_reply_report', () => {
  it('8.4.3.4: the request says Read or Deleted without being read', () => {
    const report = (readStatus: 'read' | 'deleted-without-being-read'): Mm4Pdu => ({
      kind: 'MM4_read_reply_report.REQ',
      ...ALL,
      readStatus,
    });
    assert.equal(header(report('read'), 'X-Mms-Read-Status'), 'Read');
    assert.equal(header(report('deleted-without-being-read'), 'X-Mms-Read-Status'), 'Deleted without being read');
  });
});

describe('TS 23.140, 8.4.4: the form of messages', () => {
  it('8.4.4: a number is +E.164/TYPE=PLMN, with its domain or without', () => {
    assert.equal(header(REQ, 'From'), '+15551230001/TYPE=PLMN');
    assert.equal(header(REQ, 'From', { headerAddress: 'plmn-with-domain' }), '+15551230001/TYPE=PLMN@mms.opa.example');
    assert.equal(header(REQ, 'From', { headerAddress: 'bare', plus: false }), '15551230001');
  });

  it('8.4.4: names of headers and message types are compared without regard to case', () => {
    const lines = written(REQ).map(({ name, value }) => ({
      name: name.toUpperCase(),
      value: value === 'MM4_forward.REQ' ? 'mm4_FORWARD.req' : value,
    }));
    assert.equal(read(lines).kind, 'MM4_forward.REQ');
  });

  it('8.4.4: a mail without X-Mms-Message-Type is none of MM4', () => {
    const decoded = decodeMm4([{ name: 'Subject', value: 'hello' }]);
    assert.ok(!decoded.ok && decoded.error.kind === 'not-mm4');
  });

  it('8.4.4: what came with release 6 is left out for a peer that does not know it', () => {
    const rich: Mm4ForwardReq = { ...REQ, contentClass: 'video-rich', drmContent: false, adaptationAllowed: true, applicId: 'a' };
    const names = (dialect: object) => written(rich, dialect).map(({ name }) => name);
    assert.ok(names({}).includes('X-Mms-Content-Class'));
    for (const name of ['X-Mms-Content-Class', 'X-Mms-Drm-Content', 'X-Mms-Adaptation-Allowed', 'X-Mms-Applic-ID'])
      assert.ok(!names({ release6Headers: false }).includes(name), name);
  });
});
