/**
 * Memory for request bodies that come in several pieces, used again instead of left to the collector: a fresh 300 KB costs its page faults
 * (200 µs of CPU on a virtual machine), which is more than everything else that is done with it.
 */
import { LIMITS } from '#base';

/** Smallest size of a buffer; the others are this times a power of two. Unit: octets. */
const SMALLEST = 65_536;

export class BodyBuffers {
  /** By size: of buffers not in use. */
  private readonly spare = new Map<number, Uint8Array[]>();
  private spareOctets = 0;

  /** A buffer of at least `octets`; what stands in it is undefined. */
  take(octets: number): Uint8Array {
    const size = sizeFor(octets);
    const buffer = this.spare.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.spareOctets -= size;
    return buffer;
  }

  /** Nobody looks at this buffer, which came from `take`, any more. */
  give(buffer: Uint8Array): void {
    if (this.spareOctets + buffer.length > LIMITS.mm1SpareBodyOctetsMax) return;
    this.spareOctets += buffer.length;
    const others = this.spare.get(buffer.length);
    if (others === undefined) this.spare.set(buffer.length, [buffer]);
    else others.push(buffer);
  }
}

function sizeFor(octets: number): number {
  let size = SMALLEST;
  while (size < octets) size *= 2;
  return size;
}
