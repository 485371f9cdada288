import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MimeField } from '#codec/mime';
import { decodeMm4, type Mm4Fault } from './decode.js';
import { DEFAULT_DIALECT, type Mm4Dialect } from './dialect.js';
import { encodeMm4 } from './encode.js';
import type { Mm4ForwardReq, Mm4Kind } from './pdus.js';
import { SAMPLES } from './samples.contract.js';
import { meaningOf, REQUEST_STATUS } from './statuses.js';
import { MM4_TOLERANCES, type Mm4ToleranceName } from './tolerances.js';

const linesOf = (kind: Mm4Kind, dialect: Partial<Mm4Dialect> = {}): MimeField[] =>
  encodeMm4(SAMPLES[kind], { dialect: { ...DEFAULT_DIALECT, ...dialect }, now: 0 });
const set = (lines: readonly MimeField[], name: string, value: string): MimeField[] =>
  lines.some((line) => line.name === name)
    ? lines.map((line) => (line.name === name ? { name, value } : line))
    : [...lines, { name, value }];
const REQ = linesOf('MM4_forward.REQ');

function read(lines: readonly MimeField[]) {
  const decoded = decodeMm4(lines);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value;
}
function fault(lines: readonly MimeField[]): Mm4Fault {
  const decoded = decodeMm4(lines);
  assert.ok(!decoded.ok);
  return decoded.error;
}
const req = (lines: readonly MimeField[]): Mm4ForwardReq => read(lines).pdu as Mm4ForwardReq;

describe('values of headers', () => {
  it('ids keep what stands inside their quotes, byte for byte, and go out in the form that the peer wants', () => {
    for (const [written, inner] of [
      ['"a@b"', 'a@b'],
      ['a@b', 'a@b'],
      ['""', undefined],
      ['"a \\"b\\" c"', 'a \\"b\\" c'],
      ['../../etc/passwd', '../../etc/passwd'],
      ['"number-queueid"', 'number-queueid'],
    ] as const) {
      const lines = set(REQ, 'X-Mms-Transaction-ID', written);
      if (inner === undefined) assert.equal(fault(lines).header, 'X-Mms-Transaction-ID');
      else assert.equal(req(lines).transactionId, inner);
    }
    const transactionIdOf = (transactionId: string, quotedIds: boolean) =>
      encodeMm4({ ...SAMPLES['MM4_forward.RES'], transactionId }, { dialect: { ...DEFAULT_DIALECT, quotedIds }, now: 0 }).find(
        ({ name }) => name === 'X-Mms-Transaction-ID',
      )?.value;
    assert.equal(transactionIdOf('T17e', true), '"T17e"');
    assert.equal(transactionIdOf('T17e', false), 'T17e');
    assert.equal(transactionIdOf('a \\"b\\" c', true), '"a \\"b\\" c"');
    // What quotes would end too early goes out without.
    assert.equal(transactionIdOf('a"b', true), 'a"b');
    assert.equal(transactionIdOf('a\\', true), 'a\\');
  });

  it('expiry is an instant in any form of date, or seconds, and is written as the peer wants it', () => {
    const expiry = (value: string) => req(set(REQ, 'X-Mms-Expiry', value)).expiry;
    assert.deepEqual(expiry('600 '), { kind: 'after', seconds: 600 });
    const at = Date.UTC(2022, 0, 20, 0, 25, 47);
    for (const date of ['Thu, 20 Jan 2022 00:25:47 GMT', 'Thu, 20 Jan 2022 02:25:47 +0200', 'Thu Jan 20 00:25:47 2022'])
      assert.deepEqual(expiry(date), { kind: 'at', at }, date);
    assert.equal(expiry('soon'), undefined);
    const written = (dialect: Mm4Dialect['expiry'], value: Mm4ForwardReq['expiry'], now: number) =>
      encodeMm4(
        { ...SAMPLES['MM4_forward.REQ'], ...(value && { expiry: value }) },
        { dialect: { ...DEFAULT_DIALECT, expiry: dialect }, now },
      ).find(({ name }) => name === 'X-Mms-Expiry')?.value;
    assert.equal(written('date', { kind: 'after', seconds: 60 }, at - 60_000), 'Thu, 20 Jan 2022 00:25:47 GMT');
    assert.equal(written('seconds', { kind: 'at', at }, at - 60_000), '60');
    assert.equal(written('seconds', { kind: 'at', at }, at + 60_000), '0');
  });

  it('tokens are read in any case, and a class of nobody stays what it is', () => {
    assert.equal(req(set(REQ, 'X-Mms-Priority', 'HIGH')).priority, 'high');
    assert.equal(req(set(REQ, 'X-Mms-Message-Class', 'personal')).messageClass, 'personal');
    assert.deepEqual(req(set(REQ, 'X-Mms-Message-Class', 'Gold')).messageClass, { token: 'Gold' });
    assert.equal(req(set(REQ, 'X-Mms-Priority', 'Urgent')).priority, undefined);
  });

  it('a wish to be hidden that cannot be read is not passed over: the message is refused', () => {
    const { kind, header } = fault(set(REQ, 'X-Mms-Sender-Visibility', 'Hidden'));
    assert.deepEqual([kind, header], ['malformed', 'X-Mms-Sender-Visibility']);
  });

  it('a subject is decoded, may be empty, and never holds a line break', () => {
    assert.equal(req(set(REQ, 'Subject', '=?utf-8?B?R3LDvMOfZQ==?=')).subject, 'Grüße');
    assert.equal(req(set(REQ, 'Subject', '')).subject, '');
    assert.equal(req(set(REQ, 'Subject', '=?utf-8?Q?a=0D=0ABcc:_b?=')).subject, 'a Bcc: b');
  });

  it('several lines of To are one list', () => {
    assert.equal(req([...REQ, { name: 'To', value: '+4/TYPE=PLMN' }]).to?.length, 2);
  });

  it('statuses say whether the message was taken, refused, or may be sent again', () => {
    assert.deepEqual(
      Object.keys(REQUEST_STATUS).filter((it) => meaningOf(it as keyof typeof REQUEST_STATUS) !== 'refused'),
      ['Ok', 'Error-network-problem'],
    );
    assert.equal(meaningOf({ unknown: 'Error-transient-failure' }), 'later');
    assert.equal(meaningOf({ unknown: 'Error-permanent-x' }), 'refused');
    const RES = linesOf('MM4_forward.RES');
    const status = (value: string) => (read(set(RES, 'X-Mms-Request-Status-Code', value)).pdu as { status: unknown }).status;
    assert.equal(status('OK'), 'Ok');
    assert.equal(status('error-SERVICE-denied'), 'Error-service-denied');
    assert.deepEqual(status('Error-insufficient-credit'), { unknown: 'Error-insufficient-credit' });
    assert.equal(fault(set(RES, 'X-Mms-Request-Status-Code', 'Fine')).header, 'X-Mms-Request-Status-Code');
  });
});

