/**
 * Capture files as octets in pieces of any size: classic pcap (both byte orders, micro- and nanoseconds) and pcapng (section, interface,
 * enhanced, simple and the old packet blocks). Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
import { err, Framer, type FramingError, hexNumber, LIMITS, Malformed, ok, type Result } from '#base';

export interface CapturePacket {
  /** Counted from 1, as capture tools do. */
  readonly number: number;
  /** Number of tcpdump.org/linktypes. */
  readonly linkType: number;
  /** Milliseconds since the epoch, with fractions; 0 where the file has no time (simple packet blocks). */
  readonly at: number;
  /** What was captured, a view. */
  readonly octets: Uint8Array;
  /** How long the packet was; longer than `octets` when the capture cut it. */
  readonly originalLength: number;
}

const PCAP_MICROSECONDS = 0xa1b2c3d4;
const PCAP_NANOSECONDS = 0xa1b23c4d;
const PCAP_HEADER_OCTETS = 24;
const RECORD_HEADER_OCTETS = 16;
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BLOCK_OCTETS_MIN = 12;

/** The byte order of a section, from its header. The type of that block reads alike both ways. */
const isLittleSection = (v: DataView): boolean => v.getUint32(8, true) === BYTE_ORDER_MAGIC;

const viewOf = (b: Uint8Array, at = 0): DataView => new DataView(b.buffer, b.byteOffset + at, b.length - at);

interface Interface {
  readonly linkType: number;
  /** Ticks of its clock in a millisecond. */
  readonly ticksPerMs: number;
}

const OPTION_TIME_RESOLUTION = 9;
const MICROSECONDS: number = 1_000;

/** Reads a capture file piece by piece. */
export class CaptureReader {
  private readonly framer: Framer;
  private format: 'unknown' | 'pcap' | 'pcapng' = 'unknown';
  /** Byte order of what is cut into records; a piece with several sections is cut before it is read, so that reading has an order of its own. */
  private cutsLittle = false;
  private little = false;
  /** Whether the file's header has been told apart from the records, and whether it has been read. */
  private headerSeen = false;
  private headerRead = false;
  private packets = 0;
  private classic: Interface = { linkType: 0, ticksPerMs: MICROSECONDS };
  private interfaces: Interface[] = [];
  private failure: FramingError | undefined;

  constructor() {
    this.framer = new Framer((b, at, available) => this.lengthOf(b, at, available), LIMITS.captureRecordOctetsMax);
  }

  /** Octets of a record that is not whole yet: not 0 at the end means that the file was cut. */
  get pending(): number {
    return this.framer.pending;
  }

  /** The packets that `piece` completes. After an error the rest of the file cannot be read; `packets` of the error came before it. */
  push(piece: Uint8Array): Result<readonly CapturePacket[], FramingError & { readonly packets: readonly CapturePacket[] }> {
    const packets: CapturePacket[] = [];
    if (this.failure !== undefined) return err({ ...this.failure, packets });
    const cut = this.framer.push(piece);
    try {
      for (const frame of cut.ok ? cut.value : cut.error.frames) {
        const packet = this.format === 'pcap' ? this.record(frame) : this.block(frame);
        if (packet !== undefined) packets.push(packet);
      }
    } catch (e) {
      if (!(e instanceof Malformed || e instanceof RangeError)) throw e;
      // A DataView that is asked beyond its end throws RangeError: a block shorter than its fields.
      const detail = e instanceof Malformed ? e.detail : 'a block ends inside its fields';
      this.failure = { kind: 'malformed', offset: 0, detail, text: `capture: ${detail}` };
      return err({ ...this.failure, packets });
    }
    if (cut.ok) return ok(packets);
    const { frames: _, ...failure } = cut.error;
    this.failure = { ...failure, text: `capture: ${failure.text}` };
    return err({ ...this.failure, packets });
  }

  private lengthOf(b: Uint8Array, at: number, available: number): number | undefined {
    if (available < 4) return undefined;
    if (this.format === 'unknown') this.recognise(viewOf(b, at), at);
    if (this.format === 'pcap') {
      if (!this.headerSeen) {
        this.headerSeen = true;
        return PCAP_HEADER_OCTETS;
      }
      return available < RECORD_HEADER_OCTETS ? undefined : RECORD_HEADER_OCTETS + viewOf(b, at).getUint32(8, this.cutsLittle);
    }
    return this.blockLength(b, at, available);
  }

  private recognise(v: DataView, at: number): void {
    const magic = v.getUint32(0);
    const swapped = v.getUint32(0, true);
    if (magic === SECTION_HEADER) this.format = 'pcapng';
    else if ([PCAP_MICROSECONDS, PCAP_NANOSECONDS].includes(magic)) this.format = 'pcap';
    else if ([PCAP_MICROSECONDS, PCAP_NANOSECONDS].includes(swapped)) {
      this.format = 'pcap';
      this.cutsLittle = true;
    } else throw new Malformed(at, `begins with ${hexNumber(v.getUint8(0))}, no capture file does`);
  }

