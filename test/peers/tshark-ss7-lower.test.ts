// Needs: tshark
/**
 * What our encoders of the lower SS7 layers write, read by an independent program: Wireshark's dissectors for M3UA, SCCP, M2PA, MTP3 and IPA.
 * Every message of M3UA with every parameter, every kind of SCCP message and address; each field must be shown as it was meant, and nothing
 * besides. What the relay's edits, returned messages and segments look like is read as well.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeCcm, encodeIpa, ID_TAGS, IPA_PROTOCOL } from '#codec/ipa';
import {
  CONGESTION_LEVELS,
  DEREGISTRATION_STATUS,
  ERROR_CODE_NAMES,
  encodeM3ua,
  type M3uaMessage,
  MESSAGES,
  REGISTRATION_STATUS,
  STATUS_NAMES,
  UNAVAILABILITY_CAUSES,
} from '#codec/m3ua';
import { encodeM2pa, encodeMtp3, LINK_STATES, type M2paMessage, type Mtp3Message } from '#codec/mtp';
import {
  editSccp,
  encodeAddress,
  encodeSccp,
  encodeSegmentation,
  type GlobalTitle,
  RETURN_CAUSE_NAMES,
  returnMessage,
  MESSAGES as SCCP_MESSAGES,
  type SccpAddress,
  type SccpMessage,
  segmentXudt,
  viewSccp,
} from '#codec/sccp';
import { add, addM3ua, addSccp, type Fields, hexOf, shown } from '../kit/ss7/tshark-fields.js';
import { LINKTYPE, pcapOf, tshark } from './tshark/run.js';

/** Every field that the dissectors have for what we write; what is in none of the cases is looked for all the same. */
const FIELDS = `m3ua.message_class m3ua.message_type m3ua.network_appearance m3ua.info_string m3ua.routing_context
m3ua.diagnostic_information m3ua.heartbeat_data m3ua.error_code m3ua.status_type m3ua.status_info m3ua.asp_identifier
m3ua.affected_point_code_mask m3ua.affected_point_code_pc m3ua.unavailability_cause m3ua.user_identity m3ua.traffic_mode_type
m3ua.congestion_level m3ua.concerned_dpc m3ua.local_rk_identifier m3ua.dpc_mask m3ua.dpc_pc m3ua.si m3ua.opc_list_mask m3ua.opc_list_pc
m3ua.protocol_data_opc m3ua.protocol_data_dpc m3ua.protocol_data_si m3ua.protocol_data_ni m3ua.protocol_data_mp m3ua.protocol_data_sls
m3ua.correlation_identifier m3ua.registration_status m3ua.deregistration_status mtp3.opc mtp3.dpc mtp3.sls mtp3.service_indicator
mtp3.network_indicator m2pa.type m2pa.bsn m2pa.fsn m2pa.status m2pa.priority sccp.message_type sccp.class sccp.handling sccp.return_cause
sccp.hops sccp.called.ri sccp.called.gti sccp.called.pc sccp.called.ssn sccp.called.oe sccp.called.tt sccp.called.np sccp.called.es
sccp.called.nai sccp.called.digits sccp.calling.ri sccp.calling.gti sccp.calling.pc sccp.calling.ssn sccp.calling.oe sccp.calling.tt
sccp.calling.np sccp.calling.es sccp.calling.nai sccp.calling.digits sccp.segmentation.first sccp.segmentation.class
sccp.segmentation.remaining sccp.segmentation.slr gsm_ipa.protocol gsm_ipa.data_len ipaccess.msg_type ipaccess.attr_tag
ipaccess.attr_string _ws.malformed _ws.expert.message`.split(/\s+/);

const u16 = (value: number): number[] => [value >>> 8, value & 0xff];
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** An SCTP packet with one DATA chunk. */
function sctp(ppid: number, tsn: number, data: Uint8Array): number[] {
  const chunk = [0, 3, ...u16(16 + data.length), ...u32(tsn), ...u16(1), ...u16(tsn & 0xffff), ...u32(ppid), ...data];
  return [...u16(2905), ...u16(2905), ...u32(7), ...u32(0), ...chunk, ...new Array<number>((4 - (chunk.length % 4)) % 4).fill(0)];
}

