import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Framer } from '#base';
import { type CapturePacket, CaptureReader } from './capture-file.js';
import { block, type Chunk, ethernet, fields, ipv4, ipv6, PROTOCOL, pcap, sctp, tcp } from './captures.contract.js';
import { LINK_TYPE } from './packets.js';
import { type Signalling, SignallingReader, type TcpService } from './signalling.js';

const text = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
const data = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, 'latin1'));

function read(file: Uint8Array, size = file.length): CapturePacket[] {
  const reader = new CaptureReader();
  const packets: CapturePacket[] = [];
  for (let at = 0; at < file.length; at += size) {
    const found = reader.push(file.slice(at, at + size));
    assert.ok(found.ok, found.ok ? '' : found.error.text);
    packets.push(...found.value);
  }
  assert.equal(reader.pending, 0);
  return packets;
}
const failure = (file: Uint8Array): string | undefined => {
  const found = new CaptureReader().push(file);
  return found.ok ? undefined : found.error.text;
};

describe('capture files', () => {
  it('pcap in either byte order, with micro- or nanoseconds', () => {
    for (const little of [true, false])
      for (const nano of [true, false]) {
        const packets = read(pcap([[1, 2, 3], [4]], { little, nano, linkType: 141, originalLength: 9 }));
        assert.deepEqual(
          packets.map(({ octets, ...rest }) => ({ ...rest, octets: [...octets] })),
          [
            { number: 1, linkType: 141, at: 500, originalLength: 9, octets: [1, 2, 3] },
            { number: 2, linkType: 141, at: 1_500, originalLength: 9, octets: [4] },
          ],
        );
      }
  });

  for (const little of [true, false])
    it(`pcapng, ${little ? 'little' : 'big'} endian: interfaces with their clocks, enhanced, simple and old packet blocks; others passed over`, () => {
      const order = little ? [0x4d, 0x3c, 0x2b, 0x1a] : [0x1a, 0x2b, 0x3c, 0x4d];
      const short = (value: number): number[] => (little ? [value, 0] : [0, value]);
      const file = [
        ...block(0x0a0d0d0a, [...order, ...short(1), ...short(0), ...new Array<number>(8).fill(0xff)], little),
        ...block(1, fields(little, [...short(141), 0, 0], 0), little),
        ...block(1, fields(little, [...short(142), 0, 0], 0, [...short(9), ...short(1), 9, 0, 0, 0]), little),
        ...block(1, fields(little, [...short(1), 0, 0], 0, [...short(9), ...short(1), 0x8a, 0, 0, 0]), little),
        ...block(6, fields(little, 0, 0, 1_500_000, 3, 9, [1, 2, 3]), little),
        ...block(6, fields(little, 1, 1, 0, 1, 1, [4]), little),
        ...block(6, fields(little, 2, 0, 2_048, 1, 1, [5]), little),
        ...block(4, fields(little, 7), little),
        ...block(3, fields(little, 2, [6, 7]), little),
        ...block(2, fields(little, [...short(1), 0, 0], 0, 5_000_000, 2, 2, [8, 9]), little),
      ];
      const octets = Uint8Array.from(file);
      const expected = [
        { number: 1, linkType: 141, at: 1_500, originalLength: 9, octets: [1, 2, 3] },
        { number: 2, linkType: 142, at: 4294.967296, originalLength: 1, octets: [4] },
        { number: 3, linkType: 1, at: 2_000, originalLength: 1, octets: [5] },
        { number: 4, linkType: 141, at: 0, originalLength: 2, octets: [6, 7] },
        { number: 5, linkType: 142, at: 5, originalLength: 2, octets: [8, 9] },
      ];
      for (const size of [octets.length, 1, 3, 8, 13])
        assert.deepEqual(
          read(octets, size).map(({ octets: its, ...rest }) => ({ ...rest, octets: [...its] })),
          expected,
        );
    });

  it('pcapng: a time that no calendar reaches is the last one that a calendar has', () => {
    const seconds = [9, 0, 1, 0, 0, 0, 0, 0];
    const octets = Uint8Array.from([
      ...block(0x0a0d0d0a, [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, ...new Array<number>(8).fill(0xff)]),
      ...block(1, fields(true, [141, 0, 0, 0], 0, seconds)),
      ...block(6, fields(true, 0, 0xffff_ffff, 0xffff_ffff, 1, 1, [7])),
    ]);
    const [packet] = read(octets, octets.length);
    assert.equal(new Date(packet!.at).toISOString(), '+275760-09-13T00:00:00.000Z');
  });

  it('pcapng, sections of both byte orders in one piece: each is read in its own', () => {
    const section = (little: boolean): number[] => {
      const order = little ? [0x4d, 0x3c, 0x2b, 0x1a] : [0x1a, 0x2b, 0x3c, 0x4d];
      const short = (value: number): number[] => (little ? [value, 0] : [0, value]);
      return [
        ...block(0x0a0d0d0a, [...order, ...short(1), ...short(0), ...new Array<number>(8).fill(0xff)], little),
        ...block(1, fields(little, [...short(141), 0, 0], 0), little),
        ...block(6, fields(little, 0, 0, 1_500_000, 3, 9, [1, 2, 3]), little),
      ];
    };
    for (const orders of [
      [true, false],
      [false, true],
      [true, false, true],
    ]) {
      const octets = Uint8Array.from(orders.flatMap(section));
      for (const size of [octets.length, 1, 40])
        assert.deepEqual(
          read(octets, size).map(({ octets: its, at, linkType }) => [linkType, at, ...its]),
          orders.map(() => [141, 1_500, 1, 2, 3]),
        );
    }
  });

  it('that are none, or damaged, end with an error and stay so', () => {
    assert.match(failure(data('GET / HTTP')) ?? '', /no capture file/);
    const huge = pcap([[1]]);
    new DataView(huge.buffer).setUint32(24 + 8, 0x7fff_ffff, true);
    assert.match(failure(huge) ?? '', /are the most/);
    const section = block(0x0a0d0d0a, [0x4d, 0x3c, 0x2b, 0x1a, ...new Array<number>(12).fill(0)]);
    const orphan = Uint8Array.from([...section, ...block(6, fields(true, 0, 0, 0, 0, 0))]);
    assert.match(failure(orphan) ?? '', /not described/);
    const short = Uint8Array.from([...section, ...block(1, [1, 0])]);
    assert.equal(failure(short), undefined);
    assert.match(
      failure(Uint8Array.from([...section, ...block(1, fields(true, 1, 0)), ...block(6, fields(true, 0))])) ?? '',
      /ends inside/,
    );
    const reader = new CaptureReader();
    assert.equal(reader.push(data('GET /')).ok, false);
    assert.equal(reader.push(pcap([[1]])).ok, false);
  });

  it('of any octets: packets or an error', () => {
    const start = fc.constantFrom(
      pcap([[1, 2]]),
      pcap([[1]], { little: false }),
      Uint8Array.from(block(0x0a0d0d0a, [0x4d, 0x3c, 0x2b, 0x1a])),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 80, size: 'max' }), fc.nat(), (begin, tail, at) => {
        const octets = Uint8Array.from([...begin, ...tail]);
        octets[at % octets.length]! ^= 0x11;
        const reader = new CaptureReader();
        const signalling = new SignallingReader();
        const found = reader.push(octets);
        for (const packet of found.ok ? found.value : found.error.packets) signalling.push(packet);
      }),
      { numRuns: 1_000 },
    );
  });
});

