/** 3GPP TS 32.270, clause 5.2: each event with the records that it gives, whole messages of every interface and road. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { type ChargingRecord, type ChargingSettings, RECORDS, type RecordName, recordsOf } from '#charging';
import type { Address, Delivery, DeliveryKey, LoggedChange, Message, MessageId, MessagingEvent, Origin } from '#messaging';

const ALICE: Address = { kind: 'number', msisdn: toMsisdn('491510000001')! };
const BOB: Address = { kind: 'number', msisdn: toMsisdn('491510000002')! };

const MESSAGE: Message = {
  id: 'm1' as MessageId,
  origin: { interface: 'mm1', version: '1.2' },
  sender: ALICE,
  senderHidden: false,
  recipients: [{ field: 'to', address: BOB }],
  date: 1_000,
  messageClass: 'personal',
  priority: 'normal',
  deliveryReport: false,
  readReport: false,
  contentType: 'application/vnd.wap.multipart.mixed',
  size: 5,
  acceptedAt: 1_000,
  deliverAt: 1_000,
  expiresAt: 1_000_000,
  fingerprint: 'f',
};
const DELIVERY: Delivery = {
  key: 'd1' as DeliveryKey,
  messageId: MESSAGE.id,
  recipientIndex: 0,
  recipient: BOB,
  state: 'due',
  attempts: 0,
  revision: 0,
};

const SETTINGS: ChargingSettings = {
  node: 'n1',
  ownDomain: 'mms.own.example',
  domainOfPeer: (peer) => (peer === 'b' ? 'mms.b.example' : undefined),
  numbers: 'whole',
};

const MM1: Origin = { interface: 'mm1', version: '1.2' };
const MM3: Origin = { interface: 'mm3', envelopeSender: 'a@x.example' };
const MM4: Origin = { interface: 'mm4', peer: 'b', version: '6.3.0', messageId: 'm', transactionId: 't', ackRequest: true };
const MM7: Origin = {
  interface: 'mm7',
  vasp: 'quiz',
  vaspId: 'Quiz Ltd',
  vasId: 'news',
  transactionId: 't',
  linkedId: 'l1',
  serviceCode: 's1',
  chargedParty: 'recipient',
  distributionIndicator: true,
};

/** Records of events of one change to one message. `more`: of its delivery. */
function records(
  origin: Origin,
  events: readonly object[],
  more: Partial<Delivery> = {},
  overrides: Partial<Message> = {},
): readonly ChargingRecord[] {
  const message: Message = { ...MESSAGE, origin, ...overrides };
  const delivery: Delivery = { ...DELIVERY, ...more };
  const whole = events.map(
    (event) => ({ messageId: message.id, at: 5_000, delivery: delivery.key, recipient: BOB, ...event }) as MessagingEvent,
  );
  const change: LoggedChange = { place: 7, events: whole, message, deliveries: [delivery] };
  return recordsOf('log', change, SETTINGS);
}

const names = (...given: Parameters<typeof records>): readonly RecordName[] => records(...given).map(({ name }) => name);
const accepted = { kind: 'message-accepted', sender: BOB, size: 5, recipients: 1 };
const handedOver = (road: string, more: object = {}) => ({
  kind: 'handed-over',
  road,
  transactionId: 'x',
  attempt: 1,
  awaits: 'acknowledgement',
  ...more,
});
const ended = (outcome: string) => ({ kind: 'delivery-ended', outcome });
const PEER: Partial<Delivery> = { road: { kind: 'peer', peer: 'b' } };
const VASP: Partial<Delivery> = { road: { kind: 'vasp', vasp: 'quiz' } };
const MAIL: Partial<Delivery> = { road: { kind: 'email' } };