/** A TCP segment in IPv4, to the port of IPA. */
function tcp(port: number, data: Uint8Array): number[] {
  const segment = [...u16(port), ...u16(5000), ...u32(1), ...u32(0), 0x50, 0x18, ...u16(0xffff), 0, 0, 0, 0, ...data];
  return [0x45, 0, ...u16(20 + segment.length), 0, 0, 0, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, ...segment];
}

/** What tshark shows of each packet. */
function dissect(
  linkType: number,
  packets: readonly (readonly number[])[],
  options: readonly string[] = [],
): Record<string, string>[] {
  const fields = FIELDS.flatMap((it) => ['-e', it]);
  const output = ['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=,', ...fields];
  // What users' data would mean is another layer's; values of names that are not asked for are not wanted.
  const capture = pcapOf(
    linkType,
    packets.map((it) => Uint8Array.from(it)),
  );
  const printed = tshark(capture, ['--disable-protocol', 'tcap', '-d', 'tcp.port==5000,gsm_ipa', ...options, ...output]);
  const lines = printed.split('\n').slice(0, -1);
  assert.equal(lines.length, packets.length);
  return lines.map((line) =>
    Object.fromEntries(
      line
        .split('\t')
        .map((value, i) => [FIELDS[i]!, value] as const)
        .filter(([, value]) => value !== '')
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  );
}

interface Case {
  readonly title: string;
  readonly packet: readonly number[];
  readonly expected: Fields;
}

/** Every difference of every case, so that one run shows all. */
function assertShown(linkType: number, cases: readonly Case[], options?: readonly string[]): void {
  assert.ok(cases.length > 0);
  const found = dissect(
    linkType,
    cases.map((it) => it.packet),
    options,
  );
  const wrong = cases.flatMap(({ title, expected }, i) => {
    const [theirs, ours] = [JSON.stringify(found[i]), JSON.stringify(shown(expected))];
    return theirs === ours ? [] : [`${title}\n  tshark: ${theirs}\n  meant:  ${ours}`];
  });
  assert.equal(wrong.join('\n'), '');
}

const data = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);
const numbers = (names: Readonly<Record<number, string>>): number[] => Object.keys(names).map(Number);
const ranges = [
  { mask: 0, pointCode: 4114 },
  { mask: 8, pointCode: 0xff_ff00 },
];
const contexts = [undefined, [11], [11, 0xffff_ffff]];
const about = contexts.map((it, i) => ({
  ...(i === 0 ? {} : { networkAppearance: 0xffff_ffff - i }),
  ...(it === undefined ? {} : { routingContext: it }),
}));
const info = { infoString: 'to the other side' };
const modes = ['override', 'loadshare', 'broadcast'] as const;