const SERVICES: readonly TcpService[] = [
  // Frames of one octet of length and so many octets.
  { kind: 'ipa', port: 2905, createFramer: () => new Framer((b, at) => 1 + b[at]!, 200) },
];

class Watch {
  readonly reader = new SignallingReader(SERVICES);
  private count = 0;

  see(packet: readonly number[], linkType: number = LINK_TYPE.raw): string[] {
    return this.all(packet, linkType).map((it) => text(it.octets));
  }

  all(packet: readonly number[], linkType: number = LINK_TYPE.raw): Signalling[] {
    const octets = Uint8Array.from(packet);
    return this.reader.push({ number: ++this.count, linkType, at: 0, octets, originalLength: octets.length });
  }
}
const inSctp = (...chunks: readonly Chunk[]): number[] => ipv4(PROTOCOL.sctp, sctp(chunks));
const message: Chunk = { tsn: 1, data: data('hello') };

describe('packets', () => {
  it('of every link layer that is known lead to the message', () => {
    const inner = inSctp(message);
    const cooked = [...new Array<number>(14).fill(0), 0x08, 0x00, ...inner];
    const cooked2 = [0x08, 0x00, ...new Array<number>(18).fill(0), ...inner];
    const cases: readonly [number, readonly number[]][] = [
      [LINK_TYPE.ethernet, ethernet(0x0800, inner)],
      [LINK_TYPE.ethernet, ethernet(0x0800, inner, [0x8100])],
      [LINK_TYPE.ethernet, ethernet(0x0800, inner, [0x88a8, 0x8100])],
      [LINK_TYPE.ethernet, ethernet(0x86dd, ipv6(PROTOCOL.sctp, sctp([message])))],
      [LINK_TYPE.linuxCooked, cooked],
      [LINK_TYPE.linuxCooked2, cooked2],
      [LINK_TYPE.null, [2, 0, 0, 0, ...inner]],
      [LINK_TYPE.raw, inner],
      [LINK_TYPE.rawOld, inner],
      [LINK_TYPE.ipv4, inner],
      [LINK_TYPE.ipv6, ipv6(PROTOCOL.sctp, sctp([message]), [0, 43, 60])],
      [LINK_TYPE.sctp, sctp([message])],
    ];
    for (const [linkType, packet] of cases)
      assert.deepEqual(new Watch().see(packet, linkType), ['hello'], `link type ${linkType}`);
  });

  it('of signalling links are the message themselves', () => {
    const of = (linkType: number, packet: readonly number[]) =>
      new Watch().all(packet, linkType).map((it) => [it.kind, [...it.octets]]);
    assert.deepEqual(of(LINK_TYPE.mtp3, [0x83, 1]), [['mtp3', [0x83, 1]]]);
    assert.deepEqual(of(LINK_TYPE.sccp, [9, 1]), [['sccp', [9, 1]]]);
    assert.deepEqual(of(LINK_TYPE.mtp2, [0, 0, 3, 0x83, 1, 2]), [['mtp3', [0x83, 1, 2]]]);
    assert.deepEqual(of(LINK_TYPE.mtp2WithHeader, [0, 0, 0, 0, 0, 0, 3, 0x83, 1, 2]), [['mtp3', [0x83, 1, 2]]]);
    assert.deepEqual(of(LINK_TYPE.mtp2WithHeader, [0, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0x83, 1, 2]), [['mtp3', [0x83, 1, 2]]]);
    assert.deepEqual(of(LINK_TYPE.mtp2, [0, 0, 0]), []);
  });

  it('that hold no signalling are counted by why', () => {
    const watch = new Watch();
    watch.see(ipv4(PROTOCOL.udp, [0, 1]));
    watch.see(ipv4(PROTOCOL.sctp, sctp([message]), 0x2000));
    watch.see(ethernet(0x0806, [0]), LINK_TYPE.ethernet);
    watch.see([1, 2], 147);
    watch.see(inSctp({ ...message, ppid: 46 }));
    watch.see([0x45, 0]);
    watch.see(ipv6(44, [0]));
    watch.see([0, 0, 0], LINK_TYPE.mtp2);
    watch.see(ipv4(PROTOCOL.tcp, tcp(1, data('x'), 0x18, [80, 81])));
    assert.deepEqual(Object.fromEntries(watch.reader.passedOver), {
      'IP protocol 17': 1,
      'IP fragment': 2,
      'not IP': 1,
      'link type 147': 1,
      'SCTP payload protocol 46': 1,
      malformed: 1,
      FISU: 1,
      TCP: 1,
    });
  });

  it('cut anywhere, or with any octet changed: messages or a count', () => {
    const packet = ethernet(0x0800, inSctp(message, { tsn: 2, data: data('again') }));
    for (let length = 0; length < packet.length; length++) new Watch().see(packet.slice(0, length), LINK_TYPE.ethernet);
    for (let at = 0; at < packet.length; at++)
      for (const octet of [0, 1, 0x7f, 0x80, 0xff]) new Watch().see(packet.with(at, octet), LINK_TYPE.ethernet);
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(LINK_TYPE)),
        fc.uint8Array({ maxLength: 120, size: 'max' }),
        (linkType, octets) => {
          new Watch().see([...octets], linkType);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('SCTP', () => {
  it('the payload protocol says whose message it is, in either byte order; where it says nothing, the port', () => {
    const kind = (ppid: number, ports: readonly [number, number]) =>
      new Watch().all(ipv4(PROTOCOL.sctp, sctp([{ ...message, ppid }], ports))).map((it) => it.kind);
    assert.deepEqual(kind(3, [1, 2]), ['m3ua']);
    assert.deepEqual(kind(5, [1, 2]), ['m2pa']);
    assert.deepEqual(kind(0x0300_0000, [1, 2]), ['m3ua']);
    assert.deepEqual(kind(0, [40_000, 2905]), ['m3ua']);
    assert.deepEqual(kind(0, [3565, 40_000]), ['m2pa']);
    assert.deepEqual(kind(0, [1, 2]), []);
  });

  it('several messages in a packet, other chunks between them; who sent it and on which stream', () => {
    const found = new Watch().all(inSctp(message, { ...message, tsn: 9, type: 3 }, { tsn: 2, data: data('two'), stream: 5 }));
    assert.deepEqual(
      found.map(({ octets, from, to, stream }) => [text(octets), from, to, stream]),
      [
        ['hello', '192.0.2.1:2905', '192.0.2.2:2905', 1],
        ['two', '192.0.2.1:2905', '192.0.2.2:2905', 5],
      ],
    );
  });

  it('a chunk that is sent again is seen once', () => {
    const watch = new Watch();
    assert.deepEqual(watch.see(inSctp(message)), ['hello']);
    assert.deepEqual(watch.see(inSctp(message)), []);
  });

  it('fragments become a message in whatever order they come, across the wrap of the sequence numbers', () => {
    const pieces: Chunk[] = [
      { tsn: 0xffff_ffff, data: data('ab'), flags: 2 },
      { tsn: 0, data: data('cd'), flags: 0 },
      { tsn: 1, data: data('ef'), flags: 1 },
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [1, 0, 2],
      [0, 2, 1],
      [2, 0, 1],
    ]) {
      const watch = new Watch();
      const found = order.map((i) => watch.see(inSctp(pieces[i]!)));
      assert.deepEqual(found, [[], [], ['abcdef']]);
    }
  });

  it('fragments of a message that never becomes whole are forgotten in the end', () => {
    const watch = new Watch();
    for (let tsn = 1; tsn < 1_000; tsn++) watch.see(inSctp({ tsn: 2 * tsn, data: data('x'), flags: 2 }));
    assert.deepEqual(watch.see(inSctp({ tsn: 3, data: data('y'), flags: 1 })), []);
    assert.deepEqual(watch.see(inSctp({ tsn: 1_999, data: data('y'), flags: 1 })), ['xy']);
  });
});

describe('TCP', () => {
  const segment = (sequence: number, content: string, flags?: number): number[] =>
    ipv4(PROTOCOL.tcp, tcp(sequence, data(content), flags));
  const SYN = 0x02;

  it('frames are found across segments, each octet counted once, in whatever order they come', () => {
    const watch = new Watch();
    watch.see(segment(99, '', SYN));
    const seen = [
      segment(100, '\x03ab'),
      segment(105, 'x\x01y'),
      segment(100, '\x03abc'),
      segment(103, 'c\x01'),
      segment(106, '\x01y'),
    ];
    assert.deepEqual(
      seen.map((it) => watch.see(it)),
      [[], [], ['\x03abc'], ['\x01x', '\x01y'], []],
    );
  });

  it('sequence numbers wrap; a capture may begin in the middle', () => {
    const watch = new Watch();
    assert.deepEqual(watch.see(segment(0xffff_fffe, '\x04ab')), []);
    assert.deepEqual(watch.see(segment(1, 'cd')), ['\x04abcd']);
  });

  it('a hole that stays is given up, and the stream begins anew behind it', () => {
    const watch = new Watch();
    watch.see(segment(0, '\x01a'));
    watch.see(segment(1_000, '\x01b'));
    const found: string[] = [];
    for (let i = 1; found.length === 0 && i < 1_000; i++) found.push(...watch.see(segment(1_000 + 2 * i, '\x01c')));
    assert.deepEqual(found.slice(0, 2), ['\x01b', '\x01c']);
  });

  it('a new connection on the same ports forgets the old one', () => {
    const watch = new Watch();
    watch.see(segment(10, '\x09abc'));
    watch.see(segment(500, '', SYN));
    assert.deepEqual(watch.see(segment(501, '\x01z')), ['\x01z']);
  });
});
