/** RFC 4666, 3: messages and parameters, octets written down by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeM3ua, encodeM3ua, errorAnswer, type M3uaMessage } from '#codec/m3ua';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

const user = fromHex('0900030507');
const pc = [
  { mask: 0, pointCode: 4114 },
  { mask: 3, pointCode: 0x0a0b08 },
];
const PC = '0012000c 00001012 030a0b08';
const RC = '0006000c 0000000b 0000000c';
const NA = '02000008 00000005';
const INFO = '00040006 6869 0000';

/** Clause, message, and its octets behind the version and the reserved octet: class, type, length, parameters. */
const CASES: readonly [string, M3uaMessage, string][] = [
  [
    '3.3.1: DATA',
    {
      kind: 'DATA',
      networkAppearance: 5,
      routingContext: [11, 12],
      protocolData: { opc: 2057, dpc: 4114, si: 3, ni: 2, mp: 1, sls: 7, userData: user },
      correlationId: 9,
    },
    `0101 0000003c ${NA} ${RC} 02100015 00000809 00001012 03020107 0900030507 000000 00130008 00000009`,
  ],
  [
    '3.4.1: DUNA',
    { kind: 'DUNA', networkAppearance: 5, routingContext: [11, 12], affectedPointCodes: pc, infoString: 'hi' },
    `0201 00000030 ${NA} ${RC} ${PC} ${INFO}`,
  ],
  ['3.4.2: DAVA', { kind: 'DAVA', affectedPointCodes: pc }, `0202 00000014 ${PC}`],
  ['3.4.3: DAUD', { kind: 'DAUD', affectedPointCodes: pc }, `0203 00000014 ${PC}`],
  [
    '3.4.4: SCON',
    { kind: 'SCON', affectedPointCodes: pc, concernedDestination: 2057, congestionLevel: 2 },
    `0204 00000024 ${PC} 02060008 00000809 02050008 00000002`,
  ],
  [
    '3.4.5: DUPU',
    { kind: 'DUPU', affectedPointCodes: pc, userCause: { cause: 1, user: 3 } },
    `0205 0000001c ${PC} 02040008 0001 0003`,
  ],
  ['3.4.6: DRST', { kind: 'DRST', affectedPointCodes: pc }, `0206 00000014 ${PC}`],
  ['3.5.1: ASP Up', { kind: 'ASPUP', aspIdentifier: 7, infoString: 'hi' }, `0301 00000018 00110008 00000007 ${INFO}`],
  ['3.5.2: ASP Up Ack', { kind: 'ASPUP_ACK' }, '0304 00000008'],
  ['3.5.3: ASP Down', { kind: 'ASPDN' }, '0302 00000008'],
  ['3.5.4: ASP Down Ack', { kind: 'ASPDN_ACK', infoString: 'hi' }, `0305 00000010 ${INFO}`],
  ['3.5.5: Heartbeat', { kind: 'BEAT', heartbeatData: Uint8Array.of(1, 2, 3) }, '0303 00000010 00090007 01020300'],
  ['3.5.6: Heartbeat Ack', { kind: 'BEAT_ACK', heartbeatData: Uint8Array.of(1, 2, 3) }, '0306 00000010 00090007 01020300'],
  [
    '3.6.1: Registration Request',
    {
      kind: 'REG_REQ',
      routingKeys: [
        {
          localRkIdentifier: 1,
          routingContext: [11],
          trafficMode: 'loadshare',
          destinationPointCode: 4114,
          networkAppearance: 5,
          serviceIndicators: Uint8Array.of(3, 5),
          originatingPointCodes: [{ mask: 0, pointCode: 2057 }],
        },
      ],
    },
    `0901 00000044 0207003c 020a0008 00000001 00060008 0000000b 000b0008 00000002 020b0008 00001012 ${NA} 020c0006 03050000 020e0008 00000809`,
  ],
  [
    '3.6.2: Registration Response',
    { kind: 'REG_RSP', registrationResults: [{ localRkIdentifier: 1, registrationStatus: 0, routingContext: [11] }] },
    '0902 00000024 0208001c 020a0008 00000001 02120008 00000000 00060008 0000000b',
  ],
  ['3.6.3: Deregistration Request', { kind: 'DEREG_REQ', routingContext: [11, 12] }, `0903 00000014 ${RC}`],
  [
    '3.6.4: Deregistration Response',
    { kind: 'DEREG_RSP', deregistrationResults: [{ routingContext: [11], deregistrationStatus: 5 }] },
    '0904 0000001c 02090014 00060008 0000000b 02130008 00000005',
  ],
  [
    '3.7.1: ASP Active',
    { kind: 'ASPAC', trafficMode: 'override', routingContext: [11, 12] },
    `0401 0000001c 000b0008 00000001 ${RC}`,
  ],
  [
    '3.7.2: ASP Active Ack',
    { kind: 'ASPAC_ACK', trafficMode: 'broadcast', routingContext: [11, 12] },
    `0403 0000001c 000b0008 00000003 ${RC}`,
  ],
  ['3.7.3: ASP Inactive', { kind: 'ASPIA', routingContext: [11, 12] }, `0402 00000014 ${RC}`],
  ['3.7.4: ASP Inactive Ack', { kind: 'ASPIA_ACK', routingContext: [11, 12] }, `0404 00000014 ${RC}`],
  [
    '3.8.1: Error',
    { kind: 'ERR', errorCode: 0x19, routingContext: [11, 12], diagnosticInformation: Uint8Array.of(1) },
    `0000 00000024 000c0008 00000019 ${RC} 00070005 01000000`,
  ],
  [
    '3.8.2: Notify',
    { kind: 'NTFY', status: { type: 2, information: 2 }, aspIdentifier: 8, routingContext: [11, 12] },
    `0001 00000024 000d0008 0002 0002 00110008 00000008 ${RC}`,
  ],
];

