import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeDescriptors } from './descriptors.js';
import { FIELDS } from './fields.js';
import { fitToVersion, isPduOfVersion, lowerVersion, responseStatusFor, statusFor } from './fit-to-version.js';
import { PDUS } from './pdu-rows.js';
import type { DeliveryInd, MboxDeleteConf, MboxDescr, MboxViewReq, NotificationInd, RetrieveConf, SendConf } from './pdus.js';
import { RESPONSE_STATUS } from './statuses.js';
import type { StatusValue } from './value-types.js';

const VERSIONS = ['1.0', '1.1', '1.2', '1.3'] as const;

describe('responseStatusFor', () => {
  it('gives every version, for each of the 256 octets, a status that it knows and still uses', () => {
    for (const version of VERSIONS)
      for (let octet = 0; octet < 256; octet++) {
        const row = RESPONSE_STATUS[responseStatusFor(octet, version)]!;
        assert.ok(row.since <= version && (row.until === undefined || row.until >= version), `${octet} for ${version}`);
      }
  });

  it('keeps Ok, and never makes Ok of anything else', () => {
    for (const version of VERSIONS)
      for (let octet = 0; octet < 256; octet++) assert.equal(responseStatusFor(octet, version) === 0x80, octet === 0x80);
  });

  it('leaves alone what the version knows', () => {
    for (const octet of [0xc0, 0xc1, 0xc2, 0xc3, 0xe0, 0xe1, 0xe9]) assert.equal(responseStatusFor(octet, '1.1'), octet);
    for (let octet = 0x80; octet <= 0x88; octet++) assert.equal(responseStatusFor(octet, '1.0'), octet);
    assert.equal(responseStatusFor(0xeb, '1.3'), 0xeb);
  });

  it('says transient and permanent errors to 1.0 with 0x81..0x87', () => {
    const expected: Record<number, number> = {
      192: 0x81,
      193: 0x84,
      194: 0x85,
      195: 0x86,
      196: 0x81,
      224: 0x81,
      225: 0x82,
      226: 0x83,
      227: 0x84,
      228: 0x85,
      229: 0x87,
      230: 0x82,
      231: 0x82,
      232: 0x82,
      233: 0x82,
      234: 0x82,
      235: 0x82,
    };
    for (const [octet, earlier] of Object.entries(expected)) assert.equal(responseStatusFor(Number(octet), '1.0'), earlier);
  });

  it('stays transient or permanent towards 1.1 and 1.2', () => {
    assert.equal(responseStatusFor(0xc4, '1.1'), 0xc0);
    assert.equal(responseStatusFor(0xea, '1.1'), 0xe1);
    assert.equal(responseStatusFor(0xeb, '1.2'), 0xe1);
  });

  it('treats an unassigned octet as its range says: 0xc5..0xdf as 0xc0, all others as 0xe0', () => {
    assert.equal(responseStatusFor(0xdf, '1.2'), 0xc0);
    assert.equal(responseStatusFor(0xff, '1.2'), 0xe0);
    assert.equal(responseStatusFor(0x90, '1.2'), 0xe0);
  });

  it('says the statuses of 1.0 to later versions in the words that replaced them', () => {
    assert.deepEqual(
      [0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88].map((octet) => responseStatusFor(octet, '1.2')),
      [0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xc3, 0xe5, 0x88],
    );
  });
});

describe('statusFor', () => {
  it('says Indeterminate, Forwarded and Unreachable to older versions with older words', () => {
    const cases: [StatusValue, string, StatusValue][] = [
      ['indeterminate', '1.0', 'unrecognised'],
      ['indeterminate', '1.1', 'indeterminate'],
      ['forwarded', '1.0', 'retrieved'],
      ['forwarded', '1.1', 'forwarded'],
      ['unreachable', '1.0', 'expired'],
      ['unreachable', '1.1', 'expired'],
      ['unreachable', '1.2', 'unreachable'],
      ['deferred', '1.0', 'deferred'],
    ];
    for (const [status, version, expected] of cases)
      assert.equal(statusFor(status, version), expected, `${status} for ${version}`);
  });
});

