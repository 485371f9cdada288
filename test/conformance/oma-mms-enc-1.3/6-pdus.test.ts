/** OMA-TS-MMS_ENC 1.3, clause 6: what each PDU must and may hold. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DeleteConf,
  decodeDescriptors,
  decodePdu,
  deletionResults,
  encodePdu,
  type MboxDeleteConf,
  type MboxUploadReq,
  type MboxViewConf,
  type MboxViewReq,
  type MmsPdu,
  type PduKind,
  PDUS as ROWS,
} from '#codec/mms';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

const TID = `98 ${z('T1')}`;
const VERSION = '8d93';
const FROM = `89 06 80 ${z('+358')}`;
const DATE = '85 04 5e0be100';
const MESSAGE_ID = `8b ${z('M1')}`;
const TO = `97 ${z('+358/TYPE=PLMN')}`;
const YES = '80';
const LOCATION = `83 ${z('u')}`;
const FLAG = `a4 03 80 ${z('f')}`;
const APPLICATION = `b7 ${z('a')} b8 ${z('b')} b9 ${z('c')}`;
const REPLY_CHARGING = `9c80 9d 02 81 8a 9f 01 05 9e ${z('R')}`;

/** Each PDU: its fields that must be there, each as octets by name, and its optional ones with the property that they become. */
const PDUS: readonly {
  readonly clause: string;
  readonly name: string;
  readonly type: string;
  readonly mandatory: Readonly<Record<string, string>>;
  readonly optional: string;
  readonly optionalKeys: readonly string[];
  readonly tail?: string;
  /** Properties that are empty lists when the field is missing, beside those of recipients. */
  readonly lists?: readonly string[];
}[] = [
  {
    clause: '6.1.1',
    name: 'm-send-req',
    type: '80',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, From: FROM, 'Content-Type': '84 a3 00' },
    optional: `${DATE} ${TO} 82 ${z('c')} 81 ${z('b')} 96 ${z('s')} 8a80 88 02 81 8a 87 02 81 8a 8f80 94${YES} 86${YES} 90${YES} ${REPLY_CHARGING} a2${YES} a380 a4 03 80 ${z('f')} ${APPLICATION} ba80 bb${YES} bc${YES}`,
    optionalKeys: [
      ...[
        'date',
        'to',
        'cc',
        'bcc',
        'subject',
        'messageClass',
        'expiry',
        'deliveryTime',
        'priority',
        'senderVisibility',
        'deliveryReport',
      ],
      ...[
        'readReport',
        'replyCharging',
        'replyChargingDeadline',
        'replyChargingSize',
        'replyChargingId',
        'store',
        'mmState',
        'mmFlags',
      ],
      ...['applicId', 'replyApplicId', 'auxApplicInfo', 'contentClass', 'drmContent', 'adaptationAllowed'],
    ],
  },
  {
    clause: '6.1.2',
    name: 'm-send-conf',
    type: '81',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Response-Status': '9280' },
    optional: `93 ${z('t')} ${MESSAGE_ID} 83 ${z('u')} a580 a6 ${z('t')}`,
    optionalKeys: ['responseText', 'messageId', 'contentLocation', 'storeStatus', 'storeStatusText'],
  },
  {
    clause: '6.2',
    name: 'm-notification-ind',
    type: '82',
    mandatory: {
      'X-Mms-Transaction-Id': TID,
      'X-Mms-MMS-Version': VERSION,
      'X-Mms-Message-Class': '8a80',
      'X-Mms-Message-Size': '8e 01 05',
      'X-Mms-Expiry': '88 02 81 8a',
      'X-Mms-Content-Location': `83 ${z('http://a')}`,
    },
    optional: `${FROM} 96 ${z('s')} 86${YES} a7${YES} 8f80 ${REPLY_CHARGING} b1${YES} b2 02 ${z('e')} b480 b5 ${z('t')} ${APPLICATION} ba80 bb${YES} bd ${z('r')}`,
    optionalKeys: [
      ...[
        'from',
        'subject',
        'deliveryReport',
        'stored',
        'priority',
        'replyCharging',
        'replyChargingDeadline',
        'replyChargingSize',
      ],
      ...[
        'replyChargingId',
        'distributionIndicator',
        'elementDescriptor',
        'recommendedRetrievalMode',
        'recommendedRetrievalModeText',
      ],
      ...['applicId', 'replyApplicId', 'auxApplicInfo', 'contentClass', 'drmContent', 'replaceId'],
    ],
  },
  {
    clause: '6.2',
    name: 'm-notifyresp-ind',
    type: '83',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Status': '9581' },
    optional: `91${YES}`,
    optionalKeys: ['reportAllowed'],
  },
  {
    clause: '6.3',
    name: 'm-retrieve-conf',
    type: '84',
    mandatory: { 'X-Mms-MMS-Version': VERSION, Date: DATE },
    optional: `${TID} ${MESSAGE_ID} ${FROM} ${TO} 82 ${z('c')} 96 ${z('s')} 8a80 8f80 86${YES} 90${YES} 9980 9a ${z('t')} ${REPLY_CHARGING} a0 03 81 ${z('f')} a1 03 81 01 05 a380 a4 03 80 ${z('f')} b1${YES} ${APPLICATION} ba80 bb${YES} bd ${z('r')}`,
    optionalKeys: [
      ...[
        'transactionId',
        'messageId',
        'from',
        'to',
        'cc',
        'subject',
        'messageClass',
        'priority',
        'deliveryReport',
        'readReport',
      ],
      ...['retrieveStatus', 'retrieveText', 'replyCharging', 'replyChargingDeadline', 'replyChargingSize', 'replyChargingId'],
      ...['previouslySentBy', 'previouslySentDate', 'mmState', 'mmFlags', 'distributionIndicator', 'applicId', 'replyApplicId'],
      ...['auxApplicInfo', 'contentClass', 'drmContent', 'replaceId'],
    ],
    tail: '84 a3 00',
  },
  {
    clause: '6.4',
    name: 'm-acknowledge-ind',
    type: '85',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION },
    optional: `91${YES}`,
    optionalKeys: ['reportAllowed'],
  },
  {
    clause: '6.6',
    name: 'm-delivery-ind',
    type: '86',
    mandatory: { 'X-Mms-MMS-Version': VERSION, 'Message-ID': MESSAGE_ID, Date: DATE, 'X-Mms-Status': '9581' },
    optional: `${TO} b6 ${z('t')} ${APPLICATION}`,
    optionalKeys: ['to', 'statusText', 'applicId', 'replyApplicId', 'auxApplicInfo'],
  },
  {
    clause: '6.7',
    name: 'm-read-rec-ind',
    type: '87',
    mandatory: { 'X-Mms-MMS-Version': VERSION, 'Message-ID': MESSAGE_ID, From: FROM, 'X-Mms-Read-Status': '9b80' },
    optional: `${TO} ${DATE} ${APPLICATION}`,
    optionalKeys: ['to', 'date', 'applicId', 'replyApplicId', 'auxApplicInfo'],
  },
  {
    clause: '6.7',
    name: 'm-read-orig-ind',
    type: '88',
    mandatory: { 'X-Mms-MMS-Version': VERSION, 'Message-ID': MESSAGE_ID, From: FROM, Date: DATE, 'X-Mms-Read-Status': '9b80' },
    optional: `${TO} ${APPLICATION}`,
    optionalKeys: ['to', 'applicId', 'replyApplicId', 'auxApplicInfo'],
  },
  {
    clause: '6.5.1',
    name: 'm-forward-req',
    type: '89',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, From: FROM, 'X-Mms-Content-Location': LOCATION },
    optional: `${DATE} ${TO} 82 ${z('c')} 81 ${z('b')} 88 02 81 8a 87 02 81 8a 91${YES} 86${YES} 90${YES} ${REPLY_CHARGING} a2${YES} a380 ${FLAG}`,
    optionalKeys: [
      ...['date', 'to', 'cc', 'bcc', 'expiry', 'deliveryTime', 'reportAllowed', 'deliveryReport', 'readReport'],
      ...['replyCharging', 'replyChargingDeadline', 'replyChargingSize', 'replyChargingId', 'store', 'mmState', 'mmFlags'],
    ],
  },
  {
    clause: '6.5.2',
    name: 'm-forward-conf',
    type: '8a',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Response-Status': '9280' },
    optional: `93 ${z('t')} ${MESSAGE_ID} ${LOCATION} a580 a6 ${z('t')}`,
    optionalKeys: ['responseText', 'messageId', 'contentLocation', 'storeStatus', 'storeStatusText'],
  },
  {
    clause: '6.8',
    name: 'm-mbox-store-req',
    type: '8b',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Content-Location': LOCATION },
    optional: `a382 ${FLAG}`,
    optionalKeys: ['mmState', 'mmFlags'],
  },
  {
    clause: '6.8',
    name: 'm-mbox-store-conf',
    type: '8c',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Store-Status': 'a580' },
    optional: `${LOCATION} a6 ${z('t')}`,
    optionalKeys: ['contentLocation', 'storeStatusText'],
  },
  {
    clause: '6.9',
    name: 'm-mbox-view-req',
    type: '8d',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION },
    optional: `${LOCATION} a382 ${FLAG} af80 b385 a896 a9${YES} ab${YES}`,
    optionalKeys: ['contentLocation', 'mmState', 'mmFlags', 'start', 'limit', 'attributes', 'totals', 'quotas'],
    lists: ['contentLocation'],
  },
  {
    clause: '6.9',
    name: 'm-mbox-view-conf',
    type: '8e',
    mandatory: {
      'X-Mms-Transaction-Id': TID,
      'X-Mms-MMS-Version': VERSION,
      'X-Mms-Response-Status': '9280',
      'Content-Type': '84 a3 00',
    },
    optional: `93 ${z('t')} ${LOCATION} a382 ${FLAG} af80 b385 a896 aa 02 80 85 ac 02 80 85 ad81`,
    optionalKeys: [
      ...['responseText', 'contentLocation', 'mmState', 'mmFlags', 'start', 'limit', 'attributes', 'mboxTotals', 'mboxQuotas'],
      'messageCount',
    ],
    lists: ['contentLocation'],
  },
  {
    clause: '6.10',
    name: 'm-mbox-upload-req',
    type: '8f',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'Content-Type': '84 a3 00' },
    optional: `a380 ${FLAG}`,
    optionalKeys: ['mmState', 'mmFlags'],
  },
  {
    clause: '6.10',
    name: 'm-mbox-upload-conf',
    type: '90',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Store-Status': 'a580' },
    optional: `${LOCATION} a6 ${z('t')}`,
    optionalKeys: ['contentLocation', 'storeStatusText'],
  },
  {
    clause: '6.11',
    name: 'm-mbox-delete-req',
    type: '91',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Content-Location': LOCATION },
    optional: LOCATION,
    optionalKeys: [],
  },
  {
    clause: '6.11',
    name: 'm-mbox-delete-conf',
    type: '92',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION },
    optional: `92 02 80 e4 93 03 80 ${z('t')} 83 03 80 ${z('u')}`,
    optionalKeys: ['responseStatus', 'responseText', 'contentLocation'],
    lists: ['responseStatus', 'contentLocation'],
  },
  {
    clause: '6.12',
    name: 'm-mbox-descr',
    type: '93',
    mandatory: {},
    optional: `${VERSION} ${LOCATION} ${MESSAGE_ID} a382 ${FLAG} ${DATE} ${FROM} ${TO} 82 ${z('c')} 81 ${z('b')} 8a80 96 ${z('s')} 8f80 87 02 81 8a 88 02 81 8a 86${YES} 90${YES} 8e 01 05 ${REPLY_CHARGING} a0 03 81 ${z('f')} a1 03 81 01 05 ${APPLICATION} ba80 bb${YES}`,
    optionalKeys: [
      ...['version', 'contentLocation', 'messageId', 'mmState', 'mmFlags', 'date', 'from', 'to', 'cc', 'bcc', 'messageClass'],
      ...['subject', 'priority', 'deliveryTime', 'expiry', 'deliveryReport', 'readReport', 'messageSize', 'replyCharging'],
      ...['replyChargingDeadline', 'replyChargingSize', 'replyChargingId', 'previouslySentBy', 'previouslySentDate'],
      ...['applicId', 'replyApplicId', 'auxApplicInfo', 'contentClass', 'drmContent'],
    ],
    tail: '84 a3 00',
  },
  {
    clause: '6.13',
    name: 'm-delete-req',
    type: '94',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Content-Location': LOCATION },
    optional: LOCATION,
    optionalKeys: [],
  },
  {
    clause: '6.13',
    name: 'm-delete-conf',
    type: '95',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION },
    optional: `92 02 80 e4 93 03 80 ${z('t')} 83 03 80 ${z('u')}`,
    optionalKeys: ['responseStatus', 'responseText', 'contentLocation'],
    lists: ['responseStatus', 'contentLocation'],
  },
  {
    clause: '6.14',
    name: 'm-cancel-req',
    type: '96',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Cancel-ID': `be ${z('M1')}` },
    optional: '',
    optionalKeys: [],
  },
  {
    clause: '6.14',
    name: 'm-cancel-conf',
    type: '97',
    mandatory: { 'X-Mms-Transaction-Id': TID, 'X-Mms-MMS-Version': VERSION, 'X-Mms-Cancel-Status': 'bf80' },
    optional: '',
    optionalKeys: [],
  },
];

