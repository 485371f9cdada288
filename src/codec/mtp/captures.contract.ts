/** Packets and capture files for the tests, written down here and not by the code under test. */

const u16 = (...values: readonly number[]): number[] => values.flatMap((it) => [it >>> 8, it & 0xff]);
const u32 = (...values: readonly number[]): number[] =>
  values.flatMap((it) => [it >>> 24, (it >>> 16) & 0xff, (it >>> 8) & 0xff, it & 0xff]);

export const PROTOCOL = { tcp: 6, udp: 17, sctp: 132 } as const;

export interface Chunk {
  readonly tsn: number;
  readonly data: Uint8Array;
  /** Bits 2 begins, 1 ends; 3 by default. */
  readonly flags?: number;
  readonly ppid?: number;
  readonly stream?: number;
  /** Not DATA when given. */
  readonly type?: number;
}

export function sctp(chunks: readonly Chunk[], ports: readonly [number, number] = [2905, 2905], tag = 7): number[] {
  const octets = [...u16(...ports), ...u32(tag, 0)];
  for (const { tsn, data, flags = 3, ppid = 3, stream = 1, type = 0 } of chunks) {
    octets.push(type, flags, ...u16(16 + data.length), ...u32(tsn), ...u16(stream, 0), ...u32(ppid), ...data);
    while (octets.length % 4 !== 0) octets.push(0);
  }
  return octets;
}

export function tcp(
  sequence: number,
  data: Uint8Array,
  flags = 0x18,
  ports: readonly [number, number] = [2905, 40_000],
): number[] {
  return [...u16(...ports), ...u32(sequence, 0), 0x50, flags, ...u16(0xffff, 0, 0), ...data];
}

export function ipv4(protocol: number, payload: readonly number[], fragment = 0): number[] {
  const head = [0x45, 0, ...u16(20 + payload.length, 0, fragment), 64, protocol, 0, 0];
  return [...head, 192, 0, 2, 1, 192, 0, 2, 2, ...payload];
}

/** `extensions`: headers before the payload, each as its whole octets but the first. */
export function ipv6(protocol: number, payload: readonly number[], extensions: readonly number[] = []): number[] {
  const address = (last: number): number[] => [0x20, 1, 0x0d, 0xb8, ...new Array<number>(11).fill(0), last];
  let body = [...payload];
  let next = protocol;
  for (const extension of [...extensions].reverse()) {
    body = [next, 0, 0, 0, 0, 0, 0, 0, ...body];
    next = extension;
  }
  return [0x60, 0, 0, 0, ...u16(body.length), next, 64, ...address(1), ...address(2), ...body];
}

export const ethernet = (type: number, payload: readonly number[], tags: readonly number[] = []): number[] => [
  ...new Array<number>(12).fill(0x02),
  ...tags.flatMap((tag) => [...u16(tag), 0, 1]),
  ...u16(type),
  ...payload,
];

/** Numbers of 16 or 32 bits in either order. */
function writer(little: boolean): {
  readonly octets: number[];
  readonly u16: (v: number) => void;
  readonly u32: (v: number) => void;
} {
  const octets: number[] = [];
  const put = (values: number[]): void => void octets.push(...(little ? values.reverse() : values));
  return { octets, u16: (v) => put(u16(v)), u32: (v) => put(u32(v)) };
}

export interface PcapOptions {
  readonly little?: boolean;
  readonly nano?: boolean;
  readonly linkType?: number;
  readonly originalLength?: number;
}

/** A classic capture; packet i has the time i s and 500 ms. */
export function pcap(packets: readonly (readonly number[])[], options: PcapOptions = {}): Uint8Array {
  const w = writer(options.little ?? true);
  w.u32(options.nano === true ? 0xa1b23c4d : 0xa1b2c3d4);
  w.u16(2);
  w.u16(4);
  for (const value of [0, 0, 0x40000, options.linkType ?? 101]) w.u32(value);
  for (const [i, packet] of packets.entries()) {
    const fraction = options.nano === true ? 500_000_000 : 500_000;
    for (const value of [i, fraction, packet.length, options.originalLength ?? packet.length]) w.u32(value);
    w.octets.push(...packet);
  }
  return Uint8Array.from(w.octets);
}

/** A block of pcapng with its length at both ends. */
export function block(type: number, body: readonly number[], little = true): number[] {
  const padded = [...body, ...new Array<number>((4 - (body.length % 4)) % 4).fill(0)];
  const w = writer(little);
  w.u32(type);
  w.u32(12 + padded.length);
  const head = w.octets.slice();
  const tail = writer(little);
  tail.u32(12 + padded.length);
  return [...head, ...padded, ...tail.octets];
}

/** The fields of a block's body: numbers of 32 bits, or octets as they are. */
export function fields(little: boolean, ...values: readonly (number | readonly number[])[]): number[] {
  return values.flatMap((value) => {
    if (typeof value !== 'number') return [...value];
    const w = writer(little);
    w.u32(value);
    return w.octets;
  });
}