const retrieve: RetrieveConf = {
  kind: 'm-retrieve-conf',
  version: '1.3',
  transactionId: 'T1',
  date: 0,
  to: [],
  cc: [],
  retrieveStatus: 0xe2,
  retrieveText: 'gone',
  mmState: 'new',
  applicId: 'a',
  unknown: [
    { name: 'X-Mms-Store', octets: Uint8Array.of(0xa2, 0x80) },
    { name: 'X-Own', text: 'v', octets: Uint8Array.of(0x58, 0x00, 0x76, 0x00) },
  ],
};

describe('fitToVersion', () => {
  it('writes the version asked for, 1.3 at most', () => {
    const pdu: SendConf = { kind: 'm-send-conf', transactionId: 'T', version: '1.3', responseStatus: 0x80 };
    assert.equal(fitToVersion(pdu, '1.0').version, '1.0');
    assert.equal(fitToVersion(pdu, '1.4').version, '1.3');
    assert.equal(fitToVersion(pdu, '2.0').version, '1.3');
    assert.equal(fitToVersion(pdu, '0.9').version, '0.9');
  });

  it('leaves out fields that came later, also those that were kept unknown, and keeps application headers', () => {
    const fitted = fitToVersion(retrieve, '1.0');
    assert.deepEqual(Object.keys(fitted).sort(), ['cc', 'date', 'kind', 'to', 'transactionId', 'unknown', 'version']);
    assert.deepEqual(
      fitted.unknown!.map((field) => field.name),
      ['X-Own'],
    );
    assert.equal('unknown' in fitToVersion({ ...retrieve, unknown: retrieve.unknown!.slice(0, 1) }, '1.0'), false);
    assert.equal('retrieveStatus' in fitToVersion(retrieve, '1.1'), true);
    assert.equal('mmState' in fitToVersion(retrieve, '1.1'), false);
    assert.equal('mmState' in fitToVersion(retrieve, '1.2'), true);
    assert.equal('applicId' in fitToVersion(retrieve, '1.2'), false);
    assert.deepEqual(fitToVersion(retrieve, '1.3'), retrieve);
  });

  it('does not change the PDU it was given', () => {
    const before = structuredClone(retrieve);
    fitToVersion(retrieve, '1.0');
    assert.deepEqual(retrieve, before);
  });

  it('leaves Priority out of a notification before 1.2, although the field is as old as 1.0', () => {
    const pdu: NotificationInd = {
      kind: 'm-notification-ind',
      transactionId: 'T',
      version: '1.2',
      messageClass: 'personal',
      messageSize: 1,
      expiry: { kind: 'relative', seconds: 1 },
      contentLocation: 'http://a',
      priority: 'high',
    };
    assert.equal('priority' in fitToVersion(pdu, '1.1'), false);
    assert.equal(fitToVersion(pdu, '1.2').priority, 'high');
  });

  it('never leaves a later field in any PDU for any version', () => {
    for (const row of Object.values(PDUS))
      for (const version of VERSIONS) {
        const value = (key: string): unknown => (key === 'responseStatus' ? 0x80 : key === 'status' ? 'retrieved' : 'x');
        const full = Object.fromEntries(
          // Subject is as old as the standard: a name in X-Mms-Attributes that every version knows.
          row.slots.map((slot) => [slot.key, slot.key === 'attributes' ? ['Subject'] : slot.repeated ? [] : value(slot.key)]),
        );
        const fitted = fitToVersion({ ...full, kind: row.kind, version: '1.3' } as never, version);
        for (const slot of row.slots)
          if (!slot.mandatory && !slot.listed)
            assert.equal(slot.key in fitted, slot.since <= version, `${row.kind} ${FIELDS[slot.key].name} ${version}`);
      }
  });

  it('says every Response-Status, also each of those of a deletion, in the words of the version', () => {
    const common = { transactionId: 'T', version: '1.3' } as const;
    const plain = { ...common, responseStatus: 0xeb } as const;
    const content = makeDescriptors([]);
    assert.equal(fitToVersion({ kind: 'm-send-conf', ...plain }, '1.0').responseStatus, 0x82);
    assert.equal(fitToVersion({ kind: 'm-forward-conf', ...plain }, '1.1').responseStatus, 0xe1);
    assert.equal(fitToVersion({ kind: 'm-mbox-view-conf', ...plain, contentLocation: [], content }, '1.2').responseStatus, 0xe1);
    const deleted: MboxDeleteConf = {
      kind: 'm-mbox-delete-conf',
      ...common,
      responseStatus: [{ count: 1, value: 0xeb }, { value: 0xd0 }],
      contentLocation: [{ count: 1, value: 'a' }],
    };
    assert.deepEqual(fitToVersion(deleted, '1.2'), {
      ...deleted,
      version: '1.2',
      responseStatus: [{ count: 1, value: 0xe1 }, { value: 0xc0 }],
    });
    assert.equal(fitToVersion({ ...deleted, kind: 'm-delete-conf' }, '1.3').responseStatus[0]!.value, 0xeb);
  });

  it('leaves names of later fields out of X-Mms-Attributes, and the field when no name is left', () => {
    const view: MboxViewReq = {
      kind: 'm-mbox-view-req',
      transactionId: 'T',
      version: '1.3',
      contentLocation: [],
      attributes: ['Subject', 'X-Mms-Content-Class', 'X-Own'],
    };
    assert.deepEqual(fitToVersion(view, '1.2').attributes, ['Subject', 'X-Own']);
    assert.deepEqual(fitToVersion(view, '1.3').attributes, view.attributes);
    assert.equal('attributes' in fitToVersion({ ...view, attributes: ['X-Mms-Content-Class'] }, '1.2'), false);
  });

  it('gives no version to a descriptor of a mailbox that has none', () => {
    const descr: MboxDescr = { kind: 'm-mbox-descr', to: [], cc: [], bcc: [], subject: 's', applicId: 'a' };
    assert.deepEqual(fitToVersion(descr, '1.2'), { kind: 'm-mbox-descr', to: [], cc: [], bcc: [], subject: 's' });
  });

  it('says what became of a message in the words of the version', () => {
    const pdu: DeliveryInd = {
      kind: 'm-delivery-ind',
      version: '1.3',
      messageId: 'M',
      to: ['a@b'],
      date: 0,
      status: 'unreachable',
      statusText: 'x',
    };
    assert.deepEqual(fitToVersion(pdu, '1.1'), {
      kind: 'm-delivery-ind',
      version: '1.1',
      messageId: 'M',
      to: ['a@b'],
      date: 0,
      status: 'expired',
    });
  });
});

describe('versions', () => {
  it('compares by minor number, and takes a later major for a later version', () => {
    assert.equal(lowerVersion('1.2', '1.0'), '1.0');
    assert.equal(lowerVersion('1.10', '1.9'), '1.9');
    assert.equal(lowerVersion('2.0', '1.3'), '1.3');
  });

  it('knows that read reports exist from 1.1 on', () => {
    assert.equal(isPduOfVersion('m-read-orig-ind', '1.0'), false);
    assert.equal(isPduOfVersion('m-read-orig-ind', '1.1'), true);
    assert.equal(isPduOfVersion('m-delivery-ind', '1.0'), true);
  });

  it('knows that forwarding exists from 1.1 on, the mailbox from 1.2, deletion at the relay and cancellation from 1.3', () => {
    const cases = [
      ['m-forward-req', '1.1'],
      ['m-mbox-view-req', '1.2'],
      ['m-mbox-descr', '1.2'],
      ['m-delete-req', '1.3'],
      ['m-cancel-req', '1.3'],
    ] as const;
    for (const [kind, since] of cases)
      for (const version of VERSIONS) assert.equal(isPduOfVersion(kind, version), version >= since, `${kind} ${version}`);
  });
});
