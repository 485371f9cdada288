/** Capture files down to the signalling in them: the same messages in whatever pieces a file comes, no octet of it twice. */
import { createIpaFramer } from '#codec/ipa';
import { createM3uaFramer } from '#codec/m3ua';
import { type CapturePacket, CaptureReader, type Signalling, SignallingReader } from '#codec/mtp';
import { corpusFile } from '../../kit/ss7/captures.js';
import { FUZZ_LIMITS } from '../limits.js';
import { difference, expect, hexOf, type Target } from '../target.js';
import { captureTree } from './capture-tree.js';
import { checkError } from './checks.js';
import { CAPTURES, hex } from './ss7-corpus.js';

interface Reading {
  readonly packets: readonly CapturePacket[];
  readonly messages: readonly Signalling[];
  readonly passedOver: ReadonlyMap<string, number>;
  /** Why the file could not be read to its end; absent when it could. */
  readonly failure: string | undefined;
  readonly pending: number;
}

/** Reads a file that comes in these pieces, each in octets of its own. */
function read(octets: Uint8Array, cuts: readonly number[]): Reading {
  const file = new CaptureReader();
  const signalling = new SignallingReader([
    { kind: 'ipa', port: 5000, createFramer: createIpaFramer },
    { kind: 'm3ua', port: 2905, createFramer: createM3uaFramer },
  ]);
  const packets: CapturePacket[] = [];
  const messages: Signalling[] = [];
  let failure: string | undefined;
  let from = 0;
  for (const to of [...cuts, octets.length]) {
    const piece = file.push(octets.subarray(from, to));
    for (const packet of piece.ok ? piece.value : piece.error.packets) {
      packets.push(packet);
      messages.push(...signalling.push(packet));
    }
    from = to;
    if (piece.ok) continue;
    checkError('capture', { ...piece.error, offset: Math.min(piece.error.offset, octets.length) }, octets);
    failure = piece.error.detail;
    break;
  }
  return { packets, messages, passedOver: signalling.passedOver, failure, pending: file.pending };
}

const octetsIn = (all: readonly { readonly octets: Uint8Array }[]): number => all.reduce((sum, it) => sum + it.octets.length, 0);

function checkPackets({ packets }: Reading, octets: Uint8Array): void {
  for (const [i, packet] of packets.entries()) {
    expect(packet.number === i + 1, 'capture: packets are counted', () => `${packet.number} at ${i}`);
    expect(Number.isFinite(packet.at) && packet.at >= 0, 'capture: a packet has a time', () => `${packet.at}`);
  }
  expect(octetsIn(packets) <= octets.length, 'capture: packets are no longer than their file', () => hexOf(octets));
}

function checkMessages({ packets, messages, passedOver }: Reading, octets: Uint8Array): void {
  expect(octetsIn(messages) <= octetsIn(packets), 'capture: no octet of a packet is in two messages', () => hexOf(octets));
  let last = 0;
  for (const { packet, from, to } of messages) {
    expect(
      packet >= last && packet <= packets.length,
      'capture: messages come in the order of their packets',
      () => `${packet} after ${last}`,
    );
    expect((from === undefined) === (to === undefined), 'capture: a message has two ends or none', () => `${from}, ${to}`);
    last = packet;
  }
  const passed = [...passedOver.values()].reduce((sum, it) => sum + it, 0);
  expect(
    passedOver.size <= packets.length * 4 && passed >= passedOver.size,
    'capture: what is passed over is counted',
    () => `${passed}`,
  );
}

/** A packet has octets at a time of its own; the same file in other pieces gives the same. */
function checkSamePieces(whole: Reading, octets: Uint8Array): void {
  const at = octets.length === 0 ? 0 : (octets[octets.length >> 1]! * 16) % octets.length;
  const cuts =
    octets.length <= SINGLE_OCTETS_MAX ? [[at], octets.slice(1).map((_, i) => i + 1)] : [[at, Math.min(octets.length, at + 9)]];
  for (const one of cuts) {
    const other = read(octets, [...one]);
    const place = difference({ ...other, passedOver: [...other.passedOver] }, { ...whole, passedOver: [...whole.passedOver] });
    // Octets of a file that cannot be read on are left where they are.
    if (place === 'pending' && whole.failure !== undefined) continue;
    expect(place === undefined, `capture: a file reads alike, whatever pieces it comes in, ${place?.replace(/\d+/g, 'n')}`, () =>
      hexOf(octets),
    );
  }
}

/** Longer files are not fed octet by octet. */
const SINGLE_OCTETS_MAX = 128;

/** Packets of one example. */
const PACKETS = 4;
/** Examples of one capture file. */
const WINDOWS_MAX = 12;

