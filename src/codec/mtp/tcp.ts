/** Streams of TCP as a capture shows them: octets in order, each once. No acknowledgements, no checksums; a hole that stays ends the stream. */
import { LIMITS, Malformed } from '#base';

export interface TcpPiece {
  readonly fromPort: number;
  readonly toPort: number;
  /** Names the direction of the connection. */
  readonly flow: string;
  /** The next octets of the stream, in order. */
  readonly octets: Uint8Array;
  /** Whether octets before these are missing (or this is a new connection): what was being gathered is void. */
  readonly isFresh: boolean;
}

const HEADER_OCTETS = 20;
const SYN = 0x02;

interface Flow {
  next: number | undefined;
  fresh: boolean;
  /** Segments beyond a hole, by sequence number. */
  readonly ahead: Map<number, Uint8Array>;
  octets: number;
}

/** How far `a` is behind `b`, in the circle of sequence numbers: negative when it is ahead. RFC 9293 3.4. */
const behind = (a: number, b: number): number => (b - a) | 0;

export class TcpFlows {
  private readonly flows = new Map<string, Flow>();
  /** Holes that were given up. */
  lost = 0;

  /** What a segment adds to its stream. Throws Malformed where its header is cut. */
  push(b: Uint8Array, hosts: string): TcpPiece[] {
    if (b.length < HEADER_OCTETS) throw new Malformed(b.length, 'a TCP header is cut');
    const v = new DataView(b.buffer, b.byteOffset, b.length);
    const head = (v.getUint8(12) >>> 4) * 4;
    if (head < HEADER_OCTETS || head > b.length) throw new Malformed(12, `a TCP header of ${head} octets`);
    const [fromPort, toPort, sequence] = [v.getUint16(0), v.getUint16(2), v.getUint32(4)];
    const name = `${hosts}/${fromPort}/${toPort}`;
    const flow = this.flowOf(name);
    if ((v.getUint8(13) & SYN) !== 0) {
      this.restart(flow, (sequence + 1) >>> 0);
      return [];
    }
    const octets = b.subarray(head);
    if (octets.length === 0) return [];
    flow.next ??= sequence;
    const pieces = this.accept(flow, sequence, octets);
    return pieces.map((piece, i) => {
      const isFresh = i === 0 && flow.fresh;
      if (isFresh) flow.fresh = false;
      return { fromPort, toPort, flow: name, octets: piece, isFresh };
    });
  }

  private flowOf(name: string): Flow {
    const known = this.flows.get(name);
    if (known !== undefined) return known;
    const flow: Flow = { next: undefined, fresh: true, ahead: new Map(), octets: 0 };
    this.flows.set(name, flow);
    if (this.flows.size > LIMITS.captureFlowsMax) this.flows.delete(this.flows.keys().next().value!);
    return flow;
  }

  private restart(flow: Flow, next: number): void {
    flow.next = next;
    flow.fresh = true;
    flow.ahead.clear();
    flow.octets = 0;
  }

  private accept(flow: Flow, sequence: number, octets: Uint8Array): Uint8Array[] {
    const gap = behind(flow.next!, sequence);
    if (gap > 0) {
      if (!flow.ahead.has(sequence)) {
        flow.ahead.set(sequence, new Uint8Array(octets));
        flow.octets += octets.length;
      }
      if (flow.octets <= LIMITS.captureFragmentOctetsMax && flow.ahead.size <= LIMITS.captureFragmentsMax) return [];
      // The hole will not be filled: go on behind it.
      this.lost++;
      const [lowest] = [...flow.ahead.keys()].sort((x, y) => behind(y, x));
      flow.next = lowest!;
      flow.fresh = true;
      return this.ready(flow);
    }
    if (octets.length <= -gap) return [];
    const piece = octets.subarray(-gap);
    flow.next = (sequence + octets.length) >>> 0;
    return [piece, ...this.ready(flow)];
  }

  /** Held segments that now follow without a hole. */
  private ready(flow: Flow): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (const [sequence, octets] of [...flow.ahead].sort(([x], [y]) => behind(y, x))) {
      const gap = behind(flow.next!, sequence);
      if (gap > 0) break;
      flow.ahead.delete(sequence);
      flow.octets -= octets.length;
      if (octets.length > -gap) {
        pieces.push(octets.subarray(-gap));
        flow.next = (sequence + octets.length) >>> 0;
      }
    }
    return pieces;
  }
}
