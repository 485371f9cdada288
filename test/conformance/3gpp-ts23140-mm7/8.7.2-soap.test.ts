/** TS 23.140 8.7.2 and SOAP 1.1 4: what is read although the schema does not allow it, and what is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { decodeEnvelope, MM7_TOLERANCES, type Mm7Reading, type Mm7ToleranceName, type SubmitReq } from '#codec/mm7';
import { type SoapOptions, soapOf, submitText } from '../../kit/mm7.js';

const MISPRINTED = 'http://schemas.xmlsoap.org/soap/soap-envelope';
const submit = (reading: Mm7Reading): SubmitReq => reading.message as SubmitReq;
const answerText = (inside: string, name = 'DeliverRsp', status = '<StatusText>ok</StatusText>'): string =>
  `<${name} xmlns="NS"><MM7Version>6.8.0</MM7Version><Status><StatusCode>1000</StatusCode>${status}</Status>${inside}</${name}>`;
const reportText = (status: string): string =>
  `<DeliveryReportReq xmlns="NS"><MM7Version>6.8.0</MM7Version><MessageID>m</MessageID><Recipient><Number>1</Number></Recipient>` +
  `<Sender><ShortCode>2</ShortCode></Sender><Date>2026-01-01T00:00:00Z</Date><MMStatus>${status}</MMStatus></DeliveryReportReq>`;

type Case = readonly [name: Mm7ToleranceName, body: string, check: (reading: Mm7Reading) => void, options?: SoapOptions];

const CASES: readonly Case[] = [
  ['blank-before-declaration', answerText(''), () => {}, { prolog: '\r\n<?xml version="1.0" encoding="utf-8"?>' }],
  ['soap-namespace', submitText(), () => {}, { envelope: MISPRINTED }],
  ['foreign-namespace', submitText('', ' xmlns="urn:mm7"'), (r) => assert.equal(r.dialect.namespace, 'urn:mm7')],
  ['no-namespace', submitText('', ''), (r) => assert.match(r.dialect.namespace, /REL-6-MM7-1-4$/)],
  [
    'mixed-namespaces',
    submitText('<Content xmlns:m="NS" m:href="cid:1"/>'),
    (r) => assert.equal(submit(r).content?.href, 'cid:1'),
  ],
  ['missing-transaction-id', answerText(''), (r) => assert.equal(r.transactionId, ''), { transactionId: null }],
  [
    'element-order',
    submitText('<Subject>s</Subject><Priority>High</Priority>'),
    (r) => assert.deepEqual([submit(r).subject, submit(r).priority], ['s', 'High']),
  ],
  ['unknown-element', answerText('<MessageID>m</MessageID>'), (r) => assert.equal('messageId' in r.message, false)],
  ['repeated-element', submitText('<Subject>a</Subject><Subject>b</Subject>'), (r) => assert.equal(submit(r).subject, 'a')],
  ['empty-element', submitText('<Priority/>'), (r) => assert.equal('priority' in r.message, false)],
  [
    'misspelt-element',
    submitText('<EarlistDeliveryTime>PT1H</EarlistDeliveryTime><AuxApplicId>x</AuxApplicId>'),
    (r) => assert.deepEqual([submit(r).earliestDeliveryTime, submit(r).auxApplicInfo], [{ afterMs: 3_600_000 }, 'x']),
  ],
  ['letter-case', submitText('<DeliveryReport>True</DeliveryReport>'), (r) => assert.equal(submit(r).deliveryReport, true)],
  [
    'unlisted-value',
    reportText('Unrecognized'),
    (r) => assert.equal((r.message as { mmStatus?: string }).mmStatus, 'Unrecognised'),
  ],
  [
    'bare-address',
    '<SubmitReq xmlns="NS"><MM7Version>5.3.0</MM7Version><SenderIdentification><SenderAddress>12345</SenderAddress></SenderIdentification><Recipients><To>+15559870002</To></Recipients></SubmitReq>',
    (r) => {
      assert.deepEqual(submit(r).senderIdentification.senderAddress, { kind: 'ShortCode', value: '12345' });
      assert.deepEqual(submit(r).recipients, { to: [{ kind: 'Number', value: '+15559870002' }] });
    },
  ],
  [
    'wrapped-address',
    '<DeliverReq xmlns="NS"><MM7Version>6.8.0</MM7Version><Sender><SenderAddress><Number>+1</Number></SenderAddress></Sender></DeliverReq>',
    (r) => assert.deepEqual((r.message as { sender?: unknown }).sender, { kind: 'Number', value: '+1' }),
  ],
  [
    'attribute-as-element',
    submitText('<ReplyCharging><ReplyChargingSize>100</ReplyChargingSize></ReplyCharging>'),
    (r) => assert.deepEqual(submit(r).replyCharging, { sizeMax: 100 }),
  ],
  [
    'time-without-zone',
    submitText('<TimeStamp>2026-03-04T05:06:07</TimeStamp>'),
    (r) => assert.equal(submit(r).timeStamp, Date.UTC(2026, 2, 4, 5, 6, 7)),
  ],
  [
    'missing-version',
    '<DeliverRsp xmlns="NS"><Status><StatusCode>1000</StatusCode><StatusText>ok</StatusText></Status></DeliverRsp>',
    (r) => assert.equal((r.message as { version?: string }).version, ''),
  ],
  ['missing-status-text', answerText('', 'DeliverRsp', ''), (r) => assert.equal(r.message.kind, 'DeliverRsp')],
  [
    'error-outside-fault',
    answerText('', 'VASPErrorRsp'),
    (r) => assert.equal(r.message.kind === 'Fault' && r.message.error?.kind, 'VASPErrorRsp'),
  ],
];

/** Those of the packaging around the document have their tests with it. */
const OF_PACKAGING: ReadonlySet<string> = new Set([
  'root-not-found-by-start',
  'href-by-location',
  'href-without-match',
  'flat-parts',
  'unnamed-parts',
  'missing-content',
  'multipart-without-boundary',
]);

