/**
 * Asks the kernel for pages of two megabytes under a table of numbers. A lookup touches two places of hundreds of megabytes; with pages of 4 KB
 * each of them is, as a rule, also a walk through page tables that are in no cache. Advice, no need: where it cannot be given, nothing is different
 * but the speed.
 */
import { createRequire } from 'node:module';

/** MADV_HUGEPAGE of Linux. madvise(2). */
const MADV_HUGEPAGE = 14;
/** What madvise wants its first octet at a multiple of. Larger than any page that a supported machine has by default. Unit: octets. */
const PAGE_OCTETS = 65_536;
/** Below this, page tables stay in the caches. Unit: octets. */
const WORTH_OCTETS = 16 * 1024 * 1024;

interface Koffi {
  load(path: null): { func(definition: string): (at: Uint8Array, octets: number, advice: number) => number };
  address(value: unknown): bigint;
}

type Advise = (octets: Uint8Array) => boolean;

let advise: Advise | undefined;

function bind(): Advise {
  if (process.platform !== 'linux') return () => false;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const madvise = koffi.load(null).func('int madvise(void *addr, size_t length, int advice)');
    return (octets) => {
      const skipped = Number(-koffi.address(octets) & BigInt(PAGE_OCTETS - 1));
      const whole = Math.floor((octets.length - skipped) / PAGE_OCTETS) * PAGE_OCTETS;
      return whole > 0 && madvise(octets.subarray(skipped, skipped + whole), whole, MADV_HUGEPAGE) === 0;
    };
  } catch {
    // No binary of koffi for this machine, or it was left out at the installation.
    return () => false;
  }
}

/** Before the buffer is filled: pages that are there stay as they are until the kernel finds time. True when the kernel took the advice. */
export function adviseHugePages(buffer: SharedArrayBuffer): boolean {
  if (buffer.byteLength < WORTH_OCTETS) return false;
  advise ??= bind();
  return advise(new Uint8Array(buffer));
}