  private blockLength(b: Uint8Array, at: number, available: number): number | undefined {
    if (available < BLOCK_OCTETS_MIN) return undefined;
    const v = viewOf(b, at);
    if (v.getUint32(0) === SECTION_HEADER) this.cutsLittle = isLittleSection(v);
    const length = v.getUint32(4, this.cutsLittle);
    if (length < BLOCK_OCTETS_MIN || length % 4 !== 0) throw new Malformed(at, `a block of ${length} octets`);
    return length;
  }

  private record(frame: Uint8Array): CapturePacket | undefined {
    const v = viewOf(frame);
    if (!this.headerRead) {
      this.headerRead = true;
      this.little = this.cutsLittle;
      const nano = v.getUint32(0, this.little) === PCAP_NANOSECONDS;
      // The upper bits of the link type tell of check bits (FCS) behind the packet.
      this.classic = { linkType: v.getUint32(20, this.little) & 0x0fff_ffff, ticksPerMs: nano ? 1_000_000 : MICROSECONDS };
      return undefined;
    }
    return {
      number: ++this.packets,
      linkType: this.classic.linkType,
      at: instantOf(v.getUint32(0, this.little) * 1000 + v.getUint32(4, this.little) / this.classic.ticksPerMs),
      octets: frame.subarray(RECORD_HEADER_OCTETS),
      originalLength: v.getUint32(12, this.little),
    };
  }

  private block(frame: Uint8Array): CapturePacket | undefined {
    const v = viewOf(frame);
    const isSection = v.getUint32(0) === SECTION_HEADER;
    if (isSection) this.little = isLittleSection(v);
    const type = v.getUint32(0, this.little);
    const row = BLOCKS[type];
    if (isSection) this.interfaces = [];
    else if (type === INTERFACE_DESCRIPTION) {
      if (this.interfaces.length >= LIMITS.captureInterfacesMax)
        throw new Malformed(0, `more than ${LIMITS.captureInterfacesMax} interfaces`);
      this.interfaces.push({ linkType: v.getUint16(8, this.little), ticksPerMs: resolution(v, this.little) });
    } else if (row !== undefined) {
      const { interfaceNumber, time, captured, original, from } = row(v, this.little);
      const its = this.interfaces[interfaceNumber];
      if (its === undefined) throw new Malformed(0, `a packet of interface ${interfaceNumber}, which is not described`);
      const length = Math.min(captured, frame.length - 4 - from);
      if (length < captured && type !== SIMPLE_PACKET) throw new Malformed(0, 'a packet is longer than its block');
      return {
        number: ++this.packets,
        linkType: its.linkType,
        at: instantOf(time / its.ticksPerMs),
        octets: frame.subarray(from, from + length),
        originalLength: original,
      };
    }
    return undefined;
  }
}

/** The last instant that a calendar can tell. Unit: milliseconds since the epoch. Source: ECMA-262 21.4.1.1, 100,000,000 days. */
const INSTANT_MAX = 8_640_000_000_000_000;

/** Ticks of 64 bits and any unit reach further than calendars do: what is beyond is the last instant. */
const instantOf = (ms: number): number => Math.min(ms, INSTANT_MAX);

const INTERFACE_DESCRIPTION = 1;
const SIMPLE_PACKET = 3;

interface PacketBlock {
  readonly interfaceNumber: number;
  /** Ticks of the interface's clock. */
  readonly time: number;
  readonly captured: number;
  readonly original: number;
  /** First octet of the packet. */
  readonly from: number;
}

const timeAt = (v: DataView, little: boolean): number => v.getUint32(12, little) * 2 ** 32 + v.getUint32(16, little);

/** Blocks that hold a packet, by type: enhanced, simple, and the obsolete one. */
const BLOCKS: Readonly<Record<number, (v: DataView, little: boolean) => PacketBlock>> = {
  6: (v, little) => ({
    interfaceNumber: v.getUint32(8, little),
    time: timeAt(v, little),
    captured: v.getUint32(20, little),
    original: v.getUint32(24, little),
    from: 28,
  }),
  [SIMPLE_PACKET]: (v, little) => ({
    interfaceNumber: 0,
    time: 0,
    captured: v.getUint32(8, little),
    original: v.getUint32(8, little),
    from: 12,
  }),
  2: (v, little) => ({
    interfaceNumber: v.getUint16(8, little),
    time: timeAt(v, little),
    captured: v.getUint32(20, little),
    original: v.getUint32(24, little),
    from: 28,
  }),
};

/** Ticks in a millisecond, from the options of an interface description; microseconds when they do not say. */
function resolution(v: DataView, little: boolean): number {
  for (let at = 16; at + 4 <= v.byteLength - 4; ) {
    const code = v.getUint16(at, little);
    const length = v.getUint16(at + 2, little);
    if (code === 0) break;
    if (code === OPTION_TIME_RESOLUTION && length >= 1) {
      const exponent = v.getUint8(at + 4);
      return (exponent >= 0x80 ? 2 ** (exponent & 0x7f) : 10 ** exponent) / 1000;
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return MICROSECONDS;
}