describe('TS 23.140 8.7.2: what is tolerated', () => {
  for (const [name, body, check, options] of CASES)
    it(`${name}: ${MM7_TOLERANCES[name].accepts}`, () => {
      const reading = decodeEnvelope(soapOf(body, options));
      assert.ok(reading.ok, reading.ok ? '' : reading.error.text);
      assert.ok(
        reading.value.tolerated.some((use) => use.name === name),
        JSON.stringify(reading.value.tolerated),
      );
      check(reading.value);
    });

  it('every tolerance has a test here or with the packaging', () => {
    const tested = new Set<string>([...CASES.map(([name]) => name), ...OF_PACKAGING]);
    assert.deepEqual(
      Object.keys(MM7_TOLERANCES).filter((name) => !tested.has(name)),
      [],
    );
  });
});

const DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
const refusal = (octets: Uint8Array): readonly [string, number] => {
  const reading = decodeEnvelope(octets);
  assert.ok(!reading.ok, 'it is refused');
  return [reading.error.kind, reading.error.status];
};

describe('SOAP 1.1 3 and 4, TS 23.140 8.7.5: what is refused', () => {
  const refused: readonly (readonly [title: string, octets: Uint8Array, kind: string, status: number])[] = [
    [
      'a DOCTYPE with entities that expand',
      soapOf(submitText('<Subject>&b;</Subject>'), { prolog: DOCTYPE }),
      'forbidden-xml',
      4004,
    ],
    [
      'a DOCTYPE that names a file',
      soapOf(submitText(), { prolog: '<!DOCTYPE x SYSTEM "file:///etc/hostname">' }),
      'forbidden-xml',
      4004,
    ],
    ['an entity that nobody declared', soapOf(submitText('<Subject>&b;</Subject>')), 'malformed-xml', 4004],
    ['a lost end tag', soapOf('<SubmitReq xmlns="NS"><MM7Version>6.8.0</SubmitReq>'), 'malformed-xml', 4004],
    ['an undeclared prefix', soapOf('<x:SubmitReq/>'), 'malformed-xml', 4004],
    ['octets that are no UTF-8', new Uint8Array([0x3c, 0xff, 0xfe, 0x3e]), 'malformed-xml', 4004],
    ['nothing at all', new Uint8Array(0), 'malformed-xml', 4004],
    [
      'an envelope of SOAP 1.2',
      soapOf(submitText(), { envelope: 'http://www.w3.org/2003/05/soap-envelope' }),
      'soap-version',
      4004,
    ],
    ['another root', new TextEncoder().encode('<html/>'), 'not-soap', 4004],
    ['an empty body', soapOf(''), 'not-soap', 4004],
    [
      'a header entry that must be understood and is not',
      soapOf(submitText(), { header: '<w:Security xmlns:w="urn:w" env:mustUnderstand="1"/>' }),
      'must-understand',
      4004,
    ],
    ['a request without TransactionID', soapOf(submitText(), { transactionId: null }), 'missing-element', 4004],
    ['an operation that there is not', soapOf('<QueryStatusReq xmlns="NS"/>'), 'unknown-operation', 4003],
    ['a version of another release', soapOf(submitText().replace('6.8.0', '7.0.0')), 'unsupported-version', 4002],
    ['recipients without an address', soapOf(submitText().replace('<Number>+15559870002</Number>', '')), 'missing-element', 4004],
    ['a priority that there is not', soapOf(submitText('<Priority>Urgent</Priority>')), 'bad-value', 2007],
    ['a day that there is not', soapOf(submitText('<TimeStamp>2026-02-30T00:00:00Z</TimeStamp>')), 'bad-value', 2007],
    ['a negative span', soapOf(submitText('<ExpiryDate>-PT1H</ExpiryDate>')), 'bad-value', 2007],
    ['elements too deep', soapOf(`${'<a>'.repeat(LIMITS.mm7DepthMax)}${'</a>'.repeat(LIMITS.mm7DepthMax)}`), 'limit', 4004],
    ['too many elements', soapOf(submitText('<a/>'.repeat(LIMITS.mm7ElementsMax))), 'limit', 4004],
    ['too many octets', soapOf(submitText(`<Subject>${'x'.repeat(LIMITS.mm7SoapOctetsMax)}</Subject>`)), 'limit', 4004],
  ];
  for (const [title, octets, kind, status] of refused)
    it(`${title}: ${kind}, answered with ${status}`, () => assert.deepEqual(refusal(octets), [kind, status]));

  it('says to whom to answer, in which namespace and version, of what could be read', () => {
    const reading = decodeEnvelope(soapOf(submitText('<Priority>Urgent</Priority>')));
    assert.ok(!reading.ok);
    assert.deepEqual(reading.error.salvaged.transactionId, 't-1');
    assert.equal(reading.error.salvaged.operation, 'SubmitReq');
    assert.equal(reading.error.salvaged.dialect?.version, '6.8.0');
    assert.match(reading.error.salvaged.dialect?.namespace ?? '', /REL-6-MM7-1-4$/);
  });

  it('never quotes what the sender wrote in a value', () => {
    const reading = decodeEnvelope(soapOf(submitText('<Priority>secret</Priority>')));
    assert.ok(!reading.ok);
    assert.doesNotMatch(reading.error.text, /secret/);
  });
});
