/**
 * User messages of SCTP associations as a capture shows them: DATA chunks, put together where they are fragments, each once however often it
 * was sent. RFC 9260 3.3.1 and 6.9. Nothing is acknowledged here; what the capture did not see stays away.
 */
import { LIMITS, Malformed } from '#base';

export interface SctpMessage {
  readonly stream: number;
  /** Payload protocol identifier: 3 M3UA, 5 M2PA. */
  readonly ppid: number;
  readonly fromPort: number;
  readonly toPort: number;
  readonly octets: Uint8Array;
}

const COMMON_HEADER_OCTETS = 12;
const CHUNK_HEADER_OCTETS = 4;
const DATA_HEADER_OCTETS = 16;
const DATA = 0;
const BEGINS = 0x02;
const ENDS = 0x01;

interface Fragment {
  readonly flags: number;
  readonly message: SctpMessage;
}

/** One direction of an association. */
interface Flow {
  /** TSNs seen, the oldest first. */
  readonly seen: Set<number>;
  /** Fragments by TSN. */
  readonly fragments: Map<number, Fragment>;
  octets: number;
}

export class SctpFlows {
  private readonly flows = new Map<string, Flow>();
  /** Fragments thrown away because their message did not become whole within the limits. */
  lost = 0;

  /** The messages that an SCTP packet completes. Throws Malformed where a header is cut; messages before it are lost with it. */
  push(b: Uint8Array, hosts: string): SctpMessage[] {
    if (b.length < COMMON_HEADER_OCTETS) throw new Malformed(b.length, 'an SCTP header is cut');
    const v = new DataView(b.buffer, b.byteOffset, b.length);
    const fromPort = v.getUint16(0);
    const toPort = v.getUint16(2);
    // The verification tag stays the same on all paths of an association; captures of simulators have 0 in it.
    const tag = v.getUint32(4);
    const key = tag === 0 ? `${hosts}/${fromPort}/${toPort}` : `${tag}/${fromPort}/${toPort}`;
    const messages: SctpMessage[] = [];
    for (let at = COMMON_HEADER_OCTETS; at + CHUNK_HEADER_OCTETS <= b.length; ) {
      const length = v.getUint16(at + 2);
      if (length < CHUNK_HEADER_OCTETS) throw new Malformed(at, `a chunk of ${length} octets`);
      if (v.getUint8(at) === DATA && length >= DATA_HEADER_OCTETS) {
        if (at + length > b.length) throw new Malformed(at, 'a DATA chunk is cut');
        const message = {
          stream: v.getUint16(at + 8),
          ppid: v.getUint32(at + 12),
          fromPort,
          toPort,
          octets: b.subarray(at + DATA_HEADER_OCTETS, at + length),
        };
        const whole = this.take(key, v.getUint32(at + 4), { flags: v.getUint8(at + 1), message });
        if (whole !== undefined) messages.push(whole);
      }
      at += length + ((4 - (length % 4)) % 4);
    }
    return messages;
  }

  private take(key: string, tsn: number, fragment: Fragment): SctpMessage | undefined {
    const flow = this.flowOf(key);
    if (flow.seen.has(tsn)) return undefined;
    flow.seen.add(tsn);
    if (flow.seen.size > LIMITS.captureTsnsMax) flow.seen.delete(flow.seen.values().next().value!);
    if ((fragment.flags & (BEGINS | ENDS)) === (BEGINS | ENDS)) return fragment.message;
    flow.fragments.set(tsn, { ...fragment, message: { ...fragment.message, octets: new Uint8Array(fragment.message.octets) } });
    flow.octets += fragment.message.octets.length;
    const whole = assembled(flow, tsn);
    while (flow.octets > LIMITS.captureFragmentOctetsMax || flow.fragments.size > LIMITS.captureFragmentsMax)
      this.forgetOldest(flow);
    return whole;
  }

  private flowOf(key: string): Flow {
    const known = this.flows.get(key);
    if (known !== undefined) return known;
    const flow: Flow = { seen: new Set(), fragments: new Map(), octets: 0 };
    this.flows.set(key, flow);
    if (this.flows.size > LIMITS.captureFlowsMax) this.flows.delete(this.flows.keys().next().value!);
    return flow;
  }

  private forgetOldest(flow: Flow): void {
    const [tsn, fragment] = flow.fragments.entries().next().value!;
    flow.fragments.delete(tsn);
    flow.octets -= fragment.message.octets.length;
    this.lost++;
  }
}

const MODULUS = 2 ** 32;
const step = (tsn: number, by: number): number => (tsn + by + MODULUS) % MODULUS;

/** The message that the fragments around `tsn` make, when all from its beginning to its end are there: they have TSNs in a row. */
function assembled(flow: Flow, tsn: number): SctpMessage | undefined {
  const { fragments } = flow;
  let first = tsn;
  for (let count = 0; (fragments.get(first)!.flags & BEGINS) === 0; count++) {
    first = step(first, -1);
    if (!fragments.has(first) || count > LIMITS.captureFragmentsMax) return undefined;
  }
  let last = tsn;
  for (let count = 0; (fragments.get(last)!.flags & ENDS) === 0; count++) {
    last = step(last, 1);
    if (!fragments.has(last) || count > LIMITS.captureFragmentsMax) return undefined;
  }
  const pieces: Uint8Array[] = [];
  const { message } = fragments.get(first)!;
  for (let at = first; ; at = step(at, 1)) {
    const { octets } = fragments.get(at)!.message;
    pieces.push(octets);
    flow.octets -= octets.length;
    fragments.delete(at);
    if (at === last) break;
  }
  const octets = new Uint8Array(pieces.reduce((sum, it) => sum + it.length, 0));
  let into = 0;
  for (const piece of pieces) {
    octets.set(piece, into);
    into += piece.length;
  }
  return { ...message, octets };
}