/** Each event that gives records, with them. Titles name the record. */
const CASES: readonly (readonly [title: string, expected: readonly RecordName[], given: Parameters<typeof records>])[] = [
  ['MMO1S (30) records a submission on MM1', ['MMO1S'], [MM1, [accepted]]],
  ['MMR4F (38) records a message taken from a peer', ['MMR4F'], [MM4, [accepted]]],
  ['MM7S (54) records a submission on MM7', ['MM7S'], [MM7, [accepted]]],
  ['MMO4FRq (31) records a message that a peer has taken', ['MMO4FRq'], [MM1, [handedOver('peer:b')], PEER]],
  [
    'MMO4FRq (31) is not made again by a note that comes behind the peer’s answer',
    [],
    [MM1, [{ ...handedOver('peer:b'), heard: 'late' }], PEER],
  ],
  [
    'MMO4FRs (32) records a peer’s MM4_forward.RES',
    ['MMO4FRs'],
    [MM1, [{ kind: 'handover-answered', road: 'peer:b', transactionId: 'x', verdict: 'accepted', heard: 'settled' }], PEER],
  ],
  [
    'MMO4D (33) records a peer’s delivery report',
    ['MMO4D'],
    [MM1, [{ kind: 'delivery-reported', road: 'peer:b', status: 'retrieved', heard: 'settled' }, ended('retrieved')], PEER],
  ],
  ['MMO1D (34) records a delivery report to a handset', ['MMO1D'], [MM1, [{ kind: 'report-pushed', about: 'delivery' }]]],
  ['MMO4R (35) records a peer’s read reply report', ['MMO4R'], [MM1, [{ kind: 'message-read', status: 'read' }], PEER]],
  ['MMO1R (36) records a read report to a handset', ['MMO1R'], [MM1, [{ kind: 'report-pushed', about: 'read' }]]],
  ['MMOMD (37) records that a delivery by an outer road is given up', ['MMOMD'], [MM1, [ended('expired')], PEER]],
  [
    'MMOMD (37) is not made where the peer’s MM4_forward.RES ends it, whichever came first, its note or that',
    ['MMO4FRs'],
    [
      MM1,
      [
        { kind: 'handover-answered', road: 'peer:b', transactionId: 'x', verdict: 'refused', heard: 'settled' },
        ended('rejected'),
      ],
      PEER,
    ],
  ],
  ['MMOMD (37) records a cancellation by anybody but a VASP', ['MMOMD'], [MM1, [{ kind: 'delivery-cancelled', by: 'operator' }]]],
  ['MMR1NRq (39) records a notification', ['MMR1NRq'], [MM1, [{ kind: 'notification-pushed', attempt: 1 }]]],
  ['MMR1NRs (40) records that a recipient defers', ['MMR1NRs'], [MM1, [{ kind: 'delivery-deferred' }]]],
  ['MMR1NRs (40) records that a recipient rejects without having fetched', ['MMR1NRs'], [MM1, [ended('rejected')]]],
  ['MMR1Rt (41) records a retrieval', ['MMR1Rt'], [MM1, [{ kind: 'content-fetched' }]]],
  ['MMR1A (42) records that a recipient confirms', ['MMR1A'], [MM1, [ended('retrieved')], { fetchedAt: 4_000 }]],
  [
    'MMR1A (42) records that a recipient rejects what he has fetched',
    ['MMR1A'],
    [MM1, [ended('rejected')], { fetchedAt: 4_000 }],
  ],
  [
    'MMR4DRq (43) records a delivery report to a peer',
    ['MMR4DRq'],
    [MM4, [{ kind: 'report-pushed', about: 'delivery', road: 'peer:b' }]],
  ],
  [
    'MMR1RR (45) records a recipient’s read report',
    ['MMR1RR'],
    [MM1, [{ kind: 'message-read', status: 'deleted-without-being-read' }]],
  ],
  [
    'MMR4RRq (46) records a read reply report to a peer',
    ['MMR4RRq'],
    [MM4, [{ kind: 'report-pushed', about: 'read', road: 'peer:b' }]],
  ],
  ['MMRMD (48) records that a delivery to a handset is given up', ['MMRMD'], [MM1, [ended('expired')]]],
  [
    'MM7DRq (55) and MM7DRs (56) record a delivery to a VASP and its answer',
    ['MM7DRq', 'MM7DRs'],
    [MM1, [handedOver('vasp:quiz')], VASP],
  ],
  [
    'MM7DRq (55) and MM7DRs (56) record a delivery that a VASP refuses',
    ['MM7DRq', 'MM7DRs'],
    [MM1, [{ kind: 'handover-failed', road: 'vasp:quiz', transactionId: 'x', attempt: 1, reason: 'no' }], VASP],
  ],
  ['MM7C (57) records a cancellation by a VASP', ['MM7C'], [MM7, [{ kind: 'delivery-cancelled', by: 'quiz' }]]],
  ['MM7R (58) records a replacement by a VASP', ['MM7R'], [MM7, [{ kind: 'delivery-cancelled', by: 'quiz', replacement: 'm2' }]]],
  [
    'MM7DRRq (59) and MM7DRRs (60) record a delivery report to a VASP and its answer',
    ['MM7DRRq', 'MM7DRRs'],
    [MM7, [{ kind: 'report-pushed', about: 'delivery', road: 'vasp:quiz' }]],
  ],
  [
    'MM7RRq (61) and MM7RRs (62) record a read reply to a VASP and its answer',
    ['MM7RRq', 'MM7RRs'],
    [MM7, [{ kind: 'report-pushed', about: 'read', road: 'vasp:quiz' }]],
  ],
];

