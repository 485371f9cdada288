/** OMA-TS-MMS_ENC 1.3, clause 6: what each PDU must and may hold. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePdu } from '#codec/mms';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

const TID = `98 ${z('T1')}`;
const VERSION = '8d93';
const FROM = `89 06 80 ${z('+358')}`;
const DATE = '85 04 5e0be100';
const MESSAGE_ID = `8b ${z('M1')}`;
const TO = `97 ${z('+358/TYPE=PLMN')}`;
const YES = '80';
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
    clause: '6.5',
    name: 'm-delivery-ind',
    type: '86',
    mandatory: { 'X-Mms-MMS-Version': VERSION, 'Message-ID': MESSAGE_ID, Date: DATE, 'X-Mms-Status': '9581' },
    optional: `${TO} b6 ${z('t')} ${APPLICATION}`,
    optionalKeys: ['to', 'statusText', 'applicId', 'replyApplicId', 'auxApplicInfo'],
  },
  {
    clause: '6.6',
    name: 'm-read-rec-ind',
    type: '87',
    mandatory: { 'X-Mms-MMS-Version': VERSION, 'Message-ID': MESSAGE_ID, From: FROM, 'X-Mms-Read-Status': '9b80' },
    optional: `${TO} ${DATE} ${APPLICATION}`,
    optionalKeys: ['to', 'date', 'applicId', 'replyApplicId', 'auxApplicInfo'],
  },
  {
    clause: '6.6',
    name: 'm-read-orig-ind',
    type: '88',
    mandatory: { 'X-Mms-MMS-Version': VERSION, 'Message-ID': MESSAGE_ID, From: FROM, Date: DATE, 'X-Mms-Read-Status': '9b80' },
    optional: `${TO} ${APPLICATION}`,
    optionalKeys: ['to', 'applicId', 'replyApplicId', 'auxApplicInfo'],
  },
];

const LISTS = new Set(['to', 'cc', 'bcc']);

describe('OMA-TS-MMS_ENC 1.3, 6: PDUs', () => {
  for (const { clause, name, type, mandatory, optional, optionalKeys, tail = '' } of PDUS) {
    const content = mandatory['Content-Type'] ?? '';
    const others = Object.entries(mandatory).filter(([field]) => field !== 'Content-Type');

    it(`${clause}: ${name} with its mandatory fields alone is complete`, () => {
      const decoded = decodePdu(hex(`8c${type} ${others.map(([, octets]) => octets).join(' ')} ${content}`));
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      assert.equal(decoded.value.kind, name);
      const values = decoded.value as unknown as Record<string, unknown>;
      for (const key of optionalKeys) assert.deepEqual(values[key], LISTS.has(key) ? [] : undefined, key);
    });

    it(`${clause}: ${name} may hold ${optionalKeys.length} further fields, and each is understood`, () => {
      const decoded = decodePdu(hex(`8c${type} ${others.map(([, octets]) => octets).join(' ')} ${optional} ${content} ${tail}`));
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      const values = decoded.value as unknown as Record<string, unknown>;
      assert.deepEqual(decoded.value.unknown, undefined);
      for (const key of optionalKeys) {
        assert.notEqual(values[key], undefined, key);
        if (LISTS.has(key)) assert.equal((values[key] as unknown[]).length, 1);
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