const M3UA: readonly M3uaMessage[] = [
  ...(['DUNA', 'DAVA', 'DAUD', 'DRST'] as const).flatMap((kind) =>
    about.map((it): M3uaMessage => ({ kind, ...it, affectedPointCodes: ranges, ...info })),
  ),
  ...numbers(CONGESTION_LEVELS).map(
    (congestionLevel): M3uaMessage => ({
      kind: 'SCON',
      ...about[1],
      affectedPointCodes: ranges,
      concernedDestination: 2057,
      congestionLevel,
      ...info,
    }),
  ),
  { kind: 'SCON', affectedPointCodes: [ranges[0]!] },
  ...numbers(UNAVAILABILITY_CAUSES).map(
    (cause): M3uaMessage => ({ kind: 'DUPU', affectedPointCodes: [ranges[0]!], userCause: { cause, user: 3 } }),
  ),
  ...(['ASPUP', 'ASPUP_ACK'] as const).flatMap((kind): M3uaMessage[] => [
    { kind },
    { kind, aspIdentifier: 0xffff_ffff, ...info },
  ]),
  ...(['ASPDN', 'ASPDN_ACK'] as const).flatMap((kind): M3uaMessage[] => [{ kind }, { kind, ...info }]),
  ...(['BEAT', 'BEAT_ACK'] as const).flatMap((kind): M3uaMessage[] => [
    { kind },
    ...[1, 2, 3, 4, 5].map((length) => ({ kind, heartbeatData: data(length) })),
  ]),
  ...(['ASPAC', 'ASPAC_ACK'] as const).flatMap((kind): M3uaMessage[] => [
    { kind },
    ...modes.map((trafficMode) => ({ kind, trafficMode, routingContext: [1, 2], ...info })),
  ]),
  ...(['ASPIA', 'ASPIA_ACK'] as const).flatMap((kind): M3uaMessage[] => [{ kind }, { kind, routingContext: [1, 2], ...info }]),
  ...numbers(ERROR_CODE_NAMES).map(
    (errorCode): M3uaMessage => ({
      kind: 'ERR',
      errorCode,
      ...about[2],
      affectedPointCodes: ranges,
      diagnosticInformation: data(7),
    }),
  ),
  ...numbers(STATUS_NAMES as never).flatMap((type) =>
    numbers(STATUS_NAMES[type]!).map(
      (information): M3uaMessage => ({
        kind: 'NTFY',
        status: { type, information },
        aspIdentifier: 8,
        routingContext: [11, 12],
        ...info,
      }),
    ),
  ),
  {
    kind: 'REG_REQ',
    routingKeys: [
      { localRkIdentifier: 1, destinationPointCode: 4114 },
      {
        localRkIdentifier: 2,
        routingContext: [11],
        trafficMode: 'broadcast',
        destinationPointCode: 0xff_ffff,
        networkAppearance: 5,
        serviceIndicators: Uint8Array.of(3, 5, 13),
        originatingPointCodes: ranges,
      },
    ],
  },
  ...numbers(REGISTRATION_STATUS).map(
    (registrationStatus): M3uaMessage => ({
      kind: 'REG_RSP',
      registrationResults: [{ localRkIdentifier: 1, registrationStatus, routingContext: [11] }],
    }),
  ),
  { kind: 'DEREG_REQ', routingContext: [11, 12] },
  ...numbers(DEREGISTRATION_STATUS).map(
    (deregistrationStatus): M3uaMessage => ({
      kind: 'DEREG_RSP',
      deregistrationResults: [{ routingContext: [11], deregistrationStatus }],
    }),
  ),
  ...about.flatMap((it) =>
    [0, 1, 2, 3].map(
      (length): M3uaMessage => ({
        kind: 'DATA',
        ...it,
        // A user part that no dissector looks into: MTP test.
        protocolData: { opc: 0x3fff, dpc: 4114, si: 8, ni: length, mp: length, sls: 15 - length, userData: data(length) },
        ...(length === 0 ? { correlationId: 0xffff_ffff } : {}),
      }),
    ),
  ),
];

describe('M3UA as Wireshark reads it', () => {
  it('every message, with every parameter and every value that has a name', () => {
    assert.deepEqual([...new Set(M3UA.map((it) => it.kind))].sort(), Object.keys(MESSAGES).sort());
    assertShown(
      LINKTYPE.sctp,
      M3UA.map((message, i) => {
        const expected: Fields = new Map();
        addM3ua(expected, message);
        return { title: `${i} ${message.kind}`, packet: sctp(3, i, encodeM3ua(message)), expected };
      }),
    );
  });
});