/** Pieces of the recorded files: a header and a few packets, from everywhere in the file. */
function windows(): Uint8Array[] {
  return CAPTURES.flatMap((name) => {
    const file = corpusFile(name);
    const v = new DataView(file.buffer, file.byteOffset, file.length);
    const little = file[0] !== 0xa1;
    const records: Uint8Array[] = [];
    for (let at = 24; at < file.length; ) {
      const to = at + 16 + v.getUint32(at + 8, little);
      records.push(file.subarray(at, to));
      at = to;
    }
    const step = Math.max(PACKETS, Math.ceil(records.length / WINDOWS_MAX));
    return Array.from({ length: Math.ceil(records.length / step) }, (_, i) =>
      joined([file.subarray(0, 24), ...records.slice(i * step, i * step + PACKETS)]),
    ).filter((it) => it.length <= FUZZ_LIMITS.inputOctetsMax);
  });
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** The same packets in the other byte order, and as blocks of pcapng. */
function otherForms(classic: Uint8Array): Uint8Array[] {
  const v = new DataView(classic.buffer, classic.byteOffset, classic.length);
  const little = classic[0] !== 0xa1;
  const linkType = v.getUint32(20, little);
  const head = Uint8Array.from(classic.subarray(0, 24));
  const swapped: Uint8Array[] = [head];
  new DataView(head.buffer).setUint32(0, 0xa1b2c3d4, !little);
  new DataView(head.buffer).setUint32(20, linkType, !little);
  const blocks: Uint8Array[] = [hex('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000'), interfaceBlock(linkType)];
  for (let at = 24; at < classic.length; ) {
    const [seconds, fraction, length, original] = [0, 4, 8, 12].map((i) => v.getUint32(at + i, little)) as [
      number,
      number,
      number,
      number,
    ];
    const packet = classic.subarray(at + 16, at + 16 + length);
    const record = new Uint8Array(16);
    for (const [i, n] of [seconds, fraction, length, original].entries())
      new DataView(record.buffer).setUint32(4 * i, n, !little);
    swapped.push(record, packet);
    blocks.push(packetBlock(packet));
    at += 16 + length;
  }
  return [joined(swapped), joined(blocks)];
}

function interfaceBlock(linkType: number): Uint8Array {
  const block = hex('01000000200000000000000000000400 0900010009000000 00000000 20000000');
  new DataView(block.buffer).setUint16(8, linkType, true);
  return block;
}

function packetBlock(packet: Uint8Array): Uint8Array {
  const padded = Math.ceil(packet.length / 4) * 4;
  const block = new Uint8Array(32 + padded);
  const v = new DataView(block.buffer);
  for (const [at, n] of [
    [0, 6],
    [4, block.length],
    [16, 1000],
    [20, packet.length],
    [24, packet.length],
    [28 + padded, block.length],
  ] as const)
    v.setUint32(at, n, true);
  block.set(packet, 28);
  return block;
}

/** Packets of what the recorded files have not: IPv6 with SCTP, MTP2, bare MTP3 and SCCP, TCP with M3UA in two segments, fragments of SCTP. */
const MADE = [
  'a1b2c3d40002000400000000000000000004000000000065 00000001 00000000 00000040 00000040 6000000000188440 20010db8000000000000000000000001 20010db8000000000000000000000002 0b590b590000000700000000 00030010000000010000000000000003',
  'a1b2c3d4000200040000000000000000000400000000008c 00000001 00000000 0000000b 0000000b 8081080100020003090000 00000002 00000000 00000003 00000003 808100',
  'a1b2c3d4000200040000000000000000000400000000008b 00000001 00000000 0000000f 0000000f 000000000000000081000801000200 ',
  'a1b2c3d4000200040000000000000000000400000000008d 00000001 00000000 00000006 00000006 830100020009',
].map(hex);

const TCP_PACKETS = [
  '45000030000000004006000 0c0000201c0000202 0b599c4000000064000000005018ffff00000000 0100030300000010',
  '45000030000000004006000 0c0000201c0000202 0b599c400000006c000000005018ffff00000000 0009000861626364',
];
const FRAGMENTS = [
  '450000340000000040840000c0000201c0000202 0b590b590000000700000000 0002001400000001000100000000000301000303',
  '450000340000000040840000c0000201c0000202 0b590b590000000700000000 0001001400000002000100000000000300000008',
];

const rawPackets = (packets: readonly string[]): Uint8Array =>
  joined([
    hex('a1b2c3d400020004000000000000000000040000 00000065'),
    ...packets.flatMap((text) => {
      const octets = hex(text);
      return [
        hex(`000000010000000000000 0${octets.length.toString(16)}000000${octets.length.toString(16).padStart(2, '0')}`),
        octets,
      ];
    }),
  ]);

export const capture: Target = {
  name: 'capture',
  about: 'capture files and the signalling in their packets',
  seeds: () => {
    const classic = windows();
    return [
      ...classic,
      ...classic.filter((_, i) => i % 3 === 0).flatMap(otherForms),
      ...MADE,
      rawPackets(TCP_PACKETS),
      rawPackets(FRAGMENTS),
    ];
  },
  dictionary: [
    ...[
      'a1b2c3d4',
      'd4c3b2a1',
      'a1b23c4d',
      '0a0d0d0a',
      '1a2b3c4d',
      '4d3c2b1a',
      '01000000',
      '06000000',
      '03000000',
      '02000000',
      '09000100',
    ],
    ...[
      '0800',
      '86dd',
      '8100',
      '45',
      '60',
      '06',
      '84',
      '2c',
      '0000',
      '0003',
      '0010',
      '00000003',
      '00000005',
      '03000000',
      '0b59',
      '0ded',
      '1388',
      '02',
      '12',
      'ff',
      'ffffffff',
    ],
  ].map(hex),
  structure: captureTree,
  run(octets) {
    const whole = read(octets, []);
    checkPackets(whole, octets);
    checkMessages(whole, octets);
    checkSamePieces(whole, octets);
  },
};