/** Fields that ours have beyond the standard: one operator sends a transaction id in delivery reports. */
const isForeign = (pdu: string, key: string): boolean => pdu === 'm-delivery-ind' && key === 'transactionId';

const RECIPIENTS = ['to', 'cc', 'bcc'];

describe('OMA-TS-MMS_ENC 1.3, 6: PDUs', () => {
  it('6: these are all the PDUs there are, and their fields all that ours have', () => {
    assert.deepEqual(
      PDUS.map(({ clause, name, type }) => [name, Number.parseInt(type, 16), clause]),
      Object.values(ROWS).map(({ kind, type, clause }) => [kind, type, clause]),
    );
    for (const { name, mandatory, optionalKeys, tail } of PDUS) {
      const { slots } = ROWS[name as PduKind];
      assert.deepEqual(
        slots
          .filter((slot) => slot.mandatory)
          .map((slot) => slot.name)
          .sort(),
        Object.keys(mandatory).sort(),
        name,
      );
      const others = slots.filter((slot) => !slot.mandatory && !isForeign(name, slot.key)).map((slot) => slot.key as string);
      assert.deepEqual(others.sort(), [...optionalKeys, ...(tail === undefined ? [] : ['content'])].sort(), name);
    }
  });

  for (const { clause, name, type, mandatory, optional, optionalKeys, tail = '', lists = [] } of PDUS) {
    const isList = (key: string): boolean => RECIPIENTS.includes(key) || lists.includes(key);
    const content = mandatory['Content-Type'] ?? '';
    const others = Object.entries(mandatory).filter(([field]) => field !== 'Content-Type');

    it(`${clause}: ${name} with its mandatory fields alone is complete`, () => {
      const decoded = decodePdu(hex(`8c${type} ${others.map(([, octets]) => octets).join(' ')} ${content}`));
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      assert.equal(decoded.value.kind, name);
      const values = decoded.value as unknown as Record<string, unknown>;
      for (const key of optionalKeys) assert.deepEqual(values[key], isList(key) ? [] : undefined, key);
    });

    it(`${clause}: ${name} may hold ${optionalKeys.length === 0 ? 'no' : optionalKeys.length} further fields${optionalKeys.length === 0 ? '' : ', and each is understood'}`, () => {
      const decoded = decodePdu(hex(`8c${type} ${others.map(([, octets]) => octets).join(' ')} ${optional} ${content} ${tail}`));
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      const values = decoded.value as unknown as Record<string, unknown>;
      assert.deepEqual(decoded.value.unknown, undefined);
      for (const key of optionalKeys) {
        assert.notEqual(values[key], undefined, key);
        if (isList(key)) assert.equal((values[key] as unknown[]).length, 1);
      }
    });

    for (const field of Object.keys(mandatory))
      it(`${clause}: ${name} without ${field} is refused`, () => {
        const rest = others.filter(([other]) => other !== field).map(([, octets]) => octets);
        const decoded = decodePdu(hex(`8c${type} ${rest.join(' ')} ${field === 'Content-Type' ? '' : content}`));
        assert.ok(!decoded.ok);
        assert.equal(decoded.error.kind, 'missing-field');
        assert.ok(decoded.error.text.includes(field));
      });
  }
});