describe('charging events', () => {
  for (const [title, expected, given] of CASES) {
    it(`5.2: ${title}`, () => {
      const made = records(...given);
      assert.deepEqual(
        made.map(({ name }) => name),
        expected,
      );
      for (const { name, id, fields } of made) {
        assert.match(id, /^log\.7\.\d+\.[01]$/);
        for (const [field, presence] of Object.entries(RECORDS[name].fields))
          if (presence === 'mandatory' && field !== 'localSequenceNumber') assert.ok(field in fields, `${name} has ${field}`);
        for (const field of Object.keys(fields)) assert.ok(field in RECORDS[name].fields, `${field} is a field of ${name}`);
      }
    });
  }

  it('5.2: every record of the table is given by some event', () => {
    assert.deepEqual(new Set(CASES.flatMap(([, expected]) => expected)), new Set(Object.keys(RECORDS)));
  });

  it('5.2: mail gives no records of its own, what a far side reported is recorded once, and other events are no charging events', () => {
    const none: Parameters<typeof records>[] = [
      [MM3, [accepted]],
      [MM3, [{ kind: 'report-pushed', about: 'delivery', road: 'email' }]],
      [MM1, [handedOver('email')], MAIL],
      [MM1, [{ kind: 'delivery-reported', road: 'email', status: 'retrieved', heard: 'settled' }], MAIL],
      [MM1, [{ kind: 'handover-answered', road: 'email', transactionId: 'x', verdict: 'accepted', heard: 'settled' }], MAIL],
      [MM1, [{ kind: 'handover-failed', road: 'peer:b', transactionId: 'x', attempt: 1, reason: 'no' }], PEER],
      [MM1, [{ kind: 'message-read', status: 'read' }], MAIL],
      [MM1, [ended('retrieved')], PEER],
      [MM1, [{ kind: 'resubmission-recognised' }, { kind: 'content-removed' }, { kind: 'delivery-routed', road: 'peer:b' }]],
    ];
    for (const given of none) assert.deepEqual(names(...given), [], JSON.stringify(given));
    assert.deepEqual(names(MM1, [handedOver('peer:b'), ended('indeterminate')], PEER), ['MMO4FRq']);
  });
});

