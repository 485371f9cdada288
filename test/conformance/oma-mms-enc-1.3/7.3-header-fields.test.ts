/** OMA-TS-MMS_ENC 1.3, clause 7.3: each header field by itself, in a PDU that has it. Written down from the grammar, not from our tables. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePdu, encodePdu, FIELDS, type FieldKey } from '#codec/mms';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** Fields that must be there, by their octets, in PDUs that together have every field. */
const HOSTS = {
  send: { type: '80', fields: { 98: z('T'), '8d': '93', 89: '01 81', 84: 'a3 00' } },
  sendConf: { type: '81', fields: { 98: z('T'), '8d': '93', 92: '80' } },
  notification: {
    type: '82',
    fields: { 98: z('T'), '8d': '93', '8a': '80', '8e': '01 05', 88: '02 81 8a', 83: z('u') },
  },
  notifyResp: { type: '83', fields: { 98: z('T'), '8d': '93', 95: '81' } },
  retrieve: { type: '84', fields: { '8d': '93', 85: '01 05', 84: 'a3 00' } },
  delivery: { type: '86', fields: { '8d': '93', '8b': z('M'), 85: '01 05', 95: '81' } },
  readRec: { type: '87', fields: { '8d': '93', '8b': z('M'), 89: '01 81', '9b': '80' } },
  store: { type: '8c', fields: { 98: z('T'), '8d': '93', a5: '80' } },
  view: { type: '8d', fields: { 98: z('T'), '8d': '93' } },
  viewConf: { type: '8e', fields: { 98: z('T'), '8d': '93', 92: '80', 84: 'a3 00' } },
  deleteConf: { type: '95', fields: { 98: z('T'), '8d': '93' } },
  cancel: { type: '96', fields: { 98: z('T'), '8d': '93', be: z('M') } },
  cancelConf: { type: '97', fields: { 98: z('T'), '8d': '93', bf: '80' } },
} as const;
type Host = keyof typeof HOSTS;

interface Header {
  readonly key: FieldKey;
  readonly code: string;
  readonly name: string;
  readonly clause: string;
  readonly since: string;
  readonly host: Host;
  readonly grammar: string;
  /** Octets of the value, and what it is. The first is what we write of it. */
  readonly values: readonly (readonly [string, unknown])[];
  /** Octets that are no such value. */
  readonly refused: readonly string[];
}

type Grammar = Pick<Header, 'grammar' | 'values' | 'refused'>;

const YES_NO: Grammar = {
  grammar: 'Yes (0x80) or No (0x81)',
  values: [
    ['80', true],
    ['81', false],
  ],
  refused: ['82', 'ff'],
};
const TEXT: Grammar = {
  grammar: 'a Text-string',
  values: [
    [z('abc'), 'abc'],
    ['7f c3a4 00', 'ä'],
  ],
  refused: [],
};
const ENCODED: Grammar = {
  grammar: 'an Encoded-string: a text, or a length, a charset and a text',
  values: [
    [z('abc'), 'abc'],
    ['05 ea 7f c3a4 00', 'ä'],
  ],
  refused: ['03 81'],
};
const TIME: Grammar = {
  grammar: 'a length, and 0x80 with a date or 0x81 with seconds',
  values: [
    ['06 80 04 5e0be100', { kind: 'absolute', at: Date.UTC(2020, 0, 1) }],
    ['05 81 03 02a300', { kind: 'relative', seconds: 172_800 }],
  ],
  refused: ['02 82 81'],
};
const SIZE: Grammar = {
  grammar: 'a Long-integer',
  values: [
    ['02 afc8', 45_000],
    ['01 00', 0],
  ],
  refused: ['09 010000000000000000'],
};
const NUMBER: Grammar = {
  grammar: 'an Integer-value, short below 128 and long above',
  values: [
    ['85', 5],
    ['02 0100', 256],
  ],
  refused: ['09 010000000000000000'],
};
const COUNT: Grammar = {
  grammar: 'a length, and 0x80 with a number of messages or 0x81 with one of octets',
  values: [
    ['02 80 85', { of: 'messages', count: 5 }],
    ['04 81 02 0400', { of: 'octets', count: 1_024 }],
  ],
  refused: ['02 82 85'],
};
const octets = (grammar: string, ...names: readonly unknown[]): Grammar => ({
  grammar: `${grammar} (0x80 to 0x${(0x7f + names.length).toString(16)})`,
  values: names.map((name, n) => [(0x80 + n).toString(16), name]),
  refused: [(0x80 + names.length).toString(16), 'ff'],
});
const status = (...numbers: readonly number[]): Grammar => ({
  grammar: `a status octet, ${numbers.length} of them assigned`,
  values: numbers.map((n) => [n.toString(16), n]),
  refused: ['01 80'],
});
const ATTRIBUTE = (name: string, octet: string): Grammar => ({
  grammar: 'a name inside X-Mms-Attributes, without values of its own',
  values: [[octet, name]],
  refused: [],
});