const decoded = (octets: string): MmsPdu => {
  const pdu = decodePdu(hex(octets));
  assert.ok(pdu.ok, pdu.ok ? '' : pdu.error.text);
  return pdu.value;
};
const asWritten = (octets: string): void => assert.deepEqual(Buffer.from(encodePdu(decoded(octets))), hex(octets));
const HEAD = `${TID} ${VERSION}`;

describe('OMA-TS-MMS_ENC 1.3, 6.9 to 6.13: fields that belong together', () => {
  it('6.9: m-mbox-view-req may name several locations, states, flags and attributes, kept in their order', () => {
    const octets = `8c8d ${HEAD} 83 ${z('a')} 83 ${z('b')} a380 a382 a4 03 82 ${z('x')} a4 03 82 ${z('y')} a896 a8ae a8b0`;
    const view = decoded(octets) as MboxViewReq;
    assert.deepEqual(view.contentLocation, ['a', 'b']);
    assert.deepEqual(view.mmState, ['draft', 'new']);
    assert.deepEqual(
      view.mmFlags!.map(({ action, text }) => [action, text]),
      [
        ['filter', 'x'],
        ['filter', 'y'],
      ],
    );
    assert.deepEqual(view.attributes, ['Subject', 'Content', 'Additional-headers']);
    asWritten(octets);
  });

  it('6.9: m-mbox-view-conf may tell totals and quotas in messages and in octets, each with a field of its own', () => {
    const octets = `8c8e ${HEAD} 9280 aa 02 80 83 aa 04 81 02 0400 ac 03 80 01 80 ac 05 81 03 100000 84 a3 00`;
    const view = decoded(octets) as MboxViewConf;
    assert.deepEqual(view.mboxTotals, [
      { of: 'messages', count: 3 },
      { of: 'octets', count: 1_024 },
    ]);
    assert.deepEqual(view.mboxQuotas, [
      { of: 'messages', count: 128 },
      { of: 'octets', count: 1_048_576 },
    ]);
    asWritten(octets);
  });

  it('6.9, 6.12: m-mbox-view-conf lists messages as parts that are m-mbox-descr', () => {
    const descr = hex(`8c93 8d92 83 ${z('u')} 8b ${z('M1')}`);
    const part = `01 ${descr.length.toString(16).padStart(2, '0')} be ${descr.toString('hex')}`;
    const view = decoded(`8c8e ${HEAD} 9280 ad82 84 a3 02 ${part} ${part}`) as MboxViewConf;
    const listed = decodeDescriptors(view.content);
    assert.ok(listed.ok);
    assert.deepEqual(
      listed.value.map((it) => (it.kind === 'descriptor' ? [it.descriptor.contentLocation, it.descriptor.messageId] : it.kind)),
      [
        ['u', 'M1'],
        ['u', 'M1'],
      ],
    );
  });

  it('6.10, 6.12: m-mbox-upload-req brings an m-mbox-descr', () => {
    const upload = decoded(`8c8f ${HEAD} 84 be 8c93 8d92 96 ${z('s')} 84 a3 00`) as MboxUploadReq;
    const listed = decodeDescriptors(upload.content);
    assert.ok(listed.ok && listed.value[0]?.kind === 'descriptor');
    assert.equal(listed.value[0].descriptor.subject, 's');
  });

  for (const [clause, type, name] of [
    ['6.11', '92', 'm-mbox-delete-conf'],
    ['6.13', '95', 'm-delete-conf'],
  ] as const) {
    it(`${clause}: ${name} ties a status and its text to one location or more by their number`, () => {
      const octets = `8c${type} ${HEAD} 92 02 80 e4 92 02 81 e1 93 03 81 ${z('t')} 83 03 81 ${z('c')} 83 03 80 ${z('a')} 83 03 80 ${z('b')}`;
      const pdu = decoded(octets) as MboxDeleteConf | DeleteConf;
      assert.equal(pdu.kind, name);
      assert.deepEqual(deletionResults(pdu), [
        { count: 0, status: 0xe4, contentLocations: ['a', 'b'] },
        { count: 1, status: 0xe1, text: 't', contentLocations: ['c'] },
      ]);
      asWritten(octets);
    });
  }
});