describe('a message that cannot be used', () => {
  it('without a type is plain mail', () => {
    assert.equal(fault(REQ.filter(({ name }) => name !== 'X-Mms-Message-Type')).kind, 'not-mm4');
    assert.equal(fault([]).kind, 'not-mm4');
  });

  it('of an unknown type is answered as unsupported, with what can be read of it', () => {
    const { kind, status, salvaged } = fault(set(REQ, 'X-Mms-Message-Type', 'MM4_cancel.REQ'));
    assert.deepEqual([kind, status], ['unknown-type', 'Error-unsupported-message']);
    assert.equal(salvaged.transactionId, '36040620220113022547595@mms.opa.example');
    assert.equal(salvaged.ackRequest, true);
    assert.equal(salvaged.type, '"MM4_cancel.REQ"');
  });

  it('names header and status, and keeps the ids, the wish for an answer and the mailbox for it', () => {
    const { kind, status, header, salvaged } = fault(set(REQ, 'From', 'nobody at all'));
    assert.deepEqual([kind, status, header], ['malformed', 'Error-message-format-corrupt', 'From']);
    assert.deepEqual(salvaged, {
      kind: 'MM4_forward.REQ',
      transactionId: '36040620220113022547595@mms.opa.example',
      messageId: 'kx8dm37pj@w.mms.opa.example',
      version: '6.10.0',
      ackRequest: true,
      originatorSystem: { kind: 'mailbox', local: 'system-user', domain: 'mms.opa.example' },
      sender: { kind: 'mailbox', local: 'system-user', domain: 'mms.opa.example' },
    });
  });

  it('says so in one line that a terminal can bear', () => {
    const { text } = fault(set(REQ, 'From', `\u001b[2Jx\n${'y'.repeat(500)}`));
    assert.doesNotMatch(text, /[\u0000-\u001f]/);
    assert.ok(text.length < 300);
  });
});

describe('tolerances', () => {
  const cases: { readonly [K in Mm4ToleranceName]: MimeField[] } = {
    'unquoted-id': set(REQ, 'X-Mms-Message-ID', 'a'),
    'header-alias': REQ.map((line) => (line.name === 'X-Mms-3GPP-MMS-Version' ? { ...line, name: 'X-Mms-3GPP-Version' } : line)),
    'other-case': set(REQ, 'X-Mms-Message-Type', 'MM4_Forward.REQ'),
    'other-spelling': set(linesOf('MM4_delivery_report.REQ'), 'X-Mms-MM-Status-Code', 'Unrecognized'),
    'missing-field': REQ.filter(({ name }) => name !== 'Date'),
    'damaged-field': set(REQ, 'X-Mms-Forward-Counter', 'once'),
    'repeated-field': [...REQ, { name: 'Subject', value: 'another' }],
    'foreign-field': set(linesOf('MM4_delivery_report.REQ'), 'X-Mms-Request-Status-Code', 'Ok'),
    'private-field': set(REQ, 'X-Mms-Forwarded-By', '+1'),
    'untyped-number': set(REQ, 'To', '+15559870002'),
    'number-without-plus': set(REQ, 'To', '15559870002/TYPE=PLMN'),
    'unqualified-system': set(REQ, 'Sender', 'PostMaster'),
    'empty-address': set(REQ, 'To', '+1/TYPE=PLMN,'),
    'dotted-list': set(linesOf('MM4_forward.RES'), 'X-Mms-Request-Recipients', '+1/TYPE=PLMN.+2/TYPE=PLMN'),
    'asctime-date': set(REQ, 'Date', 'Thu Jan 13 02:25:45 2022'),
    'damaged-address': set(REQ, 'To', '+1/TYPE=PLMN, a b'),
  };

  for (const name of Object.keys(MM4_TOLERANCES) as Mm4ToleranceName[])
    it(`${name}: ${MM4_TOLERANCES[name].accepts}`, () => {
      assert.deepEqual(
        read(cases[name]).tolerated.map((it) => it.name),
        [name],
      );
    });
});
