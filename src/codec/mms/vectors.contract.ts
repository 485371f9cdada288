/** Octets and values of every header field, for the tests of this room. The octets are from the grammar or from real PDUs. */
import type { FieldKey } from './fields.js';

/** ASCII octets of a text and the zero that ends it. */
export const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

export interface Vector {
  /** The octets of the value, from the grammar or from a real PDU. */
  readonly wire: string;
  readonly value: unknown;
  /** Accepted, but not what we write. */
  readonly readOnly?: true;
}
const both = (wire: string, value: unknown): Vector => ({ wire, value });
const read = (wire: string, value: unknown): Vector => ({ wire, value, readOnly: true });

const YES_NO = [both('80', true), both('81', false)];
const TEXT = [both(z('urn:x:1'), 'urn:x:1'), both('00', ''), both('7f c3a4 00', 'ä'), read('c3a4 00', 'ä'), read('61', 'a')];
const ENCODED = [
  both(z('Holiday'), 'Holiday'),
  both('00', ''),
  both('0a ea 5a61c5bcc3b3c582 00', 'Zażół'),
  both('05 ea 7f c3a4 00', 'ä'),
  both(`1f 21 ea ${'61'.repeat(29)} c3a4 00`, `${'a'.repeat(29)}ä`),
  read('05 ea 616263 00', 'abc'),
  read('05 84 e5e4f6 00', 'åäö'),
  read('05 83 616263 00', 'abc'),
  read('08 02 03e8 0041 0042 00', 'AB'),
  read('0a 02 03f7 feff 0041 00e4 00', 'Aä'),
  read('0a 02 03f7 fffe 4100 e400 00', 'Aä'),
  read('09 02 03f7 7f feff 00e4 00', 'ä'),
  read('04 6a 6162 00', 'ab'),
  read('05 68616c 6c 00', 'hall'),
  read('d09f 00', 'П'),
  read('04 ea 61 d0 00', 'a\ufffd'),
  read(z('=?utf-8?Q?a?='), '=?utf-8?Q?a?='),
];
const TIME = [
  both('06 80 04 549f5f00', { kind: 'absolute', at: 1_419_730_688_000 }),
  both('05 81 03 02a300', { kind: 'relative', seconds: 172_800 }),
  both('03 81 01 3c', { kind: 'relative', seconds: 60 }),
  read('02 81 bc', { kind: 'relative', seconds: 60 }),
  read('06 81 04 00015180', { kind: 'relative', seconds: 86_400 }),
];
const NUMBER = [both('ff', 127), both('01 80', 128), both('02 0100', 256), both('80', 0)];
const SIZE = [both('02 afc8', 45_000), both('01 22', 34), read('04 00000501', 1_281), read('a2', 34), read('22', 34)];
const STATUS = [both('80', 0x80), both('c3', 0xc3), both('e5', 0xe5), both('ff', 0xff)];