/** Every assigned number. */
const HEADERS: readonly Header[] = [
  { key: 'bcc', code: '81', name: 'Bcc', clause: '7.3.5', since: '1.0', host: 'send', ...ENCODED },
  { key: 'cc', code: '82', name: 'Cc', clause: '7.3.8', since: '1.0', host: 'send', ...ENCODED },
  {
    key: 'contentLocation',
    code: '83',
    name: 'X-Mms-Content-Location',
    clause: '7.3.10',
    since: '1.0',
    host: 'notification',
    ...TEXT,
  },
  {
    ...{ key: 'content', code: '84', name: 'Content-Type', clause: '7.3.11', since: '1.0', host: 'retrieve' },
    grammar: 'a media type with its parameters, and the last field',
    values: [
      ['a3', { media: 'application/vnd.wap.multipart.mixed', parameters: {} }],
      [z('image/webp'), { media: 'image/webp', parameters: {} }],
      ['03 83 81 ea', { media: 'text/plain', parameters: { charset: 'utf-8' } }],
    ],
    refused: ['1e 83'],
  },
  {
    ...{ key: 'date', code: '85', name: 'Date', clause: '7.3.12', since: '1.0', host: 'send' },
    grammar: 'seconds since 1970, a Long-integer',
    values: [['04 5e0be100', Date.UTC(2020, 0, 1)]],
    refused: ['07 1fffffffffffff'],
  },
  { key: 'deliveryReport', code: '86', name: 'X-Mms-Delivery-Report', clause: '7.3.13', since: '1.0', host: 'send', ...YES_NO },
  { key: 'deliveryTime', code: '87', name: 'X-Mms-Delivery-Time', clause: '7.3.14', since: '1.0', host: 'send', ...TIME },
  { key: 'expiry', code: '88', name: 'X-Mms-Expiry', clause: '7.3.20', since: '1.0', host: 'send', ...TIME },
  {
    ...{ key: 'from', code: '89', name: 'From', clause: '7.3.21', since: '1.0', host: 'send' },
    grammar: 'a length, and 0x80 with an address or 0x81 to have it inserted',
    values: [
      [`05 80 ${z('a@b')}`, { kind: 'address', address: 'a@b' }],
      ['01 81', { kind: 'insert-address' }],
    ],
    refused: ['01 82'],
  },
  {
    ...{ key: 'messageClass', code: '8a', name: 'X-Mms-Message-Class', clause: '7.3.27', since: '1.0', host: 'send' },
    grammar: 'one of four octets, or a token',
    values: [
      ['80', 'personal'],
      ['81', 'advertisement'],
      ['82', 'informational'],
      ['83', 'auto'],
      [z('own'), { token: 'own' }],
    ],
    refused: ['84'],
  },
  { key: 'messageId', code: '8b', name: 'Message-ID', clause: '7.3.29', since: '1.0', host: 'sendConf', ...TEXT },
  {
    ...{ key: 'messageType', code: '8c', name: 'X-Mms-Message-Type', clause: '7.3.30', since: '1.0', host: 'view' },
    grammar: 'one of 24 octets (0x80 to 0x97), the first field',
    values: [],
    refused: [],
  },
  {
    ...{ key: 'version', code: '8d', name: 'X-Mms-MMS-Version', clause: '7.3.34', since: '1.0', host: 'view' },
    grammar: 'major and minor number in one octet',
    values: [
      ['90', '1.0'],
      ['91', '1.1'],
      ['92', '1.2'],
      ['93', '1.3'],
    ],
    refused: ['a0'],
  },
  { key: 'messageSize', code: '8e', name: 'X-Mms-Message-Size', clause: '7.3.31', since: '1.0', host: 'notification', ...SIZE },
  {
    ...{ key: 'priority', code: '8f', name: 'X-Mms-Priority', clause: '7.3.35', since: '1.0', host: 'send' },
    ...octets('low, normal or high', 'low', 'normal', 'high'),
  },
  { key: 'readReport', code: '90', name: 'X-Mms-Read-Report', clause: '7.3.37', since: '1.0', host: 'send', ...YES_NO },
  {
    key: 'reportAllowed',
    code: '91',
    name: 'X-Mms-Report-Allowed',
    clause: '7.3.47',
    since: '1.0',
    host: 'notifyResp',
    ...YES_NO,
  },
  {
    ...{ key: 'responseStatus', code: '92', name: 'X-Mms-Response-Status', clause: '7.3.48', since: '1.0', host: 'sendConf' },
    ...status(...range(128, 136), ...range(192, 196), ...range(224, 235)),
  },
  { key: 'responseText', code: '93', name: 'X-Mms-Response-Text', clause: '7.3.49', since: '1.0', host: 'sendConf', ...ENCODED },
  {
    ...{ key: 'senderVisibility', code: '94', name: 'X-Mms-Sender-Visibility', clause: '7.3.52', since: '1.0', host: 'send' },
    ...octets('hide or show', 'hide', 'show'),
  },
  {
    ...{ key: 'status', code: '95', name: 'X-Mms-Status', clause: '7.3.54', since: '1.0', host: 'notifyResp' },
    ...octets(
      'what became of a message',
      ...['expired', 'retrieved', 'rejected', 'deferred', 'unrecognised', 'indeterminate', 'forwarded', 'unreachable'],
    ),
  },
  { key: 'subject', code: '96', name: 'Subject', clause: '7.3.60', since: '1.0', host: 'send', ...ENCODED },
  { key: 'to', code: '97', name: 'To', clause: '7.3.61', since: '1.0', host: 'send', ...ENCODED },
  { key: 'transactionId', code: '98', name: 'X-Mms-Transaction-Id', clause: '7.3.63', since: '1.0', host: 'view', ...TEXT },
  {
    ...{ key: 'retrieveStatus', code: '99', name: 'X-Mms-Retrieve-Status', clause: '7.3.50', since: '1.1', host: 'retrieve' },
    ...status(128, ...range(192, 194), ...range(224, 227)),
  },
  { key: 'retrieveText', code: '9a', name: 'X-Mms-Retrieve-Text', clause: '7.3.51', since: '1.1', host: 'retrieve', ...ENCODED },
  {
    ...{ key: 'readStatus', code: '9b', name: 'X-Mms-Read-Status', clause: '7.3.38', since: '1.1', host: 'readRec' },
    ...octets('read, or deleted without being read', 'read', 'deleted-without-being-read'),
  },
  {
    ...{ key: 'replyCharging', code: '9c', name: 'X-Mms-Reply-Charging', clause: '7.3.43', since: '1.1', host: 'send' },
    ...octets(
      'requested or accepted, for any reply or for text',
      'requested',
      'requested-text-only',
      'accepted',
      'accepted-text-only',
    ),
  },
  {
    ...{
      key: 'replyChargingDeadline',
      code: '9d',
      name: 'X-Mms-Reply-Charging-Deadline',
      clause: '7.3.44',
      since: '1.1',
      host: 'send',
    },
    ...TIME,
  },
  { key: 'replyChargingId', code: '9e', name: 'X-Mms-Reply-Charging-ID', clause: '7.3.45', since: '1.1', host: 'send', ...TEXT },
  {
    key: 'replyChargingSize',
    code: '9f',
    name: 'X-Mms-Reply-Charging-Size',
    clause: '7.3.46',
    since: '1.1',
    host: 'send',
    ...SIZE,
  },
  {
    ...{
      key: 'previouslySentBy',
      code: 'a0',
      name: 'X-Mms-Previously-Sent-By',
      clause: '7.3.23',
      since: '1.1',
      host: 'retrieve',
    },
    grammar: 'a length, a number and an address',
    values: [[`05 81 ${z('a@b')}`, { count: 1, address: 'a@b' }]],
    refused: ['01 81'],
  },
  {
    ...{
      key: 'previouslySentDate',
      code: 'a1',
      name: 'X-Mms-Previously-Sent-Date',
      clause: '7.3.24',
      since: '1.1',
      host: 'retrieve',
    },
    grammar: 'a length, a number and a date',
    values: [['06 82 04 5e0be100', { count: 2, at: Date.UTC(2020, 0, 1) }]],
    refused: ['01 82'],
  },
  { key: 'store', code: 'a2', name: 'X-Mms-Store', clause: '7.3.56', since: '1.2', host: 'send', ...YES_NO },
  {
    ...{ key: 'mmState', code: 'a3', name: 'X-Mms-MM-State', clause: '7.3.33', since: '1.2', host: 'send' },
    ...octets('the state of a stored message', 'draft', 'sent', 'new', 'retrieved', 'forwarded'),
  },
  {
    ...{ key: 'mmFlags', code: 'a4', name: 'X-Mms-MM-Flags', clause: '7.3.32', since: '1.2', host: 'view' },
    grammar: 'a length, add (0x80), remove (0x81) or filter (0x82), and a keyword',
    values: [
      [`05 80 ${z('fun')}`, { action: 'add', text: 'fun' }],
      [`05 81 ${z('fun')}`, { action: 'remove', text: 'fun' }],
      ['06 82 04 ea 7fe5 00', { action: 'filter', text: '\ufffd' }],
    ],
    refused: [`05 83 ${z('fun')}`],
  },
  {
    ...{ key: 'storeStatus', code: 'a5', name: 'X-Mms-Store-Status', clause: '7.3.57', since: '1.2', host: 'store' },
    ...status(128, 192, 193, ...range(224, 228)),
  },
  {
    key: 'storeStatusText',
    code: 'a6',
    name: 'X-Mms-Store-Status-Text',
    clause: '7.3.58',
    since: '1.2',
    host: 'store',
    ...ENCODED,
  },
  { key: 'stored', code: 'a7', name: 'X-Mms-Stored', clause: '7.3.59', since: '1.2', host: 'notification', ...YES_NO },
  {
    ...{ key: 'attributes', code: 'a8', name: 'X-Mms-Attributes', clause: '7.3.3', since: '1.2', host: 'view' },
    grammar: 'the name of a header field, by its number or as a text',
    values: [
      ['96', 'Subject'],
      [z('X-Own'), 'X-Own'],
    ],
    refused: [z('X Own')],
  },
  { key: 'totals', code: 'a9', name: 'X-Mms-Totals', clause: '7.3.62', since: '1.2', host: 'view', ...YES_NO },
  { key: 'mboxTotals', code: 'aa', name: 'X-Mms-Mbox-Totals', clause: '7.3.26', since: '1.2', host: 'viewConf', ...COUNT },
  { key: 'quotas', code: 'ab', name: 'X-Mms-Quotas', clause: '7.3.36', since: '1.2', host: 'view', ...YES_NO },
  { key: 'mboxQuotas', code: 'ac', name: 'X-Mms-Mbox-Quotas', clause: '7.3.25', since: '1.2', host: 'viewConf', ...COUNT },
  { key: 'messageCount', code: 'ad', name: 'X-Mms-Message-Count', clause: '7.3.28', since: '1.2', host: 'viewConf', ...NUMBER },
  {
    key: 'contentAttribute',
    code: 'ae',
    name: 'Content',
    clause: '7.3.3',
    since: '1.2',
    host: 'view',
    ...ATTRIBUTE('Content', 'ae'),
  },
  { key: 'start', code: 'af', name: 'X-Mms-Start', clause: '7.3.53', since: '1.2', host: 'view', ...NUMBER },
  {
    ...{ key: 'additionalHeaders', code: 'b0', name: 'Additional-headers', clause: '7.3.3', since: '1.2', host: 'view' },
    ...ATTRIBUTE('Additional-headers', 'b0'),
  },
  {
    ...{
      key: 'distributionIndicator',
      code: 'b1',
      name: 'X-Mms-Distribution-Indicator',
      clause: '7.3.16',
      since: '1.2',
      host: 'retrieve',
    },
    ...YES_NO,
  },
  {
    ...{
      key: 'elementDescriptor',
      code: 'b2',
      name: 'X-Mms-Element-Descriptor',
      clause: '7.3.18',
      since: '1.2',
      host: 'notification',
    },
    grammar: 'a length, a reference and parameters, of which Type has the number 2',
    values: [
      [`0d ${z('a')} 82 ${z('image/png')}`, { reference: 'a', parameters: { type: 'image/png' } }],
      [`02 ${z('a')}`, { reference: 'a', parameters: {} }],
    ],
    refused: [`03 ${z('a')} 82`],
  },
  { key: 'limit', code: 'b3', name: 'X-Mms-Limit', clause: '7.3.22', since: '1.2', host: 'view', ...NUMBER },
  {
    ...{ key: 'recommendedRetrievalMode', code: 'b4', name: 'X-Mms-Recommended-Retrieval-Mode', clause: '7.3.39', since: '1.3' },
    host: 'notification',
    ...octets('manual', 'manual'),
  },
  {
    ...{
      key: 'recommendedRetrievalModeText',
      code: 'b5',
      name: 'X-Mms-Recommended-Retrieval-Mode-Text',
      clause: '7.3.40',
      since: '1.3',
    },
    host: 'notification',
    ...ENCODED,
  },
  { key: 'statusText', code: 'b6', name: 'X-Mms-Status-Text', clause: '7.3.55', since: '1.3', host: 'delivery', ...ENCODED },
  { key: 'applicId', code: 'b7', name: 'X-Mms-Applic-ID', clause: '7.3.2', since: '1.3', host: 'send', ...TEXT },
  { key: 'replyApplicId', code: 'b8', name: 'X-Mms-Reply-Applic-ID', clause: '7.3.42', since: '1.3', host: 'send', ...TEXT },
  { key: 'auxApplicInfo', code: 'b9', name: 'X-Mms-Aux-Applic-Info', clause: '7.3.4', since: '1.3', host: 'send', ...TEXT },
  {
    ...{ key: 'contentClass', code: 'ba', name: 'X-Mms-Content-Class', clause: '7.3.9', since: '1.3', host: 'send' },
    ...octets('text, image-basic, image-rich, video-basic, video-rich, megapixel, content-basic or content-rich', ...range(0, 7)),
  },
  { key: 'drmContent', code: 'bb', name: 'X-Mms-DRM-Content', clause: '7.3.17', since: '1.3', host: 'send', ...YES_NO },
  {
    key: 'adaptationAllowed',
    code: 'bc',
    name: 'X-Mms-Adaptation-Allowed',
    clause: '7.3.1',
    since: '1.3',
    host: 'send',
    ...YES_NO,
  },
  { key: 'replaceId', code: 'bd', name: 'X-Mms-Replace-ID', clause: '7.3.41', since: '1.3', host: 'notification', ...TEXT },
  { key: 'cancelId', code: 'be', name: 'X-Mms-Cancel-ID', clause: '7.3.6', since: '1.3', host: 'cancel', ...TEXT },
  {
    ...{ key: 'cancelStatus', code: 'bf', name: 'X-Mms-Cancel-Status', clause: '7.3.7', since: '1.3', host: 'cancelConf' },
    ...octets('received or corrupted', 'request-successfully-received', 'request-corrupted'),
  },
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** A PDU of the host's type with this field, instead of the host's own if it has one. Content comes last. */
function pduWith(host: Host, code: string, value: string): Buffer {
  const { type, fields } = HOSTS[host];
  const all = { ...fields, [code]: value } as Readonly<Record<string, string>>;
  const { 84: content, ...others } = all;
  const head = Object.entries(others).map(([octet, octets]) => `${octet}${octets}`);
  return hex(`8c${type} ${head.join('')} ${content === undefined ? '' : `84${content}`}`);
}

const isAttribute = (key: FieldKey): boolean => key === 'contentAttribute' || key === 'additionalHeaders';

describe('OMA-TS-MMS_ENC 1.3, 7.3: header fields', () => {
  it('7.4: the assigned numbers are 0x01 to 0x3f, with the names, clauses and versions of this list', () => {
    assert.deepEqual(
      HEADERS.map(({ key, code, name, clause, since }) => [key, Number.parseInt(code, 16) & 0x7f, name, clause, since]),
      Object.entries(FIELDS).map(([key, field]) => [key, field.code, field.name, field.clause, field.since]),
    );
  });

  it('7.3.30: X-Mms-Message-Type (0x8c) is one of 24 octets (0x80 to 0x97) and the first field', () => {
    for (let octet = 0; octet < 256; octet++) {
      const decoded = decodePdu(Buffer.of(0x8c, octet, 0x8d, 0x93));
      const known = decoded.ok || decoded.error.kind === 'missing-field';
      assert.equal(known, octet >= 0x80 && octet <= 0x97, String(octet));
      if (!known) assert.equal(!decoded.ok && decoded.error.kind, 'unsupported-pdu');
    }
    assert.equal(decodePdu(hex(`8d93 8c8d 98 ${z('T')}`)).ok, false);
  });

  for (const { key, code, name, clause, host, grammar, values, refused } of HEADERS.filter(({ key }) => key !== 'messageType')) {
    const field = isAttribute(key) ? 'a8' : code;
    const property = isAttribute(key) ? 'attributes' : key;

    it(`${clause}: ${name} (0x${code}) is ${grammar}`, () => {
      for (const [octets, expected] of values) {
        const decoded = decodePdu(pduWith(host, field, octets));
        assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
        const found = (decoded.value as unknown as Readonly<Record<string, unknown>>)[property];
        const value = Array.isArray(found) ? found[0] : found;
        assert.deepEqual(key === 'content' ? value.type : value, expected, octets);
        const again = Buffer.from(encodePdu(decoded.value)).toString('hex');
        if (!JSON.stringify(expected).includes('\ufffd'))
          assert.ok(again.includes(`${field}${hex(octets).toString('hex')}`), octets);
      }
    });

    if (refused.length > 0)
      it(`${clause}: ${name} (0x${code}) is not taken from octets that are none, and the PDU is refused where it must be there`, () => {
        for (const octets of refused) {
          const decoded = decodePdu(pduWith(host, field, octets));
          const found = decoded.ok && (decoded.value as unknown as Readonly<Record<string, unknown>>)[property];
          assert.ok(!found || (Array.isArray(found) && found.length === 0), octets);
          if (decoded.ok) assert.equal(decoded.value.unknown?.[0]?.name, isAttribute(key) ? 'X-Mms-Attributes' : name);
        }
      });
  }
});

describe('OMA-TS-MMS_ENC 1.3, 7.3: forms of three fields in m-mbox-delete-conf and m-delete-conf', () => {
  const forms: readonly (readonly [string, string, string, FieldKey, string, unknown])[] = [
    ['7.3.48', 'X-Mms-Response-Status', '92', 'responseStatus', '02 81 e4', { count: 1, value: 0xe4 }],
    ['7.3.49', 'X-Mms-Response-Text', '93', 'responseText', '07 81 05 ea 7f c3a4 00', { count: 1, value: 'ä' }],
    ['7.3.10', 'X-Mms-Content-Location', '83', 'contentLocation', `04 02 0100 ${z('')}`, { count: 256, value: '' }],
  ];
  for (const [clause, name, code, key, octets, value] of forms)
    it(`${clause}: ${name} (0x${code}) is a length, a number and the value that it has elsewhere`, () => {
      const decoded = decodePdu(pduWith('deleteConf', code, octets));
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      assert.deepEqual((decoded.value as unknown as Readonly<Record<string, unknown>>)[key], [value]);
      assert.ok(Buffer.from(encodePdu(decoded.value)).includes(hex(`${code}${octets}`)));
    });
});