const titles: readonly GlobalTitle[] = [
  ...['1', '12', '1bcf', '390123456789012'].flatMap((digits): GlobalTitle[] => [
    { indicator: 1, natureOfAddress: 4, digits },
    { indicator: 3, translationType: 7, numberingPlan: 7, digits },
    { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
  ]),
  { indicator: 2, translationType: 9, digits: '123456' },
  ...[0, 1, 3, 4].map(
    (natureOfAddress): GlobalTitle => ({
      indicator: 4,
      translationType: 255,
      numberingPlan: 6,
      natureOfAddress,
      // E.212: tshark looks into it as an IMSI, and calls a shorter one malformed.
      digits: '262011234567890',
    }),
  ),
];
const ADDRESSES: readonly SccpAddress[] = [
  { routeOn: 'ssn', ssn: 8 },
  { routeOn: 'ssn', pointCode: 0x3fff, ssn: 149 },
  ...titles.flatMap((globalTitle): SccpAddress[] => [
    { routeOn: 'gt', ssn: 6, globalTitle },
    { routeOn: 'gt', pointCode: 4114, ssn: 6, globalTitle },
    { routeOn: 'gt', globalTitle },
  ]),
];
const SMSC = ADDRESSES[0]!;

const octetsOf = (message: SccpMessage): Uint8Array => {
  const octets = encodeSccp(message);
  assert.ok(octets.ok, octets.ok ? '' : octets.error.text);
  return octets.value;
};

function sccpCase(title: string, message: SccpMessage, octets = octetsOf(message)): Case {
  const expected: Fields = new Map();
  addSccp(expected, message, SCCP_MESSAGES[message.kind].type);
  return { title, packet: [...octets], expected };
}

const segmentation = encodeSegmentation({ first: true, requestedClass: 1, remaining: 3, localReference: 0x123456 });
const unit = { protocolClass: 0, returnOnError: true };
const base = { called: SMSC, calling: ADDRESSES[1]!, data: data(20) };
const extended = { hopCounter: 7, optional: [{ name: 0x12, octets: Uint8Array.of(5) }] };

const KINDS: readonly SccpMessage[] = [
  ...[0, 1].flatMap((protocolClass) =>
    [true, false].flatMap((returnOnError): SccpMessage[] => [
      { kind: 'UDT', protocolClass, returnOnError, ...base },
      { kind: 'XUDT', protocolClass, returnOnError, ...base, ...extended },
      { kind: 'XUDT', protocolClass, returnOnError, ...base, hopCounter: 15, optional: [] },
      { kind: 'LUDT', protocolClass, returnOnError, ...base, ...extended, data: data(700) },
    ]),
  ),
  ...Object.keys(RETURN_CAUSE_NAMES)
    .map(Number)
    .flatMap((returnCause): SccpMessage[] => [
      { kind: 'UDTS', returnCause, ...base },
      { kind: 'XUDTS', returnCause, ...base, ...extended, optional: [segmentation] },
      { kind: 'LUDTS', returnCause, ...base, ...extended },
    ]),
];

/** Segments are shown one by one, not put together. */
const WITHOUT_REASSEMBLY = ['-o', 'sccp.defragment_xudt:FALSE'];

describe('SCCP as Wireshark reads it', () => {
  it('every kind of message, class, return option and cause', () => {
    assertShown(
      LINKTYPE.sccp,
      KINDS.map((it, i) => sccpCase(`${i} ${it.kind}`, it)),
      WITHOUT_REASSEMBLY,
    );
  });

  it('every kind of address, called and calling', () => {
    const cases = ADDRESSES.flatMap((address, i) => [
      sccpCase(`called ${i}`, { kind: 'UDT', ...unit, ...base, called: address }),
      sccpCase(`calling ${i}`, { kind: 'XUDT', ...unit, ...base, ...extended, calling: address }),
    ]);
    assertShown(LINKTYPE.sccp, cases);
  });

  it('messages that the relay has edited: the new called party address and hop counter, all else as before', () => {
    const cases = ADDRESSES.map((address, i) => {
      const before: SccpMessage = { kind: 'XUDT', ...unit, ...base, ...extended, calling: ADDRESSES.at(-1)! };
      const view = viewSccp(octetsOf(before));
      assert.ok(view.ok);
      const edited = editSccp(view.value, { called: encodeAddress(address), hopCounter: 6 });
      assert.ok(edited.ok);
      return sccpCase(`edited ${i}`, { ...before, called: address, hopCounter: 6 }, edited.value);
    });
    assertShown(LINKTYPE.sccp, cases);
  });

  it('returned messages', () => {
    const cases = KINDS.flatMap((message, i) => {
      const view = viewSccp(octetsOf(message));
      assert.ok(view.ok);
      const back = returnMessage(view.value, 12);
      if (!back.ok || !('protocolClass' in message)) return [];
      const { kind, called: calling, calling: called, data: its } = message;
      const service = { returnCause: 12, called, calling, data: its };
      const more = 'optional' in message ? { hopCounter: 15, optional: message.optional } : {};
      return [sccpCase(`returned ${i}`, { kind: `${kind}S`, ...service, ...more } as SccpMessage, back.value)];
    });
    assert.equal(cases.length, 8);
    assertShown(LINKTYPE.sccp, cases);
  });

  it('segments', () => {
    const message = { kind: 'XUDT', ...unit, ...base, hopCounter: 15, optional: [], data: data(500) } as const;
    const segments = segmentXudt(message, 0x0a0b0c, 200);
    assert.ok(segments.ok);
    const cases = segments.value.map((octets, i) => {
      const optional = [encodeSegmentation({ first: i === 0, requestedClass: 0, remaining: 2 - i, localReference: 0x0a0b0c })];
      return sccpCase(`segment ${i}`, { ...message, protocolClass: 1, returnOnError: i === 0, optional }, octets);
    });
    assert.equal(cases.length, 3);
    assertShown(LINKTYPE.sccp, cases, WITHOUT_REASSEMBLY);
  });
});

const mtp3: Mtp3Message = { si: 8, ni: 2, priority: 0, dpc: 0x3fff, opc: 1, sls: 9, userData: data(3) };
const shownMtp3 = (message: Mtp3Message) => ({
  'mtp3.service_indicator': hexOf(message.si),
  'mtp3.network_indicator': hexOf(message.ni),
  'mtp3.dpc': message.dpc,
  'mtp3.opc': message.opc,
  'mtp3.sls': message.sls,
});

describe('MTP3 and M2PA as Wireshark reads them', () => {
  it('routing labels', () => {
    const messages = [0, 1, 2, 3].flatMap((ni) =>
      [
        { dpc: 0x3fff, opc: 0, sls: 0 },
        { dpc: 0, opc: 0x3fff, sls: 15 },
        { dpc: 4114, opc: 2057, sls: 5 },
      ].map((label) => ({ ...mtp3, ...label, ni })),
    );
    assertShown(
      LINKTYPE.mtp3,
      messages.map((message, i) => {
        const expected: Fields = new Map();
        add(expected, shownMtp3(message));
        return { title: String(i), packet: [...encodeMtp3(message)], expected };
      }),
    );
  });

  it('user data and every link state', () => {
    const messages: M2paMessage[] = [
      { kind: 'User Data', bsn: 0xff_ffff, fsn: 1, priority: 0, mtp3: encodeMtp3(mtp3) },
      { kind: 'User Data', bsn: 1, fsn: 0xff_ffff, priority: 0, mtp3: new Uint8Array(0) },
      ...Object.keys(LINK_STATES).map(
        (state): M2paMessage => ({ kind: 'Link Status', bsn: 0xff_ffff, fsn: 0xff_ffff, state: Number(state), filler: data(0) }),
      ),
    ];
    assertShown(
      LINKTYPE.sctp,
      messages.map((message, i) => {
        const expected: Fields = new Map();
        const { bsn, fsn } = message;
        add(expected, { 'm2pa.type': message.kind === 'User Data' ? 1 : 2, 'm2pa.bsn': bsn, 'm2pa.fsn': fsn });
        if (message.kind === 'Link Status') add(expected, { 'm2pa.status': message.state });
        else if (message.mtp3.length > 0) add(expected, { ...shownMtp3(mtp3), 'm2pa.priority': hexOf(0) });
        return { title: `${i} ${message.kind}`, packet: sctp(5, i, encodeM2pa(message)), expected };
      }),
    );
  });
});

describe('IPA as Wireshark reads it', () => {
  it('control messages, and SCCP in frames', () => {
    const udt: SccpMessage = { kind: 'UDT', ...unit, ...base };
    const frames: readonly [string, Uint8Array, number | undefined, string | undefined][] = [
      ['PING', encodeCcm({ kind: 'PING' }), 0, undefined],
      ['PONG', encodeCcm({ kind: 'PONG' }), 1, undefined],
      ['ID_ACK', encodeCcm({ kind: 'ID_ACK' }), 6, undefined],
      ['ID_RESP', encodeCcm({ kind: 'ID_RESP', values: [{ tag: ID_TAGS.unitName, text: 'gate' }] }), 5, 'gate'],
      ['SCCP', encodeIpa(IPA_PROTOCOL.sccp, octetsOf(udt)), undefined, undefined],
    ];
    assertShown(
      LINKTYPE.raw,
      frames.map(([title, octets, type, unitName], i) => {
        const expected: Fields = new Map();
        add(expected, {
          'gsm_ipa.data_len': octets.length - 3,
          'gsm_ipa.protocol': hexOf(octets[2]!),
          'ipaccess.msg_type': type === undefined ? undefined : hexOf(type),
          'ipaccess.attr_tag': unitName === undefined ? undefined : hexOf(1),
          'ipaccess.attr_string': unitName,
        });
        if (type === undefined) addSccp(expected, udt, 9);
        return { title, packet: tcp(40_000 + i, octets), expected };
      }),
    );
  });
});