/** At least one vector per row: the compiler asks for all of them. Content is made elsewhere: its values are views. */
export const VECTORS: Readonly<Record<FieldKey, readonly Vector[]>> = {
  bcc: ENCODED,
  cc: ENCODED,
  contentLocation: TEXT,
  content: [],
  date: [both('04 5e0be100', 1_577_836_800_000), both('01 00', 0), read('05 00 5e0be100', 1_577_836_800_000)],
  deliveryReport: YES_NO,
  deliveryTime: TIME,
  expiry: TIME,
  from: [
    both('01 81', { kind: 'insert-address' }),
    both(`18 80 ${z('+15551230001/TYPE=PLMN')}`, { kind: 'address', address: '+15551230001/TYPE=PLMN' }),
    both('07 80 05 ea 7f c3a4 00', { kind: 'address', address: 'ä' }),
    read(`0f 80 0d 83 ${z('19162255887')}`, { kind: 'address', address: '19162255887' }),
    read(`19 80 16 04 ${z('33707520030/TYPE=PLMN')}`, { kind: 'address', address: '33707520030/TYPE=PLMN' }),
  ],
  messageClass: [
    both('80', 'personal'),
    both('81', 'advertisement'),
    both('82', 'informational'),
    both('83', 'auto'),
    both(z('NewMessageClass'), { token: 'NewMessageClass' }),
  ],
  messageId: TEXT,
  messageType: [both('80', 'm-send-req'), both('88', 'm-read-orig-ind'), both('97', 'm-cancel-conf')],
  version: [
    both('90', '1.0'),
    both('91', '1.1'),
    both('92', '1.2'),
    both('93', '1.3'),
    both('a0', '2.0'),
    read('9f', '1.0'),
    read(z('1.2'), '1.2'),
  ],
  messageSize: SIZE,
  priority: [both('80', 'low'), both('81', 'normal'), both('82', 'high')],
  readReport: YES_NO,
  reportAllowed: YES_NO,
  responseStatus: STATUS,
  responseText: ENCODED,
  senderVisibility: [both('80', 'hide'), both('81', 'show')],
  status: [
    both('80', 'expired'),
    both('81', 'retrieved'),
    both('82', 'rejected'),
    both('83', 'deferred'),
    both('84', 'unrecognised'),
    both('85', 'indeterminate'),
    both('86', 'forwarded'),
    both('87', 'unreachable'),
  ],
  subject: ENCODED,
  to: ENCODED,
  transactionId: TEXT,
  retrieveStatus: STATUS,
  retrieveText: ENCODED,
  readStatus: [both('80', 'read'), both('81', 'deleted-without-being-read')],
  replyCharging: [
    both('80', 'requested'),
    both('81', 'requested-text-only'),
    both('82', 'accepted'),
    both('83', 'accepted-text-only'),
  ],
  replyChargingDeadline: TIME,
  replyChargingId: TEXT,
  replyChargingSize: SIZE,
  previouslySentBy: [
    both(`05 81 ${z('abc')}`, { count: 1, address: 'abc' }),
    both('08 01 81 05 ea 7f c3a4 00', { count: 129, address: 'ä' }),
  ],
  previouslySentDate: [both('06 82 04 5e0be100', { count: 2, at: 1_577_836_800_000 })],
  store: YES_NO,
  mmState: [both('80', 'draft'), both('81', 'sent'), both('82', 'new'), both('83', 'retrieved'), both('84', 'forwarded')],
  mmFlags: [
    both(`05 80 ${z('fun')}`, { action: 'add', text: 'fun' }),
    both(`05 81 ${z('fun')}`, { action: 'remove', text: 'fun' }),
    both(`05 82 ${z('fun')}`, { action: 'filter', text: 'fun' }),
  ],
  storeStatus: STATUS,
  storeStatusText: ENCODED,
  stored: YES_NO,
  attributes: [
    both('96', 'Subject'),
    both('ae', 'Content'),
    both('b0', 'Additional-headers'),
    both(z('X-Own'), 'X-Own'),
    both('c1', '0xc1'),
  ],
  totals: YES_NO,
  mboxTotals: [both('02 80 85', { of: 'messages', count: 5 }), both('04 81 02 0400', { of: 'octets', count: 1_024 })],
  quotas: YES_NO,
  mboxQuotas: [both('02 80 85', { of: 'messages', count: 5 })],
  messageCount: NUMBER,
  contentAttribute: [both('80', hex('80'))],
  start: NUMBER,
  additionalHeaders: [both('02 0102', hex('02 0102'))],
  distributionIndicator: YES_NO,
  elementDescriptor: [
    both(`0f ${z('ab')} 82 ${z('image/jpeg')}`, { reference: 'ab', parameters: { type: 'image/jpeg' } }),
    both(`05 ${z('ab')} 82 9e`, { reference: 'ab', parameters: { type: '0x9e' } }),
    both(`03 ${z('ab')}`, { reference: 'ab', parameters: {} }),
    both(`07 ${z('ab')} ${z('x')} ${z('y')}`, { reference: 'ab', parameters: { x: 'y' } }),
  ],
  limit: NUMBER,
  recommendedRetrievalMode: [both('80', 'manual')],
  recommendedRetrievalModeText: ENCODED,
  statusText: ENCODED,
  applicId: TEXT,
  replyApplicId: TEXT,
  auxApplicInfo: TEXT,
  contentClass: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => both((0x80 + n).toString(16), n)),
  drmContent: YES_NO,
  adaptationAllowed: YES_NO,
  replaceId: TEXT,
  cancelId: TEXT,
  cancelStatus: [both('80', 'request-successfully-received'), both('81', 'request-corrupted')],
};

/** The values of three fields in the answers to deletions: Value-length, number, value. */
export const COUNTED: Partial<Record<FieldKey, readonly Vector[]>> = {
  responseStatus: [
    both('02 80 80', { count: 0, value: 0x80 }),
    both('02 81 e4', { count: 1, value: 0xe4 }),
    both('04 02 0100 ff', { count: 256, value: 0xff }),
    both('e0', { value: 0xe0 }),
    read('03 01 01 e1', { count: 1, value: 0xe1 }),
  ],
  responseText: [
    both(`05 81 ${z('abc')}`, { count: 1, value: 'abc' }),
    both('07 82 05 ea 7f c3a4 00', { count: 2, value: 'ä' }),
    both(`1f 20 80 ${z('x'.repeat(30))}`, { count: 0, value: 'x'.repeat(30) }),
    both(z('abc'), { value: 'abc' }),
    both('7f c3a4 00', { value: 'ä' }),
    both('7f 00', { value: '' }),
    both('7f 05 61 00', { value: '\u0005a' }),
  ],
  contentLocation: [
    both(`07 80 ${z('m:/1a')}`, { count: 0, value: 'm:/1a' }),
    both(`1f 20 81 ${z('y'.repeat(30))}`, { count: 1, value: 'y'.repeat(30) }),
    both('02 85 00', { count: 5, value: '' }),
    both(z('http://a/b'), { value: 'http://a/b' }),
    both('7f 1f 61 00', { value: '\u001fa' }),
  ],
};