describe('what records say', () => {
  const one = (...given: Parameters<typeof records>): ChargingRecord['fields'] => records(...given)[0]!.fields;

  it('5.3: addresses are those of sender and recipients, MMS relays by domain, times are those of the events', () => {
    const fields = one(
      MM1,
      [accepted],
      {},
      {
        recipients: [
          { field: 'to', address: BOB },
          { field: 'bcc', address: { kind: 'email', mailbox: 'a@x.example' } },
        ],
      },
    );
    assert.deepEqual(fields.originatorMmsRSAddress, 'mms.own.example');
    assert.deepEqual(fields.originatorAddress, { kind: 'number', address: '+491510000001' });
    assert.deepEqual(fields.recipientAddresses, [
      { kind: 'number', address: '+491510000002', field: 0 },
      { kind: 'email', address: 'a@x.example', field: 2 },
    ]);
    assert.equal(fields.recordTimeStamp, '1970-01-01T00:00:05.000Z');
    assert.equal(one(MM1, [handedOver('peer:b')], PEER).recipientMmsRSAddress, 'mms.b.example');
    assert.equal(one(MM1, [handedOver('peer:gone')], PEER).recipientMmsRSAddress, 'gone');
    const fromPeer = one(MM4, [accepted]);
    assert.deepEqual(
      [fromPeer.originatorMmsRSAddress, fromPeer.recipientMmsRSAddress, fromPeer.acknowledgementRequest],
      ['mms.b.example', 'mms.own.example', true],
    );
  });

  it('5.3: a hidden sender is recorded, with the fact that he is hidden', () => {
    const fields = one(MM1, [accepted], {}, { senderHidden: true });
    assert.deepEqual([fields.senderVisibility, fields.originatorAddress], [false, { kind: 'number', address: '+491510000001' }]);
  });

  it('5.3: requestStatusCode is the far side’s word, or whether it took the matter', () => {
    const res = (verdict: string, code?: string) =>
      one(
        MM1,
        [
          {
            kind: 'handover-answered',
            road: 'peer:b',
            transactionId: 'x',
            verdict,
            heard: 'settled',
            ...(code && { answer: { code, text: 'T' } }),
          },
        ],
        PEER,
      );
    assert.equal(res('accepted').requestStatusCode, 0);
    assert.equal(res('refused').requestStatusCode, 4);
    assert.equal(res('refused', 'Error-service-denied').requestStatusCode, 30);
    assert.equal(res('deferred', 'Error-network-problem').requestStatusCode, 34);
    assert.equal(res('refused', 'Error-network-problem').statusText, 'T');
    assert.equal(res('refused', '4007').requestStatusCode, 4);
  });

  it('5.3: mmStatusCode is the outcome, and is left out where it has no value for it', () => {
    const reported = (status: string) =>
      one(MM1, [{ kind: 'delivery-reported', road: 'peer:b', status, heard: 'settled' }], PEER);
    const expected = {
      retrieved: 0,
      forwarded: 1,
      expired: 2,
      rejected: 3,
      deferred: 4,
      delayed: 4,
      unrecognised: 5,
      indeterminate: undefined,
      unreachable: undefined,
    };
    for (const [status, code] of Object.entries(expected)) {
      assert.equal(reported(status).mmStatusCode, code, status);
      assert.equal(reported(status).statusText, status);
    }
    assert.equal(one(MM1, [{ kind: 'message-read', status: 'read' }]).readStatus, 6);
    assert.equal(one(MM1, [{ kind: 'message-read', status: 'deleted-without-being-read' }]).readStatus, 7);
  });

  it('5.3: MM7 records name VASP and service, and who pays', () => {
    const fields = one(MM7, [accepted]);
    assert.deepEqual(
      [
        fields.vaspID,
        fields.vasID,
        fields.linkedID,
        fields.serviceCode,
        fields.chargeInformation,
        fields.messageDistributionIndicator,
      ],
      ['Quiz Ltd', 'news', 'l1', 's1', 1, true],
    );
    const { chargedParty, ...silent } = MM7 as Extract<Origin, { interface: 'mm7' }>;
    assert.equal(chargedParty, 'recipient');
    assert.equal(one(silent, [accepted]).chargeInformation, 99);
    const third = one({ ...silent, chargedParty: 'third-party', chargedPartyId: 'acme' }, [accepted]);
    assert.equal(third.chargeInformation, 99);
    assert.equal((third.recordExtensions as { chargedParty?: string }).chargedParty, 'acme');
  });

  it('5.3: recordExtensions say what the fields cannot: road, transaction, attempt, answer, refused recipients', () => {
    const events = [accepted, { kind: 'recipient-refused', reason: 'no-route-for-number' }];
    const extensions = one(MM1, events).recordExtensions;
    assert.deepEqual(extensions, {
      cameBy: 'mm1',
      refused: [{ kind: 'number', address: '+491510000002', reason: 'no-route-for-number' }],
    });
    assert.deepEqual(one(MM1, [handedOver('peer:b', { answer: { by: 'mx', code: '250' } })], PEER).recordExtensions, {
      cameBy: 'mm1',
      road: 'peer:b',
      transactionId: 'x',
      attempt: 1,
      answer: { by: 'mx', code: '250' },
    });
    assert.equal(
      (one(MM1, [accepted], {}, { messageClass: { token: 'promo' } }).recordExtensions as { messageClass?: string }).messageClass,
      'promo',
    );
  });
});