describe('RFC 4666, 3: messages', () => {
  for (const [clause, message, octets] of CASES)
    it(`${clause} is written and read as the RFC shows it`, () => {
      const written = toHex(encodeM3ua(message));
      assert.equal(written, toHex(fromHex(`0100 ${octets}`)));
      assert.deepEqual(decodeM3ua(fromHex(written)), { ok: true, value: message });
    });

  it('3.1.4: a length may leave out the padding of the last parameter, or count it', () => {
    for (const octets of [
      '01000303 0000000d 00090005 aa',
      '01000303 0000000d 00090005 aa000000',
      '01000303 00000010 00090005 aa000000',
    ])
      assert.deepEqual(decodeM3ua(fromHex(octets)), { ok: true, value: { kind: 'BEAT', heartbeatData: Uint8Array.of(0xaa) } });
  });

  it('3.2: parameters may come in any order, and unknown ones are kept and passed over', () => {
    const decoded = decodeM3ua(fromHex(`01000401 0000002c ${RC} 77770006 aabb0000 000b0008 00000002 00110008 00000007`));
    assert.deepEqual(decoded, {
      ok: true,
      value: {
        kind: 'ASPAC',
        routingContext: [11, 12],
        trafficMode: 'loadshare',
        others: [
          { tag: 0x7777, octets: fromHex('aabb') },
          { tag: 0x0011, octets: fromHex('00000007') },
        ],
      },
    });
  });

  const FAULTS: readonly [string, string, number][] = [
    ['another version', '02000304 00000008', 0x01],
    ['a class that M3UA does not have', '01000501 00000008', 0x03],
    ['a type that its class does not have', '01000399 00000008', 0x04],
    ['traffic mode 4', '01000401 00000010 000b0008 00000004', 0x05],
    ['less octets than a header has', '010003', 0x07],
    ['a message length beyond the message', '01000304 00000040', 0x07],
    ['a message length below the message', '01000301 00000008 00110008 00000007', 0x07],
    ['a parameter length beyond the message', '01000301 00000010 00110009 00000007', 0x12],
    ['a parameter length below its own head', '01000301 00000010 00110003 00000007', 0x12],
    ['a parameter longer than its value', '01000301 00000014 0011000c 00000007 00000000', 0x12],
    ['a parameter shorter than its value', '01000301 00000010 00110006 00070000', 0x12],
    ['a parameter twice', '01000301 00000018 00110008 00000007 00110008 00000007', 0x13],
    [
      'a routing context twice in DATA',
      '01000101 0000002c 00060008 0000000b 00060008 0000000c 02100014 00000001 00000002 03020000 aabbccdd',
      0x13,
    ],
    ['Protocol Data shorter than its label', '01000101 00000014 0210000c 00000001 00000002', 0x12],
    ['a mandatory parameter that is not there', '01000201 00000008', 0x16],
  ];
  for (const [fault, octets, code] of FAULTS)
    it(`3.8.1: ${fault} is answered with Error Code 0x${code.toString(16).padStart(2, '0')} and the first octets of the message`, () => {
      const decoded = decodeM3ua(fromHex(octets));
      assert.ok(!decoded.ok);
      assert.deepEqual(errorAnswer(decoded.error), {
        kind: 'ERR',
        errorCode: code,
        diagnosticInformation: fromHex(octets).subarray(0, 40),
      });
    });

  it('3.8.1: 40 octets of a longer message go back', () => {
    const decoded = decodeM3ua(fromHex(`01000399 00000064 ${'00'.repeat(92)}`));
    assert.equal(!decoded.ok && decoded.error.diagnosticInformation.length, 40);
  });

  it('3.8.1: an ERR is never answered with an ERR', () => {
    const decoded = decodeM3ua(fromHex('01000000 00000008'));
    assert.ok(!decoded.ok);
    assert.equal(errorAnswer(decoded.error), undefined);
  });
});
